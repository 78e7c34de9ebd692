/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The CryptoAPI blobs; OpenSSL reads and writes some of them, too.
 */
#include <check.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/util.h"
#include "blob_cases.h"
#include "crypto/crypto.h"
#include "sample.h"

static const struct {
	enum blob_type type;
	const char *file;
	unsigned role;
	size_t length_at; /* of a size in bits */
} forms[] = {
	{ BLOB_CAPIPUBLIC, "capi_rsa1024_pub.bin", KEY_ROLE_ENCRYPT, 12 },
	{ BLOB_CAPIPRIVATE, "capi_rsa1024_priv.bin", KEY_ROLE_ENCRYPT, 12 },
	{ BLOB_CAPIPUBLIC, "capi_rsa1024_sign_pub.bin", KEY_ROLE_SIGN, 12 },
	{ BLOB_CAPIPRIVATE, "capi_rsa1024_sign_priv.bin", KEY_ROLE_SIGN, 12 },
	{ BLOB_V2CAPIDSAPUBLIC, "capi_dss1024_pub.bin", 0, 12 },
	{ BLOB_V2CAPIDSAPRIVATE, "capi_dss1024_priv.bin", 0, 12 },
	{ BLOB_V2CAPIDSAPRIVATE, "capi_dss1024_noseed_priv.bin", 0, 12 },
	{ BLOB_CAPIDSAPUBLIC, "capi_dss1024_v3_pub.bin", 0, 12 },
	{ BLOB_CAPIDSAPRIVATE, "capi_dss1024_v3_priv.bin", 0, 16 },
	{ BLOB_CAPIDSAPRIVATE, "capi_dss2048_v3_priv.bin", 0, 24 },
	{ BLOB_CAPIDHPUBLIC, "capi_dh1024_pub.bin", 0, 20 },
	{ BLOB_CAPIDHPRIVATE, "capi_dh1024_priv.bin", 0, 24 },
	{ BLOB_CAPIDHPRIVATE, "capi_dh768_priv.bin", 0, 12 },
};

START_TEST(comes_back)
{
	struct secret in = sample_read(forms[_i].file);
	struct key_material key;
	enum blob_type type;

	ck_assert_int_eq(blob_detect(secret_span(&in), &type), CNG_OK);
	ck_assert_int_eq(type, forms[_i].type);
	ck_assert_ptr_null(blob_foreign_name(secret_span(&in)));
	ck_assert_int_eq(blob_decode(type, secret_span(&in), NULL, &key),
	    CNG_OK);
	ck_assert_uint_eq(key.role, forms[_i].role);
	ck_assert_int_eq(crypto_complete(&key), CNG_OK);
	ck_assert_int_eq(crypto_check_pair(&key), CNG_OK);
	key_free(&key);
	secret_free(&in);
	case_round_trip(type, forms[_i].file);
}
END_TEST

START_TEST(damaged)
{
	case_wrong_length(forms[_i].type, forms[_i].file);
	case_no_memory(forms[_i].type, forms[_i].file);
}
END_TEST

/* A width of 0 may say that a number is not there, but then bytes are left
 * over. */
START_TEST(hostile_lengths)
{
	case_hostile_length(forms[_i].type, forms[_i].file,
	    forms[_i].length_at, CNG_ERR_BAD_DATA);
}
END_TEST

START_TEST(bit_flips)
{
	case_bit_flips(forms[_i].type, forms[_i].file);
}
END_TEST

/* The same key in the layouts of CNG and of CryptoAPI. */
START_TEST(same_key)
{
	static const struct {
		const char *cng, *capi;
		enum blob_type type;
	} pairs[] = {
		{ "rsa1024_full.bin", "capi_rsa1024_priv.bin",
		    BLOB_CAPIPRIVATE },
		{ "dsa1024_priv.bin", "capi_dss1024_priv.bin",
		    BLOB_V2CAPIDSAPRIVATE },
		{ "dsa1024_pub.bin", "capi_dss1024_pub.bin",
		    BLOB_V2CAPIDSAPUBLIC },
		{ "dsa2048_priv.bin", "capi_dss2048_v3_priv.bin",
		    BLOB_CAPIDSAPRIVATE },
		{ "dh768_priv.bin", "capi_dh768_priv.bin",
		    BLOB_CAPIDHPRIVATE },
	};
	struct secret cng = sample_read(pairs[_i].cng), out;
	struct secret capi = sample_read(pairs[_i].capi);
	struct key_material key;

	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&cng), NULL, &key),
	    CNG_OK);
	out = case_encode(pairs[_i].type, &key, NULL);
	ck_assert(span_equal(secret_span(&out), secret_span(&capi)));
	key_free(&key);
	secret_free(&cng);
	secret_free(&capi);
	secret_free(&out);
}
END_TEST

