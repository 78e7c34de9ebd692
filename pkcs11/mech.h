/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Mechanisms: one row each, and the way from a CK_MECHANISM to a key_op.
 */
#ifndef CNG_PKCS11_MECH_H
#define CNG_PKCS11_MECH_H

#include "key/op.h"
#include "pkcs11/cryptoki.h"

/* How the parameter looks. */
enum mech_param {
	PARAM_NONE = 0,
	PARAM_IV16,          /* 16 bytes */
	PARAM_IV8_OR_NONE,
	PARAM_IV4_OR_NONE,
	PARAM_CTR,
	PARAM_GCM,
	PARAM_OAEP,
	PARAM_PSS,
	PARAM_ECDH1,
	PARAM_RSA_AES_WRAP,
	PARAM_MAC_LEN,       /* CK_MAC_GENERAL_PARAMS */
	PARAM_CNG_BLOB,      /* optional CK_CNG_BLOB_PARAMS: see cngblob.h */
	PARAM_EDDSA,         /* optional CK_EDDSA_PARAMS */
	PARAM_SIGN_CONTEXT,  /* optional CK_SIGN_ADDITIONAL_CONTEXT */
	PARAM_HASH_CONTEXT,  /* CK_HASH_SIGN_ADDITIONAL_CONTEXT */
	PARAM_IV8,           /* 8 bytes */
	PARAM_GMAC,          /* CK_GCM_PARAMS, or a nonce of 1 to 128 bytes */
	PARAM_CCM,
	PARAM_CHACHA20,
	PARAM_CHACHA20_POLY1305,
	PARAM_ECDH_AES_WRAP,
	PARAM_PUBLIC_VALUE,  /* y of the other side */
	PARAM_DERIVE,        /* read with the session: see deriveparam.h */
	PARAM_PBKD2,         /* the same */
	PARAM_X942,
	PARAM_TLS_MASTER,    /* the same, as all of TLS: see derivetls.c */
	PARAM_TLS_EXTENDED,
	PARAM_TLS_KEYS,
	PARAM_TLS_KDF,
	PARAM_TLS_MAC,
	PARAM_VERSION,       /* CK_VERSION */
	PARAM_OTHER_KEY,     /* CK_OBJECT_HANDLE; read with the session */
	PARAM_DATA,          /* CK_KEY_DERIVATION_STRING_DATA */
	PARAM_DATA_FIRST,    /* the same, put before the key */
	PARAM_CBC_DATA,      /* CK_AES_CBC_ENCRYPT_DATA_PARAMS */
	PARAM_FIRST_BIT,     /* CK_EXTRACT_PARAMS */
	PARAM_SHA512_T,      /* CK_MAC_GENERAL_PARAMS: t */
	PARAM_IKE_FIRST,     /* CK_IKE_PRF_DERIVE_PARAMS; all of IKE is read */
	PARAM_IKE_NEXT,      /* with the session: see deriveike.c */
	PARAM_IKE_PLUS,
	PARAM_IKE_EXTENDED,
	PARAM_KIND_COUNT
};

struct mech {
	CK_MECHANISM_TYPE type;
	CK_FLAGS flags;
	CK_ULONG min;        /* key size in the unit of the standard */
	CK_ULONG max;
	enum key_family family; /* key generation */
	enum op_scheme scheme;
	enum key_hash hash;
	enum mech_param param;
	bool cofactor;
	bool compat;         /* not of tokens whose policy is strict */
	size_t mac_len;      /* of a MAC that is always cut */
	bool ask_hash;       /* libcrypto may not know the hash */
	enum key_family needs; /* that libcrypto must know; KEY_NONE: nothing */
};

/* NULL when unknown, or when libcrypto is too old for it. */
const struct mech *mech_info(CK_MECHANISM_TYPE type);

/* The types of all that there are, for a token of that policy: as many as fit
 * into list; returns how many there are. */
size_t mech_list(CK_MECHANISM_TYPE *list, size_t max, bool compat);

struct mech_source;

/* How core is told, for mechanism objects. */
extern const struct mech_source mech_source;

/* All rows, in a few tables, each in ascending order of type. */
#define MECH_TABLES 9
const struct mech *mech_table(size_t table, size_t *count);

/* Is it one of the blob types (CKM_CNG_*)? */
bool mech_is_cng(const struct mech *mech);

/*
 * The row of a mechanism that may be used so (one CKF_ flag), and what it
 * asks for.  Byte strings of the parameter are borrowed.
 *   CKR_ARGUMENTS_BAD            NULL
 *   CKR_MECHANISM_INVALID        unknown, or not for this use
 *   CKR_MECHANISM_PARAM_INVALID
 */
CK_RV mech_read(const CK_MECHANISM *from, CK_FLAGS use,
    const struct mech **mech, struct key_op *op);

/* The same where *mech, unless NULL, is from the last call for that use: it is
 * often the same again. */
CK_RV mech_read_again(const CK_MECHANISM *from, CK_FLAGS use,
    const struct mech **mech, struct key_op *op);

/* The same, but for the parameter: it comes with each message. */
CK_RV mech_begin(const CK_MECHANISM *from, CK_FLAGS use,
    const struct mech **mech, struct key_op *op);

/* mechparam.c: the parameter alone, into op, where scheme and hash are.  One
 * that cannot be read without its session is left for later. */
CK_RV mech_param_read(const struct mech *mech, const CK_MECHANISM *from,
    struct key_op *op);

#endif
