/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The life of a token and of a login to it.
 */
#include "core/internal.h"

#include "base/alloc.h"
#include "core/card.h"
#include "core/knownpin.h"
#include "core/provider.h"

#include <time.h>

enum cng_status
token_open(struct token **out, const char *path, bool create)
{
	struct token *tok = mem_new(1, sizeof *tok);

	*out = NULL;
	if (tok == NULL)
		return CNG_ERR_NO_MEMORY;
	tok->path = path == NULL ? NULL : mem_strdup(path);
	if (path != NULL && tok->path == NULL) {
		mem_free(tok);
		return CNG_ERR_NO_MEMORY;
	}
	tok->create = create;
	batch_init(&tok->batch);
	lock_init(&tok->pin);
	lock_init(&tok->lock);
	lock_take(&tok->lock);
	tok->role = ROLE_NONE;
	tok->cache.free_value = entry_free;
	tok->pool.free_value = entry_free;
	tagmap_init(&tok->tags);
	lock_drop(&tok->lock);
	*out = tok;
	return CNG_OK;
}

static void
detach(struct token *tok) CNG_REQUIRES(tok->lock)
{
	shelf_end_handles(tok);
	idmap_clear(&tok->cache);
	tagmap_clear(&tok->tags);
	vault_free(tok->vault);
	store_close(tok->store);
	tok->vault = NULL;
	tok->store = NULL;
	tok->ready_stamp = 0;
	tok->role = ROLE_NONE;
	tok->by_file = tok->claimed = false;
}

void
token_free(struct token *tok)
{
	if (tok == NULL)
		return;
	lock_take(&tok->lock);
	detach(tok);
	card_detach(tok);
	idmap_clear(&tok->pool);
	lock_drop(&tok->lock);
	lock_destroy(&tok->lock);
	lock_destroy(&tok->pin);
	batch_destroy(&tok->batch);
	mem_free(tok->path);
	mem_free(tok->reader);
	wipe(tok->state_key, sizeof tok->state_key);
	mem_free(tok);
}

/* The parent's file handles are left alone; the open vault goes on over a
 * handle of our own, so that a login survives the fork. */
void
token_after_fork(struct token *tok)
{
	batch_init(&tok->batch);
	lock_init(&tok->pin);
	lock_init(&tok->lock);
	lock_take(&tok->lock);
	if (tok->store != NULL) {
		store_abandon(tok->store);
		tok->store = NULL;
		tok->ready_stamp = 0;
	}
	card_after_fork(tok);
	lock_drop(&tok->lock);
}

enum cng_status
token_open_store(struct token *tok, enum store_mode mode)
{
	enum cng_status st;

	if (tok->store != NULL)
		return CNG_OK;
	if (tok->path == NULL)
		return CNG_ERR_NO_TOKEN;
	st = store_open(&tok->store, tok->path, mode);
	if (st == CNG_OK && tok->vault != NULL)
		vault_rebind(tok->vault, tok->store);
	else if (st == CNG_OK)
		st = vault_new(&tok->vault, tok->store);
	if (st != CNG_OK && tok->vault == NULL) {
		store_close(tok->store);
		tok->store = NULL;
	}
	tok->fault = st;
	if (st != CNG_OK && st != CNG_ERR_NO_TOKEN)
		log_line(LOG_ERROR, "%s: %s", tok->path, cng_status_text(st));
	return st;
}

void
token_drop_pool(struct token *tok, bool all)
{
	size_t pos = 0;
	uint64_t number;
	struct entry *e;

	while ((e = idmap_next(&tok->pool, &pos, &number)) != NULL) {
		if (!all && !object_flag(e->half[0], PROP_PRIVATE))
			continue;
		entry_free(idmap_take(&tok->pool, number));
		pos--; /* taking may have moved another there */
	}
}

static void
end_login(struct token *tok) CNG_REQUIRES(tok->lock)
{
	shelf_end_handles(tok);
	tok->role = ROLE_NONE;
	tok->by_file = tok->claimed = false;
	tok->login_stamp = 0;
	vault_lock(tok->vault);
	idmap_clear(&tok->cache);
	tagmap_clear(&tok->tags);
	token_drop_pool(tok, false);
}

