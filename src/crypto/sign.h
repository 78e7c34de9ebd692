/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Signatures that are not RSA's.  input is the digest when op->hash is set,
 * else the message itself.
 */
#ifndef CNG_CRYPTO_SIGN_H
#define CNG_CRYPTO_SIGN_H

#include "crypto/internal.h"

#define CONTEXT_MAX 255
#define MLDSA_MU 64

/* --- Ed25519 and Ed448 --------------------------------------------------- */

enum cng_status eddsa_check(const struct crypto_key *key,
    const struct key_op *op, enum unit_way way) CNG_MUST_CHECK;
enum cng_status eddsa_sign(const struct crypto_key *key,
    const struct key_op *op, struct span input, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status eddsa_verify(const struct crypto_key *key,
    const struct key_op *op, struct span input, struct span signature)
    CNG_MUST_CHECK;

/* --- ML-DSA and SLH-DSA -------------------------------------------------- */

enum cng_status pqsign_check(const struct crypto_key *key,
    const struct key_op *op, enum unit_way way) CNG_MUST_CHECK;
enum cng_status pqsign_sign(const struct crypto_key *key,
    const struct key_op *op, struct span input, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status pqsign_verify(const struct crypto_key *key,
    const struct key_op *op, struct span input, struct span signature)
    CNG_MUST_CHECK;

/* tr of FIPS 204: 64 bytes, kept as the key's value. */
enum cng_status mldsa_key_hash(struct secret *out, struct span public)
    CNG_MUST_CHECK;

/* Starts the hash that makes mu of a message: pure ML-DSA in parts. */
enum cng_status mldsa_mu_start(EVP_MD_CTX *md, struct crypto_lib *lib,
    const struct crypto_key *key, const struct key_op *op) CNG_MUST_CHECK;

#endif
