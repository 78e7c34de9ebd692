/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Why a call fails: what the layer that refuses knows, kept for this thread
 * until the face writes it to the debug log.  Nothing is kept, and nothing
 * formatted, while nobody reads it.  Names, lengths and offsets only: never
 * bytes of a key, of a text to encrypt or of a PIN.
 */
#ifndef CNG_BASE_WHY_H
#define CNG_BASE_WHY_H

#include "base/log.h"
#include "base/status.h"

#define WHY_NO_PROP (-1)

struct why {
	enum cng_status st;      /* CNG_OK: whatever comes of it */
	int prop;                /* at fault, or WHY_NO_PROP: see core/prop.h */
	const char *about;       /* static text: a mechanism, a type; or NULL */
	char text[192];          /* "": nothing is known */
};

static inline bool
why_wanted(void)
{
	return log_wants(LOG_INFO);
}

/* The last that is said counts.  All give st back. */
enum cng_status why(enum cng_status st, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
enum cng_status why_prop(enum cng_status st, int prop, const char *text);
/* Not a word about CNG_OK, nor where more was said about this status. */
enum cng_status why_else(enum cng_status st, int prop);
/* The same reason, where one status becomes another. */
enum cng_status why_still(enum cng_status st);

/* For faces: whatever status comes of it. */
void why_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void why_about(const char *text);

/* This thread's; a new call starts with none. */
const struct why *why_now(void);
void why_forget(void);

#endif
