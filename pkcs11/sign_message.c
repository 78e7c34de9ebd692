/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The calls that sign and verify messages, and those that are given the
 * signature before the data.
 */
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/message.h"

enum step {
	START,
	WHOLE,
	BEGIN,
	NEXT,
	FINISH,
	STEP_COUNT
};

/* Who signs wants the signature, who verifies gives it. */
static running_work *const sign_works[STEP_COUNT] = {
	[START] = message_start,
	[WHOLE] = message_sign,
	[BEGIN] = message_sign_begin,
	[NEXT] = message_sign_next,
	[FINISH] = message_finish,
};

static running_work *const verify_works[STEP_COUNT] = {
	[START] = message_start,
	[WHOLE] = message_verify,
	[BEGIN] = message_sign_begin,
	[NEXT] = message_verify_next,
	[FINISH] = message_finish,
};

/* Those that know the signature from the start. */
static running_work *const known_works[STEP_COUNT] = {
	[START] = running_verify_start,
	[WHOLE] = running_verify_known,
	[NEXT] = running_verify_feed,
	[FINISH] = running_verify_end,
};

static CK_RV
sign(const char *call, CK_SESSION_HANDLE session,
    enum step step, struct job job)
{
	job.use = USE_SIGN;
	return running_named(call, session, sign_works[step], &job);
}

static CK_RV
verify(const char *call, CK_SESSION_HANDLE session,
    enum step step, struct job job)
{
	job.use = USE_VERIFY;
	return running_named(call, session, verify_works[step], &job);
}

static CK_RV
verify_known(const char *call, CK_SESSION_HANDLE session,
    enum step step, struct job job)
{
	job.use = USE_VERIFY;
	return running_named(call, session, known_works[step], &job);
}

static const struct job no_more;

static struct job
key(const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE handle)
{
	struct job job = { .mechanism = mechanism, .key = handle };

	return job;
}

/* What a message, or a piece of one, comes with. */
static struct job
message(void *param, CK_ULONG param_len, const CK_BYTE *data,
    CK_ULONG data_len)
{
	struct job job = {
		.param = param,
		.param_len = param_len,
		.in = { data, data_len },
	};

	return job;
}

static struct job
wants(struct job job, CK_BYTE *signature, CK_ULONG *len)
{
	job.out = (struct wanted){ signature, len };
	return job;
}

static struct job
gives(struct job job, const CK_BYTE *signature, CK_ULONG len)
{
	job.signature = (struct given){ signature, len };
	return job;
}

CK_RV
C_MessageSignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE handle)
{
	return sign(__func__, session, START, key(mechanism, handle));
}

CK_RV
C_MessageVerifyInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE handle)
{
	return verify(__func__, session, START, key(mechanism, handle));
}

CK_RV
C_SignMessage(CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature,
    CK_ULONG_PTR signature_len)
{
	return sign(__func__, session, WHOLE,
	    wants(message(param, param_len, data, data_len), signature,
		signature_len));
}

CK_RV
C_VerifyMessage(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR signature, CK_ULONG signature_len)
{
	return verify(__func__, session, WHOLE,
	    gives(message(param, param_len, data, data_len), signature,
		signature_len));
}

CK_RV
C_SignMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len)
{
	return sign(__func__, session,
	    BEGIN, message(param, param_len, NULL, 0));
}

CK_RV
C_VerifyMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len)
{
	return verify(__func__, session,
	    BEGIN, message(param, param_len, NULL, 0));
}

CK_RV
C_SignMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR signature, CK_ULONG_PTR signature_len)
{
	return sign(__func__, session, NEXT,
	    wants(message(param, param_len, data, data_len), signature,
		signature_len));
}

CK_RV
C_VerifyMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR data, CK_ULONG data_len,
    CK_BYTE_PTR signature, CK_ULONG signature_len)
{
	return verify(__func__, session, NEXT,
	    gives(message(param, param_len, data, data_len), signature,
		signature_len));
}

CK_RV
C_MessageSignFinal(CK_SESSION_HANDLE session)
{
	return sign(__func__, session, FINISH, no_more);
}

CK_RV
C_MessageVerifyFinal(CK_SESSION_HANDLE session)
{
	return verify(__func__, session, FINISH, no_more);
}

CK_RV
C_VerifySignatureInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE handle, CK_BYTE_PTR signature, CK_ULONG signature_len)
{
	return verify_known(__func__, session, START,
	    gives(key(mechanism, handle), signature, signature_len));
}

CK_RV
C_VerifySignature(CK_SESSION_HANDLE session, CK_BYTE_PTR data,
    CK_ULONG data_len)
{
	return verify_known(__func__, session,
	    WHOLE, message(NULL, 0, data, data_len));
}

CK_RV
C_VerifySignatureUpdate(CK_SESSION_HANDLE session, CK_BYTE_PTR part,
    CK_ULONG part_len)
{
	return verify_known(__func__, session,
	    NEXT, message(NULL, 0, part, part_len));
}

CK_RV
C_VerifySignatureFinal(CK_SESSION_HANDLE session)
{
	return verify_known(__func__, session, FINISH, no_more);
}
