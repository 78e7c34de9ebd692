/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Wrapping: the standard mechanisms there and back, CNG blobs in and out,
 * and what must not go out.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_KEY_TYPE aes = CKK_AES, rsa = CKK_RSA;

static unsigned char iv[16] = { 1 };
static CK_GCM_PARAMS gcm = { iv, 12, 96, NULL, 0, 128 };
static CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA_1, CKG_MGF1_SHA1,
	CKZ_DATA_SPECIFIED, NULL, 0 };
static CK_RSA_AES_KEY_WRAP_PARAMS rsa_aes = { 256, &oaep };

static CK_MECHANISM by_aes[] = {
	{ CKM_AES_KEY_WRAP, NULL, 0 },
	{ CKM_AES_KEY_WRAP_PAD, NULL, 0 },
	{ CKM_AES_KEY_WRAP_KWP, NULL, 0 },
	{ CKM_AES_KEY_WRAP_PKCS7, NULL, 0 },
	{ CKM_AES_CBC_PAD, iv, sizeof(iv) },
	{ CKM_AES_GCM, &gcm, sizeof(gcm) },
};

static CK_ATTRIBUTE open_aes[] = {
	{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	{ CKA_KEY_TYPE, &aes, sizeof(aes) },
	{ CKA_SENSITIVE, &no, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
};
static CK_ATTRIBUTE open_rsa[] = {
	{ CKA_CLASS, &private_class, sizeof(private_class) },
	{ CKA_KEY_TYPE, &rsa, sizeof(rsa) },
	{ CKA_SENSITIVE, &no, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
	{ CKA_SIGN, &yes, 1 },
};

static CK_ULONG
wrap(CK_SESSION_HANDLE session, CK_MECHANISM *how, CK_OBJECT_HANDLE with,
    CK_OBJECT_HANDLE key, unsigned char *out, CK_ULONG room)
{
	CK_ULONG need = 0, few;

	ok(p11->C_WrapKey(session, how, with, key, NULL, &need));
	ck_assert_uint_le(need, room);
	few = need - 1;
	is(p11->C_WrapKey(session, how, with, key, out, &few),
	    CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(few, need);
	ok(p11->C_WrapKey(session, how, with, key, out, &need));
	return need;
}

static void
same_value(CK_SESSION_HANDLE session, CK_ULONG type, CK_OBJECT_HANDLE a,
    CK_OBJECT_HANDLE b)
{
	unsigned char one[600], two[600];
	CK_ULONG one_len = sizeof(one), two_len = sizeof(two);

	ok(guest_bytes(session, a, type, one, &one_len));
	ok(guest_bytes(session, b, type, two, &two_len));
	ck_assert_uint_eq(one_len, two_len);
	ck_assert_mem_eq(one, two, one_len);
}

/* A strict token, as this one is, neither does it nor says that it would. */
static void
private_in_cbc(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE with,
    unsigned char *wrapped, CK_ULONG len)
{
	CK_MECHANISM how = { CKM_AES_CBC_PAD, iv, sizeof(iv) };
	CK_MECHANISM_INFO info;
	CK_OBJECT_HANDLE back;

	is(p11->C_UnwrapKey(session, &how, with, wrapped, len, open_rsa,
	    ARRAY_LEN(open_rsa), &back), CKR_MECHANISM_INVALID);
	ok(p11->C_GetMechanismInfo(slot, CKM_AES_CBC_PAD, &info));
	ck_assert_uint_eq(info.flags & (CKF_WRAP | CKF_UNWRAP), CKF_WRAP);
}

/* But with a session key that is not sensitive, and decrypts, as NSS makes it
 * of the password of a PFX file. */
START_TEST(private_in_cbc_of_a_password)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_PKCS5_PBKD2_PARAMS2 pbkd2 = { CKZ_SALT_SPECIFIED, iv, sizeof(iv), 9,
		CKP_PKCS5_PBKD2_HMAC_SHA256, NULL, 0, iv, sizeof(iv) };
	CK_MECHANISM make = { CKM_PKCS5_PBKD2, &pbkd2, sizeof(pbkd2) };
	CK_MECHANISM how = { CKM_AES_CBC_PAD, iv, sizeof(iv) };
	CK_ULONG bytes = 32, len;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_KEY_TYPE, &aes, sizeof(aes) },
		{ CKA_WRAP, &yes, 1 },
		{ CKA_UNWRAP, &yes, 1 },
		{ CKA_DECRYPT, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_OBJECT_HANDLE with, public, private, back;
	unsigned char wrapped[2048];

	guest_rsa(session, &public, &private);
	ok(p11->C_GenerateKey(session, &make, tmpl, ARRAY_LEN(tmpl), &with));
	len = wrap(session, &how, with, private, wrapped, sizeof(wrapped));
	ok(p11->C_UnwrapKey(session, &how, with, wrapped, len, open_rsa,
	    ARRAY_LEN(open_rsa), &back));
	same_value(session, CKA_PRIVATE_EXPONENT, private, back);

	tmpl[4].pValue = &no;
	ok(p11->C_GenerateKey(session, &make, tmpl, ARRAY_LEN(tmpl), &with));
	private_in_cbc(session, with, wrapped, len);
	tmpl[4].type = CKA_SIGN;
	tmpl[4].pValue = tmpl[5].pValue = &yes;
	ok(p11->C_GenerateKey(session, &make, tmpl, ARRAY_LEN(tmpl), &with));
	private_in_cbc(session, with, wrapped, len);
}
END_TEST

START_TEST(aes_wraps_keys)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE with = guest_aes(session, 32);
	CK_OBJECT_HANDLE key = guest_aes(session, 32), public, private, back;
	unsigned char wrapped[2048];
	CK_ULONG len;
	size_t i;

	guest_rsa(session, &public, &private);
	for (i = 0; i < ARRAY_LEN(by_aes); i++) {
		len = wrap(session, &by_aes[i], with, key, wrapped,
		    sizeof(wrapped));
		ok(p11->C_UnwrapKey(session, &by_aes[i], with, wrapped, len,
		    open_aes, ARRAY_LEN(open_aes), &back));
		same_value(session, CKA_VALUE, key, back);
		ck_assert_uint_eq(
		    guest_bool(session, back, CKA_LOCAL), CK_FALSE);
		len = wrap(session, &by_aes[i], with, private, wrapped,
		    sizeof(wrapped));
		ok(p11->C_UnwrapKey(session, &by_aes[i], with, wrapped, len,
		    open_rsa, ARRAY_LEN(open_rsa), &back));
		same_value(session, CKA_PRIVATE_EXPONENT, private, back);
		wrapped[len / 2] ^= 1;
		is(p11->C_UnwrapKey(session, &by_aes[i], with, wrapped, len,
		    open_rsa, ARRAY_LEN(open_rsa), &back),
		    CKR_WRAPPED_KEY_INVALID);
	}
}
END_TEST

START_TEST(rsa_wraps_keys)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 32), public, private, back;
	CK_OBJECT_HANDLE other_public, other;
	CK_BBOOL on = CK_TRUE;
	CK_ULONG bits = 2048, len;
	CK_MECHANISM make = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_MECHANISM how = { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) };
	CK_MECHANISM both = { CKM_RSA_AES_KEY_WRAP, &rsa_aes,
		sizeof(rsa_aes) };
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
		{ CKA_WRAP, &on, 1 },
	};
	CK_ATTRIBUTE private_tmpl[] = { { CKA_UNWRAP, &on, 1 } };
	unsigned char wrapped[4096];

	ok(p11->C_GenerateKeyPair(session, &make, public_tmpl, 2,
	    private_tmpl, 1, &public, &private));
	len = wrap(session, &how, public, key, wrapped, sizeof(wrapped));
	ck_assert_uint_eq(len, 256);
	ok(p11->C_UnwrapKey(session, &how, private, wrapped, len, open_aes,
	    ARRAY_LEN(open_aes), &back));
	same_value(session, CKA_VALUE, key, back);
	guest_rsa(session, &other_public, &other);
	len = wrap(session, &both, public, other, wrapped, sizeof(wrapped));
	ok(p11->C_UnwrapKey(session, &both, private, wrapped, len, open_rsa,
	    ARRAY_LEN(open_rsa), &back));
	same_value(session, CKA_PRIVATE_EXPONENT, other, back);
	/* PKCS#1 v1.5 wraps, but is not offered for unwrapping */
	how = (CK_MECHANISM){ CKM_RSA_PKCS, NULL, 0 };
	len = wrap(session, &how, public, key, wrapped, sizeof(wrapped));
	is(p11->C_UnwrapKey(session, &how, private, wrapped, len, open_aes,
	    ARRAY_LEN(open_aes), &back), CKR_MECHANISM_INVALID);
}
END_TEST

