/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Why a call fails.
 */
#include "base/why.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

static _Thread_local struct why now = { .prop = WHY_NO_PROP };

static void __attribute__((format(printf, 3, 0)))
keep(enum cng_status st, int prop, const char *format, va_list args)
{
	now.st = st;
	now.prop = prop;
	vsnprintf(now.text, sizeof now.text, format, args);
}

enum cng_status
why(enum cng_status st, const char *format, ...)
{
	va_list args;

	if (!why_wanted())
		return st;
	va_start(args, format);
	keep(st, WHY_NO_PROP, format, args);
	va_end(args);
	return st;
}

enum cng_status
why_prop(enum cng_status st, int prop, const char *text)
{
	(void)why(st, "%s", text);
	if (why_wanted())
		now.prop = prop;
	return st;
}

/* A reason for another status is that of a try that did not matter. */
enum cng_status
why_else(enum cng_status st, int prop)
{
	if (st == CNG_OK || !why_wanted())
		return st;
	if (now.text[0] == '\0' || (now.st != CNG_OK && now.st != st))
		return why_prop(st, prop, cng_status_text(st));
	if (now.prop == WHY_NO_PROP)
		now.prop = prop;
	return st;
}

enum cng_status
why_still(enum cng_status st)
{
	if (why_wanted())
		now.st = st;
	return st;
}

void
why_say(const char *format, ...)
{
	va_list args;

	if (!why_wanted())
		return;
	va_start(args, format);
	keep(CNG_OK, WHY_NO_PROP, format, args);
	va_end(args);
}

void
why_about(const char *text)
{
	if (why_wanted())
		now.about = text;
}

const struct why *
why_now(void)
{
	return &now;
}

void
why_forget(void)
{
	now.st = CNG_OK;
	now.prop = WHY_NO_PROP;
	now.about = NULL;
	now.text[0] = '\0';
}
