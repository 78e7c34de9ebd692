/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of TLS up to 1.2.  libcrypto has the function of TLS alone, TLS1-PRF;
 * what goes into it is put together here, from RFC 5246, 5705 and 7627.
 */
#include "tests/mechanisms/cells.h"

#include "pkcs11/derivetls.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>

#define RANDOM_LEN 32
#define MAC_LEN 20
#define KEY_LEN 16
#define IV_LEN 12

static CK_VERSION version;

/* --- libcrypto --- */

static struct bytes
joined(struct bytes a, struct bytes b)
{
	struct bytes out = room(a.len + b.len);

	if (a.len > 0)
		memcpy(out.ptr, a.ptr, a.len);
	if (b.len > 0)
		memcpy(out.ptr + a.len, b.ptr, b.len);
	return out;
}

/* That of 1.0 and 1.1 has the two old digests. */
static const char *
prf_name(CK_MECHANISM_TYPE prf)
{
	return prf == CKM_TLS_PRF ? "MD5-SHA1" : hash_name(prf);
}

static bool
prf(struct sample *s, struct bytes label, struct bytes rest, CK_ULONG len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	struct bytes seed = joined(label, rest);
	const char *name = prf_name(s->row->number);
	struct bytes hash = copy_of(name, strlen(name));
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
		    (char *)hash.ptr, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET,
		    s->key.ptr, s->key.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED,
		    seed.ptr, seed.len),
		OSSL_PARAM_construct_end(),
	};
	bool good;

	s->output = room(len);
	good = EVP_KDF_derive(ctx, s->output.ptr, len, params) > 0;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return expect(good, "libcrypto's TLS1-PRF");
}

/* The random bytes of client and server: aad and salt. */
static CK_SSL3_RANDOM_DATA
randoms(struct sample *s)
{
	s->aad = noise(RANDOM_LEN, 21);
	s->salt = noise(RANDOM_LEN, 22);
	return (CK_SSL3_RANDOM_DATA){ s->aad.ptr, s->aad.len, s->salt.ptr,
		s->salt.len };
}

/* --- master secrets --- */

/* Only a secret that begins with a version has one. */
static bool
has_version(const struct row *row)
{
	return row->type == CKM_TLS12_MASTER_KEY_DERIVE ||
	    row->type == CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE ||
	    row->type == CKM_NSS_TLS_EXTENDED_MASTER_KEY_DERIVE;
}

static bool
master_param(struct sample *s)
{
	version = (CK_VERSION){ 99, 99 };
	s->param.tls_master = (CK_TLS12_MASTER_KEY_DERIVE_PARAMS){
		randoms(s), has_version(s->row) ? &version : NULL,
		s->row->number };
	return SET_PARAM(s, tls_master);
}

static bool
master_refer(struct sample *s)
{
	return prf(s, TEXT("master secret"), joined(s->aad, s->salt),
	    TLS_MASTER_LEN);
}

static bool
extended_param(struct sample *s)
{
	CK_ULONG len = s->row->number == CKM_TLS_PRF ? 36 :
	    digest_of(hash_name(s->row->number), s->input).len;

	version = (CK_VERSION){ 99, 99 };
	s->info = noise(len, 23);
	s->param.tls_extended = (CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS){
		s->row->number, s->info.ptr, s->info.len,
		has_version(s->row) ? &version : NULL };
	return SET_PARAM(s, tls_extended);
}

static bool
extended_refer(struct sample *s)
{
	return prf(s, TEXT("extended master secret"), s->info,
	    TLS_MASTER_LEN);
}

/* The same every time, and the version that the secret begins with. */
static bool
prove_master(struct sample *s)
{
	return derives.proof[0].run(s) && (!has_version(s->row) ||
	    expect(version.major == s->key.ptr[0] &&
	    version.minor == s->key.ptr[1], "the version told"));
}

static const struct kind masters = { { { CKF_DERIVE, prove_master } } };

/* --- keys of any length --- */

static bool
kdf_param(struct sample *s)
{
	s->info = TEXT("EXPORTER of a test");
	s->context = noise(29, 24);
	s->param.tls_kdf = (CK_TLS_KDF_PARAMS){ s->row->number, s->info.ptr,
		s->info.len, randoms(s), s->context.ptr, s->context.len };
	return SET_PARAM(s, tls_kdf);
}

static bool
kdf_refer(struct sample *s)
{
	return prf(s, s->info, joined(joined(s->aad, s->salt), s->context),
	    75);
}

