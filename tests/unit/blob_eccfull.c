/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ECC blobs whose curve is not in the magic: named by the caller, or by its
 * parameters.
 */
#include <check.h>

#include "base/util.h"
#include "blob_cases.h"
#include "sample.h"

static const struct {
	enum blob_type type;
	const char *file;
	const char *curve_name;  /* said by the caller, or NULL */
	enum key_curve curve;
	enum key_role role;
} forms[] = {
	{ BLOB_ECCPRIVATE, "nistP224_ecdsa_priv.bin", "nistP224", CURVE_P224,
	    KEY_ROLE_SIGN },
	{ BLOB_ECCPRIVATE, "secP160k1_ecdsa_priv.bin", "secP160k1",
	    CURVE_SECP160K1, KEY_ROLE_SIGN },
	{ BLOB_ECCPRIVATE, "secP256k1_ecdh_priv.bin", "secP256k1",
	    CURVE_SECP256K1, KEY_ROLE_AGREE },
	{ BLOB_ECCPUBLIC, "brainpoolP512r1_ecdh_pub.bin", "brainpoolP512r1",
	    CURVE_BP512R1, KEY_ROLE_AGREE },
	{ BLOB_ECCPRIVATE, "curve25519_priv.bin", "curve25519", CURVE_X25519,
	    KEY_ROLE_AGREE },
	{ BLOB_ECCPUBLIC, "curve25519_pub.bin", "curve25519", CURVE_X25519,
	    KEY_ROLE_AGREE },
	{ BLOB_ECCFULLPRIVATE, "full_p256_ecdsa_priv.bin", NULL, CURVE_P256,
	    KEY_ROLE_SIGN },
	{ BLOB_ECCFULLPRIVATE, "full_p256_ecdh_priv_noseed.bin", NULL,
	    CURVE_P256, KEY_ROLE_AGREE },
	{ BLOB_ECCFULLPUBLIC, "full_p256_ecdsa_pub.bin", NULL, CURVE_P256,
	    KEY_ROLE_SIGN },
	{ BLOB_ECCFULLPRIVATE, "full_other_ecdsa_priv.bin", NULL,
	    CURVE_EXPLICIT, KEY_ROLE_SIGN },
	{ BLOB_ECCFULLPUBLIC, "full_other_ecdh_pub_seed.bin", NULL,
	    CURVE_EXPLICIT, KEY_ROLE_AGREE },
};

/* Says the name of a form's curve for as long as the test runs. */
static struct blob_params params;

static void
say(int i)
{
	params = (struct blob_params){ 0 };
	if (forms[i].curve_name != NULL)
		params.curve_name = span_str(forms[i].curve_name);
	case_say(&params);
}

START_TEST(comes_back)
{
	struct secret in = sample_read(forms[_i].file);
	enum blob_type type;
	struct key_material key;

	say(_i);
	ck_assert_int_eq(blob_detect(secret_span(&in), &type), CNG_OK);
	ck_assert_int_eq(type, forms[_i].type);
	ck_assert_int_eq(blob_decode(type, secret_span(&in), &params, &key),
	    CNG_OK);
	ck_assert_int_eq(key.curve, forms[_i].curve);
	ck_assert_uint_eq(key.role, forms[_i].role);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	key_free(&key);
	secret_free(&in);
	case_round_trip(forms[_i].type, forms[_i].file);
}
END_TEST

START_TEST(damaged)
{
	bool full = forms[_i].curve_name == NULL;
	enum blob_type type = forms[_i].type;
	const char *file = forms[_i].file;

	say(_i);
	case_wrong_length(type, file);
	case_bit_flips(type, file);
	case_no_memory(type, file);
	/* cbKey; or cbFieldLength, cbSubgroupOrder, cbCofactor */
	case_hostile_length(type, file, full ? 16 : 4, CNG_ERR_BAD_DATA);
	if (!full)
		return;
	case_hostile_length(type, file, 20, CNG_ERR_BAD_DATA);
	/* version 1 and cofactor length 1 are right: try those around */
	for (size_t at = 4; at <= 24; at += 20) {
		struct secret in = sample_read(file);
		struct key_material key;

		in.ptr[at] = 2;
		ck_assert_int_eq(blob_decode(type, secret_span(&in), NULL,
		    &key), CNG_ERR_BAD_DATA);
		in.ptr[at] = 0;
		ck_assert_int_eq(blob_decode(type, secret_span(&in), NULL,
		    &key), CNG_ERR_BAD_DATA);
		secret_free(&in);
	}
}
END_TEST

