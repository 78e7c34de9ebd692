/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs and logins.  What a PIN is made into takes long, and a wrong one waits
 * for seconds, also for other processes: all that happens over a handle of
 * its own, and others may use the token meanwhile.  PINs of one token are
 * looked at one after the other.
 */
#include "core/card.h"
#include "core/knownpin.h"
#include "core/twin.h"

#include <limits.h>
#include <stdio.h>

_Static_assert(TOKEN_PIN_MIN == PIN_MIN && TOKEN_PIN_MAX == PIN_MAX &&
    TOKEN_LABEL_MAX == TOKEN_LABEL, "the vault's limits are the token's");

enum job_kind {
	JOB_INIT = 0,
	JOB_INIT_USER,
	JOB_CHANGE,
	JOB_UNLOCK,
	JOB_CHECK,
};

struct job {
	enum job_kind kind;
	enum vault_role role;
	struct span pin;
	struct span text;        /* the new PIN, or the label */
	bool known;              /* nobody said the PIN */
};

static enum cng_status
do_job(struct vault *vault, const struct job *job)
{
	vault_try_below(vault, job->known ? KNOWN_TRIES : 0);
	switch (job->kind) {
	case JOB_INIT:
		return vault_init(vault, job->pin, job->text);
	case JOB_INIT_USER:
		return vault_init_user(vault, job->pin);
	case JOB_CHANGE:
		return vault_change_pin(vault, job->role, job->pin,
		    job->text);
	case JOB_UNLOCK:
		return vault_unlock(vault, job->role, job->pin);
	case JOB_CHECK:
		return vault_check_pin(vault, job->role, job->pin);
	}
	return CNG_ERR_INTERNAL;
}

static void
begin_login(struct token *tok, enum vault_role role) CNG_REQUIRES(tok->lock)
{
	tok->role = role == VAULT_SO ? ROLE_SO : ROLE_USER;
	tok->by_file = tok->claimed = false;
	tok->login_stamp = 0;
	/* what was read without the keys was not verified */
	idmap_clear(&tok->cache);
}

/* The keys that were found are those of the store that we have open, unless
 * somebody has just put another one in its place. */
static enum cng_status
take_keys(struct token *tok, const struct vault *from, enum vault_role role)
{
	enum cng_status st;

	lock_take(&tok->lock);
	st = token_attach(tok);
	if (st == CNG_OK) {
		vault_share(tok->vault, from);
		st = vault_check_token(tok->vault);
	}
	if (st == CNG_OK)
		begin_login(tok, role);
	else if (tok->vault != NULL)
		vault_lock(tok->vault);
	lock_drop(&tok->lock);
	return st == CNG_ERR_NOT_LOGGED_IN ? CNG_ERR_STORE_BUSY : st;
}

static enum cng_status
do_apart(struct token *tok, const struct job *job)
{
	struct store *store = NULL;
	struct vault *vault = NULL;
	enum cng_status st = store_open(&store, tok->path, STORE_OPEN);

	if (st == CNG_OK)
		st = vault_new(&vault, store);
	if (st == CNG_OK && job->kind == JOB_INIT_USER) {
		lock_take(&tok->lock);
		st = token_attach(tok);
		if (st == CNG_OK)
			vault_share(vault, tok->vault);
		lock_drop(&tok->lock);
	}
	if (st == CNG_OK)
		st = do_job(vault, job);
	if (st == CNG_OK && job->kind == JOB_UNLOCK)
		st = take_keys(tok, vault, job->role);
	vault_free(vault);
	store_close(store);
	return st;
}

/* A store in memory has one handle. */
static enum cng_status
run_job(struct token *tok, const struct job *job)
{
	enum cng_status st;

	if (tok->path == NULL || strcmp(tok->path, "memory:") != 0)
		return do_apart(tok, job);
	lock_take(&tok->lock);
	st = do_job(tok->vault, job);
	if (st == CNG_OK && job->kind == JOB_UNLOCK)
		begin_login(tok, job->role);
	lock_drop(&tok->lock);
	return st;
}

