/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of core share and nobody else sees.
 */
#ifndef CNG_CORE_INTERNAL_H
#define CNG_CORE_INTERNAL_H

#include "base/lock.h"
#include "base/log.h"
#include "core/idmap.h"
#include "core/object.h"
#include "core/tagmap.h"
#include "core/token.h"
#include "crypto/crypto.h"
#include "store/device.h"
#include "store/protect/vault.h"

#include <stdatomic.h>

/* --- objects (object.c) -------------------------------------------------- */

#define KEPT_COUNT (PROP_KEPT_END - PROP_LABEL)

/* The public half of a pair follows its private half in these until it was
 * given its own. */
#define TWIN_OWN_ID 0x1u
#define TWIN_OWN_LABEL 0x2u

#define NO_MECHANISM UINT64_MAX

struct object {
	atomic_uint refs;
	_Atomic obj_id id;        /* its handle; 0 until it has a place */
	uint8_t uid[STORE_UID];
	enum obj_class class;
	uint64_t flags;           /* PROP_BIT of the true booleans */
	uint64_t ever;            /* of the usage bits: held at any time */
	uint32_t twin_own;        /* TWIN_OWN_* */
	uint64_t built_in;        /* which profile, or which mechanism */
	uint64_t cert_type;
	uint64_t cert_category;
	uint64_t keygen_mechanism;
	unsigned key_slot;        /* where it is on a card, or is to be; 0 */
	struct secret kept[KEPT_COUNT]; /* by PROP_LABEL + i */
	struct secret value;      /* contents of data and certificates; of a
	                           * key for a card its certificate */
	struct key_material key;
	bool withheld;            /* without the key's secret numbers: they are
	                           * sealed, and nobody is logged in */
	size_t withheld_len;      /* of a secret key that is */
	bool has_pin;             /* object_pin_given */
	_Atomic(struct crypto_key *) ready; /* made at first use */
};

/* An empty one with one reference and a fresh unique id. */
enum cng_status object_new(struct object **out, enum obj_class class)
    CNG_MUST_CHECK;
/* A copy with one reference, same id and uid, without the ready key unless
 * the numbers are shared. */
enum cng_status object_clone(struct object **out, const struct object *from)
    CNG_MUST_CHECK;

static inline bool
object_is_key(const struct object *obj)
{
	return obj->class == OBJ_PUBLIC || obj->class == OBJ_PRIVATE ||
	    obj->class == OBJ_SECRET;
}

static inline void
object_put_flag(struct object *obj, enum prop_id id, bool on)
{
	if (on)
		obj->flags |= PROP_BIT(id);
	else
		obj->flags &= ~PROP_BIT(id);
}

static inline struct secret *
object_kept(struct object *obj, enum prop_id id)
{
	return &obj->kept[id - PROP_LABEL];
}

/* Does the holder of the private key, where there is one, do that?  Otherwise
 * CNG_ERR_MECHANISM: by another mechanism the key may do. */
enum cng_status object_can(const struct object *obj, const struct key_op *op,
    enum holder_way way) CNG_MUST_CHECK;

/* The key made ready for crypto.h, kept for the life of the object; the
 * caller does not free it but must hold a reference to the object.
 * CNG_ERR_NOT_LOGGED_IN when its numbers are withheld. */
enum cng_status object_crypto(struct object *obj, struct crypto_key **out)
    CNG_MUST_CHECK;

/* Has it numbers that are never written in clear, whoever may see it? */
static inline bool
object_has_secrets(const struct object *obj)
{
	return obj->class == OBJ_PRIVATE || obj->class == OBJ_SECRET;
}

/* Is the mechanism on the key's list, or is there none? */
bool object_allows(const struct object *obj, uint64_t mechanism);

/* The public half of a pair, as a CNG blob shows it. */
enum cng_status object_twin(const struct object *main, struct object **out)
    CNG_MUST_CHECK;

/* Does every line of the template equal what a caller would be shown?  Fails
 * only where that could not be found out: CNG_ERR_NO_MEMORY. */
enum cng_status object_matches(const struct object *obj, struct props tmpl,
    bool *out) CNG_MUST_CHECK;
