/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parameters of keys as properties and as buffers: curves, groups, sets.
 */
#include "ncrypt_help.h"

#include <stdlib.h>

/* --- explicit parameters ------------------------------------------------- */

/* What ECCParameters tells is what NCRYPTBUFFER_ECC_PARAMETERS takes. */
START_TEST(ecc_parameters)
{
	NCRYPT_KEY_HANDLE full = nc_import(BCRYPT_ECCFULLPRIVATE_BLOB,
	    "full_p256_ecdsa_priv.bin"), key;
	struct secret blob = sample_read("p256_pub_generic_magic.bin");
	BCRYPT_ECC_PARAMETER_HEADER header;
	BYTE params[512];
	NCryptBuffer buffer = { 0, NCRYPTBUFFER_ECC_PARAMETERS, params };
	NCryptBuffer both[2];
	NCryptBufferDesc list = { 0, 1, &buffer };
	DWORD size = 0;

	ck_status(NCryptGetProperty(full, NCRYPT_ECC_PARAMETERS_PROPERTY,
	    params, sizeof(params), &size, 0), ERROR_SUCCESS);
	memcpy(&header, params, sizeof(header));
	ck_assert_uint_eq(header.dwVersion, 1);
	ck_assert_uint_eq(header.dwCurveType,
	    BCRYPT_ECC_PRIME_SHORT_WEIERSTRASS_CURVE);
	ck_assert_uint_eq(header.cbFieldLength, 32);
	ck_assert_uint_eq(size, sizeof(header) + 5 * header.cbFieldLength +
	    header.cbSubgroupOrder + header.cbCofactor + header.cbSeed);
	buffer.cbBuffer = size;
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_ECCPUBLIC_BLOB, &list,
	    &key, blob.ptr, (DWORD)blob.len, 0), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY, u"ECDSA_P256");
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	/* one of the two says it */
	both[0] = buffer;
	both[1] = nc_wide_buffer(NCRYPTBUFFER_ECC_CURVE_NAME, u"nistP256");
	list = (NCryptBufferDesc){ 0, 2, both };
	ck_status(NCryptImportKey(nc_prov, 0, BCRYPT_ECCPUBLIC_BLOB, &list,
	    &key, blob.ptr, (DWORD)blob.len, 0), NTE_INVALID_PARAMETER);
	ck_status(NCryptFreeObject(full), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

/* DHParameters: 12 + 2 k bytes; DSAParameters in both versions. */
static const struct {
	LPCWSTR type;
	const char *file;
	LPCWSTR name;
	DWORD size;
	DWORD magic;
} groups[] = {
	{ BCRYPT_DH_PRIVATE_BLOB, "dh768_priv.bin",
	    NCRYPT_DH_PARAMETERS_PROPERTY, 12 + 2 * 96,
	    BCRYPT_DH_PARAMETERS_MAGIC },
	{ BCRYPT_DH_PUBLIC_BLOB, "dh768_pub.bin",
	    NCRYPT_DH_PARAMETERS_PROPERTY, 12 + 2 * 96,
	    BCRYPT_DH_PARAMETERS_MAGIC },
	{ BCRYPT_DSA_PUBLIC_BLOB, "dsa1024_pub.bin",
	    NCRYPT_DSA_PARAMETERS_PROPERTY, 56 + 2 * 128,
	    BCRYPT_DSA_PARAMETERS_MAGIC },
	{ BCRYPT_DSA_PRIVATE_BLOB, "dsa2048_priv.bin",
	    NCRYPT_DSA_PARAMETERS_PROPERTY, 32 + 32 + 32 + 2 * 256,
	    BCRYPT_DSA_PARAMETERS_MAGIC_V2 },
};

START_TEST(group_parameters)
{
	NCRYPT_KEY_HANDLE key = nc_import(groups[_i].type, groups[_i].file);
	NCRYPT_KEY_HANDLE rsa = nc_import(BCRYPT_RSAPUBLIC_BLOB,
	    "rsa1024_pub.bin");
	struct secret blob = sample_read(groups[_i].file);
	DWORD out[256], size = 0;

	ck_status(NCryptGetProperty(key, groups[_i].name, NULL, 0, &size, 0),
	    ERROR_SUCCESS);
	ck_assert_uint_eq(size, groups[_i].size);
	ck_status(NCryptGetProperty(key, groups[_i].name, (PBYTE)out,
	    size - 1, &size, 0), NTE_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(size, groups[_i].size);
	ck_status(NCryptGetProperty(key, groups[_i].name, (PBYTE)out,
	    sizeof(out), &size, 0), ERROR_SUCCESS);
	ck_assert_uint_eq(out[0], size);
	ck_assert_uint_eq(out[1], groups[_i].magic);
	/* from cbKey on as in the blob, where that has nothing between */
	ck_assert_int_eq(memcmp((BYTE *)out + 8, blob.ptr + 4, size - 8), 0);
	ck_status(NCryptGetProperty(rsa, groups[_i].name, NULL, 0, &size, 0),
	    NTE_NOT_SUPPORTED);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(rsa), ERROR_SUCCESS);
	secret_free(&blob);
}
END_TEST

/* --- made here ----------------------------------------------------------- */

static const struct {
	LPCWSTR algorithm;
	LPCWSTR curve;
	DWORD bits;
	DWORD blob;              /* bytes of ECCPRIVATEBLOB */
	SECURITY_STATUS status;
} curves[] = {
	{ u"ECDSA", u"secP256k1", 256, 104, ERROR_SUCCESS },
	{ u"ECDH", u"brainpoolP384r1", 384, 152, ERROR_SUCCESS },
	{ u"ECDH", u"curve25519", 255, 104, ERROR_SUCCESS },
	{ u"ECDSA", u"curve25519", 0, 0, NTE_INVALID_PARAMETER },
	{ u"ECDSA", u"secp256k1", 0, 0, NTE_INVALID_PARAMETER },
	{ u"ECDSA", u"", 0, 0, NTE_INVALID_PARAMETER },
	{ u"ECDSA_P256", u"nistP256", 0, 0, NTE_NOT_SUPPORTED },
	{ u"RSA", u"nistP256", 0, 0, NTE_NOT_SUPPORTED },
};

START_TEST(curve_by_property)
{
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS want = curves[_i].status;
	struct secret blob;

	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    curves[_i].algorithm, NULL, 0, 0), ERROR_SUCCESS);
	ck_status(nc_set_text(key, NCRYPT_ECC_CURVE_NAME_PROPERTY,
	    curves[_i].curve), want);
	if (want == ERROR_SUCCESS) {
		ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
		    NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG), ERROR_SUCCESS);
		ck_status(NCryptFinalizeKey(key, 0), ERROR_SUCCESS);
		nc_text_is(key, NCRYPT_ECC_CURVE_NAME_PROPERTY,
		    curves[_i].curve);
		nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY,
		    curves[_i].algorithm);
		ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY),
		    curves[_i].bits);
		ck_status(nc_export(key, BCRYPT_ECCPRIVATE_BLOB, &blob),
		    ERROR_SUCCESS);
		ck_assert_uint_eq(blob.len, curves[_i].blob);
		secret_free(&blob);
		/* it is made: nothing to choose any more */
		ck_status(nc_set_text(key, NCRYPT_ECC_CURVE_NAME_PROPERTY,
		    u"nistP256"), NTE_BAD_KEY_STATE);
	}
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* --- names --------------------------------------------------------------- */

