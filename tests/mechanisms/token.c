/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The token that is tried: a fresh one, reached as every program does
 * (CNG_MODULE, CNG_PKCS11_CONF), and keys on their way in and out.
 */
#include "tests/mechanisms/cells.h"

#include <dlfcn.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#define LENT_MAX 256

CK_FUNCTION_LIST_3_2 *p11;
CK_SLOT_ID slot;
CK_SESSION_HANDLE session;
CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static char why[256];
static void *lent[LENT_MAX];
static size_t lent_count;

/* --- what went wrong --- */

const char *
token_why(void)
{
	return why;
}

bool
expect(bool good, const char *what)
{
	if (!good)
		(void)snprintf(why, sizeof(why), "%s", what);
	return good;
}

bool
went(CK_RV rv, const char *call)
{
	if (rv != CKR_OK)
		(void)snprintf(why, sizeof(why), "%s: 0x%lx", call, rv);
	return rv == CKR_OK;
}

bool
refused(CK_RV rv, const char *call)
{
	if (rv == CKR_OK)
		(void)snprintf(why, sizeof(why), "%s was not refused", call);
	return rv != CKR_OK;
}

bool
equal(struct bytes got, struct bytes want, const char *what)
{
	bool same = got.len == want.len &&
	    (got.len == 0 || memcmp(got.ptr, want.ptr, got.len) == 0);

	if (!same)
		(void)snprintf(why, sizeof(why),
		    "%s: %lu bytes are not the %lu bytes expected", what,
		    got.len, want.len);
	return same;
}

/* --- memory --- */

struct bytes
room(CK_ULONG len)
{
	struct bytes out = { calloc(1, len + 1), len };

	if (out.ptr == NULL || lent_count == LENT_MAX) {
		fprintf(stderr, "no memory\n");
		abort();
	}
	lent[lent_count++] = out.ptr;
	return out;
}

struct bytes
copy_of(const void *ptr, CK_ULONG len)
{
	struct bytes out = room(len);

	if (len > 0)
		memcpy(out.ptr, ptr, len);
	return out;
}

struct bytes
noise(CK_ULONG len, unsigned char seed)
{
	struct bytes out = room(len);
	unsigned char md[EVP_MAX_MD_SIZE], from[5] = { seed };
	CK_ULONG i;

	for (i = 0; i < len; i++) {
		if (i % 32 == 0) {
			from[1]++;
			from[2] = (unsigned char)(i >> 13);
			(void)EVP_Digest(from, sizeof(from), md, NULL,
			    EVP_sha256(), NULL);
		}
		out.ptr[i] = md[i % 32];
	}
	return out;
}

void
sample_end(struct sample *sample)
{
	while (lent_count > 0)
		free(lent[--lent_count]);
	EVP_PKEY_free(sample->pkey);
	EVP_PKEY_free(sample->peer);
	*sample = (struct sample){ .row = sample->row };
}

/* --- the token --- */

static char pin[] = "1234-mech", so_pin[] = "so-1234-mech";
#define PIN(text) (CK_UTF8CHAR *)(text), sizeof(text) - 1

static bool
load(void)
{
	const char *path = getenv("CNG_MODULE");
	CK_VERSION version = { 3, 2 };
	CK_INTERFACE *found;
	CK_C_GetInterface get;
	void *module, *symbol;

	if (path == NULL)
		return expect(false, "CNG_MODULE names no module");
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL)
		return expect(false, dlerror());
	symbol = dlsym(module, "C_GetInterface");
	if (symbol == NULL)
		return expect(false, "no C_GetInterface");
	memcpy(&get, &symbol, sizeof(get));
	if (!went(get(NULL, &version, &found, 0), "C_GetInterface"))
		return false;
	p11 = found->pFunctionList;
	return true;
}

static bool
open_session(CK_SESSION_HANDLE *out)
{
	return went(p11->C_OpenSession(slot,
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, out),
	    "C_OpenSession");
}

