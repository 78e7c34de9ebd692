/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Mechanism objects: one for each mechanism of the face.  They are built in,
 * as profile objects are; the number of a mechanism is in the handle.
 */
#ifndef CNG_CORE_MECHOBJ_H
#define CNG_CORE_MECHOBJ_H

#include "core/internal.h"
#include "core/provider.h"

bool mechobj_has_id(obj_id id);

/* CNG_ERR_OBJECT: there is no such mechanism.  source may be NULL. */
enum cng_status mechobj_new(struct object **out,
    const struct token *tok, obj_id id) CNG_MUST_CHECK;

/* Those that the template asks for, if it names the class: in a listing of
 * all there is they would be in the way. */
enum cng_status mechobj_find(struct obj_ids *out,
    const struct token *tok, struct props tmpl) CNG_MUST_CHECK;

#endif
