/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RSA with its paddings.
 */
#include "crypto/rsa.h"

#include <openssl/rsa.h>

#include "base/util.h"
#include "base/why.h"
#include "crypto/held.h"

#define PKCS1_OVERHEAD 11
/* DER around a digest in a PKCS#1 signature, at most. */
#define DIGEST_INFO_OVERHEAD 19
#define RSA_BYTES_MAX (RSA_BITS_MAX / 8)

/* --- parameters ----------------------------------------------------------- */

/* PSS: the digest that is signed and padded with. */
static enum key_hash
pad_hash_of(const struct key_op *op)
{
	return op->pad_hash != HASH_NONE ? op->pad_hash : op->hash;
}

static enum key_hash
mgf_hash_of(const struct key_op *op)
{
	return op->mgf_hash != HASH_NONE ? op->mgf_hash : pad_hash_of(op);
}

/* RSA signs and pads with digests of a fixed size that have a name. */
static const struct hash_info *
rsa_hash(enum key_hash hash)
{
	const struct hash_info *info = hash_info(hash);

	return info != NULL && info->oid_der.len > 0 && !info->any_size ?
	    info : NULL;
}

static enum cng_status
check_pss(const struct crypto_key *key, const struct key_op *op)
{
	const struct hash_info *info = rsa_hash(pad_hash_of(op));
	size_t room = (key->bits - 1 + 7) / 8;

	if (info == NULL || rsa_hash(mgf_hash_of(op)) == NULL ||
	    (op->hash != HASH_NONE && op->hash != pad_hash_of(op)))
		return CNG_ERR_MECHANISM_PARAM;
	if (op->salt_len > RSA_BYTES_MAX)
		return CNG_ERR_MECHANISM_PARAM;
	return room < info->size + op->salt_len + 2 ?
	    why(CNG_ERR_KEY_SIZE, "no room for a salt of %zu bytes",
		op->salt_len) : CNG_OK;
}

static enum cng_status
check_oaep(const struct crypto_key *key, const struct key_op *op)
{
	const struct hash_info *info = rsa_hash(op->pad_hash);

	if (info == NULL || rsa_hash(mgf_hash_of(op)) == NULL)
		return CNG_ERR_MECHANISM_PARAM;
	return key_rsa_len(key) < 2 * info->size + 2 ? CNG_ERR_KEY_SIZE :
						       CNG_OK;
}

static enum cng_status
check_pkcs1(const struct crypto_key *key, const struct key_op *op)
{
	const struct hash_info *info = rsa_hash(op->hash);

	if (op->hash == HASH_NONE)
		return CNG_OK;
	if (info == NULL)
		return CNG_ERR_MECHANISM_PARAM;
	return key_rsa_len(key) <
		info->size + DIGEST_INFO_OVERHEAD + PKCS1_OVERHEAD ?
	    CNG_ERR_KEY_SIZE : CNG_OK;
}

enum cng_status
rsa_check(const struct crypto_key *key, const struct key_op *op,
    enum unit_way way)
{
	bool crypt = way == WAY_ENCRYPT || way == WAY_DECRYPT;

	if (key->family != KEY_RSA)
		return CNG_ERR_KEY_TYPE;
	if ((way == WAY_SIGN || way == WAY_DECRYPT) && !key->has_private)
		return CNG_ERR_KEY_TYPE;
	if (op->scheme == OP_RSA_PSS)
		return way == WAY_SIGN || way == WAY_VERIFY ?
		    check_pss(key, op) : CNG_ERR_MECHANISM;
	if (op->scheme == OP_RSA_OAEP)
		return crypt ? check_oaep(key, op) : CNG_ERR_MECHANISM;
	if ((crypt || way == WAY_RECOVER || op->scheme == OP_RSA_RAW) &&
	    op->hash != HASH_NONE)
		return CNG_ERR_MECHANISM;
	return op->scheme == OP_RSA_PKCS1 ? check_pkcs1(key, op) : CNG_OK;
}

/* --- contexts ------------------------------------------------------------- */

static bool
init_way(EVP_PKEY_CTX *ctx, enum unit_way way)
{
	switch (way) {
	case WAY_SIGN:
		return EVP_PKEY_sign_init(ctx) == 1;
	case WAY_VERIFY:
		return EVP_PKEY_verify_init(ctx) == 1;
	case WAY_RECOVER:
		return EVP_PKEY_verify_recover_init(ctx) == 1;
	case WAY_ENCRYPT:
		return EVP_PKEY_encrypt_init(ctx) == 1;
	case WAY_DECRYPT:
		return EVP_PKEY_decrypt_init(ctx) == 1;
	case WAY_ENCAPSULATE:
	case WAY_DECAPSULATE:
		break;
	}
	return false;
}

