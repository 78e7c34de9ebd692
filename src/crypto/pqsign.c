/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ML-DSA and SLH-DSA.  What stands before the message (FIPS 204, 205: a byte
 * for pure or hashed, the context, the name of the hash) is put there here,
 * so that the contexts of libcrypto are the same for every message, and
 * ML-DSA can take one in parts: it signs mu, a hash.
 */
#include "crypto/sign.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/digest.h"
#include "key/set.h"

/* These came with 3.5. */
#define PARAM_MU "mu"
#define PARAM_DETERMINISTIC "deterministic"
#define PARAM_ENCODING "message-encoding"

#if OPENSSL_VERSION_NUMBER >= 0x30500000L
#define HAVE_MESSAGE_INIT 1
#endif

/* Pure or hashed, length of the context, context, name of the hash. */
#define PREFIX_MAX (2 + CONTEXT_MAX + 16)

static enum key_hash
prehash_of(const struct key_op *op)
{
	return op->hash != HASH_NONE ? op->hash : op->pad_hash;
}

enum cng_status
pqsign_check(const struct crypto_key *key, const struct key_op *op,
    enum unit_way way)
{
	enum key_family family = op->scheme == OP_MLDSA ? KEY_MLDSA :
							  KEY_SLHDSA;
	enum key_hash hash = prehash_of(op);

	if (key->family != family || (way == WAY_SIGN && !key->has_private))
		return CNG_ERR_KEY_TYPE;
	if (op->context.len > CONTEXT_MAX ||
	    (op->external_mu && (op->scheme != OP_MLDSA ||
	    hash != HASH_NONE || op->context.len > 0)))
		return CNG_ERR_MECHANISM_PARAM;
	if (op->hash != HASH_NONE && op->pad_hash != HASH_NONE &&
	    op->hash != op->pad_hash)
		return CNG_ERR_MECHANISM_PARAM;
	return hash == HASH_NONE || (hash_info(hash) != NULL &&
	    hash_info(hash)->oid_der.len > 0) ? CNG_OK :
	    CNG_ERR_MECHANISM_PARAM;
}

static enum cng_status
check_input(const struct crypto_key *key, const struct key_op *op,
    enum unit_way way, struct span input)
{
	enum key_hash hash = prehash_of(op);
	enum cng_status st = pqsign_check(key, op, way);

	if (st != CNG_OK)
		return st;
	if (op->external_mu)
		return input.len == MLDSA_MU ? CNG_OK : CNG_ERR_DATA_SIZE;
	if (hash != HASH_NONE && input.len != hash_info(hash)->size)
		return CNG_ERR_DATA_SIZE;
	return input.len > SECRET_MAX - PREFIX_MAX ? CNG_ERR_DATA_SIZE :
						     CNG_OK;
}

/* --- what is signed ------------------------------------------------------- */

static struct span
prefix_of(const struct key_op *op, uint8_t room[PREFIX_MAX])
{
	enum key_hash hash = prehash_of(op);
	struct wr w = wr_of(room, PREFIX_MAX);

	wr_u8(&w, hash != HASH_NONE);
	wr_u8(&w, (uint8_t)op->context.len);
	wr_bytes(&w, op->context);
	if (hash != HASH_NONE)
		wr_bytes(&w, hash_info(hash)->oid_der);
	return span_of(room, w.len);
}

/* SHAKE256 of the parts, 64 bytes. */
static enum cng_status
shake64(struct crypto_lib *lib, const struct span *parts, size_t count,
    uint8_t out[MLDSA_MU])
{
	return digest_parts(lib, HASH_SHAKE256, parts, count, out);
}

enum cng_status
mldsa_key_hash(struct secret *out, struct span public)
{
	struct crypto_lib *lib = lib_get();
	enum cng_status st = lib == NULL ? CNG_ERR_NO_MEMORY :
					   secret_new(out, MLDSA_MU);

	return st == CNG_OK ? shake64(lib, &public, 1, out->ptr) : st;
}

enum cng_status
mldsa_mu_start(EVP_MD_CTX *md, struct crypto_lib *lib,
    const struct crypto_key *key, const struct key_op *op)
{
	EVP_MD *shake = lib_md(lib, HASH_SHAKE256);
	uint8_t room[PREFIX_MAX];
	struct span prefix = prefix_of(op, room);

	return shake != NULL && EVP_DigestInit_ex2(md, shake, NULL) == 1 &&
		EVP_DigestUpdate(md, key->value.ptr, key->value.len) == 1 &&
		EVP_DigestUpdate(md, prefix.ptr, prefix.len) == 1 ?
	    CNG_OK : CNG_ERR_INTERNAL;
}

/* mu of ML-DSA, in mu; or the whole message of SLH-DSA, in made. */
static enum cng_status
message_of(struct crypto_lib *lib, const struct crypto_key *key,
    const struct key_op *op, struct span *input, uint8_t mu[MLDSA_MU],
    struct secret *made)
{
	uint8_t room[PREFIX_MAX];
	struct span parts[3] = { secret_span(&key->value),
		prefix_of(op, room), *input };
	struct wr w;
	enum cng_status st;

