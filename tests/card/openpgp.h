/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of the OpenPGP application share: openpgp.c has commands and
 * PINs, openpgp_data.c the data objects, openpgp_keys.c the three keys.
 */
#ifndef TESTS_CARD_OPENPGP_H
#define TESTS_CARD_OPENPGP_H

#include "card.h"
#include "keys.h"

static const uint64_t openpgp_object = UINT64_C(0x03000000) << 32;
static const uint64_t openpgp_cert = UINT64_C(0x03010000) << 32;
static const uint64_t openpgp_key = UINT64_C(0x03020000) << 32;
static const uint64_t openpgp_pw1 = UINT64_C(0x03030081) << 32;
static const uint64_t openpgp_code = UINT64_C(0x03030082) << 32;
static const uint64_t openpgp_pw3 = UINT64_C(0x03030083) << 32;
/* There when the card was terminated. */
static const uint64_t openpgp_ended = UINT64_C(0x030300e6) << 32;

enum { OPENPGP_SIGN = 0xb6, OPENPGP_DECRYPT = 0xb8, OPENPGP_AUTH = 0xa4 };

/* 0, 1, 2 in the order of C1, C2, C3; 3 for what is no key. */
unsigned openpgp_index(unsigned crt);

unsigned openpgp_get(struct card *card, unsigned tag, struct buf *out);
unsigned openpgp_put(struct card *card, unsigned tag, struct span value);
void openpgp_data_new(struct card *card);
/* A new signature key begins with no signatures. */
void openpgp_count(struct card *card, bool anew);

/* Whether a card knows such algorithm attributes for the key. */
bool openpgp_attributes_good(unsigned index, struct span attributes);
unsigned openpgp_generate(struct card *card, const struct apdu *cmd,
    struct buf *out);
unsigned openpgp_import(struct card *card, struct span data);
/* PSO and INTERNAL AUTHENTICATE; the PIN was asked before. */
unsigned openpgp_sign(struct card *card, unsigned crt, struct span data,
    struct buf *out);
unsigned openpgp_decrypt(struct card *card, struct span data,
    struct buf *out);

#endif
