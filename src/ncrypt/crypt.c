/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptEncrypt and NCryptDecrypt: RSA with its paddings, AES in blocks.
 */
#include "ncrypt/pad.h"

#include "core/operation.h"
#include "ncrypt/card.h"

#define AES_BLOCK 16
#define MECHANISM_ECB 0x1081
#define MECHANISM_CBC 0x1082
#define MECHANISM_CBC_PAD 0x1085

struct crypting {
	struct nkey *key;
	struct facts facts;
	bool encrypt;
	const void *info;
	struct span in;
	struct wr *out;
	DWORD flags;
};

static enum cng_status
run(const struct crypting *c, struct object *obj, const struct padded *pad)
{
	struct operation *o;
	enum cng_status st;

	st = operation_new(&o, obj, &pad->op,
	    c->encrypt ? USE_ENCRYPT : USE_DECRYPT, pad->mechanism);
	if (st != CNG_OK)
		return st;
	st = operation_run(o, c->in, c->out);
	operation_free(o);
	return st;
}

/* --- RSA ----------------------------------------------------------------- */

/* Judged before the input is looked at, as a query for the size is. */
static bool
only_counted(const struct crypting *c, size_t size, enum cng_status *st)
{
	if (c->out->buf != NULL && c->out->cap >= size)
		return false;
	wr_zero(c->out, size);
	*st = wr_status(c->out);
	return true;
}

static enum cng_status
rsa(struct crypting *c, const struct padded *pad)
{
	size_t size = (c->facts.bits + 7) / 8;
	struct object *obj;
	enum cng_status st;

	if (c->encrypt && only_counted(c, size, &st))
		return st;
	if (!c->encrypt && c->facts.class == OBJ_PUBLIC)
		return CNG_ERR_ARGUMENT;
	/* core would fill up with zeros */
	if (pad->op.scheme == OP_RSA_RAW && c->in.len != size)
		return CNG_ERR_ARGUMENT;
	if (!c->encrypt) {
		st = c->out->buf == NULL ? CNG_OK :
		    card_unlock(c->key, &c->facts.obj);
		return st == CNG_OK ? run(c, c->facts.obj, pad) : st;
	}
	st = nkey_public(c->key, &obj);
	if (st == CNG_OK)
		st = run(c, obj, pad);
	object_free(obj);
	return st;
}

/* --- AES ----------------------------------------------------------------- */

struct cipher {
	struct padded pad;
	uint8_t iv[AES_BLOCK];
	uint8_t last[AES_BLOCK]; /* of the ciphertext: the next vector */
	PUCHAR theirs;           /* the caller's vector, or NULL */
};

static bool
mode_is_ecb(struct nkey *key)
{
	static const uint8_t ecb[] = { 'C', 0, 'h', 0, 'a', 0, 'i', 0, 'n', 0,
		'i', 0, 'n', 0, 'g', 0, 'M', 0, 'o', 0, 'd', 0, 'e', 0, 'E',
		0, 'C', 0, 'B', 0 };
	struct span mode;
	bool is;

	lock_take(&key->lock);
	is = bag_get(secret_span(&key->loose), BAG_CHAINING, &mode) &&
	    mode.len >= sizeof(ecb) &&
	    memcmp(mode.ptr, ecb, sizeof(ecb)) == 0;
	lock_drop(&key->lock);
	return is;
}

/* The vector of the call, else the property, else zeros. */
static SECURITY_STATUS
read_vector(struct cipher *out, struct nkey *key,
    const NCRYPT_CIPHER_PADDING_INFO *info)
{
	struct span kept;

	if (info != NULL && info->pbIV != NULL) {
		if (info->cbIV != AES_BLOCK)
			return NTE_INVALID_PARAMETER;
		out->theirs = info->pbIV;
		memcpy(out->iv, info->pbIV, AES_BLOCK);
		return ERROR_SUCCESS;
	}
	lock_take(&key->lock);
	if (bag_get(secret_span(&key->loose), BAG_IV, &kept))
		memcpy(out->iv, kept.ptr, AES_BLOCK);
	lock_drop(&key->lock);
	return ERROR_SUCCESS;
}

static SECURITY_STATUS
read_cipher(struct cipher *out, const struct crypting *c)
{
	const NCRYPT_CIPHER_PADDING_INFO *info = NULL;
	bool padded = false, ecb = mode_is_ecb(c->key);
	SECURITY_STATUS status;

	*out = (struct cipher){ .theirs = NULL };
	if (c->flags & ~(DWORD)(NCRYPT_PAD_CIPHER_FLAG |
	    NCRYPT_NO_PADDING_FLAG | NCRYPT_SILENT_FLAG))
		return NTE_BAD_FLAGS;
	if (c->flags & NCRYPT_PAD_CIPHER_FLAG)
		info = c->info;
	if ((c->flags & NCRYPT_PAD_CIPHER_FLAG) &&
	    (info == NULL || info->cbSize < sizeof(*info)))
		return NTE_INVALID_PARAMETER;
	if (info != NULL) {
		padded = info->dwFlags == NCRYPT_CIPHER_BLOCK_PADDING_FLAG;
		if (info->dwFlags & ~(DWORD)NCRYPT_CIPHER_BLOCK_PADDING_FLAG)
			return NTE_NOT_SUPPORTED;
	}
	if (padded && ecb)
		return NTE_NOT_SUPPORTED;
	status = read_vector(out, c->key, info);
	out->pad.op.scheme = ecb ? OP_AES_ECB :
	    padded ? OP_AES_CBC_PAD : OP_AES_CBC;
	out->pad.mechanism = ecb ? MECHANISM_ECB :
	    padded ? MECHANISM_CBC_PAD : MECHANISM_CBC;
	if (!ecb)
		out->pad.op.iv = span_of(out->iv, AES_BLOCK);
	return status;
}

