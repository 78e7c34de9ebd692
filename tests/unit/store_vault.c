/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PINs, their counting, and the master key they open.
 */
#include "config.h"

#include "store_token.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/util.h"
#include "crypto/crypto.h"
#include "store/protect/internal.h"

static unsigned naps[64];
static size_t nap_count;

static void
note_nap(unsigned milliseconds)
{
	if (nap_count < ARRAY_LEN(naps))
		naps[nap_count++] = milliseconds;
}

static void
start(void)
{
	help_crypto();
	vault_set_sleep_for_tests(note_nap);
	nap_count = 0;
}

static void
expect_failures(struct vault *vault, enum vault_role role, unsigned want)
{
	struct vault_state state;

	ck_assert_int_eq(vault_state(vault, &state), CNG_OK);
	ck_assert_uint_eq(state.failures[role], want);
	ck_assert(state.locked[role] == (want >= PIN_TRIES));
}

START_TEST(state_tells_the_story)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct vault *vault = help_vault(store);
	struct vault_state state;
	char serial[17];

	start();
	ck_assert_int_eq(vault_state(vault, &state), CNG_OK);
	ck_assert(!state.initialized);
	ck_assert_int_eq(vault_unlock(vault, VAULT_SO, SO_PIN),
	    CNG_ERR_NO_TOKEN);

	ck_assert_int_eq(vault_init(vault, SO_PIN, span_str("box  ")),
	    CNG_OK);
	ck_assert_int_eq(vault_state(vault, &state), CNG_OK);
	ck_assert(state.initialized);
	ck_assert_str_eq(state.label, "box");
	ck_assert_uint_eq(strlen(state.serial), 16);
	ck_assert(state.pin_set[VAULT_SO] && !state.pin_set[VAULT_USER]);
	memcpy(serial, state.serial, sizeof(serial));
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN),
	    CNG_ERR_PIN_NOT_SET);
	ck_assert_int_eq(vault_init_user(vault, USER_PIN),
	    CNG_ERR_NOT_LOGGED_IN);

	ck_assert_int_eq(vault_unlock(vault, VAULT_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(vault_init_user(vault, USER_PIN), CNG_OK);
	ck_assert_int_eq(vault_state(vault, &state), CNG_OK);
	ck_assert(state.pin_set[VAULT_USER]);

	/* made anew: the serial stays, all else goes */
	(void)help_put(store, 1);
	ck_assert_int_eq(vault_init(vault, USER_PIN, span_str("new")),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(vault_init(vault, SO_PIN, span_str("new")), CNG_OK);
	ck_assert(!vault_is_open(vault));
	ck_assert_int_eq(vault_state(vault, &state), CNG_OK);
	ck_assert_str_eq(state.serial, serial);
	ck_assert_str_eq(state.label, "new");
	ck_assert(!state.pin_set[VAULT_USER]);
	ck_assert_uint_eq(state.failures[VAULT_SO], 0);
	{
		uint64_t count = 9;

		ck_assert_int_eq(store_count(store, &count), CNG_OK);
		ck_assert_uint_eq(count, 0);
	}
	vault_free(vault);
	store_close(store);
}
END_TEST

START_TEST(pins_have_rules)
{
	static const uint8_t not_utf8[] = { 'a', 'b', 0xc3, 'd', 'e' };
	uint8_t longest[PIN_MAX + 1];
	struct store *store = help_open("memory:", STORE_CREATE);
	struct vault *vault;

	start();
	vault = help_vault(store);
	memset(longest, 'x', sizeof(longest));
	ck_assert_int_eq(vault_init(vault, span_str("abc"), span_str("l")),
	    CNG_ERR_PIN_LENGTH);
	ck_assert_int_eq(vault_init(vault, span_of(longest, sizeof(longest)),
	    span_str("l")), CNG_ERR_PIN_LENGTH);
	ck_assert_int_eq(vault_init(vault, span_of(not_utf8,
	    sizeof(not_utf8)), span_str("l")), CNG_ERR_PIN_INVALID);
	ck_assert_int_eq(vault_init(vault, SO_PIN, span_str(
	    "123456789012345678901234567890123")), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(vault_init(vault, SO_PIN, span_of(not_utf8,
	    sizeof(not_utf8))), CNG_ERR_ARGUMENT);
	vault_free(vault);

	vault = help_token(store);
	ck_assert_int_eq(vault_change_pin(vault, VAULT_USER, USER_PIN,
	    span_str("abc")), CNG_ERR_PIN_LENGTH);
	ck_assert_int_eq(vault_change_pin(vault, VAULT_USER, USER_PIN,
	    span_of(longest, PIN_MAX)), CNG_OK);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER,
	    span_of(longest, PIN_MAX)), CNG_OK);
	ck_assert_int_eq(vault_init_user(vault, USER_PIN),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER,
	    span_of(longest, PIN_MAX + 1)), CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, span_of(NULL, 0)),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(vault_unlock(vault, VAULT_ROLES, SO_PIN),
	    CNG_ERR_ARGUMENT);
	expect_failures(vault, VAULT_USER, 2);
	vault_free(vault);
	store_close(store);
}
END_TEST

