/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is brought onto a card, made there, renamed and removed.  The card does
 * that without the token's lock; afterwards it is asked what it has.
 */
#include "core/card.h"

#include <stdio.h>

#include "base/text.h"
#include "base/utf16.h"
#include "base/util.h"
#include "base/why.h"
#include "core/conf.h"
#include "crypto/asn1.h"

/* --- rights --------------------------------------------------------------- */

static enum cng_status
check_rights(const struct token *tok, const struct access *who)
    CNG_REQUIRES(tok->lock)
{
	if (!who->read_write || tok->card.read_only)
		return CNG_ERR_READ_ONLY;
	return tok->role == ROLE_NONE ? CNG_ERR_NOT_LOGGED_IN : CNG_OK;
}

static enum cng_status
begin(struct token *tok, const struct access *who, struct device **dev)
{
	enum cng_status st;

	*dev = NULL;
	lock_take(&tok->lock);
	st = card_refresh(tok);
	if (st == CNG_OK)
		st = check_rights(tok, who);
	if (st == CNG_OK)
		*dev = device_ref(tok->device);
	lock_drop(&tok->lock);
	return st;
}

struct import_switch {
	enum conf_import bit;
	const char *name;
};

/* As Windows: one for each kind of key and container. */
static enum cng_status
check_switch(struct token *tok, enum key_family family, unsigned role)
{
	static const struct import_switch rows[2][2] = {
		{ { CONF_IMPORT_ECDHE, "AllowPrivateECDHEKeyImport" },
		    { CONF_IMPORT_ECDSA, "AllowPrivateECDSAKeyImport" } },
		{ { CONF_IMPORT_EXCHANGE, "AllowPrivateExchangeKeyImport" },
		    { CONF_IMPORT_SIGNATURE,
			"AllowPrivateSignatureKeyImport" } },
	};
	const struct import_switch *row =
	    &rows[family == KEY_RSA][role == KEY_ROLE_SIGN];

	if (tok->conf != NULL && (tok->conf->card_import & row->bit) != 0)
		return CNG_OK;
	lock_take(&tok->lock);
	tok->card.refused = row->name;
	lock_drop(&tok->lock);
	log_line(LOG_WARN, "a private key is not brought onto a card: "
	    "%s is not 1 in the configuration", row->name);
	return CNG_ERR_IMPORT_OFF;
}

static bool
card_family(enum key_family family)
{
	return family == KEY_RSA || family == KEY_EC ||
	    family == KEY_MONTGOMERY || family == KEY_EDWARDS;
}

/* --- what a container is to be ------------------------------------------- */

/* One use alone decides; else what the blob says; else exchange. */
static unsigned
role_of(const struct object *obj)
{
	unsigned role = obj->key.role & KEY_ROLE_MASK;
	bool sign = object_flag(obj, PROP_SIGN);
	bool other = object_flag(obj, PROP_DECRYPT) ||
	    object_flag(obj, PROP_UNWRAP) || object_flag(obj, PROP_DERIVE);

	if (sign == other && role != KEY_ROLE_NONE)
		return role;
	if (!other)
		return KEY_ROLE_SIGN;
	return obj->key.family == KEY_RSA ? KEY_ROLE_ENCRYPT : KEY_ROLE_AGREE;
}

/* Where the template names signatures alone, what is true of a key by default
 * is not asked for: a card may have a place for just that. */
static void
settle_role(struct object *obj, struct props tmpl)
{
	if ((obj->key.role & KEY_ROLE_MASK) == KEY_ROLE_NONE &&
	    props_number(tmpl, PROP_SIGN, 0) != 0 &&
	    props_number(tmpl, PROP_DECRYPT, 0) == 0 &&
	    props_number(tmpl, PROP_UNWRAP, 0) == 0 &&
	    props_number(tmpl, PROP_DERIVE, 0) == 0)
		obj->key.role |= KEY_ROLE_SIGN;
}

void
card_settle_role(const struct token *tok, struct object *obj,
    struct props tmpl)
{
	if (tok->reader != NULL && obj->class == OBJ_PRIVATE &&
	    object_flag(obj, PROP_TOKEN))
		settle_role(obj, tmpl);
}

/* Bounds that only we would know of, and other programs not. */
static enum cng_status
check_bounds(struct object *obj)
{
	static const enum prop_id bounds[] = { PROP_ALLOWED_MECHANISMS,
		PROP_UNWRAP_TEMPLATE, PROP_DERIVE_TEMPLATE };

	for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
		if (object_kept(obj, bounds[i])->len == 0)
			continue;
		log_line(LOG_WARN, "a card keeps no lists of mechanisms and"
		    " no templates");
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	}
	return CNG_OK;
}

