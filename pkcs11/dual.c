/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two operations in one call.  A size query, and a buffer that is too small,
 * must feed neither of them.
 */
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/running.h"

static bool
both_run(const struct session *s, const struct job *job)
{
	/* a verification whose signature came first has calls of its own */
	return s->op[job->use] != NULL && s->op[job->beside] != NULL &&
	    (job->beside != USE_VERIFY || !s->signature_first);
}

/* Plaintext goes beside and through the cipher.  It is fed before it is
 * encrypted, because out may be the same buffer, so the room has to be known
 * to be enough. */
static CK_RV
feed_encrypt(struct session *s, const struct job *job)
{
	struct job feed = { .use = job->beside, .in = job->in };
	struct job ask = *job;
	CK_ULONG need = 0;
	CK_RV rv;

	if (!both_run(s, job))
		return CKR_OPERATION_NOT_INITIALIZED;
	if (job->out.len == NULL || job->out.buf == NULL)
		return running_update(s, job);
	ask.out = (struct wanted){ NULL, &need };
	rv = running_update(s, &ask);
	if (rv != CKR_OK)
		return rv;
	if (need > *job->out.len) {
		*job->out.len = need;
		return CKR_BUFFER_TOO_SMALL;
	}
	rv = running_feed(s, &feed);
	return rv == CKR_OK ? running_update(s, job) : rv;
}

/* What comes out of the cipher goes beside. */
static CK_RV
decrypt_feed(struct session *s, const struct job *job)
{
	struct job feed = { .use = job->beside };
	CK_RV rv;

	if (!both_run(s, job))
		return CKR_OPERATION_NOT_INITIALIZED;
	rv = running_update(s, job);
	if (rv != CKR_OK || job->out.buf == NULL)
		return rv;
	feed.in = (struct given){ job->out.buf, *job->out.len };
	return running_feed(s, &feed);
}

CK_RV
C_DigestEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_ENCRYPT,
		.beside = USE_DIGEST,
		.in = { part, part_len },
		.out = { out, out_len },
	};

	return running_call(session, feed_encrypt, &job);
}

CK_RV
C_DecryptDigestUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_DECRYPT,
		.beside = USE_DIGEST,
		.in = { part, part_len },
		.out = { out, out_len },
	};

	return running_call(session, decrypt_feed, &job);
}

CK_RV
C_SignEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_ENCRYPT,
		.beside = USE_SIGN,
		.in = { part, part_len },
		.out = { out, out_len },
	};

	return running_call(session, feed_encrypt, &job);
}

CK_RV
C_DecryptVerifyUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	const struct job job = {
		.use = USE_DECRYPT,
		.beside = USE_VERIFY,
		.in = { part, part_len },
		.out = { out, out_len },
	};

	return running_call(session, decrypt_feed, &job);
}
