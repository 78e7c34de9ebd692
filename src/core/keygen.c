/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys made here.
 */
#include "core/card.h"

#include "base/alloc.h"
#include "base/why.h"
#include "core/provider.h"
#include "crypto/asn1.h"
#include "key/set.h"

/* --- objects ------------------------------------------------------------- */

enum cng_status
rules_make(struct object **out, enum obj_class class,
    struct key_material *key, struct props tmpl,
    const struct rule_context *ctx)
{
	struct object *obj;
	enum cng_status st = object_new(&obj, class);

	*out = NULL;
	if (st != CNG_OK)
		return st;
	obj->key = *key;
	*key = (struct key_material){ 0 }; /* handed over */
	rules_defaults(obj, ctx);
	st = rules_check_key(obj, tmpl, ctx->mode);
	if (st == CNG_OK)
		st = rules_apply(obj, tmpl, ctx);
	if (st == CNG_OK)
		*out = obj;
	else
		object_free(obj);
	return st;
}

/* --- generate ------------------------------------------------------------ */

static enum cng_status
secret_spec(const struct keygen_request *req, struct key_spec *spec)
{
	uint64_t len = props_number(req->secret, PROP_VALUE_LEN,
	    req->value_len != 0 ? req->value_len :
				  key_secret_len(req->family));

	if (req->value_len != 0 && len != req->value_len)
		return why_prop(CNG_ERR_PROP_VALUE, PROP_VALUE_LEN,
		    "keys of this kind have another length");
	if (len == 0)
		return why_prop(CNG_ERR_TEMPLATE_INCOMPLETE, PROP_VALUE_LEN,
		    "is missing");
	if (len > SECRET_KEY_MAX)
		return why_prop(CNG_ERR_KEY_SIZE, PROP_VALUE_LEN,
		    "longer than any key here");
	if ((key_has_three_lens(req->family) && len != 16 && len != 24 &&
		len != 32) ||
	    (req->family == KEY_XTS && len != 32 && len != 64) ||
	    (key_secret_len(req->family) != 0 &&
		len != key_secret_len(req->family)))
		return why_prop(CNG_ERR_PROP_VALUE, PROP_VALUE_LEN,
		    "keys of this kind have another length");
	spec->bits = (size_t)len * 8;
	return CNG_OK;
}

/* Keys are made on named curves only. */
static enum cng_status
curve_spec(enum key_family family, struct span params, enum key_curve *out)
{
	struct key_material key = { .family = family };
	enum cng_status st = ec_params_set(&key, params);

	*out = key.curve;
	key_free(&key);
	if (st == CNG_OK && curve_info(*out) == NULL)
		st = why_prop(CNG_ERR_BAD_CURVE, PROP_EC_PARAMS,
		    "keys are made on named curves only");
	return why_else(st, PROP_EC_PARAMS);
}

/* Odd, more than 1 and at most 64 bits; all else is not made. */
static enum cng_status
exponent_spec(const struct keygen_request *req, struct key_spec *spec)
{
	const struct prop *line = props_find(req->public,
	    PROP_PUBLIC_EXPONENT);
	struct span e = line == NULL ? span_of(NULL, 0) :
				       span_trim(line->bytes);

	if (line != NULL && (e.len == 0 || e.len > 8 ||
	    (e.ptr[e.len - 1] & 1) == 0 || (e.len == 1 && e.ptr[0] == 1)))
		return why_prop(CNG_ERR_PROP_VALUE, PROP_PUBLIC_EXPONENT,
		    "even, 1, or longer than 64 bits");
	spec->rsa_e = e;
	return CNG_OK;
}

static enum cng_status
rsa_spec(const struct keygen_request *req, struct key_spec *spec)
{
	uint64_t bits = props_number(req->public, PROP_MODULUS_BITS, 0);

	if (bits == 0)
		return why_prop(CNG_ERR_TEMPLATE_INCOMPLETE,
		    PROP_MODULUS_BITS, "is missing");
	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		return why_prop(CNG_ERR_KEY_SIZE, PROP_MODULUS_BITS,
		    "keys of this size are not made");
	if (bits % 8 != 0)
		return why_prop(CNG_ERR_PROP_VALUE, PROP_MODULUS_BITS,
		    "only moduli of whole bytes are made");
	spec->bits = (size_t)bits;
	return exponent_spec(req, spec);
}

