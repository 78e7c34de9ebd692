/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every blob type through NCryptImportKey and NCryptExportKey: what the key
 * says it is, what leaves it under which policy, the size asked for first,
 * and the code for each kind of damage.
 */
#include "ncrypt_help.h"

#include "crypto/crypto.h"

/* --- forms that come back byte for byte ---------------------------------- */

struct form {
	LPCWSTR type;
	const char *file;
	LPCWSTR algorithm;
	LPCWSTR group;
	DWORD bits;
	LPCWSTR curve;           /* NCRYPTBUFFER_ECC_CURVE_NAME, or NULL */
	LPCWSTR public;          /* its public form; NULL: it has none */
	bool other;              /* comes back in another dress */
};

static const struct form forms[] = {
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub.bin", u"RSA", u"RSA", 1024,
	    NULL, NULL, false },
	{ BCRYPT_PUBLIC_KEY_BLOB, "rsa1024_pub.bin", u"RSA", u"RSA", 1024,
	    NULL, NULL, false },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", u"RSA", u"RSA", 1024,
	    NULL, BCRYPT_RSAPUBLIC_BLOB, false },
	{ BCRYPT_RSAFULLPRIVATE_BLOB, "rsa1024_full.bin", u"RSA", u"RSA",
	    1024, NULL, BCRYPT_RSAPUBLIC_BLOB, false },
	{ BCRYPT_RSAFULLPRIVATE_BLOB, "rsa1024_e3_full.bin", u"RSA", u"RSA",
	    1024, NULL, BCRYPT_RSAPUBLIC_BLOB, false },
	{ BCRYPT_PRIVATE_KEY_BLOB, "rsa1024_priv.bin", u"RSA", u"RSA", 1024,
	    NULL, BCRYPT_PUBLIC_KEY_BLOB, false },
	{ BCRYPT_PRIVATE_KEY_BLOB, "rsa1024_full.bin", u"RSA", u"RSA", 1024,
	    NULL, BCRYPT_PUBLIC_KEY_BLOB, true },
	{ LEGACY_RSAPUBLIC_BLOB, "capi_rsa1024_pub.bin", u"RSA", u"RSA", 1024,
	    NULL, NULL, false },
	{ LEGACY_RSAPRIVATE_BLOB, "capi_rsa1024_priv.bin", u"RSA", u"RSA",
	    1024, NULL, LEGACY_RSAPUBLIC_BLOB, false },
	{ LEGACY_RSAPRIVATE_BLOB, "capi_rsa1024_sign_priv.bin", u"RSA",
	    u"RSA", 1024, NULL, LEGACY_RSAPUBLIC_BLOB, false },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "rsa1024.der", u"RSA", u"RSA", 1024,
	    NULL, BCRYPT_RSAPUBLIC_BLOB, false },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_ecdsa_pub.bin", u"ECDSA_P256",
	    u"ECDSA", 256, NULL, NULL, false },
	{ BCRYPT_ECCPUBLIC_BLOB, "p384_ecdsa_pub.bin", u"ECDSA_P384",
	    u"ECDSA", 384, NULL, NULL, false },
	{ BCRYPT_ECCPUBLIC_BLOB, "p521_ecdsa_pub.bin", u"ECDSA_P521",
	    u"ECDSA", 521, NULL, NULL, false },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_ecdh_pub.bin", u"ECDH_P256",
	    u"ECDH", 256, NULL, NULL, false },
	{ BCRYPT_PUBLIC_KEY_BLOB, "p384_ecdh_pub.bin", u"ECDH_P384",
	    u"ECDH", 384, NULL, NULL, false },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin", u"ECDSA_P256",
	    u"ECDSA", 256, NULL, BCRYPT_ECCPUBLIC_BLOB, false },
	{ BCRYPT_ECCPRIVATE_BLOB, "p384_ecdsa_priv.bin", u"ECDSA_P384",
	    u"ECDSA", 384, NULL, BCRYPT_ECCPUBLIC_BLOB, false },
	{ BCRYPT_PRIVATE_KEY_BLOB, "p521_ecdsa_priv.bin", u"ECDSA_P521",
	    u"ECDSA", 521, NULL, BCRYPT_PUBLIC_KEY_BLOB, false },
	{ BCRYPT_PRIVATE_KEY_BLOB, "p256_ecdh_priv.bin", u"ECDH_P256",
	    u"ECDH", 256, NULL, BCRYPT_PUBLIC_KEY_BLOB, false },
	{ BCRYPT_ECCPRIVATE_BLOB, "p384_ecdh_priv.bin", u"ECDH_P384",
	    u"ECDH", 384, NULL, BCRYPT_ECCPUBLIC_BLOB, false },
	{ BCRYPT_ECCPRIVATE_BLOB, "p521_ecdh_priv.bin", u"ECDH_P521",
	    u"ECDH", 521, NULL, BCRYPT_ECCPUBLIC_BLOB, false },
	/* X = Y = 0: the point is computed */
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdh_nopub.bin", u"ECDH_P256",
	    u"ECDH", 256, NULL, BCRYPT_ECCPUBLIC_BLOB, true },
	{ BCRYPT_ECCPRIVATE_BLOB, "secP256k1_ecdsa_priv.bin", u"ECDSA",
	    u"ECDSA", 256, u"secP256k1", BCRYPT_ECCPUBLIC_BLOB, false },
	{ BCRYPT_PRIVATE_KEY_BLOB, "secP256k1_ecdh_priv.bin", u"ECDH",
	    u"ECDH", 256, u"secP256k1", BCRYPT_PUBLIC_KEY_BLOB, false },
	{ BCRYPT_ECCPUBLIC_BLOB, "secP256k1_ecdh_pub.bin", u"ECDH",
	    u"ECDH", 256, u"secP256k1", NULL, false },
	{ BCRYPT_ECCPRIVATE_BLOB, "nistP192_ecdsa_priv.bin", u"ECDSA",
	    u"ECDSA", 192, u"nistP192", BCRYPT_ECCPUBLIC_BLOB, false },
	{ BCRYPT_ECCPRIVATE_BLOB, "brainpoolP320t1_ecdsa_priv.bin", u"ECDSA",
	    u"ECDSA", 320, u"brainpoolP320t1", BCRYPT_ECCPUBLIC_BLOB, false },
	{ BCRYPT_ECCPUBLIC_BLOB, "brainpoolP512r1_ecdh_pub.bin", u"ECDH",
	    u"ECDH", 512, u"brainpoolP512r1", NULL, false },
	{ BCRYPT_ECCPRIVATE_BLOB, "curve25519_priv.bin", u"ECDH", u"ECDH",
	    255, u"curve25519", BCRYPT_ECCPUBLIC_BLOB, false },
	{ BCRYPT_ECCPUBLIC_BLOB, "curve25519_pub.bin", u"ECDH", u"ECDH",
	    255, u"curve25519", NULL, false },
	{ BCRYPT_ECCFULLPUBLIC_BLOB, "full_p256_ecdsa_pub.bin",
	    u"ECDSA_P256", u"ECDSA", 256, NULL, NULL, false },
	{ BCRYPT_ECCFULLPRIVATE_BLOB, "full_p256_ecdsa_priv.bin",
	    u"ECDSA_P256", u"ECDSA", 256, NULL, BCRYPT_ECCFULLPUBLIC_BLOB,
	    false },
	{ BCRYPT_ECCFULLPRIVATE_BLOB, "full_other_ecdsa_priv.bin", u"ECDSA",
	    u"ECDSA", 256, NULL, BCRYPT_ECCFULLPUBLIC_BLOB, false },
	{ BCRYPT_DSA_PUBLIC_BLOB, "dsa1024_pub.bin", u"DSA", u"DSA", 1024,
	    NULL, NULL, false },
	{ BCRYPT_DSA_PUBLIC_BLOB, "dsa1024_noseed_pub.bin", u"DSA", u"DSA",
	    1024, NULL, NULL, false },
	{ BCRYPT_DSA_PRIVATE_BLOB, "dsa1024_priv.bin", u"DSA", u"DSA", 1024,
	    NULL, BCRYPT_DSA_PUBLIC_BLOB, false },
	{ BCRYPT_PRIVATE_KEY_BLOB, "dsa1024_priv.bin", u"DSA", u"DSA", 1024,
	    NULL, BCRYPT_PUBLIC_KEY_BLOB, false },
	{ BCRYPT_PRIVATE_KEY_BLOB, "dsa2048_priv.bin", u"DSA", u"DSA", 2048,
	    NULL, BCRYPT_PUBLIC_KEY_BLOB, false },
	{ BCRYPT_PUBLIC_KEY_BLOB, "dsa2048_pub.bin", u"DSA", u"DSA", 2048,
	    NULL, NULL, false },
	{ LEGACY_DSA_V2_PRIVATE_BLOB, "capi_dss1024_priv.bin", u"DSA",
	    u"DSA", 1024, NULL, LEGACY_DSA_V2_PUBLIC_BLOB, false },
	{ LEGACY_DSA_PRIVATE_BLOB, "capi_dss1024_v3_priv.bin", u"DSA",
	    u"DSA", 1024, NULL, LEGACY_DSA_PUBLIC_BLOB, false },
	{ BCRYPT_DH_PUBLIC_BLOB, "dh768_pub.bin", u"DH", u"DH", 768, NULL,
	    NULL, false },
	{ BCRYPT_DH_PRIVATE_BLOB, "dh768_priv.bin", u"DH", u"DH", 768, NULL,
	    BCRYPT_DH_PUBLIC_BLOB, false },
	{ BCRYPT_PRIVATE_KEY_BLOB, "dh768_priv.bin", u"DH", u"DH", 768, NULL,
	    BCRYPT_PUBLIC_KEY_BLOB, false },
	{ LEGACY_DH_PRIVATE_BLOB, "capi_dh1024_priv.bin", u"DH", u"DH", 1024,
	    NULL, LEGACY_DH_PUBLIC_BLOB, false },
	{ BCRYPT_KEY_DATA_BLOB, "aes128.bin", u"AES", u"AES", 128, NULL,
	    NULL, false },
	{ BCRYPT_KEY_DATA_BLOB, "aes256.bin", u"AES", u"AES", 256, NULL,
	    NULL, false },
	{ NCRYPT_CIPHER_KEY_BLOB, "cipherkey_aes256.bin", u"AES", u"AES",
	    256, NULL, NULL, false },
};

