/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Time, and the middle of several figures.
 */
#include "bench/clock.h"

#include <stdlib.h>
#include <time.h>

static double
read_clock(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double
clock_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

double
clock_used(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double
clock_median(double *figure, size_t count)
{
	if (count == 0)
		return 0;
	qsort(figure, count, sizeof(*figure), by_value);
	return count % 2 == 1 ? figure[count / 2] :
	    (figure[count / 2 - 1] + figure[count / 2]) / 2;
}
