/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of curves: ECDSA, EdDSA, ECDH and wrapping under that.  r and s, and a
 * shared secret, have the length of a coordinate.
 */
#include "tests/mechanisms/pairs.h"

#include <openssl/core_names.h>

static const char *
curve_of(CK_ULONG bits)
{
	static const struct {
		CK_ULONG bits;
		const char *name;
	} curves[] = {
		{ 160, "brainpoolP160r1" }, { 192, "P-192" },
		{ 224, "P-224" }, { 256, "P-256" }, { 384, "P-384" },
		{ 521, "P-521" },
		/* too small, and too large */
		{ 159, "secp128r1" }, { 522, "sect571r1" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(curves); i++)
		if (curves[i].bits == bits)
			return curves[i].name;
	return "P-256";
}

static bool
ec_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, "EC", 0, curve_of(bits));
}

static bool
edwards_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, bits == 448 ? "ED448" : "ED25519", 0, NULL);
}

static bool
montgomery_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, bits == 448 ? "X448" : "X25519", 0, NULL);
}

static CK_RV
ec_of_size(struct sample *s, CK_ULONG bits)
{
	return ec_make(s, bits) ? use_key(s) : CKR_KEY_SIZE_RANGE;
}

/* No such curve has another size: one of the other curves. */
static CK_RV
edwards_of_size(struct sample *s, CK_ULONG bits)
{
	if (bits == 255 || bits == 448 ? !edwards_make(s, bits) :
		!ec_make(s, 256))
		return CKR_GENERAL_ERROR;
	return use_key(s);
}

const struct keys ec_keys = { ec_make, ec_of_size, { 256, 160, 521 },
	false };
static const struct keys edwards_keys = { edwards_make, edwards_of_size,
	{ 255, 448 }, false };
const struct keys montgomery_keys = { montgomery_make, ec_of_size,
	{ 255, 448 }, false };

/* --- ECDSA --- */

static CK_ULONG
order_len(const struct sample *s)
{
	return ((CK_ULONG)EVP_PKEY_get_bits(s->pkey) + 7) / 8;
}

static bool
ecdsa_refer(struct sample *s)
{
	struct bytes der;

	return evp_sign(s, s->row->name_of, NULL, &der) &&
	    raw_from_der(der, order_len(s), &s->output);
}

static bool
ecdsa_accepts(struct sample *s, struct bytes made)
{
	struct bytes der;

	return expect(made.len == 2 * order_len(s), "length of r and s") &&
	    der_from_raw(made, &der) &&
	    evp_verify(s, s->row->name_of, NULL, der);
}

/* --- EdDSA --- */

/* Plain, unless a paper has a context; its number 1 means prehash. */
static bool
eddsa_param(struct sample *s)
{
	if (s->context.ptr == NULL && s->number == 0)
		return true;
	s->param.eddsa = (CK_EDDSA_PARAMS){ s->number == 1, s->context.len,
		s->context.ptr };
	return SET_PARAM(s, eddsa);
}

static bool
eddsa_refer(struct sample *s)
{
	return evp_sign(s, "", NULL, &s->output);
}

/* --- ECDH --- */

static bool
peer_make(struct sample *s)
{
	const char *type = EVP_PKEY_get0_type_name(s->pkey);
	char group[64] = "";
	size_t len = 0;

	(void)EVP_PKEY_get_group_name(s->pkey, group, sizeof(group), &len);
	EVP_PKEY_free(s->peer);
	s->peer = EVP_PKEY_Q_keygen(NULL, NULL, type, group);
	return expect(s->peer != NULL, "libcrypto makes no second key");
}

static struct bytes
point_of(EVP_PKEY *pkey)
{
	unsigned char *point = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(pkey, &point);
	struct bytes out = copy_of(point, len);

	OPENSSL_free(point);
	return out;
}

/* X9.63: the counter after the secret; SP 800-56A: before it. */
static struct bytes
kdf(struct bytes secret, struct bytes info, CK_ULONG len, bool sp800)
{
	struct bytes out = room(len + 64), in, hash;
	CK_ULONG done, at = sp800 ? 0 : secret.len;

	in = room(secret.len + 4 + info.len);
	memcpy(in.ptr + (sp800 ? 4 : 0), secret.ptr, secret.len);
	if (info.len > 0)
		memcpy(in.ptr + secret.len + 4, info.ptr, info.len);
	for (done = 0; done < len; done += hash.len) {
		in.ptr[at + 3]++;
		hash = digest_of("SHA256", in);
		memcpy(out.ptr + done, hash.ptr, hash.len);
	}
	out.len = len;
	return out;
}

static bool
ecdh_param(struct sample *s)
{
	if (s->aad.ptr == NULL) {
		if (s->pkey != NULL && !peer_make(s))
			return false;
		s->aad = point_of(s->peer);
		s->info = TEXT("shared info");
	}
	s->param.ecdh = (CK_ECDH1_DERIVE_PARAMS){ s->row->number, 0, NULL,
		s->aad.len, s->aad.ptr };
	if (s->row->number != CKD_NULL) {
		s->param.ecdh.ulSharedDataLen = s->info.len;
		s->param.ecdh.pSharedData = s->info.ptr;
	}
	return SET_PARAM(s, ecdh);
}

