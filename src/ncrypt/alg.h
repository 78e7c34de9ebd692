/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The algorithms of CNG: one row each.
 */
#ifndef CNG_NCRYPT_ALG_H
#define CNG_NCRYPT_ALG_H

#include <cng/ncrypt.h>

#include "key/material.h"

struct alg {
	const char *name;        /* "ECDSA_P256" */
	const char *group;       /* "ECDSA" */
	enum key_family family;
	enum key_curve curve;    /* CURVE_NONE: any */
	unsigned role;
	DWORD class;             /* NCRYPT_*_INTERFACE */
	DWORD operations;        /* NCRYPT_*_OPERATION */
	NCRYPT_SUPPORTED_LENGTHS lengths;
	const char *blob;        /* supported when this type is; NULL: always */
};

/* Those that are supported, in a fixed order; NULL at the end. */
const struct alg *alg_next(const struct alg *after);
/* NULL: not supported. */
const struct alg *alg_find(LPCWSTR name);
/* One whose keys are a secret for a derivation function; NULL: none. */
const struct alg *alg_kdf(struct span name);
const struct alg *alg_of(enum key_family family, enum key_curve curve,
    unsigned role);

/* Is it a key length of the algorithm? */
bool alg_has_length(const struct alg *alg, DWORD bits);

/* Hashes by the names of CNG; also those that we only know the size of. */
struct hash_name {
	const char *name;
	enum key_hash hash;      /* HASH_NONE: not for padding */
	size_t size;
	struct span prefix;      /* of a DigestInfo */
};
const struct hash_name *hash_find(LPCWSTR name);

#endif