/* The same of one line: CNG_OK, or otherwise. */
enum cng_status object_says(const struct object *obj,
    const struct prop *line, enum cng_status otherwise) CNG_MUST_CHECK;

/* May the secret numbers be shown? */
bool object_is_readable(const struct object *obj);

/* Do objects of this class have the property at all (booleans, kept)? */
bool object_has_prop(const struct object *obj, enum prop_id id);

/* Numbers of a group come as those of PKCS#3, whatever is said about q: the
 * kind of key that was asked for settles it. */
static inline void
key_settle_dh(struct key_material *key, enum key_family wanted)
{
	if (wanted == KEY_X942 && key->family == KEY_DH &&
	    key->part[DH_Q].len > 0)
		key->family = KEY_X942;
}

/* Numbers out of range become none. */
static inline enum key_family
props_family(struct props list, enum key_family fallback)
{
	uint64_t v = props_number(list, PROP_KEY_FAMILY, fallback);

	return v < KEY_FAMILY_COUNT ? (enum key_family)v : KEY_NONE;
}

static inline enum obj_class
props_class(struct props list)
{
	uint64_t v = props_number(list, PROP_CLASS, OBJ_NONE);

	return v < OBJ_CLASS_COUNT ? (enum obj_class)v : OBJ_NONE;
}

/* --- rules for templates (rules.c) --------------------------------------- */

enum prop_mode {
	MODE_CREATE = 1,
	MODE_GENERATE = 2,
	MODE_UNWRAP = 4,
	MODE_DERIVE = 8,
	MODE_COPY = 16,
	MODE_SET = 32,
	MODE_IMPORT = 64,         /* a CNG blob */
};

/* Who is asking, for the lines that only the SO may set, and how strict the
 * token is. */
struct rule_context {
	enum prop_mode mode;
	enum token_role role;
	bool compat;
	bool card;                /* what is kept is kept by a card */
	bool known;               /* GENERATE: the caller knows the value */
};

/* For a call that comes now. */
struct rule_context token_rules(struct token *tok, enum prop_mode mode);

/* Puts class and family (where they follow from the call) and the defaults
 * of the mode into a new object whose key is set. */
void rules_defaults(struct object *obj, const struct rule_context *ctx);

/* Applies the template's kept properties and booleans.  Lines that carry
 * the key itself, class and family are for the caller (skip = true for
 * them). */
enum cng_status rules_apply(struct object *obj, struct props tmpl,
    const struct rule_context *ctx) CNG_MUST_CHECK;

/* The key's numbers out of a template (create): family, curve, parts. */
enum cng_status rules_key_from(struct key_material *out,
    enum obj_class class, struct props tmpl) CNG_MUST_CHECK;

/* The group of a DSA or DH key out of a template (key generation, domain
 * parameters). */
enum cng_status rules_domain_from(struct key_material *out,
    enum key_family family, struct props tmpl) CNG_MUST_CHECK;

/* domain.c: the group of domain parameters out of a template (create). */
enum cng_status domain_from(struct object *obj, struct props tmpl)
    CNG_MUST_CHECK;

/* Lines that carry the object itself must be of its kind (create). */
enum cng_status rules_check_lines(const struct object *obj,
    struct props tmpl) CNG_MUST_CHECK;

/* Lines that carry the key, class or family, for a key that did not come out
 * of the template: they must say what is so. */
enum cng_status rules_check_key(const struct object *obj, struct props tmpl,
    enum prop_mode mode) CNG_MUST_CHECK;

/* The id of a key that was given none. */
enum cng_status rules_default_id(struct object *obj) CNG_MUST_CHECK;

/* The last look at a new or changed object: what is missing, what
 * contradicts, default id. */
enum cng_status rules_finish(struct object *obj,
    const struct rule_context *ctx) CNG_MUST_CHECK;

/* keygen.c: a new object around numbers that the caller made; takes them
 * over.  rules_finish is still to come. */
enum cng_status rules_make(struct object **out, enum obj_class class,
    struct key_material *key, struct props tmpl,
    const struct rule_context *ctx) CNG_MUST_CHECK;

/* --- entries: a record as live objects (entry.c, codec.c) ---------------- */

/* half[0] is the object itself, half[1] the public half that a key pair from
 * a CNG blob shows too, or NULL. */
