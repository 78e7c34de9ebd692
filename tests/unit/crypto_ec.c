/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Elliptic curves: signatures, key agreement, the checks on import.
 */
#include "crypto_test.h"

#define FIELD_MAX 66

static struct key_material
ec_material(enum key_curve curve, const char *x, const char *y, const char *d)
{
	struct key_material m = { .family = KEY_EC, .curve = curve,
		.has_private = d != NULL };

	if (x != NULL) {
		set_hex(&m, EC_X, x);
		set_hex(&m, EC_Y, y);
	}
	if (d != NULL)
		set_hex(&m, EC_D, d);
	return m;
}

/* RFC 6979, A.2.5 */
#define D_6979 \
	"c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define X_6979 \
	"60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
#define Y_6979 \
	"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"

START_TEST(published_signatures)
{
	static const struct {
		enum key_hash hash;
		const char *signature;
	} rows[] = {
		{ HASH_SHA256,
		    "efd48b2aacb6a8fd1140dd9cd45e81d6"
		    "9d2c877b56aaf991c34d0ea84eaf3716"
		    "f7cb1c942d657c41d436c7a1b6e29f65"
		    "f3e900dbb9aff4064dc4ab2f843acda8",
		},
		{ HASH_SHA512,
		    "8496a60b5e9b47c825488827e0495b0e"
		    "3fa109ec4568fd3f8d1097678eb97f00"
		    "2362ab1adbe2b8adf9cb9edab740ea60"
		    "49c028114f2460f96554f61fae3302fe",
		},
	};
	struct key_material m = ec_material(CURVE_P256, X_6979, Y_6979, NULL);
	struct crypto_key *key = new_key(&m);
	uint8_t digest[64];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct secret sig = unhex(rows[i].signature);
		struct key_op op = { .scheme = OP_ECDSA,
			.hash = rows[i].hash };
		struct key_op ready = { .scheme = OP_ECDSA };
		struct crypto_stream *s;
		struct wr w = wr_of(digest, 0);

		ok(crypto_verify(key, &op, span_str("sample"),
		    secret_span(&sig)));
		expect(crypto_verify(key, &op, span_str("Sample"),
			   secret_span(&sig)), CNG_ERR_SIGNATURE);
		ok(crypto_digest(op.hash, span_str("sample"), digest));
		ok(crypto_verify(key, &ready, span_of(digest,
		    hash_info(op.hash)->size), secret_span(&sig)));
		ok(crypto_stream_new(&s, key, &op, OP_VERIFY));
		ok(crypto_stream_update(s, span_str("samp"), &w));
		ok(crypto_stream_update(s, span_str("le"), &w));
		ok(crypto_stream_verify(s, secret_span(&sig)));
		crypto_stream_free(s);
		expect(crypto_verify(key, &op, span_str("sample"),
			   span_of(sig.ptr, sig.len - 1)),
		    CNG_ERR_SIGNATURE_SIZE);
		expect(crypto_verify(key, &op, span_str("sample"), NO_BYTES),
		    CNG_ERR_SIGNATURE_SIZE);
		memset(sig.ptr, 0, sig.len);
		expect(crypto_verify(key, &op, span_str("sample"),
			   secret_span(&sig)), CNG_ERR_SIGNATURE);
		memset(sig.ptr, 0xff, sig.len);
		expect(crypto_verify(key, &op, span_str("sample"),
			   secret_span(&sig)), CNG_ERR_SIGNATURE);
		secret_free(&sig);
	}
	key_free(&m);
	crypto_key_free(key);
}
END_TEST