bool
token_renew(void)
{
	return went(p11->C_CloseSession(session), "C_CloseSession") &&
	    open_session(&session);
}

bool
token_open(void)
{
	static CK_UTF8CHAR label[] = "mechanisms                      ";
	CK_SESSION_HANDLE officer, always;
	CK_ULONG count = 1;

	return load() && went(p11->C_Initialize(NULL), "C_Initialize") &&
	    went(p11->C_GetSlotList(CK_TRUE, &slot, &count),
	    "C_GetSlotList") &&
	    went(p11->C_InitToken(slot, PIN(so_pin), label), "C_InitToken") &&
	    open_session(&officer) &&
	    went(p11->C_Login(officer, CKU_SO, PIN(so_pin)), "C_Login") &&
	    went(p11->C_InitPIN(officer, PIN(pin)), "C_InitPIN") &&
	    went(p11->C_CloseSession(officer), "C_CloseSession") &&
	    /* this one keeps the login */
	    open_session(&always) &&
	    went(p11->C_Login(always, CKU_USER, PIN(pin)), "C_Login") &&
	    open_session(&session);
}

void
token_close(void)
{
	(void)p11->C_Finalize(NULL);
}

/* --- objects --- */

bool
object_make(CK_ATTRIBUTE *tmpl, CK_ULONG count, CK_OBJECT_HANDLE *out)
{
	return went(p11->C_CreateObject(session, tmpl, count, out),
	    "C_CreateObject");
}

struct bytes
object_value(CK_OBJECT_HANDLE object, CK_ULONG type)
{
	CK_ATTRIBUTE line = { type, NULL, 0 };
	struct bytes out = { NULL, 0 };

	if (!went(p11->C_GetAttributeValue(session, object, &line, 1),
	    "C_GetAttributeValue"))
		return out;
	out = room(line.ulValueLen);
	line.pValue = out.ptr;
	if (!went(p11->C_GetAttributeValue(session, object, &line, 1),
	    "C_GetAttributeValue"))
		out.len = 0;
	return out;
}

CK_RV
secret_try(CK_KEY_TYPE type, struct bytes value, CK_OBJECT_HANDLE *out)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE, value.ptr, value.len },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_ENCRYPT, &yes, 1 },
		{ CKA_DECRYPT, &yes, 1 },
		{ CKA_SIGN, &yes, 1 },
		{ CKA_VERIFY, &yes, 1 },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_UNWRAP, &yes, 1 },
		{ CKA_DERIVE, &yes, 1 },
	};

	return p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), out);
}

/* The public half that came with a private one has the same CKA_ID. */
static bool
find_public(CK_OBJECT_HANDLE private, CK_OBJECT_HANDLE *out)
{
	static CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	struct bytes id = object_value(private, CKA_ID);
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, id.ptr, id.len },
	};
	CK_ULONG count = 0;
	CK_RV rv;

	if (!went(p11->C_FindObjectsInit(session, tmpl, 2),
	    "C_FindObjectsInit"))
		return false;
	rv = p11->C_FindObjects(session, out, 1, &count);
	(void)p11->C_FindObjectsFinal(session);
	return went(rv, "C_FindObjects") && expect(count == 1, "no twin");
}

/* What the kind of key cannot do is refused, and the test finds out later. */
static void
allow(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE what)
{
	CK_ATTRIBUTE line = { what, &yes, 1 };

	(void)p11->C_SetAttributeValue(session, object, &line, 1);
}

static bool
allow_all(struct sample *sample)
{
	allow(sample->private_key, CKA_UNWRAP);
	allow(sample->private_key, CKA_DERIVE);
	allow(sample->private_key, CKA_SIGN_RECOVER);
	allow(sample->public_key, CKA_WRAP);
	allow(sample->public_key, CKA_VERIFY_RECOVER);
	return true;
}

