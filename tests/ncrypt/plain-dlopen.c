/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The library by dlopen alone, as other languages load it: the symbols with
 * their version, a call, and closing it again.
 */
#define _GNU_SOURCE
#include <cng/ncrypt.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	"NCryptCreatePersistedKey", "NCryptDecapsulate", "NCryptDecrypt",
	"NCryptDeleteKey", "NCryptDeriveKey", "NCryptEncapsulate",
	"NCryptEncrypt", "NCryptEnumAlgorithms", "NCryptEnumKeys",
	"NCryptEnumStorageProviders", "NCryptExportKey", "NCryptFinalizeKey",
	"NCryptFreeBuffer", "NCryptFreeObject", "NCryptGetProperty",
	"NCryptImportKey", "NCryptIsAlgSupported", "NCryptIsKeyHandle",
	"NCryptKeyDerivation", "NCryptNotifyChangeKey", "NCryptOpenKey",
	"NCryptOpenStorageProvider", "NCryptSecretAgreement",
	"NCryptSetProperty", "NCryptSignHash", "NCryptTranslateHandle",
	"NCryptVerifySignature",
};

typedef SECURITY_STATUS open_function(NCRYPT_PROV_HANDLE *prov, LPCWSTR name,
    DWORD flags);
typedef SECURITY_STATUS free_function(NCRYPT_HANDLE object);

static int
try_once(const char *path)
{
	union {
		void *from;
		open_function *open;
		free_function *free;
	} open, close;
	NCRYPT_PROV_HANDLE prov = 0;
	void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (lib == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (dlvsym(lib, names[i], "CNG_1.0") == NULL) {
			fprintf(stderr, "no %s\n", names[i]);
			return 1;
		}
	}
	open.from = dlsym(lib, "NCryptOpenStorageProvider");
	close.from = dlsym(lib, "NCryptFreeObject");
	if (open.open(&prov, NULL, 0) != ERROR_SUCCESS || prov == 0 ||
	    close.free(prov) != ERROR_SUCCESS ||
	    close.free(prov) != NTE_INVALID_HANDLE)
		return 1;
	return dlclose(lib) == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	/* a second time, as a plugin that comes and goes */
	return try_once(argv[1]) != 0 || try_once(argv[1]) != 0;
}
