/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads a debug log as the module writes it.
 */
#ifndef CNG_TESTS_FACE_LOGLINES_H
#define CNG_TESTS_FACE_LOGLINES_H

#include <stddef.h>

/* All of it so far, until the next call, as a text that may be changed; its
 * length, less than 1 MiB. */
char *loglines_read(const char *path, size_t *len);

/* The last line, without date, process and level. */
const char *loglines_last(const char *path);

#endif
