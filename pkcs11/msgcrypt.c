/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages that are encrypted and decrypted.  Of one that is decrypted nothing
 * is given out before its tag was checked: of one in parts, with the last.
 */
#include "base/wr.h"
#include "pkcs11/message_state.h"
#include "pkcs11/status.h"

/* A message that was not begun with Begin: of one, or for Begin itself. */
static CK_RV
read_param(const struct message *m, const struct job *job,
    struct msgparam *out)
{
	if (m == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (given_is_bad(job->in) || given_is_bad(job->aad) ||
	    job->param == NULL)
		return CKR_ARGUMENTS_BAD;
	return msgparam_read(out, m->mech, job->param, job->param_len,
	    job->use == USE_ENCRYPT) && !out->tag_follows ?
	    CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

static CK_RV
begin(struct session *session, const struct job *job,
    const struct msgparam *p)
{
	struct message *m = session->message[job->use];
	struct key_op op = { .scheme = m->mech->scheme };
	CK_RV rv = CKR_OK;

	if (job->use == USE_ENCRYPT)
		rv = msgparam_make_nonce(p, &m->nonce, session->token);
	if (rv != CKR_OK)
		return rv;
	msgparam_op(p, given_span(job->aad), &op);
	m->fed = 0;
	return status_rv(operation_again(&m->now, m->model, &op));
}

/* A mechanism that has no parts: text and tag come and go as one. */
static enum cng_status
pass_whole(struct message *m, const struct job *job,
    const struct msgparam *p, struct wr *out)
{
	struct span in = given_span(job->in);
	struct secret room = { 0 };
	enum cng_status st;
	struct wr w;

	if (job->use == USE_ENCRYPT) {
		st = secret_new(&room, in.len + p->tag_len);
		w = wr_of(room.ptr, room.len);
		if (st == CNG_OK)
			st = operation_run(m->now, in, &w);
		if (st == CNG_OK) {
			wr_bytes(out, span_of(room.ptr, in.len));
			memcpy(p->tag, room.ptr + in.len, p->tag_len);
		}
	} else {
		st = secret_copy(&room, in);
		if (st == CNG_OK)
			st = secret_append(
			    &room, span_of(p->tag, p->tag_len));
		if (st == CNG_OK)
			st = operation_run(m->now, secret_span(&room), out);
	}
	secret_free(&room);
	return st;
}

static bool
has_parts(const struct message *m)
{
	return (m->mech->flags & CKF_MULTI_MESSAGE) != 0;
}

/* The part goes through; with the last one the tag is made or checked. */
static enum cng_status
pass(struct message *m, const struct job *job, const struct msgparam *p,
    struct wr *out)
{
	struct wr tag = wr_of(p->tag, p->tag_len);
	struct operation *now = m->now;
	enum cng_status st;

	st = operation_update(now, given_span(job->in), out);
	if (st != CNG_OK || !job->last)
		return st;
	if (job->use == USE_ENCRYPT)
		return operation_final(now, &tag);
	st = operation_update(now, span_of(p->tag, p->tag_len), out);
	return st == CNG_OK ? operation_final(now, out) : st;
}

/* What a part makes: known before it is looked at. */
static CK_ULONG
room_for(const struct message *m, const struct job *job)
{
	if (job->use == USE_ENCRYPT)
		return job->in.len;
	return job->last ? m->fed + job->in.len : 0;
}

/* Is it only a question, or the buffer too small? */
static bool
is_answered(const struct message *m, const struct job *job, CK_RV *rv)
{
	CK_ULONG need = room_for(m, job);
	bool asks = job->out.buf == NULL;

	if (!asks && *job->out.len >= need)
		return false;
	*job->out.len = need;
	*rv = asks ? CKR_OK : CKR_BUFFER_TOO_SMALL;
	return true;
}

static CK_RV
go_on(struct message *m, const struct job *job, const struct msgparam *p)
{
	struct wr w = wr_of(job->out.buf, *job->out.len);
	enum cng_status st;
	CK_RV rv;

	st = has_parts(m) ? pass(m, job, p, &w) : pass_whole(m, job, p, &w);
	if (st == CNG_OK) {
		*job->out.len = w.len;
		m->fed += job->in.len;
		return job->last ? message_done(m, CKR_OK) : CKR_OK;
	}
	rv = st == CNG_ERR_CIPHERTEXT ? CKR_AEAD_DECRYPT_FAILED :
					status_rv(st);
	return message_done(m, rv);
}

CK_RV
message_crypt(struct session *session, const struct job *job)
{
	struct message *m = session->message[job->use];
	struct msgparam p;
	CK_RV rv;

	rv = read_param(m, job, &p);
	if (rv != CKR_OK)
		return rv;
	if (m->now != NULL)
		return CKR_OPERATION_ACTIVE;
	if (job->out.len == NULL)
		return CKR_ARGUMENTS_BAD;
	m->fed = 0;
	if (is_answered(m, job, &rv))
		return rv;
	rv = begin(session, job, &p);
	return rv == CKR_OK ? go_on(m, job, &p) : rv;
}

CK_RV
message_crypt_begin(struct session *session, const struct job *job)
{
	struct message *m = session->message[job->use];
	struct msgparam p;
	CK_RV rv;

	rv = read_param(m, job, &p);
	if (rv != CKR_OK)
		return rv;
	if (m->now != NULL)
		return CKR_OPERATION_ACTIVE;
	if (!has_parts(m))
		return CKR_FUNCTION_NOT_SUPPORTED;
	return begin(session, job, &p);
}

CK_RV
message_crypt_next(struct session *session, const struct job *job)
{
	struct message *m = session->message[job->use];
	struct msgparam p;
	CK_RV rv;

	if (m == NULL || m->now == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	rv = read_param(m, job, &p);
	if (rv == CKR_OK && job->out.len == NULL)
		rv = CKR_ARGUMENTS_BAD;
	if (rv != CKR_OK)
		return message_done(m, rv);
	if (is_answered(m, job, &rv))
		return rv;
	return go_on(m, job, &p);
}
