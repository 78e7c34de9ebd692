/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Curves through the module: named ones, those given by parameters, and
 * Montgomery and Edwards keys.
 */
#include "tests/face/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_LEN 1024

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;

static CK_ATTRIBUTE open_key[] = {
	{ CKA_SENSITIVE, &no, 1 },
	{ CKA_EXTRACTABLE, &yes, 1 },
};

struct file {
	unsigned char bytes[FILE_MAX_LEN];
	CK_ULONG len;
};

static struct file
read_sample(const char *name)
{
	const char *srcdir = getenv("srcdir");
	struct file out = { .len = 0 };
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/own/%s",
	    srcdir == NULL ? "." : srcdir, name);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "cannot open %s", path);
	out.len = fread(out.bytes, 1, sizeof(out.bytes), f);
	fclose(f);
	ck_assert_uint_lt(out.len, sizeof(out.bytes));
	return out;
}

/* The name of a curve as the typed buffer of NCrypt. */
struct naming {
	unsigned char wide[64];
	CK_CNG_BUFFER buffer;
	CK_CNG_BLOB_PARAMS params;
};

static void
name_curve(struct naming *out, CK_MECHANISM *how, const char *name)
{
	size_t i, len = strlen(name) + 1;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < len; i++)
		out->wide[2 * i] = (unsigned char)name[i];
	out->buffer = (CK_CNG_BUFFER){ CNG_BUFFER_ECC_CURVE_NAME, out->wide,
		2 * len };
	out->params = (CK_CNG_BLOB_PARAMS){ .buffers = &out->buffer,
		.count = 1 };
	how->pParameter = &out->params;
	how->ulParameterLen = sizeof(out->params);
}

static void
comes_out_as(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type,
    CK_OBJECT_HANDLE key, const struct file *want)
{
	CK_MECHANISM how = { type, NULL, 0 };
	unsigned char out[FILE_MAX_LEN];
	CK_ULONG len = sizeof(out);

	ok(p11->C_WrapKey(session, &how, 0, key, out, &len));
	ck_assert_uint_eq(len, want->len);
	ck_assert_mem_eq(out, want->bytes, len);
}

static const struct {
	const char *file, *curve;
	CK_MECHANISM_TYPE type;
	CK_KEY_TYPE key_type;
} blobs[] = {
	{ "nistP224_ecdsa_priv.bin", "nistP224", CKM_CNG_ECCPRIVATE, CKK_EC },
	{ "secP160k1_ecdsa_priv.bin", "secP160k1", CKM_CNG_PRIVATE, CKK_EC },
	{ "brainpoolP512r1_ecdsa_priv.bin", "brainpoolP512r1",
	    CKM_CNG_ECCPRIVATE, CKK_EC },
	{ "brainpoolP512r1_ecdh_pub.bin", "brainpoolP512r1",
	    CKM_CNG_ECCPUBLIC, CKK_EC },
	{ "curve25519_priv.bin", "curve25519", CKM_CNG_ECCPRIVATE,
	    CKK_EC_MONTGOMERY },
	{ "curve25519_pub.bin", "curve25519", CKM_CNG_PUBLIC,
	    CKK_EC_MONTGOMERY },
	{ "full_p256_ecdsa_priv.bin", NULL, CKM_CNG_ECCFULLPRIVATE, CKK_EC },
	{ "full_p256_ecdsa_pub.bin", NULL, CKM_CNG_ECCFULLPUBLIC, CKK_EC },
	{ "full_other_ecdsa_priv.bin", NULL, CKM_CNG_ECCFULLPRIVATE, CKK_EC },
	{ "full_other_ecdsa_priv.bin", NULL, CKM_CNG_PRIVATE, CKK_EC },
	{ "full_other_ecdh_pub_seed.bin", NULL, CKM_CNG_ECCFULLPUBLIC,
	    CKK_EC },
	{ "x25519.der", NULL, CKM_CNG_PKCS8, CKK_EC_MONTGOMERY },
	{ "ed448.der", NULL, CKM_CNG_PKCS8, CKK_EC_EDWARDS },
	{ "other_explicit.der", NULL, CKM_CNG_PKCS8, CKK_EC },
};

/* In by name, out, and in again by the parameters that the key shows: also
 * as a token object, which goes through the store. */
