/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several keys out of one file, and what the file says about each.
 */
#ifndef CNG_CLI_KEYBOX_H
#define CNG_CLI_KEYBOX_H

#include "crypto/pfx.h"
#include "key/material.h"

/* An id as Windows gives it to the keys of a file: most have the same.  OpenSSL
 * hashes a certificate, and only that tells keys apart. */
#define KEYBOX_NUMBER_LEN 4

struct keybox_key {
	enum cng_status st;    /* why the key could not be read, or CNG_OK */
	struct key_material key;
	struct secret name;    /* friendly name, kid; UTF-8 */
	struct secret id;      /* local key id */
	struct secret provider; /* CSP or KSP that it was kept by */
	bool machine;          /* among the machine's keys */
};

struct keybox {
	struct keybox_key *key;
	size_t count;
	struct pfx certs;      /* certificates, and what is not read */
};

/* NULL: memory is short. */
struct keybox_key *keybox_add(struct keybox *box);
void keybox_key_free(struct keybox_key *key);
void keybox_free(struct keybox *box);

/* Keys are decoded, certificates moved.  out is to be freed anyway. */
enum cng_status keybox_from_pfx(struct keybox *out, struct pfx *pfx)
    CNG_MUST_CHECK;

/* By name, by id in hexadecimal, or by number, counted from 1; in this order,
 * whichever first fits one key.  CNG_ERR_NOT_FOUND; CNG_ERR_EXISTS: several
 * have that name or id. */
enum cng_status keybox_find(const struct keybox *box, const char *text,
    size_t *out) CNG_MUST_CHECK;

#endif
