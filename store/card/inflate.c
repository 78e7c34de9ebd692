/* SPDX-License-Identifier: BSD-2-Clause
 *
 * zlib, with an end to what comes out.
 */
#include "store/card/inflate.h"

#include <zlib.h>

#define WINDOW_ZLIB 15
#define WINDOW_GZIP (15 + 16)
#define MEM_LEVEL 8
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

static enum cng_status
compress_as(int window, struct span in, struct secret *out)
{
	z_stream z = { 0 };
	enum cng_status st;
	int rc;

	*out = (struct secret){ 0 };
	if (in.len > INFLATE_MAX)
		return CNG_ERR_DATA_SIZE;
	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, window,
		MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return CNG_ERR_NO_MEMORY;
	st = secret_new(out, deflateBound(&z, (uLong)in.len));
	if (st == CNG_OK) {
		memcpy(&z.next_in, &in.ptr, sizeof z.next_in);
		z.avail_in = (uInt)in.len;
		z.next_out = out->ptr;
		z.avail_out = (uInt)out->len;
		rc = deflate(&z, Z_FINISH);
		st = rc == Z_STREAM_END ? CNG_OK : CNG_ERR_INTERNAL;
	}
	if (st == CNG_OK)
		secret_truncate(out, out->len - z.avail_out);
	else
		secret_free(out);
	deflateEnd(&z);
	return st;
}

enum cng_status
deflate_bytes(struct span in, struct secret *out)
{
	return compress_as(WINDOW_ZLIB, in, out);
}

enum cng_status
gzip_bytes(struct span in, struct secret *out)
{
	return compress_as(WINDOW_GZIP, in, out);
}
