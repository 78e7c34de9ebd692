/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UTF-16LE (the wide strings of Windows) to UTF-8 and back; strict: lone
 * surrogates, overlong forms and NULs in the middle are refused.
 */
#ifndef CNG_BASE_UTF16_H
#define CNG_BASE_UTF16_H

#include "base/secret.h"
#include "base/span.h"
#include "base/status.h"
#include "base/wr.h"

/* wide: bytes of UTF-16LE, with or without one closing NUL.  *out is the
 * UTF-8 with a closing NUL that its len does not count. */
enum cng_status utf8_from_utf16le(struct secret *out, struct span wide)
    CNG_MUST_CHECK;

/* Appends text as UTF-16LE, with a closing NUL if asked. */
enum cng_status utf16le_write(struct wr *w, struct span text, bool nul)
    CNG_MUST_CHECK;

/* Well-formed UTF-8 without NUL? */
bool utf8_valid(struct span text);

/* How many bytes of well-formed text fit into size, characters whole. */
size_t utf8_fitting(const char *text, size_t size);

#endif
