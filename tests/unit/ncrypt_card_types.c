/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every blob type through the Smart Card provider, on every kind of card:
 * with a name and without, under keys of the software and of the card, and out
 * again.  Where a key comes onto a card, what the card does with it is
 * compared with what the same key does in software.
 */
#include "ncrypt_card_help.h"

#include "crypto/crypto.h"

#define NO NTE_NOT_SUPPORTED
#define BAD NTE_INVALID_PARAMETER

/* What the pair in a blob is for. */
enum use { NOTHING, DECRYPTS, SIGNS, SIGNS_EC, AGREES };

struct row {
	LPCWSTR type;
	const char *file;
	SECURITY_STATUS loose;
	SECURITY_STATUS named[3]; /* gids, piv, openpgp */
	enum use use;
	LPCWSTR curve;            /* of a generic ECC magic */
	LPCWSTR password;
	LPCWSTR with_type;        /* hImportKey, a key of the software */
	const char *with;
	const char *roots;        /* of a ProtectedKeyBlob */
};

#define REFUSED(st) st, .named = { st, st, st }
/* Comes in without a name only. */
#define ONLY_LOOSE .named = { NO, NO, NO }
#define WITH_RSA .with_type = BCRYPT_RSAPRIVATE_BLOB, \
	.with = "rsa1024_priv.bin"

