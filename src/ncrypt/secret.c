/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptSecretAgreement and NCryptDeriveKey; the rest of what makes keys of
 * keys.
 */
#include "ncrypt/secret.h"

#include "base/alloc.h"
#include "base/util.h"
#include "core/operation.h"
#include "ncrypt/card.h"
#include "ncrypt/params.h"

#define MECHANISM_DH 0x0021
#define MECHANISM_ECDH 0x1050
#define PUBLIC_MAX (DH_BITS_MAX / 8)

struct nsecret {
	struct thing thing;
	struct nprov *prov;      /* a reference */
	struct secret value;     /* big-endian, as wide as the field */
};

static void
nsecret_release(struct thing *thing)
{
	struct nsecret *agreed = (struct nsecret *)thing;

	secret_free(&agreed->value);
	nprov_put(agreed->prov);
	mem_free(agreed);
}

/* --- agreement ----------------------------------------------------------- */

/* The same p and g. */
static bool
same_group(const struct object *a, const struct object *b)
{
	static const enum prop_id ids[] = { PROP_PRIME, PROP_BASE };
	uint8_t of_a[PUBLIC_MAX], of_b[PUBLIC_MAX];

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		struct wr x = wr_of(of_a, sizeof(of_a));
		struct wr y = wr_of(of_b, sizeof(of_b));

		if (object_bytes(a, ids[i], &x) != CNG_OK ||
		    object_bytes(b, ids[i], &y) != CNG_OK ||
		    !span_equal(span_of(of_a, x.len), span_of(of_b, y.len)))
			return false;
	}
	return true;
}

/* Does its algorithm say so?  ECDSA keys do not, whatever the curve can. */
static bool
is_for_agreement(struct nkey *key)
{
	struct facts facts;
	bool is;

	if (nkey_facts(key, &facts) != CNG_OK)
		return true; /* what is wrong is told later */
	is = facts.alg == NULL ||
	    (facts.alg->operations & NCRYPT_SECRET_AGREEMENT_OPERATION);
	facts_free(&facts);
	return is;
}

static enum cng_status
agree_objects(struct object *private, struct object *public,
    struct secret *out)
{
	bool dh = object_family(private) == KEY_DH;
	struct key_op op = { .scheme = dh ? OP_DH : OP_ECDH };
	uint8_t number[PUBLIC_MAX];
	struct wr w = wr_of(number, sizeof(number));
	enum cng_status st;

	if (object_class(private) != OBJ_PRIVATE ||
	    object_family(private) != object_family(public) ||
	    object_curve(private) != object_curve(public))
		return CNG_ERR_ARGUMENT;
	if (dh && !same_group(private, public))
		return CNG_ERR_ARGUMENT;
	st = object_bytes(public, dh ? PROP_VALUE : PROP_EC_POINT, &w);
	op.peer = span_of(number, w.len);
	if (st == CNG_OK)
		st = object_derive(private, &op,
		    dh ? MECHANISM_DH : MECHANISM_ECDH, 0, out);
	return st;
}

static enum cng_status
agree_keys(struct nkey *mine, struct nkey *theirs, struct secret *out)
{
	struct object *private = NULL, *public = NULL;
	enum cng_status st = nkey_ready(mine, &private);

	if (st == CNG_OK)
		st = nkey_public(theirs, &public);
	/* a key of one secret has no public half */
	if (st == CNG_ERR_KEY_TYPE)
		st = CNG_ERR_NOT_SUPPORTED;
	if (st == CNG_OK &&
	    (!is_for_agreement(mine) || !is_for_agreement(theirs)))
		st = CNG_ERR_NOT_SUPPORTED;
	if (st == CNG_OK)
		st = card_unlock(mine, &private);
	/* what comes of it is bytes, not a key with rules */
	if (st == CNG_OK)
		st = token_may_tell(nkey_token(mine), private,
		    PROP_DERIVE_TEMPLATE);
	if (st == CNG_OK)
		st = agree_objects(private, public, out);
	object_free(private);
	object_free(public);
	return st;
}

