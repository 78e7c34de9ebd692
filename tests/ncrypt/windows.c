/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A program as it stands on Windows.  windows.sh makes the two changes that
 * the manual names, <windows.h> to <cng/types.h> and L"..." to u"...", and
 * compiles the rest as it is, as C and as C++.
 */
#include <windows.h>
#include <bcrypt.h>
#include <ncrypt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void
expect(const char *what, SECURITY_STATUS status, SECURITY_STATUS wanted)
{
	if (status == wanted)
		return;
	printf("%s: 0x%08lx, not 0x%08lx\n", what,
	    (unsigned long)(DWORD)status, (unsigned long)(DWORD)wanted);
	failures++;
}

/* The size first, then the bytes. */
static PBYTE
export_key(NCRYPT_KEY_HANDLE hKey, LPCWSTR pszType, DWORD *pcbBlob)
{
	PBYTE pbBlob;

	expect("size", NCryptExportKey(hKey, 0, pszType, NULL, NULL, 0,
	    pcbBlob, NCRYPT_SILENT_FLAG), ERROR_SUCCESS);
	pbBlob = (PBYTE)malloc(*pcbBlob + 1);
	if (pbBlob == NULL)
		exit(1);
	expect("export", NCryptExportKey(hKey, 0, pszType, NULL, pbBlob,
	    *pcbBlob, pcbBlob, 0), ERROR_SUCCESS);
	return pbBlob;
}

/* Made, with its policy, under a name. */
static NCRYPT_KEY_HANDLE
make_key(NCRYPT_PROV_HANDLE hProv)
{
	NCRYPT_KEY_HANDLE hKey = 0;
	DWORD dwPolicy = NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG |
	    NCRYPT_ALLOW_EXPORT_FLAG;

	expect("create", NCryptCreatePersistedKey(hProv, &hKey,
	    BCRYPT_ECDSA_P256_ALGORITHM, L"windows sample", 0,
	    NCRYPT_OVERWRITE_KEY_FLAG), ERROR_SUCCESS);
	expect("policy", NCryptSetProperty(hKey,
	    NCRYPT_EXPORT_POLICY_PROPERTY, (PBYTE)&dwPolicy,
	    sizeof(dwPolicy), NCRYPT_PERSIST_FLAG), ERROR_SUCCESS);
	expect("finalize", NCryptFinalizeKey(hKey, 0), ERROR_SUCCESS);
	return hKey;
}

/* The same key again, imported without a name, signs; the first verifies. */
static void
import_and_sign(NCRYPT_PROV_HANDLE hProv, NCRYPT_KEY_HANDLE hFirst,
    PBYTE pbBlob, DWORD cbBlob)
{
	NCRYPT_KEY_HANDLE hKey = 0;
	BYTE rgbHash[32] = { 1, 2, 3 };
	BYTE rgbSignature[64];
	DWORD cbSignature = 0;

	expect("import", NCryptImportKey(hProv, 0, BCRYPT_ECCPRIVATE_BLOB,
	    NULL, &hKey, pbBlob, cbBlob, 0), ERROR_SUCCESS);
	expect("sign", NCryptSignHash(hKey, NULL, rgbHash, sizeof(rgbHash),
	    rgbSignature, sizeof(rgbSignature), &cbSignature, 0),
	    ERROR_SUCCESS);
	if (cbSignature != sizeof(rgbSignature))
		failures++;
	expect("verify", NCryptVerifySignature(hFirst, NULL, rgbHash,
	    sizeof(rgbHash), rgbSignature, cbSignature, 0), ERROR_SUCCESS);
	rgbHash[31] ^= 1;
	expect("verify another", NCryptVerifySignature(hFirst, NULL, rgbHash,
	    sizeof(rgbHash), rgbSignature, cbSignature, 0),
	    NTE_BAD_SIGNATURE);
	expect("free", NCryptFreeObject(hKey), ERROR_SUCCESS);
}

