/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The store as a file: modes, links, read-only places, strangers, full disks.
 */
#include "config.h"

#include "store_token.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/util.h"
#include "crypto/crypto.h"
#include "store/file/queue.h"
#include "store/protect/internal.h"

static void
expect_open(const char *path, enum store_mode mode, enum cng_status want)
{
	struct store *store;
	enum cng_status st = store_open(&store, path, mode);

	ck_assert_msg(st == want, "%s, not %s", cng_status_name(st),
	    cng_status_name(want));
	if (st == CNG_OK)
		store_close(store);
	else
		ck_assert_ptr_null(store);
}

static unsigned
mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(lstat(path, &st), 0);
	return (unsigned)st.st_mode & 07777;
}

/* --- places ----------------------------------------------------------- */

START_TEST(nothing_is_made_unasked)
{
	expect_open(help_path("token"), STORE_OPEN, CNG_ERR_NO_TOKEN);
	expect_open(help_path("a/b/token"), STORE_OPEN, CNG_ERR_NO_TOKEN);
	ck_assert_int_ne(access(help_path("token"), F_OK), 0);
	ck_assert_int_ne(access(help_path("token.lock"), F_OK), 0);
	ck_assert_int_ne(access(help_path("a"), F_OK), 0);
	expect_open(help_path(""), STORE_CREATE, CNG_ERR_ARGUMENT);
	expect_open("", STORE_CREATE, CNG_ERR_ARGUMENT);
	expect_open(help_path(".."), STORE_CREATE, CNG_ERR_ARGUMENT);
	expect_open(NULL, STORE_OPEN, CNG_ERR_ARGUMENT);
}
END_TEST

START_TEST(modes_do_not_depend_on_the_umask)
{
	static const mode_t masks[] = { 0, 022, 0777 };
	static const char *const suffixes[] = { "", "-wal", "-shm", ".lock" };

	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		char name[32];
		char path[64];
		mode_t old = umask(masks[i]);
		struct store *store;

		(void)snprintf(name, sizeof(name), "u%zu/v/token", i);
		store = help_open(help_path(name), STORE_CREATE);
		(void)help_put(store, 1);
		for (size_t k = 0; k < ARRAY_LEN(suffixes); k++) {
			(void)snprintf(path, sizeof(path), "%s%s", name,
			    suffixes[k]);
			ck_assert_uint_eq(mode_of(help_path(path)), 0600);
		}
		(void)snprintf(path, sizeof(path), "u%zu/v", i);
		ck_assert_uint_eq(mode_of(help_path(path)), 0700);
		(void)snprintf(path, sizeof(path), "u%zu", i);
		ck_assert_uint_eq(mode_of(help_path(path)), 0700);
		store_close(store);
		(void)umask(old);
	}
}
END_TEST

START_TEST(unsafe_places_are_refused)
{
	const char *path = help_path("d/token");
	const char *dir = help_path("d");

	expect_open(path, STORE_CREATE, CNG_OK);
	expect_open(path, STORE_OPEN, CNG_OK);
	ck_assert_int_eq(chmod(path, 0620), 0);
	expect_open(path, STORE_OPEN, CNG_ERR_STORE_PERMISSION);
	ck_assert_int_eq(chmod(path, 0602), 0);
	expect_open(path, STORE_CREATE, CNG_ERR_STORE_PERMISSION);
	ck_assert_int_eq(chmod(path, 0640), 0);
	expect_open(path, STORE_OPEN, CNG_OK);
	ck_assert_int_eq(chmod(dir, 0770), 0);
	expect_open(path, STORE_OPEN, CNG_ERR_STORE_PERMISSION);
	ck_assert_int_eq(chmod(dir, 01777), 0);
	expect_open(path, STORE_CREATE, CNG_ERR_STORE_PERMISSION);
	ck_assert_int_eq(chmod(dir, 0755), 0);
	expect_open(path, STORE_OPEN, CNG_OK);
	if (geteuid() == 0) {
		ck_assert_int_eq(chown(path, 12345, 12345), 0);
		expect_open(path, STORE_OPEN, CNG_ERR_STORE_PERMISSION);
		ck_assert_int_eq(chown(path, 0, 0), 0);
		ck_assert_int_eq(chown(dir, 12345, 12345), 0);
		expect_open(path, STORE_OPEN, CNG_ERR_STORE_PERMISSION);
	}
}
END_TEST

