/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Diffie-Hellman in a prime field.
 */
#include "crypto/derive.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "base/util.h"
#include "base/why.h"

static enum cng_status
no_number(void)
{
	return why(CNG_ERR_MECHANISM_PARAM, "the public data of the other"
	    " side: not a number of the group of the key");
}

/* The public number of the other side, in the group of the key. */
static enum cng_status
peer_key(EVP_PKEY **out, const struct crypto_key *key, struct span y)
{
	size_t len = (key->bits + 7) / 8;
	uint8_t padded[DH_BITS_MAX / 8] = { 0 };
	EVP_PKEY *peer;

	*out = NULL;
	y = span_trim(y);
	if (y.len == 0 || y.len > len || len > sizeof padded)
		return no_number();
	memcpy(padded + len - y.len, y.ptr, y.len);
	peer = EVP_PKEY_new();
	if (peer == NULL)
		return CNG_ERR_NO_MEMORY;
	if (EVP_PKEY_copy_parameters(peer, key_pkey(key)) != 1 ||
	    EVP_PKEY_set1_encoded_public_key(peer, padded, len) != 1) {
		EVP_PKEY_free(peer);
		return no_number();
	}
	*out = peer;
	return CNG_OK;
}

enum cng_status
dh_agree(const struct crypto_key *key, const struct key_op *op,
    struct secret *out)
{
	struct crypto_lib *lib = key_lib(key);
	unsigned pad = 1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_uint(OSSL_EXCHANGE_PARAM_PAD, &pad),
		OSSL_PARAM_construct_end(),
	};
	size_t len = (key->bits + 7) / 8, got = len;
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *peer = NULL;
	enum cng_status st;

	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	st = peer_key(&peer, key, op->peer);
	if (st == CNG_OK)
		st = secret_new(out, len);
	if (st != CNG_OK)
		goto out;
	st = CNG_ERR_INTERNAL;
	ctx = EVP_PKEY_CTX_new_from_pkey(lib_ctx(lib), key_pkey(key), NULL);
	if (ctx == NULL || EVP_PKEY_derive_init_ex(ctx, params) != 1)
		goto out;
	/* libcrypto looks whether the number is one of the group */
	st = CNG_ERR_MECHANISM_PARAM;
	if (EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
	    EVP_PKEY_derive(ctx, out->ptr, &got) == 1 && got == len)
		st = CNG_OK;
	else
		(void)no_number();
out:
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	if (st != CNG_OK)
		secret_free(out);
	return st;
}
