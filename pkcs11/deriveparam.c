/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters of HKDF and PBKDF2, and of what takes a second key.
 */
#include "pkcs11/deriveparam.h"

#include "base/util.h"
#include "pkcs11/mechparam.h"
#include "pkcs11/peek.h"
#include "pkcs11/status.h"

#define PASSWORD_MAX SECRET_KEY_MAX
/* What takes hours is a mistake, or an attack on who calls. */
#define ITERATIONS_MAX 100000000UL

void
deriveparam_free(struct deriveparam *param)
{
	while (param->others > 0)
		object_free(param->other[--param->others]);
	secret_free(&param->seed);
	*param = (struct deriveparam){ 0 };
}

CK_RV
deriveparam_key(struct deriveparam *out, struct session *s,
    const struct mech *mech, CK_OBJECT_HANDLE key, struct span *value)
{
	struct object **at = &out->other[out->others];
	enum cng_status st;

	if (out->others == ARRAY_LEN(out->other))
		return CKR_MECHANISM_PARAM_INVALID;
	st = token_key_object(s->token, key, at);
	if (st == CNG_OK) {
		out->others++;
		st = token_salt(s->token, *at, mech->type, value);
	}
	return status_rv_key(st);
}

/* --- HKDF --- */

static CK_RV
read_salt(struct deriveparam *out, struct session *s,
    const struct mech *mech, const CK_HKDF_PARAMS *hkdf, struct key_op *op)
{
	if (hkdf->ulSaltType == CKF_HKDF_SALT_NULL)
		return CKR_OK;
	if (hkdf->ulSaltType == CKF_HKDF_SALT_DATA)
		return mechparam_bytes(hkdf->pSalt, hkdf->ulSaltLen,
		    PARAM_BYTES_MAX, &op->iv) ? CKR_OK :
		    CKR_MECHANISM_PARAM_INVALID;
	return hkdf->ulSaltType == CKF_HKDF_SALT_KEY ?
	    deriveparam_key(out, s, mech, hkdf->hSaltKey, &op->iv) :
	    CKR_MECHANISM_PARAM_INVALID;
}

static CK_RV
read_hkdf(struct deriveparam *out, struct session *s,
    const struct mech *mech, const CK_MECHANISM *from, struct key_op *op)
{
	CK_HKDF_PARAMS hkdf;

	if (!mechparam_struct(from, &hkdf, sizeof(hkdf)) ||
	    (hkdf.bExtract != CK_TRUE && hkdf.bExtract != CK_FALSE) ||
	    (hkdf.bExpand != CK_TRUE && hkdf.bExpand != CK_FALSE) ||
	    (hkdf.bExtract == CK_FALSE && hkdf.bExpand == CK_FALSE) ||
	    !mechparam_hash(hkdf.prfHashMechanism, &op->hash))
		return CKR_MECHANISM_PARAM_INVALID;
	op->skip_extract = hkdf.bExtract == CK_FALSE;
	op->skip_expand = hkdf.bExpand == CK_FALSE;
	if (!op->skip_expand && !mechparam_bytes(hkdf.pInfo, hkdf.ulInfoLen,
	    PARAM_BYTES_MAX, &op->label))
		return CKR_MECHANISM_PARAM_INVALID;
	return op->skip_extract ? CKR_OK : read_salt(out, s, mech, &hkdf, op);
}

/* --- PBKDF2 --- */

static bool
pbkd2_hash(CK_ULONG prf, enum key_hash *out)
{
	static const enum key_hash hashes[] = {
		[CKP_PKCS5_PBKD2_HMAC_SHA1] = HASH_SHA1,
		[CKP_PKCS5_PBKD2_HMAC_SHA224] = HASH_SHA224,
		[CKP_PKCS5_PBKD2_HMAC_SHA256] = HASH_SHA256,
		[CKP_PKCS5_PBKD2_HMAC_SHA384] = HASH_SHA384,
		[CKP_PKCS5_PBKD2_HMAC_SHA512] = HASH_SHA512,
		[CKP_PKCS5_PBKD2_HMAC_SHA512_224] = HASH_SHA512_224,
		[CKP_PKCS5_PBKD2_HMAC_SHA512_256] = HASH_SHA512_256,
	};

	*out = prf < ARRAY_LEN(hashes) ? hashes[prf] : HASH_NONE;
	return *out != HASH_NONE;
}

/*
 * In the first edition the length of the password was the address of it, and
 * NSS up to 3.87 says it so.  The two have one size; but no address is as small
 * as a length may be.  A wrong guess takes fewer bytes than the caller said
 * are there.
 */
static bool
pbkd2_password(const CK_PKCS5_PBKD2_PARAMS2 *pbkd2, struct span *out)
{
	CK_ULONG len = pbkd2->ulPasswordLen;

	if (len > PASSWORD_MAX && !peek_number(len, &len))
		return false;
	return len > 0 &&
	    mechparam_bytes(pbkd2->pPassword, len, PASSWORD_MAX, out);
}

static CK_RV
read_pbkd2(struct deriveparam *out, const CK_MECHANISM *from,
    struct key_op *op)
{
	CK_PKCS5_PBKD2_PARAMS2 pbkd2;

	if (!mechparam_struct(from, &pbkd2, sizeof(pbkd2)) ||
	    pbkd2.saltSource != CKZ_SALT_SPECIFIED ||
	    pbkd2.iterations == 0 || pbkd2.iterations > ITERATIONS_MAX ||
	    pbkd2.ulPrfDataLen != 0 ||
	    !pbkd2_hash(pbkd2.prf, &op->hash) ||
	    !mechparam_bytes(pbkd2.pSaltSourceData, pbkd2.ulSaltSourceDataLen,
		PARAM_BYTES_MAX, &op->iv) ||
	    !pbkd2_password(&pbkd2, &out->password))
		return CKR_MECHANISM_PARAM_INVALID;
	op->scheme = OP_PBKDF2;
	op->iterations = (uint32_t)pbkd2.iterations;
	return CKR_OK;
}

/* --- another key --- */

static CK_RV
read_other(struct deriveparam *out, struct session *s,
    const struct mech *mech, const CK_MECHANISM *from, struct key_op *op)
{
	CK_OBJECT_HANDLE other;

	if (!mechparam_struct(from, &other, sizeof(other)))
		return CKR_MECHANISM_PARAM_INVALID;
	return deriveparam_key(out, s, mech, other, &op->label);
}

CK_RV
deriveparam_read(struct deriveparam *out, struct session *s,
    const struct mech *mech, const CK_MECHANISM *from, struct key_op *op)
{
	*out = (struct deriveparam){ 0 };
	if (mech->param == PARAM_OTHER_KEY)
		return read_other(out, s, mech, from, op);
	if (mech->param == PARAM_PBKD2)
		return read_pbkd2(out, from, op);
	if (mech->param != PARAM_DERIVE)
		return CKR_OK;
	if (mech->scheme == OP_SP800_108)
		return deriveparam_sp800(out, s, mech, from, op);
	return read_hkdf(out, s, mech, from, op);
}