START_TEST(name_is_needed)
{
	static const char *const wrong[] = { "", "nistP9", "nistp224",
		"Ed25519", "X448", "sect163k1" };
	struct secret in = sample_read("nistP224_ecdsa_priv.bin");
	struct blob_params said = { 0 };
	struct key_material key;

	ck_assert_int_eq(blob_decode(BLOB_ECCPRIVATE, secret_span(&in), NULL,
	    &key), CNG_ERR_BAD_CURVE);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		said.curve_name = span_str(wrong[i]);
		ck_assert_int_eq(blob_decode(BLOB_PRIVATE, secret_span(&in),
		    &said, &key), CNG_ERR_BAD_CURVE);
		sample_empty(&key);
	}
	/* other names of the same curve */
	said.curve_name = span_str("wtls12");
	ck_assert_int_eq(blob_decode(BLOB_PRIVATE, secret_span(&in), &said,
	    &key), CNG_OK);
	ck_assert_int_eq(key.curve, CURVE_P224);
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* BCRYPT_ECC_PARAMETER_HEADER is a full blob without magic, Q and d. */
START_TEST(parameters_instead_of_a_name)
{
	static const struct {
		const char *full, *magic;
		enum key_curve curve;
	} rows[] = {
		{ "full_p256_ecdsa_priv.bin", "ECDV", CURVE_P256 },
		{ "full_other_ecdsa_priv.bin", "ECDV", CURVE_EXPLICIT },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct secret full = sample_read(rows[i].full), blob = { 0 };
		struct key_material key, whole;
		struct blob_params said = { 0 };

		ck_assert_int_eq(secret_append(&blob,
		    span_of(rows[i].magic, 4)), CNG_OK);
		ck_assert_int_eq(secret_append(&blob,
		    span_of("\40\0\0", 4)), CNG_OK);
		ck_assert_int_eq(secret_append(&blob,
		    span_of(full.ptr + full.len - 96, 96)), CNG_OK);
		said.ecc_parameters = span_of(full.ptr + 4,
		    full.len - 4 - 96);
		ck_assert_int_eq(blob_decode(BLOB_ECCPRIVATE,
		    secret_span(&blob), &said, &key), CNG_OK);
		ck_assert_int_eq(blob_decode(BLOB_ECCFULLPRIVATE,
		    secret_span(&full), NULL, &whole), CNG_OK);
		ck_assert_int_eq(key.curve, rows[i].curve);
		sample_same_key(&key, &whole);
		key_free(&key);
		key_free(&whole);
		for (size_t len = 1; len < said.ecc_parameters.len; len++) {
			struct blob_params cut = { .ecc_parameters =
			    span_of(full.ptr + 4, len) };

			ck_assert_int_eq(blob_decode(BLOB_ECCPRIVATE,
			    secret_span(&blob), &cut, &key),
			    CNG_ERR_BAD_DATA);
			sample_empty(&key);
		}
		said.curve_name = span_str("nistP256");
		ck_assert_int_eq(blob_decode(BLOB_ECCPRIVATE,
		    secret_span(&blob), &said, &key), CNG_ERR_ARGUMENT);
		secret_free(&blob);
		secret_free(&full);
	}
}
END_TEST

/* Without the marks of a full blob a named curve gets the seed it has. */
START_TEST(short_to_full)
{
	struct secret in = sample_read("p256_ecdsa_priv.bin"), out;
	struct key_material key, again;

	ck_assert_int_eq(blob_decode(BLOB_ECCPRIVATE, secret_span(&in), NULL,
	    &key), CNG_OK);
	out = case_encode(BLOB_ECCFULLPRIVATE, &key, NULL);
	ck_assert_uint_eq(out.len, 341);
	ck_assert_mem_eq(out.ptr, "ECDV\1\0\0\0\1\0\0\0\4\200\0\0", 16);
	ck_assert_int_eq(blob_decode(BLOB_PRIVATE, secret_span(&out), NULL,
	    &again), CNG_OK);
	ck_assert(key_same_public(&key, &again));
	ck_assert_int_eq(again.curve, CURVE_P256);
	key_free(&again);
	key_free(&key);
	secret_free(&out);
	secret_free(&in);
}
END_TEST

/* A curve without a name has no short form; a generic blob takes the full. */
START_TEST(full_only)
{
	struct secret in = sample_read("full_other_ecdsa_priv.bin"), out;
	struct key_material key;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(blob_decode(BLOB_PRIVATE, secret_span(&in), NULL,
	    &key), CNG_OK);
	ck_assert_int_eq(blob_encode(BLOB_ECCPRIVATE, &key, NULL, &w),
	    CNG_ERR_BAD_TYPE);
	out = case_encode(BLOB_PRIVATE, &key, NULL);
	ck_assert(span_equal(secret_span(&in), secret_span(&out)));
	key_free(&key);
	secret_free(&out);
	secret_free(&in);
}
END_TEST

/* What cannot be clamped already is: the same key, and stable from then on. */
START_TEST(scalar_is_clamped)
{
	struct secret in = sample_read("curve25519_priv.bin"), out;
	struct blob_params said = { .curve_name = span_str("curve25519") };
	uint8_t *scalar = in.ptr + 8 + 64;
	struct key_material key;

	scalar[0] |= 5;
	scalar[31] ^= 0xc0;
	ck_assert_int_eq(blob_decode(BLOB_ECCPRIVATE, secret_span(&in), &said,
	    &key), CNG_OK);
	scalar[0] &= 0xf8;
	scalar[31] ^= 0xc0;
	ck_assert(span_equal(key_part(&key, ECX_PRIVATE),
	    span_of(scalar, 32)));
	/* from elsewhere it may come as it is */
	key.part[ECX_PRIVATE].ptr[0] |= 5;
	out = case_encode(BLOB_ECCPRIVATE, &key, NULL);
	ck_assert(span_equal(secret_span(&in), secret_span(&out)));
	key_free(&key);
	secret_free(&out);
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("blob/eccfull");
	TCase *t = tcase_create("eccfull");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, comes_back, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, damaged, 0, ARRAY_LEN(forms));
	tcase_add_test(t, name_is_needed);
	tcase_add_test(t, parameters_instead_of_a_name);
	tcase_add_test(t, short_to_full);
	tcase_add_test(t, full_only);
	tcase_add_test(t, scalar_is_clamped);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
