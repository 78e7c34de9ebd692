/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several keys out of one, all or none.
 */
#include "core/manykeys.h"

#include "base/alloc.h"
#include "base/why.h"
#include "base/util.h"
#include "core/derived.h"
#include "core/lineage.h"

#define CMAC_LEN 16

/* A key that is to be made. */
struct plan {
	struct keytmpl own;      /* what the base says of it */
	struct keytmpl room;
	struct props tmpl;
	enum key_family family;
	size_t len;
	struct object *obj;
};

static enum cng_status
plan_one(const struct token *tok, struct plan *plan,
    const struct derive_request *req, const struct derive_part *part)
{
	uint64_t len;
	enum cng_status st;

	plan->tmpl = part->tmpl;
	st = derived_join(tok, req->base, PROP_DERIVE_TEMPLATE, &plan->tmpl,
	    &plan->own);
	if (st == CNG_OK)
		st = lineage_join(req, &plan->tmpl, &plan->room);
	if (st == CNG_OK)
		st = derived_family(plan->tmpl, &plan->family);
	if (st != CNG_OK)
		return st;
	len = props_number(plan->tmpl, PROP_VALUE_LEN,
	    part->len != 0 ? part->len : key_secret_len(plan->family));
	if (part->len != 0 && len != part->len)
		return CNG_ERR_PROP_VALUE;
	if (len > SECRET_KEY_MAX || (req->most != 0 && len > req->most))
		return CNG_ERR_KEY_SIZE;
	plan->len = (size_t)len;
	return len == 0 && req->count > 1 ? CNG_ERR_TEMPLATE_INCOMPLETE :
					    CNG_OK;
}

static enum cng_status
plan_all(const struct token *tok, struct plan *plan,
    struct derive_request *req)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < req->count; i++) {
		st = plan_one(tok, &plan[i], req, &req->part[i]);
		if (st != CNG_OK)
			req->bad = i;
	}
	return st;
}

static size_t
block_of(const struct derive_request *req)
{
	const struct hash_info *info = hash_info(req->op->hash);

	if (!req->segments)
		return 1;
	return info == NULL ? CMAC_LEN : info->size;
}

static size_t
round_up(size_t len, size_t block)
{
	return (len + block - 1) / block * block;
}

/* What the keys are cut out of; *all is of the one key that has no length. */
static enum cng_status
output(const struct derive_request *req, const struct plan *plan,
    struct secret *out)
{
	struct key_op op = *req->op;
	struct kbkdf kbkdf;
	size_t all = req->rest_len, sum = 0;

	for (size_t i = 0; i < req->count; i++) {
		sum += plan[i].len;
		all += req->segments ?
		    round_up(plan[i].len, block_of(req)) : plan[i].len;
	}
	if (req->segments && op.kbkdf != NULL) {
		kbkdf = *op.kbkdf;
		kbkdf.keys_len = sum;
		op.kbkdf = &kbkdf;
	}
	return object_derive(req->base, &op, req->mechanism, all, out);
}

static enum cng_status
make_all(struct token *tok, struct derive_request *req, struct plan *plan,
    const struct secret *bytes)
{
	struct span left = secret_span(bytes);
	size_t block = block_of(req);
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < req->count; i++) {
		size_t len = plan[i].len == 0 ? left.len : plan[i].len;
		size_t used = round_up(len, block);
		struct secret value = { 0 };

		if (used > left.len)
			used = left.len;
		if (len > left.len)
			return CNG_ERR_INTERNAL;
		st = secret_copy(&value, span_of(left.ptr, len));
		if (st == CNG_OK) {
			st = derived_make(tok, req->base, plan[i].family,
			    &value, plan[i].tmpl, &plan[i].obj);
			if (st != CNG_OK)
				req->bad = i;
		}
		secret_free(&value);
		if (st == CNG_OK)
			lineage_settle(plan[i].obj, req);
		left = span_of(left.ptr + used, left.len - used);
	}
	return st == CNG_OK && req->rest_len > 0 ?
	    secret_copy(req->rest, left) : st;
}

