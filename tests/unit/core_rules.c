/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Templates that try to get more out of a key than it was made for.
 */
#include "core_fixture.h"
#include "runner.h"

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

/* A pair on the token; private adds to the private half's template. */
static obj_id
make_pair(enum key_family family, struct props private)
{
	struct prop bits[] = { NUM(PROP_MODULUS_BITS, 1024) };
	struct prop curve[] = {
		BYTES(PROP_EC_PARAMS, curve_info(CURVE_P256)->oid_der),
	};
	struct keygen_request req = {
		.family = family,
		.public = { family == KEY_RSA ? bits : curve, 1 },
		.private = private,
	};
	obj_id key, public;

	ck_assert_int_eq(token_generate(tok, &rw, &req, &key, &public),
	    CNG_OK);
	return key;
}

START_TEST(a_copy_asks_for_the_pin_too)
{
	obj_id copy, key = make_pair(KEY_EC,
	    PROPS(NUM(PROP_ALWAYS_AUTHENTICATE, 1)));

	ck_assert_int_eq(token_copy(tok, &rw, key,
	    PROPS(NUM(PROP_ALWAYS_AUTHENTICATE, 0)), &copy),
	    CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_copy(tok, &rw, key,
	    PROPS(NUM(PROP_ALWAYS_AUTHENTICATE, 1)), &copy), CNG_OK);
	ck_assert_uint_eq(number_of(tok, copy, PROP_ALWAYS_AUTHENTICATE), 1);
}
END_TEST

START_TEST(a_copy_allows_no_more_mechanisms)
{
	static const uint8_t one[8] = { 0x40 }, other[8] = { 0x41 };
	obj_id copy, key = make_pair(KEY_EC, PROPS(BYTES(
	    PROP_ALLOWED_MECHANISMS, span_of(one, sizeof one))));

	ck_assert_int_eq(token_copy(tok, &rw, key,
	    PROPS(BYTES(PROP_ALLOWED_MECHANISMS, span_of(NULL, 0))), &copy),
	    CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_copy(tok, &rw, key,
	    PROPS(BYTES(PROP_ALLOWED_MECHANISMS,
	    span_of(other, sizeof other))), &copy), CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_copy(tok, &rw, key,
	    PROPS(BYTES(PROP_ALLOWED_MECHANISMS, span_of(one, sizeof one))),
	    &copy), CNG_OK);
}
END_TEST

/* Nobody asks for the PIN on the way of these, so they are refused. */
START_TEST(the_pin_question_has_no_way_round)
{
	const struct key_op derive = {
		.scheme = OP_ECDH,
		.kdf = KDF_NULL,
	};
	const struct key_op unwrap = {
		.scheme = OP_RSA_OAEP,
		.pad_hash = HASH_SHA1,
		.mgf_hash = HASH_SHA1,
	};
	struct import_request req = {
		.format = TRANSFER_STANDARD,
		.data = span_str("whatever"),
		.op = &unwrap,
		.tmpl = PROPS(NUM(PROP_CLASS, OBJ_SECRET),
		    NUM(PROP_KEY_FAMILY, KEY_AES)),
	};
	struct object *key;
	obj_id id, out;

	id = make_pair(KEY_EC, PROPS(NUM(PROP_ALWAYS_AUTHENTICATE, 1)));
	ck_assert_int_eq(token_object(tok, id, &key), CNG_OK);
	ck_assert_int_eq(token_derive(tok, &rw, key, &derive, 0x1050,
	    (struct props){ 0 }, &out), CNG_ERR_NOT_LOGGED_IN);
	object_free(key);
	id = make_pair(KEY_RSA, PROPS(NUM(PROP_ALWAYS_AUTHENTICATE, 1),
	    NUM(PROP_UNWRAP, 1)));
	ck_assert_int_eq(token_object(tok, id, &key), CNG_OK);
	req.key = key;
	ck_assert_int_eq(token_import(tok, &rw, &req, &out),
	    CNG_ERR_NOT_LOGGED_IN);
	object_free(key);
}
END_TEST

static const uint8_t value[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	14, 15, 16 };

static enum cng_status
make_aes(struct prop extra, obj_id *out)
{
	return token_create(tok, &rw, PROPS(NUM(PROP_CLASS, OBJ_SECRET),
	    NUM(PROP_KEY_FAMILY, KEY_AES), NUM(PROP_TOKEN, 1),
	    BYTES(PROP_VALUE, span_of(value, sizeof value)), extra), out);
}

