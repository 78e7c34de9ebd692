/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hexadecimal text.
 */
#include "base/text.h"

static const char digits[] = "0123456789abcdef";

void
hex_encode(char *out, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		*out++ = digits[s.ptr[i] >> 4];
		*out++ = digits[s.ptr[i] & 15];
	}
	*out = '\0';
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum cng_status
hex_decode(struct secret *out, const char *text)
{
	struct secret bytes;
	size_t len = 0;
	enum cng_status st = secret_new(&bytes, strlen(text) / 2 + 1);

	*out = (struct secret){ 0 };
	if (st != CNG_OK)
		return st;
	while (*text != '\0') {
		int high = digit_value(text[0]);
		int low = high < 0 ? -1 : digit_value(text[1]);

		if (low < 0) {
			secret_free(&bytes);
			return CNG_ERR_ARGUMENT;
		}
		bytes.ptr[len++] = (uint8_t)(high << 4 | low);
		text += 2;
		if (len > 0 && (*text == ':' || *text == ' ') &&
		    text[1] != '\0')
			text++;
	}
	secret_truncate(&bytes, len);
	*out = bytes;
	return CNG_OK;
}
