/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every status leaves the house under a name of its own kind.
 */
#include "core/provider.h"
#include "pkcs11/session.h"
#include "pkcs11/status.h"
#include "base/util.h"
#include "tests/unit/runner.h"

#include <check.h>

START_TEST(every_status_has_a_row)
{
	int i;

	ck_assert_uint_eq(status_rv(CNG_OK), CKR_OK);
	for (i = CNG_OK + 1; i < CNG_STATUS_COUNT; i++) {
		CK_RV rv = status_rv((enum cng_status)i);

		ck_assert_msg(rv != CKR_OK, "status %d is no error", i);
		ck_assert_msg(rv != CKR_GENERAL_ERROR || i == CNG_ERR_INTERNAL,
		    "status %d has no row", i);
	}
}
END_TEST

static struct session reader = { .read_write = false };
static const struct session writer = { .read_write = true };
static const struct session on_card = { .read_write = true, .card = 1 };

/* Its token is not there, and so not write-protected. */
static void
give_token(void)
{
	ck_assert_int_eq(token_open(&reader.token, NULL, false), CNG_OK);
}

static void
take_token(void)
{
	token_free(reader.token);
	reader.token = NULL;
}

START_TEST(no_context_turns_an_error_into_success)
{
	int i;

	give_token();
	for (i = CNG_OK; i < CNG_STATUS_COUNT; i++) {
		enum cng_status st = (enum cng_status)i;
		bool ok = st == CNG_OK;

		ck_assert_int_eq(status_rv_key(st) == CKR_OK, ok);
		ck_assert_int_eq(status_rv_wrap(st) == CKR_OK, ok);
		ck_assert_int_eq(status_rv_unwrap(st, &writer) == CKR_OK, ok);
		ck_assert_int_eq(status_rv_change(st, &reader) == CKR_OK, ok);
	}
	take_token();
}
END_TEST

START_TEST(out_of_range_is_general_error)
{
	volatile int beyond = CNG_STATUS_COUNT;

	ck_assert_uint_eq(
	    status_rv((enum cng_status)beyond), CKR_GENERAL_ERROR);
}
END_TEST

START_TEST(contexts_have_their_own_names)
{
	give_token();
	ck_assert_uint_eq(
	    status_rv(CNG_ERR_OBJECT), CKR_OBJECT_HANDLE_INVALID);
	ck_assert_uint_eq(
	    status_rv_key(CNG_ERR_OBJECT), CKR_KEY_HANDLE_INVALID);
	ck_assert_uint_eq(status_rv_unwrap(CNG_ERR_BAD_DATA, &writer),
	    CKR_WRAPPED_KEY_INVALID);
	ck_assert_uint_eq(status_rv_unwrap(CNG_ERR_READ_ONLY, &reader),
	    CKR_SESSION_READ_ONLY);
	ck_assert_uint_eq(status_rv_unwrap(CNG_ERR_READ_ONLY, &writer),
	    CKR_TOKEN_WRITE_PROTECTED);
	ck_assert_uint_eq(
	    status_rv_wrap(CNG_ERR_KEY_SENSITIVE), CKR_KEY_NOT_WRAPPABLE);
	ck_assert_uint_eq(status_rv_wrap(CNG_ERR_KEY_UNEXTRACTABLE),
	    CKR_KEY_UNEXTRACTABLE);
	ck_assert_uint_eq(status_rv_change(CNG_ERR_READ_ONLY, &reader),
	    CKR_SESSION_READ_ONLY);
	ck_assert_uint_eq(status_rv_change(CNG_ERR_NOT_SUPPORTED, &writer),
	    CKR_FUNCTION_NOT_SUPPORTED);
	ck_assert_uint_eq(status_rv_change(CNG_ERR_NOT_SUPPORTED, &on_card),
	    CKR_TEMPLATE_INCONSISTENT);
	take_token();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_status_has_a_row,
		no_context_turns_an_error_into_success,
		out_of_range_is_general_error,
		contexts_have_their_own_names,
	};

	return run_tests("pkcs11 status", tests, ARRAY_LEN(tests));
}
