/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Devices: what holds keys that never leave.  A device is one card in one
 * reader, from the moment its application was recognised until it is pulled;
 * what comes after that is another device.  Every function takes the device's
 * own lock and runs in one transaction of the card, selects the application
 * again where another program has left another one, and repeats once what a
 * reset by another program has interrupted, with the PIN that it was given
 * before.  All may be called from several threads.
 *
 * CNG_ERR_DEVICE_REMOVED: the card is gone; the device never works again.
 * CNG_ERR_DEVICE: the card did not do it, or answers nonsense.
 */
#ifndef CNG_DEVICE_H
#define CNG_DEVICE_H

#include <limits.h>

#include "base/secret.h"
#include "base/span.h"
#include "base/status.h"
#include "key/holder.h"
#include "key/material.h"

#define DEVICE_NAME_UNITS 39    /* of a container name, in UTF-16 */
#define DEVICE_NAME_SIZE 160    /* the same as UTF-8, with NUL */
#define DEVICE_KEYS_MAX 64      /* containers of one card */

struct device;

/* What the user's configuration says about cards. */
struct device_conf {
	struct secret admin_key;     /* PIV management key, GIDS admin key or
	                              * OpenPGP PW3, as bytes; empty: none */
};

enum device_role {
	DEVICE_USER = 0,         /* PIN; OpenPGP: PW1 */
	DEVICE_ADMIN,            /* management key (as hex or bytes), PW3 */
};

/* --- life ---------------------------------------------------------------- */

/* One reference.  CNG_ERR_NO_CARD: the reader is empty, or gone;
 * CNG_ERR_NO_TOKEN: no application that we drive. */
enum cng_status device_open(struct device **out, const char *reader,
    const struct device_conf *conf) CNG_MUST_CHECK;
struct device *device_ref(struct device *dev);
void device_free(struct device *dev);

/* In a forked child: what is held of the service is forgotten; the device is
 * as one that was removed. */
void device_abandon(struct device *dev);

/* Is the card still there?  Does not talk to it. */
bool device_is_present(struct device *dev);

/* --- what is there ------------------------------------------------------- */

struct device_info {
	const char *kind;        /* "GIDS", "PIV", "OpenPGP": constant */
	char label[33];          /* UTF-8, NUL */
	char serial[33];         /* printable, NUL; unique for the kind */
	char maker[33];
	uint8_t guid[16];        /* SmartCardGuid */
	uint8_t version[2];      /* of the application or firmware */
	size_t pin_min, pin_max; /* bytes */
	int tries;               /* of the PIN that are left; -1: not known */
	int tries_max;           /* -1: not known */
	int unblock_tries;       /* of PUK or reset code; -1: none, unknown */
	bool logged_in;          /* the card has seen the PIN */
	bool can_import;
	bool can_generate;
	bool can_remove;         /* keys, without others in their places */
	size_t used, spare;      /* containers; spare: that can be filled */
};

/* Fresh from the card. */
enum cng_status device_info(struct device *dev, struct device_info *out)
    CNG_MUST_CHECK;

enum device_pin_policy {
	DEVICE_PIN_ONCE = 0,
	DEVICE_PIN_ALWAYS,       /* directly before each use */
	DEVICE_PIN_NEVER,
};

struct device_key {
	unsigned place;          /* of the driver: container index, key slot */
	char name[DEVICE_NAME_SIZE]; /* container name; may be empty */
	bool is_default;         /* the card's default container */
	bool own_id;             /* id is the application's own number */
	uint8_t id;              /* PIV: 01 for 9A ... as others number them */
	struct key_material public; /* without numbers where nobody knows them;
	                             * family, curve and bits are known */
	size_t bits;
	unsigned role;           /* KEY_ROLE_SIGN: a signature container;
	                          * AGREE or ENCRYPT: exchange; or of them */
	bool can_sign, can_decrypt, can_agree;
	enum device_pin_policy pin;
	bool generated;          /* on the card, as far as it tells */
	struct secret certificate; /* DER, or empty */
};

struct device_keys {
	struct device_key *key;  /* ascending places; device_keys_free */
	size_t count;
	/* certificates without a key of the card: roots, intermediate ones */
	struct secret *cert;
	size_t cert_count;
};

/* Containers that are whole.  Fresh from the card unless its freshness
 * counters (where it has them) say that nothing has changed.  Half-made ones
 * that an interrupted import left are not listed; the next import reclaims
 * them. */
enum cng_status device_list(struct device *dev, struct device_keys *out)
    CNG_MUST_CHECK;
void device_keys_free(struct device_keys *keys);

/* A number that differs when the list may have changed since it was last
 * asked: a counter of the card, and of what this device object has done.  Where
 * there are programs that do not count, it differs after a minute, too. */
enum cng_status device_stamp(struct device *dev, uint64_t *out)
    CNG_MUST_CHECK;

/* --- PINs ---------------------------------------------------------------- */

/* CNG_ERR_PIN_WRONG, CNG_ERR_PIN_LOCKED, CNG_ERR_PIN_LENGTH.  A PIN is sent
 * once.  It is kept, wiped with the login, so that a reset by somebody else
 * does not end it. */
enum cng_status device_login(struct device *dev, enum device_role role,
    struct span pin) CNG_MUST_CHECK;
void device_logout(struct device *dev);
/* Does the login stand?  It ends by itself when the PIN was changed by
 * somebody else.  Does not talk to the card. */
