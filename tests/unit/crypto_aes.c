/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AES modes: published vectors, streams against one call, sizes, tampering.
 */
#include "crypto_test.h"

#define KEY_128 "2b7e151628aed2a6abf7158809cf4f3c"
#define KEY_256 \
	"603deb1015ca71be2b73aef0857d7781" \
	"1f352c073b6108d72d9810a30914dff4"
#define PLAIN \
	"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" \
	"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"

struct vector {
	enum op_scheme scheme;
	const char *key, *iv, *plain, *cipher;
};

/* SP 800-38A; the GCM ones are cases 4 and 16 of the GCM paper */
static const struct vector vectors[] = {
	{ OP_AES_ECB, KEY_128, "", PLAIN,
	    "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
	    "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4",
	},
	{ OP_AES_CBC, KEY_128, "000102030405060708090a0b0c0d0e0f", PLAIN,
	    "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
	    "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
	},
	{ OP_AES_CBC, KEY_256, "000102030405060708090a0b0c0d0e0f", PLAIN,
	    "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
	    "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
	},
	{ OP_AES_CTR, KEY_128, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", PLAIN,
	    "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
	    "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee",
	},
	{ OP_AES_GCM, "feffe9928665731c6d6a8f9467308308",
	    "cafebabefacedbaddecaf888",
	    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
	    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
	    "5bc94fbc3221a5db94fae95ae7121a47",
	},
	{ OP_AES_GCM, "feffe9928665731c6d6a8f9467308308",
	    "cafebabefacedbad",
	    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	    "61353b4c2806934a777ff51fa22a4755699b2a714fcdc6f83766e5f97b6c7423"
	    "73806900e49f24b22b097544d4896b424989b5e1ebac0f07c23f4598"
	    "3612d2e79e3b0785561be14aaca2fccb",
	},
};

static struct key_op
op_of(enum op_scheme scheme, struct span iv)
{
	struct key_op op = { .scheme = scheme, .iv = iv, .tag_len = 16,
		.counter_bits = 128 };
	static const uint8_t aad[] = { 0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad,
		0xbe, 0xef, 0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef,
		0xab, 0xad, 0xda, 0xd2 };

	if (scheme == OP_AES_GCM)
		op.aad = span_of(aad, sizeof aad);
	return op;
}

static size_t
stream_all(const struct crypto_key *key, const struct key_op *op,
    enum op_direction direction, struct span in, size_t step, uint8_t *out,
    size_t cap)
{
	struct wr w = wr_of(out, cap), end = wr_of(NULL, 0);
	struct crypto_stream *s;

	ok(crypto_stream_new(&s, key, op, direction));
	for (size_t at = 0; at < in.len; at += step) {
		size_t n = in.len - at < step ? in.len - at : step;
		size_t before = w.len, bound;
		struct span part = span_of(in.ptr + at, n);
		struct wr count = wr_of(NULL, 0), tight;

		ok(crypto_stream_update(s, part, &count));
		bound = count.len;
		if (bound > 0) {
			tight = wr_of(out + w.len, bound - 1);
			expect(crypto_stream_update(s, part, &tight),
			    CNG_ERR_BUFFER_TOO_SMALL);
		}
		ok(crypto_stream_update(s, part, &w));
		ck_assert_uint_eq(w.len - before, bound);
	}
	ck_assert_uint_le(w.len, cap);
	ok(crypto_stream_final(s, &end));
	ck_assert_uint_le(end.len, cap + 16);
	ok(crypto_stream_final(s, &w));
	crypto_stream_free(s);
	return w.len;
}

