/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which containers there are (the container map, which Windows wants), and
 * which keys they have (the key map, for its driver and OpenSC).
 */
#include "store/card/gids.h"

#include "base/log.h"
#include "base/utf16.h"
#include "store/card/names.h"

/* The key map; A000 DF20. */
#define KEYS_ENTRY 12
#define KEYS_EXCHANGE 0x9a
#define KEYS_SIGN 0x9c
#define KEY_FILES 0xb0          /* the upper byte of all of them */

static const struct gids_spot keys_spot = { 0xa000, 0xdf20 };

/* --- names --------------------------------------------------------------- */

enum cng_status
gids_name_write(uint8_t out[GIDS_NAME], const char *name)
{
	struct wr w = wr_of(out, GIDS_NAME - 2);
	enum cng_status st = card_name_check(name);

	memset(out, 0, GIDS_NAME);
	if (st == CNG_OK)
		st = utf16le_write(&w, span_str(name), false);
	return st == CNG_OK && w.failed ? CNG_ERR_ARGUMENT : st;
}

void
gids_name_read(char out[DEVICE_NAME_SIZE], const uint8_t in[GIDS_NAME])
{
	struct secret text = { 0 };
	size_t len = 0;

	memset(out, 0, DEVICE_NAME_SIZE);
	while (len < GIDS_NAME && (in[len] | in[len + 1]) != 0)
		len += 2;
	if (len > 0 && utf8_from_utf16le(&text, span_of(in, len)) == CNG_OK &&
	    text.len < DEVICE_NAME_SIZE)
		memcpy(out, text.ptr, text.len);
	secret_free(&text);
}

/* --- the container map --------------------------------------------------- */

enum cng_status
gids_map_read(struct card *card, struct secret *out)
{
	enum cng_status st = gids_read(card, gids_of(card)->map, out);

	if (st == CNG_ERR_NOT_FOUND)
		return CNG_OK;
	if (st == CNG_OK && (out->len % GIDS_RECORD != 0 ||
		out->len / GIDS_RECORD > GIDS_PLACES)) {
		log_line(LOG_WARN, "card: a container map of %zu bytes",
		    out->len);
		secret_free(out);
		st = CNG_ERR_DEVICE;
	}
	return st;
}

size_t
gids_map_count(const struct secret *map)
{
	return map->len / GIDS_RECORD;
}

struct gids_record
gids_map_get(const struct secret *map, size_t index)
{
	struct gids_record record = { .flags = 0 };
	struct span name;
	uint8_t reserved;
	struct rd r;

	if (index >= gids_map_count(map))
		return record;
	r = rd_of(span_of(map->ptr + index * GIDS_RECORD, GIDS_RECORD));
	if (rd_take(&r, GIDS_NAME, &name))
		memcpy(record.name, name.ptr, GIDS_NAME);
	if (!rd_u8(&r, &record.flags) || !rd_u8(&r, &reserved) ||
	    !rd_u16le(&r, &record.sign_bits) ||
	    !rd_u16le(&r, &record.exchange_bits))
		return (struct gids_record){ .flags = 0 };
	return record;
}

enum cng_status
gids_map_set(struct secret *map, size_t index,
    const struct gids_record *record)
{
	static const uint8_t none[GIDS_RECORD];
	enum cng_status st = CNG_OK;
	struct wr w;

	while (st == CNG_OK && gids_map_count(map) <= index)
		st = secret_append(map, span_of(none, sizeof none));
	if (st != CNG_OK)
		return st;
	w = wr_of(map->ptr + index * GIDS_RECORD, GIDS_RECORD);
	wr_bytes(&w, span_of(record->name, GIDS_NAME));
	wr_u8(&w, record->flags);
	wr_u8(&w, 0);
	wr_u16le(&w, record->sign_bits);
	wr_u16le(&w, record->exchange_bits);
	return wr_status(&w);
}

void
gids_map_undefault(struct secret *map)
{
	for (size_t i = 0; i < gids_map_count(map); i++)
		map->ptr[i * GIDS_RECORD + GIDS_NAME] &=
		    (uint8_t)~GIDS_DEFAULT;
}

bool
gids_map_has_default(const struct secret *map)
{
	for (size_t i = 0; i < gids_map_count(map); i++) {
		uint8_t flags = gids_map_get(map, i).flags;

		if ((flags & GIDS_VALID) && (flags & GIDS_DEFAULT))
			return true;
	}
	return false;
}