START_TEST(links_are_followed_with_care)
{
	const char *path = help_path("d/token");
	const char *link = help_path("link");
	struct store *store;

	ck_assert_int_eq(symlink(path, link), 0);
	expect_open(link, STORE_OPEN, CNG_ERR_STORE_PERMISSION);
	expect_open(link, STORE_CREATE, CNG_ERR_STORE_PERMISSION);
	ck_assert_int_ne(access(help_path("d"), F_OK), 0);
	expect_open(path, STORE_CREATE, CNG_OK);
	store = help_open(link, STORE_OPEN);
	(void)help_put(store, 1);
	ck_assert_int_eq(access(help_path("d/token-wal"), F_OK), 0);
	ck_assert_int_ne(access(help_path("link-wal"), F_OK), 0);
	store_close(store);
	ck_assert_int_eq(chmod(help_path("d"), 0777), 0);
	expect_open(link, STORE_OPEN, CNG_ERR_STORE_PERMISSION);
	ck_assert_int_eq(chmod(help_path("d"), 0700), 0);
	ck_assert_int_eq(mkdir(help_path("token"), 0700), 0);
	expect_open(help_path("token"), STORE_CREATE, CNG_ERR_STORE_IO);
}
END_TEST

static unsigned
entries_beside(void)
{
	static const char *const names[] = {
		"token", "token-wal", "token-shm", "token.lock", "token.new"
	};
	unsigned found = 0;

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if (access(help_path(names[i]), F_OK) == 0)
			found |= 1u << i;
	}
	return found;
}

START_TEST(read_only_stores_are_read)
{
	struct store_record got;
	struct store *store = help_open(help_path("token"), STORE_CREATE);
	uint64_t id = help_put(store, 5);
	uint64_t stamp[2];

	store_close(store);
	ck_assert_uint_eq(entries_beside(), 1 | 8);
	ck_assert_int_eq(chmod(help_path("token"), 0400), 0);
	store = help_open(help_path("token"), STORE_OPEN);
	ck_assert(store_read_only(store));
	ck_assert_int_eq(store_begin(store), CNG_ERR_READ_ONLY);
	ck_assert_int_eq(store_get(store, id, &got), CNG_OK);
	ck_assert(help_is_record(&got, 5));
	store_record_free(&got);
	ck_assert_int_eq(store_stamp(store, &stamp[0]), CNG_OK);
	ck_assert_int_eq(store_stamp(store, &stamp[1]), CNG_OK);
	ck_assert_uint_eq(stamp[0], stamp[1]);
	store_close(store);
	ck_assert_uint_eq(entries_beside(), 1 | 8);
}
END_TEST

