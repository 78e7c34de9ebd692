/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Import and export of wrapped and sealed types: which key, which policy,
 * what comes back, and that damage changes nothing.
 */
#include "core_fixture.h"

#include <stdlib.h>

static struct token *tok;

static void
setup(void)
{
	tok = token_with_user("memory:");
}

static void
teardown(void)
{
	token_free(tok);
	crypto_shutdown();
}

static enum cng_status
export_with(obj_id id, enum blob_type type, obj_id wrapping,
    const struct blob_params *params, struct secret *out)
{
	struct export_request req = { .type = type };
	struct object *obj = NULL, *key = NULL;
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (params != NULL)
		req.params = *params;
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	if (wrapping != 0)
		ck_assert_int_eq(token_object(tok, wrapping, &key), CNG_OK);
	req.key = key;
	st = token_export(tok, obj, &req, &count);
	if (st == CNG_OK)
		st = secret_new(out, count.len);
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		st = token_export(tok, obj, &req, &w);
		ck_assert(st != CNG_OK || w.len == count.len);
		if (st != CNG_OK)
			secret_free(out);
	}
	object_free(obj);
	object_free(key);
	return st;
}

static enum cng_status
export_as(obj_id id, enum blob_type type, obj_id wrapping, struct secret *out)
{
	return export_with(id, type, wrapping, NULL, out);
}

static enum cng_status
import_from(const struct secret *blob, enum blob_type type, obj_id wrapping,
    unsigned flags, struct props tmpl, obj_id *out)
{
	struct import_request req = {
		.type = type,
		.data = secret_span(blob),
		.flags = flags,
		.tmpl = tmpl,
	};
	struct object *key = NULL;
	enum cng_status st;

	if (props_number(tmpl, PROP_KEY_FAMILY, KEY_AES) == KEY_GENERIC)
		req.params.secret_family = KEY_GENERIC;
	if (wrapping != 0)
		ck_assert_int_eq(token_object(tok, wrapping, &key), CNG_OK);
	req.key = key;
	st = token_import(tok, &rw, &req, out);
	object_free(key);
	return st;
}

static obj_id
secret_key(enum key_family family, uint64_t bytes, uint64_t wraps)
{
	struct prop lines[] = {
		NUM(PROP_VALUE_LEN, bytes),
		NUM(PROP_EXTRACTABLE, 1),
		NUM(PROP_SENSITIVE, wraps),
		NUM(PROP_WRAP, wraps),
		NUM(PROP_UNWRAP, wraps),
	};
	struct keygen_request req = {
		.family = family,
		.secret = { lines, 5 },
	};
	obj_id id;

	ck_assert_int_eq(token_generate(tok, &rw, &req, &id, NULL), CNG_OK);
	return id;
}

static void
pair(enum key_family family, struct props private, uint64_t wraps,
    obj_id *key, obj_id *public)
{
	struct prop lines[] = {
		NUM(PROP_MODULUS_BITS, 2048),
		NUM(PROP_WRAP, wraps),
	};
	struct prop curve[] = {
		BYTES(PROP_EC_PARAMS, curve_info(CURVE_P256)->oid_der),
	};
	struct keygen_request req = {
		.family = family,
		.public = { family == KEY_RSA ? lines : curve,
		    family == KEY_RSA ? 2 : 1 },
		.private = private,
	};

	ck_assert_int_eq(token_generate(tok, &rw, &req, key, public), CNG_OK);
}

static void
same_plain(obj_id a, obj_id b, enum blob_type type)
{
	struct secret one, two;

	ck_assert_int_eq(export_as(a, type, 0, &one), CNG_OK);
	ck_assert_int_eq(export_as(b, type, 0, &two), CNG_OK);
	ck_assert(span_equal(secret_span(&one), secret_span(&two)));
	secret_free(&one);
	secret_free(&two);
}

#define OPEN PROPS(NUM(PROP_EXTRACTABLE, 1), NUM(PROP_SENSITIVE, 0))

