/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which card a name means, what is told where there is none, and PINs.
 */
#include "ncrypt_card_help.h"

#define TWO_READERS READER "=gids;" OTHER "=gids,pin=654321"
#define OTHER_PIN u"654321"

static NCRYPT_KEY_HANDLE
bring(LPCWSTR name)
{
	NCRYPT_KEY_HANDLE key;

	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    name, 0, &key), ERROR_SUCCESS);
	return key;
}

static SECURITY_STATUS
try_bring(LPCWSTR name)
{
	NCRYPT_KEY_HANDLE key = 0;
	SECURITY_STATUS status = nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa2048_priv.bin", name, NCRYPT_SILENT_FLAG, &key);

	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	else
		ck_assert_uint_eq(key, 0);
	return status;
}

static void
two_readers(void)
{
	cards_begin(TWO_READERS, NULL, ALL_IMPORTS);
}

static void
say_both_pins(void)
{
	ck_status(nc_set_text(nc_prov, NCRYPT_READER_PROPERTY, WIDE_READER),
	    ERROR_SUCCESS);
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROPERTY, CARD_PIN),
	    ERROR_SUCCESS);
	ck_status(nc_set_text(nc_prov, NCRYPT_READER_PROPERTY,
	    u"Simulated Two"), ERROR_SUCCESS);
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROPERTY, OTHER_PIN),
	    ERROR_SUCCESS);
	ck_status(nc_set_text(nc_prov, NCRYPT_READER_PROPERTY, u""),
	    ERROR_SUCCESS);
}

/* --- names ---------------------------------------------------------------- */

START_TEST(four_forms)
{
	NCRYPT_KEY_HANDLE key;

	two_readers();
	say_both_pins();
	/* with a reader: that one alone */
	key = bring(ON_OTHER u"there");
	nc_text_is(key, NCRYPT_NAME_PROPERTY, u"there");
	nc_text_is(key, NCRYPT_READER_PROPERTY, u"Simulated Two");
	nc_text_is(key, NCRYPT_UNIQUE_NAME_PROPERTY, ON_OTHER u"there");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(card_try(ON_READER u"there"), NTE_BAD_KEYSET);
	ck_status(card_try(ON_OTHER u"there"), ERROR_SUCCESS);
	/* without: wherever it is; names are as they are */
	ck_status(card_try(u"there"), ERROR_SUCCESS);
	ck_status(card_try(u"There"), NTE_BAD_KEYSET);
	ck_status(card_try(u"ther"), NTE_BAD_KEYSET);
	/* the default container of a reader, or of any */
	ck_status(card_try(ON_READER), NTE_BAD_KEYSET);
	key = card_key(ON_OTHER);
	nc_text_is(key, NCRYPT_NAME_PROPERTY, u"there");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	key = card_key(NULL);
	nc_text_is(key, NCRYPT_NAME_PROPERTY, u"there");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(card_try(u""), ERROR_SUCCESS);
	/* taken on one card, so it goes to the next */
	key = bring(u"there");
	nc_text_is(key, NCRYPT_READER_PROPERTY, WIDE_READER);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(try_bring(u"there"), NTE_EXISTS);
	ck_status(try_bring(ON_READER u"there"), NTE_EXISTS);
	/* a reader without a name: one is made */
	ck_assert_uint_eq(card_count(ON_READER), 1);
	ck_status(try_bring(ON_READER), ERROR_SUCCESS);
	ck_status(try_bring(ON_READER), ERROR_SUCCESS);
	ck_assert_uint_eq(card_count(ON_READER), 3);
	ck_assert_uint_eq(card_count(ON_OTHER), 1);
	ck_assert_uint_eq(card_count(NULL), 4);
	ck_status(nc_set_text(nc_prov, NCRYPT_READER_PROPERTY,
	    u"Simulated Two"), ERROR_SUCCESS);
	nc_text_is(nc_prov, NCRYPT_READER_PROPERTY, u"Simulated Two");
	ck_assert_uint_eq(card_count(NULL), 1);
	ck_assert_uint_eq(card_count(ON_READER), 3);
	nc_end();
}
END_TEST

