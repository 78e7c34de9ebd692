/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every call of the newest list as a row.
 */
#include "tests/face/calls.h"

#include <string.h>

#define ROW(call, args) { #call, offsetof(CK_FUNCTION_LIST_3_2, call), args }

const struct call calls[] = {
	ROW(C_Initialize, "A"),
	ROW(C_Finalize, "R"),
	ROW(C_GetInfo, "I"),
	ROW(C_GetFunctionList, "I"),
	ROW(C_GetSlotList, "bvL"),
	ROW(C_GetSlotInfo, "SI"),
	ROW(C_GetTokenInfo, "SI"),
	ROW(C_GetMechanismList, "SvL"),
	ROW(C_GetMechanismInfo, "SNI"),
	ROW(C_InitToken, "Silz"),
	ROW(C_InitPIN, "sil"),
	ROW(C_SetPIN, "silil"),
	ROW(C_OpenSession, "SFanH"),
	ROW(C_CloseSession, "s"),
	ROW(C_CloseAllSessions, "S"),
	ROW(C_GetSessionInfo, "sI"),
	ROW(C_GetOperationState, "soL"),
	ROW(C_SetOperationState, "silhh"),
	ROW(C_Login, "sUil"),
	ROW(C_Logout, "s"),
	ROW(C_CreateObject, "stcH"),
	ROW(C_CopyObject, "shtcH"),
	ROW(C_DestroyObject, "sh"),
	ROW(C_GetObjectSize, "shI"),
	ROW(C_GetAttributeValue, "shTc"),
	ROW(C_SetAttributeValue, "shtc"),
	ROW(C_FindObjectsInit, "stc"),
	ROW(C_FindObjects, "svlI"),
	ROW(C_FindObjectsFinal, "s"),
	ROW(C_EncryptInit, "smh"),
	ROW(C_Encrypt, "siloL"),
	ROW(C_EncryptUpdate, "siloL"),
	ROW(C_EncryptFinal, "soL"),
	ROW(C_DecryptInit, "smh"),
	ROW(C_Decrypt, "siloL"),
	ROW(C_DecryptUpdate, "siloL"),
	ROW(C_DecryptFinal, "soL"),
	ROW(C_DigestInit, "sm"),
	ROW(C_Digest, "siloL"),
	ROW(C_DigestUpdate, "sil"),
	ROW(C_DigestKey, "sh"),
	ROW(C_DigestFinal, "soL"),
	ROW(C_SignInit, "smh"),
	ROW(C_Sign, "siloL"),
	ROW(C_SignUpdate, "sil"),
	ROW(C_SignFinal, "soL"),
	ROW(C_SignRecoverInit, "smh"),
	ROW(C_SignRecover, "siloL"),
	ROW(C_VerifyInit, "smh"),
	ROW(C_Verify, "silil"),
	ROW(C_VerifyUpdate, "sil"),
	ROW(C_VerifyFinal, "sil"),
	ROW(C_VerifyRecoverInit, "smh"),
	ROW(C_VerifyRecover, "siloL"),
	ROW(C_DigestEncryptUpdate, "siloL"),
	ROW(C_DecryptDigestUpdate, "siloL"),
	ROW(C_SignEncryptUpdate, "siloL"),
	ROW(C_DecryptVerifyUpdate, "siloL"),
	ROW(C_GenerateKey, "smtcH"),
	ROW(C_GenerateKeyPair, "smtctcHH"),
	ROW(C_WrapKey, "smhhoL"),
	ROW(C_UnwrapKey, "smhiltcH"),
	ROW(C_DeriveKey, "smhtcH"),
	ROW(C_SeedRandom, "sil"),
	ROW(C_GenerateRandom, "srl"),
	ROW(C_GetFunctionStatus, "s"),
	ROW(C_CancelFunction, "s"),
	ROW(C_WaitForSlotEvent, "FIR"),
	ROW(C_GetInterfaceList, "wL"),
	ROW(C_GetInterface, "zVIF"),
	ROW(C_LoginUser, "sUilil"),
	ROW(C_SessionCancel, "sF"),
	ROW(C_MessageEncryptInit, "smh"),
	ROW(C_EncryptMessage, "splililoL"),
	ROW(C_EncryptMessageBegin, "splil"),
	ROW(C_EncryptMessageNext, "spliloLF"),
	ROW(C_MessageEncryptFinal, "s"),
	ROW(C_MessageDecryptInit, "smh"),
	ROW(C_DecryptMessage, "splililoL"),
	ROW(C_DecryptMessageBegin, "splil"),
	ROW(C_DecryptMessageNext, "spliloLF"),
	ROW(C_MessageDecryptFinal, "s"),
	ROW(C_MessageSignInit, "smh"),
	ROW(C_SignMessage, "spliloL"),
	ROW(C_SignMessageBegin, "spl"),
	ROW(C_SignMessageNext, "spliloL"),
	ROW(C_MessageSignFinal, "s"),
	ROW(C_MessageVerifyInit, "smh"),
	ROW(C_VerifyMessage, "splilil"),
	ROW(C_VerifyMessageBegin, "spl"),
	ROW(C_VerifyMessageNext, "splilil"),
	ROW(C_MessageVerifyFinal, "s"),
	ROW(C_EncapsulateKey, "smhtcoLH"),
	ROW(C_DecapsulateKey, "smhtcilH"),
	ROW(C_VerifySignatureInit, "smhil"),
	ROW(C_VerifySignature, "sil"),
	ROW(C_VerifySignatureUpdate, "sil"),
	ROW(C_VerifySignatureFinal, "s"),
	ROW(C_GetSessionValidationFlags, "sNI"),
	ROW(C_AsyncComplete, "szI"),
	ROW(C_AsyncGetID, "szI"),
	ROW(C_AsyncJoin, "szNrl"),
	ROW(C_WrapKeyAuthenticated, "smhhiloL"),
	ROW(C_UnwrapKeyAuthenticated, "smhiltcilH"),
};

#undef ROW

const size_t calls_count = sizeof(calls) / sizeof(calls[0]);

/* The list begins with its version, then come pointers only. */
_Static_assert(sizeof(calls) / sizeof(calls[0]) ==
    (sizeof(CK_FUNCTION_LIST_3_2) -
	offsetof(CK_FUNCTION_LIST_3_2, C_Initialize)) / sizeof(CK_C_Finalize),
    "a call has no row");

const struct call *
call_named(const char *name)
{
	size_t i;

	for (i = 0; i < calls_count; i++)
		if (strcmp(calls[i].name, name) == 0)
			return &calls[i];
	return NULL;
}

int
call_is_pointer(char letter)
{
	return strchr("mtTiorvwpLHIzVAR", letter) != NULL;
}

/*
 * C has no way to make a call whose type is known when it runs only.  Where we
 * run, a word is passed alike whatever it means, and who takes fewer of them
 * does not see the others.
 */
typedef CK_RV any_call(CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG,
    CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG);

#ifdef __clang__
__attribute__((no_sanitize("function")))
#endif
CK_RV
call_make(const CK_FUNCTION_LIST_3_2 *list, const struct call *call,
    const CK_ULONG arg[CALL_ARGS_MAX])
{
	any_call *function;

	memcpy(&function, (const char *)list + call->place, sizeof(function));
	return function(arg[0], arg[1], arg[2], arg[3], arg[4], arg[5],
	    arg[6], arg[7], arg[8], arg[9]);
}
