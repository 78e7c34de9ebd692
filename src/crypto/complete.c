/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Numbers that follow from the others: the factors of an RSA modulus from
 * both exponents, the exponents from the factors, the point of a scalar.
 */
#include "crypto/ffc.h"
#include "crypto/group.h"
#include "crypto/number.h"
#include "crypto/pq.h"
#include "key/set.h"

/* Work space for RSA; every number may be NULL until it is known. */
struct rsa_numbers {
	BN_CTX *ctx;
	BIGNUM *n, *e, *d, *p, *q;
	BIGNUM *p1, *q1;       /* p - 1, q - 1 */
};

static void
numbers_free(struct rsa_numbers *r)
{
	BN_clear_free(r->n);
	BN_clear_free(r->e);
	BN_clear_free(r->d);
	BN_clear_free(r->p);
	BN_clear_free(r->q);
	BN_clear_free(r->p1);
	BN_clear_free(r->q1);
	BN_CTX_free(r->ctx);
}

/* One try: x = g^odd, squared until it is 1; the last value before that is
 * a root of 1, and unless it is -1 it shares a factor with n. */
static bool
try_base(struct rsa_numbers *r, BN_ULONG g, const BIGNUM *odd, int twos,
    const BIGNUM *n_less_1)
{
	BIGNUM *x = number_new(), *y = number_new(), *base = number_new();
	bool found = false;
	bool ok = x != NULL && y != NULL && base != NULL &&
	    BN_set_word(base, g) == 1 &&
	    BN_mod_exp_mont_consttime(x, base, odd, r->n, r->ctx, NULL) == 1;

	if (ok && (BN_is_one(x) || BN_cmp(x, n_less_1) == 0))
		ok = false;
	for (int i = 0; ok && !found && i < twos; i++) {
		ok = BN_mod_sqr(y, x, r->n, r->ctx) == 1 &&
		    BN_cmp(y, n_less_1) != 0;
		if (ok && BN_is_one(y)) {
			ok = BN_sub_word(x, 1) == 1 &&
			    BN_gcd(r->p, x, r->n, r->ctx) == 1;
			found = ok;
		} else if (ok) {
			BN_swap(x, y);
		}
	}
	BN_clear_free(x);
	BN_clear_free(y);
	BN_clear_free(base);
	return found;
}

/* q = n / p, exact; the larger one becomes p. */
static enum cng_status
divide(struct rsa_numbers *r)
{
	BIGNUM *rest = number_new();
	enum cng_status st = CNG_OK;

	if (r->q == NULL)
		r->q = number_new();
	if (rest == NULL || r->q == NULL)
		st = CNG_ERR_NO_MEMORY;
	else if (BN_is_zero(r->p) ||
	    BN_div(r->q, rest, r->n, r->p, r->ctx) != 1 ||
	    !BN_is_zero(rest) || BN_is_one(r->p) || BN_is_one(r->q))
		st = CNG_ERR_BAD_KEY;
	BN_clear_free(rest);
	return st;
}

static enum cng_status
factor(struct rsa_numbers *r)
{
	static const uint8_t bases[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29,
		31, 37, 41, 43, 47, 53, 59, 61, 67, 71 };
	BIGNUM *odd = number_new(), *n1 = BN_dup(r->n);
	enum cng_status st = CNG_ERR_BAD_KEY;
	int twos = 0;

	r->p = number_new();
	if (odd == NULL || n1 == NULL || r->p == NULL ||
	    BN_mul(odd, r->e, r->d, r->ctx) != 1 ||
	    BN_sub_word(odd, 1) != 1 || BN_sub_word(n1, 1) != 1) {
		st = CNG_ERR_NO_MEMORY;
		goto out;
	}
	if (BN_is_zero(odd) || BN_is_negative(odd) || BN_is_odd(odd) ||
	    !BN_is_odd(r->n))
		goto out;
	while (!BN_is_bit_set(odd, twos))
		twos++;
	if (BN_rshift(odd, odd, twos) != 1)
		goto out;
	for (size_t i = 0; st != CNG_OK && i < sizeof bases; i++)
		if (try_base(r, bases[i], odd, twos, n1))
			st = divide(r);
	if (st == CNG_OK && BN_cmp(r->p, r->q) < 0)
		BN_swap(r->p, r->q);
out:
	BN_clear_free(odd);
	BN_clear_free(n1);
	return st;
}