START_TEST(wrong_pins_count_and_lock)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct vault *vault;
	static const unsigned want[] = {
		250, 500, 1000, 2000, 4000, 4000, 4000
	};

	start();
	vault = help_token(store);
	for (unsigned i = 0; i < 2; i++)
		ck_assert_int_eq(vault_unlock(vault, VAULT_USER, SO_PIN),
		    CNG_ERR_PIN_WRONG);
	expect_failures(vault, VAULT_USER, 2);
	expect_failures(vault, VAULT_SO, 0);
	ck_assert_int_eq(vault_check_pin(vault, VAULT_USER, USER_PIN),
	    CNG_OK);
	ck_assert(!vault_is_open(vault));
	expect_failures(vault, VAULT_USER, 0);
	ck_assert_uint_eq(nap_count, 0);

	for (unsigned i = 0; i < PIN_TRIES; i++) {
		expect_failures(vault, VAULT_USER, i);
		ck_assert_int_eq(vault_unlock(vault, VAULT_USER, SO_PIN),
		    CNG_ERR_PIN_WRONG);
		ck_assert(!vault_is_open(vault));
	}
	ck_assert_uint_eq(nap_count, ARRAY_LEN(want));
	ck_assert_mem_eq(naps, want, sizeof(want));
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN),
	    CNG_ERR_PIN_LOCKED);
	ck_assert_int_eq(vault_change_pin(vault, VAULT_USER, USER_PIN,
	    span_str("whatever")), CNG_ERR_PIN_LOCKED);

	/* the SO sets a new one */
	ck_assert_int_eq(vault_unlock(vault, VAULT_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(vault_init_user(vault, span_str("fresh")), CNG_OK);
	expect_failures(vault, VAULT_USER, 0);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, span_str("fresh")),
	    CNG_OK);

	/* nobody does that for the SO */
	for (unsigned i = 0; i < PIN_TRIES; i++)
		ck_assert_int_eq(vault_init(vault, USER_PIN, span_str("x")),
		    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(vault_init(vault, SO_PIN, span_str("x")),
	    CNG_ERR_PIN_LOCKED);
	ck_assert_int_eq(vault_unlock(vault, VAULT_SO, SO_PIN),
	    CNG_ERR_PIN_LOCKED);
	vault_free(vault);
	store_close(store);
}
END_TEST

