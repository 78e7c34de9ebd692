/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Import: NCryptImportKey and C_UnwrapKey.  Bytes become numbers, the
 * numbers are checked, then the key gets its place; nothing is written
 * before all is known to be good.
 */
#include "core/policy.h"

#include "base/alloc.h"
#include "base/rd.h"
#include "base/why.h"
#include "core/card.h"
#include "core/conflict.h"
#include "core/enveloped.h"
#include "core/keytmpl.h"
#include "core/nullkey.h"
#include "core/protect.h"
#include "core/transport.h"
#include "key/set.h"
#include "core/wrapping.h"

/* --- bytes to numbers ---------------------------------------------------- */

/* How it was wrapped: in the way of its type, or whole. */
static enum cng_status
frame_of(const struct import_request *req, struct blob_frame *out)
{
	enum key_family family = req->key->key.family;
	enum blob_type type = req->type, found;

	if (req->format == TRANSFER_CNG && type == BLOB_ANY &&
	    family == KEY_RSA && blob_detect(req->data, &found) == CNG_OK &&
	    blob_is_framed(found))
		type = found;
	if (req->format == TRANSFER_CNG && blob_is_framed(type))
		return blob_frame_read(type, req->data, out);
	*out = (struct blob_frame){
		.inner = type,
		.family = family,
		.op = req->format == TRANSFER_CNG ? wrapping_default(family) :
						    *req->op,
		.cipher = req->data,
	};
	return CNG_OK;
}

static enum cng_status
decode_cng(enum blob_type type, struct span in,
    const struct blob_params *params, struct key_material *out)
{
	enum cng_status st = CNG_OK;

	if (type == BLOB_ANY)
		st = blob_detect(in, &type);
	return st == CNG_OK ? blob_decode(type, in, params, out) : st;
}

/* Zero bytes that filled a block after a DER structure are not part of it. */
static struct span
der_without_padding(struct span in)
{
	struct rd r = rd_of(in);
	uint8_t tag, first, byte;
	size_t len = 0, end;
	struct span rest;

	if (!rd_u8(&r, &tag) || !rd_u8(&r, &first))
		return in;
	if (first < 0x80)
		len = first;
	for (unsigned n = first & 0x7fu; first > 0x80 && n > 0; n--) {
		if (len > SECRET_MAX || !rd_u8(&r, &byte))
			return in;
		len = len << 8 | byte;
	}
	end = in.len - r.left;
	if (len >= r.left || r.left - len >= 16)
		return in;
	rest = span_of(r.ptr + len, r.left - len);
	return span_trim(rest).len == 0 ? span_of(in.ptr, end + len) : in;
}

/* Is what comes after that many bytes what export filled a block with?
 * Anything else is part of the key, and one that could be cut short could be
 * guessed a byte at a time. */
static bool
is_filling(const struct key_op *op, struct span in, uint64_t len)
{
	if (op->scheme != OP_AES_KW || len >= in.len || in.len - len >= 8)
		return false;
	return span_trim(span_of(in.ptr + len, in.len - len)).len == 0;
}

/* What a standard mechanism unwrapped: PKCS#8 or a CNG blob for a private
 * key, the value for a secret one. */
static enum cng_status
decode_standard(const struct import_request *req, struct span in,
    struct key_material *out)
{
	uint64_t class = props_number(req->tmpl, PROP_CLASS, OBJ_NONE);
	uint64_t len = props_number(req->tmpl, PROP_VALUE_LEN, in.len);
	const struct prop *type = props_find(req->tmpl, PROP_BLOB_TYPE);
	enum blob_type found;

	if (type != NULL)
		return decode_cng((enum blob_type)type->number, in,
		    &req->params, out);
	if (class == OBJ_PRIVATE) {
		if (blob_detect(in, &found) == CNG_OK && found != BLOB_PKCS8)
			return blob_decode(found, in, &req->params, out);
		return pkcs8_decode(out, der_without_padding(in), NULL);
	}
	if (is_filling(req->op, in, len))
		in.len = (size_t)len;
	*out = (struct key_material){
		.family = props_family(req->tmpl, KEY_NONE),
		.has_private = true,
	};
	return key_set(out, SYM_VALUE, in);
}

