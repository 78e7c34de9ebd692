/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Padding structures and flags to the description of an operation.
 */
#ifndef CNG_NCRYPT_PAD_H
#define CNG_NCRYPT_PAD_H

#include "key/op.h"
#include "ncrypt/face.h"

/* A digest with its DigestInfo around it. */
#define PAD_DATA_MAX 96

struct padded {
	struct key_op op;
	uint64_t mechanism;      /* as a key's list of allowed ones counts */
	struct span data;        /* what is signed: the hash, or data_bytes */
	uint8_t data_bytes[PAD_DATA_MAX];
};

/* Sign and verify: family of the key, pPaddingInfo, flags, the hash. */
SECURITY_STATUS pad_signature(struct padded *out, enum key_family family,
    const void *info, DWORD flags, struct span hash);

/* RSA encryption. */
SECURITY_STATUS pad_encryption(struct padded *out, const void *info,
    DWORD flags);

/* A string of the caller's structure that names a hash; NULL: none. */
SECURITY_STATUS pad_hash(const struct hash_name **out, LPCWSTR name);

#endif
