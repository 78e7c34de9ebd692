/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The old form of a DSA key, "DSA PRIVATE KEY" in PEM: a sequence of a
 * version and five numbers that no standard describes.
 */
#include <openssl/asn1t.h>

#include "base/util.h"
#include "crypto/asn1_internal.h"

#define DSA_NUMBERS 5

struct dsa_private {
	ASN1_INTEGER *version;
	ASN1_INTEGER *number[DSA_NUMBERS];
};

static const enum key_part part_of[DSA_NUMBERS] = { DSA_P, DSA_Q, DSA_G,
	DSA_Y, DSA_X };

static int
wipe_number(int operation, ASN1_VALUE **value, const ASN1_ITEM *it,
    void *arg)
{
	struct dsa_private *dsa = (struct dsa_private *)*value;

	(void)it;
	(void)arg;
	if (operation == ASN1_OP_FREE_PRE)
		asn1_wipe(dsa->number[DSA_NUMBERS - 1]);
	return 1;
}

ASN1_SEQUENCE_cb(dsa_private, wipe_number) = {
	ASN1_SIMPLE(struct dsa_private, version, ASN1_INTEGER),
	ASN1_SIMPLE(struct dsa_private, number[0], ASN1_INTEGER),
	ASN1_SIMPLE(struct dsa_private, number[1], ASN1_INTEGER),
	ASN1_SIMPLE(struct dsa_private, number[2], ASN1_INTEGER),
	ASN1_SIMPLE(struct dsa_private, number[3], ASN1_INTEGER),
	ASN1_SIMPLE(struct dsa_private, number[4], ASN1_INTEGER),
} static_ASN1_SEQUENCE_END_cb(struct dsa_private, dsa_private)

enum cng_status
dsa_old_decode(struct key_material *out, struct span der)
{
	struct dsa_private *dsa;
	struct span number;
	uint64_t version;
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(dsa_private));
	if (st != CNG_OK)
		return st;
	dsa = value;
	out->family = KEY_DSA;
	out->has_private = true;
	if (!asn1_small(dsa->version, &version) || version != 0)
		st = CNG_ERR_BAD_DATA;
	for (size_t i = 0; st == CNG_OK && i < DSA_NUMBERS; i++)
		st = !asn1_number(dsa->number[i], &number) ||
			number.len == 0 ?
		    CNG_ERR_BAD_DATA : key_set(out, part_of[i], number);
	ASN1_item_free(value, ASN1_ITEM_rptr(dsa_private));
	return st;
}

enum cng_status
dsa_old_encode(struct secret *out, const struct key_material *key)
{
	struct dsa_private *dsa;
	ASN1_VALUE *value;
	enum cng_status st = CNG_OK;

	*out = (struct secret){ 0 };
	for (size_t i = 0; i < DSA_NUMBERS; i++)
		if (span_trim(key_part(key, part_of[i])).len == 0)
			return CNG_ERR_BAD_TYPE;
	value = ASN1_item_new(ASN1_ITEM_rptr(dsa_private));
	if (value == NULL)
		return CNG_ERR_NO_MEMORY;
	dsa = (struct dsa_private *)value;
	for (size_t i = 0; st == CNG_OK && i < DSA_NUMBERS; i++)
		if (!asn1_set(dsa->number[i],
			span_trim(key_part(key, part_of[i]))))
			st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK && ASN1_INTEGER_set_uint64(dsa->version, 0) != 1)
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK)
		st = asn1_write(out, value, ASN1_ITEM_rptr(dsa_private));
	ASN1_item_free(value, ASN1_ITEM_rptr(dsa_private));
	return st;
}
