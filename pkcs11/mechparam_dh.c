/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters of Diffie-Hellman.
 */
#include "pkcs11/mechparam.h"

#define PUBLIC_VALUE_MAX (DH_BITS_MAX / 8)

bool
mechparam_peer(const void *ptr, CK_ULONG len, size_t max, struct key_op *op)
{
	if (op->for_kem)
		return len == 0;
	return len > 0 && mechparam_bytes(ptr, len, max, &op->peer);
}

/* The number itself: the only parameter that is no structure. */
bool
mechparam_public_value(const CK_MECHANISM *from, struct key_op *op)
{
	return mechparam_peer(from->pParameter, from->ulParameterLen,
	    PUBLIC_VALUE_MAX, op) ||
	    mechparam_wrong("the public value", "none, or too long");
}

/* The functions of X9.42 have numbers of their own: one with the counter
 * inside of OtherInfo, which must be there, and one that is that of X9.63. */
static bool
read_kdf(const CK_X9_42_DH1_DERIVE_PARAMS *dh, struct key_op *op)
{
	if (dh->kdf == CKD_SHA1_KDF_ASN1 ||
	    dh->kdf == CKD_SHA1_KDF_CONCATENATE) {
		op->kdf = dh->kdf == CKD_SHA1_KDF_ASN1 ? KDF_X942_ASN1 :
							 KDF_X963;
		op->pad_hash = HASH_SHA1;
		return dh->kdf != CKD_SHA1_KDF_ASN1 || dh->ulOtherInfoLen > 0;
	}
	return mechparam_kdf(dh->kdf, op) &&
	    (dh->kdf != CKD_NULL || dh->ulOtherInfoLen == 0);
}

bool
mechparam_x942(const CK_MECHANISM *from, struct key_op *op)
{
	CK_X9_42_DH1_DERIVE_PARAMS dh;

	if (!mechparam_struct(from, &dh, sizeof(dh)))
		return false;
	if (!read_kdf(&dh, op))
		return mechparam_wrong("kdf", "not known, or not with such"
		    " an ulOtherInfoLen");
	if (!mechparam_bytes(dh.pOtherInfo, dh.ulOtherInfoLen,
	    PARAM_BYTES_MAX, &op->label))
		return mechparam_wrong("pOtherInfo, ulOtherInfoLen",
		    "too long, or NULL with a length");
	return mechparam_peer(dh.pPublicData, dh.ulPublicDataLen,
	    PUBLIC_VALUE_MAX, op) ||
	    mechparam_wrong("pPublicData, ulPublicDataLen",
		"none, or too long");
}
