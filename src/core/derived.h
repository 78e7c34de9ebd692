/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Secrets that came out of an operation, as keys.
 */
#ifndef CNG_CORE_DERIVED_H
#define CNG_CORE_DERIVED_H

#include "core/keytmpl.h"

/* The template with what base says, in its template which, of keys that are
 * made of it.  Where it hides them, and the token is not compat, they say the
 * same of those that are made of them, since two steps may come to the same as
 * one; and what derives makes no MAC and the other way about, unless the
 * template names the use.  CNG_ERR_TEMPLATE_INCONSISTENT. */
enum cng_status derived_join(const struct token *tok,
    const struct object *base, enum prop_id which, struct props *tmpl,
    struct keytmpl *room) CNG_MUST_CHECK;

/* What the template asks for: a secret key, and of which kind.
 * CNG_ERR_TEMPLATE_INCONSISTENT. */
enum cng_status derived_family(struct props tmpl, enum key_family *out)
    CNG_MUST_CHECK;

/* A secret key with that value, which is taken over; it has no place yet.
 * base: what it came of hands down whether it was ever readable; NULL:
 * nothing does. */
enum cng_status derived_make(struct token *tok, const struct object *base,
    enum key_family family, struct secret *value, struct props tmpl,
    struct object **out) CNG_MUST_CHECK;
/* The same, and gives it a place. */
enum cng_status derived_place(struct token *tok, const struct access *who,
    const struct object *base, enum key_family family, struct secret *value,
    struct props tmpl, obj_id *out) CNG_MUST_CHECK;

/* May the key be used for this, by this mechanism, without a PIN? */
enum cng_status derived_check_base(const struct object *base,
    enum prop_id permit, uint64_t mechanism) CNG_MUST_CHECK;

#endif