START_TEST(no_such_name)
{
	static const LPCWSTR wrong[] = { u"a\\b", u"\\\\.\\Simulated One",
		u"\\\\.\\", u"\\\\.\\\\x", u"\\x",
		u"0123456789012345678901234567890123456789",
		ON_READER u"0123456789012345678901234567890123456789" };
	NCRYPT_KEY_HANDLE key;
	NCryptKeyName *name;
	PVOID state = NULL;

	two_readers();
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		ck_status(card_try(wrong[i]), NTE_INVALID_PARAMETER);
		ck_status(try_bring(wrong[i]), NTE_INVALID_PARAMETER);
		ck_status(NCryptCreatePersistedKey(nc_prov, &key,
		    NCRYPT_RSA_ALGORITHM, wrong[i], 0, 0),
		    NTE_INVALID_PARAMETER);
	}
	ck_status(card_try(u"\\\\.\\Nobody\\x"), SCARD_E_UNKNOWN_READER);
	ck_status(try_bring(u"\\\\.\\Nobody\\x"), SCARD_E_UNKNOWN_READER);
	ck_status(NCryptEnumKeys(nc_prov, ON_READER u"x", &name, &state, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptEnumKeys(nc_prov, u"\\\\.\\Nobody\\", &name, &state,
	    0), SCARD_E_UNKNOWN_READER);
	ck_assert_ptr_null(state);
	/* 39 are not too many */
	say_both_pins();
	ck_status(try_bring(u"012345678901234567890123456789012345678"),
	    ERROR_SUCCESS);
	ck_status(card_try(u"012345678901234567890123456789012345678"),
	    ERROR_SUCCESS);
	nc_end();
}
END_TEST

