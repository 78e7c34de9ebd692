/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How a status leaves the house through Cryptoki: one table, and the other
 * names that some calls have for the same thing.
 */
#ifndef CNG_PKCS11_STATUS_H
#define CNG_PKCS11_STATUS_H

#include "base/status.h"
#include "pkcs11/cryptoki.h"

struct session;

CK_RV status_rv(enum cng_status st);

/* Where the object was named as the key of an operation. */
CK_RV status_rv_key(enum cng_status st);

/* Where an object is made or changed: that it cannot be written may be the
 * session's fault or the token's; what a card cannot hold is the template's. */
CK_RV status_rv_change(enum cng_status st, const struct session *s);

/* What C_WrapKey and C_UnwrapKey call it. */
CK_RV status_rv_wrap(enum cng_status st);
CK_RV status_rv_unwrap(enum cng_status st, const struct session *s);

#endif