static enum cng_status
copy_name(char out[DEVICE_NAME_SIZE], struct span name)
{
	struct wr wide = wr_of(NULL, 0);

	if (name.len == 0 || name.len >= DEVICE_NAME_SIZE ||
	    memchr(name.ptr, '\0', name.len) != NULL ||
	    memchr(name.ptr, '\\', name.len) != NULL ||
	    utf16le_write(&wide, name, false) != CNG_OK ||
	    wide.len > (size_t)2 * DEVICE_NAME_UNITS)
		return CNG_ERR_PROP_VALUE;
	memcpy(out, name.ptr, name.len);
	out[name.len] = '\0';
	return CNG_OK;
}

/* The key's name, else its label, else one that nobody has. */
static enum cng_status
name_of(struct object *obj, char out[DEVICE_NAME_SIZE])
{
	struct span name = secret_span(object_kept(obj, PROP_NAME));

	if (name.len == 0)
		name = secret_span(object_kept(obj, PROP_LABEL));
	if (name.len > 0)
		return copy_name(out, name);
	hex_encode(out, span_of(obj->uid, sizeof obj->uid));
	return CNG_OK;
}

static enum cng_status
container_of(struct token *tok, const struct device *dev, struct object *obj,
    struct device_new *what, char name[DEVICE_NAME_SIZE])
{
	enum cng_status st = name_of(obj, name);

	*what = (struct device_new){
		.name = name,
		.role = role_of(obj),
		.pin = DEVICE_PIN_ALWAYS,
		.has_pin_policy = object_flag(obj, PROP_ALWAYS_AUTHENTICATE),
		.has_place = obj->key_slot != 0,
		.certificate = secret_span(&obj->value),
	};
	lock_take(&tok->lock);
	what->make_default = tok->cache.count == 0;
	lock_drop(&tok->lock);
	if (st == CNG_OK && what->has_place)
		st = device_slot_place(dev, obj->key_slot, &what->place);
	return st;
}

/* --- finding -------------------------------------------------------------- */

/* The place of the container of that name. */
static bool
place_of_name(struct token *tok, const char *name, unsigned *place)
{
	const struct entry *e;
	size_t pos = 0;
	bool found = false;

	lock_take(&tok->lock);
	while (!found && (e = idmap_next(&tok->cache, &pos, NULL)) != NULL) {
		found = e->half[0]->class == OBJ_PRIVATE &&
		    span_equal(secret_span(object_kept(e->half[0],
				   PROP_NAME)), span_str(name));
		if (found)
			*place = e->place;
	}
	lock_drop(&tok->lock);
	return found;
}

/* The handle of what is at the place now, of the card that was written to. */
static enum cng_status
handle_of(struct token *tok, const struct device *dev, unsigned place,
    enum obj_class class, unsigned half, obj_id *out)
{
	struct entry *e;
	enum cng_status st;

	lock_take(&tok->lock);
	st = card_refresh(tok);
	if (st == CNG_OK && tok->device != dev)
		st = CNG_ERR_DEVICE_REMOVED;
	if (st == CNG_OK) {
		e = card_entry_at(tok, place, class);
		if (e == NULL || e->half[half] == NULL)
			st = CNG_ERR_DEVICE; /* it said that it has it */
		else
			*out = e->half[half]->id;
	}
	lock_drop(&tok->lock);
	return st;
}

/* --- private keys --------------------------------------------------------- */

/* What a key is called that was to be replaced when the card was pulled. */
#define REPLACED "replaced "

/* On a card that keeps its keys there would be two in the end. */
static enum cng_status
check_removal(struct device *dev, const struct device_new *what)
{
	struct device_info info;
	enum cng_status st = device_info(dev, &info);

	if (st != CNG_OK || info.can_remove)
		return st;
	log_line(LOG_WARN, "card: it cannot remove the old %s: it can be"
	    " written over in its own slot only", what->name);
	return CNG_ERR_NO_REMOVAL;
}

/* A key that is brought, or else one that is made. */
struct job {
	const struct device_new *what;
	const struct key_material *key;   /* or NULL, and then: */
	const struct key_material *shape;
	size_t bits;
	struct key_material *public;
};

static enum cng_status
put_new(struct device *dev, const struct job *job, unsigned *place)
{
	if (job->key != NULL)
		return device_import(dev, job->what, job->key, place);
	return device_generate(dev, job->what, job->shape, job->bits,
	    job->public, place);
}

