/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Mechanism parameters.  Structures from outside are copied, never read in
 * place: pParameter may have any alignment.  Lengths must fit exactly.
 */
#include "pkcs11/mechparam.h"

#include "base/util.h"
#include "base/why.h"
#include "core/provider.h"
#include "pkcs11/cryptoki_small.h"

#define PEER_MAX 1024
#define SALT_MAX (RSA_BITS_MAX / 8)
#define GCM_IV_MAX 128
#define AES_BLOCK 16

#define BAD_BYTES "none, too long, or NULL with a length"

/* CK_GCM_PARAMS as 2.40 printed it, without ulIvBits. */
struct gcm_short {
	CK_BYTE_PTR pIv;
	CK_ULONG ulIvLen;
	CK_BYTE_PTR pAAD;
	CK_ULONG ulAADLen;
	CK_ULONG ulTagBits;
};

struct hash_row {
	enum key_hash hash;
	CK_MECHANISM_TYPE type;
	CK_RSA_PKCS_MGF_TYPE mgf;
	CK_EC_KDF_TYPE kdf;
	CK_EC_KDF_TYPE kdf_sp800;
};

static const struct hash_row hashes[] = {
	{ HASH_SHA1, CKM_SHA_1, CKG_MGF1_SHA1, CKD_SHA1_KDF,
	    CKD_SHA1_KDF_SP800 },
	{ HASH_SHA224, CKM_SHA224, CKG_MGF1_SHA224, CKD_SHA224_KDF,
	    CKD_SHA224_KDF_SP800 },
	{ HASH_SHA256, CKM_SHA256, CKG_MGF1_SHA256, CKD_SHA256_KDF,
	    CKD_SHA256_KDF_SP800 },
	{ HASH_SHA384, CKM_SHA384, CKG_MGF1_SHA384, CKD_SHA384_KDF,
	    CKD_SHA384_KDF_SP800 },
	{ HASH_SHA512, CKM_SHA512, CKG_MGF1_SHA512, CKD_SHA512_KDF,
	    CKD_SHA512_KDF_SP800 },
	{ HASH_SHA3_224, CKM_SHA3_224, CKG_MGF1_SHA3_224, CKD_SHA3_224_KDF,
	    CKD_SHA3_224_KDF_SP800 },
	{ HASH_SHA3_256, CKM_SHA3_256, CKG_MGF1_SHA3_256, CKD_SHA3_256_KDF,
	    CKD_SHA3_256_KDF_SP800 },
	{ HASH_SHA3_384, CKM_SHA3_384, CKG_MGF1_SHA3_384, CKD_SHA3_384_KDF,
	    CKD_SHA3_384_KDF_SP800 },
	{ HASH_SHA3_512, CKM_SHA3_512, CKG_MGF1_SHA3_512, CKD_SHA3_512_KDF,
	    CKD_SHA3_512_KDF_SP800 },
};

bool
mechparam_hash(CK_MECHANISM_TYPE type, enum key_hash *out)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(hashes); i++) {
		if (hashes[i].type == type) {
			*out = hashes[i].hash;
			return true;
		}
	}
	return false;
}

static bool
mgf_of(CK_RSA_PKCS_MGF_TYPE mgf, enum key_hash *out)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(hashes); i++) {
		if (hashes[i].mgf == mgf) {
			*out = hashes[i].hash;
			return true;
		}
	}
	return false;
}

/* BLAKE2b, which has no other place than this one in parameters. */
static bool
blake_kdf(CK_EC_KDF_TYPE kdf, struct key_op *op)
{
	static const struct {
		CK_EC_KDF_TYPE kdf;
		enum key_hash hash;
	} blakes[] = {
		{ CKD_BLAKE2B_160_KDF, HASH_BLAKE2B_160 },
		{ CKD_BLAKE2B_256_KDF, HASH_BLAKE2B_256 },
		{ CKD_BLAKE2B_384_KDF, HASH_BLAKE2B_384 },
		{ CKD_BLAKE2B_512_KDF, HASH_BLAKE2B },
	};

	for (size_t i = 0; i < ARRAY_LEN(blakes); i++) {
		if (blakes[i].kdf != kdf)
			continue;
		op->kdf = KDF_X963;
		op->pad_hash = blakes[i].hash;
		return provider_knows_hash(op->pad_hash);
	}
	return false;
}

