/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One store seen as a token: login, PINs, objects.  Every function takes the
 * token's own lock for as long as it looks at tables, and none while it
 * computes or a PIN waits; all may be called from several threads.
 */
#ifndef CNG_CORE_TOKEN_H
#define CNG_CORE_TOKEN_H

#include "base/secret.h"
#include "base/status.h"
#include "base/wr.h"
#include "core/object.h"
#include "core/prop.h"
#include "key/op.h"

struct token;

enum token_role {
	ROLE_USER = 0,
	ROLE_SO = 1,
	ROLE_NONE = 2,
};

/* What a PIN and a label may be, in bytes of UTF-8. */
#define TOKEN_PIN_MIN 4
#define TOKEN_PIN_MAX 255
#define TOKEN_LABEL_MAX 32

struct token_info {
	bool present;            /* the store exists and can be read */
	bool creatable;          /* token_init makes the store */
	bool initialized;
	bool read_only;
	bool user_pin_set;
	bool user_count_low;     /* a wrong PIN since the last good one */
	bool user_final_try;
	bool user_locked;
	bool so_count_low;
	bool so_final_try;
	bool so_locked;
	char label[33];          /* trimmed UTF-8, NUL */
	char serial[17];
	bool no_pin;             /* a file beside the store has the key */
	bool pin_known;          /* or the configuration finds the PIN */
	enum cng_status pin_fault; /* why one of them is not read, or CNG_OK */
	const char *path;        /* of the store, or the reader's name; owned
	                          * by the token */
	bool is_card;            /* or a reader for one */
	unsigned incarnation;    /* another card, another number; 0: none yet */
	enum cng_status fault;   /* why it is not usable, or CNG_OK */
};

enum cng_status token_info(struct token *tok, struct token_info *out)
    CNG_MUST_CHECK;

/* Of all that, what a new session asks for; the file is not read unless it
 * has changed.  The answer is the fault. */
struct token_ready {
	bool initialized;
	bool read_only;
	bool is_card;
	unsigned incarnation;
};
enum cng_status token_ready(struct token *tok, struct token_ready *out)
    CNG_MUST_CHECK;

/* Does it stand for a reader? */
bool token_is_card(const struct token *tok);

/* Is the card still in that was there then?  CNG_ERR_DEVICE_REMOVED: it is
 * gone; CNG_ERR_OBJECT: another one is there, or has been. */
enum cng_status token_still(struct token *tok, unsigned incarnation)
    CNG_MUST_CHECK;

/* What the card itself does with keys of a family by one mechanism; all zero:
 * nothing, or there is no card. */
struct token_offer {
	size_t min, max;         /* bits of its keys; 0: it has none */
	bool makes;              /* it takes new ones */
	bool signs, decrypts, agrees;
};
enum cng_status token_offer(struct token *tok, enum key_family family,
    const struct key_op *op, struct token_offer *out) CNG_MUST_CHECK;

/* May the card have such a key?  What is not known of it is CURVE_NONE, 0. */
bool token_takes(struct token *tok, enum key_family family,
    enum key_curve curve, size_t bits);

/* Of a card in a reader. */
struct token_card {
	char kind[16];           /* "GIDS", "PIV", "OpenPGP" */
	char maker[33];
	char serial[33];         /* the whole of it */
	uint8_t guid[16];
	uint8_t version[2];
	size_t pin_min, pin_max;
	int tries, tries_max;    /* of the PIN; -1: not known */
	int unblock_tries;
	bool can_import, can_generate, can_remove;
	size_t used, spare;      /* containers */
};
/* Fresh from the card; CNG_ERR_ARGUMENT: the token is none. */
enum cng_status token_card(struct token *tok, struct token_card *out)
    CNG_MUST_CHECK;
/* token_info, and what it is of a card; all zero where it is none, or where
 * there is a fault. */
enum cng_status token_info_all(struct token *tok, struct token_info *out,
    struct token_card *card) CNG_MUST_CHECK;

/* --- PINs and login ------------------------------------------------------ */

enum cng_status token_init(struct token *tok, struct span so_pin,
    struct span label) CNG_MUST_CHECK;
enum cng_status token_init_pin(struct token *tok, struct span pin)
    CNG_MUST_CHECK;
enum cng_status token_set_pin(struct token *tok, struct span old_pin,
    struct span new_pin) CNG_MUST_CHECK;   /* SO's when the SO is logged in */
