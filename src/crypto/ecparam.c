/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EC domain parameters and points.  Explicit parameters are accepted when
 * every number is that of a curve in the table.
 */
#include "crypto/asn1_internal.h"

#include <openssl/asn1t.h>
#include <openssl/ec.h>
#include <openssl/objects.h>

#include "crypto/internal.h"

#define EXPLICIT_VERSION 1
#define POINT_UNCOMPRESSED 4
#define POINT_MAX (1 + 2 * 66)

struct ec_field {
	ASN1_OBJECT *type;
	ASN1_TYPE *value;
};

struct ec_equation {
	ASN1_OCTET_STRING *a;
	ASN1_OCTET_STRING *b;
	ASN1_BIT_STRING *seed;
};

struct ec_explicit {
	ASN1_INTEGER *version;
	struct ec_field *field;
	struct ec_equation *equation;
	ASN1_OCTET_STRING *base;
	ASN1_INTEGER *order;
	ASN1_INTEGER *cofactor;
};

ASN1_SEQUENCE(ec_field) = {
	ASN1_SIMPLE(struct ec_field, type, ASN1_OBJECT),
	ASN1_SIMPLE(struct ec_field, value, ASN1_ANY),
} static_ASN1_SEQUENCE_END_name(struct ec_field, ec_field)

