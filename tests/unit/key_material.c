/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key material: setting, copying, sizes, shapes, sameness.
 */
#include "key/material.h"

#include "base/alloc.h"
#include "base/util.h"
#include "tests/unit/runner.h"

static void
set(struct key_material *key, enum key_part part, uint8_t first, size_t len)
{
	struct secret value;

	ck_assert_int_eq(secret_new(&value, len), CNG_OK);
	memset(value.ptr, 0x5a, len);
	value.ptr[0] = first;
	ck_assert_int_eq(key_set(key, part, secret_span(&value)), CNG_OK);
	secret_free(&value);
}

static struct key_material
rsa_pair(void)
{
	struct key_material key = { .family = KEY_RSA, .has_private = true };

	key.role = KEY_ROLE_SIGN;
	set(&key, RSA_N, 0xc1, 128);
	set(&key, RSA_E, 3, 1);
	set(&key, RSA_D, 0x11, 127);
	set(&key, RSA_P, 0xd1, 64);
	set(&key, RSA_Q, 0xe1, 64);
	return key;
}

static struct key_material
ec_pair(enum key_curve curve)
{
	struct key_material key = {
		.family = KEY_EC,
		.curve = curve,
		.has_private = true,
	};

	set(&key, EC_X, 0x01, 30);
	set(&key, EC_Y, 0x02, 32);
	set(&key, EC_D, 0x03, 31);
	return key;
}

START_TEST(rsa_numbers_are_trimmed)
{
	static const uint8_t e[] = { 0, 0, 1, 0, 1 };
	struct key_material key = { .family = KEY_RSA };

	ck_assert_int_eq(key_set(&key, RSA_E, span_of(e, sizeof e)), CNG_OK);
	ck_assert(span_equal(key_part(&key, RSA_E), span_of(e + 2, 3)));
	ck_assert_int_eq(key_set(&key, RSA_E, span_of(e, 2)), CNG_OK);
	ck_assert_uint_eq(key_part(&key, RSA_E).len, 0);
	key_free(&key);
}
END_TEST

START_TEST(rsa_numbers_have_an_end)
{
	struct key_material key = { .family = KEY_RSA };
	struct secret value;

	ck_assert_int_eq(secret_new(&value, RSA_BITS_MAX / 8 + 1), CNG_OK);
	value.ptr[1] = 0x80;
	ck_assert_int_eq(key_set(&key, RSA_N, secret_span(&value)), CNG_OK);
	ck_assert_uint_eq(key_bits(&key), RSA_BITS_MAX);
	value.ptr[0] = 1;
	ck_assert_int_eq(key_set(&key, RSA_N, secret_span(&value)),
	    CNG_ERR_BAD_DATA);
	ck_assert_uint_eq(key_bits(&key), RSA_BITS_MAX);
	secret_free(&value);
	key_free(&key);
}
END_TEST

START_TEST(ec_numbers_are_padded)
{
	static const uint8_t x[] = { 0, 0, 7 };
	struct key_material key = { .family = KEY_EC };
	uint8_t wide[67] = { 0 };
	struct span part;

	ck_assert_int_eq(key_set(&key, EC_X, span_of(x, sizeof x)),
	    CNG_ERR_BAD_CURVE);
	for (int c = CURVE_NONE + 1; c < CURVE_COUNT; c++) {
		key.curve = (enum key_curve)c;
		if (curve_info(key.curve) == NULL)
			continue;
		ck_assert_int_eq(key_set(&key, EC_X, span_of(x, sizeof x)),
		    CNG_OK);
		part = key_part(&key, EC_X);
		ck_assert_uint_eq(part.len,
		    curve_info(key.curve)->field_bytes);
		ck_assert_uint_eq(part.ptr[part.len - 1], 7);
		ck_assert_uint_eq(span_trim(part).len, 1);
	}
	/* too long only if the bytes in front count */
	key.curve = CURVE_P521;
	wide[1] = 1;
	ck_assert_int_eq(key_set(&key, EC_X, span_of(wide, 67)), CNG_OK);
	wide[0] = 1;
	ck_assert_int_eq(key_set(&key, EC_X, span_of(wide, 67)),
	    CNG_ERR_BAD_DATA);
	ck_assert_uint_eq(key_part(&key, EC_X).ptr[0], 1);
	key_free(&key);
}
END_TEST

