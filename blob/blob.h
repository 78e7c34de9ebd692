/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every pszBlobType: bytes to key material and back.  One row a type, in
 * table.c; one file a family.  No keys are used here, no files, no store.
 */
#ifndef CNG_BLOB_H
#define CNG_BLOB_H

#include "base/secret.h"
#include "base/wr.h"
#include "crypto/asn1.h"
#include "crypto/envelope.h"
#include "key/material.h"
#include "key/op.h"

/* Numbered once: pkcs11/vendor.h publishes the numbers.  Append only. */
enum blob_type {
	BLOB_ANY = 0,            /* detect by the magic (import only) */
	BLOB_RSAPUBLIC = 1,
	BLOB_RSAPRIVATE = 2,
	BLOB_RSAFULLPRIVATE = 3,
	BLOB_ECCPUBLIC = 4,
	BLOB_ECCPRIVATE = 5,
	BLOB_PUBLIC = 6,         /* generic: the magic says what */
	BLOB_PRIVATE = 7,
	BLOB_PKCS8 = 8,
	BLOB_KEYDATA = 9,
	BLOB_ECCFULLPUBLIC = 10,
	BLOB_ECCFULLPRIVATE = 11,
	BLOB_DSAPUBLIC = 12,
	BLOB_DSAPRIVATE = 13,
	BLOB_DHPUBLIC = 14,
	BLOB_DHPRIVATE = 15,
	BLOB_MLKEMPUBLIC = 16,
	BLOB_MLKEMPRIVATE = 17,
	BLOB_MLKEMPRIVATESEED = 18,
	BLOB_PQDSAPUBLIC = 19,   /* ML-DSA and SLH-DSA */
	BLOB_PQDSAPRIVATE = 20,
	BLOB_PQDSAPRIVATESEED = 21,
	BLOB_PQPRIVATE = 22,
	BLOB_CAPIPUBLIC = 23,
	BLOB_CAPIPRIVATE = 24,
	BLOB_CAPIDSAPUBLIC = 25,
	BLOB_CAPIDSAPRIVATE = 26,
	BLOB_V2CAPIDSAPUBLIC = 27,
	BLOB_V2CAPIDSAPRIVATE = 28,
	BLOB_CAPIDHPUBLIC = 29,
	BLOB_CAPIDHPRIVATE = 30,
	BLOB_RFC3565WRAP = 31,   /* framed, as is the next */
	BLOB_RSAAESWRAP = 32,
	BLOB_CIPHERKEY = 33,
	BLOB_OPAQUETRANSPORT = 34, /* sealed by the token it came from */
	BLOB_PROTECTEDKEY = 35,  /* DPAPI-NG */
	BLOB_PKCS7ENVELOPE = 36, /* for the holders of other keys */
	BLOB_TYPE_COUNT
};

enum blob_class {
	BLOB_CLASS_ANY = 0,
	BLOB_CLASS_PUBLIC,
	BLOB_CLASS_PRIVATE,      /* a key pair */
	BLOB_CLASS_SECRET,
	BLOB_CLASS_SEALED,       /* a private or a secret key, with all that
	                          * belongs to it */
};

struct blob_info {
	enum blob_type type;
	const char *name;        /* the exact pszBlobType text, ASCII */
	const char *constant;    /* "BCRYPT_RSAPUBLIC_BLOB" */
	enum blob_class class;
};

/* What a caller may say besides the bytes: the typed buffers of NCrypt. */
struct blob_params {
	struct pbe pbe;              /* PKCS8: password and algorithm */
	enum key_family secret_family; /* KEYDATA, RFC3565WRAP import: AES
	                                * (default) or GENERIC */
	/* The curve of a generic ECC magic; at most one of them. */
	struct span curve_name;      /* NCRYPTBUFFER_ECC_CURVE_NAME, UTF-8 */
	struct span ecc_parameters;  /* NCRYPTBUFFER_ECC_PARAMETERS */
	struct {
		size_t aes_bits;      /* 0: 256 */
		enum key_hash hash;   /* HASH_NONE: SHA-256 */
		struct span label;
	} wrap;                      /* RSAAESWRAP export; PKCS7ENVELOPE, too:
	                              * with a hash it is OAEP */
	struct {
		struct span roots;   /* import: KDS root keys, see
		                      * doc/BLOBS.md; or empty */
		struct span rule;    /* export: the protection descriptor */
		struct span key_id;  /* export: blob_protected_id */
		struct span kek;     /* of the token, for LOCAL=; 32 bytes */
	} protect;                   /* PROTECTEDKEY */
	struct {
		struct span certs;    /* NCRYPTBUFFER_CERT_BLOB: for whom */
		enum envelope_cipher cipher;
	} envelope;                  /* PKCS7ENVELOPE export */
};