/* Takes the objects over. */
static enum cng_status
place_all(struct token *tok, const struct access *who,
    struct derive_request *req, struct plan *plan)
{
	struct entry *e[DERIVE_PARTS_MAX] = { NULL };
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < req->count; i++) {
		e[i] = mem_new(1, sizeof *e[i]);
		if (e[i] == NULL)
			st = CNG_ERR_NO_MEMORY;
		else
			e[i]->half[0] = object_ref(plan[i].obj);
	}
	lock_take(&tok->lock);
	if (st == CNG_OK) {
		st = token_attach(tok);
		if (st == CNG_ERR_NO_TOKEN)
			st = CNG_OK; /* for session objects */
	}
	if (st == CNG_OK)
		st = shelf_add_several(tok, who, e, req->count);
	else
		for (size_t i = 0; i < req->count; i++)
			entry_free(e[i]);
	for (size_t i = 0; st == CNG_OK && i < req->count; i++)
		req->part[i].id = plan[i].obj->id;
	lock_drop(&tok->lock);
	return st;
}

static enum cng_status
check(const struct token *tok, const struct derive_request *req)
{
	const struct object *base = req->base;
	bool ruled = keytmpl_carried(base, PROP_DERIVE_TEMPLATE);

	if (req->count == 0 || req->count > DERIVE_PARTS_MAX)
		return CNG_ERR_ARGUMENT;
	if (base->withheld)
		return CNG_ERR_NOT_LOGGED_IN;
	if (req->base_len != 0 && base->class == OBJ_SECRET &&
	    key_bits(&base->key) != req->base_len * 8)
		return CNG_ERR_KEY_SIZE;
	/* pieces of the key itself, for any use */
	if (req->op->scheme == OP_CUT && !tok->compat &&
	    !object_is_readable(base))
		return why(CNG_ERR_KEY_USAGE,
		    "pieces of a key that may not be read");
	/* by asking for short keys one could have long ones in clear */
	if (req->rest_len > 0 &&
	    (ruled || (!tok->compat && !object_is_readable(base))))
		return CNG_ERR_KEY_USAGE;
	return CNG_OK;
}

enum cng_status
token_derive_keys(struct token *tok, const struct access *who,
    struct derive_request *req)
{
	struct plan *plan = NULL;
	struct secret bytes = { 0 };
	enum cng_status st = check(tok, req);

	req->bad = req->count;
	if (st != CNG_OK)
		return st;
	for (size_t i = 0; i < req->count; i++)
		req->part[i].id = 0;
	plan = mem_new(req->count, sizeof *plan);
	if (plan == NULL)
		return CNG_ERR_NO_MEMORY;
	st = plan_all(tok, plan, req);
	if (st == CNG_OK)
		st = output(req, plan, &bytes);
	if (st == CNG_OK)
		st = make_all(tok, req, plan, &bytes);
	if (st == CNG_OK)
		st = place_all(tok, who, req, plan);
	if (st != CNG_OK && req->rest_len > 0)
		secret_free(req->rest);
	for (size_t i = 0; i < req->count; i++)
		object_free(plan[i].obj);
	mem_free(plan);
	secret_free(&bytes);
	return st;
}

static enum cng_status
data_value(const struct object *data, size_t len, struct secret *out)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;

	if (data->class != OBJ_DATA)
		return CNG_ERR_OBJECT;
	st = object_bytes(data, PROP_VALUE, &w);
	if (st == CNG_OK && w.len != len)
		st = CNG_ERR_KEY_SIZE;
	if (st == CNG_OK)
		st = secret_new(out, len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	return object_bytes(data, PROP_VALUE, &w);
}

enum cng_status
token_data_key(struct token *tok, obj_id id, size_t len, struct object **out)
{
	const struct prop lines[] = {
		{ .id = PROP_DERIVE, .number = 1 },
		{ .id = PROP_SENSITIVE, .number = 0 },
		{ .id = PROP_EXTRACTABLE, .number = 1 },
	};
	struct secret value = { 0 };
	struct object *data;
	enum cng_status st = token_object(tok, id, &data);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	st = data_value(data, len, &value);
	if (st == CNG_OK)
		st = derived_make(tok, NULL, KEY_GENERIC, &value,
		    (struct props){ lines, ARRAY_LEN(lines) }, out);
	secret_free(&value);
	object_free(data);
	return st;
}

bool
object_first_bytes(const struct object *obj, const uint64_t *mechanism,
    size_t count, uint8_t *out, size_t len)
{
	struct span value = key_part(&obj->key, SYM_VALUE);
	bool known = object_is_readable(obj);

	for (size_t i = 0; i < count; i++)
		known = known || obj->keygen_mechanism == mechanism[i];
	if (obj->class != OBJ_SECRET || !known || len > value.len)
		return false;
	memcpy(out, value.ptr, len);
	return true;
}
