/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Walks every row of the table of parameter sets.
 */
#include "key/set.h"

#include "base/util.h"
#include "key/material.h"
#include "tests/unit/runner.h"

#define NIST "\x06\x09\x60\x86\x48\x01\x65\x03\x04"

static const struct key_set_info *
row(int i)
{
	return key_set_info((enum key_set)i);
}

START_TEST(every_row_is_whole)
{
	for (int i = KEY_SET_NONE + 1; i < KEY_SET_COUNT; i++) {
		const struct key_set_info *info = row(i);

		ck_assert_msg(info != NULL, "set %d has no row", i);
		ck_assert(key_family_has_sets(info->family));
		ck_assert(info->bits == 128 || info->bits == 192 ||
		    info->bits == 256);
		ck_assert_uint_gt(info->public_bytes, 0);
		ck_assert_uint_gt(info->private_bytes, info->public_bytes);
		ck_assert(info->seed_bytes == 0 ||
		    info->family != KEY_SLHDSA);
		ck_assert_uint_eq(info->oid_der.len, 11);
		ck_assert_mem_eq(info->oid_der.ptr, NIST, 9);
	}
	ck_assert_ptr_null(key_set_info(KEY_SET_NONE));
	ck_assert_ptr_null(key_set_info(KEY_SET_COUNT));
	ck_assert(!key_family_has_sets(KEY_RSA));
}
END_TEST

START_TEST(rows_are_found_by_what_they_say)
{
	for (int i = KEY_SET_NONE + 1; i < KEY_SET_COUNT; i++) {
		const struct key_set_info *info = row(i);
		enum key_set found = KEY_SET_NONE;

		ck_assert_int_eq(key_set_from_oid(info->oid_der, &found),
		    CNG_OK);
		ck_assert_int_eq(found, i);
		found = KEY_SET_NONE;
		ck_assert_int_eq(key_set_from_name(info->family,
		    info->cng_name, &found), CNG_OK);
		ck_assert_int_eq(found, i);
		found = KEY_SET_NONE;
		ck_assert_int_eq(key_set_from_number(info->family,
		    info->number, &found), CNG_OK);
		ck_assert_int_eq(found, i);
	}
}
END_TEST

START_TEST(strangers_are_refused)
{
	enum key_set found = KEY_SET_MLDSA_44;

	ck_assert_int_eq(key_set_from_name(KEY_MLKEM, "44", &found),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(key_set_from_name(KEY_MLKEM, "", &found),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(key_set_from_name(KEY_SLHDSA, "sha2-128s", &found),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(key_set_from_number(KEY_MLKEM, 0, &found),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(key_set_from_number(KEY_MLKEM, 4, &found),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(key_set_from_number(KEY_RSA, 1, &found),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(key_set_from_oid(span_of(NIST "\x03\x20", 11),
	    &found), CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(key_set_from_oid(span_of(NULL, 0), &found),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(found, KEY_SET_MLDSA_44);
}
END_TEST

/* Numbers that a standard prints, so that the table is not only whole. */
START_TEST(known_rows)
{
	const struct key_set_info *info = row(KEY_SET_MLKEM_768);

	ck_assert_str_eq(info->name, "ML-KEM-768");
	ck_assert_uint_eq(info->public_bytes, 1184);
	ck_assert_uint_eq(info->private_bytes, 2400);
	ck_assert_uint_eq(info->seed_bytes, 64);
	ck_assert_mem_eq(info->oid_der.ptr + 9, "\x04\x02", 2);
	info = row(KEY_SET_MLDSA_87);
	ck_assert_uint_eq(info->public_bytes, 2592);
	ck_assert_uint_eq(info->private_bytes, 4896);
	ck_assert_mem_eq(info->oid_der.ptr + 9, "\x03\x13", 2);
	info = row(KEY_SET_SLHDSA_SHAKE_256F);
	ck_assert_str_eq(info->cng_name, "SHAKE-256f");
	ck_assert_uint_eq(info->number, 12);
	ck_assert_uint_eq(info->private_bytes, 128);
	ck_assert_mem_eq(info->oid_der.ptr + 9, "\x03\x1f", 2);
}
END_TEST

/* --- material of these families --------------------------------------- */

static void
put(struct key_material *key, enum key_part part, size_t len)
{
	struct secret value;

	ck_assert_int_eq(secret_new(&value, len), CNG_OK);
	ck_assert_int_eq(key_set(key, part, secret_span(&value)), CNG_OK);
	secret_free(&value);
}

START_TEST(shapes)
{
	for (int i = KEY_SET_NONE + 1; i < KEY_SET_COUNT; i++) {
		const struct key_set_info *info = row(i);
		struct key_material key = {
			.family = info->family,
			.set = (enum key_set)i,
		};

		ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_DATA);
		put(&key, PQ_PUBLIC, info->public_bytes);
		ck_assert_int_eq(key_check_shape(&key), CNG_OK);
		ck_assert_uint_eq(key_bits(&key), info->bits);
		key.has_private = true;
		ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_DATA);
		put(&key, PQ_PRIVATE, info->private_bytes);
		ck_assert_int_eq(key_check_shape(&key), CNG_OK);
		put(&key, PQ_PUBLIC, info->public_bytes - 1);
		ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_DATA);
		secret_free(&key.part[PQ_PUBLIC]);
		ck_assert_int_eq(key_check_shape(&key), CNG_OK);
		put(&key, PQ_SEED, 64);
		ck_assert_int_eq(key_check_shape(&key),
		    info->seed_bytes == 64 ? CNG_OK : CNG_ERR_BAD_DATA);
		put(&key, PQ_SEED, 32);
		secret_free(&key.part[PQ_PRIVATE]);
		ck_assert_int_eq(key_check_shape(&key),
		    info->seed_bytes == 32 ? CNG_OK : CNG_ERR_BAD_DATA);
		key.has_private = false;
		ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_DATA);
		key_free(&key);
	}
}
END_TEST

START_TEST(set_is_of_the_family)
{
	struct key_material key = {
		.family = KEY_MLDSA,
		.set = KEY_SET_MLKEM_512,
	}, other = { 0 };

	put(&key, PQ_PUBLIC, 800);
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_DATA);
	key.family = KEY_MLKEM;
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	ck_assert_int_eq(key_copy(&other, &key), CNG_OK);
	ck_assert(key_same_public(&key, &other));
	other.set = KEY_SET_MLKEM_768;
	ck_assert(!key_same_public(&key, &other));
	key_free(&other);
	/* what is public stays, what is private does not */
	put(&key, PQ_SEED, 64);
	put(&key, PQ_PRIVATE, 1632);
	key.has_private = true;
	ck_assert_int_eq(key_copy_public(&other, &key), CNG_OK);
	ck_assert_int_eq(key_check_shape(&other), CNG_OK);
	ck_assert_uint_eq(other.part[PQ_SEED].len, 0);
	ck_assert_uint_eq(other.part[PQ_PRIVATE].len, 0);
	key_free(&other);
	key_free(&key);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_row_is_whole,
		rows_are_found_by_what_they_say,
		strangers_are_refused,
		known_rows,
		shapes,
		set_is_of_the_family,
	};

	return run_tests("key sets", tests, ARRAY_LEN(tests));
}
