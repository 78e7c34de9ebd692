/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Blob types that are more than the numbers of a key: wrapped, sealed, with a
 * header; and families that can be kept before they can be used.
 */
#include "ncrypt_help.h"

#include <stdlib.h>

#include "crypto/crypto.h"

static void
begin_with_store(void)
{
	nc_begin();
	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
}

static NCRYPT_KEY_HANDLE
rsa(LPCWSTR name, DWORD bits, DWORD policy)
{
	NCRYPT_KEY_HANDLE key;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, name, 0, 0), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, bits),
	    ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, policy),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	return key;
}

static void
same_public(NCRYPT_KEY_HANDLE a, NCRYPT_KEY_HANDLE b)
{
	struct secret x, y;

	ck_status(nc_export(a, BCRYPT_PUBLIC_KEY_BLOB, &x), ERROR_SUCCESS);
	ck_status(nc_export(b, BCRYPT_PUBLIC_KEY_BLOB, &y), ERROR_SUCCESS);
	ck_assert(secret_equal(secret_span(&x), secret_span(&y)));
	secret_free(&x);
	secret_free(&y);
}

/* --- wrapped ------------------------------------------------------------- */

START_TEST(rsa_aes_wrap)
{
	DWORD bits = 192;
	NCryptBuffer buffers[] = {
		{ sizeof(bits), NCRYPTBUFFER_PKCS_AES_KEY_BITS, &bits },
		nc_wide_buffer(NCRYPTBUFFER_PKCS_PADDING_ALGO,
		    NCRYPT_SHA1_ALGORITHM),
		nc_wide_buffer(NCRYPTBUFFER_PKCS_ALG_ID,
		    NCRYPT_RSA_ALGORITHM),
	};
	NCryptBufferDesc list = { 0, 3, buffers };
	NCRYPT_KEY_HANDLE wrap = rsa(NULL, 2048, 0), back;
	NCRYPT_KEY_HANDLE key = rsa(NULL, 1024,
	    NCRYPT_ALLOW_PKCS11_RSA_AES_EXPORT_FLAG);
	BYTE out[2048];
	DWORD size;

	ck_status(NCryptExportKey(key, wrap,
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, &list, out, sizeof(out),
	    &size, 0), ERROR_SUCCESS);
	/* that flag is for this type alone */
	ck_status(NCryptExportKey(key, wrap, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    NULL, 0, &bits, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptExportKey(key, 0,
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, NULL, NULL, 0, &bits, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptImportKey(nc_prov, wrap,
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, &list, &back, out, size,
	    NCRYPT_DO_NOT_FINALIZE_FLAG), ERROR_SUCCESS);
	ck_status(nc_set_number(back, NCRYPT_KEY_USAGE_PROPERTY,
	    NCRYPT_ALLOW_SIGNING_FLAG), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(back, 0), ERROR_SUCCESS);
	same_public(key, back);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	/* another algorithm than what is inside */
	buffers[2] = nc_wide_buffer(NCRYPTBUFFER_PKCS_ALG_ID,
	    NCRYPT_ECDSA_P256_ALGORITHM);
	ck_status(NCryptImportKey(nc_prov, wrap,
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, &list, &back, out, size, 0),
	    NTE_BAD_DATA);
	ck_status(NCryptImportKey(nc_prov, 0,
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, NULL, &back, out, size, 0),
	    NTE_INVALID_PARAMETER);
	buffers[2].BufferType = 4711;
	buffers[1] = nc_wide_buffer(NCRYPTBUFFER_PKCS_PADDING_ALGO, u"MD5");
	ck_status(NCryptExportKey(key, wrap,
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, &list, NULL, 0, &size, 0),
	    NTE_NOT_SUPPORTED);
	bits = 64;
	ck_status(NCryptExportKey(key, wrap,
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, &list, NULL, 0, &size, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(wrap), ERROR_SUCCESS);
}
END_TEST

START_TEST(aes_wrap)
{
	NCRYPT_KEY_HANDLE wrap = nc_import(BCRYPT_KEY_DATA_BLOB,
	    "aes256.bin");
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_KEY_DATA_BLOB,
	    "aes128.bin"), back;
	BYTE out[64];
	DWORD size;

	ck_status(NCryptExportKey(key, wrap, BCRYPT_AES_WRAP_KEY_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_NOT_SUPPORTED);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_EXPORT_FLAG), ERROR_SUCCESS);
	ck_status(NCryptExportKey(key, wrap, BCRYPT_AES_WRAP_KEY_BLOB, NULL,
	    out, sizeof(out), &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 24);
	ck_status(NCryptImportKey(nc_prov, wrap, BCRYPT_AES_WRAP_KEY_BLOB,
	    NULL, &back, out, size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(back, NCRYPT_LENGTH_PROPERTY), 128);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	out[5] ^= 1;
	ck_status(NCryptImportKey(nc_prov, wrap, BCRYPT_AES_WRAP_KEY_BLOB,
	    NULL, &back, out, size, 0), NTE_BAD_DATA);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(wrap), ERROR_SUCCESS);
}
END_TEST

/* --- with a header ------------------------------------------------------- */

START_TEST(cipher_key)
{
	NCryptBuffer name = nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME,
	    u"cipher");
	NCryptBufferDesc list = { 0, 1, &name };
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_KEY_DATA_BLOB,
	    "aes256.bin"), back;
	struct secret blob, again;

	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, 3),
	    ERROR_SUCCESS);
	ck_status(nc_export(key, NCRYPT_CIPHER_KEY_BLOB, &blob),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(blob.len, 68);
	ck_status(NCryptImportKey(nc_prov, 0, NCRYPT_CIPHER_KEY_BLOB, &list,
	    &back, blob.ptr, (DWORD)blob.len, NCRYPT_OVERWRITE_KEY_FLAG |
	    NCRYPT_DO_NOT_FINALIZE_FLAG), ERROR_SUCCESS);
	ck_status(nc_set_number(back, NCRYPT_LENGTH_PROPERTY, 256),
	    ERROR_SUCCESS);
	ck_status(nc_set_number(back, NCRYPT_EXPORT_POLICY_PROPERTY, 3),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(back, 0), ERROR_SUCCESS);
	nc_text_is(back, NCRYPT_ALGORITHM_PROPERTY, NCRYPT_AES_ALGORITHM);
	ck_status(nc_export(back, NCRYPT_CIPHER_KEY_BLOB, &again),
	    ERROR_SUCCESS);
	ck_assert(secret_equal(secret_span(&blob), secret_span(&again)));
	secret_free(&blob);
	secret_free(&again);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
}
END_TEST

