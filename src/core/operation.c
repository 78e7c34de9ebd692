/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One running operation: judged when it starts, then crypto's work.  What
 * asks for a size is answered before anything is begun.
 */
#include "core/operation.h"

#include "base/alloc.h"
#include "base/rd.h"
#include "base/util.h"
#include "base/why.h"
#include "core/conflict.h"
#include "core/internal.h"
#include "core/scheme.h"

#define DIGEST_MAX 64

typedef enum cng_status run_function(const struct crypto_key *,
    const struct key_op *, struct span, struct wr *);

struct use_row {
	enum prop_id permit;     /* the boolean that allows it */
	enum op_direction direction;
	run_function *run;       /* NULL: writes nothing, or needs no key */
};

static const struct use_row uses[USE_COUNT] = {
	[USE_ENCRYPT] = { PROP_ENCRYPT, OP_ENCRYPT, crypto_encrypt },
	[USE_DECRYPT] = { PROP_DECRYPT, OP_DECRYPT, crypto_decrypt },
	[USE_SIGN] = { PROP_SIGN, OP_SIGN, crypto_sign },
	[USE_SIGN_RECOVER] = { PROP_SIGN_RECOVER, OP_SIGN, crypto_sign },
	[USE_VERIFY] = { PROP_VERIFY, OP_VERIFY, NULL },
	[USE_VERIFY_RECOVER] = { PROP_VERIFY_RECOVER, OP_VERIFY,
	    crypto_verify_recover },
	[USE_DIGEST] = { PROP_BOOL_COUNT, OP_DIGEST_DIR, NULL },
};

/* What parameters most often take; more is on the heap. */
#define ROOM 128

struct operation {
	struct object *key;      /* a reference; NULL for a digest */
	obj_id id;               /* of the key; 0: not known */
	uint64_t losses;         /* see token_object_is */
	uint64_t mechanism;
	struct key_op op;        /* its spans are in one of the two below */
	size_t room_used;
	uint8_t room[ROOM];
	struct secret params;
	enum operation_use use;
	enum scheme_parts parts;
	bool wants_pin;
	bool has_pin;            /* which goes with it */
	bool multipart;
	struct crypto_stream *stream; /* PARTS_STREAM: made by the first part */
	struct secret held;           /* PARTS_HELD; room, of which */
	size_t held_len;              /* so much is used */
};

/* --- beginning -------------------------------------------------------- */

/* What the holder of a key lacks is told now: a program takes another
 * mechanism, or says what is wrong, while it still knows of what. */
static enum cng_status
judge_holder(const struct object *key, const struct key_op *op,
    enum operation_use use)
{
	if (key->class != OBJ_PRIVATE)
		return CNG_OK;
	return object_can(key, op, uses[use].direction == OP_SIGN ?
		HOLDER_SIGN : HOLDER_DECRYPT);
}

static enum cng_status
judge(const struct object *key, const struct key_op *op,
    enum operation_use use, uint64_t mechanism)
{
	enum cng_status st;

	if (use == USE_DIGEST) {
		if (key != NULL)
			return CNG_ERR_ARGUMENT;
		return hash_info(op->hash) == NULL ? CNG_ERR_MECHANISM :
		    scheme_check(op, use, OBJ_NONE, KEY_NONE);
	}
	if (key == NULL)
		return CNG_ERR_ARGUMENT;
	st = scheme_check(op, use, key->class, key->key.family);
	if (st != CNG_OK)
		return st;
	if (!(key->flags & PROP_BIT(PROP_FINALIZED)))
		return CNG_ERR_KEY_STATE;
	if (!(key->flags & PROP_BIT(uses[use].permit)))
		return why_prop(CNG_ERR_KEY_USAGE, (int)uses[use].permit,
		    "of the key is false");
	if (conflict_raw(key, op))
		return why(CNG_ERR_KEY_USAGE,
		    "the key wraps, and this mechanism would open that");
	if (!object_allows(key, mechanism))
		return CNG_ERR_MECHANISM;
	if (key->withheld)
		return CNG_ERR_NOT_LOGGED_IN;
	return judge_holder(key, op, use);
}

/* Moves borrowed bytes to at, and gives what comes after them. */
static uint8_t *
own_bytes(struct span *borrowed, uint8_t *at)
{
	if (borrowed->len == 0) {
		borrowed->ptr = NULL;
		return at;
	}
	memcpy(at, borrowed->ptr, borrowed->len);
	borrowed->ptr = at;
	return at + borrowed->len;
}

/* The nonce follows the counter, and becomes part of it. */
static void
own_all(struct key_op *op, uint8_t *at)
{
	at = own_bytes(&op->iv, at);
	if (op->nonce.len > 0) {
		at = own_bytes(&op->nonce, at);
		op->iv = span_of(op->nonce.ptr - op->iv.len,
		    op->iv.len + op->nonce.len);
	}
	op->nonce = span_of(NULL, 0);
	at = own_bytes(&op->aad, at);
	at = own_bytes(&op->label, at);
	at = own_bytes(&op->peer, at);
	(void)own_bytes(&op->context, at);
}

