/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Owned bytes that are wiped before they are freed.
 */
#include "base/secret.h"

#include "base/alloc.h"
#include "base/util.h"

void
wipe(void *ptr, size_t len)
{
	if (len > 0)
		explicit_bzero(ptr, len);
}

enum cng_status
secret_new(struct secret *out, size_t len)
{
	*out = (struct secret){ 0 };
	if (len == 0)
		return CNG_OK;
	if (len > SECRET_MAX)
		return CNG_ERR_NO_MEMORY;
	out->ptr = mem_new(len, 1);
	if (out->ptr == NULL)
		return CNG_ERR_NO_MEMORY;
	out->len = len;
	return CNG_OK;
}

enum cng_status
secret_copy(struct secret *out, struct span from)
{
	enum cng_status st = secret_new(out, from.len);

	if (st == CNG_OK && from.len > 0)
		memcpy(out->ptr, from.ptr, from.len);
	return st;
}

enum cng_status
secret_replace(struct secret *s, struct span from)
{
	struct secret fresh;
	enum cng_status st = secret_copy(&fresh, from);

	if (st == CNG_OK)
		secret_move(s, &fresh);
	return st;
}

enum cng_status
secret_append(struct secret *s, struct span more)
{
	struct secret grown;
	size_t len;
	enum cng_status st;

	if (!size_add(s->len, more.len, &len))
		return CNG_ERR_NO_MEMORY;
	st = secret_new(&grown, len);
	if (st != CNG_OK)
		return st;
	if (s->len > 0)
		memcpy(grown.ptr, s->ptr, s->len);
	if (more.len > 0)
		memcpy(grown.ptr + s->len, more.ptr, more.len);
	secret_move(s, &grown);
	return CNG_OK;
}

void
secret_truncate(struct secret *s, size_t len)
{
	if (len >= s->len)
		return;
	wipe(s->ptr + len, s->len - len);
	s->len = len;
	if (len == 0)
		secret_free(s);
}

void
secret_free(struct secret *s)
{
	if (s == NULL || s->ptr == NULL)
		return;
	wipe(s->ptr, s->len);
	mem_free(s->ptr);
	*s = (struct secret){ 0 };
}

void
secret_move(struct secret *to, struct secret *from)
{
	struct secret moved = *from;

	*from = (struct secret){ 0 };
	secret_free(to);
	*to = moved;
}

bool
secret_equal(struct span a, struct span b)
{
	unsigned diff = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		diff |= (unsigned)(a.ptr[i] ^ b.ptr[i]);
	return diff == 0;
}
