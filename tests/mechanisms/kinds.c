/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How digests, signatures and ciphers are proven: in one piece and in parts,
 * each way against what is expected, and what was touched is refused.
 */
#include "tests/mechanisms/cells.h"

#define PARTS 3

/* Cuts input into uneven parts. */
static struct bytes
part_of(struct bytes from, int i)
{
	CK_ULONG begin = from.len * (CK_ULONG)i / 5;
	CK_ULONG end = i == PARTS - 1 ? from.len :
	    from.len * (CK_ULONG)(i + 1) / 5;

	return (struct bytes){ from.ptr + begin, end - begin };
}

struct bytes
touched(struct bytes from)
{
	struct bytes out = copy_of(from.ptr, from.len);

	out.ptr[out.len / 2] ^= 1;
	return out;
}

bool
made_right(struct sample *s, struct bytes made, const char *what)
{
	if (s->hash.ptr != NULL) {
		s->output = made;
		return equal(digest_of("SHA256", made), s->hash, what);
	}
	if (s->published || s->row->accepts == NULL)
		return equal(made, s->output, what);
	return s->row->accepts(s, made);
}

/* --- digest --- */

static bool
digest_parts(struct sample *s, struct bytes *out)
{
	CK_RV rv = p11->C_DigestInit(session, &s->how);
	struct bytes part;
	int i;

	for (i = 0; rv == CKR_OK && i < PARTS; i++) {
		part = part_of(s->input, i);
		rv = p11->C_DigestUpdate(session, part.ptr, part.len);
	}
	if (rv == CKR_OK)
		rv = p11->C_DigestFinal(session, out->ptr, &out->len);
	return went(rv, "C_DigestFinal");
}

static bool
prove_digest(struct sample *s)
{
	struct bytes whole = room(64), parts = room(64);

	return went(p11->C_DigestInit(session, &s->how), "C_DigestInit") &&
	    went(p11->C_Digest(session, s->input.ptr, s->input.len, whole.ptr,
	    &whole.len), "C_Digest") &&
	    made_right(s, whole, "C_Digest") && digest_parts(s, &parts) &&
	    made_right(s, parts, "C_DigestFinal");
}

const struct kind digests = { { { CKF_DIGEST, prove_digest } } };

/* --- sign --- */

static bool
sign_whole(struct sample *s, struct bytes *out)
{
	*out = (struct bytes){ NULL, 0 };
	if (!went(function_begin(s, CKF_SIGN), "C_SignInit") ||
	    !went(p11->C_Sign(session, s->input.ptr, s->input.len, NULL,
	    &out->len), "C_Sign"))
		return false;
	*out = room(out->len);
	return went(p11->C_Sign(session, s->input.ptr, s->input.len,
	    out->ptr, &out->len), "C_Sign");
}

static bool
sign_parts(struct sample *s, struct bytes *out)
{
	CK_RV rv = function_begin(s, CKF_SIGN);
	struct bytes part;
	int i;

	for (i = 0; rv == CKR_OK && i < PARTS; i++) {
		part = part_of(s->input, i);
		rv = p11->C_SignUpdate(session, part.ptr, part.len);
	}
	*out = room(0x10000);
	if (rv == CKR_OK)
		rv = p11->C_SignFinal(session, out->ptr, &out->len);
	return went(rv, "C_SignFinal");
}

static CK_RV
verify_whole(struct sample *s, struct bytes sig)
{
	CK_RV rv = function_begin(s, CKF_VERIFY);

	return rv != CKR_OK ? rv : p11->C_Verify(session, s->input.ptr,
	    s->input.len, sig.ptr, sig.len);
}

static bool
prove_sign(struct sample *s)
{
	struct bytes made;

	if (!sign_whole(s, &made) || !made_right(s, made, "C_Sign"))
		return false;
	/* some take seconds */
	if (s->hash.ptr != NULL)
		return went(verify_whole(s, made), "C_Verify");
	return (s->row->whole || (sign_parts(s, &made) &&
	    made_right(s, made, "C_SignFinal")));
}

