/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The limit: libcrypto called directly, with the key ready and its context
 * kept from one operation to the next.
 */
#include "bench/acts.h"

#include "bench/keys.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#define IV_LEN 16
#define GCM_IV_LEN 12
#define TAG_LEN 16

static const CK_BYTE iv[IV_LEN];

/* libcrypto answers 1 when all is well. */
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
	EVP_PKEY_CTX_free(seat->pkey_ctx);
	EVP_CIPHER_CTX_free(seat->cipher);
	EVP_MD_CTX_free(seat->md);
	EVP_MAC_CTX_free(seat->mac);
	seat->pkey_ctx = NULL;
	seat->cipher = NULL;
	seat->md = NULL;
	seat->mac = NULL;
}

/* --- pairs -------------------------------------------------------------- */

static CK_RV
pkey_start(struct seat *seat, const struct work *work,
    int (*init)(EVP_PKEY_CTX *))
{
	int padding = work->mech == CKM_RSA_PKCS_OAEP ? RSA_PKCS1_OAEP_PADDING :
							RSA_PKCS1_PADDING;
	int good;

	stop(seat, work);
	seat->pkey = keys_limit(seat->side, work->key);
	seat->pkey_ctx = EVP_PKEY_CTX_new(seat->pkey, NULL);
	good = seat->pkey_ctx != NULL ? init(seat->pkey_ctx) : 0;
	if (good == 1 && EVP_PKEY_is_a(seat->pkey, "RSA"))
		good = EVP_PKEY_CTX_set_rsa_padding(seat->pkey_ctx, padding);
	return status(good);
}

static CK_RV
sign_start(struct seat *seat, const struct work *work)
{
	return pkey_start(seat, work, EVP_PKEY_sign_init);
}

static CK_RV
sign_once(struct seat *seat, const struct work *work)
{
	size_t len = sizeof(seat->ready);

	if (EVP_PKEY_sign(seat->pkey_ctx, seat->ready, &len, seat->in,
		work->size) != 1)
		return status(0);
	seat->ready_len = len;
	return CKR_OK;
}

static CK_RV
verify_start(struct seat *seat, const struct work *work)
{
	CK_RV rv = sign_start(seat, work);

	if (rv == CKR_OK)
		rv = sign_once(seat, work);
	return rv == CKR_OK ? pkey_start(seat, work, EVP_PKEY_verify_init) : rv;
}

static CK_RV
verify_once(struct seat *seat, const struct work *work)
{
	return status(EVP_PKEY_verify(seat->pkey_ctx, seat->ready,
	    seat->ready_len, seat->in, work->size));
}

static CK_RV
decrypt_rsa_start(struct seat *seat, const struct work *work)
{
	size_t len = sizeof(seat->ready);
	CK_RV rv = pkey_start(seat, work, EVP_PKEY_encrypt_init);

	if (rv == CKR_OK)
		rv = status(EVP_PKEY_encrypt(seat->pkey_ctx, seat->ready, &len,
		    seat->in, work->size));
	seat->ready_len = len;
	return rv == CKR_OK ? pkey_start(seat, work, EVP_PKEY_decrypt_init) :
			      rv;
}

static CK_RV
decrypt_rsa_once(struct seat *seat, const struct work *work)
{
	size_t len = WORK_BYTES_MAX;

	(void)work;
	return status(EVP_PKEY_decrypt(seat->pkey_ctx, seat->out, &len,
	    seat->ready, seat->ready_len));
}

/* Algorithms that hash by themselves: one call, one context a message. */
static CK_RV
sign_whole_start(struct seat *seat, const struct work *work)
{
	stop(seat, work);
	seat->pkey = keys_limit(seat->side, work->key);
	seat->md = EVP_MD_CTX_new();
	return status(seat->pkey != NULL && seat->md != NULL);
}

static CK_RV
sign_whole_once(struct seat *seat, const struct work *work)
{
	size_t len = sizeof(seat->ready);

	if (EVP_DigestSignInit(seat->md, NULL, NULL, NULL, seat->pkey) != 1)
		return status(0);
	return status(EVP_DigestSign(seat->md, seat->ready, &len, seat->in,
	    work->size));
}

/* --- secret keys -------------------------------------------------------- */

static CK_RV
cipher_start(struct seat *seat, const struct work *work, int encrypt)
{
	bool gcm = work->mech == CKM_AES_GCM;
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL,
	    gcm ? "AES-256-GCM" : "AES-256-CBC", NULL);
	int good;

	stop(seat, work);
	seat->cipher = EVP_CIPHER_CTX_new();
	good = cipher != NULL && seat->cipher != NULL ?
	    EVP_CipherInit_ex(seat->cipher, cipher, NULL, keys_secret, iv,
		encrypt) : 0;
	EVP_CIPHER_free(cipher);
	if (good == 1)
		good = EVP_CIPHER_CTX_set_padding(seat->cipher, 0);
	return status(good);
}

