/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What reading and writing of ProtectedKeyBlob share.
 */
#ifndef CNG_BLOB_PROTECTED_H
#define CNG_BLOB_PROTECTED_H

#include "blob/blob.h"

#define PROTECTED_ID_VERSION 1
#define PROTECTED_MACHINE 1u

/* The name in the header, and the key it stands for. */
struct protected_alg {
	const char *name;
	enum key_family family;
	enum key_curve curve;    /* CURVE_NONE: any */
	unsigned role;           /* EC: KEY_ROLE_SIGN, or _AGREE */
};

/* NULL: not known. */
const struct protected_alg *protected_alg_named(struct span name);
const struct protected_alg *protected_alg_of(const struct key_material *key);

#endif
