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
	struct object *base;     /* or the key that holds it */
	struct token *tok;       /* of that */
	const NCryptBufferDesc *list;
	const struct hash_name *hash;
	DWORD flags;
	size_t wanted;           /* bytes; 0: a size is asked for */
	struct secret out;
};

/* Of the parameter list; ptr NULL: there is none. */
struct span derive_piece(const struct deriving *d, ULONG type);
/* SHA-1 when nobody says. */
enum cng_status derive_read_hash(struct deriving *d) CNG_MUST_CHECK;
/* Stands among pieces for the value of the base key. */
extern const struct span DERIVE_BASE;
enum cng_status derive_digest(const struct deriving *d,
    const struct span *pieces, size_t count, uint8_t *out) CNG_MUST_CHECK;
/* SP 800-56A, of the secret or of the base key. */
enum cng_status derive_concat(struct deriving *d) CNG_MUST_CHECK;
/* What does not fit is cut off, without a word: so does CNG. */
SECURITY_STATUS derive_hand_out(const struct secret *made, PBYTE out,
    DWORD size, DWORD *result);

/* NTE_NOT_SUPPORTED: no such function here. */
SECURITY_STATUS derive_run(struct deriving *d, LPCWSTR kdf);

#endif
