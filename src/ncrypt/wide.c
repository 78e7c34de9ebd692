/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The strings of Windows: 16-bit units, closed by a NUL.
 */
#include "ncrypt/face.h"

#include "base/utf16.h"
#include "base/util.h"

bool
wide_is(LPCWSTR wide, const char *ascii)
{
	size_t i = 0;

	while (ascii[i] != '\0' && wide[i] == (unsigned char)ascii[i])
		i++;
	return ascii[i] == '\0' && wide[i] == 0;
}

enum cng_status
wide_read(struct secret *out, LPCWSTR wide, size_t most)
{
	struct secret bytes = { 0 };
	struct wr w;
	size_t len = 0;
	enum cng_status st;

	if (wide == NULL)
		return CNG_ERR_ARGUMENT;
	while (len <= most && wide[len] != 0)
		len++;
	if (len == 0 || len > most)
		return CNG_ERR_ARGUMENT;
	st = secret_new(&bytes, 2 * len);
	if (st != CNG_OK)
		return st;
	w = wr_of(bytes.ptr, bytes.len);
	for (size_t i = 0; i < len; i++)
		wr_u16le(&w, wide[i]);
	st = wide_read_bytes(out, secret_span(&bytes));
	secret_free(&bytes);
	return st;
}

enum cng_status
wide_read_bytes(struct secret *out, struct span bytes)
{
	enum cng_status st;

	if (bytes.len == 0)
		return CNG_OK;
	st = utf8_from_utf16le(out, bytes);
	return st == CNG_OK || st == CNG_ERR_NO_MEMORY ? st :
							  CNG_ERR_ARGUMENT;
}

void
wide_write(struct wr *out, struct span utf8)
{
	if (utf16le_write(out, utf8, true) == CNG_ERR_BAD_DATA)
		out->failed = true;
}

size_t
wide_size(struct span utf8)
{
	struct wr w = wr_of(NULL, 0);

	wide_write(&w, utf8);
	return w.len;
}

LPWSTR
wide_put(uint8_t **place, struct span utf8)
{
	size_t size = wide_size(utf8);
	struct wr w = wr_of(*place, size);
	void *start = *place;

	wide_write(&w, utf8);
	*place += size;
	return start;
}

enum cng_status
wide_read_curve(struct secret *name, enum key_curve *out, struct span bytes)
{
	const struct curve_info *info = NULL;
	enum cng_status st = wide_read_bytes(name, bytes);

	*out = CURVE_NONE;
	if (st == CNG_OK)
		st = curve_from_text(secret_span(name), out);
	if (st != CNG_OK)
		return st;
	info = curve_info(*out);
	/* as Windows spells it, and no other way */
	if (info->cng_name != NULL &&
	    span_equal(secret_span(name), span_str(info->cng_name)))
		return CNG_OK;
	for (size_t i = 0; i < ARRAY_LEN(info->alias); i++)
		if (info->cng_name != NULL && info->alias[i] != NULL &&
		    span_equal(secret_span(name), span_str(info->alias[i])))
			return CNG_OK;
	return CNG_ERR_BAD_CURVE;
}
