/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Damage of every kind to the file, and rows edited behind our back.
 */
#include "config.h"

#include "store_token.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/util.h"

#define ROWS 60

static void
make_store(const char *path)
{
	struct store *store = help_open(path, STORE_CREATE);

	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_fact_put(store, "fact", span_str("value")),
	    CNG_OK);
	for (unsigned i = 0; i < ROWS; i++) {
		struct store_record record;

		help_record(&record, i);
		ck_assert_int_eq(store_put(store, &record), CNG_OK);
		store_record_free(&record);
	}
	ck_assert_int_eq(store_commit(store), CNG_OK);
	store_close(store);
}

/* Reads everything in every way; false at the first error, and fails the
 * test when an answer is wrong. */
static bool
read_records(struct store *store)
{
	struct store_ids ids;
	struct store_record got;
	enum cng_status st = store_find_kind(store, 0, 0, &ids);

	if (st != CNG_OK) {
		ck_assert_int_eq(st, CNG_ERR_STORE_CORRUPT);
		return false;
	}
	ck_assert_uint_eq(ids.count, ROWS);
	for (unsigned i = 0; st == CNG_OK && i < ROWS; i++) {
		st = store_get(store, ids.id[i], &got);
		if (st == CNG_OK) {
			ck_assert(help_is_record(&got, i));
			store_record_free(&got);
		}
	}
	mem_free(ids.id);
	ck_assert_msg(st == CNG_OK || st == CNG_ERR_STORE_CORRUPT, "%s",
	    cng_status_name(st));
	return st == CNG_OK;
}

static bool
read_tags(struct store *store)
{
	for (unsigned i = 0; i < ROWS; i++) {
		struct store_record record;
		struct store_ids ids;
		enum cng_status st;

		help_record(&record, i);
		st = store_find_tag(store, &record.tag[0], &ids);
		store_record_free(&record);
		if (st != CNG_OK) {
			ck_assert_int_eq(st, CNG_ERR_STORE_CORRUPT);
			return false;
		}
		ck_assert_uint_eq(ids.count, 1);
		ck_assert_uint_eq(ids.id[0], i + 1);
		mem_free(ids.id);
	}
	return true;
}

/* The pages that only changes look at. */
static bool
try_change(struct store *store)
{
	struct store_tag name = { { 1 } };
	struct store_record record;
	enum cng_status st = store_get_by_name(store, &name, &record);

	ck_assert(st == CNG_ERR_NOT_FOUND || st == CNG_ERR_STORE_CORRUPT);
	if (st == CNG_ERR_NOT_FOUND)
		st = store_begin(store);
	if (st == CNG_OK) {
		help_record(&record, ROWS);
		st = store_put(store, &record);
		ck_assert(st != CNG_OK || record.id == ROWS + 1);
		store_record_free(&record);
		store_rollback(store);
	}
	ck_assert_msg(st == CNG_OK || st == CNG_ERR_STORE_CORRUPT, "%s",
	    cng_status_name(st));
	return st == CNG_OK;
}

static bool
read_all(const char *path)
{
	struct secret fact;
	struct store *store;
	enum cng_status st = store_open(&store, path, STORE_CREATE);
	bool good = false;

	if (st != CNG_OK) {
		ck_assert_msg(st == CNG_ERR_STORE_CORRUPT ||
		    st == CNG_ERR_STORE_VERSION, "%s", cng_status_name(st));
		return false;
	}
	st = store_fact_get(store, "fact", &fact);
	if (st == CNG_OK) {
		ck_assert(span_equal(secret_span(&fact),
		    span_str("value")));
		secret_free(&fact);
		good = read_records(store) && read_tags(store) &&
		    try_change(store);
	} else {
		ck_assert_int_eq(st, CNG_ERR_STORE_CORRUPT);
	}
	store_close(store);
	return good;
}

