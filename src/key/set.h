/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameter sets of the post-quantum families: one row each.  Sizes are those
 * of FIPS 203, 204 and 205.
 */
#ifndef CNG_KEY_SET_H
#define CNG_KEY_SET_H

#include "key/alg.h"

struct key_set_info {
	enum key_family family;
	const char *name;        /* "ML-KEM-768" */
	const char *cng_name;    /* as Windows spells it: "768" */
	unsigned number;         /* within the family, from 1, in the order of
	                          * the standard */
	size_t bits;             /* of security */
	size_t public_bytes;
	size_t private_bytes;    /* expanded */
	size_t seed_bytes;       /* 0: the family has no seed */
	size_t output_bytes;     /* of a signature or a ciphertext */
	struct span oid_der;     /* DER of the OBJECT IDENTIFIER, tag and all */
};

/* NULL for KEY_SET_NONE and numbers out of range. */
const struct key_set_info *key_set_info(enum key_set set);

/* CNG_ERR_NOT_SUPPORTED when unknown. */
enum cng_status key_set_from_oid(struct span oid_der, enum key_set *out)
    CNG_MUST_CHECK;
enum cng_status key_set_from_name(enum key_family family,
    const char *cng_name, enum key_set *out) CNG_MUST_CHECK;
enum cng_status key_set_from_number(enum key_family family, uint64_t number,
    enum key_set *out) CNG_MUST_CHECK;

/* Keys of a family with parameter sets? */
static inline bool
key_family_has_sets(enum key_family family)
{
	return family == KEY_MLKEM || family == KEY_MLDSA ||
	    family == KEY_SLHDSA;
}

#endif
