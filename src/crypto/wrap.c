/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Wrapping of opaque bytes: what encrypts can wrap, and RSA with an AES key
 * in between for what is too long for RSA; agreement is in ecdh_wrap.c.
 */
#include "crypto/aes_kw.h"
#include "crypto/ec.h"
#include "crypto/ecdh_wrap.h"
#include "crypto/rsa.h"

#include "base/util.h"

#define WRAP_AES_BITS 256

static bool
can_wrap(enum op_scheme scheme)
{
	static const bool wraps[OP_SCHEME_COUNT] = {
		[OP_RSA_PKCS1] = true,
		[OP_RSA_OAEP] = true,
		[OP_RSA_AES_WRAP] = true,
		[OP_ECDH_AES_WRAP] = true,
		[OP_AES_ECB] = true,
		[OP_AES_CBC] = true,
		[OP_AES_CBC_PAD] = true,
		[OP_AES_CTR] = true,
		[OP_AES_GCM] = true,
		[OP_AES_CCM] = true,
		[OP_AES_KW] = true,
		[OP_AES_KWP] = true,
		[OP_AES_KW_PKCS7] = true,
	};
	size_t i = (size_t)scheme;

	return i < ARRAY_LEN(wraps) && wraps[i];
}

/* --- RSA and AES --------------------------------------------------------- */

static struct key_op
oaep_of(const struct key_op *op)
{
	return (struct key_op){ .scheme = OP_RSA_OAEP,
		.pad_hash = op->pad_hash, .mgf_hash = op->mgf_hash,
		.label = op->label };
}

enum cng_status
kwp_under(struct span aes, struct span in, bool wrap, struct wr *out)
{
	const struct key_op kwp = { .scheme = OP_AES_KWP };
	struct key_material material = { .family = KEY_AES,
		.has_private = true };
	struct crypto_key *key = NULL;
	enum cng_status st = key_set(&material, SYM_VALUE, aes);

	if (st == CNG_OK)
		st = crypto_key_new(&key, &material);
	if (st == CNG_OK)
		st = wrap ? kw_wrap(key, &kwp, in, out) :
			    kw_unwrap(key, &kwp, in, out);
	crypto_key_free(key);
	key_free(&material);
	return st;
}

static enum cng_status
rsa_aes_wrap(const struct crypto_key *key, const struct key_op *op,
    struct span plain, struct wr *out)
{
	size_t bits = op->aes_bits != 0 ? op->aes_bits : WRAP_AES_BITS;
	const struct key_op oaep = oaep_of(op);
	struct wr w = *out;
	uint8_t aes[32];
	enum cng_status st = rsa_check(key, &oaep, WAY_ENCRYPT);

	if (st != CNG_OK)
		return st;
	if (bits != 128 && bits != 192 && bits != 256)
		return CNG_ERR_MECHANISM_PARAM;
	if (plain.len == 0 || plain.len > SECRET_MAX)
		return CNG_ERR_DATA_SIZE;
	if (wr_room(out, key_rsa_len(key) + kwp_len(plain.len)) == NULL)
		return wr_status(out);
	st = crypto_random(aes, bits / 8);
	if (st == CNG_OK)
		st = rsa_encrypt(key, &oaep, span_of(aes, bits / 8), &w);
	if (st == CNG_OK)
		st = kwp_under(span_of(aes, bits / 8), plain, true, &w);
	if (st == CNG_OK)
		*out = w;
	wipe(aes, sizeof aes);
	return st;
}

static enum cng_status
rsa_aes_unwrap(const struct crypto_key *key, const struct key_op *op,
    struct span wrapped, struct wr *out)
{
	const struct key_op oaep = oaep_of(op);
	size_t len = key_rsa_len(key);
	struct secret aes = { 0 };
	struct wr w;
	enum cng_status st = rsa_check(key, &oaep, WAY_DECRYPT);

	if (st != CNG_OK)
		return st;
	if (wrapped.len <= len)
		return CNG_ERR_CIPHERTEXT_SIZE;
	st = secret_new(&aes, rsa_decrypt_bound(key, &oaep));
	if (st != CNG_OK)
		return st;
	w = wr_of(aes.ptr, aes.len);
	st = rsa_decrypt(key, &oaep, span_of(wrapped.ptr, len), &w);
	if (st == CNG_OK)
		st = kwp_under(span_of(aes.ptr, w.len),
		    span_of(wrapped.ptr + len, wrapped.len - len), false, out);
	secret_free(&aes);
	return st;
}

