/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EnvelopedData out: a fresh key for the content, and that key for each
 * recipient, by RSA or by an agreement with an ephemeral key.
 */
#include "crypto/envelope.h"

#include "crypto/envelope_asn1.h"
#include "crypto/internal.h"

#include <openssl/rsa.h>

#include "base/util.h"

#define CONTENT_KEY_MAX 32
#define WRAP_BITS 256          /* of the key that is agreed on */
#define WRAP_NID NID_id_aes256_wrap
#define RSA_WRAPPED_MAX (RSA_BITS_MAX / 8)

static const int cipher_nids[ENVELOPE_CIPHER_COUNT] = {
	[ENVELOPE_AES256] = NID_aes_256_cbc,
	[ENVELOPE_AES192] = NID_aes_192_cbc,
	[ENVELOPE_AES128] = NID_aes_128_cbc,
	[ENVELOPE_3DES] = NID_des_ede3_cbc,
};

/* Of the syntax: with issuers only, and with anything else. */
enum version { VERSION_ISSUERS = 0, VERSION_OTHER = 2, VERSION_AGREE = 3 };

static bool
set_version(ASN1_INTEGER *to, enum version version)
{
	return ASN1_INTEGER_set(to, (long)version) == 1;
}

/* --- who ----------------------------------------------------------------- */

static enum cng_status
public_bytes(struct secret *out, const struct key_material *key)
{
	if (key->family == KEY_RSA)
		return pkcs1_encode_public(out, key);
	return key->family == KEY_EC ? ec_point_raw(out, key) :
				       CNG_ERR_WRAP_KEY_TYPE;
}

enum cng_status
envelope_key_id(const struct key_material *key, uint8_t out[ENVELOPE_KEY_ID])
{
	struct secret bytes = { 0 };
	enum cng_status st = asn1_enter();

	if (st != CNG_OK)
		return st;
	st = public_bytes(&bytes, key);
	if (st == CNG_OK)
		st = crypto_digest(HASH_SHA1, secret_span(&bytes), out);
	secret_free(&bytes);
	return asn1_leave(st);
}

static enum cng_status
make_issuer(struct issuer_serial **out, const struct envelope_to *to)
{
	struct issuer_serial *cert =
	    (void *)ASN1_item_new(issuer_serial_item());
	const unsigned char *at = to->issuer.ptr;
	const unsigned char *number = to->serial.ptr;

	*out = cert;
	if (cert == NULL)
		return CNG_ERR_NO_MEMORY;
	if (d2i_ASN1_TYPE(&cert->issuer, &at, (long)to->issuer.len) == NULL ||
	    d2i_ASN1_INTEGER(&cert->serial, &number,
		(long)to->serial.len) == NULL)
		return CNG_ERR_BAD_DATA;
	return CNG_OK;
}

static enum cng_status
make_key_id(ASN1_OCTET_STRING *out, const struct key_material *key)
{
	uint8_t id[ENVELOPE_KEY_ID];
	enum cng_status st = envelope_key_id(key, id);

	if (st == CNG_OK && !asn1_set(out, span_of(id, sizeof id)))
		st = CNG_ERR_NO_MEMORY;
	return st;
}

/* --- RSA ----------------------------------------------------------------- */

/* SHA-1 is what an absent identifier means. */
static X509_ALGOR *
hash_algor(enum key_hash hash)
{
	X509_ALGOR *algor = X509_ALGOR_new();

	if (algor != NULL && X509_ALGOR_set0(algor,
	    OBJ_nid2obj(hash_nid(hash)), V_ASN1_NULL, NULL) == 1)
		return algor;
	X509_ALGOR_free(algor);
	return NULL;
}

static X509_ALGOR *
packed_algor(int nid, const void *inner, const ASN1_ITEM *it)
{
	X509_ALGOR *algor = X509_ALGOR_new();
	ASN1_STRING *packed = ASN1_item_pack((void *)(uintptr_t)inner, it,
	    NULL);

	if (algor != NULL && packed != NULL && X509_ALGOR_set0(algor,
	    OBJ_nid2obj(nid), V_ASN1_SEQUENCE, packed) == 1)
		return algor;
	ASN1_STRING_free(packed);
	X509_ALGOR_free(algor);
	return NULL;
}

