/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Wrapping for the holder of a private key on a curve.
 */
#ifndef CNG_CRYPTO_ECDH_WRAP_H
#define CNG_CRYPTO_ECDH_WRAP_H

#include "crypto/internal.h"

enum cng_status ecdh_aes_wrap(const struct crypto_key *key,
    const struct key_op *op, struct span plain, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status ecdh_aes_unwrap(const struct crypto_key *key,
    const struct key_op *op, struct span wrapped, struct wr *out)
    CNG_MUST_CHECK;

/* wrap.c: RFC 5649 under an AES key of those bytes. */
enum cng_status kwp_under(struct span aes, struct span in, bool wrap,
    struct wr *out) CNG_MUST_CHECK;

#endif
