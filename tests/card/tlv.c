/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes that grow, and BER-TLV: definite lengths of one to four bytes, tags of
 * one to three.
 */
#include "tlv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_put(struct buf *buf, const void *bytes, size_t len)
{
	if (len > buf->size - buf->len) {
		size_t size = buf->len + len + 512;
		uint8_t *at = realloc(buf->at, size);

		if (at == NULL) {
			perror("card: memory");
			exit(1);
		}
		buf->at = at;
		buf->size = size;
	}
	if (len > 0)
		memcpy(buf->at + buf->len, bytes, len);
	buf->len += len;
}

void
buf_byte(struct buf *buf, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	buf_put(buf, &byte, 1);
}

void
buf_span(struct buf *buf, struct span bytes)
{
	buf_put(buf, bytes.at, bytes.len);
}

void
buf_clear(struct buf *buf)
{
	buf->len = 0;
}

void
buf_free(struct buf *buf)
{
	free(buf->at);
	*buf = (struct buf){ 0 };
}

struct span
buf_all(const struct buf *buf)
{
	return span_of(buf->at, buf->len);
}

struct span
span_of(const void *bytes, size_t len)
{
	return (struct span){ bytes, len };
}

bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool
span_take(struct span *in, size_t len, struct span *out)
{
	if (len > in->len)
		return false;
	*out = span_of(in->at, len);
	if (in->at != NULL)
		in->at += len;
	in->len -= len;
	return true;
}

static bool
take_byte(struct span *in, unsigned *value)
{
	struct span one;

	if (!span_take(in, 1, &one))
		return false;
	*value = *one.at;
	return true;
}

static bool
take_tag(struct span *in, uint32_t *tag)
{
	unsigned byte;

	if (!take_byte(in, &byte))
		return false;
	*tag = byte;
	if ((byte & 0x1f) != 0x1f)
		return true;
	do {
		if (*tag > 0xffff || !take_byte(in, &byte))
			return false;
		*tag = *tag << 8 | byte;
	} while (byte & 0x80);
	return true;
}

bool
tlv_head(struct span *in, uint32_t *tag, size_t *len)
{
	unsigned byte, more;

	if (!take_tag(in, tag) || !take_byte(in, &byte))
		return false;
	*len = byte;
	if (byte < 0x80)
		return true;
	more = byte & 0x7f;
	if (more < 1 || more > 3)
		return false;
	for (*len = 0; more > 0; more--) {
		if (!take_byte(in, &byte))
			return false;
		*len = *len << 8 | byte;
	}
	return true;
}

bool
tlv_next(struct span *in, struct tlv *out)
{
	size_t len;

	return tlv_head(in, &out->tag, &len) && span_take(in, len, &out->value);
}

bool
tlv_find(struct span in, uint32_t tag, struct span *value)
{
	struct tlv item;

	while (tlv_next(&in, &item)) {
		if (item.tag == tag) {
			*value = item.value;
			return true;
		}
	}
	return false;
}

bool
tlv_only(struct span in, uint32_t tag, struct span *value)
{
	struct tlv item;

	if (!tlv_next(&in, &item) || item.tag != tag || in.len != 0)
		return false;
	*value = item.value;
	return true;
}

void
tlv_put(struct buf *buf, uint32_t tag, const void *value, size_t len)
{
	if (tag > 0xffff)
		buf_byte(buf, tag >> 16);
	if (tag > 0xff)
		buf_byte(buf, tag >> 8 & 0xff);
	buf_byte(buf, tag & 0xff);
	if (len > 0xff) {
		buf_byte(buf, 0x82);
		buf_byte(buf, (unsigned)(len >> 8));
	} else if (len > 0x7f) {
		buf_byte(buf, 0x81);
	}
	buf_byte(buf, (unsigned)(len & 0xff));
	buf_put(buf, value, len);
}

void
tlv_put_span(struct buf *buf, uint32_t tag, struct span value)
{
	tlv_put(buf, tag, value.at, value.len);
}

void
tlv_put_byte(struct buf *buf, uint32_t tag, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	tlv_put(buf, tag, &byte, 1);
}
