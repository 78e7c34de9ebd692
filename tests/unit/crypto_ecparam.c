/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EC parameters and points in the forms of PKCS#11.
 */
#include "base/util.h"
#include "crypto/asn1.h"
#include "crypto/crypto.h"
#include "sample.h"

static const char *const keys[] = { "p256.spki.der", "p384.spki.der",
	"p521.spki.der" };

static struct key_material
public_key(const char *file)
{
	struct secret in = sample_read(file);
	struct key_material key;

	ck_assert_int_eq(spki_decode(&key, secret_span(&in)), CNG_OK);
	secret_free(&in);
	return key;
}

START_TEST(named_curves)
{
	for (int i = CURVE_NONE + 1; i < CURVE_COUNT; i++) {
		const struct curve_info *info = curve_info((enum key_curve)i);
		enum key_curve curve = CURVE_NONE;
		struct span der;

		if (info == NULL)
			continue;
		der = info->oid_der;
		if (info->family != KEY_EC) {
			ck_assert_int_eq(ec_params_decode(der, &curve),
			    CNG_ERR_BAD_CURVE);
			continue;
		}
		ck_assert_int_eq(ec_params_decode(der, &curve), CNG_OK);
		ck_assert_int_eq(curve, i);
		for (size_t len = 0; len < der.len; len++)
			ck_assert_int_eq(ec_params_decode(
			    span_of(der.ptr, len), &curve),
			    CNG_ERR_BAD_DATA);
	}
}
END_TEST

static const struct {
	const char *what;
	uint8_t der[12];
	size_t len;
	enum cng_status st;
} params[] = {
	{ "sect283k1", { 6, 5, 0x2b, 0x81, 4, 0, 0x10 }, 7,
	    CNG_ERR_BAD_CURVE },
	{ "curve25519", { 0x13, 10, 'c', 'u', 'r', 'v', 'e', '2', '5', '5',
	    '1', '9' }, 12, CNG_ERR_BAD_CURVE },
	{ "implicit", { 5, 0 }, 2, CNG_ERR_BAD_CURVE },
	{ "P-384 and a byte", { 6, 5, 0x2b, 0x81, 4, 0, 0x22, 0 }, 8,
	    CNG_ERR_BAD_DATA },
	{ "integer", { 2, 1, 1 }, 3, CNG_ERR_BAD_DATA },
	{ "empty sequence", { 0x30, 0 }, 2, CNG_ERR_BAD_DATA },
	{ "nothing", { 0 }, 0, CNG_ERR_BAD_DATA },
	{ "endless", { 0x30, 0x84, 0xff, 0xff, 0xff, 0xff }, 6,
	    CNG_ERR_BAD_DATA },
};

START_TEST(bad_params)
{
	enum key_curve curve = CURVE_P256;

	ck_assert_int_eq(ec_params_decode(
	    span_of(params[_i].der, params[_i].len), &curve), params[_i].st);
	ck_assert_int_eq(curve, CURVE_P256);
}
END_TEST

/* The parameters inside of an explicit key: everything up to the point. */
START_TEST(explicit_params)
{
	struct secret in = sample_read("p256_explicit.der");
	struct secret other = sample_read("p256_explicit_other_b.der");
	static const uint8_t version_one[] = { 2, 1, 1, 0x30 };
	enum key_curve curve = CURVE_NONE;
	size_t at, len;

	/* ECParameters is a SEQUENCE that begins with version 1 */
	for (at = 4; at + sizeof version_one < in.len; at++)
		if (memcmp(in.ptr + at, version_one, 4) == 0)
			break;
	ck_assert_uint_eq(in.ptr[at - 3], 0x30);
	ck_assert_uint_eq(in.ptr[at - 2], 0x81);
	len = in.ptr[at - 1] + 3u;
	ck_assert_int_eq(ec_params_decode(span_of(in.ptr + at - 3, len),
	    &curve), CNG_OK);
	ck_assert_int_eq(curve, CURVE_P256);
	ck_assert_int_eq(ec_params_decode(span_of(other.ptr + at - 3, len),
	    &curve), CNG_ERR_BAD_CURVE);
	for (size_t cut = 0; cut < len; cut++)
		ck_assert_int_eq(ec_params_decode(
		    span_of(in.ptr + at - 3, cut), &curve),
		    CNG_ERR_BAD_DATA);
	/* no single bit may be another one */
	for (size_t bit = 0; bit < len * 8; bit++) {
		uint8_t *byte = in.ptr + at - 3 + bit / 8;
		enum cng_status st;

		*byte ^= (uint8_t)(1u << bit % 8);
		st = ec_params_decode(span_of(in.ptr + at - 3, len), &curve);
		*byte ^= (uint8_t)(1u << bit % 8);
		ck_assert_msg(st != CNG_OK, "bit %zu does not matter", bit);
	}
	secret_free(&in);
	secret_free(&other);
}
END_TEST

