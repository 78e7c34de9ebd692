/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The null wrapping key.
 */
#include "core/nullkey.h"

static const uint8_t id_bytes[] = { 'C', 'N', 'G', '-', 'N', 'U', 'L', 'L' };

const struct span NULL_KEY_ID = { id_bytes, sizeof id_bytes };

enum cng_status
null_key_new(struct object **out)
{
	static const uint8_t zero[1];
	struct object *obj;
	enum cng_status st = object_new(&obj, OBJ_SECRET);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	obj->id = OBJ_ID_NULL_KEY;
	memset(obj->uid, 0, sizeof obj->uid);
	obj->flags = PROP_BIT(PROP_TOKEN) | PROP_BIT(PROP_WRAP) |
	    PROP_BIT(PROP_UNWRAP) | PROP_BIT(PROP_FINALIZED);
	obj->key.family = KEY_GENERIC;
	obj->key.has_private = true;
	st = key_set(&obj->key, SYM_VALUE, span_of(zero, sizeof zero));
	if (st == CNG_OK)
		st = secret_replace(object_kept(obj, PROP_ID), NULL_KEY_ID);
	if (st == CNG_OK)
		st = secret_replace(object_kept(obj, PROP_LABEL),
		    span_str("no wrapping key (plaintext CNG blobs)"));
	if (st != CNG_OK) {
		object_free(obj);
		return st;
	}
	*out = obj;
	return CNG_OK;
}

bool
object_is_null_key(const struct object *obj)
{
	return obj->id == OBJ_ID_NULL_KEY;
}

enum cng_status
null_key_wanted(struct props tmpl, bool *out)
{
	struct object *obj;
	enum cng_status st;

	*out = false;
	if (!span_equal(props_bytes(tmpl, PROP_ID), NULL_KEY_ID))
		return CNG_OK;
	st = null_key_new(&obj);
	if (st != CNG_OK)
		return st;
	st = object_matches(obj, tmpl, out);
	object_free(obj);
	return st;
}
