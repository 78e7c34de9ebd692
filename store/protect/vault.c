/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Life of a token's vault: made, unlocked, locked, PINs changed.
 */
#include "store/protect/internal.h"

#include "base/alloc.h"
#include "base/text.h"
#include "base/utf16.h"

enum cng_status
vault_new(struct vault **out, struct store *store)
{
	struct vault *vault = mem_new(1, sizeof(*vault));

	*out = vault;
	if (vault == NULL)
		return CNG_ERR_NO_MEMORY;
	vault->store = store;
	return CNG_OK;
}

void
vault_free(struct vault *vault)
{
	if (vault == NULL)
		return;
	vault_lock(vault);
	mem_free(vault);
}

void
vault_lock(struct vault *vault)
{
	struct store *store = vault->store;

	wipe(vault, sizeof(*vault));
	vault->store = store;
}

bool
vault_is_open(const struct vault *vault)
{
	return vault->open;
}

void
vault_rebind(struct vault *vault, struct store *store)
{
	vault->store = store;
}

void
vault_share(struct vault *vault, const struct vault *from)
{
	struct store *store = vault->store;

	*vault = *from;
	vault->store = store;
}

/* --- state --------------------------------------------------------------- */

/* A token without its fact must have none of the others either. */
static enum cng_status
check_blank(struct store *store)
{
	struct pin_fact pin;

	for (enum vault_role role = 0; role < VAULT_ROLES; role++) {
		enum cng_status st = pin_fact_get(store, role, &pin);

		if (st != CNG_ERR_PIN_NOT_SET)
			return st == CNG_OK ? CNG_ERR_STORE_CORRUPT : st;
	}
	return CNG_OK;
}

static enum cng_status
role_state(struct store *store, enum vault_role role, struct vault_state *out)
{
	struct pin_fact pin;
	enum cng_status st = pin_fact_get(store, role, &pin);

	if (st != CNG_OK && st != CNG_ERR_PIN_NOT_SET)
		return st;
	out->pin_set[role] = st == CNG_OK;
	st = tries_get(store, role, &out->failures[role]);
	out->locked[role] = out->failures[role] >= PIN_TRIES;
	return st;
}

enum cng_status
vault_state(struct vault *vault, struct vault_state *out)
{
	struct token_fact token;
	struct vault_state state = { 0 };
	enum cng_status st = token_fact_get(vault->store, &token);

	memset(out, 0, sizeof(*out));
	if (st == CNG_ERR_NO_TOKEN)
		return check_blank(vault->store);
	if (st != CNG_OK)
		return st;
	state.initialized = true;
	memcpy(state.label, token.label, sizeof(state.label));
	memcpy(state.serial, token.serial, sizeof(state.serial));
	for (enum vault_role role = 0; role < VAULT_ROLES; role++) {
		st = role_state(vault->store, role, &state);
		if (st != CNG_OK)
			return st;
	}
	if (!state.pin_set[VAULT_SO])
		return CNG_ERR_STORE_CORRUPT;
	*out = state;
	return CNG_OK;
}

/* --- unlocking ----------------------------------------------------------- */

static enum cng_status
subkey(struct crypto_hmac *out, const uint8_t master[MASTER_LEN],
    const char *purpose)
{
	uint8_t key[MASTER_LEN];
	enum cng_status st = crypto_hmac_sha256(span_of(master, MASTER_LEN),
	    span_str(purpose), key);

	if (st == CNG_OK)
		st = crypto_hmac_begin(out, span_of(key, sizeof(key)));
	wipe(key, sizeof(key));
	return st;
}

static enum cng_status
keep_keys(struct vault *vault, enum vault_role role,
    const struct token_fact *token, const uint8_t master[MASTER_LEN])
{
	enum cng_status st;

	vault_lock(vault);
	st = subkey(&vault->seal_key, master, "seal");
	if (st == CNG_OK)
		st = subkey(&vault->tag_key, master, "tag");
	if (st != CNG_OK) {
		vault_lock(vault);
		return st;
	}
	memcpy(vault->master, master, MASTER_LEN);
	vault->token = *token;
	vault->role = role;
	vault->open = true;
	return CNG_OK;
}

static bool
is_role(enum vault_role role)
{
	return role == VAULT_USER || role == VAULT_SO;
}

enum cng_status
vault_unlock(struct vault *vault, enum vault_role role, struct span pin)
{
	uint8_t master[MASTER_LEN];
	struct token_fact token;
	enum cng_status st;

	if (!is_role(role))
		return CNG_ERR_ARGUMENT;
	st = store_turn_take(vault->store);
	if (st != CNG_OK)
		return st;
	st = pin_attempt(vault, role, pin, &token, master);
	store_turn_drop(vault->store);
	if (st == CNG_OK)
		st = keep_keys(vault, role, &token, master);
	wipe(master, sizeof(master));
	return st;
}

enum cng_status
vault_check_pin(struct vault *vault, enum vault_role role, struct span pin)
{
	struct token_fact token;
	enum cng_status st;

	if (!is_role(role))
		return CNG_ERR_ARGUMENT;
	st = store_turn_take(vault->store);
	if (st != CNG_OK)
		return st;
	st = pin_attempt(vault, role, pin, &token, NULL);
	store_turn_drop(vault->store);
	return st;
}

void
vault_try_below(struct vault *vault, unsigned failures)
{
	vault->tries = failures;
}

/* --- setting PINs -------------------------------------------------------- */

/* Puts a new way to the master key in the place of an old one. */
static enum cng_status
put_pin(struct store *store, enum vault_role role, const struct pin_fact *pin)
{
	enum cng_status st = pin_fact_put(store, role, pin);

	return st == CNG_OK ? tries_put(store, role, 0) : st;
}

