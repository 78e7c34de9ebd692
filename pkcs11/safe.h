/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lists with CKF_INTERFACE_FORK_SAFE: in a child their callers go on with a
 * copy of all they had.  A session knows through which kind of list it was
 * opened; only the calls without one have to be told.
 */
#ifndef CNG_PKCS11_SAFE_H
#define CNG_PKCS11_SAFE_H

#include "pkcs11/cryptoki_calls.h"

CK_RV safe_initialize(CK_VOID_PTR args);
CK_RV safe_finalize(CK_VOID_PTR reserved);
CK_RV safe_get_info(CK_INFO_PTR info);
CK_RV safe_get_slot_list(CK_BBOOL present, CK_SLOT_ID_PTR list,
    CK_ULONG_PTR count);
CK_RV safe_get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info);
CK_RV safe_get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info);
CK_RV safe_get_mechanism_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list,
    CK_ULONG_PTR count);
CK_RV safe_get_mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type,
    CK_MECHANISM_INFO_PTR info);
CK_RV safe_init_token(CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len,
    CK_UTF8CHAR_PTR label);
CK_RV safe_open_session(CK_SLOT_ID slot, CK_FLAGS flags,
    CK_VOID_PTR application, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session);
CK_RV safe_close_all_sessions(CK_SLOT_ID slot);
CK_RV safe_wait_for_slot_event(CK_FLAGS flags, CK_SLOT_ID_PTR slot,
    CK_VOID_PTR reserved);

#endif
