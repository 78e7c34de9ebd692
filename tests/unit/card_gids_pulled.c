/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The GIDS driver when the card is pulled at any command of any change, and
 * what of others' failures it clears away.
 */
#include "card_link_sim.h"

#include "base/util.h"
#include "crypto/crypto.h"
#include "sample.h"
#include "store/card/gids.h"

#define PIN "123456"
#define ADMIN "010203040506070801020304050607080102030405060708"
#define TRIES_MAX 120

static struct sim *sim;
static struct device *dev;
static struct key_material key, other;
static struct secret cert;

static void
ok(enum cng_status st)
{
	ck_assert_msg(st == CNG_OK, "%s", cng_status_text(st));
}

static void
insert(void)
{
	device_free(dev);
	dev = NULL;
	for (int i = 0; i < SIM_FAULTS; i++)
		sim_fault(sim, (enum sim_fault)i, 0, false);
	sim_reset(sim);
	ok(card_link_sim_device(&dev, sim, span_of(NULL, 0), NULL));
}

static void
login(void)
{
	ok(device_login(dev, DEVICE_USER, span_str(PIN)));
}

static void
new_card(size_t capacity)
{
	const struct sim_options options = { .apps = "gids" };

	device_free(dev);
	dev = NULL;
	sim_free(sim);
	sim = sim_new(&options);
	ck_assert_ptr_nonnull(sim);
	insert();
	login();
	if (capacity > 0)
		sim_capacity(sim, capacity);
}

static struct key_material
make_key(void)
{
	const struct key_spec spec = { .family = KEY_RSA, .bits = 1024 };
	struct key_material made = { 0 };

	ok(crypto_generate(&made, &spec));
	return made;
}

static void
begin(void)
{
	key = make_key();
	other = make_key();
	cert = sample_read("cert_rsa1024.der");
}

static void
end(void)
{
	device_free(dev);
	sim_free(sim);
	dev = NULL;
	sim = NULL;
	key_free(&key);
	key_free(&other);
	secret_free(&cert);
}

static enum cng_status
bring(const char *name, const struct key_material *what, unsigned *place)
{
	const struct device_new new = { .name = name };

	return device_import(dev, &new, what, place);
}

static struct device_keys
list(void)
{
	struct device_keys keys;

	ok(device_list(dev, &keys));
	return keys;
}

/* --- pulled -------------------------------------------------------------- */

/* One change; and what may be there afterwards, done or not. */
struct change {
	enum cng_status (*change)(void);
	void (*check)(bool done);
	bool empty;              /* on a card without a container */
};

static enum cng_status
do_generate(void)
{
	const struct device_new what = { .name = "made" };
	const struct key_material shape = { .family = KEY_RSA };
	struct key_material public = { 0 };
	unsigned place;
	enum cng_status st = device_generate(dev, &what, &shape, 1024,
	    &public, &place);

	key_free(&public);
	return st;
}

/* All or nothing; then there is room for as much again. */
static void
check_generate(bool done)
{
	struct device_keys keys = list();
	unsigned place;

	ck_assert_uint_le(keys.count, 1);
	ck_assert(!done || keys.count == 1);
	if (keys.count == 1) {
		ck_assert_str_eq(keys.key[0].name, "made");
		ck_assert(keys.key[0].is_default);
		ck_assert_uint_gt(keys.key[0].public.part[RSA_N].len, 0);
		ok(device_remove(dev, 0));
	}
	device_keys_free(&keys);
	ok(bring("made", &key, &place));
	ck_assert_uint_eq(place, 0);
}

static enum cng_status
do_remove(void)
{
	return device_remove(dev, 0);
}

static void
check_remove(bool done)
{
	struct device_keys keys = list();
	unsigned place;

	ck_assert_uint_le(keys.count, !done);
	if (keys.count == 1) {
		ck_assert_str_eq(keys.key[0].name, "name");
		ck_assert(key_same_public(&keys.key[0].public, &key));
		ck_assert(span_equal(secret_span(&keys.key[0].certificate),
		    secret_span(&cert)));
	} else {
		ok(bring("name", &other, &place));
		ck_assert_uint_eq(place, 0);
	}
	device_keys_free(&keys);
}

static enum cng_status
do_rename(void)
{
	return device_rename(dev, 0, "other name");
}

static void
check_rename(bool done)
{
	struct device_keys keys = list();

	ck_assert_uint_eq(keys.count, 1);
	if (done || strcmp(keys.key[0].name, "name") != 0)
		ck_assert_str_eq(keys.key[0].name, "other name");
	ck_assert(key_same_public(&keys.key[0].public, &key));
	device_keys_free(&keys);
}

static enum cng_status
do_certificate(void)
{
	return device_put_certificate(dev, 0, span_of(NULL, 0));
}

