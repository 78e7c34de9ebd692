/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by the files of the vault.
 */
#ifndef CNG_STORE_PROTECT_INTERNAL_H
#define CNG_STORE_PROTECT_INTERNAL_H

#include "crypto/crypto.h"
#include "store/protect/vault.h"

#define SERIAL_LEN 16
#define KEY_ID_LEN 16
#define MASTER_LEN 32

/* The token itself: one fact, bound into every wrapped key. */
struct token_fact {
	char serial[SERIAL_LEN + 1];
	uint8_t key_id[KEY_ID_LEN];      /* of the master key: fresh at init */
	char label[TOKEN_LABEL + 1];
};

struct vault {
	struct store *store;
	bool open;
	enum vault_role role;
	unsigned tries;                  /* wrong ones before it gives up */
	struct token_fact token;         /* as it was when unlocked */
	uint8_t master[MASTER_LEN];
	struct crypto_hmac seal_key;     /* of the keys of records */
	struct crypto_hmac tag_key;
};

/* --- fact.c: how facts are written down ---------------------------------- */

/* CNG_ERR_NO_TOKEN: not initialised. */
enum cng_status token_fact_get(struct store *store, struct token_fact *out)
    CNG_MUST_CHECK;
enum cng_status token_fact_put(struct store *store,
    const struct token_fact *token) CNG_MUST_CHECK;

/* Wrong PINs in a row; none when there is no such fact. */
enum cng_status tries_get(struct store *store, enum vault_role role,
    unsigned *out) CNG_MUST_CHECK;
enum cng_status tries_put(struct store *store, enum vault_role role,
    unsigned tries) CNG_MUST_CHECK;

#define SALT_LEN 32

/* One way to the master key. */
struct pin_fact {
	struct scrypt_params cost;
	uint8_t salt[SALT_LEN];
	uint8_t check[32];               /* tells a wrong PIN from damage */
	uint8_t wrapped[SEAL_NONCE + MASTER_LEN + SEAL_TAG];
};

/* CNG_ERR_PIN_NOT_SET: the role has none. */
enum cng_status pin_fact_get(struct store *store, enum vault_role role,
    struct pin_fact *out) CNG_MUST_CHECK;
enum cng_status pin_fact_put(struct store *store, enum vault_role role,
    const struct pin_fact *pin) CNG_MUST_CHECK;

/* --- pin.c: PINs and what they open -------------------------------------- */

/* PIN_MIN to PIN_MAX bytes of UTF-8? */
enum cng_status pin_rules(struct span pin) CNG_MUST_CHECK;

/* Wraps the master key; writes the role's fact (inside a transaction is the
 * caller's business: derive first, it takes long). */
enum cng_status pin_wrap(struct pin_fact *out, const struct token_fact *token,
    enum vault_role role, struct span pin, const uint8_t master[MASTER_LEN])
    CNG_MUST_CHECK;

/*
 * One attempt, counted before it is made; the caller holds the turn.  On
 * success the counter is back at zero.  master may be NULL.
 */
enum cng_status pin_attempt(struct vault *vault, enum vault_role role,
    struct span pin, struct token_fact *token, uint8_t master[MASTER_LEN])
    CNG_MUST_CHECK;

/* --- for tests ----------------------------------------------------------- */

/* Work factor of PINs set from now on; 0: the default again. */
void vault_set_cost_for_tests(uint64_t n);

/* Instead of sleeping, calls this; NULL: sleep again. */
void vault_set_sleep_for_tests(void (*nap)(unsigned milliseconds));

#endif
