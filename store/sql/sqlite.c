/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The SQLite store: connection, statements, transactions.
 */
#include "config.h"

#include "store/sql/internal.h"

#include <errno.h>
#include <limits.h>

#include "base/alloc.h"
#include "base/util.h"

/* Of an error that may be one of others' coming: both are used up. */
#define FEW_MS 1000
#define FEW_TRIES 20

static const char *const statements[SQL_STATEMENTS] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_DATA_VERSION] = "PRAGMA data_version",
	[SQL_FACT_GET] = "SELECT value FROM fact WHERE name = ?1",
	[SQL_FACT_PUT] = "INSERT INTO fact (name, value) VALUES (?1, ?2) "
	    "ON CONFLICT (name) DO UPDATE SET value = ?2",
	[SQL_INSERT] = "INSERT INTO record "
	    "(version, uid, kind, name, clear, sealed, tags) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_UPDATE] = "UPDATE record SET version = ?1, kind = ?3, "
	    "name = ?4, clear = ?5, sealed = ?6, tags = ?7 "
	    "WHERE id = ?8 AND uid = ?2 AND version = ?1 - 1",
	[SQL_TAGS_OF] = "SELECT tags FROM record WHERE id = ?1",
	[SQL_REMOVE] = "DELETE FROM record WHERE id = ?1",
	[SQL_TAG_PUT] = "INSERT INTO tag (tag, record) VALUES (?1, ?2) "
	    "ON CONFLICT DO NOTHING",
	[SQL_TAG_REMOVE] = "DELETE FROM tag WHERE tag = ?1 AND record = ?2",
	[SQL_GET] = "SELECT id, version, uid, kind, name, clear, sealed "
	    "FROM record WHERE id = ?1",
	[SQL_GET_BY_NAME] = "SELECT id, version, uid, kind, name, clear, "
	    "sealed FROM record WHERE name = ?1",
	[SQL_COUNT_ALL] = "SELECT count(*) FROM record",
	[SQL_FIND_TAG] = "SELECT record FROM tag WHERE tag = ?1 "
	    "ORDER BY record",
	[SQL_FIND_KIND] = "SELECT id FROM record INDEXED BY record_kind "
	    "WHERE kind BETWEEN ?1 AND ?2 AND (kind & ?3) = ?1",
	[SQL_LAST_ID] = "SELECT max(id) FROM record",
	[SQL_LIST_KINDS] = "SELECT id, kind FROM record INDEXED BY record_kind",
	[SQL_LIST_TAGS] = "SELECT tag, record FROM tag ORDER BY tag, record",
	[SQL_ERASE_TAG] = "DELETE FROM tag",
	[SQL_ERASE_RECORD] = "DELETE FROM record",
	[SQL_ERASE_FACT] = "DELETE FROM fact",
};

/* --- outcomes ------------------------------------------------------------ */

static enum cng_status
io_status(int rc)
{
	int error = vfs_take_error();

	/* SQLite does not note it when a commit fails */
	if (error == 0)
		error = errno;
	switch (rc) {
	case SQLITE_IOERR_NOMEM:
		return CNG_ERR_NO_MEMORY;
	case SQLITE_IOERR_DATA:
	case SQLITE_IOERR_CORRUPTFS:
		return CNG_ERR_STORE_CORRUPT;
	default:
		/* who may do what was judged before anything was opened */
		return place_status(error) == CNG_ERR_STORE_FULL ?
		    CNG_ERR_STORE_FULL : CNG_ERR_STORE_IO;
	}
}

static enum cng_status
read_only_status(int rc)
{
	switch (rc) {
	case SQLITE_READONLY_DBMOVED:
		return CNG_ERR_NO_TOKEN;
	/* a reader waits for one who may write to mend the index */
	case SQLITE_READONLY_RECOVERY:
	case SQLITE_READONLY_CANTINIT:
		return CNG_ERR_STORE_BUSY;
	default:
		return CNG_ERR_READ_ONLY;
	}
}

