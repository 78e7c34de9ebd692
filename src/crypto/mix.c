/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys that are put together of others, or cut out of them, and keys that are
 * the ciphertext of what a caller chose.  All of these can be taken apart
 * again: who may ask for them is for core and the faces to say.
 */
#include "crypto/derive.h"

#include "crypto/aes.h"

static enum cng_status
room_for(struct secret *out, size_t all, size_t len)
{
	if (len == 0)
		len = all;
	return len == 0 || len > all || len > DERIVE_MAX ?
	    CNG_ERR_KEY_SIZE : secret_new(out, len);
}

static void
put(struct secret *out, size_t *at, struct span s)
{
	size_t len = s.len < out->len - *at ? s.len : out->len - *at;

	if (len > 0)
		memcpy(out->ptr + *at, s.ptr, len);
	*at += len;
}

static enum cng_status
join(struct span value, const struct key_op *op, size_t len,
    struct secret *out)
{
	size_t at = 0;
	enum cng_status st;

	if (op->iv.len > SECRET_MAX || op->label.len > SECRET_MAX)
		return CNG_ERR_MECHANISM_PARAM;
	st = room_for(out, op->iv.len + value.len + op->label.len, len);
	if (st != CNG_OK)
		return st;
	put(out, &at, op->iv);
	put(out, &at, value);
	put(out, &at, op->label);
	return CNG_OK;
}

static enum cng_status
xor(struct span value, const struct key_op *op, size_t len,
    struct secret *out)
{
	size_t all = value.len < op->label.len ? value.len : op->label.len;
	enum cng_status st = room_for(out, all, len);

	for (size_t i = 0; st == CNG_OK && i < out->len; i++)
		out->ptr[i] = value.ptr[i] ^ op->label.ptr[i];
	return st;
}

static enum cng_status
cut(struct span value, const struct key_op *op, size_t len,
    struct secret *out)
{
	size_t first = op->first_bit / 8, shift = op->first_bit % 8;
	enum cng_status st;

	if (first >= value.len)
		return CNG_ERR_MECHANISM_PARAM;
	st = room_for(out, value.len, len);
	for (size_t i = 0; st == CNG_OK && i < out->len; i++) {
		unsigned high = value.ptr[(first + i) % value.len];
		unsigned low = value.ptr[(first + i + 1) % value.len];

		out->ptr[i] = (uint8_t)((high << 8 | low) >> (8 - shift));
	}
	return st;
}

static enum cng_status
aes_data(const struct crypto_key *key, const struct key_op *op, size_t len,
    struct secret *out)
{
	const struct key_op how = {
		.scheme = op->iv.len == 0 ? OP_AES_ECB : OP_AES_CBC,
		.iv = op->iv,
	};
	struct wr w;
	enum cng_status st;

	if (key->family != KEY_AES)
		return CNG_ERR_KEY_TYPE;
	if (op->label.len == 0 || op->label.len % AES_BLOCK != 0 ||
	    op->label.len > DERIVE_MAX)
		return CNG_ERR_MECHANISM_PARAM;
	if (len > op->label.len)
		return CNG_ERR_KEY_SIZE;
	st = secret_new(out, op->label.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	st = aes_encrypt(key, &how, op->label, &w);
	if (st == CNG_OK && len > 0)
		secret_truncate(out, len);
	return st;
}

enum cng_status
mix_run(const struct crypto_key *key, const struct key_op *op, size_t len,
    struct secret *out)
{
	struct span value = secret_span(&key->value);
	struct secret made = { 0 };
	enum cng_status st;

	if (key_is_pair(key->family))
		return CNG_ERR_KEY_TYPE;
	if (op->scheme == OP_AES_DATA)
		st = aes_data(key, op, len, &made);
	else if (op->scheme == OP_JOIN)
		st = join(value, op, len, &made);
	else
		st = op->scheme == OP_XOR ? xor(value, op, len, &made) :
					    cut(value, op, len, &made);
	if (st == CNG_OK)
		secret_move(out, &made);
	secret_free(&made);
	return st;
}
