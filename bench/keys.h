/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The keys that workloads use: in a module, and as libcrypto has them.
 */
#ifndef CNG_BENCH_KEYS_H
#define CNG_BENCH_KEYS_H

#include "bench/bench.h"

/* What the secret keys are, everywhere. */
#define SECRET_LEN 32
extern CK_BYTE keys_secret[SECRET_LEN];
extern CK_BYTE keys_kek[SECRET_LEN];

/* The key is made the first time; not from several threads then. */
CK_RV keys_pair(struct side *side, enum bench_key key, struct pair *out);

/* A pair like it for the caller, who destroys it. */
CK_RV keys_generate(struct side *side, CK_SESSION_HANDLE session,
    enum bench_key key, struct pair *out);

/* An AES key of the token, or of the session; the number is its id and its
 * label. */
CK_RV keys_numbered(struct side *side, CK_SESSION_HANDLE session, bool token,
    unsigned long number, CK_OBJECT_HANDLE *out);

/* Adds numbered keys up to that many. */
CK_RV keys_fill(struct side *side, unsigned long count);

/* libcrypto's key, NULL on failure; it belongs to the side. */
EVP_PKEY *keys_limit(struct side *side, enum bench_key key);

/* A fresh one for the caller. */
EVP_PKEY *keys_limit_generate(enum bench_key key);

#endif
