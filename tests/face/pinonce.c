/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A key that wants its PIN for each use, in calls that begin and end a use at
 * once.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_ULONG wanted = 32;
static CK_ATTRIBUTE tmpl[] = {
	{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	{ CKA_KEY_TYPE, &generic, sizeof(generic) },
	{ CKA_VALUE_LEN, &wanted, sizeof(wanted) },
	{ CKA_EXTRACTABLE, &yes, 1 },
};
static unsigned char p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	0x03, 0x01, 0x07 };

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE public_key, key;
static unsigned char point[128];
static CK_ECDH1_DERIVE_PARAMS ecdh;
static CK_MECHANISM how;

static void
careful_key(CK_ULONG use)
{
	CK_MECHANISM make = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_EC_PARAMS, p256, sizeof(p256) },
		{ CKA_ENCAPSULATE, &yes, 1 },
	};
	CK_ATTRIBUTE private_tmpl[] = {
		{ use, &yes, 1 },
		{ CKA_PRIVATE, &yes, 1 },
		{ CKA_ALWAYS_AUTHENTICATE, &yes, 1 },
	};

	ok(p11->C_GenerateKeyPair(session, &make, public_tmpl, 2,
	    private_tmpl, 3, &public_key, &key));
}

static void
derivable(void)
{
	CK_ULONG len = sizeof(point);

	careful_key(CKA_DERIVE);
	ok(guest_bytes(session, public_key, CKA_EC_POINT, point, &len));
	ecdh = (CK_ECDH1_DERIVE_PARAMS){ CKD_SHA256_KDF, 0, NULL, len, point };
	how = (CK_MECHANISM){ CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh) };
}

static CK_RV
derive(CK_OBJECT_HANDLE with)
{
	CK_OBJECT_HANDLE made;

	return p11->C_DeriveKey(session, &how, with, tmpl, 4, &made);
}

static CK_RV
log_in(void)
{
	return p11->C_Login(session, CKU_CONTEXT_SPECIFIC, PIN_OF(USER_PIN));
}

START_TEST(one_pin_one_derivation)
{
	session = guest_login();
	derivable();
	is(log_in(), CKR_OPERATION_NOT_INITIALIZED);
	for (int i = 0; i < 2; i++) {
		is(derive(key), CKR_USER_NOT_LOGGED_IN);
		is(p11->C_Login(session, CKU_CONTEXT_SPECIFIC,
		    PIN_OF("wrong-pin")), CKR_PIN_INCORRECT);
		is(derive(key), CKR_USER_NOT_LOGGED_IN);
		ok(log_in());
		/* it is given already */
		is(log_in(), CKR_OPERATION_NOT_INITIALIZED);
		ok(derive(key));
	}
	is(derive(key), CKR_USER_NOT_LOGGED_IN);
	/* a call that fails for another reason was a use, too */
	ok(log_in());
	wanted = 0x10000000;
	is(derive(key), CKR_KEY_SIZE_RANGE);
	wanted = 32;
	is(derive(key), CKR_USER_NOT_LOGGED_IN);
	ck_assert_uint_eq(
	    guest_bool(session, key, CKA_ALWAYS_AUTHENTICATE), CK_TRUE);
}
END_TEST