static struct key_material
explicit_curve(void)
{
	struct key_material key = { .family = KEY_EC,
		.curve = CURVE_EXPLICIT };

	set(&key, EC_P, 0xd1, 32);
	set(&key, EC_N, 0xc1, 31);
	set(&key, EC_H, 1, 1);
	for (enum key_part p = EC_A; p <= EC_GY; p++)
		set(&key, p, 0x07, 5);
	set(&key, EC_X, 0x08, 32);
	set(&key, EC_Y, 0x09, 1);
	return key;
}

START_TEST(parameters_give_the_widths)
{
	struct key_material key = explicit_curve();

	ck_assert_uint_eq(key.part[EC_A].len, 32);
	ck_assert_uint_eq(key.part[EC_Y].len, 32);
	set(&key, EC_D, 0x01, 2);
	ck_assert_uint_eq(key.part[EC_D].len, 31);
	ck_assert_uint_eq(key_field_bytes(&key), 32);
	ck_assert_uint_eq(key_order_bytes(&key), 31);
	ck_assert_uint_eq(key_bits(&key), 256);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	key.has_private = true;
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	set(&key, EC_INFO, 1, EC_INFO_LEN);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	set(&key, EC_INFO, 1, EC_INFO_LEN - 1);
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_DATA);
	key_free(&key);
}
END_TEST

START_TEST(parameters_must_all_be_there)
{
	for (enum key_part p = EC_P; p <= EC_H; p++) {
		struct key_material key = explicit_curve();

		secret_free(&key.part[p]);
		ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_DATA);
		key_free(&key);
	}
}
END_TEST

START_TEST(parameters_have_limits)
{
	static const uint8_t zeros[EC_SEED_MAX + 1];
	struct key_material key = explicit_curve();

	ck_assert_int_eq(key_set(&key, EC_P, span_of(zeros,
	    EC_BYTES_MAX + 1)), CNG_ERR_BAD_DATA);
	ck_assert_int_eq(key_set(&key, EC_N, span_of(zeros,
	    EC_BYTES_MAX + 1)), CNG_ERR_BAD_DATA);
	ck_assert_int_eq(key_set(&key, EC_SEED, span_of(zeros,
	    EC_SEED_MAX + 1)), CNG_ERR_BAD_DATA);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	key_free(&key);
	key = (struct key_material){ .family = KEY_EC,
		.curve = CURVE_EXPLICIT };
	set(&key, EC_P, 0x7f, EC_BITS_MIN / 8);
	set(&key, EC_N, 0x7f, EC_BITS_MIN / 8);
	set(&key, EC_H, 1, 1);
	for (enum key_part p = EC_A; p <= EC_GY; p++)
		set(&key, p, 0x07, 5);
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_CURVE);
	key_free(&key);
}
END_TEST

/* Seed and hash are remarks; every parameter counts. */
START_TEST(curves_by_parameters_compare)
{
	struct key_material a = explicit_curve(), b;

	set(&a, EC_SEED, 3, 20);
	ck_assert_int_eq(key_copy_public(&b, &a), CNG_OK);
	ck_assert_uint_eq(b.part[EC_SEED].len, 20);
	ck_assert(key_same_public(&a, &b));
	secret_free(&b.part[EC_SEED]);
	ck_assert(key_same_public(&a, &b));
	for (enum key_part p = EC_P; p <= EC_H; p++) {
		b.part[p].ptr[b.part[p].len - 1] ^= 1;
		ck_assert(!key_same_public(&a, &b));
		b.part[p].ptr[b.part[p].len - 1] ^= 1;
	}
	ck_assert(key_same_public(&a, &b));
	key_free(&a);
	key_free(&b);
}
END_TEST

START_TEST(byte_strings_have_one_length)
{
	static const uint8_t bytes[58];
	struct key_material key = { .family = KEY_MONTGOMERY,
		.curve = CURVE_X25519 };

	ck_assert_int_eq(key_set(&key, ECX_PUBLIC, span_of(bytes, 31)),
	    CNG_ERR_BAD_DATA);
	ck_assert_int_eq(key_set(&key, ECX_PUBLIC, span_of(bytes, 33)),
	    CNG_ERR_BAD_DATA);
	ck_assert_int_eq(key_set(&key, ECX_PUBLIC, span_of(bytes, 32)),
	    CNG_OK);
	ck_assert_uint_eq(key.part[ECX_PUBLIC].len, 32);
	ck_assert_uint_eq(key_bits(&key), 255);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	key.has_private = true;
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_DATA);
	key.family = KEY_EDWARDS;
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_CURVE);
	key.family = KEY_EC;
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_CURVE);
	key_free(&key);
}
END_TEST