START_TEST(published_vectors)
{
	const struct vector *v = &vectors[_i];
	struct crypto_key *key = secret_key(KEY_AES, v->key);
	struct secret iv = unhex(v->iv), plain = unhex(v->plain);
	struct secret cipher = unhex(v->cipher);
	struct key_op op = op_of(v->scheme, secret_span(&iv));
	uint8_t out[128];
	struct wr w;

	for (int round = 0; round < 2; round++) {
		w = wr_of(NULL, 0);
		ok(crypto_encrypt(key, &op, secret_span(&plain), &w));
		ck_assert_uint_eq(w.len, cipher.len);
		w = wr_of(out, cipher.len);
		ok(crypto_encrypt(key, &op, secret_span(&plain), &w));
		expect_hex(span_of(out, w.len), v->cipher);
		w = wr_of(out, cipher.len - 1);
		expect(crypto_encrypt(key, &op, secret_span(&plain), &w),
		    CNG_ERR_BUFFER_TOO_SMALL);
		w = wr_of(out, sizeof out);
		ok(crypto_decrypt(key, &op, secret_span(&cipher), &w));
		expect_hex(span_of(out, w.len), v->plain);
		/* in place */
		memcpy(out, cipher.ptr, cipher.len);
		w = wr_of(out, sizeof out);
		ok(crypto_decrypt(key, &op, span_of(out, cipher.len), &w));
		expect_hex(span_of(out, w.len), v->plain);
	}
	for (size_t step = 1; step <= 65; step += 7) {
		ck_assert_uint_eq(stream_all(key, &op, OP_ENCRYPT,
		    secret_span(&plain), step, out, cipher.len), cipher.len);
		expect_hex(span_of(out, cipher.len), v->cipher);
		ck_assert_uint_eq(stream_all(key, &op, OP_DECRYPT,
		    secret_span(&cipher), step, out, plain.len), plain.len);
		expect_hex(span_of(out, plain.len), v->plain);
	}
	secret_free(&iv);
	secret_free(&plain);
	secret_free(&cipher);
	crypto_key_free(key);
}
END_TEST

START_TEST(padding_of_every_length)
{
	struct crypto_key *key = secret_key(KEY_AES, KEY_256);
	uint8_t iv[16] = { 1 }, plain[70], cipher[96], back[96];
	struct key_op op = op_of(OP_AES_CBC_PAD, span_of(iv, sizeof iv));
	struct key_op bare = op_of(OP_AES_CBC, span_of(iv, sizeof iv));

	ok(crypto_random(plain, sizeof plain));
	for (size_t len = 0; len <= sizeof plain; len++) {
		struct span in = span_of(plain, len);
		struct wr w = wr_of(cipher, sizeof cipher), v;
		size_t padded = len / 16 * 16 + 16;

		ok(crypto_encrypt(key, &op, in, &w));
		ck_assert_uint_eq(w.len, padded);
		v = wr_of(back, sizeof back);
		ok(crypto_decrypt(key, &bare, span_of(cipher, w.len), &v));
		ck_assert_uint_eq(back[padded - 1], padded - len);
		/* room for the exact answer is enough */
		v = wr_of(back, len);
		ok(crypto_decrypt(key, &op, span_of(cipher, w.len), &v));
		ck_assert(span_equal(span_of(back, v.len), in));
		/* with less, what it says is */
		for (size_t room = 0; room < len; room++) {
			v = wr_of(back, room);
			expect(crypto_decrypt(key, &op, span_of(cipher, w.len),
				   &v), CNG_ERR_BUFFER_TOO_SMALL);
			ck_assert_uint_ge(v.len, len);
			ck_assert_uint_le(v.len, padded);
		}
		for (size_t step = 1; step < 40; step += 13) {
			ck_assert_uint_eq(stream_all(key, &op, OP_ENCRYPT, in,
			    step, back, sizeof back), padded);
			ck_assert_mem_eq(back, cipher, padded);
			ck_assert_uint_eq(stream_all(key, &op, OP_DECRYPT,
			    span_of(cipher, padded), step, back, 70), len);
			ck_assert(span_equal(span_of(back, len), in));
		}
	}
	crypto_key_free(key);
}
END_TEST

/* The last part of a stream may be asked for again with more room. */
START_TEST(final_survives_a_small_buffer)
{
	struct crypto_key *key = secret_key(KEY_AES, KEY_128);
	uint8_t iv[16] = { 2 }, cipher[32], back[32];
	struct key_op op = op_of(OP_AES_CBC_PAD, span_of(iv, sizeof iv));
	struct wr w = wr_of(cipher, sizeof cipher);
	struct crypto_stream *s;

	ok(crypto_encrypt(key, &op, span_str("twenty bytes of text"), &w));
	ok(crypto_stream_new(&s, key, &op, OP_DECRYPT));
	w = wr_of(back, sizeof back);
	ok(crypto_stream_update(s, span_of(cipher, 32), &w));
	ck_assert_uint_eq(w.len, 16);
	for (size_t cap = 0; cap < 4; cap++) {
		struct wr tight = wr_of(back + 16, cap);

		expect(crypto_stream_final(s, &tight),
		    CNG_ERR_BUFFER_TOO_SMALL);
	}
	ok(crypto_stream_final(s, &w));
	ck_assert(span_equal(span_of(back, w.len),
	    span_str("twenty bytes of text")));
	expect(crypto_stream_final(s, &w), CNG_ERR_OPERATION_STATE);
	crypto_stream_free(s);
	crypto_key_free(key);
}
END_TEST

