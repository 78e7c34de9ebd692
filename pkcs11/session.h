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

struct session {
	/* fixed when the session is opened */
	CK_SESSION_HANDLE handle;
	CK_SLOT_ID slot;
	struct token *token;
	bool read_write;

	unsigned refs;           /* of callers inside; guarded by the table's */

	/* One caller at a time; guards all that follows. */
	struct lock lock;
	bool closed;
	struct operation *op[USE_COUNT];
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
CK_RV session_add(struct session_table *table, struct session **out);
/* NULL when the handle is no open session. */
struct session *session_find(
    const struct session_table *table, CK_SESSION_HANDLE handle);
/* The handle is dead from here on; the session itself stays. */
void session_take_out(struct session_table *table, struct session *session);
/* The session in a place, or NULL; for walks from 0 to places. */
struct session *session_at(const struct session_table *table, size_t index);
void session_table_free(struct session_table *table);

/* Ends operations and searches. */
void session_reset(struct session *session);
void session_free(struct session *session);

/* How core is told on whose behalf something is made. */
struct access session_access(const struct session *session);

#endif
