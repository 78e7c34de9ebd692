/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Named values as bytes, as core keeps them for us: a version, then each
 * name and value with its length.
 */
#include "ncrypt/face.h"

#include "base/rd.h"

#define BAG_VERSION 1

/* The value, and where the whole item starts and ends. */
static bool
find(struct span bag, struct span name, struct span *value, size_t *start,
    size_t *end)
{
	struct rd r = rd_of(bag);
	struct span one;
	uint8_t version;

	if (!rd_u8(&r, &version) || version != BAG_VERSION)
		return false;
	while (!rd_at_end(&r)) {
		*start = bag.len - r.left;
		if (!rd_blob32(&r, &one) || !rd_blob32(&r, value))
			return false;
		*end = bag.len - r.left;
		if (span_equal(one, name))
			return true;
	}
	return false;
}

bool
bag_get(struct span bag, const char *name, struct span *out)
{
	size_t start, end;

	return find(bag, span_str(name), out, &start, &end);
}

bool
bag_number(struct span bag, const char *name, DWORD *out)
{
	struct span value;
	struct rd r;

	if (!bag_get(bag, name, &value))
		return false;
	r = rd_of(value);
	return value.len == sizeof(*out) && rd_u32le(&r, out);
}

static void
write_all(struct wr *w, struct span kept, struct span name,
    struct span value)
{
	if (kept.len == 0)
		wr_u8(w, BAG_VERSION);
	wr_bytes(w, kept);
	wr_blob32(w, name);
	wr_blob32(w, value);
}

enum cng_status
bag_set(struct secret *bag, const char *name, struct span value)
{
	struct secret kept = { 0 }, fresh = { 0 };
	struct wr w = wr_of(NULL, 0);
	struct span old;
	size_t start, end;
	enum cng_status st = secret_copy(&kept, secret_span(bag));

	if (st != CNG_OK)
		return st;
	if (find(secret_span(bag), span_str(name), &old, &start, &end)) {
		memmove(kept.ptr + start, kept.ptr + end, kept.len - end);
		secret_truncate(&kept, kept.len - (end - start));
	}
	write_all(&w, secret_span(&kept), span_str(name), value);
	st = w.failed ? CNG_ERR_NO_MEMORY : secret_new(&fresh, w.len);
	if (st == CNG_OK) {
		w = wr_of(fresh.ptr, fresh.len);
		write_all(&w, secret_span(&kept), span_str(name), value);
		secret_move(bag, &fresh);
	}
	secret_free(&kept);
	return st;
}

enum cng_status
bag_set_number(struct secret *bag, const char *name, DWORD value)
{
	uint8_t bytes[sizeof(value)];
	struct wr w = wr_of(bytes, sizeof(bytes));

	wr_u32le(&w, value);
	return bag_set(bag, name, span_of(bytes, sizeof(bytes)));
}
