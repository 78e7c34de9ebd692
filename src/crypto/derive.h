/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Secrets out of keys: agreement, and functions that stretch a secret.
 */
#ifndef CNG_CRYPTO_DERIVE_H
#define CNG_CRYPTO_DERIVE_H

#include "crypto/internal.h"

/* A derived key longer than any we keep is a mistake. */
#define DERIVE_MAX ((size_t)SECRET_KEY_MAX)

/* Label and seed of the PRF of TLS: more libcrypto 3.0 does not take. */
#define TLS_SEED_MAX ((size_t)1024)

/* ecdh.c, dh.c: the raw secret, as wide as the field or the prime. */
enum cng_status ecdh_agree(const struct crypto_key *key,
    const struct key_op *op, struct secret *out) CNG_MUST_CHECK;
enum cng_status dh_agree(const struct crypto_key *key,
    const struct key_op *op, struct secret *out) CNG_MUST_CHECK;

/* kdf.c: fills out.  X9.63 or SP 800-56A, as op->kdf says. */
enum cng_status kdf_one_step(struct crypto_lib *lib, const struct key_op *op,
    const struct secret *shared, struct secret *out) CNG_MUST_CHECK;

/* kdf_x942.c: the same by KDF_X942_ASN1. */
enum cng_status kdf_x942(const struct key_op *op,
    const struct secret *shared, struct secret *out) CNG_MUST_CHECK;

/* kdf.c, kbkdf.c: from a secret key; *len 0 is the natural length.  out is
 * empty before. */
enum cng_status kdf_check(const struct crypto_key *key,
    const struct key_op *op, size_t *len) CNG_MUST_CHECK;
enum cng_status kdf_run(const struct crypto_key *key,
    const struct key_op *op, struct secret *out) CNG_MUST_CHECK;
enum cng_status kbkdf_check(const struct crypto_key *key,
    const struct key_op *op, size_t *len) CNG_MUST_CHECK;
enum cng_status kbkdf_run(const struct crypto_key *key,
    const struct key_op *op, struct secret *out) CNG_MUST_CHECK;

/* mix.c: what is made by putting bytes together or taking some out; len 0 is
 * all that there is. */
enum cng_status mix_run(const struct crypto_key *key, const struct key_op *op,
    size_t len, struct secret *out) CNG_MUST_CHECK;

#endif
