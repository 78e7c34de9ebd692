/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Post-quantum keys in PKCS#8 and SubjectPublicKeyInfo.  Nothing here needs
 * libcrypto to know them.
 */
#include "base/alloc.h"
#include "base/util.h"
#include "crypto/asn1.h"
#include "key/set.h"
#include "sample.h"

static const struct {
	const char *file;
	enum key_set set;
	bool seed;
	bool expanded;
} private_keys[] = {
	{ "mlkem512_seed.der", KEY_SET_MLKEM_512, true, false },
	{ "mlkem1024_seed.der", KEY_SET_MLKEM_1024, true, false },
	{ "mlkem768_expanded.der", KEY_SET_MLKEM_768, false, true },
	{ "mlkem768_both.der", KEY_SET_MLKEM_768, true, true },
	{ "mldsa44_seed.der", KEY_SET_MLDSA_44, true, false },
	{ "mldsa44_expanded.der", KEY_SET_MLDSA_44, false, true },
	{ "mldsa44_both.der", KEY_SET_MLDSA_44, true, true },
	{ "slhdsa_sha2_128s.der", KEY_SET_SLHDSA_SHA2_128S, false, true },
	{ "slhdsa_shake_256f.der", KEY_SET_SLHDSA_SHAKE_256F, false, true },
};

static const char *const public_keys[] = {
	"mlkem512.spki.der", "mlkem768.spki.der", "mlkem1024.spki.der",
	"mldsa44.spki.der", "mldsa65.spki.der", "mldsa87.spki.der",
	"slhdsa_sha2_128s.spki.der", "slhdsa_shake_256f.spki.der",
};

static struct secret
written(const struct key_material *key)
{
	struct wr w = wr_of(NULL, 0);
	struct secret out;

	ck_assert_int_eq(key->has_private ? pkcs8_encode(key, NULL, &w) :
					    spki_encode(key, &w), CNG_OK);
	ck_assert_int_eq(secret_new(&out, w.len), CNG_OK);
	w = wr_of(out.ptr, out.len);
	ck_assert_int_eq(key->has_private ? pkcs8_encode(key, NULL, &w) :
					    spki_encode(key, &w), CNG_OK);
	ck_assert_uint_eq(w.len, out.len);
	return out;
}

START_TEST(private_comes_back)
{
	struct secret in = sample_read(private_keys[_i].file), out;
	struct key_material key, again;

	ck_assert_int_eq(pkcs8_decode(&key, secret_span(&in), NULL), CNG_OK);
	ck_assert_int_eq(key.set, private_keys[_i].set);
	ck_assert_int_eq(key.family, key_set_info(key.set)->family);
	ck_assert((key.part[PQ_SEED].len > 0) == private_keys[_i].seed);
	ck_assert((key.part[PQ_PRIVATE].len > 0) ==
	    private_keys[_i].expanded);
	ck_assert_uint_eq(key.part[PQ_PUBLIC].len, 0);
	out = written(&key);
	/* of both the seed is enough */
	if (!private_keys[_i].seed || !private_keys[_i].expanded)
		ck_assert(span_equal(secret_span(&in), secret_span(&out)));
	ck_assert_int_eq(key_decode_any(&again, secret_span(&out), NULL),
	    CNG_OK);
	ck_assert((again.part[PQ_SEED].len > 0) == private_keys[_i].seed);
	key_free(&again);
	key_free(&key);
	secret_free(&in);
	secret_free(&out);
}
END_TEST

START_TEST(private_damaged)
{
	struct secret in = sample_read(private_keys[_i].file);
	struct key_material key;

	for (size_t len = 0; len < in.len; len++) {
		struct secret exact;

		ck_assert_int_eq(secret_copy(&exact, span_of(in.ptr, len)),
		    CNG_OK);
		ck_assert_int_eq(pkcs8_decode(&key, secret_span(&exact),
		    NULL), CNG_ERR_BAD_DATA);
		sample_empty(&key);
		secret_free(&exact);
	}
	/* the headers bit by bit; after them every bit is as good as another */
	for (size_t bit = 0; bit < 40 * 8; bit++) {
		uint8_t mask = (uint8_t)(1u << bit % 8);

		in.ptr[bit / 8] ^= mask;
		if (pkcs8_decode(&key, secret_span(&in), NULL) != CNG_OK)
			sample_empty(&key);
		else
			ck_assert_int_eq(key_check_shape(&key), CNG_OK);
		key_free(&key);
		in.ptr[bit / 8] ^= mask;
	}
	secret_free(&in);
}
END_TEST

