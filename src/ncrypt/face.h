/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the NCrypt face share.  Handles are an index and a
 * generation, recognised by a table and never dereferenced.
 */
#ifndef CNG_NCRYPT_FACE_H
#define CNG_NCRYPT_FACE_H

#include <cng/ncrypt.h>

#include "base/lock.h"
#include "base/secret.h"
#include "base/wr.h"
#include "core/provider.h"
#include "ncrypt/alg.h"

#define NTE_NULL_REFERENCE HRESULT_FROM_WIN32(RPC_X_NULL_REF_POINTER)

/* --- things with a handle (handle.c) ------------------------------------- */

/* The low two bits of a handle: no pointer looks like one. */
enum thing_kind {
	THING_NONE = 0,
	THING_PROVIDER,
	THING_KEY,
	THING_SECRET,
};

/* First member of each.  The counts are the table's. */
struct thing {
	enum thing_kind kind;
	NCRYPT_HANDLE handle;
	unsigned refs;           /* of callers inside, and of other things */
	unsigned open;           /* how many times it is still to be freed */
	void (*release)(struct thing *);
};

/* Gives it a handle and its first reference, which is the caller's; the
 * handle itself is another. */
enum cng_status handle_add(struct thing *thing) CNG_MUST_CHECK;
/* A reference, or NULL: no handle of that kind (THING_NONE: of any). */
struct thing *handle_take(NCRYPT_HANDLE handle, enum thing_kind kind);
struct thing *handle_ref(struct thing *thing);
void handle_put(struct thing *thing);
/* One more NCryptFreeObject is needed (the provider handle property). */
void handle_again(struct thing *thing);
/* False: no such handle. */
bool handle_close(NCRYPT_HANDLE handle);

/* Memory that the caller gives to NCryptFreeBuffer. */
void *buffer_new(size_t size) __attribute__((warn_unused_result));
/* Is it handed out, and does it begin with that mark?  No pointer looks like
 * one, and with pointers all else begins that is handed out. */
bool buffer_is_marked(const void *buffer, uint64_t mark);
#define KEY_LIST_MARK UINT64_C(0xfffffffe6b657973)
#define CARD_LIST_MARK UINT64_C(0xfffffffe6361726b)
bool buffer_free(void *buffer);

/* --- the provider (state.c, store.c) ------------------------------------- */

/* One more, and one less, who needs the configuration and the stores. */
enum cng_status state_hold(void) CNG_MUST_CHECK;
void state_drop(void);
/* Nobody closes the log in between; false: it is closed. */
bool state_hold_log(void) CNG_TSA(no_thread_safety_analysis);
void state_drop_log(void) CNG_TSA(no_thread_safety_analysis);
/* In a forked child: what the parent had open is let go. */
void state_settle(void);
/* Locks made anew there, whoever held them in the parent. */
void state_after_fork(void);
void store_after_fork(void);
/* A PIN that was wrong may be another one now. */
void store_afresh(void);
void card_pin_after_fork(void);
/* The same of cards. */
void card_pin_afresh(void);
void buffer_after_fork(void);
/* Of the holders. */
struct provider *state_provider(void);
struct token *state_loose(void);

/* All keys of this process belong to one session of core. */
extern const struct access state_access;

/* The user's store or the machine's, with its user logged in. */
enum cng_status store_reach(bool machine, struct token **out)
    CNG_MUST_CHECK;
enum cng_status store_login(bool machine, struct span pin) CNG_MUST_CHECK;

/* From the environment or a credential file; CNG_ERR_NOT_LOGGED_IN: none. */
enum cng_status pin_find(struct secret *out) CNG_MUST_CHECK;
/* The same for cards: that of a store is not said to them. */
enum cng_status pin_find_card(struct secret *out) CNG_MUST_CHECK;

#define PROVIDER_SOFTWARE "Microsoft Software Key Storage Provider"
#define PROVIDER_CARD "Microsoft Smart Card Key Storage Provider"

struct nprov {
	struct thing thing;
	struct lock lock;
	struct secret bag;       /* what was set on this handle */
	bool card;               /* the Smart Card provider; constant */
	struct secret reader;    /* the only one to look into; empty: all */
};

