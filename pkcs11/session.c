/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of sessions.  Places are used again, each time with the next
 * generation; a place whose generations are used up is left out for good.
 * A handle is, from below, the number of the place, the bit for fork-safe
 * lists, the generation.
 */
#include "pkcs11/session.h"

#include "base/alloc.h"
#include "pkcs11/message.h"

#define INDEX_BITS 16
#define INDEX_MASK (((CK_SESSION_HANDLE)1 << INDEX_BITS) - 1)
#define SAFE_BIT ((CK_SESSION_HANDLE)1 << INDEX_BITS)
#define GENERATION_SHIFT (INDEX_BITS + 1)
#define GENERATION_MAX (~(CK_SESSION_HANDLE)0 >> GENERATION_SHIFT)
#define PLACES_FIRST 16

struct session_place {
	struct session *session;       /* NULL: free */
	CK_SESSION_HANDLE generation;  /* of the session there, or the last */
	size_t next_free;
};

static bool
table_grow(struct session_table *table)
{
	struct session_place *place;
	size_t i, count;

	count = table->places == 0 ? PLACES_FIRST : table->places * 2;
	if (count > SESSION_MAX)
		count = SESSION_MAX;
	if (count <= table->places)
		return false;
	place = mem_grow(table->place, table->places, count, sizeof(*place));
	if (place == NULL)
		return false;
	for (i = table->places; i < count; i++)
		place[i].next_free = i + 1;
	table->first_free = table->places;
	table->place = place;
	table->places = count;
	return true;
}

CK_RV
session_add(struct session_table *table, bool safe, struct session **out)
{
	struct session *session;
	struct session_place *place;
	size_t index;

	*out = NULL;
	if (table->first_free >= table->places) {
		if (table->places >= SESSION_MAX)
			return CKR_SESSION_COUNT;
		if (!table_grow(table))
			return CKR_HOST_MEMORY;
	}
	session = mem_new(1, sizeof(*session));
	if (session == NULL)
		return CKR_HOST_MEMORY;
	lock_init(&session->lock);
	index = table->first_free;
	place = &table->place[index];
	/* The last place of all ends the list of free ones. */
	table->first_free = place->next_free;
	place->session = session;
	place->generation++;
	session->safe = safe;
	session->handle = place->generation << GENERATION_SHIFT |
	    (safe ? SAFE_BIT : 0) | (index + 1);
	*out = session;
	return CKR_OK;
}

bool
session_is_safe(CK_SESSION_HANDLE handle)
{
	return (handle & SAFE_BIT) != 0;
}

struct session *
session_find(const struct session_table *table, CK_SESSION_HANDLE handle)
{
	const struct session_place *place;
	CK_SESSION_HANDLE number;

	number = handle & INDEX_MASK;
	if (number == 0 || number > table->places)
		return NULL;
	place = &table->place[number - 1];
	if (place->session == NULL || place->session->handle != handle)
		return NULL;
	return place->session;
}

void
session_take_out(struct session_table *table, struct session *session)
{
	struct session_place *place;
	size_t index;

	index = (session->handle & INDEX_MASK) - 1;
	place = &table->place[index];
	place->session = NULL;
	if (place->generation == GENERATION_MAX)
		return;
	place->next_free = table->first_free;
	table->first_free = index;
}

struct session *
session_at(const struct session_table *table, size_t index)
{
	return table->place[index].session;
}

void
session_table_free(struct session_table *table)
{
	size_t i;

	for (i = 0; i < table->places; i++)
		session_free(table->place[i].session);
	mem_free(table->place);
	*table = (struct session_table){ 0 };
}

void
session_reset(struct session *session)
{
	size_t i;

	for (i = 0; i < USE_COUNT; i++) {
		operation_free(session->op[i]);
		session->op[i] = NULL;
		message_end(session, (enum operation_use)i);
	}
	secret_free(&session->signature);
	session->signature_first = false;
	session->pin_once = (struct pin_once){ 0 };
	session_end_search(session);
}

void
session_end_search(struct session *session)
{
	mem_free(session->found.id);
	session->found = (struct obj_ids){ 0 };
	session->found_next = 0;
	session->finding = false;
}

void
session_forked(struct session *session)
{
	size_t i;

	/* one PIN, one use: that is the parent's */
	session->pin_once = (struct pin_once){ 0 };
	for (i = 0; i < USE_COUNT; i++)
		if (message_counts(session, (enum operation_use)i))
			message_end(session, (enum operation_use)i);
}

void
session_free(struct session *session)
{
	if (session == NULL)
		return;
	session_reset(session);
	lock_destroy(&session->lock);
	mem_free(session);
}

struct access
session_access(const struct session *session)
{
	struct access who = { session->handle, session->read_write };

	return who;
}
