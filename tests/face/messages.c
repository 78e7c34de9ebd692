/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages: encrypted, decrypted, signed and verified, whole and in parts, and
 * verifications that are given the signature first.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <string.h>

/* A published vector: test case 4 of the GCM submission. */
static CK_BYTE key_bytes[16] = { 0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73,
	0x1c, 0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08 };
static CK_BYTE iv_bytes[12] = { 0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb,
	0xad, 0xde, 0xca, 0xf8, 0x88 };
static CK_BYTE plain[60] = { 0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5,
	0xa5, 0x59, 0x09, 0xc5, 0xaf, 0xf5, 0x26, 0x9a, 0x86, 0xa7, 0xa9, 0x53,
	0x15, 0x34, 0xf7, 0xda, 0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31, 0x8a, 0x72,
	0x1c, 0x3c, 0x0c, 0x95, 0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24,
	0x49, 0xa6, 0xb5, 0x25, 0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57,
	0xba, 0x63, 0x7b, 0x39 };
static CK_BYTE aad[20] = { 0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef,
	0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda,
	0xd2 };
static const CK_BYTE cipher[60] = { 0x42, 0x83, 0x1e, 0xc2, 0x21, 0x77, 0x74,
	0x24, 0x4b, 0x72, 0x21, 0xb7, 0x84, 0xd0, 0xd4, 0x9c, 0xe3, 0xaa, 0x21,
	0x2f, 0x2c, 0x02, 0xa4, 0xe0, 0x35, 0xc1, 0x7e, 0x23, 0x29, 0xac, 0xa1,
	0x2e, 0x21, 0xd5, 0x14, 0xb2, 0x54, 0x66, 0x93, 0x1c, 0x7d, 0x8f, 0x6a,
	0x5a, 0xac, 0x84, 0xaa, 0x05, 0x1b, 0xa3, 0x0b, 0x39, 0x6a, 0x0a, 0xac,
	0x97, 0x3d, 0x58, 0xe0, 0x91 };
static const CK_BYTE expected_tag[16] = { 0x5b, 0xc9, 0x4f, 0xbc, 0x32, 0x21,
	0xa5, 0xdb, 0x94, 0xfa, 0xe9, 0x5a, 0xe7, 0x12, 0x1a, 0x47 };

static CK_BBOOL yes = CK_TRUE;
static CK_MECHANISM gcm = { CKM_AES_GCM, NULL, 0 };
static CK_SESSION_HANDLE session;
static CK_BYTE iv[12], tag[16], out[64];
static CK_ULONG len;
static CK_GCM_MESSAGE_PARAMS param;

