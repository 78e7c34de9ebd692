/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the keys of an OpenPGP card do.  The card pads RSA signatures itself
 * and takes the padding off when it decrypts; it does not do anything else
 * with RSA.
 */
#include "store/card/openpgp.h"

#define PKCS1_OVERHEAD 11

static void
widen(size_t bits, size_t *min, size_t *max)
{
	if (*max == 0 || bits < *min)
		*min = bits;
	if (bits > *max)
		*max = bits;
}

/* Attributes that cannot change are all that there is. */
void
pgp_sizes(const struct card *card, enum key_family family, size_t *min,
    size_t *max)
{
	const struct pgp *pgp = pgp_of(card);
	bool any = (pgp->caps & PGP_CAP_ATTR) != 0;

	for (size_t i = 0; i < PGP_PLACES; i++) {
		const struct pgp_attr *attr = &pgp->attr[i];
		const struct curve_info *curve = curve_info(attr->curve);

		if (attr->family == family)
			widen(family == KEY_RSA ? attr->bits :
			    curve != NULL ? curve->bits : 0, min, max);
	}
	if (any && (family == KEY_EDWARDS || family == KEY_MONTGOMERY))
		widen(255, min, max);
	if (any && (family == KEY_RSA || family == KEY_EC)) {
		widen(family == KEY_RSA ? 1024 : 256, min, max);
		widen(family == KEY_RSA ? 4096 : 521, min, max);
	}
}

bool
pgp_can(const struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way)
{
	enum key_family family = key->public.family;
	bool decrypts = key->place == PGP_DECRYPT;

	(void)card;
	switch (way) {
	case HOLDER_SIGN:
		if (decrypts)
			return false;
		if (family == KEY_EDWARDS)
			return op->scheme == OP_EDDSA && !op->prehash &&
			    !op->has_context && op->context.len == 0;
		return (family == KEY_RSA && op->scheme == OP_RSA_PKCS1) ||
		    (family == KEY_EC && op->scheme == OP_ECDSA);
	case HOLDER_DECRYPT:
		return decrypts && family == KEY_RSA &&
		    op->scheme == OP_RSA_PKCS1;
	case HOLDER_AGREE:
		return decrypts && op->scheme == OP_ECDH &&
		    (family == KEY_EC || family == KEY_MONTGOMERY);
	}
	return false;
}

/* --- signatures ---------------------------------------------------------- */

static enum cng_status
sign(struct card *card, const struct device_key *key, struct span once,
    struct span in, struct secret *answer)
{
	const struct apdu compute = { 0x00, 0x2a, 0x9e, 0x9a, in, true };
	const struct apdu authenticate = { 0x00, 0x88, 0x00, 0x00, in, true };
	enum cng_status st = CNG_OK;

	if (key->place == PGP_AUTH)
		return apdu_call(card->link, &authenticate, answer);
	if (once.len > 0)
		st = pgp_verify(card, PGP_PW1_SIGN, once);
	return st == CNG_OK ? apdu_call(card->link, &compute, answer) : st;
}

static enum cng_status
run_sign(struct card *card, const struct device_key *key, struct span once,
    struct span in, struct secret *answer)
{
	size_t order = key_order_bytes(&key->public);

	/* no card takes more than two fifths of the modulus */
	if (key->public.family == KEY_RSA && in.len > key->bits / 20)
		return CNG_ERR_DATA_SIZE;
	/* the rest of a longer digest does not count */
	if (key->public.family == KEY_EC && in.len > order)
		in.len = order;
	return sign(card, key, once, in, answer);
}

/* --- decryption and agreement -------------------------------------------- */

static struct apdu
decipher(struct span in)
{
	return (struct apdu){ 0x00, 0x2a, 0x80, 0x86, in, true };
}

static enum cng_status
run_decrypt(struct card *card, const struct device_key *key, struct span in,
    struct secret *answer)
{
	static const uint8_t rsa;
	struct secret data = { 0 };
	struct apdu cmd;
	size_t len = (key->bits + 7) / 8;
	enum cng_status st = secret_copy(&data, span_of(&rsa, 1));

	if (st == CNG_OK)
		st = secret_append(&data, in);
	cmd = decipher(secret_span(&data));
	if (st == CNG_OK)
		st = apdu_decrypt(card->link, &cmd, true, answer);
	secret_free(&data);
	return st == CNG_OK && answer->len + PKCS1_OVERHEAD > len ?
	    CNG_ERR_DEVICE : st;
}

static enum cng_status
run_agree(struct card *card, const struct device_key *key, struct span in,
    struct secret *answer)
{
	uint8_t bytes[32 + 1 + 2 * EC_BYTES_MAX];
	struct wr point = wr_of(NULL, 0), public = wr_of(NULL, 0);
	struct wr w = wr_of(bytes, sizeof bytes);
	size_t width = key_field_bytes(&key->public);
	struct apdu cmd;
	enum cng_status st;

	tlv_put(&point, 0x86, in);
	tlv_head(&public, 0x7f49, point.len);
	tlv_head(&w, 0xa6, public.len + point.len);
	tlv_head(&w, 0x7f49, point.len);
	tlv_put(&w, 0x86, in);
	if (w.failed)
		return CNG_ERR_DATA_SIZE;
	cmd = decipher(span_of(bytes, w.len));
	st = apdu_call(card->link, &cmd, answer);
	/* some give the whole point */
	if (st == CNG_OK && key->public.family == KEY_EC &&
	    answer->len == 1 + 2 * width && answer->ptr[0] == 0x04) {
		memmove(answer->ptr, answer->ptr + 1, width);
		secret_truncate(answer, width);
	}
	return st == CNG_ERR_DATA ? CNG_ERR_MECHANISM_PARAM : st;
}

/* Signatures and agreed numbers have one length. */
static bool
is_right_length(const struct device_key *key, enum holder_way way, size_t len)
{
	if (way == HOLDER_DECRYPT)
		return true; /* seen to already */
	if (key->public.family == KEY_RSA)
		return len == (key->bits + 7) / 8;
	return len == (way == HOLDER_AGREE ? key_field_bytes(&key->public) :
	    key->public.family == KEY_EC ?
	    2 * key_order_bytes(&key->public) :
	    2 * key_field_bytes(&key->public));
}

enum cng_status
pgp_run(struct card *card, const struct device_key *key,
    const struct key_op *op, enum holder_way way, struct span once,
    struct span in, struct wr *out)
{
	struct secret answer = { 0 };
	enum cng_status st = CNG_ERR_NOT_SUPPORTED;

	if (!pgp_can(card, key, op, way))
		return CNG_ERR_NOT_SUPPORTED;
	if (way == HOLDER_SIGN)
		st = run_sign(card, key, once, in, &answer);
	else if (way == HOLDER_DECRYPT)
		st = run_decrypt(card, key, in, &answer);
	else if (way == HOLDER_AGREE)
		st = run_agree(card, key, in, &answer);
	if (st == CNG_OK && !is_right_length(key, way, answer.len))
		st = CNG_ERR_DEVICE;
	if (st == CNG_OK)
		wr_bytes(out, secret_span(&answer));
	secret_free(&answer);
	return st;
}
