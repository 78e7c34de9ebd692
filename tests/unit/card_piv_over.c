/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PIV cards that are pulled, or fail, at any command of an import, with keys
 * that take the place of others, and on cards that keep no container map or
 * tell no public key: afterwards a slot has the old container, or the new one,
 * or none and is free.
 */
#include "card_piv_help.h"

#include <stdio.h>
#include <string.h>

#define SLOT 0x9au
#define OTHER_SLOT 0x9cu

/* --- cards --------------------------------------------------------------- */

enum kind {
	NEW_CARD,                /* container map, metadata, deletion */
	MIDDLE_CARD,             /* no deletion */
	OLD_CARD,                /* only the map */
	APPLET,                  /* no map, no metadata of what is imported */
	KINDS
};

static enum kind kind;

static const char *const kind_names[KINDS] = { "new", "middle", "old",
	"applet" };

/* Firmware before the one that the simulated card has. */
static bool
is_older(void *arg, struct span command, uint8_t *answer, size_t *len)
{
	static const uint8_t refused[] = { 0x6d, 0x00 };
	static const uint8_t middle[] = { 5, 4, 3, 0x90, 0x00 };
	static const uint8_t old[] = { 4, 3, 5, 0x90, 0x00 };
	uint8_t ins = command.ptr[1];

	(void)arg;
	if (ins == 0xfd) {
		*len = sizeof old;
		memcpy(answer, kind == OLD_CARD ? old : middle, *len);
		return true;
	}
	if (ins != 0xf6 && (ins != 0xf7 || kind != OLD_CARD))
		return false;
	*len = sizeof refused;
	memcpy(answer, refused, *len);
	return true;
}

/* As a new process sees it. */
static void
insert(void)
{
	const struct device_conf conf = { .admin_key = { 0 } };

	device_free(dev);
	dev = NULL;
	sim_reset(sim);
	link_now = card_link_sim_new(sim, false);
	if (kind == MIDDLE_CARD || kind == OLD_CARD)
		card_link_sim_lie(link_now, is_older, NULL);
	OK(device_on(&dev, link_now, &conf));
	/* such a card does not say that nobody has changed it */
	if (kind == OLD_CARD)
		OK(device_login(dev, DEVICE_ADMIN, span_str(
		    "010203040506070801020304050607080102030405060708")));
}

static void
fresh_card(void)
{
	const struct sim_options options = { .apps = "piv",
		.pivapplet = kind == APPLET };

	sim = sim_new(&options);
	ck_assert_ptr_nonnull(sim);
	insert();
}

/* --- containers ---------------------------------------------------------- */

struct container {
	const char *name;
	const struct key_material *key; /* NULL: one that the card has made */
	struct secret der;       /* empty: no certificate */
};

static void
free_container(struct container *c)
{
	secret_free(&c->der);
}

/* serial: of the certificate; 0: none */
static struct container
container(const char *name, const struct key_material *key, uint8_t serial)
{
	static const uint8_t one[] = { 0x02, 0x01, 0x01 };
	struct container c = { name, key, { 0 } };

	if (serial == 0)
		return c;
	c.der = certificate_of(key);
	for (size_t i = 0; i + sizeof one < 20; i++)
		if (memcmp(c.der.ptr + i, one, sizeof one) == 0)
			c.der.ptr[i + 2] = serial;
	return c;
}

static enum cng_status
bring(const struct container *c, unsigned slot, bool replace)
{
	const struct device_new what = { .name = c->name, .has_place = true,
		.place = slot, .replace = replace, .certificate =
		secret_span(&c->der) };
	unsigned place = 0;
	enum cng_status st = device_import(dev, &what, c->key, &place);

	if (st == CNG_OK)
		ck_assert_uint_eq(place, slot);
	return st;
}

/* Does the card list just that?  The key signs what its public half verifies,
 * where anybody knows that. */
static bool
is_whole(const struct device_key *key, const struct container *c)
{
	const char *name = kind == APPLET && c->der.len > 0 ?
	    "PIV Authentication" : c->name;

	if (strcmp(key->name, name) != 0 || (c->key != NULL &&
	    !key_same_public(&key->public, c->key)) ||
	    !span_equal(secret_span(&key->certificate),
	    secret_span(&c->der)))
		return false;
	login();
	return sign_with(key->place, key->public.family) == CNG_OK;
}

/* NULL: the slot has none. */
static const struct device_key *
find(const struct device_keys *keys, unsigned slot)
{
	for (size_t i = 0; i < keys->count; i++)
		if (keys->key[i].place == slot)
			return &keys->key[i];
	return NULL;
}

static void
expect_whole(const struct container *c)
{
	struct device_keys keys;
	const struct device_key *key;

	insert();
	OK(device_list(dev, &keys));
	key = find(&keys, SLOT);
	ck_assert_ptr_nonnull(key);
	ck_assert(is_whole(key, c));
	device_keys_free(&keys);
}

/* The slot is free: for a key with a certificate, and for one without. */
static void
expect_free(const struct key_material *key, bool bare)
{
	struct container next = container("next", key, bare ? 0 : 7);

	OK(bring(&next, SLOT, false));
	expect_whole(&next);
	free_container(&next);
}

