/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How programs begin and end: without C_Finalize, from a handler of exit, with
 * threads still inside, after dlclose, twice, forked from a thread in the
 * middle of a search.  Each in a process of its own, which must end by itself
 * and in time.
 */
#include "tests/face/guest.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LONGEST 100          /* seconds: then it hangs */

/* The end of a child that a thread forked: it leaves the database of its
 * parent alone, and has no stack of the main thread, which LeakSanitizer
 * takes for leaks. */
static _Noreturn void
child_exit(int status)
{
	if (UNDER_ADDRESS_SANITIZER)
		_exit(status);
	exit(status);
}

static CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };

/* --- a process --- */

typedef int life(void);

/* The child begins with a module that nobody has touched, ends with exit, and
 * so with all handlers. */
static int
live(life *run)
{
	pid_t child;
	int status;

	(void)fflush(stdout);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		(void)alarm(LONGEST);
		exit(run());
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status), "status 0x%x", (unsigned)status);
	return WEXITSTATUS(status);
}

/* A search, a digest and an encryption that are not over. */
static int
be_busy(CK_SESSION_HANDLE *out)
{
	CK_MECHANISM make = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	CK_ULONG bytes = 32, count = 1;
	CK_ATTRIBUTE len = { CKA_VALUE_LEN, &bytes, sizeof(bytes) };
	CK_OBJECT_HANDLE key;
	CK_SLOT_ID where;
	CK_BYTE data[16] = { 0 }, room[32];

	if (p11->C_GetSlotList(CK_TRUE, &where, &count) != CKR_OK ||
	    p11->C_OpenSession(where, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, out) != CKR_OK)
		return 1;
	if (p11->C_Login(*out, CKU_USER, PIN_OF(USER_PIN)) != CKR_OK ||
	    p11->C_GenerateKey(*out, &make, &len, 1, &key) != CKR_OK)
		return 2;
	count = sizeof(room);
	if (p11->C_EncryptInit(*out, &ecb, key) != CKR_OK ||
	    p11->C_EncryptUpdate(*out, data, 16, room, &count) != CKR_OK ||
	    p11->C_DigestInit(*out, &sha256) != CKR_OK ||
	    p11->C_DigestUpdate(*out, data, 16) != CKR_OK)
		return 3;
	return p11->C_FindObjectsInit(*out, NULL, 0) == CKR_OK ? 0 : 4;
}

static int
start_busy(CK_SESSION_HANDLE *out)
{
	return p11->C_Initialize(NULL) == CKR_OK ? be_busy(out) : 9;
}

/* --- ends --- */

static int
just_ends(void)
{
	CK_SESSION_HANDLE s;

	return start_busy(&s);
}

START_TEST(exit_without_finalize)
{
	ck_assert_int_eq(live(just_ends), 0);
}
END_TEST


static void
finalize_late(void)
{
	if (p11->C_Finalize(NULL) != CKR_OK)
		_exit(20);
	if (p11->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
		_exit(21);
}

/* Some initialise anew there, to look whether it is over. */
static void
use_late(void)
{
	CK_SESSION_HANDLE s;

	if (start_busy(&s) != 0)
		_exit(22);
}

static int
finalizes_at_exit(void)
{
	CK_SESSION_HANDLE s;

	if (atexit(finalize_late) != 0)
		return 10;
	return start_busy(&s);
}

static int
starts_at_exit(void)
{
	if (atexit(finalize_late) != 0 || atexit(use_late) != 0)
		return 10;
	return 0;
}

START_TEST(finalize_at_exit)
{
	ck_assert_int_eq(live(finalizes_at_exit), 0);
	ck_assert_int_eq(live(starts_at_exit), 0);
}
END_TEST

static void *
never_stops(void *arg)
{
	CK_BYTE out[32];
	CK_SESSION_HANDLE s;
	CK_ULONG len;

	for (;;) {
		if (p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
		    &s) != CKR_OK)
			continue;
		len = sizeof(out);
		(void)p11->C_DigestInit(s, &sha256);
		(void)p11->C_Digest(s, out, 8, out, &len);
		(void)p11->C_CloseSession(s);
	}
	return arg;
}

static int
start_threads(void)
{
	struct timespec pause = { 0, 30000000 };
	CK_SESSION_HANDLE s;
	pthread_t thread;
	int i, status = start_busy(&s);

	for (i = 0; i < 3 && status == 0; i++)
		if (pthread_create(&thread, NULL, never_stops, NULL) != 0)
			status = 11;
	(void)nanosleep(&pause, NULL);
	return status;
}

