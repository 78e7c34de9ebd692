/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SubjectPublicKeyInfo, and the algorithm identifiers of keys.  A template
 * of our own: OpenSSL's X509_PUBKEY would build a key at once.
 */
#include "crypto/asn1_internal.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>

#include "key/set.h"

struct spki {
	X509_ALGOR *algor;
	ASN1_BIT_STRING *key;
};

ASN1_SEQUENCE(spki) = {
	ASN1_SIMPLE(struct spki, algor, X509_ALGOR),
	ASN1_SIMPLE(struct spki, key, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END_name(struct spki, spki)

/* The algorithms that are curves themselves (RFC 8410). */
static enum cng_status
ecx_decode(const ASN1_OBJECT *object, int type, struct key_material *key)
{
	static const enum key_family families[] = { KEY_MONTGOMERY,
		KEY_EDWARDS };

	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
		key->family = families[i];
		if (ec_curve_of_any(key, V_ASN1_OBJECT, object) == CNG_OK)
			return type == V_ASN1_UNDEF ? CNG_OK :
						      CNG_ERR_BAD_DATA;
	}
	key->family = KEY_NONE;
	return CNG_ERR_NOT_SUPPORTED;
}

enum cng_status
algor_decode(const X509_ALGOR *algor, struct key_material *key)
{
	const ASN1_OBJECT *object;
	const void *value;
	int type;

	X509_ALGOR_get0(&object, &type, &value, algor);
	switch (OBJ_obj2nid(object)) {
	case NID_rsaEncryption:
		key->family = KEY_RSA;
		return type == V_ASN1_NULL || type == V_ASN1_UNDEF ?
		    CNG_OK : CNG_ERR_BAD_DATA;
	case NID_X9_62_id_ecPublicKey:
		key->family = KEY_EC;
		return ec_curve_of_any(key, type, value);
	case NID_dsa:
		key->family = KEY_DSA;
		return CNG_OK;
	case NID_dhKeyAgreement:
	case NID_dhpublicnumber:
		key->family = KEY_DH;
		return CNG_OK;
	default:
		return ecx_decode(object, type, key);
	}
}

static enum cng_status
ec_algor(X509_ALGOR *algor, const struct key_material *key)
{
	ASN1_TYPE *curve = ec_curve_any(key);

	if (curve == NULL)
		return CNG_ERR_NO_MEMORY;
	ASN1_OBJECT_free(algor->algorithm);
	ASN1_TYPE_free(algor->parameter);
	algor->parameter = NULL;
	if (key->family == KEY_EC) {
		algor->algorithm = OBJ_nid2obj(NID_X9_62_id_ecPublicKey);
		algor->parameter = curve;
		return CNG_OK;
	}
	algor->algorithm = OBJ_dup(curve->value.object);
	ASN1_TYPE_free(curve);
	return algor->algorithm == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
}

enum cng_status
algor_encode(X509_ALGOR *algor, const struct key_material *key)
{
	bool curve = key->family == KEY_EC || key->family == KEY_MONTGOMERY ||
	    key->family == KEY_EDWARDS;

	if (key_family_has_sets(key->family))
		return pq_algor_encode(algor, key);
	if (key->family == KEY_RSA)
		return X509_ALGOR_set0(algor, OBJ_nid2obj(NID_rsaEncryption),
			   V_ASN1_NULL, NULL) == 1 ?
		    CNG_OK : CNG_ERR_NO_MEMORY;
	if (key_has_group(key->family))
		return ffc_params_encode(algor, key);
	if (!curve || key_field_bytes(key) == 0)
		return CNG_ERR_BAD_TYPE;
	return ec_algor(algor, key);
}

static enum cng_status
take_ffc(struct key_material *out, const struct spki *spki)
{
	enum cng_status st = ffc_params_decode(out, spki->algor);

	return st == CNG_OK ? ffc_number_decode(out, ffc_public(out->family),
	    asn1_bytes(spki->key)) : st;
}

static enum cng_status
take(struct key_material *out, const struct spki *spki)
{
	struct span bits = asn1_bytes(spki->key);
	enum cng_status st;

	st = pq_algor_decode(out, spki->algor);
	if (st == CNG_ERR_NOT_SUPPORTED)
		st = algor_decode(spki->algor, out);
	if (st == CNG_OK && asn1_unused_bits(spki->key) != 0)
		st = CNG_ERR_BAD_DATA;
	if (st != CNG_OK)
		return st;
	if (key_has_group(out->family))
		return take_ffc(out, spki);
	if (key_family_has_sets(out->family))
		return pq_public_decode(out, bits);
	return out->family == KEY_RSA ? pkcs1_decode_public(out, bits) :
					ec_point_set(out, bits);
}

enum cng_status
spki_decode(struct key_material *out, struct span der)
{
	void *value;
	enum cng_status st;

	*out = (struct key_material){ 0 };
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	st = asn1_parse(&value, der, ASN1_ITEM_rptr(spki));
	if (st == CNG_OK) {
		st = take(out, value);
		ASN1_item_free(value, ASN1_ITEM_rptr(spki));
	}
	if (st != CNG_OK)
		key_free(out);
	return asn1_leave(st);
}

enum cng_status
spki_encode(const struct key_material *key, struct wr *out)
{
	struct secret bits = { 0 };
	struct spki *spki;
	ASN1_VALUE *value = NULL;
	enum cng_status st = asn1_enter();

	if (st != CNG_OK)
		return st;
	if (key_family_has_sets(key->family))
		st = pq_public_encode(&bits, key);
	else if (key_has_group(key->family))
		st = ffc_number_encode(&bits,
		    key_part(key, ffc_public(key->family)));
	else
		st = key->family == KEY_RSA ? pkcs1_encode_public(&bits, key) :
					      ec_point_raw(&bits, key);
	if (st != CNG_OK)
		goto out;
	value = ASN1_item_new(ASN1_ITEM_rptr(spki));
	st = CNG_ERR_NO_MEMORY;
	if (value == NULL)
		goto out;
	spki = (struct spki *)value;
	asn1_no_unused_bits(spki->key);
	if (!asn1_set(spki->key, secret_span(&bits)))
		goto out;
	st = algor_encode(spki->algor, key);
	if (st == CNG_OK)
		st = asn1_put(out, spki, ASN1_ITEM_rptr(spki));
out:
	ASN1_item_free(value, ASN1_ITEM_rptr(spki));
	secret_free(&bits);
	return asn1_leave(st);
}
