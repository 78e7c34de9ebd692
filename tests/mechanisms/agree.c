/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of Diffie-Hellman as X9.42 has it, of encapsulation by agreement and
 * by RSA, and of public keys made of private ones.
 */
#include "pkcs11/cryptoki_small.h"
#include "tests/mechanisms/pairs.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>

/* OtherInfo of RFC 2631, section 2.1.6: 192 bits for triple DES */
static const unsigned char other_info[] = { 0x30, 0x1d, 0x30, 0x13, 0x06,
	0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x03,
	0x06, 0x04, 0x04, 0x00, 0x00, 0x00, 0x01, 0xa2, 0x06, 0x04, 0x04,
	0x00, 0x00, 0x00, 0xc0 };
#define OTHER_INFO_KEY 24

/* --- libcrypto --- */

static bool
peer_make(struct sample *s)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);

	if (s->peer == NULL && ctx != NULL && EVP_PKEY_keygen_init(ctx) > 0)
		(void)EVP_PKEY_generate(ctx, &s->peer);
	EVP_PKEY_CTX_free(ctx);
	return expect(s->peer != NULL, "libcrypto makes no second key");
}

/* A point, or a number as long as p. */
static struct bytes
public_of(EVP_PKEY *pkey)
{
	unsigned char *encoded = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(pkey, &encoded);
	struct bytes out = copy_of(encoded, len);

	OPENSSL_free(encoded);
	return out;
}

/* How many bytes are asked for; 0: as many as there are. */
static CK_ULONG
wanted(const struct sample *s)
{
	if (s->row->limit != 0)
		return s->row->limit;
	if (s->row->number == 0 || s->row->number == CKD_NULL)
		return 0;
	return s->row->number == CKD_SHA1_KDF_ASN1 ? OTHER_INFO_KEY : 50;
}

/* X9.63 from its definition, as the KDF of libcrypto has one size of BLAKE2b
 * only. */
static bool
blake_stretch(struct sample *s, struct bytes secret, struct bytes *out)
{
	static size_t sizes[] = { 20, 32, 48, 64 };
	size_t *size = &sizes[s->row->number - CKD_BLAKE2B_160_KDF];
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_DIGEST_PARAM_SIZE, size),
		OSSL_PARAM_construct_end(),
	};
	unsigned char counter[4] = { 0 }, sum[64];
	EVP_MD *md = EVP_MD_fetch(NULL, "BLAKE2B-512", NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = true;
	CK_ULONG i;

	*out = room(wanted(s));
	for (i = 0; good && i < out->len; i++) {
		if (i % *size == 0) {
			counter[3]++;
			good = EVP_DigestInit_ex2(ctx, md, params) &&
			    EVP_DigestUpdate(ctx, secret.ptr, secret.len) &&
			    EVP_DigestUpdate(ctx, counter, 4) &&
			    EVP_DigestUpdate(ctx, s->info.ptr, s->info.len) &&
			    EVP_DigestFinal_ex(ctx, sum, NULL);
		}
		out->ptr[i] = sum[i % *size];
	}
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	return expect(good, "libcrypto's BLAKE2b");
}

