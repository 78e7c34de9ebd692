/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SubjectPublicKeyInfo, and the names of certificates.
 */
#include "base/alloc.h"
#include "base/util.h"
#include "crypto/asn1.h"
#include "sample.h"

static const char *const keys[] = { "rsa1024.spki.der", "p256.spki.der",
	"p384.spki.der", "p521.spki.der" };

START_TEST(comes_back)
{
	struct secret in = sample_read(keys[_i]);
	struct key_material key;
	uint8_t out[512];
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(spki_decode(&key, secret_span(&in)), CNG_OK);
	ck_assert(!key.has_private);
	ck_assert_int_eq(spki_encode(&key, &w), CNG_OK);
	ck_assert_uint_eq(w.len, in.len);
	w = wr_of(out, sizeof out);
	ck_assert_int_eq(spki_encode(&key, &w), CNG_OK);
	ck_assert(span_equal(secret_span(&in), span_of(out, w.len)));
	w = wr_of(out, in.len - 1);
	ck_assert_int_eq(spki_encode(&key, &w), CNG_ERR_BUFFER_TOO_SMALL);
	key_free(&key);
	secret_free(&in);
}
END_TEST

START_TEST(damaged)
{
	struct secret in = sample_read(keys[_i]);
	struct key_material key;

	for (size_t len = 0; len < in.len; len++) {
		ck_assert_int_eq(spki_decode(&key, span_of(in.ptr, len)),
		    CNG_ERR_BAD_DATA);
		sample_empty(&key);
	}
	for (size_t bit = 0; bit < in.len * 8; bit++) {
		uint8_t mask = (uint8_t)(1u << bit % 8);

		in.ptr[bit / 8] ^= mask;
		if (spki_decode(&key, secret_span(&in)) != CNG_OK)
			sample_empty(&key);
		key_free(&key);
		in.ptr[bit / 8] ^= mask;
	}
	secret_free(&in);
}
END_TEST

START_TEST(out_of_memory)
{
	struct secret in = sample_read(keys[_i]);
	struct key_material key;
	enum cng_status st = CNG_ERR_NO_MEMORY;
	uint8_t out[512];
	unsigned long n;
	struct wr w;

	for (n = 0; st != CNG_OK;) {
		ck_assert_uint_lt(++n, 50);
		mem_fail_after(n);
		st = spki_decode(&key, secret_span(&in));
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		if (st != CNG_OK)
			sample_empty(&key);
	}
	ck_assert_uint_gt(n, 1);
	for (n = 0, st = CNG_ERR_NO_MEMORY; st != CNG_OK;) {
		ck_assert_uint_lt(++n, 50);
		w = wr_of(out, sizeof out);
		mem_fail_after(n);
		st = spki_encode(&key, &w);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	ck_assert_uint_gt(n, 1);
	key_free(&key);
	secret_free(&in);
}
END_TEST

static const struct {
	const char *file;
	enum cng_status st;
} refused[] = {
	{ "p256_trailing.spki.der", CNG_ERR_BAD_DATA },
	{ "p256_unused_bits.spki.der", CNG_ERR_BAD_DATA },
	{ "p256.der", CNG_ERR_BAD_DATA },
	{ "cert_p256.der", CNG_ERR_BAD_DATA },
};

START_TEST(refusals)
{
	struct secret in = sample_read(refused[_i].file);
	struct key_material key;

	ck_assert_int_eq(spki_decode(&key, secret_span(&in)),
	    refused[_i].st);
	sample_empty(&key);
	secret_free(&in);
}
END_TEST

START_TEST(not_a_pair)
{
	struct key_material key = { .family = KEY_AES };
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(spki_encode(&key, &w), CNG_ERR_BAD_TYPE);
	key.family = KEY_RSA;
	ck_assert_int_eq(spki_encode(&key, &w), CNG_ERR_BAD_TYPE);
	ck_assert_uint_eq(w.len, 0);
}
END_TEST

/* --- certificates ----------------------------------------------------- */

static bool
contains(struct span all, struct span part)
{
	for (size_t i = 0; i + part.len <= all.len; i++)
		if (memcmp(all.ptr + i, part.ptr, part.len) == 0)
			return true;
	return false;
}

START_TEST(certificate)
{
	static const uint8_t serial[] = { 2, 2, 0x12, 0x34 };
	struct secret in = sample_read("cert_p256.der");
	struct secret spki = sample_read("p256.spki.der");
	struct x509_names names;

	ck_assert_int_eq(x509_names(&names, secret_span(&in)), CNG_OK);
	ck_assert(span_equal(secret_span(&names.public_info),
	    secret_span(&spki)));
	ck_assert(span_equal(secret_span(&names.serial),
	    span_of(serial, sizeof serial)));
	ck_assert(contains(secret_span(&names.subject), span_str("subject")));
	ck_assert(contains(secret_span(&names.issuer), span_str("issuer")));
	ck_assert(contains(secret_span(&in), secret_span(&names.subject)));
	x509_names_free(&names);
	for (size_t len = 0; len < in.len; len++) {
		ck_assert_int_eq(x509_names(&names, span_of(in.ptr, len)),
		    CNG_ERR_BAD_DATA);
		ck_assert_ptr_null(names.subject.ptr);
	}
	for (size_t bit = 0; bit < in.len * 8; bit++) {
		in.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (x509_names(&names, secret_span(&in)) == CNG_OK)
			x509_names_free(&names);
		in.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	ck_assert_int_eq(secret_append(&in, span_of("", 1)), CNG_OK);
	ck_assert_int_eq(x509_names(&names, secret_span(&in)),
	    CNG_ERR_BAD_DATA);
	secret_free(&in);
	secret_free(&spki);
}
END_TEST

START_TEST(certificate_out_of_memory)
{
	struct secret in = sample_read("cert_p256.der");
	enum cng_status st = CNG_ERR_NO_MEMORY;
	struct x509_names names;
	unsigned long n = 0;

	while (st != CNG_OK) {
		ck_assert_uint_lt(++n, 50);
		mem_fail_after(n);
		st = x509_names(&names, secret_span(&in));
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	ck_assert_uint_eq(n, 5); /* four copies are made */
	x509_names_free(&names);
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("crypto/spki");
	TCase *t = tcase_create("spki");

	tcase_add_loop_test(t, comes_back, 0, ARRAY_LEN(keys));
	tcase_add_loop_test(t, damaged, 0, ARRAY_LEN(keys));
	tcase_add_loop_test(t, out_of_memory, 0, ARRAY_LEN(keys));
	tcase_add_loop_test(t, refusals, 0, ARRAY_LEN(refused));
	tcase_add_test(t, not_a_pair);
	tcase_add_test(t, certificate);
	tcase_add_test(t, certificate_out_of_memory);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
