/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A private key that somebody else holds: a card, a TPM.  It never comes out;
 * whoever needs it describes one operation and gets the result.  What is
 * around that operation (hashing, paddings that the holder does not know, key
 * derivation) is done outside.
 */
#ifndef CNG_KEY_HOLDER_H
#define CNG_KEY_HOLDER_H

#include "base/wr.h"
#include "key/op.h"

enum holder_way {
	/* Out: the signature.  In:
	 *   OP_RSA_PKCS1  what stands behind the padding (a DigestInfo)
	 *   OP_RSA_RAW    a block as long as the modulus
	 *   OP_ECDSA      the digest, of any length; out is r || s
	 *   OP_EDDSA      the message; plain Ed25519 or Ed448 only */
	HOLDER_SIGN = 0,
	/* Out: the plaintext.  In: as many bytes as the modulus has.
	 *   OP_RSA_PKCS1  CNG_ERR_CIPHERTEXT: the padding is wrong, or may
	 *                 be; nothing else says that, or anything of it
	 *   OP_RSA_OAEP   what op says
	 *   OP_RSA_RAW    out is as long as the modulus */
	HOLDER_DECRYPT,
	/* OP_ECDH; in: the point of the other side, 04 || x || y, or the bytes
	 * of RFC 7748; out: the x coordinate, or the bytes. */
	HOLDER_AGREE,
};

struct key_holder;

struct key_holder_ops {
	/* Does it do that one itself?  Asks nobody outside. */
	bool (*can)(const struct key_holder *holder, const struct key_op *op,
	    enum holder_way way);
	/* out has a buffer, of which room for a modulus or four coordinates is
	 * free.  CNG_ERR_NOT_LOGGED_IN: a PIN is needed first.  From several
	 * threads at once. */
	enum cng_status (*run)(struct key_holder *holder,
	    const struct key_op *op, enum holder_way way, struct span in,
	    struct wr *out);
	/* An operation that was given its PIN is over, done or not: the PIN
	 * is good for nothing any more.  NULL: nothing is kept. */
	void (*done)(struct key_holder *holder);
	void (*free)(struct key_holder *holder);
};

/* The first member of what a holder needs to know. */
struct key_holder {
	const struct key_holder_ops *ops;
};

#endif
