/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys made of keys: functions over secrets, encapsulation, pairs of the
 * families that have no curve; who may, and what comes out.
 */
#include "core_fixture.h"
#include "base/util.h"

#include <stdlib.h>

#define MECHANISM 0x402a

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

static struct object *
object_at(obj_id id)
{
	struct object *obj;

	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	return obj;
}

static obj_id
secret_of(const char *text, bool derive)
{
	obj_id id;

	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_GENERIC),
	    NUM(PROP_DERIVE, derive), BYTES(PROP_VALUE, span_str(text))),
	    &id), CNG_OK);
	return id;
}

static void
shows(obj_id id, struct span want)
{
	uint8_t room[256];
	struct wr w = wr_of(room, sizeof room);
	struct object *obj = object_at(id);

	ck_assert_int_eq(object_bytes(obj, PROP_VALUE, &w), CNG_OK);
	ck_assert(span_equal(span_of(room, w.len), want));
	object_free(obj);
}

#define OPEN NUM(PROP_EXTRACTABLE, 1), NUM(PROP_SENSITIVE, 0)

START_TEST(secrets_are_stretched)
{
	const struct key_op op = { .scheme = OP_HKDF, .hash = HASH_SHA256,
		.label = span_str("info") };
	struct object *base = object_at(secret_of("some secret", true));
	struct secret bytes = { 0 };
	obj_id id;

	ck_assert_int_eq(object_derive(base, &op, MECHANISM, 32, &bytes),
	    CNG_OK);
	ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
	    PROPS(NUM(PROP_KEY_FAMILY, KEY_AES), NUM(PROP_VALUE_LEN, 32),
	    OPEN), &id), CNG_OK);
	shows(id, secret_span(&bytes));
	secret_free(&bytes);
	/* as long as the hash when nobody says */
	ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
	    PROPS(OPEN), &id), CNG_OK);
	ck_assert_uint_eq(number_of(tok, id, PROP_VALUE_LEN), 32);
	ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
	    PROPS(NUM(PROP_KEY_FAMILY, KEY_AES), NUM(PROP_VALUE_LEN, 20)),
	    &id), CNG_ERR_TEMPLATE_INCOMPLETE);
	ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
	    PROPS(NUM(PROP_KEY_FAMILY, KEY_RSA)), &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
	    PROPS(NUM(PROP_CLASS, OBJ_PRIVATE)), &id),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	object_free(base);
}
END_TEST

START_TEST(who_may_not_derive)
{
	struct key_op op = { .scheme = OP_HKDF, .hash = HASH_SHA256 };
	struct object *base = object_at(secret_of("some secret", false));
	obj_id id;

	ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
	    PROPS(OPEN), &id), CNG_ERR_KEY_USAGE);
	ck_assert_uint_eq(id, 0);
	op.scheme = OP_ECDH;
	ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
	    PROPS(OPEN), &id), CNG_ERR_KEY_TYPE);
	op.scheme = OP_DH;
	ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
	    PROPS(OPEN), &id), CNG_ERR_KEY_TYPE);
	op.scheme = OP_HMAC;
	ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
	    PROPS(OPEN), &id), CNG_ERR_MECHANISM);
	object_free(base);
}
END_TEST

/* What a salt is used for, its key must allow as much as the base. */
START_TEST(a_key_as_salt)
{
	static const uint8_t other[8] = { 0x51, 2 }, this[8] = { 0x2a, 0x40 };
	const struct {
		const uint8_t *allowed;
		uint64_t derive;
		enum cng_status want;
	} rows[] = {
		{ this, 1, CNG_OK },
		{ this, 0, CNG_ERR_KEY_USAGE },
		{ other, 1, CNG_ERR_MECHANISM },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct object *salt;
		struct span value;
		obj_id id;

		ck_assert_int_eq(token_create(tok, &rw, PROPS(
		    NUM(PROP_CLASS, OBJ_SECRET),
		    NUM(PROP_KEY_FAMILY, KEY_GENERIC),
		    NUM(PROP_DERIVE, rows[i].derive),
		    BYTES(PROP_ALLOWED_MECHANISMS,
			span_of(rows[i].allowed, 8)),
		    BYTES(PROP_VALUE, span_str("salt"))), &id), CNG_OK);
		salt = object_at(id);
		ck_assert_int_eq(token_salt(tok, salt, MECHANISM, &value),
		    rows[i].want);
		object_free(salt);
	}
}
END_TEST

