/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RSA: one row of operations for each padding.  A sign function takes a
 * digest when op->hash is set, else the data itself.
 */
#ifndef CNG_CRYPTO_RSA_H
#define CNG_CRYPTO_RSA_H

#include "crypto/internal.h"

/* Could this key and these parameters work at all?  Says so before data
 * are there, too. */
enum cng_status rsa_check(const struct crypto_key *key,
    const struct key_op *op, enum unit_way way) CNG_MUST_CHECK;

enum cng_status rsa_sign(const struct crypto_key *key,
    const struct key_op *op, struct span input, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status rsa_verify(const struct crypto_key *key,
    const struct key_op *op, struct span input, struct span signature)
    CNG_MUST_CHECK;
enum cng_status rsa_recover(const struct crypto_key *key,
    const struct key_op *op, struct span signature, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status rsa_encrypt(const struct crypto_key *key,
    const struct key_op *op, struct span plain, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status rsa_decrypt(const struct crypto_key *key,
    const struct key_op *op, struct span cipher, struct wr *out)
    CNG_MUST_CHECK;

/* Upper bound of what rsa_decrypt writes. */
size_t rsa_decrypt_bound(const struct crypto_key *key,
    const struct key_op *op);

/*
 * Takes the PKCS#1 v1.5 padding off a decrypted block, in constant time.
 * When there is none, the answer is a message that looks random but always
 * is the same for the same ciphertext: who cannot tell right from wrong
 * padding learns nothing.  message holds block.len bytes.
 */
enum cng_status reject_unpad(const struct crypto_key *key,
    struct span cipher, struct span block, uint8_t *message, size_t *len)
    CNG_MUST_CHECK;

#endif
