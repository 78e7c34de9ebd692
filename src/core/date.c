/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Dates of keys and certificates.
 */
#include "core/date.h"

#define DATE_LEN 8

static bool
read_digits(const uint8_t *from, size_t count, unsigned *out)
{
	*out = 0;
	for (size_t i = 0; i < count; i++) {
		if (from[i] < '0' || from[i] > '9')
			return false;
		*out = *out * 10 + (unsigned)(from[i] - '0');
	}
	return true;
}

static unsigned
days_of(unsigned year, unsigned month)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month < 1 || month > 12)
		return 0;
	return days[month - 1] + (month == 2 && leap ? 1u : 0);
}

bool
date_is_one(struct span s)
{
	unsigned year, month, day;

	if (s.len == 0)
		return true;
	return s.len == DATE_LEN && read_digits(s.ptr, 4, &year) &&
	    read_digits(s.ptr + 4, 2, &month) &&
	    read_digits(s.ptr + 6, 2, &day) && day >= 1 &&
	    day <= days_of(year, month);
}

bool
date_in_order(struct span start, struct span end)
{
	return start.len != DATE_LEN || end.len != DATE_LEN ||
	    memcmp(start.ptr, end.ptr, DATE_LEN) <= 0;
}
