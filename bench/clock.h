/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Time, and the middle of several figures.
 */
#ifndef CNG_BENCH_CLOCK_H
#define CNG_BENCH_CLOCK_H

#include <stddef.h>

double clock_now(void);

/* What all threads of this process have used of the processors. */
double clock_used(void);

/* Sorts the figures. */
double clock_median(double *figure, size_t count);

#endif
