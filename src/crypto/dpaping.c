/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CMS as DPAPI-NG writes it, and nothing else: what is read must be, byte for
 * byte, what would be written.
 */
#include "crypto/dpaping.h"

#include <openssl/asn1.h>

#include "crypto/asn1_internal.h"
#include "crypto/dpaping_der.h"
#include "crypto/internal.h"

#define CEK_LEN 32
#define NONCE_LEN 12
#define TAG_LEN 16
#define WRAPPED_LEN (CEK_LEN + 8)
#define CMS_VERSION 2          /* EnvelopedData, without certificates */
#define KEK_VERSION 4          /* KEKRecipientInfo, always */
#define TAG_RECIPIENT 2        /* [2] KEKRecipientInfo */

static const uint8_t enveloped[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
	0x07, 0x03 };
static const uint8_t data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
	0x07, 0x01 };
static const uint8_t aes256_wrap[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
	0x04, 0x01, 0x2d };
static const uint8_t aes256_gcm[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
	0x04, 0x01, 0x2e };
static const uint8_t protection_info[] = { 0x2b, 0x06, 0x01, 0x04, 0x01,
	0x82, 0x37, 0x4a, 0x01 };

#define OID(bytes) span_of(bytes, sizeof bytes)

/* --- writing ------------------------------------------------------------- */

void
der_put(struct wr *out, int class, int tag, bool constructed,
    struct span content)
{
	uint8_t head[16];
	unsigned char *at = head;

	if (content.len > SECRET_MAX) {
		out->failed = true;
		return;
	}
	ASN1_put_object(&at, constructed, (int)content.len, tag, class);
	wr_bytes(out, span_of(head, (size_t)(at - head)));
	wr_bytes(out, content);
}

