/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Somebody else can read and write the store file: secrets are not in it,
 * and what was edited is noticed or does no harm.
 */
#include "core_fixture.h"
#include "tempdir.h"

#include "core/operation.h"
#include "store/sql/internal.h"

static char dir[TEMPDIR_MAX];
static char path[TEMPDIR_MAX + 16];
static struct token *tok;

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

/* --- reading ------------------------------------------------------------- */

static const uint8_t value[32] = "0123456789abcdef a value to find";

static obj_id
make_aes(uint64_t private, const char *label)
{
	obj_id id;

	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
	    NUM(PROP_TOKEN, 1), NUM(PROP_PRIVATE, private),
	    BYTES(PROP_LABEL, span_str(label)),
	    BYTES(PROP_VALUE, span_of(value, sizeof value))), &id), CNG_OK);
	return id;
}

static bool
file_has(const char *suffix, struct span bytes)
{
	char name[sizeof path + 8];
	uint8_t *all;
	size_t len;
	bool has = false;
	FILE *f;

	ck_assert_int_gt(snprintf(name, sizeof name, "%s%s", path, suffix),
	    0);
	f = fopen(name, "rb");
	if (f == NULL)
		return false;
	all = mem_new(1, 1 << 20);
	ck_assert_ptr_nonnull(all);
	len = fread(all, 1, 1 << 20, f);
	ck_assert_uint_lt(len, 1 << 20);
	ck_assert_int_eq(fclose(f), 0);
	for (size_t i = 0; !has && i + bytes.len <= len; i++)
		has = memcmp(all + i, bytes.ptr, bytes.len) == 0;
	mem_free(all);
	return has;
}

static bool
store_has(struct span bytes)
{
	return file_has("", bytes) || file_has("-wal", bytes);
}

START_TEST(no_secret_is_written_in_clear)
{
	struct span secret = span_of(value, sizeof value);

	(void)make_aes(1, "quiet");
	ck_assert(!store_has(secret));
	ck_assert(!store_has(span_str("quiet")));
	(void)make_aes(0, "for all to see");
	ck_assert(store_has(span_str("for all to see")));
	ck_assert(!store_has(secret));
}
END_TEST

static const struct key_op cmac = { .scheme = OP_AES_CMAC, .mac_len = 16 };

static enum cng_status
sign_with(obj_id id)
{
	struct operation *o = NULL;
	struct object *obj;
	enum cng_status st = token_object(tok, id, &obj);

	if (st != CNG_OK)
		return st;
	st = operation_new(&o, obj, &cmac, USE_SIGN, 0);
	operation_free(o);
	object_free(obj);
	return st;
}

/* A key that is not private is seen without a login, but used with one. */
START_TEST(a_key_for_all_to_see)
{
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof buf);
	struct object *obj;
	obj_id id = make_aes(0, "all"), copy;

	ck_assert_int_eq(token_set(tok, &rw, id, PROPS(NUM(PROP_SIGN, 1))),
	    CNG_OK);
	ck_assert_int_eq(sign_with(id), CNG_OK);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_LABEL, "all"))), 1);
	ck_assert_uint_eq(number_of(tok, id, PROP_VALUE_LEN), sizeof value);
	ck_assert_int_eq(sign_with(id), CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_copy(tok, &rw, id, PROPS(NUM(PROP_TOKEN, 0)),
	    &copy), CNG_ERR_NOT_LOGGED_IN);
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_uint_eq(object_key_bits(obj), 256);
	ck_assert_int_eq(object_bytes(obj, PROP_VALUE, &w),
	    CNG_ERR_PROP_SENSITIVE);
	ck_assert_int_eq(object_bytes(obj, PROP_CHECK_VALUE, &w),
	    CNG_ERR_PROP_SENSITIVE);
	object_free(obj);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(sign_with(id), CNG_OK);
	ck_assert_uint_eq(found(tok, PROPS(BYTES(PROP_VALUE,
	    span_of(value, sizeof value)))), 1);
}
END_TEST

