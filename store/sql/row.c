/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Facts and records of the SQLite store.
 */
#include "config.h"

#include "store/sql/internal.h"

void
store_record_free(struct store_record *record)
{
	if (record == NULL)
		return;
	secret_free(&record->clear);
	secret_free(&record->sealed);
	memset(record, 0, sizeof(*record));
}

/* --- facts --------------------------------------------------------------- */

static bool
bind_text(sqlite3_stmt *stmt, int index, const char *text)
{
	return sqlite3_bind_text(stmt, index, text, -1,
	    SQLITE_STATIC) == SQLITE_OK;
}

enum cng_status
store_fact_get(struct store *store, const char *name, struct secret *out)
{
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, SQL_FACT_GET, &stmt);
	struct walk walk = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	if (st != CNG_OK)
		return st;
	if (!bind_text(stmt, 1, name)) {
		sql_done(stmt);
		return CNG_ERR_NO_MEMORY;
	}
	rc = sql_step(store, stmt, &walk);
	if (rc == SQLITE_ROW)
		st = sql_column_secret(stmt, 0, out);
	else if (rc == SQLITE_DONE)
		st = CNG_ERR_NOT_FOUND;
	else
		st = sql_status(rc);
	sql_done(stmt);
	return st;
}

enum cng_status
store_fact_put(struct store *store, const char *name, struct span value)
{
	sqlite3_stmt *stmt = NULL;
	enum cng_status st = sql_writable(store);

	if (st == CNG_OK && value.len > STORE_PART_MAX)
		return CNG_ERR_ARGUMENT;
	if (st == CNG_OK)
		st = sql_get(store, SQL_FACT_PUT, &stmt);
	if (st != CNG_OK)
		return st;
	if (bind_text(stmt, 1, name) && sql_bind_span(stmt, 2, value)) {
		st = sql_run(stmt);
	} else {
		sql_done(stmt);
		st = CNG_ERR_NO_MEMORY;
	}
	return sql_doom(store, st);
}

/* --- tags ---------------------------------------------------------------- */

/* The tags of a record are kept with it too, one after the other, so that
 * they can be taken out of the index without searching it. */

static bool
has_tag(struct span tags, const uint8_t *tag)
{
	for (size_t at = 0; at + STORE_TAG <= tags.len; at += STORE_TAG) {
		if (memcmp(tags.ptr + at, tag, STORE_TAG) == 0)
			return true;
	}
	return false;
}

static enum cng_status
change_tag(struct store *store, enum sql how, const uint8_t *tag, uint64_t id)
{
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, how, &stmt);

	if (st != CNG_OK)
		return st;
	if (sql_bind_span(stmt, 1, span_of(tag, STORE_TAG)) &&
	    sql_bind_u64(stmt, 2, id))
		return sql_run(stmt);
	sql_done(stmt);
	return CNG_ERR_NO_MEMORY;
}

/* Does how with all of tags that are not in others. */
static enum cng_status
change_tags(struct store *store, enum sql how, struct span tags,
    struct span others, uint64_t id)
{
	enum cng_status st = CNG_OK;

	for (size_t at = 0; st == CNG_OK && at < tags.len; at += STORE_TAG) {
		if (!has_tag(others, tags.ptr + at))
			st = change_tag(store, how, tags.ptr + at, id);
	}
	return st;
}

static enum cng_status
tags_of(struct store *store, uint64_t id, struct secret *out)
{
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, SQL_TAGS_OF, &stmt);
	int rc;

	memset(out, 0, sizeof(*out));
	if (st != CNG_OK)
		return st;
	if (!sql_bind_u64(stmt, 1, id)) {
		sql_done(stmt);
		return CNG_ERR_NOT_FOUND;
	}
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		st = sql_column_secret(stmt, 0, out);
	else if (rc == SQLITE_DONE)
		st = CNG_ERR_NOT_FOUND;
	else
		st = sql_status(rc);
	sql_done(stmt);
	if (st == CNG_OK && out->len % STORE_TAG != 0) {
		secret_free(out);
		st = CNG_ERR_STORE_CORRUPT;
	}
	return st;
}

