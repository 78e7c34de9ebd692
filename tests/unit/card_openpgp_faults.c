/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The OpenPGP driver on a card that fails: pulled in the middle of an import,
 * reset by another program, full, and answering all kinds of nonsense.
 */
#include "card_openpgp.h"

#include "base/alloc.h"

enum { MANY = 200 }; /* commands that no job needs */

static const struct sort {
	enum key_family family;
	enum key_curve curve;
	unsigned role;
} sorts[] = {
	{ KEY_RSA, CURVE_NONE, KEY_ROLE_SIGN },
	{ KEY_EC, CURVE_P256, KEY_ROLE_SIGN },
	{ KEY_EDWARDS, CURVE_ED25519, KEY_ROLE_SIGN },
	{ KEY_MONTGOMERY, CURVE_X25519, KEY_ROLE_AGREE },
};

/* Nothing is there, and then the same import goes well. */
static void
try_again(struct sim *sim, const struct key_material *key, unsigned role)
{
	struct device *dev;
	struct device_keys keys;
	unsigned place;

	for (int i = 0; i < SIM_FAULTS; i++)
		sim_fault(sim, (enum sim_fault)i, 0, false);
	dev = insert_with_pin(sim);
	ck_assert_uint_eq(count_keys(dev), 0);
	ok(bring(dev, key, "key", role, &place));
	ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert_str_eq(keys.key[0].name, "key");
	device_keys_free(&keys);
	device_free(dev);
}

START_TEST(pulled)
{
	const struct sort *sort = &sorts[_i];
	struct key_material key = fresh_key(sort->family, sort->curve);
	enum cng_status st = CNG_ERR_DEVICE_REMOVED;
	unsigned long n = 0;

	while (st != CNG_OK) {
		struct sim *sim = new_card();
		struct device *dev = insert_with_pin(sim);
		unsigned place;

		sim_fault(sim, SIM_REMOVE, ++n, false);
		st = bring(dev, &key, "key", sort->role, &place);
		if (st != CNG_OK) {
			expect(st, CNG_ERR_DEVICE_REMOVED);
			ck_assert(!device_is_present(dev));
			device_free(dev);
			try_again(sim, &key, sort->role);
		} else {
			device_free(dev);
		}
		sim_free(sim);
		ck_assert_uint_lt(n, MANY);
	}
	ck_assert_uint_gt(n, 15);
	key_free(&key);
}
END_TEST

/* Attributes, fingerprints, times, tries; and our names. */
static struct secret
state_of(struct sim *sim)
{
	static const uint8_t commands[][11] = {
		{ 0x00, 0xa4, 0x04, 0x00, 0x06, 0xd2, 0x76, 0x00, 0x01, 0x24,
		    0x01 },
		{ 0x00, 0xca, 0x01, 0x01 },
		{ 0x00, 0xca, 0x00, 0x6e, 0x00, 0x00, 0x00 },
	};
	static const size_t lens[] = { 11, 4, 7 };
	static uint8_t reply[SIM_MAX];
	struct secret all = { 0 };

	sim_reset(sim);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		size_t len;

		ck_assert(sim_exchange(sim, commands[i], lens[i], reply,
		    &len));
		ck_assert(len >= 2 && reply[len - 2] == 0x90);
		ok(secret_append(&all, span_of(reply, len)));
	}
	ck_assert_uint_gt(all.len, 200);
	return all;
}

/* What fails once is undone, also where logins were lost. */
static void
fail_once(enum sim_fault fault, const struct sort *sort)
{
	struct key_material key = fresh_key(sort->family, sort->curve);
	bool reached = true;
	unsigned undone = 0;

	for (unsigned long n = 1; reached; n++) {
		struct sim *sim = new_card();
		struct secret before = state_of(sim), after = { 0 };
		struct device *dev = insert_with_pin(sim);
		enum cng_status st;
		unsigned place;

		sim_fault(sim, fault, n, false);
		st = bring(dev, &key, "key", sort->role, &place);
		reached = sim_count(sim) >= n;
		sim_fault(sim, fault, 0, false);
		if (st == CNG_OK) {
			ck_assert_uint_eq(count_keys(dev), 1);
			device_free(dev);
		} else {
			device_free(dev);
			after = state_of(sim);
			ck_assert(span_equal(secret_span(&before),
			    secret_span(&after)));
			undone++;
			try_again(sim, &key, sort->role);
		}
		secret_free(&before);
		secret_free(&after);
		sim_free(sim);
		ck_assert_uint_lt(n, MANY);
	}
	ck_assert_uint_gt(undone, 1);
	key_free(&key);
}

START_TEST(failing)
{
	fail_once(SIM_FAIL, &sorts[_i]);
}
END_TEST

START_TEST(login_lost)
{
	fail_once(SIM_RESET, &sorts[_i]);
}
END_TEST

START_TEST(torn_answers)
{
	static const enum sim_fault faults[] = { SIM_TRUNCATE, SIM_OVERLONG,
		SIM_INNER, SIM_SHORT, SIM_EMPTY };

	fail_once(faults[_i], &sorts[1]);
}
END_TEST

/* The heap is exhausted once. */
START_TEST(no_memory)
{
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);
	enum cng_status st = CNG_ERR_NO_MEMORY;
	unsigned long n = 0;

	while (st != CNG_OK) {
		struct sim *sim = new_card();
		struct secret before = state_of(sim), after = { 0 };
		struct device *dev = insert_with_pin(sim);
		unsigned place;

		mem_fail_after(++n);
		st = bring(dev, &key, "key", KEY_ROLE_SIGN, &place);
		if (mem_fail_after(0) == 0)
			ck_assert_int_ne(st, CNG_OK);
		device_free(dev);
		if (st != CNG_OK) {
			expect(st, CNG_ERR_NO_MEMORY);
			after = state_of(sim);
			ck_assert(span_equal(secret_span(&before),
			    secret_span(&after)));
		}
		secret_free(&before);
		secret_free(&after);
		sim_free(sim);
	}
	ck_assert_uint_gt(n, 20);
	key_free(&key);
}
END_TEST

