/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What rows of key pairs share: keys of libcrypto, and its signatures.
 */
#include "tests/mechanisms/pairs.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <stdio.h>

#define CACHE_MAX 64

static struct {
	char name[64];
	EVP_PKEY *pkey;
} cache[CACHE_MAX];

/* A group of p and q first, where there is no name for one. */
static EVP_PKEY *
generate_group(const char *algorithm, CK_ULONG bits)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
	EVP_PKEY *group = NULL, *out = NULL;
	size_t size = bits;
	size_t order = bits < 2048 ? 160 : 256;
	char old[] = "fips186_2";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_FFC_PBITS, &size),
		OSSL_PARAM_construct_end(),
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_FFC_TYPE,
		    old, 0),
		OSSL_PARAM_construct_end(),
	};

	if (strcmp(algorithm, "DSA") == 0)
		params[1] = OSSL_PARAM_construct_size_t(
		    OSSL_PKEY_PARAM_FFC_QBITS, &order);
	/* the new way makes no group of less than 1024 bits */
	if (bits >= 1024)
		params[2] = OSSL_PARAM_construct_end();
	if (ctx != NULL && EVP_PKEY_paramgen_init(ctx) > 0 &&
	    EVP_PKEY_CTX_set_params(ctx, params) > 0)
		(void)EVP_PKEY_generate(ctx, &group);
	EVP_PKEY_CTX_free(ctx);
	if (group == NULL)
		return NULL;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, group, NULL);
	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) > 0)
		(void)EVP_PKEY_generate(ctx, &out);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(group);
	return out;
}

static EVP_PKEY *
generate(const char *algorithm, CK_ULONG bits, const char *group)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
	EVP_PKEY *out = NULL;
	size_t size = bits;
	OSSL_PARAM params[2] = { OSSL_PARAM_construct_end(),
		OSSL_PARAM_construct_end() };
	char name[64];

	(void)snprintf(name, sizeof(name), "%s", group == NULL ? "" : group);
	if (group != NULL)
		params[0] = OSSL_PARAM_construct_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
	else if (bits != 0)
		params[0] = OSSL_PARAM_construct_size_t(
		    OSSL_PKEY_PARAM_RSA_BITS, &size);
	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) > 0 &&
	    EVP_PKEY_CTX_set_params(ctx, params) > 0)
		(void)EVP_PKEY_generate(ctx, &out);
	EVP_PKEY_CTX_free(ctx);
	return out;
}

EVP_PKEY *
pkey_of(const char *algorithm, CK_ULONG bits, const char *group)
{
	char name[64];
	size_t i;

	(void)snprintf(name, sizeof(name), "%s %lu %s", algorithm, bits,
	    group == NULL ? "" : group);
	for (i = 0; i < CACHE_MAX && cache[i].pkey != NULL; i++)
		if (strcmp(cache[i].name, name) == 0)
			return cache[i].pkey;
	if (!expect(i < CACHE_MAX, "too many keys of libcrypto"))
		return NULL;
	cache[i].pkey = group == NULL && *algorithm == 'D' ?
	    generate_group(algorithm, bits) :
	    generate(algorithm, bits, group);
	(void)expect(cache[i].pkey != NULL, name);
	memcpy(cache[i].name, name, sizeof(name));
	return cache[i].pkey;
}

void
pkeys_free(void)
{
	size_t i;

	for (i = 0; i < CACHE_MAX; i++)
		EVP_PKEY_free(cache[i].pkey);
}

bool
pkey_use(struct sample *s, const char *algorithm, CK_ULONG bits,
    const char *group)
{
	/* a key that was just made in the token, or that a paper gives */
	if (s->pkey == NULL) {
		s->pkey = pkey_of(algorithm, bits, group);
		if (s->pkey == NULL)
			return false;
		EVP_PKEY_up_ref(s->pkey);
	}
	return s->private_key != CK_INVALID_HANDLE || pair_import(s);
}

/* --- signatures ------------------------------------------------------------ */

static bool
raw_sign(const struct sample *s, tuner *tune, struct bytes *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);
	size_t len = 0x10000;
	bool good;

	*out = room(len);
	good = ctx != NULL && EVP_PKEY_sign_init(ctx) > 0 &&
	    (tune == NULL || tune(s, ctx)) &&
	    EVP_PKEY_sign(ctx, out->ptr, &len, s->input.ptr,
	    s->input.len) > 0;
	out->len = len;
	EVP_PKEY_CTX_free(ctx);
	return expect(good, "EVP_PKEY_sign");
}

