/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS#8: what is written, what is refused, and password encryption.
 */
#include <check.h>

#include "base/alloc.h"
#include "base/util.h"
#include "crypto/asn1.h"
#include "sample.h"

static struct secret
encode(const struct key_material *key, const struct pbe *pbe)
{
	struct wr w = wr_of(NULL, 0);
	struct secret out;
	size_t len;

	ck_assert_int_eq(pkcs8_encode(key, pbe, &w), CNG_OK);
	len = w.len;
	ck_assert_int_eq(secret_new(&out, len), CNG_OK);
	w = wr_of(out.ptr, out.len);
	ck_assert_int_eq(pkcs8_encode(key, pbe, &w), CNG_OK);
	ck_assert_uint_eq(w.len, len);
	w = wr_of(out.ptr, out.len - 1);
	ck_assert_int_eq(pkcs8_encode(key, pbe, &w),
	    CNG_ERR_BUFFER_TOO_SMALL);
	w = wr_of(out.ptr, out.len);
	ck_assert_int_eq(pkcs8_encode(key, pbe, &w), CNG_OK);
	return out;
}

static struct key_material
decode(const char *file, const struct pbe *pbe)
{
	struct secret in = sample_read(file);
	struct key_material key;
	enum cng_status st = pkcs8_decode(&key, secret_span(&in), pbe);

	ck_assert_msg(st == CNG_OK, "%s: %s", file, cng_status_name(st));
	secret_free(&in);
	return key;
}

/* The attribute, byte for byte as Windows writes it. */
START_TEST(windows_attribute)
{
	static const uint8_t attribute[] = { 0xa0, 0x0d, 0x30, 0x0b, 0x06,
		0x03, 0x55, 0x1d, 0x0f, 0x31, 0x04, 0x03, 0x02, 0x00, 0x80 };
	struct key_material key = decode("p256.der", NULL);
	struct secret without = encode(&key, NULL), with;

	key.role = KEY_ROLE_SIGN;
	with = encode(&key, NULL);
	ck_assert_uint_eq(with.len, without.len + sizeof attribute);
	ck_assert_mem_eq(with.ptr + with.len - sizeof attribute, attribute,
	    sizeof attribute);
	secret_free(&with);
	secret_free(&without);
	key_free(&key);
}
END_TEST

START_TEST(roles)
{
	static const struct {
		const char *file;
		unsigned role;
	} cases[] = {
		{ "rsa1024.der", KEY_ROLE_NONE },
		{ "rsa1024_sign.der", KEY_ROLE_SIGN },
		{ "rsa1024_encrypt.der", KEY_ROLE_ENCRYPT },
		{ "rsa1024_both.der", KEY_ROLE_SIGN | KEY_ROLE_ENCRYPT },
		{ "p384_agree.der", KEY_ROLE_AGREE },
		{ "p256_minimal_usage.der", KEY_ROLE_SIGN },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct key_material key = decode(cases[i].file, NULL);

		ck_assert_uint_eq(key.role, cases[i].role);
		key_free(&key);
	}
}
END_TEST

/* The same key in many dresses. */
START_TEST(optional_parts)
{
	struct key_material key = decode("p256.der", NULL), other;
	static const char *const files[] = { "p256_openssl.der",
		"p256_explicit.der" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		other = decode(files[i], NULL);
		sample_same_key(&key, &other);
		key_free(&other);
	}
	other = decode("p256_no_point.der", NULL);
	ck_assert_uint_eq(other.part[EC_X].len, 0);
	ck_assert(span_equal(key_part(&key, EC_D), key_part(&other, EC_D)));
	key_free(&other);
	key_free(&key);
}
END_TEST

START_TEST(nothing_to_write)
{
	struct key_material key = decode("rsa1024.der", NULL), pub;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(key_copy_public(&pub, &key), CNG_OK);
	ck_assert_int_eq(pkcs8_encode(&pub, NULL, &w), CNG_ERR_BAD_TYPE);
	secret_free(&key.part[RSA_DP]);
	ck_assert_int_eq(pkcs8_encode(&key, NULL, &w), CNG_ERR_BAD_TYPE);
	key_free(&pub);
	key_free(&key);
	key = decode("p256.der", NULL);
	secret_free(&key.part[EC_Y]);
	ck_assert_int_eq(pkcs8_encode(&key, NULL, &w), CNG_ERR_BAD_TYPE);
	ck_assert_uint_eq(w.len, 0);
	key_free(&key);
}
END_TEST

/* --- passwords -------------------------------------------------------- */

