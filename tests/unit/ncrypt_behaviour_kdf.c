/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCryptKeyDerivation and the secrets it works on, with answers that Python's
 * hashlib and hmac gave; and TLS_PRF of an agreed secret.
 */
#include "ncrypt_help.h"

#include <stdlib.h>

static BYTE secret_bytes[] = "a secret of keys";
static BYTE label[] = "label", context[] = "context", salt[] = "salt";
static BYTE info[] = "info", alg[] = "alg", party_u[] = "u", party_v[] = "v";
static BYTE generic_108[] = "label\0context", generic_56a[] = "alguv";
static BYTE seed[64];
static DWORD rounds = 10000;
static ULONGLONG wide_rounds = 10000;

static void
begin(void)
{
	nc_begin();
	for (BYTE i = 0; i < sizeof(seed); i++)
		seed[i] = i;
}

#define BYTES(type, text) { sizeof(text) - 1, type, text }
#define LIST_MAX 4

struct kdf {
	LPCWSTR algorithm;
	LPCWSTR hash;
	NCryptBuffer list[LIST_MAX];
	DWORD size;
	DWORD flags;
	BYTE want[40];
};

#define WANT_108 { 0x57, 0x7b, 0x3e, 0xdc, 0x12, 0x78, 0xff, 0xf7, 0x5d, \
	0x89, 0x94, 0xdf, 0xce, 0xfc, 0x1e, 0xb8, 0x1b, 0x1f, 0xf9, 0x89, \
	0x74, 0xdc, 0xfd, 0x72, 0xa4, 0x6d, 0x67, 0x07, 0xa4, 0x1e, 0xcd, \
	0xa6, 0x61, 0x43, 0xda, 0x44, 0x93, 0x8e, 0xed, 0xdd }
#define WANT_56A { 0x3e, 0xbf, 0x91, 0xbd, 0x70, 0x35, 0xf2, 0x06, 0xac, \
	0x4b, 0xd0, 0x4d, 0xbe, 0x77, 0x3b, 0xf1, 0x28, 0x8b, 0xc2, 0xec, \
	0x56, 0x93, 0x74, 0x9f, 0xb2, 0xe3, 0x22, 0x2b, 0x56, 0x5c, 0x3f, \
	0xd8, 0x70, 0xf1, 0xfa, 0xff, 0x5a, 0x4c, 0x02, 0x4b }
#define WANT_PBKDF2 { 0x11, 0xa1, 0x4d, 0x92, 0x50, 0xb1, 0xe1, 0x49, 0x71, \
	0x2e, 0x23, 0x3b, 0xdc, 0x55, 0xa3, 0x7e, 0x46, 0xfd, 0x62, 0xe5, \
	0x2c, 0x53, 0x81, 0x2d, 0xa7, 0xb0, 0xa7, 0x96, 0x51, 0x7b, 0xa2, \
	0x65, 0x18, 0x94, 0x41, 0x3e, 0xc2, 0x77, 0xcd, 0xed }

