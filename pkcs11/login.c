/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sessions as callers see them: opening, closing, state, login.
 */
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/running.h"
#include "pkcs11/status.h"

static CK_RV
check_token(struct token *tok, bool read_write)
{
	struct token_info info;
	enum cng_status st;

	st = token_info(tok, &info);
	if (st == CNG_OK)
		st = info.fault;
	if (st != CNG_OK)
		return status_rv(st);
	if (!info.initialized)
		return CKR_TOKEN_NOT_RECOGNIZED;
	if (info.read_only && read_write)
		return CKR_TOKEN_WRITE_PROTECTED;
	return CKR_OK;
}

CK_RV
C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application,
    CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session)
{
	bool read_write = (flags & CKF_RW_SESSION) != 0;
	struct token *tok;
	CK_RV rv;

	(void)application;
	(void)notify; /* there is no event to notify of */
	rv = call_enter();
	if (rv != CKR_OK)
		return rv;
	if (session == NULL)
		return call_leave(CKR_ARGUMENTS_BAD);
	if ((flags & CKF_SERIAL_SESSION) == 0)
		return call_leave(CKR_SESSION_PARALLEL_NOT_SUPPORTED);
	tok = call_token(slot);
	if (tok == NULL)
		return call_leave(CKR_SLOT_ID_INVALID);
	rv = check_token(tok, read_write);
	if (rv == CKR_OK)
		rv = call_open_session(slot, tok, read_write, session);
	return call_leave(rv);
}

CK_RV
C_CloseSession(CK_SESSION_HANDLE session)
{
	CK_RV rv;

	rv = call_enter();
	if (rv != CKR_OK)
		return rv;
	return call_leave(call_close_session(session));
}

CK_RV
C_CloseAllSessions(CK_SLOT_ID slot)
{
	struct token *tok;
	CK_RV rv;

	rv = call_enter_slot(&tok, slot);
	if (rv != CKR_OK)
		return rv;
	call_close_all(slot);
	return call_leave(CKR_OK);
}

static CK_STATE
state_of(const struct session *s)
{
	switch (token_logged_in(s->token)) {
	case ROLE_USER:
		return s->read_write ? CKS_RW_USER_FUNCTIONS :
		    CKS_RO_USER_FUNCTIONS;
	case ROLE_SO:
		return CKS_RW_SO_FUNCTIONS;
	case ROLE_NONE:
		break;
	}
	return s->read_write ? CKS_RW_PUBLIC_SESSION : CKS_RO_PUBLIC_SESSION;
}

CK_RV
C_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO_PTR info)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (info == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	*info = (CK_SESSION_INFO){
		.slotID = s->slot,
		.state = state_of(s),
		.flags = CKF_SERIAL_SESSION |
		    (s->read_write ? CKF_RW_SESSION : 0),
	};
	return call_leave_session(s, CKR_OK);
}

CK_RV
C_GetOperationState(
    CK_SESSION_HANDLE session, CK_BYTE_PTR state, CK_ULONG_PTR state_len)
{
	struct session *s;
	CK_RV rv;

	(void)state;
	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = CKR_OPERATION_NOT_INITIALIZED;
	for (size_t i = 0; i < USE_COUNT; i++)
		if (s->op[i] != NULL)
			rv = CKR_STATE_UNSAVEABLE;
	if (state_len == NULL)
		rv = CKR_ARGUMENTS_BAD;
	return call_leave_session(s, rv);
}

/* We never gave a state out. */
CK_RV
C_SetOperationState(CK_SESSION_HANDLE session, CK_BYTE_PTR state,
    CK_ULONG state_len, CK_OBJECT_HANDLE cipher_key, CK_OBJECT_HANDLE sign_key)
{
	struct session *s;
	CK_RV rv;

	(void)state_len;
	(void)cipher_key;
	(void)sign_key;
	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	return call_leave_session(s,
	    state == NULL ? CKR_ARGUMENTS_BAD : CKR_SAVED_STATE_INVALID);
}

static CK_RV
log_in(struct session *s, enum token_role role, struct span pin)
{
	CK_RV rv;

	rv = call_login_begin(s->slot, role);
	if (rv != CKR_OK)
		return rv;
	rv = status_rv(token_login(s->token, role, pin));
	call_login_end(s->slot, s->token);
	return rv;
}

CK_RV
C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin,
    CK_ULONG pin_len)
{
	struct span given = span_of(pin, pin_len);
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (user != CKU_USER && user != CKU_SO &&
	    user != CKU_CONTEXT_SPECIFIC)
		rv = CKR_USER_TYPE_INVALID;
	else if (pin == NULL)
		rv = CKR_ARGUMENTS_BAD; /* no other way to enter one */
	else if (user == CKU_CONTEXT_SPECIFIC)
		rv = running_login(s, given);
	else
		rv = log_in(s, user == CKU_SO ? ROLE_SO : ROLE_USER, given);
	return call_leave_session(s, rv);
}

CK_RV
C_Logout(CK_SESSION_HANDLE session)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = call_login_begin(s->slot, ROLE_NONE);
	if (rv == CKR_OK) {
		rv = status_rv(token_logout(s->token));
		call_login_end(s->slot, s->token);
	}
	return call_leave_session(s, rv);
}
