/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of ciphers, and of messages under them.
 */
#include "tests/mechanisms/cells.h"

#include "pkcs11/cryptoki_small.h"

#include <stdio.h>

static const char *
aes_name(const struct sample *s, char out[32])
{
	CK_ULONG bytes = s->key.len;

	if (s->row->key_type == CKK_AES_XTS)
		bytes /= 2;
	(void)snprintf(out, 32, "AES-%lu-%s", bytes * 8, s->row->name_of);
	return out;
}

static bool
iv_param(struct sample *s)
{
	if (s->iv.ptr == NULL)
		s->iv = noise(16, 4);
	return set_param(s, s->iv.ptr, s->iv.len);
}

static bool
aes_refer(struct sample *s)
{
	char name[32];

	return cipher_run(aes_name(s, name), true, s->key, s->iv, s->input,
	    s->row->pieces == 0, &s->output);
}

static bool
ctr_param(struct sample *s)
{
	if (s->iv.ptr == NULL)
		s->iv = noise(16, 4);
	s->param.ctr.ulCounterBits = 128;
	memcpy(s->param.ctr.cb, s->iv.ptr, 16);
	return SET_PARAM(s, ctr);
}

static bool
camellia_refer(struct sample *s)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "CAMELLIA-%lu-%s", s->key.len * 8,
	    s->row->name_of);
	return cipher_run(name, true, s->key, s->iv, s->input,
	    s->row->pieces == 0, &s->output);
}

static bool
des3_param(struct sample *s)
{
	if (s->iv.ptr == NULL)
		s->iv = noise(8, 4);
	return set_param(s, s->iv.ptr, s->iv.len);
}

static bool
named_refer(struct sample *s)
{
	return cipher_run(s->row->name_of, true, s->key, s->iv, s->input,
	    s->row->pieces == 0, &s->output);
}

/* --- with a tag --- */

/* Ciphertext into output, tag behind it and in tag. */
static bool
sealed_run(struct sample *s, const char *name, bool ccm)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0, none = 0;
	bool good;

	s->output = room(s->input.len + 16);
	good = cipher != NULL &&
	    EVP_EncryptInit_ex2(ctx, cipher, NULL, NULL, NULL) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)s->iv.len,
		NULL) > 0 &&
	    (!ccm || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG,
		(int)s->number, NULL) > 0) &&
	    EVP_EncryptInit_ex2(ctx, NULL, s->key.ptr, s->iv.ptr, NULL) &&
	    (!ccm || EVP_EncryptUpdate(ctx, NULL, &len, NULL,
		(int)s->input.len)) &&
	    EVP_EncryptUpdate(ctx, NULL, &len, s->aad.ptr, (int)s->aad.len) &&
	    EVP_EncryptUpdate(ctx, s->output.ptr, &len, s->input.ptr,
		(int)s->input.len) &&
	    EVP_EncryptFinal_ex(ctx, s->output.ptr + len, &none) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, (int)s->number,
		s->output.ptr + s->input.len) > 0;
	s->output.len = s->input.len + s->number;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return expect(good, name);
}

/* What a published vector does not say. */
static void
sealed_fill(struct sample *s, CK_ULONG iv_len)
{
	if (s->iv.ptr == NULL) {
		s->iv = noise(iv_len, 4);
		s->aad = noise(21, 5);
	}
	s->number = s->published ? s->output.len - s->input.len : 16;
}

static bool
gcm_param(struct sample *s)
{
	sealed_fill(s, 12);
	s->param.gcm = (CK_GCM_PARAMS){ s->iv.ptr, s->iv.len, s->iv.len * 8,
		s->aad.ptr, s->aad.len, s->number * 8 };
	return SET_PARAM(s, gcm);
}

static bool
ccm_param(struct sample *s)
{
	sealed_fill(s, 11);
	s->param.ccm = (CK_CCM_PARAMS){ s->input.len, s->iv.ptr, s->iv.len,
		s->aad.ptr, s->aad.len, s->number };
	return SET_PARAM(s, ccm);
}

