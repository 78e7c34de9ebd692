/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys whose private half is with a holder: one made of software here, that
 * can do as much or as little as a test wants.
 */
#include "crypto_held.h"

#include <openssl/opensslv.h>

static struct key_material pair, public;
static struct crypto_key *held, *pub;

static void
make_from_pair(void)
{
	struct soft *soft = mem_new(1, sizeof *soft);

	ck_assert_ptr_nonnull(soft);
	ok(key_copy_public(&public, &pair));
	soft->holder.ops = &soft_ops;
	soft->key = new_key(&pair);
	pub = new_key(&public);
	ok(crypto_key_held(&held, &public, &soft->holder));
	runs = freed = 0;
	spoil = SOUND;
}

static void
make(const struct key_spec *spec)
{
	ok(crypto_generate(&pair, spec));
	make_from_pair();
}

/* A modulus of 1025 bits: what is padded is a byte shorter. */
static void
make_odd_rsa(void)
{
	pair = (struct key_material){ .family = KEY_RSA,
		.has_private = true };
	set_hex(&pair, RSA_E, "010001");
	set_hex(&pair, RSA_N,
	    "013e70d6f4ed248882d920eeb53206579512b995117442d2fbd6"
	    "beca3b572e627640a08edc398843a6d5fb828b6f90570908eec5"
	    "e605918977f4507c0ab28b998a48c72aaeb77926fe39df181cd9"
	    "d509a14964d64836665ad8dd0c205e83428b55323481b9f651d7"
	    "9c115237cb1740f7e9697af322704f33bcff10520de60c5727");
	set_hex(&pair, RSA_P,
	    "01943565fc1d05f7beaccd21a2b69df37c8d9c91082d985c24fd"
	    "5be3b716bc6f485525169bfd06c2a3ea21ce2f9baaf27b69694a"
	    "d900d482a4f2c3a85e2f35cdff");
	set_hex(&pair, RSA_Q,
	    "c9ae1cdf741b8eb17601e9edd1b2f0e3f64e91532cd12561113b"
	    "ae0365770cbc69a432a8b514e7bbe5fadd050a57f214fa055490"
	    "443aae0c62140aca7ee346d9");
	ok(crypto_complete(&pair));
	make_from_pair();
}

static void
drop(void)
{
	crypto_key_free(held);
	crypto_key_free(pub);
	key_free(&pair);
	key_free(&public);
	ck_assert_uint_eq(freed, 1);
}

static void
make_rsa(size_t bits)
{
	make(&(struct key_spec){ .family = KEY_RSA, .bits = bits });
}

static void
make_curve(enum key_family family, enum key_curve curve)
{
	abilities = CAN_CURVE;
	make(&(struct key_spec){ .family = family, .curve = curve });
}

/* --- signatures ----------------------------------------------------------- */

static void
check_signature(const struct key_op *op, struct span data, size_t len)
{
	uint8_t sig[256];
	struct wr count = wr_of(NULL, 0), w = wr_of(sig, sizeof sig);
	struct wr small = wr_of(sig, len - 1);

	ok(crypto_sign(held, op, data, &count));
	ck_assert_uint_eq(count.len, len);
	expect(crypto_sign(held, op, data, &small), CNG_ERR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(runs, 0); /* a size is known without the holder */
	ok(crypto_sign(held, op, data, &w));
	ck_assert_uint_eq(w.len, len);
	ck_assert_uint_eq(runs, 1);
	ok(crypto_verify(pub, op, data, span_of(sig, w.len)));
	ok(crypto_verify(held, op, data, span_of(sig, w.len)));
	sig[5] ^= 1;
	expect(crypto_verify(held, op, data, span_of(sig, w.len)),
	    CNG_ERR_SIGNATURE);
	runs = 0;
}

static const enum key_hash hashes[] = { HASH_SHA1, HASH_SHA256, HASH_SHA384,
	HASH_SHA512 };

START_TEST(pkcs1_signatures)
{
	const struct span data = span_str("what is signed");

	make_rsa(LEN * 8);
	for (unsigned raw = 0; raw < 2; raw++) {
		abilities = raw ? CAN_SIGN_RAW : CAN_SIGN_PKCS1;
		for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
			struct key_op op = { .scheme = OP_RSA_PKCS1,
				.hash = hashes[i] };

			check_signature(&op, data, LEN);
			ck_assert_int_eq(last_op.scheme,
			    raw ? OP_RSA_RAW : OP_RSA_PKCS1);
		}
		check_signature(&(struct key_op){ .scheme = OP_RSA_PKCS1 },
		    data, LEN);
		check_signature(&(struct key_op){ .scheme = OP_RSA_PKCS1 },
		    NO_BYTES, LEN);
	}
	drop();
}
END_TEST

