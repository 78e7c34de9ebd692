/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fixed fields that texts are shown in.
 */
#ifndef CNG_PKCS11_INFO_H
#define CNG_PKCS11_INFO_H

#include "pkcs11/cryptoki.h"

#include <stddef.h>

/* Fills a field with text and spaces; a character that does not fit whole
 * is left out. */
void info_pad(CK_UTF8CHAR *field, size_t size, const char *text);

#endif