/* Opened for nobody in particular: that stands in nobody's way. */
static void
close_self(struct token *tok) CNG_REQUIRES(tok->lock)
{
	if (!tok->by_file || tok->claimed)
		return;
	token_drop_pool(tok, false);
	vault_lock(tok->vault);
	idmap_clear(&tok->cache);
	tagmap_clear(&tok->tags);
	tok->role = ROLE_NONE;
	tok->by_file = false;
}

/* --- a token is made ------------------------------------------------------ */

static enum cng_status
prepare_init(struct token *tok)
{
	enum cng_status st;

	lock_take(&tok->lock);
	st = token_attach_anew(tok);
	close_self(tok);
	if (tok->role != ROLE_NONE)
		st = CNG_ERR_SESSIONS_OPEN;
	else
		st = token_open_store(tok,
		    tok->create ? STORE_CREATE : STORE_OPEN);
	lock_drop(&tok->lock);
	return st;
}

enum cng_status
token_init(struct token *tok, struct span so_pin, struct span label)
{
	struct job job = { .kind = JOB_INIT, .role = VAULT_SO,
		.pin = so_pin, .text = label };
	enum cng_status st;

	if (tok->reader != NULL) {
		struct token_ready ready;

		st = token_ready(tok, &ready);
		return st == CNG_OK ? CNG_ERR_NOT_SUPPORTED : st;
	}
	lock_take(&tok->pin);
	st = prepare_init(tok);
	if (st == CNG_OK)
		st = run_job(tok, &job);
	if (st == CNG_OK) {
		twin_forget_all(tok->path);
		key_file_remove(tok->path);
	}
	lock_take(&tok->lock);
	if (st == CNG_OK && tok->vault != NULL)
		vault_lock(tok->vault);
	if (tok->role == ROLE_NONE) {
		idmap_clear(&tok->cache);
		tagmap_clear(&tok->tags);
	}
	lock_drop(&tok->lock);
	lock_drop(&tok->pin);
	return st;
}

/* --- PINs are set --------------------------------------------------------- */

/* Who is logged in, now that the store is there. */
static enum cng_status
look(struct token *tok, enum token_role *out)
{
	enum cng_status st;

	lock_take(&tok->lock);
	st = token_attach(tok);
	*out = tok->role;
	lock_drop(&tok->lock);
	return st;
}

static enum vault_role
whose(enum token_role role)
{
	return role == ROLE_SO ? VAULT_SO : VAULT_USER;
}

enum cng_status
token_init_pin(struct token *tok, struct span pin)
{
	struct job job = { .kind = JOB_INIT_USER, .pin = pin };
	enum token_role role;
	enum cng_status st;

	if (tok->reader != NULL)
		return card_init_pin(tok, pin);
	lock_take(&tok->pin);
	st = look(tok, &role);
	if (role != ROLE_SO)
		st = CNG_ERR_NOT_LOGGED_IN;
	if (st == CNG_OK)
		st = run_job(tok, &job);
	if (st == CNG_OK)
		key_file_remove(tok->path);
	lock_drop(&tok->pin);
	return st;
}

/* The file first: a key that is lost opens nothing. */
enum cng_status
token_init_no_pin(struct token *tok)
{
	struct job job = { .kind = JOB_INIT_USER };
	struct secret key = { 0 };
	enum token_role role;
	enum cng_status st;

	if (tok->reader != NULL)
		return CNG_ERR_NOT_SUPPORTED;
	lock_take(&tok->pin);
	st = look(tok, &role);
	if (role != ROLE_SO)
		st = CNG_ERR_NOT_LOGGED_IN;
	if (st == CNG_OK) {
		key_file_remove(tok->path);
		st = key_file_make(tok->path, &key);
	}
	if (st == CNG_OK) {
		job.pin = secret_span(&key);
		st = run_job(tok, &job);
		if (st != CNG_OK)
			key_file_remove(tok->path);
	}
	secret_free(&key);
	lock_drop(&tok->pin);
	return st;
}

