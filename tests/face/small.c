/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys that are for one MAC only, BLAKE2b, SHA-512/t, CFB of one bit and
 * XCBC, through the module.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/cryptoki_small.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
static CK_BYTE abc[] = { 'a', 'b', 'c' };
static CK_SESSION_HANDLE s;

static const struct kind {
	CK_MECHANISM_TYPE make, mac;
	CK_KEY_TYPE type;
	CK_ULONG size;
} kinds[] = {
	{ CKM_SHA_1_KEY_GEN, CKM_SHA_1_HMAC, CKK_SHA_1_HMAC, 20 },
	{ CKM_SHA224_KEY_GEN, CKM_SHA224_HMAC, CKK_SHA224_HMAC, 28 },
	{ CKM_SHA256_KEY_GEN, CKM_SHA256_HMAC, CKK_SHA256_HMAC, 32 },
	{ CKM_SHA384_KEY_GEN, CKM_SHA384_HMAC, CKK_SHA384_HMAC, 48 },
	{ CKM_SHA512_KEY_GEN, CKM_SHA512_HMAC, CKK_SHA512_HMAC, 64 },
	{ CKM_SHA512_224_KEY_GEN, CKM_SHA512_224_HMAC, CKK_SHA512_224_HMAC,
	    28 },
	{ CKM_SHA512_256_KEY_GEN, CKM_SHA512_256_HMAC, CKK_SHA512_256_HMAC,
	    32 },
	{ CKM_SHA3_224_KEY_GEN, CKM_SHA3_224_HMAC, CKK_SHA3_224_HMAC, 28 },
	{ CKM_SHA3_256_KEY_GEN, CKM_SHA3_256_HMAC, CKK_SHA3_256_HMAC, 32 },
	{ CKM_SHA3_384_KEY_GEN, CKM_SHA3_384_HMAC, CKK_SHA3_384_HMAC, 48 },
	{ CKM_SHA3_512_KEY_GEN, CKM_SHA3_512_HMAC, CKK_SHA3_512_HMAC, 64 },
	{ CKM_BLAKE2B_160_KEY_GEN, CKM_BLAKE2B_160_HMAC,
	    CKK_BLAKE2B_160_HMAC, 20 },
	{ CKM_BLAKE2B_256_KEY_GEN, CKM_BLAKE2B_256_HMAC,
	    CKK_BLAKE2B_256_HMAC, 32 },
	{ CKM_BLAKE2B_384_KEY_GEN, CKM_BLAKE2B_384_HMAC,
	    CKK_BLAKE2B_384_HMAC, 48 },
	{ CKM_BLAKE2B_512_KEY_GEN, CKM_BLAKE2B_512_HMAC,
	    CKK_BLAKE2B_512_HMAC, 64 },
};

static CK_RV
create(CK_KEY_TYPE type, CK_BYTE *value, CK_ULONG len, CK_OBJECT_HANDLE *key)
{
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret, sizeof(secret) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE, value, len },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};

	return p11->C_CreateObject(s, tmpl, ARRAY_LEN(tmpl), key);
}

static CK_RV
sign(CK_MECHANISM *how, CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *len)
{
	CK_RV rv = p11->C_SignInit(s, how, key);

	return rv != CKR_OK ? rv :
	    p11->C_Sign(s, abc, sizeof(abc), out, len);
}

/* libcrypto before 3.2 has one size of BLAKE2b only. */
static bool
there(CK_MECHANISM_TYPE type)
{
	CK_MECHANISM_INFO info;
	CK_RV rv = p11->C_GetMechanismInfo(slot, type, &info);

	if (rv == CKR_OK)
		return true;
	is(rv, CKR_MECHANISM_INVALID);
	ck_assert(type >= CKM_BLAKE2B_160 && type <= CKM_BLAKE2B_384_KEY_GEN);
	return false;
}

