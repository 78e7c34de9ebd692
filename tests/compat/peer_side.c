/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A module, its session, its keys: the calls behind the cross tests.  A
 * template here says only what Cryptoki 2.40 defines.
 */
#include "peer.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) ((CK_ULONG)(sizeof(array) / sizeof(array)[0]))

static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;
static int reported;
static int failures;

void
report(bool good, CK_RV rv, const char *format, ...)
{
	va_list args;

	printf("%sok %d - ", good ? "" : "not ", ++reported);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	if (!good) {
		failures++;
		printf("# CKR 0x%lx\n", rv);
	}
	fflush(stdout);
}

int
report_end(void)
{
	printf("1..%d\n", reported);
	return failures != 0;
}

bool
bytes_equal(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* --- module and session ----------------------------------------------- */

static bool
find_slot(struct side *side, const char *label)
{
	CK_SLOT_ID slots[32];
	CK_ULONG count = COUNT(slots);
	CK_TOKEN_INFO info;

	if (side->f->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
		return false;
	for (CK_ULONG i = 0; i < count; i++) {
		if (side->f->C_GetTokenInfo(slots[i], &info) != CKR_OK)
			continue;
		if (memcmp(info.label, label, strlen(label)) == 0) {
			side->slot = slots[i];
			return true;
		}
	}
	return false;
}

static bool
load(struct side *side, const char *path)
{
	CK_C_GetFunctionList get;
	void *symbol;

	side->lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (side->lib == NULL) {
		printf("# %s\n", dlerror());
		return false;
	}
	symbol = dlsym(side->lib, "C_GetFunctionList");
	if (symbol == NULL)
		return false;
	memcpy(&get, &symbol, sizeof get);
	return get(&side->f) == CKR_OK;
}

bool
side_open(struct side *side, const char *path, const char *label,
    const char *pin)
{
	CK_UTF8CHAR text[64];
	CK_RV rv;

	if (!load(side, path)) {
		report(false, CKR_GENERAL_ERROR, "%s loads", side->name);
		return false;
	}
	rv = side->f->C_Initialize(NULL);
	if (rv == CKR_OK && !find_slot(side, label))
		rv = CKR_TOKEN_NOT_PRESENT;
	if (rv == CKR_OK)
		rv = side->f->C_OpenSession(side->slot,
		    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &side->s);
	memcpy(text, pin, strlen(pin));
	if (rv == CKR_OK)
		rv = side->f->C_Login(side->s, CKU_USER, text, strlen(pin));
	report(rv == CKR_OK, rv, "%s: open and log in", side->name);
	return rv == CKR_OK;
}

void
side_close(struct side *side)
{
	CK_RV rv;

	if (side->f == NULL)
		return;
	rv = side->f->C_Finalize(NULL);
	report(rv == CKR_OK, rv, "%s: finalize", side->name);
}

bool
side_has(struct side *side, CK_MECHANISM_TYPE type, CK_FLAGS flags)
{
	CK_MECHANISM_INFO info;

	return side->f->C_GetMechanismInfo(side->slot, type, &info) == CKR_OK &&
	    (info.flags & flags) == flags;
}

/* --- keys ------------------------------------------------------------- */

CK_RV
key_secret(struct side *side, CK_KEY_TYPE type, const CK_BYTE *value,
    CK_ULONG len, CK_OBJECT_HANDLE *out)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_BYTE copy[64];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_SENSITIVE, &no, sizeof no },
		{ CKA_EXTRACTABLE, &yes, sizeof yes },
		{ CKA_ENCRYPT, &yes, sizeof yes },
		{ CKA_DECRYPT, &yes, sizeof yes },
		{ CKA_SIGN, &yes, sizeof yes },
		{ CKA_VERIFY, &yes, sizeof yes },
		{ CKA_VALUE, copy, len },
	};

	memcpy(copy, value, len);
	return side->f->C_CreateObject(side->s, tmpl, COUNT(tmpl), out);
}

CK_RV
key_wrapping(struct side *side, const CK_BYTE *value, CK_ULONG len,
    CK_OBJECT_HANDLE *out)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_BYTE copy[32];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_WRAP, &yes, sizeof yes },
		{ CKA_UNWRAP, &yes, sizeof yes },
		{ CKA_VALUE, copy, len },
	};

	memcpy(copy, value, len);
	return side->f->C_CreateObject(side->s, tmpl, COUNT(tmpl), out);
}

CK_RV
key_rsa(struct side *side, CK_ULONG bits, struct pair *out)
{
	CK_MECHANISM m = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_BYTE exponent[] = { 1, 0, 1 };
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_MODULUS_BITS, &bits, sizeof bits },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof exponent },
		{ CKA_VERIFY, &yes, sizeof yes },
		{ CKA_ENCRYPT, &yes, sizeof yes },
		{ CKA_WRAP, &yes, sizeof yes },
	};
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_SENSITIVE, &no, sizeof no },
		{ CKA_EXTRACTABLE, &yes, sizeof yes },
		{ CKA_SIGN, &yes, sizeof yes },
		{ CKA_DECRYPT, &yes, sizeof yes },
		{ CKA_UNWRAP, &yes, sizeof yes },
	};

	return side->f->C_GenerateKeyPair(side->s, &m, public_tmpl,
	    COUNT(public_tmpl), private_tmpl, COUNT(private_tmpl),
	    &out->public_key, &out->private_key);
}

