/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of the GIDS application share: gids.c has files and PINs,
 * gids_keys.c key pairs, gids_admin.c the administrator's key, gids_new.c a
 * card as a vendor delivers it.
 */
#ifndef TESTS_CARD_GIDS_H
#define TESTS_CARD_GIDS_H

#include "card.h"
#include "keys.h"

/* An elementary file is kept as one byte (0 created, 1 active) and what its
 * CREATE FILE said; a data object below file and tag. */
static const uint64_t gids_file = UINT64_C(0x02000000) << 32;
static const uint64_t gids_object = UINT64_C(0x02010000) << 32;
static const uint64_t gids_key = UINT64_C(0x02020000) << 32;
static const uint64_t gids_pin = UINT64_C(0x02030080) << 32;
static const uint64_t gids_admin_key = UINT64_C(0x020300a0) << 32;
/* There when the card is initialised. */
static const uint64_t gids_operational = UINT64_C(0x020300ff) << 32;

enum { GIDS_ADMIN = 0x80, GIDS_KEYS = 0xb000, GIDS_ROOT = 0x3fff };
/* Bits of an access mode byte. */
enum gids_access { GIDS_READ, GIDS_UPDATE, GIDS_WRITE, GIDS_USE };

/* The access rule of a file, asked for one kind of access: 9000, 6982 or
 * 6A82 when there is no such file. */
unsigned gids_may(const struct card *card, unsigned ef,
    enum gids_access access);
struct span gids_header(const struct card *card, unsigned ef);
/* Creates or replaces; the rules were asked before. */
unsigned gids_write(struct card *card, unsigned ef, unsigned tag,
    struct span value);
unsigned gids_create(struct card *card, struct span fcp, unsigned *ef);
void gids_activate(struct card *card, unsigned ef);

unsigned gids_put_key(struct card *card, struct span data);
unsigned gids_get_key(struct card *card, struct span data, struct buf *out);
unsigned gids_generate(struct card *card, const struct apdu *cmd,
    struct buf *out);
unsigned gids_mse(struct card *card, const struct apdu *cmd);
unsigned gids_pso(struct card *card, const struct apdu *cmd, struct buf *out);
unsigned gids_admin(struct card *card, const struct apdu *cmd,
    struct buf *out);
void gids_personalise(struct card *card);

#endif