START_TEST(flipped_bits_are_errors_or_harmless)
{
	const char *path = help_path("token");
	unsigned noticed = 0;
	unsigned tried = 0;
	uint8_t *bytes;
	size_t len;

	make_store(path);
	ck_assert(read_all(path));
	bytes = help_read(path, &len);
	/* all of the file's head, then here and there */
	for (size_t at = 0; at < len; at += at < 112 ? 1 : 211) {
		bytes[at] ^= (uint8_t)(1u << at % 8);
		help_write(path, bytes, len);
		noticed += read_all(path) ? 0 : 1;
		tried++;
		bytes[at] ^= (uint8_t)(1u << at % 8);
	}
	/* only what SQLite's tools may change as well goes unseen */
	ck_assert_uint_ge(noticed + 16, tried);
	help_write(path, bytes, len);
	ck_assert(read_all(path));
	free(bytes);
}
END_TEST

START_TEST(cut_files_are_errors)
{
	const char *path = help_path("token");
	uint8_t *bytes;
	size_t len;

	make_store(path);
	bytes = help_read(path, &len);
	for (size_t cut = 0; cut < len; cut += cut < 4200 ? 97 : 1777) {
		uint8_t *now;
		size_t now_len;

		help_write(path, bytes, cut);
		ck_assert(!read_all(path));
		now = help_read(path, &now_len);
		ck_assert_uint_eq(now_len, cut);
		ck_assert_mem_eq(now, bytes, cut);
		free(now);
	}
	/* pages that changed places */
	help_write(path, bytes, len);
	ck_assert(read_all(path));
	for (size_t at = 4096; at + 8192 <= len; at += 8192) {
		uint8_t page[4096];

		memcpy(page, bytes + at, sizeof(page));
		memcpy(bytes + at, bytes + at + 4096, sizeof(page));
		memcpy(bytes + at + 4096, page, sizeof(page));
	}
	help_write(path, bytes, len);
	ck_assert(!read_all(path));
	free(bytes);
}
END_TEST

/* SQLite's own tools may look into a store, and copy it. */
START_TEST(foreign_readers_do_no_harm)
{
	const char *path = help_path("token");
	const char *copy = help_path("copy");
	sqlite3_backup *backup;
	sqlite3 *from;
	sqlite3 *to;

	make_store(path);
	help_sql(path, NULL, "SELECT * FROM record, fact");
	ck_assert(read_all(path));

	ck_assert_int_eq(sqlite3_open(path, &from), SQLITE_OK);
	ck_assert_int_eq(sqlite3_open(copy, &to), SQLITE_OK);
	backup = sqlite3_backup_init(to, "main", from, "main");
	ck_assert_ptr_nonnull(backup);
	ck_assert_int_eq(sqlite3_backup_step(backup, -1), SQLITE_DONE);
	ck_assert_int_eq(sqlite3_backup_finish(backup), SQLITE_OK);
	(void)sqlite3_close(from);
	(void)sqlite3_close(to);
	ck_assert_int_eq(chmod(copy, 0600), 0);
	ck_assert(read_all(copy));

	/* a log of ours that somebody else brings in */
	{
		struct store *store = help_open(path, STORE_OPEN);
		uint8_t *bytes[2];
		size_t len[2];

		ck_assert_int_eq(store_begin(store), CNG_OK);
		ck_assert_int_eq(store_fact_put(store, "more",
		    span_str("x")), CNG_OK);
		ck_assert_int_eq(store_commit(store), CNG_OK);
		bytes[0] = help_read(help_path("token"), &len[0]);
		bytes[1] = help_read(help_path("token-wal"), &len[1]);
		ck_assert_uint_gt(len[1], 0);
		help_write(help_path("crashed"), bytes[0], len[0]);
		help_write(help_path("crashed-wal"), bytes[1], len[1]);
		free(bytes[0]);
		free(bytes[1]);
		store_close(store);
	}
	help_sql(help_path("crashed"), NULL, "SELECT * FROM record");
	ck_assert_int_ne(access(help_path("crashed-wal"), F_OK), 0);
	ck_assert(read_all(help_path("crashed")));
}
END_TEST

