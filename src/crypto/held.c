/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Around a holder's raw operation: RSA paddings, and lengths and signatures,
 * which are not taken on trust: a signature that is wrong may be one by another
 * key, or one that gives the key away.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* paddings without a private key */

#include "crypto/held.h"

#include <openssl/crypto.h>
#include <openssl/rsa.h>

#include "base/log.h"
#include "crypto/digest.h"
#include "crypto/ec.h"
#include "crypto/rsa.h"
#include "crypto/sign.h"

#define PKCS1_OVERHEAD 11

static bool
can(const struct crypto_key *key, const struct key_op *op,
    enum holder_way way)
{
	return key->holder->ops->can(key->holder, op, way);
}

/* want bytes, neither more nor less. */
static enum cng_status
run_exact(const struct crypto_key *key, const struct key_op *op,
    enum holder_way way, struct span in, uint8_t *out, size_t want)
{
	struct wr w = wr_of(out, want);
	enum cng_status st;

	st = key->holder->ops->run(key->holder, op, way, in, &w);
	if (st == CNG_OK && (w.failed || w.len != want))
		st = CNG_ERR_DEVICE;
	return st;
}

/* Of a signature that was checked. */
static enum cng_status
judge(enum cng_status st)
{
	if (st != CNG_ERR_SIGNATURE)
		return st;
	log_line(LOG_ERROR, "a signature does not match its key: it is not"
	    " given out");
	return CNG_ERR_DEVICE;
}

/* --- paddings for signatures --------------------------------------------- */

/* DigestInfo of RFC 8017, 9.2. */
static enum cng_status
digest_info(const struct hash_info *info, struct span digest,
    struct secret *out)
{
	size_t oid = info->oid_der.len, algorithm = oid + 2;
	struct wr w;
	enum cng_status st = secret_new(out, 2 + 2 + algorithm + 2 +
	    digest.len);

	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	wr_u8(&w, 0x30);
	wr_u8(&w, (uint8_t)(out->len - 2));
	wr_u8(&w, 0x30);
	wr_u8(&w, (uint8_t)algorithm);
	wr_bytes(&w, info->oid_der);
	wr_u8(&w, 0x05);
	wr_u8(&w, 0x00);
	wr_u8(&w, 0x04);
	wr_u8(&w, (uint8_t)digest.len);
	wr_bytes(&w, digest);
	return wr_status(&w);
}

static void
pad_pkcs1(struct secret *block, struct span message)
{
	block->ptr[0] = 0x00;
	block->ptr[1] = 0x01;
	memset(block->ptr + 2, 0xff, block->len - message.len - 3);
	block->ptr[block->len - message.len - 1] = 0x00;
	if (message.len > 0)
		memcpy(block->ptr + block->len - message.len, message.ptr,
		    message.len);
}

/* EMSA-PSS of RFC 8017, 9.1.1; block is as long as the modulus. */
static enum cng_status
pad_pss(struct secret *block, const struct crypto_key *key,
    const struct key_op *op, struct span digest)
{
	enum key_hash hash = op->pad_hash != HASH_NONE ? op->pad_hash :
							 op->hash;
	enum key_hash mgf = op->mgf_hash != HASH_NONE ? op->mgf_hash : hash;
	struct crypto_lib *lib = key_lib(key);
	static const uint8_t zeros[8];
	size_t bits = key->bits - 1, em = (bits + 7) / 8;
	size_t db = em - digest.len - 1;
	uint8_t *at = block->ptr + (block->len - em), *h = at + db;
	struct secret salt = { 0 }, mask = { 0 };
	enum cng_status st = secret_new(&salt, op->salt_len);

	if (st == CNG_OK)
		st = secret_new(&mask, db);
	if (st == CNG_OK && lib == NULL)
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK && salt.len > 0)
		st = crypto_random(salt.ptr, salt.len);
	if (st == CNG_OK) {
		const struct span parts[] = { span_of(zeros, sizeof zeros),
			digest, secret_span(&salt) };

		st = digest_parts(lib, hash, parts, 3, h);
	}
	if (st == CNG_OK && PKCS1_MGF1(mask.ptr, (long)db, h,
			       (long)digest.len, lib_md(lib, mgf)) != 0)
		st = CNG_ERR_INTERNAL;
	if (st == CNG_OK) {
		at[db - salt.len - 1] = 0x01;
		if (salt.len > 0)
			memcpy(at + db - salt.len, salt.ptr, salt.len);
		for (size_t i = 0; i < db; i++)
			at[i] ^= mask.ptr[i];
		at[0] &= (uint8_t)(0xff >> (8 * em - bits));
		at[em - 1] = 0xbc;
	}
	secret_free(&salt);
	secret_free(&mask);
	return st;
}

