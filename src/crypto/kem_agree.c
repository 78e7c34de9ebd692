/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key encapsulation by RSA, which encrypts a secret, and by agreement with a
 * key that is made for the purpose.
 */
#include "crypto/kem.h"

#include "base/util.h"

/* How the family writes a public number: an uncompressed point, the bytes of
 * RFC 7748, or a number as long as the prime. */
static size_t
public_len(const struct key_material *key)
{
	if (key->family == KEY_RSA)
		return key->part[RSA_N].len;
	if (key_is_dh(key->family))
		return key->part[DH_P].len;
	return key->family == KEY_EC ? 1 + 2 * key_field_bytes(key) :
				       key_field_bytes(key);
}

static enum cng_status
write_public(struct wr *out, const struct key_material *key)
{
	if (key_is_dh(key->family)) {
		wr_be_padded(out, key_part(key, DH_Y), public_len(key));
	} else if (key->family == KEY_EC) {
		wr_u8(out, 0x04);
		wr_bytes(out, key_part(key, EC_X));
		wr_bytes(out, key_part(key, EC_Y));
	} else {
		wr_bytes(out, key_part(key, ECX_PUBLIC));
	}
	return wr_status(out);
}

static bool
fits(const struct key_op *op, enum key_family family)
{
	switch ((int)op->scheme) {
	case OP_RSA_PKCS1:
	case OP_RSA_OAEP:
		return family == KEY_RSA;
	case OP_ECDH:
		return family == KEY_EC ||
		    (family == KEY_MONTGOMERY && !op->cofactor);
	case OP_DH:
		return family == KEY_DH;
	case OP_X942:
		return family == KEY_X942;
	default:
		return false;
	}
}

/* --- for the holder of a key ---------------------------------------------- */

static enum cng_status
encrypt_secret(const struct key_material *public, const struct key_op *op,
    struct wr *cipher, struct secret *shared)
{
	struct crypto_key *key = NULL;
	enum cng_status st = crypto_key_new(&key, public);

	if (st == CNG_OK)
		st = secret_new(shared, op->secret_len);
	if (st == CNG_OK)
		st = crypto_random(shared->ptr, shared->len);
	if (st == CNG_OK)
		st = crypto_encrypt(key, op, secret_span(shared), cipher);
	crypto_key_free(key);
	return st == CNG_ERR_DATA_SIZE ? CNG_ERR_KEY_SIZE : st;
}

static enum cng_status
agree(const struct key_material *public, const struct key_op *op,
    struct wr *cipher, struct secret *shared)
{
	const struct key_spec spec = { .family = public->family,
		.curve = public->curve, .domain = public };
	struct key_op derive = *op;
	struct key_material own = { 0 };
	struct crypto_key *key = NULL;
	struct secret peer = { 0 };
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = secret_new(&peer, public_len(public));

	if (st == CNG_OK) {
		w = wr_of(peer.ptr, peer.len);
		st = write_public(&w, public);
	}
	if (st == CNG_OK)
		st = crypto_generate(&own, &spec);
	if (st == CNG_OK)
		st = crypto_key_new(&key, &own);
	derive.peer = secret_span(&peer);
	if (st == CNG_OK)
		st = crypto_derive(key, &derive,
		    op->kdf == KDF_NULL ? 0 : op->secret_len, shared);
	if (st == CNG_OK)
		st = write_public(cipher, &own);
	crypto_key_free(key);
	key_free(&own);
	secret_free(&peer);
	return st;
}

enum cng_status
crypto_encapsulate_for(const struct key_material *public,
    const struct key_op *op, struct wr *cipher, struct secret *shared)
{
	struct secret made = { 0 };
	struct wr w = *cipher;
	bool rsa = public->family == KEY_RSA;
	enum cng_status st;

	if (!fits(op, public->family) || public->curve == CURVE_EXPLICIT)
		return CNG_ERR_KEY_TYPE;
	if (rsa && (op->secret_len == 0 || op->secret_len > SECRET_KEY_MAX))
		return CNG_ERR_KEY_SIZE;
	if (wr_room(cipher, public_len(public)) == NULL)
		return wr_status(cipher);
	st = rsa ? encrypt_secret(public, op, &w, &made) :
		   agree(public, op, &w, &made);
	if (st == CNG_OK) {
		*cipher = w;
		secret_move(shared, &made);
	}
	secret_free(&made);
	return st;
}

/* --- by the holder ------------------------------------------------------ */

enum cng_status
kem_classic_open(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct secret *shared)
{
	struct key_op derive = *op;
	enum cng_status st;

	/* PKCS#1 v1.5 would be an oracle, as it is for unwrapping */
	if (op->scheme == OP_RSA_PKCS1)
		return CNG_ERR_MECHANISM;
	if (!fits(op, key->family) || !key->has_private)
		return CNG_ERR_KEY_TYPE;
	if (key->family == KEY_RSA) {
		st = crypto_unwrap(key, op, cipher, shared);
		return st == CNG_ERR_WRAPPED_KEY ? CNG_ERR_CIPHERTEXT : st;
	}
	derive.peer = cipher;
	st = cipher.len == 0 ? CNG_ERR_CIPHERTEXT :
	    crypto_derive(key, &derive,
		op->kdf == KDF_NULL ? 0 : op->secret_len, shared);
	/* a number that is not of the group */
	return st == CNG_ERR_MECHANISM_PARAM ? CNG_ERR_CIPHERTEXT : st;
}
