/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every row through Cryptoki: C_UnwrapKey, C_WrapKey, C_CreateObject, and
 * CKA_CNG_BLOB read.  The module is the one just built (CNG_MODULE).
 */
#include "tests/matrix/row.h"

#include "base/util.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/vendor.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNWRAP "C_UnwrapKey"
#define WRAP "C_WrapKey"
#define CREATE "C_CreateObject"
#define READ "CKA_CNG_BLOB"

static CK_FUNCTION_LIST *p11;
static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE some_key; /* for types that give none to export */

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_ATTRIBUTE open_key[] = {
	{ CKA_EXTRACTABLE, &yes, 1 },
	{ CKA_SENSITIVE, &no, 1 },
};

static const char *
rv_name(CK_RV rv)
{
	static const struct {
		CK_RV rv;
		const char *name;
	} names[] = {
		{ CKR_OK, "yes" },
		{ CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD" },
		{ CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID" },
		{ CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED" },
		{ CKR_KEY_NOT_WRAPPABLE, "CKR_KEY_NOT_WRAPPABLE" },
		{ CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID" },
		{ CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID" },
		{ CKR_WRAPPED_KEY_INVALID, "CKR_WRAPPED_KEY_INVALID" },
		{ CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT" },
		{ CKR_WRAPPING_KEY_HANDLE_INVALID,
		    "CKR_WRAPPING_KEY_HANDLE_INVALID" },
	};
	static char other[24];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].rv == rv)
			return names[i].name;
	snprintf(other, sizeof(other), "0x%08lx", rv);
	return other;
}

/* --- the parameter -------------------------------------------------------- */

struct how {
	CK_BYTE wide[2 * ROW_TEXT];
	CK_CNG_BUFFER item[1 + ROW_BUFFERS];
	CK_CNG_BLOB_PARAMS params;
	CK_MECHANISM mechanism;
};

static CK_MECHANISM *
how_of(struct how *out, const struct row *row, const struct row_list *more)
{
	size_t len = strlen(row->password);
	CK_ULONG n = 0;

	*out = (struct how){ .mechanism.mechanism = row->info == NULL ?
		CKM_CNG_ANY : CKM_CNG_((CK_ULONG)row->info->type) };
	for (size_t i = 0; i < len; i++)
		out->wide[2 * i] = (CK_BYTE)row->password[i];
	if (len > 0)
		out->item[n++] = (CK_CNG_BUFFER){ CNG_BUFFER_PKCS_SECRET,
			out->wide, 2 * (len + 1) };
	for (unsigned i = 0; i < more->count; i++)
		out->item[n++] = (CK_CNG_BUFFER){ more->type[i],
			more->value[i].ptr, more->value[i].len };
	if (n == 0)
		return &out->mechanism;
	out->params = (CK_CNG_BLOB_PARAMS){ 0, 0, out->item, n };
	out->mechanism.pParameter = &out->params;
	out->mechanism.ulParameterLen = sizeof(out->params);
	return &out->mechanism;
}

/* --- keys ----------------------------------------------------------------- */

static enum blob_class
class_of(const struct row *row)
{
	return row->info == NULL ? BLOB_CLASS_ANY : row->info->class;
}

/* A public key is extractable always; what is sealed brings its policy. */
static CK_ULONG
lines_of(const struct row *row)
{
	enum blob_class class = class_of(row);

	return class == BLOB_CLASS_PUBLIC || class == BLOB_CLASS_SEALED ? 0 :
	    ARRAY_LEN(open_key);
}

static CK_RV
unwrap(const struct row *row, CK_OBJECT_HANDLE with,
    const struct secret *blob, CK_OBJECT_HANDLE *out)
{
	struct how how;
	CK_RV rv;

	rv = p11->C_UnwrapKey(session, how_of(&how, row, &row->in), with,
	    blob->ptr, blob->len, open_key, lines_of(row), out);
	if (rv != CKR_OK)
		*out = CK_INVALID_HANDLE;
	return rv;
}

static CK_RV
wrap(CK_MECHANISM *how, CK_OBJECT_HANDLE with, CK_OBJECT_HANDLE key,
    struct secret *out)
{
	CK_ULONG len = 0;
	CK_RV rv;

	*out = (struct secret){ 0 };
	rv = p11->C_WrapKey(session, how, with, key, NULL, &len);
	if (rv != CKR_OK)
		return rv;
	if (secret_new(out, len) != CNG_OK)
		return CKR_HOST_MEMORY;
	rv = p11->C_WrapKey(session, how, with, key, out->ptr, &len);
	secret_truncate(out, len);
	return rv;
}

static CK_MECHANISM_TYPE
plain_mechanism(enum blob_class class)
{
	if (class == BLOB_CLASS_PUBLIC)
		return CKM_CNG_PUBLIC;
	return class == BLOB_CLASS_SECRET ? CKM_CNG_KEYDATA : CKM_CNG_PKCS8;
}

static bool
same_key(CK_OBJECT_HANDLE a, CK_OBJECT_HANDLE b, enum blob_class class)
{
	CK_MECHANISM how = { plain_mechanism(class), NULL, 0 };
	struct secret x, y;
	bool same;

	same = wrap(&how, 0, a, &x) == CKR_OK &&
	    wrap(&how, 0, b, &y) == CKR_OK &&
	    secret_equal(secret_span(&x), secret_span(&y));
	secret_free(&x);
	secret_free(&y);
	return same;
}

/* The key that unwraps, and the one that wraps: itself, or its public half. */
static CK_RV
take_wrapping(const struct row *row, CK_OBJECT_HANDLE *in,
    CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE use[] = { { CKA_WRAP, &yes, 1 }, { CKA_UNWRAP, &yes, 1 } };
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	CK_MECHANISM public = { CKM_CNG_PUBLIC, NULL, 0 };
	bool pair = strncmp(row->with_type, "RSA", 3) == 0;
	struct secret half;
	CK_RV rv;

	rv = p11->C_UnwrapKey(session, &any, 0, row->with.ptr, row->with.len,
	    pair ? use + 1 : use, pair ? 1 : 2, in);
	*out = *in;
	if (rv != CKR_OK || !pair)
		return rv;
	rv = wrap(&public, 0, *in, &half);
	if (rv == CKR_OK)
		rv = p11->C_UnwrapKey(session, &public, 0, half.ptr, half.len,
		    use, 1, out);
	secret_free(&half);
	return rv;
}

/* --- paths ---------------------------------------------------------------- */

static void
try_wrap(const struct row *row, CK_OBJECT_HANDLE in, CK_OBJECT_HANDLE out,
    CK_OBJECT_HANDLE key)
{
	CK_OBJECT_HANDLE back;
	struct secret blob;
	struct how how;
	CK_RV rv = wrap(how_of(&how, row, &row->out), out,
	    key == CK_INVALID_HANDLE ? some_key : key, &blob);
	bool same;

	if (rv != CKR_OK || key == CK_INVALID_HANDLE) {
		/* of some key: another case of the type may come out */
		row_result(row, WRAP, rv == CKR_OK ? row->type : rv_name(rv));
		secret_free(&blob);
		return;
	}
	same = row->fresh ? unwrap(row, in, &blob, &back) == CKR_OK &&
	    same_key(key, back, class_of(row)) :
	    secret_equal(secret_span(&blob), secret_span(&row->blob));
	if (same)
		row_result(row, WRAP, "yes");
	else
		row_wrong(row, WRAP, row->fresh ? "another key comes out" :
						  "other bytes come out");
	secret_free(&blob);
}

static void
try_create(const struct row *row, CK_OBJECT_HANDLE key)
{
	CK_ULONG type = row->info == NULL ? 0 : (CK_ULONG)row->info->type;
	CK_ATTRIBUTE lines[4] = {
		{ CKA_CNG_BLOB, row->blob.ptr, row->blob.len },
		{ CKA_CNG_BLOB_TYPE, &type, sizeof(type) },
	};
	CK_OBJECT_HANDLE made;
	CK_RV rv;

	memcpy(lines + 2, open_key, sizeof(open_key));
	rv = p11->C_CreateObject(session, lines, 2 + lines_of(row), &made);
	if (rv == CKR_OK && !same_key(key, made, class_of(row)))
		row_wrong(row, CREATE, "another key comes out");
	else
		row_result(row, CREATE, rv_name(rv));
}

/* One value for a key, whatever it came as: "yes" when that is the row's
 * type, else the type that it is. */
static void
try_read(const struct row *row, CK_OBJECT_HANDLE key)
{
	enum blob_class class = class_of(row);
	CK_MECHANISM how = { class == BLOB_CLASS_PUBLIC ? CKM_CNG_PUBLIC :
		class == BLOB_CLASS_SECRET ? CKM_CNG_KEYDATA :
		CKM_CNG_PRIVATE, NULL, 0 };
	static CK_BYTE value[16384];
	CK_ATTRIBUTE line = { CKA_CNG_BLOB, value, sizeof(value) };
	struct secret blob;
	CK_RV rv;

	rv = p11->C_GetAttributeValue(session, key, &line, 1);
	if (rv != CKR_OK) {
		row_result(row, READ, rv_name(rv));
		return;
	}
	if (span_equal(span_of(value, line.ulValueLen),
	    secret_span(&row->blob))) {
		row_result(row, READ, "yes");
		return;
	}
	rv = wrap(&how, 0, key, &blob);
	if (rv == CKR_OK && span_equal(span_of(value, line.ulValueLen),
	    secret_span(&blob)))
		row_result(row, READ, class == BLOB_CLASS_PUBLIC ?
		    "PUBLICBLOB" : class == BLOB_CLASS_SECRET ?
		    "KeyDataBlob" : "PRIVATEBLOB");
	else
		row_wrong(row, READ, "no form of the key");
	secret_free(&blob);
}

void
pkcs11_row(const struct row *row)
{
	CK_OBJECT_HANDLE in = 0, out = 0, key;
	CK_RV rv = CKR_OK;

	if (row->with.len > 0)
		rv = take_wrapping(row, &in, &out);
	if (rv != CKR_OK) {
		row_wrong(row, UNWRAP, "the wrapping key is not taken");
		return;
	}
	rv = unwrap(row, in, &row->blob, &key);
	row_result(row, UNWRAP, rv_name(rv));
	try_wrap(row, in, out, key);
	try_create(row, key);
	if (rv == CKR_OK)
		try_read(row, key);
	else
		row_result(row, READ, rv_name(rv)); /* no key to read it of */
}

/* --- the module ----------------------------------------------------------- */

static CK_RV
make_some_key(void)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
		0x03, 0x01, 0x07 };
	CK_ATTRIBUTE curve = { CKA_EC_PARAMS, p256, sizeof(p256) };
	CK_MECHANISM how = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_OBJECT_HANDLE public;

	return p11->C_GenerateKeyPair(session, &how, &curve, 1, open_key,
	    ARRAY_LEN(open_key), &public, &some_key);
}

static CK_RV
start(const char *path, char *pin)
{
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL), *symbol;
	CK_C_GetFunctionList get;
	CK_ULONG count = 1;
	CK_SLOT_ID slot = 0;
	CK_RV rv;

	symbol = module == NULL ? NULL : dlsym(module, "C_GetFunctionList");
	if (symbol == NULL)
		return CKR_GENERAL_ERROR;
	memcpy(&get, &symbol, sizeof(get));
	rv = get(&p11);
	if (rv == CKR_OK)
		rv = p11->C_Initialize(NULL);
	if (rv == CKR_OK)
		rv = p11->C_GetSlotList(CK_TRUE, &slot, &count);
	if (rv == CKR_OK)
		rv = p11->C_OpenSession(slot, CKF_SERIAL_SESSION |
		    CKF_RW_SESSION, NULL, NULL, &session);
	if (rv == CKR_OK)
		rv = p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin,
		    strlen(pin));
	return rv == CKR_OK ? make_some_key() : rv;
}

int
pkcs11_start(void)
{
	const char *path = getenv("CNG_MODULE");
	char *pin = getenv("CNG_PIN");
	CK_RV rv = CKR_ARGUMENTS_BAD;

	if (path != NULL && pin != NULL)
		rv = start(path, pin);
	if (rv != CKR_OK)
		fprintf(stderr, "start: %s\n", rv_name(rv));
	return rv != CKR_OK;
}

void
pkcs11_stop(void)
{
	p11->C_Finalize(NULL);
}
