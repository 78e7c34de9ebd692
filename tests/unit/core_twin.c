/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Legacy twins are private keys in clear: none may outlive its key.
 */
#include "core_fixture.h"
#include "runner.h"
#include "sample.h"
#include "tempdir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "core/twin.h"

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

/* Where a file of the folder is; until the next call. */
static const char *
in_folder(const char *name)
{
	static char text[sizeof path + 64];

	(void)snprintf(text, sizeof text, "%s%s/%s", path, TWIN_FOLDER, name);
	return text;
}

static bool
has(const char *name)
{
	return access(in_folder(name), F_OK) == 0;
}

/* A key of that name, and its twin. */
static obj_id
make_key(const char *name)
{
	struct secret blob = sample_read("rsa1024_priv.bin");
	struct prop lines[] = { BYTES(PROP_NAME, span_str(name)) };
	struct import_request req = { .data = secret_span(&blob),
		.tmpl = { lines, 1 } };
	struct object *obj;
	struct twin *twin;
	obj_id id;

	ck_assert_int_eq(token_import(tok, &rw, &req, &id), CNG_OK);
	ck_assert_int_eq(token_object(tok, id, &obj), CNG_OK);
	ck_assert_int_eq(twin_prepare(&twin, tok, obj, span_str(name)),
	    CNG_OK);
	ck_assert_int_eq(twin_publish(twin), CNG_OK);
	twin_settle(twin);
	object_free(obj);
	secret_free(&blob);
	return id;
}

START_TEST(deleted)
{
	obj_id id = make_key("a");

	ck_assert(has("a.pvk"));
	ck_assert_int_eq(token_destroy(tok, &rw, id), CNG_OK);
	ck_assert(!has("a.pvk"));
}
END_TEST

START_TEST(renamed)
{
	obj_id id = make_key("a");

	/* the same name again, or another property: it stays */
	ck_assert_int_eq(token_set(tok, &rw, id,
	    PROPS(TEXT(PROP_NAME, "a"))), CNG_OK);
	ck_assert_int_eq(token_set(tok, &rw, id,
	    PROPS(TEXT(PROP_LABEL, "b"))), CNG_OK);
	ck_assert(has("a.pvk"));
	ck_assert_int_eq(token_set(tok, &ro, id,
	    PROPS(TEXT(PROP_NAME, "b"))), CNG_ERR_READ_ONLY);
	ck_assert(has("a.pvk"));
	ck_assert_int_eq(token_set(tok, &rw, id,
	    PROPS(TEXT(PROP_NAME, "b"))), CNG_OK);
	ck_assert(!has("a.pvk"));
}
END_TEST

static void
put_file(const char *name, time_t age)
{
	const char *file = in_folder(name);
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	struct timespec times[2] = { { time(NULL) - age, 0 },
		{ time(NULL) - age, 0 } };

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(futimens(fd, times), 0);
	ck_assert_int_eq(close(fd), 0);
}

/* All keys are erased, in whatever form; what is not ours stays. */
START_TEST(made_anew)
{
	(void)make_key("a");
	put_file(".new-0123456789abcdef", 0);
	put_file("README", 0);
	ck_assert_int_eq(token_logout(tok), CNG_OK);
	ck_assert_int_ne(token_init(tok, USER_PIN, span_str("anew")), CNG_OK);
	ck_assert(has("a.pvk"));
	ck_assert_int_eq(token_init(tok, SO_PIN, span_str("anew")), CNG_OK);
	ck_assert(!has("a.pvk"));
	ck_assert(!has(".new-0123456789abcdef"));
	ck_assert(has("README"));
}
END_TEST

/* A writer was killed. */
START_TEST(left_behind)
{
	(void)make_key("a");
	put_file(".new-0123456789abcdef", 7200);
	put_file(".new-fedcba9876543210", 0);
	(void)make_key("b");
	ck_assert(!has(".new-0123456789abcdef"));
	ck_assert(has(".new-fedcba9876543210")); /* may be at work */
	ck_assert(has("a.pvk"));
	ck_assert(has("b.pvk"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		deleted,
		renamed,
		made_anew,
		left_behind,
	};

	return run_tests_with("core twin", tests, ARRAY_LEN(tests), setup,
	    teardown);
}