static CK_RV
verify_parts(struct sample *s, struct bytes sig)
{
	CK_RV rv = function_begin(s, CKF_VERIFY);
	struct bytes part;
	int i;

	for (i = 0; rv == CKR_OK && i < PARTS; i++) {
		part = part_of(s->input, i);
		rv = p11->C_VerifyUpdate(session, part.ptr, part.len);
	}
	return rv != CKR_OK ? rv :
	    p11->C_VerifyFinal(session, sig.ptr, sig.len);
}

static bool
prove_verify(struct sample *s)
{
	if (s->refused)
		return refused(verify_whole(s, s->output), "C_Verify");
	return went(verify_whole(s, s->output), "C_Verify") &&
	    refused(verify_whole(s, touched(s->output)), "C_Verify") &&
	    (s->row->whole ||
	    (went(verify_parts(s, s->output), "C_VerifyFinal") &&
	    refused(verify_parts(s, touched(s->output)), "C_VerifyFinal")));
}

static bool
sign_messages(struct sample *s)
{
	struct bytes made;
	int i;

	if (!went(function_begin(s, CKF_MESSAGE_SIGN), "C_MessageSignInit"))
		return false;
	for (i = 0; i < 2; i++) {
		made = room(0x10000);
		if (!went(p11->C_SignMessage(session, NULL, 0, s->input.ptr,
		    s->input.len, made.ptr, &made.len), "C_SignMessage") ||
		    !made_right(s, made, "C_SignMessage"))
			return false;
	}
	return went(p11->C_MessageSignFinal(session), "C_MessageSignFinal");
}

static CK_RV
verify_message(struct sample *s, struct bytes sig)
{
	return p11->C_VerifyMessage(session, NULL, 0, s->input.ptr,
	    s->input.len, sig.ptr, sig.len);
}

static bool
verify_messages(struct sample *s)
{
	if (!went(function_begin(s, CKF_MESSAGE_VERIFY),
	    "C_MessageVerifyInit"))
		return false;
	if (s->refused)
		return refused(verify_message(s, s->output),
		    "C_VerifyMessage");
	return went(verify_message(s, s->output), "C_VerifyMessage") &&
	    refused(verify_message(s, touched(s->output)),
	    "C_VerifyMessage") &&
	    went(verify_message(s, s->output), "C_VerifyMessage") &&
	    went(p11->C_MessageVerifyFinal(session), "C_MessageVerifyFinal");
}

/* Each in parts, both at once. */
static bool
message_parts(struct sample *s)
{
	struct bytes made = room(0x10000), part = part_of(s->input, 0);
	CK_BYTE *rest = s->input.ptr + part.len;
	CK_ULONG rest_len = s->input.len - part.len;

	return went(function_begin(s, CKF_MESSAGE_SIGN),
	    "C_MessageSignInit") &&
	    went(function_begin(s, CKF_MESSAGE_VERIFY),
	    "C_MessageVerifyInit") &&
	    went(p11->C_SignMessageBegin(session, NULL, 0),
	    "C_SignMessageBegin") &&
	    went(p11->C_SignMessageNext(session, NULL, 0, part.ptr, part.len,
	    NULL, NULL), "C_SignMessageNext") &&
	    went(p11->C_SignMessageNext(session, NULL, 0, rest, rest_len,
	    made.ptr, &made.len), "C_SignMessageNext") &&
	    made_right(s, made, "C_SignMessageNext") &&
	    went(p11->C_VerifyMessageBegin(session, NULL, 0),
	    "C_VerifyMessageBegin") &&
	    went(p11->C_VerifyMessageNext(session, NULL, 0, part.ptr,
	    part.len, NULL, 0), "C_VerifyMessageNext") &&
	    went(p11->C_VerifyMessageNext(session, NULL, 0, rest, rest_len,
	    s->output.ptr, s->output.len), "C_VerifyMessageNext");
}

