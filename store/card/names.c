/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names of containers: what may be one, and which are too much alike.
 */
#include "store/card/names.h"

#include "base/utf16.h"

struct wide {
	uint8_t bytes[2 * DEVICE_NAME_UNITS];
	size_t len;
};

static bool
widen(struct wide *out, const char *name)
{
	struct wr w = wr_of(out->bytes, sizeof out->bytes);
	bool good = utf16le_write(&w, span_str(name), false) == CNG_OK &&
	    !w.failed;

	out->len = w.len;
	return good;
}

enum cng_status
card_name_check(const char *name)
{
	struct wide wide;

	return name[0] != '\0' && strchr(name, '\\') == NULL &&
	    widen(&wide, name) ? CNG_OK : CNG_ERR_ARGUMENT;
}

/* Small letters of Latin, Greek and Cyrillic: enough to keep apart what
 * people would mix up. */
static unsigned
fold(unsigned c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
	    (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		return c + 0x20;
	return c >= 0x400 && c <= 0x40f ? c + 0x50 : c;
}

static unsigned
unit_at(const struct wide *wide, size_t at)
{
	return fold(wide->bytes[at] | (unsigned)wide->bytes[at + 1] << 8);
}

bool
card_name_same(const char *a, const char *b)
{
	struct wide x, y;

	if (!widen(&x, a) || !widen(&y, b))
		return strcmp(a, b) == 0;
	if (x.len != y.len)
		return false;
	for (size_t i = 0; i < x.len; i += 2)
		if (unit_at(&x, i) != unit_at(&y, i))
			return false;
	return true;
}
