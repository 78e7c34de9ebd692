/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One workload, measured in rounds: in each of them every contestant has one
 * slice of time, so that what disturbs the machine disturbs all.
 */
#ifndef CNG_BENCH_MEASURE_H
#define CNG_BENCH_MEASURE_H

#include "bench/bench.h"

struct measure {
	unsigned rounds;
	double slice;      /* seconds */
	bool used;         /* time of the processor, where nothing waits */
};

void measure_work(struct result *result, struct side side[WHO_COUNT],
    const struct work *work, const struct measure *how);

/* Is a figure of this unit better when it is smaller? */
bool measure_smaller(enum unit unit);

#endif