/* --- Rfc3565KeyWrapBlob --------------------------------------------------- */

START_TEST(key_wrap)
{
	obj_id kek = secret_key(KEY_AES, 32, 1);
	obj_id other = secret_key(KEY_AES, 32, 1);
	obj_id key = secret_key(KEY_AES, 32, 0), back, priv, pub;
	struct secret blob, none;

	ck_assert_int_eq(export_as(key, BLOB_RFC3565WRAP, kek, &blob),
	    CNG_OK);
	ck_assert_uint_eq(blob.len, 40);
	ck_assert_int_eq(import_from(&blob, BLOB_RFC3565WRAP, kek, 0, OPEN,
	    &back), CNG_OK);
	same_plain(key, back, BLOB_CIPHERKEY);
	/* without a key there is no such blob */
	ck_assert_int_eq(export_as(key, BLOB_RFC3565WRAP, 0, &none),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(import_from(&blob, BLOB_RFC3565WRAP, 0, 0, OPEN,
	    &back), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(import_from(&blob, BLOB_RFC3565WRAP,
	    OBJ_ID_NULL_KEY, 0, OPEN, &back), CNG_ERR_ARGUMENT);
	/* the wrong key, and damage */
	ck_assert_int_eq(import_from(&blob, BLOB_RFC3565WRAP, other, 0, OPEN,
	    &back), CNG_ERR_WRAPPED_KEY);
	blob.ptr[9] ^= 4;
	ck_assert_int_eq(import_from(&blob, BLOB_RFC3565WRAP, kek, 0, OPEN,
	    &back), CNG_ERR_WRAPPED_KEY);
	blob.len--;
	ck_assert_int_eq(import_from(&blob, BLOB_RFC3565WRAP, kek, 0, OPEN,
	    &back), CNG_ERR_BAD_DATA);
	blob.len++;
	/* only secrets, and only under AES */
	pair(KEY_RSA, PROPS(NUM(PROP_EXTRACTABLE, 1), NUM(PROP_UNWRAP, 1)),
	    1, &priv, &pub);
	ck_assert_int_eq(export_as(priv, BLOB_RFC3565WRAP, kek, &none),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(export_as(key, BLOB_RFC3565WRAP, pub, &none),
	    CNG_ERR_WRAP_KEY_TYPE);
	ck_assert_int_eq(import_from(&blob, BLOB_RFC3565WRAP, priv, 0, OPEN,
	    &back), CNG_ERR_WRAP_KEY_TYPE);
	secret_free(&blob);
}
END_TEST

START_TEST(key_wrap_of_generic_secrets)
{
	obj_id kek = secret_key(KEY_AES, 32, 1), back;
	obj_id fits = secret_key(KEY_GENERIC, 40, 0);
	obj_id odd = secret_key(KEY_GENERIC, 20, 0);
	struct secret blob;

	ck_assert_int_eq(export_as(odd, BLOB_RFC3565WRAP, kek, &blob),
	    CNG_ERR_KEY_SIZE);
	ck_assert_int_eq(export_as(fits, BLOB_RFC3565WRAP, kek, &blob),
	    CNG_OK);
	ck_assert_uint_eq(blob.len, 48);
	ck_assert_int_eq(import_from(&blob, BLOB_RFC3565WRAP, kek, 0,
	    PROPS(NUM(PROP_KEY_FAMILY, KEY_GENERIC),
		NUM(PROP_EXTRACTABLE, 1), NUM(PROP_SENSITIVE, 0)), &back),
	    CNG_OK);
	same_plain(fits, back, BLOB_KEYDATA);
	secret_free(&blob);
}
END_TEST

/* --- PKCS11RsaAesWrapBlob ------------------------------------------------- */

static const struct {
	size_t aes_bits;
	enum key_hash hash;
	const char *label;
} wraps[] = {
	{ 0, HASH_NONE, "" },
	{ 128, HASH_SHA1, "" },
	{ 192, HASH_SHA384, "a label" },
	{ 256, HASH_SHA512, "another" },
};

START_TEST(rsa_aes)
{
	struct blob_params params = { .wrap = { wraps[_i].aes_bits,
		wraps[_i].hash, span_str(wraps[_i].label) } };
	obj_id priv, pub, key, key_pub, back, aes, kek;
	struct secret blob, none;

	pair(KEY_RSA, PROPS(NUM(PROP_UNWRAP, 1)), 1, &priv, &pub);
	pair(KEY_EC, PROPS(NUM(PROP_EXTRACTABLE, 1), NUM(PROP_SENSITIVE, 0)),
	    0, &key, &key_pub);
	ck_assert_int_eq(export_with(key, BLOB_RSAAESWRAP, pub, &params,
	    &blob), CNG_OK);
	ck_assert_int_eq(import_from(&blob, BLOB_RSAAESWRAP, priv, 0, OPEN,
	    &back), CNG_OK);
	same_plain(key, back, BLOB_PKCS8);
	/* found by its magic, too */
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, priv, 0, OPEN, &back),
	    CNG_OK);
	same_plain(key, back, BLOB_PKCS8);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0, OPEN, &back),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(export_as(key, BLOB_RSAAESWRAP, 0, &none),
	    CNG_ERR_ARGUMENT);
	/* only pairs, and only under RSA */
	aes = secret_key(KEY_AES, 16, 0);
	kek = secret_key(KEY_AES, 32, 1);
	ck_assert_int_eq(export_as(aes, BLOB_RSAAESWRAP, pub, &none),
	    CNG_ERR_BAD_TYPE);
	ck_assert_int_eq(export_as(key, BLOB_RSAAESWRAP, kek, &none),
	    CNG_ERR_WRAP_KEY_TYPE);
	ck_assert_int_eq(import_from(&blob, BLOB_RSAAESWRAP, kek, 0, OPEN,
	    &back), CNG_ERR_WRAP_KEY_TYPE);
	/* the ciphertext, and the label in clear */
	blob.ptr[300] ^= 1;
	ck_assert_int_eq(import_from(&blob, BLOB_RSAAESWRAP, priv, 0, OPEN,
	    &back), CNG_ERR_WRAPPED_KEY);
	blob.ptr[300] ^= 1;
	if (wraps[_i].label[0] != '\0') {
		blob.ptr[blob.len - 1] ^= 1;
		ck_assert_int_eq(import_from(&blob, BLOB_RSAAESWRAP, priv, 0,
		    OPEN, &back), CNG_ERR_WRAPPED_KEY);
	}
	secret_free(&blob);
}
END_TEST

