/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The calls that encrypt and decrypt messages.
 */
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/message.h"

enum step {
	START,
	WHOLE,
	BEGIN,
	NEXT,
	LAST,                    /* no part comes after */
	FINISH,
};

static running_work *const works[] = {
	[START] = message_start,
	[WHOLE] = message_crypt,
	[BEGIN] = message_crypt_begin,
	[NEXT] = message_crypt_next,
	[LAST] = message_crypt_next,
	[FINISH] = message_finish,
};

static CK_RV
crypt_messages(const char *call, CK_SESSION_HANDLE session,
    enum operation_use use, enum step step, struct job job)
{
	job.use = use;
	job.last = step == WHOLE || step == LAST;
	return running_named(call, session, works[step], &job);
}

/* What a message, or a piece of one, comes with. */
static struct job
message(void *param, CK_ULONG param_len, struct given aad, struct given in,
    struct wanted out)
{
	struct job job = {
		.param = param,
		.param_len = param_len,
		.aad = aad,
		.in = in,
		.out = out,
	};

	return job;
}

static struct job
key(const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE handle)
{
	struct job job = { .mechanism = mechanism, .key = handle };

	return job;
}

static const struct given nothing;
static const struct wanted no_room;
static const struct job no_more;

static enum step
next(CK_FLAGS flags)
{
	return (flags & CKF_END_OF_MESSAGE) != 0 ? LAST : NEXT;
}

CK_RV
C_MessageEncryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE handle)
{
	return crypt_messages(
	    __func__, session, USE_ENCRYPT, START, key(mechanism, handle));
}

CK_RV
C_MessageDecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
    CK_OBJECT_HANDLE handle)
{
	return crypt_messages(
	    __func__, session, USE_DECRYPT, START, key(mechanism, handle));
}

CK_RV
C_EncryptMessage(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR aad, CK_ULONG aad_len, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	return crypt_messages(__func__, session, USE_ENCRYPT, WHOLE,
	    message(param, param_len, (struct given){ aad, aad_len },
		(struct given){ data, data_len },
		(struct wanted){ out, out_len }));
}

CK_RV
C_DecryptMessage(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR aad, CK_ULONG aad_len, CK_BYTE_PTR data,
    CK_ULONG data_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	return crypt_messages(__func__, session, USE_DECRYPT, WHOLE,
	    message(param, param_len, (struct given){ aad, aad_len },
		(struct given){ data, data_len },
		(struct wanted){ out, out_len }));
}

CK_RV
C_EncryptMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR aad, CK_ULONG aad_len)
{
	return crypt_messages(__func__, session, USE_ENCRYPT, BEGIN,
	    message(param, param_len, (struct given){ aad, aad_len },
		nothing, no_room));
}

CK_RV
C_DecryptMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR aad, CK_ULONG aad_len)
{
	return crypt_messages(__func__, session, USE_DECRYPT, BEGIN,
	    message(param, param_len, (struct given){ aad, aad_len },
		nothing, no_room));
}

CK_RV
C_EncryptMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len, CK_FLAGS flags)
{
	return crypt_messages(__func__, session, USE_ENCRYPT, next(flags),
	    message(param, param_len, nothing,
		(struct given){ data, data_len },
		(struct wanted){ out, out_len }));
}

CK_RV
C_DecryptMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR param,
    CK_ULONG param_len, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len, CK_FLAGS flags)
{
	return crypt_messages(__func__, session, USE_DECRYPT, next(flags),
	    message(param, param_len, nothing,
		(struct given){ data, data_len },
		(struct wanted){ out, out_len }));
}

CK_RV
C_MessageEncryptFinal(CK_SESSION_HANDLE session)
{
	return crypt_messages(
	    __func__, session, USE_ENCRYPT, FINISH, no_more);
}

CK_RV
C_MessageDecryptFinal(CK_SESSION_HANDLE session)
{
	return crypt_messages(
	    __func__, session, USE_DECRYPT, FINISH, no_more);
}
