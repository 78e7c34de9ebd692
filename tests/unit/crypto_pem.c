/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PEM, and keys in whatever form they come.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/util.h"
#include "crypto/asn1.h"
#include "sample.h"

static struct secret
to_pem(const char *label, struct span der)
{
	struct wr w = wr_of(NULL, 0);
	struct secret out;
	size_t len;

	ck_assert_int_eq(pem_encode(&w, label, der), CNG_OK);
	len = w.len;
	ck_assert_int_eq(secret_new(&out, len), CNG_OK);
	w = wr_of(out.ptr, out.len);
	ck_assert_int_eq(pem_encode(&w, label, der), CNG_OK);
	ck_assert_uint_eq(w.len, len);
	return out;
}

START_TEST(comes_back)
{
	struct secret der = sample_read("p521.der"), again;
	struct secret text = to_pem("PRIVATE KEY", secret_span(&der));
	char label[64] = "";

	ck_assert_mem_eq(text.ptr, "-----BEGIN PRIVATE KEY-----\n", 28);
	ck_assert_mem_eq(text.ptr + text.len - 26,
	    "-----END PRIVATE KEY-----\n", 26);
	ck_assert_int_eq(pem_decode(&again, label, sizeof label,
	    secret_span(&text)), CNG_OK);
	ck_assert_str_eq(label, "PRIVATE KEY");
	ck_assert(span_equal(secret_span(&der), secret_span(&again)));
	secret_free(&again);
	for (size_t len = 0; len < text.len - 1; len++) {
		ck_assert_int_eq(pem_decode(&again, label, sizeof label,
		    span_of(text.ptr, len)), CNG_ERR_BAD_DATA);
		ck_assert_ptr_null(again.ptr);
	}
	secret_free(&text);
	secret_free(&der);
}
END_TEST

static const struct {
	const char *text;
	enum cng_status st;
} bad[] = {
	{ "", CNG_ERR_BAD_DATA },
	{ "no PEM at all\n", CNG_ERR_BAD_DATA },
	{ "-----BEGIN X-----\nAAAA\n-----END Y-----\n", CNG_ERR_BAD_DATA },
	{ "-----BEGIN X-----\nA*AA\n-----END X-----\n", CNG_ERR_BAD_DATA },
	{ "-----BEGIN X-----\nAAAA\n", CNG_ERR_BAD_DATA },
	{ "-----BEGIN RSA PRIVATE KEY-----\n"
	  "Proc-Type: 4,ENCRYPTED\n"
	  "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
	  "AAAA\n-----END RSA PRIVATE KEY-----\n", CNG_ERR_BAD_PASSWORD },
	{ "-----BEGIN a label that is longer than the room which the caller "
	  "gave for it-----\nAAAA\n-----END a label that is longer than the "
	  "room which the caller gave for it-----\n", CNG_ERR_BAD_DATA },
};

START_TEST(bad_text)
{
	struct key_material key;
	struct secret der;
	char label[64];

	ck_assert_int_eq(pem_decode(&der, label, sizeof label,
	    span_str(bad[_i].text)), bad[_i].st);
	ck_assert_ptr_null(der.ptr);
	ck_assert_int_eq(key_decode_any(&key, span_str(bad[_i].text), NULL),
	    bad[_i].st);
	sample_empty(&key);
}
END_TEST

/* --- any form --------------------------------------------------------- */

static const struct {
	const char *file;
	const char *label;
	const char *same_as;  /* PKCS#8 or SubjectPublicKeyInfo */
} forms[] = {
	{ "rsa1024.der", "PRIVATE KEY", "rsa1024.der" },
	{ "p256_openssl.der", "PRIVATE KEY", "p256.der" },
	{ "enc_aes256.der", "ENCRYPTED PRIVATE KEY", "p256.der" },
	{ "rsa1024.spki.der", "PUBLIC KEY", "rsa1024.spki.der" },
	{ "p384_compressed.spki.der", "PUBLIC KEY", "p384.spki.der" },
	{ "rsa1024.pkcs1.der", "RSA PRIVATE KEY", "rsa1024.der" },
	{ "rsa1024.pkcs1pub.der", "RSA PUBLIC KEY", "rsa1024.spki.der" },
	{ "p256.sec1.der", "EC PRIVATE KEY", "p256.der" },
};