static enum cng_status
check_numbers(struct key_material *key, unsigned flags)
{
	enum cng_status st = key_check_shape(key);

	if (st != CNG_OK || !key_is_pair(key->family))
		return st;
	st = crypto_complete(key);
	if (st != CNG_OK)
		return st;
	/* that of a pair is one of its public half, too */
	return flags & IMPORT_NO_VALIDATION ? crypto_check_public(key) :
					      crypto_check_pair(key);
}

/* Once decrypted, every failure looks the same to a caller who may have
 * chosen the ciphertext. */
static enum cng_status
one_answer(enum cng_status st)
{
	return st == CNG_OK || st == CNG_ERR_NO_MEMORY ? st :
							  CNG_ERR_WRAPPED_KEY;
}

bool
wrapping_is_of_holder(enum cng_status st)
{
	return st == CNG_ERR_NOT_SUPPORTED || st == CNG_ERR_DEVICE_REMOVED ||
	    st == CNG_ERR_NOT_LOGGED_IN || st == CNG_ERR_PIN_LOCKED;
}

static enum cng_status
check_key(const struct import_request *req, struct key_material *key)
{
	const struct prop *said = props_find(req->tmpl, PROP_KEY_FAMILY);
	enum cng_status st;

	key_settle_dh(key, props_family(req->tmpl, KEY_NONE));
	st = check_numbers(key, req->flags);
	if (st == CNG_OK && said != NULL && said->number != key->family)
		st = CNG_ERR_TEMPLATE_INCONSISTENT;
	return st;
}

static enum cng_status
read_wrapped(const struct import_request *req, struct key_material *out)
{
	struct secret plain = { 0 };
	struct crypto_key *key = NULL;
	struct blob_frame frame;
	enum cng_status st = frame_of(req, &frame);

	if (st == CNG_OK && frame.family != req->key->key.family)
		st = CNG_ERR_WRAP_KEY_TYPE;
	if (st == CNG_OK && req->key->class == OBJ_PRIVATE)
		st = object_can(req->key, &frame.op, HOLDER_DECRYPT);
	if (st == CNG_OK)
		st = object_crypto(req->key, &key);
	/* what anybody can count who sees the bytes; not of blobs, whose
	 * outside was read as well */
	if (st == CNG_OK && req->format == TRANSFER_STANDARD &&
	    !crypto_unwrap_fits(key, &frame.op, frame.cipher.len))
		st = CNG_ERR_WRAPPED_KEY_SIZE;
	if (st != CNG_OK)
		return st; /* nothing secret was looked at */
	st = crypto_unwrap(key, &frame.op, frame.cipher, &plain);
	if (wrapping_is_of_holder(st))
		return st;
	if (st == CNG_OK && req->format == TRANSFER_STANDARD)
		st = decode_standard(req, secret_span(&plain), out);
	else if (st == CNG_OK)
		st = blob_inner_decode(&frame, secret_span(&plain),
		    &req->params, out);
	if (st == CNG_OK)
		st = check_key(req, out);
	secret_free(&plain);
	return one_answer(st);
}

/* What was wrong before anything secret was looked at may be told. */
static enum cng_status
read_enveloped(const struct import_request *req, struct key_material *out)
{
	enum cng_status st = enveloped_import(req, out);

	return st == CNG_OK ? one_answer(check_key(req, out)) : st;
}

static enum cng_status
read_key(struct token *tok, const struct import_request *req,
    struct key_material *out)
{
	bool protected = protect_is_import(req);
	enum cng_status st;

