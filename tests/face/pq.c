/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Post-quantum keys through the module: as objects and as CNG blobs.
 */
#include "tests/face/guest.h"

#include "pkcs11/cryptoki_sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;

struct file {
	unsigned char bytes[8192];
	CK_ULONG len;
};

static void
load(struct file *out, const char *name)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/own/%s",
	    srcdir == NULL ? "." : srcdir, name);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "cannot open %s", path);
	out->len = fread(out->bytes, 1, sizeof(out->bytes), f);
	fclose(f);
	ck_assert(out->len > 0 && out->len < sizeof(out->bytes));
}

static CK_RV
unwrap(CK_SESSION_HANDLE session, CK_ULONG mechanism, struct file *blob,
    CK_BBOOL *sensitive, CK_OBJECT_HANDLE *out)
{
	CK_MECHANISM how = { mechanism, NULL, 0 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_SENSITIVE, sensitive, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};

	return p11->C_UnwrapKey(session, &how, 0, blob->bytes, blob->len,
	    tmpl, sensitive == NULL ? 0 : 2, out);
}

/* A plain OpenSSL 3.0 has none of these keys.  The module then says so, and
 * what it must not do is checked instead. */
static bool
refused(CK_SESSION_HANDLE session)
{
	CK_OBJECT_HANDLE key;
	static struct file blob;
	CK_RV rv;

	load(&blob, "mlkem512_pub.bin");
	rv = unwrap(session, CKM_CNG_MLKEMPUBLIC, &blob, NULL, &key);
	if (rv == CKR_OK) {
		ok(p11->C_DestroyObject(session, key));
		return false;
	}
	is(rv, CKR_FUNCTION_NOT_SUPPORTED);
	printf("libcrypto has no post-quantum keys: only the refusal is "
	       "tested\n");
	return true;
}

static const struct {
	CK_ULONG mechanism;
	const char *file;
	CK_KEY_TYPE type;
	CK_ULONG set;
	CK_ULONG public_len;
	bool is_public;
} blobs[] = {
	{ CKM_CNG_MLKEMPUBLIC, "mlkem768_pub.bin", CKK_ML_KEM,
	    CKP_ML_KEM_768, 1184, true },
	{ CKM_CNG_MLKEMPRIVATE, "mlkem1024_priv.bin", CKK_ML_KEM,
	    CKP_ML_KEM_1024, 1568, false },
	{ CKM_CNG_MLKEMPRIVATESEED, "mlkem512_seed.bin", CKK_ML_KEM,
	    CKP_ML_KEM_512, 800, false },
	{ CKM_CNG_PQDSAPUBLIC, "mldsa44_pub.bin", CKK_ML_DSA, CKP_ML_DSA_44,
	    1312, true },
	{ CKM_CNG_PQDSAPRIVATE, "mldsa87_priv.bin", CKK_ML_DSA,
	    CKP_ML_DSA_87, 2592, false },
	{ CKM_CNG_PQDSAPRIVATESEED, "mldsa65_seed.bin", CKK_ML_DSA,
	    CKP_ML_DSA_65, 1952, false },
	{ CKM_CNG_PQDSAPUBLIC, "slhdsa_shake_192s_pub.bin", CKK_SLH_DSA,
	    CKP_SLH_DSA_SHAKE_192S, 48, true },
	{ CKM_CNG_PQDSAPRIVATE, "slhdsa_sha2_128f_priv.bin", CKK_SLH_DSA,
	    CKP_SLH_DSA_SHA2_128F, 32, false },
	{ CKM_CNG_PQPRIVATE, "mlkem768_wrapped_seed.bin", CKK_ML_KEM,
	    CKP_ML_KEM_768, 1184, false },
	{ CKM_CNG_PQPRIVATE, "mldsa44_wrapped_priv.bin", CKK_ML_DSA,
	    CKP_ML_DSA_44, 1312, false },
	{ CKM_CNG_PUBLIC, "mldsa65_pub.bin", CKK_ML_DSA, CKP_ML_DSA_65,
	    1952, true },
	{ CKM_CNG_PRIVATE, "mlkem512_priv.bin", CKK_ML_KEM, CKP_ML_KEM_512,
	    800, false },
	{ CKM_CNG_PKCS8, "mldsa87_seed.der", CKK_ML_DSA, CKP_ML_DSA_87,
	    2592, false },
};

static void
same_as_file(CK_SESSION_HANDLE session, CK_ULONG mechanism,
    CK_OBJECT_HANDLE key, const struct file *blob)
{
	CK_MECHANISM how = { mechanism, NULL, 0 };
	static unsigned char out[8192];
	CK_ULONG len = 0;

	ok(p11->C_WrapKey(session, &how, 0, key, NULL, &len));
	ck_assert_uint_eq(len, blob->len);
	len--;
	is(p11->C_WrapKey(session, &how, 0, key, out, &len),
	    CKR_BUFFER_TOO_SMALL);
	ok(p11->C_WrapKey(session, &how, 0, key, out, &len));
	ck_assert_mem_eq(out, blob->bytes, len);
}

