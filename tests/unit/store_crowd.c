/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several processes on one store: nothing that was acknowledged is lost,
 * whoever is killed when, and children of a process are on their own.
 */
#include "config.h"

#include "store_help.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/util.h"

/* One record in a transaction of its own; no check macros in children. */
static enum cng_status
put_one(struct store *store, unsigned number)
{
	struct store_record record;
	enum cng_status st = store_begin(store);

	if (st != CNG_OK)
		return st;
	help_record(&record, number);
	st = store_put(store, &record);
	if (st == CNG_OK)
		st = store_commit(store);
	else
		store_rollback(store);
	store_record_free(&record);
	return st;
}

static pid_t
spawn(void (*job)(const char *path, unsigned first, int out),
    const char *path, unsigned first, int out)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		job(path, first, out);
		_exit(0);
	}
	return pid;
}

static int
exit_code(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Every record of the number is there, once and whole. */
static void
expect_number(struct store *store, unsigned number)
{
	struct store_record want;
	struct store_record got;
	struct store_ids ids;

	help_record(&want, number);
	ck_assert_int_eq(store_find_tag(store, &want.tag[0], &ids), CNG_OK);
	ck_assert_uint_eq(ids.count, 1);
	ck_assert_int_eq(store_get(store, ids.id[0], &got), CNG_OK);
	ck_assert(help_is_record(&got, number));
	store_record_free(&got);
	store_record_free(&want);
	mem_free(ids.id);
}

/* All rows are whole, and each is found by its tag. */
static uint64_t
expect_whole(struct store *store)
{
	struct store_ids ids;
	uint64_t count = 0;

	ck_assert_int_eq(store_find_kind(store, 0, 0, &ids), CNG_OK);
	for (size_t i = 0; i < ids.count; i++) {
		struct store_record got;
		unsigned number;

		ck_assert_int_eq(store_get(store, ids.id[i], &got), CNG_OK);
		number = got.uid[0] | (unsigned)got.uid[1] << 8 |
		    (unsigned)got.uid[2] << 16 | (unsigned)got.uid[3] << 24;
		ck_assert(help_is_record(&got, number));
		store_record_free(&got);
		expect_number(store, number);
	}
	mem_free(ids.id);
	ck_assert_int_eq(store_count(store, &count), CNG_OK);
	ck_assert_uint_eq(count, ids.count);
	return count;
}

/* --- writers together ---------------------------------------------------- */

#define EACH 200

static void
write_many(const char *path, unsigned first, int out)
{
	struct store *store;
	enum cng_status st = store_open(&store, path, STORE_CREATE);

	(void)out;
	for (unsigned i = 0; st == CNG_OK && i < EACH; i++)
		st = put_one(store, first + i);
	if (st != CNG_OK)
		_exit((int)st);
	store_close(store);
}

/* They make the store too: whoever comes first. */
START_TEST(writers_lose_nothing)
{
	char path[256];
	struct store *store;
	pid_t pid[4];

	(void)snprintf(path, sizeof(path), "%s", help_path("token"));
	for (unsigned i = 0; i < ARRAY_LEN(pid); i++)
		pid[i] = spawn(write_many, path, i * 1000, -1);
	for (unsigned i = 0; i < ARRAY_LEN(pid); i++)
		ck_assert_int_eq(exit_code(pid[i]), 0);
	store = help_open(path, STORE_OPEN);
	ck_assert_uint_eq(expect_whole(store), ARRAY_LEN(pid) * EACH);
	for (unsigned i = 0; i < ARRAY_LEN(pid); i++) {
		for (unsigned k = 0; k < EACH; k++)
			expect_number(store, i * 1000 + k);
	}
	store_close(store);
}
END_TEST

static void
open_and_close(const char *path, unsigned first, int out)
{
	(void)out;
	for (unsigned i = 0; i < 30; i++) {
		struct store *store;
		enum cng_status st = store_open(&store, path, STORE_CREATE);

		if (st == CNG_OK)
			st = put_one(store, first + i);
		if (st != CNG_OK)
			_exit((int)st);
		/* the last one out folds the log in */
		store_close(store);
	}
}

START_TEST(coming_and_going)
{
	char path[256];
	struct store *store;
	pid_t pid[3];

	(void)snprintf(path, sizeof(path), "%s", help_path("token"));
	for (unsigned i = 0; i < ARRAY_LEN(pid); i++)
		pid[i] = spawn(open_and_close, path, i * 1000, -1);
	for (unsigned i = 0; i < ARRAY_LEN(pid); i++)
		ck_assert_int_eq(exit_code(pid[i]), 0);
	store = help_open(path, STORE_OPEN);
	ck_assert_uint_eq(expect_whole(store), ARRAY_LEN(pid) * 30);
	store_close(store);
}
END_TEST

/* --- killed -------------------------------------------------------------- */

/* Writes for ever, two rows a transaction, and says what is done. */
static void
write_until_killed(const char *path, unsigned first, int out)
{
	struct store *store;

	if (store_open(&store, path, STORE_CREATE) != CNG_OK)
		_exit(1);
	for (unsigned number = first;; number += 2) {
		struct store_record record;
		enum cng_status st = store_begin(store);

		for (unsigned k = 0; st == CNG_OK && k < 2; k++) {
			help_record(&record, number + k);
			st = store_put(store, &record);
			store_record_free(&record);
		}
		if (st == CNG_OK)
			st = store_commit(store);
		if (st != CNG_OK)
			_exit(2);
		if (write(out, &number, sizeof(number)) !=
		    (ssize_t)sizeof(number))
			_exit(3);
	}
}

static void
sleep_us(unsigned us)
{
	struct timespec t = { us / 1000000, (long)(us % 1000000) * 1000 };

	(void)nanosleep(&t, NULL);
}

/* Two writers, killed at random moments; returns what they acknowledged. */
static size_t
kill_round(const char *path, unsigned first, unsigned us, unsigned *numbers,
    size_t room)
{
	size_t count = 0;
	pid_t pid[2];
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	for (unsigned i = 0; i < 2; i++)
		pid[i] = spawn(write_until_killed, path,
		    first + i * 0x8000, fds[1]);
	(void)close(fds[1]);
	sleep_us(us);
	for (unsigned i = 0; i < 2; i++) {
		int status;

		ck_assert_int_eq(kill(pid[i], SIGKILL), 0);
		ck_assert_int_eq(waitpid(pid[i], &status, 0), pid[i]);
		/* it was our kill that ended it, no error of its own */
		ck_assert(WIFSIGNALED(status));
	}
	while (count < room && read(fds[0], &numbers[count],
	    sizeof(*numbers)) == (ssize_t)sizeof(*numbers))
		count++;
	(void)close(fds[0]);
	return count;
}

#define ROUNDS 40
#define MORE_ROUNDS 10       /* less than a minute together */
#define LONGEST_US 25000U

/* At random; where a disk is so slow that nobody has committed by then, twice
 * as long each time. */
static unsigned
time_to_live(unsigned round)
{
	if (round < ROUNDS)
		return (unsigned)rand() % LONGEST_US;
	return LONGEST_US << (round - ROUNDS + 1);
}

START_TEST(killed_writers_leave_whole_rows)
{
	static unsigned numbers[100000];
	char path[256];
	size_t known = 0;

	(void)snprintf(path, sizeof(path), "%s", help_path("token"));
	srand((unsigned)time(NULL));
	for (unsigned round = 0; round < ROUNDS ||
	    (known == 0 && round < ROUNDS + MORE_ROUNDS); round++) {
		unsigned us = time_to_live(round);
		struct store *store;
		uint64_t count;

		known += kill_round(path, round * 0x10000, us,
		    numbers + known, ARRAY_LEN(numbers) - known);
		store = help_open(path, STORE_CREATE);
		count = expect_whole(store);
		ck_assert_uint_ge(count, 2 * known);
		ck_assert_uint_eq(count % 2, 0);
		for (size_t i = 0; i < known; i++) {
			expect_number(store, numbers[i]);
			expect_number(store, numbers[i] + 1);
		}
		store_close(store);
	}
	ck_assert_uint_gt(known, 0);
}
END_TEST

/* --- children ------------------------------------------------------------ */

/* In a forked child: leaves the parent's handle, works with its own. */
static enum cng_status
child_works(struct store *parents, const char *path, unsigned first)
{
	struct store *store;
	enum cng_status st;

	store_abandon(parents);
	st = store_open(&store, path, STORE_OPEN);
	for (unsigned i = 0; st == CNG_OK && i < 50; i++)
		st = put_one(store, first + i);
	if (st == CNG_OK)
		store_close(store);
	return st;
}

/* In the middle of the parent's transaction, even. */
START_TEST(children_start_afresh)
{
	char path[256];
	struct store *store;
	struct store_record record;
	pid_t pid;

	(void)snprintf(path, sizeof(path), "%s", help_path("token"));
	store = help_open(path, STORE_CREATE);
	(void)help_put(store, 1);
	ck_assert_int_eq(store_begin(store), CNG_OK);
	help_record(&record, 2);
	ck_assert_int_eq(store_put(store, &record), CNG_OK);
	store_record_free(&record);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		enum cng_status st = child_works(store, path, 1000);

		_exit((int)st);
	}
	sleep_us(5000);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	for (unsigned i = 0; i < 50; i++)
		(void)help_put(store, 2000 + i);
	ck_assert_int_eq(exit_code(pid), CNG_OK);
	ck_assert_uint_eq(expect_whole(store), 102);
	store_close(store);
	store = help_open(path, STORE_OPEN);
	ck_assert_uint_eq(expect_whole(store), 102);
	store_close(store);
}
END_TEST

