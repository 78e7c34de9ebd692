/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SP 800-108: counter, feedback and double pipeline, over pieces in the
 * order that the caller gives.  With op->hash the function is HMAC, without
 * it is CMAC.
 */
#include "crypto/derive.h"

#include "crypto/mac.h"

/* What one block hangs on. */
struct block {
	uint64_t number;
	struct span chain;
	size_t len;            /* of the output, */
	size_t size;           /* and of one block */
};

static struct key_op
prf_of(const struct key_op *op)
{
	return (struct key_op){
		.scheme = op->hash == HASH_NONE ? OP_AES_CMAC : OP_HMAC,
		.hash = op->hash,
	};
}

static bool
piece_ok(const struct kbkdf_piece *piece)
{
	if (piece->kind == KBKDF_PIECE_COUNTER ||
	    piece->kind == KBKDF_PIECE_LENGTH)
		return piece->width >= 8 && piece->width <= 64 &&
		    piece->width % 8 == 0;
	return piece->kind == KBKDF_PIECE_CHAIN || piece->bytes.ptr != NULL ||
	    piece->bytes.len == 0;
}

/* Does n fit into a number of that many bits? */
static bool
fits(uint64_t n, size_t width)
{
	return width >= 64 || n >> width == 0;
}

/* A counter that came back to where it was, or a length that was cut, would
 * make other keys than those meant. */
static uint64_t
length_bits(const struct kbkdf *k, const struct kbkdf_piece *piece,
    size_t len, size_t size)
{
	uint64_t blocks = (len + size - 1) / size;

	if (piece->whole_blocks)
		return blocks * size * 8;
	return (uint64_t)(k->keys_len == 0 ? len : k->keys_len) * 8;
}

static bool
numbers_fit(const struct kbkdf *k, size_t len, size_t size)
{
	for (size_t i = 0; i < k->count; i++) {
		const struct kbkdf_piece *piece = &k->piece[i];

		if ((piece->kind == KBKDF_PIECE_COUNTER &&
			!fits((len + size - 1) / size, piece->width)) ||
		    (piece->kind == KBKDF_PIECE_LENGTH &&
			!fits(length_bits(k, piece, len, size),
			    piece->width)))
			return false;
	}
	return true;
}

static size_t
count_of(const struct kbkdf *k, enum kbkdf_piece_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < k->count; i++)
		count += k->piece[i].kind == kind;
	return count;
}

static bool
pieces_ok(const struct kbkdf *k)
{
	size_t counters = count_of(k, KBKDF_PIECE_COUNTER);
	size_t chains = count_of(k, KBKDF_PIECE_CHAIN);

	if (k->count == 0 || k->count > KBKDF_PIECES_MAX ||
	    counters > 1 || count_of(k, KBKDF_PIECE_LENGTH) > 1)
		return false;
	for (size_t i = 0; i < k->count; i++)
		if (!piece_ok(&k->piece[i]))
			return false;
	return k->mode == KBKDF_COUNTER ? counters == 1 && chains == 0 :
					  chains == 1;
}

enum cng_status
kbkdf_check(const struct crypto_key *key, const struct key_op *op,
    size_t *len)
{
	const struct key_op prf = prf_of(op);
	const struct kbkdf *k = op->kbkdf;
	size_t size = mac_len(&prf);
	enum cng_status st = mac_check(key, &prf);

	if (st != CNG_OK)
		return st;
	if (k == NULL || !pieces_ok(k) || op->iv.len > SECRET_MAX ||
	    (k->mode != KBKDF_FEEDBACK && op->iv.len > 0))
		return CNG_ERR_MECHANISM_PARAM;
	if (*len == 0)
		*len = size;
	if (*len > DERIVE_MAX)
		return CNG_ERR_KEY_SIZE;
	if (k->keys_len > *len)
		return CNG_ERR_MECHANISM_PARAM;
	return numbers_fit(k, *len, size) ? CNG_OK : CNG_ERR_KEY_SIZE;
}

