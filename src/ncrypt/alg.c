/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The algorithms of CNG and its hashes.
 */
#include "ncrypt/face.h"

#include "base/util.h"
#include "blob/blob.h"

#define SIGNS NCRYPT_SIGNATURE_OPERATION
#define AGREES NCRYPT_SECRET_AGREEMENT_OPERATION

#define ECDSA_ROW(suffix, which, bits) { \
	.name = "ECDSA" suffix, .group = "ECDSA", .family = KEY_EC, \
	.curve = which, .role = KEY_ROLE_SIGN, \
	.class = NCRYPT_SIGNATURE_INTERFACE, .operations = SIGNS, \
	.lengths = { bits, bits, 0, bits } }
#define ECDH_ROW(suffix, which, bits) { \
	.name = "ECDH" suffix, .group = "ECDH", .family = KEY_EC, \
	.curve = which, .role = KEY_ROLE_AGREE, \
	.class = NCRYPT_SECRET_AGREEMENT_INTERFACE, .operations = AGREES, \
	.lengths = { bits, bits, 0, bits } }

#define KDF_ROW(text) { \
	.name = text, .group = text, .family = KEY_GENERIC, \
	.class = NCRYPT_KEY_DERIVATION_INTERFACE, \
	.operations = NCRYPT_KEY_DERIVATION_OPERATION }

static const struct alg rows[] = {
	{ .name = "RSA", .group = "RSA", .family = KEY_RSA,
	    .class = NCRYPT_ASYMMETRIC_ENCRYPTION_INTERFACE,
	    .operations = NCRYPT_ASYMMETRIC_ENCRYPTION_OPERATION | SIGNS,
	    .lengths = { RSA_BITS_MIN, RSA_BITS_MAX, 8, 1024 } },
	{ .name = "DSA", .group = "DSA", .family = KEY_DSA,
	    .class = NCRYPT_SIGNATURE_INTERFACE, .operations = SIGNS,
	    .lengths = { 1024, 3072, 64, 1024 }, .blob = "DSAPUBLICBLOB" },
	{ .name = "DH", .group = "DH", .family = KEY_DH,
	    .class = NCRYPT_SECRET_AGREEMENT_INTERFACE,
	    .operations = AGREES, .lengths = { 1024, 4096, 64, 1024 },
	    .blob = "DHPUBLICBLOB" },
	ECDSA_ROW("_P256", CURVE_P256, 256),
	ECDSA_ROW("_P384", CURVE_P384, 384),
	ECDSA_ROW("_P521", CURVE_P521, 521),
	ECDH_ROW("_P256", CURVE_P256, 256),
	ECDH_ROW("_P384", CURVE_P384, 384),
	ECDH_ROW("_P521", CURVE_P521, 521),
	ECDSA_ROW("", CURVE_NONE, 0),
	ECDH_ROW("", CURVE_NONE, 0),
	{ .name = "AES", .group = "AES", .family = KEY_AES,
	    .class = NCRYPT_CIPHER_INTERFACE,
	    .operations = NCRYPT_CIPHER_OPERATION,
	    .lengths = { 128, 256, 64, 128 } },
	{ .name = "ML-KEM", .group = "MLKEM", .family = KEY_MLKEM,
	    .class = NCRYPT_KEY_ENCAPSULATION_INTERFACE,
	    .operations = NCRYPT_KEY_ENCAPSULATION_OPERATION,
	    .blob = "MLKEMPUBLICBLOB" },
	{ .name = "ML-DSA", .group = "MLDSA", .family = KEY_MLDSA,
	    .class = NCRYPT_SIGNATURE_INTERFACE, .operations = SIGNS,
	    .blob = "PQDSAPUBLICBLOB" },
	{ .name = "SLH-DSA", .group = "SLHDSA", .family = KEY_SLHDSA,
	    .class = NCRYPT_SIGNATURE_INTERFACE, .operations = SIGNS,
	    .blob = "PQDSAPUBLICBLOB" },
	KDF_ROW("SP800_108_CTR_HMAC"),
	KDF_ROW("SP800_56A_CONCAT"),
	KDF_ROW("PBKDF2"),
	KDF_ROW("CAPI_KDF"),
	KDF_ROW("HKDF"),
	KDF_ROW("TLS1_1_KDF"),
	KDF_ROW("TLS1_2_KDF"),
};

/* A family counts when its keys can be imported and exported. */
static bool
is_supported(const struct alg *alg)
{
	enum blob_type type;

	return (alg->blob == NULL ||
	    blob_type_from_name(alg->blob, &type) == CNG_OK) &&
	    provider_knows_family(alg->family);
}

