/* SPDX-License-Identifier: BSD-2-Clause
 *
 * zlib, with an end to what comes out.
 */
#include "store/card/inflate.h"

#include <zlib.h>

#define WINDOW_ANY (15 + 32)    /* zlib finds out which of the two it is */

enum cng_status
inflate_bytes(struct span in, struct secret *out)
{
	z_stream z = { 0 };
	struct secret room = { 0 };
	enum cng_status st;
	int rc;

	*out = (struct secret){ 0 };
	if (in.len == 0 || in.len > INFLATE_MAX)
		return CNG_ERR_DEVICE;
	st = secret_new(&room, INFLATE_MAX);
	if (st != CNG_OK)
		return st;
	if (inflateInit2(&z, WINDOW_ANY) != Z_OK) {
		secret_free(&room);
		return CNG_ERR_NO_MEMORY;
	}
	/* zlib does not write there; its field lacks the const */
	memcpy(&z.next_in, &in.ptr, sizeof z.next_in);
	z.avail_in = (uInt)in.len;
	z.next_out = room.ptr;
	z.avail_out = (uInt)room.len;
	rc = inflate(&z, Z_FINISH);
	st = rc == Z_STREAM_END ? secret_copy(out,
	    span_of(room.ptr, room.len - z.avail_out)) : CNG_ERR_DEVICE;
	inflateEnd(&z);
	secret_free(&room);
	return st;
}

enum cng_status
deflate_bytes(struct span in, struct secret *out)
{
	uLongf len;
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (in.len > INFLATE_MAX)
		return CNG_ERR_DATA_SIZE;
	len = compressBound((uLong)in.len);
	st = secret_new(out, len);
	if (st != CNG_OK)
		return st;
	if (compress(out->ptr, &len, in.ptr, (uLong)in.len) != Z_OK) {
		secret_free(out);
		return CNG_ERR_NO_MEMORY;
	}
	secret_truncate(out, len);
	return CNG_OK;
}
