/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Import and export: NCryptImportKey and NCryptExportKey, whichever face
 * they come through; the standard wrap and unwrap mechanisms too.
 */
#ifndef CNG_CORE_TRANSFER_H
#define CNG_CORE_TRANSFER_H

#include "blob/blob.h"
#include "core/token.h"

enum transfer_format {
	TRANSFER_CNG = 0,    /* a CNG blob; with a key it is wrapped whole */
	TRANSFER_STANDARD,   /* op says how: PKCS#8 for private keys, the value
	                      * for secret ones */
};

/* The number under which a key's list of allowed mechanisms knows the wrapping
 * of a CNG blob: that of pkcs11/vendor.h, whichever face asks. */
#define TRANSFER_MECHANISM(type) \
	(UINT64_C(0x80000000) | UINT64_C(0x434e4700) | (uint64_t)(type))

#define IMPORT_NO_VALIDATION 0x08u   /* skips pair consistency only */
#define IMPORT_OVERWRITE 0x80u       /* a key of the same name is replaced */

/* any_use: the face has one right where a template has two: a key that may
 * encrypt or decrypt may wrap or unwrap, too. */

struct import_request {
	enum transfer_format format;
	enum blob_type type;         /* CNG; BLOB_ANY detects */
	struct span data;
	struct object *key;          /* unwrapping key, or NULL: plaintext */
	bool any_use;
	const struct key_op *op;     /* STANDARD: how it was wrapped */
	uint64_t mechanism;          /* STANDARD: the face's number */
	struct blob_params params;
	struct token *sealer;        /* PROTECTEDKEY: whose LOCAL= is; NULL:
	                              * the token's itself */
	unsigned flags;              /* IMPORT_* */
	struct props tmpl;
	struct span certificate;     /* of the key, DER, or empty: a card has
	                              * both or neither; others look away */
};
/* *out is the private or secret key (or the public key of a public blob).
 * A key pair from a CNG blob shows its public half as an object too. */
enum cng_status token_import(struct token *tok, const struct access *who,
    const struct import_request *req, obj_id *out) CNG_MUST_CHECK;

/* Several keys for the token, in one transaction: all of them, or none.  st
 * says of each what is wrong with it; those that are not at fault have CNG_OK
 * in it also when the whole fails. */
struct import_item {
	struct import_request req;
	obj_id id;
	enum cng_status st;
};
enum cng_status token_import_all(struct token *tok, const struct access *who,
    struct import_item *item, size_t count) CNG_MUST_CHECK;

/* Certificates that come along, in the same transaction.  That of a key among
 * the items gets the id and the label of that key; any other one the label
 * that is given here, and the id that a key of its own would have.  What the
 * token has already is not written again: as that of a key, under its id; any
 * other one, under whichever. */
struct import_cert {
	struct span der;
	struct span label;
	struct span key_id;          /* of a key that is there; or empty */
	bool optional;               /* left out when of no item's key */
	bool left_out;
	obj_id id;                   /* 0: it was there, or is left out */
	enum cng_status st;
};
enum cng_status token_import_with(struct token *tok,
    const struct access *who, struct import_item *item, size_t count,
    struct import_cert *cert, size_t certs) CNG_MUST_CHECK;

/* The private key that the token has of a recipient of a PKCS7_ENVELOPE: by a
 * certificate, or by its identifier.  token_import looks for it, too, when no
 * key is given.  CNG_ERR_NOT_FOUND: there is none. */
enum cng_status token_recipient(struct token *tok, struct span blob,
    struct object **out) CNG_MUST_CHECK;

struct export_request {
	enum transfer_format format;
	enum blob_type type;         /* CNG; BLOB_ANY is refused */
	struct object *key;          /* wrapping key, or NULL: plaintext */
	bool any_use;
	const struct key_op *op;
	uint64_t mechanism;          /* STANDARD: the face's number */
	bool fresh_iv;               /* op has one of random bytes made for
	                              * this call, and not the caller's */
	bool tells_iv;           /* it would do with one that is */
	struct blob_params params;
	struct token *sealer;        /* as above */
	bool any_strength;           /* of the wrapping key: token_export says
	                              * so by its policy */
	bool archive;                /* its maker's one copy: it need not be
	                              * extractable.  The face counts. */
};
/* Policy is judged before the size is told. */
enum cng_status token_export(struct token *tok, struct object *obj,
    const struct export_request *req, struct wr *out) CNG_MUST_CHECK;

#endif
