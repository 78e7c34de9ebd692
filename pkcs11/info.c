/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fixed fields: padded with spaces, no NUL.
 */
#include "pkcs11/info.h"

#include <string.h>

void
info_pad(CK_UTF8CHAR *field, size_t size, const char *text)
{
	size_t len;

	len = strlen(text);
	if (len > size) {
		len = size;
		/* Do not cut within a UTF-8 sequence. */
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	memset(field, ' ', size);
	memcpy(field, text, len);
}
