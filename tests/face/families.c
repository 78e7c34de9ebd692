/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Pairs of every family: made, signed with by each of their mechanisms,
 * agreed with; and what of it is refused.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/cryptoki_sets.h"

#include <stdlib.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static unsigned char data[] = "what is to be signed, in some parts";
static unsigned char sig[50000];

struct pair {
	CK_OBJECT_HANDLE public, private;
};

static bool
offers(CK_MECHANISM_TYPE type)
{
	CK_MECHANISM_INFO info;

	return p11->C_GetMechanismInfo(slot, type, &info) == CKR_OK;
}

/* One piece and parts; a byte changed is no signature. */
static void
sign_with(CK_SESSION_HANDLE s, struct pair keys, CK_MECHANISM *how,
    CK_ULONG input, CK_ULONG size, bool parts)
{
	CK_ULONG len = 0;

	ok(p11->C_SignInit(s, how, keys.private));
	ok(p11->C_Sign(s, data, input, NULL, &len));
	ck_assert_uint_eq(len, size);
	len--;
	is(p11->C_Sign(s, data, input, sig, &len), CKR_BUFFER_TOO_SMALL);
	ok(p11->C_Sign(s, data, input, sig, &len));
	ck_assert_uint_eq(len, size);
	ok(p11->C_VerifyInit(s, how, keys.public));
	ok(p11->C_Verify(s, data, input, sig, len));
	ok(p11->C_VerifyInit(s, how, keys.public));
	is(p11->C_Verify(s, data, input, sig, len - 1),
	    CKR_SIGNATURE_LEN_RANGE);
	sig[size / 2] ^= 1;
	ok(p11->C_VerifyInit(s, how, keys.public));
	is(p11->C_Verify(s, data, input, sig, len), CKR_SIGNATURE_INVALID);
	if (!parts)
		return;
	len = sizeof(sig);
	ok(p11->C_SignInit(s, how, keys.private));
	ok(p11->C_SignUpdate(s, data, 1));
	ok(p11->C_SignUpdate(s, data + 1, input - 1));
	ok(p11->C_SignFinal(s, sig, &len));
	ok(p11->C_VerifyInit(s, how, keys.public));
	ok(p11->C_VerifyUpdate(s, data, 7));
	ok(p11->C_VerifyUpdate(s, data + 7, input - 7));
	ok(p11->C_VerifyFinal(s, sig, len));
	is(p11->C_SignInit(s, how, keys.public), CKR_KEY_TYPE_INCONSISTENT);
}

static struct pair
make(CK_SESSION_HANDLE s, CK_MECHANISM_TYPE type, CK_ATTRIBUTE *public,
    CK_ULONG count)
{
	CK_MECHANISM how = { type, NULL, 0 };
	struct pair out;

	ok(p11->C_GenerateKeyPair(s, &how, public, count, NULL, 0,
	    &out.public, &out.private));
	return out;
}

/* --- curves --- */

static unsigned char ed25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x70 };
static unsigned char ed448[] = { 0x06, 0x03, 0x2b, 0x65, 0x71 };

START_TEST(edwards_curves_sign)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_ATTRIBUTE small = { CKA_EC_PARAMS, ed25519, sizeof(ed25519) };
	CK_ATTRIBUTE large = { CKA_EC_PARAMS, ed448, sizeof(ed448) };
	CK_EDDSA_PARAMS plain = { CK_FALSE, 0, NULL };
	CK_EDDSA_PARAMS hashed = { CK_TRUE, 3, (CK_BYTE[]){ "ctx" } };
	CK_MECHANISM how = { CKM_EDDSA, NULL, 0 };
	struct pair keys = make(s, CKM_EC_EDWARDS_KEY_PAIR_GEN, &small, 1);

	sign_with(s, keys, &how, sizeof(data), 64, true);
	how.pParameter = &plain;
	how.ulParameterLen = sizeof(plain);
	sign_with(s, keys, &how, sizeof(data), 64, true);
	how.pParameter = &hashed;
	ok(p11->C_SignInit(s, &how, keys.private));
	if (p11->C_Sign(s, data, 5, sig, &(CK_ULONG){ sizeof(sig) }) ==
	    CKR_OK)
		sign_with(s, keys, &how, sizeof(data), 64, true);
	hashed.phFlag = 7;
	is(p11->C_SignInit(s, &how, keys.private),
	    CKR_MECHANISM_PARAM_INVALID);
	keys = make(s, CKM_EC_EDWARDS_KEY_PAIR_GEN, &large, 1);
	how.pParameter = NULL;
	how.ulParameterLen = 0;
	sign_with(s, keys, &how, sizeof(data), 114, true);
}
END_TEST

