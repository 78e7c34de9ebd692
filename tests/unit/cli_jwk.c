/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON Web Keys: those of the RFCs, every family there and back, and what is
 * refused.
 */
#include <check.h>

#include "base/alloc.h"
#include "base/util.h"
#include "cli/base64url.h"
#include "cli/jwk.h"
#include "crypto/crypto.h"
#include "sample.h"

/* RFC 7517 appendix A, RFC 8037 appendix A. */
#define EC_KEY "\"kty\":\"EC\",\"crv\":\"P-256\"," \
    "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\"," \
    "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\""
#define EC_PRIVATE EC_KEY \
    ",\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\""
#define OKP_KEY "\"kty\":\"OKP\",\"crv\":\"Ed25519\"," \
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define OKP_PRIVATE OKP_KEY \
    ",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\""

static const struct {
	const char *text;
	enum key_family family;
	unsigned role;
	bool private;
	const char *name;
} good[] = {
	{ "{" EC_KEY "}", KEY_EC, 0, false, "" },
	{ "{" EC_PRIVATE ",\"use\":\"enc\",\"kid\":\"1\"}", KEY_EC,
	    KEY_ROLE_AGREE, true, "1" },
	{ " \r\n\t{" EC_PRIVATE ",\"use\":\"sig\"}\n", KEY_EC, KEY_ROLE_SIGN,
	    true, "" },
	{ "{" OKP_KEY "}", KEY_EDWARDS, 0, false, "" },
	{ "{" OKP_PRIVATE ",\"kid\":\"\\u00fc\"}", KEY_EDWARDS, 0, true,
	    "ü" },
	{ "{\"kty\":\"oct\",\"k\":\"GawgguFyGrWKav7AX4VKUg\"}", KEY_AES, 0,
	    true, "" },
	{ "{\"kty\":\"oct\",\"alg\":\"HS256\","
	  "\"k\":\"GawgguFyGrWKav7AX4VKUg\"}", KEY_GENERIC, 0, true, "" },
	{ "{\"kty\":\"oct\",\"k\":\"GawgguFyGrWKav7AX4VK\"}", KEY_GENERIC, 0,
	    true, "" },
};

START_TEST(reads)
{
	struct keybox box = { 0 };
	struct key_material *key;

	ck_assert(jwk_detect(span_str(good[_i].text)));
	ck_assert_int_eq(jwk_read(&box, span_str(good[_i].text), NULL),
	    CNG_OK);
	ck_assert_uint_eq(box.count, 1);
	key = &box.key[0].key;
	ck_assert_int_eq(key->family, good[_i].family);
	ck_assert_uint_eq(key->role, good[_i].role);
	ck_assert_int_eq(key->has_private, good[_i].private);
	ck_assert(span_equal(secret_span(&box.key[0].name),
	    span_str(good[_i].name)));
	if (key_is_pair(key->family)) {
		ck_assert_int_eq(crypto_complete(key), CNG_OK);
		ck_assert_int_eq(crypto_check_public(key), CNG_OK);
	}
	if (key_is_pair(key->family) && key->has_private)
		ck_assert_int_eq(crypto_check_pair(key), CNG_OK);
	keybox_free(&box);
}
END_TEST

static const struct {
	const char *text;
	enum cng_status st;
} bad[] = {
	{ "", CNG_ERR_BAD_DATA },
	{ "{", CNG_ERR_BAD_DATA },
	{ "{}", CNG_ERR_BAD_DATA },
	{ "[]", CNG_ERR_BAD_DATA },
	{ "{\"kty\":1}", CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"ec\"}", CNG_ERR_NOT_SUPPORTED },
	{ "{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"pub\":\"AA\"}",
	    CNG_ERR_NOT_SUPPORTED },
	{ "{\"keys\":{}}", CNG_ERR_BAD_DATA },
	{ "{\"keys\":[1]}", CNG_ERR_BAD_DATA },
	{ "{" EC_KEY "} x", CNG_ERR_BAD_DATA },
	/* twice the same member */
	{ "{" EC_KEY "," EC_KEY "}", CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\"}",
	    CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"EC\",\"crv\":\"P-111\",\"x\":\"AA\",\"y\":\"AA\"}",
	    CNG_ERR_BAD_CURVE },
	{ "{\"kty\":\"EC\",\"crv\":\"Ed25519\",\"x\":\"AA\",\"y\":\"AA\"}",
	    CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"OKP\",\"crv\":\"P-256\",\"x\":\"AA\"}",
	    CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}",
	    CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"oct\"}", CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"oct\",\"k\":\"\"}", CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"oct\",\"k\":3}", CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"RSA\",\"n\":\"AQ\"}", CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\",\"p\":\"Aw\"}",
	    CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\",\"oth\":[]}",
	    CNG_ERR_NOT_SUPPORTED },
	/* not Base64 of that kind */
	{ "{\"kty\":\"RSA\",\"n\":\"AQ==\",\"e\":\"AQAB\"}",
	    CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"RSA\",\"n\":\"A+/_\",\"e\":\"AQAB\"}",
	    CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQ AB\"}",
	    CNG_ERR_BAD_DATA },
	{ "{\"kty\":\"RSA\",\"n\":\"AR\",\"e\":\"AQAB\"}",
	    CNG_ERR_BAD_DATA },
};

