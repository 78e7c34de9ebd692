/* SPDX-License-Identifier: BSD-2-Clause
 *
 * GIDS, Microsoft's Generic Identity Device Specification: the card that
 * Windows reads and writes without anybody's driver.
 */
#include "store/card/gids.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/text.h"

/* What identifies it; behind it are revision and a reserved byte. */
static const uint8_t aid[] = { 0xa0, 0x00, 0x00, 0x03, 0x97, 0x42, 0x54, 0x46,
	0x59 };

/* --- selecting ----------------------------------------------------------- */

/* A card that says yes to every name is none of ours. */
static bool
is_gids(struct span answer, uint8_t version[2])
{
	struct span all, name;

	if (!tlv_find(answer, 0x61, &all) || !tlv_find(all, 0x4f, &name) ||
	    name.len < sizeof aid || memcmp(name.ptr, aid, sizeof aid) != 0)
		return false;
	for (size_t i = 0; i < 2; i++)
		version[i] = name.len > sizeof aid + i ?
		    name.ptr[sizeof aid + i] : 0;
	return true;
}

static enum cng_status
select_with(struct card *card, uint8_t version[2])
{
	const struct apdu cmd = { .ins = 0xa4, .p1 = 4,
		.data = span_of(aid, sizeof aid), .answers = true };
	struct secret answer;
	uint16_t sw;
	enum cng_status st = apdu_send(card->link, &cmd, &answer, &sw);

	if (st == CNG_OK && (sw != SW_OK ||
		!is_gids(secret_span(&answer), version)))
		st = CNG_ERR_NOT_FOUND;
	secret_free(&answer);
	return st;
}

static enum cng_status
read_id(struct card *card, uint8_t out[16])
{
	struct secret id = { 0 };
	enum cng_status st = gids_read(card, gids_of(card)->id, &id);

	if (st == CNG_OK && id.len != 16)
		st = CNG_ERR_DEVICE;
	if (st == CNG_OK)
		memcpy(out, id.ptr, 16);
	secret_free(&id);
	return st;
}

/* Where the files are that we come back to. */
static enum cng_status
learn(struct card *card)
{
	struct gids *g = gids_of(card);
	struct secret master;
	enum cng_status st = gids_master(card, &master);

	if (st == CNG_ERR_NOT_FOUND)
		log_line(LOG_INFO, "card: GIDS, but not initialised");
	if (st != CNG_OK)
		return st;
	if (!gids_master_find(secret_span(&master), "", "cardcf", &g->fresh))
		g->fresh = (struct gids_spot){ 0 };
	if (!gids_master_find(secret_span(&master), "mscp", "cmapfile",
		&g->map) || !gids_master_find(secret_span(&master), "",
		"cardid", &g->id))
		st = CNG_ERR_NOT_FOUND;
	if (st == CNG_OK)
		st = read_id(card, g->guid);
	secret_free(&master);
	return st;
}

static enum cng_status
gids_select(struct card *card)
{
	struct gids *g = gids_of(card);
	uint8_t guid[sizeof g->guid];
	enum cng_status st = select_with(card, g->version);

	if (st == CNG_OK)
		st = read_id(card, guid);
	if (st == CNG_OK && memcmp(guid, g->guid, sizeof guid) != 0)
		return CNG_ERR_DEVICE_REMOVED;
	/* it was there a moment ago */
	return st == CNG_ERR_NOT_FOUND ? CNG_ERR_DEVICE : st;
}

static void
gids_free(struct card *card)
{
	struct gids *g = gids_of(card);

	if (g != NULL)
		secret_free(&g->admin);
	mem_free(g);
	card->state = NULL;
}

static enum cng_status
gids_probe(struct card *card)
{
	uint8_t version[2];
	struct gids *g;
	enum cng_status st = select_with(card, version);

	if (st != CNG_OK)
		return st;
	g = mem_new(1, sizeof *g);
	if (g == NULL)
		return CNG_ERR_NO_MEMORY;
	memcpy(g->version, version, sizeof version);
	card->state = g;
	st = learn(card);
	if (st != CNG_OK)
		gids_free(card);
	return st;
}

