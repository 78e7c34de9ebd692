/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Read cursor.
 */
#include "base/rd.h"

bool
rd_take(struct rd *r, size_t len, struct span *out)
{
	if (len > r->left)
		return false;
	*out = span_of(r->ptr, len);
	if (len > 0)
		r->ptr += len;
	r->left -= len;
	return true;
}

/* The bytes of one number, in either order. */
static bool
take_number(struct rd *r, size_t width, bool little, uint64_t *out)
{
	struct span s;
	uint64_t v = 0;

	if (!rd_take(r, width, &s))
		return false;
	for (size_t i = 0; i < width; i++)
		v = v << 8 | s.ptr[little ? width - 1 - i : i];
	*out = v;
	return true;
}

bool
rd_u8(struct rd *r, uint8_t *out)
{
	uint64_t v;

	if (!take_number(r, 1, true, &v))
		return false;
	*out = (uint8_t)v;
	return true;
}

bool
rd_u16le(struct rd *r, uint16_t *out)
{
	uint64_t v;

	if (!take_number(r, 2, true, &v))
		return false;
	*out = (uint16_t)v;
	return true;
}

bool
rd_u32le(struct rd *r, uint32_t *out)
{
	uint64_t v;

	if (!take_number(r, 4, true, &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

bool
rd_u64le(struct rd *r, uint64_t *out)
{
	return take_number(r, 8, true, out);
}

bool
rd_u32be(struct rd *r, uint32_t *out)
{
	uint64_t v;

	if (!take_number(r, 4, false, &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

struct span
rd_rest(struct rd *r)
{
	struct span s = span_of(r->ptr, r->left);

	if (r->left > 0)
		r->ptr += r->left;
	r->left = 0;
	return s;
}

bool
rd_blob32(struct rd *r, struct span *out)
{
	struct rd copy = *r;
	uint32_t len;

	if (!rd_u32le(&copy, &len) || !rd_take(&copy, len, out))
		return false;
	*r = copy;
	return true;
}
