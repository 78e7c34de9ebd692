/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The wire between a virtual reader (vsmartcard's vpcd) and its card: messages
 * with a length of two bytes before them.
 */
#ifndef TESTS_CARD_VPCD_H
#define TESTS_CARD_VPCD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VPCD_OFF, VPCD_ON, VPCD_RESET, VPCD_ATR = 4 };

/* -1 when nobody listens. */
int vpcd_connect(uint16_t port);
/* Whole messages; false when the other side is gone.  bytes has room for
 * 65535. */
bool vpcd_read(int fd, uint8_t *bytes, size_t *len);
bool vpcd_write(int fd, const uint8_t *bytes, size_t len);

#endif
