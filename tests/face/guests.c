/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A process that forks, and one with many threads.
 */
#include "tests/face/guest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
static CK_MECHANISM ecdsa = { CKM_ECDSA_SHA256, NULL, 0 };

/* --- fork: in the child no ck_assert, only an exit code --- */

typedef int child_main(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);

static int
in_child(child_main *run, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	pid_t child;
	int status;

	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		_exit(run(session, key));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status), "status 0x%x", (unsigned)status);
	return WEXITSTATUS(status);
}

static int
child_starts_again(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	CK_SESSION_HANDLE mine;
	CK_SESSION_INFO info;
	unsigned char out[32];

	(void)key;
	if (p11->C_GetSessionInfo(session, &info) !=
	    CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (p11->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 2;
	if (p11->C_Initialize(NULL) != CKR_OK)
		return 3;
	if (p11->C_Initialize(NULL) != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return 4;
	if (p11->C_GetSessionInfo(session, &info) !=
	    CKR_SESSION_HANDLE_INVALID)
		return 5;
	if (p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, &mine) != CKR_OK)
		return 6;
	if (p11->C_GetSessionInfo(mine, &info) != CKR_OK ||
	    info.state != CKS_RW_PUBLIC_SESSION)
		return 7;
	if (p11->C_Login(mine, CKU_USER, PIN_OF(USER_PIN)) != CKR_OK)
		return 8;
	if (p11->C_GenerateRandom(mine, out, sizeof(out)) != CKR_OK)
		return 9;
	return p11->C_Finalize(NULL) == CKR_OK ? 0 : 10;
}

START_TEST(a_child_starts_again)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private;
	unsigned char made[64];
	CK_ULONG len = sizeof(made);
	int i;

	guest_ec(session, &public, &private);
	ok(p11->C_SignInit(session, &ecdsa, private));
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(
		    in_child(child_starts_again, session, private), 0);
	/* the parent never noticed */
	ok(p11->C_Sign(session, made, 5, made, &len));
}
END_TEST

static int
grandchild(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	pid_t child;
	int status;

	if (p11->C_Initialize(NULL) != CKR_OK)
		return 20;
	child = fork();
	if (child == 0)
		_exit(child_starts_again(session, key));
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return 21;
	if (WEXITSTATUS(status) != 0)
		return WEXITSTATUS(status);
	return p11->C_Finalize(NULL) == CKR_OK ? 0 : 22;
}

START_TEST(a_child_forks_too)
{
	CK_SESSION_HANDLE session = guest_login();

	ck_assert_int_eq(in_child(grandchild, session, 0), 0);
}
END_TEST

static int
child_does_nothing(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	(void)session;
	(void)key;
	return 0;
}

START_TEST(two_children_draw_other_numbers)
{
	CK_SESSION_HANDLE session = guest_open(0), mine;
	unsigned char here[16], there[16];
	int ends[2], status;
	pid_t child;

	ck_assert_int_eq(in_child(child_does_nothing, session, 0), 0);
	ok(p11->C_GenerateRandom(session, here, sizeof(here)));
	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		if (p11->C_Initialize(NULL) != CKR_OK ||
		    p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
		    &mine) != CKR_OK ||
		    p11->C_GenerateRandom(mine, there, sizeof(there)) !=
		    CKR_OK || write(ends[1], there, sizeof(there)) != 16)
			_exit(1);
		_exit(0);
	}
	ok(p11->C_GenerateRandom(session, here, sizeof(here)));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(read(ends[0], there, sizeof(there)), 16);
	ck_assert_mem_ne(here, there, sizeof(here));
}
END_TEST

/* --- threads --- */

#define THREADS 4
#define ROUNDS 25

struct worker {
	pthread_t thread;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	CK_OBJECT_HANDLE public_key;
	CK_RV worst;         /* the first answer that may not be */
};

static void
start_all(struct worker *workers, void *(*run)(void *))
{
	int i;

	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(
		    &workers[i].thread, NULL, run, &workers[i]), 0);
}

static void
join_all(struct worker *workers)
{
	int i;

	for (i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
		ck_assert_msg(workers[i].worst == CKR_OK, "0x%lx",
		    workers[i].worst);
	}
}

static bool
allow(struct worker *w, CK_RV rv, const CK_RV *allowed, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (rv == allowed[i])
			return true;
	w->worst = rv;
	return rv == CKR_OK;
}

static void *
sign_alone(void *arg)
{
	struct worker *w = arg;
	unsigned char data[32] = { 1 }, made[64];
	CK_SESSION_HANDLE s;
	CK_ULONG len;
	CK_RV rv;
	int i;

	rv = p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &s);
	for (i = 0; i < ROUNDS && rv == CKR_OK; i++) {
		len = sizeof(made);
		rv = p11->C_SignInit(s, &ecdsa, w->key);
		if (rv == CKR_OK)
			rv = p11->C_Sign(s, data, 32, made, &len);
		if (rv == CKR_OK)
			rv = p11->C_VerifyInit(s, &ecdsa, w->public_key);
		if (rv == CKR_OK)
			rv = p11->C_Verify(s, data, 32, made, len);
	}
	if (rv == CKR_OK)
		rv = p11->C_CloseSession(s);
	w->worst = rv;
	return NULL;
}

START_TEST(threads_with_their_own_sessions)
{
	CK_SESSION_HANDLE session = guest_login();
	struct worker workers[THREADS] = { 0 };
	CK_OBJECT_HANDLE public, private;
	int i;

	guest_ec(session, &public, &private);
	for (i = 0; i < THREADS; i++) {
		workers[i].key = private;
		workers[i].public_key = public;
	}
	start_all(workers, sign_alone);
	join_all(workers);
}
END_TEST

