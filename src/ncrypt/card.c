/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which card is meant, and what is on it.
 */
#include "ncrypt/card.h"

#include "base/alloc.h"
#include "base/util.h"
#include "core/container.h"

#include <stdio.h>

/* Stores and readers together. */
#define SLOTS_MAX 256

/* --- readers -------------------------------------------------------------- */

/* Of several reasons, the one that says most. */
static enum cng_status
graver(enum cng_status a, enum cng_status b)
{
	/* that there was a card once says nothing of the one that is wanted */
	if (b == CNG_ERR_DEVICE_REMOVED)
		b = CNG_ERR_NO_CARD;
	if (b == CNG_ERR_NO_TOKEN)
		b = CNG_ERR_UNKNOWN_CARD;
	return a == CNG_OK || a == CNG_ERR_NO_READER ||
	    a == CNG_ERR_NO_CARD ? b : a;
}

static enum cng_status
look(struct span reader, struct cards *out)
{
	unsigned long slots[SLOTS_MAX];
	struct provider *prov = state_provider();
	enum cng_status st = provider_refresh(prov), found;
	size_t count = provider_slots(prov, slots, SLOTS_MAX);
	struct token_ready ready;

	if (st != CNG_OK)
		return st;
	found = CNG_ERR_NO_READERS;
	for (size_t i = 0; i < count && i < SLOTS_MAX; i++) {
		struct token *tok = provider_token(prov, slots[i]);
		const char *name = tok == NULL ? NULL : token_reader(tok);

		if (name == NULL)
			continue;
		if (found == CNG_ERR_NO_READERS)
			found = CNG_ERR_NO_READER;
		if (reader.len > 0 && !span_equal(reader, span_str(name)))
			continue;
		st = token_ready(tok, &ready);
		if (st != CNG_OK)
			found = graver(found, st);
		else if (out->count < CARDS_MAX)
			out->tok[out->count++] = tok;
	}
	return out->count > 0 ? CNG_OK : found;
}

enum cng_status
cards_find(struct nprov *prov, struct span reader, struct cards *out)
{
	struct secret told = { 0 };
	enum cng_status st = CNG_OK;

	*out = (struct cards){ .count = 0 };
	if (reader.len > 0)
		return look(reader, out);
	lock_take(&prov->lock);
	st = secret_copy(&told, secret_span(&prov->reader));
	lock_drop(&prov->lock);
	if (st == CNG_OK)
		st = look(secret_span(&told), out);
	secret_free(&told);
	return st;
}

enum cng_status
cards_only(struct nprov *prov, struct token **out)
{
	struct cards cards;
	enum cng_status st = cards_find(prov, span_of(NULL, 0), &cards);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	*out = cards.tok[0];
	return cards.count == 1 ? CNG_OK : CNG_ERR_ARGUMENT;
}

/* --- containers ----------------------------------------------------------- */

static bool
is_called(struct token *tok, obj_id id, struct span name)
{
	struct wr w = wr_of(NULL, 0);
	struct secret text = { 0 };
	struct object *obj;
	bool is = false;

	if (container_object(tok, id, &obj) != CNG_OK)
		return false;
	if (object_bytes(obj, PROP_NAME, &w) == CNG_OK && w.len == name.len &&
	    secret_new(&text, w.len) == CNG_OK) {
		w = wr_of(text.ptr, text.len);
		is = object_bytes(obj, PROP_NAME, &w) == CNG_OK &&
		    span_equal(secret_span(&text), name);
	}
	secret_free(&text);
	object_free(obj);
	return is;
}

enum cng_status
card_find(struct token *tok, struct span name, obj_id *out)
{
	struct obj_ids ids;
	enum cng_status st;

	*out = 0;
	if (name.len == 0)
		return token_default_container(tok, out);
	st = token_containers(tok, &ids);
	for (size_t i = 0; st == CNG_OK && *out == 0 && i < ids.count; i++)
		if (is_called(tok, ids.id[i], name))
			*out = ids.id[i];
	if (st == CNG_OK)
		mem_free(ids.id);
	return st;
}

/* --- opening -------------------------------------------------------------- */

/* The key goes by the name that the card has for it. */
static enum cng_status
take_name(struct nkey *key)
{
	struct wr w = wr_of(NULL, 0);
	struct object *obj;
	enum cng_status st = container_object(key->tok, key->id, &obj);

	if (st != CNG_OK)
		return st;
	st = object_bytes(obj, PROP_NAME, &w);
	secret_free(&key->name);
	if (st == CNG_OK)
		st = secret_new(&key->name, w.len);
	if (st == CNG_OK) {
		w = wr_of(key->name.ptr, key->name.len);
		st = object_bytes(obj, PROP_NAME, &w);
	}
	object_free(obj);
	return st;
}

static void
put_on(struct nkey *key, struct token *tok)
{
	key->card = tok;
	key->card_number = token_card_number(tok);
}

enum cng_status
card_open(struct nkey *key, struct span name)
{
	struct card_name wanted;
	struct cards cards;
	obj_id id = 0;
	enum cng_status st = card_name_read(&wanted, name), failed = CNG_OK;

	if (st != CNG_OK)
		return st;
	st = cards_find(key->prov, secret_span(&wanted.reader), &cards);
	for (size_t i = 0; st == CNG_OK && id == 0 && i < cards.count; i++) {
		enum cng_status one = card_find(cards.tok[i],
		    secret_span(&wanted.container), &id);

		/* what one card cannot say, another one may */
		if (one != CNG_OK)
			failed = one;
		else if (id != 0)
			put_on(key, cards.tok[i]);
	}
	card_name_free(&wanted);
	if (st == CNG_OK && id == 0)
		st = failed;
	if (st != CNG_OK || id == 0)
		return st;
	key->tok = key->card;
	key->id = id;
	key->persisted = true;
	return take_name(key);
}

