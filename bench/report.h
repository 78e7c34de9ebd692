/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What was measured, as a table and as a picture.
 */
#ifndef CNG_BENCH_REPORT_H
#define CNG_BENCH_REPORT_H

#include <stdio.h>

#include "bench/bench.h"

/* In Markdown: the head, then a line for each result. */
void report_head(const char *peer);
void report_result(const struct result *result);
/* What the columns mean, and what did not run. */
void report_end(const struct result *results, size_t count);

/* Bars of the ratios as SVG. */
void chart_write(FILE *file, const struct result *results, size_t count,
    const char *peer);

#endif
