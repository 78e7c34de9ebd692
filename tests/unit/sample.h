/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The project's own vectors, for the unit tests.
 */
#ifndef CNG_TESTS_SAMPLE_H
#define CNG_TESTS_SAMPLE_H

#include <check.h>

#include "base/secret.h"
#include "key/material.h"

/* Reads a file of tests/vectors/own; the test fails when it cannot. */
struct secret sample_read(const char *name);

/* All numbers are the same, private ones and what surrounds them, too. */
void sample_same_key(const struct key_material *a,
    const struct key_material *b);

/* Nothing is left in a material that a failed call filled. */
void sample_empty(const struct key_material *key);

/* Runs the suite; what main returns.  The crypto layer is started before, so
 * that tests may count allocations. */
int sample_main(Suite *suite);

#endif