static bool
set_label(EVP_PKEY_CTX *ctx, struct span label)
{
	void *copy;

	if (label.len == 0)
		return true;
	if (label.len > SECRET_MAX)
		return false;
	copy = OPENSSL_memdup(label.ptr, label.len);
	if (copy == NULL)
		return false;
	if (EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, copy, (int)label.len) == 1)
		return true;
	OPENSSL_free(copy);
	return false;
}

static bool
set_oaep(EVP_PKEY_CTX *ctx, struct crypto_lib *lib, const struct key_op *op)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) ==
	    1 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, lib_md(lib, op->pad_hash)) ==
	    1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, lib_md(lib, mgf_hash_of(op))) ==
	    1 &&
	    set_label(ctx, op->label);
}

static bool
set_pss(EVP_PKEY_CTX *ctx, struct crypto_lib *lib, const struct key_op *op)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) ==
	    1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx,
		lib_md(lib, pad_hash_of(op))) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, lib_md(lib, mgf_hash_of(op))) ==
	    1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)op->salt_len) == 1;
}

static enum cng_status
rsa_prepare(struct unit *unit, const struct crypto_key *key,
    const struct key_op *op)
{
	struct crypto_lib *lib = unit_lib(unit);
	EVP_PKEY_CTX *ctx;
	bool ok;

	(void)key;
	ctx = EVP_PKEY_CTX_new_from_pkey(lib_ctx(lib), unit_pkey(unit), NULL);
	unit->pkey = ctx;
	ok = ctx != NULL && init_way(ctx, unit->tag.way);
	if (!ok)
		return CNG_ERR_INTERNAL;
	if (unit->tag.scheme == OP_RSA_OAEP)
		ok = set_oaep(ctx, lib, op);
	else if (unit->tag.scheme == OP_RSA_PSS)
		ok = set_pss(ctx, lib, op);
	else if (unit->tag.scheme == OP_RSA_RAW)
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1;
	else
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) ==
		    1;
	if (ok && unit->tag.scheme == OP_RSA_PKCS1 &&
	    unit->tag.hash != HASH_NONE)
		ok = EVP_PKEY_CTX_set_signature_md(ctx,
			 lib_md(lib, unit->tag.hash)) == 1;
	return ok ? CNG_OK : CNG_ERR_MECHANISM_PARAM;
}

static enum cng_status
rsa_unit(struct unit **out, const struct crypto_key *key,
    const struct key_op *op, enum op_scheme scheme, enum unit_way way)
{
	struct unit_tag tag = { .scheme = scheme, .way = way };
	enum cng_status st;

	if (scheme == OP_RSA_PKCS1) {
		tag.hash = op->hash;
	} else if (scheme != OP_RSA_RAW) {
		tag.pad_hash = pad_hash_of(op);
		tag.mgf_hash = mgf_hash_of(op);
		tag.salt_len = scheme == OP_RSA_PSS ? op->salt_len : 0;
	}
	/* a label would make the context good for one caller only */
	if (scheme == OP_RSA_OAEP && op->label.len > 0)
		tag.salt_len = SIZE_MAX;
	st = unit_take(out, key, &tag, op, rsa_prepare);
	if (st == CNG_OK)
		(*out)->once = tag.salt_len == SIZE_MAX;
	return st;
}

/* --- sign and verify ------------------------------------------------------ */

/* Left-pads to the size of the modulus, as X.509 asks. */
static enum cng_status
pad_raw(struct secret *out, const struct crypto_key *key, struct span data)
{
	size_t len = key_rsa_len(key);
	enum cng_status st;

	if (data.len > len)
		return CNG_ERR_DATA_SIZE;
	st = secret_new(out, len);
	if (st == CNG_OK && data.len > 0)
		memcpy(out->ptr + len - data.len, data.ptr, data.len);
	return st;
}

static enum cng_status
check_input(const struct crypto_key *key, const struct key_op *op,
    enum unit_way way, struct span input)
{
	const struct hash_info *info;
	enum cng_status st = rsa_check(key, op, way);

	if (st != CNG_OK)
		return st;
	info = hash_info(op->scheme == OP_RSA_PSS ? pad_hash_of(op) :
						     op->hash);
	if (info != NULL)
		return input.len == info->size ? CNG_OK : CNG_ERR_DATA_SIZE;
	if (op->scheme == OP_RSA_RAW)
		return input.len <= key_rsa_len(key) ? CNG_OK :
						       CNG_ERR_DATA_SIZE;
	return input.len + PKCS1_OVERHEAD <= key_rsa_len(key) ?
	    CNG_OK : CNG_ERR_DATA_SIZE;
}

