/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writing PKCS#12 as Windows and OpenSSL do: keys shrouded one by one in a
 * part that is plain, everything else in one that is encrypted, a MAC over
 * both.
 */
#include "crypto/pfx_internal.h"

#include <openssl/objects.h>
#include <openssl/pkcs12.h>

#include "base/utf16.h"
#include "crypto/internal.h"

#define MAC_SALT 16
#define MAC_ROUNDS 100000u
#define MAC_ROUNDS_OLD 2000u

/* --- attributes ------------------------------------------------------- */

static enum cng_status
add_wide(PKCS12_SAFEBAG *bag, int nid, struct span text)
{
	struct wr w = wr_of(NULL, 0);
	struct secret wide = { 0 };
	enum cng_status st;

	if (text.len == 0)
		return CNG_OK;
	st = utf16le_write(&w, text, false);
	if (st == CNG_OK)
		st = secret_new(&wide, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(wide.ptr, wide.len);
	st = utf16le_write(&w, text, false);
	for (size_t i = 0; i + 1 < wide.len; i += 2) {
		uint8_t low = wide.ptr[i];

		wide.ptr[i] = wide.ptr[i + 1];
		wide.ptr[i + 1] = low;
	}
	if (st == CNG_OK && PKCS12_add1_attr_by_NID(bag, nid,
	    V_ASN1_BMPSTRING, wide.ptr, (int)wide.len) != 1)
		st = CNG_ERR_NO_MEMORY;
	secret_free(&wide);
	return st;
}

static enum cng_status
add_attributes(PKCS12_SAFEBAG *bag, const struct pfx_item *item)
{
	enum cng_status st;

	st = add_wide(bag, NID_friendlyName, secret_span(&item->name));
	if (st == CNG_OK)
		st = add_wide(bag, NID_ms_csp_name,
		    secret_span(&item->provider));
	if (st == CNG_OK && item->id.len > 0 &&
	    PKCS12_add1_attr_by_NID(bag, NID_localKeyID, V_ASN1_OCTET_STRING,
		item->id.ptr, (int)item->id.len) != 1)
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK && item->machine &&
	    PKCS12_add1_attr_by_NID(bag, NID_LocalKeySet, 0, NULL, -1) != 1)
		st = CNG_ERR_NO_MEMORY;
	return st;
}

/* --- bags ------------------------------------------------------------- */

static enum cng_status
seal(struct secret *out, struct span plain, const struct pbe *pbe)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = pbe_seal(&w, plain, pbe);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	st = pbe_seal(&w, plain, pbe);
	if (st == CNG_OK)
		secret_truncate(out, w.len);
	return st;
}

static enum cng_status
key_bag(PKCS12_SAFEBAG **out, const struct pfx_item *item,
    const struct pbe *pbe)
{
	struct secret sealed = { 0 };
	struct span der = secret_span(&item->der);
	void *sig = NULL;
	enum cng_status st = CNG_OK;

	if (!item->sealed) {
		st = seal(&sealed, der, pbe);
		der = secret_span(&sealed);
	}
	if (st == CNG_OK)
		st = asn1_parse(&sig, der, ASN1_ITEM_rptr(X509_SIG));
	if (st == CNG_OK) {
		*out = PKCS12_SAFEBAG_create0_pkcs8(sig);
		if (*out == NULL) {
			X509_SIG_free(sig);
			st = CNG_ERR_NO_MEMORY;
		}
	}
	secret_free(&sealed);
	return st;
}

/* The certificate goes in byte for byte: nobody parses it here. */
static enum cng_status
cert_bag(PKCS12_SAFEBAG **out, const struct pfx_item *item)
{
	void *any;
	enum cng_status st;

	st = asn1_parse(&any, secret_span(&item->der),
	    ASN1_ITEM_rptr(ASN1_ANY));
	if (st != CNG_OK)
		return st;
	*out = PKCS12_item_pack_safebag(any, ASN1_ITEM_rptr(ASN1_ANY),
	    NID_x509Certificate, NID_certBag);
	ASN1_TYPE_free(any);
	return *out == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
}

static enum cng_status
add_bag(STACK_OF(PKCS12_SAFEBAG) *bags, const struct pfx_item *item,
    const struct pbe *pbe)
{
	PKCS12_SAFEBAG *bag = NULL;
	enum cng_status st;

	st = item->kind == PFX_KEY ? key_bag(&bag, item, pbe) :
				     cert_bag(&bag, item);
	if (st == CNG_OK)
		st = add_attributes(bag, item);
	if (st == CNG_OK && sk_PKCS12_SAFEBAG_push(bags, bag) <= 0)
		st = CNG_ERR_NO_MEMORY;
	if (st != CNG_OK)
		PKCS12_SAFEBAG_free(bag);
	return st;
}

