/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Folders, rows and files for the store's tests.
 */
#include "config.h"

#include "store_help.h"

#include <dirent.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

void
help_setup(void)
{
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	(void)snprintf(folder, sizeof(folder), "%s/store-test-XXXXXX", base);
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
remove_all(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char inner[PATH_MAX];

	(void)chmod(path, 0700);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		(void)snprintf(inner, sizeof(inner), "%s/%s", path,
		    entry->d_name);
		if (unlink(inner) != 0)
			remove_all(inner);
	}
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(path);
}

void
help_teardown(void)
{
	remove_all(folder);
}

const char *
help_path(const char *name)
{
	static char paths[16][256];
	static unsigned turn;
	char *path = paths[turn++ % 16];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

struct store *
help_open(const char *path, enum store_mode mode)
{
	struct store *store;
	enum cng_status st = store_open(&store, path, mode);

	ck_assert_msg(st == CNG_OK, "open: %s", cng_status_name(st));
	return store;
}

static uint8_t
byte_of(unsigned number, size_t at)
{
	return (uint8_t)((number * 2654435761u) >> (at % 4 * 8)) ^
	    (uint8_t)(at * 7);
}

void
help_record(struct store_record *record, unsigned number)
{
	memset(record, 0, sizeof(*record));
	for (size_t i = 0; i < STORE_UID; i++)
		record->uid[i] = (uint8_t)(number >> (i % 4 * 8));
	record->version = 1;
	record->kind = 0x30000 | number % 3;
	ck_assert_int_eq(secret_new(&record->clear, 40 + number % 50),
	    CNG_OK);
	ck_assert_int_eq(secret_new(&record->sealed, 500 + number % 900),
	    CNG_OK);
	for (size_t i = 0; i < record->clear.len; i++)
		record->clear.ptr[i] = byte_of(number, i);
	for (size_t i = 0; i < record->sealed.len; i++)
		record->sealed.ptr[i] = byte_of(number + 1, i);
	record->tag_count = 2;
	memcpy(record->tag[0].bytes, record->uid, STORE_TAG);
	memset(record->tag[1].bytes, 0x80 | (int)(number % 10), STORE_TAG);
}

bool
help_is_record(const struct store_record *record, unsigned number)
{
	struct store_record want;
	bool same;

	help_record(&want, number);
	same = memcmp(want.uid, record->uid, STORE_UID) == 0 &&
	    want.kind == record->kind &&
	    span_equal(secret_span(&want.clear), secret_span(&record->clear))
	    && span_equal(secret_span(&want.sealed),
	    secret_span(&record->sealed));
	store_record_free(&want);
	return same;
}

uint64_t
help_put(struct store *store, unsigned number)
{
	struct store_record record;
	uint64_t id;

	help_record(&record, number);
	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_put(store, &record), CNG_OK);
	ck_assert_int_eq(store_commit(store), CNG_OK);
	id = record.id;
	store_record_free(&record);
	return id;
}

uint8_t *
help_read(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	uint8_t *bytes;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fstat(fileno(file), &st), 0);
	*len = (size_t)st.st_size;
	bytes = malloc(*len + 1);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_uint_eq(fread(bytes, 1, *len, file), *len);
	(void)fclose(file);
	return bytes;
}

void
help_write(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
	ck_assert_int_eq(fchmod(fileno(file), 0600), 0);
	ck_assert_int_eq(fclose(file), 0);
}

void
help_sql(const char *path, const char *vfs, const char *sql)
{
	sqlite3 *db;
	int rc = sqlite3_open_v2(path, &db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
	char *message = NULL;
	struct stat st;

	ck_assert_int_eq(rc, SQLITE_OK);
	rc = sqlite3_exec(db, sql, NULL, NULL, &message);
	ck_assert_msg(rc == SQLITE_OK, "%s: %s", sql, message);
	sqlite3_free(message);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	ck_assert_int_eq(stat(path, &st), 0);
	/* not needlessly: the store looks at when it was touched */
	if ((st.st_mode & 0777) != 0600)
		ck_assert_int_eq(chmod(path, 0600), 0);
}

int
help_run(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, help_setup, help_teardown);
	tcase_set_timeout(tcase, 120);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
