/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The log is silent without a sink, keeps to its level, and bounds a line.
 */
#include "base/log.h"

#include "base/util.h"
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

int
main(void)
{
	const TTest *const tests[] = {
		level_is_kept,
		long_lines_are_cut,
	};

	return run_tests("base_log", tests, ARRAY_LEN(tests));
}
