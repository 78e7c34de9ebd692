/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How messages are proven, and functions that give a key: wrapped, derived,
 * encapsulated or made.
 */
#include "tests/mechanisms/cells.h"

/* --- messages --- */

static bool
sealed_right(struct sample *s, struct bytes text)
{
	struct bytes whole = copy_of(text.ptr, text.len + s->tag.len);

	memcpy(whole.ptr + text.len, s->tag.ptr, s->tag.len);
	return equal(whole, s->output, "the message and its tag");
}

static bool
encrypt_message(struct sample *s)
{
	struct bytes out = room(s->input.len + 32);

	out.len = s->input.len;
	return went(function_begin(s, CKF_MESSAGE_ENCRYPT),
	    "C_MessageEncryptInit") &&
	    went(p11->C_EncryptMessage(session, s->how.pParameter,
	    s->how.ulParameterLen, s->aad.ptr, s->aad.len, s->input.ptr,
	    s->input.len, out.ptr, &out.len), "C_EncryptMessage") &&
	    sealed_right(s, out) &&
	    went(p11->C_MessageEncryptFinal(session),
	    "C_MessageEncryptFinal");
}

static CK_RV
decrypt_one(struct sample *s, struct bytes *out)
{
	CK_ULONG len = s->output.len - s->tag.len;

	memcpy(s->tag.ptr, s->output.ptr + len, s->tag.len);
	*out = room(len + 1);
	return p11->C_DecryptMessage(session, s->how.pParameter,
	    s->how.ulParameterLen, s->aad.ptr, s->aad.len, s->output.ptr, len,
	    out->ptr, &out->len);
}

static bool
decrypt_message(struct sample *s)
{
	struct bytes out;

	if (!went(function_begin(s, CKF_MESSAGE_DECRYPT),
	    "C_MessageDecryptInit") ||
	    !went(decrypt_one(s, &out), "C_DecryptMessage") ||
	    !equal(out, s->input, "C_DecryptMessage"))
		return false;
	s->output = touched(s->output);
	return refused(decrypt_one(s, &out), "C_DecryptMessage") &&
	    went(p11->C_MessageDecryptFinal(session),
	    "C_MessageDecryptFinal");
}

typedef CK_RV begin_call(
    CK_SESSION_HANDLE, void *, CK_ULONG, CK_BYTE *, CK_ULONG);
typedef CK_RV next_call(CK_SESSION_HANDLE, void *, CK_ULONG, CK_BYTE *,
    CK_ULONG, CK_BYTE *, CK_ULONG *, CK_FLAGS);

static CK_RV
in_two(struct sample *s, begin_call *begin, next_call *next,
    struct bytes from, struct bytes *out)
{
	void *param = s->how.pParameter;
	CK_ULONG param_len = s->how.ulParameterLen, half = from.len / 3;
	CK_ULONG first, rest;
	CK_RV rv;

	*out = room(from.len + 32);
	first = out->len;
	rv = begin(session, param, param_len, s->aad.ptr, s->aad.len);
	if (rv == CKR_OK)
		rv = next(session, param, param_len, from.ptr, half, out->ptr,
		    &first, 0);
	rest = out->len - first;
	if (rv == CKR_OK)
		rv = next(session, param, param_len, from.ptr + half,
		    from.len - half, out->ptr + first, &rest,
		    CKF_END_OF_MESSAGE);
	out->len = first + rest;
	return rv;
}

static bool
messages_in_parts(struct sample *s)
{
	struct bytes out, text;

	if (!went(function_begin(s, CKF_MESSAGE_ENCRYPT),
	    "C_MessageEncryptInit") ||
	    !went(function_begin(s, CKF_MESSAGE_DECRYPT),
	    "C_MessageDecryptInit") ||
	    !went(in_two(s, p11->C_EncryptMessageBegin,
	    p11->C_EncryptMessageNext, s->input, &out),
	    "C_EncryptMessageNext") || !sealed_right(s, out))
		return false;
	text = (struct bytes){ s->output.ptr, s->output.len - s->tag.len };
	return went(in_two(s, p11->C_DecryptMessageBegin,
	    p11->C_DecryptMessageNext, text, &out), "C_DecryptMessageNext") &&
	    equal(out, s->input, "C_DecryptMessageNext");
}

