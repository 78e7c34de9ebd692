/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Digests at once.
 */
#include "crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/sha.h"

bool
digest_begin(EVP_MD_CTX *ctx, EVP_MD *md, enum key_hash hash)
{
	const struct hash_info *info = hash_info(hash);
	size_t size = info->size;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_DIGEST_PARAM_SIZE, &size),
		OSSL_PARAM_construct_end(),
	};

	return EVP_DigestInit_ex2(ctx, md, info->told_size ? params : NULL) ==
	    1;
}

bool
digest_finish(EVP_MD_CTX *ctx, enum key_hash hash, uint8_t *out)
{
	const struct hash_info *info = hash_info(hash);

	return info->any_size ?
	    EVP_DigestFinalXOF(ctx, out, info->size) == 1 :
	    EVP_DigestFinal_ex(ctx, out, NULL) == 1;
}

/* EVP around it takes longer than a short digest.  False: not one of those
 * that can be had without. */
static bool
sha_parts(enum key_hash hash, const struct span *parts, size_t count,
    uint8_t *out, bool *ok)
{
	struct sha_run run;

	if (!sha_start(&run, hash))
		return false;
	*ok = true;
	for (size_t i = 0; *ok && i < count; i++)
		*ok = sha_update(&run, parts[i]);
	*ok = *ok && sha_final(&run, out);
	wipe(&run, sizeof run);
	return true;
}

enum cng_status
digest_parts(struct crypto_lib *lib, enum key_hash hash,
    const struct span *parts, size_t count, uint8_t *out)
{
	EVP_MD *md;
	EVP_MD_CTX *ctx;
	bool ok;

	if (sha_parts(hash, parts, count, out, &ok))
		return ok ? CNG_OK : CNG_ERR_INTERNAL;
	md = lib_md(lib, hash);
	if (md == NULL)
		return CNG_ERR_MECHANISM;
	ctx = lib_md_ctx_take(lib);
	ok = ctx != NULL && digest_begin(ctx, md, hash);
	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len) == 1;
	ok = ok && digest_finish(ctx, hash, out);
	lib_md_ctx_put(lib, ctx);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

enum cng_status
crypto_digest(enum key_hash hash, struct span data, uint8_t *out)
{
	struct crypto_lib *lib;
	enum cng_status st = CNG_ERR_INTERNAL;
	bool ok;

	if (sha_parts(hash, &data, 1, out, &ok))
		return ok ? CNG_OK : CNG_ERR_INTERNAL;
	err_enter();
	lib = lib_get();
	if (lib != NULL)
		st = digest_parts(lib, hash, &data, 1, out);
	return err_leave(st);
}
