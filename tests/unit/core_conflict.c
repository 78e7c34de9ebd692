/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Uses of one key that must not meet, at every moment at which they could.
 */
#include "core_fixture.h"

#include "base/util.h"
#include "core/internal.h"
#include "core/operation.h"

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

struct pair {
	enum prop_id a, b;
};

static const struct pair pairs[] = {
	{ PROP_WRAP, PROP_DECRYPT },
	{ PROP_WRAP, PROP_ENCRYPT },
	{ PROP_UNWRAP, PROP_ENCRYPT },
	{ PROP_UNWRAP, PROP_DECRYPT },
};

static enum cng_status
make_aes(struct props tmpl, obj_id *out)
{
	struct prop lines[8] = { NUM(PROP_VALUE_LEN, 16) };
	struct keygen_request req = {
		.family = KEY_AES,
		.secret = { lines, tmpl.count + 1 },
	};
	obj_id none;

	ck_assert_uint_lt(tmpl.count, ARRAY_LEN(lines));
	for (size_t i = 0; i < tmpl.count; i++)
		lines[i + 1] = tmpl.item[i];
	return token_generate(tok, &rw, &req, out, &none);
}

START_TEST(both_asked_for)
{
	const struct pair *p = &pairs[_i];
	obj_id key;

	ck_assert_int_eq(make_aes(PROPS(NUM(PROP_SENSITIVE, 1),
	    NUM(p->a, 1), NUM(p->b, 1)), &key),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(make_aes(PROPS(NUM(PROP_TOKEN, 1),
	    NUM(PROP_SENSITIVE, 0), NUM(p->a, 1), NUM(p->b, 1)), &key),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_SECRET))), 0);
	/* hidden all the same */
	ck_assert_int_eq(make_aes(PROPS(NUM(PROP_EXTRACTABLE, 0),
	    NUM(p->a, 1), NUM(p->b, 1)), &key),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	/* nothing to protect, where nobody says so */
	ck_assert_int_eq(make_aes(PROPS(NUM(PROP_EXTRACTABLE, 1),
	    NUM(p->a, 1), NUM(p->b, 1)), &key), CNG_OK);
	ck_assert_int_eq(make_aes(PROPS(NUM(p->a, 1), NUM(p->b, 1)), &key),
	    CNG_OK);
	ck_assert_uint_eq(number_of(tok, key, PROP_EXTRACTABLE), 1);
	ck_assert_uint_eq(number_of(tok, key, PROP_NEVER_EXTRACTABLE), 0);
	/* until it is to be protected */
	ck_assert_int_eq(token_set(tok, &rw, key,
	    PROPS(NUM(PROP_SENSITIVE, 1))), CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_set(tok, &rw, key,
	    PROPS(NUM(PROP_EXTRACTABLE, 0))), CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_set(tok, &rw, key,
	    PROPS(NUM(PROP_WRAP_WITH_TRUSTED, 1))),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_copy(tok, &rw, key,
	    PROPS(NUM(PROP_TOKEN, 1)), &key), CNG_ERR_TEMPLATE_INCONSISTENT);
	tok->compat = true;
	ck_assert_int_eq(make_aes(PROPS(NUM(PROP_SENSITIVE, 1),
	    NUM(p->a, 1), NUM(p->b, 1)), &key), CNG_OK);
}
END_TEST

/* Made before there was the rule. */
START_TEST(an_old_key_takes_a_label)
{
	const struct pair *p = &pairs[_i];
	obj_id key;

	tok->compat = true;
	ck_assert_int_eq(make_aes(PROPS(NUM(PROP_SENSITIVE, 1),
	    NUM(p->a, 1), NUM(p->b, 1)), &key), CNG_OK);
	tok->compat = false;
	ck_assert_int_eq(token_set(tok, &rw, key, PROPS(
	    BYTES(PROP_LABEL, span_str("old")))), CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, key, PROPS(
	    BYTES(PROP_LABEL, span_str("new")), NUM(PROP_VERIFY, 1))),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_copy(tok, &rw, key, PROPS(
	    BYTES(PROP_LABEL, span_str("new"))), &key),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
}
END_TEST

START_TEST(a_default_gives_way)
{
	const struct pair *p = &pairs[_i];
	obj_id key;

	ck_assert_int_eq(make_aes(PROPS(NUM(PROP_SENSITIVE, 1),
	    NUM(p->a, 1)), &key), CNG_OK);
	ck_assert_uint_eq(number_of(tok, key, p->a), 1);
	ck_assert_uint_eq(number_of(tok, key, p->b), 0);
}
END_TEST

START_TEST(a_role_is_for_life)
{
	const struct pair *p = &pairs[_i];
	obj_id key, copy;

	ck_assert_int_eq(make_aes(PROPS(NUM(PROP_SENSITIVE, 1),
	    NUM(PROP_ENCRYPT, 0), NUM(PROP_DECRYPT, 0), NUM(p->b, 1)), &key),
	    CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, key, PROPS(NUM(p->a, 1))),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_set(tok, &rw, key, PROPS(NUM(p->b, 0))),
	    CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, key, PROPS(NUM(p->a, 1))),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_copy(tok, &rw, key, PROPS(NUM(p->a, 1)),
	    &copy), CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(number_of(tok, key, p->a), 0);
}
END_TEST

