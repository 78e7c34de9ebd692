/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Walks every row of the algorithm tables.
 */
#include "key/alg.h"


#include "base/util.h"
#include "tests/unit/runner.h"

static enum key_curve
curve_at(int i)
{
	return (enum key_curve)i;
}

START_TEST(every_curve_is_whole)
{
	for (int i = CURVE_NONE + 1; i < CURVE_COUNT; i++) {
		const struct curve_info *info = curve_info(curve_at(i));

		if (i == CURVE_EXPLICIT) {
			ck_assert_ptr_null(info);
			continue;
		}
		ck_assert_msg(info != NULL, "curve %d has no row", i);
		/* Ed448 has its sign in a byte of its own, some orders are a
		 * bit longer than the field */
		ck_assert_uint_eq(info->field_bytes, (info->bits + 7) / 8 +
		    (i == CURVE_ED448));
		ck_assert_uint_ge(info->order_bytes, info->field_bytes);
		ck_assert_uint_le(info->order_bytes, info->field_bytes + 1);
		ck_assert_uint_le(info->order_bytes, EC_BYTES_MAX);
		ck_assert(info->family == KEY_EC ||
		    info->family == KEY_MONTGOMERY ||
		    info->family == KEY_EDWARDS);
		/* tag, one length byte, contents */
		ck_assert_uint_gt(info->oid_der.len, 2);
		ck_assert_uint_eq(info->oid_der.ptr[0], 0x06);
		ck_assert_uint_eq(info->oid_der.ptr[1],
		    info->oid_der.len - 2);
	}
}
END_TEST

START_TEST(curves_are_found_by_what_they_say)
{
	for (int i = CURVE_NONE + 1; i < CURVE_COUNT; i++) {
		const struct curve_info *info = curve_info(curve_at(i));
		enum key_curve found = CURVE_NONE;

		if (info == NULL)
			continue;
		ck_assert_int_eq(curve_from_oid(info->oid_der, &found),
		    CNG_OK);
		ck_assert_int_eq(found, i);
		found = CURVE_NONE;
		ck_assert_int_eq(curve_from_name(info->name, &found), CNG_OK);
		ck_assert_int_eq(found, i);
		for (size_t k = 0; k < CURVE_ALIASES; k++) {
			if (info->alias[k] == NULL)
				continue;
			ck_assert_int_eq(curve_from_name(info->alias[k],
			    &found), CNG_OK);
			ck_assert_int_eq(found, i);
		}
		if (info->cng_name == NULL)
			continue;
		found = CURVE_NONE;
		ck_assert_int_eq(curve_from_name(info->cng_name, &found),
		    CNG_OK);
		ck_assert_int_eq(found, i);
	}
}
END_TEST

START_TEST(known_oids)
{
	static const uint8_t p384[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
		0x22 };
	enum key_curve found;

	ck_assert_int_eq(curve_from_oid(span_of(p384, sizeof p384), &found),
	    CNG_OK);
	ck_assert_int_eq(found, CURVE_P384);
	ck_assert_uint_eq(curve_info(CURVE_P521)->field_bytes, 66);
}
END_TEST

START_TEST(other_curves_are_refused)
{
	/* sect283k1, over a binary field */
	static const uint8_t k283[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
		0x10 };
	struct span p256 = curve_info(CURVE_P256)->oid_der;
	enum key_curve found = CURVE_P521;

	ck_assert_int_eq(curve_from_oid(span_of(k283, sizeof k283), &found),
	    CNG_ERR_BAD_CURVE);
	ck_assert_int_eq(curve_from_oid(span_of(p256.ptr, p256.len - 1),
	    &found), CNG_ERR_BAD_CURVE);
	ck_assert_int_eq(curve_from_oid(span_of(NULL, 0), &found),
	    CNG_ERR_BAD_CURVE);
	ck_assert_int_eq(curve_from_name("P-2566", &found),
	    CNG_ERR_BAD_CURVE);
	ck_assert_int_eq(curve_from_name("", &found), CNG_ERR_BAD_CURVE);
	/* Windows compares exactly */
	ck_assert_int_eq(curve_from_name("NistP256", &found),
	    CNG_ERR_BAD_CURVE);
	ck_assert_int_eq(curve_from_text(span_of("nistP256", 7), &found),
	    CNG_ERR_BAD_CURVE);
	ck_assert_int_eq(curve_from_text(span_of(NULL, 0), &found),
	    CNG_ERR_BAD_CURVE);
	ck_assert_int_eq(found, CURVE_P521);
}
END_TEST

START_TEST(every_hash_is_whole)
{
	static const size_t sizes[HASH_COUNT] = {
		[HASH_SHA1] = 20,
		[HASH_SHA224] = 28,
		[HASH_SHA256] = 32,
		[HASH_SHA384] = 48,
		[HASH_SHA512] = 64,
		[HASH_SHA3_224] = 28,
		[HASH_SHA3_256] = 32,
		[HASH_SHA3_384] = 48,
		[HASH_SHA3_512] = 64,
		[HASH_SHA512_224] = 28,
		[HASH_SHA512_256] = 32,
		[HASH_BLAKE2B] = 64,
		[HASH_SHAKE128] = 32,
		[HASH_SHAKE256] = 64,
		[HASH_BLAKE2B_160] = 20,
		[HASH_BLAKE2B_256] = 32,
		[HASH_BLAKE2B_384] = 48,
	};

	for (int i = HASH_NONE + 1; i < HASH_COUNT; i++) {
		const struct hash_info *info = hash_info((enum key_hash)i);

		ck_assert_msg(info != NULL, "hash %d has no row", i);
		ck_assert_uint_eq(info->size, sizes[i]);
		ck_assert_uint_gt(info->block, info->size);
		ck_assert_int_eq(info->any_size,
		    i == HASH_SHAKE128 || i == HASH_SHAKE256);
		for (int j = HASH_NONE + 1; j < i; j++) {
			const struct hash_info *other =
			    hash_info((enum key_hash)j);

			ck_assert(strcmp(info->name, other->name) != 0 ||
			    (info->told_size && info->size != other->size));
		}
	}
}
END_TEST

START_TEST(strangers_have_no_row)
{
	static const int strangers[] = { 0, -1, 1000 };

	for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
		ck_assert_ptr_null(curve_info(curve_at(strangers[i])));
		ck_assert_ptr_null(
		    hash_info((enum key_hash)strangers[i]));
	}
	ck_assert_ptr_null(curve_info(CURVE_COUNT));
	ck_assert_ptr_null(hash_info(HASH_COUNT));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_curve_is_whole,
		curves_are_found_by_what_they_say,
		known_oids,
		other_curves_are_refused,
		every_hash_is_whole,
		strangers_have_no_row,
	};

	return run_tests("key_alg", tests, ARRAY_LEN(tests));
}