enum cng_status
token_set_pin(struct token *tok, struct span old_pin, struct span new_pin)
{
	struct job job = { .kind = JOB_CHANGE, .role = VAULT_USER,
		.pin = old_pin, .text = new_pin };
	enum token_role role;
	enum cng_status st;

	if (tok->reader != NULL)
		return card_set_pin(tok, old_pin, new_pin);
	lock_take(&tok->pin);
	st = look(tok, &role);
	job.role = whose(role);
	if (st == CNG_OK)
		st = run_job(tok, &job);
	if (st == CNG_OK && job.role == VAULT_USER)
		key_file_remove(tok->path);
	lock_drop(&tok->pin);
	return st;
}

/* --- logins --------------------------------------------------------------- */

static enum cng_status
prepare_login(struct token *tok, enum token_role role)
{
	enum cng_status st;

	lock_take(&tok->lock);
	st = token_attach_anew(tok);
	if (tok->role == role)
		st = CNG_ERR_LOGGED_IN;
	else if (tok->role != ROLE_NONE)
		st = CNG_ERR_OTHER_LOGGED_IN;
	lock_drop(&tok->lock);
	return st;
}

/* Of a token that is open by its file: who says login, is; the PIN is not
 * looked at. */
static bool
claim(struct token *tok, enum token_role role)
{
	bool claimed;

	lock_take(&tok->lock);
	claimed = tok->by_file && !tok->claimed && role == ROLE_USER &&
	    token_attach(tok) == CNG_OK && tok->by_file;
	if (claimed)
		tok->claimed = true;
	else if (role == ROLE_SO && !tok->claimed)
		close_self(tok);
	lock_drop(&tok->lock);
	return claimed;
}

static enum cng_status
log_in(struct token *tok, enum token_role role, struct job job)
{
	enum cng_status st;

	if (claim(tok, role))
		return CNG_OK;
	job.kind = JOB_UNLOCK;
	job.role = whose(role);
	lock_take(&tok->pin);
	st = prepare_login(tok, role);
	if (st == CNG_OK)
		st = run_job(tok, &job);
	lock_drop(&tok->pin);
	return st;
}

enum cng_status
token_login(struct token *tok, enum token_role role, struct span pin)
{
	enum cng_status st;

	if (tok->reader != NULL)
		return card_login(tok, role, pin);
	st = log_in(tok, role, (struct job){ .pin = pin });
	/* what was closed for the SO is open again for the rest */
	if (st != CNG_OK && role == ROLE_SO)
		(void)!token_open_self(tok);
	return st;
}

enum cng_status
token_login_known(struct token *tok, struct span pin)
{
	if (tok->reader != NULL)
		return CNG_ERR_NOT_SUPPORTED;
	return log_in(tok, ROLE_USER,
	    (struct job){ .pin = pin, .known = true });
}

static enum cng_status
check_pin(struct token *tok, struct job job)
{
	enum token_role role;
	enum cng_status st;

	job.kind = JOB_CHECK;
	lock_take(&tok->pin);
	st = look(tok, &role);
	job.role = whose(role);
	if (role == ROLE_NONE || (job.known && role != ROLE_USER))
		st = CNG_ERR_NOT_LOGGED_IN;
	if (st == CNG_OK)
		st = run_job(tok, &job);
	lock_drop(&tok->pin);
	return st;
}

enum cng_status
token_check_pin(struct token *tok, struct span pin)
{
	if (tok->reader != NULL)
		return card_check_pin(tok, pin);
	return check_pin(tok, (struct job){ .pin = pin });
}

enum cng_status
token_check_known_pin(struct token *tok, struct span pin)
{
	if (tok->reader != NULL)
		return CNG_ERR_NOT_SUPPORTED;
	return check_pin(tok, (struct job){ .pin = pin, .known = true });
}

