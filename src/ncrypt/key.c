/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys: create, open, finalise, delete.
 */
#include "ncrypt/face.h"

#include "base/alloc.h"
#include "base/why.h"
#include "ncrypt/card.h"
#include "ncrypt/params.h"

#define CREATE_FLAGS (NCRYPT_SILENT_FLAG | NCRYPT_MACHINE_KEY_FLAG | \
	NCRYPT_OVERWRITE_KEY_FLAG | VBS_FLAGS)
#define OPEN_FLAGS (NCRYPT_SILENT_FLAG | NCRYPT_MACHINE_KEY_FLAG)
#define FINALIZE_FLAGS (NCRYPT_SILENT_FLAG | NCRYPT_NO_KEY_VALIDATION | \
	NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG)

/* --- create -------------------------------------------------------------- */

static bool
is_key_spec(DWORD spec)
{
	return spec == 0 || spec == AT_KEYEXCHANGE || spec == AT_SIGNATURE;
}

static SECURITY_STATUS
create(struct nprov *prov, const struct alg *alg, LPCWSTR name, DWORD spec,
    DWORD flags, NCRYPT_KEY_HANDLE *out)
{
	struct nkey *key;
	enum cng_status st = nkey_new(&key, prov);

	if (st != CNG_OK)
		return status_of(st);
	key->making = true;
	key->machine = (flags & NCRYPT_MACHINE_KEY_FLAG) != 0;
	key->overwrite = (flags & NCRYPT_OVERWRITE_KEY_FLAG) != 0;
	key->signs_only = spec == AT_SIGNATURE;
	key->alg = alg;
	key->curve = alg->curve;
	key->bits = alg->lengths.dwDefaultLength;
	if (name != NULL)
		st = wide_read(&key->name, name, NCRYPT_MAX_KEY_NAME_LENGTH);
	if (st == CNG_OK)
		st = params_note_vbs(&key->bag, flags);
	if (st == CNG_OK)
		st = nkey_claim_name(key);
	if (st != CNG_OK) {
		nkey_abandon(key);
		return status_for(st, flags);
	}
	*out = nkey_give(key);
	return ERROR_SUCCESS;
}

