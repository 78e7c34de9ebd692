/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rules for templates: who may say what when, and what is assumed where the
 * template is silent (PKCS#11 2.40, sections 4.4 to 4.10 with the footnotes
 * of table 11; architecture: defaults of imported keys).
 */
#include "core/conflict.h"

#include "base/utf16.h"
#include "base/util.h"
#include "base/why.h"
#include "core/certificate.h"
#include "core/date.h"
#include "key/set.h"

#define NEW (MODE_CREATE | MODE_GENERATE | MODE_UNWRAP | MODE_DERIVE | \
	MODE_IMPORT)
#define NEW_COPY (NEW | MODE_COPY)
#define ANY_TIME (NEW_COPY | MODE_SET)

/* A change of an existing object may only go that way. */
enum direction {
	FREE = 0,
	ONLY_UP,                  /* false to true */
	ONLY_DOWN,                /* true to false */
};

struct flag_row {
	unsigned modes;
	enum direction direction;
	bool usage;               /* counted in object.ever */
	bool so_only;             /* for the SO to say */
};

static const struct flag_row flag_rows[PROP_BOOL_COUNT] = {
	[PROP_TOKEN] = { .modes = NEW_COPY },
	[PROP_PRIVATE] = { .modes = NEW_COPY },
	[PROP_MODIFIABLE] = { .modes = NEW_COPY },
	[PROP_COPYABLE] = { .modes = ANY_TIME, .direction = ONLY_DOWN },
	[PROP_DESTROYABLE] = { .modes = NEW_COPY },
	[PROP_SENSITIVE] = { .modes = ANY_TIME, .direction = ONLY_UP },
	[PROP_EXTRACTABLE] = { .modes = ANY_TIME, .direction = ONLY_DOWN },
	[PROP_ENCRYPT] = { .modes = ANY_TIME, .usage = true },
	[PROP_DECRYPT] = { .modes = ANY_TIME, .usage = true },
	[PROP_SIGN] = { .modes = ANY_TIME, .usage = true },
	[PROP_SIGN_RECOVER] = { .modes = ANY_TIME, .usage = true },
	[PROP_VERIFY] = { .modes = ANY_TIME, .usage = true },
	[PROP_VERIFY_RECOVER] = { .modes = ANY_TIME, .usage = true },
	[PROP_WRAP] = { .modes = ANY_TIME, .usage = true },
	[PROP_UNWRAP] = { .modes = ANY_TIME, .usage = true },
	[PROP_DERIVE] = { .modes = ANY_TIME, .usage = true },
	[PROP_ENCAPSULATE] = { .modes = ANY_TIME, .usage = true },
	[PROP_DECAPSULATE] = { .modes = ANY_TIME, .usage = true },
	[PROP_TRUSTED] = { .modes = ANY_TIME, .so_only = true },
	[PROP_WRAP_WITH_TRUSTED] = { .modes = ANY_TIME,
	    .direction = ONLY_UP },
	[PROP_ALWAYS_AUTHENTICATE] = { .modes = NEW_COPY,
	    .direction = ONLY_UP },
	[PROP_FINALIZED] = { .modes = ANY_TIME, .direction = ONLY_UP },
};

static const unsigned kept_modes[KEPT_COUNT] = {
	[PROP_LABEL - PROP_LABEL] = ANY_TIME,
	[PROP_ID - PROP_LABEL] = ANY_TIME,
	[PROP_NAME - PROP_LABEL] = ANY_TIME,
	[PROP_SUBJECT - PROP_LABEL] = ANY_TIME,
	[PROP_ISSUER - PROP_LABEL] = ANY_TIME,
	[PROP_SERIAL - PROP_LABEL] = ANY_TIME,
	[PROP_START_DATE - PROP_LABEL] = ANY_TIME,
	[PROP_END_DATE - PROP_LABEL] = ANY_TIME,
	[PROP_APPLICATION - PROP_LABEL] = ANY_TIME,
	[PROP_OBJECT_ID - PROP_LABEL] = ANY_TIME,
	[PROP_URL - PROP_LABEL] = NEW_COPY,
	[PROP_HASH_SUBJECT_KEY - PROP_LABEL] = NEW_COPY,
	[PROP_HASH_ISSUER_KEY - PROP_LABEL] = NEW_COPY,
	[PROP_ALLOWED_MECHANISMS - PROP_LABEL] = NEW,
	[PROP_CHECK_VALUE - PROP_LABEL] = NEW_COPY,
	[PROP_CNG_PROPERTIES - PROP_LABEL] = ANY_TIME,
	[PROP_NAME_HASH - PROP_LABEL] = NEW_COPY,
	[PROP_SECURITY_DOMAIN - PROP_LABEL] = NEW_COPY,
	[PROP_WRAP_TEMPLATE - PROP_LABEL] = NEW,
	[PROP_UNWRAP_TEMPLATE - PROP_LABEL] = NEW,
	[PROP_DERIVE_TEMPLATE - PROP_LABEL] = NEW,
	[PROP_ENCAPSULATE_TEMPLATE - PROP_LABEL] = NEW,
	[PROP_DECAPSULATE_TEMPLATE - PROP_LABEL] = NEW,
};

