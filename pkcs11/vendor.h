/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What cng-pkcs11 adds to Cryptoki; installed as <cng/pkcs11.h>.  Include a
 * Cryptoki header first.  The numbers never change; new ones are appended.
 *
 * Each blob type of Windows CNG is one wrapping mechanism:
 *   C_UnwrapKey(session, CKM_CNG_RSAPRIVATE, key, blob, template) imports,
 *   C_WrapKey(session, CKM_CNG_RSAPRIVATE, key, object) exports.
 * key is the wrapping key; 0, or the null key, says that the blob is plain.
 */
#ifndef CNG_PKCS11_VENDOR_H
#define CNG_PKCS11_VENDOR_H

/* "CNG" in ASCII, and room for 256 numbers. */
#define CNG_PKCS11_VENDOR 0x434E4700UL

#define CKM_CNG_(n) (CKM_VENDOR_DEFINED | CNG_PKCS11_VENDOR | (n))
/* Unwrap only: the type is found by the magic of the blob. */
#define CKM_CNG_ANY CKM_CNG_(0UL)
#define CKM_CNG_RSAPUBLIC CKM_CNG_(1UL)       /* RSAPUBLICBLOB */
#define CKM_CNG_RSAPRIVATE CKM_CNG_(2UL)      /* RSAPRIVATEBLOB */
#define CKM_CNG_RSAFULLPRIVATE CKM_CNG_(3UL)  /* RSAFULLPRIVATEBLOB */
#define CKM_CNG_ECCPUBLIC CKM_CNG_(4UL)       /* ECCPUBLICBLOB */
#define CKM_CNG_ECCPRIVATE CKM_CNG_(5UL)      /* ECCPRIVATEBLOB */
#define CKM_CNG_PUBLIC CKM_CNG_(6UL)          /* PUBLICBLOB */
#define CKM_CNG_PRIVATE CKM_CNG_(7UL)         /* PRIVATEBLOB */
#define CKM_CNG_PKCS8 CKM_CNG_(8UL)           /* PKCS8_PRIVATEKEY */
#define CKM_CNG_KEYDATA CKM_CNG_(9UL)         /* KeyDataBlob */
#define CKM_CNG_ECCFULLPUBLIC CKM_CNG_(10UL)      /* ECCFULLPUBLICBLOB */
#define CKM_CNG_ECCFULLPRIVATE CKM_CNG_(11UL)     /* ECCFULLPRIVATEBLOB */
#define CKM_CNG_DSAPUBLIC CKM_CNG_(12UL)          /* DSAPUBLICBLOB */
#define CKM_CNG_DSAPRIVATE CKM_CNG_(13UL)         /* DSAPRIVATEBLOB */
#define CKM_CNG_DHPUBLIC CKM_CNG_(14UL)           /* DHPUBLICBLOB */
#define CKM_CNG_DHPRIVATE CKM_CNG_(15UL)          /* DHPRIVATEBLOB */
#define CKM_CNG_MLKEMPUBLIC CKM_CNG_(16UL)        /* MLKEMPUBLICBLOB */
#define CKM_CNG_MLKEMPRIVATE CKM_CNG_(17UL)       /* MLKEMPRIVATEBLOB */
#define CKM_CNG_MLKEMPRIVATESEED CKM_CNG_(18UL)   /* MLKEMPRIVATESEEDBLOB */
#define CKM_CNG_PQDSAPUBLIC CKM_CNG_(19UL)        /* PQDSAPUBLICBLOB */
#define CKM_CNG_PQDSAPRIVATE CKM_CNG_(20UL)       /* PQDSAPRIVATEBLOB */
#define CKM_CNG_PQDSAPRIVATESEED CKM_CNG_(21UL)   /* PQDSAPRIVATESEEDBLOB */
#define CKM_CNG_PQPRIVATE CKM_CNG_(22UL)          /* PQPrivateKeyBlob */
#define CKM_CNG_CAPIPUBLIC CKM_CNG_(23UL)         /* CAPIPUBLICBLOB */
#define CKM_CNG_CAPIPRIVATE CKM_CNG_(24UL)        /* CAPIPRIVATEBLOB */
#define CKM_CNG_CAPIDSAPUBLIC CKM_CNG_(25UL)      /* CAPIDSAPUBLICBLOB */
#define CKM_CNG_CAPIDSAPRIVATE CKM_CNG_(26UL)     /* CAPIDSAPRIVATEBLOB */
#define CKM_CNG_V2CAPIDSAPUBLIC CKM_CNG_(27UL)    /* V2CAPIDSAPUBLICBLOB */
#define CKM_CNG_V2CAPIDSAPRIVATE CKM_CNG_(28UL)   /* V2CAPIDSAPRIVATEBLOB */
#define CKM_CNG_CAPIDHPUBLIC CKM_CNG_(29UL)       /* CAPIDHPUBLICBLOB */
#define CKM_CNG_CAPIDHPRIVATE CKM_CNG_(30UL)      /* CAPIDHPRIVATEBLOB */
/* The next two need a wrapping key: AES, and RSA. */
#define CKM_CNG_RFC3565WRAP CKM_CNG_(31UL)        /* Rfc3565KeyWrapBlob */
#define CKM_CNG_RSAAESWRAP CKM_CNG_(32UL)         /* PKCS11RsaAesWrapBlob */
#define CKM_CNG_CIPHERKEY CKM_CNG_(33UL)          /* CipherKeyBlob */
/* No wrapping key: sealed by the token, and for it alone. */
#define CKM_CNG_OPAQUETRANSPORT CKM_CNG_(34UL)    /* OpaqueTransport */
/* No wrapping key: protected by the token, for itself.  What a domain protects
 * is opened with the root key of its key distribution service, given by a
 * buffer or as the unwrapping key: a generic secret with CKA_UNWRAP. */
