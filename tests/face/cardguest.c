/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the tests of the module with cards share.
 */
#include "tests/face/cardguest.h"

#include "tests/card/pcsc/tell.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ADMIN_KEY "010203040506070801020304050607080102030405060708"
#define OTHER_KEY "01020304050607080102030405060708010203040506073a"

const struct card_kind card_kinds[CARD_KINDS] = {
	{ .app = "gids", .model = "GIDS", .so_pin = ADMIN_KEY,
	    .so_wrong = OTHER_KEY, .pin_min = 4, .pin_max = 16,
	    .short_pin = CKR_PIN_LEN_RANGE, .init_pin = CKR_OK,
	    .so_set_pin = CKR_FUNCTION_NOT_SUPPORTED },
	{ .app = "piv", .model = "PIV", .so_pin = ADMIN_KEY,
	    .so_wrong = OTHER_KEY, .pin_min = 6, .pin_max = 8,
	    .short_pin = CKR_PIN_LEN_RANGE,
	    .init_pin = CKR_FUNCTION_NOT_SUPPORTED, .so_set_pin = CKR_OK,
	    .tells = CK_TRUE, .ec = true, .careful = true },
	/* an old card may have a PIN that is shorter than a new one may be */
	{ .app = "openpgp", .model = "OpenPGP", .so_pin = CARD_PUK,
	    .so_wrong = "87654321", .pin_min = 6, .pin_max = 127,
	    .short_pin = CKR_PIN_INCORRECT, .init_pin = CKR_OK,
	    .so_set_pin = CKR_OK, .ec = true, .careful = true },
};
const struct card_kind *card;
char card_reader[64];

const char card_import_on[] = "AllowPrivateExchangeKeyImport = 1\n"
    "AllowPrivateSignatureKeyImport = 1\n"
    "AllowPrivateECDHEKeyImport = 1\n"
    "AllowPrivateECDSAKeyImport = 1\n";

static simcard_tell_fn *tell;

/* --- running -------------------------------------------------------------- */

static void
name_reader(char out[64], int test, int kind)
{
	(void)snprintf(out, 64, "Simulated %s %d", card_kinds[kind].app,
	    test);
}

/* All of them from the beginning, for tests that run in one process, too. */
static void
name_readers(size_t count)
{
	char all[2048] = "", name[64];
	size_t len = 0;

	for (size_t test = 0; test < count; test++) {
		for (int kind = 0; kind < CARD_KINDS; kind++) {
			name_reader(name, (int)test, kind);
			len += (size_t)snprintf(all + len, sizeof(all) - len,
			    "%s=%s;", name, card_kinds[kind].app);
		}
	}
	(void)setenv("SIMCARD_READERS", all, 1);
}

int
card_run(const char *name, const TTest *const *tests, size_t count)
{
	if (count > CARD_TESTS_MAX)
		return EXIT_FAILURE;
	name_readers(count);
	return guest_run_each(name, tests, count, CARD_KINDS);
}

/* --- the module ----------------------------------------------------------- */

