/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key encapsulation with families that were not made for it.
 */
#ifndef CNG_CRYPTO_KEM_H
#define CNG_CRYPTO_KEM_H

#include "crypto/internal.h"

/* See crypto_decapsulate. */
enum cng_status kem_classic_open(const struct crypto_key *key,
    const struct key_op *op, struct span cipher, struct secret *shared)
    CNG_MUST_CHECK;

#endif
