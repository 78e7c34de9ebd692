/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Uses that must not meet in one key.
 */
#include "core/conflict.h"

#include "base/util.h"
#include "base/why.h"
#include "core/keytmpl.h"

#define TAG_SURE 12    /* bytes; SP 800-38D, appendix C */
#define BITS_SURE 112  /* SP 800-57-1, 5.6.3 */

/* Which keys a row is about. */
enum bound {
	ALL = 0,
	BINDING,                 /* that bind what they unwrap, or make */
	RULING,                  /* that have a template for derived keys */
};

struct conflict {
	enum obj_class class;
	enum key_family family;  /* KEY_NONE: any */
	enum prop_id keep;
	enum prop_id drop;       /* the one that gives way */
	bool drop_asked;         /* even when it was asked for */
	enum bound bound;
};

/*
 * Where both were asked for, or both are defaults, the row decides.  Wrapping
 * and encrypting do not go together since a counter mode with the same IV
 * undoes itself.
 */
static const struct conflict conflicts[] = {
	{ OBJ_SECRET, KEY_NONE, PROP_WRAP, PROP_DECRYPT, false, ALL },
	{ OBJ_SECRET, KEY_NONE, PROP_WRAP, PROP_ENCRYPT, false, ALL },
	{ OBJ_SECRET, KEY_NONE, PROP_UNWRAP, PROP_ENCRYPT, false, ALL },
	{ OBJ_SECRET, KEY_NONE, PROP_UNWRAP, PROP_DECRYPT, false, ALL },
	{ OBJ_PRIVATE, KEY_RSA, PROP_DECRYPT, PROP_UNWRAP, true, ALL },
	/* what rules for decapsulated keys say, the other use gets round */
	{ OBJ_PRIVATE, KEY_RSA, PROP_DECRYPT, PROP_DECAPSULATE, true, ALL },
	{ OBJ_PRIVATE, KEY_RSA, PROP_UNWRAP, PROP_DECAPSULATE, true, ALL },
	{ OBJ_PRIVATE, KEY_EC, PROP_DERIVE, PROP_DECAPSULATE, true, ALL },
	{ OBJ_PRIVATE, KEY_MONTGOMERY, PROP_DERIVE, PROP_DECAPSULATE, true,
	    ALL },
	{ OBJ_PRIVATE, KEY_DH, PROP_DERIVE, PROP_DECAPSULATE, true, ALL },
	{ OBJ_PRIVATE, KEY_X942, PROP_DERIVE, PROP_DECAPSULATE, true, ALL },
	/* both make the key that what was wrapped is under */
	{ OBJ_PRIVATE, KEY_EC, PROP_UNWRAP, PROP_DERIVE, false, BINDING },
	{ OBJ_PRIVATE, KEY_EC, PROP_UNWRAP, PROP_DECAPSULATE, false, BINDING },
	{ OBJ_PRIVATE, KEY_MONTGOMERY, PROP_UNWRAP, PROP_DERIVE, false,
	    BINDING },
	{ OBJ_PRIVATE, KEY_MONTGOMERY, PROP_UNWRAP, PROP_DECAPSULATE, false,
	    BINDING },
	/* a MAC gets round what the template says, as most functions that
	 * derive are one, or can be put together of its blocks */
	{ OBJ_SECRET, KEY_NONE, PROP_DERIVE, PROP_SIGN, false, RULING },
	{ OBJ_SECRET, KEY_NONE, PROP_DERIVE, PROP_VERIFY, false, RULING },
	{ OBJ_SECRET, KEY_NONE, PROP_DERIVE, PROP_ENCRYPT, false, RULING },
	{ OBJ_SECRET, KEY_NONE, PROP_DERIVE, PROP_DECRYPT, false, RULING },
	{ OBJ_SECRET, KEY_NONE, PROP_DERIVE, PROP_WRAP, false, RULING },
	{ OBJ_SECRET, KEY_NONE, PROP_DERIVE, PROP_UNWRAP, false, RULING },
};

