/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Slot events: stores that other processes make and remove, and C_Finalize
 * from another thread.
 */
#include "tests/face/guest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char other[4096];

/* A default store that comes and goes, beside the configured one. */
static void
configure(void)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/conf2", guest_folder());
	(void)snprintf(other, sizeof(other), "%s/user.db", guest_folder());
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	(void)fprintf(file, "store = %s/token.db\nuser_store = %s\n"
	    "machine_store = none\n", guest_folder(), other);
	(void)fclose(file);
	(void)setenv("CNG_PKCS11_CONF", path, 1);
}

static void
make_other(void)
{
	FILE *file = fopen(other, "w");

	ck_assert_ptr_nonnull(file);
	(void)fclose(file);
	ck_assert_int_eq(chmod(other, 0600), 0);
}

START_TEST(without_waiting)
{
	CK_SLOT_ID at = 4711, list[4];
	CK_ULONG count = ARRAY_LEN(list);
	CK_SLOT_INFO info;

	configure();
	ok(p11->C_Initialize(NULL));
	is(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, NULL, NULL),
	    CKR_ARGUMENTS_BAD);
	is(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, &at),
	    CKR_ARGUMENTS_BAD);
	is(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL), CKR_NO_EVENT);
	ck_assert_uint_eq(at, 4711);
	ok(p11->C_GetSlotList(CK_TRUE, list, &count));
	ck_assert_uint_eq(count, 1);
	make_other();
	ok(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL));
	ck_assert_uint_eq(at, 0);
	/* once for each event, and the slot can be asked about */
	is(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL), CKR_NO_EVENT);
	ok(p11->C_GetSlotInfo(at, &info));
	ck_assert((info.flags & CKF_TOKEN_PRESENT) != 0);
	count = ARRAY_LEN(list);
	ok(p11->C_GetSlotList(CK_TRUE, list, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(unlink(other), 0);
	ok(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &at, NULL));
	ck_assert_uint_eq(at, 0);
	ok(p11->C_GetSlotInfo(at, &info));
	ck_assert((info.flags & CKF_TOKEN_PRESENT) == 0);
	ok(p11->C_Finalize(NULL));
}
END_TEST

/* What another process does, a little later. */
static pid_t
later(bool make)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	(void)usleep(200000);
	if (make)
		make_other();
	else
		(void)unlink(other);
	_exit(EXIT_SUCCESS);
}

START_TEST(another_process)
{
	CK_SLOT_ID at;
	pid_t child;
	int status;

	configure();
	ok(p11->C_Initialize(NULL));
	for (int make = 1; make >= 0; make--) {
		at = 4711;
		child = later(make != 0);
		ck_assert_int_gt(child, 0);
		ok(p11->C_WaitForSlotEvent(0, &at, NULL));
		ck_assert_uint_eq(at, 0);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_int_eq(status, 0);
	}
	ok(p11->C_Finalize(NULL));
}
END_TEST

struct waiter {
	pthread_t thread;
	_Atomic pid_t tid;
	CK_RV rv;
};

static void *
wait_in_thread(void *arg)
{
	struct waiter *waiter = arg;
	CK_SLOT_ID at = 4711;

	waiter->tid = gettid();
	waiter->rv = p11->C_WaitForSlotEvent(0, &at, NULL);
	return NULL;
}

static bool
sleeps(pid_t tid)
{
	char path[64], state;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
	file = tid == 0 ? NULL : fopen(path, "r");
	if (file == NULL)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = '\0';
	(void)fclose(file);
	return state == 'S';
}

/* All at one look: then none of them waits for another one to let it in. */
static void
until_they_wait(const struct waiter *waiters, size_t count)
{
	size_t asleep = 0;

	for (int looks = 0; asleep < count; looks++) {
		ck_assert_msg(looks < 6000, "they do not wait in a minute");
		(void)usleep(10000);
		asleep = 0;
		for (size_t i = 0; i < count; i++)
			asleep += sleeps(waiters[i].tid);
	}
}

/* Whoever waits is not in the way of others, nor of a fork. */
START_TEST(finalize_ends_it)
{
	struct waiter waiters[2] = { { .rv = CKR_OK } };
	CK_ULONG count = 1;
	pid_t child;
	int status;

	configure();
	ok(p11->C_Initialize(NULL));
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&waiters[i].thread, NULL,
		    wait_in_thread, &waiters[i]), 0);
	until_they_wait(waiters, 2);
	ok(p11->C_GetSlotList(CK_TRUE, &slot, &count));
	(void)guest_open(0);
	child = fork();
	if (child == 0)
		_exit(p11->C_Initialize(NULL) == CKR_OK ? EXIT_SUCCESS :
							  EXIT_FAILURE);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ok(p11->C_Finalize(NULL));
	/* one that starts again at once is another module to them */
	ok(p11->C_Initialize(NULL));
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(pthread_join(waiters[i].thread, NULL), 0);
		is(waiters[i].rv, CKR_CRYPTOKI_NOT_INITIALIZED);
	}
	ok(p11->C_Finalize(NULL));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { without_waiting, another_process,
		finalize_ends_it };

	return guest_run_bare("face slot events", tests, ARRAY_LEN(tests));
}