static const struct row rows[] = {
	/* RSA */
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", .use = DECRYPTS },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin", .use = DECRYPTS },
	{ BCRYPT_RSAFULLPRIVATE_BLOB, "rsa1024_full.bin", .use = DECRYPTS },
	{ BCRYPT_PRIVATE_KEY_BLOB, "rsa1024_priv.bin", .use = DECRYPTS },
	{ LEGACY_RSAPRIVATE_BLOB, "capi_rsa1024_priv.bin", .use = DECRYPTS },
	{ LEGACY_RSAPRIVATE_BLOB, "capi_rsa1024_sign_priv.bin",
	    .use = SIGNS },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "rsa1024.der", .use = DECRYPTS },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin", ONLY_LOOSE },
	{ BCRYPT_PUBLIC_KEY_BLOB, "rsa1024_pub.bin", ONLY_LOOSE },
	{ LEGACY_RSAPUBLIC_BLOB, "capi_rsa1024_pub.bin", ONLY_LOOSE },
	/* elliptic curves */
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin", .named = { NO },
	    .use = SIGNS_EC },
	{ BCRYPT_ECCPRIVATE_BLOB, "p384_ecdsa_priv.bin", .named = { NO },
	    .use = SIGNS_EC },
	{ BCRYPT_ECCPRIVATE_BLOB, "p521_ecdsa_priv.bin",
	    .named = { NO, NO }, .use = SIGNS_EC },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdh_priv.bin", .named = { NO },
	    .use = AGREES },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdh_nopub.bin", .named = { NO },
	    .use = AGREES },
	{ BCRYPT_ECCPRIVATE_BLOB, "p384_ecdh_priv.bin", .named = { NO },
	    .use = AGREES },
	{ BCRYPT_ECCPRIVATE_BLOB, "p521_ecdh_priv.bin", .named = { NO, NO },
	    .use = AGREES },
	{ BCRYPT_PRIVATE_KEY_BLOB, "p256_ecdsa_priv.bin", .named = { NO },
	    .use = SIGNS_EC },
	{ BCRYPT_ECCFULLPRIVATE_BLOB, "full_p256_ecdsa_priv.bin",
	    .named = { NO }, .use = SIGNS_EC },
	{ BCRYPT_ECCFULLPRIVATE_BLOB, "full_p256_ecdh_nopub.bin",
	    .named = { NO }, .use = AGREES },
	/* a curve that has no name, and some that the cards do not offer */
	{ BCRYPT_ECCFULLPRIVATE_BLOB, "full_other_ecdsa_priv.bin",
	    ONLY_LOOSE },
	{ BCRYPT_ECCPRIVATE_BLOB, "secP256k1_ecdsa_priv.bin", ONLY_LOOSE,
	    .curve = u"secP256k1" },
	{ BCRYPT_ECCPRIVATE_BLOB, "nistP192_ecdsa_priv.bin", ONLY_LOOSE,
	    .curve = u"nistP192" },
	{ BCRYPT_ECCPRIVATE_BLOB, "curve25519_priv.bin", .named = { NO },
	    .curve = u"curve25519", .use = AGREES },
	{ BCRYPT_ECCPRIVATE_BLOB, "curve25519_priv.bin", REFUSED(BAD) },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_ecdsa_pub.bin", ONLY_LOOSE },
	{ BCRYPT_ECCPUBLIC_BLOB, "curve25519_pub.bin", ONLY_LOOSE,
	    .curve = u"curve25519" },
	{ BCRYPT_ECCFULLPUBLIC_BLOB, "full_p256_ecdsa_pub.bin", ONLY_LOOSE },
	/* PKCS #8 */
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "p256_sign.der", .named = { NO },
	    .use = SIGNS_EC },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "p384_agree.der", .named = { NO },
	    .use = AGREES },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "x25519.der", .named = { NO },
	    .use = AGREES },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "ed25519.der", .named = { NO } },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "ed448.der", ONLY_LOOSE },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "x448.der", ONLY_LOOSE },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "dsa1024.der", ONLY_LOOSE },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "enc_aes256.der", .named = { NO },
	    .password = u"secret", .use = AGREES },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "enc_aes256.der",
	    REFUSED(NTE_BAD_DATA), .password = u"wrong" },
	/* under another key */
	{ NCRYPT_PKCS7_ENVELOPE_BLOB, "envelope_rsa.der", .named = { NO },
	    WITH_RSA, .use = AGREES },
	{ NCRYPT_PKCS7_ENVELOPE_BLOB, "envelope_rsa_oaep.der",
	    .named = { NO }, WITH_RSA, .use = AGREES },
	{ NCRYPT_PKCS7_ENVELOPE_BLOB, "envelope_capi.der", WITH_RSA,
	    .use = DECRYPTS },
	{ NCRYPT_PKCS7_ENVELOPE_BLOB, "envelope_ec.der", .named = { NO },
	    .with_type = BCRYPT_ECCPRIVATE_BLOB,
	    .with = "p256_ecdh_priv.bin", .use = AGREES },
	{ NCRYPT_PKCS7_ENVELOPE_BLOB, "envelope_rsa.der", REFUSED(NTE_NO_KEY) },
	{ BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, "rsaaes_sha256.bin",
	    .named = { NO }, WITH_RSA, .use = SIGNS_EC },
	{ BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, "rsaaes_sha256.bin",
	    REFUSED(BAD) },
	{ BCRYPT_AES_WRAP_KEY_BLOB, "rfc3565_aes128.bin", ONLY_LOOSE,
	    .with_type = BCRYPT_KEY_DATA_BLOB, .with = "rfc3565_kek.bin" },
	{ BCRYPT_AES_WRAP_KEY_BLOB, "rfc3565_aes128.bin", REFUSED(BAD) },
	{ NCRYPT_PROTECTED_KEY_BLOB, "protected_rsa1024.bin",
	    .roots = "kds_roots.ldif", .use = DECRYPTS },
	{ NCRYPT_PROTECTED_KEY_BLOB, "protected_rsa1024.bin", REFUSED(BAD) },
	/* no pairs */
	{ BCRYPT_KEY_DATA_BLOB, "aes256.bin", ONLY_LOOSE },
	{ NCRYPT_CIPHER_KEY_BLOB, "cipherkey_aes256.bin", ONLY_LOOSE },
	/* pairs that no card has */
	{ BCRYPT_DSA_PRIVATE_BLOB, "dsa1024_priv.bin", ONLY_LOOSE },
	{ BCRYPT_DSA_PUBLIC_BLOB, "dsa1024_pub.bin", ONLY_LOOSE },
	{ LEGACY_DSA_PRIVATE_BLOB, "capi_dss1024_v3_priv.bin", ONLY_LOOSE },
	{ LEGACY_DSA_PUBLIC_BLOB, "capi_dss1024_v3_pub.bin", ONLY_LOOSE },
	{ LEGACY_DSA_V2_PRIVATE_BLOB, "capi_dss1024_priv.bin", ONLY_LOOSE },
	{ LEGACY_DSA_V2_PUBLIC_BLOB, "capi_dss1024_pub.bin", ONLY_LOOSE },
	{ BCRYPT_DH_PRIVATE_BLOB, "dh768_priv.bin", ONLY_LOOSE },
	{ BCRYPT_DH_PUBLIC_BLOB, "dh768_pub.bin", ONLY_LOOSE },
	{ LEGACY_DH_PRIVATE_BLOB, "capi_dh1024_priv.bin", ONLY_LOOSE },
	{ LEGACY_DH_PUBLIC_BLOB, "capi_dh1024_pub.bin", ONLY_LOOSE },
	/* sealed by a store, or of strangers */
	{ NCRYPT_OPAQUETRANSPORT_BLOB, "opaque_p256.bin", REFUSED(NO) },
	{ NCRYPT_OPAQUETRANSPORT_BLOB, "opaque_mib1.bin", REFUSED(NO) },
	{ BCRYPT_OPAQUE_KEY_BLOB, "aes128.bin", REFUSED(NO) },
	{ NCRYPT_KDF_KEY_BLOB, "kdfkey.bin", REFUSED(NO) },
	{ NCRYPT_TPM_LOADABLE_KEY_BLOB, "tpm_loadable.bin", REFUSED(NO) },
	{ NCRYPT_ISOLATED_KEY_ENVELOPE_BLOB, "rsa1024_priv.bin", REFUSED(NO) },
	{ SSL_ECCPUBLIC_BLOB, "p256_ecdsa_pub.bin", REFUSED(NO) },
	{ u"rsaprivateblob", "rsa1024_priv.bin", REFUSED(NO) },
	{ u"", "rsa1024_priv.bin", REFUSED(NO) },
	/* of another type than they say, or damaged */
	{ BCRYPT_RSAFULLPRIVATE_BLOB, "rsa1024_priv.bin", REFUSED(BAD) },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_pub.bin", REFUSED(BAD) },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_priv_other_d.bin", REFUSED(BAD) },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv_short.bin",
	    REFUSED(NTE_BAD_DATA) },
	{ LEGACY_RSAPRIVATE_BLOB, "capi_rsa1024_priv_short.bin",
	    REFUSED(NTE_BAD_DATA) },
};

