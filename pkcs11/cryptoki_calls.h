/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The 68 calls of Cryptoki 2.40 in the order of the function list: types of
 * pointers to them, prototypes, the list itself.
 */
#ifndef CNG_PKCS11_CRYPTOKI_CALLS_H
#define CNG_PKCS11_CRYPTOKI_CALLS_H

#include "pkcs11/cryptoki.h"

/* --- pointers to the calls */

typedef CK_RV (*CK_C_Initialize)(CK_VOID_PTR args);
typedef CK_RV (*CK_C_Finalize)(CK_VOID_PTR reserved);
typedef CK_RV (*CK_C_GetInfo)(CK_INFO_PTR info);
typedef CK_RV (*CK_C_GetFunctionList)(CK_FUNCTION_LIST_PTR_PTR list);
typedef CK_RV (*CK_C_GetSlotList)(CK_BBOOL present, CK_SLOT_ID_PTR list,
    CK_ULONG_PTR count);
typedef CK_RV (*CK_C_GetSlotInfo)(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info);
typedef CK_RV (*CK_C_GetTokenInfo)(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info);
typedef CK_RV (*CK_C_GetMechanismList)(CK_SLOT_ID slot,
    CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count);
typedef CK_RV (*CK_C_GetMechanismInfo)(CK_SLOT_ID slot, CK_MECHANISM_TYPE type,
    CK_MECHANISM_INFO_PTR info);
typedef CK_RV (*CK_C_InitToken)(CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin,
    CK_ULONG pin_len, CK_UTF8CHAR_PTR label);
typedef CK_RV (*CK_C_InitPIN)(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR pin,
    CK_ULONG pin_len);
typedef CK_RV (*CK_C_SetPIN)(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR old_pin,
    CK_ULONG old_len, CK_UTF8CHAR_PTR new_pin, CK_ULONG new_len);
typedef CK_RV (*CK_C_OpenSession)(CK_SLOT_ID slot, CK_FLAGS flags,
    CK_VOID_PTR application, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session);
typedef CK_RV (*CK_C_CloseSession)(CK_SESSION_HANDLE session);
typedef CK_RV (*CK_C_CloseAllSessions)(CK_SLOT_ID slot);
typedef CK_RV (*CK_C_GetSessionInfo)(CK_SESSION_HANDLE session,
    CK_SESSION_INFO_PTR info);
typedef CK_RV (*CK_C_GetOperationState)(CK_SESSION_HANDLE session,
    CK_BYTE_PTR state, CK_ULONG_PTR state_len);
typedef CK_RV (*CK_C_SetOperationState)(CK_SESSION_HANDLE session,
    CK_BYTE_PTR state, CK_ULONG state_len, CK_OBJECT_HANDLE cipher_key,
    CK_OBJECT_HANDLE sign_key);
typedef CK_RV (*CK_C_Login)(CK_SESSION_HANDLE session, CK_USER_TYPE user,
    CK_UTF8CHAR_PTR pin, CK_ULONG pin_len);
typedef CK_RV (*CK_C_Logout)(CK_SESSION_HANDLE session);
typedef CK_RV (*CK_C_CreateObject)(CK_SESSION_HANDLE session,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count, CK_OBJECT_HANDLE_PTR object);
typedef CK_RV (*CK_C_CopyObject)(CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count,
    CK_OBJECT_HANDLE_PTR copy);