/* These need a libcrypto that knows them. */
static const struct form pq_forms[] = {
	{ BCRYPT_MLKEM_PUBLIC_BLOB, "mlkem768_pub.bin", u"ML-KEM", u"MLKEM",
	    192, NULL, NULL, false },
	{ BCRYPT_PUBLIC_KEY_BLOB, "mlkem768_pub.bin", u"ML-KEM", u"MLKEM",
	    192, NULL, NULL, false },
	{ BCRYPT_MLKEM_PRIVATE_BLOB, "mlkem512_priv.bin", u"ML-KEM",
	    u"MLKEM", 128, NULL, BCRYPT_MLKEM_PUBLIC_BLOB, false },
	{ BCRYPT_MLKEM_PRIVATE_SEED_BLOB, "mlkem1024_seed.bin", u"ML-KEM",
	    u"MLKEM", 256, NULL, BCRYPT_MLKEM_PUBLIC_BLOB, false },
	{ BCRYPT_PQDSA_PUBLIC_BLOB, "mldsa44_pub.bin", u"ML-DSA", u"MLDSA",
	    128, NULL, NULL, false },
	{ BCRYPT_PQDSA_PRIVATE_BLOB, "mldsa65_priv.bin", u"ML-DSA", u"MLDSA",
	    192, NULL, BCRYPT_PQDSA_PUBLIC_BLOB, false },
	{ BCRYPT_PQDSA_PRIVATE_SEED_BLOB, "mldsa87_seed.bin", u"ML-DSA",
	    u"MLDSA", 256, NULL, BCRYPT_PQDSA_PUBLIC_BLOB, false },
	{ BCRYPT_PQDSA_PRIVATE_BLOB, "slhdsa_sha2_128s_priv.bin",
	    u"SLH-DSA", u"SLHDSA", 128, NULL, BCRYPT_PQDSA_PUBLIC_BLOB,
	    false },
	{ NCRYPT_PQ_PRIVATE_KEY_BLOB, "mlkem768_wrapped_seed.bin", u"ML-KEM",
	    u"MLKEM", 192, NULL, BCRYPT_MLKEM_PUBLIC_BLOB, false },
};

