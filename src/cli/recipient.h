/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS7_ENVELOPE without a token: certificates in a file to write for, and
 * a key in a file to open with.
 */
#ifndef CNG_CLI_RECIPIENT_H
#define CNG_CLI_RECIPIENT_H

#include "cli/keyfile.h"

/* The file of --recipient-cert: PEM becomes DER.  Failures have been said. */
enum exit_code recipient_certs(struct secret *out, const struct args *args);

/* --encryption, of an envelope.  Failures have been said. */
enum exit_code recipient_cipher(enum envelope_cipher *out,
    const struct args *args);

/* Opens kf->data with the key in the file of --recipient-key, and puts what
 * is inside into kf->chosen.  Failures have been said. */
enum exit_code recipient_open(struct keyfile *kf, const struct args *args);

/* For each certificate. */
enum cng_status recipient_write(const struct key_material *key,
    struct span certs, enum envelope_cipher cipher, struct wr *out)
    CNG_MUST_CHECK;

#endif
