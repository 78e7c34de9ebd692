/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The state of operations on messages, and signatures of messages.
 */
#include "pkcs11/message.h"

#include "base/alloc.h"
#include "base/wr.h"
#include "pkcs11/mech.h"
#include "pkcs11/message_state.h"
#include "pkcs11/pinonce.h"
#include "pkcs11/status.h"

static const CK_FLAGS flag_of[USE_COUNT] = {
	[USE_ENCRYPT] = CKF_MESSAGE_ENCRYPT,
	[USE_DECRYPT] = CKF_MESSAGE_DECRYPT,
	[USE_SIGN] = CKF_MESSAGE_SIGN,
	[USE_VERIFY] = CKF_MESSAGE_VERIFY,
};

CK_FLAGS
message_flag(enum operation_use use)
{
	return flag_of[use];
}

struct operation *
message_model(const struct session *session, enum operation_use use)
{
	const struct message *m = session->message[use];

	return m == NULL ? NULL : m->model;
}

bool
message_counts(const struct session *session, enum operation_use use)
{
	const struct message *m = session->message[use];

	return m != NULL && m->nonce.count > 0;
}

void
message_end(struct session *session, enum operation_use use)
{
	struct message *m = session->message[use];

	if (m == NULL)
		return;
	operation_free(m->model);
	operation_free(m->now);
	mem_free(m);
	session->message[use] = NULL;
}

/* Messages that are encrypted bring their parameter with them; those that are
 * signed are all signed alike. */
static CK_RV
read_mechanism(const struct job *job, const struct mech **mech,
    struct key_op *op)
{
	CK_FLAGS flag = flag_of[job->use];

	if (job->use == USE_SIGN || job->use == USE_VERIFY)
		return mech_read(job->mechanism, flag, mech, op);
	return mech_begin(job->mechanism, flag, mech, op);
}

CK_RV
message_start(struct session *session, const struct job *job)
{
	struct object *key = NULL;
	struct message *m;
	struct key_op op;
	enum cng_status st;
	const struct mech *mech;
	CK_RV rv;

	m = session->message[job->use];
	if (job->mechanism == NULL) {
		message_end(session, job->use);
		return m == NULL ? CKR_ARGUMENTS_BAD : CKR_OK;
	}
	if (m != NULL)
		return CKR_OPERATION_ACTIVE;
	pinonce_forget(session);
	rv = read_mechanism(job, &mech, &op);
	if (rv != CKR_OK)
		return rv;
	m = mem_new(1, sizeof(*m));
	if (m == NULL)
		return CKR_HOST_MEMORY;
	m->mech = mech;
	session->message[job->use] = m;
	st = token_key_object(session->token, job->key, &key);
	if (st == CNG_OK)
		st = operation_new(
		    &m->model, key, &op, job->use, mech->type);
	object_free(key);
	if (st == CNG_OK)
		session_begun(session, USE_COUNT + job->use);
	else
		message_end(session, job->use);
	return status_rv_key(st);
}

