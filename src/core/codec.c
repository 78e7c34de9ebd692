/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Entries as bytes: the clear part of a record holds the halves that are
 * public, the sealed part those that are private.  A private or secret key
 * that everybody may see is in both: without its secret numbers, and whole.
 * The form is ours; its first byte is its version.
 */
#include "core/internal.h"

#include "base/alloc.h"
#include "base/rd.h"
#include "base/wr.h"

#define FORMAT 1

static bool
half_is_private(const struct object *obj)
{
	return object_flag(obj, PROP_PRIVATE);
}

uint32_t
entry_kind(const struct entry *e)
{
	const struct object *main = e->half[0], *twin = e->half[1];
	uint32_t kind = (uint32_t)main->class |
	    (uint32_t)main->key.family << KIND_FAMILY_SHIFT;

	if (half_is_private(main))
		kind |= KIND_PRIVATE;
	if (twin != NULL)
		kind |= KIND_TWIN;
	if (twin != NULL && half_is_private(twin))
		kind |= KIND_TWIN_PRIVATE;
	return kind;
}

void
entry_free(void *arg)
{
	struct entry *e = arg;

	if (e == NULL)
		return;
	object_free(e->half[0]);
	object_free(e->half[1]);
	mem_free(e);
}

/* --- one object ---------------------------------------------------------- */

/* The secrets that mask names and that hold anything, with their numbers, so
 * that a later release may have more of them. */
static void
put_secrets(struct wr *w, const struct secret *list, size_t count,
    unsigned mask)
{
	uint8_t kept = 0;

	for (size_t i = 0; i < count; i++)
		kept = (uint8_t)(kept + (list[i].len > 0 && mask >> i & 1));
	wr_u8(w, kept);
	for (size_t i = 0; i < count; i++) {
		if (list[i].len == 0 || !(mask >> i & 1))
			continue;
		wr_u8(w, (uint8_t)i);
		wr_blob32(w, secret_span(&list[i]));
	}
}

static void
put_key(struct wr *w, const struct key_material *key, bool withhold)
{
	wr_u8(w, (uint8_t)key->family);
	wr_u8(w, (uint8_t)key->curve);
	wr_u8(w, (uint8_t)key->set);
	wr_u8(w, (uint8_t)key->role);
	wr_u8(w, key->has_private);
	put_secrets(w, key->part, KEY_PART_MAX,
	    withhold ? key_public_parts(key->family) : ~0u);
}

static void
put_object(struct wr *w, unsigned half, const struct object *obj,
    bool withhold)
{
	wr_u8(w, (uint8_t)half);
	wr_u8(w, (uint8_t)obj->class);
	wr_u64le(w, obj->flags);
	wr_u64le(w, obj->ever);
	wr_u32le(w, obj->twin_own);
	wr_u64le(w, obj->cert_type);
	wr_u64le(w, obj->cert_category);
	wr_u64le(w, obj->keygen_mechanism);
	put_secrets(w, obj->kept, KEPT_COUNT, ~0u);
	wr_blob32(w, secret_span(&obj->value));
	put_key(w, &obj->key, withhold);
	wr_u32le(w, withhold && obj->class == OBJ_SECRET ?
	    (uint32_t)obj->key.part[SYM_VALUE].len : 0);
}

static bool
get_secret(struct rd *r, struct secret *out, enum cng_status *st)
{
	struct span bytes;

	if (!rd_blob32(r, &bytes)) {
		*st = CNG_ERR_STORE_CORRUPT;
		return false;
	}
	*st = secret_copy(out, bytes);
	return *st == CNG_OK;
}

static enum cng_status
get_secrets(struct rd *r, struct secret *list, size_t size)
{
	uint8_t count, index;
	enum cng_status st = CNG_ERR_STORE_CORRUPT;

	if (!rd_u8(r, &count))
		return st;
	while (count-- > 0) {
		if (!rd_u8(r, &index) || index >= size || list[index].len > 0)
			return CNG_ERR_STORE_CORRUPT;
		if (!get_secret(r, &list[index], &st))
			return st;
	}
	return CNG_OK;
}

static enum cng_status
get_key(struct rd *r, struct key_material *key)
{
	uint8_t family, curve, set, role, private;
	enum cng_status st = CNG_ERR_STORE_CORRUPT;

	if (!rd_u8(r, &family) || !rd_u8(r, &curve) || !rd_u8(r, &set) ||
	    !rd_u8(r, &role) || !rd_u8(r, &private) ||
	    family >= KEY_FAMILY_COUNT || curve >= CURVE_COUNT ||
	    set >= KEY_SET_COUNT || private > 1)
		return st;
	key->family = (enum key_family)family;
	key->curve = (enum key_curve)curve;
	key->set = (enum key_set)set;
	key->role = role;
	key->has_private = private != 0;
	return get_secrets(r, key->part, KEY_PART_MAX);
}

/* Of a key whose secrets are withheld, the rest must be there. */
static bool
is_sound(const struct object *obj)
{
	struct key_material public = obj->key; /* borrowed */
	bool pair = key_is_pair(public.family);

	if (obj->class == OBJ_DOMAIN)
		return !public.has_private &&
		    key_check_group(&public) == CNG_OK;
	if (!object_is_key(obj))
		return public.family == KEY_NONE;
	if (pair == (obj->class == OBJ_SECRET) ||
	    public.has_private != object_has_secrets(obj))
		return false;
	if (!obj->withheld)
		return key_check_shape(&obj->key) == CNG_OK;
	for (size_t i = 0; i < KEY_PART_MAX; i++)
		if (!(key_public_parts(public.family) >> i & 1) &&
		    public.part[i].len > 0)
			return false;
	public.has_private = false;
	return pair ? key_check_shape(&public) == CNG_OK :
		      public.family != KEY_NONE;
}

