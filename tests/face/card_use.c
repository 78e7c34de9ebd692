/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What keys on cards do, checked with their public halves in software; and
 * what the token does beside its card.
 */
#include "tests/face/cardguest.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_BYTE text[] = { 't', 'e', 'x', 't' };
static CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
static CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA256,
	CKZ_DATA_SPECIFIED, NULL, 0 };

static CK_ULONG
sign_with(CK_SESSION_HANDLE session, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    CK_BYTE *data, CK_ULONG len, CK_BYTE out[512])
{
	CK_ULONG got = 512;

	ok(p11->C_SignInit(session, how, key));
	ok(card_again(session, key));
	ok(p11->C_Sign(session, data, len, out, &got));
	return got;
}

START_TEST(rsa_signs)
{
	CK_MECHANISM rows[] = {
		{ CKM_RSA_PKCS, NULL, 0 },
		{ CKM_SHA1_RSA_PKCS, NULL, 0 },
		{ CKM_SHA256_RSA_PKCS, NULL, 0 },
		{ CKM_SHA512_RSA_PKCS, NULL, 0 },
		{ CKM_RSA_PKCS_PSS, &pss, sizeof(pss) },
		{ CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof(pss) },
	};
	/* a card may know what it signs: DigestInfo of SHA-256 */
	CK_BYTE info[51] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86,
		0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
		0x20 };
	CK_BYTE out[512];
	CK_ULONG len, size;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key;
	CK_RV rv;

	card_begin(0, _i, "");
	session = card_login();
	card_key(session, "signs", &public_key, &key);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool raw = rows[i].mechanism == CKM_RSA_PKCS;
		bool hashed = rows[i].mechanism == CKM_RSA_PKCS_PSS;
		CK_BYTE *data = raw || hashed ? info : text;

		size = raw ? sizeof(info) : hashed ? 32 : sizeof(text);
		rv = p11->C_SignInit(session, &rows[i], key);
		/* a card that pads by itself has one way to do it */
		if (strcmp(card->app, "openpgp") == 0 &&
		    rows[i].mechanism != CKM_RSA_PKCS && rows[i].pParameter) {
			is(rv, CKR_MECHANISM_INVALID);
			/* another one may follow at once */
			ok(p11->C_SignInit(session, &rows[0], key));
			ok(card_again(session, key));
			len = sizeof(out);
			ok(p11->C_Sign(session, info, sizeof(info), out,
			    &len));
			is(p11->C_SignInit(session, &rows[i], key),
			    CKR_MECHANISM_INVALID);
			continue;
		}
		ok(rv);
		ok(card_again(session, key));
		len = sizeof(out);
		ok(p11->C_Sign(session, data, size, out, &len));
		ck_assert_uint_eq(len, 256);
		ok(p11->C_VerifyInit(session, &rows[i], public_key));
		ok(p11->C_Verify(session, data, size, out, len));
		out[9] ^= 1;
		ok(p11->C_VerifyInit(session, &rows[i], public_key));
		is(p11->C_Verify(session, data, size, out, len),
		    CKR_SIGNATURE_INVALID);
	}
	/* too much for the key is a fault of the caller */
	ok(p11->C_SignInit(session, &rows[0], key));
	ok(card_again(session, key));
	len = sizeof(out);
	is(p11->C_Sign(session, out, 300, out, &len), CKR_DATA_LEN_RANGE);
	card_end();
}
END_TEST

/* Nothing is made up in place of what a card did not say. */
static void
fails_to_decrypt(CK_SESSION_HANDLE session, CK_MECHANISM *how,
    CK_OBJECT_HANDLE key, CK_BYTE *cipher, CK_ULONG len)
{
	CK_BYTE out[512];
	CK_ULONG size = sizeof(out);

	ok(p11->C_DecryptInit(session, how, key));
	ok(card_again(session, key));
	card_tell("fault empty 1+");
	is(p11->C_Decrypt(session, cipher, len, out, &size),
	    CKR_DEVICE_ERROR);
	card_tell("fault empty 0");
}

