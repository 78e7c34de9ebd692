/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Signatures, MACs, recovery, key agreement; login for each operation.
 */
#include "tests/face/guest.h"

#include <string.h>

static unsigned char data[] = "what is to be signed, in some parts";
#define DATA ((CK_ULONG)sizeof(data))

static CK_RSA_PKCS_PSS_PARAMS pss256 = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
static CK_RSA_PKCS_PSS_PARAMS pss1 = { CKM_SHA_1, CKG_MGF1_SHA1, 20 };
static CK_MAC_GENERAL_PARAMS mac_len = 8;

struct row {
	CK_MECHANISM how;
	CK_ULONG input;      /* bytes of data that it takes; 0: any */
	CK_ULONG size;       /* of the signature */
};

static struct row rsa[] = {
	{ { CKM_RSA_PKCS, NULL, 0 }, 20, 256 },
	{ { CKM_SHA1_RSA_PKCS, NULL, 0 }, 0, 256 },
	{ { CKM_SHA224_RSA_PKCS, NULL, 0 }, 0, 256 },
	{ { CKM_SHA256_RSA_PKCS, NULL, 0 }, 0, 256 },
	{ { CKM_SHA384_RSA_PKCS, NULL, 0 }, 0, 256 },
	{ { CKM_SHA512_RSA_PKCS, NULL, 0 }, 0, 256 },
	{ { CKM_RSA_PKCS_PSS, &pss256, sizeof(pss256) }, 32, 256 },
	{ { CKM_SHA256_RSA_PKCS_PSS, &pss256, sizeof(pss256) }, 0, 256 },
	{ { CKM_SHA1_RSA_PKCS_PSS, &pss1, sizeof(pss1) }, 0, 256 },
};

static struct row ec[] = {
	{ { CKM_ECDSA, NULL, 0 }, 32, 64 },
	{ { CKM_ECDSA_SHA1, NULL, 0 }, 0, 64 },
	{ { CKM_ECDSA_SHA224, NULL, 0 }, 0, 64 },
	{ { CKM_ECDSA_SHA256, NULL, 0 }, 0, 64 },
	{ { CKM_ECDSA_SHA384, NULL, 0 }, 0, 64 },
	{ { CKM_ECDSA_SHA512, NULL, 0 }, 0, 64 },
};

static struct row hmac[] = {
	{ { CKM_SHA_1_HMAC, NULL, 0 }, 0, 20 },
	{ { CKM_SHA224_HMAC, NULL, 0 }, 0, 28 },
	{ { CKM_SHA256_HMAC, NULL, 0 }, 0, 32 },
	{ { CKM_SHA384_HMAC, NULL, 0 }, 0, 48 },
	{ { CKM_SHA512_HMAC, NULL, 0 }, 0, 64 },
	{ { CKM_SHA512_HMAC_GENERAL, &mac_len, sizeof(mac_len) }, 0, 8 },
};

static struct row cmac[] = {
	{ { CKM_AES_CMAC, NULL, 0 }, 0, 16 },
	{ { CKM_AES_CMAC_GENERAL, &mac_len, sizeof(mac_len) }, 0, 8 },
};

