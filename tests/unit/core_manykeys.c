/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several keys of one output: what fails at whatever moment leaves none of
 * them behind, and what is handed out in clear is nobody's secret.
 */
#include "core_fixture.h"
#include "faults.h"
#include "tempdir.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/util.h"
#include "core/manykeys.h"

#define MECHANISM 0x3e1

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

static struct object *
base_of(bool hidden)
{
	struct object *obj;
	obj_id id;

	ck_assert_int_eq(token_create(tok, &rw, PROPS(
	    NUM(PROP_CLASS, OBJ_SECRET), NUM(PROP_KEY_FAMILY, KEY_GENERIC),
	    NUM(PROP_DERIVE, 1), NUM(PROP_SENSITIVE, hidden),
	    TEXT(PROP_VALUE, "a secret of bytes")), &id), CNG_OK);
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	return obj;
}

static const struct key_op prf = { .scheme = OP_TLS_PRF,
	.hash = HASH_SHA256, .label = { (const uint8_t *)"label", 5 } };

/* Two that are kept, and two that are not; eight bytes for the caller. */
struct four {
	struct prop kept[2];
	struct prop loose[1];
	struct derive_part part[4];
	struct secret rest;
	struct derive_request req;
};

static void
four_begin(struct four *f, struct object *base)
{
	*f = (struct four){ .kept = { NUM(PROP_TOKEN, 1),
		NUM(PROP_KEY_FAMILY, KEY_AES) },
		.loose = { NUM(PROP_SIGN, 1) } };
	for (size_t i = 0; i < 4; i++) {
		f->part[i].tmpl = i % 2 == 0 ?
		    (struct props){ f->loose, 1 } :
		    (struct props){ f->kept, 2 };
		f->part[i].len = i % 2 == 0 ? 20 : 16;
	}
	f->req = (struct derive_request){ .base = base, .op = &prf,
		.mechanism = MECHANISM, .lineage = LINEAGE_SAME,
		.part = f->part, .count = 4, .rest_len = 8,
		.rest = &f->rest };
}

static size_t
everything(void)
{
	return found(tok, PROPS(NUM(PROP_CLASS, OBJ_SECRET)));
}

static void
shows(obj_id id, struct span want)
{
	uint8_t room[64];
	struct wr w = wr_of(room, sizeof room);
	struct object *obj;

	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(object_bytes(obj, PROP_VALUE, &w), CNG_OK);
	ck_assert(span_equal(span_of(room, w.len), want));
	object_free(obj);
}

START_TEST(one_after_the_other)
{
	static const size_t at[] = { 0, 20, 36, 56, 72 };
	struct object *base = base_of(false);
	struct secret all = { 0 };
	struct four f;

	four_begin(&f, base);
	ck_assert_int_eq(token_derive_keys(tok, &rw, &f.req), CNG_OK);
	ck_assert_int_eq(object_derive(base, &prf, MECHANISM, 80, &all),
	    CNG_OK);
	for (size_t i = 0; i < 4; i++) {
		shows(f.part[i].id,
		    span_of(all.ptr + at[i], at[i + 1] - at[i]));
		ck_assert_uint_eq(number_of(tok, f.part[i].id,
		    PROP_VALUE_LEN), at[i + 1] - at[i]);
	}
	ck_assert(span_equal(secret_span(&f.rest), span_of(all.ptr + 72, 8)));
	ck_assert_uint_eq(f.req.bad, 4);
	secret_free(&all);
	secret_free(&f.rest);
	object_free(base);
}
END_TEST

START_TEST(refusals)
{
	struct object *base = base_of(true), *open = base_of(false);
	size_t before = everything();
	struct four f;

	four_begin(&f, base);
	ck_assert_int_eq(token_derive_keys(tok, &rw, &f.req),
	    CNG_ERR_KEY_USAGE);
	four_begin(&f, open);
	f.part[1].len = 17;
	ck_assert_int_eq(token_derive_keys(tok, &rw, &f.req),
	    CNG_ERR_TEMPLATE_INCOMPLETE);
	ck_assert_uint_eq(f.req.bad, 1);
	f.part[1].len = 16;
	f.part[2].len = 0;
	ck_assert_int_eq(token_derive_keys(tok, &rw, &f.req),
	    CNG_ERR_TEMPLATE_INCOMPLETE);
	ck_assert_uint_eq(f.req.bad, 2);
	f.part[2].len = SECRET_KEY_MAX;
	ck_assert_int_eq(token_derive_keys(tok, &rw, &f.req),
	    CNG_ERR_KEY_SIZE);
	f.part[2].len = SIZE_MAX;
	ck_assert_int_eq(token_derive_keys(tok, &rw, &f.req),
	    CNG_ERR_KEY_SIZE);
	four_begin(&f, open);
	f.req.base_len = 48;
	ck_assert_int_eq(token_derive_keys(tok, &rw, &f.req),
	    CNG_ERR_KEY_SIZE);
	f.req.base_len = 17;
	f.loose[0].id = PROP_EXTRACTABLE;
	f.loose[0].number = 0;
	ck_assert_int_eq(token_derive_keys(tok, &rw, &f.req),
	    CNG_ERR_TEMPLATE_INCONSISTENT);
	f.req.count = DERIVE_PARTS_MAX + 1;
	ck_assert_int_eq(token_derive_keys(tok, &rw, &f.req),
	    CNG_ERR_ARGUMENT);
	ck_assert_int_eq(token_derive_keys(tok, &rw,
	    &(struct derive_request){ .base = open, .op = &prf }),
	    CNG_ERR_ARGUMENT);
	ck_assert_ptr_null(f.rest.ptr);
	ck_assert_uint_eq(everything(), before);
	object_free(base);
	object_free(open);
}
END_TEST

/* The moment of failure moves until there is none. */
static void
fail_everywhere(const struct fault *fault)
{
	struct object *base = base_of(false);
	size_t before = everything();
	bool struck = true;
	unsigned long n = 0;
	enum cng_status st;
	struct four f;

	while (struck) {
		ck_assert_uint_lt(++n, 2000);
		four_begin(&f, base);
		faults_arm(fault, n);
		st = token_derive_keys(tok, &rw, &f.req);
		struck = faults_disarm();
		if (st == CNG_OK) {
			for (size_t i = 0; i < 4; i++)
				ck_assert_int_eq(token_destroy(tok, &rw,
				    f.part[i].id), CNG_OK);
			secret_free(&f.rest);
		} else {
			ck_assert(struck);
			ck_assert_ptr_null(f.rest.ptr);
		}
		ck_assert_uint_eq(everything(), before);
	}
	ck_assert_uint_gt(n, 2);
	object_free(base);
}

START_TEST(all_or_none)
{
	fail_everywhere(&(struct fault){ FAULT_MEMORY, CNG_ERR_NO_MEMORY,
	    false });
	fail_everywhere(&(struct fault){ FAULT_STORE, CNG_ERR_STORE_IO,
	    false });
	fail_everywhere(&(struct fault){ FAULT_STORE, CNG_ERR_STORE_FULL,
	    false });
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("core manykeys");
	TCase *tc = tcase_create("manykeys");
	SRunner *runner;
	int failures;

	faults_install();
	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 240);
	tcase_add_test(tc, one_after_the_other);
	tcase_add_test(tc, refusals);
	tcase_add_test(tc, all_or_none);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_ENV);
	failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