/* Takes value over on success. */
static enum cng_status
nsecret_new(struct nprov *prov, struct secret *value,
    NCRYPT_SECRET_HANDLE *out)
{
	struct nsecret *agreed = mem_new(1, sizeof(*agreed));
	enum cng_status st;

	if (agreed == NULL)
		return CNG_ERR_NO_MEMORY;
	agreed->thing.kind = THING_SECRET;
	agreed->thing.release = nsecret_release;
	st = handle_add(&agreed->thing);
	if (st != CNG_OK) {
		mem_free(agreed);
		return st;
	}
	agreed->prov = (struct nprov *)handle_ref(&prov->thing);
	secret_move(&agreed->value, value);
	*out = agreed->thing.handle;
	handle_put(&agreed->thing);
	return CNG_OK;
}

SECURITY_STATUS WINAPI
NCryptSecretAgreement(NCRYPT_KEY_HANDLE hPrivKey, NCRYPT_KEY_HANDLE hPubKey,
    NCRYPT_SECRET_HANDLE *phAgreedSecret, DWORD dwFlags)
{
	struct nkey *mine = nkey_take(hPrivKey), *theirs = nkey_take(hPubKey);
	struct secret value = { 0 };
	SECURITY_STATUS status = NTE_INVALID_HANDLE;
	enum cng_status st;

	if (mine == NULL || theirs == NULL)
		goto out;
	status = params_check_flags(dwFlags, NCRYPT_SILENT_FLAG);
	if (phAgreedSecret == NULL)
		status = NTE_INVALID_PARAMETER;
	if (status != ERROR_SUCCESS)
		goto out;
	*phAgreedSecret = 0;
	st = agree_keys(mine, theirs, &value);
	if (st == CNG_OK)
		st = nsecret_new(mine->prov, &value, phAgreedSecret);
	status = status_for(st, dwFlags);
	secret_free(&value);
out:
	if (mine != NULL)
		nkey_put(mine);
	if (theirs != NULL)
		nkey_put(theirs);
	return tell_status(status);
}

/* --- derivation ---------------------------------------------------------- */

SECURITY_STATUS
derive_hand_out(const struct secret *made, PBYTE out, DWORD size, DWORD *result)
{
	size_t len = made->len;

	if (out != NULL && len > size)
		len = size;
	if (out != NULL && len > 0)
		memcpy(out, made->ptr, len);
	*result = (DWORD)len;
	return ERROR_SUCCESS;
}

SECURITY_STATUS WINAPI
NCryptDeriveKey(NCRYPT_SECRET_HANDLE hSharedSecret, LPCWSTR pwszKDF,
    NCryptBufferDesc *pParameterList, PBYTE pbDerivedKey,
    DWORD cbDerivedKey, DWORD *pcbResult, ULONG dwFlags)
{
	struct deriving d = { .list = pParameterList, .flags = dwFlags };
	struct nsecret *agreed =
	    (struct nsecret *)handle_take(hSharedSecret, THING_SECRET);
	SECURITY_STATUS status;

	if (agreed == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = params_check_flags(dwFlags,
	    NCRYPT_SILENT_FLAG | KDF_USE_SECRET_AS_HMAC_KEY_FLAG);
	if (pwszKDF == NULL || pcbResult == NULL ||
	    !params_list_is_sound(pParameterList))
		status = NTE_INVALID_PARAMETER;
	if (status == ERROR_SUCCESS) {
		d.secret = secret_span(&agreed->value);
		d.wanted = pbDerivedKey == NULL ? 0 : cbDerivedKey;
		status = derive_run(&d, pwszKDF);
	}
	if (status == ERROR_SUCCESS)
		status = derive_hand_out(&d.out, pbDerivedKey, cbDerivedKey,
		    pcbResult);
	secret_free(&d.out);
	handle_put(&agreed->thing);
	return tell_status(status);
}
