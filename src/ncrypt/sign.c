/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptSignHash and NCryptVerifySignature.
 */
#include "ncrypt/pad.h"

#include "core/operation.h"
#include "ncrypt/card.h"

/* --- sign ---------------------------------------------------------------- */

static SECURITY_STATUS
sign_size(const struct facts *facts, DWORD *result)
{
	size_t len = facts_signature(facts);

	if (len == 0)
		return NTE_NOT_SUPPORTED;
	*result = (DWORD)len;
	return ERROR_SUCCESS;
}

static SECURITY_STATUS
sign_with(struct object *obj, const struct padded *pad, struct wr *w,
    DWORD *result, DWORD flags)
{
	struct operation *o;
	enum cng_status st;

	st = operation_new(&o, obj, &pad->op, USE_SIGN, pad->mechanism);
	if (st == CNG_OK) {
		st = operation_run(o, pad->data, w);
		operation_free(o);
	}
	return status_written(st, w, result, flags);
}

static SECURITY_STATUS
sign_unlocked(struct nkey *key, struct object **obj,
    const struct padded *pad, struct wr *w, DWORD *result, DWORD flags)
{
	enum cng_status st = card_unlock(key, obj);

	return st == CNG_OK ? sign_with(*obj, pad, w, result, flags) :
			      status_for(st, flags);
}

static SECURITY_STATUS
sign(struct nkey *key, const void *info, struct span hash, struct wr *w,
    DWORD *result, DWORD flags)
{
	struct padded pad;
	struct facts facts;
	SECURITY_STATUS status;
	enum cng_status st = nkey_facts(key, &facts);

	if (st != CNG_OK)
		return status_for(st, flags);
	status = pad_signature(&pad, facts.family, info, flags, hash);
	if (status == ERROR_SUCCESS && facts.making)
		status = NTE_BAD_KEY_STATE;
	/* the size is public, the signature is not */
	if (status == ERROR_SUCCESS && w->buf == NULL)
		status = sign_size(&facts, result);
	else if (status == ERROR_SUCCESS && facts.class == OBJ_PUBLIC)
		status = NTE_INVALID_PARAMETER;
	else if (status == ERROR_SUCCESS)
		status = sign_unlocked(key, &facts.obj, &pad, w, result,
		    flags);
	wipe(&pad, sizeof(pad));
	facts_free(&facts);
	return status;
}

SECURITY_STATUS WINAPI
NCryptSignHash(NCRYPT_KEY_HANDLE hKey, VOID *pPaddingInfo, PBYTE pbHashValue,
    DWORD cbHashValue, PBYTE pbSignature, DWORD cbSignature,
    DWORD *pcbResult, DWORD dwFlags)
{
	struct wr w = wr_of(pbSignature, cbSignature);
	struct nkey *key = nkey_take(hKey);
	SECURITY_STATUS status;

	if (key == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	if (pbHashValue == NULL)
		status = NTE_NULL_REFERENCE;
	else if (pcbResult == NULL)
		status = NTE_INVALID_PARAMETER;
	else
		status = sign(key, pPaddingInfo,
		    span_of(pbHashValue, cbHashValue), &w, pcbResult,
		    dwFlags);
	nkey_put(key);
	return tell_status(status);
}

/* --- verify -------------------------------------------------------------- */

static enum cng_status
verify_with(struct nkey *key, const struct padded *pad,
    struct span signature)
{
	struct operation *o;
	struct object *obj;
	enum cng_status st = nkey_public(key, &obj);

	if (st != CNG_OK)
		return st;
	st = operation_new(&o, obj, &pad->op, USE_VERIFY, pad->mechanism);
	if (st == CNG_OK) {
		st = operation_verify(o, pad->data, signature);
		operation_free(o);
	}
	object_free(obj);
	return st;
}

static SECURITY_STATUS
verify(struct nkey *key, const void *info, struct span hash,
    struct span signature, DWORD flags)
{
	struct padded pad;
	struct facts facts;
	SECURITY_STATUS status;
	enum cng_status st = nkey_facts(key, &facts);

	if (st != CNG_OK)
		return status_for(st, flags);
	status = pad_signature(&pad, facts.family, info, flags, hash);
	facts_free(&facts);
	if (status != ERROR_SUCCESS)
		return status;
	return status_for(verify_with(key, &pad, signature), flags);
}

SECURITY_STATUS WINAPI
NCryptVerifySignature(NCRYPT_KEY_HANDLE hKey, VOID *pPaddingInfo,
    PBYTE pbHashValue, DWORD cbHashValue, PBYTE pbSignature,
    DWORD cbSignature, DWORD dwFlags)
{
	struct nkey *key = nkey_take(hKey);
	SECURITY_STATUS status;

	if (key == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	if (pbHashValue == NULL || pbSignature == NULL)
		status = NTE_NULL_REFERENCE;
	else
		status = verify(key, pPaddingInfo,
		    span_of(pbHashValue, cbHashValue),
		    span_of(pbSignature, cbSignature), dwFlags);
	nkey_put(key);
	return tell_status(status);
}