/* The standard lets only these of a certificate be changed, and nothing of
 * one that the SO vouches for. */
static bool
may_change(const struct object *obj, enum prop_id id, enum token_role role)
{
	if (obj->class != OBJ_CERT)
		return true;
	if (object_flag(obj, PROP_TRUSTED) && role != ROLE_SO)
		return false;
	return id == PROP_LABEL || id == PROP_ID || id == PROP_ISSUER ||
	    id == PROP_SERIAL;
}

#define KEPT_BYTES_MAX 65536
#define CNG_PROPERTIES_MAX 0x400000

static const uint64_t usage_bits = PROP_BIT(PROP_ENCRYPT) |
    PROP_BIT(PROP_DECRYPT) | PROP_BIT(PROP_SIGN) |
    PROP_BIT(PROP_SIGN_RECOVER) | PROP_BIT(PROP_VERIFY) |
    PROP_BIT(PROP_VERIFY_RECOVER) | PROP_BIT(PROP_WRAP) |
    PROP_BIT(PROP_UNWRAP) | PROP_BIT(PROP_DERIVE) |
    PROP_BIT(PROP_ENCAPSULATE) | PROP_BIT(PROP_DECAPSULATE);

/* What a key may do when nobody says: all that its kind is made for, but
 * never wrapping, which must be asked for.  A key that its format says is for
 * signing only gets less. */
struct usage_row {
	uint64_t private;         /* private and secret keys */
	uint64_t public;
	uint64_t not_sign_only;   /* taken away from a signing key */
};

#define USE(use) PROP_BIT(PROP_##use)

static const struct usage_row usage_rows[KEY_FAMILY_COUNT] = {
	[KEY_RSA] = { USE(SIGN) | USE(SIGN_RECOVER) | USE(DECRYPT),
	    USE(VERIFY) | USE(VERIFY_RECOVER) | USE(ENCRYPT),
	    USE(DECRYPT) | USE(ENCRYPT) },
	[KEY_EC] = { USE(SIGN) | USE(DERIVE), USE(VERIFY), USE(DERIVE) },
	[KEY_MONTGOMERY] = { USE(DERIVE), 0, 0 },
	[KEY_EDWARDS] = { USE(SIGN), USE(VERIFY), 0 },
	[KEY_AES] = { USE(ENCRYPT) | USE(DECRYPT), 0, 0 },
	[KEY_GENERIC] = { USE(SIGN) | USE(VERIFY) | USE(DERIVE), 0, 0 },
	[KEY_DES3] = { USE(DECRYPT), 0, 0 },
	[KEY_CHACHA20] = { USE(ENCRYPT) | USE(DECRYPT), 0, 0 },
	[KEY_CAMELLIA] = { USE(ENCRYPT) | USE(DECRYPT), 0, 0 },
	[KEY_POLY1305] = { USE(SIGN) | USE(VERIFY), 0, 0 },
	[KEY_XTS] = { USE(ENCRYPT) | USE(DECRYPT), 0, 0 },
	[KEY_HKDF] = { USE(DERIVE), 0, 0 },
	[KEY_DSA] = { USE(SIGN), USE(VERIFY), 0 },
	[KEY_DH] = { USE(DERIVE), 0, 0 },
	[KEY_X942] = { USE(DERIVE), 0, 0 },
	[KEY_MLKEM] = { USE(DECAPSULATE), USE(ENCAPSULATE), 0 },
	[KEY_MLDSA] = { USE(SIGN), USE(VERIFY), 0 },
	[KEY_SLHDSA] = { USE(SIGN), USE(VERIFY), 0 },
};