bool
pair_import(struct sample *sample)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(sample->pkey);
	CK_MECHANISM how = { CKM_CNG_PKCS8, NULL, 0 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};
	unsigned char *der = NULL;
	int len = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	CK_RV rv;

	PKCS8_PRIV_KEY_INFO_free(info);
	if (!expect(len > 0, "libcrypto writes no PKCS#8"))
		return false;
	rv = p11->C_UnwrapKey(session, &how, 0, der, (CK_ULONG)len, tmpl,
	    ARRAY_LEN(tmpl), &sample->private_key);
	OPENSSL_free(der);
	return went(rv, "C_UnwrapKey(CNG_PKCS8)") &&
	    find_public(sample->private_key, &sample->public_key) &&
	    allow_all(sample);
}

EVP_PKEY *
pair_export(CK_OBJECT_HANDLE key)
{
	CK_MECHANISM how = { CKM_CNG_PKCS8, NULL, 0 };
	PKCS8_PRIV_KEY_INFO *info;
	const unsigned char *p;
	EVP_PKEY *out = NULL;
	struct bytes der;
	CK_ULONG len = 0;

	if (!went(p11->C_WrapKey(session, &how, 0, key, NULL, &len),
	    "C_WrapKey(CNG_PKCS8)"))
		return NULL;
	der = room(len);
	if (!went(p11->C_WrapKey(session, &how, 0, key, der.ptr, &len),
	    "C_WrapKey(CNG_PKCS8)"))
		return NULL;
	p = der.ptr;
	info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)len);
	if (info != NULL)
		out = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	(void)expect(out != NULL, "libcrypto cannot read the private key");
	return out;
}

EVP_PKEY *
public_export(CK_OBJECT_HANDLE key)
{
	struct bytes der = object_value(key, CKA_PUBLIC_KEY_INFO);
	const unsigned char *p = der.ptr;
	EVP_PKEY *out = d2i_PUBKEY(NULL, &p, (long)der.len);

	(void)expect(out != NULL, "libcrypto cannot read the public key");
	return out;
}

/* --- functions --- */

CK_RV
function_begin(struct sample *s, CK_FLAGS cell)
{
	typedef CK_RV begin(
	    CK_SESSION_HANDLE, CK_MECHANISM *, CK_OBJECT_HANDLE);
	const struct {
		CK_FLAGS cell;
		begin *init;
		bool public;
	} table[] = {
		{ CKF_ENCRYPT, p11->C_EncryptInit, true },
		{ CKF_DECRYPT, p11->C_DecryptInit, false },
		{ CKF_SIGN, p11->C_SignInit, false },
		{ CKF_VERIFY, p11->C_VerifyInit, true },
		{ CKF_SIGN_RECOVER, p11->C_SignRecoverInit, false },
		{ CKF_VERIFY_RECOVER, p11->C_VerifyRecoverInit, true },
		{ CKF_MESSAGE_ENCRYPT, p11->C_MessageEncryptInit, true },
		{ CKF_MESSAGE_DECRYPT, p11->C_MessageDecryptInit, false },
		{ CKF_MESSAGE_SIGN, p11->C_MessageSignInit, false },
		{ CKF_MESSAGE_VERIFY, p11->C_MessageVerifyInit, true },
	};
	CK_MECHANISM bare = { s->how.mechanism, NULL, 0 };
	CK_OBJECT_HANDLE key;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		if (table[i].cell != cell)
			continue;
		/* each message brings its own parameter */
		if ((cell & (CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT)) != 0)
			return table[i].init(session, &bare, s->secret);
		key = table[i].public ? s->public_key : s->private_key;
		if (s->secret != CK_INVALID_HANDLE)
			key = s->secret;
		return table[i].init(session, &s->how, key);
	}
	return CKR_FUNCTION_NOT_SUPPORTED;
}

bool
set_param(struct sample *sample, void *param, CK_ULONG len)
{
	sample->how.pParameter = param;
	sample->how.ulParameterLen = len;
	return true;
}
