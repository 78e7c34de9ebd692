/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Operations whose data come in parts.  A stream hashes, or feeds a MAC, or
 * runs AES; a signature over a digest is made at the end, by the same code
 * that signs at once.
 */
#include "crypto/aes.h"
#include "crypto/digest.h"
#include "crypto/mac.h"
#include "crypto/scheme.h"
#include "crypto/sha.h"
#include "crypto/sign.h"
#include "crypto/xcbc.h"

#include "base/alloc.h"

enum stream_kind {
	STREAM_NONE = 0,
	STREAM_DIGEST,
	STREAM_MAC,
	STREAM_SIGN,       /* of a digest */
	STREAM_AES,
};

static const enum stream_kind kinds[OP_SCHEME_COUNT] = {
	[OP_DIGEST] = STREAM_DIGEST,
	[OP_HMAC] = STREAM_MAC,
	[OP_AES_CMAC] = STREAM_MAC,
	[OP_AES_GMAC] = STREAM_MAC,
	[OP_POLY1305] = STREAM_MAC,
	[OP_AES_XCBC] = STREAM_MAC,
	[OP_RSA_PKCS1] = STREAM_SIGN,
	[OP_RSA_PSS] = STREAM_SIGN,
	[OP_ECDSA] = STREAM_SIGN,
	[OP_DSA] = STREAM_SIGN,
	[OP_MLDSA] = STREAM_SIGN,
	[OP_SLHDSA] = STREAM_SIGN,
	[OP_AES_ECB] = STREAM_AES,
	[OP_AES_CBC] = STREAM_AES,
	[OP_AES_CBC_PAD] = STREAM_AES,
	[OP_AES_CTR] = STREAM_AES,
	[OP_AES_GCM] = STREAM_AES,
	[OP_AES_OFB] = STREAM_AES,
	[OP_AES_CFB1] = STREAM_AES,
	[OP_AES_CFB8] = STREAM_AES,
	[OP_AES_CFB128] = STREAM_AES,
	[OP_CHACHA20] = STREAM_AES,
	[OP_CHACHA20_POLY1305] = STREAM_AES,
	[OP_CAMELLIA_ECB] = STREAM_AES,
	[OP_CAMELLIA_CBC] = STREAM_AES,
	[OP_CAMELLIA_CBC_PAD] = STREAM_AES,
	[OP_CAMELLIA_CTR] = STREAM_AES,
	[OP_DES3_ECB] = STREAM_AES,
	[OP_DES3_CBC] = STREAM_AES,
	[OP_DES3_CBC_PAD] = STREAM_AES,
};

struct crypto_stream {
	enum stream_kind kind;
	enum op_direction direction;
	struct key_op op;          /* its spans are gone, but */
	uint8_t context[CONTEXT_MAX]; /* that of a signature */
	struct crypto_lib *lib;
	struct crypto_key *key;
	EVP_MD_CTX *md;
	struct sha_run sha;        /* instead of md, where its state is open */
	struct unit *mac;
	struct hmac_pads hmac;     /* instead of mac, where it has_hmac */
	bool has_hmac;
	struct xcbc *xcbc;         /* instead of mac */
	struct aes_run aes;
	bool done;
};

/* --- beginning ------------------------------------------------------------ */

static bool
direction_ok(enum stream_kind kind, enum op_direction direction)
{
	bool sign = direction == OP_SIGN || direction == OP_VERIFY;
	bool crypt = direction == OP_ENCRYPT || direction == OP_DECRYPT;

	switch (kind) {
	case STREAM_DIGEST:
		return direction == OP_DIGEST_DIR;
	case STREAM_MAC:
	case STREAM_SIGN:
		return sign;
	case STREAM_AES:
		return crypt;
	case STREAM_NONE:
		break;
	}
	return false;
}

static enum cng_status
start_digest(struct crypto_stream *s)
{
	EVP_MD *md = lib_md(s->lib, s->op.hash);

	if (md == NULL)
		return CNG_ERR_MECHANISM_PARAM;
	s->md = lib_md_ctx_take(s->lib);
	return s->md != NULL && digest_begin(s->md, md, s->op.hash) ?
	    CNG_OK : CNG_ERR_INTERNAL;
}

/* A digest can be signed at the end only; ready data cannot come in parts.
 * mu of ML-DSA is a digest, too. */
