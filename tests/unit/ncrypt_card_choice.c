/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is meant where it is not said: the default container of a card, and what
 * becomes of it; the card that a new key goes to.
 */
#include "ncrypt_card_help.h"

/* --- the default container ------------------------------------------------ */

struct sample {
	LPCWSTR type;
	const char *file;
};

/* Of each kind of card: the default, and another key. */
static const struct sample samples[][2] = {
	[KIND_GIDS] = {
	    { BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin" },
	    { BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin" } },
	[KIND_PIV] = {
	    { BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin" },
	    { BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin" } },
	[KIND_OPENPGP] = {
	    { BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin" },
	    { BCRYPT_ECCPRIVATE_BLOB, "p256_ecdh_priv.bin" } },
};

static SECURITY_STATUS
bring(const struct sample *what, LPCWSTR name, DWORD flags)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = nc_import_named(what->type, what->file,
	    name, flags, &key);

	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	return status;
}

/* dflt comes first, so it is the default. */
static void
bring_both(int kind)
{
	card_pin();
	ck_status(bring(&samples[kind][0], u"dflt", 0), ERROR_SUCCESS);
	ck_status(bring(&samples[kind][1], u"other", 0), ERROR_SUCCESS);
}

static void
default_is(LPCWSTR name)
{
	static const LPCWSTR forms[] = { NULL, ON_READER };

	card_reopen();
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		NCRYPT_KEY_HANDLE key = card_key(forms[i]);

		nc_text_is(key, NCRYPT_NAME_PROPERTY, name);
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	}
}

static void
delete(LPCWSTR name)
{
	ck_status(NCryptDeleteKey(card_key(name), 0), ERROR_SUCCESS);
}

START_TEST(default_stays)
{
	NCRYPT_KEY_HANDLE key;

	card_begin(_i, "");
	bring_both(_i);
	default_is(u"dflt");
	card_pin();
	ck_status(bring(&samples[_i][0], u"dflt", NCRYPT_OVERWRITE_KEY_FLAG),
	    ERROR_SUCCESS);
	default_is(u"dflt");
	card_pin();
	ck_status(NCryptCreatePersistedKey(nc_prov, &key, _i == KIND_GIDS ?
	    NCRYPT_RSA_ALGORITHM : NCRYPT_ECDSA_P256_ALGORITHM, u"dflt", 0,
	    NCRYPT_OVERWRITE_KEY_FLAG), ERROR_SUCCESS);
	if (_i == KIND_GIDS)
		ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 1024),
		    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	default_is(u"dflt");
	ck_assert_uint_eq(card_count(NULL), 2);
	/* without it, the other one is */
	card_pin();
	delete(u"dflt");
	default_is(u"other");
	card_pin();
	ck_status(bring(&samples[_i][0], u"third", 0), ERROR_SUCCESS);
	if (_i == KIND_GIDS)
		default_is(u"other");
	nc_end();
}
END_TEST

static void
clear_card(void)
{
	NCRYPT_KEY_HANDLE key;

	card_pin();
	while (NCryptOpenKey(nc_prov, &key, NULL, 0, 0) == ERROR_SUCCESS)
		ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(card_count(NULL), 0);
}

/* Nobody ever gets another key without a word: it is the new one if that is
 * there, else the old one, which may be called otherwise now.  On an OpenPGP
 * card that is as long as it is in its place. */
static void
default_is_no_other(int kind, bool done)
{
	NCRYPT_KEY_HANDLE key;
	BYTE name[2 * 64];
	DWORD size;
	bool aside;

	card_reopen();
	key = card_key(NULL);
	ck_status(NCryptGetProperty(key, NCRYPT_NAME_PROPERTY, name,
	    sizeof(name), &size, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	aside = memcmp(name, u"replaced ", 18) == 0;
	ck_assert(aside || memcmp(name, u"dflt", 10) == 0);
	if (aside && (done || kind != KIND_OPENPGP))
		ck_status(card_try(u"dflt"), NTE_BAD_KEYSET);
}

START_TEST(pulled_while_overwriting)
{
	SECURITY_STATUS status = NTE_FAIL;
	char words[32];

	card_begin(_i, "");
	for (int n = 1; status != ERROR_SUCCESS; n++) {
		ck_assert_int_lt(n, 400);
		bring_both(_i);
		snprintf(words, sizeof(words), "fault remove %d", n);
		card_say(READER, words);
		status = bring(&samples[_i][0], u"dflt",
		    NCRYPT_OVERWRITE_KEY_FLAG);
		card_say(READER, "fault remove 0");
		card_say(READER, "insert");
		default_is_no_other(_i, status == ERROR_SUCCESS);
		clear_card();
	}
	nc_end();
}
END_TEST

/* --- the card that takes it ----------------------------------------------- */

static const struct {
	LPCWSTR type, alg;
	const char *file;
	const char *first, *second;
	bool on_second;
} rows[] = {
	/* GIDS has no elliptic curves */
	{ BCRYPT_ECCPRIVATE_BLOB, NCRYPT_ECDSA_P256_ALGORITHM,
	    "p256_ecdsa_priv.bin", "gids", "piv", true },
	{ BCRYPT_ECCPRIVATE_BLOB, NCRYPT_ECDSA_P256_ALGORITHM,
	    "p256_ecdsa_priv.bin", "piv", "gids", false },
	/* nor PIV this one */
	{ BCRYPT_ECCPRIVATE_BLOB, NCRYPT_ECDSA_P521_ALGORITHM,
	    "p521_ecdsa_priv.bin", "piv", "openpgp", true },
	{ BCRYPT_RSAPRIVATE_BLOB, NCRYPT_RSA_ALGORITHM,
	    "rsa1024_priv.bin", "gids", "piv", false },
	/* which only reads */
	{ BCRYPT_RSAPRIVATE_BLOB, NCRYPT_RSA_ALGORITHM,
	    "rsa1024_priv.bin", "piv,plain-piv", "gids", true },
};

static void
two_cards(const char *first, const char *second)
{
	static const char *const pw3 = "12345678";
	char text[256];

	snprintf(text, sizeof(text), READER "=%s;" OTHER "=%s", first, second);
	cards_begin(text, strcmp(second, "openpgp") == 0 ? pw3 :
	    card_kinds[KIND_PIV].admin, ALL_IMPORTS);
	ck_assert_int_eq(setenv("CNG_CARD_PIN", "123456", 1), 0);
}

START_TEST(next_card_that_takes_it)
{
	LPCWSTR where = rows[_i].on_second ? u"Simulated Two" : WIDE_READER;
	NCRYPT_KEY_HANDLE key;

	two_cards(rows[_i].first, rows[_i].second);
	ck_status(nc_import_named(rows[_i].type, rows[_i].file, u"brought", 0,
	    &key), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_READER_PROPERTY, where);
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key, rows[_i].alg,
	    u"made", 0, 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_READER_PROPERTY, where);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* The first card is recognised, and then says nothing that makes sense. */
START_TEST(card_that_cannot_be_read)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS alone;

	two_cards("piv", "piv");
	ck_status(card_try(u"x"), NTE_BAD_KEYSET);
	card_say(READER, "fault fail 1+");
	alone = nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", ON_READER u"x", 0, &key);
	ck_assert_int_ne(alone, ERROR_SUCCESS);
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"x", 0, &key), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_READER_PROPERTY, u"Simulated Two");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	/* where no other serves, the reason is the card's */
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p521_ecdsa_priv.bin", u"y", 0, &key), alone);
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"x", 0, &key), NTE_EXISTS);
	nc_end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt card choice");
	TCase *tc = tcase_create("choice");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, default_stays, 0, ARRAY_LEN(card_kinds));
	tcase_add_loop_test(tc, pulled_while_overwriting, 0,
	    ARRAY_LEN(card_kinds));
	tcase_add_loop_test(tc, next_card_that_takes_it, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, card_that_cannot_be_read);
	suite_add_tcase(suite, tc);
	return card_main(suite);
}
