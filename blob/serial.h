/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Serial numbers of tokens, in blobs that a token has sealed.
 */
#ifndef CNG_BLOB_SERIAL_H
#define CNG_BLOB_SERIAL_H

#include "blob/walk.h"

#define SERIAL_MAX 32          /* characters */

/* Lower-case hexadecimal digits? */
bool serial_ok(struct span serial);

/* What is none is CNG_ERR_BAD_DATA. */
struct span serial_field(struct walk *w, const char *name, size_t len);

#endif