const struct kind signs = { {
	{ CKF_SIGN, prove_sign },
	{ CKF_VERIFY, prove_verify },
	{ CKF_MESSAGE_SIGN, sign_messages },
	{ CKF_MESSAGE_VERIFY, verify_messages },
	{ CKF_MULTI_MESSAGE, message_parts },
} };

/* --- recover --- */

static bool
sign_recover(struct sample *s)
{
	struct bytes made = room(2048);

	return went(function_begin(s, CKF_SIGN_RECOVER),
	    "C_SignRecoverInit") &&
	    went(p11->C_SignRecover(session, s->input.ptr, s->input.len,
	    made.ptr, &made.len), "C_SignRecover") &&
	    made_right(s, made, "C_SignRecover");
}

static bool
verify_recover(struct sample *s)
{
	struct bytes back = room(2048);

	return went(function_begin(s, CKF_VERIFY_RECOVER),
	    "C_VerifyRecoverInit") &&
	    went(p11->C_VerifyRecover(session, s->output.ptr, s->output.len,
	    back.ptr, &back.len), "C_VerifyRecover") &&
	    equal(back, s->input, "C_VerifyRecover");
}

const struct kind recovers = { {
	{ CKF_SIGN_RECOVER, sign_recover },
	{ CKF_VERIFY_RECOVER, verify_recover },
} };

/* --- encrypt --- */

static bool
encrypt_whole(struct sample *s, struct bytes *out)
{
	*out = room(s->input.len + 2048);
	return went(function_begin(s, CKF_ENCRYPT), "C_EncryptInit") &&
	    went(p11->C_Encrypt(session, s->input.ptr, s->input.len, out->ptr,
	    &out->len), "C_Encrypt");
}

typedef CK_RV updater(
    CK_SESSION_HANDLE, CK_BYTE *, CK_ULONG, CK_BYTE *, CK_ULONG *);
typedef CK_RV finisher(CK_SESSION_HANDLE, CK_BYTE *, CK_ULONG *);

static bool
crypt_parts(struct bytes from, struct bytes *out, updater *update,
    finisher *finish)
{
	CK_ULONG done = 0, len;
	struct bytes part;
	CK_RV rv = CKR_OK;
	int i;

	*out = room(from.len + 2048);
	for (i = 0; rv == CKR_OK && i < PARTS; i++) {
		part = part_of(from, i);
		len = out->len - done;
		rv = update(session, part.ptr, part.len, out->ptr + done,
		    &len);
		done += len;
	}
	len = out->len - done;
	if (rv == CKR_OK)
		rv = finish(session, out->ptr + done, &len);
	out->len = done + len;
	return went(rv, "parts");
}

static bool
prove_encrypt(struct sample *s)
{
	struct bytes made;

	if (!encrypt_whole(s, &made) || !made_right(s, made, "C_Encrypt"))
		return false;
	return s->row->whole ||
	    (went(function_begin(s, CKF_ENCRYPT), "C_EncryptInit") &&
	    crypt_parts(s->input, &made, p11->C_EncryptUpdate,
	    p11->C_EncryptFinal) && made_right(s, made, "C_EncryptFinal"));
}

static bool
prove_decrypt(struct sample *s)
{
	struct bytes back = room(s->output.len + 16);

	if (!went(function_begin(s, CKF_DECRYPT), "C_DecryptInit") ||
	    !went(p11->C_Decrypt(session, s->output.ptr, s->output.len,
	    back.ptr, &back.len), "C_Decrypt") ||
	    !equal(back, s->input, "C_Decrypt"))
		return false;
	return s->row->whole ||
	    (went(function_begin(s, CKF_DECRYPT), "C_DecryptInit") &&
	    crypt_parts(s->output, &back, p11->C_DecryptUpdate,
	    p11->C_DecryptFinal) && equal(back, s->input, "C_DecryptFinal"));
}

const struct kind crypts = { {
	{ CKF_ENCRYPT, prove_encrypt },
	{ CKF_DECRYPT, prove_decrypt },
} };

const struct kind only_decrypts = { { { CKF_DECRYPT, prove_decrypt } } };