static const struct {
	const char *file;
	const char *password;
} sealed[] = {
	{ "enc_3des.der", "secret" },
	{ "enc_3des_empty.der", "" },
	{ "enc_3des_utf8.der", "p\303\244ssw\303\266rd \342\202\254" },
	{ "enc_rc2_40.der", "secret" },
	{ "enc_md5_des.der", "secret" },
	{ "enc_sha1_rc2.der", "secret" },
	{ "enc_aes256.der", "secret" },
	{ "enc_aes128_sha1.der", "secret" },
	{ "enc_aes192_sha512.der", "secret" },
	{ "enc_pbes2_3des.der", "secret" },
	{ "enc_scrypt.der", "secret" },
};

START_TEST(opens)
{
	struct pbe pbe = { .has_password = true,
		.password = span_str(sealed[_i].password) };
	struct key_material want = decode("p256.der", NULL);
	struct key_material key = decode(sealed[_i].file, &pbe);
	struct secret in = sample_read(sealed[_i].file);

	ck_assert(pkcs8_is_encrypted(secret_span(&in)));
	sample_same_key(&want, &key);
	key_free(&key);
	pbe.password = span_str("Secret");
	ck_assert_int_eq(pkcs8_decode(&key, secret_span(&in), &pbe),
	    CNG_ERR_BAD_PASSWORD);
	sample_empty(&key);
	pbe.has_password = false;
	ck_assert_int_eq(pkcs8_decode(&key, secret_span(&in), &pbe),
	    CNG_ERR_BAD_PASSWORD);
	ck_assert_int_eq(pkcs8_decode(&key, secret_span(&in), NULL),
	    CNG_ERR_BAD_PASSWORD);
	secret_free(&in);
	key_free(&want);
}
END_TEST

static const struct pbe kinds[] = {
	{ .kind = PBE_PKCS12_3DES, .iterations = 3 },
	{ .kind = PBE_PBES2_AES256, .iterations = 3 },
	{ .kind = PBE_NONE, .iterations = 3 }, /* a password means it */
};

START_TEST(seals)
{
	static const char *const passwords[] = { "", "x",
		"p\303\244ssw\303\266rd \360\237\224\221" };
	struct key_material key = decode("rsa1024_sign.der", NULL), again;

	for (size_t i = 0; i < ARRAY_LEN(passwords); i++) {
		struct pbe pbe = kinds[_i];
		struct secret out, other;

		pbe.has_password = true;
		pbe.password = span_str(passwords[i]);
		out = encode(&key, &pbe);
		other = encode(&key, &pbe);
		/* never the same salt */
		ck_assert(!span_equal(secret_span(&out),
		    secret_span(&other)));
		ck_assert(pkcs8_is_encrypted(secret_span(&out)));
		ck_assert_int_eq(pkcs8_decode(&again, secret_span(&out),
		    &pbe), CNG_OK);
		sample_same_key(&key, &again);
		key_free(&again);
		secret_free(&out);
		secret_free(&other);
	}
	key_free(&key);
}
END_TEST

/* With the salt given, PKCS#12 encryption is a function of its input. */
START_TEST(given_salt)
{
	struct pbe pbe = { .kind = PBE_PKCS12_3DES, .has_password = true,
		.password = span_str("secret"), .iterations = 2,
		.salt = span_str("12345678") };
	struct key_material key = decode("p256.der", NULL);
	struct secret a = encode(&key, &pbe), b = encode(&key, &pbe);

	ck_assert(span_equal(secret_span(&a), secret_span(&b)));
	secret_free(&a);
	secret_free(&b);
	key_free(&key);
}
END_TEST

START_TEST(limits_of_writing)
{
	static const uint8_t wide[65];
	struct pbe pbe = { .kind = PBE_PKCS12_3DES, .has_password = true,
		.iterations = 10000001 };
	struct key_material key = decode("p256.der", NULL);
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(pkcs8_encode(&key, &pbe, &w), CNG_ERR_ARGUMENT);
	pbe.iterations = 1;
	pbe.salt = span_of(wide, sizeof wide);
	ck_assert_int_eq(pkcs8_encode(&key, &pbe, &w), CNG_ERR_ARGUMENT);
	pbe.salt = span_of(NULL, 0);
	pbe.kind = PBE_KIND_COUNT;
	ck_assert_int_eq(pkcs8_encode(&key, &pbe, &w), CNG_ERR_ARGUMENT);
	ck_assert_uint_eq(w.len, 0);
	key_free(&key);
}
END_TEST

/* --- what is refused -------------------------------------------------- */

