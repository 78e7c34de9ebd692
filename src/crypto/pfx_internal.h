/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What reader and writer of PKCS#12 share: the outer templates and the MAC.
 */
#ifndef CNG_CRYPTO_PFX_INTERNAL_H
#define CNG_CRYPTO_PFX_INTERNAL_H

#include "crypto/asn1_internal.h"
#include "crypto/pfx.h"

#include <openssl/asn1t.h>
#include <openssl/evp.h>

#define PFX_VERSION 3

/* ContentInfo; the value of "data" is an OCTET STRING. */
struct pfx_content {
	ASN1_OBJECT *type;
	ASN1_TYPE *value;
};

struct pfx_mac {
	X509_SIG *digest;
	ASN1_OCTET_STRING *salt;
	ASN1_INTEGER *rounds; /* NULL: one */
};

struct pfx_outer {
	ASN1_INTEGER *version;
	struct pfx_content *safe;
	struct pfx_mac *mac;
};

/* EncryptedData of PKCS#7. */
struct pfx_sealed_body {
	ASN1_OBJECT *type;
	X509_ALGOR *algor;
	ASN1_OCTET_STRING *cipher;
};

struct pfx_sealed {
	ASN1_INTEGER *version;
	struct pfx_sealed_body *body;
};

/* SafeBag; within one for a certificate the value is shaped as a
 * ContentInfo. */
struct pfx_bag {
	ASN1_OBJECT *type;
	ASN1_TYPE *value;
	STACK_OF(X509_ATTRIBUTE) *attributes;
};

DECLARE_ASN1_ITEM(pfx_bag)
DECLARE_ASN1_ITEM(pfx_content)
DECLARE_ASN1_ITEM(pfx_mac)
DECLARE_ASN1_ITEM(pfx_outer)
DECLARE_ASN1_ITEM(pfx_sealed)

/* Of a list of bags or parts; wiped. */
void pfx_element_free(ASN1_TYPE *element);

/* NULL text: no password, which is not the same as an empty one. */
struct pfx_password {
	const char *text;
	size_t len;
};

/* Of the content of the safe; out has room for EVP_MAX_MD_SIZE. */
enum cng_status pfx_compute_mac(uint8_t *out, size_t *out_len, int nid,
    const struct pfx_password *password, struct span salt, uint64_t rounds,
    struct span data) CNG_MUST_CHECK;

/* The OCTET STRING of a "data"; CNG_ERR_NOT_SUPPORTED: another type. */
enum cng_status pfx_data_of(const struct pfx_content *content,
    struct span *out) CNG_MUST_CHECK;

#endif