CK_RV
message_finish(struct session *session, const struct job *job)
{
	if (session->message[job->use] == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	message_end(session, job->use);
	return CKR_OK;
}

CK_RV
message_done(struct message *m, CK_RV rv)
{
	operation_free(m->now);
	m->now = NULL;
	m->fed = 0;
	return rv;
}

/* --- signatures --- */

/* No mechanism here has a parameter for each message. */
static CK_RV
check_param(const struct job *job)
{
	return job->param_len == 0 ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

/* Is there an operation, with no message begun? */
static CK_RV
check_idle(const struct message *m, const struct job *job)
{
	if (m == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	return m->now != NULL ? CKR_OPERATION_ACTIVE : check_param(job);
}

/* One begun, and a part for it?  What is wrong with a part ends the message. */
static CK_RV
check_part(struct message *m, const struct job *job)
{
	CK_RV rv;

	if (m == NULL || m->now == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	rv = check_param(job);
	if (rv == CKR_OK && (given_is_bad(job->in) ||
	    (job->signature.ptr != NULL && given_is_bad(job->signature))))
		rv = CKR_ARGUMENTS_BAD;
	return rv == CKR_OK ? rv : message_done(m, rv);
}

/* Is it only a question for the size, or the room too small? */
static bool
is_answered(const struct job *job, enum cng_status st, size_t need, CK_RV *rv)
{
	bool asks = job->out.buf == NULL;

	if (st == CNG_OK && !asks && *job->out.len >= need)
		return false;
	*rv = status_rv(st);
	if (st == CNG_OK) {
		*job->out.len = need;
		*rv = asks ? CKR_OK : CKR_BUFFER_TOO_SMALL;
	}
	return true;
}

static CK_RV
give(struct message *m, const struct job *job, enum cng_status st,
    const struct wr *made)
{
	if (st == CNG_OK)
		*job->out.len = made->len;
	return message_done(m, status_rv(st));
}

CK_RV
message_sign(struct session *session, const struct job *job)
{
	struct message *m = session->message[USE_SIGN];
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;
	CK_RV rv;

	rv = check_idle(m, job);
	if (rv != CKR_OK)
		return rv;
	if (given_is_bad(job->in) || job->out.len == NULL)
		return CKR_ARGUMENTS_BAD;
	st = operation_run(m->model, given_span(job->in), &w);
	if (is_answered(job, st, w.len, &rv))
		return rv;
	st = operation_again(&m->now, m->model, NULL);
	if (st != CNG_OK)
		return status_rv(st);
	w = wr_of(job->out.buf, *job->out.len);
	return give(
	    m, job, operation_run(m->now, given_span(job->in), &w), &w);
}

CK_RV
message_verify(struct session *session, const struct job *job)
{
	struct message *m = session->message[USE_VERIFY];
	enum cng_status st;
	CK_RV rv;

	rv = check_idle(m, job);
	if (rv != CKR_OK)
		return rv;
	if (given_is_bad(job->in) || given_is_none(job->signature))
		return CKR_ARGUMENTS_BAD;
	st = operation_again(&m->now, m->model, NULL);
	if (st == CNG_OK)
		st = operation_verify(m->now, given_span(job->in),
		    given_span(job->signature));
	return message_done(m, status_rv(st));
}

CK_RV
message_sign_begin(struct session *session, const struct job *job)
{
	struct message *m = session->message[job->use];
	CK_RV rv;

	rv = check_idle(m, job);
	return rv == CKR_OK ?
	    status_rv(operation_again(&m->now, m->model, NULL)) : rv;
}

/* A part of a message whose rest is still to come. */
static CK_RV
feed(struct message *m, const struct job *job)
{
	struct wr none = wr_of(NULL, 0);
	enum cng_status st;

	st = operation_update(m->now, given_span(job->in), &none);
	return st == CNG_OK ? CKR_OK : message_done(m, status_rv(st));
}

CK_RV
message_sign_next(struct session *session, const struct job *job)
{
	struct message *m = session->message[USE_SIGN];
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;
	CK_RV rv;

	rv = check_part(m, job);
	if (rv != CKR_OK)
		return rv;
	if (job->out.len == NULL)
		return feed(m, job);
	/* Whoever asks for the size first gives the part again. */
	st = operation_final(m->now, &w);
	if (is_answered(job, st, w.len, &rv))
		return st == CNG_OK ? rv : message_done(m, rv);
	rv = feed(m, job);
	if (rv != CKR_OK)
		return rv;
	w = wr_of(job->out.buf, *job->out.len);
	return give(m, job, operation_final(m->now, &w), &w);
}

CK_RV
message_verify_next(struct session *session, const struct job *job)
{
	struct message *m = session->message[USE_VERIFY];
	CK_RV rv;

	rv = check_part(m, job);
	if (rv != CKR_OK)
		return rv;
	rv = feed(m, job);
	if (rv != CKR_OK || job->signature.ptr == NULL)
		return rv;
	return message_done(m, status_rv(operation_verify_final(
	    m->now, given_span(job->signature))));
}