	if (op->external_mu)
		return CNG_OK;
	if (op->scheme == OP_MLDSA) {
		*input = span_of(mu, MLDSA_MU);
		return shake64(lib, parts, 3, mu);
	}
	st = secret_new(made, parts[1].len + parts[2].len);
	if (st != CNG_OK)
		return st;
	w = wr_of(made->ptr, made->len);
	wr_bytes(&w, parts[1]);
	wr_bytes(&w, parts[2]);
	*input = secret_span(made);
	return wr_status(&w);
}

/* --- contexts ------------------------------------------------------------- */

static enum cng_status
pqsign_prepare(struct unit *unit, const struct crypto_key *key,
    const struct key_op *op)
{
#ifdef HAVE_MESSAGE_INIT
	OSSL_LIB_CTX *ctx = lib_ctx(unit_lib(unit));
	bool mldsa = op->scheme == OP_MLDSA;
	int fixed = op->hedge == HEDGE_NEVER, yes = 1, raw = 0;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int(PARAM_DETERMINISTIC, &fixed),
		OSSL_PARAM_construct_int(mldsa ? PARAM_MU : PARAM_ENCODING,
		    mldsa ? &yes : &raw),
		OSSL_PARAM_construct_end(),
	};
	EVP_SIGNATURE *algorithm = EVP_SIGNATURE_fetch(ctx,
	    key_set_info(key->set)->name, NULL);
	int done = 0;

	unit->pkey = EVP_PKEY_CTX_new_from_pkey(ctx, unit_pkey(unit), NULL);
	if (unit->pkey != NULL && algorithm != NULL)
		done = unit->tag.way == WAY_SIGN ?
		    EVP_PKEY_sign_message_init(unit->pkey, algorithm,
			params) :
		    EVP_PKEY_verify_message_init(unit->pkey, algorithm,
			params);
	EVP_SIGNATURE_free(algorithm);
	return done == 1 ? CNG_OK : CNG_ERR_INTERNAL;
#else
	(void)unit;
	(void)key;
	(void)op;
	return CNG_ERR_MECHANISM;
#endif
}

static enum cng_status
pqsign_unit(struct unit **out, const struct crypto_key *key,
    const struct key_op *op, enum unit_way way)
{
	struct unit_tag tag = { .scheme = op->scheme, .way = way,
		.hedge = way == WAY_SIGN ? op->hedge : HEDGE_PREFERRED };

	return unit_take(out, key, &tag, op, pqsign_prepare);
}

enum cng_status
pqsign_sign(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct wr *out)
{
	struct crypto_lib *lib = key_lib(key);
	struct secret made = { 0 };
	struct unit *unit = NULL;
	uint8_t mu[MLDSA_MU], *room;
	size_t len;
	enum cng_status st = check_input(key, op, WAY_SIGN, input);

	if (st != CNG_OK)
		return st;
	len = key_set_info(key->set)->output_bytes;
	room = wr_room(out, len);
	if (room == NULL)
		return wr_status(out);
	st = lib == NULL ? CNG_ERR_NO_MEMORY :
	    message_of(lib, key, op, &input, mu, &made);
	if (st == CNG_OK)
		st = pqsign_unit(&unit, key, op, WAY_SIGN);
	if (st == CNG_OK) {
		bool ok = EVP_PKEY_sign(unit->pkey, room, &len, input.ptr,
			      input.len) == 1;

		unit_put(unit, !ok);
		if (ok)
			out->len += len;
		else
			st = CNG_ERR_INTERNAL;
	}
	secret_free(&made);
	return st;
}

enum cng_status
pqsign_verify(const struct crypto_key *key, const struct key_op *op,
    struct span input, struct span signature)
{
	struct crypto_lib *lib = key_lib(key);
	struct secret made = { 0 };
	struct unit *unit = NULL;
	uint8_t mu[MLDSA_MU];
	enum cng_status st = check_input(key, op, WAY_VERIFY, input);

	if (st != CNG_OK)
		return st;
	if (signature.len != key_set_info(key->set)->output_bytes)
		return CNG_ERR_SIGNATURE_SIZE;
	st = lib == NULL ? CNG_ERR_NO_MEMORY :
	    message_of(lib, key, op, &input, mu, &made);
	if (st == CNG_OK)
		st = pqsign_unit(&unit, key, op, WAY_VERIFY);
	if (st == CNG_OK) {
		bool ok = EVP_PKEY_verify(unit->pkey, signature.ptr,
			      signature.len, input.ptr, input.len) == 1;

		unit_put(unit, !ok);
		if (!ok)
			st = CNG_ERR_SIGNATURE;
	}
	secret_free(&made);
	return st;
}
