/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ciphers and MACs beside the common modes of AES, by published vectors.
 */
#include "crypto_test.h"

static const char sunscreen[] = "Ladies and Gentlemen of the class of '99: If "
    "I could offer you only one tip for the future, sunscreen would be it.";

/* Both ways at once, and in parts of every length where there are parts. */
static void
check_cipher(struct crypto_key *key, const struct key_op *op,
    struct span plain, const char *hex, bool streams)
{
	struct secret want = unhex(hex);
	struct crypto_stream *s;
	uint8_t out[256];
	struct wr w = wr_of(NULL, 0);

	ok(crypto_encrypt(key, op, plain, &w));
	ck_assert_uint_eq(w.len, want.len);
	w = wr_of(out, want.len - 1);
	expect(crypto_encrypt(key, op, plain, &w), CNG_ERR_BUFFER_TOO_SMALL);
	for (int i = 0; i < 2; i++) {
		w = wr_of(out, sizeof out);
		ok(crypto_encrypt(key, op, plain, &w));
		expect_hex(span_of(out, w.len), hex);
		w = wr_of(out, sizeof out);
		ok(crypto_decrypt(key, op, secret_span(&want), &w));
		ck_assert(span_equal(span_of(out, w.len), plain));
	}
	for (size_t part = 1; streams && part < plain.len; part += 5) {
		ok(crypto_stream_new(&s, key, op, OP_ENCRYPT));
		w = wr_of(out, sizeof out);
		ok(crypto_stream_update(s, span_of(plain.ptr, part), &w));
		ok(crypto_stream_update(s, span_of(plain.ptr + part,
		    plain.len - part), &w));
		ok(crypto_stream_final(s, &w));
		crypto_stream_free(s);
		expect_hex(span_of(out, w.len), hex);
		ok(crypto_stream_new(&s, key, op, OP_DECRYPT));
		w = wr_of(out, sizeof out);
		ok(crypto_stream_update(s, span_of(want.ptr, part), &w));
		ok(crypto_stream_update(s, span_of(want.ptr + part,
		    want.len - part), &w));
		ok(crypto_stream_final(s, &w));
		crypto_stream_free(s);
		ck_assert(span_equal(span_of(out, w.len), plain));
	}
	secret_free(&want);
}

static void
refuses(struct crypto_key *key, const struct key_op *op, struct span plain,
    enum cng_status want)
{
	struct wr w = wr_of(NULL, 0);

	expect(crypto_encrypt(key, op, plain, &w), want);
	ck_assert_uint_eq(w.len, 0);
}

/* SP 800-38A, F.3.7, F.3.13 and F.4.1 */
START_TEST(feedback_modes)
{
	struct crypto_key *key = secret_key(KEY_AES,
	    "2b7e151628aed2a6abf7158809cf4f3c");
	struct secret iv = unhex("000102030405060708090a0b0c0d0e0f");
	struct secret plain = unhex("6bc1bee22e409f96e93d7e117393172a"
	    "ae2d8a571e03ac9c9eb76fac45af8e51");
	struct key_op op = { .scheme = OP_AES_OFB, .iv = secret_span(&iv) };

	check_cipher(key, &op, secret_span(&plain),
	    "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825",
	    true);
	op.scheme = OP_AES_CFB128;
	check_cipher(key, &op, secret_span(&plain),
	    "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b",
	    true);
	op.scheme = OP_AES_CFB8;
	check_cipher(key, &op, span_of(plain.ptr, 18),
	    "3b79424c9c0dd436bace9e0ed4586a4f32b9", true);
	op.iv.len = 15;
	refuses(key, &op, secret_span(&plain), CNG_ERR_MECHANISM_PARAM);
	secret_free(&iv);
	secret_free(&plain);
	crypto_key_free(key);
}
END_TEST

