/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The card of a reader as a token: when it comes and goes, and what it has.
 */
#include "core/card.h"

#include "base/alloc.h"
#include "core/card_admin.h"
#include "core/conf.h"
#include "core/provider.h"

/* --- life ----------------------------------------------------------------- */

enum cng_status
token_open_card(struct token **out, const char *reader,
    const struct conf *conf)
{
	enum cng_status st = token_open(out, NULL, false);

	if (st != CNG_OK)
		return st;
	lock_take(&(*out)->lock);
	(*out)->reader = mem_strdup(reader);
	(*out)->conf = conf;
	(*out)->compat = conf != NULL && conf->compat;
	st = (*out)->reader == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
	lock_drop(&(*out)->lock);
	if (st != CNG_OK) {
		token_free(*out);
		*out = NULL;
	}
	return st;
}

void
card_detach(struct token *tok)
{
	if (tok->device == NULL)
		return;
	idmap_clear(&tok->cache);
	/* others may hold it still, but not its PIN */
	device_logout(tok->device);
	device_free(tok->device);
	tok->device = NULL;
	tok->card.listed = false;
	tok->role = ROLE_NONE;
}

/* The parent's connection is left alone; the child makes one of its own, and
 * has to say the PIN. */
void
card_after_fork(struct token *tok)
{
	if (tok->device == NULL)
		return;
	device_abandon(tok->device);
	card_detach(tok);
	token_drop_pool(tok, false);
	tok->card.forked = true;
}

/* In a child, the parent's card goes on if it is still the one that is in. */
static void
count_card(struct token *tok, unsigned moves) CNG_REQUIRES(tok->lock)
{
	bool same = tok->card.forked && tok->card.moves == moves;

	if (tok->card.forked && !same)
		token_drop_pool(tok, true);
	tok->card.forked = false;
	tok->card.moves = moves;
	if (!same)
		tok->card.count++;
}

static enum cng_status
open_device(const struct token *tok, struct device **out,
    struct device_info *info)
{
	struct device_conf conf = { .admin_key = { 0 } };
	enum cng_status st = card_admin_key(tok->conf, &conf.admin_key);

	*out = NULL;
	if (st == CNG_OK)
		st = device_open(out, tok->reader, &conf);
	secret_free(&conf.admin_key);
	if (st == CNG_OK)
		st = device_info(*out, info);
	if (st != CNG_OK) {
		device_free(*out);
		*out = NULL;
	}
	return st;
}

/* The token can be used meanwhile; another thread may be faster. */
static enum cng_status
open_card(struct token *tok) CNG_REQUIRES(tok->lock)
{
	struct device_info info;
	struct device *dev;
	unsigned moves;
	enum cng_status st;

	lock_drop(&tok->lock);
	/* before, so that one that comes in between is another card */
	moves = device_look(tok->reader).moves;
	st = open_device(tok, &dev, &info);
	lock_take(&tok->lock);
	if (tok->device != NULL) {
		device_free(dev);
		return CNG_OK;
	}
	if (st != CNG_OK)
		return st;
	tok->device = dev;
	count_card(tok, moves);
	tok->card.read_only = !info.can_import && !info.can_generate;
	log_line(LOG_INFO, "%s: a card: %s", tok->reader, info.kind);
	return CNG_OK;
}

/* Somebody has changed the PIN: the card does not know ours any more. */
static void
check_login(struct token *tok) CNG_REQUIRES(tok->lock)
{
	if (tok->role != ROLE_USER || device_is_logged_in(tok->device))
		return;
	log_line(LOG_WARN, "%s: logged out", tok->reader);
	shelf_end_handles(tok);
	tok->role = ROLE_NONE;
	token_drop_pool(tok, false);
}

enum cng_status
card_attach(struct token *tok)
{
	enum cng_status st;

	if (tok->device != NULL && device_is_present(tok->device)) {
		check_login(tok);
		return CNG_OK;
	}
	if (tok->device != NULL) {
		log_line(LOG_INFO, "%s: the card was removed", tok->reader);
		card_detach(tok);
		token_drop_pool(tok, true);
	}
	st = open_card(tok);
	if (st == CNG_ERR_NO_CARD && tok->card.count > 0)
		return CNG_ERR_DEVICE_REMOVED;
	if (st != CNG_OK && st != CNG_ERR_NO_CARD && st != CNG_ERR_NO_TOKEN)
		log_line(LOG_WARN, "%s: %s", tok->reader,
		    cng_status_text(st));
	return st;
}