START_TEST(secrets_keep_their_zeros)
{
	static const uint8_t value[16] = { 0 };
	struct key_material key = { .family = KEY_AES };

	ck_assert_int_eq(key_set(&key, SYM_VALUE, span_of(value, 16)),
	    CNG_OK);
	ck_assert_uint_eq(key_bits(&key), 128);
	key_free(&key);
}
END_TEST

START_TEST(copies_are_deep)
{
	struct key_material key = rsa_pair(), copy, public;

	ck_assert_int_eq(key_copy(&copy, &key), CNG_OK);
	ck_assert(copy.has_private && copy.role == KEY_ROLE_SIGN);
	for (size_t i = 0; i < KEY_PART_MAX; i++) {
		ck_assert(span_equal(secret_span(&copy.part[i]),
		    secret_span(&key.part[i])));
		ck_assert(copy.part[i].len == 0 ||
		    copy.part[i].ptr != key.part[i].ptr);
	}
	ck_assert_int_eq(key_copy_public(&public, &key), CNG_OK);
	ck_assert(!public.has_private);
	ck_assert(key_same_public(&public, &key));
	for (size_t i = RSA_D; i < KEY_PART_MAX; i++)
		ck_assert_ptr_null(public.part[i].ptr);
	key_free(&key);
	ck_assert_uint_eq(key_bits(&copy), 1024);
	key_free(&copy);
	key_free(&public);
	key_free(NULL);
}
END_TEST

START_TEST(ec_public_copy_has_no_scalar)
{
	struct key_material key = ec_pair(CURVE_P256), public;

	ck_assert_int_eq(key_copy_public(&public, &key), CNG_OK);
	ck_assert_int_eq(public.curve, CURVE_P256);
	ck_assert_uint_eq(key_part(&public, EC_Y).len, 32);
	ck_assert_ptr_null(public.part[EC_D].ptr);
	ck_assert_int_eq(key_check_shape(&public), CNG_OK);
	key_free(&public);
	key_free(&key);
}
END_TEST

START_TEST(copy_survives_every_failure)
{
	struct key_material key = rsa_pair(), copy;
	enum cng_status st = CNG_ERR_NO_MEMORY;
	unsigned long n;

	for (n = 1; n < 20 && st != CNG_OK; n++) {
		mem_fail_after(n);
		st = key_copy(&copy, &key);
		mem_fail_after(0);
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
		for (size_t i = 0; i < KEY_PART_MAX; i++)
			ck_assert_ptr_null(copy.part[i].ptr);
	}
	ck_assert_int_eq(st, CNG_OK);
	ck_assert_uint_eq(n, 6); /* five numbers */
	key_free(&copy);
	key_free(&key);
}
END_TEST

START_TEST(bits_of_numbers)
{
	static const struct {
		uint8_t bytes[3];
		size_t len, bits;
	} rows[] = {
		{ { 0 }, 0, 0 },
		{ { 0, 0 }, 2, 0 },
		{ { 1 }, 1, 1 },
		{ { 0x80 }, 1, 8 },
		{ { 0, 0x7f, 0xff }, 3, 15 },
		{ { 1, 0, 0 }, 3, 17 },
	};
	struct key_material ec = ec_pair(CURVE_P521);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_uint_eq(number_bits(span_of(rows[i].bytes,
		    rows[i].len)), rows[i].bits);
	ck_assert_uint_eq(key_bits(&ec), 521);
	key_free(&ec);
	ck_assert_uint_eq(key_bits(&ec), 0);
}
END_TEST

/* Takes one number away and looks at the shape. */
static enum cng_status
shape_without(struct key_material key, enum key_part part)
{
	enum cng_status st;

	secret_free(&key.part[part]);
	st = key_check_shape(&key);
	key_free(&key);
	return st;
}

START_TEST(rsa_shapes)
{
	struct key_material key = rsa_pair();

	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	ck_assert_int_eq(shape_without(rsa_pair(), RSA_D), CNG_OK);
	ck_assert_int_eq(shape_without(rsa_pair(), RSA_P), CNG_OK);
	ck_assert_int_eq(shape_without(rsa_pair(), RSA_N), CNG_ERR_BAD_DATA);
	ck_assert_int_eq(shape_without(rsa_pair(), RSA_E), CNG_ERR_BAD_DATA);
	secret_free(&key.part[RSA_D]);
	ck_assert_int_eq(shape_without(key, RSA_Q), CNG_ERR_BAD_DATA);
	key = rsa_pair();
	set(&key, RSA_N, 0x7f, RSA_BITS_IMPORT_MIN / 8);
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_KEY_SIZE);
	set(&key, RSA_N, 0x80, RSA_BITS_IMPORT_MIN / 8);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	set(&key, RSA_N, 0x80, RSA_BITS_MAX / 8);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	key_free(&key);
}
END_TEST