static void
keep_last(struct cipher *cipher, const uint8_t *text, size_t len)
{
	if (len >= AES_BLOCK)
		memcpy(cipher->last, text + len - AES_BLOCK, AES_BLOCK);
}

/* CNG goes on where it was: the last block is the next vector. */
static enum cng_status
chain(const struct crypting *c, struct cipher *cipher)
{
	enum cng_status st = CNG_OK;

	if (cipher->pad.op.scheme != OP_AES_CBC || c->in.len < AES_BLOCK)
		return CNG_OK;
	if (c->encrypt)
		keep_last(cipher, c->out->buf, c->out->len);
	if (cipher->theirs != NULL) {
		memcpy(cipher->theirs, cipher->last, AES_BLOCK);
		return CNG_OK;
	}
	lock_take(&c->key->lock);
	st = bag_set(&c->key->loose, BAG_IV,
	    span_of(cipher->last, AES_BLOCK));
	lock_drop(&c->key->lock);
	return st;
}

static enum cng_status
aes(const struct crypting *c, struct cipher *cipher)
{
	enum cng_status st;

	/* in place the ciphertext is gone afterwards */
	if (!c->encrypt)
		keep_last(cipher, c->in.ptr, c->in.len);
	st = run(c, c->facts.obj, &cipher->pad);
	if (st == CNG_OK && c->out->buf != NULL)
		st = chain(c, cipher);
	return st;
}

/* --- both ---------------------------------------------------------------- */

static SECURITY_STATUS
crypt_rsa(struct crypting *c, DWORD *result)
{
	struct padded pad;
	SECURITY_STATUS status = pad_encryption(&pad, c->info, c->flags);

	if (status != ERROR_SUCCESS)
		return status;
	if (c->facts.making)
		return NTE_BAD_KEY_STATE;
	return status_written(rsa(c, &pad), c->out, result, c->flags);
}

static SECURITY_STATUS
crypt_aes(struct crypting *c, DWORD *result)
{
	struct cipher cipher;
	SECURITY_STATUS status = read_cipher(&cipher, c);

	if (status == ERROR_SUCCESS && c->facts.making)
		status = NTE_BAD_KEY_STATE;
	if (status == ERROR_SUCCESS)
		status = status_written(aes(c, &cipher), c->out, result,
		    c->flags);
	wipe(&cipher, sizeof(cipher));
	return status;
}

static SECURITY_STATUS
crypt_by_handle(struct crypting *c, NCRYPT_KEY_HANDLE handle, DWORD *result)
{
	SECURITY_STATUS status = NTE_INVALID_PARAMETER;
	enum cng_status st;

	c->key = nkey_take(handle);
	if (c->key == NULL)
		return NTE_INVALID_HANDLE;
	st = nkey_facts(c->key, &c->facts);
	if (st != CNG_OK) {
		nkey_put(c->key);
		return status_for(st, c->flags);
	}
	if (result == NULL || (c->in.ptr == NULL && c->in.len > 0))
		status = NTE_INVALID_PARAMETER;
	else if (c->facts.family == KEY_RSA)
		status = crypt_rsa(c, result);
	else if (c->facts.family == KEY_AES)
		status = crypt_aes(c, result);
	else
		status = NTE_NOT_SUPPORTED;
	facts_free(&c->facts);
	nkey_put(c->key);
	return status;
}

SECURITY_STATUS WINAPI
NCryptEncrypt(NCRYPT_KEY_HANDLE hKey, PBYTE pbInput, DWORD cbInput,
    VOID *pPaddingInfo, PBYTE pbOutput, DWORD cbOutput, DWORD *pcbResult,
    DWORD dwFlags)
{
	struct wr w = wr_of(pbOutput, cbOutput);
	struct crypting c = {
		.encrypt = true,
		.info = pPaddingInfo,
		.in = span_of(pbInput, cbInput),
		.out = &w,
		.flags = dwFlags,
	};

	return tell_status(crypt_by_handle(&c, hKey, pcbResult));
}

SECURITY_STATUS WINAPI
NCryptDecrypt(NCRYPT_KEY_HANDLE hKey, PBYTE pbInput, DWORD cbInput,
    VOID *pPaddingInfo, PBYTE pbOutput, DWORD cbOutput, DWORD *pcbResult,
    DWORD dwFlags)
{
	struct wr w = wr_of(pbOutput, cbOutput);
	struct crypting c = {
		.info = pPaddingInfo,
		.in = span_of(pbInput, cbInput),
		.out = &w,
		.flags = dwFlags,
	};

	return tell_status(crypt_by_handle(&c, hKey, pcbResult));
}
