/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading PKCS#12: the MAC first, then the safe, part by part.  The outer
 * layers have templates of our own, because those of OpenSSL would look into
 * signatures and certificates, with the host's context.
 */
#include "crypto/pfx_internal.h"

#include <stdio.h>

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>

#include "base/alloc.h"
#include "base/utf16.h"
#include "base/util.h"
#include "crypto/internal.h"

/* Of all parts together: a file can ask for many. */
#define ROUNDS_BUDGET 20000000u
#define NESTING_MAX 4
#define NAME_MAX_BYTES 2048u
#define ID_MAX_BYTES 1024u

/* A key in a plain bag lies in the copies of all that is around it. */
static void
wipe_any(const ASN1_TYPE *any)
{
	if (any != NULL && (any->type == V_ASN1_SEQUENCE ||
	    any->type == V_ASN1_OCTET_STRING))
		asn1_wipe(any->value.asn1_string);
}

void
pfx_element_free(ASN1_TYPE *element)
{
	wipe_any(element);
	ASN1_TYPE_free(element);
}

static int
wipe_content(int operation, ASN1_VALUE **value, const ASN1_ITEM *it,
    void *arg)
{
	(void)it;
	(void)arg;
	if (operation == ASN1_OP_FREE_PRE)
		wipe_any(((struct pfx_content *)*value)->value);
	return 1;
}

static int
wipe_bag(int operation, ASN1_VALUE **value, const ASN1_ITEM *it, void *arg)
{
	(void)it;
	(void)arg;
	if (operation == ASN1_OP_FREE_PRE)
		wipe_any(((struct pfx_bag *)*value)->value);
	return 1;
}

ASN1_SEQUENCE_cb(pfx_content, wipe_content) = {
	ASN1_SIMPLE(struct pfx_content, type, ASN1_OBJECT),
	ASN1_EXP_OPT(struct pfx_content, value, ASN1_ANY, 0),
} ASN1_SEQUENCE_END_cb(struct pfx_content, pfx_content)

ASN1_SEQUENCE_cb(pfx_bag, wipe_bag) = {
	ASN1_SIMPLE(struct pfx_bag, type, ASN1_OBJECT),
	ASN1_EXP(struct pfx_bag, value, ASN1_ANY, 0),
	ASN1_SET_OF_OPT(struct pfx_bag, attributes, X509_ATTRIBUTE),
} ASN1_SEQUENCE_END_cb(struct pfx_bag, pfx_bag)

ASN1_SEQUENCE(pfx_mac) = {
	ASN1_SIMPLE(struct pfx_mac, digest, X509_SIG),
	ASN1_SIMPLE(struct pfx_mac, salt, ASN1_OCTET_STRING),
	ASN1_OPT(struct pfx_mac, rounds, ASN1_INTEGER),
} ASN1_SEQUENCE_END_name(struct pfx_mac, pfx_mac)

ASN1_SEQUENCE(pfx_outer) = {
	ASN1_SIMPLE(struct pfx_outer, version, ASN1_INTEGER),
	ASN1_SIMPLE(struct pfx_outer, safe, pfx_content),
	ASN1_OPT(struct pfx_outer, mac, pfx_mac),
} ASN1_SEQUENCE_END_name(struct pfx_outer, pfx_outer)

ASN1_SEQUENCE(pfx_sealed_body) = {
	ASN1_SIMPLE(struct pfx_sealed_body, type, ASN1_OBJECT),
	ASN1_SIMPLE(struct pfx_sealed_body, algor, X509_ALGOR),
	ASN1_IMP_OPT(struct pfx_sealed_body, cipher, ASN1_OCTET_STRING, 0),
} static_ASN1_SEQUENCE_END_name(struct pfx_sealed_body, pfx_sealed_body)

ASN1_SEQUENCE(pfx_sealed) = {
	ASN1_SIMPLE(struct pfx_sealed, version, ASN1_INTEGER),
	ASN1_SIMPLE(struct pfx_sealed, body, pfx_sealed_body),
} ASN1_SEQUENCE_END_name(struct pfx_sealed, pfx_sealed)

struct reading {
	struct pfx *out;
	struct pfx_password password;
	uint64_t rounds_left;
	char guard[sizeof ((struct pfx_item *)0)->guard];
	unsigned depth;
};

/* --- the list --------------------------------------------------------- */

