/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What keys inherit from those that they were made of (PKCS#11 2.40, the
 * paragraphs on sensitivity and extractability of each mechanism).
 */
#include "core/lineage.h"

/* keeps: the value of the parents that no child gets rid of. */
static enum cng_status
join_flag(enum prop_id id, bool parents, bool keeps, enum lineage lineage,
    struct props *tmpl, struct keytmpl *room)
{
	const struct prop line = { .id = id, .number = parents };
	const struct prop *given = props_find(*tmpl, id);
	bool must = lineage == LINEAGE_SAME || parents == keeps;

	if (given == NULL)
		return keytmpl_add(tmpl, room, &line);
	return must && (given->number != 0) != parents ?
	    CNG_ERR_TEMPLATE_INCONSISTENT : CNG_OK;
}

enum cng_status
lineage_join(enum lineage lineage, const struct object *base,
    const struct object *other, struct props *tmpl, struct keytmpl *room)
{
	bool sensitive = object_flag(base, PROP_SENSITIVE) ||
	    (other != NULL && object_flag(other, PROP_SENSITIVE));
	bool extractable = object_flag(base, PROP_EXTRACTABLE) &&
	    (other == NULL || object_flag(other, PROP_EXTRACTABLE));
	bool trusted = object_flag(base, PROP_WRAP_WITH_TRUSTED) ||
	    (other != NULL && object_flag(other, PROP_WRAP_WITH_TRUSTED));
	enum cng_status st;

	if (lineage == LINEAGE_FREE)
		return CNG_OK;
	st = join_flag(PROP_SENSITIVE, sensitive, true, lineage, tmpl, room);
	if (st == CNG_OK)
		st = join_flag(PROP_EXTRACTABLE, extractable, false, lineage,
		    tmpl, room);
	/* the standard forgot this one: it is the same promise */
	if (st == CNG_OK && trusted)
		st = join_flag(PROP_WRAP_WITH_TRUSTED, true, true, lineage,
		    tmpl, room);
	return st;
}

void
lineage_settle(struct object *obj, const struct object *other)
{
	if (other == NULL)
		return;
	if (!object_flag(other, PROP_ALWAYS_SENSITIVE))
		object_put_flag(obj, PROP_ALWAYS_SENSITIVE, false);
	if (!object_flag(other, PROP_NEVER_EXTRACTABLE))
		object_put_flag(obj, PROP_NEVER_EXTRACTABLE, false);
}