/* --- what goes wrong ----------------------------------------------------- */

static const enum sim_fault faults[] = { SIM_REMOVE, SIM_TEAR, SIM_FAIL,
	SIM_RESET, SIM_FULL };

static void
quiet(enum sim_fault fault)
{
	sim_fault(sim, fault, 0, false);
	sim_capacity(sim, 0);
}

static void
check_slot(const char *what, unsigned long at, enum cng_status st,
    const struct container *old, const struct container *new)
{
	struct device_keys keys;
	const struct device_key *key;
	bool there;

	insert();
	OK(device_list(dev, &keys));
	key = find(&keys, SLOT);
	there = key != NULL;
	if (there && !is_whole(key, new) &&
	    (st == CNG_OK || old == NULL || !is_whole(key, old)))
		ck_abort_msg("%s card, %s at %lu (%s): %s is not whole",
		    kind_names[kind], what, at, cng_status_name(st),
		    key->name);
	if (!there && st == CNG_OK)
		ck_abort_msg("%s card, %s at %lu: nothing is there",
		    kind_names[kind], what, at);
	device_keys_free(&keys);
	if (!there)
		expect_free(&p256, at % 2 == 0);
}

/* Something else on the card, which stays as it is. */
static void
check_other(const struct container *other)
{
	struct device_keys keys;
	const struct device_key *key;

	insert();
	OK(device_list(dev, &keys));
	key = find(&keys, OTHER_SLOT);
	ck_assert_ptr_nonnull(key);
	ck_assert(key_same_public(&key->public, other->key));
	ck_assert(span_equal(secret_span(&key->certificate),
	    secret_span(&other->der)));
	device_keys_free(&keys);
}

static enum cng_status
make(const char *name, struct key_material *public)
{
	const struct key_material shape = { .family = KEY_EC,
		.curve = CURVE_P256 };
	const struct device_new what = { .name = name, .has_place = true,
		.place = SLOT, .replace = true };
	unsigned place = 0;

	return device_generate(dev, &what, &shape, 256, public, &place);
}

static enum cng_status
put_new(const struct container *new)
{
	struct key_material public = { 0 };
	enum cng_status st;

	if (new->key != NULL)
		return bring(new, SLOT, true);
	st = make(new->name, &public);
	key_free(&public);
	return st;
}

/* One that the card has made gets its certificate, too. */
static void
put_old(struct container *old, struct key_material *made)
{
	if (old->key != NULL) {
		OK(bring(old, SLOT, false));
		return;
	}
	OK(make(old->name, made));
	*old = container(old->name, made, 1);
	OK(device_put_certificate(dev, SLOT, secret_span(&old->der)));
}

static void
at_each_command(enum sim_fault fault, const char *what,
    const struct container *old, const struct container *new)
{
	struct container other = container("other", &p256, 9);
	bool reached = true;
	unsigned long at;

	for (at = 1; reached; at++) {
		struct container was = { NULL, NULL, { 0 } };
		struct key_material made = { 0 };
		enum cng_status st;

		fresh_card();
		OK(bring(&other, OTHER_SLOT, false));
		if (old != NULL) {
			was = *old;
			put_old(&was, &made);
		}
		insert();
		sim_fault(sim, fault, at, false);
		st = put_new(new);
		reached = sim_count(sim) >= at;
		quiet(fault);
		check_slot(what, at, st, old != NULL ? &was : NULL, new);
		check_other(&other);
		if (was.key == &made)
			free_container(&was);
		key_free(&made);
		end_card();
	}
	ck_assert_uint_gt(at, 30);
	free_container(&other);
}

/* --- tests --------------------------------------------------------------- */

/* Into an empty slot, with a certificate and without. */
START_TEST(imports)
{
	struct container with = container("with", &p256, 1);
	struct container bare = container("bare", &p256, 0);

	for (kind = 0; kind < KINDS; kind++) {
		at_each_command(faults[_i], "import", NULL, &with);
		at_each_command(faults[_i], "bare import", NULL, &bare);
	}
	free_container(&with);
}
END_TEST

START_TEST(rsa_imports)
{
	struct container with;

	if (_i > 1)
		return;
	with = container("with", &rsa, 1);
	kind = APPLET;
	at_each_command(faults[_i], "import of RSA", NULL, &with);
	free_container(&with);
}
END_TEST

/* Over what is there: old and new with certificates and without. */
static void
over(enum sim_fault fault, const struct key_material *first,
    const struct key_material *second)
{
	for (int i = 0; i < 4; i++) {
		struct container old = container("old", first,
		    (i & 1) != 0 ? 1 : 0);
		struct container new = container("new", second,
		    (i & 2) != 0 ? 2 : 0);

		for (kind = 0; kind < KINDS; kind++)
			at_each_command(fault, "replacement", &old, &new);
		free_container(&old);
		free_container(&new);
	}
}

