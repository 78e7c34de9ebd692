/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One operation at once: finds who does it, hashes where asked.
 */
#include "crypto/aes.h"
#include "crypto/aes_kw.h"
#include "crypto/digest.h"
#include "crypto/ec.h"
#include "crypto/mac.h"
#include "crypto/rsa.h"
#include "crypto/scheme.h"
#include "crypto/sign.h"
#include "crypto/tlsmac.h"
#include "crypto/whole.h"
#include "crypto/xcbc.h"

#include "base/util.h"
#include "key/set.h"

static const struct scheme schemes[OP_SCHEME_COUNT] = {
	[OP_RSA_PKCS1] = {
		.takes_digest = true,
		.check = rsa_check,
		.sign = rsa_sign,
		.verify = rsa_verify,
		.recover = rsa_recover,
		.encrypt = rsa_encrypt,
		.decrypt = rsa_decrypt,
	},
	[OP_RSA_RAW] = {
		.sign = rsa_sign,
		.verify = rsa_verify,
		.recover = rsa_recover,
		.encrypt = rsa_encrypt,
		.decrypt = rsa_decrypt,
	},
	[OP_RSA_OAEP] = { .encrypt = rsa_encrypt, .decrypt = rsa_decrypt },
	[OP_RSA_PSS] = {
		.takes_digest = true,
		.check = rsa_check,
		.sign = rsa_sign,
		.verify = rsa_verify,
	},
	[OP_ECDSA] = {
		.takes_digest = true,
		.check = ec_check,
		.sign = ec_sign,
		.verify = ec_verify,
	},
	[OP_DSA] = {
		.takes_digest = true,
		.check = ec_check,
		.sign = ec_sign,
		.verify = ec_verify,
	},
	[OP_EDDSA] = { .sign = eddsa_sign, .verify = eddsa_verify },
	[OP_MLDSA] = {
		.takes_digest = true,
		.check = pqsign_check,
		.sign = pqsign_sign,
		.verify = pqsign_verify,
	},
	[OP_SLHDSA] = {
		.takes_digest = true,
		.check = pqsign_check,
		.sign = pqsign_sign,
		.verify = pqsign_verify,
	},
	[OP_AES_ECB] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_CBC] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_CBC_PAD] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_CTR] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_GCM] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_OFB] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_CFB1] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_CFB8] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_CFB128] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_CHACHA20] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_CHACHA20_POLY1305] = {
		.encrypt = aes_encrypt,
		.decrypt = aes_decrypt,
	},
	[OP_CAMELLIA_ECB] = {
		.encrypt = aes_encrypt,
		.decrypt = aes_decrypt,
	},
	[OP_CAMELLIA_CBC] = {
		.encrypt = aes_encrypt,
		.decrypt = aes_decrypt,
	},
	[OP_CAMELLIA_CBC_PAD] = {
		.encrypt = aes_encrypt,
		.decrypt = aes_decrypt,
	},
	[OP_CAMELLIA_CTR] = {
		.encrypt = aes_encrypt,
		.decrypt = aes_decrypt,
	},
	[OP_DES3_ECB] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_DES3_CBC] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_DES3_CBC_PAD] = {
		.encrypt = aes_encrypt,
		.decrypt = aes_decrypt,
	},
	[OP_AES_CTS] = { .encrypt = whole_encrypt, .decrypt = whole_decrypt },
	[OP_AES_XTS] = { .encrypt = whole_encrypt, .decrypt = whole_decrypt },
	[OP_AES_CCM] = { .encrypt = whole_encrypt, .decrypt = whole_decrypt },
	[OP_AES_KW] = { .encrypt = kw_wrap, .decrypt = kw_unwrap },
	[OP_AES_KWP] = { .encrypt = kw_wrap, .decrypt = kw_unwrap },
	[OP_AES_KW_PKCS7] = { .encrypt = kw_wrap, .decrypt = kw_unwrap },
	[OP_AES_CMAC] = { .sign = mac_sign, .verify = mac_verify },
	[OP_AES_GMAC] = { .sign = mac_sign, .verify = mac_verify },
	[OP_POLY1305] = { .sign = mac_sign, .verify = mac_verify },
	[OP_AES_XCBC] = { .sign = xcbc_sign, .verify = xcbc_verify },
	[OP_HMAC] = { .sign = mac_sign, .verify = mac_verify },
	[OP_TLS_MAC] = { .sign = tlsmac_sign, .verify = tlsmac_verify },
};