START_TEST(sha3_with_curves_and_rsa)
{
	static const CK_MECHANISM_TYPE ecdsa[] = { CKM_ECDSA_SHA3_224,
		CKM_ECDSA_SHA3_256, CKM_ECDSA_SHA3_384, CKM_ECDSA_SHA3_512 };
	static const CK_MECHANISM_TYPE rsa[] = { CKM_SHA3_224_RSA_PKCS,
		CKM_SHA3_256_RSA_PKCS, CKM_SHA3_384_RSA_PKCS,
		CKM_SHA3_512_RSA_PKCS };
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA3_256, CKG_MGF1_SHA3_256, 32 };
	CK_MECHANISM how = { CKM_SHA3_256_RSA_PKCS_PSS, &pss, sizeof(pss) };
	CK_SESSION_HANDLE s = guest_login();
	struct pair keys;
	size_t i;

	guest_ec(s, &keys.public, &keys.private);
	for (i = 0; i < ARRAY_LEN(ecdsa); i++)
		sign_with(s, keys, &(CK_MECHANISM){ ecdsa[i], NULL, 0 },
		    sizeof(data), 64, true);
	guest_rsa(s, &keys.public, &keys.private);
	for (i = 0; i < ARRAY_LEN(rsa); i++)
		sign_with(s, keys, &(CK_MECHANISM){ rsa[i], NULL, 0 },
		    sizeof(data), 256, true);
	sign_with(s, keys, &how, sizeof(data), 256, true);
	pss.hashAlg = CKM_SHA3_384;
	is(p11->C_SignInit(s, &how, keys.private),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* --- post-quantum --- */

struct pq_row {
	CK_MECHANISM_TYPE make, sign, first, last;
	CK_ULONG set, size;
	bool streams;
};

static const struct pq_row pq_rows[] = {
	{ CKM_ML_DSA_KEY_PAIR_GEN, CKM_ML_DSA, CKM_HASH_ML_DSA_SHA224,
	    CKM_HASH_ML_DSA_SHAKE256, CKP_ML_DSA_44, 2420, true },
	{ CKM_ML_DSA_KEY_PAIR_GEN, CKM_ML_DSA, CKM_HASH_ML_DSA_SHA512,
	    CKM_HASH_ML_DSA_SHA512, CKP_ML_DSA_87, 4627, true },
	{ CKM_SLH_DSA_KEY_PAIR_GEN, CKM_SLH_DSA, CKM_HASH_SLH_DSA_SHA256,
	    CKM_HASH_SLH_DSA_SHA256, CKP_SLH_DSA_SHA2_128F, 17088, true },
};

static void
sign_post_quantum(CK_SESSION_HANDLE s, const struct pq_row *row)
{
	CK_ULONG set = row->set;
	CK_ATTRIBUTE line = { CKA_PARAMETER_SET, &set, sizeof(set) };
	CK_SIGN_ADDITIONAL_CONTEXT more = { CKH_DETERMINISTIC_REQUIRED,
		(CK_BYTE[]){ "context" }, 7 };
	CK_HASH_SIGN_ADDITIONAL_CONTEXT ready = { CKH_HEDGE_REQUIRED, NULL,
		0, CKM_SHA256 };
	CK_MECHANISM how = { row->sign, NULL, 0 };
	CK_MECHANISM_TYPE type;
	struct pair keys = make(s, row->make, &line, 1);

	sign_with(s, keys, &how, sizeof(data), row->size, row->streams);
	how.pParameter = &more;
	how.ulParameterLen = sizeof(more);
	sign_with(s, keys, &how, sizeof(data), row->size, row->streams);
	for (type = row->first; type <= row->last; type++) {
		how.mechanism = type;
		sign_with(s, keys, &how, sizeof(data), row->size, true);
	}
	more.hedgeVariant = 3;
	is(p11->C_SignInit(s, &how, keys.private),
	    CKR_MECHANISM_PARAM_INVALID);
	/* the digest comes ready */
	how = (CK_MECHANISM){ row->sign == CKM_ML_DSA ? CKM_HASH_ML_DSA :
		CKM_HASH_SLH_DSA, &ready, sizeof(ready) };
	sign_with(s, keys, &how, 32, row->size, false);
	ok(p11->C_SignInit(s, &how, keys.private));
	is(p11->C_Sign(s, data, 31, sig, &(CK_ULONG){ sizeof(sig) }),
	    CKR_DATA_LEN_RANGE);
	line.ulValueLen = sizeof(set);
	set = 99;
	how = (CK_MECHANISM){ row->make, NULL, 0 };
	is(p11->C_GenerateKeyPair(s, &how, &line, 1, NULL, 0, &keys.public,
	    &keys.private), CKR_PARAMETER_SET_NOT_SUPPORTED);
	is(p11->C_GenerateKeyPair(s, &how, NULL, 0, NULL, 0, &keys.public,
	    &keys.private), CKR_TEMPLATE_INCOMPLETE);
}

START_TEST(post_quantum_signs)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_MECHANISM how = { CKM_ML_DSA_KEY_PAIR_GEN, NULL, 0 };
	struct pair keys;
	size_t i;

	if (!offers(CKM_ML_DSA)) {
		/* then nothing of it is there */
		ck_assert(!offers(CKM_SLH_DSA) && !offers(CKM_ML_KEM));
		is(p11->C_GenerateKeyPair(s, &how, NULL, 0, NULL, 0,
		    &keys.public, &keys.private), CKR_MECHANISM_INVALID);
		return;
	}
	for (i = 0; i < ARRAY_LEN(pq_rows); i++)
		sign_post_quantum(s, &pq_rows[i]);
}
END_TEST

