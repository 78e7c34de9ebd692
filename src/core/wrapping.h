/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How a CNG blob is wrapped when hExportKey or hImportKey is given.
 */
#ifndef CNG_CORE_WRAPPING_H
#define CNG_CORE_WRAPPING_H

#include "key/alg.h"
#include "key/op.h"

/* AES: RFC 5649 around the whole blob.  RSA: an ephemeral AES-256 key under
 * OAEP with SHA-256, then RFC 5649. */
static inline struct key_op
wrapping_default(enum key_family family)
{
	struct key_op op = { .scheme = OP_AES_KWP };

	if (family == KEY_RSA)
		op = (struct key_op){
			.scheme = OP_RSA_AES_WRAP,
			.pad_hash = HASH_SHA256,
			.mgf_hash = HASH_SHA256,
			.aes_bits = 256,
		};
	return op;
}

/* Is that of the key that unwraps, and never of what it decrypts?
 * (import.c) */
bool wrapping_is_of_holder(enum cng_status st);

#endif
