/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Handles, import and export as Windows does them, fact by fact.
 */
#include "ncrypt_help.h"

#include <stdlib.h>

#define EXPORTABLE (NCRYPT_ALLOW_EXPORT_FLAG | \
	NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG)

/* --- handles ------------------------------------------------------------- */

START_TEST(provider_names)
{
	NCRYPT_PROV_HANDLE prov;

	ck_status(NCryptOpenStorageProvider(&prov, MS_KEY_STORAGE_PROVIDER,
	    0), ERROR_SUCCESS);
	ck_assert_uint_ne(prov, nc_prov);
	ck_status(NCryptFreeObject(prov), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(prov), NTE_INVALID_HANDLE);
	ck_status(NCryptOpenStorageProvider(&prov,
	    MS_SMART_CARD_KEY_STORAGE_PROVIDER, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(prov), ERROR_SUCCESS);
	ck_status(NCryptOpenStorageProvider(&prov,
	    MS_PLATFORM_CRYPTO_PROVIDER, 0), NTE_PROVIDER_DLL_FAIL);
	ck_status(NCryptOpenStorageProvider(&prov, u"Contoso", 0),
	    NTE_PROV_DLL_NOT_FOUND);
	ck_assert_uint_eq(prov, 0);
	ck_status(NCryptOpenStorageProvider(NULL, NULL, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptOpenStorageProvider(&prov, NULL, 0x80000),
	    NTE_BAD_FLAGS);
}
END_TEST

START_TEST(handles_are_recognised)
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_RSAPUBLIC_BLOB,
	    "rsa1024_pub.bin");
	char *heap = calloc(1, 50);

	ck_assert_ptr_nonnull(heap);
	ck_assert(NCryptIsKeyHandle(key));
	ck_assert(!NCryptIsKeyHandle(nc_prov));
	ck_assert(!NCryptIsKeyHandle(0));
	ck_assert(!NCryptIsKeyHandle((NCRYPT_KEY_HANDLE)heap));
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_assert(!NCryptIsKeyHandle(key));
	ck_status(NCryptFreeObject(key), NTE_INVALID_HANDLE);
	ck_status(NCryptFreeObject(0), NTE_INVALID_HANDLE);
	ck_status(NCryptFreeObject((NCRYPT_HANDLE)heap), NTE_INVALID_HANDLE);
	ck_status(NCryptFreeObject(~(NCRYPT_HANDLE)0), NTE_INVALID_HANDLE);
	free(heap);
}
END_TEST

