/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Properties of keys on cards, and what flags say there.
 */
#include "ncrypt_card_help.h"

static NCRYPT_KEY_HANDLE
bring(LPCWSTR name)
{
	NCRYPT_KEY_HANDLE key;

	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    name, 0, &key), ERROR_SUCCESS);
	return key;
}

static SECURITY_STATUS
get(NCRYPT_HANDLE object, LPCWSTR name, BYTE *out, DWORD size, DWORD *got)
{
	*got = 0;
	return NCryptGetProperty(object, name, out, size, got, 0);
}

/* --- properties ----------------------------------------------------------- */

START_TEST(of_a_key)
{
	static const LPCWSTR refused[] = { NCRYPT_SECURE_PIN_PROPERTY,
		NCRYPT_SCARD_PIN_INFO, NCRYPT_PIN_PROPERTY,
		NCRYPT_PIN_PROMPT_PROPERTY };
	static const LPCWSTR nothing[] = { NCRYPT_ASSOCIATED_ECDH_KEY,
		NCRYPT_USER_CERTSTORE_PROPERTY, NCRYPT_ROOT_CERTSTORE_PROPERTY,
		NCRYPT_CERTIFICATE_PROPERTY, NCRYPT_LAST_MODIFIED_PROPERTY,
		NCRYPT_UI_POLICY_PROPERTY };
	NCRYPT_PROV_HANDLE prov;
	NCRYPT_KEY_HANDLE key;
	BYTE guid[16], again[16], out[256];
	DWORD size;

	cards_begin(READER "=gids", NULL, ALL_IMPORTS);
	card_pin();
	key = bring(u"one");
	ck_status(get(key, NCRYPT_SMARTCARD_GUID_PROPERTY, NULL, 0, &size),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(size, 16);
	ck_status(get(key, NCRYPT_SMARTCARD_GUID_PROPERTY, guid, 15, &size),
	    NTE_BUFFER_TOO_SMALL);
	ck_status(get(key, NCRYPT_SMARTCARD_GUID_PROPERTY, guid, 16, &size),
	    ERROR_SUCCESS);
	ck_status(get(nc_prov, NCRYPT_SMARTCARD_GUID_PROPERTY, again, 16,
	    &size), ERROR_SUCCESS);
	ck_assert_int_eq(memcmp(guid, again, 16), 0);
	memset(again, 0, 16);
	ck_assert_int_ne(memcmp(guid, again, 16), 0);
	ck_assert_uint_eq(nc_number(key, NCRYPT_SCARD_PIN_ID), 1);
	ck_assert_uint_eq(nc_number(key, NCRYPT_KEY_TYPE_PROPERTY), 0);
	ck_assert_uint_eq(nc_number(key, NCRYPT_EXPORT_POLICY_PROPERTY), 0);
	ck_assert_uint_eq(nc_number(key, NCRYPT_KEY_USAGE_PROPERTY) &
	    (NCRYPT_ALLOW_DECRYPT_FLAG | NCRYPT_ALLOW_SIGNING_FLAG),
	    NCRYPT_ALLOW_DECRYPT_FLAG | NCRYPT_ALLOW_SIGNING_FLAG);
	nc_text_is(key, NCRYPT_READER_PROPERTY, WIDE_READER);
	nc_text_is(key, NCRYPT_UNIQUE_NAME_PROPERTY, ON_READER u"one");
	nc_text_is(key, NCRYPT_ALGORITHM_GROUP_PROPERTY,
	    NCRYPT_RSA_ALGORITHM_GROUP);
	ck_status(get(key, NCRYPT_PROVIDER_HANDLE_PROPERTY, (BYTE *)&prov,
	    sizeof(prov), &size), ERROR_SUCCESS);
	ck_assert_uint_eq(prov, nc_prov);
	ck_status(NCryptFreeObject(prov), ERROR_SUCCESS);
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		ck_status(get(key, refused[i], out, sizeof(out), &size),
		    NTE_NOT_SUPPORTED);
	for (size_t i = 0; i < ARRAY_LEN(nothing); i++)
		ck_status(get(key, nothing[i], out, sizeof(out), &size),
		    NTE_NOT_FOUND);
	ck_status(nc_set_text(key, NCRYPT_SECURE_PIN_PROPERTY, CARD_PIN),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_set_text(key, NCRYPT_READER_PROPERTY, WIDE_READER),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_set_text(key, NCRYPT_NAME_PROPERTY, u"two"),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_set_text(key, NCRYPT_PIN_PROMPT_PROPERTY, u"please"),
	    ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, 0),
	    NTE_PERM);
	ck_status(nc_set_number(key, NCRYPT_KEY_USAGE_PROPERTY, 1), NTE_PERM);
	/* there is no place on a card for others */
	ck_status(NCryptSetProperty(key, u"Mine", out, 4,
	    (DWORD)NCRYPT_PERSIST_FLAG | NCRYPT_PERSIST_ONLY_FLAG),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

START_TEST(of_the_provider)
{
	BYTE out[256];
	DWORD size;

	cards_begin(READER "=gids;" OTHER "=piv", NULL, ALL_IMPORTS);
	ck_status(get(nc_prov, NCRYPT_READER_PROPERTY, out, sizeof(out),
	    &size), NTE_NOT_FOUND);
	/* of which of the two? */
	ck_status(get(nc_prov, NCRYPT_SMARTCARD_GUID_PROPERTY, out,
	    sizeof(out), &size), NTE_INVALID_PARAMETER);
	ck_status(nc_set_text(nc_prov, NCRYPT_READER_PROPERTY,
	    u"Simulated Two"), ERROR_SUCCESS);
	ck_status(get(nc_prov, NCRYPT_SMARTCARD_GUID_PROPERTY, out,
	    sizeof(out), &size), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 16);
	ck_status(nc_set_text(nc_prov, NCRYPT_READER_PROPERTY, u"Nobody"),
	    ERROR_SUCCESS);
	ck_status(get(nc_prov, NCRYPT_SMARTCARD_GUID_PROPERTY, out,
	    sizeof(out), &size), SCARD_E_UNKNOWN_READER);
	ck_status(get(nc_prov, NCRYPT_ROOT_CERTSTORE_PROPERTY, out,
	    sizeof(out), &size), SCARD_E_UNKNOWN_READER);
	ck_status(nc_set_text(nc_prov, NCRYPT_SECURE_PIN_PROPERTY, CARD_PIN),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROMPT_PROPERTY, u"now"),
	    ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* The one of the one key, at the end of a message but for its signers. */
static void
certificates(NCRYPT_HANDLE object, struct span der)
{
	BYTE out[4096];
	DWORD size, want;

	ck_status(get(object, NCRYPT_USER_CERTSTORE_PROPERTY, NULL, 0, &want),
	    ERROR_SUCCESS);
	ck_assert_uint_gt(want, der.len);
	ck_status(get(object, NCRYPT_USER_CERTSTORE_PROPERTY, out, want - 1,
	    &size), NTE_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(size, want);
	ck_status(get(object, NCRYPT_USER_CERTSTORE_PROPERTY, out,
	    sizeof(out), &size), ERROR_SUCCESS);
	ck_assert_uint_eq(size, want);
	ck_assert_int_eq(memcmp(out + size - 2 - der.len, der.ptr, der.len),
	    0);
	ck_assert_int_eq(memcmp(out + size - 2, "\x31\x00", 2), 0);
	ck_status(NCryptSetProperty(object, NCRYPT_USER_CERTSTORE_PROPERTY,
	    out, size, 0), NTE_NOT_SUPPORTED);
	ck_status(get(object, NCRYPT_ROOT_CERTSTORE_PROPERTY, out,
	    sizeof(out), &size), NTE_NOT_FOUND);
}

/* A certificate comes and goes with its key. */
START_TEST(certificate)
{
	struct secret der = sample_read("cert_rsa2048.der");
	struct secret other = sample_read("cert_p256.der");
	NCRYPT_KEY_HANDLE key;
	BYTE out[4096];
	DWORD size;

	card_begin(_i, "");
	card_pin();
	key = bring(u"one");
	ck_status(NCryptSetProperty(key, NCRYPT_CERTIFICATE_PROPERTY,
	    other.ptr, (DWORD)other.len, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, NCRYPT_CERTIFICATE_PROPERTY,
	    der.ptr, (DWORD)der.len - 1, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, NCRYPT_CERTIFICATE_PROPERTY,
	    der.ptr, (DWORD)der.len, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	card_reopen();
	/* to read it needs no PIN, to write it does */
	key = card_key(u"one");
	ck_status(get(key, NCRYPT_CERTIFICATE_PROPERTY, NULL, 0, &size),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(size, der.len);
	ck_status(get(key, NCRYPT_CERTIFICATE_PROPERTY, out, 100, &size),
	    NTE_BUFFER_TOO_SMALL);
	ck_status(get(key, NCRYPT_CERTIFICATE_PROPERTY, out, sizeof(out),
	    &size), ERROR_SUCCESS);
	ck_assert_int_eq(memcmp(out, der.ptr, der.len), 0);
	certificates(key, secret_span(&der));
	certificates(nc_prov, secret_span(&der));
	ck_status(NCryptSetProperty(key, NCRYPT_CERTIFICATE_PROPERTY,
	    der.ptr, (DWORD)der.len, NCRYPT_SILENT_FLAG), NTE_SILENT_CONTEXT);
	ck_status(NCryptSetProperty(key, NCRYPT_CERTIFICATE_PROPERTY,
	    der.ptr, (DWORD)der.len, 0), NTE_UI_REQUIRED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	secret_free(&der);
	secret_free(&other);
	nc_end();
}
END_TEST

/* What can be said before a key is finalised. */
START_TEST(in_the_making)
{
	NCRYPT_UI_POLICY quiet = { .dwVersion = 1 }, loud = {
		.dwVersion = 1, .dwFlags = NCRYPT_UI_PROTECT_KEY_FLAG };
	NCRYPT_KEY_HANDLE key;
	BYTE out[64];
	DWORD size;

	cards_begin(READER "=gids", NULL, ALL_IMPORTS);
	card_pin();
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, u"new", 0, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 1024);
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 2048),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 2048);
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 2049),
	    NTE_INVALID_PARAMETER);
	/* a promise that no card keeps is not made */
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_EXPORT_FLAG), NTE_NOT_SUPPORTED);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptSetProperty(key, NCRYPT_UI_POLICY_PROPERTY,
	    (PBYTE)&quiet, sizeof(quiet), 0), ERROR_SUCCESS);
	ck_status(NCryptSetProperty(key, NCRYPT_UI_POLICY_PROPERTY,
	    (PBYTE)&loud, sizeof(loud), 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptSetProperty(key, NCRYPT_CERTIFICATE_PROPERTY, out, 64,
	    0), NTE_BAD_KEY_STATE);
	ck_status(get(key, NCRYPT_UNIQUE_NAME_PROPERTY, NULL, 0, &size),
	    NTE_NOT_SUPPORTED);
	nc_text_is(key, NCRYPT_NAME_PROPERTY, u"new");
	nc_text_is(key, NCRYPT_READER_PROPERTY, WIDE_READER);
	ck_status(nc_set_number(key, NCRYPT_KEY_USAGE_PROPERTY,
	    NCRYPT_ALLOW_DECRYPT_FLAG), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 2048);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	/* the older way */
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, u"older", 0, 0), ERROR_SUCCESS);
	{
		struct secret blob = sample_read("rsa1024_priv.bin");

		ck_status(NCryptSetProperty(key, BCRYPT_RSAPRIVATE_BLOB,
		    blob.ptr, (DWORD)blob.len, 0), ERROR_SUCCESS);
		secret_free(&blob);
	}
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	key = card_key(u"older");
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 1024);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	/* one that is given up is nowhere */
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, u"never", 0, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_assert_uint_eq(card_count(NULL), 2);
	nc_end();
}
END_TEST

