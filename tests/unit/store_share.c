/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A store of root's that a group may read, as a server's workers do: they see
 * what root does, whether root has it open, crashed or never came, and cannot
 * hold up anything but what they are told they can.
 */
#include "config.h"

#include "store_reader.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"

/* --- root ----------------------------------------------------------------- */

static void
share_folder(void)
{
	ck_assert_int_eq(chown(help_path(""), 0, READER), 0);
	ck_assert_int_eq(chmod(help_path(""), 0750), 0);
}

static void
share(void)
{
	share_folder();
	ck_assert_int_eq(chown(help_path("token"), 0, READER), 0);
	ck_assert_int_eq(chmod(help_path("token"), 0640), 0);
}

/* One with so many records, which nobody has open. */
static void
make(unsigned count)
{
	struct store *store = help_open(help_path("token"), STORE_CREATE);

	for (unsigned i = 0; i < count; i++)
		(void)help_put(store, i);
	store_close(store);
	share();
}

/* A writer that is killed with the store open. */
static void
crash(unsigned from, unsigned count)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct store *store = help_open(help_path("token"),
		    STORE_OPEN);

		for (unsigned i = 0; i < count; i++)
			(void)help_put(store, from + i);
		(void)kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(access(help_path("token-wal"), F_OK), 0);
}

static void
expect_mode(const char *name, unsigned mode, unsigned group)
{
	struct stat st;

	ck_assert_int_eq(lstat(help_path(name), &st), 0);
	ck_assert_msg((st.st_mode & 07777) == mode && st.st_gid == group &&
	    st.st_uid == 0, "%s: %o of %u:%u", name, st.st_mode & 07777,
	    st.st_uid, st.st_gid);
}

/* --- tests ---------------------------------------------------------------- */

START_TEST(what_lies_beside_is_for_whom_the_store_is)
{
	static const mode_t masks[] = { 0, 077, 0777 };
	struct store *store;

	make(1);
	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		mode_t old = umask(masks[i]);

		store = help_open(help_path("token"), STORE_OPEN);
		(void)help_put(store, 2 + (unsigned)i);
		expect_mode("token", 0640, READER);
		expect_mode("token-wal", 0640, READER);
		expect_mode("token-shm", 0640, READER);
		/* a lock on it would keep writers out */
		expect_mode("token.lock", 0600, 0);
		store_close(store);
		(void)umask(old);
	}
	ck_assert_int_eq(chmod(help_path("token"), 0644), 0);
	store = help_open(help_path("token"), STORE_OPEN);
	expect_mode("token-shm", 0644, READER);
	store_close(store);
	/* ... and for nobody else */
	ck_assert_int_eq(chmod(help_path("token"), 0600), 0);
	ck_assert_int_eq(chown(help_path("token"), 0, 0), 0);
	store = help_open(help_path("token"), STORE_OPEN);
	(void)help_put(store, 9);
	expect_mode("token-wal", 0600, 0);
	expect_mode("token-shm", 0600, 0);
	expect_mode("token.lock", 0600, 0);
	store_close(store);
}
END_TEST

/* Who opens it next gives what is there the modes that it has now. */
START_TEST(a_store_is_shared_while_it_is_open)
{
	struct store *first = help_open(help_path("token"), STORE_CREATE);
	struct reader reader;
	struct store *store;

	(void)help_put(first, 1);
	expect_mode("token-wal", 0600, 0);
	expect_mode("token-shm", 0600, 0);
	share();
	store = help_open(help_path("token"), STORE_OPEN);
	expect_mode("token-wal", 0640, READER);
	expect_mode("token-shm", 0640, READER);
	reader = reader_start();
	(void)reader_ask(&reader, ASK_OPEN);
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 1);
	reader_end(&reader);
	store_close(store);
	store_close(first);
}
END_TEST