START_TEST(public_comes_back)
{
	struct secret in = sample_read(public_keys[_i]), out;
	struct key_material key;

	ck_assert_int_eq(spki_decode(&key, secret_span(&in)), CNG_OK);
	ck_assert(!key.has_private);
	ck_assert_int_eq(key_check_shape(&key), CNG_OK);
	out = written(&key);
	ck_assert(span_equal(secret_span(&in), secret_span(&out)));
	secret_free(&out);
	key_free(&key);
	for (size_t len = 0; len < in.len; len++) {
		ck_assert_int_eq(spki_decode(&key, span_of(in.ptr, len)),
		    CNG_ERR_BAD_DATA);
		sample_empty(&key);
	}
	/* one OID for another: a size that is not that of the set */
	in.ptr[in.ptr[1] == 0x82 ? 18 : 14] ^= 8;
	ck_assert_int_ne(spki_decode(&key, secret_span(&in)), CNG_OK);
	sample_empty(&key);
	secret_free(&in);
}
END_TEST

START_TEST(out_of_memory)
{
	struct secret in = sample_read(private_keys[_i].file), out;
	enum cng_status st = CNG_ERR_NO_MEMORY;
	struct key_material key;
	unsigned long n;
	struct wr w;

	for (n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 50);
		mem_fail_after(n);
		st = pkcs8_decode(&key, secret_span(&in), NULL);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		if (st != CNG_OK)
			sample_empty(&key);
	}
	ck_assert_uint_gt(n, 2);
	ck_assert_int_eq(secret_new(&out, in.len), CNG_OK);
	for (n = 1, st = CNG_ERR_NO_MEMORY; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 50);
		mem_fail_after(n);
		w = wr_of(out.ptr, out.len);
		st = pkcs8_encode(&key, NULL, &w);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	}
	ck_assert_uint_gt(n, 2);
	key_free(&key);
	secret_free(&in);
	secret_free(&out);
}
END_TEST

START_TEST(missing_parts)
{
	struct secret in = sample_read("mldsa44.spki.der");
	struct key_material key;
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(spki_decode(&key, secret_span(&in)), CNG_OK);
	ck_assert_int_eq(pkcs8_encode(&key, NULL, &w), CNG_ERR_BAD_TYPE);
	key.set = KEY_SET_MLDSA_65;
	ck_assert_int_eq(spki_encode(&key, &w), CNG_ERR_BAD_TYPE);
	key.set = KEY_SET_NONE;
	ck_assert_int_eq(spki_encode(&key, &w), CNG_ERR_BAD_TYPE);
	key_free(&key);
	secret_free(&in);
	in = sample_read("mldsa44_seed.der");
	ck_assert_int_eq(pkcs8_decode(&key, secret_span(&in), NULL), CNG_OK);
	ck_assert_int_eq(spki_encode(&key, &w), CNG_ERR_BAD_TYPE);
	ck_assert_uint_eq(w.len, 0);
	key_free(&key);
	secret_free(&in);
}
END_TEST

/* Named, also where libcrypto has no name for it. */
START_TEST(description)
{
	struct secret in = sample_read("mlkem768_both.der");
	struct pkcs8_part parts[PKCS8_PARTS_MAX];
	size_t count;

	ck_assert_int_eq(pkcs8_describe(secret_span(&in), parts, &count),
	    CNG_OK);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(parts[1].text, "ML-KEM-768");
	secret_free(&in);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("crypto/pq_asn1");
	TCase *t = tcase_create("pq_asn1");

	tcase_add_loop_test(t, private_comes_back, 0,
	    ARRAY_LEN(private_keys));
	tcase_add_loop_test(t, private_damaged, 0, ARRAY_LEN(private_keys));
	tcase_add_loop_test(t, public_comes_back, 0, ARRAY_LEN(public_keys));
	tcase_add_loop_test(t, out_of_memory, 0, ARRAY_LEN(private_keys));
	tcase_add_test(t, missing_parts);
	tcase_add_test(t, description);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
