/* SPDX-License-Identifier: BSD-2-Clause
 *
 * GIDS key pairs.  Each has a file, which lists what may be done with it, and
 * which the key is then put into, or made in.
 */
#include "store/card/gids.h"

#include "base/log.h"
#include "base/util.h"
#include "crypto/asn1.h"
#include "crypto/crypto.h"
#include "store/card/public.h"

#define KEY_FILES 0xb0
#define SW_EXISTS 0x6a89

/* --- algorithms ---------------------------------------------------------- */

static const struct {
	size_t bits;
	uint8_t algorithm;
} sizes[] = { { 1024, 0x06 }, { 2048, 0x07 }, { 3072, 0x08 },
	{ 4096, 0x09 } };

uint8_t
gids_algorithm(size_t bits)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		if (sizes[i].bits == bits)
			return sizes[i].algorithm;
	return 0;
}

size_t
gids_algorithm_bits(uint8_t algorithm)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		if (sizes[i].algorithm == algorithm)
			return sizes[i].bits;
	return 0;
}

/* --- the file ------------------------------------------------------------ */

enum cng_status
gids_key_exists(struct card *card, uint8_t kid, bool *out)
{
	const uint8_t file[] = { KEY_FILES, kid };
	const struct apdu cmd = { .ins = 0xa4, .p2 = 0x0c,
		.data = span_of(file, sizeof file) };
	enum cng_status st = apdu_call(card->link, &cmd, NULL);

	*out = st == CNG_OK;
	return st == CNG_ERR_NOT_FOUND ? CNG_OK : st;
}

static enum cng_status
activate(struct card *card)
{
	const struct apdu cmd = { .ins = 0x44 };

	return apdu_call(card->link, &cmd, NULL);
}

/* One thing that may be done: the kind of use, and the mechanism. */
static void
put_use(struct wr *w, uint32_t kind, uint8_t mechanism, uint8_t kid)
{
	tlv_head(w, kind, 9);
	tlv_put_u8(w, 0x80, mechanism);
	tlv_put_u8(w, 0x83, kid);
	tlv_put_u8(w, 0x95, 0x40);
}

static void
put_uses(struct wr *w, uint8_t a, uint8_t kid, bool sign)
{
	if (!sign) {
		put_use(w, 0xb8, a, kid);
		put_use(w, 0xb8, 0x80 | a, kid);
		put_use(w, 0xb8, 0x40 | a, kid);
	}
	put_use(w, 0xb6, 0x10 | a, kid);
	put_use(w, 0xb6, 0x50 | a, kid);
}

enum cng_status
gids_key_create(struct card *card, uint8_t kid, uint8_t algorithm, bool sign)
{
	/* all that can be done, needs the PIN; nobody reads it */
	static const uint8_t rule[] = { 0x8f, 0x10, 0x10, 0x10, 0x00 };
	const uint8_t file[] = { KEY_FILES, kid };
	uint8_t uses[64], body[96], all[100];
	struct wr u = wr_of(uses, sizeof uses);
	struct wr b = wr_of(body, sizeof body), w = wr_of(all, sizeof all);
	struct apdu cmd = { .ins = 0xe0 };
	enum cng_status st;
	uint16_t sw;

	put_uses(&u, algorithm, kid, sign);
	tlv_put_u8(&b, 0x82, 0x18);
	tlv_put(&b, 0x83, span_of(file, sizeof file));
	tlv_put(&b, 0x8c, span_of(rule, sizeof rule));
	tlv_put(&b, 0xa5, span_of(uses, u.len));
	tlv_put(&w, 0x62, span_of(body, b.len));
	if (u.failed || b.failed || w.failed)
		return CNG_ERR_INTERNAL;
	cmd.data = span_of(all, w.len);
	st = apdu_send(card->link, &cmd, NULL, &sw);
	if (st == CNG_OK && sw != SW_OK)
		st = sw == SW_EXISTS ? CNG_ERR_EXISTS : apdu_status(sw);
	return st == CNG_OK ? activate(card) : st;
}

enum cng_status
gids_key_delete(struct card *card, uint8_t kid)
{
	const struct apdu cmd = { .ins = 0xe4 };
	bool there;
	enum cng_status st = gids_key_exists(card, kid, &there);

	if (st != CNG_OK || !there)
		return st;
	return apdu_call(card->link, &cmd, NULL);
}