/* Is the container of that place listed? */
static enum cng_status
is_listed(struct device *dev, unsigned place, bool *out)
{
	struct device_keys keys;
	enum cng_status st = device_list(dev, &keys);

	*out = false;
	for (size_t i = 0; st == CNG_OK && i < keys.count; i++)
		*out = *out || keys.key[i].place == place;
	device_keys_free(&keys);
	return st;
}

/* The old key could not be removed: the new one makes room for it again, but
 * only if it is there, for a removal that fails late has taken it. */
static enum cng_status
step_back(struct device *dev, unsigned old, unsigned place,
    enum cng_status why)
{
	bool there;
	enum cng_status st = is_listed(dev, old, &there);

	if (st != CNG_OK) {
		log_line(LOG_ERROR, "card: containers %u and %u may both be"
		    " there", old, place);
		return why;
	}
	if (!there) {
		log_line(LOG_WARN, "card: half of container %u may be left",
		    old);
		return CNG_OK;
	}
	if (device_remove_for(dev, place, old) != CNG_OK)
		log_line(LOG_ERROR, "card: container %u should not be there",
		    place);
	return why;
}

/* What has the name steps aside, and goes when the new key is there.  The new
 * one is the default from its first moment, if the old one was. */
static enum cng_status
put_over(struct device *dev, const struct job *job, unsigned old,
    unsigned *place)
{
	const struct device_new *what = job->what;
	char aside[sizeof REPLACED + 2 * 8], number_text[2 * 8 + 1];
	uint8_t number[8];
	enum cng_status st = check_removal(dev, what);

	if (st == CNG_OK)
		st = crypto_random(number, sizeof number);
	if (st != CNG_OK)
		return st;
	hex_encode(number_text, span_of(number, sizeof number));
	snprintf(aside, sizeof aside, REPLACED "%s", number_text);
	st = device_rename(dev, old, aside);
	if (st != CNG_OK)
		return st;
	st = put_new(dev, job, place);
	if (st == CNG_ERR_STORE_FULL)
		log_line(LOG_WARN, "card: no room for the new %s beside the"
		    " old one: remove that first", what->name);
	if (st == CNG_OK) {
		st = device_remove(dev, old);
		if (st != CNG_OK)
			st = step_back(dev, old, *place, st);
		if (st == CNG_OK)
			return st;
	}
	if (device_rename(dev, old, what->name) != CNG_OK)
		log_line(LOG_ERROR, "card: %s is called %s now", what->name,
		    aside);
	return st;
}

static bool
is_default(struct token *tok, unsigned place)
{
	const struct entry *e;
	bool is;

	lock_take(&tok->lock);
	e = card_entry_at(tok, place, OBJ_PRIVATE);
	is = e != NULL && e->is_default;
	lock_drop(&tok->lock);
	return is;
}

/* Whose name or place the new key takes was the default: so is that. */
static enum cng_status
put_key(struct token *tok, struct device *dev, struct device_new *what,
    const struct job *job, bool replace, unsigned *place)
{
	unsigned old = CARD_NO_PLACE;
	bool found = place_of_name(tok, what->name, &old);

	what->replace = replace && what->has_place;
	if ((replace && found && is_default(tok, old)) ||
	    (what->replace && is_default(tok, what->place)))
		what->make_default = true;
	if (!found || (what->replace && old == what->place))
		return put_new(dev, job, place);
	return replace ? put_over(dev, job, old, place) : CNG_ERR_EXISTS;
}

static enum cng_status
import_key(struct token *tok, struct device *dev, struct object *obj,
    bool replace, unsigned *place)
{
	char name[DEVICE_NAME_SIZE];
	struct device_new what;
	const struct job job = { .what = &what, .key = &obj->key };
	enum cng_status st = container_of(tok, dev, obj, &what, name);

	return st == CNG_OK ? put_key(tok, dev, &what, &job, replace, place) :
	    st;
}

/* --- certificates --------------------------------------------------------- */

/* By the public key; where nobody knows that, by the number. */
static bool
is_key_of(const struct device_key *key, const struct key_material *public,
    struct span id)
{
	if (key->public.part[0].len > 0)
		return key_same_public(&key->public, public);
	return key->own_id && id.len == 1 && id.ptr[0] == key->id &&
	    key->public.family == public->family;
}

/* Of containers with the same key, the one that is called so is meant. */
static bool
is_called(const struct device_key *key, struct object *obj)
{
	struct span id = secret_span(object_kept(obj, PROP_ID));

	return (key->own_id && id.len == 1 && id.ptr[0] == key->id) ||
	    span_equal(secret_span(object_kept(obj, PROP_LABEL)),
		span_str(key->name));
}

