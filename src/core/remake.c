/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys in the making, as NCrypt knows them: what is set before a key is
 * finalised, and what may be set on one that no store holds.
 */
#include "core/internal.h"

#include "base/alloc.h"
#include "core/twin.h"

enum cng_status
object_public_half(struct object *obj, struct object **out)
{
	static const enum prop_id uses[] = { PROP_VERIFY, PROP_VERIFY_RECOVER,
		PROP_ENCRYPT, PROP_ENCAPSULATE };
	enum cng_status st;

	*out = NULL;
	if (obj->class == OBJ_PUBLIC) {
		*out = object_ref(obj);
		return CNG_OK;
	}
	if (obj->class != OBJ_PRIVATE)
		return CNG_ERR_KEY_TYPE;
	st = object_twin(obj, out);
	for (size_t i = 0; st == CNG_OK && i < sizeof uses / sizeof uses[0];
	     i++)
		object_put_flag(*out, uses[i], true);
	/* who may agree on a key may be sent an envelope */
	if (st == CNG_OK && obj->key.family == KEY_EC &&
	    object_flag(obj, PROP_DERIVE))
		object_put_flag(*out, PROP_WRAP, true);
	return st;
}

/* What was never shown is not so any more when it may be from now on. */
static void
settle_history(struct object *obj)
{
	object_put_flag(obj, PROP_ALWAYS_SENSITIVE,
	    object_flag(obj, PROP_ALWAYS_SENSITIVE) &&
		object_flag(obj, PROP_SENSITIVE));
	object_put_flag(obj, PROP_NEVER_EXTRACTABLE,
	    object_flag(obj, PROP_NEVER_EXTRACTABLE) &&
		!object_flag(obj, PROP_EXTRACTABLE));
}

static enum cng_status
changed_copy(struct object **out, const struct object *from,
    struct props tmpl, const struct rule_context *ctx)
{
	struct object *obj;
	enum cng_status st = object_clone(&obj, from);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	st = crypto_random(obj->uid, sizeof obj->uid);
	object_put_flag(obj, PROP_PRIVATE,
	    obj->class != OBJ_PUBLIC && ctx->role == ROLE_USER);
	if (st == CNG_OK)
		st = rules_apply(obj, tmpl, ctx);
	if (st == CNG_OK)
		st = rules_finish(obj, ctx);
	if (st != CNG_OK) {
		object_free(obj);
		return st;
	}
	settle_history(obj);
	*out = obj;
	return CNG_OK;
}

enum cng_status
token_remake(struct token *tok, const struct access *who,
    const struct object *from, struct props tmpl, bool replace,
    struct twin *twin, obj_id *out)
{
	struct rule_context ctx = token_rules(tok, MODE_IMPORT);
	struct entry *e;
	enum cng_status st;

	*out = 0;
	if (!object_is_key(from) || object_flag(from, PROP_TOKEN))
		return CNG_ERR_PROHIBITED;
	e = mem_new(1, sizeof *e);
	if (e == NULL)
		return CNG_ERR_NO_MEMORY;
	st = changed_copy(&e->half[0], from, tmpl, &ctx);
	if (st == CNG_OK && from->class == OBJ_PRIVATE)
		st = object_twin(e->half[0], &e->half[1]);
	/* before what it replaces is gone: this may fail, too */
	if (st == CNG_OK)
		st = twin_publish(twin);
	if (st != CNG_OK) {
		entry_free(e);
		return st;
	}
	return token_shelve(tok, who, e, replace, twin, out);
}
