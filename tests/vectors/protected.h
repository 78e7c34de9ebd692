/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Vectors of ProtectedKeyBlob: the index has the root key, and names the blob
 * that is within.
 */
#ifndef CNG_TESTS_PROTECTED_H
#define CNG_TESTS_PROTECTED_H

#include "blob/blob.h"

/* From "KDS root key GUID = hex": the id, then the key; from "KDS roots in
 * FILE": what is in the file.  Empty: the text names none. */
struct secret protected_roots(const char *folder, const char *expect);

/* From "decrypting to FILE": the name, or an empty one. */
struct span protected_plain(const char *expect);

/* The key within, as the blob that was within. */
enum cng_status protected_inner(struct span in,
    const struct blob_params *params, enum blob_type inner,
    struct secret *out);

/* run.c: a whole file; false when it cannot be read. */
bool read_file(struct secret *out, const char *folder, const char *name);

#endif