/* 512 characters are a name, one more is not. */
START_TEST(long_names)
{
	static WCHAR name[NCRYPT_MAX_KEY_NAME_LENGTH + 2];
	NCRYPT_KEY_HANDLE key;

	for (size_t i = 0; i < NCRYPT_MAX_KEY_NAME_LENGTH + 1; i++)
		name[i] = u'x';
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    name, 0, &key), NTE_INVALID_PARAMETER);
	ck_status(NCryptOpenKey(nc_prov, &key, name, 0, 0),
	    NTE_INVALID_PARAMETER);
	ck_status(NCryptCreatePersistedKey(nc_prov, &key,
	    NCRYPT_RSA_ALGORITHM, name, 0, 0), NTE_INVALID_PARAMETER);
	name[NCRYPT_MAX_KEY_NAME_LENGTH] = 0;
	nc_make_store(false);
	ck_assert_int_eq(setenv("CNG_PIN", NC_PIN, 1), 0);
	ck_status(nc_import_named(BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    name, 0, &key), ERROR_SUCCESS);
	nc_text_is(key, NCRYPT_NAME_PROPERTY, name);
	ck_status(NCryptDeleteKey(key, 0), ERROR_SUCCESS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt behaviour params");
	TCase *tc = tcase_create("parameters");

	tcase_add_checked_fixture(tc, nc_begin, nc_end);
	tcase_add_test(tc, ecc_parameters);
	tcase_add_loop_test(tc, group_parameters, 0, ARRAY_LEN(groups));
	tcase_add_loop_test(tc, curve_by_property, 0, ARRAY_LEN(curves));
	tcase_add_test(tc, long_names);
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
