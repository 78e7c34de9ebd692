/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What other tokens have besides: keys for one MAC only, BLAKE2b in all its
 * sizes, SHA-512/t, AES in CFB of one bit.  Sizes in bytes.
 * t is 224 or 256: FIPS 180-4 approves no other.
 */
#include "base/util.h"
#include "pkcs11/cryptoki_small.h"
#include "pkcs11/mechrows.h"

#define KEY_ROW(name, kind) \
	{ .type = CKM_##name##_KEY_GEN, .flags = CKF_GENERATE, .min = 1, \
	    .max = SECRET_KEY_MAX, .family = kind }
#define BLAKE_MAC(name, digest, asked, how) \
	{ .type = CKM_##name, .flags = MECH_SIGNS, .min = 1, \
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = digest, \
	    .ask_hash = asked, .param = how }
#define BLAKE_ROWS(bits, digest, asked) \
	{ .type = CKM_BLAKE2B_##bits, .flags = CKF_DIGEST, \
	    .scheme = OP_DIGEST, .hash = digest, .ask_hash = asked }, \
	BLAKE_MAC(BLAKE2B_##bits##_HMAC, digest, asked, PARAM_NONE), \
	BLAKE_MAC(BLAKE2B_##bits##_HMAC_GENERAL, digest, asked, \
	    PARAM_MAC_LEN), \
	{ .type = CKM_BLAKE2B_##bits##_KEY_DERIVE, .flags = CKF_DERIVE, \
	    .min = 1, .max = SECRET_KEY_MAX, .scheme = OP_HASH_KEY, \
	    .hash = digest, .ask_hash = asked }, \
	{ .type = CKM_BLAKE2B_##bits##_KEY_GEN, .flags = CKF_GENERATE, \
	    .min = 1, .max = SECRET_KEY_MAX, .family = KEY_BLAKE2B_##bits, \
	    .hash = digest, .ask_hash = asked }

static const struct mech rows[] = {
	{ .type = CKM_SHA512_T, .flags = CKF_DIGEST, .scheme = OP_DIGEST,
	    .hash = HASH_SHA512_256, .param = PARAM_SHA512_T },
	{ .type = CKM_SHA512_T_HMAC, .flags = MECH_SIGNS, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC,
	    .hash = HASH_SHA512_256, .param = PARAM_SHA512_T },
	{ .type = CKM_SHA512_T_KEY_DERIVATION, .flags = CKF_DERIVE, .min = 1,
	    .max = SECRET_KEY_MAX, .scheme = OP_HASH_KEY,
	    .hash = HASH_SHA512_256, .param = PARAM_SHA512_T },
	KEY_ROW(SHA3_256, KEY_HMAC_SHA3_256),
	KEY_ROW(SHA3_224, KEY_HMAC_SHA3_224),
	KEY_ROW(SHA3_384, KEY_HMAC_SHA3_384),
	KEY_ROW(SHA3_512, KEY_HMAC_SHA3_512),
	{ .type = CKM_AES_XCBC_MAC, .flags = MECH_SIGNS, .min = 16, .max = 16,
	    .scheme = OP_AES_XCBC },
	{ .type = CKM_AES_XCBC_MAC_96, .flags = MECH_SIGNS, .min = 16,
	    .max = 16, .scheme = OP_AES_XCBC, .mac_len = 12 },
	{ .type = CKM_AES_CFB1, .flags = MECH_CRYPTS, .min = 16, .max = 32,
	    .scheme = OP_AES_CFB1, .param = PARAM_IV16 },
	KEY_ROW(SHA_1, KEY_HMAC_SHA1),
	KEY_ROW(SHA224, KEY_HMAC_SHA224),
	KEY_ROW(SHA256, KEY_HMAC_SHA256),
	KEY_ROW(SHA384, KEY_HMAC_SHA384),
	KEY_ROW(SHA512, KEY_HMAC_SHA512),
	KEY_ROW(SHA512_224, KEY_HMAC_SHA512_224),
	KEY_ROW(SHA512_256, KEY_HMAC_SHA512_256),
	KEY_ROW(SHA512_T, KEY_HMAC_SHA512_T),
	BLAKE_ROWS(160, HASH_BLAKE2B_160, true),
	BLAKE_ROWS(256, HASH_BLAKE2B_256, true),
	BLAKE_ROWS(384, HASH_BLAKE2B_384, true),
	BLAKE_ROWS(512, HASH_BLAKE2B, false),
};

const struct mech_rows mech_small_rows = { rows, ARRAY_LEN(rows) };
