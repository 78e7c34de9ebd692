/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One store, several users of it: what another token handle or another
 * process does is seen by the next call.
 */
#include "core_fixture.h"
#include "runner.h"
#include "tempdir.h"

#include <sys/wait.h>
#include <unistd.h>

static char dir[TEMPDIR_MAX];
static char path[TEMPDIR_MAX + 16];
static struct token *one, *two;

static struct token *
open_again(void)
{
	struct token *tok;

	ck_assert_int_eq(token_open(&tok, path, true), CNG_OK);
	return tok;
}

/* Both handles have the user logged in. */
static void
setup(void)
{
	tempdir_make(dir);
	ck_assert_int_gt(snprintf(path, sizeof path, "%s/store.db", dir), 0);
	one = token_with_user(path);
	two = open_again();
	ck_assert_int_eq(token_login(two, ROLE_USER, USER_PIN), CNG_OK);
}

static void
teardown(void)
{
	token_free(one);
	token_free(two);
	crypto_shutdown();
	tempdir_remove(dir);
}

static const uint8_t value[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	14, 15, 16 };

static obj_id
make_aes(struct token *tok, const char *label, uint64_t token)
{
	obj_id id;

	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
	    NUM(PROP_TOKEN, token), BYTES(PROP_LABEL, span_str(label)),
	    BYTES(PROP_VALUE, span_of(value, sizeof value))), &id), CNG_OK);
	return id;
}

static size_t
labelled(struct token *tok, const char *label)
{
	return found(tok, PROPS(BYTES(PROP_LABEL, span_str(label))));
}

static enum cng_status
look(struct token *tok, obj_id id)
{
	struct object *obj;
	enum cng_status st = token_object(tok, id, &obj);

	if (st == CNG_OK)
		object_free(obj);
	return st;
}

static enum cng_status
relabel(struct token *tok, obj_id id, const char *label)
{
	return token_set(tok, &rw, id,
	    PROPS(BYTES(PROP_LABEL, span_str(label))));
}

START_TEST(changes_are_seen)
{
	obj_id id = make_aes(one, "a", 1);

	ck_assert_uint_eq(labelled(two, "a"), 1);
	ck_assert_int_eq(look(two, id), CNG_OK);
	ck_assert_int_eq(relabel(one, id, "b"), CNG_OK);
	ck_assert_uint_eq(labelled(two, "a"), 0);
	ck_assert_uint_eq(labelled(two, "b"), 1);
	ck_assert_int_eq(relabel(two, id, "c"), CNG_OK);
	ck_assert_int_eq(relabel(one, id, "d"), CNG_OK);
	ck_assert_uint_eq(labelled(two, "d"), 1);
	ck_assert_int_eq(token_destroy(two, &rw, id), CNG_OK);
	ck_assert_int_eq(look(one, id), CNG_ERR_OBJECT);
	ck_assert_int_eq(relabel(one, id, "e"), CNG_ERR_OBJECT);
	ck_assert_int_eq(token_destroy(one, &rw, id), CNG_ERR_OBJECT);
	ck_assert_uint_eq(found(one, (struct props){ 0 }), 0);
}
END_TEST

START_TEST(session_objects_and_logins_are_their_own)
{
	obj_id id = make_aes(one, "mine", 0);

	ck_assert_uint_eq(labelled(one, "mine"), 1);
	ck_assert_uint_eq(labelled(two, "mine"), 0);
	ck_assert_int_eq(look(two, id), CNG_ERR_OBJECT);
	ck_assert_int_eq(token_logout(two), CNG_OK);
	ck_assert_int_eq(token_logged_in(one), ROLE_USER);
	ck_assert_int_eq(look(one, id), CNG_OK);
}
END_TEST