/* A curve that has no name here: comes back, and works. */
START_TEST(unnamed_curve)
{
	struct secret in = sample_read("other_explicit.der");
	struct secret pub = sample_read("other_explicit.spki.der");
	struct key_material key, other, again = { .family = KEY_EC };
	struct key_op op = { .scheme = OP_ECDSA, .hash = HASH_SHA256 };
	struct key_op agree = { .scheme = OP_ECDH };
	struct span text = span_str("text");
	struct secret z = { 0 };
	struct crypto_key *ready;
	uint8_t sig[64], der[512], point[70];
	struct wr w = wr_of(sig, sizeof sig);

	ck_assert_int_eq(pkcs8_decode(&key, secret_span(&in), NULL), CNG_OK);
	ck_assert_int_eq(spki_decode(&other, secret_span(&pub)), CNG_OK);
	ck_assert_int_eq(key.curve, CURVE_EXPLICIT);
	ck_assert(key_same_public(&key, &other));
	ck_assert_int_eq(crypto_check_pair(&key), CNG_OK);
	ck_assert_int_eq(crypto_key_new(&ready, &key), CNG_OK);
	ck_assert_int_eq(crypto_sign(ready, &op, text, &w), CNG_OK);
	ck_assert_uint_eq(w.len, 64);
	ck_assert_int_eq(crypto_verify(ready, &op, text, span_of(sig, 64)),
	    CNG_OK);
	sig[40] ^= 1;
	ck_assert_int_eq(crypto_verify(ready, &op, text, span_of(sig, 64)),
	    CNG_ERR_SIGNATURE);
	w = wr_of(point, sizeof point);
	ck_assert_int_eq(ec_point_encode(&key, &w), CNG_OK);
	agree.peer = span_of(point, w.len);
	ck_assert_int_eq(crypto_derive(ready, &agree, 0, &z), CNG_OK);
	ck_assert_uint_eq(z.len, 32);
	secret_free(&z);
	point[20] ^= 1;
	ck_assert_int_eq(crypto_derive(ready, &agree, 0, &z),
	    CNG_ERR_MECHANISM_PARAM);
	w = wr_of(der, sizeof der);
	ck_assert_int_eq(ec_params_encode(&key, &w), CNG_OK);
	ck_assert_int_eq(ec_params_set(&again, span_of(der, w.len)), CNG_OK);
	ck_assert_int_eq(again.curve, CURVE_EXPLICIT);
	for (enum key_part p = EC_P; p <= EC_H; p++)
		ck_assert(span_equal(key_part(&key, p),
		    key_part(&again, p)));
	crypto_key_free(ready);
	key_free(&again);
	key_free(&other);
	key_free(&key);
	secret_free(&pub);
	secret_free(&in);
}
END_TEST

