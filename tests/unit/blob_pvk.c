/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PVK files: in clear, encrypted with strong and weak keys, damaged.
 */
#include <check.h>

#include "base/alloc.h"
#include "base/util.h"
#include "blob/pvk.h"
#include "sample.h"

static const struct pbe password = { .has_password = true,
	.password = { (const uint8_t *)"secret", 6 } };

static const struct {
	const char *file;
	const char *same_as;
	bool encrypted;
	bool weak;
} good[] = {
	{ "pvk_rsa1024_none.pvk", "rsa1024.der", false, false },
	{ "pvk_rsa1024_strong.pvk", "rsa1024.der", true, false },
	{ "pvk_rsa1024_weak.pvk", "rsa1024.der", true, true },
	{ "pvk_dsa1024.pvk", "dsa1024.der", false, false },
};

START_TEST(reads)
{
	struct secret in = sample_read(good[_i].file);
	struct secret like = sample_read(good[_i].same_as);
	struct key_material want, key;

	ck_assert(pvk_detect(secret_span(&in)));
	ck_assert_int_eq(pkcs8_decode(&want, secret_span(&like), NULL),
	    CNG_OK);
	ck_assert_int_eq(pvk_decode(&key, secret_span(&in), &password),
	    CNG_OK);
	ck_assert(key.has_private && key.family == want.family);
	/* of DSA y is left out */
	if (key.family == KEY_RSA)
		ck_assert(key_same_public(&want, &key));
	key_free(&key);
	ck_assert_int_eq(pvk_decode(&key, secret_span(&in), NULL),
	    good[_i].encrypted ? CNG_ERR_BAD_PASSWORD : CNG_OK);
	key_free(&key);
	key_free(&want);
	secret_free(&in);
	secret_free(&like);
}
END_TEST

/* With the salt that was there the same bytes come out. */
START_TEST(comes_back)
{
	struct secret in = sample_read(good[_i].file);
	struct pbe pbe = { 0 };
	struct key_material key;
	struct wr w = wr_of(NULL, 0);
	uint8_t room[1024];

	if (good[_i].encrypted) {
		pbe = password;
		pbe.salt = span_of(in.ptr + 24, 16);
	}
	ck_assert_int_eq(pvk_decode(&key, secret_span(&in), &password),
	    CNG_OK);
	ck_assert_int_eq(pvk_encode(&key, &pbe, &w), CNG_OK);
	ck_assert_uint_eq(w.len, in.len);
	w = wr_of(room, in.len);
	ck_assert_int_eq(pvk_encode(&key, &pbe, &w), CNG_OK);
	if (!good[_i].weak)
		ck_assert_mem_eq(room, in.ptr, in.len);
	w = wr_of(room, in.len - 1);
	ck_assert_int_eq(pvk_encode(&key, &pbe, &w),
	    CNG_ERR_BUFFER_TOO_SMALL);
	key_free(&key);
	secret_free(&in);
}
END_TEST

START_TEST(fresh_salt)
{
	struct secret in = sample_read("pvk_rsa1024_none.pvk");
	uint8_t one[1024], two[1024];
	struct wr a = wr_of(one, sizeof one), b = wr_of(two, sizeof two);
	struct pbe pbe = password;
	struct key_material key;

	ck_assert_int_eq(pvk_decode(&key, secret_span(&in), NULL), CNG_OK);
	ck_assert_int_eq(pvk_encode(&key, &pbe, &a), CNG_OK);
	ck_assert_int_eq(pvk_encode(&key, &pbe, &b), CNG_OK);
	ck_assert_mem_ne(one + 24, two + 24, 16);
	pbe.salt = span_of(one, 3);
	ck_assert_int_eq(pvk_encode(&key, &pbe, &a), CNG_ERR_ARGUMENT);
	key_free(&key);
	secret_free(&in);
}
END_TEST

START_TEST(cut_short)
{
	struct secret in = sample_read(good[_i].file);
	struct key_material key;
	enum cng_status st;

	for (size_t len = 0; len < in.len; len++) {
		st = pvk_decode(&key, span_of(in.ptr, len), &password);
		ck_assert(st == CNG_ERR_BAD_DATA ||
		    (len < 4 && st == CNG_ERR_BAD_MAGIC));
		sample_empty(&key);
	}
	ck_assert_int_eq(secret_append(&in, span_of("", 1)), CNG_OK);
	ck_assert_int_eq(pvk_decode(&key, secret_span(&in), &password),
	    CNG_ERR_BAD_DATA);
	secret_free(&in);
}
END_TEST

