/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is on a card, as objects: pairs and certificates, what they say and
 * what can be changed.
 */
#include "tests/face/cardguest.h"

#include <string.h>

#include "tests/face/certificate.h"

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static CK_ULONG
bytes_of(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, unsigned char out[600])
{
	CK_ULONG len = 600;

	ok(guest_bytes(session, object, type, out, &len));
	return len;
}

static void
same(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE a, CK_OBJECT_HANDLE b,
    CK_ATTRIBUTE_TYPE type)
{
	unsigned char one[600], two[600];
	CK_ULONG len = bytes_of(session, a, type, one);

	ck_assert_uint_gt(len, 0);
	ck_assert_uint_eq(bytes_of(session, b, type, two), len);
	ck_assert_mem_eq(one, two, len);
}

START_TEST(a_pair)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		CK_BBOOL private, public;
	} rows[] = {
		{ CKA_TOKEN, CK_TRUE, CK_TRUE },
		{ CKA_PRIVATE, CK_TRUE, CK_FALSE },
		{ CKA_COPYABLE, CK_FALSE, CK_TRUE },
		{ CKA_MODIFIABLE, CK_TRUE, CK_TRUE },
		{ CKA_DESTROYABLE, CK_TRUE, CK_FALSE },
	};
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		CK_BBOOL value;
	} inside[] = {
		{ CKA_SENSITIVE, CK_TRUE },
		{ CKA_EXTRACTABLE, CK_FALSE },
		{ CKA_WRAP_WITH_TRUSTED, CK_FALSE },
		{ CKA_SIGN, CK_TRUE },
	};
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key, found;
	unsigned char value[600], wrapped[600];
	CK_ULONG len;
	CK_MECHANISM blob = { CKM_CNG_RSAPRIVATE, NULL, 0 };
	CK_MECHANISM public_blob = { CKM_CNG_RSAPUBLIC, NULL, 0 };

	card_begin(0, _i, "");
	session = card_login();
	card_key(session, "a pair", &public_key, &key);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert_msg(guest_bool(session, key, rows[i].type) ==
		    rows[i].private, "private %#lx", rows[i].type);
		ck_assert_msg(guest_bool(session, public_key, rows[i].type) ==
		    rows[i].public, "public %#lx", rows[i].type);
	}
	for (size_t i = 0; i < ARRAY_LEN(inside); i++)
		ck_assert_msg(guest_bool(session, key, inside[i].type) ==
		    inside[i].value, "%#lx", inside[i].type);
	/* nobody claims what the card does not tell */
	ck_assert_uint_eq(guest_bool(session, key, CKA_LOCAL), card->tells);
	ck_assert_uint_eq(
	    guest_bool(session, public_key, CKA_LOCAL), card->tells);
	ck_assert_uint_eq(
	    guest_bool(session, key, CKA_ALWAYS_SENSITIVE), card->tells);
	ck_assert_uint_eq(
	    guest_bool(session, key, CKA_NEVER_EXTRACTABLE), card->tells);
	same(session, key, public_key, CKA_ID);
	same(session, key, public_key, CKA_LABEL);
	same(session, key, public_key, CKA_MODULUS);
	same(session, key, public_key, CKA_PUBLIC_KEY_INFO);
	ck_assert_uint_eq(
	    guest_number(session, key, CKA_KEY_TYPE), CKK_RSA);
	len = bytes_of(session, key, CKA_CNG_KEY_NAME, value);
	ck_assert_uint_eq(len, 6);
	ck_assert_mem_eq(value, "a pair", 6);
	/* what is inside stays there */
	len = sizeof(value);
	is(guest_bytes(session, key, CKA_PRIVATE_EXPONENT, value, &len),
	    CKR_ATTRIBUTE_SENSITIVE);
	len = sizeof(value);
	is(guest_bytes(session, key, CKA_CNG_BLOB, value, &len),
	    CKR_ATTRIBUTE_SENSITIVE);
	len = sizeof(wrapped);
	is(p11->C_WrapKey(session, &blob, 0, key, wrapped, &len),
	    CKR_KEY_UNEXTRACTABLE);
	len = sizeof(wrapped);
	ok(p11->C_WrapKey(session, &public_blob, 0, public_key, wrapped,
	    &len));
	/* both halves have one handle for as long as the card is in */
	ck_assert_uint_eq(
	    card_find(session, CKO_PRIVATE_KEY, "a pair", &found), 1);
	ck_assert_uint_eq(found, key);
	ck_assert_uint_eq(
	    card_find(session, CKO_PUBLIC_KEY, "a pair", &found), 1);
	ck_assert_uint_eq(found, public_key);
	card_end();
}
END_TEST

static CK_RV
set(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, const char *value)
{
	char copy[64];
	CK_ATTRIBUTE line = { type, copy, strlen(value) };

	memcpy(copy, value, strlen(value));
	return p11->C_SetAttributeValue(session, object, &line, 1);
}