static X509_ALGOR *
label_algor(struct span label)
{
	X509_ALGOR *algor = X509_ALGOR_new();
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();

	if (algor != NULL && octets != NULL && asn1_set(octets, label) &&
	    X509_ALGOR_set0(algor, OBJ_nid2obj(NID_pSpecified),
		V_ASN1_OCTET_STRING, octets) == 1)
		return algor;
	ASN1_OCTET_STRING_free(octets);
	X509_ALGOR_free(algor);
	return NULL;
}

static enum cng_status
oaep_algor(X509_ALGOR **out, const struct envelope_plan *plan)
{
	RSA_OAEP_PARAMS *params = RSA_OAEP_PARAMS_new();
	bool ok = params != NULL;

	if (ok && plan->oaep != HASH_SHA1) {
		params->hashFunc = hash_algor(plan->oaep);
		params->maskGenFunc = params->hashFunc == NULL ? NULL :
		    packed_algor(NID_mgf1, params->hashFunc,
			ASN1_ITEM_rptr(X509_ALGOR));
		ok = params->maskGenFunc != NULL;
	}
	if (ok && plan->label.len > 0) {
		params->pSourceFunc = label_algor(plan->label);
		ok = params->pSourceFunc != NULL;
	}
	*out = ok ? packed_algor(NID_rsaesOaep, params,
	    ASN1_ITEM_rptr(RSA_OAEP_PARAMS)) : NULL;
	RSA_OAEP_PARAMS_free(params);
	return *out == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
}

static enum cng_status
transport_algor(X509_ALGOR **out, const struct envelope_plan *plan,
    struct key_op *op)
{
	if (plan->oaep != HASH_NONE) {
		*op = (struct key_op){ .scheme = OP_RSA_OAEP,
			.pad_hash = plan->oaep, .mgf_hash = plan->oaep,
			.label = plan->label };
		return oaep_algor(out, plan);
	}
	*op = (struct key_op){ .scheme = OP_RSA_PKCS1 };
	*out = X509_ALGOR_new();
	return *out != NULL && X509_ALGOR_set0(*out,
	    OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, NULL) == 1 ?
	    CNG_OK : CNG_ERR_NO_MEMORY;
}

static enum cng_status
encrypt_key(ASN1_OCTET_STRING *out, const struct key_material *material,
    const struct key_op *op, struct span content_key)
{
	uint8_t cipher[RSA_WRAPPED_MAX];
	struct wr w = wr_of(cipher, sizeof cipher);
	struct crypto_key *key = NULL;
	enum cng_status st = crypto_key_new(&key, material);

	if (st == CNG_OK)
		st = crypto_encrypt(key, op, content_key, &w);
	if (st == CNG_ERR_DATA_SIZE || st == CNG_ERR_KEY_SIZE)
		st = CNG_ERR_WRAP_KEY_SIZE;
	if (st == CNG_OK && !asn1_set(out, span_of(cipher, w.len)))
		st = CNG_ERR_NO_MEMORY;
	crypto_key_free(key);
	return st;
}

static enum cng_status
fill_transport(struct key_transport *out, const struct envelope_to *to,
    const struct envelope_plan *plan, struct span content_key)
{
	bool named = to->issuer.len > 0;
	struct key_op op;
	enum cng_status st;

	if (!set_version(out->version, named ? VERSION_ISSUERS :
					       VERSION_OTHER))
		return CNG_ERR_NO_MEMORY;
	out->id->kind = named ? ID_ISSUER_SERIAL : ID_KEY;
	if (named) {
		st = make_issuer(&out->id->is.cert, to);
	} else {
		out->id->is.key = ASN1_OCTET_STRING_new();
		st = out->id->is.key == NULL ? CNG_ERR_NO_MEMORY :
		    make_key_id(out->id->is.key, to->key);
	}
	X509_ALGOR_free(out->algor);
	out->algor = NULL;
	if (st == CNG_OK)
		st = transport_algor(&out->algor, plan, &op);
	return st == CNG_OK ?
	    encrypt_key(out->key, to->key, &op, content_key) : st;
}

