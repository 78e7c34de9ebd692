/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Each return code that the pages of NCryptImportKey and NCryptExportKey
 * list, provoked; the flags of each function; export policy and key usage as
 * tables.
 */
#include "ncrypt_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"

static void
begin(void)
{
	nc_begin();
	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
}

static NCRYPT_KEY_HANDLE
rsa(DWORD policy)
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin");

	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, policy),
	    ERROR_SUCCESS);
	return key;
}

static SECURITY_STATUS
import(DWORD flags)
{
	struct secret blob = sample_read("rsa1024_priv.bin");
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status;

	status = nc_import_flags(BCRYPT_RSAPRIVATE_BLOB, secret_span(&blob),
	    flags, &key);
	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&blob);
	return status;
}

static SECURITY_STATUS
import_as(LPCWSTR name, DWORD flags)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin", name, flags, &key);

	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	return status;
}

/* --- the table of NCryptImportKey ---------------------------------------- */

START_TEST(codes_of_import)
{
	struct secret blob = sample_read("rsa1024_priv.bin");
	DWORD len = (DWORD)blob.len;
	NCRYPT_KEY_HANDLE key;

	ck_status(import(0), ERROR_SUCCESS);
	ck_status(import(0x31), NTE_BAD_FLAGS);
	ck_status(import_as(u"one", 0), ERROR_SUCCESS);
	ck_status(import_as(u"one", 0), NTE_EXISTS);
	ck_status(import_as(u"one", NCRYPT_OVERWRITE_KEY_FLAG),
	    ERROR_SUCCESS);
	ck_status(NCryptImportKey(nc_prov + 4, 0, BCRYPT_RSAPRIVATE_BLOB,
	    NULL, &key, blob.ptr, len, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    NULL, blob.ptr, len, 0), NTE_INVALID_PARAMETER);
	ck_status(import(NCRYPT_REQUIRE_VBS_FLAG), NTE_VBS_UNAVAILABLE);
	mem_fail_after(2);
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    &key, blob.ptr, len, 0), NTE_NO_MEMORY);
	mem_fail_after(0);
	secret_free(&blob);
}
END_TEST

