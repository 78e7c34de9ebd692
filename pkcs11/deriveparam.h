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
	/* references to the keys besides the base: HKDF's salt, a piece of SP
	 * 800-108, what is put behind a key, those of IKE */
	struct object *other[KBKDF_PIECES_MAX];
	size_t others;
	struct secret seed;      /* of the functions of TLS and IKE */
	struct span password;    /* PBKDF2 */
};

/* Fills op, which borrows from *out and from the caller's parameter. */
CK_RV deriveparam_read(struct deriveparam *out, struct session *s,
    const struct mech *mech, const CK_MECHANISM *from, struct key_op *op);
void deriveparam_free(struct deriveparam *param);

/* One more key that goes in, and its value. */
CK_RV deriveparam_key(struct deriveparam *out, struct session *s,
    const struct mech *mech, CK_OBJECT_HANDLE key, struct span *value);

/* kbkdfparam.c: of a MAC mechanism of full length, where a parameter names
 * one as its function. */
bool deriveparam_hmac(CK_MECHANISM_TYPE type, struct key_op *op);
CK_RV deriveparam_sp800(struct deriveparam *out, struct session *s,
    const struct mech *mech, const CK_MECHANISM *from, struct key_op *op);

#endif