/* RFC 3962, appendix B, with the last two blocks as CS1 has them */
START_TEST(stealing)
{
	struct crypto_key *key = secret_key(KEY_AES,
	    "636869636b656e207465726979616b69");
	static const uint8_t zero[16];
	struct key_op op = { .scheme = OP_AES_CTS,
		.iv = span_of(zero, sizeof zero) };
	struct key_op cbc = { .scheme = OP_AES_CBC, .iv = op.iv };

	check_cipher(key, &op, span_str("I would like the "),
	    "97c6353568f2bf8cb4d8a580362da7ff7f", false);
	check_cipher(key, &op, span_str("I would like the General Gau's "),
	    "97687268d6ecccc0c07b25e25ecfe5fc00783e0efdb2c1d445d4c8eff7ed22",
	    false);
	/* whole blocks are CBC */
	check_cipher(key, &cbc, span_str("I would like the General Gau's C"),
	    "97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a8",
	    true);
	check_cipher(key, &op, span_str("I would like the General Gau's C"),
	    "97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a8",
	    false);
	refuses(key, &op, span_str("fifteen letters"), CNG_ERR_DATA_SIZE);
	crypto_key_free(key);
}
END_TEST

/* IEEE 1619, vector 2 */
START_TEST(xts)
{
	struct crypto_key *key = secret_key(KEY_XTS,
	    "1111111111111111111111111111111122222222222222222222222222222222");
	struct crypto_key *twins = secret_key(KEY_XTS,
	    "1111111111111111111111111111111111111111111111111111111111111111");
	struct crypto_key *aes = secret_key(KEY_AES,
	    "11111111111111111111111111111111");
	struct secret unit = unhex("33333333330000000000000000000000");
	uint8_t plain[32], out[32];
	struct key_op op = { .scheme = OP_AES_XTS, .iv = secret_span(&unit) };
	struct wr w = wr_of(out, sizeof out);

	memset(plain, 0x44, sizeof plain);
	check_cipher(key, &op, span_of(plain, sizeof plain),
	    "c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0",
	    false);
	refuses(key, &op, span_of(plain, 15), CNG_ERR_DATA_SIZE);
	refuses(aes, &op, span_of(plain, 32), CNG_ERR_KEY_TYPE);
	expect(crypto_encrypt(twins, &op, span_of(plain, 32), &w),
	    CNG_ERR_KEY_TYPE);
	secret_free(&unit);
	crypto_key_free(key);
	crypto_key_free(twins);
	crypto_key_free(aes);
}
END_TEST

/* SP 800-38C, examples 1 and 2 */
START_TEST(ccm)
{
	struct crypto_key *key = secret_key(KEY_AES,
	    "404142434445464748494a4b4c4d4e4f");
	struct secret nonce = unhex("1011121314151617");
	struct secret aad = unhex("000102030405060708090a0b0c0d0e0f");
	struct secret plain = unhex("202122232425262728292a2b2c2d2e2f");
	struct secret sealed = unhex("7162015b4dac255d");
	struct key_op op = { .scheme = OP_AES_CCM, .tag_len = 4,
		.iv = span_of(nonce.ptr, 7), .aad = span_of(aad.ptr, 8) };
	uint8_t out[16];
	struct wr w = wr_of(out, sizeof out);

	check_cipher(key, &op, span_of(plain.ptr, 4), "7162015b4dac255d",
	    false);
	sealed.ptr[7] ^= 1;
	expect(crypto_decrypt(key, &op, secret_span(&sealed), &w),
	    CNG_ERR_CIPHERTEXT);
	ck_assert_uint_eq(w.len, 0);
	expect(crypto_decrypt(key, &op, span_of(sealed.ptr, 3), &w),
	    CNG_ERR_CIPHERTEXT_SIZE);
	op.has_data_len = true;
	op.data_len = 5;
	refuses(key, &op, span_of(plain.ptr, 4), CNG_ERR_DATA_SIZE);
	op = (struct key_op){ .scheme = OP_AES_CCM, .tag_len = 6,
		.iv = span_of(nonce.ptr, 8), .aad = secret_span(&aad),
		.has_data_len = true, .data_len = 16 };
	check_cipher(key, &op, secret_span(&plain),
	    "d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd", false);
	op.tag_len = 5;
	refuses(key, &op, secret_span(&plain), CNG_ERR_MECHANISM_PARAM);
	op.tag_len = 6;
	op.iv.len = 6;
	refuses(key, &op, secret_span(&plain), CNG_ERR_MECHANISM_PARAM);
	/* no data is data, too */
	op = (struct key_op){ .scheme = OP_AES_CCM, .tag_len = 16,
		.iv = span_of(nonce.ptr, 8) };
	w = wr_of(out, sizeof out);
	ok(crypto_encrypt(key, &op, NO_BYTES, &w));
	ck_assert_uint_eq(w.len, 16);
	w = wr_of(NULL, 0);
	ok(crypto_decrypt(key, &op, span_of(out, 16), &w));
	secret_free(&nonce);
	secret_free(&aad);
	secret_free(&plain);
	secret_free(&sealed);
	crypto_key_free(key);
}
END_TEST