/* d = 1 / e modulo the least common multiple of p - 1 and q - 1. */
static enum cng_status
private_exponent(struct rsa_numbers *r)
{
	BIGNUM *gcd = number_new(), *lcm = number_new(), *t = number_new();
	enum cng_status st = CNG_OK;

	r->d = number_new();
	if (gcd == NULL || lcm == NULL || t == NULL || r->d == NULL)
		st = CNG_ERR_NO_MEMORY;
	else if (BN_gcd(gcd, r->p1, r->q1, r->ctx) != 1 ||
	    BN_mul(t, r->p1, r->q1, r->ctx) != 1 ||
	    BN_div(lcm, NULL, t, gcd, r->ctx) != 1 ||
	    BN_mod_inverse(r->d, r->e, lcm, r->ctx) == NULL)
		st = CNG_ERR_BAD_KEY;
	BN_clear_free(gcd);
	BN_clear_free(lcm);
	BN_clear_free(t);
	return st;
}

static enum cng_status
less_one(BIGNUM **out, const BIGNUM *number)
{
	*out = number_new();
	if (*out == NULL || BN_copy(*out, number) == NULL ||
	    BN_sub_word(*out, 1) != 1)
		return CNG_ERR_NO_MEMORY;
	BN_set_flags(*out, BN_FLG_CONSTTIME);
	return BN_is_zero(*out) || BN_is_negative(*out) ? CNG_ERR_BAD_KEY :
							  CNG_OK;
}

/* Stores value mod modulus, unless the part is there already. */
static enum cng_status
fill_mod(struct key_material *key, enum key_part part, const BIGNUM *value,
    const BIGNUM *modulus, BN_CTX *ctx)
{
	BIGNUM *t;
	enum cng_status st;

	if (key->part[part].len > 0)
		return CNG_OK;
	t = number_new();
	if (t == NULL || BN_div(NULL, t, value, modulus, ctx) != 1)
		st = CNG_ERR_NO_MEMORY;
	else
		st = BN_is_zero(t) ? CNG_ERR_BAD_KEY :
				     number_store(key, part, t);
	BN_clear_free(t);
	return st;
}

static enum cng_status
fill_inverse(struct key_material *key, const struct rsa_numbers *r)
{
	BIGNUM *t;
	enum cng_status st;

	if (key->part[RSA_QINV].len > 0)
		return CNG_OK;
	t = number_new();
	if (t == NULL)
		st = CNG_ERR_NO_MEMORY;
	else if (BN_mod_inverse(t, r->q, r->p, r->ctx) == NULL)
		st = CNG_ERR_BAD_KEY;
	else
		st = number_store(key, RSA_QINV, t);
	BN_clear_free(t);
	return st;
}

/* Finds p and q (from one of them or from d), then d. */
static enum cng_status
find_secrets(struct rsa_numbers *r)
{
	enum cng_status st = CNG_OK;

	if (r->p == NULL && r->q != NULL) {
		BIGNUM *known = r->q;

		r->q = NULL;
		r->p = known;
		st = divide(r);
		if (st == CNG_OK)
			BN_swap(r->p, r->q);
	} else if (r->p != NULL && r->q == NULL) {
		st = divide(r);
	} else if (r->p == NULL) {
		st = r->d == NULL ? CNG_ERR_BAD_DATA : factor(r);
	}
	if (st == CNG_OK)
		st = less_one(&r->p1, r->p);
	if (st == CNG_OK)
		st = less_one(&r->q1, r->q);
	if (st == CNG_OK && r->d == NULL)
		st = private_exponent(r);
	return st;
}

