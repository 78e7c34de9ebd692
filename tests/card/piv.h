/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the two halves of the PIV application share: piv.c has the commands and
 * objects, piv_keys.c what is done with keys.
 */
#ifndef TESTS_CARD_PIV_H
#define TESTS_CARD_PIV_H

#include "card.h"
#include "keys.h"

static const uint64_t piv_object = UINT64_C(0x01000000) << 32;
static const uint64_t piv_key = UINT64_C(0x01010000) << 32;
static const uint64_t piv_pin = UINT64_C(0x01020080) << 32;
static const uint64_t piv_puk = UINT64_C(0x01020081) << 32;
static const uint64_t piv_manager = UINT64_C(0x0102009b) << 32;
static const uint64_t piv_serial = UINT64_C(0x010200f8) << 32;

/* How a key is kept: four bytes, then DER. */
enum { PIV_ALGORITHM, PIV_PIN_POLICY, PIV_TOUCH_POLICY, PIV_ORIGIN, PIV_HEAD };
enum { PIV_GENERATED = 1, PIV_IMPORTED = 2 };
enum { PIV_NEVER = 1, PIV_ONCE = 2, PIV_ALWAYS = 3 };

bool piv_is_slot(const struct card *card, unsigned slot);
/* The cipher of an algorithm byte; false when it is none. */
bool piv_cipher(unsigned algorithm, enum key_cipher *cipher);
extern const uint8_t piv_manager_default[24];

/* The commands of piv_keys.c.  fresh: VERIFY was the command before. */
unsigned piv_authenticate(struct card *card, const struct apdu *cmd,
    bool fresh, struct buf *out);
unsigned piv_generate(struct card *card, const struct apdu *cmd,
    struct buf *out);
unsigned piv_import(struct card *card, const struct apdu *cmd);
unsigned piv_metadata(struct card *card, const struct apdu *cmd,
    struct buf *out);
unsigned piv_move(struct card *card, const struct apdu *cmd);
/* piv_admin.c: GENERAL AUTHENTICATE with 9B. */
unsigned piv_admin(struct card *card, const struct apdu *cmd, struct buf *out);

#endif
