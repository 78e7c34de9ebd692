/* SPDX-License-Identifier: BSD-2-Clause
 *
 * C_EncapsulateKey and C_DecapsulateKey with keys of older kinds: what one
 * side makes, the other opens; and the same by the calls of old.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
static CK_ULONG wanted = 32;
static CK_ATTRIBUTE open_key[] = {
	{ CKA_KEY_TYPE, &generic, sizeof(generic) },
	{ CKA_SENSITIVE, &no, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
	{ CKA_VALUE_LEN, &wanted, sizeof(wanted) },
};

static unsigned char p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	0x03, 0x01, 0x07 };
static unsigned char x25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x6e };
static unsigned char x448[] = { 0x06, 0x03, 0x2b, 0x65, 0x6f };
static CK_ULONG bits = 2048;
static CK_ECDH1_DERIVE_PARAMS raw = { .kdf = CKD_NULL };
static CK_ECDH1_DERIVE_PARAMS kdf = { .kdf = CKD_SHA256_KDF,
	.ulSharedDataLen = 4, .pSharedData = (CK_BYTE[]){ 1, 2, 3, 4 } };
static CK_X9_42_DH1_DERIVE_PARAMS x942 = { .kdf = CKD_SHA1_KDF };
static CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA256,
	CKZ_DATA_SPECIFIED, NULL, 0 };

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE public_key, private_key;
static CK_MECHANISM how;
static CK_BYTE cipher[512];
static CK_ULONG len;

static CK_RV
encapsulate(CK_BYTE *out, CK_ULONG lines, CK_OBJECT_HANDLE *key)
{
	return p11_3->C_EncapsulateKey(session, &how, public_key, open_key,
	    lines, out, &len, key);
}

static CK_RV
decapsulate(CK_ULONG lines, CK_OBJECT_HANDLE *key)
{
	return p11_3->C_DecapsulateKey(session, &how, private_key, open_key,
	    lines, cipher, len, key);
}

static void
make_pair(CK_MECHANISM_TYPE type, const CK_ATTRIBUTE *more, CK_ULONG count)
{
	CK_MECHANISM make = { type, NULL, 0 };
	CK_ATTRIBUTE public_tmpl[4] = { { CKA_ENCAPSULATE, &yes, 1 } };
	CK_ATTRIBUTE private_tmpl[] = { { CKA_DECAPSULATE, &yes, 1 } };

	memcpy(public_tmpl + 1, more, count * sizeof(*more));
	ok(p11->C_GenerateKeyPair(session, &make, public_tmpl, 1 + count,
	    private_tmpl, 1, &public_key, &private_key));
}

static void
make_on_curve(CK_MECHANISM_TYPE type, void *oid, CK_ULONG oid_len)
{
	CK_ATTRIBUTE curve = { CKA_EC_PARAMS, oid, oid_len };

	make_pair(type, &curve, 1);
}

static void
make_rsa(void)
{
	CK_ATTRIBUTE size = { CKA_MODULUS_BITS, &bits, sizeof(bits) };

	make_pair(CKM_RSA_PKCS_KEY_PAIR_GEN, &size, 1);
}

static void
make_in_group(CK_MECHANISM_TYPE group, CK_MECHANISM_TYPE type,
    CK_ULONG parts, CK_ULONG size)
{
	static unsigned char room[3][256];
	CK_MECHANISM make = { group, NULL, 0 };
	CK_ATTRIBUTE line = { CKA_PRIME_BITS, &size, sizeof(size) };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_PRIME, room[0], sizeof(room[0]) },
		{ CKA_BASE, room[1], sizeof(room[1]) },
		{ CKA_SUBPRIME, room[2], sizeof(room[2]) },
	};
	CK_OBJECT_HANDLE domain;

	ok(p11->C_GenerateKey(session, &make, &line, 1, &domain));
	ok(p11->C_GetAttributeValue(session, domain, tmpl, parts));
	make_pair(type, tmpl, parts);
}

static CK_ULONG
value_of(CK_OBJECT_HANDLE key, CK_BYTE out[512])
{
	CK_ULONG size = 512;

	ok(guest_bytes(session, key, CKA_VALUE, out, &size));
	return size;
}

/* lines 4 asks for 32 bytes, 3 for as many as there are: natural. */
static void
both_ways(CK_ULONG cipher_len, CK_ULONG natural)
{
	CK_OBJECT_HANDLE made = 0, back = 0;
	CK_ULONG lines = natural == 0 ? 4 : 3;
	CK_BYTE a[512], b[512];

	for (; lines <= 4; lines++) {
		made = 0;
		len = 0;
		ok(encapsulate(NULL, lines, NULL));
		ck_assert_uint_eq(len, cipher_len);
		len--;
		is(encapsulate(cipher, lines, &made), CKR_BUFFER_TOO_SMALL);
		ck_assert_uint_eq(len, cipher_len);
		ck_assert_uint_eq(made, 0);
		len = sizeof(cipher);
		ok(encapsulate(cipher, lines, &made));
		ck_assert_uint_eq(len, cipher_len);
		ok(decapsulate(lines, &back));
		ck_assert_uint_eq(value_of(made, a), lines == 4 ? 32 : natural);
		ck_assert_uint_eq(value_of(back, b), lines == 4 ? 32 : natural);
		ck_assert_mem_eq(a, b, value_of(made, a));
		/* each time another one */
		ok(encapsulate(cipher, lines, &made));
		(void)value_of(made, b);
		ck_assert_mem_ne(a, b, 32);
	}
	/* what is no ciphertext */
	len--;
	if (how.mechanism != CKM_DH_PKCS_DERIVE) /* a shorter number is one */
		ck_assert_uint_ne(decapsulate(4, &back), CKR_OK);
	len = 0;
	ck_assert_uint_ne(decapsulate(4, &back), CKR_OK);
}

