/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The stores of persisted keys: the user's and the machine's.  Windows has no
 * PIN for them; ours have.
 */
#include "ncrypt/face.h"

#include <string.h>

/* As core/provider.h numbers them. */
#define SLOT_USER 0
#define SLOT_MACHINE 1
#define SLOT_CONFIGURED 2
#define SLOTS_MAX 64

/* One login at a time; a PIN from the environment that was wrong is not
 * tried again, for the tries are counted. */
static struct {
	struct lock lock;
	bool refused[2];
} login = { .lock = { PTHREAD_MUTEX_INITIALIZER } };

/* The default store may be named in the configuration, too: then it is only
 * there. */
static struct token *
find_configured(const char *path)
{
	unsigned long slots[SLOTS_MAX];
	size_t count = provider_slots(state_provider(), slots, SLOTS_MAX);
	struct token_info info;

	for (size_t i = 0; i < count && i < SLOTS_MAX; i++) {
		struct token *tok;

		if (slots[i] < SLOT_CONFIGURED)
			continue;
		tok = provider_token(state_provider(), slots[i]);
		if (tok == NULL || token_info(tok, &info) != CNG_OK)
			continue;
		if (path == NULL || strcmp(info.path, path) == 0)
			return tok;
	}
	return NULL;
}

static enum cng_status
find_store(bool machine, struct token **out)
{
	struct provider *prov = state_provider();
	const char *path = machine ? provider_machine_path(prov) :
				     provider_user_path(prov);
	unsigned long slot = machine ? SLOT_MACHINE : SLOT_USER;
	enum cng_status st = CNG_OK;

	*out = provider_token(prov, slot);
	if (*out != NULL)
		return CNG_OK;
	/* it may have been made since */
	st = provider_refresh(prov);
	if (st != CNG_OK)
		return st;
	*out = provider_token(prov, slot);
	if (*out == NULL && (path != NULL || !machine))
		*out = find_configured(path);
	return *out == NULL ? CNG_ERR_NO_TOKEN : CNG_OK;
}

static enum cng_status
check_usable(struct token *tok)
{
	struct token_info info;
	enum cng_status st = token_info(tok, &info);

	if (st != CNG_OK)
		return st;
	if (info.fault != CNG_OK)
		return info.fault;
	if (!info.initialized)
		return CNG_ERR_NO_TOKEN;
	return info.user_pin_set ? CNG_OK : CNG_ERR_PIN_NOT_SET;
}

static enum cng_status
log_in(struct token *tok, struct span pin, bool known)
{
	enum cng_status st = check_usable(tok);

	if (st == CNG_OK)
		st = known ? token_login_known(tok, pin) :
			     token_login(tok, ROLE_USER, pin);
	return st == CNG_ERR_LOGGED_IN ? CNG_OK : st;
}

static enum cng_status
log_in_unasked(struct token *tok, bool machine)
{
	struct secret pin = { 0 };
	bool known = false;
	enum cng_status st;

	/* of a token without a PIN none is wanted */
	if (token_open_self(tok) == CNG_OK &&
	    token_logged_in(tok) == ROLE_USER)
		return CNG_OK;
	if (login.refused[machine])
		return CNG_ERR_PIN_WRONG;
	st = check_usable(tok);
	if (st == CNG_OK)
		st = pin_find(&pin);
	known = st == CNG_ERR_NOT_LOGGED_IN;
	if (known)
		st = token_known_pin(tok, &pin);
	if (st == CNG_OK)
		st = log_in(tok, secret_span(&pin), known);
	if (st == CNG_ERR_PIN_WRONG)
		login.refused[machine] = true;
	secret_free(&pin);
	return st;
}

void
store_afresh(void)
{
	lock_take(&login.lock);
	login.refused[0] = login.refused[1] = false;
	lock_drop(&login.lock);
}

void
store_after_fork(void)
{
	lock_init(&login.lock);
}

enum cng_status
store_reach(bool machine, struct token **out)
{
	enum cng_status st = find_store(machine, out);

	if (st != CNG_OK)
		return st;
	lock_take(&login.lock);
	st = log_in_unasked(*out, machine);
	lock_drop(&login.lock);
	return st;
}

enum cng_status
store_login(bool machine, struct span pin)
{
	struct token *tok;
	enum cng_status st = find_store(machine, &tok);

	if (st != CNG_OK)
		return st;
	lock_take(&login.lock);
	if (token_logged_in(tok) == ROLE_USER)
		st = token_check_pin(tok, pin);
	else
		st = log_in(tok, pin, false);
	if (st == CNG_OK)
		login.refused[machine] = false;
	lock_drop(&login.lock);
	return st;
}
