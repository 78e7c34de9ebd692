/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Slots of readers: which are listed, what they and their cards say, and how
 * it is told that cards and readers come and go.
 */
#include "tests/face/cardguest.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

static CK_UTF8CHAR label[] = "0123456789abcdef0123456789abcdef";

static CK_ULONG
slots(CK_BBOOL present)
{
	CK_SLOT_ID list[8];
	CK_ULONG count = 0, again = ARRAY_LEN(list);

	ok(p11->C_GetSlotList(present, NULL, &count));
	ok(p11->C_GetSlotList(present, list, &again));
	ck_assert_uint_eq(count, again);
	if (count > 0)
		ck_assert_uint_eq(list[0], slot);
	return count;
}

static bool
starts_with(const CK_UTF8CHAR *field, size_t size, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = len; i < size; i++)
		if (field[i] != ' ')
			return false;
	return len <= size && memcmp(field, text, len) == 0;
}

static void
check_slot(CK_FLAGS present)
{
	CK_SLOT_INFO info;

	ok(p11->C_GetSlotInfo(slot, &info));
	ck_assert(starts_with(info.slotDescription,
	    sizeof(info.slotDescription), card_reader));
	ck_assert_uint_eq(info.flags,
	    CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | present);
}

static CK_TOKEN_INFO
token_info(void)
{
	CK_TOKEN_INFO info;

	ok(p11->C_GetTokenInfo(slot, &info));
	return info;
}

START_TEST(what_they_say)
{
	CK_TOKEN_INFO info;
	CK_SESSION_HANDLE session;
	int said;

	card_begin(0, _i, "");
	/* nobody has asked the card anything */
	ck_assert_int_eq(card_tell("count"), 0);
	ck_assert_uint_eq(slots(CK_TRUE), 1);
	ck_assert_uint_eq(slots(CK_FALSE), 1);
	check_slot(CKF_TOKEN_PRESENT);
	/* a card that is known is not asked about its slot */
	said = card_tell("count");
	ck_assert_int_gt(said, 0);
	check_slot(CKF_TOKEN_PRESENT);
	ck_assert_int_eq(card_tell("count"), said);
	info = token_info();
	ck_assert(starts_with(info.model, sizeof(info.model), card->model));
	ck_assert(!starts_with(info.label, sizeof(info.label), ""));
	ck_assert(!starts_with(
	    info.serialNumber, sizeof(info.serialNumber), ""));
	ck_assert_uint_eq(info.ulMinPinLen, card->pin_min);
	ck_assert_uint_eq(info.ulMaxPinLen, card->pin_max);
	ck_assert_uint_eq(info.ulSessionCount, 0);
	ck_assert_uint_eq(info.flags, CKF_RNG | CKF_LOGIN_REQUIRED |
	    CKF_DUAL_CRYPTO_OPERATIONS | CKF_TOKEN_INITIALIZED |
	    CKF_USER_PIN_INITIALIZED);
	session = guest_open(CKF_RW_SESSION);
	info = token_info();
	ck_assert_uint_eq(info.ulSessionCount, 1);
	ck_assert_uint_eq(info.ulRwSessionCount, 1);
	is(p11->C_InitToken(slot, PIN_OF(SO_PIN), label),
	    CKR_SESSION_EXISTS);
	ok(p11->C_CloseSession(session));
	is(p11->C_InitToken(slot, PIN_OF(SO_PIN), label),
	    CKR_FUNCTION_NOT_SUPPORTED);
	card_end();
}
END_TEST

/* Mechanisms are those of a token. */
static void
no_mechanisms(CK_RV answer)
{
	CK_MECHANISM_INFO info;
	CK_ULONG count = 0;

	is(p11->C_GetMechanismList(slot, NULL, &count), answer);
	is(p11->C_GetMechanismInfo(slot, CKM_SHA256, &info), answer);
}

