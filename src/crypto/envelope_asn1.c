/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EnvelopedData: templates, and what the algorithm identifiers in it mean.
 */
#include "crypto/envelope_asn1.h"

#include <openssl/asn1t.h>
#include <openssl/cms.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include "base/util.h"

ASN1_SEQUENCE(issuer_serial) = {
	ASN1_SIMPLE(struct issuer_serial, issuer, ASN1_ANY),
	ASN1_SIMPLE(struct issuer_serial, serial, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END_name(struct issuer_serial, issuer_serial)

ASN1_CHOICE(recipient_id) = {
	ASN1_SIMPLE(struct recipient_id, is.cert, issuer_serial),
	ASN1_IMP(struct recipient_id, is.key, ASN1_OCTET_STRING, 0),
} static_ASN1_CHOICE_END_selector(struct recipient_id, recipient_id, kind)

ASN1_SEQUENCE(key_transport) = {
	ASN1_SIMPLE(struct key_transport, version, ASN1_INTEGER),
	ASN1_SIMPLE(struct key_transport, id, recipient_id),
	ASN1_SIMPLE(struct key_transport, algor, X509_ALGOR),
	ASN1_SIMPLE(struct key_transport, key, ASN1_OCTET_STRING),
} static_ASN1_SEQUENCE_END_name(struct key_transport, key_transport)

ASN1_SEQUENCE(public_point) = {
	ASN1_SIMPLE(struct public_point, algor, X509_ALGOR),
	ASN1_SIMPLE(struct public_point, point, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END_name(struct public_point, public_point)

ASN1_CHOICE(originator) = {
	ASN1_SIMPLE(struct originator, is.cert, issuer_serial),
	ASN1_IMP(struct originator, is.key, ASN1_OCTET_STRING, 0),
	ASN1_IMP(struct originator, is.point, public_point, 1),
} static_ASN1_CHOICE_END_selector(struct originator, originator, kind)

ASN1_SEQUENCE(agree_key_id) = {
	ASN1_SIMPLE(struct agree_key_id, key, ASN1_OCTET_STRING),
	ASN1_OPT(struct agree_key_id, date, ASN1_GENERALIZEDTIME),
	ASN1_SEQUENCE_OF_OPT(struct agree_key_id, other, ASN1_ANY),
} static_ASN1_SEQUENCE_END_name(struct agree_key_id, agree_key_id)

ASN1_CHOICE(agree_id) = {
	ASN1_SIMPLE(struct agree_id, is.cert, issuer_serial),
	ASN1_IMP(struct agree_id, is.key, agree_key_id, 0),
} static_ASN1_CHOICE_END_selector(struct agree_id, agree_id, kind)

ASN1_SEQUENCE(agree_key) = {
	ASN1_SIMPLE(struct agree_key, id, agree_id),
	ASN1_SIMPLE(struct agree_key, key, ASN1_OCTET_STRING),
} static_ASN1_SEQUENCE_END_name(struct agree_key, agree_key)

ASN1_SEQUENCE(key_agreement) = {
	ASN1_SIMPLE(struct key_agreement, version, ASN1_INTEGER),
	ASN1_EXP(struct key_agreement, originator, originator, 0),
	ASN1_EXP_OPT(struct key_agreement, ukm, ASN1_OCTET_STRING, 1),
	ASN1_SIMPLE(struct key_agreement, algor, X509_ALGOR),
	ASN1_SEQUENCE_OF(struct key_agreement, keys, agree_key),
} static_ASN1_SEQUENCE_END_name(struct key_agreement, key_agreement)

/* The others come with a key that both had before, a password, or something
 * yet to be invented. */
ASN1_CHOICE(recipient) = {
	ASN1_SIMPLE(struct recipient, is.transport, key_transport),
	ASN1_IMP(struct recipient, is.agreement, key_agreement, 1),
	ASN1_IMP_SEQUENCE_OF(struct recipient, is.other, ASN1_ANY, 2),
	ASN1_IMP_SEQUENCE_OF(struct recipient, is.other, ASN1_ANY, 3),
	ASN1_IMP_SEQUENCE_OF(struct recipient, is.other, ASN1_ANY, 4),
} static_ASN1_CHOICE_END_selector(struct recipient, recipient, kind)

ASN1_SEQUENCE(enveloped_content) = {
	ASN1_SIMPLE(struct enveloped_content, type, ASN1_OBJECT),
	ASN1_SIMPLE(struct enveloped_content, algor, X509_ALGOR),
	ASN1_IMP_OPT(struct enveloped_content, bytes, ASN1_OCTET_STRING, 0),
} static_ASN1_SEQUENCE_END_name(struct enveloped_content, enveloped_content)

ASN1_SEQUENCE(enveloped) = {
	ASN1_SIMPLE(struct enveloped, version, ASN1_INTEGER),
	ASN1_IMP_SEQUENCE_OF_OPT(struct enveloped, originator, ASN1_ANY, 0),
	ASN1_SET_OF(struct enveloped, recipients, recipient),
	ASN1_SIMPLE(struct enveloped, content, enveloped_content),
	ASN1_IMP_SET_OF_OPT(struct enveloped, attributes, ASN1_ANY, 1),
} static_ASN1_SEQUENCE_END_name(struct enveloped, enveloped)

ASN1_SEQUENCE(content_info) = {
	ASN1_SIMPLE(struct content_info, type, ASN1_OBJECT),
	ASN1_EXP(struct content_info, content, ASN1_ANY, 0),
} static_ASN1_SEQUENCE_END_name(struct content_info, content_info)

ASN1_SEQUENCE(certificate_bag) = {
	ASN1_SIMPLE(struct certificate_bag, version, ASN1_INTEGER),
	ASN1_SET_OF(struct certificate_bag, digests, ASN1_ANY),
	ASN1_SIMPLE(struct certificate_bag, content, ASN1_ANY),
	ASN1_IMP_SET_OF_OPT(struct certificate_bag, certificates, ASN1_ANY,
	    0),
	ASN1_IMP_SET_OF_OPT(struct certificate_bag, revocations, ASN1_ANY, 1),
	ASN1_SET_OF(struct certificate_bag, signers, ASN1_ANY),
} static_ASN1_SEQUENCE_END_name(struct certificate_bag, certificate_bag)

const ASN1_ITEM *
content_info_item(void)
{
	return ASN1_ITEM_rptr(content_info);
}

const ASN1_ITEM *
enveloped_item(void)
{
	return ASN1_ITEM_rptr(enveloped);
}

const ASN1_ITEM *
recipient_item(void)
{
	return ASN1_ITEM_rptr(recipient);
}

const ASN1_ITEM *
certificate_bag_item(void)
{
	return ASN1_ITEM_rptr(certificate_bag);
}

const ASN1_ITEM *
issuer_serial_item(void)
{
	return ASN1_ITEM_rptr(issuer_serial);
}

const ASN1_ITEM *
key_transport_item(void)
{
	return ASN1_ITEM_rptr(key_transport);
}

const ASN1_ITEM *
key_agreement_item(void)
{
	return ASN1_ITEM_rptr(key_agreement);
}

const ASN1_ITEM *
public_point_item(void)
{
	return ASN1_ITEM_rptr(public_point);
}

const ASN1_ITEM *
agree_key_item(void)
{
	return ASN1_ITEM_rptr(agree_key);
}

const ASN1_ITEM *
agree_key_id_item(void)
{
	return ASN1_ITEM_rptr(agree_key_id);
}

/* --- ciphers and names --------------------------------------------------- */

const struct content_cipher *
content_cipher(const ASN1_OBJECT *object)
{
	static const struct content_cipher ciphers[] = {
		{ NID_aes_256_cbc, "AES-256-CBC", 32, false },
		{ NID_aes_192_cbc, "AES-192-CBC", 24, false },
		{ NID_aes_128_cbc, "AES-128-CBC", 16, false },
		{ NID_des_ede3_cbc, "DES-EDE3-CBC", 24, false },
		{ NID_rc2_cbc, "RC2-CBC", 0, true },
		{ NID_rc4, "RC4", 0, true },
		{ NID_des_cbc, "DES-CBC", 8, true },
	};
	int nid = OBJ_obj2nid(object);

	for (size_t i = 0; i < ARRAY_LEN(ciphers); i++)
		if (ciphers[i].nid == nid)
			return &ciphers[i];
	return NULL;
}

static const int hash_nids[HASH_COUNT] = {
	[HASH_SHA1] = NID_sha1,
	[HASH_SHA224] = NID_sha224,
	[HASH_SHA256] = NID_sha256,
	[HASH_SHA384] = NID_sha384,
	[HASH_SHA512] = NID_sha512,
};

int
hash_nid(enum key_hash hash)
{
	size_t i = (size_t)hash;

	return i < ARRAY_LEN(hash_nids) ? hash_nids[i] : NID_undef;
}

enum key_hash
hash_of_nid(int nid)
{
	/* unknown is not the same as any that has no number here */
	for (size_t i = 1; i < ARRAY_LEN(hash_nids); i++)
		if (nid != NID_undef && hash_nids[i] == nid)
			return (enum key_hash)i;
	return HASH_NONE;
}

const struct agreement_scheme *
agreement_scheme(const ASN1_OBJECT *object)
{
	static const struct agreement_scheme schemes[] = {
		{ NID_dhSinglePass_stdDH_sha1kdf_scheme, HASH_SHA1, false },
		{ NID_dhSinglePass_stdDH_sha224kdf_scheme, HASH_SHA224,
		    false },
		{ NID_dhSinglePass_stdDH_sha256kdf_scheme, HASH_SHA256,
		    false },
		{ NID_dhSinglePass_stdDH_sha384kdf_scheme, HASH_SHA384,
		    false },
		{ NID_dhSinglePass_stdDH_sha512kdf_scheme, HASH_SHA512,
		    false },
		{ NID_dhSinglePass_cofactorDH_sha1kdf_scheme, HASH_SHA1,
		    true },
		{ NID_dhSinglePass_cofactorDH_sha224kdf_scheme, HASH_SHA224,
		    true },
		{ NID_dhSinglePass_cofactorDH_sha256kdf_scheme, HASH_SHA256,
		    true },
		{ NID_dhSinglePass_cofactorDH_sha384kdf_scheme, HASH_SHA384,
		    true },
		{ NID_dhSinglePass_cofactorDH_sha512kdf_scheme, HASH_SHA512,
		    true },
	};
	int nid = OBJ_obj2nid(object);

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (schemes[i].nid == nid)
			return &schemes[i];
	return NULL;
}

size_t
key_wrap_bits(const ASN1_OBJECT *object)
{
	switch (OBJ_obj2nid(object)) {
	case NID_id_aes128_wrap:
		return 128;
	case NID_id_aes192_wrap:
	case NID_id_smime_alg_CMS3DESwrap:
		return 192;
	case NID_id_aes256_wrap:
		return 256;
	default:
		return 0;
	}
}

/* --- what the recipient has to do ---------------------------------------- */

/* Absent is SHA-1. */
static enum key_hash
hash_of_algor(const X509_ALGOR *algor)
{
	return algor == NULL ? HASH_SHA1 :
			       hash_of_nid(OBJ_obj2nid(algor->algorithm));
}

static enum key_hash
hash_of_mask(const X509_ALGOR *mask)
{
	X509_ALGOR *inner;
	enum key_hash hash;

	if (mask == NULL)
		return HASH_SHA1;
	if (OBJ_obj2nid(mask->algorithm) != NID_mgf1)
		return HASH_NONE;
	inner = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR),
	    mask->parameter);
	hash = inner == NULL ? HASH_NONE : hash_of_algor(inner);
	X509_ALGOR_free(inner);
	return hash;
}

static enum cng_status
oaep_label(struct secret *out, const X509_ALGOR *source)
{
	if (source == NULL)
		return CNG_OK;
	if (OBJ_obj2nid(source->algorithm) != NID_pSpecified)
		return CNG_ERR_NOT_SUPPORTED;
	if (source->parameter == NULL ||
	    source->parameter->type != V_ASN1_OCTET_STRING)
		return CNG_ERR_BAD_DATA;
	return secret_copy(out,
	    asn1_bytes(source->parameter->value.octet_string));
}

static enum cng_status
oaep_op(struct key_op *out, const X509_ALGOR *algor, struct secret *label)
{
	RSA_OAEP_PARAMS *params = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(RSA_OAEP_PARAMS), algor->parameter);
	enum cng_status st;

	if (params == NULL)
		return CNG_ERR_BAD_DATA;
	out->scheme = OP_RSA_OAEP;
	out->pad_hash = hash_of_algor(params->hashFunc);
	out->mgf_hash = hash_of_mask(params->maskGenFunc);
	st = oaep_label(label, params->pSourceFunc);
	out->label = secret_span(label);
	RSA_OAEP_PARAMS_free(params);
	if (st == CNG_OK && (out->pad_hash == HASH_NONE ||
				out->mgf_hash == HASH_NONE))
		st = CNG_ERR_NOT_SUPPORTED;
	return st;
}

enum cng_status
transport_op(struct key_op *out, const X509_ALGOR *algor,
    struct secret *label)
{
	*out = (struct key_op){ 0 };
	switch (OBJ_obj2nid(algor->algorithm)) {
	case NID_rsaEncryption:
		out->scheme = OP_RSA_PKCS1;
		return CNG_OK;
	case NID_rsaesOaep:
		return oaep_op(out, algor, label);
	default:
		return CNG_ERR_NOT_SUPPORTED;
	}
}

/* ECC-CMS-SharedInfo. */
enum cng_status
agreement_info(struct secret *out, X509_ALGOR *wrap, ASN1_OCTET_STRING *ukm)
{
	unsigned char *der = NULL;
	int len = CMS_SharedInfo_encode(&der, wrap, ukm,
	    (int)(key_wrap_bits(wrap->algorithm) / 8));
	enum cng_status st;

	if (len <= 0)
		return CNG_ERR_NO_MEMORY;
	st = secret_copy(out, span_of(der, (size_t)len));
	OPENSSL_free(der);
	return st;
}

enum cng_status
agreement_op(struct key_op *out, const struct key_agreement *from,
    struct secret *info)
{
	const struct agreement_scheme *scheme =
	    agreement_scheme(from->algor->algorithm);
	X509_ALGOR *wrap;
	enum cng_status st = CNG_ERR_NOT_SUPPORTED;

	*out = (struct key_op){ 0 };
	if (scheme == NULL || from->originator->kind != FROM_POINT)
		return st;
	wrap = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR),
	    from->algor->parameter);
	if (wrap == NULL)
		return CNG_ERR_BAD_DATA;
	*out = (struct key_op){
		.scheme = OBJ_obj2nid(wrap->algorithm) ==
			NID_id_smime_alg_CMS3DESwrap ? OP_ECDH_3DES_KW :
						       OP_ECDH_AES_KW,
		.kdf = KDF_X963,
		.pad_hash = scheme->hash,
		.cofactor = scheme->cofactor,
		.aes_bits = key_wrap_bits(wrap->algorithm),
		.peer = asn1_bytes(from->originator->is.point->point),
	};
	if (out->aes_bits != 0)
		st = agreement_info(info, wrap, from->ukm);
	out->label = secret_span(info);
	X509_ALGOR_free(wrap);
	return st;
}
