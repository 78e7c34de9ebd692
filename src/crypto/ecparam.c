/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names of curves, and points, in the forms of PKCS#11 and X.509.
 */
#include "crypto/asn1_internal.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>

#include "base/util.h"
#include "crypto/group.h"

#define POINT_UNCOMPRESSED 4
#define POINT_MAX (1 + 2 * EC_BYTES_MAX)

/* Other names that PKCS#11 gives to the curves of RFC 8410. */
static const struct {
	const char *printable;
	struct span oid_der;
	enum key_curve curve;
} ecx_names[] = {
	{ "curve25519", { (const uint8_t *)"\x06\x0a\x2b\x06\x01\x04"
	    "\x01\x97\x55\x01\x05\x01", 12 }, CURVE_X25519 },
	{ "curve448", { NULL, 0 }, CURVE_X448 },
	{ "edwards25519", { (const uint8_t *)"\x06\x09\x2b\x06\x01\x04"
	    "\x01\xda\x47\x0f\x01", 11 }, CURVE_ED25519 },
	{ "edwards448", { NULL, 0 }, CURVE_ED448 },
};

static enum cng_status
curve_of_der(struct span der, enum key_curve *out)
{
	for (size_t i = 0; i < ARRAY_LEN(ecx_names); i++) {
		if (ecx_names[i].oid_der.len > 0 &&
		    span_equal(der, ecx_names[i].oid_der)) {
			*out = ecx_names[i].curve;
			return CNG_OK;
		}
	}
	return curve_from_oid(der, out);
}

static enum cng_status
curve_of_object(const ASN1_OBJECT *object, enum key_curve *out)
{
	unsigned char der[32], *at = der;
	int len = i2d_ASN1_OBJECT(object, NULL);

	if (len <= 0 || (size_t)len > sizeof der)
		return CNG_ERR_BAD_CURVE;
	(void)i2d_ASN1_OBJECT(object, &at);
	return curve_of_der(span_of(der, (size_t)len), out);
}

static enum cng_status
curve_of_printable(struct span text, enum key_curve *out)
{
	for (size_t i = 0; i < ARRAY_LEN(ecx_names); i++) {
		if (span_equal(text, span_str(ecx_names[i].printable))) {
			*out = ecx_names[i].curve;
			return CNG_OK;
		}
	}
	return CNG_ERR_BAD_CURVE;
}

enum cng_status
ec_curve_of_any(struct key_material *key, int type, const void *value)
{
	enum key_curve curve = CURVE_NONE;
	enum cng_status st = CNG_ERR_BAD_DATA;

	if (type == V_ASN1_OBJECT)
		st = curve_of_object(value, &curve);
	else if (type == V_ASN1_PRINTABLESTRING)
		st = curve_of_printable(asn1_bytes(value), &curve);
	else if (type == V_ASN1_SEQUENCE && key->family == KEY_EC)
		return ec_explicit_decode(key, asn1_bytes(value));
	else if (type == V_ASN1_NULL) /* "the same as the CA's" */
		st = CNG_ERR_BAD_CURVE;
	if (st == CNG_OK && curve_info(curve)->family != key->family)
		st = CNG_ERR_BAD_CURVE;
	if (st == CNG_OK)
		key->curve = curve;
	return st;
}

static ASN1_TYPE *
parse_any(struct span der)
{
	const unsigned char *at = der.ptr;

	return d2i_ASN1_TYPE(NULL, &at, (long)der.len);
}

ASN1_TYPE *
ec_curve_any(const struct key_material *key)
{
	const struct curve_info *info = curve_info(key->curve);
	struct secret der = { 0 };
	ASN1_TYPE *any = NULL;

	if (info != NULL)
		return parse_any(info->oid_der);
	if (key->curve == CURVE_EXPLICIT &&
	    ec_explicit_encode(&der, key) == CNG_OK)
		any = parse_any(secret_span(&der));
	secret_free(&der);
	return any;
}

