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
		const struct curve_info *info = curve_info(spec.curve);
		struct key_material m, pub;
		struct crypto_key *key, *peer;
		struct key_op op = { .scheme = OP_ECDSA,
			.hash = HASH_SHA384 };
		uint8_t sig[2 * FIELD_MAX];
		struct crypto_stream *s;
		struct wr w = wr_of(NULL, 0);
		size_t len;

		if (info == NULL || info->family != KEY_EC)
			continue;
		len = 2 * info->order_bytes;
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

/* X9.62 has three of them, and each may come inside an OCTET STRING. */
START_TEST(points_of_every_form)
{
	struct key_material m = ec_material(CURVE_P256, NULL, NULL, I_5903);
	struct crypto_key *key = new_key(&m);
	struct secret xy = unhex(PEER_5903), got = { 0 };
	struct key_op op = { .scheme = OP_ECDH };
	uint8_t der[2 + 65] = { 0x04 };

	for (uint8_t form = 2; form < 8; form++) {
		uint8_t len = form < 4 ? 33 : 65;

		der[1] = len;
		der[2] = form;
		memcpy(der + 3, xy.ptr, len - 1U);
		for (size_t from = 0; from < 3; from += 2) {
			op.peer = span_of(der + from, 2U + len - from);
			/* the sign of y is in the form, or y is; y is odd */
			if (form == 5 || form == 6) {
				expect(crypto_derive(key, &op, 0, &got),
				    CNG_ERR_MECHANISM_PARAM);
				continue;
			}
			ok(crypto_derive(key, &op, 0, &got));
			expect_hex(secret_span(&got), Z_5903);
		}
	}
	/* no x of a point */
	der[1] = 33;
	der[2] = 2;
	memset(der + 3, 0xff, 32);
	op.peer = span_of(der, 35);
	expect(crypto_derive(key, &op, 0, &got), CNG_ERR_MECHANISM_PARAM);
	secret_free(&xy);
	secret_free(&got);
	key_free(&m);
	crypto_key_free(key);
}
END_TEST

static size_t
public_bytes(uint8_t *out, const struct key_material *m)
{
	size_t width = curve_info(m->curve)->field_bytes;

	if (m->family == KEY_MONTGOMERY) {
		memcpy(out, m->part[ECX_PUBLIC].ptr, width);
		return width;
	}
	out[0] = 0x04;
	memcpy(out + 1, m->part[EC_X].ptr, width);
	memcpy(out + 1 + width, m->part[EC_Y].ptr, width);
	return 1 + 2 * width;
}

static void
check_both_sides(enum key_family family, enum key_curve curve)
{
	struct key_spec spec = { .family = family, .curve = curve };
	size_t width = curve_info(curve)->field_bytes;
	struct key_material m[2];
	struct crypto_key *key[2];
	struct secret z[2] = { { 0 }, { 0 } };

	for (int i = 0; i < 2; i++) {
		ok(crypto_generate(&m[i], &spec));
		key[i] = new_key(&m[i]);
	}
	for (int i = 0; i < 2; i++) {
		uint8_t point[1 + 2 * FIELD_MAX];
		struct key_op op = { .scheme = OP_ECDH };

		op.peer = span_of(point, public_bytes(point, &m[1 - i]));
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
	for (int c = CURVE_P256; c < CURVE_COUNT; c++) {
		const struct curve_info *info = curve_info((enum key_curve)c);

		if (info != NULL && info->family != KEY_EDWARDS)
			check_both_sides(info->family, (enum key_curve)c);
	}
}
END_TEST

/* RFC 7748, 6.1 */
START_TEST(agreement_of_montgomery)
{
	struct key_material m = { .family = KEY_MONTGOMERY,
		.curve = CURVE_X25519, .has_private = true };
	struct secret peer = unhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c8"
	    "5b78674dadfc7e146f882b4f");
	struct key_op op = { .scheme = OP_ECDH, .peer = secret_span(&peer) };
	struct secret z = { 0 }, wrapped = unhex("0420");
	struct crypto_key *key;

	set_hex(&m, ECX_PRIVATE, "77076d0a7318a57d3c16c17251b26645df4c2f87"
	    "ebc0992ab177fba51db92c2a");
	ok(crypto_complete(&m));
	expect_hex(key_part(&m, ECX_PUBLIC), "8520f0098930a754748b7ddcb43ef7"
	    "5a0dbf3a0d26381af4eba4a98eaa9b4e6a");
	ok(crypto_check_pair(&m));
	key = new_key(&m);
	ok(crypto_derive(key, &op, 0, &z));
	expect_hex(secret_span(&z), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c9"
	    "47d19e3376f09b3c1e161742");
	secret_free(&z);
	ok(secret_append(&wrapped, secret_span(&peer)));
	op.peer = secret_span(&wrapped);
	ok(crypto_derive(key, &op, 0, &z));
	secret_free(&z);
	op.peer.len--;
	expect(crypto_derive(key, &op, 0, &z), CNG_ERR_MECHANISM_PARAM);
	op.peer = secret_span(&peer);
	op.cofactor = true;
	expect(crypto_derive(key, &op, 0, &z), CNG_ERR_KEY_TYPE);
	op.cofactor = false;
	memset(peer.ptr, 0, peer.len);
	expect(crypto_derive(key, &op, 0, &z), CNG_ERR_MECHANISM_PARAM);
	ck_assert_ptr_null(z.ptr);
	/* a key of such order is none */
	ok(key_set(&m, ECX_PUBLIC, secret_span(&peer)));
	expect(crypto_check_public(&m), CNG_ERR_BAD_PUBLIC_KEY);
	m.part[ECX_PUBLIC].ptr[0] = 9;
	expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
	crypto_key_free(key);
	secret_free(&wrapped);
	secret_free(&peer);
	key_free(&m);
}
END_TEST

START_TEST(edwards_keys_hold_together)
{
	for (int c = CURVE_ED25519; c <= CURVE_ED448; c++) {
		struct key_spec spec = { .family = KEY_EDWARDS,
			.curve = (enum key_curve)c };
		struct key_op op = { .scheme = OP_ECDSA };
		struct crypto_key *key;
		struct key_material m;
		struct wr w = wr_of(NULL, 0);

		ok(crypto_generate(&m, &spec));
		ok(crypto_check_pair(&m));
		key = new_key(&m);
		expect(crypto_sign(key, &op, span_str("digest"), &w),
		    CNG_ERR_KEY_TYPE);
		m.part[ECX_PRIVATE].ptr[3] ^= 1;
		expect(crypto_check_pair(&m), CNG_ERR_BAD_KEY);
		crypto_key_free(key);
		key_free(&m);
	}
}
END_TEST

START_TEST(curves_do_not_make_other_families)
{
	static const struct key_spec specs[] = {
		{ .family = KEY_EC, .curve = CURVE_X25519 },
		{ .family = KEY_EC, .curve = CURVE_EXPLICIT },
		{ .family = KEY_MONTGOMERY, .curve = CURVE_P256 },
		{ .family = KEY_EDWARDS, .curve = CURVE_X25519 },
	};
	struct key_material m;

	for (size_t i = 0; i < ARRAY_LEN(specs); i++)
		expect(crypto_generate(&m, &specs[i]), CNG_ERR_BAD_CURVE);
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
		sign_on_every_curve, agreement, points_of_every_form,
		agreement_on_every_curve, agreement_of_montgomery,
		edwards_keys_hold_together, curves_do_not_make_other_families,
		completes_the_point, bad_keys_are_refused };

	return run_tests("crypto_ec", tests, ARRAY_LEN(tests));
}
