/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The inner parts of the NCrypt face: the table of results, wide strings,
 * the bag of properties; and every allocation made to fail once.
 */
#include "ncrypt_help.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "ncrypt/face.h"

/* --- results ------------------------------------------------------------- */

START_TEST(each_status_has_a_code)
{
	for (int i = 0; i < CNG_STATUS_COUNT; i++) {
		SECURITY_STATUS code = status_of((enum cng_status)i);

		ck_assert_msg(i == CNG_OK ? code == ERROR_SUCCESS :
		    FAILED(code), "%s has no code",
		    cng_status_name((enum cng_status)i));
		/* "internal" is for those that say so only */
		ck_assert_msg(code != NTE_INTERNAL_ERROR ||
		    i == CNG_ERR_INTERNAL || i == CNG_ERR_OPERATION_STATE,
		    "%s", cng_status_name((enum cng_status)i));
	}
	ck_status(status_of(CNG_STATUS_COUNT), NTE_INTERNAL_ERROR);
	ck_status(status_for(CNG_ERR_NOT_LOGGED_IN, 0), NTE_UI_REQUIRED);
	ck_status(status_for(CNG_ERR_NOT_LOGGED_IN, NCRYPT_SILENT_FLAG),
	    NTE_SILENT_CONTEXT);
	ck_status(status_for(CNG_ERR_EXISTS, NCRYPT_SILENT_FLAG), NTE_EXISTS);
	ck_status(NTE_VBS_CANNOT_DECRYPT_KEY,
	    (SECURITY_STATUS)0x8009003Au);
}
END_TEST

/* --- strings ------------------------------------------------------------- */

