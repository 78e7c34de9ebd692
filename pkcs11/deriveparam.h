/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters of key derivation that name other keys, or are too long for a
 * key_op.
 */
#ifndef CNG_PKCS11_DERIVEPARAM_H
#define CNG_PKCS11_DERIVEPARAM_H

#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/mech.h"
#include "pkcs11/session.h"

struct deriveparam {
	struct kbkdf kbkdf;
	const CK_DERIVED_KEY *more; /* SP 800-108: keys besides the one */
	size_t more_count;
	struct object *salt;     /* a reference: HKDF with a key as its salt,
	                          * or what is put behind a key */
	struct secret seed;      /* of the TLS functions */
	struct span password;    /* PBKDF2 */
};

/* Fills op, which borrows from *out and from the caller's parameter. */
CK_RV deriveparam_read(struct deriveparam *out, struct session *s,
    const struct mech *mech, const CK_MECHANISM *from, struct key_op *op);
void deriveparam_free(struct deriveparam *param);

/* kbkdfparam.c */
CK_RV deriveparam_sp800(struct deriveparam *out, const CK_MECHANISM *from,
    struct key_op *op);

#endif