static SECURITY_STATUS
import_form(const struct form *form, NCRYPT_KEY_HANDLE *out)
{
	NCryptBuffer curve = nc_wide_buffer(NCRYPTBUFFER_ECC_CURVE_NAME,
	    form->curve == NULL ? u"" : form->curve);
	NCryptBufferDesc list = { 0, 1, &curve };
	struct secret blob = sample_read(form->file);
	SECURITY_STATUS status;

	*out = 0;
	status = NCryptImportKey(nc_prov, 0, form->type,
	    form->curve == NULL ? NULL : &list, out, blob.ptr,
	    (DWORD)blob.len, 0);
	secret_free(&blob);
	return status;
}

static void
says_what_it_is(const struct form *form, NCRYPT_KEY_HANDLE key)
{
	nc_text_is(key, NCRYPT_ALGORITHM_PROPERTY, form->algorithm);
	nc_text_is(key, NCRYPT_ALGORITHM_GROUP_PROPERTY, form->group);
	ck_assert_uint_eq(nc_number(key, NCRYPT_LENGTH_PROPERTY), form->bits);
	ck_assert_uint_eq(nc_number(key, NCRYPT_EXPORT_POLICY_PROPERTY), 0);
	ck_assert_uint_eq(nc_number(key, NCRYPT_KEY_USAGE_PROPERTY),
	    NCRYPT_ALLOW_ALL_USAGES);
	ck_assert_uint_eq(nc_number(key, NCRYPT_KEY_TYPE_PROPERTY), 0);
	if (form->curve != NULL)
		nc_text_is(key, NCRYPT_ECC_CURVE_NAME_PROPERTY, form->curve);
}