START_TEST(a_reader_sees_each_commit)
{
	struct reader reader;
	struct store *store;
	uint64_t stamp, last = 0;

	make(3);
	store = help_open(help_path("token"), STORE_OPEN);
	reader = reader_start();
	(void)reader_ask(&reader, ASK_OPEN);
	for (unsigned i = 3; i < 400; i++) {
		ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), i);
		stamp = reader_ask(&reader, ASK_STAMP);
		ck_assert_uint_ne(stamp, last);
		last = stamp;
		(void)help_put(store, i);
	}
	ck_assert_int_eq(reader_try(&reader, ASK_WRITE).st,
	    CNG_ERR_READ_ONLY);
	/* the last one that writes leaves; another comes */
	store_close(store);
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 400);
	store = help_open(help_path("token"), STORE_OPEN);
	(void)help_put(store, 400);
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 401);
	reader_end(&reader);
	store_close(store);
	ck_assert_int_ne(access(help_path("token-wal"), F_OK), 0);
}
END_TEST

START_TEST(a_reader_was_first)
{
	struct reader reader;
	struct store *store;

	make(3);
	reader = reader_start();
	(void)reader_ask(&reader, ASK_OPEN);
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 3);
	ck_assert_int_ne(access(help_path("token-shm"), F_OK), 0);
	for (unsigned i = 3; i < 9; i += 2) {
		store = help_open(help_path("token"), STORE_OPEN);
		(void)help_put(store, i);
		ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), i + 1);
		(void)help_put(store, i + 1);
		ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), i + 2);
		store_close(store);
		ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), i + 2);
		(void)reader_ask(&reader, ASK_CLOSE);
		(void)reader_ask(&reader, ASK_OPEN);
	}
	reader_end(&reader);
}
END_TEST

/* Nobody is there who knows whether the index is right. */
START_TEST(a_reader_after_a_crash)
{
	struct reader reader;
	struct store *store;

	make(3);
	crash(3, 4);
	reader = reader_start();
	for (unsigned i = 0; i < 2; i++) {
		(void)reader_ask(&reader, ASK_OPEN);
		ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 7);
		(void)reader_ask(&reader, ASK_CLOSE);
		/* the index may be lost, too */
		ck_assert(unlink(help_path("token-shm")) == 0 || i > 0);
	}
	(void)reader_ask(&reader, ASK_OPEN);
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 7);
	ck_assert_int_ne(access(help_path("token-shm"), F_OK), 0);
	/* from now on there is */
	store = help_open(help_path("token"), STORE_OPEN);
	for (unsigned i = 7; i < 200; i++) {
		(void)help_put(store, i);
		ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), i + 1);
	}
	store_close(store);
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 200);
	reader_end(&reader);
}
END_TEST

/* Crashes under a reader that stays: what it has is whole. */
START_TEST(a_reader_survives_crashes)
{
	struct reader reader;

	make(3);
	crash(3, 1);
	reader = reader_start();
	(void)reader_ask(&reader, ASK_OPEN);
	for (unsigned i = 4; i < 20; i++) {
		ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), i);
		crash(i, 1);
	}
	reader_end(&reader);
}
END_TEST

/* SQLite's shell is one that writes, too. */
START_TEST(a_reader_beside_sqlite)
{
	struct reader reader;

	make(3);
	crash(3, 1);
	reader = reader_start();
	(void)reader_ask(&reader, ASK_OPEN);
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 4);
	help_sql(help_path("token"), "unix",
	    "DELETE FROM record WHERE id = 1");
	share();
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 3);
	reader_end(&reader);
}
END_TEST

START_TEST(a_reader_logs_in)
{
	struct store *store;
	struct vault *vault;
	struct reader reader;

	help_crypto();
	store = help_open(help_path("token"), STORE_CREATE);
	share();
	vault = help_token(store);
	store_close(store);
	store = help_open(help_path("token"), STORE_OPEN);
	reader = reader_start();
	(void)reader_ask(&reader, ASK_OPEN);
	(void)reader_ask(&reader, ASK_LOGIN);
	store_close(store);
	(void)reader_ask(&reader, ASK_LOGIN);
	reader_end(&reader);
	vault_free(vault);
}
END_TEST

