/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Write cursor.
 */
#include "base/wr.h"

#include "base/util.h"

/* Room for len bytes: the place to write them, or NULL when only counting
 * or when it does not fit. */
static uint8_t *
take_room(struct wr *w, size_t len)
{
	uint8_t *at = NULL;
	size_t end;

	if (!size_add(w->len, len, &end)) {
		w->failed = true;
		return NULL;
	}
	if (w->buf != NULL) {
		if (end > w->cap)
			w->failed = true;
		else
			at = w->buf + w->len;
	}
	w->len = end;
	return at;
}

static void
put_number(struct wr *w, uint64_t v, size_t width, bool little)
{
	uint8_t *at = take_room(w, width);

	if (at == NULL)
		return;
	for (size_t i = 0; i < width; i++) {
		at[little ? i : width - 1 - i] = (uint8_t)v;
		v >>= 8;
	}
}

void
wr_u8(struct wr *w, uint8_t v)
{
	put_number(w, v, 1, true);
}

void
wr_u16le(struct wr *w, uint16_t v)
{
	put_number(w, v, 2, true);
}

void
wr_u32le(struct wr *w, uint32_t v)
{
	put_number(w, v, 4, true);
}

void
wr_u64le(struct wr *w, uint64_t v)
{
	put_number(w, v, 8, true);
}

void
wr_u32be(struct wr *w, uint32_t v)
{
	put_number(w, v, 4, false);
}

void
wr_bytes(struct wr *w, struct span s)
{
	uint8_t *at = take_room(w, s.len);

	if (at != NULL && s.len > 0)
		memcpy(at, s.ptr, s.len);
}

void
wr_zero(struct wr *w, size_t count)
{
	uint8_t *at = take_room(w, count);

	if (at != NULL && count > 0)
		memset(at, 0, count);
}

void
wr_be_padded(struct wr *w, struct span number, size_t width)
{
	number = span_trim(number);
	if (number.len > width) {
		w->failed = true;
		return;
	}
	wr_zero(w, width - number.len);
	wr_bytes(w, number);
}

void
wr_le_padded(struct wr *w, struct span number, size_t width)
{
	uint8_t *at;

	number = span_trim(number);
	if (number.len > width) {
		w->failed = true;
		return;
	}
	at = take_room(w, number.len);
	for (size_t i = 0; at != NULL && i < number.len; i++)
		at[i] = number.ptr[number.len - 1 - i];
	wr_zero(w, width - number.len);
}

void
wr_blob32(struct wr *w, struct span s)
{
	if (s.len > UINT32_MAX) {
		w->failed = true;
		return;
	}
	wr_u32le(w, (uint32_t)s.len);
	wr_bytes(w, s);
}

enum cng_status
wr_status(const struct wr *w)
{
	return w->failed ? CNG_ERR_BUFFER_TOO_SMALL : CNG_OK;
}
