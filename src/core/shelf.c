/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where entries live: token objects as records of the store with a cache of
 * decoded ones, session objects in a pool.  All under the token's lock.
 *
 * A handle is the row (or the pool number) shifted by two, then the half,
 * then one bit for session objects.  Neither rows nor pool numbers are used
 * twice, so a handle cannot come to mean something else.  Above them is, of a
 * private token object, the number of the login: a logout ends its handles for
 * good.  Private session objects go by themselves.
 */
#include "core/internal.h"

#include "base/alloc.h"
#include "base/why.h"
#include "core/card.h"
#include "core/tags.h"

/* Decoded entries kept; beyond that the cache starts over.  References that
 * callers hold are not affected. */
#define CACHE_MAX 4096

/* --- handles ------------------------------------------------------------- */

static obj_id
place_of(uint64_t number, unsigned half, bool session)
{
	return number << ID_NUMBER_SHIFT | (obj_id)half << 1 |
	    (session ? 1u : 0u);
}

obj_id
shelf_id(const struct token *tok, uint64_t row, unsigned half, bool private)
{
	uint64_t login = tok->logins & ((UINT64_C(1) << ID_LOGIN_BITS) - 1);

	return place_of(row, half, false) |
	    (private ? login << ID_LOGIN_SHIFT : 0);
}

void
entry_give_ids(const struct token *tok, struct entry *e, uint64_t number,
    bool session, const uint8_t uid[STORE_UID])
{
	for (unsigned half = 0; half < 2; half++) {
		struct object *obj = e->half[half];

		if (obj == NULL)
			continue;
		obj->id = session ? place_of(number, half, true) :
		    shelf_id(tok, number, half,
			object_flag(obj, PROP_PRIVATE));
		memcpy(obj->uid, uid, STORE_UID);
		/* one record, two objects: two unique ids */
		if (half == 1)
			obj->uid[0] ^= 0x80;
	}
}

void
shelf_end_handles(struct token *tok)
{
	const struct entry *e;
	size_t pos = 0;
	uint64_t row;

	/* the SO has seen nothing that is private */
	if (tok->role != ROLE_USER)
		return;
	tok->logins++;
	while ((e = idmap_next(&tok->cache, &pos, &row)) != NULL)
		for (unsigned half = 0; half < 2; half++)
			if (e->half[half] != NULL)
				e->half[half]->id = shelf_id(tok, row, half,
				    object_flag(e->half[half], PROP_PRIVATE));
}

bool
entry_has_id(const struct entry *e, obj_id id)
{
	const struct object *obj = e->half[id >> 1 & 1];

	return obj != NULL && obj->id == id;
}

/* --- rights -------------------------------------------------------------- */

bool
token_may_see(const struct token *tok, const struct object *obj)
{
	return !object_flag(obj, PROP_PRIVATE) || tok->role == ROLE_USER;
}

/* Of a store that nobody writes to, a login comes first. */
static bool
is_protected(const struct token *tok)
{
	return tok->store != NULL && store_read_only(tok->store);
}

enum cng_status
token_may_write(const struct token *tok, const struct access *who,
    const struct object *obj)
{
	bool kept = object_flag(obj, PROP_TOKEN);

	/* what no login would mend */
	if (kept && !who->read_write && !is_protected(tok))
		return CNG_ERR_READ_ONLY;
	if (object_flag(obj, PROP_PRIVATE) && tok->role != ROLE_USER)
		return CNG_ERR_NOT_LOGGED_IN;
	if (!kept)
		return CNG_OK;
	if (tok->reader != NULL) /* what a card holds goes another way */
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	if (tok->store == NULL)
		return CNG_ERR_NO_TOKEN;
	if (is_protected(tok))
		return CNG_ERR_READ_ONLY;
	/* every record is sealed: nobody writes without a PIN */
	return vault_is_open(tok->vault) ? CNG_OK : CNG_ERR_NOT_LOGGED_IN;
}

/* --- reading ------------------------------------------------------------- */

static enum cng_status
entry_from_record(struct token *tok, const struct store_record *rec,
    struct entry **out) CNG_REQUIRES(tok->lock)
{
	struct entry *e = mem_new(1, sizeof *e);
	struct secret plain = { 0 };
	bool open = vault_is_open(tok->vault);
	enum cng_status st = CNG_OK;

