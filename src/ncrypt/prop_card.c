/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The properties of keys on cards, and of their provider.
 */
#include "ncrypt/card.h"

#include "base/util.h"
#include "core/container.h"

#define READER "SmartCardReader"
#define PIN "SmartCardPin"
#define GUID "SmartCardGuid"
#define PROMPT "SmartCardPinPrompt"
#define USER_CERTS "SmartCardUserCertStore"
#define ROOT_CERTS "SmartcardRootCertStore"

/* ROLE_USER of minidrivers. */
#define PIN_ID_USER 1

/* --- of the card ---------------------------------------------------------- */

static SECURITY_STATUS
put_guid(struct token *tok, struct wr *out)
{
	struct token_card card;
	enum cng_status st = token_card(tok, &card);

	if (st == CNG_OK)
		wr_bytes(out, span_of(card.guid, sizeof(card.guid)));
	return status_of(st);
}

static SECURITY_STATUS
get_guid(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)facts;
	(void)flags;
	return put_guid(key->card, out);
}

/* There are no HCERTSTORE here: it is what such a store would be opened on. */
static SECURITY_STATUS
get_user_certs(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)facts;
	(void)flags;
	return status_of(token_certificates(key->card, true, out));
}

static SECURITY_STATUS
get_root_certs(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)facts;
	(void)flags;
	return status_of(token_certificates(key->card, false, out));
}

static SECURITY_STATUS
get_reader(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)facts;
	(void)flags;
	wide_write(out, span_str(token_reader(key->card)));
	return ERROR_SUCCESS;
}

/* The name that no other key of this machine has now. */
static SECURITY_STATUS
get_unique_name(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)flags;
	if (facts->making)
		return NTE_NOT_SUPPORTED;
	return status_of(card_name_write(out, token_reader(key->card),
	    secret_span(&key->name)));
}

/* --- PINs ----------------------------------------------------------------- */

/* It is said at once; and once more for the next use of a key that wants it
 * for each. */
static SECURITY_STATUS
set_pin(struct nkey *key, const struct facts *facts, struct span value)
{
	struct secret pin = { 0 };
	enum cng_status st = wide_read_bytes(&pin, value);

	if (st == CNG_OK)
		st = card_say_pin(key->card, secret_span(&pin));
	lock_take(&key->lock);
	secret_free(&key->pin);
	if (st == CNG_OK && facts->obj != NULL &&
	    object_flag(facts->obj, PROP_ALWAYS_AUTHENTICATE))
		secret_move(&key->pin, &pin);
	lock_drop(&key->lock);
	secret_free(&pin);
	return status_of(st);
}

static SECURITY_STATUS
get_pin_id(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)facts;
	(void)flags;
	return put_number(out, PIN_ID_USER);
}

static SECURITY_STATUS
set_prompt(struct nkey *key, const struct facts *facts, struct span value)
{
	enum cng_status st;

	(void)facts;
	lock_take(&key->lock);
	st = bag_set(&key->loose, PROMPT, value);
	lock_drop(&key->lock);
	return status_of(st);
}

/* --- certificates --------------------------------------------------------- */

static SECURITY_STATUS
get_certificate(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	struct secret der = { 0 };
	enum cng_status st;

	(void)flags;
	if (facts->making)
		return NTE_NOT_FOUND;
	st = container_certificate(key->card, key->id, &der);
	if (st == CNG_OK)
		wr_bytes(out, secret_span(&der));
	secret_free(&der);
	return status_of(st);
}

static SECURITY_STATUS
set_certificate(struct nkey *key, const struct facts *facts,
    struct span value)
{
	enum cng_status st;

	if (facts->making)
		return NTE_BAD_KEY_STATE;
	st = container_put_certificate(key->card, &state_access, key->id,
	    value);
	if (st != CNG_ERR_NOT_LOGGED_IN)
		return status_of(st);
	st = card_want_pin(key->card);
	if (st == CNG_OK)
		st = container_put_certificate(key->card, &state_access,
		    key->id, value);
	return status_of(st);
}

/* --- keys ----------------------------------------------------------------- */