START_TEST(handles_and_kinds)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE with = guest_aes(session, 32), back;
	CK_OBJECT_HANDLE key = guest_aes(session, 32);
	CK_OBJECT_HANDLE generic = guest_generic(session, 32);
	unsigned char wrapped[64] = { 0 };
	CK_ULONG len = sizeof(wrapped);

	is(p11->C_WrapKey(session, &by_aes[2], 0, key, wrapped, &len),
	    CKR_WRAPPING_KEY_HANDLE_INVALID);
	is(p11->C_WrapKey(session, &by_aes[2], 4711, key, wrapped, &len),
	    CKR_WRAPPING_KEY_HANDLE_INVALID);
	is(p11->C_WrapKey(session, &by_aes[2], with, 4711, wrapped, &len),
	    CKR_KEY_HANDLE_INVALID);
	is(p11->C_WrapKey(session, &by_aes[2], generic, key, wrapped, &len),
	    CKR_WRAPPING_KEY_TYPE_INCONSISTENT);
	is(p11->C_UnwrapKey(session, &by_aes[2], 0, wrapped, 40, open_aes, 4,
	    &back), CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	is(p11->C_UnwrapKey(session, &by_aes[2], 4711, wrapped, 40, open_aes,
	    4, &back), CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	is(p11->C_UnwrapKey(session, &by_aes[2], generic, wrapped, 40,
	    open_aes, 4, &back), CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT);
	is(p11->C_UnwrapKey(session, &by_aes[2], with, wrapped, 40, open_aes,
	    4, &back), CKR_WRAPPED_KEY_INVALID);
}
END_TEST

/* A handle that is good, but of something else. */
START_TEST(what_is_no_key)
{
	CK_SESSION_HANDLE s = guest_login();
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE tmpl = { CKA_CLASS, &class, sizeof(class) };
	CK_MECHANISM sign = { CKM_SHA256_HMAC, NULL, 0 };
	CK_MECHANISM cipher = { CKM_AES_ECB, NULL, 0 };
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };
	CK_MECHANISM hash_key = { CKM_SHA256_KEY_DERIVATION, NULL, 0 };
	CK_MECHANISM kem = { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) };
	CK_OBJECT_HANDLE with = guest_aes(s, 32), data, back;
	unsigned char out[256] = { 0 };
	CK_ULONG len = sizeof(out);

	ok(p11->C_CreateObject(s, &tmpl, 1, &data));
	is(p11->C_WrapKey(s, &by_aes[2], data, with, out, &len),
	    CKR_WRAPPING_KEY_HANDLE_INVALID);
	is(p11->C_WrapKey(s, &by_aes[2], with, data, out, &len),
	    CKR_KEY_HANDLE_INVALID);
	is(p11->C_UnwrapKey(s, &by_aes[2], data, out, 40, open_aes, 4, &back),
	    CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	is(p11->C_SignInit(s, &sign, data), CKR_KEY_HANDLE_INVALID);
	is(p11->C_VerifyInit(s, &sign, data), CKR_KEY_HANDLE_INVALID);
	is(p11->C_EncryptInit(s, &cipher, data), CKR_KEY_HANDLE_INVALID);
	is(p11_3->C_MessageSignInit(s, &sign, data), CKR_KEY_HANDLE_INVALID);
	is(p11->C_DeriveKey(s, &hash_key, data, NULL, 0, &back),
	    CKR_KEY_HANDLE_INVALID);
	is(p11_3->C_EncapsulateKey(s, &kem, data, open_aes, 4, out, &len,
	    &back), CKR_KEY_HANDLE_INVALID);
	is(p11_3->C_DecapsulateKey(s, &kem, data, open_aes, 4, out, 256,
	    &back), CKR_KEY_HANDLE_INVALID);
	ok(p11->C_DigestInit(s, &sha));
	is(p11->C_DigestKey(s, data), CKR_KEY_HANDLE_INVALID);
}
END_TEST