/* --- what it says of itself ---------------------------------------------- */

/* 7F71 with tries left and tries at most; -1 where it does not say. */
static enum cng_status
read_tries(struct card *card, struct device_info *out)
{
	static const uint8_t what[] = { 0x5c, 2, 0x7f, 0x71 };
	const struct apdu cmd = { .ins = 0xcb, .p1 = 0x3f, .p2 = 0xff,
		.data = span_of(what, sizeof what), .answers = true };
	struct secret answer;
	struct span body = { NULL, 0 }, value;
	uint16_t sw;
	enum cng_status st = apdu_send(card->link, &cmd, &answer, &sw);

	if (st != CNG_OK)
		return st;
	if (sw == SW_OK && !tlv_find(secret_span(&answer), 0x7f71, &body)) {
		st = CNG_ERR_DEVICE;
	} else if (sw == SW_OK) {
		/* 9F17 is that of the first revision */
		if ((tlv_find(body, 0x97, &value) ||
			tlv_find(body, 0x9f17, &value)) && value.len == 1)
			out->tries = value.ptr[0];
		if (tlv_find(body, 0x93, &value) && value.len == 1)
			out->tries_max = value.ptr[0];
	}
	secret_free(&answer);
	return st;
}

static enum cng_status
gids_tries(struct card *card, int *out)
{
	struct device_info info = { .tries = -1 };
	enum cng_status st = read_tries(card, &info);

	*out = info.tries;
	return st;
}

static enum cng_status
count_containers(struct card *card, struct device_info *out)
{
	struct secret map;
	enum cng_status st = gids_map_read(card, &map);

	if (st != CNG_OK)
		return st;
	for (size_t i = 0; i < gids_map_count(&map); i++)
		if (gids_map_get(&map, i).flags & GIDS_VALID)
			out->used++;
	out->spare = out->used < DEVICE_KEYS_MAX ?
	    DEVICE_KEYS_MAX - out->used : 0;
	secret_free(&map);
	return CNG_OK;
}

static enum cng_status
gids_info(struct card *card, struct device_info *out)
{
	const struct gids *g = gids_of(card);
	enum cng_status st;

	memcpy(out->guid, g->guid, sizeof g->guid);
	memcpy(out->version, g->version, sizeof g->version);
	hex_encode(out->serial, span_of(g->guid, sizeof g->guid));
	snprintf(out->label, sizeof out->label, "GIDS card %.8s",
	    out->serial);
	out->pin_min = GIDS_PIN_MIN;
	out->pin_max = GIDS_PIN_MAX;
	/* the device says it again after each selection */
	out->logged_in = card->pin.len > 0;
	out->can_import = true;
	out->can_generate = true;
	out->can_remove = true;
	st = read_tries(card, out);
	return st == CNG_OK ? count_containers(card, out) : st;
}

/* All counters but the version of the file. */
static enum cng_status
gids_stamp(struct card *card, uint64_t *out)
{
	uint8_t now[GIDS_FRESH];
	enum cng_status st = gids_fresh(card, now);

	*out = 0;
	for (size_t i = 1; st == CNG_OK && i < sizeof now; i++)
		*out = *out << 8 | now[i];
	return st;
}

const struct card_driver gids_driver = {
	.kind = "GIDS",
	.probe = gids_probe,
	.select = gids_select,
	.free = gids_free,
	.info = gids_info,
	.list = gids_list,
	.stamp = gids_stamp,
	.tries = gids_tries,
	.login = gids_login,
	.logout = gids_logout,
	.set_pin = gids_set_pin,
	.unblock = gids_unblock,
	.import = gids_import,
	.generate = gids_generate,
	.remove = gids_remove,
	.rename = gids_rename,
	.put_certificate = gids_put_certificate,
	.sizes = gids_sizes,
	.can = gids_can,
	.run = gids_run,
};