/* Does it say what may be done with what it unwraps?  Of any other wrapping
 * key whoever unwraps with it may read all. */
static bool
is_binding(const struct object *obj)
{
	return object_flag(obj, PROP_TRUSTED) ||
	    obj->kept[PROP_UNWRAP_TEMPLATE - PROP_LABEL].len > 0;
}

/* All but those of a session whose value its program may read: a session's
 * copy of a key that is kept is no less of a key. */
static bool
is_guarded(const struct object *obj)
{
	return object_flag(obj, PROP_TOKEN) ||
	    object_flag(obj, PROP_SENSITIVE) ||
	    !object_flag(obj, PROP_EXTRACTABLE) ||
	    object_flag(obj, PROP_WRAP_WITH_TRUSTED) || is_binding(obj);
}

/* The same of what is made of it in whichever way. */
static bool
is_telling(const struct object *obj)
{
	return is_binding(obj) || keytmpl_hides(obj, PROP_DERIVE_TEMPLATE) ||
	    keytmpl_hides(obj, PROP_DECAPSULATE_TEMPLATE);
}

static bool
is_about(const struct conflict *row, const struct object *obj)
{
	if (row->class != obj->class ||
	    (row->family != KEY_NONE && row->family != obj->key.family))
		return false;
	switch (row->bound) {
	case BINDING:
		return is_telling(obj);
	case RULING:
		return keytmpl_hides(obj, PROP_DERIVE_TEMPLATE);
	case ALL:
	default:
		return true;
	}
}

static bool
asks_for(struct props tmpl, enum prop_id id)
{
	const struct prop *line = props_find(tmpl, id);

	return line != NULL && line->number != 0;
}

static bool
had(const struct object *obj, enum prop_id id)
{
	return (obj->ever & PROP_BIT(id)) != 0;
}

/* New: nobody has used the key yet, so a default may still be taken away. */
static enum cng_status
settle_new(struct object *obj, const struct conflict *row, struct props tmpl)
{
	bool keep = asks_for(tmpl, row->keep);
	bool drop = asks_for(tmpl, row->drop);

	if (keep && drop && !row->drop_asked)
		return why_prop(CNG_ERR_TEMPLATE_INCONSISTENT,
		    (int)row->drop, "a use that does not go with another");
	object_put_flag(obj, drop && !keep ? row->keep : row->drop, false);
	return CNG_OK;
}

static enum cng_status
settle_changed(struct object *obj, const struct conflict *row)
{
	bool keep = object_flag(obj, row->keep);
	bool drop = object_flag(obj, row->drop);

	if ((keep && had(obj, row->drop)) || (drop && had(obj, row->keep)))
		return why_prop(CNG_ERR_TEMPLATE_INCONSISTENT,
		    (int)row->drop, "a use that does not go with one it had");
	return keep && drop ? why_prop(CNG_ERR_TEMPLATE_INCONSISTENT,
	    (int)row->drop, "a use that does not go with another") : CNG_OK;
}

/* The place that a key gets on a card is for one use or another: what was
 * asked for decides, and defaults give way. */
static void
settle_card(struct object *obj, struct props tmpl)
{
	static const enum prop_id uses[] = { PROP_SIGN, PROP_SIGN_RECOVER,
		PROP_DECRYPT, PROP_UNWRAP, PROP_DERIVE, PROP_DECAPSULATE };
	uint64_t all = 0, asked = 0;

	for (size_t i = 0; i < ARRAY_LEN(uses); i++) {
		all |= PROP_BIT(uses[i]);
		if (asks_for(tmpl, uses[i]))
			asked |= PROP_BIT(uses[i]);
	}
	if (asked != 0)
		obj->flags &= ~all | asked;
}

