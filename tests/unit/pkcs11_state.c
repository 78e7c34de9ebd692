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
#include "base/util.h"
#include "tests/unit/runner.h"

#include <check.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(handles_are_not_used_twice)
{
	struct session_table table = { 0 };
	struct session *s, *kept;
	CK_SESSION_HANDLE old = 0;
	int i;

	ck_assert_uint_eq(session_add(&table, false, &kept), CKR_OK);
	for (i = 0; i < 1000; i++) {
		ck_assert_uint_eq(session_add(&table, false, &s), CKR_OK);
		ck_assert_uint_ne(s->handle, 0);
		ck_assert_uint_ne(s->handle, old);
		ck_assert_ptr_null(session_find(&table, old));
		ck_assert_ptr_eq(session_find(&table, s->handle), s);
		old = s->handle;
		session_take_out(&table, s);
		ck_assert_ptr_null(session_find(&table, old));
		session_free(s);
	}
	ck_assert_ptr_eq(session_find(&table, kept->handle), kept);
	ck_assert_ptr_null(session_find(&table, 0));
	ck_assert_ptr_null(session_find(&table, ~0UL));
	session_table_free(&table);
}
END_TEST

START_TEST(the_table_has_a_limit)
{
	static struct session *all[SESSION_MAX];
	struct session_table table = { 0 };
	struct session *one;
	size_t i;

	for (i = 0; i < SESSION_MAX; i++)
		ck_assert_uint_eq(session_add(&table, false, &all[i]), CKR_OK);
	ck_assert_uint_eq(session_add(&table, false, &one), CKR_SESSION_COUNT);
	session_take_out(&table, all[77]);
	session_free(all[77]);
	ck_assert_uint_eq(session_add(&table, false, &one), CKR_OK);
	ck_assert_uint_eq(session_add(&table, false, &one), CKR_SESSION_COUNT);
	session_table_free(&table);
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
		reserved_strings,
		mutex_callbacks_come_together,
		fields_are_padded,
		blob_parameters,
		bad_blob_parameters,
		a_child_owns_nothing,
	};

	return run_tests("pkcs11 state", tests, ARRAY_LEN(tests));
}
