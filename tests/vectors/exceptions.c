/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fixed list of rows that are not ordinary.
 */
#include "exceptions.h"

#include <string.h>

#include "base/util.h"

#define SAME VERDICT_SAME, CNG_OK
#define EQUAL VERDICT_EQUAL, CNG_OK
#define REFUSED(st) VERDICT_REFUSED, CNG_ERR_##st

static const char sealed[] = "encryption draws a fresh salt";
static const char no_point[] = "X = Y = 0: comes back with the point";
static const char no_binary[] = "binary field: Windows refuses it, too";
static const char explicit_curve[] = "comes back with the curve's name";
static const char wrapped[] = "wrapping draws a fresh AES key";
static const char optional[] = "has no [0] parameters; Windows writes them";
static const char seed_only[] = "a known seed is written alone";

static const struct exception exceptions[] = {
	{ "negative/rsa_pub_bitlen_mismatch.bin", EQUAL,
	    "BitLength is not trusted, and put right" },
	{ "negative/ecc_p256_pub_ecdh_magic_under_ecdsa.bin", SAME,
	    "wrong under an algorithm handle only; here the magic decides" },
	{ "negative/ecc_p256_pub_cbkey2.bin", REFUSED(BAD_DATA),
	    "cbKey is not the width of the curve" },

	{ "ecc/go_ecdh_p256_priv_nopub.bin", EQUAL, no_point },
	{ "ecc/go_ecdh_p384_priv_nopub.bin", EQUAL, no_point },
	{ "ecc/go_ecdh_p521_priv_nopub.bin", EQUAL, no_point },
	{ "p256_ecdh_nopub.bin", EQUAL, no_point },
	{ "full_p256_ecdh_nopub.bin", EQUAL, no_point },
	{ "curve25519_nopub.bin", EQUAL, no_point },
	{ "full_p256_ecdsa_priv_magic.bin", EQUAL,
	    "the full layout is written with the generic magics" },

	{ "ecc/go_x25519_priv_nopub.bin", EQUAL, no_point },
	{ "pkcs8/dotnet_ReadWriteBrainpoolKey1Pkcs8.der", EQUAL, optional },
	{ "pkcs8/dotnet_ReadWriteBrainpoolKey1EncryptedPkcs8.der", EQUAL,
	    sealed },
	{ "pkcs8/dotnet_ECDsabrainpoolP160r1_Pfx_bag0.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ECDsabrainpoolP160r1_Pfx_bag0_plain.der", EQUAL,
	    optional },
	{ "pkcs8/dotnet_ECDsabrainpoolP160r1_Explicit_Pfx_bag0.der", EQUAL,
	    sealed },
	{ "pkcs8/dotnet_ECDsabrainpoolP160r1_Explicit_Pfx_bag0_plain.der",
	    EQUAL, explicit_curve },

	{ "pkcs8/dotnet_ReadWriteSect163k1Key1Pkcs8.der", REFUSED(BAD_CURVE),
	    no_binary },
	{ "pkcs8/dotnet_ReadWriteSect163k1Key1EncryptedPkcs8.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/dotnet_ReadWriteSect163k1Key1SubjectPublicKeyInfo.spki.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/dotnet_ReadWriteSect163k1Key1ExplicitPkcs8.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/dotnet_ReadWriteSect163k1Key1ExplicitEncryptedPkcs8.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/"
	  "dotnet_ReadWriteSect163k1Key1ExplicitSubjectPublicKeyInfo.spki.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/dotnet_ReadWriteSect283k1Key1Pkcs8.der", REFUSED(BAD_CURVE),
	    no_binary },
	{ "pkcs8/dotnet_ReadWriteSect283k1Key1EncryptedPkcs8.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/dotnet_ReadWriteSect283k1Key1SubjectPublicKeyInfo.spki.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/dotnet_ReadWriteC2pnb163v1Pkcs8.der", REFUSED(BAD_CURVE),
	    no_binary },
	{ "pkcs8/dotnet_ReadWriteC2pnb163v1EncryptedPkcs8.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/dotnet_ReadWriteC2pnb163v1SubjectPublicKeyInfo.spki.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/dotnet_ReadWriteC2pnb163v1ExplicitPkcs8.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/dotnet_ReadWriteC2pnb163v1ExplicitEncryptedPkcs8.der",
	    REFUSED(BAD_CURVE), no_binary },
	{ "pkcs8/"
	  "dotnet_ReadWriteC2pnb163v1ExplicitSubjectPublicKeyInfo.spki.der",
	    REFUSED(BAD_CURVE), no_binary },

	{ "pkcs8/dotnet_ReadWriteNistP521Pkcs8_ECDH.der",
	    REFUSED(NOT_SUPPORTED), "id-ecDH is refused on every platform" },
	{ "pkcs8/dotnet_ReadWriteNistP521SubjectPublicKeyInfo_ECDH.spki.der",
	    REFUSED(NOT_SUPPORTED), "id-ecDH is refused on every platform" },

	{ "pkcs8/dotnet_ReadWriteDsa512EncryptedPkcs8.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ReadWriteDsa576EncryptedPkcs8.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ReadWriteDsa1024EncryptedPkcs8.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ReadWriteDsa1024EncryptedPkcs8_PasswordBytes.der",
	    EQUAL, sealed },
	{ "pkcs8/dotnet_ReadWriteDsa2048EncryptedPkcs8.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ReadWriteDsa2048DeficientXEncryptedPkcs8.der",
	    EQUAL, sealed },
	{ "pkcs8/dotnet_Dsa1024Pfx_bag0.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ReadEncryptedDiminishedDP.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ReadEncryptedRsa1032.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ReadEncryptedRsa16384.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ReadPbes2Rc2EncryptedDiminishedDP.der", EQUAL,
	    sealed },
	{ "pkcs8/dotnet_ReadPbes2Rc2EncryptedDiminishedDP_PasswordBytes.der",
	    EQUAL, sealed },
	{ "pkcs8/dotnet_ReadEncryptedDiminishedDP_EmptyPassword.der", EQUAL,
	    sealed },
	{ "pkcs8/dotnet_ReadPbes1Rc2EncryptedRsa384.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ReadNistP521EncryptedPkcs8_Pbes2_Aes128_Sha384.der",
	    EQUAL, sealed },
	{ "pkcs8/dotnet_ReadNistP521EncryptedPkcs8_Pbes2_Aes128_Sha384"
	  "_PasswordBytes.der",
	    EQUAL, sealed },
	{ "pkcs8/dotnet_ReadNistP256EncryptedPkcs8_Pbes1_RC2_MD5.der", EQUAL,
	    sealed },
	{ "pkcs8/dotnet_ReadWriteNistP256ExplicitEncryptedPkcs8.der", EQUAL,
	    sealed },
	{ "pkcs8/dotnet_PfxData_bag0.der", EQUAL, sealed },
	{ "pkcs8/dotnet_ECDsaP256_DigitalSignature_Pfx_Windows_bag0.der",
	    EQUAL, sealed },
	{ "pkcs8/wine_crypt32_pfxdata_bag0.der", EQUAL, sealed },
	{ "pkcs8/constructed_p256_pbe3des_pw.der", EQUAL, sealed },
	{ "pkcs8/constructed_p256_pbe3des_emptypw.der", EQUAL, sealed },
	{ "pkcs8/constructed_p256_pbe3des_nonascii_iter1.der", EQUAL, sealed },
	{ "pkcs8/constructed_p256_pbe3des_salt16.der", EQUAL, sealed },
	{ "enc_3des.der", EQUAL, sealed },
	{ "enc_3des_empty.der", EQUAL, sealed },
	{ "enc_3des_utf8.der", EQUAL, sealed },
	{ "enc_rc2_40.der", EQUAL, sealed },
	{ "enc_md5_des.der", EQUAL, sealed },
	{ "enc_sha1_rc2.der", EQUAL, sealed },
	{ "enc_aes256.der", EQUAL, sealed },
	{ "enc_aes128_sha1.der", EQUAL, sealed },
	{ "enc_aes192_sha512.der", EQUAL, sealed },
	{ "enc_pbes2_3des.der", EQUAL, sealed },
	{ "enc_scrypt.der", EQUAL, sealed },

	{ "sym/3des_cipherkeyblob.bin", REFUSED(NOT_SUPPORTED),
	    "3DES is recognised, but not a key of ours" },
	{ "sym/pkcs11rsaaeswrap_rsa2048.bin", EQUAL, wrapped },
	{ "rsaaes_sha256.bin", EQUAL, wrapped },
	{ "rsaaes_sha1_aes192.bin", EQUAL, wrapped },
	{ "rsaaes_sha384_aes128.bin", EQUAL, wrapped },
	{ "rsaaes_label.bin", EQUAL, wrapped },
	{ "rsaaes_rsa2048.bin", EQUAL, wrapped },
	{ "opaque_p256.bin", REFUSED(ARGUMENT),
	    "only the token opens it: tests/matrix does" },

	{ "pkcs8/dotnet_ReadWriteNistP256ExplicitPkcs8.der", EQUAL,
	    explicit_curve },
	{ "pkcs8/dotnet_ReadWriteNistP256ExplicitSubjectPublicKeyInfo.spki"
	  ".der",
	    EQUAL, explicit_curve },
	{ "p256_explicit.der", EQUAL, explicit_curve },
	{ "pkcs8/azihsm_p256.der", EQUAL, optional },
	{ "pkcs8/dotnet_ReadWriteNistP521Pkcs8.der", EQUAL, optional },
	{ "p256_openssl.der", EQUAL, optional },
	{ "secp256k1.der", EQUAL, optional },
	{ "brainpoolP384t1.der", EQUAL, optional },
	{ "secp256k1_explicit.der", EQUAL, explicit_curve },
	{ "other_compressed.spki.der", EQUAL, "points are written in full" },
	{ "other_no_cofactor.spki.der", EQUAL, "the cofactor is written" },
	{ "mlkem768_both.der", EQUAL, seed_only },
	{ "mldsa44_both.der", EQUAL, seed_only },
	{ "negative/mlkem768_pub_trailing2.bin", REFUSED(BAD_DATA),
	    "no left-over bytes, whatever others tolerate" },
	{ "p256_no_point.der", EQUAL, "has no [1] point; Windows writes it" },
	{ "p256_minimal_usage.der", EQUAL,
	    "Windows counts no unused bits in the key usage" },
	{ "capi_dh768_ephem_pub.bin", EQUAL, "comes back as CALG_DH_SF" },
	{ "dh768_bits.der", EQUAL, "how long x is is not written" },
	{ "p384_compressed.spki.der", EQUAL, "points are written in full" },
};

const struct exception *
exception_find(const char *file)
{
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
		if (strcmp(exceptions[i].file, file) == 0)
			return &exceptions[i];
	return NULL;
}
