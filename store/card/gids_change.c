/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Containers come and go.  A new one is reserved by a record that is not
 * valid yet; setting its flag is the last thing, in one write.  So a card
 * that is pulled on the way has the container whole or not at all, and what
 * was left of it belongs to the next one.
 */
#include "store/card/gids.h"

#include "base/log.h"
#include "crypto/crypto.h"
#include "crypto/asn1.h"

struct change {
	struct card *card;
	struct gids_tables t;
	struct secret before;    /* the map without the new container, or with
	                          * the old one */
	size_t place;
	struct gids_record record;
	struct gids_entry entry;
	bool sign;
	/* what there is to undo */
	bool reserved, has_file, has_entry, has_certificate, committed;
};

static enum cng_status
change_begin(struct change *c, struct card *card)
{
	*c = (struct change){ .card = card };
	return gids_tables_read(card, &c->t);
}

static void
change_end(struct change *c)
{
	gids_tables_free(&c->t);
	secret_free(&c->before);
}

static enum cng_status
write_map(struct change *c)
{
	return gids_write(c->card, gids_of(c->card)->map,
	    secret_span(&c->t.map));
}

/* The map as it was. */
static enum cng_status
put_before(struct change *c)
{
	secret_move(&c->t.map, &c->before);
	return write_map(c);
}

static enum cng_status
put_record(struct change *c, const struct gids_record *record)
{
	enum cng_status st = gids_map_set(&c->t.map, c->place, record);

	return st == CNG_OK ? write_map(c) : st;
}

/* What was changed stays so: a reset now must not repeat it, and the counters
 * follow with the next login. */
static enum cng_status
tell_others(struct change *c, unsigned what)
{
	enum cng_status st = gids_touch(c->card, what);

	if (st != CNG_ERR_DEVICE_RESET)
		return st;
	gids_of(c->card)->stale = true;
	return CNG_OK;
}

/* --- a place for a new one ----------------------------------------------- */

/* The key that would go with the place is another container's, as the key map
 * may have it. */
static bool
is_lent(const struct change *c)
{
	for (size_t i = 0; i < GIDS_PLACES; i++) {
		struct gids_entry entry = gids_keys_get(&c->t.keys, i);

		if (i != c->place && entry.used &&
		    entry.kid == GIDS_KID_FIRST + c->place)
			return true;
	}
	return false;
}

/* A record that was reserved but never became valid, or none; then the key
 * file must not be somebody else's, who keeps no records. */
static enum cng_status
try_place(struct change *c, bool *good)
{
	struct gids_record record = gids_map_get(&c->t.map, c->place);
	bool there = false;
	enum cng_status st = CNG_OK;

	*good = false;
	if ((record.flags & GIDS_VALID) || is_lent(c))
		return CNG_OK;
	c->entry = gids_keys_get(&c->t.keys, c->place);
	if (gids_record_is_zero(&record) && c->entry.used)
		st = gids_key_exists(c->card, c->entry.kid, &there);
	*good = !there;
	return st;
}

/* When nothing else is free: the place of a container without a key. */
static enum cng_status
find_hollow(struct change *c)
{
	enum cng_status st = CNG_OK;
	bool hollow = false;

	for (c->place = 0; c->place < DEVICE_KEYS_MAX; c->place++) {
		st = gids_is_hollow(c->card, &c->t, c->place, &hollow);
		if (st != CNG_OK)
			return st;
		if (hollow && !is_lent(c)) {
			c->entry = gids_keys_get(&c->t.keys, c->place);
			return CNG_OK;
		}
	}
	return CNG_ERR_STORE_FULL;
}

static enum cng_status
find_place(struct change *c)
{
	enum cng_status st = CNG_OK;
	bool good = false;

	for (c->place = 0; c->place < DEVICE_KEYS_MAX; c->place++) {
		st = try_place(c, &good);
		if (st != CNG_OK || good)
			return st;
	}
	return find_hollow(c);
}

/* A name is free, too, when what has it has no key: it is not listed, and
 * goes with the next write of the map. */
static enum cng_status
check_name(struct change *c, const char *name, size_t but)
{
	struct gids_record record;
	size_t at = gids_map_find(&c->t.map, name, but);
	bool hollow;
	enum cng_status st;

	if (at == GIDS_PLACES)
		return CNG_OK;
	st = gids_is_hollow(c->card, &c->t, at, &hollow);
	if (st != CNG_OK || !hollow)
		return st == CNG_OK ? CNG_ERR_EXISTS : st;
	record = gids_map_get(&c->t.map, at);
	record.flags = 0;
	return gids_map_set(&c->t.map, at, &record);
}

