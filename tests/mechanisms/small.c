/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of BLAKE2b in all its sizes, SHA-512/t, AES-XCBC-MAC, and of the keys
 * that are for one MAC only.  libcrypto's part is put together here of its
 * digest and its AES.
 */
#include "tests/mechanisms/cells.h"

#include "pkcs11/cryptoki_small.h"

#include <openssl/core_names.h>

#define BLOCK 128

/* --- BLAKE2b: the row's number is its size in bytes --- */

/* Of two pieces. */
static struct bytes
blake2b(size_t size, struct bytes one, struct bytes two)
{
	EVP_MD *md = EVP_MD_fetch(NULL, "BLAKE2B-512", NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct bytes out = room(EVP_MAX_MD_SIZE);
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_DIGEST_PARAM_SIZE, &size),
		OSSL_PARAM_construct_end(),
	};

	if (!EVP_DigestInit_ex2(ctx, md, size == 64 ? NULL : params) ||
	    !EVP_DigestUpdate(ctx, one.ptr, one.len) ||
	    !EVP_DigestUpdate(ctx, two.ptr, two.len) ||
	    !EVP_DigestFinal_ex(ctx, out.ptr, NULL))
		(void)expect(false, "libcrypto has no such BLAKE2b");
	out.len = size;
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	return out;
}

static bool
blake2b_refer(struct sample *s)
{
	s->output = blake2b(s->row->number, s->input, (struct bytes){ 0 });
	return true;
}

static bool
blake2b_key_refer(struct sample *s)
{
	s->output = blake2b(s->row->number, s->key, (struct bytes){ 0 });
	return true;
}

/* RFC 2104 */
static bool
blake2b_hmac_refer(struct sample *s)
{
	size_t size = s->row->number, i;
	struct bytes inner = room(BLOCK), outer = room(BLOCK), key = s->key;

	if (key.len > BLOCK)
		key = blake2b(size, key, (struct bytes){ 0 });
	memcpy(inner.ptr, key.ptr, key.len);
	memset(inner.ptr + key.len, 0, BLOCK - key.len);
	for (i = 0; i < BLOCK; i++) {
		outer.ptr[i] = inner.ptr[i] ^ 0x5c;
		inner.ptr[i] ^= 0x36;
	}
	s->output = blake2b(size, outer, blake2b(size, inner, s->input));
	return true;
}

static bool
cut_param(struct sample *s)
{
	s->param.mac = 9;
	return SET_PARAM(s, mac);
}

static bool
blake2b_cut_refer(struct sample *s)
{
	bool good = blake2b_hmac_refer(s);

	s->output.len = s->param.mac;
	return good;
}

/* --- SHA-512/t: the row's number is t --- */

static bool
t_param(struct sample *s)
{
	s->param.mac = s->row->number;
	return SET_PARAM(s, mac);
}

static bool
t_refer(struct sample *s)
{
	s->output = digest_of(s->row->name_of, s->input);
	return s->output.len == s->row->number / 8;
}

static bool
t_hmac_refer(struct sample *s)
{
	s->output = hmac_of(s->row->name_of, s->key, s->input);
	return s->output.len == s->row->number / 8;
}

static bool
t_key_refer(struct sample *s)
{
	s->output = digest_of(s->row->name_of, s->key);
	return s->output.len == s->row->number / 8;
}

/* --- AES-XCBC-MAC (RFC 3566): the row's number is its length --- */

static struct bytes
aes(struct bytes key, struct bytes block)
{
	struct bytes out, no_iv = { NULL, 0 };

	(void)cipher_run("AES-128-ECB", true, key, no_iv, block, false, &out);
	return out;
}

static struct bytes
xcbc_key(struct bytes key, int n)
{
	struct bytes block = room(16);

	memset(block.ptr, n, 16);
	return aes(key, block);
}

static bool
xcbc_refer(struct sample *s)
{
	bool whole = s->input.len > 0 && s->input.len % 16 == 0;
	CK_ULONG blocks = whole ? s->input.len / 16 : s->input.len / 16 + 1;
	struct bytes first = xcbc_key(s->key, 1), e = room(16);
	struct bytes mask = xcbc_key(s->key, whole ? 2 : 3);
	struct bytes padded = room(blocks * 16);
	CK_ULONG i, k;

	memset(padded.ptr, 0, padded.len);
	memcpy(padded.ptr, s->input.ptr, s->input.len);
	if (!whole)
		padded.ptr[s->input.len] = 0x80;
	for (k = 0; k < 16; k++)
		padded.ptr[padded.len - 16 + k] ^= mask.ptr[k];
	memset(e.ptr, 0, 16);
	for (i = 0; i < blocks; i++) {
		for (k = 0; k < 16; k++)
			e.ptr[k] ^= padded.ptr[16 * i + k];
		e = aes(first, e);
		if (!expect(e.len == 16, "a block of AES"))
			return false;
	}
	e.len = s->row->number;
	s->output = e;
	return true;
}

