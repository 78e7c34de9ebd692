/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Symmetric, wrapped and sealed CNG blobs through C_WrapKey, C_UnwrapKey and
 * C_CreateObject.
 */
#include "tests/face/guest.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_ATTRIBUTE open_key[] = {
	{ CKA_SENSITIVE, &no, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
};

static CK_ULONG
wrap(CK_SESSION_HANDLE session, CK_MECHANISM *how, CK_OBJECT_HANDLE with,
    CK_OBJECT_HANDLE key, unsigned char *out, CK_ULONG room)
{
	CK_ULONG need = 0, few;

	ok(p11->C_WrapKey(session, how, with, key, NULL, &need));
	ck_assert_uint_le(need, room);
	few = need - 1;
	is(p11->C_WrapKey(session, how, with, key, out, &few),
	    CKR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(few, need);
	ok(p11->C_WrapKey(session, how, with, key, out, &need));
	return need;
}

static void
same_value(CK_SESSION_HANDLE session, CK_ULONG type, CK_OBJECT_HANDLE a,
    CK_OBJECT_HANDLE b)
{
	unsigned char one[600], two[600];
	CK_ULONG one_len = sizeof(one), two_len = sizeof(two);

	ok(guest_bytes(session, a, type, one, &one_len));
	ok(guest_bytes(session, b, type, two, &two_len));
	ck_assert_uint_eq(one_len, two_len);
	ck_assert_mem_eq(one, two, one_len);
}

START_TEST(cipher_key)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 32), back;
	CK_OBJECT_HANDLE generic = guest_generic(session, 32);
	CK_OBJECT_HANDLE with = guest_aes(session, 32);
	CK_MECHANISM how = { CKM_CNG_CIPHERKEY, NULL, 0 };
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	unsigned char blob[256];
	CK_ULONG len;

	len = wrap(session, &how, 0, key, blob, sizeof(blob));
	ck_assert_uint_eq(len, 68);
	ck_assert_mem_eq(blob + 4, "CPHR", 4);
	ok(p11->C_UnwrapKey(session, &any, 0, blob, len, open_key, 2, &back));
	ck_assert_uint_eq(guest_number(session, back, CKA_KEY_TYPE), CKK_AES);
	same_value(session, CKA_VALUE, key, back);
	is(p11->C_UnwrapKey(session, &how, 0, blob, len - 1, open_key, 2,
	    &back), CKR_WRAPPED_KEY_INVALID);
	/* the blob says what it is, whole under a key, too */
	len = wrap(session, &how, with, generic, blob, sizeof(blob));
	ok(p11->C_UnwrapKey(session, &how, with, blob, len, open_key, 2,
	    &back));
	ck_assert_uint_eq(guest_number(session, back, CKA_KEY_TYPE),
	    CKK_GENERIC_SECRET);
	same_value(session, CKA_VALUE, generic, back);
}
END_TEST

START_TEST(key_wrap)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key = guest_aes(session, 16), back, public, private;
	CK_OBJECT_HANDLE with = guest_aes(session, 32);
	CK_MECHANISM how = { CKM_CNG_RFC3565WRAP, NULL, 0 };
	CK_MECHANISM kw = { CKM_AES_KEY_WRAP, NULL, 0 };
	unsigned char blob[256], standard[256];
	CK_ULONG len, standard_len;

	len = wrap(session, &how, with, key, blob, sizeof(blob));
	ck_assert_uint_eq(len, 24);
	/* nothing but RFC 3394 */
	standard_len = wrap(session, &kw, with, key, standard,
	    sizeof(standard));
	ck_assert_uint_eq(standard_len, len);
	ck_assert_mem_eq(standard, blob, len);
	ok(p11->C_UnwrapKey(session, &how, with, blob, len, open_key, 2,
	    &back));
	same_value(session, CKA_VALUE, key, back);
	is(p11->C_WrapKey(session, &how, 0, key, NULL, &len),
	    CKR_WRAPPING_KEY_HANDLE_INVALID);
	is(p11->C_UnwrapKey(session, &how, 0, blob, 24, open_key, 2, &back),
	    CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	blob[0] ^= 1;
	is(p11->C_UnwrapKey(session, &how, with, blob, 24, open_key, 2,
	    &back), CKR_WRAPPED_KEY_INVALID);
	guest_rsa(session, &public, &private);
	is(p11->C_WrapKey(session, &how, with, private, NULL, &len),
	    CKR_KEY_NOT_WRAPPABLE);
}
END_TEST

