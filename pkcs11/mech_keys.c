/* SPDX-License-Identifier: BSD-2-Clause
 *
 * New keys of the families that are not in mech.c.  Sizes in the unit of the
 * mechanisms that use them.
 */
#include "base/util.h"
#include "pkcs11/mechrows.h"

#define PQ_ROW(name, kind) \
	{ .type = CKM_##name, .flags = CKF_GENERATE_KEY_PAIR, .min = 128, \
	    .max = 256, .family = kind, .needs = kind }

/* Of a family of pairs, C_GenerateKey makes domain parameters. */
#define GROUP_ROW(name, kind, most) \
	{ .type = CKM_##name, .flags = CKF_GENERATE, .min = 1024, \
	    .max = most, .family = kind }

static const struct mech rows[] = {
	PQ_ROW(ML_KEM_KEY_PAIR_GEN, KEY_MLKEM),
	{ .type = CKM_DSA_KEY_PAIR_GEN, .flags = CKF_GENERATE_KEY_PAIR,
	    .min = DSA_BITS_MIN, .max = DSA_BITS_MAX, .family = KEY_DSA },
	PQ_ROW(ML_DSA_KEY_PAIR_GEN, KEY_MLDSA),
	{ .type = CKM_DH_PKCS_KEY_PAIR_GEN, .flags = CKF_GENERATE_KEY_PAIR,
	    .min = DH_BITS_MIN, .max = DH_BITS_MAX, .family = KEY_DH },
	PQ_ROW(SLH_DSA_KEY_PAIR_GEN, KEY_SLHDSA),
	{ .type = CKM_X9_42_DH_KEY_PAIR_GEN, .flags = CKF_GENERATE_KEY_PAIR,
	    .min = DH_BITS_MIN, .max = DH_BITS_MAX, .family = KEY_X942 },
	{ .type = CKM_PKCS5_PBKD2, .flags = CKF_GENERATE, .min = 1,
	    .max = SECRET_KEY_MAX, .family = KEY_GENERIC,
	    .param = PARAM_PBKD2 },
	{ .type = CKM_CAMELLIA_KEY_GEN, .flags = CKF_GENERATE, .min = 16,
	    .max = 32, .family = KEY_CAMELLIA, .needs = KEY_CAMELLIA },
	{ .type = CKM_AES_XTS_KEY_GEN, .flags = CKF_GENERATE, .min = 32,
	    .max = 64, .family = KEY_XTS },
	{ .type = CKM_CHACHA20_KEY_GEN, .flags = CKF_GENERATE, .min = 32,
	    .max = 32, .family = KEY_CHACHA20 },
	{ .type = CKM_POLY1305_KEY_GEN, .flags = CKF_GENERATE, .min = 32,
	    .max = 32, .family = KEY_POLY1305 },
	GROUP_ROW(DSA_PARAMETER_GEN, KEY_DSA, DSA_BITS_MAX),
	GROUP_ROW(DH_PKCS_PARAMETER_GEN, KEY_DH, DH_BITS_MAX),
	GROUP_ROW(X9_42_DH_PARAMETER_GEN, KEY_X942, DH_BITS_CNG_MAX),
	{ .type = CKM_HKDF_KEY_GEN, .flags = CKF_GENERATE, .min = 1,
	    .max = SECRET_KEY_MAX, .family = KEY_HKDF },
};

const struct mech_rows mech_keys_rows = { rows, ARRAY_LEN(rows) };
