/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Changing a PIV card so that it has either all of a change or nothing.  While
 * a slot is not whole its record in the container map says so; who is pulled
 * out in the middle leaves that record, the slot is not listed, and the next
 * import takes it.  The record proper is written last.  On a card that keeps no
 * map a note in place of the certificate says the same, and the certificate is
 * last.
 */
#include "store/card/piv.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "store/card/names.h"

/* --- before -------------------------------------------------------------- */

enum cng_status
piv_change_begin(struct piv_change **out, struct card *card)
{
	struct piv_change *c;
	enum cng_status st;

	*out = NULL;
	if (!piv_of(card)->yubico)
		return CNG_ERR_NOT_SUPPORTED;
	c = mem_new(1, sizeof *c);
	if (c == NULL)
		return CNG_ERR_NO_MEMORY;
	c->card = card;
	c->index = PIV_SLOTS;
	st = piv_look(card, false, &c->was);
	if (st == CNG_OK && c->was->map.damaged)
		st = CNG_ERR_DEVICE;
	if (st != CNG_OK) {
		piv_change_end(c, CNG_OK);
		return st;
	}
	c->now = c->was->map;
	*out = c;
	return CNG_OK;
}

enum cng_status
piv_change_name(const struct piv_change *c, const char *name, size_t but)
{
	enum cng_status st = card_name_check(name);

	if (st != CNG_OK)
		return st;
	for (size_t i = 0; i < PIV_SLOTS; i++)
		if (i != but && (c->was->slot[i].state == PIV_KEY ||
		    c->was->slot[i].state == PIV_OCCUPIED) &&
		    card_name_same(piv_name(c->card, c->was, i), name))
			return CNG_ERR_EXISTS;
	return CNG_OK;
}

/* Nothing at all is no failure; what else a card says is no reason to take
 * away what it has. */
static enum cng_status
keep_object(struct card *card, uint32_t object, struct secret *out)
{
	enum cng_status st;

	secret_free(out);
	st = piv_get(card, object, out);
	if (st == CNG_ERR_NOT_SUPPORTED)
		return CNG_ERR_DEVICE;
	return st == CNG_ERR_NOT_FOUND ? CNG_OK : st;
}

/* A note about what is not in the slot any more is not wanted back. */
static void
see_note(struct piv_change *c)
{
	enum piv_state state = c->was->slot[c->index].state;
	struct piv_note note;

	c->noted = piv_note_read(secret_span(&c->certificate), &note);
	if (c->noted && (state == PIV_EMPTY || state == PIV_HALF))
		secret_free(&c->certificate);
	piv_note_free(&note);
}

enum cng_status
piv_change_open(struct piv_change *c)
{
	enum cng_status st = keep_object(c->card,
	    piv_places[c->index].certificate, &c->certificate);

	if (st == CNG_OK)
		see_note(c);
	if (st == CNG_OK)
		st = keep_object(c->card, PIV_CHUID, &c->chuid);
	/* last: a card that was reset meanwhile, and so has nothing to show,
	 * does not know the key either */
	return st == CNG_OK ? piv_admin(c->card, &c->manager) : st;
}

/* --- the steps ----------------------------------------------------------- */

/* All that is known of the old container stays in the mark. */
static void
mark_over(struct piv_change *c, struct piv_record *mark,
    const uint8_t print[PIV_PRINT])
{
	const struct piv_record *old = piv_map_find(&c->was->map, mark->slot);
	const struct key_material *public =
	    &c->was->slot[c->index].public;
	uint8_t own[PIV_PRINT];

	if (public->part[0].len == 0 || piv_print_key(public, own) != CNG_OK)
		return;
	/* the same key once more could not be told from itself */
	if (memcmp(own, print, PIV_PRINT_HALF) == 0)
		return;
	if (old != NULL)
		*mark = *old;
	mark->flags &= PIV_FLAG_DEFAULT;
	mark->flags |= PIV_FLAG_HALF | PIV_FLAG_OVER;
	memcpy(mark->print, print, PIV_PRINT_HALF);
	memcpy(mark->print + PIV_PRINT_HALF, own, PIV_PRINT_HALF);
}

/* In place of the certificate.  What was there to be displaced has none any
 * more: so the note is about any key. */
static enum cng_status
put_note(struct piv_change *c, const uint8_t print[PIV_PRINT])
{
	static const uint8_t any[PIV_PRINT];

	c->noted = c->certificate_done = true;
	return piv_note_half(c->card, piv_places[c->index].certificate,
	    c->displaces ? any : print);
}