	*out = NULL;
	/* its handle would be that of another one */
	if (rec->id > ID_ROW_MAX) {
		mem_free(e);
		return CNG_ERR_STORE_CORRUPT;
	}
	if (e == NULL)
		return CNG_ERR_NO_MEMORY;
	e->row = rec->id;
	e->version = rec->version;
	memcpy(e->uid, rec->uid, STORE_UID);
	/* the seal comes first: it covers the clear part, too */
	if (open)
		st = vault_open(tok->vault, rec, &plain);
	if (st == CNG_OK)
		st = entry_decode(e, false, secret_span(&rec->clear));
	if (st == CNG_OK && open)
		st = entry_decode(e, true, secret_span(&plain));
	if (st == CNG_OK && open && (e->half[0] == NULL ||
					entry_kind(e) != rec->kind))
		st = CNG_ERR_STORE_CORRUPT;
	secret_free(&plain);
	if (st != CNG_OK) {
		entry_free(e);
		return st;
	}
	entry_give_ids(tok, e, rec->id, false, rec->uid);
	*out = e;
	return CNG_OK;
}

/* The row as it stands now; a cached entry stays when it is still right, so
 * that its keys stay warm. */
static enum cng_status
reload(struct token *tok, uint64_t row, struct entry *cached,
    struct entry **out) CNG_REQUIRES(tok->lock)
{
	struct store_record rec = { 0 };
	struct entry *fresh = NULL;
	enum cng_status st = store_get(tok->store, row, &rec);

	if (st == CNG_ERR_NOT_FOUND) {
		entry_free(idmap_take(&tok->cache, row));
		return CNG_ERR_OBJECT;
	}
	if (st != CNG_OK)
		return st;
	/* rows are not used twice: somebody has changed their places */
	if (cached != NULL && memcmp(cached->uid, rec.uid, STORE_UID) != 0) {
		st = CNG_ERR_STORE_CORRUPT;
		goto out;
	}
	if (cached != NULL && cached->version == rec.version) {
		cached->stamp = tok->stamp;
		*out = cached;
		goto out;
	}
	st = entry_from_record(tok, &rec, &fresh);
	if (st != CNG_OK)
		goto out;
	fresh->stamp = tok->stamp;
	if (tok->cache.count >= CACHE_MAX)
		idmap_clear(&tok->cache);
	st = idmap_put(&tok->cache, row, fresh);
	if (st != CNG_OK)
		entry_free(fresh);
	else
		*out = fresh;
out:
	store_record_free(&rec);
	return st;
}

bool
shelf_has(const struct token *tok, uint64_t row)
{
	const struct entry *e = idmap_get(&tok->cache, row);

	return e != NULL && e->stamp == tok->stamp;
}

/* Of a store that is attached. */
static enum cng_status
look_up(struct token *tok, uint64_t row, struct entry **out)
    CNG_REQUIRES(tok->lock)
{
	struct entry *e;
	enum cng_status st = store_stamp(tok->store, &tok->stamp);

	if (st != CNG_OK)
		return st;
	e = idmap_get(&tok->cache, row);
	if (e != NULL && e->stamp == tok->stamp)
		*out = e;
	else
		st = reload(tok, row, e, out);
	if (st != CNG_OK)
		return st;
	st = tagmap_settle(&tok->tags, tok->vault, *out, tok->stamp);
	if (st == CNG_OK)
		return st;
	/* what is not settled is not kept either */
	entry_free(idmap_take(&tok->cache, row));
	*out = NULL;
	return st;
}

enum cng_status
shelf_row(struct token *tok, uint64_t row, struct entry **out)
{
	unsigned moves = 0;
	enum cng_status st;

	*out = NULL;
	do {
		st = token_attach(tok);
		if (st == CNG_OK)
			st = look_up(tok, row, out);
	} while (token_moved_on(tok, st, &moves));
	return st == CNG_ERR_NO_TOKEN ? CNG_ERR_OBJECT : st;
}