START_TEST(refusals)
{
	struct keybox box = { 0 };

	ck_assert_int_eq(jwk_read(&box, span_str(bad[_i].text), NULL),
	    bad[_i].st);
	for (size_t i = 0; i < box.count; i++)
		sample_empty(&box.key[i].key);
	keybox_free(&box);
}
END_TEST

START_TEST(cut_short)
{
	static const char text[] = "{" EC_PRIVATE ",\"kid\":\"1\"}";
	struct keybox box = { 0 };

	for (size_t len = 0; len < sizeof text - 1; len++) {
		ck_assert_int_ne(jwk_read(&box, span_of(text, len), NULL),
		    CNG_OK);
		keybox_free(&box);
	}
}
END_TEST

/* What cannot be read does not hide what can. */
START_TEST(a_set)
{
	static const char text[] = "{\"keys\":[{" EC_KEY ",\"kid\":\"a\"},"
	    "{\"kty\":\"AKP\",\"kid\":\"b\"},"
	    "{" OKP_KEY ",\"kid\":\"a\"},{" OKP_KEY ",\"kid\":\"0a\"}]}";
	struct keybox box = { 0 };
	bool set = false;
	size_t at;

	ck_assert_int_eq(jwk_read(&box, span_str(text), &set), CNG_OK);
	ck_assert(set);
	ck_assert_uint_eq(box.count, 4);
	ck_assert_int_eq(box.key[0].st, CNG_OK);
	ck_assert_int_eq(box.key[1].st, CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(keybox_find(&box, "a", &at), CNG_ERR_EXISTS);
	ck_assert_int_eq(keybox_find(&box, "b", &at), CNG_OK);
	ck_assert_uint_eq(at, 1);
	ck_assert_int_eq(keybox_find(&box, "4", &at), CNG_OK);
	ck_assert_uint_eq(at, 3);
	ck_assert_int_eq(keybox_find(&box, "5", &at), CNG_ERR_NOT_FOUND);
	ck_assert_int_eq(keybox_find(&box, "0", &at), CNG_ERR_NOT_FOUND);
	ck_assert_int_eq(keybox_find(&box, "", &at), CNG_ERR_NOT_FOUND);
	/* an id in hexadecimal goes before a number */
	ck_assert_int_eq(secret_copy(&box.key[0].id, span_of("\4", 1)),
	    CNG_OK);
	ck_assert_int_eq(keybox_find(&box, "04", &at), CNG_OK);
	ck_assert_uint_eq(at, 0);
	keybox_free(&box);
}
END_TEST

/* Nobody waits for a file of a few pages that claims to hold thousands. */
START_TEST(a_large_set)
{
	static const char start[] = "{\"keys\":[{}";
	static const struct {
		size_t more;
		enum cng_status st;
	} rows[] = {
		{ 255, CNG_OK },
		{ 256, CNG_ERR_BAD_DATA },
		{ 50000, CNG_ERR_BAD_DATA },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct secret text = { 0 };
		struct keybox box = { 0 };
		size_t used = sizeof start - 1;

		ck_assert_int_eq(secret_new(&text, used + 3 * rows[i].more +
		    2), CNG_OK);
		memcpy(text.ptr, start, used);
		for (size_t j = 0; j < rows[i].more; j++, used += 3)
			memcpy(text.ptr + used, ",{}", 3);
		memcpy(text.ptr + used, "]}", 2);
		ck_assert_int_eq(jwk_read(&box, secret_span(&text), NULL),
		    rows[i].st);
		ck_assert_uint_eq(box.count,
		    rows[i].st == CNG_OK ? rows[i].more + 1 : 0);
		keybox_free(&box);
		secret_free(&text);
	}
}
END_TEST

static const char *const files[] = { "rsa1024.der", "rsa1024_sign.der",
	"rsa1024.spki.der", "p256.der", "p384_agree.der", "p521.spki.der",
	"secp256k1.der", "x25519.der", "x448.spki.der", "ed25519.der",
	"ed448.der" };

START_TEST(comes_back)
{
	struct secret in = sample_read(files[_i]), text;
	struct key_material key;
	struct keybox box = { 0 };

	ck_assert_int_eq(key_decode_any(&key, secret_span(&in), NULL),
	    CNG_OK);
	ck_assert_int_eq(crypto_complete(&key), CNG_OK);
	ck_assert_int_eq(jwk_write(&text, &key, span_str("näme\"")), CNG_OK);
	ck_assert_int_eq(jwk_read(&box, secret_span(&text), NULL), CNG_OK);
	sample_same_key(&key, &box.key[0].key);
	ck_assert(span_equal(secret_span(&box.key[0].name),
	    span_str("näme\"")));
	keybox_free(&box);
	key_free(&key);
	secret_free(&text);
	secret_free(&in);
}
END_TEST

/* Other tokens and files have names in any bytes. */
START_TEST(a_name_that_is_no_text)
{
	/* three bytes each */
	static const char *const names[] = { "ca\xe9", "\xff\xfe_",
		"\xed\xa0\x80", "a\0b" };
	struct secret in = sample_read("ed25519.der"), text;
	struct key_material key;
	struct keybox box = { 0 };

	ck_assert_int_eq(key_decode_any(&key, secret_span(&in), NULL),
	    CNG_OK);
	ck_assert_int_eq(crypto_complete(&key), CNG_OK);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		ck_assert_int_eq(jwk_write(&text, &key, span_of(names[i], 3)),
		    CNG_OK);
		ck_assert_int_eq(jwk_read(&box, secret_span(&text), NULL),
		    CNG_OK);
		ck_assert_uint_eq(box.key[0].name.len, 0);
		keybox_free(&box);
		secret_free(&text);
	}
	key_free(&key);
	secret_free(&in);
}
END_TEST

