/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key pairs: making, importing, keeping, and their public halves.
 */
#include "keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

bool
key_random(uint8_t *out, size_t len)
{
	return RAND_bytes(out, (int)len) == 1;
}

EVP_PKEY *
key_make_rsa(unsigned bits, unsigned long e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, NULL);
	BIGNUM *exponent = BN_new();
	EVP_PKEY *key = NULL;

	if (ctx == NULL || exponent == NULL || !BN_set_word(exponent, e) ||
	    EVP_PKEY_keygen_init(ctx) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits) <= 0 ||
	    EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, exponent) <= 0 ||
	    EVP_PKEY_keygen(ctx, &key) <= 0)
		key = NULL;
	BN_free(exponent);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

EVP_PKEY *
key_make_ec(int nid)
{
	const char *name = OBJ_nid2sn(nid);

	return name == NULL ? NULL : EVP_EC_gen(name);
}

EVP_PKEY *
key_make_25519(int type)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(type, NULL);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) <= 0 ||
	    EVP_PKEY_keygen(ctx, &key) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *
from_params(const char *type, OSSL_PARAM_BLD *bld)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || params == NULL || EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) <= 0)
		key = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* The numbers of one RSA key; all live in the one context. */
struct rsa {
	BN_CTX *ctx;
	BIGNUM *p, *q, *dp, *dq, *qinv, *e, *n, *d;
};

/* What the host sent must be what follows from the primes. */
static bool
agrees(struct span sent, const BIGNUM *right)
{
	BIGNUM *value;
	bool same;

	if (sent.at == NULL)
		return true;
	value = BN_bin2bn(sent.at, (int)sent.len, NULL);
	same = value != NULL && BN_cmp(value, right) == 0;
	BN_free(value);
	return same;
}

static bool
complete(struct rsa *r, unsigned bits)
{
	BIGNUM *p1 = BN_CTX_get(r->ctx), *q1 = BN_CTX_get(r->ctx);
	BIGNUM *phi = BN_CTX_get(r->ctx);

	return phi != NULL && BN_cmp(r->p, r->q) != 0 && BN_is_odd(r->q) &&
	       BN_is_odd(r->p) && BN_mul(r->n, r->p, r->q, r->ctx) &&
	       BN_num_bits(r->n) == (int)bits &&
	       BN_sub(p1, r->p, BN_value_one()) &&
	       BN_sub(q1, r->q, BN_value_one()) &&
	       BN_mul(phi, p1, q1, r->ctx) &&
	       BN_mod_inverse(r->d, r->e, phi, r->ctx) != NULL &&
	       BN_mod(r->dp, r->d, p1, r->ctx) &&
	       BN_mod(r->dq, r->d, q1, r->ctx) &&
	       BN_mod_inverse(r->qinv, r->q, r->p, r->ctx) != NULL;
}

static EVP_PKEY *
rsa_build(const struct rsa *r)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	if (bld != NULL &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, r->n) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, r->e) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_D, r->d) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_FACTOR1, r->p) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_FACTOR2, r->q) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_EXPONENT1, r->dp) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_EXPONENT2, r->dq) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
		r->qinv))
		key = from_params("RSA", bld);
	OSSL_PARAM_BLD_free(bld);
	return key;
}

EVP_PKEY *
key_from_rsa(const struct rsa_parts *parts, unsigned bits)
{
	static const uint8_t f4[] = { 1, 0, 1 };
	struct span e = parts->e.at != NULL ? parts->e : span_of(f4, 3);
	BN_CTX *ctx = BN_CTX_new();
	struct rsa r = { .ctx = ctx };
	EVP_PKEY *key = NULL;

	if (ctx == NULL || parts->p.at == NULL || parts->q.at == NULL)
		goto out;
	BN_CTX_start(ctx);
	r.p = BN_CTX_get(ctx);
	r.q = BN_CTX_get(ctx);
	r.dp = BN_CTX_get(ctx);
	r.dq = BN_CTX_get(ctx);
	r.qinv = BN_CTX_get(ctx);
	r.e = BN_CTX_get(ctx);
	r.n = BN_CTX_get(ctx);
	r.d = BN_CTX_get(ctx);
	if (r.d != NULL && BN_bin2bn(parts->p.at, (int)parts->p.len, r.p) &&
	    BN_bin2bn(parts->q.at, (int)parts->q.len, r.q) &&
	    (parts->any_order || BN_cmp(r.p, r.q) > 0) &&
	    BN_bin2bn(e.at, (int)e.len, r.e) && complete(&r, bits) &&
	    agrees(parts->dp, r.dp) && agrees(parts->dq, r.dq) &&
	    agrees(parts->qinv, r.qinv) && agrees(parts->n, r.n))
		key = rsa_build(&r);
	BN_CTX_end(ctx);
out:
	BN_CTX_free(ctx);
	return key;
}

