/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Properties of objects: one row each in prop.c.  The faces translate their
 * attribute numbers and names to these.
 */
#ifndef CNG_CORE_PROP_H
#define CNG_CORE_PROP_H

#include "base/span.h"
#include "base/status.h"
#include "base/wr.h"

enum obj_class {
	OBJ_NONE = 0,
	OBJ_DATA,
	OBJ_CERT,
	OBJ_PUBLIC,
	OBJ_PRIVATE,
	OBJ_SECRET,
	OBJ_PROFILE,             /* built in, never stored */
	OBJ_DOMAIN,              /* a group, for keys that are made */
	OBJ_MECHANISM,           /* built in, never stored */
	OBJ_CLASS_COUNT
};
/* Values are stored on disk: append only. */

enum prop_kind {
	PROP_BOOL = 0,
	PROP_NUMBER,
	PROP_BYTES,
};

/* Values are stored on disk: append only within each block.  The boolean
 * ones are bit numbers of one 64-bit word. */
enum prop_id {
	/* booleans */
	PROP_TOKEN = 0,
	PROP_PRIVATE,
	PROP_MODIFIABLE,
	PROP_COPYABLE,
	PROP_DESTROYABLE,
	PROP_SENSITIVE,
	PROP_EXTRACTABLE,
	PROP_ALWAYS_SENSITIVE,
	PROP_NEVER_EXTRACTABLE,
	PROP_LOCAL,
	PROP_ENCRYPT,
	PROP_DECRYPT,
	PROP_SIGN,
	PROP_SIGN_RECOVER,
	PROP_VERIFY,
	PROP_VERIFY_RECOVER,
	PROP_WRAP,
	PROP_UNWRAP,
	PROP_DERIVE,
	PROP_TRUSTED,
	PROP_WRAP_WITH_TRUSTED,
	PROP_ALWAYS_AUTHENTICATE,
	PROP_FINALIZED,          /* CNG: false until NCryptFinalizeKey */
	PROP_ENCAPSULATE,
	PROP_DECAPSULATE,
	PROP_BOOL_COUNT,

	/* numbers */
	PROP_CLASS = 64,         /* enum obj_class */
	PROP_KEY_FAMILY,         /* enum key_family */
	PROP_CERT_TYPE,          /* as the face numbers it; 0 is X.509 */
	PROP_CERT_CATEGORY,
	PROP_KEYGEN_MECHANISM,   /* as the face numbers it; all ones: none */
	PROP_VALUE_LEN,          /* of a secret, bytes */
	PROP_MODULUS_BITS,
	PROP_BLOB_TYPE,          /* enum blob_type; import and read only */
	PROP_PARAMETER_SET,      /* number of struct key_set_info */
	PROP_VALUE_BITS,         /* of x of a Diffie-Hellman key */
	PROP_PROFILE_ID,
	PROP_PRIME_BITS,         /* of domain parameters */
	PROP_SUBPRIME_BITS,
	PROP_MECHANISM_TYPE,     /* as the face numbers it */
	PROP_VALIDATION_FLAGS,
	PROP_KEY_SLOT,           /* of a card, see device_slot_number */
	PROP_NUMBER_END,

	/* bytes kept as given */
	PROP_LABEL = 128,        /* UTF-8 */
	PROP_ID,
	PROP_NAME,               /* CNG key name, UTF-8, unique per token */
	PROP_SUBJECT,
	PROP_ISSUER,
	PROP_SERIAL,
	PROP_START_DATE,         /* 8 characters or empty */
	PROP_END_DATE,
	PROP_APPLICATION,
	PROP_OBJECT_ID,
	PROP_URL,
	PROP_HASH_SUBJECT_KEY,
	PROP_HASH_ISSUER_KEY,
	PROP_ALLOWED_MECHANISMS, /* array of the face's mechanism numbers,
	                          * 8 bytes little-endian each */
	PROP_CHECK_VALUE,        /* kept for certificates; made for secrets,
	                          * unless something is kept here */
	PROP_CNG_PROPERTIES,     /* what CNG keeps of a key besides; its form
	                          * is the face's */
	PROP_NAME_HASH,          /* of certificates: of the hashes of keys; one
	                          * of the face's mechanism numbers */
	PROP_SECURITY_DOMAIN,    /* of certificates: 8 bytes little-endian */
	PROP_WRAP_TEMPLATE,      /* templates, as props_pack writes them */
	PROP_UNWRAP_TEMPLATE,
	PROP_DERIVE_TEMPLATE,
	PROP_ENCAPSULATE_TEMPLATE,
	PROP_DECAPSULATE_TEMPLATE,
	PROP_KEPT_END,

	/* bytes made from the key's numbers (or the contents of data and
	 * certificates: PROP_VALUE) */
	PROP_VALUE = 192,
	PROP_MODULUS,
	PROP_PUBLIC_EXPONENT,
	PROP_PRIVATE_EXPONENT,
	PROP_PRIME_1,
	PROP_PRIME_2,
	PROP_EXPONENT_1,
	PROP_EXPONENT_2,
	PROP_COEFFICIENT,
	PROP_EC_PARAMS,
	PROP_EC_POINT,
	PROP_PUBLIC_KEY_INFO,
	PROP_UNIQUE_ID,          /* 32 hex digits */
	PROP_BLOB,               /* the key as a CNG blob */
	PROP_SEED,               /* of a post-quantum key */
	PROP_PRIME,
	PROP_SUBPRIME,
	PROP_BASE,
	PROP_MADE_END,
};

#define PROP_BIT(id) ((uint64_t)1 << (id))

static inline enum prop_kind
prop_kind(enum prop_id id)
{
	if (id < PROP_BOOL_COUNT)
		return PROP_BOOL;
	return id < PROP_LABEL ? PROP_NUMBER : PROP_BYTES;
}

/* One line of a template; bytes are borrowed. */
struct prop {
	enum prop_id id;
	uint64_t number;         /* booleans (0 or 1) and numbers */
	struct span bytes;
};

struct props {
	const struct prop *item;
	size_t count;
};

/* The first line with that id, or NULL. */
const struct prop *props_find(struct props list, enum prop_id id);

/* Value of a boolean or number line, or fallback when there is none. */
uint64_t props_number(struct props list, enum prop_id id, uint64_t fallback);

/* Bytes of a line; empty when there is none. */
struct span props_bytes(struct props list, enum prop_id id);

/* Lines that a template within a template, or a key's and a caller's
 * together, may have. */
#define PROPS_MAX 128

/* Bytes of a line as they are kept: leading zeros of a number say nothing. */
struct span prop_trimmed(const struct prop *line);

/* A template as bytes, and back; the lines borrow from them. */
void props_pack(struct props list, struct wr *out);
bool props_unpack(struct span in, struct prop item[PROPS_MAX],
    size_t *count);

/* "label", for logs. */
const char *prop_name(enum prop_id id);

#endif