static bool
feed_number(struct unit *mac, const struct kbkdf_piece *piece, uint64_t n)
{
	size_t len = piece->width / 8;
	uint8_t bytes[8];

	for (size_t i = 0; i < len; i++)
		bytes[piece->little_endian ? i : len - 1 - i] =
		    (uint8_t)(n >> (8 * i));
	return mac_feed(mac, span_of(bytes, len));
}

static bool
feed(struct unit *mac, struct span s)
{
	return s.len == 0 || mac_feed(mac, s);
}

static bool
feed_piece(struct unit *mac, const struct kbkdf *k, size_t i,
    const struct block *at)
{
	const struct kbkdf_piece *piece = &k->piece[i];

	switch (piece->kind) {
	case KBKDF_PIECE_COUNTER:
		return feed_number(mac, piece, at->number);
	case KBKDF_PIECE_LENGTH:
		return feed_number(mac, piece,
		    length_bits(k, piece, at->len, at->size));
	case KBKDF_PIECE_CHAIN:
		return feed(mac, at->chain);
	case KBKDF_PIECE_BYTES:
		break;
	}
	return feed(mac, piece->bytes);
}

/* Is the piece part of A(0) of a pipeline? */
static bool
is_fixed(const struct kbkdf_piece *piece)
{
	return piece->kind == KBKDF_PIECE_BYTES ||
	    piece->kind == KBKDF_PIECE_LENGTH;
}

/* One call of the function: over all pieces; over the fixed ones; or over the
 * chain alone. */
enum over {
	OVER_ALL,
	OVER_FIXED,
	OVER_CHAIN,
};

static enum cng_status
prf(const struct crypto_key *key, const struct key_op *op, enum over over,
    const struct block *at, uint8_t out[MAC_MAX])
{
	const struct key_op mac_op = prf_of(op);
	struct unit *mac = NULL;
	bool ok = true;
	enum cng_status st = mac_unit(&mac, key, &mac_op);

	if (st != CNG_OK)
		return st;
	if (over == OVER_CHAIN)
		ok = feed(mac, at->chain);
	for (size_t i = 0; ok && over != OVER_CHAIN && i < op->kbkdf->count;
	     i++)
		if (over == OVER_ALL || is_fixed(&op->kbkdf->piece[i]))
			ok = feed_piece(mac, op->kbkdf, i, at);
	if (!ok) {
		unit_put(mac, true);
		return CNG_ERR_INTERNAL;
	}
	return mac_finish(mac, out);
}

enum cng_status
kbkdf_run(const struct crypto_key *key, const struct key_op *op,
    struct secret *out)
{
	const struct key_op mac_op = prf_of(op);
	enum kbkdf_mode mode = op->kbkdf->mode;
	size_t size = mac_len(&mac_op), done = 0;
	uint8_t made[MAC_MAX], chain[MAC_MAX];
	struct block at = { .chain = op->iv, .len = out->len, .size = size };
	enum cng_status st = CNG_OK;

	while (st == CNG_OK && done < out->len) {
		size_t take = out->len - done < size ? out->len - done : size;

		at.number++;
		/* A(1) is made of A(0), which is the fixed pieces */
		if (mode == KBKDF_PIPELINE)
			st = prf(key, op, at.number == 1 ? OVER_FIXED :
				OVER_CHAIN, &at, chain);
		if (mode == KBKDF_PIPELINE)
			at.chain = span_of(chain, size);
		if (st == CNG_OK)
			st = prf(key, op, OVER_ALL, &at, made);
		if (st != CNG_OK)
			break;
		memcpy(out->ptr + done, made, take);
		done += take;
		if (mode == KBKDF_FEEDBACK) {
			memcpy(chain, made, size);
			at.chain = span_of(chain, size);
		}
	}
	wipe(made, sizeof made);
	wipe(chain, sizeof chain);
	return st;
}
