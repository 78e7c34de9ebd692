/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of messages share.
 */
#ifndef CNG_PKCS11_MESSAGE_STATE_H
#define CNG_PKCS11_MESSAGE_STATE_H

#include "pkcs11/message.h"
#include "pkcs11/msgparam.h"

struct message {
	const struct mech *mech;
	struct operation *model;     /* what each message is made from */
	struct operation *now;       /* the message that was begun, or NULL */
	CK_ULONG fed;                /* bytes it was given so far */
	struct nonce nonce;
};

/* The message that was begun is over; gives rv back. */
CK_RV message_done(struct message *m, CK_RV rv);

#endif