enum cng_status
shelf_entry(struct token *tok, obj_id id, struct entry **out)
{
	uint64_t number = id_number(id);
	enum cng_status st;

	*out = NULL;
	if (number == 0)
		return CNG_ERR_OBJECT;
	if (tok->reader != NULL)
		return card_entry(tok, id, out);
	if ((id & 1) == 0) {
		st = shelf_row(tok, number, out);
	} else {
		/* a login that is over takes session objects with it, too */
		(void)!token_attach(tok);
		*out = idmap_get(&tok->pool, number);
		st = *out == NULL ? CNG_ERR_OBJECT : CNG_OK;
	}
	if (st == CNG_OK && !entry_has_id(*out, id)) {
		*out = NULL;
		st = CNG_ERR_OBJECT;
	}
	return st;
}

/* --- writing ------------------------------------------------------------- */

static enum cng_status
record_from_entry(struct token *tok, const struct entry *e,
    struct store_record *rec) CNG_REQUIRES(tok->lock)
{
	const struct object *main = e->half[0];
	struct span name = secret_span(&main->kept[PROP_NAME - PROP_LABEL]);
	struct secret plain = { 0 };
	enum cng_status st;

	*rec = (struct store_record){ .id = e->row, .version = e->version };
	memcpy(rec->uid, main->uid, STORE_UID);
	rec->kind = entry_kind(e);
	rec->has_name = name.len > 0;
	st = entry_encode(e, false, &rec->clear);
	if (st == CNG_OK && rec->has_name)
		st = vault_tag(tok->vault, true, PROP_NAME, name, &rec->name);
	if (st == CNG_OK)
		st = tags_of_entry(tok->vault, e, rec);
	if (st == CNG_OK)
		st = entry_encode(e, true, &plain);
	if (st == CNG_OK)
		st = vault_seal(tok->vault, secret_span(&plain), rec);
	secret_free(&plain);
	return st;
}

/* Inside a transaction. */
static enum cng_status
put_entry(struct token *tok, struct entry *e) CNG_REQUIRES(tok->lock)
{
	struct store_record rec;
	enum cng_status st = record_from_entry(tok, e, &rec);

	if (st == CNG_OK)
		st = store_put(tok->store, &rec);
	if (st == CNG_OK && rec.id > ID_ROW_MAX)
		st = CNG_ERR_STORE_FULL;
	if (st == CNG_OK)
		e->row = rec.id;
	store_record_free(&rec);
	return st;
}

/* Commits, or undoes all when st is an error already. */
static enum cng_status
end_transaction(struct token *tok, enum cng_status st)
    CNG_REQUIRES(tok->lock)
{
	if (st == CNG_OK)
		st = store_commit(tok->store);
	if (st != CNG_OK)
		store_rollback(tok->store);
	return st;
}

/* A committed entry goes into the cache; when memory is short it is simply
 * read again later.  Its stamp is the last one from before the commit: the
 * one after it may be of another process that has changed the row again. */
static void
cache_entry(struct token *tok, struct entry *e) CNG_REQUIRES(tok->lock)
{
	memcpy(e->uid, e->half[0]->uid, STORE_UID);
	entry_give_ids(tok, e, e->row, false, e->uid);
	if (tok->cache.count >= CACHE_MAX)
		idmap_clear(&tok->cache);
	e->stamp = tok->stamp;
	if (idmap_put(&tok->cache, e->row, e) != CNG_OK)
		entry_free(e);
}

/* A row of the same key name makes room, if it may be destroyed. */
static enum cng_status
remove_same_name(struct token *tok, const struct access *who,
    const struct entry *e) CNG_REQUIRES(tok->lock)
{
	struct span name =
	    secret_span(&e->half[0]->kept[PROP_NAME - PROP_LABEL]);
	struct store_record rec = { 0 };
	struct entry *old = NULL;
	struct store_tag tag;
	enum cng_status st;

	if (name.len == 0)
		return CNG_OK;
	st = vault_tag(tok->vault, true, PROP_NAME, name, &tag);
	if (st == CNG_OK)
		st = store_get_by_name(tok->store, &tag, &rec);
	if (st == CNG_ERR_NOT_FOUND)
		return CNG_OK;
	if (st == CNG_OK)
		st = entry_from_record(tok, &rec, &old);
	if (st == CNG_OK)
		st = token_may_write(tok, who, old->half[0]);
	if (st == CNG_OK && !object_flag(old->half[0], PROP_DESTROYABLE))
		st = why_prop(CNG_ERR_PROHIBITED, PROP_DESTROYABLE,
		    "of the key with that name is false");
	if (st == CNG_OK) {
		st = store_remove(tok->store, rec.id);
		entry_free(idmap_take(&tok->cache, rec.id));
	}
	store_record_free(&rec);
	entry_free(old);
	return st;
}

