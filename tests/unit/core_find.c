/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Many searches: answers from memory are those of the store, and what was
 * believed without a look is looked at before it is used.
 */
#include "core_fixture.h"
#include "tempdir.h"

#include "core/internal.h"
#include "store/sql/internal.h"

#include <stdio.h>

#define KEYS 200

static char dir[TEMPDIR_MAX];
static char path[TEMPDIR_MAX + 16];
static struct token *tok;
static const uint8_t value[32] = { 7 };

static void
setup(void)
{
	tempdir_make(dir);
	ck_assert_int_gt(snprintf(path, sizeof path, "%s/store.db", dir), 0);
	tok = token_with_user(path);
}

static void
teardown(void)
{
	token_free(tok);
	crypto_shutdown();
	tempdir_remove(dir);
}

static obj_id
make(struct token *at, uint64_t private, const char *label)
{
	obj_id id;

	ck_assert_int_eq(token_create(at, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
	    NUM(PROP_TOKEN, 1), NUM(PROP_PRIVATE, private),
	    BYTES(PROP_LABEL, span_str(label)),
	    BYTES(PROP_VALUE, span_of(value, sizeof value))), &id), CNG_OK);
	return id;
}

static bool
in_memory(void)
{
	bool read;

	lock_take(&tok->lock);
	read = tok->tags.read;
	lock_drop(&tok->lock);
	return read;
}

static size_t
claims(void)
{
	size_t count;

	lock_take(&tok->lock);
	count = tok->tags.claims.count;
	lock_drop(&tok->lock);
	return count;
}

/* Searches until the answers come from memory. */
static void
search_often(void)
{
	for (int i = 0; i == 0 || (i < KEYS && !in_memory()); i++)
		(void)found(tok, PROPS(TEXT(PROP_LABEL, "none")));
	ck_assert(in_memory());
}

/* The only one with that label. */
static obj_id
labelled(const char *label)
{
	struct obj_ids ids;
	obj_id id;

	ck_assert_int_eq(token_find(tok,
	    PROPS(BYTES(PROP_LABEL, span_str(label))), &ids), CNG_OK);
	ck_assert_uint_eq(ids.count, 1);
	id = ids.id[0];
	mem_free(ids.id);
	return id;
}

static enum cng_status
look(obj_id id)
{
	struct object *obj;
	enum cng_status st = token_object(tok, id, &obj);

	if (st == CNG_OK)
		object_free(obj);
	return st;
}

/* With the checksums of pages right. */
static void
edit(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sql_connect(&db, path, false), CNG_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static void
fill(obj_id *id)
{
	char label[16];

	for (unsigned i = 0; i < KEYS; i++) {
		snprintf(label, sizeof label, "key %u", i);
		id[i] = make(tok, i % 2, label);
	}
}

START_TEST(memory_answers_as_the_store)
{
	obj_id id[KEYS];
	char label[16];

	fill(id);
	for (int round = 0; round < 3; round++) {
		for (unsigned i = 0; i < KEYS; i++) {
			struct span is = span_str(label);

			snprintf(label, sizeof label, "key %u", i);
			is = span_str(label);
			ck_assert_uint_eq(labelled(label), id[i]);
			ck_assert_uint_eq(found(tok, PROPS(
			    BYTES(PROP_LABEL, is),
			    NUM(PROP_CLASS, OBJ_SECRET),
			    NUM(PROP_PRIVATE, i % 2))), 1);
			ck_assert_uint_eq(found(tok, PROPS(
			    BYTES(PROP_LABEL, is),
			    NUM(PROP_PRIVATE, 1 - i % 2))), 0);
			ck_assert_uint_eq(found(tok, PROPS(
			    BYTES(PROP_LABEL, is),
			    NUM(PROP_CLASS, OBJ_DATA))), 0);
			ck_assert_uint_eq(found(tok, PROPS(
			    BYTES(PROP_LABEL, is),
			    NUM(PROP_KEY_FAMILY, KEY_AES))), 1);
			ck_assert_uint_eq(found(tok, PROPS(
			    BYTES(PROP_LABEL, is),
			    NUM(PROP_KEY_FAMILY, KEY_GENERIC))), 0);
		}
		ck_assert(in_memory());
	}
	for (unsigned i = 0; i < KEYS; i++)
		ck_assert_int_eq(look(id[i]), CNG_OK);
	ck_assert_uint_eq(claims(), 0);
}
END_TEST

START_TEST(changes_are_seen)
{
	struct token *other;
	obj_id one = make(tok, 1, "one"), two;

	ck_assert_int_eq(token_open(&other, path, false), CNG_OK);
	ck_assert_int_eq(token_login(other, ROLE_USER, USER_PIN), CNG_OK);
	search_often();
	ck_assert_uint_eq(labelled("one"), one);
	ck_assert_uint_eq(claims(), 1);
	two = make(other, 1, "two");
	ck_assert_uint_eq(labelled("two"), two);
	search_often();
	ck_assert_int_eq(token_destroy(tok, &rw, two), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "two"))), 0);
	search_often();
	ck_assert_uint_eq(labelled("one"), one);
	ck_assert_int_eq(look(one), CNG_OK);
	ck_assert_uint_eq(claims(), 0);
	two = make(other, 1, "two");
	search_often();
	ck_assert_uint_eq(labelled("two"), two);
	/* both are renamed; the one that was never looked at is not what was
	 * asked for any more */
	ck_assert_int_eq(token_set(other, &rw, one,
	    PROPS(TEXT(PROP_LABEL, "three"))), CNG_OK);
	ck_assert_int_eq(token_set(other, &rw, two,
	    PROPS(TEXT(PROP_LABEL, "four"))), CNG_OK);
	ck_assert_int_eq(look(one), CNG_OK);
	ck_assert_int_eq(look(two), CNG_ERR_OBJECT);
	ck_assert_uint_eq(labelled("four"), two);
	ck_assert_int_eq(look(two), CNG_OK);
	token_free(other);
}
END_TEST

