/* SPDX-License-Identifier: BSD-2-Clause
 *
 * When the PIN of a login is said again, to which card, and when it is not.
 */
#include "card_link_sim.h"

#include "base/log.h"
#include "base/util.h"
#include "crypto/crypto.h"
#include "store/card/device_work.h"
#include "tests/unit/runner.h"

#define PIN span_str("123456")
#define OTHER_PIN span_str("654321")
#define TRIES 3

static const char *const apps[] = { "gids", "piv", "openpgp" };

static struct sim *sim;
static struct card_link *link;
static struct device *dev;

static void
ok(enum cng_status st)
{
	ck_assert_msg(st == CNG_OK, "%s", cng_status_text(st));
}

static struct sim *
card_of(const char *app, const char *pin)
{
	const struct sim_options options = { .apps = app, .pin = pin };
	struct sim *made = sim_new(&options);

	ck_assert_ptr_nonnull(made);
	return made;
}

static void
begin(const char *app)
{
	ok(crypto_start());
	sim = card_of(app, NULL);
	ok(card_link_sim_device(&dev, sim, span_of(NULL, 0), &link));
	ok(device_login(dev, DEVICE_USER, PIN));
	ck_assert(device_is_logged_in(dev));
}

static void
end(void)
{
	device_free(dev);
	sim_free(sim);
	crypto_shutdown();
}

static enum cng_status
list(struct device *of)
{
	struct device_keys keys;
	enum cng_status st = device_list(of, &keys);

	device_keys_free(&keys);
	return st;
}

static int
tries_of(struct device *of)
{
	struct device_info info;

	ok(device_info(of, &info));
	return info.tries;
}

/* Another program resets the card before the next command. */
static void
reset(void)
{
	card_link_sim_reset_at(link, 1);
}

START_TEST(the_pin_is_said_again_after_a_reset)
{
	begin(apps[_i]);
	reset();
	ok(list(dev));
	ck_assert(device_is_logged_in(dev));
	end();
}
END_TEST

/* Neither is the card told a PIN that is not its own, nor is anything done
 * with what it has. */
START_TEST(another_card_does_not_hear_it)
{
	struct sim *other;
	struct device *fresh;
	struct device_info info;

	begin(apps[_i]);
	other = card_of(apps[_i], "654321");
	card_link_sim_swap(link, other);
	ck_assert_int_eq(list(dev), CNG_ERR_DEVICE_REMOVED);
	ck_assert(!device_is_present(dev));
	ck_assert(!device_is_logged_in(dev));
	ok(card_link_sim_device(&fresh, other, span_of(NULL, 0), NULL));
	ok(device_info(fresh, &info));
	ck_assert_int_eq(info.tries, TRIES);
	ck_assert(!info.logged_in);
	device_free(fresh);
	end();
	sim_free(other);
}
END_TEST

START_TEST(a_changed_pin_costs_one_try)
{
	struct device *second;

	begin(apps[_i]);
	ok(card_link_sim_device(&second, sim, span_of(NULL, 0), NULL));
	ok(device_set_pin(second, DEVICE_USER, PIN, OTHER_PIN));
	device_free(second);
	reset();
	ck_assert_int_eq(list(dev), CNG_ERR_NOT_LOGGED_IN);
	ck_assert(!device_is_logged_in(dev));
	ck_assert_int_eq(tries_of(dev), TRIES - 1);
	for (int i = 0; i < 3; i++) {
		reset();
		ok(list(dev));
		ck_assert_int_eq(tries_of(dev), TRIES - 1);
	}
	ok(device_login(dev, DEVICE_USER, OTHER_PIN));
	end();
}
END_TEST

START_TEST(the_last_try_is_a_persons)
{
	struct device *second;

	begin(apps[_i]);
	ok(card_link_sim_device(&second, sim, span_of(NULL, 0), NULL));
	for (int i = 1; i < TRIES; i++)
		ck_assert_int_eq(device_login(second, DEVICE_USER, OTHER_PIN),
		    CNG_ERR_PIN_WRONG);
	device_free(second);
	reset();
	ck_assert_int_eq(list(dev), CNG_ERR_NOT_LOGGED_IN);
	ck_assert(!device_is_logged_in(dev));
	ck_assert_int_eq(tries_of(dev), 1);
	ok(device_login(dev, DEVICE_USER, PIN));
	end();
}
END_TEST

/* A wrong PIN for one use is counted; the login stands, and says its own
 * before it is needed. */
START_TEST(a_wrong_pin_for_one_use)
{
	begin(apps[_i]);
	ck_assert_int_eq(device_login_once(dev, OTHER_PIN),
	    CNG_ERR_PIN_WRONG);
	ck_assert(device_is_logged_in(dev));
	ok(list(dev));
	ck_assert(device_is_logged_in(dev));
	end();
}
END_TEST

/* A PIN that stands, and one for a use, are the new ones from then on: the old
 * ones are not said again. */
