/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs: what they may be, how one opens the master key, and how wrong ones
 * are counted.  An attempt is written down as a failure, durably, before it
 * is made, and struck out when it succeeds: killing the program in between
 * gains nothing.  Somebody who can put an older file back winds the counter
 * back with it; no file can tell (a card or TPM could).
 */
#include "config.h"

#include "store/protect/internal.h"

#include <errno.h>
#include <time.h>

#include "base/utf16.h"
#include "base/wr.h"

/* 8 MiB, ten times over: who guesses works as long as with 16 MiB five times,
 * or 128 MiB once, and needs less memory to guess many PINs at a time; but
 * every program that logs in has this much at its peak.  Each wrapped key
 * says what it took. */
#define COST_N 8192
#define COST_R 8
#define COST_P 10

#define FREE_TRIES 3         /* wrong ones that cost no time */
#define DELAY_FIRST_MS 250
#define DELAY_LAST_MS 4000

static uint64_t cost_n = COST_N;
static void (*nap_instead)(unsigned milliseconds);

void
vault_set_cost_for_tests(uint64_t n)
{
	cost_n = n == 0 ? COST_N : n;
}

void
vault_set_sleep_for_tests(void (*nap)(unsigned milliseconds))
{
	nap_instead = nap;
}

enum cng_status
pin_rules(struct span pin)
{
	if (pin.len < PIN_MIN || pin.len > PIN_MAX)
		return CNG_ERR_PIN_LENGTH;
	return utf8_valid(pin) ? CNG_OK : CNG_ERR_PIN_INVALID;
}

/* --- one PIN ------------------------------------------------------------- */

/* What scrypt makes of a PIN. */
struct derived {
	uint8_t key[32];
	uint8_t check[32];
};

static enum cng_status
derive(struct derived *out, const struct pin_fact *fact, struct span pin)
{
	uint8_t both[64];
	enum cng_status st = crypto_scrypt(pin,
	    span_of(fact->salt, sizeof(fact->salt)), &fact->cost, both,
	    sizeof(both));

	if (st == CNG_OK) {
		memcpy(out->key, both, 32);
		memcpy(out->check, both + 32, 32);
	}
	wipe(both, sizeof(both));
	return st;
}

#define BINDING_MAX 256

/* What a wrapped key is bound to: editing any of it shows. */
static enum cng_status
write_binding(struct wr *w, const struct token_fact *token,
    enum vault_role role, const struct pin_fact *fact)
{
	wr_bytes(w, span_str("cng-pkcs11 master key 1"));
	wr_u32le(w, role);
	wr_bytes(w, span_of(token->serial, SERIAL_LEN));
	wr_bytes(w, span_of(token->key_id, KEY_ID_LEN));
	wr_blob32(w, span_str(token->label));
	wr_u64le(w, fact->cost.n);
	wr_u32le(w, fact->cost.r);
	wr_u32le(w, fact->cost.p);
	wr_bytes(w, span_of(fact->salt, sizeof(fact->salt)));
	wr_bytes(w, span_of(fact->check, sizeof(fact->check)));
	return wr_status(w);
}

enum cng_status
pin_wrap(struct pin_fact *out, const struct token_fact *token,
    enum vault_role role, struct span pin, const uint8_t master[MASTER_LEN])
{
	uint8_t aad[BINDING_MAX];
	struct wr w = wr_of(aad, sizeof(aad));
	struct secret wrapped = { 0 };
	struct derived derived;
	enum cng_status st;

	memset(out, 0, sizeof(*out));
	out->cost.n = cost_n;
	out->cost.r = COST_R;
	out->cost.p = cost_n == COST_N ? COST_P : 1;
	st = crypto_random(out->salt, sizeof(out->salt));
	if (st == CNG_OK)
		st = derive(&derived, out, pin);
	if (st != CNG_OK)
		return st;
	memcpy(out->check, derived.check, sizeof(out->check));
	st = write_binding(&w, token, role, out);
	if (st == CNG_OK)
		st = crypto_seal(derived.key, span_of(aad, w.len),
		    span_of(master, MASTER_LEN), &wrapped);
	if (st == CNG_OK && wrapped.len != sizeof(out->wrapped))
		st = CNG_ERR_INTERNAL;
	if (st == CNG_OK)
		memcpy(out->wrapped, wrapped.ptr, wrapped.len);
	secret_free(&wrapped);
	wipe(&derived, sizeof(derived));
	return st;
}