static bool
raw_verify(const struct sample *s, tuner *tune, struct bytes sig)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);
	bool good = ctx != NULL && EVP_PKEY_verify_init(ctx) > 0 &&
	    (tune == NULL || tune(s, ctx)) &&
	    EVP_PKEY_verify(ctx, sig.ptr, sig.len, s->input.ptr,
	    s->input.len) == 1;

	EVP_PKEY_CTX_free(ctx);
	return expect(good, "EVP_PKEY_verify");
}

/* "" is for algorithms that have a digest of their own. */
static const char *
md_name(const char *digest)
{
	return *digest == '\0' ? NULL : digest;
}

bool
evp_sign(const struct sample *s, const char *digest, tuner *tune,
    struct bytes *out)
{
	EVP_MD_CTX *md;
	EVP_PKEY_CTX *ctx;
	size_t len = 0x10000;
	bool good;

	if (digest == NULL)
		return raw_sign(s, tune, out);
	md = EVP_MD_CTX_new();
	*out = room(len);
	good = EVP_DigestSignInit_ex(md, &ctx, md_name(digest), NULL, NULL,
	    s->pkey, NULL) > 0 &&
	    (tune == NULL || tune(s, ctx)) &&
	    EVP_DigestSign(md, out->ptr, &len, s->input.ptr,
	    s->input.len) > 0;
	out->len = len;
	EVP_MD_CTX_free(md);
	return expect(good, "EVP_DigestSign");
}

bool
evp_verify(const struct sample *s, const char *digest, tuner *tune,
    struct bytes sig)
{
	EVP_MD_CTX *md;
	EVP_PKEY_CTX *ctx;
	bool good;

	if (digest == NULL)
		return raw_verify(s, tune, sig);
	md = EVP_MD_CTX_new();
	good = EVP_DigestVerifyInit_ex(md, &ctx, md_name(digest), NULL, NULL,
	    s->pkey, NULL) > 0 &&
	    (tune == NULL || tune(s, ctx)) &&
	    EVP_DigestVerify(md, sig.ptr, sig.len, s->input.ptr,
	    s->input.len) == 1;
	EVP_MD_CTX_free(md);
	return expect(good, "EVP_DigestVerify");
}

bool
evp_agree(EVP_PKEY *mine, EVP_PKEY *theirs, struct bytes *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, mine, NULL);
	size_t len = 1024;
	bool good;

	*out = room(len);
	good = ctx != NULL && EVP_PKEY_derive_init(ctx) > 0 &&
	    EVP_PKEY_derive_set_peer(ctx, theirs) > 0 &&
	    EVP_PKEY_derive(ctx, out->ptr, &len) > 0;
	out->len = len;
	EVP_PKEY_CTX_free(ctx);
	return expect(good, "EVP_PKEY_derive");
}

/* --- r and s --------------------------------------------------------------- */

bool
raw_from_der(struct bytes der, CK_ULONG half, struct bytes *out)
{
	const unsigned char *p = der.ptr;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)der.len);
	bool good;

	*out = room(2 * half);
	good = sig != NULL &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), out->ptr, (int)half) > 0 &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out->ptr + half,
	    (int)half) > 0;
	ECDSA_SIG_free(sig);
	return expect(good, "no r and s");
}

bool
der_from_raw(struct bytes raw, struct bytes *out)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw.ptr, (int)(raw.len / 2), NULL);
	BIGNUM *s = BN_bin2bn(raw.ptr + raw.len / 2, (int)(raw.len / 2),
	    NULL);
	unsigned char *p;
	int len;

	*out = room(raw.len + 32);
	p = out->ptr;
	if (sig == NULL || !ECDSA_SIG_set0(sig, r, s)) {
		ECDSA_SIG_free(sig);
		return expect(false, "no r and s");
	}
	len = i2d_ECDSA_SIG(sig, &p);
	out->len = len > 0 ? (CK_ULONG)len : 0;
	ECDSA_SIG_free(sig);
	return len > 0;
}