static const struct kdf kdfs[] = {
	{ u"SP800_108_CTR_HMAC", u"SHA256", { BYTES(KDF_LABEL, label),
	    BYTES(KDF_CONTEXT, context) }, 40, 0, WANT_108 },
	{ u"SP800_108_CTR_HMAC", u"SHA256",
	    { BYTES(KDF_GENERIC_PARAMETER, generic_108) }, 40, 0, WANT_108 },
	{ u"SP800_56A_CONCAT", u"SHA256", { BYTES(KDF_ALGORITHMID, alg),
	    BYTES(KDF_PARTYUINFO, party_u), BYTES(KDF_PARTYVINFO, party_v) },
	    40, 0, WANT_56A },
	{ u"SP800_56A_CONCAT", u"SHA256",
	    { BYTES(KDF_GENERIC_PARAMETER, generic_56a) }, 40, 0, WANT_56A },
	/* 10000 times, said as 64 bits, as 32, and not at all */
	{ u"PBKDF2", u"SHA256", { BYTES(KDF_SALT, salt), { 8,
	    KDF_ITERATION_COUNT, &wide_rounds } }, 40, 0, WANT_PBKDF2 },
	{ u"PBKDF2", u"SHA256", { BYTES(KDF_SALT, salt), { 4,
	    KDF_ITERATION_COUNT, &rounds } }, 40, 0, WANT_PBKDF2 },
	{ u"PBKDF2", u"SHA256", { BYTES(KDF_GENERIC_PARAMETER, salt) }, 40,
	    0, WANT_PBKDF2 },
	{ u"CAPI_KDF", u"SHA1", { { 0 } }, 16, 0, { 0x68, 0xb8, 0x58, 0x17,
	    0xd0, 0xc1, 0xec, 0xce, 0x74, 0x2e, 0x33, 0xe0, 0x38, 0xd2, 0x5b,
	    0x50 } },
	{ u"CAPI_KDF", u"SHA1", { { 0 } }, 40, 0, { 0x78, 0x33, 0x5b, 0xf6,
	    0xf7, 0xfb, 0x62, 0x99, 0x40, 0x5c, 0x1c, 0x7c, 0xbb, 0xac, 0xc3,
	    0x0f, 0xc2, 0x9f, 0xdd, 0xbc, 0xf6, 0x4e, 0x27, 0x7d, 0x02, 0xb3,
	    0xb7, 0x48, 0x11, 0xb0, 0x79, 0x92, 0x24, 0x7d, 0x2f, 0x58, 0x03,
	    0xf1, 0x66, 0xec } },
	{ u"CAPI_KDF", u"SHA1", { { 0 } }, 16, BCRYPT_CAPI_AES_FLAG, { 0x78,
	    0x33, 0x5b, 0xf6, 0xf7, 0xfb, 0x62, 0x99, 0x40, 0x5c, 0x1c, 0x7c,
	    0xbb, 0xac, 0xc3, 0x0f } },
	{ u"HKDF", u"SHA256", { BYTES(KDF_HKDF_SALT, salt),
	    BYTES(KDF_HKDF_INFO, info) }, 40, 0, { 0xc8, 0x3a, 0xc1, 0xc5,
	    0x27, 0x59, 0x4a, 0x28, 0x24, 0xf7, 0x13, 0x70, 0x66, 0xf6, 0xf4,
	    0x19, 0x95, 0x3c, 0x28, 0x49, 0x49, 0xeb, 0x34, 0xee, 0xd9, 0x2c,
	    0xf4, 0x9c, 0xee, 0x41, 0x9d, 0x3f, 0x2b, 0xcf, 0x10, 0xe7, 0x00,
	    0x70, 0xd9, 0x8d } },
	{ u"TLS1_1_KDF", NULL, { BYTES(KDF_TLS_PRF_LABEL, label),
	    { sizeof(seed), KDF_TLS_PRF_SEED, seed } }, 40, 0, { 0x20, 0x9e,
	    0x89, 0x4b, 0x0a, 0x8f, 0x6e, 0xa3, 0x33, 0xfe, 0x94, 0x60, 0xc3,
	    0x81, 0xa4, 0x1d, 0xae, 0xf1, 0xb6, 0xc6, 0x60, 0xe1, 0xfe, 0x56,
	    0xde, 0x67, 0x87, 0xd4, 0x7f, 0x69, 0x7e, 0x34, 0x7e, 0xe7, 0xa6,
	    0x9a, 0x42, 0xd4, 0x41, 0x01 } },
	{ u"TLS1_2_KDF", u"SHA256", { BYTES(KDF_TLS_PRF_LABEL, label),
	    { sizeof(seed), KDF_TLS_PRF_SEED, seed } }, 40, 0, { 0xd5, 0x94,
	    0xe6, 0x0e, 0x26, 0x99, 0x94, 0x9b, 0x5f, 0xb0, 0xc2, 0x6a, 0x59,
	    0xa5, 0xa2, 0xf2, 0x72, 0x27, 0xd9, 0x8d, 0x8d, 0x1e, 0xc0, 0x65,
	    0x62, 0xfd, 0xac, 0x93, 0x30, 0x8e, 0x99, 0xa2, 0x5d, 0xb3, 0x7d,
	    0xa3, 0xe0, 0xf1, 0x4a, 0xca } },
};