/* Two copies are one key: what has no role yet gives none to a copy. */
START_TEST(a_copy_has_no_role_of_its_own)
{
	const struct pair *p = &pairs[_i];
	obj_id key, copy, other;

	ck_assert_int_eq(make_aes(PROPS(NUM(PROP_SENSITIVE, 1),
	    NUM(PROP_ENCRYPT, 0), NUM(PROP_DECRYPT, 0)), &key), CNG_OK);
	ck_assert_int_eq(token_copy(tok, &rw, key, PROPS(NUM(p->b, 1)),
	    &copy), CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_copy(tok, &rw, key, PROPS(NUM(PROP_SIGN, 1)),
	    &copy), CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, copy, PROPS(NUM(p->b, 1))),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_copy(tok, &rw, copy, PROPS(NUM(p->b, 1)),
	    &other), CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_set(tok, &rw, copy, PROPS(NUM(PROP_VERIFY, 1))),
	    CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, key, PROPS(NUM(p->a, 1))),
	    CNG_OK);
	/* what it has, a copy has, too */
	ck_assert_int_eq(token_copy(tok, &rw, key, PROPS(NUM(p->a, 1)),
	    &copy), CNG_OK);
	ck_assert_uint_eq(number_of(tok, copy, p->a), 1);
	tok->compat = true;
	ck_assert_int_eq(make_aes(PROPS(NUM(PROP_SENSITIVE, 1),
	    NUM(PROP_ENCRYPT, 0), NUM(PROP_DECRYPT, 0)), &key), CNG_OK);
	ck_assert_int_eq(token_copy(tok, &rw, key, PROPS(NUM(p->b, 1)),
	    &copy), CNG_OK);
}
END_TEST

/* --- rules for derived keys -------------------------------------------- */

static enum cng_status
make_ruled(struct props tmpl, obj_id *out)
{
	const struct prop rule = NUM(PROP_SENSITIVE, 1);
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct prop lines[8] = { NUM(PROP_VALUE_LEN, 32),
		NUM(PROP_SENSITIVE, 1) };
	struct keygen_request req = {
		.family = KEY_GENERIC,
		.secret = { lines, tmpl.count + 3 },
	};
	obj_id none;

	props_pack((struct props){ &rule, 1 }, &w);
	lines[2] = (struct prop)BYTES(PROP_DERIVE_TEMPLATE,
	    span_of(bytes, w.len));
	for (size_t i = 0; i < tmpl.count; i++)
		lines[i + 3] = tmpl.item[i];
	return token_generate(tok, &rw, &req, out, &none);
}

START_TEST(rules_for_derived_keys_and_macs)
{
	static const enum prop_id others[] = { PROP_SIGN, PROP_VERIFY,
		PROP_ENCRYPT, PROP_DECRYPT, PROP_WRAP, PROP_UNWRAP };
	obj_id key, copy;

	ck_assert_int_eq(make_ruled(PROPS(NUM(PROP_COPYABLE, 1)), &key),
	    CNG_OK);
	ck_assert_uint_eq(number_of(tok, key, PROP_DERIVE), 1);
	ck_assert_uint_eq(number_of(tok, key, PROP_SIGN), 0);
	ck_assert_uint_eq(number_of(tok, key, PROP_VERIFY), 0);
	ck_assert_int_eq(token_set(tok, &rw, key,
	    PROPS(NUM(PROP_DERIVE, 0))), CNG_OK);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		ck_assert_int_eq(token_set(tok, &rw, key,
		    PROPS(NUM(others[i], 1))), CNG_ERR_TEMPLATE_INCONSISTENT);
		ck_assert_int_eq(make_ruled(PROPS(NUM(PROP_DERIVE, 1),
		    NUM(others[i], 1)), &copy),
		    CNG_ERR_TEMPLATE_INCONSISTENT);
	}
	ck_assert_int_eq(make_ruled(PROPS(NUM(PROP_SIGN, 1)), &key), CNG_OK);
	ck_assert_uint_eq(number_of(tok, key, PROP_SIGN), 1);
	ck_assert_uint_eq(number_of(tok, key, PROP_DERIVE), 0);
	/* a use of one kind leaves those of the other kind open, for one copy
	 * only */
	ck_assert_int_eq(token_copy(tok, &rw, key,
	    PROPS(NUM(PROP_WRAP, 1)), &copy), CNG_ERR_TEMPLATE_INCONSISTENT);
	ck_assert_int_eq(token_copy(tok, &rw, key,
	    PROPS(NUM(PROP_DECRYPT, 1)), &copy),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	tok->compat = true;
	ck_assert_int_eq(make_ruled(PROPS(NUM(PROP_COPYABLE, 1)), &key),
	    CNG_OK);
	ck_assert_uint_eq(number_of(tok, key, PROP_SIGN), 1);
	ck_assert_uint_eq(number_of(tok, key, PROP_DERIVE), 1);
}
END_TEST

