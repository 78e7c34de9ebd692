/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys that are kept: names, PINs, the two scopes, wrapped and encrypted
 * forms, and keys that wait to be finalised.
 */
#include "ncrypt_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPORTABLE (NCRYPT_ALLOW_EXPORT_FLAG | \
	NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG)

static void
begin_with_store(void)
{
	nc_begin();
	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
}

static NCRYPT_KEY_HANDLE
keep(LPCWSTR name, DWORD policy)
{
	NCRYPT_KEY_HANDLE key;

	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    name, NCRYPT_DO_NOT_FINALIZE_FLAG, &key), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, policy),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	return key;
}

static SECURITY_STATUS
try_open(LPCWSTR name, DWORD flags)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = NCryptOpenKey(nc_prov, &key, name, 0,
	    flags);

	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	return status;
}

/* --- names --------------------------------------------------------------- */

START_TEST(kept_and_found_again)
{
	NCRYPT_KEY_HANDLE key;
	FILETIME when;
	DWORD size;

	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"Schlüssel", 0, &key), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_NAME_PROPERTY, u"Schlüssel");
	ck_status(NCryptFinalizeKey(key, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_reopen();
	ck_status(NCryptOpenKey(nc_prov, &key, u"Schlüssel", AT_SIGNATURE,
	    NCRYPT_SILENT_FLAG), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_NAME_PROPERTY, u"Schlüssel");
	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY, NCRYPT_RSA_ALGORITHM);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 1024);
	ck_assert_uint_eq(nc_number(key, NCRYPT_EXPORT_POLICY_PROPERTY), 0);
	ck_assert_uint_eq(nc_number(key, NCRYPT_KEY_USAGE_PROPERTY),
	    NCRYPT_ALLOW_ALL_USAGES);
	ck_assert_uint_eq(nc_number(key, NCRYPT_KEY_TYPE_PROPERTY), 0);
	ck_status(NCryptGetProperty(key, NCRYPT_LAST_MODIFIED_PROPERTY,
	    (PBYTE)&when, sizeof(when), &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, sizeof(when));
	ck_status(NCryptGetProperty(key, NCRYPT_UNIQUE_NAME_PROPERTY, NULL, 0,
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 33 * sizeof(WCHAR));
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(try_open(u"Schloss", 0), NTE_BAD_KEYSET);
	ck_status(NCryptOpenKey(nc_prov, &key, NULL, 0, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptOpenKey(nc_prov, &key, u"Schlüssel", 0, 0x400),
	    NTE_BAD_FLAGS);
	ck_status(NCryptOpenKey(0, &key, u"Schlüssel", 0, 0),
	    NTE_INVALID_HANDLE);
}
END_TEST

START_TEST(a_name_is_taken)
{
	struct secret full = sample_read("rsa1024_full.bin"), blob;
	NCRYPT_KEY_HANDLE key, other;

	ck_status(NCryptFreeObject(keep(u"one", 0)), ERROR_SUCCESS);
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"one", 0, &key), NTE_EXISTS);
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"one", NCRYPT_DO_NOT_FINALIZE_FLAG, &key),
	    NTE_EXISTS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_ECDSA_P256_ALGORITHM, u"one", 0, 0), NTE_EXISTS);
	/* what is no key removes nothing */
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv_n_not_pq.bin", u"one", NCRYPT_OVERWRITE_KEY_FLAG,
	    &key), NTE_INVALID_PARAMETER);
	ck_status(try_open(u"one", 0), ERROR_SUCCESS);
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"one", NCRYPT_OVERWRITE_KEY_FLAG, &key),
	    ERROR_SUCCESS);
	ck_status(NCryptOpenKey(nc_prov, &other, u"one", 0, 0),
	    ERROR_SUCCESS);
	nc_text_is(other, NCRYPT_ALGORITHM_PROPERTY,
	    NCRYPT_ECDSA_P256_ALGORITHM);
	ck_status(nc_export(other, BCRYPT_ECCPUBLIC_BLOB, &blob),
	    ERROR_SUCCESS);
	secret_free(&blob);
	secret_free(&full);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(other), ERROR_SUCCESS);
}
END_TEST