static CK_OBJECT_HANDLE
generate(const struct kind *kind, CK_ULONG bytes)
{
	CK_MECHANISM make = { kind->make, NULL, 0 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(s, &make, tmpl, 3, &key));
	ck_assert_uint_eq(guest_number(s, key, CKA_KEY_TYPE), kind->type);
	ck_assert_uint_eq(guest_number(s, key, CKA_VALUE_LEN), bytes);
	ck_assert_uint_eq(
	    guest_number(s, key, CKA_KEY_GEN_MECHANISM), kind->make);
	ck_assert_uint_eq(guest_bool(s, key, CKA_SIGN), CK_TRUE);
	ck_assert_uint_eq(guest_bool(s, key, CKA_VERIFY), CK_TRUE);
	ck_assert_uint_eq(guest_bool(s, key, CKA_DERIVE), CK_FALSE);
	return key;
}

static void
try_kind(const struct kind *kind)
{
	CK_MECHANISM how = { kind->mac, NULL, 0 }, other;
	CK_MECHANISM make = { kind->make, NULL, 0 };
	CK_MAC_GENERAL_PARAMS cut = 7;
	CK_BYTE value[32], one[64], two[64];
	CK_ULONG len = sizeof(one), len2 = sizeof(two), got = sizeof(value);
	CK_OBJECT_HANDLE key = generate(kind, 32), generic, again;
	const struct kind *k;

	ok(sign(&how, key, one, &len));
	ck_assert_uint_eq(len, kind->size);
	/* a generic secret of the same value does the same */
	ok(guest_bytes(s, key, CKA_VALUE, value, &got));
	ok(create(CKK_GENERIC_SECRET, value, got, &generic));
	ok(sign(&how, generic, two, &len2));
	ck_assert_mem_eq(one, two, len);
	ok(create(kind->type, value, got, &again));
	ok(p11->C_VerifyInit(s, &how, again));
	ok(p11->C_Verify(s, abc, sizeof(abc), one, len));
	other = (CK_MECHANISM){ kind->mac + 1, &cut, sizeof(cut) };
	len2 = sizeof(two);
	ok(sign(&other, key, two, &len2));
	ck_assert_uint_eq(len2, cut);
	ck_assert_mem_eq(one, two, cut);
	for (k = kinds; k < kinds + ARRAY_LEN(kinds); k++) {
		other = (CK_MECHANISM){ k->mac, NULL, 0 };
		if (k->mac != kind->mac && there(k->mac))
			is(p11->C_SignInit(s, &other, key),
			    CKR_KEY_TYPE_INCONSISTENT);
	}
	is(p11->C_GenerateKey(s, &make, NULL, 0, &key),
	    CKR_TEMPLATE_INCOMPLETE);
}

START_TEST(keys_for_one_mac)
{
	size_t i;

	s = guest_login();
	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (there(kinds[i].mac) && there(kinds[i].make))
			try_kind(&kinds[i]);
}
END_TEST

START_TEST(they_are_stored_and_wrapped)
{
	CK_KEY_TYPE type = CKK_SHA3_256_HMAC, wrong = CKK_AES;
	CK_BYTE value[20] = { 1, 2, 3 }, wrapped[64], shown[64];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret, sizeof(secret) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE, value, sizeof(value) },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_ATTRIBUTE back[] = { tmpl[0], tmpl[1], tmpl[5], tmpl[4] };
	CK_MECHANISM kwp = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	CK_MECHANISM how = { CKM_SHA3_256_HMAC, NULL, 0 };
	CK_ULONG len = sizeof(wrapped), got = sizeof(shown), bytes = 32;
	CK_ATTRIBUTE wraps[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_WRAP, &yes, 1 }, { CKA_UNWRAP, &yes, 1 },
	};
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_OBJECT_HANDLE key, with, other;

	s = guest_login();
	ok(p11->C_GenerateKey(s, &make, wraps, 3, &with));
	ok(p11->C_CreateObject(s, tmpl, ARRAY_LEN(tmpl), &key));
	ok(p11->C_Finalize(NULL));
	ok(p11->C_Initialize(NULL));
	s = guest_login();
	ck_assert_uint_eq(guest_find(s, &tmpl[1], 1, &key), 1);
	ok(sign(&how, key, shown, &got));
	ok(p11->C_GenerateKey(s, &make, wraps, 3, &with));
	ok(p11->C_WrapKey(s, &kwp, with, key, wrapped, &len));
	ok(p11->C_UnwrapKey(s, &kwp, with, wrapped, len, back, 4, &other));
	got = sizeof(shown);
	ok(guest_bytes(s, other, CKA_VALUE, shown, &got));
	ck_assert_uint_eq(got, sizeof(value));
	ck_assert_mem_eq(shown, value, got);
	ck_assert_uint_eq(guest_number(s, other, CKA_KEY_TYPE), type);
	back[1].pValue = &wrong;
	is(p11->C_UnwrapKey(s, &kwp, with, wrapped, len, back, 4, &other),
	    CKR_WRAPPED_KEY_INVALID);
	ok(p11->C_DestroyObject(s, key));
}
END_TEST

