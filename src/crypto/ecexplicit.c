/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EC domain parameters written out (SEC 1, C.2).  Those of a curve in the
 * table become that curve.
 */
#include "crypto/asn1_internal.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>

#include "crypto/curve.h"
#include "crypto/group.h"

#define EXPLICIT_VERSION 1
#define POINT_UNCOMPRESSED 4

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

/* --- reading ---------------------------------------------------------- */

static enum cng_status
take_base(struct key_material *key, struct span base)
{
	size_t field = key->part[EC_P].len;
	enum cng_status st;

	if (base.len == 1 + field && (base.ptr[0] == 2 || base.ptr[0] == 3))
		return group_base(key, base);
	if (base.len != 1 + 2 * field || base.ptr[0] != POINT_UNCOMPRESSED)
		return CNG_ERR_BAD_DATA;
	st = key_set(key, EC_GX, span_of(base.ptr + 1, field));
	if (st == CNG_OK)
		st = key_set(key, EC_GY,
		    span_of(base.ptr + 1 + field, field));
	return st;
}

/* prime, order and cofactor were checked to be numbers. */
static enum cng_status
take_numbers(struct key_material *key, const struct ec_explicit *given,
    struct span prime, struct span order, struct span cofactor)
{
	const ASN1_BIT_STRING *seed = given->equation->seed;
	enum cng_status st = key_set(key, EC_P, prime);

	if (st == CNG_OK)
		st = key_set(key, EC_A, asn1_bytes(given->equation->a));
	if (st == CNG_OK)
		st = key_set(key, EC_B, asn1_bytes(given->equation->b));
	if (st == CNG_OK)
		st = key_set(key, EC_N, order);
	if (st == CNG_OK)
		st = take_base(key, asn1_bytes(given->base));
	if (st == CNG_OK)
		st = given->cofactor != NULL ? key_set(key, EC_H, cofactor) :
					       group_cofactor(key);
	if (st == CNG_OK && seed != NULL)
		st = asn1_unused_bits(seed) != 0 ? CNG_ERR_BAD_DATA :
		    key_set(key, EC_SEED, asn1_bytes(seed));
	return st;
}

/* A named curve has its own seed; another one would be lost. */
static enum cng_status
drop_seed(struct key_material *key)
{
	struct key_material named = { 0 };
	enum cng_status st;

	if (key->curve == CURVE_EXPLICIT || key->part[EC_SEED].len == 0)
		return CNG_OK;
	st = curve_parameters(&named, key->curve);
	if (st == CNG_OK && !span_equal(key_part(key, EC_SEED),
				key_part(&named, EC_SEED)))
		st = CNG_ERR_BAD_CURVE;
	key_free(&named);
	secret_free(&key->part[EC_SEED]);
	return st;
}

static enum cng_status
take(struct key_material *key, const struct ec_explicit *given)
{
	struct span prime, order, cofactor = { 0 };
	uint64_t version;
	enum cng_status st;

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
	if (number_bits(prime) < EC_BITS_MIN || prime.len > EC_BYTES_MAX)
		return CNG_ERR_BAD_CURVE;
	key->curve = CURVE_EXPLICIT;
	st = take_numbers(key, given, prime, order, cofactor);
	if (st == CNG_OK)
		st = curve_recognise(key);
	return st == CNG_OK ? drop_seed(key) : st;
}

enum cng_status
ec_explicit_decode(struct key_material *key, struct span der)
{
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(ec_explicit));
	if (st != CNG_OK)
		return st;
	st = take(key, value);
	ASN1_item_free(value, ASN1_ITEM_rptr(ec_explicit));
	return st;
}

/* --- writing ---------------------------------------------------------- */

static bool
set_number(ASN1_INTEGER **to, struct span number)
{
	BIGNUM *big = BN_bin2bn(number.ptr, (int)number.len, NULL);
	ASN1_INTEGER *made = big == NULL ? NULL :
					   BN_to_ASN1_INTEGER(big, NULL);

	BN_free(big);
	if (made == NULL)
		return false;
	ASN1_INTEGER_free(*to);
	*to = made;
	return true;
}

static bool
set_field(struct ec_field *field, struct span prime)
{
	ASN1_INTEGER *number = NULL;

	if (!set_number(&number, prime))
		return false;
	ASN1_TYPE_set(field->value, V_ASN1_INTEGER, number); /* transferred */
	ASN1_OBJECT_free(field->type);
	field->type = OBJ_nid2obj(NID_X9_62_prime_field);
	return field->type != NULL;
}

static bool
set_equation(struct ec_equation *equation, const struct key_material *key)
{
	if (!asn1_set(equation->a, key_part(key, EC_A)) ||
	    !asn1_set(equation->b, key_part(key, EC_B)))
		return false;
	if (key->part[EC_SEED].len == 0)
		return true;
	equation->seed = ASN1_BIT_STRING_new();
	if (equation->seed == NULL)
		return false;
	asn1_no_unused_bits(equation->seed);
	return asn1_set(equation->seed, key_part(key, EC_SEED));
}

static bool
set_base(ASN1_OCTET_STRING *base, const struct key_material *key)
{
	uint8_t point[1 + 2 * EC_BYTES_MAX];
	struct wr w = wr_of(point, sizeof point);

	wr_u8(&w, POINT_UNCOMPRESSED);
	wr_bytes(&w, key_part(key, EC_GX));
	wr_bytes(&w, key_part(key, EC_GY));
	return !w.failed && asn1_set(base, span_of(point, w.len));
}

enum cng_status
ec_explicit_encode(struct secret *out, const struct key_material *key)
{
	ASN1_VALUE *value = ASN1_item_new(ASN1_ITEM_rptr(ec_explicit));
	struct ec_explicit *ec = (struct ec_explicit *)value;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	*out = (struct secret){ 0 };
	if (ec != NULL &&
	    ASN1_INTEGER_set_uint64(ec->version, EXPLICIT_VERSION) == 1 &&
	    set_field(ec->field, key_part(key, EC_P)) &&
	    set_equation(ec->equation, key) && set_base(ec->base, key) &&
	    set_number(&ec->order, key_part(key, EC_N)) &&
	    set_number(&ec->cofactor, key_part(key, EC_H)))
		st = asn1_write(out, value, ASN1_ITEM_rptr(ec_explicit));
	ASN1_item_free(value, ASN1_ITEM_rptr(ec_explicit));
	return st;
}
