/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Signatures and MACs: signing and verifying, with recovery too.
 */
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/running.h"

CK_RV
C_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_SIGN,
		.mechanism = mechanism,
		.key = key,
	};

	return running_call(session, running_start, &job);
}

CK_RV
C_Sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_SIGN,
		.in = { data, data_len },
		.out = { out, out_len },
	};

	return running_call(session, running_once, &job);
}

CK_RV
C_SignUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part, CK_ULONG part_len)
{
	const struct job job = {
		.use = USE_SIGN,
		.in = { part, part_len },
	};

	return running_call(session, running_feed, &job);
}

CK_RV
C_SignFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_SIGN,
		.out = { out, out_len },
	};

	return running_call(session, running_final, &job);
}

CK_RV
C_SignRecoverInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_SIGN_RECOVER,
		.mechanism = mechanism,
		.key = key,
	};

	return running_call(session, running_start, &job);
}

CK_RV
C_SignRecover(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_SIGN_RECOVER,
		.in = { data, data_len },
		.out = { out, out_len },
	};

	return running_call(session, running_once, &job);
}

CK_RV
C_VerifyInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_VERIFY,
		.mechanism = mechanism,
		.key = key,
	};

	return running_call(session, running_start, &job);
}

CK_RV
C_Verify(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR signature, CK_ULONG signature_len)
{
	const struct job job = {
		.use = USE_VERIFY,
		.in = { data, data_len },
		.signature = { signature, signature_len },
	};

	return running_call(session, running_verify, &job);
}

CK_RV
C_VerifyUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part, CK_ULONG part_len)
{
	const struct job job = {
		.use = USE_VERIFY,
		.in = { part, part_len },
	};

	return running_call(session, running_feed, &job);
}

CK_RV
C_VerifyFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR signature,
    CK_ULONG signature_len)
{
	const struct job job = {
		.use = USE_VERIFY,
		.signature = { signature, signature_len },
	};

	return running_call(session, running_verify_final, &job);
}

CK_RV
C_VerifyRecoverInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_VERIFY_RECOVER,
		.mechanism = mechanism,
		.key = key,
	};

	return running_call(session, running_start, &job);
}

CK_RV
C_VerifyRecover(CK_SESSION_HANDLE session, CK_BYTE_PTR signature,
    CK_ULONG signature_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_VERIFY_RECOVER,
		.in = { signature, signature_len },
		.out = { out, out_len },
	};

	return running_call(session, running_once, &job);
}
