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

/* --- the walk ------------------------------------------------------------- */

#define LINES_MAX 16
#define VALUE_MAX 4096

/* The first key of a kind: in the clear, and all may be asked of it. */
struct sample {
	const struct kind *kind;
	CK_OBJECT_HANDLE public, own;
};

struct template {
	CK_ATTRIBUTE line[LINES_MAX];
	CK_BYTE value[LINES_MAX][VALUE_MAX];
	CK_ULONG count;
};

/* Where all this happens. */
extern CK_SESSION_HANDLE sess;

static inline bool
note_is_pair(const struct kind *kind)
{
	return kind->public.count > 0;
}

CK_ATTRIBUTE *note_add(struct template *to, CK_ATTRIBUTE_TYPE type,
    const void *value, CK_ULONG len);
/* What the object says, and what it does not say, but might. */
void note_add_true(struct template *to, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type);
void note_add_false(struct template *to, CK_OBJECT_HANDLE object,
    const struct note *note);
/* Not sensitive, extractable. */
void note_add_open(struct template *to);
void note_take_out(struct template *to, CK_ATTRIBUTE_TYPE type);

/* False: libcrypto is too old for the kind. */
bool note_first_key(const struct kind *kind, struct sample *out);

typedef void note_work(const struct sample *of, CK_OBJECT_HANDLE object,
    const struct note *note);

/* Logs in, and calls work for each attribute of each half of each kind. */
void note_for_keys(note_work *work);

#endif
