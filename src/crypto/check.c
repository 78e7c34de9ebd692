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

/* Is the point in the subgroup of that order?  With the cofactor 1 there is
 * no other. */
static bool
in_subgroup(const EC_GROUP *group, const EC_POINT *point, BN_CTX *ctx)
{
	EC_POINT *end;
	bool ok;

	if (BN_is_one(EC_GROUP_get0_cofactor(group)))
		return true;
	end = EC_POINT_new(group);
	ok = end != NULL &&
	    EC_POINT_mul(group, end, NULL, point,
		EC_GROUP_get0_order(group), ctx) == 1 &&
	    EC_POINT_is_at_infinity(group, end) == 1;
	EC_POINT_free(end);
	return ok;
}

/* Is the point the one that the scalar makes? */
static bool
scalar_makes(const struct key_material *key, const EC_GROUP *group,
    const EC_POINT *point, BN_CTX *ctx)
{
	BIGNUM *d = number_part(key, EC_D);
	EC_POINT *made = EC_POINT_new(group);
	bool ok = d != NULL && made != NULL && !BN_is_zero(d) &&
	    BN_cmp(d, EC_GROUP_get0_order(group)) < 0 &&
	    EC_POINT_mul(group, made, d, NULL, NULL, ctx) == 1 &&
	    EC_POINT_cmp(group, made, point, ctx) == 0;

	EC_POINT_clear_free(made);
	BN_clear_free(d);
	return ok;
}

/* The coordinates name a point of the group, and of the pair. */
static enum cng_status
check_point(const struct key_material *key, const EC_GROUP *group, bool pair)
{
	BIGNUM *x = number_part(key, EC_X), *y = number_part(key, EC_Y);
	BIGNUM *field = number_new();
	BN_CTX *ctx = number_ctx();
	EC_POINT *point = EC_POINT_new(group);
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (x == NULL || y == NULL || field == NULL || ctx == NULL ||
	    point == NULL ||
	    EC_GROUP_get_curve(group, field, NULL, NULL, ctx) != 1)
		goto out;
	st = CNG_ERR_BAD_PUBLIC_KEY;
	/* libcrypto would reduce coordinates beyond the field; affine ones
	 * cannot name infinity, and are set only when on the curve */
	if (BN_cmp(x, field) >= 0 || BN_cmp(y, field) >= 0 ||
	    EC_POINT_set_affine_coordinates(group, point, x, y, ctx) != 1 ||
	    !in_subgroup(group, point, ctx))
		goto out;
	st = !pair || scalar_makes(key, group, point, ctx) ? CNG_OK :
							     CNG_ERR_BAD_KEY;
out:
	EC_POINT_free(point);
	BN_CTX_free(ctx);
	BN_clear_free(x);
	BN_clear_free(y);
	BN_clear_free(field);
	return st;
}

static enum cng_status
check_ec(const struct key_material *key, bool pair)
{
	const EC_GROUP *group = NULL;
	EC_GROUP *made = NULL;
	enum cng_status st = CNG_OK;

	if (key->curve == CURVE_EXPLICIT)
		st = group_check(key);
	if (st == CNG_OK)
		st = group_of_key(&group, &made, key);
	if (st == CNG_OK && key->part[EC_X].len > 0)
		st = check_point(key, group, pair);
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
		st = check_ec(key, false);
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

/* One factor: odd, more than 1, and the exponents (d, and that of the Chinese
 * remainder) undo e modulo p - 1.  For d it is enough to be the other one
 * modulo p - 1, because e has one inverse there. */
static bool
factor_ok(const BIGNUM *p, const BIGNUM *e, const BIGNUM *d, const BIGNUM *dp,
    BN_CTX *ctx)
{
	BIGNUM *p1 = number_new(), *t = number_new();
	bool ok = p1 != NULL && t != NULL && BN_is_odd(p) &&
	    BN_copy(p1, p) != NULL && BN_sub_word(p1, 1) == 1 &&
	    !BN_is_zero(p1);

	if (ok)
		BN_set_flags(p1, BN_FLG_CONSTTIME);
	ok = ok && BN_cmp(dp, p) < 0 && inverse_ok(e, dp, p1, ctx) &&
	    BN_sub(t, d, dp) == 1 && BN_div(NULL, t, t, p1, ctx) == 1 &&
	    BN_is_zero(t);
	BN_clear_free(p1);
	BN_clear_free(t);
	return ok;
}

/*
 * Every part of full is there.  Whether the factors are prime is not asked:
 * it would take ten times as long as all the rest, and stop nobody.  Who
 * chose composite factors, and exponents that fit them, knows the key and
 * could as well have chosen weak primes; who changed a key that he cannot
 * read cannot make all these equations hold; and an honest key's exponents do
 * not fit a factor that is a product.
 */
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
	if (factor_ok(num[RSA_P], num[RSA_E], num[RSA_D], num[RSA_DP], ctx) &&
	    factor_ok(num[RSA_Q], num[RSA_E], num[RSA_D], num[RSA_DQ], ctx) &&
	    inverse_ok(num[RSA_QINV], num[RSA_Q], num[RSA_P], ctx))
		st = CNG_OK;
out:
	for (size_t i = 0; i < RSA_PARTS; i++)
		BN_clear_free(num[i]);
	BN_clear_free(product);
	BN_CTX_free(ctx);
	return st;
}

/* Without a point, the scalar must be one that makes one. */
static enum cng_status
check_ec_pair(const struct key_material *key)
{
	struct key_material made = { 0 };
	enum cng_status st;

	if (key->part[EC_X].len > 0)
		return check_ec(key, true);
	st = key_copy(&made, key);
	if (st == CNG_OK)
		st = crypto_complete(&made);
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

	if (rsa_is_complete(key))
		return check_rsa(key);
	/* what is missing follows from the rest, so is right */
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
	enum cng_status st;

	/* the check of an EC pair is one of its point, too */
	if (key->family == KEY_EC && key->has_private) {
		st = key_check_shape(key);
		if (st != CNG_OK)
			return st;
		err_enter();
		return err_leave(check_ec_pair(key));
	}
	st = crypto_check_public(key);
	if (st != CNG_OK || !key->has_private)
		return st;
	err_enter();
	if (key->family == KEY_RSA)
		st = check_rsa_pair(key);
	else if (family_is_ecx(key->family))
		st = check_ecx(key);
	else if (ffc_is(key->family))
		st = ffc_check_pair(key);
	else if (key_family_has_sets(key->family))
		st = pq_check_pair(key);
	return err_leave(st);
}
