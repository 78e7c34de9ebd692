/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The limit: libcrypto wraps keys, and makes them from their numbers.
 */
#include "bench/acts.h"

#include "bench/keys.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#define NUMBERS_MAX 8

static CK_RV
status(int good)
{
	if (good == 1)
		return CKR_OK;
	ERR_clear_error();
	return CKR_FUNCTION_FAILED;
}

static void
stop(struct seat *seat, const struct work *work)
{
	(void)work;
	EVP_CIPHER_CTX_free(seat->cipher);
	EVP_PKEY_CTX_free(seat->pkey_ctx);
	seat->cipher = NULL;
	seat->pkey_ctx = NULL;
}

/* --- AES key wrap ------------------------------------------------------- */

static int
cipher_init(struct seat *seat, int encrypt)
{
	return EVP_CipherInit_ex(seat->cipher, NULL, NULL, keys_kek, NULL,
	    encrypt);
}

/* What is wrapped: the secret itself, or a private key as PKCS#8. */
static int
fill_target(struct seat *seat, const struct work *work)
{
	CK_BYTE *end = seat->in;
	PKCS8_PRIV_KEY_INFO *info;
	EVP_PKEY *pkey;
	int len;

	if (work->target == KEY_AES) {
		memcpy(seat->in, keys_secret, sizeof(keys_secret));
		seat->target.private_key = sizeof(keys_secret);
		return 1;
	}
	pkey = keys_limit(seat->side, work->target);
	info = pkey != NULL ? EVP_PKEY2PKCS8(pkey) : NULL;
	len = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, &end) : 0;
	PKCS8_PRIV_KEY_INFO_free(info);
	/* no handles here: the place keeps the length */
	seat->target.private_key = len > 0 ? (CK_ULONG)len : 0;
	return len > 0;
}

static CK_RV
wrap_start(struct seat *seat, const struct work *work)
{
	bool pad = work->mech == CKM_AES_KEY_WRAP_KWP;
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL,
	    pad ? "AES-256-WRAP-PAD" : "AES-256-WRAP", NULL);
	int good;

	stop(seat, work);
	seat->cipher = EVP_CIPHER_CTX_new();
	good = cipher != NULL && seat->cipher != NULL;
	if (good)
		EVP_CIPHER_CTX_set_flags(seat->cipher,
		    EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (good)
		good = EVP_CipherInit_ex(seat->cipher, cipher, NULL,
		    keys_kek, NULL, 1);
	EVP_CIPHER_free(cipher);
	return status(good == 1 ? fill_target(seat, work) : 0);
}

static CK_RV
wrap_once(struct seat *seat, const struct work *work)
{
	int len = 0;
	int good = cipher_init(seat, 1);

	(void)work;
	if (good == 1)
		good = EVP_CipherUpdate(seat->cipher, seat->ready, &len,
		    seat->in, (int)seat->target.private_key);
	seat->ready_len = len > 0 ? (CK_ULONG)len : 0;
	return status(good);
}

static CK_RV
unwrap_start(struct seat *seat, const struct work *work)
{
	CK_RV rv = wrap_start(seat, work);

	return rv == CKR_OK ? wrap_once(seat, work) : rv;
}

static int
unwrap(struct seat *seat, int *len)
{
	int good = cipher_init(seat, 0);

	if (good == 1)
		good = EVP_CipherUpdate(seat->cipher, seat->out, len,
		    seat->ready, (int)seat->ready_len);
	return good;
}

static CK_RV
unwrap_once(struct seat *seat, const struct work *work)
{
	int len;

	(void)work;
	return status(unwrap(seat, &len));
}

/* Up to a key that could sign. */
static CK_RV
unwrap_pkcs8_once(struct seat *seat, const struct work *work)
{
	const CK_BYTE *at = seat->out;
	PKCS8_PRIV_KEY_INFO *info = NULL;
	EVP_PKEY *pkey = NULL;
	int len;
	int good = unwrap(seat, &len);

	(void)work;
	if (good == 1)
		info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, len);
	if (info != NULL)
		pkey = EVP_PKCS82PKEY(info);
	good = pkey != NULL;
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(pkey);
	return status(good);
}

/* --- RSA ---------------------------------------------------------------- */

static CK_RV
wrap_rsa_start(struct seat *seat, const struct work *work)
{
	int good;

	stop(seat, work);
	seat->pkey_ctx = EVP_PKEY_CTX_new(keys_limit(seat->side, work->key),
	    NULL);
	good = seat->pkey_ctx != NULL ? EVP_PKEY_encrypt_init(seat->pkey_ctx) :
					0;
	if (good == 1)
		good = EVP_PKEY_CTX_set_rsa_padding(seat->pkey_ctx,
		    RSA_PKCS1_OAEP_PADDING);
	return status(good);
}

static CK_RV
wrap_rsa_once(struct seat *seat, const struct work *work)
{
	size_t len = sizeof(seat->ready);

	(void)work;
	return status(EVP_PKEY_encrypt(seat->pkey_ctx, seat->ready, &len,
	    keys_secret, sizeof(keys_secret)));
}

