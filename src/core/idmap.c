/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hash map from a number to a pointer: open addressing, linear probing,
 * backward-shift deletion (no tombstones).
 */
#include "core/idmap.h"

#include "base/alloc.h"

#include <stdbool.h>

#define CAP_FIRST 16

struct idmap_slot {
	uint64_t key;             /* 0: free */
	void *value;
};

static size_t
home_of(const struct idmap *map, uint64_t key)
{
	return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 20) &
	    (map->cap - 1);
}

/* The slot of the key, or the free one where it would go. */
static size_t
slot_of(const struct idmap *map, uint64_t key)
{
	size_t i = home_of(map, key);

	while (map->slot[i].key != 0 && map->slot[i].key != key)
		i = (i + 1) & (map->cap - 1);
	return i;
}

void *
idmap_get(const struct idmap *map, uint64_t key)
{
	if (map->cap == 0 || key == 0)
		return NULL;
	return map->slot[slot_of(map, key)].value;
}

static void
count_loss(struct idmap *map)
{
	atomic_fetch_add(&map->losses, 1);
}

static enum cng_status
grow(struct idmap *map)
{
	struct idmap bigger = {
		.cap = map->cap == 0 ? CAP_FIRST : map->cap * 2,
	};

	bigger.slot = mem_new(bigger.cap, sizeof *bigger.slot);
	if (bigger.slot == NULL)
		return CNG_ERR_NO_MEMORY;
	for (size_t i = 0; i < map->cap; i++)
		if (map->slot[i].key != 0)
			bigger.slot[slot_of(&bigger, map->slot[i].key)] =
			    map->slot[i];
	mem_free(map->slot);
	map->slot = bigger.slot;
	map->cap = bigger.cap;
	return CNG_OK;
}

enum cng_status
idmap_put(struct idmap *map, uint64_t key, void *value)
{
	struct idmap_slot *slot;

	if (key == 0)
		return CNG_ERR_INTERNAL;
	if ((map->count + 1) * 4 > map->cap * 3) {
		enum cng_status st = grow(map);

		if (st != CNG_OK)
			return st;
	}
	slot = &map->slot[slot_of(map, key)];
	if (slot->key == 0)
		map->count++;
	else
		count_loss(map);
	if (slot->key != 0 && map->free_value != NULL && slot->value != value)
		map->free_value(slot->value);
	slot->key = key;
	slot->value = value;
	return CNG_OK;
}

void *
idmap_take(struct idmap *map, uint64_t key)
{
	size_t hole, i;
	void *value;

	if (map->cap == 0 || key == 0)
		return NULL;
	hole = slot_of(map, key);
	if (map->slot[hole].key == 0)
		return NULL;
	count_loss(map);
	value = map->slot[hole].value;
	map->count--;
	for (i = (hole + 1) & (map->cap - 1); map->slot[i].key != 0;
	     i = (i + 1) & (map->cap - 1)) {
		size_t home = home_of(map, map->slot[i].key);

		/* moves back unless its home lies after the hole */
		if (((i - home) & (map->cap - 1)) >=
		    ((i - hole) & (map->cap - 1))) {
			map->slot[hole] = map->slot[i];
			hole = i;
		}
	}
	map->slot[hole] = (struct idmap_slot){ 0 };
	return value;
}

void
idmap_clear(struct idmap *map)
{
	count_loss(map);
	for (size_t i = 0; i < map->cap; i++)
		if (map->slot[i].key != 0 && map->free_value != NULL)
			map->free_value(map->slot[i].value);
	mem_free(map->slot);
	map->slot = NULL;
	map->cap = 0;
	map->count = 0;
}

void *
idmap_next(const struct idmap *map, size_t *pos, uint64_t *key)
{
	while (*pos < map->cap) {
		const struct idmap_slot *slot = &map->slot[(*pos)++];

		if (slot->key != 0) {
			if (key != NULL)
				*key = slot->key;
			return slot->value;
		}
	}
	return NULL;
}
