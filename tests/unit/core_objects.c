/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Objects: templates, visibility, search, change, copy, destruction.
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

static const uint8_t aes_value[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	13, 14, 15, 16 };

static obj_id
make_aes(uint64_t token, const char *label)
{
	struct prop lines[] = {
		NUM(PROP_CLASS, OBJ_SECRET),
		NUM(PROP_KEY_FAMILY, KEY_AES),
		NUM(PROP_TOKEN, token),
		BYTES(PROP_LABEL, span_str(label)),
		BYTES(PROP_VALUE, span_of(aes_value, sizeof aes_value)),
	};
	struct props tmpl = { lines, sizeof lines / sizeof lines[0] };
	obj_id id;

	ck_assert_int_eq(token_create(tok, &rw, tmpl, &id), CNG_OK);
	ck_assert(id != 0);
	return id;
}

START_TEST(create_and_find)
{
	obj_id a = make_aes(1, "one"), b = make_aes(0, "two");

	ck_assert_uint_ne(a, b);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 2);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "one"))), 1);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "two"))), 1);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "three"))), 0);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_SECRET))), 2);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 0);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_TOKEN, 1))), 1);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_TOKEN, 0))), 1);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_VALUE_LEN, 16))), 2);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_VALUE_LEN, 32))), 0);
}
END_TEST

START_TEST(null_key_only_by_id)
{
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_SECRET))), 0);
	ck_assert_uint_eq(found(tok, PROPS(BYTES(PROP_ID, NULL_KEY_ID))), 1);
	ck_assert_int_eq(token_destroy(tok, &rw, OBJ_ID_NULL_KEY),
	    CNG_ERR_PROHIBITED);
	ck_assert_int_eq(token_set(tok, &rw, OBJ_ID_NULL_KEY,
	    PROPS(TEXT(PROP_LABEL, "mine"))), CNG_ERR_PROHIBITED);
}
END_TEST

START_TEST(private_objects_hide_without_login)
{
	obj_id a = make_aes(1, "hidden");
	struct object *obj;

	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "hidden"))), 0);
	ck_assert_int_eq(token_object(tok, a, &obj), CNG_ERR_OBJECT);
	ck_assert_int_eq(token_destroy(tok, &rw, a), CNG_ERR_OBJECT);
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(token_object(tok, a, &obj), CNG_ERR_OBJECT);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "hidden"))), 1);
}
END_TEST

START_TEST(read_only_session_cannot_write)
{
	obj_id id, a = make_aes(1, "kept");

	ck_assert_int_eq(token_create(tok, &ro,
	    PROPS(NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_TOKEN, 1)), &id),
	    CNG_ERR_READ_ONLY);
	ck_assert_int_eq(token_destroy(tok, &ro, a), CNG_ERR_READ_ONLY);
	ck_assert_int_eq(token_set(tok, &ro, a,
	    PROPS(TEXT(PROP_LABEL, "x"))), CNG_ERR_READ_ONLY);
	ck_assert_int_eq(token_create(tok, &ro,
	    PROPS(NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_TOKEN, 0)), &id),
	    CNG_OK);
}
END_TEST

START_TEST(sticky_flags)
{
	obj_id a = make_aes(1, "sticky");

	ck_assert_int_eq(token_set(tok, &rw, a,
	    PROPS(NUM(PROP_SENSITIVE, 1))), CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, a,
	    PROPS(NUM(PROP_SENSITIVE, 0))), CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_set(tok, &rw, a,
	    PROPS(NUM(PROP_EXTRACTABLE, 0))), CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, a,
	    PROPS(NUM(PROP_EXTRACTABLE, 1))), CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_set(tok, &rw, a,
	    PROPS(NUM(PROP_LOCAL, 1))), CNG_ERR_PROP_READ_ONLY);
	ck_assert_int_eq(token_set(tok, &rw, a,
	    PROPS(NUM(PROP_TRUSTED, 1))), CNG_ERR_PROP_READ_ONLY);
	ck_assert_uint_eq(number_of(tok, a, PROP_SENSITIVE), 1);
	ck_assert_uint_eq(number_of(tok, a, PROP_EXTRACTABLE), 0);
	ck_assert_uint_eq(number_of(tok, a, PROP_ALWAYS_SENSITIVE), 0);
}
END_TEST

START_TEST(secrets_are_not_shown)
{
	obj_id a = make_aes(1, "secret");
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof buf);
	struct object *obj;

	ck_assert_int_eq(token_object(tok, a, &obj), CNG_OK);
	ck_assert_int_eq(object_bytes(obj, PROP_VALUE, &w), CNG_OK);
	ck_assert_uint_eq(w.len, 16);
	object_free(obj);
	ck_assert_int_eq(token_set(tok, &rw, a,
	    PROPS(NUM(PROP_SENSITIVE, 1))), CNG_OK);
	ck_assert_int_eq(token_object(tok, a, &obj), CNG_OK);
	w = wr_of(buf, sizeof buf);
	ck_assert_int_eq(object_bytes(obj, PROP_VALUE, &w),
	    CNG_ERR_PROP_SENSITIVE);
	ck_assert_uint_eq(w.len, 0);
	object_free(obj);
	/* and searching does not tell either */
	ck_assert_uint_eq(found(tok, PROPS(BYTES(PROP_VALUE,
	    span_of(aes_value, sizeof aes_value)))), 0);
}
END_TEST

