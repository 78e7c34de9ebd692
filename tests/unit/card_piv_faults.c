/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PIV driver when things go wrong: cards that are pulled, that are broken
 * or full, and programs that reset them.
 */
#include "card_piv_help.h"

#include "base/alloc.h"

/* All of the container, or nothing; and what was left makes no trouble. */
static void
check_after_pull(void)
{
	struct device_keys keys;
	unsigned place = 0;
	enum cng_status st;

	open_again();
	OK(device_list(dev, &keys));
	ck_assert_uint_le(keys.count, 1);
	if (keys.count == 1) {
		ck_assert_str_eq(keys.key[0].name, "pulled");
		ck_assert(key_same_public(&keys.key[0].public, &rsa));
		ck_assert_uint_gt(keys.key[0].certificate.len, 0);
	}
	st = import(&p256, "pulled", 0, &place);
	ck_assert_int_eq(st, keys.count == 1 ? CNG_ERR_EXISTS : CNG_OK);
	if (keys.count == 0)
		ck_assert_uint_eq(place, 0x9a);
	device_keys_free(&keys);
	OK(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	if (st == CNG_OK)
		ck_assert_uint_eq(keys.key[0].certificate.len, 0);
	device_keys_free(&keys);
}

static void
pull(enum sim_fault fault)
{
	struct secret der = certificate_of(&rsa);
	const struct device_new what = { .name = "pulled", .certificate =
		secret_span(&der) };
	unsigned place = 0;
	enum cng_status st = CNG_ERR_DEVICE;
	unsigned long at;

	for (at = 1; st != CNG_OK; at++) {
		new_card(&usual);
		sim_fault(sim, fault, at, false);
		st = device_import(dev, &what, &rsa, &place);
		sim_fault(sim, fault, 0, false);
		if (st != CNG_OK) {
			ck_assert_int_eq(st, CNG_ERR_DEVICE_REMOVED);
			check_after_pull();
		}
		end_card();
	}
	ck_assert_uint_gt(at, 40);
	secret_free(&der);
}

START_TEST(pulled)
{
	pull(SIM_REMOVE);
}
END_TEST

START_TEST(torn)
{
	pull(SIM_TEAR);
}
END_TEST

/* A wrong answer in each place: the import is done, or nothing of it is. */
START_TEST(broken)
{
	struct secret der = certificate_of(&p256);
	const struct device_new what = { .name = "broken", .certificate =
		secret_span(&der) };
	struct device_keys keys;
	unsigned place = 0;

	for (int f = SIM_RESET; f < SIM_FAULTS; f++) {
		for (unsigned long at = 1; at < 60; at++) {
			enum cng_status st;

			new_card(&usual);
			sim_fault(sim, (enum sim_fault)f, at, false);
			st = device_import(dev, &what, &p256, &place);
			sim_fault(sim, (enum sim_fault)f, 0, false);
			if (f == SIM_FULL)
				sim_capacity(sim, 0);
			open_again();
			OK(device_list(dev, &keys));
			if (keys.count != (st == CNG_OK))
				ck_abort_msg("fault %d at %lu: %s, %zu keys",
				    f, at, cng_status_name(st), keys.count);
			device_keys_free(&keys);
			/* and nothing is left of it */
			if (st != CNG_OK) {
				OK(import(&p256, "broken", 0, &place));
				ck_assert_uint_eq(place, 0x9a);
			}
			end_card();
		}
	}
	secret_free(&der);
}
END_TEST

START_TEST(broken_answers)
{
	struct device_keys keys;
	struct device_info info;
	unsigned place = 0;

	new_card(&usual);
	OK(import(&rsa, "there", KEY_ROLE_NONE, &place));
	for (int f = SIM_RESET; f < SIM_FULL; f++) {
		for (unsigned long at = 1; at < 45; at++) {
			open_again();
			sim_fault(sim, (enum sim_fault)f, at, false);
			if (device_list(dev, &keys) == CNG_OK)
				device_keys_free(&keys);
			sim_fault(sim, (enum sim_fault)f, at, false);
			(void)!device_info(dev, &info);
			sim_fault(sim, (enum sim_fault)f, 0, false);
		}
		open_again();
		ck_assert_uint_eq(count_keys(), 1);
	}
	end_card();
}
END_TEST

/* A wrong answer is no signature, and no PIN is said too often. */
START_TEST(broken_use)
{
	struct device_info info;
	unsigned place = 0;

	new_card(&usual);
	OK(import(&p256, "ec", KEY_ROLE_SIGN, &place));
	OK(import(&rsa, "rsa", KEY_ROLE_NONE, &place));
	for (int f = SIM_RESET; f < SIM_FULL; f++) {
		for (unsigned long at = 1; at < 6; at++) {
			struct crypto_key *key = use_key(0x9c);
			const struct key_op op = { .scheme = OP_ECDSA };
			uint8_t out[96], digest[32] = { 1 };
			struct wr w = wr_of(out, sizeof out);

			OK(device_login_once(dev, span_str("123456")));
			sim_fault(sim, (enum sim_fault)f, at, false);
			if (crypto_sign(key, &op, span_of(digest, 32), &w) ==
			    CNG_OK)
				OK(crypto_verify(key, &op,
				    span_of(digest, 32),
				    span_of(out, w.len)));
			sim_fault(sim, (enum sim_fault)f, 0, false);
			crypto_pin_done(key);
			crypto_key_free(key);
			open_again();
			OK(device_info(dev, &info));
			ck_assert_int_eq(info.tries, 3);
		}
	}
	end_card();
}
END_TEST

START_TEST(pulled_generation)
{
	const struct device_new what = { .name = "made" };
	const struct key_material shape = { .family = KEY_EC,
		.curve = CURVE_P256 };
	enum cng_status st = CNG_ERR_DEVICE;
	struct key_material public = { 0 };
	unsigned place = 0;
	unsigned long at;

	for (at = 1; st != CNG_OK; at++) {
		new_card(&usual);
		sim_fault(sim, SIM_REMOVE, at, false);
		st = device_generate(dev, &what, &shape, 256, &public, &place);
		sim_fault(sim, SIM_REMOVE, 0, false);
		open_again();
		ck_assert_uint_eq(count_keys(), st == CNG_OK);
		if (st != CNG_OK)
			OK(import(&p256, "made", 0, &place));
		ck_assert_uint_eq(place, 0x9a);
		end_card();
	}
	ck_assert_uint_gt(at, 30);
	key_free(&public);
}
END_TEST

/* Gone, or there: never without its name. */
START_TEST(pulled_removal)
{
	struct secret der = certificate_of(&p256);
	const struct device_new what = { .name = "to go", .certificate =
		secret_span(&der) };
	enum cng_status st = CNG_ERR_DEVICE;
	struct device_keys keys;
	unsigned place = 0;
	unsigned long at;

	for (at = 1; st != CNG_OK; at++) {
		new_card(&usual);
		OK(device_import(dev, &what, &p256, &place));
		sim_fault(sim, SIM_REMOVE, at, false);
		st = device_remove(dev, place);
		sim_fault(sim, SIM_REMOVE, 0, false);
		open_again();
		OK(device_list(dev, &keys));
		if (keys.count == 1) {
			ck_assert_str_eq(keys.key[0].name, "to go");
			ck_assert_uint_gt(keys.key[0].certificate.len, 0);
		} else {
			OK(import(&rsa, "to go", 0, &place));
			ck_assert_uint_eq(place, 0x9a);
		}
		device_keys_free(&keys);
		end_card();
	}
	ck_assert_uint_gt(at, 30);
	secret_free(&der);
}
END_TEST

/* Another program resets the card: the import goes on or begins again. */
START_TEST(reset_by_others)
{
	unsigned place = 0;

	for (unsigned long at = 1; at < 60; at++) {
		new_card(&usual);
		card_link_sim_reset_at(link_now, at);
		OK(import(&p256, "reset", 0, &place));
		ck_assert_uint_eq(place, 0x9a);
		ck_assert_uint_eq(count_keys(), 1);
		end_card();
	}
}
END_TEST

START_TEST(full_card)
{
	struct device_info before, after;
	unsigned place = 0;

	new_card(&usual);
	OK(device_info(dev, &before));
	sim_capacity(sim, 1);
	ck_assert_int_eq(import(&rsa, "full", 0, &place),
	    CNG_ERR_STORE_FULL);
	sim_capacity(sim, 0);
	OK(device_info(dev, &after));
	ck_assert_uint_eq(count_keys(), 0);
	ck_assert_uint_eq(after.spare, before.spare);
	end_card();
}
END_TEST

/* Without memory nothing is begun, or all of it is undone. */
START_TEST(no_memory)
{
	enum cng_status st = CNG_ERR_NO_MEMORY;
	unsigned place = 0;
	unsigned long n;

	for (n = 1; st != CNG_OK; n++) {
		bool all;

		new_card(&usual);
		mem_fail_after(n);
		st = import(&p256, "memory", 0, &place);
		all = mem_fail_after(0) > 0;
		ck_assert(st == CNG_OK || !all);
		open_again();
		ck_assert_uint_eq(count_keys(), st == CNG_OK);
		if (st == CNG_OK && !all)
			st = CNG_ERR_NO_MEMORY; /* it did without */
		end_card();
		ck_assert_uint_lt(n, 5000);
	}
	ck_assert_uint_gt(n, 50);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { pulled, torn, pulled_generation,
		pulled_removal, broken, broken_answers, broken_use,
		reset_by_others, full_card, no_memory };

	return piv_main("card_piv_faults", tests, ARRAY_LEN(tests));
}
