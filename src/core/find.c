/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Search.  A template with an indexed property asks the store's index, or the
 * copy of it in memory when there are many searches; one
 * that names at most class, token and private is answered from the kind
 * column; only what is left is decoded and compared.
 */
#include "core/internal.h"

#include "base/alloc.h"
#include "core/card.h"
#include "core/mechobj.h"
#include "core/nullkey.h"
#include "core/profile.h"
#include "core/tags.h"

#include <stdlib.h>

struct hits {
	struct obj_ids ids;
	size_t cap;
};

static enum cng_status
hits_add(struct hits *h, obj_id id)
{
	if (h->ids.count == h->cap) {
		size_t cap = h->cap == 0 ? 16 : h->cap * 2;
		obj_id *grown = mem_grow(h->ids.id, h->ids.count, cap,
		    sizeof *grown);

		if (grown == NULL)
			return CNG_ERR_NO_MEMORY;
		h->ids.id = grown;
		h->cap = cap;
	}
	h->ids.id[h->ids.count++] = id;
	return CNG_OK;
}

/* Not decoded: what the index says of it is held against it when it is used. */
static enum cng_status
hits_add_row(struct hits *h, const struct token *tok, uint64_t row,
    unsigned half, bool private) CNG_REQUIRES(tok->lock)
{
	return row > ID_ROW_MAX ? CNG_ERR_STORE_CORRUPT :
	    hits_add(h, shelf_id(tok, row, half, private));
}

/* --- decoded comparison -------------------------------------------------- */

static enum cng_status
match_entry(struct token *tok, const struct entry *e, struct props tmpl,
    struct hits *h) CNG_REQUIRES(tok->lock)
{
	enum cng_status st = CNG_OK;

	for (unsigned half = 0; st == CNG_OK && half < 2; half++) {
		const struct object *obj = e->half[half];
		bool match;

		if (obj == NULL || !token_may_see(tok, obj))
			continue;
		st = object_matches(obj, tmpl, &match);
		if (st == CNG_OK && match)
			st = hits_add(h, obj->id);
	}
	return st;
}

static enum cng_status
match_rows(struct token *tok, const struct store_ids *rows,
    struct props tmpl, struct hits *h) CNG_REQUIRES(tok->lock)
{
	struct entry *e;
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < rows->count; i++) {
		tagmap_forget_old(&tok->tags, rows->id[i], tok->stamp);
		st = shelf_row(tok, rows->id[i], &e);
		if (st == CNG_OK)
			st = match_entry(tok, e, tmpl, h);
		else if (st == CNG_ERR_OBJECT)
			st = CNG_OK; /* gone since the index was read */
	}
	return st;
}

/* --- answers from the kind column ---------------------------------------- */

/* Class, token and private are in the kind; anything else is not. */
static bool
kind_is_enough(struct props tmpl)
{
	for (size_t i = 0; i < tmpl.count; i++)
		if (tmpl.item[i].id != PROP_CLASS &&
		    tmpl.item[i].id != PROP_TOKEN &&
		    tmpl.item[i].id != PROP_PRIVATE)
			return false;
	return true;
}

struct kind_query {
	uint32_t kind;
	uint32_t mask;
	unsigned half;
	bool private;
};

static enum cng_status
run_kind_query(struct token *tok, const struct kind_query *q,
    struct props tmpl, bool decode, struct hits *h) CNG_REQUIRES(tok->lock)
{
	struct store_ids rows = { 0 };
	enum cng_status st;

	if (q->private && tok->role != ROLE_USER)
		return CNG_OK;
	st = store_find_kind(tok->store, q->kind, q->mask, &rows);
	if (st == CNG_OK && decode)
		st = match_rows(tok, &rows, tmpl, h);
	for (size_t i = 0; st == CNG_OK && !decode && i < rows.count; i++)
		st = hits_add_row(h, tok, rows.id[i], q->half, q->private);
	mem_free(rows.id);
	return st;
}

/* Without decoding: main halves and twins, public and private apart. */
static enum cng_status
find_by_kind(struct token *tok, struct props tmpl, struct hits *h)
    CNG_REQUIRES(tok->lock)
{
	uint32_t class = (uint32_t)props_number(tmpl, PROP_CLASS, 0);
	uint32_t class_mask = class == 0 ? 0 : 0xff;
	uint64_t private = props_number(tmpl, PROP_PRIVATE, 2);
	enum cng_status st = CNG_OK;

	for (unsigned p = 0; st == CNG_OK && p < 2; p++) {
		struct kind_query main = { class | (p ? KIND_PRIVATE : 0),
			class_mask | KIND_PRIVATE, 0, p != 0 };
		struct kind_query twin = { KIND_TWIN |
			(p ? KIND_TWIN_PRIVATE : 0),
			KIND_TWIN | KIND_TWIN_PRIVATE, 1, p != 0 };

		if (private != 2 && private != p)
			continue;
		st = run_kind_query(tok, &main, tmpl, false, h);
		if (st == CNG_OK && (class == 0 || class == OBJ_PUBLIC))
			st = run_kind_query(tok, &twin, tmpl, false, h);
	}
	return st;
}