/* --- PINs that nobody says ------------------------------------------------ */

static bool
is_spent(struct token *tok)
{
	struct vault_state state;
	bool spent;

	/* what has opened it was not what was wrong */
	lock_take(&tok->lock);
	spent = token_attach_anew(tok) == CNG_OK && !tok->by_file &&
	    vault_state(tok->vault, &state) == CNG_OK &&
	    state.failures[VAULT_USER] >= KNOWN_TRIES;
	lock_drop(&tok->lock);
	return spent;
}

static enum cng_status
find_pin(struct token *tok, struct secret *out)
{
	enum cng_status st = key_file_read(tok->path, out);

	if (st != CNG_ERR_NOT_FOUND)
		return st;
	return tok->pin_source == NULL ? CNG_ERR_NOT_LOGGED_IN :
					 pin_source_read(tok->pin_source, out);
}

bool
token_pin_is_made(const struct token *tok)
{
	struct secret key = { 0 };
	enum cng_status st = key_file_read(tok->path, &key);

	secret_free(&key);
	return st != CNG_ERR_NOT_FOUND;
}

bool
token_pin_file(const struct token *tok, char *out, size_t size)
{
	if (token_pin_is_made(tok) || tok->pin_source == NULL)
		return key_file_path(tok->path, out, size);
	if (pin_source_path(tok->pin_source, out, size))
		return true;
	(void)snprintf(out, size, "%s", tok->pin_source);
	return false;
}

/* Programs only ask for a PIN then: once, until it is another fault. */
void
login_warn(struct token *tok, enum cng_status st)
{
	char path[PATH_MAX];

	if (atomic_exchange(&tok->pin_told, (int)st) == (int)st ||
	    st == CNG_OK || !log_wants(LOG_WARN))
		return;
	(void)token_pin_file(tok, path, sizeof path);
	log_line(LOG_WARN, "%s: the PIN is not taken from %s: %s", tok->path,
	    path, st == CNG_ERR_PIN_WRONG ?
	    "not tried any more, the PIN was wrong" : private_fault(st));
}

enum cng_status
token_known_pin(struct token *tok, struct secret *out)
{
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (tok->reader != NULL)
		return CNG_ERR_NOT_LOGGED_IN;
	st = find_pin(tok, out);
	if (st == CNG_OK && is_spent(tok)) {
		secret_free(out);
		st = CNG_ERR_PIN_WRONG;
	}
	if (st != CNG_ERR_NOT_LOGGED_IN)
		login_warn(tok, st);
	return st;
}

static enum cng_status
unlock_self(struct token *tok, struct span key)
{
	struct job job = { .kind = JOB_UNLOCK, .role = VAULT_USER,
		.pin = key, .known = true };
	enum cng_status st;

	lock_take(&tok->pin);
	st = prepare_login(tok, ROLE_USER);
	if (st == CNG_OK)
		st = run_job(tok, &job);
	if (st == CNG_OK) {
		lock_take(&tok->lock);
		tok->by_file = tok->role == ROLE_USER;
		lock_drop(&tok->lock);
	}
	lock_drop(&tok->pin);
	return st == CNG_ERR_LOGGED_IN || st == CNG_ERR_OTHER_LOGGED_IN ?
	    CNG_OK : st;
}

enum cng_status
token_open_self(struct token *tok)
{
	struct secret key = { 0 };
	enum cng_status st;

	if (tok->reader != NULL || tok->path == NULL ||
	    token_role_now(tok) != ROLE_NONE)
		return CNG_OK;
	st = key_file_read(tok->path, &key);
	secret_free(&key);
	if (st == CNG_ERR_NOT_FOUND)
		return CNG_OK;
	st = token_known_pin(tok, &key);
	if (st == CNG_OK)
		st = unlock_self(tok, secret_span(&key));
	secret_free(&key);
	return st;
}
