/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sessions as callers see them: opening, closing, state, login.
 */
#include "pkcs11/call.h"
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/running.h"
#include "pkcs11/status.h"

/* A card whose keys are as they are still has a PIN to be changed, in a
 * session that is read-write. */
static CK_RV
check_token(struct token *tok, bool read_write, unsigned *card)
{
	struct token_ready ready;
	enum cng_status st;

	st = token_ready(tok, &ready);
	if (st != CNG_OK)
		return status_rv(st);
	if (!ready.initialized)
		return CKR_TOKEN_NOT_RECOGNIZED;
	if (ready.read_only && read_write && !ready.is_card)
		return CKR_TOKEN_WRITE_PROTECTED;
	*card = ready.incarnation;
	/* one that stays locked can still be looked at; the log says why */
	(void)!token_open_self(tok);
	return CKR_OK;
}

CK_RV
C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application,
    CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session)
{
	bool read_write = (flags & CKF_RW_SESSION) != 0;
	unsigned card = 0;
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
	if ((flags & CKF_ASYNC_SESSION) != 0)
		return call_leave(CKR_SESSION_ASYNC_NOT_SUPPORTED);
	tok = call_token(slot);
	if (tok == NULL)
		return call_leave(CKR_SLOT_ID_INVALID);
	rv = check_token(tok, read_write, &card);
	if (rv == CKR_OK)
		rv = call_open_session(slot, tok, card, read_write, session);
	return call_leave(rv);
}

CK_RV
C_CloseSession(CK_SESSION_HANDLE session)
{
	return call_close_session(session);
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

static CK_RV
log_in(struct session *s, enum token_role role, struct span pin, bool known)
{
	CK_RV rv;

	rv = call_login_begin(s->slot, role);
	if (rv != CKR_OK)
		return rv;
	rv = status_rv(known ? token_login_known(s->token, pin) :
			       token_login(s->token, role, pin));
	call_login_end(s->slot, s->token);
	/* a card may have no administrator */
	return rv == CKR_FUNCTION_NOT_SUPPORTED ? CKR_USER_TYPE_INVALID : rv;
}

/* Without a PIN: the configuration, or a file beside the store, has it. */
static CK_RV
log_in_known(struct session *s, CK_USER_TYPE user)
{
	struct secret pin;
	enum cng_status st = token_known_pin(s->token, &pin);
	CK_RV rv;

	if (st == CNG_ERR_NOT_LOGGED_IN)
		return CKR_ARGUMENTS_BAD; /* no other way to enter one */
	if (st != CNG_OK)
		return st == CNG_ERR_NO_MEMORY ? status_rv(st) :
						 CKR_PIN_INCORRECT;
	rv = user == CKU_CONTEXT_SPECIFIC ?
	    running_login(s, secret_span(&pin), true) :
	    log_in(s, ROLE_USER, secret_span(&pin), true);
	secret_free(&pin);
	return rv;
}

static CK_RV
log_in_as(struct session *s, CK_USER_TYPE user, struct given pin)
{
	if (user != CKU_USER && user != CKU_SO &&
	    user != CKU_CONTEXT_SPECIFIC)
		return CKR_USER_TYPE_INVALID;
	if (pin.ptr == NULL && user != CKU_SO)
		return log_in_known(s, user);
	if (pin.ptr == NULL)
		return CKR_ARGUMENTS_BAD;
	if (user == CKU_CONTEXT_SPECIFIC)
		return running_login(s, given_span(pin), false);
	return log_in(s, user == CKU_SO ? ROLE_SO : ROLE_USER,
	    given_span(pin), false);
}

CK_RV
C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin,
    CK_ULONG pin_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	return call_leave_session(
	    s, log_in_as(s, user, (struct given){ pin, pin_len }));
}

/* Users have no names here: whoever gives one means another token. */
CK_RV
C_LoginUser(CK_SESSION_HANDLE session, CK_USER_TYPE user,
    CK_UTF8CHAR_PTR pin, CK_ULONG pin_len, CK_UTF8CHAR_PTR name,
    CK_ULONG name_len)
{
	struct session *s;
	CK_RV rv;

	(void)name;
	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (name_len > 0)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	return call_leave_session(
	    s, log_in_as(s, user, (struct given){ pin, pin_len }));
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
		/* who was the SO leaves a token without a PIN open */
		(void)!token_open_self(s->token);
		call_login_end(s->slot, s->token);
		call_forget_spares();
	}
	return call_leave_session(s, rv);
}
