/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Debug log.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#define LINE_MAX_BYTES 512

static log_sink *current_sink;
static void *current_arg;
static enum log_level current_most;

void
log_set(log_sink *sink, void *arg, enum log_level most)
{
	current_sink = sink;
	current_arg = arg;
	current_most = most;
}

void
log_line(enum log_level level, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	if (current_sink == NULL || level > current_most)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	current_sink(current_arg, level, line);
}
