/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Encryption and decryption.
 */
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/running.h"

CK_RV
C_EncryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = running_start(s, USE_ENCRYPT, mechanism, key);
	return call_leave_session(s, rv);
}

CK_RV
C_Encrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = running_once(s, USE_ENCRYPT, (struct given){ data, data_len },
	    (struct wanted){ out, out_len });
	return call_leave_session(s, rv);
}

CK_RV
C_EncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part, CK_ULONG part_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = running_update(s, USE_ENCRYPT, (struct given){ part,
	    part_len }, (struct wanted){ out, out_len });
	return call_leave_session(s, rv);
}

CK_RV
C_EncryptFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = running_final(s, USE_ENCRYPT, (struct wanted){ out, out_len });
	return call_leave_session(s, rv);
}

CK_RV
C_DecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = running_start(s, USE_DECRYPT, mechanism, key);
	return call_leave_session(s, rv);
}

CK_RV
C_Decrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = running_once(s, USE_DECRYPT, (struct given){ data, data_len },
	    (struct wanted){ out, out_len });
	return call_leave_session(s, rv);
}

CK_RV
C_DecryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part, CK_ULONG part_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = running_update(s, USE_DECRYPT, (struct given){ part,
	    part_len }, (struct wanted){ out, out_len });
	return call_leave_session(s, rv);
}

CK_RV
C_DecryptFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = running_final(s, USE_DECRYPT, (struct wanted){ out, out_len });
	return call_leave_session(s, rv);
}
