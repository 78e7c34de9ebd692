/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The door to the heap: zeroes, overflow, growth, planned failures.
 */
#include "base/alloc.h"

#include "base/util.h"
#include "tests/unit/runner.h"

#include <string.h>

START_TEST(memory_is_zeroed)
{
	unsigned char *p = mem_new(3, 50);

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < 150; i++)
		ck_assert_uint_eq(p[i], 0);
	mem_free(p);
	p = mem_new(0, 0);
	ck_assert_ptr_nonnull(p);
	mem_free(p);
	mem_free(NULL);
}
END_TEST

START_TEST(overflow_is_refused)
{
	volatile size_t many = SIZE_MAX / 2;
	char *old = mem_new(4, 1);

	ck_assert_ptr_null(mem_new(many, 3));
	ck_assert_ptr_null(mem_grow(old, 4, many, 3));
	mem_free(old);
}
END_TEST

START_TEST(growth_keeps_the_old)
{
	int *p = mem_grow(NULL, 0, 2, sizeof *p);
	int *more;

	ck_assert_ptr_nonnull(p);
	p[0] = 11;
	p[1] = 22;
	mem_fail_after(1);
	ck_assert_ptr_null(mem_grow(p, 2, 5, sizeof *p));
	ck_assert_int_eq(p[1], 22);
	more = mem_grow(p, 2, 5, sizeof *p);
	ck_assert_ptr_nonnull(more);
	ck_assert(more[0] == 11 && more[1] == 22);
	ck_assert(more[2] == 0 && more[3] == 0 && more[4] == 0);
	mem_free(more);
}
END_TEST

START_TEST(strdup_copies)
{
	char *copy = mem_strdup("abc");

	ck_assert_str_eq(copy, "abc");
	mem_free(copy);
	mem_fail_after(1);
	ck_assert_ptr_null(mem_strdup("abc"));
}
END_TEST

START_TEST(only_the_nth_fails)
{
	void *p;

	mem_fail_after(3);
	for (int i = 1; i <= 5; i++) {
		p = mem_new(1, 1);
		ck_assert_int_eq(p == NULL, i == 3);
		mem_free(p);
	}
	mem_fail_after(1);
	mem_fail_after(0);
	p = mem_new(1, 1);
	ck_assert_ptr_nonnull(p);
	mem_free(p);
}
END_TEST

START_TEST(checked_arithmetic)
{
	size_t sum;

	ck_assert(size_add(SIZE_MAX - 1, 1, &sum) && sum == SIZE_MAX);
	ck_assert(!size_add(SIZE_MAX, 1, &sum));
	ck_assert(size_mul(SIZE_MAX / 3, 3, &sum));
	ck_assert(!size_mul(SIZE_MAX / 2 + 1, 2, &sum));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		memory_is_zeroed,
		overflow_is_refused,
		growth_keeps_the_old,
		strdup_copies,
		only_the_nth_fails,
		checked_arithmetic,
	};

	return run_tests("base_alloc", tests, ARRAY_LEN(tests));
}