static CK_RV
encrypt_start(struct seat *seat, const struct work *work)
{
	return cipher_start(seat, work, 1);
}

static CK_RV
encrypt_once(struct seat *seat, const struct work *work)
{
	EVP_CIPHER_CTX *c = seat->cipher;
	int len = 0, last = 0, good;

	good = EVP_CipherInit_ex(c, NULL, NULL, NULL, iv, -1);
	if (good == 1)
		good = EVP_CipherUpdate(c, seat->out, &len, seat->in,
		    (int)work->size);
	if (good == 1)
		good = EVP_CipherFinal_ex(c, seat->out + len, &last);
	if (good == 1 && work->mech == CKM_AES_GCM)
		good = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_LEN,
		    seat->out + work->size);
	return status(good);
}

static CK_RV
decrypt_start(struct seat *seat, const struct work *work)
{
	CK_RV rv = cipher_start(seat, work, 1);

	if (rv == CKR_OK)
		rv = encrypt_once(seat, work);
	return rv == CKR_OK ? cipher_start(seat, work, 0) : rv;
}

static CK_RV
decrypt_once(struct seat *seat, const struct work *work)
{
	EVP_CIPHER_CTX *c = seat->cipher;
	int len = 0, last = 0, good;

	good = EVP_CipherInit_ex(c, NULL, NULL, NULL, iv, -1);
	if (good == 1 && work->mech == CKM_AES_GCM)
		good = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG_LEN,
		    seat->out + work->size);
	if (good == 1)
		good = EVP_CipherUpdate(c, seat->in, &len, seat->out,
		    (int)work->size);
	if (good == 1)
		good = EVP_CipherFinal_ex(c, seat->in + len, &last);
	return status(good);
}

static CK_RV
mac_start(struct seat *seat, const struct work *work)
{
	char sha256[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256,
		    sizeof(sha256) - 1),
		OSSL_PARAM_END
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);

	stop(seat, work);
	seat->mac = mac != NULL ? EVP_MAC_CTX_new(mac) : NULL;
	EVP_MAC_free(mac);
	return status(seat->mac != NULL ? EVP_MAC_init(seat->mac, keys_secret,
	    sizeof(keys_secret), params) : 0);
}

static CK_RV
mac_once(struct seat *seat, const struct work *work)
{
	size_t len;
	int good = EVP_MAC_init(seat->mac, NULL, 0, NULL);

	if (good == 1)
		good = EVP_MAC_update(seat->mac, seat->in, work->size);
	if (good == 1)
		good = EVP_MAC_final(seat->mac, seat->ready, &len,
		    sizeof(seat->ready));
	return status(good);
}

/* --- no key ------------------------------------------------------------- */

static CK_RV
digest_start(struct seat *seat, const struct work *work)
{
	EVP_MD *md = EVP_MD_fetch(NULL,
	    work->mech == CKM_SHA512 ? "SHA512" : "SHA256", NULL);
	int good;

	stop(seat, work);
	seat->md = EVP_MD_CTX_new();
	good = md != NULL && seat->md != NULL ?
	    EVP_DigestInit_ex(seat->md, md, NULL) : 0;
	EVP_MD_free(md);
	return status(good);
}

static CK_RV
digest_once(struct seat *seat, const struct work *work)
{
	unsigned len;
	int good = EVP_DigestInit_ex(seat->md, NULL, NULL);

	if (good == 1)
		good = EVP_DigestUpdate(seat->md, seat->in, work->size);
	if (good == 1)
		good = EVP_DigestFinal_ex(seat->md, seat->ready, &len);
	return status(good);
}

static CK_RV
random_once(struct seat *seat, const struct work *work)
{
	return status(RAND_bytes(seat->out, (int)work->size));
}

const struct act limit_sign = { .start = sign_start, .once = sign_once,
	.stop = stop };
const struct act limit_sign_once = { .start = sign_whole_start,
	.once = sign_whole_once, .stop = stop };
const struct act limit_verify = { .start = verify_start, .once = verify_once,
	.stop = stop };
const struct act limit_decrypt_rsa = { .start = decrypt_rsa_start,
	.once = decrypt_rsa_once, .stop = stop };
const struct act limit_encrypt = { .start = encrypt_start,
	.once = encrypt_once, .stop = stop };
const struct act limit_decrypt = { .start = decrypt_start,
	.once = decrypt_once, .stop = stop };
const struct act limit_mac = { .start = mac_start, .once = mac_once,
	.stop = stop };
const struct act limit_digest = { .start = digest_start, .once = digest_once,
	.stop = stop };
const struct act limit_random = { .once = random_once };