enum cng_status
sql_status(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return CNG_OK;
	case SQLITE_NOMEM:
		return CNG_ERR_NO_MEMORY;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return CNG_ERR_STORE_BUSY;
	case SQLITE_FULL:
		return CNG_ERR_STORE_FULL;
	case SQLITE_READONLY:
		return read_only_status(rc);
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return CNG_ERR_STORE_PERMISSION;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return io_status(rc);
	case SQLITE_INTERRUPT:
		return CNG_ERR_INTERRUPTED;
	case SQLITE_CONSTRAINT:
		return rc == SQLITE_CONSTRAINT_UNIQUE ?
		    CNG_ERR_EXISTS : CNG_ERR_STORE_CORRUPT;
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return CNG_ERR_INTERNAL;
	default:
		/* no database, damaged pages, tables that are not ours */
		return CNG_ERR_STORE_CORRUPT;
	}
}

/* --- statements ---------------------------------------------------------- */

enum cng_status
sql_get(struct store *store, enum sql which, sqlite3_stmt **out)
{
	sqlite3_stmt **kept = &store->stmt[which];
	int rc;

	if (*kept == NULL) {
		rc = sqlite3_prepare_v3(store->db, statements[which], -1,
		    SQLITE_PREPARE_PERSISTENT, kept, NULL);
		if (rc != SQLITE_OK)
			return sql_status(rc);
	}
	*out = *kept;
	return CNG_OK;
}

