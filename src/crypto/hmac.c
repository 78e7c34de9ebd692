/* SPDX-License-Identifier: BSD-2-Clause
 *
 * HMAC (RFC 2104) over SHA-1 and SHA-2.
 */
#include "crypto/hmac.h"

#include "base/secret.h"

#include <string.h>

#define BLOCK_MAX 128
#define DIGEST_MAX 64

static bool
pad(struct sha_run *run, enum key_hash hash, uint8_t *block, uint8_t with)
{
	size_t len = hash_info(hash)->block;

	for (size_t i = 0; i < len; i++)
		block[i] ^= with;
	return sha_start(run, hash) && sha_update(run, span_of(block, len));
}

bool
hmac_pads(struct hmac_pads *out, enum key_hash hash, struct span key)
{
	uint8_t block[BLOCK_MAX] = { 0 };
	bool ok = true;

	if (!sha_start(&out->inner, hash))
		return false;
	if (key.len > hash_info(hash)->block)
		ok = sha_update(&out->inner, key) &&
		    sha_final(&out->inner, block);
	else if (key.len > 0)
		memcpy(block, key.ptr, key.len);
	ok = ok && pad(&out->inner, hash, block, 0x36) &&
	    pad(&out->outer, hash, block, 0x36 ^ 0x5c);
	wipe(block, sizeof block);
	return ok;
}

bool
hmac_final(struct hmac_pads *run, uint8_t *out)
{
	uint8_t digest[DIGEST_MAX];
	size_t len = hash_info(run->inner.hash)->size;
	bool ok = sha_final(&run->inner, digest) &&
	    sha_update(&run->outer, span_of(digest, len)) &&
	    sha_final(&run->outer, out);

	wipe(digest, len);
	return ok;
}
