/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A GIDS card as Windows finds it: initialised, with no container.  The admin
 * key is 01 ... 08 three times.
 */
#include "gids.h"

#include <string.h>

static void
create(struct card *card, const void *fcp, size_t len)
{
	unsigned ef;

	if (gids_create(card, span_of(fcp, len), &ef) == SW_OK)
		gids_activate(card, ef);
}

static void
files(struct card *card)
{
	static const uint8_t rules[][4] = { { 0xa0, 0x00, 0x30, 0x00 },
		{ 0xa0, 0x10, 0x30, 0x00 }, { 0xa0, 0x11, 0x30, 0xff },
		{ 0xa0, 0x12, 0x20, 0x00 }, { 0xa0, 0x13, 0x30, 0x30 },
		{ 0xa0, 0x14, 0x20, 0x20 } };
	static const uint8_t admin[] = { 0x82, 1, 0x18, 0x83, 2, 0xb0, 0x80,
		0x8c, 4, 0x87, 0, 0x20, 0xff, 0xa5, 0x0b, 0xa4, 9, 0x80, 1, 2,
		0x83, 1, 0x80, 0x95, 1, 0xc0 };

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		uint8_t fcp[] = { 0x82, 1, 0x39, 0x83, 2, rules[i][0],
			rules[i][1], 0x8c, 3, 3, rules[i][2], rules[i][3] };

		create(card, fcp, sizeof fcp);
	}
	create(card, admin, sizeof admin);
}

/* One record of the master file. */
static void
record(struct buf *out, const char *folder, const char *name, unsigned tag,
    unsigned ef)
{
	uint8_t bytes[28] = { 0 };

	memcpy(bytes, folder, strlen(folder));
	memcpy(bytes + 9, name, strlen(name));
	bytes[20] = (uint8_t)(tag & 0xff);
	bytes[21] = (uint8_t)(tag >> 8);
	bytes[24] = (uint8_t)(ef & 0xff);
	bytes[25] = (uint8_t)(ef >> 8);
	buf_put(out, bytes, sizeof bytes);
}

static void
contents(struct card *card)
{
	static const uint8_t zeros[6];
	struct buf master = { 0 };
	uint8_t id[16];

	key_random(id, sizeof id);
	buf_byte(&master, 1);
	record(&master, "mscp", "", 0, 0xa000);
	record(&master, "", "cardid", 0xdf20, 0xa012);
	record(&master, "", "cardapps", 0xdf21, 0xa010);
	record(&master, "", "cardcf", 0xdf22, 0xa010);
	record(&master, "mscp", "cmapfile", 0xdf23, 0xa010);
	gids_write(card, 0xa000, 0xdf1f, buf_all(&master));
	gids_write(card, 0xa012, 0xdf20, span_of(id, sizeof id));
	gids_write(card, 0xa010, 0xdf21, span_of("mscp\0\0\0", 8));
	gids_write(card, 0xa010, 0xdf22, span_of(zeros, sizeof zeros));
	gids_write(card, 0xa010, 0xdf23, span_of("", 0));
	buf_free(&master);
}

void
gids_personalise(struct card *card)
{
	static const uint8_t admin[24] = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4,
		5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 };
	const char *pin = card->options->pin;

	if (card->options->blank)
		return;
	if (pin == NULL)
		pin = "123456";
	files(card);
	contents(card);
	pin_set(card, gids_pin, span_of(pin, strlen(pin)), 3);
	if (card->options->blocked)
		pin_block(card, gids_pin);
	store_put(card->store, gids_admin_key, span_of(admin, sizeof admin));
	store_put(card->store, gids_operational, span_of("", 1));
}
