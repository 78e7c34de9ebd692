/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of ML-KEM, ML-DSA and SLH-DSA.  Sizes are bits of security.
 */
#include "tests/mechanisms/pairs.h"

#include <openssl/core_names.h>

static bool
mlkem_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, bits == 128 ? "ML-KEM-512" :
	    bits == 192 ? "ML-KEM-768" : "ML-KEM-1024", 0, NULL);
}

static bool
mldsa_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, bits == 128 ? "ML-DSA-44" :
	    bits == 192 ? "ML-DSA-65" : "ML-DSA-87", 0, NULL);
}

static bool
slhdsa_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, bits == 128 ? "SLH-DSA-SHA2-128f" :
	    bits == 192 ? "SLH-DSA-SHAKE-192f" : "SLH-DSA-SHA2-256f", 0,
	    NULL);
}

/* There are no sets of other sizes: numbers beside those that there are. */
static CK_RV
no_set(CK_KEY_TYPE type, CK_ULONG set)
{
	static CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	struct bytes value = noise(1312, 1);
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_PARAMETER_SET, &set, sizeof(set) },
		{ CKA_VALUE, value.ptr, value.len },
	};
	CK_OBJECT_HANDLE key;

	return p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl), &key);
}

static CK_RV
pq_of_size(struct sample *s, CK_ULONG bits)
{
	static const struct {
		CK_KEY_TYPE type;
		CK_ULONG last;
	} sets[] = {
		{ CKK_ML_KEM, CKP_ML_KEM_1024 },
		{ CKK_ML_DSA, CKP_ML_DSA_87 },
		{ CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_256F },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(sets) - 1; i++)
		if (sets[i].type == s->row->key_type)
			break;
	if (bits < 128 || bits > 256)
		return no_set(sets[i].type, bits < 128 ? 0 : sets[i].last + 1);
	return s->row->keys->make(s, bits) ? use_key(s) : CKR_GENERAL_ERROR;
}

static const struct keys mlkem_keys = { mlkem_make, pq_of_size,
	{ 128, 192, 256 }, false };
static const struct keys mldsa_keys = { mldsa_make, pq_of_size,
	{ 128, 192, 256 }, false };
static const struct keys slhdsa_keys = { slhdsa_make, pq_of_size,
	{ 128, 192, 256 }, false };
/* of the many hashes: one size is enough */
static const struct keys slhdsa_small_keys = { slhdsa_make, pq_of_size,
	{ 128 }, false };

/* --- signatures --- */

/* No randomness, so that there is one right answer. */
static bool
context_param(struct sample *s)
{
	if (s->context.ptr == NULL)
		s->context = noise(s->published ? 0 : 13, 6);
	s->param.sign = (CK_SIGN_ADDITIONAL_CONTEXT){
		CKH_DETERMINISTIC_REQUIRED, s->context.ptr, s->context.len };
	return SET_PARAM(s, sign);
}

static bool
hash_param(struct sample *s)
{
	s->context = noise(13, 6);
	s->param.hash_sign = (CK_HASH_SIGN_ADDITIONAL_CONTEXT){
		CKH_DETERMINISTIC_REQUIRED, s->context.ptr, s->context.len,
		s->row->number };
	return SET_PARAM(s, hash_sign);
}

/* The context, or the message already encoded (FIPS 204 and 205). */
static bool
tune(const struct sample *s, EVP_PKEY_CTX *ctx)
{
	int one = 1, zero = 0;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int("deterministic", &one),
		OSSL_PARAM_construct_end(),
		OSSL_PARAM_construct_end(),
	};

	if (s->row->name_of != NULL)
		params[1] = OSSL_PARAM_construct_int("message-encoding",
		    &zero);
	else if (s->context.len > 0)
		params[1] = OSSL_PARAM_construct_octet_string(
		    "context-string", s->context.ptr, s->context.len);
	return EVP_PKEY_CTX_set_params(ctx, params) > 0;
}

static bool
pure_refer(struct sample *s)
{
	return evp_sign(s, "", tune, &s->output);
}

static bool
pure_accepts(struct sample *s, struct bytes made)
{
	return evp_verify(s, "", tune, made);
}

static struct bytes
prehash(const char *name, CK_ULONG shake, struct bytes input)
{
	struct bytes out = room(shake);
	EVP_MD_CTX *ctx;
	EVP_MD *md;

	if (shake == 0)
		return digest_of(name, input);
	ctx = EVP_MD_CTX_new();
	md = EVP_MD_fetch(NULL, name, NULL);
	(void)expect(md != NULL && EVP_DigestInit_ex2(ctx, md, NULL) &&
	    EVP_DigestUpdate(ctx, input.ptr, input.len) &&
	    EVP_DigestFinalXOF(ctx, out.ptr, shake), name);
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	return out;
}