static enum cng_status
start_sign(struct crypto_stream *s)
{
	enum unit_way way = s->direction == OP_SIGN ? WAY_SIGN : WAY_VERIFY;
	bool pure = s->op.scheme == OP_MLDSA && s->op.hash == HASH_NONE &&
	    s->op.pad_hash == HASH_NONE && !s->op.external_mu;
	enum cng_status st = scheme_of(&s->op)->check(s->key, &s->op, way);

	if (st != CNG_OK)
		return st;
	if (!pure)
		return s->op.hash == HASH_NONE ? CNG_ERR_MECHANISM :
						 start_digest(s);
	s->md = lib_md_ctx_take(s->lib);
	if (s->md == NULL)
		return CNG_ERR_NO_MEMORY;
	st = mldsa_mu_start(s->md, s->lib, s->key, &s->op);
	s->op.external_mu = true;
	s->op.context = span_of(NULL, 0);
	return st;
}

/* What hashes all that comes, where that is not a MAC. */
static enum key_hash
hash_of(const struct crypto_stream *s)
{
	return s->op.external_mu ? HASH_SHAKE256 : s->op.hash;
}

/* Only a signature's context is needed to the end. */
static void
keep_op(struct crypto_stream *s, const struct key_op *op)
{
	size_t len = op->context.len;

	s->op = *op;
	s->op.iv = s->op.nonce = s->op.aad = s->op.label = s->op.peer =
	    span_of(NULL, 0);
	s->op.kbkdf = NULL;
	if (len > 0 && len <= sizeof s->context) {
		memcpy(s->context, op->context.ptr, len);
		s->op.context = span_of(s->context, len);
	}
}

static enum cng_status
start_mac(struct crypto_stream *s, const struct key_op *op)
{
	enum cng_status st = mac_check(s->key, op);

	if (st != CNG_OK)
		return st;
	s->has_hmac = mac_pads(&s->hmac, s->key, op);
	return s->has_hmac ? CNG_OK : mac_unit(&s->mac, s->key, op);
}

static enum cng_status
stream_start(struct crypto_stream *s, const struct key_op *op)
{
	if (s->kind == STREAM_DIGEST)
		return sha_start(&s->sha, op->hash) ? CNG_OK :
						      start_digest(s);
	if (op->scheme == OP_AES_XCBC)
		return xcbc_new(&s->xcbc, s->key, op);
	if (s->kind == STREAM_MAC)
		return start_mac(s, op);
	if (s->kind == STREAM_AES)
		return aes_run_start(&s->aes, s->key, op,
		    s->direction == OP_ENCRYPT);
	return start_sign(s);
}

enum cng_status
crypto_stream_new(struct crypto_stream **out, const struct crypto_key *key,
    const struct key_op *op, enum op_direction direction)
{
	enum stream_kind kind = STREAM_NONE;
	struct crypto_lib *lib;
	struct crypto_stream *s;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	*out = NULL;
	if ((unsigned)op->scheme < OP_SCHEME_COUNT)
		kind = kinds[op->scheme];
	if (!direction_ok(kind, direction))
		return CNG_ERR_MECHANISM;
	if (key == NULL && kind != STREAM_DIGEST)
		return CNG_ERR_ARGUMENT;
	err_enter();
	lib = key == NULL ? lib_get() : key_lib(key);
	s = mem_new(1, sizeof *s);
	if (lib != NULL && s != NULL) {
		s->kind = kind;
		s->direction = direction;
		keep_op(s, op);
		s->lib = lib_hold(lib);
		s->key = key == NULL ? NULL : key_hold(key);
		st = stream_start(s, op);
	}
	if (st == CNG_OK) {
		*out = s;
		s = NULL; /* transferred */
	}
	crypto_stream_free(s);
	return err_leave(st);
}

void
crypto_stream_free(struct crypto_stream *s)
{
	if (s == NULL)
		return;
	err_enter();
	if (s->lib != NULL)
		lib_md_ctx_put(s->lib, s->md);
	unit_put(s->mac, true);
	xcbc_free(s->xcbc);
	if (s->kind == STREAM_AES)
		aes_run_free(&s->aes);
	crypto_key_free(s->key);
	lib_release(s->lib);
	wipe(&s->sha, sizeof s->sha);
	wipe(&s->hmac, sizeof s->hmac);
	mem_free(s);
	(void)err_leave(CNG_OK);
}

/* --- middle -------------------------------------------------------------- */

static size_t
result_len(const struct crypto_stream *s)
{
	switch (s->kind) {
	case STREAM_DIGEST:
		return hash_info(s->op.hash)->size;
	case STREAM_MAC:
		return mac_len(&s->op);
	case STREAM_SIGN:
		return scheme_signature_len(s->key);
	case STREAM_AES:
	case STREAM_NONE:
		break;
	}
	return 0;
}

enum cng_status
crypto_stream_update(struct crypto_stream *s, struct span data,
    struct wr *out)
{
	enum cng_status st = CNG_OK;

