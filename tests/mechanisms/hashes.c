/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of digests and MACs.
 */
#include "tests/mechanisms/cells.h"

static bool
digest_refer(struct sample *s)
{
	s->output = digest_of(s->row->name_of, s->input);
	return s->output.len > 0;
}

#define DIGEST(mech, name_) \
	{ .type = CKM_##mech, .name = #mech, .kind = &digests, \
	    .keys = &no_keys, .refer = digest_refer, .name_of = name_ }

static const struct row digest_table[] = {
	DIGEST(SHA_1, "SHA1"),
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
};

const struct table digest_rows = { digest_table, ARRAY_LEN(digest_table) };

/* --- MACs --- */

static bool
hmac_refer(struct sample *s)
{
	s->output = hmac_of(s->row->name_of, s->key, s->input);
	return s->output.len > 0;
}

/* The first bytes of the MAC, as many as the parameter says. */
static bool
general_param(struct sample *s)
{
	s->param.mac = s->published ? s->output.len : 9;
	return SET_PARAM(s, mac);
}

static bool
hmac_general_refer(struct sample *s)
{
	bool good = hmac_refer(s);

	s->output.len = s->param.mac;
	return good;
}

static bool
cmac_refer(struct sample *s)
{
	static const char *const names[] = { "AES-128-CBC", "AES-192-CBC",
		"AES-256-CBC" };
	size_t len = 0;

	s->output = room(16);
	if (EVP_Q_mac(NULL, "CMAC", NULL, names[s->key.len / 8 - 2], NULL,
	    s->key.ptr, s->key.len, s->input.ptr, s->input.len,
	    s->output.ptr, 16, &len) == NULL)
		return expect(false, "libcrypto makes no CMAC");
	return true;
}

static bool
cmac_general_refer(struct sample *s)
{
	bool good = cmac_refer(s);

	s->output.len = s->param.mac;
	return good;
}

static bool
gmac_param(struct sample *s)
{
	if (s->iv.ptr == NULL)
		s->iv = noise(12, 4);
	s->param.gcm = (CK_GCM_PARAMS){ s->iv.ptr, s->iv.len, s->iv.len * 8,
		NULL, 0, 128 };
	return SET_PARAM(s, gcm);
}

static bool
gmac_refer(struct sample *s)
{
	static const char *const names[] = { "AES-128-GCM", "AES-192-GCM",
		"AES-256-GCM" };
	EVP_CIPHER *cipher =
	    EVP_CIPHER_fetch(NULL, names[s->key.len / 8 - 2], NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0;
	bool good;

	s->output = room(16);
	good = EVP_EncryptInit_ex2(ctx, cipher, s->key.ptr, s->iv.ptr, NULL) &&
	    EVP_EncryptUpdate(ctx, NULL, &len, s->input.ptr,
	    (int)s->input.len) &&
	    EVP_EncryptFinal_ex(ctx, s->output.ptr, &len) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16,
	    s->output.ptr) > 0;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return expect(good, "libcrypto makes no GMAC");
}

static bool
poly_refer(struct sample *s)
{
	size_t len = 0;

	s->output = room(16);
	return expect(EVP_Q_mac(NULL, "POLY1305", NULL, NULL, NULL, s->key.ptr,
	    s->key.len, s->input.ptr, s->input.len, s->output.ptr, 16,
	    &len) != NULL, "libcrypto makes no Poly1305");
}

static const struct keys poly_keys = { any_make, any_of_size, { 32 },
	false };

#define HMAC(mech, name_) \
	{ .type = CKM_##mech, .name = #mech, .kind = &signs, \
	    .keys = &any_keys, .refer = hmac_refer, .name_of = name_ }, \
	{ .type = CKM_##mech##_GENERAL, .name = #mech "_GENERAL", \
	    .kind = &signs, .keys = &any_keys, .param = general_param, \
	    .refer = hmac_general_refer, .name_of = name_ }

static const struct row mac_table[] = {
	HMAC(SHA_1_HMAC, "SHA1"),
	HMAC(SHA224_HMAC, "SHA224"),
	HMAC(SHA256_HMAC, "SHA256"),
	HMAC(SHA384_HMAC, "SHA384"),
	HMAC(SHA512_HMAC, "SHA512"),
	HMAC(SHA512_224_HMAC, "SHA512-224"),
	HMAC(SHA512_256_HMAC, "SHA512-256"),
	HMAC(SHA3_224_HMAC, "SHA3-224"),
	HMAC(SHA3_256_HMAC, "SHA3-256"),
	HMAC(SHA3_384_HMAC, "SHA3-384"),
	HMAC(SHA3_512_HMAC, "SHA3-512"),
	HMAC(BLAKE2B_512_HMAC, "BLAKE2B-512"),
	{ .type = CKM_AES_CMAC, .name = "AES_CMAC", .kind = &signs,
	    .keys = &aes_keys, .refer = cmac_refer },
	{ .type = CKM_AES_CMAC_GENERAL, .name = "AES_CMAC_GENERAL",
	    .kind = &signs, .keys = &aes_keys, .param = general_param,
	    .refer = cmac_general_refer },
	{ .type = CKM_AES_GMAC, .name = "AES_GMAC", .kind = &signs,
	    .keys = &aes_keys, .param = gmac_param, .refer = gmac_refer,
	    .without = CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY |
		CKF_MULTI_MESSAGE },
	{ .type = CKM_POLY1305, .name = "POLY1305", .kind = &signs,
	    .keys = &poly_keys, .refer = poly_refer,
	    .key_type = CKK_POLY1305,
	    .without = CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY |
		CKF_MULTI_MESSAGE },
};

const struct table mac_rows = { mac_table, ARRAY_LEN(mac_table) };
