/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Secrets: ownership, growth, wiping, and that a failure leaves them as they
 * were.
 */
#include "base/secret.h"

#include "base/alloc.h"
#include "base/util.h"
#include "tests/unit/runner.h"

static void
holds(const struct secret *s, const char *text)
{
	ck_assert_uint_eq(s->len, strlen(text));
	ck_assert(span_equal(secret_span(s), span_str(text)));
}

START_TEST(new_is_zeroed)
{
	struct secret s;

	ck_assert_int_eq(secret_new(&s, 100), CNG_OK);
	for (size_t i = 0; i < 100; i++)
		ck_assert_uint_eq(s.ptr[i], 0);
	secret_free(&s);
	ck_assert(s.ptr == NULL && s.len == 0);
	secret_free(&s);
	secret_free(NULL);
}
END_TEST

START_TEST(empty_needs_no_memory)
{
	struct secret s;

	mem_fail_after(1);
	ck_assert_int_eq(secret_copy(&s, span_of(NULL, 0)), CNG_OK);
	mem_fail_after(0);
	ck_assert(s.ptr == NULL && s.len == 0);
}
END_TEST

START_TEST(there_is_a_largest)
{
	struct secret s;

	ck_assert_int_eq(secret_new(&s, SECRET_MAX + 1), CNG_ERR_NO_MEMORY);
	ck_assert(s.ptr == NULL && s.len == 0);
	ck_assert_int_eq(secret_new(&s, SIZE_MAX), CNG_ERR_NO_MEMORY);
}
END_TEST

START_TEST(append_and_truncate)
{
	struct secret s = { 0 };

	ck_assert_int_eq(secret_append(&s, span_str("abc")), CNG_OK);
	ck_assert_int_eq(secret_append(&s, span_of(NULL, 0)), CNG_OK);
	ck_assert_int_eq(secret_append(&s, span_str("def")), CNG_OK);
	holds(&s, "abcdef");
	/* of itself */
	ck_assert_int_eq(secret_append(&s, secret_span(&s)), CNG_OK);
	holds(&s, "abcdefabcdef");
	secret_truncate(&s, 20);
	holds(&s, "abcdefabcdef");
	secret_truncate(&s, 2);
	holds(&s, "ab");
	for (size_t i = 2; i < 12; i++)
		ck_assert_uint_eq(s.ptr[i], 0);
	secret_truncate(&s, 0);
	ck_assert(s.ptr == NULL && s.len == 0);
}
END_TEST

START_TEST(replace_takes_even_its_own_bytes)
{
	struct secret s = { 0 };

	ck_assert_int_eq(secret_replace(&s, span_str("abcdef")), CNG_OK);
	ck_assert_int_eq(secret_replace(&s, span_of(s.ptr + 2, 3)), CNG_OK);
	holds(&s, "cde");
	ck_assert_int_eq(secret_replace(&s, span_of(NULL, 0)), CNG_OK);
	ck_assert_ptr_null(s.ptr);
}
END_TEST

START_TEST(failure_changes_nothing)
{
	struct secret s = { 0 };

	ck_assert_int_eq(secret_copy(&s, span_str("abc")), CNG_OK);
	mem_fail_after(1);
	ck_assert_int_eq(secret_append(&s, span_str("def")),
	    CNG_ERR_NO_MEMORY);
	mem_fail_after(1);
	ck_assert_int_eq(secret_replace(&s, span_str("def")),
	    CNG_ERR_NO_MEMORY);
	mem_fail_after(0);
	holds(&s, "abc");
	secret_free(&s);
}
END_TEST

START_TEST(move_hands_over)
{
	struct secret a = { 0 }, b = { 0 };

	ck_assert_int_eq(secret_copy(&a, span_str("one")), CNG_OK);
	ck_assert_int_eq(secret_copy(&b, span_str("two")), CNG_OK);
	secret_move(&a, &b);
	holds(&a, "two");
	ck_assert(b.ptr == NULL && b.len == 0);
	secret_move(&a, &b);
	ck_assert(a.ptr == NULL && a.len == 0);
}
END_TEST

START_TEST(equal_looks_at_every_byte)
{
	uint8_t a[9], b[9];

	memset(a, 7, sizeof a);
	memset(b, 7, sizeof b);
	ck_assert(secret_equal(span_of(a, 9), span_of(b, 9)));
	ck_assert(!secret_equal(span_of(a, 9), span_of(b, 8)));
	ck_assert(secret_equal(span_of(NULL, 0), span_of(b, 0)));
	for (size_t i = 0; i < sizeof b; i++) {
		b[i] ^= 0x80;
		ck_assert(!secret_equal(span_of(a, 9), span_of(b, 9)));
		b[i] ^= 0x80;
	}
}
END_TEST

START_TEST(wipe_clears)
{
	uint8_t a[8];

	memset(a, 0xff, sizeof a);
	wipe(a, 7);
	for (size_t i = 0; i < 7; i++)
		ck_assert_uint_eq(a[i], 0);
	ck_assert_uint_eq(a[7], 0xff);
	wipe(NULL, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		new_is_zeroed,
		empty_needs_no_memory,
		there_is_a_largest,
		append_and_truncate,
		replace_takes_even_its_own_bytes,
		failure_changes_nothing,
		move_hands_over,
		equal_looks_at_every_byte,
		wipe_clears,
	};

	return run_tests("base_secret", tests, ARRAY_LEN(tests));
}