/* Both ways make the very bytes that software makes. */
START_TEST(pkcs1_is_the_same_by_either_way)
{
	const struct key_op op = { .scheme = OP_RSA_PKCS1,
		.hash = HASH_SHA256 };
	struct crypto_key *soft;
	uint8_t sig[3][LEN];

	make_rsa(LEN * 8);
	soft = new_key(&pair);
	for (int i = 0; i < 3; i++) {
		struct wr w = wr_of(sig[i], LEN);

		abilities = i == 0 ? CAN_SIGN_PKCS1 : CAN_SIGN_RAW;
		ok(crypto_sign(i == 2 ? soft : held, &op, span_str("x"), &w));
	}
	ck_assert_mem_eq(sig[0], sig[2], LEN);
	ck_assert_mem_eq(sig[1], sig[2], LEN);
	crypto_key_free(soft);
	drop();
}
END_TEST

START_TEST(pss_signatures)
{
	for (unsigned odd = 0; odd < 2; odd++) {
		abilities = CAN_SIGN_RAW | CAN_SIGN_PKCS1;
		if (odd)
			make_odd_rsa();
		else
			make_rsa(LEN * 8);
		for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
			struct key_op op = { .scheme = OP_RSA_PSS,
				.hash = hashes[i], .pad_hash = hashes[i],
				.mgf_hash = hashes[i],
				.salt_len = i == 0 ? 0 : 20 };

			check_signature(&op, span_str("salted"), LEN + odd);
			ck_assert_int_eq(last_op.scheme, OP_RSA_RAW);
			op.mgf_hash = HASH_SHA1;
			check_signature(&op, span_str("salted"), LEN + odd);
		}
		drop();
	}
}
END_TEST

START_TEST(pss_takes_what_fits)
{
	struct key_op op = { .scheme = OP_RSA_PSS, .hash = HASH_SHA512,
		.pad_hash = HASH_SHA512, .mgf_hash = HASH_SHA512,
		.salt_len = LEN - 64 - 2 };
	uint8_t sig[LEN];
	struct wr w = wr_of(sig, sizeof sig);

	abilities = CAN_SIGN_RAW;
	make_rsa(LEN * 8);
	check_signature(&op, span_str("full"), LEN);
	op.salt_len++;
	ck_assert_int_ne(crypto_sign(held, &op, span_str("full"), &w), CNG_OK);
	ck_assert_uint_eq(runs, 0);
	/* without the raw operation there is no such padding */
	abilities = CAN_SIGN_PKCS1;
	op.salt_len = 64 - 20;
	expect(crypto_sign(held, &op, span_str("full"), &w),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_uint_eq(w.len, 0);
	drop();
}
END_TEST

START_TEST(raw_signature)
{
	const struct key_op op = { .scheme = OP_RSA_RAW };
	uint8_t sig[LEN], back[LEN];
	struct wr w = wr_of(sig, sizeof sig), r = wr_of(back, sizeof back);

	abilities = CAN_SIGN_RAW;
	make_rsa(LEN * 8);
	ok(crypto_sign(held, &op, span_str("short"), &w));
	ok(crypto_verify_recover(pub, &op, span_of(sig, LEN), &r));
	ck_assert_uint_eq(r.len, LEN);
	ck_assert_mem_eq(back + LEN - 5, "short", 5);
	ck_assert_uint_eq(back[LEN - 6], 0);
	abilities = CAN_SIGN_PKCS1;
	w = wr_of(sig, sizeof sig);
	expect(crypto_sign(held, &op, span_str("short"), &w),
	    CNG_ERR_NOT_SUPPORTED);
	drop();
}
END_TEST

START_TEST(ecdsa)
{
	static const struct {
		enum key_curve curve;
		size_t len;
	} row[] = { { CURVE_P256, 64 }, { CURVE_P384, 96 },
		{ CURVE_P521, 132 } };

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		make_curve(KEY_EC, row[i].curve);
		for (size_t h = 0; h < ARRAY_LEN(hashes); h++)
			check_signature(&(struct key_op){
				.scheme = OP_ECDSA, .hash = hashes[h] },
			    span_str("data"), row[i].len);
		check_signature(&(struct key_op){ .scheme = OP_ECDSA },
		    span_str("a digest of some length"), row[i].len);
		drop();
	}
}
END_TEST

