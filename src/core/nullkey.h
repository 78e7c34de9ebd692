/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The null wrapping key: stands for "no key" in tools that cannot pass zero.
 * It is made afresh for each look at it, and no store holds it.
 */
#ifndef CNG_CORE_NULLKEY_H
#define CNG_CORE_NULLKEY_H

#include "core/internal.h"

enum cng_status null_key_new(struct object **out) CNG_MUST_CHECK;

bool object_is_null_key(const struct object *obj);

/* Only a template that names its id finds it. */
enum cng_status null_key_wanted(struct props tmpl, bool *out)
    CNG_MUST_CHECK;

#endif
