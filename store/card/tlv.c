/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tags and lengths.
 */
#include "store/card/tlv.h"

static bool
read_tag(struct rd *r, uint32_t *tag)
{
	uint8_t byte;

	if (!rd_u8(r, &byte))
		return false;
	*tag = byte;
	if ((byte & 0x1f) != 0x1f)
		return true;
	for (int i = 0; i < 2; i++) {
		if (!rd_u8(r, &byte))
			return false;
		*tag = *tag << 8 | byte;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static bool
read_length(struct rd *r, size_t *len)
{
	uint8_t byte;
	unsigned more;

	if (!rd_u8(r, &byte))
		return false;
	*len = byte;
	if (byte < 0x80)
		return true;
	more = byte & 0x7fu;
	if (more < 1 || more > 3)
		return false;
	*len = 0;
	while (more-- > 0) {
		if (!rd_u8(r, &byte))
			return false;
		*len = *len << 8 | byte;
	}
	return true;
}

bool
tlv_next(struct rd *r, uint32_t *tag, struct span *value)
{
	struct rd at = *r;
	uint32_t found;
	size_t len;

	if (!read_tag(&at, &found) || !read_length(&at, &len) ||
	    !rd_take(&at, len, value))
		return false;
	*tag = found;
	*r = at;
	return true;
}

bool
tlv_find(struct span in, uint32_t tag, struct span *value)
{
	struct rd r = rd_of(in);
	struct span one;
	uint32_t found;

	while (tlv_next(&r, &found, &one)) {
		if (found == tag) {
			*value = one;
			return true;
		}
	}
	return false;
}

void
tlv_head(struct wr *w, uint32_t tag, size_t len)
{
	if (len > 0xffffff)
		w->failed = true;
	for (int shift = 16; shift >= 0; shift -= 8)
		if (tag >> shift != 0)
			wr_u8(w, (uint8_t)(tag >> shift));
	if (len >= 0x80)
		wr_u8(w, len > 0xffff ? 0x83 : len > 0xff ? 0x82 : 0x81);
	if (len > 0xffff)
		wr_u8(w, (uint8_t)(len >> 16));
	if (len > 0xff)
		wr_u8(w, (uint8_t)(len >> 8));
	wr_u8(w, (uint8_t)len);
}

void
tlv_put(struct wr *w, uint32_t tag, struct span value)
{
	tlv_head(w, tag, value.len);
	wr_bytes(w, value);
}

void
tlv_put_u8(struct wr *w, uint32_t tag, uint8_t value)
{
	tlv_put(w, tag, span_of(&value, 1));
}