enum cng_status
rsa_sign(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct wr *out)
{
	size_t len = key_rsa_len(key);
	struct secret raw = { 0 };
	struct unit *unit = NULL;
	uint8_t *room;
	enum cng_status st = check_input(key, op, WAY_SIGN, input);

	if (st != CNG_OK)
		return st;
	if (key->holder != NULL)
		return held_rsa_sign(key, op, input, out);
	room = wr_room(out, len);
	if (room == NULL)
		return wr_status(out);
	if (op->scheme == OP_RSA_RAW) {
		st = pad_raw(&raw, key, input);
		input = secret_span(&raw);
	}
	if (st == CNG_OK)
		st = rsa_unit(&unit, key, op, op->scheme, WAY_SIGN);
	if (st == CNG_OK) {
		bool ok = EVP_PKEY_sign(unit->pkey, room, &len, input.ptr,
			      input.len) == 1;

		unit_put(unit, !ok);
		if (ok)
			out->len += len;
		else
			/* raw: the number was not below the modulus */
			st = op->scheme == OP_RSA_RAW ? CNG_ERR_DATA :
							CNG_ERR_INTERNAL;
	}
	secret_free(&raw);
	return st;
}

/* What the signature was made of, padding checked and taken off; out holds
 * a whole modulus. */
static enum cng_status
recover(const struct crypto_key *key, const struct key_op *op,
    enum op_scheme scheme, struct span signature, uint8_t *out, size_t *len)
{
	struct unit *unit = NULL;
	enum cng_status st;
	bool ok;

	st = rsa_unit(&unit, key, op, scheme, WAY_RECOVER);
	if (st != CNG_OK)
		return st;
	*len = key_rsa_len(key);
	ok = EVP_PKEY_verify_recover(unit->pkey, out, len, signature.ptr,
		 signature.len) == 1;
	unit_put(unit, !ok);
	return ok ? CNG_OK : CNG_ERR_SIGNATURE;
}

/* Without a hash: the block that must have been signed is known. */
static enum cng_status
verify_plain(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct span signature)
{
	struct secret want = { 0 }, got = { 0 };
	size_t len = key_rsa_len(key);
	enum cng_status st = pad_raw(&want, key, input);

	if (st == CNG_OK && op->scheme == OP_RSA_PKCS1) {
		want.ptr[1] = 0x01;
		memset(want.ptr + 2, 0xff, len - input.len - 3);
	}
	if (st == CNG_OK)
		st = secret_new(&got, len);
	if (st == CNG_OK)
		st = recover(key, op, OP_RSA_RAW, signature, got.ptr, &len);
	if (st == CNG_OK &&
	    !span_equal(secret_span(&got), secret_span(&want)))
		st = CNG_ERR_SIGNATURE;
	secret_free(&want);
	secret_free(&got);
	return st;
}

enum cng_status
rsa_verify(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct span signature)
{
	struct unit *unit = NULL;
	enum cng_status st = check_input(key, op, WAY_VERIFY, input);
	bool ok;

	if (st != CNG_OK)
		return st;
	if (signature.len != key_rsa_len(key))
		return CNG_ERR_SIGNATURE_SIZE;
	if (op->scheme != OP_RSA_PSS && op->hash == HASH_NONE)
		return verify_plain(key, op, input, signature);
	st = rsa_unit(&unit, key, op, op->scheme, WAY_VERIFY);
	if (st != CNG_OK)
		return st;
	ok = EVP_PKEY_verify(unit->pkey, signature.ptr, signature.len,
		 input.ptr, input.len) == 1;
	unit_put(unit, !ok);
	return ok ? CNG_OK : CNG_ERR_SIGNATURE;
}

enum cng_status
rsa_recover(const struct crypto_key *key, const struct key_op *op,
    struct span signature, struct wr *out)
{
	struct secret got = { 0 };
	size_t len = key_rsa_len(key);
	enum cng_status st = rsa_check(key, op, WAY_RECOVER);

