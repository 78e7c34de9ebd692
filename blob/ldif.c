/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LDIF: "name: value", "name:: base64", lines that begin with a blank go on
 * the one before, an empty line ends a record.
 */
#include "blob/ldif.h"

#include "base/wr.h"

void
ldif_free(struct ldif_line *line)
{
	secret_free(&line->value);
	*line = (struct ldif_line){ 0 };
}

/* Up to the end of the line, which is consumed; CR LF will do, too. */
static struct span
physical_line(struct rd *in)
{
	struct span line = { in->ptr, 0 };
	uint8_t byte;

	while (rd_u8(in, &byte) && byte != '\n')
		line.len++;
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool
continuation(struct rd *in, struct span *out)
{
	struct span line;

	if (in->left == 0 || in->ptr[0] != ' ')
		return false;
	line = physical_line(in);
	*out = span_of(line.ptr + 1, line.len - 1);
	return true;
}

/* A line with those that continue it, counted first: there may be many.  An
 * empty one is not continued. */
static enum cng_status
logical_line(struct rd *in, struct secret *out)
{
	struct span line = physical_line(in), more;
	struct rd ahead = *in;
	size_t len = line.len;
	struct wr w;
	enum cng_status st;

	secret_free(out);
	if (line.len == 0)
		return CNG_OK;
	while (continuation(&ahead, &more))
		len += more.len;
	st = secret_new(out, len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	wr_bytes(&w, line);
	while (continuation(in, &more))
		wr_bytes(&w, more);
	return wr_status(&w);
}

static bool
base64_digit(uint8_t c, uint32_t *out)
{
	if (c >= 'A' && c <= 'Z')
		*out = (uint32_t)(c - 'A');
	else if (c >= 'a' && c <= 'z')
		*out = (uint32_t)(c - 'a') + 26;
	else if (c >= '0' && c <= '9')
		*out = (uint32_t)(c - '0') + 52;
	else if (c == '+')
		*out = 62;
	else if (c == '/')
		*out = 63;
	else
		return false;
	return true;
}

static enum cng_status
base64_decode(struct secret *out, struct span text)
{
	size_t filled = 0, len = 0;
	uint32_t bits = 0, digit;
	enum cng_status st;

	if (text.len == 0 || text.len % 4 != 0)
		return CNG_ERR_BAD_DATA;
	while (filled < 2 && text.ptr[text.len - 1] == '=') {
		text.len--;
		filled++;
	}
	st = secret_new(out, (text.len + filled) / 4 * 3 - filled);
	for (size_t i = 0; st == CNG_OK && i < text.len; i++) {
		if (!base64_digit(text.ptr[i], &digit)) {
			st = CNG_ERR_BAD_DATA;
			break;
		}
		bits = bits << 6 | digit;
		/* three bytes in four digits */
		if (i % 4 > 0)
			out->ptr[len++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
	}
	/* nothing may hide in bits that are not used */
	if (st == CNG_OK && filled > 0 &&
	    (bits & (filled == 1 ? 3u : 15u)) != 0)
		st = CNG_ERR_BAD_DATA;
	if (st != CNG_OK)
		secret_free(out);
	return st;
}

static enum cng_status
split(struct ldif_line *out, struct span line)
{
	const uint8_t *colon = memchr(line.ptr, ':', line.len);
	size_t name_len = colon == NULL ? 0 : (size_t)(colon - line.ptr);
	struct span value;
	bool coded;

	if (name_len == 0 || name_len >= sizeof out->name)
		return CNG_ERR_BAD_DATA;
	memcpy(out->name, line.ptr, name_len);
	out->name[name_len] = '\0';
	value = span_of(colon + 1, line.len - name_len - 1);
	coded = value.len > 0 && value.ptr[0] == ':';
	if (coded)
		value = span_of(value.ptr + 1, value.len - 1);
	while (value.len > 0 && value.ptr[0] == ' ')
		value = span_of(value.ptr + 1, value.len - 1);
	return coded && value.len > 0 ? base64_decode(&out->value, value) :
					secret_copy(&out->value, value);
}

enum cng_status
ldif_next(struct rd *in, struct ldif_line *out)
{
	struct secret line = { 0 };
	enum cng_status st = CNG_OK;

	ldif_free(out);
	do {
		if (in->left == 0) {
			secret_free(&line);
			return CNG_ERR_NOT_FOUND;
		}
		st = logical_line(in, &line);
	} while (st == CNG_OK && line.len > 0 && line.ptr[0] == '#');
	if (st == CNG_OK && line.len > 0)
		st = split(out, secret_span(&line));
	secret_free(&line);
	return st;
}