/* --- finite fields --- */

/* RFC 2409, 6.2: a prime of 1024 bits for those who must */
static unsigned char prime[] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc9, 0x0f, 0xda,
	0xa2, 0x21, 0x68, 0xc2, 0x34, 0xc4, 0xc6, 0x62, 0x8b, 0x80, 0xdc,
	0x1c, 0xd1, 0x29, 0x02, 0x4e, 0x08, 0x8a, 0x67, 0xcc, 0x74, 0x02,
	0x0b, 0xbe, 0xa6, 0x3b, 0x13, 0x9b, 0x22, 0x51, 0x4a, 0x08, 0x79,
	0x8e, 0x34, 0x04, 0xdd, 0xef, 0x95, 0x19, 0xb3, 0xcd, 0x3a, 0x43,
	0x1b, 0x30, 0x2b, 0x0a, 0x6d, 0xf2, 0x5f, 0x14, 0x37, 0x4f, 0xe1,
	0x35, 0x6d, 0x6d, 0x51, 0xc2, 0x45, 0xe4, 0x85, 0xb5, 0x76, 0x62,
	0x5e, 0x7e, 0xc6, 0xf4, 0x4c, 0x42, 0xe9, 0xa6, 0x37, 0xed, 0x6b,
	0x0b, 0xff, 0x5c, 0xb6, 0xf4, 0x06, 0xb7, 0xed, 0xee, 0x38, 0x6b,
	0xfb, 0x5a, 0x89, 0x9f, 0xa5, 0xae, 0x9f, 0x24, 0x11, 0x7c, 0x4b,
	0x1f, 0xe6, 0x49, 0x28, 0x66, 0x51, 0xec, 0xe6, 0x53, 0x81, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};
static unsigned char base[] = { 2 };

static CK_OBJECT_HANDLE
agree(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE mine, CK_OBJECT_HANDLE theirs)
{
	unsigned char y[128];
	CK_ULONG len = sizeof(y), want = 32;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_VALUE_LEN, &want, sizeof(want) },
	};
	CK_MECHANISM how = { CKM_DH_PKCS_DERIVE, y, 0 };
	CK_OBJECT_HANDLE key;

	ok(guest_bytes(s, theirs, CKA_VALUE, y, &len));
	how.ulParameterLen = len;
	ok(p11->C_DeriveKey(s, &how, mine, tmpl, 3, &key));
	y[0] = 0;
	how.ulParameterLen = 1;
	is(p11->C_DeriveKey(s, &how, mine, tmpl, 3, &(CK_OBJECT_HANDLE){ 0 }),
	    CKR_MECHANISM_PARAM_INVALID);
	return key;
}