CK_RV
key_ec(struct side *side, const CK_BYTE *oid, CK_ULONG oid_len,
    struct pair *out)
{
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_BYTE copy[32];
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_EC_PARAMS, copy, oid_len },
		{ CKA_VERIFY, &yes, sizeof yes },
	};
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_SENSITIVE, &no, sizeof no },
		{ CKA_EXTRACTABLE, &yes, sizeof yes },
		{ CKA_SIGN, &yes, sizeof yes },
		{ CKA_DERIVE, &yes, sizeof yes },
	};

	memcpy(copy, oid, oid_len);
	return side->f->C_GenerateKeyPair(side->s, &m, public_tmpl,
	    COUNT(public_tmpl), private_tmpl, COUNT(private_tmpl),
	    &out->public_key, &out->private_key);
}

CK_RV
key_read(struct side *side, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE what,
    struct bytes *out)
{
	CK_ATTRIBUTE attr = { what, out->data, sizeof out->data };
	CK_RV rv = side->f->C_GetAttributeValue(side->s, key, &attr, 1);

	out->len = rv == CKR_OK ? attr.ulValueLen : 0;
	return rv;
}

CK_RV
key_carry_rsa(struct side *from, CK_OBJECT_HANDLE key, struct side *to,
    CK_OBJECT_HANDLE *out)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_KEY_TYPE type = CKK_RSA;
	struct bytes n;
	struct bytes e;
	CK_RV rv = key_read(from, key, CKA_MODULUS, &n);

	if (rv == CKR_OK)
		rv = key_read(from, key, CKA_PUBLIC_EXPONENT, &e);
	if (rv != CKR_OK)
		return rv;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_VERIFY, &yes, sizeof yes },
		{ CKA_ENCRYPT, &yes, sizeof yes },
		{ CKA_WRAP, &yes, sizeof yes },
		{ CKA_MODULUS, n.data, n.len },
		{ CKA_PUBLIC_EXPONENT, e.data, e.len },
	};
	return to->f->C_CreateObject(to->s, tmpl, COUNT(tmpl), out);
}

CK_RV
key_carry_ec(struct side *from, CK_OBJECT_HANDLE key, struct side *to,
    CK_OBJECT_HANDLE *out)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_KEY_TYPE type = CKK_EC;
	struct bytes params;
	struct bytes point;
	CK_RV rv = key_read(from, key, CKA_EC_PARAMS, &params);

	if (rv == CKR_OK)
		rv = key_read(from, key, CKA_EC_POINT, &point);
	if (rv != CKR_OK)
		return rv;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_VERIFY, &yes, sizeof yes },
		{ CKA_EC_PARAMS, params.data, params.len },
		{ CKA_EC_POINT, point.data, point.len },
	};
	return to->f->C_CreateObject(to->s, tmpl, COUNT(tmpl), out);
}

/* --- operations ------------------------------------------------------- */

CK_RV
do_sign(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    struct bytes *in, struct bytes *out)
{
	CK_RV rv = side->f->C_SignInit(side->s, m, key);

	out->len = sizeof out->data;
	if (rv == CKR_OK)
		rv = side->f->C_Sign(side->s, in->data, in->len, out->data,
		    &out->len);
	return rv;
}

CK_RV
do_verify(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    struct bytes *in, struct bytes *signature)
{
	CK_RV rv = side->f->C_VerifyInit(side->s, m, key);

	if (rv == CKR_OK)
		rv = side->f->C_Verify(side->s, in->data, in->len,
		    signature->data, signature->len);
	return rv;
}

CK_RV
do_encrypt(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    struct bytes *in, struct bytes *out)
{
	CK_RV rv = side->f->C_EncryptInit(side->s, m, key);

	out->len = sizeof out->data;
	if (rv == CKR_OK)
		rv = side->f->C_Encrypt(side->s, in->data, in->len, out->data,
		    &out->len);
	return rv;
}

CK_RV
do_decrypt(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    struct bytes *in, struct bytes *out)
{
	CK_RV rv = side->f->C_DecryptInit(side->s, m, key);

	out->len = sizeof out->data;
	if (rv == CKR_OK)
		rv = side->f->C_Decrypt(side->s, in->data, in->len, out->data,
		    &out->len);
	return rv;
}

CK_RV
do_wrap(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE wrapping,
    CK_OBJECT_HANDLE key, struct bytes *out)
{
	out->len = sizeof out->data;
	return side->f->C_WrapKey(side->s, m, wrapping, key, out->data,
	    &out->len);
}

CK_RV
do_unwrap(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE wrapping,
    struct bytes *in, CK_OBJECT_CLASS class, CK_KEY_TYPE type,
    CK_OBJECT_HANDLE *out)
{
	bool secret = class == CKO_SECRET_KEY;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_SENSITIVE, &no, sizeof no },
		{ CKA_EXTRACTABLE, &yes, sizeof yes },
		{ CKA_SIGN, &yes, sizeof yes },
		{ secret ? CKA_VERIFY : CKA_DECRYPT, &yes, sizeof yes },
	};
	/* A private EC key neither decrypts nor is asked to. */
	CK_ULONG count = COUNT(tmpl) - (type == CKK_EC ? 1 : 0);

	return side->f->C_UnwrapKey(side->s, m, wrapping, in->data, in->len,
	    tmpl, count, out);
}

CK_RV
do_derive(struct side *side, CK_OBJECT_HANDLE key, struct bytes *point,
    struct bytes *out)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, point->len,
		point->data };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof params };
	CK_OBJECT_HANDLE secret;
	CK_ULONG len = 32;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_SENSITIVE, &no, sizeof no },
		{ CKA_EXTRACTABLE, &yes, sizeof yes },
		{ CKA_VALUE_LEN, &len, sizeof len },
	};
	CK_RV rv = side->f->C_DeriveKey(side->s, &m, key, tmpl, COUNT(tmpl),
	    &secret);

	return rv == CKR_OK ? key_read(side, secret, CKA_VALUE, out) : rv;
}
