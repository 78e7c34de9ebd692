/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A program that uses the built module with cards of software in it.  Each
 * test of a program has a fresh card of each kind, in a reader of its own.
 */
#ifndef CNG_TESTS_FACE_CARDGUEST_H
#define CNG_TESTS_FACE_CARDGUEST_H

#include "pkcs11/cryptoki_mechs.h"
#include "tests/face/guest.h"

#define CARD_KINDS 3
#define CARD_TESTS_MAX 5     /* of a program: there are 16 readers */

/* What a kind of card does differently. */
struct card_kind {
	const char *app;         /* of the simulated card */
	const char *model;       /* CK_TOKEN_INFO */
	const char *so_pin;      /* "" where there is none to be said */
	const char *so_wrong;
	CK_ULONG pin_min, pin_max;
	CK_RV short_pin;         /* one of three characters is said */
	CK_RV init_pin;          /* the administrator sets the user's */
	CK_RV so_set_pin;        /* and his own */
	CK_BBOOL tells;          /* whether a key was made there */
	bool ec;                 /* P-256 can be on it */
	bool careful;            /* signing wants the PIN each time */
};
extern const struct card_kind card_kinds[CARD_KINDS];

/* The card of the test that runs. */
extern const struct card_kind *card;
extern char card_reader[64];

#define CARD_PIN "123456"
#define CARD_PUK "12345678"

/* Configuration lines that let private keys onto cards. */
extern const char card_import_on[];

/* Runs them, each once for each kind of card. */
int card_run(const char *name, const TTest *const *tests, size_t count);

/* Within a test, the number of the test from 0 and its loop variable: the
 * module is initialised, with more lines in its configuration, and slot is
 * that of the card.  The administrator's key is configured unless they say
 * "card_admin_key_file = none". */
void card_begin(int test, int kind, const char *conf);
void card_end(void);

/* See tests/card/README.md; fails on nonsense. */
int card_tell(const char *words);

/* Read-write, with the user logged in. */
CK_SESSION_HANDLE card_login(void);
CK_RV card_say(CK_SESSION_HANDLE session, CK_USER_TYPE who, const char *pin);

/* A pair of the software, as a session's, that may be taken away; RSA, or
 * P-256. */
void card_guest(CK_SESSION_HANDLE session, bool ec,
    CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key);

/* A pair on the card, of that name and for that use: P-256 (256), or RSA with
 * so many bits. */
CK_RV card_pair(CK_SESSION_HANDLE session, const char *name, CK_ULONG bits,
    CK_ATTRIBUTE_TYPE use, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key);
/* What must work: RSA with 2048 bits, to sign. */
void card_key(CK_SESSION_HANDLE session, const char *name,
    CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key);

/* What there is to do between C_*Init with that key and the next call: the PIN
 * once more, where the key wants that. */
CK_RV card_again(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);
/* A whole signature of four bytes, CKM_SHA256_RSA_PKCS. */
CK_RV card_sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);

/* How many objects of the class, with that label unless NULL. */
CK_ULONG card_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
    const char *label, CK_OBJECT_HANDLE *first);

#endif