START_TEST(diffie_and_hellman_agree)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_ATTRIBUTE group[] = {
		{ CKA_PRIME, prime, sizeof(prime) },
		{ CKA_BASE, base, sizeof(base) },
	};
	CK_ULONG bits = 256, len[2] = { 64, 64 };
	CK_ATTRIBUTE short_x = { CKA_VALUE_BITS, &bits, sizeof(bits) };
	CK_MECHANISM how = { CKM_DH_PKCS_KEY_PAIR_GEN, NULL, 0 };
	struct pair a = make(s, how.mechanism, group, 2), b;
	unsigned char value[2][64];

	ok(p11->C_GenerateKeyPair(s, &how, group, 2, &short_x, 1, &b.public,
	    &b.private));
	ck_assert_uint_eq(guest_number(s, b.private, CKA_VALUE_BITS), 256);
	ok(guest_bytes(s, agree(s, a.private, b.public), CKA_VALUE, value[0],
	    &len[0]));
	ok(guest_bytes(s, agree(s, b.private, a.public), CKA_VALUE, value[1],
	    &len[1]));
	ck_assert_uint_eq(len[0], 32);
	ck_assert_uint_eq(len[1], 32);
	ck_assert(memcmp(value[0], value[1], 32) == 0);
	bits = 8;
	is(p11->C_GenerateKeyPair(s, &how, group, 2, &short_x, 1, &b.public,
	    &b.private), CKR_ATTRIBUTE_VALUE_INVALID);
	is(p11->C_GenerateKeyPair(s, &how, group, 1, NULL, 0, &b.public,
	    &b.private), CKR_TEMPLATE_INCOMPLETE);
}
END_TEST

/* --- what is not made --- */

START_TEST(numbers_that_make_no_rsa_key)
{
	static unsigned char long_e[] = { 1, 0, 0, 0, 0, 0, 0, 0, 1 };
	static unsigned char small_e[] = { 0, 3 };
	struct {
		CK_ULONG bits, len;
		unsigned char *e;
		CK_RV rv;
	} cases[] = {
		{ 1024, 1, (CK_BYTE[]){ 4 }, CKR_ATTRIBUTE_VALUE_INVALID },
		{ 1024, 1, (CK_BYTE[]){ 1 }, CKR_ATTRIBUTE_VALUE_INVALID },
		{ 1024, 1, (CK_BYTE[]){ 0 }, CKR_ATTRIBUTE_VALUE_INVALID },
		{ 1024, 0, (CK_BYTE[]){ 0 }, CKR_ATTRIBUTE_VALUE_INVALID },
		{ 1024, 9, long_e, CKR_ATTRIBUTE_VALUE_INVALID },
		{ 1024, 2, small_e, CKR_OK },
		{ 1025, 2, small_e, CKR_ATTRIBUTE_VALUE_INVALID },
		{ 1023, 2, small_e, CKR_ATTRIBUTE_VALUE_INVALID },
		{ 256, 2, small_e, CKR_KEY_SIZE_RANGE },
		{ 1 << 20, 2, small_e, CKR_KEY_SIZE_RANGE },
	};
	CK_MECHANISM how = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_SESSION_HANDLE s = guest_login();
	struct pair made;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CK_ATTRIBUTE tmpl[] = {
			{ CKA_MODULUS_BITS, &cases[i].bits,
			    sizeof(cases[i].bits) },
			{ CKA_PUBLIC_EXPONENT, cases[i].e, cases[i].len },
		};

		is(p11->C_GenerateKeyPair(s, &how, tmpl, 2, NULL, 0,
		    &made.public, &made.private), cases[i].rv);
	}
}
END_TEST

/* --- wrapping by agreement --- */

static unsigned char p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	0x03, 0x01, 0x07 };
static unsigned char x25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x6e };

