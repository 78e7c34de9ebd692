/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Profile objects.
 */
#include "core/profile.h"

/* As the standard numbers them: baseline and extended provider,
 * authentication token, public certificates token. */
static const uint64_t profiles[PROFILE_COUNT] = { 1, 2, 3, 4 };

bool
profile_has_id(obj_id id)
{
	for (size_t i = 0; i < PROFILE_COUNT; i++)
		if (profile_id(i) == id)
			return true;
	return false;
}

enum cng_status
profile_new(struct object **out, obj_id id)
{
	size_t index = (size_t)((id - profile_id(0)) >> 2);
	struct object *obj;
	enum cng_status st;

	*out = NULL;
	if (!profile_has_id(id))
		return CNG_ERR_OBJECT;
	st = object_new(&obj, OBJ_PROFILE);
	if (st != CNG_OK)
		return st;
	obj->id = id;
	/* the same each time */
	memset(obj->uid, 0, sizeof obj->uid);
	obj->uid[sizeof obj->uid - 1] = (uint8_t)profiles[index];
	obj->flags = PROP_BIT(PROP_TOKEN);
	obj->built_in = profiles[index];
	*out = obj;
	return CNG_OK;
}

enum cng_status
profile_wanted(size_t index, struct props tmpl, bool *out)
{
	struct object *obj;
	enum cng_status st;

	*out = false;
	if (props_class(tmpl) != OBJ_PROFILE)
		return CNG_OK;
	st = profile_new(&obj, profile_id(index));
	if (st != CNG_OK)
		return st;
	st = object_matches(obj, tmpl, out);
	object_free(obj);
	return st;
}
