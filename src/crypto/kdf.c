/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key derivation functions that libcrypto has: X9.63, SP 800-56A, HKDF,
 * PBKDF2 and the PRF of TLS up to 1.2.
 */
#include "crypto/derive.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdio.h>

#include "base/util.h"
#include "crypto/digest.h"

#define HKDF_BLOCKS 255
#define NAME_MAX_LEN 16

/* An empty key is a key, a NULL one is not. */
static OSSL_PARAM
octets(const char *name, struct span s)
{
	/* libcrypto does not write to what a KDF is given */
	union {
		const uint8_t *in;
		uint8_t *out;
	} ptr = { .in = s.len > 0 ? s.ptr : (const uint8_t *)"" };

	return OSSL_PARAM_construct_octet_string(name, ptr.out, s.len);
}

static enum cng_status
run(struct crypto_lib *lib, enum kdf_kind kind, const OSSL_PARAM *params,
    struct secret *out)
{
	EVP_KDF *kdf = lib == NULL ? NULL : lib_kdf(lib, kind);
	EVP_KDF_CTX *ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
	bool ok = ctx != NULL &&
	    EVP_KDF_derive(ctx, out->ptr, out->len, params) == 1;

	EVP_KDF_CTX_free(ctx);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

static OSSL_PARAM
digest_param(char room[NAME_MAX_LEN], const char *name)
{
	(void)snprintf(room, NAME_MAX_LEN, "%s", name);
	return OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, room,
	    0);
}

/* libcrypto's functions do not tell a digest its size. */
static enum cng_status
x963_told(struct crypto_lib *lib, const struct key_op *op,
    const struct secret *shared, struct secret *out)
{
	enum key_hash hash = op->pad_hash != HASH_NONE ? op->pad_hash :
							 op->hash;
	size_t size = hash_info(hash)->size;
	uint8_t counter[4], sum[DIGEST_MAX];
	const struct span parts[] = { secret_span(shared),
		span_of(counter, sizeof counter), op->label };
	enum cng_status st = lib == NULL ? CNG_ERR_INTERNAL : CNG_OK;
	uint32_t block = 0;

	for (size_t done = 0; st == CNG_OK && done < out->len; done += size) {
		struct wr w = wr_of(counter, sizeof counter);
		size_t part = out->len - done;

		wr_u32be(&w, ++block);
		st = digest_parts(lib, hash, parts, ARRAY_LEN(parts), sum);
		if (st == CNG_OK)
			memcpy(out->ptr + done, sum, part < size ? part :
								   size);
	}
	wipe(sum, sizeof sum);
	return st;
}

enum cng_status
kdf_one_step(struct crypto_lib *lib, const struct key_op *op,
    const struct secret *shared, struct secret *out)
{
	const struct hash_info *info = hash_info(
	    op->pad_hash != HASH_NONE ? op->pad_hash : op->hash);
	OSSL_PARAM params[4], *p = params;
	char name[NAME_MAX_LEN];

	if (info == NULL || (info->told_size && op->kdf != KDF_X963))
		return CNG_ERR_MECHANISM_PARAM;
	if (info->told_size)
		return x963_told(lib, op, shared, out);
	*p++ = digest_param(name, info->name);
	*p++ = octets(OSSL_KDF_PARAM_KEY, secret_span(shared));
	if (op->label.len > 0)
		*p++ = octets(OSSL_KDF_PARAM_INFO, op->label);
	*p = OSSL_PARAM_construct_end();
	return run(lib, op->kdf == KDF_X963 ? KDF_KIND_X963 : KDF_KIND_SSKDF,
	    params, out);
}

/* --- from a secret key ---------------------------------------------------- */

enum cng_status
kdf_check(const struct crypto_key *key, const struct key_op *op, size_t *len)
{
	const struct hash_info *info = hash_info(op->hash);
	bool tls = op->scheme == OP_TLS_PRF;

	if (key_is_pair(key->family))
		return CNG_ERR_KEY_TYPE;
	if ((info == NULL && !(tls && op->hash == HASH_NONE)) ||
	    (info != NULL && info->any_size && op->scheme != OP_HASH_KEY) ||
	    op->label.len > SECRET_MAX || op->iv.len > SECRET_MAX ||
	    (tls && op->label.len + op->iv.len > TLS_SEED_MAX))
		return CNG_ERR_MECHANISM_PARAM;
	if (op->scheme == OP_PBKDF2 && op->iterations == 0)
		return CNG_ERR_MECHANISM_PARAM;
	if (op->scheme == OP_HKDF && op->skip_extract && op->skip_expand)
		return CNG_ERR_MECHANISM_PARAM;
	if (*len == 0 && info == NULL)
		return CNG_ERR_KEY_SIZE;
	if (*len == 0)
		*len = info->size;
	if (op->scheme == OP_HASH_KEY && !info->any_size &&
	    *len > info->size)
		return CNG_ERR_KEY_SIZE;
	if (op->scheme == OP_HKDF && info != NULL &&
	    *len > (op->skip_expand ? 1 : HKDF_BLOCKS) * info->size)
		return CNG_ERR_KEY_SIZE;
	return *len <= DERIVE_MAX ? CNG_OK : CNG_ERR_KEY_SIZE;
}

