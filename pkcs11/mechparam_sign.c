/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters of the newer signatures.
 */
#include "pkcs11/mechparam.h"

#define CONTEXT_MAX 255

static bool
context_of(const void *ptr, CK_ULONG len, struct key_op *op)
{
	return mechparam_bytes(ptr, len, CONTEXT_MAX, &op->context) ||
	    mechparam_wrong("the context",
		"longer than 255 bytes, or NULL with a length");
}

bool
mechparam_eddsa(const CK_MECHANISM *from, struct key_op *op)
{
	CK_EDDSA_PARAMS eddsa;

	if (from->pParameter == NULL && from->ulParameterLen == 0)
		return true;
	if (!mechparam_struct(from, &eddsa, sizeof(eddsa)))
		return false;
	if (eddsa.phFlag != CK_TRUE && eddsa.phFlag != CK_FALSE)
		return mechparam_wrong("phFlag", "neither true nor false");
	op->prehash = eddsa.phFlag == CK_TRUE;
	/* Whoever gives the structure of an Ed25519 key without a context and
	 * without the flag means the plain signature as often as not, and
	 * Ed25519ctx should not have an empty context. */
	op->has_context = !op->prehash && eddsa.ulContextDataLen > 0;
	return context_of(eddsa.pContextData, eddsa.ulContextDataLen, op);
}

static bool
hedge_of(CK_ULONG variant, struct key_op *op)
{
	static const enum op_hedge hedges[] = {
		[CKH_HEDGE_PREFERRED] = HEDGE_PREFERRED,
		[CKH_HEDGE_REQUIRED] = HEDGE_REQUIRED,
		[CKH_DETERMINISTIC_REQUIRED] = HEDGE_NEVER,
	};

	if (variant >= sizeof(hedges) / sizeof(hedges[0]))
		return mechparam_wrong("hedgeVariant", "not known");
	op->hedge = hedges[variant];
	return true;
}

bool
mechparam_sign_context(const CK_MECHANISM *from, struct key_op *op)
{
	CK_SIGN_ADDITIONAL_CONTEXT more;

	if (from->pParameter == NULL && from->ulParameterLen == 0)
		return true;
	return mechparam_struct(from, &more, sizeof(more)) &&
	    hedge_of(more.hedgeVariant, op) &&
	    context_of(more.pContext, more.ulContextLen, op);
}

/* Those of FIPS 204 and 205 that no mechanism has in its name, too; without
 * SHAKE, which is no digest mechanism. */
static bool
prehash_of(CK_MECHANISM_TYPE type, enum key_hash *out)
{
	if (type != CKM_SHA512_224 && type != CKM_SHA512_256)
		return mechparam_hash(type, out);
	*out = type == CKM_SHA512_224 ? HASH_SHA512_224 : HASH_SHA512_256;
	return true;
}

bool
mechparam_hash_context(const CK_MECHANISM *from, struct key_op *op)
{
	CK_HASH_SIGN_ADDITIONAL_CONTEXT more;

	return mechparam_struct(from, &more, sizeof(more)) &&
	    hedge_of(more.hedgeVariant, op) &&
	    (prehash_of(more.hash, &op->pad_hash) ||
		mechparam_wrong("hash", "not a digest known here")) &&
	    context_of(more.pContext, more.ulContextLen, op);
}
