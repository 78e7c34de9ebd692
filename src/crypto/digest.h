/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Digests at once, for the other files of this layer.
 */
#ifndef CNG_CRYPTO_DIGEST_H
#define CNG_CRYPTO_DIGEST_H

#include "crypto/internal.h"

#define DIGEST_MAX 64

/* Begins a digest; md: lib_md of the hash. */
bool digest_begin(EVP_MD_CTX *ctx, EVP_MD *md, enum key_hash hash);

/* Ends a digest; out has the size of the hash. */
bool digest_finish(EVP_MD_CTX *ctx, enum key_hash hash, uint8_t *out);

/* CNG_ERR_MECHANISM: no such hash. */
enum cng_status digest_parts(struct crypto_lib *lib, enum key_hash hash,
    const struct span *parts, size_t count, uint8_t *out) CNG_MUST_CHECK;

#endif
