/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Cards behind PC/SC, with simulated readers: they are listed, cards come and
 * go, and what waits for that is told.
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "store/card/driver.h"
#include "tests/card/pcsc/tell.h"

#define ONE "Simulated One"
#define TWO "Simulated Two"

static simcard_tell_fn *tell;
static const struct device_conf no_conf = { .admin_key = { 0 } };

static void
ok(enum cng_status st)
{
	ck_assert_msg(st == CNG_OK, "%s", cng_status_text(st));
}

static void
say(const char *reader, const char *words)
{
	ck_assert_msg(tell(reader, words) >= 0, "%s", words);
}

static void
begin(void)
{
	tell = simcard_load(ONE "=gids;" TWO "=piv,out");
	ck_assert(tell != NULL);
}

static void
end(void)
{
	device_shutdown();
}

START_TEST(readers)
{
	struct device_readers names;

	ok(device_readers(&names));
	ck_assert_uint_eq(names.count, 2);
	ck_assert_str_eq(names.name[0], ONE);
	ck_assert_str_eq(names.name[1], TWO);
	device_readers_free(&names);
	say(ONE, "unplug");
	ok(device_readers(&names));
	ck_assert_uint_eq(names.count, 1);
	ck_assert_str_eq(names.name[0], TWO);
	device_readers_free(&names);
	say(ONE, "plug");
	ok(device_readers(&names));
	ck_assert_uint_eq(names.count, 2);
	device_readers_free(&names);
	ck_assert_int_eq(tell(ONE, "jump"), -1);
	ck_assert_int_eq(tell("nobody", "pull"), -1);
}
END_TEST

START_TEST(come_and_go)
{
	struct device *dev, *again;
	struct device_info info;
	struct device_keys keys;

	ck_assert_int_eq(device_open(&dev, TWO, &no_conf), CNG_ERR_NO_CARD);
	ck_assert_int_eq(device_open(&dev, "nobody", &no_conf),
	    CNG_ERR_NO_CARD);
	ok(device_open(&dev, ONE, &no_conf));
	ok(device_info(dev, &info));
	ck_assert_str_eq(info.kind, "GIDS");
	ok(device_list(dev, &keys));
	device_keys_free(&keys);
	ck_assert(device_is_present(dev));
	say(ONE, "pull");
	ck_assert_int_eq(device_list(dev, &keys), CNG_ERR_DEVICE_REMOVED);
	say(ONE, "insert");
	/* what was removed once stays so */
	ck_assert(!device_is_present(dev));
	ck_assert_int_eq(device_list(dev, &keys), CNG_ERR_DEVICE_REMOVED);
	ok(device_open(&again, ONE, &no_conf));
	ok(device_list(again, &keys));
	device_keys_free(&keys);
	device_free(again);
	device_free(dev);
	say(TWO, "insert");
	ok(device_open(&dev, TWO, &no_conf));
	ok(device_info(dev, &info));
	ck_assert_str_eq(info.kind, "PIV");
	device_free(dev);
	say(TWO, "pull");
}
END_TEST

struct waiter {
	pthread_t thread;
	unsigned ticket, patience;
	bool changed;
	enum cng_status st;
};

static void *
wait_there(void *arg)
{
	struct waiter *w = arg;

	w->st = device_wait(w->ticket, w->patience, &w->changed);
	return NULL;
}

/* Says it until the one who waits has heard it: when it begins to wait is not
 * to be known. */
static bool
hears(const char *one, const char *other)
{
	struct waiter w = { .ticket = device_wait_ticket(),
		.patience = 20000 };
	struct timespec step = { 0, 20000000 };

	ck_assert_int_eq(pthread_create(&w.thread, NULL, wait_there, &w), 0);
	for (int i = 0; i < 500; i++) {
		say(TWO, i % 2 == 0 ? one : other);
		nanosleep(&step, NULL);
		if (pthread_tryjoin_np(w.thread, NULL) == 0) {
			ok(w.st);
			return w.changed;
		}
	}
	ck_abort_msg("it never heard of \"%s\"", one);
}

START_TEST(waiting)
{
	bool changed = true;

	ok(device_wait(device_wait_ticket(), 0, &changed));
	ck_assert(!changed);
	ck_assert(hears("insert", "pull"));
	ck_assert(hears("unplug", "plug"));
	say(TWO, "plug");
	say(TWO, "pull");
}
END_TEST

