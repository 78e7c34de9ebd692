/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EnvelopedData in: for whom it is, and the content once its key is known.
 */
#include "crypto/envelope.h"

#include <limits.h>

#include "base/alloc.h"
#include "crypto/envelope_asn1.h"
#include "crypto/internal.h"

struct place {
	struct envelope_recipient shown;
	struct secret serial;  /* DER */
	struct secret label;   /* of shown.op */
};

struct envelope {
	struct enveloped *data;
	const struct content_cipher *cipher;
	size_t count;
	struct place *place;
};

/* --- recipients ---------------------------------------------------------- */

static enum cng_status
take_issuer(struct place *to, const struct issuer_serial *cert)
{
	enum cng_status st;

	if (cert->issuer->type != V_ASN1_SEQUENCE)
		return CNG_ERR_BAD_DATA;
	to->shown.issuer = asn1_bytes(cert->issuer->value.sequence);
	st = asn1_write(&to->serial, cert->serial,
	    ASN1_ITEM_rptr(ASN1_INTEGER));
	to->shown.serial = secret_span(&to->serial);
	return st;
}

/* What is not known here is passed over: somebody else may be meant. */
static enum cng_status
settle(struct place *to, enum key_family family, enum cng_status st)
{
	if (st == CNG_OK)
		to->shown.family = family;
	else
		to->shown.op = (struct key_op){ 0 };
	return st == CNG_ERR_NOT_SUPPORTED ? CNG_OK : st;
}

static enum cng_status
take_transport(struct place *to, const struct key_transport *from)
{
	enum cng_status st = CNG_OK;

	if (from->id->kind == ID_KEY)
		to->shown.key_id = asn1_bytes(from->id->is.key);
	else
		st = take_issuer(to, from->id->is.cert);
	to->shown.cipher = asn1_bytes(from->key);
	if (st != CNG_OK)
		return st;
	return settle(to, KEY_RSA,
	    transport_op(&to->shown.op, from->algor, &to->label));
}

static enum cng_status
take_agreement(struct place *to, const struct key_agreement *from,
    const struct agree_key *key)
{
	enum cng_status st = CNG_OK;

	if (key->id->kind == ID_KEY)
		to->shown.key_id = asn1_bytes(key->id->is.key->key);
	else
		st = take_issuer(to, key->id->is.cert);
	to->shown.cipher = asn1_bytes(key->key);
	if (st != CNG_OK)
		return st;
	return settle(to, KEY_EC,
	    agreement_op(&to->shown.op, from, &to->label));
}

static enum cng_status
take_recipient(struct envelope *e, const struct recipient *from)
{
	const struct key_agreement *many = from->is.agreement;
	int count = 1;
	enum cng_status st = CNG_OK;

	if (from->kind == BY_AGREEMENT)
		count = OPENSSL_sk_num(many->keys);
	for (int i = 0; st == CNG_OK && i < count; i++) {
		if (e->count == ENVELOPE_RECIPIENTS_MAX)
			return CNG_ERR_BAD_DATA;
		e->count++;
		if (from->kind == BY_TRANSPORT)
			st = take_transport(&e->place[e->count - 1],
			    from->is.transport);
		else if (from->kind == BY_AGREEMENT)
			st = take_agreement(&e->place[e->count - 1], many,
			    OPENSSL_sk_value(many->keys, i));
	}
	return st;
}

static enum cng_status
take(struct envelope *e)
{
	const OPENSSL_STACK *all = e->data->recipients;
	enum cng_status st = CNG_OK;

	e->cipher = content_cipher(e->data->content->algor->algorithm);
	if (e->cipher == NULL)
		return CNG_ERR_NOT_SUPPORTED;
	/* without content there is nothing to import */
	if (e->data->content->bytes == NULL || OPENSSL_sk_num(all) <= 0)
		return CNG_ERR_BAD_DATA;
	e->place = mem_new(ENVELOPE_RECIPIENTS_MAX, sizeof *e->place);
	if (e->place == NULL)
		return CNG_ERR_NO_MEMORY;
	for (int i = 0; st == CNG_OK && i < OPENSSL_sk_num(all); i++)
		st = take_recipient(e, OPENSSL_sk_value(all, i));
	return st;
}

/* --- the whole ----------------------------------------------------------- */

/* Where the EnvelopedData itself is: borrowed from what was parsed. */
struct inside {
	struct content_info *info;
	struct certificate_bag *bag;
	struct content_info *content;
	struct content_info *last;  /* of an octet string */
	struct span enveloped;
};

static void
inside_free(struct inside *at)
{
	ASN1_item_free((ASN1_VALUE *)at->info, content_info_item());
	ASN1_item_free((ASN1_VALUE *)at->bag, certificate_bag_item());
	ASN1_item_free((ASN1_VALUE *)at->content, content_info_item());
	ASN1_item_free((ASN1_VALUE *)at->last, content_info_item());
}