/* A libcrypto before 3.2 has no such variant, whoever holds the key. */
#if OPENSSL_VERSION_NUMBER >= 0x30200000L
#define NOT_PREHASH CNG_ERR_NOT_SUPPORTED
#else
#define NOT_PREHASH CNG_ERR_MECHANISM_PARAM
#endif

START_TEST(eddsa)
{
	struct key_op op = { .scheme = OP_EDDSA };
	uint8_t sig[114];
	struct wr w = wr_of(sig, sizeof sig);

	make_curve(KEY_EDWARDS, CURVE_ED25519);
	check_signature(&op, span_str("message"), 64);
	check_signature(&op, NO_BYTES, 64);
	op.prehash = true;
	expect(crypto_sign(held, &op, span_str("message"), &w), NOT_PREHASH);
	drop();
	op.prehash = false;
	make_curve(KEY_EDWARDS, CURVE_ED448);
	check_signature(&op, span_str("message"), 114);
	drop();
}
END_TEST

START_TEST(streams)
{
	const struct key_op op = { .scheme = OP_RSA_PKCS1,
		.hash = HASH_SHA256 };
	struct crypto_stream *stream;
	uint8_t sig[LEN];
	struct wr w = wr_of(sig, sizeof sig), none = wr_of(NULL, 0);

	abilities = CAN_SIGN_PKCS1;
	make_rsa(LEN * 8);
	ok(crypto_stream_new(&stream, held, &op, OP_SIGN));
	ok(crypto_stream_update(stream, span_str("one "), &none));
	ok(crypto_stream_update(stream, span_str("two"), &none));
	ok(crypto_stream_final(stream, &w));
	crypto_stream_free(stream);
	ok(crypto_verify(pub, &op, span_str("one two"), span_of(sig, LEN)));
	drop();
}
END_TEST

/* --- decryption ----------------------------------------------------------- */

static void
check_decryption(const struct key_op *op, struct span plain)
{
	uint8_t cipher[LEN], back[LEN];
	struct wr c = wr_of(cipher, sizeof cipher), b = wr_of(back, LEN);

	ok(crypto_encrypt(held, op, plain, &c));
	ck_assert_uint_eq(runs, 0); /* the public half is here */
	ok(crypto_decrypt(held, op, span_of(cipher, LEN), &b));
	ck_assert_uint_eq(runs, 1);
	ck_assert(span_equal(span_of(back, b.len), plain));
	expect(crypto_decrypt(held, op, span_of(cipher, LEN - 1), &b),
	    CNG_ERR_CIPHERTEXT_SIZE);
	if (plain.len > 0) {
		b = wr_of(back, plain.len - 1);
		expect(crypto_decrypt(held, op, span_of(cipher, LEN), &b),
		    CNG_ERR_BUFFER_TOO_SMALL);
	}
	runs = 0;
}

START_TEST(pkcs1_decryption)
{
	const struct key_op op = { .scheme = OP_RSA_PKCS1 };
	static const unsigned ways[] = { CAN_DECRYPT_RAW, CAN_DECRYPT_PKCS1 };
	uint8_t most[LEN - 11];

	make_rsa(LEN * 8);
	memset(most, 0x5a, sizeof most);
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		abilities = ways[i];
		check_decryption(&op, span_str("secret"));
		check_decryption(&op, NO_BYTES);
		check_decryption(&op, span_of(most, sizeof most));
	}
	drop();
}
END_TEST

/* What was not padded decrypts to something all the same, the same each time,
 * and another for another ciphertext: whichever way the holder works. */
START_TEST(bad_padding_is_not_told)
{
	const struct key_op op = { .scheme = OP_RSA_PKCS1 };
	static const unsigned ways[] = { CAN_DECRYPT_RAW, CAN_DECRYPT_PKCS1 };
	uint8_t out[2][2][LEN], cipher[LEN] = { 0 };
	size_t len[2][2];

	make_rsa(LEN * 8);
	for (size_t i = 0; i < 2; i++) {
		for (size_t c = 0; c < 2; c++) {
			uint8_t again[LEN];
			struct wr w = wr_of(out[i][c], LEN);
			struct wr v = wr_of(again, LEN);

			abilities = ways[i];
			cipher[LEN - 1] = (uint8_t)(c + 3);
			ok(crypto_decrypt(held, &op, span_of(cipher, LEN),
			    &w));
			ok(crypto_decrypt(held, &op, span_of(cipher, LEN),
			    &v));
			len[i][c] = w.len;
			ck_assert(span_equal(span_of(out[i][c], w.len),
			    span_of(again, v.len)));
		}
		ck_assert(!span_equal(span_of(out[i][0], len[i][0]),
		    span_of(out[i][1], len[i][1])));
	}
	for (size_t c = 0; c < 2; c++)
		ck_assert(span_equal(span_of(out[0][c], len[0][c]),
		    span_of(out[1][c], len[1][c])));
	drop();
}
END_TEST