/* --- OpaqueTransport ------------------------------------------------------ */

START_TEST(transport_brings_all_back)
{
	struct secret blob, out;
	obj_id key, pub, back;

	pair(KEY_EC, PROPS(NUM(PROP_TOKEN, 1), TEXT(PROP_NAME, "web"),
	    TEXT(PROP_LABEL, "its label"), TEXT(PROP_ID, "its id"),
	    NUM(PROP_EXTRACTABLE, 1), NUM(PROP_DERIVE, 0)), 0, &key, &pub);
	ck_assert_int_eq(export_as(key, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_OK);
	/* the name is taken as long as the key is here */
	ck_assert_int_eq(import_from(&blob, BLOB_OPAQUETRANSPORT, 0, 0,
	    (struct props){ 0 }, &back), CNG_ERR_EXISTS);
	ck_assert_int_eq(import_from(&blob, BLOB_OPAQUETRANSPORT, 0,
	    IMPORT_OVERWRITE, (struct props){ 0 }, &back), CNG_OK);
	ck_assert_int_eq(token_destroy(tok, &rw, back), CNG_OK);
	ck_assert_int_eq(token_destroy(tok, &rw, pub), CNG_OK);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    (struct props){ 0 }, &back), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "web"),
	    TEXT(PROP_LABEL, "its label"), TEXT(PROP_ID, "its id"),
	    NUM(PROP_TOKEN, 1), NUM(PROP_CLASS, OBJ_PRIVATE),
	    NUM(PROP_SENSITIVE, 1), NUM(PROP_EXTRACTABLE, 1),
	    NUM(PROP_SIGN, 1), NUM(PROP_DERIVE, 0))), 1);
	/* the pair shows both halves again */
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC))), 1);
	/* but it was outside */
	ck_assert_uint_eq(number_of(tok, back, PROP_LOCAL), 0);
	ck_assert_uint_eq(number_of(tok, back, PROP_ALWAYS_SENSITIVE), 0);
	ck_assert_int_eq(export_as(back, BLOB_ECCPRIVATE, 0, &out),
	    CNG_ERR_KEY_SENSITIVE);
	secret_free(&blob);
}
END_TEST

