/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EnvelopedData as OpenSSL's templates see it.  Its own CMS keeps the
 * encrypted keys to itself, and wants the recipient's key to be its own.
 */
#ifndef CNG_CRYPTO_ENVELOPE_ASN1_H
#define CNG_CRYPTO_ENVELOPE_ASN1_H

#include "crypto/asn1_internal.h"
#include "key/op.h"

#include <openssl/stack.h>

struct issuer_serial {
	ASN1_TYPE *issuer;
	ASN1_INTEGER *serial;
};

enum recipient_id_kind { ID_ISSUER_SERIAL = 0, ID_KEY };

struct recipient_id {
	int kind;
	union {
		struct issuer_serial *cert;
		ASN1_OCTET_STRING *key;
	} is;
};

struct key_transport {
	ASN1_INTEGER *version;
	struct recipient_id *id;
	X509_ALGOR *algor;
	ASN1_OCTET_STRING *key;
};

struct public_point {
	X509_ALGOR *algor;
	ASN1_BIT_STRING *point;
};

enum originator_kind { FROM_CERT = 0, FROM_KEY_ID, FROM_POINT };

struct originator {
	int kind;
	union {
		struct issuer_serial *cert;
		ASN1_OCTET_STRING *key;
		struct public_point *point;
	} is;
};

struct agree_key_id {
	ASN1_OCTET_STRING *key;
	ASN1_GENERALIZEDTIME *date;
	OPENSSL_STACK *other;
};

struct agree_id {
	int kind;              /* enum recipient_id_kind */
	union {
		struct issuer_serial *cert;
		struct agree_key_id *key;
	} is;
};

struct agree_key {
	struct agree_id *id;
	ASN1_OCTET_STRING *key;
};

struct key_agreement {
	ASN1_INTEGER *version;
	struct originator *originator;
	ASN1_OCTET_STRING *ukm;
	X509_ALGOR *algor;
	OPENSSL_STACK *keys;   /* struct agree_key */
};

enum recipient_kind { BY_TRANSPORT = 0, BY_AGREEMENT };

struct recipient {
	int kind;
	union {
		struct key_transport *transport;
		struct key_agreement *agreement;
		OPENSSL_STACK *other;
	} is;
};

struct enveloped_content {
	ASN1_OBJECT *type;
	X509_ALGOR *algor;
	ASN1_OCTET_STRING *bytes;
};

struct enveloped {
	ASN1_INTEGER *version;
	OPENSSL_STACK *originator;
	OPENSSL_STACK *recipients;  /* struct recipient */
	struct enveloped_content *content;
	OPENSSL_STACK *attributes;
};

struct content_info {
	ASN1_OBJECT *type;
	ASN1_TYPE *content;
};

/* SignedData, as far as it carries certificates. */
struct certificate_bag {
	ASN1_INTEGER *version;
	OPENSSL_STACK *digests;
	ASN1_TYPE *content;
	OPENSSL_STACK *certificates; /* ASN1_TYPE */
	OPENSSL_STACK *revocations;
	OPENSSL_STACK *signers;
};

const ASN1_ITEM *content_info_item(void);
const ASN1_ITEM *enveloped_item(void);
const ASN1_ITEM *recipient_item(void);
const ASN1_ITEM *certificate_bag_item(void);

/* Parts that writing makes one by one. */
const ASN1_ITEM *issuer_serial_item(void);
const ASN1_ITEM *key_transport_item(void);
const ASN1_ITEM *key_agreement_item(void);
const ASN1_ITEM *public_point_item(void);
const ASN1_ITEM *agree_key_item(void);
const ASN1_ITEM *agree_key_id_item(void);

/* --- ciphers and names --------------------------------------------------- */

struct content_cipher {
	int nid;
	const char *name;      /* as OpenSSL fetches it */
	size_t key;            /* bytes; 0: as long as the key is */
	bool legacy;
};

const struct content_cipher *content_cipher(const ASN1_OBJECT *object);

/* NID of a digest, and back. */
int hash_nid(enum key_hash hash);
enum key_hash hash_of_nid(int nid);

/* Key agreement on a curve: hash of its KDF, with cofactor or not. */
struct agreement_scheme {
	int nid;
	enum key_hash hash;
	bool cofactor;
};
const struct agreement_scheme *agreement_scheme(const ASN1_OBJECT *object);

/* AES or Triple-DES key wrap: bits of its key; 0: some other. */
size_t key_wrap_bits(const ASN1_OBJECT *object);

/* What a recipient has to do; info has to live as long as out->label.  With
 * CNG_ERR_NOT_SUPPORTED the way is not known here. */
enum cng_status transport_op(struct key_op *out, const X509_ALGOR *algor,
    struct secret *label) CNG_MUST_CHECK;
enum cng_status agreement_op(struct key_op *out,
    const struct key_agreement *from, struct secret *info) CNG_MUST_CHECK;
enum cng_status agreement_info(struct secret *out, X509_ALGOR *wrap,
    ASN1_OCTET_STRING *ukm) CNG_MUST_CHECK;

#endif