struct nprov *nprov_take(NCRYPT_PROV_HANDLE handle);
static inline void
nprov_put(struct nprov *prov)
{
	handle_put(&prov->thing);
}

/* --- keys (nkey.c, finish.c) --------------------------------------------- */

struct nkey {
	struct thing thing;
	struct nprov *prov;      /* a reference */
	struct lock lock;        /* guards what follows */
	bool making;             /* not finalised yet */
	bool machine;
	bool overwrite;
	bool twin;               /* a PVK file too, when it is finished */
	bool persisted;
	bool fixed;              /* brought its policy: nobody changes it */
	struct secret name;      /* UTF-8; empty: ephemeral */
	const struct alg *alg;   /* to be generated; NULL: from the object */
	enum key_curve curve;
	enum key_set set;
	size_t bits;
	struct secret group;     /* of DSA and DH, as its property has it */
	struct token *tok;       /* where the object is */
	obj_id id;               /* 0: nothing is made yet */
	struct token *card;      /* the one it is on, or is to go to, or NULL;
	                          * constant once it is given */
	unsigned card_number;    /* of token_card_number */
	bool signs_only;         /* AT_SIGNATURE */
	struct secret pin;       /* for one use of a key on a card */
	uint64_t able;           /* uses it can have, PROP_BIT */
	uint64_t never;          /* and what the key that unwrapped it denies */
	struct secret bag;       /* set before it is finalised */
	struct secret loose;     /* set on this handle only */
	DWORD archive;           /* archiving bits left on this handle */
	struct object *public;   /* made at first use */
};

enum cng_status nkey_new(struct nkey **out, struct nprov *prov)
    CNG_MUST_CHECK;
/* NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG: only where it applies. */
SECURITY_STATUS nkey_check_twin(const struct nkey *key, bool rsa,
    DWORD flags);
struct nkey *nkey_take(NCRYPT_KEY_HANDLE handle);
static inline void
nkey_put(struct nkey *key)
{
	handle_put(&key->thing);
}

/* Hands the handle to the caller; the reference is used up. */
NCRYPT_KEY_HANDLE nkey_give(struct nkey *key);
/* Undoes a key that is not to be given; the reference is used up. */
void nkey_abandon(struct nkey *key);

/* The object behind it, in whatever state.  CNG_ERR_KEY_STATE: none yet. */
enum cng_status nkey_object(struct nkey *key, struct object **out)
    CNG_MUST_CHECK;
/* The same, of a key that is finished: CNG_ERR_KEY_STATE otherwise. */
enum cng_status nkey_ready(struct nkey *key, struct object **out)
    CNG_MUST_CHECK;
/* The same whether it is finished or not; of a public key itself. */
enum cng_status nkey_half(struct nkey *key, struct object **out)
    CNG_MUST_CHECK;
/* Its public half. */
enum cng_status nkey_public(struct nkey *key, struct object **out)
    CNG_MUST_CHECK;

/* Where the object is. */
struct token *nkey_token(struct nkey *key);

/* What properties are made of, of a key in any state. */
struct facts {
	const struct alg *alg;   /* NULL: no algorithm of CNG */
	enum obj_class class;
	enum key_family family;
	enum key_curve curve;
	enum key_set set;
	size_t bits;
	bool making;
	struct secret bag;
	struct object *obj;      /* NULL: nothing is made yet */
};
enum cng_status nkey_facts(struct nkey *key, struct facts *out)
    CNG_MUST_CHECK;
/* For who writes what came of them: nobody else does in between. */
enum cng_status nkey_facts_held(struct nkey *key, struct facts *out)
    CNG_REQUIRES(key->lock) CNG_MUST_CHECK;
void facts_free(struct facts *facts);
DWORD facts_policy(const struct facts *facts);
DWORD facts_usage(const struct facts *facts);
/* May it be named to wrap or unwrap other keys?  For core's any_use. */
bool nkey_wraps(struct nkey *key);
/* The same of an object of a store. */
bool object_wraps(struct object *obj);
/* Bytes of a signature; 0: keys of its kind make none. */
size_t facts_signature(const struct facts *facts);