/* A store that would ask for its PIN, were there anybody to ask. */
START_TEST(silent_context)
{
	NCRYPT_KEY_HANDLE key;
	DWORD size;

	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
	ck_status(import_as(u"one", NCRYPT_SILENT_FLAG), NTE_SILENT_CONTEXT);
	ck_status(import_as(u"one", 0), NTE_UI_REQUIRED);
	key = rsa(NCRYPT_ALLOW_EXPORT_FLAG);
	ck_status(NCryptExportKey(key, 0, NCRYPT_OPAQUETRANSPORT_BLOB, NULL,
	    NULL, 0, &size, NCRYPT_SILENT_FLAG), NTE_SILENT_CONTEXT);
	ck_status(NCryptExportKey(key, 0, NCRYPT_OPAQUETRANSPORT_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_UI_REQUIRED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* --- the table of NCryptExportKey ---------------------------------------- */

START_TEST(codes_of_export)
{
	struct secret der = sample_read("rsa1024.der");
	NCRYPT_KEY_HANDLE key = rsa(NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG);
	NCRYPT_KEY_HANDLE making;
	BYTE out[283];
	DWORD size = 0;

	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, out,
	    sizeof(out), &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, sizeof(out));
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, out,
	    sizeof(out), &size, NCRYPT_MACHINE_KEY_FLAG), NTE_BAD_FLAGS);
	ck_status(nc_import_flags(NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    secret_span(&der), NCRYPT_DO_NOT_FINALIZE_FLAG, &making),
	    ERROR_SUCCESS);
	ck_status(NCryptExportKey(making, 0, BCRYPT_RSAPUBLIC_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_BAD_KEY_STATE);
	ck_status(NCryptExportKey(key, 0, BCRYPT_ECCPUBLIC_BLOB, NULL, NULL,
	    0, &size, 0), NTE_BAD_TYPE);
	ck_status(NCryptExportKey(nc_prov, 0, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptExportKey(key, nc_prov, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_INVALID_HANDLE);
	/* the key that wraps is not finished either */
	ck_status(NCryptExportKey(key, making, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    NULL, 0, &size, 0), NTE_BAD_KEY_STATE);
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, NULL,
	    0, NULL, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptExportKey(key, 0, NULL, NULL, NULL, 0, &size, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, out,
	    sizeof(out) - 1, &size, 0), NTE_BUFFER_TOO_SMALL);
	mem_fail_after(1);
	ck_status(NCryptExportKey(key, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, out,
	    sizeof(out), &size, 0), NTE_NO_MEMORY);
	mem_fail_after(0);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(making), ERROR_SUCCESS);
	secret_free(&der);
}
END_TEST

/* --- flags, each only where it applies ----------------------------------- */

enum call {
	CALL_OPEN_PROVIDER = 0,
	CALL_IMPORT_PRIVATE,
	CALL_IMPORT_PUBLIC,
	CALL_IMPORT_SECRET,
	CALL_IMPORT_EC,
	CALL_EXPORT,
	CALL_CREATE,
	CALL_OPEN,
	CALL_FINALIZE,
	CALL_FINALIZE_EC,
	CALL_DELETE,
	CALL_ENUM_KEYS,
	CALL_ENUM_ALGORITHMS,
	CALL_IS_SUPPORTED,
	CALL_GET,
	CALL_SET,
	CALL_COUNT
};

static SECURITY_STATUS
call_import(enum call call, DWORD flags)
{
	static const struct {
		LPCWSTR type;
		const char *file;
	} from[] = {
		{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin" },
		{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin" },
		{ BCRYPT_KEY_DATA_BLOB, "aes128.bin" },
		{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin" },
	};
	size_t i = (size_t)(call - CALL_IMPORT_PRIVATE);
	struct secret blob = sample_read(from[i].file);
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = nc_import_flags(from[i].type,
	    secret_span(&blob), flags, &key);

	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&blob);
	return status;
}

static SECURITY_STATUS
call_made(enum call call, DWORD flags)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status;
	DWORD size;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    call == CALL_FINALIZE_EC ? NCRYPT_ECDSA_P256_ALGORITHM :
				       NCRYPT_RSA_ALGORITHM,
	    NULL, 0, 0), ERROR_SUCCESS);
	if (call == CALL_GET)
		status = NCryptGetProperty(key, NCRYPT_LENGTH_PROPERTY, NULL,
		    0, &size, flags);
	else if (call == CALL_SET)
		status = NCryptSetProperty(key, NCRYPT_USE_CONTEXT_PROPERTY,
		    (PBYTE)&size, 0, flags);
	else
		status = NCryptFinalizeKey(key, flags);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	return status;
}

static SECURITY_STATUS
call_kept(enum call call, DWORD flags)
{
	NCRYPT_KEY_HANDLE key = 0;
	SECURITY_STATUS status;

	ck_status(import_as(u"kept", NCRYPT_OVERWRITE_KEY_FLAG),
	    ERROR_SUCCESS);
	status = NCryptOpenKey(nc_prov, &key, u"kept", 0,
	    call == CALL_OPEN ? flags : 0);
	if (call == CALL_DELETE)
		status = NCryptDeleteKey(key, flags);
	if (key != 0 && (call == CALL_OPEN || status != ERROR_SUCCESS))
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	return status;
}

