/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hashes: adding one is adding a row.  Curves are in curve.c.
 */
#include "key/alg.h"

#include "base/util.h"

static const struct hash_info hashes[HASH_COUNT] = {
	[HASH_SHA1] = { .name = "SHA1", .size = 20, .block = 64 },
	[HASH_SHA224] = { .name = "SHA2-224", .size = 28, .block = 64 },
	[HASH_SHA256] = { .name = "SHA2-256", .size = 32, .block = 64 },
	[HASH_SHA384] = { .name = "SHA2-384", .size = 48, .block = 128 },
	[HASH_SHA512] = { .name = "SHA2-512", .size = 64, .block = 128 },
};

const struct hash_info *
hash_info(enum key_hash hash)
{
	size_t i = (size_t)hash;

	return i < ARRAY_LEN(hashes) && hashes[i].name != NULL ? &hashes[i] :
								  NULL;
}
