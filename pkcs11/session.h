/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sessions and their table.  A handle is an index and a generation, never a
 * pointer, so that one of a closed session is not taken for a new one.  The
 * table is used under the lock of call.c.
 */
#ifndef CNG_PKCS11_SESSION_H
#define CNG_PKCS11_SESSION_H

#include "base/lock.h"
#include "core/operation.h"
#include "pkcs11/cryptoki.h"

#include <stdbool.h>

struct message;              /* see message.h */

/* A key that wants its PIN for each use, in calls that are a whole use: the
 * one that was refused last, and whether the PIN has come since. */
struct pin_once {
	CK_OBJECT_HANDLE key;    /* 0: none */
	unsigned long turns;     /* of the slot's logins, when it was refused */
	bool given;
};

struct session {
	/* fixed when the session is opened */
	CK_SESSION_HANDLE handle;
	CK_SLOT_ID slot;
	struct token *token;
	bool read_write;
	bool safe;               /* opened through a fork-safe list */

	unsigned refs;           /* of callers inside; guarded by the table's */

	/* One caller at a time; guards all that follows. */
	struct lock lock;
	bool closed;
	struct operation *op[USE_COUNT];
	struct secret signature; /* C_VerifySignatureInit: of op[USE_VERIFY] */
	bool signature_first;
	struct message *message[USE_COUNT];
	struct pin_once pin_once;
	bool finding;
	struct obj_ids found;
	size_t found_next;
};

#define SESSION_MAX 65535

struct session_place;

struct session_table {
	struct session_place *place;
	size_t places;
	size_t first_free;       /* index, or places when all are taken */
};

/* A new session with its handle set; refs is 0. */
CK_RV session_add(
    struct session_table *table, bool safe, struct session **out);
/* What session_add was told, out of the handle alone. */
bool session_is_safe(CK_SESSION_HANDLE handle);
/* NULL when the handle is no open session. */
struct session *session_find(
    const struct session_table *table, CK_SESSION_HANDLE handle);
/* The handle is dead from here on; the session itself stays. */
void session_take_out(struct session_table *table, struct session *session);
/* The session in a place, or NULL; for walks from 0 to places. */
struct session *session_at(const struct session_table *table, size_t index);
void session_table_free(struct session_table *table);

/* In a child: ends what would repeat a nonce of the parent's. */
void session_forked(struct session *session);
/* Ends operations and searches. */
void session_reset(struct session *session);
void session_end_search(struct session *session);
void session_free(struct session *session);

/* How core is told on whose behalf something is made. */
struct access session_access(const struct session *session);

#endif