/* --- sealed -------------------------------------------------------------- */

START_TEST(opaque)
{
	NCRYPT_KEY_HANDLE key = rsa(u"travels", 1024,
	    NCRYPT_ALLOW_EXPORT_FLAG), back;
	struct secret blob;
	BYTE text[4] = "abc", got[8];
	DWORD size;

	ck_status(NCryptSetProperty(key, u"own", text, 3,
	    NCRYPT_PERSIST_ONLY_FLAG), ERROR_SUCCESS);
	ck_status(nc_export(key, NCRYPT_OPAQUETRANSPORT_BLOB, &blob),
	    ERROR_SUCCESS);
	/* its name is inside */
	ck_status(nc_import_flags(NCRYPT_OPAQUETRANSPORT_BLOB,
	    secret_span(&blob), 0, &back), NTE_EXISTS);
	ck_status(nc_import_flags(NCRYPT_OPAQUETRANSPORT_BLOB,
	    secret_span(&blob), NCRYPT_DO_NOT_FINALIZE_FLAG, &back),
	    NTE_BAD_FLAGS);
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	ck_status(nc_import_flags(NCRYPT_OPAQUETRANSPORT_BLOB,
	    secret_span(&blob), 0, &back), ERROR_SUCCESS);
	nc_text_is(back, NCRYPT_NAME_PROPERTY, u"travels");
	ck_assert_uint_eq(nc_number(back, NCRYPT_EXPORT_POLICY_PROPERTY),
	    NCRYPT_ALLOW_EXPORT_FLAG);
	ck_status(NCryptGetProperty(back, u"own", got, sizeof(got), &size,
	    NCRYPT_PERSIST_ONLY_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 3);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	ck_status(nc_import_flags(NCRYPT_OPAQUETRANSPORT_BLOB,
	    secret_span(&blob), NCRYPT_OVERWRITE_KEY_FLAG, &back),
	    ERROR_SUCCESS);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	/* the machine's store is another one */
	nc_make_store(true);
	ck_status(nc_import_flags(NCRYPT_OPAQUETRANSPORT_BLOB,
	    secret_span(&blob), NCRYPT_MACHINE_KEY_FLAG, &back),
	    NTE_BAD_KEY);
	blob.ptr[blob.len - 1] ^= 1;
	ck_status(nc_import_flags(NCRYPT_OPAQUETRANSPORT_BLOB,
	    secret_span(&blob), NCRYPT_OVERWRITE_KEY_FLAG, &back),
	    NTE_BAD_DATA);
	secret_free(&blob);
}
END_TEST

START_TEST(opaque_without_name)
{
	NCRYPT_KEY_HANDLE key = rsa(NULL, 1024, 0), back;
	struct secret blob;

	ck_status(nc_export(key, NCRYPT_OPAQUETRANSPORT_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_EXPORT_FLAG), ERROR_SUCCESS);
	ck_status(nc_export(key, NCRYPT_OPAQUETRANSPORT_BLOB, &blob),
	    ERROR_SUCCESS);
	ck_status(nc_import_flags(NCRYPT_OPAQUETRANSPORT_BLOB,
	    secret_span(&blob), 0, &back), ERROR_SUCCESS);
	secret_free(&blob);
	same_public(key, back);
	/* what it was made with comes with it, and stays */
	ck_status(nc_set_number(back, NCRYPT_EXPORT_POLICY_PROPERTY, 3),
	    NTE_PERM);
	ck_status(nc_set_number(back, NCRYPT_KEY_USAGE_PROPERTY,
	    NCRYPT_ALLOW_ALL_USAGES), NTE_PERM);
	ck_status(nc_export(back, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
}
END_TEST

/* --- post-quantum families ------------------------------------- */

static const struct {
	LPCWSTR algorithm, group, set, type, public;
	const char *file;
} pq[] = {
	{ NCRYPT_MLKEM_ALGORITHM, u"MLKEM", u"768",
	    BCRYPT_MLKEM_PRIVATE_SEED_BLOB, BCRYPT_MLKEM_PUBLIC_BLOB,
	    "mlkem768_seed.bin" },
	{ NCRYPT_MLDSA_ALGORITHM, u"MLDSA", u"65",
	    BCRYPT_PQDSA_PRIVATE_SEED_BLOB, BCRYPT_PQDSA_PUBLIC_BLOB,
	    "mldsa65_seed.bin" },
};

START_TEST(post_quantum)
{
	struct secret blob = sample_read(pq[_i].file), out;
	NCRYPT_KEY_HANDLE key;
	BYTE text[32] = { 0 };
	DWORD size, other;

	ck_status(NCryptIsAlgSupported(nc_prov, pq[_i].algorithm, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key, pq[_i].algorithm,
	    u"later", 0, 0), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, 3),
	    ERROR_SUCCESS);
	ck_status(NCryptSetProperty(key, pq[_i].type, blob.ptr,
	    (DWORD)blob.len, 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY, pq[_i].algorithm);
	nc_text_is(key, NCRYPT_ALGORITHM_GROUP_PROPERTY, pq[_i].group);
	nc_text_is(key, NCRYPT_PARAMETER_SET_NAME_PROPERTY, pq[_i].set);
	ck_status(nc_export(key, pq[_i].type, &out), ERROR_SUCCESS);
	ck_assert(secret_equal(secret_span(&blob), secret_span(&out)));
	secret_free(&out);
	ck_status(nc_export(key, pq[_i].public, &out), ERROR_SUCCESS);
	secret_free(&out);
	/* each does what it is for */
	ck_status(NCryptSignHash(key, NULL, text, 32, text, 32, &size, 0),
	    _i == 0 ? NTE_NOT_SUPPORTED : NTE_BUFFER_TOO_SMALL);
	ck_status(NCryptEncapsulate(key, text, 32, &size, text, 32, &other,
	    0), _i == 0 ? NTE_BUFFER_TOO_SMALL : NTE_NOT_SUPPORTED);
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

START_TEST(no_post_quantum)
{
	struct secret blob = sample_read(pq[_i].file);
	NCRYPT_KEY_HANDLE key;

	ck_status(NCryptIsAlgSupported(nc_prov, pq[_i].algorithm, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_import_flags(pq[_i].type, secret_span(&blob), 0, &key),
	    NTE_NOT_SUPPORTED);
	secret_free(&blob);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt types");
	TCase *tc = tcase_create("types");

	tcase_add_checked_fixture(tc, begin_with_store, nc_end);
	tcase_add_test(tc, rsa_aes_wrap);
	tcase_add_test(tc, aes_wrap);
	tcase_add_test(tc, cipher_key);
	tcase_add_test(tc, opaque);
	tcase_add_test(tc, opaque_without_name);
	/* the versions of libcrypto that know them are tested elsewhere */
	tcase_add_loop_test(tc, crypto_has_set(KEY_SET_MLKEM_768) ?
	    post_quantum : no_post_quantum, 0, ARRAY_LEN(pq));
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
