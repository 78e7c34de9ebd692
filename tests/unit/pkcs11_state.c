/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Handles of sessions, the argument of C_Initialize, the parameter of
 * CKM_CNG_*, fixed text fields, the mark that a fork wipes.
 */
#include "core/transfer.h"
#include "pkcs11/cngblob.h"
#include "pkcs11/forked.h"
#include "pkcs11/info.h"
#include "pkcs11/initargs.h"
#include "pkcs11/session.h"
#include "pkcs11/vendor.h"
#include "base/alloc.h"
#include "base/util.h"
#include "tests/unit/runner.h"

#include <check.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct session model = { .slot = 1 };

/* Is there a session with that handle, and only with that? */
static bool
is_open(struct session_table *table, CK_SESSION_HANDLE handle)
{
	struct session *s = session_enter(table, handle);

	if (s == NULL)
		return false;
	ck_assert_uint_eq(s->handle, handle);
	ck_assert_uint_eq(s->slot, model.slot);
	session_leave(table, s);
	return true;
}

START_TEST(handles_are_not_used_twice)
{
	static struct session_table table;
	CK_SESSION_HANDLE old = 0, now, kept;
	int i;

	ck_assert_uint_eq(session_add(&table, &model, &kept), CKR_OK);
	for (i = 0; i < 1000; i++) {
		ck_assert_uint_eq(session_add(&table, &model, &now), CKR_OK);
		ck_assert_uint_ne(now, 0);
		ck_assert_uint_ne(now, old);
		ck_assert(!is_open(&table, old));
		ck_assert(is_open(&table, now));
		old = now;
		session_close(&table, session_enter(&table, now));
		ck_assert(!is_open(&table, old));
	}
	ck_assert(is_open(&table, kept));
	ck_assert(!is_open(&table, 0));
	ck_assert(!is_open(&table, ~0UL));
	ck_assert_uint_eq(atomic_load(&table.places), 2);
	session_table_clear(&table);
	ck_assert(!is_open(&table, kept));
	/* nor after C_Finalize */
	for (i = 0; i < 2; i++) {
		ck_assert_uint_eq(session_add(&table, &model, &now), CKR_OK);
		ck_assert_uint_ne(now, kept);
		ck_assert_uint_ne(now, old);
	}
	session_table_clear(&table);
}
END_TEST

START_TEST(the_table_has_a_limit)
{
	static CK_SESSION_HANDLE all[SESSION_MAX];
	static struct session_table table;
	CK_SESSION_HANDLE one;
	size_t i;

	for (i = 0; i < SESSION_MAX; i++)
		ck_assert_uint_eq(session_add(&table, &model, &all[i]),
		    CKR_OK);
	ck_assert_uint_eq(session_add(&table, &model, &one),
	    CKR_SESSION_COUNT);
	session_close(&table, session_enter(&table, all[77]));
	ck_assert_uint_eq(session_add(&table, &model, &one), CKR_OK);
	ck_assert_uint_ne(one, all[77]);
	ck_assert_uint_eq(session_add(&table, &model, &one),
	    CKR_SESSION_COUNT);
	session_table_clear(&table);
}
END_TEST

/* What a fork finds, and what a child makes of it. */
START_TEST(a_table_and_a_fork)
{
	static struct session_table table;
	const struct timespec past = { 0, 0 };
	CK_SESSION_HANDLE a, b;
	struct session *in, *other;

	ck_assert_uint_eq(session_add(&table, &model, &a), CKR_OK);
	ck_assert_uint_eq(session_add(&table, &model, &b), CKR_OK);
	ck_assert_uint_eq(session_lock_all(&table, &past), 2);
	ck_assert(!session_all_quiet(&table));
	session_unlock_all(&table, 2);
	ck_assert(session_all_quiet(&table));
	in = session_enter(&table, b);
	ck_assert_uint_eq(session_lock_all(&table, &past), 1);
	session_unlock_all(&table, 1);
	ck_assert(!session_all_quiet(&table));
	session_leave(&table, in);
	session_table_adopt(&table, false);
	ck_assert(is_open(&table, a) && is_open(&table, b));
	other = session_enter(&table, a);
	in = session_enter(&table, b);
	session_table_adopt(&table, true);
	ck_assert(!is_open(&table, a) && !is_open(&table, b));
	mem_free(in);
	mem_free(other);
	ck_assert_uint_eq(session_add(&table, &model, &b), CKR_OK);
	ck_assert(is_open(&table, b) && !is_open(&table, a));
	session_table_clear(&table);
}
END_TEST