/* A handle is not used twice, and many fit. */
START_TEST(handles_have_generations)
{
	struct secret blob = sample_read("rsa1024_pub.bin");
	NCRYPT_KEY_HANDLE key[100], again;

	for (size_t i = 0; i < ARRAY_LEN(key); i++)
		ck_status(nc_import_flags(BCRYPT_RSAPUBLIC_BLOB,
		    secret_span(&blob), 0, &key[i]), ERROR_SUCCESS);
	for (size_t i = 0; i < ARRAY_LEN(key); i++)
		ck_status(NCryptFreeObject(key[i]), ERROR_SUCCESS);
	ck_status(nc_import_flags(BCRYPT_RSAPUBLIC_BLOB, secret_span(&blob),
	    0, &again), ERROR_SUCCESS);
	for (size_t i = 0; i < ARRAY_LEN(key); i++) {
		ck_assert_uint_ne(again, key[i]);
		ck_assert(!NCryptIsKeyHandle(key[i]));
	}
	ck_status(NCryptFreeObject(again), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

/* The key goes on when its provider's handle is freed first. */
START_TEST(key_outlives_provider)
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_RSAPUBLIC_BLOB,
	    "rsa1024_pub.bin");
	NCRYPT_PROV_HANDLE old = nc_prov, again;
	DWORD size;

	ck_status(NCryptOpenStorageProvider(&nc_prov, NULL, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptFreeObject(old), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(old), NTE_INVALID_HANDLE);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 1024);
	/* who asks for it gets it back, once */
	ck_status(NCryptGetProperty(key, NCRYPT_PROVIDER_HANDLE_PROPERTY,
	    (PBYTE)&again, sizeof(again), &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(again, old);
	ck_status(NCryptIsAlgSupported(again, NCRYPT_RSA_ALGORITHM, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptFreeObject(again), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(again), NTE_INVALID_HANDLE);
}
END_TEST

/* --- import -------------------------------------------------------------- */

static const struct {
	LPCWSTR type;
	const char *file;
} good[] = {
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin" },
	{ BCRYPT_PUBLIC_KEY_BLOB, "rsa1024_pub.bin" },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin" },
	{ BCRYPT_PRIVATE_KEY_BLOB, "rsa1024_priv.bin" },
	{ BCRYPT_RSAFULLPRIVATE_BLOB, "rsa1024_full.bin" },
	{ BCRYPT_PRIVATE_KEY_BLOB, "rsa1024_full.bin" },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_ecdsa_pub.bin" },
	{ BCRYPT_ECCPRIVATE_BLOB, "p384_ecdh_priv.bin" },
	{ BCRYPT_PRIVATE_KEY_BLOB, "p521_ecdsa_priv.bin" },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdh_nopub.bin" },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "rsa1024.der" },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "p384_agree.der" },
	{ BCRYPT_KEY_DATA_BLOB, "aes192.bin" },
};

START_TEST(imports)
{
	NCRYPT_KEY_HANDLE key;
	struct secret blob = sample_read(good[_i].file);

	ck_status(nc_import_flags(good[_i].type, secret_span(&blob), 0, &key),
	    ERROR_SUCCESS);
	/* no name: nothing to finalise */
	ck_status(NCryptFinalizeKey(key, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

/* Each with the code that Windows answers. */
static const struct {
	LPCWSTR type;
	const char *file;
	size_t at;               /* a byte to change; 0: none */
	uint8_t to;
	int cut;                 /* bytes less, or more */
	SECURITY_STATUS status;
} bad[] = {
	/* flags are another table; here the bytes */
	{ BCRYPT_PUBLIC_KEY_BLOB, "rsa1024_pub.bin", 1, 'X', 0,
	    NTE_INVALID_PARAMETER },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin", 3, '9', 0,
	    NTE_INVALID_PARAMETER },
	/* BitLength is not looked at */
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin", 5, 3, 0, ERROR_SUCCESS },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin", 8, 9, 0, NTE_BAD_DATA },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin", 0, 0, 1, NTE_BAD_DATA },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin", 0, 0, -1, NTE_BAD_DATA },
	{ BCRYPT_PUBLIC_KEY_BLOB, "rsa1024_pub.bin", 0, 0, 1, NTE_BAD_DATA },
	{ BCRYPT_PUBLIC_KEY_BLOB, "rsa1024_pub.bin", 0, 0, -1,
	    NTE_BAD_DATA },
	{ BCRYPT_PUBLIC_KEY_BLOB, "rsa1024_pub.bin", 0, 0, 153,
	    NTE_INVALID_PARAMETER },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv_n_not_pq.bin", 0, 0, 0,
	    NTE_INVALID_PARAMETER },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub_even.bin", 0, 0, 0,
	    NTE_INVALID_PARAMETER },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_pub_cbkey31.bin", 0, 0, 0,
	    NTE_INVALID_PARAMETER },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_pub_off_curve.bin", 0, 0, 0,
	    NTE_INVALID_PARAMETER },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_pub_trailing.bin", 0, 0, 0,
	    NTE_INVALID_PARAMETER },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_priv_zero_d.bin", 0, 0, 0,
	    NTE_INVALID_PARAMETER },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_priv_other_d.bin", 0, 0, 0,
	    NTE_INVALID_PARAMETER },
	{ BCRYPT_PUBLIC_KEY_BLOB, "p256_pub_trailing.bin", 0, 0, 0,
	    NTE_INVALID_PARAMETER },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "p256_trailing.der", 0, 0, 0,
	    NTE_BAD_DATA },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "enc_aes256.der", 0, 0, 0,
	    NTE_BAD_DATA },
	{ BCRYPT_KEY_DATA_BLOB, "keydata_magic.bin", 0, 0, 0,
	    NTE_INVALID_PARAMETER },
	{ BCRYPT_KEY_DATA_BLOB, "keydata_17.bin", 0, 0, 0,
	    NTE_INVALID_PARAMETER },
	{ u"NoSuchBlob", "rsa1024_pub.bin", 0, 0, 0, NTE_NOT_SUPPORTED },
	{ u"rsapublicblob", "rsa1024_pub.bin", 0, 0, 0, NTE_NOT_SUPPORTED },
};

