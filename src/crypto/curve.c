/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Curves: from the table or from their parameters, and whether the latter
 * make a curve at all.
 */
#include "crypto/curve.h"

#include <openssl/objects.h>

#include "base/util.h"
#include "crypto/group.h"
#include "crypto/number.h"

static const int nids[CURVE_COUNT] = {
	[CURVE_P256] = NID_X9_62_prime256v1,
	[CURVE_P384] = NID_secp384r1,
	[CURVE_P521] = NID_secp521r1,
	[CURVE_P192] = NID_X9_62_prime192v1,
	[CURVE_P224] = NID_secp224r1,
	[CURVE_SECP160K1] = NID_secp160k1,
	[CURVE_SECP160R1] = NID_secp160r1,
	[CURVE_SECP160R2] = NID_secp160r2,
	[CURVE_SECP192K1] = NID_secp192k1,
	[CURVE_SECP224K1] = NID_secp224k1,
	[CURVE_SECP256K1] = NID_secp256k1,
	[CURVE_X962_192V2] = NID_X9_62_prime192v2,
	[CURVE_X962_192V3] = NID_X9_62_prime192v3,
	[CURVE_X962_239V1] = NID_X9_62_prime239v1,
	[CURVE_X962_239V2] = NID_X9_62_prime239v2,
	[CURVE_X962_239V3] = NID_X9_62_prime239v3,
	[CURVE_WTLS9] = NID_wap_wsg_idm_ecid_wtls9,
	[CURVE_BP160R1] = NID_brainpoolP160r1,
	[CURVE_BP160T1] = NID_brainpoolP160t1,
	[CURVE_BP192R1] = NID_brainpoolP192r1,
	[CURVE_BP192T1] = NID_brainpoolP192t1,
	[CURVE_BP224R1] = NID_brainpoolP224r1,
	[CURVE_BP224T1] = NID_brainpoolP224t1,
	[CURVE_BP256R1] = NID_brainpoolP256r1,
	[CURVE_BP256T1] = NID_brainpoolP256t1,
	[CURVE_BP320R1] = NID_brainpoolP320r1,
	[CURVE_BP320T1] = NID_brainpoolP320t1,
	[CURVE_BP384R1] = NID_brainpoolP384r1,
	[CURVE_BP384T1] = NID_brainpoolP384t1,
	[CURVE_BP512R1] = NID_brainpoolP512r1,
	[CURVE_BP512T1] = NID_brainpoolP512t1,
};

_Static_assert(NID_undef == 0, "curves without a row have no NID");

int
curve_nid(enum key_curve curve)
{
	size_t i = (size_t)curve;

	return i < ARRAY_LEN(nids) ? nids[i] : NID_undef;
}

/* --- from parameters -------------------------------------------------- */

/* The numbers of EC_P to EC_H in one place. */
struct domain {
	BN_CTX *ctx;
	BIGNUM *p, *a, *b, *gx, *gy, *n, *h;
};

static void
domain_free(struct domain *d)
{
	BN_free(d->p);
	BN_free(d->a);
	BN_free(d->b);
	BN_free(d->gx);
	BN_free(d->gy);
	BN_free(d->n);
	BN_free(d->h);
	BN_CTX_free(d->ctx);
}

/* None of them is secret, and primality tests want them plain. */
static BIGNUM *
plain_part(const struct key_material *key, enum key_part part)
{
	struct span bytes = key_part(key, part);

	return BN_bin2bn(bytes.ptr, (int)bytes.len, NULL);
}

static enum cng_status
domain_read(struct domain *d, const struct key_material *key)
{
	*d = (struct domain){
		.ctx = number_ctx(),
		.p = plain_part(key, EC_P),
		.a = plain_part(key, EC_A),
		.b = plain_part(key, EC_B),
		.gx = plain_part(key, EC_GX),
		.gy = plain_part(key, EC_GY),
		.n = plain_part(key, EC_N),
		.h = plain_part(key, EC_H),
	};
	return d->ctx != NULL && d->p != NULL && d->a != NULL &&
		d->b != NULL && d->gx != NULL && d->gy != NULL &&
		d->n != NULL && d->h != NULL ?
	    CNG_OK : CNG_ERR_NO_MEMORY;
}

/* Everything is reduced: libcrypto would do that itself, unasked. */
static bool
is_reduced(const struct domain *d)
{
	return BN_is_odd(d->p) && BN_is_odd(d->n) &&
	    BN_cmp(d->a, d->p) < 0 && BN_cmp(d->b, d->p) < 0 &&
	    BN_cmp(d->gx, d->p) < 0 && BN_cmp(d->gy, d->p) < 0;
}

