/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sessions and their table.  A handle is an index and a generation, never a
 * pointer, so that one of a closed session is not taken for a new one.
 *
 * Each place of the table has a lock of its own, which is all that a call on
 * a session takes: threads with a session each never meet.  So the table is
 * never moved or freed, and whoever comes late finds a place with a lock.
 */
#ifndef CNG_PKCS11_SESSION_H
#define CNG_PKCS11_SESSION_H

#include "base/lock.h"
#include "core/operation.h"
#include "pkcs11/cryptoki.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

struct mech;                 /* see mech.h */
struct message;              /* see message.h */

/* A key that wants its PIN for each use, in calls that are a whole use: the
 * one that was refused last, and whether the PIN has come since. */
struct pin_once {
	CK_OBJECT_HANDLE key;    /* 0: none */
	struct object *object;   /* that one */
	unsigned long turns;     /* of the slot's logins, when it was refused */
	bool given;
};

/* Guarded by the lock of its place: one caller at a time. */
struct session {
	/* fixed when the session is opened */
	CK_SESSION_HANDLE handle;
	CK_SLOT_ID slot;
	struct token *token;
	bool read_write;
	bool safe;               /* opened through a fork-safe list */
	unsigned card;           /* which of the slot's; 0: it is a store */

	struct operation *op[USE_COUNT];
	struct operation *spare[USE_COUNT]; /* ended, for the next one */
	const struct mech *row[USE_COUNT];  /* of the last one, or NULL */
	struct secret signature; /* C_VerifySignatureInit: of op[USE_VERIFY] */
	bool signature_first;
	bool digest_saved;       /* the state of op[USE_DIGEST], or it is one */
	struct message *message[USE_COUNT];
	struct pin_once pin_once;
	uint64_t begun[2 * USE_COUNT]; /* when: op, then message */
	uint64_t begun_last;
	bool finding;
	struct obj_ids found;
	size_t found_next;
};

#define SESSION_MAX 65535
/* One of them is in a cache line of its own. */
#define SESSION_LINE 64

struct session_place {
	_Alignas(SESSION_LINE) struct lock lock;
	struct session *session;      /* NULL: free */
	uint32_t generation;          /* of the session there, or the last */
	uint16_t next_free;           /* number of a place, 0: none */
	atomic_bool forget;           /* spare operations have to go */
};

/* All zero is an empty table.  Of its pages, those cost memory that have been
 * used. */
struct session_table {
	struct lock lock;             /* guards the next; after a place's */
	size_t first_free;            /* number of a place, 0: none */
	atomic_size_t places;         /* have been used */
	struct session_place place[SESSION_MAX];
};

/* A new session like the model, which lacks but its handle. */
CK_RV session_add(struct session_table *table, const struct session *model,
    CK_SESSION_HANDLE *out);
/* A handle is, from below, the number of the place, the bit for fork-safe
 * lists, the generation. */
#define SESSION_SAFE_BIT ((CK_SESSION_HANDLE)1 << 16)

/* What the model of session_add said, out of the handle alone. */
static inline bool
session_is_safe(CK_SESSION_HANDLE handle)
{
	return (handle & SESSION_SAFE_BIT) != 0;
}

/* Locks the place and gives the session there, or NULL, not locked, when the
 * handle is no open session. */
struct session *session_enter(struct session_table *table,
    CK_SESSION_HANDLE handle) CNG_TSA(no_thread_safety_analysis);
/* The same of any session in a place, from 0 to places. */
struct session *session_enter_at(struct session_table *table, size_t index)
    CNG_TSA(no_thread_safety_analysis);
void session_leave(struct session_table *table, struct session *session)
    CNG_TSA(no_thread_safety_analysis);
/* Instead of leaving: ends and frees it. */
void session_close(struct session_table *table, struct session *session)
    CNG_TSA(no_thread_safety_analysis);
void session_table_clear(struct session_table *table);

/* Spare operations of all sessions go, with the keys that they hold; those of
 * a session that somebody is in, when he leaves it. */
void session_forget_all(struct session_table *table)
    CNG_TSA(no_thread_safety_analysis);

/* Around a fork: locks all places, until then; how many it got.  Is nobody
 * in any session? */
size_t session_lock_all(struct session_table *table,
    const struct timespec *until) CNG_TSA(no_thread_safety_analysis);
void session_unlock_all(struct session_table *table, size_t count)
    CNG_TSA(no_thread_safety_analysis);
bool session_all_quiet(struct session_table *table)
    CNG_TSA(no_thread_safety_analysis);
/* In a child: the locks anew.  The sessions are there, or forsaken: then no
 * handle of them means anything. */
void session_table_adopt(struct session_table *table, bool forsake);

/* In a child: ends what would repeat a nonce of the parent's. */
void session_forked(struct session *session);
/* Ends an operation and keeps what the next one can use of it. */
void session_end(struct session *session, enum operation_use use);
/* An operation was begun: which is its use, and USE_COUNT more where it is one
 * on messages.  The next PIN is for the last one that wants one. */
static inline void
session_begun(struct session *s, size_t which)
{
	s->begun[which] = ++s->begun_last;
}
/* Ends operations and searches. */
void session_reset(struct session *session);
void session_end_search(struct session *session);

/* How core is told on whose behalf something is made. */
struct access session_access(const struct session *session);

#endif