/* RFC 8439, 2.4.2 and 2.8.2 */
START_TEST(chacha)
{
	struct crypto_key *key = secret_key(KEY_CHACHA20,
	    "000102030405060708090a0b0c0d0e0f"
	    "101112131415161718191a1b1c1d1e1f");
	struct crypto_key *sealer = secret_key(KEY_CHACHA20,
	    "808182838485868788898a8b8c8d8e8f"
	    "909192939495969798999a9b9c9d9e9f");
	struct secret iv = unhex("01000000000000000000004a00000000");
	struct secret last = unhex("ffffffff000000000000004a00000000");
	struct secret nonce = unhex("070000004041424344454647");
	struct secret aad = unhex("50515253c0c1c2c3c4c5c6c7");
	struct span data = span_of(sunscreen, sizeof sunscreen - 1);
	struct key_op op = { .scheme = OP_CHACHA20, .counter_bits = 32,
		.iv = secret_span(&iv) };
	struct wr w = wr_of(NULL, 0);

	check_cipher(key, &op, data,
	    "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b"
	    "f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8"
	    "07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736"
	    "5af90bbf74a35be6b40b8eedf2785e42874d", true);
	/* the counter must not come round */
	op.iv = secret_span(&last);
	ok(crypto_encrypt(key, &op, span_of(data.ptr, 64), &w));
	w = wr_of(NULL, 0);
	refuses(key, &op, span_of(data.ptr, 65), CNG_ERR_DATA_SIZE);
	op.counter_bits = 64;
	ok(crypto_encrypt(key, &op, span_of(data.ptr, 65), &w));
	op.counter_bits = 16;
	refuses(key, &op, data, CNG_ERR_MECHANISM_PARAM);
	op = (struct key_op){ .scheme = OP_CHACHA20_POLY1305, .tag_len = 16,
		.iv = secret_span(&nonce), .aad = secret_span(&aad) };
	check_cipher(sealer, &op, data,
	    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
	    "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
	    "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
	    "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd060"
	    "0691", true);
	op.tag_len = 12;
	refuses(sealer, &op, data, CNG_ERR_MECHANISM_PARAM);
	secret_free(&iv);
	secret_free(&last);
	secret_free(&nonce);
	secret_free(&aad);
	crypto_key_free(key);
	crypto_key_free(sealer);
}
END_TEST

/* RFC 3713, appendix A, and RFC 5528, 4.1, vectors 3, 4 and 7.  CBC makes both
 * blocks into the one that ECB has. */
static const struct {
	enum op_scheme scheme;
	const char *key, *iv, *plain, *sealed;
} camellias[] = {
	{ OP_CAMELLIA_ECB, "0123456789abcdeffedcba9876543210", "",
	    "0123456789abcdeffedcba9876543210",
	    "67673138549669730857065648eabe43" },
	{ OP_CAMELLIA_ECB,
	    "0123456789abcdeffedcba98765432100011223344556677", "",
	    "0123456789abcdeffedcba9876543210",
	    "b4993401b3e996f84ee5cee7d79b09b9" },
	{ OP_CAMELLIA_ECB, "0123456789abcdeffedcba9876543210"
	    "00112233445566778899aabbccddeeff", "",
	    "0123456789abcdeffedcba9876543210",
	    "9acc237dff16d76c20ef7c919e3a7509" },
	{ OP_CAMELLIA_CBC, "0123456789abcdeffedcba9876543210",
	    "0123456789abcdeffedcba9876543210",
	    "00000000000000000000000000000000"
	    "6644745fdd3da49cf68bbcce3ebe8c53",
	    "67673138549669730857065648eabe43"
	    "67673138549669730857065648eabe43" },
	{ OP_CAMELLIA_CTR, "7691be035e5020a8ac6e618529f9a0dc",
	    "00e0017b27777f3f4a1786f000000001",
	    "000102030405060708090a0b0c0d0e0f"
	    "101112131415161718191a1b1c1d1e1f20212223",
	    "b19d1fcdcb75eb882f849ce24d85cf73"
	    "9ce64b2b5c9d73f14f2d5d9dce9889cddf508696" },
	{ OP_CAMELLIA_CTR, "16af5b145fc9f579c175f93e3bfb0eed863d06ccfdb78515",
	    "0000004836733c147d6d93cb00000001",
	    "53696e676c6520626c6f636b206d7367",
	    "2379399e8a8d2b2b16702fc78b9e9696" },
	{ OP_CAMELLIA_CTR, "776beff2851db06f4c8a0542c8696f6c"
	    "6a81af1eec96b4d37fc1d689e6c1c104",
	    "00000060db5672c97aa8f0b200000001",
	    "53696e676c6520626c6f636b206d7367",
	    "3401f9c8247effcebd6994714c1bbb11" },
};

