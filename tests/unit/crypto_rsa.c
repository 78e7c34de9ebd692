/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RSA: paddings, the numbers of a key, the checks on import.
 */
#include "crypto_test.h"

#define BITS 1024
#define LEN (BITS / 8)

static struct key_material pair;
static struct crypto_key *key, *pub;

static void
setup(void)
{
	struct key_spec spec = { .family = KEY_RSA, .bits = BITS };
	struct key_material half;

	ok(crypto_generate(&pair, &spec));
	ok(key_copy_public(&half, &pair));
	key = new_key(&pair);
	pub = new_key(&half);
	key_free(&half);
}

static void
teardown(void)
{
	crypto_key_free(key);
	crypto_key_free(pub);
	key_free(&pair);
}

/* A 384-bit key as an older system made it: d from (p - 1)(q - 1). */
static const char *const small_parts[RSA_PARTS] = {
	[RSA_N] = "dacc22d86e671575032e31f206dcfc192c65e2d51089e511"
		  "2d096f2882afdb5b78cdb6572fd2f61db390472232e3d9f5",
	[RSA_E] = "010001",
	[RSA_D] = "7a59bd029a7a3a9d7c71d0ac2efa545f1f5cba43bb43e13b"
		  "7877af82efeb40c38d1ecd737f5bf9c89692b29c875ed6e1",
	[RSA_P] = "fadbd7f8a18b3a75a4f6dfaee3426fd0ff8bac74b6722def",
	[RSA_Q] = "df48144a6d88a780144fcea66bdcda50d6071c54e5d0da5b",
	[RSA_DP] = "24ffbbd0ddf2ad02a0fc106db8f3198ed7c200038ecd345d",
	[RSA_DQ] = "85df73bb045d91006c2d459be6c42e69954a0224acfe424d",
	[RSA_QINV] = "1a3a769c21262b84ca9ca9620f98d2f43eacccd4879a6ffd",
};

static struct key_material
small_key(unsigned mask)
{
	struct key_material m = { .family = KEY_RSA, .has_private = true };

	for (int i = 0; i < RSA_PARTS; i++)
		if (mask & 1u << i)
			set_hex(&m, (enum key_part)i, small_parts[i]);
	return m;
}

#define PART(x) (1u << (x))
#define PUBLIC_PARTS (PART(RSA_N) | PART(RSA_E))
#define ALL_PARTS 0xffu

/* --- signatures ---------------------------------------------------------- */

static void
check_signature(const struct key_op *op, struct span data)
{
	uint8_t sig[LEN];
	struct wr w = wr_of(NULL, 0);
	struct crypto_stream *s;

	ok(crypto_sign(key, op, data, &w));
	ck_assert_uint_eq(w.len, LEN);
	for (int i = 0; i < 3; i++) {
		w = wr_of(sig, LEN);
		ok(crypto_sign(key, op, data, &w));
		ok(crypto_verify(pub, op, data, span_of(sig, LEN)));
	}
	w = wr_of(sig, LEN - 1);
	expect(crypto_sign(key, op, data, &w), CNG_ERR_BUFFER_TOO_SMALL);
	w = wr_of(sig, LEN);
	expect(crypto_sign(pub, op, data, &w), CNG_ERR_KEY_TYPE);
	expect(crypto_verify(pub, op, data, span_of(sig, LEN - 1)),
	    CNG_ERR_SIGNATURE_SIZE);
	sig[LEN / 2] ^= 1;
	expect(crypto_verify(pub, op, data, span_of(sig, LEN)),
	    CNG_ERR_SIGNATURE);
	memset(sig, 0xff, LEN); /* not below the modulus */
	expect(crypto_verify(pub, op, data, span_of(sig, LEN)),
	    CNG_ERR_SIGNATURE);
	if (op->hash == HASH_NONE) {
		expect(crypto_stream_new(&s, key, op, OP_SIGN),
		    CNG_ERR_MECHANISM);
		return;
	}
	ok(crypto_stream_new(&s, key, op, OP_SIGN));
	ok(crypto_stream_update(s, data, &w));
	w = wr_of(sig, LEN);
	ok(crypto_stream_final(s, &w));
	crypto_stream_free(s);
	ok(crypto_verify(pub, op, data, span_of(sig, LEN)));
	ok(crypto_stream_new(&s, pub, op, OP_VERIFY));
	ok(crypto_stream_update(s, data, &w));
	ok(crypto_stream_verify(s, span_of(sig, LEN)));
	crypto_stream_free(s);
	ok(crypto_stream_new(&s, pub, op, OP_VERIFY));
	expect(crypto_stream_final(s, &w), CNG_ERR_OPERATION_STATE);
	expect(crypto_stream_verify(s, span_of(sig, LEN)), CNG_ERR_SIGNATURE);
	crypto_stream_free(s);
}