static int64_t
tick_now(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool
token_login_is_fresh(const struct token *tok)
{
	int64_t seen;

	if (atomic_load(&tok->role) == ROLE_NONE)
		return true;
	seen = atomic_load_explicit(&tok->login_seen, memory_order_relaxed);
	return seen != 0 && seen == tick_now();
}

/* Nothing to look at as long as nobody has committed anything. */
static enum cng_status
check_login(struct token *tok) CNG_REQUIRES(tok->lock)
{
	uint64_t stamp;
	enum cng_status st;

	if (tok->role == ROLE_NONE)
		return CNG_OK;
	st = store_stamp(tok->store, &stamp);
	if (st == CNG_OK && (stamp != tok->login_stamp ||
	    !vault_is_open(tok->vault)))
		st = vault_check_token(tok->vault);
	if (st == CNG_OK) {
		tok->login_stamp = stamp;
		atomic_store(&tok->login_seen, tick_now());
	}
	if (st != CNG_ERR_NOT_LOGGED_IN)
		return st;
	log_line(LOG_WARN, "%s: made anew by another process: logged out",
	    tok->path);
	end_login(tok);
	return CNG_OK;
}

enum cng_status
token_attach_anew(struct token *tok)
{
	if (tok->reader != NULL)
		return card_attach(tok);
	if (tok->store != NULL && store_is_gone(tok->store)) {
		token_drop_pool(tok, false);
		detach(tok);
	}
	return token_attach(tok);
}

/* A login goes on over the new handle.  The old one is closed once there is
 * that, so that no failure leaves the token without either. */
static enum cng_status
renew_stale(struct token *tok) CNG_REQUIRES(tok->lock)
{
	struct store *fresh;
	enum cng_status st;

	if (tok->store == NULL || !store_is_stale(tok->store))
		return CNG_OK;
	st = store_open(&fresh, tok->path, STORE_OPEN);
	if (st != CNG_OK)
		return st;
	vault_rebind(tok->vault, fresh);
	store_close(tok->store);
	tok->store = fresh;
	tok->ready_stamp = 0;
	tok->login_stamp = 0;
	return CNG_OK;
}

bool
token_moved_on(const struct token *tok, enum cng_status st, unsigned *times)
{
	return st == CNG_ERR_STORE_BUSY && tok->store != NULL &&
	    store_is_stale(tok->store) && ++*times < MOVES_MAX;
}

enum cng_status
token_attach(struct token *tok)
{
	unsigned moves = 0;
	enum cng_status st;

	if (tok->reader != NULL)
		return card_attach(tok);
	do {
		st = renew_stale(tok);
		if (st == CNG_OK)
			st = token_open_store(tok, STORE_OPEN);
		if (st == CNG_OK)
			st = check_login(tok);
	} while (token_moved_on(tok, st, &moves));
	return st;
}

static void
fill_info(struct token_info *info, const struct vault_state *state)
{
	unsigned user = state->failures[VAULT_USER];
	unsigned so = state->failures[VAULT_SO];

	info->initialized = state->initialized;
	info->user_pin_set = state->pin_set[VAULT_USER];
	info->user_count_low = user > 0;
	info->user_final_try = user == PIN_TRIES - 1;
	info->user_locked = state->locked[VAULT_USER];
	info->so_count_low = so > 0;
	info->so_final_try = so == PIN_TRIES - 1;
	info->so_locked = state->locked[VAULT_SO];
	memcpy(info->label, state->label, sizeof info->label);
	memcpy(info->serial, state->serial, sizeof info->serial);
}

/* Does anybody have to say it?  One that is not tried any more has to be asked
 * for; a key that has opened the token was not what was wrong. */
static void
fill_known_pin(struct token *tok, struct token_info *info, bool spent,
    bool open)
{
	struct secret pin = { 0 };

	info->pin_fault = key_file_read(tok->path, &pin);
	info->no_pin = info->pin_fault == CNG_OK && (open || !spent);
	if (info->pin_fault == CNG_ERR_NOT_FOUND) {
		info->pin_fault = tok->pin_source == NULL ? CNG_OK :
		    pin_source_read(tok->pin_source, &pin);
		info->pin_known = tok->pin_source != NULL && !spent &&
		    info->pin_fault == CNG_OK;
	}
	if (info->pin_fault != CNG_OK)
		login_warn(tok, info->pin_fault);
	secret_free(&pin);
}

enum cng_status
token_info(struct token *tok, struct token_info *out)
{
	struct vault_state state;
	bool spent = false, open;
	enum cng_status st;

	*out = (struct token_info){ .path = tok->path,
		.creatable = tok->create };
	if (tok->reader != NULL)
		return card_info(tok, out);
	lock_take(&tok->lock);
	st = token_attach_anew(tok);
	if (st == CNG_OK)
		st = vault_state(tok->vault, &state);
	if (st == CNG_OK) {
		out->present = true;
		out->read_only = store_read_only(tok->store);
		fill_info(out, &state);
		spent = state.failures[VAULT_USER] >= KNOWN_TRIES;
	}
	open = tok->by_file;
	lock_drop(&tok->lock);
	if (st == CNG_OK)
		fill_known_pin(tok, out, spent, open);
	out->fault = st;
	/* a slot without a usable token is still a slot */
	return st == CNG_ERR_NO_MEMORY ? st : CNG_OK;
}

/* A token that is there stays there until somebody commits something. */
static enum cng_status
is_initialized(struct token *tok, bool *out) CNG_REQUIRES(tok->lock)
{
	struct vault_state state;
	uint64_t stamp = 0;
	enum cng_status st = store_stamp(tok->store, &stamp);

	*out = st == CNG_OK && stamp != 0 && stamp == tok->ready_stamp;
	if (st != CNG_OK || *out)
		return st;
	st = vault_state(tok->vault, &state);
	*out = st == CNG_OK && state.initialized;
	tok->ready_stamp = *out ? stamp : 0;
	return st;
}

enum cng_status
token_ready(struct token *tok, struct token_ready *out)
{
	enum cng_status st;

	*out = (struct token_ready){ 0 };
	if (tok->reader != NULL)
		return card_ready(tok, out);
	lock_take(&tok->lock);
	st = token_attach_anew(tok);
	if (st == CNG_OK)
		st = is_initialized(tok, &out->initialized);
	if (st == CNG_OK)
		out->read_only = store_read_only(tok->store);
	lock_drop(&tok->lock);
	return st;
}

/* --- logins --------------------------------------------------------------- */

enum cng_status
token_logout(struct token *tok)
{
	enum cng_status st = CNG_OK;

	if (tok->reader != NULL)
		return card_logout(tok);
	lock_take(&tok->lock);
	if (tok->role == ROLE_NONE || (tok->by_file && !tok->claimed))
		st = CNG_ERR_NOT_LOGGED_IN;
	if (tok->claimed) {
		/* it stays open; what a session keeps to itself goes */
		tok->claimed = false;
		shelf_end_handles(tok);
		token_drop_pool(tok, false);
	} else if (st == CNG_OK) {
		end_login(tok);
	}
	lock_drop(&tok->lock);
	return st;
}

struct rule_context
token_rules(struct token *tok, enum prop_mode mode)
{
	return (struct rule_context){ .mode = mode,
		.role = token_role_now(tok), .compat = tok->compat,
		.card = tok->reader != NULL };
}

bool
token_is_compat(const struct token *tok)
{
	return tok->compat;
}

enum token_role
token_logged_in(struct token *tok)
{
	enum token_role role;

	lock_take(&tok->lock);
	/* a login that cannot be looked at stands until it is used */
	if (tok->role != ROLE_NONE && token_attach(tok) != CNG_OK)
		log_line(LOG_DEBUG, "%s: login not checked",
		    tok->reader != NULL ? tok->reader : tok->path);
	role = tok->role;
	lock_drop(&tok->lock);
	return role;
}

/* --- random numbers ------------------------------------------------------- */

enum cng_status
token_random(struct token *tok, void *out, size_t len)
{
	(void)tok; /* a card will bring its own */
	return crypto_random(out, len);
}

enum cng_status
token_seed(struct token *tok, struct span seed)
{
	(void)tok;
	return crypto_seed(seed);
}
