/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The closed list of outcomes used below the faces.  Each face leaves it
 * through one table of its own (CK_RV, SECURITY_STATUS, exit code).
 */
#ifndef CNG_BASE_STATUS_H
#define CNG_BASE_STATUS_H

#define CNG_MUST_CHECK __attribute__((warn_unused_result))

enum cng_status {
	CNG_OK = 0,

	/* the caller and its buffers */
	CNG_ERR_ARGUMENT,          /* a parameter is not valid */
	CNG_ERR_BUFFER_TOO_SMALL,  /* the needed length was reported */
	CNG_ERR_NO_MEMORY,
	CNG_ERR_INTERNAL,          /* a promise inside the program broke */
	CNG_ERR_NOT_SUPPORTED,
	CNG_ERR_BAD_FLAGS,
	CNG_ERR_NOT_FOUND,
	CNG_ERR_EXISTS,            /* the key name is taken */
	CNG_ERR_INTERRUPTED,

	/* key blobs */
	CNG_ERR_BAD_DATA,          /* lengths or encoding of a blob are wrong */
	CNG_ERR_BAD_MAGIC,         /* the magic is not one of the blob type */
	CNG_ERR_BAD_TYPE,          /* the key cannot take that blob type */
	CNG_ERR_BAD_PASSWORD,      /* a password does not open the blob */
	CNG_ERR_BAD_CURVE,         /* curve unknown or not supported */
	CNG_ERR_BAD_SET,           /* the same of a parameter set */

	/* keys */
	CNG_ERR_BAD_KEY,           /* numbers do not belong together */
	CNG_ERR_BAD_PUBLIC_KEY,    /* point off the curve, even modulus ... */
	CNG_ERR_BAD_DOMAIN,        /* p, q and g make no group */
	CNG_ERR_KEY_STATE,         /* the key is not finalised */
	CNG_ERR_KEY_TYPE,          /* not a key for this mechanism */
	CNG_ERR_KEY_SIZE,
	CNG_ERR_KEY_USAGE,         /* the key's usage forbids the operation */
	CNG_ERR_KEY_UNEXTRACTABLE,
	CNG_ERR_KEY_SENSITIVE,
	CNG_ERR_KEY_NOT_WRAPPABLE,
	CNG_ERR_WRAP_KEY_TYPE,     /* wrapping key of the wrong kind */
	CNG_ERR_WRAP_KEY_SIZE,     /* wrapping key weaker than the key */
	CNG_ERR_WRAPPED_KEY,       /* unwrapping failed; never says why */
	CNG_ERR_WRAPPED_KEY_SIZE,

	/* operations */
	CNG_ERR_MECHANISM,
	CNG_ERR_MECHANISM_PARAM,
	CNG_ERR_DATA,              /* plaintext not acceptable */
	CNG_ERR_DATA_SIZE,
	CNG_ERR_CIPHERTEXT,        /* decryption failed */
	CNG_ERR_CIPHERTEXT_SIZE,
	CNG_ERR_SIGNATURE,         /* does not verify */
	CNG_ERR_SIGNATURE_SIZE,
	CNG_ERR_OPERATION_STATE,   /* no such operation, or one is running */

	/* objects and their properties */
	CNG_ERR_OBJECT,            /* no such object (any more) */
	CNG_ERR_PROP_UNKNOWN,      /* property not known for this object */
	CNG_ERR_PROP_VALUE,
	CNG_ERR_PROP_READ_ONLY,
	CNG_ERR_PROP_SENSITIVE,
	CNG_ERR_TEMPLATE_INCOMPLETE,
	CNG_ERR_TEMPLATE_INCONSISTENT,
	CNG_ERR_PROHIBITED,        /* not copyable, not destroyable ... */

	/* tokens, PINs, stores */
	CNG_ERR_PIN_WRONG,
	CNG_ERR_PIN_LOCKED,
	CNG_ERR_PIN_LENGTH,
	CNG_ERR_PIN_INVALID,       /* not UTF-8 */
	CNG_ERR_PIN_NOT_SET,
	CNG_ERR_NOT_LOGGED_IN,
	CNG_ERR_LOGGED_IN,         /* that role is logged in already */
	CNG_ERR_OTHER_LOGGED_IN,   /* the other role is */
	CNG_ERR_READ_ONLY,         /* store or token cannot be written */
	CNG_ERR_SESSIONS_OPEN,
	CNG_ERR_NO_TOKEN,          /* store absent or not initialised */
	CNG_ERR_STORE_IO,          /* the operating system refused */
	CNG_ERR_STORE_CORRUPT,     /* damaged or edited; nothing was changed */
	CNG_ERR_STORE_FULL,
	CNG_ERR_STORE_BUSY,
	CNG_ERR_STORE_VERSION,     /* written by a newer program */
	CNG_ERR_STORE_PERMISSION,  /* owner or mode of a file is unsafe */
	CNG_ERR_CONFIG,            /* a configuration line is wrong */

	/* devices: cards and their readers */
	CNG_ERR_NO_CARD,           /* the reader is empty */
	CNG_ERR_NO_READER,         /* no reader of that name */
	CNG_ERR_NO_READERS,        /* no reader for cards at all */
	CNG_ERR_UNKNOWN_CARD,      /* no application on it that we drive */
	CNG_ERR_DEVICE,            /* the card failed, or talks nonsense */
	CNG_ERR_DEVICE_REMOVED,    /* the card was pulled */
	CNG_ERR_DEVICE_RESET,      /* by another program; never leaves store/ */
	CNG_ERR_NO_ADMIN,          /* the card's management key is needed */
	CNG_ERR_IMPORT_OFF,        /* the configuration forbids import there */
	CNG_ERR_NO_REMOVAL,        /* the card keeps the old key of the name */

	CNG_STATUS_COUNT
};

/* Short lower-case text for logs and one-line errors; never NULL. */
const char *cng_status_text(enum cng_status st);

/* The constant's own name without the prefix, for logs; never NULL. */
const char *cng_status_name(enum cng_status st);

#endif
