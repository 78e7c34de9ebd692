/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the store needs: a slow key derivation and sealed bytes.
 */
#include "crypto/internal.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "base/util.h"

#define SEAL_KEY 32
/* A PIN check may take this much memory and no more. */
#define SCRYPT_MEMORY_MAX ((uint64_t)512 * 1024 * 1024)

/* --- scrypt ----------------------------------------------------------- */

static bool
scrypt_params_ok(const struct scrypt_params *s, uint64_t *memory)
{
	uint64_t blocks;

	if (s->n < 2 || (s->n & (s->n - 1)) != 0 || s->r == 0 || s->p == 0)
		return false;
	blocks = s->n + s->p + 2;
	if (blocks < s->n ||
	    blocks > SCRYPT_MEMORY_MAX / 128 / s->r)
		return false;
	*memory = blocks * 128 * s->r;
	return true;
}

static bool
scrypt_run(EVP_KDF_CTX *ctx, struct secret *pin, struct secret *salt,
    const struct scrypt_params *s, uint64_t memory, uint8_t *out,
    size_t out_len)
{
	uint64_t n = s->n;
	uint32_t r = s->r, p = s->p;
	uint8_t none = 0;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD,
		    pin->ptr != NULL ? pin->ptr : &none, pin->len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
		    salt->ptr != NULL ? salt->ptr : &none, salt->len),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM,
		    &memory),
		OSSL_PARAM_construct_end(),
	};

	return EVP_KDF_derive(ctx, out, out_len, params) == 1;
}

enum cng_status
crypto_scrypt(struct span pin, struct span salt,
    const struct scrypt_params *params, uint8_t *out, size_t out_len)
{
	struct secret pin_copy = { 0 }, salt_copy = { 0 };
	struct crypto_lib *lib;
	EVP_KDF *kdf = NULL;
	EVP_KDF_CTX *ctx = NULL;
	uint64_t memory;
	enum cng_status st;

	if (out_len == 0 || !scrypt_params_ok(params, &memory))
		return CNG_ERR_ARGUMENT;
	err_enter();
	/* libcrypto's parameters are not const */
	st = secret_copy(&pin_copy, pin);
	if (st == CNG_OK)
		st = secret_copy(&salt_copy, salt);
	if (st != CNG_OK)
		goto out;
	lib = lib_get();
	if (lib != NULL)
		kdf = lib_kdf(lib, KDF_KIND_SCRYPT);
	if (kdf != NULL)
		ctx = EVP_KDF_CTX_new(kdf);
	if (ctx == NULL || !scrypt_run(ctx, &pin_copy, &salt_copy, params,
			       memory, out, out_len))
		st = CNG_ERR_INTERNAL;
out:
	EVP_KDF_CTX_free(ctx);
	secret_free(&pin_copy);
	secret_free(&salt_copy);
	return err_leave(st);
}

/* --- sealing ---------------------------------------------------------- */

/* SECRET_MAX bounds every length here far below INT_MAX. */
static EVP_CIPHER_CTX *
gcm_start(struct crypto_lib *lib, const uint8_t *key, const uint8_t *nonce,
    struct span aad, int encrypt)
{
	EVP_CIPHER *cipher = lib_aes(lib, AES_MODE_GCM, SEAL_KEY);
	EVP_CIPHER_CTX *ctx = cipher == NULL ? NULL : EVP_CIPHER_CTX_new();
	int n;

	if (ctx == NULL)
		return NULL;
	if (EVP_CipherInit_ex2(ctx, cipher, key, nonce, encrypt, NULL) != 1 ||
	    (aad.len > 0 &&
		EVP_CipherUpdate(ctx, NULL, &n, aad.ptr, (int)aad.len) != 1)) {
		EVP_CIPHER_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

static enum cng_status
seal_into(struct crypto_lib *lib, const uint8_t *key, struct span aad,
    struct span plain, uint8_t *nonce)
{
	uint8_t *text = nonce + SEAL_NONCE, *tag = text + plain.len;
	EVP_CIPHER_CTX *ctx;
	int n = 0;
	bool ok;

	if (RAND_bytes_ex(lib_ctx(lib), nonce, SEAL_NONCE, 0) != 1)
		return CNG_ERR_INTERNAL;
	ctx = gcm_start(lib, key, nonce, aad, 1);
	ok = ctx != NULL &&
	    (plain.len == 0 || EVP_CipherUpdate(ctx, text, &n, plain.ptr,
				   (int)plain.len) == 1) &&
	    EVP_CipherFinal_ex(ctx, text + n, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG, tag) ==
		1;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

enum cng_status
crypto_seal(const uint8_t key[32], struct span aad, struct span plain,
    struct secret *out)
{
	struct secret sealed = { 0 };
	struct crypto_lib *lib;
	enum cng_status st;
	size_t len;

	if (aad.len > SECRET_MAX ||
	    !size_add(plain.len, SEAL_NONCE + SEAL_TAG, &len))
		return CNG_ERR_ARGUMENT;
	err_enter();
	st = secret_new(&sealed, len);
	lib = lib_get();
	if (st == CNG_OK)
		st = lib == NULL ? CNG_ERR_INTERNAL :
				   seal_into(lib, key, aad, plain, sealed.ptr);
	if (st == CNG_OK)
		secret_move(out, &sealed);
	secret_free(&sealed);
	return err_leave(st);
}

static enum cng_status
open_into(struct crypto_lib *lib, const uint8_t *key, struct span aad,
    struct span sealed, uint8_t *plain)
{
	size_t len = sealed.len - SEAL_NONCE - SEAL_TAG;
	const uint8_t *text = sealed.ptr + SEAL_NONCE;
	EVP_CIPHER_CTX *ctx = gcm_start(lib, key, sealed.ptr, aad, 0);
	uint8_t tag[SEAL_TAG], rest[16];
	enum cng_status st = CNG_OK;
	int n = 0;

	memcpy(tag, text + len, SEAL_TAG);
	if (ctx == NULL ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG, tag) !=
		1 ||
	    (len > 0 &&
		EVP_CipherUpdate(ctx, plain, &n, text, (int)len) != 1))
		st = CNG_ERR_INTERNAL;
	else if (EVP_CipherFinal_ex(ctx, rest, &n) != 1)
		st = CNG_ERR_STORE_CORRUPT;
	EVP_CIPHER_CTX_free(ctx);
	return st;
}

enum cng_status
crypto_open(const uint8_t key[32], struct span aad, struct span sealed,
    struct secret *out)
{
	struct secret plain = { 0 };
	struct crypto_lib *lib;
	enum cng_status st;

	if (sealed.len < SEAL_NONCE + SEAL_TAG ||
	    sealed.len - SEAL_NONCE - SEAL_TAG > SECRET_MAX ||
	    aad.len > SECRET_MAX)
		return CNG_ERR_STORE_CORRUPT;
	err_enter();
	st = secret_new(&plain, sealed.len - SEAL_NONCE - SEAL_TAG);
	lib = lib_get();
	if (st == CNG_OK)
		st = lib == NULL ? CNG_ERR_INTERNAL :
				   open_into(lib, key, aad, sealed, plain.ptr);
	if (st == CNG_OK)
		secret_move(out, &plain);
	secret_free(&plain);
	return err_leave(st);
}
