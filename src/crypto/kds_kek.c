/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From a group key to the key that wraps: by a nonce, or by key agreement
 * with the private key that follows from the group key.
 */
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdio.h>

#include "base/util.h"
#include "base/wr.h"
#include "crypto/kds_internal.h"
#include "crypto/number.h"

#define PRIVATE_MAX 512        /* bytes */
#define NAME_MAX_BYTES 32

static char default_group[] = "dh_2048_256";

enum cng_status
kds_kek_by_nonce(const struct kds_root *root,
    const uint8_t group[KDS_GROUP_KEY], struct span nonce,
    uint8_t out[KDS_KEK])
{
	enum cng_status st = crypto_start();

	if (st != CNG_OK)
		return st;
	err_enter();
	st = kds_kdf(root->hash, span_of(group, KDS_GROUP_KEY), nonce, out,
	    KDS_KEK);
	return err_leave(st);
}

/* ASCII to UTF-16LE, closed. */
static void
put_wide(struct wr *w, const char *text)
{
	for (size_t i = 0; i <= strlen(text); i++)
		wr_u16le(w, (uint8_t)text[i]);
}

/* --- the group's private key --------------------------------------------- */

static const char *
agreement_name(const struct kds_root *root)
{
	if (root->curve == CURVE_P256)
		return "ECDH_P256";
	return root->curve == CURVE_P384 ? "ECDH_P384" : "DH";
}

/* Nobody has shown what Windows does with a scalar above the order, which
 * for P-521 is the rule: CNG_ERR_NOT_SUPPORTED. */
static enum cng_status
private_key(const struct kds_root *root, const uint8_t *group,
    struct secret *out)
{
	uint8_t name[NAME_MAX_BYTES];
	struct wr w = wr_of(name, sizeof name);
	size_t len = (root->private_bits + 7) / 8;
	enum cng_status st;

	if (root->curve != CURVE_NONE && root->curve != CURVE_P256 &&
	    root->curve != CURVE_P384)
		return CNG_ERR_NOT_SUPPORTED;
	if (len == 0 || len > PRIVATE_MAX)
		return CNG_ERR_ARGUMENT;
	put_wide(&w, agreement_name(root));
	st = secret_new(out, len);
	if (st == CNG_OK)
		st = kds_kdf(root->hash, span_of(group, KDS_GROUP_KEY),
		    span_of(name, w.len), out->ptr, len);
	if (st != CNG_OK)
		secret_free(out);
	return st;
}

/* --- the shared secret --------------------------------------------------- */

/* p, g and the order (NULL: not known) of the root key's group. */
struct group {
	BIGNUM *p, *g, *q;
};

static void
group_free(struct group *group)
{
	BN_clear_free(group->p);
	BN_clear_free(group->g);
	BN_clear_free(group->q);
}

static bool
default_numbers(struct group *out)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		    default_group, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(crypto_ctx(), "DHX",
	    NULL);
	EVP_PKEY *key = NULL;
	bool ok = ctx != NULL && EVP_PKEY_paramgen_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_params(ctx, params) == 1 &&
	    EVP_PKEY_generate(ctx, &key) == 1 &&
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_P, &out->p) == 1 &&
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_G, &out->g) == 1 &&
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_Q, &out->q) == 1;

	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* Directories spell the default group out, but never an order. */
static bool
group_numbers(struct group *out, const struct kds_root *root)
{
	struct group known = { 0 };
	bool ok;

	if (root->p.len == 0)
		return default_numbers(out);
	out->p = number_of(secret_span(&root->p));
	out->g = number_of(secret_span(&root->g));
	ok = out->p != NULL && out->g != NULL && default_numbers(&known);
	if (ok && BN_cmp(out->p, known.p) == 0 &&
	    BN_cmp(out->g, known.g) == 0) {
		out->q = known.q;
		known.q = NULL;
	}
	group_free(&known);
	return ok;
}

/* The peer's numbers are the group's, and y is of the order that g has: one
 * of a small order would tell the private key modulo that. */
static bool
peer_ok(const struct group *group, const struct key_material *peer,
    const BIGNUM *y, BN_CTX *ctx)
{
	BIGNUM *p = number_part(peer, DH_P), *g = number_part(peer, DH_G);
	BIGNUM *p1 = number_new(), *one = number_new();
	bool ok = p != NULL && g != NULL && p1 != NULL && one != NULL &&
	    BN_is_odd(group->p) && BN_copy(p1, group->p) != NULL &&
	    BN_sub_word(p1, 1) == 1 && BN_cmp(p, group->p) == 0 &&
	    BN_cmp(g, group->g) == 0 && !BN_is_zero(y) && !BN_is_one(y) &&
	    BN_cmp(y, p1) < 0;

	if (ok && group->q != NULL)
		ok = BN_mod_exp(one, y, group->q, group->p, ctx) == 1 &&
		    BN_is_one(one);
	BN_clear_free(p);
	BN_clear_free(g);
	BN_clear_free(p1);
	BN_clear_free(one);
	return ok;
}

