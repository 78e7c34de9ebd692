/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Operations on messages: begun once with a key, then any number of messages,
 * each with a parameter of its own, whole or in parts.  What goes wrong with a
 * message ends that message, not the operation.
 */
#ifndef CNG_PKCS11_MESSAGE_H
#define CNG_PKCS11_MESSAGE_H

#include "pkcs11/running.h"

/* CKF_MESSAGE_*, or 0 for a use that has no messages. */
CK_FLAGS message_flag(enum operation_use use);

running_work message_start;
running_work message_finish;

/* Encrypt and decrypt. */
running_work message_crypt;
running_work message_crypt_begin;
running_work message_crypt_next;

/* Sign and verify. */
running_work message_sign;
running_work message_verify;
running_work message_sign_begin;
running_work message_sign_next;
running_work message_verify_next;

/* The operation of that use, or NULL: it tells whether a PIN is wanted. */
struct operation *message_model(
    const struct session *session, enum operation_use use);
/* Has it counted nonces?  A child would count the same. */
bool message_counts(const struct session *session, enum operation_use use);
/* Ends it; harmless when there is none. */
void message_end(struct session *session, enum operation_use use);

#endif