static void
check_certificate(bool done)
{
	struct device_keys keys = list();
	struct span got;

	ck_assert_uint_eq(keys.count, 1);
	ck_assert_str_eq(keys.key[0].name, "name");
	got = secret_span(&keys.key[0].certificate);
	ck_assert(got.len == 0 ||
	    (!done && span_equal(got, secret_span(&cert))));
	device_keys_free(&keys);
	ok(device_put_certificate(dev, 0, secret_span(&cert)));
}

static enum cng_status
do_pin(void)
{
	return device_set_pin(dev, DEVICE_USER, span_str(PIN),
	    span_str("65432100"));
}

static enum cng_status
do_unblock(void)
{
	return device_unblock(dev, span_str(ADMIN), span_str("65432100"));
}

/* One of the two is right, and nothing else has changed. */
static void
check_pin(bool done)
{
	struct device_keys keys = list();

	if (done || device_login(dev, DEVICE_USER, span_str(PIN)) != CNG_OK)
		ok(device_login(dev, DEVICE_USER, span_str("65432100")));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert_str_eq(keys.key[0].name, "name");
	device_keys_free(&keys);
}

static const struct change changes[] = {
	{ do_generate, check_generate, true },
	{ do_remove, check_remove, false },
	{ do_rename, check_rename, false },
	{ do_certificate, check_certificate, false },
	{ do_pin, check_pin, false },
	{ do_unblock, check_pin, false },
};

START_TEST(pulled)
{
	const struct change *c = &changes[_i / 2];
	enum cng_status st = CNG_ERR_DEVICE_REMOVED;
	const struct device_new what = { .name = "name", .certificate =
		secret_span(&cert) };
	unsigned long at = 0;
	unsigned place;

	while (st != CNG_OK && at < TRIES_MAX) {
		/* room for one, and what goes on in between */
		new_card(9000);
		if (!c->empty)
			ok(device_import(dev, &what, &key, &place));
		sim_fault(sim, _i % 2 != 0 ? SIM_TEAR : SIM_REMOVE, ++at,
		    false);
		st = c->change();
		ck_assert(st == CNG_OK || st == CNG_ERR_DEVICE_REMOVED);
		insert();
		if (c->change != do_pin && c->change != do_unblock)
			login();
		c->check(st == CNG_OK);
	}
	ok(st);
	ck_assert_uint_ge(at, 4);
}
END_TEST

/* --- counters ------------------------------------------------------------ */

struct fresh {
	unsigned pins, containers, files;
};

static struct fresh
fresh(void)
{
	struct card card = { .driver = &gids_driver };
	uint8_t now[GIDS_FRESH];

	sim_reset(sim);
	card.link = card_link_sim_new(sim, false);
	ok(card.link->ops->begin(card.link));
	ok(gids_driver.probe(&card));
	ok(gids_fresh(&card, now));
	gids_driver.free(&card);
	card.link->ops->end(card.link, false);
	card.link->ops->close(card.link);
	return (struct fresh){ now[1], now[2] | (unsigned)now[3] << 8,
		now[4] | (unsigned)now[5] << 8 };
}

/* Which ones count up, and by one. */
static void
expect_fresh(struct fresh *was, struct fresh by)
{
	struct fresh now = fresh();

	ck_assert_uint_eq(now.pins, was->pins + by.pins);
	ck_assert_uint_eq(now.containers, was->containers + by.containers);
	ck_assert_uint_eq(now.files, was->files + by.files);
	*was = now;
	insert();
	login();
}

START_TEST(counters)
{
	const struct fresh keys = { 0, 1, 1 }, files = { 0, 0, 1 };
	const struct fresh pins = { 1, 0, 0 }, none = { 0, 0, 0 };
	struct fresh was;
	unsigned place;

	new_card(0);
	was = fresh();
	insert();
	login();
	expect_fresh(&was, none);
	ok(bring("a", &key, &place));
	expect_fresh(&was, keys);
	ck_assert_int_eq(bring("A", &key, &place), CNG_ERR_EXISTS);
	expect_fresh(&was, none);
	ok(device_put_certificate(dev, 0, secret_span(&cert)));
	expect_fresh(&was, files);
	ok(device_rename(dev, 0, "b"));
	expect_fresh(&was, keys);
	ok(device_set_pin(dev, DEVICE_USER, span_str(PIN), span_str(PIN)));
	expect_fresh(&was, pins);
	ok(device_unblock(dev, span_str(ADMIN), span_str(PIN)));
	expect_fresh(&was, pins);
	ok(device_remove(dev, 0));
	expect_fresh(&was, keys);
}
END_TEST

/* --- what others left ---------------------------------------------------- */

