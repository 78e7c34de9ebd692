/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Modules at work: signatures, ciphers, digests, random bytes.
 */
#include "bench/acts.h"

#include "bench/keys.h"

#define IV_LEN 16
#define GCM_IV_LEN 12
#define GCM_TAG_BITS 128

/* Read only, but Cryptoki has no word for that. */
static CK_BYTE iv[IV_LEN];
static CK_GCM_PARAMS gcm = { iv, GCM_IV_LEN, GCM_IV_LEN * 8, NULL, 0,
	GCM_TAG_BITS };
/* The only one that all peers know. */
static CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA_1, CKG_MGF1_SHA1,
	CKZ_DATA_SPECIFIED, NULL, 0 };

static const CK_MECHANISM parameters[] = {
	{ CKM_AES_CBC, iv, sizeof(iv) },
	{ CKM_AES_GCM, &gcm, sizeof(gcm) },
	{ CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) },
};

static bool
knows(struct seat *seat, CK_MECHANISM_TYPE type)
{
	CK_MECHANISM_INFO info;

	return seat->side->f->C_GetMechanismInfo(seat->side->slot, type,
		   &info) == CKR_OK;
}

CK_RV
crypt_start(struct seat *seat, const struct work *work)
{
	seat->mech = (CK_MECHANISM){ work->mech, NULL, 0 };
	for (size_t i = 0; i < COUNT(parameters); i++)
		if (parameters[i].mechanism == work->mech)
			seat->mech = parameters[i];
	/* what 2.40 called it, and 3.0 after it */
	if (work->mech == CKM_AES_KEY_WRAP_KWP && !knows(seat, work->mech))
		seat->mech.mechanism = CKM_AES_KEY_WRAP_PAD;
	if (work->key == KEY_NO)
		return CKR_OK;
	return keys_pair(seat->side, work->key, &seat->key);
}

/* Secret keys have one handle for both. */
static CK_OBJECT_HANDLE
public_half(const struct seat *seat)
{
	return seat->key.public_key != 0 ? seat->key.public_key :
					   seat->key.private_key;
}

static CK_RV
sign(struct seat *seat, const struct work *work, CK_BYTE *out, CK_ULONG *len)
{
	CK_FUNCTION_LIST *f = seat->side->f;
	CK_RV rv = f->C_SignInit(seat->session, &seat->mech,
	    seat->key.private_key);

	if (rv == CKR_OK)
		rv = f->C_Sign(seat->session, seat->in, work->size, out, len);
	return rv;
}

static CK_RV
sign_once(struct seat *seat, const struct work *work)
{
	CK_ULONG len = WORK_BYTES_MAX;

	return sign(seat, work, seat->out, &len);
}

static CK_RV
verify_start(struct seat *seat, const struct work *work)
{
	CK_RV rv = crypt_start(seat, work);

	seat->ready_len = sizeof(seat->ready);
	if (rv == CKR_OK)
		rv = sign(seat, work, seat->ready, &seat->ready_len);
	return rv;
}

static CK_RV
verify_once(struct seat *seat, const struct work *work)
{
	CK_FUNCTION_LIST *f = seat->side->f;
	CK_RV rv = f->C_VerifyInit(seat->session, &seat->mech,
	    public_half(seat));

	if (rv == CKR_OK)
		rv = f->C_Verify(seat->session, seat->in, work->size,
		    seat->ready, seat->ready_len);
	return rv;
}

static CK_RV
encrypt_once(struct seat *seat, const struct work *work)
{
	CK_FUNCTION_LIST *f = seat->side->f;
	CK_RV rv = f->C_EncryptInit(seat->session, &seat->mech,
	    public_half(seat));

	seat->ready_len = WORK_BYTES_MAX + IV_LEN;
	if (rv == CKR_OK)
		rv = f->C_Encrypt(seat->session, seat->in, work->size,
		    seat->out, &seat->ready_len);
	return rv;
}

static CK_RV
decrypt_start(struct seat *seat, const struct work *work)
{
	CK_RV rv = crypt_start(seat, work);

	return rv == CKR_OK ? encrypt_once(seat, work) : rv;
}

/* The ciphertext stays in out; what comes back is what was there. */
static CK_RV
decrypt_once(struct seat *seat, const struct work *work)
{
	CK_FUNCTION_LIST *f = seat->side->f;
	CK_ULONG len = WORK_BYTES_MAX + IV_LEN;
	CK_RV rv = f->C_DecryptInit(seat->session, &seat->mech,
	    seat->key.private_key);

	(void)work;
	if (rv == CKR_OK)
		rv = f->C_Decrypt(seat->session, seat->out, seat->ready_len,
		    seat->in, &len);
	return rv;
}

static CK_RV
digest_once(struct seat *seat, const struct work *work)
{
	CK_FUNCTION_LIST *f = seat->side->f;
	CK_ULONG len = WORK_BYTES_MAX;
	CK_RV rv = f->C_DigestInit(seat->session, &seat->mech);

	if (rv == CKR_OK)
		rv = f->C_Digest(seat->session, seat->in, work->size,
		    seat->out, &len);
	return rv;
}

static CK_RV
random_once(struct seat *seat, const struct work *work)
{
	return seat->side->f->C_GenerateRandom(seat->session, seat->out,
	    work->size);
}

const struct act act_sign = { .start = crypt_start, .once = sign_once };
const struct act act_verify = { .start = verify_start, .once = verify_once };
const struct act act_encrypt = { .start = crypt_start, .once = encrypt_once };
const struct act act_decrypt = { .start = decrypt_start,
	.once = decrypt_once };
const struct act act_digest = { .start = crypt_start, .once = digest_once };
const struct act act_random = { .once = random_once };