/* Every last byte, and every padding with one byte wrong. */
START_TEST(bad_padding_is_refused)
{
	struct crypto_key *key = secret_key(KEY_AES, KEY_128);
	uint8_t iv[16] = { 3 }, block[16], cipher[16], out[16];
	struct key_op op = op_of(OP_AES_CBC_PAD, span_of(iv, sizeof iv));
	struct key_op bare = op_of(OP_AES_CBC, span_of(iv, sizeof iv));

	for (unsigned last = 0; last < 256; last++) {
		for (unsigned wrong = 0; wrong <= 16; wrong++) {
			struct wr w = wr_of(cipher, sizeof cipher);
			bool good = last >= 1 && last <= 16;

			memset(block, (int)last, sizeof block);
			if (wrong > 0 && wrong < 16) {
				block[15 - wrong] ^= 0x40;
				good = good && wrong >= last;
			}
			ok(crypto_encrypt(key, &bare, span_of(block, 16), &w));
			w = wr_of(out, sizeof out);
			expect(crypto_decrypt(key, &op, span_of(cipher, 16),
				   &w), good ? CNG_OK : CNG_ERR_CIPHERTEXT);
			ck_assert_uint_eq(w.len, good ? 16 - last : 0);
		}
	}
	crypto_key_free(key);
}
END_TEST

START_TEST(wrong_sizes)
{
	struct crypto_key *key = secret_key(KEY_AES, KEY_128);
	uint8_t iv[200] = { 4 }, buf[200] = { 0 };
	static const enum op_scheme blocks[] = { OP_AES_ECB, OP_AES_CBC,
		OP_AES_CBC_PAD };
	struct key_op op;
	struct wr w = wr_of(buf, sizeof buf);
	struct crypto_stream *s;

	for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
		op = op_of(blocks[i], span_of(iv,
		    blocks[i] == OP_AES_ECB ? 0 : 16));
		if (blocks[i] != OP_AES_CBC_PAD)
			expect(crypto_encrypt(key, &op, span_of(iv, 17), &w),
			    CNG_ERR_DATA_SIZE);
		expect(crypto_decrypt(key, &op, span_of(iv, 17), &w),
		    CNG_ERR_CIPHERTEXT_SIZE);
		ok(crypto_stream_new(&s, key, &op, OP_DECRYPT));
		w = wr_of(buf, sizeof buf);
		ok(crypto_stream_update(s, span_of(iv, 17), &w));
		expect(crypto_stream_final(s, &w), CNG_ERR_CIPHERTEXT_SIZE);
		crypto_stream_free(s);
		w = wr_of(buf, sizeof buf);
		op.iv.len = 15;
		op.iv.ptr = iv;
		expect(crypto_encrypt(key, &op, span_of(iv, 16), &w),
		    CNG_ERR_MECHANISM_PARAM);
		expect(crypto_stream_new(&s, key, &op, OP_ENCRYPT),
		    CNG_ERR_MECHANISM_PARAM);
		ck_assert_ptr_null(s);
	}
	op = op_of(OP_AES_GCM, span_of(iv, 0));
	expect(crypto_encrypt(key, &op, span_of(buf, 1), &w),
	    CNG_ERR_MECHANISM_PARAM);
	op.iv = span_of(iv, 129);
	expect(crypto_encrypt(key, &op, span_of(buf, 1), &w),
	    CNG_ERR_MECHANISM_PARAM);
	op = op_of(OP_AES_GCM, span_of(iv, 12));
	expect(crypto_decrypt(key, &op, span_of(buf, 15), &w),
	    CNG_ERR_CIPHERTEXT_SIZE);
	op.tag_len = 17;
	expect(crypto_encrypt(key, &op, span_of(buf, 1), &w),
	    CNG_ERR_MECHANISM_PARAM);
	op.tag_len = 3;
	expect(crypto_encrypt(key, &op, span_of(buf, 1), &w),
	    CNG_ERR_MECHANISM_PARAM);
	op.scheme = OP_HMAC;
	expect(crypto_encrypt(key, &op, span_of(buf, 1), &w),
	    CNG_ERR_MECHANISM);
	expect(crypto_stream_new(&s, NULL, &op, OP_SIGN), CNG_ERR_ARGUMENT);
	crypto_key_free(key);
}
END_TEST

