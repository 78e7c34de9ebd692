/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key agreement on curves.
 */
#include "crypto/derive.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "base/util.h"
#include "base/why.h"
#include "crypto/held.h"

static enum cng_status
no_point(void)
{
	return why(CNG_ERR_MECHANISM_PARAM, "the public data of the other"
	    " side: not a point of the curve of the key");
}

/* The point in any form of X9.62 (of Montgomery curves the bytes), itself or
 * inside an OCTET STRING.  Its length tells which, for 04 starts both. */
static enum cng_status
peer_key(EVP_PKEY **out, const struct crypto_key *key, struct span peer)
{
	bool point = key->family == KEY_EC;
	size_t want = point ? 1 + 2 * key->field_bytes : key->field_bytes;
	size_t least = point ? 1 + key->field_bytes : want;
	const uint8_t *at = peer.ptr;
	ASN1_OCTET_STRING *string = NULL;
	enum cng_status st;

	if (peer.len != want && peer.len > least && peer.len <= want + 3) {
		string = d2i_ASN1_OCTET_STRING(NULL, &at, (long)peer.len);
		if (string == NULL || at != peer.ptr + peer.len) {
			ASN1_OCTET_STRING_free(string);
			return no_point();
		}
		peer = span_of(ASN1_STRING_get0_data(string),
		    (size_t)ASN1_STRING_length(string));
	}
	/* libcrypto refuses what is not on the curve */
	st = CNG_ERR_MECHANISM_PARAM;
	if (peer.len == want || peer.len == least)
		st = pkey_of_peer(out, key, peer);
	if (st != CNG_OK && st != CNG_ERR_NO_MEMORY)
		st = no_point();
	ASN1_OCTET_STRING_free(string);
	return st;
}

enum cng_status
ecdh_agree(const struct crypto_key *key, const struct key_op *op,
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
	if (key->holder != NULL) {
		st = held_agree(key, peer, out);
		goto out;
	}
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
	else
		(void)no_point();
out:
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	if (st != CNG_OK)
		secret_free(out);
	return st;
}
