/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Encryption and decryption.
 */
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/running.h"

CK_RV
C_EncryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_ENCRYPT,
		.mechanism = mechanism,
		.key = key,
	};

	return running_call(session, running_start, &job);
}

CK_RV
C_Encrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_ENCRYPT,
		.in = { data, data_len },
		.out = { out, out_len },
	};

	return running_call(session, running_once, &job);
}

CK_RV
C_EncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part, CK_ULONG part_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_ENCRYPT,
		.in = { part, part_len },
		.out = { out, out_len },
	};

	return running_call(session, running_update, &job);
}

CK_RV
C_EncryptFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_ENCRYPT,
		.out = { out, out_len },
	};

	return running_call(session, running_final, &job);
}

CK_RV
C_DecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_DECRYPT,
		.mechanism = mechanism,
		.key = key,
	};

	return running_call(session, running_start, &job);
}

CK_RV
C_Decrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_DECRYPT,
		.in = { data, data_len },
		.out = { out, out_len },
	};

	return running_call(session, running_once, &job);
}

CK_RV
C_DecryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part, CK_ULONG part_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_DECRYPT,
		.in = { part, part_len },
		.out = { out, out_len },
	};

	return running_call(session, running_update, &job);
}

CK_RV
C_DecryptFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_DECRYPT,
		.out = { out, out_len },
	};

	return running_call(session, running_final, &job);
}
