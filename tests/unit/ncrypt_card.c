/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys on cards through the NCrypt functions: brought there, made there, found
 * again, used, and removed, on every kind of card.
 */
#include "ncrypt_card_help.h"
#include "tempdir.h"

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
	/* OpenPGP's key for decryption does nothing else */
	ck_status(card_sign(key, true), _i == KIND_OPENPGP ? NTE_PERM :
							      ERROR_SUCCESS);
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

/* A signature container, by its usage; and it makes one PIN serve one use
 * where the card wants that. */
START_TEST(for_signatures)
{
	NCRYPT_KEY_HANDLE key;

	card_begin(_i, "");
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    u"signs", NCRYPT_DO_NOT_FINALIZE_FLAG, &key), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_KEY_USAGE_PROPERTY,
	    NCRYPT_ALLOW_SIGNING_FLAG), ERROR_SUCCESS);
	ck_status(card_sign(key, true), NTE_BAD_KEY_STATE);
	ck_assert_uint_eq(card_count(NULL), 0);
	ck_status(NCryptFinalizeKey(key, NCRYPT_SILENT_FLAG),
	    NTE_SILENT_CONTEXT);
	ck_status(nc_set_text(key, NCRYPT_PIN_PROPERTY, CARD_PIN),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, NCRYPT_SILENT_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(card_count(NULL), 1);
	for (int i = 0; i < 3; i++) {
		SECURITY_STATUS status = card_sign(key, true);

		/* 9C of PIV, and PW1 of OpenPGP, are for one use */
		if (status == NTE_SILENT_CONTEXT) {
			ck_assert_int_ne(_i, KIND_GIDS);
			ck_status(nc_set_text(key, NCRYPT_PIN_PROPERTY,
			    CARD_PIN), ERROR_SUCCESS);
			status = card_sign(key, true);
		}
		ck_status(status, ERROR_SUCCESS);
	}
	ck_assert_uint_eq(nc_number(key, NCRYPT_KEY_USAGE_PROPERTY) &
	    NCRYPT_ALLOW_SIGNING_FLAG, NCRYPT_ALLOW_SIGNING_FLAG);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

START_TEST(elliptic_curves)
{
	NCryptBuffer hash = nc_wide_buffer(KDF_HASH_ALGORITHM,
	    BCRYPT_SHA256_ALGORITHM);
	NCryptBufferDesc list = { 0, 1, &hash };
	BYTE mine[32], theirs[32];
	NCRYPT_SECRET_HANDLE a, b;
	NCRYPT_KEY_HANDLE key, other, public;
	struct secret blob;
	DWORD size;

	card_begin(_i, "");
	ck_assert_int_eq(setenv("CNG_CARD_PIN", "123456", 1), 0);
	if (_i == KIND_GIDS) {
		/* these have RSA alone, as the applets that there are */
		ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
		    "p256_ecdsa_priv.bin", u"signs", 0, &key),
		    NTE_NOT_SUPPORTED);
		ck_assert_uint_eq(card_count(NULL), 0);
		nc_end();
		return;
	}
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin", u"signs", 0, &key), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY,
	    NCRYPT_ECDSA_P256_ALGORITHM);
	ck_status(card_sign(key, false), ERROR_SUCCESS);
	ck_status(card_sign(key, false), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdh_priv.bin", u"agrees", 0, &key), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY,
	    NCRYPT_ECDH_P256_ALGORITHM);
	ck_assert_uint_eq(card_count(NULL), 2);
	ck_status(NCryptCreatePersistedKey(nc_prov, &other,
	    NCRYPT_ECDH_P256_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(other, 0), ERROR_SUCCESS);
	/* one without a name is not of the card */
	ck_assert_uint_eq(card_count(NULL), 2);
	ck_status(NCryptSecretAgreement(key, other, &a, 0), ERROR_SUCCESS);
	ck_status(nc_export(key, BCRYPT_ECCPUBLIC_BLOB, &blob),
	    ERROR_SUCCESS);
	ck_status(nc_import_flags(BCRYPT_ECCPUBLIC_BLOB, secret_span(&blob),
	    0, &public), ERROR_SUCCESS);
	ck_status(NCryptSecretAgreement(other, public, &b, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptDeriveKey(a, BCRYPT_KDF_HASH, &list, mine, 32, &size,
	    0), ERROR_SUCCESS);
	ck_status(NCryptDeriveKey(b, BCRYPT_KDF_HASH, &list, theirs, 32,
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 32);
	ck_assert_int_eq(memcmp(mine, theirs, 32), 0);
	secret_free(&blob);
	ck_status(NCryptFreeObject(a), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(b), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(public), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(other), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

START_TEST(made_on_the_card)
{
	NCRYPT_KEY_HANDLE key, again;
	struct secret first, second;

	card_begin(_i, "");
	ck_assert_int_eq(setenv("CNG_CARD_PIN", "123456", 1), 0);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, u"made", AT_SIGNATURE, 0), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 2048),
	    ERROR_SUCCESS);
	ck_status(card_try(u"made"), NTE_BAD_KEYSET);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(card_sign(key, true), ERROR_SUCCESS);
	ck_status(nc_export(key, BCRYPT_RSAPUBLIC_BLOB, &first),
	    ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &again,
	    NCRYPT_RSA_ALGORITHM, u"made", AT_SIGNATURE, 0), NTE_EXISTS);
	card_reopen();
	key = card_key(u"made");
	ck_status(card_sign(key, true), ERROR_SUCCESS);
	ck_status(nc_export(key, BCRYPT_RSAPUBLIC_BLOB, &second),
	    ERROR_SUCCESS);
	ck_assert(span_equal(secret_span(&first), secret_span(&second)));
	secret_free(&first);
	secret_free(&second);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_ECDH_P256_ALGORITHM, u"curve", 0, 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), _i == KIND_GIDS ?
	    NTE_NOT_SUPPORTED : ERROR_SUCCESS);
	ck_assert_uint_eq(card_count(NULL), _i == KIND_GIDS ? 1 : 2);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* --- one card ------------------------------------------------------------- */

