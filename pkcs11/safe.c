/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The calls without a session, as the lists that are safe to fork have them.
 */
#include "pkcs11/safe.h"

#include "pkcs11/call.h"

CK_RV
safe_initialize(CK_VOID_PTR args)
{
	call_is_safe();
	return call_was_safe(C_Initialize(args));
}

CK_RV
safe_finalize(CK_VOID_PTR reserved)
{
	call_is_safe();
	return call_was_safe(C_Finalize(reserved));
}

CK_RV
safe_get_info(CK_INFO_PTR info)
{
	call_is_safe();
	return call_was_safe(C_GetInfo(info));
}

CK_RV
safe_get_slot_list(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count)
{
	call_is_safe();
	return call_was_safe(C_GetSlotList(present, list, count));
}

CK_RV
safe_get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info)
{
	call_is_safe();
	return call_was_safe(C_GetSlotInfo(slot, info));
}

CK_RV
safe_get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info)
{
	call_is_safe();
	return call_was_safe(C_GetTokenInfo(slot, info));
}

CK_RV
safe_get_mechanism_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list,
    CK_ULONG_PTR count)
{
	call_is_safe();
	return call_was_safe(C_GetMechanismList(slot, list, count));
}

CK_RV
safe_get_mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type,
    CK_MECHANISM_INFO_PTR info)
{
	call_is_safe();
	return call_was_safe(C_GetMechanismInfo(slot, type, info));
}

CK_RV
safe_init_token(CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len,
    CK_UTF8CHAR_PTR label)
{
	call_is_safe();
	return call_was_safe(C_InitToken(slot, pin, pin_len, label));
}

CK_RV
safe_open_session(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application,
    CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session)
{
	call_is_safe();
	return call_was_safe(
	    C_OpenSession(slot, flags, application, notify, session));
}

CK_RV
safe_close_all_sessions(CK_SLOT_ID slot)
{
	call_is_safe();
	return call_was_safe(C_CloseAllSessions(slot));
}

CK_RV
safe_wait_for_slot_event(CK_FLAGS flags, CK_SLOT_ID_PTR slot,
    CK_VOID_PTR reserved)
{
	call_is_safe();
	return call_was_safe(C_WaitForSlotEvent(flags, slot, reserved));
}