START_TEST(rsa_decrypts)
{
	CK_MECHANISM rows[] = {
		{ CKM_RSA_PKCS, NULL, 0 },
		{ CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) },
	};
	CK_ATTRIBUTE wraps = { CKA_WRAP, &yes, 1 };
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_TOKEN, &no, 1 },
	};
	CK_ATTRIBUTE on_card = { CKA_TOKEN, &no, 1 };
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key, copy, aes, back;
	CK_BYTE cipher[512], out[512], value[64];
	CK_ULONG len, size;

	card_begin(1, _i, "");
	session = card_login();
	ok(card_pair(session, "decrypts", 2048, CKA_DECRYPT, &public_key,
	    &key));
	aes = guest_aes(session, 32);
	ok(p11->C_CopyObject(session, public_key, &on_card, 1, &copy));
	ok(p11->C_SetAttributeValue(session, copy, &wraps, 1));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		len = sizeof(cipher);
		ok(p11->C_EncryptInit(session, &rows[i], public_key));
		ok(p11->C_Encrypt(session, text, 4, cipher, &len));
		size = sizeof(out);
		if (strcmp(card->app, "openpgp") == 0 &&
		    rows[i].mechanism == CKM_RSA_PKCS_OAEP) {
			is(p11->C_DecryptInit(session, &rows[i], key),
			    CKR_MECHANISM_INVALID);
			is(p11->C_UnwrapKey(session, &rows[i], key, cipher,
			    len, tmpl, ARRAY_LEN(tmpl), &back),
			    CKR_MECHANISM_INVALID);
			continue;
		}
		fails_to_decrypt(session, &rows[i], key, cipher, len);
		ok(p11->C_DecryptInit(session, &rows[i], key));
		ok(card_again(session, key));
		ok(p11->C_Decrypt(session, cipher, len, out, &size));
		ck_assert_uint_eq(size, sizeof(text));
		ck_assert_mem_eq(out, text, sizeof(text));
		ok(p11->C_DecryptInit(session, &rows[i], key));
		is(p11->C_Decrypt(session, cipher, len - 1, out, &size),
		    CKR_ENCRYPTED_DATA_LEN_RANGE);
		/* a key under it is opened by the card, and then is a
		 * session's; PKCS#1 is not for that, see the policy */
		if (rows[i].mechanism == CKM_RSA_PKCS)
			continue;
		len = sizeof(cipher);
		ok(p11->C_WrapKey(session, &rows[i], copy, aes, cipher,
		    &len));
		ok(p11->C_UnwrapKey(session, &rows[i], key, cipher, len,
		    tmpl, ARRAY_LEN(tmpl), &back));
		size = sizeof(value);
		ok(guest_bytes(session, back, CKA_VALUE, value, &size));
		len = sizeof(out);
		ok(guest_bytes(session, aes, CKA_VALUE, out, &len));
		ck_assert_uint_eq(len, size);
		ck_assert_mem_eq(out, value, len);
	}
	card_end();
}
END_TEST

START_TEST(curves)
{
	CK_MECHANISM rows[] = {
		{ CKM_ECDSA, NULL, 0 },
		{ CKM_ECDSA_SHA256, NULL, 0 },
	};
	CK_BYTE hash[32] = { 1 }, out[512], point[128], peer[128];
	CK_ECDH1_DERIVE_PARAMS ecdh = { CKD_NULL, 0, NULL, 0, peer };
	CK_MECHANISM derive = { CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh) };
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ULONG wanted = 32, len;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE_LEN, &wanted, sizeof(wanted) },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key, my_public, mine, one, two;

	card_begin(2, _i, "");
	session = card_login();
	if (!card->ec) {
		is(card_pair(session, "curve", 256, CKA_SIGN, &public_key,
		    &key), CKR_TEMPLATE_INCONSISTENT);
		card_end();
		return;
	}
	ok(card_pair(session, "ecdsa", 256, CKA_SIGN, &public_key, &key));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		len = sign_with(session, &rows[i], key, hash, sizeof(hash),
		    out);
		ck_assert_uint_eq(len, 64);
		ok(p11->C_VerifyInit(session, &rows[i], public_key));
		ok(p11->C_Verify(session, hash, sizeof(hash), out, len));
	}
	/* on messages, each with its PIN */
	ok(p11_3->C_MessageSignInit(session, &rows[1], key));
	ok(card_again(session, key));
	len = sizeof(out);
	ok(p11_3->C_SignMessage(session, NULL, 0, text, 4, out, &len));
	ok(p11_3->C_MessageSignFinal(session));
	ok(p11->C_VerifyInit(session, &rows[1], public_key));
	ok(p11->C_Verify(session, text, 4, out, len));
	/* agreement with a key of the software */
	ok(card_pair(session, "ecdh", 256, CKA_DERIVE, &public_key, &key));
	card_guest(session, true, &my_public, &mine);
	ecdh.ulPublicDataLen = sizeof(peer);
	ok(guest_bytes(session, my_public, CKA_EC_POINT, peer,
	    &ecdh.ulPublicDataLen));
	ok(p11->C_DeriveKey(session, &derive, key, tmpl, 5, &one));
	ecdh.ulPublicDataLen = sizeof(peer);
	ok(guest_bytes(session, public_key, CKA_EC_POINT, peer,
	    &ecdh.ulPublicDataLen));
	ok(p11->C_DeriveKey(session, &derive, mine, tmpl, 5, &two));
	len = sizeof(out);
	ok(guest_bytes(session, one, CKA_VALUE, out, &len));
	wanted = sizeof(point);
	ok(guest_bytes(session, two, CKA_VALUE, point, &wanted));
	ck_assert_uint_eq(len, 32);
	ck_assert_uint_eq(len, wanted);
	ck_assert_mem_eq(out, point, len);
	card_end();
}
END_TEST