static obj_id
make_rsa(struct props private)
{
	struct prop bits = NUM(PROP_MODULUS_BITS, 1024);
	struct keygen_request req = {
		.family = KEY_RSA,
		.public = { &bits, 1 },
		.private = private,
	};
	obj_id key, public;

	ck_assert_int_eq(token_generate(tok, &rw, &req, &key, &public),
	    CNG_OK);
	return key;
}

static enum cng_status
start_raw(obj_id id)
{
	const struct key_op raw = { .scheme = OP_RSA_RAW };
	struct operation *o = NULL;
	struct object *key;
	enum cng_status st;

	ck_assert_int_eq(token_object(tok, id, &key), CNG_OK);
	st = operation_new(&o, key, &raw, USE_SIGN, 3);
	operation_free(o);
	object_free(key);
	return st;
}

static enum cng_status
start_gmac(struct props tmpl)
{
	static const uint8_t nonce[12];
	const struct key_op gmac = { .scheme = OP_AES_GMAC,
		.iv = { nonce, sizeof nonce }, .tag_len = 16 };
	struct operation *o = NULL;
	struct object *key;
	enum cng_status st;
	obj_id id;

	ck_assert_int_eq(make_aes(tmpl, &id), CNG_OK);
	ck_assert_int_eq(token_object(tok, id, &key), CNG_OK);
	st = operation_new(&o, key, &gmac, USE_SIGN, 3);
	operation_free(o);
	object_free(key);
	return st;
}

START_TEST(gmac_encrypts)
{
	ck_assert_int_eq(start_gmac(PROPS(NUM(PROP_SENSITIVE, 1),
	    NUM(PROP_SIGN, 1))), CNG_OK);
	ck_assert_int_eq(start_gmac(PROPS(NUM(PROP_EXTRACTABLE, 1),
	    NUM(PROP_SIGN, 1), NUM(PROP_WRAP, 1))), CNG_OK);
	ck_assert_int_eq(start_gmac(PROPS(NUM(PROP_SENSITIVE, 1),
	    NUM(PROP_SIGN, 1), NUM(PROP_WRAP, 1))), CNG_ERR_KEY_USAGE);
	ck_assert_int_eq(start_gmac(PROPS(NUM(PROP_SENSITIVE, 1),
	    NUM(PROP_SIGN, 1), NUM(PROP_UNWRAP, 1))), CNG_ERR_KEY_USAGE);
}
END_TEST

START_TEST(rsa_decrypts_or_unwraps)
{
	obj_id both = make_rsa(PROPS(NUM(PROP_DECRYPT, 1),
	    NUM(PROP_UNWRAP, 1)));
	obj_id unwraps = make_rsa(PROPS(NUM(PROP_UNWRAP, 1)));
	obj_id free = make_rsa(PROPS(NUM(PROP_SENSITIVE, 0),
	    NUM(PROP_EXTRACTABLE, 1), NUM(PROP_DECRYPT, 1),
	    NUM(PROP_UNWRAP, 1)));

	ck_assert_uint_eq(number_of(tok, both, PROP_DECRYPT), 1);
	ck_assert_uint_eq(number_of(tok, both, PROP_UNWRAP), 0);
	ck_assert_uint_eq(number_of(tok, unwraps, PROP_DECRYPT), 0);
	ck_assert_uint_eq(number_of(tok, unwraps, PROP_UNWRAP), 1);
	ck_assert_uint_eq(number_of(tok, free, PROP_UNWRAP), 1);
	ck_assert_int_eq(token_set(tok, &rw, both,
	    PROPS(NUM(PROP_UNWRAP, 1))), CNG_ERR_TEMPLATE_INCONSISTENT);
	/* a signature without padding is a decryption */
	ck_assert_int_eq(start_raw(both), CNG_OK);
	ck_assert_int_eq(start_raw(unwraps), CNG_ERR_KEY_USAGE);
	ck_assert_int_eq(start_raw(free), CNG_OK);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("conflict");
	TCase *tcase = tcase_create("conflict");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, both_asked_for, 0, ARRAY_LEN(pairs));
	tcase_add_loop_test(tcase, an_old_key_takes_a_label,
	    0, ARRAY_LEN(pairs));
	tcase_add_loop_test(tcase, a_default_gives_way, 0, ARRAY_LEN(pairs));
	tcase_add_loop_test(tcase, a_role_is_for_life, 0, ARRAY_LEN(pairs));
	tcase_add_loop_test(tcase, a_copy_has_no_role_of_its_own, 0,
	    ARRAY_LEN(pairs));
	tcase_add_test(tcase, rsa_decrypts_or_unwraps);
	tcase_add_test(tcase, gmac_encrypts);
	tcase_add_test(tcase, rules_for_derived_keys_and_macs);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