static void
in_one_piece(CK_SESSION_HANDLE session, struct row *row,
    CK_OBJECT_HANDLE signer, CK_OBJECT_HANDLE verifier)
{
	CK_ULONG input = row->input == 0 ? DATA : row->input;
	unsigned char made[256];
	CK_ULONG len = 0, few;

	ok(p11->C_SignInit(session, &row->how, signer));
	is(p11->C_SignInit(session, &row->how, signer),
	    CKR_OPERATION_ACTIVE);
	ok(p11->C_Sign(session, data, input, NULL, &len));
	ck_assert_uint_eq(len, row->size);
	few = len - 1;
	is(p11->C_Sign(session, data, input, made, &few),
	    CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(few, row->size);
	ok(p11->C_Sign(session, data, input, made, &len));
	is(p11->C_Sign(session, data, input, made, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	ck_assert_uint_eq(len, row->size);

	ok(p11->C_VerifyInit(session, &row->how, verifier));
	ok(p11->C_Verify(session, data, input, made, len));
	ok(p11->C_VerifyInit(session, &row->how, verifier));
	is(p11->C_Verify(session, data, input, made, len - 1),
	    CKR_SIGNATURE_LEN_RANGE);
	made[len / 2] ^= 1;
	ok(p11->C_VerifyInit(session, &row->how, verifier));
	is(p11->C_Verify(session, data, input, made, len),
	    CKR_SIGNATURE_INVALID);
	is(p11->C_Verify(session, data, input, made, len),
	    CKR_OPERATION_NOT_INITIALIZED);
}

static void
in_parts(CK_SESSION_HANDLE session, struct row *row, CK_OBJECT_HANDLE signer,
    CK_OBJECT_HANDLE verifier)
{
	unsigned char made[256];
	CK_ULONG len = sizeof(made);

	ok(p11->C_SignInit(session, &row->how, signer));
	ok(p11->C_SignUpdate(session, data, 10));
	ok(p11->C_SignUpdate(session, data + 10, DATA - 10));
	is(p11->C_Sign(session, data, DATA, made, &len),
	    CKR_OPERATION_ACTIVE);
	ok(p11->C_SignFinal(session, NULL, &len));
	ck_assert_uint_eq(len, row->size);
	ok(p11->C_SignFinal(session, made, &len));
	is(p11->C_SignUpdate(session, data, 1),
	    CKR_OPERATION_NOT_INITIALIZED);

	ok(p11->C_VerifyInit(session, &row->how, verifier));
	ok(p11->C_VerifyUpdate(session, data, 3));
	ok(p11->C_VerifyUpdate(session, data + 3, DATA - 3));
	is(p11->C_Verify(session, data, DATA, made, len),
	    CKR_OPERATION_ACTIVE);
	ok(p11->C_VerifyFinal(session, made, len));
	ok(p11->C_VerifyInit(session, &row->how, verifier));
	ok(p11->C_VerifyUpdate(session, data, 3));
	is(p11->C_VerifyFinal(session, made, len), CKR_SIGNATURE_INVALID);
	is(p11->C_VerifyFinal(session, made, len),
	    CKR_OPERATION_NOT_INITIALIZED);
}

static void
both_ways(CK_SESSION_HANDLE session, struct row *rows, size_t count,
    CK_OBJECT_HANDLE signer, CK_OBJECT_HANDLE verifier)
{
	size_t i;

	for (i = 0; i < count; i++) {
		in_one_piece(session, &rows[i], signer, verifier);
		if (rows[i].input == 0)
			in_parts(session, &rows[i], signer, verifier);
	}
}

START_TEST(rsa_signatures)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private;

	guest_rsa(session, &public, &private);
	both_ways(session, rsa, ARRAY_LEN(rsa), private, public);
}
END_TEST

START_TEST(ecdsa_signatures)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private;

	guest_ec(session, &public, &private);
	both_ways(session, ec, ARRAY_LEN(ec), private, public);
}
END_TEST

START_TEST(macs)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_generic(session, 40);

	both_ways(session, hmac, ARRAY_LEN(hmac), key, key);
	key = guest_aes(session, 24);
	both_ways(session, cmac, ARRAY_LEN(cmac), key, key);
}
END_TEST

