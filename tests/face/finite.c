/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DSA and Diffie-Hellman keys as objects, and the blobs they and CryptoAPI
 * have: in and out, made from numbers, kept on the token.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_mechs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static const struct {
	CK_MECHANISM_TYPE type;
	const char *file;
	CK_OBJECT_CLASS class;
	CK_KEY_TYPE key;
	bool generic;            /* also its own PUBLICBLOB or PRIVATEBLOB */
} blobs[] = {
	{ CKM_CNG_DSAPUBLIC, "dsa1024_pub.bin", CKO_PUBLIC_KEY, CKK_DSA,
	    true },
	{ CKM_CNG_DSAPRIVATE, "dsa1024_priv.bin", CKO_PRIVATE_KEY, CKK_DSA,
	    true },
	{ CKM_CNG_DSAPRIVATE, "dsa2048_priv.bin", CKO_PRIVATE_KEY, CKK_DSA,
	    true },
	{ CKM_CNG_DHPUBLIC, "dh768_pub.bin", CKO_PUBLIC_KEY, CKK_DH, true },
	{ CKM_CNG_DHPRIVATE, "dh768_priv.bin", CKO_PRIVATE_KEY, CKK_DH,
	    true },
	{ CKM_CNG_CAPIPUBLIC, "capi_rsa1024_sign_pub.bin", CKO_PUBLIC_KEY,
	    CKK_RSA, false },
	{ CKM_CNG_CAPIPRIVATE, "capi_rsa1024_priv.bin", CKO_PRIVATE_KEY,
	    CKK_RSA, false },
	{ CKM_CNG_V2CAPIDSAPUBLIC, "capi_dss1024_pub.bin", CKO_PUBLIC_KEY,
	    CKK_DSA, false },
	{ CKM_CNG_V2CAPIDSAPRIVATE, "capi_dss1024_priv.bin", CKO_PRIVATE_KEY,
	    CKK_DSA, false },
	{ CKM_CNG_CAPIDSAPUBLIC, "capi_dss1024_v3_pub.bin", CKO_PUBLIC_KEY,
	    CKK_DSA, false },
	{ CKM_CNG_CAPIDSAPRIVATE, "capi_dss1024_v3_priv.bin",
	    CKO_PRIVATE_KEY, CKK_DSA, false },
	{ CKM_CNG_CAPIDHPUBLIC, "capi_dh1024_pub.bin", CKO_PUBLIC_KEY,
	    CKK_DH, false },
	{ CKM_CNG_CAPIDHPRIVATE, "capi_dh1024_priv.bin", CKO_PRIVATE_KEY,
	    CKK_DH, false },
};

static CK_ULONG
read_blob(const char *name, unsigned char *out, size_t room)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/own/%s",
	    srcdir == NULL ? "." : srcdir, name);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "cannot open %s", path);
	len = fread(out, 1, room, f);
	fclose(f);
	ck_assert(len > 0 && len < room);
	return len;
}

static void
comes_out(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type,
    CK_OBJECT_HANDLE key, const unsigned char *blob, CK_ULONG len)
{
	CK_MECHANISM how = { type, NULL, 0 };
	unsigned char out[2048];
	CK_ULONG need = 0;

	ok(p11->C_WrapKey(session, &how, 0, key, NULL, &need));
	ck_assert_uint_eq(need, len);
	ok(p11->C_WrapKey(session, &how, 0, key, out, &need));
	ck_assert_mem_eq(out, blob, len);
}

