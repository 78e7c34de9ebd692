/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is said when a card does not do what it was asked for.
 */
#ifndef CNG_CLI_CARD_H
#define CNG_CLI_CARD_H

#include "cli/target.h"

/* A PIN that is to be: cards have limits of their own. */
enum exit_code card_judge_pin(const struct target *target, struct span pin);

/* A PIN, or the code that unblocks it, that was not taken. */
enum exit_code card_complain_pin(enum cng_status st,
    const struct target *target);
enum exit_code card_complain_code(enum cng_status st,
    const struct target *target);

/* A key (what) that was not brought onto the card, or not made there. */
enum exit_code card_complain_key(enum cng_status st,
    const struct target *target, const struct args *args, const char *what);

/* A container that was not removed, or not written to. */
enum exit_code card_complain_change(enum cng_status st,
    const struct target *target, const struct args *args, const char *what);

/* Before anybody is asked for a PIN: can keys be brought, or made there? */
enum exit_code card_check(const struct target *target, bool import);

/* --key-slot as core knows it; 0 without the option.  After card_check. */
enum exit_code card_slot(uint64_t *out, const struct target *target,
    const struct args *args);
/* "9a", "sign". */
#define CARD_SLOT_TEXT 16
void card_slot_text(char out[CARD_SLOT_TEXT], uint64_t slot);

#endif