/* --- records ------------------------------------------------------------- */

static struct span
tags_span(const struct store_record *record)
{
	return span_of(record->tag, record->tag_count * STORE_TAG);
}

static bool
bind_record(sqlite3_stmt *stmt, const struct store_record *record)
{
	return sql_bind_u64(stmt, 1, record->version) &&
	    sql_bind_span(stmt, 2, span_of(record->uid, STORE_UID)) &&
	    sql_bind_u64(stmt, 3, record->kind) &&
	    (!record->has_name || sql_bind_span(stmt, 4,
	    span_of(record->name.bytes, STORE_TAG))) &&
	    sql_bind_span(stmt, 5, secret_span(&record->clear)) &&
	    sql_bind_span(stmt, 6, secret_span(&record->sealed)) &&
	    sql_bind_span(stmt, 7, tags_span(record));
}

/* A name that is taken, or a row that is gone, leaves the transaction as it
 * was; every other failure dooms it. */
static enum cng_status
insert(struct store *store, struct store_record *record)
{
	struct span none = { NULL, 0 };
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, SQL_INSERT, &stmt);
	uint64_t id;

	if (st != CNG_OK)
		return sql_doom(store, st);
	if (!bind_record(stmt, record)) {
		sql_done(stmt);
		return sql_doom(store, CNG_ERR_NO_MEMORY);
	}
	st = sql_run(stmt);
	if (st == CNG_ERR_EXISTS)
		return st;
	id = (uint64_t)sqlite3_last_insert_rowid(store->db);
	if (st == CNG_OK)
		st = change_tags(store, SQL_TAG_PUT, tags_span(record), none,
		    id);
	if (st == CNG_OK)
		record->id = id;
	return sql_doom(store, st);
}

static enum cng_status
update_row(struct store *store, const struct store_record *record)
{
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, SQL_UPDATE, &stmt);

	if (st != CNG_OK)
		return sql_doom(store, st);
	if (!bind_record(stmt, record) || !sql_bind_u64(stmt, 8, record->id)) {
		sql_done(stmt);
		return sql_doom(store, CNG_ERR_NO_MEMORY);
	}
	st = sql_run(stmt);
	if (st == CNG_OK && sqlite3_changes(store->db) != 1)
		return CNG_ERR_NOT_FOUND;
	return st == CNG_ERR_EXISTS ? st : sql_doom(store, st);
}

static enum cng_status
replace(struct store *store, const struct store_record *record)
{
	struct secret old = { 0 };
	enum cng_status st = tags_of(store, record->id, &old);

	if (st == CNG_OK) {
		st = update_row(store, record);
		if (st == CNG_OK)
			st = sql_doom(store, change_tags(store,
			    SQL_TAG_REMOVE, secret_span(&old),
			    tags_span(record), record->id));
		if (st == CNG_OK)
			st = sql_doom(store, change_tags(store, SQL_TAG_PUT,
			    tags_span(record), secret_span(&old),
			    record->id));
	}
	secret_free(&old);
	return st;
}

enum cng_status
store_put(struct store *store, struct store_record *record)
{
	enum cng_status st = sql_writable(store);

	if (st != CNG_OK)
		return st;
	if (record->tag_count > STORE_TAGS_MAX ||
	    record->clear.len > STORE_PART_MAX ||
	    record->sealed.len > STORE_PART_MAX ||
	    record->version > INT64_MAX || record->id > INT64_MAX)
		return CNG_ERR_ARGUMENT;
	return record->id == 0 ? insert(store, record) :
	    replace(store, record);
}

enum cng_status
store_remove(struct store *store, uint64_t id)
{
	struct span none = { NULL, 0 };
	struct secret tags = { 0 };
	sqlite3_stmt *stmt = NULL;
	enum cng_status st = sql_writable(store);

	if (st == CNG_OK)
		st = tags_of(store, id, &tags);
	if (st != CNG_OK)
		return st;
	st = change_tags(store, SQL_TAG_REMOVE, secret_span(&tags), none, id);
	secret_free(&tags);
	if (st == CNG_OK)
		st = sql_get(store, SQL_REMOVE, &stmt);
	if (st == CNG_OK) {
		(void)sql_bind_u64(stmt, 1, id);
		st = sql_run(stmt);
	}
	return sql_doom(store, st);
}