/* Without a name as far as libcrypto knows them. */
static const struct row pq_rows[] = {
	{ BCRYPT_MLKEM_PUBLIC_BLOB, "mlkem768_pub.bin", ONLY_LOOSE },
	{ BCRYPT_MLKEM_PRIVATE_BLOB, "mlkem768_priv.bin", ONLY_LOOSE },
	{ BCRYPT_MLKEM_PRIVATE_SEED_BLOB, "mlkem768_seed.bin", ONLY_LOOSE },
	{ BCRYPT_PQDSA_PUBLIC_BLOB, "mldsa65_pub.bin", ONLY_LOOSE },
	{ BCRYPT_PQDSA_PRIVATE_BLOB, "mldsa65_priv.bin", ONLY_LOOSE },
	{ BCRYPT_PQDSA_PRIVATE_SEED_BLOB, "mldsa65_seed.bin", ONLY_LOOSE },
	{ BCRYPT_PQDSA_PRIVATE_BLOB, "slhdsa_shake_128f_priv.bin",
	    ONLY_LOOSE },
	{ NCRYPT_PQ_PRIVATE_KEY_BLOB, "mldsa65_wrapped_seed.bin",
	    ONLY_LOOSE },
	{ BCRYPT_PRIVATE_KEY_BLOB, "mldsa44_priv.bin", ONLY_LOOSE },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "mlkem768_both.der", ONLY_LOOSE },
};

/* --- in ------------------------------------------------------------------- */

static SECURITY_STATUS
import_row(const struct row *row, LPCWSTR name, NCRYPT_KEY_HANDLE with,
    DWORD flags, NCRYPT_KEY_HANDLE *out)
{
	NCryptBuffer buffers[4];
	NCryptBufferDesc list = { NCRYPTBUFFER_VERSION, 0, buffers };
	struct secret blob = sample_read(row->file), roots = { 0 };
	SECURITY_STATUS status;

	if (name != NULL)
		buffers[list.cBuffers++] =
		    nc_wide_buffer(NCRYPTBUFFER_PKCS_KEY_NAME, name);
	if (row->curve != NULL)
		buffers[list.cBuffers++] = nc_wide_buffer(
		    NCRYPTBUFFER_ECC_CURVE_NAME, row->curve);
	if (row->password != NULL)
		buffers[list.cBuffers++] =
		    nc_wide_buffer(NCRYPTBUFFER_PKCS_SECRET, row->password);
	if (row->roots != NULL) {
		roots = sample_read(row->roots);
		buffers[list.cBuffers++] = (NCryptBuffer){ (ULONG)roots.len,
			NCRYPTBUFFER_CNG_KDS_ROOT_KEY, roots.ptr };
	}
	*out = 0;
	status = NCryptImportKey(nc_prov, with, row->type, &list, out,
	    blob.ptr, (DWORD)blob.len, flags);
	ck_assert(status == ERROR_SUCCESS || *out == 0);
	secret_free(&roots);
	secret_free(&blob);
	return status;
}