/* SafeContents of all items of one kind; empty when there are none. */
static enum cng_status
make_bags(struct secret *out, const struct pfx *pfx, enum pfx_kind kind,
    const struct pbe *pbe)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = sk_PKCS12_SAFEBAG_new_null();
	enum cng_status st = bags == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;

	*out = (struct secret){ 0 };
	for (size_t i = 0; st == CNG_OK && i < pfx->count; i++)
		if (pfx->item[i].kind == kind)
			st = add_bag(bags, &pfx->item[i], pbe);
	if (st == CNG_OK && sk_PKCS12_SAFEBAG_num(bags) > 0)
		st = asn1_write(out, bags, ASN1_ITEM_rptr(PKCS12_SAFEBAGS));
	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	return st;
}

/* --- parts of the safe ------------------------------------------------ */

static bool
set_octets(ASN1_TYPE **out, struct span bytes, int type)
{
	ASN1_TYPE *any = ASN1_TYPE_new();
	ASN1_STRING *octets = ASN1_STRING_type_new(type);

	if (any == NULL || octets == NULL || !asn1_set(octets, bytes)) {
		ASN1_TYPE_free(any);
		ASN1_STRING_free(octets);
		return false;
	}
	ASN1_TYPE_set(any, type, octets);
	ASN1_TYPE_free(*out);
	*out = any;
	return true;
}

static bool
fill_content(struct pfx_content *content, int nid, struct span value,
    int type)
{
	ASN1_OBJECT_free(content->type);
	content->type = OBJ_nid2obj(nid);
	return set_octets(&content->value, value, type);
}

/* DER of a ContentInfo, appended to the list. */
static enum cng_status
add_content(STACK_OF(ASN1_TYPE) *parts, int nid, struct span value, int type)
{
	ASN1_VALUE *content = ASN1_item_new(ASN1_ITEM_rptr(pfx_content));
	struct secret der = { 0 };
	ASN1_TYPE *part = NULL;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (content != NULL &&
	    fill_content((struct pfx_content *)content, nid, value, type))
		st = asn1_write(&der, content, ASN1_ITEM_rptr(pfx_content));
	if (st == CNG_OK && (!set_octets(&part, secret_span(&der),
	    V_ASN1_SEQUENCE) || sk_ASN1_TYPE_push(parts, part) <= 0)) {
		ASN1_TYPE_free(part);
		st = CNG_ERR_NO_MEMORY;
	}
	secret_free(&der);
	ASN1_item_free(content, ASN1_ITEM_rptr(pfx_content));
	return st;
}

/* EncryptedData out of an EncryptedPrivateKeyInfo around the same bytes. */
static enum cng_status
make_sealed(struct secret *out, struct span plain, const struct pbe *pbe)
{
	struct secret around = { 0 };
	struct pfx_sealed *sealed;
	ASN1_OCTET_STRING *cipher;
	ASN1_VALUE *value = NULL;
	X509_ALGOR *algor;
	void *sig = NULL;
	enum cng_status st = seal(&around, plain, pbe);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = asn1_parse(&sig, secret_span(&around),
		    ASN1_ITEM_rptr(X509_SIG));
	if (st != CNG_OK)
		goto out;
	X509_SIG_getm(sig, &algor, &cipher);
	value = ASN1_item_new(ASN1_ITEM_rptr(pfx_sealed));
	st = CNG_ERR_NO_MEMORY;
	if (value == NULL)
		goto out;
	sealed = (struct pfx_sealed *)value;
	ASN1_OBJECT_free(sealed->body->type);
	sealed->body->type = OBJ_nid2obj(NID_pkcs7_data);
	sealed->body->cipher = ASN1_OCTET_STRING_new();
	if (sealed->body->cipher != NULL &&
	    ASN1_INTEGER_set_uint64(sealed->version, 0) == 1 &&
	    X509_ALGOR_copy(sealed->body->algor, algor) == 1 &&
	    asn1_set(sealed->body->cipher, asn1_bytes(cipher)))
		st = asn1_write(out, value, ASN1_ITEM_rptr(pfx_sealed));
out:
	ASN1_item_free(value, ASN1_ITEM_rptr(pfx_sealed));
	X509_SIG_free(sig);
	secret_free(&around);
	return st;
}