/* A session's key made for all uses at a time is there to be played with; it
 * may be read, unless somebody said otherwise, as nobody could use it else. */
static void
settle_open(struct object *obj, struct props tmpl)
{
	static const enum prop_id closed[] = { PROP_TOKEN, PROP_SENSITIVE,
		PROP_WRAP_WITH_TRUSTED };
	bool asked = false;

	if (obj->class != OBJ_SECRET || is_binding(obj) ||
	    props_find(tmpl, PROP_EXTRACTABLE) != NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(closed); i++)
		if (object_flag(obj, closed[i]))
			return;
	for (size_t i = 0; i < ARRAY_LEN(conflicts); i++)
		asked = asked || (is_about(&conflicts[i], obj) &&
		    asks_for(tmpl, conflicts[i].keep) &&
		    asks_for(tmpl, conflicts[i].drop));
	if (asked)
		object_put_flag(obj, PROP_EXTRACTABLE, true);
}

/* Labels, dates and the like make no key do more: one of a store that is older
 * than a rule keeps its uses, and may be given a new name. */
static bool
changes_uses(struct props tmpl)
{
	for (size_t i = 0; i < tmpl.count; i++)
		if (prop_kind(tmpl.item[i].id) == PROP_BOOL)
			return true;
	return false;
}

enum cng_status
conflict_settle(struct object *obj, struct props tmpl,
    const struct rule_context *ctx)
{
	bool change = ctx->mode == MODE_COPY || ctx->mode == MODE_SET;
	enum cng_status st = CNG_OK;

	if (ctx->card && !change && obj->class == OBJ_PRIVATE &&
	    object_flag(obj, PROP_TOKEN))
		settle_card(obj, tmpl);
	if (ctx->mode == MODE_GENERATE)
		settle_open(obj, tmpl);
	if (ctx->compat || !is_guarded(obj) ||
	    (ctx->mode == MODE_SET && !changes_uses(tmpl)))
		return CNG_OK;
	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(conflicts); i++) {
		const struct conflict *row = &conflicts[i];

		if (!is_about(row, obj))
			continue;
		if (change)
			st = settle_changed(obj, row);
		else if (object_flag(obj, row->keep) &&
		    object_flag(obj, row->drop))
			st = settle_new(obj, row, tmpl);
	}
	return st;
}

/* Has it no use that does not go with this one? */
static bool
may_learn(const struct object *obj, uint64_t uses, enum prop_id id)
{
	for (size_t i = 0; i < ARRAY_LEN(conflicts); i++) {
		const struct conflict *row = &conflicts[i];

		if (is_about(row, obj) &&
		    ((row->keep == id && uses & PROP_BIT(row->drop)) ||
		    (row->drop == id && uses & PROP_BIT(row->keep))))
			return false;
	}
	return true;
}

void
conflict_copied(struct object *copy, const struct rule_context *ctx)
{
	uint64_t uses = copy->flags | copy->ever;

	if (ctx->compat || !is_guarded(copy))
		return;
	for (size_t i = 0; i < ARRAY_LEN(conflicts); i++) {
		const struct conflict *row = &conflicts[i];
		uint64_t both = PROP_BIT(row->keep) | PROP_BIT(row->drop);

		/* one of them is enough: the other one is out */
		if (is_about(row, copy) && (uses & both) == 0 &&
		    may_learn(copy, uses, row->keep) &&
		    may_learn(copy, uses, row->drop))
			copy->ever |= both;
	}
}

static enum cng_status
set_for_good(struct object *obj, struct props tmpl, enum prop_id id)
{
	const struct prop *line = props_find(tmpl, id);

	if (line != NULL && line->number == 0)
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	object_put_flag(obj, id, true);
	return CNG_OK;
}

/* Two messages under one Poly1305 key tell it; of 3DES, half is enough. */
static bool
conflict_family(enum key_family family)
{
	return family == KEY_POLY1305 || family == KEY_DES3;
}

