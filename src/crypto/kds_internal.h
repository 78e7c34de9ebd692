/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What kds.c and kds_kek.c share.
 */
#ifndef CNG_CRYPTO_KDS_INTERNAL_H
#define CNG_CRYPTO_KDS_INTERNAL_H

#include "crypto/internal.h"
#include "crypto/kds.h"

/* SP 800-108 in counter mode with HMAC, labelled "KDS service". */
enum cng_status kds_kdf(enum key_hash hash, struct span secret,
    struct span context, uint8_t *out, size_t len) CNG_MUST_CHECK;

/* "KDS service", UTF-16LE, closed. */
struct span kds_label(void);

#endif
