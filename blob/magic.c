/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names for every magic of the CNG world, also of the blobs that are not
 * ours, so that a stranger can be told by name.
 */
#include "blob/magic.h"

#include "base/rd.h"
#include "base/util.h"
#include "blob/blob.h"

static const struct magic_row {
	uint32_t magic;
	const char *text;    /* what it announces */
	const char *foreign; /* the blob's own name, unless it is one of ours */
} magics[] = {
	{ MAGIC_RSA1, "RSA public key", NULL },
	{ MAGIC_RSA2, "RSA private key, primes only", NULL },
	{ MAGIC_RSA3, "RSA private key, all numbers", NULL },
	{ MAGIC('E', 'C', 'K', '1'), "ECDH P-256 public key", NULL },
	{ MAGIC('E', 'C', 'K', '2'), "ECDH P-256 private key", NULL },
	{ MAGIC('E', 'C', 'K', '3'), "ECDH P-384 public key", NULL },
	{ MAGIC('E', 'C', 'K', '4'), "ECDH P-384 private key", NULL },
	{ MAGIC('E', 'C', 'K', '5'), "ECDH P-521 public key", NULL },
	{ MAGIC('E', 'C', 'K', '6'), "ECDH P-521 private key", NULL },
	{ MAGIC('E', 'C', 'S', '1'), "ECDSA P-256 public key", NULL },
	{ MAGIC('E', 'C', 'S', '2'), "ECDSA P-256 private key", NULL },
	{ MAGIC('E', 'C', 'S', '3'), "ECDSA P-384 public key", NULL },
	{ MAGIC('E', 'C', 'S', '4'), "ECDSA P-384 private key", NULL },
	{ MAGIC('E', 'C', 'S', '5'), "ECDSA P-521 public key", NULL },
	{ MAGIC('E', 'C', 'S', '6'), "ECDSA P-521 private key", NULL },
	{ MAGIC_KDBM, "bytes of a secret key", NULL },
	{ MAGIC('E', 'C', 'K', 'P'), "ECDH public key, of any curve", NULL },
	{ MAGIC('E', 'C', 'K', 'V'), "ECDH private key, of any curve", NULL },
	{ MAGIC('E', 'C', 'D', 'P'), "ECDSA public key, of any curve", NULL },
	{ MAGIC('E', 'C', 'D', 'V'), "ECDSA private key, of any curve",
	    NULL },
	{ MAGIC_DSPB, "DSA public key", NULL },
	{ MAGIC_DSPV, "DSA private key", NULL },
	{ MAGIC_DPB2, "DSA public key, version 2", NULL },
	{ MAGIC_DPV2, "DSA private key, version 2", NULL },
	{ MAGIC_DHPB, "Diffie-Hellman public key", NULL },
	{ MAGIC_DHPV, "Diffie-Hellman private key", NULL },
	{ MAGIC_DSS1, "CryptoAPI DSA public key", NULL },
	{ MAGIC_DSS2, "CryptoAPI DSA private key", NULL },
	{ MAGIC_DSS3, "CryptoAPI DSA public key, version 3", NULL },
	{ MAGIC_DSS4, "CryptoAPI DSA private key, version 3", NULL },
	{ MAGIC_DH3, "CryptoAPI Diffie-Hellman public key, version 3", NULL },
	{ MAGIC_DH4, "CryptoAPI Diffie-Hellman private key, version 3",
	    NULL },
	{ MAGIC('M', 'L', 'K', 'P'), "ML-KEM public key", NULL },
	{ MAGIC('M', 'L', 'K', 'R'), "ML-KEM private key", NULL },
	{ MAGIC('M', 'L', 'K', 'S'), "ML-KEM private seed", NULL },
	{ MAGIC('D', 'S', 'P', 'K'), "ML-DSA public key", NULL },
	{ MAGIC('D', 'S', 'S', 'K'), "ML-DSA private key", NULL },
	{ MAGIC('D', 'S', 'S', 'S'), "ML-DSA private seed", NULL },
	{ MAGIC('S', 'H', 'P', 'K'), "SLH-DSA public key", NULL },
	{ MAGIC('S', 'H', 'S', 'K'), "SLH-DSA private key", NULL },
	{ MAGIC('L', 'M', 'P', 'K'), "LMS public key",
	    "PQDSAPUBLICBLOB of LMS" },
	{ MAGIC('X', 'M', 'P', 'K'), "XMSS public key",
	    "PQDSAPUBLICBLOB of XMSS" },
	{ MAGIC('C', 'M', 'K', 'P'), "composite ML-KEM public key",
	    "composite ML-KEM public blob" },
	{ MAGIC('C', 'M', 'K', 'R'), "composite ML-KEM private key",
	    "composite ML-KEM private blob" },
	{ MAGIC('C', 'M', 'K', 'S'), "composite ML-KEM private seed",
	    "composite ML-KEM seed blob" },
	{ MAGIC('C', 'M', 'P', 'K'), "composite ML-DSA public key",
	    "composite ML-DSA public blob" },
	{ MAGIC('C', 'M', 'S', 'K'), "composite ML-DSA private key",
	    "composite ML-DSA private blob" },
	{ MAGIC_PQPR, "post-quantum private key", NULL },
	{ MAGIC_RAPW, "key wrapped by RSA and AES", NULL },
	{ MAGIC_MIB1, "key container of Windows", NULL },
	{ MAGIC_CNGT, "key sealed by a token of cng-pkcs11", NULL },
	{ MAGIC_KPTM, "TPM key", "PcpTpmProtectedKeyBlob" },
	/* these stand behind a length */
	{ MAGIC_CPHR, "key of a cipher", NULL },
	{ MAGIC_KDF1, "key of a derivation function", NULL },
	{ MAGIC_PRTK, "key under DPAPI-NG", NULL },
	{ MAGIC_KDSK, "of a group key distribution service", NULL },
	{ MAGIC_CNGP, "of a token of cng-pkcs11", NULL },
};