static bool
choose_key(const struct device_keys *keys, const struct key_material *public,
    struct object *obj, unsigned *place)
{
	struct span id = secret_span(object_kept(obj, PROP_ID));
	bool found = false;

	for (size_t i = 0; i < keys->count; i++) {
		const struct device_key *key = &keys->key[i];

		if (!is_key_of(key, public, id) ||
		    (found && !is_called(key, obj)))
			continue;
		found = true;
		*place = key->place;
	}
	return found;
}

static enum cng_status
put_cert(struct device *dev, struct object *obj, unsigned *place)
{
	struct x509_names names = { 0 };
	struct key_material public = { 0 };
	struct device_keys keys = { 0 };
	bool found = false;
	enum cng_status st = x509_names(&names, secret_span(&obj->value));

	if (st == CNG_OK)
		st = spki_decode(&public, secret_span(&names.public_info));
	x509_names_free(&names);
	if (st != CNG_OK)
		return st == CNG_ERR_NO_MEMORY ? st : CNG_ERR_PROP_VALUE;
	st = device_list(dev, &keys);
	if (st == CNG_OK)
		found = choose_key(&keys, &public, obj, place);
	device_keys_free(&keys);
	key_free(&public);
	if (st != CNG_OK)
		return st;
	return found ? device_put_certificate(dev, *place,
	    secret_span(&obj->value)) : CNG_ERR_TEMPLATE_INCONSISTENT;
}

/* The public key of a container is there already. */
static enum cng_status
find_public(struct token *tok, struct object *obj)
{
	const struct entry *e;
	size_t pos = 0;
	enum cng_status st = CNG_ERR_TEMPLATE_INCONSISTENT;

	lock_take(&tok->lock);
	while (st != CNG_OK &&
	    (e = idmap_next(&tok->cache, &pos, NULL)) != NULL) {
		if (e->half[1] == NULL ||
		    !key_same_public(&e->half[1]->key, &obj->key))
			continue;
		obj->id = e->half[1]->id;
		st = CNG_OK;
	}
	lock_drop(&tok->lock);
	return st;
}

static enum cng_status
check_private(struct token *tok, struct object *obj)
{
	enum cng_status st = check_bounds(obj);

	return st == CNG_OK ? check_switch(tok, obj->key.family,
	    role_of(obj)) : st;
}

/* --- the calls ------------------------------------------------------------ */

enum cng_status
card_add(struct token *tok, const struct access *who, struct entry *e,
    bool replace)
{
	struct object *obj = e->half[0];
	struct device *dev = NULL;
	unsigned place = CARD_NO_PLACE;
	obj_id id = 0;
	enum cng_status st = CNG_OK;

	if (obj->class == OBJ_PRIVATE && !card_family(obj->key.family))
		st = CNG_ERR_NOT_SUPPORTED;
	else if (obj->class == OBJ_PRIVATE)
		st = check_private(tok, obj);
	else if (obj->class != OBJ_CERT && obj->class != OBJ_PUBLIC)
		st = CNG_ERR_TEMPLATE_INCONSISTENT;
	if (st == CNG_OK)
		st = begin(tok, who, &dev);
	if (st == CNG_OK && obj->class == OBJ_PUBLIC) {
		st = find_public(tok, obj);
	} else if (st == CNG_OK) {
		st = obj->class == OBJ_CERT ? put_cert(dev, obj, &place) :
		    import_key(tok, dev, obj, replace, &place);
		if (st == CNG_OK)
			st = handle_of(tok, dev, place, obj->class, 0, &id);
		obj->id = id;
	}
	device_free(dev);
	entry_free(e);
	return st;
}

/* A model of the private key, for its name and its uses. */
static enum cng_status
model_of(struct object **out, const struct keygen_request *req,
    const struct rule_context *ctx)
{
	struct object *obj;
	enum cng_status st = object_new(&obj, OBJ_PRIVATE);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	obj->key.family = req->family;
	obj->key.role = req->role;
	rules_defaults(obj, ctx);
	st = rules_apply(obj, req->private, ctx);
	if (st == CNG_OK)
		settle_role(obj, req->private);
	if (st == CNG_OK)
		st = check_bounds(obj);
	if (st == CNG_OK)
		*out = obj;
	else
		object_free(obj);
	return st;
}

