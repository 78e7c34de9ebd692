/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tables: how they are made, and how a file is known to be ours.  A store
 * is made under another name and gets its own when it is whole, so that a
 * crash never leaves half a store under the real name.
 */
#include "config.h"

#include "store/sql/internal.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/util.h"

#define APPLICATION_ID 0x434e4750   /* "CNGP" */

/* One entry for each version, in order; append only. */
static const char *const steps[] = {
	"CREATE TABLE fact ("
	"	name TEXT PRIMARY KEY NOT NULL,"
	"	value BLOB NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE record ("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	version INTEGER NOT NULL,"
	"	uid BLOB NOT NULL UNIQUE,"
	"	kind INTEGER NOT NULL,"
	"	name BLOB UNIQUE,"
	"	clear BLOB NOT NULL,"
	"	sealed BLOB NOT NULL,"
	"	tags BLOB NOT NULL"
	") STRICT;"
	"CREATE INDEX record_kind ON record (kind);"
	"CREATE TABLE tag ("
	"	tag BLOB NOT NULL,"
	"	record INTEGER NOT NULL,"
	"	PRIMARY KEY (tag, record)"
	") STRICT, WITHOUT ROWID;",
};

static enum cng_status
exec(sqlite3 *db, const char *sql)
{
	return sql_status(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static enum cng_status
set_number(sqlite3 *db, const char *pragma, unsigned value)
{
	char *sql = sqlite3_mprintf("PRAGMA %s = %u", pragma, value);
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (sql != NULL)
		st = exec(db, sql);
	sqlite3_free(sql);
	return st;
}

static enum cng_status
get_number(sqlite3 *db, const char *sql, sqlite3_int64 *out)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	enum cng_status st;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	st = sql_status(rc);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	else if (st == CNG_OK)
		st = CNG_ERR_STORE_CORRUPT;
	(void)sqlite3_finalize(stmt);
	return st;
}

enum cng_status
schema_make(sqlite3 *db)
{
	enum cng_status st = exec(db, "BEGIN IMMEDIATE");

	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(steps); i++)
		st = exec(db, steps[i]);
	if (st == CNG_OK)
		st = set_number(db, "application_id", APPLICATION_ID);
	if (st == CNG_OK)
		st = set_number(db, "user_version", ARRAY_LEN(steps));
	if (st == CNG_OK)
		st = exec(db, "COMMIT");
	return st;
}

enum cng_status
schema_check(sqlite3 *db)
{
	sqlite3_int64 application = 0;
	sqlite3_int64 version = 0;
	enum cng_status st;

	st = get_number(db, "PRAGMA application_id", &application);
	if (st == CNG_OK)
		st = get_number(db, "PRAGMA user_version", &version);
	if (st != CNG_OK)
		return st;
	if (application != APPLICATION_ID || version <= 0)
		return CNG_ERR_STORE_CORRUPT;
	return version > (sqlite3_int64)ARRAY_LEN(steps) ?
	    CNG_ERR_STORE_VERSION : CNG_OK;
}

/* --- a new file ---------------------------------------------------------- */

enum beside {
	OLD_WAL = 0,
	OLD_JOURNAL,
	NEW,
	NEW_WAL,
	NEW_SHM,
	NEW_JOURNAL,
	BESIDE_COUNT
};

static const char *const suffixes[BESIDE_COUNT] = {
	[OLD_WAL] = "-wal",
	[OLD_JOURNAL] = "-journal",
	[NEW] = ".new",
	[NEW_WAL] = ".new-wal",
	[NEW_SHM] = ".new-shm",
	[NEW_JOURNAL] = ".new-journal",
};

static void
clean_up(char *const paths[BESIDE_COUNT])
{
	for (size_t i = NEW; i < BESIDE_COUNT; i++)
		(void)unlink(paths[i]);
}

/* From the first commit on: see mark.c. */
static enum cng_status
start_counting(sqlite3 *db)
{
	enum cng_status st = CNG_ERR_NO_MEMORY;
	sqlite3_uint64 id;
	char *sql;

	sqlite3_randomness(sizeof(id), &id);
	sql = sqlite3_mprintf("INSERT INTO fact (name, value) "
	    "VALUES ('commits', x'%016llx%016llx')", id, (sqlite3_uint64)0);
	if (sql != NULL)
		st = exec(db, sql);
	sqlite3_free(sql);
	return st;
}

static enum cng_status
fill(const char *path)
{
	int reserve = PAGE_SUM_LEN;
	sqlite3 *db;
	enum cng_status st = sql_connect(&db, path, false);

	if (st != CNG_OK)
		return st;
	st = sql_status(sqlite3_file_control(db, "main",
	    SQLITE_FCNTL_RESERVE_BYTES, &reserve));
	if (st == CNG_OK)
		st = set_number(db, "page_size", PAGE_SIZE_SQL);
	if (st == CNG_OK)
		st = exec(db, "PRAGMA journal_mode = WAL");
	if (st == CNG_OK)
		st = schema_make(db);
	if (st == CNG_OK)
		st = start_counting(db);
	if (st == CNG_OK)
		st = exec(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	(void)sqlite3_close(db);
	return st;
}

/* Under the writers' lock. */
static enum cng_status
make_and_publish(struct store *store, char *const paths[BESIDE_COUNT])
{
	enum cng_status st = place_look(&store->place);

	if (st != CNG_OK || store->place.exists)
		return st;
	/* a log without its database holds what is left of a store, and
	 * would be played into the new one */
	if (place_has_bytes(paths[OLD_WAL]) ||
	    place_has_bytes(paths[OLD_JOURNAL]))
		return CNG_ERR_STORE_CORRUPT;
	clean_up(paths);
	st = place_make_file(paths[NEW]);
	if (st == CNG_OK)
		st = fill(paths[NEW]);
	if (st == CNG_OK && place_has_bytes(paths[NEW_WAL]))
		st = CNG_ERR_STORE_IO;
	if (st == CNG_OK)
		st = place_publish(paths[NEW], store->place.path);
	clean_up(paths);
	return st == CNG_ERR_EXISTS ? CNG_OK : st;
}

enum cng_status
schema_make_file(struct store *store)
{
	char *paths[BESIDE_COUNT] = { NULL };
	enum cng_status st = CNG_OK;

	for (size_t i = 0; i < BESIDE_COUNT; i++) {
		paths[i] = place_beside(&store->place, suffixes[i]);
		if (paths[i] == NULL)
			st = CNG_ERR_NO_MEMORY;
	}
	if (st == CNG_OK)
		st = queue_take(&store->queue, QUEUE_WRITE, SQL_WAIT_MS);
	if (st == CNG_OK) {
		st = make_and_publish(store, paths);
		queue_drop(&store->queue, QUEUE_WRITE);
	}
	for (size_t i = 0; i < BESIDE_COUNT; i++)
		mem_free(paths[i]);
	return st;
}
