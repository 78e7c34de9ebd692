/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is open as long as there is a provider handle, or a key of one: the
 * configuration, and the tokens.
 */
#include "ncrypt/face.h"

const struct access state_access = { .session = 1, .read_write = true };

static struct {
	struct lock lock;
	size_t holders;
	struct provider *provider;
} state = { .lock = { PTHREAD_MUTEX_INITIALIZER } };

enum cng_status
state_hold(void)
{
	enum cng_status st = CNG_OK;

	lock_take(&state.lock);
	if (state.holders == 0) {
		store_afresh();
		card_pin_afresh();
		st = provider_open(&state.provider, NULL, NULL, 0);
	}
	if (st == CNG_OK && provider_loose_token(state.provider) == NULL)
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK)
		state.holders++;
	else if (state.holders == 0) {
		provider_close(state.provider);
		state.provider = NULL;
	}
	lock_drop(&state.lock);
	return st;
}

void
state_drop(void)
{
	lock_take(&state.lock);
	state.holders--;
	if (state.holders == 0) {
		provider_close(state.provider);
		state.provider = NULL;
	}
	lock_drop(&state.lock);
}

/* The log is open as long as the provider is. */
bool
state_hold_log(void)
{
	lock_take(&state.lock);
	if (state.provider != NULL)
		return true;
	lock_drop(&state.lock);
	return false;
}

void
state_drop_log(void)
{
	lock_drop(&state.lock);
}

/* Called once in the child, before anything else there. */
void
state_settle(void)
{
	if (state.provider != NULL)
		provider_after_fork(state.provider);
}

void
state_after_fork(void)
{
	lock_init(&state.lock);
}

struct provider *
state_provider(void)
{
	return state.provider;
}

struct token *
state_loose(void)
{
	return provider_loose_token(state.provider);
}