static enum cng_status
read_bytes(obj_id id, enum prop_id prop)
{
	uint8_t buf[4096];
	struct wr w = wr_of(buf, sizeof buf);
	struct object *obj;
	enum cng_status st;

	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	st = object_bytes(obj, prop, &w);
	object_free(obj);
	return st;
}

START_TEST(only_trusted_keys_means_not_in_plaintext)
{
	const struct prop trusted = NUM(PROP_WRAP_WITH_TRUSTED, 1);
	obj_id id;

	ck_assert_int_eq(make_aes(trusted, &id), CNG_OK);
	ck_assert_int_eq(read_bytes(id, PROP_VALUE), CNG_ERR_PROP_SENSITIVE);
	ck_assert_int_eq(read_bytes(id, PROP_BLOB), CNG_ERR_PROP_SENSITIVE);
	id = make_pair(KEY_RSA, PROPS(NUM(PROP_SENSITIVE, 0),
	    NUM(PROP_EXTRACTABLE, 1), NUM(PROP_WRAP_WITH_TRUSTED, 1)));
	ck_assert_int_eq(read_bytes(id, PROP_PRIME_1),
	    CNG_ERR_PROP_SENSITIVE);
	ck_assert_int_eq(read_bytes(id, PROP_BLOB), CNG_ERR_PROP_SENSITIVE);
	ck_assert_int_eq(read_bytes(id, PROP_MODULUS), CNG_OK);
}
END_TEST

START_TEST(check_values_are_checked)
{
	static const uint8_t wrong[3] = { 1, 2, 3 };
	uint8_t right[3];
	struct wr w = wr_of(right, sizeof right);
	struct prop line = BYTES(PROP_CHECK_VALUE,
	    span_of(wrong, sizeof wrong));
	struct object *obj;
	obj_id id, copy;

	ck_assert_int_eq(make_aes(line, &id), CNG_ERR_PROP_VALUE);
	line.bytes = span_of(NULL, 0); /* says: there is to be none */
	ck_assert_int_eq(make_aes(line, &id), CNG_OK);
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(object_bytes(obj, PROP_CHECK_VALUE, &w), CNG_OK);
	object_free(obj);
	ck_assert_uint_eq(w.len, 0);
	ck_assert_int_eq(make_aes((struct prop)NUM(PROP_ENCRYPT, 1), &id),
	    CNG_OK);
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(object_bytes(obj, PROP_CHECK_VALUE, &w), CNG_OK);
	object_free(obj);
	line.bytes = span_of(right, w.len);
	ck_assert_int_eq(make_aes(line, &id), CNG_OK);
	ck_assert_int_eq(token_copy(tok, &rw, id, PROPS(line), &copy),
	    CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, id, PROPS(line)), CNG_OK);
	line.bytes = span_of(wrong, sizeof wrong);
	ck_assert_int_eq(token_copy(tok, &rw, id, PROPS(line), &copy),
	    CNG_ERR_PROP_VALUE);
	ck_assert_int_eq(token_set(tok, &rw, id, PROPS(line)),
	    CNG_ERR_PROP_VALUE);
}
END_TEST

/* What the SO vouched for stays what it was: with more uses, or as another
 * object that nobody vouches for, a trusted wrapping key would open what it
 * wrapped. */
START_TEST(a_trusted_key_gets_no_more_uses)
{
	obj_id id, copy;

	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
	    NUM(PROP_TOKEN, 1), NUM(PROP_WRAP, 1), NUM(PROP_TRUSTED, 1),
	    NUM(PROP_ENCRYPT, 0), NUM(PROP_DECRYPT, 0),
	    BYTES(PROP_VALUE, span_of(value, sizeof value))), &id), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, id,
	    PROPS(NUM(PROP_DECRYPT, 1))), CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_set(tok, &rw, id,
	    PROPS(NUM(PROP_TRUSTED, 0))), CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_copy(tok, &rw, id,
	    PROPS(NUM(PROP_UNWRAP, 1)), &copy), CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_copy(tok, &rw, id,
	    PROPS(NUM(PROP_TRUSTED, 0), NUM(PROP_DECRYPT, 1)), &copy),
	    CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_copy(tok, &rw, id,
	    PROPS(NUM(PROP_WRAP, 0)), &copy), CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, id,
	    PROPS(TEXT(PROP_LABEL, "vouched for"))), CNG_OK);
}
END_TEST