EVP_PKEY *
key_from_rsa_der(struct span der)
{
	const uint8_t *at = der.at;
	EVP_PKEY *key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &at, (long)der.len);
	EVP_PKEY_CTX *ctx;

	if (key == NULL || at != der.at + der.len) {
		EVP_PKEY_free(key);
		return NULL;
	}
	ctx = EVP_PKEY_CTX_new(key, NULL);
	if (ctx == NULL || EVP_PKEY_pairwise_check(ctx) <= 0) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* The public point of a private number, uncompressed; 0 when it has none. */
static size_t
point_of(int nid, const BIGNUM *scalar, uint8_t *out, size_t size)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(nid);
	EC_POINT *point = group != NULL ? EC_POINT_new(group) : NULL;
	size_t len = 0;

	if (point != NULL && !BN_is_zero(scalar) &&
	    BN_cmp(scalar, EC_GROUP_get0_order(group)) < 0 &&
	    EC_POINT_mul(group, point, scalar, NULL, NULL, NULL))
		len = EC_POINT_point2oct(group, point,
		    POINT_CONVERSION_UNCOMPRESSED, out, size, NULL);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	return len;
}

EVP_PKEY *
key_from_ec(int nid, struct span scalar)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *value = BN_bin2bn(scalar.at, (int)scalar.len, NULL);
	const char *name = OBJ_nid2sn(nid);
	EVP_PKEY *key = NULL;
	uint8_t point[160];
	size_t len;

	if (bld == NULL || value == NULL || name == NULL)
		goto out;
	len = point_of(nid, value, point, sizeof point);
	if (len > 0 &&
	    OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME,
		name, 0) &&
	    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY,
		point, len) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, value))
		key = from_params("EC", bld);
out:
	BN_free(value);
	OSSL_PARAM_BLD_free(bld);
	return key;
}

EVP_PKEY *
key_from_25519(int type, struct span secret)
{
	return EVP_PKEY_new_raw_private_key(type, NULL, secret.at, secret.len);
}

bool
key_save(EVP_PKEY *key, struct buf *out)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	uint8_t *der = NULL;
	int len = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;

	if (len > 0)
		buf_put(out, der, (size_t)len);
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(info);
	return len > 0;
}

EVP_PKEY *
key_load(struct span der)
{
	const uint8_t *at = der.at;

	return der.len == 0 ? NULL :
			      d2i_AutoPrivateKey(NULL, &at, (long)der.len);
}

unsigned
key_bits(const EVP_PKEY *key)
{
	return (unsigned)EVP_PKEY_get_bits(key);
}

bool
key_is_rsa(const EVP_PKEY *key)
{
	return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
}

int
key_curve(const EVP_PKEY *key)
{
	char name[64];
	size_t len;

	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
		return EVP_PKEY_get_base_id(key);
	if (!EVP_PKEY_get_group_name(key, name, sizeof name, &len))
		return NID_undef;
	return OBJ_sn2nid(name);
}

static bool
put_number(EVP_PKEY *key, const char *name, uint32_t tag, struct buf *out)
{
	BIGNUM *value = NULL;
	uint8_t bytes[1024];
	int len;

	if (!EVP_PKEY_get_bn_param(key, name, &value))
		return false;
	len = BN_bn2bin(value, bytes);
	BN_free(value);
	tlv_put(out, tag, bytes, (size_t)len);
	return true;
}

bool
key_point(EVP_PKEY *key, struct buf *out)
{
	uint8_t *point = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(key, &point);
	uint8_t raw[64];

	if (len > 0) {
		buf_put(out, point, len);
		OPENSSL_free(point);
		return true;
	}
	/* Ed25519 has no encoded form of its own. */
	len = sizeof raw;
	if (EVP_PKEY_get_raw_public_key(key, raw, &len) != 1)
		return false;
	buf_put(out, raw, len);
	return true;
}

bool
key_public(EVP_PKEY *key, struct buf *out)
{
	struct buf point = { 0 };
	bool good;

	if (key_is_rsa(key))
		return put_number(key, OSSL_PKEY_PARAM_RSA_N, 0x81, out) &&
		       put_number(key, OSSL_PKEY_PARAM_RSA_E, 0x82, out);
	good = key_point(key, &point);
	if (good)
		tlv_put_span(out, 0x86, buf_all(&point));
	buf_free(&point);
	return good;
}
