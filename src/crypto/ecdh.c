/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key agreement.
 */
#include "crypto/ec.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdio.h>

#include "base/util.h"

/* A derived key longer than any we keep is a mistake. */
#define DERIVE_MAX ((size_t)SECRET_KEY_MAX)

/* The uncompressed point (of Montgomery curves the bytes), itself or inside
 * an OCTET STRING.  Its length tells which, for 04 starts both. */
static enum cng_status
peer_key(EVP_PKEY **out, const struct crypto_key *key, struct span peer)
{
	bool point = key->family == KEY_EC;
	size_t want = point ? 1 + 2 * key->field_bytes : key->field_bytes;
	const uint8_t *at = peer.ptr;
	ASN1_OCTET_STRING *string = NULL;
	enum cng_status st;

	if (peer.len > want && peer.len <= want + 3) {
		string = d2i_ASN1_OCTET_STRING(NULL, &at, (long)peer.len);
		if (string == NULL || at != peer.ptr + peer.len) {
			ASN1_OCTET_STRING_free(string);
			return CNG_ERR_MECHANISM_PARAM;
		}
		peer = span_of(ASN1_STRING_get0_data(string),
		    (size_t)ASN1_STRING_length(string));
	}
	/* libcrypto refuses what is not on the curve */
	st = CNG_ERR_MECHANISM_PARAM;
	if (peer.len == want && (!point || peer.ptr[0] == 0x04))
		st = pkey_of_peer(out, key, peer);
	if (st != CNG_OK && st != CNG_ERR_NO_MEMORY)
		st = CNG_ERR_MECHANISM_PARAM;
	ASN1_OCTET_STRING_free(string);
	return st;
}

static enum cng_status
agree(const struct crypto_key *key, const struct key_op *op,
    struct secret *out)
{
	struct crypto_lib *lib = key_lib(key);
	unsigned cofactor = op->cofactor;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_uint(
		    OSSL_EXCHANGE_PARAM_EC_ECDH_COFACTOR_MODE, &cofactor),
		OSSL_PARAM_construct_end(),
	};
	size_t len = key->field_bytes, got = len;
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *peer = NULL;
	enum cng_status st;

	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	st = peer_key(&peer, key, op->peer);
	if (st != CNG_OK)
		return st;
	st = secret_new(out, len);
	if (st != CNG_OK)
		goto out;
	st = CNG_ERR_INTERNAL;
	ctx = EVP_PKEY_CTX_new_from_pkey(lib_ctx(lib), key_pkey(key), NULL);
	if (ctx == NULL || EVP_PKEY_derive_init_ex(ctx,
			       key->family == KEY_EC ? params : NULL) != 1)
		goto out;
	st = CNG_ERR_MECHANISM_PARAM;
	if (EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
	    EVP_PKEY_derive(ctx, out->ptr, &got) == 1 && got == len)
		st = CNG_OK;
out:
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	if (st != CNG_OK)
		secret_free(out);
	return st;
}

static const struct hash_info *
kdf_hash(const struct key_op *op)
{
	return hash_info(op->pad_hash != HASH_NONE ? op->pad_hash : op->hash);
}

static enum cng_status
stretch(struct crypto_lib *lib, const struct key_op *op,
    const struct secret *shared, struct secret *out)
{
	bool x963 = op->kdf == KDF_X963;
	EVP_KDF *kdf = lib_kdf(lib, x963 ? KDF_KIND_X963 : KDF_KIND_SSKDF);
	EVP_KDF_CTX *ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
	struct secret info = { 0 };
	OSSL_PARAM params[4], *p = params;
	char name[16];
	enum cng_status st = secret_copy(&info, op->label);

	if (st != CNG_OK)
		goto out;
	(void)snprintf(name, sizeof name, "%s", kdf_hash(op)->name);
	*p++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name,
	    0);
	*p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
	    shared->ptr, shared->len);
	if (info.len > 0)
		*p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
		    info.ptr, info.len);
	*p = OSSL_PARAM_construct_end();
	if (ctx == NULL || EVP_KDF_derive(ctx, out->ptr, out->len, params) !=
		1)
		st = CNG_ERR_INTERNAL;
out:
	EVP_KDF_CTX_free(ctx);
	secret_free(&info);
	return st;
}

static enum cng_status
check_derive(const struct crypto_key *key, const struct key_op *op,
    size_t *len)
{
	const struct hash_info *info = kdf_hash(op);

	if (op->scheme != OP_ECDH)
		return CNG_ERR_MECHANISM;
	if (!key->has_private || (key->family != KEY_EC &&
	    (key->family != KEY_MONTGOMERY || op->cofactor)))
		return CNG_ERR_KEY_TYPE;
	if (op->kdf == KDF_NULL) {
		size_t most = key->field_bytes;

		if (*len == 0)
			*len = most;
		/* shared info without a function to put it in */
		if (op->label.len > 0)
			return CNG_ERR_MECHANISM_PARAM;
		return *len <= most ? CNG_OK : CNG_ERR_KEY_SIZE;
	}
	if ((op->kdf != KDF_X963 && op->kdf != KDF_SP800) || info == NULL ||
	    op->label.len > SECRET_MAX)
		return CNG_ERR_MECHANISM_PARAM;
	if (*len == 0)
		*len = info->size;
	return *len <= DERIVE_MAX ? CNG_OK : CNG_ERR_KEY_SIZE;
}

static enum cng_status
derive(const struct crypto_key *key, const struct key_op *op, size_t len,
    struct secret *out)
{
	struct secret shared = { 0 }, made = { 0 };
	enum cng_status st = check_derive(key, op, &len);

	if (st == CNG_OK)
		st = agree(key, op, &shared);
	if (st == CNG_OK && op->kdf == KDF_NULL) {
		secret_truncate(&shared, len);
		secret_move(out, &shared);
	} else if (st == CNG_OK) {
		st = secret_new(&made, len);
		if (st == CNG_OK)
			st = stretch(key_lib(key), op, &shared, &made);
		if (st == CNG_OK)
			secret_move(out, &made);
	}
	secret_free(&shared);
	secret_free(&made);
	return st;
}

enum cng_status
crypto_derive(const struct crypto_key *key, const struct key_op *op,
    size_t len, struct secret *out)
{
	err_enter();
	return err_leave(derive(key, op, len, out));
}