	if (req->type == BLOB_PKCS7ENVELOPE && req->format == TRANSFER_CNG)
		return read_enveloped(req, out);
	if (req->key != NULL && !protected)
		return read_wrapped(req, out);
	st = protected ? protect_import(tok, req, out) :
			 decode_cng(req->type, req->data, &req->params, out);
	return st == CNG_OK ? check_key(req, out) : st;
}

/* CKA_EC_PARAMS names the curve of a generic ECC blob, too, where the call has
 * no parameters to do so.  What it says is judged with the key. */
static void
curve_from_template(struct import_request *req)
{
	static const enum key_family families[] = { KEY_EC, KEY_MONTGOMERY };
	const struct prop *line = props_find(req->tmpl, PROP_EC_PARAMS);
	const struct curve_info *curve;

	if (line == NULL || req->params.curve_name.len > 0 ||
	    req->params.ecc_parameters.len > 0)
		return;
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
		struct key_material key = { .family = families[i] };

		if (ec_params_set(&key, line->bytes) == CNG_OK) {
			curve = curve_info(key.curve);
			if (curve != NULL && curve->cng_name != NULL)
				req->params.curve_name =
				    span_str(curve->cng_name);
		}
		key_free(&key);
	}
}

/* --- numbers to objects -------------------------------------------------- */

static enum obj_class
class_of(const struct key_material *key)
{
	if (!key_is_pair(key->family))
		return OBJ_SECRET;
	return key->has_private ? OBJ_PRIVATE : OBJ_PUBLIC;
}

/* The public half of a pair from a CNG blob: what the private half may do,
 * seen from the other side. */
enum cng_status
object_twin(const struct object *main, struct object **out)
{
	static const struct {
		enum prop_id private, public;
	} usage[] = { { PROP_SIGN, PROP_VERIFY },
		{ PROP_SIGN_RECOVER, PROP_VERIFY_RECOVER },
		{ PROP_DECRYPT, PROP_ENCRYPT }, { PROP_UNWRAP, PROP_WRAP },
		{ PROP_DECAPSULATE, PROP_ENCAPSULATE } };
	static const enum prop_id shared[] = { PROP_LABEL, PROP_ID, PROP_NAME,
		PROP_SUBJECT };
	static const enum prop_id same[] = { PROP_TOKEN, PROP_MODIFIABLE,
		PROP_COPYABLE, PROP_DESTROYABLE };
	struct object *twin;
	enum cng_status st = object_new(&twin, OBJ_PUBLIC);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
		object_put_flag(twin, same[i], object_flag(main, same[i]));
	for (size_t i = 0; i < sizeof usage / sizeof usage[0]; i++)
		object_put_flag(twin, usage[i].public,
		    object_flag(main, usage[i].private));
	twin->ever = twin->flags;
	object_put_flag(twin, PROP_FINALIZED, true);
	st = key_copy_public(&twin->key, &main->key);
	for (size_t i = 0; st == CNG_OK && i < sizeof shared / sizeof shared[0];
	     i++)
		st = secret_replace(object_kept(twin, shared[i]),
		    secret_span(&main->kept[shared[i] - PROP_LABEL]));
	if (st == CNG_OK)
		*out = twin;
	else
		object_free(twin);
	return st;
}

/* What is inherited may be what two uses do not go together for. */
static enum cng_status
apply_and_inherit(struct object *obj, const struct import_request *req,
    struct props tmpl, const struct rule_context *ctx)
{
	enum cng_status st = rules_apply(obj, tmpl, ctx);

	if (st == CNG_OK)
		st = conflict_inherit(obj, tmpl, req->key, ctx);
	return st == CNG_OK ? conflict_settle(obj, tmpl, ctx) : st;
}