START_TEST(bad_blobs)
{
	struct secret blob = sample_read(bad[_i].file);
	uint8_t bytes[2048] = { 0 };
	size_t len = (size_t)((int)blob.len - bad[_i].cut);
	NCRYPT_KEY_HANDLE key;

	ck_assert(len < sizeof(bytes));
	memcpy(bytes, blob.ptr, len < blob.len ? len : blob.len);
	if (bad[_i].at > 0)
		bytes[bad[_i].at] = bad[_i].to;
	ck_status(nc_import_flags(bad[_i].type, span_of(bytes, len), 0,
	    &key), bad[_i].status);
	if (bad[_i].status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	else
		ck_assert_uint_eq(key, 0);
	secret_free(&blob);
}
END_TEST

static const struct {
	LPCWSTR type;
	const char *file;
	DWORD flags;
	SECURITY_STATUS status;
} flagged[] = {
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin", 49, NTE_BAD_FLAGS },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin", 0x80000, NTE_BAD_FLAGS },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin", NCRYPT_SILENT_FLAG,
	    ERROR_SUCCESS },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin",
	    NCRYPT_NO_KEY_VALIDATION, ERROR_SUCCESS },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin",
	    NCRYPT_DO_NOT_FINALIZE_FLAG, NTE_BAD_FLAGS },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_priv_other_d.bin",
	    NCRYPT_NO_KEY_VALIDATION, ERROR_SUCCESS },
	/* but never a point off its curve, or no key at all */
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_pub_off_curve.bin",
	    NCRYPT_NO_KEY_VALIDATION, NTE_INVALID_PARAMETER },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_pub_infinity.bin",
	    NCRYPT_NO_KEY_VALIDATION, NTE_INVALID_PARAMETER },
	{ BCRYPT_KEY_DATA_BLOB, "aes128.bin", NCRYPT_NO_KEY_VALIDATION,
	    NTE_BAD_FLAGS },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", NCRYPT_MACHINE_KEY_FLAG,
	    ERROR_SUCCESS },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    NCRYPT_OVERWRITE_KEY_FLAG, ERROR_SUCCESS },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG, NTE_NOT_SUPPORTED },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin",
	    NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG, NTE_BAD_FLAGS },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdh_priv.bin",
	    NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG, NTE_BAD_FLAGS },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", NCRYPT_REQUIRE_VBS_FLAG,
	    NTE_VBS_UNAVAILABLE },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    NCRYPT_REQUIRE_VBS_FLAG | NCRYPT_PREFER_VBS_FLAG,
	    NTE_VBS_UNAVAILABLE },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    NCRYPT_USE_PER_BOOT_KEY_FLAG, NTE_BAD_FLAGS },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    NCRYPT_PREFER_VBS_FLAG | NCRYPT_USE_PER_BOOT_KEY_FLAG,
	    ERROR_SUCCESS },
};

