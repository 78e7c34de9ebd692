/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SHA-1 and SHA-2 whose state can be saved.  EVP keeps its state to itself, so
 * these run on the functions below it.
 */
#ifndef CNG_CRYPTO_SHA_H
#define CNG_CRYPTO_SHA_H

#include "base/rd.h"
#include "base/wr.h"
#include "key/alg.h"

#include <openssl/sha.h>

struct sha_run {
	enum key_hash hash;      /* HASH_NONE: not one of these */
	union {
		SHA_CTX sha1;
		SHA256_CTX sha256;   /* SHA-224, too */
		SHA512_CTX sha512;   /* SHA-384, too */
	} ctx;
};

/* False: not one of these. */
bool sha_start(struct sha_run *run, enum key_hash hash);
bool sha_update(struct sha_run *run, struct span data);
/* out has the size of the hash. */
bool sha_final(struct sha_run *run, uint8_t *out);

/* As many bytes for every state of one hash. */
void sha_save(const struct sha_run *run, struct wr *out);
/* False: no such state.  Nothing is taken on trust: the number of bytes that
 * wait is less than a block. */
bool sha_load(struct sha_run *run, enum key_hash hash, struct rd *in);

#endif
