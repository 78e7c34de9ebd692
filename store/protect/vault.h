/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The vault of a token: its master key, wrapped once under the user's PIN
 * and once under the SO's, and what is sealed with it.  Storing is not
 * protecting: this part uses a store only through its small facts.
 *
 * Facts kept: token serial and flags, scrypt parameters, salts, wrapped
 * master keys, PIN failure counters.  A wrong PIN is counted durably before
 * it is checked; from the fourth on each attempt waits, up to four seconds.
 * Attempts take turns between processes.  Nobody can notice a whole older
 * file put back, and its counters with it: that needs hardware.
 */
#ifndef CNG_STORE_VAULT_H
#define CNG_STORE_VAULT_H

#include "base/secret.h"
#include "base/status.h"
#include "store/store.h"

struct vault;

enum vault_role {
	VAULT_USER = 0,
	VAULT_SO = 1,
	VAULT_ROLES
};

#define PIN_MIN 4           /* bytes */
#define PIN_MAX 255
#define PIN_TRIES 10        /* wrong ones in a row, then locked */
#define TOKEN_LABEL 32      /* bytes, UTF-8, padded with spaces */

struct vault_state {
	bool initialized;
	char label[TOKEN_LABEL + 1];   /* trimmed, NUL */
	char serial[17];               /* 16 hex digits */
	bool pin_set[VAULT_ROLES];
	unsigned failures[VAULT_ROLES];
	bool locked[VAULT_ROLES];
};

/* The vault borrows the store. */
enum cng_status vault_new(struct vault **out, struct store *store)
    CNG_MUST_CHECK;
/* Wipes the keys held in memory. */
void vault_free(struct vault *vault);

/* Reads the facts afresh; CNG_OK with initialized false for an empty store,
 * CNG_ERR_STORE_CORRUPT when they do not make sense. */
enum cng_status vault_state(struct vault *vault, struct vault_state *out)
    CNG_MUST_CHECK;

/* Erases the store and makes a new master key, wrapped for the SO only.
 * A token that is initialised already wants its SO PIN here (PIN_WRONG,
 * PIN_LOCKED otherwise) and keeps its serial.  label: UTF-8 up to 32 bytes. */
enum cng_status vault_init(struct vault *vault, struct span so_pin,
    struct span label) CNG_MUST_CHECK;

/* Logged in as SO: sets the user's PIN and clears the user's counter. */
enum cng_status vault_init_user(struct vault *vault, struct span pin)
    CNG_MUST_CHECK;

enum cng_status vault_change_pin(struct vault *vault, enum vault_role role,
    struct span old_pin, struct span new_pin) CNG_MUST_CHECK;

/* Checks the PIN and keeps the master key in memory until vault_lock.  A PIN
 * that is right but opens nothing: CNG_ERR_STORE_CORRUPT, label, serial or
 * wrapped key were edited. */
enum cng_status vault_unlock(struct vault *vault, enum vault_role role,
    struct span pin) CNG_MUST_CHECK;
/* A PIN that nobody says: those two try it only while fewer than so many were
 * wrong in a row, otherwise it is CNG_ERR_PIN_WRONG and not counted.  Looked at
 * where it is counted, so that many processes at once do not lock the token. */
void vault_try_below(struct vault *vault, unsigned failures);
/* Checks only (context login). */
enum cng_status vault_check_pin(struct vault *vault, enum vault_role role,
    struct span pin) CNG_MUST_CHECK;
void vault_lock(struct vault *vault);
bool vault_is_open(const struct vault *vault);

/* Is the token still the one that was unlocked?  CNG_ERR_NOT_LOGGED_IN when
 * locked, or made anew since: then the keys are wiped and it is locked. */
enum cng_status vault_check_token(struct vault *vault) CNG_MUST_CHECK;

/* The same open vault over another handle of the same store (after fork):
 * the keys in memory go on, the store is replaced. */
void vault_rebind(struct vault *vault, struct store *store);

/* The keys that from holds are held by vault, too, over its own store; ask
 * vault_check_token whether they are of that one. */
void vault_share(struct vault *vault, const struct vault *from);

/*
 * Seals plain into record->sealed.  The associated data is the token serial
 * and record->uid, version, kind, name and clear part: set them before.
 * plain may be empty: then it only proves that nothing was edited.
 * CNG_ERR_NOT_LOGGED_IN when locked, or when another process has made the
 * token anew (then the vault locks itself).
 */
enum cng_status vault_seal(struct vault *vault, struct span plain,
    struct store_record *record) CNG_MUST_CHECK;
/* CNG_ERR_STORE_CORRUPT when any of it was edited or swapped. */
enum cng_status vault_open(struct vault *vault,
    const struct store_record *record, struct secret *plain) CNG_MUST_CHECK;

/*
 * Bytes that leave the token and may come back to it alone.  Sealed under a
 * transport key of the master key, with a salt of their own; bound to the
 * token's serial and to context, which the caller keeps beside them.
 * CNG_ERR_NOT_LOGGED_IN as above.
 */
enum cng_status vault_transport_seal(struct vault *vault,
    struct span context, struct span plain, struct secret *out)
    CNG_MUST_CHECK;
/* CNG_ERR_BAD_DATA: not what this token has sealed. */
enum cng_status vault_transport_open(struct vault *vault,
    struct span context, struct span sealed, struct secret *out)
    CNG_MUST_CHECK;
/* How much longer the sealed bytes are. */
size_t vault_transport_overhead(void);

/* A key for one such piece whose sealing is the caller's business: it follows
 * from the master key, the serial and the context, which has a salt. */
#define VAULT_TRANSPORT_KEY 32
enum cng_status vault_transport_key(struct vault *vault,
    struct span context, uint8_t out[VAULT_TRANSPORT_KEY]) CNG_MUST_CHECK;

/*
 * A search tag: hash of a property number and its value.  keyed: with a key
 * of the master key, for private objects (CNG_ERR_NOT_LOGGED_IN when
 * locked); otherwise plain, for public ones.
 */
enum cng_status vault_tag(struct vault *vault, bool keyed, uint32_t prop,
    struct span value, struct store_tag *out) CNG_MUST_CHECK;

#endif
