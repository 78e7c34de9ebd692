/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys with every usage, and operations run on them, for the tests of
 * operations.
 */
#ifndef CNG_TESTS_CORE_OPERATION_HELP_H
#define CNG_TESTS_CORE_OPERATION_HELP_H

#include "core/operation.h"

#include "base/alloc.h"
#include "base/text.h"
#include "base/util.h"
#include "core/internal.h"
#include "core/scheme.h"
#include "tests/unit/runner.h"

#define MECHANISM 77    /* any number: the faces know what they mean */

#define USAGES (PROP_BIT(PROP_ENCRYPT) | PROP_BIT(PROP_DECRYPT) | \
	PROP_BIT(PROP_SIGN) | PROP_BIT(PROP_SIGN_RECOVER) | \
	PROP_BIT(PROP_VERIFY) | PROP_BIT(PROP_VERIFY_RECOVER))

static const uint8_t iv16[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };

/* --- keys and helpers ------------------------------------------------- */

/* What a token would have made, with every usage. */
static inline struct object *
object_with(enum obj_class class, struct key_material *key)
{
	struct object *obj;

	ck_assert_int_eq(object_new(&obj, class), CNG_OK);
	obj->flags = USAGES | PROP_BIT(PROP_FINALIZED);
	obj->key = *key;
	*key = (struct key_material){ 0 };
	return obj;
}

struct pair {
	struct object *private;
	struct object *public;
};

static inline struct pair
pair_of(enum key_family family)
{
	struct key_spec spec = {
		.family = family,
		.curve = family == KEY_EC ? CURVE_P256 : CURVE_NONE,
		.bits = family == KEY_RSA ? 1024 : 0,
	};
	struct key_material key, public;
	struct pair pair;

	ck_assert_int_eq(crypto_start(), CNG_OK);
	ck_assert_int_eq(crypto_generate(&key, &spec), CNG_OK);
	ck_assert_int_eq(key_copy_public(&public, &key), CNG_OK);
	pair.private = object_with(OBJ_PRIVATE, &key);
	pair.public = object_with(OBJ_PUBLIC, &public);
	return pair;
}

static inline void
pair_free(struct pair *pair)
{
	object_free(pair->private);
	object_free(pair->public);
}

static inline struct object *
secret_of(enum key_family family, const char *hex)
{
	struct key_material key = { .family = family, .has_private = true };

	ck_assert_int_eq(crypto_start(), CNG_OK);
	ck_assert_int_eq(hex_decode(&key.part[SYM_VALUE], hex), CNG_OK);
	return object_with(OBJ_SECRET, &key);
}

static inline struct object *
aes_key(void)
{
	return secret_of(KEY_AES, "000102030405060708090a0b0c0d0e0f");
}

static inline struct operation *
begin(struct object *key, const struct key_op *op, enum operation_use use)
{
	struct operation *o;

	ck_assert_int_eq(operation_new(&o, key, op, use, MECHANISM), CNG_OK);
	return o;
}

static inline enum cng_status
refused(struct object *key, const struct key_op *op, enum operation_use use)
{
	struct operation *o;
	enum cng_status st = operation_new(&o, key, op, use, MECHANISM);

	ck_assert_ptr_null(o);
	return st;
}

/* In one go; checks that the size was told right before. */
static inline size_t
run(struct object *key, const struct key_op *op, enum operation_use use,
    struct span in, uint8_t *out, size_t cap)
{
	struct operation *o = begin(key, op, use);
	struct wr count = wr_of(NULL, 0), w = wr_of(out, cap);

	ck_assert_int_eq(operation_run(o, in, &count), CNG_OK);
	ck_assert_int_eq(operation_run(o, in, &w), CNG_OK);
	ck_assert_uint_le(w.len, count.len);
	if (use != USE_DECRYPT && use != USE_VERIFY_RECOVER)
		ck_assert_uint_eq(w.len, count.len);
	operation_free(o);
	return w.len;
}

static inline enum cng_status
verify(struct object *key, const struct key_op *op, struct span data,
    struct span signature)
{
	struct operation *o = begin(key, op, USE_VERIFY);
	enum cng_status st = operation_verify(o, data, signature);

	operation_free(o);
	return st;
}

/* The same in parts of 1, 2, 3 ... bytes, asking for the size each time. */
static inline size_t
run_parts(struct object *key, const struct key_op *op,
    enum operation_use use, struct span in, uint8_t *out, size_t cap)
{
	struct operation *o = begin(key, op, use);
	struct wr w = wr_of(out, cap), count;
	bool writes = use == USE_ENCRYPT || use == USE_DECRYPT;
	struct span part;
	size_t before;

	for (size_t at = 0, step = 1; at < in.len; at += part.len, step++) {
		part = span_of(in.ptr + at,
		    step < in.len - at ? step : in.len - at);
		count = wr_of(NULL, 0);
		before = w.len;
		if (writes)
			ck_assert_int_eq(operation_update(o, part, &count),
			    CNG_OK);
		ck_assert_int_eq(operation_update(o, part,
		    writes ? &w : NULL), CNG_OK);
		ck_assert(!writes || w.len - before <= count.len);
		ck_assert(operation_is_multipart(o));
	}
	count = wr_of(NULL, 0);
	before = w.len;
	ck_assert_int_eq(operation_final(o, &count), CNG_OK);
	ck_assert_int_eq(operation_final(o, &w), CNG_OK);
	ck_assert_uint_le(w.len - before, count.len);
	operation_free(o);
	return w.len;
}

#endif
