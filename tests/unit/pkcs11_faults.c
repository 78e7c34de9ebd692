/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Faults seen through Cryptoki: what a program is told, and that the token
 * is as it was.  Every type is tried below this face (core_faults).
 */
#include "faults.h"
#include "sample.h"
#include "tempdir.h"

#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/vendor.h"
#include "base/util.h"
#include "store/protect/internal.h"

#include <stdlib.h>

static char dir[TEMPDIR_MAX];
static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;

#define PIN "user-pin"
#define ok(rv) ck_assert_uint_eq((rv), CKR_OK)

static void
write_conf(void)
{
	char conf[TEMPDIR_MAX + 16];
	FILE *f;

	(void)snprintf(conf, sizeof conf, "%s/conf", dir);
	f = fopen(conf, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "user_store = none\nmachine_store = none\n"
		   "store = %s/token.db\n", dir);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(setenv("CNG_PKCS11_CONF", conf, 1), 0);
}

static void
setup(void)
{
	CK_UTF8CHAR label[32], pin[] = PIN;
	CK_ULONG count = 1;

	tempdir_make(dir);
	write_conf();
	vault_set_cost_for_tests(16);
	memset(label, ' ', sizeof label);
	ok(C_Initialize(NULL));
	ok(C_GetSlotList(CK_FALSE, &slot, &count));
	ok(C_InitToken(slot, pin, sizeof pin - 1, label));
	ok(C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
	    NULL, &session));
	ok(C_Login(session, CKU_SO, pin, sizeof pin - 1));
	ok(C_InitPIN(session, pin, sizeof pin - 1));
	ok(C_Logout(session));
	ok(C_Login(session, CKU_USER, pin, sizeof pin - 1));
}

static void
teardown(void)
{
	ok(C_Finalize(NULL));
	tempdir_remove(dir);
}

static CK_ULONG
objects(void)
{
	CK_OBJECT_HANDLE found[16];
	CK_ULONG count;

	ok(C_FindObjectsInit(session, NULL, 0));
	ok(C_FindObjects(session, found, 16, &count));
	ok(C_FindObjectsFinal(session));
	return count;
}

static const struct row {
	const char *file;
	CK_MECHANISM_TYPE mechanism;
	CK_ULONG objects;
} rows[] = {
	{ "rsa1024_priv.bin", CKM_CNG_RSAPRIVATE, 2 },
	{ "p256_ecdsa_priv.bin", CKM_CNG_ECCPRIVATE, 2 },
	{ "p256_ecdsa_pub.bin", CKM_CNG_ECCPUBLIC, 1 },
	{ "aes256.bin", CKM_CNG_KEYDATA, 1 },
};

static const struct {
	struct fault fault;
	CK_RV rv;
} faults[] = {
	{ { FAULT_MEMORY, CNG_ERR_NO_MEMORY, false }, CKR_HOST_MEMORY },
	{ { FAULT_ENGINE_MEMORY, CNG_ERR_NO_MEMORY, false },
		CKR_HOST_MEMORY },
	{ { FAULT_STORE, CNG_ERR_STORE_IO, false }, CKR_DEVICE_ERROR },
	{ { FAULT_STORE, CNG_ERR_STORE_CORRUPT, false }, CKR_DEVICE_ERROR },
	{ { FAULT_STORE, CNG_ERR_STORE_FULL, false }, CKR_DEVICE_MEMORY },
	{ { FAULT_FILE, CNG_ERR_STORE_IO, false }, CKR_DEVICE_ERROR },
	{ { FAULT_FILE, CNG_ERR_STORE_FULL, true }, CKR_DEVICE_MEMORY },
	{ { FAULT_FILE, CNG_ERR_NO_MEMORY, false }, CKR_HOST_MEMORY },
};

/* n: which thing fails; 0: none. */
static CK_RV
import(const struct row *row, unsigned long n, int fault, bool *struck,
    CK_OBJECT_HANDLE *key)
{
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_ATTRIBUTE tmpl[] = { { CKA_TOKEN, &yes, sizeof yes },
		{ CKA_EXTRACTABLE, &yes, sizeof yes },
		{ CKA_SENSITIVE, &no, sizeof no } };
	CK_MECHANISM mech = { row->mechanism, NULL, 0 };
	struct secret blob = sample_read(row->file);
	CK_RV rv;

	if (n > 0)
		faults_arm(&faults[fault].fault, n);
	rv = C_UnwrapKey(session, &mech, 0, blob.ptr, blob.len, tmpl,
	    row->mechanism == CKM_CNG_ECCPUBLIC ? 1 : 3, key);
	*struck = n > 0 && faults_disarm();
	secret_free(&blob);
	return rv;
}

START_TEST(unwrapping_says_what_failed)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CK_OBJECT_HANDLE key;
		bool struck = true, none;
		unsigned long count = 0;

		for (unsigned long n = 1; struck; n++) {
			CK_RV rv = import(&rows[i], n, _i, &struck, &key);

			ck_assert_msg(rv == CKR_OK || rv == faults[_i].rv,
			    "%s, fault %d, %lu: 0x%lx", rows[i].file, _i, n,
			    rv);
			ck_assert_uint_eq(objects(),
			    rv == CKR_OK ? rows[i].objects : 0);
			if (rv != CKR_OK) {
				count++;
				ck_assert(struck);
				ok(import(&rows[i], 0, 0, &none, &key));
			}
			ok(C_DestroyObject(session, key));
			ck_assert_uint_eq(objects(), 0);
		}
		ck_assert_uint_gt(count, 0);
	}
}
END_TEST

START_TEST(wrapping_says_what_failed)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CK_MECHANISM mech = { rows[i].mechanism, NULL, 0 };
		CK_OBJECT_HANDLE key;
		CK_BYTE out[1024];
		bool struck, none;

		ok(import(&rows[i], 0, 0, &none, &key));
		struck = true;
		for (unsigned long n = 1; struck; n++) {
			CK_ULONG len = sizeof out;
			CK_RV rv;

			faults_arm(&faults[_i].fault, n);
			rv = C_WrapKey(session, &mech, 0, key, out, &len);
			struck = faults_disarm();
			ck_assert_msg(rv == CKR_OK || rv == faults[_i].rv,
			    "%s, fault %d, %lu: 0x%lx", rows[i].file, _i, n,
			    rv);
			ck_assert(rv == CKR_OK || struck);
			ck_assert_uint_eq(objects(), rows[i].objects);
		}
		ok(C_DestroyObject(session, key));
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pkcs11 faults");
	TCase *tc = tcase_create("faults");
	SRunner *runner;
	int failures, count = (int)ARRAY_LEN(faults);

	faults_install();
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, unwrapping_says_what_failed, 0, count);
	tcase_add_loop_test(tc, wrapping_says_what_failed, 0, count);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