START_TEST(what_ends_it)
{
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };
	CK_OBJECT_HANDLE first;

	session = guest_login();
	derivable();
	first = key;
	derivable();
	/* for that key only */
	is(derive(first), CKR_USER_NOT_LOGGED_IN);
	ok(log_in());
	is(derive(key), CKR_USER_NOT_LOGGED_IN);
	is(derive(first), CKR_USER_NOT_LOGGED_IN);
	/* another operation */
	ok(p11->C_DigestInit(session, &sha));
	is(log_in(), CKR_OPERATION_NOT_INITIALIZED);
	ok(p11_3->C_SessionCancel(session, CKF_DIGEST));
	is(derive(key), CKR_USER_NOT_LOGGED_IN);
	ok(p11_3->C_SessionCancel(session, CKF_DERIVE));
	is(log_in(), CKR_OPERATION_NOT_INITIALIZED);
	/* another session has its own */
	is(derive(key), CKR_USER_NOT_LOGGED_IN);
	ok(log_in());
	session = guest_open(CKF_RW_SESSION);
	is(derive(key), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

START_TEST(not_across_a_logout)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE keep = { CKA_TOKEN, &yes, 1 };
	CK_ATTRIBUTE find[] = { keep, { CKA_CLASS, &class, sizeof(class) } };
	CK_OBJECT_HANDLE kept;

	session = guest_login();
	derivable();
	ok(p11->C_CopyObject(session, key, &keep, 1, &kept));
	is(derive(kept), CKR_USER_NOT_LOGGED_IN);
	ok(log_in());
	ok(p11->C_Logout(session));
	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	is(derive(kept), CKR_KEY_HANDLE_INVALID);
	ck_assert_uint_eq(guest_find(session, find, 2, &kept), 1);
	is(derive(kept), CKR_USER_NOT_LOGGED_IN);
	ok(log_in());
	ok(derive(kept));
	ok(p11->C_DestroyObject(session, kept));
}
END_TEST

START_TEST(decapsulation)
{
	CK_ECDH1_DERIVE_PARAMS none = { .kdf = CKD_SHA256_KDF };
	CK_MECHANISM kem = { CKM_ECDH1_DERIVE, &none, sizeof(none) };
	CK_OBJECT_HANDLE made;
	unsigned char cipher[65];
	CK_ULONG len = sizeof(cipher);

	session = guest_login();
	careful_key(CKA_DECAPSULATE);
	ok(p11_3->C_EncapsulateKey(session, &kem, public_key, tmpl, 4, cipher,
	    &len, &made));
	is(p11_3->C_DecapsulateKey(session, &kem, key, tmpl, 4, cipher, len,
	    &made), CKR_USER_NOT_LOGGED_IN);
	ok(log_in());
	ok(p11_3->C_DecapsulateKey(session, &kem, key, tmpl, 4, cipher, len,
	    &made));
	is(p11_3->C_DecapsulateKey(session, &kem, key, tmpl, 4, cipher, len,
	    &made), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

START_TEST(unwrapping)
{
	CK_ULONG bits = 2048;
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA_1, CKG_MGF1_SHA1,
		CKZ_DATA_SPECIFIED, NULL, 0 };
	CK_MECHANISM make = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_MECHANISM wrap = { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) };
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
		{ CKA_WRAP, &yes, 1 },
	};
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_UNWRAP, &yes, 1 },
		{ CKA_DECRYPT, &no, 1 },
		{ CKA_PRIVATE, &yes, 1 },
		{ CKA_ALWAYS_AUTHENTICATE, &yes, 1 },
	};
	CK_OBJECT_HANDLE made, inner;
	unsigned char wrapped[256];
	CK_ULONG len = sizeof(wrapped);

	session = guest_login();
	inner = guest_generic(session, 32);
	ok(p11->C_GenerateKeyPair(session, &make, public_tmpl, 2,
	    private_tmpl, 4, &public_key, &key));
	ok(p11->C_WrapKey(session, &wrap, public_key, inner, wrapped, &len));
	for (int i = 0; i < 2; i++) {
		is(p11->C_UnwrapKey(session, &wrap, key, wrapped, len, tmpl,
		    4, &made), CKR_USER_NOT_LOGGED_IN);
		ok(log_in());
		ok(p11->C_UnwrapKey(session, &wrap, key, wrapped, len, tmpl,
		    4, &made));
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { one_pin_one_derivation, what_ends_it,
		not_across_a_logout, decapsulation, unwrapping };

	return guest_run("face pin for a call", tests, ARRAY_LEN(tests));
}