START_TEST(transport_of_secrets)
{
	obj_id key = secret_key(KEY_GENERIC, 20, 0), back;
	struct secret blob;

	ck_assert_int_eq(export_as(key, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_OK);
	ck_assert_int_eq(import_from(&blob, BLOB_OPAQUETRANSPORT, 0, 0,
	    (struct props){ 0 }, &back), CNG_OK);
	ck_assert_uint_eq(number_of(tok, back, PROP_TOKEN), 0);
	same_plain(key, back, BLOB_KEYDATA);
	/* no name in it: it may be given one */
	ck_assert_int_eq(import_from(&blob, BLOB_OPAQUETRANSPORT, 0, 0,
	    PROPS(TEXT(PROP_NAME, "n"), NUM(PROP_SENSITIVE, 1)), &back),
	    CNG_OK);
	ck_assert_uint_eq(number_of(tok, back, PROP_TOKEN), 1);
	ck_assert_uint_eq(number_of(tok, back, PROP_SENSITIVE), 1);
	secret_free(&blob);
}
END_TEST

static const struct {
	struct prop line;
	enum cng_status st;
} narrowing[] = {
	{ NUM(PROP_EXTRACTABLE, 0), CNG_OK },
	{ NUM(PROP_SENSITIVE, 1), CNG_OK },
	{ NUM(PROP_SENSITIVE, 0), CNG_ERR_TEMPLATE_INCONSISTENT },
	{ NUM(PROP_SIGN, 0), CNG_OK },
	{ NUM(PROP_DECAPSULATE, 0), CNG_OK },
	{ NUM(PROP_DERIVE, 1), CNG_ERR_TEMPLATE_INCONSISTENT },
	{ NUM(PROP_UNWRAP, 1), CNG_ERR_TEMPLATE_INCONSISTENT },
	{ NUM(PROP_PRIVATE, 0), CNG_ERR_TEMPLATE_INCONSISTENT },
	{ NUM(PROP_FINALIZED, 0), CNG_ERR_TEMPLATE_INCONSISTENT },
	{ NUM(PROP_COPYABLE, 1), CNG_ERR_TEMPLATE_INCONSISTENT },
	{ NUM(PROP_WRAP_WITH_TRUSTED, 1), CNG_OK },
	{ NUM(PROP_CLASS, OBJ_SECRET), CNG_ERR_TEMPLATE_INCONSISTENT },
	{ TEXT(PROP_NAME, "web"), CNG_OK },
	{ TEXT(PROP_NAME, "other"), CNG_ERR_TEMPLATE_INCONSISTENT },
	{ TEXT(PROP_ALLOWED_MECHANISMS, "12345678"),
	    CNG_ERR_TEMPLATE_INCONSISTENT },
	{ TEXT(PROP_LABEL, "another label"), CNG_OK },
};

START_TEST(transport_only_narrows)
{
	struct props one = { &narrowing[_i].line, 1 };
	struct secret blob;
	obj_id key, pub, back;

	pair(KEY_EC, PROPS(TEXT(PROP_NAME, "web"), NUM(PROP_TOKEN, 1),
	    NUM(PROP_EXTRACTABLE, 1), NUM(PROP_DERIVE, 0),
	    NUM(PROP_DECAPSULATE, 1), NUM(PROP_COPYABLE, 0),
	    TEXT(PROP_ALLOWED_MECHANISMS, "abcdefgh")), 0, &key, &pub);
	ck_assert_int_eq(export_as(key, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_OK);
	ck_assert_int_eq(token_destroy(tok, &rw, key), CNG_OK);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0, one, &back),
	    narrowing[_i].st);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))),
	    narrowing[_i].st == CNG_OK);
	secret_free(&blob);
}
END_TEST