/* What an interrupted import left there. */
static enum cng_status
reclaim(struct change *c)
{
	enum cng_status st = gids_key_delete(c->card, c->entry.kid);

	if (st == CNG_OK)
		st = gids_cert_drop(c->card, &c->t.master, c->place, false);
	if (st == CNG_OK)
		st = gids_cert_drop(c->card, &c->t.master, c->place, true);
	return st;
}

static enum cng_status
reserve(struct change *c, const struct device_new *what, size_t bits)
{
	uint8_t name[GIDS_NAME];
	enum cng_status st = gids_name_write(name, what->name);

	if (st != CNG_OK)
		return st;
	st = check_name(c, what->name, GIDS_PLACES);
	if (st == CNG_OK)
		st = find_place(c);
	if (st != CNG_OK)
		return st;
	c->sign = what->role == KEY_ROLE_SIGN;
	c->record = (struct gids_record){ .flags = 0 };
	memcpy(c->record.name, name, sizeof name);
	if (c->sign)
		c->record.sign_bits = (uint16_t)bits;
	else
		c->record.exchange_bits = (uint16_t)bits;
	c->entry.kid = (uint8_t)(GIDS_KID_FIRST + c->place);
	c->entry.algorithm = gids_algorithm(bits);
	c->reserved = true;
	st = put_record(c, &c->record);
	return st == CNG_OK ? reclaim(c) : st;
}

/* --- all of it, or nothing ----------------------------------------------- */

static void
undo_quietly(enum cng_status st, const char *what)
{
	if (st != CNG_OK)
		log_line(LOG_WARN, "card: %s stays: %s", what,
		    cng_status_text(st));
}

/* The record last: while it is reserved, the rest is known to be nobody's. */
static void
undo(struct change *c)
{
	const struct gids_record none = { .flags = 0 };
	enum cng_status st = CNG_OK;

	if (c->committed)
		st = put_before(c);
	undo_quietly(st, "record");
	if (c->has_file)
		st = gids_key_delete(c->card, c->entry.kid);
	if (st == CNG_OK && c->has_certificate)
		st = gids_cert_drop(c->card, &c->t.master, c->place, c->sign);
	c->entry.used = false;
	if (st == CNG_OK && c->has_entry)
		st = gids_keys_write(c->card, &c->t.keys, c->place, &c->entry,
		    c->sign);
	if (st == CNG_OK && c->reserved)
		st = put_record(c, &none);
	undo_quietly(st, "half a container");
}

/* The first other one that has a key; GIDS_PLACES: there is none. */
static enum cng_status
find_heir(struct change *c, size_t *heir)
{
	size_t count = gids_map_count(&c->t.map);
	bool hollow = true;

	*heir = GIDS_PLACES;
	for (size_t i = 0; hollow && i < count; i++) {
		struct gids_record record = gids_map_get(&c->t.map, i);
		enum cng_status st;

		if (i == c->place || !(record.flags & GIDS_VALID))
			continue;
		st = gids_is_hollow(c->card, &c->t, i, &hollow);
		if (st != CNG_OK)
			return st;
		if (!hollow)
			*heir = i;
	}
	return CNG_OK;
}

static enum cng_status
make_default(struct change *c, size_t index)
{
	struct gids_record record = gids_map_get(&c->t.map, index);

	gids_map_undefault(&c->t.map);
	record.flags |= GIDS_DEFAULT;
	return gids_map_set(&c->t.map, index, &record);
}

/* Where no record says that it is the default, the first one is, and stays
 * so. */
static enum cng_status
settle_default(struct change *c, bool wanted)
{
	size_t heir = c->place;
	enum cng_status st = CNG_OK;

	if (!wanted && gids_map_has_default(&c->t.map))
		return CNG_OK;
	if (!wanted)
		st = find_heir(c, &heir);
	if (st != CNG_OK)
		return st;
	return make_default(c, heir == GIDS_PLACES ? c->place : heir);
}

static enum cng_status
commit(struct change *c, bool wanted)
{
	struct gids_record record = c->record;
	enum cng_status st = secret_copy(&c->before, secret_span(&c->t.map));

	record.flags = GIDS_VALID;
	if (st == CNG_OK)
		st = gids_map_set(&c->t.map, c->place, &record);
	if (st == CNG_OK)
		st = settle_default(c, wanted);
	if (st != CNG_OK)
		return st;
	c->committed = true;
	st = write_map(c);
	return st == CNG_OK ? tell_others(c, GIDS_CHANGED_KEYS) : st;
}

