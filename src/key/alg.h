/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Algorithms, curves and hashes: one row each.  Names here are neutral;
 * what CNG or PKCS#11 calls them is known to the layers above.
 */
#ifndef CNG_KEY_ALG_H
#define CNG_KEY_ALG_H

#include "base/span.h"
#include "base/status.h"

enum key_family {
	KEY_NONE = 0,
	KEY_RSA,
	KEY_EC,
	KEY_AES,
	KEY_GENERIC,       /* generic secret: HMAC keys, raw shared secrets */
	KEY_DSA,
	KEY_DH,
	KEY_MONTGOMERY,    /* X25519, X448 */
	KEY_EDWARDS,       /* Ed25519, Ed448 */
	KEY_MLKEM,
	KEY_MLDSA,
	KEY_SLHDSA,
	KEY_DES3,          /* three keys; for old data */
	KEY_CHACHA20,
	KEY_POLY1305,
	KEY_XTS,           /* two AES keys */
	KEY_HKDF,          /* a generic secret that says what it is for */
	KEY_X942,          /* Diffie-Hellman that knows its group's order */
	/* keys for the HMAC of one hash: family_has_hash */
	KEY_HMAC_SHA1,
	KEY_HMAC_SHA224, KEY_HMAC_SHA256, KEY_HMAC_SHA384, KEY_HMAC_SHA512,
	KEY_HMAC_SHA512_224, KEY_HMAC_SHA512_256,
	KEY_HMAC_SHA512_T, /* both of these */
	KEY_HMAC_SHA3_224, KEY_HMAC_SHA3_256, KEY_HMAC_SHA3_384,
	KEY_HMAC_SHA3_512,
	KEY_BLAKE2B_160, KEY_BLAKE2B_256, KEY_BLAKE2B_384, KEY_BLAKE2B_512,
	KEY_CAMELLIA,
	KEY_FAMILY_COUNT
};
/* Values are stored on disk: append only. */

enum key_curve {
	CURVE_NONE = 0,
	CURVE_P256,
	CURVE_P384,
	CURVE_P521,
	CURVE_EXPLICIT,    /* given by its parameters; has no row */
	CURVE_X25519,
	CURVE_X448,
	CURVE_ED25519,
	CURVE_ED448,
	CURVE_P192,
	CURVE_P224,
	CURVE_SECP160K1, CURVE_SECP160R1, CURVE_SECP160R2,
	CURVE_SECP192K1, CURVE_SECP224K1, CURVE_SECP256K1,
	CURVE_X962_192V2, CURVE_X962_192V3,
	CURVE_X962_239V1, CURVE_X962_239V2, CURVE_X962_239V3,
	CURVE_WTLS9,
	CURVE_BP160R1, CURVE_BP160T1, CURVE_BP192R1, CURVE_BP192T1,
	CURVE_BP224R1, CURVE_BP224T1, CURVE_BP256R1, CURVE_BP256T1,
	CURVE_BP320R1, CURVE_BP320T1, CURVE_BP384R1, CURVE_BP384T1,
	CURVE_BP512R1, CURVE_BP512T1,
	CURVE_COUNT
};
/* Values are stored on disk: append only. */

/* Parameter sets of the post-quantum families.  Stored on disk: append
 * only. */
enum key_set {
	KEY_SET_NONE = 0,
	KEY_SET_MLKEM_512, KEY_SET_MLKEM_768, KEY_SET_MLKEM_1024,
	KEY_SET_MLDSA_44, KEY_SET_MLDSA_65, KEY_SET_MLDSA_87,
	KEY_SET_SLHDSA_SHA2_128S, KEY_SET_SLHDSA_SHAKE_128S,
	KEY_SET_SLHDSA_SHA2_128F, KEY_SET_SLHDSA_SHAKE_128F,
	KEY_SET_SLHDSA_SHA2_192S, KEY_SET_SLHDSA_SHAKE_192S,
	KEY_SET_SLHDSA_SHA2_192F, KEY_SET_SLHDSA_SHAKE_192F,
	KEY_SET_SLHDSA_SHA2_256S, KEY_SET_SLHDSA_SHAKE_256S,
	KEY_SET_SLHDSA_SHA2_256F, KEY_SET_SLHDSA_SHAKE_256F,
	KEY_SET_COUNT
};