enum cng_status
card_recipient(struct nkey *key, struct span blob)
{
	struct cards cards;
	obj_id id = 0;
	enum cng_status st, failed = CNG_ERR_NOT_FOUND;

	if (cards_find(key->prov, span_of(NULL, 0), &cards) != CNG_OK)
		return CNG_ERR_NOT_FOUND;
	for (size_t i = 0; id == 0 && i < cards.count; i++) {
		st = container_recipient(cards.tok[i], blob, &id);
		if (st == CNG_OK)
			put_on(key, cards.tok[i]);
		else if (failed == CNG_ERR_NOT_FOUND)
			failed = st;
	}
	if (id == 0)
		return failed;
	key->tok = key->card;
	key->id = id;
	key->persisted = true;
	return CNG_OK;
}

/* --- where a new key goes ------------------------------------------------- */

/* A name that nobody has, of the usual kind. */
static enum cng_status
make_name(struct token *tok, struct secret *out)
{
	static const uint8_t groups[] = { 4, 2, 2, 2, 6 };
	uint8_t random[16];
	char text[37];
	size_t at = 0, byte = 0;
	enum cng_status st = token_random(tok, random, sizeof(random));

	if (st != CNG_OK)
		return st;
	random[6] = (uint8_t)(0x40 | (random[6] & 0x0f));
	random[8] = (uint8_t)(0x80 | (random[8] & 0x3f));
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		for (size_t k = 0; k < groups[i]; k++, at += 2)
			snprintf(text + at, 3, "%02x", random[byte++]);
		text[at++] = '-';
	}
	return secret_replace(out, span_of((const uint8_t *)text, at - 1));
}

/* The key that is looked for a place for, as far as it is known. */
struct wish {
	enum key_family family;
	enum key_curve curve;
	size_t bits;
	bool made;               /* by the card */
};

static enum cng_status
wish_of(struct nkey *key, struct wish *out)
{
	struct object *obj;
	enum cng_status st;

	/* the size may be set yet */
	*out = (struct wish){ .made = true };
	if (key->alg != NULL) {
		out->family = key->alg->family;
		out->curve = key->curve;
	}
	if (key->id == 0)
		return CNG_OK;
	st = nkey_object(key, &obj);
	if (st != CNG_OK)
		return st;
	*out = (struct wish){ object_family(obj), object_curve(obj),
		object_key_bits(obj), false };
	object_free(obj);
	return CNG_OK;
}

/* How well it would do: with room for such a key it serves. */
enum fit { FIT_NONE, FIT_ROOM, FIT_SERVES };

static enum cng_status
look_for_room(struct token *tok, const struct wish *wish, enum fit *out)
{
	struct token_card card;
	enum cng_status st = token_card(tok, &card);

	*out = FIT_NONE;
	if (st == CNG_OK && card.spare > 0 &&
	    (wish->made ? card.can_generate : card.can_import))
		*out = token_takes(tok, wish->family, wish->curve,
		    wish->bits) ? FIT_SERVES : FIT_ROOM;
	return st;
}

/* A name is on one card once; the card that has it is the one that is written
 * over, else the next one that takes such a key may have it.  One that cannot
 * be read is passed over, and remembered if no other serves. */
static enum cng_status
pick(const struct cards *cards, struct span name, bool overwrite,
    const struct wish *wish, struct token **out)
{
	enum fit best = FIT_NONE, fit = FIT_SERVES;
	enum cng_status st, failed = CNG_OK;
	bool taken = false;
	obj_id id;

	*out = NULL;
	for (size_t i = 0; i < cards->count; i++) {
		st = card_find(cards->tok[i], name, &id);
		if (st == CNG_OK && id != 0 && overwrite) {
			*out = cards->tok[i];
			return CNG_OK;
		}
		taken = taken || (st == CNG_OK && id != 0);
		/* the only one says itself what is wrong */
		if (st == CNG_OK && id == 0 && cards->count > 1)
			st = look_for_room(cards->tok[i], wish, &fit);
		if (st != CNG_OK) {
			failed = failed == CNG_OK ? st : failed;
		} else if (id == 0 && (*out == NULL || fit > best)) {
			*out = cards->tok[i];
			best = fit;
		}
	}
	if (failed != CNG_OK && (*out == NULL ? !taken : best < FIT_SERVES))
		return failed;
	return *out == NULL ? CNG_ERR_EXISTS : CNG_OK;
}

enum cng_status
card_choose(struct nkey *key)
{
	struct card_name wanted;
	struct token *tok = NULL;
	struct cards cards;
	struct wish wish;
	enum cng_status st = card_name_read(&wanted,
	    secret_span(&key->name));

	if (st != CNG_OK)
		return st;
	st = wish_of(key, &wish);
	if (st == CNG_OK)
		st = cards_find(key->prov, secret_span(&wanted.reader), &cards);
	if (st == CNG_OK && wanted.container.len == 0)
		st = make_name(cards.tok[0], &wanted.container);
	if (st == CNG_OK)
		st = pick(&cards, secret_span(&wanted.container),
		    key->overwrite, &wish, &tok);
	if (st == CNG_OK) {
		put_on(key, tok);
		secret_move(&key->name, &wanted.container);
	}
	card_name_free(&wanted);
	return st;
}

/* --- its object ----------------------------------------------------------- */

enum cng_status
card_object(struct nkey *key, struct object **out)
{
	enum cng_status st = container_object(key->card, key->id, out);

	/* another card, or the same one again, has other handles */
	if (st == CNG_ERR_OBJECT &&
	    token_card_number(key->card) != key->card_number)
		st = CNG_ERR_DEVICE_REMOVED;
	return st;
}