static enum cng_status
make_main(const struct import_request *req, struct key_material *key,
    const struct rule_context *ctx, struct object **out)
{
	struct object *obj;
	enum cng_status st = object_new(&obj, class_of(key));

	*out = NULL;
	if (st != CNG_OK)
		return st;
	obj->key = *key;
	*key = (struct key_material){ 0 }; /* handed over */
	rules_defaults(obj, ctx);
	/* CNG: a key with a name persists, one without is ephemeral */
	if (req->format == TRANSFER_CNG &&
	    props_bytes(req->tmpl, PROP_NAME).len > 0)
		object_put_flag(obj, PROP_TOKEN, true);
	st = rules_check_key(obj, req->tmpl, ctx->mode);
	if (st == CNG_OK)
		st = apply_and_inherit(obj, req, req->tmpl, ctx);
	if (st == CNG_OK)
		st = rules_finish(obj, ctx);
	if (st == CNG_OK)
		*out = obj;
	else
		object_free(obj);
	return st;
}

/*
 * What is wrong with a template is said before anything is opened: said
 * afterwards, it would tell that the blob opened.  A check value is of the
 * key, and waits for it.
 */
static enum cng_status
rehearse(const struct import_request *req, const struct rule_context *ctx)
{
	struct props tmpl = { .count = 0 };
	struct prop *line = mem_new(req->tmpl.count + 1, sizeof *line);
	struct object *obj = NULL;
	enum cng_status st = line == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < req->tmpl.count; i++)
		if (req->tmpl.item[i].id != PROP_CHECK_VALUE)
			line[tmpl.count++] = req->tmpl.item[i];
	tmpl.item = line;
	if (st == CNG_OK)
		st = object_new(&obj, props_class(tmpl));
	if (st == CNG_OK) {
		obj->key.family = props_family(tmpl, KEY_NONE);
		rules_defaults(obj, ctx);
		st = apply_and_inherit(obj, req, tmpl, ctx);
	}
	object_free(obj);
	mem_free(line);
	return st;
}

static enum cng_status
check_strict(const struct import_request *req)
{
	bool cng = req->format == TRANSFER_CNG;
	uint64_t class = props_number(req->tmpl, PROP_CLASS, OBJ_NONE);

	if (cng && req->type == BLOB_PKCS7ENVELOPE &&
	    conflict_envelope(req->key))
		return why_prop(CNG_ERR_MECHANISM, PROP_UNWRAP_TEMPLATE,
		    "or trust: such a key opens no envelope, which is in CBC");
	if (conflict_parts(req->key, cng ? NULL : req->op))
		return why_prop(CNG_ERR_MECHANISM, PROP_ALLOWED_MECHANISMS,
		    "of a key that binds what it unwraps have to be there, "
		    "without RSA alone, for RSA with AES");
	if (cng)
		return CNG_OK;
	if (conflict_padding(req->key, req->op, (enum obj_class)class))
		return CNG_ERR_MECHANISM;
	return conflict_tag(req->key, req->op) ? CNG_ERR_MECHANISM_PARAM :
						 CNG_OK;
}

static enum cng_status
check_key_use(const struct token *tok, const struct import_request *req,
    uint64_t mechanism)
{
	enum cng_status st = tok->compat ? CNG_OK : check_strict(req);

	return st == CNG_OK ?
	    policy_unwrap(req->key, req->any_use, mechanism) : st;
}

static enum cng_status
check_request(const struct token *tok, const struct import_request *req)
{
	uint64_t class = props_number(req->tmpl, PROP_CLASS, OBJ_NONE);

	if (req->format == TRANSFER_CNG && req->key == NULL)
		return blob_is_framed(req->type) ? CNG_ERR_ARGUMENT : CNG_OK;
	if (protect_is_import(req))
		return protect_check_key(req->key);
	if (req->format == TRANSFER_CNG)
		return req->type == BLOB_OPAQUETRANSPORT ?
		    CNG_ERR_NOT_SUPPORTED :
		    check_key_use(tok, req, TRANSFER_MECHANISM(req->type));
	if (req->key == NULL || req->op == NULL)
		return CNG_ERR_ARGUMENT;
	if (class == OBJ_NONE ||
	    props_find(req->tmpl, PROP_KEY_FAMILY) == NULL)
		return CNG_ERR_TEMPLATE_INCOMPLETE;
	if (class != OBJ_PRIVATE && class != OBJ_SECRET)
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	return check_key_use(tok, req, req->mechanism);
}