/* A template that a key carries came with it: it cannot be had looser. */
START_TEST(transport_keeps_templates)
{
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct prop strict = { .id = PROP_WRAP_TEMPLATE };
	struct keygen_request req = { .family = KEY_AES };
	struct secret blob;
	obj_id key, back;

	props_pack(PROPS(NUM(PROP_KEY_FAMILY, KEY_EC)), &w);
	strict.bytes = span_of(bytes, w.len);
	req.secret = PROPS(NUM(PROP_VALUE_LEN, 32), NUM(PROP_EXTRACTABLE, 1),
	    NUM(PROP_WRAP, 1), strict);
	ck_assert_int_eq(token_generate(tok, &rw, &req, &key, NULL), CNG_OK);
	ck_assert_int_eq(export_as(key, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_OK);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    PROPS(BYTES(PROP_WRAP_TEMPLATE, span_of(NULL, 0))), &back),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(import_from(&blob, BLOB_ANY, 0, 0,
	    (struct props){ &strict, 1 }, &back), CNG_OK);
	secret_free(&blob);
}
END_TEST

START_TEST(transport_policy)
{
	struct secret blob;
	obj_id stays, pub, key, kek = secret_key(KEY_AES, 32, 1), back;

	pair(KEY_EC, PROPS(NUM(PROP_EXTRACTABLE, 0)), 0, &stays, &pub);
	ck_assert_int_eq(export_as(stays, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_ERR_KEY_UNEXTRACTABLE);
	ck_assert_int_eq(export_as(pub, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_ERR_BAD_TYPE);
	pair(KEY_EC, PROPS(NUM(PROP_EXTRACTABLE, 1),
	    NUM(PROP_WRAP_WITH_TRUSTED, 1)), 0, &key, &pub);
	ck_assert_int_eq(export_as(key, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_ERR_KEY_NOT_WRAPPABLE);
	key = secret_key(KEY_AES, 16, 0);
	ck_assert_int_eq(export_as(key, BLOB_OPAQUETRANSPORT, kek, &blob),
	    CNG_ERR_NOT_SUPPORTED);
	ck_assert_int_eq(export_as(key, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_OK);
	ck_assert_int_eq(import_from(&blob, BLOB_OPAQUETRANSPORT, kek, 0,
	    (struct props){ 0 }, &back), CNG_ERR_NOT_SUPPORTED);
	/* nobody opens it without a login */
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(import_from(&blob, BLOB_OPAQUETRANSPORT, 0, 0,
	    (struct props){ 0 }, &back), CNG_ERR_NOT_LOGGED_IN);
	secret_free(&blob);
}
END_TEST

START_TEST(transport_damage_changes_nothing)
{
	obj_id key = secret_key(KEY_AES, 16, 0), back;
	struct secret blob;
	size_t before, head = 16 + 16; /* with the serial */
	enum cng_status st;

	ck_assert_int_eq(export_as(key, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_OK);
	before = found(tok, (struct props){ 0 });
	for (size_t at = 0; at < blob.len; at++) {
		blob.ptr[at] ^= 1;
		st = import_from(&blob, BLOB_OPAQUETRANSPORT, 0, 0,
		    (struct props){ 0 }, &back);
		if (at < 4)
			ck_assert_int_eq(st, CNG_ERR_BAD_MAGIC);
		else if (at >= 16 && at < head && st != CNG_ERR_BAD_DATA)
			ck_assert_int_eq(st, CNG_ERR_BAD_KEY);
		else
			ck_assert_int_eq(st, CNG_ERR_BAD_DATA);
		blob.ptr[at] ^= 1;
	}
	for (size_t len = 0; len < blob.len; len++) {
		struct secret cut = { blob.ptr, len };

		ck_assert_int_eq(import_from(&cut, BLOB_OPAQUETRANSPORT, 0, 0,
		    (struct props){ 0 }, &back), CNG_ERR_BAD_DATA);
	}
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), before);
	secret_free(&blob);
}
END_TEST

START_TEST(transport_to_another_token)
{
	obj_id key = secret_key(KEY_AES, 16, 0), back;
	struct secret blob;

	ck_assert_int_eq(export_as(key, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_OK);
	token_free(tok);
	tok = token_with_user("memory:");
	ck_assert_int_eq(import_from(&blob, BLOB_OPAQUETRANSPORT, 0, 0,
	    (struct props){ 0 }, &back), CNG_ERR_BAD_KEY);
	/* the same serial, but made anew: other keys */
	secret_free(&blob);
	key = secret_key(KEY_AES, 16, 0);
	ck_assert_int_eq(export_as(key, BLOB_OPAQUETRANSPORT, 0, &blob),
	    CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_init(tok, SO_PIN, span_str("anew")), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(token_init_pin(tok, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(import_from(&blob, BLOB_OPAQUETRANSPORT, 0, 0,
	    (struct props){ 0 }, &back), CNG_ERR_BAD_DATA);
	secret_free(&blob);
}
END_TEST

static const enum blob_type closed[] = { BLOB_RFC3565WRAP,
	BLOB_OPAQUETRANSPORT, BLOB_CIPHERKEY };

START_TEST(every_allocation_fails_once)
{
	enum blob_type type = closed[_i];
	obj_id kek = secret_key(KEY_AES, 32, 1);
	obj_id key = secret_key(KEY_AES, 32, 0), back;
	obj_id with = blob_is_framed(type) ? kek : 0;
	struct secret blob = { 0 };
	size_t before = found(tok, (struct props){ 0 });
	enum cng_status st = CNG_ERR_NO_MEMORY;

	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 10000);
		mem_fail_after(n);
		st = export_as(key, type, with, &blob);
		mem_fail_after(0);
		if (st != CNG_OK)
			ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
	}
	st = CNG_ERR_NO_MEMORY;
	for (unsigned long n = 1; st != CNG_OK; n++) {
		ck_assert_uint_lt(n, 10000);
		mem_fail_after(n);
		st = import_from(&blob, type, with, 0,
		    PROPS(TEXT(PROP_NAME, "m")), &back);
		mem_fail_after(0);
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_NO_MEMORY);
		ck_assert_uint_eq(found(tok, (struct props){ 0 }), before);
	}
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), before + 1);
	secret_free(&blob);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("core closed");
	TCase *tc = tcase_create("closed");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, key_wrap);
	tcase_add_test(tc, key_wrap_of_generic_secrets);
	tcase_add_loop_test(tc, rsa_aes, 0,
	    (int)(sizeof wraps / sizeof wraps[0]));
	tcase_add_test(tc, transport_brings_all_back);
	tcase_add_test(tc, transport_of_secrets);
	tcase_add_loop_test(tc, transport_only_narrows, 0,
	    (int)(sizeof narrowing / sizeof narrowing[0]));
	tcase_add_test(tc, transport_keeps_templates);
	tcase_add_test(tc, transport_policy);
	tcase_add_test(tc, transport_damage_changes_nothing);
	tcase_add_test(tc, transport_to_another_token);
	tcase_add_loop_test(tc, every_allocation_fails_once, 0,
	    (int)(sizeof closed / sizeof closed[0]));
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