static bool
ecdh_refer(struct sample *s)
{
	struct bytes secret;

	if (!evp_agree(s->pkey, s->peer, &secret))
		return false;
	s->output = s->row->number == CKD_NULL ? secret :
	    kdf(secret, s->info, 50,
	    s->row->number == CKD_SHA256_KDF_SP800);
	return true;
}

/* --- ECDH, then AES --- */

static bool
ecdh_wrap_param(struct sample *s)
{
	s->info = TEXT("shared info");
	s->param.ecdh_wrap = (CK_ECDH_AES_KEY_WRAP_PARAMS){ 256,
		CKD_SHA256_KDF, s->info.len, s->info.ptr };
	return SET_PARAM(s, ecdh_wrap);
}

static bool
wrap_under(struct sample *s, bool encrypt, struct bytes from,
    struct bytes *out)
{
	struct bytes secret, aes, no_iv = { NULL, 0 };

	if (!evp_agree(encrypt ? s->peer : s->pkey,
	    encrypt ? s->pkey : s->peer, &secret))
		return false;
	aes = kdf(secret, s->info, 32, false);
	return cipher_run("AES-256-WRAP-PAD", encrypt, aes, no_iv, from, true,
	    out);
}

static bool
ecdh_wrap_refer(struct sample *s)
{
	struct bytes point, tail;

	if (!peer_make(s) || !wrap_under(s, true, s->input, &tail))
		return false;
	point = point_of(s->peer);
	s->output = room(point.len + tail.len);
	memcpy(s->output.ptr, point.ptr, point.len);
	memcpy(s->output.ptr + point.len, tail.ptr, tail.len);
	return true;
}

static bool
ecdh_wrap_opens(struct sample *s, struct bytes made)
{
	struct bytes point = point_of(s->pkey), tail, back;

	/* the other's point in place of that of a key on the same curve */
	if (!expect(made.len > point.len, "too short") || !peer_make(s) ||
	    !expect(EVP_PKEY_set1_encoded_public_key(s->peer, made.ptr,
	    point.len) > 0, "no ephemeral key"))
		return false;
	tail = (struct bytes){ made.ptr + point.len, made.len - point.len };
	return wrap_under(s, false, tail, &back) &&
	    equal(back, s->input, "what libcrypto unwraps");
}

#define ECDSA(mech, hash) \
	{ .type = CKM_##mech, .name = #mech, .kind = &signs, \
	    .keys = &ec_keys, .refer = ecdsa_refer, \
	    .accepts = ecdsa_accepts, .name_of = hash }
#define ECDH(mech, keys_, kdf_) \
	{ .type = CKM_##mech, .name = #mech, .kind = &derives, \
	    .keys = &keys_, .param = ecdh_param, .refer = ecdh_refer, \
	    .number = kdf_ }
#define ECDHS(mech) \
	ECDH(mech, ec_keys, CKD_NULL), \
	ECDH(mech, ec_keys, CKD_SHA256_KDF), \
	ECDH(mech, ec_keys, CKD_SHA256_KDF_SP800)
#define ECDH_WRAP(mech, keys_) \
	{ .type = CKM_##mech, .name = #mech, .kind = &wraps, \
	    .keys = &keys_, .param = ecdh_wrap_param, \
	    .refer = ecdh_wrap_refer, .accepts = ecdh_wrap_opens, \
	    .limit = 8 }

static const struct row ec_table[] = {
	{ .type = CKM_ECDSA, .name = "ECDSA", .kind = &signs,
	    .keys = &ec_keys, .refer = ecdsa_refer,
	    .accepts = ecdsa_accepts, .limit = 20 },
	ECDSA(ECDSA_SHA1, "SHA1"),
	ECDSA(ECDSA_SHA224, "SHA224"),
	ECDSA(ECDSA_SHA256, "SHA256"),
	ECDSA(ECDSA_SHA384, "SHA384"),
	ECDSA(ECDSA_SHA512, "SHA512"),
	ECDSA(ECDSA_SHA3_224, "SHA3-224"),
	ECDSA(ECDSA_SHA3_256, "SHA3-256"),
	ECDSA(ECDSA_SHA3_384, "SHA3-384"),
	ECDSA(ECDSA_SHA3_512, "SHA3-512"),
	{ .type = CKM_EDDSA, .name = "EDDSA", .kind = &signs,
	    .keys = &edwards_keys, .param = eddsa_param,
	    .refer = eddsa_refer },
	ECDHS(ECDH1_DERIVE),
	ECDH(ECDH1_DERIVE, montgomery_keys, CKD_NULL),
	ECDH(ECDH1_DERIVE, montgomery_keys, CKD_SHA256_KDF),
	ECDHS(ECDH1_COFACTOR_DERIVE),
	ECDH_WRAP(ECDH_AES_KEY_WRAP, ec_keys),
	ECDH_WRAP(ECDH_COF_AES_KEY_WRAP, ec_keys),
	ECDH_WRAP(ECDH_X_AES_KEY_WRAP, montgomery_keys),
};

const struct table ec_rows = { ec_table, ARRAY_LEN(ec_table) };
