/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys in ASN.1: PKCS#8, SubjectPublicKeyInfo, PEM.  OpenSSL's templates do
 * the parsing; numbers go straight to key material and back.
 */
#ifndef CNG_CRYPTO_ASN1_H
#define CNG_CRYPTO_ASN1_H

#include "base/secret.h"
#include "base/wr.h"
#include "key/material.h"

/* How an EncryptedPrivateKeyInfo is (to be) protected. */
enum pbe_kind {
	PBE_NONE = 0,          /* plain PrivateKeyInfo */
	PBE_PKCS12_3DES,       /* 1.2.840.113549.1.12.1.3, as Windows does */
	PBE_PBES2_AES256,      /* PBKDF2-HMAC-SHA256 and AES-256-CBC */
	PBE_KIND_COUNT
};

struct pbe {
	enum pbe_kind kind;
	struct span password;  /* UTF-8 without NUL; may be empty */
	bool has_password;
	uint32_t iterations;   /* 0: the default of the kind */
	struct span salt;      /* empty: fresh random bytes */
};

/* Plain or encrypted (then pbe->has_password must be set, else
 * CNG_ERR_BAD_PASSWORD).  The whole input must be used up.  The key usage
 * attribute becomes out->role.  pbe may be NULL. */
enum cng_status pkcs8_decode(struct key_material *out, struct span der,
    const struct pbe *pbe) CNG_MUST_CHECK;

/* Writes as Windows does: RSA with NULL parameters; EC with [0] and [1]; the
 * key usage attribute when key->role says so.  Size exact for plain. */
enum cng_status pkcs8_encode(const struct key_material *key,
    const struct pbe *pbe, struct wr *out) CNG_MUST_CHECK;

/* Is it an EncryptedPrivateKeyInfo?  (Shape only.) */
bool pkcs8_is_encrypted(struct span der);

/* The outer elements in order, for people to read; no password needed.  What
 * can be named is named, also when the status then says what is wrong. */
#define PKCS8_PARTS_MAX 6
struct pkcs8_part {
	const char *name;      /* "EncryptionAlgorithm" */
	struct span der;       /* the whole element, within the input */
	bool secret;
	char text[160];        /* "PBES2 PBKDF2 100000 rounds ..."; or empty */
};
enum cng_status pkcs8_describe(struct span der,
    struct pkcs8_part parts[PKCS8_PARTS_MAX], size_t *count) CNG_MUST_CHECK;

enum cng_status spki_decode(struct key_material *out, struct span der)
    CNG_MUST_CHECK;
enum cng_status spki_encode(const struct key_material *key, struct wr *out)
    CNG_MUST_CHECK;

/* EC parameters and points as PKCS#11 wants them: DER of the named curve, or
 * of explicit parameters; the point as OCTET STRING around 04 || X || Y, of
 * Montgomery and Edwards curves around the bytes of the key.  Decoding takes
 * a raw point too, compressed or not, curves by their printable names, and
 * knows a named curve by its explicit parameters. */
enum cng_status ec_params_set(struct key_material *key, struct span der)
    CNG_MUST_CHECK; /* key->family is set; sets the curve */
enum cng_status ec_params_encode(const struct key_material *key,
    struct wr *out) CNG_MUST_CHECK;
enum cng_status ec_point_encode(const struct key_material *key,
    struct wr *out) CNG_MUST_CHECK;
enum cng_status ec_point_decode(struct key_material *key, struct span point)
    CNG_MUST_CHECK;

/* Named curves of KEY_EC only. */
enum cng_status ec_params_decode(struct span der, enum key_curve *out)
    CNG_MUST_CHECK;

/* PEM: the first block of text is turned into DER; label says which it was
 * ("PRIVATE KEY", ...), label_size at least 64.  CNG_ERR_BAD_PASSWORD: it is
 * encrypted in the old way. */
enum cng_status pem_decode(struct secret *der, char *label,
    size_t label_size, struct span text) CNG_MUST_CHECK;
enum cng_status pem_encode(struct wr *out, const char *label,
    struct span der) CNG_MUST_CHECK;

/* Any private or public key in DER or PEM that OpenSSL reads: PKCS#8, SPKI,
 * PKCS#1, SEC 1, old DSA; PEM with the encryption of RFC 1421, too. */
enum cng_status key_decode_any(struct key_material *out, struct span in,
    const struct pbe *pbe) CNG_MUST_CHECK;

/* The form that keys had before PKCS#8: PKCS#1, SEC 1, and that of DSA;
 * *label is what PEM calls it.  CNG_ERR_BAD_TYPE: there was none. */
enum cng_status key_encode_old(const struct key_material *key,
    const char **label, struct wr *out) CNG_MUST_CHECK;

/* From an X.509 certificate in DER: subject, issuer and serial number as DER
 * (written in that order), for defaults of certificate objects. */
struct x509_names {
	struct secret subject;
	struct secret issuer;
	struct secret serial;      /* DER INTEGER */
	struct secret public_info; /* SubjectPublicKeyInfo */
};
enum cng_status x509_names(struct x509_names *out, struct span der)
    CNG_MUST_CHECK;
void x509_names_free(struct x509_names *names);

/* What people call its subject, in UTF-8: the common name, else what comes
 * nearest to it; empty when there is nothing. */
enum cng_status x509_title(struct secret *out, struct span der)
    CNG_MUST_CHECK;

/* Certificates in DER as one PKCS#7 SignedData with nothing else in it.
 * CNG_ERR_BAD_DATA: one of them is none. */
enum cng_status x509_pack(struct wr *out, const struct span *der,
    size_t count) CNG_MUST_CHECK;

#endif
