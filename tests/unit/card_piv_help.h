/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A simulated PIV card and what tests do with it: one card, one device, keys
 * that are made once.
 */
#ifndef CNG_TESTS_UNIT_CARD_PIV_HELP_H
#define CNG_TESTS_UNIT_CARD_PIV_HELP_H

#include "card_link_sim.h"

#include <check.h>

#include "base/util.h"
#include "crypto/crypto.h"
#include "store/card/piv.h"

#define OK(call) ck_assert_int_eq((call), CNG_OK)

extern struct sim *sim;
extern struct device *dev;
extern struct card_link *link_now;
extern struct key_material rsa, p256, ed25519, x25519;
extern const struct sim_options usual;

void new_card(const struct sim_options *options);
/* The card was out of the reader. */
void open_again(void);
void end_card(void);

void login(void);
/* A certificate that nobody has signed. */
struct secret certificate_of(const struct key_material *key);
enum cng_status import(const struct key_material *key, const char *name,
    unsigned role, unsigned *place);
size_t count_keys(void);
struct crypto_key *use_key(unsigned place);
/* And verifies it. */
enum cng_status sign_with(unsigned place, enum key_family family);

/* What main returns. */
int piv_main(const char *name, const TTest *const *tests, size_t count);
/* Each of them so many times, with its own _i. */
int piv_main_times(const char *name, const TTest *const *tests, size_t count,
    int times);

#endif