bool
mechparam_kdf(CK_EC_KDF_TYPE kdf, struct key_op *op)
{
	size_t i;

	op->kdf = KDF_NULL;
	if (kdf == CKD_NULL)
		return true;
	for (i = 0; i < ARRAY_LEN(hashes); i++) {
		if (hashes[i].kdf != kdf && hashes[i].kdf_sp800 != kdf)
			continue;
		op->kdf = hashes[i].kdf == kdf ? KDF_X963 : KDF_SP800;
		op->pad_hash = hashes[i].hash;
		return true;
	}
	return blake_kdf(kdf, op);
}

bool
mechparam_struct(const CK_MECHANISM *from, void *out, size_t size)
{
	if (from->pParameter == NULL || from->ulParameterLen != size) {
		why_say("parameter: %zu bytes are wanted, %lu are there", size,
		    from->pParameter == NULL ? 0 : from->ulParameterLen);
		return false;
	}
	memcpy(out, from->pParameter, size);
	return true;
}

bool
mechparam_wrong(const char *field, const char *text)
{
	why_say("parameter: %s: %s", field, text);
	return false;
}

bool
mechparam_bytes(const void *ptr, CK_ULONG len, size_t max, struct span *out)
{
	if (len > max || (ptr == NULL && len > 0))
		return false;
	*out = span_of(ptr, len);
	return true;
}

static bool
read_none(const CK_MECHANISM *from, struct key_op *op)
{
	(void)op;
	return from->ulParameterLen == 0;
}

static bool
read_iv(const CK_MECHANISM *from, struct key_op *op, size_t len)
{
	if (from->ulParameterLen != len || from->pParameter == NULL)
		return false;
	op->iv = span_of(from->pParameter, len);
	return true;
}

static bool
read_iv16(const CK_MECHANISM *from, struct key_op *op)
{
	return read_iv(from, op, AES_BLOCK);
}

static bool
read_iv8_or_none(const CK_MECHANISM *from, struct key_op *op)
{
	return from->ulParameterLen == 0 || read_iv(from, op, 8);
}

static bool
read_iv4_or_none(const CK_MECHANISM *from, struct key_op *op)
{
	return from->ulParameterLen == 0 || read_iv(from, op, 4);
}

static bool
read_ctr(const CK_MECHANISM *from, struct key_op *op)
{
	CK_AES_CTR_PARAMS ctr;

	if (!mechparam_struct(from, &ctr, sizeof(ctr)))
		return false;
	if (ctr.ulCounterBits == 0 || ctr.ulCounterBits > AES_BLOCK * 8)
		return mechparam_wrong("ulCounterBits", "not 1 to 128");
	op->counter_bits = ctr.ulCounterBits;
	/* The copy dies here: borrow the caller's bytes. */
	op->iv = span_of((const CK_BYTE *)from->pParameter +
	    offsetof(CK_AES_CTR_PARAMS, cb), AES_BLOCK);
	return true;
}

static bool
tag_bits_ok(CK_ULONG bits)
{
	return bits == 32 || bits == 64 ||
	    (bits >= 96 && bits <= 128 && bits % 8 == 0);
}

bool
mechparam_is_gcm(const CK_MECHANISM *from)
{
	return from->ulParameterLen == sizeof(CK_GCM_PARAMS) ||
	    from->ulParameterLen == sizeof(struct gcm_short);
}

bool
mechparam_gcm(const CK_MECHANISM *from, struct key_op *op)
{
	struct gcm_short brief;
	CK_GCM_PARAMS gcm;

	if (!mechparam_struct(from, &gcm, sizeof(gcm))) {
		if (!mechparam_struct(from, &brief, sizeof(brief)))
			return false;
		gcm.pIv = brief.pIv;
		gcm.ulIvLen = brief.ulIvLen;
		gcm.pAAD = brief.pAAD;
		gcm.ulAADLen = brief.ulAADLen;
		gcm.ulTagBits = brief.ulTagBits;
	}
	if (!tag_bits_ok(gcm.ulTagBits))
		return mechparam_wrong("ulTagBits", "not a length of a tag");
	op->tag_len = gcm.ulTagBits / 8;
	if (gcm.ulIvLen == 0 ||
	    !mechparam_bytes(gcm.pIv, gcm.ulIvLen, GCM_IV_MAX, &op->iv))
		return mechparam_wrong("pIv, ulIvLen", "none, or too long");
	return mechparam_bytes(gcm.pAAD, gcm.ulAADLen, PARAM_BYTES_MAX,
	    &op->aad) ||
	    mechparam_wrong("pAAD, ulAADLen", BAD_BYTES);
}