static enum cng_status
print_of(obj_id id, uint8_t print[OBJECT_PRINT])
{
	struct object *obj;
	enum cng_status st;

	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	st = object_print(obj, print);
	object_free(obj);
	return st;
}

/* Two AES keys of one check value. */
START_TEST(secrets_are_told_apart)
{
	static const char *const value[] = { "33626147a57ed513",
		"611d91fa2e0687fd" };
	uint8_t same[OBJECT_PRINT], print[2][OBJECT_PRINT], other[32];
	obj_id id, data;

	for (size_t i = 0; i < 2; i++) {
		struct prop lines[] = {
			NUM(PROP_CLASS, OBJ_SECRET),
			NUM(PROP_KEY_FAMILY, KEY_AES),
			NUM(PROP_TOKEN, i),
			NUM(PROP_SENSITIVE, 1),
			BYTES(PROP_VALUE, span_str(value[i])),
		};

		ck_assert_int_eq(token_create(tok, &rw, (struct props){ lines,
		    sizeof lines / sizeof lines[0] }, &id), CNG_OK);
		ck_assert_int_eq(print_of(id, print[i]), CNG_OK);
	}
	ck_assert_uint_eq(found(tok, PROPS(BYTES(PROP_CHECK_VALUE,
	    span_str("\x6e\x02\x47")))), 2);
	ck_assert_mem_ne(print[0], print[1], OBJECT_PRINT);
	ck_assert_int_eq(print_of(make_aes(1, "a"), same), CNG_OK);
	ck_assert_int_eq(print_of(make_aes(0, "b"), other), CNG_OK);
	ck_assert_mem_eq(same, other, OBJECT_PRINT);
	ck_assert_int_eq(token_create(tok, &rw,
	    PROPS(NUM(PROP_CLASS, OBJ_DATA)), &data), CNG_OK);
	ck_assert_int_eq(print_of(data, other), CNG_ERR_PROP_UNKNOWN);
}
END_TEST

START_TEST(copy_rules)
{
	obj_id a = make_aes(0, "source"), b, c;

	ck_assert_int_eq(token_copy(tok, &rw, a,
	    PROPS(NUM(PROP_TOKEN, 1), TEXT(PROP_LABEL, "copy")), &b), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "copy"))), 1);
	ck_assert_int_eq(token_copy(tok, &rw, a,
	    PROPS(NUM(PROP_PRIVATE, 0)), &c), CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_set(tok, &rw, b,
	    PROPS(NUM(PROP_COPYABLE, 0))), CNG_OK);
	ck_assert_int_eq(token_copy(tok, &rw, b, (struct props){ 0 }, &c),
	    CNG_ERR_PROHIBITED);
}
END_TEST

START_TEST(session_objects_die_with_their_session)
{
	static const struct access other = { 2, true };
	obj_id id;

	(void)make_aes(0, "mine");
	ck_assert_int_eq(token_create(tok, &other,
	    PROPS(NUM(PROP_CLASS, OBJ_DATA), TEXT(PROP_LABEL, "theirs")),
	    &id), CNG_OK);
	token_session_closed(tok, 2);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 1);
	token_session_closed(tok, 1);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
}
END_TEST

/* The walk over the table goes on where one was taken out. */
START_TEST(many_objects_of_two_sessions)
{
	const struct access who[2] = { { 1, true }, { 2, true } };
	obj_id id;

	for (size_t i = 0; i < 5000; i++)
		ck_assert_int_eq(token_create(tok, &who[i % 3 == 0], PROPS(
		    NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_PRIVATE, i % 2)),
		    &id), CNG_OK);
	token_session_closed(tok, 1);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 1667);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 834);
	token_session_closed(tok, 2);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
}
END_TEST

