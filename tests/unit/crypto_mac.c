/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Digests, MACs, scrypt, sealing, randomness.
 */
#include "crypto_test.h"

#include <stdio.h>

/* libcrypto before 3.2 has one size of BLAKE2b only. */
static bool
has_hash(enum key_hash hash)
{
	return hash < HASH_BLAKE2B_160 ||
	    strcmp(crypto_version(), "OpenSSL 3.2") >= 0;
}

/* FIPS 180 and 202 examples, RFC 7693 */
static const char *const digest_want[HASH_COUNT] = {
	[HASH_SHA1] = "a9993e364706816aba3e25717850c26c9cd0d89d",
	[HASH_SHA224] = "23097d223405d8228642a477bda255b32aadbce4bda0"
			"b3f7e36c9da7",
	[HASH_SHA256] = "ba7816bf8f01cfea414140de5dae2223b00361a39617"
			"7a9cb410ff61f20015ad",
	[HASH_SHA384] = "cb00753f45a35e8bb5a03d699ac65007272c32ab0ede"
			"d1631a8b605a43ff5bed8086072ba1e7cc2358baeca1"
			"34c825a7",
	[HASH_SHA512] = "ddaf35a193617abacc417349ae20413112e6fa4e89a9"
			"7ea20a9eeee64b55d39a2192992a274fc1a836ba3c23"
			"a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	[HASH_SHA3_224] = "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c"
			"94ad73b46fdf",
	[HASH_SHA3_256] = "3a985da74fe225b2045c172d6bd390bd855f086e3e9d"
			"525b46bfe24511431532",
	[HASH_SHA3_384] = "ec01498288516fc926459f58e2c6ad8df9b473cb0fc0"
			"8c2596da7cf0e49be4b298d88cea927ac7f539f1edf2"
			"28376d25",
	[HASH_SHA3_512] = "b751850b1a57168a5693cd924b6b096e08f621827444"
			"f70d884f5d0240d2712e10e116e9192af3c91a7ec576"
			"47e3934057340b4cf408d5a56592f8274eec53f0",
	[HASH_SHA512_224] =
			"4634270f707b6a54daae7530460842e20e37ed265cee"
			"e9a43e8924aa",
	[HASH_SHA512_256] =
			"53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc"
			"6d46e0e2f13107e7af23",
	[HASH_BLAKE2B] = "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685a"
			"c4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de"
			"4533cc9518d38aa8dbf1925ab92386edd4009923",
	[HASH_SHAKE128] = "5881092dd818bf5cf8a3ddb793fbcba74097d5c526a6"
			"d35f97b83351940f2cc8",
	[HASH_SHAKE256] = "483366601360a8771c6863080cc4114d8db44530f8f1"
			"e1ee4f94ea37e78b5739d5a15bef186a5386c75744c0"
			"527e1faa9f8726e462a12a4feb06bd8801e751e4",
	[HASH_BLAKE2B_160] =
			"384264f676f39536840523f284921cdc68b6846b",
	[HASH_BLAKE2B_256] =
			"bddd813c634239723171ef3fee98579b94964e3bb1cb"
			"3e427262c8c068d52319",
	[HASH_BLAKE2B_384] =
			"6f56a82c8e7ef526dfe182eb5212f7db9df1317e5781"
			"5dbda46083fc30f54ee6c66ba83be64b302d7cba6ce1"
			"5bb556f4",
};

START_TEST(digest_of_abc)
{
	uint8_t out[64];

	for (int h = HASH_SHA1; h < HASH_COUNT; h++) {
		struct key_op op = { .scheme = OP_DIGEST,
			.hash = (enum key_hash)h };
		size_t size = hash_info(op.hash)->size;
		struct crypto_stream *s;
		struct wr w = wr_of(out, sizeof out);

		if (!has_hash(op.hash)) {
			expect(crypto_digest(op.hash, span_str("abc"), out),
			    CNG_ERR_MECHANISM);
			continue;
		}
		ok(crypto_digest(op.hash, span_str("abc"), out));
		expect_hex(span_of(out, size), digest_want[h]);
		ok(crypto_stream_new(&s, NULL, &op, OP_DIGEST_DIR));
		ok(crypto_stream_update(s, span_str("a"), &w));
		ok(crypto_stream_update(s, NO_BYTES, &w));
		ok(crypto_stream_update(s, span_str("bc"), &w));
		w = wr_of(out, size - 1);
		expect(crypto_stream_final(s, &w), CNG_ERR_BUFFER_TOO_SMALL);
		w = wr_of(NULL, 0);
		ok(crypto_stream_final(s, &w));
		ck_assert_uint_eq(w.len, size);
		w = wr_of(out, sizeof out);
		ok(crypto_stream_final(s, &w));
		expect_hex(span_of(out, w.len), digest_want[h]);
		expect(crypto_stream_final(s, &w), CNG_ERR_OPERATION_STATE);
		expect(crypto_stream_update(s, span_str("x"), &w),
		    CNG_ERR_OPERATION_STATE);
		crypto_stream_free(s);
	}
	expect(crypto_digest(HASH_NONE, NO_BYTES, out), CNG_ERR_MECHANISM);
}
END_TEST

