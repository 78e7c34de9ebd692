/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random numbers.
 */
#include "core/token.h"
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
	if (seed == NULL || seed_len >= PTRDIFF_MAX)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = status_rv(token_seed(s->token, span_of(seed, seed_len)));
	return call_leave_session(s, rv);
}

CK_RV
C_GenerateRandom(CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (out == NULL || out_len >= PTRDIFF_MAX)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	rv = status_rv(token_random(s->token, out, out_len));
	return call_leave_session(s, rv);
}
