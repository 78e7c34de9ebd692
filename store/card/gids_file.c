/* SPDX-License-Identifier: BSD-2-Clause
 *
 * GIDS files: data objects, the table that names them, and the counters by
 * which others learn that something has changed.
 */
#include "store/card/gids.h"

#include <stdlib.h>
#include <strings.h>

#include "base/log.h"

#define EF_DIRECTORY 0xa000
#define EF_FILES 0xa010         /* everybody reads, the user writes */
#define TAG_MASTER 0xdf1f
#define TAG_SPARE_FIRST 0xdf24
#define TAG_SPARE_LAST 0xdf7f

/* A record of the master table. */
#define ENTRY 28
#define ENTRY_NAME 9
#define ENTRIES_MAX 1024

static const struct gids_spot master_spot = { EF_DIRECTORY, TAG_MASTER };

/* --- data objects -------------------------------------------------------- */

enum cng_status
gids_read(struct card *card, struct gids_spot spot, struct secret *out)
{
	const uint8_t name[] = { 0x5c, 2, (uint8_t)(spot.tag >> 8),
		(uint8_t)spot.tag };
	const struct apdu cmd = { .ins = 0xcb, .p1 = (uint8_t)(spot.ef >> 8),
		.p2 = (uint8_t)spot.ef, .data = span_of(name, sizeof name),
		.answers = true };
	struct secret answer;
	struct span value;
	uint32_t tag;
	struct rd r;
	enum cng_status st;

	*out = (struct secret){ 0 };
	st = apdu_call(card->link, &cmd, &answer);
	if (st != CNG_OK)
		return st;
	r = rd_of(secret_span(&answer));
	if (!tlv_next(&r, &tag, &value) || tag != spot.tag ||
	    !rd_at_end(&r)) {
		log_line(LOG_WARN, "card: file %04x is not whole", spot.tag);
		st = CNG_ERR_DEVICE;
	} else {
		st = secret_copy(out, value);
	}
	secret_free(&answer);
	return st;
}