START_TEST(import_flags)
{
	struct secret blob = sample_read(flagged[_i].file);
	NCRYPT_KEY_HANDLE key;

	ck_status(nc_import_flags(flagged[_i].type, secret_span(&blob),
	    flagged[_i].flags, &key), flagged[_i].status);
	if (flagged[_i].status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

START_TEST(prefer_vbs_falls_back)
{
	struct secret blob = sample_read("rsa1024_priv.bin");
	NCRYPT_KEY_HANDLE key, plain;
	DWORD size;

	ck_status(nc_import_flags(BCRYPT_RSAPRIVATE_BLOB, secret_span(&blob),
	    NCRYPT_PREFER_VBS_FLAG | NCRYPT_USE_PER_BOOT_KEY_FLAG, &key),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key,
	    NCRYPT_USE_VIRTUAL_ISOLATION_PROPERTY), 0);
	ck_assert_uint_eq(nc_number(key, NCRYPT_USE_PER_BOOT_KEY_PROPERTY),
	    0);
	plain = nc_import(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin");
	ck_status(NCryptGetProperty(plain,
	    NCRYPT_USE_VIRTUAL_ISOLATION_PROPERTY, NULL, 0, &size, 0),
	    NTE_NOT_FOUND);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(plain), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

START_TEST(import_arguments)
{
	struct secret blob = sample_read("rsa1024_pub.bin");
	DWORD len = (DWORD)blob.len;
	NCryptBuffer missing = { 4, NCRYPTBUFFER_PKCS_KEY_NAME, NULL };
	NCryptBuffer empty = { 2, NCRYPTBUFFER_PKCS_KEY_NAME, &len };
	NCryptBuffer unknown = { 4, 4711, &len };
	NCryptBufferDesc list = { 0, 1, NULL };
	NCRYPT_KEY_HANDLE key;
	WORD nul = 0;

	ck_status(NCryptImportKey(0, 0, BCRYPT_RSAPUBLIC_BLOB, NULL, &key,
	    blob.ptr, len, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptImportKey(nc_prov, 0, NULL, NULL, &key, blob.ptr,
	    len, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_RSAPUBLIC_BLOB, NULL,
	    NULL, blob.ptr, len, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_RSAPUBLIC_BLOB, NULL,
	    &key, NULL, len, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptImportKey(nc_prov, 4711, BCRYPT_RSAPUBLIC_BLOB, NULL,
	    &key, blob.ptr, len, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptImportKey(nc_prov, nc_prov, BCRYPT_RSAPUBLIC_BLOB,
	    NULL, &key, blob.ptr, len, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_RSAPUBLIC_BLOB, &list,
	    &key, blob.ptr, len, 0), NTE_INVALID_PARAMETER);
	list.pBuffers = &missing;
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_RSAPUBLIC_BLOB, &list,
	    &key, blob.ptr, len, 0), NTE_INVALID_PARAMETER);
	list.pBuffers = &empty;
	empty.pvBuffer = &nul;
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_RSAPUBLIC_BLOB, &list,
	    &key, blob.ptr, len, 0), NTE_INVALID_PARAMETER);
	/* what means nothing here is passed over */
	list.pBuffers = &unknown;
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_RSAPUBLIC_BLOB, &list,
	    &key, blob.ptr, len, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

/* --- create and finalise ------------------------------------------------- */

START_TEST(create_arguments)
{
	NCRYPT_KEY_HANDLE key = 1;

	ck_status(NCryptCreatePersistedKey(0, &key, NCRYPT_RSA_ALGORITHM,
	    NULL, 0, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key, NULL, NULL, 0, 0),
	    NULL_REFERENCE);
	ck_status(NCryptCreatePersistedKey(nc_prov, NULL,
	    NCRYPT_RSA_ALGORITHM, NULL, 0, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_SHA256_ALGORITHM, NULL, 0, 0), NTE_NOT_SUPPORTED);
	ck_assert_uint_eq(key, 0);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, NULL, 3, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, NULL, 0, 0x4000), NTE_BAD_FLAGS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, NULL, 0, NCRYPT_REQUIRE_VBS_FLAG),
	    NTE_VBS_UNAVAILABLE);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, u"", 0, 0), NTE_INVALID_PARAMETER);
	/* there is no store to keep it in */
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, u"name", 0, 0), NTE_DEVICE_NOT_READY);
}
END_TEST

