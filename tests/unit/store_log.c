/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The log after a crash: what was acknowledged is there, or its loss is
 * noticed; whatever happened to the files in between.
 */
#include "config.h"

#include "store_help.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"

#define COMMITS 6
#define WAL_HEAD 32
#define FRAME (24 + 4096)

/* A process commits and is killed: nothing is in the store's file yet. */
static void
crash(unsigned first, unsigned count)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct store *store = help_open(help_path("token"),
		    STORE_CREATE);

		for (unsigned i = 0; i < count; i++)
			(void)help_put(store, first + i);
		(void)kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static enum cng_status
open_it(uint64_t *count)
{
	struct store *store;
	enum cng_status st = store_open(&store, help_path("token"),
	    STORE_OPEN);

	*count = 0;
	if (st != CNG_OK)
		return st;
	ck_assert_int_eq(store_count(store, count), CNG_OK);
	for (uint64_t id = 1; id <= *count; id++) {
		struct store_record got;

		ck_assert_int_eq(store_get(store, id, &got), CNG_OK);
		ck_assert(help_is_record(&got, (unsigned)id - 1));
		store_record_free(&got);
	}
	store_close(store);
	return CNG_OK;
}

/* --- files as they were --------------------------------------------------- */

static const char *const names[] = { "token", "token-wal", "token.lock" };

struct copies {
	uint8_t *bytes[ARRAY_LEN(names)];
	size_t len[ARRAY_LEN(names)];
};

static void
keep(struct copies *copies)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		copies->bytes[i] = help_read(help_path(names[i]),
		    &copies->len[i]);
}

/* Written over what is there; but who writes to the store's own file is
 * taken at their word. */
static void
put_back(const struct copies *copies)
{
	for (size_t i = 1; i < ARRAY_LEN(names); i++)
		help_write(help_path(names[i]), copies->bytes[i],
		    copies->len[i]);
}

static void
keep_lock(struct copies *copies)
{
	*copies = (struct copies){ 0 };
	copies->bytes[2] = help_read(help_path(names[2]), &copies->len[2]);
}

static void
drop(struct copies *copies)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		free(copies->bytes[i]);
}

/* --- killed --------------------------------------------------------------- */

START_TEST(killed_before_the_checkpoint)
{
	struct copies copies;
	uint64_t count;

	crash(0, COMMITS);
	keep(&copies);
	ck_assert_uint_ge(copies.len[1], WAL_HEAD + COMMITS * FRAME);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_eq(count, COMMITS);
	/* and again, with the log of another */
	crash(COMMITS, COMMITS);
	crash(2 * COMMITS, COMMITS);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_eq(count, 3 * COMMITS);
	/* closed in order: no log is left */
	ck_assert_int_ne(access(help_path("token-wal"), F_OK), 0);
	drop(&copies);
}
END_TEST

START_TEST(the_index_may_be_anything)
{
	static uint8_t noise[40000];
	uint64_t count;

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * 2654435761u >> 7);
	for (unsigned i = 0; i < 4; i++) {
		crash(i * COMMITS, COMMITS);
		help_write(help_path("token-shm"), noise,
		    i == 0 ? 0 : i == 1 ? 3 : sizeof(noise) / i);
		ck_assert_int_eq(open_it(&count), CNG_OK);
		ck_assert_uint_eq(count, (i + 1) * COMMITS);
	}
}
END_TEST

/* --- damaged -------------------------------------------------------------- */

static void
expect_noticed(const char *what, size_t at)
{
	uint64_t count;
	enum cng_status st = open_it(&count);

	ck_assert_msg(st == CNG_ERR_STORE_CORRUPT, "%s at %zu: %s, %u rows",
	    what, at, cng_status_name(st), (unsigned)count);
}

