/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From a key in the making to one that can be used: export policy and usage
 * become core's permissions, and a key with a name goes into its store.
 */
#include "ncrypt/face.h"

#include "base/text.h"
#include "base/util.h"
#include "core/container.h"
#include "core/twin.h"
#include "key/set.h"
#include "ncrypt/card.h"

#include <time.h>

#define LINES_MAX 20

struct lines {
	struct prop item[LINES_MAX];
	size_t count;
};

static void
add_flag(struct lines *lines, enum prop_id id, bool on)
{
	lines->item[lines->count++] = (struct prop){ .id = id, .number = on };
}

static void
add_bytes(struct lines *lines, enum prop_id id, struct span bytes)
{
	lines->item[lines->count++] = (struct prop){ .id = id,
		.bytes = bytes };
}

/* --- usage --------------------------------------------------------------- */

struct use {
	enum prop_id id;
	unsigned classes;        /* bits by enum obj_class */
	DWORD allowed_by;
};

#define OF(class) (1u << OBJ_##class)

static const struct use uses[] = {
	{ PROP_SIGN, OF(PRIVATE) | OF(SECRET), NCRYPT_ALLOW_SIGNING_FLAG },
	{ PROP_SIGN_RECOVER, OF(PRIVATE), NCRYPT_ALLOW_SIGNING_FLAG },
	{ PROP_VERIFY, OF(SECRET), NCRYPT_ALLOW_SIGNING_FLAG },
	{ PROP_DECRYPT, OF(PRIVATE) | OF(SECRET), NCRYPT_ALLOW_DECRYPT_FLAG },
	{ PROP_ENCRYPT, OF(SECRET), NCRYPT_ALLOW_DECRYPT_FLAG },
	{ PROP_DERIVE, OF(PRIVATE) | OF(SECRET),
	    NCRYPT_ALLOW_KEY_AGREEMENT_FLAG },
	/* encapsulation is how these agree */
	{ PROP_DECAPSULATE, OF(PRIVATE), NCRYPT_ALLOW_KEY_AGREEMENT_FLAG },
	{ PROP_UNWRAP, OF(PRIVATE) | OF(SECRET),
	    NCRYPT_ALLOW_KEY_IMPORT_FLAG },
	{ PROP_WRAP, OF(SECRET), NCRYPT_ALLOW_KEY_IMPORT_FLAG },
};

/* What a key of its kind does by default, and wrapping. */
static uint64_t
able_of(const struct object *obj)
{
	enum key_family family = object_family(obj);
	uint64_t able = 0;

	for (size_t i = 0; i < ARRAY_LEN(uses); i++)
		if (object_flag(obj, uses[i].id))
			able |= PROP_BIT(uses[i].id);
	if (family == KEY_RSA || family == KEY_AES)
		able |= PROP_BIT(PROP_UNWRAP) | PROP_BIT(PROP_WRAP);
	return able;
}

/* A key that decrypts may be named to unwrap by any NCrypt call; for the other
 * faces it does one of the two. */
static bool
is_given(const struct use *use, uint64_t able, DWORD usage)
{
	bool decrypts = able & PROP_BIT(PROP_DECRYPT) &&
	    usage & NCRYPT_ALLOW_DECRYPT_FLAG;

	if (decrypts && (use->id == PROP_UNWRAP || use->id == PROP_WRAP))
		return false;
	return (able & PROP_BIT(use->id)) != 0 &&
	    (usage & use->allowed_by) != 0;
}

static void
add_usage(struct lines *lines, const struct object *obj, uint64_t able,
    DWORD usage)
{
	unsigned class = 1u << object_class(obj);

	for (size_t i = 0; i < ARRAY_LEN(uses); i++)
		if (uses[i].classes & class)
			add_flag(lines, uses[i].id,
			    is_given(&uses[i], able, usage));
}

/* --- the template -------------------------------------------------------- */