static void
blobs_there_and_back_of(CK_SESSION_HANDLE session, size_t i)
{
	CK_ATTRIBUTE open[] = { { CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 } };
	bool private = blobs[i].class == CKO_PRIVATE_KEY;
	CK_ULONG count = private ? 2 : 0, len;
	CK_MECHANISM how = { blobs[i].type, NULL, 0 };
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	CK_OBJECT_HANDLE key, with = guest_aes(session, 32);
	unsigned char blob[2048], wrapped[2048];
	CK_ULONG wrapped_len = sizeof(wrapped);
	CK_ATTRIBUTE created[] = { { CKA_CNG_BLOB, blob, 0 }, open[0],
		open[1] };

	len = read_blob(blobs[i].file, blob, sizeof(blob));
	ok(p11->C_UnwrapKey(session, &how, 0, blob, len, open, count, &key));
	ck_assert_uint_eq(
	    guest_number(session, key, CKA_CLASS), blobs[i].class);
	ck_assert_uint_eq(
	    guest_number(session, key, CKA_KEY_TYPE), blobs[i].key);
	comes_out(session, blobs[i].type, key, blob, len);
	if (blobs[i].generic)
		comes_out(session,
		    private ? CKM_CNG_PRIVATE : CKM_CNG_PUBLIC, key, blob,
		    len);
	ok(p11->C_UnwrapKey(session, &any, 0, blob, len, open, count, &key));
	comes_out(session, blobs[i].type, key, blob, len);
	if (private) {
		ok(p11->C_WrapKey(session, &how, with, key, wrapped,
		    &wrapped_len));
		ok(p11->C_UnwrapKey(session, &how, with, wrapped,
		    wrapped_len, open, count, &key));
		comes_out(session, blobs[i].type, key, blob, len);
	}
	created[0].ulValueLen = len;
	ok(p11->C_CreateObject(session, created, 1 + count, &key));
	comes_out(session, blobs[i].type, key, blob, len);
	is(p11->C_UnwrapKey(session, &how, 0, blob, len - 1, open, count,
	    &key), CKR_WRAPPED_KEY_INVALID);
}

START_TEST(blobs_there_and_back)
{
	CK_SESSION_HANDLE session = guest_login();

	for (size_t i = 0; i < ARRAY_LEN(blobs); i++)
		blobs_there_and_back_of(session, i);
}
END_TEST

/* --- numbers --- */

struct numbers {
	unsigned char prime[256], subprime[64], base[256], value[256];
	CK_ULONG prime_len, subprime_len, base_len, value_len;
};

static void
numbers_of(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
    struct numbers *out)
{
	memset(out, 0, sizeof(*out));
	out->prime_len = out->base_len = out->value_len = 256;
	out->subprime_len = 64;
	ok(guest_bytes(session, key, CKA_PRIME, out->prime, &out->prime_len));
	ok(guest_bytes(session, key, CKA_BASE, out->base, &out->base_len));
	ok(guest_bytes(session, key, CKA_VALUE, out->value, &out->value_len));
	if (guest_number(session, key, CKA_KEY_TYPE) == CKK_DSA)
		ok(guest_bytes(session, key, CKA_SUBPRIME, out->subprime,
		    &out->subprime_len));
	else
		is(guest_bytes(session, key, CKA_SUBPRIME, out->subprime,
		    &out->subprime_len), CKR_ATTRIBUTE_TYPE_INVALID);
}

static CK_RV
create(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_KEY_TYPE type,
    struct numbers *n, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_PRIME, n->prime, n->prime_len },
		{ CKA_BASE, n->base, n->base_len },
		{ CKA_VALUE, n->value, n->value_len },
		{ 0 }, { 0 }, { 0 },
	};
	CK_ULONG count = 5;

	if (type == CKK_DSA)
		tmpl[count++] = (CK_ATTRIBUTE){ CKA_SUBPRIME, n->subprime,
			n->subprime_len };
	if (class == CKO_PRIVATE_KEY) {
		tmpl[count++] = (CK_ATTRIBUTE){ CKA_SENSITIVE, &no, 1 };
		tmpl[count++] = (CK_ATTRIBUTE){ CKA_EXTRACTABLE, &yes, 1 };
	}
	return p11->C_CreateObject(session, tmpl, count, out);
}

static const struct {
	const char *private, *public;
	CK_KEY_TYPE type;
	CK_MECHANISM_TYPE private_blob, public_blob;
} pairs[] = {
	{ "dsa1024_noseed_priv.bin", "dsa1024_noseed_pub.bin", CKK_DSA,
	    CKM_CNG_DSAPRIVATE, CKM_CNG_DSAPUBLIC },
	{ "dh768_priv.bin", "dh768_pub.bin", CKK_DH, CKM_CNG_DHPRIVATE,
	    CKM_CNG_DHPUBLIC },
};

