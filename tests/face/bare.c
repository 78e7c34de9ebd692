/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every call with nothing in its hands: before C_Initialize, with handles
 * that are none, with NULL for every pointer.
 */
#include "tests/face/guest.h"

#include <stdio.h>
#include <string.h>

struct outcome {
	const char *name;
	CK_RV rv;
};

typedef void judge(const struct outcome *list, size_t count);

/* Everything that takes a session. */
static void
call_with_session(CK_SESSION_HANDLE s, judge *check)
{
	const struct outcome all[] = {
		{ "C_InitPIN", p11->C_InitPIN(s, NULL, 0) },
		{ "C_SetPIN", p11->C_SetPIN(s, NULL, 0, NULL, 0) },
		{ "C_GetSessionInfo", p11->C_GetSessionInfo(s, NULL) },
		{ "C_GetOperationState",
		    p11->C_GetOperationState(s, NULL, NULL) },
		{ "C_SetOperationState",
		    p11->C_SetOperationState(s, NULL, 0, 0, 0) },
		{ "C_Login", p11->C_Login(s, 0, NULL, 0) },
		{ "C_Logout", p11->C_Logout(s) },
		{ "C_CreateObject", p11->C_CreateObject(s, NULL, 0, NULL) },
		{ "C_CopyObject", p11->C_CopyObject(s, 0, NULL, 0, NULL) },
		{ "C_DestroyObject", p11->C_DestroyObject(s, 0) },
		{ "C_GetObjectSize", p11->C_GetObjectSize(s, 0, NULL) },
		{ "C_GetAttributeValue",
		    p11->C_GetAttributeValue(s, 0, NULL, 0) },
		{ "C_SetAttributeValue",
		    p11->C_SetAttributeValue(s, 0, NULL, 0) },
		{ "C_FindObjectsInit", p11->C_FindObjectsInit(s, NULL, 0) },
		{ "C_FindObjects", p11->C_FindObjects(s, NULL, 0, NULL) },
		{ "C_FindObjectsFinal", p11->C_FindObjectsFinal(s) },
		{ "C_EncryptInit", p11->C_EncryptInit(s, NULL, 0) },
		{ "C_Encrypt", p11->C_Encrypt(s, NULL, 0, NULL, NULL) },
		{ "C_EncryptUpdate",
		    p11->C_EncryptUpdate(s, NULL, 0, NULL, NULL) },
		{ "C_EncryptFinal", p11->C_EncryptFinal(s, NULL, NULL) },
		{ "C_DecryptInit", p11->C_DecryptInit(s, NULL, 0) },
		{ "C_Decrypt", p11->C_Decrypt(s, NULL, 0, NULL, NULL) },
		{ "C_DecryptUpdate",
		    p11->C_DecryptUpdate(s, NULL, 0, NULL, NULL) },
		{ "C_DecryptFinal", p11->C_DecryptFinal(s, NULL, NULL) },
		{ "C_DigestInit", p11->C_DigestInit(s, NULL) },
		{ "C_Digest", p11->C_Digest(s, NULL, 0, NULL, NULL) },
		{ "C_DigestUpdate", p11->C_DigestUpdate(s, NULL, 0) },
		{ "C_DigestKey", p11->C_DigestKey(s, 0) },
		{ "C_DigestFinal", p11->C_DigestFinal(s, NULL, NULL) },
		{ "C_SignInit", p11->C_SignInit(s, NULL, 0) },
		{ "C_Sign", p11->C_Sign(s, NULL, 0, NULL, NULL) },
		{ "C_SignUpdate", p11->C_SignUpdate(s, NULL, 0) },
		{ "C_SignFinal", p11->C_SignFinal(s, NULL, NULL) },
		{ "C_SignRecoverInit", p11->C_SignRecoverInit(s, NULL, 0) },
		{ "C_SignRecover", p11->C_SignRecover(s, NULL, 0, NULL, NULL) },
		{ "C_VerifyInit", p11->C_VerifyInit(s, NULL, 0) },
		{ "C_Verify", p11->C_Verify(s, NULL, 0, NULL, 0) },
		{ "C_VerifyUpdate", p11->C_VerifyUpdate(s, NULL, 0) },
		{ "C_VerifyFinal", p11->C_VerifyFinal(s, NULL, 0) },
		{ "C_VerifyRecoverInit", p11->C_VerifyRecoverInit(s, NULL, 0) },
		{ "C_VerifyRecover",
		    p11->C_VerifyRecover(s, NULL, 0, NULL, NULL) },
		{ "C_DigestEncryptUpdate",
		    p11->C_DigestEncryptUpdate(s, NULL, 0, NULL, NULL) },
		{ "C_DecryptDigestUpdate",
		    p11->C_DecryptDigestUpdate(s, NULL, 0, NULL, NULL) },
		{ "C_SignEncryptUpdate",
		    p11->C_SignEncryptUpdate(s, NULL, 0, NULL, NULL) },
		{ "C_DecryptVerifyUpdate",
		    p11->C_DecryptVerifyUpdate(s, NULL, 0, NULL, NULL) },
		{ "C_GenerateKey", p11->C_GenerateKey(s, NULL, NULL, 0, NULL) },
		{ "C_GenerateKeyPair",
		    p11->C_GenerateKeyPair(s, NULL, NULL, 0, NULL, 0, NULL,
			NULL) },
		{ "C_WrapKey", p11->C_WrapKey(s, NULL, 0, 0, NULL, NULL) },
		{ "C_UnwrapKey",
		    p11->C_UnwrapKey(s, NULL, 0, NULL, 0, NULL, 0, NULL) },
		{ "C_DeriveKey", p11->C_DeriveKey(s, NULL, 0, NULL, 0, NULL) },
		{ "C_SeedRandom", p11->C_SeedRandom(s, NULL, 0) },
		{ "C_GenerateRandom", p11->C_GenerateRandom(s, NULL, 0) },
		{ "C_GetFunctionStatus", p11->C_GetFunctionStatus(s) },
		{ "C_CancelFunction", p11->C_CancelFunction(s) },	};

	check(all, ARRAY_LEN(all));
}

