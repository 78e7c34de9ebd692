/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DSA and Diffie-Hellman: what is computed, what is refused, and libcrypto
 * as the judge of the ASN.1.
 */
#include "crypto_test.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/alloc.h"
#include "crypto/asn1.h"
#include "sample.h"

static const char *const private_keys[] = { "dsa1024.der", "dh768.der",
	"dh1024_x942.der" };

static void
read_key(struct key_material *key, const char *file)
{
	struct secret der = sample_read(file);

	ok(pkcs8_decode(key, secret_span(&der), NULL));
	secret_free(&der);
}

static enum key_part
public_of(const struct key_material *key)
{
	return key->family == KEY_DSA ? DSA_Y : DH_Y;
}

static enum key_part
private_of(const struct key_material *key)
{
	return key->family == KEY_DSA ? DSA_X : DH_X;
}

START_TEST(public_number_is_computed)
{
	struct key_material key, public;

	read_key(&key, private_keys[_i]);
	ck_assert_uint_eq(key.part[public_of(&key)].len, 0);
	ok(crypto_complete(&key));
	ck_assert_uint_gt(key.part[public_of(&key)].len, 0);
	ok(crypto_check_public(&key));
	ok(crypto_check_pair(&key));
	ok(key_copy_public(&public, &key));
	ck_assert(key_same_public(&key, &public));
	ck_assert_uint_eq(public.part[private_of(&key)].len, 0);
	ok(crypto_check_public(&public));
	key_free(&key);
	key_free(&public);
}
END_TEST

/* One number at a time is moved by one, or taken away. */
START_TEST(every_number_counts)
{
	struct key_material key, bad;
	enum cng_status st;

	read_key(&key, private_keys[_i]);
	ok(crypto_complete(&key));
	for (size_t i = 0; i < KEY_PART_MAX; i++) {
		struct secret *part = &key.part[i];

		if (part->len == 0)
			continue;
		ok(key_copy(&bad, &key));
		bad.part[i].ptr[part->len - 1] ^= 2;
		st = crypto_check_pair(&bad);
		ck_assert_msg(st == CNG_ERR_BAD_PUBLIC_KEY ||
		    st == CNG_ERR_BAD_KEY, "part %zu: %s", i,
		    cng_status_name(st));
		key_free(&bad);
	}
	key_free(&key);
}
END_TEST

START_TEST(sizes)
{
	struct key_material key;

	read_key(&key, private_keys[_i]);
	secret_truncate(&key.part[0], 63);
	ck_assert_int_eq(crypto_complete(&key), CNG_ERR_KEY_SIZE);
	secret_free(&key.part[0]);
	ck_assert_int_eq(key_check_shape(&key), CNG_ERR_BAD_DATA);
	key_free(&key);
	read_key(&key, private_keys[_i]);
	secret_free(&key.part[private_of(&key)]);
	ck_assert_int_eq(crypto_check_pair(&key), CNG_ERR_BAD_DATA);
	key_free(&key);
}
END_TEST

START_TEST(becomes_a_key)
{
	struct crypto_key *ready;
	struct key_material key;

	read_key(&key, private_keys[_i]);
	ok(crypto_key_new(&ready, &key)); /* completes on its own copy */
	crypto_key_free(ready);
	ok(crypto_complete(&key));
	key.has_private = false;
	ok(crypto_key_new(&ready, &key));
	crypto_key_free(ready);
	secret_free(&key.part[public_of(&key)]);
	ok(secret_copy(&key.part[public_of(&key)], span_of("\1", 1)));
	ck_assert_int_eq(crypto_key_new(&ready, &key),
	    CNG_ERR_BAD_PUBLIC_KEY);
	key_free(&key);
}
END_TEST

START_TEST(no_memory)
{
	enum cng_status st = CNG_ERR_NO_MEMORY;
	struct key_material key;
	unsigned long n;

	for (n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 500);
		read_key(&key, private_keys[_i]);
		mem_fail_after(n);
		st = crypto_complete(&key);
		if (st == CNG_OK)
			st = crypto_check_pair(&key);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		key_free(&key);
	}
	ck_assert_uint_gt(n, 2);
}
END_TEST

/* --- ASN.1 ------------------------------------------------------------ */

/* libcrypto reads what we write, and finds the same key in both. */
START_TEST(libcrypto_reads_it)
{
	uint8_t private[2048], public[2048];
	struct wr w = wr_of(private, sizeof private);
	struct wr v = wr_of(public, sizeof public);
	const unsigned char *at = private, *pub_at = public;
	struct key_material key, again;
	unsigned char *der = NULL;
	EVP_PKEY *whole, *half;
	int len;

	read_key(&key, private_keys[_i]);
	ok(crypto_complete(&key));
	ok(pkcs8_encode(&key, NULL, &w));
	ok(spki_encode(&key, &v));
	whole = d2i_AutoPrivateKey(NULL, &at, (long)w.len);
	half = d2i_PUBKEY(NULL, &pub_at, (long)v.len);
	ck_assert_ptr_nonnull(whole);
	ck_assert_ptr_nonnull(half);
	ck_assert_int_eq(EVP_PKEY_eq(whole, half), 1);
	len = i2d_PUBKEY(whole, &der);
	ck_assert_uint_eq((size_t)len, v.len);
	ok(spki_decode(&again, span_of(der, (size_t)len)));
	ck_assert(key_same_public(&key, &again));
	key_free(&again);
	key_free(&key);
	OPENSSL_free(der);
	EVP_PKEY_free(whole);
	EVP_PKEY_free(half);
}
END_TEST

START_TEST(cut_short)
{
	struct secret der = sample_read(private_keys[_i]), exact;
	struct key_material key;

	for (size_t len = 0; len < der.len; len++) {
		ok(secret_copy(&exact, span_of(der.ptr, len)));
		ck_assert_int_ne(pkcs8_decode(&key, secret_span(&exact),
		    NULL), CNG_OK);
		sample_empty(&key);
		secret_free(&exact);
	}
	secret_free(&der);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("crypto/ffc");
	TCase *t = tcase_create("ffc");
	int keys = (int)ARRAY_LEN(private_keys);

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, public_number_is_computed, 0, keys);
	tcase_add_loop_test(t, every_number_counts, 0, keys);
	tcase_add_loop_test(t, sizes, 0, keys);
	tcase_add_loop_test(t, becomes_a_key, 0, keys);
	tcase_add_loop_test(t, no_memory, 0, keys);
	tcase_add_loop_test(t, libcrypto_reads_it, 0, keys);
	tcase_add_loop_test(t, cut_short, 0, keys);
	suite_add_tcase(s, t);
	return sample_main(s);
}