START_TEST(create_and_export)
{
	NCRYPT_KEY_HANDLE key;
	struct secret blob;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 1024);
	ck_status(nc_export(key, BCRYPT_RSAPUBLIC_BLOB, &blob),
	    NTE_BAD_KEY_STATE);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    EXPORTABLE), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0x1000), NTE_BAD_FLAGS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptFinalizeKey(0, 0), NTE_INVALID_HANDLE);
	ck_status(nc_export(key, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(blob.len, 283);
	secret_free(&blob);
	ck_status(nc_export(key, BCRYPT_RSAFULLPRIVATE_BLOB, &blob),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(blob.len, 603);
	secret_free(&blob);
	ck_status(nc_export(key, BCRYPT_PUBLIC_KEY_BLOB, &blob),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(blob.len, 155);
	secret_free(&blob);
	ck_status(nc_export(key, BCRYPT_ECCPUBLIC_BLOB, &blob),
	    NTE_BAD_TYPE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

static const struct {
	LPCWSTR algorithm;
	LPCWSTR group;
	DWORD bits;
	uint8_t magic[4];        /* of PUBLICBLOB; none for AES */
} kinds[] = {
	{ NCRYPT_RSA_ALGORITHM, u"RSA", 1024, "RSA1" },
	{ NCRYPT_ECDSA_P256_ALGORITHM, u"ECDSA", 256, "ECS1" },
	{ NCRYPT_ECDSA_P384_ALGORITHM, u"ECDSA", 384, "ECS3" },
	{ NCRYPT_ECDSA_P521_ALGORITHM, u"ECDSA", 521, "ECS5" },
	{ NCRYPT_ECDH_P256_ALGORITHM, u"ECDH", 256, "ECK1" },
	{ NCRYPT_ECDH_P384_ALGORITHM, u"ECDH", 384, "ECK3" },
	{ NCRYPT_ECDH_P521_ALGORITHM, u"ECDH", 521, "ECK5" },
	{ NCRYPT_AES_ALGORITHM, u"AES", 128, "" },
};

START_TEST(creates)
{
	NCRYPT_KEY_HANDLE key = 0;
	struct secret blob;

	for (int finished = 0; finished < 2; finished++) {
		if (!finished)
			ck_status(NCryptCreatePersistedKey(nc_prov, &key,
			    kinds[_i].algorithm, NULL, 0, 0), ERROR_SUCCESS);
		else
			ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
		nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY,
		    kinds[_i].algorithm);
		nc_text_is(key, NCRYPT_ALGORITHM_GROUP_PROPERTY,
		    kinds[_i].group);
		ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY),
		    kinds[_i].bits);
	}
	if (kinds[_i].magic[0] != 0) {
		ck_status(nc_export(key, BCRYPT_PUBLIC_KEY_BLOB, &blob),
		    ERROR_SUCCESS);
		ck_assert_int_eq(memcmp(blob.ptr, kinds[_i].magic, 4), 0);
		secret_free(&blob);
	}
	ck_status(nc_export(key, BCRYPT_PRIVATE_KEY_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(generic_curve)
{
	static const WCHAR curve[] = BCRYPT_ECC_CURVE_NISTP384;
	NCRYPT_KEY_HANDLE key;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_ECDSA_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, NCRYPT_ECC_CURVE_NAME_PROPERTY,
	    (PBYTE)(uintptr_t)u"noCurve", 16, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, NCRYPT_ECC_CURVE_NAME_PROPERTY,
	    (PBYTE)(uintptr_t)curve, sizeof(curve), 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY, u"ECDSA_P384");
	nc_text_is(key, NCRYPT_ECC_CURVE_NAME_PROPERTY, curve);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt import");
	TCase *tc = tcase_create("import");

	tcase_add_checked_fixture(tc, nc_begin, nc_end);
	tcase_add_test(tc, provider_names);
	tcase_add_test(tc, handles_are_recognised);
	tcase_add_test(tc, handles_have_generations);
	tcase_add_test(tc, key_outlives_provider);
	tcase_add_loop_test(tc, imports, 0, ARRAY_LEN(good));
	tcase_add_loop_test(tc, bad_blobs, 0, ARRAY_LEN(bad));
	tcase_add_loop_test(tc, import_flags, 0, ARRAY_LEN(flagged));
	tcase_add_test(tc, prefer_vbs_falls_back);
	tcase_add_test(tc, import_arguments);
	tcase_add_test(tc, create_arguments);
	tcase_add_test(tc, create_and_export);
	tcase_add_loop_test(tc, creates, 0, ARRAY_LEN(kinds));
	tcase_add_test(tc, generic_curve);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
