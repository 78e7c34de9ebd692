/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Foreign text on the way to a terminal: control characters, direction
 * marks and broken UTF-8 become visible escapes.
 */
#ifndef CNG_CLI_TEXT_H
#define CNG_CLI_TEXT_H

#include "base/span.h"

/* One byte becomes at most this many ("\xNN"). */
#define TEXT_ESCAPE_MAX 4

/* Writes at most size bytes with the NUL, cutting at a whole character. */
void text_escape(char *out, size_t size, struct span text);

/* The same in fresh memory (mem_free); NULL when there is none. */
char *text_escape_new(struct span text);

#endif
