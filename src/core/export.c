/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Export: NCryptExportKey and C_WrapKey.
 */
#include "core/policy.h"

#include "core/nullkey.h"
#include "core/wrapping.h"

static enum cng_status
encode(const struct object *obj, const struct export_request *req,
    struct wr *out)
{
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
    size_t block, struct secret *plain)
{
	struct wr count = wr_of(NULL, 0), w;
	size_t padded;
	enum cng_status st = encode(obj, req, &count);

	if (st != CNG_OK)
		return st;
	padded = (count.len + block - 1) / block * block;
	st = secret_new(plain, padded);
	if (st != CNG_OK)
		return st;
	w = wr_of(plain->ptr, plain->len);
	return encode(obj, req, &w);
}

static enum cng_status
encode_wrapped(struct object *obj, const struct export_request *req,
    struct wr *out)
{
	struct key_op op = req->format == TRANSFER_CNG ?
	    wrapping_default(req->key->key.family) : *req->op;
	struct crypto_key *key;
	struct secret plain = { 0 };
	enum cng_status st = encode_padded(obj, req, block_of(&op), &plain);

	if (st == CNG_OK)
		st = object_crypto(req->key, &key);
	if (st == CNG_OK)
		st = crypto_wrap(key, &op, secret_span(&plain), out);
	secret_free(&plain);
	if (st == CNG_ERR_DATA_SIZE || st == CNG_ERR_DATA)
		st = CNG_ERR_KEY_SIZE;
	return st;
}

enum cng_status
token_export(struct token *tok, struct object *obj,
    const struct export_request *req, struct wr *out)
{
	struct export_request plain = *req;
	enum cng_status st;

	(void)tok;
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
	st = policy_export(obj, &plain);
	if (st != CNG_OK)
		return st;
	if (plain.key != NULL)
		return encode_wrapped(obj, &plain, out);
	return encode(obj, &plain, out);
}