#define CKM_CNG_PROTECTEDKEY CKM_CNG_(35UL)       /* ProtectedKeyBlob */
/* The key of a recipient, RSA or EC.  Without one C_UnwrapKey looks for the
 * private key of a recipient's certificate, and C_WrapKey needs certificates
 * in CNG_BUFFER_CERT_BLOB. */
#define CKM_CNG_PKCS7ENVELOPE CKM_CNG_(36UL)      /* PKCS7_ENVELOPE */

#define CKA_CNG_(n) (CKA_VENDOR_DEFINED | CNG_PKCS11_VENDOR | (n))
/* UTF-8; unique within a token; empty for a key without a name. */
#define CKA_CNG_KEY_NAME CKA_CNG_(1UL)
/* C_CreateObject: the blob to import.  C_GetAttributeValue: the key as one,
 * where its policy lets it out in plaintext. */
#define CKA_CNG_BLOB CKA_CNG_(2UL)
/* CK_ULONG: which blob, as in CKM_CNG_(n). */
#define CKA_CNG_BLOB_TYPE CKA_CNG_(3UL)
/* CK_BBOOL: false until the key is finalised; can be set to true once. */
#define CKA_CNG_FINALIZED CKA_CNG_(4UL)
/* CK_ULONG, of keys on a card whose slots have numbers: 0x9A, 0x9C, 0x9D,
 * 0x9E, 0x82 to 0x95 (PIV); 1 to sign, 2 to decrypt, 3 to authenticate
 * (OpenPGP).  Where a private key is made or brought it says where it goes. */
#define CKA_CNG_KEY_SLOT CKA_CNG_(5UL)

/* The built-in null key, for tools that cannot pass the handle 0: found by
 * this CKA_ID only. */
#define CNG_NULL_KEY_ID "CNG-NULL"
#define CNG_NULL_KEY_ID_LEN 8

/* One typed buffer, as in NCryptBufferDesc. */
typedef struct CK_CNG_BUFFER {
	CK_ULONG type;          /* CNG_BUFFER_* */
	CK_VOID_PTR value;
	CK_ULONG len;           /* bytes */
} CK_CNG_BUFFER;
typedef CK_CNG_BUFFER *CK_CNG_BUFFER_PTR;

/* CKM_CNG_PROTECTEDKEY, export: "LOCAL=user" or "LOCAL=machine", UTF-16LE with
 * NUL; and flags, which must be 0 (u32). */
#define CNG_BUFFER_PROTECTION_DESCRIPTOR_STRING 3UL
#define CNG_BUFFER_PROTECTION_FLAGS 4UL
/* Import: KDS root keys.  Ours: 16 bytes of id and 64 of key, or LDIF. */
#define CNG_BUFFER_KDS_ROOT_KEY 0x434E4701UL
#define CNG_BUFFER_PKCS_ALG_OID 41UL    /* ASCII, dotted, with NUL */
#define CNG_BUFFER_PKCS_ALG_PARAM 42UL  /* u32 iterations, u32 n, n salt */
#define CNG_BUFFER_PKCS_ALG_ID 43UL     /* UTF-16LE with NUL: "RSA" ... */
#define CNG_BUFFER_PKCS_KEY_NAME 45UL   /* UTF-16LE with NUL */
#define CNG_BUFFER_PKCS_SECRET 46UL     /* UTF-16LE with NUL: the password */
/* CKM_CNG_PKCS7ENVELOPE, export: for whom (a certificate in DER, or a store,
 * serialised or as PKCS#7); CNG_BUFFER_PKCS_ALG_OID is the cipher then, with
 * AES-256-CBC assumed, and a padding hash or label, below, mean OAEP. */
#define CNG_BUFFER_CERT_BLOB 47UL
/* The curve of a blob with a generic ECC magic: its name as Windows spells it
 * (UTF-16LE with NUL), or a BCRYPT_ECC_PARAMETER_HEADER with its numbers.
 * CKA_EC_PARAMS in the template does as well. */
#define CNG_BUFFER_ECC_CURVE_NAME 60UL
#define CNG_BUFFER_ECC_PARAMETERS 61UL

/* CKM_CNG_RSAAESWRAP, export: the AES key of 256 bits unless said otherwise,
 * the hash of OAEP and its mask ("SHA256" unless said otherwise), its label */
#define CNG_BUFFER_PKCS_AES_KEY_BITS 96UL   /* u32 */
#define CNG_BUFFER_PKCS_PADDING_ALGO 97UL   /* UTF-16LE with NUL */
#define CNG_BUFFER_PKCS_PADDING_LABEL 98UL  /* bytes */

/* Parameter of all CKM_CNG_*; without one the defaults hold. */
typedef struct CK_CNG_BLOB_PARAMS {
	CK_ULONG version;       /* 0 */
	CK_FLAGS flags;         /* CNG_FLAG_*, the values of NCRYPT_* */
	CK_CNG_BUFFER_PTR buffers;
	CK_ULONG count;
} CK_CNG_BLOB_PARAMS;
typedef CK_CNG_BLOB_PARAMS *CK_CNG_BLOB_PARAMS_PTR;

#define CNG_FLAG_NO_KEY_VALIDATION 0x00000008UL  /* import */
#define CNG_FLAG_SILENT 0x00000040UL             /* accepted, no effect */
#define CNG_FLAG_OVERWRITE_KEY 0x00000080UL      /* import */
#define CNG_FLAG_DO_NOT_FINALIZE 0x00000400UL    /* import */

#endif
