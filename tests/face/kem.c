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

/* --- templates that the keys carry --- */

static CK_BYTE label[] = { 'r', 'u', 'l', 'e' };
static CK_MECHANISM_TYPE only[] = { CKM_AES_GCM };
static CK_ATTRIBUTE sent[] = {
	{ CKA_KEY_TYPE, &aes, sizeof(aes) },
	{ CKA_SENSITIVE, &yes, 1 },
	{ CKA_EXTRACTABLE, &no, 1 },
};
static CK_ATTRIBUTE received[] = {
	{ CKA_KEY_TYPE, &aes, sizeof(aes) },
	{ CKA_LABEL, label, sizeof(label) },
	{ CKA_DECRYPT, &no, 1 },
	{ CKA_ALLOWED_MECHANISMS, only, sizeof(only) },
};

static CK_RV
make_ruled(CK_ULONG public_type, CK_ULONG private_type, CK_ULONG twice)
{
	CK_MECHANISM make = { CKM_ML_KEM_KEY_PAIR_GEN, NULL, 0 };
	CK_ULONG set = CKP_ML_KEM_768;
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_PARAMETER_SET, &set, sizeof(set) },
		{ CKA_ENCAPSULATE, &yes, 1 },
		{ public_type, sent, sizeof(sent) },
		{ twice, sent, sizeof(sent[0]) },
	};
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_DECAPSULATE, &yes, 1 },
		{ private_type, received, sizeof(received) },
	};

	return p11->C_GenerateKeyPair(session, &make, public_tmpl,
	    twice == 0 ? 3 : 4, private_tmpl, 2, &public_key, &private_key);
}

/* The template of the key, asked for as one of its two numbers. */
static void
shows_lines(CK_OBJECT_HANDLE of, CK_ULONG type, CK_ULONG count)
{
	CK_BYTE room[4][16];
	CK_ATTRIBUTE lines[4];
	CK_ATTRIBUTE line = { type, NULL, 0 };
	size_t i;

	ok(p11->C_GetAttributeValue(session, of, &line, 1));
	ck_assert_uint_eq(line.ulValueLen, count * sizeof(lines[0]));
	for (i = 0; i < ARRAY_LEN(lines); i++)
		lines[i] = (CK_ATTRIBUTE){ 0, room[i], sizeof(room[i]) };
	line.pValue = lines;
	ok(p11->C_GetAttributeValue(session, of, &line, 1));
	ck_assert_uint_eq(lines[0].type, CKA_KEY_TYPE);
	ck_assert_mem_eq(room[0], &aes, sizeof(aes));
}

static void
what_was_made(CK_OBJECT_HANDLE made, CK_OBJECT_HANDLE back)
{
	CK_BYTE shown[32];
	CK_ULONG size = sizeof(shown);

	ck_assert_uint_eq(guest_number(session, made, CKA_KEY_TYPE), CKK_AES);
	ck_assert_uint_eq(guest_bool(session, made, CKA_SENSITIVE), CK_TRUE);
	ck_assert_uint_eq(
	    guest_bool(session, made, CKA_EXTRACTABLE), CK_FALSE);
	is(guest_bytes(session, made, CKA_VALUE, shown, &size),
	    CKR_ATTRIBUTE_SENSITIVE);
	ck_assert_uint_eq(guest_number(session, back, CKA_KEY_TYPE), CKK_AES);
	ck_assert_uint_eq(guest_bool(session, back, CKA_DECRYPT), CK_FALSE);
	size = sizeof(shown);
	ok(guest_bytes(session, back, CKA_LABEL, shown, &size));
	ck_assert_uint_eq(size, sizeof(label));
	ck_assert_mem_eq(shown, label, sizeof(label));
	size = sizeof(shown);
	ok(guest_bytes(session, back, CKA_ALLOWED_MECHANISMS, shown, &size));
	ck_assert_uint_eq(size, sizeof(only));
	ck_assert_mem_eq(shown, only, sizeof(only));
}

static void
check_ruled(void)
{
	CK_ATTRIBUTE same = { CKA_EXTRACTABLE, &no, 1 };
	CK_ATTRIBUTE against[] = {
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_LABEL, label, 1 },
	};
	CK_OBJECT_HANDLE made = 0, back = 0, none = 0;

	len = 0;
	/* what does not go together is said before anything is made */
	is(p11_3->C_EncapsulateKey(session, &kem, public_key, &against[0], 1,
	    NULL, &len, NULL), CKR_TEMPLATE_INCONSISTENT);
	len = sizeof(cipher);
	is(p11_3->C_EncapsulateKey(session, &kem, public_key, &against[0], 1,
	    cipher, &len, &none), CKR_TEMPLATE_INCONSISTENT);
	ok(p11_3->C_EncapsulateKey(
	    session, &kem, public_key, &same, 1, cipher, &len, &made));
	is(p11_3->C_DecapsulateKey(session, &kem, private_key, &against[1], 1,
	    cipher, len, &none), CKR_TEMPLATE_INCONSISTENT);
	ok(p11_3->C_DecapsulateKey(
	    session, &kem, private_key, NULL, 0, cipher, len, &back));
	what_was_made(made, back);
	ck_assert_uint_eq(none, 0);
}

