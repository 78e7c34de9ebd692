/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ProtectedKeyBlob through C_WrapKey, C_UnwrapKey and C_CreateObject.
 */
#include "tests/face/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_ATTRIBUTE open_key[] = {
	{ CKA_SENSITIVE, &no, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
};

static CK_ULONG
read_own(const char *name, unsigned char *out, CK_ULONG room)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	CK_ULONG len;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/tests/vectors/own/%s",
	    srcdir == NULL ? "." : srcdir, name);
	f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	len = fread(out, 1, room, f);
	ck_assert_int_eq(fclose(f), 0);
	return len;
}

static CK_ULONG
wrap(CK_SESSION_HANDLE session, CK_MECHANISM *how, CK_OBJECT_HANDLE key,
    unsigned char *out, CK_ULONG room)
{
	CK_ULONG need = 0, few;

	ok(p11->C_WrapKey(session, how, 0, key, NULL, &need));
	ck_assert_uint_le(need, room);
	few = need - 1;
	is(p11->C_WrapKey(session, how, 0, key, out, &few),
	    CKR_BUFFER_TOO_SMALL);
	ok(p11->C_WrapKey(session, how, 0, key, out, &need));
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

START_TEST(local)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE public, private, back;
	unsigned char machine[] = "L\0O\0C\0A\0L\0=\0m\0a\0c\0h\0i\0n\0e\0\0";
	unsigned char system[] = "S\0I\0D\0=\0S\0-\0001\0-\0005\0-\0001\0008"
	    "\0\0";
	unsigned char flags[4] = { 0 };
	CK_CNG_BUFFER buffers[] = {
		{ CNG_BUFFER_PROTECTION_DESCRIPTOR_STRING, machine,
		    sizeof(machine) },
		{ CNG_BUFFER_PROTECTION_FLAGS, flags, sizeof(flags) },
	};
	CK_CNG_BLOB_PARAMS params = { 0, 0, buffers, 2 };
	CK_MECHANISM how = { CKM_CNG_PROTECTEDKEY, NULL, 0 };
	CK_MECHANISM said = { CKM_CNG_PROTECTEDKEY, &params, sizeof(params) };
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	unsigned char blob[2048];
	CK_ATTRIBUTE as_value[] = { { CKA_CNG_BLOB, blob, 0 } };
	CK_ULONG len;

	guest_rsa(session, &public, &private);
	len = wrap(session, &how, private, blob, sizeof(blob));
	ck_assert_mem_eq(blob + 4, "PRTK", 4);
	ok(p11->C_UnwrapKey(session, &how, 0, blob, len, open_key, 2, &back));
	same_value(session, CKA_PRIME_1, private, back);
	len = wrap(session, &said, private, blob, sizeof(blob));
	ok(p11->C_UnwrapKey(session, &any, 0, blob, len, open_key, 2, &back));
	same_value(session, CKA_PRIME_1, private, back);
	as_value[0].ulValueLen = len;
	ok(p11->C_CreateObject(session, as_value, 1, &back));
	same_value(session, CKA_MODULUS, private, back);
	blob[len - 1] ^= 1;
	is(p11->C_UnwrapKey(session, &how, 0, blob, len, open_key, 2, &back),
	    CKR_WRAPPED_KEY_INVALID);
	is(p11->C_WrapKey(session, &how, guest_aes(session, 32), private,
	    NULL, &len), CKR_FUNCTION_NOT_SUPPORTED);
	/* how to protect is no business of who unwraps, or of other types */
	is(p11->C_UnwrapKey(session, &said, 0, blob, len, open_key, 2,
	    &back), CKR_MECHANISM_PARAM_INVALID);
	said.mechanism = CKM_CNG_PKCS8;
	is(p11->C_WrapKey(session, &said, 0, private, NULL, &len),
	    CKR_MECHANISM_PARAM_INVALID);
	said.mechanism = CKM_CNG_PROTECTEDKEY;
	flags[0] = 1;
	is(p11->C_WrapKey(session, &said, 0, private, NULL, &len),
	    CKR_MECHANISM_PARAM_INVALID);
	flags[0] = 0;
	buffers[0].value = system;
	buffers[0].len = sizeof(system);
	is(p11->C_WrapKey(session, &said, 0, private, NULL, &len),
	    CKR_FUNCTION_NOT_SUPPORTED);
	system[0] = '=';
	is(p11->C_WrapKey(session, &said, 0, private, NULL, &len),
	    CKR_ARGUMENTS_BAD);
}
END_TEST