/* CNG_ERR_PIN_WRONG, or CNG_ERR_STORE_CORRUPT when the PIN is right and
 * something else is not what it was. */
static enum cng_status
pin_unwrap(const struct pin_fact *fact, const struct token_fact *token,
    enum vault_role role, struct span pin, uint8_t master[MASTER_LEN])
{
	uint8_t aad[BINDING_MAX];
	struct wr w = wr_of(aad, sizeof(aad));
	struct secret plain = { 0 };
	struct derived derived;
	enum cng_status st;

	if (pin.len > PIN_MAX)
		return CNG_ERR_PIN_WRONG;
	st = derive(&derived, fact, pin);
	if (st != CNG_OK)
		return st;
	if (!secret_equal(span_of(derived.check, sizeof(derived.check)),
	    span_of(fact->check, sizeof(fact->check))))
		st = CNG_ERR_PIN_WRONG;
	if (st == CNG_OK)
		st = write_binding(&w, token, role, fact);
	if (st == CNG_OK)
		st = crypto_open(derived.key, span_of(aad, w.len),
		    span_of(fact->wrapped, sizeof(fact->wrapped)), &plain);
	if (st == CNG_OK && plain.len != MASTER_LEN)
		st = CNG_ERR_STORE_CORRUPT;
	if (st == CNG_OK && master != NULL)
		memcpy(master, plain.ptr, MASTER_LEN);
	secret_free(&plain);
	wipe(&derived, sizeof(derived));
	return st;
}

/* --- attempts ------------------------------------------------------------ */

static void
delay(unsigned failures)
{
	unsigned ms = DELAY_FIRST_MS;
	struct timespec t;

	if (failures < FREE_TRIES)
		return;
	for (; failures > FREE_TRIES && ms < DELAY_LAST_MS; failures--)
		ms *= 2;
	if (nap_instead != NULL) {
		nap_instead(ms);
		return;
	}
	t = (struct timespec){ ms / 1000, (long)(ms % 1000) * 1000000 };
	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		continue;
}

/* Reads what the attempt needs and writes it down as failed. */
static enum cng_status
count_attempt(const struct vault *vault, enum vault_role role,
    struct token_fact *token, struct pin_fact *fact, unsigned *failures)
{
	struct store *store = vault->store;
	bool counted = !store_read_only(store);
	enum cng_status st;

	/* a store that cannot be written can be copied and guessed at
	 * elsewhere: counting would protect nothing */
	st = counted ? store_begin(store) : CNG_OK;
	if (st != CNG_OK)
		return st;
	st = token_fact_get(store, token);
	if (st == CNG_OK)
		st = pin_fact_get(store, role, fact);
	if (st == CNG_OK)
		st = tries_get(store, role, failures);
	if (st == CNG_OK && *failures >= PIN_TRIES)
		st = CNG_ERR_PIN_LOCKED;
	if (st == CNG_OK && vault->tries > 0 && *failures >= vault->tries)
		st = CNG_ERR_PIN_WRONG;
	if (st == CNG_OK && counted)
		st = tries_put(store, role, *failures + 1);
	if (!counted)
		return st;
	if (st == CNG_OK)
		return store_commit(store);
	store_rollback(store);
	return st;
}

static enum cng_status
strike_out(struct store *store, enum vault_role role)
{
	enum cng_status st;

	if (store_read_only(store))
		return CNG_OK;
	st = store_begin(store);
	if (st != CNG_OK)
		return st;
	st = tries_put(store, role, 0);
	if (st == CNG_OK)
		return store_commit(store);
	store_rollback(store);
	return st;
}

enum cng_status
pin_attempt(struct vault *vault, enum vault_role role, struct span pin,
    struct token_fact *token, uint8_t master[MASTER_LEN])
{
	struct pin_fact fact;
	unsigned failures = 0;
	enum cng_status st;

	st = count_attempt(vault, role, token, &fact, &failures);
	if (st != CNG_OK)
		return st;
	delay(failures);
	st = pin_unwrap(&fact, token, role, pin, master);
	if (st == CNG_OK)
		st = strike_out(vault->store, role);
	if (st != CNG_OK && master != NULL)
		wipe(master, MASTER_LEN);
	return st;
}
