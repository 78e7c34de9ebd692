/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys whose private half is with a holder (key/holder.h): what the holder
 * does not do by itself is done here around its raw operation.
 */
#ifndef CNG_CRYPTO_HELD_H
#define CNG_CRYPTO_HELD_H

#include "crypto/internal.h"

/* The caller has checked key, parameters and the length of the input. */

/* input: a digest when op has a hash, else the data. */
enum cng_status held_rsa_sign(const struct crypto_key *key,
    const struct key_op *op, struct span input, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status held_rsa_decrypt(const struct crypto_key *key,
    const struct key_op *op, struct span cipher, struct wr *out)
    CNG_MUST_CHECK;
/* ECDSA and EdDSA: out gets len bytes. */
enum cng_status held_sign(const struct crypto_key *key,
    const struct key_op *op, struct span input, size_t len, struct wr *out)
    CNG_MUST_CHECK;
/* peer is a key on the same curve; out has the width of the field. */
enum cng_status held_agree(const struct crypto_key *key, EVP_PKEY *peer,
    struct secret *out) CNG_MUST_CHECK;

#endif
