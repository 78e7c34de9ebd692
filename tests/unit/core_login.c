/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs take their time: what others may do meanwhile, and what becomes of a
 * login when something happens to the token while it waits.
 */
#include "core_fixture.h"
#include "runner.h"
#include "tempdir.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/util.h"
#include "core/internal.h"

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

/* --- a token without a PIN ----------------------------------------------- */

static obj_id
private_data(void)
{
	obj_id id;

	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_PRIVATE, 1),
	    TEXT(PROP_VALUE, "x")), &id), CNG_OK);
	return id;
}

static bool
is_there(obj_id id)
{
	struct object *obj = NULL;
	bool there = token_object(tok, id, &obj) == CNG_OK;

	object_free(obj);
	return there;
}

static void
without_a_pin(void)
{
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(token_init_no_pin(tok), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_open_self(tok), CNG_OK);
	ck_assert_int_eq(token_logged_in(tok), ROLE_USER);
}

START_TEST(a_logout_of_nobody_changes_nothing)
{
	obj_id id;

	without_a_pin();
	id = private_data();
	ck_assert_int_eq(token_logout(tok), CNG_ERR_NOT_LOGGED_IN);
	ck_assert(is_there(id));
	ck_assert_int_eq(token_login(tok, ROLE_USER, WRONG), CNG_OK);
	ck_assert(is_there(id));
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert(!is_there(id));
	ck_assert_int_eq(token_logged_in(tok), ROLE_USER);
}
END_TEST

START_TEST(a_wrong_so_pin_closes_nothing)
{
	without_a_pin();
	ck_assert_int_eq(token_login(tok, ROLE_SO, WRONG),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_logged_in(tok), ROLE_USER);
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(token_logged_in(tok), ROLE_SO);
}
END_TEST

static void
write_line(const char *name, const char *text)
{
	char file[TEMPDIR_MAX + 32];
	FILE *out;

	(void)snprintf(file, sizeof file, "%s/%s", dir, name);
	out = fopen(file, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fprintf(out, "%s\n", text), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(file, 0600), 0);
}

/* Who is told that nobody has to say the PIN does not ask anybody. */
START_TEST(a_source_that_is_spent_is_no_source)
{
	char source[TEMPDIR_MAX + 32];
	struct token_info info;

	(void)snprintf(source, sizeof source, "%s/pin", dir);
	write_line("pin", "not-the-pin");
	tok->pin_source = source;
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(token_info(tok, &info), CNG_OK);
		ck_assert(info.pin_known);
		ck_assert_int_eq(token_login_known(tok, WRONG),
		    CNG_ERR_PIN_WRONG);
	}
	ck_assert_int_eq(token_login_known(tok, USER_PIN),
	    CNG_ERR_PIN_WRONG);
	ck_assert_uint_eq(failures(), 3);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(!info.pin_known);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(info.pin_known);
}
END_TEST

/* The same with a key that is of another token. */
START_TEST(a_key_that_is_spent_is_no_key)
{
	struct secret key;
	struct token_info info;

	write_line("token.db.key", "00000000000000000000000000000000"
	    "00000000000000000000000000000000");
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(token_open_self(tok), CNG_ERR_PIN_WRONG);
	ck_assert_uint_eq(failures(), 3);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(!info.no_pin && !info.pin_known);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	/* that of an open one is good, whoever was wrong meanwhile */
	without_a_pin();
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(token_check_pin(tok, WRONG),
		    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(info.no_pin);
	ck_assert_int_eq(token_known_pin(tok, &key), CNG_OK);
	ck_assert_int_eq(token_login_known(tok, secret_span(&key)), CNG_OK);
	secret_free(&key);
}
END_TEST

static void
make_key(uint64_t number)
{
	uint8_t value[16] = { (uint8_t)number };
	struct props tmpl = PROPS(NUM(PROP_CLASS, OBJ_SECRET),
	    NUM(PROP_KEY_FAMILY, KEY_AES), NUM(PROP_TOKEN, true),
	    BYTES(PROP_VALUE, span_of(value, sizeof value)));
	obj_id id;

	ck_assert_int_eq(token_create(tok, &rw, tmpl, &id), CNG_OK);
}

/* One who may not write looks at a store that nobody has open as it is, and
 * opens it anew when the owner comes. */
START_TEST(a_reader_stays_logged_in)
{
	struct token *reader;

	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	make_key(1);
	token_free(tok);
	ck_assert_int_eq(chmod(path, 0400), 0);
	ck_assert_int_eq(token_open(&reader, path, false), CNG_OK);
	ck_assert_int_eq(token_login(reader, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_uint_eq(found(reader, (struct props){ 0 }), 1);
	ck_assert_int_eq(chmod(path, 0600), 0);
	ck_assert_int_eq(token_open(&tok, path, false), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	make_key(2);
	ck_assert_uint_eq(found(reader, (struct props){ 0 }), 2);
	ck_assert_int_eq(token_logged_in(reader), ROLE_USER);
	make_key(3);
	ck_assert_uint_eq(found(reader, (struct props){ 0 }), 3);
	token_free(reader);
}
END_TEST

static void
open_and_login(struct token **out)
{
	ck_assert_int_eq(token_open(out, path, false), CNG_OK);
	ck_assert_int_eq(token_login(*out, ROLE_USER, USER_PIN), CNG_OK);
}

/* A handle that it has does for that, without another search. */
START_TEST(a_reader_reads_on)
{
	struct token *reader;
	struct obj_ids ids;

	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	/* more than a page of them */
	for (unsigned i = 0; i < 40; i++)
		make_key(i);
	token_free(tok);
	ck_assert_int_eq(chmod(path, 0400), 0);
	open_and_login(&reader);
	ck_assert_int_eq(token_find(reader, (struct props){ 0 }, &ids),
	    CNG_OK);
	ck_assert_uint_eq(ids.count, 40);
	for (size_t i = 0; i < ids.count; i += 13) {
		ck_assert_int_eq(chmod(path, 0600), 0);
		open_and_login(&tok);
		make_key(i);
		ck_assert_uint_eq(number_of(reader, ids.id[i],
		    PROP_KEY_FAMILY), KEY_AES);
		token_free(tok);
		ck_assert_int_eq(chmod(path, 0400), 0);
		ck_assert_uint_eq(number_of(reader, ids.id[39 - i],
		    PROP_KEY_FAMILY), KEY_AES);
	}
	mem_free(ids.id);
	token_free(reader);
	open_and_login(&tok);
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
		a_logout_of_nobody_changes_nothing,
		a_wrong_so_pin_closes_nothing,
		a_source_that_is_spent_is_no_source,
		a_key_that_is_spent_is_no_key,
		a_reader_stays_logged_in, a_reader_reads_on,
	};

	return run_tests_with("core login", tests, ARRAY_LEN(tests), setup,
	    teardown);
}