START_TEST(the_keys_have_rules)
{
	static const CK_ULONG numbers[][2] = {
		{ CKA_ENCAPSULATE_TEMPLATE, CKA_DECAPSULATE_TEMPLATE },
		{ CKA_ENCAPSULATE_TEMPLATE_ARRAY,
		    CKA_DECAPSULATE_TEMPLATE_ARRAY },
	};
	CK_ATTRIBUTE change = { CKA_ENCAPSULATE_TEMPLATE, sent,
		sizeof(sent[0]) };
	CK_OBJECT_HANDLE copy;
	size_t i, k;

	if (!is_there())
		return;
	session = guest_login();
	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		ok(make_ruled(numbers[i][0], numbers[i][1], 0));
		for (k = 0; k < ARRAY_LEN(numbers); k++) {
			shows_lines(public_key, numbers[k][0], 3);
			shows_lines(private_key, numbers[k][1], 4);
		}
		check_ruled();
		is(p11->C_SetAttributeValue(session, public_key, &change, 1),
		    CKR_ATTRIBUTE_READ_ONLY);
		is(p11->C_CopyObject(session, public_key, &change, 1, &copy),
		    CKR_ATTRIBUTE_READ_ONLY);
		ok(p11->C_CopyObject(session, public_key, NULL, 0, &copy));
		public_key = copy;
		check_ruled();
	}
	/* one attribute under two numbers */
	is(make_ruled(CKA_ENCAPSULATE_TEMPLATE, CKA_DECAPSULATE_TEMPLATE,
	    CKA_ENCAPSULATE_TEMPLATE_ARRAY), CKR_TEMPLATE_INCONSISTENT);
	/* each half has its own */
	is(make_ruled(CKA_DECAPSULATE_TEMPLATE, CKA_DECAPSULATE_TEMPLATE, 0),
	    CKR_ATTRIBUTE_TYPE_INVALID);
}
END_TEST

/* Rules of the key go on to what is derived of its secrets. */
START_TEST(what_is_hidden_stays_so)
{
	CK_MECHANISM make = { CKM_ML_KEM_KEY_PAIR_GEN, NULL, 0 };
	CK_HKDF_PARAMS hkdf = { CK_TRUE, CK_TRUE, CKM_SHA256,
		CKF_HKDF_SALT_NULL, NULL, 0, 0, NULL, 0 };
	CK_MECHANISM how = { CKM_HKDF_DERIVE, &hkdf, sizeof(hkdf) };
	CK_ULONG set = CKP_ML_KEM_768, bytes = 32;
	CK_ATTRIBUTE public_tmpl = { CKA_PARAMETER_SET, &set, sizeof(set) };
	CK_ATTRIBUTE hidden = { CKA_SENSITIVE, &yes, 1 };
	CK_ATTRIBUTE private_tmpl = { CKA_DECAPSULATE_TEMPLATE, &hidden,
		sizeof(hidden) };
	CK_ATTRIBUTE sign = { CKA_SIGN, &yes, 1 };
	CK_ATTRIBUTE open[] = {
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
		{ CKA_SENSITIVE, &no, 1 },
	};
	CK_OBJECT_HANDLE made = 0, back = 0;

	if (!is_there())
		return;
	session = guest_login();
	ok(p11->C_GenerateKeyPair(session, &make, &public_tmpl, 1,
	    &private_tmpl, 1, &public_key, &private_key));
	len = sizeof(cipher);
	ok(encapsulate(cipher, &made));
	is(p11_3->C_DecapsulateKey(session, &kem, private_key, &sign, 1,
	    cipher, len, &back), CKR_TEMPLATE_INCONSISTENT);
	ok(p11_3->C_DecapsulateKey(session, &kem, private_key, NULL, 0,
	    cipher, len, &back));
	ck_assert_uint_eq(guest_bool(session, back, CKA_SIGN), CK_FALSE);
	is(p11->C_DeriveKey(session, &how, back, open, 2, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	ok(p11->C_DeriveKey(session, &how, back, open, 1, &made));
	ck_assert_uint_eq(guest_bool(session, made, CKA_SENSITIVE), CK_TRUE);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { both_have_the_secret, what_is_refused,
		the_keys_have_rules, what_is_hidden_stays_so };

	return guest_run("face kem", tests, ARRAY_LEN(tests));
}