enum cng_status
piv_change_mark(struct piv_change *c, const uint8_t print[PIV_PRINT])
{
	struct piv_record *record;
	enum cng_status st;

	c->marked = c->was->map;
	record = piv_map_add(&c->marked, piv_places[c->index].slot);
	if (record == NULL)
		return CNG_ERR_STORE_FULL;
	record->flags = PIV_FLAG_HALF;
	memcpy(record->print, print, PIV_PRINT);
	if (c->displaces)
		mark_over(c, record, print);
	c->map_done = true;
	st = piv_map_write(c->card, &c->marked);
	if (st != CNG_ERR_NOT_SUPPORTED)
		return st;
	log_line(LOG_INFO, "card: it keeps no names of containers");
	c->no_map = true;
	c->map_done = false;
	/* the certificate of the key that comes: with that it is whole */
	return c->certificate.len > 0 && !c->displaces ? CNG_OK :
	    put_note(c, print);
}

/* Where the card does not tell which key it has, a certificate would say that
 * it is the old one. */
enum cng_status
piv_change_displace(struct piv_change *c)
{
	if (!c->displaces || c->no_map || c->certificate.len == 0 ||
	    c->was->slot[c->index].told)
		return CNG_OK;
	c->certificate_done = true;
	return piv_put(c->card, piv_places[c->index].certificate,
	    span_of(NULL, 0));
}

/* While the old mark stands.  None of it is wanted back. */
enum cng_status
piv_change_clear(struct piv_change *c)
{
	const struct piv_place *place = &piv_places[c->index];
	const struct piv_slot *slot = &c->was->slot[c->index];
	enum cng_status st = CNG_OK;

	if (slot->state != PIV_HALF)
		return CNG_OK;
	/* a note with a key would say that it is the one that comes */
	if (c->certificate.len > 0 || slot->note.kind == PIV_NOTE_KEY)
		st = piv_put(c->card, place->certificate, span_of(NULL, 0));
	if (st != CNG_OK)
		return st;
	secret_free(&c->certificate);
	st = piv_delete_key(c->card, place->slot);
	c->remains = st == CNG_ERR_NOT_SUPPORTED;
	return c->remains ? CNG_OK : st;
}

enum cng_status
piv_change_certificate(struct piv_change *c, struct span der)
{
	const struct piv_place *place = &piv_places[c->index];
	struct piv_record *record = piv_map_find(&c->now, place->slot);
	uint8_t digest[PIV_PRINT] = { 0 };
	enum cng_status st = CNG_OK;

	if (der.len > 0)
		st = crypto_digest(HASH_SHA1, der, digest);
	if (st != CNG_OK)
		return st;
	if (record != NULL)
		memcpy(record->print, digest, PIV_PRINT);
	if (der.len == 0 && c->certificate.len == 0 && !c->noted)
		return CNG_OK;
	c->certificate_done = true;
	st = piv_put_certificate(c->card, place->certificate, der);
	if (st == CNG_OK && der.len > 0 && c->index < PIV_RETIRED)
		st = piv_put_history(c->card, (uint8_t)(c->index + 1));
	return st;
}

enum cng_status
piv_change_name_key(struct piv_change *c, const char *name,
    const struct key_material *public)
{
	struct piv_record *record = piv_map_find(&c->now,
	    piv_places[c->index].slot);

	if (record != NULL)
		memset(record->print, 0, PIV_PRINT);
	c->certificate_done = true;
	return piv_note_key(c->card, piv_places[c->index].certificate, name,
	    public);
}

enum cng_status
piv_change_close(struct piv_change *c)
{
	enum cng_status st;

	c->chuid_done = true;
	st = piv_new_guid(c->card);
	if (st != CNG_OK || c->no_map)
		return st;
	c->map_done = true;
	return piv_map_write(c->card, &c->now);
}

enum cng_status
piv_delete_key(struct card *card, uint8_t slot)
{
	const struct piv *piv = piv_of(card);
	const struct apdu cmd = { 0x00, 0xf6, 0xff, slot, { NULL, 0 }, false };
	enum cng_status st;

	if (!piv_is_new(piv))
		return CNG_ERR_NOT_SUPPORTED;
	st = apdu_call(card->link, &cmd, NULL);
	return st == CNG_ERR_NOT_FOUND ? CNG_OK : st;
}

/* --- undo ---------------------------------------------------------------- */

/* The key cannot be taken away: what stands of it is to be seen as nothing.
 * Which key that is, is known if there was none before. */