static const struct {
	const char *file;
	size_t offset;
	uint8_t byte;
	enum cng_status st;
} damage[] = {
	{ "pvk_rsa1024_none.pvk", 0, 0x1f, CNG_ERR_BAD_MAGIC },
	{ "pvk_rsa1024_none.pvk", 4, 1, CNG_ERR_BAD_DATA },
	{ "pvk_rsa1024_none.pvk", 8, 0, CNG_ERR_BAD_DATA },
	{ "pvk_rsa1024_none.pvk", 8, 3, CNG_ERR_BAD_DATA },
	{ "pvk_rsa1024_none.pvk", 12, 1, CNG_ERR_BAD_DATA },
	{ "pvk_rsa1024_none.pvk", 12, 2, CNG_ERR_BAD_DATA },
	{ "pvk_rsa1024_none.pvk", 16, 1, CNG_ERR_BAD_DATA },
	{ "pvk_rsa1024_none.pvk", 23, 0xff, CNG_ERR_BAD_DATA },
	{ "pvk_rsa1024_none.pvk", 24, 6, CNG_ERR_BAD_MAGIC },
	{ "pvk_rsa1024_none.pvk", 32, 'X', CNG_ERR_BAD_MAGIC },
	{ "pvk_rsa1024_strong.pvk", 19, 0xff, CNG_ERR_BAD_DATA },
	{ "pvk_rsa1024_strong.pvk", 24, 0, CNG_ERR_BAD_PASSWORD },
};

START_TEST(damaged)
{
	struct secret in = sample_read(damage[_i].file);
	struct key_material key;

	ck_assert_uint_ne(in.ptr[damage[_i].offset], damage[_i].byte);
	in.ptr[damage[_i].offset] = damage[_i].byte;
	ck_assert_int_eq(pvk_decode(&key, secret_span(&in), &password),
	    damage[_i].st);
	sample_empty(&key);
	secret_free(&in);
}
END_TEST

START_TEST(no_such_form)
{
	static const char *const files[] = { "p256.der", "ed25519.der",
		"dh768.der" };
	struct wr w = wr_of(NULL, 0);
	struct key_material key;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct secret in = sample_read(files[i]);

		ck_assert_int_eq(pkcs8_decode(&key, secret_span(&in), NULL),
		    CNG_OK);
		ck_assert_int_eq(pvk_encode(&key, NULL, &w),
		    CNG_ERR_BAD_TYPE);
		key_free(&key);
		secret_free(&in);
	}
}
END_TEST

START_TEST(no_memory)
{
	struct secret in = sample_read(good[_i].file);
	enum cng_status st = CNG_ERR_NO_MEMORY;
	struct key_material key;
	uint8_t room[1024];

	for (unsigned long n = 1; st != CNG_OK; n++) {
		mem_fail_after(n);
		st = pvk_decode(&key, secret_span(&in), &password);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		if (st != CNG_OK)
			sample_empty(&key);
	}
	st = CNG_ERR_NO_MEMORY;
	for (unsigned long n = 1; st != CNG_OK; n++) {
		struct wr w = wr_of(room, sizeof room);

		mem_fail_after(n);
		st = pvk_encode(&key, &password, &w);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	key_free(&key);
	secret_free(&in);
}
END_TEST

static void
count(void *arg, const struct blob_field *field)
{
	size_t *end = arg;

	ck_assert_uint_eq(field->offset, *end);
	*end += field->size;
}

/* The fields follow each other to the end. */
START_TEST(description)
{
	struct secret in = sample_read(good[_i].file);
	size_t end = 0;

	ck_assert_int_eq(pvk_describe(secret_span(&in), count, &end),
	    good[_i].encrypted ? CNG_ERR_BAD_PASSWORD : CNG_OK);
	ck_assert_uint_eq(end, in.len);
	secret_free(&in);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blob/pvk");
	TCase *tc = tcase_create("pvk");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, reads, 0, ARRAY_LEN(good));
	tcase_add_loop_test(tc, comes_back, 0, ARRAY_LEN(good));
	tcase_add_test(tc, fresh_salt);
	tcase_add_loop_test(tc, cut_short, 0, ARRAY_LEN(good));
	tcase_add_loop_test(tc, damaged, 0, ARRAY_LEN(damage));
	tcase_add_test(tc, no_such_form);
	tcase_add_loop_test(tc, no_memory, 0, ARRAY_LEN(good));
	tcase_add_loop_test(tc, description, 0, ARRAY_LEN(good));
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
