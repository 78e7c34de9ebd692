/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The calls that sign and verify messages, and those that are given the
 * signature before the data.
 */
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/message.h"

CK_RV
C_MessageSignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_SIGN,
		.mechanism = mechanism,
		.key = key,
	};

	return running_call(session, message_start, &job);
}

CK_RV
C_SignMessage(CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature,
    CK_ULONG_PTR signature_len)
{
	const struct job job = {
		.use = USE_SIGN,
		.param = param,
		.param_len = param_len,
		.in = { data, data_len },
		.out = { signature, signature_len },
	};

	return running_call(session, message_sign, &job);
}

CK_RV
C_SignMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len)
{
	const struct job job = {
		.use = USE_SIGN,
		.param = param,
		.param_len = param_len,
	};

	return running_call(session, message_sign_begin, &job);
}

CK_RV
C_SignMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR signature, CK_ULONG_PTR signature_len)
{
	const struct job job = {
		.use = USE_SIGN,
		.param = param,
		.param_len = param_len,
		.in = { data, data_len },
		.out = { signature, signature_len },
	};

	return running_call(session, message_sign_next, &job);
}

CK_RV
C_MessageSignFinal(CK_SESSION_HANDLE session)
{
	const struct job job = {
		.use = USE_SIGN,
	};

	return running_call(session, message_finish, &job);
}

CK_RV
C_MessageVerifyInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_VERIFY,
		.mechanism = mechanism,
		.key = key,
	};

	return running_call(session, message_start, &job);
}

CK_RV
C_VerifyMessage(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR signature, CK_ULONG signature_len)
{
	const struct job job = {
		.use = USE_VERIFY,
		.param = param,
		.param_len = param_len,
		.in = { data, data_len },
		.signature = { signature, signature_len },
	};

	return running_call(session, message_verify, &job);
}

CK_RV
C_VerifyMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len)
{
	const struct job job = {
		.use = USE_VERIFY,
		.param = param,
		.param_len = param_len,
	};

	return running_call(session, message_sign_begin, &job);
}

CK_RV
C_VerifyMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR signature, CK_ULONG signature_len)
{
	const struct job job = {
		.use = USE_VERIFY,
		.param = param,
		.param_len = param_len,
		.in = { data, data_len },
		.signature = { signature, signature_len },
	};

	return running_call(session, message_verify_next, &job);
}

CK_RV
C_MessageVerifyFinal(CK_SESSION_HANDLE session)
{
	const struct job job = {
		.use = USE_VERIFY,
	};

	return running_call(session, message_finish, &job);
}

CK_RV
C_VerifySignatureInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key, CK_BYTE_PTR signature, CK_ULONG signature_len)
{
	const struct job job = {
		.use = USE_VERIFY,
		.mechanism = mechanism,
		.key = key,
		.signature = { signature, signature_len },
	};

	return running_call(session, running_verify_start, &job);
}

CK_RV
C_VerifySignature(CK_SESSION_HANDLE session, CK_BYTE_PTR data,
    CK_ULONG data_len)
{
	const struct job job = {
		.use = USE_VERIFY,
		.in = { data, data_len },
	};

	return running_call(session, running_verify_known, &job);
}

CK_RV
C_VerifySignatureUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len)
{
	const struct job job = {
		.use = USE_VERIFY,
		.in = { part, part_len },
	};

	return running_call(session, running_verify_feed, &job);
}

CK_RV
C_VerifySignatureFinal(CK_SESSION_HANDLE session)
{
	const struct job job = {
		.use = USE_VERIFY,
	};

	return running_call(session, running_verify_end, &job);
}
