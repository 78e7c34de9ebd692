/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Export: NCryptExportKey and C_WrapKey.
 */
#include "core/policy.h"

#include "base/why.h"
#include "core/conflict.h"
#include "core/enveloped.h"
#include "core/nullkey.h"
#include "core/protect.h"
#include "core/transport.h"
#include "core/wrapping.h"

/* How it is to be wrapped: in the way of its type, or whole. */
static enum cng_status
plan_of(const struct export_request *req, struct blob_frame *out)
{
	enum key_family family = req->key->key.family;

	if (req->format == TRANSFER_CNG && blob_is_framed(req->type))
		return blob_frame_plan(req->type, &req->params, out);
	*out = (struct blob_frame){
		.inner = req->type,
		.family = family,
		.op = req->format == TRANSFER_CNG ? wrapping_default(family) :
						    *req->op,
	};
	return CNG_OK;
}

/* frame: NULL in plaintext. */
static enum cng_status
encode(const struct object *obj, const struct export_request *req,
    const struct blob_frame *frame, struct wr *out)
{
	if (req->format == TRANSFER_CNG && frame != NULL)
		return blob_inner_encode(frame, &obj->key, &req->params, out);
	if (req->format == TRANSFER_CNG)
		return blob_encode(req->type, &obj->key, &req->params, out);
	if (obj->class == OBJ_PRIVATE)
		return pkcs8_encode(&obj->key, NULL, out);
	wr_bytes(out, key_part(&obj->key, SYM_VALUE));
	return wr_status(out);
}

/* A private key in ECB, CBC or KW has to fill whole blocks (PKCS#11: padded
 * with zero bytes); a secret key's length says what it needs. */
static size_t
block_of(const struct key_op *op)
{
	if (op->scheme == OP_AES_KW)
		return 8;
	return op->scheme == OP_AES_ECB || op->scheme == OP_AES_CBC ? 16 : 1;
}

static enum cng_status
encode_padded(const struct object *obj, const struct export_request *req,
    const struct blob_frame *frame, struct secret *plain)
{
	size_t block = block_of(&frame->op);
	struct wr count = wr_of(NULL, 0), w;
	size_t padded;
	enum cng_status st = encode(obj, req, frame, &count);

	if (st != CNG_OK)
		return st;
	padded = (count.len + block - 1) / block * block;
	st = secret_new(plain, padded);
	if (st != CNG_OK)
		return st;
	w = wr_of(plain->ptr, plain->len);
	return encode(obj, req, frame, &w);
}

/* The ciphertext with its frame around; no byte of it when only counting. */
static enum cng_status
wrap_framed(enum blob_type type, const struct crypto_key *key,
    struct blob_frame *frame, struct span plain, struct wr *out)
{
	struct wr count = wr_of(NULL, 0), w;
	struct secret cipher = { 0 };
	enum cng_status st = crypto_wrap(key, &frame->op, plain, &count);

	frame->cipher = span_of(NULL, count.len);
	if (st == CNG_OK && out->buf != NULL) {
		st = secret_new(&cipher, count.len);
		w = wr_of(cipher.ptr, cipher.len);
		if (st == CNG_OK)
			st = crypto_wrap(key, &frame->op, plain, &w);
		frame->cipher = secret_span(&cipher);
	}
	if (st == CNG_OK)
		st = blob_frame_write(type, frame, out);
	secret_free(&cipher);
	return st;
}

static enum cng_status
encode_wrapped(struct object *obj, const struct export_request *req,
    struct wr *out)
{
	bool framed = req->format == TRANSFER_CNG &&
	    blob_is_framed(req->type);
	struct blob_frame frame;
	struct crypto_key *key;
	struct secret plain = { 0 };
	enum cng_status st = plan_of(req, &frame);

	if (st == CNG_OK && frame.family != req->key->key.family)
		st = CNG_ERR_WRAP_KEY_TYPE;
	if (st == CNG_OK)
		st = encode_padded(obj, req, &frame, &plain);
	if (st == CNG_OK)
		st = object_crypto(req->key, &key);
	if (st == CNG_OK)
		st = framed ? wrap_framed(req->type, key, &frame,
				  secret_span(&plain), out) :
			      crypto_wrap(key, &frame.op,
				  secret_span(&plain), out);
	secret_free(&plain);
	if (st == CNG_ERR_DATA_SIZE || st == CNG_ERR_DATA)
		st = CNG_ERR_KEY_SIZE;
	return st;
}

static enum cng_status
check_strict(const struct object *obj, const struct export_request *req)
{
	if (conflict_trust(obj))
		return why_prop(CNG_ERR_KEY_NOT_WRAPPABLE, PROP_TRUSTED,
		    "a trusted key does not leave");
	if (req->key == NULL)
		return CNG_OK;
	if (!req->fresh_iv && conflict_iv(req->key, req->op))
		return why(req->tells_iv ? CNG_ERR_MECHANISM_PARAM :
					   CNG_ERR_MECHANISM,
		    "a kept or sensitive key wraps under no IV of its caller");
	return conflict_tag(req->key, req->op) ? CNG_ERR_MECHANISM_PARAM :
						 CNG_OK;
}

enum cng_status
token_export(struct token *tok, struct object *obj,
    const struct export_request *req, struct wr *out)
{
	struct export_request plain = *req;
	enum cng_status st;

	plain.any_strength = tok->compat;
	if (plain.key != NULL && object_is_null_key(plain.key)) {
		if (plain.format != TRANSFER_CNG)
			return CNG_ERR_WRAP_KEY_TYPE;
		plain.key = NULL;
	}
	if (plain.format == TRANSFER_STANDARD &&
	    (plain.key == NULL || plain.op == NULL))
		return CNG_ERR_ARGUMENT;
	if (plain.format == TRANSFER_CNG &&
	    (plain.type == BLOB_ANY || blob_info(plain.type) == NULL))
		return CNG_ERR_BAD_TYPE;
	if (plain.format == TRANSFER_CNG && plain.key == NULL &&
	    blob_is_framed(plain.type))
		return CNG_ERR_ARGUMENT;
	if (plain.format == TRANSFER_CNG && plain.key != NULL &&
	    (plain.type == BLOB_OPAQUETRANSPORT ||
		plain.type == BLOB_PROTECTEDKEY))
		return CNG_ERR_NOT_SUPPORTED;
	st = tok->compat ? CNG_OK : check_strict(obj, &plain);
	if (st == CNG_OK)
		st = policy_export(obj, &plain);
	if (st != CNG_OK)
		return st;
	if (plain.format == TRANSFER_CNG && plain.type == BLOB_PKCS7ENVELOPE)
		return enveloped_export(obj, &plain, out);
	if (plain.key != NULL)
		return encode_wrapped(obj, &plain, out);
	if (plain.format == TRANSFER_CNG && plain.type == BLOB_OPAQUETRANSPORT)
		return transport_export(tok, obj, out);
	if (plain.format == TRANSFER_CNG && plain.type == BLOB_PROTECTEDKEY)
		return protect_export(tok, obj, &plain, out);
	return encode(obj, &plain, NULL, out);
}