/* The keys of a login stay good; the next login wants the new PIN. */
START_TEST(a_new_pin_set_elsewhere)
{
	obj_id id = make_aes(one, "a", 1);

	ck_assert_int_eq(token_set_pin(two, USER_PIN, span_str("other-pin")),
	    CNG_OK);
	ck_assert_int_eq(token_logged_in(one), ROLE_USER);
	ck_assert_int_eq(relabel(one, id, "b"), CNG_OK);
	ck_assert_uint_eq(labelled(two, "b"), 1);
	ck_assert_int_eq(token_check_pin(one, USER_PIN), CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_check_pin(one, span_str("other-pin")), CNG_OK);
	ck_assert_int_eq(token_logout(one), CNG_OK);
	ck_assert_int_eq(token_login(one, ROLE_USER, USER_PIN),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_login(one, ROLE_USER, span_str("other-pin")),
	    CNG_OK);
	ck_assert_uint_eq(labelled(one, "b"), 1);
}
END_TEST

static void
make_anew(struct token *tok)
{
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_init(tok, SO_PIN, span_str("anew")), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(token_init_pin(tok, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
}

/* Each is the first call after the token was made anew: none may go on with
 * the old login. */
START_TEST(a_token_made_anew_ends_the_login)
{
	obj_id id = make_aes(one, "old", 1), out, new;
	obj_id session_key = make_aes(one, "session", 0);
	struct object *obj;

	make_anew(two);
	new = make_aes(two, "new", 1);
	switch (_i) {
	case 0:
		ck_assert_int_eq(token_logged_in(one), ROLE_NONE);
		break;
	case 1:
		ck_assert_uint_eq(found(one, (struct props){ 0 }), 0);
		break;
	case 2:
		ck_assert_uint_eq(labelled(one, "new"), 0);
		break;
	case 3:
		ck_assert_int_eq(look(one, id), CNG_ERR_OBJECT);
		break;
	case 4:
		ck_assert_int_eq(look(one, new), CNG_ERR_OBJECT);
		break;
	case 5:
		ck_assert_int_eq(look(one, session_key), CNG_ERR_OBJECT);
		break;
	case 6:
		ck_assert_int_eq(token_create(one, &rw, PROPS(
		    NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_TOKEN, 1)), &out),
		    CNG_ERR_NOT_LOGGED_IN);
		break;
	case 7:
		ck_assert_int_eq(relabel(one, new, "x"), CNG_ERR_OBJECT);
		break;
	case 8:
		ck_assert_int_eq(token_check_pin(one, USER_PIN),
		    CNG_ERR_NOT_LOGGED_IN);
		break;
	default:
		ck_assert_int_eq(token_init(one, SO_PIN, span_str("3rd")),
		    CNG_OK);
		ck_assert_int_eq(token_login(one, ROLE_USER, USER_PIN),
		    CNG_ERR_PIN_NOT_SET);
		ck_assert_int_eq(token_logged_in(two), ROLE_NONE);
		return;
	}
	ck_assert_int_eq(token_logout(one), CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_login(one, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_uint_eq(found(one, (struct props){ 0 }), 1);
	ck_assert_int_eq(token_object(one, new, &obj), CNG_OK);
	object_free(obj);
}
END_TEST

START_TEST(the_so_is_logged_out_too)
{
	ck_assert_int_eq(token_logout(one), CNG_OK);
	ck_assert_int_eq(token_login(one, ROLE_SO, SO_PIN), CNG_OK);
	make_anew(two);
	ck_assert_int_eq(token_init_pin(one, span_str("evil-pin")),
	    CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_login(one, ROLE_USER, span_str("evil-pin")),
	    CNG_ERR_PIN_WRONG);
	ck_assert_int_eq(token_login(one, ROLE_USER, USER_PIN), CNG_OK);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("core multi");
	TCase *tc = tcase_create("multi");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, changes_are_seen);
	tcase_add_test(tc, session_objects_and_logins_are_their_own);
	tcase_add_test(tc, a_new_pin_set_elsewhere);
	tcase_add_loop_test(tc, a_token_made_anew_ends_the_login, 0, 10);
	tcase_add_test(tc, the_so_is_logged_out_too);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