static obj_id
secret_with(struct props rules)
{
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof bytes);
	obj_id id;

	props_pack(rules, &w);
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_GENERIC),
	    NUM(PROP_SENSITIVE, 1), BYTES(PROP_VALUE, span_str("secret")),
	    BYTES(PROP_DERIVE_TEMPLATE, span_of(bytes, w.len))), &id),
	    CNG_OK);
	return id;
}

static obj_id
secret_with_rules(void)
{
	return secret_with(PROPS(NUM(PROP_SENSITIVE, 1)));
}

/* What two keys make of each other is the same, whichever has the rules. */
START_TEST(a_salt_with_rules)
{
	struct object *salt = object_at(secret_with_rules());
	struct span value;

	ck_assert_int_eq(token_salt(tok, salt, MECHANISM, &value),
	    CNG_ERR_KEY_USAGE);
	tok->compat = true;
	ck_assert_int_eq(token_salt(tok, salt, MECHANISM, &value), CNG_OK);
	object_free(salt);
}
END_TEST

/* Extract and expand in two calls are what both are in one. */
START_TEST(rules_go_on)
{
	const struct key_op extract = { .scheme = OP_HKDF,
		.hash = HASH_SHA256, .skip_expand = true };
	const struct key_op expand = { .scheme = OP_HKDF,
		.hash = HASH_SHA256, .skip_extract = true };
	struct object *base = object_at(secret_with_rules());
	struct object *first;
	struct prop own = BYTES(PROP_DERIVE_TEMPLATE, span_str(""));
	obj_id id;

	ck_assert_int_eq(token_derive(tok, &rw, base, &extract, MECHANISM,
	    (struct props){ &own, 1 }, &id), CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_derive(tok, &rw, base, &extract, MECHANISM,
	    (struct props){ NULL, 0 }, &id), CNG_OK);
	ck_assert_uint_eq(number_of(tok, id, PROP_SIGN), 0);
	first = object_at(id);
	ck_assert_int_eq(token_derive(tok, &rw, first, &expand, MECHANISM,
	    PROPS(OPEN), &id), CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_derive(tok, &rw, first, &expand, MECHANISM,
	    (struct props){ NULL, 0 }, &id), CNG_OK);
	ck_assert_uint_eq(number_of(tok, id, PROP_SENSITIVE), 1);
	object_free(first);
	tok->compat = true;
	ck_assert_int_eq(token_derive(tok, &rw, base, &extract, MECHANISM,
	    (struct props){ NULL, 0 }, &id), CNG_OK);
	first = object_at(id);
	ck_assert_int_eq(token_derive(tok, &rw, first, &expand, MECHANISM,
	    PROPS(OPEN), &id), CNG_OK);
	object_free(first);
	object_free(base);
}
END_TEST

