/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key wrapping: RFC 3394, RFC 5649, RSA with AES, and the rest.
 */
#include "crypto_test.h"

struct vector {
	enum op_scheme scheme;
	const char *kek, *plain, *wrapped;
};

static const struct vector vectors[] = {
	{ OP_AES_KW, "000102030405060708090a0b0c0d0e0f",
	    "00112233445566778899aabbccddeeff",
	    "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5",
	},
	{ OP_AES_KW,
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	    "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
	    "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326"
	    "cbc7f0e71a99f43bfb988b9b7a02dd21",
	},
	{ OP_AES_KWP, "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8",
	    "c37b7e6492584340bed12207808941155068f738",
	    "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
	},
	{ OP_AES_KWP, "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8",
	    "466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f",
	},
};

START_TEST(published_vectors)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const struct vector *v = &vectors[i];
		struct crypto_key *key = secret_key(KEY_AES, v->kek);
		struct secret plain = unhex(v->plain), back = { 0 };
		struct secret wrapped = unhex(v->wrapped);
		struct key_op op = { .scheme = v->scheme };
		uint8_t out[64];
		struct wr w = wr_of(NULL, 0);

		ok(crypto_wrap(key, &op, secret_span(&plain), &w));
		ck_assert_uint_eq(w.len, wrapped.len);
		w = wr_of(out, w.len);
		ok(crypto_wrap(key, &op, secret_span(&plain), &w));
		expect_hex(span_of(out, w.len), v->wrapped);
		ok(crypto_unwrap(key, &op, secret_span(&wrapped), &back));
		expect_hex(secret_span(&back), v->plain);
		for (size_t at = 0; at < wrapped.len; at++) {
			wrapped.ptr[at] ^= 4;
			expect(crypto_unwrap(key, &op, secret_span(&wrapped),
				   &back), CNG_ERR_WRAPPED_KEY);
			wrapped.ptr[at] ^= 4;
			expect(crypto_unwrap(key, &op,
				   span_of(wrapped.ptr, at), &back),
			    CNG_ERR_WRAPPED_KEY);
		}
		expect_hex(secret_span(&back), v->plain);
		secret_free(&plain);
		secret_free(&wrapped);
		secret_free(&back);
		crypto_key_free(key);
	}
}
END_TEST

START_TEST(every_length)
{
	static const enum op_scheme all[] = { OP_AES_KW, OP_AES_KWP,
		OP_AES_KW_PKCS7 };
	struct crypto_key *key = secret_key(KEY_AES,
	    "000102030405060708090a0b0c0d0e0f");
	uint8_t plain[70], out[96];
	struct secret back = { 0 };

	ok(crypto_random(plain, sizeof plain));
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		for (size_t len = 0; len <= sizeof plain; len++) {
			struct key_op op = { .scheme = all[i] };
			struct wr w = wr_of(out, sizeof out);
			bool fits = all[i] == OP_AES_KWP ? len > 0 :
			    all[i] == OP_AES_KW ? len % 8 == 0 && len >= 16 :
						  len >= 8;

			expect(crypto_wrap(key, &op, span_of(plain, len), &w),
			    fits ? CNG_OK : CNG_ERR_DATA_SIZE);
			if (!fits)
				continue;
			ok(crypto_unwrap(key, &op, span_of(out, w.len),
			    &back));
			ck_assert(span_equal(secret_span(&back),
			    span_of(plain, len)));
		}
	}
	secret_free(&back);
	crypto_key_free(key);
}
END_TEST