static bool
is_transport(const struct import_request *req)
{
	enum blob_type type = req->type;

	if (req->format != TRANSFER_CNG || req->key != NULL)
		return false;
	if (type == BLOB_ANY && blob_detect(req->data, &type) != CNG_OK)
		return false;
	return type == BLOB_OPAQUETRANSPORT;
}

/* Was something decrypted that the caller may have chosen? */
static bool
was_closed(const struct import_request *req)
{
	return req->key != NULL;
}

static enum cng_status
read_main(struct token *tok, const struct import_request *req,
    const struct rule_context *ctx, struct object **out)
{
	struct key_material key = { 0 };
	enum cng_status st;

	*out = NULL;
	if (is_transport(req))
		return transport_import(tok, req, ctx, out);
	if (req->format == TRANSFER_STANDARD) {
		st = rehearse(req, ctx);
		if (st != CNG_OK)
			return st;
	}
	st = read_key(tok, req, &key);
	if (st == CNG_OK) {
		st = make_main(req, &key, ctx, out);
		st = was_closed(req) ? one_answer(st) : st;
	}
	key_free(&key);
	return st;
}

/* A key that was found is bound by what it carries, as one that was named. */
static enum cng_status
choose_recipient(struct token *tok, struct import_request *req,
    struct object **found)
{
	enum cng_status st = CNG_OK;

	req->type = BLOB_PKCS7ENVELOPE;
	if (req->key == NULL) {
		st = token_recipient(tok, req->data, found);
		req->key = *found;
	}
	return st;
}

enum cng_status
import_entry(struct token *tok, const struct access *who,
    const struct import_request *request, struct entry **out)
{
	struct import_request req = *request;
	struct object *recipient = NULL;
	struct keytmpl room;
	struct rule_context ctx = token_rules(tok,
	    request->format == TRANSFER_CNG ? MODE_IMPORT : MODE_UNWRAP);
	struct entry *e = NULL;
	enum cng_status st = CNG_OK;

	*out = NULL;
	if (req.key != NULL && object_is_null_key(req.key)) {
		if (req.format != TRANSFER_CNG)
			return CNG_ERR_WRAP_KEY_TYPE;
		req.key = NULL;
	}
	if (enveloped_is(&req))
		st = choose_recipient(tok, &req, &recipient);
	if (st == CNG_OK)
		st = keytmpl_join(req.key, PROP_UNWRAP_TEMPLATE, &req.tmpl,
		    &room);
	if (st == CNG_OK)
		st = check_request(tok, &req);
	if (st == CNG_OK)
		st = import_place(tok, who, &req);
	curve_from_template(&req);
	if (st == CNG_OK) {
		e = mem_new(1, sizeof *e);
		st = e == NULL ? CNG_ERR_NO_MEMORY :
				 read_main(tok, &req, &ctx, &e->half[0]);
	}
	if (st == CNG_OK && req.format == TRANSFER_CNG &&
	    e->half[0]->class == OBJ_PRIVATE)
		st = object_twin(e->half[0], &e->half[1]);
	object_free(recipient);
	if (st == CNG_OK)
		*out = e;
	else
		entry_free(e);
	return st;
}

enum cng_status
token_import(struct token *tok, const struct access *who,
    const struct import_request *req, obj_id *out)
{
	struct entry *e;
	enum cng_status st = import_entry(tok, who, req, &e);

	*out = 0;
	if (st == CNG_OK && tok->reader != NULL &&
	    e->half[0]->class == OBJ_PRIVATE)
		st = secret_copy(&e->half[0]->value, req->certificate);
	if (st != CNG_OK) {
		entry_free(e);
		return st;
	}
	card_settle_role(tok, e->half[0], req->tmpl);
	return token_shelve(tok, who, e, (req->flags & IMPORT_OVERWRITE) != 0,
	    NULL, out);
}