static bool
stretch(struct sample *s, struct bytes secret, struct bytes *out)
{
	static const struct {
		CK_ULONG kdf;
		const char *name, *hash;
	} kdfs[] = {
		{ CKD_SHA1_KDF, "X963KDF", "SHA1" },
		{ CKD_SHA1_KDF_CONCATENATE, "X963KDF", "SHA1" },
		{ CKD_SHA1_KDF_ASN1, "X942KDF-ASN1", "SHA1" },
		{ CKD_SHA256_KDF, "X963KDF", "SHA256" },
		{ CKD_SHA384_KDF, "X963KDF", "SHA384" },
		{ CKD_SHA256_KDF_SP800, "SSKDF", "SHA256" },
	};
	bool asn1 = s->row->number == CKD_SHA1_KDF_ASN1;
	bool blake = s->row->number >= CKD_BLAKE2B_160_KDF;
	struct bytes hash, wrap = TEXT("DES3-WRAP");
	OSSL_PARAM params[4] = { OSSL_PARAM_construct_octet_string(
	    OSSL_KDF_PARAM_KEY, secret.ptr, secret.len) };
	EVP_KDF_CTX *ctx;
	EVP_KDF *kdf;
	size_t i = 0;
	bool good;

	if (blake)
		return blake_stretch(s, secret, out);
	while (i < ARRAY_LEN(kdfs) - 1 && kdfs[i].kdf != s->row->number)
		i++;
	hash = copy_of(kdfs[i].hash, strlen(kdfs[i].hash));
	params[1] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
	    (char *)hash.ptr, 0);
	params[2] = asn1 ? OSSL_PARAM_construct_utf8_string(
	    OSSL_KDF_PARAM_CEK_ALG, (char *)wrap.ptr, 0) :
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
	    s->info.ptr, s->info.len);
	params[3] = OSSL_PARAM_construct_end();
	kdf = EVP_KDF_fetch(NULL, kdfs[i].name, NULL);
	ctx = EVP_KDF_CTX_new(kdf);
	*out = room(wanted(s));
	good = EVP_KDF_derive(ctx, out->ptr, out->len, params) > 0;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return expect(good, kdfs[i].name);
}

/* Leading zeros and all, and through the function that the row names. */
static bool
agree(struct sample *s, struct bytes *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);
	unsigned pad = 1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_uint(OSSL_EXCHANGE_PARAM_PAD, &pad),
		OSSL_PARAM_construct_end(),
	};
	struct bytes secret = room(1024);
	size_t len = secret.len;
	bool good;

	good = ctx != NULL && EVP_PKEY_derive_init_ex(ctx, params) > 0 &&
	    EVP_PKEY_derive_set_peer(ctx, s->peer) > 0 &&
	    EVP_PKEY_derive(ctx, secret.ptr, &len) > 0;
	secret.len = len;
	*out = secret;
	EVP_PKEY_CTX_free(ctx);
	return expect(good, "EVP_PKEY_derive") &&
	    (wanted(s) == 0 || stretch(s, secret, out));
}

/* --- X9.42 --- */

/* libcrypto makes none in groups of any size: those of DSA are as good, and
 * so are the large ones of RFC 7919, whose q is half of p. */
static EVP_PKEY *
group_of(CK_ULONG bits)
{
	if (bits >= 4096)
		return pkey_of("DH", 0, large_group(bits));
	return pkey_of("DSA", bits == 511 ? 448 : bits, NULL);
}

static EVP_PKEY *
key_in(EVP_PKEY *group)
{
	BIGNUM *p = NULL, *q = BN_new(), *g = NULL, *x = BN_new();
	BIGNUM *y = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "DHX", NULL);
	EVP_PKEY *out = NULL;

	if (EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_P, &p) &&
	    EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_G, &g) &&
	    (EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_Q, &q) ||
		BN_rshift1(q, p)) &&
	    BN_rshift1(x, q) && BN_mod_exp(y, g, x, p, ctx) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_Q, q) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, g) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PUB_KEY, y) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, x))
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params != NULL && EVP_PKEY_fromdata_init(maker) > 0)
		(void)EVP_PKEY_fromdata(maker, &out, EVP_PKEY_KEYPAIR, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(maker);
	BN_CTX_free(ctx);
	BN_free(p);
	BN_free(q);
	BN_free(g);
	BN_free(x);
	BN_free(y);
	return out;
}

static bool
number_of(const EVP_PKEY *pkey, const char *name, CK_ATTRIBUTE_TYPE type,
    CK_ATTRIBUTE *out)
{
	BIGNUM *n = NULL;
	struct bytes value = { NULL, 0 };

	if (EVP_PKEY_get_bn_param(pkey, name, &n)) {
		value = room((CK_ULONG)BN_num_bytes(n));
		(void)BN_bn2bin(n, value.ptr);
	}
	BN_free(n);
	*out = (CK_ATTRIBUTE){ type, value.ptr, value.len };
	return expect(value.len > 0, name);
}

