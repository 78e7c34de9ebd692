/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Base64 for JSON Web Keys.
 */
#include "cli/base64url.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789-_";

static bool
value_of(uint8_t c, uint32_t *out)
{
	const char *at = c == '\0' ? NULL : strchr(alphabet, c);

	if (at == NULL)
		return false;
	*out = (uint32_t)(at - alphabet);
	return true;
}

static enum cng_status
decode_all(uint8_t *out, struct span text)
{
	uint32_t bits = 0, value;
	unsigned held = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (!value_of(text.ptr[i], &value))
			return CNG_ERR_BAD_DATA;
		bits = bits << 6 | value;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		*out++ = (uint8_t)(bits >> held);
		bits &= (1u << held) - 1;
	}
	return bits == 0 ? CNG_OK : CNG_ERR_BAD_DATA;
}

enum cng_status
base64url_decode(struct secret *out, struct span text)
{
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (text.len % 4 == 1 || text.len > SECRET_MAX)
		return CNG_ERR_BAD_DATA;
	st = secret_new(out, text.len / 4 * 3 + text.len % 4 * 3 / 4);
	if (st != CNG_OK)
		return st;
	st = decode_all(out->ptr, text);
	if (st != CNG_OK)
		secret_free(out);
	return st;
}

enum cng_status
base64url_encode(struct secret *out, struct span bytes)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t used = 0;
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (bytes.len > SECRET_MAX / 2)
		return CNG_ERR_DATA_SIZE;
	st = secret_new(out, (bytes.len * 4 + 2) / 3 + 1);
	if (st != CNG_OK)
		return st;
	for (size_t i = 0; i < bytes.len; i++) {
		bits = bits << 8 | bytes.ptr[i];
		held += 8;
		while (held >= 6) {
			held -= 6;
			out->ptr[used++] =
			    (uint8_t)alphabet[bits >> held & 63];
		}
	}
	if (held > 0)
		out->ptr[used++] = (uint8_t)alphabet[bits << (6 - held) & 63];
	out->ptr[used] = '\0';
	out->len = used;
	return CNG_OK;
}
