/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PVK: the private key files of CryptoAPI's tools, a header and a private
 * blob, which may be encrypted.  No pszBlobType, so no row of the table.
 */
#ifndef CNG_BLOB_PVK_H
#define CNG_BLOB_PVK_H

#include "blob/blob.h"

/* By the magic. */
bool pvk_detect(struct span in);

/* A password is tried as strong and as weak key.  CNG_ERR_BAD_MAGIC, _DATA,
 * _PASSWORD; CNG_ERR_NOT_SUPPORTED: neither RSA nor DSA, or no RC4 in
 * libcrypto.  On failure *out is empty. */
enum cng_status pvk_decode(struct key_material *out, struct span in,
    const struct pbe *pbe) CNG_MUST_CHECK;

/* RSA, and DSA with a q of 160 bits; encrypted (strong) when a password is
 * there, with the salt given or a fresh one.  CNG_ERR_BAD_TYPE. */
enum cng_status pvk_encode(const struct key_material *key,
    const struct pbe *pbe, struct wr *out) CNG_MUST_CHECK;

/* As blob_describe; the key of an encrypted file is one field.  After the
 * last field CNG_ERR_BAD_PASSWORD says that there is one. */
enum cng_status pvk_describe(struct span in, blob_field_sink *sink,
    void *arg) CNG_MUST_CHECK;

#endif
