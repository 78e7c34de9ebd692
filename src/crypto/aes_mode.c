/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The modes of aes.c, one row each, and their parameters.
 */
#include "crypto/aes_mode.h"

#define IV_MAX 128             /* GCM: what libcrypto takes */
#define TAG_MIN 4

const struct mode aes_modes[OP_SCHEME_COUNT] = {
	[OP_AES_ECB] = { AES_MODE_ECB, KEY_AES, 16, 0, 0, false, false },
	[OP_AES_CBC] = { AES_MODE_CBC, KEY_AES, 16, 16, 16, false, false },
	[OP_AES_CBC_PAD] = { AES_MODE_CBC, KEY_AES, 16, 16, 16, true, false },
	[OP_AES_CTR] = { AES_MODE_CTR, KEY_AES, 1, 16, 16, false, false },
	[OP_AES_GCM] = { AES_MODE_GCM, KEY_AES, 1, 1, IV_MAX, false, true },
	[OP_AES_OFB] = { AES_MODE_OFB, KEY_AES, 1, 16, 16, false, false },
	[OP_AES_CFB1] = { AES_MODE_CFB1, KEY_AES, 1, 16, 16, false, false },
	[OP_AES_CFB8] = { AES_MODE_CFB8, KEY_AES, 1, 16, 16, false, false },
	[OP_AES_CFB128] = { AES_MODE_CFB128, KEY_AES, 1, 16, 16, false,
	    false },
	[OP_CHACHA20] = { MODE_CHACHA20, KEY_CHACHA20, 1, 16, 16, false,
	    false },
	[OP_CHACHA20_POLY1305] = { MODE_CHACHA20_POLY1305, KEY_CHACHA20, 1, 12,
	    12, false, true },
	[OP_CAMELLIA_ECB] = { MODE_CAMELLIA_ECB, KEY_CAMELLIA, 16, 0, 0,
	    false, false },
	[OP_CAMELLIA_CBC] = { MODE_CAMELLIA_CBC, KEY_CAMELLIA, 16, 16, 16,
	    false, false },
	[OP_CAMELLIA_CBC_PAD] = { MODE_CAMELLIA_CBC, KEY_CAMELLIA, 16, 16, 16,
	    true, false },
	[OP_CAMELLIA_CTR] = { MODE_CAMELLIA_CTR, KEY_CAMELLIA, 1, 16, 16,
	    false, false },
	[OP_DES3_ECB] = { MODE_DES3_ECB, KEY_DES3, 8, 0, 0, false, false },
	[OP_DES3_CBC] = { MODE_DES3_CBC, KEY_DES3, 8, 8, 8, false, false },
	[OP_DES3_CBC_PAD] = { MODE_DES3_CBC, KEY_DES3, 8, 8, 8, true, false },
};

/* With a counter of op.counter_bits at the end of the block. */
static bool
is_ctr(const struct key_op *op)
{
	return op->scheme == OP_AES_CTR || op->scheme == OP_CAMELLIA_CTR;
}

enum cng_status
aes_check(const struct crypto_key *key, const struct key_op *op)
{
	const struct mode *mode = &aes_modes[op->scheme];
	size_t tag_min = op->scheme == OP_AES_GCM ? TAG_MIN : TAG_MAX;
	bool ok = op->iv.len >= mode->iv_min && op->iv.len <= mode->iv_max;

	if (key->family != mode->family)
		return CNG_ERR_KEY_TYPE;
	if (mode->seals)
		ok = ok && op->tag_len >= tag_min && op->tag_len <= TAG_MAX;
	if (is_ctr(op))
		ok = ok && op->counter_bits >= 1 && op->counter_bits <= 128;
	if (op->scheme == OP_CHACHA20)
		ok = ok && (op->counter_bits == 32 || op->counter_bits == 64);
	return ok ? CNG_OK : CNG_ERR_MECHANISM_PARAM;
}

bool
crypto_has_camellia(void)
{
	struct crypto_lib *lib;
	bool has;

	err_enter();
	lib = lib_get();
	has = lib != NULL && lib_aes(lib, MODE_CAMELLIA_CBC, 16) != NULL;
	return err_leave(has ? CNG_OK : CNG_ERR_NOT_SUPPORTED) == CNG_OK;
}

/* Bytes until a counter of that many bits would come back to zero, where
 * key stream would be used twice or the nonce be changed. */
static uint64_t
counter_room(struct span iv, size_t bits)
{
	uint64_t blocks = 0;

	/* the number of blocks is 2^bits - counter; more than 2^59 of them
	 * are more than anyone has */
	for (size_t i = 0; i < bits; i++) {
		unsigned byte = iv.ptr[AES_BLOCK - 1 - i / 8];
		unsigned bit = byte >> (i % 8) & 1u;

		if (bit == 0 && i >= 59)
			return UINT64_MAX;
		if (bit == 0)
			blocks |= (uint64_t)1 << i;
	}
	return blocks >= (uint64_t)1 << 59 ? UINT64_MAX :
					     (blocks + 1) * AES_BLOCK;
}

/* The same for ChaCha20, whose counter stands first and is little-endian. */
static uint64_t
chacha_room(struct span iv, size_t bits)
{
	uint64_t count = 0, blocks;

	for (size_t i = 0; i < bits / 8; i++)
		count |= (uint64_t)iv.ptr[i] << (8 * i);
	blocks = (bits == 64 ? UINT64_MAX : UINT32_MAX) - count;
	return blocks >= UINT64_MAX / 64 - 1 ? UINT64_MAX :
					       (blocks + 1) * 64;
}

uint64_t
aes_data_max(const struct key_op *op)
{
	if (is_ctr(op))
		return counter_room(op->iv, op->counter_bits);
	if (op->scheme == OP_CHACHA20)
		return chacha_room(op->iv, op->counter_bits);
	return UINT64_MAX;
}