/* In the place of another one, or not at all. */
START_TEST(written_over)
{
	NCRYPT_KEY_HANDLE key;

	card_begin(_i, "");
	card_pin();
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    u"one", 0, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv_n_not_pq.bin", u"one", NCRYPT_OVERWRITE_KEY_FLAG,
	    &key), NTE_INVALID_PARAMETER);
	/* what the card cannot have does not cost the key that it has */
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdh_priv.bin", u"one", NCRYPT_OVERWRITE_KEY_FLAG, &key),
	    NTE_NOT_SUPPORTED);
	key = card_key(u"one");
	ck_status(card_sign(key, true), ERROR_SUCCESS);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 2048);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"one", NCRYPT_OVERWRITE_KEY_FLAG, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_assert_uint_eq(card_count(NULL), 1);
	key = card_key(u"one");
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), 1024);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	/* made on the card over it: the same holds */
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_ECDSA_P256_ALGORITHM, u"one", 0,
	    NCRYPT_OVERWRITE_KEY_FLAG), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(card_try(u"one"), ERROR_SUCCESS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, u"one", 0, NCRYPT_OVERWRITE_KEY_FLAG),
	    ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_LENGTH_PROPERTY, 2048),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(card_count(NULL), 1);
	nc_text_is(key, NCRYPT_NAME_PROPERTY, u"one");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* The new key wants a place beside the old one; OpenPGP has one of a kind. */
START_TEST(written_over_where_there_is_room)
{
	NCRYPT_KEY_HANDLE key;
	bool room = _i != KIND_OPENPGP;

	card_begin(_i, "");
	card_pin();
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    u"one", 0, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdh_priv.bin", u"one", NCRYPT_OVERWRITE_KEY_FLAG, &key),
	    room ? ERROR_SUCCESS : NTE_TOKEN_KEYSET_STORAGE_FULL);
	if (room)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_assert_uint_eq(card_count(NULL), 1);
	key = card_key(u"one");
	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY, room ?
	    NCRYPT_ECDH_P256_ALGORITHM : NCRYPT_RSA_ALGORITHM);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* A card that cannot remove the old one has that alone, however often. */
