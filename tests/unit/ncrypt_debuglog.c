/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CNG_PKCS11_DEBUG and NCrypt: a call that fails is a line with its name, what
 * was at fault and the reason; and no key and no password.
 */
#include "ncrypt_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char text[1 << 18];

static size_t
read_log(void)
{
	FILE *file = fopen(nc_path("log"), "rb");
	size_t len;

	ck_assert_ptr_nonnull(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	ck_assert_uint_lt(len, sizeof(text) - 1);
	text[len] = '\0';
	fclose(file);
	return len;
}

/* Does the last line have that text after its date, process and level? */
static void
last_has(const char *want)
{
	size_t len = read_log();
	const char *at;

	ck_assert_uint_gt(len, 0);
	text[len - 1] = '\0';
	at = strrchr(text, '\n');
	at = at == NULL ? text : at + 1;
	ck_assert_msg(strstr(at, want) != NULL, "%s: not in: %s", want, at);
}

static void
begin(void)
{
	char value[512];

	nc_begin();
	snprintf(value, sizeof(value), "file:%s", nc_path("log"));
	ck_assert_int_eq(setenv("CNG_PKCS11_DEBUG", value, 1), 0);
	nc_reopen();
}

static void
end(void)
{
	ck_assert_int_eq(unsetenv("CNG_PKCS11_DEBUG"), 0);
	nc_end();
}

START_TEST(wrong_calls)
{
	uint8_t blob[300] = { 'K', 'D', 'B', 'M', 1, 0, 0, 0, 0, 2, 0, 0 };
	NCRYPT_KEY_HANDLE key = 0;
	struct stat st;
	DWORD number = 0, size;

	ck_status(nc_import_flags(BCRYPT_KEY_DATA_BLOB, span_of(blob,
	    sizeof(blob)), 0, &key), NTE_INVALID_PARAMETER);
	last_has("info: NCryptImportKey: KeyDataBlob: blob: ");
	last_has("at offset 12: 512 bytes are wanted, 288 are there"
	    " (NTE_INVALID_PARAMETER, 0x80090027)");
	ck_status(nc_import_flags(u"NoSuchBlob", span_of(blob, 12), 0, &key),
	    NTE_NOT_SUPPORTED);
	last_has("NCryptImportKey: pszBlobType: not the name of a blob type"
	    " (NTE_NOT_SUPPORTED, 0x80090029)");
	ck_status(nc_import_flags(BCRYPT_RSAPUBLIC_BLOB, span_of(blob, 12),
	    0x40000000, &key), NTE_BAD_FLAGS);
	last_has("NCryptImportKey: flags 0x40000000 are not known here"
	    " (NTE_BAD_FLAGS, 0x80090009)");
	ck_status(NCryptGetProperty(nc_prov, u"No Such\nThing",
	    (PBYTE)&number, sizeof(number), &size, 0), NTE_NOT_SUPPORTED);
	last_has("NCryptGetProperty: property \"No Such?Thing\": ");
	ck_status(NCryptFinalizeKey(99, 0), NTE_INVALID_HANDLE);
	last_has("NCryptFinalizeKey: a handle that is none, or of another kind"
	    " (NTE_INVALID_HANDLE, 0x80090026)");
	/* the reason of the call before is gone */
	ck_status(NCryptOpenKey(nc_prov, NULL, u"x", 0, 0),
	    NTE_INVALID_PARAMETER);
	last_has("NCryptOpenKey: a parameter is NULL, or makes no sense");
	ck_status(NCryptOpenKey(nc_prov, &key, u"no-such-key", 0, 0),
	    NTE_BAD_KEYSET);
	last_has("NCryptOpenKey: there is no store, and so no key"
	    " (NTE_BAD_KEYSET, ");
	ck_assert_int_eq(stat(nc_path("log"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(no_secret)
{
	uint8_t blob[44] = { 'K', 'D', 'B', 'M', 1, 0, 0, 0, 32, 0, 0, 0 };
	static const char marked[] = "MARKED-KEY-BYTES-0123456789-ABCD";
	NCryptBuffer list[] = { nc_wide_buffer(NCRYPTBUFFER_PKCS_SECRET,
	    u"MARKED-PASSWORD") };
	NCryptBufferDesc desc = { 0, ARRAY_LEN(list), list };
	NCRYPT_KEY_HANDLE key = 0;
	size_t len;

	memcpy(blob + 12, marked, 32);
	for (DWORD cut = 12; cut < sizeof(blob); cut++)
		ck_assert_int_ne(nc_import_flags(BCRYPT_KEY_DATA_BLOB,
		    span_of(blob, cut), 0, &key), ERROR_SUCCESS);
	ck_assert_int_ne(NCryptImportKey(nc_prov, 0,
	    NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &desc, &key, blob + 12, 32, 0),
	    ERROR_SUCCESS);
	ck_assert_int_ne(nc_set_text(nc_prov, u"SmartCardPin",
	    u"MARKED-PIN"), ERROR_SUCCESS);
	len = read_log();
	ck_assert_uint_gt(len, 1000);
	ck_assert_ptr_null(strstr(text, "MARKED"));
	ck_assert_ptr_null(strstr(text, "4d41524b"));
}
END_TEST

/* A key that is kept wants a PIN, which a silent call does not ask for. */
START_TEST(silent)
{
	NCRYPT_KEY_HANDLE key = 0;

	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	nc_reopen();
	ck_status(NCryptOpenKey(nc_prov, &key, u"no-such-key", 0, 0),
	    NTE_BAD_KEYSET);
	last_has("NCryptOpenKey: no key of that name (NTE_BAD_KEYSET, ");
	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
	nc_reopen();
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin", u"one", NCRYPT_SILENT_FLAG, &key),
	    NTE_SILENT_CONTEXT);
	last_has("a PIN is wanted, and a silent call may not ask for it"
	    " (NTE_SILENT_CONTEXT, ");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { wrong_calls, silent, no_secret };

	return run_tests_with("ncrypt debug log", tests, ARRAY_LEN(tests),
	    begin, end);
}
