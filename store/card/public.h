/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Public keys as cards give them, and as certificates do.  Neither is
 * believed before it was looked at.
 */
#ifndef CNG_CARD_PUBLIC_H
#define CNG_CARD_PUBLIC_H

#include "key/material.h"

/* What is inside 7F49: 81 modulus and 82 exponent, or 86 with a point.
 * CNG_ERR_DEVICE: no such key; *out is then empty but for its kind. */
enum cng_status card_public_read(enum key_family family,
    enum key_curve curve, struct span in, struct key_material *out)
    CNG_MUST_CHECK;

/* The key of a certificate.  CNG_ERR_DATA: it is none, or has none. */
enum cng_status card_public_of(struct span certificate,
    struct key_material *out) CNG_MUST_CHECK;

#endif