START_TEST(changed_pin_opens_the_same_records)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct store_record record;
	struct secret plain;
	struct vault *vault;

	start();
	vault = help_token(store);
	help_record(&record, 1);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(vault_seal(vault, span_str("key"), &record), CNG_OK);
	vault_lock(vault);
	ck_assert_int_eq(vault_change_pin(vault, VAULT_USER, SO_PIN,
	    span_str("other")), CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(vault_change_pin(vault, VAULT_USER, USER_PIN,
	    span_str("other")), CNG_OK);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(vault_open(vault, &record, &plain),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, span_str("other")),
	    CNG_OK);
	ck_assert_int_eq(vault_open(vault, &record, &plain), CNG_OK);
	ck_assert(span_equal(secret_span(&plain), span_str("key")));
	secret_free(&plain);
	/* the SO holds the same key */
	ck_assert_int_eq(vault_unlock(vault, VAULT_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(vault_open(vault, &record, &plain), CNG_OK);
	secret_free(&plain);
	store_record_free(&record);
	vault_free(vault);
	store_close(store);
}
END_TEST

/* --- several processes --------------------------------------------------- */

/* Runs job in children at once; the sum of what they return. */
static int
in_children(unsigned count, int (*job)(const char *path), const char *path)
{
	pid_t pid[32];
	int sum = 0;

	ck_assert_uint_le(count, ARRAY_LEN(pid));
	for (unsigned i = 0; i < count; i++) {
		pid[i] = fork();
		ck_assert_int_ge(pid[i], 0);
		if (pid[i] == 0) {
			crypto_after_fork();
			_exit(job(path));
		}
	}
	for (unsigned i = 0; i < count; i++) {
		int status;

		ck_assert_int_eq(waitpid(pid[i], &status, 0), pid[i]);
		ck_assert(WIFEXITED(status));
		sum += WEXITSTATUS(status);
	}
	return sum;
}

static int
try_pin(const char *path, struct span pin, unsigned below,
    enum cng_status want)
{
	struct store *store;
	struct vault *vault;
	enum cng_status st;

	if (store_open(&store, path, STORE_OPEN) != CNG_OK ||
	    vault_new(&vault, store) != CNG_OK)
		return 100;
	vault_try_below(vault, below);
	st = vault_unlock(vault, VAULT_USER, pin);
	vault_free(vault);
	store_close(store);
	return st == want ? 1 : 0;
}

static int
try_right(const char *path)
{
	return try_pin(path, USER_PIN, 0, CNG_OK);
}

static int
try_wrong(const char *path)
{
	return try_pin(path, SO_PIN, 0, CNG_ERR_PIN_WRONG);
}

/* As who has it from a file, not from somebody. */
static int
try_known(const char *path)
{
	return try_pin(path, SO_PIN, 3, CNG_ERR_PIN_WRONG);
}

START_TEST(processes_count_together)
{
	const char *path = help_path("token");
	struct store *store = help_open(path, STORE_CREATE);
	struct vault *vault;

	start();
	vault = help_token(store);
	/* a crowd with the right PIN locks nobody out */
	ck_assert_int_eq(in_children(20, try_right, path), 20);
	expect_failures(vault, VAULT_USER, 0);
	ck_assert_int_eq(in_children(7, try_wrong, path), 7);
	expect_failures(vault, VAULT_USER, 7);
	/* and one with wrong ones has ten tries together */
	ck_assert_int_eq(in_children(8, try_wrong, path), PIN_TRIES - 7);
	expect_failures(vault, VAULT_USER, PIN_TRIES);
	vault_free(vault);
	store_close(store);
}
END_TEST

START_TEST(known_pins_do_not_lock)
{
	const char *path = help_path("token");
	struct store *store = help_open(path, STORE_CREATE);
	struct vault *vault;

	start();
	vault = help_token(store);
	ck_assert_int_eq(in_children(12, try_known, path), 12);
	expect_failures(vault, VAULT_USER, 3);
	/* the right one is not tried either, and nothing is counted */
	vault_try_below(vault, 3);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(vault_check_pin(vault, VAULT_USER, USER_PIN),
	    CNG_ERR_PIN_WRONG);
	expect_failures(vault, VAULT_USER, 3);
	vault_try_below(vault, 0);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN), CNG_OK);
	expect_failures(vault, VAULT_USER, 0);
	vault_free(vault);
	store_close(store);
}
END_TEST

static void
die_now(unsigned milliseconds)
{
	(void)milliseconds;
	_exit(7);
}

/* Killed between counting and checking: counted. */
START_TEST(a_killed_attempt_is_counted)
{
	const char *path = help_path("token");
	struct store *store = help_open(path, STORE_CREATE);
	struct vault *vault;

	start();
	vault = help_token(store);
	ck_assert_int_eq(in_children(3, try_wrong, path), 3);
	vault_set_sleep_for_tests(die_now);
	ck_assert_int_eq(in_children(2, try_right, path), 14);
	expect_failures(vault, VAULT_USER, 5);
	vault_set_sleep_for_tests(note_nap);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN), CNG_OK);
	expect_failures(vault, VAULT_USER, 0);
	vault_free(vault);
	store_close(store);
}
END_TEST

