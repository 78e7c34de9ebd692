/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs of cards.  A card counts the wrong ones, so none is said that was not
 * given for a card, and none twice.
 */
#include "ncrypt/card.h"

#include "core/container.h"

#include <pthread.h>

/* One PIN at a time; one from the environment that was wrong is not said
 * again. */
static struct {
	struct lock lock;
	bool refused;
} said = { .lock = { PTHREAD_MUTEX_INITIALIZER } };

void
card_pin_afresh(void)
{
	lock_take(&said.lock);
	said.refused = false;
	lock_drop(&said.lock);
}

void
card_pin_after_fork(void)
{
	lock_init(&said.lock);
}

/* Says it, whether one was said before or not. */
static enum cng_status
say(struct token *tok, struct span pin)
{
	enum cng_status st = token_logged_in(tok) == ROLE_USER ?
	    token_check_pin(tok, pin) : token_login(tok, ROLE_USER, pin);

	return st == CNG_ERR_LOGGED_IN ? token_check_pin(tok, pin) : st;
}

enum cng_status
card_say_pin(struct token *tok, struct span pin)
{
	enum cng_status st;

	if (pin.len == 0)
		return CNG_ERR_PIN_LENGTH;
	lock_take(&said.lock);
	st = say(tok, pin);
	if (st == CNG_OK)
		said.refused = false;
	lock_drop(&said.lock);
	return st;
}

/* What the environment says, for one that does not ask the user. */
static enum cng_status
find_unasked(struct secret *out) CNG_REQUIRES(said.lock)
{
	return said.refused ? CNG_ERR_PIN_WRONG : pin_find_card(out);
}

enum cng_status
card_want_pin(struct token *tok)
{
	struct secret pin = { 0 };
	enum cng_status st = CNG_OK;

	/* uses of one card do not wait for the PIN of another */
	if (token_logged_in(tok) == ROLE_USER)
		return st;
	lock_take(&said.lock);
	if (token_logged_in(tok) != ROLE_USER) {
		st = find_unasked(&pin);
		if (st == CNG_OK)
			st = say(tok, secret_span(&pin));
		if (st == CNG_ERR_PIN_WRONG)
			said.refused = true;
	}
	lock_drop(&said.lock);
	secret_free(&pin);
	return st;
}

/* For this use alone: what was set on the key and not used yet, else what the
 * environment says each time. */
static enum cng_status
say_for_one_use(struct nkey *key)
{
	struct secret pin = { 0 };
	bool unasked = false;
	enum cng_status st = CNG_OK;

	lock_take(&key->lock);
	secret_move(&pin, &key->pin);
	lock_drop(&key->lock);
	lock_take(&said.lock);
	if (pin.len == 0) {
		unasked = true;
		st = find_unasked(&pin);
	}
	if (st == CNG_OK && token_logged_in(key->card) != ROLE_USER)
		st = say(key->card, secret_span(&pin));
	if (st == CNG_OK)
		st = token_check_pin(key->card, secret_span(&pin));
	if (st == CNG_ERR_PIN_WRONG && unasked)
		said.refused = true;
	lock_drop(&said.lock);
	secret_free(&pin);
	return st;
}

enum cng_status
card_unlock(struct nkey *key, struct object **obj)
{
	enum cng_status st;

	if (key->card == NULL || object_class(*obj) != OBJ_PRIVATE ||
	    !object_flag(*obj, PROP_PRIVATE))
		return CNG_OK;
	if (!object_flag(*obj, PROP_ALWAYS_AUTHENTICATE))
		return card_want_pin(key->card);
	st = say_for_one_use(key);
	return st == CNG_OK ? object_pin_given(obj) : st;
}