START_TEST(generated_and_kept)
{
	BYTE hash[32] = { 7 }, sig[64];
	NCRYPT_KEY_HANDLE key, again;
	DWORD size;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_ECDSA_P256_ALGORITHM, u"made", 0, 0), ERROR_SUCCESS);
	/* not before it is finalised */
	ck_status(try_open(u"made", 0), NTE_BAD_KEYSET);
	ck_status(NCryptSignHash(key, NULL, hash, 32, sig, 64, &size, 0),
	    NTE_BAD_KEY_STATE);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptSignHash(key, NULL, hash, 32, sig, 64, &size, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_reopen();
	ck_status(NCryptOpenKey(nc_prov, &again, u"made", 0, 0),
	    ERROR_SUCCESS);
	nc_text_is(again, NCRYPT_ALGORITHM_PROPERTY,
	    NCRYPT_ECDSA_P256_ALGORITHM);
	ck_status(NCryptVerifySignature(again, NULL, hash, 32, sig, 64, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptDeleteKey(again, 0), ERROR_SUCCESS);
	ck_assert(!NCryptIsKeyHandle(again));
	ck_status(try_open(u"made", 0), NTE_BAD_KEYSET);
	ck_status(NCryptDeleteKey(again, 0), NTE_INVALID_HANDLE);
}
END_TEST

START_TEST(given_up)
{
	NCRYPT_KEY_HANDLE key;

	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"never", NCRYPT_DO_NOT_FINALIZE_FLAG, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(try_open(u"never", 0), NTE_BAD_KEYSET);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"never", 0, &key), ERROR_SUCCESS);
	ck_status(NCryptDeleteKey(key, 0x20), NTE_BAD_FLAGS);
	ck_status(NCryptDeleteKey(key, NCRYPT_SILENT_FLAG), ERROR_SUCCESS);
	/* an ephemeral one just goes */
	key = nc_import(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin");
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	ck_assert(!NCryptIsKeyHandle(key));
}
END_TEST