/* --- the same key? -------------------------------------------------------- */

static void
decrypts(NCRYPT_KEY_HANDLE card, NCRYPT_KEY_HANDLE soft)
{
	BYTE text[20] = "for the card alone", cipher[512], plain[512];
	DWORD size;

	ck_status(NCryptEncrypt(soft, text, sizeof(text), NULL, cipher,
	    sizeof(cipher), &size, BCRYPT_PAD_PKCS1), ERROR_SUCCESS);
	ck_status(NCryptDecrypt(card, cipher, size, NULL, plain,
	    sizeof(plain), &size, BCRYPT_PAD_PKCS1 | NCRYPT_SILENT_FLAG),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(size, sizeof(text));
	ck_assert_int_eq(memcmp(plain, text, size), 0);
}

static void
signs(NCRYPT_KEY_HANDLE card, NCRYPT_KEY_HANDLE soft, bool rsa)
{
	BCRYPT_PKCS1_PADDING_INFO pkcs1 = { BCRYPT_SHA256_ALGORITHM };
	void *pad = rsa ? &pkcs1 : NULL;
	DWORD flags = rsa ? BCRYPT_PAD_PKCS1 : 0, size = 0;
	BYTE hash[32] = { 3, 1, 4 }, sig[512];

	ck_status(NCryptSignHash(card, pad, hash, sizeof(hash), sig,
	    sizeof(sig), &size, flags | NCRYPT_SILENT_FLAG), ERROR_SUCCESS);
	ck_status(NCryptVerifySignature(soft, pad, hash, sizeof(hash), sig,
	    size, flags), ERROR_SUCCESS);
	hash[0] ^= 1;
	ck_status(NCryptVerifySignature(soft, pad, hash, sizeof(hash), sig,
	    size, flags), NTE_BAD_SIGNATURE);
}

static void
agree_with(NCRYPT_KEY_HANDLE mine, NCRYPT_KEY_HANDLE theirs, BYTE out[32])
{
	NCryptBuffer hash = nc_wide_buffer(KDF_HASH_ALGORITHM,
	    BCRYPT_SHA256_ALGORITHM);
	NCryptBufferDesc list = { 0, 1, &hash };
	NCRYPT_SECRET_HANDLE secret;
	DWORD size;

	ck_status(NCryptSecretAgreement(mine, theirs, &secret, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptDeriveKey(secret, BCRYPT_KDF_HASH, &list, out, 32,
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 32);
	ck_status(NCryptFreeObject(secret), ERROR_SUCCESS);
}

static void
agrees(NCRYPT_KEY_HANDLE card, NCRYPT_KEY_HANDLE soft)
{
	BYTE mine[32], theirs[32];

	agree_with(card, soft, mine);
	agree_with(soft, soft, theirs);
	ck_assert_int_eq(memcmp(mine, theirs, 32), 0);
}

static void
same_public(NCRYPT_KEY_HANDLE a, NCRYPT_KEY_HANDLE b)
{
	struct secret x, y;
	SECURITY_STATUS status = nc_export(a, BCRYPT_PUBLIC_KEY_BLOB, &x);

	/* CNG has no blobs of the Edwards curves */
	ck_assert(status == ERROR_SUCCESS || status == NTE_BAD_TYPE);
	ck_status(nc_export(b, BCRYPT_PUBLIC_KEY_BLOB, &y), status);
	ck_assert(span_equal(secret_span(&x), secret_span(&y)));
	secret_free(&x);
	secret_free(&y);
}

static void
same_key(const struct row *row, NCRYPT_KEY_HANDLE card,
    NCRYPT_KEY_HANDLE soft)
{
	same_public(card, soft);
	if (row->use == DECRYPTS)
		decrypts(card, soft);
	else if (row->use == SIGNS || row->use == SIGNS_EC)
		signs(card, soft, row->use == SIGNS);
	else if (row->use == AGREES)
		agrees(card, soft);
}

/* --- each row, on each card ----------------------------------------------- */

static void
status_is(const struct row *row, const char *what, SECURITY_STATUS got,
    SECURITY_STATUS want)
{
	ck_assert_msg(got == want, "%s %s: 0x%08x, not 0x%08x", row->file,
	    what, (unsigned)got, (unsigned)want);
}

static void
one_row(const struct row *row, int kind, SECURITY_STATUS loose)
{
	NCRYPT_KEY_HANDLE with = 0, soft, card;

	card_begin(kind, "");
	ck_assert_int_eq(setenv("CNG_CARD_PIN", "123456", 1), 0);
	if (row->with != NULL)
		with = nc_import(row->with_type, row->with);
	status_is(row, "without a name", import_row(row, NULL, with, 0, &soft),
	    loose);
	ck_assert_uint_eq(card_count(NULL), 0);
	status_is(row, card_kinds[kind].app,
	    import_row(row, u"kept", with, 0, &card), row->named[kind]);
	ck_assert_uint_eq(card_count(NULL), card != 0);
	if (card != 0) {
		nc_text_is(card, NCRYPT_UNIQUE_NAME_PROPERTY,
		    ON_READER u"kept");
		same_key(row, card, soft);
		ck_status(NCryptFreeObject(card), ERROR_SUCCESS);
		card_reopen();
		card = card_key(u"kept");
		same_key(row, card, soft);
		ck_status(NCryptFreeObject(card), ERROR_SUCCESS);
	}
	if (soft != 0)
		ck_status(NCryptFreeObject(soft), ERROR_SUCCESS);
	if (with != 0)
		ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	nc_end();
}

START_TEST(each_type)
{
	const struct row *row = &rows[_i / 3];

	one_row(row, _i % 3, row->loose);
}
END_TEST

START_TEST(each_pq_type)
{
	bool known = crypto_has_set(KEY_SET_MLKEM_768);

	one_row(&pq_rows[_i / 3], _i % 3, known ? ERROR_SUCCESS : NO);
}
END_TEST

/* --- opened by keys on the card ------------------------------------------- */

static const struct opened {
	LPCWSTR key_type;
	const char *key;
	LPCWSTR type;
	const char *file;
	SECURITY_STATUS status[3];
} opened[] = {
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    NCRYPT_PKCS7_ENVELOPE_BLOB, "envelope_rsa.der", { 0, 0, 0 } },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    NCRYPT_PKCS7_ENVELOPE_BLOB, "envelope_rsa2048.der",
	    { 0, 0, 0 } },
	/* OpenPGP takes off the padding of PKCS #1 itself, and knows no
	 * other */
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    NCRYPT_PKCS7_ENVELOPE_BLOB, "envelope_rsa_oaep.der",
	    { 0, 0, NO } },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, "rsaaes_rsa2048.bin",
	    { 0, 0, NO } },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdh_priv.bin",
	    NCRYPT_PKCS7_ENVELOPE_BLOB, "envelope_ec.der", { NO, 0, 0 } },
	/* for another one; not wrapped at all; and by no RSA key */
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    NCRYPT_PKCS7_ENVELOPE_BLOB, "envelope_rsa.der",
	    { NTE_BAD_DATA, NTE_BAD_DATA, NTE_BAD_DATA } },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", BCRYPT_KEY_DATA_BLOB,
	    "aes256.bin", { NTE_BAD_DATA, NTE_BAD_DATA, NO } },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    BCRYPT_AES_WRAP_KEY_BLOB, "rfc3565_aes128.bin", { NO, NO, NO } },
};