static enum cng_status
agree_dh(const struct kds_root *root, const struct secret *private,
    const struct key_material *peer, struct secret *out)
{
	struct group group = { 0 };
	BN_CTX *ctx = number_ctx();
	BIGNUM *x = number_of(secret_span(private)), *z = number_new();
	BIGNUM *y = number_part(peer, DH_Y);
	enum cng_status st = CNG_ERR_BAD_PUBLIC_KEY;
	int len;

	if (!group_numbers(&group, root) || ctx == NULL || x == NULL ||
	    z == NULL)
		st = CNG_ERR_NO_MEMORY;
	else if (y != NULL && peer_ok(&group, peer, y, ctx))
		st = BN_mod_exp_mont_consttime(z, y, x, group.p, ctx, NULL) ==
		    1 ? CNG_OK : CNG_ERR_INTERNAL;
	if (st == CNG_OK) {
		len = BN_num_bytes(group.p);
		st = secret_new(out, (size_t)len);
		if (st == CNG_OK && BN_bn2binpad(z, out->ptr, len) != len)
			st = CNG_ERR_INTERNAL;
	}
	BN_clear_free(x);
	BN_clear_free(y);
	BN_clear_free(z);
	BN_CTX_free(ctx);
	group_free(&group);
	return st;
}

static enum cng_status
agree_ecdh(const struct kds_root *root, const struct secret *private,
    const struct key_material *peer, struct secret *out)
{
	struct key_material own = { .family = KEY_EC, .curve = root->curve,
		.has_private = true };
	struct key_op op = { .scheme = OP_ECDH };
	struct crypto_key *key = NULL;
	struct secret point = { 0 };
	enum cng_status st = key_set(&own, EC_D, secret_span(private));

	if (st == CNG_OK)
		st = crypto_complete(&own);
	if (st == CNG_OK)
		st = crypto_key_new(&key, &own);
	if (st == CNG_OK)
		st = secret_copy(&point, span_of("\x04", 1));
	if (st == CNG_OK)
		st = secret_append(&point, key_part(peer, EC_X));
	if (st == CNG_OK)
		st = secret_append(&point, key_part(peer, EC_Y));
	op.peer = secret_span(&point);
	if (st == CNG_OK)
		st = crypto_derive(key, &op, 0, out);
	if (st == CNG_ERR_MECHANISM_PARAM)
		st = CNG_ERR_BAD_PUBLIC_KEY;
	secret_free(&point);
	crypto_key_free(key);
	key_free(&own);
	return st;
}

/* --- from there to the wrapping key -------------------------------------- */

/* SP 800-56A, one step; what it is for is said in the order of algorithm,
 * one party and the other. */
static enum cng_status
concat(const struct kds_root *root, struct secret *shared, uint8_t *out,
    size_t len)
{
	struct crypto_lib *lib = lib_get();
	EVP_KDF *kdf = lib == NULL ? NULL : lib_kdf(lib, KDF_KIND_SSKDF);
	EVP_KDF_CTX *ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
	uint8_t info[128];
	struct wr w = wr_of(info, sizeof info);
	char name[16];
	OSSL_PARAM params[4];
	bool ok;

	put_wide(&w, "SHA512");
	put_wide(&w, "KDS public key");
	wr_bytes(&w, kds_label());
	(void)snprintf(name, sizeof name, "%s",
	    root->curve == CURVE_P384 ? "SHA2-384" : "SHA2-256");
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
	    name, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
	    shared->ptr, shared->len);
	params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
	    info, w.len);
	params[3] = OSSL_PARAM_construct_end();
	ok = ctx != NULL && EVP_KDF_derive(ctx, out, len, params) == 1;
	EVP_KDF_CTX_free(ctx);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

static enum cng_status
kek_by_peer(const struct kds_root *root, const uint8_t *group,
    const struct key_material *peer, uint8_t out[KDS_KEK])
{
	struct secret private = { 0 }, shared = { 0 };
	size_t len = root->curve == CURVE_P384 ? 48 : 32;
	uint8_t made[48], context[NAME_MAX_BYTES];
	struct wr w = wr_of(context, sizeof context);
	enum cng_status st = private_key(root, group, &private);

	if (st == CNG_OK)
		st = root->curve == CURVE_NONE ?
		    agree_dh(root, &private, peer, &shared) :
		    agree_ecdh(root, &private, peer, &shared);
	if (st == CNG_OK)
		st = concat(root, &shared, made, len);
	put_wide(&w, "KDS public key");
	if (st == CNG_OK)
		st = kds_kdf(root->hash, span_of(made, len),
		    span_of(context, w.len), out, KDS_KEK);
	wipe(made, sizeof made);
	secret_free(&private);
	secret_free(&shared);
	return st;
}

enum cng_status
kds_kek_by_peer(const struct kds_root *root,
    const uint8_t group[KDS_GROUP_KEY], const struct key_material *peer,
    uint8_t out[KDS_KEK])
{
	bool fits = root->curve == CURVE_NONE ? peer->family == KEY_DH :
	    peer->family == KEY_EC && peer->curve == root->curve;
	enum cng_status st = crypto_start();

	if (!fits)
		return CNG_ERR_BAD_PUBLIC_KEY;
	if (st != CNG_OK)
		return st;
	err_enter();
	st = kek_by_peer(root, group, peer, out);
	return err_leave(st);
}