SECURITY_STATUS WINAPI
NCryptCreatePersistedKey(NCRYPT_PROV_HANDLE hProvider,
    NCRYPT_KEY_HANDLE *phKey, LPCWSTR pszAlgId, LPCWSTR pszKeyName,
    DWORD dwLegacyKeySpec, DWORD dwFlags)
{
	struct nprov *prov = nprov_take(hProvider);
	const struct alg *alg;
	SECURITY_STATUS status;

	if (prov == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = params_check_flags(dwFlags, CREATE_FLAGS);
	if (pszAlgId == NULL)
		status = NTE_NULL_REFERENCE;
	else if (phKey == NULL || !is_key_spec(dwLegacyKeySpec))
		status = NTE_INVALID_PARAMETER;
	if (status != ERROR_SUCCESS)
		goto out;
	*phKey = 0;
	alg = alg_find(pszAlgId);
	status = alg == NULL || (prov->card && !card_knows_alg(alg)) ?
	    NTE_NOT_SUPPORTED :
	    create(prov, alg, pszKeyName, dwLegacyKeySpec, dwFlags, phKey);
out:
	nprov_put(prov);
	return tell_status(status);
}

/* --- open ---------------------------------------------------------------- */

/* Keys without a name are listed by their unique id. */
static enum cng_status
find_unique(struct token *tok, struct span name, obj_id *out)
{
	struct prop line = { .id = PROP_UNIQUE_ID, .bytes = name };
	struct obj_ids ids;
	enum cng_status st;

	st = token_find(tok, (struct props){ &line, 1 }, &ids);
	if (st == CNG_OK && ids.count > 0)
		*out = ids.id[0];
	if (st == CNG_OK)
		mem_free(ids.id);
	return st;
}

#define UNIQUE_LEN 32

static enum cng_status
open_named(struct nkey *key, LPCWSTR name, DWORD flags)
{
	enum cng_status st;

	key->machine = (flags & NCRYPT_MACHINE_KEY_FLAG) != 0;
	st = wide_read(&key->name, name, NCRYPT_MAX_KEY_NAME_LENGTH);
	if (st == CNG_OK)
		st = store_reach(key->machine, &key->tok);
	if (st == CNG_OK)
		st = nkey_find(key->tok, secret_span(&key->name), &key->id);
	if (st == CNG_OK && key->id == 0 && key->name.len == UNIQUE_LEN)
		st = find_unique(key->tok, secret_span(&key->name), &key->id);
	key->persisted = true;
	return st;
}

/* No name, or none but the reader's: the default container. */
static enum cng_status
open_on_card(struct nkey *key, LPCWSTR name)
{
	struct secret text = { 0 };
	enum cng_status st = CNG_OK;

	if (name != NULL && name[0] != 0)
		st = wide_read(&text, name, NCRYPT_MAX_KEY_NAME_LENGTH);
	if (st == CNG_OK)
		st = card_open(key, secret_span(&text));
	secret_free(&text);
	return st;
}

static SECURITY_STATUS
open_key(struct nprov *prov, LPCWSTR name, DWORD flags,
    NCRYPT_KEY_HANDLE *out)
{
	struct nkey *key;
	enum cng_status st = nkey_new(&key, prov);

	if (st != CNG_OK)
		return status_of(st);
	st = prov->card ? open_on_card(key, name) :
			  open_named(key, name, flags);
	if (st == CNG_OK && key->id != 0) {
		*out = nkey_give(key);
		return ERROR_SUCCESS;
	}
	nkey_abandon(key);
	/* where there is no store there is no key either */
	if (st == CNG_ERR_NO_TOKEN)
		why_say("there is no store, and so no key");
	return st == CNG_OK || st == CNG_ERR_NO_TOKEN ? NTE_BAD_KEYSET :
							status_for(st, flags);
}

SECURITY_STATUS WINAPI
NCryptOpenKey(NCRYPT_PROV_HANDLE hProvider, NCRYPT_KEY_HANDLE *phKey,
    LPCWSTR pszKeyName, DWORD dwLegacyKeySpec, DWORD dwFlags)
{
	struct nprov *prov = nprov_take(hProvider);
	SECURITY_STATUS status;

	if (prov == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = params_check_flags(dwFlags, OPEN_FLAGS);
	if ((pszKeyName == NULL && !prov->card) || phKey == NULL ||
	    !is_key_spec(dwLegacyKeySpec))
		status = NTE_INVALID_PARAMETER;
	if (status == ERROR_SUCCESS) {
		*phKey = 0;
		status = open_key(prov, pszKeyName, dwFlags, phKey);
	}
	nprov_put(prov);
	return tell_status(status);
}

/* --- finalise ------------------------------------------------------------ */

static SECURITY_STATUS
finalize(struct nkey *key, DWORD flags)
{
	enum cng_status st = CNG_OK;
	bool again, asked;

	/* who has a finished key has no key to finish */
	lock_take(&key->lock);
	again = !key->making;
	if (!again) {
		/* a file is of the call that asked for it, or of the import */
		asked = key->twin;
		if (flags & NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG)
			key->twin = true;
		st = nkey_finish(key);
		key->twin = asked;
	}
	lock_drop(&key->lock);
	return again ? NTE_INVALID_HANDLE : status_for(st, flags);
}

static SECURITY_STATUS
check_legacy(struct nkey *key, DWORD flags)
{
	SECURITY_STATUS status;
	struct facts facts;
	enum cng_status st;

	if (!(flags & NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG))
		return ERROR_SUCCESS;
	st = nkey_facts(key, &facts);
	if (st != CNG_OK)
		return status_of(st);
	lock_take(&key->lock);
	status = nkey_check_twin(key, facts.family == KEY_RSA, flags);
	lock_drop(&key->lock);
	facts_free(&facts);
	return status;
}

SECURITY_STATUS WINAPI
NCryptFinalizeKey(NCRYPT_KEY_HANDLE hKey, DWORD dwFlags)
{
	struct nkey *key = nkey_take(hKey);
	SECURITY_STATUS status;

	if (key == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = params_check_flags(dwFlags, FINALIZE_FLAGS);
	if (status == ERROR_SUCCESS)
		status = check_legacy(key, dwFlags);
	if (status == ERROR_SUCCESS)
		status = finalize(key, dwFlags);
	nkey_put(key);
	return tell_status(status);
}

/* --- delete -------------------------------------------------------------- */

/* No PIN for what is gone. */
static enum cng_status
delete_from_card(struct nkey *key) CNG_REQUIRES(key->lock)
{
	struct object *obj;
	enum cng_status st = card_object(key, &obj);

	if (st != CNG_OK)
		return st;
	object_free(obj);
	st = card_want_pin(key->card);
	return st == CNG_OK ? token_destroy(key->card, &state_access,
	    key->id) : st;
}

static enum cng_status
delete_stored(struct nkey *key)
{
	struct token *tok;
	enum cng_status st = CNG_OK;

	lock_take(&key->lock);
	if (key->persisted && key->card != NULL) {
		st = delete_from_card(key);
	} else if (key->persisted) {
		st = store_reach(key->machine, &tok);
		if (st == CNG_OK)
			st = token_destroy(key->tok, &state_access, key->id);
	}
	lock_drop(&key->lock);
	return st;
}

/* A key that is in no store is gone with its handle. */
SECURITY_STATUS WINAPI
NCryptDeleteKey(NCRYPT_KEY_HANDLE hKey, DWORD dwFlags)
{
	struct nkey *key = nkey_take(hKey);
	SECURITY_STATUS status;

	if (key == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = params_check_flags(dwFlags, NCRYPT_SILENT_FLAG);
	if (status == ERROR_SUCCESS)
		status = status_for(delete_stored(key), dwFlags);
	if (status == ERROR_SUCCESS)
		(void)handle_close(hKey);
	nkey_put(key);
	return tell_status(status);
}
