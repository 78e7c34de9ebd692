/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The modes of aes.c and what their parameters may be.
 */
#ifndef CNG_CRYPTO_AES_MODE_H
#define CNG_CRYPTO_AES_MODE_H

#include "crypto/aes.h"

#define TAG_MAX 16

struct mode {
	enum aes_mode cipher;
	enum key_family family;
	size_t block;          /* 1: a stream */
	size_t iv_min, iv_max;
	bool pads;
	bool seals;            /* has a tag */
};

extern const struct mode aes_modes[OP_SCHEME_COUNT];

enum cng_status aes_check(const struct crypto_key *key,
    const struct key_op *op) CNG_MUST_CHECK;

/* As many bytes as may be encrypted with that parameter. */
uint64_t aes_data_max(const struct key_op *op);

#endif