static enum cng_status
hkdf(const struct crypto_key *key, const struct key_op *op,
    struct secret *out)
{
	const struct hash_info *info = hash_info(op->hash);
	struct secret prk = { 0 };
	OSSL_PARAM params[6], *p = params;
	char name[NAME_MAX_LEN];
	int mode = EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND;
	enum cng_status st;

	if (op->skip_extract)
		mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	if (op->skip_expand)
		mode = EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
	*p++ = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
	*p++ = digest_param(name, info->name);
	*p++ = octets(OSSL_KDF_PARAM_KEY, secret_span(&key->value));
	if (!op->skip_extract && op->iv.len > 0)
		*p++ = octets(OSSL_KDF_PARAM_SALT, op->iv);
	if (!op->skip_expand && op->label.len > 0)
		*p++ = octets(OSSL_KDF_PARAM_INFO, op->label);
	*p = OSSL_PARAM_construct_end();
	if (!op->skip_expand || out->len == info->size)
		return run(key_lib(key), KDF_KIND_HKDF, params, out);
	/* libcrypto gives the whole pseudorandom key or nothing */
	st = secret_new(&prk, info->size);
	if (st == CNG_OK)
		st = run(key_lib(key), KDF_KIND_HKDF, params, &prk);
	if (st == CNG_OK)
		memcpy(out->ptr, prk.ptr, out->len);
	secret_free(&prk);
	return st;
}

static enum cng_status
pbkdf2(const struct crypto_key *key, const struct key_op *op,
    struct secret *out)
{
	uint64_t iterations = op->iterations;
	int unbounded = 1;
	char name[NAME_MAX_LEN];
	OSSL_PARAM params[] = {
		octets(OSSL_KDF_PARAM_PASSWORD, secret_span(&key->value)),
		octets(OSSL_KDF_PARAM_SALT, op->iv),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
		OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &unbounded),
		digest_param(name, hash_info(op->hash)->name),
		OSSL_PARAM_construct_end(),
	};

	return run(key_lib(key), KDF_KIND_PBKDF2, params, out);
}

static enum cng_status
tls_prf(const struct crypto_key *key, const struct key_op *op,
    struct secret *out)
{
	char name[NAME_MAX_LEN];
	OSSL_PARAM params[] = {
		digest_param(name, op->hash == HASH_NONE ? "MD5-SHA1" :
		    hash_info(op->hash)->name),
		octets(OSSL_KDF_PARAM_SECRET, secret_span(&key->value)),
		octets(OSSL_KDF_PARAM_SEED, op->label),
		octets(OSSL_KDF_PARAM_SEED, op->iv),
		OSSL_PARAM_construct_end(),
	};

	return run(key_lib(key), KDF_KIND_TLS_PRF, params, out);
}

static enum cng_status
hash_key(const struct crypto_key *key, const struct key_op *op,
    struct secret *out)
{
	struct crypto_lib *lib = key_lib(key);
	EVP_MD *md = lib == NULL ? NULL : lib_md(lib, op->hash);
	EVP_MD_CTX *ctx = md == NULL ? NULL : lib_md_ctx_take(lib);
	uint8_t digest[DIGEST_MAX];
	bool ok = ctx != NULL && digest_begin(ctx, md, op->hash) &&
	    EVP_DigestUpdate(ctx, key->value.ptr, key->value.len) == 1;

	if (ok && hash_info(op->hash)->any_size) {
		ok = EVP_DigestFinalXOF(ctx, out->ptr, out->len) == 1;
	} else if (ok) {
		ok = EVP_DigestFinal_ex(ctx, digest, NULL) == 1;
		memcpy(out->ptr, digest, out->len);
	}
	wipe(digest, sizeof digest);
	/* it has seen the key: not for others */
	EVP_MD_CTX_free(ctx);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

enum cng_status
kdf_run(const struct crypto_key *key, const struct key_op *op,
    struct secret *out)
{
	if (op->scheme == OP_HKDF)
		return hkdf(key, op, out);
	if (op->scheme == OP_HASH_KEY)
		return hash_key(key, op, out);
	return op->scheme == OP_PBKDF2 ? pbkdf2(key, op, out) :
					 tls_prf(key, op, out);
}
