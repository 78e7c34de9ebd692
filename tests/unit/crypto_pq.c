/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Post-quantum keys: what libcrypto expands and checks, and what is said when
 * it does not know them.  Both ways are run, each where it can be.
 */
#include "base/alloc.h"
#include "base/util.h"
#include "crypto/crypto.h"
#include "key/set.h"
#include "sample.h"

#include <stdio.h>

static const char *const names[KEY_SET_COUNT] = {
	[KEY_SET_MLKEM_512] = "mlkem512",
	[KEY_SET_MLKEM_768] = "mlkem768",
	[KEY_SET_MLKEM_1024] = "mlkem1024",
	[KEY_SET_MLDSA_44] = "mldsa44",
	[KEY_SET_MLDSA_65] = "mldsa65",
	[KEY_SET_MLDSA_87] = "mldsa87",
	[KEY_SET_SLHDSA_SHA2_128S] = "slhdsa_sha2_128s",
	[KEY_SET_SLHDSA_SHAKE_128S] = "slhdsa_shake_128s",
	[KEY_SET_SLHDSA_SHA2_128F] = "slhdsa_sha2_128f",
	[KEY_SET_SLHDSA_SHAKE_128F] = "slhdsa_shake_128f",
	[KEY_SET_SLHDSA_SHA2_192S] = "slhdsa_sha2_192s",
	[KEY_SET_SLHDSA_SHAKE_192S] = "slhdsa_shake_192s",
	[KEY_SET_SLHDSA_SHA2_192F] = "slhdsa_sha2_192f",
	[KEY_SET_SLHDSA_SHAKE_192F] = "slhdsa_shake_192f",
	[KEY_SET_SLHDSA_SHA2_256S] = "slhdsa_sha2_256s",
	[KEY_SET_SLHDSA_SHAKE_256S] = "slhdsa_shake_256s",
	[KEY_SET_SLHDSA_SHA2_256F] = "slhdsa_sha2_256f",
	[KEY_SET_SLHDSA_SHAKE_256F] = "slhdsa_shake_256f",
};

/* The number is the end of the blob. */
static struct key_material
load(int set, const char *part)
{
	const struct key_set_info *info = key_set_info((enum key_set)set);
	struct key_material key = {
		.family = info->family,
		.set = (enum key_set)set,
		.has_private = strcmp(part, "pub") != 0,
	};
	size_t len = info->private_bytes;
	enum key_part into = PQ_PRIVATE;
	struct secret in;
	char file[64];

	if (!key.has_private) {
		len = info->public_bytes;
		into = PQ_PUBLIC;
	} else if (strcmp(part, "seed") == 0) {
		len = info->seed_bytes;
		into = PQ_SEED;
	}
	snprintf(file, sizeof file, "%s_%s.bin", names[set], part);
	in = sample_read(file);
	ck_assert_uint_gt(in.len, len);
	ck_assert_int_eq(key_set(&key, into,
	    span_of(in.ptr + in.len - len, len)), CNG_OK);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	secret_free(&in);
	return key;
}

static void
same_part(const struct key_material *a, const struct key_material *b,
    enum key_part part)
{
	ck_assert_uint_gt(a->part[part].len, 0);
	ck_assert(secret_equal(key_part(a, part), key_part(b, part)));
}

/* Knowing the sets goes with the version, so that no test is passed over
 * because a fetch went wrong. */
START_TEST(version_tells)
{
	unsigned major = 0, minor = 0;
	bool since;

	ck_assert_int_eq(sscanf(crypto_version(), "OpenSSL %u.%u", &major,
	    &minor), 2);
	since = major > 3 || (major == 3 && minor >= 5);
	for (int i = KEY_SET_NONE + 1; i < KEY_SET_COUNT; i++)
		ck_assert(crypto_has_set((enum key_set)i) == since);
	ck_assert(!crypto_has_set(KEY_SET_NONE));
	ck_assert(!crypto_has_set(KEY_SET_COUNT));
}
END_TEST

/* --- libcrypto knows them --------------------------------------------- */

