/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptGetProperty and NCryptSetProperty: finds the row, or the custom
 * property; and the properties of the provider itself.
 */
#include "ncrypt/prop.h"

#include "base/rd.h"
#include "base/util.h"
#include "base/why.h"
#include "ncrypt/card.h"
#include "ncrypt/params.h"

#include <stdio.h>

/* Those that a flag says something about which no property asks for. */
#define GET_FLAGS ((DWORD)NCRYPT_SILENT_FLAG | NCRYPT_PERSIST_ONLY_FLAG | \
	SECURITY_FLAGS)
#define SET_FLAGS ((DWORD)NCRYPT_SILENT_FLAG | NCRYPT_PERSIST_ONLY_FLAG | \
	NCRYPT_PERSIST_FLAG | NCRYPT_MACHINE_KEY_FLAG | SECURITY_FLAGS)
/* OWNER, GROUP, DACL and SACL_SECURITY_INFORMATION. */
#define SECURITY_FLAGS 0xFu

SECURITY_STATUS
put_number(struct wr *out, DWORD value)
{
	wr_u32le(out, value);
	return ERROR_SUCCESS;
}

bool
take_number(struct span value, DWORD *out)
{
	struct rd r = rd_of(value);

	return value.len == sizeof(*out) && rd_u32le(&r, out);
}

/* --- custom properties --------------------------------------------------- */

#define KEEP_TRIES 32

/* CNG_ERR_EXISTS: another handle, or process, has set one meanwhile. */
static enum cng_status
keep_once(struct nkey *key, const char *name, struct span value)
    CNG_REQUIRES(key->lock)
{
	struct prop line = { .id = PROP_CNG_PROPERTIES }, was = line;
	struct secret old = { 0 };
	struct facts facts;
	enum cng_status st = nkey_facts_held(key, &facts);

	if (st != CNG_OK)
		return st;
	st = secret_copy(&old, secret_span(&facts.bag));
	if (st == CNG_OK)
		st = bag_set(&facts.bag, name, value);
	if (st == CNG_OK && key->making) {
		secret_move(&key->bag, &facts.bag);
	} else if (st == CNG_OK) {
		line.bytes = secret_span(&facts.bag);
		was.bytes = secret_span(&old);
		st = token_set_from(key->tok, &state_access, key->id,
		    (struct props){ &line, 1 }, &was);
	}
	secret_free(&old);
	facts_free(&facts);
	return st;
}

static enum cng_status
keep_held(struct nkey *key, const char *name, struct span value)
    CNG_REQUIRES(key->lock)
{
	enum cng_status st = CNG_ERR_EXISTS;

	for (int i = 0; st == CNG_ERR_EXISTS && i < KEEP_TRIES; i++)
		st = keep_once(key, name, value);
	return st == CNG_ERR_EXISTS ? CNG_ERR_STORE_BUSY : st;
}

enum cng_status
prop_keep(struct nkey *key, const char *name, struct span value)
{
	enum cng_status st;

	/* a card has no place for it */
	if (card_has(key))
		return CNG_ERR_NOT_SUPPORTED;
	lock_take(&key->lock);
	st = keep_held(key, name, value);
	lock_drop(&key->lock);
	return st;
}

static SECURITY_STATUS
get_custom(const struct facts *facts, LPCWSTR name, struct wr *out)
{
	struct secret text = { 0 };
	struct span value = { NULL, 0 };
	enum cng_status st;

	st = wide_read(&text, name, NCRYPT_MAX_PROPERTY_NAME);
	if (st == CNG_OK && !bag_get(secret_span(&facts->bag),
	    (const char *)text.ptr, &value))
		st = CNG_ERR_NOT_FOUND;
	if (st == CNG_OK)
		wr_bytes(out, value);
	secret_free(&text);
	return status_of(st);
}

static SECURITY_STATUS
set_custom(struct nkey *key, LPCWSTR name, struct span value)
{
	struct secret text = { 0 };
	enum cng_status st;

	st = wide_read(&text, name, NCRYPT_MAX_PROPERTY_NAME);
	if (st == CNG_OK)
		st = prop_keep(key, (const char *)text.ptr, value);
	secret_free(&text);
	return status_of(st);
}

/* --- keys ---------------------------------------------------------------- */

static const struct prop_row *
row_of(const struct nkey *key, LPCWSTR name)
{
	const struct prop_row *row = card_has(key) ? prop_card_row(name) :
						     NULL;

	return row != NULL ? row : prop_key_row(name);
}