START_TEST(by_a_key_of_the_card)
{
	const struct opened *o = &opened[_i / 3];
	const struct row row = { .type = o->type, .file = o->file };
	SECURITY_STATUS want = o->status[_i % 3];
	NCRYPT_KEY_HANDLE with, key;

	card_begin(_i % 3, "");
	card_pin();
	if (_i % 3 == KIND_GIDS &&
	    strcmp(o->key, "p256_ecdh_priv.bin") == 0) {
		ck_status(nc_import_named(o->key_type, o->key, u"opens", 0,
		    &with), want);
		nc_end();
		return;
	}
	ck_status(nc_import_named(o->key_type, o->key, u"opens", 0, &with),
	    ERROR_SUCCESS);
	status_is(&row, card_kinds[_i % 3].app,
	    import_row(&row, NULL, with, 0, &key), want);
	if (key != 0)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	card_reopen();
	/* nobody has said the PIN; a key that cannot do it wants none */
	with = card_key(u"opens");
	if (want == ERROR_SUCCESS)
		ck_status(import_row(&row, NULL, with, NCRYPT_SILENT_FLAG,
		    &key), NTE_SILENT_CONTEXT);
	ck_status(NCryptFreeObject(with), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* A symmetric key wrapped for the card's one. */
START_TEST(symmetric_under_a_key_of_the_card)
{
	NCRYPT_KEY_HANDLE card, soft, back;
	struct secret want = sample_read("aes256.bin"), got;
	BYTE blob[1024];
	DWORD size;

	card_begin(_i, "");
	card_pin();
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin",
	    u"opens", 0, &card), ERROR_SUCCESS);
	soft = nc_import(BCRYPT_KEY_DATA_BLOB, "aes256.bin");
	ck_status(nc_set_number(soft, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_EXPORT_FLAG), ERROR_SUCCESS);
	ck_status(NCryptExportKey(soft, card, BCRYPT_KEY_DATA_BLOB, NULL,
	    blob, sizeof(blob), &size, 0), ERROR_SUCCESS);
	ck_status(NCryptImportKey(nc_prov, card, BCRYPT_KEY_DATA_BLOB, NULL,
	    &back, blob, size, 0),
	    _i == KIND_OPENPGP ? NO : ERROR_SUCCESS);
	if (_i != KIND_OPENPGP) {
		ck_status(nc_set_number(back, NCRYPT_EXPORT_POLICY_PROPERTY,
		    NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG), ERROR_SUCCESS);
		ck_status(nc_export(back, BCRYPT_KEY_DATA_BLOB, &got),
		    ERROR_SUCCESS);
		ck_assert(span_equal(secret_span(&want), secret_span(&got)));
		secret_free(&got);
		ck_status(NCryptFreeObject(back), ERROR_SUCCESS);
	}
	secret_free(&want);
	ck_status(NCryptFreeObject(soft), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(card), ERROR_SUCCESS);
	nc_end();
}
END_TEST

