/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ProtectedKeyBlob: NCRYPT_KEY_BLOB_HEADER around data that DPAPI-NG protects;
 * within them an ordinary private blob.  Whose key it is that protects says
 * the key identifier: a key distribution service's, or a token's of ours.
 */
#include "blob/protected.h"

#include "blob/codec.h"
#include "blob/header.h"
#include "blob/kds.h"
#include "blob/magic.h"
#include "blob/serial.h"
#include "crypto/dpaping.h"

struct fields {
	const struct protected_alg *alg;
	struct dpaping data;
	struct dpaping_rule rule;
	bool kds;                /* which of the next two */
	bool ours;
	struct kds_key_id key_id;
	struct blob_protected own;
};

/* --- fields -------------------------------------------------------------- */

static void
own_id_fields(struct walk *w, struct blob_protected *own)
{
	size_t serial_len, salt_len;
	uint32_t version, flags;

	(void)walk_magic(w, "KeyIdentifier.dwMagic");
	version = walk_u32(w, "KeyIdentifier.dwVersion");
	flags = walk_u32(w, "KeyIdentifier.dwFlags");
	serial_len = walk_u32(w, "KeyIdentifier.cbSerial");
	salt_len = walk_u32(w, "KeyIdentifier.cbSalt");
	own->serial = serial_field(w, "KeyIdentifier.TokenSerial",
	    serial_len);
	(void)walk_bytes(w, "KeyIdentifier.Salt", salt_len,
	    BLOB_FIELD_BYTES);
	own->machine = (flags & PROTECTED_MACHINE) != 0;
	if (w->status == CNG_OK && (version != PROTECTED_ID_VERSION ||
	    (flags & ~PROTECTED_MACHINE) != 0 ||
	    salt_len != BLOB_PROTECTED_SALT))
		walk_fail(w, CNG_ERR_BAD_DATA);
}

/* A walk of its own, over a part of the same blob. */
static void
key_id_fields(struct walk *w, struct fields *out)
{
	struct span id = out->data.key_id;
	size_t end = (size_t)(id.ptr + id.len - w->blob.ptr);
	struct walk part = walk_of(span_of(w->blob.ptr, end), w->sink,
	    w->arg);
	struct rd r = rd_of(id);
	uint32_t first = 0, second = 0;
	enum cng_status st;

	part.in = rd_of(id);
	if (rd_u32le(&r, &first))
		(void)!rd_u32le(&r, &second);
	out->ours = first == MAGIC_CNGP;
	out->kds = !out->ours && second == MAGIC_KDSK;
	if (out->ours)
		own_id_fields(&part, &out->own);
	else if (out->kds)
		kds_key_id_fields(&part, &out->key_id);
	else
		(void)walk_bytes(&part, "KeyIdentifier", id.len,
		    BLOB_FIELD_BYTES);
	st = walk_end(&part);
	if (st != CNG_OK)
		walk_fail(w, st);
	out->own.key_id = id;
}

static void
part_field(struct walk *w, const char *name, struct span bytes,
    const char *text)
{
	struct blob_field field = {
		.name = name,
		.size = bytes.len,
		.kind = text == NULL ? BLOB_FIELD_BYTES : BLOB_FIELD_TEXT,
		.bytes = bytes,
		.text = text,
	};

	if (bytes.ptr == NULL)
		return;
	field.offset = (size_t)(bytes.ptr - w->blob.ptr);
	walk_emit(w, &field);
}

/* The parts that were found, in order. */
static void
data_fields(struct walk *w, struct fields *out, enum cng_status st)
{
	const struct dpaping *d = &out->data;

	if (d->key_id.ptr != NULL)
		key_id_fields(w, out);
	if (d->rule.ptr != NULL) {
		enum cng_status rule = dpaping_rule_read(&out->rule, d->rule);

		part_field(w, "ProtectionDescriptor", d->rule,
		    rule == CNG_OK ? out->rule.text : "not understood");
		if (rule != CNG_OK)
			walk_fail(w, rule);
	}
	part_field(w, "EncryptedKey", d->wrapped, NULL);
	part_field(w, "Nonce", d->nonce, NULL);
	part_field(w, "EncryptedContent", d->content, NULL);
	if (st != CNG_OK)
		walk_fail(w, st);
}

