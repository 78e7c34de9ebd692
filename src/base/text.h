/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hexadecimal text, as handed out by tools.
 */
#ifndef CNG_BASE_TEXT_H
#define CNG_BASE_TEXT_H

#include "base/secret.h"
#include "base/span.h"
#include "base/status.h"

/* Writes 2 * s.len digits and a NUL; out has room for that. */
void hex_encode(char *out, struct span s);

/* Accepts upper and lower case, and ':' or ' ' between bytes. */
enum cng_status hex_decode(struct secret *out, const char *text)
    CNG_MUST_CHECK;

#endif
