/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Somebody who has a private key, and opens envelopes with it.
 */
#ifndef CNG_TESTS_HOLDER_H
#define CNG_TESTS_HOLDER_H

#include "blob/blob.h"
#include "crypto/crypto.h"

struct holder {
	struct key_material material;
	struct crypto_key *key;
	size_t calls;            /* how often the key was used */
};

/* The key of a sample file; holder_free. */
struct holder holder_of(const char *file);
void holder_free(struct holder *h);

/* *out is the key that was in the envelope, or empty. */
enum cng_status open_as(struct holder *h, struct span in,
    struct key_material *out);

#endif
