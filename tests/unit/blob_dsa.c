/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The DSA and Diffie-Hellman blobs of CNG.
 */
#include <check.h>

#include "base/util.h"
#include "blob_cases.h"
#include "sample.h"

static const struct {
	enum blob_type type;
	const char *file;
	enum key_family family;
	size_t bits;
	bool seed;
} forms[] = {
	{ BLOB_DSAPUBLIC, "dsa1024_pub.bin", KEY_DSA, 1024, true },
	{ BLOB_DSAPRIVATE, "dsa1024_priv.bin", KEY_DSA, 1024, true },
	{ BLOB_DSAPUBLIC, "dsa1024_noseed_pub.bin", KEY_DSA, 1024, false },
	{ BLOB_DSAPRIVATE, "dsa1024_noseed_priv.bin", KEY_DSA, 1024, false },
	{ BLOB_DSAPRIVATE, "dsa512_short_x_priv.bin", KEY_DSA, 512, true },
	{ BLOB_DSAPUBLIC, "dsa2048_pub.bin", KEY_DSA, 2048, true },
	{ BLOB_DSAPRIVATE, "dsa2048_priv.bin", KEY_DSA, 2048, true },
	{ BLOB_DSAPUBLIC, "dsa2048_noseed_pub.bin", KEY_DSA, 2048, false },
	{ BLOB_DSAPRIVATE, "dsa2048_noseed_std0_priv.bin", KEY_DSA, 2048,
	    false },
	{ BLOB_DSAPRIVATE, "dsa1088_sha512_priv.bin", KEY_DSA, 1088, true },
	{ BLOB_DHPUBLIC, "dh768_pub.bin", KEY_DH, 768, false },
	{ BLOB_DHPRIVATE, "dh768_priv.bin", KEY_DH, 768, false },
};

START_TEST(comes_back)
{
	struct secret in = sample_read(forms[_i].file);
	struct key_material key;
	enum blob_type type;

	ck_assert_int_eq(blob_detect(secret_span(&in), &type), CNG_OK);
	ck_assert_int_eq(type, forms[_i].type);
	ck_assert_int_eq(blob_decode(type, secret_span(&in), NULL, &key),
	    CNG_OK);
	ck_assert_int_eq(key.family, forms[_i].family);
	ck_assert_uint_eq(key_bits(&key), forms[_i].bits);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	if (key.family == KEY_DSA)
		ck_assert_int_eq(key.part[DSA_SEED].len > 0, forms[_i].seed);
	key_free(&key);
	secret_free(&in);
	case_round_trip(type, forms[_i].file);
}
END_TEST

START_TEST(damaged)
{
	case_wrong_length(forms[_i].type, forms[_i].file);
	case_hostile_length(forms[_i].type, forms[_i].file, 4,
	    CNG_ERR_BAD_DATA);
	case_no_memory(forms[_i].type, forms[_i].file);
}
END_TEST

START_TEST(bit_flips)
{
	case_bit_flips(forms[_i].type, forms[_i].file);
}
END_TEST

/* cbSeedLength and cbGroupSize of the second version. */
START_TEST(hostile_head)
{
	case_hostile_length(BLOB_DSAPRIVATE, "dsa2048_priv.bin", 16,
	    CNG_ERR_BAD_DATA);
	case_hostile_length(BLOB_DSAPRIVATE, "dsa2048_priv.bin", 20,
	    CNG_ERR_BAD_DATA);
}
END_TEST

START_TEST(other_class_of_magic)
{
	static const enum blob_type other[BLOB_TYPE_COUNT] = {
		[BLOB_DSAPUBLIC] = BLOB_DSAPRIVATE,
		[BLOB_DSAPRIVATE] = BLOB_DSAPUBLIC,
		[BLOB_DHPUBLIC] = BLOB_DHPRIVATE,
		[BLOB_DHPRIVATE] = BLOB_DHPUBLIC,
	};
	struct secret in = sample_read(forms[_i].file);
	struct key_material key;

	ck_assert_int_eq(blob_decode(other[forms[_i].type], secret_span(&in),
	    NULL, &key), CNG_ERR_BAD_MAGIC);
	sample_empty(&key);
	secret_free(&in);
}
END_TEST

/* The public form of a private key, by its own name and the generic one;
 * the seed is public, too. */
START_TEST(public_of_private)
{
	static const struct {
		const char *private, *public;
		enum blob_type type, back;
	} pairs[] = {
		{ "dsa1024_priv.bin", "dsa1024_pub.bin", BLOB_DSAPUBLIC,
		    BLOB_DSAPRIVATE },
		{ "dsa2048_priv.bin", "dsa2048_pub.bin", BLOB_DSAPUBLIC,
		    BLOB_DSAPRIVATE },
		{ "dh768_priv.bin", "dh768_pub.bin", BLOB_DHPUBLIC,
		    BLOB_DHPRIVATE },
	};
	struct secret in = sample_read(pairs[_i].private), out;
	struct secret pub = sample_read(pairs[_i].public);
	struct key_material key, half;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(BLOB_PRIVATE, secret_span(&in), NULL,
	    &key), CNG_OK);
	ck_assert_int_eq(key_copy_public(&half, &key), CNG_OK);
	for (int i = 0; i < 2; i++) {
		out = case_encode(i == 0 ? pairs[_i].type : BLOB_PUBLIC,
		    i == 0 ? &key : &half, NULL);
		ck_assert(span_equal(secret_span(&pub), secret_span(&out)));
		secret_free(&out);
	}
	ck_assert_int_eq(blob_encode(pairs[_i].back, &half, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(blob_encode(BLOB_RSAPUBLIC, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(blob_encode(key.family == KEY_DSA ? BLOB_DHPUBLIC :
	    BLOB_DSAPUBLIC, &key, NULL, &w), CNG_ERR_BAD_TYPE);
	key_free(&key);
	key_free(&half);
	secret_free(&in);
	secret_free(&pub);
}
END_TEST

/* A group of 224 bits is DSA, but no blob can hold it. */
START_TEST(group_of_224_bits)
{
	struct secret in = sample_read("dsa2048_noseed_pub.bin");
	struct key_material key;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(BLOB_DSAPUBLIC, secret_span(&in), NULL,
	    &key), CNG_OK);
	secret_truncate(&key.part[DSA_Q], 28);
	ck_assert_int_eq(blob_encode(BLOB_DSAPUBLIC, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	secret_free(&key.part[DSA_INFO]);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	ck_assert_int_eq(blob_encode(BLOB_DSAPUBLIC, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key_free(&key);
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/dsa");
	TCase *t = tcase_create("dsa");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, comes_back, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, damaged, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, bit_flips, 0, ARRAY_LEN(forms));
	tcase_add_test(t, hostile_head);
	tcase_add_loop_test(t, other_class_of_magic, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, public_of_private, 0, 3);
	tcase_add_test(t, group_of_224_bits);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
