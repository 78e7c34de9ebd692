/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UTF-16LE and UTF-8: pairs that go both ways, and forms that are refused.
 */
#include "base/utf16.h"

#include "base/alloc.h"
#include "base/util.h"
#include "tests/unit/runner.h"

struct pair {
	const char *utf8;
	const char *wide;
	size_t wide_len;
};

#define WIDE(bytes) bytes, sizeof bytes - 1

/* The first and the last of every length. */
static const struct pair pairs[] = {
	{ "", WIDE("") },
	{ "A", WIDE("A\0") },
	{ "\x01\x7f", WIDE("\x01\0\x7f\0") },
	{ "\xc2\x80\xdf\xbf", WIDE("\x80\x00\xff\x07") },
	{ "\xe0\xa0\x80\xef\xbf\xbf", WIDE("\x00\x08\xff\xff") },
	{ "\xed\x9f\xbf\xee\x80\x80", WIDE("\xff\xd7\x00\xe0") },
	{ "\xf0\x90\x80\x80", WIDE("\x00\xd8\x00\xdc") },
	{ "\xf4\x8f\xbf\xbf", WIDE("\xff\xdb\xff\xdf") },
	{ "K\xc3\xb6nig \xf0\x9f\x94\x91",
	    WIDE("K\0\xf6\0n\0i\0g\0 \0\x3d\xd8\x11\xdd") },
};

START_TEST(pairs_go_both_ways)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct span wide = span_of(pairs[i].wide, pairs[i].wide_len);
		uint8_t buf[64];
		struct wr w = wr_of(buf, sizeof buf);
		struct secret s;

		ck_assert_int_eq(utf8_from_utf16le(&s, wide), CNG_OK);
		ck_assert_uint_eq(s.len, strlen(pairs[i].utf8));
		ck_assert_mem_eq(s.ptr, pairs[i].utf8, s.len + 1);
		secret_free(&s);
		ck_assert_int_eq(utf16le_write(&w, span_str(pairs[i].utf8),
		    false), CNG_OK);
		ck_assert(span_equal(span_of(buf, w.len), wide));
	}
}
END_TEST

START_TEST(closing_nul)
{
	struct wr w = wr_of(NULL, 0);
	struct secret s;

	ck_assert_int_eq(utf8_from_utf16le(&s, span_of("a\0\0\0", 4)),
	    CNG_OK);
	ck_assert_uint_eq(s.len, 1);
	secret_free(&s);
	ck_assert_int_eq(utf16le_write(&w, span_str("ab"), true), CNG_OK);
	ck_assert_uint_eq(w.len, 6);
}
END_TEST

START_TEST(characters_are_not_cut)
{
	static const char text[] = "ab\xc3\xa9\xe2\x82\xac";
	static const size_t fits[] = { 0, 1, 2, 2, 4, 4, 4, 7, 7 };

	for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++)
		ck_assert_uint_eq(utf8_fitting(text, i), fits[i]);
}
END_TEST

START_TEST(bad_wide_is_refused)
{
	static const struct pair bad[] = {
		{ "odd length", WIDE("a\0b") },
		{ "lone high", WIDE("\x00\xd8") },
		{ "high before a letter", WIDE("\x00\xd8" "a\0") },
		{ "high before high", WIDE("\x00\xd8\x00\xd8") },
		{ "lone low", WIDE("\x00\xdc") },
		{ "low before high", WIDE("\x00\xdc\x00\xd8") },
		{ "NUL inside", WIDE("a\0\0\0b\0") },
		{ "two NULs", WIDE("a\0\0\0\0\0") },
		{ "half a low", WIDE("\x00\xd8\x00") },
	};
	struct secret s;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ck_assert_msg(utf8_from_utf16le(&s, span_of(bad[i].wide,
		    bad[i].wide_len)) == CNG_ERR_BAD_DATA, "%s",
		    bad[i].utf8);
		ck_assert_ptr_null(s.ptr);
	}
}
END_TEST

START_TEST(bad_utf8_is_refused)
{
	static const struct pair bad[] = {
		{ "lone continuation", WIDE("\x80") },
		{ "cut", WIDE("\xe2\x82") },
		{ "no continuation", WIDE("\xc3" "a") },
		{ "overlong 2", WIDE("\xc0\xaf") },
		{ "overlong 2, high", WIDE("\xc1\xbf") },
		{ "overlong 3", WIDE("\xe0\x80\xaf") },
		{ "overlong 4", WIDE("\xf0\x80\x80\xaf") },
		{ "first surrogate", WIDE("\xed\xa0\x80") },
		{ "last surrogate", WIDE("\xed\xbf\xbf") },
		{ "beyond the last", WIDE("\xf4\x90\x80\x80") },
		{ "five bytes", WIDE("\xf8\x88\x80\x80\x80") },
		{ "0xff", WIDE("\xff") },
		{ "NUL", WIDE("a\0b") },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct span text = span_of(bad[i].wide, bad[i].wide_len);
		uint8_t buf[64];
		struct wr w = wr_of(buf, sizeof buf);

		ck_assert_msg(!utf8_valid(text), "%s", bad[i].utf8);
		ck_assert_int_eq(utf16le_write(&w, text, true),
		    CNG_ERR_BAD_DATA);
		ck_assert_uint_eq(w.len, 0);
	}
}
END_TEST

START_TEST(no_memory)
{
	struct secret s;

	mem_fail_after(1);
	ck_assert_int_eq(utf8_from_utf16le(&s, span_of("a\0", 2)),
	    CNG_ERR_NO_MEMORY);
	mem_fail_after(0);
	ck_assert_ptr_null(s.ptr);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		pairs_go_both_ways,
		closing_nul,
		characters_are_not_cut,
		bad_wide_is_refused,
		bad_utf8_is_refused,
		no_memory,
	};

	return run_tests("base_utf16", tests, ARRAY_LEN(tests));
}