enum cng_status
gids_write(struct card *card, struct gids_spot spot, struct span value)
{
	struct apdu cmd = { .ins = 0xdb, .p1 = (uint8_t)(spot.ef >> 8),
		.p2 = (uint8_t)spot.ef };
	struct wr w = wr_of(NULL, 0);
	struct secret data;
	enum cng_status st;

	tlv_put(&w, spot.tag, value);
	st = secret_new(&data, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(data.ptr, data.len);
	tlv_put(&w, spot.tag, value);
	cmd.data = secret_span(&data);
	st = wr_status(&w);
	if (st == CNG_OK)
		st = apdu_call(card->link, &cmd, NULL);
	secret_free(&data);
	return st;
}

/* --- the master table ---------------------------------------------------- */

struct entry {
	struct span dir, name;
	uint32_t tag, ef;
	size_t offset;
};

static bool
next_entry(struct rd *r, struct entry *e)
{
	struct span zeros;

	return rd_take(r, ENTRY_NAME, &e->dir) &&
	    rd_take(r, ENTRY_NAME, &e->name) && rd_take(r, 2, &zeros) &&
	    rd_u32le(r, &e->tag) && rd_u32le(r, &e->ef);
}

static struct rd
entries_of(struct span master)
{
	return rd_of(span_of(master.ptr + 1, master.len - 1));
}

enum cng_status
gids_master(struct card *card, struct secret *out)
{
	enum cng_status st = gids_read(card, master_spot, out);

	if (st != CNG_OK)
		return st;
	if (out->len < 1 || (out->len - 1) % ENTRY != 0 ||
	    (out->len - 1) / ENTRY > ENTRIES_MAX) {
		log_line(LOG_WARN, "card: a master table of %zu bytes",
		    out->len);
		secret_free(out);
		return CNG_ERR_DEVICE;
	}
	return CNG_OK;
}

/* Zeros fill up what is shorter than 9 bytes; 8 are the most. */
static bool
is_called(struct span field, const char *name)
{
	size_t len = strlen(name);

	return len < field.len && field.ptr[len] == 0 &&
	    (len == 0 ||
	    strncasecmp((const char *)field.ptr, name, len) == 0);
}

static bool
find_entry(struct span master, const char *dir, const char *name,
    struct entry *out)
{
	struct rd r = entries_of(master);

	for (size_t at = 1; next_entry(&r, out); at += ENTRY) {
		out->offset = at;
		if (is_called(out->dir, dir) && is_called(out->name, name))
			return true;
	}
	return false;
}

bool
gids_master_find(struct span master, const char *dir, const char *name,
    struct gids_spot *out)
{
	struct entry e;

	if (!find_entry(master, dir, name, &e) || e.ef > 0xffff ||
	    e.tag < 0xdf01 || e.tag > TAG_SPARE_LAST)
		return false;
	*out = (struct gids_spot){ (uint16_t)e.ef, (uint16_t)e.tag };
	return true;
}

static bool
is_taken(struct span master, struct gids_spot spot)
{
	struct rd r = entries_of(master);
	struct entry e;

	while (next_entry(&r, &e))
		if (e.ef == spot.ef && e.tag == spot.tag)
			return true;
	return false;
}

bool
gids_master_next(struct span master, struct gids_spot *spot)
{
	do {
		spot->tag = spot->tag == 0 ? TAG_SPARE_FIRST :
					     (uint16_t)(spot->tag + 1);
		spot->ef = EF_FILES;
	} while (spot->tag <= TAG_SPARE_LAST && is_taken(master, *spot));
	return spot->tag <= TAG_SPARE_LAST;
}

enum cng_status
gids_master_spare(struct span master, struct gids_spot *out)
{
	*out = (struct gids_spot){ 0 };
	return gids_master_next(master, out) ? CNG_OK : CNG_ERR_STORE_FULL;
}

static void
put_name(struct wr *w, const char *name)
{
	wr_bytes(w, span_str(name));
	wr_zero(w, ENTRY_NAME - strlen(name));
}

enum cng_status
gids_master_add(struct card *card, struct secret *master, const char *name,
    struct gids_spot spot)
{
	uint8_t bytes[ENTRY];
	struct wr w = wr_of(bytes, sizeof bytes);
	enum cng_status st;

	put_name(&w, "mscp");
	put_name(&w, name);
	wr_zero(&w, 2);
	wr_u32le(&w, spot.tag);
	wr_u32le(&w, spot.ef);
	st = wr_status(&w);
	if (st == CNG_OK)
		st = secret_append(master, span_of(bytes, sizeof bytes));
	if (st == CNG_OK)
		st = gids_write(card, master_spot, secret_span(master));
	return st;
}

enum cng_status
gids_master_drop(struct card *card, struct secret *master, const char *name)
{
	struct entry e;
	uint8_t *at;

	if (!find_entry(secret_span(master), "mscp", name, &e))
		return CNG_OK;
	at = master->ptr + e.offset;
	memmove(at, at + ENTRY, master->len - e.offset - ENTRY);
	secret_truncate(master, master->len - ENTRY);
	return gids_write(card, master_spot, secret_span(master));
}

/* --- freshness ----------------------------------------------------------- */

enum cng_status
gids_fresh(struct card *card, uint8_t out[GIDS_FRESH])
{
	const struct gids *g = gids_of(card);
	struct secret bytes;
	enum cng_status st;

	memset(out, 0, GIDS_FRESH);
	if (g->fresh.tag == 0)
		return CNG_OK;
	st = gids_read(card, g->fresh, &bytes);
	if (st == CNG_ERR_NOT_FOUND)
		return CNG_OK;
	if (st == CNG_OK && bytes.len != GIDS_FRESH)
		st = CNG_ERR_DEVICE;
	if (st == CNG_OK)
		memcpy(out, bytes.ptr, GIDS_FRESH);
	secret_free(&bytes);
	return st;
}

/* A little-endian counter; it may come round. */
static void
count_up(uint8_t at[2])
{
	if (++at[0] == 0)
		at[1]++;
}

enum cng_status
gids_touch(struct card *card, unsigned change)
{
	struct gids *g = gids_of(card);
	uint8_t now[GIDS_FRESH];
	enum cng_status st;

	if (g->fresh.tag == 0)
		return CNG_OK;
	st = gids_fresh(card, now);
	if (st != CNG_OK)
		return st;
	if (change & GIDS_CHANGED_PINS)
		now[1]++;
	if (change & GIDS_CHANGED_CONTAINERS)
		count_up(now + 2);
	if (change & GIDS_CHANGED_FILES)
		count_up(now + 4);
	st = gids_write(card, g->fresh, span_of(now, sizeof now));
	if (st == CNG_OK)
		g->stale = false;
	return st;
}
