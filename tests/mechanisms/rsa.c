/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of RSA.
 */
#include "tests/mechanisms/pairs.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

static bool
rsa_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, "RSA", bits, NULL);
}

/* Only a public key: nobody waits for a private one of 16384 bits. */
CK_RV
rsa_public_of_size(struct sample *s, CK_ULONG bits)
{
	static CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	static CK_KEY_TYPE type = CKK_RSA;
	static CK_BYTE exponent[] = { 1, 0, 1 };
	struct bytes modulus = noise((bits + 7) / 8, 7);
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_MODULUS, modulus.ptr, modulus.len },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent) },
		{ CKA_WRAP, &yes, 1 },
	};

	modulus.ptr[0] = (unsigned char)(1 << ((bits + 7) % 8));
	modulus.ptr[modulus.len - 1] |= 1;
	return p11->C_CreateObject(session, tmpl, ARRAY_LEN(tmpl),
	    &s->public_key);
}

static CK_RV
rsa_of_size(struct sample *s, CK_ULONG bits)
{
	static const CK_FLAGS uses[] = { CKF_VERIFY, CKF_ENCRYPT,
		CKF_VERIFY_RECOVER };
	CK_RV rv = rsa_public_of_size(s, bits);
	size_t i;

	if (rv != CKR_OK)
		return rv;
	if (s->row->param != NULL && !s->row->param(s))
		return CKR_MECHANISM_PARAM_INVALID;
	for (i = 0; i < ARRAY_LEN(uses); i++)
		if (row_proof(s->row, uses[i]) != NULL)
			return function_begin(s, uses[i]);
	return use_key(s);
}

const struct keys rsa_keys = { rsa_make, rsa_of_size, { 2048, 1024 },
	false };

/* --- PKCS#1 v1.5 and raw --- */

static bool
tune_raw(const struct sample *s, EVP_PKEY_CTX *ctx)
{
	(void)s;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) > 0;
}

static bool
pkcs1_refer(struct sample *s)
{
	return evp_sign(s, s->row->name_of, NULL, &s->output);
}

/* A number less than the modulus, and as long. */
static bool
raw_input(struct sample *s)
{
	if (s->published)
		return true;
	s->input = noise(s->size / 8, 8);
	s->input.ptr[0] = 0;
	return true;
}

static bool
raw_sign_refer(struct sample *s)
{
	return evp_sign(s, NULL, tune_raw, &s->output);
}

static bool
rsa_crypt(const struct sample *s, bool encrypt, tuner *tune,
    struct bytes from, struct bytes *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);
	size_t len = 2048;
	bool good;

	*out = room(len);
	if (encrypt)
		good = EVP_PKEY_encrypt_init(ctx) > 0 &&
		    (tune == NULL || tune(s, ctx)) &&
		    EVP_PKEY_encrypt(ctx, out->ptr, &len, from.ptr,
		    from.len) > 0;
	else
		good = EVP_PKEY_decrypt_init(ctx) > 0 &&
		    (tune == NULL || tune(s, ctx)) &&
		    EVP_PKEY_decrypt(ctx, out->ptr, &len, from.ptr,
		    from.len) > 0;
	out->len = len;
	EVP_PKEY_CTX_free(ctx);
	return expect(good, "libcrypto's RSA");
}

static bool
pkcs1_crypt_refer(struct sample *s)
{
	return rsa_crypt(s, true, NULL, s->input, &s->output);
}

static bool
pkcs1_opens(struct sample *s, struct bytes made)
{
	struct bytes back;

	return rsa_crypt(s, false, NULL, made, &back) &&
	    equal(back, s->input, "what libcrypto decrypts");
}

static bool
raw_crypt_refer(struct sample *s)
{
	return rsa_crypt(s, true, tune_raw, s->input, &s->output);
}

/* --- OAEP --- */

static void
oaep_fill(struct sample *s, CK_RSA_PKCS_OAEP_PARAMS *oaep)
{
	if (s->info.ptr == NULL)
		s->info = TEXT("a label");
	*oaep = (CK_RSA_PKCS_OAEP_PARAMS){ s->row->number,
		hash_mgf(CKM_SHA_1),
		CKZ_DATA_SPECIFIED, s->info.ptr, s->info.len };
}

static bool
oaep_param(struct sample *s)
{
	oaep_fill(s, &s->param.oaep);
	return SET_PARAM(s, oaep);
}

static bool
tune_oaep(const struct sample *s, EVP_PKEY_CTX *ctx)
{
	unsigned char *label = OPENSSL_memdup(s->info.ptr, s->info.len);

	return label != NULL &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx,
		hash_name(s->row->number), NULL) > 0 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha1()) > 0 &&
	    EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, label,
	    (int)s->info.len) > 0;
}

static bool
oaep_refer(struct sample *s)
{
	return rsa_crypt(s, true, tune_oaep, s->input, &s->output);
}

static bool
oaep_opens(struct sample *s, struct bytes made)
{
	struct bytes back;

	return rsa_crypt(s, false, tune_oaep, made, &back) &&
	    equal(back, s->input, "what libcrypto decrypts");
}

/* --- an AES key under OAEP, and the key under that --- */

static bool
rsa_aes_param(struct sample *s)
{
	oaep_fill(s, &s->inner);
	s->param.rsa_aes = (CK_RSA_AES_KEY_WRAP_PARAMS){ 128, &s->inner };
	return SET_PARAM(s, rsa_aes);
}

