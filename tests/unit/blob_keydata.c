/* SPDX-License-Identifier: BSD-2-Clause
 *
 * KeyDataBlob.
 */
#include <check.h>

#include "base/util.h"
#include "blob_cases.h"
#include "sample.h"

static const char *const files[] = { "aes128.bin", "aes192.bin",
	"aes256.bin" };

START_TEST(aes)
{
	case_round_trip(BLOB_KEYDATA, files[_i]);
	case_wrong_length(BLOB_KEYDATA, files[_i]);
	case_bit_flips(BLOB_KEYDATA, files[_i]);
	case_no_memory(BLOB_KEYDATA, files[_i]);
	case_hostile_length(BLOB_KEYDATA, files[_i], 8, CNG_ERR_BAD_DATA);
}
END_TEST

START_TEST(generic_secret)
{
	struct blob_params params = { .secret_family = KEY_GENERIC };
	struct key_material key = { .family = KEY_GENERIC,
		.has_private = true }, again;
	struct secret out;

	ck_assert_int_eq(key_set(&key, SYM_VALUE, span_of("\0\1\2", 3)),
	    CNG_OK);
	out = case_encode(BLOB_KEYDATA, &key, NULL);
	ck_assert_uint_eq(out.len, 12 + 3);
	ck_assert_int_eq(blob_decode(BLOB_KEYDATA, secret_span(&out), &params,
	    &again), CNG_OK);
	sample_same_key(&key, &again);
	key_free(&again);
	/* three bytes are no AES key */
	ck_assert_int_eq(blob_decode(BLOB_KEYDATA, secret_span(&out), NULL,
	    &again), CNG_ERR_BAD_DATA);
	sample_empty(&again);
	params.secret_family = KEY_RSA;
	ck_assert_int_eq(blob_decode(BLOB_KEYDATA, secret_span(&out), &params,
	    &again), CNG_ERR_ARGUMENT);
	secret_free(&out);
	key_free(&key);
}
END_TEST

START_TEST(empty_and_too_long)
{
	static const uint8_t none[] = { 'K', 'D', 'B', 'M', 1, 0, 0, 0, 0, 0,
		0, 0 };
	struct blob_params params = { .secret_family = KEY_GENERIC };
	struct key_material key = { .family = KEY_GENERIC }, again;
	static uint8_t wide[SECRET_KEY_MAX + 1];
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(BLOB_KEYDATA, span_of(none, sizeof none),
	    &params, &again), CNG_ERR_BAD_DATA);
	ck_assert_int_eq(blob_encode(BLOB_KEYDATA, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(key_set(&key, SYM_VALUE, span_of(wide, sizeof wide)),
	    CNG_OK);
	ck_assert_int_eq(blob_encode(BLOB_KEYDATA, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key_free(&key);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/keydata");
	TCase *t = tcase_create("keydata");

	tcase_add_loop_test(t, aes, 0, ARRAY_LEN(files));
	tcase_add_test(t, generic_secret);
	tcase_add_test(t, empty_and_too_long);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
