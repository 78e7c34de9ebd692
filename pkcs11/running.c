/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One place for what all cryptographic calls do alike.
 */
#include "pkcs11/pinonce.h"
#include "pkcs11/running.h"

#include "base/wr.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki3.h"
#include "pkcs11/mech.h"
#include "pkcs11/message.h"
#include "pkcs11/status.h"

static const CK_FLAGS flag_of[USE_COUNT] = {
	[USE_ENCRYPT] = CKF_ENCRYPT,
	[USE_DECRYPT] = CKF_DECRYPT,
	[USE_SIGN] = CKF_SIGN,
	[USE_SIGN_RECOVER] = CKF_SIGN_RECOVER,
	[USE_VERIFY] = CKF_VERIFY,
	[USE_VERIFY_RECOVER] = CKF_VERIFY_RECOVER,
	[USE_DIGEST] = CKF_DIGEST,
};

CK_RV
running_named(const char *call, CK_SESSION_HANDLE handle,
    running_work *work, const struct job *job)
{
	struct session *session;
	CK_RV rv;

	rv = call_entered_session(call, &session, handle);
	if (rv != CKR_OK)
		return rv;
	return call_left_session(call, session, work(session, job));
}

static CK_RV
end(struct session *session, enum operation_use use, CK_RV rv)
{
	session_end(session, use);
	if (use == USE_VERIFY) {
		secret_free(&session->signature);
		session->signature_first = false;
	}
	return rv;
}

static CK_RV
start_with(struct session *session, enum operation_use use,
    const CK_MECHANISM *mechanism, const struct key_op *op,
    CK_OBJECT_HANDLE key)
{
	struct operation *spare = session->spare[use];
	struct object *obj = NULL;
	enum cng_status st = CNG_OK;

	if (use == USE_DIGEST)
		key = 0;
	session->spare[use] = NULL;
	if (spare != NULL && operation_renew(spare, session->token, key, op,
	    mechanism->mechanism)) {
		session->op[use] = spare;
		return CKR_OK;
	}
	operation_free(spare);
	if (use != USE_DIGEST)
		st = token_key_object(session->token, key, &obj);
	if (st == CNG_OK)
		st = operation_new(&session->op[use], obj, op, use,
		    mechanism->mechanism);
	object_free(obj);
	return status_rv_key(st);
}

/* pkcs11-provider copies a digest by its state, forgets one of the two, and
 * uses the session for the next.  Whoever has the state lost nothing. */
static bool
is_forgotten(const struct session *session, enum operation_use use)
{
	return use == USE_DIGEST && session->digest_saved;
}

CK_RV
running_start(struct session *session, const struct job *job)
{
	enum operation_use use = job->use;
	struct key_op op;
	CK_RV rv;

	if (job->mechanism == NULL)
		return session->op[use] == NULL ? CKR_ARGUMENTS_BAD :
		    end(session, use, CKR_OK);
	if (session->op[use] != NULL && !is_forgotten(session, use))
		return CKR_OPERATION_ACTIVE;
	pinonce_forget(session);
	rv = mech_read_again(
	    job->mechanism, flag_of[use], &session->row[use], &op);
	if (rv != CKR_OK)
		return rv;
	if (session->op[use] != NULL)
		(void)end(session, use, CKR_OK);
	if (use == USE_DIGEST)
		session->digest_saved = false;
	rv = start_with(session, use, job->mechanism, &op, job->key);
	if (rv == CKR_OK)
		session_begun(session, use);
	return rv;
}

/* A verification whose signature came first is not one of the other kind. */
static struct operation *
verifying(const struct session *session, bool signature_first)
{
	return session->signature_first == signature_first ?
	    session->op[USE_VERIFY] : NULL;
}

/* The end of a call that writes.  last: success ends the operation too. */
static CK_RV
report(struct session *session, enum operation_use use, enum cng_status st,
    const struct wr *written, struct wanted out, bool last)
{
	if (st != CNG_OK && st != CNG_ERR_BUFFER_TOO_SMALL)
		return end(session, use, status_rv(st));
	*out.len = written->len;
	if (st == CNG_ERR_BUFFER_TOO_SMALL)
		return CKR_BUFFER_TOO_SMALL;
	if (last && out.buf != NULL)
		return end(session, use, CKR_OK);
	return CKR_OK;
}

