/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Curves as libcrypto has them.
 */
#ifndef CNG_CRYPTO_GROUP_H
#define CNG_CRYPTO_GROUP_H

#include "crypto/internal.h"

/* NID_undef when libcrypto has no such curve. */
int curve_nid(enum key_curve curve);

/* The group of an EC key.  One that had to be made for it is in *made, too,
 * and the caller's to free.  CNG_ERR_BAD_CURVE. */
enum cng_status group_of_key(const EC_GROUP **out, EC_GROUP **made,
    const struct key_material *key) CNG_MUST_CHECK;

/* EC_H, which the other parameters imply.  CNG_ERR_BAD_CURVE. */
enum cng_status group_cofactor(struct key_material *key) CNG_MUST_CHECK;

/* EC_GX and EC_GY from a compressed point; EC_P, EC_A, EC_B are set. */
enum cng_status group_base(struct key_material *key, struct span compressed)
    CNG_MUST_CHECK;

/* Are the parameters of a CURVE_EXPLICIT those of a curve that is safe to
 * compute on?  CNG_ERR_BAD_CURVE. */
enum cng_status group_check(const struct key_material *key) CNG_MUST_CHECK;

#endif
