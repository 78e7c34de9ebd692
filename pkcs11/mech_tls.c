/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS up to 1.2.  Sizes in bytes: of the pre-master or master secret.
 */
#include "base/util.h"
#include "pkcs11/derivetls.h"
#include "pkcs11/mechrows.h"

#define MASTER_ROW(name, shortest, longest, kind) \
	{ .type = CKM_##name, .flags = CKF_DERIVE, .min = shortest, \
	    .max = longest, .scheme = OP_TLS_PRF, .param = kind }
#define KEYS_ROW(name) \
	MASTER_ROW(name, TLS_MASTER_LEN, TLS_MASTER_LEN, PARAM_TLS_KEYS)
#define MAC_ROW(name) \
	{ .type = CKM_##name, .flags = MECH_SIGNS, .min = 1, \
	    .max = SECRET_KEY_MAX, .scheme = OP_TLS_MAC, \
	    .param = PARAM_TLS_MAC }
#define GENERATE_ROW(name) \
	{ .type = CKM_##name, .flags = CKF_GENERATE, .min = TLS_MASTER_LEN, \
	    .max = TLS_MASTER_LEN, .family = KEY_GENERIC, \
	    .param = PARAM_VERSION }

static const struct mech rows[] = {
	MASTER_ROW(TLS12_EXTENDED_MASTER_KEY_DERIVE, TLS_MASTER_LEN,
	    TLS_MASTER_LEN, PARAM_TLS_EXTENDED),
	MASTER_ROW(TLS12_EXTENDED_MASTER_KEY_DERIVE_DH, 1, SECRET_KEY_MAX,
	    PARAM_TLS_EXTENDED),
	GENERATE_ROW(SSL3_PRE_MASTER_KEY_GEN),
	GENERATE_ROW(TLS_PRE_MASTER_KEY_GEN),
	MAC_ROW(TLS12_MAC),
	MASTER_ROW(TLS12_KDF, 1, SECRET_KEY_MAX, PARAM_TLS_KDF),
	MASTER_ROW(TLS12_MASTER_KEY_DERIVE, TLS_MASTER_LEN, TLS_MASTER_LEN,
	    PARAM_TLS_MASTER),
	KEYS_ROW(TLS12_KEY_AND_MAC_DERIVE),
	MASTER_ROW(TLS12_MASTER_KEY_DERIVE_DH, 1, SECRET_KEY_MAX,
	    PARAM_TLS_MASTER),
	KEYS_ROW(TLS12_KEY_SAFE_DERIVE),
	MAC_ROW(TLS_MAC),
	MASTER_ROW(TLS_KDF, 1, SECRET_KEY_MAX, PARAM_TLS_KDF),
	/* as NSS called them before they had a number of the standard */
	MASTER_ROW(NSS_TLS_EXTENDED_MASTER_KEY_DERIVE, TLS_MASTER_LEN,
	    TLS_MASTER_LEN, PARAM_TLS_EXTENDED),
	MASTER_ROW(NSS_TLS_EXTENDED_MASTER_KEY_DERIVE_DH, 1, SECRET_KEY_MAX,
	    PARAM_TLS_EXTENDED),
};

const struct mech_rows mech_tls_rows = { rows, ARRAY_LEN(rows) };
