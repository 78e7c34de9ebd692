/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A simulated GIDS card and what tests do with it: one card, one device.
 */
#ifndef CNG_TESTS_UNIT_CARD_GIDS_HELP_H
#define CNG_TESTS_UNIT_CARD_GIDS_HELP_H

#include "card_link_sim.h"

#include "base/util.h"
#include "crypto/crypto.h"
#include "sample.h"
#include "store/card/gids.h"

#define PIN "123456"
#define ADMIN "010203040506070801020304050607080102030405060708"

extern struct sim *sim;
extern struct device *dev;
extern struct card_link *way;

void ok(enum cng_status st);

/* The card was out of the reader. */
void insert(void);
void begin_with(const struct sim_options *options);
/* Around each test. */
void begin(void);
void end(void);
/* No fault any more. */
void quiet(void);
void login(void);

struct key_material make_key(size_t bits);
enum cng_status import_as(const char *name, unsigned role,
    const struct key_material *key, unsigned *place);
struct device_keys list(void);
size_t count(void);
/* Makes one, and verifies it. */
void check_signature(const struct device_key *key, enum op_scheme scheme);

#endif