enum cng_status
store_erase(struct store *store)
{
	enum cng_status st = sql_writable(store);

	if (st == CNG_OK)
		st = sql_exec(store, SQL_ERASE_TAG);
	if (st == CNG_OK)
		st = sql_exec(store, SQL_ERASE_RECORD);
	if (st == CNG_OK)
		st = sql_exec(store, SQL_ERASE_FACT);
	return store->writing ? sql_doom(store, st) : st;
}

/* --- reading one --------------------------------------------------------- */

/* Fixed-size bytes of a column. */
static bool
column_bytes(sqlite3_stmt *stmt, int column, uint8_t *out, size_t size)
{
	const void *ptr;

	if (sqlite3_column_type(stmt, column) != SQLITE_BLOB)
		return false;
	ptr = sqlite3_column_blob(stmt, column);
	if (ptr == NULL || (size_t)sqlite3_column_bytes(stmt, column) != size)
		return false;
	memcpy(out, ptr, size);
	return true;
}

static enum cng_status
read_row(sqlite3_stmt *stmt, struct store_record *out)
{
	sqlite3_int64 id = sqlite3_column_int64(stmt, 0);
	sqlite3_int64 version = sqlite3_column_int64(stmt, 1);
	sqlite3_int64 kind = sqlite3_column_int64(stmt, 3);
	enum cng_status st;

	if (id <= 0 || version < 0 || kind < 0 || kind > UINT32_MAX ||
	    !column_bytes(stmt, 2, out->uid, STORE_UID))
		return CNG_ERR_STORE_CORRUPT;
	out->id = (uint64_t)id;
	out->version = (uint64_t)version;
	out->kind = (uint32_t)kind;
	out->has_name = sqlite3_column_type(stmt, 4) != SQLITE_NULL;
	if (out->has_name &&
	    !column_bytes(stmt, 4, out->name.bytes, STORE_TAG))
		return CNG_ERR_STORE_CORRUPT;
	st = sql_column_secret(stmt, 5, &out->clear);
	if (st == CNG_OK)
		st = sql_column_secret(stmt, 6, &out->sealed);
	return st;
}

/* The row a bound statement finds. */
static enum cng_status
get_one(const struct store *store, sqlite3_stmt *stmt,
    struct store_record *out)
{
	struct store_record found = { 0 };
	struct walk walk = { 0 };
	int rc = sql_step(store, stmt, &walk);
	enum cng_status st;

	if (rc == SQLITE_ROW)
		st = read_row(stmt, &found);
	else if (rc == SQLITE_DONE)
		st = CNG_ERR_NOT_FOUND;
	else
		st = sql_status(rc);
	sql_done(stmt);
	if (st == CNG_OK)
		*out = found;
	else
		store_record_free(&found);
	return st;
}

enum cng_status
store_get(struct store *store, uint64_t id, struct store_record *out)
{
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, SQL_GET, &stmt);

	memset(out, 0, sizeof(*out));
	if (st != CNG_OK)
		return st;
	if (!sql_bind_u64(stmt, 1, id))
		return CNG_ERR_NOT_FOUND;
	return get_one(store, stmt, out);
}

enum cng_status
store_get_by_name(struct store *store, const struct store_tag *name,
    struct store_record *out)
{
	sqlite3_stmt *stmt;
	enum cng_status st = sql_get(store, SQL_GET_BY_NAME, &stmt);

	memset(out, 0, sizeof(*out));
	if (st != CNG_OK)
		return st;
	if (!sql_bind_span(stmt, 1, span_of(name->bytes, STORE_TAG)))
		return CNG_ERR_NO_MEMORY;
	return get_one(store, stmt, out);
}
