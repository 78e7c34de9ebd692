/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Do the numbers of a key make sense, and do they belong together?
 */
#include "crypto/ffc.h"
#include "crypto/group.h"
#include "crypto/number.h"
#include "crypto/pq.h"
#include "key/set.h"

/* Windows imports smaller keys than it generates. */
/* Above this size libcrypto takes short public exponents only. */
#define RSA_BIG_E_BITS_MAX 3072
#define RSA_SHORT_E_BITS 64

/* A factor that is not prime by accident passes one round with less than a
 * chance in 2^80; more would only make the import of honest keys slow. */
#define PRIME_ROUNDS 2

static bool
is_odd(struct span number)
{
	return number.len > 0 && (number.ptr[number.len - 1] & 1) == 1;
}

static bool
number_less(struct span a, struct span b)
{
	a = span_trim(a);
	b = span_trim(b);
	if (a.len != b.len)
		return a.len < b.len;
	return a.len > 0 && memcmp(a.ptr, b.ptr, a.len) < 0;
}

static bool
rsa_public_ok(const struct key_material *key)
{
	struct span n = key_part(key, RSA_N), e = key_part(key, RSA_E);
	size_t bits = number_bits(n), e_bits = number_bits(e);

	if (bits < RSA_BITS_IMPORT_MIN || bits > RSA_BITS_MAX)
		return false;
	if (bits > RSA_BIG_E_BITS_MAX && e_bits > RSA_SHORT_E_BITS)
		return false;
	return is_odd(n) && is_odd(e) && e_bits >= 2 && number_less(e, n);
}

/* The coordinates name a point of the group, which has a subgroup of that
 * order only when the cofactor is not 1. */
static enum cng_status
check_point(const struct key_material *key, const EC_GROUP *group)
{
	BIGNUM *x = number_part(key, EC_X), *y = number_part(key, EC_Y);
	BIGNUM *field = number_new();
	BN_CTX *ctx = number_ctx();
	EC_POINT *point = EC_POINT_new(group), *end = EC_POINT_new(group);
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (x == NULL || y == NULL || field == NULL || ctx == NULL ||
	    point == NULL || end == NULL ||
	    EC_GROUP_get_curve(group, field, NULL, NULL, ctx) != 1)
		goto out;
	st = CNG_ERR_BAD_PUBLIC_KEY;
	/* libcrypto would reduce coordinates beyond the field; affine ones
	 * cannot name infinity */
	if (BN_cmp(x, field) >= 0 || BN_cmp(y, field) >= 0 ||
	    EC_POINT_set_affine_coordinates(group, point, x, y, ctx) != 1 ||
	    EC_POINT_is_on_curve(group, point, ctx) != 1)
		goto out;
	if (BN_is_one(EC_GROUP_get0_cofactor(group)) ||
	    (EC_POINT_mul(group, end, NULL, point,
		 EC_GROUP_get0_order(group), ctx) == 1 &&
		EC_POINT_is_at_infinity(group, end) == 1))
		st = CNG_OK;
out:
	EC_POINT_free(point);
	EC_POINT_free(end);
	BN_CTX_free(ctx);
	BN_clear_free(x);
	BN_clear_free(y);
	BN_clear_free(field);
	return st;
}

static enum cng_status
check_ec_public(const struct key_material *key)
{
	const EC_GROUP *group = NULL;
	EC_GROUP *made = NULL;
	enum cng_status st = CNG_OK;

	if (key->curve == CURVE_EXPLICIT)
		st = group_check(key);
	if (st == CNG_OK)
		st = group_of_key(&group, &made, key);
	if (st == CNG_OK && key->part[EC_X].len > 0)
		st = check_point(key, group);
	EC_GROUP_free(made);
	return st;
}

enum cng_status
crypto_check_public(const struct key_material *key)
{
	enum cng_status st = key_check_shape(key);

	if (st != CNG_OK)
		return st;
	if (key->family == KEY_RSA)
		return rsa_public_ok(key) ? CNG_OK : CNG_ERR_BAD_PUBLIC_KEY;
	if (ffc_is(key->family)) {
		err_enter();
		return err_leave(ffc_check_public(key));
	}
	if (key_family_has_sets(key->family)) {
		err_enter();
		return err_leave(pq_check_public(key));
	}
	err_enter();
	if (key->family == KEY_EC)
		st = check_ec_public(key);
	else if (family_is_ecx(key->family))
		st = ecx_check_public(key);
	return err_leave(st);
}

enum cng_status
crypto_check_group(const struct key_material *key)
{
	enum cng_status st = key_check_group(key);

	if (st != CNG_OK)
		return st;
	err_enter();
	return err_leave(ffc_check_public(key));
}

/* --- pairs ---------------------------------------------------------------- */

