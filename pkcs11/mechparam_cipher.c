/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters of the newer ciphers.
 */
#include "pkcs11/mechparam.h"

#define NONCE_MAX 128
#define CCM_NONCE_MIN 7
#define CCM_NONCE_MAX 13
#define CHACHA_TAG 16

static bool
read_iv(const CK_MECHANISM *from, struct key_op *op, size_t min, size_t max)
{
	return from->ulParameterLen >= min &&
	    mechparam_bytes(from->pParameter, from->ulParameterLen, max,
		&op->iv);
}

bool
mechparam_iv8(const CK_MECHANISM *from, struct key_op *op)
{
	return read_iv(from, op, 8, 8);
}

/* CK_GCM_PARAMS in either length, or the nonce alone, as tokens had it before
 * the standard said so.  What is authenticated are the data of the call. */
bool
mechparam_gmac(const CK_MECHANISM *from, struct key_op *op)
{
	if (!mechparam_is_gcm(from))
		return read_iv(from, op, 1, NONCE_MAX);
	if (!mechparam_gcm(from, op))
		return false;
	op->mac_len = op->tag_len;
	op->tag_len = 0;
	op->aad = span_of(NULL, 0);
	return true;
}

bool
mechparam_ccm(const CK_MECHANISM *from, struct key_op *op)
{
	CK_CCM_PARAMS ccm;

	if (!mechparam_struct(from, &ccm, sizeof(ccm)) ||
	    ccm.ulNonceLen < CCM_NONCE_MIN || ccm.ulMACLen < 4 ||
	    ccm.ulMACLen > 16 || ccm.ulMACLen % 2 != 0)
		return false;
	op->tag_len = ccm.ulMACLen;
	op->has_data_len = true;
	op->data_len = ccm.ulDataLen;
	return mechparam_bytes(ccm.pNonce, ccm.ulNonceLen, CCM_NONCE_MAX,
		   &op->iv) &&
	    mechparam_bytes(ccm.pAAD, ccm.ulAADLen, PARAM_BYTES_MAX,
		&op->aad);
}

/* Counter and nonce are two pointers; what follows wants them one after the
 * other, and they are so when the op is made its own. */
bool
mechparam_chacha20(const CK_MECHANISM *from, struct key_op *op)
{
	CK_CHACHA20_PARAMS chacha;

	if (!mechparam_struct(from, &chacha, sizeof(chacha)) ||
	    (chacha.blockCounterBits != 32 &&
		chacha.blockCounterBits != 64) ||
	    chacha.blockCounterBits + chacha.ulNonceBits != 128)
		return false;
	op->counter_bits = chacha.blockCounterBits;
	return mechparam_bytes(chacha.pBlockCounter,
		   chacha.blockCounterBits / 8, 8, &op->iv) &&
	    mechparam_bytes(chacha.pNonce, chacha.ulNonceBits / 8, 12,
		&op->nonce);
}

bool
mechparam_chacha20_poly1305(const CK_MECHANISM *from, struct key_op *op)
{
	CK_SALSA20_CHACHA20_POLY1305_PARAMS chacha;

	op->tag_len = CHACHA_TAG;
	return mechparam_struct(from, &chacha, sizeof(chacha)) &&
	    chacha.ulNonceLen == 12 &&
	    mechparam_bytes(chacha.pNonce, chacha.ulNonceLen, 12, &op->iv) &&
	    mechparam_bytes(chacha.pAAD, chacha.ulAADLen, PARAM_BYTES_MAX,
		&op->aad);
}

/* The raw secret as a key would be one nobody should use. */
bool
mechparam_ecdh_aes(const CK_MECHANISM *from, struct key_op *op)
{
	CK_ECDH_AES_KEY_WRAP_PARAMS wrap;

	if (!mechparam_struct(from, &wrap, sizeof(wrap)) ||
	    (wrap.ulAESKeyBits != 128 && wrap.ulAESKeyBits != 192 &&
		wrap.ulAESKeyBits != 256) ||
	    !mechparam_kdf(wrap.kdf, op) || op->kdf == KDF_NULL)
		return false;
	op->aes_bits = wrap.ulAESKeyBits;
	return mechparam_bytes(wrap.pSharedData, wrap.ulSharedDataLen,
	    PARAM_BYTES_MAX, &op->label);
}