static struct object *
public_half(const struct entry *e)
{
	return e->half[0]->class == OBJ_PUBLIC ? e->half[0] : e->half[1];
}

/* One row whose tags say that it has the public key of e, too.  An own key
 * object takes the place of a twin; a twin gives way to either. */
static enum cng_status
settle_with(struct token *tok, struct entry *e, uint64_t row)
    CNG_REQUIRES(tok->lock)
{
	struct object *mine = public_half(e), *theirs = NULL;
	struct store_record rec = { 0 };
	struct entry *other = NULL;
	enum cng_status st = store_get(tok->store, row, &rec);

	if (st == CNG_OK)
		st = entry_from_record(tok, &rec, &other);
	if (st == CNG_OK)
		theirs = public_half(other);
	/* tags are not sealed, and private keys may have the same */
	if (theirs == NULL || !key_same_public(&theirs->key, &mine->key))
		goto out;
	if (mine == e->half[1]) {
		object_free(mine);
		e->half[1] = NULL;
	} else if (theirs == other->half[1]) {
		object_free(theirs);
		other->half[1] = NULL;
		other->version++;
		st = put_entry(tok, other);
		entry_free(idmap_take(&tok->cache, row));
	}
out:
	store_record_free(&rec);
	entry_free(other);
	return st == CNG_ERR_NOT_FOUND ? CNG_OK : st;
}

/* A consumer never sees two public keys for one pair. */
static enum cng_status
settle_twins(struct token *tok, struct entry *e) CNG_REQUIRES(tok->lock)
{
	struct object *public = public_half(e);
	struct store_ids ids = { 0 };
	struct store_tag tag;
	enum cng_status st;

	if (public == NULL || object_flag(public, PROP_PRIVATE))
		return CNG_OK;
	st = tag_of_public(tok->vault, false, public, &tag);
	if (st == CNG_OK)
		st = store_find_tag(tok->store, &tag, &ids);
	for (size_t i = 0; st == CNG_OK && i < ids.count &&
	     public_half(e) != NULL; i++)
		if (ids.id[i] != e->row)
			st = settle_with(tok, e, ids.id[i]);
	mem_free(ids.id);
	return st;
}

static enum cng_status
add_to_pool(struct token *tok, const struct access *who, struct entry *e)
    CNG_REQUIRES(tok->lock)
{
	uint64_t number = tok->pool_next + 1;
	uint8_t uid[STORE_UID];
	enum cng_status st = idmap_put(&tok->pool, number, e);

	if (st != CNG_OK)
		return st;
	tok->pool_next = number;
	e->session = who->session;
	memcpy(uid, e->half[0]->uid, sizeof uid);
	entry_give_ids(tok, e, number, true, uid);
	return CNG_OK;
}

/* Inside a transaction. */
static enum cng_status
add_row(struct token *tok, const struct access *who, struct entry *e,
    bool replace) CNG_REQUIRES(tok->lock)
{
	enum cng_status st = CNG_OK;

	e->version = 1;
	if (replace)
		st = remove_same_name(tok, who, e);
	if (st == CNG_OK)
		st = settle_twins(tok, e);
	return st == CNG_OK ? put_entry(tok, e) : st;
}

enum cng_status
shelf_add(struct token *tok, const struct access *who, struct entry *e,
    bool replace)
{
	enum cng_status st = token_may_write(tok, who, e->half[0]);

	if (st == CNG_OK && !object_flag(e->half[0], PROP_TOKEN)) {
		st = add_to_pool(tok, who, e);
		goto out;
	}
	if (st == CNG_OK)
		st = store_begin(tok->store);
	if (st != CNG_OK)
		goto out;
	st = end_transaction(tok, add_row(tok, who, e, replace));
	if (st == CNG_OK)
		cache_entry(tok, e);
out:
	if (st != CNG_OK)
		entry_free(e);
	return st;
}