static enum cng_status
store_missing(struct key_material *key, enum key_part part, const BIGNUM *n)
{
	return key->part[part].len > 0 ? CNG_OK : number_store(key, part, n);
}

/* A factor below 2 is for the long way to refuse. */
bool
rsa_is_complete(const struct key_material *key)
{
	for (size_t i = 0; i < RSA_PARTS; i++)
		if (key->part[i].len == 0)
			return false;
	return number_bits(key_part(key, RSA_P)) > 1 &&
	    number_bits(key_part(key, RSA_Q)) > 1;
}

static enum cng_status
complete_rsa(struct key_material *key)
{
	struct rsa_numbers r = {
		.ctx = number_ctx(),
		.n = number_part(key, RSA_N),
		.e = number_part(key, RSA_E),
		.d = number_part(key, RSA_D),
		.p = number_part(key, RSA_P),
		.q = number_part(key, RSA_Q),
	};
	enum cng_status st = CNG_OK;

	if (r.ctx == NULL || r.n == NULL || r.e == NULL)
		st = CNG_ERR_NO_MEMORY;
	if (st == CNG_OK)
		st = find_secrets(&r);
	if (st == CNG_OK)
		st = store_missing(key, RSA_D, r.d);
	if (st == CNG_OK)
		st = store_missing(key, RSA_P, r.p);
	if (st == CNG_OK)
		st = store_missing(key, RSA_Q, r.q);
	if (st == CNG_OK)
		st = fill_mod(key, RSA_DP, r.d, r.p1, r.ctx);
	if (st == CNG_OK)
		st = fill_mod(key, RSA_DQ, r.d, r.q1, r.ctx);
	if (st == CNG_OK)
		st = fill_inverse(key, &r);
	numbers_free(&r);
	return st;
}

static enum cng_status
complete_ec(struct key_material *key)
{
	const EC_GROUP *group = NULL;
	EC_GROUP *made = NULL;
	BIGNUM *d = number_part(key, EC_D);
	BIGNUM *x = number_new(), *y = number_new();
	BN_CTX *ctx = number_ctx();
	EC_POINT *point = NULL;
	enum cng_status st = CNG_OK;

	/* nothing is computed on a curve that is none */
	if (key->curve == CURVE_EXPLICIT)
		st = group_check(key);
	if (st == CNG_OK)
		st = group_of_key(&group, &made, key);
	if (st != CNG_OK)
		goto out;
	point = EC_POINT_new(group);
	st = CNG_ERR_NO_MEMORY;
	if (d == NULL || x == NULL || y == NULL || ctx == NULL ||
	    point == NULL)
		goto out;
	st = CNG_ERR_BAD_KEY;
	if (BN_is_zero(d) || BN_cmp(d, EC_GROUP_get0_order(group)) >= 0 ||
	    EC_POINT_mul(group, point, d, NULL, NULL, ctx) != 1 ||
	    EC_POINT_get_affine_coordinates(group, point, x, y, ctx) != 1)
		goto out;
	st = number_store(key, EC_X, x);
	if (st == CNG_OK)
		st = number_store(key, EC_Y, y);
out:
	EC_POINT_free(point);
	EC_GROUP_free(made);
	BN_CTX_free(ctx);
	BN_clear_free(d);
	BN_clear_free(x);
	BN_clear_free(y);
	return st;
}

enum cng_status
crypto_complete(struct key_material *key)
{
	enum cng_status st = key_check_shape(key);

	if (st != CNG_OK || !key->has_private)
		return st;
	err_enter();
	if (key->family == KEY_RSA)
		st = rsa_is_complete(key) ? CNG_OK : complete_rsa(key);
	else if (key->family == KEY_EC && key->part[EC_X].len == 0)
		st = complete_ec(key);
	else if (family_is_ecx(key->family) && key->part[ECX_PUBLIC].len == 0)
		st = ecx_complete(key);
	else if (ffc_is(key->family))
		st = ffc_complete(key);
	else if (key_family_has_sets(key->family))
		st = pq_complete(key);
	return err_leave(st);
}
