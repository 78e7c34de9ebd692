/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NCRYPT_KEY_BLOB_HEADER: the start that CipherKeyBlob, KDFKeyBlob and
 * ProtectedKeyBlob share, and wide strings in blobs.
 */
#ifndef CNG_BLOB_HEADER_H
#define CNG_BLOB_HEADER_H

#include "blob/walk.h"

#define KEY_HEADER_SIZE 16

/* cbSize, dwMagic, cbAlgName, cbKeyData and the name, which is given as
 * UTF-8 (secret_free).  The data that follow must use up the blob. */
struct secret header_fields(struct walk *w, uint32_t magic);

/* The same, to be written before data_len bytes. */
void header_write(struct wr *out, uint32_t magic, const char *algorithm,
    size_t data_len);

/* Bytes of UTF-16LE, as a text; closed: the last character is the NUL.
 * Gives the UTF-8; what is none is CNG_ERR_BAD_DATA. */
struct secret walk_wide(struct walk *w, const char *name, size_t len,
    bool closed);

#endif