START_TEST(oaep_decryption)
{
	static const unsigned ways[] = { CAN_DECRYPT_RAW, CAN_DECRYPT_OAEP,
		CAN_DECRYPT_RAW | CAN_DECRYPT_OAEP };
	struct key_op op = { .scheme = OP_RSA_OAEP, .pad_hash = HASH_SHA1 };
	uint8_t cipher[LEN], back[LEN];
	struct wr c = wr_of(cipher, sizeof cipher), b = wr_of(back, LEN);

	make_rsa(LEN * 8);
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		abilities = ways[i];
		for (size_t h = 0; h < 2; h++) {
			op.pad_hash = hashes[h];
			op.label = NO_BYTES;
			check_decryption(&op, span_str("secret"));
			op.label = span_str("label");
			check_decryption(&op, span_str("secret"));
			op.mgf_hash = HASH_SHA1;
			check_decryption(&op, NO_BYTES);
			op.mgf_hash = HASH_NONE;
		}
		c = wr_of(cipher, sizeof cipher);
		ok(crypto_encrypt(pub, &op, span_str("secret"), &c));
		op.label = span_str("other");
		expect(crypto_decrypt(held, &op, span_of(cipher, LEN), &b),
		    CNG_ERR_CIPHERTEXT);
		runs = 0;
	}
	abilities = CAN_DECRYPT_PKCS1;
	expect(crypto_decrypt(held, &op, span_of(cipher, LEN), &b),
	    CNG_ERR_NOT_SUPPORTED);
	drop();
}
END_TEST

START_TEST(raw_decryption)
{
	const struct key_op op = { .scheme = OP_RSA_RAW };
	uint8_t plain[LEN] = { 0, 1, 2 };

	abilities = CAN_DECRYPT_RAW;
	make_rsa(LEN * 8);
	check_decryption(&op, span_of(plain, sizeof plain));
	drop();
}
END_TEST

START_TEST(unwraps)
{
	static const unsigned ways[] = { CAN_DECRYPT_RAW, CAN_DECRYPT_OAEP };
	const struct key_op op = { .scheme = OP_RSA_AES_WRAP,
		.pad_hash = HASH_SHA1, .mgf_hash = HASH_SHA1,
		.aes_bits = 256 };
	uint8_t wrapped[2 * LEN];
	struct secret plain = { 0 };

	make_rsa(LEN * 8);
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct wr w = wr_of(wrapped, sizeof wrapped);

		abilities = ways[i];
		ok(crypto_wrap(held, &op, span_str("a key to be"), &w));
		ok(crypto_unwrap(held, &op, span_of(wrapped, w.len),
		    &plain));
		ck_assert(span_equal(secret_span(&plain),
		    span_str("a key to be")));
		secret_free(&plain);
		wrapped[LEN + 3] ^= 1;
		expect(crypto_unwrap(held, &op, span_of(wrapped, w.len),
		    &plain), CNG_ERR_WRAPPED_KEY);
	}
	drop();
}
END_TEST

/* --- agreement ------------------------------------------------------------ */

