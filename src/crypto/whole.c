/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CBC with ciphertext stealing, XTS and CCM.  Their contexts depend on the
 * message or its length, so that none is kept.
 */
#include "crypto/whole.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "base/util.h"

#define BLOCK 16
#define NONCE_MIN 7
#define NONCE_MAX 13
#define TAG_MAX 16
/* SP 800-38E; and libcrypto counts in int. */
#define XTS_MAX ((size_t)BLOCK << 20)

struct job {
	const struct crypto_key *key;
	const struct key_op *op;
	bool encrypt;
	struct span in;          /* without the tag */
	struct span tag;         /* CCM, decryption */
	uint8_t *out;
};

static enum cng_status
wrong_size(bool encrypt)
{
	return encrypt ? CNG_ERR_DATA_SIZE : CNG_ERR_CIPHERTEXT_SIZE;
}

static enum cng_status
check(const struct crypto_key *key, const struct key_op *op)
{
	bool xts = op->scheme == OP_AES_XTS, ok;

	if (key->family != (xts ? KEY_XTS : KEY_AES))
		return CNG_ERR_KEY_TYPE;
	if (op->scheme != OP_AES_CCM)
		ok = op->iv.len == BLOCK;
	else
		ok = op->iv.len >= NONCE_MIN && op->iv.len <= NONCE_MAX &&
		    op->tag_len >= 4 && op->tag_len <= TAG_MAX &&
		    op->tag_len % 2 == 0 && op->aad.len <= SECRET_MAX;
	return ok ? CNG_OK : CNG_ERR_MECHANISM_PARAM;
}

/* len is that of the plain text.  A CCM nonce leaves few bytes for it. */
static enum cng_status
check_size(const struct key_op *op, size_t len, bool encrypt)
{
	size_t room = 15 - op->iv.len;

	if (op->scheme != OP_AES_CCM)
		return len >= BLOCK && len <= (op->scheme == OP_AES_XTS ?
			XTS_MAX : SECRET_MAX) ? CNG_OK : wrong_size(encrypt);
	if (op->has_data_len && len != op->data_len)
		return wrong_size(encrypt);
	return len <= SECRET_MAX && (room >= 4 || len >> (8 * room) == 0) ?
	    CNG_OK : wrong_size(encrypt);
}

static EVP_CIPHER *
cipher_of(struct crypto_lib *lib, const struct job *job)
{
	size_t len = job->key->value.len;

	if (job->op->scheme == OP_AES_XTS)
		return lib_aes(lib, AES_MODE_XTS, len / 2);
	return lib_aes(lib, job->op->scheme == OP_AES_CTS ? AES_MODE_CTS :
		AES_MODE_CCM, len);
}

static enum cng_status
run_plain(EVP_CIPHER_CTX *ctx, EVP_CIPHER *cipher, const struct job *job)
{
	char mode[] = "CS1";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_CIPHER_PARAM_CTS_MODE,
		    mode, 0),
		OSSL_PARAM_construct_end(),
	};
	int n = 0;

	if (EVP_CipherInit_ex2(ctx, cipher, job->key->value.ptr,
		job->op->iv.ptr, job->encrypt,
		job->op->scheme == OP_AES_CTS ? params : NULL) != 1)
		/* the halves of an XTS key must differ */
		return job->op->scheme == OP_AES_XTS ? CNG_ERR_KEY_TYPE :
						       CNG_ERR_INTERNAL;
	return EVP_CipherUpdate(ctx, job->out, &n, job->in.ptr,
		   (int)job->in.len) == 1 && (size_t)n == job->in.len ?
	    CNG_OK : CNG_ERR_INTERNAL;
}

/* Length of nonce and tag, then key and nonce, then the length of the data,
 * and only then something that depends on it. */