struct pfx_item *
pfx_add(struct pfx *pfx, enum pfx_kind kind)
{
	struct pfx_item *item;

	if (pfx->count == PFX_ITEMS_MAX)
		return NULL;
	item = mem_grow(pfx->item, pfx->count, pfx->count + 1, sizeof *item);
	if (item == NULL)
		return NULL;
	pfx->item = item;
	item = &pfx->item[pfx->count++];
	item->kind = kind;
	return item;
}

void
pfx_free(struct pfx *pfx)
{
	for (size_t i = 0; i < pfx->count; i++) {
		secret_free(&pfx->item[i].der);
		secret_free(&pfx->item[i].name);
		secret_free(&pfx->item[i].id);
		secret_free(&pfx->item[i].provider);
	}
	mem_free(pfx->item);
	*pfx = (struct pfx){ 0 };
}

/* --- the MAC ---------------------------------------------------------- */

enum cng_status
pfx_compute_mac(uint8_t *out, size_t *out_len, int nid,
    const struct pfx_password *password, struct span salt, uint64_t rounds,
    struct span data)
{
	const char *name = OBJ_nid2sn(nid);
	EVP_MD *md = nid == NID_undef ? NULL :
	    EVP_MD_fetch(crypto_ctx(), name, NULL);
	uint8_t key[EVP_MAX_MD_SIZE], room[1] = { 0 };
	int size = md == NULL ? 0 : EVP_MD_get_size(md);
	enum cng_status st = CNG_ERR_NOT_SUPPORTED;

	/* OpenSSL wants a pointer that it may write to */
	if (size > 0 && size <= EVP_MAX_MD_SIZE)
		st = PKCS12_key_gen_utf8_ex(password->text,
		    (int)password->len,
		    salt.len == 0 ? room : (unsigned char *)(uintptr_t)salt.ptr,
		    (int)salt.len, PKCS12_MAC_ID, (int)rounds, size, key, md,
		    crypto_ctx(), NULL) == 1 ? CNG_OK : CNG_ERR_BAD_DATA;
	if (st == CNG_OK && EVP_Q_mac(crypto_ctx(), "HMAC", NULL, name, NULL,
	    key, (size_t)size, data.ptr, data.len, out, EVP_MAX_MD_SIZE,
	    out_len) == NULL)
		st = CNG_ERR_INTERNAL;
	wipe(key, sizeof key);
	EVP_MD_free(md);
	return st;
}

static enum cng_status
mac_rounds(const struct pfx_mac *mac, uint64_t *out)
{
	*out = 1;
	if (mac->rounds == NULL)
		return CNG_OK;
	if (!asn1_small(mac->rounds, out))
		return CNG_ERR_BAD_DATA;
	return pbe_check_rounds(mac->rounds, asn1_bytes(mac->salt));
}

static enum cng_status
try_mac(const struct pfx_mac *mac, const struct pfx_password *password,
    struct span data)
{
	uint8_t made[EVP_MAX_MD_SIZE];
	const ASN1_OCTET_STRING *digest;
	const X509_ALGOR *algor;
	uint64_t rounds = 1;
	size_t len = 0;
	enum cng_status st = mac_rounds(mac, &rounds);

	X509_SIG_get0(mac->digest, &algor, &digest);
	if (st == CNG_OK)
		st = pfx_compute_mac(made, &len,
		    OBJ_obj2nid(algor->algorithm), password,
		    asn1_bytes(mac->salt), rounds, data);
	if (st == CNG_OK && !secret_equal(span_of(made, len),
	    asn1_bytes(digest)))
		st = CNG_ERR_BAD_PASSWORD;
	return st;
}

/* Which password it is: writers differ in what an empty one means. */
static enum cng_status
check_mac(struct reading *r, const struct pfx_mac *mac, struct span data,
    const struct pbe *pbe)
{
	bool given = pbe != NULL && pbe->has_password &&
	    pbe->password.len > 0;
	enum cng_status st;

	if (mac == NULL)
		return CNG_ERR_NOT_SUPPORTED;
	if (given && pbe->password.len > PASSWORD_MAX)
		return CNG_ERR_BAD_PASSWORD;
	r->password = (struct pfx_password){ "", 0 };
	if (given)
		r->password = (struct pfx_password){
			(const char *)pbe->password.ptr, pbe->password.len };
	st = try_mac(mac, &r->password, data);
	if (given || st != CNG_ERR_BAD_PASSWORD)
		return st;
	r->password = (struct pfx_password){ NULL, 0 };
	return try_mac(mac, &r->password, data);
}

