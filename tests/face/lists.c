/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The interfaces and their function lists, and the calls of 3.0 and 3.2 that
 * are about a session.
 */
#include "tests/face/guest.h"

#include <stdlib.h>
#include <string.h>

#define LISTS 3

static CK_INTERFACE all[LISTS];

static void
get_all(void)
{
	CK_ULONG count = LISTS;

	ok(p11_3->C_GetInterfaceList(all, &count));
	ck_assert_uint_eq(count, LISTS);
}

static CK_VERSION
version_of(const CK_INTERFACE *one)
{
	CK_VERSION version;

	memcpy(&version, one->pFunctionList, sizeof(version));
	return version;
}

START_TEST(names_versions_and_flags)
{
	static const CK_VERSION expected[LISTS] = { { 3, 2 }, { 3, 0 },
		{ 2, 40 } };
	CK_VERSION version;
	int i;

	get_all();
	for (i = 0; i < LISTS; i++) {
		ck_assert_str_eq((char *)all[i].pInterfaceName, "PKCS 11");
		ck_assert_uint_eq(all[i].flags, CKF_INTERFACE_FORK_SAFE);
		version = version_of(&all[i]);
		ck_assert_int_eq(version.major, expected[i].major);
		ck_assert_int_eq(version.minor, expected[i].minor);
	}
}
END_TEST

/* pkcs11-spy of OpenSC 0.26 knows none that is newer than 3.0. */
START_TEST(a_spy_is_between)
{
	CK_INTERFACE_PTR one;
	CK_VERSION newest = { 3, 2 };
	CK_ULONG count = LISTS;

	setenv("PKCS11SPY", "module", 1);
	ok(p11_3->C_GetInterface(NULL, NULL, &one, 0));
	ck_assert_int_eq(version_of(one).major, 3);
	ck_assert_int_eq(version_of(one).minor, 0);
	is(p11_3->C_GetInterface(NULL, &newest, &one, 0), CKR_ARGUMENTS_BAD);
	ok(p11_3->C_GetInterfaceList(all, &count));
	ck_assert_uint_eq(count, LISTS - 1);
	ck_assert_int_eq(version_of(&all[0]).minor, 0);
	unsetenv("PKCS11SPY");
	ok(p11_3->C_GetInterface(NULL, NULL, &one, 0));
	ck_assert_int_eq(version_of(one).minor, 2);
}
END_TEST

/* The size of the list after its version, in pointers. */
START_TEST(no_pointer_is_null)
{
	static const size_t sizes[LISTS] = { sizeof(CK_FUNCTION_LIST_3_2),
		sizeof(CK_FUNCTION_LIST_3_0), sizeof(CK_FUNCTION_LIST) };
	static const size_t calls[LISTS] = { 104, 92, 68 };
	size_t i, k, head = sizeof(void *);
	void *pointer;

	get_all();
	for (i = 0; i < LISTS; i++) {
		ck_assert_uint_eq(sizes[i], head + calls[i] * sizeof(pointer));
		for (k = 0; k < calls[i]; k++) {
			memcpy(&pointer, (char *)all[i].pFunctionList + head +
			    k * sizeof(pointer), sizeof(pointer));
			ck_assert_ptr_nonnull(pointer);
		}
	}
	for (k = 0; k < 68; k++) {
		memcpy(&pointer, (char *)p11 + head + k * sizeof(pointer),
		    sizeof(pointer));
		ck_assert_ptr_nonnull(pointer);
	}
}
END_TEST

