/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The inside of a simulated card: what its applications share.  Tests that
 * talk to a card without a reader want sim.h.
 */
#ifndef TESTS_CARD_CARD_H
#define TESTS_CARD_CARD_H

#include "sim.h"
#include "store.h"

/* Status words. */
enum {
	SW_OK = 0x9000,
	SW_MORE = 0x6100,
	SW_MEMORY = 0x6581,
	SW_WRONG_PIN = 0x63c0, /* and the tries that are left */
	SW_LENGTH = 0x6700,
	SW_NO_CHAIN = 0x6884,
	SW_SECURITY = 0x6982,
	SW_BLOCKED = 0x6983,
	SW_REFERENCE = 0x6984,
	SW_CONDITIONS = 0x6985,
	SW_DATA = 0x6a80,
	SW_FUNCTION = 0x6a81,
	SW_NOT_FOUND = 0x6a82,
	SW_FULL = 0x6a84,
	SW_P1P2 = 0x6a86,
	SW_NO_REFERENCE = 0x6a88,
	SW_LE = 0x6c00,
	SW_INS = 0x6d00,
	SW_CLA = 0x6e00,
	SW_FAULT = 0x6f00
};

/* A command after chaining was undone. */
struct apdu {
	uint8_t cla, ins, p1, p2;
	struct span data;
	size_t ne; /* how much the host wants; 0: nothing asked */
};

struct card;

/* Each returns a status word and appends what is answered. */
struct applet {
	const char *name;
	struct span aid; /* a SELECT may cut it short, down to least bytes */
	size_t least;
	const char *atr; /* hexadecimal; NULL is the common one */
	bool waits; /* an answer that no Le asked for is left to be fetched */
	/* Once in a card's life. */
	void (*personalise)(struct card *card);
	unsigned (*select)(struct card *card, struct buf *out);
	unsigned (*run)(struct card *card, const struct apdu *cmd,
	    struct buf *out);
	/* Power lost, or (reset false) another application was selected. */
	void (*forget)(struct card *card, bool reset);
	uint64_t first, last; /* its numbers in the store */
};

extern const struct applet applet_gids;
extern const struct applet applet_piv;
extern const struct applet applet_openpgp;

struct piv_session {
	bool pin;
	bool fresh; /* VERIFY was the command before */
	bool manager;
	int stage; /* of the management key: see piv_manager.c */
	uint8_t nonce[16];
};

struct gids_session {
	bool pin;
	bool admin;
	unsigned ef; /* selected file */
	unsigned crt; /* of the last MSE: 0xB6, 0xB8 or 0xA4; 0 none */
	unsigned algorithm;
	unsigned kid;
	int stage;
	uint8_t challenge[16], host[16];
};

struct openpgp_session {
	bool sign; /* PW1 by 81 */
	bool other; /* PW1 by 82 */
	bool admin;
	unsigned occurrence; /* of the next GET DATA 7F21 */
};

struct card {
	const struct sim_options *options;
	struct store *store;
	const struct applet *applets[3];
	const struct applet *current;
	struct piv_session piv;
	struct gids_session gids;
	struct openpgp_session openpgp;
	struct buf chain; /* the parts so far */
	uint8_t chain_head[4];
	struct buf answer; /* what GET RESPONSE still has to fetch */
	size_t answered;
};

/* apdu.c: one command as it came over the wire, one answer as it goes back. */
void apdu_exchange(struct card *card, struct span command, struct buf *reply);
void apdu_forget(struct card *card);

/* pin.c: tries are counted in the store, at id.  0x9000, 63Cx, 6983, or 6984
 * when there is no such PIN. */
unsigned pin_verify(struct card *card, uint64_t id, struct span value);
/* Sets the value and all tries; limit 0 keeps the limit. */
void pin_set(struct card *card, uint64_t id, struct span value,
    unsigned limit);
unsigned pin_left(const struct card *card, uint64_t id);
unsigned pin_limit(const struct card *card, uint64_t id);
/* What VERIFY without a PIN answers. */
unsigned pin_status(const struct card *card, uint64_t id, bool verified);
struct span pin_value(const struct card *card, uint64_t id);
void pin_block(struct card *card, uint64_t id);

/* Keeps, or 6A84. */
unsigned card_keep(struct card *card, uint64_t id, struct span value);

#endif