START_TEST(private_has_public)
{
	struct key_material key = load(_i, "priv"), public = load(_i, "pub");
	struct key_material whole;
	struct crypto_key *ready;

	ck_assert_int_eq(crypto_check_public(&public), CNG_OK);
	ck_assert_int_eq(crypto_key_new(&ready, &public), CNG_OK);
	crypto_key_free(ready);
	/* with and without the public part */
	ck_assert_int_eq(crypto_check_pair(&key), CNG_OK);
	ck_assert_int_eq(crypto_key_new(&ready, &key), CNG_OK);
	crypto_key_free(ready);
	ck_assert_int_eq(key_copy(&whole, &key), CNG_OK);
	ck_assert_int_eq(crypto_complete(&whole), CNG_OK);
	same_part(&whole, &public, PQ_PUBLIC);
	same_part(&whole, &key, PQ_PRIVATE);
	ck_assert_uint_eq(whole.part[PQ_SEED].len, 0);
	ck_assert_int_eq(crypto_check_pair(&whole), CNG_OK);
	ck_assert(key_same_public(&whole, &public));
	key_free(&whole);
	key_free(&key);
	key_free(&public);
}
END_TEST

START_TEST(seed_expands)
{
	struct key_material key = load(_i, "seed"), private, public;
	struct crypto_key *ready;

	private = load(_i, "priv");
	public = load(_i, "pub");
	ck_assert_int_eq(crypto_check_pair(&key), CNG_OK);
	ck_assert_int_eq(crypto_key_new(&ready, &key), CNG_OK);
	crypto_key_free(ready);
	ck_assert_int_eq(crypto_complete(&key), CNG_OK);
	same_part(&key, &private, PQ_PRIVATE);
	same_part(&key, &public, PQ_PUBLIC);
	ck_assert_int_eq(crypto_check_pair(&key), CNG_OK);
	/* a bit of each part makes it another key */
	for (int part = PQ_PUBLIC; part <= PQ_SEED; part++) {
		key.part[part].ptr[40 % key.part[part].len] ^= 1;
		ck_assert_int_ne(crypto_check_pair(&key), CNG_OK);
		key.part[part].ptr[40 % key.part[part].len] ^= 1;
	}
	ck_assert_int_eq(crypto_check_pair(&key), CNG_OK);
	key_free(&key);
	key_free(&private);
	key_free(&public);
}
END_TEST

/* What is there is kept, and found to be wrong by the check only. */
START_TEST(nothing_is_overwritten)
{
	struct key_material key = load(KEY_SET_MLDSA_44, "seed");

	ck_assert_int_eq(crypto_complete(&key), CNG_OK);
	key.part[PQ_SEED].ptr[0] ^= 1;
	secret_free(&key.part[PQ_PUBLIC]);
	ck_assert_int_eq(crypto_complete(&key), CNG_OK);
	ck_assert_int_eq(crypto_check_pair(&key), CNG_ERR_BAD_KEY);
	key_free(&key);
}
END_TEST

/* Every byte of a private key counts. */
START_TEST(damaged_private_keys)
{
	static const struct {
		int set;
		size_t step;
	} cases[] = { { KEY_SET_MLKEM_512, 29 }, { KEY_SET_MLDSA_44, 61 } };
	struct key_material key = load(cases[_i].set, "priv");
	struct secret *value = &key.part[PQ_PRIVATE];
	/* the last 32 bytes of ML-KEM are z, K of ML-DSA is 32 to 63: random
	 * values that nothing else depends on */
	size_t end = key.family == KEY_MLKEM ? value->len - 32 : value->len;

	ck_assert_int_eq(crypto_complete(&key), CNG_OK);
	for (size_t at = 0; at < end; at += cases[_i].step) {
		if (key.family == KEY_MLDSA && at >= 32 && at < 64)
			continue;
		value->ptr[at] ^= 1;
		ck_assert_msg(crypto_check_pair(&key) == CNG_ERR_BAD_KEY,
		    "byte %zu", at);
		value->ptr[at] ^= 1;
	}
	key_free(&key);
}
END_TEST

