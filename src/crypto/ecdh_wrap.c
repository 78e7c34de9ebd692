/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Agreement between an ephemeral key and the wrapping key makes an AES key,
 * which wraps.  The ephemeral public key goes before: an uncompressed point,
 * or the bytes of RFC 7748.
 */
#include "crypto/ecdh_wrap.h"

#include <openssl/crypto.h>

#include "crypto/aes_kw.h"

static size_t
point_len(const struct crypto_key *key)
{
	return key->family == KEY_EC ? 1 + 2 * key->field_bytes :
				       key->field_bytes;
}

static enum cng_status
check(const struct crypto_key *key, const struct key_op *op)
{
	if ((key->family != KEY_EC && key->family != KEY_MONTGOMERY) ||
	    curve_info(key->curve) == NULL)
		return CNG_ERR_KEY_TYPE;
	return (op->aes_bits == 128 || op->aes_bits == 192 ||
		op->aes_bits == 256) && op->kdf != KDF_NULL ? CNG_OK :
		CNG_ERR_MECHANISM_PARAM;
}

static enum cng_status
agree(const struct crypto_key *key, const struct key_op *op,
    struct span peer, struct secret *aes)
{
	const struct key_op ecdh = { .scheme = OP_ECDH, .kdf = op->kdf,
		.pad_hash = op->pad_hash, .label = op->label,
		.cofactor = op->cofactor, .peer = peer };

	return crypto_derive(key, &ecdh, op->aes_bits / 8, aes);
}

/* A new key on the curve of the other, and its public half as bytes. */
static enum cng_status
ephemeral(struct crypto_key **out, struct wr *point,
    const struct crypto_key *key)
{
	const struct key_spec spec = { .family = key->family,
		.curve = key->curve };
	struct key_material made = { 0 };
	enum cng_status st = crypto_generate(&made, &spec);

	if (st == CNG_OK && key->family == KEY_EC) {
		wr_u8(point, 0x04);
		wr_bytes(point, key_part(&made, EC_X));
		wr_bytes(point, key_part(&made, EC_Y));
	} else if (st == CNG_OK) {
		wr_bytes(point, key_part(&made, ECX_PUBLIC));
	}
	if (st == CNG_OK)
		st = wr_status(point);
	if (st == CNG_OK)
		st = crypto_key_new(out, &made);
	key_free(&made);
	return st;
}

enum cng_status
ecdh_aes_wrap(const struct crypto_key *key, const struct key_op *op,
    struct span plain, struct wr *out)
{
	struct crypto_key *own = NULL;
	struct secret aes = { 0 };
	struct wr w = *out;
	uint8_t *peer = NULL;
	size_t peer_len;
	enum cng_status st = check(key, op);

	if (st != CNG_OK)
		return st;
	if (plain.len == 0 || plain.len > SECRET_MAX)
		return CNG_ERR_DATA_SIZE;
	if (wr_room(out, point_len(key) + kwp_len(plain.len)) == NULL)
		return wr_status(out);
	peer_len = EVP_PKEY_get1_encoded_public_key(key_pkey(key), &peer);
	st = peer_len == 0 ? CNG_ERR_INTERNAL : ephemeral(&own, &w, key);
	if (st == CNG_OK)
		st = agree(own, op, span_of(peer, peer_len), &aes);
	if (st == CNG_OK)
		st = kwp_under(secret_span(&aes), plain, true, &w);
	if (st == CNG_OK)
		*out = w;
	OPENSSL_free(peer);
	secret_free(&aes);
	crypto_key_free(own);
	return st;
}

enum cng_status
ecdh_aes_unwrap(const struct crypto_key *key, const struct key_op *op,
    struct span wrapped, struct wr *out)
{
	size_t len = point_len(key);
	struct secret aes = { 0 };
	enum cng_status st = check(key, op);

	if (st == CNG_OK && !key->has_private)
		st = CNG_ERR_KEY_TYPE;
	if (st != CNG_OK)
		return st;
	if (wrapped.len <= len)
		return CNG_ERR_CIPHERTEXT_SIZE;
	st = agree(key, op, span_of(wrapped.ptr, len), &aes);
	/* a point that is none is a wrapped key that is none */
	if (st == CNG_ERR_MECHANISM_PARAM)
		st = CNG_ERR_CIPHERTEXT;
	if (st == CNG_OK)
		st = kwp_under(secret_span(&aes),
		    span_of(wrapped.ptr + len, wrapped.len - len), false,
		    out);
	secret_free(&aes);
	return st;
}