START_TEST(only_the_so_vouches)
{
	obj_id id;

	ck_assert_int_eq(make_aes((struct prop)NUM(PROP_TRUSTED, 1), &id),
	    CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(make_aes((struct prop)NUM(PROP_TRUSTED, 0), &id),
	    CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, id,
	    PROPS(NUM(PROP_TRUSTED, 1))), CNG_ERR_PROP_READ_ONLY);
}
END_TEST

/* Wrapping is asked for, but with somebody's public key that comes for a
 * session to be encrypted to. */
START_TEST(a_visitor_wraps_unasked)
{
	static const uint8_t modulus[128] = { 0x80, [127] = 1 };
	const struct {
		struct prop line;
		bool wraps;
	} cases[] = {
		{ NUM(PROP_TOKEN, 0), true },
		{ NUM(PROP_ENCRYPT, 1), true },
		{ NUM(PROP_TOKEN, 1), false },
		{ NUM(PROP_ENCRYPT, 0), false },
		{ NUM(PROP_WRAP, 0), false },
	};
	struct object *key;
	obj_id id;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ck_assert_int_eq(token_create(tok, &rw, PROPS(
		    NUM(PROP_CLASS, OBJ_PUBLIC),
		    NUM(PROP_KEY_FAMILY, KEY_RSA),
		    BYTES(PROP_MODULUS, span_of(modulus, sizeof modulus)),
		    TEXT(PROP_PUBLIC_EXPONENT, "\x03"), cases[i].line), &id),
		    CNG_OK);
		ck_assert_int_eq(token_object(tok, id, &key), CNG_OK);
		ck_assert_int_eq(object_flag(key, PROP_WRAP), cases[i].wraps);
		object_free(key);
	}
}
END_TEST

/* Lines of another kind of object are not passed over in silence. */
START_TEST(lines_that_belong_elsewhere)
{
	const struct prop bad[] = {
		TEXT(PROP_MODULUS, "0123456789abcdef"),
		BYTES(PROP_EC_PARAMS, curve_info(CURVE_P256)->oid_der),
		TEXT(PROP_EC_POINT, "x"),
		TEXT(PROP_PRIME_1, "x"),
		NUM(PROP_MODULUS_BITS, 1024),
		NUM(PROP_CERT_TYPE, 0),
	};
	static const uint8_t modulus[128] = { 0x80, [127] = 1 };
	obj_id id;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_int_eq(make_aes(bad[i], &id), CNG_ERR_PROP_UNKNOWN);
		if (bad[i].id != PROP_CERT_TYPE)
			ck_assert_int_eq(token_create(tok, &rw, PROPS(
			    NUM(PROP_CLASS, OBJ_DATA), bad[i]), &id),
			    CNG_ERR_PROP_UNKNOWN);
	}
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_KEY_FAMILY, KEY_AES)), &id),
	    CNG_ERR_PROP_UNKNOWN);
	/* and those of this kind must be true */
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_PUBLIC), NUM(PROP_KEY_FAMILY, KEY_RSA),
	    BYTES(PROP_MODULUS, span_of(modulus, sizeof modulus)),
	    TEXT(PROP_PUBLIC_EXPONENT, "\x03"),
	    NUM(PROP_MODULUS_BITS, 512)), &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_PUBLIC), NUM(PROP_KEY_FAMILY, KEY_RSA),
	    BYTES(PROP_MODULUS, span_of(modulus, sizeof modulus)),
	    TEXT(PROP_PUBLIC_EXPONENT, "\x03"),
	    NUM(PROP_MODULUS_BITS, 1024)), &id), CNG_OK);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_copy_asks_for_the_pin_too,
		a_copy_allows_no_more_mechanisms,
		the_pin_question_has_no_way_round,
		only_trusted_keys_means_not_in_plaintext,
		check_values_are_checked,
		a_trusted_key_gets_no_more_uses,
		only_the_so_vouches,
		a_visitor_wraps_unasked,
		lines_that_belong_elsewhere,
	};

	return run_tests_with("core rules", tests,
	    sizeof tests / sizeof tests[0], setup, teardown);
}