/* The key files go, and the records stay. */
static void
delete_keys(unsigned first, unsigned last)
{
	struct card card = { .driver = &gids_driver };

	sim_reset(sim);
	card.link = card_link_sim_new(sim, false);
	ok(card.link->ops->begin(card.link));
	ok(gids_driver.probe(&card));
	ok(gids_login(&card, DEVICE_USER, span_str(PIN)));
	for (unsigned i = first; i <= last; i++)
		ok(gids_key_delete(&card, (uint8_t)(GIDS_KID_FIRST + i)));
	gids_driver.free(&card);
	card.link->ops->end(card.link, false);
	card.link->ops->close(card.link);
}

static bool
has_key(unsigned place)
{
	struct card card = { .driver = &gids_driver };
	bool there;

	sim_reset(sim);
	card.link = card_link_sim_new(sim, false);
	ok(card.link->ops->begin(card.link));
	ok(gids_driver.probe(&card));
	ok(gids_key_exists(&card, (uint8_t)(GIDS_KID_FIRST + place),
	    &there));
	gids_driver.free(&card);
	card.link->ops->end(card.link, false);
	card.link->ops->close(card.link);
	return there;
}

/* A record without a key is not in the way of its name. */
START_TEST(hollow_name)
{
	struct device_keys keys;
	unsigned place;

	new_card(0);
	ok(bring("one", &key, &place));
	ok(bring("two", &key, &place));
	delete_keys(0, 0);
	insert();
	login();
	keys = list();
	ck_assert_uint_eq(keys.count, 1);
	device_keys_free(&keys);
	ok(device_rename(dev, 1, "ONE"));
	ok(bring("three", &other, &place));
	ck_assert_uint_eq(place, 0);
	ck_assert_int_eq(bring("one", &other, &place), CNG_ERR_EXISTS);
	keys = list();
	ck_assert_uint_eq(keys.count, 2);
	ck_assert_str_eq(keys.key[0].name, "three");
	ck_assert_str_eq(keys.key[1].name, "ONE");
	device_keys_free(&keys);
}
END_TEST

/* Nor of others, when all places are taken. */
START_TEST(hollow_places)
{
	struct device_keys keys;
	char name[] = "container 00";
	unsigned place;

	new_card(0);
	for (unsigned i = 0; i < DEVICE_KEYS_MAX; i++) {
		name[10] = (char)('0' + i / 10);
		name[11] = (char)('0' + i % 10);
		ok(bring(name, &key, &place));
		ck_assert_uint_eq(place, i);
	}
	ck_assert_int_eq(bring("more", &key, &place), CNG_ERR_STORE_FULL);
	delete_keys(7, 7);
	insert();
	login();
	ok(bring("more", &other, &place));
	ck_assert_uint_eq(place, 7);
	ck_assert_int_eq(bring("too many", &key, &place),
	    CNG_ERR_STORE_FULL);
	keys = list();
	ck_assert_uint_eq(keys.count, DEVICE_KEYS_MAX);
	ck_assert_str_eq(keys.key[7].name, "more");
	ck_assert(key_same_public(&keys.key[7].public, &other));
	device_keys_free(&keys);
}
END_TEST

/* Files of certificates that nobody names, and the key of a place that was
 * reserved, make room when there is none. */
START_TEST(sweep)
{
	const struct device_new what = { .name = "half", .certificate =
		secret_span(&cert) };
	struct device_keys keys;
	enum cng_status st;
	unsigned place, brought = 0;
	char name[] = "a";

	new_card(0);
	ok(bring("first", &key, &place));
	/* pulled with the key in its file and the certificate written */
	sim_fault(sim, SIM_REMOVE, 0, false);
	ok(device_import(dev, &what, &other, &place));
	ok(device_remove(dev, place));
	sim_fault(sim, SIM_REMOVE, sim_count(sim) / 2 + 1, false);
	st = device_import(dev, &what, &other, &place);
	ck_assert_int_eq(st, CNG_ERR_DEVICE_REMOVED);
	insert();
	ck_assert(has_key(1));
	insert();
	login();
	/* the half one is not at the first free place any more */
	ok(device_remove(dev, 0));
	for (size_t room = 500; brought == 0 && room < 20000; room += 50) {
		sim_capacity(sim, room);
		if (bring(name, &key, &place) == CNG_OK)
			brought++;
	}
	ck_assert_uint_eq(brought, 1);
	ck_assert_uint_eq(place, 0);
	keys = list();
	ck_assert_uint_eq(keys.count, 1);
	ck_assert_str_eq(keys.key[0].name, "a");
	device_keys_free(&keys);
	ck_assert(!has_key(1));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("card_gids_pulled");
	TCase *tcase = tcase_create("card_gids_pulled");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, pulled, 0, 2 * (int)ARRAY_LEN(changes));
	tcase_add_test(tcase, counters);
	tcase_add_test(tcase, hollow_name);
	tcase_add_test(tcase, hollow_places);
	tcase_add_test(tcase, sweep);
	suite_add_tcase(suite, tcase);
	return sample_main(suite);
}