/* --- curves -------------------------------------------------------------- */

/* A digest that is as strong as the curve. */
static const struct {
	size_t bits;           /* of the curve, at most */
	enum key_hash hash;
	int scheme;
} strengths[] = {
	{ 256, HASH_SHA256, NID_dhSinglePass_stdDH_sha256kdf_scheme },
	{ 384, HASH_SHA384, NID_dhSinglePass_stdDH_sha384kdf_scheme },
	{ SIZE_MAX, HASH_SHA512, NID_dhSinglePass_stdDH_sha512kdf_scheme },
};

static enum cng_status
agree(struct secret *out, const struct key_material *own,
    const struct key_material *peer, enum key_hash hash, struct span info)
{
	struct key_op op = { .scheme = OP_ECDH, .kdf = KDF_X963,
		.pad_hash = hash, .label = info };
	struct crypto_key *key = NULL;
	struct secret point = { 0 };
	enum cng_status st = ec_point_raw(&point, peer);

	op.peer = secret_span(&point);
	if (st == CNG_OK)
		st = crypto_key_new(&key, own);
	if (st == CNG_OK)
		st = crypto_derive(key, &op, WRAP_BITS / 8, out);
	crypto_key_free(key);
	secret_free(&point);
	return st == CNG_ERR_MECHANISM_PARAM ? CNG_ERR_BAD_PUBLIC_KEY : st;
}

static enum cng_status
wrap_key(ASN1_OCTET_STRING *out, struct span kek, struct span content_key)
{
	const struct key_op op = { .scheme = OP_AES_KW };
	struct key_material material = { .family = KEY_AES,
		.has_private = true };
	uint8_t cipher[CONTENT_KEY_MAX + 8];
	struct wr w = wr_of(cipher, sizeof cipher);
	struct crypto_key *key = NULL;
	enum cng_status st = key_set(&material, SYM_VALUE, kek);

	if (st == CNG_OK)
		st = crypto_key_new(&key, &material);
	if (st == CNG_OK)
		st = crypto_wrap(key, &op, content_key, &w);
	if (st == CNG_OK && !asn1_set(out, span_of(cipher, w.len)))
		st = CNG_ERR_NO_MEMORY;
	crypto_key_free(key);
	key_free(&material);
	return st;
}

static enum cng_status
fill_point(struct key_agreement *out, const struct key_material *own)
{
	struct public_point *point =
	    (void *)ASN1_item_new(public_point_item());
	struct secret raw = { 0 };
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (point == NULL)
		return st;
	out->originator->kind = FROM_POINT;
	out->originator->is.point = point;
	/* the curve is that of the recipient */
	if (X509_ALGOR_set0(point->algor,
	    OBJ_nid2obj(NID_X9_62_id_ecPublicKey), V_ASN1_UNDEF, NULL) != 1)
		return st;
	st = ec_point_raw(&raw, own);
	asn1_no_unused_bits(point->point);
	if (st == CNG_OK && !asn1_set(point->point, secret_span(&raw)))
		st = CNG_ERR_NO_MEMORY;
	secret_free(&raw);
	return st;
}

/* Its one recipient, whose key is to be set. */
static enum cng_status
add_agree_key(struct key_agreement *out, const struct envelope_to *to,
    struct agree_key **added)
{
	struct agree_key *key = (void *)ASN1_item_new(agree_key_item());

	*added = key;
	if (key == NULL || OPENSSL_sk_push(out->keys, key) <= 0) {
		ASN1_item_free((ASN1_VALUE *)key, agree_key_item());
		return CNG_ERR_NO_MEMORY;
	}
	if (to->issuer.len > 0) {
		key->id->kind = ID_ISSUER_SERIAL;
		return make_issuer(&key->id->is.cert, to);
	}
	key->id->kind = ID_KEY;
	key->id->is.key = (void *)ASN1_item_new(agree_key_id_item());
	return key->id->is.key == NULL ? CNG_ERR_NO_MEMORY :
	    make_key_id(key->id->is.key->key, to->key);
}

static enum cng_status
agree_and_wrap(ASN1_OCTET_STRING *out, X509_ALGOR *wrap,
    const struct key_material *own, const struct key_material *peer,
    enum key_hash hash, struct span content_key)
{
	struct secret info = { 0 }, kek = { 0 };
	enum cng_status st = agreement_info(&info, wrap, NULL);