/* --- RSA signatures ------------------------------------------------------ */

static enum cng_status
sign_block(const struct crypto_key *key, const struct key_op *op,
    struct span input, uint8_t *room, size_t len)
{
	const struct key_op raw = { .scheme = OP_RSA_RAW };
	struct secret block = { 0 };
	enum cng_status st;

	if (!can(key, &raw, HOLDER_SIGN))
		return CNG_ERR_NOT_SUPPORTED;
	st = secret_new(&block, len);
	if (st != CNG_OK)
		return st;
	if (op->scheme == OP_RSA_PSS)
		st = pad_pss(&block, key, op, input);
	else if (op->scheme == OP_RSA_PKCS1)
		pad_pkcs1(&block, input);
	else if (input.len > 0)
		memcpy(block.ptr + len - input.len, input.ptr, input.len);
	if (st == CNG_OK)
		st = run_exact(key, &raw, HOLDER_SIGN, secret_span(&block),
		    room, len);
	secret_free(&block);
	return st;
}

enum cng_status
held_rsa_sign(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct wr *out)
{
	const struct key_op pkcs1 = { .scheme = OP_RSA_PKCS1 };
	const struct span said = input;
	size_t len = key_rsa_len(key);
	struct secret wrapped = { 0 };
	uint8_t *room = wr_room(out, len);
	enum cng_status st = CNG_OK;

	if (room == NULL)
		return wr_status(out);
	if (op->scheme == OP_RSA_PKCS1 && op->hash != HASH_NONE) {
		st = digest_info(hash_info(op->hash), input, &wrapped);
		input = secret_span(&wrapped);
		if (st == CNG_OK && input.len + PKCS1_OVERHEAD > len)
			st = CNG_ERR_KEY_SIZE;
	}
	if (st == CNG_OK)
		st = op->scheme == OP_RSA_PKCS1 &&
			can(key, &pkcs1, HOLDER_SIGN) ?
		    run_exact(key, &pkcs1, HOLDER_SIGN, input, room, len) :
		    sign_block(key, op, input, room, len);
	if (st == CNG_OK)
		st = judge(rsa_verify(key, op, said, span_of(room, len)));
	if (st == CNG_OK)
		out->len += len;
	else
		wipe(room, len);
	secret_free(&wrapped);
	return st;
}

/* --- RSA decryption ------------------------------------------------------ */

/* As it was before the holder took the padding off. */
static enum cng_status
pad_again(struct secret *block, const uint8_t *message, size_t len)
{
	if (len + PKCS1_OVERHEAD > block->len)
		return CNG_ERR_DEVICE;
	block->ptr[1] = 0x02;
	memset(block->ptr + 2, 0xff, block->len - len - 3);
	if (len > 0)
		memcpy(block->ptr + block->len - len, message, len);
	return CNG_OK;
}

/* The holder takes the padding off.  When it says that there is none, and only
 * then, what we say is a message that looks random, by the same way that the
 * right one goes. */
