/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by the files of this folder, the only ones that know SQLite.
 */
#ifndef CNG_STORE_SQL_INTERNAL_H
#define CNG_STORE_SQL_INTERNAL_H

#include <sqlite3.h>

#include "store/file/place.h"
#include "store/file/queue.h"
#include "store/sql/vfs.h"
#include "store/store.h"

/* Statements are prepared when first used and kept. */
enum sql {
	SQL_BEGIN = 0,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_DATA_VERSION,
	SQL_FACT_GET,
	SQL_FACT_PUT,
	SQL_INSERT,
	SQL_UPDATE,
	SQL_TAGS_OF,
	SQL_REMOVE,
	SQL_TAG_PUT,
	SQL_TAG_REMOVE,
	SQL_GET,
	SQL_GET_BY_NAME,
	SQL_COUNT_ALL,
	SQL_FIND_TAG,
	SQL_FIND_KIND,
	SQL_LAST_ID,
	SQL_LIST_KINDS,
	SQL_LIST_TAGS,
	SQL_ERASE_TAG,
	SQL_ERASE_RECORD,
	SQL_ERASE_FACT,
	SQL_STATEMENTS
};

#define STORE_ID 8

/* How many commits which store has seen; see mark.c. */
struct mark {
	uint8_t id[STORE_ID];
	uint64_t commits;
};

struct store {
	sqlite3 *db;
	struct vfs_file *file;    /* the connection's; NULL in memory */
	sqlite3_stmt *stmt[SQL_STATEMENTS];
	struct place place;       /* path NULL: lives in memory */
	struct queue queue;
	bool read_only;
	bool writing;             /* between begin and commit */
	enum cng_status doomed;   /* why the transaction cannot be committed */
	uint64_t commits;         /* ours */
	struct mark mark;         /* as of the transaction's begin */
};

/* What an (extended) result code means. */
enum cng_status sql_status(int rc);

/* How long others are waited for. */
#define SQL_WAIT_MS 10000

struct wait {
	int64_t since;            /* milliseconds */
};

void sql_wait_begin(struct wait *wait);
/* Naps; or false, when so much time has passed since. */
bool sql_wait(const struct wait *wait, int64_t milliseconds);

/* Over the rows of a statement; begins as { 0 }. */
struct walk {
	size_t rows;              /* that were given, this one too */
	struct wait wait;
};

/* The next row, with SQLite's result code.  It is the first one again when a
 * writer came in between: what the others gave is void then. */
int sql_step(const struct store *store, sqlite3_stmt *stmt,
    struct walk *walk);

/* The ready statement; hand it back with sql_done. */
enum cng_status sql_get(struct store *store, enum sql which,
    sqlite3_stmt **out) CNG_MUST_CHECK;
void sql_done(sqlite3_stmt *stmt);

/* Steps a statement that gives no rows, and hands it back. */
enum cng_status sql_run(sqlite3_stmt *stmt)
    CNG_MUST_CHECK;
/* The same for one without parameters. */
enum cng_status sql_exec(struct store *store, enum sql which) CNG_MUST_CHECK;

/* Binding fails only when memory is short. */
bool sql_bind_span(sqlite3_stmt *stmt, int index, struct span value);
bool sql_bind_u64(sqlite3_stmt *stmt, int index, uint64_t value);

/* A column that must be bytes (or text), at most STORE_PART_MAX. */
enum cng_status sql_column_secret(sqlite3_stmt *stmt, int column,
    struct secret *out) CNG_MUST_CHECK;

/* May this store be changed now? */
enum cng_status sql_writable(const struct store *store) CNG_MUST_CHECK;
/* Remembers that a change failed half way; gives st back. */
enum cng_status sql_doom(struct store *store, enum cng_status st);

/* Opens path (NULL: memory) and sets the connection up. */
enum cng_status sql_connect(sqlite3 **out, const char *path, bool read_only)
    CNG_MUST_CHECK;

/* Has the store lost what it acknowledged?  CNG_ERR_STORE_CORRUPT.  A store
 * in memory has no mark. */
enum cng_status mark_check(struct store *store) CNG_MUST_CHECK;
/* Counts this commit, as part of it. */
enum cng_status mark_count(struct store *store) CNG_MUST_CHECK;
/* After the commit, still in turn. */
void mark_set(struct store *store);

/* Removes what SQLite and turns left beside a staged file. */
void stage_tidy(char *staged);

/* Makes the tables in an empty database. */
enum cng_status schema_make(sqlite3 *db) CNG_MUST_CHECK;
/* Is this a store of ours that we understand?  Reads no rows. */
enum cng_status schema_check(sqlite3 *db) CNG_MUST_CHECK;
/* Makes a store file; CNG_ERR_EXISTS when another process was faster. */
enum cng_status schema_make_file(struct store *store) CNG_MUST_CHECK;

#endif
