/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers of the ASN.1 files: parse exactly, write, look at one element.
 */
#include "crypto/asn1_internal.h"

#include <limits.h>

#include <openssl/crypto.h>
#include <openssl/objects.h>

#include "crypto/internal.h"

enum cng_status
asn1_enter(void)
{
	enum cng_status st = crypto_start();

	if (st == CNG_OK)
		err_enter();
	return st;
}

enum cng_status
asn1_leave(enum cng_status st)
{
	return err_leave(st);
}

enum cng_status
asn1_parse(void **out, struct span der, const ASN1_ITEM *it)
{
	const unsigned char *at = der.ptr;
	ASN1_VALUE *value;

	*out = NULL;
	if (der.len == 0 || der.len > SECRET_MAX)
		return CNG_ERR_BAD_DATA;
	value = ASN1_item_d2i(NULL, &at, (long)der.len, it);
	if (value == NULL)
		return CNG_ERR_BAD_DATA; /* asn1_leave knows better */
	if (at != der.ptr + der.len) {
		ASN1_item_free(value, it);
		return CNG_ERR_BAD_DATA;
	}
	*out = value;
	return CNG_OK;
}

enum cng_status
asn1_write(struct secret *out, const void *value, const ASN1_ITEM *it)
{
	int len = ASN1_item_i2d(value, NULL, it);
	unsigned char *at;
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (len <= 0)
		return CNG_ERR_NO_MEMORY;
	st = secret_new(out, (size_t)len);
	if (st != CNG_OK)
		return st;
	at = out->ptr;
	if (ASN1_item_i2d(value, &at, it) == len)
		return CNG_OK;
	secret_free(out);
	return CNG_ERR_INTERNAL;
}

enum cng_status
asn1_put(struct wr *out, const void *value, const ASN1_ITEM *it)
{
	struct secret der;
	enum cng_status st = asn1_write(&der, value, it);

	if (st != CNG_OK)
		return st;
	wr_bytes(out, secret_span(&der));
	secret_free(&der);
	return wr_status(out);
}

bool
asn1_next(struct span *in, struct asn1_element *out)
{
	const unsigned char *at = in->ptr;
	long len = 0;
	int tag = 0, class = 0, flags;
	size_t whole;

	if (in->len == 0 || in->len > SECRET_MAX)
		return false;
	flags = ASN1_get_object(&at, &len, &tag, &class, (long)in->len);
	/* 0x80: malformed or longer than the input; 1: indefinite length */
	if (flags & 0x80 || flags & 1 || len < 0)
		return false;
	out->tag = tag;
	out->context = class == V_ASN1_CONTEXT_SPECIFIC;
	out->content = span_of(at, (size_t)len);
	whole = (size_t)(at - in->ptr) + (size_t)len;
	out->whole = span_of(in->ptr, whole);
	*in = span_of(in->ptr + whole, in->len - whole);
	return true;
}

bool
asn1_number(const ASN1_INTEGER *integer, struct span *out)
{
	if (ASN1_STRING_type(integer) != V_ASN1_INTEGER)
		return false;
	*out = span_trim(asn1_bytes(integer));
	return true;
}

bool
asn1_small(const ASN1_INTEGER *integer, uint64_t *out)
{
	uint64_t value;

	if (ASN1_STRING_type(integer) != V_ASN1_INTEGER ||
	    ASN1_INTEGER_get_uint64(&value, integer) != 1)
		return false;
	*out = value;
	return true;
}

bool
asn1_set(ASN1_STRING *s, struct span value)
{
	return value.len <= INT_MAX &&
	    ASN1_STRING_set(s, value.ptr, (int)value.len) == 1;
}

void
asn1_wipe(ASN1_STRING *s)
{
	if (s != NULL && s->data != NULL && s->length > 0)
		OPENSSL_cleanse(s->data, (size_t)s->length);
}

unsigned
asn1_unused_bits(const ASN1_BIT_STRING *bits)
{
	return (unsigned)bits->flags & 7u;
}

void
asn1_no_unused_bits(ASN1_BIT_STRING *bits)
{
	bits->flags &= ~(long)(ASN1_STRING_FLAG_BITS_LEFT | 7);
	bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
}

void
asn1_object_text(char *out, size_t size, const ASN1_OBJECT *object)
{
	if (OBJ_obj2txt(out, (int)size, object, 0) <= 0)
		out[0] = '\0';
}
