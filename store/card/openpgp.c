/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenPGP cards, version 2 and 3: selecting, and what the card says of itself.
 */
#include "store/card/openpgp.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/text.h"
#include "base/util.h"

/* Of the card capabilities. */
#define CAN_CHAIN 0x80
#define CAN_EXTEND 0x40

static const uint8_t aid[] = { 0xd2, 0x76, 0x00, 0x01, 0x24, 0x01 };

static const struct {
	uint16_t number;
	const char *name;
} makers[] = {
	{ 0x0001, "PPC Card Systems" },
	{ 0x0002, "Prism" },
	{ 0x0003, "OpenFortress" },
	{ 0x0005, "ZeitControl" },
	{ 0x0006, "Yubico" },
	{ 0x000f, "Nitrokey" },
	{ 0xf517, "FSIJ" },
};

/* --- application related data -------------------------------------------- */

static uint16_t
be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

/* The card capabilities in the historical bytes, a compact TLV that ends three
 * bytes before their end; 0: it does not tell. */
static uint8_t
card_capabilities(struct span in)
{
	struct span history, value;
	struct rd r;
	uint8_t head;

	if (!tlv_find(in, 0x5f52, &history) || history.len < 4 ||
	    history.ptr[0] != 0)
		return 0;
	r = rd_of(span_of(history.ptr + 1, history.len - 4));
	while (rd_u8(&r, &head) && rd_take(&r, head & 0x0f, &value))
		if (head == 0x73)
			return value.ptr[2];
	return 0;
}

/* Cards of version 2 say how much data they take, beside other lengths; later
 * ones how long a command may be, in an object of its own. */
static size_t
command_max(const struct pgp *pgp, struct span in, struct span parts)
{
	static const uint8_t two[] = { 0x02, 0x02 };
	struct span part;

	if (tlv_find(in, 0x7f66, &part))
		return part.len >= 4 && memcmp(part.ptr, two, 2) == 0 ?
		    be16(part.ptr + 2) : UINT16_MAX;
	if (pgp->aid[6] < 3 && tlv_find(parts, 0xc0, &part) && part.len >= 8)
		return APDU_EXTENDED + (size_t)be16(part.ptr + 6);
	return UINT16_MAX;
}

/* The card has what it wants in them; what is not there stays zero. */
static bool
parse_parts(struct pgp *pgp, struct span in)
{
	struct span part;

	if (!tlv_find(in, 0xc0, &part) || part.len < 8)
		return false;
	pgp->caps = part.ptr[0];
	pgp->cert_max = be16(part.ptr + 4);
	pgp->object_max = be16(part.ptr + 6);
	if (pgp->object_max == 0 || pgp->object_max > UINT8_MAX)
		pgp->object_max = UINT8_MAX;
	for (unsigned i = 0; i < PGP_PLACES; i++)
		if (!tlv_find(in, PGP_ATTR + i, &part) ||
		    !pgp_attr_parse(&pgp->attr[i], part))
			return false;
	if (!tlv_find(in, PGP_PW_STATUS, &part) || part.len < sizeof pgp->pw)
		return false;
	memcpy(pgp->pw, part.ptr, sizeof pgp->pw);
	if (!tlv_find(in, 0xc5, &part) || part.len < sizeof pgp->print)
		return false;
	memcpy(pgp->print, part.ptr, sizeof pgp->print);
	if (tlv_find(in, 0xcd, &part) && part.len == sizeof pgp->times)
		memcpy(pgp->times, part.ptr, sizeof pgp->times);
	if (tlv_find(in, 0xde, &part) && part.len >= 2 * PGP_PLACES)
		for (size_t i = 0; i < PGP_PLACES; i++)
			pgp->origin[i] = part.ptr[2 * i + 1];
	return true;
}