/* The encryption of old files; wrong and missing passwords. */
static const struct {
	const char *file;
	const char *same_as;
} old[] = {
	{ "old_rsa1024_aes128.pem", "rsa1024.der" },
	{ "old_rsa1024_des3.pem", "rsa1024.der" },
	{ "old_p256_des.pem", "p256.der" },
	{ "old_dsa1024_aes256.pem", "old_dsa1024.pem" },
};

START_TEST(old_encryption)
{
	struct pbe pbe = { .has_password = true,
		.password = span_str("secret") };
	struct secret in = sample_read(old[_i].file);
	struct secret like = sample_read(old[_i].same_as);
	struct key_material want, key;

	ck_assert_int_eq(key_decode_any(&want, secret_span(&like), NULL),
	    CNG_OK);
	ck_assert_int_eq(key_decode_any(&key, secret_span(&in), &pbe),
	    CNG_OK);
	sample_same_key(&want, &key);
	key_free(&key);
	ck_assert_int_eq(key_decode_any(&key, secret_span(&in), NULL),
	    CNG_ERR_BAD_PASSWORD);
	sample_empty(&key);
	for (char last = 'a'; last <= 'z'; last++) {
		char text[] = "secre?";

		text[5] = last;
		pbe.password = span_str(text);
		ck_assert_int_eq(key_decode_any(&key, secret_span(&in),
		    &pbe), last == 't' ? CNG_OK : CNG_ERR_BAD_PASSWORD);
		key_free(&key);
	}
	key_free(&want);
	secret_free(&in);
	secret_free(&like);
}
END_TEST

static const struct {
	const char *header;
	enum cng_status st;
} headers[] = {
	{ "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899"
	  "AABBCCDDEEFF\n", CNG_ERR_BAD_PASSWORD },
	{ "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n",
	    CNG_ERR_BAD_DATA },
	{ "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC\n",
	    CNG_ERR_BAD_DATA },
	{ "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011223344556677889"
	  "9AABBCCDDEEF?\n", CNG_ERR_BAD_DATA },
	{ "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011223344556677889"
	  "9AABBCCDDEEFF00\n", CNG_ERR_BAD_DATA },
	{ "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CTR,0011223344556677889"
	  "9AABBCCDDEEFF\n", CNG_ERR_NOT_SUPPORTED },
	{ "Proc-Type: 4,ENCRYPTED\nDEK-Info: ROT13-CBC,0011223344556677\n",
	    CNG_ERR_NOT_SUPPORTED },
	{ "Proc-Type: 4,ENCRYPTED\nDEK-Info: A-name-that-is-longer-than-any-"
	  "cipher,0011223344556677\n", CNG_ERR_BAD_DATA },
	{ "Proc-Type: 4,ENCRYPTED\n", CNG_ERR_BAD_DATA },
	{ "Proc-Type: 4,MIC-CLEAR\n", CNG_ERR_NOT_SUPPORTED },
};

START_TEST(old_headers)
{
	struct pbe pbe = { .has_password = true,
		.password = span_str("secret") };
	struct key_material key;
	char text[512];

	snprintf(text, sizeof text, "-----BEGIN RSA PRIVATE KEY-----\n%s\n"
	    "AAAAAAAAAAAAAAAAAAAAAA==\n-----END RSA PRIVATE KEY-----\n",
	    headers[_i].header);
	ck_assert_int_eq(key_decode_any(&key, span_str(text), &pbe),
	    headers[_i].st);
	sample_empty(&key);
}
END_TEST

/* The form that was before PKCS#8, and back. */
START_TEST(old_form)
{
	static const struct {
		const char *file;
		const char *label;
	} cases[] = { { "rsa1024.der", "RSA PRIVATE KEY" },
		{ "rsa1024.spki.der", "RSA PUBLIC KEY" },
		{ "p256.der", "EC PRIVATE KEY" },
		{ "old_dsa1024.pem", "DSA PRIVATE KEY" },
		{ "p256.spki.der", NULL }, { "ed25519.der", NULL },
		{ "dsa1024.spki.der", NULL } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct secret in = sample_read(cases[i].file);
		uint8_t room[2048];
		struct wr w = wr_of(room, sizeof room);
		struct key_material key, again;
		const char *label = NULL;
		enum cng_status st;

		ck_assert_int_eq(key_decode_any(&key, secret_span(&in),
		    NULL), CNG_OK);
		st = key_encode_old(&key, &label, &w);
		ck_assert_int_eq(st, cases[i].label == NULL ?
		    CNG_ERR_BAD_TYPE : CNG_OK);
		if (st == CNG_OK) {
			ck_assert_str_eq(label, cases[i].label);
			ck_assert_int_eq(key_decode_any(&again,
			    span_of(room, w.len), NULL), CNG_OK);
			sample_same_key(&key, &again);
			key_free(&again);
		}
		key_free(&key);
		secret_free(&in);
	}
}
END_TEST

