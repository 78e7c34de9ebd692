/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key material: what a codec hands up and an operation takes.  All numbers
 * are big-endian and unsigned.  RSA numbers have no leading zero bytes; EC
 * coordinates and scalars have the width of the field.
 */
#ifndef CNG_KEY_MATERIAL_H
#define CNG_KEY_MATERIAL_H

#include "base/secret.h"
#include "key/alg.h"

enum key_part {
	RSA_N = 0, RSA_E, RSA_D, RSA_P, RSA_Q, RSA_DP, RSA_DQ, RSA_QINV,
	EC_X = 0, EC_Y, EC_D,
	SYM_VALUE = 0,
	KEY_PART_MAX = 8
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
	enum key_curve curve;        /* KEY_EC only */
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

static inline struct span
key_part(const struct key_material *key, enum key_part part)
{
	return secret_span(&key->part[part]);
}

/* Sets one number: RSA numbers are trimmed, EC ones are padded to the width
 * of key->curve, which must be set before.  CNG_ERR_BAD_DATA: too long. */
enum cng_status key_set(struct key_material *key, enum key_part part,
    struct span value) CNG_MUST_CHECK;

/* Size of the key: bits of the modulus, of the field, or of the value. */
size_t key_bits(const struct key_material *key);

/* Is n.bits a size and are all needed parts there?  RSA private: at least
 * n, e, d or n, e, p, q.  Says nothing about the arithmetic (crypto.h). */
enum cng_status key_check_shape(const struct key_material *key)
    CNG_MUST_CHECK;

/* Same family, curve and public numbers (or the same secret value)? */
bool key_same_public(const struct key_material *a,
    const struct key_material *b);

/* Bits of a big-endian number. */
size_t number_bits(struct span number);

#endif
