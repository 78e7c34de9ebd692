/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A call that fails, as a line of the debug log: the call, the mechanism, the
 * attribute or parameter at fault, the reason in words.
 */
#ifndef CNG_PKCS11_TELL_H
#define CNG_PKCS11_TELL_H

#include "base/why.h"
#include "pkcs11/cryptoki.h"

/* For callers inside: nobody may close the log meanwhile. */
void tell_now(const char *call, CK_RV rv);

/* The end of every call, whatever came of it. */
static inline void
tell_answer(const char *call, CK_RV rv)
{
	if (why_wanted())
		tell_now(call, rv);
}

/* Where the face itself refuses: the attribute or the mechanism is named. */
CK_RV tell_attribute(CK_RV rv, CK_ATTRIBUTE_TYPE type, const char *text);
CK_RV tell_mechanism(CK_RV rv, CK_MECHANISM_TYPE type, const char *text);

#endif
