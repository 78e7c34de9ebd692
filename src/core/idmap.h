/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hash map from a number to a pointer; owns what it points to.
 */
#ifndef CNG_CORE_IDMAP_H
#define CNG_CORE_IDMAP_H

#include "base/status.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty map. */
struct idmap {
	struct idmap_slot *slot;
	size_t cap;               /* a power of two, or 0 */
	size_t count;
	void (*free_value)(void *);
	/* raised before anything that was there goes; anybody may look */
	_Atomic uint64_t losses;
};

void *idmap_get(const struct idmap *map, uint64_t key);
/* Frees the value that was there.  key is not 0. */
enum cng_status idmap_put(struct idmap *map, uint64_t key, void *value)
    CNG_MUST_CHECK;
/* Hands the value back to the caller; NULL when there was none. */
void *idmap_take(struct idmap *map, uint64_t key);
void idmap_clear(struct idmap *map);

/* Walks in no order: start with *pos 0; NULL at the end.  Nothing may be
 * added meanwhile; the one just seen may be taken if *pos goes back by one
 * (another may have moved there, and some may be seen twice). */
void *idmap_next(const struct idmap *map, size_t *pos, uint64_t *key);

#endif
