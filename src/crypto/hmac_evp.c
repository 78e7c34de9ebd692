/* SPDX-License-Identifier: BSD-2-Clause
 *
 * HMAC on digest contexts.
 */
#include "crypto/hmac_evp.h"

#include "base/alloc.h"
#include "crypto/digest.h"

#define BLOCK_MAX 128

struct hmac_evp {
	enum key_hash hash;
	EVP_MD_CTX *inner;       /* behind the block of the key, as is */
	EVP_MD_CTX *outer;       /* that one; both are copied for a message */
	EVP_MD_CTX *run;
};

bool
hmac_evp_wanted(enum key_hash hash)
{
	const struct hash_info *info = hash_info(hash);

	/* as long as its name says */
	return info != NULL && info->told_size && hash != HASH_BLAKE2B;
}

static EVP_MD_CTX *
pad(EVP_MD *md, enum key_hash hash, uint8_t *block, uint8_t with)
{
	size_t len = hash_info(hash)->block;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	for (size_t i = 0; i < len; i++)
		block[i] ^= with;
	if (ctx != NULL && digest_begin(ctx, md, hash) &&
	    EVP_DigestUpdate(ctx, block, len) == 1)
		return ctx;
	EVP_MD_CTX_free(ctx);
	return NULL;
}

static enum cng_status
start(struct hmac_evp *hmac, struct crypto_lib *lib, struct span key)
{
	EVP_MD *md = lib_md(lib, hmac->hash);
	uint8_t block[BLOCK_MAX] = { 0 };
	enum cng_status st = md == NULL ? CNG_ERR_MECHANISM : CNG_OK;

	if (st == CNG_OK && key.len > hash_info(hmac->hash)->block)
		st = digest_parts(lib, hmac->hash, &key, 1, block);
	else if (st == CNG_OK && key.len > 0)
		memcpy(block, key.ptr, key.len);
	if (st == CNG_OK) {
		hmac->inner = pad(md, hmac->hash, block, 0x36);
		hmac->outer = pad(md, hmac->hash, block, 0x36 ^ 0x5c);
		hmac->run = EVP_MD_CTX_new();
		if (hmac->inner == NULL || hmac->outer == NULL ||
		    hmac->run == NULL || !hmac_evp_again(hmac))
			st = CNG_ERR_INTERNAL;
	}
	wipe(block, sizeof block);
	return st;
}

enum cng_status
hmac_evp_new(struct hmac_evp **out, struct crypto_lib *lib,
    enum key_hash hash, struct span key)
{
	struct hmac_evp *hmac = mem_new(1, sizeof *hmac);
	enum cng_status st;

	*out = NULL;
	if (hmac == NULL)
		return CNG_ERR_NO_MEMORY;
	hmac->hash = hash;
	st = start(hmac, lib, key);
	if (st == CNG_OK)
		*out = hmac;
	else
		hmac_evp_free(hmac);
	return st;
}

void
hmac_evp_free(struct hmac_evp *hmac)
{
	if (hmac == NULL)
		return;
	EVP_MD_CTX_free(hmac->inner);
	EVP_MD_CTX_free(hmac->outer);
	EVP_MD_CTX_free(hmac->run);
	mem_free(hmac);
}

bool
hmac_evp_update(struct hmac_evp *hmac, struct span data)
{
	return EVP_DigestUpdate(hmac->run, data.ptr, data.len) == 1;
}

bool
hmac_evp_final(struct hmac_evp *hmac, uint8_t *out)
{
	uint8_t digest[DIGEST_MAX];
	size_t len = hash_info(hmac->hash)->size;
	bool ok = digest_finish(hmac->run, hmac->hash, digest) &&
	    EVP_MD_CTX_copy_ex(hmac->run, hmac->outer) == 1 &&
	    EVP_DigestUpdate(hmac->run, digest, len) == 1 &&
	    digest_finish(hmac->run, hmac->hash, out);

	wipe(digest, sizeof digest);
	return ok;
}

bool
hmac_evp_again(struct hmac_evp *hmac)
{
	return EVP_MD_CTX_copy_ex(hmac->run, hmac->inner) == 1;
}