/* The size first, then a buffer a byte too small, none, and one too big. */
static void
leaves_in_two_calls(const struct form *form, NCRYPT_KEY_HANDLE key,
    struct secret *out)
{
	DWORD size = 0, again = 0;
	BYTE none;

	ck_status(NCryptExportKey(key, 0, form->type, NULL, NULL, 0, &size,
	    0), ERROR_SUCCESS);
	ck_assert_uint_gt(size, 0);
	ck_assert_int_eq(secret_new(out, size + 1), CNG_OK);
	ck_status(NCryptExportKey(key, 0, form->type, NULL, out->ptr,
	    size - 1, &again, 0), NTE_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(again, size);
	ck_status(NCryptExportKey(key, 0, form->type, NULL, &none, 0, &again,
	    0), NTE_BUFFER_TOO_SMALL);
	ck_assert_uint_eq(again, size);
	ck_status(NCryptExportKey(key, 0, form->type, NULL, out->ptr,
	    size + 1, &again, NCRYPT_SILENT_FLAG), ERROR_SUCCESS);
	ck_assert_uint_eq(again, size);
	secret_truncate(out, size);
}

static void
stays_or_leaves(const struct form *form, NCRYPT_KEY_HANDLE key,
    bool is_public)
{
	struct secret want = sample_read(form->file), got = { 0 };
	DWORD size;

	if (!is_public) {
		/* the size alone is judged as well */
		ck_status(NCryptExportKey(key, 0, form->type, NULL, NULL, 0,
		    &size, 0), NTE_NOT_SUPPORTED);
		ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
		    NCRYPT_ALLOW_EXPORT_FLAG), ERROR_SUCCESS);
		ck_status(NCryptExportKey(key, 0, form->type, NULL, NULL, 0,
		    &size, 0), NTE_NOT_SUPPORTED);
		ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
		    NCRYPT_ALLOW_EXPORT_FLAG |
		    NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG), ERROR_SUCCESS);
	}
	leaves_in_two_calls(form, key, &got);
	ck_assert_msg(form->other || secret_equal(secret_span(&got),
	    secret_span(&want)), "%s is another one", form->file);
	secret_free(&got);
	secret_free(&want);
}