/* Its post-quantum parameter set, made or only chosen; NULL: none. */
struct key_set_info;
const struct key_set_info *facts_set(const struct facts *facts);

/* Of an object of core; NULL: no algorithm of CNG. */
const struct alg *object_alg(struct object *obj);

/* A property of it, or nothing; *out is to be freed in any case. */
enum cng_status object_copy_bytes(struct secret *out,
    const struct object *obj, enum prop_id id) CNG_MUST_CHECK;

/* Is there a key of that name?  Answers in *out its handle, or 0. */
enum cng_status nkey_find(struct token *tok, struct span name, obj_id *out)
    CNG_MUST_CHECK;

/* A key object of the loose token becomes the key's; its old one goes. */
void nkey_adopt(struct nkey *key, struct token *tok, obj_id id)
    CNG_REQUIRES(key->lock);

/* The numbers of a DHParameters or DSAParameters; false: it is none. */
struct prop;
bool group_read(struct span bytes, enum key_family family,
    struct prop lines[3], size_t *count);

/* Generates what is to be generated, and keeps what has a name. */
enum cng_status nkey_finish(struct nkey *key) CNG_REQUIRES(key->lock)
    CNG_MUST_CHECK;
/* The object anew with the bag as it is now: of ephemeral keys. */
enum cng_status nkey_refresh(struct nkey *key, struct span bag)
    CNG_REQUIRES(key->lock) CNG_MUST_CHECK;
/* What is done at once before a name is given: a login, and is it free? */
enum cng_status nkey_claim_name(struct nkey *key) CNG_MUST_CHECK;

/* --- properties kept as bytes (bag.c) ------------------------------------ */

bool bag_get(struct span bag, const char *name, struct span *out);
enum cng_status bag_set(struct secret *bag, const char *name,
    struct span value) CNG_MUST_CHECK;
bool bag_number(struct span bag, const char *name, DWORD *out);
enum cng_status bag_set_number(struct secret *bag, const char *name,
    DWORD value) CNG_MUST_CHECK;

#define BAG_ALGORITHM "Algorithm Name"
#define BAG_POLICY "Export Policy"
#define BAG_USAGE "Key Usage"
#define BAG_MODIFIED "Modified"
#define BAG_ISOLATION "Virtual Iso"
#define BAG_PER_BOOT "Per Boot Key"
#define BAG_CHAINING "Chaining Mode"
#define BAG_IV "IV"

/* --- wide strings (wide.c) ----------------------------------------------- */

bool wide_is(LPCWSTR wide, const char *ascii);
/* UTF-8 with a closing NUL.  CNG_ERR_ARGUMENT: NULL, empty, more than most
 * characters, or not UTF-16. */
enum cng_status wide_read(struct secret *out, LPCWSTR wide, size_t most)
    CNG_MUST_CHECK;
/* The same of bytes, with or without a closing NUL; may be empty. */
enum cng_status wide_read_bytes(struct secret *out, struct span bytes)
    CNG_MUST_CHECK;
/* The name of a curve; CNG_ERR_BAD_CURVE: Windows has none of that name. */
enum cng_status wide_read_curve(struct secret *name, enum key_curve *out,
    struct span bytes) CNG_MUST_CHECK;
/* With its closing NUL. */
void wide_write(struct wr *out, struct span utf8);
/* Bytes that it will take. */
size_t wide_size(struct span utf8);
/* Writes into place, which has room, and goes on behind it. */
LPWSTR wide_put(uint8_t **place, struct span utf8);

/* --- the debug log (tell.c) ----------------------------------------------- */

/* The end of every call: one that fails is a line of the log. */
#define tell_status(status) tell_named(__func__, status)
SECURITY_STATUS tell_named(const char *call, SECURITY_STATUS status);
/* What it means where nothing more is known. */
const char *tell_words(SECURITY_STATUS status);

/* --- results (status.c) -------------------------------------------------- */

SECURITY_STATUS status_of(enum cng_status st);
/* Where a PIN was wanted, the flags say whether we could have asked. */
SECURITY_STATUS status_for(enum cng_status st, DWORD flags);
/* What was written, or would have been. */
SECURITY_STATUS status_written(enum cng_status st, const struct wr *w,
    DWORD *result, DWORD flags);

#endif
