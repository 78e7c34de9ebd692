/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ECCPUBLICBLOB and ECCPRIVATEBLOB.
 */
#include <check.h>

#include "base/util.h"
#include "blob_cases.h"
#include "sample.h"

static const struct {
	enum blob_type type;
	const char *file;
	size_t size;
	enum key_curve curve;
	enum key_role role;
} forms[] = {
	{ BLOB_ECCPUBLIC, "p256_ecdsa_pub.bin", 72, CURVE_P256,
	    KEY_ROLE_SIGN },
	{ BLOB_ECCPRIVATE, "p256_ecdsa_priv.bin", 104, CURVE_P256,
	    KEY_ROLE_SIGN },
	{ BLOB_ECCPUBLIC, "p256_ecdh_pub.bin", 72, CURVE_P256,
	    KEY_ROLE_AGREE },
	{ BLOB_ECCPRIVATE, "p256_ecdh_priv.bin", 104, CURVE_P256,
	    KEY_ROLE_AGREE },
	{ BLOB_ECCPUBLIC, "p384_ecdsa_pub.bin", 104, CURVE_P384,
	    KEY_ROLE_SIGN },
	{ BLOB_ECCPRIVATE, "p384_ecdsa_priv.bin", 152, CURVE_P384,
	    KEY_ROLE_SIGN },
	{ BLOB_ECCPUBLIC, "p384_ecdh_pub.bin", 104, CURVE_P384,
	    KEY_ROLE_AGREE },
	{ BLOB_ECCPRIVATE, "p384_ecdh_priv.bin", 152, CURVE_P384,
	    KEY_ROLE_AGREE },
	{ BLOB_ECCPUBLIC, "p521_ecdsa_pub.bin", 140, CURVE_P521,
	    KEY_ROLE_SIGN },
	{ BLOB_ECCPRIVATE, "p521_ecdsa_priv.bin", 206, CURVE_P521,
	    KEY_ROLE_SIGN },
	{ BLOB_ECCPUBLIC, "p521_ecdh_pub.bin", 140, CURVE_P521,
	    KEY_ROLE_AGREE },
	{ BLOB_ECCPRIVATE, "p521_ecdh_priv.bin", 206, CURVE_P521,
	    KEY_ROLE_AGREE },
};

START_TEST(comes_back)
{
	struct secret in = sample_read(forms[_i].file);
	struct key_material key;

	ck_assert_uint_eq(in.len, forms[_i].size);
	ck_assert_int_eq(blob_decode(forms[_i].type, secret_span(&in), NULL,
	    &key), CNG_OK);
	ck_assert_int_eq(key.family, KEY_EC);
	ck_assert_int_eq(key.curve, forms[_i].curve);
	ck_assert_uint_eq(key.role, forms[_i].role);
	ck_assert(key.has_private == (forms[_i].type == BLOB_ECCPRIVATE));
	key_free(&key);
	secret_free(&in);
	case_round_trip(forms[_i].type, forms[_i].file);
}
END_TEST

START_TEST(damaged)
{
	case_wrong_length(forms[_i].type, forms[_i].file);
	case_bit_flips(forms[_i].type, forms[_i].file);
	case_hostile_length(forms[_i].type, forms[_i].file, 4,
	    CNG_ERR_BAD_DATA);
	case_no_memory(forms[_i].type, forms[_i].file);
}
END_TEST

START_TEST(other_class_of_magic)
{
	enum blob_type wrong = forms[_i].type == BLOB_ECCPUBLIC ?
	    BLOB_ECCPRIVATE : BLOB_ECCPUBLIC;
	struct secret in = sample_read(forms[_i].file);
	struct key_material key;

	ck_assert_int_eq(blob_decode(wrong, secret_span(&in), NULL, &key),
	    CNG_ERR_BAD_MAGIC);
	sample_empty(&key);
	secret_free(&in);
}
END_TEST

/* X = Y = 0 says that the point was left out. */
START_TEST(without_point)
{
	struct secret in = sample_read("p256_ecdh_nopub.bin");
	struct key_material key;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(BLOB_ECCPRIVATE, secret_span(&in), NULL,
	    &key), CNG_OK);
	ck_assert_uint_eq(key.part[EC_X].len, 0);
	ck_assert_uint_eq(key.part[EC_Y].len, 0);
	ck_assert_uint_eq(key.part[EC_D].len, 32);
	ck_assert_int_eq(blob_encode(BLOB_ECCPRIVATE, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* The role picks the magic; without one it is that of ECDH. */
START_TEST(role_picks_magic)
{
	static const struct {
		unsigned role;
		const char *magic;
	} cases[] = {
		{ KEY_ROLE_NONE, "ECK2" },
		{ KEY_ROLE_AGREE, "ECK2" },
		{ KEY_ROLE_SIGN, "ECS2" },
		{ KEY_ROLE_SIGN | KEY_ROLE_AGREE, "ECS2" },
	};
	struct secret in = sample_read("p256_ecdsa_priv.bin");
	struct key_material key;

	ck_assert_int_eq(blob_decode(BLOB_ECCPRIVATE, secret_span(&in), NULL,
	    &key), CNG_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct secret out;

		key.role = cases[i].role;
		out = case_encode(BLOB_ECCPRIVATE, &key, NULL);
		ck_assert_mem_eq(out.ptr, cases[i].magic, 4);
		secret_free(&out);
	}
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* Generic magics name no curve, whether short or full layout follows. */
START_TEST(generic_magic)
{
	static const char *const magics[] = { "ECKP", "ECKV", "ECDP",
		"ECDV" };
	struct secret in = sample_read(
	    _i % 2 == 0 ? "p256_ecdsa_pub.bin" : "p256_ecdsa_priv.bin");
	enum blob_type type;
	struct key_material key;

	memcpy(in.ptr, magics[_i], 4);
	ck_assert_int_eq(blob_detect(secret_span(&in), &type), CNG_OK);
	ck_assert_int_eq(type, _i % 2 == 0 ? BLOB_ECCPUBLIC :
					     BLOB_ECCPRIVATE);
	ck_assert_int_eq(blob_decode(type, secret_span(&in), NULL, &key),
	    CNG_ERR_BAD_CURVE);
	in.ptr[4] = 1; /* dwVersion of the full layout */
	ck_assert_int_eq(blob_decode(type, secret_span(&in), NULL, &key),
	    CNG_ERR_BAD_CURVE);
	sample_empty(&key);
	secret_free(&in);
}
END_TEST

START_TEST(public_of_private)
{
	struct secret in = sample_read("p384_ecdh_priv.bin");
	struct secret pub = sample_read("p384_ecdh_pub.bin"), out;
	struct key_material key;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(BLOB_ECCPRIVATE, secret_span(&in), NULL,
	    &key), CNG_OK);
	out = case_encode(BLOB_ECCPUBLIC, &key, NULL);
	ck_assert(span_equal(secret_span(&pub), secret_span(&out)));
	key_free(&key);
	ck_assert_int_eq(blob_decode(BLOB_ECCPUBLIC, secret_span(&pub), NULL,
	    &key), CNG_OK);
	ck_assert_int_eq(blob_encode(BLOB_ECCPRIVATE, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(blob_encode(BLOB_RSAPUBLIC, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	key_free(&key);
	secret_free(&out);
	secret_free(&pub);
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/ecc");
	TCase *t = tcase_create("ecc");

	tcase_add_loop_test(t, comes_back, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, damaged, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, other_class_of_magic, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, generic_magic, 0, 4);
	tcase_add_test(t, without_point);
	tcase_add_test(t, role_picks_magic);
	tcase_add_test(t, public_of_private);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
