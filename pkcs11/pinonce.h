/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A key that wants its PIN for each use, in calls that begin and end a use at
 * once: C_DeriveKey, C_UnwrapKey, C_DecapsulateKey.  There is no moment
 * between for a login, so the first call is refused, the login is for the key
 * that it named, and the next call with that key is good, once.
 */
#ifndef CNG_PKCS11_PINONCE_H
#define CNG_PKCS11_PINONCE_H

#include "pkcs11/session.h"

/* The key of a handle.  When its PIN was just given, one that wants none. */
enum cng_status pinonce_key(struct session *session, CK_OBJECT_HANDLE handle,
    struct object **out);

/* After the call: one that was refused for want of the PIN waits for it. */
void pinonce_used(struct session *session, CK_OBJECT_HANDLE handle,
    struct object *key, enum cng_status st);

/* Is there a key that a login would be for? */
bool pinonce_waits(const struct session *session);
/* If there is, it has its PIN now. */
void pinonce_given(struct session *session);
/* A PIN that was said for it has no effect any more. */
void pinonce_forget(struct session *session);
/* The same, with the key, after a logout. */
void pinonce_logout(struct session *session);

#endif
