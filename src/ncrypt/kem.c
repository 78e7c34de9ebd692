/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Encapsulation: a public key makes a secret and its ciphertext, the private
 * key makes the secret of the ciphertext.
 */
#include "ncrypt/params.h"

#include "key/set.h"

#define MECHANISM_MLKEM 0x0017
#define SHARED_SECRET 32

static SECURITY_STATUS
check(struct nkey *key, DWORD flags)
{
	struct facts facts;
	SECURITY_STATUS status = ERROR_SUCCESS;
	enum cng_status st = nkey_facts(key, &facts);

	if (st != CNG_OK)
		return status_for(st, flags);
	if (facts.making)
		status = NTE_BAD_KEY_STATE;
	else if (facts.family != KEY_MLKEM)
		status = NTE_NOT_SUPPORTED;
	else
		status = params_check_flags(flags, NCRYPT_SILENT_FLAG);
	facts_free(&facts);
	return status;
}

/* Two buffers, and both or none: what one of them cannot take must not be
 * lost. */
static SECURITY_STATUS
give(struct span secret, PBYTE out, DWORD size, DWORD *result)
{
	*result = SHARED_SECRET;
	if (out == NULL)
		return ERROR_SUCCESS;
	if (size < SHARED_SECRET)
		return NTE_BUFFER_TOO_SMALL;
	if (secret.len > 0)
		memcpy(out, secret.ptr, secret.len);
	return ERROR_SUCCESS;
}

/* --- encapsulate --------------------------------------------------------- */

struct encapsulating {
	PBYTE secret;
	DWORD secret_size;
	DWORD *secret_result;
	struct wr cipher;
	DWORD *cipher_result;
};

static SECURITY_STATUS
encapsulate(struct nkey *key, struct encapsulating *e, DWORD flags)
{
	struct key_op op = { .scheme = OP_MLKEM };
	struct secret made = { 0 };
	struct object *public;
	SECURITY_STATUS status;
	enum cng_status st = nkey_public(key, &public);

	if (st != CNG_OK)
		return status_for(st, flags);
	*e->cipher_result =
	    (DWORD)key_set_info(object_set(public))->output_bytes;
	status = give(span_of(NULL, 0), e->secret, e->secret_size,
	    e->secret_result);
	/* where one is asked for its size, nothing is made */
	if (e->secret == NULL)
		e->cipher.buf = NULL;
	if (status == ERROR_SUCCESS) {
		st = object_encapsulate(public, &op, MECHANISM_MLKEM,
		    &e->cipher, &made);
		status = status_for(st, flags);
	}
	if (status == ERROR_SUCCESS && made.len > 0)
		status = give(secret_span(&made), e->secret, e->secret_size,
		    e->secret_result);
	secret_free(&made);
	object_free(public);
	return status;
}

SECURITY_STATUS WINAPI
NCryptEncapsulate(NCRYPT_KEY_HANDLE hKey, PBYTE pbSecretKey,
    DWORD cbSecretKey, DWORD *pcbSecretKey, PBYTE pbCipherText,
    DWORD cbCipherText, DWORD *pcbCipherText, DWORD dwFlags)
{
	struct encapsulating e = { pbSecretKey, cbSecretKey, pcbSecretKey,
		wr_of(pbCipherText, cbCipherText), pcbCipherText };
	struct nkey *key = nkey_take(hKey);
	SECURITY_STATUS status;

	if (key == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = check(key, dwFlags);
	if (status == ERROR_SUCCESS &&
	    (pcbSecretKey == NULL || pcbCipherText == NULL))
		status = NTE_INVALID_PARAMETER;
	if (status == ERROR_SUCCESS)
		status = encapsulate(key, &e, dwFlags);
	nkey_put(key);
	return tell_status(status);
}

/* --- decapsulate --------------------------------------------------------- */

static SECURITY_STATUS
decapsulate(struct nkey *key, struct span cipher, PBYTE secret, DWORD size,
    DWORD *result, DWORD flags)
{
	struct key_op op = { .scheme = OP_MLKEM };
	struct secret made = { 0 };
	struct object *obj;
	SECURITY_STATUS status;
	enum cng_status st = nkey_ready(key, &obj);

	if (st != CNG_OK)
		return status_for(st, flags);
	if (object_class(obj) != OBJ_PRIVATE)
		st = CNG_ERR_ARGUMENT;
	else if (cipher.len != key_set_info(object_set(obj))->output_bytes)
		st = CNG_ERR_CIPHERTEXT_SIZE;
	else
		st = token_may_tell(nkey_token(key), obj,
		    PROP_DECAPSULATE_TEMPLATE);
	status = st != CNG_OK ? status_of(st) :
	    give(span_of(NULL, 0), secret, size, result);
	if (status == ERROR_SUCCESS && secret != NULL) {
		st = object_decapsulate(obj, &op, MECHANISM_MLKEM, cipher,
		    &made);
		status = status_for(st, flags);
		if (status == ERROR_SUCCESS)
			status = give(secret_span(&made), secret, size,
			    result);
	}
	secret_free(&made);
	object_free(obj);
	return status;
}

SECURITY_STATUS WINAPI
NCryptDecapsulate(NCRYPT_KEY_HANDLE hKey, PBYTE pbCipherText,
    DWORD cbCipherText, PBYTE pbSecretKey, DWORD cbSecretKey,
    DWORD *pcbSecretKey, DWORD dwFlags)
{
	struct nkey *key = nkey_take(hKey);
	SECURITY_STATUS status;

	if (key == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	status = check(key, dwFlags);
	if (status == ERROR_SUCCESS &&
	    (pcbSecretKey == NULL || pbCipherText == NULL))
		status = NTE_INVALID_PARAMETER;
	if (status == ERROR_SUCCESS)
		status = decapsulate(key, span_of(pbCipherText, cbCipherText),
		    pbSecretKey, cbSecretKey, pcbSecretKey, dwFlags);
	nkey_put(key);
	return tell_status(status);
}