/* NULL when out of range. */
const struct blob_info *blob_info(enum blob_type type);

/* Exact, case-sensitive, as Windows compares.  CNG_ERR_NOT_SUPPORTED for a
 * text that is no known type. */
enum cng_status blob_type_from_name(const char *name, enum blob_type *out)
    CNG_MUST_CHECK;

/* By magic, or by being DER.  The most specific type; CNG_ERR_BAD_MAGIC. */
enum cng_status blob_detect(struct span in, enum blob_type *out)
    CNG_MUST_CHECK;

/*
 * Bytes to material.  Lengths must use up the input exactly.  Layout only:
 * whether the numbers belong together is for crypto_check_public and
 * crypto_check_pair.  Missing numbers stay missing (crypto_complete).
 *   CNG_ERR_BAD_MAGIC  the magic is not one of this type
 *   CNG_ERR_BAD_DATA   lengths, versions or encoding wrong, bytes left over
 *   CNG_ERR_BAD_CURVE, CNG_ERR_BAD_PASSWORD, CNG_ERR_NO_MEMORY
 * On failure *out is empty.  params may be NULL.
 */
enum cng_status blob_decode(enum blob_type type, struct span in,
    const struct blob_params *params, struct key_material *out)
    CNG_MUST_CHECK;

/*
 * Material to bytes; a NULL cursor buffer asks for the size.
 *   CNG_ERR_BAD_TYPE   the key has no such form (also: no private part)
 */
enum cng_status blob_encode(enum blob_type type,
    const struct key_material *key, const struct blob_params *params,
    struct wr *out) CNG_MUST_CHECK;

/* --- types whose key is in a ciphertext ----------------------------------- */

/*
 * Such a blob is only framed here: who has the key runs the operation.
 * Decoding and encoding one without a key is CNG_ERR_ARGUMENT.
 */
struct blob_frame {
	enum blob_type inner;    /* what the plaintext is */
	bool bare;               /* no blob, but the value of a secret key */
	enum key_family family;  /* of the key that wraps and unwraps */
	struct key_op op;
	struct span cipher;
};

bool blob_is_framed(enum blob_type type);

/* Framed, enveloped, protected, or sealed by a token: bytes alone do not give
 * the key. */
bool blob_is_closed(enum blob_type type);

/* The frame around a ciphertext; all spans are borrowed from in.
 * CNG_ERR_BAD_MAGIC, CNG_ERR_BAD_DATA; CNG_ERR_NOT_SUPPORTED: a padding
 * hash that is not known. */
enum cng_status blob_frame_read(enum blob_type type, struct span in,
    struct blob_frame *out) CNG_MUST_CHECK;

/* How the type is to be wrapped; label borrowed.  CNG_ERR_ARGUMENT: no such
 * AES key size or padding hash. */
enum cng_status blob_frame_plan(enum blob_type type,
    const struct blob_params *params, struct blob_frame *out)
    CNG_MUST_CHECK;

/* With a NULL cursor buffer only cipher.len is looked at. */
enum cng_status blob_frame_write(enum blob_type type,
    const struct blob_frame *frame, struct wr *out) CNG_MUST_CHECK;

/* The plaintext of a frame: as blob_decode and blob_encode.
 * CNG_ERR_KEY_SIZE: the operation cannot wrap that many bytes. */
enum cng_status blob_inner_decode(const struct blob_frame *frame,
    struct span plain, const struct blob_params *params,
    struct key_material *out) CNG_MUST_CHECK;
enum cng_status blob_inner_encode(const struct blob_frame *frame,
    const struct key_material *key, const struct blob_params *params,
    struct wr *out) CNG_MUST_CHECK;

/* --- PKCS7_ENVELOPE ------------------------------------------------------- */

/* Runs the operation on the recipient's key, wherever that lives. */
typedef enum cng_status blob_unwrapper(void *arg, const struct key_op *op,
    struct span cipher, struct secret *out);

/*
 * The key inside, for one recipient who has a key of that family; envelope_read
 * made e.  All recipients of the family are tried.  CNG_ERR_WRAP_KEY_TYPE:
 * there is none; CNG_ERR_WRAPPED_KEY: whatever else was wrong.
 */