static enum cng_status
unpadded_by_holder(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct secret *plain, size_t *len)
{
	struct secret block = { 0 };
	struct wr w = wr_of(plain->ptr, plain->len);
	enum cng_status st = secret_new(&block, plain->len);

	if (st == CNG_OK)
		st = key->holder->ops->run(key->holder, op, HOLDER_DECRYPT,
		    cipher, &w);
	if (st == CNG_OK)
		st = w.failed ? CNG_ERR_DEVICE :
				pad_again(&block, plain->ptr, w.len);
	if (st == CNG_OK || st == CNG_ERR_CIPHERTEXT)
		st = reject_unpad(key, cipher, secret_span(&block),
		    plain->ptr, len);
	secret_free(&block);
	return st;
}

static enum cng_status
decrypt_native(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct secret *plain, size_t *len)
{
	struct wr w = wr_of(plain->ptr, plain->len);
	enum cng_status st;

	if (op->scheme == OP_RSA_PKCS1)
		return unpadded_by_holder(key, op, cipher, plain, len);
	st = key->holder->ops->run(key->holder, op, HOLDER_DECRYPT, cipher,
	    &w);
	*len = w.len;
	return st == CNG_OK && w.failed ? CNG_ERR_DEVICE : st;
}

static enum cng_status
unpad_oaep(const struct crypto_key *key, const struct key_op *op,
    struct span block, struct secret *out, size_t *len)
{
	enum key_hash mgf = op->mgf_hash != HASH_NONE ? op->mgf_hash :
							op->pad_hash;
	struct crypto_lib *lib = key_lib(key);
	int got;

	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	got = RSA_padding_check_PKCS1_OAEP_mgf1(out->ptr, (int)out->len,
	    block.ptr, (int)block.len, (int)block.len, op->label.ptr,
	    (int)op->label.len, lib_md(lib, op->pad_hash), lib_md(lib, mgf));
	if (got < 0)
		return CNG_ERR_CIPHERTEXT;
	*len = (size_t)got;
	return CNG_OK;
}

static enum cng_status
decrypt_raw(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct secret *plain, size_t *len)
{
	const struct key_op raw = { .scheme = OP_RSA_RAW };
	struct secret block = { 0 };
	enum cng_status st = secret_new(&block, plain->len);

	if (st == CNG_OK)
		st = run_exact(key, &raw, HOLDER_DECRYPT, cipher, block.ptr,
		    block.len);
	if (st == CNG_OK && op->scheme == OP_RSA_PKCS1) {
		st = reject_unpad(key, cipher, secret_span(&block),
		    plain->ptr, len);
	} else if (st == CNG_OK && op->scheme == OP_RSA_OAEP) {
		st = unpad_oaep(key, op, secret_span(&block), plain, len);
	} else if (st == CNG_OK) {
		memcpy(plain->ptr, block.ptr, block.len);
		*len = block.len;
	}
	secret_free(&block);
	return st;
}

/* Raw where it can be had: our own way with bad paddings is told to nobody. */
enum cng_status
held_rsa_decrypt(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct wr *out)
{
	const struct key_op raw = { .scheme = OP_RSA_RAW };
	struct secret plain = { 0 };
	size_t len = 0;
	enum cng_status st = secret_new(&plain, key_rsa_len(key));

	if (st != CNG_OK)
		return st;
	if (can(key, &raw, HOLDER_DECRYPT))
		st = decrypt_raw(key, op, cipher, &plain, &len);
	else if (can(key, op, HOLDER_DECRYPT))
		st = decrypt_native(key, op, cipher, &plain, &len);
	else
		st = CNG_ERR_NOT_SUPPORTED;
	if (st == CNG_OK) {
		wr_bytes(out, span_of(plain.ptr, len));
		st = wr_status(out);
	}
	secret_free(&plain);
	return st;
}

/* --- curves -------------------------------------------------------------- */

enum cng_status
held_sign(const struct crypto_key *key, const struct key_op *op,
    struct span input, size_t len, struct wr *out)
{
	uint8_t *room = wr_room(out, len);
	enum cng_status st;

