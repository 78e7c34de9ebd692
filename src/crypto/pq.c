/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Post-quantum keys.  libcrypto names its key types as the standards name the
 * parameter sets, so that asking for one by name is the test for it.
 */
#include "crypto/pq.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "key/set.h"

#define PARAM_SEED "seed" /* has no name before 3.5 */

static bool
has_type(struct crypto_lib *lib, const char *type)
{
	EVP_KEYMGMT *keymgmt = EVP_KEYMGMT_fetch(lib_ctx(lib), type, NULL);

	EVP_KEYMGMT_free(keymgmt);
	return keymgmt != NULL;
}

bool
crypto_has_set(enum key_set set)
{
	const struct key_set_info *info = key_set_info(set);
	struct crypto_lib *lib;
	bool has;

	if (info == NULL)
		return false;
	err_enter();
	lib = lib_get();
	has = lib != NULL && has_type(lib, info->name);
	return err_leave(has ? CNG_OK : CNG_ERR_NOT_SUPPORTED) == CNG_OK;
}

/* A key of one part; CNG_ERR_BAD_KEY when libcrypto does not take it. */
static enum cng_status
pkey_of_part(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *m, enum key_part part)
{
	static const char *const names[] = {
		[PQ_PUBLIC] = OSSL_PKEY_PARAM_PUB_KEY,
		[PQ_PRIVATE] = OSSL_PKEY_PARAM_PRIV_KEY,
		[PQ_SEED] = PARAM_SEED,
	};
	const char *type = key_set_info(m->set)->name;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(names[part],
		    m->part[part].ptr, m->part[part].len),
		OSSL_PARAM_construct_end(),
	};

	*out = NULL;
	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	if (!has_type(lib, type))
		return CNG_ERR_NOT_SUPPORTED;
	*out = pkey_from_params(lib, type, part == PQ_PUBLIC ?
		EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params);
	return *out == NULL ? CNG_ERR_BAD_KEY : CNG_OK;
}

enum cng_status
pkey_from_pq(EVP_PKEY **out, struct crypto_lib *lib,
    const struct key_material *m)
{
	return pkey_of_part(out, lib, m,
	    m->has_private ? PQ_PRIVATE : PQ_PUBLIC);
}

/* --- parts ---------------------------------------------------------------- */

static enum cng_status
read_part(struct key_material *key, enum key_part part, const EVP_PKEY *pkey)
{
	const struct key_set_info *set = key_set_info(key->set);
	const char *name = part == PQ_PUBLIC ? OSSL_PKEY_PARAM_PUB_KEY :
					       OSSL_PKEY_PARAM_PRIV_KEY;
	struct secret value = { 0 };
	size_t len = 0;
	enum cng_status st;

	st = secret_new(&value, part == PQ_PUBLIC ? set->public_bytes :
						    set->private_bytes);
	if (st != CNG_OK)
		return st;
	if (EVP_PKEY_get_octet_string_param(pkey, name, value.ptr, value.len,
		&len) == 1 && len == value.len)
		secret_move(&key->part[part], &value);
	else
		st = CNG_ERR_INTERNAL;
	secret_free(&value);
	return st;
}

/* Missing parts out of a key that has them. */
static enum cng_status
fill_from(struct key_material *key, enum key_part source)
{
	EVP_PKEY *pkey;
	enum cng_status st = pkey_of_part(&pkey, lib_get(), key, source);

	if (st == CNG_OK && key->part[PQ_PRIVATE].len == 0)
		st = read_part(key, PQ_PRIVATE, pkey);
	if (st == CNG_OK && key->part[PQ_PUBLIC].len == 0)
		st = read_part(key, PQ_PUBLIC, pkey);
	EVP_PKEY_free(pkey);
	return st;
}

/* FIPS 203 and 205 put the public key into the private one: before two times
 * 32 bytes, and at the end. */
static enum cng_status
public_within(struct key_material *key)
{
	const struct key_set_info *set = key_set_info(key->set);
	size_t behind = key->family == KEY_MLKEM ? 64 : 0;
	size_t at = set->private_bytes - set->public_bytes - behind;

	return key_set(key, PQ_PUBLIC, span_of(
	    key->part[PQ_PRIVATE].ptr + at, set->public_bytes));
}