START_TEST(there_and_back)
{
	CK_SESSION_HANDLE session = guest_login();

	for (size_t i = 0; i < ARRAY_LEN(blobs); i++) {
		struct file blob = read_sample(blobs[i].file);
		bool public = blobs[i].type == CKM_CNG_ECCPUBLIC ||
		    blobs[i].type == CKM_CNG_PUBLIC ||
		    blobs[i].type == CKM_CNG_ECCFULLPUBLIC;
		CK_MECHANISM how = { blobs[i].type, NULL, 0 };
		unsigned char params[512];
		CK_ATTRIBUTE tmpl[] = { { CKA_TOKEN, &yes, 1 },
			{ CKA_EC_PARAMS, params, sizeof(params) },
			open_key[0], open_key[1] };
		CK_ULONG count = public ? 2 : 4;
		struct naming naming;
		CK_OBJECT_HANDLE key, back;

		if (blobs[i].curve != NULL)
			name_curve(&naming, &how, blobs[i].curve);
		ok(p11->C_UnwrapKey(session, &how, 0, blob.bytes, blob.len,
		    open_key, public ? 0 : 2, &key));
		ck_assert_uint_eq(guest_number(session, key, CKA_KEY_TYPE),
		    blobs[i].key_type);
		comes_out_as(session, blobs[i].type, key, &blob);
		ok(guest_bytes(session, key, CKA_EC_PARAMS, params,
		    &tmpl[1].ulValueLen));
		how = (CK_MECHANISM){ blobs[i].type, NULL, 0 };
		ok(p11->C_UnwrapKey(session, &how, 0, blob.bytes, blob.len,
		    tmpl, count, &back));
		comes_out_as(session, blobs[i].type, back, &blob);
		ok(p11->C_DestroyObject(session, back));
	}
}
END_TEST

