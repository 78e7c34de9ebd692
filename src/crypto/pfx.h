/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PFX (PKCS#12): a safe of keys and certificates under a password, with what
 * Windows notes beside them.  OpenSSL does the ASN.1.
 */
#ifndef CNG_CRYPTO_PFX_H
#define CNG_CRYPTO_PFX_H

#include "crypto/asn1.h"

enum pfx_kind {
	PFX_KEY = 0,
	PFX_CERT,
	PFX_OTHER,             /* a CRL, a secret: kept aside */
};

struct pfx_item {
	enum pfx_kind kind;
	struct secret der;     /* PrivateKeyInfo; certificate; else empty */
	bool sealed;           /* der is EncryptedPrivateKeyInfo: it goes into
	                        * the safe as it is (writing only) */
	struct secret name;    /* friendlyName, UTF-8 without NUL */
	struct secret id;      /* localKeyID */
	struct secret provider; /* CSP or KSP, UTF-8 */
	bool machine;          /* the empty "local key set" attribute */
	char guard[96];        /* what protected it: "PBES2, ..."; or empty */
	char subject[256];     /* of a certificate, printable; or empty */
};

#define PFX_ITEMS_MAX 256

/* All zero is an empty one. */
struct pfx {
	struct pfx_item *item;
	size_t count;
};
void pfx_free(struct pfx *pfx);

/* Appends an empty item; NULL: memory is short, or there are too many. */
struct pfx_item *pfx_add(struct pfx *pfx, enum pfx_kind kind);

/* By its shape: a version and a ContentInfo. */
bool pfx_detect(struct span der);

/*
 * The MAC is verified before anything else is looked at.  pbe NULL or without
 * a password: an empty one and none at all are tried.  On failure *out is
 * empty.
 *   CNG_ERR_BAD_PASSWORD   the MAC is another
 *   CNG_ERR_BAD_DATA       not laid out so; more rounds than is sane
 *   CNG_ERR_NOT_SUPPORTED  no MAC (signed, or for certain users only), or a
 *                          cipher that libcrypto has not
 */
enum cng_status pfx_read(struct pfx *out, struct span der,
    const struct pbe *pbe) CNG_MUST_CHECK;

/* Keys under AES-256 (or, for old Windows, 3DES: pbe->kind), certificates
 * too, and a MAC with SHA-256 (SHA-1 then). */
enum cng_status pfx_write(struct secret *out, const struct pfx *pfx,
    const struct pbe *pbe) CNG_MUST_CHECK;

/* For people, without a password: MAC, and how each part is protected. */
#define PFX_PARTS_MAX 16
struct pfx_part {
	const char *name;
	struct span der;       /* within the input */
	char text[160];
};
enum cng_status pfx_describe(struct span der,
    struct pfx_part parts[PFX_PARTS_MAX], size_t *count) CNG_MUST_CHECK;

/* The certificates among the blocks of a PEM file, as items. */
enum cng_status pfx_take_pem(struct pfx *out, struct span text)
    CNG_MUST_CHECK;

/* For tests: the safe of a PFX, whose MAC is not looked at. */
enum cng_status pfx_read_unverified(struct pfx *out, struct span der,
    const struct pbe *pbe) CNG_MUST_CHECK;

#endif
