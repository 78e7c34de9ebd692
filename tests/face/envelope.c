/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS7_ENVELOPE through C_WrapKey and C_UnwrapKey: under a key of the token,
 * for a certificate, and back with a key that is named or found.
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
static CK_MECHANISM plain = { CKM_CNG_PKCS7ENVELOPE, NULL, 0 };

static CK_ULONG
sample(const char *name, unsigned char *out, size_t room)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	size_t got;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/own/%s",
	    srcdir == NULL ? "." : srcdir, name);
	f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	got = fread(out, 1, room, f);
	ck_assert_uint_lt(got, room);
	fclose(f);
	return got;
}

static CK_OBJECT_HANDLE
import(CK_SESSION_HANDLE session, const char *name, CK_ATTRIBUTE *tmpl,
    CK_ULONG count)
{
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	static unsigned char blob[4096];
	CK_ULONG len = sample(name, blob, sizeof(blob));
	CK_OBJECT_HANDLE key;

	ok(p11->C_UnwrapKey(session, &any, 0, blob, len, tmpl, count, &key));
	return key;
}

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
same_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE a, CK_OBJECT_HANDLE b)
{
	unsigned char one[600], two[600];
	CK_ULONG one_len = sizeof(one), two_len = sizeof(two);

	ok(guest_bytes(session, a, CKA_VALUE, one, &one_len));
	ok(guest_bytes(session, b, CKA_VALUE, two, &two_len));
	ck_assert_uint_eq(one_len, two_len);
	ck_assert_mem_eq(one, two, one_len);
}

START_TEST(under_a_key)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_ULONG bits = 2048, len;
	CK_MECHANISM make = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
		{ CKA_WRAP, &yes, 1 },
	};
	CK_ATTRIBUTE private_tmpl = { CKA_UNWRAP, &yes, 1 };
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	CK_OBJECT_HANDLE public, private, key_public, key, back;
	unsigned char blob[2048];

	ok(p11->C_GenerateKeyPair(session, &make, public_tmpl, 2,
	    &private_tmpl, 1, &public, &private));
	guest_ec(session, &key_public, &key);
	len = wrap(session, &plain, public, key, blob, sizeof(blob));
	ck_assert_uint_eq(blob[0], 0x30);
	ok(p11->C_UnwrapKey(session, &plain, private, blob, len, open_key, 2,
	    &back));
	same_key(session, key, back);
	ok(p11->C_UnwrapKey(session, &any, private, blob, len, open_key, 2,
	    &back));
	same_key(session, key, back);
	/* nobody is named: known by its identifier only, it is not found */
	is(p11->C_UnwrapKey(session, &plain, 0, blob, len, open_key, 2,
	    &back), CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	is(p11->C_UnwrapKey(session, &plain, guest_aes(session, 32), blob,
	    len, open_key, 2, &back),
	    CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT);
	is(p11->C_UnwrapKey(session, &plain, private, blob, len - 1,
	    open_key, 2, &back), CKR_WRAPPED_KEY_INVALID);
	blob[len - 1] ^= 1;
	is(p11->C_UnwrapKey(session, &plain, private, blob, len, open_key, 2,
	    &back), CKR_WRAPPED_KEY_INVALID);
	is(p11->C_WrapKey(session, &plain, 0, key, NULL, &len),
	    CKR_WRAPPING_KEY_HANDLE_INVALID);
	is(p11->C_WrapKey(session, &plain, public, guest_aes(session, 16),
	    NULL, &len), CKR_KEY_NOT_WRAPPABLE);
}
END_TEST