static void
protected_fields(struct walk *w, struct fields *out)
{
	struct secret name = header_fields(w, MAGIC_PRTK);
	struct span data;
	enum cng_status st;
	bool unknown;

	*out = (struct fields){ 0 };
	out->alg = protected_alg_named(secret_span(&name));
	secret_free(&name);
	unknown = w->status == CNG_OK && out->alg == NULL;
	if (w->status != CNG_OK)
		return;
	data = rd_rest(&w->in);
	st = dpaping_read(&out->data, data);
	part_field(w, "ProtectedData", data,
	    st == CNG_OK ? "CMS EnvelopedData (DPAPI-NG)" :
	    st == CNG_ERR_NOT_SUPPORTED ? "CMS of another kind" :
					  "no CMS EnvelopedData");
	data_fields(w, out, st);
	if (w->status != CNG_OK)
		return;
	/* the key, and so all of the identifier, is bound to the content;
	 * what the descriptor says must be what the identifier says */
	if (out->ours)
		out->own.local = out->rule.kind == DPAPING_LOCAL &&
		    span_equal(out->rule.value, span_str(out->own.machine ?
			"machine" : "user"));
	if (out->ours && !out->own.local)
		walk_fail(w, CNG_ERR_BAD_DATA);
	if (unknown ||
	    (!out->ours && (!out->kds || out->rule.kind != DPAPING_SID)))
		walk_fail(w, CNG_ERR_NOT_SUPPORTED);
}

enum cng_status
blob_protected_read(struct span in, struct blob_protected *out)
{
	struct walk w = walk_of(in, NULL, NULL);
	struct fields fields;
	enum cng_status st;

	protected_fields(&w, &fields);
	st = walk_end(&w);
	*out = st == CNG_OK ? fields.own : (struct blob_protected){ 0 };
	return st;
}

/* --- the key ------------------------------------------------------------- */

static enum cng_status
find_kek(const struct fields *fields, const struct blob_params *params,
    uint8_t kek[DPAPING_KEK])
{
	struct span given = { NULL, 0 }, roots = { NULL, 0 };

	if (params != NULL) {
		given = params->protect.kek;
		roots = params->protect.roots;
	}
	if (fields->kds)
		return roots.len == 0 ? CNG_ERR_ARGUMENT :
					kds_kek(&fields->key_id,
					    fields->rule.value, roots, kek);
	if (given.len != DPAPING_KEK)
		return CNG_ERR_ARGUMENT;
	memcpy(kek, given.ptr, DPAPING_KEK);
	return CNG_OK;
}

static enum cng_status
inner_decode(const struct fields *fields, struct span plain,
    const struct blob_params *params, struct key_material *out)
{
	struct blob_params inner = {
		.curve_name = params->curve_name,
		.ecc_parameters = params->ecc_parameters,
		.secret_family = KEY_GENERIC,
	};
	const struct protected_alg *alg = fields->alg;
	enum blob_type type;
	enum cng_status st = blob_detect(plain, &type);

	if (st == CNG_OK && (blob_is_closed(type) ||
	    blob_info(type)->class == BLOB_CLASS_PUBLIC))
		return CNG_ERR_BAD_DATA;
	if (alg->family == KEY_AES)
		inner.secret_family = KEY_AES;
	if (st == CNG_OK)
		st = blob_decode(type, plain, &inner, out);
	if (st == CNG_ERR_BAD_MAGIC)
		return CNG_ERR_BAD_DATA;
	if (st == CNG_OK && (alg->family != out->family ||
	    (alg->curve != CURVE_NONE && alg->curve != out->curve)))
		st = CNG_ERR_BAD_DATA;
	return st;
}

enum cng_status
protected_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	struct secret plain = { 0 };
	uint8_t kek[DPAPING_KEK];
	struct fields fields;
	enum cng_status st;

	(void)type;
	protected_fields(w, &fields);
	st = walk_end(w);
	if (st != CNG_OK || out == NULL)
		return st;
	st = find_kek(&fields, params, kek);
	if (st == CNG_OK)
		st = dpaping_open(&fields.data, kek, &plain);
	if (st == CNG_OK)
		st = inner_decode(&fields, secret_span(&plain), params, out);
	wipe(kek, sizeof kek);
	secret_free(&plain);
	return st;
}
