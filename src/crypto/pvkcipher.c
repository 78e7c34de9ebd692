/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The cipher of PVK files.  RC4 lives in OpenSSL's legacy provider.
 */
#include "crypto/pvkcipher.h"

#include <limits.h>

#include "crypto/internal.h"

#define KEY_LEN 16
#define WEAK_LEN 5

static enum cng_status
derive(uint8_t key[KEY_LEN], struct span salt, struct span password)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	struct crypto_lib *lib = lib_get();
	EVP_MD *sha1 = lib == NULL ? NULL : lib_md(lib, HASH_SHA1);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	if (ctx == NULL)
		return CNG_ERR_NO_MEMORY;
	ok = sha1 != NULL && EVP_DigestInit_ex(ctx, sha1, NULL) == 1 &&
	    EVP_DigestUpdate(ctx, salt.ptr, salt.len) == 1 &&
	    EVP_DigestUpdate(ctx, password.ptr, password.len) == 1 &&
	    EVP_DigestFinal_ex(ctx, digest, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	memcpy(key, digest, KEY_LEN);
	wipe(digest, sizeof digest);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

static enum cng_status
run(uint8_t *data, size_t len, const uint8_t key[KEY_LEN])
{
	enum cng_status st = crypto_load_legacy();
	EVP_CIPHER_CTX *ctx;
	EVP_CIPHER *rc4;
	int out = 0;

	if (st != CNG_OK)
		return st;
	rc4 = EVP_CIPHER_fetch(crypto_ctx(), "RC4", NULL);
	if (rc4 == NULL)
		return CNG_ERR_NOT_SUPPORTED;
	ctx = EVP_CIPHER_CTX_new();
	if (ctx == NULL)
		st = CNG_ERR_NO_MEMORY;
	else if (EVP_EncryptInit_ex(ctx, rc4, NULL, key, NULL) != 1 ||
	    EVP_EncryptUpdate(ctx, data, &out, data, (int)len) != 1 ||
	    (size_t)out != len)
		st = CNG_ERR_INTERNAL;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(rc4);
	return st;
}

enum cng_status
crypto_pvk_cipher(uint8_t *data, size_t len, struct span salt,
    struct span password, bool weak)
{
	uint8_t key[KEY_LEN] = { 0 };
	enum cng_status st = len > INT_MAX ? CNG_ERR_BAD_DATA :
					     crypto_start();

	if (st != CNG_OK || len == 0)
		return st;
	err_enter();
	st = derive(key, salt, password);
	if (weak)
		wipe(key + WEAK_LEN, KEY_LEN - WEAK_LEN);
	if (st == CNG_OK)
		st = run(data, len, key);
	wipe(key, sizeof key);
	return err_leave(st);
}
