/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One running operation of a session on a key: usage and policy are judged
 * when it starts, the work is crypto's.
 */
#ifndef CNG_CORE_OPERATION_H
#define CNG_CORE_OPERATION_H

#include "base/wr.h"
#include "core/object.h"
#include "core/token.h"
#include "key/op.h"

struct operation;

enum operation_use {
	USE_ENCRYPT = 0,
	USE_DECRYPT,
	USE_SIGN,
	USE_SIGN_RECOVER,
	USE_VERIFY,
	USE_VERIFY_RECOVER,
	USE_DIGEST,
	USE_COUNT
};

/* Takes a reference to key (NULL for USE_DIGEST).  op is copied, with what
 * it borrows.  mechanism: the face's number, for the allowed list. */
enum cng_status operation_new(struct operation **out, struct object *key,
    const struct key_op *op, enum operation_use use, uint64_t mechanism)
    CNG_MUST_CHECK;
/* Another one on the same key for the same use: with op, or with what model
 * was made for (NULL).  The PIN that model was given is for this one. */
enum cng_status operation_again(struct operation **out,
    struct operation *model, const struct key_op *op) CNG_MUST_CHECK;
void operation_free(struct operation *o);

/* Takes an operation that is over and gives back what is left of it: the key,
 * and room.  What it worked on is wiped. */
struct operation *operation_rest(struct operation *o);
/* The same as operation_new for the use that it had, where that is the same
 * object by the same mechanism; false: nothing has happened, and it cannot
 * serve.  The key is 0 for a digest. */
bool operation_renew(struct operation *o, struct token *tok, obj_id key,
    const struct key_op *op, uint64_t mechanism) CNG_MUST_CHECK;

/* The key wants its PIN before each operation, and has not had it yet. */
bool operation_needs_pin(const struct operation *o);
void operation_pin_given(struct operation *o);

/* Has update been called? */
bool operation_is_multipart(const struct operation *o);

/* In one go.  A NULL cursor buffer or one too small leaves the operation as
 * it was; everything else ends it (the caller frees it). */
enum cng_status operation_run(struct operation *o, struct span in,
    struct wr *out) CNG_MUST_CHECK;
enum cng_status operation_verify(struct operation *o, struct span data,
    struct span signature) CNG_MUST_CHECK;

enum cng_status operation_update(struct operation *o, struct span in,
    struct wr *out) CNG_MUST_CHECK;
enum cng_status operation_final(struct operation *o, struct wr *out)
    CNG_MUST_CHECK;
enum cng_status operation_verify_final(struct operation *o,
    struct span signature) CNG_MUST_CHECK;

/* A digest that runs, as bytes that only this token of this process can read;
 * CNG_ERR_NOT_SUPPORTED: an operation that cannot be saved. */
enum cng_status operation_save(struct operation *o, struct token *tok,
    struct secret *out) CNG_MUST_CHECK;
/* CNG_ERR_BAD_DATA: not such a state. */
enum cng_status operation_load(struct operation **out, struct token *tok,
    struct span state) CNG_MUST_CHECK;

/* C_DigestKey: feeds the value of a secret key of tok to a digest. */
enum cng_status operation_digest_key(struct operation *o,
    const struct token *tok, const struct object *key) CNG_MUST_CHECK;

#endif
