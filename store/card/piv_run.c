/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Use of PIV keys: GENERAL AUTHENTICATE.  RSA is the bare operation; paddings
 * come off in crypto/held.c, in constant time.
 */
#include "store/card/piv.h"

#define ROOM 16                 /* for tags and lengths */

bool
piv_can(const struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way)
{
	enum key_family family = key->public.family;

	(void)card;
	if (op->scheme == OP_RSA_RAW)
		return family == KEY_RSA && way != HOLDER_AGREE;
	if (op->scheme == OP_ECDSA)
		return family == KEY_EC && way == HOLDER_SIGN;
	if (op->scheme == OP_EDDSA)
		return family == KEY_EDWARDS && way == HOLDER_SIGN &&
		    !op->prehash && !op->has_context && op->context.len == 0;
	return op->scheme == OP_ECDH && way == HOLDER_AGREE &&
	    (family == KEY_EC || family == KEY_MONTGOMERY);
}

/* --- what goes in -------------------------------------------------------- */

/* The first bytes of a digest that is too long for the curve; zeros before
 * one that is too short. */
static struct span
fit_digest(struct span digest, uint8_t *room, size_t width)
{
	if (digest.len >= width)
		return span_of(digest.ptr, width);
	memset(room, 0, width);
	if (digest.len > 0)
		memcpy(room + width - digest.len, digest.ptr, digest.len);
	return span_of(room, width);
}

static enum cng_status
make_request(struct span in, bool agree, struct secret *out)
{
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st = secret_new(out, in.len + ROOM);

	if (st != CNG_OK)
		return st;
	tlv_put(&count, 0x82, span_of(NULL, 0));
	tlv_put(&count, agree ? 0x85 : 0x81, in);
	w = wr_of(out->ptr, out->len);
	tlv_head(&w, 0x7c, count.len);
	tlv_put(&w, 0x82, span_of(NULL, 0));
	tlv_put(&w, agree ? 0x85 : 0x81, in);
	st = wr_status(&w);
	if (st == CNG_OK)
		secret_truncate(out, w.len);
	return st;
}

/* --- what comes out ------------------------------------------------------ */

static bool
take_integer(struct rd *r, size_t width, struct span *out)
{
	uint32_t tag;

	if (!tlv_next(r, &tag, out) || tag != 0x02 || out->len == 0 ||
	    (out->ptr[0] & 0x80) != 0)
		return false;
	*out = span_trim(*out);
	return out->len > 0 && out->len <= width;
}

/* SEQUENCE { r, s } to r || s. */
static enum cng_status
plain_signature(struct span der, size_t width, struct wr *out)
{
	struct rd outer = rd_of(der), inner;
	struct span body, r, s;
	uint32_t tag;

	if (!tlv_next(&outer, &tag, &body) || tag != 0x30 ||
	    !rd_at_end(&outer))
		return CNG_ERR_DEVICE;
	inner = rd_of(body);
	if (!take_integer(&inner, width, &r) ||
	    !take_integer(&inner, width, &s) || !rd_at_end(&inner))
		return CNG_ERR_DEVICE;
	wr_be_padded(out, r, width);
	wr_be_padded(out, s, width);
	return wr_status(out);
}

static enum cng_status
take_result(struct span answer, const struct key_op *op,
    const struct piv_algorithm *algorithm, struct wr *out)
{
	size_t want = op->scheme == OP_EDDSA ? 2 * algorithm->width :
	    op->scheme == OP_RSA_RAW ? algorithm->bits / 8 :
	    algorithm->width;
	struct span body, value;

	if (!tlv_find(answer, 0x7c, &body) || !tlv_find(body, 0x82, &value))
		return CNG_ERR_DEVICE;
	if (op->scheme == OP_ECDSA)
		return plain_signature(value, algorithm->width, out);
	if (value.len != want)
		return CNG_ERR_DEVICE;
	wr_bytes(out, value);
	return wr_status(out);
}

/* --- one use ------------------------------------------------------------- */

static enum cng_status
check_input(const struct key_op *op, const struct piv_algorithm *algorithm,
    struct span in)
{
	if (op->scheme == OP_RSA_RAW && in.len != algorithm->bits / 8)
		return CNG_ERR_DATA_SIZE;
	if (op->scheme == OP_ECDH && in.len != (algorithm->family == KEY_EC ?
	    1 + 2 * algorithm->width : algorithm->width))
		return CNG_ERR_MECHANISM_PARAM;
	return CNG_OK;
}

enum cng_status
piv_run(struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way, struct span once,
    struct span in, struct wr *out)
{
	const struct piv_algorithm *algorithm = piv_algorithm_of(
	    key->public.family, key->public.curve, key->bits);
	struct apdu cmd = { 0x00, 0x87, 0x00, (uint8_t)key->place,
		{ NULL, 0 }, true };
	struct secret request = { 0 }, answer = { 0 };
	uint8_t digest[64];
	enum cng_status st;

	if (algorithm == NULL || !piv_can(card, key, op, way))
		return CNG_ERR_NOT_SUPPORTED;
	st = check_input(op, algorithm, in);
	if (st == CNG_OK && op->scheme == OP_ECDSA)
		in = fit_digest(in, digest, algorithm->width);
	if (st == CNG_OK)
		st = make_request(in, way == HOLDER_AGREE, &request);
	cmd.p1 = algorithm->byte;
	cmd.data = secret_span(&request);
	/* nothing may be between the two */
	if (st == CNG_OK && once.len > 0)
		st = piv_verify(card, once);
	if (st == CNG_OK)
		st = way == HOLDER_DECRYPT ?
		    apdu_decrypt(card->link, &cmd, false, &answer) :
		    apdu_call(card->link, &cmd, &answer);
	if (st == CNG_OK)
		st = take_result(secret_span(&answer), op, algorithm, out);
	secret_free(&request);
	secret_free(&answer);
	return st;
}
