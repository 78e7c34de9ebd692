/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One store, several users of it: what another token handle or another
 * process does is seen by the next call.
 */
#include "core_fixture.h"
#include "tempdir.h"

#include "core/internal.h"
#include "core/twin.h"

#include <sys/stat.h>
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

static void
remove_files(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", ".lock" };
	char name[sizeof path + 8];

	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
		(void)unlink(name);
	}
}

/* Deleted, and made again by somebody else: nobody works on the old file. */
START_TEST(a_store_that_is_replaced)
{
	obj_id id = make_aes(one, "old", 1), new;
	struct token_info info;

	remove_files();
	token_free(two);
	two = token_with_user(path);
	new = make_aes(two, "new", 1);
	ck_assert_int_eq(token_info(two, &info), CNG_OK);
	switch (_i) {
	case 0:
		ck_assert_uint_eq(found(one, (struct props){ 0 }), 0);
		break;
	case 1:
		ck_assert_int_eq(token_login(one, ROLE_USER, USER_PIN),
		    CNG_OK);
		ck_assert_uint_eq(labelled(one, "new"), 1);
		ck_assert_uint_eq(labelled(one, "old"), 0);
		return;
	case 2:
		ck_assert_int_eq(token_info(one, &info), CNG_OK);
		ck_assert_int_eq(info.fault, CNG_OK);
		break;
	default:
		ck_assert_int_eq(relabel(one, id, "x"), CNG_ERR_NO_TOKEN);
		break;
	}
	ck_assert_uint_eq(found(one, (struct props){ 0 }), 0);
	ck_assert_int_eq(token_logged_in(one), ROLE_NONE);
	ck_assert_int_eq(token_login(one, ROLE_USER, USER_PIN), CNG_OK);
	/* the same row, which is another object */
	ck_assert_int_eq(look(one, id), CNG_ERR_OBJECT);
	ck_assert_int_eq(look(one, after_logout(new)), CNG_OK);
}
END_TEST

START_TEST(closing_an_old_store_leaves_the_new_alone)
{
	obj_id new;

	(void)make_aes(one, "old", 1);
	remove_files();
	token_free(two);
	two = token_with_user(path);
	new = make_aes(two, "new", 1);
	token_free(one);
	one = open_again();
	ck_assert_int_eq(token_login(one, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(look(one, new), CNG_OK);
	ck_assert_int_eq(look(two, new), CNG_OK);
}
END_TEST

START_TEST(a_store_that_is_deleted)
{
	struct token_info info;
	obj_id id;

	(void)make_aes(one, "old", 1);
	remove_files();
	ck_assert_int_eq(token_info(one, &info), CNG_OK);
	ck_assert_int_eq(info.fault, CNG_ERR_NO_TOKEN);
	ck_assert_int_eq(token_logged_in(one), ROLE_NONE);
	ck_assert_uint_eq(found(two, (struct props){ 0 }), 0);
	ck_assert_int_eq(token_create(two, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_DATA), NUM(PROP_TOKEN, 1)), &id),
	    CNG_ERR_NO_TOKEN);
	/* and can be made again */
	ck_assert_int_eq(token_init(one, SO_PIN, span_str("again")), CNG_OK);
	ck_assert_int_eq(token_info(two, &info), CNG_OK);
	ck_assert_str_eq(info.label, "again");
}
END_TEST

/* --- several processes --------------------------------------------------- */

#define ROUNDS 40

/* In a process of its own: done is what it did with a handle of its own. */
static pid_t
start_process(int (*work)(struct token *, obj_id), obj_id id)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct token *tok = NULL;
		int failed = 100;

		crypto_after_fork();
		token_after_fork(one);
		token_after_fork(two);
		if (token_open(&tok, path, false) == CNG_OK &&
		    token_login(tok, ROLE_USER, USER_PIN) == CNG_OK)
			failed = work(tok, id);
		_exit(failed);
	}
	return pid;
}

static void
wait_for(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}

static int
relabel_often(struct token *tok, obj_id id)
{
	char label[16];

	for (int i = 0; i < ROUNDS; i++) {
		snprintf(label, sizeof label, "%d", i);
		if (relabel(tok, id, label) != CNG_OK)
			return 1;
	}
	return 0;
}

