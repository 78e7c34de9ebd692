/* SPDX-License-Identifier: BSD-2-Clause
 *
 * States of operations, for callers to keep.  The key they are sealed with is
 * made at first use and never leaves the process.
 */
#include "core/internal.h"

static const char bound_to[] = "cng-pkcs11 operation state 1";

static enum cng_status
state_key(struct token *tok, uint8_t out[32])
{
	enum cng_status st = CNG_OK;

	lock_take(&tok->lock);
	if (!tok->has_state_key)
		st = crypto_random(tok->state_key, sizeof tok->state_key);
	if (st == CNG_OK) {
		tok->has_state_key = true;
		memcpy(out, tok->state_key, sizeof tok->state_key);
	}
	lock_drop(&tok->lock);
	return st;
}

enum cng_status
token_seal_state(struct token *tok, struct span state, struct secret *out)
{
	uint8_t key[32];
	enum cng_status st = state_key(tok, key);

	if (st == CNG_OK)
		st = crypto_seal(key, span_str(bound_to), state, out);
	wipe(key, sizeof key);
	return st;
}

enum cng_status
token_open_state(struct token *tok, struct span sealed, struct secret *out)
{
	uint8_t key[32];
	enum cng_status st = state_key(tok, key);

	if (st == CNG_OK)
		st = crypto_open(key, span_str(bound_to), sealed, out);
	wipe(key, sizeof key);
	return st == CNG_ERR_STORE_CORRUPT ? CNG_ERR_BAD_DATA : st;
}
