/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The index of tags as a whole, for who would rather search in memory.
 */
#include "config.h"

#include "store/sql/internal.h"

#include <stdlib.h>

#include "base/alloc.h"

struct kind {
	uint64_t id;
	uint32_t kind;
};

struct kinds {
	struct kind *line;
	size_t count;
	size_t room;
};

enum cng_status
store_last_id(struct store *store, uint64_t *out)
{
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, SQL_LAST_ID, &stmt);
	struct walk walk = { 0 };
	int rc;

	if (st != CNG_OK)
		return st;
	rc = sql_step(store, stmt, &walk);
	if (rc == SQLITE_ROW)
		*out = (uint64_t)sqlite3_column_int64(stmt, 0);
	else
		st = rc == SQLITE_DONE ? CNG_ERR_STORE_CORRUPT :
		    sql_status(rc);
	sql_done(stmt);
	return st;
}

/* Room for one more line of that size, or NULL. */
static void *
room_for_more(void *lines, size_t count, size_t *room, size_t size)
{
	size_t more = *room == 0 ? 64 : 2 * *room;
	void *grown = lines;

	if (count == *room) {
		grown = mem_grow(lines, count, more, size);
		if (grown != NULL)
			*room = more;
	}
	return grown;
}

static int
by_id(const void *a, const void *b)
{
	const struct kind *x = a;
	const struct kind *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static enum cng_status
read_kinds(struct store *store, struct kinds *out)
{
	sqlite3_stmt *stmt = NULL;
	enum cng_status st = sql_get(store, SQL_LIST_KINDS, &stmt);
	struct walk walk = { 0 };
	struct kind *grown;
	int rc = SQLITE_DONE;

	while (st == CNG_OK &&
	    (rc = sql_step(store, stmt, &walk)) == SQLITE_ROW) {
		out->count = walk.rows - 1;
		grown = room_for_more(out->line, out->count, &out->room,
		    sizeof(*grown));
		if (grown == NULL) {
			st = CNG_ERR_NO_MEMORY;
			break;
		}
		out->line = grown;
		grown[out->count].id = (uint64_t)sqlite3_column_int64(stmt, 0);
		grown[out->count].kind =
		    (uint32_t)sqlite3_column_int64(stmt, 1);
		out->count++;
	}
	if (st == CNG_OK)
		st = sql_status(rc);
	if (stmt != NULL)
		sql_done(stmt);
	out->count = walk.rows;
	if (st == CNG_OK && out->count > 0)
		qsort(out->line, out->count, sizeof(*out->line), by_id);
	return st;
}

/* Rows are numbered in order, so most are where they would be if none had
 * been removed. */
static const struct kind *
kind_of(const struct kinds *kinds, uint64_t id)
{
	struct kind key = { .id = id };
	uint64_t at;

	if (kinds->count == 0 || id < kinds->line[0].id)
		return NULL;
	at = id - kinds->line[0].id;
	if (at < kinds->count && kinds->line[at].id == id)
		return &kinds->line[at];
	return bsearch(&key, kinds->line, kinds->count, sizeof(key), by_id);
}

static bool
read_line(sqlite3_stmt *stmt, const struct kinds *kinds,
    struct store_tagged *out)
{
	const void *tag = sqlite3_column_blob(stmt, 0);
	const struct kind *kind;

	out->id = (uint64_t)sqlite3_column_int64(stmt, 1);
	kind = kind_of(kinds, out->id);
	if (tag == NULL || kind == NULL ||
	    sqlite3_column_bytes(stmt, 0) != STORE_TAG)
		return false;
	memcpy(out->tag.bytes, tag, STORE_TAG);
	out->kind = kind->kind;
	return true;
}

enum cng_status
store_list(struct store *store, struct store_tagged **out, size_t *count)
{
	struct kinds kinds = { 0 };
	struct store_tagged *lines = NULL;
	sqlite3_stmt *stmt = NULL;
	struct walk walk = { 0 };
	size_t room = 0;
	enum cng_status st = read_kinds(store, &kinds);
	int rc = SQLITE_DONE;

	*out = NULL;
	*count = 0;
	if (st == CNG_OK)
		st = sql_get(store, SQL_LIST_TAGS, &stmt);
	while (st == CNG_OK &&
	    (rc = sql_step(store, stmt, &walk)) == SQLITE_ROW) {
		struct store_tagged *grown;

		if (walk.rows == 1)
			*count = 0;
		grown = room_for_more(lines, *count, &room, sizeof(*grown));
		if (grown == NULL) {
			st = CNG_ERR_NO_MEMORY;
			break;
		}
		lines = grown;
		*count += read_line(stmt, &kinds, &lines[*count]);
	}
	if (st == CNG_OK)
		st = sql_status(rc);
	if (stmt != NULL)
		sql_done(stmt);
	mem_free(kinds.line);
	if (walk.rows == 0)
		*count = 0;
	if (st == CNG_OK) {
		*out = lines;
		return CNG_OK;
	}
	mem_free(lines);
	*count = 0;
	return st;
}