static const struct {
	const char *file;
	enum blob_type type;
} unfit[] = {
	{ "dsa2048_priv.bin", BLOB_V2CAPIDSAPRIVATE },  /* too long */
	{ "dsa1024_pub.bin", BLOB_V2CAPIDSAPRIVATE },
	{ "dsa1024_pub.bin", BLOB_CAPIDSAPRIVATE },
	{ "dsa1024_pub.bin", BLOB_CAPIDHPUBLIC },
	{ "dh768_pub.bin", BLOB_CAPIDSAPUBLIC },
	{ "dh768_pub.bin", BLOB_CAPIDHPRIVATE },
	{ "rsa1024_pub.bin", BLOB_CAPIPRIVATE },
	{ "rsa1024_pub.bin", BLOB_V2CAPIDSAPUBLIC },
	{ "p256_ecdsa_pub.bin", BLOB_CAPIPUBLIC },
};

START_TEST(no_such_form)
{
	struct secret in = sample_read(unfit[_i].file);
	struct wr w = wr_of(NULL, 0);
	struct key_material key;

	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&in), NULL, &key),
	    CNG_OK);
	ck_assert_int_eq(blob_encode(unfit[_i].type, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* The public exponent has 32 bits there. */
START_TEST(long_exponent)
{
	static const uint8_t e[] = { 1, 0, 0, 0, 1 };
	struct secret in = sample_read("rsa1024_pub.bin");
	struct wr w = wr_of(NULL, 0);
	struct key_material key;

	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&in), NULL, &key),
	    CNG_OK);
	ck_assert_int_eq(key_set(&key, RSA_E, span_of(e, sizeof e)), CNG_OK);
	ck_assert_int_eq(blob_encode(BLOB_CAPIPUBLIC, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* --- libcrypto's own reader and writer -------------------------------- */

static const struct {
	const char *file;
	bool private;
} known[] = {
	{ "capi_rsa1024_pub.bin", false },
	{ "capi_rsa1024_priv.bin", true },
	{ "capi_dss1024_pub.bin", false },
	{ "capi_dss1024_priv.bin", true },
};

START_TEST(libcrypto_agrees)
{
	struct secret in = sample_read(known[_i].file);
	const unsigned char *at = in.ptr;
	struct key_material mine, theirs;
	unsigned char *der = NULL;
	EVP_PKEY *pkey;
	int len;

	pkey = known[_i].private ? b2i_PrivateKey(&at, (long)in.len) :
				   b2i_PublicKey(&at, (long)in.len);
	ck_assert_ptr_nonnull(pkey);
	len = i2d_PUBKEY(pkey, &der);
	ck_assert_int_gt(len, 0);
	ck_assert_int_eq(spki_decode(&theirs, span_of(der, (size_t)len)),
	    CNG_OK);
	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&in), NULL, &mine),
	    CNG_OK);
	ck_assert_int_eq(crypto_complete(&mine), CNG_OK);
	ck_assert(key_same_public(&mine, &theirs));
	key_free(&mine);
	key_free(&theirs);
	OPENSSL_free(der);
	EVP_PKEY_free(pkey);
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/capi");
	TCase *t = tcase_create("capi");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, comes_back, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, damaged, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, hostile_lengths, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, bit_flips, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, same_key, 0, 5);
	tcase_add_loop_test(t, no_such_form, 0, ARRAY_LEN(unfit));
	tcase_add_test(t, long_exponent);
	tcase_add_loop_test(t, libcrypto_agrees, 0, ARRAY_LEN(known));
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
