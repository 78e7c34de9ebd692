/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A walk over the fields of a blob.
 */
#include "blob/walk.h"

#include "base/why.h"
#include "blob/magic.h"

struct walk
walk_of(struct span blob, blob_field_sink *sink, void *arg)
{
	struct walk w = { rd_of(blob), blob, sink, arg, CNG_OK };
	return w;
}


void
walk_emit(struct walk *w, const struct blob_field *field)
{
	if (w->sink != NULL)
		w->sink(w->arg, field);
}

static size_t
here(const struct walk *w)
{
	return w->blob.len - w->in.left;
}

void
walk_fail(struct walk *w, enum cng_status st)
{
	if (w->status != CNG_OK)
		return;
	w->status = st;
	if (st == CNG_ERR_BAD_DATA)
		(void)why(st, "blob: what ends at offset %zu of %zu makes no"
		    " sense", here(w), w->blob.len);
}

/* What is left is less than the field wants: show it, then stop. */
static void
cut_short(struct walk *w, const char *name, size_t wanted)
{
	struct blob_field field = {
		.name = name,
		.offset = here(w),
		.size = w->in.left,
		.kind = BLOB_FIELD_SECRET,
		.text = "cut short",
	};

	if (w->status != CNG_OK)
		return;
	field.bytes = rd_rest(&w->in);
	walk_emit(w, &field);
	w->status = why(CNG_ERR_BAD_DATA, "blob: %s at offset %zu: %zu bytes"
	    " are wanted, %zu are there", name, field.offset, wanted,
	    field.size);
}

uint32_t
walk_magic(struct walk *w, const char *name)
{
	struct blob_field field = {
		.name = name,
		.offset = here(w),
		.size = 4,
		.kind = BLOB_FIELD_MAGIC,
	};
	struct rd copy = w->in;
	uint32_t magic = 0;

	if (w->status != CNG_OK || !rd_u32le(&copy, &magic) ||
	    !rd_take(&w->in, 4, &field.bytes)) {
		cut_short(w, name, 4);
		return 0;
	}
	field.value = magic;
	field.text = magic_text(magic);
	walk_emit(w, &field);
	return magic;
}

/* A little-endian number of up to four bytes. */
static uint32_t
walk_number(struct walk *w, const char *name, size_t size)
{
	struct blob_field field = {
		.name = name,
		.offset = here(w),
		.size = size,
		.kind = BLOB_FIELD_NUMBER,
	};
	struct span bytes;

	if (w->status != CNG_OK || !rd_take(&w->in, size, &bytes)) {
		cut_short(w, name, size);
		return 0;
	}
	for (size_t i = size; i-- > 0;)
		field.value = field.value << 8 | bytes.ptr[i];
	walk_emit(w, &field);
	return (uint32_t)field.value;
}

uint8_t
walk_u8(struct walk *w, const char *name)
{
	return (uint8_t)walk_number(w, name, 1);
}

uint16_t
walk_u16(struct walk *w, const char *name)
{
	return (uint16_t)walk_number(w, name, 2);
}

uint32_t
walk_u32(struct walk *w, const char *name)
{
	return walk_number(w, name, 4);
}

struct span
walk_bytes(struct walk *w, const char *name, size_t len,
    enum blob_field_kind kind)
{
	struct blob_field field = {
		.name = name,
		.offset = here(w),
		.size = len,
		.kind = kind,
	};

	if (w->status != CNG_OK || !rd_take(&w->in, len, &field.bytes)) {
		cut_short(w, name, len);
		return (struct span){ 0 };
	}
	walk_emit(w, &field);
	return field.bytes;
}

enum cng_status
walk_end(struct walk *w)
{
	struct blob_field field = {
		.name = "(rest)",
		.offset = here(w),
		.size = w->in.left,
		.kind = BLOB_FIELD_SECRET,
		.text = w->status == CNG_OK ? "left over" : "not understood",
	};

	if (!rd_at_end(&w->in)) {
		field.bytes = rd_rest(&w->in);
		walk_emit(w, &field);
		if (w->status == CNG_OK)
			w->status = why(CNG_ERR_BAD_DATA, "blob: %zu bytes"
			    " left over at offset %zu", field.size,
			    field.offset);
	}
	return w->status;
}
