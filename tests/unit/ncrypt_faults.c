/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Faults seen through NCrypt: the status a program gets, that no key of the
 * name is there, and that a second try succeeds.  Every type is tried below
 * this face (core_faults).
 */
#include "faults.h"
#include "ncrypt_help.h"

#include <stdlib.h>

static const struct {
	struct fault fault;
	SECURITY_STATUS status;
} faults[] = {
	{ { FAULT_MEMORY, CNG_ERR_NO_MEMORY, false }, NTE_NO_MEMORY },
	{ { FAULT_ENGINE_MEMORY, CNG_ERR_NO_MEMORY, false }, NTE_NO_MEMORY },
	{ { FAULT_STORE, CNG_ERR_STORE_IO, false }, NTE_SYS_ERR },
	{ { FAULT_STORE, CNG_ERR_STORE_CORRUPT, false },
		NTE_KEYSET_ENTRY_BAD },
	{ { FAULT_STORE, CNG_ERR_STORE_FULL, false },
		NTE_TOKEN_KEYSET_STORAGE_FULL },
	{ { FAULT_FILE, CNG_ERR_STORE_IO, false }, NTE_SYS_ERR },
	{ { FAULT_FILE, CNG_ERR_STORE_FULL, true },
		NTE_TOKEN_KEYSET_STORAGE_FULL },
	{ { FAULT_FILE, CNG_ERR_NO_MEMORY, false }, NTE_NO_MEMORY },
};

static const struct {
	LPCWSTR type;
	const char *file;
} rows[] = {
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin" },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin" },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_ecdsa_pub.bin" },
	{ NCRYPT_CIPHER_KEY_BLOB, "cipherkey_aes128.bin" },
};

static void
before(void)
{
	nc_begin();
	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
}

/* n: which thing fails, 0: none; name NULL: ephemeral. */
static SECURITY_STATUS
import(size_t row, LPCWSTR name, int fault, unsigned long n, bool *struck,
    NCRYPT_KEY_HANDLE *key)
{
	NCryptBuffer buffer = nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME,
	    name == NULL ? u"" : name);
	NCryptBufferDesc list = { 0, 1, &buffer };
	struct secret blob = sample_read(rows[row].file);
	SECURITY_STATUS status;

	*key = 0;
	if (n > 0)
		faults_arm(&faults[fault].fault, n);
	status = NCryptImportKey(nc_prov, 0, rows[row].type,
	    name == NULL ? NULL : &list, key, blob.ptr, (DWORD)blob.len, 0);
	*struck = n > 0 && faults_disarm();
	secret_free(&blob);
	ck_assert_msg(status == ERROR_SUCCESS ||
	    (*struck && status == faults[fault].status),
	    "%s, fault %d, %lu: 0x%08x", rows[row].file, fault, n,
	    (unsigned)status);
	ck_assert((*key != 0) == (status == ERROR_SUCCESS));
	return status;
}

static bool
is_there(LPCWSTR name)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = NCryptOpenKey(nc_prov, &key, name, 0, 0);

	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	else
		ck_status(status, NTE_BAD_KEYSET);
	return status == ERROR_SUCCESS;
}

START_TEST(import_of_a_named_key)
{
	for (size_t i = 0; i < 2; i++) {
		NCRYPT_KEY_HANDLE key;
		bool struck = true, none;
		unsigned long count = 0;

		for (unsigned long n = 1; struck; n++) {
			SECURITY_STATUS status;

			(void)is_there(u"k"); /* logged in, all open */
			status = import(i, u"k", _i, n, &struck, &key);
			ck_assert(is_there(u"k") == (status == ERROR_SUCCESS));
			if (status != ERROR_SUCCESS) {
				count++;
				ck_status(import(i, u"k", 0, 0, &none, &key),
				    ERROR_SUCCESS);
			}
			ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
			ck_assert(!is_there(u"k"));
		}
		ck_assert_uint_gt(count, 0);
	}
}
END_TEST

START_TEST(import_of_an_ephemeral_key)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool struck = true;

		for (unsigned long n = 1; struck; n++) {
			NCRYPT_KEY_HANDLE key;

			if (import(i, NULL, _i, n, &struck, &key) ==
			    ERROR_SUCCESS)
				ck_status(NCryptFreeObject(key),
				    ERROR_SUCCESS);
		}
	}
}
END_TEST

START_TEST(export_of_a_public_key)
{
	NCRYPT_KEY_HANDLE key = nc_import(rows[1].type, rows[1].file);
	bool struck = true;

	for (unsigned long n = 1; struck; n++) {
		uint8_t out[256];
		DWORD size = 0;
		SECURITY_STATUS status;

		faults_arm(&faults[_i].fault, n);
		status = NCryptExportKey(key, 0, BCRYPT_ECCPUBLIC_BLOB, NULL,
		    out, sizeof out, &size, 0);
		struck = faults_disarm();
		ck_assert(status == ERROR_SUCCESS ||
		    status == faults[_i].status);
		ck_assert(status == ERROR_SUCCESS || struck);
	}
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt faults");
	TCase *tc = tcase_create("faults");
	SRunner *runner;
	int failures, count = (int)ARRAY_LEN(faults);

	faults_install();
	tcase_add_checked_fixture(tc, before, nc_end);
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, import_of_a_named_key, 0, count);
	tcase_add_loop_test(tc, import_of_an_ephemeral_key, 0, count);
	tcase_add_loop_test(tc, export_of_a_public_key, 0, count);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
