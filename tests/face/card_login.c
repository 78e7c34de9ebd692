/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs of cards: the user's, the administrator's, and of keys that want theirs
 * each time.
 */
#include "tests/face/cardguest.h"

#include <string.h>

#define NEW_PIN "654321"
#define PIN_FLAGS \
	(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | \
	    CKF_USER_PIN_LOCKED | CKF_USER_PIN_TO_BE_CHANGED)

static CK_FLAGS
pin_flags(void)
{
	CK_TOKEN_INFO info;

	ok(p11->C_GetTokenInfo(slot, &info));
	return info.flags & PIN_FLAGS;
}

static CK_STATE
state(CK_SESSION_HANDLE session)
{
	CK_SESSION_INFO info;

	ok(p11->C_GetSessionInfo(session, &info));
	return info.state;
}

static CK_RV
set_pin(CK_SESSION_HANDLE session, const char *before, const char *after)
{
	CK_UTF8CHAR one[256], two[256];

	memcpy(one, before, strlen(before));
	memcpy(two, after, strlen(after));
	return p11->C_SetPIN(
	    session, one, strlen(before), two, strlen(after));
}

static CK_RV
init_pin(CK_SESSION_HANDLE session, const char *pin)
{
	CK_UTF8CHAR copy[256];

	memcpy(copy, pin, strlen(pin));
	return p11->C_InitPIN(session, copy, strlen(pin));
}

/* Three tries, and the administrator's help. */
START_TEST(the_user)
{
	CK_SESSION_HANDLE session;

	card_begin(0, _i, "");
	session = guest_open(CKF_RW_SESSION);
	is(card_say(session, CKU_CONTEXT_SPECIFIC, CARD_PIN),
	    CKR_OPERATION_NOT_INITIALIZED);
	is(card_say(session, 17, CARD_PIN), CKR_USER_TYPE_INVALID);
	is(p11->C_Login(session, CKU_USER, NULL, 0), CKR_ARGUMENTS_BAD);
	is(p11->C_Logout(session), CKR_USER_NOT_LOGGED_IN);
	ck_assert_uint_eq(pin_flags(), 0);
	is(card_say(session, CKU_USER, "999999"), CKR_PIN_INCORRECT);
	ck_assert_uint_eq(pin_flags(), CKF_USER_PIN_COUNT_LOW);
	ck_assert_uint_eq(state(session), CKS_RW_PUBLIC_SESSION);
	ok(card_say(session, CKU_USER, CARD_PIN));
	ck_assert_uint_eq(pin_flags(), 0);
	ok(p11->C_Logout(session));
	is(card_say(session, CKU_USER, "999999"), CKR_PIN_INCORRECT);
	is(card_say(session, CKU_USER, "999999"), CKR_PIN_INCORRECT);
	ck_assert_uint_eq(pin_flags(),
	    CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY);
	is(card_say(session, CKU_USER, "999999"), CKR_PIN_LOCKED);
	ck_assert_uint_eq(pin_flags(),
	    CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_LOCKED);
	is(card_say(session, CKU_USER, CARD_PIN), CKR_PIN_LOCKED);
	is(init_pin(session, NEW_PIN), CKR_USER_NOT_LOGGED_IN);
	ok(card_say(session, CKU_SO, card->so_pin));
	is(init_pin(session, NEW_PIN), card->init_pin);
	ok(p11->C_Logout(session));
	if (card->init_pin != CKR_OK) {
		card_end();
		return;
	}
	is(card_say(session, CKU_USER, CARD_PIN), CKR_PIN_INCORRECT);
	ok(card_say(session, CKU_USER, NEW_PIN));
	ck_assert_uint_eq(pin_flags(), 0);
	card_end();
}
END_TEST

START_TEST(lengths)
{
	CK_SESSION_HANDLE session, reading;
	char pin[160];
	CK_ULONG said = 0;

	card_begin(1, _i, "");
	session = guest_open(CKF_RW_SESSION);
	is(card_say(session, CKU_USER, "123"), card->short_pin);
	memset(pin, '1', sizeof(pin));
	pin[card->pin_max + 1] = '\0';
	is(card_say(session, CKU_USER, pin), CKR_PIN_LEN_RANGE);
	ok(card_say(session, CKU_USER, CARD_PIN));
	/* one that is too long never gets to the card */
	said = (CK_ULONG)card_tell("verifies");
	is(set_pin(session, CARD_PIN, pin), CKR_PIN_LEN_RANGE);
	is(set_pin(session, CARD_PIN, "123"), CKR_PIN_LEN_RANGE);
	ck_assert_uint_ge((CK_ULONG)card_tell("verifies"), said);
	ck_assert_uint_eq(pin_flags(), 0);
	pin[card->pin_max] = '\0';
	ok(set_pin(session, CARD_PIN, pin));
	ok(set_pin(session, pin, CARD_PIN));
	ok(p11->C_Logout(session));
	/* nobody has to be logged in for that, but the session be read-write */
	is(set_pin(session, "999999", NEW_PIN), CKR_PIN_INCORRECT);
	ok(set_pin(session, CARD_PIN, NEW_PIN));
	ck_assert_uint_eq(state(session), CKS_RW_PUBLIC_SESSION);
	is(card_say(session, CKU_USER, CARD_PIN), CKR_PIN_INCORRECT);
	ok(card_say(session, CKU_USER, NEW_PIN));
	reading = guest_open(0);
	is(set_pin(reading, NEW_PIN, CARD_PIN), CKR_SESSION_READ_ONLY);
	card_end();
}
END_TEST