static CK_RV
read_reserved(void *reserved, char *path, size_t size)
{
	CK_C_INITIALIZE_ARGS args = { .pReserved = reserved };
	struct initargs given;
	CK_RV rv;

	rv = initargs_read(&given, &args);
	path[0] = '\0';
	if (rv == CKR_OK && given.conf_file != NULL)
		strncpy(path, given.conf_file, size - 1);
	path[size - 1] = '\0';
	if (rv == CKR_OK)
		initargs_free(&given);
	return rv;
}

START_TEST(reserved_strings)
{
	static char plain[] = "config=/a/b", quoted[] = " config=\"/a b\" ",
		    single[] = "config='/x'", empty[] = "", blank[] = "  ",
		    none[] = "config=", open[] = "config=\"/a",
		    other[] = "configdir=/a", more[] = "config=/a b";
	char path[32];

	ck_assert_uint_eq(read_reserved(NULL, path, sizeof(path)), CKR_OK);
	ck_assert_uint_eq(read_reserved(plain, path, sizeof(path)), CKR_OK);
	ck_assert_str_eq(path, "/a/b");
	ck_assert_uint_eq(read_reserved(quoted, path, sizeof(path)), CKR_OK);
	ck_assert_str_eq(path, "/a b");
	ck_assert_uint_eq(read_reserved(single, path, sizeof(path)), CKR_OK);
	ck_assert_str_eq(path, "/x");
	ck_assert_uint_eq(read_reserved(empty, path, sizeof(path)), CKR_OK);
	ck_assert_uint_eq(read_reserved(blank, path, sizeof(path)), CKR_OK);
	ck_assert_str_eq(path, "");
	ck_assert_uint_eq(
	    read_reserved(none, path, sizeof(path)), CKR_ARGUMENTS_BAD);
	ck_assert_uint_eq(
	    read_reserved(open, path, sizeof(path)), CKR_ARGUMENTS_BAD);
	ck_assert_uint_eq(
	    read_reserved(other, path, sizeof(path)), CKR_ARGUMENTS_BAD);
	ck_assert_uint_eq(
	    read_reserved(more, path, sizeof(path)), CKR_ARGUMENTS_BAD);
	ck_assert_uint_eq(
	    read_reserved((void *)1, path, sizeof(path)), CKR_ARGUMENTS_BAD);
}
END_TEST

static CK_RV
no_mutex(CK_VOID_PTR mutex)
{
	(void)mutex;
	return CKR_OK;
}

START_TEST(mutex_callbacks_come_together)
{
	CK_C_INITIALIZE_ARGS args = { .LockMutex = no_mutex };
	struct initargs given;

	ck_assert_uint_eq(initargs_read(&given, NULL), CKR_OK);
	ck_assert_uint_eq(initargs_read(&given, &args), CKR_ARGUMENTS_BAD);
	args.flags = CKF_OS_LOCKING_OK;
	ck_assert_uint_eq(initargs_read(&given, &args), CKR_ARGUMENTS_BAD);
}
END_TEST

START_TEST(fields_are_padded)
{
	CK_UTF8CHAR field[4];

	info_pad(field, sizeof(field), "ab");
	ck_assert_mem_eq(field, "ab  ", 4);
	info_pad(field, sizeof(field), "abcdef");
	ck_assert_mem_eq(field, "abcd", 4);
	/* three bytes of a two byte letter do not fit */
	info_pad(field, sizeof(field), "abc\xc3\xa9");
	ck_assert_mem_eq(field, "abc ", 4);
}
END_TEST

static CK_RV
read_params(struct cngblob *out, void *param, size_t size)
{
	CK_MECHANISM given = { CKM_CNG_PKCS8, param, size };

	return cngblob_read(out, &given);
}

