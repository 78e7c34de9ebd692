/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpaqueTransport.
 */
#include "core/transport.h"

#include "base/util.h"

/* --- out ----------------------------------------------------------------- */

static enum cng_status
serial_of(struct token *tok, struct vault_state *state)
    CNG_REQUIRES(tok->lock)
{
	enum cng_status st = token_attach(tok);

	if (st == CNG_OK && tok->vault == NULL)
		st = CNG_ERR_NOT_SUPPORTED; /* a card's */
	if (st == CNG_OK)
		st = vault_state(tok->vault, state);
	if (st == CNG_OK && !state->initialized)
		st = CNG_ERR_NO_TOKEN;
	return st;
}

/* The head is bound to what is sealed, and written first. */
static enum cng_status
seal(struct token *tok, struct span plain, struct wr *out)
    CNG_REQUIRES(tok->lock)
{
	struct vault_state state;
	struct secret sealed = { 0 };
	uint8_t head[64];
	struct wr w = wr_of(head, sizeof head);
	enum cng_status st = serial_of(tok, &state);

	if (st == CNG_OK)
		st = blob_transport_write(span_str(state.serial),
		    plain.len + vault_transport_overhead(), &w);
	if (st == CNG_OK)
		st = vault_transport_seal(tok->vault, span_of(head, w.len),
		    plain, &sealed);
	if (st == CNG_OK) {
		wr_bytes(out, span_of(head, w.len));
		wr_bytes(out, secret_span(&sealed));
		st = wr_status(out);
	}
	secret_free(&sealed);
	return st;
}

enum cng_status
transport_export(struct token *tok, const struct object *obj, struct wr *out)
{
	struct secret plain = { 0 };
	enum cng_status st = object_pack(obj, &plain);

	if (st == CNG_OK) {
		lock_take(&tok->lock);
		st = seal(tok, secret_span(&plain), out);
		lock_drop(&tok->lock);
	}
	secret_free(&plain);
	return st;
}

/* --- in ------------------------------------------------------------------ */

static enum cng_status
open_sealed(struct token *tok, const struct blob_transport *blob,
    struct secret *plain) CNG_REQUIRES(tok->lock)
{
	struct vault_state state;
	enum cng_status st = serial_of(tok, &state);

	if (st == CNG_OK && !span_equal(blob->serial, span_str(state.serial)))
		st = CNG_ERR_BAD_KEY;
	return st == CNG_OK ? vault_transport_open(tok->vault, blob->bound,
	    blob->sealed, plain) : st;
}

static enum cng_status
read_object(struct token *tok, struct span in, struct object **out)
{
	struct blob_transport blob;
	struct secret plain = { 0 };
	enum cng_status st = blob_transport_read(in, &blob);

	*out = NULL;
	if (st == CNG_OK) {
		lock_take(&tok->lock);
		st = open_sealed(tok, &blob, &plain);
		lock_drop(&tok->lock);
	}
	if (st == CNG_OK)
		st = object_unpack(out, secret_span(&plain));
	if (st == CNG_OK && !object_has_secrets(*out))
		st = CNG_ERR_BAD_DATA;
	secret_free(&plain);
	return st;
}

/* It was outside since: whatever depends on never having been is gone, and
 * trust is what the token's officer says now.  A name makes it persist. */
static enum cng_status
settle(struct object *obj)
{
	static const enum prop_id gone[] = { PROP_LOCAL,
		PROP_ALWAYS_SENSITIVE, PROP_NEVER_EXTRACTABLE, PROP_TRUSTED };

	for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
		object_put_flag(obj, gone[i], false);
	object_put_flag(obj, PROP_TOKEN, object_kept(obj, PROP_NAME)->len > 0);
	obj->keygen_mechanism = NO_MECHANISM;
	obj->twin_own = 0;
	return crypto_random(obj->uid, sizeof obj->uid);
}

/* --- what the template may do -------------------------------------------- */

static const uint64_t may_rise = PROP_BIT(PROP_SENSITIVE) |
    PROP_BIT(PROP_WRAP_WITH_TRUSTED) | PROP_BIT(PROP_ALWAYS_AUTHENTICATE) |
    PROP_BIT(PROP_PRIVATE) | PROP_BIT(PROP_TOKEN);

static const uint64_t may_fall = PROP_BIT(PROP_EXTRACTABLE) |
    PROP_BIT(PROP_COPYABLE) | PROP_BIT(PROP_DESTROYABLE) |
    PROP_BIT(PROP_MODIFIABLE) | PROP_BIT(PROP_TOKEN) |
    PROP_BIT(PROP_ENCRYPT) | PROP_BIT(PROP_DECRYPT) | PROP_BIT(PROP_SIGN) |
    PROP_BIT(PROP_SIGN_RECOVER) | PROP_BIT(PROP_VERIFY) |
    PROP_BIT(PROP_VERIFY_RECOVER) | PROP_BIT(PROP_WRAP) |
    PROP_BIT(PROP_UNWRAP) | PROP_BIT(PROP_DERIVE) |
    PROP_BIT(PROP_DECAPSULATE);

/* Once given, these stay what they are. */
static bool
keeps(const struct object *obj, struct props tmpl, enum prop_id id)
{
	const struct prop *line = props_find(tmpl, id);
	struct span kept = secret_span(&obj->kept[id - PROP_LABEL]);

	return line == NULL || kept.len == 0 || span_equal(kept, line->bytes);
}

static enum cng_status
apply(struct object *obj, struct props tmpl, const struct rule_context *ctx)
{
	static const enum prop_id kept[] = { PROP_NAME,
		PROP_ALLOWED_MECHANISMS, PROP_WRAP_TEMPLATE,
		PROP_UNWRAP_TEMPLATE, PROP_DERIVE_TEMPLATE,
		PROP_ENCAPSULATE_TEMPLATE, PROP_DECAPSULATE_TEMPLATE };
	uint64_t was = obj->flags;
	enum cng_status st = CNG_OK;

	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (!keeps(obj, tmpl, kept[i]))
			return CNG_ERR_TEMPLATE_INCONSISTENT;
	if (props_bytes(tmpl, PROP_NAME).len > 0)
		object_put_flag(obj, PROP_TOKEN, true);
	st = rules_check_key(obj, tmpl, ctx->mode);
	if (st == CNG_OK)
		st = rules_apply(obj, tmpl, ctx);
	if (st == CNG_OK && ((obj->flags & ~was & ~may_rise) != 0 ||
				(was & ~obj->flags & ~may_fall) != 0))
		st = CNG_ERR_TEMPLATE_INCONSISTENT;
	return st == CNG_OK ? rules_finish(obj, ctx) : st;
}

enum cng_status
transport_import(struct token *tok, const struct import_request *req,
    const struct rule_context *ctx, struct object **out)
{
	struct object *obj;
	enum cng_status st = read_object(tok, req->data, &obj);

	*out = NULL;
	if (st == CNG_OK)
		st = settle(obj);
	if (st == CNG_OK)
		st = apply(obj, req->tmpl, ctx);
	if (st == CNG_OK)
		*out = obj;
	else
		object_free(obj);
	return st;
}
