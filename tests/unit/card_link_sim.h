/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The way to a simulated card in this process.  The link borrows the card,
 * which outlives it: a card that was pulled is put in again with sim_reset
 * and a new link.
 */
#ifndef CNG_TESTS_UNIT_CARD_LINK_SIM_H
#define CNG_TESTS_UNIT_CARD_LINK_SIM_H

#include "store/card/driver.h"
#include "tests/card/sim.h"

/* Never NULL.  A command outside of a transaction ends the test. */
struct card_link *card_link_sim_new(struct sim *sim, bool t0);

/* Another program resets the card before the n-th command from now (1: the
 * next), which the card then does not get.  0: never mind. */
void card_link_sim_reset_at(struct card_link *link, unsigned long n);

/* What answers instead of the card; false: the card does, after all.  NULL:
 * nobody any more. */
typedef bool card_link_lie(void *arg, struct span command, uint8_t *answer,
    size_t *len);
void card_link_sim_lie(struct card_link *link, card_link_lie *lie, void *arg);

/* The card is pulled. */
void card_link_sim_pull(struct card_link *link);

/* Another card is in its place, and another program has reset that: nobody was
 * told that the first one went. */
void card_link_sim_swap(struct card_link *link, struct sim *sim);

/* A device over a new link to the card; admin_key may be empty. */
enum cng_status card_link_sim_device(struct device **out, struct sim *sim,
    struct span admin_key, struct card_link **link) CNG_MUST_CHECK;

#endif