static void
check_agreement(enum key_family family, enum key_curve curve)
{
	struct key_spec spec = { .family = family, .curve = curve };
	struct key_material other = { 0 };
	struct crypto_key *theirs;
	struct key_op mine = { .scheme = OP_ECDH }, yours = mine;
	struct secret peer = { 0 }, point = { 0 }, a = { 0 }, b = { 0 };

	make_curve(family, curve);
	ok(crypto_generate(&other, &spec));
	theirs = new_key(&other);
	if (family == KEY_EC) {
		ok(secret_copy(&peer, span_of("\x04", 1)));
		ok(secret_copy(&point, span_of("\x04", 1)));
	}
	for (unsigned i = 0; i < (family == KEY_EC ? 2u : 1u); i++) {
		ok(secret_append(&peer, key_part(&other, (enum key_part)i)));
		ok(secret_append(&point, key_part(&public,
		    (enum key_part)i)));
	}
	mine.peer = secret_span(&peer);
	yours.peer = secret_span(&point);
	for (size_t kdf = 0; kdf < 2; kdf++) {
		if (kdf == 1) {
			mine.kdf = yours.kdf = KDF_X963;
			mine.hash = yours.hash = HASH_SHA256;
			mine.pad_hash = yours.pad_hash = HASH_SHA256;
			mine.label = yours.label = span_str("info");
		}
		ok(crypto_derive(held, &mine, kdf * 40, &a));
		ok(crypto_derive(theirs, &yours, kdf * 40, &b));
		ck_assert(span_equal(secret_span(&a), secret_span(&b)));
		secret_free(&a);
		secret_free(&b);
	}
	ck_assert_uint_eq(runs, 2);
	/* a point that is none never gets to the holder */
	peer.ptr[peer.len - 1] ^= family == KEY_EC ? 1 : 0;
	mine.peer = span_of(peer.ptr,
	    family == KEY_EC ? peer.len : peer.len - 1);
	expect(crypto_derive(held, &mine, 0, &a), CNG_ERR_MECHANISM_PARAM);
	ck_assert_uint_eq(runs, 2);
	abilities = 0;
	mine.peer = secret_span(&point);
	expect(crypto_derive(held, &mine, 0, &a), CNG_ERR_NOT_SUPPORTED);
	secret_free(&peer);
	secret_free(&point);
	crypto_key_free(theirs);
	key_free(&other);
	drop();
}

START_TEST(agreement)
{
	check_agreement(KEY_EC, CURVE_P256);
	check_agreement(KEY_EC, CURVE_P521);
	check_agreement(KEY_MONTGOMERY, CURVE_X25519);
}
END_TEST

/* --- holders that are wrong ----------------------------------------------- */

static void
check_spoilt(enum spoil how, enum cng_status want)
{
	const struct key_op pkcs1 = { .scheme = OP_RSA_PKCS1 };
	const struct key_op raw = { .scheme = OP_RSA_RAW };
	const struct key_op ecdsa_op = { .scheme = OP_ECDSA };
	struct key_op ecdh = { .scheme = OP_ECDH };
	uint8_t cipher[LEN], out[4 * LEN];
	struct wr c = wr_of(cipher, LEN), w = wr_of(out, sizeof out);
	struct secret shared = { 0 }, point = { 0 };

	make_rsa(LEN * 8);
	ok(crypto_encrypt(pub, &pkcs1, span_str("x"), &c));
	spoil = how;
	for (unsigned way = 0; way < 2; way++) {
		abilities = way ? CAN_SIGN_RAW | CAN_DECRYPT_RAW :
				  CAN_SIGN_PKCS1;
		expect(crypto_sign(held, &pkcs1, span_str("x"), &w), want);
		ck_assert_uint_eq(w.len, 0);
	}
	expect(crypto_decrypt(held, &pkcs1, span_of(cipher, LEN), &w), want);
	expect(crypto_decrypt(held, &raw, span_of(cipher, LEN), &w), want);
	abilities = CAN_DECRYPT_PKCS1;
	if (how != TOO_SHORT) /* nobody can tell */
		expect(crypto_decrypt(held, &pkcs1, span_of(cipher, LEN), &w),
		    want);
	ck_assert(how == TOO_SHORT || w.len == 0);
	drop();

	w = wr_of(out, sizeof out);
	make_curve(KEY_EC, CURVE_P256);
	ok(secret_copy(&point, span_of("\x04", 1)));
	ok(secret_append(&point, key_part(&public, EC_X)));
	ok(secret_append(&point, key_part(&public, EC_Y)));
	ecdh.peer = secret_span(&point);
	spoil = how;
	expect(crypto_sign(held, &ecdsa_op, span_str("digest"), &w), want);
	ck_assert_uint_eq(w.len, 0);
	expect(crypto_derive(held, &ecdh, 0, &shared), want);
	ck_assert_uint_eq(shared.len, 0);
	secret_free(&point);
	drop();
}

START_TEST(lengths_are_not_trusted)
{
	check_spoilt(TOO_SHORT, CNG_ERR_DEVICE);
	check_spoilt(TOO_LONG, CNG_ERR_DEVICE);
}
END_TEST

