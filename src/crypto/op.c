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

#include "base/util.h"

typedef enum cng_status op_writer(const struct crypto_key *key,
    const struct key_op *op, struct span in, struct wr *out);
typedef enum cng_status op_verifier(const struct crypto_key *key,
    const struct key_op *op, struct span in, struct span signature);

struct scheme {
	bool takes_digest;     /* op->hash is applied before */
	op_writer *sign;
	op_verifier *verify;
	op_writer *recover;
	op_writer *encrypt;
	op_writer *decrypt;
};

static const struct scheme schemes[OP_SCHEME_COUNT] = {
	[OP_RSA_PKCS1] = {
		.takes_digest = true,
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
		.sign = rsa_sign,
		.verify = rsa_verify,
	},
	[OP_ECDSA] = {
		.takes_digest = true,
		.sign = ec_sign,
		.verify = ec_verify,
	},
	[OP_AES_ECB] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_CBC] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_CBC_PAD] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_CTR] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_GCM] = { .encrypt = aes_encrypt, .decrypt = aes_decrypt },
	[OP_AES_KW] = { .encrypt = kw_wrap, .decrypt = kw_unwrap },
	[OP_AES_KWP] = { .encrypt = kw_wrap, .decrypt = kw_unwrap },
	[OP_AES_KW_PKCS7] = { .encrypt = kw_wrap, .decrypt = kw_unwrap },
	[OP_AES_CMAC] = { .sign = mac_sign, .verify = mac_verify },
	[OP_HMAC] = { .sign = mac_sign, .verify = mac_verify },
};

static const struct scheme *
scheme_of(const struct key_op *op)
{
	static const struct scheme none = { 0 };
	size_t i = (size_t)op->scheme;

	return i < ARRAY_LEN(schemes) ? &schemes[i] : &none;
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