static bool
rsa_aes_refer(struct sample *s)
{
	struct bytes aes = noise(16, 9), head, tail, no_iv = { NULL, 0 };

	if (!rsa_crypt(s, true, tune_oaep, aes, &head) ||
	    !cipher_run("AES-128-WRAP-PAD", true, aes, no_iv, s->input, true,
	    &tail))
		return false;
	s->output = room(head.len + tail.len);
	memcpy(s->output.ptr, head.ptr, head.len);
	memcpy(s->output.ptr + head.len, tail.ptr, tail.len);
	return true;
}

static bool
rsa_aes_opens(struct sample *s, struct bytes made)
{
	CK_ULONG size = s->size / 8;
	struct bytes head = { made.ptr, size }, aes, back, no_iv = { NULL, 0 };
	struct bytes tail = { made.ptr + size, made.len - size };

	return expect(made.len > size, "too short") &&
	    rsa_crypt(s, false, tune_oaep, head, &aes) &&
	    cipher_run("AES-128-WRAP-PAD", false, aes, no_iv, tail, true,
		&back) &&
	    equal(back, s->input, "what libcrypto unwraps");
}

/* --- PSS --- */

static bool
pss_param(struct sample *s)
{
	s->param.pss = (CK_RSA_PKCS_PSS_PARAMS){ s->row->number,
		hash_mgf(s->row->number), 17 };
	return SET_PARAM(s, pss);
}

static bool
tune_pss(const struct sample *s, EVP_PKEY_CTX *ctx)
{
	const char *hash = hash_name(s->row->number);

	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	    (s->row->name_of != NULL ||
		EVP_PKEY_CTX_set_signature_md(ctx,
		    EVP_get_digestbyname(hash)) > 0) &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, hash, NULL) > 0 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 17) > 0;
}

static bool
pss_refer(struct sample *s)
{
	return evp_sign(s, s->row->name_of, tune_pss, &s->output);
}

static bool
pss_accepts(struct sample *s, struct bytes made)
{
	return evp_verify(s, s->row->name_of, tune_pss, made);
}

#define RSA(mech, kind_) \
	.type = CKM_##mech, .name = #mech, .kind = &kind_, .keys = &rsa_keys
#define HASHED(mech, hash, number_) \
	{ RSA(mech##_RSA_PKCS, signs), .refer = pkcs1_refer, \
	    .name_of = hash }, \
	{ RSA(mech##_RSA_PKCS_PSS, signs), .param = pss_param, \
	    .refer = pss_refer, .accepts = pss_accepts, .name_of = hash, \
	    .number = number_ }

static const struct row rsa_table[] = {
	{ RSA(RSA_PKCS, signs), .refer = pkcs1_refer, .limit = 51 },
	{ RSA(RSA_PKCS, recovers), .refer = pkcs1_refer, .limit = 51 },
	{ RSA(RSA_PKCS, crypts), .refer = pkcs1_crypt_refer,
	    .accepts = pkcs1_opens, .whole = true },
	/* a key wraps none that is stronger: eight bytes are weak enough */
	{ RSA(RSA_PKCS, wraps), .refer = pkcs1_crypt_refer,
	    .accepts = pkcs1_opens, .without = CKF_UNWRAP, .limit = 8 },
	{ RSA(RSA_PKCS, secret_kems), .refer = pkcs1_crypt_refer,
	    .accepts = pkcs1_opens, .without = CKF_DECAPSULATE, .limit = 24 },
	{ RSA(RSA_X_509, signs), .param = raw_input,
	    .refer = raw_sign_refer },
	{ RSA(RSA_X_509, recovers), .param = raw_input,
	    .refer = raw_sign_refer },
	{ RSA(RSA_X_509, crypts), .param = raw_input,
	    .refer = raw_crypt_refer, .whole = true },
	{ RSA(RSA_PKCS_OAEP, crypts), .param = oaep_param,
	    .refer = oaep_refer, .accepts = oaep_opens, .limit = 40,
	    .whole = true, .number = CKM_SHA256 },
	{ RSA(RSA_PKCS_OAEP, wraps), .param = oaep_param,
	    .refer = oaep_refer, .accepts = oaep_opens, .limit = 8,
	    .number = CKM_SHA384 },
	{ RSA(RSA_PKCS_OAEP, secret_kems), .param = oaep_param,
	    .refer = oaep_refer, .accepts = oaep_opens, .limit = 24,
	    .number = CKM_SHA256 },
	{ RSA(RSA_AES_KEY_WRAP, wraps), .param = rsa_aes_param,
	    .refer = rsa_aes_refer, .accepts = rsa_aes_opens, .limit = 8,
	    .number = CKM_SHA_1 },
	{ RSA(RSA_PKCS_PSS, signs), .param = pss_param, .refer = pss_refer,
	    .accepts = pss_accepts, .number = CKM_SHA384, .limit = 48 },
	HASHED(SHA1, "SHA1", CKM_SHA_1),
	HASHED(SHA224, "SHA224", CKM_SHA224),
	HASHED(SHA256, "SHA256", CKM_SHA256),
	HASHED(SHA384, "SHA384", CKM_SHA384),
	HASHED(SHA512, "SHA512", CKM_SHA512),
	HASHED(SHA3_224, "SHA3-224", CKM_SHA3_224),
	HASHED(SHA3_256, "SHA3-256", CKM_SHA3_256),
	HASHED(SHA3_384, "SHA3-384", CKM_SHA3_384),
	HASHED(SHA3_512, "SHA3-512", CKM_SHA3_512),
};

const struct table rsa_rows = { rsa_table, ARRAY_LEN(rsa_table) };
