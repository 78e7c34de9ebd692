/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between our bytes and libcrypto's big numbers.  All of them are treated
 * as secret: flagged for constant time, wiped when freed.
 */
#ifndef CNG_CRYPTO_NUMBER_H
#define CNG_CRYPTO_NUMBER_H

#include <openssl/bn.h>

#include "base/secret.h"
#include "key/material.h"

/* Work space in our own library context, so that blinding never asks the
 * host's for random numbers. */
BN_CTX *number_ctx(void);

/* NULL: out of memory. */
BIGNUM *number_new(void);
BIGNUM *number_of(struct span bytes);

/* One part of a key; NULL also when it is empty. */
BIGNUM *number_part(const struct key_material *key, enum key_part part);

/* Sets a part of the key to the number. */
enum cng_status number_store(struct key_material *key, enum key_part part,
    const BIGNUM *number) CNG_MUST_CHECK;

/* Has an RSA key all its numbers? */
bool rsa_is_complete(const struct key_material *key);

/* One round of Miller and Rabin with a random base; p1 is p - 1. */
bool number_looks_prime(const BIGNUM *p, const BIGNUM *p1, BN_CTX *ctx);

#endif