enum cng_status
card_generate(struct token *tok, const struct access *who,
    const struct keygen_request *req, const struct key_spec *spec,
    obj_id out[2])
{
	struct rule_context ctx = token_rules(tok, MODE_GENERATE);
	struct key_material shape = { .family = spec->family,
		.curve = spec->curve }, public = { 0 };
	char name[DEVICE_NAME_SIZE];
	struct device_new what;
	const struct job job = { .what = &what, .shape = &shape,
		.bits = spec->bits, .public = &public };
	struct object *model = NULL;
	struct device *dev = NULL;
	unsigned place = CARD_NO_PLACE;
	enum cng_status st = card_family(spec->family) ?
	    model_of(&model, req, &ctx) : CNG_ERR_NOT_SUPPORTED;

	/* cards know one exponent */
	if (st == CNG_OK && spec->rsa_e.len > 0 &&
	    !span_equal(spec->rsa_e, span_of("\x01\x00\x01", 3)))
		st = CNG_ERR_PROP_VALUE;
	if (st == CNG_OK)
		st = begin(tok, who, &dev);
	if (st == CNG_OK)
		st = container_of(tok, dev, model, &what, name);
	if (st == CNG_OK)
		st = put_key(tok, dev, &what, &job, req->overwrite, &place);
	for (unsigned half = 0; st == CNG_OK && half < 2; half++)
		st = handle_of(tok, dev, place, OBJ_PRIVATE, half, &out[half]);
	key_free(&public);
	object_free(model);
	device_free(dev);
	return st;
}

/* An object that is to be changed: where it is, and on which card.  All three
 * are taken at once, so that a change never meets another card's key. */
struct change {
	struct object *obj;
	struct device *dev;
	unsigned place;
};

static void
change_end(struct change *c)
{
	device_free(c->dev);
	object_free(c->obj);
}

static enum cng_status
change_begin(struct change *c, struct token *tok, const struct access *who,
    obj_id id, enum prop_id allowed)
{
	unsigned half = id >> 1 & 1;
	struct entry *e = NULL;
	enum cng_status st;

	*c = (struct change){ .place = CARD_NO_PLACE };
	lock_take(&tok->lock);
	st = card_refresh(tok);
	if (st == CNG_OK)
		st = card_entry(tok, id, &e);
	if (st == CNG_OK && (e->half[half] == NULL ||
				!token_may_see(tok, e->half[half])))
		st = CNG_ERR_OBJECT;
	if (st == CNG_OK && !object_flag(e->half[half], allowed))
		st = why_prop(CNG_ERR_PROHIBITED, (int)allowed, "is false");
	if (st == CNG_OK)
		st = check_rights(tok, who);
	if (st == CNG_OK)
		*c = (struct change){ object_ref(e->half[half]),
			device_ref(tok->device), e->place };
	lock_drop(&tok->lock);
	return st;
}

/* The list is to be as the card is now. */
static enum cng_status
change_seen(struct token *tok)
{
	enum cng_status st;

	lock_take(&tok->lock);
	st = card_refresh(tok);
	lock_drop(&tok->lock);
	return st;
}

/* Of what a card keeps, the name alone can be changed; what is said of the
 * rest must be so. */
static enum cng_status
name_in(struct object *obj, struct props changes, char out[DEVICE_NAME_SIZE])
{
	enum cng_status st = CNG_OK;

	out[0] = '\0';
	for (size_t i = 0; st == CNG_OK && i < changes.count; i++) {
		const struct prop *line = &changes.item[i];

		if (object_says(obj, line, CNG_ERR_PROP_READ_ONLY) == CNG_OK)
			continue;
		if (line->id != PROP_LABEL && line->id != PROP_NAME)
			st = CNG_ERR_PROP_READ_ONLY;
		else if (out[0] != '\0' &&
		    !span_equal(line->bytes, span_str(out)))
			st = CNG_ERR_TEMPLATE_INCONSISTENT;
		else
			st = copy_name(out, line->bytes);
	}
	return st;
}

enum cng_status
card_set(struct token *tok, const struct access *who, obj_id id,
    struct props changes)
{
	char name[DEVICE_NAME_SIZE];
	struct change c;
	enum cng_status st = change_begin(&c, tok, who, id, PROP_MODIFIABLE);

	if (st == CNG_OK)
		st = name_in(c.obj, changes, name);
	if (st == CNG_OK && name[0] != '\0')
		st = device_rename(c.dev, c.place, name);
	if (st == CNG_OK)
		st = change_seen(tok);
	change_end(&c);
	return st;
}

enum cng_status
card_destroy(struct token *tok, const struct access *who, obj_id id)
{
	struct change c;
	enum cng_status st = change_begin(&c, tok, who, id, PROP_DESTROYABLE);

	if (st == CNG_OK)
		st = c.obj->class == OBJ_CERT ?
		    device_put_certificate(c.dev, c.place,
			span_of(NULL, 0)) :
		    device_remove(c.dev, c.place);
	if (st == CNG_OK)
		st = change_seen(tok);
	change_end(&c);
	return st;
}