/* The same file, byte by byte. */
static bool
is_kept(const struct copies *copies, size_t which)
{
	size_t len;
	uint8_t *bytes = help_read(help_path(names[which]), &len);
	bool same = len == copies->len[which] &&
	    memcmp(bytes, copies->bytes[which], len) == 0;

	free(bytes);
	return same;
}

/* A damaged log has more in it than what is read up to the damage. */
START_TEST(what_is_damaged_stays_as_it_is)
{
	struct copies copies;
	uint64_t count;

	crash(0, COMMITS);
	keep(&copies);
	copies.bytes[1][WAL_HEAD + 2 * FRAME + 100] ^= 1;
	put_back(&copies);
	expect_noticed("flip", 0);
	expect_noticed("flip, seen again", 0);
	ck_assert(is_kept(&copies, 0));
	ck_assert(is_kept(&copies, 1));
	/* somebody repairs it */
	copies.bytes[1][WAL_HEAD + 2 * FRAME + 100] ^= 1;
	put_back(&copies);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_eq(count, COMMITS);
	drop(&copies);
}
END_TEST

START_TEST(a_flipped_bit_in_the_log)
{
	struct copies copies;
	uint64_t count;

	crash(0, COMMITS);
	keep(&copies);
	for (size_t at = 0; at < copies.len[1];
	     at += at < WAL_HEAD + 24 ? 1 : 509) {
		copies.bytes[1][at] ^= (uint8_t)(1u << at % 8);
		put_back(&copies);
		expect_noticed("flip", at);
		copies.bytes[1][at] ^= (uint8_t)(1u << at % 8);
	}
	put_back(&copies);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_eq(count, COMMITS);
	drop(&copies);
}
END_TEST

START_TEST(a_log_that_was_cut)
{
	struct copies copies;
	size_t whole;
	uint64_t count;

	crash(0, COMMITS);
	keep(&copies);
	whole = copies.len[1];
	for (size_t len = 0; len < whole; len += len == 0 ? WAL_HEAD : FRAME) {
		copies.len[1] = len;
		put_back(&copies);
		expect_noticed("cut", len);
		copies.len[1] = len + FRAME / 2;
		put_back(&copies);
		expect_noticed("cut", len + FRAME / 2);
	}
	/* taken away */
	put_back(&copies);
	ck_assert_int_eq(unlink(help_path("token-wal")), 0);
	expect_noticed("removed", 0);
	/* nothing was made worse: with the log it is whole */
	copies.len[1] = whole;
	put_back(&copies);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_eq(count, COMMITS);
	drop(&copies);
}
END_TEST

/* Whoever prefers what is left may have it: by taking the mark away. */
START_TEST(what_is_left_can_be_had)
{
	struct copies copies;
	uint64_t count;

	crash(0, COMMITS);
	keep(&copies);
	copies.len[1] = WAL_HEAD + (copies.len[1] - WAL_HEAD) / FRAME / 2 *
	    FRAME;
	put_back(&copies);
	expect_noticed("cut", copies.len[1]);
	ck_assert_int_eq(unlink(help_path("token.lock")), 0);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_gt(count, 0);
	ck_assert_uint_lt(count, COMMITS);
	crash((unsigned)count, 2);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	drop(&copies);
}
END_TEST

/* A mark that is itself damaged says nothing, and does no harm. */
START_TEST(a_damaged_mark)
{
	struct copies copies;
	uint64_t count;

	crash(0, COMMITS);
	keep(&copies);
	ck_assert_uint_gt(copies.len[2], 64);
	for (size_t at = 0; at < copies.len[2]; at++) {
		copies.bytes[2][at] ^= 0x41;
		put_back(&copies);
		ck_assert_int_eq(open_it(&count), CNG_OK);
		ck_assert_uint_eq(count, COMMITS);
		copies.bytes[2][at] ^= 0x41;
	}
	drop(&copies);
}
END_TEST