START_TEST(other_public_key)
{
	struct key_material key = load(KEY_SET_SLHDSA_SHA2_128F, "priv");

	ck_assert_int_eq(crypto_complete(&key), CNG_OK);
	key.part[PQ_PUBLIC].ptr[0] ^= 1;
	ck_assert_int_eq(crypto_check_public(&key), CNG_OK);
	ck_assert_int_eq(crypto_check_pair(&key), CNG_ERR_BAD_KEY);
	/* the same lie told twice: only the tree knows */
	key.part[PQ_PRIVATE].ptr[32] ^= 1;
	ck_assert_int_eq(crypto_check_pair(&key), CNG_ERR_BAD_KEY);
	key_free(&key);
	key = load(KEY_SET_MLKEM_512, "pub");
	memset(key.part[PQ_PUBLIC].ptr, 0xff, 3);
	ck_assert_int_eq(crypto_check_public(&key), CNG_ERR_BAD_PUBLIC_KEY);
	key_free(&key);
}
END_TEST

START_TEST(out_of_memory)
{
	struct key_material key = load(KEY_SET_MLDSA_44, "seed");
	enum cng_status st = CNG_ERR_NO_MEMORY;
	unsigned long n;

	for (n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 100);
		mem_fail_after(n);
		st = crypto_complete(&key);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	ck_assert_uint_gt(n, 2);
	for (n = 1, st = CNG_ERR_NO_MEMORY; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 100);
		mem_fail_after(n);
		st = crypto_check_pair(&key);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	ck_assert_uint_gt(n, 2);
	key_free(&key);
}
END_TEST

/* --- it does not ------------------------------------------------------ */

START_TEST(told_so)
{
	static const char *const parts[] = { "pub", "priv", "seed" };
	const struct key_set_info *info = key_set_info((enum key_set)_i);
	size_t count = info->seed_bytes > 0 ? 3 : 2;
	struct crypto_key *ready;

	for (size_t i = 0; i < count; i++) {
		struct key_material key = load(_i, parts[i]);

		ck_assert_int_eq(crypto_check_pair(&key),
		    CNG_ERR_NOT_SUPPORTED);
		ck_assert_int_eq(crypto_key_new(&ready, &key),
		    CNG_ERR_NOT_SUPPORTED);
		ck_assert_ptr_null(ready);
		key_free(&key);
	}
}
END_TEST

/* What needs no arithmetic works all the same. */
START_TEST(public_within_private)
{
	struct key_material key = load(_i, "priv"), public = load(_i, "pub");

	ck_assert_int_eq(crypto_complete(&key), key.family == KEY_MLDSA ?
		CNG_ERR_NOT_SUPPORTED : CNG_OK);
	if (key.family != KEY_MLDSA)
		same_part(&key, &public, PQ_PUBLIC);
	ck_assert_int_eq(crypto_check_public(&public),
	    CNG_ERR_NOT_SUPPORTED);
	key_free(&key);
	key_free(&public);
}
END_TEST

static Suite *
suite(void)
{
	const int first = KEY_SET_NONE + 1;
	Suite *s = suite_create("crypto/pq");
	TCase *t = tcase_create("pq");

	tcase_set_timeout(t, 240);
	tcase_add_test(t, version_tells);
	if (crypto_has_set(KEY_SET_MLKEM_768)) {
		tcase_add_loop_test(t, private_has_public, first,
		    KEY_SET_COUNT);
		tcase_add_loop_test(t, seed_expands, KEY_SET_MLKEM_512,
		    KEY_SET_MLDSA_87 + 1);
		tcase_add_test(t, nothing_is_overwritten);
		tcase_add_loop_test(t, damaged_private_keys, 0, 2);
		tcase_add_test(t, other_public_key);
		tcase_add_test(t, out_of_memory);
	} else {
		printf("%s has no post-quantum keys: only the refusals are "
		       "tested\n", crypto_version());
		tcase_add_loop_test(t, told_so, first, KEY_SET_COUNT);
		tcase_add_loop_test(t, public_within_private, first,
		    KEY_SET_COUNT);
	}
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
