/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A link in between, for OpenPGP cards that are not like the simulated one: it
 * changes what the card gets and says.
 */
#ifndef CNG_TESTS_UNIT_CARD_BENT_H
#define CNG_TESTS_UNIT_CARD_BENT_H

#include "card_openpgp.h"

/* A command that begins so gets that answer; the card never sees it. */
struct canned {
	const char *command;     /* hexadecimal, with blanks */
	const char *reply;
};

struct bent_link {
	struct card_link link;
	struct card_link *way;   /* to the card */
	const struct canned *canned;
	size_t count;
	uint8_t caps;            /* instead of those of the card; 0: as is */
	bool about;              /* them is what the card speaks just now */
	bool wrong_is_6982;      /* of passwords */
	bool with_40;            /* before public points of 32 bytes */
};

/* A device over such a link, with PW3; how is copied. */
struct device *insert_bent(struct sim *sim, const struct bent_link *how,
    bool t0);

#endif
