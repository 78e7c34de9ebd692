/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names of keys on cards, in the forms of the base provider of Windows.
 */
#include "ncrypt/card.h"

#include "base/util.h"

#define PREFIX "\\\\.\\"
#define PREFIX_LEN 4

/* As long as cards have room for. */
static bool
fits(struct span container)
{
	return wide_size(container) <= (CARD_NAME_UNITS + 1) * sizeof(WCHAR);
}

static enum cng_status
split(struct card_name *out, struct span text)
{
	size_t end = text.len;
	enum cng_status st;

	/* a reader's name may have one, a container's not */
	while (end > PREFIX_LEN && text.ptr[end - 1] != '\\')
		end--;
	if (end <= PREFIX_LEN + 1)
		return CNG_ERR_ARGUMENT;
	st = secret_copy(&out->reader, span_of(text.ptr + PREFIX_LEN,
	    end - 1 - PREFIX_LEN));
	return st == CNG_OK ? secret_copy(&out->container,
	    span_of(text.ptr + end, text.len - end)) : st;
}

enum cng_status
card_name_read(struct card_name *out, struct span text)
{
	enum cng_status st;

	*out = (struct card_name){ .reader = { 0 } };
	if (text.len >= PREFIX_LEN &&
	    memcmp(text.ptr, PREFIX, PREFIX_LEN) == 0)
		st = split(out, text);
	else if (text.len > 0 && memchr(text.ptr, '\\', text.len) != NULL)
		st = CNG_ERR_ARGUMENT;
	else
		st = secret_copy(&out->container, text);
	if (st == CNG_OK && !fits(secret_span(&out->container)))
		st = CNG_ERR_ARGUMENT;
	if (st != CNG_OK)
		card_name_free(out);
	return st;
}

void
card_name_free(struct card_name *name)
{
	secret_free(&name->reader);
	secret_free(&name->container);
}

enum cng_status
card_name_write(struct wr *out, const char *reader, struct span container)
{
	struct span parts[] = { span_str(PREFIX), span_str(reader),
		span_str("\\"), container };
	struct secret all = { 0 };
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(parts); i++)
		st = secret_append(&all, parts[i]);
	if (st == CNG_OK)
		wide_write(out, secret_span(&all));
	secret_free(&all);
	return st;
}
