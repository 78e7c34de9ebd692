/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PrivateKeyInfo of PKCS#8, as Windows writes it, and its encrypted form.
 */
#include "crypto/asn1_internal.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>

#include "key/set.h"

#define PKCS8_VERSION 0

struct private_info {
	ASN1_INTEGER *version;
	X509_ALGOR *algor;
	ASN1_OCTET_STRING *key;
	STACK_OF(X509_ATTRIBUTE) *attributes;
};

static int
wipe_key(int operation, ASN1_VALUE **value, const ASN1_ITEM *it, void *arg)
{
	struct private_info *info = (struct private_info *)*value;

	(void)it;
	(void)arg;
	if (operation == ASN1_OP_FREE_PRE)
		asn1_wipe(info->key);
	return 1;
}

ASN1_SEQUENCE_cb(private_info, wipe_key) = {
	ASN1_SIMPLE(struct private_info, version, ASN1_INTEGER),
	ASN1_SIMPLE(struct private_info, algor, X509_ALGOR),
	ASN1_SIMPLE(struct private_info, key, ASN1_OCTET_STRING),
	ASN1_IMP_SET_OF_OPT(struct private_info, attributes, X509_ATTRIBUTE,
	    0),
} static_ASN1_SEQUENCE_END_cb(struct private_info, private_info)

/* --- the key usage attribute ------------------------------------------ */

unsigned
pkcs8_attribute_role(const X509_ATTRIBUTE *attribute)
{
	/* OpenSSL asks for more than it needs: nothing is changed. */
	X509_ATTRIBUTE *a = (X509_ATTRIBUTE *)(uintptr_t)attribute;
	ASN1_BIT_STRING *bits;
	struct span bytes;

	if (OBJ_obj2nid(X509_ATTRIBUTE_get0_object(a)) != NID_key_usage ||
	    X509_ATTRIBUTE_count(a) != 1)
		return KEY_ROLE_NONE;
	bits = X509_ATTRIBUTE_get0_data(a, 0, V_ASN1_BIT_STRING, NULL);
	if (bits == NULL)
		return KEY_ROLE_NONE;
	bytes = asn1_bytes(bits);
	return bytes.len == 0 ? KEY_ROLE_NONE :
				bytes.ptr[0] & (unsigned)KEY_ROLE_MASK;
}

static unsigned
role_of(const STACK_OF(X509_ATTRIBUTE) *attributes)
{
	unsigned role = KEY_ROLE_NONE;

	for (int i = 0; i < sk_X509_ATTRIBUTE_num(attributes); i++)
		role |= pkcs8_attribute_role(
		    sk_X509_ATTRIBUTE_value(attributes, i));
	return role;
}

/* Windows gives all eight bits, so there are no unused ones. */
static bool
add_role(struct private_info *info, unsigned role)
{
	uint8_t byte = (uint8_t)(role & (unsigned)KEY_ROLE_MASK);
	ASN1_BIT_STRING *bits;
	X509_ATTRIBUTE *attribute;

	if (byte == 0)
		return true;
	bits = ASN1_BIT_STRING_new();
	if (bits == NULL)
		return false;
	asn1_no_unused_bits(bits);
	if (!asn1_set(bits, span_of(&byte, 1))) {
		ASN1_BIT_STRING_free(bits);
		return false;
	}
	attribute = X509_ATTRIBUTE_create(NID_key_usage, V_ASN1_BIT_STRING,
	    bits);
	if (attribute == NULL) {
		ASN1_BIT_STRING_free(bits);
		return false;
	}
	info->attributes = sk_X509_ATTRIBUTE_new_null();
	if (info->attributes != NULL &&
	    sk_X509_ATTRIBUTE_push(info->attributes, attribute) > 0)
		return true;
	X509_ATTRIBUTE_free(attribute);
	return false;
}

/* --- CurvePrivateKey of RFC 8410 --------------------------------------- */

static enum cng_status
curve_private_decode(struct key_material *out, struct span der)
{
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(ASN1_OCTET_STRING));
	if (st != CNG_OK)
		return st;
	out->has_private = true;
	st = key_set(out, ECX_PRIVATE, asn1_bytes(value));
	asn1_wipe(value);
	ASN1_OCTET_STRING_free(value);
	return st;
}

static enum cng_status
curve_private_encode(struct secret *out, const struct key_material *key)
{
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (octets != NULL && asn1_set(octets, key_part(key, ECX_PRIVATE)))
		st = asn1_write(out, octets,
		    ASN1_ITEM_rptr(ASN1_OCTET_STRING));
	asn1_wipe(octets);
	ASN1_OCTET_STRING_free(octets);
	return st;
}

/* --- decoding --------------------------------------------------------- */