START_TEST(wide_strings)
{
	static const WCHAR lone[] = { 0xd800, 'a', 0 };
	struct secret text = { 0 };
	uint8_t room[64], *place = room;

	ck_assert(wide_is(u"RSA", "RSA"));
	ck_assert(!wide_is(u"RSA", "RS"));
	ck_assert(!wide_is(u"RS", "RSA"));
	ck_assert(!wide_is(u"rsa", "RSA"));
	ck_assert_int_eq(wide_read(&text, u"aé𝄞", 4), CNG_OK);
	ck_assert_str_eq((const char *)text.ptr, "aé𝄞");
	ck_assert_uint_eq(wide_size(secret_span(&text)), 10);
	ck_assert(memcmp(wide_put(&place, secret_span(&text)), u"aé𝄞", 10) ==
	    0);
	ck_assert_ptr_eq(place, room + 10);
	secret_free(&text);
	ck_assert_int_eq(wide_read(&text, u"aé𝄞", 3), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(wide_read(&text, u"", 3), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(wide_read(&text, NULL, 3), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(wide_read(&text, lone, 3), CNG_ERR_ARGUMENT);
	ck_assert_int_eq(wide_read_bytes(&text, span_of("a\0b", 3)),
	    CNG_ERR_ARGUMENT);
	ck_assert_ptr_null(text.ptr);
}
END_TEST

/* --- bags ---------------------------------------------------------------- */

START_TEST(bags)
{
	static const uint8_t cut[] = { 1, 1, 0, 0, 0, 'a', 9, 0, 0, 0, 1 };
	struct secret bag = { 0 };
	struct span value;
	DWORD number;

	ck_assert(!bag_get(secret_span(&bag), "a", &value));
	ck_assert_int_eq(bag_set(&bag, "a", span_str("one")), CNG_OK);
	ck_assert_int_eq(bag_set_number(&bag, "b", 7), CNG_OK);
	ck_assert_int_eq(bag_set(&bag, "a", span_str("")), CNG_OK);
	ck_assert(bag_get(secret_span(&bag), "a", &value));
	ck_assert_uint_eq(value.len, 0);
	ck_assert(bag_number(secret_span(&bag), "b", &number));
	ck_assert_uint_eq(number, 7);
	ck_assert(!bag_number(secret_span(&bag), "a", &number));
	ck_assert(!bag_get(secret_span(&bag), "c", &value));
	/* what is damaged holds nothing */
	for (size_t len = 0; len <= sizeof(cut); len++)
		ck_assert(!bag_get(span_of(cut, len), "a", &value));
	secret_free(&bag);
}
END_TEST

/* --- threads ------------------------------------------------------------- */

#define THREADS 4
#define TURNS 25

static NCRYPT_KEY_HANDLE shared;

static void *
turns(void *arg)
{
	struct secret *blob = arg;
	BYTE hash[32] = { 1 }, sig[64];
	NCRYPT_KEY_HANDLE key;
	intptr_t good = 0;
	DWORD size;

	for (int i = 0; i < TURNS; i++) {
		if (NCryptSignHash(shared, NULL, hash, 32, sig, 64, &size,
		    0) != ERROR_SUCCESS ||
		    NCryptImportKey(nc_prov, 0, BCRYPT_ECCPRIVATE_BLOB, NULL,
		    &key, blob->ptr, (DWORD)blob->len, 0) != ERROR_SUCCESS)
			continue;
		if (NCryptVerifySignature(key, NULL, hash, 32, sig, 64, 0) ==
		    ERROR_SUCCESS &&
		    NCryptSetProperty(shared, u"own", sig, 64,
		    NCRYPT_PERSIST_ONLY_FLAG) == ERROR_SUCCESS &&
		    NCryptFreeObject(key) == ERROR_SUCCESS)
			good++;
	}
	return (void *)good;
}

START_TEST(threads)
{
	struct secret blob = sample_read("p256_ecdsa_priv.bin");
	pthread_t thread[THREADS];
	void *good;

	ck_status(nc_import_flags(BCRYPT_ECCPRIVATE_BLOB, secret_span(&blob),
	    0, &shared), ERROR_SUCCESS);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, turns,
		    &blob), 0);
	for (size_t i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(thread[i], &good), 0);
		ck_assert_int_eq((intptr_t)good, TURNS);
	}
	ck_status(NCryptFreeObject(shared), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

static void *
take_copy(void *arg)
{
	BYTE out[128];
	DWORD size;

	(void)arg;
	return (void *)(intptr_t)(NCryptExportKey(shared, 0,
	    BCRYPT_ECCPRIVATE_BLOB, NULL, out, sizeof(out), &size, 0) ==
	    ERROR_SUCCESS);
}

/* Archiving is for one copy, however many ask at once. */
START_TEST(one_copy_for_all_threads)
{
	struct secret blob = sample_read("p256_ecdsa_priv.bin");
	pthread_t thread[THREADS];
	void *good;

	for (int turn = 0; turn < TURNS; turn++) {
		intptr_t copies = 0;

		ck_status(nc_import_flags(BCRYPT_ECCPRIVATE_BLOB,
		    secret_span(&blob), 0, &shared), ERROR_SUCCESS);
		ck_status(nc_set_number(shared,
		    NCRYPT_EXPORT_POLICY_PROPERTY,
		    NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG), ERROR_SUCCESS);
		for (size_t i = 0; i < THREADS; i++)
			ck_assert_int_eq(pthread_create(&thread[i], NULL,
			    take_copy, NULL), 0);
		for (size_t i = 0; i < THREADS; i++) {
			ck_assert_int_eq(pthread_join(thread[i], &good), 0);
			copies += (intptr_t)good;
		}
		ck_assert_int_eq(copies, 1);
		ck_status(NCryptFreeObject(shared), ERROR_SUCCESS);
	}
	secret_free(&blob);
}
END_TEST

struct own {
	WCHAR first;             /* of its names */
	NCRYPT_KEY_HANDLE key;
};

static void *
set_own(void *arg)
{
	const struct own *own = arg;
	WCHAR name[] = { own->first, 'a', 0 };
	intptr_t good = 0;
	BYTE value = 1;

	for (; name[1] < 'a' + TURNS; name[1]++)
		good += NCryptSetProperty(own->key, name, &value, 1,
		    NCRYPT_PERSIST_ONLY_FLAG) == ERROR_SUCCESS;
	return (void *)good;
}

static void
each_is_there(const struct own *own)
{
	WCHAR name[] = { own->first, 'a', 0 };
	BYTE value;
	DWORD size;

	for (; name[1] < 'a' + TURNS; name[1]++)
		ck_status(NCryptGetProperty(shared, name, &value, 1, &size,
		    NCRYPT_PERSIST_ONLY_FLAG), ERROR_SUCCESS);
}

/* What one thread sets on a handle, another one does not undo: in the making,
 * without a name, and kept; nor on a handle of its own. */
START_TEST(properties_of_all_threads)
{
	static const DWORD flags[] = { NCRYPT_DO_NOT_FINALIZE_FLAG, 0 };
	struct secret blob = sample_read("p256_ecdsa_priv.bin");
	struct own own[THREADS];
	pthread_t thread[THREADS];
	void *good;

	if (_i >= 2) {
		nc_make_store(false);
		ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
		ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
		    "p256_ecdsa_priv.bin", u"one", 0, &shared),
		    ERROR_SUCCESS);
	} else {
		ck_status(nc_import_flags(BCRYPT_ECCPRIVATE_BLOB,
		    secret_span(&blob), flags[_i], &shared), ERROR_SUCCESS);
	}
	for (size_t i = 0; i < THREADS; i++) {
		own[i] = (struct own){ (WCHAR)('a' + i), shared };
		if (_i == 3)
			ck_status(NCryptOpenKey(nc_prov, &own[i].key, u"one",
			    0, 0), ERROR_SUCCESS);
	}
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, set_own,
		    &own[i]), 0);
	for (size_t i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(thread[i], &good), 0);
		ck_assert_int_eq((intptr_t)good, TURNS);
	}
	for (size_t i = 0; i < THREADS; i++) {
		each_is_there(&own[i]);
		if (_i == 3)
			ck_status(NCryptFreeObject(own[i].key),
			    ERROR_SUCCESS);
	}
	ck_status(NCryptFreeObject(shared), ERROR_SUCCESS);
	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
	secret_free(&blob);
}
END_TEST