	if (st != CNG_OK)
		return st;
	if (signature.len != len)
		return CNG_ERR_SIGNATURE_SIZE;
	if (out->buf == NULL) {
		wr_zero(out, op->scheme == OP_RSA_RAW ? len :
						       len - PKCS1_OVERHEAD);
		return wr_status(out);
	}
	st = secret_new(&got, len);
	if (st == CNG_OK)
		st = recover(key, op, op->scheme, signature, got.ptr,
		    &len);
	/* libcrypto takes nothing, well padded, for a failure */
	if (st == CNG_ERR_SIGNATURE && op->scheme == OP_RSA_PKCS1) {
		len = 0;
		st = verify_plain(key, op, span_of(NULL, 0), signature);
	}
	if (st == CNG_OK) {
		wr_bytes(out, span_of(got.ptr, len));
		st = wr_status(out);
	}
	secret_free(&got);
	return st;
}

/* --- encrypt and decrypt -------------------------------------------------- */

static size_t
encrypt_room(const struct crypto_key *key, const struct key_op *op)
{
	size_t len = key_rsa_len(key);

	if (op->scheme == OP_RSA_PKCS1)
		return len - PKCS1_OVERHEAD;
	if (op->scheme == OP_RSA_OAEP)
		return len - 2 * hash_info(op->pad_hash)->size - 2;
	return len;
}

size_t
rsa_decrypt_bound(const struct crypto_key *key, const struct key_op *op)
{
	return encrypt_room(key, op);
}

enum cng_status
rsa_encrypt(const struct crypto_key *key, const struct key_op *op,
    struct span plain, struct wr *out)
{
	size_t len = key_rsa_len(key);
	struct secret raw = { 0 };
	struct unit *unit = NULL;
	uint8_t *room;
	enum cng_status st = rsa_check(key, op, WAY_ENCRYPT);

	if (st != CNG_OK)
		return st;
	if (plain.len > encrypt_room(key, op))
		return CNG_ERR_DATA_SIZE;
	room = wr_room(out, len);
	if (room == NULL)
		return wr_status(out);
	if (op->scheme == OP_RSA_RAW) {
		st = pad_raw(&raw, key, plain);
		plain = secret_span(&raw);
	}
	if (st == CNG_OK)
		st = rsa_unit(&unit, key, op, op->scheme, WAY_ENCRYPT);
	if (st == CNG_OK) {
		/* no data is not the same as no pointer to libcrypto */
		const uint8_t *from = plain.ptr != NULL ? plain.ptr : room;
		bool ok = EVP_PKEY_encrypt(unit->pkey, room, &len, from,
			      plain.len) == 1;

		unit_put(unit, !ok);
		if (ok)
			out->len += len;
		else
			st = op->scheme == OP_RSA_RAW ? CNG_ERR_DATA :
							CNG_ERR_INTERNAL;
	}
	secret_free(&raw);
	return st;
}

/* One private operation into a block of our own. */
static enum cng_status
decrypt_block(const struct crypto_key *key, const struct key_op *op,
    enum op_scheme scheme, struct span cipher, struct secret *block,
    size_t *len)
{
	struct unit *unit = NULL;
	enum cng_status st;
	bool ok;

	*len = key_rsa_len(key);
	st = secret_new(block, *len);
	if (st == CNG_OK)
		st = rsa_unit(&unit, key, op, scheme, WAY_DECRYPT);
	if (st != CNG_OK)
		return st;
	ok = EVP_PKEY_decrypt(unit->pkey, block->ptr, len, cipher.ptr,
		 cipher.len) == 1;
	unit_put(unit, !ok);
	return ok ? CNG_OK : CNG_ERR_CIPHERTEXT;
}

enum cng_status
rsa_decrypt(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct wr *out)
{
	bool pkcs1 = op->scheme == OP_RSA_PKCS1;
	struct secret block = { 0 }, message = { 0 };
	struct span plain;
	size_t len;
	enum cng_status st = rsa_check(key, op, WAY_DECRYPT);

	if (st != CNG_OK)
		return st;
	if (cipher.len != key_rsa_len(key))
		return CNG_ERR_CIPHERTEXT_SIZE;
	if (out->buf == NULL) {
		wr_zero(out, rsa_decrypt_bound(key, op));
		return wr_status(out);
	}
	if (key->holder != NULL)
		return held_rsa_decrypt(key, op, cipher, out);
	st = decrypt_block(key, op, pkcs1 ? OP_RSA_RAW : op->scheme, cipher,
	    &block, &len);
	plain = span_of(block.ptr, len);
	if (st == CNG_OK && pkcs1) {
		st = secret_new(&message, block.len);
		if (st == CNG_OK)
			st = reject_unpad(key, cipher, secret_span(&block),
			    message.ptr, &len);
		plain = span_of(message.ptr, len);
	}
	if (st == CNG_OK) {
		wr_bytes(out, plain);
		st = wr_status(out);
	}
	secret_free(&block);
	secret_free(&message);
	return st;
}
