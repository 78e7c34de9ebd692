/* SPDX-License-Identifier: BSD-2-Clause
 *
 * HMAC-SHA-256 of short texts with a key that stays.  Both halves of the key
 * are hashed once; what is kept is plain memory that may be copied, shared by
 * threads and taken through a fork, and that its owner wipes.
 */
#include "crypto/crypto.h"

#include <string.h>

#include "crypto/sha.h"

#define BLOCK 64
#define LEN 32

_Static_assert(sizeof(((struct crypto_hmac *)0)->state) >=
    2 * sizeof(SHA256_CTX), "two states have room");

static SHA256_CTX
state_of(const struct crypto_hmac *hmac, size_t half)
{
	SHA256_CTX out;

	memcpy(&out, hmac->state + half * sizeof out, sizeof out);
	return out;
}

static bool
begin_half(struct crypto_hmac *hmac, size_t half, struct span key, uint8_t pad)
{
	struct sha_run run;
	uint8_t block[BLOCK];
	bool ok;

	memset(block, pad, sizeof block);
	for (size_t i = 0; i < key.len; i++)
		block[i] ^= key.ptr[i];
	ok = sha_start(&run, HASH_SHA256) &&
	    sha_update(&run, span_of(block, sizeof block));
	memcpy(hmac->state + half * sizeof run.ctx.sha256, &run.ctx.sha256,
	    sizeof run.ctx.sha256);
	wipe(block, sizeof block);
	wipe(&run, sizeof run);
	return ok;
}

enum cng_status
crypto_hmac_begin(struct crypto_hmac *hmac, struct span key)
{
	memset(hmac, 0, sizeof *hmac);
	if (key.len > BLOCK)
		return CNG_ERR_ARGUMENT;
	return begin_half(hmac, 0, key, 0x36) &&
		begin_half(hmac, 1, key, 0x5c) ?
	    CNG_OK : CNG_ERR_INTERNAL;
}

static bool
hash_parts(struct sha_run *run, const struct span *parts, size_t count,
    uint8_t out[LEN])
{
	bool ok = true;

	for (size_t i = 0; ok && i < count; i++)
		ok = parts[i].len == 0 || sha_update(run, parts[i]);
	return ok && sha_final(run, out);
}

enum cng_status
crypto_hmac_parts(const struct crypto_hmac *hmac, const struct span *parts,
    size_t count, uint8_t out[LEN])
{
	struct sha_run run = { .hash = HASH_SHA256 };
	struct span inner = span_of(out, LEN);
	bool ok;

	run.ctx.sha256 = state_of(hmac, 0);
	ok = hash_parts(&run, parts, count, out);
	run.hash = HASH_SHA256;
	run.ctx.sha256 = state_of(hmac, 1);
	ok = ok && hash_parts(&run, &inner, 1, out);
	wipe(&run, sizeof run);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

enum cng_status
crypto_sha256_parts(const struct span *parts, size_t count, uint8_t out[LEN])
{
	struct sha_run run;

	return sha_start(&run, HASH_SHA256) &&
		hash_parts(&run, parts, count, out) ?
	    CNG_OK : CNG_ERR_INTERNAL;
}