/* --- what a connection needs --- */

static CK_SSL3_KEY_MAT_OUT material;

static bool
block_param(struct sample *s)
{
	struct bytes vectors = room(2 * IV_LEN);

	material = (CK_SSL3_KEY_MAT_OUT){ .pIVClient = vectors.ptr,
		.pIVServer = vectors.ptr + IV_LEN };
	s->iv = vectors;
	s->param.tls_keys = (CK_TLS12_KEY_MAT_PARAMS){ 8 * MAC_LEN,
		8 * KEY_LEN, 8 * IV_LEN, CK_FALSE, randoms(s), &material,
		s->row->number };
	return SET_PARAM(s, tls_keys);
}

/* Here the server is first. */
static bool
block_refer(struct sample *s)
{
	return prf(s, TEXT("key expansion"), joined(s->salt, s->aad),
	    2 * (MAC_LEN + KEY_LEN + IV_LEN));
}

static CK_RV
derive_block(struct sample *s)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
	};

	return p11->C_DeriveKey(session, &s->how, s->secret, tmpl,
	    ARRAY_LEN(tmpl), NULL);
}

/* Two MAC keys, two keys, and two vectors but for those who want none. */
static bool
prove_block(struct sample *s)
{
	struct bytes made, none = room(2 * IV_LEN), want;
	CK_ULONG keys_len = 2 * (MAC_LEN + KEY_LEN);

	if (!went(derive_block(s), "C_DeriveKey"))
		return false;
	made = joined(
	    joined(object_value(material.hClientMacSecret, CKA_VALUE),
		object_value(material.hServerMacSecret, CKA_VALUE)),
	    joined(object_value(material.hClientKey, CKA_VALUE),
		object_value(material.hServerKey, CKA_VALUE)));
	want = copy_of(s->output.ptr, keys_len);
	if (!equal(made, want, "the keys"))
		return false;
	want = copy_of(s->output.ptr + keys_len, 2 * IV_LEN);
	return equal(s->iv, s->row->type == CKM_TLS12_KEY_SAFE_DERIVE ?
	    none : want, "the vectors");
}

static const struct kind blocks = { { { CKF_DERIVE, prove_block } } };

/* --- verify_data --- */

static bool
mac_param(struct sample *s)
{
	s->param.tls_mac = (CK_TLS_MAC_PARAMS){ s->row->number, 12,
		s->row->limit };
	s->input = noise(64, 25);
	return SET_PARAM(s, tls_mac);
}

static bool
mac_refer(struct sample *s)
{
	return prf(s, s->row->limit == 1 ? TEXT("server finished") :
	    TEXT("client finished"), s->input, 12);
}

/* --- pre-master secrets --- */

static CK_RV
generate(struct sample *s, CK_ULONG len, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_DERIVE, &yes, 1 },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
	};

	version = (CK_VERSION){ 3, 3 };
	(void)set_param(s, &version, sizeof(version));
	return p11->C_GenerateKey(session, &s->how, tmpl, ARRAY_LEN(tmpl),
	    out);
}

/* The version, then bytes that nobody knows; a master secret comes of it. */
static bool
prove_generate(struct sample *s)
{
	static const struct row master = { .type = CKM_TLS12_MASTER_KEY_DERIVE,
		.name = "TLS12_MASTER_KEY_DERIVE", .kind = &masters,
		.number = CKM_SHA256 };
	CK_OBJECT_HANDLE second;
	struct sample other;
	struct bytes again;

	if (!went(generate(s, TLS_MASTER_LEN, &s->secret), "C_GenerateKey") ||
	    !went(generate(s, TLS_MASTER_LEN, &second), "C_GenerateKey"))
		return false;
	s->key = object_value(s->secret, CKA_VALUE);
	again = object_value(second, CKA_VALUE);
	if (!expect(s->key.len == TLS_MASTER_LEN &&
	    again.len == TLS_MASTER_LEN, "length of the new key") ||
	    !expect(s->key.ptr[0] == 3 && s->key.ptr[1] == 3, "version") ||
	    !expect(memcmp(s->key.ptr + 2, again.ptr + 2,
	    TLS_MASTER_LEN - 2) != 0, "the second key is the first"))
		return false;
	other = *s;
	other.row = &master;
	other.how.mechanism = master.type;
	return master_param(&other) && master_refer(&other) &&
	    prove_master(&other);
}