static void
add_permissions(struct lines *lines, const struct object *obj,
    uint64_t able, struct span bag)
{
	const DWORD any_export = NCRYPT_ALLOW_EXPORT_FLAG |
	    NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG |
	    NCRYPT_ALLOW_PKCS11_RSA_AES_EXPORT_FLAG;
	DWORD policy = 0, usage = NCRYPT_ALLOW_ALL_USAGES;

	if (object_class(obj) == OBJ_PUBLIC) {
		add_flag(lines, PROP_WRAP, object_family(obj) == KEY_RSA);
		return;
	}
	(void)bag_number(bag, BAG_POLICY, &policy);
	(void)bag_number(bag, BAG_USAGE, &usage);
	add_flag(lines, PROP_FINALIZED, true);
	add_flag(lines, PROP_EXTRACTABLE, (policy & any_export) != 0);
	add_flag(lines, PROP_SENSITIVE,
	    !(policy & NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG));
	add_usage(lines, obj, able, usage);
}

/* Hundreds of nanoseconds since 1601, as Windows counts. */
static enum cng_status
stamp(struct secret *bag)
{
	const uint64_t epoch = UINT64_C(116444736000000000);
	uint64_t now = (uint64_t)time(NULL) * 10000000 + epoch;
	uint8_t bytes[sizeof(now)];
	struct wr w = wr_of(bytes, sizeof(bytes));

	wr_u64le(&w, now);
	return bag_set(bag, BAG_MODIFIED, span_of(bytes, sizeof(bytes)));
}

static enum cng_status
remake(struct nkey *key, struct token *tok, struct span name,
    struct span bag) CNG_REQUIRES(key->lock)
{
	struct lines lines = { .count = 0 };
	struct twin *twin = NULL;
	struct object *obj;
	obj_id id = 0;
	enum cng_status st = token_object(key->tok, key->id, &obj);

	if (st != CNG_OK)
		return st;
	if (key->able == 0)
		key->able = able_of(obj) & ~key->never;
	add_permissions(&lines, obj, key->able, bag);
	add_bytes(&lines, PROP_CNG_PROPERTIES, bag);
	if (name.len > 0) {
		add_flag(&lines, PROP_TOKEN, true);
		add_bytes(&lines, PROP_NAME, name);
	}
	if (key->twin && name.len > 0)
		st = twin_prepare(&twin, tok, obj, name);
	if (st == CNG_OK)
		st = token_remake(tok, &state_access, obj,
		    (struct props){ lines.item, lines.count },
		    key->overwrite, twin, &id);
	object_free(obj);
	if (st != CNG_OK) {
		twin_drop(twin);
		return st;
	}
	twin_settle(twin);
	nkey_adopt(key, tok, id);
	return CNG_OK;
}

/* --- generating ---------------------------------------------------------- */

/* DSA and DH: the group that was set, or one of that size. */
static enum cng_status
read_group(const struct nkey *key, struct keygen_request *req,
    struct prop lines[3])
{
	if (key->group.len == 0) {
		req->domain_bits = key->bits;
		return CNG_OK;
	}
	req->public.item = lines;
	return group_read(secret_span(&key->group), req->family, lines,
	    &req->public.count) ? CNG_OK : CNG_ERR_ARGUMENT;
}

/* The one line that says how large, or which; CNG_ERR_ARGUMENT: nobody has
 * said. */
static enum cng_status
read_size(const struct nkey *key, struct keygen_request *req,
    struct prop *size)
{
	const struct curve_info *curve = curve_info(key->curve);
	const struct key_set_info *set = key_set_info(key->set);

	*size = (struct prop){ .id = PROP_MODULUS_BITS, .number = key->bits };
	req->public = (struct props){ size, 1 };
	if (req->family == KEY_AES) {
		*size = (struct prop){ .id = PROP_VALUE_LEN,
			.number = key->bits / 8 };
		req->secret = req->public;
	} else if (req->family == KEY_EC) {
		if (curve == NULL)
			return CNG_ERR_ARGUMENT;
		req->family = curve->family;
		*size = (struct prop){ .id = PROP_EC_PARAMS,
			.bytes = curve->oid_der };
	} else if (key_family_has_sets(req->family)) {
		if (set == NULL)
			return CNG_ERR_ARGUMENT;
		*size = (struct prop){ .id = PROP_PARAMETER_SET,
			.number = set->number };
	}
	return CNG_OK;
}