START_TEST(a_login_to_a_read_only_store)
{
	struct store *store = help_open(help_path("token"), STORE_CREATE);
	struct vault *vault;

	ck_assert_int_eq(crypto_start(), CNG_OK);
	vault_set_cost_for_tests(16);
	ck_assert_int_eq(vault_new(&vault, store), CNG_OK);
	ck_assert_int_eq(vault_init(vault, span_str("1234"), span_str("l")),
	    CNG_OK);
	vault_free(vault);
	store_close(store);
	ck_assert_int_eq(chmod(help_path("token"), 0400), 0);
	store = help_open(help_path("token"), STORE_OPEN);
	ck_assert_int_eq(vault_new(&vault, store), CNG_OK);
	ck_assert_int_eq(vault_unlock(vault, VAULT_SO, span_str("12345")),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(vault_unlock(vault, VAULT_SO, span_str("1234")),
	    CNG_OK);
	ck_assert_int_eq(vault_init_user(vault, span_str("1234")),
	    CNG_ERR_READ_ONLY);
	ck_assert_int_eq(vault_init(vault, span_str("1234"), span_str("l")),
	    CNG_ERR_READ_ONLY);
	ck_assert_int_eq(vault_change_pin(vault, VAULT_SO, span_str("1234"),
	    span_str("4321")), CNG_ERR_READ_ONLY);
	vault_free(vault);
	store_close(store);
}
END_TEST

/* --- what is no store of ours ----------------------------------------- */

START_TEST(strangers_are_left_alone)
{
	static const char text[] = "I am not a database, I am a letter.\n";
	const char *path = help_path("token");
	uint8_t *now;
	size_t len;

	help_write(path, text, sizeof(text));
	expect_open(path, STORE_OPEN, CNG_ERR_STORE_CORRUPT);
	expect_open(path, STORE_CREATE, CNG_ERR_STORE_CORRUPT);
	now = help_read(path, &len);
	ck_assert_uint_eq(len, sizeof(text));
	ck_assert_mem_eq(now, text, len);
	free(now);

	help_write(path, "", 0);
	expect_open(path, STORE_OPEN, CNG_ERR_STORE_CORRUPT);
	expect_open(path, STORE_CREATE, CNG_ERR_STORE_CORRUPT);
	free(help_read(path, &len));
	ck_assert_uint_eq(len, 0);

	ck_assert_int_eq(unlink(path), 0);
	help_sql(path, NULL, "CREATE TABLE fact (name, value)");
	expect_open(path, STORE_CREATE, CNG_ERR_STORE_CORRUPT);
}
END_TEST

START_TEST(a_newer_store_is_left_alone)
{
	const char *path = help_path("token");

	expect_open(path, STORE_CREATE, CNG_OK);
	help_sql(path, "cng-pkcs11-1", "PRAGMA user_version = 2");
	expect_open(path, STORE_OPEN, CNG_ERR_STORE_VERSION);
	expect_open(path, STORE_CREATE, CNG_ERR_STORE_VERSION);
	help_sql(path, "cng-pkcs11-1", "PRAGMA user_version = 0");
	expect_open(path, STORE_CREATE, CNG_ERR_STORE_CORRUPT);
	help_sql(path, "cng-pkcs11-1",
	    "PRAGMA user_version = 1; PRAGMA application_id = 7");
	expect_open(path, STORE_CREATE, CNG_ERR_STORE_CORRUPT);
}
END_TEST

/* A log that outlived its database is not played into a new one. */
START_TEST(a_log_alone_is_damage)
{
	static const char *const suffixes[] = { "token-wal", "token-journal" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		help_write(help_path(suffixes[i]), "x", 1);
		expect_open(help_path("token"), STORE_CREATE,
		    CNG_ERR_STORE_CORRUPT);
		ck_assert_int_ne(access(help_path("token"), F_OK), 0);
		ck_assert_int_eq(unlink(help_path(suffixes[i])), 0);
	}
	expect_open(help_path("token"), STORE_CREATE, CNG_OK);
}
END_TEST

/* What a crash during creation leaves is cleared away. */
START_TEST(half_made_stores_are_replaced)
{
	help_write(help_path("token.new"), "half", 4);
	help_write(help_path("token.new-wal"), "half", 4);
	expect_open(help_path("token"), STORE_OPEN, CNG_ERR_NO_TOKEN);
	expect_open(help_path("token"), STORE_CREATE, CNG_OK);
	ck_assert_uint_eq(entries_beside(), 1 | 8);
}
END_TEST

START_TEST(a_store_taken_away_is_noticed)
{
	struct store *store = help_open(help_path("token"), STORE_CREATE);

	(void)help_put(store, 1);
	ck_assert_int_eq(rename(help_path("token"), help_path("gone")), 0);
	ck_assert_int_eq(store_begin(store), CNG_ERR_NO_TOKEN);
	ck_assert_int_eq(rename(help_path("gone"), help_path("token")), 0);
	(void)help_put(store, 2);
	store_close(store);
}
END_TEST

/* A disk that is full: an error, and everything before it stays. */
START_TEST(a_full_disk_loses_nothing)
{
	struct store *store = help_open(help_path("token"), STORE_CREATE);
	struct rlimit limit;
	struct rlimit small;
	enum cng_status st = CNG_OK;
	uint64_t count = 0;
	unsigned done = 0;

	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = limit;
	small.rlim_cur = 300000;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	while (st == CNG_OK) {
		struct store_record record;

		ck_assert_uint_lt(done, 10000);
		help_record(&record, done);
		st = store_begin(store);
		if (st == CNG_OK)
			st = store_put(store, &record);
		if (st == CNG_OK)
			st = store_commit(store);
		else
			store_rollback(store);
		store_record_free(&record);
		if (st == CNG_OK)
			done++;
	}
	ck_assert_msg(st == CNG_ERR_STORE_FULL, "%s", cng_status_name(st));
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(store_count(store, &count), CNG_OK);
	ck_assert_uint_eq(count, done);
	(void)help_put(store, done);
	store_close(store);
	store = help_open(help_path("token"), STORE_OPEN);
	ck_assert_int_eq(store_count(store, &count), CNG_OK);
	ck_assert_uint_eq(count, done + 1);
	store_close(store);
}
END_TEST

/* None on which even an empty store has room leaves a trace. */
START_TEST(a_full_disk_makes_no_store)
{
	struct rlimit limit;
	struct rlimit small;

	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = limit;
	small.rlim_cur = 9000;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	expect_open(help_path("token"), STORE_CREATE, CNG_ERR_STORE_FULL);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_uint_eq(entries_beside(), 8);
	expect_open(help_path("token"), STORE_CREATE, CNG_OK);
}
END_TEST

/* --- turns ------------------------------------------------------------ */

START_TEST(turns_exclude_and_end)
{
	struct queue a;
	struct queue b;

	queue_init(&a, mem_strdup(help_path("q")));
	queue_init(&b, mem_strdup(help_path("q")));
	ck_assert_int_eq(queue_take(&a, QUEUE_WRITE, 1000), CNG_OK);
	ck_assert_int_eq(queue_take(&b, QUEUE_WRITE, 5), CNG_ERR_STORE_BUSY);
	ck_assert_int_eq(queue_take(&b, QUEUE_PIN, 5), CNG_OK);
	queue_drop(&a, QUEUE_WRITE);
	ck_assert_int_eq(queue_take(&b, QUEUE_WRITE, 5), CNG_OK);
	ck_assert_int_eq(queue_take(&a, QUEUE_WRITE, 5), CNG_ERR_STORE_BUSY);
	queue_free(&b);
	ck_assert_int_eq(queue_take(&a, QUEUE_WRITE, 5), CNG_OK);
	queue_drop(&a, QUEUE_WRITE);
	/* a file that was tidied away is made again */
	ck_assert_int_eq(unlink(help_path("q")), 0);
	ck_assert_int_eq(queue_take(&a, QUEUE_WRITE, 5), CNG_OK);
	ck_assert_int_eq(access(help_path("q"), F_OK), 0);
	queue_free(&a);
}
END_TEST

/* Another writer that does not queue, such as SQLite's shell. */
START_TEST(outsiders_are_waited_for)
{
	struct store *store = help_open(help_path("token"), STORE_CREATE);
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open_v2(help_path("token"), &db,
	    SQLITE_OPEN_READWRITE, "cng-pkcs11-1"), SQLITE_OK);
	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL,
	    NULL), SQLITE_BUSY);
	store_rollback(store);
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE; COMMIT", NULL,
	    NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	(void)help_put(store, 1);
	store_close(store);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		nothing_is_made_unasked,
		modes_do_not_depend_on_the_umask,
		unsafe_places_are_refused,
		links_are_followed_with_care,
		read_only_stores_are_read,
		a_login_to_a_read_only_store,
		strangers_are_left_alone,
		a_newer_store_is_left_alone,
		a_log_alone_is_damage,
		half_made_stores_are_replaced,
		a_store_taken_away_is_noticed,
		a_full_disk_loses_nothing,
		a_full_disk_makes_no_store,
		turns_exclude_and_end,
		outsiders_are_waited_for,
	};

	return help_run("store_files", tests, ARRAY_LEN(tests));
}