enum cng_status
shelf_add_all(struct token *tok, struct shelf_item *item, size_t count)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < count; i++)
		st = item[i].st = token_may_write(tok, item[i].who,
		    item[i].e->half[0]);
	if (st == CNG_OK)
		st = store_begin(tok->store);
	if (st != CNG_OK)
		return st;
	/* one that is settled may have lost its public half to another */
	for (size_t i = 0; i < count; i++)
		item[i].twin = item[i].e->half[1] == NULL ? NULL :
		    object_ref(item[i].e->half[1]);
	for (size_t i = 0; st == CNG_OK && i < count; i++)
		st = item[i].st = add_row(tok, item[i].who, item[i].e,
		    item[i].replace);
	st = end_transaction(tok, st);
	for (size_t i = 0; i < count; i++) {
		struct entry *e = item[i].e;

		if (st == CNG_OK) {
			object_free(item[i].twin);
			cache_entry(tok, e);
			continue;
		}
		object_free(e->half[1]);
		e->half[1] = item[i].twin;
		e->row = 0;
	}
	return st;
}

static void
take_from_pool(struct token *tok, const struct entry *e)
    CNG_REQUIRES(tok->lock)
{
	(void)idmap_take(&tok->pool, id_number(e->half[0]->id));
}

/* All that can fail for want of memory comes before the commit. */
enum cng_status
shelf_add_several(struct token *tok, const struct access *who,
    struct entry *const e[], size_t count)
{
	bool stored[SHELF_SEVERAL_MAX], any = false;
	size_t i, pooled = 0;
	enum cng_status st = CNG_OK;

	for (i = 0; st == CNG_OK && i < count; i++)
		st = token_may_write(tok, who, e[i]->half[0]);
	for (i = 0; i < count; i++) {
		stored[i] = object_flag(e[i]->half[0], PROP_TOKEN);
		any = any || stored[i];
	}
	for (; st == CNG_OK && pooled < count; pooled++) {
		if (!stored[pooled])
			st = add_to_pool(tok, who, e[pooled]);
		if (st != CNG_OK)
			break;
	}
	if (st == CNG_OK && any) {
		st = store_begin(tok->store);
		for (i = 0; st == CNG_OK && i < count; i++) {
			e[i]->version = 1;
			if (stored[i])
				st = put_entry(tok, e[i]);
		}
		st = end_transaction(tok, st);
	}
	for (i = 0; i < count; i++) {
		if (st == CNG_OK && stored[i]) {
			cache_entry(tok, e[i]);
		} else if (st != CNG_OK) {
			if (i < pooled && !stored[i])
				take_from_pool(tok, e[i]);
			entry_free(e[i]);
		}
	}
	return st;
}

enum cng_status
shelf_add_pair(struct token *tok, const struct access *who, struct entry *a,
    struct entry *b)
{
	struct entry *const e[] = { a, b };

	return shelf_add_several(tok, who, e, 2);
}

enum cng_status
shelf_replace(struct token *tok, const struct access *who, struct entry *old,
    struct entry *changed)
{
	enum cng_status st = CNG_OK;

	for (unsigned half = 0; st == CNG_OK && half < 2; half++)
		if (changed->half[half] != NULL)
			st = token_may_write(tok, who, changed->half[half]);
	if (st != CNG_OK)
		goto out;
	changed->row = old->row;
	changed->session = old->session;
	changed->version = old->version + 1;
	if (old->row == 0) {
		uint64_t number = id_number(old->half[0]->id);

		st = idmap_put(&tok->pool, number, changed);
		goto out;
	}
	st = store_begin(tok->store);
	if (st != CNG_OK)
		goto out;
	st = end_transaction(tok, put_entry(tok, changed));
	if (st == CNG_OK)
		cache_entry(tok, changed);
out:
	if (st != CNG_OK)
		entry_free(changed);
	return st;
}

enum cng_status
shelf_remove(struct token *tok, const struct access *who, struct entry *e)
{
	enum cng_status st = token_may_write(tok, who, e->half[0]);
	uint64_t row = e->row;

	if (st != CNG_OK)
		return st;
	if (row == 0) {
		entry_free(
		    idmap_take(&tok->pool, id_number(e->half[0]->id)));
		return CNG_OK;
	}
	st = store_begin(tok->store);
	if (st != CNG_OK)
		return st;
	st = end_transaction(tok, store_remove(tok->store, row));
	if (st == CNG_OK || st == CNG_ERR_NOT_FOUND)
		entry_free(idmap_take(&tok->cache, row));
	return st == CNG_ERR_NOT_FOUND ? CNG_ERR_OBJECT : st;
}
