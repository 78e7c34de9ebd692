/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys of cards' administrators, as people give them.
 */
#ifndef CNG_CARD_ADMIN_H
#define CNG_CARD_ADMIN_H

#include "base/secret.h"

/* A key of len bytes, given as such or as twice as many hexadecimal digits.
 * CNG_ERR_PIN_LENGTH: neither. */
enum cng_status admin_key_bytes(struct span given, size_t len,
    struct secret *out) CNG_MUST_CHECK;

#endif