START_TEST(changes)
{
	CK_ATTRIBUTE open_up = { CKA_EXTRACTABLE, &yes, 1 };
	CK_ATTRIBUTE to_session = { CKA_TOKEN, &no, 1 };
	CK_SESSION_HANDLE session, reading;
	CK_OBJECT_HANDLE public_key, key, copy, found;
	CK_ULONG size;

	card_begin(1, _i, "");
	session = card_login();
	card_key(session, "before", &public_key, &key);
	reading = guest_open(0);
	is(set(reading, key, CKA_LABEL, "after"), CKR_SESSION_READ_ONLY);
	is(set(session, key, CKA_ID, "id"), CKR_ATTRIBUTE_READ_ONLY);
	is(p11->C_SetAttributeValue(session, key, &open_up, 1),
	    CKR_ATTRIBUTE_READ_ONLY);
	ok(set(session, key, CKA_LABEL, "after"));
	ck_assert_uint_eq(
	    card_find(session, CKO_PRIVATE_KEY, "before", NULL), 0);
	ck_assert_uint_eq(
	    card_find(session, CKO_PRIVATE_KEY, "after", &found), 1);
	ck_assert_uint_eq(
	    card_find(session, CKO_PUBLIC_KEY, "after", NULL), 1);
	ok(set(session, found, CKA_CNG_KEY_NAME, "by name"));
	ck_assert_uint_eq(
	    card_find(session, CKO_PRIVATE_KEY, "by name", &key), 1);
	ok(card_sign(session, key));
	/* a private key stays where it is, a public one may be had */
	is(p11->C_CopyObject(session, key, &to_session, 1, &copy),
	    CKR_ACTION_PROHIBITED);
	ck_assert_uint_eq(
	    card_find(session, CKO_PUBLIC_KEY, "by name", &public_key), 1);
	ok(p11->C_CopyObject(session, public_key, &to_session, 1, &copy));
	ck_assert(!guest_bool(session, copy, CKA_TOKEN));
	/* the public half goes with the private one */
	is(p11->C_DestroyObject(session, public_key), CKR_ACTION_PROHIBITED);
	is(p11->C_DestroyObject(reading, key), CKR_SESSION_READ_ONLY);
	ok(p11->C_DestroyObject(session, key));
	is(p11->C_GetObjectSize(session, key, &size),
	    CKR_OBJECT_HANDLE_INVALID);
	is(p11->C_GetObjectSize(session, public_key, &size),
	    CKR_OBJECT_HANDLE_INVALID);
	ok(p11->C_GetObjectSize(session, copy, &size));
	ck_assert_uint_eq(card_find(session, CKO_PRIVATE_KEY, NULL, NULL), 0);
	card_end();
}
END_TEST

/* The certificate's own private key is nowhere: its public key has no place
 * on the card, and that is said. */
START_TEST(certificates)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE x509 = CKC_X_509;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_VALUE, certificate, sizeof(certificate) },
	};
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE made;

	card_begin(2, _i, "");
	session = card_login();
	is(p11->C_CreateObject(session, tmpl, 4, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	tmpl[2].pValue = &no;
	ok(p11->C_CreateObject(session, tmpl, 4, &made));
	ck_assert_uint_eq(card_find(session, CKO_CERTIFICATE, NULL, NULL),
	    1);
	card_end();
}
END_TEST

/* Who is not logged in sees what is public. */
START_TEST(hidden)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key, again;
	CK_ATTRIBUTE stored = { CKA_TOKEN, &yes, 1 };
	CK_ULONG size;

	card_begin(3, _i, "");
	session = card_login();
	card_key(session, "hidden", &public_key, &key);
	ck_assert_uint_eq(guest_find(session, &stored, 1, NULL) >= 2, 1);
	ok(p11->C_Logout(session));
	ck_assert_uint_eq(card_find(session, CKO_PRIVATE_KEY, NULL, NULL), 0);
	ck_assert_uint_eq(
	    card_find(session, CKO_PUBLIC_KEY, "hidden", NULL), 1);
	is(p11->C_GetObjectSize(session, key, &size),
	    CKR_OBJECT_HANDLE_INVALID);
	is(card_pair(session, "no", 2048, CKA_SIGN, &public_key, &key),
	    CKR_USER_NOT_LOGGED_IN);
	ok(card_say(session, CKU_USER, CARD_PIN));
	/* a logout ends handles of what is private for good */
	is(p11->C_GetObjectSize(session, key, &size),
	    CKR_OBJECT_HANDLE_INVALID);
	is(p11->C_DestroyObject(session, key), CKR_OBJECT_HANDLE_INVALID);
	ck_assert_uint_eq(
	    card_find(session, CKO_PRIVATE_KEY, "hidden", &again), 1);
	ok(card_sign(session, again));
	ck_assert_uint_eq(
	    card_find(session, CKO_PUBLIC_KEY, "hidden", &again), 1);
	ck_assert_uint_eq(again, public_key);
	card_end();
}
END_TEST

/* What a card does not make. */
START_TEST(generation)
{
	CK_SESSION_HANDLE session, reading;
	CK_OBJECT_HANDLE public_key, key;
	CK_MECHANISM how = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ULONG bits = 2048;
	CK_BYTE three[] = { 3 };
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
		{ CKA_PUBLIC_EXPONENT, three, sizeof(three) },
	};
	CK_ATTRIBUTE private_tmpl[] = { { CKA_TOKEN, &yes, 1 } };

	card_begin(4, _i, "");
	session = card_login();
	is(p11->C_GenerateKeyPair(session, &how, public_tmpl, 2,
	    private_tmpl, 1, &public_key, &key),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	is(card_pair(session, "odd", 1536, CKA_SIGN, &public_key, &key),
	    CKR_KEY_SIZE_RANGE);
	is(card_pair(session, "ec", 256, CKA_SIGN, &public_key, &key),
	    card->ec ? CKR_OK : CKR_TEMPLATE_INCONSISTENT);
	reading = guest_open(0);
	is(card_pair(reading, "no", 2048, CKA_SIGN, &public_key, &key),
	    CKR_SESSION_READ_ONLY);
	/* without the administrator's key, where that is wanted */
	card_end();
	card_begin(4, _i, "card_admin_key_file = none\n");
	session = card_login();
	is(card_pair(session, "user", 2048, CKA_SIGN, &public_key, &key),
	    strcmp(card->app, "openpgp") == 0 ? CKR_USER_NOT_LOGGED_IN :
						CKR_OK);
	card_end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_pair, changes, certificates, hidden,
		generation };

	return card_run("face card objects", tests, ARRAY_LEN(tests));
}