static void
one_form(const struct form *form)
{
	bool secret = form->type[0] == u'K' || form->type[0] == u'C';
	bool is_public;
	struct secret blob;
	NCRYPT_KEY_HANDLE key;

	ck_status(import_form(form, &key), ERROR_SUCCESS);
	ck_assert(NCryptIsKeyHandle(key));
	secret = nc_number(key, NCRYPT_BLOCK_LENGTH_PROPERTY) == 16 && secret;
	is_public = form->public == NULL && !secret;
	says_what_it_is(form, key);
	if (form->public != NULL) {
		ck_status(nc_export(key, form->public, &blob), ERROR_SUCCESS);
		secret_free(&blob);
	}
	if (is_public) {
		ck_status(nc_export(key, BCRYPT_PRIVATE_KEY_BLOB, &blob),
		    NTE_BAD_TYPE);
		ck_status(nc_export(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
		    &blob), NTE_BAD_TYPE);
	}
	stays_or_leaves(form, key, is_public);
	/* it has no name, and was never in a store */
	ck_status(NCryptFinalizeKey(key, 0), NTE_INVALID_HANDLE);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	ck_status(NCryptFreeObject(key), NTE_INVALID_HANDLE);
}

START_TEST(each_form)
{
	one_form(&forms[_i]);
}
END_TEST

START_TEST(each_pq_form)
{
	one_form(&pq_forms[_i]);
}
END_TEST

/* --- forms that a key does not have -------------------------------------- */

static const struct {
	LPCWSTR type;
	const char *file;
	LPCWSTR wanted;
	SECURITY_STATUS status;
} crossed[] = {
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", BCRYPT_ECCPRIVATE_BLOB,
	    NTE_BAD_TYPE },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", BCRYPT_KEY_DATA_BLOB,
	    NTE_BAD_TYPE },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", NCRYPT_CIPHER_KEY_BLOB,
	    NTE_BAD_TYPE },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", u"OpaqueKeyBlob",
	    NTE_BAD_TYPE },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", NCRYPT_KDF_KEY_BLOB,
	    NTE_BAD_TYPE },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    NCRYPT_TPM_LOADABLE_KEY_BLOB, NTE_BAD_TYPE },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    NCRYPT_ISOLATED_KEY_ENVELOPE_BLOB, NTE_BAD_TYPE },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin", u"RSAPUBLICBLOB ",
	    NTE_BAD_TYPE },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv.bin",
	    BCRYPT_MLKEM_PRIVATE_BLOB, NTE_BAD_TYPE },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin",
	    BCRYPT_RSAPRIVATE_BLOB, NTE_BAD_TYPE },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_ecdsa_priv.bin",
	    BCRYPT_DSA_PRIVATE_BLOB, NTE_BAD_TYPE },
	{ BCRYPT_DSA_PRIVATE_BLOB, "dsa1024_priv.bin",
	    BCRYPT_DH_PRIVATE_BLOB, NTE_BAD_TYPE },
	{ BCRYPT_DSA_PRIVATE_BLOB, "dsa2048_priv.bin",
	    LEGACY_DSA_V2_PRIVATE_BLOB, NTE_BAD_TYPE },
	{ BCRYPT_DH_PRIVATE_BLOB, "dh768_priv.bin", BCRYPT_DH_PUBLIC_BLOB,
	    ERROR_SUCCESS },
	{ BCRYPT_KEY_DATA_BLOB, "aes128.bin", BCRYPT_PUBLIC_KEY_BLOB,
	    NTE_BAD_TYPE },
	{ BCRYPT_KEY_DATA_BLOB, "aes128.bin", NCRYPT_PKCS8_PRIVATE_KEY_BLOB,
	    NTE_BAD_TYPE },
	{ BCRYPT_KEY_DATA_BLOB, "aes128.bin", NCRYPT_CIPHER_KEY_BLOB,
	    ERROR_SUCCESS },
	/* a curve without a name has no short form */
	{ BCRYPT_ECCFULLPRIVATE_BLOB, "full_other_ecdsa_priv.bin",
	    BCRYPT_ECCPRIVATE_BLOB, NTE_BAD_TYPE },
	{ BCRYPT_ECCFULLPRIVATE_BLOB, "full_other_ecdsa_priv.bin",
	    BCRYPT_ECCPUBLIC_BLOB, NTE_BAD_TYPE },
};

START_TEST(no_such_form)
{
	NCRYPT_KEY_HANDLE key = nc_import(crossed[_i].type,
	    crossed[_i].file);
	DWORD size;

	ck_status(nc_set_number(key, NCRYPT_EXPORT_POLICY_PROPERTY,
	    NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG), ERROR_SUCCESS);
	ck_status(NCryptExportKey(key, 0, crossed[_i].wanted, NULL, NULL, 0,
	    &size, 0), crossed[_i].status);
	ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
}
END_TEST