static bool
hash_and_mgf(CK_MECHANISM_TYPE hash, CK_RSA_PKCS_MGF_TYPE mgf,
    struct key_op *op)
{
	if (!mechparam_hash(hash, &op->pad_hash))
		return mechparam_wrong("hashAlg", "not a digest known here");
	return mgf_of(mgf, &op->mgf_hash) ||
	    mechparam_wrong("mgf", "not a function known here");
}

static bool
oaep_of(const CK_RSA_PKCS_OAEP_PARAMS *oaep, struct key_op *op)
{
	/* Callers without a label leave the source 0 as often as not. */
	if (oaep->source != CKZ_DATA_SPECIFIED &&
	    (oaep->source != 0 || oaep->ulSourceDataLen != 0))
		return mechparam_wrong("source", "not CKZ_DATA_SPECIFIED");
	return hash_and_mgf(oaep->hashAlg, oaep->mgf, op) &&
	    (mechparam_bytes(oaep->pSourceData, oaep->ulSourceDataLen,
	    PARAM_BYTES_MAX, &op->label) ||
		mechparam_wrong("pSourceData, ulSourceDataLen", BAD_BYTES));
}

static bool
read_oaep(const CK_MECHANISM *from, struct key_op *op)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep;

	return mechparam_struct(from, &oaep, sizeof(oaep)) &&
	    oaep_of(&oaep, op);
}

static bool
read_pss(const CK_MECHANISM *from, struct key_op *op)
{
	CK_RSA_PKCS_PSS_PARAMS pss;

	if (!mechparam_struct(from, &pss, sizeof(pss)))
		return false;
	if (!hash_and_mgf(pss.hashAlg, pss.mgf, op))
		return false;
	if (op->hash != HASH_NONE && op->hash != op->pad_hash)
		return mechparam_wrong("hashAlg", "not that of the mechanism");
	op->salt_len = pss.sLen;
	return pss.sLen <= SALT_MAX ||
	    mechparam_wrong("sLen", "longer than any key");
}

static bool
read_ecdh1(const CK_MECHANISM *from, struct key_op *op)
{
	CK_ECDH1_DERIVE_PARAMS ecdh;

	if (!mechparam_struct(from, &ecdh, sizeof(ecdh)))
		return false;
	if (!mechparam_kdf(ecdh.kdf, op))
		return mechparam_wrong("kdf", "not a function known here");
	if (ecdh.kdf == CKD_NULL && ecdh.ulSharedDataLen != 0)
		return mechparam_wrong("ulSharedDataLen", "not 0, and no kdf");
	if (!mechparam_peer(ecdh.pPublicData, ecdh.ulPublicDataLen,
	    PEER_MAX, op))
		return mechparam_wrong("pPublicData, ulPublicDataLen",
		    op->for_kem ? "not for this call" : BAD_BYTES);
	return mechparam_bytes(ecdh.pSharedData, ecdh.ulSharedDataLen,
	    PARAM_BYTES_MAX, &op->label) ||
	    mechparam_wrong("pSharedData, ulSharedDataLen", BAD_BYTES);
}

static bool
read_rsa_aes(const CK_MECHANISM *from, struct key_op *op)
{
	CK_RSA_AES_KEY_WRAP_PARAMS wrap;
	CK_RSA_PKCS_OAEP_PARAMS oaep;

	if (!mechparam_struct(from, &wrap, sizeof(wrap)))
		return false;
	if (wrap.ulAESKeyBits != 128 && wrap.ulAESKeyBits != 192 &&
	    wrap.ulAESKeyBits != 256)
		return mechparam_wrong("ulAESKeyBits", "not 128, 192 or 256");
	if (wrap.pOAEPParams == NULL)
		return mechparam_wrong("pOAEPParams", "is NULL");
	memcpy(&oaep, wrap.pOAEPParams, sizeof(oaep));
	op->aes_bits = wrap.ulAESKeyBits;
	return oaep_of(&oaep, op);
}

static bool
read_mac_len(const CK_MECHANISM *from, struct key_op *op)
{
	CK_MAC_GENERAL_PARAMS len;
	size_t most;

	most = op->hash == HASH_NONE ? AES_BLOCK : hash_info(op->hash)->size;
	if (!mechparam_struct(from, &len, sizeof(len)))
		return false;
	op->mac_len = len;
	return (len > 0 && len <= most) ||
	    mechparam_wrong("the length", "0, or longer than the MAC");
}

