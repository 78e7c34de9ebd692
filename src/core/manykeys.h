/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Derivation with more to say than one key and its template: several keys
 * that share the output, what they inherit, and public halves.
 */
#ifndef CNG_CORE_MANYKEYS_H
#define CNG_CORE_MANYKEYS_H

#include "core/token.h"

/* Sensitivity and extractability of what is made of a key. */
enum lineage {
	LINEAGE_FREE = 0,        /* as the template says */
	LINEAGE_KEEPS,           /* hidden keys make hidden keys; else the
	                          * template's, or the same */
	LINEAGE_SAME,            /* the same, whatever the template says */
};

struct derive_part {
	struct props tmpl;
	size_t len;              /* that the key must have; 0: the template's,
	                          * that of its kind, or all (one key only) */
	obj_id id;               /* out */
};

#define DERIVE_PARTS_MAX 33

struct derive_request {
	struct object *base;
	struct object *const *other; /* those that op has bytes of */
	size_t others;
	const struct key_op *op;
	uint64_t mechanism;      /* the face's number, for the allowed list */
	enum lineage lineage;
	size_t base_len;         /* that the base must have; 0: any */
	size_t most;             /* bytes that a key may have; 0: as many as
	                          * any secret */
	bool segments;           /* SP 800-108: no two keys in one block */
	struct derive_part *part;
	size_t count;            /* at most DERIVE_PARTS_MAX */
	size_t rest_len;         /* bytes after the keys, for the caller */
	struct secret *rest;
	size_t bad;              /* out: the part whose template is wrong;
	                          * count if none */
};

/* All keys, or none.  CNG_ERR_KEY_USAGE, also: bytes for the caller are asked
 * for, of a key that is not to be read. */
enum cng_status token_derive_keys(struct token *tok,
    const struct access *who, struct derive_request *req) CNG_MUST_CHECK;

/* The value of a data object, of that length, as a key that is in no token:
 * what HKDF may extract from.
 *   CNG_ERR_OBJECT    no data object
 *   CNG_ERR_KEY_SIZE  another length */
enum cng_status token_data_key(struct token *tok, obj_id id, size_t len,
    struct object **out) CNG_MUST_CHECK;

/* The first bytes of a secret key, where they are known anyhow: it can be
 * read, or was made with them by one of these mechanisms. */
bool object_first_bytes(const struct object *obj,
    const uint64_t *mechanism, size_t count, uint8_t *out, size_t len);

/* The public key of a private one, as an object of its own.  Needs no right
 * to derive: nothing is learnt. */
enum cng_status token_public_half(struct token *tok,
    const struct access *who, const struct object *base, uint64_t mechanism,
    struct props tmpl, obj_id *out) CNG_MUST_CHECK;

#endif
