/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ed25519 and Ed448, in the variants of RFC 8032.  The message is looked at
 * twice, so that all of it must be there.
 */
#include "crypto/held.h"
#include "crypto/sign.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

/* Ed25519ctx, Ed25519ph and Ed448ph can be asked for since 3.2. */
#if OPENSSL_VERSION_NUMBER >= 0x30200000L
#define HAVE_INSTANCES true
#else
#define HAVE_INSTANCES false
#define OSSL_SIGNATURE_PARAM_INSTANCE "instance"
#define OSSL_SIGNATURE_PARAM_CONTEXT_STRING "context-string"
#endif

static const char *
instance_of(const struct crypto_key *key, const struct key_op *op)
{
	if (key->curve == CURVE_ED448)
		return op->prehash ? "Ed448ph" : "Ed448";
	if (op->prehash)
		return "Ed25519ph";
	return op->has_context ? "Ed25519ctx" : "Ed25519";
}

static bool
is_plain(const struct key_op *op)
{
	return !op->prehash && !op->has_context && op->context.len == 0;
}

enum cng_status
eddsa_check(const struct crypto_key *key, const struct key_op *op,
    enum unit_way way)
{
	if (key->family != KEY_EDWARDS ||
	    (way == WAY_SIGN && !key->has_private))
		return CNG_ERR_KEY_TYPE;
	if (op->hash != HASH_NONE || op->context.len > CONTEXT_MAX)
		return CNG_ERR_MECHANISM_PARAM;
	if (is_plain(op))
		return CNG_OK;
	/* RFC 8032: the context of Ed25519ctx should not be empty, and
	 * libcrypto's may not; Ed25519 proper has none */
	if (!HAVE_INSTANCES || (key->curve == CURVE_ED25519 &&
	    !op->prehash && (!op->has_context || op->context.len == 0)))
		return CNG_ERR_MECHANISM_PARAM;
	return CNG_OK;
}

static size_t
eddsa_len(const struct crypto_key *key)
{
	return 2 * key->field_bytes;
}

/* A context for one message: it cannot be used twice. */
static enum cng_status
eddsa_start(EVP_MD_CTX **out, const struct crypto_key *key,
    const struct key_op *op, bool sign)
{
	struct crypto_lib *lib = key_lib(key);
	uint8_t context[CONTEXT_MAX];
	char instance[16];
	OSSL_PARAM params[3], *p = params;
	EVP_MD_CTX *ctx;
	int done;

	*out = NULL;
	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	if (!is_plain(op)) {
		(void)OPENSSL_strlcpy(instance, instance_of(key, op),
		    sizeof instance);
		*p++ = OSSL_PARAM_construct_utf8_string(
		    OSSL_SIGNATURE_PARAM_INSTANCE, instance, 0);
	}
	if (op->context.len > 0) {
		memcpy(context, op->context.ptr, op->context.len);
		*p++ = OSSL_PARAM_construct_octet_string(
		    OSSL_SIGNATURE_PARAM_CONTEXT_STRING, context,
		    op->context.len);
	}
	*p = OSSL_PARAM_construct_end();
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL)
		return CNG_ERR_NO_MEMORY;
	done = sign ?
	    EVP_DigestSignInit_ex(ctx, NULL, NULL, lib_ctx(lib), NULL,
		key_pkey(key), params) :
	    EVP_DigestVerifyInit_ex(ctx, NULL, NULL, lib_ctx(lib), NULL,
		key_pkey(key), params);
	if (done != 1) {
		EVP_MD_CTX_free(ctx);
		return CNG_ERR_MECHANISM_PARAM;
	}
	*out = ctx;
	return CNG_OK;
}

/* No data is not the same as no pointer to libcrypto. */
static const uint8_t *
some_pointer(struct span s)
{
	return s.ptr != NULL ? s.ptr : (const uint8_t *)"";
}

enum cng_status
eddsa_sign(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct wr *out)
{
	size_t len = eddsa_len(key);
	EVP_MD_CTX *ctx = NULL;
	uint8_t *room;
	enum cng_status st = eddsa_check(key, op, WAY_SIGN);

	if (st != CNG_OK)
		return st;
	if (key->holder != NULL)
		return held_sign(key, op, input, len, out);
	room = wr_room(out, len);
	if (room == NULL)
		return wr_status(out);
	st = eddsa_start(&ctx, key, op, true);
	if (st != CNG_OK)
		return st;
	if (EVP_DigestSign(ctx, room, &len, some_pointer(input),
		input.len) == 1)
		out->len += len;
	else
		st = CNG_ERR_INTERNAL;
	EVP_MD_CTX_free(ctx);
	return st;
}

enum cng_status
eddsa_verify(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct span signature)
{
	EVP_MD_CTX *ctx = NULL;
	enum cng_status st = eddsa_check(key, op, WAY_VERIFY);

	if (st != CNG_OK)
		return st;
	if (signature.len != eddsa_len(key))
		return CNG_ERR_SIGNATURE_SIZE;
	st = eddsa_start(&ctx, key, op, false);
	if (st == CNG_OK && EVP_DigestVerify(ctx, signature.ptr,
		signature.len, some_pointer(input), input.len) != 1)
		st = CNG_ERR_SIGNATURE;
	EVP_MD_CTX_free(ctx);
	return st;
}
