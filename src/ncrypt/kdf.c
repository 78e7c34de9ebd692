/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptKeyDerivation: keys that are a secret for one derivation function,
 * which is their algorithm.  The secret is set as a property, or its key is
 * opened by name.
 */
#include "ncrypt/secret.h"

#include "base/rd.h"
#include "base/util.h"
#include "ncrypt/params.h"
#include "ncrypt/prop.h"

#define MECHANISM_TLS_PRF 0x0378
#define MECHANISM_SP800_108 0x03ac
#define MECHANISM_PBKDF2 0x03b0
#define MECHANISM_HKDF 0x402a
/* As the documents of Windows have it. */
#define ITERATIONS_DEFAULT 10000
#define NO_TLS_HASH_SIZE 48

/* --- the secret ---------------------------------------------------------- */

SECURITY_STATUS
prop_set_kdf_secret(struct nkey *key, const struct facts *facts,
    struct span value)
{
	struct prop lines[] = {
		{ .id = PROP_CLASS, .number = OBJ_SECRET },
		{ .id = PROP_KEY_FAMILY, .number = KEY_GENERIC },
		{ .id = PROP_VALUE, .bytes = value },
		{ .id = PROP_SENSITIVE, .number = 1 },
		{ .id = PROP_EXTRACTABLE, .number = 0 },
	};
	obj_id id = 0;
	enum cng_status st;

	if (facts->family != KEY_GENERIC)
		return NTE_NOT_SUPPORTED;
	if (!facts->making)
		return NTE_BAD_KEY_STATE;
	if (value.len == 0 || value.len > SECRET_KEY_MAX)
		return NTE_INVALID_PARAMETER;
	lock_take(&key->lock);
	st = token_create(key->tok, &state_access,
	    (struct props){ lines, ARRAY_LEN(lines) }, &id);
	if (st == CNG_OK)
		st = bag_set(&key->bag, BAG_ALGORITHM,
		    span_str(key->alg->name));
	if (st == CNG_OK)
		nkey_adopt(key, key->tok, id);
	else if (id != 0 && token_destroy(key->tok, &state_access, id) !=
	    CNG_OK)
		st = CNG_ERR_INTERNAL;
	lock_drop(&key->lock);
	return status_of(st);
}

/* --- pieces of the parameter list ---------------------------------------- */

/* A derivation in the way of core: the description, and how many bytes. */
static enum cng_status
through_core(struct deriving *d, const struct key_op *op, uint64_t mechanism,
    size_t natural)
{
	size_t len = d->wanted == 0 ? natural : d->wanted;

	return object_derive(d->base, op, mechanism, len, &d->out);
}

/* KDF_GENERIC_PARAMETER stands for the others, in a row. */
static struct span
piece_or_generic(const struct deriving *d, ULONG type)
{
	struct span found = derive_piece(d, type);

	return found.ptr != NULL ? found :
				   derive_piece(d, KDF_GENERIC_PARAMETER);
}

/* --- the functions ------------------------------------------------------- */

/* SP 800-108 in counter mode: number, label, 0, context, length in bits.  The
 * generic parameter has the three in the middle. */
static enum cng_status
kdf_counter(struct deriving *d)
{
	static const uint8_t zero[1];
	struct span generic = derive_piece(d, KDF_GENERIC_PARAMETER);
	struct kbkdf how = { .mode = KBKDF_COUNTER };
	struct key_op op = { .scheme = OP_SP800_108, .hash = d->hash->hash,
		.kbkdf = &how };

	how.piece[how.count++] = (struct kbkdf_piece){
		.kind = KBKDF_PIECE_COUNTER, .width = 32 };
	if (generic.ptr != NULL) {
		how.piece[how.count++] = (struct kbkdf_piece){
			.kind = KBKDF_PIECE_BYTES, .bytes = generic };
	} else {
		const struct span middle[] = { derive_piece(d, KDF_LABEL),
			{ zero, 1 }, derive_piece(d, KDF_CONTEXT) };

		for (size_t i = 0; i < ARRAY_LEN(middle); i++)
			how.piece[how.count++] = (struct kbkdf_piece){
				.kind = KBKDF_PIECE_BYTES,
				.bytes = middle[i] };
	}
	how.piece[how.count++] = (struct kbkdf_piece){
		.kind = KBKDF_PIECE_LENGTH, .width = 32 };
	return through_core(d, &op, MECHANISM_SP800_108, d->hash->size);
}

/* A 64 bit number, which may be said as one of 32. */
static enum cng_status
read_iterations(const struct deriving *d, uint32_t *out)
{
	struct span bytes = derive_piece(d, KDF_ITERATION_COUNT);
	struct rd in = rd_of(bytes);
	uint64_t count = ITERATIONS_DEFAULT;
	uint32_t half;

	if (bytes.len == sizeof(half) && rd_u32le(&in, &half))
		count = half;
	else if (bytes.len == sizeof(count) ? !rd_u64le(&in, &count) :
					      bytes.ptr != NULL)
		return CNG_ERR_ARGUMENT;
	if (count == 0 || count > UINT32_MAX)
		return CNG_ERR_ARGUMENT;
	*out = (uint32_t)count;
	return CNG_OK;
}

static enum cng_status
kdf_password(struct deriving *d)
{
	struct key_op op = { .scheme = OP_PBKDF2, .hash = d->hash->hash,
		.iv = piece_or_generic(d, KDF_SALT) };
	enum cng_status st = read_iterations(d, &op.iterations);

	return st != CNG_OK ? st :
	    through_core(d, &op, MECHANISM_PBKDF2, d->hash->size);
}

