/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Calls about a session that came with 3.0 and 3.2: ending operations, what
 * was validated, and results of calls that run on, of which there are none.
 */
#include "pkcs11/call.h"
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/running.h"

CK_RV
C_SessionCancel(CK_SESSION_HANDLE session, CK_FLAGS flags)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	running_cancel(s, flags);
	return call_leave_session(s, CKR_OK);
}

/* Nobody has validated this module. */
CK_RV
C_GetSessionValidationFlags(CK_SESSION_HANDLE session,
    CK_SESSION_VALIDATION_FLAGS_TYPE type, CK_FLAGS_PTR flags)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (flags == NULL || type != CKS_LAST_VALIDATION_OK)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	*flags = 0;
	return call_leave_session(s, CKR_OK);
}

/* No call here runs on after it has returned. */
static CK_RV
not_async(const char *call, CK_SESSION_HANDLE session,
    const CK_UTF8CHAR *function, const void *out)
{
	struct session *s;
	CK_RV rv;

	rv = call_entered_session(call, &s, session);
	if (rv != CKR_OK)
		return rv;
	return call_left_session(call, s, function == NULL || out == NULL ?
	    CKR_ARGUMENTS_BAD : CKR_SESSION_ASYNC_NOT_SUPPORTED);
}

CK_RV
C_AsyncComplete(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR function,
    CK_ASYNC_DATA_PTR result)
{
	return not_async(__func__, session, function, result);
}

CK_RV
C_AsyncGetID(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR function,
    CK_ULONG_PTR id)
{
	return not_async(__func__, session, function, id);
}

CK_RV
C_AsyncJoin(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR function, CK_ULONG id,
    CK_BYTE_PTR data, CK_ULONG data_len)
{
	(void)id;
	(void)data_len;
	return not_async(__func__, session, function, data);
}