enum cng_status
card_device(struct token *tok, struct device **out)
{
	enum cng_status st;

	*out = NULL;
	lock_take(&tok->lock);
	st = card_attach(tok);
	if (st == CNG_OK)
		*out = device_ref(tok->device);
	lock_drop(&tok->lock);
	return st;
}

/* --- what it has ---------------------------------------------------------- */

/* What an object is known by: the place, the class, and the public key or the
 * certificate.  Not the card: some have no number but one that is new with
 * each change. */
static enum cng_status
entry_identify(struct entry *e)
{
	const struct object *obj = e->half[0];
	struct secret all = { 0 };
	uint8_t head[6] = { (uint8_t)(e->place >> 24),
		(uint8_t)(e->place >> 16), (uint8_t)(e->place >> 8),
		(uint8_t)e->place, (uint8_t)obj->class,
		(uint8_t)obj->key.family };
	uint8_t sum[64];
	enum cng_status st = secret_copy(&all, span_of(head, sizeof head));

	for (size_t i = 0; st == CNG_OK && i < KEY_PART_MAX; i++)
		st = secret_append(&all, secret_span(&obj->key.part[i]));
	if (st == CNG_OK)
		st = secret_append(&all, secret_span(&obj->value));
	if (st == CNG_OK)
		st = crypto_digest(HASH_SHA256, secret_span(&all), sum);
	if (st == CNG_OK)
		memcpy(e->uid, sum, sizeof e->uid);
	secret_free(&all);
	return st;
}

/* What was there before keeps its handle. */
static uint64_t
row_of(struct token *tok, const struct entry *e, const struct idmap *fresh)
    CNG_REQUIRES(tok->lock)
{
	const struct entry *old;
	uint64_t row;
	size_t pos = 0;

	while ((old = idmap_next(&tok->cache, &pos, &row)) != NULL)
		if (memcmp(old->uid, e->uid, sizeof e->uid) == 0 &&
		    idmap_get(fresh, row) == NULL)
			return row;
	return ++tok->card.rows;
}

/* Takes e over. */
static enum cng_status
add_entry(struct token *tok, struct idmap *fresh, struct entry *e)
    CNG_REQUIRES(tok->lock)
{
	enum cng_status st = entry_identify(e);

	if (st == CNG_OK) {
		e->row = row_of(tok, e, fresh);
		entry_give_ids(tok, e, e->row, false, e->uid);
		st = idmap_put(fresh, e->row, e);
	}
	if (st != CNG_OK)
		entry_free(e);
	return st;
}

static enum cng_status
add_cert(struct token *tok, struct idmap *fresh, const struct secret *der,
    const struct device_key *key, const struct entry *pair)
    CNG_REQUIRES(tok->lock)
{
	struct entry *e;
	enum cng_status st;

	if (der->len == 0)
		return CNG_OK;
	st = card_cert_entry(&e, secret_span(der), key, pair);
	if (st == CNG_OK)
		return add_entry(tok, fresh, e);
	log_line(LOG_WARN, "%s: a certificate that is none", tok->reader);
	return st == CNG_ERR_NO_MEMORY ? st : CNG_OK;
}

static enum cng_status
add_key(struct token *tok, struct idmap *fresh, const struct device_key *key)
    CNG_REQUIRES(tok->lock)
{
	struct entry *pair = NULL;
	enum cng_status st = card_key_entry(&pair, tok->device, key);

	if (st != CNG_OK) {
		log_line(LOG_WARN, "%s: container %u: %s", tok->reader,
		    key->place, cng_status_text(st));
		if (st == CNG_ERR_NO_MEMORY)
			return st;
	}
	st = add_cert(tok, fresh, &key->certificate, key, pair);
	if (st != CNG_OK)
		entry_free(pair);
	else if (pair != NULL)
		st = add_entry(tok, fresh, pair);
	return st;
}