/* From one command on there is no room; undoing needs none. */
START_TEST(full)
{
	const struct sort *sort = &sorts[_i];
	struct key_material key = fresh_key(sort->family, sort->curve);
	unsigned refused = 0;

	for (unsigned long n = 1; n < MANY; n++) {
		struct sim *sim = new_card();
		struct device *dev = insert_with_pin(sim);
		enum cng_status st;
		unsigned place;

		sim_fault(sim, SIM_FULL, n, false);
		st = bring(dev, &key, "key", sort->role, &place);
		if (st != CNG_OK) {
			expect(st, CNG_ERR_STORE_FULL);
			refused++;
			ck_assert_uint_eq(count_keys(dev), 0);
		} else {
			n = MANY;
		}
		sim_fault(sim, SIM_FULL, 0, false);
		sim_capacity(sim, 0);
		device_free(dev);
		if (st != CNG_OK)
			try_again(sim, &key, sort->role);
		sim_free(sim);
	}
	ck_assert_uint_gt(refused, 0);
	key_free(&key);
}
END_TEST

/* Another program resets the card: nobody notices. */
START_TEST(reset_by_others)
{
	const struct sort *sort = &sorts[_i];
	struct key_material key = fresh_key(sort->family, sort->curve);

	for (unsigned long n = 1; n < 40; n++) {
		struct sim *sim = new_card();
		struct card_link *link;
		struct device *dev;
		unsigned place;

		ok(card_link_sim_device(&dev, sim, PW3, &link));
		ok(device_login(dev, DEVICE_USER, PIN));
		card_link_sim_reset_at(link, n);
		ok(bring(dev, &key, "key", sort->role, &place));
		card_link_sim_reset_at(link, 0);
		ck_assert_uint_eq(count_keys(dev), 1);
		device_free(dev);
		sim_free(sim);
	}
	key_free(&key);
}
END_TEST

/* --- nonsense ------------------------------------------------------------ */

/* All that can be done with a card, whatever comes of it. */
static void
do_everything(struct device *dev, const struct key_material *key)
{
	static const uint8_t digest[32] = { 1 };
	const struct key_op op = { .scheme = OP_ECDSA };
	struct device_info info;
	struct device_keys keys;
	uint8_t room[200];
	struct wr w = wr_of(room, sizeof room);
	unsigned place, good = 0;

	good += device_login(dev, DEVICE_USER, PIN) == CNG_OK;
	good += device_info(dev, &info) == CNG_OK;
	good += bring(dev, key, "new", KEY_ROLE_SIGN, &place) == CNG_OK;
	good += device_rename(dev, SIGN_PLACE, "other") == CNG_OK;
	good += device_put_certificate(dev, SIGN_PLACE, NO_BYTES) == CNG_OK;
	good += device_login_once(dev, PIN) == CNG_OK;
	if (device_list(dev, &keys) == CNG_OK) {
		ck_assert_uint_le(keys.count, 3);
		for (size_t i = 0; i < keys.count; i++) {
			struct key_holder *holder;

			ok(device_holder(dev, &keys.key[i], &holder));
			good += holder->ops->run(holder, &op, HOLDER_SIGN,
			    span_of(digest, sizeof digest), &w) == CNG_OK;
			holder->ops->free(holder);
		}
		device_keys_free(&keys);
	}
	ck_assert_uint_le(good, 9);
}

START_TEST(nonsense)
{
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);

	for (unsigned long n = 1; n < 60; n++) {
		struct sim *sim = new_card();
		struct device *dev = insert_with_pin(sim);
		unsigned place;

		ok(bring(dev, &key, "first", KEY_ROLE_SIGN, &place));
		sim_fault(sim, (enum sim_fault)_i, n, false);
		do_everything(dev, &key);
		device_free(dev);
		sim_reset(sim);
		sim_fault(sim, (enum sim_fault)_i, 0, false);
		sim_free(sim);
	}
	key_free(&key);
}
END_TEST

/* From the n-th command on, for ever; from the first one nothing opens. */
START_TEST(nonsense_onwards)
{
	struct key_material key = fresh_key(KEY_EC, CURVE_P256);

	for (unsigned long n = 1; n < 40; n += 3) {
		struct sim *sim = new_card();
		struct device *dev = NULL;
		enum cng_status st;

		sim_fault(sim, (enum sim_fault)_i, n, true);
		st = card_link_sim_device(&dev, sim, PW3, NULL);
		if (st == CNG_OK)
			do_everything(dev, &key);
		device_free(dev);
		sim_free(sim);
	}
	key_free(&key);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("card_openpgp_faults");
	TCase *tcase = tcase_create("card_openpgp_faults");
	SRunner *runner = srunner_create(suite);
	int failed, count = (int)ARRAY_LEN(sorts);

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, pulled, 0, count);
	tcase_add_loop_test(tcase, failing, 0, count);
	tcase_add_loop_test(tcase, login_lost, 0, count);
	tcase_add_loop_test(tcase, torn_answers, 0, 5);
	tcase_add_test(tcase, no_memory);
	tcase_add_loop_test(tcase, full, 0, count);
	tcase_add_loop_test(tcase, reset_by_others, 0, count);
	tcase_add_loop_test(tcase, nonsense, 0, SIM_FAULTS);
	tcase_add_loop_test(tcase, nonsense_onwards, 0, SIM_FAULTS);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
