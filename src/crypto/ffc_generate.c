/* SPDX-License-Identifier: BSD-2-Clause
 *
 * New DSA and Diffie-Hellman keys, and groups for them.
 */
#include "crypto/ffc.h"

#include <openssl/core_names.h>
#include <openssl/dsa.h>
#include <openssl/params.h>
#include <stdio.h>

#include "base/util.h"
#include "crypto/number.h"

#define X_BITS_MIN 160

/* Where the two families keep their numbers. */
struct parts {
	enum key_part p, q, g, x;
};

static const struct parts dsa_parts = { DSA_P, DSA_Q, DSA_G, DSA_X };
static const struct parts dh_parts = { DH_P, DH_Q, DH_G, DH_X };

static const struct parts *
parts_of(const struct key_material *key)
{
	return key->family == KEY_DSA ? &dsa_parts : &dh_parts;
}

/* Only what makes the group; proofs and remarks of the domain stay there. */
static enum cng_status
copy_domain(struct key_material *out, const struct key_material *from)
{
	const struct parts *at = parts_of(out);
	enum cng_status st = key_set(out, at->p, key_part(from, at->p));

	if (st == CNG_OK)
		st = key_set(out, at->q, key_part(from, at->q));
	return st == CNG_OK ? key_set(out, at->g, key_part(from, at->g)) : st;
}

/* Below limit, or of that many bits; not 0 and not 1. */
static bool
random_x(BIGNUM *x, const BIGNUM *limit, size_t bits, BN_CTX *ctx)
{
	bool ok;

	do {
		ok = limit != NULL ?
		    BN_priv_rand_range_ex(x, limit, 0, ctx) == 1 :
		    BN_priv_rand_ex(x, (int)bits, BN_RAND_TOP_ONE,
			BN_RAND_BOTTOM_ANY, 0, ctx) == 1;
	} while (ok && (BN_is_zero(x) || BN_is_one(x)));
	return ok;
}

static enum cng_status
make_x(struct key_material *out, size_t bits)
{
	const struct parts *at = parts_of(out);
	size_t p_bits = number_bits(key_part(out, at->p));
	BIGNUM *q = number_part(out, at->q);
	BN_CTX *ctx = number_ctx();
	BIGNUM *x = number_new();
	enum cng_status st = CNG_ERR_NO_MEMORY;

	/* a length that was asked for, q permitting, else below q, else as
	 * long as p allows */
	if (bits == 0 && q == NULL)
		bits = p_bits - 1;
	if (bits > 0 && (bits < X_BITS_MIN || bits >= p_bits ||
	    (q != NULL && bits >= (size_t)BN_num_bits(q))))
		st = CNG_ERR_KEY_SIZE;
	else if (ctx != NULL && x != NULL &&
	    random_x(x, bits > 0 ? NULL : q, bits, ctx))
		st = number_store(out, at->x, x);
	BN_clear_free(x);
	BN_clear_free(q);
	BN_CTX_free(ctx);
	return st;
}

/* There is nothing but the group yet. */
static enum cng_status
check_domain(const struct key_material *group)
{
	enum cng_status st = key_check_group(group);

	if (st == CNG_OK)
		st = ffc_check_public(group);
	return st == CNG_OK || st == CNG_ERR_NO_MEMORY ? st :
							 CNG_ERR_BAD_DOMAIN;
}

enum cng_status
ffc_generate(struct key_material *out, const struct key_spec *spec)
{
	enum cng_status st;

	if (spec->domain == NULL || spec->domain->family != spec->family)
		return CNG_ERR_ARGUMENT;
	st = copy_domain(out, spec->domain);
	if (st == CNG_OK)
		st = check_domain(out);
	if (st == CNG_OK)
		st = make_x(out, spec->family == KEY_DH ? spec->bits : 0);
	return st == CNG_OK ? ffc_complete(out) : st;
}

/* --- groups --------------------------------------------------------------- */

static enum cng_status
read_number(struct key_material *out, enum key_part part,
    const EVP_PKEY *pkey, const char *name)
{
	BIGNUM *number = NULL;
	enum cng_status st = CNG_ERR_INTERNAL;

	if (EVP_PKEY_get_bn_param(pkey, name, &number) == 1)
		st = number_store(out, part, number);
	BN_clear_free(number);
	return st;
}

static enum cng_status
read_group(struct key_material *out, const EVP_PKEY *pkey)
{
	const struct parts *at = parts_of(out);
	enum cng_status st;

	st = read_number(out, at->p, pkey, OSSL_PKEY_PARAM_FFC_P);
	if (st == CNG_OK)
		st = read_number(out, at->q, pkey, OSSL_PKEY_PARAM_FFC_Q);
	return st == CNG_OK ?
	    read_number(out, at->g, pkey, OSSL_PKEY_PARAM_FFC_G) : st;
}

static enum cng_status
dsa_group(struct key_material *out, struct crypto_lib *lib, size_t bits,
    size_t order_bits)
{
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *pkey = NULL;
	enum cng_status st = CNG_ERR_INTERNAL;

	if (order_bits == 0)
		order_bits = bits < 2048 ? 160 : 256;
	if (bits < 1024 || bits % 64 != 0 || bits > (out->family == KEY_DSA ?
	    DSA_BITS_MAX : DH_BITS_CNG_MAX) ||
	    (order_bits != 160 && order_bits != 224 && order_bits != 256) ||
	    (bits > 1024 && order_bits == 160))
		return CNG_ERR_KEY_SIZE;
	ctx = EVP_PKEY_CTX_new_from_name(lib_ctx(lib), "DSA", NULL);
	if (ctx != NULL && EVP_PKEY_paramgen_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, (int)bits) == 1 &&
	    EVP_PKEY_CTX_set_dsa_paramgen_q_bits(ctx, (int)order_bits) ==
		1 &&
	    EVP_PKEY_generate(ctx, &pkey) == 1)
		st = read_group(out, pkey);
	EVP_PKEY_free(pkey);
	EVP_PKEY_CTX_free(ctx);
	return st;
}

static enum cng_status
dh_group(struct key_material *out, struct crypto_lib *lib, size_t bits)
{
	char name[16];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		    name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *pkey;
	enum cng_status st;

	/* of other sizes there are none that everybody knows */
	if (bits != 2048 && bits != 3072 && bits != 4096 && bits != 6144 &&
	    bits != 8192)
		return dsa_group(out, lib, bits, 0);
	(void)snprintf(name, sizeof name, "ffdhe%u", (unsigned)bits);
	pkey = pkey_from_params(lib, "DH", EVP_PKEY_KEY_PARAMETERS, params);
	st = pkey == NULL ? CNG_ERR_INTERNAL : read_group(out, pkey);
	EVP_PKEY_free(pkey);
	return st;
}

enum cng_status
crypto_generate_domain(struct key_material *out, enum key_family family,
    size_t bits, size_t order_bits)
{
	struct crypto_lib *lib;
	enum cng_status st = CNG_ERR_ARGUMENT;

	*out = (struct key_material){ .family = family };
	err_enter();
	lib = lib_get();
	if (lib == NULL)
		st = CNG_ERR_NO_MEMORY;
	else if (family == KEY_DSA)
		st = dsa_group(out, lib, bits, order_bits);
	else if (family == KEY_DH)
		st = dh_group(out, lib, bits);
	else if (family == KEY_X942)
		st = dsa_group(out, lib, bits, order_bits);
	if (st != CNG_OK)
		key_free(out);
	return err_leave(st);
}
