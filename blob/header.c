/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCRYPT_KEY_BLOB_HEADER, and wide strings in blobs.
 */
#include "blob/header.h"

#include "base/utf16.h"

static bool
is_closed(struct span wide)
{
	return wide.len >= 2 && wide.ptr[wide.len - 1] == 0 &&
	    wide.ptr[wide.len - 2] == 0;
}

struct secret
walk_wide(struct walk *w, const char *name, size_t len, bool closed)
{
	struct blob_field field = {
		.name = name,
		.offset = w->blob.len - w->in.left,
		.size = len,
		.kind = BLOB_FIELD_TEXT,
	};
	struct secret text = { 0 };
	enum cng_status st;

	if (w->status != CNG_OK || len > w->in.left) {
		(void)walk_bytes(w, name, len, BLOB_FIELD_BYTES);
		return text;
	}
	if (!rd_take(&w->in, len, &field.bytes))
		return text;
	st = utf8_from_utf16le(&text, field.bytes);
	if (st == CNG_OK && is_closed(field.bytes) != closed)
		st = CNG_ERR_BAD_DATA;
	field.text = st == CNG_OK ? (const char *)text.ptr :
				    "not a wide string";
	walk_emit(w, &field);
	if (st != CNG_OK) {
		walk_fail(w, st);
		secret_free(&text);
	}
	return text;
}

struct secret
header_fields(struct walk *w, uint32_t magic)
{
	uint32_t size = walk_u32(w, "cbSize");
	uint32_t found = walk_magic(w, "dwMagic");
	size_t name_len, data_len;
	struct secret name;

	if (found != magic)
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	if (size != KEY_HEADER_SIZE)
		walk_fail(w, CNG_ERR_BAD_DATA);
	name_len = walk_u32(w, "cbAlgName");
	data_len = walk_u32(w, "cbKeyData");
	name = walk_wide(w, "AlgName", name_len, true);
	if (w->status == CNG_OK && data_len > w->in.left)
		(void)walk_bytes(w, "KeyData", data_len, BLOB_FIELD_SECRET);
	else if (data_len != w->in.left)
		walk_fail(w, CNG_ERR_BAD_DATA);
	return name;
}

void
header_write(struct wr *out, uint32_t magic, const char *algorithm,
    size_t data_len)
{
	size_t chars = strlen(algorithm) + 1; /* ASCII, all of them */

	if (data_len > UINT32_MAX)
		out->failed = true;
	wr_u32le(out, KEY_HEADER_SIZE);
	wr_u32le(out, magic);
	wr_u32le(out, (uint32_t)(2 * chars));
	wr_u32le(out, (uint32_t)data_len);
	for (size_t i = 0; i < chars; i++)
		wr_u16le(out, (uint8_t)algorithm[i]);
}