START_TEST(signatures_with_every_hash)
{
	struct span data = span_str("some data to sign");
	uint8_t digest[64];

	for (int h = HASH_SHA1; h <= HASH_SHA512_256; h++) {
		enum key_hash hash = (enum key_hash)h;
		size_t size = hash_info(hash)->size;
		struct key_op op = { .scheme = OP_RSA_PKCS1, .hash = hash };

		check_signature(&op, data);
		op = (struct key_op){ .scheme = OP_RSA_PSS, .hash = hash,
			.salt_len = size < 62 ? size : 62 };
		check_signature(&op, data);
		op.mgf_hash = HASH_SHA1;
		op.salt_len = 0;
		check_signature(&op, data);
		op = (struct key_op){ .scheme = OP_RSA_PSS, .pad_hash = hash,
			.salt_len = 20 };
		ok(crypto_digest(hash, data, digest));
		check_signature(&op, span_of(digest, size));
	}
}
END_TEST

/* Hashes that RSA has no name for, or that have no size. */
START_TEST(strange_hashes_are_refused)
{
	static const enum key_hash strange[] = { HASH_BLAKE2B, HASH_SHAKE128,
		HASH_SHAKE256 };

	for (size_t i = 0; i < ARRAY_LEN(strange); i++) {
		struct key_op op = { .scheme = OP_RSA_PKCS1,
			.hash = strange[i] };
		struct wr w = wr_of(NULL, 0);

		expect(crypto_sign(key, &op, NO_BYTES, &w),
		    CNG_ERR_MECHANISM_PARAM);
		op.scheme = OP_RSA_PSS;
		expect(crypto_sign(key, &op, NO_BYTES, &w),
		    CNG_ERR_MECHANISM_PARAM);
		op = (struct key_op){ .scheme = OP_RSA_OAEP,
			.pad_hash = strange[i] };
		expect(crypto_encrypt(pub, &op, NO_BYTES, &w),
		    CNG_ERR_MECHANISM_PARAM);
	}
}
END_TEST

START_TEST(pss_parameters_count)
{
	struct key_op op = { .scheme = OP_RSA_PSS, .hash = HASH_SHA256,
		.salt_len = 32 };
	struct span data = span_str("data");
	uint8_t sig[LEN];
	struct wr w = wr_of(sig, LEN);

	ok(crypto_sign(key, &op, data, &w));
	op.salt_len = 31;
	expect(crypto_verify(pub, &op, data, span_of(sig, LEN)),
	    CNG_ERR_SIGNATURE);
	op.salt_len = 32;
	op.mgf_hash = HASH_SHA1;
	expect(crypto_verify(pub, &op, data, span_of(sig, LEN)),
	    CNG_ERR_SIGNATURE);
	op.mgf_hash = HASH_NONE;
	ok(crypto_verify(pub, &op, data, span_of(sig, LEN)));
	op.pad_hash = HASH_SHA1;
	w = wr_of(sig, LEN);
	expect(crypto_sign(key, &op, data, &w), CNG_ERR_MECHANISM_PARAM);
	op.pad_hash = HASH_NONE;
	op.salt_len = LEN - 32 - 1;
	expect(crypto_sign(key, &op, data, &w), CNG_ERR_KEY_SIZE);
	op.salt_len = SIZE_MAX;
	expect(crypto_sign(key, &op, data, &w), CNG_ERR_MECHANISM_PARAM);
	op = (struct key_op){ .scheme = OP_RSA_PSS, .pad_hash = HASH_SHA256 };
	expect(crypto_sign(key, &op, data, &w), CNG_ERR_DATA_SIZE);
	expect(crypto_encrypt(key, &op, data, &w), CNG_ERR_MECHANISM);
}
END_TEST

