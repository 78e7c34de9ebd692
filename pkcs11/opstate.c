/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The state of a digest, saved and restored; other operations keep theirs.
 */
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/running.h"
#include "pkcs11/status.h"

/* The one operation that runs, if it is a digest. */
static CK_RV
digest_alone(const struct session *s, struct operation **out)
{
	size_t i;

	for (i = 0; i < USE_COUNT; i++)
		if (s->message[i] != NULL ||
		    (s->op[i] != NULL && i != USE_DIGEST))
			return CKR_STATE_UNSAVEABLE;
	*out = s->op[USE_DIGEST];
	return *out == NULL ? CKR_OPERATION_NOT_INITIALIZED : CKR_OK;
}

static CK_RV
save(struct session *s, struct wanted out)
{
	struct operation *o = NULL;
	struct secret state = { 0 };
	enum cng_status st;
	CK_ULONG room;
	CK_RV rv;

	rv = digest_alone(s, &o);
	if (rv != CKR_OK)
		return rv;
	st = operation_save(o, s->token, &state);
	if (st != CNG_OK)
		return st == CNG_ERR_NOT_SUPPORTED ? CKR_STATE_UNSAVEABLE :
						     status_rv(st);
	room = *out.len;
	*out.len = state.len;
	if (out.buf != NULL && room < state.len)
		rv = CKR_BUFFER_TOO_SMALL;
	else if (out.buf != NULL) {
		memcpy(out.buf, state.ptr, state.len);
		s->digest_saved = true;
	}
	secret_free(&state);
	return rv;
}

CK_RV
C_GetOperationState(
    CK_SESSION_HANDLE session, CK_BYTE_PTR state, CK_ULONG_PTR state_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (state_len == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	return call_leave_session(
	    s, save(s, (struct wanted){ state, state_len }));
}

/* All that ran makes room, as the standard has it; a state that is not good
 * changes nothing. */
static CK_RV
restore(struct session *s, struct span state)
{
	struct operation *o;
	enum cng_status st;
	size_t i;

	st = operation_load(&o, s->token, state);
	if (st != CNG_OK)
		return st == CNG_ERR_BAD_DATA ? CKR_SAVED_STATE_INVALID :
						status_rv(st);
	for (i = 0; i < USE_COUNT; i++)
		running_cancel_use(s, (enum operation_use)i);
	s->op[USE_DIGEST] = o;
	s->digest_saved = true;
	return CKR_OK;
}

CK_RV
C_SetOperationState(CK_SESSION_HANDLE session, CK_BYTE_PTR state,
    CK_ULONG state_len, CK_OBJECT_HANDLE cipher_key, CK_OBJECT_HANDLE sign_key)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (state == NULL || state_len >= PTRDIFF_MAX)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	if (cipher_key != CK_INVALID_HANDLE || sign_key != CK_INVALID_HANDLE)
		return call_leave_session(s, CKR_KEY_NOT_NEEDED);
	return call_leave_session(
	    s, restore(s, span_of(state, state_len)));
}
