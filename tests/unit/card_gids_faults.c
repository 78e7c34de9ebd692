/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The GIDS driver when things go wrong: a card that is pulled in the middle of
 * an import, reset, full, or broken.
 */
#include "card_gids_help.h"

#include "base/alloc.h"

/* --- pulled, reset, full ------------------------------------------------- */

/* Either all of it or nothing, and what is there works. */
static bool
whole_or_none(const struct key_material *key)
{
	struct device_keys keys = list();
	bool there = keys.count > 0;

	ck_assert_uint_le(keys.count, 1);
	if (there) {
		ck_assert_str_eq(keys.key[0].name, "torn");
		ck_assert(key_same_public(&keys.key[0].public, key));
		check_signature(&keys.key[0], OP_RSA_PKCS1);
	}
	device_keys_free(&keys);
	return there;
}

/* At each command in turn.  How many there were. */
static unsigned long
pull_at_each(enum sim_fault fault)
{
	struct key_material key = make_key(1024);
	struct secret cert = sample_read("cert_rsa1024.der");
	const struct device_new what = { .name = "torn",
		.certificate = secret_span(&cert) };
	unsigned long n = 0;
	unsigned place;
	enum cng_status st;

	do {
		login();
		sim_fault(sim, fault, ++n, false);
		st = device_import(dev, &what, &key, &place);
		quiet();
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_DEVICE_REMOVED);
		ck_assert_int_eq(device_stamp(dev, &(uint64_t){ 0 }),
		    CNG_ERR_DEVICE_REMOVED);
		device_free(dev);
		insert();
		login();
		if (whole_or_none(&key))
			ok(device_remove(dev, 0));
		/* the place is used again, and so is its room */
		ok(device_import(dev, &what, &key, &place));
		ck_assert_uint_eq(place, 0);
		ck_assert(whole_or_none(&key));
		ok(device_remove(dev, 0));
		ck_assert_uint_eq(count(), 0);
	} while (n < 200);
	ck_assert(whole_or_none(&key));
	secret_free(&cert);
	key_free(&key);
	return n;
}

START_TEST(pulled)
{
	/* room for two, not for what would be left of more */
	sim_capacity(sim, 9000);
	ck_assert_uint_gt(pull_at_each(SIM_REMOVE), 15);
}
END_TEST

START_TEST(torn)
{
	sim_capacity(sim, 9000);
	ck_assert_uint_gt(pull_at_each(SIM_TEAR), 15);
}
END_TEST

/* A container that goes is there with its key, or not at all. */
START_TEST(pulled_remove)
{
	struct key_material key = make_key(1024);
	enum cng_status st = CNG_ERR_DEVICE_REMOVED;
	unsigned place = 0;

	sim_capacity(sim, 9000);
	for (unsigned long n = 1; st != CNG_OK && n < 100; n++) {
		login();
		if (count() == 0)
			ok(import_as("torn", 0, &key, &place));
		ck_assert_uint_eq(place, 0);
		sim_fault(sim, n % 2 ? SIM_REMOVE : SIM_TEAR, n / 2 + 1,
		    false);
		st = device_remove(dev, 0);
		quiet();
		if (st == CNG_OK)
			break;
		ck_assert_int_eq(st, CNG_ERR_DEVICE_REMOVED);
		device_free(dev);
		insert();
		login();
		whole_or_none(&key);
	}
	ok(st);
	ck_assert_uint_eq(count(), 0);
	key_free(&key);
}
END_TEST

/* The default hands that on: at any time there is one, if there is any. */
START_TEST(pulled_default)
{
	struct key_material key = make_key(1024);
	enum cng_status st = CNG_ERR_DEVICE_REMOVED;
	struct device_keys keys;
	unsigned place, found;

	for (unsigned long n = 1; st != CNG_OK && n < 100; n++) {
		end();
		begin();
		login();
		for (const char *name = "abc"; *name != '\0'; name++)
			ok(import_as((char[]){ *name, '\0' }, 0, &key,
			    &place));
		sim_fault(sim, n % 2 ? SIM_REMOVE : SIM_TEAR, n / 2 + 1,
		    false);
		st = device_remove_for(dev, 0, 2);
		quiet();
		device_free(dev);
		insert();
		keys = list();
		found = 0;
		for (size_t i = 0; i < keys.count; i++) {
			found += keys.key[i].is_default;
			ck_assert(!keys.key[i].is_default ||
			    keys.key[i].place != 1);
		}
		ck_assert_uint_eq(found, 1);
		ck_assert(st != CNG_OK || (keys.count == 2 &&
		    keys.key[1].is_default));
		device_keys_free(&keys);
	}
	ok(st);
	key_free(&key);
}
END_TEST