static enum cng_status
own_op(struct operation *o, const struct key_op *op)
{
	size_t total = op->iv.len;
	enum cng_status st;

	if (!size_add(total, op->nonce.len, &total) ||
	    !size_add(total, op->aad.len, &total) ||
	    !size_add(total, op->label.len, &total) ||
	    !size_add(total, op->peer.len, &total) ||
	    !size_add(total, op->context.len, &total))
		return CNG_ERR_NO_MEMORY;
	o->op = *op;
	o->op.kbkdf = NULL;
	if (total == 0)
		return CNG_OK;
	if (total <= sizeof o->room) {
		o->room_used = total;
		own_all(&o->op, o->room);
		return CNG_OK;
	}
	st = secret_new(&o->params, total);
	if (st == CNG_OK)
		own_all(&o->op, o->params.ptr);
	return st;
}

static void
drop_params(struct operation *o)
{
	secret_free(&o->params);
	wipe(o->room, o->room_used);
	o->room_used = 0;
}

static bool
key_wants_pin(const struct object *key)
{
	return key != NULL && key->class == OBJ_PRIVATE &&
	    (key->flags & PROP_BIT(PROP_ALWAYS_AUTHENTICATE));
}

static enum cng_status
make(struct operation **out, struct object *key, const struct key_op *op,
    enum operation_use use)
{
	struct operation *o;
	enum cng_status st;

	*out = NULL;
	o = mem_new(1, sizeof *o);
	if (o == NULL)
		return CNG_ERR_NO_MEMORY;
	st = own_op(o, op);
	if (st != CNG_OK) {
		operation_free(o);
		return st;
	}
	o->use = use;
	o->parts = scheme_parts(op, use);
	if (key != NULL)
		o->key = object_ref(key);
	o->wants_pin = key_wants_pin(key);
	*out = o;
	return CNG_OK;
}

enum cng_status
operation_new(struct operation **out, struct object *key,
    const struct key_op *op, enum operation_use use, uint64_t mechanism)
{
	enum cng_status st = judge(key, op, use, mechanism);

	*out = NULL;
	if (st == CNG_OK)
		st = make(out, key, op, use);
	if (st == CNG_OK) {
		(*out)->mechanism = mechanism;
		(*out)->id = key == NULL ? 0 : key->id;
	}
	return st;
}

static void
forget_pin(struct operation *o)
{
	if (o->has_pin)
		object_pin_done(o->key);
	o->has_pin = false;
}

struct operation *
operation_rest(struct operation *o)
{
	forget_pin(o);
	crypto_stream_free(o->stream);
	o->stream = NULL;
	secret_free(&o->held);
	o->held_len = 0;
	o->multipart = false;
	drop_params(o);
	return o;
}

/* Objects never change, so what was judged once is so: with other numbers in
 * it, the same mechanism is judged alike, by all but a holder. */
bool
operation_renew(struct operation *o, struct token *tok, obj_id key,
    const struct key_op *op, uint64_t mechanism)
{
	if (o->id != key || o->mechanism != mechanism ||
	    o->op.scheme != op->scheme || o->op.hash != op->hash)
		return false;
	if (o->key != NULL && !token_object_is(tok, key, o->key, &o->losses))
		return false;
	if (o->key != NULL && judge_holder(o->key, op, o->use) != CNG_OK)
		return false;
	if (own_op(o, op) != CNG_OK)
		return false;
	o->parts = scheme_parts(op, o->use);
	o->wants_pin = key_wants_pin(o->key);
	return true;
}

enum cng_status
operation_again(struct operation **out, struct operation *model,
    const struct key_op *op)
{
	enum cng_status st = make(out, model->key,
	    op == NULL ? &model->op : op, model->use);

	if (st != CNG_OK)
		return st;
	(*out)->wants_pin = model->wants_pin;
	(*out)->has_pin = model->has_pin;
	model->has_pin = false;
	model->wants_pin = key_wants_pin(model->key);
	return CNG_OK;
}

void
operation_free(struct operation *o)
{
	if (o == NULL)
		return;
	forget_pin(o);
	crypto_stream_free(o->stream);
	secret_free(&o->held);
	drop_params(o);
	object_free(o->key);
	mem_free(o);
}

bool
operation_needs_pin(const struct operation *o)
{
	return o->wants_pin;
}

void
operation_pin_given(struct operation *o)
{
	o->wants_pin = false;
	o->has_pin = true;
}

bool
operation_is_multipart(const struct operation *o)
{
	return o->multipart;
}

