/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of handles.  A handle is generation, index and kind; a place is
 * used again with the next generation, and left out when those are used up.
 */
#include "ncrypt/face.h"

#include "base/alloc.h"

#include <pthread.h>

#define KIND_BITS 2
#define INDEX_BITS 16
#define INDEX_MASK (((NCRYPT_HANDLE)1 << INDEX_BITS) - 1)
#define GENERATION_SHIFT (KIND_BITS + INDEX_BITS)
#define GENERATION_MAX (~(NCRYPT_HANDLE)0 >> GENERATION_SHIFT)
#define PLACES_FIRST 16
#define PLACES_MAX 65535

struct place {
	struct thing *thing;     /* NULL: free */
	NCRYPT_HANDLE generation;
	size_t next_free;
};

static struct {
	struct lock lock;
	struct place *place;
	size_t places;
	size_t first_free;
	bool forked;             /* the parent's stores are not let go yet */
} table = { .lock = { PTHREAD_MUTEX_INITIALIZER } };

/* --- forks --------------------------------------------------------------- */

static void
before_fork(void) CNG_TSA(no_thread_safety_analysis)
{
	lock_take(&table.lock);
}

static void
after_fork_parent(void) CNG_TSA(no_thread_safety_analysis)
{
	lock_drop(&table.lock);
}

/* Nobody else is here: whoever held a key's lock stayed in the parent. */
static void
after_fork_child(void) CNG_TSA(no_thread_safety_analysis)
{
	lock_init(&table.lock);
	table.forked = true;
	state_after_fork();
	store_after_fork();
	card_pin_after_fork();
	buffer_after_fork();
	for (size_t i = 0; i < table.places; i++) {
		struct thing *thing = table.place[i].thing;

		if (thing == NULL)
			continue;
		if (thing->kind == THING_KEY)
			lock_init(&((struct nkey *)thing)->lock);
		if (thing->kind == THING_PROVIDER)
			lock_init(&((struct nprov *)thing)->lock);
	}
}

static void
watch_forks(void)
{
	static bool watched;

	if (!watched)
		watched = pthread_atfork(before_fork, after_fork_parent,
		    after_fork_child) == 0;
}

static void
settle_after_fork(void) CNG_REQUIRES(table.lock)
{
	if (!table.forked)
		return;
	table.forked = false;
	state_settle();
}

/* --- places -------------------------------------------------------------- */

static enum cng_status
grow(void) CNG_REQUIRES(table.lock)
{
	size_t count = table.places == 0 ? PLACES_FIRST : table.places * 2;
	struct place *place;

	if (count > PLACES_MAX)
		count = PLACES_MAX;
	if (count <= table.places)
		return CNG_ERR_NO_MEMORY;
	place = mem_grow(table.place, table.places, count, sizeof(*place));
	if (place == NULL)
		return CNG_ERR_NO_MEMORY;
	for (size_t i = table.places; i < count; i++)
		place[i].next_free = i + 1;
	table.first_free = table.places;
	table.place = place;
	table.places = count;
	return CNG_OK;
}

static struct place *
place_of(NCRYPT_HANDLE handle) CNG_REQUIRES(table.lock)
{
	size_t index = (handle >> KIND_BITS) & INDEX_MASK;
	struct place *place;

	if (index == 0 || index > table.places)
		return NULL;
	place = &table.place[index - 1];
	if (place->thing == NULL || place->thing->handle != handle)
		return NULL;
	return place;
}

/* The last reference is gone. */
static void
vacate(NCRYPT_HANDLE handle) CNG_REQUIRES(table.lock)
{
	struct place *place = place_of(handle);

	if (place == NULL)
		return;
	place->thing = NULL;
	if (place->generation >= GENERATION_MAX)
		return;
	place->next_free = table.first_free;
	table.first_free = (size_t)(place - table.place);
}

enum cng_status
handle_add(struct thing *thing)
{
	struct place *place;
	size_t index;
	enum cng_status st = CNG_OK;

	lock_take(&table.lock);
	settle_after_fork();
	watch_forks();
	if (table.first_free >= table.places)
		st = grow();
	if (st == CNG_OK) {
		index = table.first_free;
		place = &table.place[index];
		table.first_free = place->next_free;
		place->thing = thing;
		place->generation++;
		thing->refs = 1;
		thing->open = 1;
		thing->handle = place->generation << GENERATION_SHIFT |
		    (NCRYPT_HANDLE)(index + 1) << KIND_BITS |
		    (NCRYPT_HANDLE)thing->kind;
	}
	lock_drop(&table.lock);
	return st;
}

struct thing *
handle_take(NCRYPT_HANDLE handle, enum thing_kind kind)
{
	struct thing *thing = NULL;
	struct place *place;

	lock_take(&table.lock);
	settle_after_fork();
	place = place_of(handle);
	if (place != NULL && place->thing->open > 0 &&
	    (kind == THING_NONE || place->thing->kind == kind)) {
		thing = place->thing;
		thing->refs++;
	}
	lock_drop(&table.lock);
	return thing;
}

struct thing *
handle_ref(struct thing *thing)
{
	lock_take(&table.lock);
	thing->refs++;
	lock_drop(&table.lock);
	return thing;
}

void
handle_put(struct thing *thing)
{
	bool last;

	lock_take(&table.lock);
	thing->refs--;
	last = thing->refs == 0 && thing->open == 0;
	if (last)
		vacate(thing->handle);
	lock_drop(&table.lock);
	if (last)
		thing->release(thing);
}

void
handle_again(struct thing *thing)
{
	lock_take(&table.lock);
	thing->open++;
	lock_drop(&table.lock);
}

bool
handle_close(NCRYPT_HANDLE handle)
{
	struct thing *thing = handle_take(handle, THING_NONE);

	if (thing == NULL)
		return false;
	lock_take(&table.lock);
	if (thing->open > 0)
		thing->open--;
	lock_drop(&table.lock);
	handle_put(thing);
	return true;
}