static CK_OBJECT_HANDLE
vector_key(void)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE, key_bytes, sizeof(key_bytes) },
	};
	CK_OBJECT_HANDLE key;

	ok(p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

static void
begin(void)
{
	CK_OBJECT_HANDLE key;

	session = guest_login();
	key = vector_key();
	ok(p11_3->C_MessageEncryptInit(session, &gcm, key));
	ok(p11_3->C_MessageDecryptInit(session, &gcm, key));
	is(p11_3->C_MessageEncryptInit(session, &gcm, key),
	    CKR_OPERATION_ACTIVE);
	memcpy(iv, iv_bytes, sizeof(iv));
	memset(tag, 0, sizeof(tag));
	param = (CK_GCM_MESSAGE_PARAMS){ iv, 12, 0, CKG_NO_GENERATE, tag, 128 };
	len = sizeof(out);
}

static CK_RV
encrypt(CK_BYTE *to)
{
	return p11_3->C_EncryptMessage(session, &param, sizeof(param), aad,
	    sizeof(aad), plain, sizeof(plain), to, &len);
}

static CK_RV
decrypt(CK_BYTE *from, CK_BYTE *to)
{
	return p11_3->C_DecryptMessage(session, &param, sizeof(param), aad,
	    sizeof(aad), from, sizeof(cipher), to, &len);
}

START_TEST(a_whole_message)
{
	int i;

	begin();
	for (i = 0; i < 3; i++) {
		len = 0;
		ok(encrypt(NULL));
		ck_assert_uint_eq(len, sizeof(cipher));
		len--;
		is(encrypt(out), CKR_BUFFER_TOO_SMALL);
		ck_assert_uint_eq(len, sizeof(cipher));
		ok(encrypt(out));
		ck_assert_mem_eq(out, cipher, sizeof(cipher));
		ck_assert_mem_eq(tag, expected_tag, sizeof(tag));
		ok(decrypt(out, NULL));
		len = sizeof(out);
		ok(decrypt(out, out));
		ck_assert_uint_eq(len, sizeof(plain));
		ck_assert_mem_eq(out, plain, sizeof(plain));
	}
	ok(p11_3->C_MessageEncryptFinal(session));
	ok(p11_3->C_MessageDecryptFinal(session));
	is(encrypt(out), CKR_OPERATION_NOT_INITIALIZED);
	is(decrypt(out, out), CKR_OPERATION_NOT_INITIALIZED);
	is(p11_3->C_MessageEncryptFinal(session),
	    CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

/* Each byte that is not the sender's. */
START_TEST(a_forged_message)
{
	CK_BYTE *touched[] = { out, tag, iv, aad };
	CK_BYTE room[64];
	size_t i;

	begin();
	ok(encrypt(out));
	for (i = 0; i < ARRAY_LEN(touched); i++) {
		touched[i][5] ^= 4;
		memset(room, 0x55, sizeof(room));
		len = sizeof(room);
		is(decrypt(out, room), CKR_AEAD_DECRYPT_FAILED);
		ck_assert_mem_ne(room, plain, 4);
		touched[i][5] ^= 4;
	}
	len = sizeof(room);
	ok(decrypt(out, room));
}
END_TEST

static void
next(bool encrypting, CK_BYTE *from, CK_ULONG count, CK_BYTE *to,
    CK_ULONG room, CK_FLAGS flags, CK_RV answer)
{
	len = room;
	is(encrypting ? p11_3->C_EncryptMessageNext(session, &param,
	    sizeof(param), from, count, to, &len, flags) :
	    p11_3->C_DecryptMessageNext(session, &param, sizeof(param), from,
	    count, to, &len, flags), answer);
}

START_TEST(a_message_in_parts)
{
	CK_BYTE back[64];

	begin();
	next(true, plain, 7, out, 64, 0, CKR_OPERATION_NOT_INITIALIZED);
	ok(p11_3->C_EncryptMessageBegin(
	    session, &param, sizeof(param), aad, sizeof(aad)));
	is(p11_3->C_EncryptMessageBegin(session, &param, sizeof(param), aad,
	    sizeof(aad)), CKR_OPERATION_ACTIVE);
	is(encrypt(out), CKR_OPERATION_ACTIVE);
	next(true, plain, 7, NULL, 0, 0, CKR_OK);
	ck_assert_uint_eq(len, 7);
	next(true, plain, 7, out, 6, 0, CKR_BUFFER_TOO_SMALL);
	next(true, plain, 7, out, 7, 0, CKR_OK);
	next(true, plain + 7, 30, out + 7, 57, 0, CKR_OK);
	next(true, plain + 37, 23, out + 37, 23, CKF_END_OF_MESSAGE, CKR_OK);
	ck_assert_mem_eq(out, cipher, sizeof(cipher));
	ck_assert_mem_eq(tag, expected_tag, sizeof(tag));

	ok(p11_3->C_DecryptMessageBegin(
	    session, &param, sizeof(param), aad, sizeof(aad)));
	next(false, out, 40, back, 64, 0, CKR_OK);
	ck_assert_uint_eq(len, 0);
	next(false, out + 40, 20, back, 59, CKF_END_OF_MESSAGE,
	    CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(len, 60);
	next(false, out + 40, 20, back, 60, CKF_END_OF_MESSAGE, CKR_OK);
	ck_assert_uint_eq(len, 60);
	ck_assert_mem_eq(back, plain, sizeof(plain));

	/* a forged one ends, but the operation does not */
	ok(p11_3->C_DecryptMessageBegin(
	    session, &param, sizeof(param), aad, 19));
	next(false, out, 60, back, 64, CKF_END_OF_MESSAGE,
	    CKR_AEAD_DECRYPT_FAILED);
	next(false, out, 60, back, 64, CKF_END_OF_MESSAGE,
	    CKR_OPERATION_NOT_INITIALIZED);
	len = sizeof(back);
	ok(decrypt(out, back));
}
END_TEST

/* An empty one, with the tag alone. */
START_TEST(a_message_without_bytes)
{
	begin();
	len = 0;
	ok(p11_3->C_EncryptMessage(session, &param, sizeof(param), aad,
	    sizeof(aad), NULL, 0, out, &len));
	ck_assert_uint_eq(len, 0);
	ok(p11_3->C_DecryptMessage(session, &param, sizeof(param), aad,
	    sizeof(aad), NULL, 0, out, &len));
	tag[0] ^= 1;
	is(p11_3->C_DecryptMessage(session, &param, sizeof(param), aad,
	    sizeof(aad), NULL, 0, out, &len), CKR_AEAD_DECRYPT_FAILED);
}
END_TEST

/* --- the other mechanisms --- */

static CK_OBJECT_HANDLE
chacha_key(void)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static CK_KEY_TYPE type = CKK_CHACHA20;
	static CK_BYTE value[32] = { 3 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE, value, sizeof(value) },
		{ CKA_ENCRYPT, &yes, 1 },
		{ CKA_DECRYPT, &yes, 1 },
	};
	CK_OBJECT_HANDLE key;

	ok(p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

/* What a message is, is what C_Encrypt makes, with the tag at its end. */
static void
check_other(CK_MECHANISM_TYPE type, CK_OBJECT_HANDLE key, void *of_message,
    CK_ULONG message_len, void *at_once, CK_ULONG at_once_len, bool parts)
{
	CK_MECHANISM begin_with = { type, NULL, 0 };
	CK_MECHANISM whole = { type, at_once, at_once_len };
	CK_BYTE expected[80], back[64];
	CK_ULONG want = sizeof(expected);

	ok(p11->C_EncryptInit(session, &whole, key));
	ok(p11->C_Encrypt(session, plain, sizeof(plain), expected, &want));
	ck_assert_uint_eq(want, sizeof(plain) + 16);
	ok(p11_3->C_MessageEncryptInit(session, &begin_with, key));
	ok(p11_3->C_MessageDecryptInit(session, &begin_with, key));
	len = sizeof(out);
	ok(p11_3->C_EncryptMessage(session, of_message, message_len, aad,
	    sizeof(aad), plain, sizeof(plain), out, &len));
	ck_assert_uint_eq(len, sizeof(plain));
	ck_assert_mem_eq(out, expected, len);
	ck_assert_mem_eq(tag, expected + len, 16);
	ok(p11_3->C_DecryptMessage(session, of_message, message_len, aad,
	    sizeof(aad), out, sizeof(plain), back, &len));
	ck_assert_uint_eq(len, sizeof(plain));
	ck_assert_mem_eq(back, plain, len);
	tag[3] ^= 1;
	is(p11_3->C_DecryptMessage(session, of_message, message_len, aad,
	    sizeof(aad), out, sizeof(plain), back, &len),
	    CKR_AEAD_DECRYPT_FAILED);
	is(p11_3->C_EncryptMessageBegin(session, of_message, message_len, aad,
	    sizeof(aad)), parts ? CKR_OK : CKR_FUNCTION_NOT_SUPPORTED);
	ok(p11_3->C_MessageEncryptFinal(session));
	ok(p11_3->C_MessageDecryptFinal(session));
}

START_TEST(other_mechanisms)
{
	CK_CCM_MESSAGE_PARAMS ccm = { sizeof(plain), iv, 12, 0,
		CKG_NO_GENERATE, tag, 16 };
	CK_CCM_PARAMS ccm_whole = { sizeof(plain), iv, 12, aad, sizeof(aad),
		16 };
	CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS chacha = { iv, 12, tag };
	CK_SALSA20_CHACHA20_POLY1305_PARAMS chacha_whole = { iv, 12, aad,
		sizeof(aad) };

	session = guest_login();
	memcpy(iv, iv_bytes, sizeof(iv));
	check_other(CKM_AES_CCM, vector_key(), &ccm, sizeof(ccm), &ccm_whole,
	    sizeof(ccm_whole), false);
	check_other(CKM_CHACHA20_POLY1305, chacha_key(), &chacha,
	    sizeof(chacha), &chacha_whole, sizeof(chacha_whole), true);
}
END_TEST

/* --- nonces --- */

START_TEST(nonces_made_here)
{
	CK_BYTE before[12];
	int i;

	begin();
	param.ulIvFixedBits = 32;
	param.ivGenerator = CKG_GENERATE_RANDOM;
	memcpy(before, iv, 12);
	for (i = 0; i < 4; i++) {
		len = sizeof(out);
		ok(encrypt(out));
		ck_assert_mem_eq(iv, iv_bytes, 4);
		ck_assert_mem_ne(iv + 4, before + 4, 8);
		memcpy(before, iv, 12);
		len = sizeof(out);
		ok(decrypt(out, out));
	}
	param.ulIvFixedBits = 33;
	is(encrypt(out), CKR_MECHANISM_PARAM_INVALID);
	param.ulIvFixedBits = 0;
	param.ivGenerator = CKG_GENERATE;
	ok(encrypt(out));
	ck_assert_mem_ne(iv, before, 12);
}
END_TEST

START_TEST(nonces_counted)
{
	static const CK_BYTE zero[8] = { 0 };
	int i;

	begin();
	param.ulIvFixedBits = 32;
	param.ivGenerator = CKG_GENERATE_COUNTER;
	for (i = 0; i < 300; i++) {
		len = sizeof(out);
		ok(encrypt(out));
		ck_assert_mem_eq(iv, iv_bytes, 4);
		ck_assert_mem_eq(iv + 4, zero, 6);
		ck_assert_int_eq(iv[10] << 8 | iv[11], i);
	}
	/* no bits left to count with */
	param.ulIvFixedBits = 90;
	is(encrypt(out), CKR_TOKEN_RESOURCE_EXCEEDED);
	param.ulIvFixedBits = 96;
	is(encrypt(out), CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* As TLS 1.3 has it: always the first nonce, with the number over it. */
START_TEST(nonces_xored)
{
	int i;

	begin();
	param.ulIvFixedBits = 32;
	param.ivGenerator = CKG_GENERATE_COUNTER_XOR;
	for (i = 0; i < 5; i++) {
		len = sizeof(out);
		ok(encrypt(out));
		ck_assert_mem_eq(iv, iv_bytes, 11);
		ck_assert_int_eq(iv[11], iv_bytes[11] ^ i);
	}
}
END_TEST

/* --- parameters that are wrong --- */

struct bad_param {
	CK_ULONG iv_len, fixed, generator, tag_bits;
	bool no_iv, no_tag;
};

static const struct bad_param bad_params[] = {
	{ 0, 0, CKG_NO_GENERATE, 128, false, false },
	{ 12, 97, CKG_NO_GENERATE, 128, false, false },
	{ 12, ~0UL, CKG_NO_GENERATE, 128, false, false },
	{ 12, 0, 5, 128, false, false },
	{ 12, 0, ~0UL, 128, false, false },
	{ 12, 0, CKG_NO_GENERATE, 0, false, false },
	{ 12, 0, CKG_NO_GENERATE, 100, false, false },
	{ 12, 0, CKG_NO_GENERATE, 129, false, false },
	{ 12, 0, CKG_NO_GENERATE, 136, false, false },
	{ 12, 0, CKG_NO_GENERATE, 8, false, false },
	{ ~0UL, 0, CKG_NO_GENERATE, 128, false, false },
	{ 12, 0, CKG_NO_GENERATE, 128, true, false },
	{ 12, 0, CKG_NO_GENERATE, 128, false, true },
};

START_TEST(bad_parameters)
{
	const struct bad_param *bad = bad_params;
	size_t i;

	begin();
	for (i = 0; i < ARRAY_LEN(bad_params); i++, bad++) {
		param = (CK_GCM_MESSAGE_PARAMS){ bad->no_iv ? NULL : iv,
			bad->iv_len, bad->fixed, bad->generator,
			bad->no_tag ? NULL : tag, bad->tag_bits };
		is(encrypt(out), CKR_MECHANISM_PARAM_INVALID);
		/* who made the nonce does not matter to who has it */
		is(decrypt(out, out), bad->fixed || bad->generator > 4 ?
		    CKR_AEAD_DECRYPT_FAILED : CKR_MECHANISM_PARAM_INVALID);
		is(p11_3->C_EncryptMessageBegin(session, &param,
		    sizeof(param), NULL, 0), CKR_MECHANISM_PARAM_INVALID);
	}
}
END_TEST

START_TEST(what_made_the_nonce)
{
	begin();
	param.ivGenerator = CKG_GENERATE_COUNTER_XOR;
	param.ulIvFixedBits = 16;
	ok(encrypt(out));
	/* the same parameter, as it came back */
	len = sizeof(out);
	ok(decrypt(out, out));
	ck_assert_mem_eq(out, plain, sizeof(plain));
	param.ulIvFixedBits = 4711;
	param.ivGenerator = 4711;
	len = sizeof(out);
	is(decrypt(out, out), CKR_AEAD_DECRYPT_FAILED);
}
END_TEST

static CK_RV
encrypt_next(void *with, CK_ULONG with_len, CK_BYTE *from, CK_ULONG *room)
{
	return p11_3->C_EncryptMessageNext(
	    session, with, with_len, from, 4, out, room, 0);
}

/* A part that goes wrong ends its message, and not the operation. */
START_TEST(errors_end_a_message)
{
	const struct {
		void *with;
		CK_ULONG with_len;
		CK_BYTE *from;
		CK_ULONG *room;
		CK_RV answer;
	} rows[] = {
		{ NULL, sizeof(param), plain, &len, CKR_ARGUMENTS_BAD },
		{ &param, 7, plain, &len, CKR_MECHANISM_PARAM_INVALID },
		{ &param, sizeof(param), NULL, &len, CKR_ARGUMENTS_BAD },
		{ &param, sizeof(param), plain, NULL, CKR_ARGUMENTS_BAD },
	};
	size_t i;

	begin();
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		ok(p11_3->C_EncryptMessageBegin(
		    session, &param, sizeof(param), NULL, 0));
		len = 3;
		is(encrypt_next(&param, sizeof(param), plain, &len),
		    CKR_BUFFER_TOO_SMALL);
		len = sizeof(out);
		ok(encrypt_next(&param, sizeof(param), plain, &len));
		is(encrypt_next(rows[i].with, rows[i].with_len, rows[i].from,
		    rows[i].room), rows[i].answer);
		is(encrypt_next(&param, sizeof(param), plain, &len),
		    CKR_OPERATION_NOT_INITIALIZED);
	}
	len = sizeof(out);
	ok(encrypt(out));
}
END_TEST

START_TEST(errors_end_a_signed_message)
{
	CK_MECHANISM how = { CKM_ECDSA_SHA256, NULL, 0 };
	CK_OBJECT_HANDLE public, private;
	CK_BYTE made[64] = { 0 };
	CK_ULONG i;

	session = guest_login();
	guest_ec(session, &public, &private);
	ok(p11_3->C_MessageSignInit(session, &how, private));
	ok(p11_3->C_MessageVerifyInit(session, &how, public));
	for (i = 0; i < 2; i++) {
		CK_BYTE *from = i == 0 ? NULL : plain;
		CK_RV answer = i == 0 ? CKR_ARGUMENTS_BAD :
					CKR_MECHANISM_PARAM_INVALID;

		len = sizeof(made);
		ok(p11_3->C_SignMessageBegin(session, NULL, 0));
		is(p11_3->C_SignMessageNext(
		    session, made, i, from, 4, made, &len), answer);
		is(p11_3->C_SignMessageNext(
		    session, NULL, 0, plain, 4, made, &len),
		    CKR_OPERATION_NOT_INITIALIZED);
		ok(p11_3->C_VerifyMessageBegin(session, NULL, 0));
		is(p11_3->C_VerifyMessageNext(
		    session, made, i, from, 4, made, 64), answer);
		is(p11_3->C_VerifyMessageNext(
		    session, NULL, 0, plain, 4, made, 64),
		    CKR_OPERATION_NOT_INITIALIZED);
	}
	ok(p11_3->C_SignMessage(session, NULL, 0, plain, 4, made, &len));
	ok(p11_3->C_VerifyMessage(session, NULL, 0, plain, 4, made, len));
}
END_TEST

START_TEST(bad_arguments)
{
	CK_OBJECT_HANDLE key;

	begin();
	key = vector_key();
	is(p11_3->C_EncryptMessage(session, NULL, sizeof(param), NULL, 0,
	    plain, 4, out, &len), CKR_ARGUMENTS_BAD);
	is(p11_3->C_EncryptMessage(session, &param, 7, NULL, 0, plain, 4, out,
	    &len), CKR_MECHANISM_PARAM_INVALID);
	is(p11_3->C_EncryptMessage(session, &param, sizeof(param), NULL, 1,
	    plain, 4, out, &len), CKR_ARGUMENTS_BAD);
	is(p11_3->C_EncryptMessage(session, &param, sizeof(param), NULL, 0,
	    NULL, 4, out, &len), CKR_ARGUMENTS_BAD);
	is(p11_3->C_EncryptMessage(session, &param, sizeof(param), NULL, 0,
	    plain, 4, out, NULL), CKR_ARGUMENTS_BAD);
	is(p11_3->C_DecryptMessageNext(session, &param, sizeof(param), plain,
	    4, out, &len, 0), CKR_OPERATION_NOT_INITIALIZED);
	is(p11_3->C_MessageEncryptInit(session, NULL, key), CKR_OK);
	is(p11_3->C_MessageEncryptInit(session, NULL, key),
	    CKR_ARGUMENTS_BAD);
	is(p11_3->C_MessageEncryptInit(session, &gcm, key + 1000),
	    CKR_KEY_HANDLE_INVALID);
	gcm.mechanism = CKM_AES_CBC;
	is(p11_3->C_MessageEncryptInit(session, &gcm, key),
	    CKR_MECHANISM_INVALID);
	gcm.mechanism = CKM_AES_GCM;
}
END_TEST

/* --- signatures --- */

struct signer {
	CK_MECHANISM mechanism;
	bool ec;
};

static const struct signer signers[] = {
	{ { CKM_ECDSA_SHA256, NULL, 0 }, true },
	{ { CKM_SHA256_RSA_PKCS, NULL, 0 }, false },
	{ { CKM_RSA_PKCS, NULL, 0 }, false },
};

static void
make_pair(const struct signer *s, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key)
{
	session = guest_login();
	if (s->ec)
		guest_ec(session, public_key, private_key);
	else
		guest_rsa(session, public_key, private_key);
}

static void
check_signer(const struct signer *s)
{
	CK_MECHANISM how = s->mechanism;
	CK_OBJECT_HANDLE public, private;
	CK_BYTE made[256];
	CK_ULONG need = 0, few = 5;
	int i;

	make_pair(s, &public, &private);
	is(p11_3->C_SignMessage(session, NULL, 0, plain, 32, made, &need),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11_3->C_MessageSignInit(session, &how, private));
	ok(p11_3->C_MessageVerifyInit(session, &how, public));
	ok(p11_3->C_SignMessage(session, NULL, 0, plain, 32, NULL, &need));
	ck_assert_uint_eq(need, s->ec ? 64 : 256);
	is(p11_3->C_SignMessage(session, NULL, 0, plain, 32, made, &few),
	    CKR_BUFFER_TOO_SMALL);
	is(p11_3->C_SignMessage(session, &need, sizeof(need), plain, 32, made,
	    &few), CKR_MECHANISM_PARAM_INVALID);
	for (i = 0; i < 3; i++) {
		len = sizeof(made);
		ok(p11_3->C_SignMessage(
		    session, NULL, 0, plain + i, 32, made, &len));
		ok(p11_3->C_VerifyMessage(
		    session, NULL, 0, plain + i, 32, made, len));
		is(p11_3->C_VerifyMessage(session, NULL, 0, plain + i, 31,
		    made, len), CKR_SIGNATURE_INVALID);
	}
	/* in parts: without room for the signature, more comes */
	ok(p11_3->C_SignMessageBegin(session, NULL, 0));
	is(p11_3->C_SignMessageBegin(session, NULL, 0), CKR_OPERATION_ACTIVE);
	is(p11_3->C_SignMessage(session, NULL, 0, plain, 32, made, &len),
	    CKR_OPERATION_ACTIVE);
	ok(p11_3->C_SignMessageNext(session, NULL, 0, plain, 10, NULL, NULL));
	ok(p11_3->C_SignMessageNext(
	    session, NULL, 0, plain + 10, 22, NULL, &need));
	len = sizeof(made);
	ok(p11_3->C_SignMessageNext(
	    session, NULL, 0, plain + 10, 22, made, &len));
	is(p11_3->C_SignMessageNext(session, NULL, 0, plain, 1, made, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11_3->C_VerifyMessageBegin(session, NULL, 0));
	ok(p11_3->C_VerifyMessageNext(session, NULL, 0, plain, 31, NULL, 0));
	ok(p11_3->C_VerifyMessageNext(
	    session, NULL, 0, plain + 31, 1, made, len));
	ok(p11_3->C_MessageSignFinal(session));
	ok(p11_3->C_MessageVerifyFinal(session));
	is(p11_3->C_VerifyMessageBegin(session, NULL, 0),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11->C_CloseSession(session));
}

START_TEST(signed_messages)
{
	for (size_t i = 0; i < ARRAY_LEN(signers); i++)
		check_signer(&signers[i]);
}
END_TEST

/* --- the signature first --- */

static void
check_first(const struct signer *s)
{
	CK_MECHANISM how = s->mechanism;
	CK_OBJECT_HANDLE public, private;
	CK_BYTE made[256];

	make_pair(s, &public, &private);
	ok(p11->C_SignInit(session, &how, private));
	len = sizeof(made);
	ok(p11->C_Sign(session, plain, 32, made, &len));
	is(p11_3->C_VerifySignature(session, plain, 32),
	    CKR_OPERATION_NOT_INITIALIZED);
	is(p11_3->C_VerifySignatureInit(session, &how, public, NULL, len),
	    CKR_ARGUMENTS_BAD);
	ok(p11_3->C_VerifySignatureInit(session, &how, public, made, len));
	is(p11_3->C_VerifySignatureInit(session, &how, public, made, len),
	    CKR_OPERATION_ACTIVE);
	/* it is not a verification of the other kind */
	is(p11->C_Verify(session, plain, 32, made, len),
	    CKR_OPERATION_NOT_INITIALIZED);
	is(p11->C_VerifyUpdate(session, plain, 32),
	    CKR_OPERATION_NOT_INITIALIZED);
	is(p11->C_VerifyFinal(session, made, len),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11_3->C_VerifySignature(session, plain, 32));
	is(p11_3->C_VerifySignature(session, plain, 32),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11_3->C_VerifySignatureInit(session, &how, public, made, len));
	is(p11_3->C_VerifySignature(session, plain, 31),
	    CKR_SIGNATURE_INVALID);
	ok(p11_3->C_VerifySignatureInit(session, &how, public, made, len));
	ok(p11_3->C_VerifySignatureUpdate(session, plain, 20));
	is(p11_3->C_VerifySignature(session, plain, 32),
	    CKR_OPERATION_ACTIVE);
	ok(p11_3->C_VerifySignatureUpdate(session, plain + 20, 12));
	ok(p11_3->C_VerifySignatureFinal(session));
	is(p11_3->C_VerifySignatureFinal(session),
	    CKR_OPERATION_NOT_INITIALIZED);
	/* and the other kind is not one of these */
	ok(p11->C_VerifyInit(session, &how, public));
	is(p11_3->C_VerifySignatureFinal(session),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11->C_Verify(session, plain, 32, made, len));
	ok(p11->C_CloseSession(session));
}

START_TEST(signature_first)
{
	for (size_t i = 0; i < ARRAY_LEN(signers); i++)
		check_first(&signers[i]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_whole_message,
		a_forged_message, a_message_in_parts, a_message_without_bytes,
		other_mechanisms, nonces_made_here, nonces_counted,
		nonces_xored, bad_parameters, what_made_the_nonce,
		errors_end_a_message, errors_end_a_signed_message,
		bad_arguments, signed_messages,
		signature_first };

	return guest_run("face messages", tests, ARRAY_LEN(tests));
}