START_TEST(agreement_on_curves)
{
	CK_MECHANISM_TYPE curve = CKM_EC_MONTGOMERY_KEY_PAIR_GEN;

	session = guest_login();
	make_on_curve(CKM_EC_KEY_PAIR_GEN, p256, sizeof(p256));
	how = (CK_MECHANISM){ CKM_ECDH1_DERIVE, &raw, sizeof(raw) };
	both_ways(65, 32);
	how.mechanism = CKM_ECDH1_COFACTOR_DERIVE;
	both_ways(65, 32);
	how = (CK_MECHANISM){ CKM_ECDH1_DERIVE, &kdf, sizeof(kdf) };
	both_ways(65, 32);
	make_on_curve(curve, x25519, sizeof(x25519));
	both_ways(32, 32);
	make_on_curve(curve, x448, sizeof(x448));
	how.pParameter = &raw;
	both_ways(56, 56);
	how.mechanism = CKM_ECDH1_COFACTOR_DERIVE;
	is(encapsulate(NULL, 4, NULL), CKR_KEY_TYPE_INCONSISTENT);
}
END_TEST

START_TEST(agreement_in_prime_fields)
{
	session = guest_login();
	make_in_group(CKM_DH_PKCS_PARAMETER_GEN, CKM_DH_PKCS_KEY_PAIR_GEN, 2,
	    2048);
	how = (CK_MECHANISM){ CKM_DH_PKCS_DERIVE, NULL, 0 };
	both_ways(256, 256);
	make_in_group(CKM_X9_42_DH_PARAMETER_GEN, CKM_X9_42_DH_KEY_PAIR_GEN,
	    3, 1024);
	is(encapsulate(NULL, 4, NULL), CKR_KEY_TYPE_INCONSISTENT);
	how = (CK_MECHANISM){ CKM_X9_42_DH_DERIVE, &x942, sizeof(x942) };
	both_ways(128, 20);
}
END_TEST

/* The ciphertext is what C_DeriveKey takes as the number of the other side:
 * with a key that may do both, which only one that is not kept may. */
