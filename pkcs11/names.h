/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Numbers of Cryptoki by name, for the debug log.  NULL: it has none.
 */
#ifndef CNG_PKCS11_NAMES_H
#define CNG_PKCS11_NAMES_H

#include "pkcs11/cryptoki.h"

const char *name_of_answer(CK_RV rv);
const char *name_of_attribute(CK_ULONG type);
const char *name_of_mechanism(CK_ULONG type);

/* What an answer means; never NULL. */
const char *name_in_words(CK_RV rv);

#endif