START_TEST(listed)
{
	NCryptKeyName *name;
	PVOID state = NULL;
	NCRYPT_PROV_HANDLE soft;

	cards_begin(READER "=gids", NULL, ALL_IMPORTS);
	card_pin();
	ck_status(NCryptFreeObject(bring(u"one")), ERROR_SUCCESS);
	/* no PIN is wanted for that */
	card_reopen();
	ck_status(NCryptEnumKeys(nc_prov, NULL, &name, &state,
	    NCRYPT_SILENT_FLAG), ERROR_SUCCESS);
	ck_assert_int_eq(memcmp(name->pszName, u"one", 8), 0);
	ck_assert_int_eq(memcmp(name->pszAlgid, u"RSA", 8), 0);
	ck_assert_uint_eq(name->dwLegacyKeySpec, AT_KEYEXCHANGE);
	ck_assert_uint_eq(name->dwFlags, 0);
	ck_status(NCryptFreeBuffer(name), ERROR_SUCCESS);
	ck_status(NCryptEnumKeys(nc_prov, NULL, &name, &state, 0),
	    NTE_NO_MORE_ITEMS);
	/* the list of another provider is none of this one */
	ck_status(NCryptOpenStorageProvider(&soft, NULL, 0), ERROR_SUCCESS);
	ck_status(NCryptEnumKeys(soft, ON_READER, &name, &state, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(soft), ERROR_SUCCESS);
	ck_status(NCryptFreeBuffer(state), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* --- nothing there -------------------------------------------------------- */

START_TEST(no_reader)
{
	NCryptKeyName *name;
	PVOID state = NULL;
	BYTE guid[16];
	DWORD size;

	cards_begin(READER "=gids,out", NULL, ALL_IMPORTS);
	ck_status(card_try(u"x"), SCARD_E_NO_SMARTCARD);
	ck_status(card_try(ON_READER u"x"), SCARD_E_NO_SMARTCARD);
	ck_status(try_bring(u"x"), SCARD_E_NO_SMARTCARD);
	ck_status(NCryptEnumKeys(nc_prov, NULL, &name, &state, 0),
	    SCARD_E_NO_SMARTCARD);
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROPERTY, CARD_PIN),
	    SCARD_E_NO_SMARTCARD);
	ck_status(NCryptGetProperty(nc_prov, NCRYPT_SMARTCARD_GUID_PROPERTY,
	    guid, 16, &size, 0), SCARD_E_NO_SMARTCARD);
	card_say(READER, "unplug");
	ck_status(card_try(u"x"), SCARD_E_NO_READERS_AVAILABLE);
	ck_status(try_bring(u"x"), SCARD_E_NO_READERS_AVAILABLE);
	ck_status(NCryptEnumKeys(nc_prov, NULL, &name, &state, 0),
	    SCARD_E_NO_READERS_AVAILABLE);
	ck_assert_ptr_null(state);
	/* what has no name wants no reader */
	ck_status(NCryptFreeObject(nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin")), ERROR_SUCCESS);
	nc_end();
}
END_TEST

START_TEST(comes_and_goes)
{
	NCRYPT_KEY_HANDLE key;
	struct secret blob;

	cards_begin(READER "=gids,out", NULL, ALL_IMPORTS);
	ck_status(card_try(u"one"), SCARD_E_NO_SMARTCARD);
	card_say(READER, "insert");
	card_pin();
	key = bring(u"one");
	card_say(READER, "pull");
	ck_status(card_sign(key, true), SCARD_W_REMOVED_CARD);
	ck_status(nc_export(key, BCRYPT_RSAPUBLIC_BLOB, &blob),
	    SCARD_W_REMOVED_CARD);
	ck_status(NCryptDeleteKey(key, 0), SCARD_W_REMOVED_CARD);
	ck_status(card_try(u"one"), SCARD_E_NO_SMARTCARD);
	card_say(READER, "insert");
	/* the handle was of the card as it was in the reader then */
	ck_status(card_sign(key, true), SCARD_W_REMOVED_CARD);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	key = card_key(u"one");
	ck_status(card_sign(key, true), NTE_SILENT_CONTEXT);
	card_pin();
	ck_status(card_sign(key, true), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* --- switches ------------------------------------------------------------- */

static const struct {
	const char *off;         /* all but this one are on */
	LPCWSTR type;
	const char *file;
	DWORD usage;
} switches[] = {
	{ "AllowPrivateExchangeKeyImport", BCRYPT_RSAPRIVATE_BLOB,
	    "rsa2048_priv.bin", NCRYPT_ALLOW_ALL_USAGES },
	{ "AllowPrivateSignatureKeyImport", BCRYPT_RSAPRIVATE_BLOB,
	    "rsa2048_priv.bin", NCRYPT_ALLOW_SIGNING_FLAG },
	{ "AllowPrivateECDHEKeyImport", BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdh_priv.bin", NCRYPT_ALLOW_ALL_USAGES },
	{ "AllowPrivateECDSAKeyImport", BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", NCRYPT_ALLOW_ALL_USAGES },
};

/* Each by its own name; and no PIN is spent on what is not allowed. */
START_TEST(import_is_off)
{
	NCRYPT_KEY_HANDLE key;
	char imports[512];
	size_t len = 0;

	for (int i = 0; i < (int)ARRAY_LEN(switches); i++)
		len += (size_t)snprintf(imports + len, sizeof(imports) - len,
		    "%s = %d\n", switches[i].off, i != _i);
	cards_begin(READER "=piv", card_kinds[KIND_PIV].admin, imports);
	ck_status(nc_import_named(switches[_i].type, switches[_i].file,
	    u"off", NCRYPT_DO_NOT_FINALIZE_FLAG, &key), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_KEY_USAGE_PROPERTY,
	    switches[_i].usage), ERROR_SUCCESS);
	ck_assert_int_eq(setenv("CNG_CARD_PIN", "123456", 1), 0);
	ck_status(NCryptFinalizeKey(key, NCRYPT_SILENT_FLAG), NTE_PERM);
	ck_assert_int_eq(card_ask(READER, "verifies"), 0);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_assert_uint_eq(card_count(NULL), 0);
	/* of another kind it may; what the card makes is no import */
	ck_status(nc_import_named(_i < 2 ? BCRYPT_ECCPRIVATE_BLOB :
	    BCRYPT_RSAPRIVATE_BLOB, _i < 2 ? "p256_ecdh_priv.bin" :
	    "rsa2048_priv.bin", u"on", 0, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_ECDSA_P256_ALGORITHM, u"made", 0, 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* As Windows delivers it. */
START_TEST(import_is_off_by_default)
{
	cards_begin(READER "=gids", NULL, "");
	card_pin();
	ck_status(try_bring(u"off"), NTE_PERM);
	ck_assert_uint_eq(card_count(NULL), 0);
	nc_end();
}
END_TEST

/* --- PINs ----------------------------------------------------------------- */

START_TEST(wrong_pin)
{
	NCRYPT_KEY_HANDLE key;

	cards_begin(READER "=gids", NULL, ALL_IMPORTS);
	card_pin();
	key = bring(u"one");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	card_reopen();
	key = card_key(u"one");
	ck_status(nc_set_text(key, NCRYPT_PIN_PROPERTY, u"111111"),
	    SCARD_W_WRONG_CHV);
	ck_status(nc_set_text(key, NCRYPT_PIN_PROPERTY, u""),
	    NTE_INVALID_PARAMETER);
	ck_status(card_sign(key, true), NTE_SILENT_CONTEXT);
	ck_status(nc_set_text(key, NCRYPT_PIN_PROPERTY, CARD_PIN),
	    ERROR_SUCCESS);
	ck_status(card_sign(key, true), ERROR_SUCCESS);
	card_reopen();
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	card_reopen();
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROPERTY, u"111111"),
	    SCARD_W_WRONG_CHV);
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROPERTY, u"111111"),
	    SCARD_W_WRONG_CHV);
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROPERTY, u"111111"),
	    SCARD_W_CHV_BLOCKED);
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROPERTY, CARD_PIN),
	    SCARD_W_CHV_BLOCKED);
	ck_status(card_try(u"one"), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* The store's PIN is not said to a card, and a wrong one once. */
START_TEST(pin_of_the_environment)
{
	NCRYPT_KEY_HANDLE key;

	cards_begin(READER "=gids", NULL, ALL_IMPORTS);
	ck_assert_int_eq(setenv("CNG_PIN", "123456", 1), 0);
	ck_status(try_bring(u"one"), NTE_SILENT_CONTEXT);
	ck_assert_int_eq(card_ask(READER, "verifies"), 0);
	ck_assert_int_eq(setenv("CNG_CARD_PIN", "111111", 1), 0);
	ck_status(try_bring(u"one"), SCARD_W_WRONG_CHV);
	ck_status(try_bring(u"one"), SCARD_W_WRONG_CHV);
	ck_assert_int_eq(card_ask(READER, "verifies"), 1);
	card_reopen();
	ck_assert_int_eq(setenv("CNG_CARD_PIN", "123456", 1), 0);
	key = bring(u"one");
	ck_status(card_sign(key, true), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* It is not known whose PIN it is. */
START_TEST(pin_for_which_card)
{
	two_readers();
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROPERTY, CARD_PIN),
	    NTE_INVALID_PARAMETER);
	ck_assert_int_eq(card_ask(READER, "verifies"), 0);
	ck_assert_int_eq(card_ask(OTHER, "verifies"), 0);
	say_both_pins();
	ck_assert_int_eq(card_ask(READER, "verifies"), 1);
	ck_assert_int_eq(card_ask(OTHER, "verifies"), 1);
	nc_end();
}
END_TEST

/* Somebody else resets the card: the PIN is said again, once. */
START_TEST(reset_by_another)
{
	NCRYPT_KEY_HANDLE key;

	cards_begin(READER "=gids", NULL, ALL_IMPORTS);
	card_pin();
	key = bring(u"one");
	card_say(READER, "reset");
	ck_status(card_sign(key, true), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt card names");
	TCase *tc = tcase_create("names");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, four_forms);
	tcase_add_test(tc, no_such_name);
	tcase_add_test(tc, listed);
	tcase_add_test(tc, no_reader);
	tcase_add_test(tc, comes_and_goes);
	tcase_add_loop_test(tc, import_is_off, 0, ARRAY_LEN(switches));
	tcase_add_test(tc, import_is_off_by_default);
	tcase_add_test(tc, wrong_pin);
	tcase_add_test(tc, pin_of_the_environment);
	tcase_add_test(tc, pin_for_which_card);
	tcase_add_test(tc, reset_by_another);
	suite_add_tcase(suite, tc);
	return card_main(suite);
}
