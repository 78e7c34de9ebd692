/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The formats of key files: every blob type, and those beyond CNG.
 */
#ifndef CNG_CLI_FORMAT_H
#define CNG_CLI_FORMAT_H

#include "blob/blob.h"
#include "cli/exit.h"
#include "cli/keybox.h"

enum form {
	FORM_BLOB = 0,           /* a row of the blob table */
	FORM_PEM,
	FORM_PEM_OLD,            /* PKCS#1, SEC 1, DSA, in PEM */
	FORM_DER,                /* PKCS#8 or SubjectPublicKeyInfo */
	FORM_SPKI,
	FORM_PFX,
	FORM_PVK,
	FORM_JWK,
	FORM_MSBLOB,             /* the CryptoAPI blob that fits the key */
	FORM_RAW,                /* the value of a secret */
	FORM_COUNT
};

struct format {
	enum form form;
	enum blob_type type;     /* of FORM_BLOB */
	const char *name;        /* for messages */
};

/* NULL for FORM_BLOB. */
const char *form_name(enum form form);
const char *form_help(enum form form);

/* As a user writes it, in any case.  Failures have been said. */
enum exit_code format_parse(struct format *out, const char *text);

bool format_is_pem(struct span data);

/* What bytes are; CNG_ERR_BAD_MAGIC. */
enum cng_status format_detect(struct format *out, struct span data)
    CNG_MUST_CHECK;

/* MSBLOB becomes the type that the key has. */
void format_settle(struct format *format, const struct key_material *key);

/* Can a private key be put under a password in it; must it be? */
bool format_takes_password(const struct format *format);
bool format_needs_password(const struct format *format);

/* Keys and what else there is.  params: password and curve.  Several keys, and
 * some that cannot be read, come out of PFX and JWK sets only.  *out is to be
 * freed anyway. */
enum cng_status format_read(struct keybox *out, const struct format *format,
    struct span data, const struct blob_params *params) CNG_MUST_CHECK;

struct format_source {
	const struct keybox_key *key;
	size_t count;            /* one, except for PFX */
	const struct pfx *certs; /* PFX and PEM; or NULL */
	const struct pbe *pbe;   /* or NULL: in clear */
};

/* CNG_ERR_BAD_TYPE: the key has no such form. */
enum cng_status format_write(struct secret *out, const struct format *format,
    const struct format_source *from) CNG_MUST_CHECK;

/* One block of PEM. */
enum cng_status format_pem(struct secret *out, const char *label,
    struct span der) CNG_MUST_CHECK;

#endif