/* --- keys from numbers: what a blob comes to ----------------------------- */

static const char *const rsa_numbers[NUMBERS_MAX] = { OSSL_PKEY_PARAM_RSA_N,
	OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
	OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
	OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
	OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };

/* The numbers, one after the other with a length before each, in ready. */
static int
save_numbers(struct seat *seat, EVP_PKEY *pkey)
{
	CK_BYTE *at = seat->ready;

	for (size_t i = 0; i < NUMBERS_MAX; i++) {
		BIGNUM *bn = NULL;
		int len;

		if (EVP_PKEY_get_bn_param(pkey, rsa_numbers[i], &bn) != 1)
			return 0;
		len = BN_bn2bin(bn, at + 2);
		at[0] = (CK_BYTE)(len >> 8);
		at[1] = (CK_BYTE)len;
		at += 2 + len;
		BN_free(bn);
	}
	return 1;
}

static CK_RV
import_rsa_start(struct seat *seat, const struct work *work)
{
	EVP_PKEY *pkey = keys_limit(seat->side, work->target);

	stop(seat, work);
	seat->pkey_ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	return status(seat->pkey_ctx != NULL && pkey != NULL ?
	    save_numbers(seat, pkey) : 0);
}

/* Is the public key the one of the private? */
static int
pair_fits(EVP_PKEY *pkey)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	int good = ctx == NULL ? 0 : EVP_PKEY_pairwise_check(ctx);

	EVP_PKEY_CTX_free(ctx);
	return good;
}

/* The key of these parameters, made, looked at and freed. */
static int
from_data(struct seat *seat, OSSL_PARAM_BLD *build, bool check)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY *pkey = NULL;
	int good = params != NULL ? EVP_PKEY_fromdata_init(seat->pkey_ctx) : 0;

	if (good == 1)
		good = EVP_PKEY_fromdata(seat->pkey_ctx, &pkey,
		    EVP_PKEY_KEYPAIR, params);
	if (good == 1 && check)
		good = pair_fits(pkey);
	OSSL_PARAM_free(params);
	EVP_PKEY_free(pkey);
	return good;
}

static CK_RV
import_rsa_once(struct seat *seat, const struct work *work)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *bn[NUMBERS_MAX] = { NULL };
	const CK_BYTE *at = seat->ready;
	int good = build != NULL;

	(void)work;
	for (size_t i = 0; good == 1 && i < NUMBERS_MAX; i++) {
		int len = at[0] << 8 | at[1];

		bn[i] = BN_bin2bn(at + 2, len, NULL);
		good = bn[i] != NULL ? OSSL_PARAM_BLD_push_BN(build,
		    rsa_numbers[i], bn[i]) : 0;
		at += 2 + len;
	}
	if (good == 1)
		good = from_data(seat, build, false);
	for (size_t i = 0; i < NUMBERS_MAX; i++)
		BN_free(bn[i]);
	OSSL_PARAM_BLD_free(build);
	return status(good);
}

static CK_RV
import_ec_start(struct seat *seat, const struct work *work)
{
	EVP_PKEY *pkey = keys_limit(seat->side, work->target);
	BIGNUM *bn = NULL;
	size_t len = 0;
	int good;

	stop(seat, work);
	seat->pkey_ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	good = pkey != NULL && seat->pkey_ctx != NULL ?
	    EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY,
		seat->out, READY_MAX, &len) : 0;
	if (good == 1)
		good = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY,
		    &bn);
	if (good == 1)
		seat->target.private_key = (CK_ULONG)BN_bn2bin(bn,
		    seat->ready);
	seat->ready_len = len;
	BN_free(bn);
	return status(good);
}

static CK_RV
import_ec_once(struct seat *seat, const struct work *work)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *bn = BN_bin2bn(seat->ready, (int)seat->target.private_key,
	    NULL);
	int good = build != NULL && bn != NULL;

	(void)work;
	if (good == 1)
		good = OSSL_PARAM_BLD_push_utf8_string(build,
		    OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
	if (good == 1)
		good = OSSL_PARAM_BLD_push_octet_string(build,
		    OSSL_PKEY_PARAM_PUB_KEY, seat->out, seat->ready_len);
	if (good == 1)
		good = OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY,
		    bn);
	if (good == 1)
		good = from_data(seat, build, true);
	BN_free(bn);
	OSSL_PARAM_BLD_free(build);
	return status(good);
}

const struct act limit_wrap = { .start = wrap_start, .once = wrap_once,
	.stop = stop };
const struct act limit_unwrap = { .start = unwrap_start, .once = unwrap_once,
	.stop = stop };
const struct act limit_unwrap_pkcs8 = { .start = unwrap_start,
	.once = unwrap_pkcs8_once, .stop = stop };
const struct act limit_wrap_rsa = { .start = wrap_rsa_start,
	.once = wrap_rsa_once, .stop = stop };
const struct act limit_import_rsa = { .start = import_rsa_start,
	.once = import_rsa_once, .stop = stop };
const struct act limit_import_ec = { .start = import_ec_start,
	.once = import_ec_once, .stop = stop };