START_TEST(ready_data)
{
	struct key_op op = { .scheme = OP_RSA_PKCS1 };
	struct key_op hashed = { .scheme = OP_RSA_PKCS1,
		.hash = HASH_SHA256 };
	struct secret info = unhex("3031300d060960864801650304020105000420");
	uint8_t buf[LEN] = { 0 }, digest[32], sig[LEN];
	struct wr w;

	check_signature(&op, span_of(buf, 0));
	check_signature(&op, span_of(buf, LEN - 11));
	w = wr_of(sig, LEN);
	expect(crypto_sign(key, &op, span_of(buf, LEN - 10), &w),
	    CNG_ERR_DATA_SIZE);
	/* a DigestInfo made by the caller is the same as asking for a hash */
	ok(crypto_digest(HASH_SHA256, span_str("data"), digest));
	ok(secret_append(&info, span_of(digest, sizeof digest)));
	ok(crypto_sign(key, &op, secret_span(&info), &w));
	ok(crypto_verify(pub, &hashed, span_str("data"), span_of(sig, LEN)));
	w = wr_of(NULL, 0);
	ok(crypto_verify_recover(pub, &op, span_of(sig, LEN), &w));
	ck_assert_uint_ge(w.len, info.len);
	w = wr_of(buf, info.len);
	ok(crypto_verify_recover(pub, &op, span_of(sig, LEN), &w));
	ck_assert(span_equal(span_of(buf, w.len), secret_span(&info)));
	w = wr_of(buf, info.len - 1);
	expect(crypto_verify_recover(pub, &op, span_of(sig, LEN), &w),
	    CNG_ERR_BUFFER_TOO_SMALL);
	w = wr_of(buf, sizeof buf);
	sig[9] ^= 1;
	expect(crypto_verify_recover(pub, &op, span_of(sig, LEN), &w),
	    CNG_ERR_SIGNATURE);
	expect(crypto_verify_recover(pub, &op, span_of(sig, LEN - 1), &w),
	    CNG_ERR_SIGNATURE_SIZE);
	expect(crypto_verify_recover(pub, &hashed, span_of(sig, LEN), &w),
	    CNG_ERR_MECHANISM);
	/* nothing at all is data, too */
	w = wr_of(sig, LEN);
	ok(crypto_sign(key, &op, span_of(buf, 0), &w));
	w = wr_of(buf, sizeof buf);
	ok(crypto_verify_recover(pub, &op, span_of(sig, LEN), &w));
	ck_assert_uint_eq(w.len, 0);
	secret_free(&info);
}
END_TEST

START_TEST(raw)
{
	struct key_op op = { .scheme = OP_RSA_RAW };
	uint8_t in[LEN + 1], sig[LEN], back[LEN];
	struct wr w;

	memset(in, 0xff, sizeof in);
	check_signature(&op, span_str("short"));
	check_signature(&op, NO_BYTES);
	w = wr_of(sig, LEN);
	expect(crypto_sign(key, &op, span_of(in, LEN), &w), CNG_ERR_DATA);
	expect(crypto_sign(key, &op, span_of(in, LEN + 1), &w),
	    CNG_ERR_DATA_SIZE);
	expect(crypto_encrypt(pub, &op, span_of(in, LEN), &w), CNG_ERR_DATA);
	expect(crypto_decrypt(key, &op, span_of(in, LEN), &w),
	    CNG_ERR_CIPHERTEXT);
	expect(crypto_decrypt(key, &op, span_of(in, LEN - 1), &w),
	    CNG_ERR_CIPHERTEXT_SIZE);
	in[0] = 0;
	ok(crypto_encrypt(pub, &op, span_of(in, LEN), &w));
	w = wr_of(back, LEN);
	ok(crypto_decrypt(key, &op, span_of(sig, LEN), &w));
	ck_assert_mem_eq(back, in, LEN);
	w = wr_of(sig, LEN);
	ok(crypto_sign(key, &op, span_of(in + 1, 40), &w));
	w = wr_of(back, LEN);
	ok(crypto_verify_recover(pub, &op, span_of(sig, LEN), &w));
	ck_assert_mem_eq(back + LEN - 40, in + 1, 40);
	ck_assert_uint_eq(back[LEN - 41], 0);
}
END_TEST