/* --- attributes ------------------------------------------------------- */

/* BMPString, which may hold surrogates, to UTF-8. */
static enum cng_status
take_wide(struct secret *out, const ASN1_TYPE *value)
{
	struct secret little = { 0 };
	struct span wide;
	enum cng_status st;

	if (value->type != V_ASN1_BMPSTRING)
		return CNG_OK;
	wide = asn1_bytes(value->value.bmpstring);
	if (wide.len > NAME_MAX_BYTES || wide.len % 2 != 0)
		return CNG_OK;
	st = secret_new(&little, wide.len);
	for (size_t i = 0; st == CNG_OK && i < wide.len; i += 2) {
		little.ptr[i] = wide.ptr[i + 1];
		little.ptr[i + 1] = wide.ptr[i];
	}
	secret_free(out);
	if (st == CNG_OK)
		st = utf8_from_utf16le(out, secret_span(&little));
	secret_free(&little);
	/* a name that is none is no reason to refuse the key */
	return st == CNG_ERR_NO_MEMORY ? st : CNG_OK;
}

static enum cng_status
take_attribute(struct pfx_item *item, X509_ATTRIBUTE *attribute)
{
	int nid = OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute));
	const ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(attribute, 0);
	struct span id;

	if (nid == NID_LocalKeySet)
		item->machine = true;
	if (value == NULL)
		return CNG_OK;
	if (nid == NID_friendlyName)
		return take_wide(&item->name, value);
	if (nid == NID_ms_csp_name)
		return take_wide(&item->provider, value);
	if (nid != NID_localKeyID || value->type != V_ASN1_OCTET_STRING)
		return CNG_OK;
	id = asn1_bytes(value->value.octet_string);
	return id.len > ID_MAX_BYTES ? CNG_OK :
				       secret_replace(&item->id, id);
}

static enum cng_status
take_attributes(struct pfx_item *item, const struct pfx_bag *bag)
{
	const STACK_OF(X509_ATTRIBUTE) *list = bag->attributes;
	enum cng_status st = CNG_OK;

	for (int i = 0; st == CNG_OK && i < sk_X509_ATTRIBUTE_num(list); i++)
		st = take_attribute(item, sk_X509_ATTRIBUTE_value(list, i));
	return st;
}

/* --- bags ------------------------------------------------------------- */

static enum cng_status
open_part(struct reading *r, struct secret *out, const X509_ALGOR *algor,
    const ASN1_OCTET_STRING *cipher)
{
	uint64_t rounds = pbe_rounds(algor);

	if (rounds > r->rounds_left)
		return CNG_ERR_BAD_DATA;
	r->rounds_left -= rounds;
	return pbe_open_with(out, algor, asn1_bytes(cipher),
	    r->password.text, r->password.len);
}

static enum cng_status
take_shrouded(struct reading *r, struct pfx_item *item, struct span der)
{
	const ASN1_OCTET_STRING *cipher;
	const X509_ALGOR *algor;
	void *sig;
	enum cng_status st = asn1_parse(&sig, der, ASN1_ITEM_rptr(X509_SIG));

	if (st != CNG_OK)
		return st;
	X509_SIG_get0(sig, &algor, &cipher);
	pbe_text(item->guard, sizeof item->guard, algor);
	st = open_part(r, &item->der, algor, cipher);
	X509_SIG_free(sig);
	return st;
}

/* One that cannot be read has none. */
static enum cng_status
subject_text(struct pfx_item *item)
{
	struct x509_names names;
	const unsigned char *at;
	X509_NAME *name = NULL;
	enum cng_status st = x509_names(&names, secret_span(&item->der));

	if (st != CNG_OK)
		return st == CNG_ERR_NO_MEMORY ? st : CNG_OK;
	at = names.subject.ptr;
	if (at != NULL)
		name = d2i_X509_NAME(NULL, &at, (long)names.subject.len);
	if (name != NULL)
		X509_NAME_oneline(name, item->subject,
		    (int)sizeof item->subject);
	X509_NAME_free(name);
	x509_names_free(&names);
	return CNG_OK;
}

