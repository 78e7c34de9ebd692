/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters of messages, and nonces made here.
 */
#include "pkcs11/msgparam.h"

#include "base/util.h"
#include "pkcs11/mechparam.h"
#include "pkcs11/status.h"

/* Fewer random bits than these would meet again too soon. */
#define RANDOM_BITS_MIN 64
/* The same, where nothing else tells a nonce from all others of a key. */
#define UNIQUE_BITS_MIN 96

#define CCM_NONCE_MIN 7
#define CCM_NONCE_MAX 13
#define CHACHA_NONCE 12

/* The draft of 3.2, which some programs have: the tag follows the data. */
struct gcm_wrap_draft {
	CK_BYTE_PTR pIv;
	CK_ULONG ulIvLen;
	CK_ULONG ulIvFixedBits;
	CK_GENERATOR_FUNCTION ivGenerator;
	CK_ULONG ulTagBits;
};

static bool
is_sane(const struct msgparam *p)
{
	return p->iv != NULL && p->iv_len > 0 && p->iv_len <= NONCE_MAX &&
	    p->fixed_bits <= p->iv_len * 8 &&
	    (p->tag_follows || p->tag != NULL) &&
	    p->generator <= CKG_GENERATE_COUNTER_XOR;
}

static bool
is_gcm_tag(CK_ULONG bits)
{
	return bits == 32 || bits == 64 ||
	    (bits % 8 == 0 && bits >= 96 && bits <= TAG_MAX * 8);
}

static bool
is_ccm(CK_ULONG nonce_len, CK_ULONG mac_len)
{
	return nonce_len >= CCM_NONCE_MIN && nonce_len <= CCM_NONCE_MAX &&
	    mac_len >= 4 && mac_len <= TAG_MAX && mac_len % 2 == 0;
}

static bool
read_gcm(struct msgparam *out, const void *param, CK_ULONG len)
{
	CK_GCM_MESSAGE_PARAMS gcm = { 0 };
	struct gcm_wrap_draft draft;

	if (len == sizeof(gcm)) {
		memcpy(&gcm, param, sizeof(gcm));
	} else if (len == sizeof(draft)) {
		memcpy(&draft, param, sizeof(draft));
		gcm.pIv = draft.pIv;
		gcm.ulIvLen = draft.ulIvLen;
		gcm.ulIvFixedBits = draft.ulIvFixedBits;
		gcm.ivGenerator = draft.ivGenerator;
		gcm.ulTagBits = draft.ulTagBits;
	} else {
		return false;
	}
	*out = (struct msgparam){
		.iv = gcm.pIv,
		.iv_len = gcm.ulIvLen,
		.fixed_bits = gcm.ulIvFixedBits,
		.generator = gcm.ivGenerator,
		.tag = gcm.pTag,
		.tag_len = gcm.ulTagBits / 8,
		.tag_follows = len == sizeof(draft),
	};
	return is_gcm_tag(gcm.ulTagBits);
}

/* ulDataLen is not looked at: all of the data are there. */
static bool
read_ccm(struct msgparam *out, const void *param, CK_ULONG len)
{
	CK_CCM_MESSAGE_PARAMS ccm;

	if (len != sizeof(ccm))
		return false;
	memcpy(&ccm, param, sizeof(ccm));
	*out = (struct msgparam){
		.iv = ccm.pNonce,
		.iv_len = ccm.ulNonceLen,
		.fixed_bits = ccm.ulNonceFixedBits,
		.generator = ccm.nonceGenerator,
		.tag = ccm.pMAC,
		.tag_len = ccm.ulMACLen,
	};
	return is_ccm(ccm.ulNonceLen, ccm.ulMACLen);
}

static bool
read_chacha(struct msgparam *out, const void *param, CK_ULONG len)
{
	CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS chacha;

	if (len != sizeof(chacha))
		return false;
	memcpy(&chacha, param, sizeof(chacha));
	*out = (struct msgparam){
		.iv = chacha.pNonce,
		.iv_len = chacha.ulNonceLen,
		.generator = CKG_NO_GENERATE,
		.tag = chacha.pTag,
		.tag_len = TAG_MAX,
	};
	return chacha.ulNonceLen == CHACHA_NONCE;
}

/* --- of C_WrapKey and C_UnwrapKey: the tag follows the wrapped key --- */

static bool
read_gcm_wrap(struct msgparam *out, const void *param, CK_ULONG len)
{
	CK_GCM_WRAP_PARAMS gcm;

	if (len != sizeof(gcm))
		return false;
	memcpy(&gcm, param, sizeof(gcm));
	*out = (struct msgparam){
		.iv = gcm.pIv,
		.iv_len = gcm.ulIvLen,
		.fixed_bits = gcm.ulIvFixedBits,
		.generator = gcm.ivGenerator,
		.tag_len = gcm.ulTagBits / 8,
		.tag_follows = true,
	};
	return is_gcm_tag(gcm.ulTagBits) &&
	    mechparam_bytes(gcm.pAAD, gcm.ulAADLen, PARAM_BYTES_MAX,
		&out->aad);
}

static bool
read_ccm_wrap(struct msgparam *out, const void *param, CK_ULONG len)
{
	CK_CCM_WRAP_PARAMS ccm;

	if (len != sizeof(ccm))
		return false;
	memcpy(&ccm, param, sizeof(ccm));
	*out = (struct msgparam){
		.iv = ccm.pNonce,
		.iv_len = ccm.ulNonceLen,
		.fixed_bits = ccm.ulNonceFixedBits,
		.generator = ccm.nonceGenerator,
		.tag_len = ccm.ulMACLen,
		.tag_follows = true,
	};
	return is_ccm(ccm.ulNonceLen, ccm.ulMACLen) &&
	    mechparam_bytes(ccm.pAAD, ccm.ulAADLen, PARAM_BYTES_MAX,
		&out->aad);
}

