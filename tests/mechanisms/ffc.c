/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of finite fields: DSA, and Diffie-Hellman.
 */
#include "tests/mechanisms/pairs.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>

static bool
dsa_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, "DSA", bits, NULL);
}

/* Safe primes take their time, but for those that have a name. */
static bool
dh_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, "DH", bits, large_group(bits));
}

static bool
dsa_size(struct sample *s, CK_ULONG bits)
{
	/* libcrypto makes groups whose size is a multiple of 64 */
	return dsa_make(s, bits == 511 ? 448 : bits == 3073 ? 3136 : bits);
}

static CK_RV
dsa_of_size(struct sample *s, CK_ULONG bits)
{
	return dsa_size(s, bits) ? use_key(s) : CKR_KEY_SIZE_RANGE;
}

static CK_RV
dh_of_size(struct sample *s, CK_ULONG bits)
{
	return dh_make(s, bits) ? use_key(s) : CKR_KEY_SIZE_RANGE;
}

static const struct keys dsa_keys = { dsa_make, dsa_of_size, { 1024, 2048 },
	false };
const struct keys dh_keys = { dh_make, dh_of_size, { 2048, 512 },
	false };

/* --- DSA --- */

static CK_ULONG
q_len(const struct sample *s)
{
	BIGNUM *q = NULL;
	CK_ULONG out = 0;

	if (EVP_PKEY_get_bn_param(s->pkey, OSSL_PKEY_PARAM_FFC_Q, &q))
		out = (CK_ULONG)BN_num_bytes(q);
	BN_free(q);
	return out;
}

static bool
dsa_refer(struct sample *s)
{
	struct bytes der;

	return evp_sign(s, s->row->name_of, NULL, &der) &&
	    raw_from_der(der, q_len(s), &s->output);
}

static bool
dsa_accepts(struct sample *s, struct bytes made)
{
	struct bytes der;

	return expect(made.len == 2 * q_len(s), "length of r and s") &&
	    der_from_raw(made, &der) &&
	    evp_verify(s, s->row->name_of, NULL, der);
}

/* --- Diffie-Hellman --- */

static bool
peer_make(struct sample *s)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);

	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) > 0)
		(void)EVP_PKEY_generate(ctx, &s->peer);
	EVP_PKEY_CTX_free(ctx);
	return expect(s->peer != NULL, "libcrypto makes no second key");
}

/* y, as long as p. */
static bool
dh_param(struct sample *s)
{
	BIGNUM *y = NULL;

	if (s->aad.ptr == NULL) {
		if (!peer_make(s) || !EVP_PKEY_get_bn_param(s->peer,
		    OSSL_PKEY_PARAM_PUB_KEY, &y))
			return expect(false, "no second key");
		s->aad = room((CK_ULONG)EVP_PKEY_get_size(s->pkey));
		(void)BN_bn2binpad(y, s->aad.ptr, (int)s->aad.len);
		BN_free(y);
	}
	return set_param(s, s->aad.ptr, s->aad.len);
}

/* Leading zeros and all. */
static bool
dh_refer(struct sample *s)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);
	unsigned pad = 1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_uint(OSSL_EXCHANGE_PARAM_PAD, &pad),
		OSSL_PARAM_construct_end(),
	};
	size_t len = 1024;
	bool good;

	s->output = room(len);
	good = ctx != NULL && EVP_PKEY_derive_init_ex(ctx, params) > 0 &&
	    EVP_PKEY_derive_set_peer(ctx, s->peer) > 0 &&
	    EVP_PKEY_derive(ctx, s->output.ptr, &len) > 0;
	s->output.len = len;
	EVP_PKEY_CTX_free(ctx);
	return expect(good, "EVP_PKEY_derive");
}

#define DSA_ROW(mech, hash) \
	{ .type = CKM_##mech, .name = #mech, .kind = &signs, \
	    .keys = &dsa_keys, .refer = dsa_refer, .accepts = dsa_accepts, \
	    .name_of = hash }

static const struct row ffc_table[] = {
	{ .type = CKM_DSA, .name = "DSA", .kind = &signs, .keys = &dsa_keys,
	    .refer = dsa_refer, .accepts = dsa_accepts, .limit = 20 },
	DSA_ROW(DSA_SHA1, "SHA1"),
	DSA_ROW(DSA_SHA224, "SHA224"),
	DSA_ROW(DSA_SHA256, "SHA256"),
	DSA_ROW(DSA_SHA384, "SHA384"),
	DSA_ROW(DSA_SHA512, "SHA512"),
	DSA_ROW(DSA_SHA3_224, "SHA3-224"),
	DSA_ROW(DSA_SHA3_256, "SHA3-256"),
	DSA_ROW(DSA_SHA3_384, "SHA3-384"),
	DSA_ROW(DSA_SHA3_512, "SHA3-512"),
	{ .type = CKM_DH_PKCS_DERIVE, .name = "DH_PKCS_DERIVE",
	    .kind = &derives, .keys = &dh_keys, .param = dh_param,
	    .refer = dh_refer },
};

const struct table ffc_rows = { ffc_table, ARRAY_LEN(ffc_table) };