static CK_RV
digest(CK_MECHANISM *how, CK_BYTE *out, CK_ULONG *len)
{
	CK_RV rv = p11->C_DigestInit(s, how);

	return rv != CKR_OK ? rv :
	    p11->C_Digest(s, abc, sizeof(abc), out, len);
}

/* The secret's digest is the key. */
static void
check_derive(CK_MECHANISM *how, const CK_BYTE *want, CK_ULONG size)
{
	CK_ATTRIBUTE tmpl[] = { { CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 } };
	CK_OBJECT_HANDLE base, key;
	CK_BYTE shown[64];
	CK_ULONG len = sizeof(shown);

	ok(create(CKK_GENERIC_SECRET, abc, sizeof(abc), &base));
	ok(p11->C_DeriveKey(s, how, base, tmpl, 2, &key));
	ok(guest_bytes(s, key, CKA_VALUE, shown, &len));
	ck_assert_uint_eq(len, size);
	ck_assert_mem_eq(shown, want, size);
}

/* Of "abc" and no key, as another implementation has them; RFC 7693 prints
 * that of 512 bits. */
START_TEST(blake2b_in_all_sizes)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_ULONG size;
		CK_BYTE start[8];
	} row[] = {
		{ CKM_BLAKE2B_160, 20,
		    { 0x38, 0x42, 0x64, 0xf6, 0x76, 0xf3, 0x95, 0x36 } },
		{ CKM_BLAKE2B_256, 32,
		    { 0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39, 0x72 } },
		{ CKM_BLAKE2B_384, 48,
		    { 0x6f, 0x56, 0xa8, 0x2c, 0x8e, 0x7e, 0xf5, 0x26 } },
		{ CKM_BLAKE2B_512, 64,
		    { 0xba, 0x80, 0xa5, 0x3f, 0x98, 0x1c, 0x4d, 0x0d } },
	};
	CK_BYTE out[64];
	CK_ULONG len;
	size_t i;

	s = guest_login();
	for (i = 0; i < ARRAY_LEN(row); i++) {
		CK_MECHANISM how = { row[i].type, NULL, 0 };

		if (!there(row[i].type)) {
			is(p11->C_DigestInit(s, &how), CKR_MECHANISM_INVALID);
			continue;
		}
		len = sizeof(out);
		ok(digest(&how, out, &len));
		ck_assert_uint_eq(len, row[i].size);
		ck_assert_mem_eq(out, row[i].start, 8);
		how.mechanism += 3; /* _KEY_DERIVE */
		check_derive(&how, out, len);
	}
}
END_TEST

/* RFC 2104 by hand, over the token's own digest: a key of more than a block is
 * its digest, and the outer hash is over the inner one. */
