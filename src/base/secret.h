/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Owned bytes that are wiped before they are freed.  Growing means a new
 * buffer, a copy and a wipe of the old one, never realloc.  There is no way
 * to print one: take care to keep it so.
 */
#ifndef CNG_BASE_SECRET_H
#define CNG_BASE_SECRET_H

#include "base/span.h"
#include "base/status.h"

/* All zero is the empty secret. */
struct secret {
	uint8_t *ptr;
	size_t len;
};

/* Nothing that we keep in one buffer may be larger than this. */
#define SECRET_MAX ((size_t)64 * 1024 * 1024)

/* Fresh zeroed bytes.  On failure *out is empty.  Overwrites *out without
 * freeing it: start from { 0 }. */
enum cng_status secret_new(struct secret *out, size_t len) CNG_MUST_CHECK;
enum cng_status secret_copy(struct secret *out, struct span from)
    CNG_MUST_CHECK;

/* Frees what *s held, then copies; on failure *s is unchanged. */
enum cng_status secret_replace(struct secret *s, struct span from)
    CNG_MUST_CHECK;

/* Appends by copy and wipe. */
enum cng_status secret_append(struct secret *s, struct span more)
    CNG_MUST_CHECK;

/* Wipes the tail and shortens. */
void secret_truncate(struct secret *s, size_t len);

/* Wipes and frees; s becomes empty.  NULL and empty are fine. */
void secret_free(struct secret *s);

/* Moves: to takes over from's buffer (to is freed first), from is empty. */
void secret_move(struct secret *to, struct secret *from);

static inline struct span
secret_span(const struct secret *s)
{
	return span_of(s->ptr, s->len);
}

/* Constant time for equal lengths. */
bool secret_equal(struct span a, struct span b);

/* Wipes memory that is not a struct secret (stack arrays). */
void wipe(void *ptr, size_t len);

#endif