START_TEST(deleted_elsewhere)
{
	NCRYPT_KEY_HANDLE key = keep(u"one", 0), same;
	BYTE hash[20], sig[128];
	BCRYPT_PKCS1_PADDING_INFO pad = { NULL };
	DWORD size;

	ck_status(NCryptOpenKey(nc_prov, &same, u"one", 0, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	memset(hash, 1, sizeof(hash));
	ck_status(NCryptSignHash(same, &pad, hash, 20, sig, 128, &size,
	    BCRYPT_PAD_PKCS1), NTE_INVALID_HANDLE);
	ck_status(NCryptFreeObject(same), ERROR_SUCCESS);
}
END_TEST

/* --- waiting to be finalised --------------------------------------------- */

START_TEST(not_finalised)
{
	BCRYPT_PKCS1_PADDING_INFO pad = { NULL };
	BYTE data[128] = { 1 }, out[128];
	NCRYPT_SECRET_HANDLE secret;
	NCRYPT_KEY_HANDLE key;
	struct secret blob;
	DWORD size;

	blob = sample_read("rsa1024.der");
	ck_status(nc_import_flags(NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    secret_span(&blob), NCRYPT_DO_NOT_FINALIZE_FLAG, &key),
	    ERROR_SUCCESS);
	secret_free(&blob);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 1024);
	ck_status(nc_export(key, BCRYPT_RSAPUBLIC_BLOB, &blob),
	    NTE_BAD_KEY_STATE);
	ck_status(NCryptSignHash(key, &pad, data, 20, out, 128, &size,
	    BCRYPT_PAD_PKCS1), NTE_BAD_KEY_STATE);
	ck_status(NCryptVerifySignature(key, &pad, data, 20, out, 128,
	    BCRYPT_PAD_PKCS1), NTE_BAD_KEY_STATE);
	ck_status(NCryptEncrypt(key, data, 20, NULL, out, 128, &size,
	    NCRYPT_PAD_PKCS1_FLAG), NTE_BAD_KEY_STATE);
	ck_status(NCryptDecrypt(key, data, 128, NULL, out, 128, &size,
	    NCRYPT_PAD_PKCS1_FLAG), NTE_BAD_KEY_STATE);
	ck_status(NCryptSecretAgreement(key, key, &secret, 0),
	    NTE_BAD_KEY_STATE);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    EXPORTABLE), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key,
	    NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG), NTE_NOT_SUPPORTED);
	ck_status(NCryptFinalizeKey(key, NCRYPT_SILENT_FLAG), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), NTE_INVALID_HANDLE);
	ck_status(nc_export(key, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    ERROR_SUCCESS);
	secret_free(&blob);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* Create, set the property that is named as the blob type, finalise. */
START_TEST(the_older_way)
{
	struct secret ecs = sample_read("p256_ecdsa_priv.bin");
	struct secret eck = sample_read("p256_ecdh_priv.bin");
	struct secret der = sample_read("p256_sign.der"), out;
	NCRYPT_KEY_HANDLE key;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_ECDSA_P256_ALGORITHM, u"older", 0, 0), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    EXPORTABLE), ERROR_SUCCESS);
	ck_status(NCryptSetProperty(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    der.ptr, (DWORD)der.len, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptSetProperty(key, BCRYPT_ECCPRIVATE_BLOB, eck.ptr,
	    (DWORD)eck.len, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, BCRYPT_ECCPRIVATE_BLOB, ecs.ptr,
	    (DWORD)ecs.len - 1, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, BCRYPT_ECCPRIVATE_BLOB, ecs.ptr,
	    (DWORD)ecs.len, 0), ERROR_SUCCESS);
	/* and once more in its place */
	ck_status(NCryptSetProperty(key, BCRYPT_ECCPRIVATE_BLOB, ecs.ptr,
	    (DWORD)ecs.len, NCRYPT_PERSIST_FLAG), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptSetProperty(key, BCRYPT_ECCPRIVATE_BLOB, ecs.ptr,
	    (DWORD)ecs.len, 0), NTE_NOT_SUPPORTED);
	ck_status(nc_export(key, BCRYPT_ECCPRIVATE_BLOB, &out),
	    ERROR_SUCCESS);
	ck_assert(secret_equal(secret_span(&out), secret_span(&ecs)));
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&ecs);
	secret_free(&eck);
	secret_free(&der);
	secret_free(&out);
}
END_TEST

/* --- policy of kept keys ------------------------------------------------- */

