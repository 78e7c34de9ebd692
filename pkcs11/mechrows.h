/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tables of mechanisms by family.  mech.c looks in all of them.
 */
#ifndef CNG_PKCS11_MECHROWS_H
#define CNG_PKCS11_MECHROWS_H

#include "pkcs11/cryptoki3.h"
#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/mech.h"

struct mech_rows {
	const struct mech *row;  /* in ascending order of type */
	size_t count;
};

extern const struct mech_rows mech_sign_rows;
extern const struct mech_rows mech_hash_rows;
extern const struct mech_rows mech_cipher_rows;
extern const struct mech_rows mech_derive_rows;
extern const struct mech_rows mech_keys_rows;
extern const struct mech_rows mech_tls_rows;
extern const struct mech_rows mech_mix_rows;
extern const struct mech_rows mech_small_rows;

/* Keys that come from Windows may be smaller than those made here. */
#define RSA_USE_MIN RSA_BITS_IMPORT_MIN

#define MECH_SIGNS (CKF_SIGN | CKF_VERIFY | CKF_MESSAGE_SIGN | \
	CKF_MESSAGE_VERIFY | CKF_MULTI_MESSAGE)
#define MECH_MESSAGES (CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT)
#define MECH_CRYPTS (CKF_ENCRYPT | CKF_DECRYPT)
#define MECH_WRAPS (CKF_WRAP | CKF_UNWRAP)
#define MECH_KEMS (CKF_ENCAPSULATE | CKF_DECAPSULATE)
#define MECH_CURVES (CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS | \
	CKF_EC_ECPARAMETERS)

/* Those that have a name in PKCS#11, and an OBJECT IDENTIFIER. */
#define MECH_NAMED_CURVES (CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_CURVENAME)

#endif
