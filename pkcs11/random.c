/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random numbers.
 */
#include "crypto/crypto.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/status.h"

CK_RV
C_SeedRandom(CK_SESSION_HANDLE session, CK_BYTE_PTR seed, CK_ULONG seed_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (seed == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	return call_leave_session(
	    s, status_rv(crypto_seed(span_of(seed, seed_len))));
}

CK_RV
C_GenerateRandom(CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (out == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	return call_leave_session(s, status_rv(crypto_random(out, out_len)));
}