START_TEST(what_must_not_go_out)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE with = guest_aes(session, 32), key, hidden;
	CK_ATTRIBUTE keep = { CKA_EXTRACTABLE, &no, 1 };
	CK_ULONG bytes = 16;
	CK_ATTRIBUTE hide[] = { { CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_SENSITIVE, &yes, 1 }, { CKA_EXTRACTABLE, &yes, 1 } };
	CK_MECHANISM generate = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_MECHANISM plain = { CKM_CNG_KEYDATA, NULL, 0 };
	unsigned char out[128];
	CK_ULONG len = sizeof(out);

	ok(p11->C_GenerateKey(session, &generate, hide, 3, &key));
	ok(p11->C_GenerateKey(session, &generate, hide, 3, &hidden));
	is(p11->C_WrapKey(session, &plain, 0, hidden, NULL, &len),
	    CKR_KEY_NOT_WRAPPABLE);
	len = sizeof(out);
	ok(p11->C_WrapKey(session, &by_aes[2], with, hidden, out, &len));
	ok(p11->C_SetAttributeValue(session, key, &keep, 1));
	len = sizeof(out);
	is(p11->C_WrapKey(session, &by_aes[2], with, key, NULL, &len),
	    CKR_KEY_UNEXTRACTABLE);
	is(p11->C_WrapKey(session, &plain, 0, key, out, &len),
	    CKR_KEY_UNEXTRACTABLE);
	is(p11->C_WrapKey(
	    session, &(CK_MECHANISM){ CKM_CNG_ANY, NULL, 0 }, 0, key, out,
	    &len), CKR_MECHANISM_INVALID);
}
END_TEST