START_TEST(recovery)
{
	static CK_MECHANISM pkcs1 = { CKM_RSA_PKCS, NULL, 0 };
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private;
	unsigned char made[256], back[256];
	CK_ULONG len = sizeof(made), room = sizeof(back);

	guest_rsa(session, &public, &private);
	ok(p11->C_SignRecoverInit(session, &pkcs1, private));
	ok(p11->C_SignRecover(session, data, 20, NULL, &len));
	ok(p11->C_SignRecover(session, data, 20, made, &len));
	is(p11->C_SignRecover(session, data, 20, made, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11->C_VerifyRecoverInit(session, &pkcs1, public));
	ok(p11->C_VerifyRecover(session, made, len, NULL, &room));
	ok(p11->C_VerifyRecover(session, made, len, back, &room));
	ck_assert_uint_eq(room, 20);
	ck_assert_mem_eq(back, data, 20);
	made[1] ^= 1;
	ok(p11->C_VerifyRecoverInit(session, &pkcs1, public));
	room = sizeof(back);
	is(p11->C_VerifyRecover(session, made, len, back, &room),
	    CKR_SIGNATURE_INVALID);
	ok(p11->C_SignRecoverInit(session, &pkcs1, private));
	ok(p11->C_SignRecover(session, NULL, 0, made, &len));
	ok(p11->C_VerifyRecoverInit(session, &pkcs1, public));
	room = sizeof(back);
	ok(p11->C_VerifyRecover(session, made, len, back, &room));
	ck_assert_uint_eq(room, 0);
	is(p11->C_SignRecoverInit(
	    session, &(CK_MECHANISM){ CKM_ECDSA, NULL, 0 }, private),
	    CKR_MECHANISM_INVALID);
}
END_TEST

START_TEST(sign_and_recover_are_apart)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private;

	guest_rsa(session, &public, &private);
	ok(p11->C_SignInit(session, &rsa[0].how, private));
	ok(p11->C_SignRecoverInit(session, &rsa[0].how, private));
	ok(p11->C_VerifyInit(session, &rsa[0].how, public));
	ok(p11->C_SignInit(session, NULL, 0));
	is(p11->C_SignRecoverInit(session, &rsa[0].how, private),
	    CKR_OPERATION_ACTIVE);
}
END_TEST

START_TEST(usage_is_kept_to)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private, copy;
	CK_BBOOL no = CK_FALSE;
	CK_ATTRIBUTE never = { CKA_SIGN, &no, 1 };

	guest_rsa(session, &public, &private);
	ok(p11->C_CopyObject(session, private, &never, 1, &copy));
	is(p11->C_SignInit(session, &rsa[1].how, copy),
	    CKR_KEY_FUNCTION_NOT_PERMITTED);
	is(p11->C_SignInit(session, &rsa[1].how, 4711),
	    CKR_KEY_HANDLE_INVALID);
}
END_TEST

static CK_OBJECT_HANDLE
careful_key(CK_SESSION_HANDLE session)
{
	static unsigned char p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x03, 0x01, 0x07 };
	static CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, p256, sizeof(p256) } };
	CK_ATTRIBUTE private[] = { { CKA_SIGN, &yes, 1 },
		{ CKA_PRIVATE, &yes, 1 },
		{ CKA_ALWAYS_AUTHENTICATE, &yes, 1 } };
	CK_MECHANISM make = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_OBJECT_HANDLE a, b;

	ok(p11->C_GenerateKeyPair(
	    session, &make, public, 1, private, 3, &a, &b));
	return b;
}

START_TEST(a_pin_for_each_signature)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = careful_key(session);
	unsigned char made[64];
	CK_ULONG len = sizeof(made);
	int i;

	is(p11->C_Login(session, CKU_CONTEXT_SPECIFIC, PIN_OF(USER_PIN)),
	    CKR_OPERATION_NOT_INITIALIZED);
	for (i = 0; i < 2; i++) {
		ok(p11->C_SignInit(session, &ec[3].how, key));
		is(p11->C_Sign(session, data, DATA, made, &len),
		    CKR_USER_NOT_LOGGED_IN);
		is(p11->C_Sign(session, data, DATA, made, &len),
		    CKR_OPERATION_NOT_INITIALIZED);
		ok(p11->C_SignInit(session, &ec[3].how, key));
		ok(p11->C_Sign(session, data, DATA, NULL, &len));
		is(p11->C_Login(session, CKU_CONTEXT_SPECIFIC,
		    PIN_OF("wrong-pin")), CKR_PIN_INCORRECT);
		ok(p11->C_Login(session, CKU_CONTEXT_SPECIFIC,
		    PIN_OF(USER_PIN)));
		ok(p11->C_Sign(session, data, DATA, made, &len));
	}
}
END_TEST