struct entry {
	uint64_t row;             /* store row; 0: a session entry */
	uint8_t uid[STORE_UID];   /* of the row */
	uint64_t version;
	uint64_t stamp;           /* of the store when last known good */
	uint64_t session;         /* owner of a session entry */
	unsigned place;           /* of a card: its container */
	bool is_default;          /* the card says so */
	struct object *half[2];
};

void entry_free(void *entry);

/* The sealed part or the clear one. */
enum cng_status entry_encode(const struct entry *e, bool sealed,
    struct secret *out) CNG_MUST_CHECK;
/* Adds the halves found in bytes to *e: the clear part first, then, when
 * there is a login, the sealed one. */
enum cng_status entry_decode(struct entry *e, bool sealed, struct span in)
    CNG_MUST_CHECK;
uint32_t entry_kind(const struct entry *e);

/* One object with all that belongs to it but its place, as bytes. */
enum cng_status object_pack(const struct object *obj, struct secret *out)
    CNG_MUST_CHECK;
/* CNG_ERR_BAD_DATA, or CNG_ERR_STORE_VERSION. */
enum cng_status object_unpack(struct object **out, struct span in)
    CNG_MUST_CHECK;

/* What entry_kind packs. */
#define KIND_CLASS(kind) ((enum obj_class)((kind)&0xff))
#define KIND_FAMILY_SHIFT 8
#define KIND_PRIVATE 0x10000u
#define KIND_TWIN 0x20000u
#define KIND_TWIN_PRIVATE 0x40000u

/* --- storing together (batch.c) ------------------------------------------ */

struct waiting;

/* Who waits for a transaction, and whether one runs. */
struct batch {
	struct lock lock;         /* before a token's */
	pthread_cond_t changed;
	struct waiting *line;
	bool busy;
};

void batch_init(struct batch *batch);
void batch_destroy(struct batch *batch);

/* --- tokens (token.c, shelf.c) ------------------------------------------- */

/* What is known of the card in a reader; see card.h. */
struct card_side {
	unsigned count;           /* cards that were here */
	bool forked;              /* the parent had one when it forked */
	unsigned moves;           /* of the reader, when it came */
	bool read_only;
	const char *refused;      /* switch that was off; see admin.h */
	bool listed;              /* the cache has what it had at stamp */
	uint64_t stamp;
	uint64_t turn;            /* of the cache: another list, another one */
	uint64_t rows;            /* given out */
};

struct token {
	struct lock pin;          /* one PIN at a time; before the next */
	struct lock lock;
	char *path;
	bool create;              /* the store may be made by token_init */
	bool compat;              /* constant: uses may meet, see conflict.h */
	const struct mech_source *mechanisms; /* constant; or NULL */
	const char *pin_source;   /* of the configuration: constant; or NULL */
	atomic_int pin_told;      /* what the log said of it, a cng_status */
	bool by_file CNG_GUARDED_BY(lock); /* logged in by its key file .. */
	bool claimed CNG_GUARDED_BY(lock); /* .. and somebody said login */
	struct store *store CNG_GUARDED_BY(lock);
	struct vault *vault CNG_GUARDED_BY(lock);
	uint8_t state_key[32] CNG_GUARDED_BY(lock); /* of operation states */
	bool has_state_key CNG_GUARDED_BY(lock);
	struct batch batch;
	_Atomic(enum token_role) role; /* changed under the lock */
	_Atomic int64_t login_seen; /* the tick when it last was good */
	enum cng_status fault CNG_GUARDED_BY(lock);
	uint64_t stamp CNG_GUARDED_BY(lock);
	uint64_t login_stamp CNG_GUARDED_BY(lock); /* when last known good */
	uint64_t ready_stamp CNG_GUARDED_BY(lock); /* when found initialised;
	                                            * 0: never */
	char *reader;             /* a card's, without a store; or NULL */
	const struct conf *conf;  /* of a card; borrowed; NULL: defaults */
	struct device *device CNG_GUARDED_BY(lock);
	struct card_side card CNG_GUARDED_BY(lock);
	struct idmap cache CNG_GUARDED_BY(lock);    /* row -> entry */
	struct tagmap tags CNG_GUARDED_BY(lock);
	uint64_t logins CNG_GUARDED_BY(lock);       /* that have ended */
	struct idmap pool CNG_GUARDED_BY(lock);     /* number -> entry */
	uint64_t pool_next CNG_GUARDED_BY(lock);
};