/* Everything that does not. */
static void
call_without_session(CK_SLOT_ID at, judge *check)
{
	const struct outcome all[] = {
		{ "C_GetInfo", p11->C_GetInfo(NULL) },
		{ "C_GetSlotList", p11->C_GetSlotList(0, NULL, NULL) },
		{ "C_GetSlotInfo", p11->C_GetSlotInfo(at, NULL) },
		{ "C_GetTokenInfo", p11->C_GetTokenInfo(at, NULL) },
		{ "C_GetMechanismList",
		    p11->C_GetMechanismList(at, NULL, NULL) },
		{ "C_GetMechanismInfo", p11->C_GetMechanismInfo(at, 0, NULL) },
		{ "C_InitToken", p11->C_InitToken(at, NULL, 0, NULL) },
		{ "C_OpenSession",
		    p11->C_OpenSession(
		        at, CKF_SERIAL_SESSION, NULL, NULL, NULL) },
		{ "C_CloseAllSessions", p11->C_CloseAllSessions(at) },
		{ "C_WaitForSlotEvent",
		    p11->C_WaitForSlotEvent(0, NULL, NULL) },	};

	check(all, ARRAY_LEN(all));
}

static void
all_not_initialized(const struct outcome *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		ck_assert_msg(list[i].rv == CKR_CRYPTOKI_NOT_INITIALIZED,
		    "%s: 0x%lx", list[i].name, list[i].rv);
}

static void
all_session_invalid(const struct outcome *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		/* these say one thing only, whoever asks */
		bool old = strcmp(list[i].name, "C_GetFunctionStatus") == 0 ||
		    strcmp(list[i].name, "C_CancelFunction") == 0;

		ck_assert_msg(list[i].rv == (old ? CKR_FUNCTION_NOT_PARALLEL :
		    CKR_SESSION_HANDLE_INVALID), "%s: 0x%lx", list[i].name,
		    list[i].rv);
	}
}

/* What a call may say to NULL pointers and zero handles.  A few are right
 * with nothing in their hands: a search for everything, and goodbyes. */