/* What is signed by another key, or not well, might give the key away. */
START_TEST(signatures_are_not_trusted)
{
	static const enum op_scheme schemes[] = { OP_RSA_PKCS1, OP_RSA_PSS,
		OP_RSA_RAW };
	struct key_op op = { .scheme = OP_ECDSA };
	uint8_t data[LEN] = { 0, 1 }, out[2 * LEN];
	struct wr w = wr_of(out, sizeof out);

	make_rsa(LEN * 8);
	spoil = WRONG;
	for (size_t i = 0; i < 2 * ARRAY_LEN(schemes); i++) {
		op = (struct key_op){ .scheme = schemes[i / 2],
			.hash = i / 2 < 2 ? HASH_SHA256 : HASH_NONE };
		abilities = i % 2 ? CAN_SIGN_RAW :
				    CAN_SIGN_RAW | CAN_SIGN_PKCS1;
		expect(crypto_sign(held, &op, span_of(data, LEN), &w),
		    CNG_ERR_DEVICE);
		ck_assert_uint_eq(w.len, 0);
	}
	ck_assert_uint_eq(runs, 2 * ARRAY_LEN(schemes));
	drop();
	op = (struct key_op){ .scheme = OP_ECDSA };
	make_curve(KEY_EC, CURVE_P256);
	spoil = WRONG;
	expect(crypto_sign(held, &op, span_str("digest"), &w),
	    CNG_ERR_DEVICE);
	drop();
	op = (struct key_op){ .scheme = OP_EDDSA };
	make_curve(KEY_EDWARDS, CURVE_ED25519);
	spoil = WRONG;
	expect(crypto_sign(held, &op, span_str("text"), &w), CNG_ERR_DEVICE);
	drop();
	ck_assert_uint_eq(w.len, 0);
}
END_TEST

START_TEST(shared_secrets_are_not_zero)
{
	static const uint8_t nine[32] = { 9 };
	const struct key_op op = { .scheme = OP_ECDH,
		.peer = span_of(nine, sizeof nine) };
	struct secret shared = { 0 };

	make_curve(KEY_MONTGOMERY, CURVE_X25519);
	ok(crypto_derive(held, &op, 0, &shared));
	secret_free(&shared);
	spoil = ZERO;
	expect(crypto_derive(held, &op, 0, &shared), CNG_ERR_MECHANISM_PARAM);
	ck_assert_uint_eq(shared.len, 0);
	drop();
}
END_TEST

/* A holder that fails has decrypted nothing. */
START_TEST(a_broken_card_is_no_bad_padding)
{
	const struct key_op op = { .scheme = OP_RSA_PKCS1 };
	uint8_t cipher[LEN] = { 0 }, out[LEN];
	struct wr w = wr_of(out, LEN);

	abilities = CAN_DECRYPT_PKCS1;
	make_rsa(LEN * 8);
	cipher[LEN - 1] = 3;
	ok(crypto_decrypt(held, &op, span_of(cipher, LEN), &w));
	w = wr_of(out, LEN);
	spoil = BROKEN;
	expect(crypto_decrypt(held, &op, span_of(cipher, LEN), &w),
	    CNG_ERR_DEVICE);
	ck_assert_uint_eq(w.len, 0);
	drop();
}
END_TEST

START_TEST(a_pin_is_asked_for)
{
	check_spoilt(NO_PIN, CNG_ERR_NOT_LOGGED_IN);
}
END_TEST

START_TEST(numbers_that_make_no_key)
{
	struct key_material none = { .family = KEY_RSA };
	struct soft *soft = mem_new(1, sizeof *soft);
	struct crypto_key *key;

	ck_assert_ptr_nonnull(soft);
	freed = 0;
	soft->holder.ops = &soft_ops;
	ck_assert_int_ne(crypto_key_held(&key, &none, &soft->holder), CNG_OK);
	ck_assert_ptr_null(key);
	ck_assert_uint_eq(freed, 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { pkcs1_signatures,
		pkcs1_is_the_same_by_either_way, pss_signatures,
		pss_takes_what_fits, raw_signature, ecdsa, eddsa, streams,
		pkcs1_decryption, bad_padding_is_not_told, oaep_decryption,
		raw_decryption, unwraps, agreement, lengths_are_not_trusted,
		signatures_are_not_trusted, shared_secrets_are_not_zero,
		a_broken_card_is_no_bad_padding,
		a_pin_is_asked_for, numbers_that_make_no_key };

	return run_tests("crypto_held", tests, ARRAY_LEN(tests));
}