typedef CK_RV (*CK_C_DestroyObject)(CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object);
typedef CK_RV (*CK_C_GetObjectSize)(CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object, CK_ULONG_PTR size);
typedef CK_RV (*CK_C_GetAttributeValue)(CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count);
typedef CK_RV (*CK_C_SetAttributeValue)(CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count);
typedef CK_RV (*CK_C_FindObjectsInit)(CK_SESSION_HANDLE session,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count);
typedef CK_RV (*CK_C_FindObjects)(CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE_PTR object, CK_ULONG max, CK_ULONG_PTR count);
typedef CK_RV (*CK_C_FindObjectsFinal)(CK_SESSION_HANDLE session);
typedef CK_RV (*CK_C_EncryptInit)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key);
typedef CK_RV (*CK_C_Encrypt)(CK_SESSION_HANDLE session, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_EncryptUpdate)(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_EncryptFinal)(CK_SESSION_HANDLE session, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_DecryptInit)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key);
typedef CK_RV (*CK_C_Decrypt)(CK_SESSION_HANDLE session, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_DecryptUpdate)(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_DecryptFinal)(CK_SESSION_HANDLE session, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_DigestInit)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism);
typedef CK_RV (*CK_C_Digest)(CK_SESSION_HANDLE session, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_DigestUpdate)(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len);
typedef CK_RV (*CK_C_DigestKey)(CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE key);
typedef CK_RV (*CK_C_DigestFinal)(CK_SESSION_HANDLE session, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_SignInit)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key);
typedef CK_RV (*CK_C_Sign)(CK_SESSION_HANDLE session, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_SignUpdate)(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len);
typedef CK_RV (*CK_C_SignFinal)(CK_SESSION_HANDLE session, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_SignRecoverInit)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key);
typedef CK_RV (*CK_C_SignRecover)(CK_SESSION_HANDLE session, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_VerifyInit)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key);
typedef CK_RV (*CK_C_Verify)(CK_SESSION_HANDLE session, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG signature_len);
typedef CK_RV (*CK_C_VerifyUpdate)(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len);
typedef CK_RV (*CK_C_VerifyFinal)(CK_SESSION_HANDLE session,
    CK_BYTE_PTR signature, CK_ULONG signature_len);
typedef CK_RV (*CK_C_VerifyRecoverInit)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key);
typedef CK_RV (*CK_C_VerifyRecover)(CK_SESSION_HANDLE session,
    CK_BYTE_PTR signature, CK_ULONG signature_len, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_DigestEncryptUpdate)(CK_SESSION_HANDLE session,
    CK_BYTE_PTR part, CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_DecryptDigestUpdate)(CK_SESSION_HANDLE session,
    CK_BYTE_PTR part, CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_SignEncryptUpdate)(CK_SESSION_HANDLE session,
    CK_BYTE_PTR part, CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_DecryptVerifyUpdate)(CK_SESSION_HANDLE session,
    CK_BYTE_PTR part, CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_GenerateKey)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count,
    CK_OBJECT_HANDLE_PTR key);
typedef CK_RV (*CK_C_GenerateKeyPair)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR public_tmpl,
    CK_ULONG public_count, CK_ATTRIBUTE_PTR private_tmpl,
    CK_ULONG private_count, CK_OBJECT_HANDLE_PTR public_key,
    CK_OBJECT_HANDLE_PTR private_key);
typedef CK_RV (*CK_C_WrapKey)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE wrapping_key,
    CK_OBJECT_HANDLE key, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV (*CK_C_UnwrapKey)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE unwrapping_key,
    CK_BYTE_PTR wrapped, CK_ULONG wrapped_len, CK_ATTRIBUTE_PTR tmpl,
    CK_ULONG count, CK_OBJECT_HANDLE_PTR key);
typedef CK_RV (*CK_C_DeriveKey)(CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE base_key,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count, CK_OBJECT_HANDLE_PTR key);
typedef CK_RV (*CK_C_SeedRandom)(CK_SESSION_HANDLE session, CK_BYTE_PTR seed,
    CK_ULONG seed_len);
typedef CK_RV (*CK_C_GenerateRandom)(CK_SESSION_HANDLE session, CK_BYTE_PTR out,
    CK_ULONG out_len);
typedef CK_RV (*CK_C_GetFunctionStatus)(CK_SESSION_HANDLE session);
typedef CK_RV (*CK_C_CancelFunction)(CK_SESSION_HANDLE session);
typedef CK_RV (*CK_C_WaitForSlotEvent)(CK_FLAGS flags, CK_SLOT_ID_PTR slot,
    CK_VOID_PTR reserved);

/* --- prototypes */

CK_RV C_Initialize(CK_VOID_PTR args);
CK_RV C_Finalize(CK_VOID_PTR reserved);
CK_RV C_GetInfo(CK_INFO_PTR info);
CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list);
CK_RV C_GetSlotList(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count);
CK_RV C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info);
CK_RV C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info);
CK_RV C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list,
    CK_ULONG_PTR count);
