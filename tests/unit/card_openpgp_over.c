/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenPGP cards that are pulled, or fail, at any command of an import, with
 * keys that take the place of others, and on cards that have no room for
 * names: afterwards a place has the old container, or the new one, or none and
 * is free.
 */
#include "card_bent.h"

#include <stdio.h>
#include <string.h>

#define MANY 200 /* commands that no job needs */

/* Without private objects; without attributes that change. */
static const struct {
	const char *name;
	uint8_t caps;
	const char *old, *new, *next;
} kinds[] = {
	{ "usual", 0x7d, "old", "new", "next" },
	{ "nameless", 0x75, "OpenPGP authentication",
	    "OpenPGP authentication", "OpenPGP authentication" },
	{ "fixed", 0x79, "old", "new", "next" },
	{ "fixed nameless", 0x71, "OpenPGP authentication",
	    "OpenPGP authentication", "OpenPGP authentication" },
};

static size_t kind;
static struct sim *sim;
static struct device *dev;

static void
enter(void)
{
	const struct bent_link how = { .caps = kinds[kind].caps };

	device_free(dev);
	sim_reset(sim);
	dev = insert_bent(sim, &how, false);
	ok(device_login(dev, DEVICE_USER, PIN));
}

/* --- containers ---------------------------------------------------------- */

struct container {
	const char *name;
	const struct key_material *key; /* NULL: one that the card has made */
	struct span cert;
};

static const uint8_t one[] = { 0x30, 0x03, 0x02, 0x01, 0x01 };
static const uint8_t two[] = { 0x30, 0x03, 0x02, 0x01, 0x02 };

static enum cng_status
put(const struct container *c, bool replace)
{
	const struct device_new what = { .name = c->name, .has_place = true,
		.place = AUTH_PLACE, .role = KEY_ROLE_SIGN, .replace = replace,
		.certificate = c->cert };
	const struct key_material shape = { .family = KEY_EC,
		.curve = CURVE_P256 };
	struct key_material public = { 0 };
	unsigned place;
	enum cng_status st;

	if (c->key != NULL)
		return device_import(dev, &what, c->key, &place);
	st = device_generate(dev, &what, &shape, 256, &public, &place);
	key_free(&public);
	return st;
}

static bool
signs(const struct device_key *key)
{
	const bool rsa = key->public.family == KEY_RSA;
	const struct key_op op = { .scheme = rsa ? OP_RSA_PKCS1 : OP_ECDSA,
		.hash = HASH_SHA256 };
	struct key_holder *holder;
	struct crypto_key *used;
	uint8_t room[512];
	struct wr w = wr_of(room, sizeof room);
	struct span text = span_str("text");
	bool good;

	ok(device_holder(dev, key, &holder));
	ok(crypto_key_held(&used, &key->public, holder));
	good = crypto_sign(used, &op, text, &w) == CNG_OK &&
	    crypto_verify(used, &op, text, span_of(room, w.len)) == CNG_OK;
	crypto_key_free(used);
	return good;
}

static bool
is_whole(const struct device_key *key, const struct container *c)
{
	return strcmp(key->name, c->name) == 0 &&
	    (c->key == NULL || key_same_public(&key->public, c->key)) &&
	    span_equal(secret_span(&key->certificate), c->cert) && signs(key);
}

static void
expect_whole(const struct container *c)
{
	struct device_keys keys;

	enter();
	ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert(is_whole(&keys.key[0], c));
	device_keys_free(&keys);
}

/* --- what goes wrong ----------------------------------------------------- */

static const enum sim_fault faults[] = { SIM_REMOVE, SIM_TEAR, SIM_FAIL,
	SIM_RESET, SIM_FULL };

static void
check(enum sim_fault fault, unsigned long at, enum cng_status st,
    const struct container *old, const struct container *new)
{
	const struct container next = { kinds[kind].next, new->key != NULL ?
		new->key : old->key, at % 2 == 0 ? span_of(two, 5) :
		NO_BYTES };
	struct device_keys keys;
	bool there;

	enter();
	ok(device_list(dev, &keys));
	there = keys.count == 1;
	ck_assert_uint_le(keys.count, 1);
	if ((!there && st == CNG_OK) || (there &&
	    !is_whole(&keys.key[0], new) && (st == CNG_OK || old == NULL ||
	    !is_whole(&keys.key[0], old))))
		ck_abort_msg("%s card, fault %d at %lu (%s): %s is not whole",
		    kinds[kind].name, (int)fault, at, cng_status_name(st),
		    there ? keys.key[0].name : "nothing");
	device_keys_free(&keys);
	if (there)
		return;
	ok(put(&next, false));
	expect_whole(&next);
}

