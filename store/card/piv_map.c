/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names of containers: the map that Yubico's minidriver keeps in an object of
 * its own.  Programs on Linux have written it with wide characters of four
 * bytes.
 */
#include "store/card/piv.h"

#include <stdio.h>

#include "base/log.h"
#include "base/utf16.h"
#include "crypto/asn1.h"
#include "crypto/crypto.h"

#define NAME_UNITS 40
#define TAIL 27                 /* what follows the name */
#define RECORD (2 * NAME_UNITS + TAIL)
#define RECORD_WIDE (4 * NAME_UNITS + TAIL)

/* --- reading ------------------------------------------------------------- */

/* UTF-16LE, up to the closing zero.  One that is no text is no name. */
static void
read_name(struct span wide, size_t unit, char out[DEVICE_NAME_SIZE])
{
	uint8_t text[4 * NAME_UNITS];
	struct wr w = wr_of(text, sizeof text);
	struct rd r = rd_of(wide);
	struct secret utf8 = { 0 };
	uint32_t cp = 1;

	out[0] = '\0';
	while (cp != 0 && !rd_at_end(&r)) {
		uint16_t half;

		if (unit == 2 && rd_u16le(&r, &half))
			cp = half;
		else if (unit != 4 || !rd_u32le(&r, &cp) || cp > 0x10ffff)
			return;
		if (cp >= 0x10000) {
			wr_u16le(&w, (uint16_t)(0xd7c0 + (cp >> 10)));
			wr_u16le(&w, (uint16_t)(0xdc00 | (cp & 0x3ff)));
		} else if (cp != 0) {
			wr_u16le(&w, (uint16_t)cp);
		}
	}
	if (w.failed || utf8_from_utf16le(&utf8, span_of(text, w.len)) !=
	    CNG_OK)
		return;
	if (utf8.len < DEVICE_NAME_SIZE && utf8.len > 0) {
		memcpy(out, utf8.ptr, utf8.len);
		out[utf8.len] = '\0';
	}
	secret_free(&utf8);
}

static bool
read_record(struct rd *r, size_t unit, struct piv_record *out)
{
	struct span name, print;

	if (!rd_take(r, unit * NAME_UNITS, &name) || !rd_u8(r, &out->slot) ||
	    !rd_u8(r, &out->spec) || !rd_u16le(r, &out->bits) ||
	    !rd_u8(r, &out->flags) || !rd_u8(r, &out->pin) ||
	    !rd_u8(r, &out->ecdh) || !rd_take(r, PIV_PRINT, &print))
		return false;
	read_name(name, unit, out->name);
	memcpy(out->print, print.ptr, PIV_PRINT);
	return true;
}

static bool
read_all(struct span in, struct piv_map *map)
{
	size_t unit = in.len % RECORD == 0 ? 2 : 4;
	size_t size = unit == 2 ? RECORD : RECORD_WIDE;
	struct rd r = rd_of(in);

	if (in.len % size != 0 || in.len / size > PIV_RECORDS_MAX)
		return false;
	while (!rd_at_end(&r)) {
		if (!read_record(&r, unit, &map->record[map->count]))
			return false;
		map->count++;
	}
	return true;
}

enum cng_status
piv_map_read(struct card *card, struct piv_map *map)
{
	struct secret value = { 0 };
	struct span in;
	enum cng_status st = CNG_ERR_NOT_FOUND;

	*map = (struct piv_map){ .count = 0 };
	if (piv_of(card)->yubico)
		st = piv_get(card, PIV_MAP, &value);
	if (st == CNG_OK && (!tlv_find(secret_span(&value), 0x81, &in) ||
	    !read_all(in, map))) {
		log_line(LOG_WARN, "card: its container map is damaged");
		*map = (struct piv_map){ .damaged = true };
	}
	secret_free(&value);
	return st == CNG_ERR_NOT_FOUND || st == CNG_ERR_NOT_SUPPORTED ||
	    st == CNG_ERR_DATA ? CNG_OK : st;
}

/* --- writing ------------------------------------------------------------- */

static enum cng_status
write_record(struct wr *w, const struct piv_record *record)
{
	size_t end = w->len + (size_t)2 * NAME_UNITS;
	enum cng_status st;

	st = utf16le_write(w, span_str(record->name), false);
	if (st != CNG_OK)
		return st;
	if (w->len >= end)
		return CNG_ERR_ARGUMENT; /* 39 and a zero */
	wr_zero(w, end - w->len);
	wr_u8(w, record->slot);
	wr_u8(w, record->spec);
	wr_u16le(w, record->bits);
	wr_u8(w, record->flags);
	wr_u8(w, record->pin);
	wr_u8(w, record->ecdh);
	wr_bytes(w, span_of(record->print, PIV_PRINT));
	return wr_status(w);
}