/* PKCS#8 says nothing of the key type: numbers, that of the key last. */
static bool
half_import(const struct sample *s, CK_OBJECT_CLASS class, const char *number,
    CK_OBJECT_HANDLE *out)
{
	CK_KEY_TYPE type = CKK_X9_42_DH;
	CK_ATTRIBUTE tmpl[9] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		[6] = { CKA_SENSITIVE, &no, 1 },
		[7] = { CKA_EXTRACTABLE, &yes, 1 },
		[8] = { CKA_DERIVE, &yes, 1 },
	};

	return number_of(s->pkey, OSSL_PKEY_PARAM_FFC_P, CKA_PRIME,
	    &tmpl[2]) &&
	    number_of(s->pkey, OSSL_PKEY_PARAM_FFC_Q, CKA_SUBPRIME,
		&tmpl[3]) &&
	    number_of(s->pkey, OSSL_PKEY_PARAM_FFC_G, CKA_BASE, &tmpl[4]) &&
	    number_of(s->pkey, number, CKA_VALUE, &tmpl[5]) &&
	    object_make(tmpl, class == CKO_PRIVATE_KEY ? 9 : 6, out);
}

static bool
halves_import(struct sample *s)
{
	return half_import(s, CKO_PRIVATE_KEY, OSSL_PKEY_PARAM_PRIV_KEY,
	    &s->private_key) &&
	    half_import(s, CKO_PUBLIC_KEY, OSSL_PKEY_PARAM_PUB_KEY,
	    &s->public_key);
}

static bool
x942_make(struct sample *s, CK_ULONG bits)
{
	EVP_PKEY *group;

	if (s->pkey == NULL) {
		group = group_of(bits);
		if (group == NULL)
			return false;
		s->pkey = key_in(group);
	}
	return expect(s->pkey != NULL, "libcrypto takes no such key") &&
	    (s->private_key != CK_INVALID_HANDLE || halves_import(s));
}

static CK_RV
x942_of_size(struct sample *s, CK_ULONG bits)
{
	return x942_make(s, bits) ? use_key(s) : CKR_KEY_SIZE_RANGE;
}

static const struct keys x942_keys = { x942_make, x942_of_size,
	{ 2048, 1024 }, false };

static struct bytes
info_of(const struct sample *s)
{
	if (s->row->number == CKD_NULL)
		return (struct bytes){ NULL, 0 };
	return s->row->number == CKD_SHA1_KDF_ASN1 ?
	    copy_of(other_info, sizeof(other_info)) : TEXT("shared info");
}

static bool
x942_param(struct sample *s)
{
	if (s->aad.ptr == NULL) {
		if (!peer_make(s))
			return false;
		s->aad = public_of(s->peer);
		s->info = info_of(s);
	}
	s->param.x942 = (CK_X9_42_DH1_DERIVE_PARAMS){ s->row->number,
		s->info.len, s->info.ptr, s->aad.len, s->aad.ptr };
	return SET_PARAM(s, x942);
}

static bool
x942_refer(struct sample *s)
{
	return agree(s, &s->output);
}

/* --- encapsulation --- */

/* What is agreed with a key that is made for the purpose is the secret, and
 * the other half of that key the ciphertext. */
static bool
agreed_refer(struct sample *s)
{
	if (!peer_make(s) || !agree(s, &s->input))
		return false;
	s->output = public_of(s->peer);
	return expect(s->output.len > 0, "no public key");
}

static bool
agreed_opens(struct sample *s, struct bytes made)
{
	struct bytes secret;

	return expect(EVP_PKEY_set1_encoded_public_key(s->peer, made.ptr,
	    made.len) > 0, "no public key") && agree(s, &secret) &&
	    equal(s->input, secret, "what was encapsulated");
}

static bool
ecdh_param(struct sample *s)
{
	s->info = info_of(s);
	s->param.ecdh = (CK_ECDH1_DERIVE_PARAMS){ s->row->number, s->info.len,
		s->info.ptr, 0, NULL };
	return SET_PARAM(s, ecdh);
}

static bool
x942_kem_param(struct sample *s)
{
	s->info = info_of(s);
	s->param.x942 = (CK_X9_42_DH1_DERIVE_PARAMS){ s->row->number,
		s->info.len, s->info.ptr, 0, NULL };
	return SET_PARAM(s, x942);
}

