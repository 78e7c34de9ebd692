/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AES-XCBC-MAC (RFC 3566), which libcrypto does not have.
 */
#ifndef CNG_CRYPTO_XCBC_H
#define CNG_CRYPTO_XCBC_H

#include "crypto/internal.h"

#define XCBC_KEY 16
#define XCBC_LEN 16

struct xcbc;

/* CNG_ERR_KEY_TYPE, CNG_ERR_KEY_SIZE (it is for AES-128), or no memory. */
enum cng_status xcbc_new(struct xcbc **out, const struct crypto_key *key,
    const struct key_op *op) CNG_MUST_CHECK;
void xcbc_free(struct xcbc *x);
bool xcbc_update(struct xcbc *x, struct span data);
/* Ends it, but does not free it. */
bool xcbc_final(struct xcbc *x, uint8_t out[XCBC_LEN]);

enum cng_status xcbc_sign(const struct crypto_key *key,
    const struct key_op *op, struct span data, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status xcbc_verify(const struct crypto_key *key,
    const struct key_op *op, struct span data, struct span mac)
    CNG_MUST_CHECK;

#endif