/* The set is in the public template; a private one may say it, too. */
static enum cng_status
set_spec(const struct keygen_request *req, struct key_spec *spec)
{
	const struct prop *number = props_find(req->public,
	    PROP_PARAMETER_SET);

	if (number == NULL)
		return why_prop(CNG_ERR_TEMPLATE_INCOMPLETE,
		    PROP_PARAMETER_SET, "is missing");
	if (key_set_from_number(req->family, number->number, &spec->set) !=
	    CNG_OK)
		return why_prop(CNG_ERR_BAD_SET, PROP_PARAMETER_SET,
		    "a set that is not known");
	if (crypto_has_set(spec->set))
		return CNG_OK;
	return provider_knows_family(req->family) ?
	    why_prop(CNG_ERR_BAD_SET, PROP_PARAMETER_SET,
		"libcrypto does not have this set") : CNG_ERR_MECHANISM;
}

static enum cng_status
pair_spec(const struct keygen_request *req, struct key_material *domain,
    struct key_spec *spec)
{
	const struct prop *params = props_find(req->public, PROP_EC_PARAMS);

	if (req->family == KEY_RSA)
		return rsa_spec(req, spec);
	if (key_family_has_sets(req->family))
		return set_spec(req, spec);
	if (key_has_group(req->family)) {
		spec->domain = domain;
		spec->bits = (size_t)props_number(req->private,
		    PROP_VALUE_BITS, 0);
		if (req->domain_bits > 0)
			return crypto_generate_domain(domain, req->family,
			    req->domain_bits, 0);
		return rules_domain_from(domain, req->family, req->public);
	}
	if (params == NULL)
		params = props_find(req->private, PROP_EC_PARAMS);
	if (params == NULL)
		return why_prop(CNG_ERR_TEMPLATE_INCOMPLETE, PROP_EC_PARAMS,
		    "is missing");
	return curve_spec(req->family, params->bytes, &spec->curve);
}

/* A template without a length is for keys whose kind has one. */
static enum cng_status
from_password(struct key_material *out, const struct keygen_request *req,
    size_t bits)
{
	struct key_material password = { .family = KEY_GENERIC,
		.has_private = true };
	struct crypto_key *key = NULL;
	enum cng_status st = key_set(&password, SYM_VALUE, req->password);

	*out = (struct key_material){ .family = req->family,
		.has_private = true };
	if (st == CNG_OK)
		st = crypto_key_new(&key, &password);
	if (st == CNG_OK)
		st = crypto_derive(key, req->op, bits / 8,
		    &out->part[SYM_VALUE]);
	crypto_key_free(key);
	key_free(&password);
	return st;
}

static enum cng_status
generate_secret(struct token *tok, const struct access *who,
    const struct keygen_request *req, const struct rule_context *ctx,
    obj_id *out)
{
	struct key_spec spec = { .family = req->family };
	struct key_material key = { 0 };
	struct object *obj = NULL;
	enum cng_status st = secret_spec(req, &spec);

	if (st == CNG_OK)
		st = req->op != NULL ? from_password(&key, req, spec.bits) :
				       crypto_generate(&key, &spec);
	if (st == CNG_OK && req->prefix.len > 0 &&
	    req->prefix.len <= key.part[SYM_VALUE].len)
		memcpy(key.part[SYM_VALUE].ptr, req->prefix.ptr,
		    req->prefix.len);
	if (st == CNG_OK)
		st = rules_make(&obj, OBJ_SECRET, &key, req->secret, ctx);
	key_free(&key);
	if (st != CNG_OK)
		return st;
	obj->keygen_mechanism = req->mechanism;
	st = rules_finish(obj, ctx);
	if (st != CNG_OK) {
		object_free(obj);
		return st;
	}
	return token_place(tok, who, obj, out);
}

