/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Message digests.
 */
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/running.h"

CK_RV
C_DigestInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism)
{
	const struct job job = {
		.use = USE_DIGEST,
		.mechanism = mechanism,
	};

	return running_call(session, running_start, &job);
}

CK_RV
C_Digest(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_DIGEST,
		.in = { data, data_len },
		.out = { out, out_len },
	};

	return running_call(session, running_once, &job);
}

CK_RV
C_DigestUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part, CK_ULONG part_len)
{
	const struct job job = {
		.use = USE_DIGEST,
		.in = { part, part_len },
	};

	return running_call(session, running_feed, &job);
}

CK_RV
C_DigestKey(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	const struct job job = {
		.use = USE_DIGEST,
		.key = key,
	};

	return running_call(session, running_digest_key, &job);
}

CK_RV
C_DigestFinal(CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_DIGEST,
		.out = { out, out_len },
	};

	return running_call(session, running_final, &job);
}
