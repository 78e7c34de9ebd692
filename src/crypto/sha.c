/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SHA-1 and SHA-2 whose state can be saved.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/sha.h"

#include "base/secret.h"

#include <string.h>

bool
sha_start(struct sha_run *run, enum key_hash hash)
{
	run->hash = hash;
	switch ((int)hash) {
	case HASH_SHA1:
		return SHA1_Init(&run->ctx.sha1) == 1;
	case HASH_SHA224:
		return SHA224_Init(&run->ctx.sha256) == 1;
	case HASH_SHA256:
		return SHA256_Init(&run->ctx.sha256) == 1;
	case HASH_SHA384:
		return SHA384_Init(&run->ctx.sha512) == 1;
	case HASH_SHA512:
		return SHA512_Init(&run->ctx.sha512) == 1;
	default:
		run->hash = HASH_NONE;
		return false;
	}
}

bool
sha_update(struct sha_run *run, struct span data)
{
	switch ((int)run->hash) {
	case HASH_SHA1:
		return SHA1_Update(&run->ctx.sha1, data.ptr, data.len) == 1;
	case HASH_SHA224:
		return SHA224_Update(
			   &run->ctx.sha256, data.ptr, data.len) == 1;
	case HASH_SHA256:
		return SHA256_Update(
			   &run->ctx.sha256, data.ptr, data.len) == 1;
	case HASH_SHA384:
		return SHA384_Update(
			   &run->ctx.sha512, data.ptr, data.len) == 1;
	case HASH_SHA512:
		return SHA512_Update(
			   &run->ctx.sha512, data.ptr, data.len) == 1;
	default:
		return false;
	}
}

bool
sha_final(struct sha_run *run, uint8_t *out)
{
	enum key_hash hash = run->hash;

	run->hash = HASH_NONE;
	switch ((int)hash) {
	case HASH_SHA1:
		return SHA1_Final(out, &run->ctx.sha1) == 1;
	case HASH_SHA224:
		return SHA224_Final(out, &run->ctx.sha256) == 1;
	case HASH_SHA256:
		return SHA256_Final(out, &run->ctx.sha256) == 1;
	case HASH_SHA384:
		return SHA384_Final(out, &run->ctx.sha512) == 1;
	case HASH_SHA512:
		return SHA512_Final(out, &run->ctx.sha512) == 1;
	default:
		return false;
	}
}

/* --- states: the words, the length, what waits for its block -------------- */

static void
save_short(const struct sha_run *run, struct wr *out)
{
	const SHA256_CTX *c = &run->ctx.sha256;

	for (size_t i = 0; i < 8; i++)
		wr_u32le(out, c->h[i]);
	wr_u32le(out, c->Nl);
	wr_u32le(out, c->Nh);
	wr_u8(out, (uint8_t)c->num);
	wr_bytes(out, span_of(c->data, sizeof c->data));
}

static void
save_sha1(const struct sha_run *run, struct wr *out)
{
	const SHA_CTX *c = &run->ctx.sha1;
	const SHA_LONG h[] = { c->h0, c->h1, c->h2, c->h3, c->h4 };

	for (size_t i = 0; i < sizeof h / sizeof h[0]; i++)
		wr_u32le(out, h[i]);
	wr_u32le(out, c->Nl);
	wr_u32le(out, c->Nh);
	wr_u8(out, (uint8_t)c->num);
	wr_bytes(out, span_of(c->data, sizeof c->data));
}

static void
save_long(const struct sha_run *run, struct wr *out)
{
	const SHA512_CTX *c = &run->ctx.sha512;

	for (size_t i = 0; i < 8; i++)
		wr_u64le(out, c->h[i]);
	wr_u64le(out, c->Nl);
	wr_u64le(out, c->Nh);
	wr_u8(out, (uint8_t)c->num);
	wr_bytes(out, span_of(c->u.p, sizeof c->u.p));
}

void
sha_save(const struct sha_run *run, struct wr *out)
{
	if (run->hash == HASH_SHA1)
		save_sha1(run, out);
	else if (run->hash == HASH_SHA224 || run->hash == HASH_SHA256)
		save_short(run, out);
	else
		save_long(run, out);
}

static bool
load_words(struct rd *in, SHA_LONG *words, size_t count)
{
	uint32_t word;

	for (size_t i = 0; i < count; i++) {
		if (!rd_u32le(in, &word))
			return false;
		words[i] = word;
	}
	return true;
}

static bool
load_tail(struct rd *in, unsigned *num, void *data, size_t size)
{
	struct span bytes;
	uint8_t waits;

	if (!rd_u8(in, &waits) || waits >= size ||
	    !rd_take(in, size, &bytes) || !rd_at_end(in))
		return false;
	*num = waits;
	memcpy(data, bytes.ptr, size);
	return true;
}

static bool
load_sha1(struct sha_run *run, struct rd *in)
{
	SHA_CTX *c = &run->ctx.sha1;
	SHA_LONG words[7];

	if (!load_words(in, words, 7))
		return false;
	c->h0 = words[0];
	c->h1 = words[1];
	c->h2 = words[2];
	c->h3 = words[3];
	c->h4 = words[4];
	c->Nl = words[5];
	c->Nh = words[6];
	return load_tail(in, &c->num, c->data, sizeof c->data);
}

static bool
load_short(struct sha_run *run, struct rd *in)
{
	SHA256_CTX *c = &run->ctx.sha256;

	return load_words(in, c->h, 8) && load_words(in, &c->Nl, 1) &&
	    load_words(in, &c->Nh, 1) &&
	    load_tail(in, &c->num, c->data, sizeof c->data);
}

static bool
load_long(struct sha_run *run, struct rd *in)
{
	SHA512_CTX *c = &run->ctx.sha512;
	uint64_t words[10];

	for (size_t i = 0; i < 10; i++)
		if (!rd_u64le(in, &words[i]))
			return false;
	for (size_t i = 0; i < 8; i++)
		c->h[i] = words[i];
	c->Nl = words[8];
	c->Nh = words[9];
	return load_tail(in, &c->num, c->u.p, sizeof c->u.p);
}

bool
sha_load(struct sha_run *run, enum key_hash hash, struct rd *in)
{
	if (!sha_start(run, hash))
		return false;
	if (hash == HASH_SHA1)
		return load_sha1(run, in);
	return hash == HASH_SHA224 || hash == HASH_SHA256 ?
	    load_short(run, in) : load_long(run, in);
}
