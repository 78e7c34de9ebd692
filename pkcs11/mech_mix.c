/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys put together of others, cut out of them, or encrypted under them, all
 * of which give the other key away to who asks often enough: tokens whose
 * policy is compat have them.  And public keys of private ones.
 */
#include "base/util.h"
#include "pkcs11/mechrows.h"

#define MIX_ROW(name, how, kind) \
	{ .type = CKM_##name, .flags = CKF_DERIVE, .min = 1, \
	    .max = SECRET_KEY_MAX, .scheme = how, .param = kind, \
	    .compat = true }
#define AES_ROW(name, kind) \
	{ .type = CKM_##name, .flags = CKF_DERIVE, .min = 16, .max = 32, \
	    .scheme = OP_AES_DATA, .param = kind, .compat = true }

static const struct mech rows[] = {
	MIX_ROW(CONCATENATE_BASE_AND_KEY, OP_JOIN, PARAM_OTHER_KEY),
	MIX_ROW(CONCATENATE_BASE_AND_DATA, OP_JOIN, PARAM_DATA),
	MIX_ROW(CONCATENATE_DATA_AND_BASE, OP_JOIN, PARAM_DATA_FIRST),
	MIX_ROW(XOR_BASE_AND_DATA, OP_XOR, PARAM_DATA),
	MIX_ROW(EXTRACT_KEY_FROM_KEY, OP_CUT, PARAM_FIRST_BIT),
	AES_ROW(AES_ECB_ENCRYPT_DATA, PARAM_DATA),
	AES_ROW(AES_CBC_ENCRYPT_DATA, PARAM_CBC_DATA),
	{ .type = CKM_PUB_KEY_FROM_PRIV_KEY, .flags = CKF_DERIVE,
	    .min = EC_BITS_MIN, .max = RSA_BITS_MAX,
	    .scheme = OP_PUBLIC_HALF },
};

const struct mech_rows mech_mix_rows = { rows, ARRAY_LEN(rows) };
