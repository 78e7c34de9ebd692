/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Post-quantum keys in ASN.1.  Public keys and SLH-DSA private keys stand
 * bare; ML-KEM and ML-DSA private keys are a seed, an expanded key or both
 * (RFC 9935 and 9881).
 */
#include "crypto/asn1_internal.h"

#include "key/set.h"

#define OID_MAX 32

/* Identifier octets of what a private key may be. */
#define ID_SEED 0x80        /* [0] IMPLICIT OCTET STRING */
#define ID_EXPANDED 0x04    /* OCTET STRING */
#define ID_BOTH 0x30        /* SEQUENCE of two OCTET STRINGs */

/* --- algorithm identifiers -------------------------------------------- */

enum cng_status
pq_algor_decode(struct key_material *out, const X509_ALGOR *algor)
{
	unsigned char der[OID_MAX], *at = der;
	const ASN1_OBJECT *object;
	enum key_set set;
	int type, len;
	enum cng_status st;

	X509_ALGOR_get0(&object, &type, NULL, algor);
	len = i2d_ASN1_OBJECT(object, NULL);
	if (len <= 0 || len > OID_MAX)
		return CNG_ERR_NOT_SUPPORTED;
	(void)i2d_ASN1_OBJECT(object, &at);
	st = key_set_from_oid(span_of(der, (size_t)len), &set);
	if (st != CNG_OK)
		return st;
	if (type != V_ASN1_UNDEF)
		return CNG_ERR_BAD_DATA; /* parameters must be absent */
	out->family = key_set_info(set)->family;
	out->set = set;
	return CNG_OK;
}

enum cng_status
pq_algor_encode(X509_ALGOR *algor, const struct key_material *key)
{
	const struct key_set_info *set = key_set_info(key->set);
	const unsigned char *at;
	ASN1_OBJECT *object;

	if (set == NULL || set->family != key->family)
		return CNG_ERR_BAD_TYPE;
	at = set->oid_der.ptr;
	object = d2i_ASN1_OBJECT(NULL, &at, (long)set->oid_der.len);
	if (object != NULL &&
	    X509_ALGOR_set0(algor, object, V_ASN1_UNDEF, NULL) == 1)
		return CNG_OK;
	ASN1_OBJECT_free(object);
	return CNG_ERR_NO_MEMORY;
}

/* --- public keys ------------------------------------------------------ */

enum cng_status
pq_public_decode(struct key_material *out, struct span value)
{
	if (value.len != key_set_info(out->set)->public_bytes)
		return CNG_ERR_BAD_DATA;
	return key_set(out, PQ_PUBLIC, value);
}

enum cng_status
pq_public_encode(struct secret *out, const struct key_material *key)
{
	const struct key_set_info *set = key_set_info(key->set);
	struct span value = key_part(key, PQ_PUBLIC);

	*out = (struct secret){ 0 };
	if (set == NULL || value.len != set->public_bytes)
		return CNG_ERR_BAD_TYPE;
	return secret_copy(out, value);
}

/* --- private keys ----------------------------------------------------- */

/* An empty string must not pass for one that is not there. */
static enum cng_status
take_next(struct key_material *out, enum key_part part, struct span *in,
    uint8_t identifier)
{
	struct asn1_element element;

	if (!asn1_next(in, &element) || element.whole.ptr[0] != identifier ||
	    element.content.len == 0)
		return CNG_ERR_BAD_DATA;
	return key_set(out, part, element.content);
}

static enum cng_status
take_choice(struct key_material *out, struct span *in)
{
	struct asn1_element both;
	struct span inside;
	enum cng_status st;

	if (in->len > 0 && in->ptr[0] == ID_SEED)
		return take_next(out, PQ_SEED, in, ID_SEED);
	if (in->len > 0 && in->ptr[0] == ID_EXPANDED)
		return take_next(out, PQ_PRIVATE, in, ID_EXPANDED);
	if (!asn1_next(in, &both) || both.whole.ptr[0] != ID_BOTH)
		return CNG_ERR_BAD_DATA;
	inside = both.content;
	st = take_next(out, PQ_SEED, &inside, ID_EXPANDED);
	if (st == CNG_OK)
		st = take_next(out, PQ_PRIVATE, &inside, ID_EXPANDED);
	return st == CNG_OK && inside.len > 0 ? CNG_ERR_BAD_DATA : st;
}

enum cng_status
pq_private_decode(struct key_material *out, struct span inner)
{
	enum cng_status st;

	out->has_private = true;
	if (key_set_info(out->set)->seed_bytes == 0) {
		st = key_set(out, PQ_PRIVATE, inner);
	} else {
		st = take_choice(out, &inner);
		if (st == CNG_OK && inner.len > 0)
			st = CNG_ERR_BAD_DATA;
	}
	return st == CNG_OK ? key_check_shape(out) : st;
}

/* The seed says all; what it expands to is for keys that came without. */
static enum cng_status
encode_choice(struct secret *out, const struct key_material *key)
{
	struct span seed = key_part(key, PQ_SEED);
	struct span value = seed.len > 0 ? seed : key_part(key, PQ_PRIVATE);
	int tag = seed.len > 0 ? 0 : V_ASN1_OCTET_STRING;
	int class = seed.len > 0 ? V_ASN1_CONTEXT_SPECIFIC :
				   V_ASN1_UNIVERSAL;
	int size = ASN1_object_size(0, (int)value.len, tag);
	unsigned char *at;
	enum cng_status st;

	if (size <= 0)
		return CNG_ERR_INTERNAL;
	st = secret_new(out, (size_t)size);
	if (st != CNG_OK)
		return st;
	at = out->ptr;
	ASN1_put_object(&at, 0, (int)value.len, tag, class);
	memcpy(at, value.ptr, value.len);
	return CNG_OK;
}

enum cng_status
pq_private_encode(struct secret *out, const struct key_material *key)
{
	*out = (struct secret){ 0 };
	if (key_check_shape(key) != CNG_OK)
		return CNG_ERR_BAD_TYPE;
	return key_set_info(key->set)->seed_bytes == 0 ?
	    secret_copy(out, key_part(key, PQ_PRIVATE)) :
	    encode_choice(out, key);
}
