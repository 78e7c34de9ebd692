/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the ASN.1 files share.  Templates are OpenSSL's own kind, so that the
 * numbers come out directly and no EVP_PKEY is built on the way.
 */
#ifndef CNG_CRYPTO_ASN1_INTERNAL_H
#define CNG_CRYPTO_ASN1_INTERNAL_H

#include <openssl/asn1.h>
#include <openssl/x509.h>

#include "crypto/asn1.h"

/* Every public function begins and ends with these: OpenSSL is started our
 * way first, and the host's error queue is left as it was. */
enum cng_status asn1_enter(void) CNG_MUST_CHECK;
enum cng_status asn1_leave(enum cng_status st) CNG_MUST_CHECK;

/* Parses der to its very end; *out is freed with ASN1_item_free. */
enum cng_status asn1_parse(void **out, struct span der, const ASN1_ITEM *it)
    CNG_MUST_CHECK;

/* DER of a template's structure. */
enum cng_status asn1_write(struct secret *out, const void *value,
    const ASN1_ITEM *it) CNG_MUST_CHECK;

/* The same, appended to a cursor. */
enum cng_status asn1_put(struct wr *out, const void *value,
    const ASN1_ITEM *it) CNG_MUST_CHECK;

/* One element at the front of *in, which is advanced behind it. */
struct asn1_element {
	int tag;            /* V_ASN1_*, or the number of a context tag */
	bool context;       /* of the context-specific class */
	struct span whole;
	struct span content;
};
bool asn1_next(struct span *in, struct asn1_element *out)
    __attribute__((warn_unused_result));

/* Number of a non-negative INTEGER; false when it is negative. */
bool asn1_number(const ASN1_INTEGER *integer, struct span *out)
    __attribute__((warn_unused_result));
bool asn1_small(const ASN1_INTEGER *integer, uint64_t *out)
    __attribute__((warn_unused_result));

static inline struct span
asn1_bytes(const ASN1_STRING *s)
{
	return span_of(ASN1_STRING_get0_data(s),
	    (size_t)ASN1_STRING_length(s));
}

/* Bytes into a string type; false when memory is short. */
bool asn1_set(ASN1_STRING *s, struct span value)
    __attribute__((warn_unused_result));
void asn1_wipe(ASN1_STRING *s);

/* A BIT STRING that is made of whole bytes.  Without the second OpenSSL
 * would count trailing zero bits as unused. */
unsigned asn1_unused_bits(const ASN1_BIT_STRING *bits);
void asn1_no_unused_bits(ASN1_BIT_STRING *bits);

/* --- PKCS#1 ----------------------------------------------------------- */

enum cng_status pkcs1_decode_private(struct key_material *out,
    struct span der) CNG_MUST_CHECK;
enum cng_status pkcs1_decode_public(struct key_material *out,
    struct span der) CNG_MUST_CHECK;
enum cng_status pkcs1_encode_private(struct secret *out,
    const struct key_material *key) CNG_MUST_CHECK;
enum cng_status pkcs1_encode_public(struct secret *out,
    const struct key_material *key) CNG_MUST_CHECK;

/* --- SEC 1 ------------------------------------------------------------ */

/* out->curve: what the algorithm identifier said (with the parameters of an
 * explicit one), or CURVE_NONE. */
enum cng_status sec1_decode(struct key_material *out, struct span der)
    CNG_MUST_CHECK;
enum cng_status sec1_encode(struct secret *out,
    const struct key_material *key) CNG_MUST_CHECK;

/* Curve of an ECParameters choice held in an ASN.1 ANY, and back; key->family
 * is set. */
enum cng_status ec_curve_of_any(struct key_material *key, int type,
    const void *value) CNG_MUST_CHECK;
ASN1_TYPE *ec_curve_any(const struct key_material *key);

/* SEQUENCE of explicit parameters (ecexplicit.c). */
enum cng_status ec_explicit_decode(struct key_material *key,
    struct span der) CNG_MUST_CHECK;
enum cng_status ec_explicit_encode(struct secret *out,
    const struct key_material *key) CNG_MUST_CHECK;

/* 04 || X || Y, compressed or hybrid; key->curve is set. */
enum cng_status ec_point_set(struct key_material *key, struct span raw)
    CNG_MUST_CHECK;
enum cng_status ec_point_raw(struct secret *out,
    const struct key_material *key) CNG_MUST_CHECK;

/* "DSA PRIVATE KEY". */
enum cng_status dsa_old_decode(struct key_material *out, struct span der)
    CNG_MUST_CHECK;
enum cng_status dsa_old_encode(struct secret *out,
    const struct key_material *key) CNG_MUST_CHECK;

/* --- DSA and Diffie-Hellman ------------------------------------------- */

