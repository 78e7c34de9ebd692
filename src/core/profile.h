/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Profile objects: which profiles of the standard a token keeps to.  They are
 * built in; nothing of them is stored.
 */
#ifndef CNG_CORE_PROFILE_H
#define CNG_CORE_PROFILE_H

#include "core/internal.h"

#define PROFILE_COUNT 4

/* The handle of one, index below PROFILE_COUNT: above those of all rows. */
static inline obj_id
profile_id(size_t index)
{
	return (UINT64_C(1) << 40) + ((obj_id)index << 2);
}

bool profile_has_id(obj_id id);
enum cng_status profile_new(struct object **out, obj_id id) CNG_MUST_CHECK;

/* Does the template ask for that one?  Only one that names the class does: in
 * a listing of all there is they would be in the way. */
enum cng_status profile_wanted(size_t index, struct props tmpl, bool *out)
    CNG_MUST_CHECK;

#endif