/* Many, by the operation that a session keeps; then the card comes back. */
START_TEST(kept)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key, again;
	CK_BYTE state[512];
	CK_ULONG len = sizeof(state);
	CK_MECHANISM how = { CKM_SHA256_RSA_PKCS, NULL, 0 };

	card_begin(3, _i, "");
	session = card_login();
	card_key(session, "kept", &public_key, &key);
	for (int i = 0; i < 3; i++)
		ok(card_sign(session, key));
	ok(p11->C_SignInit(session, &how, key));
	is(p11->C_GetOperationState(session, state, &len),
	    CKR_STATE_UNSAVEABLE);
	ok(p11_3->C_SessionCancel(session, CKF_SIGN));
	/* a reset by another program is not seen */
	card_tell("reset");
	ok(card_sign(session, key));
	card_tell("pull");
	card_tell("insert");
	is(card_sign(session, key), CKR_SESSION_HANDLE_INVALID);
	session = card_login();
	is(p11->C_SignInit(session, &how, key), CKR_KEY_HANDLE_INVALID);
	ck_assert_uint_eq(
	    card_find(session, CKO_PRIVATE_KEY, "kept", &again), 1);
	ok(card_sign(session, again));
	card_end();
}
END_TEST

/* What is announced of the card's keys is what begins with them. */
static void
begins(CK_SESSION_HANDLE session, CK_MECHANISM *how, CK_FLAGS use,
    CK_OBJECT_HANDLE key)
{
	CK_MECHANISM_INFO info;
	CK_RV rv = use == CKF_SIGN ? p11->C_SignInit(session, how, key) :
				     p11->C_DecryptInit(session, how, key);

	ok(p11->C_GetMechanismInfo(slot, how->mechanism, &info));
	ck_assert_msg((rv == CKR_OK) == ((info.flags & use) != 0),
	    "%s: %#lx: %#lx, flags %#lx", card->app, how->mechanism, rv,
	    info.flags);
	if (rv != CKR_OK)
		is(rv, CKR_MECHANISM_INVALID);
	else
		ck_assert_uint_ne(info.flags & CKF_HW, 0);
	/* with the public key, all is done here */
	ck_assert_uint_ne(info.flags & (use == CKF_SIGN ? CKF_VERIFY :
							 CKF_ENCRYPT), 0);
	ok(p11_3->C_SessionCancel(session, CKF_SIGN | CKF_DECRYPT));
}

