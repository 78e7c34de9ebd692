/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A card that is pulled: what becomes of sessions, of objects and of what
 * runs, with no card, with another one, with the same one.
 */
#include "tests/face/cardguest.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static CK_RV
session_info(CK_SESSION_HANDLE session)
{
	CK_SESSION_INFO info;

	return p11->C_GetSessionInfo(session, &info);
}

static CK_RV
digest_begin(CK_SESSION_HANDLE session)
{
	CK_MECHANISM how = { CKM_SHA256, NULL, 0 };

	return p11->C_DigestInit(session, &how);
}

static CK_RV
digest_end(CK_SESSION_HANDLE session)
{
	CK_BYTE out[32];
	CK_ULONG len = sizeof(out);

	return p11->C_DigestFinal(session, out, &len);
}

static CK_ULONG
session_count(void)
{
	CK_TOKEN_INFO info;

	ok(p11->C_GetTokenInfo(slot, &info));
	return info.ulSessionCount;
}

START_TEST(sessions)
{
	CK_SESSION_HANDLE one, two, fresh;
	CK_BYTE byte;

	card_begin(0, _i, "");
	one = card_login();
	two = guest_open(0);
	ok(digest_begin(one));
	ok(p11->C_FindObjectsInit(one, NULL, 0));
	card_tell("pull");
	is(session_info(one), CKR_DEVICE_REMOVED);
	is(digest_end(one), CKR_DEVICE_REMOVED);
	is(p11->C_FindObjectsFinal(one), CKR_DEVICE_REMOVED);
	is(p11->C_Logout(one), CKR_DEVICE_REMOVED);
	is(p11->C_GenerateRandom(two, &byte, 1), CKR_DEVICE_REMOVED);
	is(card_say(two, CKU_USER, CARD_PIN), CKR_DEVICE_REMOVED);
	/* one can be closed, and once only */
	ok(p11->C_CloseSession(two));
	is(p11->C_CloseSession(two), CKR_SESSION_HANDLE_INVALID);
	card_tell("insert");
	/* it may be the same card: the sessions were with the other one */
	is(session_info(one), CKR_SESSION_HANDLE_INVALID);
	is(p11->C_CloseSession(one), CKR_SESSION_HANDLE_INVALID);
	ck_assert_uint_eq(session_count(), 0);
	fresh = card_login();
	ok(session_info(fresh));
	/* what ran is not begun */
	is(digest_end(fresh), CKR_OPERATION_NOT_INITIALIZED);
	is(p11->C_FindObjectsFinal(fresh), CKR_OPERATION_NOT_INITIALIZED);
	card_end();
}
END_TEST

/* Nobody looked while it was out. */
START_TEST(unseen)
{
	CK_SESSION_HANDLE one, two, fresh;
	CK_SESSION_INFO info;

	card_begin(1, _i, "");
	one = card_login();
	two = guest_open(CKF_RW_SESSION);
	card_tell("pull");
	card_tell("insert");
	is(session_info(one), CKR_SESSION_HANDLE_INVALID);
	fresh = guest_open(CKF_RW_SESSION);
	/* a new one closes what is left of the old */
	ck_assert_uint_eq(session_count(), 1);
	is(p11->C_CloseSession(two), CKR_SESSION_HANDLE_INVALID);
	/* also after another start, when cards are counted anew */
	ok(p11->C_Finalize(NULL));
	ok(p11->C_Initialize(NULL));
	two = guest_open(CKF_RW_SESSION);
	card_tell("pull");
	card_tell("insert");
	fresh = guest_open(CKF_RW_SESSION);
	ck_assert_uint_eq(session_count(), 1);
	is(p11->C_CloseSession(two), CKR_SESSION_HANDLE_INVALID);
	/* and is not logged in */
	ok(p11->C_GetSessionInfo(fresh, &info));
	ck_assert_uint_eq(info.state, CKS_RW_PUBLIC_SESSION);
	ok(card_say(fresh, CKU_USER, CARD_PIN));
	ok(p11->C_CloseAllSessions(slot));
	ck_assert_uint_eq(session_count(), 0);
	/* the SO's login goes with the card, too */
	one = guest_open(CKF_RW_SESSION);
	ok(card_say(one, CKU_SO, card->so_pin));
	card_tell("pull");
	card_tell("insert");
	two = guest_open(0);
	ok(p11->C_GetSessionInfo(two, &info));
	ck_assert_uint_eq(info.state, CKS_RO_PUBLIC_SESSION);
	card_end();
}
END_TEST

