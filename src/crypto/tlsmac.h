/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The verify_data of TLS up to 1.2, as a MAC.
 */
#ifndef CNG_CRYPTO_TLSMAC_H
#define CNG_CRYPTO_TLSMAC_H

#include "crypto/internal.h"

enum cng_status tlsmac_sign(const struct crypto_key *key,
    const struct key_op *op, struct span data, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status tlsmac_verify(const struct crypto_key *key,
    const struct key_op *op, struct span data, struct span mac)
    CNG_MUST_CHECK;

#endif