enum cng_status token_login(struct token *tok, enum token_role role,
    struct span pin) CNG_MUST_CHECK;
/* The user PIN where nobody has to say it: that of the file beside the store,
 * or of the configuration.  CNG_ERR_NOT_LOGGED_IN: it has to be said.
 * CNG_ERR_PIN_WRONG: it is not tried any more after three wrong ones, so that
 * no source that is wrong locks the token.  CNG_ERR_NOT_FOUND,
 * CNG_ERR_STORE_PERMISSION, CNG_ERR_PIN_LENGTH: what is wrong with the
 * source. */
enum cng_status token_known_pin(struct token *tok, struct secret *out)
    CNG_MUST_CHECK;
/* The file that this PIN comes from, or would; false: out has the name of a
 * credential that is not given. */
bool token_pin_file(const struct token *tok, char *out, size_t size);
/* Is that the file beside the store, which nobody can write anew? */
bool token_pin_is_made(const struct token *tok);
/* As user, with that PIN: CNG_ERR_PIN_WRONG, too, when others have found it
 * wrong three times since; then it is not tried. */
enum cng_status token_login_known(struct token *tok, struct span pin)
    CNG_MUST_CHECK;
enum cng_status token_check_known_pin(struct token *tok, struct span pin)
    CNG_MUST_CHECK;
/* A token without a PIN is open to whoever can read its key: logs in where
 * nobody is.  CNG_OK, too, where it is some other token. */
enum cng_status token_open_self(struct token *tok) CNG_MUST_CHECK;
/* Logged in as SO: the user's key goes into a file beside the store. */
enum cng_status token_init_no_pin(struct token *tok) CNG_MUST_CHECK;
/* Checks the PIN of the role that is logged in (context login). */
enum cng_status token_check_pin(struct token *tok, struct span pin)
    CNG_MUST_CHECK;
enum cng_status token_logout(struct token *tok) CNG_MUST_CHECK;
enum token_role token_logged_in(struct token *tok);
/* What the configuration says: policy compat, instead of strict. */
bool token_is_compat(const struct token *tok);

/* --- random numbers ------------------------------------------------------ */

enum cng_status token_random(struct token *tok, void *out, size_t len)
    CNG_MUST_CHECK;
enum cng_status token_seed(struct token *tok, struct span seed)
    CNG_MUST_CHECK;

/* --- objects ------------------------------------------------------------- */

/* Handles are numbers, never pointers, and are not used twice: 0 is none. */
typedef uint64_t obj_id;

/* On whose behalf: session objects belong to a session and die with it. */
struct access {
	uint64_t session;        /* the owner of new session objects; not 0 */
	bool read_write;         /* token objects may be changed */
};

/* The built-in null wrapping key; see the public header pkcs11/vendor.h. */
#define OBJ_ID_NULL_KEY ((obj_id)2)
extern const struct span NULL_KEY_ID;   /* its PROP_ID */

/* A reference, or CNG_ERR_OBJECT: unknown, gone, or private and nobody is
 * logged in.  A logout ends the handles of private objects for good. */
enum cng_status token_object(struct token *tok, obj_id id,
    struct object **out) CNG_MUST_CHECK;
/* The same, where a key is named: other objects are as good as unknown. */
enum cng_status token_key_object(struct token *tok, obj_id id,
    struct object **out) CNG_MUST_CHECK;

enum cng_status token_create(struct token *tok, const struct access *who,
    struct props tmpl, obj_id *out) CNG_MUST_CHECK;
enum cng_status token_copy(struct token *tok, const struct access *who,
    obj_id from, struct props tmpl, obj_id *out) CNG_MUST_CHECK;
enum cng_status token_destroy(struct token *tok, const struct access *who,
    obj_id id) CNG_MUST_CHECK;
enum cng_status token_set(struct token *tok, const struct access *who,
    obj_id id, struct props changes) CNG_MUST_CHECK;
/* The same, if a property that is kept as given is still what was says (NULL:
 * whatever it is); CNG_ERR_EXISTS: it is another by now. */
enum cng_status token_set_from(struct token *tok, const struct access *who,
    obj_id id, struct props changes, const struct prop *was) CNG_MUST_CHECK;