/* --- import -------------------------------------------------------------- */

/* RSAPrivateKey, with all its numbers. */
static enum cng_status
encode_private(const struct key_material *key, struct secret *out)
{
	struct key_material whole = { 0 };
	struct wr w = wr_of(NULL, 0);
	const char *label;
	enum cng_status st = key_copy(&whole, key);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = crypto_complete(&whole);
	if (st == CNG_OK)
		st = key_encode_old(&whole, &label, &w);
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		st = key_encode_old(&whole, &label, &w);
	}
	if (st != CNG_OK)
		secret_free(out);
	key_free(&whole);
	return st;
}

static size_t
tlv_size(uint32_t tag, size_t len)
{
	struct wr w = wr_of(NULL, 0);

	tlv_head(&w, tag, len);
	return w.len + len;
}

static void
put_key(struct wr *w, uint8_t kid, struct span der)
{
	size_t inner = 6 + tlv_size(0x87, der.len);

	tlv_head(w, 0x70, 3 + tlv_size(0xa5, inner));
	tlv_put_u8(w, 0x84, kid);
	tlv_head(w, 0xa5, inner);
	tlv_put_u8(w, 0x83, 2); /* RSA */
	tlv_put_u8(w, 0x84, 0); /* not wrapped */
	tlv_put(w, 0x87, der);
}

enum cng_status
gids_key_put(struct card *card, uint8_t kid, const struct key_material *key)
{
	struct apdu cmd = { .ins = 0xdb, .p1 = 0x3f, .p2 = 0xff };
	struct secret der, data = { 0 };
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = encode_private(key, &der);

	if (st != CNG_OK)
		return st;
	put_key(&w, kid, secret_span(&der));
	st = secret_new(&data, w.len);
	if (st == CNG_OK) {
		w = wr_of(data.ptr, data.len);
		put_key(&w, kid, secret_span(&der));
		cmd.data = secret_span(&data);
		st = wr_status(&w);
	}
	if (st == CNG_OK)
		st = apdu_call(card->link, &cmd, NULL);
	secret_free(&der);
	secret_free(&data);
	/* it is a good key: what the card minds is its size */
	return st == CNG_ERR_DATA ? CNG_ERR_KEY_SIZE : st;
}

/* --- the public half ----------------------------------------------------- */

/* 7F49 and nothing else. */
static enum cng_status
take_public(struct span answer, struct key_material *out)
{
	struct rd r = rd_of(answer);
	struct span body;
	uint32_t tag;

	if (!tlv_next(&r, &tag, &body) || tag != 0x7f49 || !rd_at_end(&r))
		return CNG_ERR_DEVICE;
	return card_public_read(KEY_RSA, CURVE_NONE, body, out);
}

static enum cng_status
ask_public(struct card *card, const struct apdu *cmd,
    struct key_material *out)
{
	struct secret answer;
	enum cng_status st = apdu_call(card->link, cmd, &answer);

	*out = (struct key_material){ 0 };
	if (st != CNG_OK)
		return st;
	st = take_public(secret_span(&answer), out);
	if (st == CNG_ERR_DEVICE)
		log_line(LOG_WARN, "card: no public key in the answer");
	secret_free(&answer);
	return st;
}

enum cng_status
gids_key_public(struct card *card, uint8_t kid, struct key_material *out)
{
	const uint8_t what[] = { 0x70, 8, 0x84, 1, kid, 0xa5, 3, 0x7f, 0x49,
		0x80 };
	/* there are cards that want no Le behind this */
	const struct apdu cmd = { .ins = 0xcb, .p1 = 0x3f, .p2 = 0xff,
		.data = span_of(what, sizeof what) };

	return ask_public(card, &cmd, out);
}

enum cng_status
gids_key_generate(struct card *card, uint8_t kid, uint8_t algorithm,
    struct key_material *public)
{
	const uint8_t what[] = { 0xac, 6, 0x80, 1, algorithm, 0x83, 1, kid };
	const struct apdu cmd = { .ins = 0x47,
		.data = span_of(what, sizeof what), .answers = true };
	enum cng_status st = ask_public(card, &cmd, public);

	return st == CNG_ERR_DATA ? CNG_ERR_KEY_SIZE : st;
}