const struct scheme *
scheme_of(const struct key_op *op)
{
	static const struct scheme none = { 0 };
	size_t i = (size_t)op->scheme;

	return i < ARRAY_LEN(schemes) ? &schemes[i] : &none;
}

size_t
scheme_signature_len(const struct crypto_key *key)
{
	if (key->family == KEY_RSA)
		return key_rsa_len(key);
	if (key->family == KEY_EDWARDS)
		return 2 * key->field_bytes;
	return key_family_has_sets(key->family) ?
	    key_set_info(key->set)->output_bytes : 2 * key->order_bytes;
}

/* The bytes to sign or verify: data, or its digest.  Asking for a size
 * needs a digest's length only. */
static enum cng_status
hash_input(const struct crypto_key *key, const struct key_op *op,
    struct span *data, uint8_t digest[DIGEST_MAX], bool size_only)
{
	const struct hash_info *info = hash_info(op->hash);
	struct span in = *data;
	struct crypto_lib *lib;

	if (!scheme_of(op)->takes_digest || op->hash == HASH_NONE)
		return CNG_OK;
	if (info == NULL)
		return CNG_ERR_MECHANISM_PARAM;
	*data = span_of(digest, info->size);
	if (size_only)
		return CNG_OK;
	lib = key_lib(key);
	return lib == NULL ? CNG_ERR_NO_MEMORY :
			     digest_parts(lib, op->hash, &in, 1, digest);
}

enum cng_status
crypto_sign(const struct crypto_key *key, const struct key_op *op,
    struct span data, struct wr *out)
{
	op_writer *sign = scheme_of(op)->sign;
	uint8_t digest[DIGEST_MAX];
	enum cng_status st;

	if (sign == NULL)
		return CNG_ERR_MECHANISM;
	err_enter();
	st = hash_input(key, op, &data, digest, out->buf == NULL);
	if (st == CNG_OK)
		st = sign(key, op, data, out);
	return err_leave(st);
}

enum cng_status
crypto_verify(const struct crypto_key *key, const struct key_op *op,
    struct span data, struct span signature)
{
	op_verifier *verify = scheme_of(op)->verify;
	uint8_t digest[DIGEST_MAX];
	enum cng_status st;

	if (verify == NULL)
		return CNG_ERR_MECHANISM;
	err_enter();
	st = hash_input(key, op, &data, digest, false);
	if (st == CNG_OK)
		st = verify(key, op, data, signature);
	return err_leave(st);
}

static enum cng_status
run(op_writer *writer, const struct crypto_key *key, const struct key_op *op,
    struct span in, struct wr *out)
{
	if (writer == NULL)
		return CNG_ERR_MECHANISM;
	err_enter();
	return err_leave(writer(key, op, in, out));
}

enum cng_status
crypto_verify_recover(const struct crypto_key *key, const struct key_op *op,
    struct span signature, struct wr *out)
{
	return run(scheme_of(op)->recover, key, op, signature, out);
}

enum cng_status
crypto_encrypt(const struct crypto_key *key, const struct key_op *op,
    struct span plain, struct wr *out)
{
	return run(scheme_of(op)->encrypt, key, op, plain, out);
}

enum cng_status
crypto_decrypt(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct wr *out)
{
	return run(scheme_of(op)->decrypt, key, op, cipher, out);
}