/* --- envelopes whose key nobody names ------------------------------------- */

static void
certify(NCRYPT_KEY_HANDLE key, const char *file)
{
	struct secret der = sample_read(file);

	ck_status(NCryptSetProperty(key, NCRYPT_CERTIFICATE_PROPERTY,
	    der.ptr, (DWORD)der.len, 0), ERROR_SUCCESS);
	secret_free(&der);
}

START_TEST(recipient_on_the_card)
{
	const struct row named = { .type = NCRYPT_PKCS7_ENVELOPE_BLOB,
		.file = "envelope_rsa.der" };
	const struct row by_id = { .type = NCRYPT_PKCS7_ENVELOPE_BLOB,
		.file = "envelope_rsa_ber.der" };
	NCRYPT_KEY_HANDLE key, card;

	card_begin(_i, "");
	card_pin();
	ck_status(import_row(&named, NULL, 0, 0, &key), NTE_NO_KEY);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    u"recipient", 0, &card), ERROR_SUCCESS);
	/* by issuer and number: only a certificate says those */
	ck_status(import_row(&named, NULL, 0, 0, &key), NTE_NO_KEY);
	ck_status(import_row(&by_id, NULL, 0, 0, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	certify(card, "cert_rsa1024.der");
	ck_status(import_row(&named, NULL, 0, 0, &key), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_ALGORITHM_GROUP_PROPERTY,
	    NCRYPT_ECDH_ALGORITHM_GROUP);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(card), ERROR_SUCCESS);
	/* a new process has not said the PIN, and only the recipient's card
	 * wants one */
	card_reopen();
	ck_status(import_row(&named, NULL, 0, NCRYPT_SILENT_FLAG, &key),
	    NTE_SILENT_CONTEXT);
	ck_status(import_row(&by_id, NULL, 0, 0, &key), NTE_UI_REQUIRED);
	ck_assert_int_eq(setenv("CNG_CARD_PIN", "123456", 1), 0);
	ck_status(import_row(&named, NULL, 0, NCRYPT_SILENT_FLAG, &key),
	    ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_assert_uint_eq(card_count(NULL), 1);
	/* it is not lost by having been used so */
	card = card_key(u"recipient");
	ck_status(NCryptDeleteKey(card, 0), ERROR_SUCCESS);
	ck_status(import_row(&by_id, NULL, 0, 0, &key), NTE_NO_KEY);
	card_say(READER, "pull");
	ck_status(import_row(&by_id, NULL, 0, 0, &key), NTE_NO_KEY);
	nc_end();
}
END_TEST

/* --- out ------------------------------------------------------------------ */

static const struct out_row {
	LPCWSTR type;
	SECURITY_STATUS rsa, ec;
} out_rows[] = {
	{ BCRYPT_PUBLIC_KEY_BLOB, 0, 0 },
	{ BCRYPT_RSAPUBLIC_BLOB, 0, NTE_BAD_TYPE },
	{ LEGACY_RSAPUBLIC_BLOB, 0, NTE_BAD_TYPE },
	{ BCRYPT_ECCPUBLIC_BLOB, NTE_BAD_TYPE, 0 },
	{ BCRYPT_ECCFULLPUBLIC_BLOB, NTE_BAD_TYPE, 0 },
	{ BCRYPT_DSA_PUBLIC_BLOB, NTE_BAD_TYPE, NTE_BAD_TYPE },
	{ LEGACY_DSA_V2_PUBLIC_BLOB, NTE_BAD_TYPE, NTE_BAD_TYPE },
	{ BCRYPT_DH_PUBLIC_BLOB, NTE_BAD_TYPE, NTE_BAD_TYPE },
	{ LEGACY_DH_PUBLIC_BLOB, NTE_BAD_TYPE, NTE_BAD_TYPE },
	{ BCRYPT_MLKEM_PUBLIC_BLOB, NTE_BAD_TYPE, NTE_BAD_TYPE },
	{ BCRYPT_PQDSA_PUBLIC_BLOB, NTE_BAD_TYPE, NTE_BAD_TYPE },
	/* whatever it is, nothing private is there to be had */
	{ BCRYPT_PRIVATE_KEY_BLOB, NO, NO },
	{ BCRYPT_RSAPRIVATE_BLOB, NO, NO },
	{ BCRYPT_RSAFULLPRIVATE_BLOB, NO, NO },
	{ LEGACY_RSAPRIVATE_BLOB, NO, NO },
	{ BCRYPT_ECCPRIVATE_BLOB, NO, NO },
	{ BCRYPT_ECCFULLPRIVATE_BLOB, NO, NO },
	{ BCRYPT_DSA_PRIVATE_BLOB, NO, NO },
	{ BCRYPT_DH_PRIVATE_BLOB, NO, NO },
	{ BCRYPT_MLKEM_PRIVATE_SEED_BLOB, NO, NO },
	{ BCRYPT_PQDSA_PRIVATE_BLOB, NO, NO },
	{ NCRYPT_PQ_PRIVATE_KEY_BLOB, NO, NO },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NO, NO },
	{ BCRYPT_KEY_DATA_BLOB, NO, NO },
	{ NCRYPT_CIPHER_KEY_BLOB, NO, NO },
	{ NCRYPT_OPAQUETRANSPORT_BLOB, NO, NO },
	{ NCRYPT_PROTECTED_KEY_BLOB, NO, NO },
	{ BCRYPT_AES_WRAP_KEY_BLOB, NO, NO },
	{ BCRYPT_PKCS11_RSA_AES_WRAP_KEY_BLOB, NO, NO },
	/* its page wants buffers first */
	{ NCRYPT_PKCS7_ENVELOPE_BLOB, BAD, BAD },
	/* not ours */
	{ BCRYPT_OPAQUE_KEY_BLOB, NTE_BAD_TYPE, NTE_BAD_TYPE },
	{ NCRYPT_KDF_KEY_BLOB, NTE_BAD_TYPE, NTE_BAD_TYPE },
	{ NCRYPT_TPM_LOADABLE_KEY_BLOB, NTE_BAD_TYPE, NTE_BAD_TYPE },
	{ SSL_ECCPUBLIC_BLOB, NTE_BAD_TYPE, NTE_BAD_TYPE },
	{ u"nonsense", NTE_BAD_TYPE, NTE_BAD_TYPE },
};