static SECURITY_STATUS
nkey_get(struct nkey *key, LPCWSTR name, struct wr *out, DWORD flags)
{
	const struct prop_row *row = row_of(key, name);
	struct facts facts;
	SECURITY_STATUS status = NTE_NOT_SUPPORTED;
	enum cng_status st = nkey_facts(key, &facts);

	if (st != CNG_OK)
		return status_for(st, flags);
	if (row != NULL && row->get != NULL)
		status = row->get(key, &facts, flags, out);
	else if (row == NULL && (flags & NCRYPT_PERSIST_ONLY_FLAG))
		status = get_custom(&facts, name, out);
	facts_free(&facts);
	return status;
}

static SECURITY_STATUS
nkey_set(struct nkey *key, LPCWSTR name, struct span value, DWORD flags)
{
	const struct prop_row *row = row_of(key, name);
	const struct blob_info *info;
	struct facts facts;
	SECURITY_STATUS status = NTE_NOT_SUPPORTED;
	enum cng_status st = nkey_facts(key, &facts);

	if (st != CNG_OK)
		return status_for(st, flags);
	if (row != NULL && row->set != NULL)
		status = row->set(key, &facts, value);
	else if (row == NULL && (flags & NCRYPT_PERSIST_ONLY_FLAG))
		status = set_custom(key, name, value);
	else if (row == NULL && params_blob_type(name, &info) == CNG_OK)
		status = import_as_property(key, info, value);
	facts_free(&facts);
	/* a PIN was wanted */
	return status == NTE_UI_REQUIRED && (flags & NCRYPT_SILENT_FLAG) ?
	    status_for(CNG_ERR_NOT_LOGGED_IN, flags) : status;
}

/* --- the provider -------------------------------------------------------- */

#define VERSION_NUMBER 0x00010000

static const struct {
	const char *name;
	DWORD value;
	DWORD card;              /* of the Smart Card provider */
} prov_numbers[] = {
	{ "Impl Type", NCRYPT_IMPL_SOFTWARE_FLAG,
	    NCRYPT_IMPL_HARDWARE_FLAG | NCRYPT_IMPL_REMOVABLE_FLAG },
	{ "Version", VERSION_NUMBER, VERSION_NUMBER },
	{ "Max Name Length", NCRYPT_MAX_KEY_NAME_LENGTH, CARD_NAME_UNITS },
	{ "Security Descr Support", 0, 0 },
};

/* Set on the handle, and of no effect where nothing is shown. */
static const char *const prov_kept[] = { "HWND Handle", "Use Context" };

static const char *
find_kept(LPCWSTR name)
{
	for (size_t i = 0; i < ARRAY_LEN(prov_kept); i++)
		if (wide_is(name, prov_kept[i]))
			return prov_kept[i];
	return NULL;
}

static SECURITY_STATUS
prov_get(struct nprov *prov, LPCWSTR name, struct wr *out)
{
	const char *kept = find_kept(name);
	struct span value;
	SECURITY_STATUS status = NTE_NOT_FOUND;

	if (wide_is(name, "Name")) {
		wide_write(out, span_str(prov->card ? PROVIDER_CARD :
						      PROVIDER_SOFTWARE));
		return ERROR_SUCCESS;
	}
	for (size_t i = 0; i < ARRAY_LEN(prov_numbers); i++)
		if (wide_is(name, prov_numbers[i].name))
			return put_number(out, prov->card ?
				prov_numbers[i].card : prov_numbers[i].value);
	if (kept == NULL)
		return prov->card ? prop_card_get(prov, name, out) :
				    NTE_NOT_SUPPORTED;
	lock_take(&prov->lock);
	if (bag_get(secret_span(&prov->bag), kept, &value)) {
		wr_bytes(out, value);
		status = ERROR_SUCCESS;
	}
	lock_drop(&prov->lock);
	return status;
}

/* Logs in to the user's store; with NCRYPT_MACHINE_KEY_FLAG the machine's. */
static SECURITY_STATUS
set_pin(struct span wide, DWORD flags)
{
	struct secret pin = { 0 };
	enum cng_status st = wide_read_bytes(&pin, wide);

	if (st == CNG_OK)
		st = store_login((flags & NCRYPT_MACHINE_KEY_FLAG) != 0,
		    secret_span(&pin));
	secret_free(&pin);
	return status_for(st, flags);
}