/* Signs at once, again on the same key, and in parts; verifies. */
static void
check_mac(struct crypto_key *key, const struct key_op *op, struct span data,
    const char *want)
{
	struct crypto_stream *s;
	uint8_t out[64];
	struct wr w = wr_of(NULL, 0);
	size_t len;

	ok(crypto_sign(key, op, data, &w));
	len = w.len;
	for (int i = 0; i < 3; i++) {
		w = wr_of(out, len);
		ok(crypto_sign(key, op, data, &w));
		expect_hex(span_of(out, w.len), want);
	}
	ok(crypto_verify(key, op, data, span_of(out, len)));
	expect(crypto_verify(key, op, data, span_of(out, len - 1)),
	    CNG_ERR_SIGNATURE_SIZE);
	ok(crypto_stream_new(&s, key, op, OP_VERIFY));
	for (size_t i = 0; i < data.len; i++)
		ok(crypto_stream_update(s, span_of(data.ptr + i, 1), &w));
	ok(crypto_stream_verify(s, span_of(out, len)));
	expect(crypto_stream_verify(s, span_of(out, len)),
	    CNG_ERR_OPERATION_STATE);
	crypto_stream_free(s);
	ok(crypto_stream_new(&s, key, op, OP_SIGN));
	ok(crypto_stream_update(s, data, &w));
	w = wr_of(out, sizeof out);
	ok(crypto_stream_final(s, &w));
	expect_hex(span_of(out, w.len), want);
	crypto_stream_free(s);
	out[0] ^= 1;
	expect(crypto_verify(key, op, data, span_of(out, len)),
	    CNG_ERR_SIGNATURE);
	w = wr_of(out, len - 1);
	expect(crypto_sign(key, op, data, &w), CNG_ERR_BUFFER_TOO_SMALL);
}