/* Each wrap opens with its own scheme and initial value only. */
START_TEST(wraps_are_told_apart)
{
	struct crypto_key *key = secret_key(KEY_AES,
	    "000102030405060708090a0b0c0d0e0f");
	struct key_op kw = { .scheme = OP_AES_KW };
	struct key_op kwp = { .scheme = OP_AES_KWP };
	uint8_t out[64], iv[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct secret back = { 0 };
	struct wr w = wr_of(out, sizeof out);

	ok(crypto_wrap(key, &kw, span_str("sixteen of bytes"), &w));
	expect(crypto_unwrap(key, &kwp, span_of(out, w.len), &back),
	    CNG_ERR_WRAPPED_KEY);
	w = wr_of(out, sizeof out);
	ok(crypto_wrap(key, &kwp, span_str("sixteen of bytes"), &w));
	expect(crypto_unwrap(key, &kw, span_of(out, w.len), &back),
	    CNG_ERR_WRAPPED_KEY);
	kw.iv = span_of(iv, 8);
	w = wr_of(out, sizeof out);
	ok(crypto_wrap(key, &kw, span_str("sixteen of bytes"), &w));
	ok(crypto_unwrap(key, &kw, span_of(out, w.len), &back));
	iv[0] = 0;
	expect(crypto_unwrap(key, &kw, span_of(out, w.len), &back),
	    CNG_ERR_WRAPPED_KEY);
	kwp.iv = span_of(iv, 4);
	w = wr_of(out, sizeof out);
	ok(crypto_wrap(key, &kwp, span_str("any"), &w));
	ok(crypto_unwrap(key, &kwp, span_of(out, w.len), &back));
	kw.iv.len = 9;
	kwp.iv.len = 8;
	w = wr_of(out, sizeof out);
	expect(crypto_wrap(key, &kw, span_str("sixteen of bytes"), &w),
	    CNG_ERR_MECHANISM_PARAM);
	expect(crypto_wrap(key, &kwp, span_str("any"), &w),
	    CNG_ERR_MECHANISM_PARAM);
	secret_free(&back);
	crypto_key_free(key);
}
END_TEST

START_TEST(other_ciphers_wrap)
{
	static const enum op_scheme all[] = { OP_AES_ECB, OP_AES_CBC,
		OP_AES_CBC_PAD, OP_AES_CTR, OP_AES_GCM };
	struct crypto_key *key = secret_key(KEY_AES,
	    "000102030405060708090a0b0c0d0e0f");
	struct span plain = span_str("thirty-two bytes of a secret key");
	uint8_t iv[16] = { 1 }, out[64];
	struct secret back = { 0 };
	struct key_op hmac = { .scheme = OP_HMAC, .hash = HASH_SHA256 };
	struct wr w;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct key_op op = { .scheme = all[i], .tag_len = 16,
			.counter_bits = 64,
			.iv = span_of(iv, all[i] == OP_AES_ECB ? 0 : 16) };

		w = wr_of(out, sizeof out);
		ok(crypto_wrap(key, &op, plain, &w));
		ok(crypto_unwrap(key, &op, span_of(out, w.len), &back));
		ck_assert(span_equal(secret_span(&back), plain));
		expect(crypto_unwrap(key, &op, NO_BYTES, &back),
		    CNG_ERR_WRAPPED_KEY);
		if (all[i] != OP_AES_CTR)
			expect(crypto_unwrap(key, &op, span_of(out, 15),
				   &back), CNG_ERR_WRAPPED_KEY);
	}
	w = wr_of(out, sizeof out);
	expect(crypto_wrap(key, &hmac, plain, &w), CNG_ERR_MECHANISM);
	expect(crypto_unwrap(key, &hmac, plain, &back), CNG_ERR_MECHANISM);
	secret_free(&back);
	crypto_key_free(key);
}
END_TEST

START_TEST(rsa_wraps)
{
	struct key_spec spec = { .family = KEY_RSA, .bits = 1024 };
	struct key_material m = { 0 };
	struct crypto_key *key, *aes = secret_key(KEY_AES,
	    "000102030405060708090a0b0c0d0e0f");
	struct key_op op = { .scheme = OP_RSA_AES_WRAP,
		.pad_hash = HASH_SHA256, .mgf_hash = HASH_SHA1,
		.label = span_str("label") };
	struct secret back = { 0 };
	uint8_t out[1500], plain[1218];
	struct wr w = wr_of(NULL, 0);
	size_t len = 0;

	ok(crypto_generate(&m, &spec));
	key = new_key(&m);
	ok(crypto_random(plain, sizeof plain));
	for (op.aes_bits = 128; op.aes_bits <= 256; op.aes_bits += 64) {
		w = wr_of(NULL, 0);
		ok(crypto_wrap(key, &op, span_of(plain, sizeof plain), &w));
		ck_assert_uint_eq(w.len, 128 + 1232);
		len = w.len;
		w = wr_of(out, len - 1);
		expect(crypto_wrap(key, &op, span_of(plain, sizeof plain),
			   &w), CNG_ERR_BUFFER_TOO_SMALL);
		w = wr_of(out, len);
		ok(crypto_wrap(key, &op, span_of(plain, sizeof plain), &w));
		ok(crypto_unwrap(key, &op, span_of(out, len), &back));
		ck_assert(span_equal(secret_span(&back),
		    span_of(plain, sizeof plain)));
		for (size_t at = 0; at < len; at += 101) {
			out[at] ^= 1;
			expect(crypto_unwrap(key, &op, span_of(out, len),
				   &back), CNG_ERR_WRAPPED_KEY);
			out[at] ^= 1;
		}
		expect(crypto_unwrap(key, &op, span_of(out, 128), &back),
		    CNG_ERR_WRAPPED_KEY);
		expect(crypto_unwrap(key, &op, span_of(out, len - 8), &back),
		    CNG_ERR_WRAPPED_KEY);
	}
	expect(crypto_unwrap(aes, &op, span_of(out, len), &back),
	    CNG_ERR_KEY_TYPE);
	op.aes_bits = 64;
	w = wr_of(out, sizeof out);
	expect(crypto_wrap(key, &op, span_of(plain, 9), &w),
	    CNG_ERR_MECHANISM_PARAM);
	op.aes_bits = 0;
	op.pad_hash = HASH_SHA512; /* two digests do not fit 1024 bits */
	expect(crypto_wrap(key, &op, span_of(plain, 9), &w),
	    CNG_ERR_KEY_SIZE);
	op = (struct key_op){ .scheme = OP_RSA_PKCS1 };
	ok(crypto_wrap(key, &op, span_of(plain, 32), &w));
	ok(crypto_unwrap(key, &op, span_of(out, w.len), &back));
	ck_assert(span_equal(secret_span(&back), span_of(plain, 32)));
	secret_free(&back);
	key_free(&m);
	crypto_key_free(aes);
	crypto_key_free(key);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { published_vectors, every_length,
		wraps_are_told_apart, other_ciphers_wrap, rsa_wraps };

	return run_tests("crypto_wrap", tests, ARRAY_LEN(tests));
}
