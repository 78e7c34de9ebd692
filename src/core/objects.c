/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Objects of a token: look up, create, copy, change, destroy.
 */
#include "core/internal.h"

#include "base/alloc.h"
#include "base/why.h"
#include "core/card.h"
#include "core/certificate.h"
#include "core/conflict.h"
#include "core/mechobj.h"
#include "core/nullkey.h"
#include "core/profile.h"
#include "core/transfer.h"
#include "core/twin.h"
#include "crypto/asn1.h"

static bool
is_built_in(obj_id id)
{
	return id == OBJ_ID_NULL_KEY || profile_has_id(id) ||
	    mechobj_has_id(id);
}

static enum cng_status
built_in_stays(void)
{
	return why(CNG_ERR_PROHIBITED, "the object is built in");
}

enum cng_status
token_object(struct token *tok, obj_id id, struct object **out)
{
	struct entry *e;
	struct object *obj;
	enum cng_status st;

	*out = NULL;
	if (id == OBJ_ID_NULL_KEY)
		return null_key_new(out);
	if (profile_has_id(id))
		return profile_new(out, id);
	if (mechobj_has_id(id))
		return mechobj_new(out, tok, id);
	lock_take(&tok->lock);
	st = shelf_entry(tok, id, &e);
	if (st == CNG_OK) {
		obj = e->half[id >> 1 & 1];
		if (obj == NULL || !token_may_see(tok, obj))
			st = CNG_ERR_OBJECT;
		else
			*out = object_ref(obj);
	}
	lock_drop(&tok->lock);
	return st;
}

enum cng_status
token_key_object(struct token *tok, obj_id id, struct object **out)
{
	enum cng_status st = token_object(tok, id, out);

	if (st != CNG_OK || object_is_key(*out))
		return st;
	object_free(*out);
	*out = NULL;
	return why(CNG_ERR_OBJECT, "the object is no key");
}

bool
token_object_is(struct token *tok, obj_id id, const struct object *obj,
    uint64_t *losses)
{
	struct entry *e;
	bool same;

	if (id & 1 && *losses != 0 &&
	    *losses == atomic_load(&tok->pool.losses) + 1 &&
	    (!object_flag(obj, PROP_PRIVATE) ||
		token_role_now(tok) == ROLE_USER) &&
	    token_login_is_fresh(tok))
		return true;
	if (is_built_in(id))
		return false;
	lock_take(&tok->lock);
	*losses = atomic_load(&tok->pool.losses) + 1;
	same = shelf_entry(tok, id, &e) == CNG_OK &&
	    e->half[id >> 1 & 1] == obj && token_may_see(tok, obj);
	lock_drop(&tok->lock);
	return same;
}

enum cng_status
token_shelve(struct token *tok, const struct access *who, struct entry *e,
    bool replace, const struct twin *twin, obj_id *out)
{
	struct object *obj = object_ref(e->half[0]);
	enum cng_status st;

	*out = 0;
	if (object_flag(obj, PROP_TOKEN)) {
		st = tok->reader != NULL ? card_add(tok, who, e, replace) :
					   batch_add(tok, who, e, replace);
	} else {
		lock_take(&tok->lock);
		st = token_attach(tok);
		/* session objects need no store */
		if (st == CNG_OK || st == CNG_ERR_NO_TOKEN)
			st = shelf_add(tok, who, e, replace);
		else
			entry_free(e);
		lock_drop(&tok->lock);
	}
	if (st == CNG_OK)
		*out = obj->id;
	/* that of another key */
	if (st == CNG_OK && replace && twin == NULL &&
	    object_flag(obj, PROP_TOKEN))
		twin_forget(tok->path,
		    secret_span(object_kept(obj, PROP_NAME)));
	object_free(obj);
	return st;
}

static enum cng_status
add_all(struct token *tok, struct shelf_item *line, size_t count)
{
	enum cng_status st;

	lock_take(&tok->lock);
	st = token_attach(tok);
	if (st == CNG_OK)
		st = shelf_add_all(tok, line, count);
	lock_drop(&tok->lock);
	return st;
}

