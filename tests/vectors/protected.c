/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Vectors of ProtectedKeyBlob.
 */
#include "protected.h"

#include <stdio.h>

#include "base/text.h"

#define GUID 36

/* The first three numbers of a GUID are little-endian. */
static void
swap(uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len / 2; i++) {
		uint8_t byte = bytes[i];

		bytes[i] = bytes[len - 1 - i];
		bytes[len - 1 - i] = byte;
	}
}

static struct secret
roots_file(const char *folder, const char *expect)
{
	static const char roots[] = "KDS roots in ";
	const char *at = strstr(expect, roots);
	struct secret out = { 0 };
	char name[256];

	if (at == NULL)
		return out;
	at += sizeof roots - 1;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(at, "; "), at);
	if (!read_file(&out, folder, name))
		secret_free(&out);
	return out;
}

struct secret
protected_roots(const char *folder, const char *expect)
{
	static const char name[] = "KDS root key ";
	const char *at = strstr(expect, name);
	char hex[2 * 80 + 1] = "";
	struct secret out = { 0 };
	size_t len = 0;

	if (at == NULL)
		return roots_file(folder, expect);
	at += sizeof name - 1;
	for (size_t i = 0; i < GUID && at[i] != '\0'; i++)
		if (at[i] != '-')
			hex[len++] = at[i];
	at = strstr(at, " = ");
	for (at = at == NULL ? "" : at + 3;
	     strchr("; ", *at) == NULL && len < sizeof hex - 1; at++)
		hex[len++] = *at;
	if (hex_decode(&out, hex) != CNG_OK || out.len < 16)
		return out;
	swap(out.ptr, 4);
	swap(out.ptr + 4, 2);
	swap(out.ptr + 6, 2);
	return out;
}

struct span
protected_plain(const char *expect)
{
	static const char name[] = "decrypting to ";
	const char *at = strstr(expect, name);

	if (at == NULL)
		return span_of(NULL, 0);
	at += sizeof name - 1;
	return span_of(at, strcspn(at, "; "));
}

enum cng_status
protected_inner(struct span in, const struct blob_params *params,
    enum blob_type inner, struct secret *out)
{
	struct wr w = wr_of(NULL, 0);
	struct key_material key;
	enum cng_status st = blob_decode(BLOB_PROTECTEDKEY, in, params, &key);

	if (st == CNG_OK)
		st = blob_encode(inner, &key, NULL, &w);
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		st = blob_encode(inner, &key, NULL, &w);
	}
	key_free(&key);
	return st;
}
