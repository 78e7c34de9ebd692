/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The verify_data of TLS against libcrypto's PRF, and keys that are put
 * together, cut out or encrypted.
 */
#include "crypto_test.h"

#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "base/util.h"

static const char base[] = "000102030405060708090a0b0c0d0e0f";

/* --- TLS --- */

static void
foreign_prf(const char *digest, struct span label, struct span seed,
    uint8_t *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	uint8_t key[16], bytes[2][64];
	char name[16];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("digest", name, 0),
		OSSL_PARAM_construct_octet_string("secret", key, sizeof key),
		OSSL_PARAM_construct_octet_string("seed", bytes[0], label.len),
		OSSL_PARAM_construct_octet_string("seed", bytes[1], seed.len),
		OSSL_PARAM_construct_end(),
	};

	for (uint8_t i = 0; i < sizeof key; i++)
		key[i] = i;
	strcpy(name, digest);
	memcpy(bytes[0], label.ptr, label.len);
	memcpy(bytes[1], seed.ptr, seed.len);
	ck_assert_int_eq(EVP_KDF_derive(ctx, out, len, params), 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

START_TEST(verify_data_is_that_of_libcrypto)
{
	static const struct {
		enum key_hash hash;
		const char *digest;
	} rows[] = {
		{ HASH_NONE, "MD5-SHA1" },
		{ HASH_SHA224, "SHA224" },
		{ HASH_SHA256, "SHA256" },
		{ HASH_SHA384, "SHA384" },
		{ HASH_SHA512, "SHA512" },
	};
	struct crypto_key *key = secret_key(KEY_GENERIC, base);
	struct span seed = span_str("the hash of all messages so far");
	uint8_t want[64], got[64];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t len = 1; len <= sizeof got; len += 21) {
			struct key_op op = { .scheme = OP_TLS_MAC,
				.hash = rows[i].hash, .mac_len = len,
				.label = span_str("client finished") };
			struct wr w = wr_of(got, sizeof got);

			foreign_prf(rows[i].digest, op.label, seed, want, len);
			ok(crypto_sign(key, &op, seed, &w));
			ck_assert_uint_eq(w.len, len);
			ck_assert_mem_eq(got, want, len);
			ok(crypto_verify(key, &op, seed, span_of(got, len)));
			got[len - 1] ^= 0x80;
			expect(crypto_verify(key, &op, seed,
			    span_of(got, len)), CNG_ERR_SIGNATURE);
			expect(crypto_verify(key, &op, seed,
			    span_of(got, len - 1)), CNG_ERR_SIGNATURE_SIZE);
		}
	}
	crypto_key_free(key);
}
END_TEST

START_TEST(verify_data_refusals)
{
	static const uint8_t much[1010];
	struct crypto_key *key = secret_key(KEY_GENERIC, base);
	struct crypto_key *aes = secret_key(KEY_AES, base);
	struct key_op op = { .scheme = OP_TLS_MAC, .hash = HASH_SHA256,
		.mac_len = 12, .label = span_str("client finished") };
	struct secret out = { 0 };
	uint8_t got[80];
	struct wr w = wr_of(got, sizeof got), small = wr_of(got, 11);

	expect(crypto_sign(aes, &op, span_str("x"), &w), CNG_ERR_KEY_TYPE);
	expect(crypto_sign(key, &op, span_str("x"), &small),
	    CNG_ERR_BUFFER_TOO_SMALL);
	expect(crypto_sign(key, &op, span_of(much, sizeof much), &w),
	    CNG_ERR_DATA_SIZE);
	ok(crypto_sign(key, &op, span_of(much, sizeof much - 1), &w));
	op.mac_len = 65;
	w = wr_of(got, sizeof got);
	expect(crypto_sign(key, &op, span_str("x"), &w),
	    CNG_ERR_MECHANISM_PARAM);
	op.mac_len = 12;
	op.hash = HASH_SHAKE128;
	expect(crypto_sign(key, &op, span_str("x"), &w),
	    CNG_ERR_MECHANISM_PARAM);
	op = (struct key_op){ .scheme = OP_TLS_PRF, .hash = HASH_SHA256,
		.label = span_str("label"), .iv = span_of(much, 1010) };
	ok(crypto_derive(key, &op, 12, &out));
	secret_free(&out);
	op.iv = span_of(much, sizeof much);
	op.label = span_str("a longer label");
	ok(crypto_derive(key, &op, 12, &out));
	secret_free(&out);
	op.label = span_str("a still longer label");
	expect(crypto_derive(key, &op, 12, &out), CNG_ERR_MECHANISM_PARAM);
	crypto_key_free(key);
	crypto_key_free(aes);
}
END_TEST

