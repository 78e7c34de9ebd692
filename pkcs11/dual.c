/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two operations in one call.  A size query, and a buffer that is too small,
 * must feed neither of them.
 */
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/running.h"

static bool
both_run(const struct session *s, enum operation_use a, enum operation_use b)
{
	return s->op[a] != NULL && s->op[b] != NULL;
}

/* Plaintext goes into use and through the cipher.  It is fed before it is
 * encrypted, because out may be the same buffer, so the room has to be known
 * to be enough. */
static CK_RV
feed_encrypt(struct session *s, enum operation_use use, struct given part,
    struct wanted out)
{
	CK_ULONG need = 0;
	CK_RV rv;

	if (!both_run(s, use, USE_ENCRYPT))
		return CKR_OPERATION_NOT_INITIALIZED;
	if (out.len == NULL || out.buf == NULL)
		return running_update(s, USE_ENCRYPT, part, out);
	rv = running_update(
	    s, USE_ENCRYPT, part, (struct wanted){ NULL, &need });
	if (rv != CKR_OK)
		return rv;
	if (need > *out.len) {
		*out.len = need;
		return CKR_BUFFER_TOO_SMALL;
	}
	rv = running_feed(s, use, part);
	if (rv != CKR_OK)
		return rv;
	return running_update(s, USE_ENCRYPT, part, out);
}

/* What comes out of the cipher goes into use. */
static CK_RV
decrypt_feed(struct session *s, enum operation_use use, struct given part,
    struct wanted out)
{
	CK_RV rv;

	if (!both_run(s, use, USE_DECRYPT))
		return CKR_OPERATION_NOT_INITIALIZED;
	rv = running_update(s, USE_DECRYPT, part, out);
	if (rv != CKR_OK || out.buf == NULL)
		return rv;
	return running_feed(s, use, (struct given){ out.buf, *out.len });
}

CK_RV
C_DigestEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = feed_encrypt(s, USE_DIGEST, (struct given){ part, part_len },
	    (struct wanted){ out, out_len });
	return call_leave_session(s, rv);
}

CK_RV
C_DecryptDigestUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = decrypt_feed(s, USE_DIGEST, (struct given){ part, part_len },
	    (struct wanted){ out, out_len });
	return call_leave_session(s, rv);
}

CK_RV
C_SignEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = feed_encrypt(s, USE_SIGN, (struct given){ part, part_len },
	    (struct wanted){ out, out_len });
	return call_leave_session(s, rv);
}

CK_RV
C_DecryptVerifyUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	rv = decrypt_feed(s, USE_VERIFY, (struct given){ part, part_len },
	    (struct wanted){ out, out_len });
	return call_leave_session(s, rv);
}
