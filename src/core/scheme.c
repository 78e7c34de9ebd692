/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What each scheme is good for: one row each.
 */
#include "core/scheme.h"

#include "base/util.h"

#define AES_BLOCK 16

#define BIT(use) (1u << (use))
#define CRYPTS (BIT(USE_ENCRYPT) | BIT(USE_DECRYPT))
#define SIGNS (BIT(USE_SIGN) | BIT(USE_VERIFY))
#define RECOVERS (BIT(USE_SIGN_RECOVER) | BIT(USE_VERIFY_RECOVER))

struct scheme_row {
	enum key_family family;
	unsigned uses;
	bool streams;    /* encrypts in parts, or takes the message to sign */
	bool hashes;     /* signs the message when it is told a hash */
};

/* A scheme without a row is not for the uses of an operation: it derives or
 * wraps. */
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
	[OP_AES_KW] = { .family = KEY_AES, .uses = CRYPTS },
	[OP_AES_KWP] = { .family = KEY_AES, .uses = CRYPTS },
	[OP_AES_KW_PKCS7] = { .family = KEY_AES, .uses = CRYPTS },
	[OP_HMAC] = { .family = KEY_GENERIC, .uses = SIGNS, .streams = true },
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
	if (family == KEY_AES || family == KEY_GENERIC)
		return OBJ_SECRET;
	return use == USE_ENCRYPT || use == USE_VERIFY ||
	    use == USE_VERIFY_RECOVER ? OBJ_PUBLIC : OBJ_PRIVATE;
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
	if (family != row->family || class != class_for(family, use))
		return CNG_ERR_KEY_TYPE;
	return CNG_OK;
}

enum scheme_parts
scheme_parts(const struct key_op *op, enum operation_use use)
{
	const struct scheme_row *row = row_of(op);

	if (row->streams || (BIT(use) & SIGNS && row->hashes &&
	    op->hash != HASH_NONE))
		return PARTS_STREAM;
	return BIT(use) & SIGNS ? PARTS_HELD : PARTS_ONE;
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
	const struct curve_info *curve;

	if (op->scheme == OP_DIGEST)
		return hash_size(op->hash);
	if (op->mac_len > 0)
		return op->mac_len;
	if (key->family == KEY_RSA)
		return (key_bits(key) + 7) / 8;
	if (key->family == KEY_AES)
		return AES_BLOCK;
	if (key->family == KEY_GENERIC)
		return hash_size(op->hash);
	curve = key->family == KEY_EC ? curve_info(key->curve) : NULL;
	return curve == NULL ? 0 : 2 * curve->order_bytes;
}
