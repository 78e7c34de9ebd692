/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: what cards say, piece by piece: tags and lengths, zlib streams,
 * attributes and public keys, names, answers in many parts.
 */
#include "card.h"

#include <stdlib.h>

#include "base/utf16.h"
#include "store/card/gids.h"
#include "store/card/inflate.h"
#include "store/card/openpgp.h"
#include "store/card/piv.h"

static void
must(bool condition)
{
	if (!condition)
		abort();
}

/* --- tags and lengths ---------------------------------------------------- */

/* What was read can be written and read again. */
static void
check_object(uint32_t tag, struct span value)
{
	size_t size = value.len + 8;
	uint8_t *copy = malloc(size);
	struct wr w = wr_of(copy, size);
	struct span again;
	struct rd r;
	uint32_t found;

	must(copy != NULL);
	tlv_put(&w, tag, value);
	must(!w.failed);
	r = rd_of(span_of(copy, w.len));
	/* a tag may begin with a zero, which is not written */
	if (tag >> 24 == 0 && tag != 0 && (tag & 0x1f) != 0x1f && tag < 0x100)
		must(tlv_next(&r, &found, &again) && found == tag &&
		    rd_at_end(&r) && span_equal(again, value));
	free(copy);
}

static void
walk(struct span in, int depth)
{
	struct rd r = rd_of(in);
	struct span value, first;
	uint32_t tag;

	while (tlv_next(&r, &tag, &value)) {
		must(value.len == 0 || (value.ptr >= in.ptr &&
		    value.ptr + value.len <= in.ptr + in.len));
		must(tlv_find(in, tag, &first));
		check_object(tag, value);
		if (depth < 8)
			walk(value, depth + 1);
	}
}

/* --- zlib ---------------------------------------------------------------- */

static void
check_inflate(struct span in)
{
	struct secret out, packed, again;

	if (inflate_bytes(in, &out) != CNG_OK) {
		must(out.ptr == NULL);
		return;
	}
	must(out.len <= INFLATE_MAX);
	must(deflate_bytes(secret_span(&out), &packed) == CNG_OK);
	if (packed.len <= INFLATE_MAX) {
		must(inflate_bytes(secret_span(&packed), &again) == CNG_OK);
		must(span_equal(secret_span(&out), secret_span(&again)));
		secret_free(&again);
	}
	secret_free(&packed);
	secret_free(&out);
}

/* --- keys and names ------------------------------------------------------ */

static void
check_public(enum cng_status st, struct key_material *key)
{
	if (st == CNG_OK)
		must(key_check_shape(key) == CNG_OK);
	else
		must(key->part[0].ptr == NULL);
	key_free(key);
}

static void
check_keys(struct span in)
{
	const struct piv_algorithm *algorithm;
	struct key_material key;
	struct pgp_attr attr;
	struct span raw, rest;
	struct rd r = rd_of(in);
	uint8_t byte = fuzz_byte(&r);

	algorithm = piv_algorithm_byte(byte);
	if (algorithm != NULL)
		check_public(piv_read_public(algorithm, rd_rest(&r), &key),
		    &key);
	if (!rd_take(&r, (byte & 0x3f) < r.left ? byte & 0x3f : r.left,
		&raw) || !pgp_attr_parse(&attr, raw))
		return;
	rest = rd_rest(&r);
	must(attr.len == raw.len && attr.oid_len < PGP_ATTR_MAX);
	if (attr.family != KEY_NONE)
		check_public(pgp_parse_public(&attr, rest, &key), &key);
}

static void
check_name(struct span in)
{
	uint8_t wide[GIDS_NAME] = { 0 };
	char name[DEVICE_NAME_SIZE];
	size_t len = in.len < sizeof wide ? in.len : sizeof wide;

	if (len > 0)
		memcpy(wide, in.ptr, len);
	gids_name_read(name, wide);
	must(strnlen(name, sizeof name) < sizeof name);
	must(utf8_valid(span_str(name)));
}

/* --- a command and its answers ------------------------------------------- */

struct talk {
	struct card_link link;
	struct rd in;
};

/* Each answer: how long, then its bytes; nothing more is left at the end. */
static enum cng_status
talk_transmit(struct card_link *link, struct span command, uint8_t *answer,
    size_t size, size_t *len)
{
	struct talk *t = (struct talk *)(void *)link;
	uint8_t want = fuzz_byte(&t->in);
	struct span said = { NULL, 0 };

	must(command.len >= 4 && command.len <= 261);
	(void)!rd_take(&t->in, want < t->in.left ? want : t->in.left, &said);
	must(said.len <= size);
	if (said.len > 0)
		memcpy(answer, said.ptr, said.len);
	*len = said.len;
	return CNG_OK;
}

static void
check_apdu(struct span in)
{
	static const struct card_link_ops ops = { .transmit = talk_transmit };
	static const uint8_t data[1024];
	struct talk t = { .link = { .ops = &ops }, .in = rd_of(in) };
	struct apdu cmd = { .ins = 0xcb, .answers = true };
	struct secret answer;
	uint16_t sw;

	cmd.data = span_of(data, (size_t)fuzz_byte(&t.in) << 2);
	t.link.t0 = fuzz_byte(&t.in) & 1;
	if (apdu_send(&t.link, &cmd, &answer, &sw) != CNG_OK)
		must(answer.ptr == NULL);
	must(answer.len <= APDU_ANSWER_MAX);
	(void)apdu_status(sw);
	(void)apdu_pin_status(sw);
	secret_free(&answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);

	walk(in, 0);
	check_inflate(in);
	check_keys(in);
	check_name(in);
	check_apdu(in);
	return 0;
}