/* A store that is open, too: nothing is written over a loss. */
START_TEST(a_writer_notices_before_it_writes)
{
	struct store *store = help_open(help_path("token"), STORE_CREATE);

	(void)help_put(store, 0);
	(void)help_put(store, 1);
	/* as if the last commit had never been */
	help_sql(help_path("token"), "cng-pkcs11-1", "UPDATE fact SET value ="
	    " CAST(substr(value, 1, 8) || x'0100000000000000' AS BLOB)"
	    " WHERE name = 'commits'");
	ck_assert_int_eq(store_begin(store), CNG_ERR_STORE_CORRUPT);
	ck_assert_int_eq(store_begin(store), CNG_ERR_STORE_CORRUPT);
	store_close(store);
	expect_noticed("set back", 0);
}
END_TEST

/* --- older copies --------------------------------------------------------- */

/* Somebody has decided so, however they did it; a store that is said to be
 * damaged would have been the end of their backup. */
static void
expect_taken(unsigned count)
{
	uint64_t found;

	ck_assert_int_eq(open_it(&found), CNG_OK);
	ck_assert_uint_eq(found, count);
	crash(count, 2);
	ck_assert_int_eq(open_it(&found), CNG_OK);
	ck_assert_uint_eq(found, count + 2);
}

START_TEST(older_copies)
{
	const struct timespec times[2] = { { 1000000000, 0 },
		{ 1000000000, 0 } };
	uint8_t *old;
	size_t len;
	uint64_t count;

	crash(0, 1);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	old = help_read(help_path("token"), &len);
	for (unsigned how = 0; how < 3; how++) {
		const char *to = how == 0 ? "copy" : "token";

		crash((unsigned)count, COMMITS);
		ck_assert_int_eq(open_it(&count), CNG_OK);
		/* moved into its place; removed and made anew, which often
		 * gives it the same number; written over, with its times */
		if (how == 1)
			ck_assert_int_eq(unlink(help_path("token")), 0);
		help_write(help_path(to), old, len);
		if (how == 0)
			ck_assert_int_eq(rename(help_path("copy"),
			    help_path("token")), 0);
		ck_assert_int_eq(chmod(help_path("token"), 0600), 0);
		ck_assert_int_eq(utimensat(AT_FDCWD, help_path("token"),
		    times, 0), 0);
		expect_taken(1);
		count = 3;
	}
	free(old);
}
END_TEST

/* A backup of store and lock, made while a change came in between the two,
 * and copied back over what is there. */
START_TEST(a_copy_of_two_times)
{
	struct copies copies;
	uint8_t *old;
	size_t len;
	uint64_t count;

	crash(0, 1);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	old = help_read(help_path("token"), &len);
	crash(1, COMMITS);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	keep_lock(&copies);
	help_write(help_path("token"), old, len);
	help_write(help_path("token.lock"), copies.bytes[2], copies.len[2]);
	expect_taken(1);
	drop(&copies);
	free(old);
}
END_TEST

/* Stores of before there were marks, and locks of then. */
START_TEST(without_a_mark)
{
	uint8_t *lock;
	size_t len;
	uint64_t count;

	crash(0, COMMITS);
	help_sql(help_path("token"), NULL,
	    "DELETE FROM fact WHERE name = 'commits'");
	ck_assert_int_eq(open_it(&count), CNG_OK);
	/* as the versions before had it: shorter, and no time in it */
	lock = help_read(help_path("token.lock"), &len);
	help_write(help_path("token.lock"), lock, 64 + 32);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_eq(count, COMMITS);
	crash(COMMITS, 2);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	/* and from then on it counts */
	crash(COMMITS + 2, 2);
	ck_assert_int_eq(unlink(help_path("token-wal")), 0);
	expect_noticed("removed", 0);
	free(lock);
}
END_TEST

START_TEST(made_smaller)
{
	uint64_t count;

	crash(0, 40);
	help_sql(help_path("token"), NULL, "VACUUM");
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_eq(count, 40);
	crash(40, 2);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_eq(count, 42);
}
END_TEST