static enum cng_status
parse_info(struct content_info **out, struct span in)
{
	void *value = NULL;
	enum cng_status st = asn1_parse(&value, in, content_info_item());

	*out = value;
	return st;
}

static enum cng_status
take_enveloped(struct inside *at, const struct content_info *info)
{
	if (OBJ_obj2nid(info->type) != NID_pkcs7_enveloped)
		return CNG_ERR_NOT_SUPPORTED;
	if (info->content->type != V_ASN1_SEQUENCE)
		return CNG_ERR_BAD_DATA;
	at->enveloped = asn1_bytes(info->content->value.sequence);
	return CNG_OK;
}

/* In an octet string: EnvelopedData as CMS has it, or a whole message in
 * "data". */
static enum cng_status
look_into_octets(struct inside *at, int nid)
{
	struct span octets = asn1_bytes(
	    at->content->content->value.octet_string);
	enum cng_status st;

	if (nid == NID_pkcs7_enveloped) {
		at->enveloped = octets;
		return CNG_OK;
	}
	if (nid != NID_pkcs7_data || !envelope_is(octets))
		return CNG_ERR_NOT_SUPPORTED;
	st = parse_info(&at->last, octets);
	return st == CNG_OK ? take_enveloped(at, at->last) : st;
}

/* PKCS#7 has the content as it is, CMS in an octet string.  Signatures are not
 * looked at: who may have made them is not known here. */
static enum cng_status
look_into_signed(struct inside *at)
{
	void *value = NULL;
	enum cng_status st;

	if (at->info->content->type != V_ASN1_SEQUENCE)
		return CNG_ERR_BAD_DATA;
	st = asn1_parse(&value,
	    asn1_bytes(at->info->content->value.sequence),
	    certificate_bag_item());
	at->bag = value;
	if (st != CNG_OK)
		return st;
	if (at->bag->content->type != V_ASN1_SEQUENCE)
		return CNG_ERR_BAD_DATA;
	/* certificates alone have no content */
	st = parse_info(&at->content,
	    asn1_bytes(at->bag->content->value.sequence));
	if (st == CNG_ERR_BAD_DATA)
		return CNG_ERR_NOT_SUPPORTED;
	if (st != CNG_OK)
		return st;
	return at->content->content->type == V_ASN1_OCTET_STRING ?
	    look_into_octets(at, OBJ_obj2nid(at->content->type)) :
	    take_enveloped(at, at->content);
}

static enum cng_status
look_into(struct inside *at, struct span in)
{
	enum cng_status st;

	if (in.len > ENVELOPE_MAX)
		return CNG_ERR_BAD_DATA;
	st = parse_info(&at->info, in);
	if (st != CNG_OK)
		return st;
	return OBJ_obj2nid(at->info->type) == NID_pkcs7_signed ?
	    look_into_signed(at) : take_enveloped(at, at->info);
}

static enum cng_status
parse(struct envelope *e, struct span in)
{
	struct inside at = { .info = NULL };
	void *value = NULL;
	enum cng_status st = look_into(&at, in);

	if (st == CNG_OK)
		st = asn1_parse(&value, at.enveloped, enveloped_item());
	if (st == CNG_OK)
		e->data = value;
	inside_free(&at);
	return st == CNG_OK ? take(e) : st;
}

bool
envelope_is_wrapped(struct span in)
{
	struct inside at = { .info = NULL };
	bool is;

	if (!envelope_is_signed(in) || asn1_enter() != CNG_OK)
		return false;
	is = look_into(&at, in) == CNG_OK;
	inside_free(&at);
	(void)!asn1_leave(CNG_OK);
	return is;
}

enum cng_status
envelope_read(struct envelope **out, struct span in)
{
	struct envelope *e;
	enum cng_status st = asn1_enter();

	*out = NULL;
	if (st != CNG_OK)
		return st;
	e = mem_new(1, sizeof *e);
	st = e == NULL ? CNG_ERR_NO_MEMORY : parse(e, in);
	if (st == CNG_OK)
		*out = e;
	else
		envelope_free(e);
	return asn1_leave(st);
}

void
envelope_free(struct envelope *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < e->count; i++) {
		secret_free(&e->place[i].serial);
		secret_free(&e->place[i].label);
	}
	mem_free(e->place);
	ASN1_item_free((ASN1_VALUE *)e->data, enveloped_item());
	mem_free(e);
}

size_t
envelope_count(const struct envelope *e)
{
	return e->count;
}

const struct envelope_recipient *
envelope_recipient(const struct envelope *e, size_t which)
{
	return which < e->count ? &e->place[which].shown : NULL;
}

/* --- the content --------------------------------------------------------- */

static EVP_CIPHER *
fetch(const struct content_cipher *cipher)
{
	if (cipher->legacy && crypto_load_legacy() != CNG_OK)
		return NULL;
	return EVP_CIPHER_fetch(crypto_ctx(), cipher->name, NULL);
}

