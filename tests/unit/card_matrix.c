/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every fault that the simulated card knows, at every command of every
 * operation, with each of the drivers: the answer is a clear one, and the card
 * has afterwards what it had, or all of what it was to have.
 */
#include "card_hostile.h"

#include <stdio.h>
#include <stdlib.h>

#include "sample.h"

enum { MANY = 400 }; /* commands that no operation needs */

static uint64_t seed = 1; /* of garbage; CARD_MATRIX_SEED: another one */
static bool is_new; /* the card is as hostile_fill left it */

static void
new_card(int app, size_t work)
{
	if (sim != NULL)
		hostile_end();
	hostile_begin(app);
	hostile_fill_for(work);
	is_new = true;
}

static void
quiet(void)
{
	for (int i = 0; i < SIM_FAULTS; i++)
		sim_fault(sim, (enum sim_fault)i, 0, false);
	sim_capacity(sim, 0);
}

/* --- what is on the card ------------------------------------------------- */

static bool
is_certificate(const struct device_key *key, struct span der)
{
	return span_equal(secret_span(&key->certificate), der);
}

/* What is listed is what the card has. */
static bool
check_second(const struct device_key *key, bool import, enum cng_status st)
{
	if (strcmp(key->name, "another") != 0)
		return false;
	if (import) {
		ck_assert(key_same_public(&key->public, hostile_key()));
		ck_assert_uint_gt(key->certificate.len, 0);
	} else if (st == CNG_OK) {
		ck_assert(key_same_public(&key->public, hostile_made()));
	}
	hostile_ok(hostile_sign(key));
	return true;
}

/* The first container: what may have become of it. */
static bool
check_first(const struct device_key *key, size_t work)
{
	const char *doing = hostile_work_name(work);
	struct span old = fuzz_certificate(hostile_key()->family == KEY_RSA ?
	    FUZZ_RSA1024 : FUZZ_P256);
	bool was = true;

	ck_assert(key_same_public(&key->public, hostile_key()));
	if (strcmp(key->name, "first") != 0) {
		ck_assert_str_eq(doing, "rename");
		ck_assert_str_eq(key->name, "renamed");
		was = false;
	}
	if (!is_certificate(key, old)) {
		if (strcmp(doing, "put certificate") == 0)
			ck_assert(is_certificate(key,
			    fuzz_certificate(FUZZ_RSA1024)));
		else if (strcmp(doing, "take certificate") == 0)
			ck_assert_uint_eq(key->certificate.len, 0);
		else
			ck_abort_msg("%s: another certificate", doing);
		was = false;
	}
	return was;
}

static void
check_card(size_t work, enum cng_status st)
{
	const char *doing = hostile_work_name(work);
	bool import = strcmp(doing, "import") == 0;
	bool creation = import || strcmp(doing, "generate") == 0;
	bool removal = strcmp(doing, "remove") == 0;
	struct device_keys keys;

	hostile_ok(device_list(dev, &keys));
	ck_assert_uint_ge(keys.count, removal ? 0 : 1);
	ck_assert_uint_le(keys.count, creation ? 2 : 1);
	is_new = keys.count == 1;
	for (size_t i = 0; i < keys.count; i++) {
		if (creation && check_second(&keys.key[i], import, st))
			continue;
		is_new = check_first(&keys.key[i], work) && is_new;
		if (creation)
			hostile_ok(hostile_sign(&keys.key[i]));
	}
	if (st == CNG_OK && creation)
		ck_assert_uint_eq(keys.count, 2);
	device_keys_free(&keys);
}

/* --- one operation ------------------------------------------------------- */

/* One that may come of a card that does not do as it should. */
static void
check_status(enum cng_status st, enum sim_fault fault, size_t work)
{
	bool gone = fault == SIM_REMOVE || fault == SIM_TEAR;
	bool changed = fault >= SIM_GARBAGE && fault <= SIM_FLOOD;

	bool vague = fault == SIM_FAIL &&
	    strcmp(hostile_work_name(work), "decrypt") == 0;

	/* nobody can tell that a plaintext is not the right one, nor a word
	 * that says nothing from the same about a padding */
	if (!changed && !vague)
		ck_assert_int_ne(st, CNG_ERR_DATA);
	ck_assert_int_ne(st, CNG_ERR_INTERNAL);
	ck_assert_int_ne(st, CNG_ERR_DEVICE_RESET);
	ck_assert_int_ne(st, CNG_ERR_NO_MEMORY);
	ck_assert_int_ne(st, CNG_ERR_ARGUMENT);
	/* what says that it has another number is another card */
	if (!gone && !changed)
		ck_assert_int_ne(st, CNG_ERR_DEVICE_REMOVED);
	if (fault == SIM_FULL && st != CNG_OK && st != CNG_ERR_NOT_SUPPORTED)
		ck_assert_int_eq(st, CNG_ERR_STORE_FULL);
}

/* How many commands it took. */
static unsigned long
try_fault(int app, size_t work, enum sim_fault fault)
{
	unsigned long n;
	bool reached = true;

	for (n = 1; reached; n++) {
		enum cng_status st;

		ck_assert_uint_lt(n, MANY);
		if (!is_new)
			new_card(app, work);
		sim_seed(sim, seed + (uint64_t)app * 100 + work);
		sim_fault(sim, fault, n, false);
		st = hostile_work(work);
		reached = sim_count(sim) >= n;
		quiet();
		check_status(st, fault, work);
		if (!reached)
			hostile_ok(st);
		hostile_insert();
		check_card(work, st);
	}
	return n;
}

START_TEST(each_fault)
{
	int app = _i / (int)HOSTILE_WORKS;
	size_t work = (size_t)_i % HOSTILE_WORKS;

	is_new = false;
	if (!hostile_can(app, work)) {
		new_card(app, work);
		ck_assert_int_eq(hostile_work(work), CNG_ERR_KEY_TYPE);
	}
	for (int f = 0; f < SIM_FAULTS && hostile_can(app, work); f++)
		(void)try_fault(app, work, (enum sim_fault)f);
	hostile_end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("card_matrix");
	TCase *tcase = tcase_create("card_matrix");
	const char *other = getenv("CARD_MATRIX_SEED");

	if (other != NULL)
		seed = strtoull(other, NULL, 10);
	printf("card_matrix: CARD_MATRIX_SEED=%llu\n",
	    (unsigned long long)seed);
	fflush(stdout);

	tcase_set_timeout(tcase, 240);
	tcase_add_loop_test(tcase, each_fault, 0,
	    HOSTILE_APPS * (int)HOSTILE_WORKS);
	suite_add_tcase(suite, tcase);
	return sample_main(suite);
}