	if (st == CNG_OK)
		st = agree(&kek, own, peer, hash, secret_span(&info));
	if (st == CNG_OK)
		st = wrap_key(out, secret_span(&kek), content_key);
	secret_free(&info);
	secret_free(&kek);
	return st;
}

static enum cng_status
fill_agreement(struct key_agreement *out, const struct envelope_to *to,
    struct span content_key)
{
	const struct key_spec spec = { .family = KEY_EC,
		.curve = to->key->curve };
	struct key_material own = { 0 };
	X509_ALGOR *wrap = X509_ALGOR_new();
	struct agree_key *key = NULL;
	size_t i = 0;
	enum cng_status st = crypto_generate(&own, &spec);

	while (key_bits(to->key) > strengths[i].bits)
		i++;
	if (st == CNG_OK && (wrap == NULL || !set_version(out->version,
	    VERSION_AGREE) || X509_ALGOR_set0(wrap, OBJ_nid2obj(WRAP_NID),
	    V_ASN1_UNDEF, NULL) != 1))
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK)
		st = fill_point(out, &own);
	if (st == CNG_OK)
		st = add_agree_key(out, to, &key);
	if (st == CNG_OK)
		st = agree_and_wrap(key->key, wrap, &own, to->key,
		    strengths[i].hash, content_key);
	if (st == CNG_OK) {
		X509_ALGOR_free(out->algor);
		out->algor = packed_algor(strengths[i].scheme, wrap,
		    ASN1_ITEM_rptr(X509_ALGOR));
		st = out->algor == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
	}
	X509_ALGOR_free(wrap);
	key_free(&own);
	return st;
}

/* --- the whole ----------------------------------------------------------- */

static enum cng_status
add_recipient(struct enveloped *out, const struct envelope_to *to,
    const struct envelope_plan *plan, struct span content_key)
{
	struct recipient *r;

	if (to->key->family != KEY_RSA && (to->key->family != KEY_EC ||
	    to->key->curve == CURVE_EXPLICIT))
		return CNG_ERR_WRAP_KEY_TYPE;
	r = (void *)ASN1_item_new(recipient_item());
	if (r == NULL || OPENSSL_sk_push(out->recipients, r) <= 0) {
		ASN1_item_free((ASN1_VALUE *)r, recipient_item());
		return CNG_ERR_NO_MEMORY;
	}
	if (to->key->family == KEY_RSA) {
		r->kind = BY_TRANSPORT;
		r->is.transport = (void *)ASN1_item_new(key_transport_item());
		return r->is.transport == NULL ? CNG_ERR_NO_MEMORY :
		    fill_transport(r->is.transport, to, plan, content_key);
	}
	r->kind = BY_AGREEMENT;
	r->is.agreement = (void *)ASN1_item_new(key_agreement_item());
	return r->is.agreement == NULL ? CNG_ERR_NO_MEMORY :
	    fill_agreement(r->is.agreement, to, content_key);
}

static enum cng_status
encrypt_content(struct enveloped_content *out, EVP_CIPHER_CTX *ctx,
    const uint8_t *key, struct span content)
{
	uint8_t iv[EVP_MAX_IV_LENGTH];
	struct secret cipher = { 0 };
	int len = 0, last = 0;
	enum cng_status st = crypto_random(iv, sizeof iv);

	if (st == CNG_OK)
		st = secret_new(&cipher, content.len + EVP_MAX_BLOCK_LENGTH);
	if (st != CNG_OK)
		return st;
	out->algor->parameter = ASN1_TYPE_new();
	out->bytes = ASN1_OCTET_STRING_new();
	st = CNG_ERR_NO_MEMORY;
	if (out->algor->parameter != NULL && out->bytes != NULL &&
	    EVP_EncryptInit_ex(ctx, NULL, NULL, key, iv) == 1 &&
	    EVP_CIPHER_param_to_asn1(ctx, out->algor->parameter) > 0 &&
	    EVP_EncryptUpdate(ctx, cipher.ptr, &len, content.ptr,
		(int)content.len) == 1 &&
	    EVP_EncryptFinal_ex(ctx, cipher.ptr + len, &last) == 1 &&
	    asn1_set(out->bytes,
		span_of(cipher.ptr, (size_t)len + (size_t)last)))
		st = CNG_OK;
	secret_free(&cipher);
	return st;
}

