/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What rows share: libcrypto's names, its one-call digests, MACs and ciphers,
 * and secret keys.
 */
#include "tests/mechanisms/cells.h"

#include <openssl/hmac.h>

static const struct {
	CK_MECHANISM_TYPE type;
	const char *name;
	CK_RSA_PKCS_MGF_TYPE mgf;
} hashes[] = {
	{ CKM_SHA_1, "SHA1", CKG_MGF1_SHA1 },
	{ CKM_SHA224, "SHA224", CKG_MGF1_SHA224 },
	{ CKM_SHA256, "SHA256", CKG_MGF1_SHA256 },
	{ CKM_SHA384, "SHA384", CKG_MGF1_SHA384 },
	{ CKM_SHA512, "SHA512", CKG_MGF1_SHA512 },
	{ CKM_SHA3_224, "SHA3-224", CKG_MGF1_SHA3_224 },
	{ CKM_SHA3_256, "SHA3-256", CKG_MGF1_SHA3_256 },
	{ CKM_SHA3_384, "SHA3-384", CKG_MGF1_SHA3_384 },
	{ CKM_SHA3_512, "SHA3-512", CKG_MGF1_SHA3_512 },
};

const char *
hash_name(CK_MECHANISM_TYPE type)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(hashes); i++)
		if (hashes[i].type == type)
			return hashes[i].name;
	return "SHA256";
}

CK_RSA_PKCS_MGF_TYPE
hash_mgf(CK_MECHANISM_TYPE type)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(hashes); i++)
		if (hashes[i].type == type)
			return hashes[i].mgf;
	return 0;
}

struct bytes
digest_of(const char *name, struct bytes input)
{
	struct bytes out = room(EVP_MAX_MD_SIZE);
	size_t len = 0;

	if (!EVP_Q_digest(NULL, name, NULL, input.ptr, input.len, out.ptr,
	    &len))
		(void)expect(false, "libcrypto has no such digest");
	out.len = len;
	return out;
}

struct bytes
hmac_of(const char *name, struct bytes key, struct bytes input)
{
	struct bytes out = room(EVP_MAX_MD_SIZE);
	size_t len = 0;

	if (EVP_Q_mac(NULL, "HMAC", NULL, name, NULL, key.ptr, key.len,
	    input.ptr, input.len, out.ptr, out.len, &len) == NULL)
		(void)expect(false, "libcrypto makes no HMAC");
	out.len = len;
	return out;
}

bool
cipher_run(const char *name, bool encrypt, struct bytes key, struct bytes iv,
    struct bytes input, bool padded, struct bytes *out)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0, last = 0;
	bool good;

	*out = room(input.len + 64);
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	good = cipher != NULL &&
	    EVP_CipherInit_ex2(ctx, cipher, key.ptr,
		iv.len > 0 ? iv.ptr : NULL, encrypt, NULL) &&
	    EVP_CIPHER_CTX_set_padding(ctx, padded) &&
	    EVP_CipherUpdate(ctx, out->ptr, &len, input.ptr,
		(int)input.len) &&
	    EVP_CipherFinal_ex(ctx, out->ptr + len, &last);
	out->len = (CK_ULONG)(len + last);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return expect(good, name);
}

/* --- secret keys --- */

/* One with the mechanism: whatever the row can do first. */
CK_RV
use_key(struct sample *s)
{
	const struct row *row = s->row;
	const struct proof *p = row->kind->proof;
	CK_OBJECT_HANDLE other, mine = s->secret;
	CK_ULONG len = 0x10000, few = 1;
	CK_ATTRIBUTE size = { CKA_VALUE_LEN, &few, sizeof(few) };
	struct bytes out;
	CK_RV rv;

	if (row->param != NULL && !row->param(s))
		return CKR_MECHANISM_PARAM_INVALID;
	while (p->cell != 0 && (row->without & p->cell) != 0)
		p++;
	if (mine == CK_INVALID_HANDLE)
		mine = (p->cell & (CKF_WRAP | CKF_ENCAPSULATE)) != 0 ?
		    s->public_key : s->private_key;
	if (p->cell == CKF_WRAP) {
		out = room(len);
		rv = secret_try(CKK_GENERIC_SECRET,
		    noise(row->limit != 0 ? row->limit : 16, 3), &other);
		return rv != CKR_OK ? rv : p11->C_WrapKey(session, &s->how,
		    mine, other, out.ptr, &len);
	}
	if (p->cell == CKF_DERIVE)
		return p11->C_DeriveKey(session, &s->how, mine, &size, 1,
		    &other);
	if (p->cell == CKF_ENCAPSULATE)
		return p11->C_EncapsulateKey(session, &s->how, mine, NULL, 0,
		    NULL, &len, &other);
	return function_begin(s, p->cell);
}

static CK_RV
secret_of_size(struct sample *s, CK_KEY_TYPE type, CK_ULONG size)
{
	CK_RV rv;

	if (s->row->key_type != 0)
		type = s->row->key_type;
	s->key = noise(size, 2);
	rv = secret_try(type, s->key, &s->secret);
	return rv != CKR_OK ? rv : use_key(s);
}

static bool
secret_make(struct sample *s, CK_KEY_TYPE type, CK_ULONG size)
{
	if (s->row->key_type != 0)
		type = s->row->key_type;
	if (s->key.ptr == NULL)
		s->key = noise(size, 2);
	return went(secret_try(type, s->key, &s->secret), "C_CreateObject");
}

static CK_RV
aes_of_size(struct sample *s, CK_ULONG size)
{
	return secret_of_size(s, CKK_AES, size);
}

static bool
aes_make(struct sample *s, CK_ULONG size)
{
	return secret_make(s, CKK_AES, size);
}

CK_RV
any_of_size(struct sample *s, CK_ULONG size)
{
	return secret_of_size(s, CKK_GENERIC_SECRET, size);
}

bool
any_make(struct sample *s, CK_ULONG size)
{
	return secret_make(s, CKK_GENERIC_SECRET, size);
}

bool
nothing_make(struct sample *s, CK_ULONG size)
{
	(void)s;
	(void)size;
	return true;
}

const struct keys aes_keys = { aes_make, aes_of_size, { 16, 24, 32 },
	false };
const struct keys any_keys = { any_make, any_of_size, { 32, 1, 200 },
	false };
const struct keys no_keys = { nothing_make, NULL, { 0 },
	false };
