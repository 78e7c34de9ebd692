/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A program of Windows' Smart Card provider, for the acceptance tests:
 *
 *	ncrypt import NAME TYPE BLOBFILE sign|decrypt|derive
 *	ncrypt sign NAME HASHFILE SIGNATUREFILE
 *
 * The PIN is in CNG_PIN.
 */
#include <cng/ncrypt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
fail(const char *what, SECURITY_STATUS status)
{
	fprintf(stderr, "%s: 0x%08x\n", what, (unsigned)status);
	return 1;
}

/* UTF-8 of up to three bytes, as in the names that are asked for. */
static void
widen(WCHAR *out, size_t room, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = 0;

	while (*s != 0 && n + 1 < room) {
		unsigned c = *s++;
		int more = c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

		c &= more == 2 ? 0x0f : more == 1 ? 0x1f : 0x7f;
		for (; more > 0 && *s != 0; more--)
			c = c << 6 | (*s++ & 0x3f);
		out[n++] = (WCHAR)c;
	}
	out[n] = 0;
}

static DWORD
read_file(const char *path, BYTE *out, size_t size)
{
	FILE *f = fopen(path, "rb");
	size_t len;

	if (f == NULL)
		return 0;
	len = fread(out, 1, size, f);
	fclose(f);
	return (DWORD)len;
}

static SECURITY_STATUS
give_pin(NCRYPT_HANDLE handle)
{
	const char *pin = getenv("CNG_PIN");
	WCHAR wide[64];

	widen(wide, 64, pin == NULL ? "" : pin);
	return NCryptSetProperty(handle, NCRYPT_PIN_PROPERTY, (PBYTE)wide,
	    (DWORD)((strlen(pin == NULL ? "" : pin) + 1) * sizeof(WCHAR)), 0);
}

static DWORD
usage_of(const char *word)
{
	if (strcmp(word, "sign") == 0)
		return NCRYPT_ALLOW_SIGNING_FLAG;
	return strcmp(word, "derive") == 0 ? NCRYPT_ALLOW_KEY_AGREEMENT_FLAG :
					     NCRYPT_ALLOW_DECRYPT_FLAG;
}

static int
import(NCRYPT_PROV_HANDLE prov, char **argv)
{
	static BYTE blob[65536];
	WCHAR name[128], type[64];
	NCryptBuffer buffer = { 0, NCRYPTBUFFER_PKCS_KEY_NAME, name };
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 1, &buffer };
	NCRYPT_KEY_HANDLE key;
	DWORD usage = usage_of(argv[5]);
	SECURITY_STATUS status;
	size_t units = 0;

	widen(name, 128, argv[2]);
	while (name[units++] != 0)
		;
	buffer.cbBuffer = (ULONG)(units * sizeof(WCHAR));
	widen(type, 64, argv[3]);
	status = NCryptImportKey(prov, 0, type, &list, &key, blob,
	    read_file(argv[4], blob, sizeof(blob)),
	    NCRYPT_DO_NOT_FINALIZE_FLAG | NCRYPT_SILENT_FLAG);
	if (FAILED(status))
		return fail("NCryptImportKey", status);
	status = NCryptSetProperty(key, NCRYPT_KEY_USAGE_PROPERTY,
	    (PBYTE)&usage, sizeof(usage), 0);
	if (SUCCEEDED(status))
		status = give_pin(key);
	if (FAILED(status))
		fail("NCryptSetProperty", status);
	else
		status = NCryptFinalizeKey(key, NCRYPT_SILENT_FLAG);
	NCryptFreeObject(key);
	return FAILED(status) ? fail("NCryptFinalizeKey", status) : 0;
}

static int
sign(NCRYPT_PROV_HANDLE prov, char **argv)
{
	BCRYPT_PKCS1_PADDING_INFO pad = { BCRYPT_SHA256_ALGORITHM };
	WCHAR name[128];
	BYTE hash[64], sig[1024];
	DWORD len = 0, hash_len = read_file(argv[3], hash, sizeof(hash));
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status;
	FILE *f;

	widen(name, 128, argv[2]);
	status = NCryptOpenKey(prov, &key, name, 0, NCRYPT_SILENT_FLAG);
	if (FAILED(status))
		return fail("NCryptOpenKey", status);
	status = give_pin(key);
	if (SUCCEEDED(status))
		status = NCryptSignHash(key, &pad, hash, hash_len, sig,
		    sizeof(sig), &len, BCRYPT_PAD_PKCS1 | NCRYPT_SILENT_FLAG);
	NCryptFreeObject(key);
	if (FAILED(status))
		return fail("NCryptSignHash", status);
	f = fopen(argv[4], "wb");
	if (f == NULL || fwrite(sig, 1, len, f) != len || fclose(f) != 0)
		return 1;
	return 0;
}

int
main(int argc, char **argv)
{
	NCRYPT_PROV_HANDLE prov;
	SECURITY_STATUS status = NCryptOpenStorageProvider(&prov,
	    MS_SMART_CARD_KEY_STORAGE_PROVIDER, 0);
	int result = 2;

	if (FAILED(status)) {
		fail("NCryptOpenStorageProvider", status);
		return 1;
	}
	if (argc == 6 && strcmp(argv[1], "import") == 0)
		result = import(prov, argv);
	else if (argc == 5 && strcmp(argv[1], "sign") == 0)
		result = sign(prov, argv);
	NCryptFreeObject(prov);
	return result;
}