enum cng_status
token_shelve_all(struct token *tok, const struct access *who,
    struct import_item *item, struct entry **e, size_t count)
{
	struct shelf_item *line = mem_new(count, sizeof *line);
	struct object **obj = mem_new(count, sizeof *obj);
	enum cng_status st = line == NULL || obj == NULL ? CNG_ERR_NO_MEMORY :
							   CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < count; i++) {
		line[i] = (struct shelf_item){ .who = who, .e = e[i],
			.replace = (item[i].req.flags & IMPORT_OVERWRITE) != 0
		};
		/* the shelf may let go of an entry at once */
		obj[i] = object_ref(e[i]->half[0]);
		if (!object_flag(obj[i], PROP_TOKEN))
			st = CNG_ERR_ARGUMENT;
	}
	if (st == CNG_OK)
		st = add_all(tok, line, count);
	for (size_t i = 0; i < count; i++) {
		if (st != CNG_OK)
			entry_free(e[i]);
		if (line != NULL)
			item[i].st = line[i].st;
		if (obj == NULL || obj[i] == NULL)
			continue;
		item[i].id = st == CNG_OK ? obj[i]->id : 0;
		if (st == CNG_OK && line[i].replace)
			twin_forget(tok->path,
			    secret_span(object_kept(obj[i], PROP_NAME)));
		object_free(obj[i]);
	}
	mem_free(line);
	mem_free(obj);
	mem_free(e);
	return st;
}

enum cng_status
token_place(struct token *tok, const struct access *who, struct object *obj,
    obj_id *out)
{
	struct entry *e = mem_new(1, sizeof *e);

	*out = 0;
	if (e == NULL) {
		object_free(obj);
		return CNG_ERR_NO_MEMORY;
	}
	e->half[0] = obj;
	return token_shelve(tok, who, e, false, NULL, out);
}

/* --- create -------------------------------------------------------------- */

/* Where the other numbers are only names: the one that must be wrong. */
static int
judged_by(const struct object *obj)
{
	if (obj->key.curve == CURVE_NONE || obj->key.curve == CURVE_EXPLICIT)
		return WHY_NO_PROP;
	return obj->class == OBJ_PUBLIC ? PROP_EC_POINT : PROP_VALUE;
}

/* Numbers given by a caller must belong together, whoever it is. */
static enum cng_status
key_checked(struct object *obj, struct props tmpl)
{
	enum cng_status st = rules_key_from(&obj->key, obj->class, tmpl);

	if (st != CNG_OK || obj->class == OBJ_SECRET)
		return st;
	st = crypto_complete(&obj->key);
	/* that of a pair is one of its public half, too */
	if (st == CNG_OK)
		st = obj->class == OBJ_PRIVATE ?
		    crypto_check_pair(&obj->key) :
		    crypto_check_public(&obj->key);
	if (st == CNG_ERR_BAD_KEY || st == CNG_ERR_BAD_PUBLIC_KEY ||
	    st == CNG_ERR_BAD_DATA)
		st = why_prop(CNG_ERR_PROP_VALUE, judged_by(obj),
		    "the numbers of the key do not belong together, or are"
		    " out of range");
	return st;
}

static enum cng_status
contents_from(struct object *obj, struct props tmpl)
{
	const struct prop *value = props_find(tmpl, PROP_VALUE);
	enum cng_status st = CNG_OK;

	obj->cert_type = props_number(tmpl, PROP_CERT_TYPE, 0);
	if (value != NULL)
		st = secret_replace(&obj->value, value->bytes);
	if (st == CNG_OK && obj->class == OBJ_CERT)
		st = cert_begin(obj);
	return st;
}

/* What a PUBLIC_KEY_INFO line says must be true. */
static enum cng_status
check_public_info(const struct object *obj, struct props tmpl)
{
	const struct prop *line = props_find(tmpl, PROP_PUBLIC_KEY_INFO);
	struct key_material said = { 0 };
	enum cng_status st;

	if (line == NULL || line->bytes.len == 0)
		return CNG_OK;
	if (obj->class == OBJ_CERT)
		return object_says(obj, line, CNG_ERR_PROP_VALUE);
	if (obj->class != OBJ_PUBLIC && obj->class != OBJ_PRIVATE)
		return CNG_OK;
	st = spki_decode(&said, line->bytes);
	key_settle_dh(&said, obj->key.family);
	if (st == CNG_OK && !key_same_public(&said, &obj->key))
		st = CNG_ERR_PROP_VALUE;
	key_free(&said);
	return st == CNG_OK || st == CNG_ERR_NO_MEMORY ? st :
							  CNG_ERR_PROP_VALUE;
}

