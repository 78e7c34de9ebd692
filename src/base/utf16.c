/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UTF-16LE to UTF-8 and back, one code point at a time.
 */
#include "base/utf16.h"

#include "base/rd.h"

#include <string.h>

#define SURROGATE_FIRST 0xd800u
#define SURROGATE_LOW 0xdc00u
#define SURROGATE_LAST 0xdfffu
#define CODE_POINT_MAX 0x10ffffu

/* One code point of well-formed UTF-8; false at anything else. */
static bool
take_utf8(struct rd *r, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	struct rd at = *r;
	uint8_t b;
	uint32_t cp;
	size_t more;

	if (!rd_u8(&at, &b))
		return false;
	if (b < 0x80) {
		more = 0;
		cp = b;
	} else if (b >= 0xc2 && b < 0xe0) {
		more = 1;
		cp = b & 0x1fu;
	} else if (b >= 0xe0 && b < 0xf0) {
		more = 2;
		cp = b & 0x0fu;
	} else if (b >= 0xf0 && b < 0xf5) {
		more = 3;
		cp = b & 0x07u;
	} else {
		return false;
	}
	for (size_t i = 0; i < more; i++) {
		if (!rd_u8(&at, &b) || (b & 0xc0) != 0x80)
			return false;
		cp = cp << 6 | (b & 0x3fu);
	}
	if (cp < least[more] || cp > CODE_POINT_MAX ||
	    (cp >= SURROGATE_FIRST && cp <= SURROGATE_LAST))
		return false;
	*out = cp;
	*r = at;
	return true;
}

static bool
take_utf16(struct rd *r, uint32_t *out)
{
	struct rd at = *r;
	uint16_t high, low;

	if (!rd_u16le(&at, &high))
		return false;
	*out = high;
	if (high >= SURROGATE_FIRST && high <= SURROGATE_LAST) {
		if (high >= SURROGATE_LOW || !rd_u16le(&at, &low) ||
		    low < SURROGATE_LOW || low > SURROGATE_LAST)
			return false;
		*out = 0x10000u + ((high - SURROGATE_FIRST) << 10) +
		    (low - SURROGATE_LOW);
	}
	*r = at;
	return true;
}

static void
put_utf8(struct wr *w, uint32_t cp)
{
	if (cp < 0x80) {
		wr_u8(w, (uint8_t)cp);
	} else if (cp < 0x800) {
		wr_u8(w, (uint8_t)(0xc0 | cp >> 6));
		wr_u8(w, (uint8_t)(0x80 | (cp & 0x3f)));
	} else if (cp < 0x10000) {
		wr_u8(w, (uint8_t)(0xe0 | cp >> 12));
		wr_u8(w, (uint8_t)(0x80 | (cp >> 6 & 0x3f)));
		wr_u8(w, (uint8_t)(0x80 | (cp & 0x3f)));
	} else {
		wr_u8(w, (uint8_t)(0xf0 | cp >> 18));
		wr_u8(w, (uint8_t)(0x80 | (cp >> 12 & 0x3f)));
		wr_u8(w, (uint8_t)(0x80 | (cp >> 6 & 0x3f)));
		wr_u8(w, (uint8_t)(0x80 | (cp & 0x3f)));
	}
}

static void
put_utf16(struct wr *w, uint32_t cp)
{
	if (cp < 0x10000) {
		wr_u16le(w, (uint16_t)cp);
		return;
	}
	cp -= 0x10000;
	wr_u16le(w, (uint16_t)(SURROGATE_FIRST + (cp >> 10)));
	wr_u16le(w, (uint16_t)(SURROGATE_LOW + (cp & 0x3ff)));
}

/* Counting and writing run the same code. */
static enum cng_status
convert_wide(struct wr *w, struct span wide)
{
	struct rd r = rd_of(wide);
	uint32_t cp;

	while (!rd_at_end(&r)) {
		if (!take_utf16(&r, &cp))
			return CNG_ERR_BAD_DATA;
		if (cp == 0)
			return rd_at_end(&r) ? CNG_OK : CNG_ERR_BAD_DATA;
		put_utf8(w, cp);
	}
	return CNG_OK;
}

enum cng_status
utf8_from_utf16le(struct secret *out, struct span wide)
{
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st;

	*out = (struct secret){ 0 };
	st = convert_wide(&count, wide);
	if (st != CNG_OK)
		return st;
	st = secret_new(out, count.len + 1);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, count.len + 1);
	st = convert_wide(&w, wide);
	out->len = count.len;
	return st;
}

enum cng_status
utf16le_write(struct wr *w, struct span text, bool nul)
{
	struct rd r = rd_of(text);
	uint32_t cp;

	if (!utf8_valid(text))
		return CNG_ERR_BAD_DATA;
	while (take_utf8(&r, &cp))
		put_utf16(w, cp);
	if (nul)
		wr_u16le(w, 0);
	return CNG_OK;
}

bool
utf8_valid(struct span text)
{
	struct rd r = rd_of(text);
	uint32_t cp;

	while (!rd_at_end(&r))
		if (!take_utf8(&r, &cp) || cp == 0)
			return false;
	return true;
}

size_t
utf8_fitting(const char *text, size_t size)
{
	size_t len = strlen(text);

	if (len <= size)
		return len;
	while (size > 0 && ((uint8_t)text[size] & 0xc0) == 0x80)
		size--;
	return size;
}