/* The reader's side of the next one. */
static void
read_while_it_lasts(const char *path, int in, int to)
{
	struct store *store = NULL;
	uint64_t last = 0;
	uint8_t byte;
	enum cng_status st = CNG_OK;

	if (!reader_become())
		_exit(1);
	while (st == CNG_OK && read(in, &byte, 1) < 0) {
		uint64_t count = 0;

		st = store_open(&store, path, STORE_OPEN);
		for (unsigned i = 0; st == CNG_OK && i < 3; i++)
			st = store_count(store, &count);
		/* pages of two times are not mixed */
		if (st == CNG_ERR_STORE_BUSY && store != NULL &&
		    store_is_stale(store)) {
			st = CNG_OK;
			count = last;
		}
		if (st == CNG_OK && count < last)
			st = CNG_ERR_STORE_CORRUPT;
		last = count;
		store_close(store);
		store = NULL;
	}
	_exit(write(to, &st, sizeof(st)) == sizeof(st) ? 0 : 2);
}

/* Beside one who reads all the time, rounds of writers: each write is of one
 * more record. */
static void
beside_a_reader(unsigned rounds, void (*write_one)(unsigned))
{
	enum cng_status st = CNG_ERR_INTERNAL;
	char path[256];
	int in[2], to[2];
	int status;
	pid_t pid;

	make(3);
	(void)snprintf(path, sizeof(path), "%s", help_path("token"));
	ck_assert_int_eq(pipe2(in, O_NONBLOCK), 0);
	ck_assert_int_eq(pipe(to), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)close(in[1]);
		read_while_it_lasts(path, in[0], to[1]);
	}
	for (unsigned i = 0; i < rounds; i++)
		write_one(3 + i);
	(void)close(in[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(read(to[0], &st, sizeof(st)), sizeof(st));
	ck_assert_msg(st == CNG_OK, "%s", cng_status_name(st));
	(void)close(in[0]);
	(void)close(to[0]);
	(void)close(to[1]);
}

static void
come_and_go(unsigned number)
{
	struct store *store = help_open(help_path("token"), STORE_OPEN);

	(void)help_put(store, number);
	store_close(store);
}

/* Who comes next finds the log of the one who was killed. */
static void
come_and_die(unsigned number)
{
	if (number % 2 == 0)
		crash(number, 1);
	else
		come_and_go(number);
}

/* Logs are made and removed all the time. */
START_TEST(writers_come_and_go)
{
	beside_a_reader(300, come_and_go);
}
END_TEST

START_TEST(writers_come_and_die)
{
	beside_a_reader(200, come_and_die);
}
END_TEST

#define EACH 100

/* Each writer that comes makes the index anew, under those that are there. */
START_TEST(writers_together)
{
	struct store *stays;
	struct reader reader;
	uint64_t seen, last = 0;
	pid_t pid[2];
	int status;

	make(3);
	stays = help_open(help_path("token"), STORE_OPEN);
	reader = reader_start();
	(void)reader_ask(&reader, ASK_OPEN);
	for (unsigned k = 0; k < ARRAY_LEN(pid); k++) {
		pid[k] = fork();
		ck_assert_int_ge(pid[k], 0);
		for (unsigned i = 0; pid[k] == 0 && i < EACH; i++) {
			struct store *store = help_open(help_path("token"),
			    STORE_OPEN);

			(void)help_put(store, 1000 * (k + 1) + i);
			store_close(store);
		}
		if (pid[k] == 0)
			_exit(0);
	}
	for (unsigned i = 0; i < EACH; i++) {
		(void)help_put(stays, 3 + i);
		seen = reader_ask(&reader, ASK_COUNT);
		ck_assert_uint_ge(seen, 4 + i);
		ck_assert_uint_ge(seen, last);
		last = seen;
	}
	for (unsigned k = 0; k < ARRAY_LEN(pid); k++) {
		ck_assert_int_eq(waitpid(pid[k], &status, 0), pid[k]);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 3 + 3 * EACH);
	reader_end(&reader);
	store_close(stays);
}
END_TEST

/* What a reader locks keeps nobody out for ever, and takes nothing away. */
START_TEST(a_reader_that_holds_locks)
{
	static const char *const names[] = { "token", "token-shm" };
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	const off_t writers = 0x100000;
	struct store *store, *other;
	int fd[ARRAY_LEN(names)];

	make(3);
	store = help_open(help_path("token"), STORE_OPEN);
	(void)help_put(store, 3);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		fd[i] = open(help_path(names[i]), O_RDONLY | O_CLOEXEC);
		ck_assert_int_ge(fd[i], 0);
		lock.l_len = i == 0 ? 0 : writers;
		ck_assert_int_eq(fcntl(fd[i], F_OFD_SETLK, &lock), 0);
	}
	ck_assert_int_eq(store_begin(store), CNG_ERR_STORE_BUSY);
	other = help_open(help_path("token"), STORE_OPEN);
	store_close(other);
	/* those that no writer has taken yet */
	lock = (struct flock){ .l_type = F_WRLCK, .l_start = writers };
	ck_assert_int_ne(fcntl(fd[1], F_OFD_SETLK, &lock), 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		(void)close(fd[i]);
	(void)help_put(store, 4);
	store_close(store);
}
END_TEST

/* A crash of the machine leaves an old index, and a reader is there first. */
START_TEST(a_reader_that_keeps_an_old_index)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET,
		.l_start = 128, .l_len = 1 };
	const char *path = help_path("token-shm");
	struct reader reader;
	struct store *store;
	uint8_t *old;
	uint64_t count;
	size_t len;
	int fd;

	make(3);
	crash(3, 3);
	old = help_read(path, &len);
	crash(6, 3);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, old, len, 0), (ssize_t)len);
	(void)close(fd);
	free(old);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &lock), 0);
	reader = reader_start();
	(void)reader_ask(&reader, ASK_OPEN);
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 9);
	reader_end(&reader);
	store = help_open(help_path("token"), STORE_OPEN);
	ck_assert_int_eq(store_count(store, &count), CNG_OK);
	ck_assert_uint_eq(count, 9);
	(void)help_put(store, 9);
	reader = reader_start();
	(void)reader_ask(&reader, ASK_OPEN);
	ck_assert_uint_eq(reader_ask(&reader, ASK_COUNT), 10);
	reader_end(&reader);
	store_close(store);
	(void)close(fd);
}
END_TEST

