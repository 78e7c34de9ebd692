/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hexadecimal text, both ways.
 */
#include "base/text.h"

#include "base/alloc.h"
#include "base/util.h"
#include "tests/unit/runner.h"

START_TEST(every_byte_goes_both_ways)
{
	uint8_t all[256];
	char text[2 * sizeof all + 1];
	struct secret s;

	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (uint8_t)i;
	hex_encode(text, span_of(all, sizeof all));
	ck_assert_uint_eq(strlen(text), 2 * sizeof all);
	ck_assert(strncmp(text, "000102", 6) == 0);
	ck_assert_str_eq(text + 2 * 253, "fdfeff");
	ck_assert_int_eq(hex_decode(&s, text), CNG_OK);
	ck_assert(span_equal(secret_span(&s), span_of(all, sizeof all)));
	secret_free(&s);
}
END_TEST

START_TEST(spellings)
{
	static const char *const good[] = { "0aFF", "0a:fF", "0A ff" };
	static const uint8_t bytes[] = { 0x0a, 0xff };
	struct secret s;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		ck_assert_int_eq(hex_decode(&s, good[i]), CNG_OK);
		ck_assert(span_equal(secret_span(&s), span_of(bytes, 2)));
		secret_free(&s);
	}
	ck_assert_int_eq(hex_decode(&s, ""), CNG_OK);
	ck_assert_uint_eq(s.len, 0);
}
END_TEST

START_TEST(bad_text_is_refused)
{
	static const char *const bad[] = { "0", "0g", "g0", "0a:", ":0a",
		"0a::ff", "0a f", " ", "0a ", "0x0a", "0:a0", "\xc3\xb6",
		"/0", "0/", "@a", "a`" };
	struct secret s;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ck_assert_msg(hex_decode(&s, bad[i]) == CNG_ERR_ARGUMENT,
		    "%s", bad[i]);
		ck_assert_ptr_null(s.ptr);
	}
}
END_TEST

START_TEST(empty_span)
{
	char text[1] = { 'x' };

	hex_encode(text, span_of(NULL, 0));
	ck_assert_int_eq(text[0], '\0');
}
END_TEST

START_TEST(no_memory)
{
	struct secret s;

	mem_fail_after(1);
	ck_assert_int_eq(hex_decode(&s, "00"), CNG_ERR_NO_MEMORY);
	mem_fail_after(0);
	ck_assert_ptr_null(s.ptr);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_byte_goes_both_ways,
		spellings,
		bad_text_is_refused,
		empty_span,
		no_memory,
	};

	return run_tests("base_text", tests, ARRAY_LEN(tests));
}
