/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Certificates on cards are compressed: zlib streams (GIDS) or gzip (PIV).
 */
#ifndef CNG_CARD_INFLATE_H
#define CNG_CARD_INFLATE_H

#include "base/secret.h"

/* A certificate that grows beyond this is none. */
#define INFLATE_MAX ((size_t)64 * 1024)

/* zlib or gzip, whichever it is.  CNG_ERR_DEVICE: neither, cut short, or too
 * long.  Overwrites *out without freeing it. */
enum cng_status inflate_bytes(struct span in, struct secret *out)
    CNG_MUST_CHECK;
/* As a zlib stream, or as gzip. */
enum cng_status deflate_bytes(struct span in, struct secret *out)
    CNG_MUST_CHECK;
enum cng_status gzip_bytes(struct span in, struct secret *out)
    CNG_MUST_CHECK;

#endif