/* Reads a byte, or the end when whoever writes has gone. */
static void
wait_on(int fd)
{
	char byte;

	while (read(fd, &byte, 1) < 0 && errno == EINTR)
		continue;
}

/*
 * A daemon: the parent that opened the store is gone, and with it all its
 * locks; the child's must be its own, or a newcomer would take the store to
 * be unused and clear the shared index away under it.
 */
START_TEST(a_daemon_keeps_its_locks)
{
	char path[256];
	struct store *store;
	int ready[2];
	int leave[2];
	int go[2];
	enum cng_status got;
	pid_t pid;

	(void)snprintf(path, sizeof(path), "%s", help_path("token"));
	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(leave, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(go, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct store *own = NULL;
		enum cng_status st;

		if (store_open(&store, path, STORE_CREATE) != CNG_OK ||
		    put_one(store, 1) != CNG_OK)
			_exit(1);
		if (fork() != 0) {
			wait_on(leave[0]);
			_exit(0);
		}
		store_abandon(store);
		st = store_open(&own, path, STORE_OPEN);
		if (st == CNG_OK)
			st = put_one(own, 2);
		(void)!write(leave[1], "", 1);
		(void)!write(ready[1], &st, sizeof(st));
		wait_on(go[0]);
		if (st == CNG_OK)
			st = put_one(own, 4);
		(void)!write(ready[1], &st, sizeof(st));
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &got, sizeof(got)), sizeof(got));
	ck_assert_int_eq(got, CNG_OK);
	ck_assert_int_eq(exit_code(pid), 0);

	store = help_open(path, STORE_OPEN);
	ck_assert_uint_eq(expect_whole(store), 2);
	(void)help_put(store, 3);
	store_close(store);
	/* not the last one out: the log is still in use */
	ck_assert_int_eq(access(help_path("token-wal"), F_OK), 0);
	ck_assert_int_eq(write(go[1], "", 1), 1);
	ck_assert_int_eq(read(ready[0], &got, sizeof(got)), sizeof(got));
	ck_assert_int_eq(got, CNG_OK);
	store = help_open(path, STORE_OPEN);
	ck_assert_uint_eq(expect_whole(store), 4);
	store_close(store);
}
END_TEST

