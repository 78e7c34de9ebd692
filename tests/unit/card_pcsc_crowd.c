/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several devices on cards in two readers, threads on each, and somebody who
 * resets the cards between them: all signatures are made.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include <check.h>

#include "base/util.h"
#include "crypto/crypto.h"
#include "store/card/driver.h"
#include "tests/card/pcsc/tell.h"

#define PIN "123456"

enum { DEVICES = 4, THREADS = 8, SIGNATURES = 25 };

static const char *const readers[] = { "Simulated Left", "Simulated Right" };

struct signer {
	pthread_t thread;
	struct device *dev;
	const char *trouble;
	atomic_int done;
};

static simcard_tell_fn *tell;
static struct device *devices[DEVICES];
static struct signer signers[THREADS];
static struct key_material key;

static void
ok(enum cng_status st)
{
	ck_assert_msg(st == CNG_OK, "%s", cng_status_text(st));
}

static void
bring_key(struct device *dev, const char *name)
{
	const struct device_new what = { .name = name,
		.role = KEY_ROLE_SIGN };
	struct device_keys keys;
	unsigned place;

	ok(device_list(dev, &keys));
	if (keys.count == 0)
		ok(device_import(dev, &what, &key, &place));
	device_keys_free(&keys);
}

static void
begin(void)
{
	const struct key_spec spec = { .family = KEY_RSA, .bits = 1024 };
	const struct device_conf conf = { .admin_key = { 0 } };

	tell = simcard_load("Simulated Left=gids;Simulated Right=gids,t0");
	ck_assert(tell != NULL);
	ok(crypto_start());
	/* the cards stay where tests share a process, and so does their key */
	if (key.family == KEY_NONE)
		ok(crypto_generate(&key, &spec));
	for (size_t i = 0; i < DEVICES; i++) {
		ok(device_open(&devices[i], readers[i % 2], &conf));
		ok(device_login(devices[i], DEVICE_USER, span_str(PIN)));
		bring_key(devices[i], readers[i % 2]);
	}
	for (size_t i = 0; i < THREADS; i++) {
		signers[i].dev = devices[i % DEVICES];
		signers[i].trouble = NULL;
		atomic_init(&signers[i].done, 0);
	}
}

static void
end(void)
{
	for (size_t i = 0; i < DEVICES; i++)
		device_free(devices[i]);
	device_shutdown();
}

static enum cng_status
sign(struct crypto_key *held, struct crypto_key *public)
{
	const struct key_op op = { .scheme = OP_RSA_PKCS1,
		.hash = HASH_SHA256 };
	struct span text = span_str("to be signed");
	uint8_t out[256];
	struct wr w = wr_of(out, sizeof out);
	enum cng_status st = crypto_sign(held, &op, text, &w);

	return st == CNG_OK ?
	    crypto_verify(public, &op, text, span_of(out, w.len)) : st;
}

static enum cng_status
sign_many(struct signer *s)
{
	struct crypto_key *held = NULL, *public = NULL;
	struct key_holder *holder;
	struct device_keys keys;
	enum cng_status st = device_list(s->dev, &keys);

	if (st == CNG_OK && keys.count != 1)
		st = CNG_ERR_NOT_FOUND;
	if (st == CNG_OK)
		st = device_holder(s->dev, &keys.key[0], &holder);
	if (st == CNG_OK)
		st = crypto_key_held(&held, &keys.key[0].public, holder);
	device_keys_free(&keys);
	if (st == CNG_OK)
		st = crypto_key_new(&public, &key);
	for (int i = 0; st == CNG_OK && i < SIGNATURES; i++) {
		st = sign(held, public);
		atomic_fetch_add(&s->done, 1);
	}
	crypto_key_free(public);
	crypto_key_free(held);
	return st;
}

static void *
signer_run(void *arg)
{
	struct signer *s = arg;
	enum cng_status st = sign_many(s);

	if (st != CNG_OK)
		s->trouble = cng_status_text(st);
	atomic_store(&s->done, SIGNATURES);
	return NULL;
}

static void
start_all(void)
{
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&signers[i].thread, NULL,
		    signer_run, &signers[i]), 0);
}

static void
end_all(void)
{
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(signers[i].thread, NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_msg(signers[i].trouble == NULL, "thread %zu: %s", i,
		    signers[i].trouble);
}

/* Everybody has done something since: one operation is repeated once, and no
 * more is promised. */
static void
wait_for_all(int round)
{
	for (size_t i = 0; i < THREADS; i++) {
		while (atomic_load(&signers[i].done) < round &&
		       atomic_load(&signers[i].done) < SIGNATURES)
			sched_yield();
	}
}

START_TEST(threads)
{
	start_all();
	end_all();
}
END_TEST

START_TEST(threads_and_resets)
{
	int done[THREADS], last;

	start_all();
	do {
		last = SIGNATURES;
		for (size_t i = 0; i < ARRAY_LEN(readers); i++)
			ck_assert_int_eq(tell(readers[i], "reset"), 0);
		for (size_t i = 0; i < THREADS; i++)
			done[i] = atomic_load(&signers[i].done);
		for (size_t i = 0; i < THREADS; i++) {
			while (atomic_load(&signers[i].done) == done[i] &&
			       done[i] < SIGNATURES)
				sched_yield();
			if (atomic_load(&signers[i].done) < last)
				last = atomic_load(&signers[i].done);
		}
	} while (last < SIGNATURES);
	end_all();
	/* never a wrong one */
	for (size_t i = 0; i < DEVICES; i++) {
		struct device_info info;

		ok(device_info(devices[i], &info));
		ck_assert_int_eq(info.tries, info.tries_max);
	}
}
END_TEST

/* One reader's card is pulled: those on the other one do not notice. */
START_TEST(one_is_pulled)
{
	start_all();
	wait_for_all(2);
	ck_assert_int_eq(tell(readers[0], "pull"), 0);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(signers[i].thread, NULL), 0);
	for (size_t i = 0; i < THREADS; i++) {
		const char *trouble = signers[i].trouble;

		if (i % 2 == 1)
			ck_assert_msg(trouble == NULL, "%s", trouble);
		/* unless it was through */
		else if (trouble != NULL)
			ck_assert_str_eq(trouble,
			    cng_status_text(CNG_ERR_DEVICE_REMOVED));
	}
	ck_assert(!device_is_present(devices[0]));
	ck_assert(device_is_present(devices[1]));
	ck_assert_int_eq(tell(readers[0], "insert"), 0);
}
END_TEST

static Suite *
crowd_suite(void)
{
	Suite *suite = suite_create("card/pcsc/crowd");
	TCase *tc = tcase_create("threads");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, threads);
	tcase_add_test(tc, threads_and_resets);
	tcase_add_test(tc, one_is_pulled);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(crowd_suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	key_free(&key);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