static void
made_from_numbers_of(CK_SESSION_HANDLE session, size_t i)
{
	CK_ATTRIBUTE open[] = { { CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 } };
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	unsigned char private[2048], public[2048];
	struct numbers x, y, bad;
	CK_OBJECT_HANDLE key;
	CK_ULONG len, public_len;

	len = read_blob(pairs[i].private, private, sizeof(private));
	public_len = read_blob(pairs[i].public, public, sizeof(public));
	ok(p11->C_UnwrapKey(session, &any, 0, private, len, open, 2, &key));
	numbers_of(session, key, &x);
	ok(p11->C_UnwrapKey(session, &any, 0, public, public_len, NULL, 0,
	    &key));
	numbers_of(session, key, &y);
	ck_assert_uint_eq(x.prime_len, y.prime_len);
	ck_assert_mem_eq(x.prime, y.prime, x.prime_len);

	ok(create(session, CKO_PRIVATE_KEY, pairs[i].type, &x, &key));
	comes_out(session, pairs[i].private_blob, key, private, len);
	comes_out(session, pairs[i].public_blob, key, public, public_len);
	ok(create(session, CKO_PUBLIC_KEY, pairs[i].type, &y, &key));
	comes_out(session, pairs[i].public_blob, key, public, public_len);

	bad = y;
	bad.prime[bad.prime_len - 1] ^= 2;
	is(create(session, CKO_PUBLIC_KEY, pairs[i].type, &bad, &key),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	bad = y;
	bad.value_len = 0;
	is(create(session, CKO_PUBLIC_KEY, pairs[i].type, &bad, &key),
	    CKR_TEMPLATE_INCOMPLETE);
	bad = x;
	bad.base_len = 0;
	is(create(session, CKO_PRIVATE_KEY, pairs[i].type, &bad, &key),
	    CKR_TEMPLATE_INCOMPLETE);
	bad = x;
	memcpy(bad.value, bad.prime, bad.prime_len);
	bad.value_len = bad.prime_len;
	ck_assert_uint_ne(create(session, CKO_PRIVATE_KEY, pairs[i].type,
	    &bad, &key), CKR_OK);
}

START_TEST(made_from_numbers)
{
	CK_SESSION_HANDLE session = guest_login();

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		made_from_numbers_of(session, i);
}
END_TEST

/* Two handles, one id; x stays hidden; both are there after a new login. */
static void
kept_on_the_token_of(CK_SESSION_HANDLE session, size_t i)
{
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	char label[] = "kept 0";
	CK_ATTRIBUTE tmpl[] = { { CKA_TOKEN, &yes, 1 },
		{ CKA_LABEL, label, sizeof(label) - 1 } };
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_ATTRIBUTE find[] = { tmpl[1], { CKA_CLASS, &class,
		sizeof(class) } };
	unsigned char private[2048], public[2048], value[512];
	CK_ULONG len, public_len, value_len = sizeof(value);
	CK_OBJECT_HANDLE key;

	label[5] = (char)('0' + i);
	len = read_blob(pairs[i].private, private, sizeof(private));
	public_len = read_blob(pairs[i].public, public, sizeof(public));
	ok(p11->C_UnwrapKey(session, &any, 0, private, len, tmpl, 2, &key));
	is(guest_bytes(session, key, CKA_VALUE, value, &value_len),
	    CKR_ATTRIBUTE_SENSITIVE);
	ok(p11->C_Logout(session));
	ck_assert_uint_eq(guest_find(session, find, 2, &key), 1);
	comes_out(session, pairs[i].public_blob, key, public, public_len);
	ok(p11->C_Login(session, CKU_USER, PIN_OF(USER_PIN)));
	class = CKO_PRIVATE_KEY;
	ck_assert_uint_eq(guest_find(session, find, 2, &key), 1);
	comes_out(session, pairs[i].public_blob, key, public, public_len);
	ok(p11->C_DestroyObject(session, key));
	ck_assert_uint_eq(guest_find(session, find, 1, &key), 0);
}

START_TEST(kept_on_the_token)
{
	CK_SESSION_HANDLE session = guest_login();

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		kept_on_the_token_of(session, i);
}
END_TEST

/* A number is the same with zeros before it, as programs have them whose
 * buffers are as long as the prime. */
START_TEST(zeros_before_numbers)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	CK_MECHANISM pair = { CKM_DH_PKCS_KEY_PAIR_GEN, NULL, 0 };
	unsigned char blob[2048], p[512] = { 0 }, g[512] = { 0 };
	unsigned char shown[512];
	struct numbers dh;
	CK_ATTRIBUTE group[] = { { CKA_PRIME, p, 0 }, { CKA_BASE, g, 0 } };
	CK_OBJECT_HANDLE key, private;
	CK_ULONG len = read_blob("dh768_pub.bin", blob, sizeof(blob));

	ok(p11->C_UnwrapKey(session, &any, 0, blob, len, NULL, 0, &key));
	numbers_of(session, key, &dh);
	ok(p11->C_DestroyObject(session, key));
	group[0].ulValueLen = dh.prime_len + 1;
	memcpy(p + 1, dh.prime, dh.prime_len);
	group[1].ulValueLen = dh.prime_len;
	memcpy(g + dh.prime_len - dh.base_len, dh.base, dh.base_len);
	ok(p11->C_GenerateKeyPair(session, &pair, group, 2, NULL, 0, &key,
	    &private));
	len = sizeof(shown);
	ok(guest_bytes(session, key, CKA_PRIME, shown, &len));
	ck_assert_uint_eq(len, dh.prime_len);
	ck_assert_mem_eq(shown, dh.prime, len);
	ck_assert_uint_eq(guest_find(session, group, 2, &key), 2);
	p[0] = 1;
	ck_assert_uint_eq(guest_find(session, group, 2, &key), 0);
}
END_TEST

