/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A process that forks and goes on through a list that is safe to fork: what
 * its children have, and what they have not.
 */
#include "tests/face/guest.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static CK_BYTE abc[4] = "abc";
static CK_MECHANISM ecdsa = { CKM_ECDSA_SHA256, NULL, 0 };
static CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
static CK_MECHANISM gcm = { CKM_AES_GCM, NULL, 0 };

/* What the parent had when it forked. */
static struct {
	CK_SESSION_HANDLE session;
	CK_SESSION_HANDLE plain;     /* opened through the list of old */
	CK_FUNCTION_LIST *old;
	CK_OBJECT_HANDLE public_key;
	CK_OBJECT_HANDLE private_key;
	CK_OBJECT_HANDLE aes;
	CK_OBJECT_HANDLE kept;       /* a token object */
} had;

/* In the child no ck_assert, only an exit code. */
typedef int child_main(void);

static int
in_child(child_main *run)
{
	pid_t child;
	int status;

	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		_exit(run());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status), "status 0x%x", (unsigned)status);
	return WEXITSTATUS(status);
}

static CK_OBJECT_HANDLE
token_key(CK_SESSION_HANDLE session)
{
	static CK_BBOOL yes = CK_TRUE;
	CK_ULONG bytes = 32;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_SIGN, &yes, 1 },
		{ CKA_VALUE_LEN, &bytes, sizeof(bytes) },
	};
	CK_MECHANISM generic = { CKM_GENERIC_SECRET_KEY_GEN, NULL, 0 };
	CK_OBJECT_HANDLE key;

	ok(p11->C_GenerateKey(
	    session, &generic, tmpl, ARRAY_LEN(tmpl), &key));
	return key;
}

static void
have(void)
{
	had.old = p11;
	had.plain = guest_open(0);
	guest_be_safe();
	had.session = guest_login();
	guest_ec(had.session, &had.public_key, &had.private_key);
	had.aes = guest_aes(had.session, 32);
	had.kept = token_key(had.session);
	ok(p11->C_SignInit(had.session, &ecdsa, had.private_key));
	ok(p11->C_SignUpdate(had.session, abc, 3));
	ok(p11->C_DigestInit(had.session, &sha256));
}

/* Signs what the parent began, and looks at its objects. */
static int
child_goes_on(void)
{
	CK_MECHANISM hmac = { CKM_SHA256_HMAC, NULL, 0 };
	CK_SESSION_HANDLE mine;
	CK_SESSION_INFO info;
	CK_BYTE made[64];
	CK_ULONG len = sizeof(made);
	CK_RV rv;

	rv = p11->C_SignFinal(had.session, made, &len);
	if (rv != CKR_OK || len != 64) {
		(void)fprintf(stderr, "C_SignFinal: 0x%lx\n", rv);
		return 11;
	}
	if (p11->C_VerifyInit(had.session, &ecdsa, had.public_key) !=
	    CKR_OK || p11->C_Verify(had.session, abc, 3, made,
	    len) != CKR_OK)
		return 2;
	if (p11->C_GetSessionInfo(had.session, &info) != CKR_OK ||
	    info.state != CKS_RW_USER_FUNCTIONS)
		return 3;
	len = sizeof(made);
	if (p11->C_SignInit(had.session, &hmac, had.kept) != CKR_OK ||
	    p11->C_Sign(had.session, made, 5, made, &len) != CKR_OK)
		return 4;
	len = sizeof(made);
	if (p11->C_Digest(had.session, made, 5, made, &len) != CKR_OK)
		return 5;
	if (p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &mine) !=
	    CKR_OK || p11->C_CloseSession(mine) != CKR_OK)
		return 6;
	if (p11->C_DestroyObject(had.session, had.aes) != CKR_OK)
		return 7;
	return 0;
}

static void
parent_goes_on(void)
{
	CK_BYTE made[64];
	CK_ULONG len = sizeof(made);

	ok(p11->C_SignFinal(had.session, made, &len));
	guest_number(had.session, had.aes, CKA_KEY_TYPE);
	guest_number(had.session, had.kept, CKA_KEY_TYPE);
	ok(p11->C_Logout(had.session));
}

START_TEST(a_child_goes_on)
{
	have();
	ck_assert_int_eq(in_child(child_goes_on), 0);
	ck_assert_int_eq(in_child(child_goes_on), 0);
	parent_goes_on();
}
END_TEST

static int
grandchild(void)
{
	/* the child has not looked at anything, or has */
	if (in_child(child_goes_on) != 0)
		return 21;
	return child_goes_on();
}

static int
grandchild_of_an_idle_child(void)
{
	return in_child(child_goes_on);
}

START_TEST(a_grandchild_goes_on)
{
	have();
	ck_assert_int_eq(in_child(grandchild), 0);
	ck_assert_int_eq(in_child(grandchild_of_an_idle_child), 0);
	parent_goes_on();
}
END_TEST

/* Whoever has the list of old in the same process is told to begin anew, and
 * does not disturb the other. */
