/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Running operations of a session, and the convention of asking for a size
 * first.  A size query and CKR_BUFFER_TOO_SMALL leave an operation as it
 * was; every other answer of a call that could have ended it, ends it.
 */
#ifndef CNG_PKCS11_RUNNING_H
#define CNG_PKCS11_RUNNING_H

#include "pkcs11/session.h"

/* Bytes from the caller. */
struct given {
	const CK_BYTE *ptr;
	CK_ULONG len;
};

/* Room at the caller's, or NULL to ask for the length. */
struct wanted {
	CK_BYTE *buf;
	CK_ULONG *len;
};

/* What one call is about: of all this, what the call has. */
struct job {
	enum operation_use use;
	enum operation_use beside;   /* fed too, in the dual calls */
	const CK_MECHANISM *mechanism;
	CK_OBJECT_HANDLE key;
	struct given in;
	struct given signature;
	struct given aad;            /* messages: with its parameter */
	void *param;
	CK_ULONG param_len;
	bool last;                   /* messages: no part comes after */
	struct wanted out;
};

typedef CK_RV running_work(struct session *session, const struct job *job);

/* More than any memory holds is a number that somebody forgot to set. */
static inline bool
given_is_bad(struct given in)
{
	return (in.ptr == NULL && in.len > 0) || in.len >= PTRDIFF_MAX;
}

/* An empty signature is one that does not fit, and none is no argument. */
static inline bool
given_is_none(struct given in)
{
	return in.ptr == NULL || given_is_bad(in);
}

static inline struct span
given_span(struct given in)
{
	return span_of(in.ptr, in.len);
}

/* In by the session's handle, the work, and out. */
CK_RV running_named(const char *call, CK_SESSION_HANDLE handle,
    running_work *work, const struct job *job);
#define running_call(handle, work, job) \
	running_named(__func__, handle, work, job)

/* A NULL mechanism ends the operation that runs. */
running_work running_start;

running_work running_once;
running_work running_verify;

/* Encrypt and decrypt. */
running_work running_update;
/* Sign, verify and digest. */
running_work running_feed;
running_work running_final;
running_work running_verify_final;

/* The signature comes first, the data after it. */
running_work running_verify_start;
running_work running_verify_known;
running_work running_verify_feed;
running_work running_verify_end;

running_work running_digest_key;

/* Ends what runs of that use, on messages too. */
void running_cancel_use(struct session *session, enum operation_use use);
/* Ends what the CKF_ flags name. */
void running_cancel(struct session *session, CK_FLAGS flags);

/* A context-specific login: for the operation that waits for one, the last
 * where several do. */
/* known: of token_known_pin */
CK_RV running_login(struct session *session, struct span pin, bool known);

#endif