static obj_id
make_pair(uint64_t private)
{
	struct prop curve[] = {
		BYTES(PROP_EC_PARAMS, curve_info(CURVE_P256)->oid_der),
		NUM(PROP_TOKEN, 1),
	};
	struct prop lines[] = {
		NUM(PROP_TOKEN, 1),
		NUM(PROP_PRIVATE, private),
	};
	struct keygen_request req = {
		.family = KEY_EC,
		.public = { curve, 2 },
		.private = { lines, 2 },
	};
	obj_id key, public;

	ck_assert_int_eq(token_generate(tok, &rw, &req, &key, &public),
	    CNG_OK);
	return key;
}

START_TEST(a_private_key_for_all_to_see)
{
	const struct key_op ecdsa = { .scheme = OP_ECDSA };
	struct operation *o;
	struct object *obj;
	obj_id id = make_pair(0);

	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(operation_new(&o, obj, &ecdsa, USE_SIGN, 0),
	    CNG_ERR_NOT_LOGGED_IN);
	object_free(obj);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(operation_new(&o, obj, &ecdsa, USE_SIGN, 0), CNG_OK);
	operation_free(o);
	object_free(obj);
}
END_TEST

/* --- writing ------------------------------------------------------------- */

/* With the module's own way to the file, so that page sums come out right:
 * only the seals are in the way. */
static void
edit(const char *sql)
{
	sqlite3 *db;
	char *error = NULL;

	ck_assert_int_eq(sql_connect(&db, path, false), CNG_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		ck_abort_msg("%s: %s", sql, error);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static size_t
length_of(const char *column, obj_id id)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	char sql[128];
	size_t len;

	snprintf(sql, sizeof sql, "SELECT length(%s) FROM record "
	    "WHERE id = %llu", column, (unsigned long long)(id >> 2));
	ck_assert_int_eq(sql_connect(&db, path, false), CNG_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
	    SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
	len = (size_t)sqlite3_column_int64(stmt, 0);
	ck_assert_int_eq(sqlite3_finalize(stmt), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	return len;
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

static void
log_in_again(void)
{
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
}

static obj_id
make_named(const char *name)
{
	obj_id id;

	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
	    NUM(PROP_TOKEN, 1), BYTES(PROP_NAME, span_str(name)),
	    BYTES(PROP_VALUE, span_of(value, sizeof value))), &id), CNG_OK);
	return id;
}

static void
show_everything(obj_id id)
{
	uint8_t buf[4096];
	uint64_t number;
	struct object *obj;
	size_t shown = 0;

	if (token_object(tok, id, &obj) != CNG_OK)
		return;
	for (int i = 0; i < PROP_MADE_END; i++) {
		struct wr w = wr_of(buf, sizeof buf);

		shown += object_number(obj, (enum prop_id)i, &number) ==
		    CNG_OK;
		shown += object_bytes(obj, (enum prop_id)i, &w) == CNG_OK;
	}
	ck_assert_uint_gt(shown, 0);
	object_free(obj);
}

/* Rows 1 and 2 are private, 3 is not; after each edit row 1 is damaged,
 * and so is row 2 when it says so. */
static const struct {
	const char *sql;
	bool second;
} edits[] = {
	{ "UPDATE record SET sealed = (SELECT sealed FROM record "
	    "WHERE id = 2) WHERE id = 1", false },
	{ "UPDATE record SET sealed = x'' WHERE id = 1", false },
	{ "UPDATE record SET sealed = zeroblob(64) WHERE id = 1", false },
	{ "UPDATE record SET sealed = CAST(sealed || x'00' AS BLOB) "
	    "WHERE id = 1", false },
	{ "UPDATE record SET clear = x'' WHERE id = 1", false },
	{ "UPDATE record SET clear = x'02' WHERE id = 1", false },
	{ "UPDATE record SET clear = CAST(clear || x'00' AS BLOB) "
	    "WHERE id = 1", false },
	{ "UPDATE record SET clear = (SELECT clear FROM record "
	    "WHERE id = 3) WHERE id = 1", false },
	{ "UPDATE record SET kind = kind + 1 WHERE id = 1", false },
	{ "UPDATE record SET kind = kind & 0xffff WHERE id = 1", false },
	{ "UPDATE record SET kind = 4294967296 WHERE id = 1", false },
	{ "UPDATE record SET version = version + 1 WHERE id = 1", false },
	{ "UPDATE record SET version = -1 WHERE id = 1", false },
	{ "UPDATE record SET uid = zeroblob(16) WHERE id = 1", false },
	{ "UPDATE record SET uid = x'00' WHERE id = 1", false },
	{ "UPDATE record SET name = NULL WHERE id = 1", false },
	{ "UPDATE record SET name = x'00' WHERE id = 1", false },
	{ "UPDATE record SET name = zeroblob(16) WHERE id = 2;"
	    "UPDATE record SET name = CAST(zeroblob(15) || x'01' AS BLOB) "
	    "WHERE id = 1", true },
};

START_TEST(an_edited_row_is_noticed)
{
	obj_id one = make_named("one"), two = make_named("two");
	obj_id three = make_aes(0, "three"), out;

	edit(edits[_i].sql);
	log_in_again();
	one = after_logout(one);
	two = after_logout(two);
	ck_assert_int_eq(look(one), CNG_ERR_STORE_CORRUPT);
	ck_assert_int_eq(look(two), edits[_i].second ?
	    CNG_ERR_STORE_CORRUPT : CNG_OK);
	ck_assert_int_eq(look(three), CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, one,
	    PROPS(TEXT(PROP_LABEL, "x"))), CNG_ERR_STORE_CORRUPT);
	ck_assert_int_eq(token_copy(tok, &rw, one, (struct props){ 0 }, &out),
	    CNG_ERR_STORE_CORRUPT);
	/* without a login nobody can tell, but no harm is done */
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	show_everything(one);
	ck_assert_int_eq(look(three), CNG_OK);
}
END_TEST