static SECURITY_STATUS
prov_set(struct nprov *prov, LPCWSTR name, struct span value, DWORD flags)
{
	const char *kept = find_kept(name);
	enum cng_status st;

	if (prov->card && kept == NULL)
		return prop_card_set(prov, name, value, flags);
	if (wide_is(name, "SmartCardPin"))
		return set_pin(value, flags);
	if (kept == NULL)
		return NTE_NOT_SUPPORTED;
	lock_take(&prov->lock);
	st = bag_set(&prov->bag, kept, value);
	lock_drop(&prov->lock);
	return status_of(st);
}

/* --- entry points -------------------------------------------------------- */

static bool
is_property_name(LPCWSTR name)
{
	size_t len = 0;

	if (name == NULL)
		return false;
	while (len <= NCRYPT_MAX_PROPERTY_NAME && name[len] != 0)
		len++;
	return len > 0 && len <= NCRYPT_MAX_PROPERTY_NAME;
}

/* Which one, before the reason: names of properties are no secrets. */
static void
name_property(LPCWSTR name, SECURITY_STATUS status)
{
	const char *text = why_now()->text;
	struct secret ascii = { 0 };
	char reason[sizeof why_now()->text];

	snprintf(reason, sizeof reason, "%s", text[0] != '\0' ? text :
	    tell_words(status));
	if (is_property_name(name) && wide_read(&ascii, name,
		NCRYPT_MAX_PROPERTY_NAME) == CNG_OK)
		why_say("property \"%s\": %s", (const char *)ascii.ptr,
		    reason);
	secret_free(&ascii);
}

static SECURITY_STATUS
get_from(struct thing *thing, LPCWSTR name, struct wr *out, DWORD flags)
{
	SECURITY_STATUS status;

	if (thing->kind == THING_KEY)
		status = nkey_get((struct nkey *)thing, name, out, flags);
	else
		status = prov_get((struct nprov *)thing, name, out);
	if (status != ERROR_SUCCESS)
		return status;
	return status_of(wr_status(out));
}

SECURITY_STATUS WINAPI
NCryptGetProperty(NCRYPT_HANDLE hObject, LPCWSTR pszProperty, PBYTE pbOutput,
    DWORD cbOutput, DWORD *pcbResult, DWORD dwFlags)
{
	struct wr w = wr_of(pbOutput, cbOutput);
	struct thing *thing = handle_take(hObject, THING_NONE);
	SECURITY_STATUS status;

	if (thing == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	if (thing->kind == THING_SECRET)
		status = NTE_INVALID_HANDLE;
	else if (pcbResult == NULL || !is_property_name(pszProperty))
		status = NTE_INVALID_PARAMETER;
	else if (dwFlags & ~GET_FLAGS)
		status = NTE_BAD_FLAGS;
	else
		status = get_from(thing, pszProperty, &w, dwFlags);
	if (status == ERROR_SUCCESS || status == NTE_BUFFER_TOO_SMALL)
		*pcbResult = (DWORD)w.len;
	handle_put(thing);
	if (status != ERROR_SUCCESS && why_wanted())
		name_property(pszProperty, status);
	return tell_status(status);
}

SECURITY_STATUS WINAPI
NCryptSetProperty(NCRYPT_HANDLE hObject, LPCWSTR pszProperty, PBYTE pbInput,
    DWORD cbInput, DWORD dwFlags)
{
	struct span value = span_of(pbInput, cbInput);
	struct thing *thing = handle_take(hObject, THING_NONE);
	SECURITY_STATUS status;

	if (thing == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	if (thing->kind == THING_SECRET)
		status = NTE_INVALID_HANDLE;
	else if (pbInput == NULL || cbInput > NCRYPT_MAX_PROPERTY_DATA ||
	    !is_property_name(pszProperty))
		status = NTE_INVALID_PARAMETER;
	else if (dwFlags & ~SET_FLAGS)
		status = NTE_BAD_FLAGS;
	else if (thing->kind == THING_KEY)
		status = nkey_set((struct nkey *)thing, pszProperty, value,
		    dwFlags);
	else
		status = prov_set((struct nprov *)thing, pszProperty, value,
		    dwFlags);
	handle_put(thing);
	if (status != ERROR_SUCCESS && why_wanted())
		name_property(pszProperty, status);
	return tell_status(status);
}
