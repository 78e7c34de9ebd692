/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Algorithms, curves and hashes: adding one is adding a row.
 */
#include "key/alg.h"

#include "base/util.h"

static const uint8_t oid_p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	0x03, 0x01, 0x07 };
static const uint8_t oid_p384[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
	0x22 };
static const uint8_t oid_p521[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
	0x23 };

static const struct curve_info curves[CURVE_COUNT] = {
	[CURVE_P256] = {
		.name = "P-256",
		.cng_name = "nistP256",
		.bits = 256,
		.field_bytes = 32,
		.order_bytes = 32,
		.oid_der = { oid_p256, sizeof oid_p256 },
	},
	[CURVE_P384] = {
		.name = "P-384",
		.cng_name = "nistP384",
		.bits = 384,
		.field_bytes = 48,
		.order_bytes = 48,
		.oid_der = { oid_p384, sizeof oid_p384 },
	},
	[CURVE_P521] = {
		.name = "P-521",
		.cng_name = "nistP521",
		.bits = 521,
		.field_bytes = 66,
		.order_bytes = 66,
		.oid_der = { oid_p521, sizeof oid_p521 },
	},
};

static const struct hash_info hashes[HASH_COUNT] = {
	[HASH_SHA1] = { .name = "SHA1", .size = 20, .block = 64 },
	[HASH_SHA224] = { .name = "SHA2-224", .size = 28, .block = 64 },
	[HASH_SHA256] = { .name = "SHA2-256", .size = 32, .block = 64 },
	[HASH_SHA384] = { .name = "SHA2-384", .size = 48, .block = 128 },
	[HASH_SHA512] = { .name = "SHA2-512", .size = 64, .block = 128 },
};

const struct curve_info *
curve_info(enum key_curve curve)
{
	size_t i = (size_t)curve;

	return i < ARRAY_LEN(curves) && curves[i].name != NULL ? &curves[i] :
								  NULL;
}

enum cng_status
curve_from_oid(struct span oid_der, enum key_curve *out)
{
	for (size_t i = CURVE_NONE + 1; i < ARRAY_LEN(curves); i++) {
		if (span_equal(oid_der, curves[i].oid_der)) {
			*out = (enum key_curve)i;
			return CNG_OK;
		}
	}
	return CNG_ERR_BAD_CURVE;
}

enum cng_status
curve_from_name(const char *name, enum key_curve *out)
{
	for (size_t i = CURVE_NONE + 1; i < ARRAY_LEN(curves); i++) {
		if (strcmp(name, curves[i].name) == 0 ||
		    strcmp(name, curves[i].cng_name) == 0) {
			*out = (enum key_curve)i;
			return CNG_OK;
		}
	}
	return CNG_ERR_BAD_CURVE;
}

const struct hash_info *
hash_info(enum key_hash hash)
{
	size_t i = (size_t)hash;

	return i < ARRAY_LEN(hashes) && hashes[i].name != NULL ? &hashes[i] :
								  NULL;
}
