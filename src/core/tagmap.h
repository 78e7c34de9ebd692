/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The tags of a token in memory, for a program that searches often, and the
 * promises that searches give without having opened a record.
 *
 * Tags are not sealed.  What a search takes from them alone is a claim: this
 * row carries that tag, and is of that kind.  Before the object is used for
 * the first time its record is opened, and the claim held against it; an
 * edited index is found out there.
 */
#ifndef CNG_CORE_TAGMAP_H
#define CNG_CORE_TAGMAP_H

#include "core/idmap.h"
#include "store/protect/vault.h"

struct entry;

/* All zero is empty; tagmap_init makes it ready. */
struct tagmap {
	struct store_tagged *line; /* as they were at stamp; NULL: not read */
	size_t count;
	uint32_t *drawer;         /* where the lines of a head begin */
	unsigned bits;            /* of a head */
	uint64_t stamp;
	bool read;
	uint64_t counting;        /* the stamp at which asked began */
	uint64_t asked;           /* searches since */
	uint64_t worth;           /* from so many on, reading all pays */
	struct idmap claims;      /* row -> struct claim */
};

void tagmap_init(struct tagmap *map);
void tagmap_clear(struct tagmap *map);

/* Are the tags in memory those of the stamp?  They are read when as many
 * searches as that costs have come since the last change. */
bool tagmap_ready(struct tagmap *map, struct store *store, uint64_t stamp);

/* The lines with that tag; NULL and 0 when there is none. */
const struct store_tagged *tagmap_find(const struct tagmap *map,
    const struct store_tag *tag, size_t *count);

/* Notes that a caller was told so.  False when it must be looked at now. */
bool tagmap_claim(struct tagmap *map, const struct store_tagged *line);

/* Claims of an older stamp on a row that is about to be compared anew. */
void tagmap_forget_old(struct tagmap *map, uint64_t row, uint64_t stamp);

/* Is all that was claimed of the row true of the entry?  Then it is settled.
 * CNG_ERR_STORE_CORRUPT; or CNG_ERR_OBJECT when somebody has changed
 * something since, which may have been this. */
enum cng_status tagmap_settle(struct tagmap *map, struct vault *vault,
    const struct entry *e, uint64_t stamp) CNG_MUST_CHECK;

#endif