/* --- rows edited behind our back -------------------------------------- */

struct token {
	struct store *store;
	struct vault *vault;
	uint64_t id[2];
};

static void
make_token(struct token *token, const char *path)
{
	token->store = help_open(path, STORE_CREATE);
	ck_assert_int_eq(crypto_start(), CNG_OK);
	vault_set_cost_for_tests(16);
	ck_assert_int_eq(vault_new(&token->vault, token->store), CNG_OK);
	ck_assert_int_eq(vault_init(token->vault, span_str("1234"),
	    span_str("l")), CNG_OK);
	ck_assert_int_eq(vault_unlock(token->vault, VAULT_SO,
	    span_str("1234")), CNG_OK);
	ck_assert_int_eq(store_begin(token->store), CNG_OK);
	for (unsigned i = 0; i < 2; i++) {
		struct store_record record;

		help_record(&record, i);
		record.has_name = true;
		record.name.bytes[0] = (uint8_t)(i + 1);
		ck_assert_int_eq(vault_seal(token->vault, span_str("secret"),
		    &record), CNG_OK);
		ck_assert_int_eq(store_put(token->store, &record), CNG_OK);
		token->id[i] = record.id;
		store_record_free(&record);
	}
	ck_assert_int_eq(store_commit(token->store), CNG_OK);
}

static enum cng_status
open_row(struct token *token, uint64_t id)
{
	struct store_record record;
	struct secret plain = { 0 };
	enum cng_status st = store_get(token->store, id, &record);

	if (st == CNG_OK) {
		st = vault_open(token->vault, &record, &plain);
		store_record_free(&record);
	}
	secret_free(&plain);
	return st;
}

START_TEST(edited_rows_are_noticed)
{
	static const char *const edits[] = {
		"CREATE TEMP TABLE was AS SELECT * FROM record;"
		"UPDATE record SET sealed = (SELECT sealed FROM was "
		"WHERE was.id <> record.id)",
		"CREATE TEMP TABLE was AS SELECT * FROM record;"
		"UPDATE record SET clear = (SELECT clear FROM was "
		"WHERE was.id <> record.id)",
		"UPDATE record SET clear = x'00'",
		"UPDATE record SET kind = kind + 1",
		"UPDATE record SET kind = -1",
		"UPDATE record SET kind = 1 << 40",
		"UPDATE record SET version = version + 1",
		"UPDATE record SET version = -5",
		"UPDATE record SET name = NULL",
		"UPDATE record SET name = CAST('123456789012345' || id "
		"AS BLOB)",
		"UPDATE record SET name = CAST('12' || id AS BLOB)",
		"UPDATE record SET uid = CAST('123456789012345' || id "
		"AS BLOB)",
		"UPDATE record SET uid = CAST('12' || id AS BLOB)",
		"UPDATE record SET sealed = zeroblob(length(sealed))",
		"UPDATE record SET sealed = x''",
	};

	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		char name[16];
		struct token token;
		const char *path;

		(void)snprintf(name, sizeof(name), "t%zu", i);
		path = help_path(name);
		make_token(&token, path);
		for (size_t k = 0; k < 2; k++)
			ck_assert_int_eq(open_row(&token, token.id[k]),
			    CNG_OK);
		help_sql(path, "cng-pkcs11-1", edits[i]);
		for (size_t k = 0; k < 2; k++) {
			enum cng_status st = open_row(&token, token.id[k]);

			ck_assert_msg(st == CNG_ERR_STORE_CORRUPT, "%s: %s",
			    edits[i], cng_status_name(st));
		}
		vault_free(token.vault);
		store_close(token.store);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		flipped_bits_are_errors_or_harmless,
		cut_files_are_errors,
		foreign_readers_do_no_harm,
		edited_rows_are_noticed,
	};

	return help_run("store_damage", tests, ARRAY_LEN(tests));
}