static enum cng_status
leave_mark(struct piv_change *c)
{
	uint8_t print[PIV_PRINT] = { 0 };
	const struct piv_record *record = piv_map_find(&c->marked,
	    piv_places[c->index].slot);

	if (record != NULL && c->was->slot[c->index].state == PIV_EMPTY)
		memcpy(print, record->print, PIV_PRINT);
	return c->no_map ? put_note(c, print) : piv_change_mark(c, print);
}

/* Has the card not taken the new key after all? */
static bool
is_old_there(const struct piv_change *c)
{
	const struct piv_slot *slot = &c->was->slot[c->index];
	struct key_material now = { 0 };
	struct secret said = { 0 };
	struct span value;
	uint16_t sw = 0;
	bool same;

	if (!c->displaces || !slot->told)
		return false;
	same = piv_metadata(c->card, piv_places[c->index].slot, &said, &sw) ==
	    CNG_OK && sw == SW_OK &&
	    tlv_find(secret_span(&said), 0x04, &value) &&
	    piv_read_public(slot->algorithm, value, &now) == CNG_OK &&
	    key_same_public(&now, &slot->public);
	key_free(&now);
	secret_free(&said);
	return same;
}

/* A card that cannot delete keys may have taken none. */
static enum cng_status
take_key(struct piv_change *c)
{
	uint8_t slot = piv_places[c->index].slot;
	struct secret said = { 0 };
	struct span value;
	uint16_t sw = 0;
	bool empty;
	enum cng_status st = piv_delete_key(c->card, slot);

	if (st != CNG_ERR_NOT_SUPPORTED ||
	    piv_metadata(c->card, slot, &said, &sw) != CNG_OK)
		return st;
	empty = sw == SW_OK ? !tlv_find(secret_span(&said), 0x01, &value) :
	    apdu_status(sw) == CNG_ERR_NOT_FOUND;
	secret_free(&said);
	return empty ? CNG_OK : CNG_ERR_NOT_SUPPORTED;
}

/* The key that was to make room did, so all that is around it goes. */
static void
let_old_go(struct piv_change *c)
{
	if (!c->key_done || !c->displaces)
		return;
	c->displaces = false;
	c->certificate_done = c->certificate_done || c->certificate.len > 0;
	secret_free(&c->certificate);
	piv_map_drop(&c->was->map, piv_places[c->index].slot);
}

static enum cng_status
take_back(struct piv_change *c)
{
	const struct piv_place *place = &piv_places[c->index];
	enum cng_status st, key = CNG_OK;

	/* another program's reset may have been the reason */
	st = piv_select(c->card);
	if (st == CNG_OK)
		st = piv_admin_again(c->card, secret_span(&c->manager));
	if (st != CNG_OK)
		return st;
	if (c->key_done && is_old_there(c))
		c->key_done = false;
	let_old_go(c);
	if (c->key_done)
		key = take_key(c);
	/* a note is all that tells of a key that stays */
	if (c->certificate_done && (key == CNG_OK || !c->no_map))
		st = piv_put(c->card, place->certificate,
		    secret_span(&c->certificate));
	if (st == CNG_OK && c->chuid_done)
		st = piv_put(c->card, PIV_CHUID, secret_span(&c->chuid));
	if (st != CNG_OK || key != CNG_OK)
		return c->key_done ? leave_mark(c) : st;
	return c->map_done ? piv_map_write(c->card, &c->was->map) : CNG_OK;
}

void
piv_change_end(struct piv_change *c, enum cng_status st)
{
	bool begun;

	if (c == NULL)
		return;
	begun = c->map_done || c->key_done || c->certificate_done ||
	    c->chuid_done;
	if (begun && st != CNG_OK && !card_is_cut(st) &&
	    take_back(c) != CNG_OK)
		log_line(LOG_WARN, "card: a change could not be undone");
	piv_view_free(c->was);
	secret_free(&c->manager);
	secret_free(&c->certificate);
	secret_free(&c->chuid);
	mem_free(c);
}

/* --- changes of what is there -------------------------------------------- */

static enum cng_status
find_key(struct piv_change *c, unsigned place)
{
	c->index = piv_place_index(place);
	if (c->index == PIV_SLOTS || (c->was->slot[c->index].state != PIV_KEY &&
	    c->was->slot[c->index].state != PIV_OCCUPIED))
		return CNG_ERR_NOT_FOUND;
	return CNG_OK;
}

