/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Providers: the one of software and the one of cards.  And the end of every
 * handle.
 */
#include "ncrypt/face.h"

#include "base/alloc.h"
#include "base/util.h"

/* Providers that Windows has and we do not. */
static const char *const absent[] = {
	"Microsoft Platform Crypto Provider",
	"Microsoft Passport Key Storage Provider",
};

static const char *const present[] = { PROVIDER_SOFTWARE, PROVIDER_CARD };

static SECURITY_STATUS
check_name(LPCWSTR name, bool *card)
{
	*card = name != NULL && wide_is(name, PROVIDER_CARD);
	if (name == NULL || *card || wide_is(name, PROVIDER_SOFTWARE))
		return ERROR_SUCCESS;
	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		if (wide_is(name, absent[i]))
			return NTE_PROVIDER_DLL_FAIL;
	return NTE_PROV_DLL_NOT_FOUND;
}

static void
nprov_release(struct thing *thing)
{
	struct nprov *prov = (struct nprov *)thing;

	secret_free(&prov->bag);
	secret_free(&prov->reader);
	lock_destroy(&prov->lock);
	mem_free(prov);
	state_drop();
}

/* No reader and no card is looked for: that is for the first key. */
static enum cng_status
nprov_new(bool card, NCRYPT_PROV_HANDLE *out)
{
	struct nprov *prov;
	enum cng_status st = state_hold();

	if (st != CNG_OK)
		return st;
	prov = mem_new(1, sizeof(*prov));
	st = CNG_ERR_NO_MEMORY;
	if (prov != NULL) {
		lock_init(&prov->lock);
		prov->card = card;
		prov->thing.kind = THING_PROVIDER;
		prov->thing.release = nprov_release;
		st = handle_add(&prov->thing);
	}
	if (st != CNG_OK) {
		mem_free(prov);
		state_drop();
		return st;
	}
	*out = prov->thing.handle;
	nprov_put(prov);
	return CNG_OK;
}

struct nprov *
nprov_take(NCRYPT_PROV_HANDLE handle)
{
	return (struct nprov *)handle_take(handle, THING_PROVIDER);
}

SECURITY_STATUS WINAPI
NCryptOpenStorageProvider(NCRYPT_PROV_HANDLE *phProvider,
    LPCWSTR pszProviderName, DWORD dwFlags)
{
	SECURITY_STATUS status;
	bool card;

	if (phProvider == NULL)
		return tell_status(NTE_INVALID_PARAMETER);
	*phProvider = 0;
	if (dwFlags & ~(DWORD)(NCRYPT_SILENT_FLAG |
	    NCRYPT_IGNORE_DEVICE_STATE_FLAG))
		return tell_status(NTE_BAD_FLAGS);
	status = check_name(pszProviderName, &card);
	if (status != ERROR_SUCCESS)
		return tell_status(status);
	return tell_status(status_for(nprov_new(card, phProvider), dwFlags));
}

SECURITY_STATUS WINAPI
NCryptEnumStorageProviders(DWORD *pdwProviderCount,
    NCryptProviderName **ppProviderList, DWORD dwFlags)
{
	const size_t count = ARRAY_LEN(present);
	NCryptProviderName *list;
	size_t size = 0;
	uint8_t *place;

	if (pdwProviderCount == NULL || ppProviderList == NULL)
		return tell_status(NTE_INVALID_PARAMETER);
	*pdwProviderCount = 0;
	*ppProviderList = NULL;
	if (dwFlags & ~(DWORD)NCRYPT_SILENT_FLAG)
		return tell_status(NTE_BAD_FLAGS);
	for (size_t i = 0; i < count; i++)
		size += sizeof(*list) + wide_size(span_str(present[i])) +
		    sizeof(WCHAR);
	list = buffer_new(size);
	if (list == NULL)
		return tell_status(NTE_NO_MEMORY);
	place = (uint8_t *)(list + count);
	for (size_t i = 0; i < count; i++) {
		list[i].pszName = wide_put(&place, span_str(present[i]));
		list[i].pszComment = wide_put(&place, span_str(""));
	}
	*pdwProviderCount = (DWORD)count;
	*ppProviderList = list;
	return ERROR_SUCCESS;
}

SECURITY_STATUS WINAPI
NCryptFreeObject(NCRYPT_HANDLE hObject)
{
	return tell_status(
	    handle_close(hObject) ? ERROR_SUCCESS : NTE_INVALID_HANDLE);
}

BOOL WINAPI
NCryptIsKeyHandle(NCRYPT_KEY_HANDLE hKey)
{
	struct nkey *key = nkey_take(hKey);

	if (key == NULL)
		return FALSE;
	nkey_put(key);
	return TRUE;
}

/* There is no CryptoAPI here whose handles could be translated. */
SECURITY_STATUS WINAPI
NCryptTranslateHandle(NCRYPT_PROV_HANDLE *phProvider,
    NCRYPT_KEY_HANDLE *phKey, HCRYPTPROV hLegacyProv, HCRYPTKEY hLegacyKey,
    DWORD dwLegacyKeySpec, DWORD dwFlags)
{
	(void)hLegacyProv;
	(void)hLegacyKey;
	(void)dwLegacyKeySpec;
	(void)dwFlags;
	if (phProvider != NULL)
		*phProvider = 0;
	if (phKey == NULL)
		return tell_status(NTE_INVALID_PARAMETER);
	*phKey = 0;
	return tell_status(NTE_NOT_SUPPORTED);
}

/* Events of Windows do not exist here, and we start no threads. */
SECURITY_STATUS WINAPI
NCryptNotifyChangeKey(NCRYPT_PROV_HANDLE hProvider, HANDLE *phEvent,
    DWORD dwFlags)
{
	struct nprov *prov = nprov_take(hProvider);

	if (prov == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	nprov_put(prov);
	if (phEvent == NULL)
		return tell_status(NTE_INVALID_PARAMETER);
	if (dwFlags & ~(DWORD)(NCRYPT_REGISTER_NOTIFY_FLAG |
	    NCRYPT_UNREGISTER_NOTIFY_FLAG | NCRYPT_MACHINE_KEY_FLAG |
	    NCRYPT_SILENT_FLAG))
		return tell_status(NTE_BAD_FLAGS);
	return tell_status(NTE_NOT_SUPPORTED);
}
