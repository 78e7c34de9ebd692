/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Write cursor: values, counting, and what happens at the end of the room.
 */
#include "base/wr.h"

#include "base/util.h"
#include "tests/unit/runner.h"

static const uint8_t number[] = { 0x00, 0x00, 0x12, 0x34 };

static void
write_some(struct wr *w)
{
	wr_u8(w, 0x01);
	wr_u16le(w, 0x0302);
	wr_u32le(w, 0x07060504);
	wr_u64le(w, UINT64_C(0x0f0e0d0c0b0a0908));
	wr_u32be(w, 0x10111213);
	wr_bytes(w, span_str("xy"));
	wr_zero(w, 2);
	wr_be_padded(w, span_of(number, sizeof number), 3);
	wr_le_padded(w, span_of(number, sizeof number), 3);
	wr_blob32(w, span_str("z"));
}

static const uint8_t some[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12,
	0x13, 'x', 'y', 0x00, 0x00, 0x00, 0x12, 0x34, 0x34, 0x12, 0x00,
	0x01, 0x00, 0x00, 0x00, 'z' };

START_TEST(writes_what_was_asked)
{
	uint8_t buf[sizeof some];
	struct wr w = wr_of(buf, sizeof buf);

	memset(buf, 0xee, sizeof buf);
	write_some(&w);
	ck_assert_int_eq(wr_status(&w), CNG_OK);
	ck_assert_uint_eq(w.len, sizeof some);
	ck_assert_mem_eq(buf, some, sizeof some);
}
END_TEST

START_TEST(counts_without_buffer)
{
	struct wr w = wr_of(NULL, 100);

	write_some(&w);
	ck_assert_int_eq(wr_status(&w), CNG_OK);
	ck_assert_uint_eq(w.len, sizeof some);
}
END_TEST

START_TEST(too_small_says_how_much)
{
	uint8_t buf[sizeof some + 1];

	for (size_t cap = 0; cap < sizeof some; cap++) {
		struct wr w = wr_of(buf, cap);

		memset(buf, 0xee, sizeof buf);
		write_some(&w);
		ck_assert_int_eq(wr_status(&w), CNG_ERR_BUFFER_TOO_SMALL);
		ck_assert_uint_eq(w.len, sizeof some);
		for (size_t i = cap; i < sizeof buf; i++)
			ck_assert_uint_eq(buf[i], 0xee);
	}
}
END_TEST

START_TEST(failure_stays)
{
	uint8_t buf[4];
	struct wr w = wr_of(buf, sizeof buf);

	wr_zero(&w, 5);
	wr_zero(&w, 0);
	ck_assert_int_eq(wr_status(&w), CNG_ERR_BUFFER_TOO_SMALL);
}
END_TEST

START_TEST(length_overflow_fails)
{
	struct wr w = wr_of(NULL, 0);

	wr_zero(&w, SIZE_MAX);
	ck_assert_int_eq(wr_status(&w), CNG_OK);
	wr_u8(&w, 0);
	ck_assert_int_ne(wr_status(&w), CNG_OK);
}
END_TEST

START_TEST(number_wider_than_its_place_fails)
{
	uint8_t buf[8] = { 0 };
	struct wr w = wr_of(buf, sizeof buf);

	wr_be_padded(&w, span_of(number, sizeof number), 1);
	ck_assert_int_ne(wr_status(&w), CNG_OK);
	w = wr_of(buf, sizeof buf);
	wr_le_padded(&w, span_of(number, sizeof number), 1);
	ck_assert_int_ne(wr_status(&w), CNG_OK);
	w = wr_of(buf, sizeof buf);
	wr_be_padded(&w, span_of(NULL, 0), 2);
	wr_le_padded(&w, span_of(number, 2), 0);
	ck_assert_int_eq(wr_status(&w), CNG_OK);
	ck_assert_uint_eq(w.len, 2);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		writes_what_was_asked,
		counts_without_buffer,
		too_small_says_how_much,
		failure_stays,
		length_overflow_fails,
		number_wider_than_its_place_fails,
	};

	return run_tests("base_wr", tests, ARRAY_LEN(tests));
}