static bool
chacha_poly_param(struct sample *s)
{
	sealed_fill(s, 12);
	s->param.sealed = (CK_SALSA20_CHACHA20_POLY1305_PARAMS){ s->iv.ptr,
		s->iv.len, s->aad.ptr, s->aad.len };
	return SET_PARAM(s, sealed);
}

static bool
gcm_refer(struct sample *s)
{
	char name[32];

	return sealed_run(s, aes_name(s, name), false);
}

static bool
ccm_refer(struct sample *s)
{
	char name[32];

	return sealed_run(s, aes_name(s, name), true);
}

static bool
chacha_poly_refer(struct sample *s)
{
	return sealed_run(s, "ChaCha20-Poly1305", false);
}

/* --- messages: the parameter comes with each --- */

static bool
gcm_message_param(struct sample *s)
{
	sealed_fill(s, 12);
	s->tag = room(s->number);
	s->param.gcm_message = (CK_GCM_MESSAGE_PARAMS){ s->iv.ptr, s->iv.len,
		0, CKG_NO_GENERATE, s->tag.ptr, s->number * 8 };
	return SET_PARAM(s, gcm_message);
}

static bool
ccm_message_param(struct sample *s)
{
	sealed_fill(s, 11);
	s->tag = room(s->number);
	s->param.ccm_message = (CK_CCM_MESSAGE_PARAMS){ s->input.len,
		s->iv.ptr, s->iv.len, 0, CKG_NO_GENERATE, s->tag.ptr,
		s->number };
	return SET_PARAM(s, ccm_message);
}

static bool
chacha_message_param(struct sample *s)
{
	sealed_fill(s, 12);
	s->tag = room(s->number);
	s->param.sealed_message = (CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS){
		s->iv.ptr, s->iv.len, s->tag.ptr };
	return SET_PARAM(s, sealed_message);
}

/* --- ChaCha20 --- */

/* libcrypto's IV is the block counter and the nonce, one after the other. */
static bool
chacha_param(struct sample *s)
{
	if (s->iv.ptr == NULL)
		s->iv = noise(16, 4);
	s->param.chacha = (CK_CHACHA20_PARAMS){ s->iv.ptr, 32, s->iv.ptr + 4,
		96 };
	return SET_PARAM(s, chacha);
}

/* --- keys --- */

static const struct keys chacha_keys = { any_make, any_of_size, { 32 },
	false };
static const struct keys des3_keys = { any_make, any_of_size, { 24 },
	false };
static const struct keys xts_keys = { any_make, any_of_size, { 32, 64 },
	false };

#define AES(mech, mode, piece) \
	{ .type = CKM_AES_##mech, .name = "AES_" #mech, .kind = &crypts, \
	    .keys = &aes_keys, .param = iv_param, .refer = aes_refer, \
	    .name_of = mode, .pieces = piece }
#define CAMELLIA(mech, mode, piece, with) \
	{ .type = CKM_CAMELLIA_##mech, .name = "CAMELLIA_" #mech, \
	    .kind = &crypts, .keys = &aes_keys, .param = with, \
	    .refer = camellia_refer, .name_of = mode, .pieces = piece, \
	    .key_type = CKK_CAMELLIA, .camellia = true }
#define DES3(mech, mode, piece, with) \
	{ .type = CKM_DES3_##mech, .name = "DES3_" #mech, \
	    .kind = &only_decrypts, .keys = &des3_keys, .param = with, \
	    .refer = named_refer, .name_of = mode, .pieces = piece, \
	    .key_type = CKK_DES3 }