START_TEST(blobs_there_and_back)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE key, by_magic;
	static struct file blob;
	CK_ULONG i;

	if (refused(session))
		return;
	for (i = 0; i < ARRAY_LEN(blobs); i++) {
		CK_BBOOL *sensitive = blobs[i].is_public ? NULL : &no;

		load(&blob, blobs[i].file);
		ok(unwrap(session, blobs[i].mechanism, &blob, sensitive,
		    &key));
		ck_assert_uint_eq(guest_number(session, key, CKA_KEY_TYPE),
		    blobs[i].type);
		ck_assert_uint_eq(guest_number(session, key,
		    CKA_PARAMETER_SET), blobs[i].set);
		same_as_file(session, blobs[i].mechanism, key, &blob);
		ok(unwrap(session, CKM_CNG_ANY, &blob, sensitive,
		    &by_magic));
		blob.len--;
		is(unwrap(session, blobs[i].mechanism, &blob, NULL, &key),
		    CKR_WRAPPED_KEY_INVALID);
	}
}
END_TEST

START_TEST(public_halves)
{
	CK_SESSION_HANDLE session = guest_login();
	static unsigned char value[4096], other[4096];
	CK_OBJECT_HANDLE key, twin;
	CK_ULONG i, len, other_len;
	static struct file blob;

	if (refused(session))
		return;
	for (i = 0; i < ARRAY_LEN(blobs); i++) {
		CK_KEY_TYPE type = blobs[i].type;
		CK_ATTRIBUTE find[] = {
			{ CKA_CLASS, &public_class, sizeof(public_class) },
			{ CKA_KEY_TYPE, &type, sizeof(type) },
			{ CKA_VALUE, value, blobs[i].public_len },
		};

		load(&blob, blobs[i].file);
		ok(unwrap(session, blobs[i].mechanism, &blob, NULL, &key));
		find[2].type = CKA_ID;
		len = sizeof(value);
		ok(guest_bytes(session, key, CKA_ID, value, &len));
		find[2].ulValueLen = len;
		ck_assert_uint_eq(guest_find(session, find, 3, &twin), 1);
		len = sizeof(value);
		ok(guest_bytes(session, twin, CKA_VALUE, value, &len));
		ck_assert_uint_eq(len, blobs[i].public_len);
		find[2].type = CKA_VALUE;
		find[2].ulValueLen = len;
		ck_assert_uint_eq(guest_find(session, find, 3, NULL), 1);
		/* the same in both halves */
		len = sizeof(value);
		other_len = sizeof(other);
		ok(guest_bytes(session, key, CKA_PUBLIC_KEY_INFO, value,
		    &len));
		ok(guest_bytes(session, twin, CKA_PUBLIC_KEY_INFO, other,
		    &other_len));
		ck_assert_uint_eq(len, other_len);
		ck_assert_mem_eq(value, other, len);
		ok(p11->C_DestroyObject(session, key));
		ck_assert_uint_eq(guest_find(session, find, 2, NULL), 0);
	}
}
END_TEST

START_TEST(secrets_stay)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM how = { CKM_CNG_MLKEMPRIVATESEED, NULL, 0 };
	CK_MECHANISM public = { CKM_CNG_MLKEMPUBLIC, NULL, 0 };
	static unsigned char out[4096];
	CK_OBJECT_HANDLE key;
	static struct file blob;
	CK_ULONG len;

	if (refused(session))
		return;
	load(&blob, "mlkem768_seed.bin");
	ok(unwrap(session, CKM_CNG_ANY, &blob, NULL, &key));
	len = sizeof(out);
	is(guest_bytes(session, key, CKA_SEED, out, &len),
	    CKR_ATTRIBUTE_SENSITIVE);
	len = sizeof(out);
	is(guest_bytes(session, key, CKA_VALUE, out, &len),
	    CKR_ATTRIBUTE_SENSITIVE);
	len = sizeof(out);
	is(guest_bytes(session, key, CKA_CNG_BLOB, out, &len),
	    CKR_ATTRIBUTE_SENSITIVE);
	len = sizeof(out);
	is(p11->C_WrapKey(session, &how, 0, key, out, &len),
	    CKR_KEY_UNEXTRACTABLE);
	len = sizeof(out);
	ok(p11->C_WrapKey(session, &public, 0, key, out, &len));
	ck_assert_uint_eq(len, 1204);
	/* one that came expanded has no seed to give */
	load(&blob, "mlkem768_priv.bin");
	ok(unwrap(session, CKM_CNG_MLKEMPRIVATE, &blob, &no, &key));
	len = sizeof(out);
	is(p11->C_WrapKey(session, &how, 0, key, out, &len),
	    CKR_KEY_NOT_WRAPPABLE);
	len = sizeof(out);
	ok(guest_bytes(session, key, CKA_SEED, out, &len));
	ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(wrapped_by_aes)
{
	CK_SESSION_HANDLE session = guest_login();
	CK_OBJECT_HANDLE with = guest_aes(session, 32), key, back;
	CK_MECHANISM blob_how = { CKM_CNG_MLKEMPRIVATESEED, NULL, 0 };
	CK_MECHANISM kwp = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	CK_KEY_TYPE type = CKK_ML_KEM;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &private_class, sizeof(private_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};
	CK_MECHANISM *const hows[] = { &blob_how, &kwp };
	static unsigned char wrapped[4096];
	static struct file blob;
	CK_ULONG i, len;

	if (refused(session))
		return;
	load(&blob, "mlkem768_seed.bin");
	ok(unwrap(session, CKM_CNG_ANY, &blob, &no, &key));
	for (i = 0; i < ARRAY_LEN(hows); i++) {
		len = sizeof(wrapped);
		ok(p11->C_WrapKey(session, hows[i], with, key, wrapped,
		    &len));
		ok(p11->C_UnwrapKey(session, hows[i], with, wrapped, len,
		    tmpl, ARRAY_LEN(tmpl), &back));
		same_as_file(session, CKM_CNG_MLKEMPRIVATESEED, back, &blob);
	}
}
END_TEST