/* --- every flag ----------------------------------------------------------- */

static SECURITY_STATUS
with_flags(LPCWSTR type, const char *file, LPCWSTR name, DWORD flags)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = nc_import_named(type, file, name, flags,
	    &key);

	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	return status;
}

START_TEST(each_flag)
{
	NCRYPT_KEY_HANDLE key;
	FILE *f;

	cards_begin(READER "=gids", NULL, ALL_IMPORTS "legacy_store = yes\n");
	card_pin();
	ck_status(with_flags(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"machine", NCRYPT_MACHINE_KEY_FLAG), ERROR_SUCCESS);
	ck_status(NCryptOpenKey(nc_prov, &key, u"machine", 0,
	    NCRYPT_MACHINE_KEY_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_KEY_TYPE_PROPERTY), 0);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	/* no copy in clear of what is on a card */
	ck_status(with_flags(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"twin", NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG),
	    NTE_NOT_SUPPORTED);
	f = fopen(nc_path("legacy"), "r");
	ck_assert_ptr_null(f);
	ck_status(with_flags(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"vbs", NCRYPT_REQUIRE_VBS_FLAG), NTE_VBS_UNAVAILABLE);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"prefer", NCRYPT_PREFER_VBS_FLAG, &key), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key,
	    NCRYPT_USE_VIRTUAL_ISOLATION_PROPERTY), 0);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(with_flags(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"trusting", NCRYPT_NO_KEY_VALIDATION), ERROR_SUCCESS);
	ck_status(with_flags(BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin",
	    u"public", NCRYPT_DO_NOT_FINALIZE_FLAG), NTE_BAD_FLAGS);
	ck_status(with_flags(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"unknown", 0x31), NTE_BAD_FLAGS);
	ck_assert_uint_eq(card_count(NULL), 3);
	nc_end();
}
END_TEST

int
main(void)
{
	const int kinds = ARRAY_LEN(card_kinds);
	Suite *suite = suite_create("ncrypt card properties");
	TCase *tc = tcase_create("prop");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, of_a_key);
	tcase_add_test(tc, of_the_provider);
	tcase_add_loop_test(tc, certificate, 0, kinds);
	tcase_add_test(tc, in_the_making);
	tcase_add_test(tc, each_flag);
	suite_add_tcase(suite, tc);
	return card_main(suite);
}