static void
all_sane(const struct outcome *list, size_t count)
{
	static const CK_RV sane[] = { CKR_ARGUMENTS_BAD,
		CKR_OPERATION_NOT_INITIALIZED, CKR_OBJECT_HANDLE_INVALID,
		CKR_KEY_HANDLE_INVALID, CKR_FUNCTION_NOT_PARALLEL,
		CKR_USER_NOT_LOGGED_IN, CKR_SLOT_ID_INVALID };
	size_t i, k;

	for (i = 0; i < count; i++) {
		if (strncmp(list[i].name, "C_FindObjects", 13) == 0 ||
		    strcmp(list[i].name, "C_CloseAllSessions") == 0 ||
		    strcmp(list[i].name, "C_Logout") == 0)
			continue;
		for (k = 0; k < ARRAY_LEN(sane); k++)
			if (list[i].rv == sane[k])
				break;
		ck_assert_msg(k < ARRAY_LEN(sane), "%s: 0x%lx",
		    list[i].name, list[i].rv);
	}
}

START_TEST(before_initialize)
{
	call_with_session(1, all_not_initialized);
	call_without_session(0, all_not_initialized);
	is(p11->C_CloseSession(1), CKR_CRYPTOKI_NOT_INITIALIZED);
	is(p11->C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
}
END_TEST

START_TEST(after_finalize)
{
	ok(p11->C_Initialize(NULL));
	ok(p11->C_Finalize(NULL));
	call_with_session(1, all_not_initialized);
	call_without_session(0, all_not_initialized);
	is(p11->C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
	ok(p11->C_Initialize(NULL));
	ok(p11->C_Finalize(NULL));
}
END_TEST

START_TEST(bad_sessions)
{
	CK_SESSION_HANDLE closed;

	ok(p11->C_Initialize(NULL));
	slot = 2;
	call_with_session(0, all_session_invalid);
	call_with_session(~0UL, all_session_invalid);
	closed = guest_open(0);
	ok(p11->C_CloseSession(closed));
	call_with_session(closed, all_session_invalid);
	ok(p11->C_Finalize(NULL));
}
END_TEST

START_TEST(null_pointers)
{
	CK_SESSION_HANDLE session;

	ok(p11->C_Initialize(NULL));
	slot = 2;
	call_without_session(77, all_sane);
	call_without_session(~0UL, all_sane);
	call_without_session(slot, all_sane);
	session = guest_open(CKF_RW_SESSION);
	call_with_session(session, all_sane);
	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	call_with_session(session, all_sane);
	ok(p11->C_CloseSession(session));
	is(p11->C_CloseSession(session), CKR_SESSION_HANDLE_INVALID);
	is(p11->C_CloseSession(0), CKR_SESSION_HANDLE_INVALID);
	ok(p11->C_Finalize(NULL));
}
END_TEST

START_TEST(initialize_arguments)
{
	CK_C_INITIALIZE_ARGS args = { 0 };

	is(p11->C_Finalize((void *)1), CKR_ARGUMENTS_BAD);
	args.pReserved = (void *)1;
	is(p11->C_Initialize(&args), CKR_ARGUMENTS_BAD);
	/* nothing is there, and the module has to find out without looking */
	args.pReserved = (void *)0xdeadbeef;
	is(p11->C_Initialize(&args), CKR_ARGUMENTS_BAD);
	args.pReserved = NULL;
	args.flags = CKF_LIBRARY_CANT_CREATE_OS_THREADS | CKF_OS_LOCKING_OK;
	ok(p11->C_Initialize(&args));
	is(p11->C_Initialize(&args), CKR_CRYPTOKI_ALREADY_INITIALIZED);
	is(p11->C_Initialize(NULL), CKR_CRYPTOKI_ALREADY_INITIALIZED);
	is(p11->C_Finalize(&args), CKR_ARGUMENTS_BAD);
	ok(p11->C_Finalize(NULL));
}
END_TEST

START_TEST(initialize_with_a_file)
{
	CK_C_INITIALIZE_ARGS args = { 0 };
	char text[256];
	CK_ULONG count = 0;

	(void)snprintf(text, sizeof(text), "config=\"%s/conf\"",
	    guest_folder());
	args.pReserved = text;
	ok(p11->C_Initialize(&args));
	ok(p11->C_GetSlotList(CK_TRUE, NULL, &count));
	ck_assert_uint_eq(count, 1);
	ok(p11->C_Finalize(NULL));
	(void)snprintf(text, sizeof(text), "config=%s/missing",
	    guest_folder());
	is(p11->C_Initialize(&args), CKR_FUNCTION_FAILED);
	is(p11->C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		before_initialize,
		after_finalize,
		bad_sessions,
		null_pointers,
		initialize_arguments,
		initialize_with_a_file,
	};

	return guest_run_bare("face bare", tests, ARRAY_LEN(tests));
}