/* Programs bring somebody's public key for a session and wrap under it without
 * a word in the template, as Java does.  Who brings a key could as well have
 * said so; a key that stays is asked to. */
static void
visitor_wraps(struct object *obj, struct props tmpl)
{
	if (obj->class == OBJ_PUBLIC && obj->key.family == KEY_RSA &&
	    props_number(tmpl, PROP_TOKEN, 0) == 0 &&
	    props_number(tmpl, PROP_ENCRYPT, 1) != 0)
		object_put_flag(obj, PROP_WRAP, true);
}

/* The standard lets this default hang on other lines.  Who brings a private
 * key and says that it may leave means to have it back, as other tokens give
 * it; whoever can use it could wrap it for himself, too. */
static void
extractable_is_open(struct object *obj, struct props tmpl)
{
	if (obj->class == OBJ_PRIVATE &&
	    props_find(tmpl, PROP_SENSITIVE) == NULL &&
	    props_number(tmpl, PROP_EXTRACTABLE, 0) != 0)
		object_put_flag(obj, PROP_SENSITIVE, false);
}

enum cng_status
token_create(struct token *tok, const struct access *who, struct props tmpl,
    obj_id *out)
{
	enum obj_class class = props_class(tmpl);
	struct rule_context ctx = token_rules(tok, MODE_CREATE);
	struct object *obj = NULL;
	enum cng_status st;

	*out = 0;
	if (class == OBJ_NONE)
		return why_prop(CNG_ERR_TEMPLATE_INCOMPLETE, PROP_CLASS,
		    "is missing");
	if (class == OBJ_PROFILE || class == OBJ_MECHANISM)
		return why_prop(CNG_ERR_PROP_VALUE, PROP_CLASS,
		    "objects of this class are not made by callers");
	st = object_new(&obj, class);
	if (st != CNG_OK)
		return st;
	if (class == OBJ_DOMAIN)
		st = domain_from(obj, tmpl);
	else
		st = object_is_key(obj) ? key_checked(obj, tmpl) :
					  contents_from(obj, tmpl);
	if (st == CNG_OK)
		st = rules_check_lines(obj, tmpl);
	if (st == CNG_OK) {
		rules_defaults(obj, &ctx);
		visitor_wraps(obj, tmpl);
		st = rules_apply(obj, tmpl, &ctx);
	}
	/* its uses were settled as those of any other */
	if (st == CNG_OK)
		extractable_is_open(obj, tmpl);
	if (st == CNG_OK)
		st = check_public_info(obj, tmpl);
	if (st == CNG_OK)
		st = rules_finish(obj, &ctx);
	if (st != CNG_OK) {
		object_free(obj);
		return st;
	}
	card_settle_role(tok, obj, tmpl);
	return token_place(tok, who, obj, out);
}

/* --- copy ---------------------------------------------------------------- */

enum cng_status
token_copy(struct token *tok, const struct access *who, obj_id from,
    struct props tmpl, obj_id *out)
{
	struct rule_context ctx = token_rules(tok, MODE_COPY);
	struct object *source = NULL, *obj = NULL;
	enum cng_status st;

	*out = 0;
	if (is_built_in(from))
		return built_in_stays();
	st = token_object(tok, from, &source);
	if (st == CNG_OK && !object_flag(source, PROP_COPYABLE))
		st = why_prop(CNG_ERR_PROHIBITED, PROP_COPYABLE, "is false");
	if (st == CNG_OK && source->withheld)
		st = CNG_ERR_NOT_LOGGED_IN;
	if (st == CNG_OK)
		st = object_clone(&obj, source);
	if (st == CNG_OK)
		st = crypto_random(obj->uid, sizeof obj->uid);
	/* a key name is for one key only */
	if (st == CNG_OK)
		secret_free(object_kept(obj, PROP_NAME));
	/* the SO vouches for what he saw */
	if (st == CNG_OK && obj->class == OBJ_CERT && ctx.role != ROLE_SO)
		object_put_flag(obj, PROP_TRUSTED, false);
	if (st == CNG_OK)
		conflict_copied(obj, &ctx);
	if (st == CNG_OK)
		st = rules_apply(obj, tmpl, &ctx);
	/* what was private stays private */
	if (st == CNG_OK && object_flag(source, PROP_PRIVATE) &&
	    !object_flag(obj, PROP_PRIVATE))
		st = why_prop(CNG_ERR_TEMPLATE_INCONSISTENT, PROP_PRIVATE,
		    "what was private stays private");
	if (st == CNG_OK)
		st = rules_finish(obj, &ctx);
	object_free(source);
	if (st != CNG_OK) {
		object_free(obj);
		return st;
	}
	return token_place(tok, who, obj, out);
}

