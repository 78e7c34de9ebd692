/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RSAPrivateKey and RSAPublicKey of PKCS#1.
 */
#include "crypto/asn1_internal.h"

#include <openssl/asn1t.h>

#define RSA_NUMBERS 8

struct rsa_private {
	ASN1_INTEGER *version;
	ASN1_INTEGER *number[RSA_NUMBERS];
};

struct rsa_public {
	ASN1_INTEGER *n;
	ASN1_INTEGER *e;
};

/* In the order of PKCS#1. */
static const enum key_part part_of[RSA_NUMBERS] = { RSA_N, RSA_E, RSA_D,
	RSA_P, RSA_Q, RSA_DP, RSA_DQ, RSA_QINV };

/* Freeing wipes first, also when parsing stops in the middle. */
static int
wipe_numbers(int operation, ASN1_VALUE **value, const ASN1_ITEM *it,
    void *arg)
{
	struct rsa_private *rsa = (struct rsa_private *)*value;

	(void)it;
	(void)arg;
	if (operation == ASN1_OP_FREE_PRE)
		for (size_t i = 0; i < RSA_NUMBERS; i++)
			asn1_wipe(rsa->number[i]);
	return 1;
}

ASN1_SEQUENCE_cb(rsa_private, wipe_numbers) = {
	ASN1_SIMPLE(struct rsa_private, version, ASN1_INTEGER),
	ASN1_SIMPLE(struct rsa_private, number[0], ASN1_INTEGER),
	ASN1_SIMPLE(struct rsa_private, number[1], ASN1_INTEGER),
	ASN1_SIMPLE(struct rsa_private, number[2], ASN1_INTEGER),
	ASN1_SIMPLE(struct rsa_private, number[3], ASN1_INTEGER),
	ASN1_SIMPLE(struct rsa_private, number[4], ASN1_INTEGER),
	ASN1_SIMPLE(struct rsa_private, number[5], ASN1_INTEGER),
	ASN1_SIMPLE(struct rsa_private, number[6], ASN1_INTEGER),
	ASN1_SIMPLE(struct rsa_private, number[7], ASN1_INTEGER),
} static_ASN1_SEQUENCE_END_cb(struct rsa_private, rsa_private)

ASN1_SEQUENCE(rsa_public) = {
	ASN1_SIMPLE(struct rsa_public, n, ASN1_INTEGER),
	ASN1_SIMPLE(struct rsa_public, e, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END_name(struct rsa_public, rsa_public)

static enum cng_status
take(struct key_material *out, enum key_part part,
    const ASN1_INTEGER *integer)
{
	struct span number;

	if (!asn1_number(integer, &number) || number.len == 0)
		return CNG_ERR_BAD_DATA;
	return key_set(out, part, number);
}

enum cng_status
pkcs1_decode_private(struct key_material *out, struct span der)
{
	struct rsa_private *rsa;
	void *value;
	uint64_t version;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(rsa_private));
	if (st != CNG_OK)
		return st;
	rsa = value;
	out->family = KEY_RSA;
	out->has_private = true;
	if (!asn1_small(rsa->version, &version))
		st = CNG_ERR_BAD_DATA;
	else if (version != 0)
		st = CNG_ERR_NOT_SUPPORTED; /* more than two primes */
	for (size_t i = 0; st == CNG_OK && i < RSA_NUMBERS; i++)
		st = take(out, part_of[i], rsa->number[i]);
	ASN1_item_free(value, ASN1_ITEM_rptr(rsa_private));
	return st;
}

enum cng_status
pkcs1_decode_public(struct key_material *out, struct span der)
{
	struct rsa_public *rsa;
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(rsa_public));
	if (st != CNG_OK)
		return st;
	rsa = value;
	out->family = KEY_RSA;
	st = take(out, RSA_N, rsa->n);
	if (st == CNG_OK)
		st = take(out, RSA_E, rsa->e);
	ASN1_item_free(value, ASN1_ITEM_rptr(rsa_public));
	return st;
}

enum cng_status
pkcs1_encode_private(struct secret *out, const struct key_material *key)
{
	struct rsa_private *rsa;
	enum cng_status st = CNG_OK;
	ASN1_VALUE *value;

	*out = (struct secret){ 0 };
	for (size_t i = 0; i < RSA_NUMBERS; i++)
		if (key_part(key, part_of[i]).len == 0)
			return CNG_ERR_BAD_TYPE;
	value = ASN1_item_new(ASN1_ITEM_rptr(rsa_private));
	if (value == NULL)
		return CNG_ERR_NO_MEMORY;
	rsa = (struct rsa_private *)value;
	for (size_t i = 0; st == CNG_OK && i < RSA_NUMBERS; i++)
		if (!asn1_set(rsa->number[i],
			span_trim(key_part(key, part_of[i]))))
			st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK && ASN1_INTEGER_set_uint64(rsa->version, 0) != 1)
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK)
		st = asn1_write(out, rsa, ASN1_ITEM_rptr(rsa_private));
	ASN1_item_free(value, ASN1_ITEM_rptr(rsa_private));
	return st;
}

enum cng_status
pkcs1_encode_public(struct secret *out, const struct key_material *key)
{
	struct span n = span_trim(key_part(key, RSA_N));
	struct span e = span_trim(key_part(key, RSA_E));
	struct rsa_public *rsa;
	enum cng_status st = CNG_OK;
	ASN1_VALUE *value;

	*out = (struct secret){ 0 };
	if (n.len == 0 || e.len == 0)
		return CNG_ERR_BAD_TYPE;
	value = ASN1_item_new(ASN1_ITEM_rptr(rsa_public));
	if (value == NULL)
		return CNG_ERR_NO_MEMORY;
	rsa = (struct rsa_public *)value;
	if (!asn1_set(rsa->n, n) || !asn1_set(rsa->e, e))
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK)
		st = asn1_write(out, rsa, ASN1_ITEM_rptr(rsa_public));
	ASN1_item_free(value, ASN1_ITEM_rptr(rsa_public));
	return st;
}