static void
wrap_and_unwrap(CK_SESSION_HANDLE s, CK_MECHANISM_TYPE make_type,
    CK_MECHANISM_TYPE wrap_type, CK_ATTRIBUTE curve, CK_ULONG point)
{
	CK_ECDH_AES_KEY_WRAP_PARAMS param = { 256, CKD_SHA256_KDF, 4,
		(CK_BYTE[]){ "info" } };
	CK_MECHANISM gen = { make_type, NULL, 0 };
	CK_MECHANISM how = { wrap_type, &param, sizeof(param) };
	CK_ATTRIBUTE public[] = { curve, { CKA_WRAP, &yes, 1 } };
	CK_ATTRIBUTE unwrap = { CKA_UNWRAP, &yes, 1 };
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_MECHANISM cng = { CKM_CNG_KEYDATA, NULL, 0 };
	unsigned char out[256], value[2][32];
	CK_ULONG len = sizeof(out), got[2] = { 32, 32 };
	CK_OBJECT_HANDLE key = guest_aes(s, 16), back;
	struct pair keys;

	ok(p11->C_GenerateKeyPair(s, &gen, public, 2, &unwrap, 1,
	    &keys.public, &keys.private));
	ok(p11->C_WrapKey(s, &how, keys.public, key, NULL, &len));
	ck_assert_uint_eq(len, point + 24);
	ok(p11->C_WrapKey(s, &how, keys.public, key, out, &len));
	ok(p11->C_UnwrapKey(s, &how, keys.private, out, len, tmpl, 4, &back));
	ok(guest_bytes(s, back, CKA_VALUE, value[0], &got[0]));
	ok(guest_bytes(s, key, CKA_VALUE, value[1], &got[1]));
	ck_assert_uint_eq(got[0], 16);
	ck_assert(memcmp(value[0], value[1], 16) == 0);
	/* whatever is wrong has one name */
	out[len - 1] ^= 1;
	is(p11->C_UnwrapKey(s, &how, keys.private, out, len, tmpl, 4, &back),
	    CKR_WRAPPED_KEY_INVALID);
	is(p11->C_UnwrapKey(s, &how, keys.private, out, point, tmpl, 4,
	    &back), CKR_WRAPPED_KEY_INVALID);
	param.kdf = CKD_NULL;
	is(p11->C_WrapKey(s, &how, keys.public, key, out, &len),
	    CKR_MECHANISM_PARAM_INVALID);
	/* no blob of CNG is wrapped like this */
	len = sizeof(out);
	is(p11->C_WrapKey(s, &cng, keys.public, key, out, &len),
	    CKR_WRAPPING_KEY_TYPE_INCONSISTENT);
}

START_TEST(agreement_wraps)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_ATTRIBUTE nist = { CKA_EC_PARAMS, p256, sizeof(p256) };
	CK_ATTRIBUTE other = { CKA_EC_PARAMS, x25519, sizeof(x25519) };

	wrap_and_unwrap(s, CKM_EC_KEY_PAIR_GEN, CKM_ECDH_AES_KEY_WRAP, nist,
	    65);
	wrap_and_unwrap(s, CKM_EC_KEY_PAIR_GEN, CKM_ECDH_COF_AES_KEY_WRAP,
	    nist, 65);
	wrap_and_unwrap(s, CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
	    CKM_ECDH_X_AES_KEY_WRAP, other, 32);
}
END_TEST

START_TEST(a_key_between_is_as_strong)
{
	CK_SESSION_HANDLE s = guest_login();
	unsigned char p521[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 };
	CK_ECDH_AES_KEY_WRAP_PARAMS param = { 128, CKD_SHA256_KDF, 0, NULL };
	CK_MECHANISM gen = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_MECHANISM how = { CKM_ECDH_AES_KEY_WRAP, &param, sizeof(param) };
	CK_ATTRIBUTE public[] = {
		{ CKA_EC_PARAMS, p521, sizeof(p521) },
		{ CKA_WRAP, &yes, 1 },
	};
	unsigned char out[256];
	CK_ULONG len = sizeof(out);
	CK_OBJECT_HANDLE key = guest_aes(s, 32);
	struct pair keys;

	ok(p11->C_GenerateKeyPair(s, &gen, public, 2, NULL, 0, &keys.public,
	    &keys.private));
	is(p11->C_WrapKey(s, &how, keys.public, key, out, &len),
	    CKR_WRAPPING_KEY_SIZE_RANGE);
	param.ulAESKeyBits = 256;
	ok(p11->C_WrapKey(s, &how, keys.public, key, out, &len));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { edwards_curves_sign,
		sha3_with_curves_and_rsa, post_quantum_signs,
		diffie_and_hellman_agree, numbers_that_make_no_rsa_key,
		agreement_wraps, a_key_between_is_as_strong };

	return guest_run("families", tests, ARRAY_LEN(tests));
}
