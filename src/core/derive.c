/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys made of keys.
 */
#include "core/derived.h"

#include "base/util.h"
#include "base/why.h"
#include "core/conflict.h"
#include "core/keytmpl.h"
#include "core/scheme.h"

enum cng_status
derived_check_base(const struct object *base, enum prop_id permit,
    uint64_t mechanism)
{
	if (!object_flag(base, PROP_FINALIZED))
		return CNG_ERR_KEY_STATE;
	if (!object_flag(base, permit))
		return why_prop(CNG_ERR_KEY_USAGE, (int)permit,
		    "of the key is false");
	/* there is no moment for the PIN of this use */
	if (object_flag(base, PROP_ALWAYS_AUTHENTICATE))
		return CNG_ERR_NOT_LOGGED_IN;
	return object_allows(base, mechanism) ? CNG_OK : CNG_ERR_MECHANISM;
}

static enum cng_status
check_base(const struct object *base, const struct key_op *op,
    uint64_t mechanism)
{
	enum cng_status st = scheme_check_derive(op, base->class,
	    base->key.family);

	return st == CNG_OK ?
	    derived_check_base(base, PROP_DERIVE, mechanism) : st;
}

enum cng_status
token_may_tell(const struct token *tok, const struct object *key,
    enum prop_id which)
{
	return !tok->compat && !object_is_readable(key) &&
		keytmpl_hides(key, which) ?
	    why_prop(CNG_ERR_KEY_USAGE, (int)which,
		"says what is made with the key") : CNG_OK;
}

enum cng_status
token_salt(const struct token *tok, const struct object *salt,
    uint64_t mechanism, struct span *out)
{
	enum cng_status st;

	*out = key_part(&salt->key, SYM_VALUE);
	if (salt->class != OBJ_SECRET || out->len == 0)
		return salt->withheld ? CNG_ERR_NOT_LOGGED_IN :
					CNG_ERR_KEY_TYPE;
	st = derived_check_base(salt, PROP_DERIVE, mechanism);
	/* HMAC does not tell which of the two is the secret one */
	return st == CNG_OK ?
	    token_may_tell(tok, salt, PROP_DERIVE_TEMPLATE) : st;
}

enum cng_status
object_derive(struct object *base, const struct key_op *op,
    uint64_t mechanism, size_t len, struct secret *out)
{
	struct crypto_key *key;
	enum cng_status st = check_base(base, op, mechanism);

	if (st == CNG_OK && op->scheme == OP_ECDH)
		st = object_can(base, op, HOLDER_AGREE);
	if (st == CNG_OK)
		st = object_crypto(base, &key);
	return st == CNG_OK ? crypto_derive(key, op, len, out) : st;
}

/* PKCS#11 2.40, 2.3.8: a raw secret loses bytes from its leading end; a KDF
 * makes as many as are wanted. */
static enum cng_status
derive_value(struct object *base, const struct key_op *op,
    uint64_t mechanism, uint64_t want, struct secret *out)
{
	bool raw = (op->scheme == OP_ECDH || op->scheme == OP_DH ||
	    op->scheme == OP_X942) && op->kdf == KDF_NULL;
	enum cng_status st;

	if (want > SECRET_KEY_MAX)
		return CNG_ERR_KEY_SIZE;
	st = object_derive(base, op, mechanism, raw ? 0 : (size_t)want, out);
	if (st != CNG_OK || !raw || want == 0)
		return st;
	if (want > out->len)
		return CNG_ERR_PROP_VALUE;
	memmove(out->ptr, out->ptr + out->len - want, (size_t)want);
	secret_truncate(out, (size_t)want);
	return CNG_OK;
}

/*
 * One value may be made twice, as a key that derives and as one for MACs, and
 * the MACs would tell what the other one derives, as most functions that derive
 * are one.  Ciphers derive with blocks of theirs.
 */
static enum cng_status
keep_apart(const struct object *base, enum prop_id which, struct props *tmpl,
    struct keytmpl *room)
{
	static const enum prop_id mac[] = { PROP_SIGN, PROP_VERIFY };
	static const enum prop_id derive[] = { PROP_DERIVE };
	enum key_family family = props_family(*tmpl, KEY_GENERIC);
	bool derives = family == KEY_GENERIC || family == KEY_HKDF ||
	    family_is_hmac(family);
	const enum prop_id *out = derives ? mac : derive;
	size_t count = derives ? ARRAY_LEN(mac) : ARRAY_LEN(derive);
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < count; i++) {
		const struct prop *given = props_find(*tmpl, out[i]);

		if (keytmpl_names(base, which, out[i]))
			continue;
		if (given == NULL)
			st = keytmpl_add(tmpl, room,
			    &(struct prop){ .id = out[i] });
		else if (given->number != 0)
			st = why_prop(CNG_ERR_TEMPLATE_INCONSISTENT,
			    (int)out[i], "a use that the template of the base "
			    "key does not name");
	}
	return st;
}