/* --- encryption ---------------------------------------------------------- */

START_TEST(oaep)
{
	struct key_op op = { .scheme = OP_RSA_OAEP, .pad_hash = HASH_SHA256 };
	uint8_t in[LEN] = { 1 }, cipher[LEN], back[LEN];
	size_t most = LEN - 2 * 32 - 2;
	struct wr w;

	for (int i = 0; i < 4; i++) {
		op.label = i & 1 ? span_str("a label") : NO_BYTES;
		op.mgf_hash = i & 2 ? HASH_SHA1 : HASH_NONE;
		for (size_t len = 0; len <= most; len += most / 2) {
			w = wr_of(cipher, LEN);
			ok(crypto_encrypt(pub, &op, span_of(in, len), &w));
			w = wr_of(back, len);
			ok(crypto_decrypt(key, &op, span_of(cipher, LEN),
			    &w));
			ck_assert(span_equal(span_of(back, w.len),
			    span_of(in, len)));
		}
		w = wr_of(cipher, LEN);
		expect(crypto_encrypt(pub, &op, span_of(in, most + 1), &w),
		    CNG_ERR_DATA_SIZE);
		w = wr_of(NULL, 0);
		ok(crypto_decrypt(key, &op, span_of(cipher, LEN), &w));
		ck_assert_uint_eq(w.len, most);
		w = wr_of(back, LEN);
		op.label = span_str("another");
		expect(crypto_decrypt(key, &op, span_of(cipher, LEN), &w),
		    CNG_ERR_CIPHERTEXT);
	}
	op.pad_hash = HASH_SHA512;
	expect(crypto_encrypt(pub, &op, NO_BYTES, &w), CNG_ERR_KEY_SIZE);
	op.pad_hash = HASH_NONE;
	expect(crypto_encrypt(pub, &op, NO_BYTES, &w),
	    CNG_ERR_MECHANISM_PARAM);
	expect(crypto_decrypt(pub, &op, NO_BYTES, &w), CNG_ERR_KEY_TYPE);
}
END_TEST

START_TEST(bad_padding_is_not_told)
{
	struct key_op op = { .scheme = OP_RSA_PKCS1 };
	struct key_op bare = { .scheme = OP_RSA_RAW };
	uint8_t block[LEN], cipher[LEN], first[LEN], again[LEN];
	unsigned different = 0;
	struct secret out = { 0 };
	struct wr w, v;

	for (size_t len = 0; len <= LEN - 11; len += 39) {
		memset(block, 0xa5, LEN);
		w = wr_of(cipher, LEN);
		ok(crypto_encrypt(pub, &op, span_of(block, len), &w));
		w = wr_of(first, len);
		ok(crypto_decrypt(key, &op, span_of(cipher, LEN), &w));
		ck_assert_uint_eq(w.len, len);
		ck_assert_mem_eq(first, block, len);
	}
	w = wr_of(cipher, LEN);
	expect(crypto_encrypt(pub, &op, span_of(block, LEN - 10), &w),
	    CNG_ERR_DATA_SIZE);
	/* no zero; a zero too early; type 1; a first byte */
	for (unsigned kind = 0; kind < 4; kind++) {
		memset(block, 0x55, LEN);
		block[0] = kind == 3 ? 1 : 0;
		block[1] = kind == 2 ? 1 : 2;
		if (kind > 0)
			block[kind == 1 ? 9 : 60] = 0;
		w = wr_of(cipher, LEN);
		ok(crypto_encrypt(pub, &bare, span_of(block, LEN), &w));
		w = wr_of(first, LEN);
		ok(crypto_decrypt(key, &op, span_of(cipher, LEN), &w));
		v = wr_of(again, LEN);
		ok(crypto_decrypt(key, &op, span_of(cipher, LEN), &v));
		ck_assert_uint_eq(w.len, v.len);
		ck_assert_uint_le(w.len, LEN - 11);
		ck_assert_mem_eq(first, again, w.len);
		ck_assert(w.len != LEN - 61 || w.len == 0 ||
		    memcmp(first, block + 61, w.len) != 0);
		different |= 1u << (w.len % 32);
		ok(crypto_unwrap(key, &op, span_of(cipher, LEN), &out));
		ck_assert(span_equal(secret_span(&out),
		    span_of(first, w.len)));
	}
	/* four random lengths of which not all are one */
	ck_assert((different & (different - 1)) != 0);
	expect(crypto_unwrap(key, &op, span_of(cipher, LEN - 1), &out),
	    CNG_ERR_WRAPPED_KEY);
	secret_free(&out);
}
END_TEST