START_TEST(the_same_by_derivation)
{
	CK_MECHANISM make = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_EC_PARAMS, p256, sizeof(p256) },
		{ CKA_ENCAPSULATE, &yes, 1 },
	};
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_DECAPSULATE, &yes, 1 },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_ECDH1_DERIVE_PARAMS with = kdf;
	CK_OBJECT_HANDLE made, derived;
	CK_BYTE a[512], b[512];

	session = guest_login();
	ok(p11->C_GenerateKeyPair(session, &make, public_tmpl, 2,
	    private_tmpl, 3, &public_key, &private_key));
	how = (CK_MECHANISM){ CKM_ECDH1_DERIVE, &kdf, sizeof(kdf) };
	len = sizeof(cipher);
	ok(encapsulate(cipher, 4, &made));
	with.pPublicData = cipher;
	with.ulPublicDataLen = len;
	how.pParameter = &with;
	ok(p11->C_DeriveKey(session, &how, private_key, open_key, 4,
	    &derived));
	ck_assert_uint_eq(value_of(made, a), value_of(derived, b));
	ck_assert_mem_eq(a, b, 32);
	/* a number of the other side has no place here */
	is(encapsulate(cipher, 4, &made), CKR_MECHANISM_PARAM_INVALID);
	is(decapsulate(4, &made), CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

START_TEST(rsa)
{
	CK_OBJECT_HANDLE key = 0;
	CK_ULONG right;

	session = guest_login();
	make_rsa();
	how = (CK_MECHANISM){ CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) };
	both_ways(256, 0);
	len = sizeof(cipher);
	/* how long the secret is, the caller says */
	is(encapsulate(cipher, 3, &key), CKR_TEMPLATE_INCOMPLETE);
	wanted = 191;
	is(encapsulate(cipher, 4, &key), CKR_KEY_SIZE_RANGE);
	wanted = 190;
	ok(encapsulate(cipher, 4, &key));
	right = len;
	wanted = 32;
	is(decapsulate(4, &key), CKR_ENCRYPTED_DATA_INVALID);
	cipher[9] ^= 1;
	is(decapsulate(4, &key), CKR_ENCRYPTED_DATA_INVALID);
	len = right - 1;
	is(decapsulate(4, &key), CKR_ENCRYPTED_DATA_INVALID);
	/* PKCS#1 v1.5 only goes out */
	how = (CK_MECHANISM){ CKM_RSA_PKCS, NULL, 0 };
	len = sizeof(cipher);
	ok(encapsulate(cipher, 4, &key));
	ck_assert_uint_eq(len, 256);
	is(decapsulate(4, &key), CKR_MECHANISM_INVALID);
}
END_TEST

static CK_RV
make_greedy(CK_MECHANISM_TYPE type, CK_ATTRIBUTE *public_line,
    CK_ULONG other)
{
	CK_MECHANISM make = { type, NULL, 0 };
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_DECAPSULATE, &yes, 1 },
		{ other, &yes, 1 },
	};

	return p11->C_GenerateKeyPair(session, &make, public_line, 1,
	    private_tmpl, 2, &public_key, &private_key);
}

/* Of a sensitive key: not what gets round the rules for decapsulated keys. */
START_TEST(uses_do_not_meet)
{
	CK_ATTRIBUTE curve = { CKA_EC_PARAMS, p256, sizeof(p256) };
	CK_ATTRIBUTE size = { CKA_MODULUS_BITS, &bits, sizeof(bits) };
	CK_ATTRIBUTE derives = { CKA_DERIVE, &yes, 1 };

	session = guest_login();
	make_on_curve(CKM_EC_KEY_PAIR_GEN, p256, sizeof(p256));
	ck_assert_uint_eq(guest_bool(session, private_key, CKA_DECAPSULATE),
	    CK_TRUE);
	ck_assert_uint_eq(guest_bool(session, private_key, CKA_DERIVE),
	    CK_FALSE);
	is(p11->C_SetAttributeValue(session, private_key, &derives, 1),
	    CKR_TEMPLATE_INCONSISTENT);
	ok(make_greedy(CKM_EC_KEY_PAIR_GEN, &curve, CKA_DERIVE));
	ck_assert_uint_eq(guest_bool(session, private_key, CKA_DECAPSULATE),
	    CK_FALSE);
	ok(make_greedy(CKM_RSA_PKCS_KEY_PAIR_GEN, &size, CKA_DECRYPT));
	ck_assert_uint_eq(guest_bool(session, private_key, CKA_DECAPSULATE),
	    CK_FALSE);
	make_rsa();
	ck_assert_uint_eq(guest_bool(session, private_key, CKA_DECRYPT),
	    CK_FALSE);
	ck_assert_uint_eq(guest_bool(session, private_key, CKA_SIGN), CK_TRUE);
	is(p11->C_SignInit(session, &(CK_MECHANISM){ CKM_RSA_X_509, NULL, 0 },
	    private_key), CKR_KEY_FUNCTION_NOT_PERMITTED);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { agreement_on_curves,
		agreement_in_prime_fields, the_same_by_derivation, rsa,
		uses_do_not_meet };

	return guest_run("face kem of older kinds", tests, ARRAY_LEN(tests));
}
