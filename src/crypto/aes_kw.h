/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AES key wrap: RFC 3394, RFC 5649, and RFC 3394 after PKCS#7 padding.
 */
#ifndef CNG_CRYPTO_AES_KW_H
#define CNG_CRYPTO_AES_KW_H

#include "crypto/internal.h"

enum cng_status kw_wrap(const struct crypto_key *key, const struct key_op *op,
    struct span plain, struct wr *out) CNG_MUST_CHECK;
enum cng_status kw_unwrap(const struct crypto_key *key,
    const struct key_op *op, struct span wrapped, struct wr *out)
    CNG_MUST_CHECK;

/* Size of that many bytes wrapped by RFC 5649. */
size_t kwp_len(size_t plain_len);

#endif