bool device_is_logged_in(struct device *dev);
/* For one operation with a key whose policy is ALWAYS, until done of its
 * holder says that this is over. */
enum cng_status device_login_once(struct device *dev, struct span pin)
    CNG_MUST_CHECK;
enum cng_status device_set_pin(struct device *dev, enum device_role role,
    struct span old_pin, struct span new_pin) CNG_MUST_CHECK;
/* code: PUK, reset code, or empty when the admin is logged in. */
enum cng_status device_unblock(struct device *dev, struct span code,
    struct span new_pin) CNG_MUST_CHECK;

/* --- containers ---------------------------------------------------------- */

struct device_new {
	const char *name;        /* of the container, UTF-8; not empty */
	unsigned role;           /* KEY_ROLE_SIGN alone: a signature container;
	                          * all else: exchange */
	enum device_pin_policy pin;
	bool has_pin_policy;     /* false: the place's own */
	bool has_place;          /* the caller says where (PIV slot) */
	unsigned place;
	bool replace;            /* with has_place: what is there goes */
	bool make_default;
	struct span certificate; /* DER, or empty */
};

/* Places by the numbers that the family's documents give them: PIV 9A ...,
 * OpenPGP 1 to 3.  0: they have none (GIDS).  Do not talk to the card. */
unsigned device_slot_number(const struct device *dev, unsigned place);
/* CNG_ERR_PROP_VALUE: the family has no such slot; what has one may still say
 * so of a card. */
enum cng_status device_slot_place(const struct device *dev, unsigned slot,
    unsigned *place) CNG_MUST_CHECK;

/* On any failure the card has what it had before; when it was pulled, the next
 * device_list does not show the container.  The name exists: CNG_ERR_EXISTS;
 * something is in the place that the caller says, the same; the card has no
 * such place: CNG_ERR_PROP_VALUE; no room: CNG_ERR_STORE_FULL; size or family
 * that the card cannot hold:
 * CNG_ERR_KEY_SIZE, CNG_ERR_NOT_SUPPORTED; a management key is needed:
 * CNG_ERR_NO_ADMIN; the PIN is: CNG_ERR_NOT_LOGGED_IN. */
enum cng_status device_import(struct device *dev,
    const struct device_new *what, const struct key_material *key,
    unsigned *place) CNG_MUST_CHECK;
/* public gets the numbers. */
enum cng_status device_generate(struct device *dev,
    const struct device_new *what, const struct key_material *shape,
    size_t bits, struct key_material *public, unsigned *place)
    CNG_MUST_CHECK;
/* Was it the default container, then another one is it afterwards that the
 * card has. */
enum cng_status device_remove(struct device *dev, unsigned place)
    CNG_MUST_CHECK;
/* The same, but it is the one at the place heir. */
enum cng_status device_remove_for(struct device *dev, unsigned place,
    unsigned heir) CNG_MUST_CHECK;
#define DEVICE_NO_PLACE UINT_MAX
/* CNG_ERR_EXISTS: another container is called so. */
enum cng_status device_rename(struct device *dev, unsigned place,
    const char *name) CNG_MUST_CHECK;
/* Empty: it is removed. */
enum cng_status device_put_certificate(struct device *dev, unsigned place,
    struct span der) CNG_MUST_CHECK;

/* Bits of the keys of a family that the card may have; 0, 0: none.  Does not
 * talk to it. */
void device_sizes(const struct device *dev, enum key_family family,
    size_t *min, size_t *max);

/* May it have such a key, as far as it is known without talking to it?  What is
 * not known of the key is CURVE_NONE, 0. */
bool device_takes(const struct device *dev, enum key_family family,
    enum key_curve curve, size_t bits);

/* The private key of a place, to run operations with; holds a reference to
 * the device.  can: what the driver does by itself. */
enum cng_status device_holder(struct device *dev,
    const struct device_key *key, struct key_holder **out) CNG_MUST_CHECK;

/* --- readers ------------------------------------------------------------- */

struct device_readers {
	char **name;             /* device_readers_free */
	size_t count;
};

/* None where there is no service or library: that is no error. */
enum cng_status device_readers(struct device_readers *out) CNG_MUST_CHECK;
void device_readers_free(struct device_readers *readers);

/* Why there may be none. */
enum device_service {
	DEVICE_SERVICE_RUNS = 0,
	DEVICE_SERVICE_NO_LIBRARY,
	DEVICE_SERVICE_SILENT,   /* not installed, or not started */
	DEVICE_SERVICE_REFUSES,  /* this user may not talk to it */
};
enum device_service device_service(void);

/* What is known of a reader without asking its card. */
struct device_reader {
	bool there;
	bool card;               /* one is in, of whatever kind */
	unsigned moves;          /* cards that came and went, if it counts */
};
struct device_reader device_look(const char *reader);

/* Waits until a card comes or goes in any reader, or a reader does; at most
 * so long.  *changed: did it?  Holds no lock; ends early, with CNG_OK, after
 * device_wait_cancel, and does not begin where that came since the ticket was
 * taken.  CNG_ERR_NOT_SUPPORTED, at once: there is no service. */
enum cng_status device_wait(unsigned ticket, unsigned milliseconds,
    bool *changed) CNG_MUST_CHECK;
unsigned device_wait_ticket(void);
void device_wait_cancel(void);

/* Gives back what is held of the service, with C_Finalize; and in a forked
 * child forgets it. */
void device_shutdown(void);
void device_after_fork(void);

#endif