static uint64_t
default_usage(const struct object *obj)
{
	const struct usage_row *row = &usage_rows[obj->key.family];
	uint64_t usage = obj->class == OBJ_PUBLIC ? row->public : row->private;

	if (family_is_hmac(obj->key.family))
		return USE(SIGN) | USE(VERIFY);

	return obj->key.role == KEY_ROLE_SIGN ? usage & ~row->not_sign_only :
						 usage;
}

void
rules_defaults(struct object *obj, const struct rule_context *ctx)
{
	bool own = obj->class == OBJ_PRIVATE || obj->class == OBJ_SECRET;
	bool made_here = ctx->mode == MODE_GENERATE;

	obj->flags = PROP_BIT(PROP_MODIFIABLE) | PROP_BIT(PROP_COPYABLE) |
	    PROP_BIT(PROP_DESTROYABLE) | PROP_BIT(PROP_FINALIZED);
	/* without a login there is nobody to be private to */
	object_put_flag(obj, PROP_PRIVATE, own && ctx->role == ROLE_USER);
	if (object_is_key(obj))
		obj->flags |= default_usage(obj);
	object_put_flag(obj, PROP_LOCAL, made_here &&
	    (object_is_key(obj) || obj->class == OBJ_DOMAIN));
	if (!own)
		return;
	if (ctx->mode == MODE_IMPORT) {
		/* CNG's export policy 0 */
		object_put_flag(obj, PROP_SENSITIVE, true);
	} else {
		object_put_flag(obj, PROP_SENSITIVE, obj->class == OBJ_PRIVATE);
		object_put_flag(obj, PROP_EXTRACTABLE,
		    ctx->mode == MODE_UNWRAP ||
		    (obj->class == OBJ_SECRET && (!made_here || ctx->known)));
	}
}

/* What the SO vouches for, the SO alone makes do more. */
static bool
adds_to_trusted(const struct object *obj, const struct flag_row *row)
{
	return row->usage && object_flag(obj, PROP_TRUSTED);
}

static enum cng_status
apply_flag(struct object *obj, const struct prop *line,
    const struct rule_context *ctx)
{
	const struct flag_row *row = &flag_rows[line->id];
	bool now = object_flag(obj, line->id), want = line->number != 0;
	bool change = ctx->mode == MODE_COPY || ctx->mode == MODE_SET;

	if (!object_has_prop(obj, line->id))
		return CNG_ERR_PROP_UNKNOWN;
	if (line->number > 1)
		return CNG_ERR_PROP_VALUE;
	if (!(row->modes & ctx->mode))
		return change && now == want ? CNG_OK : CNG_ERR_PROP_READ_ONLY;
	if (change && ((row->direction == ONLY_UP && now && !want) ||
			  (row->direction == ONLY_DOWN && !now && want)))
		return CNG_ERR_PROP_READ_ONLY;
	if (ctx->role != ROLE_SO && want != now &&
	    (row->so_only || (change && want && adds_to_trusted(obj, row))))
		return CNG_ERR_PROP_READ_ONLY;
	object_put_flag(obj, line->id, want);
	return CNG_OK;
}

/* A caller's check value must be that of the key, and is not stored.  None
 * is no claim for a certificate; a secret key has none from then on. */
static enum cng_status
check_value(struct object *obj, const struct prop *line)
{
	if (line->bytes.len > 0)
		return object_says(obj, line, CNG_ERR_PROP_VALUE);
	return obj->class != OBJ_SECRET ? CNG_OK :
	    secret_replace(object_kept(obj, PROP_CHECK_VALUE),
		span_of("", 1));
}

