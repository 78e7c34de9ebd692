/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs of a card.  The card judges them, so nothing waits here; they are said
 * without the token's lock, one after the other.
 */
#include "core/card.h"

static enum device_role
whose(enum token_role role)
{
	return role == ROLE_SO ? DEVICE_ADMIN : DEVICE_USER;
}

/* The role now, and the card. */
static enum cng_status
look(struct token *tok, enum token_role *role, struct device **dev)
{
	enum cng_status st = card_device(tok, dev);

	*role = token_role_now(tok);
	return st;
}

/* The role is of the card that heard the PIN, if that is still there. */
static enum cng_status
begin_role(struct token *tok, const struct device *dev, enum token_role role)
{
	enum cng_status st;

	lock_take(&tok->lock);
	st = card_attach(tok);
	if (st == CNG_OK && tok->device != dev)
		st = CNG_ERR_DEVICE_REMOVED;
	if (st == CNG_OK)
		tok->role = role;
	lock_drop(&tok->lock);
	return st;
}

enum cng_status
card_login(struct token *tok, enum token_role role, struct span pin)
{
	enum token_role now;
	struct device *dev;
	enum cng_status st;

	lock_take(&tok->pin);
	st = look(tok, &now, &dev);
	if (st == CNG_OK && now != ROLE_NONE)
		st = now == role ? CNG_ERR_LOGGED_IN : CNG_ERR_OTHER_LOGGED_IN;
	if (st == CNG_OK)
		st = device_login(dev, whose(role), pin);
	if (st == CNG_OK)
		st = begin_role(tok, dev, role);
	device_free(dev);
	lock_drop(&tok->pin);
	return st;
}

enum cng_status
card_logout(struct token *tok)
{
	struct device *dev = NULL;
	enum cng_status st = CNG_OK;

	/* a login that comes now is not to be undone */
	lock_take(&tok->pin);
	lock_take(&tok->lock);
	/* a card that is gone took the login with it */
	if (tok->role == ROLE_NONE || card_attach(tok) != CNG_OK ||
	    tok->role == ROLE_NONE) {
		st = CNG_ERR_NOT_LOGGED_IN;
	} else {
		tok->role = ROLE_NONE;
		token_drop_pool(tok, false);
		dev = device_ref(tok->device);
	}
	lock_drop(&tok->lock);
	if (dev != NULL)
		device_logout(dev);
	device_free(dev);
	lock_drop(&tok->pin);
	return st;
}

enum cng_status
card_check_pin(struct token *tok, struct span pin)
{
	enum token_role role;
	struct device *dev;
	enum cng_status st;

	lock_take(&tok->pin);
	st = look(tok, &role, &dev);
	if (st == CNG_OK && role == ROLE_NONE)
		st = CNG_ERR_NOT_LOGGED_IN;
	if (st == CNG_OK)
		st = role == ROLE_USER ? device_login_once(dev, pin) :
					 device_login(dev, DEVICE_ADMIN, pin);
	device_free(dev);
	lock_drop(&tok->pin);
	return st;
}

enum cng_status
card_set_pin(struct token *tok, struct span old_pin, struct span new_pin)
{
	enum token_role role;
	struct device *dev;
	enum cng_status st;

	lock_take(&tok->pin);
	st = look(tok, &role, &dev);
	if (st == CNG_OK)
		st = device_set_pin(dev, whose(role), old_pin, new_pin);
	device_free(dev);
	lock_drop(&tok->pin);
	return st;
}

enum cng_status
card_init_pin(struct token *tok, struct span pin)
{
	enum token_role role;
	struct device *dev;
	enum cng_status st;

	lock_take(&tok->pin);
	st = look(tok, &role, &dev);
	if (st == CNG_OK && role != ROLE_SO)
		st = CNG_ERR_NOT_LOGGED_IN;
	if (st == CNG_OK)
		st = device_unblock(dev, span_of(NULL, 0), pin);
	device_free(dev);
	lock_drop(&tok->pin);
	return st;
}