/* Magics that stand behind a length. */
static const struct {
	uint32_t magic;
	const char *name;
} behind_length[] = {
	{ MAGIC_KDF1, "KDFKeyBlob" },
	{ MAGIC('D', 'H', 'P', 'M'), "DHParameters property" },
	{ MAGIC('D', 'S', 'P', 'M'), "DSAParameters property" },
	{ MAGIC('D', 'P', 'M', '2'), "DSAParameters property" },
};

/* CryptoAPI: type, version, two zero bytes, algorithm; then a magic. */
#define CAPI_SIMPLE MAGIC(1, 2, 0, 0)
#define CAPI_PUBLIC2 MAGIC(6, 2, 0, 0)
#define CAPI_PRIVATE2 MAGIC(7, 2, 0, 0)
#define CAPI_PLAINTEXT MAGIC(8, 2, 0, 0)

static const struct {
	uint32_t header;
	uint32_t magic; /* 0: any */
	const char *name;
} capi[] = {
	{ CAPI_PUBLIC2, MAGIC(0, 'D', 'H', '1'), "CryptoAPI DH public blob" },
	{ CAPI_PRIVATE2, MAGIC(0, 'D', 'H', '2'),
	    "CryptoAPI DH private blob" },
	{ CAPI_SIMPLE, 0, "CryptoAPI SIMPLEBLOB" },
	{ CAPI_PLAINTEXT, 0, "CryptoAPI PLAINTEXTKEYBLOB" },
};

static const struct magic_row *
row_of(uint32_t magic)
{
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (magics[i].magic == magic)
			return &magics[i];
	return NULL;
}

const char *
magic_text(uint32_t magic)
{
	const struct magic_row *row = row_of(magic);

	return row == NULL ? NULL : row->text;
}

static const char *
capi_name(uint32_t header, uint32_t magic)
{
	for (size_t i = 0; i < ARRAY_LEN(capi); i++)
		if (capi[i].header == header &&
		    (capi[i].magic == 0 || capi[i].magic == magic))
			return capi[i].name;
	return NULL;
}

const char *
blob_foreign_name(struct span in)
{
	static const char pem[] = "-----BEGIN ";
	const struct magic_row *row;
	struct rd r = rd_of(in);
	uint32_t first = 0, second = 0, third = 0;

	if (in.len > sizeof pem &&
	    span_equal(span_of(in.ptr, sizeof pem - 1), span_str(pem)))
		return "PEM text";
	if (!rd_u32le(&r, &first))
		return NULL;
	row = row_of(first);
	if (row != NULL)
		return row->foreign;
	if (!rd_u32le(&r, &second))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(behind_length); i++)
		if (behind_length[i].magic == second)
			return behind_length[i].name;
	if (!rd_u32le(&r, &third))
		return NULL;
	return capi_name(first, third);
}