#define CURVE_ALIASES 2

struct curve_info {
	const char *name;        /* "P-256" */
	const char *cng_name;    /* as Windows spells it: "nistP256"; or NULL */
	const char *alias[CURVE_ALIASES]; /* other names of Windows, or NULL */
	enum key_family family;  /* KEY_EC, KEY_MONTGOMERY or KEY_EDWARDS */
	size_t bits;             /* of the field */
	size_t field_bytes;      /* one coordinate; of Montgomery and Edwards
	                          * curves a key */
	size_t order_bytes;      /* one half of a signature; a scalar */
	struct span oid_der;     /* DER of the OBJECT IDENTIFIER, tag and all */
};

/* NULL for CURVE_NONE, CURVE_EXPLICIT and numbers out of range. */
const struct curve_info *curve_info(enum key_curve curve);

/* CNG_ERR_BAD_CURVE when unknown.  Names compare exactly, as on Windows. */
enum cng_status curve_from_oid(struct span oid_der, enum key_curve *out)
    CNG_MUST_CHECK;
enum cng_status curve_from_name(const char *name, enum key_curve *out)
    CNG_MUST_CHECK;
enum cng_status curve_from_text(struct span name, enum key_curve *out)
    CNG_MUST_CHECK;

/* What is accepted of a curve given by its parameters: smaller ones are
 * broken, larger ones nobody has. */
#define EC_BITS_MIN 160
#define EC_BYTES_MAX 66      /* of field, order and cofactor */
#define EC_SEED_MAX 128
#define EC_INFO_LEN 5

enum key_hash {
	HASH_NONE = 0,     /* the input is a digest (or a DigestInfo) already */
	HASH_SHA1,
	HASH_SHA224,
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512,
	HASH_SHA3_224,
	HASH_SHA3_256,
	HASH_SHA3_384,
	HASH_SHA3_512,
	HASH_SHA512_224,
	HASH_SHA512_256,
	HASH_BLAKE2B,      /* 512 bits */
	HASH_SHAKE128,     /* as a hash: 32 bytes of output */
	HASH_SHAKE256,     /* 64 bytes */
	HASH_BLAKE2B_160,  /* libcrypto 3.2 */
	HASH_BLAKE2B_256,
	HASH_BLAKE2B_384,
	HASH_COUNT
};

struct hash_info {
	const char *name;        /* as OpenSSL fetches it: "SHA2-256" */
	size_t size;             /* digest bytes */
	size_t block;            /* block bytes */
	bool any_size;           /* gives as many bytes as are asked for */
	bool told_size;          /* is told its size when it starts */
	struct span oid_der;     /* DER of the OBJECT IDENTIFIER, tag and all;
	                          * empty where no signature names it */
};

/* NULL for HASH_NONE and numbers out of range. */
const struct hash_info *hash_info(enum key_hash hash);

/* Is it a family of keys for MACs by that hash alone? */
bool family_has_hash(enum key_family family, enum key_hash hash);
/* By any hash: */
static inline bool
family_is_hmac(enum key_family family)
{
	return family >= KEY_HMAC_SHA1 && family <= KEY_BLAKE2B_512;
}

#define RSA_BITS_MIN 512         /* of a key made here */
#define RSA_BITS_IMPORT_MIN 384  /* Windows imports such keys */
#define RSA_BITS_MAX 16384
#define DSA_BITS_MIN 512
#define DSA_BITS_MAX 3072
#define DH_BITS_MIN 512
#define DH_BITS_MAX 8192
#define DH_BITS_CNG_MAX 4096    /* in blobs: those of Windows end there */
#define SECRET_KEY_MAX 4096  /* bytes of a generic secret */

#endif