/* 1, the length of the context, the context, the OID, the digest. */
static bool
prehash_refer(struct sample *s)
{
	static const unsigned char oid[] = { 0x06, 0x09, 0x60, 0x86, 0x48,
		0x01, 0x65, 0x03, 0x04, 0x02 };
	static const struct {
		const char *name;
		unsigned char last;
		unsigned char shake;
	} hashes[] = {
		{ "SHA256", 1, 0 }, { "SHA384", 2, 0 }, { "SHA512", 3, 0 },
		{ "SHA224", 4, 0 }, { "SHA512-224", 5, 0 },
		{ "SHA512-256", 6, 0 }, { "SHA3-224", 7, 0 },
		{ "SHA3-256", 8, 0 }, { "SHA3-384", 9, 0 },
		{ "SHA3-512", 10, 0 }, { "SHAKE128", 11, 32 },
		{ "SHAKE256", 12, 64 },
	};
	struct sample encoded = *s;
	struct bytes hash = s->input;
	unsigned char *p;
	size_t i;

	for (i = 0; strcmp(hashes[i].name, s->row->name_of) != 0; i++)
		if (i == ARRAY_LEN(hashes) - 1)
			return expect(false, "unknown hash");
	if (s->row->number == 0)
		hash = prehash(s->row->name_of, hashes[i].shake, s->input);
	encoded.input = room(2 + s->context.len + sizeof(oid) + 1 + hash.len);
	p = encoded.input.ptr;
	*p++ = 1;
	*p++ = (unsigned char)s->context.len;
	memcpy(p, s->context.ptr, s->context.len);
	p += s->context.len;
	memcpy(p, oid, sizeof(oid));
	p += sizeof(oid);
	*p++ = hashes[i].last;
	memcpy(p, hash.ptr, hash.len);
	return evp_sign(&encoded, "", tune, &s->output);
}

/* --- encapsulation --- */

static bool
kem_refer(struct sample *s)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);
	size_t len = 2048, secret_len = 64;
	bool good;

	s->output = room(len);
	s->input = room(secret_len);
	good = ctx != NULL && EVP_PKEY_encapsulate_init(ctx, NULL) > 0 &&
	    EVP_PKEY_encapsulate(ctx, s->output.ptr, &len, s->input.ptr,
	    &secret_len) > 0;
	s->output.len = len;
	s->input.len = secret_len;
	EVP_PKEY_CTX_free(ctx);
	return expect(good, "EVP_PKEY_encapsulate");
}

static bool
kem_opens(struct sample *s, struct bytes made)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);
	struct bytes secret = room(64);
	size_t len = secret.len;
	bool good;

	good = ctx != NULL && EVP_PKEY_decapsulate_init(ctx, NULL) > 0 &&
	    EVP_PKEY_decapsulate(ctx, secret.ptr, &len, made.ptr,
	    made.len) > 0;
	secret.len = len;
	EVP_PKEY_CTX_free(ctx);
	return expect(good, "EVP_PKEY_decapsulate") &&
	    equal(secret, s->input, "what libcrypto decapsulates");
}

#define PQ(mech, keys_, type_) \
	.type = CKM_##mech, .name = #mech, .keys = &keys_, \
	    .key_type = type_, .newer = true
#define HASHED(mech, keys_, type_, hash) \
	{ PQ(mech, keys_, type_), .kind = &signs, .param = context_param, \
	    .refer = prehash_refer, .name_of = hash }
#define PURE(mech, keys_, type_) \
	{ PQ(mech, keys_, type_), .kind = &signs, .param = context_param, \
	    .refer = pure_refer }, \
	/* hedged, as it is without a parameter */ \
	{ PQ(mech, keys_, type_), .kind = &signs, .refer = pure_refer, \
	    .accepts = pure_accepts }, \
	READY(HASH_##mech, keys_, type_, SHA3_256, "SHA3-256", 32)
/* A digest, with the name of its hash in the parameter. */
#define READY(mech, keys_, type_, hash, name_, len) \
	{ PQ(mech, keys_, type_), .kind = &signs, .param = hash_param, \
	    .refer = prehash_refer, .name_of = name_, \
	    .number = CKM_##hash, .limit = len, .whole = true }
#define READIES(mech, keys_, type_) \
	READY(mech, keys_, type_, SHA512_224, "SHA512-224", 28), \
	READY(mech, keys_, type_, SHA512_256, "SHA512-256", 32)
#define HASHES(mech, keys_, type_) \
	HASHED(mech##_SHA224, keys_, type_, "SHA224"), \
	HASHED(mech##_SHA256, keys_, type_, "SHA256"), \
	HASHED(mech##_SHA384, keys_, type_, "SHA384"), \
	HASHED(mech##_SHA512, keys_, type_, "SHA512"), \
	HASHED(mech##_SHA3_224, keys_, type_, "SHA3-224"), \
	HASHED(mech##_SHA3_256, keys_, type_, "SHA3-256"), \
	HASHED(mech##_SHA3_384, keys_, type_, "SHA3-384"), \
	HASHED(mech##_SHA3_512, keys_, type_, "SHA3-512"), \
	HASHED(mech##_SHAKE128, keys_, type_, "SHAKE128"), \
	HASHED(mech##_SHAKE256, keys_, type_, "SHAKE256")

static const struct row pq_table[] = {
	{ PQ(ML_KEM, mlkem_keys, CKK_ML_KEM), .kind = &kems,
	    .refer = kem_refer, .accepts = kem_opens },
	PURE(ML_DSA, mldsa_keys, CKK_ML_DSA),
	READIES(HASH_ML_DSA, mldsa_keys, CKK_ML_DSA),
	HASHES(HASH_ML_DSA, mldsa_keys, CKK_ML_DSA),
	PURE(SLH_DSA, slhdsa_keys, CKK_SLH_DSA),
	READIES(HASH_SLH_DSA, slhdsa_small_keys, CKK_SLH_DSA),
	HASHES(HASH_SLH_DSA, slhdsa_small_keys, CKK_SLH_DSA),
};

const struct table pq_rows = { pq_table, ARRAY_LEN(pq_table) };