START_TEST(not_written_over)
{
	NCRYPT_KEY_HANDLE key;

	card_begin(KIND_PIV, ",pivapplet");
	card_pin();
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    u"one", 0, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	for (int i = 0; i < 2; i++) {
		ck_status(nc_import_named(BCRYPT_ECCPRIVATE_BLOB,
		    "p256_ecdh_priv.bin", u"one", NCRYPT_OVERWRITE_KEY_FLAG,
		    &key), NTE_NOT_SUPPORTED);
		ck_status(NCryptCreatePersistedKey(nc_prov, &key,
		    NCRYPT_ECDSA_P256_ALGORITHM, u"one", 0,
		    NCRYPT_OVERWRITE_KEY_FLAG), ERROR_SUCCESS);
		ck_status(NCryptFinalizeKey(key, 0), NTE_NOT_SUPPORTED);
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	}
	card_reopen();
	ck_assert_uint_eq(card_count(NULL), 1);
	card_pin();
	key = card_key(u"one");
	ck_status(card_sign(key, true), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

START_TEST(removed)
{
	NCRYPT_KEY_HANDLE key, same;

	card_begin(KIND_GIDS, "");
	card_pin();
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    u"one", 0, &key), ERROR_SUCCESS);
	same = card_key(u"one");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	card_reopen();
	ck_assert_uint_eq(card_count(NULL), 1);
	ck_status(NCryptFreeObject(same), ERROR_SUCCESS);
	card_reopen();
	key = card_key(u"one");
	same = card_key(u"one");
	ck_status(NCryptDeleteKey(key, NCRYPT_SILENT_FLAG),
	    NTE_SILENT_CONTEXT);
	card_pin();
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	ck_assert(!NCryptIsKeyHandle(key));
	ck_status(card_sign(same, true), NTE_INVALID_HANDLE);
	ck_status(NCryptFreeObject(same), ERROR_SUCCESS);
	ck_status(card_try(u"one"), NTE_BAD_KEYSET);
	ck_assert_uint_eq(card_count(NULL), 0);
	nc_end();
}
END_TEST