static enum cng_status
run_ccm(EVP_CIPHER_CTX *ctx, EVP_CIPHER *cipher, const struct job *job)
{
	const struct key_op *op = job->op;
	uint8_t tag[TAG_MAX], empty[BLOCK];
	size_t iv_len = op->iv.len;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_AEAD_IVLEN,
		    &iv_len),
		OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG,
		    job->encrypt ? NULL : tag, op->tag_len),
		OSSL_PARAM_construct_end(),
	};
	const uint8_t *in = job->in.len > 0 ? job->in.ptr : empty;
	uint8_t *out = job->in.len > 0 ? job->out : empty;
	int n = 0;

	if (!job->encrypt)
		memcpy(tag, job->tag.ptr, op->tag_len);
	if (EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, job->encrypt,
		params) != 1 ||
	    EVP_CipherInit_ex2(ctx, NULL, job->key->value.ptr, op->iv.ptr,
		job->encrypt, NULL) != 1 ||
	    EVP_CipherUpdate(ctx, NULL, &n, NULL, (int)job->in.len) != 1 ||
	    (op->aad.len > 0 && EVP_CipherUpdate(ctx, NULL, &n, op->aad.ptr,
		(int)op->aad.len) != 1))
		return CNG_ERR_INTERNAL;
	if (EVP_CipherUpdate(ctx, out, &n, in, (int)job->in.len) != 1)
		return job->encrypt ? CNG_ERR_INTERNAL : CNG_ERR_CIPHERTEXT;
	if (job->encrypt &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG,
		(int)op->tag_len, job->out + job->in.len) != 1)
		return CNG_ERR_INTERNAL;
	return CNG_OK;
}

/* In place, or over each other, is not for these modes. */
static enum cng_status
run(const struct job *job, size_t out_len)
{
	struct crypto_lib *lib = key_lib(job->key);
	EVP_CIPHER *cipher = lib == NULL ? NULL : cipher_of(lib, job);
	EVP_CIPHER_CTX *ctx = cipher == NULL ? NULL : EVP_CIPHER_CTX_new();
	struct secret made = { 0 };
	struct job apart = *job;
	enum cng_status st = CNG_ERR_INTERNAL;

	if (ctx != NULL)
		st = secret_new(&made, out_len);
	if (st == CNG_OK) {
		apart.out = made.ptr;
		st = job->op->scheme == OP_AES_CCM ?
		    run_ccm(ctx, cipher, &apart) :
		    run_plain(ctx, cipher, &apart);
	}
	if (st == CNG_OK && out_len > 0)
		memcpy(job->out, made.ptr, out_len);
	secret_free(&made);
	EVP_CIPHER_CTX_free(ctx);
	return st;
}

enum cng_status
whole_encrypt(const struct crypto_key *key, const struct key_op *op,
    struct span plain, struct wr *out)
{
	struct job job = { .key = key, .op = op, .encrypt = true,
		.in = plain };
	size_t len = plain.len;
	enum cng_status st = check(key, op);

	if (st == CNG_OK)
		st = check_size(op, plain.len, true);
	if (st != CNG_OK)
		return st;
	if (op->scheme == OP_AES_CCM)
		len += op->tag_len;
	job.out = wr_room(out, len);
	if (job.out == NULL)
		return wr_status(out);
	st = run(&job, len);
	if (st == CNG_OK)
		out->len += len;
	return st;
}

enum cng_status
whole_decrypt(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct wr *out)
{
	struct job job = { .key = key, .op = op, .in = cipher };
	size_t tag = op->scheme == OP_AES_CCM ? op->tag_len : 0;
	enum cng_status st = check(key, op);

	if (st == CNG_OK && cipher.len < tag)
		st = CNG_ERR_CIPHERTEXT_SIZE;
	if (st != CNG_OK)
		return st;
	job.in.len -= tag;
	job.tag = span_of(cipher.ptr + job.in.len, tag);
	st = check_size(op, job.in.len, false);
	if (st != CNG_OK)
		return st;
	job.out = wr_room(out, job.in.len);
	if (job.out == NULL)
		return wr_status(out);
	st = run(&job, job.in.len);
	if (st == CNG_OK)
		out->len += job.in.len;
	return st;
}
