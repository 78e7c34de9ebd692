/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Uses that must not meet in one key: whoever may both wrap and decrypt with
 * a key can read every key that it wraps (Clulow, CHES 2003), and so on.
 */
#ifndef CNG_CORE_CONFLICT_H
#define CNG_CORE_CONFLICT_H

#include "core/internal.h"

/*
 * For an object whose template has been applied.  Of two uses that do not
 * go together, the one that nobody asked for is taken away; of an RSA
 * private key the unwrapping, even when it was asked for, since programs ask
 * for everything.  CNG_ERR_TEMPLATE_INCONSISTENT: both were asked for, or
 * the key had the other one once.
 *
 * A session's key that may be read may do what it likes, unless it binds what
 * it unwraps: there is nothing to protect.  One that is generated for both, and
 * of which nobody says whether it may leave, may.
 */
enum cng_status conflict_settle(struct object *obj, struct props tmpl,
    const struct rule_context *ctx) CNG_MUST_CHECK;

/*
 * For a key that was unwrapped by a trusted one, which is the only way in and
 * out for keys that ask for that: the new one is sensitive, and leaves under
 * trusted keys only.  Of one that binds what it unwraps, no kind that is found
 * by its use, unless its template names the kind.
 * CNG_ERR_TEMPLATE_INCONSISTENT: the template says otherwise.
 */
enum cng_status conflict_inherit(struct object *obj, struct props tmpl,
    const struct object *unwrapper, const struct rule_context *ctx)
    CNG_MUST_CHECK;

/*
 * For a copy, before its template is applied.  A key that may not yet do
 * anything of the kind could learn one use in one copy, and the other one in
 * another: a copy of it learns none of them, as if it had had all.
 */
void conflict_copied(struct object *copy, const struct rule_context *ctx);

/* Is it wrapping with an IV of the caller's, with a key for which it matters?
 * In a counter mode the same one twice gives away how two keys differ; in CBC,
 * and of one block in KWP, a key that binds what it unwraps would encrypt what
 * its caller likes, and so what a counter mode does. */
bool conflict_iv(const struct object *key, const struct key_op *op);

/* Is it derived, not to be read, and such that its use tells it?  A short one
 * is found by trying all, and the next longer one by way of that. */
bool conflict_small(const struct object *obj);

/* Would it come back as one that is not trusted, and so hand nothing down? */
bool conflict_trust(const struct object *obj);

/* Is it an RSA operation without padding with a key that unwraps, and does not
 * decrypt?  It would decrypt what was wrapped, whatever it is called.  Or GMAC
 * with one that wraps or unwraps?  Two of the same nonce give away the hash
 * key, and with it each one the encryption of a block that its caller
 * chose. */
bool conflict_raw(const struct object *key, const struct key_op *op);

/* Does unwrapping a key of that class in CBC tell its caller more than he may
 * know?  Padding tells whoever asks often enough what is inside, whatever he
 * takes it for; but where he may decrypt, or read what comes out, nobody needs
 * to ask. */
bool conflict_padding(const struct object *key, const struct key_op *op,
    enum obj_class class);

/* Does the key bind what it unwraps, derives or decapsulates?  The content of
 * an envelope is in CBC, and the same goes for it. */
bool conflict_envelope(const struct object *key);

/* Is it unwrapping by RSA and AES at a time (op: NULL for that of CNG blobs),
 * with a key that binds what it unwraps and may do so by RSA alone, too?  The
 * first part, unwrapped by itself, would be an AES key that decrypts the
 * rest. */
bool conflict_parts(const struct object *key, const struct key_op *op);

/* Is it wrapping, or what undoes it, with a tag so short that it can be
 * guessed?  Whoever unwraps says how long it is. */
bool conflict_tag(const struct object *key, const struct key_op *op);

#endif