static SECURITY_STATUS
call_lists(enum call call, DWORD flags)
{
	NCryptAlgorithmName *algorithms = NULL;
	NCryptKeyName *name = NULL;
	PVOID state = NULL;
	SECURITY_STATUS status;
	DWORD count;

	if (call == CALL_ENUM_ALGORITHMS) {
		status = NCryptEnumAlgorithms(nc_prov, 0, &count, &algorithms,
		    flags);
		if (status == ERROR_SUCCESS)
			ck_status(NCryptFreeBuffer(algorithms),
			    ERROR_SUCCESS);
		return status;
	}
	status = NCryptEnumKeys(nc_prov, NULL, &name, &state, flags);
	if (name != NULL)
		ck_status(NCryptFreeBuffer(name), ERROR_SUCCESS);
	if (state != NULL)
		ck_status(NCryptFreeBuffer(state), ERROR_SUCCESS);
	return status == NTE_NO_MORE_ITEMS ? ERROR_SUCCESS : status;
}

static SECURITY_STATUS
call_other(enum call call, DWORD flags)
{
	NCRYPT_KEY_HANDLE key = 0;
	SECURITY_STATUS status;
	DWORD size;

	if (call == CALL_IS_SUPPORTED)
		return NCryptIsAlgSupported(nc_prov, NCRYPT_RSA_ALGORITHM,
		    flags);
	if (call == CALL_EXPORT) {
		key = rsa(0);
		status = NCryptExportKey(key, 0, BCRYPT_RSAPUBLIC_BLOB, NULL,
		    NULL, 0, &size, flags);
	} else if (call == CALL_OPEN_PROVIDER) {
		status = NCryptOpenStorageProvider(&key, NULL, flags);
	} else {
		status = NCryptCreatePersistedKey(nc_prov, &key,
		    NCRYPT_RSA_ALGORITHM, NULL, 0, flags);
	}
	if (key != 0)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	return status;
}

static SECURITY_STATUS (*const callers[CALL_COUNT])(enum call, DWORD) = {
	[CALL_OPEN_PROVIDER] = call_other,
	[CALL_IMPORT_PRIVATE] = call_import,
	[CALL_IMPORT_PUBLIC] = call_import,
	[CALL_IMPORT_SECRET] = call_import,
	[CALL_IMPORT_EC] = call_import,
	[CALL_EXPORT] = call_other,
	[CALL_CREATE] = call_other,
	[CALL_OPEN] = call_kept,
	[CALL_FINALIZE] = call_made,
	[CALL_FINALIZE_EC] = call_made,
	[CALL_DELETE] = call_kept,
	[CALL_ENUM_KEYS] = call_lists,
	[CALL_ENUM_ALGORITHMS] = call_lists,
	[CALL_IS_SUPPORTED] = call_other,
	[CALL_GET] = call_made,
	[CALL_SET] = call_made,
};

#define CALL(name) (1u << CALL_##name)
#define IMPORTS (CALL(IMPORT_PRIVATE) | CALL(IMPORT_PUBLIC) | \
	CALL(IMPORT_SECRET) | CALL(IMPORT_EC))
#define EVERY ((1u << CALL_COUNT) - 1)

/* Who takes a flag; what else than success they answer.  All the others:
 * NTE_BAD_FLAGS. */
