/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What reaches a terminal: escaping, and the table of outcomes.
 */
#include "base/alloc.h"
#include "base/util.h"
#include "cli/exit.h"
#include "cli/text.h"

#include <check.h>
#include <stdlib.h>

struct row {
	const char *in;
	const char *out;
};

static const struct row rows[] = {
	{ "", "" },
	{ "plain text", "plain text" },
	{ "back\\slash", "back\\slash" },
	{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
	{ "\xf0\x9f\x94\x91", "\xf0\x9f\x94\x91" },
	/* cursor control: C0, DEL, C1 */
	{ "\033[31m", "\\x1b[31m" },
	{ "a\rb\nc\td", "a\\x0db\\x0ac\\x09d" },
	{ "\x7f", "\\x7f" },
	{ "\xc2\x9b" "31m", "\\xc2\\x9b31m" },
	/* direction and nothing */
	{ "\xe2\x80\xae" "abc", "\\xe2\\x80\\xaeabc" },
	{ "\xe2\x80\x8b", "\\xe2\\x80\\x8b" },
	{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },
	/* not UTF-8: alone, overlong, cut, surrogate */
	{ "\xff", "\\xff" },
	{ "\xc0\xaf", "\\xc0\\xaf" },
	{ "\xe2\x82", "\\xe2\\x82" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
};

START_TEST(escapes_what_steers)
{
	char *out = text_escape_new(span_str(rows[_i].in));

	ck_assert_ptr_nonnull(out);
	ck_assert_str_eq(out, rows[_i].out);
	mem_free(out);
}
END_TEST

START_TEST(cuts_at_a_whole_character)
{
	char out[8];

	/* 6 bytes fit, the next character has two */
	text_escape(out, sizeof(out), span_str("123456\xc3\xbc"));
	ck_assert_str_eq(out, "123456");
	text_escape(out, sizeof(out), span_str("12345\033x"));
	ck_assert_str_eq(out, "12345");
	text_escape(out, sizeof(out), span_str("1234567"));
	ck_assert_str_eq(out, "1234567");
}
END_TEST

static int
code_of(enum cng_status st)
{
	enum exit_code code = exit_of(st);

	return (int)code;
}

START_TEST(every_status_has_an_outcome)
{
	enum cng_status st = (enum cng_status)_i;

	ck_assert_int_eq(code_of(st) == EXIT_DONE, st == CNG_OK);
	ck_assert_int_le(code_of(st), EXIT_POLICY);
	ck_assert_int_ne(exit_name(st)[0], '\0');
	ck_assert_int_ne(strncmp(exit_name(st), "ERR_", 4), 0);
	if (exit_advice(st) != NULL)
		ck_assert_int_ne(exit_advice(st)[0], '\0');
}
END_TEST

START_TEST(outcomes_are_those_documented)
{
	ck_assert_int_eq(code_of(CNG_ERR_BAD_DATA), 1);
	ck_assert_int_eq(code_of(CNG_ERR_ARGUMENT), 2);
	ck_assert_int_eq(code_of(CNG_ERR_NOT_FOUND), 3);
	ck_assert_int_eq(code_of(CNG_ERR_NO_TOKEN), 3);
	ck_assert_int_eq(code_of(CNG_ERR_PIN_WRONG), 4);
	ck_assert_int_eq(code_of(CNG_ERR_BAD_PASSWORD), 4);
	ck_assert_int_eq(code_of(CNG_ERR_KEY_UNEXTRACTABLE), 5);
	ck_assert_int_eq(code_of(CNG_STATUS_COUNT), 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("cli_text");
	TCase *tc = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, escapes_what_steers, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, cuts_at_a_whole_character);
	tcase_add_loop_test(tc, every_status_has_an_outcome, 0,
	    CNG_STATUS_COUNT);
	tcase_add_test(tc, outcomes_are_those_documented);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
