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
	KEY_FAMILY_COUNT
};
/* Values are stored on disk: append only. */

enum key_curve {
	CURVE_NONE = 0,
	CURVE_P256,
	CURVE_P384,
	CURVE_P521,
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

struct curve_info {
	const char *name;        /* "P-256" */
	const char *cng_name;    /* as Windows spells it: "nistP256" */
	size_t bits;             /* of the field */
	size_t field_bytes;      /* one coordinate */
	size_t order_bytes;      /* one half of a signature */
	struct span oid_der;     /* DER of the OBJECT IDENTIFIER, tag and all */
};

/* NULL for CURVE_NONE and numbers out of range. */
const struct curve_info *curve_info(enum key_curve curve);

/* CNG_ERR_BAD_CURVE when unknown. */
enum cng_status curve_from_oid(struct span oid_der, enum key_curve *out)
    CNG_MUST_CHECK;
enum cng_status curve_from_name(const char *name, enum key_curve *out)
    CNG_MUST_CHECK;

enum key_hash {
	HASH_NONE = 0,     /* the input is a digest (or a DigestInfo) already */
	HASH_SHA1,
	HASH_SHA224,
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512,
	HASH_COUNT
};

struct hash_info {
	const char *name;        /* as OpenSSL fetches it: "SHA2-256" */
	size_t size;             /* digest bytes */
	size_t block;            /* block bytes */
};

/* NULL for HASH_NONE and numbers out of range. */
const struct hash_info *hash_info(enum key_hash hash);

#define RSA_BITS_MIN 512         /* of a key made here */
#define RSA_BITS_IMPORT_MIN 384  /* Windows imports such keys */
#define RSA_BITS_MAX 16384
#define SECRET_KEY_MAX 4096  /* bytes of a generic secret */

#endif
