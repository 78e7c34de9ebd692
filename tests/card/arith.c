/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a card does with its keys: the other half of keys.h.
 */
#include "keys.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <string.h>

/* 00 02, at least eight bytes that are not 0, 00: by hand, because libcrypto
 * may answer a wrong padding with a random plaintext. */
static bool
take_off(struct buf *block, size_t from)
{
	const uint8_t *at = block->at + from;
	size_t len = block->len - from, end = 2;

	if (len < 11 || at[0] != 0 || at[1] != 2)
		return false;
	while (end < len && at[end] != 0)
		end++;
	if (end < 10 || end == len)
		return false;
	end++;
	memmove(block->at + from, at + end, len - end);
	block->len -= end;
	return true;
}

bool
key_rsa_decrypt(EVP_PKEY *key, int padding, struct span in, struct buf *out)
{
	bool by_hand = padding == RSA_PKCS1_PADDING;
	size_t before = out->len;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t plain[1024];
	size_t len = sizeof plain;
	bool good;

	good = ctx != NULL && in.len == (size_t)EVP_PKEY_get_size(key) &&
	       EVP_PKEY_decrypt_init(ctx) > 0 &&
	       EVP_PKEY_CTX_set_rsa_padding(ctx,
		   by_hand ? RSA_NO_PADDING : padding) > 0 &&
	       EVP_PKEY_decrypt(ctx, plain, &len, in.at, in.len) > 0;
	if (good)
		buf_put(out, plain, len);
	EVP_PKEY_CTX_free(ctx);
	return good && (!by_hand || take_off(out, before));
}

bool
key_rsa_sign(EVP_PKEY *key, struct span in, struct buf *out)
{
	size_t k = (size_t)EVP_PKEY_get_size(key);
	struct buf block = { 0 };
	bool good;

	if (in.len + 11 > k)
		return false;
	buf_byte(&block, 0);
	buf_byte(&block, 1);
	for (size_t i = in.len + 3; i < k; i++)
		buf_byte(&block, 0xff);
	buf_byte(&block, 0);
	buf_span(&block, in);
	good = key_rsa_decrypt(key, RSA_NO_PADDING, buf_all(&block), out);
	buf_free(&block);
	return good;
}

static bool
put_padded(struct buf *out, const BIGNUM *value, size_t size)
{
	uint8_t bytes[80];

	if (size > sizeof bytes || BN_bn2binpad(value, bytes, (int)size) < 0)
		return false;
	buf_put(out, bytes, size);
	return true;
}

static bool
split(const EVP_PKEY *key, const uint8_t *der, size_t len, struct buf *out)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
	size_t size = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;
	bool good;

	good = sig != NULL && put_padded(out, ECDSA_SIG_get0_r(sig), size) &&
	       put_padded(out, ECDSA_SIG_get0_s(sig), size);
	ECDSA_SIG_free(sig);
	return good;
}

bool
key_ecdsa(EVP_PKEY *key, struct span hash, bool der, struct buf *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t sig[256];
	size_t len = sizeof sig;
	bool good;

	good = ctx != NULL && hash.len > 0 && EVP_PKEY_sign_init(ctx) > 0 &&
	       EVP_PKEY_sign(ctx, sig, &len, hash.at, hash.len) > 0;
	if (good && der)
		buf_put(out, sig, len);
	else if (good)
		good = split(key, sig, len, out);
	EVP_PKEY_CTX_free(ctx);
	return good;
}

bool
key_eddsa(EVP_PKEY *key, struct span message, struct buf *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t sig[64];
	size_t len = sizeof sig;
	bool good;

	good = ctx != NULL &&
	       EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) > 0 &&
	       EVP_DigestSign(ctx, sig, &len, message.at, message.len) > 0;
	if (good)
		buf_put(out, sig, len);
	EVP_MD_CTX_free(ctx);
	return good;
}

static EVP_PKEY *
peer_of(EVP_PKEY *key, struct span point)
{
	EVP_PKEY *peer;

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_X25519)
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL,
		    point.at, point.len);
	peer = EVP_PKEY_new();
	if (peer == NULL || EVP_PKEY_copy_parameters(peer, key) <= 0 ||
	    EVP_PKEY_set1_encoded_public_key(peer, point.at, point.len) <= 0) {
		EVP_PKEY_free(peer);
		return NULL;
	}
	return peer;
}

bool
key_ecdh(EVP_PKEY *key, struct span point, struct buf *out)
{
	EVP_PKEY *peer = peer_of(key, point);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t secret[80];
	size_t len = sizeof secret;
	bool good;

	good = peer != NULL && ctx != NULL && EVP_PKEY_derive_init(ctx) > 0 &&
	       EVP_PKEY_derive_set_peer(ctx, peer) > 0 &&
	       EVP_PKEY_derive(ctx, secret, &len) > 0;
	if (good)
		buf_put(out, secret, len);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	return good;
}

size_t
key_cipher_size(enum key_cipher cipher)
{
	static const size_t sizes[] = { [KEY_DES3] = 24, [KEY_AES128] = 16,
		[KEY_AES192] = 24, [KEY_AES256] = 32 };

	return sizes[cipher];
}

size_t
key_cipher_block(enum key_cipher cipher)
{
	return cipher == KEY_DES3 ? 8 : 16;
}

static const EVP_CIPHER *
cipher_of(enum key_cipher cipher, bool chained)
{
	switch (cipher) {
	case KEY_DES3:
		return chained ? EVP_des_ede3_cbc() : EVP_des_ede3_ecb();
	case KEY_AES128:
		return chained ? EVP_aes_128_cbc() : EVP_aes_128_ecb();
	case KEY_AES192:
		return chained ? EVP_aes_192_cbc() : EVP_aes_192_ecb();
	case KEY_AES256:
		return chained ? EVP_aes_256_cbc() : EVP_aes_256_ecb();
	default:
		return NULL;
	}
}

bool
key_cipher(enum key_cipher cipher, bool encrypt, const uint8_t *key,
    const uint8_t *iv, struct span in, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0;
	bool good;

	good = ctx != NULL && in.len % key_cipher_block(cipher) == 0 &&
	       EVP_CipherInit_ex(ctx, cipher_of(cipher, iv != NULL), NULL, key,
		   iv, encrypt) > 0 &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0) > 0 &&
	       EVP_CipherUpdate(ctx, out, &len, in.at, (int)in.len) > 0 &&
	       (size_t)len == in.len;
	EVP_CIPHER_CTX_free(ctx);
	return good;
}
