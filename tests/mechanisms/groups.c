/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of new groups: domain parameters, which libcrypto tries, and pairs of
 * X9.42 in a group of libcrypto's.
 */
#include "tests/mechanisms/pairs.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

/* --- domain parameters --- */

static CK_RV
generate(struct sample *s, CK_ULONG bits, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE line = { CKA_PRIME_BITS, &bits, sizeof(bits) };

	return p11->C_GenerateKey(session, &s->how, &line, 1, out);
}

static BIGNUM *
number_of(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
	struct bytes value = object_value(object, type);

	return value.len == 0 ? NULL :
	    BN_bin2bn(value.ptr, (int)value.len, NULL);
}

/* As libcrypto's algorithm has it, with or without q. */
static EVP_PKEY *
group_of(const char *algorithm, const BIGNUM *p, const BIGNUM *q,
    const BIGNUM *g)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
	EVP_PKEY *out = NULL;

	if (p != NULL && g != NULL &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, g) &&
	    (q == NULL ||
		OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_Q, q)))
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params != NULL && EVP_PKEY_fromdata_init(ctx) > 0)
		(void)EVP_PKEY_fromdata(ctx, &out, EVP_PKEY_KEY_PARAMETERS,
		    params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	return out;
}

/* Two primes, one in the other less one, and a number of that order. */
static bool
group_right(const BIGNUM *p, const BIGNUM *q, const BIGNUM *g)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *half = BN_new(), *rest = BN_new();
	bool good;

	good = expect(BN_check_prime(p, ctx, NULL) == 1, "p is no prime") &&
	    expect(BN_check_prime(q, ctx, NULL) == 1, "q is no prime") &&
	    BN_sub(half, p, BN_value_one()) &&
	    BN_nnmod(rest, half, q, ctx) &&
	    expect(BN_is_zero(rest), "q is not in p - 1") &&
	    BN_mod_exp(rest, g, q, p, ctx) &&
	    expect(BN_is_one(rest) && !BN_is_one(g), "the order of g");
	BN_free(half);
	BN_free(rest);
	BN_CTX_free(ctx);
	return good;
}

/* libcrypto makes keys there. */
static bool
group_works(const char *algorithm, const BIGNUM *p, const BIGNUM *q,
    const BIGNUM *g)
{
	EVP_PKEY *group = group_of(algorithm, p, q, g), *pair = NULL;
	EVP_PKEY_CTX *ctx =
	    group == NULL ? NULL : EVP_PKEY_CTX_new(group, NULL);
	bool good = ctx != NULL && EVP_PKEY_param_check_quick(ctx) == 1 &&
	    EVP_PKEY_keygen_init(ctx) > 0 &&
	    EVP_PKEY_generate(ctx, &pair) > 0;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(group);
	EVP_PKEY_free(pair);
	return expect(good, "libcrypto makes no key in the group");
}

/* Without a q, as DH of PKCS#3 has it, p is a safe prime. */
static bool
prove_group(struct sample *s)
{
	CK_OBJECT_HANDLE object = 0;
	BIGNUM *p, *q, *g, *half = NULL;
	bool safe = s->row->type == CKM_DH_PKCS_PARAMETER_GEN, good;

	if (!went(generate(s, s->size, &object), "C_GenerateKey"))
		return false;
	p = number_of(object, CKA_PRIME);
	g = number_of(object, CKA_BASE);
	q = safe ? NULL : number_of(object, CKA_SUBPRIME);
	if (safe && p != NULL && (half = BN_new()) != NULL)
		(void)BN_rshift1(half, p);
	good = expect(p != NULL && g != NULL && (safe || q != NULL),
	    "a number is missing") &&
	    expect((CK_ULONG)BN_num_bits(p) == s->size, "the size of p") &&
	    (safe ? group_works(s->row->name_of, p, NULL, g) &&
		expect(BN_check_prime(half, NULL, NULL) == 1,
		"p is not safe") : group_right(p, q, g) &&
		group_works(s->row->name_of, p, q, g));
	BN_free(p);
	BN_free(q);
	BN_free(g);
	BN_free(half);
	return good;
}

static const struct kind groups = { { { CKF_GENERATE, prove_group } } };

static CK_RV
group_of_size(struct sample *s, CK_ULONG bits)
{
	CK_OBJECT_HANDLE object;

	return generate(s, bits, &object);
}

/* No group is found in no time. */
static const struct keys group_made = { nothing_make, group_of_size,
	{ 1024 }, true };
/* but for those that have a name */
static const struct keys named_made = { nothing_make, group_of_size,
	{ 2048, 3072 }, true };

/* --- pairs of X9.42 --- */

static bool
prove_pair(struct sample *s)
{
	return went(group_pair(s, pkey_of("DSA", s->size, NULL), true),
	    "C_GenerateKeyPair") && pair_right(s) && use_elsewhere(s);
}

static const struct kind x942_makes = { {
	{ CKF_GENERATE_KEY_PAIR, prove_pair },
} };

static CK_RV
pair_of_size(struct sample *s, CK_ULONG bits)
{
	EVP_PKEY *large = bits < 4096 ? NULL :
	    pkey_of("DH", 0, large_group(bits));

	if (bits < 4096)
		return group_pair(s, pkey_of("DSA", bits == 511 ? 448 : bits,
		    NULL), true);
	return large == NULL ? CKR_GENERAL_ERROR :
	    group_pair(s, large, true);
}

static const struct keys x942_pairs = { nothing_make, pair_of_size,
	{ 2048, 1024 }, false };

#define GROUP(mech, keys_, algorithm) \
	{ .type = CKM_##mech##_PARAMETER_GEN, \
	    .name = #mech "_PARAMETER_GEN", .kind = &groups, \
	    .keys = &keys_, .name_of = algorithm }

static const struct row group_table[] = {
	GROUP(DSA, group_made, "DSA"),
	GROUP(DH_PKCS, named_made, "DH"),
	GROUP(X9_42_DH, group_made, "DHX"),
	{ .type = CKM_X9_42_DH_KEY_PAIR_GEN, .name = "X9_42_DH_KEY_PAIR_GEN",
	    .kind = &x942_makes, .keys = &x942_pairs,
	    .number = CKM_X9_42_DH_DERIVE },
};

const struct table group_rows = { group_table, ARRAY_LEN(group_table) };