CK_RV C_GetMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE type,
    CK_MECHANISM_INFO_PTR info);
CK_RV C_InitToken(CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len,
    CK_UTF8CHAR_PTR label);
CK_RV C_InitPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR pin,
    CK_ULONG pin_len);
CK_RV C_SetPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR old_pin,
    CK_ULONG old_len, CK_UTF8CHAR_PTR new_pin, CK_ULONG new_len);
CK_RV C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application,
    CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session);
CK_RV C_CloseSession(CK_SESSION_HANDLE session);
CK_RV C_CloseAllSessions(CK_SLOT_ID slot);
CK_RV C_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO_PTR info);
CK_RV C_GetOperationState(CK_SESSION_HANDLE session, CK_BYTE_PTR state,
    CK_ULONG_PTR state_len);
CK_RV C_SetOperationState(CK_SESSION_HANDLE session, CK_BYTE_PTR state,
    CK_ULONG state_len, CK_OBJECT_HANDLE cipher_key, CK_OBJECT_HANDLE sign_key);
CK_RV C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin,
    CK_ULONG pin_len);
CK_RV C_Logout(CK_SESSION_HANDLE session);
CK_RV C_CreateObject(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR tmpl,
    CK_ULONG count, CK_OBJECT_HANDLE_PTR object);
CK_RV C_CopyObject(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count, CK_OBJECT_HANDLE_PTR copy);
CK_RV C_DestroyObject(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object);
CK_RV C_GetObjectSize(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ULONG_PTR size);
CK_RV C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count);
CK_RV C_SetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count);
CK_RV C_FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR tmpl,
    CK_ULONG count);
CK_RV C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR object,
    CK_ULONG max, CK_ULONG_PTR count);
CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE session);
CK_RV C_EncryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key);
CK_RV C_Encrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_EncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_EncryptFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len);
CK_RV C_DecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key);
CK_RV C_Decrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_DecryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_DecryptFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len);
CK_RV C_DigestInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism);
CK_RV C_Digest(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_DigestUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len);
CK_RV C_DigestKey(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);
CK_RV C_DigestFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len);
CK_RV C_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key);
CK_RV C_Sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_SignUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len);
CK_RV C_SignFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len);
CK_RV C_SignRecoverInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key);
CK_RV C_SignRecover(CK_SESSION_HANDLE session, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_VerifyInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key);
CK_RV C_Verify(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR signature, CK_ULONG signature_len);
CK_RV C_VerifyUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len);
CK_RV C_VerifyFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR signature,
    CK_ULONG signature_len);
CK_RV C_VerifyRecoverInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key);
CK_RV C_VerifyRecover(CK_SESSION_HANDLE session, CK_BYTE_PTR signature,
    CK_ULONG signature_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_DigestEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_DecryptDigestUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_SignEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_DecryptVerifyUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len);
CK_RV C_GenerateKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count, CK_OBJECT_HANDLE_PTR key);
CK_RV C_GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_ATTRIBUTE_PTR public_tmpl, CK_ULONG public_count,
    CK_ATTRIBUTE_PTR private_tmpl, CK_ULONG private_count,
    CK_OBJECT_HANDLE_PTR public_key, CK_OBJECT_HANDLE_PTR private_key);
CK_RV C_WrapKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len);
CK_RV C_UnwrapKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE unwrapping_key, CK_BYTE_PTR wrapped, CK_ULONG wrapped_len,
    CK_ATTRIBUTE_PTR tmpl, CK_ULONG count, CK_OBJECT_HANDLE_PTR key);
CK_RV C_DeriveKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE base_key, CK_ATTRIBUTE_PTR tmpl, CK_ULONG count,
    CK_OBJECT_HANDLE_PTR key);
CK_RV C_SeedRandom(CK_SESSION_HANDLE session, CK_BYTE_PTR seed,
    CK_ULONG seed_len);
CK_RV C_GenerateRandom(CK_SESSION_HANDLE session, CK_BYTE_PTR out,
    CK_ULONG out_len);
CK_RV C_GetFunctionStatus(CK_SESSION_HANDLE session);
CK_RV C_CancelFunction(CK_SESSION_HANDLE session);
CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR slot,
    CK_VOID_PTR reserved);