static enum cng_status
apply_kept(struct object *obj, const struct prop *line,
    const struct rule_context *ctx)
{
	struct secret *kept = object_kept(obj, line->id);

	if (!object_has_prop(obj, line->id))
		return CNG_ERR_PROP_UNKNOWN;
	if (line->id == PROP_CHECK_VALUE && obj->class == OBJ_SECRET)
		return check_value(obj, line);
	if (!(kept_modes[line->id - PROP_LABEL] & ctx->mode) ||
	    (ctx->mode == MODE_SET && !may_change(obj, line->id, ctx->role)))
		return object_says(obj, line, CNG_ERR_PROP_READ_ONLY);
	if (line->bytes.len > (line->id == PROP_CNG_PROPERTIES ?
	    CNG_PROPERTIES_MAX : KEPT_BYTES_MAX))
		return CNG_ERR_PROP_VALUE;
	if ((line->id == PROP_START_DATE || line->id == PROP_END_DATE) &&
	    !date_is_one(line->bytes))
		return CNG_ERR_PROP_VALUE;
	if (line->id == PROP_NAME && !utf8_valid(line->bytes))
		return CNG_ERR_PROP_VALUE;
	if (line->id == PROP_CHECK_VALUE && obj->value.len > 0)
		return check_value(obj, line);
	if (line->id == PROP_SERIAL && obj->class == OBJ_CERT)
		return cert_set_serial(obj, line->bytes);
	return secret_replace(kept, line->bytes);
}

/* Lines that make the key or the object itself; the caller has used them. */
static bool
is_structural(enum prop_id id)
{
	switch ((int)id) {
	case PROP_CLASS:
	case PROP_KEY_FAMILY:
	case PROP_CERT_TYPE:
	case PROP_VALUE_LEN:
	case PROP_MODULUS_BITS:
	case PROP_VALUE_BITS:
	case PROP_PRIME_BITS:
	case PROP_SUBPRIME_BITS:
	case PROP_BLOB_TYPE:
	case PROP_BLOB:
	case PROP_PRIME:
	case PROP_SUBPRIME:
	case PROP_BASE:
	case PROP_PARAMETER_SET:
	case PROP_SEED:
		return true;
	default:
		return id >= PROP_VALUE && id < PROP_UNIQUE_ID;
	}
}

/* C_CreateObject looks itself, at other encodings too. */
static enum cng_status
public_info(const struct object *obj, const struct prop *line,
    const struct rule_context *ctx)
{
	if (obj->class == OBJ_SECRET || obj->class == OBJ_DATA)
		return CNG_ERR_PROP_UNKNOWN;
	if (ctx->mode == MODE_CREATE || line->bytes.len == 0)
		return CNG_OK;
	return object_says(obj, line, obj->class != OBJ_PRIVATE &&
		(ctx->mode == MODE_SET || ctx->mode == MODE_COPY) ?
	    CNG_ERR_PROP_READ_ONLY : CNG_ERR_PROP_VALUE);
}

/* Cards have slots, and not more of them than a byte counts. */
static enum cng_status
apply_slot(struct object *obj, const struct prop *line,
    const struct rule_context *ctx)
{
	if (!ctx->card || obj->class != OBJ_PRIVATE)
		return CNG_ERR_PROP_UNKNOWN;
	if (line->number == 0 || line->number > UINT8_MAX)
		return CNG_ERR_PROP_VALUE;
	obj->key_slot = (unsigned)line->number;
	return CNG_OK;
}

static enum cng_status
apply_line(struct object *obj, const struct prop *line,
    const struct rule_context *ctx)
{
	bool change = ctx->mode == MODE_COPY || ctx->mode == MODE_SET;

	if (prop_kind(line->id) == PROP_BOOL)
		return apply_flag(obj, line, ctx);
	if (line->id >= PROP_LABEL && line->id < PROP_KEPT_END)
		return apply_kept(obj, line, ctx);
	if (line->id == PROP_CERT_CATEGORY && obj->class == OBJ_CERT &&
	    !change) {
		obj->cert_category = line->number;
		return line->number <= CERT_CATEGORY_MAX ? CNG_OK :
							   CNG_ERR_PROP_VALUE;
	}
	if (line->id == PROP_VALUE && obj->class == OBJ_DATA &&
	    (ctx->mode == MODE_SET || ctx->mode == MODE_COPY))
		return secret_replace(&obj->value, line->bytes);
	if (line->id == PROP_PUBLIC_KEY_INFO)
		return public_info(obj, line, ctx);
	if (line->id == PROP_KEY_SLOT && ctx->mode != MODE_SET)
		return apply_slot(obj, line, ctx);
	if (change) /* it may say what is so already */
		return object_says(obj, line, CNG_ERR_PROP_READ_ONLY);
	return is_structural(line->id) ? CNG_OK : CNG_ERR_PROP_READ_ONLY;
}