START_TEST(no_such_form)
{
	static const char *const others[] = { "dsa1024.der", "dh768.der",
		"secp160r1.der", "other_explicit.der", "mldsa44_seed.der" };

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct secret in = sample_read(others[i]), text;
		struct key_material key;

		ck_assert_int_eq(key_decode_any(&key, secret_span(&in),
		    NULL), CNG_OK);
		ck_assert_int_eq(jwk_write(&text, &key, span_of(NULL, 0)),
		    CNG_ERR_BAD_TYPE);
		ck_assert_ptr_null(text.ptr);
		key_free(&key);
		secret_free(&in);
	}
}
END_TEST

/* Ours only: jansson's reader does not end when its own allocations fail. */
START_TEST(no_memory)
{
	struct secret in = sample_read("rsa1024.der"), text;
	struct key_material key;
	struct keybox box = { 0 };
	enum cng_status st = CNG_ERR_NO_MEMORY;
	unsigned long n;

	ck_assert_int_eq(key_decode_any(&key, secret_span(&in), NULL),
	    CNG_OK);
	for (n = 1; st != CNG_OK; n++) {
		mem_fail_after(n);
		st = jwk_write(&text, &key, span_str("name"));
		mem_fail_after(0);
		ck_assert(st == CNG_OK || text.ptr == NULL);
	}
	ck_assert_uint_gt(n, 5);
	st = CNG_ERR_NO_MEMORY;
	for (n = 1; st != CNG_OK; n++) {
		keybox_free(&box);
		mem_fail_after(n);
		st = jwk_read(&box, secret_span(&text), NULL);
		mem_fail_after(0);
	}
	ck_assert_uint_gt(n, 5);
	sample_same_key(&key, &box.key[0].key);
	keybox_free(&box);
	key_free(&key);
	secret_free(&text);
	secret_free(&in);
}
END_TEST

START_TEST(base64)
{
	static const struct {
		const char *plain;
		const char *text;
	} rows[] = { { "", "" }, { "f", "Zg" }, { "fo", "Zm8" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg" },
		{ "\xfb\xff\xfe", "-__-" } };
	static const char *const wrong[] = { "Z", "Zh", "Zm9", "Zg==", "Z g",
		"Zm9v\n", "+//+", "Zm9vY" };
	struct secret out;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert_int_eq(base64url_encode(&out,
		    span_str(rows[i].plain)), CNG_OK);
		ck_assert_str_eq((const char *)out.ptr, rows[i].text);
		secret_free(&out);
		ck_assert_int_eq(base64url_decode(&out,
		    span_str(rows[i].text)), CNG_OK);
		ck_assert(span_equal(secret_span(&out),
		    span_str(rows[i].plain)));
		secret_free(&out);
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		ck_assert_int_eq(base64url_decode(&out, span_str(wrong[i])),
		    CNG_ERR_BAD_DATA);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("cli/jwk");
	TCase *tc = tcase_create("jwk");

	tcase_add_loop_test(tc, reads, 0, ARRAY_LEN(good));
	tcase_add_loop_test(tc, refusals, 0, ARRAY_LEN(bad));
	tcase_add_test(tc, cut_short);
	tcase_add_test(tc, a_set);
	tcase_add_test(tc, a_large_set);
	tcase_add_loop_test(tc, comes_back, 0, ARRAY_LEN(files));
	tcase_add_test(tc, a_name_that_is_no_text);
	tcase_add_test(tc, no_such_form);
	tcase_add_test(tc, no_memory);
	tcase_add_test(tc, base64);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