START_TEST(a_new_pin_costs_no_try)
{
	begin(apps[_i]);
	ok(device_login_once(dev, PIN));
	ok(device_set_pin(dev, DEVICE_USER, PIN, OTHER_PIN));
	ck_assert(span_equal(secret_span(&dev->once), OTHER_PIN));
	reset();
	ok(list(dev));
	ck_assert(device_is_logged_in(dev));
	reset();
	ck_assert_int_eq(tries_of(dev), TRIES);
	end();
}
END_TEST

/* PUK, administrator's key, PW3. */
START_TEST(unblocking_costs_no_try)
{
	static const char *const codes[] = {
		"010203040506070801020304050607080102030405060708",
		"12345678", "12345678",
	};

	begin(apps[_i]);
	ok(device_unblock(dev, span_str(codes[_i]), OTHER_PIN));
	ck_assert(!device_is_logged_in(dev));
	reset();
	ok(list(dev));
	reset();
	ck_assert_int_eq(tries_of(dev), TRIES);
	ok(device_login(dev, DEVICE_USER, OTHER_PIN));
	end();
}
END_TEST

/* Words of older cards for a wrong PIN: tries left, or not a word of them. */
static bool
older_words(void *arg, struct span command, uint8_t *answer, size_t *len)
{
	const uint8_t *sw = arg;

	if (command.ptr[1] != 0x20 || command.len < 6)
		return false;
	memcpy(answer, sw, 2);
	*len = 2;
	return true;
}

START_TEST(a_wrong_pin_in_other_words)
{
	static uint8_t words[][2] = { { 0x63, 0x02 }, { 0x63, 0x00 },
		{ 0x63, 0xc0 }, { 0x69, 0x83 } };
	static const enum cng_status meanings[] = { CNG_ERR_PIN_WRONG,
		CNG_ERR_PIN_WRONG, CNG_ERR_PIN_LOCKED, CNG_ERR_PIN_LOCKED };

	begin(apps[_i]);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		card_link_sim_lie(link, older_words, words[i]);
		ck_assert_int_eq(device_login(dev, DEVICE_USER, PIN),
		    meanings[i]);
	}
	card_link_sim_lie(link, NULL, NULL);
	end();
}
END_TEST

/* --- administrators ------------------------------------------------------ */

/* What another program may do to the card that has no key to it. */
static uint16_t
write_as_other(struct span select, struct span write)
{
	struct card_link *other = card_link_sim_new(sim, false);
	static uint8_t answer[SIM_MAX];
	size_t len = 0;

	ok(other->ops->begin(other));
	ok(other->ops->transmit(other, select, answer, sizeof answer, &len));
	ok(other->ops->transmit(other, write, answer, sizeof answer, &len));
	other->ops->end(other, false);
	other->ops->close(other);
	return (uint16_t)(answer[len - 2] << 8 | answer[len - 1]);
}

START_TEST(the_card_forgets_its_administrator)
{
	static const uint8_t aid[] = { 0, 0xa4, 4, 0, 5, 0xa0, 0, 0, 3, 8 };
	static const uint8_t put[] = { 0, 0xdb, 0x3f, 0xff, 7, 0x5c, 3, 0x5f,
		0xc1, 0x05, 0x53, 0 };
	const struct span select = span_of(aid, sizeof aid);
	const struct span write = span_of(put, sizeof put);
	const struct device_new what = { .name = "key" };
	struct key_material shape = { .family = KEY_EC,
		.curve = CURVE_P256 }, public = { 0 };
	unsigned place;

	begin("piv");
	ok(device_generate(dev, &what, &shape, 256, &public, &place));
	key_free(&public);
	ck_assert_uint_eq(write_as_other(select, write), SW_OK);
	device_logout(dev);
	ck_assert_uint_eq(write_as_other(select, write), 0x6982);
	/* and it goes on */
	ok(device_login(dev, DEVICE_USER, PIN));
	ok(list(dev));
	end();
}
END_TEST

/* --- logouts that a card refuses ----------------------------------------- */

static bool
no_logout(void *arg, struct span command, uint8_t *answer, size_t *len)
{
	static const uint8_t piv[] = { 0, 0x20, 0xff, 0x80 };
	static const uint8_t gids[] = { 0, 0x20, 0, 0x82 };

	if (command.len < 4 || (memcmp(command.ptr, piv, 4) != 0 &&
		memcmp(command.ptr, gids, 4) != 0))
		return false;
	++*(int *)arg;
	memcpy(answer, "\x6a\x86", 2);
	*len = 2;
	return true;
}

/* OpenPGP, the third, is selected again then. */
START_TEST(a_refused_logout_is_one_all_the_same)
{
	static const uint8_t ask[] = { 0, 0x20, 0, 0x80 };
	const struct span status = span_of(ask, sizeof ask);
	int refused = 0;

	begin(apps[_i]);
	card_link_sim_lie(link, no_logout, &refused);
	ck_assert_uint_eq(write_as_other(status, status), SW_OK);
	device_logout(dev);
	ck_assert_int_eq(refused, 1);
	/* nothing is selected any more */
	ck_assert_uint_eq(write_as_other(status, status), 0x6d00);
	/* and it goes on */
	ok(device_login(dev, DEVICE_USER, PIN));
	ok(list(dev));
	end();
}
END_TEST

