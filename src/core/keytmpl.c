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

enum cng_status
keytmpl_fits(const struct object *key, enum prop_id which,
    const struct object *obj)
{
	struct prop item[PROPS_MAX];
	bool fits = false;
	enum cng_status st;
	size_t count;

	if (!keytmpl_carried(key, which))
		return CNG_OK;
	if (!props_unpack(secret_span(&key->kept[which - PROP_LABEL]), item,
		&count))
		return CNG_ERR_OBJECT;
	st = object_matches(obj, (struct props){ item, count }, &fits);
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
	struct prop own[PROPS_MAX];
	size_t count, used = tmpl->count;

	if (key == NULL || !keytmpl_carried(key, which))
		return CNG_OK;
	if (used > PROPS_MAX || !props_unpack(secret_span(
		&key->kept[which - PROP_LABEL]), own, &count))
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	if (used > 0)
		memcpy(room->item, tmpl->item, used * sizeof *room->item);
	for (size_t i = 0; i < count; i++) {
		const struct prop *given = props_find(*tmpl, own[i].id);

		if (given != NULL && !says_the_same(given, &own[i]))
			return CNG_ERR_TEMPLATE_INCONSISTENT;
		if (given != NULL)
			continue;
		if (used == PROPS_MAX)
			return CNG_ERR_TEMPLATE_INCONSISTENT;
		room->item[used++] = own[i];
	}
	*tmpl = (struct props){ room->item, used };
	return CNG_OK;
}
