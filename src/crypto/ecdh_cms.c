/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A key that was wrapped under one agreed on with an ephemeral key: the key
 * agreement of CMS, with AES or (old, RFC 3217) Triple-DES key wrap.
 */
#include "crypto/ec.h"

#include "crypto/aes_kw.h"

#define DES3_KEY 24
#define DES3_BLOCK 8

static enum cng_status
aes_unwrap(struct span kek, struct span wrapped, struct wr *out)
{
	const struct key_op kw = { .scheme = OP_AES_KW };
	struct key_material material = { .family = KEY_AES,
		.has_private = true };
	struct crypto_key *key = NULL;
	enum cng_status st = key_set(&material, SYM_VALUE, kek);

	if (st == CNG_OK)
		st = crypto_key_new(&key, &material);
	if (st == CNG_OK)
		st = kw_unwrap(key, &kw, wrapped, out);
	crypto_key_free(key);
	key_free(&material);
	return st;
}

static enum cng_status
des3_decrypt(EVP_CIPHER *cipher, struct span kek, struct span wrapped,
    struct wr *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t *room = wr_room(out, wrapped.len);
	int len = 0, last = 0;
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (room == NULL)
		st = wr_status(out);
	else if (ctx != NULL)
		st = CNG_ERR_CIPHERTEXT;
	if (st == CNG_ERR_CIPHERTEXT) {
		EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
		if (EVP_DecryptInit_ex(ctx, cipher, NULL, kek.ptr, NULL) ==
			1 &&
		    EVP_DecryptUpdate(ctx, room, &len, wrapped.ptr,
			(int)wrapped.len) == 1 &&
		    EVP_DecryptFinal_ex(ctx, room + len, &last) == 1 &&
		    len > 0) {
			out->len += (size_t)len + (size_t)last;
			st = CNG_OK;
		}
	}
	EVP_CIPHER_CTX_free(ctx);
	return st;
}

/* Its own wrapping adds two blocks. */
static enum cng_status
des3_unwrap(struct crypto_lib *lib, struct span kek, struct span wrapped,
    struct wr *out)
{
	EVP_CIPHER *cipher;
	enum cng_status st;

	if (wrapped.len < 3 * DES3_BLOCK || wrapped.len % DES3_BLOCK != 0 ||
	    wrapped.len > SECRET_KEY_MAX)
		return CNG_ERR_CIPHERTEXT_SIZE;
	cipher = EVP_CIPHER_fetch(lib_ctx(lib), "DES3-WRAP", NULL);
	st = cipher == NULL ? CNG_ERR_NOT_SUPPORTED :
			      des3_decrypt(cipher, kek, wrapped, out);
	EVP_CIPHER_free(cipher);
	return st;
}

enum cng_status
ecdh_unwrap(const struct crypto_key *key, const struct key_op *op,
    struct span wrapped, struct wr *out)
{
	bool des = op->scheme == OP_ECDH_3DES_KW;
	struct crypto_lib *lib = key_lib(key);
	struct key_op ecdh = *op;
	struct secret kek = { 0 };
	enum cng_status st;

	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	ecdh.scheme = OP_ECDH;
	st = crypto_derive(key, &ecdh, des ? DES3_KEY : op->aes_bits / 8,
	    &kek);
	/* whoever chose the point learns no more than from wrong bytes */
	if (st == CNG_ERR_MECHANISM_PARAM)
		st = CNG_ERR_CIPHERTEXT;
	if (st == CNG_OK)
		st = des ? des3_unwrap(lib, secret_span(&kek), wrapped, out) :
			   aes_unwrap(secret_span(&kek), wrapped, out);
	secret_free(&kek);
	return st;
}