/* A counter of few bits ends; what would wrap it is refused as a whole. */
START_TEST(counter_does_not_wrap)
{
	struct crypto_key *key = secret_key(KEY_AES, KEY_128);
	uint8_t iv[16] = { 0 }, in[80] = { 0 }, out[80], full[80];
	struct key_op op = op_of(OP_AES_CTR, span_of(iv, sizeof iv));
	struct wr w;
	struct crypto_stream *s;

	iv[15] = 0xfd; /* three blocks in 8 bits: fd, fe, ff */
	w = wr_of(full, sizeof full);
	ok(crypto_encrypt(key, &op, span_of(in, 48), &w));
	op.counter_bits = 8;
	w = wr_of(out, sizeof out);
	ok(crypto_encrypt(key, &op, span_of(in, 48), &w));
	ck_assert_mem_eq(out, full, 48);
	expect(crypto_encrypt(key, &op, span_of(in, 49), &w),
	    CNG_ERR_DATA_SIZE);
	expect(crypto_decrypt(key, &op, span_of(in, 49), &w),
	    CNG_ERR_CIPHERTEXT_SIZE);
	ok(crypto_stream_new(&s, key, &op, OP_ENCRYPT));
	w = wr_of(out, sizeof out);
	ok(crypto_stream_update(s, span_of(in, 40), &w));
	expect(crypto_stream_update(s, span_of(in, 9), &w), CNG_ERR_DATA_SIZE);
	ok(crypto_stream_update(s, span_of(in, 8), &w));
	ok(crypto_stream_final(s, &w));
	ck_assert_uint_eq(w.len, 48);
	ck_assert_mem_eq(out, full, 48);
	crypto_stream_free(s);
	op.counter_bits = 1;
	iv[15] = 0xfc;
	w = wr_of(out, sizeof out);
	ok(crypto_encrypt(key, &op, span_of(in, 32), &w));
	expect(crypto_encrypt(key, &op, span_of(in, 33), &w),
	    CNG_ERR_DATA_SIZE);
	memset(iv, 0xff, sizeof iv);
	op.counter_bits = 128;
	w = wr_of(out, sizeof out);
	ok(crypto_encrypt(key, &op, span_of(in, 16), &w));
	expect(crypto_encrypt(key, &op, span_of(in, 17), &w),
	    CNG_ERR_DATA_SIZE);
	op.counter_bits = 129;
	expect(crypto_encrypt(key, &op, span_of(in, 1), &w),
	    CNG_ERR_MECHANISM_PARAM);
	op.counter_bits = 0;
	expect(crypto_encrypt(key, &op, span_of(in, 1), &w),
	    CNG_ERR_MECHANISM_PARAM);
	crypto_key_free(key);
}
END_TEST

