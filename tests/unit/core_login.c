/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs take their time: what others may do meanwhile, and what becomes of a
 * login when something happens to the token while it waits.
 */
#include "core_fixture.h"
#include "runner.h"
#include "tempdir.h"

#include <pthread.h>
#include <string.h>

#include "base/util.h"

#define WRONG span_str("not-the-pin")

static char dir[TEMPDIR_MAX];
static char path[TEMPDIR_MAX + 16];
static struct token *tok;
static unsigned naps;

static unsigned
failures(void)
{
	struct vault_state state;
	struct vault *vault;
	struct store *store;

	ck_assert_int_eq(store_open(&store, path, STORE_OPEN), CNG_OK);
	ck_assert_int_eq(vault_new(&vault, store), CNG_OK);
	ck_assert_int_eq(vault_state(vault, &state), CNG_OK);
	vault_free(vault);
	store_close(store);
	return state.failures[VAULT_USER];
}

static void
no_nap(unsigned milliseconds)
{
	(void)milliseconds;
	naps++;
}

static void
setup(void)
{
	tempdir_make(dir);
	(void)snprintf(path, sizeof path, "%s/token.db", dir);
	vault_set_sleep_for_tests(no_nap);
	tok = token_with_user(path);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	naps = 0;
}

static void
teardown(void)
{
	token_free(tok);
	vault_set_sleep_for_tests(NULL);
	crypto_shutdown();
	tempdir_remove(dir);
}

/* So many that the next one has to wait. */
static void
wrong_pins(void)
{
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(token_login(tok, ROLE_USER, WRONG),
		    CNG_ERR_PIN_WRONG);
	ck_assert_uint_eq(naps, 0);
}

/* Each of these would wait for ever if the token were locked. */
static void
use_the_token(unsigned milliseconds)
{
	struct token_info info;

	ck_assert_uint_ge(milliseconds, 250);
	naps++;
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(info.present && info.user_count_low);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	ck_assert_int_eq(token_logged_in(tok), ROLE_NONE);
	ck_assert_int_eq(token_logout(tok), CNG_ERR_NOT_LOGGED_IN);
	/* this one counts as wrong until it has been found right */
	ck_assert_uint_eq(failures(), 4);
}

START_TEST(the_token_may_be_used_while_a_pin_waits)
{
	wrong_pins();
	vault_set_sleep_for_tests(use_the_token);
	ck_assert_int_eq(token_login(tok, ROLE_USER, WRONG),
	    CNG_ERR_PIN_WRONG);
	ck_assert_uint_eq(naps, 1);
	ck_assert_uint_eq(failures(), 4);
	vault_set_sleep_for_tests(no_nap);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_uint_eq(failures(), 0);
}
END_TEST

static void
swap_the_store(unsigned milliseconds)
{
	char other[TEMPDIR_MAX + 16];

	(void)milliseconds;
	(void)snprintf(other, sizeof other, "%s/other.db", dir);
	ck_assert_int_eq(rename(other, path), 0);
}

START_TEST(a_store_that_is_swapped_while_a_pin_waits)
{
	char other[TEMPDIR_MAX + 16];
	struct token *second;

	(void)snprintf(other, sizeof other, "%s/other.db", dir);
	second = token_with_user(other);
	token_free(second);
	wrong_pins();
	vault_set_sleep_for_tests(swap_the_store);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN),
	    CNG_ERR_NO_TOKEN);
	ck_assert_int_eq(token_logged_in(tok), ROLE_NONE);
	vault_set_sleep_for_tests(no_nap);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
}
END_TEST

/* --- several at once ------------------------------------------------------ */

#define THREADS 6

struct attempt {
	pthread_t thread;
	struct span pin;
	enum cng_status st;
};

static void *
log_in(void *arg)
{
	struct attempt *a = arg;

	a->st = token_login(tok, ROLE_USER, a->pin);
	return NULL;
}

/* How many got that answer. */
static unsigned
race(struct span pin, enum cng_status want)
{
	struct attempt all[THREADS];
	unsigned count = 0;

	for (size_t i = 0; i < THREADS; i++) {
		all[i].pin = pin;
		ck_assert_int_eq(pthread_create(&all[i].thread, NULL, log_in,
		    &all[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(all[i].thread, NULL), 0);
		count += all[i].st == want;
	}
	return count;
}

START_TEST(racing_logins)
{
	ck_assert_uint_eq(race(WRONG, CNG_ERR_PIN_WRONG), THREADS);
	/* none was counted twice, none not at all */
	ck_assert_uint_eq(failures(), THREADS);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_uint_eq(race(USER_PIN, CNG_OK), 1);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_uint_eq(race(USER_PIN, CNG_ERR_LOGGED_IN), THREADS - 1);
	ck_assert_uint_eq(failures(), 0);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	/* no more guesses than there are tries */
	ck_assert_uint_eq(race(WRONG, CNG_ERR_PIN_WRONG), THREADS);
	ck_assert_uint_eq(race(WRONG, CNG_ERR_PIN_LOCKED),
	    2 * THREADS - PIN_TRIES);
}
END_TEST

/* All that has to do with PINs goes on over the handle apart. */
START_TEST(pins_are_changed_apart)
{
	struct span third = span_str("third-pin");

	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_set_pin(tok, WRONG, third),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_set_pin(tok, USER_PIN, third), CNG_OK);
	ck_assert_int_eq(token_check_pin(tok, USER_PIN), CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_check_pin(tok, third), CNG_OK);
	ck_assert_int_eq(token_init_pin(tok, third), CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_init(tok, SO_PIN, span_str("x")),
	    CNG_ERR_SESSIONS_OPEN);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(token_init_pin(tok, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_init(tok, SO_PIN, span_str("x")), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN),
	    CNG_ERR_PIN_NOT_SET);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_token_may_be_used_while_a_pin_waits,
		a_store_that_is_swapped_while_a_pin_waits,
		racing_logins,
		pins_are_changed_apart,
	};

	return run_tests_with("core login", tests, ARRAY_LEN(tests), setup,
	    teardown);
}
