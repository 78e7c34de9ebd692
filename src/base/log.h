/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Debug log.  Silent unless a sink is set.  It takes text and numbers only:
 * there is no way to hand it a span or a secret.
 */
#ifndef CNG_BASE_LOG_H
#define CNG_BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>

enum log_level {
	LOG_ERROR = 0,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
};

typedef void log_sink(void *arg, enum log_level level, const char *line);

/* NULL switches off.  Not thread safe: call before threads start. */
void log_set(log_sink *sink, void *arg, enum log_level most);

/* The most that is wanted; less than any level: no sink is set. */
extern atomic_int log_most;

/* Worth it before something is made for the log alone. */
static inline bool
log_wants(enum log_level level)
{
	return (int)level <=
	    atomic_load_explicit(&log_most, memory_order_relaxed);
}

void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
