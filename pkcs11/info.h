/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Texts by which the module and its tokens are known.  They never change:
 * URIs in other people's configuration contain them.
 */
#ifndef CNG_PKCS11_INFO_H
#define CNG_PKCS11_INFO_H

#include "pkcs11/cryptoki.h"

#include <stddef.h>

#define INFO_MANUFACTURER "cng-pkcs11"
#define INFO_LIBRARY "Windows CNG keys"
#define INFO_MODEL "CNG soft token"
#define INFO_MAJOR 0
#define INFO_MINOR 1

/* Fills a field with text and spaces; a character that does not fit whole
 * is left out. */
void info_pad(CK_UTF8CHAR *field, size_t size, const char *text);

#endif