/* A reader sees another's commits at once, and never half of one. */
static void
write_pairs(const char *path, unsigned first, int out)
{
	struct store *store;

	(void)first;
	(void)out;
	if (store_open(&store, path, STORE_OPEN) != CNG_OK)
		_exit(1);
	for (unsigned i = 0; i < 300; i++) {
		uint8_t value[4] = { (uint8_t)i, (uint8_t)(i >> 8) };

		if (store_begin(store) != CNG_OK ||
		    store_fact_put(store, "a", span_of(value, 4)) != CNG_OK ||
		    store_commit(store) != CNG_OK)
			_exit(2);
	}
	store_close(store);
}

START_TEST(the_stamp_follows_another_process)
{
	char path[256];
	struct store *store;
	struct secret fact;
	uint64_t seen = 0;
	uint64_t last = 0;
	bool done = false;
	pid_t pid;

	(void)snprintf(path, sizeof(path), "%s", help_path("token"));
	store = help_open(path, STORE_CREATE);
	pid = spawn(write_pairs, path, 0, -1);
	/* whoever reads only when the stamp has changed misses nothing */
	while (!done) {
		uint64_t now;
		int status;
		unsigned value;

		done = waitpid(pid, &status, WNOHANG) == pid;
		ck_assert_int_eq(store_stamp(store, &now), CNG_OK);
		if (now == seen)
			continue;
		seen = now;
		if (store_fact_get(store, "a", &fact) != CNG_OK)
			continue;
		value = fact.ptr[0] | (unsigned)fact.ptr[1] << 8;
		secret_free(&fact);
		ck_assert_uint_ge(value, last);
		last = value;
	}
	ck_assert_uint_eq(last, 299);
	store_close(store);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		writers_lose_nothing,
		coming_and_going,
		killed_writers_leave_whole_rows,
		children_start_afresh,
		a_daemon_keeps_its_locks,
		the_stamp_follows_another_process,
	};

	return help_run("store_crowd", tests, ARRAY_LEN(tests));
}
