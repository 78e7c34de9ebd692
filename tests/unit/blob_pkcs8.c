/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS8_PRIVATEKEY as a blob type; its ASN.1 is tested with the crypto layer.
 */
#include <check.h>

#include "base/util.h"
#include "blob_cases.h"
#include "sample.h"

static const char *const plain[] = { "rsa1024.der", "rsa1024_sign.der",
	"p256_sign.der", "p384_agree.der", "p521.der" };

START_TEST(comes_back)
{
	case_round_trip(BLOB_PKCS8, plain[_i]);
	case_wrong_length(BLOB_PKCS8, plain[_i]);
	case_bit_flips(BLOB_PKCS8, plain[_i]);
	case_no_memory(BLOB_PKCS8, plain[_i]);
}
END_TEST

START_TEST(role_survives)
{
	struct secret in = sample_read("p256_sign.der"), out;
	struct key_material key;

	ck_assert_int_eq(blob_decode(BLOB_PKCS8, secret_span(&in), NULL,
	    &key), CNG_OK);
	ck_assert_uint_eq(key.role, KEY_ROLE_SIGN);
	out = case_encode(BLOB_ECCPRIVATE, &key, NULL);
	ck_assert_mem_eq(out.ptr, "ECS2", 4);
	secret_free(&in);
	secret_free(&out);
	key_free(&key);
}
END_TEST

START_TEST(password)
{
	struct blob_params params = { .pbe = { .has_password = true,
		.password = span_str("secret") } };
	struct secret in = sample_read("enc_3des.der");
	struct secret want = sample_read("p256.der"), out;
	struct key_material key;

	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&in), NULL, &key),
	    CNG_ERR_BAD_PASSWORD);
	sample_empty(&key);
	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&in), &params,
	    &key), CNG_OK);
	out = case_encode(BLOB_PKCS8, &key, NULL);
	ck_assert(span_equal(secret_span(&want), secret_span(&out)));
	secret_free(&in);
	secret_free(&want);
	secret_free(&out);
	key_free(&key);
}
END_TEST

struct told {
	char text[1024];
	unsigned secrets;
};

static void
hear(void *arg, const struct blob_field *field)
{
	struct told *told = arg;

	strcat(told->text, field->name);
	strcat(told->text, "=");
	strcat(told->text, field->text == NULL ? "" : field->text);
	strcat(told->text, ";");
	told->secrets += field->kind == BLOB_FIELD_SECRET;
}

static const struct {
	const char *file;
	size_t cut;        /* bytes dropped at the end */
	enum cng_status st;
	const char *text;
} told_of[] = {
	{ "rsa1024.der", 0, CNG_OK,
	    "Version=0;Algorithm=rsaEncryption;PrivateKey=609 bytes;" },
	{ "p256_sign.der", 0, CNG_OK,
	    "Version=0;Algorithm=id-ecPublicKey, P-256;PrivateKey=121 bytes;"
	    "Attributes=X509v3 Key Usage 0x80;" },
	{ "enc_3des.der", 0, CNG_OK,
	    "EncryptionAlgorithm=pbeWithSHA1And3-KeyTripleDES-CBC, "
	    "2000 iterations;EncryptedPrivateKey=144 bytes;" },
	{ "enc_aes256.der", 0, CNG_OK,
	    "EncryptionAlgorithm=PBES2, PBKDF2, 2048 iterations, aes-256-cbc;"
	    "EncryptedPrivateKey=144 bytes;" },
	{ "enc_scrypt.der", 0, CNG_OK,
	    "EncryptionAlgorithm=PBES2, scrypt, aes-256-cbc;"
	    "EncryptedPrivateKey=144 bytes;" },
	{ "p256_version2.der", 0, CNG_OK,
	    "Version=2;Algorithm=id-ecPublicKey, P-256;"
	    "PrivateKey=121 bytes;" },
	{ "p256_trailing.der", 0, CNG_ERR_BAD_DATA,
	    "Version=0;Algorithm=id-ecPublicKey, P-256;"
	    "PrivateKey=121 bytes;" },
	{ "p256_sign.der", 1, CNG_ERR_BAD_DATA, "" },
	{ "p256.spki.der", 0, CNG_ERR_BAD_DATA, "" },
};

START_TEST(description)
{
	struct secret in = sample_read(told_of[_i].file);
	struct told told = { 0 };
	struct span der = span_of(in.ptr, in.len - told_of[_i].cut);

	ck_assert_int_eq(blob_describe(BLOB_PKCS8, der, hear, &told),
	    told_of[_i].st);
	ck_assert_str_eq(told.text, told_of[_i].text);
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/pkcs8");
	TCase *t = tcase_create("pkcs8");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, comes_back, 0, ARRAY_LEN(plain));
	tcase_add_test(t, role_survives);
	tcase_add_test(t, password);
	tcase_add_loop_test(t, description, 0, ARRAY_LEN(told_of));
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
