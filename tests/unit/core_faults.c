/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Everything that import and export need, failing once: each allocation,
 * each call of the store, each call of the file system.  Whatever fails, the
 * status says so, the store holds what it held, and a second try succeeds.
 * All blob types; a sample of the moments unless CNG_FAULTS says "all".
 */
#include "core_fixture.h"
#include "faults.h"
#include "sample.h"
#include "tempdir.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/util.h"

static char dir[TEMPDIR_MAX];
static char path[TEMPDIR_MAX + 16];
static struct token *tok;
static obj_id kek, rsa_private, rsa_public;
static bool all;

/* --- one key of each type ------------------------------------------------ */

enum wrapping { PLAIN = 0, UNDER_AES, UNDER_RSA, SEALED, LOCAL };

/* Wrapped types: the file has what is inside. */
static const struct row {
	enum blob_type type;
	const char *file;
	enum wrapping wrapping;
	const char *password;
} rows[] = {
	{ BLOB_RSAPUBLIC, "rsa1024_pub.bin", PLAIN, NULL },
	{ BLOB_RSAPRIVATE, "rsa1024_priv.bin", PLAIN, NULL },
	{ BLOB_RSAFULLPRIVATE, "rsa1024_full.bin", PLAIN, NULL },
	{ BLOB_ECCPUBLIC, "p256_ecdsa_pub.bin", PLAIN, NULL },
	{ BLOB_ECCPRIVATE, "p256_ecdsa_priv.bin", PLAIN, NULL },
	{ BLOB_PUBLIC, "p256_ecdsa_pub.bin", PLAIN, NULL },
	{ BLOB_PRIVATE, "rsa1024_priv.bin", PLAIN, NULL },
	{ BLOB_PKCS8, "p256.der", PLAIN, NULL },
	{ BLOB_PKCS8, "p256.der", PLAIN, "sesame" },
	{ BLOB_KEYDATA, "aes256.bin", PLAIN, NULL },
	{ BLOB_ECCFULLPUBLIC, "full_p256_ecdsa_pub.bin", PLAIN, NULL },
	{ BLOB_ECCFULLPRIVATE, "full_p256_ecdsa_priv.bin", PLAIN, NULL },
	{ BLOB_DSAPUBLIC, "dsa1024_pub.bin", PLAIN, NULL },
	{ BLOB_DSAPRIVATE, "dsa1024_priv.bin", PLAIN, NULL },
	{ BLOB_DHPUBLIC, "dh768_pub.bin", PLAIN, NULL },
	{ BLOB_DHPRIVATE, "dh768_priv.bin", PLAIN, NULL },
	{ BLOB_MLKEMPUBLIC, "mlkem512_pub.bin", PLAIN, NULL },
	{ BLOB_MLKEMPRIVATE, "mlkem512_priv.bin", PLAIN, NULL },
	{ BLOB_MLKEMPRIVATESEED, "mlkem512_seed.bin", PLAIN, NULL },
	{ BLOB_PQDSAPUBLIC, "mldsa44_pub.bin", PLAIN, NULL },
	{ BLOB_PQDSAPRIVATE, "mldsa44_priv.bin", PLAIN, NULL },
	{ BLOB_PQDSAPRIVATESEED, "mldsa44_seed.bin", PLAIN, NULL },
	{ BLOB_PQPRIVATE, "mlkem768_wrapped_seed.bin", PLAIN, NULL },
	{ BLOB_CAPIPUBLIC, "capi_rsa1024_pub.bin", PLAIN, NULL },
	{ BLOB_CAPIPRIVATE, "capi_rsa1024_priv.bin", PLAIN, NULL },
	{ BLOB_CAPIDSAPUBLIC, "capi_dss1024_v3_pub.bin", PLAIN, NULL },
	{ BLOB_CAPIDSAPRIVATE, "capi_dss1024_v3_priv.bin", PLAIN, NULL },
	{ BLOB_V2CAPIDSAPUBLIC, "capi_dss1024_pub.bin", PLAIN, NULL },
	{ BLOB_V2CAPIDSAPRIVATE, "capi_dss1024_priv.bin", PLAIN, NULL },
	{ BLOB_CAPIDHPUBLIC, "capi_dh1024_pub.bin", PLAIN, NULL },
	{ BLOB_CAPIDHPRIVATE, "capi_dh1024_priv.bin", PLAIN, NULL },
	{ BLOB_RFC3565WRAP, "aes256.bin", UNDER_AES, NULL },
	{ BLOB_RSAAESWRAP, "rsa1024_priv.bin", UNDER_RSA, NULL },
	{ BLOB_CIPHERKEY, "cipherkey_aes128.bin", PLAIN, NULL },
	{ BLOB_OPAQUETRANSPORT, "p256_ecdsa_priv.bin", SEALED, NULL },
	{ BLOB_PROTECTEDKEY, "p256_ecdsa_priv.bin", LOCAL, NULL },
	{ BLOB_PKCS7ENVELOPE, "p256_ecdsa_priv.bin", UNDER_RSA, NULL },
	/* any type, wrapped whole */
	{ BLOB_ECCPRIVATE, "p256_ecdsa_priv.bin", UNDER_AES, NULL },
};

