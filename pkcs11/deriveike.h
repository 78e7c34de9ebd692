/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Derivation as IKE does it.
 */
#ifndef CNG_PKCS11_DERIVEIKE_H
#define CNG_PKCS11_DERIVEIKE_H

#include "pkcs11/derive.h"

/* *out is the key of the call. */
CK_RV derive_ike(struct deriving *d, obj_id *out);

#endif
