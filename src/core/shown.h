/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Texts by which the library, its slots and its tokens are known outside.
 * They never change: URIs in other people's configuration contain them.
 */
#ifndef CNG_CORE_SHOWN_H
#define CNG_CORE_SHOWN_H

#include "core/token.h"

#define SHOWN_MAJOR 0
#define SHOWN_MINOR 1

/* UTF-8 with a NUL, not padded, and no longer than the fields of PKCS#11. */
struct shown {
	char label[33], serial[17];
	char manufacturer[33], model[17];
	char slot_description[65], slot_manufacturer[33];
	char library_description[33], library_manufacturer[33];
	uint8_t library_version[2];
};

/* Each fills its own fields, and leaves the others. */
void shown_library(struct shown *out);
void shown_slot(struct shown *out, const char *path, bool is_card);
/* card: what a card says of itself; not looked at where the token is none. */
void shown_token(struct shown *out, const struct token_info *token,
    const struct token_card *card);

/* Texts from elsewhere: each ends within its field. */
void shown_end(struct shown *shown);

#endif