START_TEST(replacements)
{
	const struct key_spec spec = { .family = KEY_EC, .curve = CURVE_P256 };
	struct key_material second = { 0 };

	OK(crypto_generate(&second, &spec));
	over(faults[_i], &p256, &second);
	key_free(&second);
}
END_TEST

/* The same key once more, with another certificate and name. */
START_TEST(renewals)
{
	over(faults[_i], &p256, &p256);
}
END_TEST

/* A key that the card has made, whose public half all cards tell. */
START_TEST(over_made)
{
	const struct container old = { "old", NULL, { 0 } };
	struct container new = container("new", &p256, 1);

	for (kind = 0; kind < KINDS; kind++)
		at_each_command(faults[_i], "replacement of a made key", &old,
		    &new);
	free_container(&new);
}
END_TEST

/* Made on the card. */
START_TEST(made)
{
	const struct container new = { "made", NULL, { 0 } };

	for (uint8_t i = 0; i < 2; i++) {
		struct container old = container("old", &p256, i);

		for (kind = 0; kind < KINDS; kind++)
			at_each_command(faults[_i], "generation", &old, &new);
		free_container(&old);
	}
}
END_TEST

/* Pulled before the command of that number; false: there were fewer. */
static bool
pulled(const struct container *c, unsigned long at, enum cng_status *st)
{
	bool reached;

	insert();
	sim_fault(sim, SIM_REMOVE, at, false);
	*st = bring(c, SLOT, true);
	reached = sim_count(sim) >= at;
	quiet(SIM_REMOVE);
	return reached;
}

/* What the first one left does not speak of the key of the second one. */
static void
one_after_another(const struct container *first,
    const struct container *second)
{
	enum cng_status st;
	unsigned long last = 1;

	for (bool reached = true; reached; last++) {
		fresh_card();
		reached = pulled(first, last, &st);
		end_card();
	}
	for (unsigned long left = 2; left < 8; left++) {
		bool reached = true;

		for (unsigned long at = 1; reached; at++) {
			fresh_card();
			ck_assert(pulled(first, last - left, &st));
			reached = pulled(second, at, &st);
			check_slot("second import", at, st, first, second);
			end_card();
		}
	}
}

START_TEST(pulled_twice)
{
	const struct key_spec spec = { .family = KEY_EC, .curve = CURVE_P256 };
	const struct container first = { "first", &p256, { 0 } };
	struct key_material key = { 0 };
	const struct container second = { "second", &key, { 0 } };

	if (_i > 0)
		return;
	OK(crypto_generate(&key, &spec));
	for (kind = 0; kind < KINDS; kind++)
		one_after_another(&first, &second);
	key_free(&key);
}
END_TEST

/* What a new process does with a key that only a note tells of. */
START_TEST(noted)
{
	struct container key = { "first", &p256, { 0 } };
	struct container with;

	kind = OLD_CARD;
	if (_i > 0)
		return;
	with = container("second", &p256, 1);
	fresh_card();
	OK(bring(&key, SLOT, false));
	expect_whole(&key);
	OK(device_rename(dev, SLOT, "second"));
	key.name = "second";
	expect_whole(&key);
	OK(device_put_certificate(dev, SLOT, secret_span(&with.der)));
	expect_whole(&with);
	OK(device_put_certificate(dev, SLOT, span_of(NULL, 0)));
	expect_whole(&key);
	end_card();
	free_container(&with);
}
END_TEST

/* The old container steps into the place of the new one under its own name,
 * and all that others do with it then is about it. */
START_TEST(old_one_lives_on)
{
	struct container old, new, renamed;
	unsigned long at;
	bool found = false;

	if (_i > 0)
		return;
	old = container("old", &p256, 1);
	new = container("new", &rsa, 2);
	renamed = container("renamed", &p256, 3);
	kind = NEW_CARD;
	/* the last moment in which it is the old one still */
	for (at = 80; at > 20 && !found; at--) {
		struct device_keys keys;

		fresh_card();
		OK(bring(&old, SLOT, false));
		insert();
		sim_fault(sim, SIM_REMOVE, at, false);
		(void)!bring(&new, SLOT, true);
		quiet(SIM_REMOVE);
		insert();
		OK(device_list(dev, &keys));
		found = keys.count == 1 && is_whole(&keys.key[0], &old);
		device_keys_free(&keys);
		if (!found)
			end_card();
	}
	ck_assert(found);
	OK(device_put_certificate(dev, SLOT, span_of(NULL, 0)));
	ck_assert_uint_eq(count_keys(), 1);
	OK(device_put_certificate(dev, SLOT, secret_span(&renamed.der)));
	OK(device_rename(dev, SLOT, "renamed"));
	expect_whole(&renamed);
	OK(device_remove(dev, SLOT));
	ck_assert_uint_eq(count_keys(), 0);
	expect_free(&rsa, false);
	end_card();
	free_container(&old);
	free_container(&new);
	free_container(&renamed);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { imports, rsa_imports, replacements,
		renewals, over_made, made, pulled_twice, noted,
		old_one_lives_on };

	return piv_main_times("card_piv_over", tests, ARRAY_LEN(tests),
	    ARRAY_LEN(faults));
}