/* --- short of memory ----------------------------------------------------- */

static SECURITY_STATUS
import_ephemeral(NCRYPT_KEY_HANDLE *key)
{
	struct secret blob = sample_read("p256_ecdsa_priv.bin");
	SECURITY_STATUS status = NCryptImportKey(nc_prov, 0,
	    BCRYPT_ECCPRIVATE_BLOB, NULL, key, blob.ptr, (DWORD)blob.len, 0);

	mem_fail_after(0);
	secret_free(&blob);
	return status;
}

static SECURITY_STATUS
import_kept(NCRYPT_KEY_HANDLE *key)
{
	SECURITY_STATUS status = nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"one", 0, key);

	mem_fail_after(0);
	return status;
}

typedef SECURITY_STATUS import_function(NCRYPT_KEY_HANDLE *key);

static bool
is_there(void)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = NCryptOpenKey(nc_prov, &key, u"one", 0, 0);

	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	else
		ck_status(status, NTE_BAD_KEYSET);
	return status == ERROR_SUCCESS;
}

/* sample_read allocates, too: the first failures are its. */
#define OF_THE_TEST 1
#define MOST 2000

START_TEST(import_without_memory)
{
	static import_function *const ways[] = { import_ephemeral,
		import_kept };
	NCRYPT_KEY_HANDLE key = 0;
	SECURITY_STATUS status = NTE_NO_MEMORY;
	unsigned long n;

	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	ck_assert(!is_there());
	for (n = OF_THE_TEST + 1; status != ERROR_SUCCESS && n < MOST; n++) {
		mem_fail_after(n);
		status = ways[_i](&key);
		if (status != ERROR_SUCCESS) {
			ck_status(status, NTE_NO_MEMORY);
			ck_assert_uint_eq(key, 0);
			ck_assert(!is_there());
		}
	}
	ck_assert_uint_gt(n, OF_THE_TEST + 5);
	ck_assert_uint_lt(n, MOST);
	ck_assert(NCryptIsKeyHandle(key));
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(export_without_memory)
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin");
	SECURITY_STATUS status = NTE_NO_MEMORY;
	BYTE out[1024];
	DWORD size = 0;
	unsigned long n;

	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, 3),
	    ERROR_SUCCESS);
	for (n = 1; status != ERROR_SUCCESS && n < MOST; n++) {
		mem_fail_after(n);
		status = NCryptExportKey(key, 0, BCRYPT_ECCPRIVATE_BLOB, NULL,
		    out, sizeof(out), &size, 0);
		mem_fail_after(0);
		if (status != ERROR_SUCCESS)
			ck_status(status, NTE_NO_MEMORY);
	}
	ck_assert_uint_gt(n, 2);
	ck_assert_uint_lt(n, MOST);
	ck_assert_uint_eq(size, 104);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt parts");
	TCase *tc = tcase_create("parts");

	tcase_add_checked_fixture(tc, nc_begin, nc_end);
	tcase_add_test(tc, each_status_has_a_code);
	tcase_add_test(tc, wide_strings);
	tcase_add_test(tc, bags);
	tcase_add_test(tc, threads);
	tcase_add_test(tc, one_copy_for_all_threads);
	tcase_add_loop_test(tc, properties_of_all_threads, 0, 4);
	tcase_add_loop_test(tc, import_without_memory, 0, 2);
	tcase_add_test(tc, export_without_memory);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