static bool
parse_application(struct pgp *pgp, struct span in)
{
	struct span part, parts;
	uint8_t can;

	if (!tlv_find(in, 0x4f, &part) || part.len != sizeof pgp->aid ||
	    !span_equal(span_of(part.ptr, sizeof aid),
		span_of(aid, sizeof aid)))
		return false;
	memcpy(pgp->aid, part.ptr, sizeof pgp->aid);
	parts = tlv_find(in, 0x73, &part) ? part : in;
	can = card_capabilities(in);
	if ((can & CAN_CHAIN) == 0 && (can & CAN_EXTEND) != 0)
		pgp->extended = command_max(pgp, in, parts);
	return parse_parts(pgp, parts);
}

enum cng_status
pgp_refresh(struct card *card)
{
	struct pgp *pgp = pgp_of(card), fresh = { .caps = 0 };
	const struct apdu get = { 0x00, 0xca, 0x00, PGP_APPLICATION,
		span_of(NULL, 0), true };
	struct secret object;
	enum cng_status st = apdu_call(card->link, &get, &object);

	if (st != CNG_OK)
		return st;
	if (!parse_application(&fresh, pgp_inside(&object, PGP_APPLICATION)))
		st = CNG_ERR_DEVICE;
	secret_free(&object);
	if (st == CNG_OK && (fresh.caps & PGP_CAP_KDF) != 0)
		st = pgp_kdf_read(card, &fresh.kdf);
	if (st != CNG_OK)
		return st;
	fresh.pw3 = pgp->pw3;
	*pgp = fresh;
	card->link->extended = pgp->extended;
	return CNG_OK;
}

/* --- selecting ----------------------------------------------------------- */

static enum cng_status
send_select(struct card *card, uint16_t *sw)
{
	const struct apdu select = { 0x00, 0xa4, 0x04, 0x00,
		span_of(aid, sizeof aid), true };
	struct secret answer;
	enum cng_status st;

	card->link->extended = 0;
	st = apdu_send(card->link, &select, &answer, sw);
	if (st == CNG_OK)
		secret_free(&answer);
	return st;
}

static enum cng_status
openpgp_select(struct card *card)
{
	uint8_t aid_before[PGP_AID];
	uint16_t sw;
	enum cng_status st = send_select(card, &sw);

	memcpy(aid_before, pgp_of(card)->aid, sizeof aid_before);

	if (st == CNG_OK && sw != SW_OK)
		st = CNG_ERR_DEVICE;
	if (st == CNG_OK)
		st = pgp_refresh(card);
	/* it has the serial number */
	if (st == CNG_OK && memcmp(aid_before, pgp_of(card)->aid,
	    sizeof aid_before) != 0)
		st = CNG_ERR_DEVICE_REMOVED;
	/* what was selected has to be there */
	return st == CNG_ERR_NOT_FOUND ? CNG_ERR_DEVICE : st;
}

static void
openpgp_free(struct card *card)
{
	struct pgp *pgp = pgp_of(card);

	if (pgp != NULL)
		secret_free(&pgp->pw3);
	mem_free(pgp);
	card->state = NULL;
}

static enum cng_status
openpgp_probe(struct card *card)
{
	uint16_t sw;
	enum cng_status st = send_select(card, &sw);

	if (st == CNG_OK && sw == 0x6285)
		log_line(LOG_WARN, "card: this OpenPGP card was terminated");
	if (st == CNG_OK && sw != SW_OK)
		st = CNG_ERR_NOT_FOUND;
	if (st != CNG_OK)
		return st;
	card->state = mem_new(1, sizeof (struct pgp));
	if (card->state == NULL)
		return CNG_ERR_NO_MEMORY;
	st = pgp_refresh(card);
	if (st != CNG_OK)
		openpgp_free(card);
	return st == CNG_ERR_NOT_FOUND ? CNG_ERR_DEVICE : st;
}

/* --- what it is ---------------------------------------------------------- */