static NCRYPT_KEY_HANDLE
kdf_key(LPCWSTR algorithm, LPCWSTR name)
{
	NCRYPT_KEY_HANDLE key;

	ck_status(NCryptIsAlgSupported(nc_prov, algorithm, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key, algorithm, name, 0,
	    0), ERROR_SUCCESS);
	/* nothing to generate: the secret is to be given */
	ck_status(NCryptFinalizeKey(key, 0), NTE_BAD_KEY_STATE);
	ck_status(NCryptSetProperty(key, NCRYPT_KDF_SECRET_VALUE,
	    secret_bytes, sizeof(secret_bytes) - 1, 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	return key;
}

static SECURITY_STATUS
run(NCRYPT_KEY_HANDLE key, const struct kdf *kdf, BYTE *out, DWORD *result)
{
	NCryptBuffer buffers[LIST_MAX + 1];
	NCryptBufferDesc list = { 4711, 0, buffers };

	for (size_t i = 0; i < LIST_MAX; i++)
		if (kdf->list[i].pvBuffer != NULL)
			buffers[list.cBuffers++] = kdf->list[i];
	if (kdf->hash != NULL)
		buffers[list.cBuffers++] =
		    nc_wide_buffer(KDF_HASH_ALGORITHM, kdf->hash);
	return NCryptKeyDerivation(key, &list, out, kdf->size, result,
	    kdf->flags);
}

START_TEST(known_answers)
{
	const struct kdf *kdf = &kdfs[_i];
	NCRYPT_KEY_HANDLE key = kdf_key(kdf->algorithm, NULL);
	BYTE out[40];
	DWORD size = 0;

	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY, kdf->algorithm);
	nc_text_is(key, NCRYPT_ALGORITHM_GROUP_PROPERTY, kdf->algorithm);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY),
	    8 * (sizeof(secret_bytes) - 1));
	ck_status(run(key, kdf, out, &size), ERROR_SUCCESS);
	ck_assert_uint_eq(size, kdf->size);
	ck_assert_int_eq(memcmp(out, kdf->want, size), 0);
	/* the size alone */
	ck_status(run(key, kdf, NULL, &size), ERROR_SUCCESS);
	ck_assert_uint_eq(size, kdf->size);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