enum cng_status blob_envelope_open(const struct envelope *e,
    enum key_family family, blob_unwrapper *unwrap, void *arg,
    const struct blob_params *params, struct key_material *out)
    CNG_MUST_CHECK;

enum cng_status blob_envelope_write(const struct key_material *key,
    const struct envelope_to *to, size_t count,
    const struct blob_params *params, struct wr *out) CNG_MUST_CHECK;

/* NCRYPTBUFFER_PKCS_ALG_OID and _PARAM.  CNG_ERR_NOT_SUPPORTED: a cipher that
 * is not written. */
enum cng_status blob_envelope_cipher(struct span oid, struct span param,
    enum envelope_cipher *out) CNG_MUST_CHECK;

/* Each certificate of an NCRYPTBUFFER_CERT_BLOB: a serialised store, a store
 * saved as PKCS#7, or one certificate. */
enum cng_status blob_certificates(struct span in, cert_sink *sink, void *arg)
    CNG_MUST_CHECK;

/* --- OpaqueTransport ------------------------------------------------------ */

/* OpaqueTransport: what a token sealed, and which token. */
struct blob_transport {
	struct span serial;      /* characters */
	struct span bound;       /* all that stands before the sealed bytes */
	struct span sealed;
};

/* CNG_ERR_NOT_SUPPORTED: the container of another provider. */
enum cng_status blob_transport_read(struct span in,
    struct blob_transport *out) CNG_MUST_CHECK;
/* The part before sealed_len bytes. */
enum cng_status blob_transport_write(struct span serial, size_t sealed_len,
    struct wr *out) CNG_MUST_CHECK;

/*
 * ProtectedKeyBlob is decoded with params->protect: .roots opens what a group
 * key distribution service protects for a SID, .kek what a token of ours does
 * (LOCAL=).  It is encoded for a token only.
 *   CNG_ERR_ARGUMENT       neither was given
 *   CNG_ERR_NOT_FOUND      the root key is not among those given
 *   CNG_ERR_WRAPPED_KEY    not its key, or changed
 *   CNG_ERR_NOT_SUPPORTED  protected in another way
 */
struct blob_protected {
	bool local;              /* by a token of ours */
	bool machine;            /* LOCAL=machine */
	struct span serial;      /* of the token */
	struct span key_id;      /* what its key is derived from */
};
enum cng_status blob_protected_read(struct span in,
    struct blob_protected *out) CNG_MUST_CHECK;

/* "LOCAL=user" (also when empty) or "LOCAL=machine"; CNG_ERR_NOT_SUPPORTED:
 * some other descriptor; CNG_ERR_ARGUMENT: none. */
enum cng_status blob_protected_rule(struct span rule, bool *machine)
    CNG_MUST_CHECK;

/* A new key_id for a token. */
#define BLOB_PROTECTED_SALT 32
#define BLOB_PROTECTED_ID_MAX 96
enum cng_status blob_protected_id(struct span serial, bool machine,
    const uint8_t salt[BLOB_PROTECTED_SALT], struct wr *out) CNG_MUST_CHECK;

/* --- description, field by field -------------------------------------- */

enum blob_field_kind {
	BLOB_FIELD_NUMBER = 0,   /* value */
	BLOB_FIELD_MAGIC,        /* bytes: 4 characters; text: its meaning */
	BLOB_FIELD_TEXT,         /* text */
	BLOB_FIELD_BYTES,        /* bytes: public */
	BLOB_FIELD_SECRET,       /* bytes: secret, to be shown only on demand */
};

struct blob_field {
	const char *name;        /* "cbModulus", as Microsoft spells it */
	size_t offset;           /* of the field within the blob */
	size_t size;             /* bytes it takes there */
	enum blob_field_kind kind;
	uint64_t value;
	struct span bytes;
	const char *text;        /* or NULL */
};

typedef void blob_field_sink(void *arg, const struct blob_field *field);

/* Walks the fields in order, also of a blob that is cut short or wrong: what
 * can be named is named first, then the status says what is wrong.  Fields
 * live until the sink returns.  BLOB_ANY also knows the layout of some
 * strangers: CNG_ERR_NOT_SUPPORTED when all of it was understood. */
enum cng_status blob_describe(enum blob_type type, struct span in,
    blob_field_sink *sink, void *arg) CNG_MUST_CHECK;

/* What bytes seem to be that are none of our types: "DSAPUBLICBLOB",
 * "CAPIPRIVATEBLOB", "PEM text" ...; NULL when ours, or not known. */
const char *blob_foreign_name(struct span in);

#endif
