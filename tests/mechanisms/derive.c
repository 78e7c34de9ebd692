/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows that make a key of a secret: HKDF, SP 800-108, and digests of keys.
 */
#include "tests/mechanisms/cells.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>

/* --- HKDF --- */

static bool
hkdf_param(struct sample *s)
{
	if (s->salt.ptr == NULL && !s->published)
		s->salt = noise(19, 10);
	if (s->info.ptr == NULL && !s->published)
		s->info = noise(23, 11);
	s->param.hkdf = (CK_HKDF_PARAMS){ CK_TRUE, CK_TRUE, CKM_SHA256,
		s->salt.len > 0 ? CKF_HKDF_SALT_DATA : CKF_HKDF_SALT_NULL,
		s->salt.ptr, s->salt.len, 0, s->info.ptr, s->info.len };
	if (s->published && s->number != 0)
		s->param.hkdf.prfHashMechanism = s->number;
	return SET_PARAM(s, hkdf);
}

static bool
hkdf_refer(struct sample *s)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	char hash[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash,
		    0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
		    s->key.ptr, s->key.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
		    s->salt.ptr, s->salt.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
		    s->info.ptr, s->info.len),
		OSSL_PARAM_construct_end(),
	};
	bool good;

	s->output = room(75);
	good = EVP_KDF_derive(ctx, s->output.ptr, s->output.len, params) > 0;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return expect(good, "libcrypto's HKDF");
}

/* --- SP 800-108 --- */

/* Counter, label, 0, context, length in bits, as libcrypto has it. */
static void
fill_pieces(struct sample *s, CK_PRF_DATA_PARAM *piece)
{
	s->counter = (CK_SP800_108_COUNTER_FORMAT){ CK_FALSE, 32 };
	s->length = (CK_SP800_108_DKM_LENGTH_FORMAT){
		CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS, CK_FALSE, 32 };
	s->info = TEXT("label\0context");
	piece[0] = (CK_PRF_DATA_PARAM){ CK_SP800_108_COUNTER, &s->counter,
		sizeof(s->counter) };
	piece[1] = (CK_PRF_DATA_PARAM){ CK_SP800_108_BYTE_ARRAY, s->info.ptr,
		s->info.len };
	piece[2] = (CK_PRF_DATA_PARAM){ CK_SP800_108_DKM_LENGTH, &s->length,
		sizeof(s->length) };
}

static bool
counter_param(struct sample *s)
{
	fill_pieces(s, s->piece);
	s->piece[0].type = CK_SP800_108_ITERATION_VARIABLE;
	s->param.kbkdf = (CK_SP800_108_KDF_PARAMS){ CKM_SHA256_HMAC, 3,
		s->piece, 0, NULL };
	return SET_PARAM(s, kbkdf);
}

static bool
feedback_param(struct sample *s)
{
	fill_pieces(s, s->piece + 1);
	s->piece[0] = (CK_PRF_DATA_PARAM){ CK_SP800_108_ITERATION_VARIABLE,
		NULL, 0 };
	s->iv = noise(32, 12);
	s->param.feedback = (CK_SP800_108_FEEDBACK_KDF_PARAMS){
		CKM_SHA256_HMAC, 4, s->piece, s->iv.len, s->iv.ptr, 0, NULL };
	return SET_PARAM(s, feedback);
}

static bool
pipeline_param(struct sample *s)
{
	fill_pieces(s, s->piece + 1);
	s->piece[0] = (CK_PRF_DATA_PARAM){ CK_SP800_108_ITERATION_VARIABLE,
		NULL, 0 };
	s->param.kbkdf = (CK_SP800_108_KDF_PARAMS){ CKM_SHA256_HMAC, 4,
		s->piece, 0, NULL };
	return SET_PARAM(s, kbkdf);
}

static bool
kbkdf_refer(struct sample *s)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "KBKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	char hash[] = "SHA256", mac[] = "HMAC", counter[] = "counter";
	char feedback[] = "feedback";
	char *mode = s->iv.len > 0 ? feedback : counter;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash,
		    0),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MAC, mac, 0),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, mode,
		    0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
		    s->key.ptr, s->key.len),
		/* label and context as they are called there */
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
		    s->info.ptr, 5),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
		    s->info.ptr + 6, 7),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED,
		    s->iv.ptr, s->iv.len),
		OSSL_PARAM_construct_end(),
	};
	bool good;

	s->output = room(75);
	good = EVP_KDF_derive(ctx, s->output.ptr, s->output.len, params) > 0;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return expect(good, "libcrypto's KBKDF");
}