static struct blob_params
params_of(const struct row *row)
{
	struct blob_params params = { 0 };

	if (row->password != NULL) {
		params.pbe.has_password = true;
		params.pbe.password = span_str(row->password);
	}
	if (row->wrapping == LOCAL)
		params.protect.rule = span_str("LOCAL=user");
	return params;
}

/* The key that opens (or closes) blobs of the row; NULL: none. */
static struct object *
wrapping_of(const struct row *row, bool closes)
{
	struct object *key = NULL;
	obj_id id = 0;

	if (row->wrapping == UNDER_AES)
		id = kek;
	else if (row->wrapping == UNDER_RSA)
		id = closes ? rsa_public : rsa_private;
	if (id != 0)
		ck_assert_int_eq(token_object(tok, id, &key), CNG_OK);
	return key;
}

#define LINES 4

static enum cng_status
import_with(const struct row *row, const struct secret *blob,
    const char *name, unsigned flags, struct object *key, obj_id *out)
{
	struct prop lines[LINES] = {
		NUM(PROP_EXTRACTABLE, 1),
		NUM(PROP_SENSITIVE, 0),
		BYTES(PROP_NAME, span_str(name == NULL ? "" : name)),
	};
	struct prop public[LINES] = { lines[2] };
	bool is_public = blob_info(row->type)->class == BLOB_CLASS_PUBLIC;
	struct import_request req = {
		.type = row->type,
		.data = secret_span(blob),
		.key = key,
		.params = params_of(row),
		.flags = flags,
		.tmpl = { is_public ? public : lines, is_public ? 1 : 3 },
	};

	/* a sealed one brings its own */
	if (row->wrapping == SEALED)
		req.tmpl = (struct props){ public, 1 };
	if (name == NULL)
		req.tmpl.count--;
	return token_import(tok, &rw, &req, out);
}

static enum cng_status
export_with(const struct row *row, struct object *obj, struct object *key,
    struct secret *out)
{
	struct export_request req = {
		.type = row->type,
		.key = key,
		.params = params_of(row),
	};
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st = token_export(tok, obj, &req, &count);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = secret_new(out, count.len);
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		st = token_export(tok, obj, &req, &w);
	}
	if (st != CNG_OK)
		secret_free(out);
	return st;
}

/* The type of what is inside a wrapped blob's file. */
static struct row
inner_of(const struct row *row)
{
	struct row inner = { BLOB_ANY, row->file, PLAIN, NULL };
	struct secret file = sample_read(row->file);

	ck_assert_int_eq(blob_detect(secret_span(&file), &inner.type),
	    CNG_OK);
	secret_free(&file);
	return inner;
}

/* An older libcrypto has no post-quantum keys: then none is imported. */
static bool
is_beyond_libcrypto(const struct row *row)
{
	struct secret file = sample_read(row->file);
	struct key_material key;
	bool beyond;
	obj_id id;

	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&file), NULL,
	    &key), CNG_OK);
	beyond = key.set != KEY_SET_NONE && !crypto_has_set(key.set);
	if (beyond)
		ck_assert_int_eq(import_with(row, &file, "k", 0, NULL, &id),
		    CNG_ERR_NOT_SUPPORTED);
	key_free(&key);
	secret_free(&file);
	return beyond;
}

