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
atomic_int log_most = -1;

void
log_set(log_sink *sink, void *arg, enum log_level most)
{
	current_sink = sink;
	current_arg = arg;
	atomic_store_explicit(&log_most, sink == NULL ? -1 : (int)most,
	    memory_order_relaxed);
}

void
log_line(enum log_level level, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	if (!log_wants(level))
		return;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	/* names come from outside: one call, one line */
	for (char *at = line; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	current_sink(current_arg, level, line);
}
