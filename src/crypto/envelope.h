/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CMS EnvelopedData (RFC 5652): content under a key of its own, and that key
 * once for each recipient.  The recipient's key is not used here: whoever has
 * it runs the operation that is named.
 */
#ifndef CNG_CRYPTO_ENVELOPE_H
#define CNG_CRYPTO_ENVELOPE_H

#include "base/secret.h"
#include "base/wr.h"
#include "key/material.h"
#include "key/op.h"

/* Nobody has a key that is larger, or that many recipients. */
#define ENVELOPE_MAX ((size_t)1 << 20)
#define ENVELOPE_RECIPIENTS_MAX 64
#define ENVELOPE_KEY_ID 20

/* --- reading ------------------------------------------------------------- */

struct envelope_recipient {
	enum key_family family;  /* KEY_NONE: in a way that is not known here */
	struct span issuer;      /* DER Name; with serial, or empty */
	struct span serial;      /* DER INTEGER */
	struct span key_id;      /* subject key identifier, or empty */
	struct key_op op;        /* makes the content's key .. */
	struct span cipher;      /* .. out of this */
};

struct envelope;

/* DER and BER, indefinite lengths, too; the whole input must be used up.  In
 * a SignedData, with signatures or without, it is found, too; they are not
 * verified.
 * CNG_ERR_BAD_DATA; CNG_ERR_NOT_SUPPORTED: some other kind of CMS, or a
 * cipher that is not known.  On failure *out is NULL. */
enum cng_status envelope_read(struct envelope **out, struct span in)
    CNG_MUST_CHECK;
void envelope_free(struct envelope *envelope);

/* Does it begin as one, or as a SignedData?  (Shape only.) */
bool envelope_is(struct span in);
bool envelope_is_signed(struct span in);
/* Is it a SignedData with an EnvelopedData in it? */
bool envelope_is_wrapped(struct span in);

size_t envelope_count(const struct envelope *envelope);
/* Borrowed from the envelope. */
const struct envelope_recipient *envelope_recipient(
    const struct envelope *envelope, size_t which);

/* A key that has not the size of the cipher's is replaced by a random one, so
 * that it fails as late as any other wrong one: CNG_ERR_WRAPPED_KEY. */
enum cng_status envelope_open(const struct envelope *envelope,
    struct span key, struct secret *out) CNG_MUST_CHECK;

/* --- writing ------------------------------------------------------------- */

enum envelope_cipher {
	ENVELOPE_AES256 = 0,   /* all in CBC */
	ENVELOPE_AES192,
	ENVELOPE_AES128,
	ENVELOPE_3DES,
	ENVELOPE_CIPHER_COUNT
};

struct envelope_to {
	const struct key_material *key; /* RSA, or on a named curve */
	struct span issuer;    /* of its certificate, as above; none: .. */
	struct span serial;    /* .. the key identifier stands for it */
};

struct envelope_plan {
	enum envelope_cipher cipher;
	enum key_hash oaep;    /* RSA; HASH_NONE: PKCS#1 v1.5 */
	struct span label;     /* of OAEP */
};

/* The size is exact.  CNG_ERR_WRAP_KEY_TYPE: a key of another family;
 * CNG_ERR_WRAP_KEY_SIZE: too small for it. */
enum cng_status envelope_write(const struct envelope_to *to, size_t count,
    const struct envelope_plan *plan, struct span content, struct wr *out)
    CNG_MUST_CHECK;

/* SHA-1 of the public key, as most certificates identify theirs. */
enum cng_status envelope_key_id(const struct key_material *key,
    uint8_t out[ENVELOPE_KEY_ID]) CNG_MUST_CHECK;

/* --- for people ---------------------------------------------------------- */

struct envelope_part {
	const char *name;      /* "Recipient[0].Issuer" */
	struct span der;       /* the element, within the input */
	const char *text;
};

typedef void envelope_sink(void *arg, const struct envelope_part *part);

/* The elements in order; what can be named is named, also when the status
 * then says what is wrong. */
enum cng_status envelope_describe(struct span in, envelope_sink *sink,
    void *arg) CNG_MUST_CHECK;

/* --- certificates -------------------------------------------------------- */

typedef enum cng_status cert_sink(void *arg, struct span der);

/* Each certificate of a CMS SignedData, as stores are saved. */
enum cng_status envelope_certificates(struct span in, cert_sink *sink,
    void *arg) CNG_MUST_CHECK;

#endif
