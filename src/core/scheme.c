/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What each scheme is good for: one row each.
 */
#include "core/scheme.h"

#include "base/util.h"
#include "key/set.h"

#define AES_BLOCK 16

/* What sign and verify in parts keep for a scheme that has no parts: the
 * longest input of the largest RSA key is half of it. */
#define DIGEST_INPUT_MAX ((size_t)4096)
/* The same, where the whole message is looked at twice. */
#define WHOLE_MAX ((size_t)16 * 1024 * 1024)

#define BIT(use) (1u << (use))
#define CRYPTS (BIT(USE_ENCRYPT) | BIT(USE_DECRYPT))
#define SIGNS (BIT(USE_SIGN) | BIT(USE_VERIFY))
#define RECOVERS (BIT(USE_SIGN_RECOVER) | BIT(USE_VERIFY_RECOVER))

struct scheme_row {
	enum key_family family;
	unsigned uses;
	bool streams;    /* encrypts in parts, or takes the message to sign */
	bool hashes;     /* signs the message when it is told a hash */
	bool held;       /* encrypts only what is there as a whole */
	bool derives;
};

/* A scheme without uses is not for operations: it derives or wraps.  Without a
 * family it takes secret keys of several. */
static const struct scheme_row rows[OP_SCHEME_COUNT] = {
	[OP_RSA_PKCS1] = {
		.family = KEY_RSA,
		.uses = CRYPTS | SIGNS | RECOVERS,
		.hashes = true,
	},
	[OP_RSA_RAW] = {
		.family = KEY_RSA,
		.uses = CRYPTS | SIGNS | RECOVERS,
	},
	[OP_RSA_OAEP] = { .family = KEY_RSA, .uses = CRYPTS },
	[OP_RSA_PSS] = { .family = KEY_RSA, .uses = SIGNS, .hashes = true },
	[OP_ECDSA] = { .family = KEY_EC, .uses = SIGNS, .hashes = true },
	[OP_AES_ECB] = { .family = KEY_AES, .uses = CRYPTS, .streams = true },
	[OP_AES_CBC] = { .family = KEY_AES, .uses = CRYPTS, .streams = true },
	[OP_AES_CBC_PAD] = {
		.family = KEY_AES,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_AES_CTR] = { .family = KEY_AES, .uses = CRYPTS, .streams = true },
	[OP_AES_GCM] = { .family = KEY_AES, .uses = CRYPTS, .streams = true },
	[OP_AES_CMAC] = { .family = KEY_AES, .uses = SIGNS, .streams = true },
	[OP_AES_OFB] = {
		.family = KEY_AES,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_AES_CFB1] = {
		.family = KEY_AES,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_AES_CFB8] = {
		.family = KEY_AES,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_AES_CFB128] = {
		.family = KEY_AES,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_CHACHA20] = {
		.family = KEY_CHACHA20,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_CHACHA20_POLY1305] = {
		.family = KEY_CHACHA20,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_CAMELLIA_ECB] = {
		.family = KEY_CAMELLIA,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_CAMELLIA_CBC] = {
		.family = KEY_CAMELLIA,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_CAMELLIA_CBC_PAD] = {
		.family = KEY_CAMELLIA,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_CAMELLIA_CTR] = {
		.family = KEY_CAMELLIA,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_DES3_ECB] = {
		.family = KEY_DES3,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_DES3_CBC] = {
		.family = KEY_DES3,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_DES3_CBC_PAD] = {
		.family = KEY_DES3,
		.uses = CRYPTS,
		.streams = true,
	},
	[OP_AES_CTS] = { .family = KEY_AES, .uses = CRYPTS, .held = true },
	[OP_AES_XTS] = { .family = KEY_XTS, .uses = CRYPTS, .held = true },
	[OP_AES_CCM] = { .family = KEY_AES, .uses = CRYPTS, .held = true },
	[OP_AES_XCBC] = { .family = KEY_AES, .uses = SIGNS, .streams = true },
	[OP_AES_GMAC] = { .family = KEY_AES, .uses = SIGNS, .streams = true },
	[OP_POLY1305] = {
		.family = KEY_POLY1305,
		.uses = SIGNS,
		.streams = true,
	},
	[OP_AES_KW] = { .family = KEY_AES, .uses = CRYPTS, .held = true },
	[OP_AES_KWP] = { .family = KEY_AES, .uses = CRYPTS, .held = true },
	[OP_AES_KW_PKCS7] = { .family = KEY_AES, .uses = CRYPTS, .held = true },
	[OP_HMAC] = { .family = KEY_GENERIC, .uses = SIGNS, .streams = true },
	[OP_DSA] = { .family = KEY_DSA, .uses = SIGNS, .hashes = true },
	[OP_EDDSA] = { .family = KEY_EDWARDS, .uses = SIGNS },
	[OP_MLDSA] = { .family = KEY_MLDSA, .uses = SIGNS, .hashes = true },
	[OP_SLHDSA] = { .family = KEY_SLHDSA, .uses = SIGNS, .hashes = true },
	[OP_ECDH] = { .derives = true },
	[OP_DH] = { .family = KEY_DH, .derives = true },
	[OP_X942] = { .family = KEY_X942, .derives = true },
	[OP_HKDF] = { .derives = true },
	[OP_PBKDF2] = { .derives = true },
	[OP_SP800_108] = { .derives = true },
	[OP_TLS_PRF] = { .derives = true },
	[OP_HASH_KEY] = { .derives = true },
	[OP_TLS_MAC] = { .family = KEY_GENERIC, .uses = SIGNS },
	[OP_JOIN] = { .derives = true },
	[OP_XOR] = { .derives = true },
	[OP_CUT] = { .derives = true },
	[OP_AES_DATA] = { .derives = true },
	[OP_PUBLIC_HALF] = { .derives = true },
	[OP_DIGEST] = { .uses = BIT(USE_DIGEST), .streams = true },
};