/* One value made twice, for MACs and to derive, would be what hides nothing. */
START_TEST(macs_and_what_derives_are_apart)
{
	static const struct {
		enum key_family family;
		enum prop_id use;
	} rows[] = { { KEY_GENERIC, PROP_SIGN }, { KEY_GENERIC, PROP_VERIFY },
		{ KEY_HMAC_SHA256, PROP_SIGN }, { KEY_HKDF, PROP_SIGN },
		{ KEY_AES, PROP_DERIVE }, { KEY_CHACHA20, PROP_DERIVE },
		{ KEY_CAMELLIA, PROP_DERIVE } };
	const struct key_op op = { .scheme = OP_HKDF, .hash = HASH_SHA256 };
	obj_id id;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct props kind = PROPS(
		    NUM(PROP_KEY_FAMILY, rows[i].family),
		    NUM(PROP_VALUE_LEN, 32));
		struct props asks = PROPS(
		    NUM(PROP_KEY_FAMILY, rows[i].family),
		    NUM(PROP_VALUE_LEN, 32), NUM(rows[i].use, 1));
		struct object *base = object_at(secret_with_rules());

		ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
		    kind, &id), CNG_OK);
		ck_assert_uint_eq(number_of(tok, id, rows[i].use), 0);
		ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
		    asks, &id), CNG_ERR_TEMPLATE_INCONSISTENT);
		object_free(base);
		/* who made the base knows what it is for */
		base = object_at(secret_with(PROPS(NUM(PROP_SENSITIVE, 1),
		    NUM(rows[i].use, 1))));
		ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM,
		    kind, &id), CNG_OK);
		ck_assert_uint_eq(number_of(tok, id, rows[i].use), 1);
		object_free(base);
	}
}
END_TEST

/* Whoever may make a key to be read has no need of detours. */
START_TEST(rules_that_hide_nothing)
{
	const struct key_op op = { .scheme = OP_HKDF, .hash = HASH_SHA256 };
	struct object *base = object_at(secret_with(PROPS(
	    NUM(PROP_EXTRACTABLE, 1), NUM(PROP_MODIFIABLE, 0))));
	struct props len = PROPS(NUM(PROP_VALUE_LEN, 32));
	struct span value;
	obj_id id;

	ck_assert_int_eq(token_derive(tok, &rw, base, &op, MECHANISM, len,
	    &id), CNG_OK);
	ck_assert_uint_eq(number_of(tok, id, PROP_SIGN), 1);
	ck_assert_uint_eq(number_of(tok, id, PROP_DERIVE), 1);
	ck_assert_uint_eq(number_of(tok, id, PROP_MODIFIABLE), 0);
	ck_assert_int_eq(token_salt(tok, base, MECHANISM, &value), CNG_OK);
	object_free(base);
}
END_TEST

/* --- pairs ---------------------------------------------------------------- */

START_TEST(encapsulated_secrets_are_equal)
{
	const struct key_op op = { .scheme = OP_MLKEM };
	struct keygen_request req = { .family = KEY_MLKEM,
		.public = PROPS(NUM(PROP_PARAMETER_SET, 2)) };
	obj_id private, public, one, two;
	uint8_t cipher[1088];
	struct wr w = wr_of(NULL, 0);
	struct object *half[2];
	enum cng_status st;

	st = token_generate(tok, &rw, &req, &private, &public);
	if (!crypto_has_set(KEY_SET_MLKEM_768)) {
		ck_assert_int_eq(st, CNG_ERR_MECHANISM);
		return;
	}
	ck_assert_int_eq(st, CNG_OK);
	ck_assert_uint_eq(number_of(tok, private, PROP_DECAPSULATE), 1);
	ck_assert_uint_eq(number_of(tok, public, PROP_ENCAPSULATE), 1);
	half[0] = object_at(private);
	half[1] = object_at(public);
	ck_assert_int_eq(token_encapsulate(tok, &rw, half[1], &op, 0x17,
	    PROPS(OPEN), &w, &one), CNG_OK);
	ck_assert_uint_eq(w.len, sizeof cipher);
	ck_assert_uint_eq(one, 0);
	w = wr_of(cipher, sizeof cipher - 1);
	ck_assert_int_eq(token_encapsulate(tok, &rw, half[1], &op, 0x17,
	    PROPS(OPEN), &w, &one), CNG_ERR_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(w.len, sizeof cipher);
	w = wr_of(cipher, sizeof cipher);
	ck_assert_int_eq(token_encapsulate(tok, &rw, half[1], &op, 0x17,
	    PROPS(NUM(PROP_VALUE_LEN, 16)), &w, &one), CNG_ERR_PROP_VALUE);
	w = wr_of(cipher, sizeof cipher);
	ck_assert_int_eq(token_encapsulate(tok, &rw, half[1], &op, 0x17,
	    PROPS(NUM(PROP_KEY_FAMILY, KEY_AES), OPEN), &w, &one), CNG_OK);
	ck_assert_int_eq(token_decapsulate(tok, &rw, half[0], &op, 0x17,
	    span_of(cipher, sizeof cipher), PROPS(OPEN), &two), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_SECRET))), 2);
	{
		uint8_t value[32];
		struct object *obj = object_at(one);

		w = wr_of(value, sizeof value);
		ck_assert_int_eq(object_bytes(obj, PROP_VALUE, &w), CNG_OK);
		object_free(obj);
		shows(two, span_of(value, 32));
	}
	ck_assert_int_eq(token_decapsulate(tok, &rw, half[1], &op, 0x17,
	    span_of(cipher, sizeof cipher), PROPS(OPEN), &two),
	    CNG_ERR_KEY_TYPE);
	ck_assert_int_eq(token_decapsulate(tok, &rw, half[0], &op, 0x17,
	    span_of(cipher, 5), PROPS(OPEN), &two), CNG_ERR_CIPHERTEXT_SIZE);
	ck_assert_int_eq(token_set(tok, &rw, private,
	    PROPS(NUM(PROP_DECAPSULATE, 0))), CNG_OK);
	object_free(half[0]);
	half[0] = object_at(private);
	ck_assert_int_eq(token_decapsulate(tok, &rw, half[0], &op, 0x17,
	    span_of(cipher, sizeof cipher), PROPS(OPEN), &two),
	    CNG_ERR_KEY_USAGE);
	object_free(half[0]);
	object_free(half[1]);
}
END_TEST