static void
export_all(NCRYPT_KEY_HANDLE key, NCRYPT_KEY_HANDLE soft, bool ec)
{
	for (size_t i = 0; i < ARRAY_LEN(out_rows); i++) {
		SECURITY_STATUS want = ec ? out_rows[i].ec : out_rows[i].rsa;
		struct secret out, same;
		SECURITY_STATUS got = nc_export(key, out_rows[i].type, &out);

		ck_assert_msg(got == want, "row %zu: 0x%08x, not 0x%08x", i,
		    (unsigned)got, (unsigned)want);
		if (got != ERROR_SUCCESS)
			continue;
		ck_status(nc_export(soft, out_rows[i].type, &same),
		    ERROR_SUCCESS);
		ck_assert(span_equal(secret_span(&out), secret_span(&same)));
		secret_free(&out);
		secret_free(&same);
	}
}

/* To read what is public wants no PIN; to be refused what is not neither. */
static void
export_from(int kind, LPCWSTR type, const char *file, bool ec)
{
	NCRYPT_KEY_HANDLE key, soft;
	LPCWSTR name = ec ? u"ec" : u"rsa";

	card_begin(kind, "");
	card_pin();
	ck_status(nc_import_named(type, file, name, 0, &key),
	    ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	card_reopen();
	key = card_key(name);
	soft = nc_import(type, file);
	export_all(key, soft, ec);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(soft), ERROR_SUCCESS);
	nc_end();
}