static const struct scheme_row *
row_of(const struct key_op *op)
{
	size_t i = (size_t)op->scheme;

	return &rows[i < ARRAY_LEN(rows) ? i : OP_NONE];
}

/* The object that a use takes, of those that a family has. */
static enum obj_class
class_for(enum key_family family, enum operation_use use)
{
	if (family == KEY_NONE)
		return OBJ_NONE;
	if (!key_is_pair(family))
		return OBJ_SECRET;
	return use == USE_ENCRYPT || use == USE_VERIFY ||
	    use == USE_VERIFY_RECOVER ? OBJ_PUBLIC : OBJ_PRIVATE;
}

/* Keys for one MAC only; generic secrets do for all. */
static bool
is_mac_key(const struct key_op *op, enum key_family family)
{
	return op->scheme == OP_HMAC && family_has_hash(family, op->hash);
}

enum cng_status
scheme_check(const struct key_op *op, enum operation_use use,
    enum obj_class class, enum key_family family)
{
	const struct scheme_row *row = row_of(op);

	if (use >= USE_COUNT || !(row->uses & BIT(use)))
		return CNG_ERR_MECHANISM;
	if (BIT(use) & RECOVERS && op->hash != HASH_NONE)
		return CNG_ERR_MECHANISM;
	if ((family != row->family && !is_mac_key(op, family)) ||
	    class != class_for(family, use))
		return CNG_ERR_KEY_TYPE;
	return CNG_OK;
}

enum cng_status
scheme_check_derive(const struct key_op *op, enum obj_class class,
    enum key_family family)
{
	const struct scheme_row *row = row_of(op);

	if (!row->derives)
		return CNG_ERR_MECHANISM;
	if (op->scheme == OP_ECDH)
		return class == OBJ_PRIVATE &&
			(family == KEY_EC || family == KEY_MONTGOMERY) ?
		    CNG_OK : CNG_ERR_KEY_TYPE;
	if (op->scheme == OP_PUBLIC_HALF)
		return class == OBJ_PRIVATE ? CNG_OK : CNG_ERR_KEY_TYPE;
	if (row->family != KEY_NONE)
		return class == OBJ_PRIVATE && family == row->family ?
		    CNG_OK : CNG_ERR_KEY_TYPE;
	return class == OBJ_SECRET ? CNG_OK : CNG_ERR_KEY_TYPE;
}

/* ML-DSA signs a hash of the message, even where no hash was named. */
static bool
hashes_message(const struct key_op *op)
{
	if (op->hash != HASH_NONE)
		return true;
	return op->scheme == OP_MLDSA && op->pad_hash == HASH_NONE &&
	    !op->external_mu;
}

enum scheme_parts
scheme_parts(const struct key_op *op, enum operation_use use)
{
	const struct scheme_row *row = row_of(op);

	if (row->streams || (BIT(use) & SIGNS && row->hashes &&
	    hashes_message(op)))
		return PARTS_STREAM;
	return BIT(use) & SIGNS || row->held ? PARTS_HELD : PARTS_ONE;
}

size_t
scheme_held_max(const struct key_op *op)
{
	bool whole = row_of(op)->held || op->scheme == OP_EDDSA ||
	    (op->scheme == OP_SLHDSA && op->pad_hash == HASH_NONE);

	return whole ? WHOLE_MAX : DIGEST_INPUT_MAX;
}

static size_t
hash_size(enum key_hash hash)
{
	const struct hash_info *info = hash_info(hash);

	return info == NULL ? 0 : info->size;
}

size_t
scheme_output_size(const struct key_op *op, const struct key_material *key)
{
	if (op->scheme == OP_DIGEST)
		return hash_size(op->hash);
	if (op->mac_len > 0)
		return op->mac_len;
	if (key->family == KEY_RSA)
		return (key_bits(key) + 7) / 8;
	if (key->family == KEY_AES || key->family == KEY_POLY1305)
		return AES_BLOCK;
	if (key->family == KEY_GENERIC || family_is_hmac(key->family))
		return hash_size(op->hash);
	if (key->family == KEY_EDWARDS)
		return 2 * key_field_bytes(key);
	if (key_family_has_sets(key->family))
		return key_set_info(key->set)->output_bytes;
	return 2 * key_order_bytes(key);
}