/* Somebody else may have changed an object between our reading and writing
 * it: then it is read again, so many times.  Who has just written knows the
 * row already, and can be ahead of a slower process for long. */
#define CHANGE_TRIES 512

/* --- change -------------------------------------------------------------- */

/* The public half follows the private one in id and label until it was given
 * its own. */
static enum cng_status
twin_follow(struct object *twin, const struct object *main)
{
	static const struct {
		enum prop_id id;
		uint32_t own;
	} row[] = { { PROP_ID, TWIN_OWN_ID }, { PROP_LABEL, TWIN_OWN_LABEL } };
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < 2; i++)
		if (!(twin->twin_own & row[i].own))
			st = secret_replace(object_kept(twin, row[i].id),
			    secret_span(&main->kept[row[i].id - PROP_LABEL]));
	if (st == CNG_OK)
		st = secret_replace(object_kept(twin, PROP_NAME),
		    secret_span(&main->kept[PROP_NAME - PROP_LABEL]));
	return st;
}

static enum cng_status
entry_changed(const struct entry *old, unsigned half, struct props changes,
    const struct rule_context *ctx, struct entry **out)
{
	struct entry *e = mem_new(1, sizeof *e);
	enum cng_status st = e == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;

	*out = NULL;
	for (unsigned i = 0; st == CNG_OK && i < 2; i++)
		if (old->half[i] != NULL)
			st = object_clone(&e->half[i], old->half[i]);
	if (st == CNG_OK)
		st = rules_apply(e->half[half], changes, ctx);
	if (st == CNG_OK)
		st = rules_finish(e->half[half], ctx);
	if (st == CNG_OK && half == 1) {
		/* a pair has one name */
		if (props_find(changes, PROP_NAME) != NULL)
			st = secret_replace(object_kept(e->half[0], PROP_NAME),
			    props_bytes(changes, PROP_NAME));
		if (props_find(changes, PROP_ID) != NULL)
			e->half[1]->twin_own |= TWIN_OWN_ID;
		if (props_find(changes, PROP_LABEL) != NULL)
			e->half[1]->twin_own |= TWIN_OWN_LABEL;
	}
	if (st == CNG_OK && half == 0 && e->half[1] != NULL)
		st = twin_follow(e->half[1], e->half[0]);
	if (st != CNG_OK) {
		entry_free(e);
		return st;
	}
	*out = e;
	return CNG_OK;
}

static bool
says_still(struct object *obj, const struct prop *was)
{
	return was == NULL ||
	    span_equal(secret_span(object_kept(obj, was->id)), was->bytes);
}

/* One attempt, with the entry as it stands now; name: what it has been. */
static enum cng_status
set_once(struct token *tok, const struct access *who, obj_id id,
    struct props changes, const struct prop *was, struct secret *name)
    CNG_REQUIRES(tok->lock)
{
	unsigned half = id >> 1 & 1;
	struct entry *old, *changed = NULL;
	struct object *obj;
	enum cng_status st = shelf_entry(tok, id, &old);

	if (st != CNG_OK)
		return st;
	obj = old->half[half];
	if (obj == NULL || !token_may_see(tok, obj))
		st = CNG_ERR_OBJECT;
	else if (!object_flag(obj, PROP_MODIFIABLE))
		st = why_prop(CNG_ERR_PROHIBITED, PROP_MODIFIABLE, "is false");
	else
		st = token_may_write(tok, who, obj);
	if (st == CNG_OK && !says_still(obj, was))
		st = CNG_ERR_EXISTS;
	if (st == CNG_OK && object_flag(obj, PROP_TOKEN) &&
	    props_find(changes, PROP_NAME) != NULL)
		st = secret_replace(name,
		    secret_span(object_kept(obj, PROP_NAME)));
	if (st == CNG_OK) {
		struct rule_context ctx = { .mode = MODE_SET,
			.role = tok->role, .compat = tok->compat,
			.card = tok->reader != NULL };

		st = entry_changed(old, half, changes, &ctx, &changed);
	}
	return st == CNG_OK ? shelf_replace(tok, who, old, changed) : st;
}