/* Initialisation vector, and what else RC2 says. */
static bool
set_param(EVP_CIPHER_CTX *ctx, ASN1_TYPE *param)
{
	if (EVP_CIPHER_CTX_get_iv_length(ctx) == 0)
		return param == NULL || param->type == V_ASN1_NULL;
	return param != NULL && EVP_CIPHER_asn1_to_param(ctx, param) > 0;
}

/* The key given if it fits, else a random one: it is not told which. */
static enum cng_status
set_key(EVP_CIPHER_CTX *ctx, const struct content_cipher *cipher,
    struct span key)
{
	uint8_t fallback[EVP_MAX_KEY_LENGTH];
	size_t want = (size_t)EVP_CIPHER_CTX_get_key_length(ctx);
	enum cng_status st = crypto_random(fallback, sizeof fallback);

	if (cipher->key == 0 && key.len > 0 && key.len <= sizeof fallback &&
	    key.len != want &&
	    EVP_CIPHER_CTX_set_key_length(ctx, (int)key.len) == 1)
		want = key.len;
	if (st == CNG_OK && want > sizeof fallback)
		st = CNG_ERR_INTERNAL;
	if (st == CNG_OK && EVP_CipherInit_ex(ctx, NULL, NULL,
	    key.len == want ? key.ptr : fallback, NULL, 0) != 1)
		st = CNG_ERR_WRAPPED_KEY;
	wipe(fallback, sizeof fallback);
	return st;
}

static enum cng_status
decrypt(EVP_CIPHER_CTX *ctx, struct span in, struct secret *out)
{
	int len = 0, last = 0;
	enum cng_status st = secret_new(out, in.len + EVP_MAX_BLOCK_LENGTH);

	if (st != CNG_OK)
		return st;
	if (EVP_DecryptUpdate(ctx, out->ptr, &len, in.ptr, (int)in.len) == 1 &&
	    EVP_DecryptFinal_ex(ctx, out->ptr + len, &last) == 1 &&
	    len + last > 0) {
		secret_truncate(out, (size_t)(len + last));
		return CNG_OK;
	}
	secret_free(out);
	return CNG_ERR_WRAPPED_KEY;
}

static enum cng_status
open_content(const struct envelope *e, struct span key, struct secret *out)
{
	EVP_CIPHER *cipher = fetch(e->cipher);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (cipher == NULL)
		st = CNG_ERR_NOT_SUPPORTED;
	else if (ctx != NULL &&
	    EVP_DecryptInit_ex(ctx, cipher, NULL, NULL, NULL) == 1)
		st = set_param(ctx, e->data->content->algor->parameter) ?
		    set_key(ctx, e->cipher, key) : CNG_ERR_BAD_DATA;
	if (st == CNG_OK)
		st = decrypt(ctx, asn1_bytes(e->data->content->bytes), out);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return st;
}

enum cng_status
envelope_open(const struct envelope *e, struct span key, struct secret *out)
{
	enum cng_status st = asn1_enter();

	*out = (struct secret){ 0 };
	return st == CNG_OK ? asn1_leave(open_content(e, key, out)) : st;
}

/* --- certificates -------------------------------------------------------- */

static enum cng_status
each_certificate(const struct certificate_bag *bag, cert_sink *sink,
    void *arg)
{
	enum cng_status st = CNG_OK;

	for (int i = 0; st == CNG_OK && bag->certificates != NULL &&
	     i < OPENSSL_sk_num(bag->certificates); i++) {
		const ASN1_TYPE *cert = OPENSSL_sk_value(bag->certificates,
		    i);

		/* other kinds have a tag of their own */
		if (cert->type == V_ASN1_SEQUENCE)
			st = sink(arg, asn1_bytes(cert->value.sequence));
	}
	return st;
}

static enum cng_status
read_certificates(struct span in, cert_sink *sink, void *arg)
{
	struct content_info *info;
	void *value, *bag = NULL;
	enum cng_status st = asn1_parse(&value, in, content_info_item());

	if (st != CNG_OK)
		return st;
	info = value;
	st = CNG_ERR_BAD_DATA;
	if (OBJ_obj2nid(info->type) == NID_pkcs7_signed &&
	    info->content->type == V_ASN1_SEQUENCE)
		st = asn1_parse(&bag,
		    asn1_bytes(info->content->value.sequence),
		    certificate_bag_item());
	if (st == CNG_OK)
		st = each_certificate(bag, sink, arg);
	ASN1_item_free(bag, certificate_bag_item());
	ASN1_item_free((ASN1_VALUE *)info, content_info_item());
	return st;
}

enum cng_status
envelope_certificates(struct span in, cert_sink *sink, void *arg)
{
	enum cng_status st = asn1_enter();

	return st == CNG_OK ? asn1_leave(read_certificates(in, sink, arg)) :
			      st;
}
