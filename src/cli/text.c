/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Escaping works byte by byte on UTF-8, whatever the locale: a sequence that
 * is well formed and prints passes, every other byte becomes \xNN.
 */
#include "cli/text.h"

#include "base/alloc.h"
#include "base/utf16.h"
#include "base/util.h"

struct range {
	uint32_t first, last;
};

/* What moves the cursor, turns the direction or does not show. */
static const struct range hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },
	{ 0x061c, 0x061c }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
};

static size_t
sequence_length(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead < 0xe0)
		return 2;
	if (lead >= 0xe0 && lead < 0xf0)
		return 3;
	return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

static uint32_t
code_point(const uint8_t *ptr, size_t len)
{
	uint32_t code = len == 1 ? ptr[0] : ptr[0] & (0xffu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		code = code << 6 | (ptr[i] & 0x3fu);
	return code;
}

/* Bytes of the next character when it may be shown as it is, else 0. */
static size_t
plain_length(struct span text)
{
	size_t len = sequence_length(text.ptr[0]);
	uint32_t code;

	if (len == 0 || len > text.len ||
	    !utf8_valid(span_of(text.ptr, len)))
		return 0;
	code = code_point(text.ptr, len);
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
		if (code >= hidden[i].first && code <= hidden[i].last)
			return 0;
	}
	return len;
}

static void
put_escape(char *out, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";

	out[0] = '\\';
	out[1] = 'x';
	out[2] = digits[byte >> 4];
	out[3] = digits[byte & 15];
}

void
text_escape(char *out, size_t size, struct span text)
{
	size_t used = 0;

	while (text.len > 0) {
		size_t plain = plain_length(text);
		size_t need = plain > 0 ? plain : TEXT_ESCAPE_MAX;
		size_t taken = plain > 0 ? plain : 1;

		if (used + need >= size)
			break;
		if (plain > 0)
			memcpy(out + used, text.ptr, plain);
		else
			put_escape(out + used, text.ptr[0]);
		used += need;
		text = span_of(text.ptr + taken, text.len - taken);
	}
	if (size > 0)
		out[used] = '\0';
}

char *
text_escape_new(struct span text)
{
	size_t size;
	char *out;

	if (!size_mul(text.len, TEXT_ESCAPE_MAX, &size) ||
	    !size_add(size, 1, &size))
		return NULL;
	out = mem_new(size, 1);
	if (out != NULL)
		text_escape(out, size, text);
	return out;
}