/* Who comes to a writer that is there takes its word. */
START_TEST(a_writer_beside_another)
{
	const char *path = help_path("token-shm");
	struct store *store, *other;
	uint8_t *before, *after;
	size_t len;

	make(3);
	store = help_open(help_path("token"), STORE_OPEN);
	(void)help_put(store, 3);
	before = help_read(path, &len);
	other = help_open(help_path("token"), STORE_OPEN);
	after = help_read(path, &len);
	ck_assert_mem_eq(before, after, 96);
	free(before);
	free(after);
	(void)help_put(other, 4);
	store_close(store);
	(void)help_put(other, 5);
	store_close(other);
}
END_TEST

START_TEST(what_is_not_shared_is_not_read)
{
	struct store *store;
	struct reader reader;

	make(3);
	ck_assert_int_eq(chmod(help_path("token"), 0600), 0);
	store = help_open(help_path("token"), STORE_OPEN);
	reader = reader_start();
	ck_assert_int_eq(reader_try(&reader, ASK_OPEN).st,
	    CNG_ERR_STORE_PERMISSION);
	/* nor does a group write */
	ck_assert_int_eq(chmod(help_path("token"), 0660), 0);
	ck_assert_int_eq(reader_try(&reader, ASK_OPEN).st,
	    CNG_ERR_STORE_PERMISSION);
	reader_end(&reader);
	store_close(store);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_lies_beside_is_for_whom_the_store_is,
		a_store_is_shared_while_it_is_open,
		a_reader_sees_each_commit,
		a_reader_was_first,
		a_reader_after_a_crash,
		a_reader_survives_crashes,
		a_reader_beside_sqlite,
		a_reader_logs_in,
		writers_come_and_go,
		writers_come_and_die,
		writers_together,
		a_reader_that_holds_locks,
		a_reader_that_keeps_an_old_index,
		a_writer_beside_another,
		what_is_not_shared_is_not_read,
	};

	if (geteuid() != 0) {
		(void)printf("store_share: only root can be another user\n");
		return 77;
	}
	return help_run("store_share", tests, ARRAY_LEN(tests));
}
