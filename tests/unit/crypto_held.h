/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A holder of private keys made of software, which can do as much or as
 * little as a test wants, and as well.
 */
#ifndef CNG_TESTS_CRYPTO_HELD_H
#define CNG_TESTS_CRYPTO_HELD_H

#include "crypto_test.h"

#include "base/alloc.h"

#define LEN 128 /* bytes of an RSA key */

enum {
	CAN_SIGN_PKCS1 = 1,
	CAN_SIGN_RAW = 2,
	CAN_DECRYPT_PKCS1 = 4,
	CAN_DECRYPT_OAEP = 8,
	CAN_DECRYPT_RAW = 16,
	CAN_CURVE = 32,
};

enum spoil {
	SOUND = 0,
	TOO_SHORT,
	TOO_LONG,
	NO_PIN,
	WRONG,                   /* one bit of what comes out */
	ZERO,
	BROKEN,                  /* where the padding is wrong */
};

struct soft {
	struct key_holder holder;
	struct crypto_key *key;
};

static unsigned abilities;
static enum spoil spoil;
static struct key_op last_op;
static unsigned runs, freed;


static bool
soft_can(const struct key_holder *holder, const struct key_op *op,
    enum holder_way way)
{
	unsigned need = CAN_CURVE;

	(void)holder;
	if (op->scheme == OP_RSA_PKCS1)
		need = way == HOLDER_SIGN ? CAN_SIGN_PKCS1 : CAN_DECRYPT_PKCS1;
	else if (op->scheme == OP_RSA_RAW)
		need = way == HOLDER_SIGN ? CAN_SIGN_RAW : CAN_DECRYPT_RAW;
	else if (op->scheme == OP_RSA_OAEP)
		need = CAN_DECRYPT_OAEP;
	else if (op->scheme == OP_RSA_PSS)
		return false;
	else if (op->scheme == OP_EDDSA && (op->prehash || op->has_context))
		return false;
	return (abilities & need) != 0;
}

/* A card that takes the padding off says when there is none. */
static enum cng_status
soft_unpad(struct crypto_key *key, struct span in, struct wr *out)
{
	const struct key_op raw = { .scheme = OP_RSA_RAW };
	uint8_t block[LEN];
	struct wr w = wr_of(block, sizeof block);
	size_t at = 2;

	ok(crypto_decrypt(key, &raw, in, &w));
	if (block[0] != 0 || block[1] != 2)
		return CNG_ERR_CIPHERTEXT;
	while (at < sizeof block && block[at] != 0)
		at++;
	if (at == sizeof block)
		return CNG_ERR_CIPHERTEXT;
	wr_bytes(out, span_of(block + at + 1, sizeof block - at - 1));
	return CNG_OK;
}

static enum cng_status
soft_run(struct key_holder *holder, const struct key_op *op,
    enum holder_way way, struct span in, struct wr *out)
{
	struct soft *soft = (struct soft *)(void *)holder;
	struct secret shared = { 0 };
	struct key_op one = *op;
	enum cng_status st = CNG_OK;

	uint8_t *at = out->buf + out->len;

	runs++;
	last_op = *op;
	ck_assert(soft_can(holder, op, way));
	if (spoil == NO_PIN)
		return CNG_ERR_NOT_LOGGED_IN;
	if (way == HOLDER_AGREE) {
		one.peer = in;
		st = crypto_derive(soft->key, &one, 0, &shared);
		wr_bytes(out, secret_span(&shared));
		secret_free(&shared);
	} else if (way == HOLDER_SIGN) {
		one.hash = HASH_NONE;
		st = crypto_sign(soft->key, &one, in, out);
	} else if (op->scheme == OP_RSA_PKCS1) {
		st = soft_unpad(soft->key, in, out);
	} else {
		st = crypto_decrypt(soft->key, op, in, out);
	}
	if (st == CNG_OK && spoil == WRONG)
		at[out->buf + out->len - at - 1] ^= 1;
	if (st == CNG_OK && spoil == ZERO)
		memset(at, 0, (size_t)(out->buf + out->len - at));
	if (st == CNG_ERR_CIPHERTEXT && spoil == BROKEN)
		st = CNG_ERR_DEVICE;
	if (st == CNG_OK && spoil == TOO_SHORT)
		out->len--;
	if (st == CNG_OK && spoil == TOO_LONG)
		wr_zero(out, 8192);
	return st;
}

static void
soft_free(struct key_holder *holder)
{
	struct soft *soft = (struct soft *)(void *)holder;

	freed++;
	crypto_key_free(soft->key);
	mem_free(soft);
}

static const struct key_holder_ops soft_ops = {
	.can = soft_can,
	.run = soft_run,
	.free = soft_free,
};

#endif