/* libcrypto has only the HMAC for this one. */
static bool
pipeline_refer(struct sample *s)
{
	struct bytes fixed = room(s->info.len + 4), a, in, k;
	CK_ULONG done = 0, part;

	s->output = room(75);
	memcpy(fixed.ptr, s->info.ptr, s->info.len);
	fixed.ptr[fixed.len - 2] = 75 * 8 >> 8;
	fixed.ptr[fixed.len - 1] = 75 * 8 & 0xff;
	a = fixed;
	in = room(32 + 4 + fixed.len);
	memcpy(in.ptr + 36, fixed.ptr, fixed.len);
	while (done < s->output.len) {
		a = hmac_of("SHA256", s->key, a);
		memcpy(in.ptr, a.ptr, 32);
		in.ptr[35]++;
		k = hmac_of("SHA256", s->key, in);
		part = s->output.len - done < 32 ? s->output.len - done : 32;
		memcpy(s->output.ptr + done, k.ptr, part);
		done += part;
	}
	return true;
}

/* --- digests of keys --- */

static bool
key_digest_refer(struct sample *s)
{
	s->output = digest_of(s->row->name_of, s->key);
	return s->output.len > 0;
}

/* As many bytes as are asked for. */
static bool
shake_refer(struct sample *s)
{
	EVP_MD *md = EVP_MD_fetch(NULL, s->row->name_of, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	s->output = room(100);
	good = EVP_DigestInit_ex2(ctx, md, NULL) &&
	    EVP_DigestUpdate(ctx, s->key.ptr, s->key.len) &&
	    EVP_DigestFinalXOF(ctx, s->output.ptr, s->output.len);
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	return expect(good, s->row->name_of);
}

#define KDF(mech, kind_, with, ref) \
	{ .type = CKM_##mech, .name = #mech, .kind = &kind_, \
	    .keys = &any_keys, .param = with, .refer = ref }
#define DIGEST(mech, hash) \
	{ .type = CKM_##mech##_KEY_DERIVATION, \
	    .name = #mech "_KEY_DERIVATION", .kind = &derives, \
	    .keys = &any_keys, .refer = key_digest_refer, .name_of = hash }

static const struct row derive_table[] = {
	KDF(HKDF_DERIVE, derives, hkdf_param, hkdf_refer),
	KDF(HKDF_DATA, derives_data, hkdf_param, hkdf_refer),
	KDF(SP800_108_COUNTER_KDF, derives, counter_param, kbkdf_refer),
	KDF(SP800_108_FEEDBACK_KDF, derives, feedback_param, kbkdf_refer),
	KDF(SP800_108_DOUBLE_PIPELINE_KDF, derives, pipeline_param,
	    pipeline_refer),
	DIGEST(SHA1, "SHA1"),
	DIGEST(SHA224, "SHA224"),
	DIGEST(SHA256, "SHA256"),
	DIGEST(SHA384, "SHA384"),
	DIGEST(SHA512, "SHA512"),
	DIGEST(SHA512_224, "SHA512-224"),
	DIGEST(SHA512_256, "SHA512-256"),
	DIGEST(SHA3_224, "SHA3-224"),
	DIGEST(SHA3_256, "SHA3-256"),
	DIGEST(SHA3_384, "SHA3-384"),
	DIGEST(SHA3_512, "SHA3-512"),
	{ .type = CKM_SHAKE_128_KEY_DERIVATION,
	    .name = "SHAKE_128_KEY_DERIVATION", .kind = &derives,
	    .keys = &any_keys, .refer = shake_refer, .name_of = "SHAKE128" },
	{ .type = CKM_SHAKE_256_KEY_DERIVATION,
	    .name = "SHAKE_256_KEY_DERIVATION", .kind = &derives,
	    .keys = &any_keys, .refer = shake_refer, .name_of = "SHAKE256" },
};

const struct table derive_rows = { derive_table, ARRAY_LEN(derive_table) };
