/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Imports a CNG key blob under a name, signs with it, shows its public half
 * and deletes it again, as a program on Windows would: there it includes
 * <windows.h>, and its strings are L"...".
 *
 *   cc ncrypt-import.c $(pkg-config --cflags --libs cng-ncrypt)
 *   CNG_PIN=... ./a.out rsa.blob
 */
#include <cng/types.h>
#include <cng/ncrypt.h>

#include <stdio.h>

static SECURITY_STATUS
fail(const char *what, SECURITY_STATUS status)
{
	fprintf(stderr, "%s: 0x%08x\n", what, (unsigned)status);
	return status;
}

static int
read_file(const char *path, BYTE *out, size_t size, DWORD *len)
{
	FILE *f = fopen(path, "rb");

	if (f == NULL) {
		perror(path);
		return 0;
	}
	*len = (DWORD)fread(out, 1, size, f);
	fclose(f);
	return 1;
}

/* The name is a typed buffer in a list of parameters.  A key that has it
 * already stays: NCRYPT_OVERWRITE_KEY_FLAG would replace it. */
static SECURITY_STATUS
import(NCRYPT_PROV_HANDLE prov, BYTE *blob, DWORD len,
    NCRYPT_KEY_HANDLE *key)
{
	WCHAR name[] = u"example";
	NCryptBuffer buffer = { sizeof(name), NCRYPTBUFFER_PKCS_KEY_NAME,
		name };
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 1, &buffer };

	return NCryptImportKey(prov, 0, BCRYPT_PRIVATE_KEY_BLOB, &list, key,
	    blob, len, NCRYPT_SILENT_FLAG);
}

static SECURITY_STATUS
sign_and_verify(NCRYPT_KEY_HANDLE key)
{
	BYTE hash[32] = "the digest of some message ....";
	BCRYPT_PKCS1_PADDING_INFO pad = { BCRYPT_SHA256_ALGORITHM };
	BYTE signature[2048];
	DWORD len = 0;
	SECURITY_STATUS status;

	status = NCryptSignHash(key, &pad, hash, sizeof(hash), signature,
	    sizeof(signature), &len, BCRYPT_PAD_PKCS1);
	if (FAILED(status))
		return fail("NCryptSignHash", status);
	status = NCryptVerifySignature(key, &pad, hash, sizeof(hash),
	    signature, len, BCRYPT_PAD_PKCS1);
	if (FAILED(status))
		return fail("NCryptVerifySignature", status);
	printf("signature of %u bytes verifies\n", len);
	return ERROR_SUCCESS;
}

static SECURITY_STATUS
show_public(NCRYPT_KEY_HANDLE key)
{
	BYTE blob[4096];
	DWORD len = 0, bits = 0;
	SECURITY_STATUS status;

	status = NCryptGetProperty(key, NCRYPT_LENGTH_PROPERTY, (PBYTE)&bits,
	    sizeof(bits), &len, 0);
	if (FAILED(status))
		return fail("NCryptGetProperty", status);
	status = NCryptExportKey(key, 0, BCRYPT_PUBLIC_KEY_BLOB, NULL, blob,
	    sizeof(blob), &len, 0);
	if (FAILED(status))
		return fail("NCryptExportKey", status);
	printf("%u bits, public blob of %u bytes\n", bits, len);
	/* its export policy is 0: the private half stays */
	status = NCryptExportKey(key, 0, BCRYPT_PRIVATE_KEY_BLOB, NULL, blob,
	    sizeof(blob), &len, 0);
	printf("private export: 0x%08x\n", (unsigned)status);
	return ERROR_SUCCESS;
}

static SECURITY_STATUS
run(NCRYPT_PROV_HANDLE prov, BYTE *blob, DWORD len)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = import(prov, blob, len, &key);

	if (FAILED(status))
		return fail("NCryptImportKey", status);
	NCryptFreeObject(key);
	status = NCryptOpenKey(prov, &key, u"example", 0, 0);
	if (FAILED(status))
		return fail("NCryptOpenKey", status);
	status = sign_and_verify(key);
	if (SUCCEEDED(status))
		status = show_public(key);
	if (SUCCEEDED(status))
		status = NCryptDeleteKey(key, 0);
	else
		NCryptFreeObject(key);
	return status;
}

int
main(int argc, char **argv)
{
	static BYTE blob[65536];
	NCRYPT_PROV_HANDLE prov;
	SECURITY_STATUS status;
	DWORD len;

	if (argc != 2) {
		fprintf(stderr, "usage: %s BLOBFILE\n", argv[0]);
		return 2;
	}
	if (!read_file(argv[1], blob, sizeof(blob), &len))
		return 1;
	status = NCryptOpenStorageProvider(&prov, MS_KEY_STORAGE_PROVIDER, 0);
	if (FAILED(status)) {
		fail("NCryptOpenStorageProvider", status);
		return 1;
	}
	status = run(prov, blob, len);
	NCryptFreeObject(prov);
	return FAILED(status);
}