/* Handles: see shelf.c.  What is built in has numbers above those of rows and
 * below those of logins. */
#define ID_NUMBER_SHIFT 2
#define ID_LOGIN_SHIFT 43
#define ID_LOGIN_BITS (sizeof(long) > 4 ? 20 : 0) /* as CK_ULONG has room */
#define ID_ROW_MAX ((UINT64_C(1) << 38) - 1)

/* Without the login. */
static inline obj_id
id_place(obj_id id)
{
	return id & ((UINT64_C(1) << ID_LOGIN_SHIFT) - 1);
}

static inline uint64_t
id_number(obj_id id)
{
	return id_place(id) >> ID_NUMBER_SHIFT;
}

/* Of one half of a row, that is for the user only, or not. */
obj_id shelf_id(const struct token *tok, uint64_t row, unsigned half,
    bool private) CNG_REQUIRES(tok->lock);

/* Opens the store unless it is open. */
enum cng_status token_open_store(struct token *tok, enum store_mode mode)
    CNG_REQUIRES(tok->lock) CNG_MUST_CHECK;
/* Opens the store if it is there and was not open yet; ends a login whose
 * token another process has made anew. */
enum cng_status token_attach(struct token *tok) CNG_REQUIRES(tok->lock)
    CNG_MUST_CHECK;
/* Was st because a store that is looked at as it was moved on meanwhile?  Then
 * it is attached and read once more; *times begins at 0. */
#define MOVES_MAX 10
bool token_moved_on(const struct token *tok, enum cng_status st,
    unsigned *times) CNG_REQUIRES(tok->lock);
/* As token_attach, and lets go of a store whose file was deleted or
 * replaced. */
enum cng_status token_attach_anew(struct token *tok)
    CNG_REQUIRES(tok->lock) CNG_MUST_CHECK;

/* Bytes for a caller to keep, which only this token of this process (and its
 * children) can read: CNG_ERR_BAD_DATA for others. */
enum cng_status token_seal_state(struct token *tok, struct span state,
    struct secret *out) CNG_MUST_CHECK;
enum cng_status token_open_state(struct token *tok, struct span sealed,
    struct secret *out) CNG_MUST_CHECK;

/* May the caller see (or make) an object with these flags? */
bool token_may_see(const struct token *tok, const struct object *obj)
    CNG_REQUIRES(tok->lock);

/* Tells the log why a PIN is not known, where that is new. */
void login_warn(struct token *tok, enum cng_status st);

/* Has the store been asked in this tick of the clock whether the login is
 * good still?  Without a login there is nothing to ask. */
bool token_login_is_fresh(const struct token *tok);

/* Is obj what token_object would give now?  *losses (0 at first) keeps what
 * makes the next question cheap: for a session object it takes no lock, and
 * finds a tick of the clock later that another process made the token anew. */
bool token_object_is(struct token *tok, obj_id id, const struct object *obj,
    uint64_t *losses) CNG_MUST_CHECK;

/* All session objects go, or those that only the login could see. */
void token_drop_pool(struct token *tok, bool all) CNG_REQUIRES(tok->lock);

/* Gives the objects of an entry their handles and unique ids. */
void entry_give_ids(const struct token *tok, struct entry *e,
    uint64_t number, bool session, const uint8_t uid[STORE_UID])
    CNG_REQUIRES(tok->lock);

/* A login ends, and with it the handles of what it alone could see; what is in
 * the cache gets others. */
void shelf_end_handles(struct token *tok) CNG_REQUIRES(tok->lock);

/* The entry of a handle, checked for staleness; borrowed under the lock. */
enum cng_status shelf_entry(struct token *tok, obj_id id,
    struct entry **out) CNG_REQUIRES(tok->lock) CNG_MUST_CHECK;
/* The same of a row of the store. */
enum cng_status shelf_row(struct token *tok, uint64_t row,
    struct entry **out) CNG_REQUIRES(tok->lock) CNG_MUST_CHECK;
/* Is the handle still that of the half that it names? */
bool entry_has_id(const struct entry *e, obj_id id);

