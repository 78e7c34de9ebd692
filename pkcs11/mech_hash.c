/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Digests beyond SHA-1 and SHA-2, and their HMACs; keys for all HMACs.  Sizes
 * in bytes.
 */
#include "base/util.h"
#include "pkcs11/mechrows.h"

#define DIGEST_ROW(name, digest) \
	{ .type = CKM_##name, .flags = CKF_DIGEST, .scheme = OP_DIGEST, \
	    .hash = digest }
#define HMAC_ROW(name, digest, kind) \
	{ .type = CKM_##name, .flags = MECH_SIGNS, .min = 1, \
	    .max = SECRET_KEY_MAX, .scheme = OP_HMAC, .hash = digest, \
	    .param = kind }
/* A digest and its two HMACs have numbers that follow each other. */
#define HASH_ROWS(name, digest) \
	DIGEST_ROW(name, digest), \
	HMAC_ROW(name##_HMAC, digest, PARAM_NONE), \
	HMAC_ROW(name##_HMAC_GENERAL, digest, PARAM_MAC_LEN)

static const struct mech rows[] = {
	HASH_ROWS(SHA512_224, HASH_SHA512_224),
	HASH_ROWS(SHA512_256, HASH_SHA512_256),
	HASH_ROWS(SHA3_256, HASH_SHA3_256),
	HASH_ROWS(SHA3_224, HASH_SHA3_224),
	HASH_ROWS(SHA3_384, HASH_SHA3_384),
	HASH_ROWS(SHA3_512, HASH_SHA3_512),
};

const struct mech_rows mech_hash_rows = { rows, ARRAY_LEN(rows) };
