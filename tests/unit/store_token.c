/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Makes tokens for the tests of the vault.
 */
#include "store_token.h"

static void
no_nap(unsigned milliseconds)
{
	(void)milliseconds;
}

void
help_crypto(void)
{
	ck_assert_int_eq(crypto_start(), CNG_OK);
	vault_set_cost_for_tests(16);
	vault_set_sleep_for_tests(no_nap);
}

struct vault *
help_vault(struct store *store)
{
	struct vault *vault;

	ck_assert_int_eq(vault_new(&vault, store), CNG_OK);
	return vault;
}

struct vault *
help_token(struct store *store)
{
	struct vault *vault = help_vault(store);

	ck_assert_int_eq(vault_init(vault, SO_PIN, span_str("box")), CNG_OK);
	ck_assert(!vault_is_open(vault));
	ck_assert_int_eq(vault_unlock(vault, VAULT_SO, SO_PIN), CNG_OK);
	ck_assert_int_eq(vault_init_user(vault, USER_PIN), CNG_OK);
	vault_lock(vault);
	return vault;
}

void
help_fact(struct store *store, const char *name, struct span value)
{
	ck_assert_int_eq(store_begin(store), CNG_OK);
	ck_assert_int_eq(store_fact_put(store, name, value), CNG_OK);
	ck_assert_int_eq(store_commit(store), CNG_OK);
}