START_TEST(kept)
{
	NCryptKeyName *listed;
	PVOID state = NULL;
	NCRYPT_KEY_HANDLE key;
	BYTE out[40];
	DWORD size;

	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	key = kdf_key(kdfs[0].algorithm, u"derives");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	nc_reopen();
	ck_status(NCryptOpenKey(nc_prov, &key, u"derives", 0, 0),
	    ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY, kdfs[0].algorithm);
	ck_status(NCryptEnumKeys(nc_prov, NULL, &listed, &state, 0),
	    ERROR_SUCCESS);
	ck_assert_int_eq(memcmp(listed->pszAlgid, kdfs[0].algorithm,
	    nc_wide_bytes(kdfs[0].algorithm)), 0);
	ck_status(NCryptFreeBuffer(listed), ERROR_SUCCESS);
	ck_status(NCryptFreeBuffer(state), ERROR_SUCCESS);
	ck_status(run(key, &kdfs[0], out, &size), ERROR_SUCCESS);
	ck_assert_int_eq(memcmp(out, kdfs[0].want, size), 0);
	/* the secret is not for reading, nor for leaving */
	ck_status(NCryptGetProperty(key, NCRYPT_KDF_SECRET_VALUE, NULL, 0,
	    &size, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptExportKey(key, 0, BCRYPT_KEY_DATA_BLOB, NULL, NULL, 0,
	    &size, 0), NTE_NOT_SUPPORTED);
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
}
END_TEST

START_TEST(mistakes)
{
	NCRYPT_KEY_HANDLE key = kdf_key(u"PBKDF2", NULL), other;
	struct kdf kdf = kdfs[5];
	NCryptBufferDesc broken = { 0, 1, NULL };
	BYTE out[40];
	DWORD size, zero = 0;

	kdf.hash = NULL;
	ck_status(run(key, &kdf, out, &size), NTE_INVALID_PARAMETER);
	kdf.hash = u"RNG";
	ck_status(run(key, &kdf, out, &size), NTE_NOT_SUPPORTED);
	kdf.hash = u"SHA256";
	kdf.flags = BCRYPT_CAPI_AES_FLAG;
	ck_status(run(key, &kdf, out, &size), NTE_BAD_FLAGS);
	kdf.flags = 0;
	kdf.list[1].pvBuffer = &zero;
	ck_status(run(key, &kdf, out, &size), NTE_INVALID_PARAMETER);
	kdf.list[1].cbBuffer = 3;
	ck_status(run(key, &kdf, out, &size), NTE_INVALID_PARAMETER);
	ck_status(NCryptKeyDerivation(key, &broken, out, 40, &size, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptKeyDerivation(key, NULL, out, 40, NULL, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptKeyDerivation(nc_prov, NULL, out, 40, &size, 0),
	    NTE_INVALID_HANDLE);
	/* allowed for something else */
	ck_status(nc_set_number(key, NCRYPT_KEY_USAGE_PROPERTY,
	    NCRYPT_ALLOW_SIGNING_FLAG), ERROR_SUCCESS);
	ck_status(run(key, &kdfs[5], out, &size), NTE_PERM);
	ck_status(NCryptSetProperty(key, NCRYPT_KDF_SECRET_VALUE,
	    secret_bytes, 4, 0), NTE_BAD_KEY_STATE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key, u"CAPI_KDF", NULL,
	    0, 0), ERROR_SUCCESS);
	ck_status(NCryptSetProperty(key, NCRYPT_KDF_SECRET_VALUE,
	    secret_bytes, 0, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptSetProperty(key, NCRYPT_KDF_SECRET_VALUE,
	    secret_bytes, 4, 0), ERROR_SUCCESS);
	kdf = kdfs[7];
	ck_status(run(key, &kdf, out, &size), NTE_BAD_KEY_STATE);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	kdf.size = 41;
	ck_status(run(key, &kdf, out, &size), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	other = nc_import(BCRYPT_KEY_DATA_BLOB, "aes128.bin");
	ck_status(run(other, &kdfs[0], out, &size), NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(other), ERROR_SUCCESS);
}
END_TEST

/* --- TLS_PRF of an agreed secret ----------------------------------------- */

static NCRYPT_SECRET_HANDLE
agree(BYTE z[32])
{
	NCRYPT_KEY_HANDLE key = nc_import(BCRYPT_ECCPRIVATE_BLOB,
	    "p256_ecdh_priv.bin");
	NCRYPT_SECRET_HANDLE secret;
	BYTE raw[32];
	DWORD size;

	ck_status(NCryptSecretAgreement(key, key, &secret, 0),
	    ERROR_SUCCESS);
	ck_status(NCryptDeriveKey(secret, BCRYPT_KDF_RAW_SECRET, NULL, raw,
	    sizeof(raw), &size, 0), ERROR_SUCCESS);
	for (size_t i = 0; i < sizeof(raw); i++)
		z[i] = raw[31 - i];
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	return secret;
}

/* The same secret as the key of TLS1_1_KDF or TLS1_2_KDF. */
START_TEST(tls_prf)
{
	static const struct {
		LPCWSTR algorithm;
		LPCWSTR hash;
		DWORD version;
	} ways[] = {
		{ u"TLS1_1_KDF", NULL, 0 },
		{ u"TLS1_1_KDF", NULL, 0x0302 },
		{ u"TLS1_2_KDF", u"SHA256", 0x0303 },
		{ u"TLS1_2_KDF", u"SHA384", 0x0303 },
	};
	DWORD version = ways[_i].version, size;
	NCryptBuffer buffers[] = {
		BYTES(KDF_TLS_PRF_LABEL, label),
		{ sizeof(seed), KDF_TLS_PRF_SEED, seed },
		nc_wide_buffer(KDF_HASH_ALGORITHM,
		    ways[_i].hash == NULL ? u"SHA1" : ways[_i].hash),
		{ sizeof(version), KDF_TLS_PRF_PROTOCOL, &version },
	};
	NCryptBufferDesc list = { 0, version == 0 ? 3u : 4u, buffers };
	BYTE z[32], want[48], got[48];
	NCRYPT_SECRET_HANDLE secret = agree(z);
	NCRYPT_KEY_HANDLE key;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key, ways[_i].algorithm,
	    NULL, 0, 0), ERROR_SUCCESS);
	ck_status(NCryptSetProperty(key, NCRYPT_KDF_SECRET_VALUE, z,
	    sizeof(z), 0), ERROR_SUCCESS);
	ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
	ck_status(NCryptKeyDerivation(key, &list, want, sizeof(want), &size,
	    0), ERROR_SUCCESS);
	ck_status(NCryptDeriveKey(secret, BCRYPT_KDF_TLS_PRF, &list, NULL, 0,
	    &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 48);
	ck_status(NCryptDeriveKey(secret, BCRYPT_KDF_TLS_PRF, &list, got,
	    sizeof(got), &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(size, 48);
	ck_assert_int_eq(memcmp(want, got, 48), 0);
	/* label and seed must be there, and a seed is two random numbers */
	buffers[1].cbBuffer = 63;
	ck_status(NCryptDeriveKey(secret, BCRYPT_KDF_TLS_PRF, &list, got,
	    sizeof(got), &size, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptDeriveKey(secret, BCRYPT_KDF_TLS_PRF, NULL, got,
	    sizeof(got), &size, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(secret), ERROR_SUCCESS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt behaviour kdf");
	TCase *tc = tcase_create("kdf");

	tcase_add_checked_fixture(tc, begin, nc_end);
	tcase_add_loop_test(tc, known_answers, 0, ARRAY_LEN(kdfs));
	tcase_add_test(tc, kept);
	tcase_add_test(tc, mistakes);
	tcase_add_loop_test(tc, tls_prf, 0, 4);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