ASN1_SEQUENCE(ec_equation) = {
	ASN1_SIMPLE(struct ec_equation, a, ASN1_OCTET_STRING),
	ASN1_SIMPLE(struct ec_equation, b, ASN1_OCTET_STRING),
	ASN1_OPT(struct ec_equation, seed, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END_name(struct ec_equation, ec_equation)

ASN1_SEQUENCE(ec_explicit) = {
	ASN1_SIMPLE(struct ec_explicit, version, ASN1_INTEGER),
	ASN1_SIMPLE(struct ec_explicit, field, ec_field),
	ASN1_SIMPLE(struct ec_explicit, equation, ec_equation),
	ASN1_SIMPLE(struct ec_explicit, base, ASN1_OCTET_STRING),
	ASN1_SIMPLE(struct ec_explicit, order, ASN1_INTEGER),
	ASN1_OPT(struct ec_explicit, cofactor, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END_name(struct ec_explicit, ec_explicit)

ASN1_OBJECT *
ec_curve_object(enum key_curve curve)
{
	const struct curve_info *info = curve_info(curve);
	const unsigned char *at;

	if (info == NULL)
		return NULL;
	at = info->oid_der.ptr;
	return d2i_ASN1_OBJECT(NULL, &at, (long)info->oid_der.len);
}

static const EC_GROUP *
group_of(enum key_curve curve)
{
	struct crypto_lib *lib = lib_get();

	return lib == NULL ? NULL : lib_group(lib, curve);
}

static bool
same_number(const BIGNUM *number, struct span bytes)
{
	BIGNUM *other = BN_bin2bn(bytes.ptr, (int)bytes.len, NULL);
	bool same = other != NULL && BN_cmp(number, other) == 0;

	BN_free(other);
	return same;
}

static bool
same_base(const EC_GROUP *group, struct span base)
{
	EC_POINT *point = EC_POINT_new(group);
	bool same = point != NULL &&
	    EC_POINT_oct2point(group, point, base.ptr, base.len, NULL) == 1 &&
	    EC_POINT_cmp(group, point, EC_GROUP_get0_generator(group),
		NULL) == 0;

	EC_POINT_free(point);
	return same;
}

static bool
same_seed(const EC_GROUP *group, const ASN1_BIT_STRING *seed)
{
	struct span ours = span_of(EC_GROUP_get0_seed(group),
	    EC_GROUP_get_seed_len(group));

	return seed == NULL || (asn1_unused_bits(seed) == 0 &&
				   span_equal(ours, asn1_bytes(seed)));
}

/* prime, order and cofactor were checked to be numbers. */
static bool
is_curve(enum key_curve curve, const struct ec_explicit *given,
    struct span prime, struct span order, struct span cofactor)
{
	const EC_GROUP *group = group_of(curve);
	BIGNUM *p = BN_new(), *a = BN_new(), *b = BN_new();
	bool same = false;

	if (group != NULL && p != NULL && a != NULL && b != NULL &&
	    EC_GROUP_get_curve(group, p, a, b, NULL) == 1)
		same = same_number(p, prime) &&
		    same_number(a, asn1_bytes(given->equation->a)) &&
		    same_number(b, asn1_bytes(given->equation->b)) &&
		    same_number(EC_GROUP_get0_order(group), order) &&
		    (given->cofactor == NULL ||
			same_number(EC_GROUP_get0_cofactor(group),
			    cofactor)) &&
		    same_seed(group, given->equation->seed) &&
		    same_base(group, asn1_bytes(given->base));
	BN_free(p);
	BN_free(a);
	BN_free(b);
	return same;
}

static enum cng_status
find_explicit(const struct ec_explicit *given, enum key_curve *out)
{
	struct span prime, order, cofactor = { 0 };
	uint64_t version;

	if (!asn1_small(given->version, &version) ||
	    version != EXPLICIT_VERSION)
		return CNG_ERR_BAD_DATA;
	if (OBJ_obj2nid(given->field->type) != NID_X9_62_prime_field)
		return CNG_ERR_BAD_CURVE;
	if (given->field->value->type != V_ASN1_INTEGER ||
	    !asn1_number(given->field->value->value.integer, &prime) ||
	    !asn1_number(given->order, &order) ||
	    (given->cofactor != NULL &&
		!asn1_number(given->cofactor, &cofactor)))
		return CNG_ERR_BAD_DATA;
	for (int i = CURVE_NONE + 1; i < CURVE_COUNT; i++) {
		const struct curve_info *info = curve_info((enum key_curve)i);

		if (info != NULL && number_bits(prime) == info->bits &&
		    is_curve((enum key_curve)i, given, prime, order,
			cofactor)) {
			*out = (enum key_curve)i;
			return CNG_OK;
		}
	}
	return CNG_ERR_BAD_CURVE;
}

static enum cng_status
curve_of_explicit(struct span der, enum key_curve *out)
{
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(ec_explicit));
	if (st != CNG_OK)
		return st;
	st = find_explicit(value, out);
	ASN1_item_free(value, ASN1_ITEM_rptr(ec_explicit));
	return st;
}

static enum cng_status
curve_of_object(const ASN1_OBJECT *object, enum key_curve *out)
{
	unsigned char der[32], *at = der;
	int len = i2d_ASN1_OBJECT(object, NULL);

	if (len <= 0 || (size_t)len > sizeof der)
		return CNG_ERR_BAD_CURVE;
	(void)i2d_ASN1_OBJECT(object, &at);
	return curve_from_oid(span_of(der, (size_t)len), out);
}

enum cng_status
ec_curve_of_any(int type, const void *value, enum key_curve *out)
{
	switch (type) {
	case V_ASN1_OBJECT:
		return curve_of_object(value, out);
	case V_ASN1_SEQUENCE:
		return curve_of_explicit(asn1_bytes(value), out);
	case V_ASN1_NULL: /* "the same as the CA's" */
		return CNG_ERR_BAD_CURVE;
	default:
		return CNG_ERR_BAD_DATA;
	}
}

enum cng_status
ec_params_decode(struct span der, enum key_curve *out)
{
	ASN1_TYPE *any;
	void *value;
	enum cng_status st = asn1_enter();

	if (st != CNG_OK)
		return st;
	st = asn1_parse(&value, der, ASN1_ITEM_rptr(ASN1_ANY));
	if (st == CNG_OK) {
		any = value;
		st = ec_curve_of_any(any->type, any->value.ptr, out);
		ASN1_TYPE_free(any);
	}
	return asn1_leave(st);
}

/* --- points ----------------------------------------------------------- */

static enum cng_status
set_xy(struct key_material *key, struct span xy)
{
	size_t half = xy.len / 2;
	enum cng_status st = key_set(key, EC_X, span_of(xy.ptr, half));

	if (st == CNG_OK)
		st = key_set(key, EC_Y, span_of(xy.ptr + half, half));
	return st;
}

static enum cng_status
set_compressed(struct key_material *key, struct span raw)
{
	const EC_GROUP *group = group_of(key->curve);
	EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
	uint8_t full[POINT_MAX];
	enum cng_status st = CNG_ERR_NO_MEMORY;
	size_t len;

	if (point == NULL)
		goto out;
	st = CNG_ERR_BAD_PUBLIC_KEY;
	if (EC_POINT_oct2point(group, point, raw.ptr, raw.len, NULL) != 1)
		goto out;
	len = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED,
	    full, sizeof full, NULL);
	st = len < 1 ? CNG_ERR_INTERNAL :
		       set_xy(key, span_of(full + 1, len - 1));
out:
	EC_POINT_free(point);
	return st;
}

enum cng_status
ec_point_set(struct key_material *key, struct span raw)
{
	const struct curve_info *curve = curve_info(key->curve);
	size_t field;

	if (curve == NULL)
		return CNG_ERR_BAD_CURVE;
	field = curve->field_bytes;
	if (raw.len == 1 + 2 * field && raw.ptr[0] == POINT_UNCOMPRESSED)
		return set_xy(key, span_of(raw.ptr + 1, 2 * field));
	if (raw.len == 1 + field && (raw.ptr[0] == 2 || raw.ptr[0] == 3))
		return set_compressed(key, raw);
	return CNG_ERR_BAD_DATA;
}

enum cng_status
ec_point_raw(struct secret *out, const struct key_material *key)
{
	const struct curve_info *curve = curve_info(key->curve);
	struct span x = key_part(key, EC_X), y = key_part(key, EC_Y);
	enum cng_status st;
	struct wr w;

	*out = (struct secret){ 0 };
	if (key->family != KEY_EC || curve == NULL ||
	    x.len != curve->field_bytes || y.len != curve->field_bytes)
		return CNG_ERR_BAD_TYPE;
	st = secret_new(out, 1 + 2 * curve->field_bytes);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	wr_u8(&w, POINT_UNCOMPRESSED);
	wr_bytes(&w, x);
	wr_bytes(&w, y);
	return wr_status(&w);
}

/* A raw point and an OCTET STRING may both begin with 04: the lengths of
 * the curve tell them apart. */
enum cng_status
ec_point_decode(struct key_material *key, struct span point)
{
	const struct curve_info *curve = curve_info(key->curve);
	void *value;
	enum cng_status st;

	if (key->family != KEY_EC || curve == NULL)
		return CNG_ERR_ARGUMENT;
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	if (point.len == 1 + 2 * curve->field_bytes ||
	    point.len == 1 + curve->field_bytes) {
		st = ec_point_set(key, point);
	} else {
		st = asn1_parse(&value, point,
		    ASN1_ITEM_rptr(ASN1_OCTET_STRING));
		if (st == CNG_OK) {
			st = ec_point_set(key, asn1_bytes(value));
			ASN1_OCTET_STRING_free(value);
		}
	}
	return asn1_leave(st);
}

enum cng_status
ec_point_encode(const struct key_material *key, struct wr *out)
{
	ASN1_OCTET_STRING *octets = NULL;
	struct secret raw = { 0 };
	enum cng_status st = asn1_enter();

	if (st != CNG_OK)
		return st;
	st = ec_point_raw(&raw, key);
	if (st != CNG_OK)
		goto out;
	octets = ASN1_OCTET_STRING_new();
	if (octets == NULL || !asn1_set(octets, secret_span(&raw)))
		st = CNG_ERR_NO_MEMORY;
	else
		st = asn1_put(out, octets, ASN1_ITEM_rptr(ASN1_OCTET_STRING));
out:
	ASN1_OCTET_STRING_free(octets);
	secret_free(&raw);
	return asn1_leave(st);
}
