/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The key derivation functions of an agreed secret: one row each.  They hash
 * the secret big-endian; only TRUNCATE turns it around.
 */
#include "ncrypt/secret.h"

#include "base/rd.h"
#include "base/util.h"
#include "core/operation.h"
#include "ncrypt/params.h"

#define DIGEST_MAX 64
#define DERIVED_MAX 0x10000
#define MECHANISM_TLS_PRF 0x0378
#define TLS_1_2 0x0303
#define TLS_SEED 64
#define TLS_MASTER 48

/* --- hashes of pieces ---------------------------------------------------- */

static const uint8_t base_mark[1];
const struct span DERIVE_BASE = { base_mark, 1 };

/* The base key's own value comes where it is marked. */
static enum cng_status
feed(const struct deriving *d, struct operation *o, struct span piece,
    struct wr *w)
{
	if (piece.ptr != base_mark)
		return operation_update(o, piece, w);
	return operation_digest_key(o, d->tok, d->base);
}

/* key NULL: a plain digest, else an HMAC. */
static enum cng_status
hash_pieces(const struct deriving *d, struct object *key,
    const struct span *pieces, size_t count, uint8_t *out)
{
	struct key_op op = {
		.scheme = key == NULL ? OP_DIGEST : OP_HMAC,
		.hash = d->hash->hash,
	};
	struct wr w = wr_of(out, DIGEST_MAX);
	struct operation *o;
	enum cng_status st;

	st = operation_new(&o, key, &op,
	    key == NULL ? USE_DIGEST : USE_SIGN, 0);
	if (st != CNG_OK)
		return st;
	for (size_t i = 0; st == CNG_OK && i < count; i++)
		st = feed(d, o, pieces[i], &w);
	if (st == CNG_OK)
		st = operation_final(o, &w);
	operation_free(o);
	return st;
}

/* A key of nobody's, gone with its last reference. */
static enum cng_status
secret_object(struct span secret, struct object **out)
{
	struct prop lines[] = {
		{ .id = PROP_CLASS, .number = OBJ_SECRET },
		{ .id = PROP_KEY_FAMILY, .number = KEY_GENERIC },
		{ .id = PROP_VALUE, .bytes = secret },
	};
	struct token *tok = state_loose();
	obj_id id;
	enum cng_status st;

	*out = NULL;
	st = token_create(tok, &state_access, (struct props){ lines, 3 }, &id);
	if (st != CNG_OK)
		return st;
	st = token_object(tok, id, out);
	if (token_destroy(tok, &state_access, id) != CNG_OK)
		st = CNG_ERR_INTERNAL;
	return st;
}

static enum cng_status
hmac_pieces(const struct deriving *d, struct span secret,
    const struct span *pieces, size_t count, uint8_t *out)
{
	struct object *key;
	enum cng_status st = secret_object(secret, &key);

	if (st == CNG_OK)
		st = hash_pieces(d, key, pieces, count, out);
	object_free(key);
	return st;
}

static enum cng_status
keep(struct deriving *d, const uint8_t *digest)
{
	return secret_copy(&d->out, span_of(digest, d->hash->size));
}

struct span
derive_piece(const struct deriving *d, ULONG type)
{
	struct span found = { NULL, 0 };

	(void)params_find(d->list, type, &found);
	return found;
}

enum cng_status
derive_digest(const struct deriving *d, const struct span *pieces,
    size_t count, uint8_t *out)
{
	return hash_pieces(d, NULL, pieces, count, out);
}

/* --- the functions ------------------------------------------------------- */

static enum cng_status
derive_truncate(struct deriving *d)
{
	enum cng_status st = secret_new(&d->out, d->secret.len);

	for (size_t i = 0; st == CNG_OK && i < d->secret.len; i++)
		d->out.ptr[i] = d->secret.ptr[d->secret.len - 1 - i];
	return st;
}

static enum cng_status
derive_hash(struct deriving *d)
{
	struct span pieces[] = { derive_piece(d, KDF_SECRET_PREPEND), d->secret,
		derive_piece(d, KDF_SECRET_APPEND) };
	uint8_t digest[DIGEST_MAX];
	enum cng_status st = hash_pieces(d, NULL, pieces, 3, digest);

	if (st == CNG_OK)
		st = keep(d, digest);
	wipe(digest, sizeof(digest));
	return st;
}

static enum cng_status
derive_hmac(struct deriving *d)
{
	struct span pieces[] = { derive_piece(d, KDF_SECRET_PREPEND), d->secret,
		derive_piece(d, KDF_SECRET_APPEND) };
	struct span key = derive_piece(d, KDF_HMAC_KEY);
	uint8_t digest[DIGEST_MAX];
	enum cng_status st;

	if (d->flags & KDF_USE_SECRET_AS_HMAC_KEY_FLAG)
		key = d->secret;
	if (key.len == 0)
		return CNG_ERR_ARGUMENT;
	st = hmac_pieces(d, key, pieces, 3, digest);
	if (st == CNG_OK)
		st = keep(d, digest);
	wipe(digest, sizeof(digest));
	return st;
}

/* How many bytes, and room for them. */
static enum cng_status
room_for_wanted(struct deriving *d)
{
	size_t len = d->wanted == 0 ? d->hash->size : d->wanted;

	return len > DERIVED_MAX ? CNG_ERR_ARGUMENT :
				   secret_new(&d->out, len);
}

