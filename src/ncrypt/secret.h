/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A secret that two keys agreed on, and the functions that make keys of it.
 */
#ifndef CNG_NCRYPT_SECRET_H
#define CNG_NCRYPT_SECRET_H

#include "ncrypt/face.h"

/* One derivation: the shared secret, big-endian, and what the caller says. */
struct deriving {
	struct span secret;
	const NCryptBufferDesc *list;
	const struct hash_name *hash;
	DWORD flags;
	size_t wanted;           /* bytes; 0: a size is asked for */
	struct secret out;
};

/* CNG_ERR_NOT_SUPPORTED: no such function here. */
SECURITY_STATUS derive_run(struct deriving *d, LPCWSTR kdf);

#endif