START_TEST(root_keys_given)
{
	CK_SESSION_HANDLE session = guest_login();
	static unsigned char roots[16384];
	unsigned char blob[2048], plain[1024];
	CK_CNG_BUFFER buffer = { CNG_BUFFER_KDS_ROOT_KEY, roots, 0 };
	CK_CNG_BLOB_PARAMS params = { 0, 0, &buffer, 1 };
	CK_MECHANISM how = { CKM_CNG_PROTECTEDKEY, &params, sizeof(params) };
	CK_MECHANISM bare = { CKM_CNG_PROTECTEDKEY, NULL, 0 };
	CK_MECHANISM rsa = { CKM_CNG_RSAPRIVATE, NULL, 0 };
	CK_OBJECT_HANDLE back, want;
	CK_ULONG len, plain_len;

	buffer.len = read_own("kds_roots.ldif", roots, sizeof(roots));
	len = read_own("protected_sha1_dh.bin", blob, sizeof(blob));
	plain_len = read_own("rsa1024_priv.bin", plain, sizeof(plain));
	ok(p11->C_UnwrapKey(session, &rsa, 0, plain, plain_len, open_key, 2,
	    &want));
	ok(p11->C_UnwrapKey(session, &how, 0, blob, len, open_key, 2, &back));
	same_value(session, CKA_PRIME_1, want, back);
	how.mechanism = CKM_CNG_ANY;
	ok(p11->C_UnwrapKey(session, &how, 0, blob, len, open_key, 2, &back));
	how.mechanism = CKM_CNG_RSAPRIVATE;
	is(p11->C_UnwrapKey(session, &how, 0, plain, plain_len, open_key, 2,
	    &back), CKR_MECHANISM_PARAM_INVALID);
	how.mechanism = CKM_CNG_PROTECTEDKEY;
	is(p11->C_UnwrapKey(session, &bare, 0, blob, len, open_key, 2,
	    &back), CKR_MECHANISM_PARAM_INVALID);
	is(p11->C_WrapKey(session, &how, 0, want, NULL, &len),
	    CKR_MECHANISM_PARAM_INVALID);
	buffer.len = 10; /* none of them */
	is(p11->C_UnwrapKey(session, &how, 0, blob, len, open_key, 2, &back),
	    CKR_UNWRAPPING_KEY_HANDLE_INVALID);
}
END_TEST

/* Its id as Windows keeps it, then the key. */
static unsigned char root[] = { 0x88, 0x99, 0x40, 0xf8, 0x66, 0x66, 0x15,
	0x6e, 0x7b, 0x73, 0xe3, 0x9b, 0x3b, 0x85, 0xa2, 0x42, 0xc3, 0x38, 0x5c,
	0xed, 0x15, 0x44, 0xa9, 0x51, 0xd4, 0xeb, 0xc6, 0xe1, 0x7b, 0x3f, 0x0d,
	0x3f, 0x17, 0xcd, 0x56, 0x97, 0x3d, 0x71, 0xd4, 0xb9, 0x67, 0x44, 0xfc,
	0x26, 0x52, 0x53, 0x64, 0x45, 0x7e, 0xfa, 0xa2, 0xa8, 0x00, 0x2a, 0xa7,
	0xca, 0x52, 0x98, 0xa8, 0x1d, 0xdf, 0x66, 0x12, 0xc8, 0x0e, 0xfc, 0x91,
	0xc7, 0x6e, 0x27, 0x2b, 0xfc, 0x76, 0x42, 0x9b, 0x8c, 0xb6, 0x14, 0x87,
	0xbf };

START_TEST(root_key_in_the_token)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_VALUE, root, sizeof(root) },
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, &no, 1 },
		{ CKA_UNWRAP, &yes, 1 },
	};
	CK_MECHANISM how = { CKM_CNG_PROTECTEDKEY, NULL, 0 };
	CK_OBJECT_HANDLE key, back;
	unsigned char blob[2048];
	CK_ULONG len = read_own("protected_p256_dh.bin", blob, sizeof(blob));

	ok(p11->C_CreateObject(session, tmpl, 6, &key));
	ok(p11->C_UnwrapKey(session, &how, key, blob, len, open_key, 2,
	    &back));
	ck_assert_uint_eq(guest_number(session, back, CKA_KEY_TYPE), CKK_EC);
	tmpl[5].pValue = &no;
	ok(p11->C_CreateObject(session, tmpl, 6, &key));
	is(p11->C_UnwrapKey(session, &how, key, blob, len, open_key, 2,
	    &back), CKR_KEY_FUNCTION_NOT_PERMITTED);
	is(p11->C_UnwrapKey(session, &how, guest_aes(session, 32), blob, len,
	    open_key, 2, &back), CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT);
	len = read_own("protected_sha256.bin", blob, sizeof(blob));
	tmpl[5].pValue = &yes;
	ok(p11->C_CreateObject(session, tmpl, 6, &key));
	/* another root key's */
	is(p11->C_UnwrapKey(session, &how, key, blob, len, open_key, 2,
	    &back), CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { local, root_keys_given,
		root_key_in_the_token };

	return guest_run("face protected", tests, ARRAY_LEN(tests));
}