static CK_ULONG
hmac_by_hand(CK_MECHANISM_TYPE hash, CK_BYTE *key, CK_ULONG key_len,
    CK_BYTE *out)
{
	CK_MECHANISM how = { hash, NULL, 0 };
	CK_BYTE block[128] = { 0 };
	CK_ULONG len = 64, i;

	if (key_len > sizeof(block)) {
		ok(p11->C_DigestInit(s, &how));
		ok(p11->C_Digest(s, key, key_len, block, &len));
	} else {
		memcpy(block, key, key_len);
	}
	for (i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36;
	len = 64;
	ok(p11->C_DigestInit(s, &how));
	ok(p11->C_DigestUpdate(s, block, sizeof(block)));
	ok(p11->C_DigestUpdate(s, abc, sizeof(abc)));
	ok(p11->C_DigestFinal(s, out, &len));
	for (i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36 ^ 0x5c;
	ok(p11->C_DigestInit(s, &how));
	ok(p11->C_DigestUpdate(s, block, sizeof(block)));
	ok(p11->C_DigestUpdate(s, out, len));
	ok(p11->C_DigestFinal(s, out, &len));
	return len;
}

START_TEST(blake2b_macs_are_hmacs)
{
	static const CK_MECHANISM_TYPE hashes[] = { CKM_BLAKE2B_160,
		CKM_BLAKE2B_256, CKM_BLAKE2B_384, CKM_BLAKE2B_512 };
	static const CK_ULONG lens[] = { 1, 64, 65, 128, 129, 300 };
	CK_BYTE value[300], out[64], want[64];
	CK_OBJECT_HANDLE key;
	CK_ULONG len, i, k;

	memset(value, 0x77, sizeof(value));
	s = guest_login();
	for (i = 0; i < 4 * ARRAY_LEN(lens); i++) {
		CK_MECHANISM how = { hashes[i % 4] + 1, NULL, 0 };

		if (!there(how.mechanism))
			continue;
		k = lens[i / 4];
		len = sizeof(out);
		ok(create(CKK_BLAKE2B_160_HMAC + i % 4, value, k, &key));
		ok(sign(&how, key, out, &len));
		ck_assert_uint_eq(
		    len, hmac_by_hand(hashes[i % 4], value, k, want));
		ck_assert_mem_eq(out, want, len);
	}
}
END_TEST

START_TEST(sha512_t)
{
	static const CK_MECHANISM_TYPE same[] = { CKM_SHA512_224,
		CKM_SHA512_256 };
	static const CK_MAC_GENERAL_PARAMS wrong[] = { 0, 8, 160, 225, 384,
		512 };
	CK_MECHANISM_TYPE how_t[] = { CKM_SHA512_T, CKM_SHA512_T_HMAC };
	const struct kind kind = { CKM_SHA512_T_KEY_GEN, CKM_SHA512_T_HMAC,
		CKK_SHA512_T_HMAC, 0 };
	CK_BYTE one[64], two[64];
	CK_OBJECT_HANDLE key;
	CK_ULONG len, len2;
	size_t i;

	s = guest_login();
	key = generate(&kind, 16);
	for (i = 0; i < 2; i++) {
		CK_MAC_GENERAL_PARAMS t = i == 0 ? 224 : 256;
		CK_MECHANISM how = { how_t[0], &t, sizeof(t) };
		CK_MECHANISM named = { same[i], NULL, 0 };

		len = len2 = sizeof(one);
		ok(digest(&how, one, &len));
		ok(digest(&named, two, &len2));
		ck_assert_uint_eq(len, t / 8);
		ck_assert_uint_eq(len, len2);
		ck_assert_mem_eq(one, two, len);
		how.mechanism = CKM_SHA512_T_KEY_DERIVATION;
		check_derive(&how, one, len);
		how.mechanism = CKM_SHA512_T_HMAC;
		named.mechanism++;
		len = len2 = sizeof(one);
		ok(sign(&how, key, one, &len));
		ok(sign(&named, key, two, &len2));
		ck_assert_uint_eq(len, len2);
		ck_assert_mem_eq(one, two, len);
	}
	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		CK_MAC_GENERAL_PARAMS t = wrong[i];
		CK_MECHANISM how = { CKM_SHA512_T, &t, sizeof(t) };

		is(p11->C_DigestInit(s, &how), CKR_MECHANISM_PARAM_INVALID);
	}
}
END_TEST

/* SP 800-38A, F.3.1 */
START_TEST(feedback_of_one_bit)
{
	static CK_BYTE key[] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2,
		0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };
	CK_BYTE iv[16], plain[] = { 0x6b, 0xc1 }, out[2], back[2];
	CK_MECHANISM how = { CKM_AES_CFB1, iv, 16 };
	CK_ULONG len = 2, got = 2, more = 1, i;
	CK_OBJECT_HANDLE aes;

	s = guest_login();
	for (i = 0; i < sizeof(iv); i++)
		iv[i] = (CK_BYTE)i;
	ok(create(CKK_AES, key, sizeof(key), &aes));
	ok(p11->C_EncryptInit(s, &how, aes));
	ok(p11->C_Encrypt(s, plain, 2, out, &len));
	ck_assert_uint_eq(len, 2);
	ck_assert_uint_eq(out[0], 0x68);
	ck_assert_uint_eq(out[1], 0xb3);
	ok(p11->C_DecryptInit(s, &how, aes));
	got = 1;
	ok(p11->C_DecryptUpdate(s, out, 1, back, &got));
	ok(p11->C_DecryptUpdate(s, out + 1, 1, back + got, &more));
	ck_assert_uint_eq(got + more, 2);
	ck_assert_mem_eq(back, plain, 2);
	ok(p11->C_DecryptFinal(s, back, &more));
	ck_assert_uint_eq(more, 0);
	how.ulParameterLen = 15;
	is(p11->C_EncryptInit(s, &how, aes), CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* RFC 3566, case 2 */
START_TEST(xcbc)
{
	static const CK_BYTE want[] = { 0x5b, 0x37, 0x65, 0x80, 0xae, 0x2f,
		0x19, 0xaf, 0xe7, 0x21, 0x9c, 0xee, 0xf1, 0x72, 0x75, 0x6f };
	CK_BYTE key[16], data[] = { 0, 1, 2 }, out[16];
	CK_MECHANISM how = { CKM_AES_XCBC_MAC, NULL, 0 };
	CK_MECHANISM cut = { CKM_AES_XCBC_MAC_96, NULL, 0 };
	CK_ULONG len = 0, i;
	CK_OBJECT_HANDLE aes;

	s = guest_login();
	for (i = 0; i < sizeof(key); i++)
		key[i] = (CK_BYTE)i;
	ok(create(CKK_AES, key, sizeof(key), &aes));
	/* a new key of these is for ciphers unless it is told */
	is(p11->C_SignInit(s, &how, aes), CKR_KEY_FUNCTION_NOT_PERMITTED);
	ok(p11->C_SetAttributeValue(s, aes,
	    (CK_ATTRIBUTE[]){ { CKA_SIGN, &yes, 1 }, { CKA_VERIFY, &yes, 1 } },
	    2));
	ok(p11->C_SignInit(s, &how, aes));
	ok(p11->C_Sign(s, data, sizeof(data), NULL, &len));
	ck_assert_uint_eq(len, 16);
	len = 15;
	is(p11->C_Sign(s, data, sizeof(data), out, &len),
	    CKR_BUFFER_TOO_SMALL);
	ok(p11->C_Sign(s, data, sizeof(data), out, &len));
	ck_assert_mem_eq(out, want, 16);
	ok(p11->C_VerifyInit(s, &cut, aes));
	ok(p11->C_VerifyUpdate(s, data, 1));
	ok(p11->C_VerifyUpdate(s, data + 1, 2));
	ok(p11->C_VerifyFinal(s, out, 12));
	ok(p11->C_VerifyInit(s, &cut, aes));
	is(p11->C_Verify(s, data, sizeof(data), out, 16),
	    CKR_SIGNATURE_LEN_RANGE);
	out[11] ^= 1;
	ok(p11->C_VerifyInit(s, &cut, aes));
	is(p11->C_Verify(s, data, sizeof(data), out, 12),
	    CKR_SIGNATURE_INVALID);
	aes = guest_aes(s, 32);
	ok(p11->C_SetAttributeValue(s, aes,
	    (CK_ATTRIBUTE[]){ { CKA_SIGN, &yes, 1 } }, 1));
	is(sign(&how, aes, out, &len), CKR_KEY_SIZE_RANGE);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { keys_for_one_mac,
		they_are_stored_and_wrapped, blake2b_in_all_sizes,
		blake2b_macs_are_hmacs, sha512_t, feedback_of_one_bit, xcbc };

	return guest_run("small mechanisms", tests, ARRAY_LEN(tests));
}