/* a b = 1 modulo m? */
static bool
inverse_ok(const BIGNUM *a, const BIGNUM *b, const BIGNUM *m, BN_CTX *ctx)
{
	BIGNUM *t = number_new();
	bool ok = t != NULL && !BN_is_zero(m) &&
	    BN_mod_mul(t, a, b, m, ctx) == 1 &&
	    (BN_is_one(t) || BN_is_one(m));

	BN_clear_free(t);
	return ok;
}

/* One factor: odd, prime, and the exponents (d, and that of the Chinese
 * remainder if there is one) undo e modulo p - 1. */
static bool
factor_ok(const BIGNUM *p, const BIGNUM *e, const BIGNUM *d, const BIGNUM *dp,
    BN_CTX *ctx)
{
	BIGNUM *p1 = number_new();
	bool ok = p1 != NULL && BN_is_odd(p) && BN_copy(p1, p) != NULL &&
	    BN_sub_word(p1, 1) == 1 && !BN_is_zero(p1);

	if (ok) {
		BN_set_flags(p1, BN_FLG_CONSTTIME);
		ok = inverse_ok(e, d, p1, ctx) &&
		    (dp == NULL ||
			(BN_cmp(dp, p) < 0 && inverse_ok(e, dp, p1, ctx)));
	}
	for (int i = 0; ok && i < PRIME_ROUNDS; i++)
		ok = number_looks_prime(p, p1, ctx);
	BN_clear_free(p1);
	return ok;
}

/* Every part of full is there. */
static enum cng_status
check_rsa(const struct key_material *full)
{
	BIGNUM *num[RSA_PARTS] = { NULL };
	BIGNUM *product = number_new();
	BN_CTX *ctx = number_ctx();
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (product == NULL || ctx == NULL)
		goto out;
	for (size_t i = 0; i < RSA_PARTS; i++) {
		num[i] = number_part(full, (enum key_part)i);
		if (num[i] == NULL)
			goto out;
	}
	st = CNG_ERR_BAD_KEY;
	if (BN_mul(product, num[RSA_P], num[RSA_Q], ctx) != 1 ||
	    BN_cmp(product, num[RSA_N]) != 0 ||
	    BN_cmp(num[RSA_P], num[RSA_Q]) == 0 ||
	    BN_cmp(num[RSA_D], num[RSA_N]) >= 0 ||
	    BN_cmp(num[RSA_QINV], num[RSA_P]) >= 0)
		goto out;
	if (!factor_ok(num[RSA_P], num[RSA_E], num[RSA_D], num[RSA_DP], ctx) ||
	    !factor_ok(num[RSA_Q], num[RSA_E], num[RSA_D], num[RSA_DQ], ctx) ||
	    !inverse_ok(num[RSA_QINV], num[RSA_Q], num[RSA_P], ctx))
		goto out;
	st = CNG_OK;
out:
	for (size_t i = 0; i < RSA_PARTS; i++)
		BN_clear_free(num[i]);
	BN_clear_free(product);
	BN_CTX_free(ctx);
	return st;
}

/* The point must be the one that the scalar makes. */
static enum cng_status
check_ec(const struct key_material *key)
{
	struct key_material made = { 0 };
	enum cng_status st = key_copy(&made, key);

	if (st != CNG_OK)
		return st;
	secret_free(&made.part[EC_X]);
	secret_free(&made.part[EC_Y]);
	st = crypto_complete(&made);
	if (st == CNG_OK && key->part[EC_X].len > 0 &&
	    !key_same_public(&made, key))
		st = CNG_ERR_BAD_KEY;
	key_free(&made);
	return st;
}

static enum cng_status
check_ecx(const struct key_material *key)
{
	struct key_material made = { 0 };
	enum cng_status st = key_copy(&made, key);

	if (st != CNG_OK)
		return st;
	secret_free(&made.part[ECX_PUBLIC]);
	st = crypto_complete(&made);
	if (st == CNG_OK && key->part[ECX_PUBLIC].len > 0 &&
	    !key_same_public(&made, key))
		st = CNG_ERR_BAD_KEY;
	key_free(&made);
	return st;
}

static enum cng_status
check_rsa_pair(const struct key_material *key)
{
	struct key_material full = { 0 };
	enum cng_status st;

	/* cheap: what is missing follows from the rest, so is right */
	st = key_copy(&full, key);
	if (st == CNG_OK)
		st = crypto_complete(&full);
	if (st == CNG_OK)
		st = check_rsa(&full);
	key_free(&full);
	return st;
}

enum cng_status
crypto_check_pair(const struct key_material *key)
{
	enum cng_status st = crypto_check_public(key);

	if (st != CNG_OK || !key->has_private)
		return st;
	err_enter();
	if (key->family == KEY_RSA)
		st = check_rsa_pair(key);
	else if (key->family == KEY_EC)
		st = check_ec(key);
	else if (family_is_ecx(key->family))
		st = check_ecx(key);
	else if (ffc_is(key->family))
		st = ffc_check_pair(key);
	else if (key_family_has_sets(key->family))
		st = pq_check_pair(key);
	return err_leave(st);
}