/* Turns one bit of the clear part over, or back. */
static void
flip(obj_id id, size_t at)
{
	sqlite3 *db;
	sqlite3_blob *blob;
	uint8_t byte;

	ck_assert_int_eq(sql_connect(&db, path, false), CNG_OK);
	ck_assert_int_eq(sqlite3_blob_open(db, "main", "record", "clear",
	    (sqlite3_int64)(id >> 2), 1, &blob), SQLITE_OK);
	ck_assert_int_eq(sqlite3_blob_read(blob, &byte, 1, (int)at),
	    SQLITE_OK);
	byte ^= (uint8_t)(1u << at % 8);
	ck_assert_int_eq(sqlite3_blob_write(blob, &byte, 1, (int)at),
	    SQLITE_OK);
	ck_assert_int_eq(sqlite3_blob_close(blob), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

/* Every byte of a public part: with a login it is noticed, without one it
 * does no harm. */
START_TEST(no_byte_of_the_clear_part_may_change)
{
	obj_id id = _i == 0 ? make_aes(0, "c") : make_pair(0);
	size_t len = length_of("clear", id);
	struct obj_ids ids;

	ck_assert_uint_gt(len, 40);
	for (size_t at = 0; at < len; at++) {
		flip(id, at);
		ck_assert_int_eq(token_logout(tok), CNG_OK);
		if (token_find(tok, PROPS(NUM(PROP_DERIVE, 1)), &ids) ==
		    CNG_OK)
			mem_free(ids.id);
		show_everything(id);
		ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN),
		    CNG_OK);
		ck_assert_int_eq(look(id), CNG_ERR_STORE_CORRUPT);
		flip(id, at);
	}
	ck_assert_int_eq(look(id), CNG_OK);
}
END_TEST

/* A handle never comes to mean something else. */
START_TEST(rows_that_change_places)
{
	obj_id one = make_named("one"), two = make_named("two");

	ck_assert_int_eq(look(one), CNG_OK);
	ck_assert_int_eq(look(two), CNG_OK);
	edit("UPDATE record SET id = 99 WHERE id = 1;"
	    "UPDATE record SET id = 1 WHERE id = 2;"
	    "UPDATE record SET id = 2 WHERE id = 99");
	ck_assert_int_eq(look(one), CNG_ERR_STORE_CORRUPT);
	ck_assert_int_eq(look(two), CNG_ERR_STORE_CORRUPT);
}
END_TEST

START_TEST(a_row_that_is_gone)
{
	obj_id one = make_named("one"), two = make_named("two");

	edit("DELETE FROM record WHERE id = 1");
	ck_assert_int_eq(look(one), CNG_ERR_OBJECT);
	ck_assert_int_eq(look(two), CNG_OK);
	/* its tags point nowhere */
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "one"))), 0);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "two"))), 1);
}
END_TEST