enum cng_status
der_wrap(struct secret *in_out, int class, int tag)
{
	struct wr count = wr_of(NULL, 0), w;
	struct secret all = { 0 };
	enum cng_status st;

	der_put(&count, class, tag, true, secret_span(in_out));
	st = wr_status(&count);
	if (st == CNG_OK)
		st = secret_new(&all, count.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(all.ptr, all.len);
	der_put(&w, class, tag, true, secret_span(in_out));
	secret_move(in_out, &all);
	return wr_status(&w);
}

enum cng_status
der_add(struct secret *out, int class, int tag, struct span content)
{
	struct wr count = wr_of(NULL, 0), w;
	struct secret piece = { 0 };
	enum cng_status st;

	der_put(&count, class, tag, false, content);
	st = wr_status(&count);
	if (st == CNG_OK)
		st = secret_new(&piece, count.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(piece.ptr, piece.len);
	der_put(&w, class, tag, false, content);
	st = secret_append(out, secret_span(&piece));
	secret_free(&piece);
	return st;
}

static enum cng_status
add_number(struct secret *out, uint8_t number)
{
	return der_add(out, V_ASN1_UNIVERSAL, V_ASN1_INTEGER,
	    span_of(&number, 1));
}

static enum cng_status
add_oid(struct secret *out, struct span oid)
{
	return der_add(out, V_ASN1_UNIVERSAL, V_ASN1_OBJECT, oid);
}

/* The piece in its SEQUENCE (or what else it is), behind the others. */
static enum cng_status
add_wrapped(struct secret *out, struct secret *piece, int class, int tag)
{
	enum cng_status st = der_wrap(piece, class, tag);

	return st == CNG_OK ? secret_append(out, secret_span(piece)) : st;
}

static enum cng_status
add_algorithm(struct secret *out, struct span oid, struct secret *params)
{
	struct secret all = { 0 };
	enum cng_status st = add_oid(&all, oid);

	if (st == CNG_OK && params != NULL)
		st = add_wrapped(&all, params, V_ASN1_UNIVERSAL,
		    V_ASN1_SEQUENCE);
	if (st == CNG_OK)
		st = add_wrapped(out, &all, V_ASN1_UNIVERSAL,
		    V_ASN1_SEQUENCE);
	secret_free(&all);
	return st;
}

/* SET of the one KEKRecipientInfo. */
static enum cng_status
add_recipient(struct secret *out, const struct dpaping *d)
{
	struct secret attribute = { 0 }, id = { 0 }, all = { 0 };
	enum cng_status st = add_oid(&attribute, OID(protection_info));

	if (st == CNG_OK)
		st = secret_append(&attribute, d->rule);
	if (st == CNG_OK)
		st = der_add(&id, V_ASN1_UNIVERSAL, V_ASN1_OCTET_STRING,
		    d->key_id);
	if (st == CNG_OK)
		st = add_wrapped(&id, &attribute, V_ASN1_UNIVERSAL,
		    V_ASN1_SEQUENCE);
	if (st == CNG_OK)
		st = add_number(&all, KEK_VERSION);
	if (st == CNG_OK)
		st = add_wrapped(&all, &id, V_ASN1_UNIVERSAL,
		    V_ASN1_SEQUENCE);
	if (st == CNG_OK)
		st = add_algorithm(&all, OID(aes256_wrap), NULL);
	if (st == CNG_OK)
		st = der_add(&all, V_ASN1_UNIVERSAL, V_ASN1_OCTET_STRING,
		    d->wrapped);
	if (st == CNG_OK)
		st = der_wrap(&all, V_ASN1_CONTEXT_SPECIFIC, TAG_RECIPIENT);
	if (st == CNG_OK)
		st = add_wrapped(out, &all, V_ASN1_UNIVERSAL, V_ASN1_SET);
	secret_free(&attribute);
	secret_free(&id);
	secret_free(&all);
	return st;
}

static enum cng_status
add_content(struct secret *out, const struct dpaping *d)
{
	struct secret params = { 0 }, all = { 0 };
	enum cng_status st = der_add(&params, V_ASN1_UNIVERSAL,
	    V_ASN1_OCTET_STRING, d->nonce);

	if (st == CNG_OK)
		st = add_number(&params, TAG_LEN);
	if (st == CNG_OK)
		st = add_oid(&all, OID(data));
	if (st == CNG_OK)
		st = add_algorithm(&all, OID(aes256_gcm), &params);
	if (st == CNG_OK)
		st = der_add(&all, V_ASN1_CONTEXT_SPECIFIC, 0, d->content);
	if (st == CNG_OK)
		st = add_wrapped(out, &all, V_ASN1_UNIVERSAL,
		    V_ASN1_SEQUENCE);
	secret_free(&params);
	secret_free(&all);
	return st;
}

static enum cng_status
write_cms(struct secret *out, const struct dpaping *d)
{
	struct secret all = { 0 };
	enum cng_status st = add_number(&all, CMS_VERSION);

	if (st == CNG_OK)
		st = add_recipient(&all, d);
	if (st == CNG_OK)
		st = add_content(&all, d);
	if (st == CNG_OK)
		st = der_wrap(&all, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE);
	if (st == CNG_OK)
		st = add_oid(out, OID(enveloped));
	if (st == CNG_OK)
		st = add_wrapped(out, &all, V_ASN1_CONTEXT_SPECIFIC, 0);
	if (st == CNG_OK)
		st = der_wrap(out, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE);
	secret_free(&all);
	return st;
}

/* --- reading ------------------------------------------------------------- */

bool
der_take(struct span *in, int tag, bool context, struct span *out)
{
	struct asn1_element element;
	struct span rest = *in;

	if (!asn1_next(&rest, &element) || element.tag != tag ||
	    element.context != context)
		return false;
	*in = rest;
	*out = element.content;
	return true;
}

static bool
take_number(struct span *in, uint8_t want)
{
	struct span number;

	return der_take(in, V_ASN1_INTEGER, false, &number) &&
	    span_equal(number, span_of(&want, 1));
}

static enum cng_status
take_oid(struct span *in, struct span want)
{
	struct span oid;

	if (!der_take(in, V_ASN1_OBJECT, false, &oid))
		return CNG_ERR_BAD_DATA;
	return span_equal(oid, want) ? CNG_OK : CNG_ERR_NOT_SUPPORTED;
}

/* What stands after the OID is left in *rest. */
static enum cng_status
take_algorithm(struct span *in, struct span want, struct span *rest)
{
	if (!der_take(in, V_ASN1_SEQUENCE, false, rest))
		return CNG_ERR_BAD_DATA;
	return take_oid(rest, want);
}

static enum cng_status
read_key_id(struct dpaping *d, struct span id)
{
	struct span other;
	enum cng_status st;

	if (!der_take(&id, V_ASN1_OCTET_STRING, false, &d->key_id) ||
	    !der_take(&id, V_ASN1_SEQUENCE, false, &other))
		return CNG_ERR_BAD_DATA;
	st = take_oid(&other, OID(protection_info));
	if (st == CNG_OK)
		d->rule = other;
	return st;
}

static enum cng_status
read_recipient(struct dpaping *d, struct span in)
{
	struct span recipient, id, none;
	enum cng_status st;

	/* other kinds of recipients have other tags */
	if (!der_take(&in, TAG_RECIPIENT, true, &recipient) || in.len > 0)
		return CNG_ERR_NOT_SUPPORTED;
	if (!take_number(&recipient, KEK_VERSION) ||
	    !der_take(&recipient, V_ASN1_SEQUENCE, false, &id))
		return CNG_ERR_BAD_DATA;
	st = read_key_id(d, id);
	if (st == CNG_OK)
		st = take_algorithm(&recipient, OID(aes256_wrap), &none);
	if (st != CNG_OK)
		return st;
	return der_take(&recipient, V_ASN1_OCTET_STRING, false,
	    &d->wrapped) && d->wrapped.len == WRAPPED_LEN ?
	    CNG_OK : CNG_ERR_BAD_DATA;
}

static enum cng_status
read_content(struct dpaping *d, struct span in)
{
	struct span params, both;
	enum cng_status st = take_oid(&in, OID(data));

	if (st == CNG_OK)
		st = take_algorithm(&in, OID(aes256_gcm), &params);
	if (st != CNG_OK)
		return st;
	if (!der_take(&params, V_ASN1_SEQUENCE, false, &both) ||
	    !der_take(&both, V_ASN1_OCTET_STRING, false, &d->nonce) ||
	    d->nonce.len != NONCE_LEN || !take_number(&both, TAG_LEN))
		return CNG_ERR_BAD_DATA;
	return der_take(&in, 0, true, &d->content) &&
	    d->content.len > TAG_LEN ? CNG_OK : CNG_ERR_BAD_DATA;
}

static enum cng_status
read_cms(struct dpaping *d, struct span in)
{
	struct span info, explicit, cms, part;
	enum cng_status st;

	if (!der_take(&in, V_ASN1_SEQUENCE, false, &info) || in.len > 0)
		return CNG_ERR_BAD_DATA;
	st = take_oid(&info, OID(enveloped));
	if (st != CNG_OK)
		return st;
	if (!der_take(&info, 0, true, &explicit) ||
	    !der_take(&explicit, V_ASN1_SEQUENCE, false, &cms) ||
	    !take_number(&cms, CMS_VERSION) ||
	    !der_take(&cms, V_ASN1_SET, false, &part))
		return CNG_ERR_BAD_DATA;
	st = read_recipient(d, part);
	if (st != CNG_OK)
		return st;
	return der_take(&cms, V_ASN1_SEQUENCE, false, &part) ?
	    read_content(d, part) : CNG_ERR_BAD_DATA;
}

enum cng_status
dpaping_read(struct dpaping *out, struct span der)
{
	struct secret again = { 0 };
	enum cng_status st = asn1_enter();

	*out = (struct dpaping){ 0 };
	if (st != CNG_OK)
		return st;
	st = read_cms(out, der);
	if (st == CNG_OK)
		st = write_cms(&again, out);
	if (st == CNG_OK && !span_equal(secret_span(&again), der))
		st = CNG_ERR_BAD_DATA;
	secret_free(&again);
	return asn1_leave(st);
}

/* --- the ciphers --------------------------------------------------------- */

static enum cng_status
aes_key(struct crypto_key **out, const uint8_t *value)
{
	struct key_material material = { .family = KEY_AES,
		.has_private = true };
	enum cng_status st = key_set(&material, SYM_VALUE,
	    span_of(value, CEK_LEN));

	*out = NULL;
	if (st == CNG_OK)
		st = crypto_key_new(out, &material);
	key_free(&material);
	return st;
}

enum cng_status
dpaping_open(const struct dpaping *d, const uint8_t kek[DPAPING_KEK],
    struct secret *plain)
{
	const struct key_op wrap = { .scheme = OP_AES_KW };
	const struct key_op gcm = { .scheme = OP_AES_GCM, .iv = d->nonce,
		.tag_len = TAG_LEN };
	struct crypto_key *outer = NULL, *inner = NULL;
	struct secret cek = { 0 };
	enum cng_status st = aes_key(&outer, kek);

	if (st == CNG_OK)
		st = crypto_unwrap(outer, &wrap, d->wrapped, &cek);
	if (st == CNG_OK && cek.len != CEK_LEN)
		st = CNG_ERR_WRAPPED_KEY;
	if (st == CNG_OK)
		st = aes_key(&inner, cek.ptr);
	if (st == CNG_OK)
		st = crypto_unwrap(inner, &gcm, d->content, plain);
	crypto_key_free(outer);
	crypto_key_free(inner);
	secret_free(&cek);
	return st;
}

static enum cng_status
wrap_into(const uint8_t *value, const struct key_op *op, struct span plain,
    uint8_t *out, size_t len)
{
	struct wr w = wr_of(out, len);
	struct crypto_key *key;
	enum cng_status st = aes_key(&key, value);

	if (st == CNG_OK)
		st = crypto_wrap(key, op, plain, &w);
	if (st == CNG_OK && w.len != len)
		st = CNG_ERR_INTERNAL;
	crypto_key_free(key);
	return st;
}

static enum cng_status
seal_parts(const uint8_t *kek, struct span plain, uint8_t *wrapped,
    uint8_t *nonce, struct secret *content)
{
	const struct key_op wrap = { .scheme = OP_AES_KW };
	const struct key_op gcm = { .scheme = OP_AES_GCM,
		.iv = span_of(nonce, NONCE_LEN), .tag_len = TAG_LEN };
	uint8_t cek[CEK_LEN];
	enum cng_status st = crypto_random(cek, sizeof cek);

	if (st == CNG_OK)
		st = crypto_random(nonce, NONCE_LEN);
	if (st == CNG_OK)
		st = wrap_into(kek, &wrap, span_of(cek, sizeof cek), wrapped,
		    WRAPPED_LEN);
	if (st == CNG_OK)
		st = wrap_into(cek, &gcm, plain, content->ptr, content->len);
	wipe(cek, sizeof cek);
	return st;
}

enum cng_status
dpaping_seal(const uint8_t kek[DPAPING_KEK], struct span key_id,
    struct span rule, struct span plain, struct wr *out)
{
	uint8_t wrapped[WRAPPED_LEN] = { 0 }, nonce[NONCE_LEN] = { 0 };
	struct dpaping d = {
		.key_id = key_id,
		.rule = rule,
		.wrapped = span_of(wrapped, sizeof wrapped),
		.nonce = span_of(nonce, sizeof nonce),
	};
	struct secret content = { 0 }, all = { 0 };
	enum cng_status st;

	if (plain.len == 0 || plain.len > SECRET_MAX / 2)
		return CNG_ERR_ARGUMENT;
	st = secret_new(&content, plain.len + TAG_LEN);
	/* nothing is encrypted for the sake of its size */
	if (st == CNG_OK && out->buf != NULL)
		st = seal_parts(kek, plain, wrapped, nonce, &content);
	d.content = secret_span(&content);
	if (st == CNG_OK)
		st = write_cms(&all, &d);
	if (st == CNG_OK) {
		wr_bytes(out, secret_span(&all));
		st = wr_status(out);
	}
	secret_free(&content);
	secret_free(&all);
	return st;
}
