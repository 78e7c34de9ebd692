/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptImportKey and NCryptExportKey of every row.
 */
#include "tests/matrix/row.h"

#include <cng/ncrypt.h>

#include <stdio.h>
#include <string.h>

#define IMPORT "NCryptImportKey"
#define EXPORT "NCryptExportKey"

static NCRYPT_PROV_HANDLE provider;
static NCRYPT_KEY_HANDLE some_key; /* for types that give none to export */

static const char *
status_name(SECURITY_STATUS status)
{
	static const struct {
		SECURITY_STATUS status;
		const char *name;
	} names[] = {
		{ ERROR_SUCCESS, "yes" },
		{ NTE_BAD_DATA, "NTE_BAD_DATA" },
		{ NTE_BAD_KEY, "NTE_BAD_KEY" },
		{ NTE_BAD_TYPE, "NTE_BAD_TYPE" },
		{ NTE_INVALID_PARAMETER, "NTE_INVALID_PARAMETER" },
		{ NTE_NOT_SUPPORTED, "NTE_NOT_SUPPORTED" },
	};
	static char other[16];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].status == status)
			return names[i].name;
	snprintf(other, sizeof(other), "0x%08x", (unsigned)status);
	return other;
}

/* --- wide strings and buffers --------------------------------------------- */

struct wide {
	WCHAR text[ROW_TEXT];
};

static struct wide
wide_of(const char *text)
{
	struct wide out = { { 0 } };

	for (size_t i = 0; text[i] != '\0' && i < ROW_TEXT - 1; i++)
		out.text[i] = (WCHAR)text[i];
	return out;
}

struct list {
	struct wide password;
	NCryptBuffer item[1 + ROW_BUFFERS];
	NCryptBufferDesc desc;
};

/* What a row's type is told besides the bytes; NULL: nothing. */
static NCryptBufferDesc *
list_of(struct list *out, const struct row *row,
    const struct row_list *more)
{
	size_t len = strlen(row->password);
	ULONG n = 0;

	if (len > 0) {
		out->password = wide_of(row->password);
		out->item[n++] = (NCryptBuffer){
			(ULONG)((len + 1) * sizeof(WCHAR)),
			NCRYPTBUFFER_PKCS_SECRET, out->password.text };
	}
	for (unsigned i = 0; i < more->count; i++)
		out->item[n++] = (NCryptBuffer){ (ULONG)more->value[i].len,
			more->type[i], more->value[i].ptr };
	out->desc = (NCryptBufferDesc){ NCRYPTBUFFER_VERSION, n, out->item };
	return n == 0 ? NULL : &out->desc;
}

/* --- keys ----------------------------------------------------------------- */

static SECURITY_STATUS
import(const char *type, NCryptBufferDesc *list, NCRYPT_KEY_HANDLE with,
    const struct secret *blob, NCRYPT_KEY_HANDLE *key)
{
	struct wide name = wide_of(type);

	*key = 0;
	return NCryptImportKey(provider, with, name.text, list, key,
	    blob->ptr, (DWORD)blob->len, 0);
}

static SECURITY_STATUS
export(NCRYPT_KEY_HANDLE key, const char *type, NCryptBufferDesc *list,
    NCRYPT_KEY_HANDLE with, struct secret *out)
{
	struct wide name = wide_of(type);
	SECURITY_STATUS status;
	DWORD size = 0;

	*out = (struct secret){ 0 };
	status = NCryptExportKey(key, with, name.text, list, NULL, 0, &size,
	    0);
	if (status != ERROR_SUCCESS)
		return status;
	if (secret_new(out, size) != CNG_OK)
		return NTE_NO_MEMORY;
	status = NCryptExportKey(key, with, name.text, list, out->ptr, size,
	    &size, 0);
	secret_truncate(out, size);
	return status;
}

/* The form in which two keys are compared. */
static const char *
plain_type(enum blob_class class)
{
	if (class == BLOB_CLASS_PUBLIC)
		return "PUBLICBLOB";
	return class == BLOB_CLASS_SECRET ? "KeyDataBlob" :
					    "PKCS8_PRIVATEKEY";
}

