/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Templates that a key carries.
 */
#include "core/keytmpl.h"

bool
keytmpl_carried(const struct object *key, enum prop_id which)
{
	return object_has_prop(key, which) &&
	    key->kept[which - PROP_LABEL].len > 0;
}

/* A template that cannot be read is as strict as any. */
static bool
unpack(const struct object *key, enum prop_id which,
    struct prop item[PROPS_MAX], struct props *out)
{
	size_t count;

	if (!props_unpack(secret_span(&key->kept[which - PROP_LABEL]), item,
		&count))
		return false;
	*out = (struct props){ item, count };
	return true;
}

bool
keytmpl_names(const struct object *key, enum prop_id which, enum prop_id id)
{
	struct prop item[PROPS_MAX];
	struct props own;

	return keytmpl_carried(key, which) && unpack(key, which, item, &own) &&
	    props_find(own, id) != NULL;
}

bool
keytmpl_hides(const struct object *key, enum prop_id which)
{
	struct prop item[PROPS_MAX];
	struct props own;

	if (!keytmpl_carried(key, which))
		return false;
	return !unpack(key, which, item, &own) ||
	    props_number(own, PROP_SENSITIVE, 0) != 0 ||
	    props_number(own, PROP_EXTRACTABLE, 1) == 0;
}

enum cng_status
keytmpl_fits(const struct object *key, enum prop_id which,
    const struct object *obj)
{
	struct prop item[PROPS_MAX];
	struct props own;
	bool fits = false;
	enum cng_status st;

	if (!keytmpl_carried(key, which))
		return CNG_OK;
	if (!unpack(key, which, item, &own))
		return CNG_ERR_OBJECT;
	st = object_matches(obj, own, &fits);
	return st == CNG_OK && !fits ? CNG_ERR_OBJECT : st;
}

static bool
says_the_same(const struct prop *a, const struct prop *b)
{
	return prop_kind(a->id) == PROP_BYTES ?
	    span_equal(a->bytes, b->bytes) : a->number == b->number;
}

enum cng_status
keytmpl_add(struct props *tmpl, struct keytmpl *room, const struct prop *line)
{
	size_t used = tmpl->count;

	if (used >= PROPS_MAX)
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	if (tmpl->item != room->item && used > 0)
		memcpy(room->item, tmpl->item, used * sizeof *room->item);
	room->item[used] = *line;
	*tmpl = (struct props){ room->item, used + 1 };
	return CNG_OK;
}

enum cng_status
keytmpl_join(const struct object *key, enum prop_id which,
    struct props *tmpl, struct keytmpl *room)
{
	struct prop item[PROPS_MAX];
	struct props own;
	enum cng_status st = CNG_OK;

	if (key == NULL || !keytmpl_carried(key, which))
		return CNG_OK;
	if (!unpack(key, which, item, &own))
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	for (size_t i = 0; st == CNG_OK && i < own.count; i++) {
		const struct prop *given = props_find(*tmpl, item[i].id);

		if (given == NULL)
			st = keytmpl_add(tmpl, room, &item[i]);
		else if (!says_the_same(given, &item[i]))
			st = CNG_ERR_TEMPLATE_INCONSISTENT;
	}
	return st;
}
