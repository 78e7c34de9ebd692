/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What rows of key pairs share: keys of libcrypto, and its signatures.
 */
#include "tests/mechanisms/pairs.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdio.h>

#define CACHE_MAX 64

static struct {
	char name[64];
	EVP_PKEY *pkey;
} cache[CACHE_MAX];

/* libcrypto makes no key in a group this small: any x, and y = g^x. */
static EVP_PKEY *
small_key(EVP_PKEY *group)
{
	BIGNUM *p = NULL, *q = NULL, *g = NULL, *x = BN_new(), *y = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
	EVP_PKEY *out = NULL;

	if (EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_P, &p) &&
	    EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_Q, &q) &&
	    EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_G, &g) &&
	    BN_rshift1(x, q) && BN_mod_exp(y, g, x, p, ctx) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_Q, q) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, g) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PUB_KEY, y) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, x))
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params != NULL && EVP_PKEY_fromdata_init(maker) > 0)
		(void)EVP_PKEY_fromdata(maker, &out, EVP_PKEY_KEYPAIR, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(maker);
	BN_CTX_free(ctx);
	BN_free(p);
	BN_free(q);
	BN_free(g);
	BN_free(x);
	BN_free(y);
	return out;
}

/* Groups that take seconds to make are kept in files. */
static EVP_PKEY *
group_read(CK_ULONG bits)
{
	char path[4096];
	EVP_PKEY *out = NULL;
	BIO *in;

	(void)snprintf(path, sizeof(path), "%s/dsa%lu.pem", vectors_folder(),
	    bits);
	in = BIO_new_file(path, "r");
	if (in != NULL)
		out = PEM_read_bio_Parameters(in, NULL);
	BIO_free(in);
	return out;
}

/* A group of p and q first, where there is no name for one. */
static EVP_PKEY *
generate_group(const char *algorithm, CK_ULONG bits)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
	EVP_PKEY *group = NULL, *out = NULL;
	size_t size = bits;
	size_t order = bits < 2048 ? 160 : 256;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_FFC_PBITS, &size),
		OSSL_PARAM_construct_end(),
		OSSL_PARAM_construct_end(),
	};
	bool dsa = strcmp(algorithm, "DSA") == 0;

	if (dsa)
		params[1] = OSSL_PARAM_construct_size_t(
		    OSSL_PKEY_PARAM_FFC_QBITS, &order);
	if (dsa)
		group = group_read(bits);
	if (group == NULL && ctx != NULL && EVP_PKEY_paramgen_init(ctx) > 0 &&
	    EVP_PKEY_CTX_set_params(ctx, params) > 0)
		(void)EVP_PKEY_generate(ctx, &group);
	EVP_PKEY_CTX_free(ctx);
	if (group == NULL)
		return NULL;
	if (dsa && bits < 1024) {
		out = small_key(group);
		EVP_PKEY_free(group);
		return out;
	}
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, group, NULL);
	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) > 0)
		(void)EVP_PKEY_generate(ctx, &out);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(group);
	return out;
}

/* The same for RSA of less than 512 bits. */
static EVP_PKEY *
small_rsa(CK_ULONG bits)
{
	BIGNUM *n[] = { BN_new(), BN_new(), BN_new(), BN_new(), BN_new(),
		BN_new(), BN_new(), BN_new() };
	static const char *const names[] = { OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_N,
		OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
		OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
		OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };
	BIGNUM *p = BN_new(), *q = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *out = NULL;
	size_t i;
	bool good;

	do {
		good = BN_generate_prime_ex(n[0], (int)(bits + 1) / 2, 0,
		    NULL, NULL, NULL) &&
		    BN_generate_prime_ex(n[1], (int)bits / 2, 0, NULL, NULL,
		    NULL) && BN_mul(n[2], n[0], n[1], ctx) &&
		    BN_set_word(n[3], 65537) && BN_sub(p, n[0],
		    BN_value_one()) && BN_sub(q, n[1], BN_value_one()) &&
		    BN_mul(p, p, q, ctx);
		if (BN_cmp(n[0], n[1]) < 0)
			BN_swap(n[0], n[1]);
	} while (good && ((CK_ULONG)BN_num_bits(n[2]) != bits ||
	    BN_mod_inverse(n[4], n[3], p, ctx) == NULL));
	good = good && BN_sub(p, n[0], BN_value_one()) &&
	    BN_nnmod(n[5], n[4], p, ctx) &&
	    BN_sub(q, n[1], BN_value_one()) &&
	    BN_nnmod(n[6], n[4], q, ctx) &&
	    BN_mod_inverse(n[7], n[1], n[0], ctx) != NULL;
	for (i = 0; good && i < ARRAY_LEN(n); i++)
		good = OSSL_PARAM_BLD_push_BN(bld, names[i], n[i]);
	if (good)
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params != NULL && EVP_PKEY_fromdata_init(maker) > 0)
		(void)EVP_PKEY_fromdata(maker, &out, EVP_PKEY_KEYPAIR, params);
	for (i = 0; i < ARRAY_LEN(n); i++)
		BN_free(n[i]);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(maker);
	BN_CTX_free(ctx);
	BN_free(p);
	BN_free(q);
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

/* None that is larger has a name: any odd number, which is looked at for its
 * size alone. */
static EVP_PKEY *
wide_group(void)
{
	BIGNUM *p = BN_new(), *q = BN_new(), *two = BN_new();
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	EVP_PKEY *out = NULL;

	if (BN_rand(p, 8256, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD) &&
	    BN_rshift1(q, p) && BN_set_word(two, 2) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_Q, q) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, two) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PUB_KEY, two) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, two))
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params != NULL && EVP_PKEY_fromdata_init(maker) > 0)
		(void)EVP_PKEY_fromdata(maker, &out, EVP_PKEY_KEYPAIR, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(maker);
	BN_free(p);
	BN_free(q);
	BN_free(two);
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
	if (group == NULL && *algorithm == 'D')
		cache[i].pkey = generate_group(algorithm, bits);
	else if (group != NULL && strcmp(group, WIDE) == 0)
		cache[i].pkey = wide_group();
	else if (*algorithm == 'R' && bits < 512)
		cache[i].pkey = small_rsa(bits);
	else
		cache[i].pkey = generate(algorithm, bits, group);
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

const char *
large_group(CK_ULONG bits)
{
	static const struct {
		CK_ULONG bits;
		const char *name;
	} rows[] = { { 2048, "ffdhe2048" }, { 3072, "ffdhe3072" },
		{ 4096, "ffdhe4096" }, { 4097, "ffdhe6144" },
		{ 6144, "ffdhe6144" }, { 8192, "ffdhe8192" },
		{ 8193, WIDE } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].bits == bits)
			return rows[i].name;
	return NULL;
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

/* --- signatures --- */

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

/* --- r and s --- */

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