static enum cng_status
take_cert(struct pfx_item *item, struct span der)
{
	struct pfx_content *cert;
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(pfx_content));
	if (st != CNG_OK)
		return st;
	cert = value;
	if (OBJ_obj2nid(cert->type) != NID_x509Certificate) {
		item->kind = PFX_OTHER;
	} else if (cert->value == NULL ||
	    cert->value->type != V_ASN1_OCTET_STRING) {
		st = CNG_ERR_BAD_DATA;
	} else {
		st = secret_copy(&item->der,
		    asn1_bytes(cert->value->value.octet_string));
	}
	ASN1_item_free(value, ASN1_ITEM_rptr(pfx_content));
	return item->der.len > 0 ? subject_text(item) : st;
}

static enum cng_status take_safe_contents(struct reading *r,
    struct span der);

static enum cng_status
take_bag(struct reading *r, const struct pfx_bag *bag)
{
	int nid = OBJ_obj2nid(bag->type);
	struct pfx_item *item;
	struct span value;
	enum cng_status st = CNG_OK;

	if (bag->value->type != V_ASN1_SEQUENCE)
		return CNG_ERR_BAD_DATA;
	value = asn1_bytes(bag->value->value.sequence);
	if (nid == NID_safeContentsBag)
		return take_safe_contents(r, value);
	if (r->out->count == PFX_ITEMS_MAX)
		return CNG_ERR_BAD_DATA;
	item = pfx_add(r->out, PFX_OTHER);
	if (item == NULL)
		return CNG_ERR_NO_MEMORY;
	memcpy(item->guard, r->guard, sizeof item->guard);
	if (nid == NID_keyBag || nid == NID_pkcs8ShroudedKeyBag)
		item->kind = PFX_KEY;
	else if (nid == NID_certBag)
		item->kind = PFX_CERT;
	if (nid == NID_keyBag)
		st = secret_copy(&item->der, value);
	else if (nid == NID_pkcs8ShroudedKeyBag)
		st = take_shrouded(r, item, value);
	else if (nid == NID_certBag)
		st = take_cert(item, value);
	return st == CNG_OK ? take_attributes(item, bag) : st;
}

static enum cng_status
take_element(struct reading *r, const ASN1_TYPE *element)
{
	void *bag;
	enum cng_status st;

	if (element->type != V_ASN1_SEQUENCE)
		return CNG_ERR_BAD_DATA;
	st = asn1_parse(&bag, asn1_bytes(element->value.sequence),
	    ASN1_ITEM_rptr(pfx_bag));
	if (st != CNG_OK)
		return st;
	st = take_bag(r, bag);
	ASN1_item_free(bag, ASN1_ITEM_rptr(pfx_bag));
	return st;
}

static enum cng_status
take_safe_contents(struct reading *r, struct span der)
{
	ASN1_SEQUENCE_ANY *bags;
	void *value;
	enum cng_status st;

	if (r->depth == NESTING_MAX)
		return CNG_ERR_BAD_DATA;
	st = asn1_parse(&value, der, ASN1_ITEM_rptr(ASN1_SEQUENCE_ANY));
	if (st != CNG_OK)
		return st;
	bags = value;
	r->depth++;
	for (int i = 0; st == CNG_OK && i < sk_ASN1_TYPE_num(bags); i++)
		st = take_element(r, sk_ASN1_TYPE_value(bags, i));
	r->depth--;
	sk_ASN1_TYPE_pop_free(bags, pfx_element_free);
	return st;
}

/* --- parts of the safe ------------------------------------------------ */

enum cng_status
pfx_data_of(const struct pfx_content *content, struct span *out)
{
	if (OBJ_obj2nid(content->type) != NID_pkcs7_data)
		return CNG_ERR_NOT_SUPPORTED;
	if (content->value == NULL ||
	    content->value->type != V_ASN1_OCTET_STRING)
		return CNG_ERR_BAD_DATA;
	*out = asn1_bytes(content->value->value.octet_string);
	return CNG_OK;
}