/* A session object of the row's key, and its blob. */
static obj_id
make_blob(const struct row *row, struct secret *blob)
{
	bool as_is = row->wrapping == PLAIN && row->password == NULL;
	const struct row inner = as_is ? *row : inner_of(row);
	struct secret file = sample_read(row->file);
	struct object *obj, *key = wrapping_of(row, true);
	obj_id id;

	ck_assert_int_eq(import_with(&inner, &file, NULL, 0, NULL, &id),
	    CNG_OK);
	if (as_is) {
		*blob = file;
		return id;
	}
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(export_with(row, obj, key, blob), CNG_OK);
	object_free(obj);
	object_free(key);
	secret_free(&file);
	return id;
}

/* --- what the token holds ------------------------------------------------ */

static uint64_t
mix(uint64_t sum, struct object *obj, enum prop_id id)
{
	uint8_t bytes[4096];
	struct wr w = wr_of(bytes, sizeof bytes);

	ck_assert_int_eq(object_bytes(obj, id, &w), CNG_OK);
	for (size_t i = 0; i < w.len; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return sum;
}

/* A number that tells one set of objects from another. */
static uint64_t
state(void)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	struct obj_ids ids;
	struct object *obj;

	ck_assert_int_eq(token_find(tok, (struct props){ 0 }, &ids), CNG_OK);
	for (size_t i = 0; i < ids.count; i++) {
		ck_assert_int_eq(token_object(tok, ids.id[i], &obj), CNG_OK);
		sum = mix(sum ^ ids.id[i], obj, PROP_UNIQUE_ID);
		sum = mix(sum, obj, PROP_NAME);
		object_free(obj);
	}
	mem_free(ids.id);
	return sum;
}

static void
drop_session_objects(void)
{
	token_session_closed(tok, rw.session);
}

