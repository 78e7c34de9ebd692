/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Cards as tokens, with the real drivers over simulated readers: what a call
 * costs in commands to the card, and what other programs, threads and
 * children do meanwhile.
 */
#include "core_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "core/internal.h"
#include "core/operation.h"
#include "tests/card/pcsc/tell.h"

#define PIN span_str("123456")
#define THREADS 4
#define ROUNDS 12

#define CAREFUL 2                /* of the next: a PIN for each signature */

static const struct app {
	const char *name;
	enum key_family family;
	bool derives;            /* the key, too: it wants the PIN but once */
	int find, sign;          /* commands, when all is warm */
} apps[] = {
	{ "gids", KEY_RSA, false, 1, 2 }, /* it is chosen, then used */
	{ "piv", KEY_EC, true, 1, 1 },
	{ "openpgp", KEY_EC, false, 2, 2 }, /* and names; with the PIN */
};

static _Thread_local int cost; /* of the last signature */

static simcard_tell_fn *tell;
static char reader[32];
static struct conf conf;
static struct token *tok;
static obj_id key;
static char admin_file[40];

static void
ok(enum cng_status st)
{
	ck_assert_msg(st == CNG_OK, "%s", cng_status_text(st));
}

static int
say(const char *words)
{
	int answer = tell(reader, words);

	ck_assert_int_ge(answer, 0);
	return answer;
}

static void
generate(enum key_family family, bool derives)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x03, 0x01, 0x07 };
	const struct props rsa = PROPS(NUM(PROP_MODULUS_BITS, 2048));
	const struct props ec = PROPS(BYTES(PROP_EC_PARAMS,
	    span_of(p256, sizeof p256)));
	struct keygen_request req = { .family = family, .mechanism = 1,
		.public = family == KEY_EC ? ec : rsa,
		.private = PROPS(NUM(PROP_TOKEN, 1), TEXT(PROP_LABEL, "key"),
		    NUM(PROP_DECRYPT, 0), NUM(PROP_UNWRAP, 0),
		    NUM(PROP_DERIVE, derives)) };
	obj_id public;

	ok(token_generate(tok, &rw, &req, &key, &public));
}

/* OpenPGP needs it; for the others it is none. */
static void
write_admin_key(void)
{
	int fd;

	/* again, where the tests share a process */
	snprintf(admin_file, sizeof admin_file,
	    "/tmp/core_card_service_XXXXXX");
	fd = mkstemp(admin_file);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "12345678\n", 9), 9);
	close(fd);
	conf.card_admin_key_file = admin_file;
}

static void
begin(const struct app *app)
{
	char text[64];

	ok(crypto_start());
	snprintf(reader, sizeof reader, "Sim %s", app->name);
	snprintf(text, sizeof text, "%s=%s", reader, app->name);
	tell = simcard_load(text);
	ck_assert(tell != NULL);
	write_admin_key();
	ok(token_open_card(&tok, reader, &conf));
	ok(token_login(tok, ROLE_USER, PIN));
	generate(app->family, app->derives);
	ck_assert_int_eq(unlink(admin_file), 0);
}

static void
end(void)
{
	token_free(tok);
	device_shutdown();
	crypto_shutdown();
}

static enum cng_status
sign_with(struct object *obj)
{
	struct key_op op = { .scheme = object_family(obj) == KEY_RSA ?
		OP_RSA_PKCS1 : OP_ECDSA, .hash = HASH_SHA256 };
	uint8_t sig[256];
	struct wr w = wr_of(sig, sizeof sig);
	struct operation *o;
	enum cng_status st = operation_new(&o, obj, &op, USE_SIGN, 1);

	if (st == CNG_OK && operation_needs_pin(o)) {
		st = token_check_pin(tok, PIN);
		operation_pin_given(o);
	}
	cost = say("count");
	if (st == CNG_OK)
		st = operation_run(o, span_str("text"), &w);
	cost = say("count") - cost;
	operation_free(o);
	return st;
}

static enum cng_status
find_and_sign(void)
{
	struct object *obj;
	enum cng_status st;

	if (found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))) != 1)
		return CNG_ERR_OBJECT;
	st = token_object(tok, key, &obj);
	if (st != CNG_OK)
		return st;
	st = sign_with(obj);
	object_free(obj);
	return st;
}

/* --- what it costs -------------------------------------------------------- */

START_TEST(a_warm_token_asks_little)
{
	const struct app *app = &apps[_i];
	struct token_ready ready;
	struct object *obj;
	uint64_t losses = 0;
	int before;

	begin(app);
	ok(find_and_sign());
	before = say("count");
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 1);
	ck_assert_int_eq(say("count") - before, app->find);
	before = say("count");
	/* nothing, for what does not need the card */
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_TOKEN, 0))), 0);
	ok(token_ready(tok, &ready));
	ck_assert_int_eq(token_logged_in(tok), ROLE_USER);
	ok(token_object(tok, key, &obj));
	ck_assert(token_object_is(tok, key, obj, &losses));
	ck_assert_int_eq(say("count"), before);
	ok(sign_with(obj));
	ck_assert_int_eq(cost, app->sign);
	object_free(obj);
	end();
}
END_TEST

/* --- a PIN for one operation ---------------------------------------------- */

static struct operation *
begun(void)
{
	const struct key_op op = { .scheme = OP_ECDSA, .hash = HASH_SHA256 };
	struct object *obj;
	struct operation *o;

	ok(token_object(tok, key, &obj));
	ok(operation_new(&o, obj, &op, USE_SIGN, 1));
	ck_assert(operation_needs_pin(o));
	object_free(obj);
	return o;
}