/* --- numbers ------------------------------------------------------------- */

static bool
same_parts(const struct key_material *a, const struct key_material *b,
    unsigned mask)
{
	for (unsigned i = 0; i < RSA_PARTS; i++)
		if (mask & 1u << i &&
		    !span_equal(secret_span(&a->part[i]),
			secret_span(&b->part[i])))
			return false;
	return true;
}

/* d may come back as the smaller of the two exponents that do the work. */
START_TEST(completes_from_any_half)
{
	static const unsigned masks[] = {
		PART(RSA_D),
		PART(RSA_P) | PART(RSA_Q),
		PART(RSA_D) | PART(RSA_P),
		PART(RSA_D) | PART(RSA_Q),
		PART(RSA_D) | PART(RSA_P) | PART(RSA_Q),
		PART(RSA_P) | PART(RSA_Q) | PART(RSA_QINV),
		PART(RSA_P) | PART(RSA_Q) | PART(RSA_DQ),
	};
	struct key_material full = small_key(ALL_PARTS);

	ok(crypto_check_pair(&full));
	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		struct key_material m = small_key(PUBLIC_PARTS | masks[i]);

		ok(crypto_check_pair(&m));
		ok(crypto_complete(&m));
		ck_assert(same_parts(&m, &full, ALL_PARTS & ~PART(RSA_D)));
		if (masks[i] & PART(RSA_D))
			ck_assert(same_parts(&m, &full, PART(RSA_D)));
		ok(crypto_check_pair(&m));
		key_free(&m);
	}
	key_free(&full);
}
END_TEST

START_TEST(every_wrong_number_is_found)
{
	for (int i = 0; i < RSA_PARTS; i++) {
		struct key_material m = small_key(ALL_PARTS);
		struct secret *part = &m.part[i];

		part->ptr[part->len - 1] ^= 2; /* stays odd */
		expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
		key_free(&m);
	}
}
END_TEST

static void
expect_bad_public(const char *n, const char *e)
{
	struct key_material m = { .family = KEY_RSA };
	struct crypto_key *k;

	set_hex(&m, RSA_N, n);
	set_hex(&m, RSA_E, e);
	expect(crypto_check_public(&m), CNG_ERR_BAD_PUBLIC_KEY);
	expect(crypto_key_new(&k, &m), CNG_ERR_BAD_PUBLIC_KEY);
	key_free(&m);
}

START_TEST(bad_public_numbers)
{
	struct key_material m = small_key(PUBLIC_PARTS);
	const char *n = small_parts[RSA_N];

	m.has_private = false;
	ok(crypto_check_public(&m));
	m.part[RSA_N].ptr[47] ^= 1;
	expect(crypto_check_public(&m), CNG_ERR_BAD_PUBLIC_KEY);
	key_free(&m);
	expect_bad_public(n, "01");
	expect_bad_public(n, "02");
	expect_bad_public(n, "010000");
	expect_bad_public(n, n);
	m = small_key(PUBLIC_PARTS);
	m.has_private = false;
	ok(key_set(&m, RSA_N, span_of(m.part[RSA_N].ptr, 47)));
	expect(crypto_check_public(&m), CNG_ERR_KEY_SIZE);
	key_free(&m);
	m = small_key(PUBLIC_PARTS);
	m.has_private = false;
	ok(key_set(&m, RSA_E, span_of(m.part[RSA_N].ptr + 8, 40)));
	ok(crypto_check_public(&m));
	key_free(&m);
}
END_TEST