/* --- damage -------------------------------------------------------------- */

static const struct {
	LPCWSTR type;
	const char *file;
	SECURITY_STATUS status;
	LPCWSTR curve;
} damaged[] = {
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub_trailing.bin", NTE_BAD_DATA,
	    NULL },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv_short.bin", NTE_BAD_DATA,
	    NULL },
	{ BCRYPT_RSAFULLPRIVATE_BLOB, "rsa1024_full_header_only.bin",
	    NTE_BAD_DATA, NULL },
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_pub_huge_cbpublicexp.bin",
	    NTE_BAD_DATA, NULL },
	{ BCRYPT_RSAPRIVATE_BLOB, "rsa1024_priv_wide_primes.bin",
	    NTE_BAD_DATA, NULL },
	/* a private blob is no public one, nor the other way round */
	{ BCRYPT_RSAPUBLIC_BLOB, "rsa1024_priv.bin", NTE_INVALID_PARAMETER,
	    NULL },
	{ BCRYPT_PUBLIC_KEY_BLOB, "rsa1024_priv.bin", NTE_INVALID_PARAMETER,
	    NULL },
	{ BCRYPT_PRIVATE_KEY_BLOB, "rsa1024_pub.bin", NTE_INVALID_PARAMETER,
	    NULL },
	{ BCRYPT_RSAPRIVATE_BLOB, "p256_ecdsa_priv.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_ECCPRIVATE_BLOB, "rsa1024_priv.bin", NTE_INVALID_PARAMETER,
	    NULL },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_pub_p384_magic.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_pub_short.bin", NTE_INVALID_PARAMETER,
	    NULL },
	{ BCRYPT_ECCPRIVATE_BLOB, "p256_priv_order_d.bin",
	    NTE_INVALID_PARAMETER, NULL },
	/* a generic magic without a curve, with none of ours, with another */
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_pub_generic_magic.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_ECCPRIVATE_BLOB, "secP256k1_ecdsa_priv.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_ECCPRIVATE_BLOB, "secP256k1_ecdsa_priv.bin",
	    NTE_INVALID_PARAMETER, u"secp256k1" },
	{ BCRYPT_ECCPRIVATE_BLOB, "secP256k1_ecdsa_priv.bin",
	    NTE_INVALID_PARAMETER, u"nistP256" },
	{ BCRYPT_ECCPRIVATE_BLOB, "secP256k1_ecdsa_priv.bin",
	    NTE_INVALID_PARAMETER, u"sect163k1" },
	{ BCRYPT_ECCPRIVATE_BLOB, "secP256k1_ecdsa_priv.bin",
	    NTE_INVALID_PARAMETER, u"" },
	{ BCRYPT_ECCPRIVATE_BLOB, "curve25519_ecdsa.bin",
	    NTE_INVALID_PARAMETER, u"curve25519" },
	{ BCRYPT_ECCPUBLIC_BLOB, "curve25519_y.bin", NTE_INVALID_PARAMETER,
	    u"curve25519" },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_pub_generic_magic.bin", ERROR_SUCCESS,
	    u"nistP256" },
	{ BCRYPT_ECCPUBLIC_BLOB, "p256_pub_generic_magic.bin", ERROR_SUCCESS,
	    u"secP256r1" },
	{ BCRYPT_ECCFULLPRIVATE_BLOB, "full_bad_trailing.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_ECCFULLPUBLIC_BLOB, "full_bad_magic.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_DSA_PUBLIC_BLOB, "dsa1024_pub_trailing.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_DSA_PUBLIC_BLOB, "dsa1024_pub_other_seed.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_DSA_PUBLIC_BLOB, "dsa2048_pub_group20.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_DSA_PRIVATE_BLOB, "dsa1024_priv_other_x.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_DH_PUBLIC_BLOB, "dh768_pub_trailing.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_DH_PUBLIC_BLOB, "dh768_pub_y0.bin", NTE_INVALID_PARAMETER,
	    NULL },
	{ BCRYPT_DH_PUBLIC_BLOB, "dh768_pub_y1.bin", NTE_INVALID_PARAMETER,
	    NULL },
	{ BCRYPT_DH_PRIVATE_BLOB, "dh768_priv_short.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ LEGACY_RSAPRIVATE_BLOB, "capi_rsa1024_priv_short.bin",
	    NTE_BAD_DATA, NULL },
	{ LEGACY_RSAPUBLIC_BLOB, "capi_rsa1024_pub_trailing.bin",
	    NTE_BAD_DATA, NULL },
	{ BCRYPT_KEY_DATA_BLOB, "keydata_short.bin", NTE_INVALID_PARAMETER,
	    NULL },
	{ BCRYPT_KEY_DATA_BLOB, "keydata_trailing.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ BCRYPT_KEY_DATA_BLOB, "keydata_version2.bin",
	    NTE_INVALID_PARAMETER, NULL },
	{ NCRYPT_CIPHER_KEY_BLOB, "cipherkey_trailing.bin", NTE_BAD_DATA,
	    NULL },
	{ NCRYPT_CIPHER_KEY_BLOB, "cipherkey_3des.bin", NTE_NOT_SUPPORTED,
	    NULL },
	{ NCRYPT_OPAQUETRANSPORT_BLOB, "opaque_mib1.bin", NTE_NOT_SUPPORTED,
	    NULL },
	{ NCRYPT_KDF_KEY_BLOB, "kdfkey.bin", NTE_NOT_SUPPORTED, NULL },
	{ BCRYPT_OPAQUE_KEY_BLOB, "aes128.bin", NTE_NOT_SUPPORTED, NULL },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "p256_ecdh_oid.der",
	    NTE_NOT_SUPPORTED, NULL },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "p256_short.der", NTE_BAD_DATA,
	    NULL },
	{ NCRYPT_PKCS8_PRIVATE_KEY_BLOB, "p256_no_point.der", ERROR_SUCCESS,
	    NULL },
};