START_TEST(ec_shapes)
{
	struct key_material key = ec_pair(CURVE_P256);

	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	ck_assert_int_eq(shape_without(ec_pair(CURVE_P256), EC_D),
	    CNG_ERR_BAD_DATA);
	ck_assert_int_eq(shape_without(ec_pair(CURVE_P256), EC_X),
	    CNG_ERR_BAD_DATA);
	/* a scalar alone is a key: its point can be computed */
	secret_free(&key.part[EC_X]);
	secret_free(&key.part[EC_Y]);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	key.has_private = false;
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_DATA);
	key.curve = CURVE_NONE;
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_CURVE);
	key_free(&key);
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_ARGUMENT);
}
END_TEST

START_TEST(secret_shapes)
{
	for (size_t len = 0; len <= 40; len++) {
		struct key_material key = { .family = KEY_AES };
		bool aes = len == 16 || len == 24 || len == 32;

		if (len > 0)
			set(&key, SYM_VALUE, 1, len);
		ck_assert_int_eq(key_check_shape(&key),
		    aes ? CNG_OK : CNG_ERR_KEY_SIZE);
		key.family = KEY_CAMELLIA;
		ck_assert_int_eq(key_check_shape(&key),
		    aes ? CNG_OK : CNG_ERR_KEY_SIZE);
		key.family = KEY_GENERIC;
		ck_assert_int_eq(key_check_shape(&key),
		    len > 0 ? CNG_OK : CNG_ERR_KEY_SIZE);
		key_free(&key);
	}
	for (size_t over = 0; over < 2; over++) {
		struct key_material key = { .family = KEY_GENERIC };

		set(&key, SYM_VALUE, 1, SECRET_KEY_MAX + over);
		ck_assert_int_eq(key_check_shape(&key),
		    over == 0 ? CNG_OK : CNG_ERR_KEY_SIZE);
		key_free(&key);
	}
}
END_TEST

START_TEST(sameness)
{
	struct key_material a = rsa_pair(), b = rsa_pair();
	struct key_material ec = ec_pair(CURVE_P256);
	struct key_material other = ec_pair(CURVE_P384);

	/* private numbers do not count */
	set(&b, RSA_D, 0x22, 100);
	ck_assert(key_same_public(&a, &b));
	set(&b, RSA_E, 5, 1);
	ck_assert(!key_same_public(&a, &b));
	ck_assert(!key_same_public(&a, &ec));
	ck_assert(!key_same_public(&other, &ec));
	key_free(&other);
	other = ec_pair(CURVE_P256);
	ck_assert(key_same_public(&other, &ec));
	set(&other, EC_Y, 1, 32);
	ck_assert(!key_same_public(&other, &ec));
	key_free(&a);
	key_free(&b);
	key_free(&ec);
	key_free(&other);
}
END_TEST

START_TEST(missing_numbers_are_not_the_same)
{
	struct key_material a = ec_pair(CURVE_P256), b = ec_pair(CURVE_P256);
	struct key_material none = { 0 };

	for (enum key_part p = EC_X; p <= EC_Y; p++) {
		secret_free(&a.part[p]);
		secret_free(&b.part[p]);
	}
	set(&b, EC_D, 0x55, 32);
	ck_assert(!key_same_public(&a, &b));
	ck_assert(!key_same_public(&none, &none));
	key_free(&a);
	key_free(&b);
	a = (struct key_material){ .family = KEY_AES };
	b = (struct key_material){ .family = KEY_AES };
	set(&a, SYM_VALUE, 1, 16);
	set(&b, SYM_VALUE, 1, 16);
	ck_assert(key_same_public(&a, &b));
	set(&b, SYM_VALUE, 2, 16);
	ck_assert(!key_same_public(&a, &b));
	key_free(&a);
	key_free(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		rsa_numbers_are_trimmed,
		rsa_numbers_have_an_end,
		ec_numbers_are_padded,
		parameters_give_the_widths,
		parameters_must_all_be_there,
		parameters_have_limits,
		curves_by_parameters_compare,
		byte_strings_have_one_length,
		secrets_keep_their_zeros,
		copies_are_deep,
		ec_public_copy_has_no_scalar,
		copy_survives_every_failure,
		bits_of_numbers,
		rsa_shapes,
		ec_shapes,
		secret_shapes,
		sameness,
		missing_numbers_are_not_the_same,
	};

	return run_tests("key_material", tests, ARRAY_LEN(tests));
}