START_TEST(gcm_refuses_changes)
{
	struct crypto_key *key = secret_key(KEY_AES, KEY_256);
	uint8_t iv[20] = { 5 }, out[64], cipher[64];
	struct key_op op = op_of(OP_AES_GCM, span_of(iv, sizeof iv));
	struct span text = span_str("nothing but the truth");
	struct crypto_stream *s;
	struct wr w;
	size_t len = 0;

	for (op.tag_len = 4; op.tag_len <= 16; op.tag_len++) {
		w = wr_of(cipher, sizeof cipher);
		ok(crypto_encrypt(key, &op, text, &w));
		len = w.len;
		ck_assert_uint_eq(len, text.len + op.tag_len);
		for (size_t i = 0; i < len; i++) {
			cipher[i] ^= 0x80;
			memset(out, 0xee, sizeof out);
			w = wr_of(out, sizeof out);
			expect(crypto_decrypt(key, &op, span_of(cipher, len),
				   &w), CNG_ERR_CIPHERTEXT);
			ck_assert_uint_eq(w.len, 0);
			ck_assert_mem_ne(out, text.ptr, 8);
			cipher[i] ^= 0x80;
		}
	}
	op.tag_len = 16;
	op.aad.len--;
	w = wr_of(out, sizeof out);
	expect(crypto_decrypt(key, &op, span_of(cipher, len), &w),
	    CNG_ERR_CIPHERTEXT);
	/* a stream gives nothing away before the end */
	ok(crypto_stream_new(&s, key, &op, OP_DECRYPT));
	ok(crypto_stream_update(s, span_of(cipher, len), &w));
	ck_assert_uint_eq(w.len, 0);
	expect(crypto_stream_final(s, &w), CNG_ERR_CIPHERTEXT);
	ck_assert_uint_eq(w.len, 0);
	expect(crypto_stream_final(s, &w), CNG_ERR_OPERATION_STATE);
	crypto_stream_free(s);
	/* nothing at all has a tag, too */
	op.aad.len++;
	w = wr_of(cipher, sizeof cipher);
	ok(crypto_encrypt(key, &op, NO_BYTES, &w));
	ck_assert_uint_eq(w.len, 16);
	w = wr_of(out, sizeof out);
	ok(crypto_decrypt(key, &op, span_of(cipher, 16), &w));
	cipher[0] ^= 1;
	expect(crypto_decrypt(key, &op, span_of(cipher, 16), &w),
	    CNG_ERR_CIPHERTEXT);
	crypto_key_free(key);
}
END_TEST

/* Output behind, on and before the input, in parts and at once. */
START_TEST(overlapping_buffers)
{
	static const enum op_scheme all[] = { OP_AES_ECB, OP_AES_CBC,
		OP_AES_CBC_PAD, OP_AES_CTR, OP_AES_GCM };
	struct crypto_key *key = secret_key(KEY_AES, KEY_128);
	uint8_t iv[16] = { 6 }, plain[96], want[128], buf[256];

	ok(crypto_random(plain, sizeof plain));
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct key_op op = op_of(all[i], span_of(iv,
		    all[i] == OP_AES_ECB ? 0 : 16));
		struct wr w = wr_of(want, sizeof want);
		size_t len;

		ok(crypto_encrypt(key, &op, span_of(plain, 96), &w));
		len = w.len;
		for (size_t at = 0; at <= 40; at += 5) {
			struct crypto_stream *s;

			memcpy(buf + 20, plain, 96);
			w = wr_of(buf + at, 160);
			ok(crypto_encrypt(key, &op, span_of(buf + 20, 96),
			    &w));
			ck_assert_mem_eq(buf + at, want, len);
			memcpy(buf + 20, want, len);
			w = wr_of(buf + at, 160);
			ok(crypto_decrypt(key, &op, span_of(buf + 20, len),
			    &w));
			ck_assert_uint_eq(w.len, 96);
			ck_assert_mem_eq(buf + at, plain, 96);
			/* the last part of a stream onto itself */
			ok(crypto_stream_new(&s, key, &op, OP_ENCRYPT));
			memcpy(buf + 20, plain, 96);
			w = wr_of(buf + 20, 200);
			ok(crypto_stream_update(s, span_of(plain, 7), &w));
			memcpy(buf + 20 + w.len, plain + 7, 89);
			ok(crypto_stream_update(s,
			    span_of(buf + 20 + w.len, 89), &w));
			ok(crypto_stream_final(s, &w));
			ck_assert_uint_eq(w.len, len);
			ck_assert_mem_eq(buf + 20, want, len);
			crypto_stream_free(s);
		}
	}
	crypto_key_free(key);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { padding_of_every_length,
		final_survives_a_small_buffer, bad_padding_is_refused,
		wrong_sizes, counter_does_not_wrap, gcm_refuses_changes,
		overlapping_buffers };
	Suite *suite = suite_create("crypto_aes");
	TCase *tcase = tcase_create("vectors");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, published_vectors, 0,
	    (int)ARRAY_LEN(vectors));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return run_tests("crypto_aes", tests, ARRAY_LEN(tests)) || failed;
}