CK_RV
running_once(struct session *session, const struct job *job)
{
	struct operation *o = session->op[job->use];
	struct wanted out = job->out;
	struct wr w;

	if (o == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (operation_is_multipart(o))
		return CKR_OPERATION_ACTIVE;
	if (given_is_bad(job->in) || out.len == NULL)
		return end(session, job->use, CKR_ARGUMENTS_BAD);
	w = wr_of(out.buf, *out.len);
	return report(session, job->use,
	    operation_run(o, given_span(job->in), &w), &w, out, true);
}

CK_RV
running_verify(struct session *session, const struct job *job)
{
	struct operation *o = verifying(session, false);

	if (o == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (operation_is_multipart(o))
		return CKR_OPERATION_ACTIVE;
	if (given_is_bad(job->in) || given_is_none(job->signature))
		return end(session, USE_VERIFY, CKR_ARGUMENTS_BAD);
	return end(session, USE_VERIFY, status_rv(operation_verify(
	    o, given_span(job->in), given_span(job->signature))));
}

CK_RV
running_update(struct session *session, const struct job *job)
{
	struct operation *o = session->op[job->use];
	struct wanted out = job->out;
	struct wr w;

	if (o == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (given_is_bad(job->in) || out.len == NULL)
		return end(session, job->use, CKR_ARGUMENTS_BAD);
	w = wr_of(out.buf, *out.len);
	return report(session, job->use,
	    operation_update(o, given_span(job->in), &w), &w, out, false);
}

static CK_RV
feed(struct session *session, const struct job *job)
{
	struct operation *o = session->op[job->use];
	struct wr none = wr_of(NULL, 0);
	enum cng_status st;

	if (o == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (given_is_bad(job->in))
		return end(session, job->use, CKR_ARGUMENTS_BAD);
	st = operation_update(o, given_span(job->in), &none);
	return st == CNG_OK ? CKR_OK :
	    end(session, job->use, status_rv(st));
}

CK_RV
running_feed(struct session *session, const struct job *job)
{
	if (job->use == USE_VERIFY && session->signature_first)
		return CKR_OPERATION_NOT_INITIALIZED;
	return feed(session, job);
}

CK_RV
running_final(struct session *session, const struct job *job)
{
	struct operation *o = session->op[job->use];
	struct wanted out = job->out;
	struct wr w;

	if (o == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (out.len == NULL)
		return end(session, job->use, CKR_ARGUMENTS_BAD);
	w = wr_of(out.buf, *out.len);
	return report(
	    session, job->use, operation_final(o, &w), &w, out, true);
}

CK_RV
running_verify_final(struct session *session, const struct job *job)
{
	struct operation *o = verifying(session, false);

	if (o == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (given_is_none(job->signature))
		return end(session, USE_VERIFY, CKR_ARGUMENTS_BAD);
	return end(session, USE_VERIFY, status_rv(operation_verify_final(
	    o, given_span(job->signature))));
}

/* --- the signature first --- */

CK_RV
running_verify_start(struct session *session, const struct job *job)
{
	CK_RV rv;

	if (job->mechanism != NULL && given_is_none(job->signature))
		return CKR_ARGUMENTS_BAD;
	rv = running_start(session, job);
	if (rv != CKR_OK || session->op[USE_VERIFY] == NULL)
		return rv;
	session->signature_first = true;
	rv = status_rv(secret_copy(
	    &session->signature, given_span(job->signature)));
	return rv == CKR_OK ? CKR_OK : end(session, USE_VERIFY, rv);
}

CK_RV
running_verify_known(struct session *session, const struct job *job)
{
	struct operation *o = verifying(session, true);

	if (o == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (operation_is_multipart(o))
		return CKR_OPERATION_ACTIVE;
	if (given_is_bad(job->in))
		return end(session, USE_VERIFY, CKR_ARGUMENTS_BAD);
	return end(session, USE_VERIFY, status_rv(operation_verify(o,
	    given_span(job->in), secret_span(&session->signature))));
}

CK_RV
running_verify_feed(struct session *session, const struct job *job)
{
	return verifying(session, true) == NULL ?
	    CKR_OPERATION_NOT_INITIALIZED : feed(session, job);
}

CK_RV
running_verify_end(struct session *session, const struct job *job)
{
	struct operation *o = verifying(session, true);

	(void)job;
	if (o == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	return end(session, USE_VERIFY, status_rv(operation_verify_final(
	    o, secret_span(&session->signature))));
}

/* --- the rest --- */

CK_RV
running_digest_key(struct session *session, const struct job *job)
{
	struct operation *o = session->op[USE_DIGEST];
	struct object *obj = NULL;
	enum cng_status st;
	CK_RV rv;

	if (o == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	st = token_key_object(session->token, job->key, &obj);
	if (st == CNG_OK)
		st = operation_digest_key(o, session->token, obj);
	object_free(obj);
	rv = st == CNG_ERR_KEY_TYPE || st == CNG_ERR_KEY_USAGE ?
	    CKR_KEY_INDIGESTIBLE : status_rv_key(st);
	/* of a key that was refused the digest has had nothing */
	return st == CNG_ERR_INTERNAL ? end(session, USE_DIGEST, rv) : rv;
}

void
running_cancel_use(struct session *session, enum operation_use use)
{
	(void)end(session, use, CKR_OK);
	message_end(session, use);
}

void
running_cancel(struct session *session, CK_FLAGS flags)
{
	for (size_t i = 0; i < USE_COUNT; i++) {
		if (flags & flag_of[i])
			(void)end(session, (enum operation_use)i, CKR_OK);
		if (flags & message_flag((enum operation_use)i))
			message_end(session, (enum operation_use)i);
	}
	if (flags & (CKF_DERIVE | CKF_UNWRAP | CKF_DECAPSULATE))
		pinonce_forget(session);
	if (flags & CKF_FIND_OBJECTS)
		session_end_search(session);
}

/* All that may wait for a PIN: operations, then those on messages. */
static struct operation *
waiting(const struct session *session, size_t i)
{
	struct operation *o = i < USE_COUNT ? session->op[i] :
	    message_model(session, (enum operation_use)(i - USE_COUNT));

	return o != NULL && operation_needs_pin(o) ? o : NULL;
}

/* The one that was begun last. */
static struct operation *
next_waiting(const struct session *session)
{
	struct operation *o = NULL;
	uint64_t begun = 0;

	for (size_t i = 0; i < 2 * USE_COUNT; i++)
		if (session->begun[i] > begun &&
		    waiting(session, i) != NULL) {
			o = waiting(session, i);
			begun = session->begun[i];
		}
	return o;
}

CK_RV
running_login(struct session *session, struct span pin, bool known)
{
	bool once = pinonce_waits(session);
	struct operation *o = once ? NULL : next_waiting(session);
	enum cng_status st;

	if (!once && o == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	st = known ? token_check_known_pin(session->token, pin) :
		     token_check_pin(session->token, pin);
	if (st == CNG_OK && once)
		pinonce_given(session);
	if (st == CNG_OK && !once)
		operation_pin_given(o);
	return status_rv(st);
}