/* The child goes on with the keys over a handle of its own. */
START_TEST(a_child_keeps_its_login)
{
	const char *path = help_path("token");
	struct store *store = help_open(path, STORE_CREATE);
	struct store_record record;
	struct vault *vault;
	int status;
	pid_t pid;

	start();
	vault = help_token(store);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN), CNG_OK);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct store *own;
		enum cng_status st;

		crypto_after_fork();
		store_abandon(store);
		st = store_open(&own, path, STORE_OPEN);
		if (st == CNG_OK) {
			vault_rebind(vault, own);
			help_record(&record, 1);
			st = vault_seal(vault, span_str("k"), &record);
		}
		if (st == CNG_OK)
			st = store_begin(own);
		if (st == CNG_OK)
			st = store_put(own, &record);
		if (st == CNG_OK)
			st = store_commit(own);
		_exit((int)st);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), CNG_OK);
	ck_assert_int_eq(store_get(store, 1, &record), CNG_OK);
	{
		struct secret plain;

		ck_assert_int_eq(vault_open(vault, &record, &plain), CNG_OK);
		ck_assert(span_equal(secret_span(&plain), span_str("k")));
		secret_free(&plain);
	}
	store_record_free(&record);
	vault_free(vault);
	store_close(store);
}
END_TEST

/* Whichever allocation fails: "no memory", and the next try works. */
START_TEST(memory_may_run_out)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	enum cng_status st = CNG_ERR_NO_MEMORY;
	struct vault *vault;

	start();
	vault = help_token(store);
	for (unsigned long n = 1; st != CNG_OK; n++) {
		struct store_record record;
		struct secret plain = { 0 };
		struct store_tag tag;

		ck_assert_uint_lt(n, 200);
		help_record(&record, 1);
		mem_fail_after(n);
		st = vault_unlock(vault, VAULT_USER, USER_PIN);
		if (st == CNG_OK)
			st = vault_seal(vault, span_str("k"), &record);
		if (st == CNG_OK)
			st = vault_open(vault, &record, &plain);
		if (st == CNG_OK)
			st = vault_tag(vault, true, 1, span_str("k"), &tag);
		if (st == CNG_OK)
			st = vault_change_pin(vault, VAULT_USER, USER_PIN,
			    USER_PIN);
		mem_fail_after(0);
		ck_assert_msg(st == CNG_OK || st == CNG_ERR_NO_MEMORY, "%s",
		    cng_status_name(st));
		secret_free(&plain);
		store_record_free(&record);
		help_fact(store, "tries.user", span_of("\0\0\0\0", 4));
	}
	vault_free(vault);
	store_close(store);
}
END_TEST

START_TEST(default_cost_works)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct vault *vault;

	start();
	vault_set_cost_for_tests(0);
	vault = help_token(store);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN), CNG_OK);
	vault_free(vault);
	store_close(store);
}
END_TEST

/* What a PIN takes is in the store, and changes with the PIN. */
START_TEST(older_cost_works)
{
	struct store *store = help_open("memory:", STORE_CREATE);
	struct vault *vault;

	start();
	vault_set_cost_for_tests(16384);
	vault = help_token(store);
	vault_set_cost_for_tests(0);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(vault_change_pin(vault, VAULT_USER, USER_PIN,
	    SO_PIN), CNG_OK);
	ck_assert_int_eq(vault_unlock(vault, VAULT_USER, SO_PIN), CNG_OK);
	vault_free(vault);
	store_close(store);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		state_tells_the_story,
		pins_have_rules,
		wrong_pins_count_and_lock,
		changed_pin_opens_the_same_records,
		processes_count_together,
		known_pins_do_not_lock,
		a_killed_attempt_is_counted,
		a_child_keeps_its_login,
		memory_may_run_out,
		default_cost_works,
		older_cost_works,
	};

	return help_run("store_vault", tests, ARRAY_LEN(tests));
}