START_TEST(objects)
{
	CK_MECHANISM how = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key, again = 0, temporary;
	CK_BYTE out[256];
	CK_ULONG len = sizeof(out);

	card_begin(2, _i, "");
	session = card_login();
	card_key(session, "pulled", &public_key, &key);
	temporary = guest_aes(session, 16);
	/* an operation that is kept for the next one */
	ok(card_sign(session, key));
	ok(card_sign(session, key));
	/* pulled within one */
	ok(p11->C_SignInit(session, &how, key));
	ok(card_again(session, key));
	card_tell("pull");
	is(p11->C_Sign(session, (CK_BYTE[]){ "text" }, 4, out, &len),
	    CKR_DEVICE_REMOVED);
	card_tell("insert");
	session = card_login();
	is(card_sign(session, key), CKR_KEY_HANDLE_INVALID);
	is(p11->C_GetObjectSize(session, public_key, &len),
	    CKR_OBJECT_HANDLE_INVALID);
	is(p11->C_GetObjectSize(session, temporary, &len),
	    CKR_OBJECT_HANDLE_INVALID);
	ck_assert_uint_ge(card_find(session, CKO_PRIVATE_KEY, NULL, &again),
	    1);
	ck_assert_uint_ne(again, key);
	ok(card_sign(session, again));
	card_end();
}
END_TEST

/* While the card is at work, before each of its commands. */
START_TEST(in_a_call)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key;
	char words[32];
	int count;

	card_begin(3, _i, "");
	session = card_login();
	card_key(session, "pulled", &public_key, &key);
	ok(card_sign(session, key));
	count = card_tell("count");
	ok(card_sign(session, key));
	count = card_tell("count") - count;
	ck_assert_int_gt(count, 0);
	for (int at = 1; at <= count; at++) {
		ck_assert_uint_ge(
		    card_find(session, CKO_PRIVATE_KEY, NULL, &key), 1);
		ok(card_sign(session, key));
		(void)snprintf(words, sizeof(words), "fault remove %d", at);
		card_tell(words);
		is(card_sign(session, key), CKR_DEVICE_REMOVED);
		is(session_info(session), CKR_DEVICE_REMOVED);
		ok(p11->C_CloseSession(session));
		card_tell("insert");
		session = card_login();
	}
	card_end();
}
END_TEST

static CK_OBJECT_HANDLE
public_data(CK_SESSION_HANDLE session)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_BBOOL no = CK_FALSE;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_PRIVATE, &no, 1 },
	};
	CK_OBJECT_HANDLE made;

	ok(p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &made));
	return made;
}

/* A child has a login of its own to make, but its sessions and what is in
 * them. */
START_TEST(in_a_child)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key, temporary;
	CK_SESSION_INFO info;
	CK_ULONG size;
	pid_t child;
	int status;

	guest_be_safe();
	card_begin(4, _i, "");
	session = card_login();
	card_key(session, "pulled", &public_key, &key);
	temporary = public_data(session);
	child = fork();
	if (child == 0) {
		if (p11->C_GetSessionInfo(session, &info) != CKR_OK ||
		    info.state != CKS_RW_PUBLIC_SESSION)
			_exit(1);
		if (card_say(session, CKU_USER, CARD_PIN) != CKR_OK)
			_exit(2);
		if (p11->C_GetObjectSize(session, temporary, &size) != CKR_OK)
			_exit(3);
		if (card_find(session, CKO_PRIVATE_KEY, NULL, &key) < 1 ||
		    card_sign(session, key) != CKR_OK)
			_exit(4);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ok(card_sign(session, key));
	card_end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { sessions, unseen, objects, in_a_call,
		in_a_child };

	return card_run("face card pulled", tests, ARRAY_LEN(tests));
}