static void
wrapping_pair(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *public,
    CK_OBJECT_HANDLE *private)
{
	CK_ULONG bits = 2048;
	CK_MECHANISM make = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
		{ CKA_WRAP, &yes, 1 },
	};
	CK_ATTRIBUTE private_tmpl[] = { { CKA_UNWRAP, &yes, 1 } };

	ok(p11->C_GenerateKeyPair(session, &make, public_tmpl, 2,
	    private_tmpl, 1, public, private));
}

/* What is inside the frame is what the standard mechanism makes. */
static void
unwraps_as_standard(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE with,
    unsigned char *cipher, CK_ULONG len, CK_OBJECT_HANDLE key)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_KEY_TYPE ec = CKK_EC;
	char label[] = "the label";
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA384, CKG_MGF1_SHA384,
		CKZ_DATA_SPECIFIED, label, sizeof(label) };
	CK_RSA_AES_KEY_WRAP_PARAMS both = { 192, &oaep };
	CK_MECHANISM how = { CKM_RSA_AES_KEY_WRAP, &both, sizeof(both) };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &ec, sizeof(ec) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};
	CK_OBJECT_HANDLE back;

	ok(p11->C_UnwrapKey(session, &how, with, cipher, len, tmpl, 4,
	    &back));
	same_value(session, CKA_VALUE, key, back);
}

START_TEST(rsa_aes)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private, key_public, key, back;
	unsigned char bits[] = { 192, 0, 0, 0 };
	unsigned char padding[] = "S\0H\0A\0003\0008\0004\0\0";
	char label[] = "the label";
	unsigned char ecdsa[] = "E\0C\0D\0S\0A\0_\0P\0002\0005\0006\0\0";
	unsigned char named_rsa[] = "R\0S\0A\0\0";
	CK_CNG_BUFFER out_buffers[] = {
		{ CNG_BUFFER_PKCS_AES_KEY_BITS, bits, sizeof(bits) },
		{ CNG_BUFFER_PKCS_PADDING_ALGO, padding, sizeof(padding) },
		{ CNG_BUFFER_PKCS_PADDING_LABEL, label, sizeof(label) },
	};
	CK_CNG_BUFFER in_buffer = { CNG_BUFFER_PKCS_ALG_ID, ecdsa,
		sizeof(ecdsa) };
	CK_CNG_BLOB_PARAMS out_params = { 0, 0, out_buffers, 3 };
	CK_CNG_BLOB_PARAMS in_params = { 0, 0, &in_buffer, 1 };
	CK_MECHANISM how = { CKM_CNG_RSAAESWRAP, NULL, 0 };
	CK_MECHANISM out = { CKM_CNG_RSAAESWRAP, &out_params,
		sizeof(out_params) };
	CK_MECHANISM in = { CKM_CNG_RSAAESWRAP, &in_params,
		sizeof(in_params) };
	unsigned char blob[2048];
	CK_ULONG len;

	wrapping_pair(session, &public, &private);
	guest_ec(session, &key_public, &key);
	len = wrap(session, &how, public, key, blob, sizeof(blob));
	ck_assert_mem_eq(blob, "RAPW", 4);
	ok(p11->C_UnwrapKey(session, &how, private, blob, len, open_key, 2,
	    &back));
	same_value(session, CKA_VALUE, key, back);
	len = wrap(session, &out, public, key, blob, sizeof(blob));
	ck_assert_mem_eq(blob + len - sizeof(label), label, sizeof(label));
	ok(p11->C_UnwrapKey(session, &in, private, blob, len, open_key, 2,
	    &back));
	same_value(session, CKA_VALUE, key, back);
	unwraps_as_standard(session, private, blob + 16,
	    len - 16 - sizeof(padding) - sizeof(label), key);
	in_buffer.value = named_rsa;
	in_buffer.len = sizeof(named_rsa);
	ck_assert_uint_ne(p11->C_UnwrapKey(session, &in, private, blob, len,
	    open_key, 2, &back), CKR_OK);
	/* how to wrap is no business of who unwraps, or of other types */
	is(p11->C_UnwrapKey(session, &out, private, blob, len, open_key, 2,
	    &back), CKR_MECHANISM_PARAM_INVALID);
	out.mechanism = CKM_CNG_PKCS8;
	is(p11->C_WrapKey(session, &out, public, key, NULL, &len),
	    CKR_MECHANISM_PARAM_INVALID);
	out.mechanism = CKM_CNG_RSAAESWRAP;
	bits[0] = 100;
	is(p11->C_WrapKey(session, &out, public, key, NULL, &len),
	    CKR_MECHANISM_PARAM_INVALID);
	bits[0] = 192;
	padding[0] = 'X';
	is(p11->C_WrapKey(session, &out, public, key, NULL, &len),
	    CKR_MECHANISM_PARAM_INVALID);
	is(p11->C_WrapKey(session, &how, 0, key, NULL, &len),
	    CKR_WRAPPING_KEY_HANDLE_INVALID);
	is(p11->C_WrapKey(session, &how, guest_aes(session, 32), key, NULL,
	    &len), CKR_WRAPPING_KEY_TYPE_INCONSISTENT);
}
END_TEST