/* RFC 4231, case 2, and its truncation */
START_TEST(hmac_vectors)
{
	struct crypto_key *key = secret_key(KEY_GENERIC, "4a656665");
	struct span data = span_str("what do ya want for nothing?");
	struct key_op op = { .scheme = OP_HMAC, .hash = HASH_SHA256 };
	struct wr w = wr_of(NULL, 0);
	uint8_t out[32];

	check_mac(key, &op, data,
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	op.mac_len = 10;
	check_mac(key, &op, data, "5bdcc146bf60754e6a04");
	op.mac_len = 33;
	expect(crypto_sign(key, &op, data, &w), CNG_ERR_MECHANISM_PARAM);
	op = (struct key_op){ .scheme = OP_HMAC, .hash = HASH_SHA384 };
	check_mac(key, &op, data,
	    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47"
	    "e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
	op.hash = HASH_NONE;
	expect(crypto_sign(key, &op, data, &w), CNG_ERR_MECHANISM_PARAM);
	crypto_key_free(key);
	ok(crypto_hmac_sha256(span_str("Jefe"), data, out));
	expect_hex(span_of(out, 32),
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	ok(crypto_hmac_sha256(NO_BYTES, NO_BYTES, out));
	expect_hex(span_of(out, 32),
	    "b613679a0814d9ec772f95d778c35fc5"
	    "ff1697c493715653c6c712144292c5ad");
}
END_TEST

/* With a key that stays, and in parts: the same. */
START_TEST(kept_key)
{
	uint8_t key[96], text[200], a[32], b[32];
	struct crypto_hmac hmac;

	memset(key, 0x5a, sizeof key);
	memset(text, 7, sizeof text);
	for (size_t len = 0; len <= sizeof key; len += 8) {
		struct span with = span_of(key, len);

		ok(crypto_hmac_begin(&hmac, with));
		for (size_t i = 0; i <= sizeof text; i += 25) {
			struct span parts[] = { span_of(text, i), NO_BYTES,
				span_of(text + i, sizeof text - i) };

			ok(crypto_hmac_parts(&hmac, parts, 3, a));
			ok(crypto_hmac_sha256(with,
			    span_of(text, sizeof text), b));
			ck_assert_mem_eq(a, b, sizeof a);
			ok(crypto_sha256_parts(parts, 3, a));
			ok(crypto_digest(HASH_SHA256,
			    span_of(text, sizeof text), b));
			ck_assert_mem_eq(a, b, sizeof a);
		}
	}
}
END_TEST

/* RFC 4493 */
START_TEST(cmac_vectors)
{
	struct crypto_key *key = secret_key(KEY_AES,
	    "2b7e151628aed2a6abf7158809cf4f3c");
	struct crypto_key *generic = secret_key(KEY_GENERIC, "00112233");
	struct key_op op = { .scheme = OP_AES_CMAC };
	struct secret data = unhex("6bc1bee22e409f96e93d7e117393172a"
				   "ae2d8a571e03ac9c9eb76fac45af8e51"
				   "30c81c46a35ce411");
	struct wr w = wr_of(NULL, 0);

	check_mac(key, &op, NO_BYTES, "bb1d6929e95937287fa37d129b756746");
	check_mac(key, &op, span_of(data.ptr, 16),
	    "070a16b46b4d4144f79bdd9dd04a287c");
	check_mac(key, &op, secret_span(&data),
	    "dfa66747de9ae63030ca32611497c827");
	op.mac_len = 4;
	check_mac(key, &op, secret_span(&data), "dfa66747");
	expect(crypto_sign(generic, &op, NO_BYTES, &w), CNG_ERR_KEY_TYPE);
	secret_free(&data);
	crypto_key_free(key);
	crypto_key_free(generic);
}
END_TEST

/* Of the data of RFC 4231, case 2, with its key and one longer than a block,
 * as Python's hmac over its blake2b has them. */
static const struct {
	enum key_hash hash;
	const char *of_short, *of_long;
} blake2b_want[] = {
	{ HASH_BLAKE2B_160,
	    "c4728ccc2f7600f89d9a480514910b9f5daf3dd6",
	    "f500a3f903dbf104e36ac9a533648eb6ac71a856" },
	{ HASH_BLAKE2B_256,
	    "3cf096eeeb2202a250db168c4823a44ef4618ebabb225789"
	    "386fed316131e3a0",
	    "463982fd89d0608f9f48e7f4872740b1427357368a9cac06"
	    "6acef26b23253359" },
	{ HASH_BLAKE2B_384,
	    "e87f61624bc6c1db706a1efcc98e7e98c0ab8fea0978dbd8"
	    "7e2852406fdd313c87968c5b825847f3c04d975b8b88598d",
	    "61854830a6d1c4277e2a5151056049a22792219a9746347e"
	    "56453514a42fa673d27cc25e7be8af10f74d578f16322cb0" },
	{ HASH_BLAKE2B,
	    "6ff884f8ddc2a6586b3c98a4cd6ebdf14ec10204b6710073"
	    "eb5865ade37a2643b8807c1335d107ecdb9ffeaeb6828c46"
	    "25ba172c66379efcd222c2de11727ab4",
	    "a40c306db2192b762947da7250adc891badc90355abe47a4"
	    "d49f14d68dfae7b9230d489f31eaa48b22b14a3fb414e51a"
	    "c19b53af1652d3956a459d722f11262e" },
};

START_TEST(hmac_over_blake2b)
{
	struct crypto_key *jefe = secret_key(KEY_GENERIC, "4a656665");
	struct crypto_key *own = secret_key(KEY_BLAKE2B_256, "4a656665");
	struct span data = span_str("what do ya want for nothing?");
	struct key_op op = { .scheme = OP_HMAC };
	struct crypto_key *longer;
	struct wr w = wr_of(NULL, 0);
	char hex[401];

	for (int i = 0; i < 200; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", (unsigned)i);
	longer = secret_key(KEY_GENERIC, hex);
	for (size_t i = 0; i < ARRAY_LEN(blake2b_want); i++) {
		uint8_t out[64];

		op.hash = blake2b_want[i].hash;
		if (!has_hash(op.hash)) {
			w = wr_of(out, sizeof out);
			expect(crypto_sign(jefe, &op, data, &w),
			    CNG_ERR_MECHANISM);
			continue;
		}
		check_mac(jefe, &op, data, blake2b_want[i].of_short);
		check_mac(longer, &op, data, blake2b_want[i].of_long);
		w = wr_of(NULL, 0);
		if (op.hash == HASH_BLAKE2B_256)
			check_mac(own, &op, data, blake2b_want[i].of_short);
		else
			expect(crypto_sign(own, &op, data, &w),
			    CNG_ERR_KEY_TYPE);
	}
	crypto_key_free(jefe);
	crypto_key_free(own);
	crypto_key_free(longer);
}
END_TEST

/* One block of SP 800-108 is the MAC of the counter and the label. */
START_TEST(kbkdf_over_blake2b)
{
	static const uint8_t text[] = { 0, 0, 0, 1, 'l', 'a', 'b', 'e', 'l' };
	struct kbkdf way = { .mode = KBKDF_COUNTER, .count = 2, .piece = {
		{ .kind = KBKDF_PIECE_COUNTER, .width = 32 },
		{ .kind = KBKDF_PIECE_BYTES, .bytes = span_str("label") },
	} };
	struct crypto_key *key = secret_key(KEY_GENERIC, "4a656665");

	for (size_t i = 0; i < ARRAY_LEN(blake2b_want); i++) {
		struct key_op op = { .scheme = OP_SP800_108, .kbkdf = &way,
			.hash = blake2b_want[i].hash };
		struct key_op mac = { .scheme = OP_HMAC, .hash = op.hash };
		struct secret made = { 0 };
		uint8_t out[64];
		struct wr w = wr_of(out, sizeof out);

		if (!has_hash(op.hash)) {
			expect(crypto_derive(key, &op, 0, &made),
			    CNG_ERR_MECHANISM);
			continue;
		}
		ok(crypto_derive(key, &op, 0, &made));
		ok(crypto_sign(key, &mac, span_of(text, sizeof text), &w));
		ck_assert(span_equal(secret_span(&made), span_of(out, w.len)));
		secret_free(&made);
	}
	crypto_key_free(key);
}
END_TEST

/* RFC 3566 */
START_TEST(xcbc_vectors)
{
	static const struct {
		size_t len;
		const char *mac;
	} row[] = {
		{ 0, "75f0251d528ac01c4573dfd584d79f29" },
		{ 3, "5b376580ae2f19afe7219ceef172756f" },
		{ 16, "d2a246fa349b68a79998a4394ff7a263" },
		{ 20, "47f51b4564966215b8985c63055ed308" },
		{ 32, "f54f0ec8d2b9f3d36807734bd5283fd4" },
		{ 34, "becbb3bccdb518a30677d5481fb6b4d8" },
	};
	struct crypto_key *key = secret_key(KEY_AES,
	    "000102030405060708090a0b0c0d0e0f");
	struct crypto_key *longer = secret_key(KEY_AES,
	    "000102030405060708090a0b0c0d0e0f0001020304050607");
	struct crypto_key *generic = secret_key(KEY_GENERIC,
	    "000102030405060708090a0b0c0d0e0f");
	struct key_op op = { .scheme = OP_AES_XCBC };
	struct wr w = wr_of(NULL, 0);
	uint8_t data[34], out[16];

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)i;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		check_mac(key, &op, span_of(data, row[i].len), row[i].mac);
	op.mac_len = 12;
	check_mac(key, &op, NO_BYTES, "75f0251d528ac01c4573dfd5");
	op.mac_len = 17;
	w = wr_of(out, sizeof out);
	expect(crypto_sign(key, &op, NO_BYTES, &w), CNG_ERR_BUFFER_TOO_SMALL);
	op.mac_len = 0;
	w = wr_of(out, sizeof out);
	expect(crypto_sign(longer, &op, NO_BYTES, &w), CNG_ERR_KEY_SIZE);
	expect(crypto_sign(generic, &op, NO_BYTES, &w), CNG_ERR_KEY_TYPE);
	crypto_key_free(key);
	crypto_key_free(longer);
	crypto_key_free(generic);
}
END_TEST

/* RFC 7914 */
START_TEST(scrypt_vectors)
{
	struct scrypt_params p = { 16, 1, 1 };
	uint8_t out[64];

	ok(crypto_scrypt(NO_BYTES, NO_BYTES, &p, out, sizeof out));
	expect_hex(span_of(out, 64),
	    "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
	    "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
	p = (struct scrypt_params){ 1024, 8, 16 };
	ok(crypto_scrypt(span_str("password"), span_str("NaCl"), &p, out, 64));
	expect_hex(span_of(out, 64),
	    "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
	    "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
	p.n = 1000;
	expect(crypto_scrypt(NO_BYTES, NO_BYTES, &p, out, 64),
	    CNG_ERR_ARGUMENT);
	p = (struct scrypt_params){ (uint64_t)1 << 40, 8, 1 };
	expect(crypto_scrypt(NO_BYTES, NO_BYTES, &p, out, 64),
	    CNG_ERR_ARGUMENT);
	p = (struct scrypt_params){ 16, 0, 1 };
	expect(crypto_scrypt(NO_BYTES, NO_BYTES, &p, out, 64),
	    CNG_ERR_ARGUMENT);
}
END_TEST

START_TEST(seal_detects_every_change)
{
	uint8_t key[32] = { 7 };
	struct secret sealed = { 0 }, other = { 0 }, plain = { 0 };
	struct span aad = span_str("row 1"), text = span_str("the secret");

	ok(crypto_seal(key, aad, text, &sealed));
	ok(crypto_seal(key, aad, text, &other));
	ck_assert_uint_eq(sealed.len, SEAL_NONCE + text.len + SEAL_TAG);
	ck_assert(!span_equal(secret_span(&sealed), secret_span(&other)));
	ok(crypto_open(key, aad, secret_span(&sealed), &plain));
	ck_assert(span_equal(secret_span(&plain), text));
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.ptr[i] ^= 0x10;
		expect(crypto_open(key, aad, secret_span(&sealed), &plain),
		    CNG_ERR_STORE_CORRUPT);
		sealed.ptr[i] ^= 0x10;
		expect(crypto_open(key, aad, span_of(sealed.ptr, i), &plain),
		    CNG_ERR_STORE_CORRUPT);
	}
	expect(crypto_open(key, span_str("row 2"), secret_span(&sealed),
		   &plain), CNG_ERR_STORE_CORRUPT);
	key[31] = 1;
	expect(crypto_open(key, aad, secret_span(&sealed), &plain),
	    CNG_ERR_STORE_CORRUPT);
	/* a failure leaves what was there */
	ck_assert(span_equal(secret_span(&plain), text));
	ok(crypto_seal(key, NO_BYTES, NO_BYTES, &sealed));
	ok(crypto_open(key, NO_BYTES, secret_span(&sealed), &plain));
	ck_assert_uint_eq(plain.len, 0);
	secret_free(&sealed);
	secret_free(&other);
	secret_free(&plain);
}
END_TEST

START_TEST(random_differs)
{
	uint8_t a[48] = { 0 }, b[48] = { 0 };

	ok(crypto_random(a, sizeof a));
	ok(crypto_seed(span_str("some of my own")));
	ok(crypto_random(b, sizeof b));
	ck_assert(memcmp(a, b, sizeof a) != 0);
	ok(crypto_random(NULL, 0));
}
END_TEST

START_TEST(secrets_have_sizes)
{
	struct key_spec spec = { .family = KEY_AES, .bits = 192 };
	struct key_material m = { 0 };

	ok(crypto_generate(&m, &spec));
	ck_assert_uint_eq(m.part[SYM_VALUE].len, 24);
	ok(crypto_check_public(&m));
	ok(crypto_check_pair(&m));
	key_free(&m);
	spec.bits = 160;
	expect(crypto_generate(&m, &spec), CNG_ERR_KEY_SIZE);
	spec = (struct key_spec){ .family = KEY_GENERIC, .bits = 8 };
	ok(crypto_generate(&m, &spec));
	key_free(&m);
	spec.bits = 0;
	expect(crypto_generate(&m, &spec), CNG_ERR_KEY_SIZE);
	spec.bits = 12;
	expect(crypto_generate(&m, &spec), CNG_ERR_KEY_SIZE);
	spec.bits = SECRET_KEY_MAX * 8 + 8;
	expect(crypto_generate(&m, &spec), CNG_ERR_KEY_SIZE);
	spec.family = KEY_NONE;
	expect(crypto_generate(&m, &spec), CNG_ERR_ARGUMENT);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { digest_of_abc, hmac_vectors, kept_key,
		cmac_vectors, hmac_over_blake2b, kbkdf_over_blake2b,
		xcbc_vectors, scrypt_vectors, seal_detects_every_change,
		random_differs, secrets_have_sizes };

	return run_tests("crypto_mac", tests, ARRAY_LEN(tests));
}
