/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Mechanism objects.
 */
#include "core/mechobj.h"

#include "base/alloc.h"

/* Above the handles of all rows, and those of profiles. */
#define FIRST_ID (UINT64_C(1) << 41)
#define TYPE_SHIFT 2
#define TYPE_MAX UINT32_MAX

static obj_id
id_of(unsigned long type)
{
	return FIRST_ID + ((obj_id)type << TYPE_SHIFT);
}

static uint64_t
type_of(obj_id id)
{
	return (id - FIRST_ID) >> TYPE_SHIFT;
}

bool
mechobj_has_id(obj_id id)
{
	return id >= FIRST_ID && type_of(id) <= TYPE_MAX &&
	    id_of((unsigned long)type_of(id)) == id;
}

static enum cng_status
make(struct object **out, obj_id id)
{
	enum cng_status st = object_new(out, OBJ_MECHANISM);
	uint64_t type = type_of(id);
	struct wr w;

	if (st != CNG_OK)
		return st;
	(*out)->id = id;
	(*out)->flags = PROP_BIT(PROP_TOKEN);
	(*out)->built_in = type;
	/* the same each time, and unlike that of a profile */
	memset((*out)->uid, 0, sizeof (*out)->uid);
	(*out)->uid[0] = 1;
	w = wr_of((*out)->uid + sizeof (*out)->uid - 8, 8);
	wr_u64le(&w, type);
	return CNG_OK;
}

enum cng_status
mechobj_new(struct object **out, const struct token *tok, obj_id id)
{
	const struct mech_source *source = tok->mechanisms;

	*out = NULL;
	if (source == NULL || !mechobj_has_id(id) ||
	    !source->has((unsigned long)type_of(id), tok->compat))
		return CNG_ERR_OBJECT;
	return make(out, id);
}

static enum cng_status
match(struct props tmpl, obj_id id, bool *out)
{
	struct object *obj;
	enum cng_status st = make(&obj, id);

	*out = false;
	if (st != CNG_OK)
		return st;
	st = object_matches(obj, tmpl, out);
	object_free(obj);
	return st;
}

enum cng_status
mechobj_find(struct obj_ids *out, const struct token *tok, struct props tmpl)
{
	const struct mech_source *source = tok->mechanisms;
	unsigned long *types = NULL;
	size_t count;
	bool wanted = false;
	enum cng_status st = CNG_OK;

	*out = (struct obj_ids){ 0 };
	if (source == NULL || props_class(tmpl) != OBJ_MECHANISM)
		return CNG_OK;
	count = source->list(NULL, 0, tok->compat);
	if (count == 0)
		return CNG_OK;
	types = mem_new(count, sizeof *types);
	out->id = mem_new(count, sizeof *out->id);
	if (types == NULL || out->id == NULL)
		st = CNG_ERR_NO_MEMORY;
	else
		count = source->list(types, count, tok->compat);
	for (size_t i = 0; st == CNG_OK && i < count; i++) {
		st = match(tmpl, id_of(types[i]), &wanted);
		if (st == CNG_OK && wanted)
			out->id[out->count++] = id_of(types[i]);
	}
	mem_free(types);
	if (st != CNG_OK) {
		mem_free(out->id);
		*out = (struct obj_ids){ 0 };
	}
	return st;
}
