/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The public key of a private one.
 */
#include "core/internal.h"
#include "core/manykeys.h"

enum cng_status
token_public_half(struct token *tok, const struct access *who,
    const struct object *base, uint64_t mechanism, struct props tmpl,
    obj_id *out)
{
	struct rule_context ctx = token_rules(tok, MODE_DERIVE);
	struct key_material public = { 0 };
	struct object *obj = NULL;
	enum cng_status st;

	*out = 0;
	if (base->class != OBJ_PRIVATE)
		return CNG_ERR_KEY_TYPE;
	if (!object_flag(base, PROP_FINALIZED))
		return CNG_ERR_KEY_STATE;
	if (!object_allows(base, mechanism))
		return CNG_ERR_MECHANISM;
	st = key_copy_public(&public, &base->key);
	if (st == CNG_OK)
		st = rules_make(&obj, OBJ_PUBLIC, &public, tmpl, &ctx);
	key_free(&public);
	if (st == CNG_OK)
		st = rules_finish(obj, &ctx);
	if (st != CNG_OK) {
		object_free(obj);
		return st;
	}
	return token_place(tok, who, obj, out);
}