const struct kind messages = { {
	{ CKF_MESSAGE_ENCRYPT, encrypt_message },
	{ CKF_MESSAGE_DECRYPT, decrypt_message },
	{ CKF_MULTI_MESSAGE, messages_in_parts },
} };

/* --- wrap --- */

static CK_OBJECT_HANDLE
key_for(const struct sample *s, bool public)
{
	if (s->secret != CK_INVALID_HANDLE)
		return s->secret;
	return public ? s->public_key : s->private_key;
}

static bool
prove_wrap(struct sample *s)
{
	CK_OBJECT_HANDLE target;
	struct bytes out = { NULL, 0 };

	if (!went(secret_try(CKK_GENERIC_SECRET, s->input, &target),
	    "C_CreateObject") ||
	    !went(p11->C_WrapKey(session, &s->how, key_for(s, true), target,
	    NULL, &out.len), "C_WrapKey"))
		return false;
	out = room(out.len);
	return went(p11->C_WrapKey(session, &s->how, key_for(s, true), target,
	    out.ptr, &out.len), "C_WrapKey") &&
	    made_right(s, out, "C_WrapKey");
}

static CK_RV
unwrap(struct sample *s, struct bytes wrapped, CK_OBJECT_HANDLE *out)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};

	return p11->C_UnwrapKey(session, &s->how, key_for(s, false),
	    wrapped.ptr, wrapped.len, tmpl, ARRAY_LEN(tmpl), out);
}

static bool
prove_unwrap(struct sample *s)
{
	CK_OBJECT_HANDLE key;

	return went(unwrap(s, s->output, &key), "C_UnwrapKey") &&
	    equal(object_value(key, CKA_VALUE), s->input, "C_UnwrapKey") &&
	    refused(unwrap(s, touched(s->output), &key), "C_UnwrapKey");
}

const struct kind wraps = { {
	{ CKF_WRAP, prove_wrap },
	{ CKF_UNWRAP, prove_unwrap },
} };

/* --- derive --- */

static bool
derive_as(struct sample *s, CK_OBJECT_CLASS class)
{
	static CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ULONG len = s->output.len;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};
	CK_OBJECT_HANDLE key;

	return went(p11->C_DeriveKey(session, &s->how, key_for(s, false),
	    tmpl, class == CKO_DATA ? 2 : ARRAY_LEN(tmpl), &key),
	    "C_DeriveKey") &&
	    equal(object_value(key, CKA_VALUE), s->output, "C_DeriveKey");
}

static bool
prove_derive(struct sample *s)
{
	return derive_as(s, CKO_SECRET_KEY);
}

static bool
prove_derive_data(struct sample *s)
{
	return derive_as(s, CKO_DATA);
}

const struct kind derives = { { { CKF_DERIVE, prove_derive } } };
const struct kind derives_data = { { { CKF_DERIVE, prove_derive_data } } };

/* --- encapsulate: the output is the ciphertext, the input the secret --- */

static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
static CK_ATTRIBUTE shared[] = {
	{ CKA_CLASS, &secret_class, sizeof(secret_class) },
	{ CKA_KEY_TYPE, &generic, sizeof(generic) },
	{ CKA_SENSITIVE, &no, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
};

static bool
prove_encapsulate(struct sample *s)
{
	struct bytes out = room(0x10000);
	CK_OBJECT_HANDLE key = 0;

	if (!went(p11->C_EncapsulateKey(session, &s->how, s->public_key,
	    shared, ARRAY_LEN(shared), out.ptr, &out.len, &key),
	    "C_EncapsulateKey"))
		return false;
	s->input = object_value(key, CKA_VALUE);
	return s->row->accepts(s, out);
}

static CK_RV
decapsulate(struct sample *s, struct bytes from, CK_OBJECT_HANDLE *key)
{
	return p11->C_DecapsulateKey(session, &s->how, s->private_key,
	    shared, ARRAY_LEN(shared), from.ptr, from.len, key);
}

static bool
prove_decapsulate(struct sample *s)
{
	CK_OBJECT_HANDLE key = 0;

	return went(decapsulate(s, s->output, &key), "C_DecapsulateKey") &&
	    equal(object_value(key, CKA_VALUE), s->input, "C_DecapsulateKey");
}

const struct kind kems = { {
	{ CKF_ENCAPSULATE, prove_encapsulate },
	{ CKF_DECAPSULATE, prove_decapsulate },
} };
