/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What keys inherit from those that they were made of.
 */
#ifndef CNG_CORE_LINEAGE_H
#define CNG_CORE_LINEAGE_H

#include "core/keytmpl.h"
#include "core/manykeys.h"

/* Adds to *tmpl what follows for sensitivity and extractability; *tmpl is in
 * room then.  CNG_ERR_TEMPLATE_INCONSISTENT: it says something else. */
enum cng_status lineage_join(const struct derive_request *req,
    struct props *tmpl, struct keytmpl *room) CNG_MUST_CHECK;

/* For a key that was made: has each that it came of always been hidden? */
void lineage_settle(struct object *obj, const struct derive_request *req);

#endif