/* SP 800-56A, one step: counter, secret, other info. */
enum cng_status
derive_concat(struct deriving *d)
{
	struct span first = derive_piece(d, KDF_ALGORITHMID);
	uint8_t counter[4], digest[DIGEST_MAX];
	struct span pieces[] = { span_of(counter, sizeof(counter)),
		d->base == NULL ? d->secret : DERIVE_BASE,
		first, derive_piece(d, KDF_PARTYUINFO),
		derive_piece(d, KDF_PARTYVINFO),
		derive_piece(d, KDF_SUPPPUBINFO),
		derive_piece(d, KDF_SUPPPRIVINFO) };
	size_t done = 0, take;
	enum cng_status st = room_for_wanted(d);

	/* of a key, one parameter may stand for all of them */
	if (d->base != NULL && first.ptr == NULL)
		pieces[2] = derive_piece(d, KDF_GENERIC_PARAMETER);
	for (uint32_t n = 1; st == CNG_OK && done < d->out.len; n++) {
		struct wr w = wr_of(counter, sizeof(counter));

		wr_u32be(&w, n);
		st = hash_pieces(d, NULL, pieces, ARRAY_LEN(pieces), digest);
		take = d->out.len - done;
		if (take > d->hash->size)
			take = d->hash->size;
		memcpy(d->out.ptr + done, digest, take);
		done += take;
	}
	wipe(digest, sizeof(digest));
	return st;
}

/* RFC 5869. */
static enum cng_status
derive_hkdf(struct deriving *d)
{
	static const uint8_t zeros[DIGEST_MAX];
	uint8_t prk[DIGEST_MAX], block[DIGEST_MAX], n = 0;
	struct span salt = derive_piece(d, KDF_HKDF_SALT);
	struct span pieces[] = { { block, 0 }, derive_piece(d, KDF_HKDF_INFO),
		{ &n, 1 } };
	size_t done = 0, take;
	enum cng_status st = room_for_wanted(d);

	if (st == CNG_OK && d->out.len > 255 * d->hash->size)
		st = CNG_ERR_ARGUMENT;
	if (salt.len == 0)
		salt = span_of(zeros, d->hash->size);
	if (st == CNG_OK)
		st = hmac_pieces(d, salt, &d->secret, 1, prk);
	while (st == CNG_OK && done < d->out.len) {
		n++;
		st = hmac_pieces(d, span_of(prk, d->hash->size), pieces, 3,
		    block);
		pieces[0].len = d->hash->size;
		take = d->out.len - done;
		if (take > d->hash->size)
			take = d->hash->size;
		memcpy(d->out.ptr + done, block, take);
		done += take;
	}
	wipe(prk, sizeof(prk));
	wipe(block, sizeof(block));
	return st;
}

/* The PRF of TLS: 48 bytes of a label and a seed; of its version 1.2 where
 * that is said, with SHA-256 unless another hash is. */
static enum cng_status
derive_tls(struct deriving *d)
{
	struct key_op op = { .scheme = OP_TLS_PRF,
		.label = derive_piece(d, KDF_TLS_PRF_LABEL),
		.iv = derive_piece(d, KDF_TLS_PRF_SEED) };
	struct span version = derive_piece(d, KDF_TLS_PRF_PROTOCOL);
	struct rd in = rd_of(version);
	uint32_t number = 0;
	struct object *key;
	enum cng_status st;

	if (op.label.ptr == NULL || op.iv.len != TLS_SEED ||
	    (version.ptr != NULL && (version.len != sizeof(number) ||
		!rd_u32le(&in, &number))))
		return CNG_ERR_ARGUMENT;
	if (number == TLS_1_2)
		op.hash = derive_piece(d, KDF_HASH_ALGORITHM).len > 0 ?
		    d->hash->hash : HASH_SHA256;
	st = secret_object(d->secret, &key);
	if (st == CNG_OK)
		st = object_derive(key, &op, MECHANISM_TLS_PRF, TLS_MASTER,
		    &d->out);
	object_free(key);
	return st;
}

struct kdf_row {
	const char *name;
	enum cng_status (*derive)(struct deriving *);
};

static const struct kdf_row rows[] = {
	{ "TRUNCATE", derive_truncate },
	{ "HASH", derive_hash },
	{ "HMAC", derive_hmac },
	{ "SP800_56A_CONCAT", derive_concat },
	{ "HKDF", derive_hkdf },
	{ "TLS_PRF", derive_tls },
};

/* SHA-1 when nobody says. */
enum cng_status
derive_read_hash(struct deriving *d)
{
	struct span wide = derive_piece(d, KDF_HASH_ALGORITHM);
	struct secret closed = { 0 };
	LPCWSTR text = u"SHA1";
	enum cng_status st = CNG_OK;

	if (wide.len > 0) {
		/* closed here, whatever the caller's length said */
		st = secret_new(&closed, wide.len / 2 * 2 + sizeof(WCHAR));
		if (st == CNG_OK)
			memcpy(closed.ptr, wide.ptr, wide.len / 2 * 2);
		text = (LPCWSTR)(const void *)closed.ptr;
	}
	if (st == CNG_OK) {
		d->hash = hash_find(text);
		if (d->hash == NULL || d->hash->hash == HASH_NONE)
			st = CNG_ERR_NOT_SUPPORTED;
	}
	secret_free(&closed);
	return st;
}

SECURITY_STATUS
derive_run(struct deriving *d, LPCWSTR kdf)
{
	enum cng_status st = derive_read_hash(d);

	if (st != CNG_OK)
		return status_of(st);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (wide_is(kdf, rows[i].name))
			return status_for(rows[i].derive(d), d->flags);
	return NTE_NOT_SUPPORTED;
}
