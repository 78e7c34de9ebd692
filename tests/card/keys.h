/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The arithmetic of a simulated card, on plain libcrypto and independent of
 * src/crypto.  Every function that can fail says so by NULL or false, and the
 * card answers with a status word of its own choice.
 */
#ifndef TESTS_CARD_KEYS_H
#define TESTS_CARD_KEYS_H

#include "tlv.h"

#include <openssl/types.h>

/* The five values of a PIV import, or the three of an OpenPGP one: what is not
 * there has at == NULL.  What is there is checked against the primes, and p has
 * to be the larger one unless any order will do. */
struct rsa_parts {
	struct span p, q, dp, dq, qinv, e, n;
	bool any_order;
};

EVP_PKEY *key_make_rsa(unsigned bits, unsigned long e);
EVP_PKEY *key_make_ec(int nid);
EVP_PKEY *key_make_25519(int type);

EVP_PKEY *key_from_rsa(const struct rsa_parts *parts, unsigned bits);
/* PKCS#1 RSAPrivateKey. */
EVP_PKEY *key_from_rsa_der(struct span der);
/* The private number, as long as the curve's order or shorter. */
EVP_PKEY *key_from_ec(int nid, struct span scalar);
EVP_PKEY *key_from_25519(int type, struct span secret);

/* What is kept: DER, and the way back. */
bool key_save(EVP_PKEY *key, struct buf *out);
EVP_PKEY *key_load(struct span der);

unsigned key_bits(const EVP_PKEY *key);
bool key_is_rsa(const EVP_PKEY *key);
int key_curve(const EVP_PKEY *key);

/* { 81 n 82 e }, { 86 04 X Y } or { 86 u }, without a frame. */
bool key_public(EVP_PKEY *key, struct buf *out);
/* Uncompressed, or 32 bytes: the value alone. */
bool key_point(EVP_PKEY *key, struct buf *out);

/* The private RSA operation with one of OpenSSL's paddings; in is as long as
 * the modulus. */
bool key_rsa_decrypt(EVP_PKEY *key, int padding, struct span in,
    struct buf *out);
/* PKCS#1 v1.5 around a ready DigestInfo, or anything that fits. */
bool key_rsa_sign(EVP_PKEY *key, struct span in, struct buf *out);
/* DER, or r and s side by side. */
bool key_ecdsa(EVP_PKEY *key, struct span hash, bool der, struct buf *out);
bool key_eddsa(EVP_PKEY *key, struct span message, struct buf *out);
bool key_ecdh(EVP_PKEY *key, struct span point, struct buf *out);

/* The symmetric keys of administrators.  NULL iv is ECB; len is a multiple of
 * the block. */
enum key_cipher { KEY_DES3, KEY_AES128, KEY_AES192, KEY_AES256 };
size_t key_cipher_size(enum key_cipher cipher);
size_t key_cipher_block(enum key_cipher cipher);
bool key_cipher(enum key_cipher cipher, bool encrypt, const uint8_t *key,
    const uint8_t *iv, struct span in, uint8_t *out);

bool key_random(uint8_t *out, size_t len);

#endif
