/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The Smart Card provider: which card a name means, whose PIN was said, and
 * what is made on a card.  Whatever has no name is the software's, here too,
 * as Windows has it.
 */
#ifndef CNG_NCRYPT_CARD_H
#define CNG_NCRYPT_CARD_H

#include "ncrypt/face.h"
#include "ncrypt/prop.h"

/* Of a container name, in UTF-16. */
#define CARD_NAME_UNITS 39

/* --- names (card_name.c) -------------------------------------------------- */

/* "\\.\READER\CONTAINER", "\\.\READER\" or "CONTAINER"; what is not said is
 * empty. */
struct card_name {
	struct secret reader;    /* UTF-8 */
	struct secret container;
};

/* text: UTF-8, empty for neither.  CNG_ERR_ARGUMENT: no such name. */
enum cng_status card_name_read(struct card_name *out, struct span text)
    CNG_MUST_CHECK;
void card_name_free(struct card_name *name);
/* The first form, with a closing NUL as all wide strings. */
enum cng_status card_name_write(struct wr *out, const char *reader,
    struct span container) CNG_MUST_CHECK;

/* --- cards (card.c) ------------------------------------------------------- */

#define CARDS_MAX 64

struct cards {
	struct token *tok[CARDS_MAX]; /* of the provider */
	size_t count;
};

/* The cards in the reader, or in the one that the provider was told, or in
 * all; one at least.  CNG_ERR_NO_READERS, CNG_ERR_NO_READER, CNG_ERR_NO_CARD,
 * CNG_ERR_UNKNOWN_CARD: none, and why. */
enum cng_status cards_find(struct nprov *prov, struct span reader,
    struct cards *out) CNG_MUST_CHECK;
/* The one that is meant where none is named; CNG_ERR_ARGUMENT: it could be
 * this one or that one. */
enum cng_status cards_only(struct nprov *prov, struct token **out)
    CNG_MUST_CHECK;

/* The container of that name on one card; *out is 0: none. */
enum cng_status card_find(struct token *tok, struct span name, obj_id *out)
    CNG_MUST_CHECK;
/* The same on all cards that the name allows. */
enum cng_status card_open(struct nkey *key, struct span name) CNG_MUST_CHECK;
/* The key that a PKCS7_ENVELOPE is for.  CNG_ERR_NOT_FOUND: it is on no card,
 * or there is none. */
enum cng_status card_recipient(struct nkey *key, struct span blob)
    CNG_MUST_CHECK;

/* Where a key in the making is to go; its name becomes the container's.
 * Needs no PIN.  CNG_ERR_EXISTS, CNG_ERR_STORE_FULL. */
enum cng_status card_choose(struct nkey *key) CNG_MUST_CHECK;

/* The key's object, whether its PIN was said or not. */
enum cng_status card_object(struct nkey *key, struct object **out)
    CNG_REQUIRES(key->lock) CNG_MUST_CHECK;

/* --- PINs (card_pin.c) ---------------------------------------------------- */

/* Says a PIN that the program gave. */
enum cng_status card_say_pin(struct token *tok, struct span pin)
    CNG_MUST_CHECK;
/* CNG_ERR_NOT_LOGGED_IN: it has not been said, and nobody has one to say. */
enum cng_status card_want_pin(struct token *tok) CNG_MUST_CHECK;
/* Before a use of the key with that object: on a card its PIN is said where it
 * wants one, and *obj is exchanged where that was for this use only. */
enum cng_status card_unlock(struct nkey *key, struct object **obj)
    CNG_MUST_CHECK;

/* --- in (finish.c) -------------------------------------------------------- */

/* Is it, or is it to be, on a card? */
bool card_has(const struct nkey *key);
/* Can cards have keys of that algorithm, or that family? */
bool card_knows_alg(const struct alg *alg);
bool card_knows_family(enum key_family family);

/* --- lists (card_enum.c) -------------------------------------------------- */

SECURITY_STATUS card_next_key(struct nprov *prov, LPCWSTR scope,
    PVOID *state, NCryptKeyName **out);

/* --- properties (prop_card.c) --------------------------------------------- */

/* Those that a key on a card has, or has otherwise; NULL: as all keys. */
const struct prop_row *prop_card_row(LPCWSTR name);
SECURITY_STATUS prop_card_get(struct nprov *prov, LPCWSTR name,
    struct wr *out);
SECURITY_STATUS prop_card_set(struct nprov *prov, LPCWSTR name,
    struct span value, DWORD flags);

#endif
