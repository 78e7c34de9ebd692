/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Signatures of two numbers, r || s: ECDSA and DSA.
 */
#ifndef CNG_CRYPTO_EC_H
#define CNG_CRYPTO_EC_H

#include "crypto/internal.h"

/* Is it a key for the operation? */
enum cng_status ec_check(const struct crypto_key *key,
    const struct key_op *op, enum unit_way way) CNG_MUST_CHECK;

/* input is a digest; a long one counts by its leftmost bits. */
enum cng_status ec_sign(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct wr *out) CNG_MUST_CHECK;
enum cng_status ec_verify(const struct crypto_key *key,
    const struct key_op *op, struct span input, struct span signature)
    CNG_MUST_CHECK;

/* What was wrapped under a key that is agreed on: OP_ECDH_AES_KW and
 * OP_ECDH_3DES_KW. */
enum cng_status ecdh_unwrap(const struct crypto_key *key,
    const struct key_op *op, struct span wrapped, struct wr *out)
    CNG_MUST_CHECK;

#endif
