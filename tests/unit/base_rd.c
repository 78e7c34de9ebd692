/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Read cursor: values, ends, and that a failed read changes nothing.
 */
#include "base/rd.h"

#include "base/util.h"
#include "tests/unit/runner.h"

static const uint8_t bytes[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	0x88 };

START_TEST(numbers_have_their_order)
{
	struct rd r = rd_of(span_of(bytes, sizeof bytes));
	uint8_t b;
	uint16_t h;
	uint32_t w;
	uint64_t d;

	ck_assert(rd_u8(&r, &b));
	ck_assert_uint_eq(b, 0x01);
	ck_assert(rd_u16le(&r, &h));
	ck_assert_uint_eq(h, 0x0302);
	ck_assert(rd_u32le(&r, &w));
	ck_assert_uint_eq(w, 0x07060504);
	ck_assert(!rd_at_end(&r));
	r = rd_of(span_of(bytes, sizeof bytes));
	ck_assert(rd_u64le(&r, &d));
	ck_assert(d == UINT64_C(0x8807060504030201));
	ck_assert(rd_at_end(&r));
	r = rd_of(span_of(bytes, sizeof bytes));
	ck_assert(rd_u32be(&r, &w));
	ck_assert_uint_eq(w, 0x01020304);
}
END_TEST

START_TEST(short_reads_change_nothing)
{
	uint8_t b = 0x5a;
	uint16_t h = 0x5a5a;
	uint32_t w = 0x5a5a5a5a;
	uint64_t d = 0x5a;

	for (size_t left = 0; left < 8; left++) {
		struct rd r = rd_of(span_of(bytes, left));

		ck_assert(!rd_u64le(&r, &d) && d == 0x5a);
		if (left < 4) {
			ck_assert(!rd_u32le(&r, &w) && w == 0x5a5a5a5a);
			ck_assert(!rd_u32be(&r, &w) && w == 0x5a5a5a5a);
		}
		if (left < 2)
			ck_assert(!rd_u16le(&r, &h) && h == 0x5a5a);
		if (left < 1)
			ck_assert(!rd_u8(&r, &b) && b == 0x5a);
		ck_assert_ptr_eq(r.ptr, bytes);
		ck_assert_uint_eq(r.left, left);
	}
}
END_TEST

START_TEST(take_borrows)
{
	struct rd r = rd_of(span_of(bytes, sizeof bytes));
	struct span s = { 0 };

	ck_assert(!rd_take(&r, 9, &s));
	ck_assert(!rd_take(&r, SIZE_MAX, &s));
	ck_assert(s.ptr == NULL && s.len == 0);
	ck_assert(rd_take(&r, 3, &s));
	ck_assert(s.ptr == bytes && s.len == 3);
	ck_assert(rd_take(&r, 0, &s));
	ck_assert_uint_eq(s.len, 0);
	s = rd_rest(&r);
	ck_assert(s.ptr == bytes + 3 && s.len == 5);
	ck_assert(rd_at_end(&r));
	ck_assert_uint_eq(rd_rest(&r).len, 0);
}
END_TEST

START_TEST(empty_span_is_fine)
{
	struct rd r = rd_of(span_of(NULL, 0));
	struct span s;
	uint8_t b;

	ck_assert(rd_at_end(&r));
	ck_assert(!rd_u8(&r, &b));
	ck_assert(rd_take(&r, 0, &s));
	ck_assert_uint_eq(rd_rest(&r).len, 0);
}
END_TEST

START_TEST(blob32_is_whole_or_nothing)
{
	static const uint8_t good[] = { 2, 0, 0, 0, 0xaa, 0xbb, 0xcc };
	static const uint8_t huge[] = { 0xff, 0xff, 0xff, 0xff, 1, 2 };
	struct span s = { 0 };
	struct rd r = rd_of(span_of(good, sizeof good));

	ck_assert(rd_blob32(&r, &s));
	ck_assert(s.ptr == good + 4 && s.len == 2);
	ck_assert_uint_eq(r.left, 1);
	for (size_t len = 0; len < 6; len++) {
		r = rd_of(span_of(good, len));
		s = span_of(NULL, 0);
		ck_assert(!rd_blob32(&r, &s));
		ck_assert(s.ptr == NULL);
		ck_assert(r.ptr == good && r.left == len);
	}
	r = rd_of(span_of(huge, sizeof huge));
	ck_assert(!rd_blob32(&r, &s));
	ck_assert_uint_eq(r.left, sizeof huge);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		numbers_have_their_order,
		short_reads_change_nothing,
		take_borrows,
		empty_span_is_fine,
		blob32_is_whole_or_nothing,
	};

	return run_tests("base_rd", tests, ARRAY_LEN(tests));
}
