/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Running operations of a session, and the convention of asking for a size
 * first.  A size query and CKR_BUFFER_TOO_SMALL leave an operation as it
 * was; every other answer of a call that could have ended it, ends it.
 */
#ifndef CNG_PKCS11_RUNNING_H
#define CNG_PKCS11_RUNNING_H

#include "pkcs11/session.h"

/* Bytes from the caller. */
struct given {
	const CK_BYTE *ptr;
	CK_ULONG len;
};

/* Room at the caller's, or NULL to ask for the length. */
struct wanted {
	CK_BYTE *buf;
	CK_ULONG *len;
};

/* A NULL mechanism ends the operation that runs. */
CK_RV running_start(struct session *session, enum operation_use use,
    const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

CK_RV running_once(struct session *session, enum operation_use use,
    struct given in, struct wanted out);
CK_RV running_verify(
    struct session *session, struct given data, struct given signature);

/* Encrypt and decrypt. */
CK_RV running_update(struct session *session, enum operation_use use,
    struct given in, struct wanted out);
/* Sign, verify and digest. */
CK_RV running_feed(
    struct session *session, enum operation_use use, struct given in);
CK_RV running_final(
    struct session *session, enum operation_use use, struct wanted out);
CK_RV running_verify_final(struct session *session, struct given signature);

CK_RV running_digest_key(struct session *session, CK_OBJECT_HANDLE key);

/* A context-specific login: for the operations that wait for one. */
CK_RV running_login(struct session *session, struct span pin);

#endif