START_TEST(for_a_certificate)
{
	CK_SESSION_HANDLE session = guest_login();
	unsigned char cert[2048], blob[2048], oaep[] = "S\0H\0A\0001\0\0";
	char aes128[] = "2.16.840.1.101.3.4.1.2";
	CK_CNG_BUFFER buffers[] = {
		{ CNG_BUFFER_CERT_BLOB, cert, 0 },
		{ CNG_BUFFER_PKCS_ALG_OID, aes128, sizeof(aes128) },
		{ CNG_BUFFER_PKCS_PADDING_ALGO, oaep, sizeof(oaep) },
	};
	CK_CNG_BLOB_PARAMS params = { 0, 0, buffers, 2 };
	CK_MECHANISM how = { CKM_CNG_PKCS7ENVELOPE, &params, sizeof(params) };
	CK_OBJECT_HANDLE public, key, mine, back;
	CK_ULONG len;

	buffers[0].len = sample("cert_p256_agree.der", cert, sizeof(cert));
	mine = import(session, "p256_ecdh_priv.bin", NULL, 0);
	guest_ec(session, &public, &key);
	len = wrap(session, &how, 0, key, blob, sizeof(blob));
	ok(p11->C_UnwrapKey(session, &plain, mine, blob, len, open_key, 2,
	    &back));
	same_key(session, key, back);
	/* for whom is no business of who opens */
	is(p11->C_UnwrapKey(session, &how, mine, blob, len, open_key, 2,
	    &back), CKR_MECHANISM_PARAM_INVALID);
	params.count = 3; /* OAEP is for RSA only, and no harm here */
	ok(p11->C_WrapKey(session, &how, 0, key, NULL, &len));
	aes128[0] = '3';
	is(p11->C_WrapKey(session, &how, 0, key, NULL, &len),
	    CKR_MECHANISM_PARAM_INVALID);
	aes128[0] = '2';
	how.mechanism = CKM_CNG_PKCS8;
	is(p11->C_WrapKey(session, &how, 0, key, NULL, &len),
	    CKR_MECHANISM_PARAM_INVALID);
	how.mechanism = CKM_CNG_PKCS7ENVELOPE;
	cert[5] ^= 0xff;
	is(p11->C_WrapKey(session, &how, 0, key, NULL, &len),
	    CKR_ARGUMENTS_BAD);
	cert[5] ^= 0xff;
	/* weaker than what it should carry */
	buffers[0].len = sample("cert_rsa1024.der", cert, sizeof(cert));
	is(p11->C_WrapKey(session, &how, 0, key, NULL, &len),
	    CKR_WRAPPING_KEY_SIZE_RANGE);
}
END_TEST

START_TEST(found_by_certificate)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE x509 = CKC_X_509;
	unsigned char cert[2048], blob[2048];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
		{ CKA_VALUE, cert, 0 },
	};
	CK_ATTRIBUTE may[] = { { CKA_UNWRAP, &yes, 1 } };
	CK_ATTRIBUTE as_value[] = { { CKA_CNG_BLOB, blob, 0 } };
	CK_OBJECT_HANDLE object, back;
	CK_ULONG len = sample("envelope_rsa.der", blob, sizeof(blob));

	is(p11->C_UnwrapKey(session, &plain, 0, blob, len, open_key, 2,
	    &back), CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	tmpl[2].ulValueLen = sample("cert_rsa1024.der", cert, sizeof(cert));
	ok(p11->C_CreateObject(session, tmpl, 3, &object));
	(void)import(session, "rsa1024_priv.bin", may, 1);
	ok(p11->C_UnwrapKey(session, &plain, 0, blob, len, open_key, 2,
	    &back));
	ck_assert_uint_eq(guest_number(session, back, CKA_KEY_TYPE), CKK_EC);
	/* a template names no key to open it with */
	as_value[0].ulValueLen = len;
	is(p11->C_CreateObject(session, as_value, 1, &back),
	    CKR_ARGUMENTS_BAD);
	ok(p11->C_Logout(session));
	is(p11->C_UnwrapKey(session, &plain, 0, blob, len, open_key, 2,
	    &back), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { under_a_key, for_a_certificate,
		found_by_certificate };

	return guest_run("face envelope", tests,
	    sizeof(tests) / sizeof(tests[0]));
}
