/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What tools do to tokens, and programs do not.
 */
#ifndef CNG_CORE_ADMIN_H
#define CNG_CORE_ADMIN_H

#include "core/token.h"

/* A new user PIN, by the code of a card (PUK, reset code, admin key; empty:
 * what the configuration has) or the SO PIN of a store.  Nobody is logged in.
 * CNG_ERR_NO_ADMIN, CNG_ERR_NOT_SUPPORTED: the card wants a code. */
enum cng_status token_unblock(struct token *tok, struct span code,
    struct span new_pin) CNG_MUST_CHECK;

/* After CNG_ERR_IMPORT_OFF: the switch of the configuration that was off; NULL
 * before. */
const char *token_import_switch(struct token *tok);

#endif