/* --- CNG blobs --- */

static const CK_MECHANISM_TYPE rsa_blobs[] = { CKM_CNG_RSAPRIVATE,
	CKM_CNG_RSAFULLPRIVATE, CKM_CNG_PRIVATE, CKM_CNG_PKCS8 };
static const CK_MECHANISM_TYPE ec_blobs[] = { CKM_CNG_ECCPRIVATE,
	CKM_CNG_PRIVATE, CKM_CNG_PKCS8 };

/* Out, in by its type, in by its magic, out again: the same bytes. */
static void
blob_round_trip(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type,
    CK_OBJECT_HANDLE with, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM how = { type, NULL, 0 };
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	CK_ATTRIBUTE open[] = { { CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 } };
	unsigned char blob[2048], again[2048];
	CK_OBJECT_HANDLE back;
	CK_ULONG len, again_len;

	len = wrap(session, &how, with, key, blob, sizeof(blob));
	ok(p11->C_UnwrapKey(session, &how, with, blob, len, open, 2, &back));
	if (with == 0) {
		again_len = wrap(
		    session, &how, 0, back, again, sizeof(again));
		ck_assert_uint_eq(again_len, len);
		ck_assert_mem_eq(again, blob, len);
	}
	ok(p11->C_UnwrapKey(session, &any, with, blob, len, open, 2, &back));
	is(p11->C_UnwrapKey(session, &how, with, blob, len - 1, open, 2,
	    &back), CKR_WRAPPED_KEY_INVALID);
}