static enum cng_status
kdf_hkdf(struct deriving *d)
{
	struct key_op op = { .scheme = OP_HKDF, .hash = d->hash->hash,
		.iv = derive_piece(d, KDF_HKDF_SALT),
		.label = derive_piece(d, KDF_HKDF_INFO) };

	return through_core(d, &op, MECHANISM_HKDF, d->hash->size);
}

static enum cng_status
kdf_tls(struct deriving *d)
{
	struct key_op op = { .scheme = OP_TLS_PRF,
		.label = derive_piece(d, KDF_TLS_PRF_LABEL),
		.iv = derive_piece(d, KDF_TLS_PRF_SEED) };

	if (op.label.ptr == NULL || op.iv.ptr == NULL)
		return CNG_ERR_ARGUMENT;
	if (d->hash != NULL)
		op.hash = d->hash->hash;
	return through_core(d, &op, MECHANISM_TLS_PRF, NO_TLS_HASH_SIZE);
}

#define PAD_BLOCK 64

/* CryptDeriveKey: the hash of the secret; where that is too short, or the
 * key is for AES, the hashes of two blocks that it is folded into. */
static enum cng_status
kdf_capi(struct deriving *d)
{
	struct span secret[] = { DERIVE_BASE };
	uint8_t base[PAD_BLOCK], both[2 * PAD_BLOCK], block[PAD_BLOCK];
	size_t size = d->hash->size;
	size_t len = d->wanted == 0 ? size : d->wanted;
	bool folded = len > size || (d->flags & BCRYPT_CAPI_AES_FLAG);
	enum cng_status st = CNG_ERR_ARGUMENT;

	if (len <= 2 * size)
		st = derive_digest(d, secret, 1, folded ? base : both);
	for (size_t k = 0; folded && st == CNG_OK && k < 2; k++) {
		struct span piece = span_of(block, PAD_BLOCK);

		memset(block, k == 0 ? 0x36 : 0x5c, sizeof(block));
		for (size_t i = 0; i < size; i++)
			block[i] ^= base[i];
		st = derive_digest(d, &piece, 1, both + k * size);
	}
	if (st == CNG_OK)
		st = secret_copy(&d->out, span_of(both, len));
	wipe(base, sizeof(base));
	wipe(block, sizeof(block));
	wipe(both, sizeof(both));
	return st;
}

struct kdf_row {
	const char *name;
	enum cng_status (*derive)(struct deriving *);
	bool hashless;           /* no hash may be named */
};

static const struct kdf_row rows[] = {
	{ "SP800_108_CTR_HMAC", kdf_counter, false },
	{ "SP800_56A_CONCAT", derive_concat, false },
	{ "PBKDF2", kdf_password, false },
	{ "CAPI_KDF", kdf_capi, false },
	{ "HKDF", kdf_hkdf, false },
	{ "TLS1_1_KDF", kdf_tls, true },
	{ "TLS1_2_KDF", kdf_tls, false },
};

static const struct kdf_row *
row_of(const struct facts *facts)
{
	for (size_t i = 0; facts->alg != NULL && i < ARRAY_LEN(rows); i++)
		if (strcmp(facts->alg->name, rows[i].name) == 0)
			return &rows[i];
	return NULL;
}

/* --- the call ------------------------------------------------------------ */

static SECURITY_STATUS
run(const struct kdf_row *row, const struct facts *facts,
    struct deriving *d)
{
	DWORD known = NCRYPT_SILENT_FLAG;
	enum cng_status st = token_may_tell(d->tok, facts->obj,
	    PROP_DERIVE_TEMPLATE);

	if (row->derive == kdf_capi)
		known |= BCRYPT_CAPI_AES_FLAG;
	if (d->flags & ~known)
		return NTE_BAD_FLAGS;
	if (!object_flag(facts->obj, PROP_DERIVE))
		return NTE_PERM;
	/* here nothing is assumed where nobody names a hash */
	if (!row->hashless && derive_piece(d, KDF_HASH_ALGORITHM).len == 0)
		return NTE_INVALID_PARAMETER;
	if (st == CNG_OK && !row->hashless)
		st = derive_read_hash(d);
	d->base = facts->obj;
	if (st == CNG_OK)
		st = row->derive(d);
	return status_for(st, d->flags);
}

SECURITY_STATUS WINAPI
NCryptKeyDerivation(NCRYPT_KEY_HANDLE hKey, NCryptBufferDesc *pParameterList,
    PUCHAR pbDerivedKey, DWORD cbDerivedKey, DWORD *pcbResult, ULONG dwFlags)
{
	struct deriving d = { .list = pParameterList, .flags = dwFlags,
		.wanted = cbDerivedKey };
	struct nkey *key = nkey_take(hKey);
	struct facts facts = { 0 };
	SECURITY_STATUS status;
	enum cng_status st;

	if (key == NULL)
		return tell_status(NTE_INVALID_HANDLE);
	st = nkey_facts(key, &facts);
	status = status_for(st, dwFlags);
	if (status == ERROR_SUCCESS &&
	    (pcbResult == NULL || !params_list_is_sound(pParameterList)))
		status = NTE_INVALID_PARAMETER;
	if (status == ERROR_SUCCESS && facts.making)
		status = NTE_BAD_KEY_STATE;
	d.tok = nkey_token(key);
	if (status == ERROR_SUCCESS)
		status = row_of(&facts) == NULL ? NTE_NOT_SUPPORTED :
		    run(row_of(&facts), &facts, &d);
	if (status == ERROR_SUCCESS)
		status = derive_hand_out(&d.out, pbDerivedKey, cbDerivedKey,
		    pcbResult);
	secret_free(&d.out);
	facts_free(&facts);
	nkey_put(key);
	return tell_status(status);
}