enum cng_status
token_set(struct token *tok, const struct access *who, obj_id id,
    struct props changes)
{
	return token_set_from(tok, who, id, changes, NULL);
}

enum cng_status
token_set_from(struct token *tok, const struct access *who, obj_id id,
    struct props changes, const struct prop *was)
{
	struct secret name = { 0 };
	enum cng_status st = CNG_ERR_NOT_FOUND;

	if (is_built_in(id))
		return built_in_stays();
	if (tok->reader != NULL && !(id & 1))
		return card_set(tok, who, id, changes);
	lock_take(&tok->lock);
	for (int i = 0; st == CNG_ERR_NOT_FOUND && i < CHANGE_TRIES; i++)
		st = set_once(tok, who, id, changes, was, &name);
	lock_drop(&tok->lock);
	/* the file of a name that it has no more would outlive the key */
	if (st == CNG_OK && !span_equal(secret_span(&name),
	    props_bytes(changes, PROP_NAME)))
		twin_forget(tok->path, secret_span(&name));
	secret_free(&name);
	return st == CNG_ERR_NOT_FOUND ? CNG_ERR_STORE_BUSY : st;
}

/* --- destroy ------------------------------------------------------------- */

/* The public half goes alone and stays away; the private key remains. */
static enum cng_status
hide_twin(struct token *tok, const struct access *who, struct entry *old)
    CNG_REQUIRES(tok->lock)
{
	struct entry *e = mem_new(1, sizeof *e);
	enum cng_status st;

	if (e == NULL)
		return CNG_ERR_NO_MEMORY;
	if (old->half[0] == NULL) {
		/* without a login the other half cannot be sealed again */
		mem_free(e);
		return CNG_ERR_NOT_LOGGED_IN;
	}
	st = object_clone(&e->half[0], old->half[0]);
	if (st != CNG_OK) {
		entry_free(e);
		return st;
	}
	return shelf_replace(tok, who, old, e);
}

static enum cng_status
destroy_once(struct token *tok, const struct access *who, obj_id id)
    CNG_REQUIRES(tok->lock)
{
	unsigned half = id >> 1 & 1;
	struct entry *e;
	struct object *obj;
	enum cng_status st = shelf_entry(tok, id, &e);

	if (st != CNG_OK)
		return st;
	obj = e->half[half];
	if (obj == NULL || !token_may_see(tok, obj))
		return CNG_ERR_OBJECT;
	if (!object_flag(obj, PROP_DESTROYABLE))
		return why_prop(CNG_ERR_PROHIBITED, PROP_DESTROYABLE,
		    "is false");
	if (half == 1)
		return hide_twin(tok, who, e);
	obj = object_ref(obj);
	st = shelf_remove(tok, who, e);
	if (st == CNG_OK && object_flag(obj, PROP_TOKEN))
		twin_forget(tok->path,
		    secret_span(object_kept(obj, PROP_NAME)));
	object_free(obj);
	return st;
}

enum cng_status
token_destroy(struct token *tok, const struct access *who, obj_id id)
{
	enum cng_status st = CNG_ERR_NOT_FOUND;

	if (is_built_in(id))
		return built_in_stays();
	if (tok->reader != NULL && !(id & 1))
		return card_destroy(tok, who, id);
	lock_take(&tok->lock);
	for (int i = 0; st == CNG_ERR_NOT_FOUND && i < CHANGE_TRIES; i++)
		st = destroy_once(tok, who, id);
	lock_drop(&tok->lock);
	return st == CNG_ERR_NOT_FOUND ? CNG_ERR_STORE_BUSY : st;
}

bool
token_session_closed(struct token *tok, uint64_t session)
{
	size_t pos = 0;
	uint64_t number;
	struct entry *e;
	bool any = false;

	lock_take(&tok->lock);
	while ((e = idmap_next(&tok->pool, &pos, &number)) != NULL) {
		if (e->session != session)
			continue;
		entry_free(idmap_take(&tok->pool, number));
		pos--; /* taking may have moved another there */
		any = true;
	}
	lock_drop(&tok->lock);
	return any;
}
