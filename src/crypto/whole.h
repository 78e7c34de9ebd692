/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Modes of AES that need all of the data at once.
 */
#ifndef CNG_CRYPTO_WHOLE_H
#define CNG_CRYPTO_WHOLE_H

#include "crypto/internal.h"

enum cng_status whole_encrypt(const struct crypto_key *key,
    const struct key_op *op, struct span plain, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status whole_decrypt(const struct crypto_key *key,
    const struct key_op *op, struct span cipher, struct wr *out)
    CNG_MUST_CHECK;

#endif
