/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys on cards through the NCrypt functions: brought there, made there, found
 * again, used, and removed, on every kind of card.
 */
#include "ncrypt_card_help.h"

#include <sys/wait.h>
#include <unistd.h>

/* --- the provider --------------------------------------------------------- */

START_TEST(provider)
{
	static const LPCWSTR known[] = { u"RSA", u"ECDSA_P256", u"ECDSA_P384",
		u"ECDSA_P521", u"ECDH_P256", u"ECDH_P384", u"ECDH_P521",
		u"ECDSA", u"ECDH" };
	static const LPCWSTR unknown[] = { u"DSA", u"DH", u"AES", u"HKDF",
		u"ML-KEM", u"ML-DSA", u"SHA256" };
	NCryptProviderName *list;
	NCryptAlgorithmName *algs;
	NCRYPT_KEY_HANDLE key;
	DWORD count;
	bool found = false;

	cards_begin(READER "=gids", NULL, "");
	ck_assert_int_eq(card_ask(READER, "count"), 0);
	ck_status(NCryptEnumStorageProviders(&count, &list, 0),
	    ERROR_SUCCESS);
	for (DWORD i = 0; i < count; i++)
		found = found || memcmp(list[i].pszName,
		    MS_SMART_CARD_KEY_STORAGE_PROVIDER,
		    nc_wide_bytes(MS_SMART_CARD_KEY_STORAGE_PROVIDER)) == 0;
	ck_assert(found);
	ck_status(NCryptFreeBuffer(list), ERROR_SUCCESS);
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		ck_status(NCryptIsAlgSupported(nc_prov, known[i], 0),
		    ERROR_SUCCESS);
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
		ck_status(NCryptIsAlgSupported(nc_prov, unknown[i], 0),
		    NTE_NOT_SUPPORTED);
		ck_status(NCryptCreatePersistedKey(nc_prov, &key, unknown[i],
		    NULL, 0, 0), NTE_NOT_SUPPORTED);
	}
	ck_status(NCryptEnumAlgorithms(nc_prov, 0, &count, &algs, 0),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(count, ARRAY_LEN(known));
	ck_status(NCryptFreeBuffer(algs), ERROR_SUCCESS);
	nc_text_is(nc_prov, NCRYPT_NAME_PROPERTY,
	    MS_SMART_CARD_KEY_STORAGE_PROVIDER);
	ck_assert_uint_eq(nc_number(nc_prov, NCRYPT_IMPL_TYPE_PROPERTY),
	    NCRYPT_IMPL_HARDWARE_FLAG | NCRYPT_IMPL_REMOVABLE_FLAG);
	ck_assert_uint_eq(nc_number(nc_prov,
	    NCRYPT_MAX_NAME_LENGTH_PROPERTY), 39);
	/* nothing of that is a matter of the card */
	ck_assert_int_eq(card_ask(READER, "count"), 0);
	nc_end();
}
END_TEST

/* --- on every kind of card ------------------------------------------------ */

START_TEST(brought_and_used)
{
	NCRYPT_KEY_HANDLE key, again;
	struct secret blob;
	BYTE out[256], cipher[256], text[] = "to the card", plain[256];
	DWORD size;

	card_begin(_i, "");
	card_pin();
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    u"Müllers Schlüssel", 0, &key), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_NAME_PROPERTY, u"Müllers Schlüssel");
	ck_status(card_sign(key, true), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	card_reopen();
	key = card_key(u"Müllers Schlüssel");
	nc_text_is(key, NCRYPT_NAME_PROPERTY, u"Müllers Schlüssel");
	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY, NCRYPT_RSA_ALGORITHM);
	nc_text_is(key, NCRYPT_READER_PROPERTY, WIDE_READER);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 2048);
	ck_assert_uint_eq(nc_number(key, NCRYPT_EXPORT_POLICY_PROPERTY), 0);
	/* the public half needs no PIN, the private one does */
	ck_status(nc_export(key, BCRYPT_RSAPUBLIC_BLOB, &blob),
	    ERROR_SUCCESS);
	secret_free(&blob);
	ck_status(NCryptEncrypt(key, text, sizeof(text), NULL, cipher,
	    sizeof(cipher), &size, BCRYPT_PAD_PKCS1), ERROR_SUCCESS);
	ck_status(NCryptDecrypt(key, cipher, size, NULL, plain, sizeof(plain),
	    &size, BCRYPT_PAD_PKCS1 | NCRYPT_SILENT_FLAG),
	    NTE_SILENT_CONTEXT);
	ck_status(NCryptDecrypt(key, cipher, 256, NULL, plain, sizeof(plain),
	    &size, BCRYPT_PAD_PKCS1), NTE_UI_REQUIRED);
	ck_status(nc_set_text(key, NCRYPT_PIN_PROPERTY, CARD_PIN),
	    ERROR_SUCCESS);
	ck_status(NCryptDecrypt(key, cipher, 256, NULL, plain, sizeof(plain),
	    &size, BCRYPT_PAD_PKCS1), ERROR_SUCCESS);
	ck_assert_uint_eq(size, sizeof(text));
	ck_assert_int_eq(memcmp(plain, text, size), 0);
	/* nothing private leaves */
	ck_status(nc_export(key, BCRYPT_RSAPRIVATE_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_export(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_export(key, NCRYPT_OPAQUETRANSPORT_BLOB, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFinalizeKey(key, 0), NTE_INVALID_HANDLE);
	/* a name is on a card once */
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    u"Müllers Schlüssel", 0, &again), NTE_EXISTS);
	ck_assert_uint_eq(card_count(NULL), 1);
	ck_status(NCryptGetProperty(key, NCRYPT_UNIQUE_NAME_PROPERTY, out,
	    sizeof(out), &size, 0), ERROR_SUCCESS);
	again = card_key((LPCWSTR)(void *)out);
	ck_status(NCryptFreeObject(again), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt card");
	TCase *tc = tcase_create("card");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, provider);
	tcase_add_loop_test(tc, brought_and_used, 0, ARRAY_LEN(card_kinds));
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