/* Everything of the class is decoded and compared. */
static enum cng_status
find_by_scan(struct token *tok, struct props tmpl, struct hits *h)
    CNG_REQUIRES(tok->lock)
{
	struct kind_query all = { 0, 0, 0, false };

	return run_kind_query(tok, &all, tmpl, true, h);
}

/* --- answers from the tags in memory ------------------------------------- */

/* Does the template ask for no more than a tag and the kind tell? */
static bool
tag_is_enough(struct props tmpl, const struct prop *line)
{
	for (size_t i = 0; i < tmpl.count; i++) {
		const struct prop *item = &tmpl.item[i];

		if (item == line)
			continue;
		if (item->id != PROP_CLASS && item->id != PROP_TOKEN &&
		    item->id != PROP_PRIVATE)
			return false;
		if (props_find(tmpl, item->id) != item)
			return false;
	}
	return true;
}

/* One half, opened and compared. */
static enum cng_status
match_half(struct token *tok, uint64_t row, unsigned half, struct props tmpl,
    struct hits *h) CNG_REQUIRES(tok->lock)
{
	struct entry *e;
	bool match = false;
	enum cng_status st;

	tagmap_forget_old(&tok->tags, row, tok->stamp);
	st = shelf_row(tok, row, &e);
	if (st == CNG_ERR_OBJECT)
		return CNG_OK;
	if (st == CNG_OK && e->half[half] != NULL &&
	    token_may_see(tok, e->half[half]))
		st = object_matches(e->half[half], tmpl, &match);
	return st == CNG_OK && match ? hits_add(h, e->half[half]->id) : st;
}

/* Halves that are private have keyed tags, others have not.  Where a tag may
 * be of either half, and where the kind does not tell enough, the record is
 * opened now; otherwise when the object is first used. */
static enum cng_status
match_line(struct token *tok, const struct store_tagged *line, bool keyed,
    bool enough, struct props tmpl, struct hits *h) CNG_REQUIRES(tok->lock)
{
	uint32_t kind = line->kind;
	bool half[2] = { ((kind & KIND_PRIVATE) != 0) == keyed,
		(kind & KIND_TWIN) != 0 &&
		    ((kind & KIND_TWIN_PRIVATE) != 0) == keyed };
	uint64_t class = props_number(tmpl, PROP_CLASS, OBJ_NONE);
	uint64_t private = props_number(tmpl, PROP_PRIVATE, keyed);
	enum cng_status st = CNG_OK;

	if (enough && half[0] != half[1] && (private != 0) != keyed)
		return CNG_OK;
	if (enough && half[0] != half[1] && !shelf_has(tok, line->id)) {
		uint64_t is = half[1] ? (uint64_t)OBJ_PUBLIC :
					(uint64_t)KIND_CLASS(kind);

		if (class != OBJ_NONE && class != is)
			return CNG_OK;
		if (tagmap_claim(&tok->tags, line))
			return hits_add_row(h, tok, line->id, half[1], keyed);
	}
	for (unsigned i = 0; st == CNG_OK && i < 2; i++)
		if (half[i])
			st = match_half(tok, line->id, i, tmpl, h);
	return st;
}

static enum cng_status
find_in_memory(struct token *tok, const struct prop *line, struct props tmpl,
    struct hits *h) CNG_REQUIRES(tok->lock)
{
	bool enough = tag_is_enough(tmpl, line);
	int last_keyed = tok->role == ROLE_USER;
	enum cng_status st = CNG_OK;

	for (int keyed = 0; st == CNG_OK && keyed <= last_keyed; keyed++) {
		const struct store_tagged *found = NULL;
		struct store_tag tag;
		size_t count = 0;

		st = tag_of_line(tok->vault, keyed != 0, line, &tag);
		if (st == CNG_OK)
			found = tagmap_find(&tok->tags, &tag, &count);
		/* a login that turns out to be over takes the tags along */
		for (size_t i = 0; st == CNG_OK && i < count &&
		     tok->tags.read; i++) {
			struct store_tagged one = found[i];

			st = match_line(tok, &one, keyed != 0, enough, tmpl,
			    h);
		}
	}
	return st;
}

/* --- answers from the store's index -------------------------------------- */

static enum cng_status
find_by_tag(struct token *tok, const struct prop *line, struct props tmpl,
    struct hits *h) CNG_REQUIRES(tok->lock)
{
	struct store_ids rows = { 0 };
	struct store_tag tag;
	enum cng_status st = CNG_OK;
	bool last_keyed = tok->role == ROLE_USER;
	size_t first_end = 0;