START_TEST(damage)
{
	struct form form = { .type = damaged[_i].type,
		.file = damaged[_i].file, .curve = damaged[_i].curve };
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status = import_form(&form, &key);

	ck_assert_msg(status == damaged[_i].status, "%s: 0x%08x, not 0x%08x",
	    damaged[_i].file, (unsigned)status, (unsigned)damaged[_i].status);
	if (status == ERROR_SUCCESS)
		ck_status(NCryptFreeObject(key), ERROR_SUCCESS);
	else
		ck_assert_uint_eq(key, 0);
}
END_TEST

/* Cut anywhere, no blob is taken, and none makes a key. */
START_TEST(cut_short)
{
	const struct form *form = &forms[_i];
	NCryptBuffer curve = nc_wide_buffer(NCRYPTBUFFER_ECC_CURVE_NAME,
	    form->curve == NULL ? u"nistP256" : form->curve);
	NCryptBufferDesc list = { 0, 1, &curve };
	struct secret blob = sample_read(form->file);
	NCRYPT_KEY_HANDLE key;
	SECURITY_STATUS status;

	for (size_t len = 0; len < blob.len; len++) {
		key = 1;
		status = NCryptImportKey(nc_prov, 0, form->type, &list, &key,
		    blob.ptr, (DWORD)len, 0);
		ck_assert_msg(status == NTE_INVALID_PARAMETER ||
		    status == NTE_BAD_DATA, "%s cut to %zu: 0x%08x",
		    form->file, len, (unsigned)status);
		ck_assert_uint_eq(key, 0);
	}
	secret_free(&blob);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ncrypt_behaviour_blob");
	TCase *tc = tcase_create("types");

	tcase_add_checked_fixture(tc, nc_begin, nc_end);
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, each_form, 0, ARRAY_LEN(forms));
	/* where they are not known, ncrypt_types sees them refused */
	if (crypto_has_set(KEY_SET_MLKEM_768))
		tcase_add_loop_test(tc, each_pq_form, 0,
		    ARRAY_LEN(pq_forms));
	tcase_add_loop_test(tc, no_such_form, 0, ARRAY_LEN(crossed));
	tcase_add_loop_test(tc, damage, 0, ARRAY_LEN(damaged));
	tcase_add_loop_test(tc, cut_short, 0, ARRAY_LEN(forms));
	suite_add_tcase(suite, tc);
	return sample_main(suite);
}
