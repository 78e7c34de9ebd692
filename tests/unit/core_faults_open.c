/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What comes before and after an import, with everything failing once that
 * it needs: making a store, opening it, logging in, searching.
 */
#include "core_fixture.h"
#include "faults.h"
#include "sample.h"
#include "tempdir.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/util.h"

static char dir[TEMPDIR_MAX];
static char path[TEMPDIR_MAX + 16];
static struct token *tok;
static bool all;

/* One key, named "k". */
static void
setup(void)
{
	const char *wish = getenv("CNG_FAULTS");
	struct secret blob = sample_read("p256_ecdsa_pub.bin");
	struct prop name[] = { TEXT(PROP_NAME, "k") };
	struct import_request req = {
		.type = BLOB_ECCPUBLIC,
		.data = secret_span(&blob),
		.tmpl = { name, 1 },
	};
	obj_id id;

	all = wish != NULL && strcmp(wish, "all") == 0;
	if (access("/dev/shm", W_OK) == 0)
		ck_assert_int_eq(setenv("TMPDIR", "/dev/shm", 1), 0);
	tempdir_make(dir);
	(void)snprintf(path, sizeof path, "%s/token.db", dir);
	tok = token_with_user(path);
	ck_assert_int_eq(token_import(tok, &rw, &req, &id), CNG_OK);
	secret_free(&blob);
}

static void
teardown(void)
{
	token_free(tok);
	crypto_shutdown();
	tempdir_remove(dir);
}

static enum cng_status
open_and_log_in(struct token **out)
{
	enum cng_status st = token_open(out, path, true);

	return st == CNG_OK ? token_login(*out, ROLE_USER, USER_PIN) : st;
}

static const struct fault kinds[] = {
	{ FAULT_MEMORY, CNG_ERR_NO_MEMORY, false },
	{ FAULT_ENGINE_MEMORY, CNG_ERR_NO_MEMORY, false },
	{ FAULT_STORE, CNG_ERR_STORE_IO, false },
	{ FAULT_STORE, CNG_ERR_STORE_BUSY, false },
	{ FAULT_FILE, CNG_ERR_STORE_IO, false },
	{ FAULT_FILE, CNG_ERR_STORE_IO, true },
	{ FAULT_FILE, CNG_ERR_STORE_FULL, false },
	{ FAULT_FILE, CNG_ERR_STORE_FULL, true },
	{ FAULT_FILE, CNG_ERR_NO_MEMORY, false },
};

/* A PIN that could not be checked may have been counted, never struck out
 * by mistake; what is there stays. */
START_TEST(every_step_of_a_login)
{
	const struct fault *fault = &kinds[_i];
	bool struck = true;

	for (unsigned long n = 1; struck; n += all ? 1 : 3) {
		enum cng_status st;

		token_free(tok);
		faults_arm(fault, n);
		st = open_and_log_in(&tok);
		struck = faults_disarm();
		ck_assert_msg(st == (st == CNG_OK ? st : fault->how),
		    "kind %d, %lu: %s", fault->kind, n, cng_status_name(st));
		ck_assert(st == CNG_OK || struck);
		token_free(tok);
		ck_assert_int_eq(open_and_log_in(&tok), CNG_OK);
		ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "k"))), 1);
	}
}
END_TEST

/* A store that could not be made is not there, or is empty and good. */
START_TEST(every_step_of_a_new_store)
{
	const struct fault *fault = &kinds[_i];
	char fresh[TEMPDIR_MAX + 32];
	bool struck = true;

	for (unsigned long n = 1; struck; n += all ? 1 : 3) {
		struct token *made = NULL;
		enum cng_status st;

		(void)snprintf(fresh, sizeof fresh, "%s/n%d-%lu", dir, _i, n);
		ck_assert_int_eq(token_open(&made, fresh, true), CNG_OK);
		faults_arm(fault, n);
		st = token_init(made, SO_PIN, span_str("new"));
		struck = faults_disarm();
		ck_assert_msg(st == CNG_OK || st == fault->how,
		    "kind %d, %lu: %s", fault->kind, n, cng_status_name(st));
		token_free(made);
		ck_assert_int_eq(token_open(&made, fresh, true), CNG_OK);
		if (st != CNG_OK)
			ck_assert_int_eq(token_init(made, SO_PIN,
			    span_str("new")), CNG_OK);
		ck_assert_int_eq(token_login(made, ROLE_SO, SO_PIN), CNG_OK);
		token_free(made);
	}
}
END_TEST

/* An answer, or none: never one that leaves something out. */
START_TEST(a_search_finds_all_or_fails)
{
	struct secret blob = sample_read("p256_ecdsa_pub.bin");
	const struct props wanted[] = {
		PROPS(BYTES(PROP_BLOB, secret_span(&blob))),
		PROPS(BYTES(PROP_ID, NULL_KEY_ID)),
		PROPS(TEXT(PROP_NAME, "k")),
		PROPS(NUM(PROP_CLASS, OBJ_PUBLIC), NUM(PROP_VERIFY, 1)),
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		size_t whole = found(tok, wanted[i]);
		struct fault fault = { FAULT_MEMORY, CNG_ERR_NO_MEMORY,
			false };
		bool struck = true;

		ck_assert_uint_gt(whole, 0);
		for (unsigned long n = 1; struck; n++) {
			struct obj_ids ids;
			enum cng_status st;

			/* nothing decoded is at hand */
			token_free(tok);
			ck_assert_int_eq(open_and_log_in(&tok),
			    CNG_OK);
			faults_arm(&fault, n);
			st = token_find(tok, wanted[i], &ids);
			struck = faults_disarm();
			if (st == CNG_OK)
				ck_assert_uint_eq(ids.count, whole);
			else
				ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
			mem_free(ids.id);
		}
	}
	secret_free(&blob);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("core faults open");
	TCase *tc = tcase_create("faults");
	SRunner *runner;
	int count = (int)ARRAY_LEN(kinds);
	int failures;

	faults_install();
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, every_step_of_a_login, 0, count);
	tcase_add_loop_test(tc, every_step_of_a_new_store, 0, count);
	tcase_add_test(tc, a_search_finds_all_or_fails);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
