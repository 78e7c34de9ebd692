/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters of keys that are put together, cut or encrypted.
 */
#include "pkcs11/mechparam.h"

#define DATA_MAX SECRET_KEY_MAX

static bool
read_string(const CK_MECHANISM *from, struct span *out)
{
	CK_KEY_DERIVATION_STRING_DATA data;

	return mechparam_struct(from, &data, sizeof(data)) &&
	    data.ulLen > 0 &&
	    mechparam_bytes(data.pData, data.ulLen, DATA_MAX, out);
}

bool
mechparam_data(const CK_MECHANISM *from, struct key_op *op)
{
	return read_string(from, &op->label);
}

bool
mechparam_data_first(const CK_MECHANISM *from, struct key_op *op)
{
	return read_string(from, &op->iv);
}

bool
mechparam_cbc_data(const CK_MECHANISM *from, struct key_op *op)
{
	CK_AES_CBC_ENCRYPT_DATA_PARAMS data;

	if (!mechparam_struct(from, &data, sizeof(data)) || data.length == 0)
		return false;
	/* the copy dies here: borrow the caller's bytes */
	op->iv = span_of((const CK_BYTE *)from->pParameter +
	    offsetof(CK_AES_CBC_ENCRYPT_DATA_PARAMS, iv), sizeof(data.iv));
	return mechparam_bytes(data.pData, data.length, DATA_MAX, &op->label);
}

bool
mechparam_first_bit(const CK_MECHANISM *from, struct key_op *op)
{
	CK_EXTRACT_PARAMS first;

	if (!mechparam_struct(from, &first, sizeof(first)))
		return false;
	op->first_bit = first;
	return first < SECRET_KEY_MAX * 8;
}
