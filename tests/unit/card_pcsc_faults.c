/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What may happen to a card at each single command: another program resets
 * it, it is pulled, its reader is unplugged, the service ends.  A PIN is never
 * said more often than it must be.
 */
#include <stdio.h>

#include <check.h>

#include "base/util.h"
#include "crypto/crypto.h"
#include "store/card/driver.h"
#include "tests/card/pcsc/tell.h"

#define READER "Simulated"
#define PIN "123456"
#define WRONG "654321"

/* One of each kind, in a reader of its own. */
struct kind {
	const char *reader;
	const char *admin;       /* that an import asks for, or NULL */
	size_t admin_len;
};

static const struct kind kinds[] = {
	{ READER " GIDS", NULL, 0 },
	{ READER " PIV", "\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10",
	    24 },
	{ READER " OpenPGP", "12345678", 8 },
};

static simcard_tell_fn *tell;
static struct key_material rsa;
static const struct kind *kind;
static struct device *dev;
static struct device_key *key;
static struct device_keys keys;
static struct crypto_key *held;

static void
ok(enum cng_status st)
{
	ck_assert_msg(st == CNG_OK, "%s: %s", kind->reader,
	    cng_status_text(st));
}

static int
say(const char *words)
{
	int answer = tell(kind->reader, words);

	ck_assert_msg(answer >= 0, "%s: %s", kind->reader, words);
	return answer;
}

static void
say_at(int n, const char *words)
{
	char text[64];

	snprintf(text, sizeof text, "at %d %s", n, words);
	say(text);
}

static struct device *
open_one(void)
{
	struct device_conf conf = { .admin_key = { 0 } };
	struct device *one;

	ok(secret_copy(&conf.admin_key,
	    span_of(kind->admin, kind->admin_len)));
	ok(device_open(&one, kind->reader, &conf));
	secret_free(&conf.admin_key);
	return one;
}

/* The device is there anew, with its key. */
static void
open_again(void)
{
	struct key_holder *holder;

	dev = open_one();
	ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	key = &keys.key[0];
	ok(device_holder(dev, key, &holder));
	ok(crypto_key_held(&held, &key->public, holder));
}

static void
close_it(void)
{
	crypto_key_free(held);
	device_keys_free(&keys);
	device_free(dev);
	held = NULL;
	dev = NULL;
}

static void
begin_all(void)
{
	const struct key_spec spec = { .family = KEY_RSA, .bits = 2048 };

	tell = simcard_load(READER " GIDS=gids;" READER " PIV=piv;" READER
	    " OpenPGP=openpgp");
	ck_assert(tell != NULL);
	kind = &kinds[0];
	ok(crypto_start());
	ok(crypto_generate(&rsa, &spec));
}

static void
end_all(void)
{
	key_free(&rsa);
	device_shutdown();
}

/* The card's only key, made once. */
static void
begin(int which)
{
	const struct device_new what = { .name = "one",
		.role = KEY_ROLE_SIGN };
	unsigned place;

	kind = &kinds[which];
	say("at 0");
	dev = open_one();
	ok(device_list(dev, &keys));
	if (keys.count == 0) {
		ok(device_login(dev, DEVICE_USER, span_str(PIN)));
		ok(device_import(dev, &what, &rsa, &place));
	}
	device_keys_free(&keys);
	device_free(dev);
	open_again();
}

static int
tries(void)
{
	struct device_info info;

	ok(device_info(dev, &info));
	return info.tries;
}

/* --- what is interrupted -------------------------------------------------- */

static enum cng_status
do_list(void)
{
	struct device_keys found;
	enum cng_status st = device_list(dev, &found);

	if (st == CNG_OK) {
		ck_assert_uint_eq(found.count, 1);
		ck_assert(key_same_public(&found.key[0].public, &rsa));
	}
	device_keys_free(&found);
	return st;
}

static enum cng_status
do_info(void)
{
	struct device_info info;

	return device_info(dev, &info);
}

static enum cng_status
do_login(void)
{
	return device_login(dev, DEVICE_USER, span_str(PIN));
}

static enum cng_status
do_wrong(void)
{
	return device_login(dev, DEVICE_USER, span_str(WRONG));
}

static enum cng_status
do_sign(void)
{
	const struct key_op op = { .scheme = OP_RSA_PKCS1,
		.hash = HASH_SHA256 };
	struct span text = span_str("to be signed");
	struct crypto_key *public;
	uint8_t out[512];
	struct wr w = wr_of(out, sizeof out);
	enum cng_status st = crypto_sign(held, &op, text, &w);

	if (st == CNG_OK) {
		ok(crypto_key_new(&public, &rsa));
		ok(crypto_verify(public, &op, text, span_of(out, w.len)));
		crypto_key_free(public);
	}
	return st;
}

struct work {
	const char *name;
	enum cng_status (*run)(void);
	bool logged_in;
};

static const struct work works[] = {
	{ "info", do_info, true },
	{ "list", do_list, true },
	{ "list, nobody logged in", do_list, false },
	{ "login", do_login, false },
	{ "sign", do_sign, true },
};

static bool
asks_each_time(const struct work *work)
{
	return work->run == do_sign && key->pin == DEVICE_PIN_ALWAYS;
}

static void
prepare(const struct work *work)
{
	device_logout(dev);
	if (work->logged_in)
		ok(do_login());
	if (asks_each_time(work))
		ok(device_login_once(dev, span_str(PIN)));
}

/* How many commands it takes, from where prepare has left it. */
static int
commands_of(const struct work *work)
{
	int count;

	prepare(work);
	say("at 0");
	ok(work->run());
	count = say("transmits");
	ck_assert_int_gt(count, 0);
	return count;
}