/* The record that there is keeps all else. */
static enum cng_status
name_record(struct piv_change *c, const char *name)
{
	uint8_t slot = piv_places[c->index].slot;
	struct piv_record *record = piv_map_find(&c->now, slot);

	if (record != NULL) {
		snprintf(record->name, sizeof record->name, "%s", name);
		record->flags |= PIV_FLAG_VALID;
		return CNG_OK;
	}
	record = piv_map_add(&c->now, slot);
	if (record == NULL)
		return CNG_ERR_STORE_FULL;
	piv_record_set(record, name, c->was->slot[c->index].algorithm,
	    slot == 0x9c ? KEY_ROLE_SIGN : KEY_ROLE_NONE);
	return CNG_OK;
}

/* A note is all that tells the public key, or would be without a
 * certificate. */
static bool
needs_note(const struct piv_change *c)
{
	const struct piv_slot *slot = &c->was->slot[c->index];

	return slot->note.kind == PIV_NOTE_KEY ||
	    (!slot->told && slot->public.part[0].len > 0);
}

static enum cng_status
put_note_key(struct piv_change *c, const char *name)
{
	return piv_change_name_key(c, name, &c->was->slot[c->index].public);
}

/* In the record, if there is one: that of a note counts after it. */
static enum cng_status
put_name(struct piv_change *c, const char *name)
{
	if (c->was->slot[c->index].note.kind != PIV_NOTE_KEY ||
	    piv_map_find(&c->now, piv_places[c->index].slot) != NULL)
		return name_record(c, name);
	c->no_map = true;
	return put_note_key(c, name);
}

enum cng_status
piv_rename(struct card *card, unsigned place, const char *name)
{
	struct piv_change *c;
	enum cng_status st = piv_change_begin(&c, card);

	if (st == CNG_OK)
		st = find_key(c, place);
	if (st == CNG_OK && c->was->slot[c->index].state != PIV_KEY)
		st = CNG_ERR_NOT_SUPPORTED;
	if (st == CNG_OK)
		st = piv_change_name(c, name, c->index);
	if (st == CNG_OK)
		st = piv_change_open(c);
	if (st == CNG_OK)
		st = put_name(c, name);
	if (st == CNG_OK)
		st = piv_change_close(c);
	piv_change_end(c, st);
	return st;
}

enum cng_status
piv_certify(struct card *card, unsigned place, struct span der)
{
	struct piv_change *c;
	enum cng_status st = piv_change_begin(&c, card);

	if (st == CNG_OK)
		st = find_key(c, place);
	if (st == CNG_OK)
		st = piv_change_open(c);
	if (st == CNG_OK)
		st = der.len == 0 && needs_note(c) ?
		    put_note_key(c, piv_name(card, c->was, c->index)) :
		    piv_change_certificate(c, der);
	if (st == CNG_OK) {
		c->no_map = piv_map_find(&c->now, place) == NULL;
		st = piv_change_close(c);
	}
	piv_change_end(c, st);
	return st;
}

static void
forget(struct piv_change *c)
{
	struct piv_memory *memory = &piv_of(c->card)->memory[c->index];

	key_free(&memory->public);
	*memory = (struct piv_memory){ .name = "" };
}

/* An heir that has no record will do without the flag. */
static void
drop_record(struct piv_change *c, unsigned place, unsigned heir)
{
	const struct piv_record *gone = piv_map_find(&c->now, place);
	struct piv_record *next = piv_map_find(&c->now, heir);

	if (gone != NULL && next != NULL && next != gone)
		next->flags |= gone->flags & PIV_FLAG_DEFAULT;
	piv_map_drop(&c->now, place);
}

/* From the moment that the key is gone there is no way back, only forward: what
 * is left of the container is not seen. */
enum cng_status
piv_remove(struct card *card, unsigned place, unsigned heir)
{
	uint8_t print[PIV_PRINT] = { 0 };
	const struct piv *piv = piv_of(card);
	struct piv_change *c;
	enum cng_status st;

	if (!piv_is_new(piv))
		return CNG_ERR_NOT_SUPPORTED;
	st = piv_change_begin(&c, card);
	if (st == CNG_OK)
		st = find_key(c, place);
	if (st == CNG_OK)
		st = piv_change_open(c);
	if (st == CNG_OK && c->was->slot[c->index].public.part[0].len > 0)
		st = piv_print_key(&c->was->slot[c->index].public, print);
	if (st == CNG_OK)
		st = piv_change_mark(c, print);
	if (st == CNG_OK)
		st = piv_delete_key(card, (uint8_t)place);
	if (st == CNG_OK) {
		/* not to be undone */
		c->map_done = false;
		forget(c);
		drop_record(c, place, heir);
		st = piv_change_certificate(c, span_of(NULL, 0));
		if (st == CNG_OK)
			st = piv_change_close(c);
		c->map_done = c->certificate_done = c->chuid_done = false;
	}
	piv_change_end(c, st);
	return st;
}