/* Who brings a log in, whoever it is, brings the count with it. */
START_TEST(a_foreign_checkpoint)
{
	uint64_t count;

	crash(0, COMMITS);
	help_sql(help_path("token"), NULL, "PRAGMA wal_checkpoint(TRUNCATE)");
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_eq(count, COMMITS);
}
END_TEST

/* --- looked at as it was -------------------------------------------------- */

/* One who may not write looks at a store without a log as it is; when it is
 * written to nevertheless, that is noticed, not mixed up. */
START_TEST(a_reader_of_a_store_that_changes)
{
	struct store_record got;
	struct store *reader, *writer;
	enum cng_status st;

	writer = help_open(help_path("token"), STORE_CREATE);
	for (unsigned i = 0; i < 40; i++)
		(void)help_put(writer, i);
	store_close(writer);
	ck_assert_int_eq(chmod(help_path("token"), 0400), 0);
	reader = help_open(help_path("token"), STORE_OPEN);
	ck_assert(store_read_only(reader));
	ck_assert_int_eq(store_get(reader, 1, &got), CNG_OK);
	store_record_free(&got);
	ck_assert(!store_is_gone(reader) && !store_is_stale(reader));

	ck_assert_int_eq(chmod(help_path("token"), 0600), 0);
	writer = help_open(help_path("token"), STORE_OPEN);
	for (unsigned i = 40; i < 80; i++)
		(void)help_put(writer, i);
	ck_assert(store_is_stale(reader));
	store_close(writer);
	ck_assert(!store_is_gone(reader) && store_is_stale(reader));
	st = store_get(reader, 39, &got);
	ck_assert(st == CNG_ERR_STORE_BUSY);
	store_close(reader);
	ck_assert_int_eq(chmod(help_path("token"), 0400), 0);
	reader = help_open(help_path("token"), STORE_OPEN);
	ck_assert_int_eq(store_get(reader, 79, &got), CNG_OK);
	store_record_free(&got);
	store_close(reader);
}
END_TEST

/* The mark as a clock that runs ahead would have written it. */
static void
mark_in_the_future(void)
{
	size_t len;
	uint8_t *lock = help_read(help_path("token.lock"), &len);
	uint8_t *mark = lock + 64;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	ck_assert_uint_eq(len, 64 + 40);
	memset(mark + 24, 0xff, 8);
	for (size_t i = 0; i < 32; i++)
		sum = (sum ^ mark[i]) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < 8; i++)
		mark[32 + i] = (uint8_t)(sum >> 8 * i);
	help_write(help_path("token.lock"), lock, len);
	free(lock);
}

/* While a reader looks at the file as it was, others may commit. */
START_TEST(a_reader_who_is_late)
{
	uint64_t count;

	crash(0, COMMITS);
	ck_assert_int_eq(unlink(help_path("token-wal")), 0);
	mark_in_the_future();
	expect_noticed("removed", 0);
	/* empty, but one who finds a log does not look at the file alone */
	ck_assert_int_eq(unlink(help_path("token-wal")), 0);
	ck_assert_int_eq(chmod(help_path("token"), 0400), 0);
	ck_assert_int_eq(open_it(&count), CNG_OK);
	ck_assert_uint_eq(count, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		killed_before_the_checkpoint,
		the_index_may_be_anything,
		a_flipped_bit_in_the_log,
		a_log_that_was_cut,
		what_is_left_can_be_had,
		a_damaged_mark,
		a_writer_notices_before_it_writes,
		what_is_damaged_stays_as_it_is,
		older_copies,
		a_copy_of_two_times,
		without_a_mark,
		made_smaller,
		a_foreign_checkpoint,
		a_reader_of_a_store_that_changes,
		a_reader_who_is_late,
	};

	return help_run("store_log", tests, ARRAY_LEN(tests));
}
