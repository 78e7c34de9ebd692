/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of sessions.  Places are used again, each time with the next
 * generation, also after C_Finalize; one whose generations are used up is
 * left out for good.
 */
#include "pkcs11/session.h"

#include "base/alloc.h"
#include "pkcs11/message.h"
#include "pkcs11/pinonce.h"

#define INDEX_BITS 16
#define INDEX_MASK (((CK_SESSION_HANDLE)1 << INDEX_BITS) - 1)
#define GENERATION_SHIFT (INDEX_BITS + 1)
/* CK_ULONG may have 32 bits. */
#define GENERATION_MAX \
	(sizeof(CK_ULONG) > 4 ? UINT32_MAX : UINT32_MAX >> GENERATION_SHIFT)

/* --- places --- */

/* The number of a free place, locked, or 0. */
static size_t
place_take(struct session_table *table) CNG_TSA(no_thread_safety_analysis)
{
	struct session_place *place;
	size_t number;

	lock_take(&table->lock);
	number = table->first_free;
	if (number != 0) {
		place = &table->place[number - 1];
		table->first_free = place->next_free;
	} else {
		number = atomic_load(&table->places) + 1;
		if (number > SESSION_MAX)
			number = 0;
		else
			lock_init(&table->place[number - 1].lock);
		/* from here on others may lock it */
		if (number != 0)
			atomic_store(&table->places, number);
	}
	lock_drop(&table->lock);
	if (number != 0)
		lock_take(&table->place[number - 1].lock);
	return number;
}

/* Empties it, unlocks it and puts it among the free ones. */
static void
place_give_back(struct session_table *table, size_t number)
    CNG_TSA(no_thread_safety_analysis)
{
	struct session_place *place = &table->place[number - 1];
	bool again = place->generation < GENERATION_MAX;

	place->session = NULL;
	lock_drop(&place->lock);
	if (!again)
		return;
	lock_take(&table->lock);
	place->next_free = (uint16_t)table->first_free;
	table->first_free = number;
	lock_drop(&table->lock);
}

static struct session_place *
place_of(struct session_table *table, const struct session *session)
{
	return &table->place[(session->handle & INDEX_MASK) - 1];
}

/* --- sessions --- */

CK_RV
session_add(struct session_table *table, const struct session *model,
    CK_SESSION_HANDLE *out) CNG_TSA(no_thread_safety_analysis)
{
	struct session *session;
	struct session_place *place;
	size_t number;

	session = mem_new(1, sizeof(*session));
	if (session == NULL)
		return CKR_HOST_MEMORY;
	number = place_take(table);
	if (number == 0) {
		mem_free(session);
		return CKR_SESSION_COUNT;
	}
	place = &table->place[number - 1];
	place->generation++;
	*session = *model;
	session->handle =
	    (CK_SESSION_HANDLE)place->generation << GENERATION_SHIFT |
	    (model->safe ? SESSION_SAFE_BIT : 0) | number;
	*out = session->handle;
	place->session = session;
	lock_drop(&place->lock);
	return CKR_OK;
}

static bool
is_used(struct session_table *table, size_t index)
{
	return index < atomic_load_explicit(&table->places,
	    memory_order_acquire);
}

struct session *
session_enter(struct session_table *table, CK_SESSION_HANDLE handle)
{
	size_t index = (size_t)(handle & INDEX_MASK) - 1;
	struct session_place *place;

	if (!is_used(table, index))
		return NULL;
	place = &table->place[index];
	lock_take(&place->lock);
	if (place->session != NULL && place->session->handle == handle)
		return place->session;
	lock_drop(&place->lock);
	return NULL;
}

struct session *
session_enter_at(struct session_table *table, size_t index)
{
	struct session_place *place;

	if (!is_used(table, index))
		return NULL;
	place = &table->place[index];
	lock_take(&place->lock);
	if (place->session != NULL)
		return place->session;
	lock_drop(&place->lock);
	return NULL;
}

static void
forget(struct session *session)
{
	size_t i;

	for (i = 0; i < USE_COUNT; i++) {
		operation_free(session->spare[i]);
		session->spare[i] = NULL;
	}
	pinonce_logout(session);
}

void
session_leave(struct session_table *table, struct session *session)
{
	struct session_place *place = place_of(table, session);

	if (atomic_load_explicit(&place->forget, memory_order_relaxed)) {
		atomic_store(&place->forget, false);
		forget(session);
	}
	lock_drop(&place->lock);
}

void
session_close(struct session_table *table, struct session *session)
{
	size_t number = (size_t)(session->handle & INDEX_MASK);

	session_reset(session);
	place_give_back(table, number);
	mem_free(session);
}

void
session_table_clear(struct session_table *table)
{
	struct session *session;
	size_t i, count = atomic_load(&table->places);

	for (i = 0; i < count; i++) {
		session = session_enter_at(table, i);
		if (session != NULL)
			session_close(table, session);
	}
}

void
session_forget_all(struct session_table *table)
{
	size_t i, count = atomic_load(&table->places);
	struct session_place *place;

	for (i = 0; i < count; i++) {
		place = &table->place[i];
		atomic_store(&place->forget, true);
		if (pthread_mutex_trylock(&place->lock.mutex) != 0)
			continue;
		atomic_store(&place->forget, false);
		if (place->session != NULL)
			forget(place->session);
		lock_drop(&place->lock);
	}
}

/* --- forks --- */

size_t
session_lock_all(struct session_table *table, const struct timespec *until)
{
	size_t i, count = atomic_load(&table->places);

	for (i = 0; i < count; i++)
		if (pthread_mutex_timedlock(&table->place[i].lock.mutex,
		    until) != 0)
			break;
	return i;
}

void
session_unlock_all(struct session_table *table, size_t count)
{
	while (count > 0)
		lock_drop(&table->place[--count].lock);
}

bool
session_all_quiet(struct session_table *table)
{
	size_t i, count = atomic_load(&table->places);

	for (i = 0; i < count; i++) {
		if (pthread_mutex_trylock(&table->place[i].lock.mutex) != 0)
			return false;
		lock_drop(&table->place[i].lock);
	}
	return true;
}

void
session_table_adopt(struct session_table *table, bool forsake)
{
	size_t i, count = atomic_load(&table->places);
	struct session_place *place;

	lock_init(&table->lock);
	if (forsake)
		table->first_free = 0;
	for (i = 0; i < count; i++) {
		place = &table->place[i];
		lock_init(&place->lock);
		if (!forsake || place->generation >= GENERATION_MAX)
			continue;
		place->session = NULL;
		place->next_free = (uint16_t)table->first_free;
		table->first_free = i + 1;
	}
}

/* --- what runs in one --- */

void
session_end(struct session *session, enum operation_use use)
{
	struct operation *o = session->op[use];

	if (o == NULL)
		return;
	session->op[use] = NULL;
	operation_free(session->spare[use]);
	session->spare[use] = operation_rest(o);
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
	pinonce_forget(session);
	forget(session);
	secret_free(&session->signature);
	session->signature_first = false;
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
	pinonce_forget(session);
	for (i = 0; i < USE_COUNT; i++)
		if (message_counts(session, (enum operation_use)i))
			message_end(session, (enum operation_use)i);
}

struct access
session_access(const struct session *session)
{
	struct access who = { session->handle, session->read_write };

	return who;
}
