/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Signatures, encryption and key agreement through NCrypt, and what Windows
 * answers to each mistake.
 */
#include "ncrypt_help.h"

#include <stdlib.h>

#include "core/provider.h"
#include "core/transfer.h"
#include "crypto/crypto.h"
#include "key/set.h"

static BYTE hash[64] = { 1, 2, 3, 4, 5, 6, 7, 8 };

/* --- signatures ---------------------------------------------------------- */

static const struct {
	LPCWSTR name;
	DWORD size;
} hashes[] = {
	{ NCRYPT_MD5_ALGORITHM, 16 },
	{ NCRYPT_SHA1_ALGORITHM, 20 },
	{ NCRYPT_SHA256_ALGORITHM, 32 },
	{ NCRYPT_SHA384_ALGORITHM, 48 },
	{ NCRYPT_SHA512_ALGORITHM, 64 },
	{ NULL, 20 },
};

START_TEST(pkcs1)
{
	BCRYPT_PKCS1_PADDING_INFO pad = { hashes[_i].name };
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin");
	NCRYPT_KEY_HANDLE pub = nc_import(BCRYPT_RSAPUBLIC_BLOB,
	    "rsa1024_pub.bin");
	BYTE sig[128];
	DWORD size = 0;

	ck_status(NCryptSignHash(key, &pad, hash, hashes[_i].size, NULL, 0,
	    &size, BCRYPT_PAD_PKCS1), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 128);
	ck_status(NCryptSignHash(key, &pad, hash, hashes[_i].size, sig, 127,
	    &size, BCRYPT_PAD_PKCS1), NTE_BUFFER_TOO_SMALL);
	ck_status(NCryptSignHash(key, &pad, hash, hashes[_i].size, sig,
	    sizeof(sig), &size, BCRYPT_PAD_PKCS1 | NCRYPT_SILENT_FLAG),
	    ERROR_SUCCESS);
	ck_status(NCryptVerifySignature(pub, &pad, hash, hashes[_i].size, sig,
	    size, BCRYPT_PAD_PKCS1), ERROR_SUCCESS);
	/* the pair's own handle verifies, too */
	ck_status(NCryptVerifySignature(key, &pad, hash, hashes[_i].size, sig,
	    size, BCRYPT_PAD_PKCS1), ERROR_SUCCESS);
	sig[50] ^= 1;
	ck_status(NCryptVerifySignature(pub, &pad, hash, hashes[_i].size, sig,
	    size, BCRYPT_PAD_PKCS1), NTE_BAD_SIGNATURE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(pub), ERROR_SUCCESS);
}
END_TEST