static enum cng_status
take_sealed(struct reading *r, const struct pfx_content *content)
{
	struct secret plain = { 0 };
	struct pfx_sealed *sealed;
	void *value;
	enum cng_status st;

	if (content->value == NULL || content->value->type != V_ASN1_SEQUENCE)
		return CNG_ERR_BAD_DATA;
	st = asn1_parse(&value, asn1_bytes(content->value->value.sequence),
	    ASN1_ITEM_rptr(pfx_sealed));
	if (st != CNG_OK)
		return st;
	sealed = value;
	pbe_text(r->guard, sizeof r->guard, sealed->body->algor);
	if (sealed->body->cipher == NULL ||
	    OBJ_obj2nid(sealed->body->type) != NID_pkcs7_data)
		st = CNG_ERR_BAD_DATA;
	else
		st = open_part(r, &plain, sealed->body->algor,
		    sealed->body->cipher);
	if (st == CNG_OK)
		st = take_safe_contents(r, secret_span(&plain));
	r->guard[0] = '\0';
	secret_free(&plain);
	ASN1_item_free(value, ASN1_ITEM_rptr(pfx_sealed));
	return st;
}

static enum cng_status
take_part(struct reading *r, struct span der)
{
	struct pfx_content *content;
	struct span data;
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(pfx_content));
	if (st != CNG_OK)
		return st;
	content = value;
	if (OBJ_obj2nid(content->type) == NID_pkcs7_encrypted)
		st = take_sealed(r, content);
	else if ((st = pfx_data_of(content, &data)) == CNG_OK)
		st = take_safe_contents(r, data);
	ASN1_item_free(value, ASN1_ITEM_rptr(pfx_content));
	return st;
}

static enum cng_status
take_safe(struct reading *r, struct span der)
{
	ASN1_SEQUENCE_ANY *parts;
	void *value;
	enum cng_status st;

	st = asn1_parse(&value, der, ASN1_ITEM_rptr(ASN1_SEQUENCE_ANY));
	if (st != CNG_OK)
		return st;
	parts = value;
	for (int i = 0; st == CNG_OK && i < sk_ASN1_TYPE_num(parts); i++) {
		const ASN1_TYPE *part = sk_ASN1_TYPE_value(parts, i);

		st = part->type == V_ASN1_SEQUENCE ?
		    take_part(r, asn1_bytes(part->value.sequence)) :
		    CNG_ERR_BAD_DATA;
	}
	sk_ASN1_TYPE_pop_free(parts, pfx_element_free);
	return st;
}

/* --- the whole -------------------------------------------------------- */

static enum cng_status
take_outer(struct reading *r, const struct pfx_outer *outer,
    const struct pbe *pbe, bool verify)
{
	struct span data;
	uint64_t version;
	enum cng_status st;

	if (!asn1_small(outer->version, &version) || version != PFX_VERSION)
		return CNG_ERR_BAD_DATA;
	st = pfx_data_of(outer->safe, &data);
	if (st == CNG_OK && verify)
		st = check_mac(r, outer->mac, data, pbe);
	return st == CNG_OK ? take_safe(r, data) : st;
}

static enum cng_status
read_all(struct pfx *out, struct span der, const struct pbe *pbe,
    bool verify)
{
	struct reading r = { .out = out, .rounds_left = ROUNDS_BUDGET,
		.password = { "", 0 } };
	void *value;
	enum cng_status st;

	*out = (struct pfx){ 0 };
	if (pbe != NULL && pbe->has_password && pbe->password.len > 0)
		r.password = (struct pfx_password){
			(const char *)pbe->password.ptr, pbe->password.len };
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	st = asn1_parse(&value, der, ASN1_ITEM_rptr(pfx_outer));
	if (st == CNG_OK) {
		st = take_outer(&r, value, pbe, verify);
		ASN1_item_free(value, ASN1_ITEM_rptr(pfx_outer));
	}
	if (st != CNG_OK)
		pfx_free(out);
	return asn1_leave(st);
}

enum cng_status
pfx_read(struct pfx *out, struct span der, const struct pbe *pbe)
{
	return read_all(out, der, pbe, true);
}

enum cng_status
pfx_read_unverified(struct pfx *out, struct span der, const struct pbe *pbe)
{
	return read_all(out, der, pbe, false);
}

enum cng_status
pfx_take_pem(struct pfx *out, struct span text)
{
	enum cng_status st = asn1_enter();
	size_t from = out->count;

	if (st != CNG_OK)
		return st;
	st = pem_certificates(out, text);
	for (size_t i = from; st == CNG_OK && i < out->count; i++)
		st = subject_text(&out->item[i]);
	return asn1_leave(st);
}
