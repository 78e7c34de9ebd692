/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Entries as bytes: the clear part of a record holds the halves that are
 * public, the sealed part those that are private.  The form is ours; its
 * first byte is its version.
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

/* How many of the secrets hold anything; only those are written. */
static uint8_t
count_kept(const struct secret *list, size_t count)
{
	uint8_t kept = 0;

	for (size_t i = 0; i < count; i++)
		kept = (uint8_t)(kept + (list[i].len > 0));
	return kept;
}

/* With their numbers, so that a later release may have more of them. */
static void
put_secrets(struct wr *w, const struct secret *list, size_t count)
{
	wr_u8(w, count_kept(list, count));
	for (size_t i = 0; i < count; i++) {
		if (list[i].len == 0)
			continue;
		wr_u8(w, (uint8_t)i);
		wr_blob32(w, secret_span(&list[i]));
	}
}

static void
put_key(struct wr *w, const struct key_material *key)
{
	wr_u8(w, (uint8_t)key->family);
	wr_u8(w, (uint8_t)key->curve);
	wr_u8(w, (uint8_t)key->role);
	wr_u8(w, key->has_private);
	put_secrets(w, key->part, KEY_PART_MAX);
}

static void
put_object(struct wr *w, unsigned half, const struct object *obj)
{
	wr_u8(w, (uint8_t)half);
	wr_u8(w, (uint8_t)obj->class);
	wr_u64le(w, obj->flags);
	wr_u64le(w, obj->ever);
	wr_u32le(w, obj->twin_own);
	wr_u64le(w, obj->cert_type);
	wr_u64le(w, obj->cert_category);
	wr_u64le(w, obj->keygen_mechanism);
	put_secrets(w, obj->kept, KEPT_COUNT);
	wr_blob32(w, secret_span(&obj->value));
	put_key(w, &obj->key);
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
	uint8_t family, curve, role, private;
	enum cng_status st = CNG_ERR_STORE_CORRUPT;

	if (!rd_u8(r, &family) || !rd_u8(r, &curve) || !rd_u8(r, &role) ||
	    !rd_u8(r, &private) || family >= KEY_FAMILY_COUNT ||
	    curve >= CURVE_COUNT || private > 1)
		return st;
	key->family = (enum key_family)family;
	key->curve = (enum key_curve)curve;
	key->role = role;
	key->has_private = private != 0;
	st = get_secrets(r, key->part, KEY_PART_MAX);
	if (st != CNG_OK || family == KEY_NONE)
		return st;
	return key_check_shape(key) == CNG_OK ? CNG_OK : CNG_ERR_STORE_CORRUPT;
}

static enum cng_status
get_object(struct rd *r, uint8_t *half, struct object **out)
{
	struct object *obj;
	uint8_t class;
	enum cng_status st = CNG_ERR_STORE_CORRUPT;

	*out = NULL;
	if (!rd_u8(r, half) || !rd_u8(r, &class) || *half > 1 ||
	    class == OBJ_NONE || class >= OBJ_CLASS_COUNT)
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
put_halves(struct wr *w, const struct entry *e, bool private_halves)
{
	wr_u8(w, FORMAT);
	for (unsigned half = 0; half < 2; half++)
		if (e->half[half] != NULL &&
		    half_is_private(e->half[half]) == private_halves)
			put_object(w, half, e->half[half]);
}

enum cng_status
entry_encode(const struct entry *e, bool private_halves, struct secret *out)
{
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st;

	put_halves(&count, e, private_halves);
	if (count.failed)
		return CNG_ERR_NO_MEMORY;
	st = secret_new(out, count.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	put_halves(&w, e, private_halves);
	return w.failed ? CNG_ERR_INTERNAL : CNG_OK;
}

enum cng_status
entry_decode(struct entry *e, bool private_halves, struct span in)
{
	struct rd r = rd_of(in);
	uint8_t format, half = 0;
	struct object *obj;
	enum cng_status st;

	if (!rd_u8(&r, &format))
		return CNG_ERR_STORE_CORRUPT;
	if (format != FORMAT)
		return CNG_ERR_STORE_VERSION;
	while (!rd_at_end(&r)) {
		st = get_object(&r, &half, &obj);
		if (st != CNG_OK)
			return st;
		if (e->half[half] != NULL ||
		    half_is_private(obj) != private_halves) {
			object_free(obj);
			return CNG_ERR_STORE_CORRUPT;
		}
		e->half[half] = obj;
	}
	return CNG_OK;
}