static bool
same_key(NCRYPT_KEY_HANDLE a, NCRYPT_KEY_HANDLE b, enum blob_class class)
{
	struct secret x, y;
	bool same;

	same = export(a, plain_type(class), NULL, 0, &x) == ERROR_SUCCESS &&
	    export(b, plain_type(class), NULL, 0, &y) == ERROR_SUCCESS &&
	    secret_equal(secret_span(&x), secret_span(&y));
	secret_free(&x);
	secret_free(&y);
	return same;
}

static SECURITY_STATUS
allow_export(NCRYPT_KEY_HANDLE key)
{
	DWORD policy = NCRYPT_ALLOW_EXPORT_FLAG |
	    NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG |
	    NCRYPT_ALLOW_PKCS11_RSA_AES_EXPORT_FLAG;

	return NCryptSetProperty(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    (PBYTE)&policy, sizeof(policy), 0);
}

/* As a row says; it may leave again. */
static SECURITY_STATUS
import_row(const struct row *row, NCRYPT_KEY_HANDLE with,
    const struct secret *blob, NCRYPT_KEY_HANDLE *key)
{
	struct list list;
	SECURITY_STATUS status = import(row->type,
	    list_of(&list, row, &row->in), with, blob, key);

	if (status != ERROR_SUCCESS || row->info->class == BLOB_CLASS_PUBLIC ||
	    row->info->class == BLOB_CLASS_SEALED)
		return status; /* what is sealed brings its policy */
	return allow_export(*key);
}

/* --- paths ---------------------------------------------------------------- */

static void
try_export(const struct row *row, NCRYPT_KEY_HANDLE with,
    NCRYPT_KEY_HANDLE key)
{
	NCRYPT_KEY_HANDLE back = 0;
	struct secret out;
	struct list list;
	SECURITY_STATUS status = export(key == 0 ? some_key : key, row->type,
	    list_of(&list, row, &row->out), with, &out);
	bool same;

	if (status != ERROR_SUCCESS) {
		row_result(row, EXPORT, status_name(status));
		return;
	}
	if (key == 0) {
		/* another case of the type: which one came out */
		row_result(row, EXPORT, row->type);
		secret_free(&out);
		return;
	}
	if (row->fresh)
		same = import_row(row, with, &out, &back) == ERROR_SUCCESS &&
		    same_key(key, back, row->info->class);
	else
		same = secret_equal(secret_span(&out),
		    secret_span(&row->blob));
	if (same)
		row_result(row, EXPORT, "yes");
	else
		row_wrong(row, EXPORT, row->fresh ? "another key comes out" :
						    "other bytes come out");
	NCryptFreeObject(back);
	secret_free(&out);
}

void
ncrypt_row(const struct row *row)
{
	NCRYPT_KEY_HANDLE with = 0, key = 0;
	SECURITY_STATUS status = ERROR_SUCCESS;

	if (row->with.len > 0)
		status = import(row->with_type, NULL, 0, &row->with, &with);
	if (status != ERROR_SUCCESS) {
		row_wrong(row, IMPORT, "the wrapping key is not taken");
		return;
	}
	status = import_row(row, with, &row->blob, &key);
	row_result(row, IMPORT, status_name(status));
	try_export(row, with, status == ERROR_SUCCESS ? key : 0);
	NCryptFreeObject(key);
	NCryptFreeObject(with);
}

int
ncrypt_start(void)
{
	SECURITY_STATUS status;

	status = NCryptOpenStorageProvider(&provider, NULL, 0);
	if (status == ERROR_SUCCESS)
		status = NCryptCreatePersistedKey(provider, &some_key,
		    NCRYPT_ECDSA_P256_ALGORITHM, NULL, 0, 0);
	if (status == ERROR_SUCCESS)
		status = allow_export(some_key);
	if (status == ERROR_SUCCESS)
		status = NCryptFinalizeKey(some_key, 0);
	if (status != ERROR_SUCCESS)
		fprintf(stderr, "start: %s\n", status_name(status));
	return status != ERROR_SUCCESS;
}

void
ncrypt_stop(void)
{
	NCryptFreeObject(some_key);
	NCryptFreeObject(provider);
}
