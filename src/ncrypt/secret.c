/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptSecretAgreement and NCryptDeriveKey; the rest of what makes keys of
 * keys.
 */
#include "ncrypt/secret.h"

#include "base/alloc.h"
#include "core/operation.h"
#include "ncrypt/params.h"

#define MECHANISM_ECDH 0x1050
#define POINT_MAX 160

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

/* The secret as an object of nobody's, just long enough to read it. */
static enum cng_status
agree(struct object *private, struct span point, struct secret *out)
{
	struct key_op op = { .scheme = OP_ECDH, .peer = point };
	struct prop readable[] = {
		{ .id = PROP_KEY_FAMILY, .number = KEY_GENERIC },
		{ .id = PROP_SENSITIVE, .number = 0 },
		{ .id = PROP_EXTRACTABLE, .number = 1 },
	};
	struct token *tok = state_loose();
	struct object *obj = NULL;
	struct wr w = wr_of(NULL, 0);
	obj_id id;
	enum cng_status st;

	st = token_derive(tok, &state_access, private, &op, MECHANISM_ECDH,
	    (struct props){ readable, 3 }, &id);
	if (st != CNG_OK)
		return st;
	st = token_object(tok, id, &obj);
	if (st == CNG_OK)
		st = object_bytes(obj, PROP_VALUE, &w);
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st == CNG_OK) {
		w = wr_of(out->ptr, out->len);
		st = object_bytes(obj, PROP_VALUE, &w);
	}
	object_free(obj);
	if (token_destroy(tok, &state_access, id) != CNG_OK)
		st = CNG_ERR_INTERNAL;
	return st;
}

static enum cng_status
agree_keys(struct nkey *mine, struct nkey *theirs, struct secret *out)
{
	uint8_t point[POINT_MAX];
	struct wr w = wr_of(point, sizeof(point));
	struct object *private = NULL, *public = NULL;
	enum cng_status st = nkey_ready(mine, &private);

	if (st == CNG_OK)
		st = nkey_public(theirs, &public);
	if (st == CNG_OK && (object_family(private) != KEY_EC ||
	    object_family(public) != KEY_EC))
		st = CNG_ERR_NOT_SUPPORTED;
	if (st == CNG_OK && (object_class(private) != OBJ_PRIVATE ||
	    object_curve(private) != object_curve(public)))
		st = CNG_ERR_ARGUMENT;
	if (st == CNG_OK)
		st = object_bytes(public, PROP_EC_POINT, &w);
	if (st == CNG_OK)
		st = agree(private, span_of(point, w.len), out);
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
	return status;
}

/* --- derivation ---------------------------------------------------------- */

/* What does not fit is cut off, without a word: so does CNG. */
static SECURITY_STATUS
hand_out(const struct secret *made, PBYTE out, DWORD size, DWORD *result)
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
		return NTE_INVALID_HANDLE;
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
		status = hand_out(&d.out, pbDerivedKey, cbDerivedKey,
		    pcbResult);
	secret_free(&d.out);
	handle_put(&agreed->thing);
	return status;
}

/* --- what keys of ours cannot do ----------------------------------------- */

/* The handle and the state are judged first, as for a key that could. */
static SECURITY_STATUS
refuse(NCRYPT_KEY_HANDLE handle, bool sound)
{
	struct nkey *key = nkey_take(handle);
	struct object *obj = NULL;
	enum cng_status st;

	if (key == NULL)
		return NTE_INVALID_HANDLE;
	st = sound ? nkey_ready(key, &obj) : CNG_ERR_ARGUMENT;
	object_free(obj);
	nkey_put(key);
	return st == CNG_OK ? NTE_NOT_SUPPORTED : status_of(st);
}

/* Keys for it have an algorithm that NCryptIsAlgSupported refuses. */
SECURITY_STATUS WINAPI
NCryptKeyDerivation(NCRYPT_KEY_HANDLE hKey, NCryptBufferDesc *pParameterList,
    PUCHAR pbDerivedKey, DWORD cbDerivedKey, DWORD *pcbResult, ULONG dwFlags)
{
	(void)pbDerivedKey;
	(void)cbDerivedKey;
	(void)dwFlags;
	return refuse(hKey, pcbResult != NULL &&
	    params_list_is_sound(pParameterList));
}

SECURITY_STATUS WINAPI
NCryptEncapsulate(NCRYPT_KEY_HANDLE hKey, PBYTE pbSecretKey,
    DWORD cbSecretKey, DWORD *pcbSecretKey, PBYTE pbCipherText,
    DWORD cbCipherText, DWORD *pcbCipherText, DWORD dwFlags)
{
	(void)pbSecretKey;
	(void)cbSecretKey;
	(void)pbCipherText;
	(void)cbCipherText;
	(void)dwFlags;
	return refuse(hKey, pcbSecretKey != NULL && pcbCipherText != NULL);
}

SECURITY_STATUS WINAPI
NCryptDecapsulate(NCRYPT_KEY_HANDLE hKey, PBYTE pbCipherText,
    DWORD cbCipherText, PBYTE pbSecretKey, DWORD cbSecretKey,
    DWORD *pcbSecretKey, DWORD dwFlags)
{
	(void)cbCipherText;
	(void)pbSecretKey;
	(void)cbSecretKey;
	(void)dwFlags;
	return refuse(hKey, pcbSecretKey != NULL && pbCipherText != NULL);
}
