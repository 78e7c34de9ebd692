/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The attribute tables of the standard with their footnotes, for the kinds of
 * keys that there are here.
 */
#ifndef CNG_TESTS_FACE_NOTES_H
#define CNG_TESTS_FACE_NOTES_H

#include "tests/face/guest.h"

/* Footnotes of the standard's tables. */
enum {
	F1 = 1 << 1,     /* C_CreateObject wants it */
	F2 = 1 << 2,     /* and must not be given it */
	F3 = 1 << 3,     /* the same for generating */
	F4 = 1 << 4,
	F5 = 1 << 5,     /* and for unwrapping */
	F6 = 1 << 6,
	F7 = 1 << 7,     /* hidden when sensitive or unextractable */
	F8 = 1 << 8,     /* may be changed and changes in a copy */
	F10 = 1 << 10,   /* only the SO sets it to true */
	F11 = 1 << 11,   /* stays true */
	F12 = 1 << 12,   /* stays false */
	/* ours: */
	COPY = 1 << 16,  /* changes in a copy only */
	TRUE_OK = 1 << 17, /* what is so may be said, against 2, 4 and 6 */
	MAY_LACK = 1 << 18, /* against 1 and 3: there is a value for it */
	OWN_RULE = 1 << 19, /* has a test of its own */
};

enum form {
	BOOLEAN,
	NUMBER,
	BYTES,
	DATE,
	LIST,            /* of mechanisms */
	LINES,           /* a template */
};

struct note {
	CK_ATTRIBUTE_TYPE type;
	unsigned feet;
	enum form form;
};

struct notes {
	const struct note *row;
	size_t count;
};

struct kind {
	const char *name;
	CK_KEY_TYPE type;
	CK_MECHANISM_TYPE make;  /* 0: it is not made here */
	const char *file;        /* a blob to take the first key from */
	CK_ATTRIBUTE first[2];   /* what else the first key is made of */
	CK_ULONG first_count;
	struct notes public;     /* a pair has these */
	struct notes own;        /* of the private or secret key */
};

extern const struct kind kinds[];
extern const size_t kind_count;

extern const struct notes notes_all;
extern const struct notes notes_public;
extern const struct notes notes_private;
extern const struct notes notes_secret;

#endif
