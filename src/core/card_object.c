/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a card has, as objects.
 */
#include "core/card.h"

#include "base/alloc.h"
#include "core/certificate.h"

#define AUTHORITY 2 /* category of a certificate */

static const uint64_t base_flags = PROP_BIT(PROP_TOKEN) |
    PROP_BIT(PROP_FINALIZED);

/* --- keys ----------------------------------------------------------------- */

static uint64_t
private_flags(const struct device_key *key)
{
	uint64_t flags = base_flags | PROP_BIT(PROP_MODIFIABLE) |
	    PROP_BIT(PROP_DESTROYABLE) | PROP_BIT(PROP_SENSITIVE);

	if (key->pin != DEVICE_PIN_NEVER)
		flags |= PROP_BIT(PROP_PRIVATE);
	if (key->pin == DEVICE_PIN_ALWAYS)
		flags |= PROP_BIT(PROP_ALWAYS_AUTHENTICATE);
	if (key->generated)
		flags |= PROP_BIT(PROP_LOCAL);
	if (key->can_sign)
		flags |= PROP_BIT(PROP_SIGN);
	if (key->can_sign && key->public.family == KEY_RSA)
		flags |= PROP_BIT(PROP_SIGN_RECOVER);
	if (key->can_decrypt)
		flags |= PROP_BIT(PROP_DECRYPT) | PROP_BIT(PROP_UNWRAP);
	if (key->can_agree)
		flags |= PROP_BIT(PROP_DERIVE);
	return flags;
}

static enum cng_status
set_text(struct object *obj, enum prop_id id, const char *text)
{
	return secret_replace(object_kept(obj, id), span_str(text));
}

/* From now on the card does what the key is asked for. */
static enum cng_status
put_holder(struct object *obj, struct device *dev,
    const struct device_key *key)
{
	struct key_holder *holder;
	struct crypto_key *ready = NULL;
	enum cng_status st = device_holder(dev, key, &holder);

	if (st == CNG_OK)
		st = crypto_key_held(&ready, &obj->key, holder);
	if (st == CNG_OK)
		atomic_store(&obj->ready, ready);
	return st;
}

static enum cng_status
private_object(struct object **out, struct device *dev,
    const struct device_key *key)
{
	static const struct rule_context made = { .mode = MODE_GENERATE,
		.role = ROLE_USER, .compat = true };
	struct object *obj;
	enum cng_status st = object_new(&obj, OBJ_PRIVATE);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	obj->flags = private_flags(key);
	st = key_copy_public(&obj->key, &key->public);
	obj->key.role = key->role & KEY_ROLE_MASK;
	obj->key_slot = device_slot_number(dev, key->place);
	if (st == CNG_OK)
		st = key_check_shape(&obj->key);
	if (st == CNG_OK)
		st = crypto_check_public(&obj->key);
	if (st == CNG_OK)
		st = set_text(obj, PROP_NAME, key->name);
	if (st == CNG_OK)
		st = set_text(obj, PROP_LABEL, key->name);
	if (st == CNG_OK && key->own_id)
		st = secret_replace(object_kept(obj, PROP_ID),
		    span_of(&key->id, 1));
	if (st == CNG_OK)
		st = rules_finish(obj, &made);
	if (st == CNG_OK)
		st = put_holder(obj, dev, key);
	if (st != CNG_OK) {
		object_free(obj);
		return st == CNG_ERR_NO_MEMORY ? st : CNG_ERR_BAD_PUBLIC_KEY;
	}
	*out = obj;
	return CNG_OK;
}

enum cng_status
card_key_entry(struct entry **out, struct device *dev,
    const struct device_key *key)
{
	struct entry *e = mem_new(1, sizeof *e);
	enum cng_status st = CNG_ERR_NO_MEMORY;

	*out = NULL;
	if (e == NULL)
		return st;
	e->place = key->place;
	e->is_default = key->is_default;
	st = private_object(&e->half[0], dev, key);
	if (st == CNG_OK)
		st = object_twin(e->half[0], &e->half[1]);
	if (st != CNG_OK) {
		entry_free(e);
		return st;
	}
	/* it goes with the private half, and not alone */
	object_put_flag(e->half[1], PROP_DESTROYABLE, false);
	object_put_flag(e->half[1], PROP_COPYABLE, true);
	object_put_flag(e->half[1], PROP_LOCAL, key->generated);
	e->half[1]->key_slot = e->half[0]->key_slot;
	*out = e;
	return CNG_OK;
}

/* --- certificates --------------------------------------------------------- */

static enum cng_status
cert_object(struct object *obj, struct span der, const struct device_key *key,
    const struct entry *pair)
{
	enum cng_status st = secret_copy(&obj->value, der);

	obj->flags = base_flags | PROP_BIT(PROP_COPYABLE);
	if (key != NULL)
		obj->flags |= PROP_BIT(PROP_MODIFIABLE) |
		    PROP_BIT(PROP_DESTROYABLE);
	else
		obj->cert_category = AUTHORITY;
	if (st == CNG_OK)
		st = cert_begin(obj);
	if (st == CNG_OK && key != NULL)
		st = set_text(obj, PROP_LABEL, key->name);
	if (st == CNG_OK && pair != NULL)
		st = secret_replace(object_kept(obj, PROP_ID),
		    secret_span(object_kept(pair->half[0], PROP_ID)));
	else if (st == CNG_OK && key != NULL && key->own_id)
		st = secret_replace(object_kept(obj, PROP_ID),
		    span_of(&key->id, 1));
	return st == CNG_OK ? cert_finish(obj) : st;
}

enum cng_status
card_cert_entry(struct entry **out, struct span der,
    const struct device_key *key, const struct entry *pair)
{
	struct entry *e = mem_new(1, sizeof *e);
	enum cng_status st = CNG_ERR_NO_MEMORY;

	*out = NULL;
	if (e == NULL)
		return st;
	e->place = key == NULL ? CARD_NO_PLACE : key->place;
	st = object_new(&e->half[0], OBJ_CERT);
	if (st == CNG_OK)
		st = cert_object(e->half[0], der, key, pair);
	if (st != CNG_OK) {
		entry_free(e);
		return st;
	}
	*out = e;
	return CNG_OK;
}

struct entry *
card_entry_at(struct token *tok, unsigned place, enum obj_class class)
{
	struct entry *e;
	size_t pos = 0;

	while ((e = idmap_next(&tok->cache, &pos, NULL)) != NULL)
		if (e->place == place && e->half[0]->class == class)
			return e;
	return NULL;
}