static const struct row cipher_table[] = {
	{ .type = CKM_AES_ECB, .name = "AES_ECB", .kind = &crypts,
	    .keys = &aes_keys, .refer = aes_refer, .name_of = "ECB",
	    .pieces = 16 },
	AES(CBC, "CBC", 16),
	AES(CBC_PAD, "CBC", 0),
	AES(OFB, "OFB", 1),
	AES(CFB1, "CFB1", 1),
	AES(CFB8, "CFB8", 1),
	AES(CFB128, "CFB", 1),
	{ .type = CKM_AES_CTR, .name = "AES_CTR", .kind = &crypts,
	    .keys = &aes_keys, .param = ctr_param, .refer = aes_refer,
	    .name_of = "CTR", .pieces = 1 },
	{ .type = CKM_AES_CTS, .name = "AES_CTS", .kind = &crypts,
	    .keys = &aes_keys, .param = iv_param, .refer = aes_refer,
	    .name_of = "CBC-CTS", .limit = 75, .pieces = 1 },
	{ .type = CKM_AES_XTS, .name = "AES_XTS", .kind = &crypts,
	    .keys = &xts_keys, .param = iv_param, .refer = aes_refer,
	    .name_of = "XTS", .limit = 77, .pieces = 1,
	    .key_type = CKK_AES_XTS },
	{ .type = CKM_AES_GCM, .name = "AES_GCM", .kind = &crypts,
	    .keys = &aes_keys, .param = gcm_param, .refer = gcm_refer,
	    .name_of = "GCM" },
	{ .type = CKM_AES_GCM, .name = "AES_GCM", .kind = &messages,
	    .keys = &aes_keys, .param = gcm_message_param,
	    .refer = gcm_refer, .name_of = "GCM" },
	{ .type = CKM_AES_CCM, .name = "AES_CCM", .kind = &crypts,
	    .keys = &aes_keys, .param = ccm_param, .refer = ccm_refer,
	    .name_of = "CCM" },
	{ .type = CKM_AES_GCM, .name = "AES_GCM", .kind = &wraps,
	    .keys = &aes_keys, .param = gcm_param, .refer = gcm_refer,
	    .name_of = "GCM", .limit = 13 },
	{ .type = CKM_AES_CCM, .name = "AES_CCM", .kind = &wraps,
	    .keys = &aes_keys, .param = ccm_param, .refer = ccm_refer,
	    .name_of = "CCM", .limit = 13 },
	{ .type = CKM_AES_CCM, .name = "AES_CCM", .kind = &messages,
	    .keys = &aes_keys, .param = ccm_message_param,
	    .refer = ccm_refer, .name_of = "CCM",
	    .without = CKF_MULTI_MESSAGE },
	{ .type = CKM_CHACHA20, .name = "CHACHA20", .kind = &crypts,
	    .keys = &chacha_keys, .param = chacha_param,
	    .refer = named_refer, .name_of = "ChaCha20",
	    .key_type = CKK_CHACHA20 },
	{ .type = CKM_CHACHA20_POLY1305, .name = "CHACHA20_POLY1305",
	    .kind = &crypts, .keys = &chacha_keys,
	    .param = chacha_poly_param, .refer = chacha_poly_refer,
	    .key_type = CKK_CHACHA20 },
	{ .type = CKM_CHACHA20_POLY1305, .name = "CHACHA20_POLY1305",
	    .kind = &messages, .keys = &chacha_keys,
	    .param = chacha_message_param, .refer = chacha_poly_refer,
	    .key_type = CKK_CHACHA20 },
	CAMELLIA(ECB, "ECB", 16, NULL),
	CAMELLIA(CBC, "CBC", 16, iv_param),
	CAMELLIA(CBC_PAD, "CBC", 0, iv_param),
	CAMELLIA(CTR, "CTR", 1, ctr_param),
	{ .type = CKM_DES3_ECB, .name = "DES3_ECB", .kind = &only_decrypts,
	    .keys = &des3_keys, .refer = named_refer,
	    .name_of = "DES-EDE3-ECB", .pieces = 8, .key_type = CKK_DES3 },
	DES3(CBC, "DES-EDE3-CBC", 8, des3_param),
	DES3(CBC_PAD, "DES-EDE3-CBC", 0, des3_param),
};

const struct table cipher_rows = { cipher_table, ARRAY_LEN(cipher_table) };
