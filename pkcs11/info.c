/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fixed fields: padded with spaces, no NUL.
 */
#include "pkcs11/info.h"

#include "base/utf16.h"

#include <string.h>

void
info_pad(CK_UTF8CHAR *field, size_t size, const char *text)
{
	size_t len = utf8_fitting(text, size);

	memset(field, ' ', size);
	memcpy(field, text, len);
}