START_TEST(blobs_there_and_back)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE with = guest_aes(session, 32);
	CK_OBJECT_HANDLE key = guest_aes(session, 16), public, private;
	size_t i;

	guest_rsa(session, &public, &private);
	for (i = 0; i < ARRAY_LEN(rsa_blobs); i++) {
		blob_round_trip(session, rsa_blobs[i], 0, private);
		blob_round_trip(session, rsa_blobs[i], with, private);
	}
	guest_ec(session, &public, &private);
	for (i = 0; i < ARRAY_LEN(ec_blobs); i++) {
		blob_round_trip(session, ec_blobs[i], 0, private);
		blob_round_trip(session, ec_blobs[i], with, private);
	}
	blob_round_trip(session, CKM_CNG_KEYDATA, 0, key);
	blob_round_trip(session, CKM_CNG_KEYDATA, with, key);
}
END_TEST

START_TEST(public_blobs)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM how = { CKM_CNG_RSAPUBLIC, NULL, 0 };
	CK_MECHANISM ec = { CKM_CNG_ECCPUBLIC, NULL, 0 };
	CK_OBJECT_HANDLE public, private, back;
	CK_ATTRIBUTE keep = { CKA_EXTRACTABLE, &no, 1 };
	unsigned char one[512], two[512];
	CK_ULONG len;

	guest_rsa(session, &public, &private);
	ok(p11->C_SetAttributeValue(session, private, &keep, 1));
	len = wrap(session, &how, 0, public, one, sizeof(one));
	ck_assert_uint_eq(len, 24 + 3 + 256);
	ck_assert_mem_eq(one, "RSA1", 4);
	/* the public half of an unextractable key goes out too */
	ck_assert_uint_eq(
	    wrap(session, &how, 0, private, two, sizeof(two)), len);
	ck_assert_mem_eq(one, two, len);
	ok(p11->C_UnwrapKey(session, &how, 0, one, len, NULL, 0, &back));
	ck_assert_uint_eq(
	    guest_number(session, back, CKA_CLASS), CKO_PUBLIC_KEY);
	is(p11->C_WrapKey(session, &ec, 0, public, two, &len),
	    CKR_KEY_NOT_WRAPPABLE);
}
END_TEST

START_TEST(the_null_key)
{
	CK_SESSION_HANDLE session = guest_login();
	unsigned char id[] = CNG_NULL_KEY_ID;
	CK_ATTRIBUTE by_id = { CKA_ID, id, CNG_NULL_KEY_ID_LEN };
	CK_ATTRIBUTE by_class = { CKA_CLASS, &secret_class,
		sizeof(secret_class) };
	CK_OBJECT_HANDLE null = 0, copy;
	unsigned char out[64], direct[64];
	CK_MECHANISM how = { CKM_CNG_KEYDATA, NULL, 0 };
	CK_OBJECT_HANDLE key;
	CK_ULONG len;

	ck_assert_uint_eq(guest_find(session, &by_class, 1, NULL), 0);
	ck_assert_uint_eq(guest_find(session, &by_id, 1, &null), 1);
	key = guest_aes(session, 16);
	len = wrap(session, &how, null, key, out, sizeof(out));
	ck_assert_uint_eq(
	    wrap(session, &how, 0, key, direct, sizeof(direct)), len);
	ck_assert_mem_eq(out, direct, len);
	is(p11->C_WrapKey(session, &by_aes[2], null, key, out, &len),
	    CKR_WRAPPING_KEY_HANDLE_INVALID);
	ck_assert_uint_eq(guest_bool(session, null, CKA_WRAP), CK_TRUE);
	ck_assert_uint_eq(guest_bool(session, null, CKA_PRIVATE), CK_FALSE);
	ck_assert_uint_ne(p11->C_DestroyObject(session, null), CKR_OK);
	ck_assert_uint_ne(
	    p11->C_CopyObject(session, null, NULL, 0, &copy), CKR_OK);
	ck_assert_uint_ne(
	    p11->C_EncryptInit(session, &by_aes[4], null), CKR_OK);
}
END_TEST