START_TEST(tags_only_help_to_find)
{
	obj_id one = make_named("one"), two = make_named("two"), out;

	/* each answers to all tags of the other */
	edit("INSERT INTO tag SELECT tag, 3 - record FROM tag "
	    "WHERE true ON CONFLICT DO NOTHING");
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "one"))), 1);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "two"))), 1);
	edit("DELETE FROM tag");
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "one"))), 0);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), 2);
	ck_assert_int_eq(look(one), CNG_OK);
	/* a name is taken whether it is found or not */
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
	    NUM(PROP_TOKEN, 1), TEXT(PROP_NAME, "one"),
	    BYTES(PROP_VALUE, span_of(value, sizeof value))), &out),
	    CNG_ERR_EXISTS);
	edit("UPDATE record SET tags = x'00' WHERE id = 1");
	ck_assert_int_eq(token_destroy(tok, &rw, one),
	    CNG_ERR_STORE_CORRUPT);
	ck_assert_int_eq(token_destroy(tok, &rw, two), CNG_OK);
	ck_assert_int_eq(look(one), CNG_OK);
}
END_TEST

/* A row whose kind lies is listed, and not more than that. */
START_TEST(a_kind_that_lies)
{
	obj_id one = make_named("one");

	edit("UPDATE record SET kind = 3 WHERE id = 1");
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_uint_le(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC))), 1);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_ENCRYPT, 1))), 0);
	ck_assert_int_eq(look(one), CNG_ERR_OBJECT);
}
END_TEST

/* Its handle would be that of row 1. */
START_TEST(a_row_that_is_too_large)
{
	obj_id one = make_named("one"), made;
	struct obj_ids ids;

	(void)make_named("two");
	edit("PRAGMA foreign_keys = OFF;"
	    "UPDATE record SET id = 1 + (1 << 41) WHERE id = 2;"
	    "UPDATE tag SET record = 1 + (1 << 41) WHERE record = 2;"
	    "UPDATE sqlite_sequence SET seq = 1 + (1 << 41)");
	ck_assert_int_eq(look(one), CNG_OK);
	ck_assert_int_eq(token_find(tok, PROPS(NUM(PROP_TOKEN, 1)), &ids),
	    CNG_ERR_STORE_CORRUPT);
	ck_assert_int_eq(token_find(tok, PROPS(TEXT(PROP_NAME, "two")), &ids),
	    CNG_ERR_STORE_CORRUPT);
	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_AES),
	    NUM(PROP_TOKEN, 1),
	    BYTES(PROP_VALUE, span_of(value, sizeof value))), &made),
	    CNG_ERR_STORE_FULL);
	ck_assert_int_eq(look(one), CNG_OK);
}
END_TEST

START_TEST(facts_that_are_edited)
{
	static const char *const sql[] = {
		"DELETE FROM fact WHERE name = 'token'",
		"UPDATE fact SET value = x'00' WHERE name = 'token'",
		"DELETE FROM fact",
		"UPDATE fact SET value = zeroblob(length(value))",
	};
	obj_id one = make_named("one");
	struct token_info info;

	edit(sql[_i]);
	ck_assert_int_ne(look(one), CNG_OK);
	ck_assert_int_eq(token_info(tok, &info), CNG_OK);
	ck_assert(info.fault != CNG_OK || !info.initialized);
	ck_assert_int_ne(token_set(tok, &rw, one,
	    PROPS(TEXT(PROP_LABEL, "x"))), CNG_OK);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("core hostile");
	TCase *tc = tcase_create("hostile");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, no_secret_is_written_in_clear);
	tcase_add_test(tc, a_key_for_all_to_see);
	tcase_add_test(tc, a_private_key_for_all_to_see);
	tcase_add_loop_test(tc, an_edited_row_is_noticed, 0,
	    (int)(sizeof edits / sizeof edits[0]));
	tcase_add_loop_test(tc, no_byte_of_the_clear_part_may_change, 0, 2);
	tcase_add_test(tc, rows_that_change_places);
	tcase_add_test(tc, a_row_that_is_gone);
	tcase_add_test(tc, tags_only_help_to_find);
	tcase_add_test(tc, a_kind_that_lies);
	tcase_add_test(tc, a_row_that_is_too_large);
	tcase_add_loop_test(tc, facts_that_are_edited, 0, 4);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