static CK_ULONG
template_of(struct sample *s, CK_ATTRIBUTE *tmpl)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	static CK_ULONG len;

	len = wanted(s);
	tmpl[0] = (CK_ATTRIBUTE){ CKA_CLASS, &class, sizeof(class) };
	tmpl[1] = (CK_ATTRIBUTE){ CKA_KEY_TYPE, &type, sizeof(type) };
	tmpl[2] = (CK_ATTRIBUTE){ CKA_SENSITIVE, &no, 1 };
	tmpl[3] = (CK_ATTRIBUTE){ CKA_EXTRACTABLE, &yes, 1 };
	tmpl[4] = (CK_ATTRIBUTE){ CKA_VALUE_LEN, &len, sizeof(len) };
	return len == 0 ? 4 : 5;
}

static bool
allow(CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE use)
{
	CK_ATTRIBUTE line = { use, &yes, 1 };

	return went(p11->C_SetAttributeValue(session, key, &line, 1),
	    "C_SetAttributeValue");
}

static bool
prove_encapsulate(struct sample *s)
{
	CK_ATTRIBUTE tmpl[5];
	CK_ULONG count = template_of(s, tmpl), len = 0;
	CK_OBJECT_HANDLE key = 0;
	struct bytes out;

	if (!allow(s->public_key, CKA_ENCAPSULATE) ||
	    !went(p11->C_EncapsulateKey(session, &s->how, s->public_key, tmpl,
	    count, NULL, &len, NULL), "C_EncapsulateKey"))
		return false;
	out = room(len);
	if (!went(p11->C_EncapsulateKey(session, &s->how, s->public_key, tmpl,
	    count, out.ptr, &out.len, &key), "C_EncapsulateKey"))
		return false;
	s->input = object_value(key, CKA_VALUE);
	return s->row->accepts(s, out);
}

/* What was touched is refused, or gives another key. */
static bool
prove_decapsulate(struct sample *s)
{
	CK_ATTRIBUTE tmpl[5];
	CK_ULONG count = template_of(s, tmpl);
	struct bytes other = touched(s->output), value;
	CK_OBJECT_HANDLE key = 0;

	if (!allow(s->private_key, CKA_DECAPSULATE) ||
	    !went(p11->C_DecapsulateKey(session, &s->how, s->private_key,
	    tmpl, count, s->output.ptr, s->output.len, &key),
	    "C_DecapsulateKey") ||
	    !equal(object_value(key, CKA_VALUE), s->input,
	    "C_DecapsulateKey"))
		return false;
	if (p11->C_DecapsulateKey(session, &s->how, s->private_key, tmpl,
	    count, other.ptr, other.len, &key) != CKR_OK)
		return true;
	value = object_value(key, CKA_VALUE);
	return expect(value.len == s->input.len && memcmp(value.ptr,
	    s->input.ptr, value.len) != 0, "the same key of another text");
}

const struct kind secret_kems = { {
	{ CKF_ENCAPSULATE, prove_encapsulate },
	{ CKF_DECAPSULATE, prove_decapsulate },
} };

/* --- public keys of private ones --- */

static bool
half_make(struct sample *s, CK_ULONG bits)
{
	static const struct {
		CK_ULONG bits;
		const char *algorithm;
		CK_ULONG size;
		const char *group;
	} kinds[] = {
		{ 159, "EC", 0, "secp128r1" },
		{ 160, "EC", 0, "brainpoolP160r1" },
		{ 255, "ED25519", 0, NULL },
		{ 253, "X25519", 0, NULL },
		{ 1024, "DSA", 1024, NULL },
		{ 2047, "DH", 0, "ffdhe2048" },
		{ 2048, "RSA", 2048, NULL },
		{ 256, "EC", 0, "P-256" },
	};
	size_t i = 0;

	while (i < ARRAY_LEN(kinds) - 1 && kinds[i].bits != bits)
		i++;
	return pkey_use(s, kinds[i].algorithm, kinds[i].size, kinds[i].group);
}

