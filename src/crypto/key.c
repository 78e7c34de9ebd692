/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A key made ready for use, and the contexts it keeps for its next
 * operation.  No lock is ever held: a fork at any moment leaves a key in
 * the child that works.
 */
#include "crypto/internal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "base/alloc.h"
#include "base/util.h"
#include "crypto/ffc.h"
#include "crypto/hmac.h"
#include "crypto/hmac_evp.h"
#include "crypto/pq.h"
#include "crypto/sign.h"
#include "key/set.h"

#define POOL_SIZE 4

/* Threads that use one key do not share a line of the cache. */
struct pool_place {
	_Atomic(struct unit *) unit;
	char apart[64 - sizeof(struct unit *)];
};

/* What belongs to one library context. */
struct key_body {
	struct key_body *next; /* of those given up */
	struct crypto_lib *lib;
	EVP_PKEY *pkey;        /* of key pairs */
	struct pool_place pool[POOL_SIZE];
};

/* Bodies of abandoned contexts are not freed, but neither lost. */
static _Atomic(struct key_body *) given_up;

static void
unit_free(struct unit *unit)
{
	if (unit == NULL)
		return;
	EVP_PKEY_CTX_free(unit->pkey);
	EVP_CIPHER_CTX_free(unit->cipher);
	EVP_MAC_CTX_free(unit->mac);
	hmac_evp_free(unit->hmac);
	mem_free(unit);
}

/* --- bodies --------------------------------------------------------------- */

static void
body_give_up(struct key_body *body)
{
	body->next = atomic_load(&given_up);
	while (!atomic_compare_exchange_weak(&given_up, &body->next, body))
		;
}

static void
body_free(struct key_body *body)
{
	if (body == NULL)
		return;
	if (lib_is_abandoned(body->lib)) {
		body_give_up(body);
		return;
	}
	for (size_t i = 0; i < POOL_SIZE; i++)
		unit_free(atomic_load(&body->pool[i].unit));
	EVP_PKEY_free(body->pkey);
	lib_release(body->lib);
	mem_free(body);
}

static struct key_body *
body_new(struct crypto_lib *lib)
{
	struct key_body *body = mem_new(1, sizeof *body);

	if (body != NULL)
		body->lib = lib_hold(lib);
	return body;
}