START_TEST(sign_on_every_curve)
{
	for (int c = CURVE_P256; c < CURVE_COUNT; c++) {
		struct key_spec spec = { .family = KEY_EC,
			.curve = (enum key_curve)c };
		size_t len = 2 * curve_info(spec.curve)->order_bytes;
		struct key_material m, pub;
		struct crypto_key *key, *peer;
		struct key_op op = { .scheme = OP_ECDSA,
			.hash = HASH_SHA384 };
		uint8_t sig[2 * FIELD_MAX];
		struct crypto_stream *s;
		struct wr w = wr_of(NULL, 0);

		ok(crypto_generate(&m, &spec));
		ok(crypto_check_pair(&m));
		ok(key_copy_public(&pub, &m));
		key = new_key(&m);
		peer = new_key(&pub);
		ok(crypto_sign(key, &op, span_str("data"), &w));
		ck_assert_uint_eq(w.len, len);
		for (int i = 0; i < 3; i++) {
			w = wr_of(sig, len);
			ok(crypto_sign(key, &op, span_str("data"), &w));
			ok(crypto_verify(peer, &op, span_str("data"),
			    span_of(sig, len)));
		}
		ok(crypto_stream_new(&s, key, &op, OP_SIGN));
		ok(crypto_stream_update(s, span_str("data"), &w));
		w = wr_of(sig, len - 1);
		expect(crypto_stream_final(s, &w), CNG_ERR_BUFFER_TOO_SMALL);
		w = wr_of(sig, len);
		ok(crypto_stream_final(s, &w));
		crypto_stream_free(s);
		ok(crypto_verify(peer, &op, span_str("data"),
		    span_of(sig, len)));
		sig[len - 1] ^= 1;
		expect(crypto_verify(peer, &op, span_str("data"),
			   span_of(sig, len)), CNG_ERR_SIGNATURE);
		w = wr_of(sig, len);
		expect(crypto_sign(peer, &op, span_str("data"), &w),
		    CNG_ERR_KEY_TYPE);
		op.hash = HASH_NONE;
		expect(crypto_sign(key, &op, NO_BYTES, &w),
		    CNG_ERR_DATA_SIZE);
		expect(crypto_stream_new(&s, key, &op, OP_SIGN),
		    CNG_ERR_MECHANISM);
		op.scheme = OP_RSA_PSS;
		expect(crypto_sign(key, &op, span_str("data"), &w),
		    CNG_ERR_KEY_TYPE);
		crypto_key_free(key);
		crypto_key_free(peer);
		key_free(&m);
		key_free(&pub);
	}
}
END_TEST

/* RFC 5903, 8.1 */
#define I_5903 \
	"c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"
#define PEER_5903 \
	"d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63" \
	"56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab"
#define Z_5903 \
	"d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"

/* The functions after X9.63 and SP 800-56A, from their definition: one
 * block of hash is the leading part of a longer result. */
static void
check_kdf(const struct crypto_key *key, struct key_op op, const uint8_t *z)
{
	static const uint8_t counters[2][4] = { { 0, 0, 0, 1 },
		{ 0, 0, 0, 2 } };
	uint8_t in[4 + 32 + 4], want[64];
	struct secret got = { 0 };

	op.label = span_str("info");
	for (size_t i = 0; i < 2; i++) {
		bool first = op.kdf == KDF_SP800;

		memcpy(in + (first ? 0 : 32), counters[i], 4);
		memcpy(in + (first ? 4 : 0), z, 32);
		memcpy(in + 36, "info", 4);
		ok(crypto_digest(HASH_SHA256, span_of(in, sizeof in),
		    want + 32 * i));
	}
	ok(crypto_derive(key, &op, 0, &got));
	ck_assert(span_equal(secret_span(&got), span_of(want, 32)));
	ok(crypto_derive(key, &op, 64, &got));
	ck_assert(span_equal(secret_span(&got), span_of(want, 64)));
	ok(crypto_derive(key, &op, 5, &got));
	ck_assert(span_equal(secret_span(&got), span_of(want, 5)));
	expect(crypto_derive(key, &op, SECRET_KEY_MAX + 1, &got),
	    CNG_ERR_KEY_SIZE);
	op.pad_hash = HASH_NONE;
	expect(crypto_derive(key, &op, 5, &got), CNG_ERR_MECHANISM_PARAM);
	secret_free(&got);
}

START_TEST(agreement)
{
	struct key_material m = ec_material(CURVE_P256, NULL, NULL, I_5903);
	struct crypto_key *key = new_key(&m);
	struct secret peer = unhex("0441" "04" PEER_5903), got = { 0 };
	struct secret z = unhex(Z_5903);
	struct key_op op = { .scheme = OP_ECDH, .pad_hash = HASH_SHA256 };

	for (int i = 0; i < 2; i++) {
		op.cofactor = i == 1;
		op.peer = secret_span(&peer);
		ok(crypto_derive(key, &op, 0, &got));
		expect_hex(secret_span(&got), Z_5903);
		op.peer = span_of(peer.ptr + 2, peer.len - 2);
		ok(crypto_derive(key, &op, 16, &got));
		ck_assert(span_equal(secret_span(&got), span_of(z.ptr, 16)));
	}
	expect(crypto_derive(key, &op, 33, &got), CNG_ERR_KEY_SIZE);
	op.kdf = KDF_X963;
	check_kdf(key, op, z.ptr);
	op.kdf = KDF_SP800;
	check_kdf(key, op, z.ptr);
	op.kdf = KDF_NULL;
	/* a point off the curve, cut short, too long, in other clothes */
	peer.ptr[40] ^= 1;
	expect(crypto_derive(key, &op, 0, &got), CNG_ERR_MECHANISM_PARAM);
	peer.ptr[40] ^= 1;
	for (size_t len = 0; len < peer.len - 2; len++) {
		op.peer = span_of(peer.ptr + 2, len);
		expect(crypto_derive(key, &op, 0, &got),
		    CNG_ERR_MECHANISM_PARAM);
	}
	ok(secret_append(&peer, span_str("x")));
	op.peer = secret_span(&peer);
	expect(crypto_derive(key, &op, 0, &got), CNG_ERR_MECHANISM_PARAM);
	peer.ptr[2] = 0x02;
	op.peer = span_of(peer.ptr + 2, 65);
	expect(crypto_derive(key, &op, 0, &got), CNG_ERR_MECHANISM_PARAM);
	op.scheme = OP_ECDSA;
	expect(crypto_derive(key, &op, 0, &got), CNG_ERR_MECHANISM);
	secret_free(&peer);
	secret_free(&got);
	secret_free(&z);
	key_free(&m);
	crypto_key_free(key);
}
END_TEST