/* Whoever loses the race for a version tries again with the next. */
START_TEST(changes_of_many_all_succeed)
{
	obj_id id = make_aes(one, "a", 1);
	pid_t pid[3];

	for (size_t i = 0; i < 3; i++)
		pid[i] = start_process(relabel_often, id);
	for (size_t i = 0; i < 3; i++)
		wait_for(pid[i]);
	ck_assert_uint_eq(labelled(one, "39"), 1);
	ck_assert_uint_eq(labelled(two, "39"), 1);
}
END_TEST

static int
make_and_delete(struct token *tok, obj_id id)
{
	if (look(tok, id) != CNG_OK || token_destroy(tok, &rw, id) != CNG_OK)
		return 1;
	(void)make_aes(tok, "from the other process", 1);
	return 0;
}

START_TEST(another_process_makes_and_deletes)
{
	obj_id id = make_aes(one, "a", 1);

	wait_for(start_process(make_and_delete, id));
	ck_assert_int_eq(look(one, id), CNG_ERR_OBJECT);
	ck_assert_int_eq(relabel(two, id, "b"), CNG_ERR_OBJECT);
	ck_assert_uint_eq(labelled(one, "from the other process"), 1);
	ck_assert_uint_eq(labelled(two, "from the other process"), 1);
}
END_TEST

static int
init_anew(struct token *tok, obj_id id)
{
	(void)id;
	return token_logout(tok) != CNG_OK ||
	    token_init(tok, SO_PIN, span_str("anew")) != CNG_OK;
}

START_TEST(another_process_makes_the_token_anew)
{
	obj_id id = make_aes(one, "a", 1);
	struct token_info info;

	wait_for(start_process(init_anew, id));
	ck_assert_int_eq(look(one, id), CNG_ERR_OBJECT);
	ck_assert_int_eq(token_logged_in(one), ROLE_NONE);
	ck_assert_int_eq(token_info(two, &info), CNG_OK);
	ck_assert_str_eq(info.label, "anew");
	ck_assert(!info.user_pin_set);
	ck_assert_int_eq(token_logged_in(two), ROLE_NONE);
}
END_TEST

static int
use_inherited(struct token *tok, obj_id id)
{
	(void)tok;
	/* the login and the handle came with the fork */
	if (token_logged_in(one) != ROLE_USER || look(one, id) != CNG_OK)
		return 1;
	return relabel(one, id, "by the child") != CNG_OK;
}

START_TEST(a_child_works_on_with_what_it_inherits)
{
	obj_id id = make_aes(one, "a", 1);

	wait_for(start_process(use_inherited, id));
	ck_assert_uint_eq(labelled(one, "by the child"), 1);
	ck_assert_int_eq(relabel(one, id, "by the parent"), CNG_OK);
	ck_assert_uint_eq(labelled(two, "by the parent"), 1);
}
END_TEST

/* The legacy twin of a name goes when no key has that name any more. */
START_TEST(a_name_is_changed)
{
	char folder[TEMPDIR_MAX + 32], file[TEMPDIR_MAX + 64];
	FILE *f;
	obj_id id;

	(void)snprintf(folder, sizeof folder, "%s" TWIN_FOLDER, path);
	(void)snprintf(file, sizeof file, "%s/old.pvk", folder);
	ck_assert_int_eq(token_create(one, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
	    NUM(PROP_TOKEN, 1), BYTES(PROP_NAME, span_str("old")),
	    BYTES(PROP_VALUE, span_of(value, sizeof value))), &id), CNG_OK);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	f = fopen(file, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(relabel(one, id, "label"), CNG_OK);
	ck_assert_int_eq(token_set(one, &rw, id, PROPS(
	    BYTES(PROP_NAME, span_str("old")))), CNG_OK);
	ck_assert_int_eq(access(file, F_OK), 0);
	ck_assert_int_eq(token_set(one, &rw, id, PROPS(
	    BYTES(PROP_NAME, span_str("new")))), CNG_OK);
	ck_assert_int_ne(access(file, F_OK), 0);
	ck_assert_int_eq(rmdir(folder), 0);
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
	tcase_add_loop_test(tc, a_store_that_is_replaced, 0, 4);
	tcase_add_test(tc, closing_an_old_store_leaves_the_new_alone);
	tcase_add_test(tc, a_store_that_is_deleted);
	tcase_add_test(tc, a_name_is_changed);
	tcase_add_test(tc, changes_of_many_all_succeed);
	tcase_add_test(tc, another_process_makes_and_deletes);
	tcase_add_test(tc, another_process_makes_the_token_anew);
	tcase_add_test(tc, a_child_works_on_with_what_it_inherits);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
