/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Borrowed bytes: a pointer and a length, owned by somebody else.
 */
#ifndef CNG_BASE_SPAN_H
#define CNG_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *ptr; /* NULL only when len is 0 */
	size_t len;         /* bytes */
};

static inline struct span
span_of(const void *ptr, size_t len)
{
	struct span s = { ptr, len };
	return s;
}

/* The bytes of a C string, without its NUL. */
static inline struct span
span_str(const char *text)
{
	return span_of(text, strlen(text));
}

/* Not constant time: for public data only (see secret.h otherwise). */
static inline bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* The same number without its leading zero bytes (big-endian). */
static inline struct span
span_trim(struct span s)
{
	while (s.len > 0 && s.ptr[0] == 0) {
		s.ptr++;
		s.len--;
	}
	return s;
}

#endif