static bool
read_sha512_t(const CK_MECHANISM *from, struct key_op *op)
{
	CK_MAC_GENERAL_PARAMS t;

	if (!mechparam_struct(from, &t, sizeof(t)))
		return false;
	op->hash = t == 224 ? HASH_SHA512_224 : HASH_SHA512_256;
	return t == 224 || t == 256;
}

static bool
read_later(const CK_MECHANISM *from, struct key_op *op)
{
	(void)op;
	return from->pParameter != NULL || from->ulParameterLen == 0;
}

static bool
read_some(const CK_MECHANISM *from, struct key_op *op)
{
	(void)op;
	return from->pParameter != NULL && from->ulParameterLen > 0;
}

/* Of the pre-master secret: its first bytes. */
static bool
read_version(const CK_MECHANISM *from, struct key_op *op)
{
	return read_iv(from, op, sizeof(CK_VERSION));
}

static bool
read_handle(const CK_MECHANISM *from, struct key_op *op)
{
	(void)op;
	return from->pParameter != NULL &&
	    from->ulParameterLen == sizeof(CK_OBJECT_HANDLE);
}

static param_reader *const readers[PARAM_KIND_COUNT] = {
	[PARAM_NONE] = read_none,
	[PARAM_IV16] = read_iv16,
	[PARAM_IV8_OR_NONE] = read_iv8_or_none,
	[PARAM_IV4_OR_NONE] = read_iv4_or_none,
	[PARAM_CTR] = read_ctr,
	[PARAM_GCM] = mechparam_gcm,
	[PARAM_OAEP] = read_oaep,
	[PARAM_PSS] = read_pss,
	[PARAM_ECDH1] = read_ecdh1,
	[PARAM_RSA_AES_WRAP] = read_rsa_aes,
	[PARAM_MAC_LEN] = read_mac_len,
	[PARAM_CNG_BLOB] = read_later,
	[PARAM_EDDSA] = mechparam_eddsa,
	[PARAM_SIGN_CONTEXT] = mechparam_sign_context,
	[PARAM_HASH_CONTEXT] = mechparam_hash_context,
	[PARAM_IV8] = mechparam_iv8,
	[PARAM_GMAC] = mechparam_gmac,
	[PARAM_CCM] = mechparam_ccm,
	[PARAM_CHACHA20] = mechparam_chacha20,
	[PARAM_CHACHA20_POLY1305] = mechparam_chacha20_poly1305,
	[PARAM_ECDH_AES_WRAP] = mechparam_ecdh_aes,
	[PARAM_PUBLIC_VALUE] = mechparam_public_value,
	[PARAM_DERIVE] = read_some,
	[PARAM_PBKD2] = read_some,
	[PARAM_X942] = mechparam_x942,
	[PARAM_TLS_MASTER] = read_some,
	[PARAM_TLS_EXTENDED] = read_some,
	[PARAM_TLS_KEYS] = read_some,
	[PARAM_TLS_KDF] = read_some,
	[PARAM_TLS_MAC] = mechparam_tls_mac,
	[PARAM_VERSION] = read_version,
	[PARAM_OTHER_KEY] = read_handle,
	[PARAM_DATA] = mechparam_data,
	[PARAM_DATA_FIRST] = mechparam_data_first,
	[PARAM_CBC_DATA] = mechparam_cbc_data,
	[PARAM_FIRST_BIT] = mechparam_first_bit,
	[PARAM_SHA512_T] = read_sha512_t,
	[PARAM_IKE_FIRST] = read_some,
	[PARAM_IKE_NEXT] = read_some,
	[PARAM_IKE_PLUS] = read_some,
	[PARAM_IKE_EXTENDED] = read_some,
};

CK_RV
mech_param_read(const struct mech *mech, const CK_MECHANISM *from,
    struct key_op *op)
{
	if (readers[mech->param](from, op)) {
		/* a length may have been tried that is not the only one */
		if (why_wanted())
			why_say("%s", "");
		return CKR_OK;
	}
	if (why_now()->text[0] == '\0')
		why_say("parameter: %lu bytes are not what it takes",
		    from->ulParameterLen);
	return CKR_MECHANISM_PARAM_INVALID;
}
