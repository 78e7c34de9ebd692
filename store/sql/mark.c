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
 * it never says more than what was durable.  A file that was put in the
 * place of the other is another store, and its mark is not looked at.
 */
#include "config.h"

#include "store/sql/internal.h"

#include "base/log.h"
#include "base/rd.h"
#include "base/wr.h"

#define FACT "commits"

/* Of the fact: who, and how many. */
#define FACT_LEN (STORE_ID + 8)
/* Of the mark: the same, the file's number, a checksum. */
#define MARK_LEN (FACT_LEN + 16)
_Static_assert(MARK_LEN <= QUEUE_NOTE_MAX, "there must be room for it");

static uint64_t
sum_of(const uint8_t *bytes, size_t len)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static bool
read_mark(const struct store *store, struct mark *out)
{
	uint8_t bytes[MARK_LEN];
	struct rd r = rd_of(span_of(bytes, sizeof(bytes)));
	uint64_t inode;
	uint64_t sum;
	struct span id;

	if (!queue_note_read(&store->queue, bytes, sizeof(bytes)) ||
	    !rd_take(&r, STORE_ID, &id) || !rd_u64le(&r, &out->commits) ||
	    !rd_u64le(&r, &inode) || !rd_u64le(&r, &sum))
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
	bool marked;

	if (store->place.path == NULL)
		return CNG_OK;
	/* first: what is committed in between may only add */
	marked = read_mark(store, &said);
	st = read_fact(store, &store->mark);
	if (st != CNG_OK || !marked ||
	    memcmp(said.id, store->mark.id, STORE_ID) != 0 ||
	    said.commits <= store->mark.commits)
		return st;
	log_line(LOG_ERROR, "%s: %llu changes were made and %llu are there: "
	    "its log was damaged or removed, or an older copy written over "
	    "it", store->place.path, (unsigned long long)said.commits,
	    (unsigned long long)store->mark.commits);
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
	wr_u64le(&w, sum_of(bytes, w.len));
	queue_note_write(&store->queue, bytes, w.len);
}