/* p and q equal, or 1. */
START_TEST(bad_factors)
{
	struct key_material m = small_key(PUBLIC_PARTS);

	set_hex(&m, RSA_P, "01");
	set_hex(&m, RSA_Q, small_parts[RSA_N]);
	expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
	set_hex(&m, RSA_P, small_parts[RSA_N]);
	set_hex(&m, RSA_Q, "01");
	expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
	set_hex(&m, RSA_P, small_parts[RSA_P]);
	set_hex(&m, RSA_Q, small_parts[RSA_P]);
	expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
	key_free(&m);
	m = small_key(PUBLIC_PARTS | PART(RSA_D));
	set_hex(&m, RSA_D, "01");
	expect(crypto_complete(&m), CNG_ERR_BAD_KEY);
	set_hex(&m, RSA_D, small_parts[RSA_P]);
	expect(crypto_complete(&m), CNG_ERR_BAD_KEY);
	key_free(&m);
}
END_TEST

/* A key of three primes that shows two of them as one factor: its exponent
 * was made for each of them. */
START_TEST(a_product_is_no_factor)
{
	struct key_material m = { .family = KEY_RSA, .has_private = true };

	set_hex(&m, RSA_N,
	    "c4be382c0ade2af79540bb967ca5f772ef4fb98894e06de0e42d41860a0ef940"
	    "c7203ba1e73be0c0dada3f93e6589649317926a8f1e471fbecb587eea189e289");
	set_hex(&m, RSA_E, "010001");
	set_hex(&m, RSA_D,
	    "09db3abeb01bb1bcde101465c5605e2d6078a1b00c79cf0e6da6a6b01f255f71"
	    "36ec3d20422892d9b32994a3cfff938d491c5a4b116dfd55efd8e7a408d6fa81");
	set_hex(&m, RSA_P,
	    "f774eb5248db40af72158370d269a9a5ae658f33fe3b890b93f448b3a5aa3c81");
	set_hex(&m, RSA_Q,
	    "cb8914b09e95f2e4fe25995c06cd8f48e2202dfed4b24bf4d8ae2f4742b4c209");
	expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
	ok(crypto_complete(&m));
	expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
	key_free(&m);
}
END_TEST

/* p below q, without the remainder numbers, e of 2^33 and of 433. */
START_TEST(unusual_keys_work)
{
	static const char *const exponents[] = { "03", "01b1", "0200000441",
		"ffffffffffffffc5" };
	struct key_op op = { .scheme = OP_RSA_RAW };
	struct key_material m = small_key(PUBLIC_PARTS | PART(RSA_D));
	struct key_material swapped = small_key(PUBLIC_PARTS | PART(RSA_D));
	struct crypto_key *k[2];
	uint8_t a[512], b[512];
	struct wr w = wr_of(a, sizeof a), v = wr_of(b, sizeof b);

	set_hex(&swapped, RSA_P, small_parts[RSA_Q]);
	set_hex(&swapped, RSA_Q, small_parts[RSA_P]);
	ok(crypto_check_pair(&swapped));
	k[0] = new_key(&m);
	k[1] = new_key(&swapped);
	ok(crypto_sign(k[0], &op, span_str("text"), &w));
	ok(crypto_sign(k[1], &op, span_str("text"), &v));
	ck_assert(span_equal(span_of(a, w.len), span_of(b, v.len)));
	ck_assert_uint_eq(w.len, 48);
	ok(crypto_verify(k[0], &op, span_str("text"), span_of(b, v.len)));
	crypto_key_free(k[0]);
	crypto_key_free(k[1]);
	key_free(&m);
	key_free(&swapped);
	for (size_t i = 0; i < ARRAY_LEN(exponents); i++) {
		struct secret e = unhex(exponents[i]);
		struct key_spec spec = { .family = KEY_RSA, .bits = 768,
			.rsa_e = secret_span(&e) };

		ok(crypto_generate(&m, &spec));
		ck_assert_uint_eq(key_bits(&m), 768);
		ck_assert(span_equal(key_part(&m, RSA_E),
		    span_trim(secret_span(&e))));
		ok(crypto_check_pair(&m));
		k[0] = new_key(&m);
		w = wr_of(a, sizeof a);
		ok(crypto_sign(k[0], &op, span_str("text"), &w));
		ok(crypto_verify(k[0], &op, span_str("text"),
		    span_of(a, w.len)));
		crypto_key_free(k[0]);
		key_free(&m);
		secret_free(&e);
	}
}
END_TEST

