/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names of what lies beside the blob types we read, so that a user learns
 * what the file is.
 */
#include "cli/keyfile.h"

#include "base/util.h"

struct signature {
	size_t offset;
	const char *bytes;
	size_t len;
	const char *name;
};

static const struct signature signatures[] = {
	{ 0, "DSPB", 4, "DSAPUBLICBLOB (DSA, to 1024 bits)" },
	{ 0, "DSPV", 4, "DSAPRIVATEBLOB (DSA, to 1024 bits)" },
	{ 0, "DPB2", 4, "DSAPUBLICBLOB (DSA, to 3072 bits)" },
	{ 0, "DPV2", 4, "DSAPRIVATEBLOB (DSA, to 3072 bits)" },
	{ 4, "DSPM", 4, "DSA parameters" },
	{ 4, "DPM2", 4, "DSA parameters" },
	{ 0, "DHPB", 4, "DHPUBLICBLOB" },
	{ 0, "DHPV", 4, "DHPRIVATEBLOB" },
	{ 4, "DHPM", 4, "DH parameters" },
	{ 0, "ECKP", 4, "ECCPUBLICBLOB (ECDH, curve named elsewhere)" },
	{ 0, "ECKV", 4, "ECCPRIVATEBLOB (ECDH, curve named elsewhere)" },
	{ 0, "ECDP", 4, "ECCPUBLICBLOB (ECDSA, curve named elsewhere)" },
	{ 0, "ECDV", 4, "ECCPRIVATEBLOB (ECDSA, curve named elsewhere)" },
	{ 0, "MLKP", 4, "MLKEMPUBLICBLOB" },
	{ 0, "MLKR", 4, "MLKEMPRIVATEBLOB" },
	{ 0, "MLKS", 4, "MLKEMPRIVATESEEDBLOB" },
	{ 0, "DSPK", 4, "PQDSAPUBLICBLOB (ML-DSA)" },
	{ 0, "DSSK", 4, "PQDSAPRIVATEBLOB (ML-DSA)" },
	{ 0, "DSSS", 4, "PQDSAPRIVATESEEDBLOB (ML-DSA)" },
	{ 0, "SHPK", 4, "PQDSAPUBLICBLOB (SLH-DSA)" },
	{ 0, "SHSK", 4, "PQDSAPRIVATEBLOB (SLH-DSA)" },
	{ 0, "LMPK", 4, "PQDSAPUBLICBLOB (LMS)" },
	{ 0, "XMPK", 4, "PQDSAPUBLICBLOB (XMSS)" },
	{ 0, "PQPR", 4, "PQPrivateKeyBlob" },
	{ 4, "CPHR", 4, "CipherKeyBlob" },
	{ 4, "KDF1", 4, "KDFKeyBlob" },
	{ 4, "PRTK", 4, "ProtectedKeyBlob (DPAPI-NG)" },
	{ 0, "RAPW", 4, "PKCS11RsaAesWrapBlob" },
	{ 0, "MIB1", 4, "OpaqueTransport" },
	{ 0, "KPTM", 4, "PcpTpmProtectedKeyBlob (of a TPM)" },
	{ 8, "RSA1", 4, "CAPIPUBLICBLOB (RSA)" },
	{ 8, "RSA2", 4, "CAPIPRIVATEBLOB (RSA)" },
	{ 8, "DSS1", 4, "V2CAPIDSAPUBLICBLOB" },
	{ 8, "DSS2", 4, "V2CAPIDSAPRIVATEBLOB" },
	{ 8, "DSS3", 4, "CAPIDSAPUBLICBLOB" },
	{ 8, "DSS4", 4, "CAPIDSAPRIVATEBLOB" },
	{ 8, "\0DH3", 4, "CAPIDHPUBLICBLOB" },
	{ 8, "\0DH4", 4, "CAPIDHPRIVATEBLOB" },
	{ 0, "-----BEGIN CERTIFICATE", 22, "X.509 certificate in PEM" },
	{ 0, "-----BEGIN OPENSSH", 18, "OpenSSH private key" },
	{ 0, "-----BEGIN ", 11, "PEM text" },
	{ 0, "PuTTY-User-Key-File", 19, "PuTTY private key" },
	{ 0, "ssh-", 4, "SSH public key" },
	{ 0, "ecdsa-sha2-", 11, "SSH public key" },
};

const char *
foreign_name(struct span data)
{
	for (size_t i = 0; i < ARRAY_LEN(signatures); i++) {
		const struct signature *sig = &signatures[i];

		if (data.len >= sig->offset + sig->len &&
		    memcmp(data.ptr + sig->offset, sig->bytes, sig->len) == 0)
			return sig->name;
	}
	return NULL;
}