static enum cng_status
make_safe(struct secret *out, const struct pfx *pfx, const struct pbe *pbe)
{
	STACK_OF(ASN1_TYPE) *parts = sk_ASN1_TYPE_new_null();
	struct secret keys = { 0 }, certs = { 0 }, sealed = { 0 };
	enum cng_status st = CNG_ERR_NO_MEMORY;

	*out = (struct secret){ 0 };
	if (parts != NULL)
		st = make_bags(&keys, pfx, PFX_KEY, pbe);
	if (st == CNG_OK)
		st = make_bags(&certs, pfx, PFX_CERT, pbe);
	if (st == CNG_OK && certs.len > 0)
		st = make_sealed(&sealed, secret_span(&certs), pbe);
	if (st == CNG_OK && certs.len > 0)
		st = add_content(parts, NID_pkcs7_encrypted,
		    secret_span(&sealed), V_ASN1_SEQUENCE);
	if (st == CNG_OK && keys.len > 0)
		st = add_content(parts, NID_pkcs7_data, secret_span(&keys),
		    V_ASN1_OCTET_STRING);
	if (st == CNG_OK)
		st = asn1_write(out, parts,
		    ASN1_ITEM_rptr(ASN1_SEQUENCE_ANY));
	sk_ASN1_TYPE_pop_free(parts, ASN1_TYPE_free);
	secret_free(&keys);
	secret_free(&certs);
	secret_free(&sealed);
	return st;
}

/* --- the whole -------------------------------------------------------- */

static enum cng_status
add_mac(struct pfx_mac *mac, struct span data, const struct pbe *pbe)
{
	bool old = pbe->kind == PBE_PKCS12_3DES;
	int nid = old ? NID_sha1 : NID_sha256;
	uint32_t rounds = pbe->iterations;
	const struct pfx_password password = {
		pbe->password.len == 0 ? "" : (const char *)pbe->password.ptr,
		pbe->password.len,
	};
	uint8_t salt[MAC_SALT], made[EVP_MAX_MD_SIZE];
	ASN1_OCTET_STRING *digest;
	X509_ALGOR *algor;
	size_t len = 0;
	enum cng_status st = crypto_random(salt, sizeof salt);

	if (rounds == 0)
		rounds = old ? MAC_ROUNDS_OLD : MAC_ROUNDS;
	if (st == CNG_OK)
		st = pfx_compute_mac(made, &len, nid, &password,
		    span_of(salt, sizeof salt), rounds, data);
	if (st != CNG_OK)
		return st;
	X509_SIG_getm(mac->digest, &algor, &digest);
	mac->rounds = ASN1_INTEGER_new();
	if (mac->rounds == NULL ||
	    ASN1_INTEGER_set_uint64(mac->rounds, rounds) != 1 ||
	    !asn1_set(mac->salt, span_of(salt, sizeof salt)) ||
	    !asn1_set(digest, span_of(made, len)) ||
	    X509_ALGOR_set0(algor, OBJ_nid2obj(nid), V_ASN1_NULL, NULL) != 1)
		return CNG_ERR_NO_MEMORY;
	return CNG_OK;
}

static enum cng_status
fill_outer(struct pfx_outer *outer, struct span safe, const struct pbe *pbe)
{
	outer->mac = (struct pfx_mac *)ASN1_item_new(ASN1_ITEM_rptr(pfx_mac));
	if (outer->mac == NULL ||
	    ASN1_INTEGER_set_uint64(outer->version, PFX_VERSION) != 1 ||
	    !fill_content(outer->safe, NID_pkcs7_data, safe,
		V_ASN1_OCTET_STRING))
		return CNG_ERR_NO_MEMORY;
	return add_mac(outer->mac, safe, pbe);
}

enum cng_status
pfx_write(struct secret *out, const struct pfx *pfx, const struct pbe *pbe)
{
	struct secret safe = { 0 };
	ASN1_VALUE *value = NULL;
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (pbe == NULL || !pbe->has_password || pbe->kind == PBE_NONE ||
	    pbe->password.len > PASSWORD_MAX)
		return CNG_ERR_ARGUMENT;
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	st = make_safe(&safe, pfx, pbe);
	if (st == CNG_OK) {
		value = ASN1_item_new(ASN1_ITEM_rptr(pfx_outer));
		st = value == NULL ? CNG_ERR_NO_MEMORY :
		    fill_outer((struct pfx_outer *)value,
			secret_span(&safe), pbe);
	}
	if (st == CNG_OK)
		st = asn1_write(out, value, ASN1_ITEM_rptr(pfx_outer));
	ASN1_item_free(value, ASN1_ITEM_rptr(pfx_outer));
	secret_free(&safe);
	return asn1_leave(st);
}