/* From the key in its file to the container that is there. */
static enum cng_status
complete(struct change *c, const struct device_new *what)
{
	enum cng_status st = CNG_OK;

	if (what->certificate.len > 0) {
		c->has_certificate = true;
		st = gids_cert_write(c->card, &c->t.master, c->place, c->sign,
		    what->certificate);
	}
	if (st != CNG_OK)
		return st;
	c->entry.used = true;
	c->has_entry = true;
	st = gids_keys_write(c->card, &c->t.keys, c->place, &c->entry,
	    c->sign);
	return st == CNG_OK ? commit(c, what->make_default) : st;
}

/* A key is given, or public gets that of one that is made. */
static enum cng_status
create_once(struct card *card, const struct device_new *what, size_t bits,
    const struct key_material *key, struct key_material *public,
    unsigned *place)
{
	struct change c;
	enum cng_status st;

	st = change_begin(&c, card);
	if (st == CNG_OK)
		st = reserve(&c, what, bits);
	if (st == CNG_OK) {
		c.has_file = true;
		st = gids_key_create(card, c.entry.kid, c.entry.algorithm,
		    c.sign);
	}
	if (st == CNG_OK)
		st = key != NULL ? gids_key_put(card, c.entry.kid, key) :
		    gids_key_generate(card, c.entry.kid, c.entry.algorithm,
			public);
	if (st == CNG_OK)
		st = complete(&c, what);
	if (st == CNG_OK) {
		gids_of(card)->kid[c.place] = c.entry.kid;
		*place = (unsigned)c.place;
	} else if (!card_is_cut(st)) {
		undo(&c);
	}
	change_end(&c);
	return st;
}

/* A card that is full may have room that interrupted imports hold. */
static enum cng_status
create(struct card *card, const struct device_new *what, size_t bits,
    const struct key_material *key, struct key_material *public,
    unsigned *place)
{
	bool any = false;
	enum cng_status st = create_once(card, what, bits, key, public,
	    place);

	if (st != CNG_ERR_STORE_FULL || gids_sweep(card, &any) != CNG_OK ||
	    !any)
		return st;
	if (public != NULL)
		key_free(public);
	return create_once(card, what, bits, key, public, place);
}

static enum cng_status
check_certificate(struct span der)
{
	struct x509_names names;
	enum cng_status st;

	if (der.len == 0)
		return CNG_OK;
	st = x509_names(&names, der);
	if (st == CNG_OK)
		x509_names_free(&names);
	return st;
}

/* What can be refused without asking the card. */
static enum cng_status
check_new(const struct device_new *what, enum key_family family, size_t bits)
{
	if (family != KEY_RSA)
		return CNG_ERR_NOT_SUPPORTED;
	if (gids_algorithm(bits) == 0)
		return CNG_ERR_KEY_SIZE;
	if (what->has_pin_policy && what->pin != DEVICE_PIN_ONCE)
		return CNG_ERR_NOT_SUPPORTED;
	return check_certificate(what->certificate);
}

enum cng_status
gids_import(struct card *card, const struct device_new *what,
    const struct key_material *key, unsigned *place)
{
	size_t bits = key_bits(key);
	enum cng_status st = check_new(what, key->family, bits);

	if (st == CNG_OK && !key->has_private)
		st = CNG_ERR_ARGUMENT;
	return st == CNG_OK ? create(card, what, bits, key, NULL, place) : st;
}

enum cng_status
gids_generate(struct card *card, const struct device_new *what,
    const struct key_material *shape, size_t bits,
    struct key_material *public, unsigned *place)
{
	enum cng_status st = check_new(what, shape->family, bits);

	*public = (struct key_material){ 0 };
	if (st == CNG_OK)
		st = create(card, what, bits, NULL, public, place);
	if (st != CNG_OK)
		key_free(public);
	return st;
}

/* --- what is there already ----------------------------------------------- */

static enum cng_status
change_old(struct change *c, struct card *card, unsigned place)
{
	enum cng_status st = change_begin(c, card);

	if (st != CNG_OK)
		return st;
	c->place = place;
	c->record = gids_map_get(&c->t.map, place);
	c->entry = gids_keys_get(&c->t.keys, place);
	c->sign = c->record.exchange_bits == 0;
	return gids_record_is_zero(&c->record) ? CNG_ERR_NOT_FOUND : CNG_OK;
}