/* --- mixed --- */

static void
makes(const struct crypto_key *key, const struct key_op *op, size_t len,
    const char *want)
{
	struct secret out = { 0 };

	ok(crypto_derive(key, op, len, &out));
	expect_hex(secret_span(&out), want);
	secret_free(&out);
}

static void
refuses(const struct crypto_key *key, const struct key_op *op, size_t len,
    enum cng_status want)
{
	struct secret out = { 0 };

	expect(crypto_derive(key, op, len, &out), want);
	ck_assert_ptr_null(out.ptr);
}

START_TEST(mixed_keys)
{
	static const uint8_t much[4096];
	struct crypto_key *key = secret_key(KEY_GENERIC, "329f84a9");
	struct key_op op = { .scheme = OP_JOIN, .iv = span_str("A"),
		.label = span_str("BC") };

	makes(key, &op, 0, "41329f84a94243");
	makes(key, &op, 3, "41329f");
	refuses(key, &op, 8, CNG_ERR_KEY_SIZE);
	op.label = span_of(much, sizeof much);
	refuses(key, &op, 0, CNG_ERR_KEY_SIZE);
	makes(key, &op, 5, "41329f84a9");
	op = (struct key_op){ .scheme = OP_XOR, .label = span_str("0123456") };
	makes(key, &op, 0, "02aeb69a");
	op.label.len = 2;
	makes(key, &op, 0, "02ae");
	refuses(key, &op, 3, CNG_ERR_KEY_SIZE);
	op.label.len = 0;
	refuses(key, &op, 0, CNG_ERR_KEY_SIZE);
	/* every bit, one after the other */
	for (unsigned i = 0; i < 32; i++) {
		uint64_t turned = (uint64_t)0x329f84a9 << 32 | 0x329f84a9;
		struct secret out = { 0 };

		op = (struct key_op){ .scheme = OP_CUT, .first_bit = i };
		turned = turned << i >> 32;
		ok(crypto_derive(key, &op, 4, &out));
		for (unsigned k = 0; k < 4; k++)
			ck_assert_uint_eq(out.ptr[k],
			    turned >> (24 - 8 * k) & 0xff);
		secret_free(&out);
	}
	op.first_bit = 32;
	refuses(key, &op, 1, CNG_ERR_MECHANISM_PARAM);
	crypto_key_free(key);
}
END_TEST

/* SP 800-38A, F.1.1 and F.2.1 */
START_TEST(encrypted_keys)
{
	struct crypto_key *key = secret_key(KEY_AES,
	    "2b7e151628aed2a6abf7158809cf4f3c");
	struct crypto_key *other = secret_key(KEY_GENERIC, base);
	struct secret plain = unhex("6bc1bee22e409f96e93d7e117393172a");
	struct secret iv = unhex(base);
	struct key_op op = { .scheme = OP_AES_DATA,
		.label = secret_span(&plain) };

	makes(key, &op, 0, "3ad77bb40d7a3660a89ecaf32466ef97");
	makes(key, &op, 2, "3ad7");
	refuses(key, &op, 17, CNG_ERR_KEY_SIZE);
	refuses(other, &op, 0, CNG_ERR_KEY_TYPE);
	op.iv = secret_span(&iv);
	makes(key, &op, 0, "7649abac8119b246cee98e9b12e9197d");
	op.label.len = 15;
	refuses(key, &op, 0, CNG_ERR_MECHANISM_PARAM);
	op.label.len = 0;
	refuses(key, &op, 0, CNG_ERR_MECHANISM_PARAM);
	crypto_key_free(key);
	crypto_key_free(other);
	secret_free(&plain);
	secret_free(&iv);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { verify_data_is_that_of_libcrypto,
		verify_data_refusals, mixed_keys, encrypted_keys };

	return run_tests("crypto tls", tests, ARRAY_LEN(tests));
}