/* --- sizes ------------------------------------------------------------ */

/* Counts size bytes and says how that went, if the buffer is not there or
 * cannot hold them; otherwise there is work to do. */
static bool
only_counted(struct wr *out, size_t size, enum cng_status *st)
{
	if (out->buf != NULL && out->len <= out->cap &&
	    size <= out->cap - out->len)
		return false;
	wr_zero(out, size);
	*st = wr_status(out);
	return true;
}

/* Is the length of the result known from the public numbers alone? */
static bool
has_known_size(const struct operation *o)
{
	return o->use == USE_SIGN || o->use == USE_SIGN_RECOVER ||
	    o->use == USE_DIGEST;
}

static size_t
known_size(const struct operation *o)
{
	return scheme_output_size(&o->op,
	    o->key == NULL ? NULL : &o->key->key);
}

/* --- in one go -------------------------------------------------------- */

static enum cng_status
run_digest(const struct operation *o, struct span in, struct wr *out)
{
	uint8_t digest[DIGEST_MAX];
	size_t size = known_size(o);
	enum cng_status st;

	if (size > sizeof digest)
		return CNG_ERR_INTERNAL;
	st = crypto_digest(o->op.hash, in, digest);
	if (st == CNG_OK) {
		wr_bytes(out, span_of(digest, size));
		st = wr_status(out);
	}
	wipe(digest, sizeof digest);
	return st;
}

static enum cng_status
run_keyed(const struct operation *o, struct span in, struct wr *out)
{
	struct crypto_key *ready;
	enum cng_status st;

	st = object_crypto(o->key, &ready);
	if (st != CNG_OK)
		return st;
	return uses[o->use].run(ready, &o->op, in, out);
}

enum cng_status
operation_run(struct operation *o, struct span in, struct wr *out)
{
	enum cng_status st;

	if (o->multipart || o->use == USE_VERIFY)
		return CNG_ERR_OPERATION_STATE;
	if (has_known_size(o) && only_counted(out, known_size(o), &st))
		return st;
	if (o->wants_pin && out->buf != NULL)
		return CNG_ERR_NOT_LOGGED_IN;
	return o->use == USE_DIGEST ? run_digest(o, in, out) :
				      run_keyed(o, in, out);
}

static enum cng_status
verify_keyed(const struct operation *o, struct span data,
    struct span signature)
{
	struct crypto_key *ready;
	enum cng_status st;

	st = object_crypto(o->key, &ready);
	if (st != CNG_OK)
		return st;
	return crypto_verify(ready, &o->op, data, signature);
}

enum cng_status
operation_verify(struct operation *o, struct span data,
    struct span signature)
{
	if (o->multipart || o->use != USE_VERIFY)
		return CNG_ERR_OPERATION_STATE;
	return verify_keyed(o, data, signature);
}

/* --- in parts --------------------------------------------------------- */

static enum cng_status
stream_ready(struct operation *o)
{
	struct crypto_key *ready = NULL;
	enum cng_status st = CNG_OK;

	if (o->stream != NULL)
		return CNG_OK;
	if (o->key != NULL)
		st = object_crypto(o->key, &ready);
	if (st != CNG_OK)
		return st;
	return crypto_stream_new(&o->stream, ready, &o->op,
	    uses[o->use].direction);
}

/* Is only the length asked for, of what a part gives out?  The other uses
 * write nothing before the end, whose length is known. */
static bool
asks_only(const struct operation *o, const struct wr *out)
{
	return (o->use == USE_ENCRYPT || o->use == USE_DECRYPT) &&
	    out->buf == NULL;
}

/* What there is room for.  Grows in steps, so that many small parts do not
 * copy all each time. */
static enum cng_status
hold(struct operation *o, struct span in)
{
	size_t most = scheme_held_max(&o->op), need;
	struct secret grown = { 0 };
	enum cng_status st;

	need = o->held_len + in.len;
	if (need > o->held.len) {
		st = secret_new(&grown, need < most / 2 ? need * 2 : most);
		if (st != CNG_OK)
			return st;
		if (o->held_len > 0)
			memcpy(grown.ptr, o->held.ptr, o->held_len);
		secret_move(&o->held, &grown);
	}
	if (in.len > 0)
		memcpy(o->held.ptr + o->held_len, in.ptr, in.len);
	o->held_len = need;
	return CNG_OK;
}

static struct span
held_span(const struct operation *o)
{
	return span_of(o->held.ptr, o->held_len);
}