/* As a program without any blob makes them. */
START_TEST(made_from_attributes)
{
	CK_SESSION_HANDLE session = guest_login();
	static struct file pub, seed, priv;
	CK_KEY_TYPE type = CKK_ML_DSA;
	CK_ULONG set = CKP_ML_DSA_65, len;
	CK_ATTRIBUTE public[] = {
		{ CKA_CLASS, &public_class, sizeof(public_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_PARAMETER_SET, &set, sizeof(set) },
		{ CKA_VALUE, NULL, 1952 },
	};
	CK_ATTRIBUTE private[] = {
		{ CKA_CLASS, &private_class, sizeof(private_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_PARAMETER_SET, &set, sizeof(set) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SEED, NULL, 32 },
		{ CKA_VALUE, NULL, 4032 },
	};
	static unsigned char out[8192];
	CK_OBJECT_HANDLE key;

	load(&pub, "mldsa65_pub.bin");
	load(&seed, "mldsa65_seed.bin");
	load(&priv, "mldsa65_priv.bin");
	public[3].pValue = pub.bytes + pub.len - 1952;
	private[5].pValue = seed.bytes + seed.len - 32;
	private[6].pValue = priv.bytes + priv.len - 4032;
	if (refused(session)) {
		is(p11->C_CreateObject(session, public, 4, &key),
		    CKR_FUNCTION_NOT_SUPPORTED);
		return;
	}
	ok(p11->C_CreateObject(session, public, 4, &key));
	same_as_file(session, CKM_CNG_PQDSAPUBLIC, key, &pub);
	/* seed only, then both */
	ok(p11->C_CreateObject(session, private, 6, &key));
	len = sizeof(out);
	ok(guest_bytes(session, key, CKA_VALUE, out, &len));
	ck_assert_uint_eq(len, 4032);
	ck_assert_mem_eq(out, private[6].pValue, len);
	ok(p11->C_CreateObject(session, private, 7, &key));
	same_as_file(session, CKM_CNG_PQDSAPRIVATESEED, key, &seed);
	is(p11->C_CreateObject(session, private, 5, &key),
	    CKR_TEMPLATE_INCOMPLETE);
	set = 9;
	is(p11->C_CreateObject(session, public, 4, &key),
	    CKR_PARAMETER_SET_NOT_SUPPORTED);
	is(p11->C_CreateObject(session, private, 6, &key),
	    CKR_PARAMETER_SET_NOT_SUPPORTED);
}
END_TEST

START_TEST(blob_attributes)
{
	CK_SESSION_HANDLE session = guest_login();
	static struct file blob;
	CK_ULONG type = 16, waiting = 34, len;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CNG_BLOB, blob.bytes, 0 },
		{ CKA_CNG_BLOB_TYPE, &type, sizeof(type) },
	};
	static unsigned char out[4096];
	CK_OBJECT_HANDLE key;

	load(&blob, "mlkem512_pub.bin");
	tmpl[0].ulValueLen = blob.len;
	if (refused(session))
		return;
	ok(p11->C_CreateObject(session, tmpl, 2, &key));
	len = sizeof(out);
	ok(guest_bytes(session, key, CKA_CNG_BLOB, out, &len));
	ck_assert_uint_eq(len, blob.len);
	ck_assert_mem_eq(out, blob.bytes, len);
	type = 17;
	ck_assert_uint_ne(p11->C_CreateObject(session, tmpl, 2, &key),
	    CKR_OK);
	tmpl[1].pValue = &waiting;
	ck_assert_uint_ne(p11->C_CreateObject(session, tmpl, 2, &key),
	    CKR_OK);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		blobs_there_and_back,
		public_halves,
		secrets_stay,
		wrapped_by_aes,
		made_from_attributes,
		blob_attributes,
	};

	return guest_run("face pq", tests, ARRAY_LEN(tests));
}
