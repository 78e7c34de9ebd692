/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A call that fails, as a line of the debug log.
 */
#include "pkcs11/tell.h"

#include "pkcs11/attr.h"
#include "pkcs11/names.h"

#include <stddef.h>
#include <stdio.h>

#define NAME_BYTES 48

/* Programs that mean no harm get these all day long. */
static enum log_level
level_of(CK_RV rv)
{
	switch (rv) {
	case CKR_BUFFER_TOO_SMALL:
	case CKR_NO_EVENT:
	case CKR_ATTRIBUTE_TYPE_INVALID:
	case CKR_ATTRIBUTE_SENSITIVE:
	case CKR_CRYPTOKI_ALREADY_INITIALIZED:
	case CKR_USER_ALREADY_LOGGED_IN:
		return LOG_DEBUG;
	default:
		return LOG_INFO;
	}
}

/* One that has no name is shown as a number, in room. */
static const char *
or_number(const char *name, CK_ULONG number, char room[NAME_BYTES])
{
	if (name != NULL)
		return name;
	snprintf(room, NAME_BYTES, "0x%lx", number);
	return room;
}

static void
write_line(const char *call, CK_RV rv)
{
	const struct why *why = why_now();
	const char *attribute = NULL;
	char number[NAME_BYTES];

	if (why->prop != WHY_NO_PROP)
		attribute = attr_name_of((enum prop_id)why->prop);
	log_line(level_of(rv), "%s: %s%s%s%s%s (%s)", call,
	    why->about != NULL ? why->about : "",
	    why->about != NULL ? ": " : "",
	    attribute != NULL ? attribute : "",
	    attribute != NULL ? ": " : "",
	    why->text[0] != '\0' ? why->text : name_in_words(rv),
	    or_number(name_of_answer(rv), rv, number));
}

void
tell_now(const char *call, CK_RV rv)
{
	if (rv != CKR_OK)
		write_line(call, rv);
	why_forget();
}

CK_RV
tell_attribute(CK_RV rv, CK_ATTRIBUTE_TYPE type, const char *text)
{
	char number[NAME_BYTES];

	if (why_wanted())
		why_say("%s: %s", or_number(name_of_attribute(type), type,
		    number), text != NULL ? text : name_in_words(rv));
	return rv;
}

CK_RV
tell_mechanism(CK_RV rv, CK_MECHANISM_TYPE type, const char *text)
{
	char number[NAME_BYTES];

	if (why_wanted())
		why_say("%s: %s", or_number(name_of_mechanism(type), type,
		    number), text != NULL ? text : name_in_words(rv));
	return rv;
}