static enum cng_status
take_list(struct token *tok, const struct device_keys *keys)
    CNG_REQUIRES(tok->lock)
{
	struct idmap fresh = { .free_value = entry_free };
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < keys->count; i++)
		st = add_key(tok, &fresh, &keys->key[i]);
	for (size_t i = 0; st == CNG_OK && i < keys->cert_count; i++)
		st = add_cert(tok, &fresh, &keys->cert[i], NULL, NULL);
	if (st != CNG_OK) {
		idmap_clear(&fresh);
		return st;
	}
	idmap_clear(&tok->cache);
	tok->cache = fresh;
	tok->card.listed = true;
	tok->card.turn++;
	return CNG_OK;
}

/* Threads that look at once, one of which finds something else, look again. */
#define LOOKS_MAX 4

/* One look, without the token's lock as long as the card speaks.  *again: what
 * was seen is out of date. */
static enum cng_status
look(struct token *tok, bool *again) CNG_REQUIRES(tok->lock)
{
	struct device *dev = device_ref(tok->device);
	struct card_side was = tok->card;
	struct device_keys keys = { .count = 0 };
	uint64_t stamp = 0;
	bool changed = false;
	enum cng_status st;

	lock_drop(&tok->lock);
	st = device_stamp(dev, &stamp);
	if (st == CNG_OK)
		changed = !was.listed || stamp != was.stamp;
	if (changed)
		st = device_list(dev, &keys);
	lock_take(&tok->lock);
	*again = st == CNG_OK && (tok->device != dev ||
	    (changed && tok->card.turn != was.turn));
	if (st == CNG_OK && changed && !*again) {
		st = take_list(tok, &keys);
		if (st == CNG_OK)
			tok->card.stamp = stamp;
	}
	device_keys_free(&keys);
	device_free(dev);
	return st;
}

enum cng_status
card_refresh(struct token *tok)
{
	bool again = true;
	enum cng_status st = CNG_OK;

	for (int i = 0; st == CNG_OK && again && i < LOOKS_MAX; i++) {
		st = card_attach(tok);
		if (st == CNG_OK)
			st = look(tok, &again);
	}
	return st;
}

enum cng_status
card_entry(struct token *tok, obj_id id, struct entry **out)
{
	enum cng_status st = card_attach(tok);

	*out = NULL;
	if (id & 1) {
		*out = idmap_get(&tok->pool, id_number(id));
		goto out;
	}
	if (st == CNG_OK && !tok->card.listed)
		st = card_refresh(tok);
	if (st != CNG_OK)
		return st == CNG_ERR_NO_CARD || st == CNG_ERR_NO_TOKEN ?
		    CNG_ERR_OBJECT : st;
	*out = idmap_get(&tok->cache, id_number(id));
out:
	if (*out != NULL && !entry_has_id(*out, id))
		*out = NULL;
	return *out == NULL ? CNG_ERR_OBJECT : CNG_OK;
}

/* --- is it there? --------------------------------------------------------- */

enum cng_status
card_ready(struct token *tok, struct token_ready *out)
{
	enum cng_status st;

	lock_take(&tok->lock);
	st = card_attach(tok);
	if (st == CNG_OK) {
		out->initialized = true;
		out->read_only = tok->card.read_only;
	}
	out->is_card = true;
	out->incarnation = tok->card.count;
	lock_drop(&tok->lock);
	/* that there was another one once is no fault of the slot */
	return st == CNG_ERR_DEVICE_REMOVED ? CNG_ERR_NO_CARD : st;
}

bool
token_is_card(const struct token *tok)
{
	return tok->reader != NULL;
}

enum cng_status
token_still(struct token *tok, unsigned incarnation)
{
	enum cng_status st;

	lock_take(&tok->lock);
	st = card_attach(tok);
	if (tok->card.count != incarnation)
		st = CNG_ERR_OBJECT;
	else if (st != CNG_OK)
		st = CNG_ERR_DEVICE_REMOVED;
	lock_drop(&tok->lock);
	return st;
}
