/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Signatures of two numbers, r and s, of ECDSA and DSA: side by side as
 * PKCS#11 and CNG have them, and as the DER that all others have.
 */
#ifndef CNG_CRYPTO_HALVES_H
#define CNG_CRYPTO_HALVES_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HALVES_WIDTH_MAX 66    /* bytes of one number: of P-521 */
#define HALVES_DER_MAX (2 * (HALVES_WIDTH_MAX + 3) + 4)

/* out has 2 * width bytes.  False: not one such signature and nothing more, or
 * a number is wider. */
bool halves_from_der(uint8_t *out, size_t width, struct span der);

/* der has HALVES_DER_MAX bytes.  Their length; 0: memory is short. */
size_t halves_to_der(uint8_t *der, struct span halves);

#endif
