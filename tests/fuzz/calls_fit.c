/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target "calls": which mechanism and which key goes with a call.
 */
#include "tests/fuzz/calls_fit.h"

#include "base/util.h"
#include "core/operation.h"
#include "core/scheme.h"
#include "pkcs11/cryptoki3.h"

#include <string.h>

/* use: USE_COUNT where the call is no operation. */
static const struct {
	const char *call;
	CK_FLAGS flag;
	enum operation_use use;
} calls[] = {
	{ "C_EncryptInit", CKF_ENCRYPT, USE_ENCRYPT },
	{ "C_DecryptInit", CKF_DECRYPT, USE_DECRYPT },
	{ "C_DigestInit", CKF_DIGEST, USE_DIGEST },
	{ "C_SignInit", CKF_SIGN, USE_SIGN },
	{ "C_SignRecoverInit", CKF_SIGN_RECOVER, USE_SIGN_RECOVER },
	{ "C_VerifyInit", CKF_VERIFY, USE_VERIFY },
	{ "C_VerifyRecoverInit", CKF_VERIFY_RECOVER, USE_VERIFY_RECOVER },
	{ "C_VerifySignatureInit", CKF_VERIFY, USE_VERIFY },
	{ "C_MessageEncryptInit", CKF_MESSAGE_ENCRYPT, USE_ENCRYPT },
	{ "C_MessageDecryptInit", CKF_MESSAGE_DECRYPT, USE_DECRYPT },
	{ "C_MessageSignInit", CKF_MESSAGE_SIGN, USE_SIGN },
	{ "C_MessageVerifyInit", CKF_MESSAGE_VERIFY, USE_VERIFY },
	{ "C_GenerateKey", CKF_GENERATE, USE_COUNT },
	{ "C_GenerateKeyPair", CKF_GENERATE_KEY_PAIR, USE_COUNT },
	{ "C_WrapKey", CKF_WRAP, USE_ENCRYPT },
	{ "C_UnwrapKey", CKF_UNWRAP, USE_DECRYPT },
	{ "C_WrapKeyAuthenticated", CKF_WRAP, USE_ENCRYPT },
	{ "C_UnwrapKeyAuthenticated", CKF_UNWRAP, USE_DECRYPT },
	{ "C_DeriveKey", CKF_DERIVE, USE_COUNT },
	{ "C_EncapsulateKey", CKF_ENCAPSULATE, USE_COUNT },
	{ "C_DecapsulateKey", CKF_DECAPSULATE, USE_COUNT },
};

/* In the order in which the world makes them. */
static const struct {
	enum obj_class class;
	enum key_family family;
} keys[] = {
	{ OBJ_SECRET, KEY_AES }, { OBJ_SECRET, KEY_GENERIC },
	{ OBJ_SECRET, KEY_CHACHA20 }, { OBJ_SECRET, KEY_AES },
	{ OBJ_PUBLIC, KEY_RSA }, { OBJ_PRIVATE, KEY_RSA },
	{ OBJ_PUBLIC, KEY_EC }, { OBJ_PRIVATE, KEY_EC },
	{ OBJ_PUBLIC, KEY_EC }, { OBJ_PRIVATE, KEY_EC },
	{ OBJ_PUBLIC, KEY_EDWARDS }, { OBJ_PRIVATE, KEY_EDWARDS },
	{ OBJ_PUBLIC, KEY_MLKEM }, { OBJ_PRIVATE, KEY_MLKEM },
	{ OBJ_PUBLIC, KEY_MLDSA }, { OBJ_PRIVATE, KEY_MLDSA },
};

static size_t
row_of(const char *call)
{
	size_t i = 0;

	while (i < ARRAY_LEN(calls) && strcmp(calls[i].call, call) != 0)
		i++;
	return i;
}

CK_FLAGS
fit_flag(const char *call)
{
	size_t i = row_of(call);

	return i < ARRAY_LEN(calls) ? calls[i].flag : 0;
}

bool
fit_key(const char *call, const struct mech *row, size_t i)
{
	struct key_op op = { .scheme = row->scheme, .hash = row->hash };
	size_t k = row_of(call);
	bool wraps;

	if (k >= ARRAY_LEN(calls) || i >= ARRAY_LEN(keys))
		return false;
	if (calls[k].flag == CKF_DERIVE)
		return scheme_check_derive(
		    &op, keys[i].class, keys[i].family) == CNG_OK;
	if ((calls[k].flag & (CKF_ENCAPSULATE | CKF_DECAPSULATE)) != 0)
		return keys[i].family == KEY_MLKEM;
	if (calls[k].use == USE_COUNT)
		return false;
	/* what only wraps has no other use */
	wraps = (calls[k].flag & (CKF_WRAP | CKF_UNWRAP)) != 0;
	return scheme_check(&op, calls[k].use, keys[i].class,
	    keys[i].family) == CNG_OK || (wraps && keys[i].family == KEY_AES);
}