typedef bool msgparam_reader(
    struct msgparam *out, const void *param, CK_ULONG len);

static msgparam_reader *const readers[PARAM_KIND_COUNT] = {
	[PARAM_GCM] = read_gcm,
	[PARAM_CCM] = read_ccm,
	[PARAM_CHACHA20_POLY1305] = read_chacha,
};

static msgparam_reader *const wrap_readers[PARAM_KIND_COUNT] = {
	[PARAM_GCM] = read_gcm_wrap,
	[PARAM_CCM] = read_ccm_wrap,
};

bool
msgparam_knows(const struct mech *mech)
{
	return readers[mech->param] != NULL;
}

bool
msgparam_wraps(const CK_MECHANISM *mechanism)
{
	return mechanism != NULL &&
	    ((mechanism->mechanism == CKM_AES_GCM &&
		mechanism->ulParameterLen == sizeof(CK_GCM_WRAP_PARAMS)) ||
	    (mechanism->mechanism == CKM_AES_CCM &&
		mechanism->ulParameterLen == sizeof(CK_CCM_WRAP_PARAMS)));
}

static bool
read_with(msgparam_reader *reader, struct msgparam *out, const void *param,
    CK_ULONG len, bool seals)
{
	if (param == NULL || reader == NULL || !reader(out, param, len))
		return false;
	if (!seals) {
		out->fixed_bits = 0;
		out->generator = CKG_NO_GENERATE;
	}
	return is_sane(out);
}

bool
msgparam_read(struct msgparam *out, const struct mech *mech,
    const void *param, CK_ULONG len, bool seals)
{
	return read_with(readers[mech->param], out, param, len, seals);
}

bool
msgparam_read_wrap(struct msgparam *out, const struct mech *mech,
    const void *param, CK_ULONG len, bool seals)
{
	return read_with(wrap_readers[mech->param], out, param, len, seals);
}

void
msgparam_op(const struct msgparam *p, struct span aad, struct key_op *op)
{
	op->iv = span_of(p->iv, p->iv_len);
	op->aad = aad;
	op->tag_len = p->tag_len;
}

/* --- nonces --- */

static size_t
free_bits(const struct msgparam *p)
{
	return p->iv_len * 8 - p->fixed_bits;
}

/* bits of value to the right end; what is left of them stays. */
static void
put_bits(const struct msgparam *p, const CK_BYTE *value, bool add)
{
	size_t i, first = p->fixed_bits / 8;
	unsigned rest = (unsigned)(p->fixed_bits % 8), mask;

	for (i = first; i < p->iv_len; i++) {
		mask = i == first ? 0xffu >> rest : 0xffu;
		if (add)
			p->iv[i] = (CK_BYTE)(p->iv[i] ^ (value[i] & mask));
		else
			p->iv[i] = (CK_BYTE)((p->iv[i] & ~mask) |
			    (value[i] & mask));
	}
}

/* Big-endian at the right end of a nonce of that length. */
static void
count_bytes(CK_BYTE *out, size_t len, uint64_t count)
{
	memset(out, 0, len);
	while (len > 0 && count > 0) {
		out[--len] = (CK_BYTE)(count & 0xff);
		count >>= 8;
	}
}

static CK_RV
make_counted(const struct msgparam *p, struct nonce *nonce)
{
	size_t bits = free_bits(p);
	bool add = p->generator == CKG_GENERATE_COUNTER_XOR;
	CK_BYTE value[NONCE_MAX];

	if (bits == 0)
		return CKR_MECHANISM_PARAM_INVALID;
	if (bits < 64 && nonce->count >> bits != 0)
		return CKR_TOKEN_RESOURCE_EXCEEDED;
	if (add && nonce->count == 0)
		memcpy(nonce->base, p->iv, p->iv_len);
	if (add)
		memcpy(p->iv, nonce->base, p->iv_len);
	count_bytes(value, p->iv_len, nonce->count);
	put_bits(p, value, add);
	nonce->count++;
	return CKR_OK;
}

bool
msgparam_is_counted(const struct msgparam *p)
{
	return p->generator == CKG_GENERATE_COUNTER ||
	    p->generator == CKG_GENERATE_COUNTER_XOR ||
	    (p->generator == CKG_GENERATE && free_bits(p) < RANDOM_BITS_MIN);
}

bool
msgparam_is_unique(const struct msgparam *p)
{
	return p->generator != CKG_NO_GENERATE && !msgparam_is_counted(p) &&
	    free_bits(p) >= UNIQUE_BITS_MIN;
}

CK_RV
msgparam_make_nonce(const struct msgparam *p, struct nonce *nonce,
    struct token *token)
{
	CK_BYTE value[NONCE_MAX];
	CK_RV rv;

	if (p->generator == CKG_NO_GENERATE)
		return CKR_OK;
	if (msgparam_is_counted(p))
		return make_counted(p, nonce);
	if (free_bits(p) < RANDOM_BITS_MIN)
		return CKR_MECHANISM_PARAM_INVALID;
	rv = status_rv(token_random(token, value, p->iv_len));
	if (rv == CKR_OK)
		put_bits(p, value, false);
	return rv;
}
