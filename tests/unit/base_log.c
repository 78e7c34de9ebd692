/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The log is silent without a sink, keeps to its level, and bounds a line.
 */
#include "base/log.h"

#include "base/util.h"
#include "base/why.h"
#include "tests/unit/runner.h"

#include <stdio.h>
#include <string.h>

struct seen {
	int lines;
	enum log_level level;
	char last[1024];
};

static void
remember(void *arg, enum log_level level, const char *line)
{
	struct seen *seen = arg;

	seen->lines++;
	seen->level = level;
	snprintf(seen->last, sizeof seen->last, "%s", line);
}

START_TEST(level_is_kept)
{
	struct seen seen = { 0 };

	log_line(LOG_ERROR, "nobody listens");
	log_set(remember, &seen, LOG_WARN);
	log_line(LOG_INFO, "too much");
	ck_assert_int_eq(seen.lines, 0);
	log_line(LOG_WARN, "slot %d: %s", 7, "gone");
	ck_assert_int_eq(seen.lines, 1);
	ck_assert_int_eq(seen.level, LOG_WARN);
	ck_assert_str_eq(seen.last, "slot 7: gone");
	log_line(LOG_ERROR, "worse");
	ck_assert_int_eq(seen.lines, 2);
	log_set(NULL, NULL, LOG_ERROR);
	log_line(LOG_ERROR, "nobody listens");
	ck_assert_int_eq(seen.lines, 2);
}
END_TEST

START_TEST(long_lines_are_cut)
{
	struct seen seen = { 0 };
	char text[900];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	log_set(remember, &seen, LOG_DEBUG);
	log_line(LOG_DEBUG, "%s", text);
	log_set(NULL, NULL, LOG_ERROR);
	ck_assert_int_eq(seen.lines, 1);
	ck_assert_uint_eq(strlen(seen.last), 511);
}
END_TEST

START_TEST(a_name_is_no_line)
{
	struct seen seen = { 0 };

	log_set(remember, &seen, LOG_DEBUG);
	log_line(LOG_DEBUG, "%s", "one\ntwo\x1b[m\x7f");
	log_set(NULL, NULL, LOG_ERROR);
	ck_assert_str_eq(seen.last, "one?two?[m?");
}
END_TEST

START_TEST(no_reason_unless_wanted)
{
	struct seen seen = { 0 };

	ck_assert_int_eq(why(CNG_ERR_DATA, "nobody %d", 1), CNG_ERR_DATA);
	ck_assert_str_eq(why_now()->text, "");
	log_set(remember, &seen, LOG_WARN);
	ck_assert(!why_wanted());
	log_set(remember, &seen, LOG_INFO);
	ck_assert_int_eq(why(CNG_ERR_DATA, "four is %d", 4), CNG_ERR_DATA);
	ck_assert_str_eq(why_now()->text, "four is 4");
	log_set(NULL, NULL, LOG_ERROR);
	why_forget();
	ck_assert_str_eq(why_now()->text, "");
}
END_TEST

/* What was tried first and did not matter is no reason for what comes after,
 * and what must not be told is not told through an earlier reason. */
START_TEST(reason_of_this_status)
{
	struct seen seen = { 0 };

	log_set(remember, &seen, LOG_INFO);
	(void)why_prop(CNG_ERR_BAD_DATA, 7, "more is known");
	ck_assert_int_eq(why_else(CNG_ERR_BAD_DATA, 3), CNG_ERR_BAD_DATA);
	ck_assert_str_eq(why_now()->text, "more is known");
	ck_assert_int_eq(why_now()->prop, 7);
	(void)why_else(CNG_OK, 3);
	ck_assert_str_eq(why_now()->text, "more is known");
	(void)why_else(CNG_ERR_WRAPPED_KEY, WHY_NO_PROP);
	ck_assert_str_eq(why_now()->text,
	    cng_status_text(CNG_ERR_WRAPPED_KEY));
	ck_assert_int_eq(why_now()->prop, WHY_NO_PROP);
	why_forget();
	log_set(NULL, NULL, LOG_ERROR);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		level_is_kept,
		long_lines_are_cut,
		a_name_is_no_line,
		no_reason_unless_wanted,
		reason_of_this_status,
	};

	return run_tests("base_log", tests, ARRAY_LEN(tests));
}