START_TEST(names_of_the_new_curves)
{
	static const struct {
		const char *name;
		enum key_family family;
		enum key_curve curve;
	} rows[] = {
		{ "curve25519", KEY_MONTGOMERY, CURVE_X25519 },
		{ "curve448", KEY_MONTGOMERY, CURVE_X448 },
		{ "edwards25519", KEY_EDWARDS, CURVE_ED25519 },
		{ "edwards448", KEY_EDWARDS, CURVE_ED448 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct key_material key = { .family = rows[i].family };
		uint8_t der[32] = { 0x13, (uint8_t)strlen(rows[i].name) };
		size_t len = 2 + strlen(rows[i].name);

		memcpy(der + 2, rows[i].name, len - 2);
		ck_assert_int_eq(ec_params_set(&key, span_of(der, len)),
		    CNG_OK);
		ck_assert_int_eq(key.curve, rows[i].curve);
		ck_assert_int_eq(ec_params_set(&key,
		    curve_info(rows[i].curve)->oid_der), CNG_OK);
		ck_assert_int_eq(key.curve, rows[i].curve);
		key.family = KEY_EC;
		ck_assert_int_eq(ec_params_set(&key, span_of(der, len)),
		    CNG_ERR_BAD_CURVE);
		key.family = rows[i].family;
		ck_assert_int_eq(ec_params_set(&key,
		    curve_info(CURVE_P256)->oid_der), CNG_ERR_BAD_CURVE);
	}
}
END_TEST

START_TEST(points)
{
	struct key_material key = public_key(keys[_i]), again = { 0 };
	size_t field = curve_info(key.curve)->field_bytes;
	struct wr w = wr_of(NULL, 0);
	uint8_t der[256];

	ck_assert_int_eq(ec_point_encode(&key, &w), CNG_OK);
	ck_assert_uint_eq(w.len, 1 + 2 * field + (field > 63 ? 3 : 2));
	w = wr_of(der, sizeof der);
	ck_assert_int_eq(ec_point_encode(&key, &w), CNG_OK);
	again.family = KEY_EC;
	again.curve = key.curve;
	ck_assert_int_eq(ec_point_decode(&again, span_of(der, w.len)),
	    CNG_OK);
	sample_same_key(&key, &again);
	/* the same point raw */
	secret_free(&again.part[EC_X]);
	ck_assert_int_eq(ec_point_decode(&again,
	    span_of(der + w.len - 1 - 2 * field, 1 + 2 * field)), CNG_OK);
	sample_same_key(&key, &again);
	/* of the length of a raw point it is one, though off the curve */
	for (size_t len = 0; len < w.len; len++)
		if (len != 1 + 2 * field)
			ck_assert_int_ne(ec_point_decode(&again,
			    span_of(der, len)), CNG_OK);
	sample_same_key(&key, &again);
	key_free(&key);
	key_free(&again);
}
END_TEST

START_TEST(compressed)
{
	struct key_material key = public_key(keys[_i]), again = { 0 };
	size_t field = curve_info(key.curve)->field_bytes;
	uint8_t raw[133], der[70] = { 4, (uint8_t)(1 + field) };

	raw[0] = (uint8_t)(2 + (key.part[EC_Y].ptr[field - 1] & 1));
	memcpy(raw + 1, key.part[EC_X].ptr, field);
	memcpy(der + 2, raw, 1 + field);
	again.family = KEY_EC;
	again.curve = key.curve;
	ck_assert_int_eq(ec_point_decode(&again, span_of(raw, 1 + field)),
	    CNG_OK);
	sample_same_key(&key, &again);
	ck_assert_int_eq(ec_point_decode(&again, span_of(der, 3 + field)),
	    CNG_OK);
	sample_same_key(&key, &again);
	/* the whole with the sign: they have to agree */
	raw[0] = (uint8_t)(raw[0] + 4);
	memcpy(raw + 1 + field, key.part[EC_Y].ptr, field);
	ck_assert_int_eq(ec_point_decode(&again, span_of(raw, 1 + 2 * field)),
	    CNG_OK);
	sample_same_key(&key, &again);
	raw[0] ^= 1;
	ck_assert_int_eq(ec_point_decode(&again, span_of(raw, 1 + 2 * field)),
	    CNG_ERR_BAD_PUBLIC_KEY);
	/* the field has no number this large */
	raw[0] = 2;
	memset(raw + 1, 0xff, field);
	ck_assert_int_eq(ec_point_decode(&again, span_of(raw, 1 + field)),
	    CNG_ERR_BAD_PUBLIC_KEY);
	raw[0] = 5;
	ck_assert_int_eq(ec_point_decode(&again, span_of(raw, 1 + field)),
	    CNG_ERR_BAD_DATA);
	sample_same_key(&key, &again);
	key_free(&key);
	key_free(&again);
}
END_TEST

START_TEST(no_curve)
{
	struct key_material key = { .family = KEY_EC };
	struct wr w = wr_of(NULL, 0);

	ck_assert_int_eq(ec_point_decode(&key, span_str("\4")),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(ec_point_encode(&key, &w), CNG_ERR_BAD_TYPE);
	key.curve = CURVE_P256;
	ck_assert_int_eq(ec_point_encode(&key, &w), CNG_ERR_BAD_TYPE);
	key.family = KEY_RSA;
	ck_assert_int_eq(ec_point_encode(&key, &w), CNG_ERR_BAD_TYPE);
	ck_assert_uint_eq(w.len, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("crypto/ecparam");
	TCase *t = tcase_create("ecparam");

	tcase_add_test(t, named_curves);
	tcase_add_loop_test(t, bad_params, 0, ARRAY_LEN(params));
	tcase_add_test(t, explicit_params);
	tcase_add_test(t, unnamed_curve);
	tcase_add_test(t, names_of_the_new_curves);
	tcase_add_loop_test(t, points, 0, ARRAY_LEN(keys));
	tcase_add_loop_test(t, compressed, 0, ARRAY_LEN(keys));
	tcase_add_test(t, no_curve);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return sample_main(suite());
}
