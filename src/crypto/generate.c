/* SPDX-License-Identifier: BSD-2-Clause
 *
 * New keys.
 */
#include "crypto/internal.h"

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include "base/util.h"
#include "crypto/ffc.h"
#include "crypto/group.h"
#include "crypto/number.h"
#include "crypto/pq.h"
#include "key/set.h"

struct part_name {
	enum key_part part;
	const char *name;
};

static const struct part_name rsa_parts[] = {
	{ RSA_N, OSSL_PKEY_PARAM_RSA_N },
	{ RSA_E, OSSL_PKEY_PARAM_RSA_E },
	{ RSA_D, OSSL_PKEY_PARAM_RSA_D },
	{ RSA_P, OSSL_PKEY_PARAM_RSA_FACTOR1 },
	{ RSA_Q, OSSL_PKEY_PARAM_RSA_FACTOR2 },
	{ RSA_DP, OSSL_PKEY_PARAM_RSA_EXPONENT1 },
	{ RSA_DQ, OSSL_PKEY_PARAM_RSA_EXPONENT2 },
	{ RSA_QINV, OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
};

static const struct part_name ec_parts[] = {
	{ EC_D, OSSL_PKEY_PARAM_PRIV_KEY },
};

#define POINT_MAX 256

static enum cng_status
read_parts(struct key_material *out, const EVP_PKEY *pkey,
    const struct part_name *parts, size_t count)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < count; i++) {
		BIGNUM *number = NULL;

		if (EVP_PKEY_get_bn_param(pkey, parts[i].name, &number) != 1)
			return CNG_ERR_INTERNAL;
		st = number_store(out, parts[i].part, number);
		BN_clear_free(number);
	}
	return st;
}

/* In one piece: each coordinate by itself would cost an inversion. */
static enum cng_status
read_point(struct key_material *out, const EVP_PKEY *pkey)
{
	uint8_t point[POINT_MAX];
	size_t len = 0, half;
	enum cng_status st;

	if (EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY,
		point, sizeof point, &len) != 1 ||
	    len < 3 || point[0] != POINT_CONVERSION_UNCOMPRESSED)
		return CNG_ERR_INTERNAL;
	half = len / 2;
	st = key_set(out, EC_X, span_of(point + 1, half));
	if (st == CNG_OK)
		st = key_set(out, EC_Y, span_of(point + 1 + half, half));
	return st;
}

static enum cng_status
check_rsa_spec(const struct key_spec *spec)
{
	struct span e = span_trim(spec->rsa_e);

	if (spec->bits < RSA_BITS_MIN || spec->bits > RSA_BITS_MAX ||
	    spec->bits % 8 != 0)
		return CNG_ERR_KEY_SIZE;
	/* libcrypto verifies with larger ones only below 3072 bits */
	if (spec->rsa_e.len > 0 &&
	    (number_bits(e) > 64 || number_bits(e) < 2 ||
		(e.ptr[e.len - 1] & 1) == 0))
		return CNG_ERR_ARGUMENT;
	return CNG_OK;
}

static enum cng_status
generate_rsa(struct key_material *out, const struct key_spec *spec,
    EVP_PKEY_CTX *ctx)
{
	EVP_PKEY *pkey = NULL;
	BIGNUM *e = NULL;
	enum cng_status st = check_rsa_spec(spec);

	if (st != CNG_OK)
		return st;
	if (spec->rsa_e.len > 0)
		e = number_of(spec->rsa_e);
	if (EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)spec->bits) != 1 ||
	    (e != NULL && EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e) != 1) ||
	    EVP_PKEY_generate(ctx, &pkey) != 1)
		st = CNG_ERR_INTERNAL;
	else
		st = read_parts(out, pkey, rsa_parts, ARRAY_LEN(rsa_parts));
	BN_clear_free(e);
	EVP_PKEY_free(pkey);
	return st;
}

static enum cng_status
generate_ec(struct key_material *out, const struct key_spec *spec,
    EVP_PKEY_CTX *ctx)
{
	const struct curve_info *info = curve_info(spec->curve);
	EVP_PKEY *pkey = NULL;
	enum cng_status st;

	if (info == NULL || curve_nid(spec->curve) == NID_undef)
		return CNG_ERR_BAD_CURVE;
	out->curve = spec->curve;
	if (EVP_PKEY_CTX_set_group_name(ctx,
		OBJ_nid2sn(curve_nid(spec->curve))) != 1)
		return CNG_ERR_BAD_CURVE;
	if (EVP_PKEY_generate(ctx, &pkey) != 1)
		return CNG_ERR_INTERNAL;
	st = read_point(out, pkey);
	if (st == CNG_OK)
		st = read_parts(out, pkey, ec_parts, ARRAY_LEN(ec_parts));
	EVP_PKEY_free(pkey);
	return st;
}

static enum cng_status
generate_pair(struct key_material *out, const struct key_spec *spec)
{
	bool rsa = spec->family == KEY_RSA;
	struct crypto_lib *lib = lib_get();
	EVP_PKEY_CTX *ctx = NULL;
	enum cng_status st = CNG_ERR_INTERNAL;

	if (lib != NULL)
		ctx = EVP_PKEY_CTX_new_from_name(lib_ctx(lib),
		    rsa ? "RSA" : "EC", NULL);
	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1)
		st = rsa ? generate_rsa(out, spec, ctx) :
			   generate_ec(out, spec, ctx);
	EVP_PKEY_CTX_free(ctx);
	return st;
}

static enum cng_status
generate_ecx(struct key_material *out, const struct key_spec *spec)
{
	const struct curve_info *info = curve_info(spec->curve);

	if (info == NULL || info->family != spec->family)
		return CNG_ERR_BAD_CURVE;
	out->curve = spec->curve;
	return ecx_generate(out);
}

static enum cng_status
generate_pq(struct key_material *out, const struct key_spec *spec)
{
	const struct key_set_info *set = key_set_info(spec->set);

	if (set == NULL || set->family != spec->family)
		return CNG_ERR_ARGUMENT;
	out->set = spec->set;
	return pq_generate(out);
}

static enum cng_status
generate_secret(struct key_material *out, const struct key_spec *spec)
{
	struct secret *value = &out->part[SYM_VALUE];
	enum cng_status st;

	if (spec->bits % 8 != 0 || spec->bits / 8 > SECRET_KEY_MAX)
		return CNG_ERR_KEY_SIZE;
	st = secret_new(value, spec->bits / 8);
	if (st == CNG_OK)
		st = key_check_shape(out);
	if (st == CNG_OK)
		st = crypto_random(value->ptr, value->len);
	return st;
}

enum cng_status
crypto_generate(struct key_material *out, const struct key_spec *spec)
{
	enum cng_status st = CNG_ERR_ARGUMENT;

	*out = (struct key_material){ .family = spec->family,
		.has_private = true };
	err_enter();
	if (spec->family == KEY_RSA || spec->family == KEY_EC)
		st = generate_pair(out, spec);
	else if (family_is_ecx(spec->family))
		st = generate_ecx(out, spec);
	else if (ffc_is(spec->family))
		st = ffc_generate(out, spec);
	else if (key_family_has_sets(spec->family))
		st = generate_pq(out, spec);
	else if (!key_is_pair(spec->family) && spec->family != KEY_NONE)
		st = generate_secret(out, spec);
	if (st != CNG_OK)
		key_free(out);
	return err_leave(st);
}