/* --- the contract -------------------------------------------------------- */

enum cng_status
crypto_wrap(const struct crypto_key *key, const struct key_op *op,
    struct span plain, struct wr *out)
{
	if (!can_wrap(op->scheme))
		return CNG_ERR_MECHANISM;
	if (op->scheme != OP_RSA_AES_WRAP && op->scheme != OP_ECDH_AES_WRAP)
		return crypto_encrypt(key, op, plain, out);
	err_enter();
	return err_leave(op->scheme == OP_RSA_AES_WRAP ?
		rsa_aes_wrap(key, op, plain, out) :
		ecdh_aes_wrap(key, op, plain, out));
}

/* What every wrapped key is as long as: a multiple, and no less. */
static const struct wrapped_len {
	uint8_t unit, least;
} wrapped_lens[OP_SCHEME_COUNT] = {
	[OP_AES_ECB] = { 16, 16 },
	[OP_AES_CBC] = { 16, 16 },
	[OP_AES_CBC_PAD] = { 16, 16 },
	[OP_AES_KW] = { 8, 24 },
	[OP_AES_KWP] = { 8, 16 },
	[OP_AES_KW_PKCS7] = { 8, 24 },
};

bool
crypto_unwrap_fits(const struct crypto_key *key, const struct key_op *op,
    size_t len)
{
	enum op_scheme scheme = op->scheme;
	const struct wrapped_len *row;

	if ((size_t)scheme >= ARRAY_LEN(wrapped_lens))
		return true;
	if (scheme == OP_RSA_PKCS1 || scheme == OP_RSA_OAEP)
		return len == key_rsa_len(key);
	if (scheme == OP_RSA_AES_WRAP) {
		if (len < key_rsa_len(key))
			return false;
		len -= key_rsa_len(key);
		scheme = OP_AES_KWP;
	}
	row = &wrapped_lens[scheme];
	return len > 0 && len >= row->least &&
	    (row->unit == 0 || len % row->unit == 0);
}

/* Whatever is wrong with the bytes has one name. */
static enum cng_status
one_answer(enum cng_status st)
{
	static const bool content[CNG_STATUS_COUNT] = {
		[CNG_ERR_CIPHERTEXT] = true,
		[CNG_ERR_CIPHERTEXT_SIZE] = true,
		[CNG_ERR_DATA] = true,
		[CNG_ERR_DATA_SIZE] = true,
		[CNG_ERR_KEY_SIZE] = true,
	};

	return content[st] ? CNG_ERR_WRAPPED_KEY : st;
}

static bool
is_agreement(const struct key_op *op)
{
	return op->scheme == OP_ECDH_AES_KW || op->scheme == OP_ECDH_3DES_KW;
}

static enum cng_status
unwrap_into(const struct crypto_key *key, const struct key_op *op,
    struct span wrapped, struct wr *out)
{
	if (is_agreement(op))
		return ecdh_unwrap(key, op, wrapped, out);
	if (op->scheme == OP_ECDH_AES_WRAP)
		return ecdh_aes_unwrap(key, op, wrapped, out);
	return op->scheme == OP_RSA_AES_WRAP ?
	    rsa_aes_unwrap(key, op, wrapped, out) :
	    crypto_decrypt(key, op, wrapped, out);
}

enum cng_status
crypto_unwrap(const struct crypto_key *key, const struct key_op *op,
    struct span wrapped, struct secret *out)
{
	struct secret plain = { 0 };
	struct wr w;
	enum cng_status st;

	if (!can_wrap(op->scheme) && !is_agreement(op))
		return CNG_ERR_MECHANISM;
	err_enter();
	/* no plain text is longer than what wraps it */
	st = wrapped.len == 0 ? CNG_ERR_WRAPPED_KEY :
				secret_new(&plain, wrapped.len);
	if (st != CNG_OK)
		return err_leave(st);
	w = wr_of(plain.ptr, plain.len);
	st = one_answer(unwrap_into(key, op, wrapped, &w));
	if (st == CNG_OK) {
		secret_truncate(&plain, w.len);
		secret_move(out, &plain);
	}
	secret_free(&plain);
	return err_leave(st);
}