enum cng_status
piv_map_write(struct card *card, const struct piv_map *map)
{
	struct secret value = { 0 };
	struct wr w;
	enum cng_status st;

	if (map->damaged)
		return CNG_ERR_DEVICE;
	if (map->count == 0)
		return piv_put(card, PIV_MAP, span_of(NULL, 0));
	st = secret_new(&value, 2 * RECORD + map->count * RECORD);
	if (st != CNG_OK)
		return st;
	w = wr_of(value.ptr, value.len);
	tlv_head(&w, 0x81, map->count * RECORD);
	for (size_t i = 0; st == CNG_OK && i < map->count; i++)
		st = write_record(&w, &map->record[i]);
	if (st == CNG_OK)
		st = piv_put(card, PIV_MAP, span_of(value.ptr, w.len));
	secret_free(&value);
	/* what a card says that knows only the objects of the standard */
	return st == CNG_ERR_NOT_FOUND || st == CNG_ERR_DATA ?
	    CNG_ERR_NOT_SUPPORTED : st;
}

/* --- records ------------------------------------------------------------- */

struct piv_record *
piv_map_find(const struct piv_map *map, unsigned slot)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->record[i].slot == slot)
			return (struct piv_record *)(uintptr_t)
			    &map->record[i];
	return NULL;
}

struct piv_record *
piv_map_add(struct piv_map *map, unsigned slot)
{
	struct piv_record *record = piv_map_find(map, slot);

	if (record == NULL && map->count == PIV_RECORDS_MAX)
		return NULL;
	if (record == NULL)
		record = &map->record[map->count++];
	*record = (struct piv_record){ .slot = (uint8_t)slot };
	return record;
}

void
piv_map_drop(struct piv_map *map, unsigned slot)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->count; i++)
		if (map->record[i].slot != slot)
			map->record[kept++] = map->record[i];
	map->count = kept;
}

bool
piv_record_is_half(const struct piv_record *record)
{
	return record != NULL &&
	    (record->flags & (PIV_FLAG_HALF | PIV_FLAG_VALID)) ==
	    PIV_FLAG_HALF;
}

enum {
	SPEC_EXCHANGE = 1, SPEC_SIGNATURE,
	SPEC_ECDSA_P256, SPEC_ECDSA_P384, SPEC_ECDSA_P521,
	SPEC_ECDH_P256, SPEC_ECDH_P384, SPEC_ECDH_P521
};

const struct piv_algorithm *
piv_record_algorithm(const struct piv_record *record)
{
	if (record == NULL)
		return NULL;
	switch (record->spec) {
	case SPEC_EXCHANGE:
	case SPEC_SIGNATURE:
		return piv_algorithm_of(KEY_RSA, CURVE_NONE, record->bits);
	case SPEC_ECDSA_P256:
	case SPEC_ECDH_P256:
		return piv_algorithm_of(KEY_EC, CURVE_P256, 256);
	case SPEC_ECDSA_P384:
	case SPEC_ECDH_P384:
		return piv_algorithm_of(KEY_EC, CURVE_P384, 384);
	default:
		return NULL;
	}
}

void
piv_record_set(struct piv_record *record, const char *name,
    const struct piv_algorithm *algorithm, unsigned role)
{
	bool sign = role == KEY_ROLE_SIGN;

	snprintf(record->name, sizeof record->name, "%s", name);
	record->bits = (uint16_t)algorithm->bits;
	record->flags = PIV_FLAG_VALID;
	record->spec = sign ? SPEC_SIGNATURE : SPEC_EXCHANGE;
	if (algorithm->curve == CURVE_P256)
		record->spec = sign ? SPEC_ECDSA_P256 : SPEC_ECDH_P256;
	else if (algorithm->curve == CURVE_P384)
		record->spec = sign ? SPEC_ECDSA_P384 : SPEC_ECDH_P384;
	record->pin = 0x80;
}

/* The first bytes of a digest of the public key. */
enum cng_status
piv_print_key(const struct key_material *public, uint8_t out[PIV_PRINT])
{
	uint8_t digest[32];
	struct secret spki = { 0 };
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st = spki_encode(public, &count);

	if (st == CNG_OK)
		st = secret_new(&spki, count.len);
	if (st == CNG_OK) {
		w = wr_of(spki.ptr, spki.len);
		st = spki_encode(public, &w);
	}
	if (st == CNG_OK)
		st = crypto_digest(HASH_SHA256, secret_span(&spki), digest);
	if (st == CNG_OK)
		memcpy(out, digest, PIV_PRINT);
	secret_free(&spki);
	return st;
}