static int
child_has_both(void)
{
	CK_SESSION_HANDLE mine;
	CK_SESSION_INFO info;
	CK_INFO about;

	if (had.old->C_GetInfo(&about) != CKR_CRYPTOKI_NOT_INITIALIZED ||
	    had.old->C_GetSessionInfo(had.plain, &info) !=
	    CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (p11->C_GetInfo(&about) != CKR_OK)
		return 2;
	if (had.old->C_GetInfo(&about) != CKR_CRYPTOKI_NOT_INITIALIZED ||
	    had.old->C_GetSessionInfo(had.plain, &info) !=
	    CKR_CRYPTOKI_NOT_INITIALIZED ||
	    had.old->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 3;
	if (had.old->C_Initialize(NULL) != CKR_OK ||
	    had.old->C_Initialize(NULL) != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return 4;
	if (had.old->C_GetSessionInfo(had.plain, &info) !=
	    CKR_SESSION_HANDLE_INVALID)
		return 5;
	if (had.old->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
	    &mine) != CKR_OK)
		return 6;
	if (p11->C_Initialize(NULL) != CKR_OK ||
	    p11->C_Initialize(NULL) != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return 7;
	return child_goes_on();
}

/* The same in the other order. */
static int
child_starts_with_the_old(void)
{
	CK_SESSION_INFO info;

	if (had.old->C_Initialize(NULL) != CKR_OK)
		return 31;
	if (had.old->C_GetSessionInfo(had.plain, &info) !=
	    CKR_SESSION_HANDLE_INVALID)
		return 32;
	return child_goes_on();
}

START_TEST(both_kinds_of_list_in_one_process)
{
	have();
	ck_assert_int_eq(in_child(child_has_both), 0);
	ck_assert_int_eq(in_child(child_starts_with_the_old), 0);
	parent_goes_on();
}
END_TEST

static int
child_starts_over(void)
{
	CK_SESSION_INFO info;

	if (p11->C_Initialize(NULL) != CKR_OK)
		return 1;
	if (p11->C_GetSessionInfo(had.session, &info) != CKR_OK)
		return 2;
	if (p11->C_Finalize(NULL) != CKR_OK)
		return 3;
	if (p11->C_GetSessionInfo(had.session, &info) !=
	    CKR_CRYPTOKI_NOT_INITIALIZED)
		return 4;
	if (p11->C_Initialize(NULL) != CKR_OK)
		return 5;
	if (had.old->C_Initialize(NULL) != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return 6;
	return p11->C_GetSessionInfo(had.session, &info) ==
		CKR_SESSION_HANDLE_INVALID ? 0 : 7;
}

START_TEST(a_child_may_start_over)
{
	have();
	ck_assert_int_eq(in_child(child_starts_over), 0);
	parent_goes_on();
}
END_TEST

static int
child_before_login(void)
{
	CK_SESSION_INFO info;
	CK_BYTE out[8];

	if (p11->C_GetSessionInfo(had.session, &info) != CKR_OK ||
	    info.state != CKS_RW_PUBLIC_SESSION)
		return 1;
	if (p11->C_Login(had.session, CKU_USER, PIN_OF(USER_PIN)) != CKR_OK)
		return 2;
	return p11->C_GenerateRandom(had.session, out, 8) == CKR_OK ? 0 : 3;
}

START_TEST(before_the_login)
{
	CK_SESSION_INFO info;

	guest_be_safe();
	had.session = guest_open(CKF_RW_SESSION);
	ck_assert_int_eq(in_child(child_before_login), 0);
	ok(p11->C_GetSessionInfo(had.session, &info));
	ck_assert_uint_eq(info.state, CKS_RW_PUBLIC_SESSION);
}
END_TEST

/* --- handles that are none --- */

/* By the list that alone is used. */
static int
child_has_no_handle(void)
{
	const CK_SESSION_HANDLE none[] = { 0, 4711, 0x10000, 0x34711, ~0UL };
	CK_SESSION_INFO info;

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		if (p11->C_GetSessionInfo(none[i], &info) !=
		    CKR_SESSION_HANDLE_INVALID ||
		    p11->C_CloseSession(none[i]) != CKR_SESSION_HANDLE_INVALID)
			return 10 + (int)i;
	return p11->C_GetSessionInfo(had.session, &info) == CKR_OK ? 0 : 1;
}

/* The list of old does not work in a child, whatever the number. */
static int
child_of_the_old(void)
{
	const CK_SESSION_HANDLE none[] = { 0, 4711, 0x10000, 0x34711,
		had.session ^ 0x10000, had.session };
	CK_SESSION_INFO info;

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		if (p11->C_GetSessionInfo(none[i], &info) !=
		    CKR_CRYPTOKI_NOT_INITIALIZED)
			return 10 + (int)i;
	return p11->C_Initialize(NULL) == CKR_OK ? 0 : 1;
}

START_TEST(handles_that_are_none)
{
	had.session = guest_open(0);
	ck_assert_int_eq(in_child(child_of_the_old), 0);
	ok(p11->C_Finalize(NULL));
	guest_be_safe();
	ok(p11->C_Initialize(NULL));
	had.session = guest_open(0);
	ck_assert_int_eq(in_child(child_has_no_handle), 0);
}
END_TEST

/* --- who begins anew --- */

static CK_RV
begin_anew(void)
{
	CK_SESSION_HANDLE mine = 0;
	CK_RV rv = p11->C_Initialize(NULL);

	if (rv == CKR_OK)
		rv = p11->C_OpenSession(
		    slot, CKF_SERIAL_SESSION, NULL, NULL, &mine);
	if (rv == CKR_OK)
		rv = p11->C_Login(mine, CKU_USER, PIN_OF(USER_PIN));
	return rv;
}

/* nginx makes its workers so: libp11 begins anew in each of them, and waits
 * for ever when it gets no session. */
static int
child_without_environment(void)
{
	if (clearenv() != 0)
		return 1;
	if (begin_anew() != CKR_OK)
		return 2;
	/* from here on it is for itself */
	if (p11->C_Finalize(NULL) != CKR_OK)
		return 3;
	return begin_anew() == CKR_SLOT_ID_INVALID ? 0 : 4;
}

static int
grandchild_without_environment(void)
{
	return in_child(child_without_environment);
}

static int
child_elsewhere(void)
{
	if (unsetenv("CNG_PKCS11_CONF") != 0 ||
	    setenv("HOME", "/nonexistent", 1) != 0)
		return 1;
	return begin_anew() == CKR_SLOT_ID_INVALID ? 0 : 2;
}

static int
child_with_another_file(void)
{
	if (clearenv() != 0 ||
	    setenv("CNG_PKCS11_CONF", "/nonexistent", 1) != 0)
		return 1;
	return p11->C_Initialize(NULL) == CKR_OK ? 2 : 0;
}

START_TEST(the_environment_is_lost)
{
	(void)guest_login();
	ck_assert_int_eq(in_child(child_without_environment), 0);
	ck_assert_int_eq(in_child(grandchild_without_environment), 0);
}
END_TEST

START_TEST(the_environment_is_another)
{
	(void)guest_login();
	ck_assert_int_eq(in_child(child_elsewhere), 0);
	ck_assert_int_eq(in_child(child_with_another_file), 0);
}
END_TEST

/* --- nonces that are counted --- */

static CK_RV
seal(CK_BYTE *iv)
{
	CK_BYTE tag[16], out[4];
	CK_GCM_MESSAGE_PARAMS param = { iv, 12, 32, CKG_GENERATE_COUNTER, tag,
		128 };
	CK_ULONG len = sizeof(out);

	return p11_3->C_EncryptMessage(had.session, &param, sizeof(param),
	    NULL, 0, abc, 4, out, &len);
}

static int
child_would_repeat(void)
{
	CK_BYTE iv[12] = { 1, 2, 3, 4 };

	if (seal(iv) != CKR_OPERATION_NOT_INITIALIZED)
		return 1;
	return p11_3->C_MessageEncryptInit(had.session, &gcm, had.aes) ==
		CKR_OK ? 0 : 2;
}

START_TEST(no_nonce_is_counted_twice)
{
	CK_BYTE iv[12] = { 1, 2, 3, 4 };

	guest_be_safe();
	had.session = guest_login();
	had.aes = guest_aes(had.session, 32);
	ok(p11_3->C_MessageEncryptInit(had.session, &gcm, had.aes));
	ok(seal(iv));
	ck_assert_int_eq(in_child(child_would_repeat), 0);
	ok(seal(iv));
	ck_assert_int_eq(iv[11], 1);
}
END_TEST

/* --- while other threads are inside --- */

static int stop_now;

static void *
keep_busy(void *arg)
{
	CK_SESSION_HANDLE s;
	CK_BYTE out[32];
	CK_ULONG len;

	(void)arg;
	if (p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &s) !=
	    CKR_OK)
		return NULL;
	while (!__atomic_load_n(&stop_now, __ATOMIC_RELAXED)) {
		len = sizeof(out);
		if (p11->C_DigestInit(s, &sha256) != CKR_OK ||
		    p11->C_Digest(s, out, 4, out, &len) != CKR_OK)
			return NULL;
	}
	return arg;
}

START_TEST(while_threads_are_busy)
{
	pthread_t thread[3];
	void *fine;
	int i;

	have();
	stop_now = 0;
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_create(
		    &thread[i], NULL, keep_busy, &stop_now), 0);
	for (i = 0; i < 10; i++)
		ck_assert_int_eq(in_child(child_goes_on), 0);
	__atomic_store_n(&stop_now, 1, __ATOMIC_RELAXED);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(pthread_join(thread[i], &fine), 0);
		ck_assert_ptr_eq(fine, &stop_now);
	}
	parent_goes_on();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_child_goes_on,
		a_grandchild_goes_on, both_kinds_of_list_in_one_process,
		a_child_may_start_over, before_the_login,
		handles_that_are_none,
		the_environment_is_lost, the_environment_is_another,
		no_nonce_is_counted_twice, while_threads_are_busy };
	size_t count = ARRAY_LEN(tests);

	if (UNDER_ADDRESS_SANITIZER) {
		printf("left out below AddressSanitizer: "
		    "while_threads_are_busy\n");
		count--;
	}
	return guest_run("face children", tests, count);
}