/* One who waits is woken at once; and one who asked before the others said so
 * does not begin. */
START_TEST(cancelled)
{
	struct waiter w = { .ticket = device_wait_ticket(),
		.patience = 60000, .changed = true };
	struct timespec step = { 0, 20000000 };
	unsigned old = device_wait_ticket();
	bool ended = false;

	ck_assert_int_eq(pthread_create(&w.thread, NULL, wait_there, &w), 0);
	for (int i = 0; i < 500 && !ended; i++) {
		nanosleep(&step, NULL);
		device_wait_cancel();
		ended = pthread_tryjoin_np(w.thread, NULL) == 0;
	}
	ck_assert(ended);
	ok(w.st);
	ck_assert(!w.changed);
	ok(device_wait(old, 60000, &w.changed));
	ck_assert(!w.changed);
}
END_TEST

START_TEST(no_service)
{
	struct device_readers names;
	struct device *dev, *none;
	struct device_info info;
	bool changed;

	ok(device_open(&dev, ONE, &no_conf));
	ck_assert_int_eq(tell(NULL, "down"), 0);
	ok(device_readers(&names));
	ck_assert_uint_eq(names.count, 0);
	device_readers_free(&names);
	ck_assert_int_eq(device_open(&none, ONE, &no_conf), CNG_ERR_NO_CARD);
	ck_assert(!device_is_present(dev));
	ck_assert_int_eq(device_info(dev, &info), CNG_ERR_DEVICE_REMOVED);
	for (int i = 0; i < 2; i++) {
		enum cng_status st = device_wait(device_wait_ticket(), 0,
		    &changed);

		/* the context from before may still have to find out */
		ck_assert(st == CNG_ERR_NOT_SUPPORTED ||
			  (i == 0 && st == CNG_OK));
	}
	ck_assert_int_eq(tell(NULL, "up"), 0);
	ck_assert_int_eq(device_info(dev, &info), CNG_ERR_DEVICE_REMOVED);
	device_free(dev);
	ok(device_readers(&names));
	ck_assert_uint_eq(names.count, 2);
	device_readers_free(&names);
	ok(device_open(&dev, ONE, &no_conf));
	ok(device_info(dev, &info));
	device_free(dev);
	ok(device_wait(device_wait_ticket(), 0, &changed));
}
END_TEST

/* The status of a child that found something wrong says what. */
static int
in_child(struct device *dev, struct card_link *link)
{
	struct device_readers names;
	struct device_info info;
	struct device *own;

	/* as the library has it: nothing of the parent's is known here */
	if (link->ops->begin(link) != CNG_ERR_DEVICE_REMOVED)
		return 1;
	device_after_fork();
	device_abandon(dev);
	if (device_info(dev, &info) != CNG_ERR_DEVICE_REMOVED ||
	    device_is_present(dev))
		return 2;
	device_free(dev);
	if (device_readers(&names) != CNG_OK || names.count != 2)
		return 3;
	device_readers_free(&names);
	if (device_open(&own, ONE, &no_conf) != CNG_OK)
		return 4;
	if (device_info(own, &info) != CNG_OK || info.logged_in)
		return 5;
	device_free(own);
	device_shutdown();
	return 0;
}

START_TEST(forked)
{
	struct card_link *link;
	struct device *dev;
	struct device_info info;
	struct device_keys keys;
	int status = -1;
	pid_t child;

	ok(device_open(&dev, ONE, &no_conf));
	ok(device_login(dev, DEVICE_USER, span_str("123456")));
	ok(device_list(dev, &keys));
	device_keys_free(&keys);
	ok(pcsc_open(&link, ONE));
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		_exit(in_child(dev, link));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	/* the parent's login stands */
	ok(device_info(dev, &info));
	ck_assert(info.logged_in);
	link->ops->close(link);
	device_free(dev);
}
END_TEST

static Suite *
pcsc_suite(void)
{
	Suite *suite = suite_create("card/pcsc");
	TCase *tc = tcase_create("readers");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, readers);
	tcase_add_test(tc, come_and_go);
	tcase_add_test(tc, waiting);
	tcase_add_test(tc, cancelled);
	tcase_add_test(tc, no_service);
	tcase_add_test(tc, forked);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(pcsc_suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
