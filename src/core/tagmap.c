/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The tags of a token in memory.
 */
#include "core/tagmap.h"

#include "base/alloc.h"
#include "core/internal.h"
#include "core/tags.h"

/* Reading all rows takes about as long as searching for one in so many. */
#define ROWS_A_SEARCH 64
/* Of more rows than these the store's own index is good enough. */
#define ROWS_MAX 500000
#define CLAIMS_MAX 131072
#define CLAIM_TAGS 2
#define LINES_A_DRAWER 4
#define BITS_MAX 20

struct claim {
	uint64_t stamp;
	uint32_t kind;
	uint32_t count;
	struct store_tag tag[CLAIM_TAGS];
};

void
tagmap_init(struct tagmap *map)
{
	*map = (struct tagmap){ .claims = { .free_value = mem_free } };
}

static void
drop_lines(struct tagmap *map)
{
	mem_free(map->line);
	mem_free(map->drawer);
	map->line = NULL;
	map->drawer = NULL;
	map->count = 0;
	map->read = false;
}

void
tagmap_clear(struct tagmap *map)
{
	drop_lines(map);
	idmap_clear(&map->claims);
	map->counting = map->asked = map->worth = 0;
}

/* --- reading -------------------------------------------------------------- */

static bool
is_worth_it(struct tagmap *map, struct store *store, uint64_t stamp)
{
	uint64_t rows;

	if (map->asked == 0 || map->counting != stamp) {
		if (store_last_id(store, &rows) != CNG_OK)
			return false;
		map->counting = stamp;
		map->asked = 0;
		map->worth = rows > ROWS_MAX ? UINT64_MAX :
					       rows / ROWS_A_SEARCH + 1;
	}
	map->asked++;
	return map->asked > map->worth;
}

static size_t
drawer_of(const struct tagmap *map, const struct store_tag *tag)
{
	uint32_t head = (uint32_t)tag->bytes[0] << 24 |
	    (uint32_t)tag->bytes[1] << 16 | (uint32_t)tag->bytes[2] << 8 |
	    tag->bytes[3];

	return head >> (32 - map->bits);
}

/* Tags are hashes, so spread evenly: their first bits put a few lines into
 * each drawer. */
static bool
sort_into_drawers(struct tagmap *map)
{
	size_t last = 0, drawers;

	map->bits = 1;
	while (map->bits < BITS_MAX && map->count >> map->bits > LINES_A_DRAWER)
		map->bits++;
	drawers = (size_t)1 << map->bits;
	map->drawer = mem_new(drawers + 1, sizeof *map->drawer);
	if (map->drawer == NULL || map->count > UINT32_MAX)
		return false;
	for (size_t i = 0; i < map->count; i++) {
		size_t drawer = drawer_of(map, &map->line[i].tag);

		while (last < drawer)
			map->drawer[++last] = (uint32_t)i;
	}
	while (last < drawers)
		map->drawer[++last] = (uint32_t)map->count;
	return true;
}

bool
tagmap_ready(struct tagmap *map, struct store *store, uint64_t stamp)
{
	uint64_t after;

	if (map->read && map->stamp == stamp)
		return true;
	drop_lines(map);
	if (!is_worth_it(map, store, stamp))
		return false;
	map->asked = 0;
	/* when it cannot be read, the search that comes now will say why */
	if (store_list(store, &map->line, &map->count) != CNG_OK)
		return false;
	if (!sort_into_drawers(map) || store_stamp(store, &after) != CNG_OK ||
	    after != stamp) {
		drop_lines(map);
		return false;
	}
	map->stamp = stamp;
	map->read = true;
	return true;
}

/* --- searching ------------------------------------------------------------ */

static int
compare(const struct store_tagged *line, const struct store_tag *tag)
{
	return memcmp(line->tag.bytes, tag->bytes, STORE_TAG);
}

/* The first line that is not below the tag: all that begin as it does are
 * side by side, and few. */
static size_t
lower_bound(const struct tagmap *map, const struct store_tag *tag)
{
	size_t drawer = drawer_of(map, tag);
	size_t at = map->drawer[drawer], end = map->drawer[drawer + 1];

	while (at < end && compare(&map->line[at], tag) < 0)
		at++;
	return at;
}

const struct store_tagged *
tagmap_find(const struct tagmap *map, const struct store_tag *tag,
    size_t *count)
{
	size_t first = map->count == 0 ? 0 : lower_bound(map, tag);
	size_t end = first;

	while (end < map->count && compare(&map->line[end], tag) == 0)
		end++;
	*count = end - first;
	return end == first ? NULL : &map->line[first];
}

/* --- claims --------------------------------------------------------------- */

static bool
has_tag(const struct store_tag *tags, size_t count,
    const struct store_tag *tag)
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(&tags[i], tag, sizeof *tag) == 0)
			return true;
	return false;
}

bool
tagmap_claim(struct tagmap *map, const struct store_tagged *line)
{
	struct claim *claim = idmap_get(&map->claims, line->id);

	if (claim == NULL) {
		if (map->claims.count >= CLAIMS_MAX)
			return false;
		claim = mem_new(1, sizeof *claim);
		if (claim == NULL)
			return false;
		claim->kind = line->kind;
		claim->stamp = map->stamp;
		if (idmap_put(&map->claims, line->id, claim) != CNG_OK) {
			mem_free(claim);
			return false;
		}
	}
	if (claim->stamp != map->stamp || claim->kind != line->kind)
		return false;
	if (has_tag(claim->tag, claim->count, &line->tag))
		return true;
	if (claim->count == CLAIM_TAGS)
		return false;
	claim->tag[claim->count++] = line->tag;
	return true;
}

void
tagmap_forget_old(struct tagmap *map, uint64_t row, uint64_t stamp)
{
	const struct claim *claim = idmap_get(&map->claims, row);

	if (claim != NULL && claim->stamp != stamp)
		mem_free(idmap_take(&map->claims, row));
}

enum cng_status
tagmap_settle(struct tagmap *map, struct vault *vault, const struct entry *e,
    uint64_t stamp)
{
	const struct claim *claim = idmap_get(&map->claims, e->row);
	struct store_record rec = { 0 };
	enum cng_status st;
	bool ok;

	/* without a login nothing is proved, and the claim stands */
	if (claim == NULL || !vault_is_open(vault))
		return CNG_OK;
	st = tags_of_entry(vault, e, &rec);
	if (st != CNG_OK)
		return st;
	ok = claim->kind == entry_kind(e);
	for (size_t i = 0; ok && i < claim->count; i++)
		ok = has_tag(rec.tag, rec.tag_count, &claim->tag[i]);
	if (!ok)
		return claim->stamp == stamp ? CNG_ERR_STORE_CORRUPT :
					       CNG_ERR_OBJECT;
	mem_free(idmap_take(&map->claims, e->row));
	return CNG_OK;
}