START_TEST(blob_parameters)
{
	unsigned char name[] = { 'k', 0, 0xe9, 0, 0, 0 };
	unsigned char password[] = { 'p', 0, 'w', 0, 0, 0 };
	char oid[] = "1.2.840.113549.1.12.1.3";
	unsigned char pbe[] = { 0, 8, 0, 0, 2, 0, 0, 0, 0xaa, 0xbb };
	CK_CNG_BUFFER buffers[] = {
		{ CNG_BUFFER_PKCS_KEY_NAME, name, sizeof(name) },
		{ CNG_BUFFER_PKCS_SECRET, password, sizeof(password) },
		{ CNG_BUFFER_PKCS_ALG_OID, oid, sizeof(oid) },
		{ CNG_BUFFER_PKCS_ALG_PARAM, pbe, sizeof(pbe) },
	};
	CK_CNG_BLOB_PARAMS params = { 0,
		CNG_FLAG_OVERWRITE_KEY | CNG_FLAG_DO_NOT_FINALIZE |
		    CNG_FLAG_SILENT, buffers, 4 };
	struct cngblob blob;

	ck_assert_uint_eq(
	    read_params(&blob, &params, sizeof(params)), CKR_OK);
	ck_assert_int_eq(blob.type, BLOB_PKCS8);
	ck_assert_uint_eq(blob.flags, IMPORT_OVERWRITE);
	ck_assert(blob.do_not_finalize);
	ck_assert_uint_eq(blob.name.len, 3);
	ck_assert_mem_eq(blob.name.ptr, "k\xc3\xa9", 3);
	ck_assert_uint_eq(blob.params.pbe.password.len, 2);
	ck_assert_int_eq(blob.params.pbe.kind, PBE_PKCS12_3DES);
	ck_assert_uint_eq(blob.params.pbe.iterations, 2048);
	ck_assert_uint_eq(blob.params.pbe.salt.len, 2);
	cngblob_free(&blob);
}
END_TEST

START_TEST(bad_blob_parameters)
{
	unsigned char lone[] = { 0, 0xd8, 0, 0 };
	unsigned char name[] = { 'k', 0, 0, 0 };
	unsigned char pbe[] = { 1, 0, 0, 0, 9, 0, 0, 0, 1 };
	CK_CNG_BUFFER bad[] = {
		{ CNG_BUFFER_PKCS_KEY_NAME, lone, sizeof(lone) },
		{ CNG_BUFFER_PKCS_KEY_NAME, NULL, 4 },
		{ CNG_BUFFER_PKCS_KEY_NAME, name, ~0UL },
		{ CNG_BUFFER_PKCS_KEY_NAME, name + 2, 2 },
		{ CNG_BUFFER_PKCS_ALG_OID, name, 4 },
		{ CNG_BUFFER_PKCS_ALG_PARAM, pbe, sizeof(pbe) },
		{ 99, name, 4 },
	};
	CK_CNG_BLOB_PARAMS params = { 0, 0, NULL, 1 };
	struct cngblob blob;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		params.buffers = &bad[i];
		ck_assert_uint_eq(read_params(&blob, &params, sizeof(params)),
		    CKR_MECHANISM_PARAM_INVALID);
		ck_assert_ptr_null(blob.name.ptr);
	}
	params.buffers = NULL;
	ck_assert_uint_eq(read_params(&blob, &params, sizeof(params)),
	    CKR_MECHANISM_PARAM_INVALID);
	params.count = 0;
	ck_assert_uint_eq(
	    read_params(&blob, &params, sizeof(params)), CKR_OK);
	ck_assert_uint_eq(read_params(&blob, &params, sizeof(params) - 1),
	    CKR_MECHANISM_PARAM_INVALID);
	params.version = 1;
	ck_assert_uint_eq(read_params(&blob, &params, sizeof(params)),
	    CKR_MECHANISM_PARAM_INVALID);
	params.version = 0;
	params.flags = 1;
	ck_assert_uint_eq(read_params(&blob, &params, sizeof(params)),
	    CKR_MECHANISM_PARAM_INVALID);
	ck_assert_uint_eq(read_params(&blob, NULL, 0), CKR_OK);
}
END_TEST

START_TEST(a_child_owns_nothing)
{
	pid_t child;
	int status;

	ck_assert(!forked_is_ours());
	ck_assert(forked_claim_begin());
	forked_claim_end();
	ck_assert(forked_is_ours());
	ck_assert(!forked_claim_begin());
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (forked_is_ours() || !forked_claim_begin())
			_exit(1);
		forked_claim_end();
		_exit(forked_is_ours() ? 0 : 2);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	ck_assert(forked_is_ours());
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		handles_are_not_used_twice,
		the_table_has_a_limit,
		a_table_and_a_fork,
		reserved_strings,
		mutex_callbacks_come_together,
		fields_are_padded,
		blob_parameters,
		bad_blob_parameters,
		a_child_owns_nothing,
	};

	return run_tests("pkcs11 state", tests, ARRAY_LEN(tests));
}