static CK_RV
public_half(struct sample *s, CK_OBJECT_HANDLE *out)
{
	static CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_ATTRIBUTE line = { CKA_CLASS, &class, sizeof(class) };

	return p11->C_DeriveKey(session, &s->how, s->private_key, &line, 1,
	    out);
}

/* Nobody waits for the largest private key of all. */
static CK_RV
half_of_size(struct sample *s, CK_ULONG bits)
{
	CK_OBJECT_HANDLE key;

	if (bits > 2048)
		return rsa_public_of_size(s, bits);
	return half_make(s, bits) ? public_half(s, &key) :
	    CKR_KEY_SIZE_RANGE;
}

static bool
prove_half(struct sample *s)
{
	CK_OBJECT_HANDLE key = 0;
	EVP_PKEY *public;
	bool good;

	if (!went(public_half(s, &key), "C_DeriveKey"))
		return false;
	public = public_export(key);
	good = public != NULL && expect(EVP_PKEY_eq(s->pkey, public) == 1,
	    "the public key is another");
	EVP_PKEY_free(public);
	return good;
}

static const struct kind halves = { { { CKF_DERIVE, prove_half } } };
static const struct keys half_keys = { half_make, half_of_size,
	{ 256, 160, 255, 253, 1024, 2047, 2048 }, true };

#define X942(kdf) \
	{ .type = CKM_X9_42_DH_DERIVE, .name = "X9_42_DH_DERIVE", \
	    .kind = &derives, .keys = &x942_keys, .param = x942_param, \
	    .refer = x942_refer, .number = kdf }
#define KEM(mech, keys_, with, kdf) \
	{ .type = CKM_##mech, .name = #mech, .kind = &secret_kems, \
	    .keys = &keys_, .param = with, .refer = agreed_refer, \
	    .accepts = agreed_opens, .number = kdf }

#define BLAKE(kdf) \
	{ .type = CKM_ECDH1_DERIVE, .name = "ECDH1_DERIVE", \
	    .kind = &secret_kems, .keys = &ec_keys, .param = ecdh_param, \
	    .refer = agreed_refer, .accepts = agreed_opens, .number = kdf, \
	    .new_blake = true }

static const struct row agree_table[] = {
	X942(CKD_NULL),
	X942(CKD_SHA1_KDF_ASN1),
	X942(CKD_SHA1_KDF_CONCATENATE),
	X942(CKD_SHA1_KDF),
	KEM(X9_42_DH_DERIVE, x942_keys, x942_kem_param, CKD_NULL),
	KEM(X9_42_DH_DERIVE, x942_keys, x942_kem_param, CKD_SHA1_KDF_ASN1),
	KEM(DH_PKCS_DERIVE, dh_keys, NULL, CKD_NULL),
	KEM(ECDH1_DERIVE, ec_keys, ecdh_param, CKD_NULL),
	KEM(ECDH1_DERIVE, ec_keys, ecdh_param, CKD_SHA256_KDF),
	KEM(ECDH1_DERIVE, ec_keys, ecdh_param, CKD_SHA256_KDF_SP800),
	BLAKE(CKD_BLAKE2B_512_KDF),
	BLAKE(CKD_BLAKE2B_160_KDF),
	BLAKE(CKD_BLAKE2B_256_KDF),
	BLAKE(CKD_BLAKE2B_384_KDF),
	KEM(ECDH1_DERIVE, montgomery_keys, ecdh_param, CKD_NULL),
	KEM(ECDH1_DERIVE, montgomery_keys, ecdh_param, CKD_SHA384_KDF),
	KEM(ECDH1_COFACTOR_DERIVE, ec_keys, ecdh_param, CKD_NULL),
	KEM(ECDH1_COFACTOR_DERIVE, ec_keys, ecdh_param, CKD_SHA256_KDF),
	{ .type = CKM_PUB_KEY_FROM_PRIV_KEY, .name = "PUB_KEY_FROM_PRIV_KEY",
	    .kind = &halves, .keys = &half_keys },
};

const struct table agree_rows = { agree_table, ARRAY_LEN(agree_table) };