static enum cng_status
take(struct key_material *out, const struct private_info *info)
{
	struct span inner = asn1_bytes(info->key);
	uint64_t version;
	enum cng_status st;

	if (!asn1_small(info->version, &version))
		return CNG_ERR_BAD_DATA;
	if (version != PKCS8_VERSION)
		return CNG_ERR_NOT_SUPPORTED;
	out->role = role_of(info->attributes);
	st = pq_algor_decode(out, info->algor);
	if (st == CNG_OK)
		return pq_private_decode(out, inner);
	if (st != CNG_ERR_NOT_SUPPORTED)
		return st;
	st = algor_decode(info->algor, out);
	if (st != CNG_OK)
		return st;
	if (key_has_group(out->family)) {
		out->has_private = true;
		st = ffc_params_decode(out, info->algor);
		return st == CNG_OK ? ffc_number_decode(out,
		    ffc_private(out->family), inner) : st;
	}
	if (out->family == KEY_RSA)
		return pkcs1_decode_private(out, inner);
	return out->family == KEY_EC ? sec1_decode(out, inner) :
				       curve_private_decode(out, inner);
}

static enum cng_status
decode_plain(struct key_material *out, struct span der)
{
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(private_info));
	if (st != CNG_OK)
		return st;
	st = take(out, value);
	ASN1_item_free(value, ASN1_ITEM_rptr(private_info));
	return st;
}

static enum cng_status
decode_encrypted(struct key_material *out, struct span der,
    const struct pbe *pbe)
{
	const X509_ALGOR *algor;
	const ASN1_OCTET_STRING *cipher;
	struct secret plain = { 0 };
	struct asn1_element outer;
	struct span rest;
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(X509_SIG));
	if (st != CNG_OK)
		return st;
	X509_SIG_get0(value, &algor, &cipher);
	st = pbe_open(&plain, algor, asn1_bytes(cipher), pbe);
	X509_SIG_free(value);
	/* A wrong password may give padding that looks right. */
	rest = secret_span(&plain);
	if (st == CNG_OK && (!asn1_next(&rest, &outer) || rest.len != 0 ||
				outer.tag != V_ASN1_SEQUENCE))
		st = CNG_ERR_BAD_PASSWORD;
	if (st == CNG_OK)
		st = decode_plain(out, secret_span(&plain));
	secret_free(&plain);
	return st;
}

bool
pkcs8_is_encrypted(struct span der)
{
	struct asn1_element outer, algor, data;
	struct span in = der;

	if (!asn1_next(&in, &outer) || outer.context ||
	    outer.tag != V_ASN1_SEQUENCE)
		return false;
	in = outer.content;
	return asn1_next(&in, &algor) && algor.tag == V_ASN1_SEQUENCE &&
	    asn1_next(&in, &data) && data.tag == V_ASN1_OCTET_STRING &&
	    !data.context && in.len == 0;
}

enum cng_status
pkcs8_decode(struct key_material *out, struct span der, const struct pbe *pbe)
{
	enum cng_status st;

	*out = (struct key_material){ 0 };
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	if (pkcs8_is_encrypted(der))
		st = decode_encrypted(out, der, pbe);
	else
		st = decode_plain(out, der);
	if (st != CNG_OK)
		key_free(out);
	return asn1_leave(st);
}

/* --- encoding --------------------------------------------------------- */

static enum cng_status
fill(struct private_info *info, const struct key_material *key,
    struct span inner)
{
	if (!asn1_set(info->key, inner) ||
	    ASN1_INTEGER_set_uint64(info->version, PKCS8_VERSION) != 1 ||
	    !add_role(info, key->role))
		return CNG_ERR_NO_MEMORY;
	return algor_encode(info->algor, key);
}

static enum cng_status
encode_plain(struct secret *out, const struct key_material *key)
{
	struct secret inner = { 0 };
	ASN1_VALUE *value = NULL;
	enum cng_status st = CNG_ERR_BAD_TYPE;

	*out = (struct secret){ 0 };
	if (key->has_private && key->family == KEY_RSA)
		st = pkcs1_encode_private(&inner, key);
	else if (key->has_private && key->family == KEY_EC)
		st = sec1_encode(&inner, key);
	else if (key->has_private && (key->family == KEY_MONTGOMERY ||
	    key->family == KEY_EDWARDS))
		st = curve_private_encode(&inner, key);
	else if (key->has_private && key_has_group(key->family))
		st = ffc_number_encode(&inner,
		    key_part(key, ffc_private(key->family)));
	else if (key->has_private && key_family_has_sets(key->family))
		st = pq_private_encode(&inner, key);
	if (st != CNG_OK)
		return st;
	value = ASN1_item_new(ASN1_ITEM_rptr(private_info));
	if (value == NULL)
		st = CNG_ERR_NO_MEMORY;
	else
		st = fill((struct private_info *)value, key,
		    secret_span(&inner));
	if (st == CNG_OK)
		st = asn1_write(out, value, ASN1_ITEM_rptr(private_info));
	ASN1_item_free(value, ASN1_ITEM_rptr(private_info));
	secret_free(&inner);
	return st;
}

enum cng_status
pkcs8_encode(const struct key_material *key, const struct pbe *pbe,
    struct wr *out)
{
	struct secret plain;
	enum cng_status st = asn1_enter();

	if (st != CNG_OK)
		return st;
	st = encode_plain(&plain, key);
	if (st == CNG_OK && pbe != NULL &&
	    (pbe->kind != PBE_NONE || pbe->has_password)) {
		st = pbe_seal(out, secret_span(&plain), pbe);
	} else if (st == CNG_OK) {
		wr_bytes(out, secret_span(&plain));
		st = wr_status(out);
	}
	secret_free(&plain);
	return asn1_leave(st);
}
