/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Other processes: fresh ones that are measured from their start, and one
 * that writes while this one works.
 */
#ifndef CNG_BENCH_PROCESS_H
#define CNG_BENCH_PROCESS_H

/* main of such a process; arguments as process.c gives them. */
int process_main(int argc, char **argv);

#endif