static void
at_each_command(enum sim_fault fault, const struct container *old,
    const struct container *new)
{
	bool reached = true;
	unsigned long at;

	for (at = 1; reached; at++) {
		enum cng_status st;

		ck_assert_uint_lt(at, MANY);
		sim = new_card();
		enter();
		if (old != NULL)
			ok(put(old, false));
		enter();
		sim_fault(sim, fault, at, false);
		st = put(new, true);
		reached = sim_count(sim) >= at;
		sim_fault(sim, fault, 0, false);
		sim_capacity(sim, 0);
		check(fault, at, st, old, new);
		device_free(dev);
		dev = NULL;
		sim_free(sim);
	}
	ck_assert_uint_gt(at, 10);
}

/* --- tests --------------------------------------------------------------- */

static void
over(enum sim_fault fault, const struct key_material *first,
    const struct key_material *second)
{
	for (int i = 0; i < 4; i++) {
		const struct container old = { kinds[kind].old, first,
			(i & 1) != 0 ? span_of(one, 5) : NO_BYTES };
		const struct container new = { kinds[kind].new, second,
			(i & 2) != 0 ? span_of(two, 5) : NO_BYTES };

		if (first != NULL)
			at_each_command(fault, &old, &new);
		else
			at_each_command(fault, NULL, &new);
	}
}

/* A card with attributes that are fixed takes RSA only. */
START_TEST(replacements)
{
	struct key_material first = fresh_key(KEY_RSA, CURVE_NONE);
	struct key_material second = fresh_key(KEY_RSA, CURVE_NONE);

	for (kind = 0; kind < ARRAY_LEN(kinds); kind++) {
		over(faults[_i], NULL, &second);
		over(faults[_i], &first, &second);
		over(faults[_i], &first, &first);
	}
	key_free(&first);
	key_free(&second);
}
END_TEST

/* A key that the card refuses costs none. */
static void
refused(const char *command, const char *reply, const struct container *old,
    const struct container *new)
{
	const struct canned canned = { command, reply };
	const struct bent_link how = { .caps = kinds[kind].caps,
		.canned = &canned, .count = 1 };

	sim = new_card();
	enter();
	ok(put(old, false));
	device_free(dev);
	sim_reset(sim);
	dev = insert_bent(sim, &how, false);
	ok(device_login(dev, DEVICE_USER, PIN));
	ck_assert_int_ne(put(new, true), CNG_OK);
	expect_whole(old);
	ok(put(new, true));
	expect_whole(new);
	device_free(dev);
	dev = NULL;
	sim_free(sim);
}

START_TEST(refusals)
{
	static const char *const words[] = { "6982", "6985", "6a80", "6581" };
	struct key_material first = fresh_key(KEY_RSA, CURVE_NONE);
	struct key_material second = fresh_key(KEY_RSA, CURVE_NONE);
	struct key_material curve = fresh_key(KEY_EC, CURVE_P256);

	for (kind = 0; kind < ARRAY_LEN(kinds); kind++) {
		const struct container old = { kinds[kind].old, &first,
			span_of(one, 5) };
		const struct container new = { kinds[kind].new, &second,
			span_of(two, 5) };

		refused("00db3fff", words[_i], &old, &new);
	}
	for (kind = 0; kind < 2; kind++) {
		const struct container old = { kinds[kind].old, &curve,
			span_of(one, 5) };
		const struct container made = { kinds[kind].new, NULL,
			NO_BYTES };

		refused("00478000", words[_i], &old, &made);
	}
	key_free(&first);
	key_free(&second);
	key_free(&curve);
}
END_TEST

/* Of another kind than what was there, or made on the card. */
START_TEST(other_kinds)
{
	struct key_material first = fresh_key(KEY_RSA, CURVE_NONE);
	struct key_material second = fresh_key(KEY_EC, CURVE_P256);

	for (kind = 0; kind < 2; kind++) {
		struct container old = { kinds[kind].old, &second,
			span_of(one, 5) };
		const struct container made = { kinds[kind].new, NULL,
			NO_BYTES };

		over(faults[_i], &first, &second);
		at_each_command(faults[_i], &old, &made);
		old.cert = NO_BYTES;
		at_each_command(faults[_i], &old, &made);
	}
	key_free(&first);
	key_free(&second);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("card_openpgp_over");
	TCase *tcase = tcase_create("card_openpgp_over");
	SRunner *runner = srunner_create(suite);
	int failed, times = (int)ARRAY_LEN(faults);

	tcase_set_timeout(tcase, 240);
	tcase_add_loop_test(tcase, replacements, 0, times);
	tcase_add_loop_test(tcase, refusals, 0, 4);
	tcase_add_loop_test(tcase, other_kinds, 0, times);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
