/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Attacks on keys that say what becomes of what they unwrap: the key in the
 * middle is made or unwrapped by itself, and opens the rest.
 */
#include "tests/attacks/attack.h"

#include "pkcs11/cryptoki_mechs.h"

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_ATTRIBUTE stays[] = { { CKA_EXTRACTABLE, &no, 1 } };

static CK_RV
make_binding(const struct target *t, CK_MECHANISM_TYPE type,
    CK_ATTRIBUTE size, CK_ATTRIBUTE more, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key)
{
	CK_MECHANISM how = { type, NULL, 0 };
	CK_BYTE exponent[] = { 1, 0, 1 };
	CK_ATTRIBUTE public[] = {
		size,
		{ CKA_WRAP, &yes, 1 },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent) },
	};
	CK_ATTRIBUTE private[] = {
		{ CKA_UNWRAP, &yes, 1 },
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_UNWRAP_TEMPLATE, stays, sizeof(stays) },
		more,
	};

	return t->f->C_GenerateKeyPair(t->session, &how, public,
	    size.type == CKA_MODULUS_BITS ? 3 : 2, private,
	    ARRAY_LEN(private), public_key, private_key);
}

/* An agreement makes the key of ECDH_AES_KEY_WRAP. */
static bool
agrees(const struct target *t)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
		0x03, 0x01, 0x07 };
	CK_ATTRIBUTE curve = { CKA_EC_PARAMS, p256, sizeof(p256) };
	CK_ATTRIBUTE more[] = {
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, &no, 1 },
	};
	CK_OBJECT_HANDLE public_key = 0, key = 0;

	for (size_t i = 0; i < ARRAY_LEN(more); i++)
		if (make_binding(t, CKM_EC_KEY_PAIR_GEN, curve, more[i],
		    &public_key, &key) == CKR_OK &&
		    may(t, key, MAY_UNWRAP | MAY_DERIVE))
			return true;
	return false;
}

static CK_RV
unwrap(const struct target *t, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    CK_BYTE *blob, CK_ULONG len)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE lines[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_DECRYPT, &yes, 1 },
	};
	CK_OBJECT_HANDLE made = 0;

	return t->f->C_UnwrapKey(t->session, how, key, blob, len, lines,
	    ARRAY_LEN(lines), &made);
}

/* Of RSA with AES, the part of RSA alone. */
static bool
takes_apart(const struct target *t)
{
	CK_ULONG bits = 2048, len = 512;
	CK_ATTRIBUTE size = { CKA_MODULUS_BITS, &bits, sizeof(bits) };
	CK_ATTRIBUTE hidden = { CKA_EXTRACTABLE, &no, 1 };
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA_1, CKG_MGF1_SHA1,
		CKZ_DATA_SPECIFIED, NULL, 0 };
	CK_RSA_AES_KEY_WRAP_PARAMS both = { 256, &oaep };
	CK_MECHANISM whole = { CKM_RSA_AES_KEY_WRAP, &both, sizeof(both) };
	CK_MECHANISM part = { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) };
	CK_OBJECT_HANDLE public_key = 0, private_key = 0, key = 0;
	CK_BYTE blob[512];

	return make_binding(t, CKM_RSA_PKCS_KEY_PAIR_GEN, size, hidden,
	    &public_key, &private_key) == CKR_OK &&
	    make_secret(t, CKK_AES, 32, MAY_LEAVE, &key) == CKR_OK &&
	    t->f->C_WrapKey(t->session, &whole, public_key, key, blob,
		&len) == CKR_OK &&
	    unwrap(t, &whole, private_key, blob, len) == CKR_OK &&
	    unwrap(t, &part, private_key, blob, 256) == CKR_OK;
}

const char *
opens_by_parts(const struct target *t)
{
	if (agrees(t))
		return "a key that binds what it unwraps agrees, too";
	return takes_apart(t) ? "RSA with AES is opened by parts" : NULL;
}