START_TEST(generation_limits)
{
	struct key_spec spec = { .family = KEY_RSA, .bits = 504 };
	struct key_material m;

	expect(crypto_generate(&m, &spec), CNG_ERR_KEY_SIZE);
	spec.bits = RSA_BITS_MAX + 8;
	expect(crypto_generate(&m, &spec), CNG_ERR_KEY_SIZE);
	spec.bits = 1023;
	expect(crypto_generate(&m, &spec), CNG_ERR_KEY_SIZE);
	spec.bits = 512;
	spec.rsa_e = span_of("\x01\x00", 2);
	expect(crypto_generate(&m, &spec), CNG_ERR_ARGUMENT);
	spec.rsa_e = span_of("\x00\x01", 2);
	expect(crypto_generate(&m, &spec), CNG_ERR_ARGUMENT);
	spec.rsa_e = span_of("\x00\x00", 2);
	expect(crypto_generate(&m, &spec), CNG_ERR_ARGUMENT);
	spec.rsa_e = span_of("\x01\x00\x00\x00\x00\x00\x00\x00\x01", 9);
	expect(crypto_generate(&m, &spec), CNG_ERR_ARGUMENT);
	spec.rsa_e = NO_BYTES;
	ok(crypto_generate(&m, &spec));
	ck_assert_uint_eq(key_bits(&m), 512);
	expect_hex(key_part(&m, RSA_E), "010001");
	key_free(&m);
}
END_TEST

/* A small key cannot carry a large digest. */
START_TEST(keys_too_small)
{
	struct key_material m = small_key(ALL_PARTS);
	struct crypto_key *k = new_key(&m);
	struct key_op op = { .scheme = OP_RSA_PKCS1, .hash = HASH_SHA256 };
	uint8_t out[48];
	struct wr w = wr_of(out, sizeof out);

	expect(crypto_sign(k, &op, NO_BYTES, &w), CNG_ERR_KEY_SIZE);
	op = (struct key_op){ .scheme = OP_RSA_PSS, .hash = HASH_SHA256,
		.salt_len = 15 };
	expect(crypto_sign(k, &op, NO_BYTES, &w), CNG_ERR_KEY_SIZE);
	op.salt_len = 14;
	ok(crypto_sign(k, &op, NO_BYTES, &w));
	op = (struct key_op){ .scheme = OP_RSA_OAEP, .pad_hash = HASH_SHA1 };
	w = wr_of(out, sizeof out);
	ok(crypto_encrypt(k, &op, span_str("six by"), &w));
	expect(crypto_encrypt(k, &op, span_str("seven b"), &w),
	    CNG_ERR_DATA_SIZE);
	crypto_key_free(k);
	key_free(&m);
}
END_TEST

int
main(void)
{
	const TTest *const paddings[] = { signatures_with_every_hash,
		strange_hashes_are_refused,
		pss_parameters_count, ready_data, raw, oaep,
		bad_padding_is_not_told };
	const TTest *const tests[] = { completes_from_any_half,
		every_wrong_number_is_found, bad_public_numbers, bad_factors,
		a_product_is_no_factor,
		unusual_keys_work, generation_limits, keys_too_small };
	Suite *suite = suite_create("crypto_rsa");
	TCase *tcase = tcase_create("paddings");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_unchecked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 240);
	for (size_t i = 0; i < ARRAY_LEN(paddings); i++)
		tcase_add_test(tcase, paddings[i]);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return run_tests("crypto_rsa", tests, ARRAY_LEN(tests)) || failed;
}