START_TEST(blobs_as_attributes)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private, back;
	CK_MECHANISM how = { CKM_CNG_ECCPRIVATE, NULL, 0 };
	unsigned char blob[256];
	CK_ULONG type = 5, wrong = 2, none = 99, len;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CNG_BLOB, blob, 0 },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_CNG_BLOB_TYPE, &type, sizeof(type) },
	};

	guest_ec(session, &public, &private);
	len = wrap(session, &how, 0, private, blob, sizeof(blob));
	ck_assert_uint_eq(len, 8 + 3 * 32);
	tmpl[0].ulValueLen = len;
	ok(p11->C_CreateObject(session, tmpl, 3, &back));
	ok(p11->C_CreateObject(session, tmpl, 4, &back));
	ck_assert_uint_eq(
	    guest_number(session, back, CKA_CLASS), CKO_PRIVATE_KEY);
	same_value(session, CKA_VALUE, private, back);
	tmpl[3].pValue = &wrong;
	is(p11->C_CreateObject(session, tmpl, 4, &back),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	tmpl[3].pValue = &none;
	is(p11->C_CreateObject(session, tmpl, 4, &back),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	blob[20] ^= 1;
	ck_assert_uint_ne(
	    p11->C_CreateObject(session, tmpl, 3, &back), CKR_OK);
}
END_TEST

/* --- parameters of CKM_CNG_* --- */

START_TEST(names_are_unique)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private, first, second;
	CK_MECHANISM plain = { CKM_CNG_ECCPRIVATE, NULL, 0 };
	unsigned char name[] = { 'k', 0, '1', 0, 0, 0 };
	unsigned char blob[256], shown[8];
	CK_CNG_BUFFER buffer = { CNG_BUFFER_PKCS_KEY_NAME, name,
		sizeof(name) };
	CK_CNG_BLOB_PARAMS params = { 0, 0, &buffer, 1 };
	CK_MECHANISM named = { CKM_CNG_ECCPRIVATE, &params,
		sizeof(params) };
	CK_ULONG len, shown_len = sizeof(shown);

	guest_ec(session, &public, &private);
	len = wrap(session, &plain, 0, private, blob, sizeof(blob));
	ok(p11->C_UnwrapKey(session, &named, 0, blob, len, NULL, 0, &first));
	ok(guest_bytes(session, first, CKA_CNG_KEY_NAME, shown, &shown_len));
	ck_assert_uint_eq(shown_len, 2);
	ck_assert_mem_eq(shown, "k1", 2);
	ck_assert_uint_eq(guest_bool(session, first, CKA_TOKEN), CK_TRUE);
	ck_assert_uint_eq(
	    guest_bool(session, first, CKA_SENSITIVE), CK_TRUE);
	ck_assert_uint_eq(
	    guest_bool(session, first, CKA_EXTRACTABLE), CK_FALSE);
	is(p11->C_UnwrapKey(session, &named, 0, blob, len, NULL, 0, &second),
	    CKR_TEMPLATE_INCONSISTENT);
	params.flags = CNG_FLAG_OVERWRITE_KEY;
	ok(p11->C_UnwrapKey(
	    session, &named, 0, blob, len, NULL, 0, &second));
	ok(p11->C_DestroyObject(session, second));
	params.flags = 0x31;
	is(p11->C_UnwrapKey(session, &named, 0, blob, len, NULL, 0, &second),
	    CKR_MECHANISM_PARAM_INVALID);
	is(p11->C_WrapKey(session, &named, 0, private, NULL, &len),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

START_TEST(passwords)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private, back;
	unsigned char password[] = { 'p', 0, 'w', 0, 0, 0 };
	unsigned char other[] = { 'x', 0, 0, 0 };
	CK_CNG_BUFFER buffer = { CNG_BUFFER_PKCS_SECRET, password,
		sizeof(password) };
	CK_CNG_BLOB_PARAMS params = { 0, 0, &buffer, 1 };
	CK_MECHANISM how = { CKM_CNG_PKCS8, &params, sizeof(params) };
	CK_MECHANISM bare = { CKM_CNG_PKCS8, NULL, 0 };
	CK_ATTRIBUTE open[] = { { CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 } };
	unsigned char blob[4096];
	CK_ULONG len = sizeof(blob);

	guest_ec(session, &public, &private);
	ok(p11->C_WrapKey(session, &how, 0, private, blob, &len));
	ok(p11->C_UnwrapKey(session, &how, 0, blob, len, open, 2, &back));
	same_value(session, CKA_VALUE, private, back);
	is(p11->C_UnwrapKey(session, &bare, 0, blob, len, open, 2, &back),
	    CKR_MECHANISM_PARAM_INVALID);
	buffer.value = other;
	buffer.len = sizeof(other);
	is(p11->C_UnwrapKey(session, &how, 0, blob, len, open, 2, &back),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

START_TEST(keys_that_are_not_finalised)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private, back;
	CK_MECHANISM plain = { CKM_CNG_ECCPRIVATE, NULL, 0 };
	CK_CNG_BLOB_PARAMS params = { 0, CNG_FLAG_DO_NOT_FINALIZE, NULL, 0 };
	CK_MECHANISM how = { CKM_CNG_ECCPRIVATE, &params, sizeof(params) };
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_ATTRIBUTE sign = { CKA_SIGN, &yes, 1 };
	CK_ATTRIBUTE finalize = { CKA_CNG_FINALIZED, &yes, 1 };
	CK_ATTRIBUTE undo = { CKA_CNG_FINALIZED, &no, 1 };
	unsigned char blob[256];
	CK_ULONG len;

	guest_ec(session, &public, &private);
	len = wrap(session, &plain, 0, private, blob, sizeof(blob));
	ok(p11->C_UnwrapKey(session, &how, 0, blob, len, &sign, 1, &back));
	ck_assert_uint_eq(
	    guest_bool(session, back, CKA_CNG_FINALIZED), CK_FALSE);
	is(p11->C_SignInit(session, &ecdsa, back),
	    CKR_KEY_FUNCTION_NOT_PERMITTED);
	ok(p11->C_SetAttributeValue(session, back, &finalize, 1));
	ok(p11->C_SignInit(session, &ecdsa, back));
	ck_assert_uint_ne(
	    p11->C_SetAttributeValue(session, back, &undo, 1), CKR_OK);
}
END_TEST

/* A CNG blob inside a standard wrapping. */
START_TEST(blobs_within_standard_wrappings)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE with = guest_aes(session, 32), public, private;
	CK_OBJECT_HANDLE back;
	CK_MECHANISM cng = { CKM_CNG_RSAPRIVATE, NULL, 0 };
	unsigned char wrapped[1024];
	CK_ULONG len;

	guest_rsa(session, &public, &private);
	len = wrap(session, &cng, with, private, wrapped, sizeof(wrapped));
	ok(p11->C_UnwrapKey(session, &by_aes[2], with, wrapped, len,
	    open_rsa, ARRAY_LEN(open_rsa), &back));
	same_value(session, CKA_PRIVATE_EXPONENT, private, back);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		aes_wraps_keys,
		private_in_cbc_of_a_password,
		rsa_wraps_keys,
		handles_and_kinds, what_is_no_key,
		what_must_not_go_out,
		blobs_there_and_back,
		public_blobs,
		the_null_key,
		blobs_as_attributes,
		names_are_unique,
		passwords,
		keys_that_are_not_finalised,
		blobs_within_standard_wrappings,
	};

	return guest_run("face wrap", tests, ARRAY_LEN(tests));
}
