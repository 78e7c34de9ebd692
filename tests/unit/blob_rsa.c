/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RSAPUBLICBLOB, RSAPRIVATEBLOB, RSAFULLPRIVATEBLOB.
 */
#include <check.h>

#include "base/util.h"
#include "blob_cases.h"
#include "sample.h"

static const struct {
	enum blob_type type;
	const char *file;
	size_t size;
} forms[] = {
	{ BLOB_RSAPUBLIC, "rsa1024_pub.bin", 155 },
	{ BLOB_RSAPRIVATE, "rsa1024_priv.bin", 283 },
	{ BLOB_RSAFULLPRIVATE, "rsa1024_full.bin", 603 },
};

START_TEST(comes_back)
{
	struct secret in = sample_read(forms[_i].file);

	ck_assert_uint_eq(in.len, forms[_i].size);
	secret_free(&in);
	case_round_trip(forms[_i].type, forms[_i].file);
}
END_TEST

START_TEST(damaged)
{
	case_wrong_length(forms[_i].type, forms[_i].file);
	case_bit_flips(forms[_i].type, forms[_i].file);
}
END_TEST

START_TEST(out_of_memory)
{
	case_no_memory(forms[_i].type, forms[_i].file);
}
END_TEST

START_TEST(hostile_lengths)
{
	/* cbPublicExp, cbModulus, cbPrime1, cbPrime2 */
	for (size_t offset = 8; offset < 24; offset += 4) {
		if (forms[_i].type == BLOB_RSAPUBLIC && offset >= 16)
			break;
		case_hostile_length(forms[_i].type, forms[_i].file, offset,
		    CNG_ERR_BAD_DATA);
	}
}
END_TEST

START_TEST(every_magic_but_the_right_one)
{
	struct key_material key;

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct secret in = sample_read(forms[i].file);

		if (i != (size_t)_i) {
			ck_assert_int_eq(blob_decode(forms[_i].type,
			    secret_span(&in), NULL, &key), CNG_ERR_BAD_MAGIC);
			sample_empty(&key);
		}
		secret_free(&in);
	}
}
END_TEST

/* Windows does not believe it (and writes the right one back). */
START_TEST(bit_length_is_not_trusted)
{
	struct secret in = sample_read("rsa1024_pub.bin"), out;
	struct key_material key;

	in.ptr[5] = 3;
	ck_assert_int_eq(blob_decode(BLOB_RSAPUBLIC, secret_span(&in), NULL,
	    &key), CNG_OK);
	out = case_encode(BLOB_RSAPUBLIC, &key, NULL);
	in.ptr[5] = 4;
	ck_assert(span_equal(secret_span(&in), secret_span(&out)));
	secret_free(&in);
	secret_free(&out);
	key_free(&key);
}
END_TEST

/* Zeros before e and n are dropped; the exponent is written minimal. */
START_TEST(leading_zeros)
{
	static const uint8_t head[] = { 'R', 'S', 'A', '1', 0, 4, 0, 0,
		5, 0, 0, 0, 130, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 1, 0, 1, 0, 0 };
	struct secret in = sample_read("rsa1024_pub.bin"), wide, out;
	struct key_material key;

	ck_assert_int_eq(secret_copy(&wide, span_of(head, sizeof head)),
	    CNG_OK);
	ck_assert_int_eq(secret_append(&wide, span_of(in.ptr + 27, 128)),
	    CNG_OK);
	ck_assert_int_eq(blob_decode(BLOB_RSAPUBLIC, secret_span(&wide), NULL,
	    &key), CNG_OK);
	out = case_encode(BLOB_RSAPUBLIC, &key, NULL);
	ck_assert(span_equal(secret_span(&in), secret_span(&out)));
	secret_free(&in);
	secret_free(&wide);
	secret_free(&out);
	key_free(&key);
}
END_TEST

