/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Certificates in one piece: the SignedData of PKCS#7 that signs nothing and
 * that nobody has signed.
 */
#include "crypto/asn1_internal.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>

struct certs_content {
	ASN1_OBJECT *type;
};

struct certs_body {
	ASN1_INTEGER *version;
	STACK_OF(ASN1_TYPE) *digests;
	struct certs_content *content;
	STACK_OF(ASN1_TYPE) *certs;
	STACK_OF(ASN1_TYPE) *signers;
};

struct certs {
	ASN1_OBJECT *type;
	struct certs_body *body;
};

ASN1_SEQUENCE(certs_content) = {
	ASN1_SIMPLE(struct certs_content, type, ASN1_OBJECT),
} static_ASN1_SEQUENCE_END_name(struct certs_content, certs_content)

ASN1_SEQUENCE(certs_body) = {
	ASN1_SIMPLE(struct certs_body, version, ASN1_INTEGER),
	ASN1_SET_OF(struct certs_body, digests, ASN1_ANY),
	ASN1_SIMPLE(struct certs_body, content, certs_content),
	ASN1_IMP_SET_OF(struct certs_body, certs, ASN1_ANY, 0),
	ASN1_SET_OF(struct certs_body, signers, ASN1_ANY),
} static_ASN1_SEQUENCE_END_name(struct certs_body, certs_body)

ASN1_SEQUENCE(certs) = {
	ASN1_SIMPLE(struct certs, type, ASN1_OBJECT),
	ASN1_EXP(struct certs, body, certs_body, 0),
} static_ASN1_SEQUENCE_END_name(struct certs, certs)

static enum cng_status
add(STACK_OF(ASN1_TYPE) *to, struct span der)
{
	void *any = NULL;
	enum cng_status st = asn1_parse(&any, der, ASN1_ITEM_rptr(ASN1_ANY));

	if (st == CNG_OK && ASN1_TYPE_get(any) != V_ASN1_SEQUENCE)
		st = CNG_ERR_BAD_DATA;
	if (st == CNG_OK && sk_ASN1_TYPE_push(to, any) > 0)
		return CNG_OK;
	ASN1_TYPE_free(any);
	return st == CNG_OK ? CNG_ERR_NO_MEMORY : st;
}

static enum cng_status
pack(struct wr *out, const struct span *der, size_t count)
{
	ASN1_VALUE *value = ASN1_item_new(ASN1_ITEM_rptr(certs));
	struct certs *all = (struct certs *)value;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (value == NULL)
		return st;
	all->type = OBJ_nid2obj(NID_pkcs7_signed);
	all->body->content->type = OBJ_nid2obj(NID_pkcs7_data);
	if (ASN1_INTEGER_set_uint64(all->body->version, 1) == 1)
		st = CNG_OK;
	for (size_t i = 0; st == CNG_OK && i < count; i++)
		st = add(all->body->certs, der[i]);
	if (st == CNG_OK)
		st = asn1_put(out, value, ASN1_ITEM_rptr(certs));
	ASN1_item_free(value, ASN1_ITEM_rptr(certs));
	return st;
}

enum cng_status
x509_pack(struct wr *out, const struct span *der, size_t count)
{
	enum cng_status st = asn1_enter();

	return st == CNG_OK ? asn1_leave(pack(out, der, count)) : st;
}