/* --- the function list: the first pointer is at offset 8 on 64 bits */

struct CK_FUNCTION_LIST {
	CK_VERSION version;
	CK_C_Initialize C_Initialize;
	CK_C_Finalize C_Finalize;
	CK_C_GetInfo C_GetInfo;
	CK_C_GetFunctionList C_GetFunctionList;
	CK_C_GetSlotList C_GetSlotList;
	CK_C_GetSlotInfo C_GetSlotInfo;
	CK_C_GetTokenInfo C_GetTokenInfo;
	CK_C_GetMechanismList C_GetMechanismList;
	CK_C_GetMechanismInfo C_GetMechanismInfo;
	CK_C_InitToken C_InitToken;
	CK_C_InitPIN C_InitPIN;
	CK_C_SetPIN C_SetPIN;
	CK_C_OpenSession C_OpenSession;
	CK_C_CloseSession C_CloseSession;
	CK_C_CloseAllSessions C_CloseAllSessions;
	CK_C_GetSessionInfo C_GetSessionInfo;
	CK_C_GetOperationState C_GetOperationState;
	CK_C_SetOperationState C_SetOperationState;
	CK_C_Login C_Login;
	CK_C_Logout C_Logout;
	CK_C_CreateObject C_CreateObject;
	CK_C_CopyObject C_CopyObject;
	CK_C_DestroyObject C_DestroyObject;
	CK_C_GetObjectSize C_GetObjectSize;
	CK_C_GetAttributeValue C_GetAttributeValue;
	CK_C_SetAttributeValue C_SetAttributeValue;
	CK_C_FindObjectsInit C_FindObjectsInit;
	CK_C_FindObjects C_FindObjects;
	CK_C_FindObjectsFinal C_FindObjectsFinal;
	CK_C_EncryptInit C_EncryptInit;
	CK_C_Encrypt C_Encrypt;
	CK_C_EncryptUpdate C_EncryptUpdate;
	CK_C_EncryptFinal C_EncryptFinal;
	CK_C_DecryptInit C_DecryptInit;
	CK_C_Decrypt C_Decrypt;
	CK_C_DecryptUpdate C_DecryptUpdate;
	CK_C_DecryptFinal C_DecryptFinal;
	CK_C_DigestInit C_DigestInit;
	CK_C_Digest C_Digest;
	CK_C_DigestUpdate C_DigestUpdate;
	CK_C_DigestKey C_DigestKey;
	CK_C_DigestFinal C_DigestFinal;
	CK_C_SignInit C_SignInit;
	CK_C_Sign C_Sign;
	CK_C_SignUpdate C_SignUpdate;
	CK_C_SignFinal C_SignFinal;
	CK_C_SignRecoverInit C_SignRecoverInit;
	CK_C_SignRecover C_SignRecover;
	CK_C_VerifyInit C_VerifyInit;
	CK_C_Verify C_Verify;
	CK_C_VerifyUpdate C_VerifyUpdate;
	CK_C_VerifyFinal C_VerifyFinal;
	CK_C_VerifyRecoverInit C_VerifyRecoverInit;
	CK_C_VerifyRecover C_VerifyRecover;
	CK_C_DigestEncryptUpdate C_DigestEncryptUpdate;
	CK_C_DecryptDigestUpdate C_DecryptDigestUpdate;
	CK_C_SignEncryptUpdate C_SignEncryptUpdate;
	CK_C_DecryptVerifyUpdate C_DecryptVerifyUpdate;
	CK_C_GenerateKey C_GenerateKey;
	CK_C_GenerateKeyPair C_GenerateKeyPair;
	CK_C_WrapKey C_WrapKey;
	CK_C_UnwrapKey C_UnwrapKey;
	CK_C_DeriveKey C_DeriveKey;
	CK_C_SeedRandom C_SeedRandom;
	CK_C_GenerateRandom C_GenerateRandom;
	CK_C_GetFunctionStatus C_GetFunctionStatus;
	CK_C_CancelFunction C_CancelFunction;
	CK_C_WaitForSlotEvent C_WaitForSlotEvent;
};

#endif