START_TEST(bad_templates)
{
	obj_id id;

	ck_assert_int_eq(token_create(tok, &rw, (struct props){ 0 }, &id),
	    CNG_ERR_TEMPLATE_INCOMPLETE);
	ck_assert_int_eq(token_create(tok, &rw,
	    PROPS(NUM(PROP_CLASS, OBJ_SECRET)), &id),
	    CNG_ERR_TEMPLATE_INCOMPLETE);
	ck_assert_int_eq(token_create(tok, &rw,
	    PROPS(NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_RSA),
		TEXT(PROP_VALUE, "0123456789abcdef")), &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_create(tok, &rw,
	    PROPS(NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
		TEXT(PROP_VALUE, "0123456789abcde")), &id),
	    CNG_ERR_PROP_VALUE);
	ck_assert_int_eq(token_create(tok, &rw,
	    PROPS(NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
		TEXT(PROP_VALUE, "0123456789abcdef"), NUM(PROP_TOKEN, 2)),
	    &id), CNG_ERR_PROP_VALUE);
	ck_assert_int_eq(token_create(tok, &rw,
	    PROPS(NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_SIGN, 1)), &id),
	    CNG_ERR_PROP_UNKNOWN);
	ck_assert_int_eq(token_create(tok, &rw,
	    PROPS(NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
		TEXT(PROP_VALUE, "0123456789abcdef"),
		TEXT(PROP_START_DATE, "2026-1-1")), &id), CNG_ERR_PROP_VALUE);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
}
END_TEST

static void
generate_rsa(obj_id *key, obj_id *public, uint64_t token)
{
	struct prop lines[] = {
		NUM(PROP_TOKEN, token),
		NUM(PROP_MODULUS_BITS, 1024),
		TEXT(PROP_LABEL, "pair"),
	};
	struct prop private[] = {
		NUM(PROP_TOKEN, token),
		TEXT(PROP_LABEL, "pair"),
	};
	struct keygen_request req = {
		.family = KEY_RSA,
		.mechanism = 0,
		.public = { lines, 3 },
		.private = { private, 2 },
	};

	ck_assert_int_eq(token_generate(tok, &rw, &req, key, public), CNG_OK);
}

START_TEST(generated_pairs)
{
	obj_id key = 0, public = 0;

	for (uint64_t token = 0; token < 2; token++) {
		generate_rsa(&key, &public, token);
		ck_assert_uint_ne(key, public);
		ck_assert_uint_eq(number_of(tok, key, PROP_LOCAL), 1);
		ck_assert_uint_eq(number_of(tok, key, PROP_SENSITIVE), 1);
		ck_assert_uint_eq(number_of(tok, key, PROP_ALWAYS_SENSITIVE),
		    1);
		ck_assert_uint_eq(number_of(tok, key, PROP_NEVER_EXTRACTABLE),
		    1);
		ck_assert_uint_eq(number_of(tok, public, PROP_MODULUS_BITS),
		    1024);
	}
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "pair"))), 4);
	ck_assert_int_eq(token_destroy(tok, &rw, key), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "pair"))), 3);
}
END_TEST

START_TEST(generate_refuses)
{
	struct prop value[] = { NUM(PROP_VALUE_LEN, 16),
		TEXT(PROP_VALUE, "0123456789abcdef") };
	struct prop odd[] = { NUM(PROP_VALUE_LEN, 17) };
	struct keygen_request req = { .family = KEY_AES };
	obj_id id;

	ck_assert_int_eq(token_generate(tok, &rw, &req, &id, NULL),
	    CNG_ERR_TEMPLATE_INCOMPLETE);
	req.secret = (struct props){ odd, 1 };
	ck_assert_int_eq(token_generate(tok, &rw, &req, &id, NULL),
	    CNG_ERR_PROP_VALUE);
	req.secret = (struct props){ value, 2 };
	ck_assert_int_eq(token_generate(tok, &rw, &req, &id, NULL),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 0);
}
END_TEST

START_TEST(pin_life)
{
	struct token_info info;

	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN),
	    CNG_ERR_LOGGED_IN);
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN),
	    CNG_ERR_OTHER_LOGGED_IN);
	ck_assert_int_eq(token_set_pin(tok, span_str("wrong-old"),
	    span_str("new-pin-1")), CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(info.user_count_low);
	ck_assert_int_eq(token_set_pin(tok, USER_PIN, span_str("abc")),
	    CNG_ERR_PIN_LENGTH);
	ck_assert_int_eq(token_set_pin(tok, USER_PIN,
	    span_str("new-pin-1")), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_login(tok, ROLE_USER, span_str("new-pin-1")),
	    CNG_OK);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(!info.user_count_low);
	ck_assert_str_eq(info.label, "test");
	ck_assert_uint_eq(strlen(info.serial), 16);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("core objects");
	TCase *tc = tcase_create("objects");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, create_and_find);
	tcase_add_test(tc, null_key_only_by_id);
	tcase_add_test(tc, private_objects_hide_without_login);
	tcase_add_test(tc, read_only_session_cannot_write);
	tcase_add_test(tc, sticky_flags);
	tcase_add_test(tc, secrets_are_not_shown);
	tcase_add_test(tc, secrets_are_told_apart);
	tcase_add_test(tc, copy_rules);
	tcase_add_test(tc, session_objects_die_with_their_session);
	tcase_add_test(tc, many_objects_of_two_sessions);
	tcase_add_test(tc, bad_templates);
	tcase_add_test(tc, generated_pairs);
	tcase_add_test(tc, generate_refuses);
	tcase_add_test(tc, pin_life);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
