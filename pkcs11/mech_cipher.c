/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ciphers and their MACs beyond the common modes of AES.  3DES reads old data
 * and writes none.  Sizes in bytes.
 */
#include "base/util.h"
#include "pkcs11/mechrows.h"

#define ROW(name, use, low, high, how, kind) \
	{ .type = CKM_##name, .flags = use, .min = low, .max = high, \
	    .scheme = how, .param = kind }

#define CAMELLIA_ROW(mode, kind) \
	{ .type = CKM_CAMELLIA_##mode, .flags = MECH_CRYPTS, .min = 16, \
	    .max = 32, .scheme = OP_CAMELLIA_##mode, .param = kind, \
	    .needs = KEY_CAMELLIA }

/* Sizes in bits, of the curve. */
#define ECDH_ROW(name, cof) \
	{ .type = CKM_##name, .flags = MECH_WRAPS | MECH_CURVES, \
	    .min = EC_BITS_MIN, .max = 521, .scheme = OP_ECDH_AES_WRAP, \
	    .param = PARAM_ECDH_AES_WRAP, .cofactor = cof }

static const struct mech rows[] = {
	ROW(DES3_ECB, CKF_DECRYPT, 24, 24, OP_DES3_ECB, PARAM_NONE),
	ROW(DES3_CBC, CKF_DECRYPT, 24, 24, OP_DES3_CBC, PARAM_IV8),
	ROW(DES3_CBC_PAD, CKF_DECRYPT, 24, 24, OP_DES3_CBC_PAD, PARAM_IV8),
	/* not to wrap: what wraps is AES */
	CAMELLIA_ROW(ECB, PARAM_NONE),
	CAMELLIA_ROW(CBC, PARAM_IV16),
	CAMELLIA_ROW(CBC_PAD, PARAM_IV16),
	CAMELLIA_ROW(CTR, PARAM_CTR), /* laid out like that of AES */
	ECDH_ROW(ECDH_AES_KEY_WRAP, false),
	ROW(AES_XTS, MECH_CRYPTS, 32, 64, OP_AES_XTS, PARAM_IV16),
	/* not in parts: the length of all comes before the first byte */
	ROW(AES_CCM, MECH_CRYPTS | MECH_MESSAGES | MECH_WRAPS, 16, 32,
	    OP_AES_CCM, PARAM_CCM),
	ROW(AES_CTS, MECH_CRYPTS, 16, 32, OP_AES_CTS, PARAM_IV16),
	/* all messages of one operation would have the nonce in common, or
	 * the key for one */
	ROW(AES_GMAC, CKF_SIGN | CKF_VERIFY, 16, 32, OP_AES_GMAC, PARAM_GMAC),
	ROW(CHACHA20, MECH_CRYPTS, 32, 32, OP_CHACHA20, PARAM_CHACHA20),
	ROW(POLY1305, CKF_SIGN | CKF_VERIFY, 32, 32, OP_POLY1305, PARAM_NONE),
	ROW(AES_OFB, MECH_CRYPTS, 16, 32, OP_AES_OFB, PARAM_IV16),
	ROW(AES_CFB8, MECH_CRYPTS, 16, 32, OP_AES_CFB8, PARAM_IV16),
	ROW(AES_CFB128, MECH_CRYPTS, 16, 32, OP_AES_CFB128, PARAM_IV16),
	ROW(CHACHA20_POLY1305,
	    MECH_CRYPTS | MECH_MESSAGES | CKF_MULTI_MESSAGE, 32, 32,
	    OP_CHACHA20_POLY1305, PARAM_CHACHA20_POLY1305),
	ECDH_ROW(ECDH_X_AES_KEY_WRAP, false),
	ECDH_ROW(ECDH_COF_AES_KEY_WRAP, true),
};

const struct mech_rows mech_cipher_rows = { rows, ARRAY_LEN(rows) };