/* With a name in a parameter list; the blob's header read as a structure. */
static void
import_named(NCRYPT_PROV_HANDLE hProv, PBYTE pbBlob, DWORD cbBlob)
{
	WCHAR wszName[] = L"windows sample";
	NCryptBuffer buffer = { sizeof(wszName), NCRYPTBUFFER_PKCS_KEY_NAME,
		wszName };
	NCryptBufferDesc parameters = { NCRYPTBUFFER_VERSION, 1, &buffer };
	BCRYPT_ECCKEY_BLOB *pHeader = (BCRYPT_ECCKEY_BLOB *)(PVOID)pbBlob;
	NCRYPT_KEY_HANDLE hKey = 0;

	if (pHeader->dwMagic != BCRYPT_ECDSA_PRIVATE_P256_MAGIC ||
	    pHeader->cbKey != 32)
		failures++;
	expect("taken", NCryptImportKey(hProv, 0, BCRYPT_PRIVATE_KEY_BLOB,
	    &parameters, &hKey, pbBlob, cbBlob, 0), NTE_EXISTS);
	expect("overwrite", NCryptImportKey(hProv, 0,
	    BCRYPT_PRIVATE_KEY_BLOB, &parameters, &hKey, pbBlob, cbBlob,
	    NCRYPT_OVERWRITE_KEY_FLAG), ERROR_SUCCESS);
	expect("policy 0", NCryptExportKey(hKey, 0, BCRYPT_ECCPRIVATE_BLOB,
	    NULL, NULL, 0, &cbBlob, 0), NTE_NOT_SUPPORTED);
	expect("delete", NCryptDeleteKey(hKey, 0), ERROR_SUCCESS);
	expect("gone", NCryptOpenKey(hProv, &hKey, wszName, 0, 0),
	    NTE_BAD_KEYSET);
}

/* What programs ask first. */
static void
look_around(NCRYPT_PROV_HANDLE hProv)
{
	NCryptAlgorithmName *pAlgorithms = NULL;
	DWORD cAlgorithms = 0, dwType = 0, cbType = 0;

	expect("algorithm", NCryptIsAlgSupported(hProv,
	    NCRYPT_ECDSA_P256_ALGORITHM, 0), ERROR_SUCCESS);
	expect("enumerate", NCryptEnumAlgorithms(hProv,
	    NCRYPT_SIGNATURE_OPERATION, &cAlgorithms, &pAlgorithms, 0),
	    ERROR_SUCCESS);
	if (cAlgorithms == 0 ||
	    memcmp(pAlgorithms[0].pszName, L"RSA", 4 * sizeof(WCHAR)) != 0)
		failures++;
	expect("buffer", NCryptFreeBuffer(pAlgorithms), ERROR_SUCCESS);
	expect("type", NCryptGetProperty(hProv, NCRYPT_IMPL_TYPE_PROPERTY,
	    (PBYTE)&dwType, sizeof(dwType), &cbType, 0), ERROR_SUCCESS);
	if (dwType != NCRYPT_IMPL_SOFTWARE_FLAG || cbType != sizeof(DWORD))
		failures++;
}

int
main(void)
{
	NCRYPT_PROV_HANDLE hProv = 0;
	NCRYPT_KEY_HANDLE hKey;
	PBYTE pbBlob;
	DWORD cbBlob = 0;

	if (FAILED(NCryptOpenStorageProvider(&hProv, MS_KEY_STORAGE_PROVIDER,
	    0)))
		return 1;
	look_around(hProv);
	hKey = make_key(hProv);
	pbBlob = export_key(hKey, BCRYPT_ECCPRIVATE_BLOB, &cbBlob);
	import_and_sign(hProv, hKey, pbBlob, cbBlob);
	import_named(hProv, pbBlob, cbBlob);
	free(pbBlob);
	expect("free", NCryptFreeObject(hKey), ERROR_SUCCESS);
	expect("free", NCryptFreeObject(hProv), ERROR_SUCCESS);
	if (failures == 0)
		printf("as on Windows\n");
	return failures != 0;
}