/* Is the entry of the row at hand, as of the stamp that was asked last? */
bool shelf_has(const struct token *tok, uint64_t row)
    CNG_REQUIRES(tok->lock);

/* Puts a new entry in its place (store or session pool, by the TOKEN flag of
 * half[0]), and gives its objects their ids.  Takes the entry over.  replace:
 * a row of the same key name goes in the same transaction. */
enum cng_status shelf_add(struct token *tok, const struct access *who,
    struct entry *e, bool replace) CNG_REQUIRES(tok->lock) CNG_MUST_CHECK;
/* Several at once, token objects all: on success they are taken over, after a
 * failure they are the caller's still, and as they were. */
struct shelf_item {
	const struct access *who;
	struct entry *e;
	bool replace;
	enum cng_status st;       /* of the one that failed, afterwards */
	struct object *twin;      /* shelf_add_all's own */
};
enum cng_status shelf_add_all(struct token *tok, struct shelf_item *item,
    size_t count) CNG_REQUIRES(tok->lock) CNG_MUST_CHECK;
#define SHELF_SEVERAL_MAX 64
/* Entries, at most SHELF_SEVERAL_MAX, in one transaction: all or nothing; takes
 * them over. */
enum cng_status shelf_add_several(struct token *tok,
    const struct access *who, struct entry *const e[], size_t count)
    CNG_REQUIRES(tok->lock) CNG_MUST_CHECK;
/* A generated pair. */
enum cng_status shelf_add_pair(struct token *tok, const struct access *who,
    struct entry *a, struct entry *b) CNG_REQUIRES(tok->lock)
    CNG_MUST_CHECK;

/* Writes a changed entry back: changed has the new halves, and is taken over
 * in any case; old stays as it was on failure.  CNG_ERR_NOT_FOUND: it is not
 * the version that the store has. */
enum cng_status shelf_replace(struct token *tok, const struct access *who,
    struct entry *old, struct entry *changed) CNG_REQUIRES(tok->lock)
    CNG_MUST_CHECK;
enum cng_status shelf_remove(struct token *tok, const struct access *who,
    struct entry *e) CNG_REQUIRES(tok->lock) CNG_MUST_CHECK;

/* Room for one more object of that kind?  Checks rights only: session rules,
 * login, read-only. */
enum cng_status token_may_write(const struct token *tok,
    const struct access *who, const struct object *obj)
    CNG_REQUIRES(tok->lock) CNG_MUST_CHECK;

/* Attaches the store and adds the entry, a token object, in one transaction
 * with those of other threads; takes it over. */
enum cng_status batch_add(struct token *tok, const struct access *who,
    struct entry *e, bool replace) CNG_MUST_CHECK;

/* Who is logged in, as far as is known without waiting for anybody. */
static inline enum token_role
token_role_now(struct token *tok)
{
	return atomic_load(&tok->role);
}

/* Attaches the store and adds the entry; takes it over.  twin: it has one of
 * its own, that is out already. */
enum cng_status token_shelve(struct token *tok, const struct access *who,
    struct entry *e, bool replace, const struct twin *twin, obj_id *out)
    CNG_MUST_CHECK;

/* The same with several token objects, all or none; takes the entries and
 * their array over. */
struct import_item;
struct import_request;
enum cng_status token_shelve_all(struct token *tok, const struct access *who,
    struct import_item *item, struct entry **e, size_t count)
    CNG_MUST_CHECK;

/* import.c: what is imported, as an entry that has no place yet.  who: whose
 * right to put it there is judged before it is decrypted, or NULL. */
enum cng_status import_entry(struct token *tok, const struct access *who,
    const struct import_request *request, struct entry **out) CNG_MUST_CHECK;

/* placing.c: may it be put where it says?  Of what is decrypted; of the rest
 * that is seen later. */
enum cng_status import_place(struct token *tok, const struct access *who,
    const struct import_request *req) CNG_MUST_CHECK;

/* Makes a one-object entry and shelves it; takes obj over. */
enum cng_status token_place(struct token *tok, const struct access *who,
    struct object *obj, obj_id *out) CNG_MUST_CHECK;

/* In a forked child (provider_after_fork): locks anew, stores abandoned. */
void token_after_fork(struct token *tok);

#endif
