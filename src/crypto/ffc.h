/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Numbers over a finite field: DSA and Diffie-Hellman.
 */
#ifndef CNG_CRYPTO_FFC_H
#define CNG_CRYPTO_FFC_H

#include "crypto/internal.h"

static inline bool
ffc_is(enum key_family family)
{
	return key_has_group(family);
}

/* DH and X9.42 keep their numbers alike. */
static inline enum key_family
ffc_base(enum key_family family)
{
	return family == KEY_X942 ? KEY_DH : family;
}

/* y = g^x, when it is missing. */
enum cng_status ffc_complete(struct key_material *key) CNG_MUST_CHECK;

/* Ranges only; what a key that was checked before is asked again. */
enum cng_status ffc_check_range(const struct key_material *key)
    CNG_MUST_CHECK;

/* Ranges, primes, the order of g and y, and the seed of a DSA key. */
enum cng_status ffc_check_public(const struct key_material *key)
    CNG_MUST_CHECK;

/* x in range and y = g^x. */
enum cng_status ffc_check_pair(const struct key_material *key)
    CNG_MUST_CHECK;

/* ffc_generate.c: spec->domain is checked. */
enum cng_status ffc_generate(struct key_material *out,
    const struct key_spec *spec) CNG_MUST_CHECK;

/* ffc_seed.c: do seed and counter give this p and q?  Primes are not
 * tested.  CNG_ERR_BAD_PUBLIC_KEY. */
enum cng_status ffc_check_seed(const struct key_material *key)
    CNG_MUST_CHECK;

#endif