size_t
gids_map_find(const struct secret *map, const char *name, size_t but)
{
	char has[DEVICE_NAME_SIZE];

	for (size_t i = 0; i < gids_map_count(map); i++) {
		struct gids_record record = gids_map_get(map, i);

		if (i == but || !(record.flags & GIDS_VALID))
			continue;
		gids_name_read(has, record.name);
		if (card_name_same(has, name))
			return i;
	}
	return GIDS_PLACES;
}

bool
gids_record_is_zero(const struct gids_record *record)
{
	static const uint8_t none[GIDS_NAME];

	return record->flags == 0 && record->sign_bits == 0 &&
	    record->exchange_bits == 0 &&
	    memcmp(record->name, none, sizeof none) == 0;
}

/* --- the key map --------------------------------------------------------- */

enum cng_status
gids_keys_read(struct card *card, struct secret *out)
{
	static const uint8_t version = 1;
	enum cng_status st = gids_read(card, keys_spot, out);

	if (st == CNG_ERR_NOT_FOUND)
		return secret_copy(out, span_of(&version, 1));
	if (st == CNG_OK && out->len == 0)
		return secret_append(out, span_of(&version, 1));
	if (st == CNG_OK && ((out->len - 1) % KEYS_ENTRY != 0 ||
		(out->len - 1) / KEYS_ENTRY > GIDS_PLACES)) {
		log_line(LOG_WARN, "card: a key map of %zu bytes", out->len);
		secret_free(out);
		st = CNG_ERR_DEVICE;
	}
	return st;
}

struct gids_entry
gids_keys_get(const struct secret *keys, size_t index)
{
	struct gids_entry entry = {
		.kid = (uint8_t)(GIDS_KID_FIRST + index)
	};
	size_t at = 1 + index * KEYS_ENTRY;
	uint8_t algorithm, kind;
	uint16_t file;
	uint32_t state;
	struct rd r;

	if (keys->len < at || keys->len - at < KEYS_ENTRY)
		return entry;
	r = rd_of(span_of(keys->ptr + at, KEYS_ENTRY));
	if (!rd_u32le(&r, &state) || !rd_u8(&r, &algorithm) ||
	    !rd_u8(&r, &kind) || !rd_u16le(&r, &file) || state == 0)
		return entry;
	entry.used = true;
	entry.algorithm = algorithm;
	if (file >> 8 == KEY_FILES && (file & 0xff) >= GIDS_KID_FIRST)
		entry.kid = (uint8_t)file;
	return entry;
}

enum cng_status
gids_keys_write(struct card *card, struct secret *keys, size_t index,
    const struct gids_entry *entry, bool sign)
{
	static const uint8_t none[KEYS_ENTRY] = { 0, 0, 0, 0, 0, 0, 0xff,
		0xff, 0xff, 0xff };
	size_t at = 1 + index * KEYS_ENTRY;
	enum cng_status st = CNG_OK;
	struct wr w;

	while (st == CNG_OK && keys->len < at + KEYS_ENTRY)
		st = secret_append(keys, span_of(none, sizeof none));
	if (st != CNG_OK)
		return st;
	w = wr_of(keys->ptr + at, KEYS_ENTRY);
	if (entry->used) {
		wr_u32le(&w, 1);
		wr_u8(&w, entry->algorithm);
		wr_u8(&w, sign ? KEYS_SIGN : KEYS_EXCHANGE);
		wr_u16le(&w, (uint16_t)(KEY_FILES << 8 | entry->kid));
		wr_u16le(&w, 0xffff);
		wr_u16le(&w, 0);
	} else {
		wr_bytes(&w, span_of(none, sizeof none));
	}
	return gids_write(card, keys_spot, secret_span(keys));
}

/* --- all of them --------------------------------------------------------- */

enum cng_status
gids_tables_read(struct card *card, struct gids_tables *out)
{
	enum cng_status st;

	*out = (struct gids_tables){ .map = { 0 } };
	st = gids_master(card, &out->master);
	if (st == CNG_OK)
		st = gids_map_read(card, &out->map);
	return st == CNG_OK ? gids_keys_read(card, &out->keys) : st;
}

void
gids_tables_free(struct gids_tables *t)
{
	secret_free(&t->master);
	secret_free(&t->map);
	secret_free(&t->keys);
}