/* Of a pair in a group it is x whose size is asked for. */
static enum cng_status
make_pair(struct key_material *out, const struct key_spec *spec)
{
	enum cng_status st = crypto_generate(out, spec);

	if (st == CNG_ERR_KEY_SIZE && key_has_group(spec->family))
		st = why_prop(CNG_ERR_PROP_VALUE, PROP_VALUE_BITS,
		    "below 160, or not below the length of the group");
	return st;
}

static enum cng_status
pair_objects(const struct keygen_request *req,
    const struct rule_context *ctx, struct object *half[2])
{
	struct key_spec spec = { .family = req->family };
	struct key_material key = { 0 }, public = { 0 }, domain = { 0 };
	enum cng_status st = pair_spec(req, &domain, &spec);

	if (st == CNG_OK)
		st = make_pair(&key, &spec);
	key.role |= req->role;
	if (st == CNG_OK)
		st = key_copy_public(&public, &key);
	if (st == CNG_OK)
		st = rules_make(&half[0], OBJ_PRIVATE, &key, req->private,
		    ctx);
	if (st == CNG_OK)
		st = rules_make(&half[1], OBJ_PUBLIC, &public, req->public,
		    ctx);
	for (unsigned i = 0; st == CNG_OK && i < 2; i++) {
		half[i]->keygen_mechanism = req->mechanism;
		st = rules_finish(half[i], ctx);
	}
	key_free(&key);
	key_free(&public);
	key_free(&domain);
	return st;
}

static enum cng_status
generate_on_card(struct token *tok, const struct access *who,
    const struct keygen_request *req, obj_id *key, obj_id *public)
{
	struct key_spec spec = { .family = req->family };
	struct key_material domain = { 0 };
	obj_id id[2] = { 0, 0 };
	enum cng_status st = pair_spec(req, &domain, &spec);

	if (st == CNG_OK)
		st = card_generate(tok, who, req, &spec, id);
	*key = id[0];
	*public = id[1];
	key_free(&domain);
	return st;
}

static enum cng_status
generate_pair(struct token *tok, const struct access *who,
    const struct keygen_request *req, const struct rule_context *ctx,
    obj_id *key, obj_id *public)
{
	struct object *half[2] = { NULL, NULL };
	struct entry *e[2] = { NULL, NULL };
	enum cng_status st = pair_objects(req, ctx, half);

	for (unsigned i = 0; st == CNG_OK && i < 2; i++) {
		e[i] = mem_new(1, sizeof *e[i]);
		if (e[i] == NULL)
			st = CNG_ERR_NO_MEMORY;
		else
			e[i]->half[0] = object_ref(half[i]);
	}
	if (st != CNG_OK) {
		entry_free(e[0]);
		entry_free(e[1]);
		goto out;
	}
	lock_take(&tok->lock);
	st = token_attach(tok);
	if (st == CNG_ERR_NO_TOKEN)
		st = CNG_OK; /* for session objects; others say so below */
	if (st == CNG_OK) {
		st = shelf_add_pair(tok, who, e[0], e[1]);
	} else {
		entry_free(e[0]);
		entry_free(e[1]);
	}
	if (st == CNG_OK) {
		*key = half[0]->id;
		*public = half[1]->id;
	}
	lock_drop(&tok->lock);
out:
	object_free(half[0]);
	object_free(half[1]);
	return st;
}

/* Made for a session of a password that the caller has: nobody is kept from
 * reading it who could not make it himself. */
static bool
is_known(const struct keygen_request *req)
{
	return req->op != NULL &&
	    props_number(req->secret, PROP_TOKEN, 0) == 0 &&
	    props_number(req->secret, PROP_SENSITIVE, 0) == 0;
}

enum cng_status
token_generate(struct token *tok, const struct access *who,
    const struct keygen_request *req, obj_id *key, obj_id *public)
{
	struct rule_context ctx = token_rules(tok, MODE_GENERATE);

	*key = 0;
	ctx.known = is_known(req);
	if (!key_is_pair(req->family))
		return generate_secret(tok, who, req, &ctx, key);
	*public = 0;
	if (tok->reader != NULL && props_number(req->private, PROP_TOKEN, 0))
		return generate_on_card(tok, who, req, key, public);
	return generate_pair(tok, who, req, &ctx, key, public);
}
