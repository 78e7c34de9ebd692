/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The state of running operations, saved and restored.
 */
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"

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
