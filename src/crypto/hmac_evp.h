/* SPDX-License-Identifier: BSD-2-Clause
 *
 * HMAC (RFC 2104) over digests that are told their size.  libcrypto's HMAC
 * knows a digest by its name alone, so it would take the longest.
 */
#ifndef CNG_CRYPTO_HMAC_EVP_H
#define CNG_CRYPTO_HMAC_EVP_H

#include "crypto/internal.h"

struct hmac_evp;

/* Is this the one for the hash? */
bool hmac_evp_wanted(enum key_hash hash);

/* Ready for a message.  CNG_ERR_MECHANISM: libcrypto has no such hash. */
enum cng_status hmac_evp_new(struct hmac_evp **out, struct crypto_lib *lib,
    enum key_hash hash, struct span key) CNG_MUST_CHECK;
void hmac_evp_free(struct hmac_evp *hmac);

bool hmac_evp_update(struct hmac_evp *hmac, struct span data);
/* out has the size of the hash. */
bool hmac_evp_final(struct hmac_evp *hmac, uint8_t *out);
/* The same key again. */
bool hmac_evp_again(struct hmac_evp *hmac);

#endif