/* p, q, g of an identifier that algor_decode took; out->family is set. */
enum cng_status ffc_params_decode(struct key_material *out,
    const X509_ALGOR *algor) CNG_MUST_CHECK;
enum cng_status ffc_params_encode(X509_ALGOR *algor,
    const struct key_material *key) CNG_MUST_CHECK;

static inline enum key_part
ffc_public(enum key_family family)
{
	return family == KEY_DSA ? DSA_Y : DH_Y;
}

static inline enum key_part
ffc_private(enum key_family family)
{
	return family == KEY_DSA ? DSA_X : DH_X;
}

/* The INTEGER that is the key. */
enum cng_status ffc_number_decode(struct key_material *out,
    enum key_part part, struct span der) CNG_MUST_CHECK;
enum cng_status ffc_number_encode(struct secret *out, struct span number)
    CNG_MUST_CHECK;

/* --- algorithm identifiers -------------------------------------------- */

/* Sets family, curve and domain parameters of *key, which is empty, from a
 * known algorithm with sane parameters (those of DSA and DH are still to be
 * read), else CNG_ERR_NOT_SUPPORTED or _BAD_DATA or _BAD_CURVE. */
enum cng_status algor_decode(const X509_ALGOR *algor,
    struct key_material *key) CNG_MUST_CHECK;
enum cng_status algor_encode(X509_ALGOR *algor,
    const struct key_material *key) CNG_MUST_CHECK;

/* --- post-quantum keys ------------------------------------------------ */

/* Family and set; CNG_ERR_NOT_SUPPORTED: some other algorithm. */
enum cng_status pq_algor_decode(struct key_material *out,
    const X509_ALGOR *algor) CNG_MUST_CHECK;
enum cng_status pq_algor_encode(X509_ALGOR *algor,
    const struct key_material *key) CNG_MUST_CHECK;

/* What stands in the BIT STRING, and in the OCTET STRING of PKCS#8; family
 * and set are there. */
enum cng_status pq_public_decode(struct key_material *out,
    struct span value) CNG_MUST_CHECK;
enum cng_status pq_public_encode(struct secret *out,
    const struct key_material *key) CNG_MUST_CHECK;
enum cng_status pq_private_decode(struct key_material *out,
    struct span inner) CNG_MUST_CHECK;
enum cng_status pq_private_encode(struct secret *out,
    const struct key_material *key) CNG_MUST_CHECK;

/* What a key usage attribute says; KEY_ROLE_NONE of any other. */
unsigned pkcs8_attribute_role(const X509_ATTRIBUTE *attribute);

/* --- PEM -------------------------------------------------------------- */

/* The first block with one of the wanted labels; none wanted: the first.
 * pbe: opens one that is encrypted in the old way, or NULL. */
enum cng_status pem_find(struct secret *der, char *label, size_t label_size,
    struct span text, const char *const *wanted, size_t wanted_count,
    const struct pbe *pbe) CNG_MUST_CHECK;

/* Every "CERTIFICATE". */
struct pfx;
enum cng_status pem_certificates(struct pfx *out, struct span text)
    CNG_MUST_CHECK;

/* The encryption that old headers tell of. */
enum cng_status pem_open_old(struct secret *out, const char *header,
    struct span cipher, const struct pbe *pbe) CNG_MUST_CHECK;

/* --- password-based encryption ---------------------------------------- */

#define PASSWORD_MAX 4096u /* bytes */

enum cng_status pbe_open(struct secret *out, const X509_ALGOR *algor,
    struct span cipher, const struct pbe *pbe) CNG_MUST_CHECK;

/* The same without trying an empty password in two ways; NULL: none. */
enum cng_status pbe_open_with(struct secret *out, const X509_ALGOR *algor,
    struct span cipher, const char *password, size_t len) CNG_MUST_CHECK;

/* A known scheme that asks for no more work than is sane? */
enum cng_status pbe_check(const X509_ALGOR *algor) CNG_MUST_CHECK;
/* How many rounds one that was checked asks for, or what scrypt costs. */
uint64_t pbe_rounds(const X509_ALGOR *algor);
enum cng_status pbe_check_rounds(const ASN1_INTEGER *rounds,
    struct span salt) CNG_MUST_CHECK;

/* EncryptedPrivateKeyInfo around plain. */
enum cng_status pbe_seal(struct wr *out, struct span plain,
    const struct pbe *pbe) CNG_MUST_CHECK;

/* "PBES2, PBKDF2, hmacWithSHA256, ..." */
void pbe_text(char *out, size_t size, const X509_ALGOR *algor);

/* Name of an object, or its dots. */
void asn1_object_text(char *out, size_t size, const ASN1_OBJECT *object);

#endif
