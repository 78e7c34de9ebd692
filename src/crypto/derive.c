/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Finds who derives, and how many bytes.
 */
#include "crypto/derive.h"

#include "base/util.h"

/* --- agreement ------------------------------------------------------------ */

static enum cng_status
check_agreement(const struct crypto_key *key, const struct key_op *op)
{
	bool curve = key->family == KEY_EC || key->family == KEY_MONTGOMERY;

	if (!key->has_private)
		return CNG_ERR_KEY_TYPE;
	if (op->scheme == OP_DH)
		return key->family == KEY_DH ? CNG_OK : CNG_ERR_KEY_TYPE;
	if (op->scheme == OP_X942)
		return key->family == KEY_X942 ? CNG_OK : CNG_ERR_KEY_TYPE;
	return curve && !(op->cofactor && key->family == KEY_MONTGOMERY) ?
	    CNG_OK : CNG_ERR_KEY_TYPE;
}

static enum cng_status
check_kdf(const struct crypto_key *key, const struct key_op *op, size_t *len)
{
	const struct hash_info *info = hash_info(
	    op->pad_hash != HASH_NONE ? op->pad_hash : op->hash);

	if (op->kdf == KDF_NULL) {
		size_t most = key_is_dh(key->family) ?
		    (key->bits + 7) / 8 : key->field_bytes;

		if (*len == 0)
			*len = most;
		/* shared info without a function to put it in */
		if (op->label.len > 0)
			return CNG_ERR_MECHANISM_PARAM;
		return *len <= most ? CNG_OK : CNG_ERR_KEY_SIZE;
	}
	if ((op->kdf != KDF_X963 && op->kdf != KDF_SP800 &&
		op->kdf != KDF_X942_ASN1) || info == NULL ||
	    info->any_size || op->label.len > SECRET_MAX)
		return CNG_ERR_MECHANISM_PARAM;
	if (*len == 0)
		*len = info->size;
	return *len <= DERIVE_MAX ? CNG_OK : CNG_ERR_KEY_SIZE;
}

static enum cng_status
agree(const struct crypto_key *key, const struct key_op *op, size_t len,
    struct secret *out)
{
	struct secret shared = { 0 }, made = { 0 };
	enum cng_status st = check_agreement(key, op);

	if (st == CNG_OK)
		st = check_kdf(key, op, &len);
	if (st == CNG_OK)
		st = op->scheme == OP_ECDH ? ecdh_agree(key, op, &shared) :
					     dh_agree(key, op, &shared);
	if (st == CNG_OK && op->kdf == KDF_NULL) {
		secret_truncate(&shared, len);
		secret_move(out, &shared);
	} else if (st == CNG_OK) {
		st = secret_new(&made, len);
		if (st == CNG_OK)
			st = op->kdf == KDF_X942_ASN1 ?
			    kdf_x942(op, &shared, &made) :
			    kdf_one_step(key_lib(key), op, &shared, &made);
		if (st == CNG_OK)
			secret_move(out, &made);
	}
	secret_free(&shared);
	secret_free(&made);
	return st;
}

/* --- from a secret -------------------------------------------------------- */

static enum cng_status
stretch(const struct crypto_key *key, const struct key_op *op, size_t len,
    struct secret *out)
{
	bool kbkdf = op->scheme == OP_SP800_108;
	struct secret made = { 0 };
	enum cng_status st = kbkdf ? kbkdf_check(key, op, &len) :
				     kdf_check(key, op, &len);

	if (st == CNG_OK)
		st = secret_new(&made, len);
	if (st == CNG_OK)
		st = kbkdf ? kbkdf_run(key, op, &made) :
			     kdf_run(key, op, &made);
	if (st == CNG_OK)
		secret_move(out, &made);
	secret_free(&made);
	return st;
}

static enum cng_status
derive(const struct crypto_key *key, const struct key_op *op, size_t len,
    struct secret *out)
{
	switch ((int)op->scheme) {
	case OP_ECDH:
	case OP_DH:
	case OP_X942:
		return agree(key, op, len, out);
	case OP_HKDF:
	case OP_PBKDF2:
	case OP_SP800_108:
	case OP_TLS_PRF:
	case OP_HASH_KEY:
		return stretch(key, op, len, out);
	case OP_JOIN:
	case OP_XOR:
	case OP_CUT:
	case OP_AES_DATA:
		return mix_run(key, op, len, out);
	default:
		return CNG_ERR_MECHANISM;
	}
}

enum cng_status
crypto_derive(const struct crypto_key *key, const struct key_op *op,
    size_t len, struct secret *out)
{
	err_enter();
	return err_leave(derive(key, op, len, out));
}
