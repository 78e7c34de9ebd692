/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One use of a GIDS key: the mechanism is chosen, then the bytes go there.
 */
#include "store/card/gids.h"

/* Kinds of use, and mechanisms; the algorithm is in the lower half. */
#define USE_SIGN 0xb6
#define USE_DECRYPT 0xb8
#define SIGN_BLOCK 0x10
#define SIGN_PKCS1 0x50
#define DECRYPT_RAW 0x00
#define DECRYPT_PKCS1 0x40
#define DECRYPT_OAEP 0x80       /* with SHA-1 and no label */

#define PKCS1_OVERHEAD 11

static bool
is_plain_oaep(const struct key_op *op)
{
	return op->pad_hash == HASH_SHA1 && op->label.len == 0 &&
	    (op->mgf_hash == HASH_NONE || op->mgf_hash == HASH_SHA1);
}

void
gids_sizes(const struct card *card, enum key_family family, size_t *min,
    size_t *max)
{
	(void)card;
	if (family != KEY_RSA)
		return;
	*min = 1024;
	*max = 4096;
}

bool
gids_can(const struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way)
{
	bool common = op->scheme == OP_RSA_PKCS1 || op->scheme == OP_RSA_RAW;

	(void)card;
	if (gids_algorithm(key->bits) == 0)
		return false;
	if (way == HOLDER_SIGN)
		return key->can_sign && common;
	return way == HOLDER_DECRYPT && key->can_decrypt &&
	    (common || (op->scheme == OP_RSA_OAEP && is_plain_oaep(op)));
}

/* CNG_ERR_NOT_FOUND: no such key, or not that use of it. */
static enum cng_status
choose(struct card *card, const struct device_key *key, uint8_t use,
    uint8_t mechanism)
{
	uint8_t a = gids_algorithm(key->bits);
	uint8_t kid = gids_of(card)->kid[key->place];
	const uint8_t what[] = { 0x80, 1, mechanism | a, 0x84, 1,
		kid != 0 ? kid : (uint8_t)(GIDS_KID_FIRST + key->place) };
	const struct apdu cmd = { .ins = 0x22, .p1 = 0x41, .p2 = use,
		.data = span_of(what, sizeof what) };
	enum cng_status st = apdu_call(card->link, &cmd, NULL);

	return st == CNG_ERR_DATA ? CNG_ERR_NOT_FOUND : st;
}

static enum cng_status
compute(struct card *card, struct span in, struct secret *answer)
{
	const struct apdu cmd = { .ins = 0x2a, .p1 = 0x9e, .p2 = 0x9a,
		.data = in, .answers = true };

	return apdu_call(card->link, &cmd, answer);
}

/* --- signatures ---------------------------------------------------------- */

/* Where the card does not pad. */
static enum cng_status
sign_padded(struct card *card, const struct device_key *key, struct span in,
    struct secret *answer)
{
	size_t len = key->bits / 8;
	struct secret block;
	enum cng_status st = choose(card, key, USE_SIGN, SIGN_BLOCK);

	if (st != CNG_OK)
		return st;
	st = secret_new(&block, len);
	if (st != CNG_OK)
		return st;
	block.ptr[1] = 0x01;
	memset(block.ptr + 2, 0xff, len - in.len - 3);
	if (in.len > 0)
		memcpy(block.ptr + len - in.len, in.ptr, in.len);
	st = compute(card, secret_span(&block), answer);
	secret_free(&block);
	return st;
}

static enum cng_status
sign_pkcs1(struct card *card, const struct device_key *key, struct span in,
    struct secret *answer)
{
	enum cng_status st;

	if (in.len > key->bits / 8 - PKCS1_OVERHEAD)
		return CNG_ERR_DATA_SIZE;
	st = choose(card, key, USE_SIGN, SIGN_PKCS1);
	if (st == CNG_OK)
		return compute(card, in, answer);
	return st == CNG_ERR_NOT_FOUND ?
	    sign_padded(card, key, in, answer) : st;
}

static enum cng_status
sign(struct card *card, const struct device_key *key, const struct key_op *op,
    struct span in, struct wr *out)
{
	struct secret answer = { 0 };
	enum cng_status st = CNG_OK;

	if (op->scheme == OP_RSA_PKCS1) {
		st = sign_pkcs1(card, key, in, &answer);
	} else if (in.len != key->bits / 8) {
		st = CNG_ERR_DATA_SIZE;
	} else {
		st = choose(card, key, USE_SIGN, SIGN_BLOCK);
		if (st == CNG_OK)
			st = compute(card, in, &answer);
	}
	if (st == CNG_OK && answer.len != key->bits / 8)
		st = CNG_ERR_DEVICE;
	if (st == CNG_OK)
		wr_bytes(out, secret_span(&answer));
	secret_free(&answer);
	return st;
}

/* --- decryption ---------------------------------------------------------- */

/* A raw result may come without the zeros before it. */
static enum cng_status
take_plain(const struct device_key *key, const struct key_op *op,
    struct span plain, struct wr *out)
{
	size_t len = key->bits / 8;

	if (plain.len > len ||
	    (op->scheme == OP_RSA_PKCS1 && plain.len > len - PKCS1_OVERHEAD))
		return CNG_ERR_DEVICE;
	if (op->scheme == OP_RSA_RAW)
		wr_be_padded(out, plain, len);
	else
		wr_bytes(out, plain);
	return CNG_OK;
}

static enum cng_status
decrypt(struct card *card, const struct device_key *key,
    const struct key_op *op, struct span in, struct wr *out)
{
	uint8_t mechanism = op->scheme == OP_RSA_RAW ? DECRYPT_RAW :
	    op->scheme == OP_RSA_PKCS1 ? DECRYPT_PKCS1 : DECRYPT_OAEP;
	const struct apdu cmd = { .ins = 0x2a, .p1 = 0x80, .p2 = 0x86,
		.data = in, .answers = true };
	struct secret answer = { 0 };
	enum cng_status st;

	if (in.len != key->bits / 8)
		return CNG_ERR_CIPHERTEXT_SIZE;
	st = choose(card, key, USE_DECRYPT, mechanism);
	if (st != CNG_OK)
		return st;
	st = apdu_decrypt(card->link, &cmd, op->scheme != OP_RSA_RAW,
	    &answer);
	if (st == CNG_OK)
		st = take_plain(key, op, secret_span(&answer), out);
	secret_free(&answer);
	return st;
}

enum cng_status
gids_run(struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way, struct span once,
    struct span in, struct wr *out)
{
	enum cng_status st = CNG_OK;

	if (key->place >= GIDS_PLACES || !gids_can(card, key, op, way))
		return CNG_ERR_NOT_SUPPORTED;
	if (once.len > 0)
		st = gids_login(card, DEVICE_USER, once);
	if (st != CNG_OK)
		return st;
	return way == HOLDER_SIGN ? sign(card, key, op, in, out) :
				    decrypt(card, key, op, in, out);
}
