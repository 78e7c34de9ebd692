/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The property UI Policy: what a person would be told who is asked for a key.
 * Nobody is asked here, but the texts are kept for who looks.
 */
#include "ncrypt/prop.h"

#include "base/rd.h"
#include "base/util.h"

#define BAG_UI_POLICY "UI Policy"
#define TEXTS 3
#define TEXT_MAX_UNITS 4096

/* --- set ------------------------------------------------------------------ */

/* With its NUL; nothing where there is none. */
static bool
take_text(LPCWSTR text, struct span *out)
{
	size_t len = 0;

	*out = span_of(NULL, 0);
	if (text == NULL)
		return true;
	while (len < TEXT_MAX_UNITS && text[len] != 0)
		len++;
	*out = span_of(text, (len + 1) * sizeof(text[0]));
	return len < TEXT_MAX_UNITS;
}

static enum cng_status
pack(struct secret *out, const struct span text[TEXTS])
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;

	for (size_t i = 0; i < TEXTS; i++)
		wr_blob32(&w, text[i]);
	st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	for (size_t i = 0; i < TEXTS; i++)
		wr_blob32(&w, text[i]);
	return wr_status(&w);
}

static enum cng_status
keep(struct nkey *key, const struct span text[TEXTS])
{
	struct secret packed = { 0 };
	enum cng_status st = pack(&packed, text);

	lock_take(&key->lock);
	if (st == CNG_OK && !key->making)
		st = CNG_ERR_KEY_STATE;
	if (st == CNG_OK)
		st = bag_set(&key->bag, BAG_UI_POLICY, secret_span(&packed));
	lock_drop(&key->lock);
	secret_free(&packed);
	return st;
}

/* Protection that would ask a person needs one to ask. */
SECURITY_STATUS
prop_set_ui(struct nkey *key, const struct facts *facts, struct span value)
{
	struct span text[TEXTS];
	NCRYPT_UI_POLICY policy;

	if (value.len != sizeof(policy))
		return NTE_INVALID_PARAMETER;
	memcpy(&policy, value.ptr, sizeof(policy));
	if (policy.dwVersion != 1)
		return NTE_INVALID_PARAMETER;
	if (!facts->making)
		return NTE_BAD_KEY_STATE;
	if (policy.dwFlags != 0)
		return NTE_NOT_SUPPORTED;
	if (!take_text(policy.pszCreationTitle, &text[0]) ||
	    !take_text(policy.pszFriendlyName, &text[1]) ||
	    !take_text(policy.pszDescription, &text[2]))
		return NTE_INVALID_PARAMETER;
	return status_of(keep(key, text));
}

/* --- get ------------------------------------------------------------------ */

/* The texts stand behind the structure, which points to them. */
SECURITY_STATUS
prop_get_ui(struct nkey *key, const struct facts *facts, DWORD flags,
    struct wr *out)
{
	NCRYPT_UI_POLICY policy = { .dwVersion = 1 };
	LPCWSTR *place[TEXTS] = { &policy.pszCreationTitle,
		&policy.pszFriendlyName, &policy.pszDescription };
	struct span value, text[TEXTS];
	size_t at = sizeof(policy);
	struct rd r;

	(void)key;
	(void)flags;
	if (!bag_get(secret_span(&facts->bag), BAG_UI_POLICY, &value))
		return NTE_NOT_FOUND;
	r = rd_of(value);
	for (size_t i = 0; i < TEXTS; i++) {
		if (!rd_blob32(&r, &text[i]))
			return NTE_INTERNAL_ERROR;
		if (text[i].len > 0 && at < out->cap)
			*place[i] = (LPCWSTR)(const void *)(out->buf + at);
		at += text[i].len;
	}
	wr_bytes(out, span_of(&policy, sizeof(policy)));
	for (size_t i = 0; i < TEXTS; i++)
		wr_bytes(out, text[i]);
	return ERROR_SUCCESS;
}
