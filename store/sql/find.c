/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Searches of the SQLite store.  Each walks one index and never a row.
 */
#include "config.h"

#include "store/sql/internal.h"

#include <stdlib.h>

#include "base/alloc.h"

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return (*x > *y) - (*x < *y);
}

static enum cng_status
add_id(struct store_ids *ids, size_t *room, uint64_t id)
{
	if (ids->count == *room) {
		size_t more = *room == 0 ? 16 : 2 * *room;
		uint64_t *grown = mem_grow(ids->id, *room, more,
		    sizeof(*grown));

		if (grown == NULL)
			return CNG_ERR_NO_MEMORY;
		ids->id = grown;
		*room = more;
	}
	ids->id[ids->count++] = id;
	return CNG_OK;
}

/* All ids that a bound statement gives, in ascending order. */
static enum cng_status
collect(const struct store *store, sqlite3_stmt *stmt, struct store_ids *out)
{
	struct store_ids ids = { NULL, 0 };
	enum cng_status st = CNG_OK;
	struct walk walk = { 0 };
	size_t room = 0;
	bool sorted = true;
	int rc;

	while ((rc = sql_step(store, stmt, &walk)) == SQLITE_ROW) {
		sqlite3_int64 id = sqlite3_column_int64(stmt, 0);

		ids.count = walk.rows - 1;
		if (id <= 0)
			st = CNG_ERR_STORE_CORRUPT;
		else
			st = add_id(&ids, &room, (uint64_t)id);
		if (st != CNG_OK)
			break;
		if (ids.count > 1 && ids.id[ids.count - 2] > (uint64_t)id)
			sorted = false;
	}
	if (st == CNG_OK)
		st = sql_status(rc);
	sql_done(stmt);
	ids.count = walk.rows;
	if (st != CNG_OK) {
		mem_free(ids.id);
		return st;
	}
	if (!sorted && ids.count > 0)
		qsort(ids.id, ids.count, sizeof(*ids.id), by_number);
	*out = ids;
	return CNG_OK;
}

enum cng_status
store_find_tag(struct store *store, const struct store_tag *tag,
    struct store_ids *out)
{
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, SQL_FIND_TAG, &stmt);

	memset(out, 0, sizeof(*out));
	if (st != CNG_OK)
		return st;
	if (!sql_bind_span(stmt, 1, span_of(tag->bytes, STORE_TAG)))
		return CNG_ERR_NO_MEMORY;
	return collect(store, stmt, out);
}

enum cng_status
store_find_kind(struct store *store, uint32_t kind, uint32_t mask,
    struct store_ids *out)
{
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, SQL_FIND_KIND, &stmt);

	memset(out, 0, sizeof(*out));
	if (st != CNG_OK)
		return st;
	/* whatever equals kind under the mask lies in this range */
	if (!sql_bind_u64(stmt, 1, kind) ||
	    !sql_bind_u64(stmt, 2, kind | ~mask) ||
	    !sql_bind_u64(stmt, 3, mask)) {
		sql_done(stmt);
		return CNG_ERR_NO_MEMORY;
	}
	return collect(store, stmt, out);
}

enum cng_status
store_count(struct store *store, uint64_t *out)
{
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, SQL_COUNT_ALL, &stmt);
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
