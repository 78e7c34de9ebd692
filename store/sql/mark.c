/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mark: how many commits were acknowledged, written beside the store
 * after each one.  SQLite takes a log that is damaged, or gone, to end where
 * the damage begins; what was committed after it would vanish without a
 * word.  The store counts its commits itself, in the same transactions: one
 * that knows of fewer than the mark has lost some.
 *
 * The mark is not flushed, so that a commit costs one flush and no more.  It
 * survives a crash of the program, and one of the machine some seconds later;
 * it never says more than what was durable.
 *
 * Who is told of damage has no keys any more, so it is said only where
 * nothing else can be the cause.  A file that was put in the place of the
 * other is another store; one that somebody wrote to after the mark, as a
 * backup that is copied back does, is what they want: with a log that is
 * lost the file itself stays as it was.
 */
#include "config.h"

#include "store/sql/internal.h"

#include <sys/stat.h>
#include <time.h>

#include "base/log.h"
#include "base/rd.h"
#include "base/wr.h"

#define FACT "commits"

/* Of the fact: who, and how many. */
#define FACT_LEN (STORE_ID + 8)
/* Of the mark: the same, the file's number, the time, a checksum. */
#define MARK_LEN (FACT_LEN + 24)
_Static_assert(MARK_LEN <= QUEUE_NOTE_MAX, "there must be room for it");

static uint64_t
sum_of(const uint8_t *bytes, size_t len)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static uint64_t
nanoseconds(struct timespec t)
{
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t
now(void)
{
	struct timespec t = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return nanoseconds(t);
}

/* Links, modes and names count, too: whoever restores a backup may give it
 * back its times, but not this one. */
static bool
is_written_after(const struct store *store, uint64_t time)
{
	struct stat st;

	return stat(store->place.path, &st) != 0 ||
	    nanoseconds(st.st_ctim) > time;
}

static bool
read_mark(const struct store *store, struct mark *out, uint64_t *time)
{
	uint8_t bytes[MARK_LEN];
	struct rd r = rd_of(span_of(bytes, sizeof(bytes)));
	uint64_t inode;
	uint64_t sum;
	struct span id;

	if (!queue_note_read(&store->queue, bytes, sizeof(bytes)) ||
	    !rd_take(&r, STORE_ID, &id) || !rd_u64le(&r, &out->commits) ||
	    !rd_u64le(&r, &inode) || !rd_u64le(&r, time) ||
	    !rd_u64le(&r, &sum))
		return false;
	memcpy(out->id, id.ptr, STORE_ID);
	return sum == sum_of(bytes, MARK_LEN - 8) &&
	    inode == store->place.inode;
}

static enum cng_status
read_fact(struct store *store, struct mark *out)
{
	struct secret bytes;
	enum cng_status st = store_fact_get(store, FACT, &bytes);
	struct rd r;
	struct span id;

	*out = (struct mark){ 0 };
	if (st == CNG_ERR_NOT_FOUND) {
		sqlite3_randomness(STORE_ID, out->id);
		return CNG_OK;
	}
	if (st != CNG_OK)
		return st;
	r = rd_of(secret_span(&bytes));
	if (rd_take(&r, STORE_ID, &id) && rd_u64le(&r, &out->commits) &&
	    rd_at_end(&r))
		memcpy(out->id, id.ptr, STORE_ID);
	else
		st = CNG_ERR_STORE_CORRUPT;
	secret_free(&bytes);
	return st;
}

enum cng_status
mark_check(struct store *store)
{
	struct mark said;
	enum cng_status st;
	uint64_t time;
	bool marked;

	if (store->place.path == NULL)
		return CNG_OK;
	/* first: what is committed in between may only add */
	marked = read_mark(store, &said, &time);
	st = read_fact(store, &store->mark);
	if (st != CNG_OK || !marked ||
	    memcmp(said.id, store->mark.id, STORE_ID) != 0 ||
	    said.commits <= store->mark.commits)
		return st;
	/* who looks at it as it was sees no commits of later */
	if (is_written_after(store, time) ||
	    (store->file != NULL && store->file->immutable))
		return CNG_OK;
	log_line(LOG_ERROR, "%s: %llu changes were made and %llu are there: "
	    "its log was damaged or removed", store->place.path,
	    (unsigned long long)said.commits,
	    (unsigned long long)store->mark.commits);
	/* what is left of the log stays for who can read more of it */
	(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
	    1, NULL);
	return CNG_ERR_STORE_CORRUPT;
}

enum cng_status
mark_count(struct store *store)
{
	uint8_t bytes[FACT_LEN];
	struct wr w = wr_of(bytes, sizeof(bytes));

	if (store->place.path == NULL)
		return CNG_OK;
	wr_bytes(&w, span_of(store->mark.id, STORE_ID));
	wr_u64le(&w, store->mark.commits + 1);
	return store_fact_put(store, FACT, span_of(bytes, w.len));
}

void
mark_set(struct store *store)
{
	uint8_t bytes[MARK_LEN];
	struct wr w = wr_of(bytes, sizeof(bytes));

	if (store->place.path == NULL)
		return;
	store->mark.commits++;
	wr_bytes(&w, span_of(store->mark.id, STORE_ID));
	wr_u64le(&w, store->mark.commits);
	wr_u64le(&w, store->place.inode);
	wr_u64le(&w, now());
	wr_u64le(&w, sum_of(bytes, w.len));
	queue_note_write(&store->queue, bytes, w.len);
}
