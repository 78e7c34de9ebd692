/* SPDX-License-Identifier: BSD-2-Clause
 *
 * For the tests of the NCrypt face.
 */
#include "ncrypt_help.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/provider.h"
#include "crypto/crypto.h"
#include "store/protect/internal.h"
#include "tempdir.h"

#define SO_PIN "so-pin-1234"

NCRYPT_PROV_HANDLE nc_prov;

static char dir[TEMPDIR_MAX];

const char *
nc_path(const char *name)
{
	static char path[TEMPDIR_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

void
nc_begin(void)
{
	FILE *f;

	tempdir_make(dir);
	vault_set_cost_for_tests(16);
	f = fopen(nc_path("conf"), "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "user_store = %s/user.db\n", dir);
	fprintf(f, "machine_store = %s/machine.db\n", dir);
	fclose(f);
	ck_assert_int_eq(chmod(nc_path("conf"), 0600), 0);
	ck_assert_int_eq(setenv("CNG_PKCS11_CONF", nc_path("conf"), 1), 0);
	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
	ck_assert_int_eq(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	ck_status(NCryptOpenStorageProvider(&nc_prov, NULL, 0),
	    ERROR_SUCCESS);
	ck_assert_uint_ne(nc_prov, 0);
}

void
nc_end(void)
{
	ck_status(NCryptFreeObject(nc_prov), ERROR_SUCCESS);
	crypto_shutdown();
	tempdir_remove(dir);
}

void
nc_reopen(void)
{
	ck_status(NCryptFreeObject(nc_prov), ERROR_SUCCESS);
	ck_status(NCryptOpenStorageProvider(&nc_prov, NULL, 0),
	    ERROR_SUCCESS);
}

void
nc_make_store(bool machine)
{
	const char *path = nc_path(machine ? "machine.db" : "user.db");
	struct token *tok;

	ck_assert_int_eq(token_open(&tok, path, true), CNG_OK);
	ck_assert_int_eq(token_init(tok, span_str(SO_PIN),
	    span_str("test")), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_SO, span_str(SO_PIN)),
	    CNG_OK);
	ck_assert_int_eq(token_init_pin(tok, span_str(NC_PIN)), CNG_OK);
	token_free(tok);
}

/* --- import and export --------------------------------------------------- */

SECURITY_STATUS
nc_import_flags(LPCWSTR type, struct span blob, DWORD flags,
    NCRYPT_KEY_HANDLE *out)
{
	struct secret copy = { 0 };
	SECURITY_STATUS status;

	/* of its own size, so that a byte too many that is read shows */
	ck_assert_int_eq(secret_copy(&copy, blob), CNG_OK);
	*out = 0;
	status = NCryptImportKey(nc_prov, 0, type, NULL, out, copy.ptr,
	    (DWORD)copy.len, flags);
	secret_free(&copy);
	return status;
}

NCRYPT_KEY_HANDLE
nc_import(LPCWSTR type, const char *name)
{
	struct secret blob = sample_read(name);
	NCRYPT_KEY_HANDLE key;

	ck_status(nc_import_flags(type, secret_span(&blob), 0, &key),
	    ERROR_SUCCESS);
	ck_assert_uint_ne(key, 0);
	secret_free(&blob);
	return key;
}

NCryptBuffer
nc_wide_buffer(ULONG type, LPCWSTR text)
{
	union {
		LPCWSTR from;
		PVOID to;
	} u = { .from = text };
	NCryptBuffer buffer = { (ULONG)nc_wide_bytes(text), type, u.to };

	return buffer;
}

SECURITY_STATUS
nc_import_named(LPCWSTR type, const char *file, LPCWSTR name, DWORD flags,
    NCRYPT_KEY_HANDLE *out)
{
	NCryptBuffer buffer =
	    nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME, name);
	NCryptBufferDesc list = { 0, 1, &buffer };
	struct secret blob = sample_read(file);
	SECURITY_STATUS status;

	*out = 0;
	status = NCryptImportKey(nc_prov, 0, type, &list, out, blob.ptr,
	    (DWORD)blob.len, flags);
	secret_free(&blob);
	return status;
}

SECURITY_STATUS
nc_export(NCRYPT_KEY_HANDLE key, LPCWSTR type, struct secret *out)
{
	DWORD size = 0, again = 0;
	SECURITY_STATUS status;

	*out = (struct secret){ 0 };
	status = NCryptExportKey(key, 0, type, NULL, NULL, 0, &size, 0);
	if (status != ERROR_SUCCESS)
		return status;
	ck_assert_int_eq(secret_new(out, size), CNG_OK);
	status = NCryptExportKey(key, 0, type, NULL, out->ptr, size, &again,
	    0);
	ck_assert_uint_le(again, size);
	secret_truncate(out, again);
	return status;
}

/* --- properties ---------------------------------------------------------- */

DWORD
nc_number(NCRYPT_HANDLE object, LPCWSTR name)
{
	DWORD value = 0, size = 0;

	ck_status(NCryptGetProperty(object, name, (PBYTE)&value,
	    sizeof(value), &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, sizeof(value));
	return value;
}

SECURITY_STATUS
nc_set_number(NCRYPT_HANDLE object, LPCWSTR name, DWORD value)
{
	return NCryptSetProperty(object, name, (PBYTE)&value, sizeof(value),
	    0);
}

SECURITY_STATUS
nc_set_text(NCRYPT_HANDLE object, LPCWSTR name, LPCWSTR text)
{
	NCryptBuffer buffer = nc_wide_buffer(0, text);

	return NCryptSetProperty(object, name, buffer.pvBuffer,
	    buffer.cbBuffer, 0);
}

size_t
nc_wide_bytes(LPCWSTR text)
{
	size_t len = 0;

	while (text[len] != 0)
		len++;
	return (len + 1) * sizeof(WCHAR);
}

void
nc_text_is(NCRYPT_HANDLE object, LPCWSTR name, LPCWSTR want)
{
	WCHAR text[600];
	DWORD size = 0;

	ck_status(NCryptGetProperty(object, name, (PBYTE)text, sizeof(text),
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, nc_wide_bytes(want));
	ck_assert_int_eq(memcmp(text, want, size), 0);
}