enum cng_status
pq_complete(struct key_material *key)
{
	if (key->part[PQ_PRIVATE].len == 0)
		return fill_from(key, PQ_SEED);
	if (key->part[PQ_PUBLIC].len > 0)
		return CNG_OK;
	return key->family == KEY_MLDSA ? fill_from(key, PQ_PRIVATE) :
					  public_within(key);
}

/* --- new keys ------------------------------------------------------------- */

/* libcrypto keeps no seed of SLH-DSA, and asks for none. */
static enum cng_status
generate_whole(struct key_material *out, struct crypto_lib *lib)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(lib_ctx(lib), NULL,
	    key_set_info(out->set)->name);
	enum cng_status st = pkey == NULL ? CNG_ERR_INTERNAL :
					    read_part(out, PQ_PRIVATE, pkey);

	if (st == CNG_OK)
		st = read_part(out, PQ_PUBLIC, pkey);
	EVP_PKEY_free(pkey);
	return st;
}

enum cng_status
pq_generate(struct key_material *out)
{
	const struct key_set_info *set = key_set_info(out->set);
	struct secret *seed = &out->part[PQ_SEED];
	struct crypto_lib *lib = lib_get();
	enum cng_status st;

	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	if (!has_type(lib, set->name))
		return CNG_ERR_NOT_SUPPORTED;
	if (set->seed_bytes == 0)
		return generate_whole(out, lib);
	st = secret_new(seed, set->seed_bytes);
	if (st == CNG_OK)
		st = crypto_random(seed->ptr, seed->len);
	return st == CNG_OK ? pq_complete(out) : st;
}

/* --- checks --------------------------------------------------------------- */

enum cng_status
pq_check_public(const struct key_material *key)
{
	EVP_PKEY *pkey;
	enum cng_status st;

	if (key->part[PQ_PUBLIC].len == 0)
		return CNG_OK;
	st = pkey_of_part(&pkey, lib_get(), key, PQ_PUBLIC);
	EVP_PKEY_free(pkey);
	return st == CNG_ERR_BAD_KEY ? CNG_ERR_BAD_PUBLIC_KEY : st;
}

/* libcrypto takes any SLH-DSA key of the right length; the root of its tree
 * has to be asked for.  That costs as much as making a key. */
static bool
root_ok(struct crypto_lib *lib, EVP_PKEY *pkey)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(lib_ctx(lib), pkey,
	    NULL);
	bool ok = ctx != NULL && EVP_PKEY_pairwise_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* Does the public key of pkey equal the one there is?  And its private key,
 * when a seed made it? */
static enum cng_status
compare(const struct key_material *key, const EVP_PKEY *pkey)
{
	struct key_material made = {
		.family = key->family,
		.set = key->set,
	};
	enum cng_status st = read_part(&made, PQ_PUBLIC, pkey);

	if (st == CNG_OK && key->part[PQ_PRIVATE].len > 0)
		st = read_part(&made, PQ_PRIVATE, pkey);
	if (st == CNG_OK && key->part[PQ_PUBLIC].len > 0 &&
	    !key_same_public(&made, key))
		st = CNG_ERR_BAD_KEY;
	if (st == CNG_OK && key->part[PQ_PRIVATE].len > 0 &&
	    !secret_equal(key_part(&made, PQ_PRIVATE),
		key_part(key, PQ_PRIVATE)))
		st = CNG_ERR_BAD_KEY;
	key_free(&made);
	return st;
}

enum cng_status
pq_check_pair(const struct key_material *key)
{
	struct crypto_lib *lib = lib_get();
	EVP_PKEY *pkey;
	enum cng_status st;

	st = pkey_of_part(&pkey, lib, key, key->part[PQ_SEED].len > 0 ?
		PQ_SEED : PQ_PRIVATE);
	if (st == CNG_OK)
		st = compare(key, pkey);
	if (st == CNG_OK && key->family == KEY_SLHDSA && !root_ok(lib, pkey))
		st = CNG_ERR_BAD_KEY;
	EVP_PKEY_free(pkey);
	return st;
}