/* Its cofactor is what libcrypto computes. */
static enum cng_status
group_make(EC_GROUP **out, const struct domain *d)
{
	EC_GROUP *group = NULL;
	EC_POINT *base = NULL;
	enum cng_status st = CNG_ERR_BAD_CURVE;

	if (!is_reduced(d))
		return st;
	group = EC_GROUP_new_curve_GFp(d->p, d->a, d->b, d->ctx);
	base = group == NULL ? NULL : EC_POINT_new(group);
	if (base != NULL &&
	    EC_POINT_set_affine_coordinates(group, base, d->gx, d->gy,
		d->ctx) == 1 &&
	    EC_GROUP_set_generator(group, base, d->n, NULL) == 1)
		st = CNG_OK;
	EC_POINT_free(base);
	if (st == CNG_OK)
		*out = group;
	else
		EC_GROUP_free(group);
	return st;
}

enum cng_status
group_of_key(const EC_GROUP **out, EC_GROUP **made,
    const struct key_material *key)
{
	struct crypto_lib *lib = lib_get();
	struct domain d;
	enum cng_status st;

	*made = NULL;
	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	if (key->curve != CURVE_EXPLICIT) {
		*out = lib_group(lib, key->curve);
		return *out == NULL ? CNG_ERR_BAD_CURVE : CNG_OK;
	}
	st = domain_read(&d, key);
	if (st == CNG_OK)
		st = group_make(made, &d);
	*out = *made;
	domain_free(&d);
	return st;
}

/* --- safe? ------------------------------------------------------------ */

/* A pairing would move the problem into a field that is too small. */
#define EMBEDDING_DEGREE_MIN 20

static bool
has_small_degree(const struct domain *d)
{
	BIGNUM *power = BN_new(), *p = BN_new();
	bool small = true;

	if (power == NULL || p == NULL || BN_one(power) != 1 ||
	    BN_nnmod(p, d->p, d->n, d->ctx) != 1)
		goto out;
	for (int k = 1; k <= EMBEDDING_DEGREE_MIN; k++)
		if (BN_mod_mul(power, power, p, d->n, d->ctx) != 1 ||
		    BN_is_one(power))
			goto out;
	small = false;
out:
	BN_free(power);
	BN_free(p);
	return small;
}

enum cng_status
group_check(const struct key_material *key)
{
	EC_GROUP *group = NULL;
	struct domain d;
	enum cng_status st = domain_read(&d, key);

	if (st != CNG_OK)
		goto out;
	st = CNG_ERR_BAD_CURVE;
	/* sizes first: they are cheap; an order as large as the field is that
	 * of an anomalous curve */
	if (!is_reduced(&d) || BN_num_bits(d.n) < EC_BITS_MIN ||
	    BN_num_bits(d.n) > BN_num_bits(d.p) + 1 ||
	    BN_cmp(d.n, d.p) == 0 ||
	    BN_check_prime(d.p, d.ctx, NULL) != 1 ||
	    BN_check_prime(d.n, d.ctx, NULL) != 1)
		goto out;
	st = group_make(&group, &d);
	if (st == CNG_OK &&
	    (BN_cmp(EC_GROUP_get0_cofactor(group), d.h) != 0 ||
		EC_GROUP_check(group, d.ctx) != 1 || has_small_degree(&d)))
		st = CNG_ERR_BAD_CURVE;
out:
	EC_GROUP_free(group);
	domain_free(&d);
	return st;
}

/* --- to and from names ------------------------------------------------ */

static enum cng_status
put_number(struct key_material *out, enum key_part part,
    const BIGNUM *number, size_t width)
{
	uint8_t bytes[EC_BYTES_MAX];

	if (width == 0)
		width = (size_t)BN_num_bytes(number);
	if (width > sizeof bytes ||
	    BN_bn2binpad(number, bytes, (int)width) != (int)width)
		return CNG_ERR_BAD_CURVE;
	return key_set(out, part, span_of(bytes, width));
}

enum cng_status
group_cofactor(struct key_material *key)
{
	EC_GROUP *group = NULL;
	struct domain d;
	enum cng_status st = domain_read(&d, key);

	if (st == CNG_OK)
		st = group_make(&group, &d);
	if (st == CNG_OK && BN_is_zero(EC_GROUP_get0_cofactor(group)))
		st = CNG_ERR_BAD_CURVE;
	if (st == CNG_OK)
		st = put_number(key, EC_H, EC_GROUP_get0_cofactor(group), 0);
	EC_GROUP_free(group);
	domain_free(&d);
	return st;
}

static enum cng_status
put_base(struct key_material *key, const struct domain *d)
{
	size_t field = key->part[EC_P].len;
	enum cng_status st = put_number(key, EC_GX, d->gx, field);

	return st == CNG_OK ? put_number(key, EC_GY, d->gy, field) : st;
}