/* When the key is gone the rest may fail: the next import has it. */
static enum cng_status
clean_up(struct change *c)
{
	const struct gids_record none = { .flags = 0 };
	enum cng_status st;

	st = gids_cert_drop(c->card, &c->t.master, c->place, c->sign);
	c->entry.used = false;
	if (st == CNG_OK)
		st = gids_keys_write(c->card, &c->t.keys, c->place, &c->entry,
		    c->sign);
	if (st == CNG_OK)
		st = put_record(c, &none);
	if (!card_is_cut(st)) {
		undo_quietly(st, "half a container");
		st = tell_others(c, GIDS_CHANGED_KEYS);
		undo_quietly(st, "freshness");
	}
	return card_is_cut(st) ? st : CNG_OK;
}

/* The flag goes in the write of the map that takes the old one away: so there
 * is always one. */
static enum cng_status
hand_over(struct change *c, size_t heir)
{
	struct gids_record record = gids_map_get(&c->t.map, heir);
	enum cng_status st = CNG_OK;

	if (!(c->record.flags & GIDS_DEFAULT))
		return CNG_OK;
	if (!(record.flags & GIDS_VALID) || heir == c->place)
		st = find_heir(c, &heir);
	if (st != CNG_OK || heir == GIDS_PLACES)
		return st;
	return make_default(c, heir);
}

enum cng_status
gids_remove(struct card *card, unsigned place, unsigned heir)
{
	struct gids_record gone;
	struct change c;
	enum cng_status st = change_old(&c, card, place);

	if (st == CNG_OK)
		st = secret_copy(&c.before, secret_span(&c.t.map));
	if (st == CNG_OK)
		st = hand_over(&c, heir);
	if (st == CNG_OK) {
		gone = c.record;
		gone.flags = 0;
		st = put_record(&c, &gone);
	}
	if (st == CNG_OK) {
		st = gids_key_delete(card, c.entry.kid);
		/* the key is still there: so is the container */
		if (st != CNG_OK && !card_is_cut(st))
			undo_quietly(put_before(&c), "no record");
	}
	if (st == CNG_OK)
		st = clean_up(&c);
	change_end(&c);
	return st;
}

enum cng_status
gids_rename(struct card *card, unsigned place, const char *name)
{
	struct gids_record record;
	struct change c;
	enum cng_status st = change_old(&c, card, place);

	record = c.record;
	if (st == CNG_OK && !(record.flags & GIDS_VALID))
		st = CNG_ERR_NOT_FOUND;
	if (st == CNG_OK)
		st = gids_name_write(record.name, name);
	if (st == CNG_OK)
		st = check_name(&c, name, place);
	if (st == CNG_OK)
		st = put_record(&c, &record);
	if (st == CNG_OK) {
		st = tell_others(&c, GIDS_CHANGED_KEYS);
		if (st != CNG_OK && !card_is_cut(st))
			undo_quietly(put_record(&c, &c.record), "new name");
	}
	change_end(&c);
	return st;
}

/* The old certificate comes back when others cannot be told of the new one. */
static enum cng_status
swap_certificate(struct change *c, struct span der)
{
	struct secret old;
	enum cng_status st = gids_cert_read(c->card, secret_span(&c->t.master),
	    c->place, c->sign, &old), back;

	if (st == CNG_OK)
		st = der.len > 0 ? gids_cert_write(c->card, &c->t.master,
		    c->place, c->sign, der) : gids_cert_drop(c->card,
		    &c->t.master, c->place, c->sign);
	if (st == CNG_OK)
		st = tell_others(c, GIDS_CHANGED_FILES);
	if (st != CNG_OK && !card_is_cut(st)) {
		back = old.len > 0 ? gids_cert_write(c->card, &c->t.master,
		    c->place, c->sign, secret_span(&old)) :
		    gids_cert_drop(c->card, &c->t.master, c->place, c->sign);
		undo_quietly(back, "new certificate");
	}
	secret_free(&old);
	return st;
}

enum cng_status
gids_put_certificate(struct card *card, unsigned place, struct span der)
{
	struct change c;
	enum cng_status st = check_certificate(der);

	if (st != CNG_OK)
		return st;
	st = change_old(&c, card, place);
	if (st == CNG_OK && !(c.record.flags & GIDS_VALID))
		st = CNG_ERR_NOT_FOUND;
	if (st == CNG_OK)
		st = swap_certificate(&c, der);
	change_end(&c);
	return st;
}