/* The rules of the base are rules of what is made of it. */
static enum cng_status
hand_down(const struct object *base, enum prop_id which, struct props *tmpl,
    struct keytmpl *room)
{
	struct prop rules = { .id = PROP_DERIVE_TEMPLATE,
		.bytes = secret_span(&base->kept[which - PROP_LABEL]) };
	const struct prop *given = props_find(*tmpl, rules.id);

	if (given == NULL)
		return keytmpl_add(tmpl, room, &rules);
	return span_equal(given->bytes, rules.bytes) ? CNG_OK :
	    why_prop(CNG_ERR_TEMPLATE_INCONSISTENT, (int)rules.id,
		"of the base key is another");
}

enum cng_status
derived_join(const struct token *tok, const struct object *base,
    enum prop_id which, struct props *tmpl, struct keytmpl *room)
{
	enum cng_status st = keytmpl_join(base, which, tmpl, room);

	if (st != CNG_OK || tok->compat || object_is_readable(base) ||
	    !keytmpl_hides(base, which))
		return st;
	st = hand_down(base, which, tmpl, room);
	return st == CNG_OK ? keep_apart(base, which, tmpl, room) : st;
}

enum cng_status
derived_family(struct props tmpl, enum key_family *out)
{
	*out = props_family(tmpl, KEY_GENERIC);
	if (*out == KEY_NONE || key_is_pair(*out))
		return why_prop(CNG_ERR_TEMPLATE_INCONSISTENT,
		    PROP_KEY_FAMILY, "not what is made here");
	return props_number(tmpl, PROP_CLASS, OBJ_SECRET) == OBJ_SECRET ?
	    CNG_OK : why_prop(CNG_ERR_TEMPLATE_INCONSISTENT, PROP_CLASS,
		"not what is made here");
}

enum cng_status
derived_make(struct token *tok, const struct object *base,
    enum key_family family, struct secret *value, struct props tmpl,
    struct object **out)
{
	struct rule_context ctx = token_rules(tok, MODE_DERIVE);
	struct key_material key = { .family = family, .has_private = true };
	struct object *obj = NULL;
	enum cng_status st = CNG_OK;

	*out = NULL;
	secret_move(&key.part[SYM_VALUE], value);
	if (key_check_shape(&key) != CNG_OK)
		st = why_prop(CNG_ERR_TEMPLATE_INCOMPLETE, PROP_VALUE_LEN,
		    "is missing, or not a length of such keys");
	if (st == CNG_OK)
		st = rules_make(&obj, OBJ_SECRET, &key, tmpl, &ctx);
	if (st == CNG_OK)
		st = rules_finish(obj, &ctx);
	if (st == CNG_OK && !ctx.compat && conflict_small(obj))
		st = CNG_ERR_KEY_SIZE;
	key_free(&key);
	if (st != CNG_OK) {
		object_free(obj);
		return st;
	}
	object_put_flag(obj, PROP_ALWAYS_SENSITIVE, base != NULL &&
	    object_flag(base, PROP_ALWAYS_SENSITIVE) &&
		object_flag(obj, PROP_SENSITIVE));
	object_put_flag(obj, PROP_NEVER_EXTRACTABLE, base != NULL &&
	    object_flag(base, PROP_NEVER_EXTRACTABLE) &&
		!object_flag(obj, PROP_EXTRACTABLE));
	*out = obj;
	return CNG_OK;
}

enum cng_status
derived_place(struct token *tok, const struct access *who,
    const struct object *base, enum key_family family, struct secret *value,
    struct props tmpl, obj_id *out)
{
	struct object *obj;
	enum cng_status st = derived_make(tok, base, family, value, tmpl,
	    &obj);

	*out = 0;
	return st == CNG_OK ? token_place(tok, who, obj, out) : st;
}

enum cng_status
token_derive(struct token *tok, const struct access *who,
    struct object *base, const struct key_op *op, uint64_t mechanism,
    struct props tmpl, obj_id *out)
{
	struct secret value = { 0 };
	enum key_family family = KEY_NONE;
	struct keytmpl room;
	enum cng_status st = derived_join(tok, base,
	    PROP_DERIVE_TEMPLATE, &tmpl, &room);

	*out = 0;
	if (st == CNG_OK)
		st = derived_family(tmpl, &family);
	if (st == CNG_OK)
		st = derive_value(base, op, mechanism,
		    props_number(tmpl, PROP_VALUE_LEN,
			key_secret_len(family)), &value);
	if (st == CNG_OK)
		st = derived_place(tok, who, base, family, &value, tmpl, out);
	secret_free(&value);
	return st;
}
