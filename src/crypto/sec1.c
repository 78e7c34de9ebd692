/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ECPrivateKey of SEC 1 (RFC 5915).
 */
#include "crypto/asn1_internal.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>

#define SEC1_VERSION 1

struct ec_private {
	ASN1_INTEGER *version;
	ASN1_OCTET_STRING *d;
	ASN1_TYPE *params;
	ASN1_BIT_STRING *point;
};

static int
wipe_scalar(int operation, ASN1_VALUE **value, const ASN1_ITEM *it,
    void *arg)
{
	struct ec_private *ec = (struct ec_private *)*value;

	(void)it;
	(void)arg;
	if (operation == ASN1_OP_FREE_PRE)
		asn1_wipe(ec->d);
	return 1;
}

ASN1_SEQUENCE_cb(ec_private, wipe_scalar) = {
	ASN1_SIMPLE(struct ec_private, version, ASN1_INTEGER),
	ASN1_SIMPLE(struct ec_private, d, ASN1_OCTET_STRING),
	ASN1_EXP_OPT(struct ec_private, params, ASN1_ANY, 0),
	ASN1_EXP_OPT(struct ec_private, point, ASN1_BIT_STRING, 1),
} static_ASN1_SEQUENCE_END_cb(struct ec_private, ec_private)

static bool
same_curve(const struct key_material *a, const struct key_material *b)
{
	for (int part = EC_P; part <= EC_H; part++)
		if (!span_equal(key_part(a, (enum key_part)part),
			key_part(b, (enum key_part)part)))
			return false;
	return a->curve == b->curve;
}

/* The curve stands here, in the algorithm identifier, or in both: then both
 * must say the same. */
static enum cng_status
find_curve(struct key_material *out, const struct ec_private *ec)
{
	struct key_material inner = { .family = KEY_EC };
	enum cng_status st;

	if (ec->params == NULL)
		return out->curve == CURVE_NONE ? CNG_ERR_BAD_CURVE : CNG_OK;
	st = ec_curve_of_any(&inner, ec->params->type,
	    ec->params->value.ptr);
	if (st == CNG_OK && out->curve == CURVE_NONE) {
		out->curve = inner.curve;
		for (size_t i = 0; i < KEY_PART_MAX; i++)
			secret_move(&out->part[i], &inner.part[i]);
	} else if (st == CNG_OK && !same_curve(out, &inner)) {
		st = CNG_ERR_BAD_DATA;
	}
	key_free(&inner);
	return st;
}

static enum cng_status
take(struct key_material *out, const struct ec_private *ec)
{
	struct span d = asn1_bytes(ec->d);
	enum cng_status st;

	if (span_trim(d).len == 0)
		return CNG_ERR_BAD_DATA;
	st = key_set(out, EC_D, d);
	if (st != CNG_OK || ec->point == NULL)
		return st;
	if (asn1_unused_bits(ec->point) != 0)
		return CNG_ERR_BAD_DATA;
	return ec_point_set(out, asn1_bytes(ec->point));
}

enum cng_status
sec1_decode(struct key_material *out, struct span der)
{
	struct ec_private *ec;
	void *value;
	uint64_t version;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(ec_private));
	if (st != CNG_OK)
		return st;
	ec = value;
	out->family = KEY_EC;
	out->has_private = true;
	st = find_curve(out, ec);
	if (st == CNG_OK && (!asn1_small(ec->version, &version) ||
				version != SEC1_VERSION))
		st = CNG_ERR_BAD_DATA;
	if (st == CNG_OK)
		st = take(out, ec);
	ASN1_item_free(value, ASN1_ITEM_rptr(ec_private));
	return st;
}

/* Optional parts have to be made first. */
static bool
fill(struct ec_private *ec, const struct key_material *key,
    struct span point)
{
	ec->params = ec_curve_any(key);
	ec->point = ASN1_BIT_STRING_new();
	if (ec->params == NULL || ec->point == NULL)
		return false;
	asn1_no_unused_bits(ec->point);
	return asn1_set(ec->point, point) &&
	    asn1_set(ec->d, key_part(key, EC_D)) &&
	    ASN1_INTEGER_set_uint64(ec->version, SEC1_VERSION) == 1;
}

enum cng_status
sec1_encode(struct secret *out, const struct key_material *key)
{
	struct secret point;
	ASN1_VALUE *value;
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (!key->has_private || key_part(key, EC_D).len == 0)
		return CNG_ERR_BAD_TYPE;
	st = ec_point_raw(&point, key);
	if (st != CNG_OK)
		return st;
	value = ASN1_item_new(ASN1_ITEM_rptr(ec_private));
	if (value == NULL ||
	    !fill((struct ec_private *)value, key, secret_span(&point)))
		st = CNG_ERR_NO_MEMORY;
	else
		st = asn1_write(out, value, ASN1_ITEM_rptr(ec_private));
	ASN1_item_free(value, ASN1_ITEM_rptr(ec_private));
	secret_free(&point);
	return st;
}
