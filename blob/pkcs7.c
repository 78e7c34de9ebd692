/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS7_ENVELOPE: a private key in CMS EnvelopedData.  Who has the key of a
 * recipient runs the operation; the ASN.1 is done by the crypto layer.
 */
#include "base/util.h"
#include "blob/codec.h"

/* --- the row of the table: it can only be walked ------------------------- */

static void
show_part(void *arg, const struct envelope_part *part)
{
	struct walk *w = arg;
	const struct blob_field field = {
		.name = part->name,
		.offset = (size_t)(part->der.ptr - w->blob.ptr),
		.size = part->der.len,
		.kind = BLOB_FIELD_TEXT,
		.text = part->text,
	};

	walk_emit(w, &field);
}

enum cng_status
pkcs7_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	enum cng_status st = envelope_describe(w->blob, show_part, w);

	(void)type;
	(void)params;
	return st == CNG_OK && out != NULL ? CNG_ERR_ARGUMENT : st;
}

/* --- in ------------------------------------------------------------------ */

/* PKCS#8, or any blob with one private key: what CryptoAPI archives, and what
 * CNG has. */
static enum cng_status
decode_inner(struct span plain, const struct blob_params *params,
    struct key_material *out)
{
	enum blob_type type;
	enum cng_status st = blob_detect(plain, &type);

	if (st != CNG_OK)
		return st;
	if (blob_is_closed(type) ||
	    blob_info(type)->class != BLOB_CLASS_PRIVATE)
		return CNG_ERR_BAD_DATA;
	return blob_decode(type, plain, params, out);
}

static enum cng_status
try_one(const struct envelope *e, const struct envelope_recipient *r,
    blob_unwrapper *unwrap, void *arg, const struct blob_params *params,
    struct key_material *out)
{
	struct secret key = { 0 }, plain = { 0 };
	enum cng_status st = unwrap(arg, &r->op, r->cipher, &key);

	if (st == CNG_OK)
		st = envelope_open(e, secret_span(&key), &plain);
	if (st == CNG_OK)
		st = decode_inner(secret_span(&plain), params, out);
	secret_free(&key);
	secret_free(&plain);
	return st;
}

/* The key cannot be used now: that says nothing of what was decrypted. */
static bool
is_of_holder(enum cng_status st)
{
	return st == CNG_ERR_DEVICE_REMOVED || st == CNG_ERR_NOT_LOGGED_IN ||
	    st == CNG_ERR_PIN_LOCKED;
}

enum cng_status
blob_envelope_open(const struct envelope *e, enum key_family family,
    blob_unwrapper *unwrap, void *arg, const struct blob_params *params,
    struct key_material *out)
{
	enum cng_status st = CNG_ERR_WRAP_KEY_TYPE;

	*out = (struct key_material){ 0 };
	for (size_t i = 0; i < envelope_count(e); i++) {
		const struct envelope_recipient *r = envelope_recipient(e, i);

		if (family == KEY_NONE || r->family != family)
			continue;
		st = try_one(e, r, unwrap, arg, params, out);
		if (st == CNG_OK || st == CNG_ERR_NO_MEMORY ||
		    is_of_holder(st))
			return st;
		/* whatever it was: it may be for somebody else */
		st = CNG_ERR_WRAPPED_KEY;
	}
	return st;
}

/* --- out ----------------------------------------------------------------- */

static enum cng_status
encode_inner(struct secret *out, const struct key_material *key)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = blob_encode(BLOB_PKCS8, key, NULL, &w);

	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	return blob_encode(BLOB_PKCS8, key, NULL, &w);
}

enum cng_status
blob_envelope_write(const struct key_material *key,
    const struct envelope_to *to, size_t count,
    const struct blob_params *params, struct wr *out)
{
	struct envelope_plan plan = { .cipher = ENVELOPE_AES256 };
	struct secret plain = { 0 };
	enum cng_status st = encode_inner(&plain, key);

	if (params != NULL)
		plan = (struct envelope_plan){
			.cipher = params->envelope.cipher,
			.oaep = params->wrap.hash,
			.label = params->wrap.label,
		};
	/* only OAEP has a place for it */
	if (st == CNG_OK && plan.label.len > 0 && plan.oaep == HASH_NONE)
		plan.oaep = HASH_SHA256;
	if (st == CNG_OK)
		st = envelope_write(to, count, &plan, secret_span(&plain),
		    out);
	secret_free(&plain);
	return st;
}

enum cng_status
blob_envelope_cipher(struct span oid, struct span param,
    enum envelope_cipher *out)
{
	static const char *const oids[ENVELOPE_CIPHER_COUNT] = {
		[ENVELOPE_AES256] = "2.16.840.1.101.3.4.1.42",
		[ENVELOPE_AES192] = "2.16.840.1.101.3.4.1.22",
		[ENVELOPE_AES128] = "2.16.840.1.101.3.4.1.2",
		[ENVELOPE_3DES] = "1.2.840.113549.3.7",
	};

	if (oid.len > 0 && oid.ptr[oid.len - 1] == 0)
		oid.len--;
	for (size_t i = 0; i < ARRAY_LEN(oids); i++) {
		if (!span_equal(oid, span_str(oids[i])))
			continue;
		*out = (enum envelope_cipher)i;
		/* none of these has any */
		return param.len == 0 ? CNG_OK : CNG_ERR_ARGUMENT;
	}
	return CNG_ERR_NOT_SUPPORTED;
}