enum cng_status
ec_params_set(struct key_material *key, struct span der)
{
	ASN1_TYPE *any;
	void *value;
	enum cng_status st = asn1_enter();

	if (st != CNG_OK)
		return st;
	st = asn1_parse(&value, der, ASN1_ITEM_rptr(ASN1_ANY));
	if (st == CNG_OK) {
		any = value;
		st = ec_curve_of_any(key, any->type, any->value.ptr);
		ASN1_TYPE_free(any);
	}
	return asn1_leave(st);
}

enum cng_status
ec_params_decode(struct span der, enum key_curve *out)
{
	struct key_material key = { .family = KEY_EC };
	enum cng_status st = ec_params_set(&key, der);

	if (st == CNG_OK && key.curve == CURVE_EXPLICIT)
		st = CNG_ERR_BAD_CURVE;
	if (st == CNG_OK)
		*out = key.curve;
	key_free(&key);
	return st;
}

enum cng_status
ec_params_encode(const struct key_material *key, struct wr *out)
{
	const struct curve_info *info = curve_info(key->curve);
	struct secret der = { 0 };
	enum cng_status st;

	if (info != NULL) {
		wr_bytes(out, info->oid_der);
		return wr_status(out);
	}
	if (key->curve != CURVE_EXPLICIT)
		return CNG_ERR_BAD_TYPE;
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	st = ec_explicit_encode(&der, key);
	if (st == CNG_OK) {
		wr_bytes(out, secret_span(&der));
		st = wr_status(out);
	}
	secret_free(&der);
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
set_by_libcrypto(struct key_material *key, struct span raw)
{
	const EC_GROUP *group = NULL;
	EC_GROUP *made = NULL;
	EC_POINT *point = NULL;
	uint8_t full[POINT_MAX];
	size_t len;
	enum cng_status st = CNG_OK;

	/* a root is extracted: only modulo a prime that ends */
	if (key->curve == CURVE_EXPLICIT)
		st = group_check(key);
	if (st == CNG_OK)
		st = group_of_key(&group, &made, key);
	if (st != CNG_OK)
		return st;
	point = EC_POINT_new(group);
	st = CNG_ERR_NO_MEMORY;
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
	EC_GROUP_free(made);
	return st;
}

enum cng_status
ec_point_set(struct key_material *key, struct span raw)
{
	size_t field = key_field_bytes(key);

	if (field == 0)
		return CNG_ERR_BAD_CURVE;
	if (family_is_ecx(key->family))
		return key_set(key, ECX_PUBLIC, raw);
	if (raw.len == 1 + 2 * field && raw.ptr[0] == POINT_UNCOMPRESSED)
		return set_xy(key, span_of(raw.ptr + 1, 2 * field));
	if (raw.len == 1 + field && (raw.ptr[0] == 2 || raw.ptr[0] == 3))
		return set_by_libcrypto(key, raw);
	/* hybrid: both, and they must agree */
	if (raw.len == 1 + 2 * field && (raw.ptr[0] == 6 || raw.ptr[0] == 7))
		return set_by_libcrypto(key, raw);
	return CNG_ERR_BAD_DATA;
}

enum cng_status
ec_point_raw(struct secret *out, const struct key_material *key)
{
	size_t field = key_field_bytes(key);
	struct span x = key_part(key, EC_X), y = key_part(key, EC_Y);
	enum cng_status st;
	struct wr w;

	*out = (struct secret){ 0 };
	if (family_is_ecx(key->family))
		return key->part[ECX_PUBLIC].len == 0 ? CNG_ERR_BAD_TYPE :
		    secret_copy(out, key_part(key, ECX_PUBLIC));
	if (key->family != KEY_EC || field == 0 || x.len != field ||
	    y.len != field)
		return CNG_ERR_BAD_TYPE;
	st = secret_new(out, 1 + 2 * field);
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
static bool
is_raw_point(const struct key_material *key, struct span point)
{
	size_t field = key_field_bytes(key);

	if (family_is_ecx(key->family))
		return point.len == field;
	return point.len == 1 + 2 * field || point.len == 1 + field;
}

enum cng_status
ec_point_decode(struct key_material *key, struct span point)
{
	void *value;
	enum cng_status st;

	if ((key->family != KEY_EC && !family_is_ecx(key->family)) ||
	    key_field_bytes(key) == 0)
		return CNG_ERR_ARGUMENT;
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	if (is_raw_point(key, point)) {
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