START_TEST(groups_make_pairs)
{
	static const enum key_family families[] = { KEY_DSA, KEY_DH };
	struct key_material group;
	obj_id private, public;

	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		bool dsa = families[i] == KEY_DSA;
		struct keygen_request req = { .family = families[i] };
		struct prop lines[3];

		ck_assert_int_eq(crypto_generate_domain(&group, families[i],
		    dsa ? 1024 : 2048, 0), CNG_OK);
		lines[0] = (struct prop)BYTES(PROP_PRIME,
		    key_part(&group, DSA_P));
		lines[1] = (struct prop)BYTES(PROP_BASE,
		    key_part(&group, dsa ? DSA_G : DH_G));
		lines[2] = (struct prop)BYTES(PROP_SUBPRIME,
		    key_part(&group, DSA_Q));
		req.public = (struct props){ lines, dsa ? 3 : 2 };
		ck_assert_int_eq(token_generate(tok, &rw, &req, &private,
		    &public), CNG_OK);
		ck_assert_uint_eq(number_of(tok, private,
		    dsa ? PROP_SIGN : PROP_DERIVE), 1);
		req.public.count = 1;
		ck_assert_int_eq(token_generate(tok, &rw, &req, &private,
		    &public), CNG_ERR_TEMPLATE_INCOMPLETE);
		lines[1].bytes = span_of("\x01", 1);
		req.public.count = dsa ? 3 : 2;
		ck_assert_int_eq(token_generate(tok, &rw, &req, &private,
		    &public), CNG_ERR_BAD_DOMAIN);
		key_free(&group);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("derive");
	TCase *tcase = tcase_create("derive");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 240);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, secrets_are_stretched);
	tcase_add_test(tcase, who_may_not_derive);
	tcase_add_test(tcase, a_key_as_salt);
	tcase_add_test(tcase, a_salt_with_rules);
	tcase_add_test(tcase, rules_go_on);
	tcase_add_test(tcase, macs_and_what_derives_are_apart);
	tcase_add_test(tcase, rules_that_hide_nothing);
	tcase_add_test(tcase, encapsulated_secrets_are_equal);
	tcase_add_test(tcase, groups_make_pairs);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
