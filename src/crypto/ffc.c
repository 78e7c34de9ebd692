/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Numbers over a finite field: what is missing, and whether they hold
 * together.
 */
#include "crypto/ffc.h"

#include "crypto/number.h"

/* A number that is not prime passes a round with a chance of 1 in 4 at the
 * very worst.  p is the costly one; q is short. */
#define P_ROUNDS 4
#define Q_ROUNDS 20

/* The parts of both families by what they are; q, j and x may be missing. */
struct ffc {
	BN_CTX *ctx;
	BIGNUM *p, *q, *g, *y, *x, *j;
	BIGNUM *p1;            /* p - 1 */
	bool x_below_q;        /* that of a DH key may be longer */
};

static void
ffc_free(struct ffc *f)
{
	BN_clear_free(f->p);
	BN_clear_free(f->q);
	BN_clear_free(f->g);
	BN_clear_free(f->y);
	BN_clear_free(f->x);
	BN_clear_free(f->j);
	BN_clear_free(f->p1);
	BN_CTX_free(f->ctx);
}

/* Where the two families keep them. */
struct ffc_parts {
	enum key_part p, q, g, y, x, j;
};

static const struct ffc_parts dsa_parts = { DSA_P, DSA_Q, DSA_G, DSA_Y,
	DSA_X, DSA_J };
static const struct ffc_parts dh_parts = { DH_P, DH_Q, DH_G, DH_Y, DH_X,
	DH_J };

/* Takes a part that may be missing. */
static bool
take(BIGNUM **out, const struct key_material *key, enum key_part part)
{
	*out = number_part(key, part);
	return *out != NULL || key->part[part].len == 0;
}

static enum cng_status
ffc_of(struct ffc *f, const struct key_material *key)
{
	bool dsa = key->family == KEY_DSA;
	const struct ffc_parts *at = dsa ? &dsa_parts : &dh_parts;

	*f = (struct ffc){ .x_below_q = key->family != KEY_DH,
		.ctx = number_ctx(), .p1 = number_new() };
	if (f->ctx == NULL || f->p1 == NULL ||
	    !take(&f->p, key, at->p) || !take(&f->q, key, at->q) ||
	    !take(&f->g, key, at->g) || !take(&f->y, key, at->y) ||
	    !take(&f->x, key, at->x) || !take(&f->j, key, at->j) ||
	    f->p == NULL || f->g == NULL ||
	    BN_copy(f->p1, f->p) == NULL || BN_sub_word(f->p1, 1) != 1)
		return CNG_ERR_NO_MEMORY;
	return CNG_OK;
}

/* 2 to p - 2: neither 0, 1 nor -1. */
static bool
is_element(const BIGNUM *n, const struct ffc *f)
{
	return !BN_is_zero(n) && !BN_is_one(n) && BN_cmp(n, f->p1) < 0;
}

static bool
range_ok(const struct ffc *f)
{
	if (!BN_is_odd(f->p) || !is_element(f->g, f) ||
	    (f->y != NULL && !is_element(f->y, f)))
		return false;
	return f->q == NULL || (BN_is_odd(f->q) && BN_cmp(f->q, f->p) < 0);
}

/* --- groups --------------------------------------------------------------- */

static bool
looks_prime(const BIGNUM *n, unsigned rounds, BN_CTX *ctx)
{
	BIGNUM *n1 = number_new();
	bool prime = n1 != NULL && BN_copy(n1, n) != NULL &&
	    BN_sub_word(n1, 1) == 1;

	for (unsigned i = 0; prime && i < rounds; i++)
		prime = number_looks_prime(n, n1, ctx);
	BN_clear_free(n1);
	return prime;
}

/* p = q j + 1; without a j to compare with, any will do. */
static bool
cofactor_ok(const struct ffc *f)
{
	BIGNUM *j = number_new(), *rest = number_new();
	bool ok = j != NULL && rest != NULL &&
	    BN_div(j, rest, f->p1, f->q, f->ctx) == 1 && BN_is_zero(rest) &&
	    (f->j == NULL || BN_cmp(j, f->j) == 0);

	BN_clear_free(j);
	BN_clear_free(rest);
	return ok;
}

/* n^q = 1: it is in the group that g makes. */
static bool
order_ok(const BIGNUM *n, const struct ffc *f)
{
	BIGNUM *t = number_new();
	bool ok = t != NULL &&
	    BN_mod_exp_mont(t, n, f->q, f->p, f->ctx, NULL) == 1 &&
	    BN_is_one(t);

	BN_clear_free(t);
	return ok;
}

static bool
group_ok(const struct ffc *f)
{
	if (!range_ok(f) || (f->q == NULL && f->j != NULL))
		return false;
	if (f->q != NULL && (!cofactor_ok(f) || !order_ok(f->g, f) ||
	    (f->y != NULL && !order_ok(f->y, f)) ||
	    !looks_prime(f->q, Q_ROUNDS, f->ctx)))
		return false;
	return looks_prime(f->p, P_ROUNDS, f->ctx);
}

static enum cng_status
check(const struct key_material *key, bool (*ok)(const struct ffc *f))
{
	struct ffc f;
	enum cng_status st = ffc_of(&f, key);

	if (st == CNG_OK && !ok(&f))
		st = CNG_ERR_BAD_PUBLIC_KEY;
	ffc_free(&f);
	return st;
}

enum cng_status
ffc_check_range(const struct key_material *key)
{
	return check(key, range_ok);
}

enum cng_status
ffc_check_public(const struct key_material *key)
{
	enum cng_status st = check(key, group_ok);

	if (st == CNG_OK && key->family == KEY_DSA &&
	    key->part[DSA_SEED].len > 0)
		st = ffc_check_seed(key);
	return st;
}

/* --- pairs ---------------------------------------------------------------- */

/* y = g^x. */
static enum cng_status
public_of(BIGNUM **out, const struct ffc *f)
{
	*out = NULL;
	if (!range_ok(f) || f->x == NULL || BN_is_zero(f->x) ||
	    BN_cmp(f->x, f->x_below_q ? f->q : f->p1) >= 0)
		return CNG_ERR_BAD_KEY;
	*out = number_new();
	return *out != NULL && BN_mod_exp_mont_consttime(*out, f->g, f->x,
			   f->p, f->ctx, NULL) == 1 ?
	    CNG_OK : CNG_ERR_NO_MEMORY;
}

enum cng_status
ffc_complete(struct key_material *key)
{
	enum key_part part = key->family == KEY_DSA ? DSA_Y : DH_Y;
	BIGNUM *y = NULL;
	struct ffc f;
	enum cng_status st;

	if (key->part[part].len > 0)
		return CNG_OK;
	st = ffc_of(&f, key);
	if (st == CNG_OK)
		st = public_of(&y, &f);
	if (st == CNG_OK)
		st = number_store(key, part, y);
	BN_clear_free(y);
	ffc_free(&f);
	return st;
}

enum cng_status
ffc_check_pair(const struct key_material *key)
{
	BIGNUM *y = NULL;
	struct ffc f;
	enum cng_status st = ffc_of(&f, key);

	if (st == CNG_OK)
		st = public_of(&y, &f);
	if (st == CNG_OK && f.y != NULL && BN_cmp(y, f.y) != 0)
		st = CNG_ERR_BAD_KEY;
	BN_clear_free(y);
	ffc_free(&f);
	return st;
}