static int
finalizes_with_threads(void)
{
	int status = start_threads();

	return status != 0 ? status :
	    p11->C_Finalize(NULL) == CKR_OK ? 0 : 12;
}

START_TEST(exit_with_threads_inside)
{
	ck_assert_int_eq(live(start_threads), 0);
	ck_assert_int_eq(live(finalizes_with_threads), 0);
}
END_TEST

/* --- nested --- */

static int
initializes_twice(void)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	CK_SESSION_HANDLE s;
	CK_SESSION_INFO info;

	if (start_busy(&s) != 0)
		return 1;
	if (p11->C_Initialize(NULL) != CKR_CRYPTOKI_ALREADY_INITIALIZED ||
	    p11->C_Initialize(&args) != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return 2;
	/* what ran goes on */
	if (p11->C_GetSessionInfo(s, &info) != CKR_OK ||
	    info.state != CKS_RW_USER_FUNCTIONS ||
	    p11->C_FindObjectsFinal(s) != CKR_OK)
		return 3;
	if (p11->C_Finalize(NULL) != CKR_OK ||
	    p11->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 4;
	return 0;
}

static int
begins_again_and_again(void)
{
	CK_SESSION_HANDLE s;
	int i;

	for (i = 0; i < 5; i++)
		if (start_busy(&s) != 0 || p11->C_Finalize(NULL) != CKR_OK)
			return 1;
	return 0;
}

START_TEST(nested_and_repeated)
{
	ck_assert_int_eq(live(initializes_twice), 0);
	ck_assert_int_eq(live(begins_again_and_again), 0);
}
END_TEST

/* --- loaded and unloaded --- */

static CK_FUNCTION_LIST *
load(const char *path, void **module)
{
	CK_C_GetFunctionList get;
	CK_FUNCTION_LIST *list = NULL;
	void *symbol;

	*module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	symbol = *module == NULL ? NULL :
	    dlsym(*module, "C_GetFunctionList");
	if (symbol == NULL)
		return NULL;
	memcpy(&get, &symbol, sizeof(get));
	return get(&list) == CKR_OK ? list : NULL;
}

/* How often the file is mapped: it must not grow. */
static int
mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	int count = 0;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		count += strstr(line, "cng-pkcs11.so") != NULL;
	if (maps != NULL)
		(void)fclose(maps);
	return count;
}

/* Closed while it is initialised: it stays, with all that it has. */
static int
closes_and_opens(void)
{
	CK_SESSION_HANDLE s;
	void *module;
	int i, count;

	p11 = load(MODULE_PATH, &module);
	if (p11 == NULL || start_busy(&s) != 0)
		return 1;
	count = mappings();
	for (i = 0; i < 5; i++) {
		(void)dlclose(module);
		p11 = load(MODULE_PATH, &module);
		if (p11 == NULL || p11->C_FindObjectsFinal(s) != CKR_OK ||
		    p11->C_FindObjectsInit(s, NULL, 0) != CKR_OK)
			return 2;
		if (p11->C_Initialize(NULL) !=
		    CKR_CRYPTOKI_ALREADY_INITIALIZED)
			return 3;
	}
	(void)dlclose(module);
	return mappings() == count ? 0 : 4;
}

/* In order: it may be started again. */
static int
closes_in_order(void)
{
	CK_SESSION_HANDLE s;
	void *module;
	int i;

	for (i = 0; i < 3; i++) {
		p11 = load(MODULE_PATH, &module);
		if (p11 == NULL || start_busy(&s) != 0 ||
		    p11->C_Finalize(NULL) != CKR_OK || dlclose(module) != 0)
			return 1;
	}
	return 0;
}

START_TEST(dlclose_and_dlopen)
{
	ck_assert_int_eq(live(closes_and_opens), 0);
	ck_assert_int_eq(live(closes_in_order), 0);
}
END_TEST

/* --- two copies --- */

static bool
copy_module(const char *to)
{
	static char block[65536];
	FILE *in = fopen(MODULE_PATH, "rb"), *out = fopen(to, "wb");
	bool good = in != NULL && out != NULL;
	size_t got;

	while (good && (got = fread(block, 1, sizeof(block), in)) > 0)
		good = fwrite(block, 1, got, out) == got;
	if (in != NULL)
		(void)fclose(in);
	return out != NULL && fclose(out) == 0 && good;
}