START_TEST(list_by_two_calls)
{
	CK_INTERFACE few[LISTS];
	CK_ULONG count = 0;

	is(p11_3->C_GetInterfaceList(few, NULL), CKR_ARGUMENTS_BAD);
	ok(p11_3->C_GetInterfaceList(NULL, &count));
	ck_assert_uint_eq(count, LISTS);
	count = LISTS - 1;
	is(p11_3->C_GetInterfaceList(few, &count), CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(count, LISTS);
}
END_TEST

struct wish {
	const char *name;
	CK_VERSION version;          /* { 0, 0 }: any */
	CK_FLAGS flags;
	CK_RV answer;
	CK_VERSION given;
};

static const struct wish wishes[] = {
	{ NULL, { 0, 0 }, 0, CKR_OK, { 3, 2 } },
	{ "PKCS 11", { 0, 0 }, 0, CKR_OK, { 3, 2 } },
	{ "PKCS 11", { 3, 2 }, CKF_INTERFACE_FORK_SAFE, CKR_OK, { 3, 2 } },
	{ "PKCS 11", { 3, 0 }, 0, CKR_OK, { 3, 0 } },
	{ NULL, { 3, 0 }, CKF_INTERFACE_FORK_SAFE, CKR_OK, { 3, 0 } },
	{ "PKCS 11", { 2, 40 }, 0, CKR_OK, { 2, 40 } },
	{ "PKCS 11", { 4, 50 }, 0, CKR_ARGUMENTS_BAD, { 0, 0 } },
	{ "PKCS 11", { 3, 1 }, 0, CKR_ARGUMENTS_BAD, { 0, 0 } },
	{ "PKCS 11", { 3, 2 }, 2, CKR_ARGUMENTS_BAD, { 0, 0 } },
	{ "PKCS 12", { 0, 0 }, 0, CKR_ARGUMENTS_BAD, { 0, 0 } },
	{ "", { 0, 0 }, 0, CKR_ARGUMENTS_BAD, { 0, 0 } },
	{ "Vendor CNG", { 3, 2 }, 0, CKR_ARGUMENTS_BAD, { 0, 0 } },
};

static void
check_wish(const struct wish *w)
{
	CK_VERSION version = w->version;
	CK_INTERFACE *found = NULL;
	CK_UTF8CHAR name[16];

	if (w->name != NULL)
		memcpy(name, w->name, strlen(w->name) + 1);
	is(p11_3->C_GetInterface(w->name == NULL ? NULL : name,
	    version.major == 0 ? NULL : &version, &found, w->flags),
	    w->answer);
	if (w->answer == CKR_OK) {
		version = version_of(found);
		ck_assert_int_eq(version.major, w->given.major);
		ck_assert_int_eq(version.minor, w->given.minor);
	} else {
		ck_assert_ptr_null(found);
	}
}

START_TEST(one_by_wish)
{
	for (size_t i = 0; i < ARRAY_LEN(wishes); i++)
		check_wish(&wishes[i]);
	is(p11_3->C_GetInterface(NULL, NULL, NULL, 0), CKR_ARGUMENTS_BAD);
}
END_TEST

START_TEST(every_list_says_who_it_is)
{
	CK_INFO info;

	ok(p11->C_GetInfo(&info));
	ck_assert_int_eq(info.cryptokiVersion.major, 2);
	ok(p11_3->C_GetInfo(&info));
	ck_assert_int_eq(info.cryptokiVersion.major, 3);
	ck_assert_int_eq(info.cryptokiVersion.minor, 2);
	is(p11_3->C_Initialize(NULL), CKR_CRYPTOKI_ALREADY_INITIALIZED);
}
END_TEST

/* --- calls about a session --- */

START_TEST(users_have_no_names)
{
	CK_SESSION_HANDLE session = guest_open(CKF_RW_SESSION);
	CK_SESSION_INFO info;

	is(p11_3->C_LoginUser(session, CKU_USER, PIN_OF(USER_PIN),
	    PIN_OF("alice")), CKR_ARGUMENTS_BAD);
	is(p11_3->C_LoginUser(session, CKU_USER, PIN_OF("wrong"), NULL, 0),
	    CKR_PIN_INCORRECT);
	is(p11_3->C_LoginUser(session, 77, PIN_OF(USER_PIN), NULL, 0),
	    CKR_USER_TYPE_INVALID);
	is(p11_3->C_LoginUser(session, CKU_USER, NULL, 0, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	is(p11_3->C_LoginUser(session + 1, CKU_USER, PIN_OF(USER_PIN), NULL,
	    0), CKR_SESSION_HANDLE_INVALID);
	ok(p11_3->C_LoginUser(session, CKU_USER, PIN_OF(USER_PIN), NULL, 0));
	ok(p11->C_GetSessionInfo(session, &info));
	ck_assert_uint_eq(info.state, CKS_RW_USER_FUNCTIONS);
}
END_TEST

START_TEST(cancel_ends_what_it_names)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 32), found;
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	CK_MECHANISM cmac = { CKM_AES_CMAC, NULL, 0 };
	CK_MECHANISM gcm = { CKM_AES_GCM, NULL, 0 };
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };
	unsigned char data[16] = { 0 }, out[64];
	CK_ULONG len = sizeof(out);

	ok(p11->C_EncryptInit(session, &ecb, key));
	ok(p11->C_DecryptInit(session, &ecb, key));
	ok(p11->C_SignInit(session, &cmac, key));
	ok(p11->C_DigestInit(session, &sha));
	ok(p11->C_FindObjectsInit(session, NULL, 0));
	ok(p11_3->C_MessageEncryptInit(session, &gcm, key));
	ok(p11_3->C_SessionCancel(session, 0));
	ok(p11_3->C_SessionCancel(session, CKF_ENCRYPT | CKF_FIND_OBJECTS |
	    CKF_MESSAGE_ENCRYPT | CKF_GENERATE));
	is(p11->C_Encrypt(session, data, 16, out, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	is(p11->C_FindObjects(session, &found, 1, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	is(p11_3->C_MessageEncryptFinal(session),
	    CKR_OPERATION_NOT_INITIALIZED);
	len = sizeof(out);
	ok(p11->C_Decrypt(session, data, 16, out, &len));
	len = sizeof(out);
	ok(p11->C_Sign(session, data, 16, out, &len));
	ok(p11_3->C_SessionCancel(session, ~0UL));
	is(p11->C_DigestUpdate(session, data, 16),
	    CKR_OPERATION_NOT_INITIALIZED);
	is(p11_3->C_SessionCancel(session + 1, 0),
	    CKR_SESSION_HANDLE_INVALID);
}
END_TEST

START_TEST(nothing_is_validated_or_runs_on)
{
	CK_SESSION_HANDLE session = guest_open(0), other;
	CK_UTF8CHAR name[] = "C_Sign";
	CK_ASYNC_DATA result = { 0 };
	CK_FLAGS flags = 7;
	CK_BYTE byte = 0;
	CK_ULONG id;

	ok(p11_3->C_GetSessionValidationFlags(
	    session, CKS_LAST_VALIDATION_OK, &flags));
	ck_assert_uint_eq(flags, 0);
	is(p11_3->C_GetSessionValidationFlags(session, 2, &flags),
	    CKR_ARGUMENTS_BAD);
	is(p11_3->C_GetSessionValidationFlags(
	    session, CKS_LAST_VALIDATION_OK, NULL), CKR_ARGUMENTS_BAD);
	is(p11_3->C_GetSessionValidationFlags(
	    session + 1, CKS_LAST_VALIDATION_OK, &flags),
	    CKR_SESSION_HANDLE_INVALID);
	is(p11_3->C_AsyncComplete(session, name, &result),
	    CKR_SESSION_ASYNC_NOT_SUPPORTED);
	is(p11_3->C_AsyncGetID(session, name, &id),
	    CKR_SESSION_ASYNC_NOT_SUPPORTED);
	is(p11_3->C_AsyncJoin(session, name, 1, &byte, 1),
	    CKR_SESSION_ASYNC_NOT_SUPPORTED);
	is(p11_3->C_AsyncComplete(session, NULL, &result), CKR_ARGUMENTS_BAD);
	is(p11_3->C_AsyncGetID(session, name, NULL), CKR_ARGUMENTS_BAD);
	is(p11_3->C_AsyncJoin(session, name, 1, NULL, 1), CKR_ARGUMENTS_BAD);
	is(p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_ASYNC_SESSION,
	    NULL, NULL, &other), CKR_SESSION_ASYNC_NOT_SUPPORTED);
}
END_TEST

/* Every call of 3.0 and 3.2 that has a session looks at it first. */
START_TEST(no_call_without_a_session)
{
	CK_SESSION_HANDLE none = 4711;
	CK_RV answers[] = {
		p11_3->C_LoginUser(none, 0, NULL, 0, NULL, 0),
		p11_3->C_SessionCancel(none, 0),
		p11_3->C_MessageEncryptInit(none, NULL, 0),
		p11_3->C_EncryptMessage(none, NULL, 0, NULL, 0, NULL, 0,
		    NULL, NULL),
		p11_3->C_EncryptMessageBegin(none, NULL, 0, NULL, 0),
		p11_3->C_EncryptMessageNext(none, NULL, 0, NULL, 0, NULL,
		    NULL, 0),
		p11_3->C_MessageEncryptFinal(none),
		p11_3->C_MessageDecryptInit(none, NULL, 0),
		p11_3->C_DecryptMessage(none, NULL, 0, NULL, 0, NULL, 0,
		    NULL, NULL),
		p11_3->C_DecryptMessageBegin(none, NULL, 0, NULL, 0),
		p11_3->C_DecryptMessageNext(none, NULL, 0, NULL, 0, NULL,
		    NULL, 0),
		p11_3->C_MessageDecryptFinal(none),
		p11_3->C_MessageSignInit(none, NULL, 0),
		p11_3->C_SignMessage(none, NULL, 0, NULL, 0, NULL, NULL),
		p11_3->C_SignMessageBegin(none, NULL, 0),
		p11_3->C_SignMessageNext(none, NULL, 0, NULL, 0, NULL, NULL),
		p11_3->C_MessageSignFinal(none),
		p11_3->C_MessageVerifyInit(none, NULL, 0),
		p11_3->C_VerifyMessage(none, NULL, 0, NULL, 0, NULL, 0),
		p11_3->C_VerifyMessageBegin(none, NULL, 0),
		p11_3->C_VerifyMessageNext(none, NULL, 0, NULL, 0, NULL, 0),
		p11_3->C_MessageVerifyFinal(none),
		p11_3->C_EncapsulateKey(none, NULL, 0, NULL, 0, NULL, NULL,
		    NULL),
		p11_3->C_DecapsulateKey(none, NULL, 0, NULL, 0, NULL, 0,
		    NULL),
		p11_3->C_VerifySignatureInit(none, NULL, 0, NULL, 0),
		p11_3->C_VerifySignature(none, NULL, 0),
		p11_3->C_VerifySignatureUpdate(none, NULL, 0),
		p11_3->C_VerifySignatureFinal(none),
		p11_3->C_GetSessionValidationFlags(none, 0, NULL),
		p11_3->C_AsyncComplete(none, NULL, NULL),
		p11_3->C_AsyncGetID(none, NULL, NULL),
		p11_3->C_AsyncJoin(none, NULL, 0, NULL, 0),
		p11_3->C_WrapKeyAuthenticated(none, NULL, 0, 0, NULL, 0,
		    NULL, NULL),
		p11_3->C_UnwrapKeyAuthenticated(none, NULL, 0, NULL, 0, NULL,
		    0, NULL, 0, NULL),
	};
	size_t i;

	/* all of 68 to 103 but the two that give lists */
	ck_assert_uint_eq(ARRAY_LEN(answers), 34);
	for (i = 0; i < ARRAY_LEN(answers); i++)
		ck_assert_msg(answers[i] == CKR_SESSION_HANDLE_INVALID,
		    "call %zu: 0x%lx", i, answers[i]);
}
END_TEST

int
main(void)
{
	const TTest *const bare_tests[] = { names_versions_and_flags,
		a_spy_is_between,
		no_pointer_is_null, list_by_two_calls, one_by_wish };
	const TTest *const tests[] = { every_list_says_who_it_is,
		users_have_no_names, cancel_ends_what_it_names,
		nothing_is_validated_or_runs_on, no_call_without_a_session };
	int failed;

	failed = guest_run_bare(
	    "face lists", bare_tests, ARRAY_LEN(bare_tests));
	return failed |
	    guest_run("face session calls", tests, ARRAY_LEN(tests));
}