static void
give_pin(struct operation *o)
{
	ok(token_check_pin(tok, PIN));
	operation_pin_given(o);
}

static enum cng_status
finish(struct operation *o)
{
	uint8_t sig[256];
	struct wr w = wr_of(sig, sizeof sig);
	enum cng_status st = operation_run(o, span_str("text"), &w);

	operation_free(o);
	return st;
}

/* Does a PIN lie around?  An operation pretends that it had one. */
static bool
is_left(void)
{
	struct operation *o = begun();
	enum cng_status st;

	operation_pin_given(o);
	st = finish(o);
	ck_assert(st == CNG_OK || st == CNG_ERR_NOT_LOGGED_IN);
	return st == CNG_OK;
}

START_TEST(a_pin_ends_with_its_operation)
{
	struct operation *o, *other;
	struct object *obj;

	begin(&apps[CAREFUL]);
	ck_assert(!is_left());
	o = begun();
	give_pin(o);
	operation_free(o);
	ck_assert(!is_left());
	/* one that is kept for the next */
	o = begun();
	give_pin(o);
	o = operation_rest(o);
	ck_assert(!is_left());
	operation_free(o);
	ck_assert(!is_left());
	/* the next of several */
	o = begun();
	give_pin(o);
	ok(operation_again(&other, o, NULL));
	ok(finish(other));
	ck_assert(!is_left());
	operation_free(o);
	/* a call that is a whole use */
	ok(token_object(tok, key, &obj));
	ok(token_check_pin(tok, PIN));
	ok(object_pin_given(&obj));
	object_free(obj);
	ck_assert(!is_left());
	/* what one gives up another has still */
	o = begun();
	other = begun();
	give_pin(o);
	give_pin(other);
	operation_free(o);
	ok(finish(other));
	ck_assert(!is_left());
	end();
}
END_TEST

/* --- others --------------------------------------------------------------- */

static void *
work(void *failed)
{
	for (int i = 0; i < ROUNDS; i++)
		if (find_and_sign() != CNG_OK)
			*(bool *)failed = true;
	return NULL;
}

START_TEST(threads_and_resets)
{
	pthread_t thread[THREADS];
	bool failed[THREADS] = { false };

	begin(&apps[_i]);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, work,
		    &failed[i]), 0);
	for (int i = 0; i < 5; i++) {
		struct timespec step = { 0, 5000000 };

		nanosleep(&step, NULL);
		say("reset");
	}
	for (size_t i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
		ck_assert(!failed[i]);
	}
	ok(find_and_sign());
	ck_assert_int_eq(token_logged_in(tok), ROLE_USER);
	end();
}
END_TEST

START_TEST(a_card_that_is_changed_unseen)
{
	struct token_info info;
	struct object *obj;

	begin(&apps[_i]);
	ok(token_object(tok, key, &obj));
	say("pull");
	say("insert");
	/* its old handles and its login are gone, and nothing is said to it */
	ck_assert_int_eq(token_logged_in(tok), ROLE_NONE);
	ck_assert_int_ne(sign_with(obj), CNG_OK);
	object_free(obj);
	ck_assert_int_eq(token_object(tok, key, &obj), CNG_ERR_OBJECT);
	ok(token_info(tok, &info));
	ck_assert(info.present);
	ck_assert_uint_eq(info.incarnation, 2);
	ok(token_login(tok, ROLE_USER, PIN));
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 1);
	end();
}
END_TEST

/* What the parent has open is not touched by the child, whoever holds it. */
START_TEST(a_child_leaves_it_alone)
{
	struct object *obj;
	int status = -1;
	pid_t child;

	begin(&apps[_i]);
	ok(token_object(tok, key, &obj));
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		device_after_fork();
		token_after_fork(tok);
		status = sign_with(obj) != CNG_OK &&
		    token_logged_in(tok) == ROLE_NONE ? 0 : 1;
		object_free(obj);
		token_free(tok);
		_exit(status);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ok(sign_with(obj));
	object_free(obj);
	ok(find_and_sign());
	end();
}
END_TEST

START_TEST(a_service_that_comes_later)
{
	struct device_readers readers;
	struct obj_ids ids;

	begin(&apps[1]);
	ck_assert_int_eq(tell(NULL, "down"), 0);
	ok(device_readers(&readers));
	ck_assert_uint_eq(readers.count, 0);
	ck_assert_int_eq(token_find(tok, (struct props){ 0 }, &ids),
	    CNG_ERR_DEVICE_REMOVED);
	ck_assert_int_eq(tell(NULL, "up"), 0);
	ok(device_readers(&readers));
	ck_assert_uint_eq(readers.count, 1);
	device_readers_free(&readers);
	ok(token_login(tok, ROLE_USER, PIN));
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 1);
	end();
}
END_TEST

int
main(void)
{
	const TTest *const each[] = { a_warm_token_asks_little,
		threads_and_resets, a_card_that_is_changed_unseen,
		a_child_leaves_it_alone };
	Suite *suite = suite_create("core_card_service");
	TCase *tcase = tcase_create("core_card_service");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 120);
	for (size_t i = 0; i < ARRAY_LEN(each); i++)
		tcase_add_loop_test(tcase, each[i], 0, ARRAY_LEN(apps));
	tcase_add_test(tcase, a_pin_ends_with_its_operation);
	tcase_add_test(tcase, a_service_that_comes_later);
	suite_add_tcase(suite, tcase);
	/* each test begins with cards of its own */
	srunner_set_fork_status(runner, CK_FORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