static enum cng_status
fill_content(struct enveloped_content *out,
    const struct content_cipher *cipher, const uint8_t *key,
    struct span content)
{
	EVP_CIPHER *fetched = EVP_CIPHER_fetch(crypto_ctx(), cipher->name,
	    NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	enum cng_status st = CNG_ERR_NO_MEMORY;

	ASN1_OBJECT_free(out->type);
	out->type = OBJ_nid2obj(NID_pkcs7_data);
	ASN1_OBJECT_free(out->algor->algorithm);
	out->algor->algorithm = OBJ_nid2obj(cipher->nid);
	if (fetched == NULL)
		st = CNG_ERR_NOT_SUPPORTED;
	else if (ctx != NULL && EVP_EncryptInit_ex(ctx, fetched, NULL, NULL,
	    NULL) == 1)
		st = encrypt_content(out, ctx, key, content);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(fetched);
	return st;
}

static enum cng_status
fill(struct enveloped *out, const struct envelope_to *to, size_t count,
    const struct envelope_plan *plan, struct span content)
{
	const struct content_cipher *cipher =
	    content_cipher(OBJ_nid2obj(cipher_nids[plan->cipher]));
	enum version version = VERSION_ISSUERS;
	uint8_t key[CONTENT_KEY_MAX];
	enum cng_status st;

	if (cipher == NULL)
		return CNG_ERR_INTERNAL;
	for (size_t i = 0; i < count; i++)
		if (to[i].key->family != KEY_RSA || to[i].issuer.len == 0)
			version = VERSION_OTHER;
	if (!set_version(out->version, version))
		return CNG_ERR_NO_MEMORY;
	st = crypto_random(key, cipher->key);
	if (st == CNG_OK)
		st = fill_content(out->content, cipher, key, content);
	for (size_t i = 0; st == CNG_OK && i < count; i++)
		st = add_recipient(out, &to[i], plan,
		    span_of(key, cipher->key));
	wipe(key, sizeof key);
	return st;
}

static enum cng_status
put(struct wr *out, const struct enveloped *enveloped)
{
	struct content_info *info = (void *)ASN1_item_new(content_info_item());
	struct secret der = { 0 };
	enum cng_status st;

	if (info == NULL)
		return CNG_ERR_NO_MEMORY;
	ASN1_OBJECT_free(info->type);
	info->type = OBJ_nid2obj(NID_pkcs7_enveloped);
	st = asn1_write(&der, enveloped, enveloped_item());
	if (st == CNG_OK) {
		const unsigned char *at = der.ptr;

		st = d2i_ASN1_TYPE(&info->content, &at, (long)der.len) ==
			NULL ? CNG_ERR_NO_MEMORY :
			       asn1_put(out, info, content_info_item());
	}
	secret_free(&der);
	ASN1_item_free((ASN1_VALUE *)info, content_info_item());
	return st;
}

enum cng_status
envelope_write(const struct envelope_to *to, size_t count,
    const struct envelope_plan *plan, struct span content, struct wr *out)
{
	struct enveloped *enveloped;
	enum cng_status st;

	if (count == 0 || count > ENVELOPE_RECIPIENTS_MAX ||
	    content.len == 0 || content.len > ENVELOPE_MAX / 2 ||
	    (size_t)plan->cipher >= ENVELOPE_CIPHER_COUNT ||
	    (plan->oaep != HASH_NONE && hash_nid(plan->oaep) == NID_undef))
		return CNG_ERR_ARGUMENT;
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	enveloped = (void *)ASN1_item_new(enveloped_item());
	st = enveloped == NULL ? CNG_ERR_NO_MEMORY :
				 fill(enveloped, to, count, plan, content);
	if (st == CNG_OK)
		st = put(out, enveloped);
	ASN1_item_free((ASN1_VALUE *)enveloped, enveloped_item());
	return asn1_leave(st);
}