static const struct {
	DWORD flag;
	unsigned fine;
	unsigned other;
	SECURITY_STATUS status;
} flag_rows[] = {
	{ 0, EVERY, 0, 0 },
	{ NCRYPT_SILENT_FLAG, EVERY, 0, 0 },
	{ NCRYPT_NO_KEY_VALIDATION, CALL(IMPORT_PRIVATE) |
	    CALL(IMPORT_PUBLIC) | CALL(IMPORT_EC) | CALL(FINALIZE) |
	    CALL(FINALIZE_EC) | CALL(GET) | CALL(SET), 0, 0 },
	{ NCRYPT_MACHINE_KEY_FLAG, IMPORTS | CALL(CREATE) |
	    CALL(ENUM_KEYS) | CALL(SET), CALL(OPEN), NTE_BAD_KEYSET },
	{ NCRYPT_OVERWRITE_KEY_FLAG, IMPORTS | CALL(CREATE), 0, 0 },
	{ NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG, 0,
	    CALL(IMPORT_PRIVATE) | CALL(FINALIZE), NTE_NOT_SUPPORTED },
	{ NCRYPT_DO_NOT_FINALIZE_FLAG, CALL(IMPORT_PRIVATE) |
	    CALL(IMPORT_SECRET) | CALL(IMPORT_EC), 0, 0 },
	{ NCRYPT_EXPORT_LEGACY_FLAG, 0, 0, 0 },
	{ NCRYPT_IGNORE_DEVICE_STATE_FLAG, CALL(OPEN_PROVIDER), 0, 0 },
	{ NCRYPT_PREFER_VBS_FLAG, IMPORTS | CALL(CREATE), 0, 0 },
	{ NCRYPT_REQUIRE_VBS_FLAG, 0, IMPORTS | CALL(CREATE),
	    NTE_VBS_UNAVAILABLE },
	{ NCRYPT_PREFER_VBS_FLAG | NCRYPT_USE_PER_BOOT_KEY_FLAG,
	    IMPORTS | CALL(CREATE), 0, 0 },
	{ NCRYPT_REQUIRE_VBS_FLAG | NCRYPT_USE_PER_BOOT_KEY_FLAG, 0,
	    IMPORTS | CALL(CREATE), NTE_VBS_UNAVAILABLE },
	/* which of the two?  The stricter one */
	{ NCRYPT_REQUIRE_VBS_FLAG | NCRYPT_PREFER_VBS_FLAG, 0,
	    IMPORTS | CALL(CREATE), NTE_VBS_UNAVAILABLE },
	/* says how to isolate, and nobody said that */
	{ NCRYPT_USE_PER_BOOT_KEY_FLAG, 0, 0, 0 },
	{ 0x00100000, 0, 0, 0 },
	{ 0x10000000, 0, 0, 0 },
	{ NCRYPT_PERSIST_FLAG, CALL(SET), 0, 0 },
	{ 0x00000100, 0, 0, 0 },
	{ 0x08000000, 0, 0, 0 },
	{ 49, 0, 0, 0 },
	{ 20, 0, 0, 0 },
};

START_TEST(flags)
{
	for (unsigned call = 0; call < CALL_COUNT; call++) {
		SECURITY_STATUS want = NTE_BAD_FLAGS, got;

		if (flag_rows[_i].fine & (1u << call))
			want = ERROR_SUCCESS;
		if (flag_rows[_i].other & (1u << call))
			want = flag_rows[_i].status;
		got = callers[call]((enum call)call, flag_rows[_i].flag);
		ck_assert_msg(got == want,
		    "flag 0x%x, call %u: 0x%08x, not 0x%08x",
		    (unsigned)flag_rows[_i].flag, call, (unsigned)got,
		    (unsigned)want);
	}
}
END_TEST

/* Flags are judged before the name is. */
START_TEST(flags_first)
{
	ck_status(NCryptIsAlgSupported(nc_prov, NCRYPT_MD5_ALGORITHM, 20),
	    NTE_BAD_FLAGS);
	ck_status(NCryptIsAlgSupported(nc_prov, NULL, 20), NULL_REFERENCE);
	ck_status(NCryptIsAlgSupported(0, NULL, 20), NTE_INVALID_HANDLE);
}
END_TEST

/* --- export policy ------------------------------------------------------- */

enum request {
	WANT_PUBLIC = 0, WANT_PLAIN, WANT_DER, WANT_LEGACY, WANT_PASSWORD,
	WANT_WRAPPED, WANT_OPAQUE, WANT_RSA_AES, WANT_COUNT
};

