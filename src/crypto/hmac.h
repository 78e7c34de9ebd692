/* SPDX-License-Identifier: BSD-2-Clause
 *
 * HMAC over SHA-1 and SHA-2, on the functions below EVP: there the two blocks
 * that the key makes can be kept, and copied for each message.
 */
#ifndef CNG_CRYPTO_HMAC_H
#define CNG_CRYPTO_HMAC_H

#include "crypto/sha.h"

/* Both hashes behind the block of the key; wiped by who has it. */
struct hmac_pads {
	struct sha_run inner;
	struct sha_run outer;
};

/* False: not one of these hashes. */
bool hmac_pads(struct hmac_pads *out, enum key_hash hash, struct span key);

/* With run->inner fed the message: the result, of the hash's size. */
bool hmac_final(struct hmac_pads *run, uint8_t *out);

#endif