enum cng_status
rules_apply(struct object *obj, struct props tmpl,
    const struct rule_context *ctx)
{
	enum cng_status st = CNG_OK;

	for (size_t i = 0; st == CNG_OK && i < tmpl.count; i++) {
		st = apply_line(obj, &tmpl.item[i], ctx);
		(void)why_else(st, (int)tmpl.item[i].id);
	}
	/* the session's own have none */
	if (st == CNG_OK && props_find(tmpl, PROP_KEY_SLOT) != NULL &&
	    !object_flag(obj, PROP_TOKEN))
		st = CNG_ERR_TEMPLATE_INCONSISTENT;
	return st == CNG_OK ? conflict_settle(obj, tmpl, ctx) : st;
}

/* The number that tells a key from others of the family. */
static enum key_part
public_part(enum key_family family)
{
	if (family == KEY_DSA)
		return DSA_Y;
	return key_is_dh(family) ? DH_Y : RSA_N;
}

/* SHA-1 of the modulus, the point or the public value: what NSS and others
 * compute. */
enum cng_status
rules_default_id(struct object *obj)
{
	struct secret *id = object_kept(obj, PROP_ID);
	struct secret point = { 0 };
	uint8_t sum[64];
	struct span of = key_part(&obj->key, public_part(obj->key.family));
	enum cng_status st = CNG_OK;

	if (id->len > 0 || obj->class == OBJ_SECRET)
		return CNG_OK;
	if (obj->key.family == KEY_EC) {
		st = secret_copy(&point, span_of("\x04", 1));
		if (st == CNG_OK)
			st = secret_append(&point, key_part(&obj->key, EC_X));
		if (st == CNG_OK)
			st = secret_append(&point, key_part(&obj->key, EC_Y));
		of = secret_span(&point);
	}
	if (key_family_has_sets(obj->key.family))
		of = key_part(&obj->key, PQ_PUBLIC);
	if (st == CNG_OK)
		st = crypto_digest(HASH_SHA1, of, sum);
	if (st == CNG_OK)
		st = secret_replace(id, span_of(sum, 20));
	secret_free(&point);
	return st;
}

static enum cng_status
finish_key(struct object *obj, const struct rule_context *ctx)
{
	bool local = object_flag(obj, PROP_LOCAL);
	enum cng_status st;

	if (obj->class == OBJ_PUBLIC)
		return rules_default_id(obj);
	if (object_flag(obj, PROP_ALWAYS_AUTHENTICATE) &&
	    !object_flag(obj, PROP_PRIVATE))
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	if (ctx->mode == MODE_GENERATE) {
		object_put_flag(obj, PROP_ALWAYS_SENSITIVE,
		    local && object_flag(obj, PROP_SENSITIVE));
		object_put_flag(obj, PROP_NEVER_EXTRACTABLE,
		    local && !object_flag(obj, PROP_EXTRACTABLE));
	}
	st = rules_default_id(obj);
	if (st == CNG_OK && object_kept(obj, PROP_LABEL)->len == 0 &&
	    ctx->mode != MODE_SET)
		st = secret_replace(object_kept(obj, PROP_LABEL),
		    secret_span(object_kept(obj, PROP_NAME)));
	return st;
}

enum cng_status
rules_finish(struct object *obj, const struct rule_context *ctx)
{
	obj->ever |= obj->flags & usage_bits;
	if (!date_in_order(secret_span(object_kept(obj, PROP_START_DATE)),
	    secret_span(object_kept(obj, PROP_END_DATE))))
		return CNG_ERR_TEMPLATE_INCONSISTENT;
	if (object_is_key(obj))
		return finish_key(obj, ctx);
	return obj->class == OBJ_CERT ? cert_finish(obj) : CNG_OK;
}