static enum cng_status
get_object(struct rd *r, bool sealed, uint8_t *half, struct object **out)
{
	struct object *obj;
	uint8_t class;
	uint32_t len = 0;
	enum cng_status st = CNG_ERR_STORE_CORRUPT;

	*out = NULL;
	if (!rd_u8(r, half) || !rd_u8(r, &class) || *half > 1 ||
	    class == OBJ_NONE || class == OBJ_PROFILE || class > OBJ_DOMAIN)
		return st;
	obj = mem_new(1, sizeof *obj);
	if (obj == NULL)
		return CNG_ERR_NO_MEMORY;
	atomic_init(&obj->refs, 1);
	atomic_init(&obj->ready, NULL);
	obj->class = (enum obj_class)class;
	if (!rd_u64le(r, &obj->flags) || !rd_u64le(r, &obj->ever) ||
	    !rd_u32le(r, &obj->twin_own) || !rd_u64le(r, &obj->cert_type) ||
	    !rd_u64le(r, &obj->cert_category) ||
	    !rd_u64le(r, &obj->keygen_mechanism))
		goto out;
	st = get_secrets(r, obj->kept, KEPT_COUNT);
	if (st == CNG_OK)
		(void)get_secret(r, &obj->value, &st);
	if (st == CNG_OK)
		st = get_key(r, &obj->key);
	if (st == CNG_OK && !rd_u32le(r, &len))
		st = CNG_ERR_STORE_CORRUPT;
	if (st == CNG_OK) {
		obj->withheld = !sealed && object_has_secrets(obj);
		obj->withheld_len = len;
		if (!is_sound(obj))
			st = CNG_ERR_STORE_CORRUPT;
	}
	if (st == CNG_OK) {
		*out = obj;
		obj = NULL; /* handed over */
	}
out:
	object_free(obj);
	return st;
}

/* --- the halves of an entry ---------------------------------------------- */

static void
put_halves(struct wr *w, const struct entry *e, bool sealed)
{
	wr_u8(w, FORMAT);
	for (unsigned half = 0; half < 2; half++) {
		const struct object *obj = e->half[half];

		if (obj == NULL)
			continue;
		if (!sealed && !half_is_private(obj))
			put_object(w, half, obj, object_has_secrets(obj));
		if (sealed && (half_is_private(obj) ||
				  object_has_secrets(obj)))
			put_object(w, half, obj, false);
	}
}

enum cng_status
entry_encode(const struct entry *e, bool sealed, struct secret *out)
{
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st;

	for (unsigned half = 0; half < 2; half++)
		if (e->half[half] != NULL && e->half[half]->withheld)
			return CNG_ERR_INTERNAL; /* would lose them */
	put_halves(&count, e, sealed);
	if (count.failed)
		return CNG_ERR_NO_MEMORY;
	st = secret_new(out, count.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	put_halves(&w, e, sealed);
	return w.failed ? CNG_ERR_INTERNAL : CNG_OK;
}

/* Takes obj over. */
static enum cng_status
add_half(struct entry *e, bool sealed, unsigned half, struct object *obj)
{
	struct object **place = &e->half[half];
	bool whole = *place != NULL && (*place)->withheld && sealed;

	if (half_is_private(obj) == (whole || !sealed) ||
	    (*place != NULL && !whole)) {
		object_free(obj);
		return CNG_ERR_STORE_CORRUPT;
	}
	object_free(*place);
	*place = obj;
	return CNG_OK;
}

enum cng_status
entry_decode(struct entry *e, bool sealed, struct span in)
{
	struct rd r = rd_of(in);
	uint8_t format, half = 0;
	struct object *obj;
	enum cng_status st = CNG_OK;

	if (!rd_u8(&r, &format))
		return CNG_ERR_STORE_CORRUPT;
	if (format != FORMAT)
		return CNG_ERR_STORE_VERSION;
	while (st == CNG_OK && !rd_at_end(&r)) {
		st = get_object(&r, sealed, &half, &obj);
		if (st == CNG_OK)
			st = add_half(e, sealed, half, obj);
	}
	for (half = 0; st == CNG_OK && sealed && half < 2; half++)
		if (e->half[half] != NULL && e->half[half]->withheld)
			st = CNG_ERR_STORE_CORRUPT;
	return st;
}

/* --- one object on its way ------------------------------------------------ */

static void
put_pack(struct wr *w, const struct object *obj)
{
	wr_u8(w, FORMAT);
	put_object(w, 0, obj, false);
}

enum cng_status
object_pack(const struct object *obj, struct secret *out)
{
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st;

	if (obj->withheld)
		return CNG_ERR_NOT_LOGGED_IN;
	put_pack(&count, obj);
	if (count.failed)
		return CNG_ERR_NO_MEMORY;
	st = secret_new(out, count.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	put_pack(&w, obj);
	return w.failed ? CNG_ERR_INTERNAL : CNG_OK;
}

enum cng_status
object_unpack(struct object **out, struct span in)
{
	struct rd r = rd_of(in);
	uint8_t format, half;
	enum cng_status st;

	*out = NULL;
	if (!rd_u8(&r, &format))
		return CNG_ERR_BAD_DATA;
	if (format != FORMAT)
		return CNG_ERR_STORE_VERSION;
	st = get_object(&r, true, &half, out);
	if (st == CNG_OK && !rd_at_end(&r)) {
		object_free(*out);
		*out = NULL;
		st = CNG_ERR_BAD_DATA;
	}
	return st == CNG_ERR_STORE_CORRUPT ? CNG_ERR_BAD_DATA : st;
}
