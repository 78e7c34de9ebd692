/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The calls that encrypt and decrypt messages.
 */
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/message.h"

CK_RV
C_MessageEncryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_ENCRYPT,
		.mechanism = mechanism,
		.key = key,
	};

	return running_call(session, message_start, &job);
}

CK_RV
C_EncryptMessage(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR aad, CK_ULONG aad_len, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_ENCRYPT,
		.param = param,
		.param_len = param_len,
		.aad = { aad, aad_len },
		.in = { data, data_len },
		.last = true,
		.out = { out, out_len },
	};

	return running_call(session, message_crypt, &job);
}

CK_RV
C_EncryptMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR aad, CK_ULONG aad_len)
{
	const struct job job = {
		.use = USE_ENCRYPT,
		.param = param,
		.param_len = param_len,
		.aad = { aad, aad_len },
	};

	return running_call(session, message_crypt_begin, &job);
}

CK_RV
C_EncryptMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len, CK_FLAGS flags)
{
	const struct job job = {
		.use = USE_ENCRYPT,
		.param = param,
		.param_len = param_len,
		.in = { data, data_len },
		.last = (flags & CKF_END_OF_MESSAGE) != 0,
		.out = { out, out_len },
	};

	return running_call(session, message_crypt_next, &job);
}

CK_RV
C_MessageEncryptFinal(CK_SESSION_HANDLE session)
{
	const struct job job = {
		.use = USE_ENCRYPT,
	};

	return running_call(session, message_finish, &job);
}

CK_RV
C_MessageDecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_DECRYPT,
		.mechanism = mechanism,
		.key = key,
	};

	return running_call(session, message_start, &job);
}

CK_RV
C_DecryptMessage(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR aad, CK_ULONG aad_len, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_DECRYPT,
		.param = param,
		.param_len = param_len,
		.aad = { aad, aad_len },
		.in = { data, data_len },
		.last = true,
		.out = { out, out_len },
	};

	return running_call(session, message_crypt, &job);
}

CK_RV
C_DecryptMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR aad, CK_ULONG aad_len)
{
	const struct job job = {
		.use = USE_DECRYPT,
		.param = param,
		.param_len = param_len,
		.aad = { aad, aad_len },
	};

	return running_call(session, message_crypt_begin, &job);
}

CK_RV
C_DecryptMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len, CK_FLAGS flags)
{
	const struct job job = {
		.use = USE_DECRYPT,
		.param = param,
		.param_len = param_len,
		.in = { data, data_len },
		.last = (flags & CKF_END_OF_MESSAGE) != 0,
		.out = { out, out_len },
	};

	return running_call(session, message_crypt_next, &job);
}

CK_RV
C_MessageDecryptFinal(CK_SESSION_HANDLE session)
{
	const struct job job = {
		.use = USE_DECRYPT,
	};

	return running_call(session, message_finish, &job);
}
