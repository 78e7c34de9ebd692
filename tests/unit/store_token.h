/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tokens for the tests of the vault.
 */
#ifndef CNG_TESTS_STORE_TOKEN_H
#define CNG_TESTS_STORE_TOKEN_H

#include "store/protect/internal.h"
#include "store_help.h"

#define SO_PIN   span_str("so-secret")
#define USER_PIN span_str("user-secret")

/* Starts the crypto layer; PINs set from now on cost little, and waiting
 * costs nothing. */
void help_crypto(void);

/* A vault over the store. */
struct vault *help_vault(struct store *store);
/* An initialised token with both PINs, locked. */
struct vault *help_token(struct store *store);

/* Writes a fact in a transaction of its own. */
void help_fact(struct store *store, const char *name, struct span value);

#endif