static void
reopen(void)
{
	drop_session_objects();
	token_free(tok);
	ck_assert_int_eq(token_open(&tok, path, true), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
}

/* --- the fixture --------------------------------------------------------- */

static void
make_wrapping_keys(void)
{
	struct prop aes[] = { NUM(PROP_VALUE_LEN, 32), NUM(PROP_WRAP, 1),
		NUM(PROP_UNWRAP, 1), NUM(PROP_TOKEN, 1) };
	struct prop public[] = { NUM(PROP_MODULUS_BITS, 2048),
		NUM(PROP_WRAP, 1), NUM(PROP_TOKEN, 1) };
	struct prop private[] = { NUM(PROP_UNWRAP, 1), NUM(PROP_TOKEN, 1) };
	struct keygen_request one = { .family = KEY_AES,
		.secret = { aes, ARRAY_LEN(aes) } };
	struct keygen_request two = { .family = KEY_RSA,
		.public = { public, ARRAY_LEN(public) },
		.private = { private, ARRAY_LEN(private) } };

	ck_assert_int_eq(token_generate(tok, &rw, &one, &kek, NULL), CNG_OK);
	ck_assert_int_eq(token_generate(tok, &rw, &two, &rsa_private,
	    &rsa_public), CNG_OK);
}

/* One store for all tests of a process: RSA keys take their time. */
static void
setup(void)
{
	const char *wish = getenv("CNG_FAULTS");

	all = wish != NULL && strcmp(wish, "all") == 0;
	if (access("/dev/shm", W_OK) == 0)
		ck_assert_int_eq(setenv("TMPDIR", "/dev/shm", 1), 0);
	tempdir_make(dir);
	(void)snprintf(path, sizeof path, "%s/token.db", dir);
	tok = token_with_user(path);
	make_wrapping_keys();
}

static void
teardown(void)
{
	token_free(tok);
	crypto_shutdown();
	tempdir_remove(dir);
}

/* --- the sweep ----------------------------------------------------------- */

enum act { NAMED = 0, EPHEMERAL, OVERWRITE, EXPORT, ACTS };

struct trial {
	const struct row *row;
	enum act act;
	struct fault fault;
	struct secret blob;
	obj_id source;           /* EXPORT: what is exported */
	obj_id made;
};

static const struct row old_row = { BLOB_KEYDATA, "aes128.bin", PLAIN, NULL };

static void
put_old_key(void)
{
	struct secret blob = sample_read(old_row.file);
	obj_id id;

	ck_assert_int_eq(import_with(&old_row, &blob, "k", 0, NULL, &id),
	    CNG_OK);
	secret_free(&blob);
}

static void
remove_named(void)
{
	struct obj_ids ids;

	ck_assert_int_eq(token_find(tok, PROPS(TEXT(PROP_NAME, "k")), &ids),
	    CNG_OK);
	ck_assert_uint_ge(ids.count, 1);
	ck_assert_int_eq(token_destroy(tok, &rw, ids.id[0]), CNG_OK);
	mem_free(ids.id);
	ck_assert_uint_eq(found(tok, PROPS(TEXT(PROP_NAME, "k"))), 0);
}

/* Once; n: which thing fails, 0: none. */
static enum cng_status
act(struct trial *t, unsigned long n, bool *struck)
{
	struct object *key = wrapping_of(t->row, t->act == EXPORT);
	struct object *obj = NULL;
	struct secret out = { 0 };
	enum cng_status st;

	if (t->act == EXPORT)
		ck_assert_int_eq(token_object(tok, t->source, &obj), CNG_OK);
	if (n > 0)
		faults_arm(&t->fault, n);
	if (t->act == EXPORT)
		st = export_with(t->row, obj, key, &out);
	else
		st = import_with(t->row, &t->blob,
		    t->act == EPHEMERAL ? NULL : "k",
		    t->act == OVERWRITE ? IMPORT_OVERWRITE : 0, key,
		    &t->made);
	*struck = n > 0 && faults_disarm();
	if (t->act == EXPORT && st == CNG_OK) {
		ck_assert_uint_gt(out.len, 0);
		if (t->row->wrapping == PLAIN && t->row->password == NULL)
			ck_assert(span_equal(secret_span(&out),
			    secret_span(&t->blob)));
	}
	secret_free(&out);
	object_free(obj);
	object_free(key);
	return st;
}

/* What a success left behind is whole; then it is taken away. */
static void
undo(struct trial *t, uint64_t before)
{
	struct object *obj;

	if (t->act == EXPORT) {
		ck_assert_uint_eq(state(), before);
		return;
	}
	ck_assert_uint_ne(state(), before);
	ck_assert_int_eq(token_object(tok, t->made, &obj), CNG_OK);
	object_free(obj);
	if (t->act == EPHEMERAL) {
		ck_assert_int_eq(token_destroy(tok, &rw, t->made), CNG_OK);
		return;
	}
	remove_named();
	if (t->act == OVERWRITE)
		put_old_key();
}

static void
failed(struct trial *t, unsigned long n, enum cng_status st, uint64_t before)
{
	bool struck;

	ck_assert_msg(st == t->fault.how, "%s, act %d, kind %d, %lu: %s",
	    t->row->file, t->act, t->fault.kind, n, cng_status_name(st));
	ck_assert_msg(state() == before, "%s, act %d, kind %d, %lu: changed",
	    t->row->file, t->act, t->fault.kind, n);
	/* as another process would see it */
	if (t->fault.kind != FAULT_MEMORY && t->act != EXPORT) {
		reopen();
		ck_assert_uint_eq(state(), before);
	}
	if (!all && t->fault.kind == FAULT_MEMORY && n % 4 != 0)
		return;
	ck_assert_int_eq(act(t, 0, &struck), CNG_OK);
	undo(t, before);
}

/* All moments, or a sample that differs from row to row; how many failed. */
static unsigned long
sweep(struct trial *t, unsigned long step)
{
	unsigned long n = 1 + (all ? 0 : (unsigned long)t->row->type % step);
	unsigned long count = 0;
	bool struck = true;

	if (t->act == OVERWRITE)
		put_old_key();
	for (; struck; n += all ? 1 : step) {
		uint64_t before;
		enum cng_status st;

		before = state();
		ck_assert_uint_lt(n, 20000);
		st = act(t, n, &struck);
		if (st == CNG_OK) {
			/* none failed, or what failed was not needed */
			undo(t, before);
		} else {
			ck_assert(struck);
			failed(t, n, st, before);
			count++;
		}
	}
	if (t->act == OVERWRITE)
		remove_named();
	return count;
}

static void
all_acts(int number, const struct fault *fault, unsigned long step)
{
	const struct row *row = &rows[number];

	if (is_beyond_libcrypto(row)) {
		printf("not with this libcrypto: %s\n", row->file);
		return;
	}
	for (enum act what = NAMED; what < ACTS; what++) {
		struct trial t = { .row = row, .act = what,
			.fault = *fault };
		unsigned long count;

		t.source = make_blob(row, &t.blob);
		if (what != EXPORT)
			drop_session_objects();
		count = sweep(&t, step);
		/* what is kept needs all of them */
		if (what == NAMED || what == OVERWRITE)
			ck_assert_uint_gt(count, 0);
		secret_free(&t.blob);
		drop_session_objects();
	}
}

/* --- our heap, SQLite's, the store, the disk ----------------------------- */

START_TEST(every_type_is_tried)
{
	for (int type = BLOB_ANY + 1; type < BLOB_TYPE_COUNT; type++) {
		bool tried = blob_info((enum blob_type)type) == NULL;

		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			tried = tried || rows[i].type == (enum blob_type)type;
		ck_assert_msg(tried, "add a row for blob type %d", type);
	}
}
END_TEST

START_TEST(every_allocation)
{
	struct fault fault = { FAULT_MEMORY, CNG_ERR_NO_MEMORY, false };

	all_acts(_i, &fault, 7);
}
END_TEST

START_TEST(every_allocation_of_the_engine)
{
	struct fault fault = { FAULT_ENGINE_MEMORY, CNG_ERR_NO_MEMORY,
		false };

	all_acts(_i, &fault, 23);
}
END_TEST

START_TEST(every_store_call)
{
	static const enum cng_status how[] = { CNG_ERR_STORE_IO,
		CNG_ERR_STORE_FULL, CNG_ERR_NO_MEMORY, CNG_ERR_STORE_BUSY,
		CNG_ERR_STORE_CORRUPT };

	for (size_t i = 0; i < ARRAY_LEN(how); i++) {
		struct fault fault = { FAULT_STORE, how[i], false };

		if (all || (size_t)_i % ARRAY_LEN(how) == i)
			all_acts(_i, &fault, 1);
	}
}
END_TEST

START_TEST(every_file_call)
{
	static const struct fault faults[] = {
		{ FAULT_FILE, CNG_ERR_STORE_IO, false },
		{ FAULT_FILE, CNG_ERR_STORE_IO, true },
		{ FAULT_FILE, CNG_ERR_STORE_FULL, false },
		{ FAULT_FILE, CNG_ERR_STORE_FULL, true },
		{ FAULT_FILE, CNG_ERR_NO_MEMORY, false },
		{ FAULT_FILE, CNG_ERR_NO_MEMORY, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		if (all || (size_t)_i % ARRAY_LEN(faults) == i)
			all_acts(_i, &faults[i], 1);
}
END_TEST

/* A lock that is taken once is waited for. */
START_TEST(busy_locks_are_waited_for)
{
	struct trial t = { .row = &rows[4], .act = NAMED,
		.fault = { FAULT_FILE, CNG_ERR_STORE_BUSY, false } };
	unsigned long n = 0;
	bool struck = true;

	(void)make_blob(t.row, &t.blob);
	drop_session_objects();
	while (struck) {
		uint64_t before = state();

		ck_assert_uint_lt(++n, 1000);
		ck_assert_int_eq(act(&t, n, &struck), CNG_OK);
		undo(&t, before);
	}
	ck_assert_uint_gt(n, 2);
	secret_free(&t.blob);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("core faults");
	TCase *tc = tcase_create("faults");
	SRunner *runner;
	int count = (int)ARRAY_LEN(rows);
	int failures;

	faults_install();
	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 1200);
	tcase_add_test(tc, every_type_is_tried);
	tcase_add_loop_test(tc, every_allocation, 0, count);
	tcase_add_loop_test(tc, every_allocation_of_the_engine, 0, count);
	tcase_add_loop_test(tc, every_store_call, 0, count);
	tcase_add_loop_test(tc, every_file_call, 0, count);
	tcase_add_test(tc, busy_locks_are_waited_for);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_ENV);
	failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
