/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Protected data of DPAPI-NG: CMS EnvelopedData with one recipient, who has
 * a key-encryption key (RFC 5652, 6.2.3).  AES-256 wraps the content's key
 * (RFC 3394), AES-256-GCM encrypts the content.
 */
#ifndef CNG_CRYPTO_DPAPING_H
#define CNG_CRYPTO_DPAPING_H

#include "base/secret.h"
#include "base/wr.h"

#define DPAPING_KEK 32

/* All borrowed from the input; what was not reached is empty. */
struct dpaping {
	struct span key_id;      /* of the KEK: its maker's own structure */
	struct span rule;        /* DER: the protection descriptor */
	struct span wrapped;     /* the content's key */
	struct span nonce;
	struct span content;     /* ciphertext and tag */
};

/* CNG_ERR_BAD_DATA; CNG_ERR_NOT_SUPPORTED: CMS, but of another kind.  What
 * was found before is in *out all the same. */
enum cng_status dpaping_read(struct dpaping *out, struct span der)
    CNG_MUST_CHECK;

/* CNG_ERR_WRAPPED_KEY: not under this key, or changed. */
enum cng_status dpaping_open(const struct dpaping *data,
    const uint8_t kek[DPAPING_KEK], struct secret *plain) CNG_MUST_CHECK;

/* A fresh key for the content; a NULL cursor buffer asks for the size. */
enum cng_status dpaping_seal(const uint8_t kek[DPAPING_KEK],
    struct span key_id, struct span rule, struct span plain, struct wr *out)
    CNG_MUST_CHECK;

/* --- protection descriptors ----------------------------------------------- */

enum dpaping_kind {
	DPAPING_OTHER = 0,
	DPAPING_SID,
	DPAPING_LOCAL,
};

/* "SID=S-1-5-18": the name, and what it is. */
struct dpaping_rule {
	enum dpaping_kind kind;
	struct span value;       /* UTF-8 */
	char text[160];          /* all of it, for people; perhaps cut */
};

/* CNG_ERR_BAD_DATA: no such thing.  More than one protector, and those
 * that are not known, are DPAPING_OTHER. */
enum cng_status dpaping_rule_read(struct dpaping_rule *out, struct span der)
    CNG_MUST_CHECK;

/* kind is SID or LOCAL. */
enum cng_status dpaping_rule_write(enum dpaping_kind kind,
    struct span value, struct wr *out) CNG_MUST_CHECK;

#endif
