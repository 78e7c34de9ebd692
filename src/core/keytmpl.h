/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Templates that a key carries: what it may wrap, and what comes of the keys
 * that it unwraps, derives or encapsulates.
 */
#ifndef CNG_CORE_KEYTMPL_H
#define CNG_CORE_KEYTMPL_H

#include "core/internal.h"

/* Has it one of that kind? */
bool keytmpl_carried(const struct object *key, enum prop_id which);

/* Has that one such a line? */
bool keytmpl_names(const struct object *key, enum prop_id which,
    enum prop_id id);

/* Does it say that what comes of the key is not to be read?  Where it does
 * not, whoever uses the key may read that, and there is nothing to keep. */
bool keytmpl_hides(const struct object *key, enum prop_id which);

/* Is obj as the key's template wants it?  Without a template, all are; what
 * is not is CNG_ERR_OBJECT, for the standard calls it no key at all. */
enum cng_status keytmpl_fits(const struct object *key, enum prop_id which,
    const struct object *obj) CNG_MUST_CHECK;

struct keytmpl {
	struct prop item[PROPS_MAX];
};

/* *tmpl with the lines of the key's own added; those borrow from the key, and
 * *tmpl is in room then.  CNG_ERR_TEMPLATE_INCONSISTENT where the two say
 * different things. */
enum cng_status keytmpl_join(const struct object *key, enum prop_id which,
    struct props *tmpl, struct keytmpl *room) CNG_MUST_CHECK;

/* One more line, which is borrowed; into the room that goes with *tmpl. */
enum cng_status keytmpl_add(struct props *tmpl, struct keytmpl *room,
    const struct prop *line) CNG_MUST_CHECK;

#endif
