/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names for the debug log: whatever the module offers, takes or answers has
 * one.
 */
#include "base/util.h"
#include "pkcs11/attr.h"
#include "pkcs11/cryptoki3.h"
#include "pkcs11/mech.h"
#include "pkcs11/names.h"
#include "pkcs11/status.h"
#include "pkcs11/vendor.h"
#include "tests/unit/runner.h"

#include <string.h>

START_TEST(mechanisms)
{
	const struct mech *rows;
	size_t count;

	for (size_t i = 0; i < MECH_TABLES; i++) {
		rows = mech_table(i, &count);
		for (size_t k = 0; k < count; k++)
			ck_assert_msg(name_of_mechanism(rows[k].type) != NULL,
			    "0x%lx", rows[k].type);
	}
	ck_assert_str_eq(name_of_mechanism(CKM_CNG_PKCS7ENVELOPE),
	    "CKM_CNG_PKCS7ENVELOPE");
	ck_assert_ptr_null(name_of_mechanism(0x87654321));
}
END_TEST

START_TEST(attributes)
{
	const struct attr_info *info;
	size_t known = 0;

	for (CK_ULONG type = 0; type < 0x800; type++) {
		info = attr_info(type);
		if (info == NULL)
			continue;
		known++;
		ck_assert_msg(name_of_attribute(type) != NULL, "0x%lx", type);
		ck_assert_ptr_nonnull(attr_name_of(info->prop));
	}
	ck_assert_uint_gt(known, 60);
	ck_assert_str_eq(name_of_attribute(CKA_EC_PARAMS), "CKA_EC_PARAMS");
	ck_assert_str_eq(name_of_attribute(CKA_CNG_BLOB), "CKA_CNG_BLOB");
	ck_assert_str_eq(attr_name_of(PROP_EC_PARAMS), "CKA_EC_PARAMS");
	ck_assert_ptr_null(name_of_attribute(0x87654321));
}
END_TEST

START_TEST(answers)
{
	for (int st = CNG_OK + 1; st < CNG_STATUS_COUNT; st++)
		ck_assert_msg(name_of_answer(
		    status_rv((enum cng_status)st)) != NULL, "%d", st);
	for (CK_RV rv = 1; rv < 0x220; rv++)
		ck_assert_int_eq(name_of_answer(rv) == NULL,
		    strcmp(name_in_words(rv), "no reason is known") == 0);
	ck_assert_str_eq(name_of_answer(CKR_PARAMETER_SET_NOT_SUPPORTED),
	    "CKR_PARAMETER_SET_NOT_SUPPORTED");
	ck_assert_str_eq(name_of_answer(CKR_CANCEL), "CKR_CANCEL");
	ck_assert_ptr_null(name_of_answer(0x87654321));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { mechanisms, attributes, answers };

	return run_tests("pkcs11 names", tests, ARRAY_LEN(tests));
}