/* A public form of a private key; no private form of a public one. */
START_TEST(forms_of_a_key)
{
	struct secret full = sample_read("rsa1024_full.bin");
	struct secret pub = sample_read("rsa1024_pub.bin");
	struct secret priv = sample_read("rsa1024_priv.bin"), out;
	struct key_material key;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(BLOB_RSAFULLPRIVATE, secret_span(&full),
	    NULL, &key), CNG_OK);
	out = case_encode(BLOB_RSAPUBLIC, &key, NULL);
	ck_assert(span_equal(secret_span(&pub), secret_span(&out)));
	secret_free(&out);
	out = case_encode(BLOB_RSAPRIVATE, &key, NULL);
	ck_assert(span_equal(secret_span(&priv), secret_span(&out)));
	secret_free(&out);
	ck_assert_int_eq(blob_encode(BLOB_ECCPUBLIC, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(blob_encode(BLOB_KEYDATA, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	secret_free(&key.part[RSA_QINV]);
	ck_assert_int_eq(blob_encode(BLOB_RSAFULLPRIVATE, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	secret_free(&key.part[RSA_P]);
	ck_assert_int_eq(blob_encode(BLOB_RSAPRIVATE, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key_free(&key);
	ck_assert_int_eq(blob_decode(BLOB_RSAPUBLIC, secret_span(&pub), NULL,
	    &key), CNG_OK);
	ck_assert(!key.has_private);
	ck_assert_int_eq(blob_encode(BLOB_RSAPRIVATE, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	ck_assert_uint_eq(w.len, 0);
	key_free(&key);
	secret_free(&full);
	secret_free(&pub);
	secret_free(&priv);
}
END_TEST

/* Primes that are not of half the modulus have no place in the layout. */
START_TEST(unbalanced_primes)
{
	struct secret in = sample_read("rsa1024_full.bin");
	struct key_material key;
	struct wr w = wr_of(NULL, 0);
	uint8_t wide[65] = { 1 };

	ck_assert_int_eq(blob_decode(BLOB_RSAFULLPRIVATE, secret_span(&in),
	    NULL, &key), CNG_OK);
	ck_assert_int_eq(key_set(&key, RSA_P, span_of(wide, sizeof wide)),
	    CNG_OK);
	ck_assert_int_eq(blob_encode(BLOB_RSAPRIVATE, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* An odd number of bytes: the primes take the larger half. */
START_TEST(odd_size)
{
	struct key_material key = { .family = KEY_RSA, .has_private = true };
	struct key_material again;
	uint8_t n[129], p[65];
	struct secret out;

	memset(n, 0xa5, sizeof n);
	memset(p, 0x5a, sizeof p);
	ck_assert_int_eq(key_set(&key, RSA_N, span_of(n, sizeof n)), CNG_OK);
	ck_assert_int_eq(key_set(&key, RSA_E, span_of("\3", 1)), CNG_OK);
	ck_assert_int_eq(key_set(&key, RSA_P, span_of(p, 65)), CNG_OK);
	ck_assert_int_eq(key_set(&key, RSA_Q, span_of(p, 64)), CNG_OK);
	out = case_encode(BLOB_RSAPRIVATE, &key, NULL);
	ck_assert_uint_eq(out.len, 24 + 1 + 129 + 65 + 65);
	ck_assert_int_eq(blob_decode(BLOB_RSAPRIVATE, secret_span(&out), NULL,
	    &again), CNG_OK);
	sample_same_key(&key, &again);
	secret_free(&out);
	key_free(&key);
	key_free(&again);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/rsa");
	TCase *t = tcase_create("rsa");

	tcase_add_loop_test(t, comes_back, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, damaged, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, out_of_memory, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, hostile_lengths, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, every_magic_but_the_right_one, 0,
	    ARRAY_LEN(forms));
	tcase_add_test(t, bit_length_is_not_trusted);
	tcase_add_test(t, leading_zeros);
	tcase_add_test(t, forms_of_a_key);
	tcase_add_test(t, unbalanced_primes);
	tcase_add_test(t, odd_size);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