static FILE *
open_file(const char *name, char path[512], mode_t mode)
{
	FILE *file;

	(void)snprintf(path, 512, "%s/%s", guest_folder(), name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(chmod(path, mode), 0);
	return file;
}

/* The administrator's key is there unless the test says otherwise. */
static void
configure(const char *more)
{
	char path[512], key[512];
	FILE *file = open_file("admin.key", key, 0600);

	(void)fprintf(file, "%s\n", card->so_pin);
	(void)fclose(file);
	file = open_file("card.conf", path, 0600);
	(void)fprintf(file, "user_store = none\nmachine_store = none\n"
	    "readers = %s\n", card_reader);
	if (strstr(more, "card_admin_key_file") == NULL)
		(void)fprintf(file, "card_admin_key_file = %s\n", key);
	(void)fprintf(file, "%s", more);
	(void)fclose(file);
	(void)setenv("CNG_PKCS11_CONF", path, 1);
}

void
card_begin(int test, int kind, const char *conf)
{
	CK_ULONG count = 1;

	card = &card_kinds[kind];
	name_reader(card_reader, test, kind);
	if (tell == NULL)
		tell = simcard_load(NULL);
	ck_assert_msg(tell != NULL, "no simulated readers");
	configure(conf);
	ok(p11->C_Initialize(NULL));
	ok(p11->C_GetSlotList(CK_FALSE, &slot, &count));
	ck_assert_uint_eq(count, 1);
}

void
card_end(void)
{
	ok(p11->C_Finalize(NULL));
}

int
card_tell(const char *words)
{
	int answer = tell(card_reader, words);

	ck_assert_msg(answer >= 0, "%s", words);
	return answer;
}

/* --- logins --------------------------------------------------------------- */

CK_RV
card_say(CK_SESSION_HANDLE session, CK_USER_TYPE who, const char *pin)
{
	CK_UTF8CHAR copy[256];
	size_t len = strlen(pin);

	ck_assert_uint_le(len, sizeof(copy));
	memcpy(copy, pin, len);
	return p11->C_Login(session, who, copy, len);
}

CK_SESSION_HANDLE
card_login(void)
{
	CK_SESSION_HANDLE session = guest_open(CKF_RW_SESSION);

	ok(card_say(session, CKU_USER, CARD_PIN));
	return session;
}

/* --- keys ----------------------------------------------------------------- */

static CK_BBOOL yes = CK_TRUE;

CK_RV
card_pair(CK_SESSION_HANDLE session, const char *name, CK_ULONG bits,
    CK_ATTRIBUTE_TYPE use, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key)
{
	static unsigned char p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x03, 0x01, 0x07 };
	bool rsa = bits >= 512;
	CK_MECHANISM how = { rsa ? CKM_RSA_PKCS_KEY_PAIR_GEN :
				   CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	char label[64];
	CK_ATTRIBUTE public_tmpl[] = {
		{ CKA_EC_PARAMS, p256, sizeof(p256) },
		{ CKA_TOKEN, &yes, 1 },
	};
	CK_ATTRIBUTE private_tmpl[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_LABEL, label, strlen(name) },
		{ use, &yes, 1 },
	};

	(void)snprintf(label, sizeof(label), "%s", name);
	if (rsa)
		public_tmpl[0] = (CK_ATTRIBUTE){ CKA_MODULUS_BITS, &bits,
			sizeof(bits) };
	return p11->C_GenerateKeyPair(session, &how, public_tmpl, 2,
	    private_tmpl, 3, public_key, private_key);
}

void
card_key(CK_SESSION_HANDLE session, const char *name,
    CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
	ok(card_pair(session, name, 2048, CKA_SIGN, public_key, private_key));
}

void
card_guest(CK_SESSION_HANDLE session, bool ec, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key)
{
	if (ec)
		guest_ec(session, public_key, private_key);
	else
		guest_rsa(session, public_key, private_key);
	ck_assert(!guest_bool(session, *private_key, CKA_TOKEN));
}

CK_RV
card_again(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	return guest_bool(session, key, CKA_ALWAYS_AUTHENTICATE) ?
	    card_say(session, CKU_CONTEXT_SPECIFIC, CARD_PIN) : CKR_OK;
}

CK_RV
card_sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM how = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE out[256];
	CK_ULONG len = sizeof(out);
	CK_RV rv;

	rv = p11->C_SignInit(session, &how, key);
	if (rv == CKR_OK)
		rv = card_again(session, key);
	return rv != CKR_OK ? rv :
	    p11->C_Sign(session, (CK_BYTE[]){ "text" }, 4, out, &len);
}

CK_ULONG
card_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
    const char *label, CK_OBJECT_HANDLE *first)
{
	char copy[64];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, copy, 0 },
	};

	(void)snprintf(copy, sizeof(copy), "%s", label == NULL ? "" : label);
	tmpl[1].ulValueLen = strlen(copy);
	return guest_find(session, tmpl, label == NULL ? 1 : 2, first);
}
