/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What keys of each algorithm do: encapsulation, signatures of DSA and of the
 * post-quantum families, agreement in groups and on curve25519; made here
 * and imported.
 */
#include "ncrypt_help.h"

#include "crypto/crypto.h"

static BYTE message[64] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static NCRYPT_KEY_HANDLE
make(LPCWSTR algorithm, LPCWSTR property, LPCWSTR value, DWORD policy)
{
	NCRYPT_KEY_HANDLE key;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key, algorithm, NULL, 0,
	    0), ERROR_SUCCESS);
	if (property != NULL)
		ck_status(nc_set_text(key, property, value), ERROR_SUCCESS);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, policy),
	    ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	return key;
}

static NCRYPT_KEY_HANDLE
public_of(NCRYPT_KEY_HANDLE key)
{
	NCRYPT_KEY_HANDLE public;
	struct secret blob;

	ck_status(nc_export(key, BCRYPT_PUBLIC_KEY_BLOB, &blob),
	    ERROR_SUCCESS);
	ck_status(nc_import_flags(BCRYPT_PUBLIC_KEY_BLOB, secret_span(&blob),
	    0, &public), ERROR_SUCCESS);
	secret_free(&blob);
	return public;
}

/* --- ML-KEM -------------------------------------------------------------- */

static const struct {
	LPCWSTR set;
	DWORD cipher;
} kems[] = {
	{ BCRYPT_PARAMETER_SET_MLKEM_512, 768 },
	{ BCRYPT_PARAMETER_SET_MLKEM_768, 1088 },
	{ BCRYPT_PARAMETER_SET_MLKEM_1024, 1568 },
};