START_TEST(a_pin_for_one_of_two)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = careful_key(session);
	unsigned char made[64];
	CK_ULONG len = sizeof(made);

	ok(p11->C_SignInit(session, &ec[3].how, key));
	ok(p11_3->C_MessageSignInit(session, &ec[3].how, key));
	ok(p11->C_Login(session, CKU_CONTEXT_SPECIFIC, PIN_OF(USER_PIN)));
	ok(p11->C_Sign(session, data, DATA, NULL, &len));
	ok(p11_3->C_SignMessage(session, NULL, 0, data, DATA, made, &len));
	/* it waits for the next message's already */
	ok(p11->C_Login(session, CKU_CONTEXT_SPECIFIC, PIN_OF(USER_PIN)));
	is(p11->C_Sign(session, data, DATA, made, &len),
	    CKR_USER_NOT_LOGGED_IN);
	ok(p11->C_SignInit(session, &ec[3].how, key));
	ok(p11->C_Login(session, CKU_CONTEXT_SPECIFIC, PIN_OF(USER_PIN)));
	ok(p11->C_Sign(session, data, DATA, made, &len));
	ok(p11_3->C_SessionCancel(session, CKF_MESSAGE_SIGN));
}
END_TEST

/* --- key agreement --- */

static CK_RV
agree(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE private,
    CK_OBJECT_HANDLE peer, CK_EC_KDF_TYPE kdf, CK_ULONG bytes,
    unsigned char *value)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	static CK_BBOOL no = CK_FALSE, yes = CK_TRUE;
	unsigned char point[80];
	CK_ULONG len = sizeof(point), value_len = bytes;
	CK_ECDH1_DERIVE_PARAMS ecdh = { kdf, 0, NULL, 0, point };
	CK_MECHANISM how = { CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh) };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
	};
	CK_OBJECT_HANDLE key;
	CK_RV rv;

	ok(guest_bytes(session, peer, CKA_EC_POINT, point, &len));
	ecdh.ulPublicDataLen = len;
	rv = p11->C_DeriveKey(session, &how, private, tmpl, 5, &key);
	if (rv == CKR_OK)
		ok(guest_bytes(session, key, CKA_VALUE, value, &value_len));
	return rv;
}

START_TEST(key_agreement)
{
	static const CK_EC_KDF_TYPE kdfs[] = { CKD_NULL, CKD_SHA256_KDF,
		CKD_SHA384_KDF_SP800 };
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE a, b, a_public, b_public, rsa_public, rsa_private;
	unsigned char one[32], two[32];
	size_t i;

	guest_ec(session, &a_public, &a);
	guest_ec(session, &b_public, &b);
	for (i = 0; i < ARRAY_LEN(kdfs); i++) {
		ok(agree(session, a, b_public, kdfs[i], 32, one));
		ok(agree(session, b, a_public, kdfs[i], 32, two));
		ck_assert_mem_eq(one, two, 32);
	}
	guest_rsa(session, &rsa_public, &rsa_private);
	is(agree(session, rsa_private, a_public, CKD_NULL, 32, one),
	    CKR_KEY_TYPE_INCONSISTENT);
	is(agree(session, 4711, a_public, CKD_NULL, 32, one),
	    CKR_KEY_HANDLE_INVALID);
	is(agree(session, a, b_public, 99, 32, one),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

START_TEST(points_off_the_curve)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private, key;
	unsigned char point[65] = { 4, 1 };
	CK_ECDH1_DERIVE_PARAMS ecdh = { CKD_NULL, 0, NULL, sizeof(point),
		point };
	CK_MECHANISM how = { CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh) };
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
	};
	CK_RV rv;

	guest_ec(session, &public, &private);
	rv = p11->C_DeriveKey(session, &how, private, tmpl, 2, &key);
	ck_assert_msg(rv == CKR_PUBLIC_KEY_INVALID ||
	    rv == CKR_MECHANISM_PARAM_INVALID, "0x%lx", rv);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		rsa_signatures,
		ecdsa_signatures,
		macs,
		recovery,
		sign_and_recover_are_apart,
		usage_is_kept_to,
		a_pin_for_each_signature,
		a_pin_for_one_of_two,
		key_agreement,
		points_off_the_curve,
	};

	return guest_run("face sign", tests, ARRAY_LEN(tests));
}