enum cng_status
operation_update(struct operation *o, struct span in, struct wr *out)
{
	enum cng_status st;

	if (o->parts == PARTS_ONE)
		return CNG_ERR_OPERATION_STATE;
	if (o->wants_pin)
		return CNG_ERR_NOT_LOGGED_IN;
	if (o->parts == PARTS_HELD) {
		/* all comes out at the end */
		if (in.len > scheme_held_max(&o->op) - o->held_len)
			return CNG_ERR_DATA_SIZE;
		if (asks_only(o, out))
			return CNG_OK;
		st = hold(o, in);
	} else {
		st = stream_ready(o);
		if (st != CNG_OK)
			return st;
		st = crypto_stream_update(o->stream, in, out);
		if (asks_only(o, out))
			return st;
	}
	if (st == CNG_OK)
		o->multipart = true;
	return st;
}

enum cng_status
operation_final(struct operation *o, struct wr *out)
{
	enum cng_status st;

	if (o->parts == PARTS_ONE || o->use == USE_VERIFY)
		return CNG_ERR_OPERATION_STATE;
	if (has_known_size(o) && only_counted(out, known_size(o), &st))
		return st;
	if (o->wants_pin)
		return CNG_ERR_NOT_LOGGED_IN;
	if (o->parts == PARTS_HELD)
		return run_keyed(o, held_span(o), out);
	st = stream_ready(o);
	if (st != CNG_OK)
		return st;
	return crypto_stream_final(o->stream, out);
}

enum cng_status
operation_verify_final(struct operation *o, struct span signature)
{
	enum cng_status st;

	if (o->use != USE_VERIFY)
		return CNG_ERR_OPERATION_STATE;
	if (o->parts == PARTS_HELD)
		return verify_keyed(o, held_span(o), signature);
	st = stream_ready(o);
	if (st != CNG_OK)
		return st;
	return crypto_stream_verify(o->stream, signature);
}

/* --- states ----------------------------------------------------------- */

#define STATE_MAX 512

enum cng_status
operation_save(struct operation *o, struct token *tok, struct secret *out)
{
	uint8_t bytes[STATE_MAX];
	struct wr w = wr_of(bytes, sizeof bytes);
	enum cng_status st;

	if (o->use != USE_DIGEST)
		return CNG_ERR_NOT_SUPPORTED;
	st = stream_ready(o);
	wr_u8(&w, o->multipart);
	wr_u8(&w, (uint8_t)o->op.hash);
	wr_u64le(&w, o->mechanism);
	if (st == CNG_OK)
		st = crypto_stream_save(o->stream, &w);
	if (st == CNG_OK)
		st = token_seal_state(tok, span_of(bytes, w.len), out);
	wipe(bytes, sizeof bytes);
	return st;
}

static enum cng_status
load(struct operation **out, struct rd in)
{
	struct key_op op = { .scheme = OP_DIGEST };
	uint8_t multipart, hash;
	uint64_t mechanism;
	enum cng_status st;

	if (!rd_u8(&in, &multipart) || !rd_u8(&in, &hash) ||
	    !rd_u64le(&in, &mechanism))
		return CNG_ERR_BAD_DATA;
	op.hash = (enum key_hash)hash;
	st = judge(NULL, &op, USE_DIGEST, 0);
	if (st == CNG_OK)
		st = make(out, NULL, &op, USE_DIGEST);
	if (st == CNG_OK)
		st = crypto_stream_load(&(*out)->stream, op.hash,
		    span_of(in.ptr, in.left));
	if (st == CNG_OK) {
		(*out)->multipart = multipart != 0;
		(*out)->mechanism = mechanism;
	} else {
		operation_free(*out);
		*out = NULL;
	}
	return st;
}

enum cng_status
operation_load(struct operation **out, struct token *tok, struct span state)
{
	struct secret bytes = { 0 };
	enum cng_status st = token_open_state(tok, state, &bytes);

	*out = NULL;
	if (st == CNG_OK)
		st = load(out, rd_of(secret_span(&bytes)));
	secret_free(&bytes);
	return st == CNG_ERR_NO_MEMORY || st == CNG_OK ? st :
							 CNG_ERR_BAD_DATA;
}

enum cng_status
operation_digest_key(struct operation *o, const struct token *tok,
    const struct object *key)
{
	struct span value;

	if (o->use != USE_DIGEST)
		return CNG_ERR_OPERATION_STATE;
	if (key->class != OBJ_SECRET)
		return CNG_ERR_KEY_TYPE;
	if (!(key->flags & PROP_BIT(PROP_FINALIZED)))
		return CNG_ERR_KEY_STATE;
	if (key->withheld)
		return CNG_ERR_NOT_LOGGED_IN;
	if (token_may_tell(tok, key, PROP_DERIVE_TEMPLATE) != CNG_OK ||
	    (!tok->compat && !object_allows(key, o->mechanism)))
		return CNG_ERR_KEY_USAGE;
	value = key_part(&key->key, SYM_VALUE);
	/* the built-in null key has no value */
	if (value.len == 0)
		return CNG_ERR_KEY_TYPE;
	return operation_update(o, value, NULL);
}
