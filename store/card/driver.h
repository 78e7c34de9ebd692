/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is different from one card application to the next.  device.c calls a
 * driver under the device's lock, in a transaction, with the application
 * selected; it recovers from resets, keeps the PIN and says it again.  So a
 * driver only says what goes wrong.
 */
#ifndef CNG_CARD_DRIVER_H
#define CNG_CARD_DRIVER_H

#include "store/card/apdu.h"
#include "store/card/tlv.h"
#include "store/device.h"

struct card {
	struct card_link *link;
	const struct card_driver *driver;
	void *state;             /* the driver's own */
	struct secret admin;     /* what an admin login or the configuration
	                          * gave; empty: nothing */
	struct secret pin;       /* of the login that stands; empty: none.  For
	                          * drivers that must say it between commands */
	bool reset;              /* at the end of this transaction, so that it
	                          * forgets who has spoken to it */
};

/* Nothing more can be said to the card just now. */
static inline bool
card_is_cut(enum cng_status st)
{
	return st == CNG_ERR_DEVICE_REMOVED || st == CNG_ERR_DEVICE_RESET;
}

/* The same, or nothing more can be had from this process. */
static inline bool
card_is_final(enum cng_status st)
{
	return card_is_cut(st) || st == CNG_ERR_NO_MEMORY;
}

struct card_driver {
	const char *kind;
	/* Slots of the first and the last place, as they are numbered in the
	 * family's documents; 0: they are not. */
	unsigned slot_first, slot_last;
	unsigned slot_base;      /* the slot of place 0 */

	/* Selects the application and makes card->state: CNG_ERR_NOT_FOUND if
	 * it is another card. */
	enum cng_status (*probe)(struct card *card);
	/* Selects it again; what the card knew of PINs may be gone.
	 * CNG_ERR_DEVICE_REMOVED: it is not the card that was probed, so far
	 * as cards can be told apart. */
	enum cng_status (*select)(struct card *card);
	void (*free)(struct card *card);

	enum cng_status (*info)(struct card *card, struct device_info *out);
	enum cng_status (*list)(struct card *card, struct device_keys *out);
	/* A counter on the card; NULL: there is none. */
	enum cng_status (*stamp)(struct card *card, uint64_t *out);
	bool stamp_misses;       /* there are programs that do not count */

	/* Of the PIN; -1: not known.  NULL: never. */
	enum cng_status (*tries)(struct card *card, int *out);
	enum cng_status (*login)(struct card *card, enum device_role role,
	    struct span pin);
	void (*logout)(struct card *card);
	enum cng_status (*set_pin)(struct card *card, enum device_role role,
	    struct span old_pin, struct span new_pin);
	enum cng_status (*unblock)(struct card *card, struct span code,
	    struct span new_pin);

	/* These undo by themselves what they began when they fail. */
	enum cng_status (*import)(struct card *card,
	    const struct device_new *what, const struct key_material *key,
	    unsigned *place);
	enum cng_status (*generate)(struct card *card,
	    const struct device_new *what, const struct key_material *shape,
	    size_t bits, struct key_material *public, unsigned *place);
	/* heir: who is the default container after it, where it was and the
	 * card has a flag for that; DEVICE_NO_PLACE: any other. */
	enum cng_status (*remove)(struct card *card, unsigned place,
	    unsigned heir);
	enum cng_status (*rename)(struct card *card, unsigned place,
	    const char *name);
	enum cng_status (*put_certificate)(struct card *card, unsigned place,
	    struct span der);

	/* Bits of the smallest and the largest key of a family that it may
	 * have; 0: none.  Does not talk to it. */
	void (*sizes)(const struct card *card, enum key_family family,
	    size_t *min, size_t *max);
	/* Of a family that it may have; NULL: nobody knows of one that it has
	 * not. */
	bool (*has_curve)(enum key_family family, enum key_curve curve);
	/* One use of a key, see key/holder.h.  once: the PIN for this use
	 * alone, to be verified directly before it; or empty. */
	bool (*can)(const struct card *card, const struct device_key *key,
	    const struct key_op *op, enum holder_way way);
	enum cng_status (*run)(struct card *card, const struct device_key *key,
	    const struct key_op *op, enum holder_way way, struct span once,
	    struct span in, struct wr *out);
};

/* In the order in which they are tried, as Windows does: PIV, GIDS, then
 * OpenPGP. */
extern const struct card_driver piv_driver, gids_driver, openpgp_driver;

/* device.c: a device over any link, for tests and pcsc.c; takes it over, also
 * when it fails. */
enum cng_status device_on(struct device **out, struct card_link *link,
    const struct device_conf *conf) CNG_MUST_CHECK;

/* pcsc.c */
enum cng_status pcsc_open(struct card_link **out, const char *reader)
    CNG_MUST_CHECK;

#endif
