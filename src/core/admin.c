/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What tools do to tokens.
 */
#include "core/admin.h"

#include "core/card.h"

static enum cng_status
unblock_card(struct token *tok, struct span code, struct span new_pin)
{
	struct device *dev = NULL;
	enum cng_status st;

	lock_take(&tok->pin);
	st = card_device(tok, &dev);
	if (st == CNG_OK && token_role_now(tok) != ROLE_NONE)
		st = CNG_ERR_LOGGED_IN;
	if (st == CNG_OK)
		st = device_unblock(dev, code, new_pin);
	device_free(dev);
	lock_drop(&tok->pin);
	return st;
}

enum cng_status
token_unblock(struct token *tok, struct span code, struct span new_pin)
{
	enum cng_status st, out;

	if (tok->reader != NULL)
		return unblock_card(tok, code, new_pin);
	st = token_login(tok, ROLE_SO, code);
	if (st != CNG_OK)
		return st;
	st = token_init_pin(tok, new_pin);
	out = token_logout(tok);
	return st == CNG_OK ? out : st;
}

const char *
token_import_switch(struct token *tok)
{
	const char *name;

	lock_take(&tok->lock);
	name = tok->card.refused;
	lock_drop(&tok->lock);
	return name;
}
