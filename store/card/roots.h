/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Files as Windows puts them on cards: certificates behind four bytes and
 * compressed, and the roots that a card brings, in a PKCS#7 that signs
 * nothing.
 */
#ifndef CNG_CARD_ROOTS_H
#define CNG_CARD_ROOTS_H

#include "store/device.h"

/* One DER SEQUENCE and nothing behind it. */
bool card_is_der(struct span in);

/* What is in such a file, compressed or not; CNG_ERR_DEVICE: no DER. */
enum cng_status card_unpack(struct span in, struct secret *out)
    CNG_MUST_CHECK;
enum cng_status card_pack(struct span der, struct secret *out)
    CNG_MUST_CHECK;

/* The certificates of a PKCS#7; one that is none has none. */
enum cng_status card_roots(struct span der, struct device_keys *out)
    CNG_MUST_CHECK;

#endif
