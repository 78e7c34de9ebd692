/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters of SP 800-108.
 */
#include "pkcs11/deriveparam.h"

#include "core/manykeys.h"
#include "pkcs11/mechparam.h"

#define IV_MAX 1024

struct common {
	CK_MECHANISM_TYPE prf;
	CK_ULONG count;
	const CK_PRF_DATA_PARAM *pieces;
};

/* Who derives, and where what is read goes. */
struct reader {
	struct deriveparam *param;
	struct session *s;
	const struct mech *mech;
};

bool
deriveparam_hmac(CK_MECHANISM_TYPE type, struct key_op *op)
{
	const struct mech *row = mech_info(type);

	if (row == NULL || row->scheme != OP_HMAC || row->param != PARAM_NONE)
		return false;
	op->hash = row->hash;
	return true;
}

static bool
prf_of(CK_MECHANISM_TYPE type, struct key_op *op)
{
	return type == CKM_AES_CMAC || deriveparam_hmac(type, op);
}

static bool
take(const CK_PRF_DATA_PARAM *from, void *out, size_t size)
{
	if (from->pValue == NULL || from->ulValueLen != size)
		return false;
	memcpy(out, from->pValue, size);
	return true;
}

static bool
is_bool(CK_BBOOL value)
{
	return value == CK_TRUE || value == CK_FALSE;
}

static bool
read_counter(const CK_PRF_DATA_PARAM *from, struct kbkdf_piece *out)
{
	CK_SP800_108_COUNTER_FORMAT format;

	if (!take(from, &format, sizeof(format)) ||
	    !is_bool(format.bLittleEndian))
		return false;
	out->kind = KBKDF_PIECE_COUNTER;
	out->width = format.ulWidthInBits;
	out->little_endian = format.bLittleEndian == CK_TRUE;
	return true;
}

static bool
read_length(const CK_PRF_DATA_PARAM *from, struct kbkdf_piece *out)
{
	CK_SP800_108_DKM_LENGTH_FORMAT format;

	if (!take(from, &format, sizeof(format)) ||
	    !is_bool(format.bLittleEndian) ||
	    (format.dkmLengthMethod != CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS &&
	    format.dkmLengthMethod !=
		CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS))
		return false;
	out->kind = KBKDF_PIECE_LENGTH;
	out->width = format.ulWidthInBits;
	out->little_endian = format.bLittleEndian == CK_TRUE;
	out->whole_blocks = format.dkmLengthMethod ==
	    CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS;
	return true;
}

/* The iteration variable is the counter in counter mode, and what the block
 * before gave in the others. */
static bool
read_piece(const CK_PRF_DATA_PARAM *from, enum kbkdf_mode mode,
    struct kbkdf_piece *out)
{
	switch (from->type) {
	case CK_SP800_108_ITERATION_VARIABLE:
		if (mode == KBKDF_COUNTER)
			return read_counter(from, out);
		out->kind = KBKDF_PIECE_CHAIN;
		return from->ulValueLen == 0;
	case CK_SP800_108_COUNTER:
		return mode != KBKDF_COUNTER && read_counter(from, out);
	case CK_SP800_108_DKM_LENGTH:
		return read_length(from, out);
	case CK_SP800_108_BYTE_ARRAY:
		out->kind = KBKDF_PIECE_BYTES;
		return from->ulValueLen > 0 &&
		    mechparam_bytes(from->pValue, from->ulValueLen,
			PARAM_BYTES_MAX, &out->bytes);
	default:
		return false;
	}
}

/* The value of another key. */
static CK_RV
read_key(const CK_PRF_DATA_PARAM *from, const struct reader *d,
    struct kbkdf_piece *out)
{
	CK_OBJECT_HANDLE key;

	if (!take(from, &key, sizeof(key)))
		return CKR_MECHANISM_PARAM_INVALID;
	out->kind = KBKDF_PIECE_BYTES;
	return deriveparam_key(d->param, d->s, d->mech, key, &out->bytes);
}

static CK_RV
read_common(const struct common *from, const struct reader *d,
    struct key_op *op)
{
	struct kbkdf *out = &d->param->kbkdf;
	CK_PRF_DATA_PARAM piece;
	CK_RV rv = CKR_OK;

	if (!prf_of(from->prf, op) || from->count == 0 ||
	    from->count > KBKDF_PIECES_MAX || from->pieces == NULL)
		return CKR_MECHANISM_PARAM_INVALID;
	for (size_t i = 0; rv == CKR_OK && i < from->count; i++) {
		memcpy(&piece, from->pieces + i, sizeof(piece));
		if (piece.type == CK_SP800_108_KEY_HANDLE)
			rv = read_key(&piece, d, &out->piece[i]);
		else if (!read_piece(&piece, out->mode, &out->piece[i]))
			rv = CKR_MECHANISM_PARAM_INVALID;
	}
	out->count = from->count;
	op->kbkdf = out;
	return rv;
}

static bool
read_more(CK_ULONG count, const CK_DERIVED_KEY *more, struct deriveparam *out)
{
	if (count > DERIVE_PARTS_MAX - 1 || (more == NULL && count > 0))
		return false;
	out->more = more;
	out->more_count = count;
	return true;
}

static CK_RV
read_feedback(const CK_MECHANISM *from, const struct reader *d,
    struct key_op *op)
{
	CK_SP800_108_FEEDBACK_KDF_PARAMS kdf;

	d->param->kbkdf.mode = KBKDF_FEEDBACK;
	if (!mechparam_struct(from, &kdf, sizeof(kdf)) ||
	    !read_more(kdf.ulAdditionalDerivedKeys,
		kdf.pAdditionalDerivedKeys, d->param) ||
	    !mechparam_bytes(kdf.pIV, kdf.ulIVLen, IV_MAX, &op->iv))
		return CKR_MECHANISM_PARAM_INVALID;
	return read_common(&(struct common){ kdf.prfType,
	    kdf.ulNumberOfDataParams, kdf.pDataParams }, d, op);
}

static CK_RV
read_other(const CK_MECHANISM *from, const struct reader *d,
    struct key_op *op)
{
	CK_SP800_108_KDF_PARAMS kdf;

	d->param->kbkdf.mode = from->mechanism == CKM_SP800_108_COUNTER_KDF ?
	    KBKDF_COUNTER : KBKDF_PIPELINE;
	if (!mechparam_struct(from, &kdf, sizeof(kdf)) ||
	    !read_more(kdf.ulAdditionalDerivedKeys,
		kdf.pAdditionalDerivedKeys, d->param))
		return CKR_MECHANISM_PARAM_INVALID;
	return read_common(&(struct common){ kdf.prfType,
	    kdf.ulNumberOfDataParams, kdf.pDataParams }, d, op);
}

CK_RV
deriveparam_sp800(struct deriveparam *out, struct session *s,
    const struct mech *mech, const CK_MECHANISM *from, struct key_op *op)
{
	const struct reader d = { out, s, mech };

	return from->mechanism == CKM_SP800_108_FEEDBACK_KDF ?
	    read_feedback(from, &d, op) : read_other(from, &d, op);
}