/* More than Windows has: for Linux alone, and in no blob of Windows. */
START_TEST(a_large_group)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM make = { CKM_DH_PKCS_PARAMETER_GEN, NULL, 0 };
	CK_MECHANISM pair = { CKM_DH_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_MECHANISM agree = { CKM_DH_PKCS_DERIVE, NULL, 0 };
	CK_MECHANISM out = { CKM_CNG_DHPUBLIC, NULL, 0 };
	CK_ULONG bits = 8192, len, size[2];
	CK_ATTRIBUTE wanted = { CKA_PRIME_BITS, &bits, sizeof(bits) };
	static unsigned char p[1024], g[8], y[2][1024], z[2][1024];
	CK_ATTRIBUTE group[] = { { CKA_PRIME, p, sizeof(p) },
		{ CKA_BASE, g, sizeof(g) } };
	CK_ATTRIBUTE open[] = { { CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 } };
	CK_ATTRIBUTE derives = { CKA_DERIVE, &yes, 1 };
	CK_OBJECT_HANDLE domain, public, private[2], made;
	size_t i;

	ok(p11->C_GenerateKey(session, &make, &wanted, 1, &domain));
	ok(p11->C_GetAttributeValue(session, domain, group, 2));
	ck_assert_uint_eq(group[0].ulValueLen, 1024);
	for (i = 0; i < 2; i++) {
		ok(p11->C_GenerateKeyPair(session, &pair, group, 2, &derives,
		    1, &public, &private[i]));
		size[i] = sizeof(y[i]);
		ok(guest_bytes(session, public, CKA_VALUE, y[i], &size[i]));
		len = sizeof(z[0]);
		is(p11->C_WrapKey(session, &out, 0, public, z[0], &len),
		    CKR_KEY_SIZE_RANGE);
	}
	for (i = 0; i < 2; i++) {
		agree.pParameter = y[1 - i];
		agree.ulParameterLen = size[1 - i];
		ok(p11->C_DeriveKey(session, &agree, private[i], open, 2,
		    &made));
		len = sizeof(z[i]);
		ok(guest_bytes(session, made, CKA_VALUE, z[i], &len));
		ck_assert_uint_eq(len, 1024);
	}
	ck_assert_mem_eq(z[0], z[1], 1024);
	bits = 8256;
	is(p11->C_GenerateKey(session, &make, &wanted, 1, &domain),
	    CKR_KEY_SIZE_RANGE);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		blobs_there_and_back,
		made_from_numbers,
		kept_on_the_token,
		zeros_before_numbers,
		a_large_group,
	};

	return guest_run("face finite", tests, ARRAY_LEN(tests));
}
