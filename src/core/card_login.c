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
		shelf_end_handles(tok);
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

typedef enum cng_status pin_work(struct device *dev, enum token_role role,
    const struct span pin[2]);

/* One after the other, with the role now. */
static enum cng_status
with_pin(struct token *tok, pin_work *work, const struct span pin[2])
{
	enum token_role role;
	struct device *dev;
	enum cng_status st;

	lock_take(&tok->pin);
	st = look(tok, &role, &dev);
	if (st == CNG_OK)
		st = work(dev, role, pin);
	device_free(dev);
	lock_drop(&tok->pin);
	return st;
}

static enum cng_status
check(struct device *dev, enum token_role role, const struct span pin[2])
{
	if (role == ROLE_NONE)
		return CNG_ERR_NOT_LOGGED_IN;
	return role == ROLE_USER ? device_login_once(dev, pin[0]) :
				   device_login(dev, DEVICE_ADMIN, pin[0]);
}

static enum cng_status
set(struct device *dev, enum token_role role, const struct span pin[2])
{
	return device_set_pin(dev, whose(role), pin[0], pin[1]);
}

static enum cng_status
init(struct device *dev, enum token_role role, const struct span pin[2])
{
	return role == ROLE_SO ?
	    device_unblock(dev, span_of(NULL, 0), pin[0]) :
	    CNG_ERR_NOT_LOGGED_IN;
}

enum cng_status
card_check_pin(struct token *tok, struct span pin)
{
	return with_pin(tok, check, (const struct span[2]){ pin });
}

enum cng_status
card_set_pin(struct token *tok, struct span old_pin, struct span new_pin)
{
	return with_pin(tok, set, (const struct span[2]){ old_pin, new_pin });
}

enum cng_status
card_init_pin(struct token *tok, struct span pin)
{
	return with_pin(tok, init, (const struct span[2]){ pin });
}