void
sql_done(sqlite3_stmt *stmt)
{
	(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
}

enum cng_status
sql_run(sqlite3_stmt *stmt)
{
	enum cng_status st;
	int rc;

	errno = 0;
	(void)vfs_take_error();
	rc = sqlite3_step(stmt);
	st = sql_status(rc);
	if (rc == SQLITE_ROW)
		st = CNG_ERR_INTERNAL;
	sql_done(stmt);
	return st;
}

enum cng_status
sql_exec(struct store *store, enum sql which)
{
	sqlite3_stmt *stmt = NULL;
	enum cng_status st = sql_get(store, which, &stmt);

	return st == CNG_OK ? sql_run(stmt) : st;
}

bool
sql_bind_span(sqlite3_stmt *stmt, int index, struct span value)
{
	/* a NULL pointer would bind NULL, not no bytes */
	const void *ptr = value.len == 0 ? "" : (const void *)value.ptr;

	return value.len <= INT_MAX && sqlite3_bind_blob(stmt, index, ptr,
	    (int)value.len, SQLITE_STATIC) == SQLITE_OK;
}

bool
sql_bind_u64(sqlite3_stmt *stmt, int index, uint64_t value)
{
	return value <= INT64_MAX && sqlite3_bind_int64(stmt, index,
	    (sqlite3_int64)value) == SQLITE_OK;
}

enum cng_status
sql_column_secret(sqlite3_stmt *stmt, int column, struct secret *out)
{
	const void *ptr;
	int len;

	if (sqlite3_column_type(stmt, column) != SQLITE_BLOB)
		return CNG_ERR_STORE_CORRUPT;
	ptr = sqlite3_column_blob(stmt, column);
	len = sqlite3_column_bytes(stmt, column);
	if (len < 0 || (size_t)len > STORE_PART_MAX)
		return CNG_ERR_STORE_CORRUPT;
	if (ptr == NULL && len > 0)
		return CNG_ERR_NO_MEMORY;
	return secret_copy(out, span_of(ptr, (size_t)len));
}

/* --- open and close ------------------------------------------------------ */

static const struct {
	int option;
	int value;
} options[] = {
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
	{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
	{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
	{ SQLITE_DBCONFIG_ENABLE_FKEY, 0 },
	{ SQLITE_DBCONFIG_DQS_DML, 0 },
	{ SQLITE_DBCONFIG_DQS_DDL, 0 },
};

static const struct {
	int id;
	int value;
} limits[] = {
	{ SQLITE_LIMIT_LENGTH, 20 * 1024 * 1024 },
	{ SQLITE_LIMIT_SQL_LENGTH, 10000 },
	{ SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
};

enum cng_status
sql_connect(sqlite3 **out, const char *path, bool read_only)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
	    (path == NULL ? SQLITE_OPEN_MEMORY : SQLITE_OPEN_NOFOLLOW) |
	    (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	const char *vfs = path == NULL ? NULL : vfs_name();
	sqlite3 *db = NULL;
	enum cng_status st;
	int rc;

	*out = NULL;
	if (path != NULL && vfs == NULL)
		return CNG_ERR_NOT_SUPPORTED;
	rc = sqlite3_open_v2(path == NULL ? ":memory:" : path, &db, flags,
	    vfs);
	for (size_t i = 0; rc == SQLITE_OK && i < ARRAY_LEN(options); i++)
		rc = sqlite3_db_config(db, options[i].option,
		    options[i].value, NULL);
	for (size_t i = 0; rc == SQLITE_OK && i < ARRAY_LEN(limits); i++)
		(void)sqlite3_limit(db, limits[i].id, limits[i].value);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(db, SQL_WAIT_MS);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db,
		    "PRAGMA synchronous = FULL;"
		    "PRAGMA cell_size_check = ON;"
		    "PRAGMA secure_delete = ON;"
		    "PRAGMA temp_store = MEMORY;"
		    "PRAGMA journal_size_limit = 4194304;",
		    NULL, NULL, NULL);
	if (rc == SQLITE_OK) {
		*out = db;
		return CNG_OK;
	}
	st = sql_status(rc);
	(void)sqlite3_close(db);
	return st;
}

static enum cng_status
connect_once(struct store *store)
{
	enum cng_status st = sql_connect(&store->db, store->place.path,
	    store->read_only);

	if (st != CNG_OK)
		return st;
	store->file = vfs_file_of(store->db);
	st = schema_check(store->db);
	/* swapped before we had its lock: the next try will do */
	if (!place_is_same(&store->place))
		return CNG_ERR_STORE_BUSY;
	return st == CNG_OK ? mark_check(store) : st;
}

static void
disconnect(struct store *store)
{
	for (size_t i = 0; i < SQL_STATEMENTS; i++) {
		(void)sqlite3_finalize(store->stmt[i]);
		store->stmt[i] = NULL;
	}
	(void)sqlite3_close(store->db);
	store->db = NULL;
	store->file = NULL;
}

/* May an error pass by itself?  To one who may not make a log it may come or
 * go just then. */
static bool
may_pass(const struct store *store, enum cng_status st,
    const struct wait *wait, unsigned tries)
{
	if (!store->read_only || !place_is_same(&store->place))
		return false;
	if (st == CNG_ERR_STORE_BUSY)
		return sql_wait(wait, SQL_WAIT_MS);
	if (st != CNG_ERR_STORE_IO && st != CNG_ERR_READ_ONLY)
		return false;
	return sql_wait(wait, tries < FEW_TRIES ? SQL_WAIT_MS : FEW_MS);
}

static enum cng_status
connect_file(struct store *store)
{
	struct wait wait;
	enum cng_status st = connect_once(store);

	/* that may have waited, too, for a lock */
	sql_wait_begin(&wait);
	for (unsigned tries = 1; st != CNG_OK &&
	    may_pass(store, st, &wait, tries); tries++) {
		disconnect(store);
		st = connect_once(store);
	}
	return st;
}

static enum cng_status
open_file(struct store *store, const char *path, enum store_mode mode)
{
	enum cng_status st;

	st = place_find(&store->place, path, mode == STORE_CREATE);
	if (st != CNG_OK)
		return st;
	queue_init(&store->queue, place_beside(&store->place, ".lock"));
	if (store->queue.path == NULL)
		return CNG_ERR_NO_MEMORY;
	if (!store->place.exists) {
		if (mode != STORE_CREATE)
			return CNG_ERR_NO_TOKEN;
		st = schema_make_file(store);
		if (st == CNG_OK)
			st = place_look(&store->place);
		if (st != CNG_OK)
			return st;
	}
	store->read_only = store->place.read_only;
	return connect_file(store);
}

enum cng_status
store_open(struct store **out, const char *uri, enum store_mode mode)
{
	struct store *store;
	enum cng_status st;

	*out = NULL;
	if (uri == NULL)
		return CNG_ERR_ARGUMENT;
	store = mem_new(1, sizeof(*store));
	if (store == NULL)
		return CNG_ERR_NO_MEMORY;
	queue_init(&store->queue, NULL);
	if (strcmp(uri, "memory:") == 0) {
		st = sql_connect(&store->db, NULL, false);
		if (st == CNG_OK)
			st = schema_make(store->db);
	} else {
		st = open_file(store, uri, mode);
	}
	if (st != CNG_OK) {
		store_close(store);
		return st;
	}
	*out = store;
	return CNG_OK;
}

static void
forget(struct store *store)
{
	queue_free(&store->queue);
	place_free(&store->place);
	mem_free(store);
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	store_rollback(store);
	disconnect(store);
	forget(store);
}

void
store_abandon(struct store *store)
{
	if (store == NULL)
		return;
	/* the connection and its statements are the parent's: left alone */
	if (store->file != NULL)
		vfs_abandon(store->file);
	forget(store);
}

bool
store_read_only(const struct store *store)
{
	return store->read_only;
}

bool
store_is_gone(const struct store *store)
{
	return store->place.path != NULL && !place_is_same(&store->place);
}

bool
store_is_stale(const struct store *store)
{
	return store->file != NULL && vfs_is_stale(store->file);
}

/* --- transactions -------------------------------------------------------- */

enum cng_status
sql_writable(const struct store *store)
{
	if (!store->writing)
		return CNG_ERR_INTERNAL;
	return store->doomed;
}

enum cng_status
sql_doom(struct store *store, enum cng_status st)
{
	if (st != CNG_OK && store->doomed == CNG_OK)
		store->doomed = st;
	return st;
}

/* Turns exist between processes; a store in memory has no others. */
static enum cng_status
take_turn(struct store *store, enum queue_turn turn)
{
	if (store->place.path == NULL)
		return CNG_OK;
	return queue_take(&store->queue, turn, SQL_WAIT_MS);
}

static void
drop_turn(struct store *store, enum queue_turn turn)
{
	if (store->place.path != NULL)
		queue_drop(&store->queue, turn);
}

enum cng_status
store_begin(struct store *store)
{
	enum cng_status st;

	if (store->writing)
		return CNG_ERR_INTERNAL;
	if (store->read_only)
		return CNG_ERR_READ_ONLY;
	st = take_turn(store, QUEUE_WRITE);
	if (st != CNG_OK)
		return st;
	/* what is written to a file without a name is lost */
	if (store->place.path != NULL && !place_is_same(&store->place))
		st = CNG_ERR_NO_TOKEN;
	else
		st = sql_exec(store, SQL_BEGIN);
	if (st != CNG_OK) {
		drop_turn(store, QUEUE_WRITE);
		return st;
	}
	store->writing = true;
	store->doomed = CNG_OK;
	st = mark_check(store);
	if (st != CNG_OK)
		store_rollback(store);
	return st;
}

enum cng_status
store_commit(struct store *store)
{
	enum cng_status st;

	if (!store->writing)
		return CNG_ERR_INTERNAL;
	st = store->doomed;
	/* SQLite may have rolled back by itself after an error */
	if (st == CNG_OK && sqlite3_get_autocommit(store->db) != 0)
		st = CNG_ERR_INTERNAL;
	if (st == CNG_OK)
		st = mark_count(store);
	if (st == CNG_OK)
		st = sql_exec(store, SQL_COMMIT);
	if (st != CNG_OK) {
		store_rollback(store);
		return st;
	}
	store->writing = false;
	store->commits++;
	mark_set(store);
	drop_turn(store, QUEUE_WRITE);
	return CNG_OK;
}

void
store_rollback(struct store *store)
{
	if (!store->writing)
		return;
	if (sqlite3_get_autocommit(store->db) == 0 &&
	    sql_exec(store, SQL_ROLLBACK) != CNG_OK)
		(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	store->writing = false;
	drop_turn(store, QUEUE_WRITE);
}

enum cng_status
store_turn_take(struct store *store)
{
	/* nothing that needs a turn can happen without writing */
	return store->read_only ? CNG_OK : take_turn(store, QUEUE_PIN);
}

void
store_turn_drop(struct store *store)
{
	if (!store->read_only)
		drop_turn(store, QUEUE_PIN);
}

enum cng_status
store_stamp(struct store *store, uint64_t *out)
{
	sqlite3_stmt *stmt = NULL;
	struct walk walk = { 0 };
	enum cng_status st;
	uint64_t others;
	int rc;

	if (vfs_stamp(store->file, out))
		return CNG_OK;
	st = sql_get(store, SQL_DATA_VERSION, &stmt);
	if (st != CNG_OK)
		return st;
	rc = sql_step(store, stmt, &walk);
	others = (uint64_t)sqlite3_column_int64(stmt, 0);
	sql_done(stmt);
	if (rc != SQLITE_ROW)
		return sql_status(rc);
	/* SQLite counts from anew with each handle */
	*out = (others << 32 | (store->commits & 0xffffffff)) ^
	    (store->file == NULL ? 0 : vfs_time(store->file));
	return CNG_OK;
}