static const struct {
	const char *file;
	enum cng_status st;
} refused[] = {
	{ "p256_trailing.der", CNG_ERR_BAD_DATA },
	{ "p256_short.der", CNG_ERR_BAD_DATA },
	{ "p256_version2.der", CNG_ERR_NOT_SUPPORTED },
	{ "p256_sec1_version2.der", CNG_ERR_BAD_DATA },
	{ "p256_params_mismatch.der", CNG_ERR_BAD_DATA },
	{ "p256_no_params.der", CNG_ERR_BAD_DATA },
	{ "p256_ecdh_oid.der", CNG_ERR_NOT_SUPPORTED },
	{ "p256_k1_oid.der", CNG_ERR_BAD_CURVE },
	{ "p256_explicit_other_b.der", CNG_ERR_BAD_CURVE },
	{ "rsa1024_negative_n.der", CNG_ERR_BAD_DATA },
	{ "rsa1024_missing_number.der", CNG_ERR_BAD_DATA },
	{ "rsa1024_bad_params.der", CNG_ERR_BAD_DATA },
	{ "rsa1024_multiprime.der", CNG_ERR_NOT_SUPPORTED },
	{ "enc_no_rounds.der", CNG_ERR_BAD_DATA },
	{ "enc_many_rounds.der", CNG_ERR_BAD_DATA },
	{ "enc_unknown_scheme.der", CNG_ERR_NOT_SUPPORTED },
	{ "p256.spki.der", CNG_ERR_BAD_DATA },
	{ "aes128.bin", CNG_ERR_BAD_DATA },
};

START_TEST(refusals)
{
	struct pbe pbe = { .has_password = true,
		.password = span_str("secret") };
	struct secret in = sample_read(refused[_i].file);
	struct key_material key;

	ck_assert_int_eq(pkcs8_decode(&key, secret_span(&in), &pbe),
	    refused[_i].st);
	sample_empty(&key);
	secret_free(&in);
}
END_TEST

/* Every shorter input and every flipped bit of an encrypted key. */
START_TEST(damaged_ciphertext)
{
	struct pbe pbe = { .has_password = true };
	struct secret in = sample_read("enc_3des_empty.der");
	struct key_material key;

	for (size_t len = 0; len < in.len; len++) {
		ck_assert_int_ne(pkcs8_decode(&key, span_of(in.ptr, len),
		    &pbe), CNG_OK);
		sample_empty(&key);
	}
	/* the first 40 bytes hold the lengths and the parameters; a flipped
	 * count of iterations stays below the limit and costs no time */
	for (size_t bit = 0; bit < 40 * 8; bit++) {
		uint8_t mask = (uint8_t)(1u << bit % 8);

		in.ptr[bit / 8] ^= mask;
		ck_assert_int_ne(pkcs8_decode(&key, secret_span(&in), &pbe),
		    CNG_OK);
		sample_empty(&key);
		in.ptr[bit / 8] ^= mask;
	}
	secret_free(&in);
}
END_TEST

START_TEST(out_of_memory)
{
	struct pbe pbe = { .kind = PBE_PBES2_AES256, .has_password = true,
		.password = span_str("secret"), .iterations = 2 };
	struct secret in = sample_read("enc_3des.der"), out;
	struct key_material key;
	enum cng_status st = CNG_ERR_NO_MEMORY;
	unsigned long n = 0;
	struct wr w;

	while (st != CNG_OK) {
		ck_assert_uint_lt(++n, 100);
		mem_fail_after(n);
		st = pkcs8_decode(&key, secret_span(&in), &pbe);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		if (st != CNG_OK)
			sample_empty(&key);
	}
	ck_assert_uint_gt(n, 1);
	out = encode(&key, &pbe);
	for (n = 0, st = CNG_ERR_NO_MEMORY; st != CNG_OK;) {
		ck_assert_uint_lt(++n, 100);
		w = wr_of(out.ptr, out.len);
		mem_fail_after(n);
		st = pkcs8_encode(&key, &pbe, &w);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	ck_assert_uint_gt(n, 1);
	secret_free(&in);
	secret_free(&out);
	key_free(&key);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("crypto/pkcs8");
	TCase *t = tcase_create("pkcs8");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, windows_attribute);
	tcase_add_test(t, roles);
	tcase_add_test(t, optional_parts);
	tcase_add_test(t, nothing_to_write);
	tcase_add_loop_test(t, opens, 0, ARRAY_LEN(sealed));
	tcase_add_loop_test(t, seals, 0, ARRAY_LEN(kinds));
	tcase_add_test(t, given_salt);
	tcase_add_test(t, limits_of_writing);
	tcase_add_loop_test(t, refusals, 0, ARRAY_LEN(refused));
	tcase_add_test(t, damaged_ciphertext);
	tcase_add_test(t, out_of_memory);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
