/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AES in the modes that encrypt data, and the ciphers beside it.  One run
 * serves an operation at once and a stream of parts.
 */
#ifndef CNG_CRYPTO_AES_H
#define CNG_CRYPTO_AES_H

#include "crypto/internal.h"

#define AES_BLOCK 16

struct aes_run {
	struct unit *unit;
	enum op_scheme scheme;
	size_t block;          /* 1: a stream */
	bool encrypt;
	bool failed;           /* the context is not worth keeping */
	bool decided;          /* padded CBC: tail is the last plain text */
	size_t tag_len;        /* GCM, Poly1305 */
	uint64_t left;         /* bytes before a counter overflows */
	uint8_t tail[AES_BLOCK];
	size_t tail_len;
	struct secret held;    /* GCM decryption: all of it, until the tag */
	size_t held_len;
};

/* Nothing to free after a failure. */
enum cng_status aes_run_start(struct aes_run *run,
    const struct crypto_key *key, const struct key_op *op, bool encrypt)
    CNG_MUST_CHECK;
size_t aes_run_bound(const struct aes_run *run, size_t len, bool final);
/* Unchanged when out is too small or only counts. */
enum cng_status aes_run_update(struct aes_run *run, struct span data,
    struct wr *out) CNG_MUST_CHECK;
enum cng_status aes_run_final(struct aes_run *run, struct wr *out)
    CNG_MUST_CHECK;
void aes_run_free(struct aes_run *run);

enum cng_status aes_encrypt(const struct crypto_key *key,
    const struct key_op *op, struct span plain, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status aes_decrypt(const struct crypto_key *key,
    const struct key_op *op, struct span cipher, struct wr *out)
    CNG_MUST_CHECK;

/* A keyed ECB context, for the key wraps. */
enum cng_status aes_block_unit(struct unit **out,
    const struct crypto_key *key, bool encrypt) CNG_MUST_CHECK;

#endif