static SECURITY_STATUS
export_want(NCRYPT_KEY_HANDLE key, enum request want, bool size_only)
{
	static const LPCWSTR types[WANT_COUNT] = {
		[WANT_PUBLIC] = BCRYPT_RSAPUBLIC_BLOB,
		[WANT_PLAIN] = BCRYPT_RSAPRIVATE_BLOB,
		[WANT_DER] = NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
		[WANT_LEGACY] = LEGACY_RSAPRIVATE_BLOB,
		[WANT_PASSWORD] = NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
		[WANT_WRAPPED] = BCRYPT_RSAFULLPRIVATE_BLOB,
		[WANT_OPAQUE] = NCRYPT_OPAQUETRANSPORT_BLOB,
		[WANT_RSA_AES] = BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB,
	};
	NCryptBuffer secret = nc_wide_buffer(NCRYPTBUFFER_PKCS_SECRET,
	    u"password");
	NCryptBufferDesc list = { 0, 1, &secret };
	NCRYPT_KEY_HANDLE with = 0;
	SECURITY_STATUS status;
	static BYTE out[8192];
	DWORD size = 0;

	if (want == WANT_WRAPPED)
		with = nc_import(BCRYPT_KEY_DATA_BLOB, "aes256.bin");
	if (want == WANT_RSA_AES)
		with = nc_import(BCRYPT_RSAFULLPRIVATE_BLOB,
		    "rsa1024_e3_full.bin");
	status = NCryptExportKey(key, with, types[want],
	    want == WANT_PASSWORD ? &list : NULL, size_only ? NULL : out,
	    size_only ? 0 : sizeof(out), &size, 0);
	if (with != 0)
		ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	return status;
}

#define WANT(name) (1u << WANT_##name)
#define IN_CLEAR (WANT(PLAIN) | WANT(DER) | WANT(LEGACY))
#define ENCRYPTED (WANT(PASSWORD) | WANT(WRAPPED) | WANT(OPAQUE))

static const struct {
	DWORD policy;
	unsigned always;
	unsigned once;
} policies[] = {
	{ 0, WANT(PUBLIC), 0 },
	{ NCRYPT_ALLOW_EXPORT_FLAG, WANT(PUBLIC) | ENCRYPTED, 0 },
	{ NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG,
	    WANT(PUBLIC) | ENCRYPTED | IN_CLEAR, 0 },
	{ NCRYPT_ALLOW_EXPORT_FLAG | NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG,
	    WANT(PUBLIC) | ENCRYPTED | IN_CLEAR, 0 },
	{ NCRYPT_ALLOW_ARCHIVING_FLAG, WANT(PUBLIC), ENCRYPTED },
	{ NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG, WANT(PUBLIC),
	    ENCRYPTED | IN_CLEAR },
	{ NCRYPT_ALLOW_EXPORT_FLAG | NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG,
	    WANT(PUBLIC) | ENCRYPTED, IN_CLEAR },
	{ NCRYPT_ALLOW_PKCS11_RSA_AES_EXPORT_FLAG,
	    WANT(PUBLIC) | WANT(RSA_AES), 0 },
};

START_TEST(policy)
{
	for (unsigned want = 0; want < WANT_COUNT; want++) {
		unsigned bit = 1u << want;
		NCRYPT_KEY_HANDLE key;
		bool may = ((policies[_i].always | policies[_i].once) & bit) !=
		    0;
		SECURITY_STATUS status = may ? ERROR_SUCCESS :
					       NTE_NOT_SUPPORTED;

		key = rsa(policies[_i].policy);
		ck_assert_uint_eq(nc_number(key,
		    NCRYPT_EXPORT_POLICY_PROPERTY), policies[_i].policy);
		/* a size is no copy, but it is judged */
		ck_status(export_want(key, (enum request)want, true), status);
		ck_status(export_want(key, (enum request)want, true), status);
		ck_status(export_want(key, (enum request)want, false),
		    status);
		if (policies[_i].once & bit)
			status = NTE_NOT_SUPPORTED;
		ck_status(export_want(key, (enum request)want, true), status);
		ck_status(export_want(key, (enum request)want, false),
		    status);
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	}
}
END_TEST

/* --- key usage ----------------------------------------------------------- */

