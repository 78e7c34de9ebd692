/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Slots, tokens, sessions, PINs: who may be what, and when.
 */
#include "tests/face/guest.h"

#include "store/protect/vault.h"

#include <string.h>

static CK_STATE
state(CK_SESSION_HANDLE session)
{
	CK_SESSION_INFO info;

	ok(p11->C_GetSessionInfo(session, &info));
	ck_assert_uint_eq(info.slotID, slot);
	return info.state;
}

START_TEST(what_it_says_of_itself)
{
	CK_TOKEN_INFO token;
	CK_SLOT_INFO place;
	CK_INFO info;
	CK_ULONG count = 0;

	ok(p11->C_GetInfo(&info));
	ck_assert_uint_eq(info.cryptokiVersion.minor, 40);
	ck_assert_mem_eq(info.manufacturerID, "cng-pkcs11   ", 13);
	ck_assert_uint_eq(info.flags, 0);
	is(p11->C_GetSlotList(CK_TRUE, &slot, &count), CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(count, 1);
	ok(p11->C_GetSlotInfo(slot, &place));
	ck_assert_uint_eq(place.flags, CKF_TOKEN_PRESENT);
	ok(p11->C_GetTokenInfo(slot, &token));
	ck_assert_mem_eq(token.label, "face test ", 10);
	ck_assert_mem_eq(token.model, "CNG soft token  ", 16);
	ck_assert_uint_eq(token.ulMinPinLen, PIN_MIN);
	ck_assert_uint_eq(token.ulMaxPinLen, PIN_MAX);
	ck_assert_uint_eq(token.flags, CKF_RNG | CKF_LOGIN_REQUIRED |
	    CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED |
	    CKF_DUAL_CRYPTO_OPERATIONS);
	ck_assert_uint_eq(
	    strspn((char *)token.serialNumber, "0123456789abcdef") >= 16, 1);
	is(p11->C_GetTokenInfo(0, &token), CKR_SLOT_ID_INVALID);
	is(p11->C_GetTokenInfo(~0UL, &token), CKR_SLOT_ID_INVALID);
}
END_TEST

START_TEST(mechanism_lists)
{
	CK_MECHANISM_TYPE list[512];
	CK_MECHANISM_INFO info;
	CK_ULONG count = 0, i, few = 3;

	ok(p11->C_GetMechanismList(slot, NULL, &count));
	ck_assert_uint_le(count, ARRAY_LEN(list));
	is(p11->C_GetMechanismList(slot, list, &few), CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(few, count);
	ok(p11->C_GetMechanismList(slot, list, &count));
	for (i = 0; i < count; i++) {
		ok(p11->C_GetMechanismInfo(slot, list[i], &info));
		/* flags that 2.40 has no calls for */
		ck_assert_uint_eq(info.flags & (CKF_MESSAGE_ENCRYPT |
		    CKF_MESSAGE_DECRYPT | CKF_MESSAGE_SIGN |
		    CKF_MESSAGE_VERIFY | CKF_MULTI_MESSAGE |
		    CKF_ENCAPSULATE | CKF_DECAPSULATE), 0);
	}
	is(p11->C_GetMechanismInfo(slot, CKM_MD5, &info),
	    CKR_MECHANISM_INVALID);
	ok(p11->C_GetMechanismInfo(slot, CKM_RSA_PKCS_OAEP, &info));
	ck_assert_uint_eq(info.flags, CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP |
	    CKF_UNWRAP);
	ok(p11_3->C_GetMechanismInfo(slot, CKM_RSA_PKCS_OAEP, &info));
	ck_assert_uint_eq(info.flags, CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP |
	    CKF_UNWRAP | CKF_ENCAPSULATE | CKF_DECAPSULATE);
	ok(p11_3->C_GetMechanismInfo(slot, CKM_ECDSA, &info));
	ck_assert_uint_eq(info.flags, CKF_SIGN | CKF_VERIFY |
	    CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY | CKF_MULTI_MESSAGE |
	    CKF_EC_F_P |
	    CKF_EC_ECPARAMETERS | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS);
	ck_assert_uint_eq(info.ulMinKeySize, 160);
	ok(p11->C_GetMechanismInfo(slot, CKM_EC_EDWARDS_KEY_PAIR_GEN, &info));
	ck_assert_uint_eq(info.flags, CKF_GENERATE_KEY_PAIR | CKF_EC_F_P |
	    CKF_EC_NAMEDCURVE | CKF_EC_CURVENAME);
	ok(p11_3->C_GetMechanismInfo(slot, CKM_ECDSA, &info));
	ck_assert_uint_eq(info.ulMaxKeySize, 521);
	ok(p11->C_GetMechanismInfo(slot, CKM_CNG_PKCS8, &info));
	ck_assert_uint_eq(info.flags, CKF_WRAP | CKF_UNWRAP);
}
END_TEST

START_TEST(session_states)
{
	CK_SESSION_HANDLE ro, rw, third;

	is(p11->C_OpenSession(slot, CKF_RW_SESSION, NULL, NULL, &ro),
	    CKR_SESSION_PARALLEL_NOT_SUPPORTED);
	is(p11->C_OpenSession(9, CKF_SERIAL_SESSION, NULL, NULL, &ro),
	    CKR_SLOT_ID_INVALID);
	ro = guest_open(0);
	rw = guest_open(CKF_RW_SESSION);
	ck_assert_uint_ne(ro, rw);
	ck_assert_uint_eq(state(ro), CKS_RO_PUBLIC_SESSION);
	ck_assert_uint_eq(state(rw), CKS_RW_PUBLIC_SESSION);
	is(p11->C_Login(rw, CKU_SO, PIN_OF(SO_PIN)),
	    CKR_SESSION_READ_ONLY_EXISTS);
	ok(p11->C_Login(ro, CKU_USER, PIN_OF(USER_PIN)));
	ck_assert_uint_eq(state(ro), CKS_RO_USER_FUNCTIONS);
	ck_assert_uint_eq(state(rw), CKS_RW_USER_FUNCTIONS);
	is(p11->C_Login(rw, CKU_USER, PIN_OF(USER_PIN)),
	    CKR_USER_ALREADY_LOGGED_IN);
	third = guest_open(0);
	ck_assert_uint_eq(state(third), CKS_RO_USER_FUNCTIONS);
	ok(p11->C_Logout(rw));
	ck_assert_uint_eq(state(ro), CKS_RO_PUBLIC_SESSION);
	is(p11->C_Logout(rw), CKR_USER_NOT_LOGGED_IN);
	ok(p11->C_CloseAllSessions(slot));
	is(p11->C_Logout(rw), CKR_SESSION_HANDLE_INVALID);
}
END_TEST

START_TEST(the_so_wants_no_readers)
{
	CK_SESSION_HANDLE rw, other;

	rw = guest_open(CKF_RW_SESSION);
	ok(p11->C_Login(rw, CKU_SO, PIN_OF(SO_PIN)));
	ck_assert_uint_eq(state(rw), CKS_RW_SO_FUNCTIONS);
	is(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &other),
	    CKR_SESSION_READ_WRITE_SO_EXISTS);
	other = guest_open(CKF_RW_SESSION);
	is(p11->C_Login(other, CKU_USER, PIN_OF(USER_PIN)),
	    CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	ok(p11->C_Logout(other));
	other = guest_open(0);
	is(p11->C_Login(rw, CKU_SO, PIN_OF(SO_PIN)),
	    CKR_SESSION_READ_ONLY_EXISTS);
	ok(p11->C_CloseSession(other));
	ok(p11->C_CloseSession(rw));
}
END_TEST

/* A login that another process has ended keeps nobody out. */
START_TEST(a_login_that_is_over_is_forgotten)
{
	CK_SESSION_HANDLE rw, ro;

	rw = guest_open(CKF_RW_SESSION);
	ok(p11->C_Login(rw, CKU_SO, PIN_OF(SO_PIN)));
	guest_make_token();
	ro = guest_open(0);
	ck_assert_uint_eq(state(rw), CKS_RW_PUBLIC_SESSION);
	is(p11->C_Login(rw, CKU_SO, PIN_OF(SO_PIN)),
	    CKR_SESSION_READ_ONLY_EXISTS);
	ok(p11->C_Login(ro, CKU_USER, PIN_OF(USER_PIN)));
	ok(p11->C_CloseAllSessions(slot));
	rw = guest_open(CKF_RW_SESSION);
	ok(p11->C_Login(rw, CKU_SO, PIN_OF(SO_PIN)));
	is(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &ro),
	    CKR_SESSION_READ_WRITE_SO_EXISTS);
	ok(p11->C_CloseSession(rw));
}
END_TEST

START_TEST(the_last_session_takes_the_login_along)
{
	CK_SESSION_HANDLE a, b;

	a = guest_login();
	b = guest_open(0);
	ok(p11->C_CloseSession(a));
	ck_assert_uint_eq(state(b), CKS_RO_USER_FUNCTIONS);
	ok(p11->C_CloseSession(b));
	a = guest_open(0);
	ck_assert_uint_eq(state(a), CKS_RO_PUBLIC_SESSION);
	ok(p11->C_CloseAllSessions(slot));
	a = guest_open(CKF_RW_SESSION);
	ok(p11->C_Login(a, CKU_SO, PIN_OF(SO_PIN)));
	ok(p11->C_CloseAllSessions(slot));
	a = guest_open(0); /* the SO is gone too */
	ck_assert_uint_eq(state(a), CKS_RO_PUBLIC_SESSION);
}
END_TEST

START_TEST(wrong_pins)
{
	CK_SESSION_HANDLE session = guest_open(CKF_RW_SESSION);
	CK_TOKEN_INFO token;

	is(p11->C_Login(session, CKU_USER, PIN_OF("wrong-pin")),
	    CKR_PIN_INCORRECT);
	ok(p11->C_GetTokenInfo(slot, &token));
	ck_assert_uint_ne(token.flags & CKF_USER_PIN_COUNT_LOW, 0);
	is(p11->C_Login(session, CKU_USER, NULL, 0), CKR_ARGUMENTS_BAD);
	is(p11->C_Login(session, 7, PIN_OF(USER_PIN)),
	    CKR_USER_TYPE_INVALID);
	is(p11->C_Login(session, CKU_CONTEXT_SPECIFIC, PIN_OF(USER_PIN)),
	    CKR_OPERATION_NOT_INITIALIZED);
	ck_assert_uint_eq(state(session), CKS_RW_PUBLIC_SESSION);
	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	ok(p11->C_GetTokenInfo(slot, &token));
	ck_assert_uint_eq(token.flags & CKF_USER_PIN_COUNT_LOW, 0);
}
END_TEST

START_TEST(changing_pins)
{
	CK_SESSION_HANDLE ro = guest_open(0), rw;

	is(p11->C_SetPIN(ro, PIN_OF(USER_PIN), PIN_OF("other-pin")),
	    CKR_SESSION_READ_ONLY);
	rw = guest_login();
	is(p11->C_SetPIN(rw, PIN_OF("wrong-pin"), PIN_OF("other-pin")),
	    CKR_PIN_INCORRECT);
	is(p11->C_SetPIN(rw, PIN_OF(USER_PIN), PIN_OF("abc")),
	    CKR_PIN_LEN_RANGE);
	ok(p11->C_SetPIN(rw, PIN_OF(USER_PIN), PIN_OF("other-pin")));
	ok(p11->C_Logout(rw));
	is(p11->C_Login(rw, CKU_USER, PIN_OF(USER_PIN)), CKR_PIN_INCORRECT);
	ok(p11->C_Login(rw, CKU_USER, PIN_OF("other-pin")));
	ok(p11->C_SetPIN(rw, PIN_OF("other-pin"), PIN_OF(USER_PIN)));
	is(p11->C_InitPIN(rw, PIN_OF(USER_PIN)), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

START_TEST(initialising_tokens)
{
	static CK_UTF8CHAR label[33] = "face test                       ";
	static CK_UTF8CHAR bad[33] = "\xff\xfe                              ";
	CK_SESSION_HANDLE session = guest_open(0);

	is(p11->C_InitToken(slot, PIN_OF(SO_PIN), label),
	    CKR_SESSION_EXISTS);
	ok(p11->C_CloseSession(session));
	is(p11->C_InitToken(slot, PIN_OF(SO_PIN), bad), CKR_ARGUMENTS_BAD);
	is(p11->C_InitToken(slot, PIN_OF("not-it-at-all"), label),
	    CKR_PIN_INCORRECT);
	is(p11->C_InitToken(9, PIN_OF(SO_PIN), label), CKR_SLOT_ID_INVALID);
}
END_TEST

/* What stands after the string is not the caller's. */
START_TEST(a_label_that_is_a_string)
{
	static CK_UTF8CHAR label[32] = "face test  \0\xff\xfe garbage";
	CK_SESSION_HANDLE session;
	CK_TOKEN_INFO token;

	ok(p11->C_InitToken(slot, PIN_OF(SO_PIN), label));
	ok(p11->C_GetTokenInfo(slot, &token));
	ck_assert_mem_eq(token.label, "face test                       ", 32);
	session = guest_open(CKF_RW_SESSION);
	ok(p11->C_Login(session, CKU_SO, PIN_OF(SO_PIN)));
	ok(p11->C_InitPIN(session, PIN_OF(USER_PIN)));
}
END_TEST

START_TEST(events_and_old_calls)
{
	CK_SESSION_HANDLE session = guest_open(0);
	CK_ULONG len = 0;
	CK_SLOT_ID at;
	CK_BYTE state_bytes[4] = { 0 };

	is(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL), CKR_NO_EVENT);
	is(p11->C_GetFunctionStatus(session), CKR_FUNCTION_NOT_PARALLEL);
	is(p11->C_CancelFunction(session), CKR_FUNCTION_NOT_PARALLEL);
	is(p11->C_GetOperationState(session, NULL, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	ok(p11->C_DigestInit(
	    session, &(CK_MECHANISM){ CKM_SHA256, NULL, 0 }));
	ok(p11->C_GetOperationState(session, NULL, &len));
	is(p11->C_SetOperationState(session, state_bytes, 4, 0, 0),
	    CKR_SAVED_STATE_INVALID);
}
END_TEST

START_TEST(random_numbers)
{
	CK_SESSION_HANDLE session = guest_open(0);
	CK_BYTE a[32] = { 0 }, b[32] = { 0 }, seed[4] = { 1, 2, 3, 4 };

	ok(p11->C_SeedRandom(session, seed, sizeof(seed)));
	ok(p11->C_GenerateRandom(session, a, sizeof(a)));
	ok(p11->C_GenerateRandom(session, b, sizeof(b)));
	ck_assert_mem_ne(a, b, sizeof(a));
	ok(p11->C_GenerateRandom(session, a, 0));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_it_says_of_itself,
		mechanism_lists,
		session_states,
		the_so_wants_no_readers,
		a_login_that_is_over_is_forgotten,
		the_last_session_takes_the_login_along,
		wrong_pins,
		changing_pins,
		initialising_tokens,
		a_label_that_is_a_string,
		events_and_old_calls,
		random_numbers,
	};

	return guest_run("face login", tests, ARRAY_LEN(tests));
}
