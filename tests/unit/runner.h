/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The main part of a unit test: runs a list of tests as one case.
 */
#ifndef CNG_TESTS_UNIT_RUNNER_H
#define CNG_TESTS_UNIT_RUNNER_H

#include <check.h>
#include <stddef.h>

/* before and after (may be NULL) surround each test, which is done so many
 * times, each with its own _i. */
static inline int
run_tests_times(const char *name, const TTest *const *tests, size_t count,
    int times, void (*before)(void), void (*after)(void))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	/* many cards in one test, on a machine that is busy */
	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, before, after);
	for (size_t i = 0; i < count; i++)
		tcase_add_loop_test(tcase, tests[i], 0, times);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}

static inline int
run_tests_with(const char *name, const TTest *const *tests, size_t count,
    void (*before)(void), void (*after)(void))
{
	return run_tests_times(name, tests, count, 1, before, after);
}

static inline int
run_tests(const char *name, const TTest *const *tests, size_t count)
{
	return run_tests_with(name, tests, count, NULL, NULL);
}

#endif
