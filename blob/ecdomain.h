/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Domain parameters of a curve as CNG lays them out: within the full ECC
 * blobs, and alone as BCRYPT_ECC_PARAMETER_HEADER.
 */
#ifndef CNG_BLOB_ECDOMAIN_H
#define CNG_BLOB_ECDOMAIN_H

#include "blob/walk.h"

#define ECC_VERSION 1
#define ECC_SHORT_WEIERSTRASS 1

struct ecdomain {
	uint32_t type;           /* dwCurveType */
	uint32_t hash;           /* dwCurveGenerationAlgId: an ALG_ID */
	uint32_t field, order, cofactor, seed_len; /* bytes */
	struct span p, a, b, gx, gy, n, h, seed;
};

/* dwVersion to cbSeed, then P to seed.  What is not possible fails the
 * walk: CNG_ERR_BAD_DATA, CNG_ERR_BAD_CURVE. */
void ecdomain_walk(struct ecdomain *out, struct walk *w);

/* Family, curve and parameters of an empty material: a named curve when the
 * numbers are its. */
enum cng_status ecdomain_take(struct key_material *out,
    const struct ecdomain *domain) CNG_MUST_CHECK;

/* The same from the bytes of NCRYPTBUFFER_ECC_PARAMETERS. */
enum cng_status ecdomain_read(struct key_material *out, struct span in)
    CNG_MUST_CHECK;

/* dwVersion to the seed, of a key with a curve of that kind. */
enum cng_status ecdomain_write(const struct key_material *key,
    struct wr *out) CNG_MUST_CHECK;

#endif
