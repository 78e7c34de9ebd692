/* SPDX-License-Identifier: BSD-2-Clause
 *
 * C_EncapsulateKey and C_DecapsulateKey.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/cryptoki_sets.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE aes = CKK_AES;
static CK_ATTRIBUTE open_aes[] = {
	{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	{ CKA_KEY_TYPE, &aes, sizeof(aes) },
	{ CKA_SENSITIVE, &no, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
	{ CKA_ENCRYPT, &yes, 1 },
};
static CK_MECHANISM kem = { CKM_ML_KEM, NULL, 0 };

static const struct {
	CK_ULONG set, cipher_len;
} sets[] = {
	{ CKP_ML_KEM_512, 768 },
	{ CKP_ML_KEM_768, 1088 },
	{ CKP_ML_KEM_1024, 1568 },
};

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE public_key, private_key;
static CK_BYTE cipher[1568];
static CK_ULONG len;

/* Where libcrypto is too old, the mechanism is not there. */
static bool
is_there(void)
{
	CK_MECHANISM_INFO info;

	return p11->C_GetMechanismInfo(slot, CKM_ML_KEM, &info) == CKR_OK;
}

static void
make_pair(CK_ULONG set)
{
	CK_MECHANISM make = { CKM_ML_KEM_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_PARAMETER_SET, &set, sizeof(set) },
		{ CKA_ENCAPSULATE, &yes, 1 },
	};
	CK_ATTRIBUTE private_tmpl[] = { { CKA_DECAPSULATE, &yes, 1 } };

	ok(p11->C_GenerateKeyPair(session, &make, public_tmpl, 2,
	    private_tmpl, 1, &public_key, &private_key));
}

static CK_RV
encapsulate(CK_BYTE *out, CK_OBJECT_HANDLE *key)
{
	return p11_3->C_EncapsulateKey(session, &kem, public_key, open_aes,
	    ARRAY_LEN(open_aes), out, &len, key);
}

static CK_RV
decapsulate(CK_ULONG cipher_len, CK_OBJECT_HANDLE *key)
{
	return p11_3->C_DecapsulateKey(session, &kem, private_key, open_aes,
	    ARRAY_LEN(open_aes), cipher, cipher_len, key);
}

static bool
same_value(CK_OBJECT_HANDLE a, CK_OBJECT_HANDLE b)
{
	CK_BYTE one[64], two[64];
	CK_ULONG one_len = sizeof(one), two_len = sizeof(two);

	ok(guest_bytes(session, a, CKA_VALUE, one, &one_len));
	ok(guest_bytes(session, b, CKA_VALUE, two, &two_len));
	ck_assert_uint_eq(one_len, 32);
	return one_len == two_len && memcmp(one, two, one_len) == 0;
}

START_TEST(both_have_the_secret)
{
	CK_OBJECT_HANDLE made = 0, back = 0;
	size_t i;

	if (!is_there())
		return;
	session = guest_login();
	for (i = 0; i < ARRAY_LEN(sets); i++) {
		make_pair(sets[i].set);
		len = 0;
		ok(encapsulate(NULL, NULL));
		ck_assert_uint_eq(len, sets[i].cipher_len);
		len--;
		is(encapsulate(cipher, &made), CKR_BUFFER_TOO_SMALL);
		ck_assert_uint_eq(len, sets[i].cipher_len);
		ck_assert_uint_eq(made, 0);
		ok(encapsulate(cipher, &made));
		ok(decapsulate(len, &back));
		ck_assert(same_value(made, back));
		ck_assert_uint_eq(
		    guest_bool(session, back, CKA_LOCAL), CK_FALSE);
		/* a forged one gives another key, and no answer */
		cipher[9] ^= 1;
		ok(decapsulate(len, &back));
		ck_assert(!same_value(made, back));
		made = 0;
	}
}
END_TEST

START_TEST(what_is_refused)
{
	CK_OBJECT_HANDLE key = 0, none = 4711;
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };
	CK_ATTRIBUTE off = { CKA_ENCAPSULATE, &no, 1 };

	session = guest_login();
	len = sizeof(cipher);
	is(p11_3->C_EncapsulateKey(session, NULL, 1, NULL, 0, cipher, &len,
	    &key), CKR_ARGUMENTS_BAD);
	is(p11_3->C_EncapsulateKey(session, &sha, 1, NULL, 0, cipher, &len,
	    &key), CKR_MECHANISM_INVALID);
	is(p11_3->C_DecapsulateKey(session, &sha, 1, NULL, 0, cipher, len,
	    &key), CKR_MECHANISM_INVALID);
	if (!is_there())
		return;
	make_pair(CKP_ML_KEM_768);
	is(p11_3->C_EncapsulateKey(session, &kem, public_key, NULL, 1, cipher,
	    &len, &key), CKR_ARGUMENTS_BAD);
	is(p11_3->C_EncapsulateKey(session, &kem, public_key, NULL, 0, cipher,
	    NULL, &key), CKR_ARGUMENTS_BAD);
	is(encapsulate(cipher, NULL), CKR_ARGUMENTS_BAD);
	is(p11_3->C_EncapsulateKey(session, &kem, none, NULL, 0, cipher, &len,
	    &key), CKR_KEY_HANDLE_INVALID);
	is(p11_3->C_EncapsulateKey(session, &kem, private_key, open_aes, 2,
	    cipher, &len, &key), CKR_KEY_TYPE_INCONSISTENT);
	is(p11_3->C_DecapsulateKey(session, &kem, public_key, open_aes, 2,
	    cipher, 1088, &key), CKR_KEY_TYPE_INCONSISTENT);
	is(p11_3->C_DecapsulateKey(session, &kem, private_key, open_aes, 2,
	    NULL, 1088, &key), CKR_ARGUMENTS_BAD);
	is(p11_3->C_DecapsulateKey(session, &kem, private_key, open_aes, 2,
	    cipher, 1088, NULL), CKR_ARGUMENTS_BAD);
	ck_assert_uint_ne(decapsulate(1087, &key), CKR_OK);
	ck_assert_uint_ne(decapsulate(0, &key), CKR_OK);
	ok(p11->C_SetAttributeValue(session, public_key, &off, 1));
	is(encapsulate(cipher, &key), CKR_KEY_FUNCTION_NOT_PERMITTED);
	ck_assert_uint_eq(key, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { both_have_the_secret, what_is_refused };

	return guest_run("face kem", tests, ARRAY_LEN(tests));
}