static const struct kind pre_masters = { {
	{ CKF_GENERATE, prove_generate },
} };

static CK_RV
pre_master_of_size(struct sample *s, CK_ULONG size)
{
	CK_OBJECT_HANDLE key;

	return generate(s, size, &key);
}

static const struct keys pre_master_made = { nothing_make,
	pre_master_of_size, { 0 }, false };

/* --- keys to derive from --- */

/* How long a master secret is, is not for the template to say. */
static CK_RV
secret_of_size(struct sample *s, CK_ULONG size)
{
	CK_OBJECT_HANDLE key;
	CK_RV rv;

	s->key = noise(size, 2);
	rv = secret_try(CKK_GENERIC_SECRET, s->key, &s->secret);
	if (rv != CKR_OK)
		return rv;
	if (!s->row->param(s))
		return CKR_MECHANISM_PARAM_INVALID;
	return s->row->kind == &blocks ? derive_block(s) :
	    p11->C_DeriveKey(session, &s->how, s->secret, NULL, 0, &key);
}

static const struct keys fixed_keys = { any_make, secret_of_size,
	{ TLS_MASTER_LEN }, false };
static const struct keys agreed_keys = { any_make, secret_of_size,
	{ TLS_MASTER_LEN, 1, 200 }, false };

#define DERIVE(mech, kind_, keys_, with, hash) \
	{ .type = CKM_##mech, .name = #mech, .kind = &kind_, \
	    .keys = &keys_, .param = with##_param, .refer = with##_refer, \
	    .number = CKM_##hash }
#define MASTERS(mech, keys_, with) \
	DERIVE(mech, masters, keys_, with, SHA256), \
	DERIVE(mech, masters, keys_, with, SHA224), \
	DERIVE(mech, masters, keys_, with, SHA384), \
	DERIVE(mech, masters, keys_, with, SHA512)
/* Those before TLS 1.2, too. */
#define EXTENDED(mech, keys_) \
	MASTERS(mech, keys_, extended), \
	DERIVE(mech, masters, keys_, extended, TLS_PRF)
#define KDF(mech) \
	DERIVE(mech, derives, any_keys, kdf, SHA256), \
	DERIVE(mech, derives, any_keys, kdf, SHA384), \
	DERIVE(mech, derives, any_keys, kdf, TLS_PRF)
#define BLOCK(mech) \
	DERIVE(mech, blocks, fixed_keys, block, SHA256), \
	DERIVE(mech, blocks, fixed_keys, block, SHA384)
#define MAC(mech, hash, side) \
	{ .type = CKM_##mech, .name = #mech, .kind = &signs, \
	    .keys = &any_keys, .param = mac_param, .refer = mac_refer, \
	    .number = CKM_##hash, .limit = side }
/* of the server, 1, and of the client, 2 */
#define MACS(mech) \
	MAC(mech, SHA256, 1), MAC(mech, SHA256, 2), MAC(mech, SHA384, 2), \
	MAC(mech, TLS_PRF, 1), MAC(mech, TLS_PRF, 2)
#define PRE_MASTER(mech) \
	{ .type = CKM_##mech, .name = #mech, .kind = &pre_masters, \
	    .keys = &pre_master_made }

static const struct row tls_table[] = {
	EXTENDED(TLS12_EXTENDED_MASTER_KEY_DERIVE, fixed_keys),
	EXTENDED(TLS12_EXTENDED_MASTER_KEY_DERIVE_DH, agreed_keys),
	PRE_MASTER(SSL3_PRE_MASTER_KEY_GEN),
	PRE_MASTER(TLS_PRE_MASTER_KEY_GEN),
	MACS(TLS12_MAC),
	KDF(TLS12_KDF),
	MASTERS(TLS12_MASTER_KEY_DERIVE, fixed_keys, master),
	BLOCK(TLS12_KEY_AND_MAC_DERIVE),
	MASTERS(TLS12_MASTER_KEY_DERIVE_DH, agreed_keys, master),
	BLOCK(TLS12_KEY_SAFE_DERIVE),
	MACS(TLS_MAC),
	KDF(TLS_KDF),
	EXTENDED(NSS_TLS_EXTENDED_MASTER_KEY_DERIVE, fixed_keys),
	EXTENDED(NSS_TLS_EXTENDED_MASTER_KEY_DERIVE_DH, agreed_keys),
};

const struct table tls_rows = { tls_table, ARRAY_LEN(tls_table) };