START_TEST(without_a_card)
{
	CK_TOKEN_INFO info;
	CK_SESSION_HANDLE session;

	card_begin(1, _i, "");
	card_tell("pull");
	ck_assert_uint_eq(slots(CK_TRUE), 0);
	ck_assert_uint_eq(slots(CK_FALSE), 1);
	check_slot(0);
	is(p11->C_GetTokenInfo(slot, &info), CKR_TOKEN_NOT_PRESENT);
	is(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
	    &session), CKR_TOKEN_NOT_PRESENT);
	is(p11->C_InitToken(slot, PIN_OF(SO_PIN), label),
	    CKR_TOKEN_NOT_PRESENT);
	no_mechanisms(CKR_TOKEN_NOT_PRESENT);
	card_tell("insert");
	ck_assert_uint_eq(slots(CK_TRUE), 1);
	check_slot(CKF_TOKEN_PRESENT);
	(void)token_info();
	/* after a card was seen, none is none as well */
	card_tell("pull");
	is(p11->C_GetTokenInfo(slot, &info), CKR_TOKEN_NOT_PRESENT);
	is(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
	    &session), CKR_TOKEN_NOT_PRESENT);
	/* nor is the reader */
	no_mechanisms(CKR_TOKEN_NOT_PRESENT);
	card_tell("unplug");
	ck_assert_uint_eq(slots(CK_FALSE), 0);
	check_slot(0);
	is(p11->C_GetTokenInfo(slot, &info), CKR_TOKEN_NOT_PRESENT);
	card_tell("plug");
	ck_assert_uint_eq(slots(CK_FALSE), 1);
	/* a card that understands nothing */
	card_tell("insert");
	card_tell("fault fail 1+");
	ck_assert_uint_eq(slots(CK_TRUE), 0);
	check_slot(CKF_TOKEN_PRESENT);
	is(p11->C_GetTokenInfo(slot, &info), CKR_TOKEN_NOT_RECOGNIZED);
	is(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
	    &session), CKR_TOKEN_NOT_RECOGNIZED);
	no_mechanisms(CKR_TOKEN_NOT_RECOGNIZED);
	card_end();
}
END_TEST

START_TEST(polled)
{
	CK_SLOT_ID at = 4711;
	const char *const moves[] = { "pull", "insert", "unplug", "plug" };

	card_begin(2, _i, "");
	is(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL), CKR_NO_EVENT);
	ck_assert_uint_eq(at, 4711);
	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		at = 4711;
		card_tell(moves[i]);
		ok(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL));
		ck_assert_uint_eq(at, slot);
		is(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL),
		    CKR_NO_EVENT);
	}
	/* another card in between two looks */
	card_tell("pull");
	card_tell("insert");
	ok(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL));
	is(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL), CKR_NO_EVENT);
	/* all that is no matter of the card's application */
	ck_assert_int_eq(card_tell("count"), 0);
	card_end();
}
END_TEST

struct waiter {
	pthread_t thread;
	CK_RV rv;
	CK_SLOT_ID at;
};

static void *
wait_for_event(void *arg)
{
	struct waiter *w = arg;

	w->rv = p11->C_WaitForSlotEvent(0, &w->at, NULL);
	return NULL;
}

static void
begin_wait(struct waiter *w)
{
	*w = (struct waiter){ .at = 4711 };
	ck_assert_int_eq(
	    pthread_create(&w->thread, NULL, wait_for_event, w), 0);
	(void)usleep(50000);
}

static void
end_wait(const struct waiter *w, CK_RV rv, CK_SLOT_ID at)
{
	ck_assert_int_eq(pthread_join(w->thread, NULL), 0);
	is(w->rv, rv);
	ck_assert_uint_eq(w->at, at);
}

START_TEST(waited_for)
{
	struct waiter w, other;
	CK_SESSION_HANDLE session;

	card_begin(3, _i, "");
	begin_wait(&w);
	/* others go on meanwhile */
	session = guest_open(0);
	ok(p11->C_CloseSession(session));
	card_tell("pull");
	end_wait(&w, CKR_OK, slot);
	begin_wait(&w);
	card_tell("insert");
	end_wait(&w, CKR_OK, slot);
	begin_wait(&w);
	begin_wait(&other);
	card_end();
	end_wait(&w, CKR_CRYPTOKI_NOT_INITIALIZED, 4711);
	end_wait(&other, CKR_CRYPTOKI_NOT_INITIALIZED, 4711);
}
END_TEST

START_TEST(without_a_service)
{
	CK_SLOT_ID at;
	CK_TOKEN_INFO info;

	card_begin(4, _i, "");
	card_tell("down");
	ck_assert_uint_eq(slots(CK_FALSE), 0);
	is(p11->C_GetTokenInfo(slot, &info), CKR_TOKEN_NOT_PRESENT);
	ok(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL));
	is(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL), CKR_NO_EVENT);
	ok(p11->C_Finalize(NULL));
	ok(p11->C_Initialize(NULL));
	ck_assert_uint_eq(slots(CK_FALSE), 0);
	is(p11->C_GetSlotInfo(slot, &(CK_SLOT_INFO){ .flags = 0 }),
	    CKR_SLOT_ID_INVALID);
	/* it is started later */
	card_tell("up");
	ok(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL));
	ck_assert_uint_eq(at, slot);
	ck_assert_uint_eq(slots(CK_TRUE), 1);
	(void)token_info();
	card_end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_they_say, without_a_card, polled,
		waited_for, without_a_service };

	return card_run("face card slots", tests, ARRAY_LEN(tests));
}
