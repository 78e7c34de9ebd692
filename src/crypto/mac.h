/* SPDX-License-Identifier: BSD-2-Clause
 *
 * HMAC, CMAC, GMAC and Poly1305.
 */
#ifndef CNG_CRYPTO_MAC_H
#define CNG_CRYPTO_MAC_H

#include "crypto/hmac.h"
#include "crypto/internal.h"

#define MAC_MAX 64

enum cng_status mac_check(const struct crypto_key *key,
    const struct key_op *op) CNG_MUST_CHECK;

/* Length of the result. */
size_t mac_len(const struct key_op *op);

/* HMAC without a context, ready for the message; false: not of that kind.
 * The key passed mac_check. */
bool mac_pads(struct hmac_pads *out, const struct crypto_key *key,
    const struct key_op *op);

/* A context that waits for data. */
enum cng_status mac_unit(struct unit **out, const struct crypto_key *key,
    const struct key_op *op) CNG_MUST_CHECK;
/* False: it is of no use any more. */
bool mac_feed(struct unit *unit, struct span data);
/* Ends it; out has MAC_MAX bytes.  The unit is given back. */
enum cng_status mac_finish(struct unit *unit, uint8_t *out) CNG_MUST_CHECK;

enum cng_status mac_sign(const struct crypto_key *key,
    const struct key_op *op, struct span data, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status mac_verify(const struct crypto_key *key,
    const struct key_op *op, struct span data, struct span mac)
    CNG_MUST_CHECK;
/* Compares in constant time. */
enum cng_status mac_compare(const struct key_op *op, const uint8_t *made,
    struct span mac) CNG_MUST_CHECK;

enum cng_status hmac_sha256_parts(struct crypto_lib *lib, struct span key,
    const struct span *parts, size_t count, uint8_t out[32]) CNG_MUST_CHECK;

#endif