EVP_PKEY *
pkey_from_params(struct crypto_lib *lib, const char *type, int selection,
    OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(lib_ctx(lib), type,
	    NULL);
	EVP_PKEY *pkey = NULL;

	if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &pkey, selection, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* The numbers of a key of another library context; reading them takes no
 * lock, so the parent's other threads cannot have left one behind. */
static EVP_PKEY *
pkey_move(struct crypto_lib *lib, const struct crypto_key *key,
    const EVP_PKEY *old)
{
	int selection = key->has_private ? EVP_PKEY_KEYPAIR :
					   EVP_PKEY_PUBLIC_KEY;
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey;

	if (EVP_PKEY_todata(old, selection, &params) != 1)
		return NULL;
	pkey = pkey_from_params(lib, EVP_PKEY_get0_type_name(old), selection,
	    params);
	for (OSSL_PARAM *p = params; p->key != NULL; p++)
		if (p->data != NULL)
			OPENSSL_cleanse(p->data, p->data_size);
	OSSL_PARAM_free(params);
	return pkey;
}

/* After a fork: the same key in this process's own context.  The parent's
 * body is left where it is. */
static struct key_body *
body_renew(struct crypto_key *key, struct key_body *old)
{
	struct crypto_lib *lib = lib_get();
	struct key_body *body = lib == NULL ? NULL : body_new(lib);

	if (body == NULL)
		return NULL;
	if (old->pkey != NULL) {
		body->pkey = pkey_move(lib, key, old->pkey);
		if (body->pkey == NULL) {
			body_free(body);
			return NULL;
		}
	}
	if (atomic_compare_exchange_strong(&key->body, &old, body)) {
		body_give_up(old);
		return body;
	}
	body_free(body);
	return old;
}

static struct key_body *
key_body(const struct crypto_key *key)
{
	struct key_body *body = atomic_load(&key->self->body);

	return lib_is_abandoned(body->lib) ? body_renew(key->self, body) :
					     body;
}

struct crypto_lib *
key_lib(const struct crypto_key *key)
{
	struct key_body *body = key_body(key);

	return body == NULL ? NULL : body->lib;
}

EVP_PKEY *
key_pkey(const struct crypto_key *key)
{
	struct key_body *body = key_body(key);

	return body == NULL ? NULL : body->pkey;
}

/* --- units ---------------------------------------------------------------- */

static bool
tag_equal(const struct unit_tag *a, const struct unit_tag *b)
{
	return a->scheme == b->scheme && a->way == b->way &&
	    a->hash == b->hash && a->pad_hash == b->pad_hash &&
	    a->mgf_hash == b->mgf_hash && a->salt_len == b->salt_len &&
	    a->hedge == b->hedge && a->prehash == b->prehash;
}

/* Where this thread begins to look. */
static size_t
pool_start(void)
{
	static atomic_uint threads;
	static _Thread_local unsigned mine;

	if (mine == 0)
		mine = atomic_fetch_add(&threads, 1) + 1;
	return mine;
}

static _Atomic(struct unit *) *
pool_at(struct key_body *body, size_t i)
{
	return &body->pool[i % POOL_SIZE].unit;
}

static bool
pool_put(struct key_body *body, struct unit *unit)
{
	size_t start = pool_start();

	for (size_t i = start; i < start + POOL_SIZE; i++) {
		struct unit *empty = NULL;

		if (atomic_compare_exchange_strong(pool_at(body, i), &empty,
			unit))
			return true;
	}
	return false;
}

/* A unit of the pool with that tag.  When the pool is full of others, one
 * of them makes room, so that a key never gets stuck with old habits. */
static struct unit *
pool_take(struct key_body *body, const struct unit_tag *tag)
{
	size_t start = pool_start();
	struct unit *last = NULL;

	for (size_t i = start; i < start + POOL_SIZE; i++) {
		struct unit *unit = atomic_exchange(pool_at(body, i), NULL);
		struct unit *empty = NULL;

		if (unit == NULL)
			return NULL;
		if (tag_equal(&unit->tag, tag))
			return unit;
		if (i == start + POOL_SIZE - 1)
			last = unit;
		else if (!atomic_compare_exchange_strong(pool_at(body, i),
			     &empty, unit))
			unit_free(unit);
	}
	unit_free(last);
	return NULL;
}

enum cng_status
unit_take(struct unit **out, const struct crypto_key *key,
    const struct unit_tag *tag, const struct key_op *op, unit_maker *make)
{
	struct key_body *body = key_body(key);
	struct unit *unit;
	enum cng_status st;

	*out = NULL;
	if (body == NULL)
		return CNG_ERR_NO_MEMORY;
	unit = pool_take(body, tag);
	if (unit == NULL) {
		unit = mem_new(1, sizeof *unit);
		if (unit == NULL)
			return CNG_ERR_NO_MEMORY;
		unit->tag = *tag;
		unit->body = body;
		unit->fresh = true;
		st = make(unit, key, op);
		if (st != CNG_OK) {
			unit_free(unit);
			return st;
		}
	}
	*out = unit;
	return CNG_OK;
}

void
unit_put(struct unit *unit, bool failed)
{
	if (unit == NULL)
		return;
	unit->fresh = false;
	if (!failed && !unit->once && pool_put(unit->body, unit))
		return;
	if (lib_is_abandoned(unit->body->lib))
		(void)pool_put(unit->body, unit);
	else
		unit_free(unit);
}

struct crypto_lib *
unit_lib(const struct unit *unit)
{
	return unit->body->lib;
}

EVP_PKEY *
unit_pkey(const struct unit *unit)
{
	return unit->body->pkey;
}

/* --- from numbers --------------------------------------------------------- */

static bool
little_endian(void)
{
	const uint16_t one = 1;

	return *(const uint8_t *)&one == 1;
}

OSSL_PARAM
native_param(const char *name, struct span number, size_t width, uint8_t **at)
{
	uint8_t *to = *at;

	memset(to, 0, width);
	for (size_t i = 0; i < number.len; i++)
		to[little_endian() ? i : width - 1 - i] =
		    number.ptr[number.len - 1 - i];
	*at += width;
	return OSSL_PARAM_construct_BN(name, to, width);
}

static enum cng_status
pkey_from_rsa(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *m)
{
	static const char *const names[RSA_PARTS] = {
		[RSA_N] = OSSL_PKEY_PARAM_RSA_N,
		[RSA_E] = OSSL_PKEY_PARAM_RSA_E,
		[RSA_D] = OSSL_PKEY_PARAM_RSA_D,
		[RSA_P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
		[RSA_Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,
		[RSA_DP] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
		[RSA_DQ] = OSSL_PKEY_PARAM_RSA_EXPONENT2,
		[RSA_QINV] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	};
	size_t parts = m->has_private ? RSA_PARTS : RSA_E + 1;
	OSSL_PARAM params[RSA_PARTS + 1];
	struct secret buf = { 0 };
	size_t total = 0;
	uint8_t *at;
	enum cng_status st;

	for (size_t i = 0; i < parts; i++)
		total += m->part[i].len;
	st = secret_new(&buf, total);
	if (st != CNG_OK)
		return st;
	at = buf.ptr;
	for (size_t i = 0; i < parts; i++)
		params[i] = native_param(names[i], secret_span(&m->part[i]),
		    m->part[i].len, &at);
	params[parts] = OSSL_PARAM_construct_end();
	*out = pkey_from_params(lib, "RSA",
	    m->has_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params);
	secret_free(&buf);
	return *out == NULL ? CNG_ERR_BAD_KEY : CNG_OK;
}

static const struct ffc_param {
	enum key_family family;
	enum key_part part;
	const char *name;
	bool private;
} ffc_params[] = {
	{ KEY_DSA, DSA_P, OSSL_PKEY_PARAM_FFC_P, false },
	{ KEY_DSA, DSA_Q, OSSL_PKEY_PARAM_FFC_Q, false },
	{ KEY_DSA, DSA_G, OSSL_PKEY_PARAM_FFC_G, false },
	{ KEY_DSA, DSA_Y, OSSL_PKEY_PARAM_PUB_KEY, false },
	{ KEY_DSA, DSA_X, OSSL_PKEY_PARAM_PRIV_KEY, true },
	{ KEY_DH, DH_P, OSSL_PKEY_PARAM_FFC_P, false },
	{ KEY_DH, DH_Q, OSSL_PKEY_PARAM_FFC_Q, false },
	{ KEY_DH, DH_G, OSSL_PKEY_PARAM_FFC_G, false },
	{ KEY_DH, DH_Y, OSSL_PKEY_PARAM_PUB_KEY, false },
	{ KEY_DH, DH_X, OSSL_PKEY_PARAM_PRIV_KEY, true },
};

static enum cng_status
pkey_from_ffc(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *m)
{
	OSSL_PARAM params[ARRAY_LEN(ffc_params) + 1], *p = params;
	struct secret buf = { 0 };
	size_t total = 0;
	uint8_t *at;
	enum cng_status st;

	for (size_t i = 0; i < KEY_PART_MAX; i++)
		total += m->part[i].len;
	st = secret_new(&buf, total);
	if (st != CNG_OK)
		return st;
	at = buf.ptr;
	for (size_t i = 0; i < ARRAY_LEN(ffc_params); i++) {
		const struct ffc_param *row = &ffc_params[i];
		struct span number = key_part(m, row->part);

		if (row->family == ffc_base(m->family) && number.len > 0 &&
		    (m->has_private || !row->private))
			*p++ = native_param(row->name, number, number.len,
			    &at);
	}
	*p = OSSL_PARAM_construct_end();
	*out = pkey_from_params(lib,
	    m->family == KEY_DSA ? "DSA" : "DH",
	    m->has_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params);
	secret_free(&buf);
	return *out == NULL ? CNG_ERR_BAD_KEY : CNG_OK;
}

enum cng_status
pkey_from_material(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *m)
{
	if (m->family == KEY_RSA)
		return pkey_from_rsa(out, lib, m);
	if (ffc_is(m->family))
		return pkey_from_ffc(out, lib, m);
	if (key_family_has_sets(m->family))
		return pkey_from_pq(out, lib, m);
	return family_is_ecx(m->family) ? pkey_from_ecx(out, lib, m) :
					  pkey_from_ec(out, lib, m);
}

/* --- life ----------------------------------------------------------------- */

static bool
is_complete(const struct key_material *m)
{
	if (m->family == KEY_RSA && m->has_private) {
		for (size_t i = 0; i < RSA_PARTS; i++)
			if (m->part[i].len == 0)
				return false;
	}
	if (family_is_ecx(m->family))
		return m->part[ECX_PUBLIC].len > 0;
	if (ffc_is(m->family))
		return m->part[m->family == KEY_DSA ? DSA_Y : DH_Y].len > 0;
	if (key_family_has_sets(m->family))
		return m->part[PQ_PUBLIC].len > 0 &&
		    (!m->has_private || m->part[PQ_PRIVATE].len > 0);
	return m->family != KEY_EC || m->part[EC_X].len > 0;
}

/* SHA-256 of the private exponent, padded to the size of the modulus. */
static enum cng_status
reject_key(uint8_t out[32], const struct key_material *m)
{
	struct secret padded = { 0 };
	struct wr w;
	enum cng_status st;

	st = secret_new(&padded, m->part[RSA_N].len);
	if (st != CNG_OK)
		return st;
	w = wr_of(padded.ptr, padded.len);
	wr_be_padded(&w, key_part(m, RSA_D), padded.len);
	st = w.failed ? CNG_ERR_BAD_KEY :
			crypto_digest(HASH_SHA256, secret_span(&padded), out);
	secret_free(&padded);
	return st;
}

static enum cng_status
key_fill(struct crypto_key *key, const struct key_material *m)
{
	struct crypto_lib *lib = lib_get();
	struct key_body *body = lib == NULL ? NULL : body_new(lib);
	enum cng_status st;

	if (body == NULL)
		return CNG_ERR_NO_MEMORY;
	atomic_init(&key->body, body);
	key->family = m->family;
	key->curve = m->curve;
	key->set = m->set;
	key->has_private = m->has_private;
	key->bits = key_bits(m);
	key->field_bytes = key_field_bytes(m);
	key->order_bytes = key_order_bytes(m);
	if (!key_is_pair(m->family))
		return secret_copy(&key->value, key_part(m, SYM_VALUE));
	/* primes cost too much to be looked at each time */
	st = ffc_is(m->family) ? ffc_check_range(m) : crypto_check_public(m);
	if (st == CNG_OK)
		st = pkey_from_material(&body->pkey, lib, m);
	if (st == CNG_OK && m->family == KEY_RSA && m->has_private)
		st = reject_key(key->reject, m);
	if (st == CNG_OK && m->family == KEY_MLDSA)
		st = mldsa_key_hash(&key->value, key_part(m, PQ_PUBLIC));
	return st;
}

enum cng_status
crypto_key_new(struct crypto_key **out, const struct key_material *material)
{
	struct key_material full = { 0 };
	struct crypto_key *key = NULL;
	enum cng_status st;

	*out = NULL;
	err_enter();
	st = key_check_shape(material);
	if (st == CNG_OK && !is_complete(material)) {
		st = key_copy(&full, material);
		if (st == CNG_OK)
			st = crypto_complete(&full);
		material = &full;
	}
	if (st != CNG_OK)
		goto out;
	key = mem_new(1, sizeof *key);
	if (key == NULL) {
		st = CNG_ERR_NO_MEMORY;
		goto out;
	}
	key->self = key;
	atomic_init(&key->refs, 1);
	atomic_init(&key->pads, NULL);
	st = key_fill(key, material);
	if (st == CNG_OK) {
		*out = key;
		key = NULL; /* transferred */
	}
out:
	key_free(&full);
	crypto_key_free(key);
	return err_leave(st);
}

struct crypto_key *
key_hold(const struct crypto_key *key)
{
	atomic_fetch_add(&key->self->refs, 1);
	return key->self;
}

struct crypto_key *
crypto_key_ref(struct crypto_key *key)
{
	return key_hold(key);
}

void
crypto_key_free(struct crypto_key *key)
{
	struct hmac_pads *pads;

	if (key == NULL || atomic_fetch_sub(&key->refs, 1) != 1)
		return;
	body_free(atomic_load(&key->body));
	if (key->holder != NULL)
		key->holder->ops->free(key->holder);
	pads = atomic_load(&key->pads);
	if (pads != NULL) {
		wipe(pads, sizeof *pads);
		mem_free(pads);
	}
	secret_free(&key->value);
	wipe(key->reject, sizeof key->reject);
	mem_free(key);
}
