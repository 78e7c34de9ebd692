/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hashes: adding one is adding a row.  Curves are in curve.c.
 */
#include "key/alg.h"

#include "base/util.h"

/* 2.16.840.1.101.3.4.2.n */
#define NIST_HASH(n) \
	{ (const uint8_t[]){ 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, \
	    0x04, 0x02, n }, 11 }

static const struct hash_info hashes[HASH_COUNT] = {
	[HASH_SHA1] = { .name = "SHA1", .size = 20, .block = 64,
	    .oid_der = { (const uint8_t[]){ 0x06, 0x05, 0x2b, 0x0e, 0x03,
	    0x02, 0x1a }, 7 } },
	[HASH_SHA224] = { .name = "SHA2-224", .size = 28, .block = 64,
	    .oid_der = NIST_HASH(4) },
	[HASH_SHA256] = { .name = "SHA2-256", .size = 32, .block = 64,
	    .oid_der = NIST_HASH(1) },
	[HASH_SHA384] = { .name = "SHA2-384", .size = 48, .block = 128,
	    .oid_der = NIST_HASH(2) },
	[HASH_SHA512] = { .name = "SHA2-512", .size = 64, .block = 128,
	    .oid_der = NIST_HASH(3) },
	[HASH_SHA3_224] = { .name = "SHA3-224", .size = 28, .block = 144,
	    .oid_der = NIST_HASH(7) },
	[HASH_SHA3_256] = { .name = "SHA3-256", .size = 32, .block = 136,
	    .oid_der = NIST_HASH(8) },
	[HASH_SHA3_384] = { .name = "SHA3-384", .size = 48, .block = 104,
	    .oid_der = NIST_HASH(9) },
	[HASH_SHA3_512] = { .name = "SHA3-512", .size = 64, .block = 72,
	    .oid_der = NIST_HASH(10) },
	[HASH_SHA512_224] = { .name = "SHA2-512/224", .size = 28, .block = 128,
	    .oid_der = NIST_HASH(5) },
	[HASH_SHA512_256] = { .name = "SHA2-512/256", .size = 32, .block = 128,
	    .oid_der = NIST_HASH(6) },
	[HASH_BLAKE2B] = { .name = "BLAKE2B-512", .size = 64, .block = 128,
	    .told_size = true },
	[HASH_SHAKE128] = { .name = "SHAKE-128", .size = 32, .block = 168,
	    .any_size = true, .oid_der = NIST_HASH(11) },
	[HASH_SHAKE256] = { .name = "SHAKE-256", .size = 64, .block = 136,
	    .any_size = true, .oid_der = NIST_HASH(12) },
	[HASH_BLAKE2B_160] = { .name = "BLAKE2B-512", .size = 20,
	    .block = 128, .told_size = true },
	[HASH_BLAKE2B_256] = { .name = "BLAKE2B-512", .size = 32,
	    .block = 128, .told_size = true },
	[HASH_BLAKE2B_384] = { .name = "BLAKE2B-512", .size = 48,
	    .block = 128, .told_size = true },
};

static const enum key_hash family_hashes[KEY_FAMILY_COUNT] = {
	[KEY_HMAC_SHA1] = HASH_SHA1,
	[KEY_HMAC_SHA224] = HASH_SHA224,
	[KEY_HMAC_SHA256] = HASH_SHA256,
	[KEY_HMAC_SHA384] = HASH_SHA384,
	[KEY_HMAC_SHA512] = HASH_SHA512,
	[KEY_HMAC_SHA512_224] = HASH_SHA512_224,
	[KEY_HMAC_SHA512_256] = HASH_SHA512_256,
	[KEY_HMAC_SHA512_T] = HASH_SHA512_256, /* and the other one */
	[KEY_HMAC_SHA3_224] = HASH_SHA3_224,
	[KEY_HMAC_SHA3_256] = HASH_SHA3_256,
	[KEY_HMAC_SHA3_384] = HASH_SHA3_384,
	[KEY_HMAC_SHA3_512] = HASH_SHA3_512,
	[KEY_BLAKE2B_160] = HASH_BLAKE2B_160,
	[KEY_BLAKE2B_256] = HASH_BLAKE2B_256,
	[KEY_BLAKE2B_384] = HASH_BLAKE2B_384,
	[KEY_BLAKE2B_512] = HASH_BLAKE2B,
};

const struct hash_info *
hash_info(enum key_hash hash)
{
	size_t i = (size_t)hash;

	return i < ARRAY_LEN(hashes) && hashes[i].name != NULL ? &hashes[i] :
								  NULL;
}

bool
family_has_hash(enum key_family family, enum key_hash hash)
{
	if (!family_is_hmac(family) || hash == HASH_NONE)
		return false;
	return family_hashes[family] == hash ||
	    (family == KEY_HMAC_SHA512_T && hash == HASH_SHA512_224);
}
