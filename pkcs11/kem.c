/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key encapsulation.
 */
#include "pkcs11/call.h"
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/mech.h"

CK_RV
C_EncapsulateKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE public_key, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count,
    CK_BYTE_PTR cipher, CK_ULONG_PTR cipher_len, CK_OBJECT_HANDLE_PTR key)
{
	struct session *s;
	CK_RV rv;

	(void)public_key;
	(void)tmpl;
	(void)count;
	(void)cipher;
	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (mechanism == NULL || cipher_len == NULL || key == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	return call_leave_session(s, CKR_MECHANISM_INVALID);
}

CK_RV
C_DecapsulateKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE private_key, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count,
    CK_BYTE_PTR cipher, CK_ULONG cipher_len, CK_OBJECT_HANDLE_PTR key)
{
	struct session *s;
	CK_RV rv;

	(void)private_key;
	(void)tmpl;
	(void)count;
	(void)cipher_len;
	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (mechanism == NULL || cipher == NULL || key == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	return call_leave_session(s, CKR_MECHANISM_INVALID);
}