START_TEST(a_login_that_is_over)
{
	(void)make(tok, 1, "one");
	(void)make(tok, 0, "two");
	search_often();
	(void)labelled("one");
	(void)labelled("two");
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_uint_eq(claims(), 0);
	for (int i = 0; i < 5; i++) {
		ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "one"))),
		    0);
		ck_assert_int_eq(look(labelled("two")), CNG_OK);
	}
	ck_assert(in_memory());
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(look(labelled("one")), CNG_OK);
	ck_assert_int_eq(look(labelled("two")), CNG_OK);
}
END_TEST

/* The index says that two keys have each other's labels. */
START_TEST(an_edited_index_is_noticed)
{
	uint64_t private = _i == 1;
	obj_id one = make(tok, private, "one");
	obj_id two = make(tok, private, "two");

	ck_assert_int_eq(look(one), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	if (private) {
		one = after_logout(one);
		two = after_logout(two);
	}
	edit("UPDATE tag SET record = 100 + record;"
	    "UPDATE tag SET record = 103 - record");
	search_often();
	ck_assert_uint_eq(labelled("one"), two);
	ck_assert_int_eq(look(two), CNG_ERR_STORE_CORRUPT);
	ck_assert_int_eq(look(two), CNG_ERR_STORE_CORRUPT);
	/* also when somebody writes in between */
	edit("UPDATE tag SET record = record");
	ck_assert_int_eq(look(two), CNG_ERR_OBJECT);
	ck_assert_int_eq(look(one), CNG_OK);
	search_often();
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "two"))), 0);
}
END_TEST

/* A kind in the index that the record does not have. */
START_TEST(an_edited_kind_is_noticed)
{
	obj_id one = make(tok, 1, "one");

	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	one = after_logout(one);
	edit("UPDATE record SET kind = kind + 1");
	search_often();
	ck_assert_uint_eq(labelled("one"), one);
	ck_assert_int_eq(look(one), CNG_ERR_STORE_CORRUPT);
}
END_TEST

/* The same label on many, and on private and public ones. */
START_TEST(many_of_one_name)
{
	for (unsigned i = 0; i < KEYS; i++)
		(void)make(tok, i % 2, "same");
	for (int i = 0; i < KEYS; i++)
		ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "same"))),
		    KEYS);
	ck_assert(in_memory());
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "same"),
	    NUM(PROP_PRIVATE, 1))), KEYS / 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("core find");
	TCase *tc = tcase_create("find");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, memory_answers_as_the_store);
	tcase_add_test(tc, changes_are_seen);
	tcase_add_test(tc, a_login_that_is_over);
	tcase_add_loop_test(tc, an_edited_index_is_noticed, 0, 2);
	tcase_add_test(tc, an_edited_kind_is_noticed);
	tcase_add_test(tc, many_of_one_name);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