START_TEST(a_name_is_needed)
{
	struct file blob = read_sample("nistP224_ecdsa_priv.bin");
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM how = { CKM_CNG_ECCPRIVATE, NULL, 0 };
	struct naming naming;
	CK_BYTE out[FILE_MAX_LEN];
	CK_ULONG len = sizeof(out);
	CK_OBJECT_HANDLE key;

	is(p11->C_UnwrapKey(session, &how, 0, blob.bytes, blob.len, open_key,
	    2, &key), CKR_CURVE_NOT_SUPPORTED);
	name_curve(&naming, &how, "nistP225");
	is(p11->C_UnwrapKey(session, &how, 0, blob.bytes, blob.len, open_key,
	    2, &key), CKR_CURVE_NOT_SUPPORTED);
	name_curve(&naming, &how, "");
	is(p11->C_UnwrapKey(session, &how, 0, blob.bytes, blob.len, open_key,
	    2, &key), CKR_MECHANISM_PARAM_INVALID);
	name_curve(&naming, &how, "nistP224");
	ok(p11->C_UnwrapKey(session, &how, 0, blob.bytes, blob.len, open_key,
	    2, &key));
	/* the way out needs none */
	is(p11->C_WrapKey(session, &how, 0, key, out, &len),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* The parameters of P-256 out of a full blob, around a short one. */
START_TEST(parameters_do_as_well)
{
	struct file full = read_sample("full_p256_ecdsa_priv.bin");
	CK_SESSION_HANDLE session = guest_login();
	CK_CNG_BUFFER buffer = { CNG_BUFFER_ECC_PARAMETERS, full.bytes + 4,
		full.len - 4 - 96 };
	CK_CNG_BLOB_PARAMS params = { .buffers = &buffer, .count = 1 };
	CK_MECHANISM how = { CKM_CNG_ECCPRIVATE, &params, sizeof(params) };
	unsigned char blob[104] = "ECDV\x20";
	CK_OBJECT_HANDLE key;

	memcpy(blob + 8, full.bytes + full.len - 96, 96);
	ok(p11->C_UnwrapKey(session, &how, 0, blob, sizeof(blob), open_key, 2,
	    &key));
	comes_out_as(session, CKM_CNG_ECCFULLPRIVATE, key, &full);
	buffer.len--;
	is(p11->C_UnwrapKey(session, &how, 0, blob, sizeof(blob), open_key, 2,
	    &key), CKR_WRAPPED_KEY_INVALID);
}
END_TEST

/* Of a curve without a name: the private half signs, the public one, which
 * came by itself, verifies. */
START_TEST(unnamed_curves_sign)
{
	struct file private = read_sample("full_other_ecdsa_priv.bin");
	struct file public = read_sample("full_other_ecdsa_pub.bin");
	CK_SESSION_HANDLE session = guest_login();
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	CK_MECHANISM how = { CKM_ECDSA_SHA256, NULL, 0 };
	unsigned char text[] = "text", sig[80];
	CK_OBJECT_HANDLE one, two;
	CK_ULONG len = 0;

	ok(p11->C_UnwrapKey(session, &any, 0, private.bytes, private.len,
	    NULL, 0, &one));
	ok(p11->C_UnwrapKey(session, &any, 0, public.bytes, public.len, NULL,
	    0, &two));
	ok(p11->C_SignInit(session, &how, one));
	ok(p11->C_Sign(session, text, 4, NULL, &len));
	ck_assert_uint_eq(len, 64);
	ok(p11->C_Sign(session, text, 4, sig, &len));
	ok(p11->C_VerifyInit(session, &how, two));
	ok(p11->C_Verify(session, text, 4, sig, len));
	text[0]++;
	ok(p11->C_VerifyInit(session, &how, two));
	is(p11->C_Verify(session, text, 4, sig, len), CKR_SIGNATURE_INVALID);
}
END_TEST

static void
make_pair(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, void *params,
    CK_ULONG params_len, CK_OBJECT_HANDLE pair[2])
{
	CK_MECHANISM how = { type, NULL, 0 };
	CK_ATTRIBUTE curve = { CKA_EC_PARAMS, params, params_len };

	ok(p11->C_GenerateKeyPair(session, &how, &curve, 1, open_key, 2,
	    &pair[0], &pair[1]));
}

static void
agree(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE private,
    CK_OBJECT_HANDLE peer, unsigned char out[64], CK_ULONG *len)
{
	CK_ECDH1_DERIVE_PARAMS params = { .kdf = CKD_NULL };
	CK_MECHANISM how = { CKM_ECDH1_DERIVE, &params, sizeof(params) };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		open_key[0], open_key[1],
	};
	unsigned char point[160];
	CK_ULONG point_len = sizeof(point);
	CK_OBJECT_HANDLE key;

	ok(guest_bytes(session, peer, CKA_EC_POINT, point, &point_len));
	params.pPublicData = point;
	params.ulPublicDataLen = point_len;
	ok(p11->C_DeriveKey(session, &how, private, tmpl, ARRAY_LEN(tmpl),
	    &key));
	*len = 64;
	ok(guest_bytes(session, key, CKA_VALUE, out, len));
}

START_TEST(pairs_agree)
{
	static unsigned char x25519[] = { 6, 3, 0x2b, 0x65, 0x6e };
	static unsigned char by_name[] = "\x13\x0a" "curve25519";
	static unsigned char bp256[] = { 6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1,
		7 };
	CK_SESSION_HANDLE session = guest_login();
	const struct {
		CK_MECHANISM_TYPE type;
		void *params;
		CK_ULONG len;
	} rows[] = {
		{ CKM_EC_MONTGOMERY_KEY_PAIR_GEN, x25519, sizeof(x25519) },
		{ CKM_EC_MONTGOMERY_KEY_PAIR_GEN, by_name,
		    sizeof(by_name) - 1 },
		{ CKM_EC_KEY_PAIR_GEN, bp256, sizeof(bp256) },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CK_OBJECT_HANDLE one[2], two[2];
		unsigned char a[64], b[64];
		CK_ULONG a_len, b_len;

		make_pair(session, rows[i].type, rows[i].params, rows[i].len,
		    one);
		make_pair(session, rows[i].type, rows[i].params, rows[i].len,
		    two);
		agree(session, one[1], two[0], a, &a_len);
		agree(session, two[1], one[0], b, &b_len);
		ck_assert_uint_eq(a_len, 32);
		ck_assert_uint_eq(b_len, 32);
		ck_assert_mem_eq(a, b, 32);
	}
}
END_TEST

/* What one shows the other takes. */
START_TEST(created_from_attributes)
{
	static unsigned char ed25519[] = "\x13\x0c" "edwards25519";
	CK_SESSION_HANDLE session = guest_login();
	CK_KEY_TYPE type = CKK_EC_EDWARDS;
	unsigned char point[64], value[64], params[16], shown[64];
	CK_ATTRIBUTE public[] = {
		{ CKA_CLASS, &public_class, sizeof(public_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_EC_PARAMS, ed25519, sizeof(ed25519) - 1 },
		{ CKA_EC_POINT, point, sizeof(point) },
	};
	CK_ATTRIBUTE private[] = {
		{ CKA_CLASS, &private_class, sizeof(private_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_EC_PARAMS, params, sizeof(params) },
		{ CKA_VALUE, value, sizeof(value) },
	};
	CK_OBJECT_HANDLE pair[2], made;
	CK_ULONG len = sizeof(shown);

	make_pair(session, CKM_EC_EDWARDS_KEY_PAIR_GEN, ed25519,
	    sizeof(ed25519) - 1, pair);
	ok(guest_bytes(session, pair[0], CKA_EC_POINT, point,
	    &public[3].ulValueLen));
	ck_assert_uint_eq(public[3].ulValueLen, 34);
	ok(guest_bytes(session, pair[1], CKA_VALUE, value,
	    &private[3].ulValueLen));
	ok(guest_bytes(session, pair[1], CKA_EC_PARAMS, params,
	    &private[2].ulValueLen));
	ok(p11->C_CreateObject(session, public, 4, &made));
	ok(guest_bytes(session, made, CKA_EC_POINT, shown, &len));
	ck_assert_uint_eq(len, 34);
	ck_assert_mem_eq(shown, point, len);
	ok(p11->C_CreateObject(session, private, 4, &made));
	private[3].ulValueLen--;
	is(p11->C_CreateObject(session, private, 4, &made),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	type = CKK_EC_MONTGOMERY;
	is(p11->C_CreateObject(session, public, 4, &made),
	    CKR_CURVE_NOT_SUPPORTED);
}
END_TEST

static CK_ULONG
found_by(CK_SESSION_HANDLE session, void *params, CK_ULONG len)
{
	CK_ATTRIBUTE find[] = {
		{ CKA_CLASS, &public_class, sizeof(public_class) },
		{ CKA_EC_PARAMS, params, len },
	};

	return guest_find(session, find, 2, NULL);
}

/* What is shown is the name of the curve; what is looked for is the curve. */
START_TEST(found_by_any_name)
{
	static unsigned char text[] = "\x13\x0c" "edwards25519";
	static unsigned char oid[] = "\x06\x03\x2b\x65\x70";
	static unsigned char old[] = "\x06\x09\x2b\x06\x01\x04\x01\xda\x47"
	    "\x0f\x01";
	static unsigned char large[] = "\x13\x0a" "edwards448";
	static unsigned char p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x03, 0x01, 0x07 };
	struct file full = read_sample("p256_explicit.der");
	/* ECParameters, after the version and the algorithm */
	unsigned char *given = full.bytes + 20;
	CK_ULONG given_len = given[2] + 3u;
	CK_SESSION_HANDLE session = guest_login();
	unsigned char shown[16];
	CK_ULONG len = sizeof(shown), before;
	CK_OBJECT_HANDLE pair[2];

	before = found_by(session, p256, sizeof(p256));
	make_pair(session, CKM_EC_EDWARDS_KEY_PAIR_GEN, text,
	    sizeof(text) - 1, pair);
	ok(guest_bytes(session, pair[0], CKA_EC_PARAMS, shown, &len));
	ck_assert_uint_eq(len, sizeof(oid) - 1);
	ck_assert_mem_eq(shown, oid, len);
	ck_assert_uint_eq(found_by(session, text, sizeof(text) - 1), 1);
	ck_assert_uint_eq(found_by(session, oid, sizeof(oid) - 1), 1);
	ck_assert_uint_eq(found_by(session, old, sizeof(old) - 1), 1);
	ck_assert_uint_eq(found_by(session, large, sizeof(large) - 1), 0);
	ck_assert_uint_eq(found_by(session, text, 2), 0);
	make_pair(session, CKM_EC_KEY_PAIR_GEN, given, given_len, pair);
	ck_assert_uint_eq(found_by(session, given, given_len), before + 1);
	ck_assert_uint_eq(found_by(session, p256, sizeof(p256)), before + 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		there_and_back,
		a_name_is_needed,
		parameters_do_as_well,
		unnamed_curves_sign,
		pairs_agree,
		created_from_attributes,
		found_by_any_name,
	};

	return guest_run("face curves", tests, ARRAY_LEN(tests));
}