/* The digest without a DigestInfo verifies against itself only. */
START_TEST(pkcs1_without_name)
{
	BCRYPT_PKCS1_PADDING_INFO none = { NULL };
	BCRYPT_PKCS1_PADDING_INFO sha1 = { NCRYPT_SHA1_ALGORITHM };
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin");
	BYTE sig[128];
	DWORD size;

	ck_status(NCryptSignHash(key, &none, hash, 20, sig, sizeof(sig),
	    &size, BCRYPT_PAD_PKCS1), ERROR_SUCCESS);
	ck_status(NCryptVerifySignature(key, &sha1, hash, 20, sig, size,
	    BCRYPT_PAD_PKCS1), NTE_BAD_SIGNATURE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(pss)
{
	BCRYPT_PSS_PADDING_INFO pad = { NCRYPT_SHA256_ALGORITHM, 32 };
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin");
	BYTE sig[128];
	DWORD size;

	ck_status(NCryptSignHash(key, &pad, hash, 32, sig, sizeof(sig), &size,
	    BCRYPT_PAD_PSS), ERROR_SUCCESS);
	ck_status(NCryptVerifySignature(key, &pad, hash, 32, sig, size,
	    BCRYPT_PAD_PSS), ERROR_SUCCESS);
	pad.cbSalt = 20;
	ck_status(NCryptVerifySignature(key, &pad, hash, 32, sig, size,
	    BCRYPT_PAD_PSS), NTE_BAD_SIGNATURE);
	ck_status(NCryptSignHash(key, &pad, hash, 20, sig, sizeof(sig), &size,
	    BCRYPT_PAD_PSS), NTE_INVALID_PARAMETER);
	pad.pszAlgId = NULL;
	ck_status(NCryptSignHash(key, &pad, hash, 32, sig, sizeof(sig), &size,
	    BCRYPT_PAD_PSS), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(signature_mistakes)
{
	BCRYPT_PKCS1_PADDING_INFO pad = { NCRYPT_SHA256_ALGORITHM };
	BCRYPT_PKCS1_PADDING_INFO md5 = { NCRYPT_MD5_ALGORITHM };
	BCRYPT_PKCS1_PADDING_INFO rng = { BCRYPT_RNG_ALGORITHM };
	NCRYPT_KEY_HANDLE pub = nc_import(BCRYPT_RSAPUBLIC_BLOB,
	    "rsa1024_pub.bin");
	NCRYPT_KEY_HANDLE aes = nc_import(BCRYPT_KEY_DATA_BLOB, "aes128.bin");
	const DWORD flag = BCRYPT_PAD_PKCS1;
	BYTE sig[128] = { 1 };
	DWORD size = 0;

	ck_status(NCryptVerifySignature(pub, NULL, hash, 32, sig, 128, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptVerifySignature(pub, NULL, hash, 32, sig, 128, flag),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptVerifySignature(pub, &pad, hash, 32, sig, 128, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptVerifySignature(0, &pad, hash, 32, sig, 128, flag),
	    NTE_INVALID_HANDLE);
	ck_status(NCryptVerifySignature(nc_prov, &pad, hash, 32, sig, 128,
	    flag), NTE_INVALID_HANDLE);
	ck_status(NCryptVerifySignature(pub, &pad, NULL, 32, sig, 128, flag),
	    NULL_REFERENCE);
	ck_status(NCryptVerifySignature(pub, &pad, hash, 32, NULL, 128,
	    flag), NULL_REFERENCE);
	ck_status(NCryptVerifySignature(pub, &pad, hash, 4, sig, 128, flag),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptVerifySignature(pub, &pad, hash, 32, sig, 4, flag),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptVerifySignature(pub, &md5, hash, 32, sig, 128, flag),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptVerifySignature(pub, &rng, hash, 32, sig, 128, flag),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptVerifySignature(pub, &pad, hash, 32, sig, 128,
	    flag | 0x4000), NTE_BAD_FLAGS);
	/* a public key knows the size, and no more */
	ck_status(NCryptSignHash(pub, &pad, hash, 32, NULL, 0, &size, flag),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(size, 128);
	ck_status(NCryptSignHash(pub, &pad, hash, 32, sig, 128, &size, flag),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptSignHash(pub, &pad, NULL, 32, sig, 128, &size, flag),
	    NULL_REFERENCE);
	ck_status(NCryptSignHash(pub, &pad, hash, 32, sig, 128, NULL, flag),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptSignHash(aes, &pad, hash, 32, sig, 128, &size, flag),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(pub), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(aes), ERROR_SUCCESS);
}
END_TEST

START_TEST(ecdsa)
{
	BCRYPT_PKCS1_PADDING_INFO wrong = { NCRYPT_SHA256_ALGORITHM };
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin");
	/* with the other magic it signs as well */
	NCRYPT_KEY_HANDLE ecdh = nc_import(BCRYPT_ECCPRIVATE_BLOB,
	    "p521_ecdh_priv.bin");
	BYTE sig[132];
	DWORD size;

	ck_status(NCryptSignHash(key, NULL, hash, 32, sig, sizeof(sig), &size,
	    0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 64);
	ck_status(NCryptVerifySignature(key, NULL, hash, 32, sig, 64, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptVerifySignature(key, NULL, hash, 31, sig, 64, 0),
	    NTE_BAD_SIGNATURE);
	ck_status(NCryptSignHash(key, &wrong, hash, 20, sig, sizeof(sig),
	    &size, BCRYPT_PAD_PKCS1), NTE_INVALID_PARAMETER);
	/* of a longer digest the left part counts */
	ck_status(NCryptSignHash(key, NULL, hash, 64, sig, sizeof(sig), &size,
	    0), ERROR_SUCCESS);
	ck_status(NCryptVerifySignature(key, NULL, hash, 64, sig, 64, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptSignHash(ecdh, NULL, hash, 64, sig, sizeof(sig),
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 132);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(ecdh), ERROR_SUCCESS);
}
END_TEST

/* --- encryption ---------------------------------------------------------- */

static BYTE message[12] = "hello world";

static void
round_trip(NCRYPT_KEY_HANDLE key, void *info, DWORD flags)
{
	BYTE a[128], b[128], plain[128];
	DWORD size, again;

	ck_status(NCryptEncrypt(key, message, 12, info, NULL, 0, &size,
	    flags), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 128);
	ck_status(NCryptEncrypt(key, message, 12, info, a, 12, &size, flags),
	    NTE_BUFFER_TOO_SMALL);
	ck_status(NCryptEncrypt(key, message, 12, info, a, 128, &size,
	    flags), ERROR_SUCCESS);
	ck_status(NCryptEncrypt(key, message, 12, info, b, 128, &size,
	    flags), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 128);
	ck_assert_int_ne(memcmp(a, b, 128), 0);
	ck_status(NCryptDecrypt(key, a, 128, info, NULL, 0, &size, flags),
	    ERROR_SUCCESS);
	ck_assert_uint_ge(size, 12);
	ck_status(NCryptDecrypt(key, a, 128, info, plain, size, &again,
	    flags), ERROR_SUCCESS);
	ck_assert_uint_eq(again, 12);
	ck_assert_int_eq(memcmp(plain, message, 12), 0);
	ck_status(NCryptDecrypt(key, a, 127, info, plain, 128, &again,
	    flags), NTE_INVALID_PARAMETER);
}

START_TEST(rsa_encryption)
{
	BYTE label[] = "label";
	BCRYPT_OAEP_PADDING_INFO oaep = { NCRYPT_SHA256_ALGORITHM, NULL, 0 };
	BCRYPT_OAEP_PADDING_INFO sha1 = { NCRYPT_SHA1_ALGORITHM, label, 5 };
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin");

	round_trip(key, NULL, NCRYPT_PAD_PKCS1_FLAG);
	round_trip(key, &oaep, NCRYPT_PAD_OAEP_FLAG);
	round_trip(key, &sha1, NCRYPT_PAD_OAEP_FLAG | NCRYPT_SILENT_FLAG);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(rsa_encryption_mistakes)
{
	NCRYPT_KEY_HANDLE pub = nc_import(BCRYPT_RSAPUBLIC_BLOB,
	    "rsa1024_pub.bin");
	BCRYPT_OAEP_PADDING_INFO oaep = { NULL, NULL, 0 };
	NCRYPT_KEY_HANDLE key, ec;
	BYTE out[128], block[128] = { 0, 1 };
	DWORD size;

	ck_status(NCryptEncrypt(nc_prov, message, 12, NULL, out, 128, &size,
	    NCRYPT_PAD_PKCS1_FLAG), NTE_INVALID_HANDLE);
	ck_status(NCryptEncrypt(pub, message, 12, NULL, out, 128, &size,
	    51342), NTE_BAD_FLAGS);
	ck_status(NCryptEncrypt(pub, message, 12, NULL, out, 128, &size, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptEncrypt(pub, message, 12, NULL, out, 128, NULL,
	    NCRYPT_PAD_PKCS1_FLAG), NTE_INVALID_PARAMETER);
	ck_status(NCryptEncrypt(pub, message, 12, &oaep, out, 128, &size,
	    NCRYPT_PAD_OAEP_FLAG), NTE_INVALID_PARAMETER);
	ck_status(NCryptEncrypt(pub, message, 12, NULL, NULL, 0, &size,
	    NCRYPT_NO_PADDING_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 128);
	ck_status(NCryptEncrypt(pub, message, 12, NULL, out, 128, &size,
	    NCRYPT_NO_PADDING_FLAG), NTE_INVALID_PARAMETER);
	ck_status(NCryptEncrypt(pub, block, 128, NULL, out, 128, &size,
	    NCRYPT_NO_PADDING_FLAG), ERROR_SUCCESS);
	ck_status(NCryptDecrypt(pub, out, 128, NULL, block, 128, &size,
	    NCRYPT_NO_PADDING_FLAG), NTE_INVALID_PARAMETER);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(NCryptEncrypt(key, message, 12, NULL, out, 128, &size,
	    NCRYPT_PAD_PKCS1_FLAG), NTE_BAD_KEY_STATE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ec = nc_import(BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin");
	ck_status(NCryptEncrypt(ec, message, 12, NULL, out, 128, &size,
	    NCRYPT_PAD_PKCS1_FLAG), NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(ec), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(pub), ERROR_SUCCESS);
}
END_TEST

/* FIPS 197's and SP 800-38A's key and first blocks. */
static const BYTE aes_blob[28] = { 'K', 'D', 'B', 'M', 1, 0, 0, 0, 16, 0, 0,
	0, 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15,
	0x88, 0x09, 0xcf, 0x4f, 0x3c };
static const BYTE aes_plain[32] = { 0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f,
	0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d,
	0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45,
	0xaf, 0x8e, 0x51 };
static const BYTE aes_cbc[32] = { 0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2,
	0x46, 0xce, 0xe9, 0x8e, 0x9b, 0x12, 0xe9, 0x19, 0x7d, 0x50, 0x86,
	0xcb, 0x9b, 0x50, 0x72, 0x19, 0xee, 0x95, 0xdb, 0x11, 0x3a, 0x91,
	0x76, 0x78, 0xb2 };
static const BYTE aes_ecb[16] = { 0x3a, 0xd7, 0x7b, 0xb4, 0x0d, 0x7a, 0x36,
	0x60, 0xa8, 0x9e, 0xca, 0xf3, 0x24, 0x66, 0xef, 0x97 };

START_TEST(aes)
{
	BYTE iv[16], plain[32], out[48];
	NCRYPT_CIPHER_PADDING_INFO info = { .cbSize = sizeof(info),
		.pbIV = iv, .cbIV = 16 };
	WCHAR ecb[] = BCRYPT_CHAIN_MODE_ECB, gcm[] = BCRYPT_CHAIN_MODE_GCM;
	NCRYPT_KEY_HANDLE key;
	DWORD size;

	memcpy(plain, aes_plain, 32);
	for (BYTE i = 0; i < 16; i++)
		iv[i] = i;
	ck_status(nc_import_flags(BCRYPT_KEY_DATA_BLOB,
	    span_of(aes_blob, 28), 0, &key), ERROR_SUCCESS);
	/* the vector moves on, in the caller's buffer */
	ck_status(NCryptEncrypt(key, plain, 16, &info, out, 16, &size,
	    NCRYPT_PAD_CIPHER_FLAG), ERROR_SUCCESS);
	ck_status(NCryptEncrypt(key, plain + 16, 16, &info, out + 16, 16,
	    &size, NCRYPT_PAD_CIPHER_FLAG), ERROR_SUCCESS);
	ck_assert_int_eq(memcmp(out, aes_cbc, 32), 0);
	for (BYTE i = 0; i < 16; i++)
		iv[i] = i;
	/* or in the key's property */
	ck_status(NCryptSetProperty(key, NCRYPT_INITIALIZATION_VECTOR, iv, 16,
	    0), ERROR_SUCCESS);
	ck_status(NCryptDecrypt(key, out, 16, NULL, out, 16, &size,
	    NCRYPT_NO_PADDING_FLAG), ERROR_SUCCESS);
	ck_status(NCryptDecrypt(key, out + 16, 16, NULL, out + 16, 16, &size,
	    NCRYPT_NO_PADDING_FLAG), ERROR_SUCCESS);
	ck_assert_int_eq(memcmp(out, aes_plain, 32), 0);
	info.dwFlags = NCRYPT_CIPHER_BLOCK_PADDING_FLAG;
	ck_status(NCryptEncrypt(key, plain, 20, &info, out, sizeof(out),
	    &size, NCRYPT_PAD_CIPHER_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 32);
	ck_status(NCryptDecrypt(key, out, 32, &info, out, sizeof(out), &size,
	    NCRYPT_PAD_CIPHER_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 20);
	ck_assert_int_eq(memcmp(out, aes_plain, 20), 0);
	ck_status(NCryptSetProperty(key, NCRYPT_CHAINING_MODE_PROPERTY,
	    (PBYTE)gcm, sizeof(gcm), 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptSetProperty(key, NCRYPT_CHAINING_MODE_PROPERTY,
	    (PBYTE)ecb, sizeof(ecb), 0), ERROR_SUCCESS);
	ck_status(NCryptEncrypt(key, plain, 16, NULL, out, 16, &size,
	    NCRYPT_NO_PADDING_FLAG), ERROR_SUCCESS);
	ck_assert_int_eq(memcmp(out, aes_ecb, 16), 0);
	ck_status(NCryptEncrypt(key, plain, 15, NULL, out, 16, &size,
	    NCRYPT_NO_PADDING_FLAG), NTE_INVALID_PARAMETER);
	info.cbSize = 4;
	ck_status(NCryptEncrypt(key, plain, 16, &info, out, 16, &size,
	    NCRYPT_PAD_CIPHER_FLAG), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* --- agreement ----------------------------------------------------------- */

static NCRYPT_SECRET_HANDLE
agree(void)
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_ECCPRIVATE_BLOB,
	    "p384_ecdh_priv.bin");
	NCRYPT_KEY_HANDLE pub = nc_import(BCRYPT_ECCPUBLIC_BLOB,
	    "p384_ecdh_pub.bin");
	NCRYPT_SECRET_HANDLE secret = 0;

	ck_status(NCryptSecretAgreement(key, pub, &secret, 0),
	    ERROR_SUCCESS);
	ck_assert_uint_ne(secret, 0);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(pub), ERROR_SUCCESS);
	return secret;
}

static SECURITY_STATUS
derive(NCRYPT_SECRET_HANDLE secret, LPCWSTR kdf, NCryptBuffer *buffers,
    ULONG count, BYTE *out, DWORD size, DWORD *result, DWORD flags)
{
	/* the version is not looked at */
	NCryptBufferDesc list = { 4711, count, buffers };

	return NCryptDeriveKey(secret, kdf, count == 0 ? NULL : &list, out,
	    size, result, flags);
}

START_TEST(derivation)
{
	NCRYPT_SECRET_HANDLE secret = agree();
	BYTE raw[48], z[48], sum[64], out[128], more[200] = "prefix";
	NCryptBuffer list[] = {
		nc_wide_buffer(KDF_HASH_ALGORITHM, NCRYPT_SHA256_ALGORITHM),
		{ 6, KDF_SECRET_PREPEND, more },
	};
	DWORD size;

	ck_status(derive(secret, BCRYPT_KDF_RAW_SECRET, NULL, 0, NULL, 0,
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 48);
	ck_status(derive(secret, BCRYPT_KDF_RAW_SECRET, NULL, 0, raw, 48,
	    &size, 0), ERROR_SUCCESS);
	for (size_t i = 0; i < 48; i++)
		z[i] = raw[47 - i];
	/* no name: SHA-1, of the secret as a big-endian number */
	ck_status(derive(secret, BCRYPT_KDF_HASH, NULL, 0, out, 64, &size,
	    0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 20);
	ck_assert_int_eq(crypto_digest(HASH_SHA1, span_of(z, 48), sum),
	    CNG_OK);
	ck_assert_int_eq(memcmp(out, sum, 20), 0);
	/* cut without a word */
	ck_status(derive(secret, BCRYPT_KDF_HASH, NULL, 0, out, 10, &size,
	    0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 10);
	memcpy(more + 6, z, 48);
	ck_assert_int_eq(crypto_digest(HASH_SHA256, span_of(more, 54), sum),
	    CNG_OK);
	ck_status(derive(secret, BCRYPT_KDF_HASH, list, 2, out, 64, &size,
	    0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 32);
	ck_assert_int_eq(memcmp(out, sum, 32), 0);
	ck_status(NCryptFreeObject(secret), ERROR_SUCCESS);
}
END_TEST

START_TEST(derivation_with_hmac)
{
	NCRYPT_SECRET_HANDLE secret = agree();
	BYTE raw[48], z[48], sum[32], out[128], key[4] = "key", one[1] = { 1 };
	NCryptBuffer list[] = {
		nc_wide_buffer(KDF_HASH_ALGORITHM, NCRYPT_SHA256_ALGORITHM),
		{ 3, KDF_HMAC_KEY, key },
		{ 3, KDF_HKDF_SALT, key },
	};
	DWORD size;

	ck_status(derive(secret, BCRYPT_KDF_RAW_SECRET, NULL, 0, raw, 48,
	    &size, 0), ERROR_SUCCESS);
	for (size_t i = 0; i < 48; i++)
		z[i] = raw[47 - i];
	ck_assert_int_eq(crypto_hmac_sha256(span_of(key, 3), span_of(z, 48),
	    sum), CNG_OK);
	ck_status(derive(secret, BCRYPT_KDF_HMAC, list, 2, out, 32, &size,
	    0), ERROR_SUCCESS);
	ck_assert_int_eq(memcmp(out, sum, 32), 0);
	ck_status(derive(secret, BCRYPT_KDF_HMAC, list, 1, out, 32, &size,
	    0), NTE_INVALID_PARAMETER);
	ck_status(derive(secret, BCRYPT_KDF_HMAC, list, 1, out, 32, &size,
	    KDF_USE_SECRET_AS_HMAC_KEY_FLAG), ERROR_SUCCESS);
	/* extract is that HMAC; the first block of expand follows */
	ck_assert_int_eq(crypto_hmac_sha256(span_of(sum, 32),
	    span_of(one, 1), raw), CNG_OK);
	ck_status(derive(secret, BCRYPT_KDF_HKDF, list, 3, out, 100, &size,
	    0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 100);
	ck_assert_int_eq(memcmp(out, raw, 32), 0);
	ck_status(NCryptFreeObject(secret), ERROR_SUCCESS);
}
END_TEST

START_TEST(derivation_by_counter)
{
	NCRYPT_SECRET_HANDLE secret = agree();
	BYTE raw[48], in[100] = { 0, 0, 0, 1 }, sum[32], out[64];
	BYTE info[3] = "abc";
	NCryptBuffer list[] = {
		nc_wide_buffer(KDF_HASH_ALGORITHM, NCRYPT_SHA256_ALGORITHM),
		{ 1, KDF_PARTYUINFO, info + 1 },
		{ 1, KDF_ALGORITHMID, info },
		{ 1, KDF_PARTYVINFO, info + 2 },
	};
	DWORD size;

	ck_status(derive(secret, BCRYPT_KDF_RAW_SECRET, NULL, 0, raw, 48,
	    &size, 0), ERROR_SUCCESS);
	for (size_t i = 0; i < 48; i++)
		in[4 + i] = raw[47 - i];
	memcpy(in + 52, info, 3);
	ck_status(derive(secret, BCRYPT_KDF_SP80056A_CONCAT, list, 4, out, 40,
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 40);
	ck_assert_int_eq(crypto_digest(HASH_SHA256, span_of(in, 55), sum),
	    CNG_OK);
	ck_assert_int_eq(memcmp(out, sum, 32), 0);
	in[3] = 2;
	ck_assert_int_eq(crypto_digest(HASH_SHA256, span_of(in, 55), sum),
	    CNG_OK);
	ck_assert_int_eq(memcmp(out + 32, sum, 8), 0);
	ck_status(NCryptFreeObject(secret), ERROR_SUCCESS);
}
END_TEST

START_TEST(agreement_mistakes)
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_ECCPRIVATE_BLOB,
	    "p384_ecdh_priv.bin");
	NCRYPT_KEY_HANDLE p256 = nc_import(BCRYPT_ECCPUBLIC_BLOB,
	    "p256_ecdh_pub.bin");
	NCRYPT_KEY_HANDLE rsa = nc_import(BCRYPT_RSAPUBLIC_BLOB,
	    "rsa1024_pub.bin");
	NCRYPT_SECRET_HANDLE secret = agree();
	NCryptBuffer rng = nc_wide_buffer(KDF_HASH_ALGORITHM,
	    BCRYPT_RNG_ALGORITHM);
	BYTE out[48];
	DWORD size;

	ck_status(NCryptSecretAgreement(0, key, &secret, 0),
	    NTE_INVALID_HANDLE);
	ck_status(NCryptSecretAgreement(key, 0, &secret, 0),
	    NTE_INVALID_HANDLE);
	ck_status(NCryptSecretAgreement(key, key, NULL, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptSecretAgreement(key, key, &secret, 0x4000),
	    NTE_BAD_FLAGS);
	ck_status(derive(key, BCRYPT_KDF_HASH, NULL, 0, out, 48, &size, 0),
	    NTE_INVALID_HANDLE);
	ck_status(derive(secret, NULL, NULL, 0, out, 48, &size, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(derive(secret, BCRYPT_KDF_HASH, NULL, 0, out, 48, NULL, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(derive(secret, BCRYPT_KDF_TLS_PRF, NULL, 0, out, 48, &size,
	    0), NTE_INVALID_PARAMETER);
	ck_status(derive(secret, u"PBKDF2", NULL, 0, out, 48, &size, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(derive(secret, BCRYPT_KDF_HASH, &rng, 1, out, 48, &size,
	    0), NTE_NOT_SUPPORTED);
	ck_status(NCryptGetProperty(secret, NCRYPT_LENGTH_PROPERTY, NULL, 0,
	    &size, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptFreeObject(secret), ERROR_SUCCESS);
	ck_status(derive(secret, BCRYPT_KDF_HASH, NULL, 0, out, 48, &size,
	    0), NTE_INVALID_HANDLE);
	ck_status(NCryptSecretAgreement(key, p256, &secret, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptSecretAgreement(p256, p256, &secret, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptSecretAgreement(key, rsa, &secret, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(p256), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(rsa), ERROR_SUCCESS);
}
END_TEST

/* Of another program, with rules for the keys that are made with it. */
static NCRYPT_KEY_HANDLE
keep_ruled(enum blob_type type, const char *file, enum prop_id which)
{
	const struct access access = { .session = 1, .read_write = true };
	const struct prop rule = { .id = PROP_EXTRACTABLE, .number = false };
	struct secret blob = sample_read(file);
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof bytes);
	NCRYPT_KEY_HANDLE key;
	struct token *tok;
	obj_id id;

	props_pack((struct props){ &rule, 1 }, &w);
	ck_assert_int_eq(token_open(&tok, nc_path("user.db"), true), CNG_OK);
	ck_assert_int_eq(token_login(tok, ROLE_USER, span_str(NC_PIN)),
	    CNG_OK);
	ck_assert_int_eq(token_import(tok, &access, &(struct import_request){
	    .type = type,
	    .data = secret_span(&blob),
	    .tmpl = { (const struct prop[]){
		{ .id = PROP_NAME, .bytes = span_str("ruled") },
		{ .id = which, .bytes = span_of(bytes, w.len) } }, 2 },
	    }, &id), CNG_OK);
	token_free(tok);
	secret_free(&blob);
	ck_status(NCryptOpenKey(nc_prov, &key, u"ruled", 0, 0),
	    ERROR_SUCCESS);
	return key;
}

/* Bytes have no rules, and are what a key with rules would be made of. */
START_TEST(keys_with_rules)
{
	NCRYPT_KEY_HANDLE key, peer = nc_import(BCRYPT_ECCPUBLIC_BLOB,
	    "p384_ecdh_pub.bin");
	NCRYPT_SECRET_HANDLE secret = 0;
	BYTE cipher[1088] = { 0 }, out[32];
	DWORD size;

	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	key = keep_ruled(BLOB_ECCPRIVATE, "p384_ecdh_priv.bin",
	    PROP_DERIVE_TEMPLATE);
	ck_status(NCryptSecretAgreement(key, peer, &secret, 0), NTE_PERM);
	ck_assert_uint_eq(secret, 0);
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(peer), ERROR_SUCCESS);
	if (crypto_has_set(KEY_SET_MLKEM_768)) {
		key = keep_ruled(BLOB_MLKEMPRIVATESEED,
		    "mlkem768_seed.bin", PROP_DECAPSULATE_TEMPLATE);
		ck_status(NCryptDecapsulate(key, cipher, sizeof cipher, out,
		    sizeof out, &size, 0), NTE_PERM);
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	}
	ck_assert_int_eq(unsetenv("CNG_PIN"), 0);
}
END_TEST

START_TEST(what_keys_cannot)
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_RSAPRIVATE_BLOB,
	    "rsa1024_priv.bin"), made;
	NCRYPT_PROV_HANDLE prov;
	HANDLE event;
	BYTE out[32];
	DWORD size, other;

	ck_status(NCryptKeyDerivation(key, NULL, out, 32, &size, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptKeyDerivation(0, NULL, out, 32, &size, 0),
	    NTE_INVALID_HANDLE);
	ck_status(NCryptKeyDerivation(key, NULL, out, 32, NULL, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptEncapsulate(key, out, 32, &size, out, 32, &other, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptDecapsulate(key, out, 32, out, 32, &size, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptCreatePersistedKey(nc_prov, &made,
	    NCRYPT_RSA_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(NCryptEncapsulate(made, out, 32, &size, out, 32, &other,
	    0), NTE_BAD_KEY_STATE);
	ck_status(NCryptTranslateHandle(&prov, &made, 1, 2, 0, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptNotifyChangeKey(nc_prov, &event,
	    NCRYPT_REGISTER_NOTIFY_FLAG), NTE_NOT_SUPPORTED);
	ck_status(NCryptNotifyChangeKey(0, &event,
	    NCRYPT_REGISTER_NOTIFY_FLAG), NTE_INVALID_HANDLE);
	ck_status(NCryptNotifyChangeKey(nc_prov, NULL,
	    NCRYPT_REGISTER_NOTIFY_FLAG), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt crypt");
	TCase *tc = tcase_create("crypt");

	tcase_add_checked_fixture(tc, nc_begin, nc_end);
	tcase_add_loop_test(tc, pkcs1, 0, ARRAY_LEN(hashes));
	tcase_add_test(tc, pkcs1_without_name);
	tcase_add_test(tc, pss);
	tcase_add_test(tc, signature_mistakes);
	tcase_add_test(tc, ecdsa);
	tcase_add_test(tc, rsa_encryption);
	tcase_add_test(tc, rsa_encryption_mistakes);
	tcase_add_test(tc, aes);
	tcase_add_test(tc, derivation);
	tcase_add_test(tc, derivation_with_hmac);
	tcase_add_test(tc, derivation_by_counter);
	tcase_add_test(tc, agreement_mistakes);
	tcase_add_test(tc, keys_with_rules);
	tcase_add_test(tc, what_keys_cannot);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
