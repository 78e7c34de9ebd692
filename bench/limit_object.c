/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The limit: an indexed SQLite table, each row committed to the disk, and
 * keys that libcrypto generates.
 */
#include "bench/acts.h"

#include "bench/keys.h"

#include <stdio.h>

#define PATH_MAX_HERE 4096
#define BUSY_MS 10000
/* What a key of ours takes, about. */
#define ROW_BYTES 300
#define NUMBERS_MADE 10000000l
#define STRIDE 7919u

static const char schema[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "CREATE TABLE IF NOT EXISTS object"
    " (handle INTEGER PRIMARY KEY, id INTEGER, value BLOB);"
    "CREATE INDEX IF NOT EXISTS by_id ON object (id);";

static CK_RV
status(bool good)
{
	return good ? CKR_OK : CKR_FUNCTION_FAILED;
}

CK_RV
limit_database(struct seat *seat)
{
	char path[PATH_MAX_HERE];

	if (seat->db != NULL)
		return CKR_OK;
	snprintf(path, sizeof(path), "%s/limit.db", seat->side->folder);
	if (sqlite3_open(path, &seat->db) != SQLITE_OK)
		return CKR_FUNCTION_FAILED;
	sqlite3_busy_timeout(seat->db, BUSY_MS);
	return status(sqlite3_exec(seat->db, schema, NULL, NULL, NULL) ==
	    SQLITE_OK);
}

static CK_RV
prepare(struct seat *seat, const char *text)
{
	CK_RV rv = limit_database(seat);

	sqlite3_finalize(seat->stmt);
	seat->stmt = NULL;
	if (rv != CKR_OK)
		return rv;
	return status(sqlite3_prepare_v2(seat->db, text, -1, &seat->stmt,
	    NULL) == SQLITE_OK);
}

static void
stop(struct seat *seat, const struct work *work)
{
	(void)work;
	sqlite3_finalize(seat->stmt);
	seat->stmt = NULL;
}

/* Runs the prepared statement with that id; does it end as expected? */
static CK_RV
step(struct seat *seat, long id, int expected)
{
	int answer;

	sqlite3_bind_int64(seat->stmt, 1, id);
	answer = sqlite3_step(seat->stmt);
	sqlite3_reset(seat->stmt);
	return status(answer == expected);
}

#define INSERT "INSERT INTO object (id, value) VALUES (?1, ?2)"

static CK_RV
insert_start(struct seat *seat, const struct work *work)
{
	CK_RV rv = prepare(seat, INSERT);

	(void)work;
	if (rv == CKR_OK)
		sqlite3_bind_blob(seat->stmt, 2, seat->in, ROW_BYTES,
		    SQLITE_STATIC);
	return rv;
}

static CK_RV
create_once(struct seat *seat, const struct work *work)
{
	(void)work;
	return step(seat, NUMBERS_MADE + (long)seat->turn++, SQLITE_DONE);
}

static void
create_settle(struct seat *seat, const struct work *work)
{
	(void)work;
	(void)sqlite3_exec(seat->db, "DELETE FROM object WHERE id >= 10000000",
	    NULL, NULL, NULL);
}

CK_RV
limit_fill(struct side *side, unsigned long count)
{
	struct seat *seat = &side->seats[0];
	CK_RV rv = insert_start(seat, NULL);

	if (rv != CKR_OK || count <= side->filled)
		return rv;
	(void)sqlite3_exec(seat->db, "BEGIN", NULL, NULL, NULL);
	while (rv == CKR_OK && side->filled < count)
		rv = step(seat, (long)++side->filled, SQLITE_DONE);
	(void)sqlite3_exec(seat->db, "COMMIT", NULL, NULL, NULL);
	stop(seat, NULL);
	return rv;
}

static CK_RV
find_start(struct seat *seat, const struct work *work)
{
	(void)work;
	return prepare(seat, "SELECT handle FROM object WHERE id = ?1");
}

static CK_RV
find_once(struct seat *seat, const struct work *work)
{
	return step(seat, (long)(1 + seat->turn++ * STRIDE % work->keys),
	    SQLITE_ROW);
}

static CK_RV
generate_once(struct seat *seat, const struct work *work)
{
	EVP_PKEY *pkey = keys_limit_generate(work->key);

	(void)seat;
	EVP_PKEY_free(pkey);
	return status(pkey != NULL);
}

const struct act limit_create = { .start = insert_start, .once = create_once,
	.settle = create_settle, .stop = stop };
const struct act limit_find = { .start = find_start, .once = find_once,
	.stop = stop };
const struct act limit_generate = { .once = generate_once };