START_TEST(camellia)
{
	for (size_t i = 0; crypto_has_camellia() && i < ARRAY_LEN(camellias);
	    i++) {
		struct crypto_key *key = secret_key(KEY_CAMELLIA,
		    camellias[i].key);
		struct secret iv = unhex(camellias[i].iv);
		struct secret plain = unhex(camellias[i].plain);
		struct key_op op = { .scheme = camellias[i].scheme,
			.counter_bits = 32, .iv = secret_span(&iv) };

		check_cipher(key, &op, secret_span(&plain),
		    camellias[i].sealed, true);
		secret_free(&iv);
		secret_free(&plain);
		crypto_key_free(key);
	}
}
END_TEST

START_TEST(camellia_bounds)
{
	struct crypto_key *key = secret_key(KEY_CAMELLIA,
	    "0123456789abcdeffedcba9876543210");
	struct crypto_key *aes = secret_key(KEY_AES,
	    "0123456789abcdeffedcba9876543210");
	uint8_t last[16], out[48], back[48];
	struct key_op op = { .scheme = OP_CAMELLIA_CTR, .counter_bits = 1,
		.iv = span_of(last, sizeof last) };
	struct span data = span_str("text that has more than one block");
	struct wr w = wr_of(out, sizeof out);

	memset(last, 0xff, sizeof last);
	if (!crypto_has_camellia())
		goto end;
	/* the counter must not come round */
	ok(crypto_encrypt(key, &op, span_of(data.ptr, 16), &w));
	refuses(key, &op, data, CNG_ERR_DATA_SIZE);
	op.counter_bits = 0;
	refuses(key, &op, data, CNG_ERR_MECHANISM_PARAM);
	op.counter_bits = 129;
	refuses(key, &op, data, CNG_ERR_MECHANISM_PARAM);
	op.scheme = OP_CAMELLIA_CBC;
	refuses(key, &op, data, CNG_ERR_DATA_SIZE);
	refuses(aes, &op, data, CNG_ERR_KEY_TYPE);
	op.scheme = OP_AES_CBC;
	refuses(key, &op, data, CNG_ERR_KEY_TYPE);
	op.scheme = OP_CAMELLIA_CBC_PAD;
	w = wr_of(out, sizeof out);
	ok(crypto_encrypt(key, &op, data, &w));
	ck_assert_uint_eq(w.len, sizeof out);
	w = wr_of(back, sizeof back);
	ok(crypto_decrypt(key, &op, span_of(out, sizeof out), &w));
	ck_assert(span_equal(span_of(back, w.len), data));
	/* 15 bytes of padding have become 14 */
	out[31] ^= 1;
	w = wr_of(back, sizeof back);
	expect(crypto_decrypt(key, &op, span_of(out, sizeof out), &w),
	    CNG_ERR_CIPHERTEXT);
end:
	crypto_key_free(key);
	crypto_key_free(aes);
}
END_TEST