/* Another program resets the card at any command: nobody notices. */
START_TEST(reset)
{
	struct key_material key = make_key(1024);
	unsigned place;

	login();
	for (unsigned long n = 1; n < 40; n++) {
		card_link_sim_reset_at(way, n);
		ok(import_as("torn", 0, &key, &place));
		card_link_sim_reset_at(way, 0);
		ck_assert(whole_or_none(&key));
		card_link_sim_reset_at(way, n);
		ok(device_remove(dev, place));
		card_link_sim_reset_at(way, 0);
		ck_assert_uint_eq(count(), 0);
	}
	key_free(&key);
}
END_TEST

START_TEST(full)
{
	struct key_material key = make_key(1024);
	enum cng_status st = CNG_OK;
	struct device_keys keys;
	char name[] = "a";
	unsigned place;

	login();
	sim_capacity(sim, 6000);
	while (st == CNG_OK && name[0] < 'z') {
		st = import_as(name, 0, &key, &place);
		name[0]++;
	}
	ck_assert_int_eq(st, CNG_ERR_STORE_FULL);
	keys = list();
	ck_assert_uint_eq(keys.count, (size_t)(name[0] - 'a' - 1));
	device_keys_free(&keys);
	ok(device_remove(dev, 0));
	ok(import_as("new", 0, &key, &place));
	ck_assert_uint_eq(place, 0);
	key_free(&key);
}
END_TEST

/* Memory ends at any allocation: nothing leaks, nothing is left behind. */
START_TEST(no_memory)
{
	struct key_material key = make_key(1024);
	struct secret cert = sample_read("cert_rsa1024.der");
	const struct device_new what = { .name = "x",
		.certificate = secret_span(&cert) };
	struct device_keys keys;
	enum cng_status st;
	unsigned long n = 0;
	unsigned place;

	login();
	do {
		mem_fail_after(++n);
		st = device_import(dev, &what, &key, &place);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
		ck_assert_uint_eq(count(), st == CNG_OK);
	} while (st != CNG_OK && n < 1000);
	ok(st);
	ck_assert_uint_gt(n, 20);
	n = 0;
	do {
		mem_fail_after(++n);
		st = device_list(dev, &keys);
		mem_fail_after(0);
		ck_assert(st == CNG_OK || st == CNG_ERR_NO_MEMORY);
	} while (st != CNG_OK && n < 1000);
	ok(st);
	ck_assert_uint_eq(keys.count, 1);
	device_keys_free(&keys);
	key_free(&key);
	secret_free(&cert);
}
END_TEST

/* --- a card that talks nonsense ------------------------------------------ */

static void
try_everything(const struct key_material *key)
{
	struct device_info info;
	struct device_keys keys;
	unsigned place = 0;

	if (device_info(dev, &info) == CNG_OK)
		ck_assert_str_eq(info.kind, "GIDS");
	if (device_list(dev, &keys) == CNG_OK) {
		ck_assert_uint_le(keys.count, 2);
		device_keys_free(&keys);
	}
	if (import_as("hostile", 0, key, &place) == CNG_OK)
		ck_assert_uint_lt(place, 64);
}

/* Each kind of nonsense in each answer; afterwards the card has what it had,
 * perhaps with the new container, whole. */
START_TEST(hostile)
{
	struct key_material key = make_key(1024);
	unsigned place;

	login();
	ok(import_as("first", 0, &key, &place));
	for (unsigned long n = 1; n < 45; n++) {
		struct device_keys keys;

		sim_fault(sim, (enum sim_fault)_i, n, false);
		try_everything(&key);
		quiet();
		sim_capacity(sim, 0);
		device_free(dev);
		insert();
		login();
		keys = list();
		ck_assert_uint_ge(keys.count, 1);
		ck_assert_uint_le(keys.count, 2);
		ck_assert_str_eq(keys.key[0].name, "first");
		ck_assert(key_same_public(&keys.key[0].public, &key));
		if (keys.count > 1)
			ok(device_remove(dev, keys.key[1].place));
		device_keys_free(&keys);
	}
	key_free(&key);
}
END_TEST

/* From the first word on. */
START_TEST(hostile_always)
{
	device_free(dev);
	for (int fault = 0; fault < SIM_FAULTS; fault++) {
		for (unsigned long n = 1; n < 8; n++) {
			struct device_keys keys;

			sim_reset(sim);
			sim_fault(sim, (enum sim_fault)fault, n, true);
			if (card_link_sim_device(&dev, sim, span_of(NULL, 0),
				&way) == CNG_OK) {
				if (device_list(dev, &keys) == CNG_OK)
					device_keys_free(&keys);
				device_free(dev);
			}
			quiet();
		}
	}
	insert();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { pulled, torn, pulled_remove,
		pulled_default, reset, full,
		no_memory, hostile_always };
	Suite *suite = suite_create("card_gids_faults");
	TCase *tcase = tcase_create("card_gids_faults");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, begin, end);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, hostile, 0, SIM_FAULTS);
	suite_add_tcase(suite, tcase);
	return sample_main(suite);
}