static void
show_identity(const struct pgp *pgp, struct device_info *out)
{
	uint16_t maker = be16(pgp->aid + 8);
	const char *name = NULL;

	for (size_t i = 0; i < ARRAY_LEN(makers); i++)
		if (makers[i].number == maker)
			name = makers[i].name;
	if (name != NULL)
		snprintf(out->maker, sizeof out->maker, "%s", name);
	else
		snprintf(out->maker, sizeof out->maker, "OpenPGP maker %04X",
		    maker);
	/* number of the maker, and its number for the card */
	hex_encode(out->serial, span_of(pgp->aid + 8, 6));
	snprintf(out->label, sizeof out->label, "OpenPGP %.12s",
	    out->serial);
	memcpy(out->guid, pgp->aid, sizeof out->guid);
	memcpy(out->version, pgp->aid + 6, sizeof out->version);
}

static enum cng_status
openpgp_info(struct card *card, struct device_info *out)
{
	const struct pgp *pgp = pgp_of(card);
	bool there[PGP_PLACES];
	enum cng_status st = pgp_refresh(card);

	if (st == CNG_OK)
		st = pgp_survey(card, there);
	if (st == CNG_OK)
		st = pgp_is_logged_in(card, &out->logged_in);
	if (st != CNG_OK)
		return st;
	show_identity(pgp, out);
	out->pin_min = 6;
	/* of what is hashed first, any length will do */
	out->pin_max = pgp->kdf.active ? 0x7f : pgp->pw[1] & 0x7f;
	out->tries = pgp->pw[4];
	/* what unblocks: the reset code, or else PW3 */
	out->unblock_tries = pgp->pw[5] > 0 ? pgp->pw[5] : pgp->pw[6];
	out->can_import = (pgp->caps & PGP_CAP_IMPORT) != 0;
	out->can_generate = true;
	out->can_remove = (pgp->caps & PGP_CAP_ATTR) != 0;
	for (size_t i = 0; i < PGP_PLACES; i++)
		out->used += there[i];
	out->spare = PGP_PLACES - out->used;
	return CNG_OK;
}

/* As of the selection a moment ago. */
static enum cng_status
openpgp_tries(struct card *card, int *out)
{
	*out = pgp_of(card)->pw[4];
	return CNG_OK;
}

/* There is no counter: but whoever brings a key writes when, and what its
 * fingerprint is. */
static void
mix(uint64_t *sum, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		*sum = (*sum ^ bytes.ptr[i]) * UINT64_C(0x100000001b3);
}

static enum cng_status
openpgp_stamp(struct card *card, uint64_t *out)
{
	const struct pgp *pgp = pgp_of(card);
	struct secret names = { 0 };
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	enum cng_status st = pgp_refresh(card);

	if (st == CNG_OK && (pgp->caps & PGP_CAP_OWN) != 0)
		st = pgp_get(card, PGP_NAMES, &names);
	for (size_t i = 0; i < PGP_PLACES; i++) {
		mix(&sum, span_of(pgp->attr[i].raw, pgp->attr[i].len));
		mix(&sum, span_of(pgp->print[i], PGP_PRINT));
	}
	mix(&sum, span_of(pgp->times, sizeof pgp->times));
	mix(&sum, span_of(pgp->origin, sizeof pgp->origin));
	mix(&sum, span_of(pgp->pw, 1));
	mix(&sum, secret_span(&names));
	secret_free(&names);
	*out = sum;
	return st;
}

const struct card_driver openpgp_driver = {
	.kind = "OpenPGP",
	.slot_first = 1,
	.slot_last = PGP_PLACES,
	.slot_base = 1,
	.probe = openpgp_probe,
	.select = openpgp_select,
	.free = openpgp_free,
	.info = openpgp_info,
	.list = pgp_list,
	.stamp = openpgp_stamp,
	.stamp_misses = true,
	.tries = openpgp_tries,
	.login = pgp_login,
	.logout = pgp_logout,
	.set_pin = pgp_set_pin,
	.unblock = pgp_unblock,
	.import = pgp_import,
	.generate = pgp_generate,
	.remove = pgp_remove,
	.rename = pgp_rename,
	.put_certificate = pgp_put_certificate,
	.sizes = pgp_sizes,
	.can = pgp_can,
	.run = pgp_run,
};