/* --- resets --------------------------------------------------------------- */

START_TEST(reset_at_each)
{
	begin(_i);
	for (size_t w = 0; w < ARRAY_LEN(works); w++) {
		int count = commands_of(&works[w]), said, most;

		prepare(&works[w]);
		said = say("verifies");
		ok(works[w].run());
		/* that of the login, and that for this use */
		most = say("verifies") - said + 1 +
		    asks_each_time(&works[w]);
		for (int i = 1; i <= count; i++) {
			prepare(&works[w]);
			said = say("verifies");
			say_at(i, "reset");
			ck_assert_msg(works[w].run() == CNG_OK,
			    "%s: %s, reset at %d", kind->reader,
			    works[w].name, i);
			ck_assert_int_le(say("verifies") - said, most);
			say("at 0");
		}
	}
	close_it();
}
END_TEST

/* A wrong PIN costs one try, whenever the card was reset. */
START_TEST(wrong_once)
{
	const struct work wrong = { "wrong PIN", do_wrong, false };
	int count, before;

	begin(_i);
	prepare(&wrong);
	say("at 0");
	ck_assert_int_eq(do_wrong(), CNG_ERR_PIN_WRONG);
	count = say("transmits");
	ck_assert_int_gt(count, 0);
	for (int i = 1; i <= count; i++) {
		ok(do_login());
		prepare(&wrong);
		before = tries();
		say_at(i, "reset");
		ck_assert_int_eq(do_wrong(), CNG_ERR_PIN_WRONG);
		say("at 0");
		ck_assert_int_eq(tries(), before - 1);
		/* nobody has kept it */
		say("reset");
		ok(do_list());
		ck_assert_int_eq(tries(), before - 1);
	}
	ok(do_login());
	close_it();
}
END_TEST

/* The PIN that stood was changed by another program: it is tried once. */
START_TEST(stale_once)
{
	struct device *other;
	int before;

	begin(_i);
	ok(do_login());
	before = tries();
	other = open_one();
	ok(device_login(other, DEVICE_USER, span_str(PIN)));
	ok(device_set_pin(other, DEVICE_USER, span_str(PIN),
	    span_str(WRONG)));
	say("reset");
	ck_assert_int_eq(do_sign(), CNG_ERR_NOT_LOGGED_IN);
	for (int i = 0; i < 3; i++) {
		say("reset");
		ck_assert_int_eq(do_sign(), CNG_ERR_NOT_LOGGED_IN);
	}
	ck_assert_int_eq(tries(), before - 1);
	ok(device_login(other, DEVICE_USER, span_str(WRONG)));
	ok(device_set_pin(other, DEVICE_USER, span_str(WRONG),
	    span_str(PIN)));
	device_free(other);
	ok(do_login());
	close_it();
}
END_TEST

/* As another program does it: within a transaction of its own. */
START_TEST(reset_by_another)
{
	struct card_link *link;
	int said;

	begin(_i);
	ok(do_login());
	ok(pcsc_open(&link, kind->reader));
	for (int i = 0; i < 3; i++) {
		ok(link->ops->begin(link));
		link->ops->end(link, true);
		/* it does not know itself what it has done */
		ck_assert_int_eq(link->ops->begin(link),
		    CNG_ERR_DEVICE_RESET);
		ok(link->ops->recover(link));
		said = say("verifies");
		ok(do_list());
		ck_assert_int_eq(say("verifies") - said, 1);
		ok(do_info());
		ck_assert_int_eq(say("verifies") - said, 1);
	}
	link->ops->close(link);
	close_it();
}
END_TEST

/* --- what does not come back ---------------------------------------------- */

struct loss {
	const char *words, *back;
};

static const struct loss losses[] = {
	{ "pull", "insert" },
	{ "fault remove 1", "insert" },
	{ "fault tear 1", "insert" },
	{ "unplug", "plug" },
	{ "down", "up" },
};

static void
lose(const struct work *work, const struct loss *loss, int at)
{
	prepare(work);
	say_at(at, loss->words);
	ck_assert_msg(work->run() == CNG_ERR_DEVICE_REMOVED,
	    "%s: %s, \"%s\" at %d", kind->reader, work->name, loss->words,
	    at);
	say("at 0");
	say("fault remove 0");
	say("fault tear 0");
	say(loss->back);
	/* it stays away, whatever is in the reader now */
	ck_assert_int_eq(work->run(), CNG_ERR_DEVICE_REMOVED);
	ck_assert(!device_is_present(dev));
	close_it();
	open_again();
}

START_TEST(lost_at_each)
{
	begin(_i);
	for (size_t w = 0; w < ARRAY_LEN(works); w++) {
		int count = commands_of(&works[w]);

		for (size_t l = 0; l < ARRAY_LEN(losses); l++) {
			for (int i = 1; i <= count; i++)
				lose(&works[w], &losses[l], i);
		}
	}
	ok(do_login());
	prepare(&works[ARRAY_LEN(works) - 1]);
	ok(do_sign());
	close_it();
}
END_TEST

static Suite *
faults_suite(void)
{
	Suite *suite = suite_create("card/pcsc/faults");
	TCase *tc = tcase_create("at each command");
	const int n = (int)ARRAY_LEN(kinds);

	tcase_add_unchecked_fixture(tc, begin_all, end_all);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, reset_at_each, 0, n);
	tcase_add_loop_test(tc, wrong_once, 0, n);
	tcase_add_loop_test(tc, stale_once, 0, n);
	tcase_add_loop_test(tc, reset_by_another, 0, n);
	tcase_add_loop_test(tc, lost_at_each, 0, n);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(faults_suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
