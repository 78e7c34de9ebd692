/* SPDX-License-Identifier: BSD-2-Clause
 *
 * For the tests of the Smart Card provider: simulated readers in the test's
 * own process, and nc_prov is that provider.
 */
#ifndef CNG_TESTS_NCRYPT_CARD_HELP_H
#define CNG_TESTS_NCRYPT_CARD_HELP_H

#include "ncrypt_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/card/pcsc/tell.h"

#define READER "Simulated One"
#define OTHER "Simulated Two"
#define WIDE_READER u"Simulated One"
#define ON_READER u"\\\\.\\Simulated One\\"
#define ON_OTHER u"\\\\.\\Simulated Two\\"
#define CARD_PIN u"123456"
#define ALL_IMPORTS "AllowPrivateExchangeKeyImport = 1\n" \
	"AllowPrivateSignatureKeyImport = 1\n" \
	"AllowPrivateECDHEKeyImport = 1\nAllowPrivateECDSAKeyImport = 1\n"

struct card_kind {
	const char *app;
	const char *admin;       /* management key or PW3, as configured */
};

static const struct card_kind card_kinds[] = {
	{ "gids", NULL },
	{ "piv", "010203040506070801020304050607080102030405060708" },
	{ "openpgp", "12345678" },
};

enum { KIND_GIDS, KIND_PIV, KIND_OPENPGP };

static simcard_tell_fn *tell;

static inline void
card_say(const char *reader, const char *words)
{
	ck_assert_msg(tell(reader, words) >= 0, "%s: %s", reader, words);
}

static inline int
card_ask(const char *reader, const char *words)
{
	int answer = tell(reader, words);

	ck_assert_msg(answer >= 0, "%s: %s", reader, words);
	return answer;
}

/* Forgets what was open, as a new process would. */
static inline void
card_reopen(void)
{
	ck_status(NCryptFreeObject(nc_prov), ERROR_SUCCESS);
	ck_status(NCryptOpenStorageProvider(&nc_prov,
	    MS_SMART_CARD_KEY_STORAGE_PROVIDER, 0), ERROR_SUCCESS);
}

/* readers: as SIMCARD_READERS has them; admin NULL: none is configured. */
static inline void
cards_begin(const char *readers, const char *admin, const char *imports)
{
	char key_file[256];
	FILE *f;

	nc_begin();
	ck_assert_int_eq(unsetenv("CNG_CARD_PIN"), 0);
	tell = simcard_load(readers);
	ck_assert_msg(tell != NULL, "the simulated readers are not built");
	snprintf(key_file, sizeof(key_file), "%s", nc_path("admin"));
	f = fopen(key_file, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fchmod(fileno(f), 0600), 0);
	if (admin != NULL)
		fprintf(f, "%s\n", admin);
	fclose(f);
	f = fopen(nc_path("conf"), "a");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "%s", imports);
	if (admin != NULL)
		fprintf(f, "card_admin_key_file = %s\n", key_file);
	fclose(f);
	card_reopen();
}

/* One card of a kind. */
static inline void
card_begin(int kind, const char *options)
{
	char text[256];

	snprintf(text, sizeof(text), READER "=%s%s", card_kinds[kind].app,
	    options);
	cards_begin(text, card_kinds[kind].admin, ALL_IMPORTS);
}

static inline void
card_pin(void)
{
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROPERTY, CARD_PIN),
	    ERROR_SUCCESS);
}

static inline NCRYPT_KEY_HANDLE
card_key(LPCWSTR name)
{
	NCRYPT_KEY_HANDLE key = 0;

	ck_status(NCryptOpenKey(nc_prov, &key, name, 0, NCRYPT_SILENT_FLAG),
	    ERROR_SUCCESS);
	ck_assert_uint_ne(key, 0);
	return key;
}

static inline SECURITY_STATUS
card_try(LPCWSTR name)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = NCryptOpenKey(nc_prov, &key, name, 0,
	    NCRYPT_SILENT_FLAG);

	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	return status;
}

/* Names of the keys there are; how many. */
static inline size_t
card_count(LPCWSTR scope)
{
	NCryptKeyName *name;
	PVOID state = NULL;
	SECURITY_STATUS status;
	size_t count = 0;

	while ((status = NCryptEnumKeys(nc_prov, scope, &name, &state, 0)) ==
	    ERROR_SUCCESS) {
		count++;
		ck_status(NCryptFreeBuffer(name), ERROR_SUCCESS);
	}
	ck_status(status, NTE_NO_MORE_ITEMS);
	ck_status(NCryptFreeBuffer(state), ERROR_SUCCESS);
	return count;
}

/* Signs a digest, and verifies with the public half. */
static inline SECURITY_STATUS
card_sign(NCRYPT_KEY_HANDLE key, bool rsa)
{
	BCRYPT_PKCS1_PADDING_INFO pad = { BCRYPT_SHA256_ALGORITHM };
	DWORD flags = rsa ? BCRYPT_PAD_PKCS1 : 0, size = 0;
	BYTE hash[32] = { 1, 2, 3 }, sig[512];
	SECURITY_STATUS status = NCryptSignHash(key, rsa ? &pad : NULL, hash,
	    sizeof(hash), sig, sizeof(sig), &size,
	    flags | NCRYPT_SILENT_FLAG);

	if (status != ERROR_SUCCESS)
		return status;
	ck_status(NCryptVerifySignature(key, rsa ? &pad : NULL, hash,
	    sizeof(hash), sig, size, flags), ERROR_SUCCESS);
	return status;
}

/* Readers are what they were when they were first asked for: each test is a
 * process of its own. */
static inline int
card_main(Suite *suite)
{
	setenv("CK_FORK", "yes", 1);
	return sample_main(suite);
}

#endif