static enum cng_status
generate(struct nkey *key)
{
	struct prop lines[3];
	struct keygen_request req = {
		.family = key->alg->family,
		.mechanism = UINT64_MAX,
		.role = key->alg->role,
	};
	obj_id id = 0, public = 0;
	enum cng_status st;

	/* a secret for a derivation function is given, not made */
	if (req.family == KEY_GENERIC)
		return CNG_ERR_KEY_STATE;
	st = req.family == KEY_DSA || req.family == KEY_DH ?
	    read_group(key, &req, lines) : read_size(key, &req, lines);
	if (st == CNG_OK)
		st = token_generate(key->tok, &state_access, &req, &id,
		    &public);
	if (st == CNG_OK && public != 0)
		st = token_destroy(key->tok, &state_access, public);
	if (st == CNG_OK)
		key->id = id;
	return st;
}

/* --- finishing ----------------------------------------------------------- */

enum cng_status
nkey_claim_name(struct nkey *key)
{
	struct token *tok;
	obj_id old = 0;
	enum cng_status st;

	if (key->name.len == 0)
		return CNG_OK;
	if (key->prov->card)
		return card_choose(key);
	st = store_reach(key->machine, &tok);
	if (st == CNG_OK)
		st = nkey_find(tok, secret_span(&key->name), &old);
	if (st == CNG_OK && old != 0 && !key->overwrite)
		st = CNG_ERR_EXISTS;
	return st;
}

SECURITY_STATUS
nkey_check_twin(const struct nkey *key, bool rsa, DWORD flags)
{
	if (!(flags & NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG))
		return ERROR_SUCCESS;
	if (!rsa)
		return NTE_BAD_FLAGS;
	/* a file in clear is an export, too */
	if (!provider_legacy_store(state_provider()) || key->fixed ||
	    (key->prov->card && key->name.len > 0))
		return NTE_NOT_SUPPORTED;
	/* a file needs a name */
	return key->name.len > 0 ? ERROR_SUCCESS : NTE_BAD_FLAGS;
}

/* Policy and usage are said in full from here on; but the archiving bits are
 * this handle's, and are not kept. */
static enum cng_status
settle_permissions(struct secret *bag, DWORD *archive)
{
	const DWORD bits = NCRYPT_ALLOW_ARCHIVING_FLAG |
	    NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG;
	DWORD policy = 0, usage = NCRYPT_ALLOW_ALL_USAGES;
	enum cng_status st;

	(void)bag_number(secret_span(bag), BAG_POLICY, &policy);
	(void)bag_number(secret_span(bag), BAG_USAGE, &usage);
	*archive = policy & bits;
	st = bag_set_number(bag, BAG_POLICY, policy & ~bits);
	return st == CNG_OK ? bag_set_number(bag, BAG_USAGE, usage) : st;
}

/* Up to the last step nothing of the key has changed, so that a caller may
 * try again. */
static enum cng_status
finish_in_store(struct nkey *key)
    CNG_REQUIRES(key->lock)
{
	struct token *tok = key->tok;
	struct secret bag = { 0 };
	bool named = key->name.len > 0;
	DWORD archive = 0;
	enum cng_status st = CNG_OK;

	if (named)
		st = store_reach(key->machine, &tok);
	if (st == CNG_OK && key->id == 0)
		st = generate(key);
	if (st == CNG_OK)
		st = secret_copy(&bag, secret_span(&key->bag));
	if (st == CNG_OK)
		st = settle_permissions(&bag, &archive);
	if (st == CNG_OK && named)
		st = stamp(&bag);
	if (st == CNG_OK)
		st = remake(key, tok, secret_span(&key->name),
		    secret_span(&bag));
	if (st == CNG_OK) {
		key->making = false;
		key->persisted = named;
		key->archive = archive;
		secret_free(&key->bag);
	}
	secret_free(&bag);
	return st;
}

/* --- cards ---------------------------------------------------------------- */

bool
card_has(const struct nkey *key)
{
	return key->card != NULL;
}