/* Each has its own login, sessions and end. */
static int
has_two_copies(void)
{
	CK_FUNCTION_LIST *one = p11, *other;
	CK_SESSION_HANDLE mine, its;
	char path[256];
	void *module;

	(void)snprintf(path, sizeof(path), "%s/twin.so", guest_folder());
	if (!copy_module(path))
		return 1;
	other = load(path, &module);
	if (other == NULL || other == one || start_busy(&mine) != 0)
		return 2;
	if (other->C_CloseSession(mine) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 3;
	p11 = other;
	if (start_busy(&its) != 0 || other->C_Logout(its) != CKR_OK ||
	    other->C_Finalize(NULL) != CKR_OK || dlclose(module) != 0)
		return 4;
	if (one->C_FindObjectsFinal(mine) != CKR_OK ||
	    one->C_Logout(mine) != CKR_OK)
		return 5;
	return 0;                /* and no C_Finalize */
}

START_TEST(two_copies)
{
	ck_assert_int_eq(live(has_two_copies), 0);
}
END_TEST

/* --- forks from a thread --- */

static CK_SESSION_HANDLE had;
static CK_FUNCTION_LIST_3_2 *safe;

/* Through the list of old: nothing is there until it begins anew. */
static int
child_of_a_thread(void)
{
	CK_SESSION_HANDLE s;
	CK_ULONG count;
	CK_OBJECT_HANDLE found;

	if (p11->C_FindObjects(had, &found, 1, &count) !=
	    CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (start_busy(&s) != 0)
		return 2;
	return p11->C_FindObjects(s, &found, 1, &count) == CKR_OK &&
	    count == 1 ? 0 : 3;
}

/* Through the new one: search, digest and encryption go on. */
static int
safe_child_of_a_thread(void)
{
	CK_BYTE out[32], data[16] = { 0 };
	CK_OBJECT_HANDLE found;
	CK_ULONG count, len = sizeof(out);

	if (safe->C_FindObjects(had, &found, 1, &count) != CKR_OK ||
	    count != 1 || safe->C_FindObjectsFinal(had) != CKR_OK)
		return 1;
	if (safe->C_DigestFinal(had, out, &len) != CKR_OK)
		return 2;
	len = sizeof(out);
	if (safe->C_EncryptUpdate(had, data, 16, out, &len) != CKR_OK ||
	    len != 16)
		return 3;
	return safe->C_Finalize(NULL) == CKR_OK ? 0 : 4;
}

struct order {
	life *run;
	int status;
};

static void *
fork_here(void *arg)
{
	struct order *order = arg;
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		(void)alarm(LONGEST);
		child_exit(order->run());
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		order->status = 40;
	else
		order->status = WIFEXITED(status) ? WEXITSTATUS(status) : 41;
	return NULL;
}

static int
fork_in_thread(life *run)
{
	struct order order = { run, 42 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, fork_here, &order) != 0 ||
	    pthread_join(thread, NULL) != 0)
		return 43;
	return order.status;
}

static int
forks_in_a_thread(void)
{
	CK_OBJECT_HANDLE found;
	CK_ULONG count;
	int status;

	if (start_busy(&had) != 0)
		return 30;
	status = fork_in_thread(child_of_a_thread);
	if (status != 0)
		return status;
	/* the parent's search is where it was */
	return p11->C_FindObjects(had, &found, 1, &count) == CKR_OK &&
	    count == 1 ? 0 : 31;
}

static int
forks_safely_in_a_thread(void)
{
	CK_OBJECT_HANDLE found;
	CK_ULONG count;
	int status;

	safe = p11_3;
	guest_be_safe();
	if (start_busy(&had) != 0)
		return 30;
	status = fork_in_thread(safe_child_of_a_thread);
	if (status != 0)
		return status;
	return p11->C_FindObjects(had, &found, 1, &count) == CKR_OK &&
	    count == 1 && p11->C_Finalize(NULL) == CKR_OK ? 0 : 31;
}

START_TEST(fork_from_a_thread)
{
	ck_assert_int_eq(live(forks_in_a_thread), 0);
	ck_assert_int_eq(live(forks_safely_in_a_thread), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { exit_without_finalize,
		finalize_at_exit, nested_and_repeated, dlclose_and_dlopen,
		two_copies, fork_from_a_thread, exit_with_threads_inside };
	size_t count = ARRAY_LEN(tests);

	/* LeakSanitizer cannot stop threads that go on while it looks */
	if (UNDER_ADDRESS_SANITIZER) {
		printf("left out below AddressSanitizer: "
		    "exit_with_threads_inside\n");
		count--;
	}
	return guest_run_bare("face lives", tests, count);
}