static const struct keys xcbc_keys = { any_make, any_of_size, { 16 }, false };

/* --- rows; of a key for one MAC only, the number is the MAC --- */

#define BLAKE2B(bits, size, rest, what, with, ref) \
	{ .type = CKM_BLAKE2B_##bits##rest, .name = "BLAKE2B_" #bits #rest, \
	    .kind = &what, .keys = &any_keys, .param = with, .refer = ref, \
	    .number = size, .new_blake = size != 64 }
#define BLAKE2B_ALL(bits, size) \
	{ .type = CKM_BLAKE2B_##bits, .name = "BLAKE2B_" #bits, \
	    .kind = &digests, .keys = &no_keys, .refer = blake2b_refer, \
	    .number = size, .new_blake = size != 64 }, \
	BLAKE2B(bits, size, _HMAC, signs, NULL, blake2b_hmac_refer), \
	BLAKE2B(bits, size, _HMAC_GENERAL, signs, cut_param, \
	    blake2b_cut_refer), \
	BLAKE2B(bits, size, _KEY_DERIVE, derives, NULL, blake2b_key_refer)
#define SHA512_T(t) \
	{ .type = CKM_SHA512_T, .name = "SHA512_T", .kind = &digests, \
	    .keys = &no_keys, .param = t_param, .refer = t_refer, \
	    .name_of = "SHA512-" #t, .number = t }, \
	{ .type = CKM_SHA512_T_HMAC, .name = "SHA512_T_HMAC", \
	    .kind = &signs, .keys = &any_keys, .param = t_param, \
	    .refer = t_hmac_refer, .name_of = "SHA512-" #t, .number = t }, \
	{ .type = CKM_SHA512_T_KEY_DERIVATION, \
	    .name = "SHA512_T_KEY_DERIVATION", .kind = &derives, \
	    .keys = &any_keys, .param = t_param, .refer = t_key_refer, \
	    .name_of = "SHA512-" #t, .number = t }
#define XCBC(mech, len) \
	{ .type = CKM_##mech, .name = #mech, .kind = &signs, \
	    .keys = &xcbc_keys, .refer = xcbc_refer, .number = len, \
	    .key_type = CKK_AES }
#define MAKES(hash) \
	{ .type = CKM_##hash##_KEY_GEN, .name = #hash "_KEY_GEN", \
	    .kind = &makes, .keys = &any_made, .number = CKM_##hash##_HMAC }
#define MAKES_BLAKE2B(bits) \
	{ .type = CKM_BLAKE2B_##bits##_KEY_GEN, \
	    .name = "BLAKE2B_" #bits "_KEY_GEN", .kind = &makes, \
	    .keys = &any_made, .number = CKM_BLAKE2B_##bits##_HMAC, \
	    .new_blake = bits != 512 }

static const struct row small_table[] = {
	BLAKE2B_ALL(160, 20),
	BLAKE2B_ALL(256, 32),
	BLAKE2B_ALL(384, 48),
	BLAKE2B_ALL(512, 64),
	SHA512_T(224),
	SHA512_T(256),
	XCBC(AES_XCBC_MAC, 16),
	XCBC(AES_XCBC_MAC_96, 12),
	MAKES(SHA_1),
	MAKES(SHA224),
	MAKES(SHA256),
	MAKES(SHA384),
	MAKES(SHA512),
	MAKES(SHA512_224),
	MAKES(SHA512_256),
	MAKES(SHA512_T),
	MAKES(SHA3_224),
	MAKES(SHA3_256),
	MAKES(SHA3_384),
	MAKES(SHA3_512),
	MAKES_BLAKE2B(160),
	MAKES_BLAKE2B(256),
	MAKES_BLAKE2B(384),
	MAKES_BLAKE2B(512),
};

const struct table small_rows = { small_table, ARRAY_LEN(small_table) };