/* SP 800-67's own example, and what we padded ourselves */
START_TEST(des3)
{
	struct crypto_key *key = secret_key(KEY_DES3,
	    "0123456789abcdef23456789abcdef01456789abcdef0123");
	struct span plain = span_str("The qufck brown fox jump");
	static const uint8_t zero[8];
	struct key_op op = { .scheme = OP_DES3_ECB };
	uint8_t out[32], back[32];
	struct wr w = wr_of(out, sizeof out);

	check_cipher(key, &op, plain,
	    "a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900", true);
	refuses(key, &op, span_str("seven c"), CNG_ERR_DATA_SIZE);
	op = (struct key_op){ .scheme = OP_DES3_CBC_PAD,
		.iv = span_of(zero, sizeof zero) };
	ok(crypto_encrypt(key, &op, span_str("old data"), &w));
	ck_assert_uint_eq(w.len, 16);
	w = wr_of(back, sizeof back);
	ok(crypto_decrypt(key, &op, span_of(out, 16), &w));
	ck_assert(span_equal(span_of(back, w.len), span_str("old data")));
	w = wr_of(back, sizeof back);
	expect(crypto_decrypt(key, &op, span_of(out, 8), &w),
	    CNG_ERR_CIPHERTEXT);
	w = wr_of(out, sizeof out);
	ok(crypto_encrypt(key, &op, span_str("twenty bytes of text"), &w));
	ck_assert_uint_eq(w.len, 24);
	w = wr_of(back, 15);
	expect(crypto_decrypt(key, &op, span_of(out, 24), &w),
	    CNG_ERR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(w.len, 24);
	crypto_key_free(key);
}
END_TEST

/* --- MACs ----------------------------------------------------------------- */

static void
check_mac(struct crypto_key *key, const struct key_op *op, struct span data,
    const char *hex)
{
	uint8_t out[16];
	struct crypto_stream *s;
	struct wr w, none = wr_of(NULL, 0);

	for (int i = 0; i < 2; i++) {
		w = wr_of(out, sizeof out);
		ok(crypto_sign(key, op, data, &w));
		expect_hex(span_of(out, w.len), hex);
	}
	ok(crypto_verify(key, op, data, span_of(out, 16)));
	ok(crypto_stream_new(&s, key, op, OP_SIGN));
	ok(crypto_stream_update(s, span_of(data.ptr, 1), &none));
	ok(crypto_stream_update(s, span_of(data.ptr + 1, data.len - 1),
	    &none));
	w = wr_of(out, sizeof out);
	ok(crypto_stream_final(s, &w));
	crypto_stream_free(s);
	expect_hex(span_of(out, w.len), hex);
	out[3] ^= 1;
	expect(crypto_verify(key, op, data, span_of(out, 16)),
	    CNG_ERR_SIGNATURE);
}

/* RFC 8439, 2.5.2; GMAC is the tag of GCM over nothing */
START_TEST(one_time_macs)
{
	struct crypto_key *poly = secret_key(KEY_POLY1305,
	    "85d6be7857556d337f4452fe42d506a8"
	    "0103808afb0db2fd4abff6af4149f51b");
	struct crypto_key *aes = secret_key(KEY_AES,
	    "feffe9928665731c6d6a8f9467308308");
	struct key_op op = { .scheme = OP_POLY1305 };
	struct key_op gcm = { .scheme = OP_AES_GCM, .tag_len = 16,
		.iv = span_str("twelve bytes"),
		.aad = span_str("what is signed") };
	struct wr w;
	uint8_t tag[16];
	char hex[33];

	check_mac(poly, &op, span_str("Cryptographic Forum Research Group"),
	    "a8061dc1305136c6c22b8baf0c0127a9");
	w = wr_of(tag, sizeof tag);
	ok(crypto_encrypt(aes, &gcm, NO_BYTES, &w));
	hex_encode(hex, span_of(tag, 16));
	op = (struct key_op){ .scheme = OP_AES_GMAC, .iv = gcm.iv };
	check_mac(aes, &op, gcm.aad, hex);
	w = wr_of(NULL, 0);
	expect(crypto_sign(poly, &op, gcm.aad, &w), CNG_ERR_KEY_TYPE);
	op.iv = NO_BYTES;
	expect(crypto_sign(aes, &op, gcm.aad, &w), CNG_ERR_MECHANISM_PARAM);
	crypto_key_free(poly);
	crypto_key_free(aes);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { feedback_modes, stealing, xts, ccm,
		chacha, camellia, camellia_bounds, des3, one_time_macs };

	return run_tests("cipher", tests, ARRAY_LEN(tests));
}