static void
begin_all(CK_SESSION_HANDLE session)
{
	CK_MECHANISM signs[] = {
		{ CKM_RSA_PKCS, NULL, 0 },
		{ CKM_RSA_X_509, NULL, 0 },
		{ CKM_SHA1_RSA_PKCS, NULL, 0 },
		{ CKM_SHA512_RSA_PKCS, NULL, 0 },
		{ CKM_RSA_PKCS_PSS, &pss, sizeof(pss) },
		{ CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof(pss) },
	};
	CK_MECHANISM decrypts[] = {
		{ CKM_RSA_PKCS, NULL, 0 },
		{ CKM_RSA_X_509, NULL, 0 },
		{ CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) },
	};
	CK_MECHANISM ecdsa = { CKM_ECDSA_SHA256, NULL, 0 };
	CK_OBJECT_HANDLE public_key, key;

	card_key(session, "signs", &public_key, &key);
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		begins(session, &signs[i], CKF_SIGN, key);
	ok(card_pair(session, "decrypts", 2048, CKA_DECRYPT, &public_key,
	    &key));
	for (size_t i = 0; i < ARRAY_LEN(decrypts); i++)
		begins(session, &decrypts[i], CKF_DECRYPT, key);
	if (!card->ec)
		return;
	ok(card_pair(session, "curve", 256, CKA_SIGN, &public_key, &key));
	begins(session, &ecdsa, CKF_SIGN, key);
}

/* The token does all that is done elsewhere, for keys of sessions; what the
 * card does says so, with the sizes of its keys. */
START_TEST(mechanisms)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		bool hw[CARD_KINDS];     /* gids, piv, openpgp */
		CK_ULONG min[CARD_KINDS], max[CARD_KINDS];
	} rows[] = {
		{ CKM_RSA_PKCS, { true, true, true }, { 1024, 1024, 1024 },
		    { 4096, 4096, 4096 } },
		{ CKM_RSA_X_509, { true, true, false }, { 1024, 1024, 0 },
		    { 4096, 4096, 0 } },
		{ CKM_SHA256_RSA_PKCS, { true, true, true },
		    { 1024, 1024, 1024 }, { 4096, 4096, 4096 } },
		{ CKM_RSA_PKCS_OAEP, { true, true, false },
		    { 1024, 1024, 0 }, { 4096, 4096, 0 } },
		{ CKM_SHA256_RSA_PKCS_PSS, { true, true, false },
		    { 1024, 1024, 0 }, { 4096, 4096, 0 } },
		{ CKM_RSA_PKCS_KEY_PAIR_GEN, { true, true, true },
		    { 1024, 1024, 1024 }, { 4096, 4096, 4096 } },
		{ CKM_EC_KEY_PAIR_GEN, { false, true, true },
		    { 0, 256, 256 }, { 0, 384, 521 } },
		{ CKM_ECDSA, { false, true, true }, { 0, 256, 256 },
		    { 0, 384, 521 } },
		{ CKM_ECDH1_DERIVE, { false, true, true }, { 0, 256, 256 },
		    { 0, 384, 521 } },
		{ CKM_AES_GCM, { false }, { 0 }, { 0 } },
		{ CKM_SHA256, { false }, { 0 }, { 0 } },
		{ CKM_AES_KEY_GEN, { false }, { 0 }, { 0 } },
		{ CKM_CNG_RSAPRIVATE, { false }, { 0 }, { 0 } },
		{ CKM_DSA, { false }, { 0 }, { 0 } },
	};
	CK_MECHANISM_INFO info;
	CK_SESSION_HANDLE session;
	CK_BYTE random[16] = { 0 }, none[16] = { 0 };
	CK_ULONG count = 0;
	int asked;

	card_begin(4, _i, "");
	ok(p11->C_GetMechanismList(slot, NULL, &count));
	ck_assert_uint_gt(count, 100);
	asked = card_tell("count");
	ok(p11->C_GetMechanismInfo(slot, CKM_RSA_PKCS, &info));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ok(p11->C_GetMechanismInfo(slot, rows[i].type, &info));
		ck_assert_msg(((info.flags & CKF_HW) != 0) == rows[i].hw[_i],
		    "%#lx", rows[i].type);
		if (!rows[i].hw[_i])
			continue;
		ck_assert_msg(info.ulMinKeySize == rows[i].min[_i] &&
		    info.ulMaxKeySize == rows[i].max[_i], "%#lx: %lu to %lu",
		    rows[i].type, info.ulMinKeySize, info.ulMaxKeySize);
	}
	/* which card it is, is asked once */
	ck_assert_int_eq(card_tell("count"), asked);
	session = card_login();
	begin_all(session);
	ok(p11->C_GenerateRandom(session, random, sizeof(random)));
	ck_assert_mem_ne(random, none, sizeof(none));
	card_end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { rsa_signs, rsa_decrypts, curves, kept,
		mechanisms };

	return card_run("face card use", tests, ARRAY_LEN(tests));
}