START_TEST(kem)
{
	NCRYPT_KEY_HANDLE key = make(NCRYPT_MLKEM_ALGORITHM,
	    NCRYPT_PARAMETER_SET_NAME_PROPERTY, kems[_i].set, 0), public;
	BYTE secret[32], other[33], cipher[1568];
	DWORD size = 0, len = 0, want = kems[_i].cipher;

	nc_text_is(key, NCRYPT_PARAMETER_SET_NAME_PROPERTY, kems[_i].set);
	ck_assert_uint_eq(nc_number(key,
	    NCRYPT_KEM_SHARED_SECRET_LENGTH_PROPERTY), 32);
	ck_assert_uint_eq(nc_number(key, u"KEM Shared Secret Length"), 32);
	ck_assert_uint_eq(nc_number(key,
	    NCRYPT_KEM_CIPHERTEXT_LENGTH_PROPERTY), want);
	ck_assert_uint_eq(nc_number(key, u"KEM Ciphertext Length"), want);
	public = public_of(key);
	ck_status(NCryptEncapsulate(public, NULL, 0, &size, NULL, 0, &len,
	    0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 32);
	ck_assert_uint_eq(len, want);
	ck_status(NCryptEncapsulate(public, secret, 31, &size, cipher,
	    sizeof(cipher), &len, 0), NTE_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(size, 32);
	ck_status(NCryptEncapsulate(public, secret, 32, &size, cipher,
	    want - 1, &len, 0), NTE_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(len, want);
	ck_status(NCryptEncapsulate(public, secret, 32, &size, cipher,
	    sizeof(cipher), &len, NCRYPT_SILENT_FLAG), ERROR_SUCCESS);
	ck_status(NCryptDecapsulate(key, cipher, len, NULL, 0, &size, 0),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(size, 32);
	ck_status(NCryptDecapsulate(key, cipher, len, other, 31, &size, 0),
	    NTE_BUFFER_TOO_SMALL);
	ck_status(NCryptDecapsulate(key, cipher, len, other, 33, &size, 0),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(size, 32);
	ck_assert_int_eq(memcmp(secret, other, 32), 0);
	/* the pair's own handle encapsulates, too */
	ck_status(NCryptEncapsulate(key, other, 32, &size, cipher,
	    sizeof(cipher), &len, 0), ERROR_SUCCESS);
	ck_assert_int_ne(memcmp(secret, other, 32), 0);
	/* another ciphertext is another secret, and no mistake */
	cipher[7] ^= 1;
	ck_status(NCryptDecapsulate(key, cipher, len, secret, 32, &size, 0),
	    ERROR_SUCCESS);
	ck_assert_int_ne(memcmp(secret, other, 32), 0);
	ck_status(NCryptDecapsulate(key, cipher, len - 1, secret, 32, &size,
	    0), NTE_INVALID_PARAMETER);
	ck_status(NCryptDecapsulate(public, cipher, len, secret, 32, &size,
	    0), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(public), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(kem_mistakes)
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_MLKEM_PRIVATE_SEED_BLOB,
	    "mlkem768_seed.bin"), made, rsa;
	BYTE secret[32], cipher[1088];
	DWORD size, len;

	ck_status(NCryptEncapsulate(0, secret, 32, &size, cipher, 1088, &len,
	    0), NTE_INVALID_HANDLE);
	ck_status(NCryptEncapsulate(key, secret, 32, NULL, cipher, 1088,
	    &len, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptEncapsulate(key, secret, 32, &size, cipher, 1088,
	    NULL, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptEncapsulate(key, secret, 32, &size, cipher, 1088,
	    &len, 1), NTE_BAD_FLAGS);
	ck_status(NCryptEncapsulate(key, secret, 32, &size, cipher, 1088,
	    &len, 0), ERROR_SUCCESS);
	ck_status(NCryptDecapsulate(key, NULL, len, secret, 32, &size, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptDecapsulate(key, cipher, len, secret, 32, NULL, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptDecapsulate(key, cipher, len, secret, 32, &size, 1),
	    NTE_BAD_FLAGS);
	ck_status(nc_set_number(key, NCRYPT_KEY_USAGE_PROPERTY,
	    NCRYPT_ALLOW_SIGNING_FLAG), ERROR_SUCCESS);
	ck_status(NCryptDecapsulate(key, cipher, len, secret, 32, &size, 0),
	    NTE_PERM);
	rsa = nc_import(BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin");
	ck_status(NCryptEncapsulate(rsa, secret, 32, &size, cipher, 1088,
	    &len, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptCreatePersistedKey(nc_prov, &made,
	    NCRYPT_MLKEM_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(NCryptEncapsulate(made, secret, 32, &size, cipher, 1088,
	    &len, 0), NTE_BAD_KEY_STATE);
	ck_status(NCryptGetProperty(made, NCRYPT_PARAMETER_SET_NAME_PROPERTY,
	    NULL, 0, &size, 0), NTE_NOT_FOUND);
	ck_status(nc_set_text(made, NCRYPT_PARAMETER_SET_NAME_PROPERTY,
	    u"65"), NTE_INVALID_PARAMETER);
	/* nobody has said which */
	ck_status(NCryptFinalizeKey(made, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(made), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(rsa), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* What came without its seed has none to give. */
static const struct {
	LPCWSTR expanded, seed, public;
	const char *priv, *with_seed;
} seeds[] = {
	{ BCRYPT_MLKEM_PRIVATE_BLOB, BCRYPT_MLKEM_PRIVATE_SEED_BLOB,
	    BCRYPT_MLKEM_PUBLIC_BLOB, "mlkem768_priv.bin",
	    "mlkem768_seed.bin" },
	{ BCRYPT_PQDSA_PRIVATE_BLOB, BCRYPT_PQDSA_PRIVATE_SEED_BLOB,
	    BCRYPT_PQDSA_PUBLIC_BLOB, "mldsa65_priv.bin",
	    "mldsa65_seed.bin" },
};

static void
holds_a_seed(struct span blob, LPCWSTR seed)
{
	size_t type = nc_wide_bytes(seed);
	NCRYPT_PQ_BLOB head;

	ck_assert_uint_ge(blob.len, sizeof(head) + type);
	memcpy(&head, blob.ptr, sizeof(head));
	ck_assert_uint_eq(head.dwMagic, 0x52505150);
	ck_assert_uint_eq(head.cbBCryptType, type);
	ck_assert_int_eq(memcmp(blob.ptr + sizeof(head), seed, type), 0);
	ck_assert_uint_eq(head.cbBCryptBlob, blob.len - sizeof(head) - type);
}

START_TEST(pq_seeds)
{
	NCRYPT_KEY_HANDLE key = nc_import(seeds[_i].expanded, seeds[_i].priv);
	struct secret blob;

	ck_status(nc_export(key, seeds[_i].expanded, &blob),
	    NTE_NOT_SUPPORTED);
	ck_status(nc_export(key, seeds[_i].public, &blob), ERROR_SUCCESS);
	secret_free(&blob);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, 3),
	    ERROR_SUCCESS);
	ck_status(nc_export(key, seeds[_i].seed, &blob), NTE_BAD_TYPE);
	ck_status(nc_export(key, seeds[_i].expanded, &blob), ERROR_SUCCESS);
	secret_free(&blob);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	key = nc_import(seeds[_i].seed, seeds[_i].with_seed);
	ck_status(nc_export(key, seeds[_i].seed, &blob), NTE_NOT_SUPPORTED);
	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY, 3),
	    ERROR_SUCCESS);
	ck_status(nc_export(key, seeds[_i].seed, &blob), ERROR_SUCCESS);
	secret_free(&blob);
	ck_status(nc_export(key, seeds[_i].expanded, &blob), ERROR_SUCCESS);
	secret_free(&blob);
	ck_status(nc_export(key, NCRYPT_PQ_PRIVATE_KEY_BLOB, &blob),
	    ERROR_SUCCESS);
	holds_a_seed(secret_span(&blob), seeds[_i].seed);
	secret_free(&blob);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* --- ML-DSA and SLH-DSA -------------------------------------------------- */

static const struct {
	LPCWSTR algorithm, set;
	DWORD size;
} signers[] = {
	{ NCRYPT_MLDSA_ALGORITHM, u"44", 2420 },
	{ NCRYPT_MLDSA_ALGORITHM, u"65", 3309 },
	{ NCRYPT_MLDSA_ALGORITHM, u"87", 4627 },
	{ NCRYPT_SLHDSA_ALGORITHM, u"SHA2-128f", 17088 },
	{ NCRYPT_SLHDSA_ALGORITHM, u"SHAKE-128f", 17088 },
};

START_TEST(pq_signature)
{
	NCRYPT_KEY_HANDLE key = make(signers[_i].algorithm,
	    NCRYPT_PARAMETER_SET_NAME_PROPERTY, signers[_i].set, 0);
	NCRYPT_KEY_HANDLE public = public_of(key);
	BYTE context[256] = "where";
	BCRYPT_PQDSA_PADDING_INFO info = { context, 5, NULL };
	static BYTE sig[17088];
	const DWORD pq = NCRYPT_PAD_PQDSA_FLAG;
	DWORD size = 0;

	ck_assert_uint_eq(nc_number(key, NCRYPT_SIGNATURE_LENGTH_PROPERTY),
	    signers[_i].size);
	ck_status(NCryptSignHash(key, &info, message, 20, NULL, 0, &size,
	    pq), ERROR_SUCCESS);
	ck_assert_uint_eq(size, signers[_i].size);
	ck_status(NCryptSignHash(key, &info, message, 20, sig, size - 1,
	    &size, pq), NTE_BUFFER_TOO_SMALL);
	ck_status(NCryptSignHash(key, &info, message, 20, sig, sizeof(sig),
	    &size, pq), ERROR_SUCCESS);
	ck_assert_uint_eq(size, signers[_i].size);
	ck_status(NCryptVerifySignature(public, &info, message, 20, sig, size,
	    pq), ERROR_SUCCESS);
	ck_status(NCryptVerifySignature(public, &info, message, 19, sig, size,
	    pq), NTE_BAD_SIGNATURE);
	/* another context, or none */
	info.cbCtx = 4;
	ck_status(NCryptVerifySignature(public, &info, message, 20, sig, size,
	    pq), NTE_BAD_SIGNATURE);
	ck_status(NCryptVerifySignature(public, NULL, message, 20, sig, size,
	    0), NTE_BAD_SIGNATURE);
	ck_status(NCryptVerifySignature(public, &info, message, 20, sig,
	    size - 1, pq), NTE_INVALID_PARAMETER);
	/* no structure and no flag: no context */
	ck_status(NCryptSignHash(key, NULL, message, 0, sig, sizeof(sig),
	    &size, 0), ERROR_SUCCESS);
	info.cbCtx = 0;
	ck_status(NCryptVerifySignature(key, &info, message, 0, sig, size,
	    pq), ERROR_SUCCESS);
	/* a digest with its name */
	info.pszPrehashAlgId = NCRYPT_SHA512_ALGORITHM;
	ck_status(NCryptSignHash(key, &info, message, 64, sig, sizeof(sig),
	    &size, pq), ERROR_SUCCESS);
	ck_status(NCryptVerifySignature(public, &info, message, 64, sig, size,
	    pq), ERROR_SUCCESS);
	ck_status(NCryptSignHash(key, &info, message, 63, sig, sizeof(sig),
	    &size, pq), NTE_INVALID_PARAMETER);
	info.pszPrehashAlgId = u"RNG";
	ck_status(NCryptSignHash(key, &info, message, 64, sig, sizeof(sig),
	    &size, pq), NTE_NOT_SUPPORTED);
	info = (BCRYPT_PQDSA_PADDING_INFO){ context, 256, NULL };
	ck_status(NCryptSignHash(key, &info, message, 20, sig, sizeof(sig),
	    &size, pq), NTE_INVALID_PARAMETER);
	ck_status(NCryptSignHash(key, NULL, message, 20, sig, sizeof(sig),
	    &size, pq), NTE_INVALID_PARAMETER);
	ck_status(NCryptSignHash(key, NULL, message, 20, sig, sizeof(sig),
	    &size, BCRYPT_PAD_PSS), NTE_BAD_FLAGS);
	ck_status(NCryptSignHash(public, NULL, message, 20, sig, sizeof(sig),
	    &size, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(public), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* --- DSA ----------------------------------------------------------------- */

static void
dsa_works(NCRYPT_KEY_HANDLE key, DWORD bytes)
{
	NCRYPT_KEY_HANDLE public = public_of(key);
	BYTE sig[64];
	DWORD size;

	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY, NCRYPT_DSA_ALGORITHM);
	ck_assert_uint_eq(nc_number(key, NCRYPT_SIGNATURE_LENGTH_PROPERTY),
	    bytes);
	ck_status(NCryptSignHash(key, NULL, message, bytes / 2, NULL, 0,
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, bytes);
	ck_status(NCryptSignHash(key, NULL, message, bytes / 2, sig, size,
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, bytes);
	ck_status(NCryptVerifySignature(public, NULL, message, bytes / 2, sig,
	    size, 0), ERROR_SUCCESS);
	ck_status(NCryptVerifySignature(public, NULL, message + 1, bytes / 2,
	    sig, size, 0), NTE_BAD_SIGNATURE);
	ck_status(NCryptVerifySignature(public, NULL, message, bytes / 2, sig,
	    size - 1, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptEncrypt(key, message, 20, NULL, sig, 64, &size,
	    NCRYPT_PAD_PKCS1_FLAG), NTE_NOT_SUPPORTED);
	ck_status(NCryptGetProperty(key, BCRYPT_PADDING_SCHEMES, NULL, 0,
	    &size, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(public), ERROR_SUCCESS);
}

START_TEST(dsa_keys)
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_DSA_PRIVATE_BLOB,
	    "dsa1024_priv.bin"), made;
	BYTE params[1024];
	DWORD size;

	dsa_works(key, 40);
	ck_status(NCryptGetProperty(key, NCRYPT_DSA_PARAMETERS_PROPERTY,
	    params, sizeof(params), &size, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	key = nc_import(BCRYPT_DSA_PRIVATE_BLOB, "dsa2048_priv.bin");
	dsa_works(key, 64);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	/* a group of its own, and the one of the first key */
	made = make(NCRYPT_DSA_ALGORITHM, NULL, NULL, 3);
	ck_assert_uint_eq(nc_number(made, NCRYPT_LENGTH_PROPERTY), 1024);
	dsa_works(made, 40);
	ck_status(NCryptFreeObject(made), ERROR_SUCCESS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &made,
	    NCRYPT_DSA_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(NCryptSetProperty(made, NCRYPT_DSA_PARAMETERS_PROPERTY,
	    params, size - 1, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(made, NCRYPT_DSA_PARAMETERS_PROPERTY,
	    params, size, 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(made, 0), ERROR_SUCCESS);
	dsa_works(made, 40);
	ck_status(NCryptFreeObject(made), ERROR_SUCCESS);
}
END_TEST

/* --- agreement ----------------------------------------------------------- */

static DWORD
raw(NCRYPT_KEY_HANDLE mine, NCRYPT_KEY_HANDLE theirs, BYTE *out, DWORD size)
{
	NCRYPT_SECRET_HANDLE secret;
	DWORD len;

	ck_status(NCryptSecretAgreement(mine, theirs, &secret, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptDeriveKey(secret, BCRYPT_KDF_RAW_SECRET, NULL, out,
	    size, &len, 0), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(secret), ERROR_SUCCESS);
	return len;
}

static void
agree_both_ways(NCRYPT_KEY_HANDLE a, NCRYPT_KEY_HANDLE b, DWORD bytes)
{
	NCRYPT_KEY_HANDLE of_a = public_of(a), of_b = public_of(b);
	BYTE x[512], y[512];

	ck_assert_uint_eq(raw(a, of_b, x, sizeof(x)), bytes);
	ck_assert_uint_eq(raw(b, of_a, y, sizeof(y)), bytes);
	ck_assert_int_eq(memcmp(x, y, bytes), 0);
	ck_status(NCryptFreeObject(of_a), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(of_b), ERROR_SUCCESS);
}

START_TEST(dh_keys)
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_DH_PRIVATE_BLOB,
	    "dh768_priv.bin"), same, other;
	NCRYPT_SECRET_HANDLE secret;
	BYTE params[256], got[256];
	DWORD size, len;

	ck_status(NCryptGetProperty(key, NCRYPT_DH_PARAMETERS_PROPERTY,
	    params, sizeof(params), &size, 0), ERROR_SUCCESS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &same,
	    NCRYPT_DH_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(NCryptGetProperty(same, NCRYPT_DH_PARAMETERS_PROPERTY, got,
	    sizeof(got), &len, 0), NTE_BAD_KEY_STATE);
	ck_status(nc_set_number(same, NCRYPT_LENGTH_PROPERTY, 256),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(same, NCRYPT_DH_PARAMETERS_PROPERTY,
	    params, size, 0), ERROR_SUCCESS);
	/* kept, before and after */
	ck_status(NCryptGetProperty(same, NCRYPT_DH_PARAMETERS_PROPERTY, got,
	    sizeof(got), &len, 0), ERROR_SUCCESS);
	ck_assert(len == size && memcmp(got, params, size) == 0);
	ck_status(NCryptFinalizeKey(same, 0), ERROR_SUCCESS);
	ck_status(NCryptGetProperty(same, NCRYPT_DH_PARAMETERS_PROPERTY, got,
	    sizeof(got), &len, 0), ERROR_SUCCESS);
	ck_assert(len == size && memcmp(got, params, size) == 0);
	ck_status(NCryptSetProperty(same, NCRYPT_DH_PARAMETERS_PROPERTY,
	    params, size, 0), NTE_BAD_KEY_STATE);
	agree_both_ways(key, same, 96);
	/* a group of its own is another one */
	other = make(NCRYPT_DH_ALGORITHM, NULL, NULL, 0);
	ck_assert_uint_eq(nc_number(other, NCRYPT_LENGTH_PROPERTY), 1024);
	ck_status(NCryptSecretAgreement(key, other, &secret, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptSignHash(key, NULL, message, 20, NULL, 0, &len, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptEncrypt(key, message, 20, NULL, NULL, 0, &len,
	    NCRYPT_PAD_PKCS1_FLAG), NTE_NOT_SUPPORTED);
	ck_status(nc_set_number(key, NCRYPT_KEY_USAGE_PROPERTY,
	    NCRYPT_ALLOW_SIGNING_FLAG), ERROR_SUCCESS);
	ck_status(NCryptSecretAgreement(key, same, &secret, 0), NTE_PERM);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(same), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(other), ERROR_SUCCESS);
}
END_TEST

START_TEST(dh_of_known_groups)
{
	NCRYPT_KEY_HANDLE key[2];

	for (size_t i = 0; i < 2; i++) {
		ck_status(NCryptCreatePersistedKey(nc_prov, &key[i],
		    NCRYPT_DH_ALGORITHM, NULL, 0, 0), ERROR_SUCCESS);
		ck_status(nc_set_number(key[i], NCRYPT_LENGTH_PROPERTY,
		    2048), ERROR_SUCCESS);
		ck_status(NCryptFinalizeKey(key[i], 0), ERROR_SUCCESS);
	}
	agree_both_ways(key[0], key[1], 256);
	ck_status(NCryptFreeObject(key[0]), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key[1]), ERROR_SUCCESS);
}
END_TEST

static const struct {
	LPCWSTR algorithm, curve;
	DWORD bytes;
} agreeing[] = {
	{ u"ECDH_P256", NULL, 32 },
	{ u"ECDH_P521", NULL, 66 },
	{ u"ECDH", u"brainpoolP320r1", 40 },
	{ u"ECDH", u"curve25519", 32 },
};

START_TEST(ecdh_keys)
{
	NCRYPT_KEY_HANDLE key[2];
	BYTE x[66], y[66];

	for (size_t i = 0; i < 2; i++)
		key[i] = make(agreeing[_i].algorithm,
		    agreeing[_i].curve == NULL ? NULL :
		    NCRYPT_ECC_CURVE_NAME_PROPERTY, agreeing[_i].curve, 0);
	ck_assert_uint_eq(raw(key[0], key[1], x, 66), agreeing[_i].bytes);
	ck_assert_uint_eq(raw(key[1], key[0], y, 66), agreeing[_i].bytes);
	ck_assert_int_eq(memcmp(x, y, agreeing[_i].bytes), 0);
	ck_status(NCryptFreeObject(key[0]), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key[1]), ERROR_SUCCESS);
}
END_TEST

/* RFC 7748, 6.1: the raw secret is that of the RFC from its other end. */
START_TEST(curve25519)
{
	static const BYTE d[32] = { 0x77, 0x07, 0x6d, 0x0a, 0x73, 0x18, 0xa5,
		0x7d, 0x3c, 0x16, 0xc1, 0x72, 0x51, 0xb2, 0x66, 0x45, 0xdf,
		0x4c, 0x2f, 0x87, 0xeb, 0xc0, 0x99, 0x2a, 0xb1, 0x77, 0xfb,
		0xa5, 0x1d, 0xb9, 0x2c, 0x2a };
	static const BYTE peer[32] = { 0xde, 0x9e, 0xdb, 0x7d, 0x7b, 0x7d,
		0xc1, 0xb4, 0xd3, 0x5b, 0x61, 0xc2, 0xec, 0xe4, 0x35, 0x37,
		0x3f, 0x83, 0x43, 0xc8, 0x5b, 0x78, 0x67, 0x4d, 0xad, 0xfc,
		0x7e, 0x14, 0x6f, 0x88, 0x2b, 0x4f };
	static const BYTE want[32] = { 0x4a, 0x5d, 0x9d, 0x5b, 0xa4, 0xce,
		0x2d, 0xe1, 0x72, 0x8e, 0x3b, 0xf4, 0x80, 0x35, 0x0f, 0x25,
		0xe0, 0x7e, 0x21, 0xc9, 0x47, 0xd1, 0x9e, 0x33, 0x76, 0xf0,
		0x9b, 0x3c, 0x1e, 0x16, 0x17, 0x42 };
	BYTE priv[8 + 96] = { 'E', 'C', 'K', 'V', 32 };
	BYTE pub[8 + 64] = { 'E', 'C', 'K', 'P', 32 }, got[32];
	NCryptBuffer curve = nc_wide_buffer(NCRYPTBUFFER_ECC_CURVE_NAME,
	    BCRYPT_ECC_CURVE_25519);
	NCryptBufferDesc list = { 0, 1, &curve };
	NCRYPT_KEY_HANDLE key, other;

	memcpy(priv + 72, d, 32);
	memcpy(pub + 8, peer, 32);
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_ECCPRIVATE_BLOB, &list,
	    &key, priv, sizeof(priv), 0), ERROR_SUCCESS);
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_ECCPUBLIC_BLOB, &list,
	    &other, pub, sizeof(pub), 0), ERROR_SUCCESS);
	ck_assert_uint_eq(raw(key, other, got, 32), 32);
	for (size_t i = 0; i < 32; i++)
		ck_assert_uint_eq(got[i], want[31 - i]);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(other), ERROR_SUCCESS);
}
END_TEST

/* Keys made for signatures do not agree, whatever their curve can. */
START_TEST(who_does_not_agree)
{
	NCRYPT_KEY_HANDLE ecdsa = nc_import(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdsa_priv.bin");
	NCRYPT_KEY_HANDLE ecdh = nc_import(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdh_priv.bin");
	NCRYPT_KEY_HANDLE dh = nc_import(BCRYPT_DH_PRIVATE_BLOB,
	    "dh768_priv.bin");
	NCRYPT_KEY_HANDLE dsa = nc_import(BCRYPT_DSA_PRIVATE_BLOB,
	    "dsa1024_priv.bin");
	NCRYPT_KEY_HANDLE aes = nc_import(BCRYPT_KEY_DATA_BLOB, "aes128.bin");
	NCRYPT_SECRET_HANDLE secret;

	ck_status(NCryptSecretAgreement(ecdsa, ecdh, &secret, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptSecretAgreement(ecdh, ecdsa, &secret, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptSecretAgreement(dsa, dsa, &secret, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptSecretAgreement(ecdh, dh, &secret, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptSecretAgreement(ecdh, aes, &secret, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(ecdsa), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(ecdh), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(dh), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(dsa), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(aes), ERROR_SUCCESS);
}
END_TEST

/* --- lists --------------------------------------------------------------- */

/* Every operation has algorithms, and each of them does it. */
START_TEST(listed)
{
	static const DWORD operations[] = { NCRYPT_CIPHER_OPERATION,
		NCRYPT_ASYMMETRIC_ENCRYPTION_OPERATION,
		NCRYPT_SECRET_AGREEMENT_OPERATION, NCRYPT_SIGNATURE_OPERATION,
		NCRYPT_KEY_DERIVATION_OPERATION };
	NCryptAlgorithmName *list;
	DWORD count;

	for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
		ck_status(NCryptEnumAlgorithms(nc_prov, operations[i],
		    &count, &list, 0), ERROR_SUCCESS);
		ck_assert_uint_gt(count, 0);
		for (DWORD k = 0; k < count; k++) {
			ck_assert(list[k].dwAlgOperations & operations[i]);
			ck_assert_uint_ne(list[k].dwClass, 0);
			ck_status(NCryptIsAlgSupported(nc_prov,
			    list[k].pszName, 0), ERROR_SUCCESS);
		}
		ck_status(NCryptFreeBuffer(list), ERROR_SUCCESS);
	}
	/* hashes and random numbers are not for keys */
	ck_status(NCryptEnumAlgorithms(nc_prov, NCRYPT_HASH_OPERATION,
	    &count, &list, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(count, 0);
	ck_status(NCryptFreeBuffer(list), ERROR_SUCCESS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt behaviour keys");
	TCase *tc = tcase_create("keys");

	tcase_add_checked_fixture(tc, nc_begin, nc_end);
	tcase_set_timeout(tc, 300);
	/* what needs a newer libcrypto; refused elsewhere (ncrypt_types) */
	if (crypto_has_set(KEY_SET_MLKEM_768)) {
		tcase_add_loop_test(tc, kem, 0, ARRAY_LEN(kems));
		tcase_add_test(tc, kem_mistakes);
		tcase_add_loop_test(tc, pq_seeds, 0, ARRAY_LEN(seeds));
		tcase_add_loop_test(tc, pq_signature, 0, ARRAY_LEN(signers));
	}
	tcase_add_test(tc, dsa_keys);
	tcase_add_test(tc, dh_keys);
	tcase_add_test(tc, dh_of_known_groups);
	tcase_add_loop_test(tc, ecdh_keys, 0, ARRAY_LEN(agreeing));
	tcase_add_test(tc, curve25519);
	tcase_add_test(tc, who_does_not_agree);
	tcase_add_test(tc, listed);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