START_TEST(each_export)
{
	export_from(_i, BCRYPT_RSAPRIVATE_BLOB, "rsa2048_priv.bin", false);
	if (_i != KIND_GIDS)
		export_from(_i, BCRYPT_ECCPRIVATE_BLOB,
		    "p256_ecdsa_priv.bin", true);
}
END_TEST

/* --- flags ---------------------------------------------------------------- */

/* Each bit of an import, of a key with a name and of one without. */
static SECURITY_STATUS
flag_answer(DWORD bit, bool named)
{
	const DWORD taken = NCRYPT_NO_KEY_VALIDATION | NCRYPT_SILENT_FLAG |
	    NCRYPT_MACHINE_KEY_FLAG | NCRYPT_OVERWRITE_KEY_FLAG |
	    NCRYPT_DO_NOT_FINALIZE_FLAG | NCRYPT_PREFER_VBS_FLAG;

	if (bit == NCRYPT_REQUIRE_VBS_FLAG)
		return NTE_VBS_UNAVAILABLE;
	/* a file needs a name, and a card keeps no copy in clear */
	if (bit == NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG && named)
		return NO;
	return bit & taken ? ERROR_SUCCESS : NTE_BAD_FLAGS;
}

START_TEST(each_bit)
{
	const struct row row = { .type = BCRYPT_RSAPRIVATE_BLOB,
		.file = "rsa1024_priv.bin" };
	char text[128];
	NCRYPT_KEY_HANDLE key;

	snprintf(text, sizeof(text), READER "=%s", card_kinds[_i].app);
	cards_begin(text, card_kinds[_i].admin,
	    ALL_IMPORTS "legacy_store = yes\n");
	card_pin();
	for (unsigned i = 0; i < 64; i++) {
		DWORD bit = (DWORD)1 << (i / 2);
		bool named = i % 2 != 0;
		SECURITY_STATUS got = import_row(&row, named ? u"kept" : NULL,
		    0, bit, &key);

		ck_assert_msg(got == flag_answer(bit, named),
		    "%#x: 0x%08x", bit, (unsigned)got);
		/* not before it is finalised */
		ck_assert_uint_eq(card_count(NULL), named && key != 0 &&
		    bit != NCRYPT_DO_NOT_FINALIZE_FLAG);
		if (key == 0)
			continue;
		if (bit == NCRYPT_DO_NOT_FINALIZE_FLAG && named) {
			ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
			ck_assert_uint_eq(card_count(NULL), 1);
		}
		ck_status(named ? NCryptDeleteKey(key, 0) :
				  NCryptFreeObject(key), ERROR_SUCCESS);
	}
	nc_end();
}
END_TEST

/* Something that answers, and is no card that we know. */
START_TEST(unknown_card)
{
	NCRYPT_KEY_HANDLE key;

	cards_begin(READER "=gids,fault=fail:1+", NULL, ALL_IMPORTS);
	ck_status(card_try(u"x"), SCARD_E_CARD_UNSUPPORTED);
	ck_status(card_try(ON_READER u"x"), SCARD_E_CARD_UNSUPPORTED);
	ck_status(import_row(&rows[0], u"x", 0, 0, &key),
	    SCARD_E_CARD_UNSUPPORTED);
	ck_status(nc_set_text(nc_prov, NCRYPT_PIN_PROPERTY, CARD_PIN),
	    SCARD_E_CARD_UNSUPPORTED);
	/* what has no name wants no card */
	ck_status(import_row(&rows[0], NULL, 0, 0, &key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_end();
}
END_TEST

int
main(void)
{
	const int kinds = ARRAY_LEN(card_kinds);
	Suite *suite = suite_create("ncrypt card types");
	TCase *tc = tcase_create("types");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, each_type, 0, (int)ARRAY_LEN(rows) * kinds);
	tcase_add_loop_test(tc, each_pq_type, 0,
	    (int)ARRAY_LEN(pq_rows) * kinds);
	tcase_add_loop_test(tc, by_a_key_of_the_card, 0,
	    (int)ARRAY_LEN(opened) * kinds);
	tcase_add_loop_test(tc, symmetric_under_a_key_of_the_card, 0, kinds);
	tcase_add_loop_test(tc, recipient_on_the_card, 0, kinds);
	tcase_add_loop_test(tc, each_export, 0, kinds);
	tcase_add_loop_test(tc, each_bit, 0, kinds);
	tcase_add_test(tc, unknown_card);
	suite_add_tcase(suite, tc);
	return card_main(suite);
}
