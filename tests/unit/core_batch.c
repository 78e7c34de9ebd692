/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Threads that store objects at the same time share transactions; each gets
 * its own answer all the same.
 */
#include "core_fixture.h"
#include "runner.h"
#include "sample.h"
#include "tempdir.h"

#include <pthread.h>
#include <time.h>

#include "base/util.h"

#define THREADS 12

static char dir[TEMPDIR_MAX];
static char path[TEMPDIR_MAX + 16];
static struct token *tok;

static void
setup(void)
{
	tempdir_make(dir);
	(void)snprintf(path, sizeof path, "%s/token.db", dir);
	tok = token_with_user(path);
}

static void
teardown(void)
{
	token_free(tok);
	crypto_shutdown();
	tempdir_remove(dir);
}

struct job {
	pthread_t thread;
	const struct access *who;
	struct secret blob;
	char name[24];
	unsigned flags;
	enum cng_status st;
	obj_id id;
};

static void *
import_one(void *arg)
{
	struct job *job = arg;
	struct prop lines[] = { BYTES(PROP_NAME, span_str(job->name)) };
	struct import_request req = {
		.type = BLOB_ANY,
		.data = secret_span(&job->blob),
		.flags = job->flags,
		.tmpl = { lines, 1 },
	};

	job->st = token_import(tok, job->who, &req, &job->id);
	secret_free(&job->blob);
	return NULL;
}

/* Somebody else writes while they arrive, so that a line forms. */
static void
run_all(struct job *jobs)
{
	struct timespec moment = { 0, 50 * 1000 * 1000 };
	struct store *other;

	ck_assert_int_eq(store_open(&other, path, STORE_OPEN), CNG_OK);
	ck_assert_int_eq(store_begin(other), CNG_OK);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&jobs[i].thread, NULL,
		    import_one, &jobs[i]), 0);
	(void)nanosleep(&moment, NULL);
	store_rollback(other);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(jobs[i].thread, NULL), 0);
	store_close(other);
}

static void
fill(struct job *jobs, const char *file, bool own_names)
{
	for (size_t i = 0; i < THREADS; i++) {
		jobs[i] = (struct job){ .who = &rw,
			.blob = sample_read(file) };
		(void)snprintf(jobs[i].name, sizeof jobs[i].name, "key-%zu",
		    own_names ? i : 0);
	}
}

/* Found by the handle that was given, here and after opening anew. */
static void
expect_there(const struct job *jobs)
{
	for (size_t i = 0; i < THREADS; i++) {
		struct prop line = BYTES(PROP_NAME, span_str(jobs[i].name));
		struct obj_ids ids;

		if (jobs[i].st != CNG_OK)
			continue;
		ck_assert_int_eq(token_find(tok, (struct props){ &line, 1 },
		    &ids), CNG_OK);
		ck_assert_uint_ge(ids.count, 1);
		ck_assert_uint_eq(ids.id[0], jobs[i].id);
		mem_free(ids.id);
	}
}

static void
expect_kept(const struct job *jobs)
{
	expect_there(jobs);
	token_free(tok);
	ck_assert_int_eq(token_open(&tok, path, true), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, USER_PIN), CNG_OK);
	expect_there(jobs);
}

START_TEST(all_are_stored)
{
	struct job jobs[THREADS];

	fill(jobs, "aes256.bin", true);
	run_all(jobs);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(jobs[i].st, CNG_OK);
	expect_kept(jobs);
	ck_assert_uint_eq(found(tok, (struct props){ 0 }), THREADS);
}
END_TEST

/* One name for all: one gets it. */
START_TEST(each_gets_its_own_answer)
{
	struct job jobs[THREADS];
	unsigned stored = 0;

	fill(jobs, "p256_ecdsa_priv.bin", false);
	(void)snprintf(jobs[3].name, sizeof jobs[3].name, "other");
	jobs[5].who = &ro;
	run_all(jobs);
	for (size_t i = 0; i < THREADS; i++) {
		if (i == 3)
			ck_assert_int_eq(jobs[i].st, CNG_OK);
		else if (i == 5)
			ck_assert_int_eq(jobs[i].st, CNG_ERR_READ_ONLY);
		else
			ck_assert(jobs[i].st == CNG_OK ||
			    jobs[i].st == CNG_ERR_EXISTS);
		stored += i != 3 && jobs[i].st == CNG_OK;
	}
	ck_assert_uint_eq(stored, 1);
	expect_kept(jobs);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 2);
	/* the same pair twice: its public key shows once */
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC))), 1);
}
END_TEST

/* Each replaces the one before. */
START_TEST(the_last_one_stays)
{
	struct job jobs[THREADS];
	unsigned live = 0;

	fill(jobs, "rsa1024_priv.bin", false);
	for (size_t i = 0; i < THREADS; i++)
		jobs[i].flags = IMPORT_OVERWRITE;
	run_all(jobs);
	for (size_t i = 0; i < THREADS; i++) {
		struct object *obj;

		ck_assert_int_eq(jobs[i].st, CNG_OK);
		if (token_object(tok, jobs[i].id, &obj) == CNG_OK) {
			object_free(obj);
			live++;
		}
	}
	ck_assert_uint_eq(live, 1);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PRIVATE))), 1);
	ck_assert_uint_eq(found(tok, PROPS(NUM(PROP_CLASS, OBJ_PUBLIC))), 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		all_are_stored,
		each_gets_its_own_answer,
		the_last_one_stays,
	};

	return run_tests_with("core batch", tests, ARRAY_LEN(tests), setup,
	    teardown);
}