START_TEST(transport)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private, back;
	CK_MECHANISM how = { CKM_CNG_OPAQUETRANSPORT, NULL, 0 };
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	unsigned char blob[2048];
	char label[] = "another";
	CK_ATTRIBUTE narrow[] = {
		{ CKA_EXTRACTABLE, &no, 1 },
		{ CKA_LABEL, label, 7 },
	};
	CK_ATTRIBUTE widen = { CKA_DERIVE, &yes, 1 };
	CK_ATTRIBUTE as_value[] = { { CKA_CNG_BLOB, blob, 0 } };
	CK_ULONG len;

	guest_rsa(session, &public, &private);
	len = wrap(session, &how, 0, private, blob, sizeof(blob));
	ck_assert_mem_eq(blob, "CNGT", 4);
	ok(p11->C_UnwrapKey(session, &any, 0, blob, len, NULL, 0, &back));
	same_value(session, CKA_MODULUS, private, back);
	same_value(session, CKA_ID, private, back);
	ck_assert_uint_eq(guest_bool(session, back, CKA_EXTRACTABLE), yes);
	ok(p11->C_UnwrapKey(session, &how, 0, blob, len, narrow, 2, &back));
	ck_assert_uint_eq(guest_bool(session, back, CKA_EXTRACTABLE), no);
	is(p11->C_UnwrapKey(session, &how, 0, blob, len, &widen, 1, &back),
	    CKR_TEMPLATE_INCONSISTENT);
	as_value[0].ulValueLen = len;
	ok(p11->C_CreateObject(session, as_value, 1, &back));
	same_value(session, CKA_MODULUS, private, back);
	blob[len - 1] ^= 1;
	is(p11->C_UnwrapKey(session, &how, 0, blob, len, NULL, 0, &back),
	    CKR_WRAPPED_KEY_INVALID);
	is(p11->C_WrapKey(session, &how, guest_aes(session, 32), private,
	    NULL, &len), CKR_FUNCTION_NOT_SUPPORTED);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { cipher_key, key_wrap, rsa_aes,
		transport };

	return guest_run("face closed", tests, ARRAY_LEN(tests));
}