static void
check_both_sides(enum key_curve curve)
{
	struct key_spec spec = { .family = KEY_EC, .curve = curve };
	size_t width = curve_info(curve)->field_bytes;
	struct key_material m[2];
	struct crypto_key *key[2];
	struct secret z[2] = { { 0 }, { 0 } };

	for (int i = 0; i < 2; i++) {
		ok(crypto_generate(&m[i], &spec));
		key[i] = new_key(&m[i]);
	}
	for (int i = 0; i < 2; i++) {
		uint8_t point[1 + 2 * FIELD_MAX] = { 0x04 };
		struct key_op op = { .scheme = OP_ECDH };

		memcpy(point + 1, m[1 - i].part[EC_X].ptr, width);
		memcpy(point + 1 + width, m[1 - i].part[EC_Y].ptr, width);
		op.peer = span_of(point, 1 + 2 * width);
		ok(crypto_derive(key[i], &op, 0, &z[i]));
		ck_assert_uint_eq(z[i].len, width);
	}
	ck_assert(span_equal(secret_span(&z[0]), secret_span(&z[1])));
	for (int i = 0; i < 2; i++) {
		key_free(&m[i]);
		secret_free(&z[i]);
		crypto_key_free(key[i]);
	}
}

START_TEST(agreement_on_every_curve)
{
	for (int c = CURVE_P256; c < CURVE_COUNT; c++)
		check_both_sides((enum key_curve)c);
}
END_TEST

START_TEST(completes_the_point)
{
	struct key_material m = ec_material(CURVE_P256, NULL, NULL, D_6979);

	ok(crypto_check_pair(&m));
	ok(crypto_complete(&m));
	expect_hex(key_part(&m, EC_X), X_6979);
	expect_hex(key_part(&m, EC_Y), Y_6979);
	ok(crypto_check_pair(&m));
	key_free(&m);
}
END_TEST

#define ORDER_256 \
	"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define PRIME_256 \
	"ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"

START_TEST(bad_keys_are_refused)
{
	struct key_material m = ec_material(CURVE_P256, X_6979, Y_6979,
	    D_6979);
	struct crypto_key *key;

	ok(crypto_check_pair(&m));
	m.part[EC_D].ptr[31] ^= 2;
	expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
	ok(crypto_check_public(&m));
	m.part[EC_D].ptr[31] ^= 2;
	m.part[EC_Y].ptr[31] ^= 2;
	expect(crypto_check_public(&m), CNG_ERR_BAD_PUBLIC_KEY);
	expect(crypto_check_pair(&m), CNG_ERR_BAD_PUBLIC_KEY);
	expect(crypto_key_new(&key, &m), CNG_ERR_BAD_PUBLIC_KEY);
	ck_assert_ptr_null(key);
	key_free(&m);

	m = ec_material(CURVE_P256, X_6979, Y_6979, "00");
	expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
	key_free(&m);
	m = ec_material(CURVE_P256, X_6979, Y_6979, ORDER_256);
	expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
	key_free(&m);
	m = ec_material(CURVE_P256, NULL, NULL, ORDER_256);
	expect(crypto_complete(&m), CNG_ERR_BAD_KEY);
	key_free(&m);
	m = ec_material(CURVE_P256, "00", "00", NULL);
	expect(crypto_check_public(&m), CNG_ERR_BAD_PUBLIC_KEY);
	key_free(&m);
	/* a coordinate must be below the prime */
	m = ec_material(CURVE_P256, PRIME_256, Y_6979, NULL);
	expect(crypto_check_public(&m), CNG_ERR_BAD_PUBLIC_KEY);
	key_free(&m);
	/* the point of one curve on another */
	m = ec_material(CURVE_P384, X_6979, Y_6979, NULL);
	expect(crypto_check_public(&m), CNG_ERR_BAD_PUBLIC_KEY);
	key_free(&m);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { published_signatures,
		sign_on_every_curve, agreement, agreement_on_every_curve,
		completes_the_point, bad_keys_are_refused };

	return run_tests("crypto_ec", tests, ARRAY_LEN(tests));
}