/* A key on the card opens what was wrapped for it. */
START_TEST(unwraps)
{
	const DWORD policy = NCRYPT_ALLOW_PKCS11_RSA_AES_EXPORT_FLAG;
	NCRYPT_KEY_HANDLE card, soft, back;
	BYTE blob[2048];
	DWORD size;

	card_begin(_i, "");
	card_pin();
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    u"unwraps", 0, &card), ERROR_SUCCESS);
	soft = nc_import(BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin");
	ck_status(nc_set_number(soft, NCRYPT_EXPORT_POLICY_PROPERTY, policy),
	    ERROR_SUCCESS);
	ck_status(NCryptExportKey(soft, card,
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, NULL, blob, sizeof(blob),
	    &size, 0), ERROR_SUCCESS);
	if (_i == KIND_OPENPGP) {
		/* they take off the padding of PKCS #1 themselves, and know
		 * no other */
		ck_status(NCryptImportKey(nc_prov, card,
		    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, NULL, &back, blob,
		    size, 0), NTE_NOT_SUPPORTED);
		ck_status(NCryptFreeObject(soft), ERROR_SUCCESS);
		ck_status(NCryptFreeObject(card), ERROR_SUCCESS);
		nc_end();
		return;
	}
	ck_status(NCryptImportKey(nc_prov, card,
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, NULL, &back, blob, size, 0),
	    ERROR_SUCCESS);
	nc_text_is(back, NCRYPT_ALGORITHM_PROPERTY,
	    NCRYPT_ECDSA_P256_ALGORITHM);
	ck_status(card_sign(back, false), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(soft), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(card), ERROR_SUCCESS);
	/* nobody has said the PIN */
	card_reopen();
	card = card_key(u"unwraps");
	ck_status(NCryptImportKey(nc_prov, card,
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, NULL, &back, blob, size,
	    NCRYPT_SILENT_FLAG), NTE_SILENT_CONTEXT);
	ck_status(NCryptFreeObject(card), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* --- pulled --------------------------------------------------------------- */

static SECURITY_STATUS
bring_ec_or_rsa(int kind, NCRYPT_KEY_HANDLE *key)
{
	return kind == KIND_GIDS ? nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin", u"pulled", 0, key) :
	    nc_import_named(BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin",
		u"pulled", 0, key);
}

/* Whatever command it was: the whole container or none of it, and the next
 * import has the room. */
START_TEST(pulled_while_importing)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = NTE_FAIL;
	size_t whole = 0;
	char words[32];

	card_begin(_i, "");
	for (int n = 1; whole == 0; n++) {
		ck_assert_int_lt(n, 200);
		card_pin();
		ck_assert_uint_eq(card_count(NULL), 0);
		snprintf(words, sizeof(words), "fault remove %d", n);
		card_say(READER, words);
		status = bring_ec_or_rsa(_i, &key);
		if (status == ERROR_SUCCESS)
			ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
		else /* the service may not have seen it yet */
			ck_assert_msg(status == SCARD_W_REMOVED_CARD ||
			    status == SCARD_E_NO_SMARTCARD ||
			    status == NTE_FAIL, "%d: 0x%08x", n,
			    (unsigned)status);
		card_say(READER, "fault remove 0");
		card_say(READER, "insert");
		card_reopen();
		whole = card_count(NULL);
		ck_assert_uint_le(whole, 1);
	}
	/* what is listed works */
	ck_assert_int_eq(setenv("CNG_CARD_PIN", "123456", 1), 0);
	key = card_key(u"pulled");
	ck_status(card_sign(key, _i == KIND_GIDS), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* --- two processes -------------------------------------------------------- */

static char *program;

/* The other process: the key is there, and works. */
static int
second_process(const char *state)
{
	NCRYPT_PROV_HANDLE prov;
	NCRYPT_KEY_HANDLE key;
	BCRYPT_PKCS1_PADDING_INFO pad = { BCRYPT_SHA256_ALGORITHM };
	BYTE hash[32] = { 5 }, sig[256];
	char readers[512];
	DWORD size;

	snprintf(readers, sizeof(readers), READER "=gids,state=%s", state);
	if (simcard_load(readers) == NULL)
		return 2;
	if (NCryptOpenStorageProvider(&prov,
	    MS_SMART_CARD_KEY_STORAGE_PROVIDER, 0) != ERROR_SUCCESS)
		return 3;
	if (NCryptOpenKey(prov, &key, u"lasts", 0, NCRYPT_SILENT_FLAG) !=
	    ERROR_SUCCESS)
		return 4;
	if (NCryptSignHash(key, &pad, hash, 32, sig, 256, &size,
	    BCRYPT_PAD_PKCS1 | NCRYPT_SILENT_FLAG) != NTE_SILENT_CONTEXT)
		return 5;
	if (nc_set_text(key, NCRYPT_PIN_PROPERTY, CARD_PIN) != ERROR_SUCCESS)
		return 6;
	if (NCryptSignHash(key, &pad, hash, 32, sig, 256, &size,
	    BCRYPT_PAD_PKCS1 | NCRYPT_SILENT_FLAG) != ERROR_SUCCESS)
		return 7;
	if (NCryptVerifySignature(key, &pad, hash, 32, sig, size,
	    BCRYPT_PAD_PKCS1) != ERROR_SUCCESS)
		return 8;
	NCryptFreeObject(key);
	NCryptFreeObject(prov);
	return 0;
}

START_TEST(second_process_finds_it)
{
	char readers[512], folder[TEMPDIR_MAX], state[TEMPDIR_MAX + 8];
	char *args[] = { program, state, NULL };
	NCRYPT_KEY_HANDLE key;
	int result = 0;
	pid_t pid;

	/* the name of nc's folder is known after the beginning only */
	tempdir_make(folder);
	snprintf(state, sizeof(state), "%s/card", folder);
	snprintf(readers, sizeof(readers), READER "=gids,state=%s", state);
	cards_begin(readers, NULL, ALL_IMPORTS);
	card_pin();
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    u"lasts", 0, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		execv("/proc/self/exe", args);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(pid, &result, 0), pid);
	ck_assert(WIFEXITED(result));
	ck_assert_int_eq(WEXITSTATUS(result), 0);
	nc_end();
	tempdir_remove(folder);
}
END_TEST

int
main(int argc, char **argv)
{
	const int kinds = ARRAY_LEN(card_kinds);
	Suite *suite;
	TCase *tc;

	program = argv[0];
	if (argc > 1)
		return second_process(argv[1]);
	suite = suite_create("ncrypt card");
	tc = tcase_create("card");
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, provider);
	tcase_add_loop_test(tc, brought_and_used, 0, kinds);
	tcase_add_loop_test(tc, for_signatures, 0, kinds);
	tcase_add_loop_test(tc, elliptic_curves, 0, kinds);
	tcase_add_loop_test(tc, made_on_the_card, 0, kinds);
	tcase_add_loop_test(tc, written_over, 0, 1);
	tcase_add_loop_test(tc, written_over_where_there_is_room, 1,
	    kinds);
	tcase_add_test(tc, not_written_over);
	tcase_add_test(tc, removed);
	tcase_add_loop_test(tc, unwraps, 0, kinds);
	tcase_add_loop_test(tc, pulled_while_importing, 0, kinds);
	tcase_add_test(tc, second_process_finds_it);
	suite_add_tcase(suite, tc);
	return card_main(suite);
}