static SECURITY_STATUS
use_rsa(NCRYPT_KEY_HANDLE key, DWORD use)
{
	BCRYPT_PKCS1_PADDING_INFO pad = { NULL };
	NCRYPT_KEY_HANDLE other;
	BYTE data[128] = { 1 }, out[1024];
	SECURITY_STATUS status;
	DWORD size;

	if (use == NCRYPT_ALLOW_SIGNING_FLAG)
		return NCryptSignHash(key, &pad, data, 20, out, sizeof(out),
		    &size, BCRYPT_PAD_PKCS1);
	ck_status(NCryptEncrypt(key, data, 16, NULL, out, sizeof(out), &size,
	    NCRYPT_PAD_PKCS1_FLAG), ERROR_SUCCESS);
	if (use == NCRYPT_ALLOW_DECRYPT_FLAG)
		return NCryptDecrypt(key, out, size, NULL, data, sizeof(data),
		    &size, NCRYPT_PAD_PKCS1_FLAG);
	/* the public half wraps; this unwraps */
	other = nc_import(BCRYPT_RSAFULLPRIVATE_BLOB, "rsa1024_e3_full.bin");
	ck_status(nc_set_number(other, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_EXPORT_FLAG), ERROR_SUCCESS);
	status = NCryptExportKey(other, key, BCRYPT_RSAPRIVATE_BLOB, NULL, out,
	    sizeof(out), &size, 0);
	ck_status(NCryptFreeObject(other), ERROR_SUCCESS);
	if (status != ERROR_SUCCESS)
		return status;
	status = NCryptImportKey(nc_prov, key, BCRYPT_RSAPRIVATE_BLOB, NULL,
	    &other, out, size, 0);
	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(other), ERROR_SUCCESS);
	return status;
}

START_TEST(usage)
{
	static const DWORD uses[] = { NCRYPT_ALLOW_DECRYPT_FLAG,
		NCRYPT_ALLOW_SIGNING_FLAG, NCRYPT_ALLOW_KEY_IMPORT_FLAG };

	for (size_t i = 0; i < ARRAY_LEN(uses); i++) {
		for (size_t k = 0; k < ARRAY_LEN(uses); k++) {
			NCRYPT_KEY_HANDLE key = rsa(0);

			ck_status(nc_set_number(key,
			    NCRYPT_KEY_USAGE_PROPERTY, uses[i]),
			    ERROR_SUCCESS);
			ck_status(use_rsa(key, uses[k]),
			    i == k ? ERROR_SUCCESS : NTE_PERM);
			ck_status(nc_set_number(key,
			    NCRYPT_KEY_USAGE_PROPERTY,
			    NCRYPT_ALLOW_ALL_USAGES), ERROR_SUCCESS);
			ck_status(use_rsa(key, uses[k]), ERROR_SUCCESS);
			ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
		}
	}
}
END_TEST

/* --- overwriting --------------------------------------------------------- */

static bool
is_rsa(LPCWSTR name)
{
	NCRYPT_KEY_HANDLE key;
	WCHAR text[32];
	DWORD size;

	ck_status(NCryptOpenKey(nc_prov, &key, name, 0, 0), ERROR_SUCCESS);
	ck_status(NCryptGetProperty(key, NCRYPT_ALGORITHM_PROPERTY,
	    (PBYTE)text, sizeof(text), &size, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	return memcmp(text, u"RSA", 8) == 0;
}

/* The old key, or the new one: never none, and never both. */
START_TEST(overwrite_is_atomic)
{
	SECURITY_STATUS status = NTE_NO_MEMORY;
	struct secret blob = sample_read("p256_ecdsa_priv.bin");
	NCryptBuffer name = nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME,
	    u"one");
	NCryptBufferDesc list = { 0, 1, &name };
	NCRYPT_KEY_HANDLE key;
	unsigned long n;

	ck_status(import_as(u"one", 0), ERROR_SUCCESS);
	/* what is no key replaces none */
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_ECCPRIVATE_BLOB, &list,
	    &key, blob.ptr, (DWORD)blob.len - 1, NCRYPT_OVERWRITE_KEY_FLAG),
	    NTE_INVALID_PARAMETER);
	ck_assert(is_rsa(u"one"));
	for (n = 1; status != ERROR_SUCCESS && n < 2000; n++) {
		mem_fail_after(n);
		status = NCryptImportKey(nc_prov, 0, BCRYPT_ECCPRIVATE_BLOB,
		    &list, &key, blob.ptr, (DWORD)blob.len,
		    NCRYPT_OVERWRITE_KEY_FLAG);
		mem_fail_after(0);
		if (status != ERROR_SUCCESS) {
			ck_status(status, NTE_NO_MEMORY);
			ck_assert(is_rsa(u"one"));
		}
	}
	ck_assert_uint_gt(n, 5);
	ck_status(status, ERROR_SUCCESS);
	ck_assert(!is_rsa(u"one"));
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptOpenKey(nc_prov, &key, u"one", 0, 0),
	    NTE_BAD_KEYSET);
	secret_free(&blob);
}
END_TEST

