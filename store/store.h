/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Stores: rows in, rows out.  A backend moves bytes and never sees a key;
 * sealing is protect/vault.h.  One store holds one token.
 *
 * A record has a clear part and a sealed part, both opaque here, and search
 * tags: short keyed or plain hashes that an index finds.  A store is used
 * under the caller's lock.
 */
#ifndef CNG_STORE_H
#define CNG_STORE_H

#include "base/secret.h"
#include "base/span.h"
#include "base/status.h"

#define STORE_UID 16        /* bytes of a record's unique id */
#define STORE_TAG 16        /* bytes of a search tag */
#define STORE_TAGS_MAX 16   /* tags of one record */
#define STORE_PART_MAX ((size_t)8 * 1024 * 1024) /* clear, sealed, a fact */

struct store_tag {
	uint8_t bytes[STORE_TAG];
};

struct store_record {
	uint64_t id;             /* row number: never used twice; 0: new */
	uint64_t version;        /* raised at every change */
	uint8_t uid[STORE_UID];
	uint32_t kind;           /* class and key type, packed by the caller;
	                          * indexed for listings without decoding */
	struct secret clear;     /* public part, as the caller encoded it */
	struct secret sealed;    /* as the vault sealed it */
	bool has_name;
	struct store_tag name;   /* unique within the store when has_name */
	size_t tag_count;        /* written by put; not filled by get */
	struct store_tag tag[STORE_TAGS_MAX];
};

void store_record_free(struct store_record *record);

struct store;

enum store_mode {
	STORE_OPEN = 0,          /* must exist: CNG_ERR_NO_TOKEN */
	STORE_CREATE,            /* made when absent */
};

/* uri: a path, or "memory:" for one that dies with the handle. */
enum cng_status store_open(struct store **out, const char *uri,
    enum store_mode mode) CNG_MUST_CHECK;
void store_close(struct store *store);

/* In a forked child: drop the handle without touching the file. */
void store_abandon(struct store *store);

bool store_read_only(const struct store *store);

/* Has the file gone from its path, or another one come there?  What is read
 * through this handle is then the past.  One stat. */
bool store_is_gone(const struct store *store);
/* Is it the same file, which this handle may not write, and others do so now?
 * What they write is seen by one that is opened anew. */
bool store_is_stale(const struct store *store);

/* --- whole stores -------------------------------------------------------- */

/* A file under another name, on its way; fd holds it.  { NULL, -1 } is none. */
struct store_staged {
	char *path;
	int fd;
};

/* A file beside to, for the owner only: one state of the store, whoever
 * writes meanwhile, checked page by page.  *staged is set in any case, and to
 * be handed to store_publish and, whatever came of that, to store_unstage.
 * CNG_ERR_ARGUMENT: to is that store; CNG_ERR_STORE_BUSY: another copy for
 * that place is being made. */
enum cng_status store_copy(struct store *store, const char *to,
    struct store_staged *staged) CNG_MUST_CHECK;
/* The same of a file that store_copy has made, wherever it is; the folder of
 * to is made.  CNG_ERR_NOT_FOUND: there is none; CNG_ERR_STORE_BUSY also:
 * this is a store in use, or not all of it is in the file. */
enum cng_status store_stage(const char *from, const char *to,
    struct store_staged *staged) CNG_MUST_CHECK;
/* Gives it the name.  CNG_ERR_EXISTS: that is taken, if only by the log of a
 * store that is lost; with force what is there makes room,
 * CNG_ERR_STORE_BUSY: unless a program has it open. */
enum cng_status store_publish(const struct store_staged *staged,
    const char *to, bool force) CNG_MUST_CHECK;
/* Removes what is left of it. */
void store_unstage(struct store_staged *staged);

/* --- transactions -------------------------------------------------------- */

/* Takes the write lock at once, waiting for other writers (in turn, some
 * seconds at most: CNG_ERR_STORE_BUSY).  Nothing nests. */
enum cng_status store_begin(struct store *store) CNG_MUST_CHECK;
/* Durable when it returns CNG_OK; otherwise nothing happened. */
enum cng_status store_commit(struct store *store) CNG_MUST_CHECK;
void store_rollback(struct store *store);

/* One process at a time: for what must not run twice at once but is too long
 * for a transaction (trying a PIN).  Transactions may run inside. */
enum cng_status store_turn_take(struct store *store) CNG_MUST_CHECK;
void store_turn_drop(struct store *store);

/* A number that differs when another connection or this one has committed
 * since it was last asked.  O(1), no lock. */
enum cng_status store_stamp(struct store *store, uint64_t *out)
    CNG_MUST_CHECK;

/* --- token facts: small named values (wrapped keys, counters, label) ----- */

enum cng_status store_fact_get(struct store *store, const char *name,
    struct secret *out) CNG_MUST_CHECK;      /* CNG_ERR_NOT_FOUND */
enum cng_status store_fact_put(struct store *store, const char *name,
    struct span value) CNG_MUST_CHECK;       /* inside a transaction */

/* --- records: changes inside a transaction only -------------------------- */

/* Inserts when id is 0 (and sets it), else replaces the row whose version is
 * record->version - 1 (CNG_ERR_NOT_FOUND when it is gone or newer).
 * CNG_ERR_EXISTS: the name is taken. */
enum cng_status store_put(struct store *store, struct store_record *record)
    CNG_MUST_CHECK;
enum cng_status store_remove(struct store *store, uint64_t id)
    CNG_MUST_CHECK;
/* All records and facts. */
enum cng_status store_erase(struct store *store) CNG_MUST_CHECK;

enum cng_status store_get(struct store *store, uint64_t id,
    struct store_record *out) CNG_MUST_CHECK;
enum cng_status store_get_by_name(struct store *store,
    const struct store_tag *name, struct store_record *out) CNG_MUST_CHECK;
enum cng_status store_count(struct store *store, uint64_t *out)
    CNG_MUST_CHECK;

/* --- search: ids only, in ascending order -------------------------------- */

struct store_ids {
	uint64_t *id;            /* mem_free */
	size_t count;
};

/* Records that carry the tag. */
enum cng_status store_find_tag(struct store *store,
    const struct store_tag *tag, struct store_ids *out) CNG_MUST_CHECK;
/* Records whose kind & mask == kind; mask 0: all. */
enum cng_status store_find_kind(struct store *store, uint32_t kind,
    uint32_t mask, struct store_ids *out) CNG_MUST_CHECK;

/* All tags, in ascending order.  It is the store's index and no more true than
 * that.  Several reads: whoever asks looks at the stamp before and after. */
struct store_tagged {
	struct store_tag tag;
	uint32_t kind;           /* of the record */
	uint64_t id;
};
enum cng_status store_list(struct store *store, struct store_tagged **out,
    size_t *count) CNG_MUST_CHECK;           /* mem_free */
/* The highest row number in use, 0 when empty: about how many there are. */
enum cng_status store_last_id(struct store *store, uint64_t *out)
    CNG_MUST_CHECK;

#endif