START_TEST(policy_stays)
{
	NCRYPT_KEY_HANDLE key = keep(u"one", 0), other;
	BYTE text[4] = "abc", got[8];
	struct secret blob;
	DWORD size;

	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    EXPORTABLE), NTE_PERM);
	ck_status(nc_export(key, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	/* its own properties are kept, for all who open it */
	ck_status(NCryptSetProperty(key, u"own", text, 3,
	    NCRYPT_PERSIST_ONLY_FLAG), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_reopen();
	ck_status(NCryptOpenKey(nc_prov, &other, u"one", 0, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptGetProperty(other, u"own", got, sizeof(got), &size,
	    NCRYPT_PERSIST_ONLY_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 3);
	ck_assert_int_eq(memcmp(got, text, 3), 0);
	ck_status(NCryptFreeObject(other), ERROR_SUCCESS);
}
END_TEST

/* The one copy is for who made the key. */
START_TEST(archiving_is_of_the_handle)
{
	NCRYPT_KEY_HANDLE key = keep(u"one",
	    NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG), other;
	struct secret blob;

	ck_status(NCryptOpenKey(nc_prov, &other, u"one", 0, 0),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(other, NCRYPT_EXPORT_POLICY_PROPERTY), 0);
	ck_status(nc_export(other, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_export(key, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    ERROR_SUCCESS);
	secret_free(&blob);
	ck_status(nc_export(key, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(other), ERROR_SUCCESS);
}
END_TEST

/* --- encrypted and wrapped forms ----------------------------------------- */

START_TEST(pkcs8_with_password)
{
	static char oid[] = "1.2.840.113549.1.12.1.3";
	static char no_oid[] = "1.2.3.4";
	BYTE param[16] = { 1, 4, 0, 0, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 };
	NCryptBuffer buffers[] = {
		nc_wide_buffer(NCRYPTBUFFER_PKCS_SECRET, u"päss"),
		{ sizeof(oid), NCRYPTBUFFER_PKCS_ALG_OID, oid },
		{ sizeof(param), NCRYPTBUFFER_PKCS_ALG_PARAM, param },
	};
	NCryptBufferDesc list = { 0, 3, buffers };
	NCRYPT_KEY_HANDLE key = keep(u"one", NCRYPT_ALLOW_EXPORT_FLAG), back;
	BYTE out[1024];
	DWORD size, again;

	/* leaves encrypted, and not otherwise */
	ck_status(NCryptExportKey(key, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptExportKey(key, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    &list, NULL, 0, &size, 0), ERROR_SUCCESS);
	ck_assert_uint_le(size, sizeof(out));
	ck_status(NCryptExportKey(key, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    &list, out, size, &again, 0), ERROR_SUCCESS);
	ck_assert_uint_le(again, size);
	/* a password is not for the types that have no place for one */
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, &list, NULL,
	    0, &size, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptImportKey(nc_prov, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    NULL, &back, out, again, 0), NTE_BAD_DATA);
	list.cBuffers = 1;
	ck_status(NCryptImportKey(nc_prov, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    &list, &back, out, again, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	buffers[0] = nc_wide_buffer(NCRYPTBUFFER_PKCS_SECRET, u"wrong");
	ck_status(NCryptImportKey(nc_prov, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    &list, &back, out, again, 0), NTE_BAD_DATA);
	list.cBuffers = 3;
	buffers[1].pvBuffer = no_oid;
	buffers[1].cbBuffer = sizeof(no_oid);
	ck_status(NCryptExportKey(key, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    &list, NULL, 0, &size, 0), NTE_NOT_SUPPORTED);
	buffers[1].pvBuffer = oid;
	buffers[1].cbBuffer = sizeof(oid);
	buffers[2].cbBuffer = 7;
	ck_status(NCryptExportKey(key, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    &list, NULL, 0, &size, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

static NCRYPT_KEY_HANDLE
wrapping_key(int which)
{
	NCRYPT_KEY_HANDLE key;

	if (which == 0)
		return nc_import(BCRYPT_KEY_DATA_BLOB, "aes256.bin");
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 2048),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	return key;
}

START_TEST(wrapped)
{
	NCRYPT_KEY_HANDLE key = keep(u"one", NCRYPT_ALLOW_EXPORT_FLAG), back;
	NCRYPT_KEY_HANDLE wrap = wrapping_key(_i), closed;
	BYTE out[2048];
	DWORD size, again;

	ck_status(NCryptExportKey(key, wrap, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    NULL, 0, &size, 0), ERROR_SUCCESS);
	ck_assert_uint_le(size, sizeof(out));
	ck_status(NCryptExportKey(key, wrap, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    out, size - 1, &again, 0), NTE_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(again, size);
	ck_status(NCryptExportKey(key, wrap, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    out, size, &again, 0), ERROR_SUCCESS);
	ck_status(NCryptImportKey(nc_prov, wrap, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    &back, out, again, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	out[again - 1] ^= 1;
	ck_status(NCryptImportKey(nc_prov, wrap, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    &back, out, again, 0), NTE_BAD_DATA);
	/* handles that are none, and keys that cannot */
	ck_status(NCryptExportKey(key, nc_prov, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptExportKey(key, wrap, BCRYPT_RSAPUBLIC_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_NOT_SUPPORTED);
	back = nc_import(BCRYPT_ECCPRIVATE_BLOB, "p256_ecdh_priv.bin");
	ck_status(NCryptExportKey(key, back, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_NOT_SUPPORTED);
	closed = keep(u"two", 0);
	ck_status(NCryptExportKey(closed, wrap, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(closed), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(wrap), ERROR_SUCCESS);
}
END_TEST

START_TEST(export_mistakes)
{
	NCRYPT_KEY_HANDLE key = keep(u"one", EXPORTABLE);
	NCRYPT_KEY_HANDLE pub = nc_import(BCRYPT_RSAPUBLIC_BLOB,
	    "rsa1024_pub.bin");
	BYTE out[1024];
	DWORD size;

	ck_status(NCryptExportKey(0, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, NULL, 0,
	    &size, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptExportKey(key, 0, NULL, NULL, NULL, 0, &size, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, NULL,
	    0, NULL, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, NULL,
	    0, &size, 1), NTE_BAD_FLAGS);
	ck_status(NCryptExportKey(key, 0, u"NoSuchBlob", NULL, NULL, 0, &size,
	    0), NTE_BAD_TYPE);
	ck_status(NCryptExportKey(key, 0, BCRYPT_ECCPRIVATE_BLOB, NULL, NULL,
	    0, &size, 0), NTE_BAD_TYPE);
	ck_status(NCryptExportKey(pub, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, NULL,
	    0, &size, 0), NTE_BAD_TYPE);
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, out,
	    282, &size, NCRYPT_SILENT_FLAG), NTE_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(size, 283);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(pub), ERROR_SUCCESS);
}
END_TEST

/* --- enumeration --------------------------------------------------------- */

static void
is_no_list(PVOID state, LPCWSTR provider)
{
	NCRYPT_PROV_HANDLE prov;
	NCryptKeyName *name;

	ck_status(NCryptOpenStorageProvider(&prov, provider, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptEnumKeys(prov, NULL, &name, &state, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(prov), ERROR_SUCCESS);
}

START_TEST(enumerated)
{
	static const LPCWSTR names[] = { u"one", u"two", u"three" };
	NCryptKeyName *name;
	PVOID state = NULL;
	unsigned seen = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		ck_status(NCryptFreeObject(keep(names[i], 0)),
		    ERROR_SUCCESS);
	ck_status(NCryptFreeObject(nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin")), ERROR_SUCCESS);
	while (NCryptEnumKeys(nc_prov, NULL, &name, &state, 0) ==
	    ERROR_SUCCESS) {
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (memcmp(name->pszName, names[i],
			    nc_wide_bytes(names[i])) == 0)
				seen += 1u << (4 * i);
		ck_assert_int_eq(memcmp(name->pszAlgid, u"RSA", 8), 0);
		ck_assert_uint_eq(name->dwFlags, 0);
		ck_status(try_open(name->pszName, 0), ERROR_SUCCESS);
		ck_status(NCryptFreeBuffer(name), ERROR_SUCCESS);
	}
	ck_assert_uint_eq(seen, 0x111);
	ck_status(NCryptEnumKeys(nc_prov, NULL, &name, &state, 0),
	    NTE_NO_MORE_ITEMS);
	ck_assert_ptr_null(name);
	is_no_list(state, MS_SMART_CARD_KEY_STORAGE_PROVIDER);
	ck_status(NCryptFreeBuffer(state), ERROR_SUCCESS);
	is_no_list(state, NULL);
	state = NULL;
	ck_status(NCryptEnumKeys(nc_prov, NULL, &name, &state, 0),
	    ERROR_SUCCESS);
	is_no_list(name, NULL);
	is_no_list(name, MS_SMART_CARD_KEY_STORAGE_PROVIDER);
	ck_status(NCryptFreeBuffer(name), ERROR_SUCCESS);
	ck_status(NCryptFreeBuffer(state), ERROR_SUCCESS);
	state = NULL;
	ck_status(NCryptEnumKeys(0, NULL, &name, &state, 0),
	    NTE_INVALID_HANDLE);
	ck_status(NCryptEnumKeys(nc_prov, NULL, &name, &state, 1),
	    NTE_BAD_FLAGS);
	ck_status(NCryptEnumKeys(nc_prov, NULL, NULL, &state, 0),
	    NTE_INVALID_PARAMETER);
	/* the machine has no store: no keys */
	ck_status(NCryptEnumKeys(nc_prov, NULL, &name, &state,
	    NCRYPT_MACHINE_KEY_FLAG), NTE_NO_MORE_ITEMS);
}
END_TEST

/* --- the machine's keys -------------------------------------------------- */

START_TEST(machine_keys)
{
	NCRYPT_KEY_HANDLE key;
	NCryptKeyName *name;
	PVOID state = NULL;

	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"one", NCRYPT_MACHINE_KEY_FLAG, &key), NTE_DEVICE_NOT_READY);
	nc_make_store(true);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"one", NCRYPT_MACHINE_KEY_FLAG, &key), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_KEY_TYPE_PROPERTY),
	    NCRYPT_MACHINE_KEY_FLAG);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	/* the names of the two do not meet */
	ck_status(try_open(u"one", 0), NTE_BAD_KEYSET);
	ck_status(NCryptFreeObject(keep(u"one", 0)), ERROR_SUCCESS);
	ck_status(try_open(u"one", NCRYPT_MACHINE_KEY_FLAG), ERROR_SUCCESS);
	ck_status(NCryptEnumKeys(nc_prov, NULL, &name, &state,
	    NCRYPT_MACHINE_KEY_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(name->dwFlags, NCRYPT_MACHINE_KEY_FLAG);
	ck_status(NCryptFreeBuffer(name), ERROR_SUCCESS);
	ck_status(NCryptFreeBuffer(state), ERROR_SUCCESS);
}
END_TEST

/* --- PINs ---------------------------------------------------------------- */

static SECURITY_STATUS
set_pin(LPCWSTR pin)
{
	NCryptBuffer text = nc_wide_buffer(0, pin);

	return NCryptSetProperty(nc_prov, NCRYPT_PIN_PROPERTY, text.pvBuffer,
	    text.cbBuffer, 0);
}

START_TEST(no_pin)
{
	NCRYPT_KEY_HANDLE key;

	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
	ck_status(try_open(u"one", NCRYPT_SILENT_FLAG), NTE_SILENT_CONTEXT);
	ck_status(try_open(u"one", 0), NTE_UI_REQUIRED);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"one", NCRYPT_SILENT_FLAG, &key), NTE_SILENT_CONTEXT);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, u"one", 0, NCRYPT_SILENT_FLAG),
	    NTE_SILENT_CONTEXT);
	/* ephemeral keys need none */
	ck_status(NCryptFreeObject(nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin")), ERROR_SUCCESS);
	ck_status(set_pin(u"no"), SCARD_W_WRONG_CHV);
	ck_status(set_pin(u"user-pin-1234"), ERROR_SUCCESS);
	ck_status(try_open(u"one", NCRYPT_SILENT_FLAG), NTE_BAD_KEYSET);
	ck_status(NCryptFreeObject(keep(u"one", 0)), ERROR_SUCCESS);
}
END_TEST

/* A wrong one from the environment is tried once. */
START_TEST(wrong_pin)
{
	ck_assert_int_eq(setenv("CNG_PIN", "wrong-pin", 1), 0);
	for (int i = 0; i < 20; i++)
		ck_status(try_open(u"one", 0), SCARD_W_WRONG_CHV);
	ck_status(set_pin(u"user-pin-1234"), ERROR_SUCCESS);
	ck_status(try_open(u"one", 0), NTE_BAD_KEYSET);
}
END_TEST

START_TEST(pin_from_credential)
{
	FILE *f;
	char dir[512];

	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
	snprintf(dir, sizeof(dir), "%s", nc_path(""));
	ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", dir, 1), 0);
	ck_status(try_open(u"one", NCRYPT_SILENT_FLAG), NTE_SILENT_CONTEXT);
	f = fopen(nc_path("cng-pin"), "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "%s\n", NC_PIN);
	fclose(f);
	ck_status(try_open(u"one", NCRYPT_SILENT_FLAG), NTE_BAD_KEYSET);
}
END_TEST

START_TEST(no_store)
{
	NCRYPT_KEY_HANDLE key;
	NCryptKeyName *name;
	PVOID state = NULL;

	ck_assert_int_eq(remove(nc_path("user.db")), 0);
	nc_reopen();
	ck_status(try_open(u"one", 0), NTE_BAD_KEYSET);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"one", 0, &key), NTE_DEVICE_NOT_READY);
	ck_status(NCryptEnumKeys(nc_prov, NULL, &name, &state, 0),
	    NTE_NO_MORE_ITEMS);
	ck_status(set_pin(u"user-pin-1234"), NTE_DEVICE_NOT_READY);
}
END_TEST

START_TEST(bad_configuration)
{
	NCRYPT_PROV_HANDLE prov, old = nc_prov;

	ck_status(NCryptFreeObject(old), ERROR_SUCCESS);
	ck_assert_int_eq(setenv("CNG_PKCS11_CONF", nc_path("none"), 1), 0);
	ck_status(NCryptOpenStorageProvider(&prov, NULL, 0),
	    NTE_PROVIDER_DLL_FAIL);
	ck_assert_uint_eq(prov, 0);
	ck_assert_int_eq(setenv("CNG_PKCS11_CONF", nc_path("conf"), 1), 0);
	ck_status(NCryptOpenStorageProvider(&nc_prov, NULL, 0),
	    ERROR_SUCCESS);
}
END_TEST

/* --- forks --------------------------------------------------------------- */

START_TEST(after_a_fork)
{
	BCRYPT_PKCS1_PADDING_INFO pad = { NULL };
	NCRYPT_KEY_HANDLE kept = keep(u"one", 0);
	NCRYPT_KEY_HANDLE loose = nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin");
	BYTE hash[20] = { 1 }, sig[128];
	DWORD size;
	int result;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	for (int i = 0; i < 2; i++) {
		ck_status(NCryptSignHash(i == 0 ? kept : loose, &pad, hash,
		    20, sig, 128, &size, BCRYPT_PAD_PKCS1), ERROR_SUCCESS);
		ck_status(NCryptVerifySignature(loose, &pad, hash, 20, sig,
		    128, BCRYPT_PAD_PKCS1), ERROR_SUCCESS);
	}
	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, &result, 0), pid);
	ck_assert_int_eq(result, 0);
	ck_status(NCryptFreeObject(kept), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(loose), ERROR_SUCCESS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt store");
	TCase *tc = tcase_create("store");

	tcase_add_checked_fixture(tc, begin_with_store, nc_end);
	tcase_add_test(tc, kept_and_found_again);
	tcase_add_test(tc, a_name_is_taken);
	tcase_add_test(tc, generated_and_kept);
	tcase_add_test(tc, given_up);
	tcase_add_test(tc, deleted_elsewhere);
	tcase_add_test(tc, not_finalised);
	tcase_add_test(tc, the_older_way);
	tcase_add_test(tc, policy_stays);
	tcase_add_test(tc, archiving_is_of_the_handle);
	tcase_add_test(tc, pkcs8_with_password);
	tcase_add_loop_test(tc, wrapped, 0, 2);
	tcase_add_test(tc, export_mistakes);
	tcase_add_test(tc, enumerated);
	tcase_add_test(tc, machine_keys);
	tcase_add_test(tc, no_pin);
	tcase_add_test(tc, wrong_pin);
	tcase_add_test(tc, pin_from_credential);
	tcase_add_test(tc, no_store);
	tcase_add_test(tc, bad_configuration);
	tcase_add_test(tc, after_a_fork);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