/* --- the legacy store ---------------------------------------------------- */

static bool
has_twin(const char *name)
{
	static const BYTE magic[] = { 0x1e, 0xf1, 0xb5, 0xb0 };
	const char *path = nc_path(name);
	BYTE start[sizeof(magic)];
	struct stat st;
	FILE *f = fopen(path, "rb");
	bool is;

	if (f == NULL)
		return false;
	ck_assert_int_eq(fstat(fileno(f), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	is = fread(start, 1, sizeof(start), f) == sizeof(start) &&
	    memcmp(start, magic, sizeof(magic)) == 0;
	fclose(f);
	return is;
}

#define LEGACY NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG

START_TEST(legacy_store)
{
	NCRYPT_KEY_HANDLE key;
	FILE *conf = fopen(nc_path("conf"), "a");

	ck_status(import_as(u"one", LEGACY), NTE_NOT_SUPPORTED);
	ck_status(NCryptOpenKey(nc_prov, &key, u"one", 0, 0),
	    NTE_BAD_KEYSET);
	fprintf(conf, "legacy_store = yes\n");
	fclose(conf);
	nc_reopen();
	ck_status(import_as(u"one", LEGACY), ERROR_SUCCESS);
	ck_assert(has_twin("user.db.legacy/one.pvk"));
	/* a key without a name has no file, and a file none but RSA */
	ck_status(import(LEGACY), NTE_BAD_FLAGS);
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"two", LEGACY, &key), NTE_BAD_FLAGS);
	ck_status(nc_import_named(BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin",
	    u"two", LEGACY, &key), NTE_BAD_FLAGS);
	ck_status(NCryptOpenKey(nc_prov, &key, u"two", 0, 0),
	    NTE_BAD_KEYSET);
	ck_assert(!has_twin("user.db.legacy/two.pvk"));
	ck_status(NCryptOpenKey(nc_prov, &key, u"one", 0, 0), ERROR_SUCCESS);
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	ck_assert(!has_twin("user.db.legacy/one.pvk"));
	/* said when it is finished */
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, u"made", 0, 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, LEGACY), ERROR_SUCCESS);
	ck_assert(has_twin("user.db.legacy/made.pvk"));
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt behaviour codes");
	TCase *tc = tcase_create("codes");

	tcase_add_checked_fixture(tc, begin, nc_end);
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, codes_of_import);
	tcase_add_test(tc, silent_context);
	tcase_add_test(tc, codes_of_export);
	tcase_add_loop_test(tc, flags, 0, ARRAY_LEN(flag_rows));
	tcase_add_test(tc, flags_first);
	tcase_add_loop_test(tc, policy, 0, ARRAY_LEN(policies));
	tcase_add_test(tc, usage);
	tcase_add_test(tc, overwrite_is_atomic);
	tcase_add_test(tc, legacy_store);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