static void *
disturb(void *arg)
{
	static const CK_RV usual[] = { CKR_OK, CKR_OPERATION_ACTIVE,
		CKR_OPERATION_NOT_INITIALIZED, CKR_BUFFER_TOO_SMALL };
	struct worker *w = arg;
	unsigned char data[40] = { 2 }, out[64];
	CK_OBJECT_HANDLE found[4];
	CK_ULONG len;
	int i;

	for (i = 0; i < ROUNDS * 4; i++) {
		CK_RV all[7];
		size_t k;

		len = sizeof(out);
		all[0] = p11->C_DigestInit(w->session, &sha256);
		all[1] = p11->C_DigestUpdate(w->session, data, 40);
		all[2] = p11->C_DigestFinal(w->session, out, &len);
		all[3] = p11->C_FindObjectsInit(w->session, NULL, 0);
		all[4] = p11->C_FindObjects(w->session, found, 4, &len);
		all[5] = p11->C_FindObjectsFinal(w->session);
		all[6] = p11->C_GenerateRandom(w->session, out, 8);
		for (k = 0; k < ARRAY_LEN(all); k++)
			if (!allow(w, all[k], usual, ARRAY_LEN(usual)))
				return NULL;
	}
	return NULL;
}

START_TEST(threads_in_one_session)
{
	CK_SESSION_HANDLE session = guest_login();
	struct worker workers[THREADS] = { 0 };
	int i;

	for (i = 0; i < THREADS; i++)
		workers[i].session = session;
	start_all(workers, disturb);
	join_all(workers);
}
END_TEST

static atomic_bool gone;

/* Goes on until the module is taken away. */
static void *
until_gone(void *arg)
{
	static const CK_RV usual[] = { CKR_OK, CKR_CRYPTOKI_NOT_INITIALIZED,
		CKR_SESSION_HANDLE_INVALID };
	struct worker *w = arg;
	unsigned char data[32] = { 3 }, out[32];
	CK_SESSION_HANDLE s;
	CK_ULONG len;
	CK_RV rv;

	do {
		rv = p11->C_OpenSession(
		    slot, CKF_SERIAL_SESSION, NULL, NULL, &s);
		if (!allow(w, rv, usual, ARRAY_LEN(usual)))
			return NULL;
		if (rv != CKR_OK)
			continue;
		len = sizeof(out);
		rv = p11->C_DigestInit(s, &sha256);
		if (rv == CKR_OK)
			rv = p11->C_Digest(s, data, 32, out, &len);
		if (!allow(w, rv, usual, ARRAY_LEN(usual)))
			return NULL;
		rv = p11->C_CloseSession(s);
		if (!allow(w, rv, usual, ARRAY_LEN(usual)))
			return NULL;
	} while (!atomic_load(&gone));
	return NULL;
}

START_TEST(finalize_while_others_are_inside)
{
	struct worker workers[THREADS] = { 0 };
	int i;

	atomic_store(&gone, false);
	start_all(workers, until_gone);
	for (i = 0; i < 5; i++) {
		(void)usleep(2000);
		ok(p11->C_Finalize(NULL));
		ok(p11->C_Initialize(NULL));
	}
	atomic_store(&gone, true);
	join_all(workers);
}
END_TEST

START_TEST(sessions_closed_under_threads)
{
	struct worker workers[THREADS] = { 0 };
	int i;

	atomic_store(&gone, false);
	start_all(workers, until_gone);
	for (i = 0; i < 50; i++) {
		ok(p11->C_CloseAllSessions(slot));
		(void)sched_yield();
	}
	atomic_store(&gone, true);
	join_all(workers);
}
END_TEST

static void *
initialize(void *arg)
{
	struct worker *w = arg;

	w->worst = p11->C_Initialize(NULL);
	return NULL;
}

START_TEST(only_one_thread_initializes)
{
	struct worker workers[THREADS] = { 0 };
	int i, first = 0;

	ok(p11->C_Finalize(NULL));
	start_all(workers, initialize);
	for (i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
		if (workers[i].worst == CKR_OK)
			first++;
		else
			is(workers[i].worst,
			    CKR_CRYPTOKI_ALREADY_INITIALIZED);
	}
	ck_assert_int_eq(first, 1);
}
END_TEST

/* Forks while other threads are inside: the child must not hang. */
START_TEST(fork_beside_threads)
{
	struct worker workers[THREADS] = { 0 };
	CK_SESSION_HANDLE session = guest_open(0);
	int i;

	atomic_store(&gone, false);
	start_all(workers, until_gone);
	for (i = 0; i < 5; i++)
		ck_assert_int_eq(
		    in_child(child_starts_again, session, 0), 0);
	atomic_store(&gone, true);
	join_all(workers);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_child_starts_again,
		a_child_forks_too,
		two_children_draw_other_numbers,
		threads_with_their_own_sessions,
		threads_in_one_session,
		finalize_while_others_are_inside,
		sessions_closed_under_threads,
		only_one_thread_initializes,
		fork_beside_threads,
	};
	size_t count = ARRAY_LEN(tests);

	if (UNDER_ADDRESS_SANITIZER) {
		printf("left out below AddressSanitizer: "
		    "fork_beside_threads\n");
		count--;
	}
	return guest_run("face guests", tests, count);
}