START_TEST(the_administrator)
{
	CK_SESSION_HANDLE session, reading;

	card_begin(2, _i, "");
	session = guest_open(CKF_RW_SESSION);
	reading = guest_open(0);
	is(card_say(session, CKU_SO, card->so_pin),
	    CKR_SESSION_READ_ONLY_EXISTS);
	ok(p11->C_CloseSession(reading));
	is(card_say(session, CKU_SO, card->so_wrong), CKR_PIN_INCORRECT);
	is(card_say(session, CKU_SO, ""), CKR_PIN_LEN_RANGE);
	ck_assert_uint_eq(state(session), CKS_RW_PUBLIC_SESSION);
	ok(card_say(session, CKU_SO, card->so_pin));
	ck_assert_uint_eq(state(session), CKS_RW_SO_FUNCTIONS);
	is(card_say(session, CKU_SO, card->so_pin),
	    CKR_USER_ALREADY_LOGGED_IN);
	is(card_say(session, CKU_USER, CARD_PIN),
	    CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	is(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
	    &reading), CKR_SESSION_READ_WRITE_SO_EXISTS);
	is(init_pin(session, "1"), card->init_pin == CKR_OK ?
	    CKR_PIN_LEN_RANGE : card->init_pin);
	is(set_pin(session, card->so_pin, card->so_wrong), card->so_set_pin);
	ok(p11->C_Logout(session));
	if (card->so_set_pin == CKR_OK) {
		is(card_say(session, CKU_SO, card->so_pin),
		    CKR_PIN_INCORRECT);
		ok(card_say(session, CKU_SO, card->so_wrong));
	}
	card_end();
}
END_TEST

START_TEST(shared)
{
	CK_SESSION_HANDLE one, two;
	CK_OBJECT_HANDLE public_key, key;
	int said;

	card_begin(3, _i, "");
	one = card_login();
	two = guest_open(0);
	ck_assert_uint_eq(state(one), CKS_RW_USER_FUNCTIONS);
	ck_assert_uint_eq(state(two), CKS_RO_USER_FUNCTIONS);
	is(card_say(two, CKU_USER, CARD_PIN), CKR_USER_ALREADY_LOGGED_IN);
	card_key(one, "shared", &public_key, &key);
	ok(card_sign(two, key));
	/* another program resets the card: the PIN is said again, once */
	card_tell("reset");
	said = card_tell("verifies");
	ck_assert_uint_eq(state(two), CKS_RO_USER_FUNCTIONS);
	ok(card_sign(two, key));
	ck_assert_int_gt(card_tell("verifies"), said);
	/* what is logged out is logged out for all */
	ok(p11->C_Logout(two));
	ck_assert_uint_eq(state(one), CKS_RW_PUBLIC_SESSION);
	is(card_sign(one, key), CKR_KEY_HANDLE_INVALID);
	ck_assert_uint_eq(card_find(one, CKO_PRIVATE_KEY, NULL, NULL), 0);
	ck_assert_uint_eq(card_find(one, CKO_PUBLIC_KEY, NULL, NULL), 1);
	/* the last session takes the login along */
	ok(card_say(one, CKU_USER, CARD_PIN));
	ok(p11->C_CloseAllSessions(slot));
	two = guest_open(0);
	ck_assert_uint_eq(state(two), CKS_RO_PUBLIC_SESSION);
	card_end();
}
END_TEST

START_TEST(each_time)
{
	CK_MECHANISM how = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE text[] = { 't', 'e', 'x', 't' }, out[256];
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key;
	CK_ULONG len;

	card_begin(4, _i, "");
	session = card_login();
	card_key(session, "each time", &public_key, &key);
	ck_assert_uint_eq(guest_bool(session, key, CKA_ALWAYS_AUTHENTICATE),
	    card->careful);
	for (int i = 0; i < 2; i++) {
		ok(p11->C_SignInit(session, &how, key));
		len = sizeof(out);
		if (!card->careful) {
			is(card_say(session, CKU_CONTEXT_SPECIFIC, CARD_PIN),
			    CKR_OPERATION_NOT_INITIALIZED);
			ok(p11->C_Sign(session, text, 4, out, &len));
			continue;
		}
		is(p11->C_Sign(session, text, 4, out, &len),
		    CKR_USER_NOT_LOGGED_IN);
		ok(p11->C_SignInit(session, &how, key));
		is(card_say(session, CKU_CONTEXT_SPECIFIC, "999999"),
		    CKR_PIN_INCORRECT);
		ok(card_say(session, CKU_CONTEXT_SPECIFIC, CARD_PIN));
		/* how long it gets is no use */
		ok(p11->C_Sign(session, text, 4, NULL, &len));
		ck_assert_uint_eq(len, 256);
		ok(p11->C_Sign(session, text, 4, out, &len));
	}
	/* in parts */
	ok(p11->C_SignInit(session, &how, key));
	ok(card_again(session, key));
	ok(p11->C_SignUpdate(session, text, 4));
	len = sizeof(out);
	ok(p11->C_SignFinal(session, out, &len));
	/* the PIN of one use is not that of the login */
	ck_assert_uint_eq(state(session), CKS_RW_USER_FUNCTIONS);
	card_end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { the_user, lengths, the_administrator,
		shared, each_time };

	return card_run("face card login", tests, ARRAY_LEN(tests));
}