	if (s->done)
		return CNG_ERR_OPERATION_STATE;
	if (data.len == 0)
		return CNG_OK;
	err_enter();
	if (s->kind == STREAM_AES)
		st = aes_run_update(&s->aes, data, out);
	else if (s->has_hmac)
		st = sha_update(&s->hmac.inner, data) ? CNG_OK :
							CNG_ERR_INTERNAL;
	else if (s->xcbc != NULL)
		st = xcbc_update(s->xcbc, data) ? CNG_OK : CNG_ERR_INTERNAL;
	else if (s->kind == STREAM_MAC)
		st = mac_feed(s->mac, data) ? CNG_OK : CNG_ERR_INTERNAL;
	else if (s->sha.hash != HASH_NONE)
		st = sha_update(&s->sha, data) ? CNG_OK : CNG_ERR_INTERNAL;
	else
		st = EVP_DigestUpdate(s->md, data.ptr, data.len) == 1 ?
		    CNG_OK : CNG_ERR_INTERNAL;
	return err_leave(st);
}

/* --- states --------------------------------------------------------------- */

enum cng_status
crypto_stream_save(const struct crypto_stream *s, struct wr *out)
{
	if (s->done)
		return CNG_ERR_OPERATION_STATE;
	if (s->sha.hash == HASH_NONE)
		return CNG_ERR_NOT_SUPPORTED;
	sha_save(&s->sha, out);
	return wr_status(out);
}

enum cng_status
crypto_stream_load(struct crypto_stream **out, enum key_hash hash,
    struct span state)
{
	struct key_op op = { .scheme = OP_DIGEST, .hash = hash };
	struct rd in = rd_of(state);
	enum cng_status st;

	st = crypto_stream_new(out, NULL, &op, OP_DIGEST_DIR);
	if (st == CNG_OK && !sha_load(&(*out)->sha, hash, &in)) {
		crypto_stream_free(*out);
		*out = NULL;
		st = CNG_ERR_BAD_DATA;
	}
	return st;
}

/* --- end ----------------------------------------------------------------- */

/* The digest or MAC of all that came; MAC_MAX and DIGEST_MAX are equal. */
static enum cng_status
finish(struct crypto_stream *s, uint8_t made[DIGEST_MAX])
{
	struct unit *mac = s->mac;

	s->done = true;
	s->mac = NULL;
	if (mac != NULL)
		return mac_finish(mac, made);
	if (s->has_hmac)
		return hmac_final(&s->hmac, made) ? CNG_OK :
						    CNG_ERR_INTERNAL;
	if (s->xcbc != NULL)
		return xcbc_final(s->xcbc, made) ? CNG_OK : CNG_ERR_INTERNAL;
	if (s->sha.hash != HASH_NONE)
		return sha_final(&s->sha, made) ? CNG_OK : CNG_ERR_INTERNAL;
	return digest_finish(s->md, hash_of(s), made) ? CNG_OK :
							CNG_ERR_INTERNAL;
}

static enum cng_status
final_result(struct crypto_stream *s, struct wr *out)
{
	uint8_t made[DIGEST_MAX];
	struct span digest = span_of(made, 0);
	enum cng_status st;

	if (wr_room(out, result_len(s)) == NULL)
		return wr_status(out);
	st = finish(s, made);
	if (st == CNG_OK && s->kind == STREAM_SIGN) {
		digest.len = hash_info(hash_of(s))->size;
		st = scheme_of(&s->op)->sign(s->key, &s->op, digest, out);
	} else if (st == CNG_OK) {
		wr_bytes(out, span_of(made, result_len(s)));
	}
	wipe(made, sizeof made);
	return st;
}

enum cng_status
crypto_stream_final(struct crypto_stream *s, struct wr *out)
{
	enum cng_status st;

	if (s->done || s->direction == OP_VERIFY)
		return CNG_ERR_OPERATION_STATE;
	err_enter();
	if (s->kind != STREAM_AES) {
		st = final_result(s, out);
	} else {
		st = aes_run_final(&s->aes, out);
		/* asking for the size, or a small buffer, ends nothing */
		if (st != CNG_ERR_BUFFER_TOO_SMALL && out->buf != NULL)
			s->done = true;
	}
	return err_leave(st);
}

enum cng_status
crypto_stream_verify(struct crypto_stream *s, struct span signature)
{
	uint8_t made[DIGEST_MAX];
	struct span digest;
	enum cng_status st;

	if (s->done || s->direction != OP_VERIFY)
		return CNG_ERR_OPERATION_STATE;
	err_enter();
	st = finish(s, made);
	if (st == CNG_OK && s->kind == STREAM_MAC) {
		st = mac_compare(&s->op, made, signature);
	} else if (st == CNG_OK) {
		digest = span_of(made, hash_info(hash_of(s))->size);
		st = scheme_of(&s->op)->verify(s->key, &s->op, digest,
		    signature);
	}
	wipe(made, sizeof made);
	return err_leave(st);
}