/* Another program has selected OpenPGP since, and has its PIN there. */
START_TEST(a_logout_leaves_other_applications_alone)
{
	static const char *const both[] = { "gids,openpgp", "piv,openpgp" };
	static const uint8_t aid[] = { 0, 0xa4, 4, 0, 6, 0xd2, 0x76, 0, 1,
		0x24, 1 };
	static const uint8_t verify[] = { 0, 0x20, 0, 0x81, 6, '1', '2', '3',
		'4', '5', '6' };
	const struct span ask = span_of(verify, 4);

	begin(both[_i]);
	ck_assert_uint_eq(write_as_other(span_of(aid, sizeof aid),
	    span_of(verify, sizeof verify)), SW_OK);
	device_logout(dev);
	ck_assert_uint_eq(write_as_other(ask, ask), SW_OK);
	end();
}
END_TEST

/* --- how old a list is --------------------------------------------------- */

START_TEST(an_old_list_is_read_again)
{
	uint64_t before, after;

	begin(apps[_i]);
	ok(list(dev));
	ok(device_stamp(dev, &before));
	dev->listed -= 60;
	ok(device_stamp(dev, &after));
	/* but GIDS counts */
	ck_assert_int_eq(before == after, _i == 0);
	end();
}
END_TEST

/* --- keys that want it each time ------------------------------------------ */

static enum cng_status
sign(struct key_holder *holder)
{
	const struct key_op op = { .scheme = OP_ECDSA };
	uint8_t digest[32] = { 1 }, out[64];
	struct wr w = wr_of(out, sizeof out);

	return holder->ops->run(holder, &op, HOLDER_SIGN,
	    span_of(digest, sizeof digest), &w);
}

START_TEST(one_pin_for_one_use)
{
	const struct device_new what = { .name = "key",
		.role = KEY_ROLE_SIGN, .pin = DEVICE_PIN_ALWAYS,
		.has_pin_policy = true, .has_place = true, .place = 0x9c };
	struct key_material shape = { .family = KEY_EC,
		.curve = CURVE_P256 }, public = { 0 };
	struct device_keys keys;
	struct key_holder *holder;
	unsigned place;

	begin("piv");
	ok(device_generate(dev, &what, &shape, 256, &public, &place));
	key_free(&public);
	ok(device_list(dev, &keys));
	ck_assert_uint_eq(keys.count, 1);
	ck_assert_int_eq(keys.key[0].pin, DEVICE_PIN_ALWAYS);
	ok(device_holder(dev, &keys.key[0], &holder));
	device_keys_free(&keys);
	ck_assert_int_eq(sign(holder), CNG_ERR_NOT_LOGGED_IN);
	/* two threads have said it, each for a use of its own */
	ok(device_login_once(dev, PIN));
	ok(device_login_once(dev, PIN));
	ok(sign(holder));
	holder->ops->done(holder);
	ok(sign(holder));
	holder->ops->done(holder);
	ck_assert_int_eq(sign(holder), CNG_ERR_NOT_LOGGED_IN);
	/* for one that never came to be */
	ok(device_login_once(dev, PIN));
	holder->ops->done(holder);
	ck_assert_uint_eq(dev->once.len, 0);
	ck_assert_int_eq(sign(holder), CNG_ERR_NOT_LOGGED_IN);
	holder->ops->done(holder);
	ok(device_login_once(dev, PIN));
	reset();
	ok(sign(holder));
	device_logout(dev);
	ck_assert(!device_is_logged_in(dev));
	holder->ops->free(holder);
	end();
}
END_TEST

int
main(void)
{
	const TTest *const each[] = { the_pin_is_said_again_after_a_reset,
		another_card_does_not_hear_it, a_changed_pin_costs_one_try,
		the_last_try_is_a_persons, a_wrong_pin_for_one_use,
		a_new_pin_costs_no_try, unblocking_costs_no_try,
		a_wrong_pin_in_other_words, an_old_list_is_read_again };
	Suite *suite = suite_create("card_device");
	TCase *tcase = tcase_create("card_device");
	SRunner *runner = srunner_create(suite);
	int failed;

	for (size_t i = 0; i < ARRAY_LEN(each); i++)
		tcase_add_loop_test(tcase, each[i], 0, ARRAY_LEN(apps));
	tcase_add_test(tcase, the_card_forgets_its_administrator);
	tcase_add_loop_test(tcase, a_refused_logout_is_one_all_the_same, 0, 2);
	tcase_add_loop_test(tcase, a_logout_leaves_other_applications_alone, 0,
	    2);
	tcase_add_test(tcase, one_pin_for_one_use);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
