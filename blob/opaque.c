/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpaqueTransport, which each provider writes in a way of its own.  Ours: the
 * magic CNGT, the version, the serial number of the token, and a key with its
 * name, policy and properties, sealed by that token.
 */
#include "blob/codec.h"
#include "blob/magic.h"
#include "blob/mib1.h"
#include "blob/serial.h"

#define TRANSPORT_VERSION 1

bool
serial_ok(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') &&
		    !(s.ptr[i] >= 'a' && s.ptr[i] <= 'f'))
			return false;
	return s.len > 0 && s.len <= SERIAL_MAX;
}

struct span
serial_field(struct walk *w, const char *name, size_t len)
{
	char text[SERIAL_MAX + 1] = "";
	struct blob_field field = {
		.name = name,
		.offset = w->blob.len - w->in.left,
		.size = len,
		.kind = BLOB_FIELD_TEXT,
		.text = text,
	};

	if (w->status != CNG_OK || len > w->in.left)
		return walk_bytes(w, field.name, len, BLOB_FIELD_BYTES);
	if (!rd_take(&w->in, len, &field.bytes) ||
	    !serial_ok(field.bytes)) {
		field.text = "no serial number";
		walk_fail(w, CNG_ERR_BAD_DATA);
	} else {
		memcpy(text, field.bytes.ptr, field.bytes.len);
	}
	walk_emit(w, &field);
	return field.bytes;
}

/* From behind the magic on. */
static void
transport_fields(struct walk *w, struct blob_transport *out)
{
	size_t serial_len, sealed_len;

	if (walk_u32(w, "dwVersion") != TRANSPORT_VERSION)
		walk_fail(w, CNG_ERR_BAD_DATA);
	serial_len = walk_u32(w, "cbSerial");
	sealed_len = walk_u32(w, "cbSealed");
	out->serial = serial_field(w, "TokenSerial", serial_len);
	out->bound = span_of(w->blob.ptr, w->blob.len - w->in.left);
	out->sealed = walk_bytes(w, "SealedKey", sealed_len,
	    BLOB_FIELD_BYTES);
}

static enum cng_status
opaque_fields(struct walk *w, struct blob_transport *out)
{
	uint32_t magic = walk_magic(w, "Magic");
	enum cng_status st;

	if (magic == MAGIC_CNGT)
		transport_fields(w, out);
	else if (magic == MAGIC_MIB1)
		mib1_fields(w);
	else
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	st = walk_end(w);
	return st == CNG_OK && magic != MAGIC_CNGT ? CNG_ERR_NOT_SUPPORTED :
						     st;
}

enum cng_status
opaque_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	struct blob_transport blob;
	enum cng_status st = opaque_fields(w, &blob);

	(void)type;
	(void)params;
	return st == CNG_OK && out != NULL ? CNG_ERR_ARGUMENT : st;
}

enum cng_status
blob_transport_read(struct span in, struct blob_transport *out)
{
	struct walk w = walk_of(in, NULL, NULL);
	struct blob_transport blob = { 0 };
	enum cng_status st = opaque_fields(&w, &blob);

	*out = st == CNG_OK ? blob : (struct blob_transport){ 0 };
	return st;
}

enum cng_status
blob_transport_write(struct span serial, size_t sealed_len, struct wr *out)
{
	if (!serial_ok(serial) || sealed_len > UINT32_MAX)
		return CNG_ERR_ARGUMENT;
	wr_u32le(out, MAGIC_CNGT);
	wr_u32le(out, TRANSPORT_VERSION);
	wr_u32le(out, (uint32_t)serial.len);
	wr_u32le(out, (uint32_t)sealed_len);
	wr_bytes(out, serial);
	return wr_status(out);
}