enum cng_status
group_base(struct key_material *key, struct span compressed)
{
	EC_GROUP *group = NULL;
	EC_POINT *base = NULL;
	struct domain d;
	enum cng_status st = domain_read(&d, key);

	if (st != CNG_OK)
		goto out;
	st = CNG_ERR_BAD_CURVE;
	/* a root is extracted: only modulo a prime that ends */
	if (BN_check_prime(d.p, d.ctx, NULL) == 1)
		group = EC_GROUP_new_curve_GFp(d.p, d.a, d.b, d.ctx);
	base = group == NULL ? NULL : EC_POINT_new(group);
	if (base != NULL &&
	    EC_POINT_oct2point(group, base, compressed.ptr, compressed.len,
		d.ctx) == 1 &&
	    EC_POINT_get_affine_coordinates(group, base, d.gx, d.gy,
		d.ctx) == 1)
		st = put_base(key, &d);
out:
	EC_POINT_free(base);
	EC_GROUP_free(group);
	domain_free(&d);
	return st;
}

static enum cng_status
put_domain(struct key_material *out, const struct domain *d,
    const EC_GROUP *group)
{
	size_t field = (size_t)BN_num_bytes(d->p);
	const struct {
		enum key_part part;
		const BIGNUM *number;
		size_t width;
	} rows[] = {
		{ EC_P, d->p, 0 }, { EC_A, d->a, field },
		{ EC_B, d->b, field }, { EC_GX, d->gx, field },
		{ EC_GY, d->gy, field },
		{ EC_N, EC_GROUP_get0_order(group), 0 },
		{ EC_H, EC_GROUP_get0_cofactor(group), 0 },
	};
	enum cng_status st = CNG_OK;

	out->family = KEY_EC;
	out->curve = CURVE_EXPLICIT;
	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(rows); i++)
		st = put_number(out, rows[i].part, rows[i].number,
		    rows[i].width);
	if (st == CNG_OK && EC_GROUP_get_seed_len(group) > 0)
		st = key_set(out, EC_SEED,
		    span_of(EC_GROUP_get0_seed(group),
			EC_GROUP_get_seed_len(group)));
	return st;
}

static enum cng_status
parameters_of(struct key_material *out, enum key_curve curve)
{
	struct crypto_lib *lib = lib_get();
	const EC_GROUP *group = lib == NULL ? NULL : lib_group(lib, curve);
	struct domain d = { number_ctx(), BN_new(), BN_new(), BN_new(),
		BN_new(), BN_new(), NULL, NULL };
	enum cng_status st = CNG_ERR_NO_MEMORY;

	if (lib != NULL && group == NULL)
		st = CNG_ERR_BAD_CURVE;
	else if (group != NULL && d.ctx != NULL && d.p != NULL &&
	    d.a != NULL && d.b != NULL && d.gx != NULL && d.gy != NULL &&
	    EC_GROUP_get_curve(group, d.p, d.a, d.b, d.ctx) == 1 &&
	    EC_POINT_get_affine_coordinates(group,
		EC_GROUP_get0_generator(group), d.gx, d.gy, d.ctx) == 1)
		st = put_domain(out, &d, group);
	domain_free(&d);
	return st;
}

enum cng_status
curve_parameters(struct key_material *out, enum key_curve curve)
{
	enum cng_status st = crypto_start();

	*out = (struct key_material){ 0 };
	if (st != CNG_OK)
		return st;
	err_enter();
	st = parameters_of(out, curve);
	if (st != CNG_OK)
		key_free(out);
	return err_leave(st);
}

/* The same numbers, whatever their widths? */
static bool
same_domain(const struct key_material *a, const struct key_material *b)
{
	for (int part = EC_P; part <= EC_H; part++)
		if (!span_equal(span_trim(key_part(a, (enum key_part)part)),
			span_trim(key_part(b, (enum key_part)part))))
			return false;
	return true;
}

static enum cng_status
is_curve(bool *same, const struct key_material *key, enum key_curve curve)
{
	struct key_material named = { 0 };
	enum cng_status st;

	*same = false;
	if (curve_nid(curve) == NID_undef ||
	    curve_info(curve)->bits != number_bits(key_part(key, EC_P)))
		return CNG_OK;
	st = curve_parameters(&named, curve);
	if (st == CNG_OK)
		*same = same_domain(key, &named);
	key_free(&named);
	/* this libcrypto may have been built without it */
	return st == CNG_ERR_BAD_CURVE ? CNG_OK : st;
}

enum cng_status
curve_recognise(struct key_material *key)
{
	bool same = false;

	for (int i = CURVE_NONE + 1; i < CURVE_COUNT; i++) {
		enum key_curve curve = (enum key_curve)i;
		enum cng_status st = is_curve(&same, key, curve);

		if (st != CNG_OK)
			return st;
		if (!same)
			continue;
		key->curve = curve;
		for (int part = EC_P; part <= EC_H; part++)
			secret_free(&key->part[part]);
		return CNG_OK;
	}
	return CNG_OK;
}
