/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A simulated smart card as a library: for tests that want one without pcscd
 * and reader.  tests/card/card is the same behind the wire of a virtual
 * reader; tests/card/README.md tells what each option does.
 */
#ifndef TESTS_CARD_SIM_H
#define TESTS_CARD_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIM_MAX = 65535 };

/* What goes wrong at the n-th command APDU, counted from 1 since the start or
 * the last sim_fault; GET RESPONSE and the parts of a chain count as well. */
enum sim_fault {
	SIM_REMOVE, /* the card is gone before it does anything */
	SIM_TEAR, /* it did what it was told, but the answer is lost */
	SIM_RESET, /* all logins are lost, then the command is done */
	SIM_GARBAGE, /* random bytes instead of the answer; see sim_seed */
	SIM_TRUNCATE, /* half of the answer, then its status word */
	SIM_OVERLONG, /* the outermost length of the answer says too much */
	SIM_INNER, /* the length of the first object inside does */
	SIM_SHORT, /* one byte instead of a status word */
	SIM_EMPTY, /* no byte at all */
	SIM_FLOOD, /* 65535 bytes */
	SIM_FAIL, /* 6F00, nothing done */
	SIM_FULL, /* from now on there is no room: 6A84 */
	SIM_FAULTS
};

struct sim_options {
	const char *apps; /* "gids", "piv", "openpgp", or some with commas */
	const char *state; /* file, or NULL: in memory */
	const char *atr; /* hexadecimal, or NULL: as the application has it */
	const char *pin, *puk; /* for a new card; NULL: what the maker sets */
	const char *algorithm; /* management key: 3des, aes128 ... */
	size_t capacity; /* bytes; 0 without limit */
	bool blank; /* GIDS not initialised, PIV without CHUID */
	bool plain_piv; /* nothing of Yubico */
	bool pivapplet; /* what PivApplet does otherwise */
	bool t0; /* protocol T=0 */
	bool short_only; /* no extended length */
	bool no_chaining; /* commands of extended length only */
	bool exact_le; /* 6Cxx when Le is less than the answer */
	bool blocked; /* PINs are blocked */
};

struct sim;

/* NULL with a message on standard error. */
struct sim *sim_new(const struct sim_options *options);
void sim_free(struct sim *sim);
/* Power lost or reset: sessions end, what is kept stays. */
void sim_reset(struct sim *sim);
/* Reads the state file again, which another process has written; sessions go
 * on.  False with a message. */
bool sim_reload(struct sim *sim);
size_t sim_atr(const struct sim *sim, uint8_t atr[33]);

/* at 0 switches a fault off; onwards: at this APDU and all later ones.
 * Counting begins anew; faults of other kinds stay as they are. */
void sim_fault(struct sim *sim, enum sim_fault fault, unsigned long at,
    bool onwards);
/* SIM_FAULTS for a name that is none: "remove", "tear" ... as above. */
enum sim_fault sim_fault_named(const char *name);
/* GARBAGE is the same whenever seed and number of the APDU are; 0: never. */
void sim_seed(struct sim *sim, uint64_t seed);
unsigned long sim_count(const struct sim *sim);
/* How much fits; 0 is without limit, 1 is less than there is. */
void sim_capacity(struct sim *sim, size_t bytes);

/* One APDU.  reply has room for SIM_MAX bytes.  False: the card is gone (after
 * SIM_REMOVE or SIM_TEAR), until sim_reset. */
bool sim_exchange(struct sim *sim, const uint8_t *command, size_t len,
    uint8_t *reply, size_t *reply_len);

#endif