const struct alg *
alg_next(const struct alg *after)
{
	const struct alg *alg = after == NULL ? rows : after + 1;

	while (alg < rows + ARRAY_LEN(rows) && !is_supported(alg))
		alg++;
	return alg < rows + ARRAY_LEN(rows) ? alg : NULL;
}

const struct alg *
alg_find(LPCWSTR name)
{
	const struct alg *alg = alg_next(NULL);

	while (alg != NULL && !wide_is(name, alg->name))
		alg = alg_next(alg);
	return alg;
}

const struct alg *
alg_kdf(struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].family == KEY_GENERIC &&
		    span_equal(name, span_str(rows[i].name)))
			return &rows[i];
	return NULL;
}

const struct alg *
alg_of(enum key_family family, enum key_curve curve, unsigned role)
{
	bool signs = (role & KEY_ROLE_SIGN) != 0;

	/* CNG has one curve of Montgomery, and it is for agreement */
	if (family == KEY_MONTGOMERY && curve == CURVE_X25519) {
		family = KEY_EC;
		signs = false;
	}
	/* those of a secret are told by their name alone */
	if (family == KEY_GENERIC)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct alg *alg = &rows[i];

		if (alg->family != family)
			continue;
		if (alg->curve != curve && alg->curve != CURVE_NONE)
			continue;
		if (family != KEY_EC || (alg->role == KEY_ROLE_SIGN) == signs)
			return alg;
	}
	return NULL;
}

bool
alg_has_length(const struct alg *alg, DWORD bits)
{
	const NCRYPT_SUPPORTED_LENGTHS *l = &alg->lengths;

	if (bits < l->dwMinLength || bits > l->dwMaxLength)
		return false;
	return l->dwIncrement == 0 ||
	    (bits - l->dwMinLength) % l->dwIncrement == 0;
}

/* --- hashes -------------------------------------------------------------- */

/* DER of DigestInfo up to the digest (RFC 8017, 9.2 note 1). */
static const uint8_t md5_prefix[] = { 0x30, 0x20, 0x30, 0x0c, 0x06, 0x08,
	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05, 0x05, 0x00, 0x04,
	0x10 };
static const uint8_t sha1_prefix[] = { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05,
	0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14 };
static const uint8_t sha256_prefix[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09,
	0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
	0x04, 0x20 };
static const uint8_t sha384_prefix[] = { 0x30, 0x41, 0x30, 0x0d, 0x06, 0x09,
	0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00,
	0x04, 0x30 };
static const uint8_t sha512_prefix[] = { 0x30, 0x51, 0x30, 0x0d, 0x06, 0x09,
	0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00,
	0x04, 0x40 };
static const uint8_t sha3_256_prefix[] = { 0x30, 0x31, 0x30, 0x0d, 0x06,
	0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x08, 0x05,
	0x00, 0x04, 0x20 };
static const uint8_t sha3_384_prefix[] = { 0x30, 0x41, 0x30, 0x0d, 0x06,
	0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x09, 0x05,
	0x00, 0x04, 0x30 };
static const uint8_t sha3_512_prefix[] = { 0x30, 0x51, 0x30, 0x0d, 0x06,
	0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x0a, 0x05,
	0x00, 0x04, 0x40 };

#define HASH_ROW(text, which, bytes, der) \
	{ .name = text, .hash = which, .size = bytes, \
	    .prefix = { der, sizeof(der) } }

static const struct hash_name hashes[] = {
	HASH_ROW("MD5", HASH_NONE, 16, md5_prefix),
	HASH_ROW("SHA1", HASH_SHA1, 20, sha1_prefix),
	HASH_ROW("SHA256", HASH_SHA256, 32, sha256_prefix),
	HASH_ROW("SHA384", HASH_SHA384, 48, sha384_prefix),
	HASH_ROW("SHA512", HASH_SHA512, 64, sha512_prefix),
	HASH_ROW("SHA3-256", HASH_SHA3_256, 32, sha3_256_prefix),
	HASH_ROW("SHA3-384", HASH_SHA3_384, 48, sha3_384_prefix),
	HASH_ROW("SHA3-512", HASH_SHA3_512, 64, sha3_512_prefix),
};

const struct hash_name *
hash_find(LPCWSTR name)
{
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++)
		if (wide_is(name, hashes[i].name))
			return &hashes[i];
	return NULL;
}