/* No card shows a private key. */
static SECURITY_STATUS
get_policy(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)facts;
	(void)flags;
	return put_number(out, 0);
}

static SECURITY_STATUS
set_policy(struct nkey *key, const struct facts *facts, struct span value)
{
	DWORD policy;

	(void)key;
	if (!take_number(value, &policy))
		return NTE_INVALID_PARAMETER;
	if (!facts->making)
		return NTE_PERM;
	return policy == 0 ? ERROR_SUCCESS : NTE_NOT_SUPPORTED;
}

static SECURITY_STATUS
get_nothing(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	(void)key;
	(void)facts;
	(void)flags;
	(void)out;
	return NTE_NOT_FOUND;
}

static const struct prop_row rows[] = {
	{ READER, get_reader, NULL },
	{ PIN, NULL, set_pin },
	{ PROMPT, NULL, set_prompt },
	{ GUID, get_guid, NULL },
	{ "SmartCardPinId", get_pin_id, NULL },
	{ "SmartCardKeyCertificate", get_certificate, set_certificate },
	{ "SmartCardAssociatedECDHKey", get_nothing, NULL },
	{ USER_CERTS, get_user_certs, NULL },
	{ ROOT_CERTS, get_root_certs, NULL },
	/* NTE_NOT_SUPPORTED */
	{ "SmartCardSecurePin", NULL, NULL },
	{ "SmartCardPinInfo", NULL, NULL },
	{ "Unique Name", get_unique_name, NULL },
	{ "Export Policy", get_policy, set_policy },
};

const struct prop_row *
prop_card_row(LPCWSTR name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (wide_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}

/* --- the provider --------------------------------------------------------- */

static SECURITY_STATUS
get_told_reader(struct nprov *prov, struct wr *out)
{
	SECURITY_STATUS status = NTE_NOT_FOUND;

	lock_take(&prov->lock);
	if (prov->reader.len > 0) {
		wide_write(out, secret_span(&prov->reader));
		status = ERROR_SUCCESS;
	}
	lock_drop(&prov->lock);
	return status;
}

SECURITY_STATUS
prop_card_get(struct nprov *prov, LPCWSTR name, struct wr *out)
{
	bool user = wide_is(name, USER_CERTS);
	struct token *tok = NULL;
	enum cng_status st;

	if (wide_is(name, READER))
		return get_told_reader(prov, out);
	if (!user && !wide_is(name, GUID) && !wide_is(name, ROOT_CERTS))
		return NTE_NOT_SUPPORTED;
	st = cards_only(prov, &tok);
	if (st == CNG_OK && wide_is(name, GUID))
		return put_guid(tok, out);
	if (st == CNG_OK)
		st = token_certificates(tok, user, out);
	return status_of(st);
}

/* Nobody is asked whether there is such a reader: it may come later. */
static enum cng_status
tell_reader(struct nprov *prov, struct span wide)
{
	struct secret reader = { 0 };
	enum cng_status st = wide_read_bytes(&reader, wide);

	if (st != CNG_OK)
		return st;
	lock_take(&prov->lock);
	secret_move(&prov->reader, &reader);
	lock_drop(&prov->lock);
	return CNG_OK;
}

static enum cng_status
tell_pin(struct nprov *prov, struct span wide)
{
	struct secret pin = { 0 };
	struct token *tok = NULL;
	enum cng_status st = wide_read_bytes(&pin, wide);

	if (st == CNG_OK)
		st = cards_only(prov, &tok);
	if (st == CNG_OK)
		st = card_say_pin(tok, secret_span(&pin));
	secret_free(&pin);
	return st;
}

SECURITY_STATUS
prop_card_set(struct nprov *prov, LPCWSTR name, struct span value,
    DWORD flags)
{
	enum cng_status st;

	if (wide_is(name, READER))
		return status_of(tell_reader(prov, value));
	if (wide_is(name, PIN))
		return status_for(tell_pin(prov, value), flags);
	if (!wide_is(name, PROMPT))
		return NTE_NOT_SUPPORTED;
	lock_take(&prov->lock);
	st = bag_set(&prov->bag, PROMPT, value);
	lock_drop(&prov->lock);
	return status_of(st);
}