static enum cng_status
finish(struct store *store, enum cng_status st)
{
	if (st == CNG_OK)
		return store_commit(store);
	store_rollback(store);
	return st;
}

/* The token must be the one the master key belongs to. */
static enum cng_status
set_pin(struct store *store, enum vault_role role, struct span pin,
    const struct token_fact *token, const uint8_t master[MASTER_LEN])
{
	struct token_fact now;
	struct pin_fact fact;
	enum cng_status st = pin_wrap(&fact, token, role, pin, master);

	if (st == CNG_OK)
		st = store_begin(store);
	if (st != CNG_OK)
		return st;
	st = token_fact_get(store, &now);
	if (st == CNG_OK && memcmp(&now, token, sizeof(now)) != 0)
		st = CNG_ERR_NOT_LOGGED_IN;
	if (st == CNG_OK)
		st = put_pin(store, role, &fact);
	return finish(store, st);
}

enum cng_status
vault_init_user(struct vault *vault, struct span pin)
{
	enum cng_status st = pin_rules(pin);

	if (!vault->open || vault->role != VAULT_SO)
		return CNG_ERR_NOT_LOGGED_IN;
	if (st == CNG_OK && store_read_only(vault->store))
		st = CNG_ERR_READ_ONLY;
	if (st == CNG_OK)
		st = store_turn_take(vault->store);
	if (st != CNG_OK)
		return st;
	st = set_pin(vault->store, VAULT_USER, pin, &vault->token,
	    vault->master);
	store_turn_drop(vault->store);
	return st;
}

enum cng_status
vault_change_pin(struct vault *vault, enum vault_role role,
    struct span old_pin, struct span new_pin)
{
	uint8_t master[MASTER_LEN];
	struct token_fact token;
	enum cng_status st = pin_rules(new_pin);

	if (!is_role(role))
		return CNG_ERR_ARGUMENT;
	if (st == CNG_OK && store_read_only(vault->store))
		st = CNG_ERR_READ_ONLY;
	if (st == CNG_OK)
		st = store_turn_take(vault->store);
	if (st != CNG_OK)
		return st;
	st = pin_attempt(vault, role, old_pin, &token, master);
	if (st == CNG_OK)
		st = set_pin(vault->store, role, new_pin, &token, master);
	store_turn_drop(vault->store);
	wipe(master, sizeof(master));
	return st;
}

/* --- a new token --------------------------------------------------------- */

static enum cng_status
set_label(struct token_fact *token, struct span label)
{
	while (label.len > 0 && label.ptr[label.len - 1] == ' ')
		label.len--;
	if (label.len > TOKEN_LABEL || !utf8_valid(label))
		return CNG_ERR_ARGUMENT;
	memset(token->label, 0, sizeof(token->label));
	if (label.len > 0)
		memcpy(token->label, label.ptr, label.len);
	return CNG_OK;
}

static enum cng_status
new_serial(struct token_fact *token)
{
	uint8_t bytes[SERIAL_LEN / 2];
	enum cng_status st = crypto_random(bytes, sizeof(bytes));

	if (st == CNG_OK)
		hex_encode(token->serial, span_of(bytes, sizeof(bytes)));
	return st;
}

/* May the token be made anew with this PIN?  Keeps a serial there is. */
static enum cng_status
allow_init(struct vault *vault, struct span so_pin, struct token_fact *token)
{
	enum cng_status st = token_fact_get(vault->store, token);

	if (st == CNG_OK)
		return pin_attempt(vault, VAULT_SO, so_pin, token, NULL);
	if (st != CNG_ERR_NO_TOKEN)
		return st;
	st = check_blank(vault->store);
	if (st == CNG_OK)
		st = pin_rules(so_pin);
	return st == CNG_OK ? new_serial(token) : st;
}

static enum cng_status
write_token(struct store *store, const struct token_fact *token,
    const struct pin_fact *so)
{
	enum cng_status st = store_begin(store);

	if (st != CNG_OK)
		return st;
	st = store_erase(store);
	if (st == CNG_OK)
		st = token_fact_put(store, token);
	if (st == CNG_OK)
		st = put_pin(store, VAULT_SO, so);
	return finish(store, st);
}

static enum cng_status
make_token(struct vault *vault, struct span so_pin, struct span label)
{
	uint8_t master[MASTER_LEN];
	struct token_fact token = { 0 };
	struct pin_fact so;
	enum cng_status st = allow_init(vault, so_pin, &token);

	if (st == CNG_OK)
		st = set_label(&token, label);
	if (st == CNG_OK)
		st = crypto_random(token.key_id, sizeof(token.key_id));
	if (st == CNG_OK)
		st = crypto_random(master, sizeof(master));
	if (st == CNG_OK)
		st = pin_wrap(&so, &token, VAULT_SO, so_pin, master);
	if (st == CNG_OK)
		st = write_token(vault->store, &token, &so);
	if (st == CNG_OK)
		vault_lock(vault);
	wipe(master, sizeof(master));
	return st;
}

enum cng_status
vault_init(struct vault *vault, struct span so_pin, struct span label)
{
	struct token_fact scratch;
	enum cng_status st = set_label(&scratch, label);

	if (st == CNG_OK && store_read_only(vault->store))
		st = CNG_ERR_READ_ONLY;
	if (st == CNG_OK)
		st = store_turn_take(vault->store);
	if (st != CNG_OK)
		return st;
	st = make_token(vault, so_pin, label);
	store_turn_drop(vault->store);
	return st;
}
