/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The life of an object.  What it shows is in show.c.
 */
#include "core/internal.h"

#include "base/alloc.h"
#include "base/rd.h"

enum cng_status
object_new(struct object **out, enum obj_class class)
{
	struct object *obj = mem_new(1, sizeof *obj);
	enum cng_status st;

	*out = NULL;
	if (obj == NULL)
		return CNG_ERR_NO_MEMORY;
	atomic_init(&obj->refs, 1);
	atomic_init(&obj->ready, NULL);
	obj->class = class;
	obj->keygen_mechanism = NO_MECHANISM;
	st = crypto_random(obj->uid, sizeof obj->uid);
	if (st != CNG_OK) {
		mem_free(obj);
		return st;
	}
	*out = obj;
	return CNG_OK;
}

struct object *
object_ref(struct object *obj)
{
	atomic_fetch_add_explicit(&obj->refs, 1, memory_order_relaxed);
	return obj;
}

void
object_free(struct object *obj)
{
	if (obj == NULL ||
	    atomic_fetch_sub_explicit(&obj->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < KEPT_COUNT; i++)
		secret_free(&obj->kept[i]);
	secret_free(&obj->value);
	key_free(&obj->key);
	if (obj->has_pin)
		object_pin_done(obj);
	crypto_key_free(atomic_load(&obj->ready));
	mem_free(obj);
}

enum cng_status
object_clone(struct object **out, const struct object *from)
{
	struct object *obj = mem_new(1, sizeof *obj);
	struct crypto_key *ready = atomic_load(&from->ready);
	enum cng_status st = CNG_OK;

	*out = NULL;
	if (obj == NULL)
		return CNG_ERR_NO_MEMORY;
	atomic_init(&obj->refs, 1);
	atomic_init(&obj->ready, ready == NULL ? NULL : crypto_key_ref(ready));
	obj->id = from->id;
	memcpy(obj->uid, from->uid, sizeof obj->uid);
	obj->class = from->class;
	obj->flags = from->flags;
	obj->ever = from->ever;
	obj->twin_own = from->twin_own;
	obj->cert_type = from->cert_type;
	obj->cert_category = from->cert_category;
	obj->keygen_mechanism = from->keygen_mechanism;
	obj->withheld = from->withheld;
	obj->withheld_len = from->withheld_len;
	for (size_t i = 0; st == CNG_OK && i < KEPT_COUNT; i++)
		st = secret_copy(&obj->kept[i], secret_span(&from->kept[i]));
	if (st == CNG_OK)
		st = secret_copy(&obj->value, secret_span(&from->value));
	if (st == CNG_OK)
		st = key_copy(&obj->key, &from->key);
	if (st != CNG_OK) {
		object_free(obj);
		return st;
	}
	*out = obj;
	return CNG_OK;
}

/* A key with a holder is ready from the beginning. */
enum cng_status
object_can(const struct object *obj, const struct key_op *op,
    enum holder_way way)
{
	const struct crypto_key *ready = atomic_load(&obj->ready);

	return ready == NULL || crypto_can(ready, op, way) ? CNG_OK :
							     CNG_ERR_MECHANISM;
}

enum cng_status
object_crypto(struct object *obj, struct crypto_key **out)
{
	struct crypto_key *ready = atomic_load(&obj->ready), *made;
	enum cng_status st;

	if (obj->withheld)
		return CNG_ERR_NOT_LOGGED_IN;
	if (ready == NULL) {
		st = crypto_key_new(&made, &obj->key);
		if (st != CNG_OK)
			return st;
		/* two threads may both make one: the first stays */
		if (atomic_compare_exchange_strong(&obj->ready, &ready, made))
			ready = made;
		else
			crypto_key_free(made);
	}
	*out = ready;
	return CNG_OK;
}

enum obj_class
object_class(const struct object *obj)
{
	return obj->class;
}

enum key_family
object_family(const struct object *obj)
{
	return obj->key.family;
}

enum key_curve
object_curve(const struct object *obj)
{
	return obj->key.curve;
}

enum key_set
object_set(const struct object *obj)
{
	return obj->key.set;
}

unsigned
object_role(const struct object *obj)
{
	return obj->key.role;
}

bool
object_flag(const struct object *obj, enum prop_id id)
{
	return id < PROP_BOOL_COUNT && (obj->flags & PROP_BIT(id)) != 0;
}

size_t
object_key_bits(const struct object *obj)
{
	return obj->withheld && obj->class == OBJ_SECRET ?
	    obj->withheld_len * 8 : key_bits(&obj->key);
}

enum cng_status
object_print(const struct object *obj, uint8_t out[OBJECT_PRINT])
{
	const struct span parts[] = { span_str("cng-pkcs11 secret key"),
		key_part(&obj->key, SYM_VALUE) };

	if (obj->class != OBJ_SECRET)
		return CNG_ERR_PROP_UNKNOWN;
	return obj->withheld ? CNG_ERR_NOT_LOGGED_IN :
	    crypto_sha256_parts(parts, 2, out);
}

bool
object_is_follower(const struct object *obj)
{
	return obj->class == OBJ_PUBLIC && (obj->id >> 1 & 1) != 0 &&
	    obj->twin_own == 0;
}

enum cng_status
object_pin_given(struct object **obj)
{
	struct object *copy;
	enum cng_status st = object_clone(&copy, *obj);

	if (st != CNG_OK) {
		object_pin_done(*obj);
		return st;
	}
	object_put_flag(copy, PROP_ALWAYS_AUTHENTICATE, false);
	copy->has_pin = true;
	object_free(*obj);
	*obj = copy;
	return CNG_OK;
}

void
object_pin_done(const struct object *obj)
{
	const struct crypto_key *ready = atomic_load(&obj->ready);

	if (ready != NULL)
		crypto_pin_done(ready);
}

size_t
object_size(const struct object *obj)
{
	size_t size = sizeof obj->uid + 64 + obj->value.len;

	for (size_t i = 0; i < KEPT_COUNT; i++)
		size += obj->kept[i].len;
	for (size_t i = 0; i < KEY_PART_MAX; i++)
		size += obj->key.part[i].len;
	return size;
}

bool
object_allows(const struct object *obj, uint64_t mechanism)
{
	struct rd r = rd_of(secret_span(
	    &obj->kept[PROP_ALLOWED_MECHANISMS - PROP_LABEL]));
	uint64_t one;

	if (rd_at_end(&r))
		return true;
	while (rd_u64le(&r, &one))
		if (one == mechanism)
			return true;
	return false;
}
