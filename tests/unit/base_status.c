/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every outcome has a name and a text of its own.
 */
#include "base/status.h"

#include "base/util.h"
#include "tests/unit/runner.h"

#include <ctype.h>
#include <string.h>

static enum cng_status
nth(int i)
{
	return (enum cng_status)i;
}

START_TEST(every_row_is_there)
{
	const char *unknown_name = cng_status_name(CNG_STATUS_COUNT);
	const char *unknown_text = cng_status_text(CNG_STATUS_COUNT);

	for (int i = 0; i < CNG_STATUS_COUNT; i++) {
		ck_assert_msg(strcmp(cng_status_name(nth(i)),
		    unknown_name) != 0, "%d has no name", i);
		ck_assert_msg(strcmp(cng_status_text(nth(i)),
		    unknown_text) != 0, "%d has no text", i);
	}
}
END_TEST

START_TEST(rows_are_unique)
{
	for (int i = 0; i < CNG_STATUS_COUNT; i++) {
		for (int j = 0; j < i; j++) {
			ck_assert_str_ne(cng_status_name(nth(i)),
			    cng_status_name(nth(j)));
			ck_assert_str_ne(cng_status_text(nth(i)),
			    cng_status_text(nth(j)));
		}
	}
}
END_TEST

START_TEST(names_are_constants_and_texts_lines)
{
	ck_assert_str_eq(cng_status_name(CNG_OK), "OK");
	ck_assert_str_eq(cng_status_name(CNG_ERR_CONFIG), "ERR_CONFIG");
	for (int i = 0; i < CNG_STATUS_COUNT; i++) {
		const char *name = cng_status_name(nth(i));
		const char *text = cng_status_text(nth(i));

		for (const char *p = name; *p != '\0'; p++)
			ck_assert(isupper((unsigned char)*p) || *p == '_');
		ck_assert(islower((unsigned char)text[0]));
		ck_assert_ptr_null(strchr(text, '\n'));
		ck_assert_int_ne(text[strlen(text) - 1], '.');
	}
}
END_TEST

START_TEST(strangers_are_unknown)
{
	static const int strangers[] = { -1, CNG_STATUS_COUNT, 1 << 20 };

	for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
		ck_assert_str_eq(cng_status_name(nth(strangers[i])),
		    "ERR_UNKNOWN");
		ck_assert_str_eq(cng_status_text(nth(strangers[i])),
		    "unknown status");
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_row_is_there,
		rows_are_unique,
		names_are_constants_and_texts_lines,
		strangers_are_unknown,
	};

	return run_tests("base_status", tests, ARRAY_LEN(tests));
}