	for (int keyed = 0; st == CNG_OK && keyed <= last_keyed; keyed++) {
		st = tag_of_line(tok->vault, keyed != 0, line, &tag);
		if (st == CNG_OK)
			st = store_find_tag(tok->store, &tag, &rows);
		if (st == CNG_OK && keyed == 0) {
			st = match_rows(tok, &rows, tmpl, h);
			first_end = h->ids.count;
		}
		/* a pair with both halves was matched whole already */
		for (size_t i = 0; st == CNG_OK && keyed && i < rows.count;
		     i++) {
			struct store_ids one = { &rows.id[i], 1 };
			bool seen = false;

			for (size_t k = 0; k < first_end && !seen; k++)
				seen = id_number(h->ids.id[k]) == rows.id[i];
			if (!seen)
				st = match_rows(tok, &one, tmpl, h);
		}
		mem_free(rows.id);
		rows = (struct store_ids){ 0 };
	}
	return st;
}

static enum cng_status
find_in(struct token *tok, const struct idmap *map, struct props tmpl,
    struct hits *h) CNG_REQUIRES(tok->lock)
{
	const struct entry *e;
	size_t pos = 0;
	enum cng_status st = CNG_OK;

	while (st == CNG_OK && (e = idmap_next(map, &pos, NULL)) != NULL)
		st = match_entry(tok, e, tmpl, h);
	return st;
}

static enum cng_status
find_on_card(struct token *tok, struct props tmpl, struct hits *h)
    CNG_REQUIRES(tok->lock)
{
	bool kept = props_number(tmpl, PROP_TOKEN, 1) != 0;
	enum cng_status st = kept ? card_refresh(tok) : card_attach(tok);

	return !kept ? st :
	    st == CNG_OK ? find_in(tok, &tok->cache, tmpl, h) : st;
}

static enum cng_status
find_stored(struct token *tok, struct props tmpl, struct hits *h)
    CNG_REQUIRES(tok->lock)
{
	const struct prop *line = tag_best_line(tmpl);
	enum cng_status st;

	if (tok->reader != NULL)
		return find_on_card(tok, tmpl, h);
	st = token_attach_anew(tok);
	if (st == CNG_ERR_NO_TOKEN)
		return CNG_OK;
	if (st != CNG_OK)
		return st;
	if (props_number(tmpl, PROP_TOKEN, 1) == 0)
		return CNG_OK;
	st = store_stamp(tok->store, &tok->stamp);
	if (st != CNG_OK)
		return st;
	if (line != NULL && tagmap_ready(&tok->tags, tok->store, tok->stamp))
		return find_in_memory(tok, line, tmpl, h);
	if (line != NULL)
		return find_by_tag(tok, line, tmpl, h);
	if (kind_is_enough(tmpl))
		return find_by_kind(tok, tmpl, h);
	return find_by_scan(tok, tmpl, h);
}

static int
compare_ids(const void *a, const void *b)
{
	obj_id x = id_place(*(const obj_id *)a);
	obj_id y = id_place(*(const obj_id *)b);

	return x < y ? -1 : x > y;
}

static enum cng_status
find_profiles(struct props tmpl, struct hits *h)
{
	enum cng_status st = CNG_OK;
	bool wanted;

	for (size_t i = 0; st == CNG_OK && i < PROFILE_COUNT; i++) {
		st = profile_wanted(i, tmpl, &wanted);
		if (st == CNG_OK && wanted)
			st = hits_add(h, profile_id(i));
	}
	return st;
}

static enum cng_status
find_mechanisms(const struct token *tok, struct props tmpl, struct hits *h)
{
	struct obj_ids found;
	enum cng_status st = mechobj_find(&found, tok, tmpl);

	for (size_t i = 0; st == CNG_OK && i < found.count; i++)
		st = hits_add(h, found.id[i]);
	mem_free(found.id);
	return st;
}

enum cng_status
token_find(struct token *tok, struct props tmpl, struct obj_ids *out)
{
	struct hits h = { 0 };
	bool null_key = false;
	unsigned moves = 0;
	enum cng_status st;

	*out = (struct obj_ids){ 0 };
	lock_take(&tok->lock);
	do {
		h.ids.count = 0;
		st = find_stored(tok, tmpl, &h);
	} while (token_moved_on(tok, st, &moves));
	if (st == CNG_OK)
		st = find_in(tok, &tok->pool, tmpl, &h);
	lock_drop(&tok->lock);
	if (st == CNG_OK)
		st = null_key_wanted(tmpl, &null_key);
	if (st == CNG_OK && null_key)
		st = hits_add(&h, OBJ_ID_NULL_KEY);
	if (st == CNG_OK)
		st = find_profiles(tmpl, &h);
	if (st == CNG_OK)
		st = find_mechanisms(tok, tmpl, &h);
	if (st != CNG_OK) {
		mem_free(h.ids.id);
		return st;
	}
	/* in order of creation, token objects and session objects alike */
	if (h.ids.count > 1)
		qsort(h.ids.id, h.ids.count, sizeof *h.ids.id, compare_ids);
	*out = h.ids;
	return CNG_OK;
}
