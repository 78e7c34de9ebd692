/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key material: what a codec hands up and an operation takes.  All numbers
 * are big-endian and unsigned.  RSA numbers have no leading zero bytes; EC
 * coordinates have the width of the field, scalars that of the order.  DSA and
 * DH numbers are trimmed as RSA ones are.
 */
#ifndef CNG_KEY_MATERIAL_H
#define CNG_KEY_MATERIAL_H

#include "base/secret.h"
#include "key/alg.h"

enum key_part {
	RSA_N = 0, RSA_E, RSA_D, RSA_P, RSA_Q, RSA_DP, RSA_DQ, RSA_QINV,
	/* the nine after EC_D belong to a curve given by its parameters; INFO
	 * is curve type and seed hash, one byte and four (little-endian); it
	 * and SEED may stand beside a known curve, too */
	EC_X = 0, EC_Y, EC_D, EC_P, EC_A, EC_B, EC_GX, EC_GY, EC_N, EC_H,
	EC_SEED, EC_INFO,
	/* SEED and COUNT (4 bytes) prove p and q; INFO is hash and standard,
	 * one byte each, as in BCRYPT_DSA_KEY_BLOB_V2; J is (p - 1) / q */
	DSA_P = 0, DSA_Q, DSA_G, DSA_Y, DSA_X, DSA_SEED, DSA_COUNT, DSA_INFO,
	DSA_J,
	/* KEY_DH and KEY_X942, which must have Q */
	DH_P = 0, DH_G, DH_Y, DH_X, DH_Q, DH_J, DH_SEED, DH_COUNT,
	/* Montgomery and Edwards: byte strings of RFC 7748 and RFC 8032 */
	ECX_PUBLIC = 0, ECX_PRIVATE,
	/* the encodings of FIPS 203, 204, 205 */
	PQ_PUBLIC = 0, PQ_PRIVATE, PQ_SEED,
	SYM_VALUE = 0,
	RSA_PARTS = RSA_QINV + 1,
	KEY_PART_MAX = 12
};

/*
 * What the format said the key is for: a key usage attribute of PKCS#8, or
 * the ECDSA or ECDH magic.  It picks magic and attribute again on export,
 * so that a round trip loses nothing.  It is not a permission.
 * Values are those of X.509 keyUsage, first byte.  Stored on disk.
 */
enum key_role {
	KEY_ROLE_NONE = 0x00,
	KEY_ROLE_AGREE = 0x08,
	KEY_ROLE_ENCRYPT = 0x10,
	KEY_ROLE_SIGN = 0x80,
	KEY_ROLE_MASK = 0x98,
};

struct key_material {
	enum key_family family;
	enum key_curve curve;        /* KEY_EC, KEY_MONTGOMERY, KEY_EDWARDS */
	enum key_set set;            /* KEY_MLKEM, KEY_MLDSA, KEY_SLHDSA */
	unsigned role;               /* or of enum key_role */
	bool has_private;            /* false: public numbers only */
	struct secret part[KEY_PART_MAX];
};

/* All zero is a valid empty material. */
void key_free(struct key_material *key);

enum cng_status key_copy(struct key_material *out,
    const struct key_material *from) CNG_MUST_CHECK;

/* A copy of the public numbers only. */
enum cng_status key_copy_public(struct key_material *out,
    const struct key_material *from) CNG_MUST_CHECK;

/* Which parts of a family are public: a mask, bit by enum key_part. */
unsigned key_public_parts(enum key_family family);

/* A key pair, or one secret? */
static inline bool
key_is_pair(enum key_family family)
{
	return key_public_parts(family) != 0;
}

static inline bool
key_is_dh(enum key_family family)
{
	return family == KEY_DH || family == KEY_X942;
}

/* Has it a group of numbers below a prime: p, q and g? */
static inline bool
key_has_group(enum key_family family)
{
	return family == KEY_DSA || key_is_dh(family);
}

static inline struct span
key_part(const struct key_material *key, enum key_part part)
{
	return secret_span(&key->part[part]);
}

/* Sets one number: RSA, DSA and DH numbers are trimmed, EC ones are padded to
 * the width of key->curve, which must be set before; for CURVE_EXPLICIT EC_P
 * and EC_N say the widths.  CNG_ERR_BAD_DATA: too long. */
enum cng_status key_set(struct key_material *key, enum key_part part,
    struct span value) CNG_MUST_CHECK;

/* Bytes of one coordinate, and of a scalar of a signature; 0: no curve.  DSA
 * has scalars, too. */
size_t key_field_bytes(const struct key_material *key);
size_t key_order_bytes(const struct key_material *key);

/* Size of the key: bits of the modulus, of the field, or of the value; bits of
 * security of a parameter set. */
size_t key_bits(const struct key_material *key);

/* Is n.bits a size and are all needed parts there?  RSA private: at least
 * n, e, d or n, e, p, q.  Says nothing about the arithmetic (crypto.h). */
enum cng_status key_check_shape(const struct key_material *key)
    CNG_MUST_CHECK;

/* The same of a group without a key: DSA, DH, X9.42. */
enum cng_status key_check_group(const struct key_material *key)
    CNG_MUST_CHECK;

/* Same family, curve and public numbers (or the same secret value)? */
bool key_same_public(const struct key_material *a,
    const struct key_material *b);

/* Bytes of the secret keys of a family that knows one length; 0: others. */
size_t key_secret_len(enum key_family family);

/* Block ciphers whose keys have 16, 24 or 32 bytes. */
bool key_has_three_lens(enum key_family family);

/* Bits of a big-endian number. */
size_t number_bits(struct span number);

#endif