bool
conflict_small(const struct object *obj)
{
	return !object_is_readable(obj) && (key_bits(&obj->key) < BITS_SURE ||
	    obj->key.family == KEY_POLY1305);
}

bool
conflict_trust(const struct object *obj)
{
	return object_has_secrets(obj) && object_flag(obj, PROP_TRUSTED);
}

enum cng_status
conflict_inherit(struct object *obj, struct props tmpl,
    const struct object *unwrapper, const struct rule_context *ctx)
{
	enum cng_status st;

	if (ctx->compat || unwrapper == NULL || !object_has_secrets(obj) ||
	    !is_binding(unwrapper))
		return CNG_OK;
	if (conflict_family(obj->key.family) &&
	    !keytmpl_names(unwrapper, PROP_UNWRAP_TEMPLATE, PROP_KEY_FAMILY))
		return why_prop(CNG_ERR_TEMPLATE_INCONSISTENT,
		    PROP_KEY_FAMILY, "such keys are found by their use");
	if (!object_flag(unwrapper, PROP_TRUSTED))
		return CNG_OK;
	st = set_for_good(obj, tmpl, PROP_SENSITIVE);
	return st == CNG_OK ?
	    set_for_good(obj, tmpl, PROP_WRAP_WITH_TRUSTED) : st;
}

bool
conflict_iv(const struct object *key, const struct key_op *op)
{
	if (op == NULL || !is_guarded(key))
		return false;
	if (op->scheme == OP_AES_GCM || op->scheme == OP_AES_CCM)
		return true;
	return is_binding(key) && (op->scheme == OP_AES_CBC_PAD ||
	    (op->scheme == OP_AES_KWP && op->iv.len > 0));
}

bool
conflict_raw(const struct object *key, const struct key_op *op)
{
	uint64_t wraps = 0;

	if (op->scheme == OP_RSA_RAW && key->class == OBJ_PRIVATE)
		wraps = PROP_BIT(PROP_DECAPSULATE);
	/* one that decrypts, as a card's does, reads it anyway */
	if (op->scheme == OP_RSA_RAW && key->class == OBJ_PRIVATE &&
	    !object_flag(key, PROP_DECRYPT))
		wraps |= PROP_BIT(PROP_UNWRAP);
	if (op->scheme == OP_AES_GMAC)
		wraps = PROP_BIT(PROP_WRAP) | PROP_BIT(PROP_UNWRAP);
	return is_guarded(key) && ((key->flags | key->ever) & wraps) != 0;
}

bool
conflict_padding(const struct object *key, const struct key_op *op,
    enum obj_class class)
{
	if (op->scheme != OP_AES_CBC_PAD)
		return false;
	return class == OBJ_PRIVATE ?
	    is_guarded(key) || !object_flag(key, PROP_DECRYPT) :
	    is_guarded(key) && is_binding(key);
}

bool
conflict_envelope(const struct object *key)
{
	return is_telling(key);
}

/* Those that open by RSA alone, as lists of mechanisms name them: PKCS#1,
 * without padding, OAEP, and the first and the last of a TPM. */
static const uint64_t plain_rsa[] = { 0x1, 0x3, 0x9, 0x4001, 0x4002 };

bool
conflict_parts(const struct object *key, const struct key_op *op)
{
	bool either = key->kept[PROP_ALLOWED_MECHANISMS - PROP_LABEL].len == 0;

	if (key->key.family != KEY_RSA || !is_binding(key) ||
	    (op != NULL && op->scheme != OP_RSA_AES_WRAP))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(plain_rsa); i++)
		either = either || object_allows(key, plain_rsa[i]);
	return either;
}

bool
conflict_tag(const struct object *key, const struct key_op *op)
{
	return op != NULL && is_guarded(key) && op->tag_len < TAG_SURE &&
	    (op->scheme == OP_AES_GCM || op->scheme == OP_AES_CCM);
}
