/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys out of keys.  Sizes: bits of the prime for Diffie-Hellman, else of the
 * secret that is stretched, in bytes.
 */
#include "base/util.h"
#include "pkcs11/mechrows.h"

#define KDF_ROW(name, how) \
	{ .type = CKM_##name, .flags = CKF_DERIVE, .min = 1, \
	    .max = SECRET_KEY_MAX, .scheme = how, .param = PARAM_DERIVE }
#define IKE_ROW(name, kind) \
	{ .type = CKM_##name, .flags = CKF_DERIVE, .min = 1, \
	    .max = SECRET_KEY_MAX, .scheme = OP_SP800_108, .param = kind }
#define HASH_ROW(name, digest) \
	{ .type = CKM_##name, .flags = CKF_DERIVE, .min = 1, \
	    .max = SECRET_KEY_MAX, .scheme = OP_HASH_KEY, .hash = digest }

static const struct mech rows[] = {
	{ .type = CKM_DH_PKCS_DERIVE, .flags = CKF_DERIVE | MECH_KEMS,
	    .min = DH_BITS_MIN, .max = DH_BITS_MAX, .scheme = OP_DH,
	    .param = PARAM_PUBLIC_VALUE },
	{ .type = CKM_X9_42_DH_DERIVE, .flags = CKF_DERIVE | MECH_KEMS,
	    .min = DH_BITS_MIN, .max = DH_BITS_MAX, .scheme = OP_X942,
	    .param = PARAM_X942 },
	HASH_ROW(SHA512_224_KEY_DERIVATION, HASH_SHA512_224),
	HASH_ROW(SHA512_256_KEY_DERIVATION, HASH_SHA512_256),
	HASH_ROW(SHA1_KEY_DERIVATION, HASH_SHA1),
	HASH_ROW(SHA256_KEY_DERIVATION, HASH_SHA256),
	HASH_ROW(SHA384_KEY_DERIVATION, HASH_SHA384),
	HASH_ROW(SHA512_KEY_DERIVATION, HASH_SHA512),
	HASH_ROW(SHA224_KEY_DERIVATION, HASH_SHA224),
	HASH_ROW(SHA3_256_KEY_DERIVATION, HASH_SHA3_256),
	HASH_ROW(SHA3_224_KEY_DERIVATION, HASH_SHA3_224),
	HASH_ROW(SHA3_384_KEY_DERIVATION, HASH_SHA3_384),
	HASH_ROW(SHA3_512_KEY_DERIVATION, HASH_SHA3_512),
	HASH_ROW(SHAKE_128_KEY_DERIVATION, HASH_SHAKE128),
	HASH_ROW(SHAKE_256_KEY_DERIVATION, HASH_SHAKE256),
	KDF_ROW(SP800_108_COUNTER_KDF, OP_SP800_108),
	KDF_ROW(SP800_108_FEEDBACK_KDF, OP_SP800_108),
	KDF_ROW(SP800_108_DOUBLE_PIPELINE_KDF, OP_SP800_108),
	KDF_ROW(HKDF_DERIVE, OP_HKDF),
	KDF_ROW(HKDF_DATA, OP_HKDF),
	IKE_ROW(IKE2_PRF_PLUS_DERIVE, PARAM_IKE_PLUS),
	IKE_ROW(IKE_PRF_DERIVE, PARAM_IKE_FIRST),
	IKE_ROW(IKE1_PRF_DERIVE, PARAM_IKE_NEXT),
	IKE_ROW(IKE1_EXTENDED_DERIVE, PARAM_IKE_EXTENDED),
};

const struct mech_rows mech_derive_rows = { rows, ARRAY_LEN(rows) };
