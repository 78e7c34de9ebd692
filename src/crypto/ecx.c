/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys on the curves of RFC 7748 and RFC 8032: X25519, X448, Ed25519 and
 * Ed448.  Their keys are byte strings.
 */
#include "crypto/internal.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#define ECX_MAX 57

static const char *
type_name(const struct key_material *key)
{
	return curve_info(key->curve)->name;
}

enum cng_status
pkey_from_ecx(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *m)
{
	size_t len = curve_info(m->curve)->field_bytes;
	OSSL_PARAM params[3], *p = params;
	uint8_t public[ECX_MAX], private[ECX_MAX];

	if (m->part[ECX_PUBLIC].len != len ||
	    (m->has_private && m->part[ECX_PRIVATE].len != len))
		return CNG_ERR_BAD_DATA;
	memcpy(public, m->part[ECX_PUBLIC].ptr, len);
	*p++ = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
	    public, len);
	if (m->has_private) {
		memcpy(private, m->part[ECX_PRIVATE].ptr, len);
		*p++ = OSSL_PARAM_construct_octet_string(
		    OSSL_PKEY_PARAM_PRIV_KEY, private, len);
	}
	*p = OSSL_PARAM_construct_end();
	*out = pkey_from_params(lib, type_name(m),
	    m->has_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params);
	wipe(private, sizeof private);
	return *out == NULL ? CNG_ERR_BAD_PUBLIC_KEY : CNG_OK;
}

static enum cng_status
read_public(struct key_material *key, const EVP_PKEY *pkey)
{
	uint8_t bytes[ECX_MAX];
	size_t len = sizeof bytes;

	if (EVP_PKEY_get_raw_public_key(pkey, bytes, &len) != 1)
		return CNG_ERR_INTERNAL;
	return key_set(key, ECX_PUBLIC, span_of(bytes, len));
}

static EVP_PKEY *
private_pkey(const struct key_material *key)
{
	struct crypto_lib *lib = lib_get();

	return lib == NULL ? NULL :
	    EVP_PKEY_new_raw_private_key_ex(lib_ctx(lib), type_name(key),
		NULL, key->part[ECX_PRIVATE].ptr,
		key->part[ECX_PRIVATE].len);
}

enum cng_status
ecx_complete(struct key_material *key)
{
	EVP_PKEY *pkey = private_pkey(key);
	enum cng_status st = pkey == NULL ? CNG_ERR_NO_MEMORY :
					    read_public(key, pkey);

	EVP_PKEY_free(pkey);
	return st;
}

enum cng_status
ecx_generate(struct key_material *out)
{
	struct crypto_lib *lib = lib_get();
	EVP_PKEY *pkey = lib == NULL ? NULL :
	    EVP_PKEY_Q_keygen(lib_ctx(lib), NULL, type_name(out));
	uint8_t bytes[ECX_MAX];
	size_t len = sizeof bytes;
	enum cng_status st = CNG_ERR_INTERNAL;

	if (pkey != NULL &&
	    EVP_PKEY_get_raw_private_key(pkey, bytes, &len) == 1)
		st = key_set(out, ECX_PRIVATE, span_of(bytes, len));
	if (st == CNG_OK)
		st = read_public(out, pkey);
	wipe(bytes, sizeof bytes);
	EVP_PKEY_free(pkey);
	return st;
}

/* Points of small order agree on zero with everybody: an agreement with any
 * scalar tells them. */
static bool
agrees_on_something(struct crypto_lib *lib, const struct key_material *key,
    EVP_PKEY *peer)
{
	static const uint8_t scalar[ECX_MAX] = { 0x08, 0x42 };
	uint8_t shared[ECX_MAX];
	size_t len = sizeof shared;
	EVP_PKEY *own = EVP_PKEY_new_raw_private_key_ex(lib_ctx(lib),
	    type_name(key), NULL, scalar, curve_info(key->curve)->field_bytes);
	EVP_PKEY_CTX *ctx = own == NULL ? NULL :
	    EVP_PKEY_CTX_new_from_pkey(lib_ctx(lib), own, NULL);
	bool ok = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
	    EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
	    EVP_PKEY_derive(ctx, shared, &len) == 1;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(own);
	return ok;
}

/* libcrypto 3.5 looks whether the bytes are those of a point. */
static bool
is_point(struct crypto_lib *lib, EVP_PKEY *pkey)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(lib_ctx(lib), pkey,
	    NULL);
	bool ok = ctx != NULL && EVP_PKEY_public_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

enum cng_status
ecx_check_public(const struct key_material *key)
{
	struct crypto_lib *lib = lib_get();
	struct key_material public = { 0 };
	EVP_PKEY *pkey = NULL;
	enum cng_status st;

	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	if (key->part[ECX_PUBLIC].len == 0)
		return CNG_OK;
	st = key_copy_public(&public, key);
	if (st == CNG_OK)
		st = pkey_from_ecx(&pkey, lib, &public);
	if (st == CNG_OK &&
	    !(key->family == KEY_MONTGOMERY ?
		    agrees_on_something(lib, key, pkey) :
		    is_point(lib, pkey)))
		st = CNG_ERR_BAD_PUBLIC_KEY;
	EVP_PKEY_free(pkey);
	key_free(&public);
	return st;
}