bool
card_knows_family(enum key_family family)
{
	return family == KEY_RSA || family == KEY_EC ||
	    family == KEY_MONTGOMERY || family == KEY_EDWARDS;
}

bool
card_knows_alg(const struct alg *alg)
{
	return card_knows_family(alg->family);
}

static DWORD
card_usage(const struct nkey *key)
{
	DWORD usage = NCRYPT_ALLOW_ALL_USAGES;

	(void)bag_number(secret_span(&key->bag), BAG_USAGE, &usage);
	if (key->signs_only)
		usage &= NCRYPT_ALLOW_SIGNING_FLAG;
	return usage;
}

/* Made on the card, which keeps the private key from the first moment. */
static enum cng_status
generate_on_card(struct nkey *key, obj_id *id) CNG_REQUIRES(key->lock)
{
	struct lines lines = { .count = 0 };
	struct keygen_request req = {
		.family = key->alg->family,
		.mechanism = UINT64_MAX,
		.role = key->signs_only ? KEY_ROLE_SIGN : key->alg->role,
		.overwrite = key->overwrite,
	};
	obj_id public = 0;
	struct prop size;
	enum cng_status st = read_size(key, &req, &size);

	add_flag(&lines, PROP_TOKEN, true);
	add_bytes(&lines, PROP_NAME, secret_span(&key->name));
	for (size_t i = 0; i < ARRAY_LEN(uses); i++)
		if ((uses[i].classes & OF(PRIVATE)) != 0 &&
		    !(card_usage(key) & uses[i].allowed_by))
			add_flag(&lines, uses[i].id, false);
	req.private = (struct props){ lines.item, lines.count };
	if (st == CNG_OK)
		st = token_generate(key->card, &state_access, &req, id,
		    &public);
	return st;
}

static enum cng_status
put_on_card(struct nkey *key) CNG_REQUIRES(key->lock)
{
	struct secret bag = { 0 };
	obj_id old = 0, id = 0;
	enum cng_status st;

	if (key->id == 0) {
		st = card_find(key->card, secret_span(&key->name), &old);
		if (st == CNG_OK && old != 0 && !key->overwrite)
			st = CNG_ERR_EXISTS;
		if (st != CNG_OK)
			return st;
		st = generate_on_card(key, &id);
		if (st == CNG_OK)
			nkey_adopt(key, key->card, id);
		return st;
	}
	st = bag_set_number(&bag, BAG_USAGE, card_usage(key));
	if (st == CNG_OK)
		st = remake(key, key->card, secret_span(&key->name),
		    secret_span(&bag));
	secret_free(&bag);
	return st;
}

/* Of what was set a card keeps nothing; what a caller may still ask for is the
 * handle's. */
static enum cng_status
trim_bag(struct nkey *key) CNG_REQUIRES(key->lock)
{
	static const char *const names[] = { BAG_ISOLATION, BAG_PER_BOOT };
	struct secret bag = { 0 };
	enum cng_status st = CNG_OK;
	DWORD value;

	for (size_t i = 0; st == CNG_OK && i < ARRAY_LEN(names); i++)
		if (bag_number(secret_span(&key->bag), names[i], &value))
			st = bag_set_number(&bag, names[i], value);
	if (st == CNG_OK)
		secret_move(&key->bag, &bag);
	secret_free(&bag);
	return st;
}

/* Whether it may be is judged before a PIN is said. */
static enum cng_status
finish_on_card(struct nkey *key) CNG_REQUIRES(key->lock)
{
	enum cng_status st = put_on_card(key);

	if (st == CNG_ERR_NOT_LOGGED_IN) {
		st = card_want_pin(key->card);
		if (st == CNG_OK)
			st = put_on_card(key);
	}
	if (st != CNG_OK)
		return st;
	key->making = false;
	key->persisted = true;
	key->card_number = token_card_number(key->card);
	return trim_bag(key);
}

enum cng_status
nkey_finish(struct nkey *key)
{
	return key->card != NULL ? finish_on_card(key) : finish_in_store(key);
}

enum cng_status
nkey_refresh(struct nkey *key, struct span bag)
{
	return remake(key, key->tok, span_of(NULL, 0), bag);
}
