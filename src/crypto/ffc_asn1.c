/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DSA and Diffie-Hellman in ASN.1: parameters within the algorithm
 * identifier, one INTEGER as the key (RFC 3279, PKCS#3, X9.42).
 */
#include "crypto/asn1_internal.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>

struct dsa_params {
	ASN1_INTEGER *p;
	ASN1_INTEGER *q;
	ASN1_INTEGER *g;
};

/* PKCS#3.  How long x is to be concerns whoever makes one. */
struct dh_params {
	ASN1_INTEGER *p;
	ASN1_INTEGER *g;
	ASN1_INTEGER *x_bits;
};

struct x942_params {
	ASN1_INTEGER *p;
	ASN1_INTEGER *g;
	ASN1_INTEGER *q;
	ASN1_INTEGER *j;
	ASN1_TYPE *validation;
};

ASN1_SEQUENCE(dsa_params) = {
	ASN1_SIMPLE(struct dsa_params, p, ASN1_INTEGER),
	ASN1_SIMPLE(struct dsa_params, q, ASN1_INTEGER),
	ASN1_SIMPLE(struct dsa_params, g, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END_name(struct dsa_params, dsa_params)

ASN1_SEQUENCE(dh_params) = {
	ASN1_SIMPLE(struct dh_params, p, ASN1_INTEGER),
	ASN1_SIMPLE(struct dh_params, g, ASN1_INTEGER),
	ASN1_OPT(struct dh_params, x_bits, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END_name(struct dh_params, dh_params)

ASN1_SEQUENCE(x942_params) = {
	ASN1_SIMPLE(struct x942_params, p, ASN1_INTEGER),
	ASN1_SIMPLE(struct x942_params, g, ASN1_INTEGER),
	ASN1_SIMPLE(struct x942_params, q, ASN1_INTEGER),
	ASN1_OPT(struct x942_params, j, ASN1_INTEGER),
	ASN1_OPT(struct x942_params, validation, ASN1_ANY),
} static_ASN1_SEQUENCE_END_name(struct x942_params, x942_params)

/* --- numbers ---------------------------------------------------------- */

static enum cng_status
take(struct key_material *out, enum key_part part, const ASN1_INTEGER *from)
{
	struct span number;

	if (!asn1_number(from, &number) || number.len == 0)
		return CNG_ERR_BAD_DATA;
	return key_set(out, part, number);
}

enum cng_status
ffc_number_decode(struct key_material *out, enum key_part part,
    struct span der)
{
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(ASN1_INTEGER));
	if (st != CNG_OK)
		return st;
	st = take(out, part, value);
	asn1_wipe(value);
	ASN1_INTEGER_free(value);
	return st;
}

enum cng_status
ffc_number_encode(struct secret *out, struct span number)
{
	ASN1_INTEGER *value;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	*out = (struct secret){ 0 };
	if (number.len == 0)
		return CNG_ERR_BAD_TYPE;
	value = ASN1_INTEGER_new();
	if (value != NULL && asn1_set(value, number))
		st = asn1_write(out, value, ASN1_ITEM_rptr(ASN1_INTEGER));
	asn1_wipe(value);
	ASN1_INTEGER_free(value);
	return st;
}

/* --- reading parameters ----------------------------------------------- */

static enum cng_status
take_dsa(struct key_material *out, const struct dsa_params *params)
{
	enum cng_status st = take(out, DSA_P, params->p);

	if (st == CNG_OK)
		st = take(out, DSA_Q, params->q);
	return st == CNG_OK ? take(out, DSA_G, params->g) : st;
}

static enum cng_status
take_dh(struct key_material *out, const struct dh_params *params)
{
	enum cng_status st = take(out, DH_P, params->p);

	return st == CNG_OK ? take(out, DH_G, params->g) : st;
}

static enum cng_status
take_x942(struct key_material *out, const struct x942_params *params)
{
	enum cng_status st = take(out, DH_P, params->p);

	if (st == CNG_OK)
		st = take(out, DH_G, params->g);
	if (st == CNG_OK)
		st = take(out, DH_Q, params->q);
	if (st == CNG_OK && params->j != NULL)
		st = take(out, DH_J, params->j);
	return st;
}

enum cng_status
ffc_params_decode(struct key_material *out, const X509_ALGOR *algor)
{
	const ASN1_OBJECT *object;
	const ASN1_ITEM *item;
	const void *any;
	void *value;
	int type, nid;
	enum cng_status st;

	X509_ALGOR_get0(&object, &type, &any, algor);
	nid = OBJ_obj2nid(object);
	if (type != V_ASN1_SEQUENCE)
		return CNG_ERR_BAD_DATA;
	if (nid == NID_dsa)
		item = ASN1_ITEM_rptr(dsa_params);
	else if (nid == NID_dhKeyAgreement)
		item = ASN1_ITEM_rptr(dh_params);
	else
		item = ASN1_ITEM_rptr(x942_params);
	st = asn1_parse(&value, asn1_bytes(any), item);
	if (st != CNG_OK)
		return st;
	if (nid == NID_dsa)
		st = take_dsa(out, value);
	else if (nid == NID_dhKeyAgreement)
		st = take_dh(out, value);
	else
		st = take_x942(out, value);
	ASN1_item_free(value, item);
	return st;
}

/* --- writing parameters ----------------------------------------------- */

static enum cng_status
write_dsa(struct secret *out, const struct key_material *key)
{
	ASN1_VALUE *value = ASN1_item_new(ASN1_ITEM_rptr(dsa_params));
	struct dsa_params *params = (struct dsa_params *)value;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (params != NULL && asn1_set(params->p, key_part(key, DSA_P)) &&
	    asn1_set(params->q, key_part(key, DSA_Q)) &&
	    asn1_set(params->g, key_part(key, DSA_G)))
		st = asn1_write(out, params, ASN1_ITEM_rptr(dsa_params));
	ASN1_item_free(value, ASN1_ITEM_rptr(dsa_params));
	return st;
}

static enum cng_status
write_dh(struct secret *out, const struct key_material *key)
{
	ASN1_VALUE *value = ASN1_item_new(ASN1_ITEM_rptr(dh_params));
	struct dh_params *params = (struct dh_params *)value;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (params != NULL && asn1_set(params->p, key_part(key, DH_P)) &&
	    asn1_set(params->g, key_part(key, DH_G)))
		st = asn1_write(out, params, ASN1_ITEM_rptr(dh_params));
	ASN1_item_free(value, ASN1_ITEM_rptr(dh_params));
	return st;
}

static enum cng_status
write_x942(struct secret *out, const struct key_material *key)
{
	ASN1_VALUE *value = ASN1_item_new(ASN1_ITEM_rptr(x942_params));
	struct x942_params *params = (struct x942_params *)value;
	struct span j = key_part(key, DH_J);
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (params == NULL)
		return st;
	if (j.len > 0)
		params->j = ASN1_INTEGER_new();
	if (asn1_set(params->p, key_part(key, DH_P)) &&
	    asn1_set(params->g, key_part(key, DH_G)) &&
	    asn1_set(params->q, key_part(key, DH_Q)) &&
	    (j.len == 0 || (params->j != NULL && asn1_set(params->j, j))))
		st = asn1_write(out, params, ASN1_ITEM_rptr(x942_params));
	ASN1_item_free(value, ASN1_ITEM_rptr(x942_params));
	return st;
}

/* PKCS#3 is what most read; only X9.42 can say the order of the group. */
enum cng_status
ffc_params_encode(X509_ALGOR *algor, const struct key_material *key)
{
	struct secret der = { 0 };
	ASN1_STRING *sequence;
	int nid = NID_dhKeyAgreement;
	enum cng_status st;

	if (key->family == KEY_DSA) {
		nid = NID_dsa;
		st = write_dsa(&der, key);
	} else if (key_part(key, DH_Q).len > 0) {
		nid = NID_dhpublicnumber;
		st = write_x942(&der, key);
	} else {
		st = write_dh(&der, key);
	}
	if (st != CNG_OK)
		return st;
	sequence = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
	if (sequence == NULL || !asn1_set(sequence, secret_span(&der)) ||
	    X509_ALGOR_set0(algor, OBJ_nid2obj(nid), V_ASN1_SEQUENCE,
		sequence) != 1) {
		ASN1_STRING_free(sequence);
		st = CNG_ERR_NO_MEMORY;
	}
	secret_free(&der);
	return st;
}
