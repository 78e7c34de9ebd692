/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the tests of the crypto layer share.
 */
#ifndef CNG_TESTS_CRYPTO_TEST_H
#define CNG_TESTS_CRYPTO_TEST_H

#include <check.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/util.h"
#include "crypto/crypto.h"

#define NO_BYTES span_of(NULL, 0)

/* The status by name, so that a failure reads well. */
static inline void
expect_at(enum cng_status got, enum cng_status want, const char *what,
    int line)
{
	ck_assert_msg(got == want, "line %d: %s: %s, expected %s", line, what,
	    cng_status_name(got), cng_status_name(want));
}
#define expect(call, want) expect_at((call), (want), #call, __LINE__)
#define ok(call) expect_at((call), CNG_OK, #call, __LINE__)

static inline struct secret
unhex(const char *text)
{
	struct secret out = { 0 };

	ck_assert_int_eq(hex_decode(&out, text), CNG_OK);
	return out;
}

static inline void
expect_hex_at(struct span got, const char *want, int line)
{
	struct secret bytes = unhex(want);
	char *text = calloc(2, got.len + 1);

	ck_assert_ptr_nonnull(text);
	hex_encode(text, got);
	ck_assert_msg(span_equal(got, secret_span(&bytes)),
	    "line %d: got %s, expected %s", line, text, want);
	free(text);
	secret_free(&bytes);
}
#define expect_hex(got, want) expect_hex_at((got), (want), __LINE__)

static inline void
set_hex(struct key_material *m, enum key_part part, const char *hex)
{
	struct secret bytes = unhex(hex);

	ok(key_set(m, part, secret_span(&bytes)));
	secret_free(&bytes);
}

static inline struct crypto_key *
secret_key(enum key_family family, const char *hex)
{
	struct key_material m = { .family = family, .has_private = true };
	struct crypto_key *key;

	set_hex(&m, SYM_VALUE, hex);
	ok(crypto_key_new(&key, &m));
	key_free(&m);
	return key;
}

static inline struct crypto_key *
new_key(const struct key_material *m)
{
	struct crypto_key *key;

	ok(crypto_key_new(&key, m));
	ck_assert_ptr_nonnull(key);
	return key;
}

static inline int
run_tests(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 240);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	crypto_shutdown();
	return failed == 0 ? 0 : 1;
}

#endif