/*
 * A copy of a key that no store holds yet, changed by the template as if it
 * were just being imported; where that says so (PROP_TOKEN), the copy is kept
 * for good, in one record with its public half.  from may be of another
 * token.  replace: a key of the same name makes room in the same
 * transaction.  twin (or NULL) is published before the store has the key: on
 * success it is to be settled, else dropped.  CNG_ERR_PROHIBITED: from is a
 * token object.
 */
struct twin;
enum cng_status token_remake(struct token *tok, const struct access *who,
    const struct object *from, struct props tmpl, bool replace,
    struct twin *twin, obj_id *out) CNG_MUST_CHECK;

/* All objects of a session go; were there any? */
bool token_session_closed(struct token *tok, uint64_t session);

struct obj_ids {
	obj_id *id;              /* mem_free */
	size_t count;
};
/* Every object the caller may see whose properties equal the template's. */
enum cng_status token_find(struct token *tok, struct props tmpl,
    struct obj_ids *out) CNG_MUST_CHECK;

/* --- making keys --------------------------------------------------------- */

struct keygen_request {
	enum key_family family;
	uint64_t mechanism;      /* the face's number, kept as a property */
	unsigned role;           /* of enum key_role; what CNG made it for */
	struct props secret;     /* AES, generic: the one template */
	const struct key_op *op; /* PBKDF2: made of the password, or NULL */
	struct span password;
	struct span prefix;      /* what the value begins with, or nothing */
	uint64_t value_len;      /* that it must have; 0: the template's */
	struct props public;     /* pairs */
	struct props private;
	size_t domain_bits;      /* DSA, DH: a group of that size is made
	                          * first; 0: the public template has one */
	bool overwrite;          /* cards: what has the name goes */
};
/* Secret keys: *key.  Pairs: *key is the private one, *public the other. */
enum cng_status token_generate(struct token *tok, const struct access *who,
    const struct keygen_request *req, obj_id *key, obj_id *public)
    CNG_MUST_CHECK;

/* Domain parameters: a group of the size that the template asks for. */
enum cng_status token_generate_domain(struct token *tok,
    const struct access *who, enum key_family family, struct props tmpl,
    obj_id *out) CNG_MUST_CHECK;

/* A secret key out of another key: agreement, or a function over a secret
 * key.  mechanism: the face's number, for the allowed list. */
enum cng_status token_derive(struct token *tok, const struct access *who,
    struct object *base, const struct key_op *op, uint64_t mechanism,
    struct props tmpl, obj_id *out) CNG_MUST_CHECK;

/* The same where the caller gets bytes and no key; len 0 is the natural
 * length. */
enum cng_status object_derive(struct object *base, const struct key_op *op,
    uint64_t mechanism, size_t len, struct secret *out) CNG_MUST_CHECK;

/* May bytes that are made with the key be told?  CNG_ERR_KEY_USAGE: of a token
 * that is not compat, and a key that has a template for keys made so: they
 * could be the value of such a key. */
enum cng_status token_may_tell(const struct token *tok,
    const struct object *key, enum prop_id which) CNG_MUST_CHECK;

/* The value of a secret key that serves as the salt of a derivation, borrowed
 * from the object: it must be allowed to derive itself, and that way; and as
 * the other key's template is the one that counts, have none. */
enum cng_status token_salt(const struct token *tok,
    const struct object *salt, uint64_t mechanism, struct span *out)
    CNG_MUST_CHECK;

/* Encapsulation makes a secret and its ciphertext.  Where the cursor only
 * counts or is too small, nothing is made. */
enum cng_status token_encapsulate(struct token *tok,
    const struct access *who, struct object *public,
    const struct key_op *op, uint64_t mechanism, struct props tmpl,
    struct wr *cipher, obj_id *out) CNG_MUST_CHECK;
enum cng_status token_decapsulate(struct token *tok,
    const struct access *who, struct object *private,
    const struct key_op *op, uint64_t mechanism, struct span cipher,
    struct props tmpl, obj_id *out) CNG_MUST_CHECK;
enum cng_status object_encapsulate(struct object *public,
    const struct key_op *op, uint64_t mechanism, struct wr *cipher,
    struct secret *out) CNG_MUST_CHECK;
enum cng_status object_decapsulate(struct object *private,
    const struct key_op *op, uint64_t mechanism, struct span cipher,
    struct secret *out) CNG_MUST_CHECK;

#endif
