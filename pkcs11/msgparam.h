/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The parameter of one message: where its nonce and its tag are, and who makes
 * the nonce.
 */
#ifndef CNG_PKCS11_MSGPARAM_H
#define CNG_PKCS11_MSGPARAM_H

#include "core/token.h"
#include "pkcs11/cryptoki3.h"
#include "pkcs11/mech.h"

#define NONCE_MAX 128
#define TAG_MAX 16

/* What an operation knows of the nonces it has made. */
struct nonce {
	uint64_t count;
	CK_BYTE base[NONCE_MAX];     /* of CKG_GENERATE_COUNTER_XOR */
};

struct msgparam {
	CK_BYTE *iv;                 /* the caller's; written when made here */
	size_t iv_len;
	size_t fixed_bits;           /* from the left: the caller's */
	CK_GENERATOR_FUNCTION generator;
	CK_BYTE *tag;                /* the caller's */
	size_t tag_len;
	bool tag_follows;            /* the tag is at the end of the data */
	struct span aad;             /* of C_WrapKey, which has no argument */
};

/* Has the mechanism messages at all? */
bool msgparam_knows(const struct mech *mech);

/* False: not a parameter for messages of that mechanism.  seals: of one that
 * is opened, who made its nonce is not looked at. */
bool msgparam_read(struct msgparam *out, const struct mech *mech,
    const void *param, CK_ULONG len, bool seals);

/* The parameter with which C_WrapKey and C_UnwrapKey take these mechanisms,
 * too: CK_GCM_WRAP_PARAMS, CK_CCM_WRAP_PARAMS, told by their length. */
bool msgparam_wraps(const CK_MECHANISM *mechanism);
bool msgparam_read_wrap(struct msgparam *out, const struct mech *mech,
    const void *param, CK_ULONG len, bool seals);

/* Into op, as the operation wants it: borrowed. */
void msgparam_op(const struct msgparam *p, struct span aad,
    struct key_op *op);

/* Is it for a single message whose nonce meets no other one's?  That takes
 * random bits, and more of them than where a program counts its messages
 * (SP 800-38D, 8.2.2); a counter would begin anew with each call. */
bool msgparam_is_unique(const struct msgparam *p);

/* Has the nonce a counter, which a call of its own would not have? */
bool msgparam_is_counted(const struct msgparam *p);

/* Makes the nonce where that is ours to do, in the caller's memory. */
CK_RV msgparam_make_nonce(const struct msgparam *p, struct nonce *nonce,
    struct token *token);

#endif
