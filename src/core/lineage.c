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

/* Of any of the parents. */
static bool
any_flag(const struct derive_request *req, enum prop_id id, bool value)
{
	bool any = object_flag(req->base, id) == value;

	for (size_t i = 0; i < req->others; i++)
		any = any || object_flag(req->other[i], id) == value;
	return any;
}

enum cng_status
lineage_join(const struct derive_request *req, struct props *tmpl,
    struct keytmpl *room)
{
	bool sensitive = any_flag(req, PROP_SENSITIVE, true);
	bool extractable = !any_flag(req, PROP_EXTRACTABLE, false);
	bool trusted = any_flag(req, PROP_WRAP_WITH_TRUSTED, true);
	enum lineage lineage = req->lineage;
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
lineage_settle(struct object *obj, const struct derive_request *req)
{
	for (size_t i = 0; i < req->others; i++) {
		if (!object_flag(req->other[i], PROP_ALWAYS_SENSITIVE))
			object_put_flag(obj, PROP_ALWAYS_SENSITIVE, false);
		if (!object_flag(req->other[i], PROP_NEVER_EXTRACTABLE))
			object_put_flag(obj, PROP_NEVER_EXTRACTABLE, false);
	}
}