START_TEST(any_form)
{
	struct pbe pbe = { .has_password = true,
		.password = span_str("secret") };
	struct secret in = sample_read(forms[_i].file);
	struct secret text = to_pem(forms[_i].label, secret_span(&in));
	struct secret like = sample_read(forms[_i].same_as);
	struct key_material want, key;

	ck_assert_int_eq(key_decode_any(&want, secret_span(&like), NULL),
	    CNG_OK);
	ck_assert_int_eq(key_decode_any(&key, secret_span(&in), &pbe),
	    CNG_OK);
	sample_same_key(&want, &key);
	key_free(&key);
	ck_assert_int_eq(key_decode_any(&key, secret_span(&text), &pbe),
	    CNG_OK);
	sample_same_key(&want, &key);
	key_free(&key);
	for (size_t len = 0; len < in.len; len++) {
		ck_assert_int_ne(key_decode_any(&key, span_of(in.ptr, len),
		    &pbe), CNG_OK);
		sample_empty(&key);
	}
	key_free(&want);
	secret_free(&like);
	secret_free(&text);
	secret_free(&in);
}
END_TEST

/* What "openssl ecparam -genkey" writes, with words before. */
START_TEST(second_block)
{
	static const char before[] = "Some words.\n"
	    "-----BEGIN EC PARAMETERS-----\n"
	    "BggqhkjOPQMBBw==\n"
	    "-----END EC PARAMETERS-----\n";
	struct secret in = sample_read("p256.sec1.der"), text, der;
	struct secret key_text = to_pem("EC PRIVATE KEY", secret_span(&in));
	struct key_material key;
	char label[64];

	ck_assert_int_eq(secret_copy(&text, span_str(before)), CNG_OK);
	ck_assert_int_eq(secret_append(&text, secret_span(&key_text)),
	    CNG_OK);
	ck_assert_int_eq(key_decode_any(&key, secret_span(&text), NULL),
	    CNG_OK);
	ck_assert_int_eq(key.curve, CURVE_P256);
	key_free(&key);
	ck_assert_int_eq(pem_decode(&der, label, sizeof label,
	    secret_span(&text)), CNG_OK);
	ck_assert_str_eq(label, "EC PARAMETERS");
	secret_free(&der);
	/* parameters only are no key */
	ck_assert_int_eq(key_decode_any(&key, span_str(before), NULL),
	    CNG_ERR_BAD_DATA);
	secret_free(&text);
	secret_free(&key_text);
	secret_free(&in);
}
END_TEST

START_TEST(sec1_without_curve)
{
	static const uint8_t der[] = { 0x30, 0x06, 2, 1, 1, 4, 1, 7 };
	struct key_material key;

	ck_assert_int_eq(key_decode_any(&key, span_of(der, sizeof der), NULL),
	    CNG_ERR_BAD_CURVE);
	sample_empty(&key);
}
END_TEST

START_TEST(out_of_memory)
{
	struct secret in = sample_read("rsa1024.pkcs1.der");
	struct secret text = to_pem("RSA PRIVATE KEY", secret_span(&in));
	enum cng_status st = CNG_ERR_NO_MEMORY;
	struct key_material key;
	unsigned long n = 0;

	while (st != CNG_OK) {
		ck_assert_uint_lt(++n, 50);
		mem_fail_after(n);
		st = key_decode_any(&key, secret_span(&text), NULL);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		if (st != CNG_OK)
			sample_empty(&key);
	}
	ck_assert_uint_eq(n, 10); /* the DER and eight numbers */
	key_free(&key);
	secret_free(&text);
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("crypto/pem");
	TCase *t = tcase_create("pem");

	tcase_add_test(t, comes_back);
	tcase_add_loop_test(t, bad_text, 0, ARRAY_LEN(bad));
	tcase_add_loop_test(t, any_form, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, old_encryption, 0, ARRAY_LEN(old));
	tcase_add_loop_test(t, old_headers, 0, ARRAY_LEN(headers));
	tcase_add_test(t, old_form);
	tcase_add_test(t, second_block);
	tcase_add_test(t, sec1_without_curve);
	tcase_add_test(t, out_of_memory);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
