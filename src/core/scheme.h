/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What each scheme is good for: which keys, which uses, in how many parts.
 */
#ifndef CNG_CORE_SCHEME_H
#define CNG_CORE_SCHEME_H

#include "core/operation.h"

enum scheme_parts {
	PARTS_ONE = 0,   /* in one go only */
	PARTS_HELD,      /* parts are kept together until the end */
	PARTS_STREAM,    /* parts are worked on as they come */
};

/* May a key of that class and family be used so?
 *   CNG_ERR_MECHANISM  the scheme has no such use
 *   CNG_ERR_KEY_TYPE   not a key for it, or the other half of a pair
 * class and family are OBJ_NONE and KEY_NONE for a digest. */
enum cng_status scheme_check(const struct key_op *op,
    enum operation_use use, enum obj_class class, enum key_family family)
    CNG_MUST_CHECK;

/* The same for what makes keys of keys. */
enum cng_status scheme_check_derive(const struct key_op *op,
    enum obj_class class, enum key_family family) CNG_MUST_CHECK;

enum scheme_parts scheme_parts(const struct key_op *op,
    enum operation_use use);

/* PARTS_HELD: the most bytes that are kept. */
size_t scheme_held_max(const struct key_op *op);

/* Bytes that a signature or a digest has. */
size_t scheme_output_size(const struct key_op *op,
    const struct key_material *key);

#endif
