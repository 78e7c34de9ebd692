/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What imports that did not end have left on a GIDS card, ours and those of
 * others: records without a key, key files and certificates without a record.
 */
#include "store/card/gids.h"

#include "base/log.h"

/* --- containers without a key -------------------------------------------- */

enum cng_status
gids_is_hollow(struct card *card, const struct gids_tables *t, size_t index,
    bool *out)
{
	struct gids_record record = gids_map_get(&t->map, index);
	struct gids_entry entry = gids_keys_get(&t->keys, index);
	struct key_material key = { 0 };
	struct secret cert = { 0 };
	bool file = false;
	enum cng_status st;

	*out = false;
	if (!(record.flags & GIDS_VALID))
		return CNG_OK;
	st = gids_key_exists(card, entry.kid, &file);
	if (st != CNG_OK || !file) {
		*out = st == CNG_OK;
		return st;
	}
	st = gids_key_public(card, entry.kid, &key);
	key_free(&key);
	if (st != CNG_ERR_NOT_FOUND)
		return card_is_final(st) ? st : CNG_OK;
	/* who has a certificate there had a key, too */
	st = gids_cert_read(card, secret_span(&t->master), index,
	    record.exchange_bits == 0, &cert);
	*out = st == CNG_OK && cert.len == 0;
	secret_free(&cert);
	return st;
}

/* --- room that nobody uses ----------------------------------------------- */

/* Reserved, and never finished. */
static enum cng_status
sweep_places(struct card *card, struct gids_tables *t, bool *any)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < gids_map_count(&t->map); i++) {
		struct gids_record record = gids_map_get(&t->map, i);
		uint8_t kid = gids_keys_get(&t->keys, i).kid;
		bool file;

		if ((record.flags & GIDS_VALID) ||
		    gids_record_is_zero(&record))
			continue;
		st = gids_key_exists(card, kid, &file);
		if (st == CNG_OK && file) {
			*any = true;
			st = gids_key_delete(card, kid);
		}
		for (int sign = 0; st == CNG_OK && sign < 2; sign++)
			st = gids_cert_drop(card, &t->master, i, sign != 0);
	}
	return st;
}

/* Where certificates go, which the table does not name. */
static enum cng_status
sweep_files(struct card *card, struct gids_tables *t, bool *any)
{
	struct gids_spot spot = { 0 };
	enum cng_status st = CNG_OK;

	while (st == CNG_OK && gids_master_next(secret_span(&t->master),
				   &spot)) {
		struct secret file = { 0 };

		st = gids_read(card, spot, &file);
		if (st == CNG_OK && file.len > 0) {
			*any = true;
			st = gids_write(card, spot, span_of(NULL, 0));
		}
		if (!card_is_final(st))
			st = CNG_OK;
		secret_free(&file);
	}
	return st;
}

enum cng_status
gids_sweep(struct card *card, bool *any)
{
	struct gids_tables t;
	enum cng_status st = gids_tables_read(card, &t);

	*any = false;
	if (st == CNG_OK)
		st = sweep_places(card, &t, any);
	if (st == CNG_OK)
		st = sweep_files(card, &t, any);
	if (*any)
		log_line(LOG_INFO, "card: room of interrupted imports freed");
	gids_tables_free(&t);
	return st;
}
