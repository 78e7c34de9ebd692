/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Properties: names, types, sizes and refusals as on Windows.
 */
#include "ncrypt_help.h"

#include <stdlib.h>

static NCRYPT_KEY_HANDLE
rsa_key(int which)
{
	static const struct {
		LPCWSTR type;
		const char *file;
	} from[] = {
		{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin" },
		{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin" },
		{ BCRYPT_RSAFULLPRIVATE_BLOB, "rsa1024_full.bin" },
	};
	NCRYPT_KEY_HANDLE key;

	if (which < (int)ARRAY_LEN(from))
		return nc_import(from[which].type, from[which].file);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	return key;
}

#define RSA_KEYS 4

static const struct {
	LPCWSTR name;
	DWORD size;
	uint8_t value[16];
} rsa_values[] = {
	{ NCRYPT_ALGORITHM_PROPERTY, 8, { 'R', 0, 'S', 0, 'A', 0, 0, 0 } },
	{ NCRYPT_ALGORITHM_GROUP_PROPERTY, 8,
	    { 'R', 0, 'S', 0, 'A', 0, 0, 0 } },
	{ NCRYPT_LENGTH_PROPERTY, 4, { 0, 4, 0, 0 } },
	{ NCRYPT_PUBLIC_LENGTH_PROPERTY, 4, { 0, 4, 0, 0 } },
	{ NCRYPT_LENGTHS_PROPERTY, 16, { 0, 2, 0, 0, 0, 0x40, 0, 0,
	    8, 0, 0, 0, 0, 4, 0, 0 } },
	{ NCRYPT_BLOCK_LENGTH_PROPERTY, 4, { 128, 0, 0, 0 } },
	{ NCRYPT_SIGNATURE_LENGTH_PROPERTY, 4, { 128, 0, 0, 0 } },
	{ NCRYPT_EXPORT_POLICY_PROPERTY, 4, { 0, 0, 0, 0 } },
	{ NCRYPT_KEY_USAGE_PROPERTY, 4, { 0xff, 0xff, 0xff, 0 } },
	{ NCRYPT_KEY_TYPE_PROPERTY, 4, { 0, 0, 0, 0 } },
};

START_TEST(values_of_rsa)
{
	uint8_t buffer[64];
	NCRYPT_KEY_HANDLE key = rsa_key(_i);
	DWORD size;

	for (size_t i = 0; i < ARRAY_LEN(rsa_values); i++) {
		size = 0xdeadbeef;
		ck_status(NCryptGetProperty(key, rsa_values[i].name, NULL, 0,
		    &size, 0), ERROR_SUCCESS);
		ck_assert_uint_eq(size, rsa_values[i].size);
		size = 0xdeadbeef;
		ck_status(NCryptGetProperty(key, rsa_values[i].name, buffer,
		    sizeof(buffer), &size, 0), ERROR_SUCCESS);
		ck_assert_uint_eq(size, rsa_values[i].size);
		ck_assert_int_eq(memcmp(buffer, rsa_values[i].value, size),
		    0);
		ck_status(NCryptGetProperty(key, rsa_values[i].name, buffer,
		    size - 1, &size, 0), NTE_BUFFER_TOO_SMALL);
		ck_assert_uint_eq(size, rsa_values[i].size);
	}
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(provider_handle)
{
	NCRYPT_KEY_HANDLE key = rsa_key(_i);
	NCRYPT_PROV_HANDLE prov = 0;
	DWORD size;

	ck_status(NCryptGetProperty(key, NCRYPT_PROVIDER_HANDLE_PROPERTY,
	    NULL, 0, &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, sizeof(prov));
	ck_status(NCryptGetProperty(key, NCRYPT_PROVIDER_HANDLE_PROPERTY,
	    (PBYTE)&prov, sizeof(prov), &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(prov, nc_prov);
	ck_status(NCryptFreeObject(prov), ERROR_SUCCESS);
	ck_status(NCryptIsAlgSupported(nc_prov, NCRYPT_RSA_ALGORITHM, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

static const LPCWSTR not_found[] = {
	NCRYPT_UI_POLICY_PROPERTY, NCRYPT_WINDOW_HANDLE_PROPERTY,
	NCRYPT_USE_CONTEXT_PROPERTY, NCRYPT_LAST_MODIFIED_PROPERTY,
	NCRYPT_CERTIFICATE_PROPERTY,
};

static const LPCWSTR not_supported[] = {
	NCRYPT_NAME_PROPERTY, NCRYPT_UNIQUE_NAME_PROPERTY,
	NCRYPT_IMPL_TYPE_PROPERTY, NCRYPT_VERSION_PROPERTY,
	NCRYPT_SECURITY_DESCR_SUPPORT_PROPERTY,
	NCRYPT_USE_COUNT_ENABLED_PROPERTY, NCRYPT_USE_COUNT_PROPERTY,
	NCRYPT_MAX_NAME_LENGTH_PROPERTY, NCRYPT_PIN_PROPERTY,
	NCRYPT_READER_PROPERTY, NCRYPT_SMARTCARD_GUID_PROPERTY,
	NCRYPT_PIN_PROMPT_PROPERTY, NCRYPT_USER_CERTSTORE_PROPERTY,
	NCRYPT_ROOT_CERTSTORE_PROPERTY, NCRYPT_SECURE_PIN_PROPERTY,
	NCRYPT_ASSOCIATED_ECDH_KEY, NCRYPT_SCARD_PIN_ID,
	NCRYPT_SCARD_PIN_INFO, BCRYPT_ALGORITHM_NAME, BCRYPT_AUTH_TAG_LENGTH,
	BCRYPT_BLOCK_LENGTH, BCRYPT_BLOCK_SIZE_LIST, BCRYPT_CHAINING_MODE,
	BCRYPT_EFFECTIVE_KEY_LENGTH, BCRYPT_HASH_BLOCK_LENGTH,
	BCRYPT_HASH_LENGTH, BCRYPT_HASH_OID_LIST, BCRYPT_KEY_LENGTH,
	BCRYPT_KEY_LENGTHS, BCRYPT_KEY_OBJECT_LENGTH, BCRYPT_KEY_STRENGTH,
	BCRYPT_OBJECT_LENGTH, BCRYPT_PADDING_SCHEMES, BCRYPT_PROVIDER_HANDLE,
};

START_TEST(what_is_not_there)
{
	NCRYPT_KEY_HANDLE key = rsa_key(_i);
	DWORD size;

	for (size_t i = 0; i < ARRAY_LEN(not_found); i++)
		ck_status(NCryptGetProperty(key, not_found[i], NULL, 0,
		    &size, 0), NTE_NOT_FOUND);
	for (size_t i = 0; i < ARRAY_LEN(not_supported); i++)
		ck_status(NCryptGetProperty(key, not_supported[i], NULL, 0,
		    &size, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptGetProperty(key, NCRYPT_SECURITY_DESCR_PROPERTY,
	    NULL, 0, &size, 0), NTE_BAD_FLAGS);
	ck_status(NCryptGetProperty(key, NCRYPT_SECURITY_DESCR_PROPERTY,
	    NULL, 0, &size, 4), NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(arguments)
{
	static const WCHAR long_name[] = u"0123456789012345678901234567890"
	    u"1234567890123456789012345678901234";
	NCRYPT_KEY_HANDLE key = rsa_key(0);
	DWORD size, value = 2048;

	ck_assert_uint_eq(sizeof(long_name) / 2 - 1, 65);
	ck_status(NCryptGetProperty(0, NCRYPT_LENGTH_PROPERTY, NULL, 0, &size,
	    0), NTE_INVALID_HANDLE);
	ck_status(NCryptGetProperty(key, NULL, NULL, 0, &size, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptGetProperty(key, NCRYPT_LENGTH_PROPERTY, NULL, 0,
	    NULL, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptGetProperty(key, long_name, NULL, 0, &size,
	    NCRYPT_PERSIST_ONLY_FLAG), NTE_INVALID_PARAMETER);
	ck_status(NCryptGetProperty(key, NCRYPT_LENGTH_PROPERTY, NULL, 0,
	    &size, 0x800), NTE_BAD_FLAGS);
	ck_status(NCryptSetProperty(0, NCRYPT_LENGTH_PROPERTY, (PBYTE)&value,
	    4, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptSetProperty(key, NCRYPT_LENGTH_PROPERTY, NULL, 4, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, NCRYPT_LENGTH_PROPERTY,
	    (PBYTE)&value, 2, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, u"x", (PBYTE)&value, 0x100001,
	    NCRYPT_PERSIST_ONLY_FLAG), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, u"x", (PBYTE)&value, 4, 0x800),
	    NTE_BAD_FLAGS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(set_length)
{
	NCRYPT_KEY_HANDLE key = rsa_key(0);

	/* of a key that is there: no mistake, no effect */
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 2048),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 1024);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	key = rsa_key(3);
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 1032),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 1032);
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 504),
	    NTE_INVALID_PARAMETER);
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 1033),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 1032);
	ck_assert_uint_eq(nc_number(key, NCRYPT_BLOCK_LENGTH_PROPERTY), 129);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(names_cannot_be_set)
{
	NCRYPT_KEY_HANDLE key = rsa_key(_i);
	DWORD value = 1;

	ck_status(NCryptSetProperty(key, NCRYPT_NAME_PROPERTY, (PBYTE)&value,
	    4, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptSetProperty(key, u"My own", (PBYTE)&value, 4, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

static void
check_custom(NCRYPT_KEY_HANDLE key, LPCWSTR name, const char *want)
{
	char text[64];
	DWORD size;

	ck_status(NCryptGetProperty(key, name, (PBYTE)text, sizeof(text),
	    &size, NCRYPT_PERSIST_ONLY_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(size, strlen(want));
	ck_assert_int_eq(memcmp(text, want, size), 0);
}

static SECURITY_STATUS
set_custom(NCRYPT_KEY_HANDLE key, LPCWSTR name, const char *value)
{
	char text[64];

	memcpy(text, value, strlen(value) + 1);
	return NCryptSetProperty(key, name, (PBYTE)text,
	    (DWORD)strlen(value), NCRYPT_PERSIST_ONLY_FLAG);
}

START_TEST(custom)
{
	NCRYPT_KEY_HANDLE key = rsa_key(_i);
	DWORD size;

	ck_status(NCryptGetProperty(key, u"own", NULL, 0, &size,
	    NCRYPT_PERSIST_ONLY_FLAG), NTE_NOT_FOUND);
	ck_status(set_custom(key, u"own", "one"), ERROR_SUCCESS);
	ck_status(set_custom(key, u"other", ""), ERROR_SUCCESS);
	check_custom(key, u"own", "one");
	ck_status(set_custom(key, u"own", "a longer value"), ERROR_SUCCESS);
	check_custom(key, u"own", "a longer value");
	check_custom(key, u"other", "");
	ck_status(NCryptSetProperty(key, u"own", NULL, 0,
	    NCRYPT_PERSIST_ONLY_FLAG), NTE_INVALID_PARAMETER);
	if (_i == RSA_KEYS - 1)
		ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	check_custom(key, u"own", "a longer value");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* The export policy of an imported key can be widened as long as nobody else
 * can open it. */
START_TEST(policy_after_import)
{
	NCRYPT_KEY_HANDLE key = rsa_key(1);
	struct secret blob, want = sample_read("rsa1024_priv.bin");

	ck_status(nc_export(key, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, 0x100),
	    NTE_INVALID_PARAMETER);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_EXPORT_FLAG | NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_EXPORT_POLICY_PROPERTY), 3);
	ck_status(nc_export(key, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    ERROR_SUCCESS);
	ck_assert(secret_equal(secret_span(&blob), secret_span(&want)));
	secret_free(&blob);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, 0),
	    ERROR_SUCCESS);
	ck_status(nc_export(key, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	secret_free(&want);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* One copy, and a size is none. */
START_TEST(archiving_once)
{
	NCRYPT_KEY_HANDLE key = rsa_key(1);
	struct secret blob;
	BYTE text[1024];
	DWORD size;

	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_EXPORT_POLICY_PROPERTY), 8);
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, NULL,
	    0, &size, 0), ERROR_SUCCESS);
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, text,
	    10, &size, 0), NTE_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(size, 283);
	/* public forms do not count */
	ck_status(nc_export(key, BCRYPT_RSAPUBLIC_BLOB, &blob),
	    ERROR_SUCCESS);
	secret_free(&blob);
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, text,
	    sizeof(text), &size, 0), ERROR_SUCCESS);
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, text,
	    sizeof(text), &size, 0), NTE_NOT_SUPPORTED);
	ck_assert_uint_eq(nc_number(key, NCRYPT_EXPORT_POLICY_PROPERTY), 0);
	/* for wrapped forms only */
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_ARCHIVING_FLAG), ERROR_SUCCESS);
	ck_status(nc_export(key, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(usage_is_obeyed)
{
	BCRYPT_PKCS1_PADDING_INFO pad = { NULL };
	BYTE hash[20] = { 1 }, sig[128];
	NCRYPT_KEY_HANDLE key = rsa_key(1);
	DWORD size;

	ck_status(nc_set_number(key, NCRYPT_KEY_USAGE_PROPERTY,
	    NCRYPT_ALLOW_DECRYPT_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_KEY_USAGE_PROPERTY), 1);
	ck_status(NCryptSignHash(key, &pad, hash, 20, sig, sizeof(sig), &size,
	    BCRYPT_PAD_PKCS1), NTE_PERM);
	ck_status(nc_set_number(key, NCRYPT_KEY_USAGE_PROPERTY,
	    NCRYPT_ALLOW_SIGNING_FLAG), ERROR_SUCCESS);
	ck_status(NCryptSignHash(key, &pad, hash, 20, sig, sizeof(sig), &size,
	    BCRYPT_PAD_PKCS1), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(other_values)
{
	NCRYPT_UI_POLICY ui = { .dwVersion = 1 };
	NCRYPT_KEY_HANDLE key = rsa_key(3);
	HANDLE window = &ui;
	BYTE cert[5] = { 0x30, 3, 2, 1, 0 }, got[64];
	DWORD size;

	ck_status(NCryptSetProperty(key, NCRYPT_UI_POLICY_PROPERTY,
	    (PBYTE)&ui, sizeof(ui), 0), ERROR_SUCCESS);
	ui.dwFlags = NCRYPT_UI_FORCE_HIGH_PROTECTION_FLAG;
	ck_status(NCryptSetProperty(key, NCRYPT_UI_POLICY_PROPERTY,
	    (PBYTE)&ui, sizeof(ui), 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptSetProperty(key, NCRYPT_UI_POLICY_PROPERTY,
	    (PBYTE)&ui, 8, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, NCRYPT_WINDOW_HANDLE_PROPERTY,
	    (PBYTE)&window, sizeof(window), 0), ERROR_SUCCESS);
	ck_status(NCryptGetProperty(key, NCRYPT_WINDOW_HANDLE_PROPERTY, got,
	    sizeof(got), &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, sizeof(window));
	ck_status(NCryptSetProperty(key, NCRYPT_CERTIFICATE_PROPERTY, cert,
	    sizeof(cert), 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptGetProperty(key, NCRYPT_CERTIFICATE_PROPERTY, got,
	    sizeof(got), &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, sizeof(cert));
	ck_assert_int_eq(memcmp(got, cert, size), 0);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

static void
ui_policy_is(NCRYPT_KEY_HANDLE key, LPCWSTR title, LPCWSTR description)
{
	union {
		NCRYPT_UI_POLICY policy;
		BYTE bytes[128];
	} got;
	DWORD want = (DWORD)(sizeof(got.policy) + nc_wide_bytes(title) +
	    nc_wide_bytes(description)), size = 0;

	ck_status(NCryptGetProperty(key, NCRYPT_UI_POLICY_PROPERTY, NULL, 0,
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, want);
	ck_status(NCryptGetProperty(key, NCRYPT_UI_POLICY_PROPERTY, got.bytes,
	    want - 1, &size, 0), NTE_BUFFER_TOO_SMALL);
	ck_status(NCryptGetProperty(key, NCRYPT_UI_POLICY_PROPERTY, got.bytes,
	    want, &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, want);
	ck_assert_uint_eq(got.policy.dwVersion, 1);
	ck_assert_uint_eq(got.policy.dwFlags, 0);
	ck_assert_int_eq(memcmp(got.policy.pszCreationTitle, title,
	    nc_wide_bytes(title)), 0);
	ck_assert_ptr_null(got.policy.pszFriendlyName);
	ck_assert_int_eq(memcmp(got.policy.pszDescription, description,
	    nc_wide_bytes(description)), 0);
	ck_assert_ptr_eq(got.policy.pszCreationTitle, got.bytes +
	    sizeof(got.policy));
}

/* What was set is there, before and after the key is finalised. */
START_TEST(ui_policy)
{
	static WCHAR long_text[5000];
	NCRYPT_UI_POLICY ui = { .dwVersion = 1, .pszCreationTitle = u"Tïtle",
		.pszDescription = u"" };
	NCRYPT_KEY_HANDLE key;

	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"one", NCRYPT_DO_NOT_FINALIZE_FLAG, &key), ERROR_SUCCESS);
	ck_status(NCryptSetProperty(key, NCRYPT_UI_POLICY_PROPERTY,
	    (PBYTE)&ui, sizeof(ui), 0), ERROR_SUCCESS);
	ui_policy_is(key, u"Tïtle", u"");
	for (size_t i = 0; i < ARRAY_LEN(long_text); i++)
		long_text[i] = 'a';
	ui.pszFriendlyName = long_text;
	ck_status(NCryptSetProperty(key, NCRYPT_UI_POLICY_PROPERTY,
	    (PBYTE)&ui, sizeof(ui), 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ui_policy_is(key, u"Tïtle", u"");
	ui.pszFriendlyName = NULL;
	ck_status(NCryptSetProperty(key, NCRYPT_UI_POLICY_PROPERTY,
	    (PBYTE)&ui, sizeof(ui), 0), NTE_BAD_KEY_STATE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptOpenKey(nc_prov, &key, u"one", 0, 0), ERROR_SUCCESS);
	ui_policy_is(key, u"Tïtle", u"");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
}
END_TEST

START_TEST(provider_values)
{
	DWORD size;

	nc_text_is(nc_prov, NCRYPT_NAME_PROPERTY, MS_KEY_STORAGE_PROVIDER);
	ck_assert_uint_eq(nc_number(nc_prov, NCRYPT_IMPL_TYPE_PROPERTY),
	    NCRYPT_IMPL_SOFTWARE_FLAG);
	ck_assert_uint_eq(nc_number(nc_prov, NCRYPT_MAX_NAME_LENGTH_PROPERTY),
	    NCRYPT_MAX_KEY_NAME_LENGTH);
	ck_assert_uint_ne(nc_number(nc_prov, NCRYPT_VERSION_PROPERTY), 0);
	ck_status(NCryptGetProperty(nc_prov, NCRYPT_LENGTH_PROPERTY, NULL, 0,
	    &size, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptGetProperty(nc_prov, NCRYPT_USE_CONTEXT_PROPERTY,
	    NULL, 0, &size, 0), NTE_NOT_FOUND);
	ck_status(NCryptSetProperty(nc_prov, NCRYPT_USE_CONTEXT_PROPERTY,
	    (PBYTE)&size, 4, 0), ERROR_SUCCESS);
	ck_status(NCryptGetProperty(nc_prov, NCRYPT_USE_CONTEXT_PROPERTY,
	    NULL, 0, &size, 0), ERROR_SUCCESS);
	ck_status(NCryptSetProperty(nc_prov, u"own", (PBYTE)&size, 4,
	    NCRYPT_PERSIST_ONLY_FLAG), NTE_NOT_SUPPORTED);
}
END_TEST

/* --- algorithms ---------------------------------------------------------- */

static const LPCWSTR supported[] = {
	NCRYPT_RSA_ALGORITHM, NCRYPT_ECDH_P256_ALGORITHM,
	NCRYPT_ECDSA_P256_ALGORITHM, NCRYPT_ECDSA_P384_ALGORITHM,
	NCRYPT_ECDSA_P521_ALGORITHM, NCRYPT_AES_ALGORITHM,
};

static const LPCWSTR unsupported[] = {
	NCRYPT_SHA1_ALGORITHM, NCRYPT_SHA256_ALGORITHM,
	NCRYPT_SHA384_ALGORITHM, NCRYPT_SHA512_ALGORITHM,
	NCRYPT_MD2_ALGORITHM, NCRYPT_MD4_ALGORITHM, NCRYPT_MD5_ALGORITHM,
	BCRYPT_RNG_ALGORITHM, NCRYPT_RSA_SIGN_ALGORITHM, u"rsa", u"RS",
	u"RSAX",
};

START_TEST(algorithms)
{
	NCryptAlgorithmName *list;
	DWORD count;
	bool rsa = false;

	for (size_t i = 0; i < ARRAY_LEN(supported); i++)
		ck_status(NCryptIsAlgSupported(nc_prov, supported[i],
		    NCRYPT_SILENT_FLAG), ERROR_SUCCESS);
	for (size_t i = 0; i < ARRAY_LEN(unsupported); i++)
		ck_status(NCryptIsAlgSupported(nc_prov, unsupported[i], 0),
		    NTE_NOT_SUPPORTED);
	ck_status(NCryptIsAlgSupported(0, NCRYPT_RSA_ALGORITHM, 0),
	    NTE_INVALID_HANDLE);
	ck_status(NCryptIsAlgSupported(nc_prov, NULL, 0), NULL_REFERENCE);
	ck_status(NCryptIsAlgSupported(nc_prov, NCRYPT_RSA_ALGORITHM, 20),
	    NTE_BAD_FLAGS);
	ck_status(NCryptIsAlgSupported(nc_prov, NCRYPT_MD5_ALGORITHM, 20),
	    NTE_BAD_FLAGS);
	ck_status(NCryptEnumAlgorithms(nc_prov, 0, &count, &list, 0),
	    ERROR_SUCCESS);
	ck_assert_uint_ge(count, ARRAY_LEN(supported));
	for (DWORD i = 0; i < count; i++)
		ck_status(NCryptIsAlgSupported(nc_prov, list[i].pszName, 0),
		    ERROR_SUCCESS);
	ck_status(NCryptFreeBuffer(list), ERROR_SUCCESS);
	ck_status(NCryptEnumAlgorithms(nc_prov,
	    NCRYPT_ASYMMETRIC_ENCRYPTION_OPERATION, &count, &list, 0),
	    ERROR_SUCCESS);
	for (DWORD i = 0; i < count; i++)
		rsa = rsa || memcmp(list[i].pszName, u"RSA", 8) == 0;
	ck_assert(rsa);
	ck_status(NCryptFreeBuffer(list), ERROR_SUCCESS);
	ck_status(NCryptFreeBuffer(list), NTE_INVALID_PARAMETER);
	ck_status(NCryptEnumAlgorithms(nc_prov, 0x1000, &count, &list, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptEnumAlgorithms(0, 0, &count, &list, 0),
	    NTE_INVALID_HANDLE);
}
END_TEST

START_TEST(providers)
{
	NCryptProviderName *list;
	DWORD count;

	ck_status(NCryptEnumStorageProviders(&count, &list, 0),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(memcmp(list[0].pszName, MS_KEY_STORAGE_PROVIDER,
	    sizeof(MS_KEY_STORAGE_PROVIDER)), 0);
	ck_assert_int_eq(memcmp(list[1].pszName,
	    MS_SMART_CARD_KEY_STORAGE_PROVIDER,
	    sizeof(MS_SMART_CARD_KEY_STORAGE_PROVIDER)), 0);
	ck_assert_uint_eq(list[0].pszComment[0], 0);
	ck_status(NCryptFreeBuffer(list), ERROR_SUCCESS);
	ck_status(NCryptFreeBuffer(NULL), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeBuffer(&count), NTE_INVALID_PARAMETER);
	ck_status(NCryptEnumStorageProviders(NULL, &list, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptEnumStorageProviders(&count, &list, 1),
	    NTE_BAD_FLAGS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt properties");
	TCase *tc = tcase_create("properties");

	tcase_add_checked_fixture(tc, nc_begin, nc_end);
	tcase_add_loop_test(tc, values_of_rsa, 0, RSA_KEYS);
	tcase_add_loop_test(tc, provider_handle, 0, RSA_KEYS);
	tcase_add_loop_test(tc, what_is_not_there, 0, RSA_KEYS);
	tcase_add_test(tc, arguments);
	tcase_add_test(tc, set_length);
	tcase_add_loop_test(tc, names_cannot_be_set, 0, RSA_KEYS);
	tcase_add_loop_test(tc, custom, 0, RSA_KEYS);
	tcase_add_test(tc, policy_after_import);
	tcase_add_test(tc, archiving_once);
	tcase_add_test(tc, usage_is_obeyed);
	tcase_add_test(tc, other_values);
	tcase_add_test(tc, ui_policy);
	tcase_add_test(tc, provider_values);
	tcase_add_test(tc, algorithms);
	tcase_add_test(tc, providers);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
