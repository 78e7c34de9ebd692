/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A card of software behind store/device.h, in the place of the real devices:
 * what tests of core put into it, it has.
 */
#ifndef CNG_TESTS_FAKE_CARD_H
#define CNG_TESTS_FAKE_CARD_H

#include "store/device.h"

#define FAKE_READER "Fake Reader 00 00"
#define FAKE_PIN span_str("123456")
#define FAKE_ADMIN span_str("0102030405060708")
#define FAKE_KEYS 4

struct fake_key {
	bool used;
	struct device_key key;       /* its public numbers are not used */
	struct key_material pair;
};

/* What there is, for tests to look at and to change. */
extern struct fake_card {
	bool inserted;
	unsigned number;             /* of the card: removal makes another */
	bool fickle;                 /* its serial number is that, too */
	uint64_t stamp;
	struct fake_key key[FAKE_KEYS];
	struct secret root;          /* a certificate of no key */
	unsigned lists, opened;      /* calls */
	unsigned live;               /* devices that are not freed */
	int tries;
	bool pin_said, admin_said, once;
	enum cng_status fail;        /* the next import or generation */
	bool no_numbers;             /* public ones are not told */
	bool wrong_numbers;
	bool keeps_keys;             /* none can be removed */
	unsigned stays;              /* the removal of that number, counted from
	                              * now, fails */
	bool half;                   /* that one takes the key all the same */
	unsigned heir;               /* that a removal named last */
	struct device_new last;      /* the last import or generation */
	void (*speaking)(void);      /* called while a card is listed */
	void (*written)(void);       /* called when a key came onto it */
	size_t readers;              /* so many, from number first_reader on; */
	size_t first_reader;         /* 0: FAKE_READER alone */
} fake;

/* A card with nothing on it; another one, when there was one. */
void fake_insert(void);
void fake_pull(void);
/* Everything is gone. */
void fake_reset(void);

/* At the next free place. */
struct fake_key *fake_put(const char *name, const struct key_material *pair);

#endif