	if (room == NULL)
		return wr_status(out);
	if (!can(key, op, HOLDER_SIGN))
		return CNG_ERR_NOT_SUPPORTED;
	st = run_exact(key, op, HOLDER_SIGN, input, room, len);
	if (st == CNG_OK)
		st = judge(key->family == KEY_EC ?
		    ec_verify(key, op, input, span_of(room, len)) :
		    eddsa_verify(key, op, input, span_of(room, len)));
	if (st == CNG_OK)
		out->len += len;
	else
		wipe(room, len);
	return st;
}

/* RFC 7748, 6: what comes out then depends on no secret. */
static bool
is_all_zero(struct span shared)
{
	uint8_t any = 0;

	for (size_t i = 0; i < shared.len; i++)
		any |= shared.ptr[i];
	return any == 0;
}

enum cng_status
held_agree(const struct crypto_key *key, EVP_PKEY *peer, struct secret *out)
{
	const struct key_op ecdh = { .scheme = OP_ECDH };
	size_t want = key->field_bytes, len;
	uint8_t *point = NULL;
	enum cng_status st;

	if (!can(key, &ecdh, HOLDER_AGREE))
		return CNG_ERR_NOT_SUPPORTED;
	len = EVP_PKEY_get1_encoded_public_key(peer, &point);
	if (len == 0)
		return CNG_ERR_MECHANISM_PARAM;
	st = secret_new(out, want);
	if (st == CNG_OK)
		st = run_exact(key, &ecdh, HOLDER_AGREE, span_of(point, len),
		    out->ptr, want);
	if (st == CNG_OK && key->family == KEY_MONTGOMERY &&
	    is_all_zero(secret_span(out)))
		st = CNG_ERR_MECHANISM_PARAM;
	if (st != CNG_OK)
		secret_free(out);
	OPENSSL_free(point);
	return st;
}

/* --- what can be done ----------------------------------------------------- */

static bool
can_rsa(const struct key_holder *holder, const struct key_op *op,
    enum holder_way way)
{
	const struct key_op raw = { .scheme = OP_RSA_RAW };
	struct key_op inner = *op;

	if (op->scheme == OP_RSA_AES_WRAP)
		inner.scheme = OP_RSA_OAEP;
	if (holder->ops->can(holder, &raw, way))
		return true;
	/* a PSS of the holder's own is not asked for */
	return (way != HOLDER_SIGN || op->scheme == OP_RSA_PKCS1) &&
	    holder->ops->can(holder, &inner, way);
}

bool
crypto_holder_can(const struct key_holder *holder, enum key_family family,
    const struct key_op *op, enum holder_way way)
{
	const struct key_op ecdh = { .scheme = OP_ECDH };

	if (family == KEY_RSA)
		return can_rsa(holder, op, way);
	if (op->scheme == OP_ECDH_AES_WRAP || op->scheme == OP_ECDH_AES_KW ||
	    op->scheme == OP_ECDH_3DES_KW || way == HOLDER_AGREE)
		return holder->ops->can(holder, &ecdh, HOLDER_AGREE);
	return holder->ops->can(holder, op, way);
}

bool
crypto_can(const struct crypto_key *key, const struct key_op *op,
    enum holder_way way)
{
	return key->holder == NULL ||
	    crypto_holder_can(key->holder, key->family, op, way);
}

void
crypto_pin_done(const struct crypto_key *key)
{
	if (key->holder != NULL && key->holder->ops->done != NULL)
		key->holder->ops->done(key->holder);
}

/* --- life ---------------------------------------------------------------- */

enum cng_status
crypto_key_held(struct crypto_key **out, const struct key_material *public,
    struct key_holder *holder)
{
	struct key_material copy = { 0 };
	enum cng_status st = key_copy_public(&copy, public);

	*out = NULL;
	if (st == CNG_OK)
		st = crypto_key_new(out, &copy);
	/* what stands in for a message that was not padded */
	if (st == CNG_OK)
		st = crypto_random((*out)->reject, sizeof (*out)->reject);
	key_free(&copy);
	if (st != CNG_OK) {
		crypto_key_free(*out);
		*out = NULL;
		holder->ops->free(holder);
		return st;
	}
	(*out)->holder = holder;
	(*out)->has_private = true;
	return CNG_OK;
}
